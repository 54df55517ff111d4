/* gyr check: finds what is wrong with schemas and documents.
 * SPDX-License-Identifier: Apache-2.0 */
#include "input.h"
#include "pretty.h"
#include "report.h"
#include <stdlib.h>

static json_t *error_json(const gyr_error *error) {
    json_t *object = json_object(), *locations = json_array();
    json_object_set_new(object, "message", text_json(error->message));
    json_object_set_new(object, "source", text_json(error->source));
    if (error->coordinate.len) json_object_set_new(object, "coordinate", text_json(error->coordinate));
    for (uint32_t i = 0; i < error->location_count; i++)
        json_array_append_new(locations, json_pack("{s:i,s:i}", "line", (int)error->locations[i].line, "column",
                                                   (int)error->locations[i].column));
    json_object_set_new(object, "locations", locations);
    return object;
}

struct check {
    struct input input;
    json_t *found; /* with --json: an array of errors */
    bool problems;
};

/* Takes the list. */
static void note(struct check *check, gyr_errors *errors, gyr_status status) {
    check->problems = true;
    if (!check->found || gyr_errors_count(errors) == 0) {
        report_errors(errors, status, &check->input.sources);
        return;
    }
    for (uint32_t i = 0; i < gyr_errors_count(errors); i++)
        json_array_append_new(check->found, error_json(gyr_errors_get(errors, i)));
    gyr_errors_free(errors);
}

static void check_schema(struct check *check) {
    struct sources *all = &check->input.sources;
    gyr_source *sources = calloc(all->count, sizeof *sources);
    gyr_errors *errors = NULL;
    gyr_schema_options options = {
        .size = sizeof options, .sources = sources, .unbound = true, .lenient = check->input.lenient};
    for (size_t i = 0; i < all->count && sources; i++)
        if (!all->items[i].executable) sources[options.source_count++] = all->items[i].text;
    check->input.schema = sources ? gyr_schema_build(&options, &errors) : NULL;
    if (!check->input.schema) note(check, errors, GYR_ERR_MEMORY);
    free(sources);
}

/* Without a schema the document is parsed only. */
static void check_document(struct check *check, const struct source *source) {
    gyr_errors *errors = NULL;
    gyr_document *document = gyr_document_new(source->text, NULL, &errors);
    gyr_status status = GYR_OK;
    if (!document)
        status = GYR_ERR_MEMORY;
    else if (check->input.schema)
        status = gyr_document_validate(document, check->input.schema, &errors);
    if (status != GYR_OK) note(check, errors, status);
    gyr_document_free(document);
}

static int check_all(struct check *check, bool json) {
    struct sources *sources = &check->input.sources;
    if (sources->count == 0) return usage_error(&command_check, "a file is missing");
    if (json) check->found = json_array();
    if (sources_count(sources, false)) check_schema(check);
    for (size_t i = 0; i < sources->count; i++)
        if (sources->items[i].executable) check_document(check, &sources->items[i]);
    if (check->found) {
        json_dumpf(check->found, stdout, JSON_INDENT(2));
        putchar('\n');
        json_decref(check->found);
    }
    return check->problems ? CLI_PROBLEMS : CLI_OK;
}

static int check_main(int argc, char **argv) {
    static const struct option options[] = {{"query", required_argument, NULL, 'q'},
                                            {"lenient", no_argument, NULL, 'l'},
                                            {"json", no_argument, NULL, 'j'},
                                            {0}};
    struct check check = {.input.command = &command_check};
    bool json = false;
    int option, code = CLI_OK;
    while (code == CLI_OK && (option = next_option(&command_check, argc, argv, ":q:lj", options)) != -1) {
        if (option == 'j')
            json = true;
        else if (option == '?')
            code = CLI_USAGE;
        else if (!input_option(&check.input, option))
            code = CLI_PROBLEMS;
    }
    if (code == CLI_OK) code = input_files(&check.input, argc, argv);
    if (code == CLI_OK) code = check_all(&check, json);
    input_fini(&check.input);
    return code;
}

const struct command command_check = {
    .name = "check",
    .summary = "find what is wrong with a schema, and with documents for it",
    .help = "usage: gyr check SCHEMA... [DOCUMENT...] [options]\n\n"
            "Schema files are read as one schema. Documents are validated against it; without a schema they "
            "are parsed only.\n\n"
            "  -q, --query TEXT  a document, in place of a file\n"
            "  -l, --lenient     accept schemas that break the newest rules\n"
            "  -j, --json        the problems as a JSON array on the standard output\n",
    .main = check_main,
};
