/* See number.h. This file writes; number_read.c reads.
 *
 * Schubfach: v = c * 2^q. Its rounding interval's ends and v itself are scaled by a power of ten so that the
 * interval is between 1 and 10 units wide, in fixed point with two binary places and a sticky odd bit; then
 * one multiple of ten units, or failing that one unit, inside the interval nearest to v is the answer.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/number.h"
#include "base/number_inl.h"
#include "base/pow10.h"

char *gyr__write_i32(char *out, int32_t v) { return gyr__put_i32(out, v); }
char *gyr__write_u32(char *out, uint32_t v) { return gyr__put_u32(out, v); }
char *gyr__write_i64(char *out, int64_t v) { return gyr__put_i64(out, v); }
char *gyr__write_u64(char *out, uint64_t v) { return gyr__put_u64(out, v); }
char *gyr__write_f64(char *out, double v) { return gyr__put_f64(out, v); }

__extension__ typedef unsigned __int128 u128;

typedef struct decimal {
    uint64_t digits;
    int exponent; /* digits * 10^exponent */
} decimal;

/* g * c / 2^128, the lowest bit set when something was cut off ("round to odd"). */
static inline uint64_t scale_odd(const uint64_t *g, uint64_t c) {
    u128 high = (u128)g[0] * c, low = (u128)g[1] * c;
    high += (uint64_t)(low >> 64);
    return (uint64_t)(high >> 64) | ((uint64_t)high > 1);
}

/* The shortest decimal of a positive finite double, the nearest of those. */
static decimal shortest(uint64_t bits) {
    uint64_t fraction = bits & ((1ull << 52) - 1), c = fraction;
    int biased = (int)(bits >> 52), q = 1 - 1075;
    if (biased) c |= 1ull << 52, q = biased - 1075;
    bool closer = fraction == 0 && biased > 1;           /* the double below is only half as far */
    uint64_t odd = c & 1;                                /* an odd c does not own the ends of its interval */
    int k = (q * 1262611 - (closer ? 524031 : 0)) >> 22; /* floor(log10(2^q)), of 3/4 * 2^q when closer */
    int h = q + ((-k * 1741647) >> 19) + 1;
    const uint64_t *g = gyr__pow10[-k - GYR__POW10_FIRST];
    uint64_t low = scale_odd(g, (4 * c - 2 + closer) << h) + odd;
    uint64_t here = scale_odd(g, (4 * c) << h);
    uint64_t high = scale_odd(g, (4 * c + 2) << h) - odd;
    uint64_t units = here / 4;
    if (units >= 10) {
        uint64_t tens = units / 10;
        bool down = low <= 40 * tens, up = 40 * tens + 40 <= high;
        if (down != up) return (decimal){tens + up, k + 1};
    }
    bool down = low <= 4 * units, up = 4 * units + 4 <= high;
    if (down != up) return (decimal){units + up, k};
    uint64_t middle = 4 * units + 2;
    return (decimal){units + (here > middle || (here == middle && (units & 1))), k};
}

static decimal without_zeros(decimal d) {
    while (d.digits % 10000 == 0) d.digits /= 10000, d.exponent += 4;
    if (d.digits % 100 == 0) d.digits /= 100, d.exponent += 2;
    if (d.digits % 10 == 0) d.digits /= 10, d.exponent += 1;
    return d;
}

/* ECMA-262 Number::toString of a positive number, from its shortest digits. */
static char *write_decimal(char *out, decimal d) {
    char t[48];
    int n = (int)(gyr__put_u64(t, d.digits) - t), point = n + d.exponent; /* the point stands behind so many digits */
    if (d.exponent >= 0 && point <= 21) {
        memset(t + n, '0', 21);
        memcpy(out, t, 21);
        return out + point;
    }
    if (point > 0 && point <= 21) {
        memcpy(out, t, 17);
        memcpy(out + point + 1, t + point, 17);
        out[point] = '.';
        return out + n + 1;
    }
    if (point > -6 && point <= 0) {
        memcpy(out, "0.00000", 7);
        memcpy(out + 2 - point, t, 17);
        return out + 2 - point + n;
    }
    *out = t[0];
    if (n > 1) {
        out[1] = '.';
        memcpy(out + 2, t + 1, 16);
        out += n;
    }
    int e = point - 1;
    out[1] = 'e';
    out[2] = e < 0 ? '-' : '+';
    return gyr__put_u32(out + 3, (uint32_t)(e < 0 ? -e : e));
}

GYR__NOINLINE char *gyr__write_f64_slow(char *out, double v) {
    uint64_t bits;
    memcpy(&bits, &v, 8);
    uint64_t sign = bits >> 63;
    bits = bits << 1 >> 1;
    if (bits >= 0x7FFull << 52) {
        memcpy(out, "null", 4);
        return out + 4;
    }
    double a = sign ? -v : v;
    *out = '-';
    if (a < 9007199254740992.0 && (double)(int64_t)a == a) return gyr__put_u64(out + sign * (a != 0), (uint64_t)a);
    return write_decimal(out + sign, without_zeros(shortest(bits)));
}
