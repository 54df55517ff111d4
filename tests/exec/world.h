/* A small schema for tests of execution, and running requests on it. The same fields stand on five types,
 * answered by the same function in five ways: by a resolver (r), a getter (g), a batch (b), a suspended
 * resolver (s), a suspended batch (t). Argument k says what the answer is (enum answer).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_TESTS_WORLD_H
#define GYR_TESTS_WORLD_H
#include "test.h"

#include <gyr.h>

#include <stdlib.h>
#include <string.h>

typedef enum answer {
    A_FIVE, /* also without k */
    A_TRUE,
    A_NULL,
    A_BIG,  /* 2^31 */
    A_U64,  /* 2^64 - 1 */
    A_HALF, /* 1.5 */
    A_NAN,
    A_ABC,
    A_TWELVE, /* "12" */
    A_EMPTY,
    A_OBJECT,
    A_VALUES, /* [1, 2] */
    A_STRUCTS,
    A_REFS,   /* one null */
    A_ITEMS,  /* [first, failed, unanswered] */
    A_NESTED, /* items of items */
    A_NOTHING,
    A_FAIL,
    A_TWICE,
    A_SUSPEND, /* again, or where it is not allowed */
    A_RED,
    A_JSON,
    A_CUSTOM,
    A_AS, /* an object with its type */
    A_AS_WRONG
} answer;

typedef struct thing {
    int32_t id, tag;
} thing;
extern thing things[8];

typedef struct world {
    gyr_schema *schema;
    gyr_call *calls[512];
    int ks[512];
    gyr_batch *batches[512];
    uint32_t call_count, batch_count, wakes, releases;
    gyr_buffer buffer;
    gyr_str text; /* the last response */
    gyr_stats stats;
} world;

int world_new(void **state);
int world_free(void **state);
/** Answers as k says and checks what each function returns. */
void world_answer(gyr_call *c, int k, bool handle);
/** Answers all that is suspended. */
void world_settle(world *w);
gyr_plan *world_plan(world *w, const char *document);
/** Runs the document to its end; the status. w->text is the response. */
gyr_status world_run(world *w, const char *document, const char *variables);
gyr_request world_request(world *w, gyr_plan *plan);

#define assert_text(got, want) assert_text_((got), (want), __LINE__)
void assert_text_(gyr_str got, const char *want, int line);
void assert_has(gyr_str text, const char *part);

#endif
