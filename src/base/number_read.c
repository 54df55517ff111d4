/* See number.h: reading.
 *
 * A double is w * 10^k with the first 19 digits in w. The table's g is 10^k rounded up, so the value lies in
 * ((g - 1) * w, g * (w + 1)) or, when no digit was cut off, ((g - 1) * w, g * w]. Rounding is monotonic: if
 * both ends of the interval give the same double, that is it. Otherwise the value is next to the middle of
 * two doubles, and big integers compare it with that middle. 800 digits and a sticky one are enough for them:
 * a middle has at most 767.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/number.h"
#include "base/pow10.h"

__extension__ typedef unsigned __int128 u128;

/* ---- integers */

bool gyr__parse_u64(const char *s, size_t n, uint64_t *out) {
    uint64_t v = 0;
    if (!n) return false;
    for (size_t i = 0; i < n; i++) {
        unsigned digit = (unsigned char)s[i] - (unsigned)'0';
        if (digit > 9 || __builtin_mul_overflow(v, 10u, &v) || __builtin_add_overflow(v, digit, &v)) return false;
    }
    *out = v;
    return true;
}

bool gyr__parse_i64(const char *s, size_t n, int64_t *out) {
    bool negative = n && *s == '-';
    uint64_t v;
    if (!gyr__parse_u64(s + negative, n - negative, &v) || v > (uint64_t)INT64_MAX + negative) return false;
    *out = negative ? (int64_t)(0 - v) : (int64_t)v;
    return true;
}

bool gyr__parse_i32(const char *s, size_t n, int32_t *out) {
    int64_t v;
    if (!gyr__parse_i64(s, n, &v) || v < INT32_MIN || v > INT32_MAX) return false;
    *out = (int32_t)v;
    return true;
}

/* ---- the text of a double */

typedef struct number_text {
    const char *first, *end; /* significant digits, a point perhaps among them */
    uint64_t w;              /* the first 19 of them */
    int64_t k;               /* value = w * 10^k, about */
    bool cut, negative;      /* cut: a digit that is not 0 was left out of w */
} number_text;

enum { W_DIGITS = 19 };

static bool is_digit(const char *s, const char *end) { return s < end && *s >= '0' && *s <= '9'; }

static const char *scan_exponent(const char *s, const char *end, int64_t *exponent) {
    bool negative = s < end && *s == '-';
    if (s < end && (*s == '-' || *s == '+')) s++;
    if (!is_digit(s, end)) return NULL;
    int64_t e = 0;
    for (; is_digit(s, end); s++)
        if (e < (int64_t)1 << 50) e = e * 10 + (*s - '0');
    *exponent = negative ? -e : e;
    return s;
}

static bool scan(const char *s, size_t n, number_text *t) {
    const char *end = s + n, *point = NULL;
    int taken = 0;
    int64_t exponent = 0;
    *t = (number_text){.negative = n && *s == '-'};
    s += t->negative;
    if (!is_digit(s, end)) return false;
    for (;; s++) {
        if (s < end && *s == '.' && !point) {
            point = s;
            if (!is_digit(s + 1, end)) return false;
            continue;
        }
        if (!is_digit(s, end)) break;
        unsigned digit = (unsigned)(*s - '0');
        if (point) t->k--;
        if (!taken && !digit) continue;
        if (!taken) t->first = s;
        if (taken++ < W_DIGITS) {
            t->w = t->w * 10 + digit;
        } else {
            taken = W_DIGITS;
            t->k++;
            t->cut |= digit != 0;
        }
    }
    t->end = s;
    if (s < end && (*s | 0x20) == 'e') s = scan_exponent(s + 1, end, &exponent);
    t->k += exponent;
    return s == end;
}

/* ---- rounding: hi * 2^128 + mid * 2^64 + lo, times 2^e, to the bits of the nearest double */

typedef struct wide {
    uint64_t hi, mid, lo;
} wide;

static uint64_t round_wide(wide p, int e) {
    int top = 63 - __builtin_clzll(p.hi), power = 128 + top + e; /* 2^power <= value < 2^(power + 1) */
    if (power > 1023) return 0x7FFull << 52;
    int keep = power >= -1022 ? 53 : 53 + 1022 + power;
    if (keep < 0) return 0;
    int cut = top + 1 - keep; /* bits of hi that go: 9 to 64 */
    uint64_t m = cut == 64 ? 0 : p.hi >> cut, half = p.hi >> (cut - 1) & 1;
    bool sticky = (p.hi & ((1ull << (cut - 1)) - 1)) || p.mid || p.lo;
    m += half && (sticky || (m & 1));
    return keep == 53 ? ((uint64_t)(power + 1022) << 52) + m : m;
}

static wide product(uint64_t w, const uint64_t *g) {
    u128 low = (u128)w * g[1], high = (u128)w * g[0] + (uint64_t)(low >> 64);
    return (wide){(uint64_t)(high >> 64), (uint64_t)high, (uint64_t)low};
}

