/* Values as they are written: for what is kept of directives applied in the SDL, and for rules that look at documents.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_TYPE_WRITTEN_H
#define GYR_TYPE_WRITTEN_H
#include "language/ast.h"

/** A literal by its own kind, not coerced to any type; a variable is GYR_VALUE_VARIABLE. Texts may borrow the source. Where
 *  memory is out (arena->failed) a part is missing. Recursion is bounded by the parser's depth limit. */
gyr_value gyr__written_value(gyr__arena *arena, const gyr__node *node);

#endif
