/* gyr print: normalised texts.
 * SPDX-License-Identifier: Apache-2.0 */
#include "input.h"
#include "report.h"

static int print_schema(struct input *input) {
    gyr_buffer out = {0};
    int code = input_schema(input, (gyr_schema_options){.unbound = true});
    if (code != CLI_OK) return code;
    gyr_status status = gyr_schema_print(input->schema, &out);
    if (status == GYR_OK) return print_buffer(input->command, &out);
    gyr_buffer_free(&out);
    return status_error(input->command, status);
}

static int print_document(struct input *input, const struct source *source) {
    gyr_buffer out = {0};
    gyr_errors *errors = NULL;
    gyr_document *document = gyr_document_new(source->text, NULL, &errors);
    if (!document) {
        report_errors(errors, GYR_ERR_MEMORY, &input->sources);
        return CLI_PROBLEMS;
    }
    gyr_status status = gyr_document_print(document, &out);
    gyr_document_free(document);
    if (status == GYR_OK) return print_buffer(input->command, &out);
    gyr_buffer_free(&out);
    return status_error(input->command, status);
}

static int print_main(int argc, char **argv) {
    static const struct option options[] = {
        {"query", required_argument, NULL, 'q'}, {"lenient", no_argument, NULL, 'l'}, {0}};
    struct input input = {.command = &command_print};
    int option, code = CLI_OK;
    while (code == CLI_OK && (option = next_option(&command_print, argc, argv, ":q:l", options)) != -1) {
        if (option == '?')
            code = CLI_USAGE;
        else if (!input_option(&input, option))
            code = CLI_PROBLEMS;
    }
    if (code == CLI_OK) code = input_files(&input, argc, argv);
    if (code == CLI_OK && input.sources.count == 0) code = usage_error(&command_print, "a file is missing");
    if (code == CLI_OK && sources_count(&input.sources, false)) code = print_schema(&input);
    for (size_t i = 0; i < input.sources.count && code == CLI_OK; i++)
        if (input.sources.items[i].executable) code = print_document(&input, &input.sources.items[i]);
    input_fini(&input);
    return code;
}

const struct command command_print = {
    .name = "print",
    .summary = "print a schema or a document normalised",
    .help = "usage: gyr print FILE... [options]\n\n"
            "Schema files are printed as one schema, with extensions merged; then each document.\n\n"
            "  -q, --query TEXT  a document, in place of a file\n"
            "  -l, --lenient     accept schemas that break the newest rules\n",
    .main = print_main,
};
