/* Errors as compilers print them: the place, the message, the line of the source with a caret under the
 * place.
 *
 *     schema.graphql:3:8: error: Unknown type "Foo".
 *         3 |   foo: Foo
 *           |        ^~~
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_CLI_REPORT_H
#define GYR_CLI_REPORT_H
#include "source.h"

/** Prints all errors of the list to the standard error and frees the list. `status` is said instead when the
 * list is NULL. */
void report_errors(gyr_errors *errors, gyr_status status, const struct sources *sources);
/** One error in a text that is in no list. */
void report_place(gyr_str name, gyr_str text, gyr_location location, gyr_str message);
#endif
