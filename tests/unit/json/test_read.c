/* The JSON reader: values, places of errors, limits, truncation at every byte, failing allocations.
 * test_read_oracle.c compares it with another reader.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "base/str.h"
#include "faulty.h"
#include "json/read.h"

#include <math.h>
#include <stdio.h>

typedef struct fixture {
    gyr__arena arena;
    gyr_errors errors;
} fixture;

static void begin(fixture *f) {
    gyr__arena_init(&f->arena, NULL, 0);
    gyr__errors_init(&f->errors, NULL, 0);
}

static void end(fixture *f) {
    gyr__arena_fini(&f->arena);
    gyr__errors_fini(&f->errors);
}

static const gyr__json *read_ok(fixture *f, gyr_str text) {
    const gyr__json *v = gyr__json_read(&f->arena, text, NULL, GYR__JSON_LAST_WINS, &f->errors);
    if (!v) fail_msg("%.*s: %s", (int)text.len, text.ptr, gyr_errors_text(&f->errors).ptr);
    return v;
}

static void values_and_offsets(void **state) {
    (void)state;
    fixture f;
    begin(&f);
    static const char text[] = " {\"i\": -12, \"d\" : 1.50,\n\"s\":\"a\\u00e9\\n\\ud83d\\ude00\\u0000z\", \"t\":true,"
                               "\"f\":false,\"n\":null,\"l\":[1,[],{},\"x\"], \"\":0 } ";
    const gyr__json *v = read_ok(&f, gyr_str_of(text, sizeof text - 1));
    assert_int_equal(v->kind, GYR__JSON_OBJECT);
    assert_int_equal(v->at, 1);
    assert_int_equal(v->count, 8);
    const gyr__json *m = gyr__json_get(v, gyr_s("i"));
    assert_int_equal(m->kind, GYR__JSON_INT);
    assert_int_equal(m->integer, -12);
    assert_true(gyr__str_is(m->text, "-12"));
    assert_int_equal(m->at, 7);
    m = gyr__json_get(v, gyr_s("d"));
    assert_int_equal(m->kind, GYR__JSON_DOUBLE);
    assert_true(m->number == 1.5);
    assert_true(gyr__str_is(m->text, "1.50"));
    m = gyr__json_get(v, gyr_s("s"));
    assert_int_equal(m->kind, GYR__JSON_STRING);
    assert_true(gyr__str_eq(m->text, gyr_str_of("a\xC3\xA9\n\xF0\x9F\x98\x80\0z", 10)));
    assert_true(gyr__json_get(v, gyr_s("t"))->boolean);
    assert_int_equal(gyr__json_get(v, gyr_s("f"))->kind, GYR__JSON_BOOL);
    assert_false(gyr__json_get(v, gyr_s("f"))->boolean);
    assert_int_equal(gyr__json_get(v, gyr_s("n"))->kind, GYR__JSON_NULL);
    m = gyr__json_get(v, gyr_s("l"));
    assert_int_equal(m->kind, GYR__JSON_ARRAY);
    assert_int_equal(m->count, 4);
    assert_int_equal(m->items[0].integer, 1);
    assert_int_equal(m->items[1].kind, GYR__JSON_ARRAY);
    assert_int_equal(m->items[2].kind, GYR__JSON_OBJECT);
    assert_int_equal(m->items[3].at, strstr(text, "\"x\"") - text);
    assert_int_equal(v->members[7].name_at, strstr(text, "\"\":") - text);
    assert_null(gyr__json_get(v, gyr_s("missing")));
    assert_null(gyr__json_get(m, gyr_s("i")));
    assert_null(gyr__json_get(NULL, gyr_s("i")));
    end(&f);
}

static void numbers(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool integer;
        double value;
    } cases[] = {
        {"0", true, 0},
        {"-0", true, 0},
        {"9223372036854775807", true, 9223372036854775807.0},
        {"-9223372036854775808", true, -9223372036854775808.0},
        {"9223372036854775808", false, 9223372036854775808.0},
        {"123456789012345678901234567890", false, 123456789012345678901234567890.0},
        {"1e400", false, INFINITY},
        {"-1e400", false, -INFINITY},
        {"1e-400", false, 0},
        {"1.0", false, 1},
        {"1E+2", false, 100},
        {"0e0", false, 0},
    };
    for (size_t i = 0; i < GYR__COUNT(cases); i++) {
        fixture f;
        begin(&f);
        gyr_str text = gyr_str_of(cases[i].text, strlen(cases[i].text));
        const gyr__json *v = read_ok(&f, text);
        assert_int_equal(v->kind, cases[i].integer ? GYR__JSON_INT : GYR__JSON_DOUBLE);
        assert_true((cases[i].integer ? (double)v->integer : v->number) == cases[i].value);
        assert_true(gyr__str_eq(v->text, text));
        end(&f);
    }
}

static void check_error(gyr_str text, const gyr_limits *limits, gyr__json_keys keys, gyr_status status, uint32_t line,
                        uint32_t column, const char *message) {
    fixture f;
    begin(&f);
    if (gyr__json_read(&f.arena, text, limits, keys, &f.errors)) fail_msg("%.*s was taken", (int)text.len, text.ptr);
    assert_int_equal(gyr_errors_count(&f.errors), 1);
    const gyr_error *e = gyr_errors_get(&f.errors, 0);
    gyr_location at = e->location_count ? e->locations[0] : (gyr_location){0, 0};
    if (e->status != status || at.line != line || at.column != column || e->message.len != strlen(message) ||
        memcmp(e->message.ptr, message, e->message.len))
        fail_msg("%.*s: %d %u:%u %.*s, expected %u:%u %s", (int)text.len, text.ptr, (int)e->status, at.line, at.column,
                 (int)e->message.len, e->message.ptr, line, column, message);
    end(&f);
}

static void errors_say_what_and_where(void **state) {
    (void)state;
    static const struct {
        gyr_str text;
        uint32_t line, column;
        const char *message;
    } cases[] = {
#define TEXT(literal) {"" literal, sizeof(literal) - 1}
        {TEXT(""), 1, 1, "Unexpected end of JSON"},
        {TEXT(" \n "), 2, 2, "Unexpected end of JSON"},
        {TEXT("}"), 1, 1, "Unexpected character '}' in JSON"},
        {TEXT("[1,]"), 1, 4, "Unexpected character ']' in JSON"},
        {TEXT("[1 2]"), 1, 4, "Unexpected character '2' in JSON"},
        {TEXT("[1}"), 1, 3, "Unexpected character '}' in JSON"},
        {TEXT("{\"a\":1]"), 1, 7, "Unexpected character ']' in JSON"},
        {TEXT("{\"a\":1,}"), 1, 8, "Unexpected character '}' in JSON"},
        {TEXT("{\"a\" 1}"), 1, 6, "Unexpected character '1' in JSON"},
        {TEXT("{a:1}"), 1, 2, "Unexpected character 'a' in JSON"},
        {TEXT("{1:1}"), 1, 2, "Unexpected character '1' in JSON"},
        {TEXT("[,1]"), 1, 2, "Unexpected character ',' in JSON"},
        {TEXT("nul"), 1, 4, "Unexpected end of JSON"},
        {TEXT("nulL"), 1, 4, "Unexpected character 'L' in JSON"},
        {TEXT("truex"), 1, 5, "Unexpected character 'x' after the JSON value"},
        {TEXT("1 1"), 1, 3, "Unexpected character '1' after the JSON value"},
        {TEXT("01"), 1, 2, "Unexpected character '1' after the JSON value"},
        {TEXT("-"), 1, 2, "Unexpected end of JSON"},
        {TEXT("-a"), 1, 2, "Unexpected character 'a' in JSON"},
        {TEXT("+1"), 1, 1, "Unexpected character '+' in JSON"},
        {TEXT("1."), 1, 3, "Unexpected end of JSON"},
        {TEXT("[1.]"), 1, 4, "Unexpected character ']' in JSON"},
        {TEXT("1e+"), 1, 4, "Unexpected end of JSON"},
        {TEXT(".5"), 1, 1, "Unexpected character '.' in JSON"},
        {TEXT("NaN"), 1, 1, "Unexpected character 'N' in JSON"},
        {TEXT("\0"), 1, 1, "Unexpected character U+0000 in JSON"},
        {TEXT("1\0"), 1, 2, "Unexpected character U+0000 after the JSON value"},
        {TEXT("\xEF\xBB\xBF[]"), 1, 1, "Unexpected character U+FEFF in JSON"},
        {TEXT("[\r\n\"\xF0\x9F\x98\x80\", \xC3\xA9]"), 2, 7, "Unexpected character '\xC3\xA9' in JSON"},
        {TEXT("[\"abc]"), 1, 2, "Unterminated string in JSON"},
        {TEXT("\"a\\"), 1, 1, "Unterminated string in JSON"},
        {TEXT("\"a\\\""), 1, 1, "Unterminated string in JSON"},
        {TEXT("\"a\nb\""), 1, 3, "Control character U+000A in a JSON string must be escaped"},
        {TEXT("\"abcdefghij\tb\""), 1, 12, "Control character U+0009 in a JSON string must be escaped"},
        {TEXT("\"\\\tb\""), 1, 3, "Control character U+0009 in a JSON string must be escaped"},
        {TEXT("\"a\\x\""), 1, 3, "Invalid escape sequence '\\x' in a JSON string"},
        {TEXT("\"\\\xC3\xA9\""), 1, 2, "Invalid escape sequence '\\\xC3\xA9' in a JSON string"},
        {TEXT("\"\\u12g4\""), 1, 2, "Invalid Unicode escape in a JSON string"},
        {TEXT("\"\\u123\""), 1, 2, "Invalid Unicode escape in a JSON string"},
        {TEXT("\"\\ud800\""), 1, 2, "Lone surrogate \\ud800 in a JSON string"},
        {TEXT("\"\\udc00\\ud800\""), 1, 2, "Lone surrogate \\udc00 in a JSON string"},
        {TEXT("\"\\ud800\\u0041\""), 1, 2, "Lone surrogate \\ud800 in a JSON string"},
        {TEXT("\"\\ud83d\\n\""), 1, 2, "Lone surrogate \\ud83d in a JSON string"},
        {TEXT("[\"ab\xFF\"]"), 1, 5, "Invalid UTF-8 in JSON"},
        {TEXT("\"\xED\xA0\x80\""), 1, 2, "Invalid UTF-8 in JSON"},
        {TEXT("/**/1"), 1, 1, "Unexpected character '/' in JSON"},
        {TEXT("'a'"), 1, 1, "Unexpected character ''' in JSON"},
    };
    for (size_t i = 0; i < GYR__COUNT(cases); i++)
        check_error(cases[i].text, NULL, GYR__JSON_LAST_WINS, GYR_ERR_SYNTAX, cases[i].line, cases[i].column,
                    cases[i].message);
}

