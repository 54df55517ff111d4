/* The growing buffer: commas, growth, limits, failure; number leaves.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "base/str.h"
#include "faulty.h"
#include "json/write.h"

static void put_all(gyr__json_out *o) {
    gyr__json_begin_object(o);
    gyr__json_key(o, gyr_s("a"));
    gyr__json_put_i64(o, INT64_MIN);
    gyr__json_key(o, gyr_s("b\"{"));
    gyr__json_begin_array(o);
    gyr__json_put_str(o, gyr_s("x:"));
    gyr__json_put_str(o, gyr_s(""));
    gyr__json_put_bool(o, true);
    gyr__json_put_bool(o, false);
    gyr__json_put_null(o);
    gyr__json_begin_array(o);
    gyr__json_end_array(o);
    gyr__json_begin_object(o);
    gyr__json_end_object(o);
    gyr__json_put_json(o, gyr_s("[1,2]"));
    gyr__json_end_array(o);
    gyr__json_key(o, gyr_s("c"));
    gyr__json_put_f64(o, 0.1);
    gyr__json_key(o, gyr_s("d"));
    gyr__json_put_u64(o, UINT64_MAX);
    gyr__json_end_object(o);
}

static const char all[] = "{\"a\":-9223372036854775808,\"b\\\"{\":[\"x:\",\"\",true,false,null,[],{},[1,2]],"
                          "\"c\":0.1,\"d\":18446744073709551615}";

static void commas_stand_where_they_belong(void **state) {
    (void)state;
    gyr__json_out o;
    gyr__json_out_init(&o, NULL, NULL, 0);
    assert_int_equal(gyr__json_out_text(&o).len, 0);
    for (int i = 0; i < 3; i++) {
        put_all(&o);
        gyr_str text = gyr__json_out_text(&o);
        assert_int_equal(text.len, sizeof all - 1);
        assert_memory_equal(text.ptr, all, text.len);
        gyr__json_out_reset(&o);
    }
    gyr__json_put_i64(&o, 1);
    gyr__json_raw(&o, gyr_s("\n"));
    gyr__json_put_i64(&o, 2); /* documents one a line */
    assert_true(gyr__str_is(gyr__json_out_text(&o), "1\n2"));
    gyr__json_out_fini(&o);
}

static void it_grows(void **state) {
    (void)state;
    faulty f = {0};
    gyr_allocator al = faulty_allocator(&f);
    gyr__json_out o;
    gyr__json_out_init(&o, &al, NULL, 0);
    assert_int_equal(f.calls, 0);
    gyr__json_begin_array(&o);
    for (int i = 0; i < 5000; i++) gyr__json_put_str(&o, gyr_s("\x01\x02 twelve chars"));
    gyr__json_end_array(&o);
    assert_int_equal(gyr__json_out_text(&o).len, 5000 * (2 + 12 + 13 + 1) + 1);
    assert_false(o.failed);
    assert_true(f.calls < 12);
    gyr__json_out_fini(&o);
    assert_int_equal(f.live, 0);
}

static void failures_are_sticky(void **state) {
    (void)state;
    for (uint64_t n = 1;; n++) {
        faulty f = {.fail_at = n};
        gyr_allocator al = faulty_allocator(&f);
        gyr__json_out o;
        gyr__json_out_init(&o, &al, NULL, 0);
        for (int i = 0; i < 100; i++) put_all(&o);
        assert_int_equal(o.failed, f.failed);
        assert_false(o.over_limit);
        assert_int_equal(gyr__json_out_text(&o).len == 0, f.failed);
        gyr__json_out_reset(&o);
        put_all(&o);
        assert_false(o.failed);
        assert_int_equal(gyr__json_out_text(&o).len, sizeof all - 1);
        gyr__json_out_fini(&o);
        assert_int_equal(f.live, 0);
        if (!f.failed) break;
    }
}

static void the_limit_is_exact(void **state) {
    (void)state;
    for (size_t limit = 1; limit < 200; limit++) {
        gyr__json_out o;
        gyr__json_out_init(&o, NULL, NULL, limit);
        put_all(&o);
        assert_int_equal(o.over_limit, sizeof all - 1 > limit);
        assert_int_equal(o.failed, o.over_limit);
        gyr__json_out_fini(&o);
    }
    faulty f = {0};
    gyr_allocator al = faulty_allocator(&f);
    static char large[1 << 20];
    gyr__json_out o;
    gyr__json_out_init(&o, &al, NULL, 1000);
    gyr__json_put_str(&o, gyr_str_of(large, sizeof large));
    assert_true(o.over_limit);
    assert_int_equal(f.calls, 0); /* refused before it takes memory */
    gyr__json_out_fini(&o);
}

static void number_leaves(void **state) {
    (void)state;
    const gyr__leaves *l = gyr__leaves_for(gyr__cpu_hardware());
    uint8_t out[GYR__JSON_NUM_ROOM + GYR__JSON_SLACK];
#define LEAF(leaf, value, text)                                                                                        \
    do {                                                                                                               \
        size_t n = (size_t)(l->leaf(out, value) - out);                                                                \
        assert_int_equal(n, sizeof text - 1);                                                                          \
        assert_memory_equal(out, text, n);                                                                             \
    } while (0)
    LEAF(i32, INT32_MIN, "-2147483648");
    LEAF(u32, UINT32_MAX, "4294967295");
    LEAF(i64, INT64_MIN, "-9223372036854775808");
    LEAF(u64, UINT64_MAX, "18446744073709551615");
    LEAF(f64, -1.2345678901234567e-6, "-0.0000012345678901234567");
    LEAF(id_i64, INT64_MIN, "\"-9223372036854775808\"");
    LEAF(id_u64, 7, "\"7\"");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commas_stand_where_they_belong),
        cmocka_unit_test(it_grows),
        cmocka_unit_test(failures_are_sticky),
        cmocka_unit_test(the_limit_is_exact),
        cmocka_unit_test(number_leaves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
