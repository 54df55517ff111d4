/* Schema coordinates, as a rule for parse.c.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_LANGUAGE_PARSE_COORDINATE_H
#define GYR_LANGUAGE_PARSE_COORDINATE_H
#include "language/parser.h"

/** The whole text as one coordinate; takes the token before the first one as the current. */
gyr__rule gyr__parse_coordinate_rule;

#endif
