/* Arena, vectors, map, diagnostics: what they promise, and that each survives every allocation's failure.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "base/diag.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/str.h"
#include "faulty.h"

#include <stdio.h>

/* ---- arena */

static void arena_aligns_and_keeps(void **state) {
    (void)state;
    faulty f = {0};
    gyr_allocator al = faulty_allocator(&f);
    gyr__arena a;
    gyr__arena_init(&a, &al, 0);
    assert_int_equal(f.calls, 0);
    unsigned char *blocks[2000];
    for (size_t i = 0; i < 2000; i++) {
        blocks[i] = gyr__arena_alloc_aligned(&a, i, (size_t)1 << (i % 7));
        assert_non_null(blocks[i]);
        assert_int_equal((uintptr_t)blocks[i] & (((size_t)1 << (i % 7)) - 1), 0);
        memset(blocks[i], (int)(i & 0xFF), i);
    }
    for (size_t i = 0; i < 2000; i++)
        for (size_t k = 0; k < i; k += 13) assert_int_equal(blocks[i][k], i & 0xFF);
    assert_int_equal(f.live, a.used);
    assert_true(f.calls < 20); /* chunks double */
    uint64_t calls = 0;
    for (int round = 0; round < 6; round++) {
        gyr__arena_reset(&a);
        if (round == 1) calls = f.calls; /* the first round made one chunk of many */
        for (size_t i = 0; i < 200; i++) assert_non_null(gyr__arena_alloc(&a, 100));
    }
    assert_int_equal(f.calls, calls); /* an arena used again settles */
    gyr__arena_fini(&a);
    assert_int_equal(f.live, 0);
}

static void arena_failure_is_sticky(void **state) {
    (void)state;
    faulty f = {.fail_at = 2};
    gyr_allocator al = faulty_allocator(&f);
    gyr__arena a;
    gyr__arena_init(&a, &al, 0);
    assert_non_null(gyr__arena_alloc(&a, 8));
    assert_null(gyr__arena_alloc(&a, 100000));
    assert_true(a.failed && !a.over_limit);
    assert_null(gyr__arena_alloc(&a, 1));
    assert_null(gyr__arena_zalloc(&a, 1));
    assert_null(gyr__arena_str(&a, gyr_s("x")).ptr);
    assert_null(gyr__arena_printf(&a, "%d", 1).ptr);
    gyr__arena_reset(&a);
    assert_non_null(gyr__arena_alloc(&a, 1));
    assert_null(gyr__arena_array(&a, SIZE_MAX / 2, 3)); /* overflow */
    assert_true(a.failed);
    gyr__arena_reset(&a);
    assert_null(gyr__arena_alloc(&a, SIZE_MAX - 4));
    gyr__arena_fini(&a);
    assert_false(a.failed);
    assert_int_equal(f.live, 0);
}

static void arena_limit_is_exact(void **state) {
    (void)state;
    faulty f = {0};
    gyr_allocator al = faulty_allocator(&f);
    gyr__arena a;
    gyr__arena_init(&a, &al, 100000);
    size_t total = 0;
    while (gyr__arena_alloc(&a, 1000)) total += 1000;
    assert_true(a.failed && a.over_limit);
    assert_true(total <= 100000 && total > 80000);
    assert_true(f.live <= 100000);
    gyr__arena_fini(&a);
    assert_int_equal(f.live, 0);
}

static void arena_texts(void **state) {
    (void)state;
    gyr__arena a;
    gyr__arena_init(&a, NULL, 0);
    gyr_str s = gyr__arena_str(&a, gyr_str_of("a\0b", 3));
    assert_int_equal(s.len, 3);
    assert_memory_equal(s.ptr, "a\0b\0", 4);
    s = gyr__arena_str(&a, gyr_str_of(NULL, 0));
    assert_true(s.ptr && s.len == 0);
    s = gyr__arena_printf(&a, "%s-%05d-%.*s", "x", 42, 2, "yzz");
    assert_true(gyr__str_is(s, "x-00042-yz"));
    gyr__arena_fini(&a);
}

