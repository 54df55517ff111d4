/* UTF-8: every validator this processor has against a decoder written from the definition, exhaustively for
 * all short sequences and randomly for long ones, at page ends; decoding, encoding, lengths, places.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "base/utf8.h"
#include "rng.h"

#include <stdlib.h>
#include <sys/mman.h>

/* From the definition: decode by the pattern of bits, then refuse what was not shortest or is no scalar
 * value. The first bad offset, or n. */
static size_t oracle(const unsigned char *s, size_t n) {
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    for (size_t i = 0; i < n;) {
        size_t len = s[i] < 0x80             ? 1
                     : (s[i] & 0xE0) == 0xC0 ? 2
                     : (s[i] & 0xF0) == 0xE0 ? 3
                     : (s[i] & 0xF8) == 0xF0 ? 4
                                             : 0;
        if (!len || n - i < len) return i;
        uint32_t c = len == 1 ? s[i] : s[i] & (0x7Fu >> len);
        for (size_t k = 1; k < len; k++) {
            if ((s[i + k] & 0xC0) != 0x80) return i;
            c = c << 6 | (s[i + k] & 0x3F);
        }
        if (c < least[len] || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000)) return i;
        i += len;
    }
    return n;
}

static void check(const unsigned char *s, size_t n) {
    size_t expected = oracle(s, n);
    for (int cpu = 0; cpu < GYR__CPU_COUNT; cpu++) {
        if (!gyr__cpu_has((gyr__cpu)cpu)) continue;
        size_t at = n;
        bool valid = gyr__utf8_valid_at((gyr__cpu)cpu, (const char *)s, n, &at);
        if (valid == (expected == n) && at == expected) continue;
        fail_msg("%s: %zu bytes, %s at %zu, expected %zu", gyr__cpu_name((gyr__cpu)cpu), n, valid ? "valid" : "bad", at,
                 expected);
    }
}

/* All sequences of up to three bytes, all four-byte ones from bytes at which a rule changes; each alone, and
 * across a vector's edge. */
static void short_sequences_exhaustively(void **state) {
    (void)state;
    static const unsigned char edges[] = {0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF,
                                          0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED, 0xEE,
                                          0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xF7, 0xF8, 0xFF};
    unsigned char text[80];
    memset(text, 'a', sizeof text);
    check(text, 0);
    for (uint32_t v = 0; v < 1u << 16; v++) {
        text[30] = (unsigned char)(v >> 8), text[31] = (unsigned char)v;
        check(text + 30, 2);
        check(text, 32);
        check(text, 64);
        check(text + 15, 17);
    }
    for (uint32_t v = 0; v < 1u << 24; v += v < 0xC00000 ? 0x3FF : 1) {
        text[0] = (unsigned char)(v >> 16), text[1] = (unsigned char)(v >> 8), text[2] = (unsigned char)v;
        if (v > 0xC00000 && v % 3) continue; /* a third of the many */
        check(text, 3);
    }
    enum { N = sizeof edges };
    for (uint32_t v = 0; v < N * N * N * N; v++) {
        memset(text, 'a', sizeof text);
        for (uint32_t k = 0, rest = v; k < 4; k++, rest /= N) text[29 + k] = edges[rest % N];
        check(text + 29, 4);
        check(text + 13, 40);
    }
}

static size_t random_text(rng *r, unsigned char *s, size_t n) {
    size_t at = 0;
    while (n - at >= 4) {
        uint32_t c;
        switch (rng_below(r, 5)) {
        case 0: c = (uint32_t)rng_below(r, 0x80); break;
        case 1: c = 0x80 + (uint32_t)rng_below(r, 0x780); break;
        case 2: c = 0xE000 + (uint32_t)rng_below(r, 0x2000); break;
        case 3: c = 0x10000 + (uint32_t)rng_below(r, 0x100000); break;
        default: c = 'a'; break;
        }
        at += gyr__utf8_encode((char *)s + at, c);
        if (rng_below(r, 20) == 0)
            for (int run = 0; run < 70 && at < n; run++) s[at++] = 'x';
    }
    return at;
}

static void long_texts_with_damage(void **state) {
    (void)state;
    rng r = {3};
    unsigned char text[600];
    for (int i = 0; i < 60000; i++) {
        size_t n = random_text(&r, text, 4 + rng_below(&r, sizeof text - 4));
        assert_true(oracle(text, n) == n);
        check(text, n);
        check(text, n - rng_below(&r, GYR__MIN(n, 4))); /* cut off */
        size_t at = rng_below(&r, n);
        text[at] = (unsigned char)(i % 2 ? text[at] ^ 1u << rng_below(&r, 8) : rng_next(&r));
        check(text, n);
    }
}