static void equal_keys(void **state) {
    (void)state;
    fixture f;
    begin(&f);
    const gyr__json *v = read_ok(&f, gyr_s("{\"a\":1,\"b\":2,\"\\u0061\":[3]}"));
    assert_int_equal(v->count, 2);
    assert_true(gyr__str_is(v->members[0].name, "a"));
    assert_int_equal(v->members[0].value.kind, GYR__JSON_ARRAY);
    assert_int_equal(v->members[1].value.integer, 2);
    check_error(gyr_s("{\"a\":1,\"b\":2,\"\\u0061\":3}"), NULL, GYR__JSON_UNIQUE, GYR_ERR_SYNTAX, 1, 14,
                "Duplicate key \"a\" in a JSON object");
    assert_non_null(
        gyr__json_read(&f.arena, gyr_s("{\"a\":{\"a\":1},\"b\":{\"a\":1}}"), NULL, GYR__JSON_UNIQUE, &f.errors));
    static char text[40000]; /* so many that they go through the map */
    int n = 0;
    for (int i = 0; i < 2000; i++) n += sprintf(text + n, "%c\"k%d\":%d", i ? ',' : '{', i % 1500, i);
    text[n++] = '}';
    v = read_ok(&f, gyr_str_of(text, (size_t)n));
    assert_int_equal(v->count, 1500);
    for (int i = 0; i < 1500; i++) assert_int_equal(v->members[i].value.integer, i < 500 ? i + 1500 : i);
    assert_null(gyr__json_read(&f.arena, gyr_str_of(text, (size_t)n), NULL, GYR__JSON_UNIQUE, &f.errors));
    end(&f);
}

