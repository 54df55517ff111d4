/* Integers and doubles as text and back: known values, edges, and random ones against the C library.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "doubles.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

static void check_i64(int64_t v) {
    char mine[GYR__I64_BYTES + 1], libc[32];
    *gyr__write_i64(mine, v) = 0;
    snprintf(libc, sizeof libc, "%" PRId64, v);
    assert_string_equal(mine, libc);
    int64_t back = 0;
    assert_true(gyr__parse_i64(mine, strlen(mine), &back));
    assert_true(back == v);
    *gyr__write_u64(mine, (uint64_t)v) = 0;
    snprintf(libc, sizeof libc, "%" PRIu64, (uint64_t)v);
    assert_string_equal(mine, libc);
    *gyr__write_i32(mine, (int32_t)v) = 0;
    snprintf(libc, sizeof libc, "%" PRId32, (int32_t)v);
    assert_string_equal(mine, libc);
    *gyr__write_u32(mine, (uint32_t)v) = 0;
    snprintf(libc, sizeof libc, "%" PRIu32, (uint32_t)v);
    assert_string_equal(mine, libc);
}

static void integers_match_the_c_library(void **state) {
    (void)state;
    rng r = {1};
    for (int64_t v = -1100; v < 11000; v++) check_i64(v);
    for (uint64_t p = 1; p < UINT64_MAX / 10; p *= 10)
        for (int64_t d = -2; d <= 2; d++) check_i64((int64_t)p + d), check_i64(-(int64_t)p + d);
    for (int shift = 0; shift < 64; shift++)
        for (int64_t d = -1; d <= 1; d++) check_i64((int64_t)((1ull << shift) + (uint64_t)d));
    for (int i = 0; i < 200000; i++) check_i64((int64_t)rng_next(&r) >> rng_below(&r, 64));
}

/* All numbers below a million, where the reciprocals of number_inl.h might be off. */
static void small_integers_are_all_right(void **state) {
    (void)state;
    char counter[8] = "0", text[GYR__I64_BYTES + 1];
    for (uint32_t v = 0, n = 1; v < 1200000; v++) {
        char *end = gyr__write_u32(text, v);
        if ((size_t)(end - text) != n || memcmp(text, counter, n)) fail_msg("%u", v);
        uint32_t i = n; /* count up in decimal */
        while (i && counter[i - 1] == '9') counter[--i] = '0';
        if (i) {
            counter[i - 1]++;
        } else {
            memmove(counter + 1, counter, n++);
            counter[0] = '1';
        }
    }
}

static void writers_stay_in_their_room(void **state) {
    (void)state;
    static const double values[] = {-1.2345678901234567e-6,
                                    -1.7976931348623157e308,
                                    -123456789012345680000.0,
                                    -12345678901234567.0,
                                    -0.000012345678901234567,
                                    -1234567890123456.7,
                                    -99999999999.9999,
                                    -0.0,
                                    1e21};
    char text[GYR__F64_BYTES + 2];
    for (size_t i = 0; i < GYR__COUNT(values); i++) {
        memset(text, '#', sizeof text);
        gyr__write_f64(text, values[i]);
        assert_int_equal(text[GYR__F64_BYTES], '#');
    }
    memset(text, '#', sizeof text);
    gyr__write_i64(text, INT64_MIN);
    assert_int_equal(text[GYR__I64_BYTES], '#');
}

