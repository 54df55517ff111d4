/* Lines and columns by index are those found by reading.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "faulty.h"
#include "language/places.h"

#include <string.h>

/* A text of about `size` bytes with every kind of line end and characters of every length. */
static char *text_of(size_t size) {
    static const char *const parts[] = {"a",         "\n", "\r", "\r\n", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80",
                                        "word word "};
    char *text = malloc(size + 16);
    size_t len = 0;
    uint32_t state = 1;
    while (len < size) {
        state = state * 1664525u + 1013904223u;
        const char *part = parts[state >> 29];
        if (part[0] == '\n' && size > 20000) part = "x"; /* the large one has long lines, too */
        memcpy(text + len, part, strlen(part));
        len += strlen(part);
    }
    text[len] = 0;
    return text;
}

static void test_all_offsets(void **state) {
    (void)state;
    static const size_t sizes[] = {0, 1, 5, 100, 4095, 4096, 4097, 9000, 21000};
    for (size_t s = 0; s < GYR__COUNT(sizes); s++) {
        char *text = text_of(sizes[s]);
        gyr__source source = gyr__source_of(gyr_str_of(text, strlen(text)), gyr_s(""));
        gyr__places places = {0};
        gyr__arena arena;
        gyr__arena_init(&arena, NULL, 0);
        for (uint32_t i = 0; i <= source.text.len + 2; i += 1 + (sizes[s] > 5000 ? i % 37 : 0)) {
            gyr_location want = gyr__source_location(&source, i);
            gyr_location got = gyr__places_at(&places, &arena, &source, i);
            if (want.line != got.line || want.column != got.column)
                fail_msg("offset %u of %zu: %u:%u, not %u:%u", i, sizes[s], got.line, got.column, want.line,
                         want.column);
        }
        assert_true(!sizes[s] || places.units != NULL);
        gyr__arena_fini(&arena);
        free(text);
    }
}

static void test_no_memory(void **state) {
    (void)state;
    char *text = text_of(9000);
    gyr__source source = gyr__source_of(gyr_str_of(text, strlen(text)), gyr_s(""));
    for (uint64_t n = 1;; n++) {
        faulty f = {.fail_at = n, .for_good = n % 2};
        gyr_allocator al = faulty_allocator(&f);
        gyr__places places = {0};
        gyr__arena arena;
        gyr__arena_init(&arena, &al, 0);
        for (uint32_t i = 0; i < 3; i++) {
            gyr_location want = gyr__source_location(&source, 3000 * i),
                         got = gyr__places_at(&places, &arena, &source, 3000 * i);
            assert_int_equal(want.line, got.line);
            assert_int_equal(want.column, got.column);
        }
        assert_int_equal(arena.failed, f.failed);
        gyr__arena_fini(&arena);
        assert_int_equal(f.live, 0);
        if (!f.failed) break;
    }
    free(text);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_all_offsets), cmocka_unit_test(test_no_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