static void limits_hold(void **state) {
    (void)state;
    static char text[1100000];
    gyr_limits limits = {.size = sizeof limits, .json_depth = 3, .number_bytes = 5, .json_bytes = 30};
    check_error(gyr_s("[[{\"a\":[1]}]]"), &limits, 0, GYR_ERR_LIMIT, 1, 8, "JSON is nested too deep, the limit is 3");
    check_error(gyr_s("[123456]"), &limits, 0, GYR_ERR_LIMIT, 1, 2, "Number in JSON has 6 bytes, the limit is 5");
    check_error(gyr_s("[12345,-1e-5,0.123]            "), &limits, 0, GYR_ERR_LIMIT, 0, 0,
                "JSON text has 31 bytes, the limit is 30");
    fixture f;
    begin(&f);
    assert_non_null(gyr__json_read(&f.arena, gyr_s("[[{\"a\":[]}]]") /* 4 */, NULL, 0, &f.errors));
    assert_non_null(gyr__json_read(&f.arena, gyr_s("[[[12345,-1e-5,0.123],[]],[]]"), &limits, 0, &f.errors));
    for (int object = 0; object < 2; object++) {
        size_t n = 0;
        for (int i = 0; i < 1000; i++) n += (size_t)sprintf(text + n, object ? "{\"a\":" : "[");
        check_error(gyr_str_of(text, n), NULL, 0, GYR_ERR_LIMIT, 1, object ? 128 * 5 + 1 : 129,
                    "JSON is nested too deep, the limit is 128");
    }
    memset(text, '7', sizeof text);
    check_error(gyr_str_of(text, 1048576), NULL, 0, GYR_ERR_LIMIT, 1, 1,
                "Number in JSON has 1048576 bytes, the limit is 1024");
    check_error(gyr_str_of(text, sizeof text), NULL, 0, GYR_ERR_LIMIT, 0, 0,
                "JSON text has 1100000 bytes, the limit is 1048576");
    limits = (gyr_limits){.size = sizeof limits, .json_depth = GYR_UNLIMITED};
    memset(text, '[', 400000);
    memset(text + 400000, ']', 400000);
    const gyr__json *v = gyr__json_read(&f.arena, gyr_str_of(text, 800000), &limits, 0, &f.errors);
    for (int depth = 1; depth < 400000; depth++) {
        assert_int_equal(v->count, 1);
        v = v->items;
    }
    assert_int_equal(v->count, 0);
    end(&f);
}