static void integers_are_parsed_strictly(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool ok;
        int64_t value;
    } cases[] = {
        {"0", true, 0},
        {"-0", true, 0},
        {"007", true, 7},
        {"9223372036854775807", true, INT64_MAX},
        {"-9223372036854775808", true, INT64_MIN},
        {"9223372036854775808", false, 0},
        {"-9223372036854775809", false, 0},
        {"18446744073709551616", false, 0},
        {"99999999999999999999999", false, 0},
        {"", false, 0},
        {"-", false, 0},
        {"+1", false, 0},
        {"1.0", false, 0},
        {" 1", false, 0},
        {"1 ", false, 0},
        {"--1", false, 0},
        {"0x1", false, 0},
    };
    for (size_t i = 0; i < GYR__COUNT(cases); i++) {
        int64_t v = 42;
        bool ok = gyr__parse_i64(cases[i].text, strlen(cases[i].text), &v);
        if (ok != cases[i].ok || v != (ok ? cases[i].value : 42)) fail_msg("%s", cases[i].text);
    }
    int32_t small = 42;
    assert_true(gyr__parse_i32("-2147483648", 11, &small));
    assert_int_equal(small, INT32_MIN);
    assert_false(gyr__parse_i32("2147483648", 10, &small));
    assert_false(gyr__parse_i32("-2147483649", 11, &small));
    uint64_t large = 0;
    assert_true(gyr__parse_u64("18446744073709551615", 20, &large));
    assert_true(large == UINT64_MAX);
    assert_false(gyr__parse_u64("18446744073709551616", 20, &large));
    assert_false(gyr__parse_u64("-1", 2, &large));
}

/* What JSON.stringify prints. */
static void doubles_are_written_as_javascript_does(void **state) {
    (void)state;
    static const struct {
        double value;
        const char *text;
    } cases[] = {
        {0, "0"},
        {-0.0, "0"},
        {1, "1"},
        {-1, "-1"},
        {0.1, "0.1"},
        {-0.5, "-0.5"},
        {1.5, "1.5"},
        {19.99, "19.99"},
        {0.0001, "0.0001"},
        {0.00001, "0.00001"},
        {0.000001, "0.000001"},
        {1e-7, "1e-7"},
        {1.5e-7, "1.5e-7"},
        {123456.789, "123456.789"},
        {0.1 + 0.2, "0.30000000000000004"},
        {1.0 / 3, "0.3333333333333333"},
        {100, "100"},
        {1e10, "10000000000"},
        {99999999999.9999, "99999999999.9999"},
        {1e11, "100000000000"},
        {1e15, "1000000000000000"},
        {9007199254740991, "9007199254740991"},
        {9007199254740993.0, "9007199254740992"},
        {-9007199254740991, "-9007199254740991"},
        {1e20, "100000000000000000000"},
        {123456789012345680000.0, "123456789012345680000"},
        {1e21, "1e+21"},
        {1.5e21, "1.5e+21"},
        {1e22, "1e+22"},
        {1e23, "1e+23"},
        {1e100, "1e+100"},
        {5e-324, "5e-324"},
        {2.2250738585072014e-308, "2.2250738585072014e-308"},
        {1.7976931348623157e308, "1.7976931348623157e+308"},
        {-1.2345678901234567e-6, "-0.0000012345678901234567"},
        {1234567890123456.7, "1234567890123456.8"},
        {4294967296.5, "4294967296.5"},
        {9.5367431640625e-7, "9.5367431640625e-7"},
        {2e-44, "2e-44"},
        {INFINITY, "null"},
        {-INFINITY, "null"},
        {NAN, "null"},
    };
    for (size_t i = 0; i < GYR__COUNT(cases); i++) {
        char text[GYR__F64_BYTES + 1];
        *gyr__write_f64(text, cases[i].value) = 0;
        assert_string_equal(text, cases[i].text);
    }
}

static void doubles_round_trip(void **state) {
    (void)state;
    rng r = {7};
    for (uint64_t i = 0; i < 400000; i++) {
        double v = any_double(&r, i);
        assert_true(round_trips(v));
        if (i % 8 < 4 || i % 64 < 32) assert_true(i % 4 || is_shortest(v));
    }
}

static void check_parse(const char *text) {
    double mine = 0, libc = strtod(text, NULL);
    if (!gyr__parse_f64(text, strlen(text), &mine) || memcmp(&mine, &libc, 8))
        fail_msg("\"%.60s\" is %.17g, strtod says %.17g", text, mine, libc);
}

