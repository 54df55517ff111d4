/* Numbers as text and back, the same on every machine and in every locale.
 *
 * Integers: two digits at a time. Doubles: the shortest text that reads back as the same double, in the
 * format of JSON.stringify (ECMA-262 Number::toString): 1, 0.1, 1e21, 1e-7, and 0 for -0. A double with at
 * most four decimals takes a short way (if n / 10^4 == v and n has at most 15 digits then n is the shortest
 * form: two decimals of 15 digits never read as the same double); others go by Schubfach (Giulietti 2020)
 * over a table of 128-bit powers of ten (pow10.h, written by tools/gen_pow10.py).
 *
 * Reading a double is exact: small ones by one division or product (Clinger 1990); else the 192-bit product
 * with the table gives an interval, and when both its ends round alike that is the answer; else big integers
 * decide.
 *
 * The writers may overwrite GYR__I64_BYTES / GYR__F64_BYTES bytes whatever the length of the text; they
 * return the end of the text and write no NUL.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_BASE_NUMBER_H
#define GYR_BASE_NUMBER_H
#include "base/common.h"

#define GYR__I64_BYTES 24
#define GYR__F64_BYTES 40

char *gyr__write_i32(char *out, int32_t v);
char *gyr__write_u32(char *out, uint32_t v);
char *gyr__write_i64(char *out, int64_t v);
char *gyr__write_u64(char *out, uint64_t v);
/** Infinities and NaN give "null", as JSON.stringify does; callers that must refuse them test before. */
char *gyr__write_f64(char *out, double v);

/** -?[0-9]+ and nothing else, leading zeros allowed. False when malformed or out of range; *out is then as it
 *  was. */
bool gyr__parse_i64(const char *s, size_t n, int64_t *out);
bool gyr__parse_u64(const char *s, size_t n, uint64_t *out);
bool gyr__parse_i32(const char *s, size_t n, int32_t *out);
/** -?[0-9]+(.[0-9]+)?([eE][+-]?[0-9]+)? and nothing else, leading zeros allowed. The nearest double, ties to
 *  even; too large gives an infinity. False when malformed. */
bool gyr__parse_f64(const char *s, size_t n, double *out);

#endif
