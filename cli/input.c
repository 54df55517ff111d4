/* Builds what commands work on. Files are sorted into schema and document by what they contain (source.h), so
 * their order on the command line does not matter.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "input.h"
#include "report.h"
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static gyr_str text_of(const char *text) { return gyr_str_of(text, text ? strlen(text) : 0); }

bool input_option(struct input *input, int option) {
    switch (option) {
    case 'q': return sources_add_text(&input->sources, "<query>", optarg);
    case 'v': input->variables = optarg; return true;
    case 'V': input->variables_file = optarg; return true;
    case 'o': input->operation = optarg; return true;
    case 'm': input->module_path = optarg; return true;
    case 'l': input->lenient = true; return true;
    }
    return false;
}

int input_files(struct input *input, int argc, char **argv) {
    unsigned standard = input->variables_file && strcmp(input->variables_file, "-") == 0;
    for (int i = optind; i < argc; i++) {
        standard += strcmp(argv[i], "-") == 0;
        if (standard > 1) return usage_error(input->command, "the standard input can be read only once");
        if (!sources_add(&input->sources, argv[i])) return CLI_PROBLEMS;
    }
    if (input->variables && input->variables_file) return usage_error(input->command, "-v and -V exclude each other");
    input->variables_text = text_of(input->variables);
    if (input->variables_file) {
        if (!source_read(input->variables_file, &input->variables_text)) return CLI_PROBLEMS;
        input->variables_owned = (char *)input->variables_text.ptr;
    }
    return CLI_OK;
}

int input_module(struct input *input) {
    if (!input->module_path) return CLI_OK;
    if (sources_count(&input->sources, false))
        return usage_error(input->command, "a module brings its own schema: give no schema file");
    const char *path = input->module_path;
    char *local = NULL; /* without a slash the loader would search its own folders */
    if (!strchr(path, '/') && asprintf(&local, "./%s", path) < 0) local = NULL;
    input->library = dlopen(local ? local : path, RTLD_NOW | RTLD_LOCAL);
    free(local);
    const gyr_module *(*get)(void) = NULL;
    void *symbol = input->library ? dlsym(input->library, "gyr_module_get") : NULL;
    memcpy(&get, &symbol, sizeof get);
    if (!get) {
        fprintf(stderr, "gyr: %s\n", dlerror());
        return CLI_PROBLEMS;
    }
    input->module = get();
    if (input->module && input->module->size >= sizeof *input->module && input->module->sdl) return CLI_OK;
    fprintf(stderr, "gyr: %s: the module was made for another version\n", path);
    return CLI_PROBLEMS;
}

int input_schema(struct input *input, gyr_schema_options options) {
    size_t count = 0, most = input->module ? 1 : sources_count(&input->sources, false);
    if (most == 0) return usage_error(input->command, "a schema file is missing");
    gyr_source *sources = calloc(most, sizeof *sources);
    if (!sources) return status_error(input->command, GYR_ERR_MEMORY);
    if (input->module)
        sources[count++] =
            (gyr_source){text_of(input->module_path), gyr_str_of(input->module->sdl, input->module->sdl_len)};
    else
        for (size_t i = 0; i < input->sources.count; i++)
            if (!input->sources.items[i].executable) sources[count++] = input->sources.items[i].text;
    options.size = sizeof options;
    options.sources = sources;
    options.source_count = (uint32_t)count;
    options.lenient = input->lenient;
    if (input->module) options.bindings = input->module->bindings;
    gyr_errors *errors = NULL;
    input->schema = gyr_schema_build(&options, &errors);
    free(sources);
    if (input->schema) return CLI_OK;
    report_errors(errors, GYR_ERR_MEMORY, &input->sources);
    return CLI_PROBLEMS;
}

int input_plan(struct input *input) {
    const struct source *source = sources_document(&input->sources);
    if (!source) return usage_error(input->command, "a document is missing: name a file, or give a text with -q");
    if (sources_count(&input->sources, true) > 1) return usage_error(input->command, "one document at a time");
    gyr_errors *errors = NULL;
    gyr_document *document = gyr_document_new(source->text, NULL, &errors);
    gyr_status status = document ? gyr_document_validate(document, input->schema, &errors) : GYR_ERR_MEMORY;
    if (status == GYR_OK) {
        input->plan = gyr_plan_from(input->schema, document, text_of(input->operation), &errors);
        status = GYR_ERR_MEMORY;
    }
    gyr_document_free(document);
    if (input->plan) return CLI_OK;
    report_errors(errors, status, &input->sources);
    return CLI_PROBLEMS;
}

void input_fini(struct input *input) {
    gyr_plan_free(input->plan);
    gyr_schema_free(input->schema);
    if (input->library) dlclose(input->library);
    sources_fini(&input->sources);
    free(input->variables_owned);
}