static void doubles_are_read_exactly(void **state) {
    (void)state;
    static const char *const cases[] = {
        "0", "-0", "0.0", "-0.0e5", "1", "1e22", "1e23", "9007199254740993", "9007199254740993.0000000000000000001",
        "9007199254740992.9999999999999999999", "1e308", "1e309", "1e400", "-1e400", "1e-400", "4.9e-324",
        "2.4703282292062327e-324", "2.4703282292062328e-324", "2.47032822920623272088e-324", "1.7976931348623158e308",
        "1.7976931348623159e308", "2.2250738585072011e-308", "2.2250738585072012e-308", "0.1", "123456789012345678901",
        "18446744073709551615", "18446744073709551616", "99999999999999999999e-20", "1e99999999999999999999",
        "1e-99999999999999999999", "0e99999999999999999999", "0.000000000000000000000000000000000001e36",
        "100000000000000000000000000000000000000e-38", "6.631236846766476e-316", "0012.50", "3e-5", "3E+5",
        "7.3177701707893310e+15", "5708990770823839207320493820740630171355185151999e-3",
        /* the middle of two doubles, from both sides */
        "9214843084008499.0", "0.500000000000000166533453693773481063544750213623046875",
        "0.5000000000000001665334536937734810635447502136230468751",
        "0.5000000000000001665334536937734810635447502136230468749", "30078505129381147446200",
        "1777820000000000000001"};
    for (size_t i = 0; i < GYR__COUNT(cases); i++) check_parse(cases[i]);
    static const char *const bad[] = {"",     "-",   ".5",  "5.", "1e", "1e+",  "+1",    "1.e5",
                                      "0x10", "inf", "nan", "1 ", " 1", "1..2", "1e5.0", "1,5"};
    for (size_t i = 0; i < GYR__COUNT(bad); i++) {
        double v = 42;
        if (gyr__parse_f64(bad[i], strlen(bad[i]), &v)) fail_msg("\"%s\" was taken", bad[i]);
    }
}

/* The exact decimal expansion of the middle between two neighbours, and that with a digit more or less. */
static void ties_are_read_exactly(void **state) {
    (void)state;
    rng r = {11};
    static char text[4000];
    for (uint64_t i = 0; i < 6000; i++) {
        double v = fabs(any_double(&r, i));
        double next = nextafter(v, INFINITY);
        if (!isfinite(next)) continue;
        int n = snprintf(text, sizeof text, "%.1200Lf", ((long double)v + (long double)next) / 2);
        check_parse(text);
        text[n] = '1', text[n + 1] = 0;
        check_parse(text);
        while (n > 1 && (text[n - 1] == '0' || text[n - 1] == '.')) n--;
        text[n - 1]--; /* below the middle: the last digit that is not 0, one less, then nines */
        memset(text + n, '9', 900);
        text[n + 900] = 0;
        if (strchr(text, '.')) check_parse(text);
    }
}

static void random_texts_are_read_exactly(void **state) {
    (void)state;
    rng r = {13};
    char text[120];
    for (int i = 0; i < 400000; i++) {
        int n = 0, digits = 1 + (int)rng_below(&r, i % 16 ? 22 : 60), point = (int)rng_below(&r, 30);
        for (int d = 0; d < digits; d++) {
            if (d && d == point) text[n++] = '.';
            text[n++] = (char)('0' + rng_below(&r, 10));
        }
        snprintf(text + n, sizeof text - (size_t)n, "e%d", (int)rng_below(&r, 700) - 360);
        check_parse(text);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integers_match_the_c_library),
        cmocka_unit_test(small_integers_are_all_right),
        cmocka_unit_test(writers_stay_in_their_room),
        cmocka_unit_test(integers_are_parsed_strictly),
        cmocka_unit_test(doubles_are_written_as_javascript_does),
        cmocka_unit_test(doubles_round_trip),
        cmocka_unit_test(doubles_are_read_exactly),
        cmocka_unit_test(ties_are_read_exactly),
        cmocka_unit_test(random_texts_are_read_exactly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