static void nothing_is_read_beyond_the_end(void **state) {
    (void)state;
    unsigned char *map = mmap(NULL, 12288, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(map != MAP_FAILED);
    assert_int_equal(mprotect(map + 4096, 4096, PROT_READ | PROT_WRITE), 0);
    unsigned char *start = map + 4096, *end = map + 8192;
    memset(start, 'a', 4096);
    memcpy(end - 4, "\xF0\x9F\x98\x80", 4);
    for (size_t n = 4; n < 200; n++) check(end - n, n);
    for (size_t n = 0; n < 200; n++) check(start, n);
    munmap(map, 12288);
}

static void code_points_there_and_back(void **state) {
    (void)state;
    for (uint32_t c = 0; c <= 0x10FFFF; c++) {
        if (c == 0xD800) c = 0xE000;
        char s[4];
        uint32_t n = gyr__utf8_encode(s, c), size = 0;
        assert_int_equal(n, c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4);
        assert_int_equal(gyr__utf8_decode(s, n, &size), c);
        assert_int_equal(size, n);
        assert_int_equal(gyr__utf16_len(s, n), c < 0x10000 ? 1 : 2);
        if (n > 1) {
            assert_true(gyr__utf8_decode(s, n - 1, &size) == GYR__UTF8_BAD);
            assert_int_equal(size, n - 1);
        }
    }
}

/* The examples of the Unicode standard, "U+FFFD substitution of maximal subparts". */
static void bad_sequences_are_cut_as_the_standard_says(void **state) {
    (void)state;
    static const struct {
        const char *bytes;
        uint32_t sizes[8];
    } cases[] = {
        {"\xC0\xAF\xE0\x80\xBF\xF0\x81\x82", {1, 1, 1, 1, 1, 1, 1, 1}},
        {"\xED\xA0\x80\xED\xBF\xBF\xED\xAF", {1, 1, 1, 1, 1, 1, 1, 1}},
        {"\xF4\x91\x92\x93\xFF\x41\x80\xBF", {1, 1, 1, 1, 1, 1, 1, 1}},
        {"\xE1\x80\xE2\xF0\x91\x92\xF1\xBF", {2, 1, 3, 2}},
    };
    for (size_t i = 0; i < GYR__COUNT(cases); i++) {
        size_t at = 0;
        for (int k = 0; at < 8; k++) {
            uint32_t size = 0;
            uint32_t c = gyr__utf8_decode(cases[i].bytes + at, 8 - at, &size);
            assert_int_equal(size, cases[i].sizes[k]);
            assert_true(c == GYR__UTF8_BAD || c == 0x41);
            at += size;
        }
    }
}

static void places_count_lines_and_utf16_columns(void **state) {
    (void)state;
    static const char text[] = "ab\ncd\r\nef\rgh\n\n\xF0\x9F\x98\x80x\xC3\xA9y";
    static const struct {
        size_t at;
        uint32_t line, column;
    } cases[] = {{0, 1, 1},  {2, 1, 3},  {3, 2, 1},  {5, 2, 3},  {6, 2, 4},  {7, 3, 1},
                 {10, 4, 1}, {13, 5, 1}, {14, 6, 1}, {18, 6, 3}, {19, 6, 4}, {21, 6, 5}};
    for (size_t i = 0; i < GYR__COUNT(cases); i++) {
        gyr_location l = gyr__locate(gyr_str_of(text, sizeof text - 1), cases[i].at);
        assert_int_equal(l.line, cases[i].line);
        assert_int_equal(l.column, cases[i].column);
    }
    gyr_location end = gyr__locate(gyr_s("a\n"), 99);
    assert_int_equal(end.line, 2);
    assert_int_equal(end.column, 1);
    end = gyr__locate((gyr_str){NULL, 0}, 0);
    assert_int_equal(end.line, 1);
    assert_int_equal(end.column, 1);
}

static void the_environment_lowers_the_level(void **state) {
    (void)state;
    const char *before = getenv("GYR_CPU");
    char *saved = before ? strdup(before) : NULL;
    for (int cpu = 0; cpu < GYR__CPU_COUNT; cpu++) {
        setenv("GYR_CPU", gyr__cpu_name((gyr__cpu)cpu), 1);
        gyr__cpu got = gyr__cpu_level();
        assert_int_equal(got, gyr__cpu_has((gyr__cpu)cpu) ? (gyr__cpu)cpu : gyr__cpu_hardware());
    }
    setenv("GYR_CPU", "nonsense", 1);
    assert_int_equal(gyr__cpu_level(), gyr__cpu_hardware());
    unsetenv("GYR_CPU");
    assert_int_equal(gyr__cpu_level(), gyr__cpu_hardware());
    if (saved) setenv("GYR_CPU", saved, 1);
    free(saved);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(short_sequences_exhaustively),
        cmocka_unit_test(long_texts_with_damage),
        cmocka_unit_test(nothing_is_read_beyond_the_end),
        cmocka_unit_test(code_points_there_and_back),
        cmocka_unit_test(bad_sequences_are_cut_as_the_standard_says),
        cmocka_unit_test(places_count_lines_and_utf16_columns),
        cmocka_unit_test(the_environment_lowers_the_level),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
