/* UTF-8: validation with vector instructions, one code point at a time, lengths in UTF-16 code units, places.
 *
 * Validation is the lookup algorithm of Keiser and Lemire ("Validating UTF-8 In Less Than One Instruction Per
 * Byte", 2021): three 16-entry tables tell for each pair of neighbouring bytes which errors it may be, one
 * subtraction tells where second and third continuation bytes must stand. utf8_lookup.inc has it once over a
 * handful of vector macros, utf8_x86.c and utf8_neon.c instantiate it. The place of an error is then found by
 * the scalar decoder. Well-formed means Unicode table 3-7: no overlong forms, no surrogates, nothing above
 * U+10FFFF.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_BASE_UTF8_H
#define GYR_BASE_UTF8_H
#include "base/cpu.h"

#define GYR__UTF8_BAD UINT32_MAX

/** True when the bytes are well-formed UTF-8. Otherwise *error_offset (may be NULL) is where the first
 *  ill-formed sequence begins. Uses what the processor has. Never reads outside [s, s + n). */
bool gyr__utf8_valid(const char *s, size_t n, size_t *error_offset);
/** The same at a given level, which the processor must have. */
bool gyr__utf8_valid_at(gyr__cpu cpu, const char *s, size_t n, size_t *error_offset);

/** The code point that begins at s, n >= 1 bytes being there, and its length in *size. Ill-formed:
 *  GYR__UTF8_BAD, *size the bytes that one U+FFFD stands for (maximal subpart: at least 1, at most 3). */
uint32_t gyr__utf8_decode(const char *s, size_t n, uint32_t *size);
/** Writes code point c (at most U+10FFFF, no surrogate) as 1 to 4 bytes and returns how many. */
uint32_t gyr__utf8_encode(char *out, uint32_t c);
/** The length in UTF-16 code units; every byte of an ill-formed sequence counts as its lead byte says. */
size_t gyr__utf16_len(const char *s, size_t n);
/** Line and column, from 1, of the byte at offset `at`: columns in UTF-16 code units; LF, CRLF and CR end a
 *  line. O(at): for errors. */
gyr_location gyr__locate(gyr_str source, size_t at);

#endif
