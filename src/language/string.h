/* Values of string literals: decoding what the lexer has checked, and what printing block strings needs.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_LANGUAGE_STRING_H
#define GYR_LANGUAGE_STRING_H
#include "base/arena.h"

/** The value of a literal from what stands between its quotes, into the arena: escapes replaced, or for a
 * block its common indentation removed (spec BlockStringValue). {NULL,0} when memory is out. */
gyr_str gyr__string_decode(gyr__arena *arena, gyr_str raw, bool block);

/** 0-15, or -1. */
static inline int gyr__hex_digit(uint8_t c) {
    if (c >= '0' && c <= '9') return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}
/** The number of four hexadecimal digits at p, or -1. */
static inline int32_t gyr__hex4(const uint8_t *p, const uint8_t *end) {
    int32_t n = 0;
    if (end - p < 4) return -1;
    for (int i = 0; i < 4; i++) {
        int digit = gyr__hex_digit(p[i]);
        if (digit < 0) return -1;
        n = n << 4 | digit;
    }
    return n;
}

#endif
