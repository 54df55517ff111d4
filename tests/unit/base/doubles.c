/* See doubles.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "doubles.h"

#include <stdio.h>
#include <stdlib.h>

static double of_bits(uint64_t bits) {
    double v;
    memcpy(&v, &bits, 8);
    return v;
}

double any_double(rng *r, uint64_t i) {
    static const double scales[] = {1, 10, 100, 1000, 10000, 1e5, 1e6, 1e8};
    uint64_t bits = rng_next(r);
    double v;
    switch (i % 8) {
    case 0:
    case 1: v = of_bits(bits); break;
    case 2: v = (double)(bits % 100000000) / 100; break;
    case 3: v = (double)(int64_t)(bits >> rng_below(r, 64)) / scales[bits & 7]; break;
    case 4: v = (double)(int64_t)bits; break;
    case 5:
        v = of_bits((bits % 2046 + 1) << 52 | (1ull << 63 & bits)) * (1 + ((double)(bits >> 60) - 7) * 0x1p-52);
        break;
    case 6: v = pow(10, (double)(bits % 600) - 300) * (double)(1 + (bits >> 40) % 100); break;
    default: v = of_bits(bits >> rng_below(r, 64) & 0x000FFFFFFFFFFFFFu); break;
    }
    return isfinite(v) ? v : (double)(bits % 1000003) / 7;
}

bool round_trips(double v) {
    char text[GYR__F64_BYTES + 1];
    char *end = gyr__write_f64(text, v);
    double mine = 0;
    *end = 0;
    double libc = strtod(text, NULL);
    bool parsed = gyr__parse_f64(text, (size_t)(end - text), &mine);
    if (libc == v && parsed && mine == v) return true;
    printf("%.17g is written \"%s\", read as %.17g by strtod, %.17g by gyr__parse_f64\n", v, text, libc, mine);
    return false;
}

static int digits_of(const char *text) {
    int count = 0, zeros = 0;
    for (; *text && *text != 'e'; text++) {
        if (*text < '0' || *text > '9' || (*text == '0' && !count)) continue;
        count++;
        zeros = *text == '0' ? zeros + 1 : 0;
    }
    return count - zeros;
}

bool is_shortest(double v) {
    char text[GYR__F64_BYTES + 1], other[40];
    *gyr__write_f64(text, v) = 0;
    for (int precision = 1; precision <= 17; precision++) {
        snprintf(other, sizeof other, "%.*e", precision - 1, v);
        if (strtod(other, NULL) != v) continue;
        if (digits_of(other) >= digits_of(text)) return true;
        printf("%.17g is written \"%s\" but %s is enough\n", v, text, other);
        return false;
    }
    return v == 0;
}
