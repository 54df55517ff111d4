/* See documents.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "documents.h"

#include "language/parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

gyr_limits open_limits(void) {
    gyr_limits l = {.size = sizeof l};
#define OPEN(field, value, why) l.field = GYR_UNLIMITED;
    GYR__LIMITS(OPEN)
#undef OPEN
    l.depth = 200;
    return l;
}

gyr_schema *schema_of(const char *sdl, const gyr_limits *limits, const gyr_allocator *allocator) {
    gyr_errors *errors = gyr__errors_new(NULL, 5);
    gyr_source source = {{NULL, 0}, gyr_str_of(sdl, strlen(sdl))};
    gyr_schema_options options = {
        .size = sizeof options, .sources = &source, .source_count = 1, .unbound = true, .lenient = true};
    if (limits) options.limits = *limits;
    if (allocator) options.allocator = *allocator;
    gyr_schema *schema = gyr__schema_build(&options, errors);
    gyr_str text = gyr_errors_text(errors);
    if (!schema) fail_msg("%.*s", (int)text.len, text.ptr);
    gyr_errors_free(errors);
    return schema;
}

static char *text_of(const gyr_errors *errors) {
    size_t size = 0;
    char *text = NULL;
    FILE *f = open_memstream(&text, &size);
    for (uint32_t i = 0; i < gyr_errors_count(errors); i++) {
        const gyr_error *e = gyr_errors_get(errors, i);
        fprintf(f, "%.*s", (int)e->message.len, e->message.ptr);
        for (uint32_t k = 0; k < e->location_count; k++)
            fprintf(f, "%s%u:%u", k ? " " : " @", e->locations[k].line, e->locations[k].column);
        fprintf(f, "\n");
    }
    fclose(f);
    return text;
}

gyr_status validate(const gyr_schema *schema, const char *document, const gyr__validate_options *options, char **text) {
    gyr_limits limits = open_limits();
    gyr__parse_options parsing = {.limits = &limits, .fragment_arguments = true};
    gyr__source source = gyr__source_of(gyr_str_of(document, strlen(document)), gyr_s(""));
    gyr__ast_document *ast = NULL;
    gyr__arena arena;
    gyr_errors *errors = gyr__errors_new(NULL, 0);
    gyr__arena_init(&arena, NULL, 0);
    if (gyr__parse_document(&arena, &source, &parsing, errors, &ast))
        fail_msg("%s: %.*s", document, (int)gyr_errors_text(errors).len, gyr_errors_text(errors).ptr);
    gyr_status status = gyr__validate(schema, &source, ast, options, errors);
    if (status != GYR_ERR_MEMORY) assert_int_equal(status != GYR_OK, gyr_errors_count(errors) != 0);
    if (text) *text = text_of(errors);
    gyr_errors_free(errors);
    gyr__arena_fini(&arena);
    return status;
}

void expect_errors(const gyr_schema *schema, uint64_t rules, const char *document, const char *expected) {
    gyr__validate_options options = {.rules = rules};
    char *text;
    validate(schema, document, &options, &text);
    if (strcmp(text, expected)) fail_msg("%s\n--- said\n%s--- should say\n%s", document, text, expected);
    free(text);
}
