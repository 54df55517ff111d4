/* The part of the lexer that reads strings. See lexer.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_LANGUAGE_LEX_STRING_H
#define GYR_LANGUAGE_LEX_STRING_H
#include "language/lexer.h"

/** Reads the string or block string that begins at start, a quote. */
void gyr__lex_string(gyr__lexer *lx, const uint8_t *start);
/** The character at that place as messages have it: "x", U+00E9, <EOF>. */
gyr_str gyr__lexer_char(const gyr__lexer *lx, const uint8_t *at, char out[16]);

#endif