/* ---- vectors and maps */

static bool fill(const gyr_allocator *al) {
    gyr__arena a;
    GYR__VEC(uint32_t) numbers = {0};
    gyr__map map = {0};
    gyr__arena_init(&a, al, 0);
    bool ok = true;
    for (uint32_t i = 0; ok && i < 3000; i++) {
        uint32_t *slot = gyr__vec_push(&a, &numbers);
        gyr_str name = gyr__arena_printf(&a, "name%u", i * 7919 % 3000);
        bool added = false;
        gyr__map_entry *e = slot && name.ptr ? gyr__map_put(&a, &map, name, &added) : NULL;
        if ((ok = e != NULL)) {
            assert_true(added);
            *slot = i, e->num = i;
        }
    }
    assert_true(ok == !a.failed);
    for (uint32_t i = 0; i < map.count; i++) {
        assert_int_equal(map.entries[i].num, i); /* in order of insertion */
        assert_ptr_equal(gyr__map_find(&map, map.entries[i].key), &map.entries[i]);
        assert_int_equal(numbers.items[i], i);
    }
    if (ok) {
        bool added = true;
        assert_int_equal(gyr__map_put(&a, &map, gyr_s("name0"), &added)->num, 0);
        assert_false(added);
        assert_int_equal(map.count, 3000);
        assert_null(gyr__map_find(&map, gyr_s("name3000")));
        assert_null(gyr__map_get(&map, gyr_s("")));
    }
    gyr__arena_fini(&a);
    return ok;
}

static void vectors_and_maps_survive_every_failure(void **state) {
    (void)state;
    for (uint64_t n = 1;; n++) {
        faulty f = {.fail_at = n};
        gyr_allocator al = faulty_allocator(&f);
        bool ok = fill(&al);
        assert_true(ok == !f.failed);
        assert_int_equal(f.live, 0);
        if (!f.failed) {
            assert_true(n > 5);
            break;
        }
    }
}

static void map_of_nothing_and_odd_keys(void **state) {
    (void)state;
    gyr__arena a;
    gyr__map map = {0};
    gyr__arena_init(&a, NULL, 0);
    assert_null(gyr__map_find(&map, gyr_s("x")));
    gyr__map_put(&a, &map, gyr_str_of("a\0b", 3), NULL)->num = 1;
    gyr__map_put(&a, &map, gyr_str_of("a\0c", 3), NULL)->num = 2;
    gyr__map_put(&a, &map, gyr_str_of(NULL, 0), NULL)->num = 3;
    gyr__map_put(&a, &map, gyr_s("a"), NULL)->num = 4;
    assert_int_equal(map.count, 4);
    assert_int_equal(gyr__map_find(&map, gyr_str_of("a\0b", 3))->num, 1);
    assert_int_equal(gyr__map_find(&map, gyr_str_of("a\0c", 3))->num, 2);
    assert_int_equal(gyr__map_find(&map, gyr_s(""))->num, 3);
    assert_int_equal(gyr__map_find(&map, gyr_s("a"))->num, 4);
    assert_true(gyr__map_reserve(&a, &map, 1000));
    assert_int_equal(gyr__map_find(&map, gyr_s("a"))->num, 4);
    assert_false(gyr__map_reserve(&a, &map, UINT32_MAX));
    gyr__arena_fini(&a);
}

static void hashes_depend_on_every_byte(void **state) {
    (void)state;
    char text[40] = {0};
    for (size_t n = 0; n < sizeof text; n++) {
        uint64_t h = gyr__hash(text, n);
        assert_true(h == gyr__hash(text, n));
        assert_true(n + 1 == sizeof text || h != gyr__hash(text, n + 1));
        for (size_t i = 0; i < n; i++) {
            text[i] = 1;
            assert_true(h != gyr__hash(text, n));
            text[i] = 0;
        }
    }
}

