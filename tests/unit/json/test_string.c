/* The string leaves of every level this processor has against a scalar oracle: all lengths round the vector
 * widths, all alignments, each special byte at each place, ill-formed UTF-8, and strings at a page's end.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "base/utf8.h"
#include "rng.h"
#include "json/write.h"

#include <stdio.h>
#include <sys/mman.h>

enum { LONGEST = 400 };

/* Written the long way, from the definition. */
static size_t oracle(char *out, const unsigned char *s, size_t n) {
    char *at = out;
    *at++ = '"';
    for (size_t i = 0; i < n;) {
        uint32_t size, c = gyr__utf8_decode((const char *)s + i, n - i, &size);
        if (c == GYR__UTF8_BAD)
            at += sprintf(at, "\xEF\xBF\xBD");
        else if (c == '"' || c == '\\')
            at += sprintf(at, "\\%c", (char)c);
        else if (c == '\b')
            at += sprintf(at, "\\b");
        else if (c == '\f')
            at += sprintf(at, "\\f");
        else if (c == '\n')
            at += sprintf(at, "\\n");
        else if (c == '\r')
            at += sprintf(at, "\\r");
        else if (c == '\t')
            at += sprintf(at, "\\t");
        else if (c < 0x20)
            at += sprintf(at, "\\u%04x", c);
        else
            memcpy(at, s + i, size), at += size;
        i += size;
    }
    *at++ = '"';
    return (size_t)(at - out);
}

static void check(const unsigned char *s, size_t n) {
    static char expected[GYR__JSON_STR_ROOM(5000) + 1];
    static uint8_t out[sizeof expected + GYR__JSON_SLACK + 1];
    size_t len = oracle(expected, s, n), room = GYR__JSON_STR_ROOM(n) + GYR__JSON_SLACK;
    bool well_formed = gyr__utf8_valid_at(GYR__CPU_SCALAR, (const char *)s, n, NULL);
    for (int cpu = 0; cpu < GYR__CPU_COUNT; cpu++) {
        if (!gyr__cpu_has((gyr__cpu)cpu)) continue;
        const gyr__leaves *leaves = gyr__leaves_for((gyr__cpu)cpu);
        assert_int_equal(leaves->cpu, cpu);
        for (int trusted = 0; trusted <= well_formed; trusted++) {
            out[room] = 0xA5;
            uint8_t *end = (trusted ? leaves->str_utf8 : leaves->str)(out, (const char *)s, n);
            if ((size_t)(end - out) != len || memcmp(out, expected, len) || out[room] != 0xA5)
                fail_msg("%s%s: %zu bytes: %.*s instead of %.*s", gyr__cpu_name((gyr__cpu)cpu), trusted ? " utf8" : "",
                         n, (int)(end - out), (const char *)out, (int)len, expected);
        }
    }
}

static void each_byte_at_each_place(void **state) {
    (void)state;
    unsigned char text[140];
    for (size_t n = 1; n <= 70; n++)
        for (size_t at = 0; at < n; at++)
            for (unsigned c = 0; c<256; c += n> 40 ? 7 : 1) {
                memset(text, 'a', sizeof text);
                text[at] = (unsigned char)c;
                check(text, n);
            }
}

static void all_lengths_and_alignments(void **state) {
    (void)state;
    _Alignas(64) unsigned char text[LONGEST + 64];
    for (size_t i = 0; i < sizeof text; i++) text[i] = (unsigned char)(' ' + i % 95);
    for (size_t align = 0; align < 64; align += align < 34 ? 1 : 5)
        for (size_t n = 0; n < 140; n++) check(text + align, n);
    for (size_t n = 0; n <= LONGEST; n++) check(text, n);
}

static void controls_only(void **state) {
    (void)state;
    unsigned char text[300];
    for (size_t n = 0; n < sizeof text; n++) {
        memset(text, (int)(n % 0x20), sizeof text);
        check(text, n);
    }
}

static void random_strings(void **state) {
    (void)state;
    rng r = {5};
    unsigned char text[LONGEST];
    for (int i = 0; i < 60000; i++) {
        size_t n = rng_below(&r, i % 4 ? 90 : LONGEST), special = 1 + rng_below(&r, 60), at = 0;
        while (n - at >= 4) {
            uint64_t kind = rng_below(&r, special);
            if (i % 2 && kind == 0)
                at += gyr__utf8_encode((char *)text + at, 0x80 + (uint32_t)rng_below(&r, 0xD000));
            else if (i % 4 == 3 && kind == 1)
                text[at++] = (unsigned char)rng_next(&r);
            else if (kind == 2)
                text[at++] = "\"\\\n\t\x01\x7f/\x1f"[rng_below(&r, 8)];
            else
                text[at++] = (unsigned char)(' ' + rng_below(&r, 95));
        }
        check(text, at);
    }
}

static void nothing_is_read_beyond_the_page(void **state) {
    (void)state;
    unsigned char *map = mmap(NULL, 12288, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(map != MAP_FAILED);
    assert_int_equal(mprotect(map + 4096, 4096, PROT_READ | PROT_WRITE), 0);
    unsigned char *start = map + 4096, *end = map + 8192;
    memset(start, 'a', 4096);
    for (size_t n = 0; n < 200; n++) check(end - n, n), check(start, n);
    end[-1] = '"';
    for (size_t n = 1; n < 200; n++) check(end - n, n);
    memcpy(end - 2, "\xC3\xA9", 2);
    for (size_t n = 1; n < 200; n++) check(end - n, n);
    end[-1] = '\xC3';
    for (size_t n = 1; n < 200; n++) check(end - n, n);
    munmap(map, 12288);
}

static void leaves_for_a_missing_level_are_the_best_ones(void **state) {
    (void)state;
    for (int cpu = 0; cpu < GYR__CPU_COUNT; cpu++) {
        gyr__cpu got = gyr__leaves_for((gyr__cpu)cpu)->cpu;
        assert_int_equal(got, gyr__cpu_has((gyr__cpu)cpu) ? (gyr__cpu)cpu : gyr__cpu_hardware());
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_byte_at_each_place),
        cmocka_unit_test(all_lengths_and_alignments),
        cmocka_unit_test(controls_only),
        cmocka_unit_test(random_strings),
        cmocka_unit_test(nothing_is_read_beyond_the_page),
        cmocka_unit_test(leaves_for_a_missing_level_are_the_best_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
