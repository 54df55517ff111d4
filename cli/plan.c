/* gyr plan: shows how an operation will be executed.
 * SPDX-License-Identifier: Apache-2.0 */
#include "input.h"

static int print_plan(struct input *input, bool json) {
    gyr_buffer out = {0};
    gyr_status status = gyr_plan_print(input->plan, input->variables_text, json, &out);
    if (status == GYR_OK) return print_buffer(input->command, &out);
    gyr_buffer_free(&out);
    if (status == GYR_ERR_ARGUMENT)
        fprintf(stderr, "gyr plan: the variables do not fit the operation\n");
    else
        status_error(input->command, status);
    return CLI_PROBLEMS;
}

static int plan_main(int argc, char **argv) {
    static const struct option options[] = {INPUT_OPTIONS, {"json", no_argument, NULL, 'j'}, {0}};
    struct input input = {.command = &command_plan};
    bool json = false;
    int option, code = CLI_OK;
    while (code == CLI_OK && (option = next_option(&command_plan, argc, argv, ":" INPUT_LETTERS "j", options)) != -1) {
        if (option == 'j')
            json = true;
        else if (option == '?')
            code = CLI_USAGE;
        else if (!input_option(&input, option))
            code = CLI_PROBLEMS;
    }
    if (code == CLI_OK) code = input_files(&input, argc, argv);
    if (code == CLI_OK) code = input_module(&input);
    if (code == CLI_OK) code = input_schema(&input, (gyr_schema_options){.unbound = !input.module});
    if (code == CLI_OK) code = input_plan(&input);
    if (code == CLI_OK) code = print_plan(&input, json);
    input_fini(&input);
    return code;
}

const struct command command_plan = {
    .name = "plan",
    .summary = "show how an operation will be executed",
    .help = "usage: gyr plan SCHEMA... DOCUMENT [options]\n\n"
            "Prints the plan of an operation. Without a module nothing is bound: every field is shown as a "
            "getter.\n\n" INPUT_HELP "  -j, --json                 for programs\n",
    .main = plan_main,
};