/* ---- diagnostics */

static void errors_are_counted_and_shown(void **state) {
    (void)state;
    gyr_errors e;
    gyr__errors_init(&e, NULL, 2);
    assert_int_equal(gyr__errors_status(&e), GYR_OK);
    gyr_error *err = gyr__errors_add(&e, GYR_ERR_SYNTAX, "bad \"%.*s\"", 3, "xyz");
    gyr__error_at(&e, err, (gyr_location){3, 14});
    gyr__error_at(&e, err, (gyr_location){4, 1});
    err->source = gyr_s("q.graphql");
    assert_non_null(gyr__errors_add(&e, GYR_ERR_LIMIT, "more"));
    assert_true(gyr__errors_full(&e));
    assert_null(gyr__errors_add(&e, GYR_ERR_LIMIT, "too many"));
    gyr__error_at(&e, NULL, (gyr_location){1, 1});
    assert_int_equal(e.dropped, 1);
    assert_int_equal(gyr_errors_count(&e), 2);
    assert_null(gyr_errors_get(&e, 2));
    assert_int_equal(gyr_errors_get(&e, 0)->location_count, 2);
    assert_int_equal(gyr__errors_status(&e), GYR_ERR_SYNTAX);
    assert_true(gyr__str_is(gyr_errors_text(&e), "q.graphql:3:14: bad \"xyz\"\nmore\n"));
    char text[120];
    memset(text, 'x', sizeof text);
    memcpy(text + 98, "\xF0\x9F\x98\x80", 4); /* cut before this character, not inside */
    gyr_str shown = gyr__shown(&e, gyr_str_of(text, sizeof text));
    assert_int_equal(shown.len, 98 + 3);
    assert_memory_equal(shown.ptr + 98, "...", 3);
    assert_int_equal(gyr__shown(&e, gyr_str_of(text, 98)).len, 98);
    gyr__errors_fini(&e);
}

static void errors_survive_every_failure(void **state) {
    (void)state;
    for (uint64_t n = 1;; n++) {
        faulty f = {.fail_at = n};
        gyr_allocator al = faulty_allocator(&f);
        gyr_errors *e = gyr__errors_new(&al, 0);
        for (int i = 0; e && i < 300; i++)
            gyr__error_at(e, gyr__errors_add(e, GYR_ERR_SCHEMA, "error number %d", i), (gyr_location){1, 1});
        assert_int_equal(f.failed, !e || gyr__errors_status(e) == GYR_ERR_MEMORY);
        if (e) assert_true(gyr_errors_text(e).len > 0);
        gyr_errors_free(e);
        assert_int_equal(f.live, 0);
        if (!f.failed) break;
    }
    gyr_errors_free(NULL);
}

static void limits_have_defaults(void **state) {
    (void)state;
    gyr_limits out, in = {.size = offsetof(gyr_limits, aliases), .depth = 7, .tokens = GYR_UNLIMITED, .aliases = 3};
    gyr__limits_resolve(&out, NULL);
    assert_int_equal(out.depth, 200);
    assert_int_equal(out.json_depth, 128);
    gyr__limits_resolve(&out, &in);
    assert_int_equal(out.depth, 7);
    assert_true(out.tokens == GYR_UNLIMITED);
    assert_int_equal(out.aliases, 1000); /* beyond the size that the caller knew */
    assert_int_equal(out.document_bytes, 262144);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_aligns_and_keeps),
        cmocka_unit_test(arena_failure_is_sticky),
        cmocka_unit_test(arena_limit_is_exact),
        cmocka_unit_test(arena_texts),
        cmocka_unit_test(vectors_and_maps_survive_every_failure),
        cmocka_unit_test(map_of_nothing_and_odd_keys),
        cmocka_unit_test(hashes_depend_on_every_byte),
        cmocka_unit_test(errors_are_counted_and_shown),
        cmocka_unit_test(errors_survive_every_failure),
        cmocka_unit_test(limits_have_defaults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
