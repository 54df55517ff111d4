/* JSON for programs: printed indented, texts as values.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_CLI_PRETTY_H
#define GYR_CLI_PRETTY_H
#include <gyr.h>
#include <jansson.h>
#include <stdio.h>

/** Prints valid JSON and a newline: indented by two spaces a level, or (pretty false) as it is. */
void pretty_print(FILE *stream, gyr_str json, bool pretty);
/** The text as a string of its own. */
json_t *text_json(gyr_str text);
#endif
