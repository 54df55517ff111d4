/* For tests of coercion: schemas from text, and coerced values as JSON text.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_VALUES_H
#define TESTS_VALUES_H
#include "base/arena.h"
#include "type/build.h"

/* A text that grows. */
typedef struct text {
    char ptr[1 << 16];
    size_t len;
} text;

void text_add(text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Enum values as strings, custom ones as <custom>. */
void text_value(text *t, const gyr_value *value);
/* "line:column message\n" for each error. */
void text_errors(text *t, const gyr_errors *errors);

/* Fails the test, showing the errors, when the schema does not build. Free with gyr__schema_unref. */
gyr_schema *schema_of(const char *sdl, const gyr_binding *bindings, bool unbound, const gyr_allocator *allocator);

/* An allocator that counts blocks and fails from the nth allocation on (0: never). */
typedef struct faulty {
    unsigned long fail_at, calls;
    long live;
} faulty;
gyr_allocator faulty_allocator(faulty *f);

#endif
