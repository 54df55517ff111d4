/* What most commands start from: source texts and a module, the schema built from them, a plan of one
 * operation. SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_CLI_INPUT_H
#define GYR_CLI_INPUT_H
#include "cli.h"
#include "source.h"
#include <gyr_module.h>

struct input {
    const struct command *command;
    struct sources sources;
    const char *module_path, *operation, *variables, *variables_file; /* options; NULL: not given */
    bool lenient;
    void *library; /* the loaded module */
    const gyr_module *module;
    gyr_schema *schema;
    gyr_plan *plan;
    gyr_str variables_text;
    char *variables_owned;
};

/** Short and long options that input_option understands. */
#define INPUT_LETTERS "q:v:V:o:m:l"
#define INPUT_OPTIONS                                                                                                  \
    {"query", required_argument, NULL, 'q'}, {"variables", required_argument, NULL, 'v'},                              \
        {"variables-file", required_argument, NULL, 'V'}, {"operation", required_argument, NULL, 'o'},                 \
        {"module", required_argument, NULL, 'm'}, {                                                                    \
        "lenient", no_argument, NULL, 'l'                                                                              \
    }
#define INPUT_HELP                                                                                                     \
    "  -q, --query TEXT           the document, in place of a file\n"                                                  \
    "  -o, --operation NAME       which operation of the document\n"                                                   \
    "  -v, --variables JSON       the variables, a JSON object\n"                                                      \
    "  -V, --variables-file FILE  the same from a file\n"                                                              \
    "  -m, --module FILE.so       a compiled schema module, in place of schema files\n"                                \
    "  -l, --lenient              accept schemas that break the newest rules\n"

/** Takes an option; false when reading it failed (said so). */
bool input_option(struct input *input, int option);
/** Reads the files named after the options. CLI_OK or another exit code, with a message. */
int input_files(struct input *input, int argc, char **argv);
/** Loads the module, if one was asked for. */
int input_module(struct input *input);
/** Builds the schema of the module or the schema files. `options` holds bindings and fallbacks; its sources
 * are set here. */
int input_schema(struct input *input, gyr_schema_options options);
/** Parses, validates and plans the document's operation. */
int input_plan(struct input *input);
void input_fini(struct input *input);
#endif