static const char sample[] =
    "{\"a\":[1,-2.5e3,\"x\\\"y\\u00e9\\ud83d\\ude00\",true,false,null],\"b\":{\"c\":{}},\"d\":[]}";

/* From heap blocks of the exact size, so that the address sanitizer sees any step beyond. */
static void truncation_at_every_byte(void **state) {
    (void)state;
    for (size_t n = 0; n < sizeof sample - 1; n++) {
        fixture f;
        char *copy = malloc(n ? n : 1);
        begin(&f);
        memcpy(copy, sample, n);
        assert_null(gyr__json_read(&f.arena, gyr_str_of(copy, n), NULL, 0, &f.errors));
        assert_int_equal(gyr_errors_count(&f.errors), 1);
        assert_int_equal(gyr__errors_status(&f.errors), GYR_ERR_SYNTAX);
        assert_int_equal(gyr_errors_get(&f.errors, 0)->location_count, 1);
        end(&f);
        free(copy);
    }
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    static char text[6000] = "[";
    int size = 1;
    for (int i = 0; i < 100; i++) size += sprintf(text + size, "{\"k%d\":\"\\n%d\"},", i, i);
    size += sprintf(text + size, "{");
    for (int i = 0; i < 100; i++) size += sprintf(text + size, "%s\"k%d\":[%d]", i ? "," : "", i, i);
    size += sprintf(text + size, "}]");
    for (int good = 0; good < 2; good++)
        for (uint64_t n = 1;; n++) {
            faulty f = {.fail_at = n, .for_good = good};
            gyr_allocator al = faulty_allocator(&f);
            gyr__arena arena;
            gyr_errors errors;
            gyr__arena_init(&arena, &al, 0);
            gyr__errors_init(&errors, &al, 0);
            const gyr__json *v = gyr__json_read(&arena, gyr_str_of(text, (size_t)size), NULL, 0, &errors);
            assert_int_equal(v == NULL, f.failed);
            assert_int_equal(arena.failed, f.failed);
            assert_int_equal(gyr_errors_count(&errors), 0);
            gyr__arena_fini(&arena);
            gyr__errors_fini(&errors);
            assert_int_equal(f.live, 0);
            if (!f.failed) break;
        }
    faulty f = {.fail_at = 1}; /* an error that cannot be stored */
    gyr_allocator al = faulty_allocator(&f);
    fixture x;
    begin(&x);
    gyr_errors errors;
    gyr__errors_init(&errors, &al, 0);
    assert_null(gyr__json_read(&x.arena, gyr_s("}"), NULL, 0, &errors));
    assert_int_equal(gyr__errors_status(&errors), GYR_ERR_MEMORY);
    gyr__errors_fini(&errors);
    end(&x);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_and_offsets),
        cmocka_unit_test(numbers),
        cmocka_unit_test(errors_say_what_and_where),
        cmocka_unit_test(equal_keys),
        cmocka_unit_test(limits_hold),
        cmocka_unit_test(truncation_at_every_byte),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
