/* The validators of each instruction set: utf8.c (scalar), utf8_x86.c, utf8_neon.c. True when the bytes are
 * well-formed; the processor must have the instructions.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_BASE_UTF8_SIMD_H
#define GYR_BASE_UTF8_SIMD_H
#include "base/common.h"

bool gyr__utf8_valid_scalar(const char *s, size_t n);
#if defined(__x86_64__)
bool gyr__utf8_valid_ssse3(const char *s, size_t n);
bool gyr__utf8_valid_avx2(const char *s, size_t n);
#elif defined(__aarch64__)
bool gyr__utf8_valid_neon(const char *s, size_t n);
#endif

/* Bits of the error tables: each names a pair (byte, next byte) that cannot stand in well-formed text. */
enum {
    GYR__U8_TOO_SHORT = 1 << 0,      /* lead, then no continuation */
    GYR__U8_TOO_LONG = 1 << 1,       /* ASCII, then a continuation */
    GYR__U8_OVERLONG_3 = 1 << 2,     /* E0, then 80..9F */
    GYR__U8_TOO_LARGE = 1 << 3,      /* F4, then 90..BF; F5.. then any */
    GYR__U8_SURROGATE = 1 << 4,      /* ED, then A0..BF */
    GYR__U8_OVERLONG_2 = 1 << 5,     /* C0, C1 */
    GYR__U8_TOO_LARGE_1000 = 1 << 6, /* F5.. then 80..8F */
    GYR__U8_OVERLONG_4 = 1 << 6,     /* F0, then 80..8F */
    GYR__U8_TWO_CONTS = 1 << 7,      /* two continuations: an error unless a 3- or 4-byte lead asks for it */
    GYR__U8_CARRY = GYR__U8_TOO_SHORT | GYR__U8_TOO_LONG | GYR__U8_TWO_CONTS
};

/* The high half of the first byte, its low half, the high half of the second: all three must agree. */
static const uint8_t gyr__u8_first_high[16] = {
    GYR__U8_TOO_LONG,
    GYR__U8_TOO_LONG,
    GYR__U8_TOO_LONG,
    GYR__U8_TOO_LONG,
    GYR__U8_TOO_LONG,
    GYR__U8_TOO_LONG,
    GYR__U8_TOO_LONG,
    GYR__U8_TOO_LONG,
    GYR__U8_TWO_CONTS,
    GYR__U8_TWO_CONTS,
    GYR__U8_TWO_CONTS,
    GYR__U8_TWO_CONTS,
    GYR__U8_TOO_SHORT | GYR__U8_OVERLONG_2,
    GYR__U8_TOO_SHORT,
    GYR__U8_TOO_SHORT | GYR__U8_OVERLONG_3 | GYR__U8_SURROGATE,
    GYR__U8_TOO_SHORT | GYR__U8_TOO_LARGE | GYR__U8_TOO_LARGE_1000 | GYR__U8_OVERLONG_4,
};
static const uint8_t gyr__u8_first_low[16] = {
    GYR__U8_CARRY | GYR__U8_OVERLONG_3 | GYR__U8_OVERLONG_2 | GYR__U8_OVERLONG_4,
    GYR__U8_CARRY | GYR__U8_OVERLONG_2,
    GYR__U8_CARRY,
    GYR__U8_CARRY,
    GYR__U8_CARRY | GYR__U8_TOO_LARGE,
    GYR__U8_CARRY | GYR__U8_TOO_LARGE | GYR__U8_TOO_LARGE_1000,
    GYR__U8_CARRY | GYR__U8_TOO_LARGE | GYR__U8_TOO_LARGE_1000,
    GYR__U8_CARRY | GYR__U8_TOO_LARGE | GYR__U8_TOO_LARGE_1000,
    GYR__U8_CARRY | GYR__U8_TOO_LARGE | GYR__U8_TOO_LARGE_1000,
    GYR__U8_CARRY | GYR__U8_TOO_LARGE | GYR__U8_TOO_LARGE_1000,
    GYR__U8_CARRY | GYR__U8_TOO_LARGE | GYR__U8_TOO_LARGE_1000,
    GYR__U8_CARRY | GYR__U8_TOO_LARGE | GYR__U8_TOO_LARGE_1000,
    GYR__U8_CARRY | GYR__U8_TOO_LARGE | GYR__U8_TOO_LARGE_1000,
    GYR__U8_CARRY | GYR__U8_TOO_LARGE | GYR__U8_TOO_LARGE_1000 | GYR__U8_SURROGATE,
    GYR__U8_CARRY | GYR__U8_TOO_LARGE | GYR__U8_TOO_LARGE_1000,
    GYR__U8_CARRY | GYR__U8_TOO_LARGE | GYR__U8_TOO_LARGE_1000,
};
#define GYR__U8_ANY_CONT (GYR__U8_TOO_LONG | GYR__U8_OVERLONG_2 | GYR__U8_TWO_CONTS)
static const uint8_t gyr__u8_second_high[16] = {
    GYR__U8_TOO_SHORT,
    GYR__U8_TOO_SHORT,
    GYR__U8_TOO_SHORT,
    GYR__U8_TOO_SHORT,
    GYR__U8_TOO_SHORT,
    GYR__U8_TOO_SHORT,
    GYR__U8_TOO_SHORT,
    GYR__U8_TOO_SHORT,
    GYR__U8_ANY_CONT | GYR__U8_OVERLONG_3 | GYR__U8_TOO_LARGE_1000 | GYR__U8_OVERLONG_4,
    GYR__U8_ANY_CONT | GYR__U8_OVERLONG_3 | GYR__U8_TOO_LARGE,
    GYR__U8_ANY_CONT | GYR__U8_SURROGATE | GYR__U8_TOO_LARGE,
    GYR__U8_ANY_CONT | GYR__U8_SURROGATE | GYR__U8_TOO_LARGE,
    GYR__U8_TOO_SHORT,
    GYR__U8_TOO_SHORT,
    GYR__U8_TOO_SHORT,
    GYR__U8_TOO_SHORT,
};

#endif
