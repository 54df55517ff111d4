/* The integer writers as inline bodies, for number.c and for leaves that want them without a call. Exactly
 * the digits are written, save one byte more behind a single digit.
 *
 * Digits come in pairs from a table; division by 100 is a multiplication: (v * 5243) >> 19 is v / 100 for
 * v < 43699, (v * 429497) >> 32 is v / 10000 for v < 1000000 and more.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_BASE_NUMBER_INL_H
#define GYR_BASE_NUMBER_INL_H
#include "base/common.h"

static const char gyr__digit_pairs[201] =
    "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849"
    "5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";

#define GYR__100TH(v) (((v)*5243u) >> 19)

/* Two digits of v < 100. */
static inline void gyr__put_2(char *out, uint32_t v) { memcpy(out, gyr__digit_pairs + 2 * v, 2); }

/* Two digits of v < 100, or one; the end. */
static inline char *gyr__put_1_2(char *out, uint32_t v) {
    uint32_t one = v < 10;
    memcpy(out, gyr__digit_pairs + 2 * v + one, 2);
    return out + 2 - one;
}

/* Four digits of v < 10000. */
static inline char *gyr__put_4(char *out, uint32_t v) {
    uint32_t a = GYR__100TH(v);
    gyr__put_2(out, a);
    gyr__put_2(out + 2, v - a * 100);
    return out + 4;
}

/* Eight digits of v < 10^8. */
static inline char *gyr__put_8(char *out, uint32_t v) {
    uint32_t high = v / 10000;
    gyr__put_4(out, high);
    return gyr__put_4(out + 4, v - high * 10000);
}

/* v < 10^8 without leading zeros. */
static inline char *gyr__put_1_8(char *out, uint32_t v) {
    if (v < 100) return gyr__put_1_2(out, v);
    if (v < 10000) {
        uint32_t a = GYR__100TH(v);
        out = gyr__put_1_2(out, a);
        gyr__put_2(out, v - a * 100);
        return out + 2;
    }
    if (v < 1000000) {
        uint32_t a = (uint32_t)((uint64_t)v * 429497u >> 32);
        return gyr__put_4(gyr__put_1_2(out, a), v - a * 10000);
    }
    uint32_t high = v / 10000, a = GYR__100TH(high);
    out = gyr__put_1_2(out, a);
    gyr__put_2(out, high - a * 100);
    return gyr__put_4(out + 2, v - high * 10000);
}

static inline char *gyr__put_u64(char *out, uint64_t v) {
    const uint64_t e8 = 100000000, e16 = e8 * e8;
    if (gyr__likely(v < e8)) return gyr__put_1_8(out, (uint32_t)v);
    uint64_t top = v / e8;
    if (gyr__likely(v < e16)) {
        out = gyr__put_1_8(out, (uint32_t)top);
    } else {
        uint64_t first = v / e16;
        out = gyr__put_8(gyr__put_1_8(out, (uint32_t)first), (uint32_t)(top - first * e8));
    }
    return gyr__put_8(out, (uint32_t)(v - top * e8));
}

static inline char *gyr__put_u32(char *out, uint32_t v) {
    if (gyr__likely(v < 100000000)) return gyr__put_1_8(out, v);
    uint32_t top = v / 100000000;
    return gyr__put_8(gyr__put_1_2(out, top), v - top * 100000000);
}

static inline char *gyr__put_i64(char *out, int64_t v) {
    *out = '-';
    return gyr__put_u64(out + (v < 0), v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

static inline char *gyr__put_i32(char *out, int32_t v) {
    *out = '-';
    return gyr__put_u32(out + (v < 0), v < 0 ? 0 - (uint32_t)v : (uint32_t)v);
}

char *gyr__write_f64_slow(char *out, double v);

/* The short way of doubles; see number.h. */
static inline char *gyr__put_f64(char *out, double v) {
    double a = v < 0 ? -v : v;
    if (gyr__unlikely(!(a < 1e11))) return gyr__write_f64_slow(out, v);
    int64_t n = (int64_t)(a * 10000.0 + 0.5); /* at most 10^15, so exact as a double */
    if (gyr__unlikely((double)n / 10000.0 != a)) return gyr__write_f64_slow(out, v);
    *out = '-';
    out += v < 0;
    uint64_t whole = (uint64_t)n / 10000;
    uint32_t part = (uint32_t)((uint64_t)n - whole * 10000), x = GYR__100TH(part), y = part - x * 100;
    out = gyr__put_u64(out, whole);
    if (!part) return out;
    *out = '.';
    gyr__put_2(out + 1, x);
    gyr__put_2(out + 3, y);
    return y ? out + 5 - (y % 10 == 0) : out + 3 - (x % 10 == 0); /* no trailing zeros */
}

#endif