static wide minus(wide p, uint64_t v) {
    uint64_t borrow = p.lo < v;
    p.lo -= v;
    p.hi -= borrow && !p.mid;
    p.mid -= borrow;
    return p;
}

/* ---- big integers, only as large as the comparison needs */

enum { BIG_WORDS = 80, BIG_DIGITS = 800 };

typedef struct big {
    uint64_t word[BIG_WORDS];
    int count;
} big;

static void big_mul_add(big *b, uint64_t factor, uint64_t add) {
    u128 carry = add;
    for (int i = 0; i < b->count; i++) {
        carry += (u128)b->word[i] * factor;
        b->word[i] = (uint64_t)carry;
        carry >>= 64;
    }
    if (carry) {
        assert(b->count < BIG_WORDS);
        b->word[b->count++] = (uint64_t)carry;
    }
}

static void big_mul_pow5(big *b, int64_t n) {
    const uint64_t five_27 = 7450580596923828125u;
    for (; n >= 27; n -= 27) big_mul_add(b, five_27, 0);
    for (; n > 0; n--) big_mul_add(b, 5, 0);
}

static void big_shift(big *b, int64_t bits) {
    int words = (int)(bits / 64);
    big_mul_add(b, 1ull << (bits % 64), 0);
    assert(b->count + words <= BIG_WORDS);
    memmove(b->word + words, b->word, (size_t)b->count * 8);
    memset(b->word, 0, (size_t)words * 8);
    b->count += words;
}

static int big_cmp(const big *a, const big *b) {
    if (a->count != b->count) return a->count < b->count ? -1 : 1;
    for (int i = a->count; i-- > 0;)
        if (a->word[i] != b->word[i]) return a->word[i] < b->word[i] ? -1 : 1;
    return 0;
}

/* All digits of t (up to BIG_DIGITS and a sticky one) into b; the power of ten that goes with them. */
static int64_t big_digits(const number_text *t, big *b) {
    int64_t k = t->k;
    int taken = 0;
    bool more = false;
    for (const char *s = t->first; s < t->end; s++) {
        if (*s == '.') continue;
        if (taken < BIG_DIGITS) {
            big_mul_add(b, 10, (uint64_t)(*s - '0'));
            if (++taken > W_DIGITS) k--;
        } else {
            more |= *s != '0';
        }
    }
    if (more) {
        big_mul_add(b, 10, 1);
        k--;
    }
    return k;
}

/* `bits` is the double below or at the value; the next one is above. */
static uint64_t nearer(const number_text *t, uint64_t bits) {
    big value = {.count = 0}, middle = {.count = 1};
    int64_t k = big_digits(t, &value), q = (int64_t)(bits >> 52);
    uint64_t m = bits & ((1ull << 52) - 1);
    if (q) m |= 1ull << 52, q--;
    q -= 1074 + 1; /* the middle is (2 m + 1) * 2^q */
    middle.word[0] = 2 * m + 1;
    big_mul_pow5(k < 0 ? &middle : &value, k < 0 ? -k : k);
    int64_t shift = k - q; /* value * 5^k * 2^k against middle * 2^q */
    big_shift(shift > 0 ? &value : &middle, shift > 0 ? shift : -shift);
    int c = big_cmp(&value, &middle);
    return bits + (c > 0 || (c == 0 && (bits & 1)));
}

/* ---- putting it together */

static uint64_t double_bits(const number_text *t) {
    if (!t->w || t->k < GYR__POW10_FIRST) return 0; /* below 10^-325, no half of the smallest */
    if (t->k > 308) return 0x7FFull << 52;
    int k = (int)t->k, shift = __builtin_clzll(t->w);
    const uint64_t *g = gyr__pow10[k - GYR__POW10_FIRST];
    uint64_t w = t->w << shift, next;
    int e = ((k * 1741647) >> 19) - 127 - shift;
    wide p = product(w, g), above = p;
    bool exact = k >= 0 && k <= 55;
    uint64_t low = round_wide(exact ? p : minus(p, w), e);
    if (exact && !t->cut) return low;
    if (t->cut) {
        if (__builtin_add_overflow(w, 1ull << shift, &next)) return nearer(t, low);
        above = product(next, g);
    }
    return round_wide(above, e) == low ? low : nearer(t, low);
}

bool gyr__parse_f64(const char *s, size_t n, double *out) {
    static const double tens[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                  1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    number_text t;
    double v;
    if (!scan(s, n, &t)) return false;
    if (!t.cut && t.w <= 1ull << 53 && t.k >= -22 && t.k <= 22) {
        v = t.k < 0 ? (double)t.w / tens[-t.k] : (double)t.w * tens[t.k];
    } else {
        uint64_t bits = double_bits(&t);
        memcpy(&v, &bits, 8);
    }
    *out = t.negative ? -v : v;
    return true;
}
