/* The shortest text with the same tokens: everything ignored removed, block strings minimised, as the
 * reference's stripIgnoredCharacters.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_LANGUAGE_STRIP_H
#define GYR_LANGUAGE_STRIP_H
#include "base/diag.h"
#include "language/source.h"

/** *out is in the arena. GYR_ERR_SYNTAX with one error when the text is no sequence of tokens. limits NULL:
 * the defaults; the size and the number of tokens count too. */
GYR__NODISCARD gyr_status gyr__strip_ignored(gyr__arena *arena, const gyr__source *source, const gyr_limits *limits,
                                             gyr_errors *errors, gyr_str *out);

#endif
