/* Schemas for tests: built unbound from SDL texts, with the errors at hand.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_TESTS_SDL_H
#define GYR_TESTS_SDL_H
#include "test.h"

#include "type/build.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct built {
    gyr_schema *schema;
    gyr_errors *errors;
    gyr__build_stage stage;
} built;

static inline built build_sources(const gyr_source *sources, uint32_t count, uint32_t base_count, bool lenient) {
    gyr_schema_options options = {
        .size = sizeof options, .sources = sources, .source_count = count, .unbound = true, .lenient = lenient};
    built b = {.errors = gyr__errors_new(NULL, 0)};
    assert_non_null(b.errors);
    b.schema = gyr__schema_extend(&options, base_count, &b.stage, b.errors);
    assert_true((b.schema != NULL) == (b.errors->list.len == 0));
    return b;
}

static inline built build_text(const char *sdl) {
    gyr_source source = {gyr_s("schema.graphql"), gyr_str_of(sdl, strlen(sdl))};
    return build_sources(&source, 1, 0, false);
}

static inline void built_free(built *b) {
    gyr__schema_unref(b->schema);
    gyr_errors_free(b->errors);
}

/* A schema that must build. */
static inline built build_ok(const char *sdl) {
    built b = build_text(sdl);
    if (!b.schema) fail_msg("%.*s", (int)gyr_errors_text(b.errors).len, gyr_errors_text(b.errors).ptr);
    return b;
}

static inline gyr_str str(const char *text) { return gyr_str_of(text, strlen(text)); }

static inline void assert_str(gyr_str actual, const char *expected) {
    if (!gyr__str_eq(actual, str(expected))) fail_msg("\"%.*s\" is not \"%s\"", (int)actual.len, actual.ptr, expected);
}

/* The messages of all errors, each with its places: "1:2 3:4 message\n". To be freed. */
static inline char *problems(const built *b) {
    char *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    for (uint32_t i = 0; i < gyr_errors_count(b->errors); i++) {
        const gyr_error *e = gyr_errors_get(b->errors, i);
        for (uint32_t k = 0; k < e->location_count; k++)
            fprintf(f, "%u:%u ", e->locations[k].line, e->locations[k].column);
        fprintf(f, "%.*s\n", (int)e->message.len, e->message.ptr);
    }
    fclose(f);
    return text;
}

#endif
