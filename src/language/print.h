/* The printer: nodes to text, exactly as the reference implementation's print(). Printing what was parsed and
 * parsing what was printed gives the same nodes; for that one thing differs: a query's shorthand behind a type or
 * an extension without a body begins with `query`, or its brace would be theirs.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_LANGUAGE_PRINT_H
#define GYR_LANGUAGE_PRINT_H
#include "language/ast.h"

/** The text of any node, in the arena; {NULL,0} when memory is out (then arena->failed). */
gyr_str gyr__print(gyr__arena *arena, const gyr__node *node);

/** text as a string literal with quotes: "a\nb". */
gyr_str gyr__print_string(gyr__arena *arena, gyr_str text);
/** text as a block string, as descriptions are printed: """a""" or on lines of its own. */
gyr_str gyr__print_block_string(gyr__arena *arena, gyr_str text);

#endif
