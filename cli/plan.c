/* gyr plan: shows how an operation will be executed.
 * SPDX-License-Identifier: Apache-2.0 */
#include "disassemble.h"
#include "input.h"
#include "term.h"
#include <string.h>

/* Machine code, which stands deeper than all else, stays in the background. */
static int print_native(const struct command *command, gyr_buffer *text) {
    struct colors c = term_colors(stdout);
    if (!*c.dim) return print_buffer(command, text);
    for (const char *at = text->ptr, *end = at + text->len, *next; at < end; at = next) {
        next = memchr(at, '\n', (size_t)(end - at));
        next = next ? next + 1 : end;
        bool code = next - at > 6 && !memcmp(at, "      ", 6);
        printf("%s%.*s%s", code ? c.dim : "", (int)(next - at), at, code ? c.plain : "");
    }
    text->len = 0;
    return print_buffer(command, text);
}

static int print_plan(struct input *input, bool json, bool native) {
    gyr_buffer out = {0};
    struct disassembler *d = native ? disassembler_new() : NULL;
    gyr_status status =
        native ? gyr_plan_print_native(input->plan, input->variables_text, json, d ? disassemble : NULL, d, &out)
               : gyr_plan_print(input->plan, input->variables_text, json, &out);
    disassembler_free(d);
    if (status == GYR_OK)
        return native && !json ? print_native(input->command, &out) : print_buffer(input->command, &out);
    gyr_buffer_free(&out);
    if (status == GYR_ERR_ARGUMENT)
        fprintf(stderr, "gyr plan: the variables do not fit the operation\n");
    else
        status_error(input->command, status);
    return CLI_PROBLEMS;
}

static int plan_main(int argc, char **argv) {
    static const struct option options[] = {
        INPUT_OPTIONS, {"json", no_argument, NULL, 'j'}, {"native", no_argument, NULL, 'n'}, {0}};
    struct input input = {.command = &command_plan};
    bool json = false, native = false;
    int option, code = CLI_OK;
    while (code == CLI_OK && (option = next_option(&command_plan, argc, argv, ":" INPUT_LETTERS "jn", options)) != -1) {
        if (option == 'j')
            json = true;
        else if (option == 'n')
            native = true;
        else if (option == '?')
            code = CLI_USAGE;
        else if (!input_option(&input, option))
            code = CLI_PROBLEMS;
    }
    if (code == CLI_OK) code = input_files(&input, argc, argv);
    if (code == CLI_OK) code = input_module(&input);
    if (code == CLI_OK) code = input_schema(&input, (gyr_schema_options){.unbound = !input.module});
    if (code == CLI_OK) code = input_plan(&input);
    if (code == CLI_OK) code = print_plan(&input, json, native);
    input_fini(&input);
    return code;
}

const struct command command_plan = {
    .name = "plan",
    .summary = "show how an operation will be executed",
    .help = "usage: gyr plan SCHEMA... DOCUMENT [options]\n\n"
            "Prints the plan of an operation. Without a module nothing is bound: every field is shown as a "
            "getter.\n\n" INPUT_HELP "  -j, --json                 for programs\n"
            "  -n, --native               with the machine code of each op\n\n"
            "Machine code is compiled for this processor, and disassembled if this gyr was built with\n"
            "libcapstone; ~ marks what is rare and stands apart.\n",
    .main = plan_main,
};
