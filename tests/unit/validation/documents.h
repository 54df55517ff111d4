/* Helpers of the tests of validation: schemas from SDL, a document's errors as text.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_TESTS_DOCUMENTS_H
#define GYR_TESTS_DOCUMENTS_H
#include "test.h"
#include "type/build.h"
#include "validation/validate.h"

/** The schema of an SDL, unbound and lenient. limits and allocator may be NULL: the defaults. Fails the test.
 */
gyr_schema *schema_of(const char *sdl, const gyr_limits *limits, const gyr_allocator *allocator);

/** Validates; the status. The document's limits are open but for depth. *text, if not NULL: the errors, one a
 * line, "message @line:column line:column", to be freed. */
gyr_status validate(const gyr_schema *schema, const char *document, const gyr__validate_options *options, char **text);

/** The errors of a document under one set of rules (0: those that are on by default) are exactly `expected`.
 */
void expect_errors(const gyr_schema *schema, uint64_t rules, const char *document, const char *expected);

/** All limits open but for depth. */
gyr_limits open_limits(void);

#endif
