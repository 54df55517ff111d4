/* Coerced arguments into C structs: every C type with its range, presence members, nested structs, lists,
 * custom scalars, failing memory.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "language/parse.h"
#include "type/coerce.h"
#include "values.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct inner {
    int32_t x;
    uint8_t has_x;
    const char *label;
    struct inner *next;
    struct inner *items;
    int8_t item_count;
} inner;

typedef struct date {
    char text[12];
    int year;
} date;

typedef struct args {
    int8_t i8;
    int16_t i16;
    int32_t i32;
    int64_t i64;
    uint8_t u8;
    uint16_t u16;
    uint32_t u32;
    uint64_t u64;
    float f32;
    double f64;
    bool b;
    gyr_str str;
    const char *cstr;
    int8_t color;
    gyr_str color_name;
    int64_t id;
    uint64_t uid;
    gyr_str id_text;
    date when;
    inner in, *ref, *list;
    uint64_t list_count;
    int16_t *numbers;
    uint8_t number_count;
    gyr_str *words;
    int32_t word_count;
    bool has_i32;
    int8_t has_str;
    uint64_t has_b;
    int64_t any;
} args;

static const char sdl[] = "enum Color { RED GREEN } scalar Date scalar Any\n"
                          "input In { x: Int, label: String, next: In, items: [In], unbound: Int = 5 }\n"
                          "type Query { q(i8: Int i16: Int i32: Int i64: Int u8: Int u16: Int u32: Int u64: "
                          "Int f32: Float f64: Float\n"
                          "  b: Boolean str: String cstr: String color: Color name: Color id: ID uid: ID "
                          "idText: ID when: Date in: In\n"
                          "  ref: In list: [In] numbers: [Int] words: [String] any: Any free: Int): Int }";

static void resolve(gyr_call *call) { (void)call; }
static bool read_date(const gyr_value *in, void *into, gyr_str *message, void *user) {
    date *d = into;
    (void)message, (void)user;
    if (in->kind != GYR_VALUE_STRING || in->of.string.len >= sizeof d->text) return false;
    memcpy(d->text, in->of.string.ptr, in->of.string.len);
    d->year = atoi(d->text);
    return true;
}

#define A(name, m) GYR_ARG("Query.q(" name ":)", args, m)
static const gyr_binding bindings[] = {GYR_RESOLVER("Query.q", resolve),
                                       A("i8", i8),
                                       A("i16", i16),
                                       GYR_ARG_HAS("Query.q(i32:)", args, i32, has_i32),
                                       A("i64", i64),
                                       A("u8", u8),
                                       A("u16", u16),
                                       A("u32", u32),
                                       A("u64", u64),
                                       A("f32", f32),
                                       A("f64", f64),
                                       GYR_ARG_HAS("Query.q(b:)", args, b, has_b),
                                       GYR_ARG_HAS("Query.q(str:)", args, str, has_str),
                                       A("cstr", cstr),
                                       A("color", color),
                                       A("name", color_name),
                                       A("id", id),
                                       A("uid", uid),
                                       A("idText", id_text),
                                       GYR_ARG_CUSTOM("Query.q(when:)", args, when),
                                       GYR_ARG_STRUCT("Query.q(in:)", args, in),
                                       GYR_ARG_REF("Query.q(ref:)", args, ref),
                                       GYR_ARG_LIST_STRUCTS("Query.q(list:)", args, list, list_count),
                                       GYR_ARG_LIST("Query.q(numbers:)", args, numbers, number_count),
                                       GYR_ARG_LIST("Query.q(words:)", args, words, word_count),
                                       A("any", any),
                                       GYR_TYPE("In", inner),
                                       GYR_ARG_HAS("In.x", inner, x, has_x),
                                       GYR_ARG("In.label", inner, label),
                                       GYR_ARG_REF("In.next", inner, next),
                                       GYR_ARG_LIST_STRUCTS("In.items", inner, items, item_count),
                                       GYR_ENUM_VALUE("Color.RED", -3),
                                       GYR_ENUM_VALUE("Color.GREEN", 100),
                                       GYR_SCALAR("Date", date, NULL, read_date, NULL),
                                       GYR_END};

typedef struct bound {
    gyr__arena arena;
    gyr_errors errors;
    args *args; /* NULL: an error */
} bound;

static void bound_fini(bound *b) {
    gyr__errors_fini(&b->errors);
    gyr__arena_fini(&b->arena);
}

/* Coerces and binds the arguments of "{ q(<arguments>) }". */
static void bind(bound *b, const gyr_schema *schema, const char *arguments, const gyr_allocator *allocator) {
    size_t size = strlen(arguments) + 16;
    char *query = malloc(size);
    gyr__ast_document *document;
    gyr_value values[32];
    bool present[32];
    assert_non_null(query);
    int len = snprintf(query, size, "{ q(%s) }", arguments);
    gyr__source source = gyr__source_of(gyr_str_of(query, (size_t)len), gyr_s(""));
    b->args = NULL;
    gyr__arena_init(&b->arena, allocator, 0);
    gyr__errors_init(&b->errors, allocator, 50);
    const gyr__field *q = gyr__schema_field(schema, schema->roots[GYR_QUERY], gyr_s("q"));
    assert_true(q->args_size >= offsetof(args, any) + 8 && q->args_size <= sizeof(args) + 15);
    if (gyr__parse_document(&b->arena, &source, NULL, &b->errors, &document) == GYR_OK) {
        gyr__ast_operation_definition *operation = gyr__ast_as(operation_definition, document->definitions.items[0]);
        gyr__ast_field *field = gyr__ast_as(field, operation->selection_set.selections.items[0]);
        void *into = gyr__arena_alloc_aligned(&b->arena, q->args_size, 16);
        if (into) memset(into, 0, q->args_size);
        if (into &&
            gyr__coerce_arguments(&b->arena, schema, &source, q->args, q->arg_count, &field->node, &field->arguments,
                                  NULL, values, present, NULL, &b->errors) &&
            gyr__bind_arguments(&b->arena, q->args, q->arg_count, values, present, into, &b->errors))
            b->args = into;
    }
    if (b->args) { /* texts may borrow the source: keep it as long as them */
        gyr_str copy = gyr__arena_str(&b->arena, source.text);
        gyr_str *texts[] = {&b->args->str, &b->args->color_name, &b->args->id_text};
        for (size_t i = 0; copy.ptr && i < GYR__COUNT(texts); i++)
            if (texts[i]->ptr >= query && texts[i]->ptr < query + size)
                texts[i]->ptr = copy.ptr + (texts[i]->ptr - query);
        for (int32_t i = 0; copy.ptr && i < b->args->word_count; i++)
            if (b->args->words[i].ptr >= query && b->args->words[i].ptr < query + size)
                b->args->words[i].ptr = copy.ptr + (b->args->words[i].ptr - query);
    }
    free(query);
}

static args *bind_ok(bound *b, const gyr_schema *schema, const char *arguments) {
    bind(b, schema, arguments, NULL);
    if (!b->args) fail_msg("%s: %s", arguments, gyr_errors_text(&b->errors).ptr);
    return b->args;
}

static void test_values(void **state) {
    (void)state;
    gyr_schema *schema = schema_of(sdl, bindings, false, NULL);
    bound b;
    args *a = bind_ok(&b, schema,
                      "i8: -128, i16: 32767, i32: -2147483648, i64: 2147483647, u8: 255, u16: 65535, u32: "
                      "2147483647, u64: 7, "
                      "f32: 1.5, f64: 3, b: true, str: \"a\\u0000b\", cstr: \"text\", color: RED, name: GREEN, "
                      "id: \"-9223372036854775808\", uid: 18446744073709551615, idText: 12, when: \"1999\", any: "
                      "12, free: 1");
    assert_int_equal(a->i8, -128);
    assert_int_equal(a->i16, 32767);
    assert_int_equal(a->i32, INT32_MIN);
    assert_int_equal(a->i64, INT32_MAX);
    assert_int_equal(a->u8, 255);
    assert_int_equal(a->u16, 65535);
    assert_int_equal(a->u32, INT32_MAX);
    assert_int_equal(a->u64, 7);
    assert_true(fabsf(a->f32 - 1.5f) < 1e-9f && fabs(a->f64 - 3) < 1e-9);
    assert_true(a->b);
    assert_true(gyr__str_eq(a->str, gyr_str_of("a\0b", 3)));
    assert_string_equal(a->cstr, "text");
    assert_int_equal(a->color, -3);
    assert_true(gyr__str_is(a->color_name, "GREEN"));
    assert_true(a->id == INT64_MIN);
    assert_true(a->uid == UINT64_MAX);
    assert_true(gyr__str_is(a->id_text, "12"));
    assert_string_equal(a->when.text, "1999");
    assert_int_equal(a->when.year, 1999);
    assert_int_equal(a->any, 12);
    bound_fini(&b);
    gyr__schema_unref(schema);
}

static void test_presence(void **state) {
    (void)state;
    gyr_schema *schema = schema_of(sdl, bindings, false, NULL);
    bound b;
    args *a = bind_ok(&b, schema, "free: 1");
    for (size_t i = 0; i < offsetof(args, any); i++) assert_int_equal(((char *)a)[i], 0); /* absent: zero */
    bound_fini(&b);
    a = bind_ok(&b, schema, "i32: null, str: null, b: null, cstr: null, in: {x: null}, list: null, words: []");
    assert_true(a->has_i32); /* a bool cannot hold 2 */
    unsigned char byte;
    memcpy(&byte, &a->has_i32, 1);
    assert_int_equal(byte, 1);
    assert_int_equal(a->has_str, 2);
    assert_int_equal(a->has_b, 2);
    assert_int_equal(a->in.has_x, 2);
    assert_null(a->str.ptr);
    assert_null(a->cstr);
    assert_null(a->list);      /* null, and */
    assert_non_null(a->words); /* empty differ */
    assert_int_equal(a->word_count, 0);
    bound_fini(&b);
    a = bind_ok(&b, schema, "i32: 0, str: \"\", b: false, cstr: \"\", in: {x: 1}");
    assert_true(a->has_i32);
    assert_int_equal(a->has_str, 1);
    assert_int_equal(a->has_b, 1);
    assert_int_equal(a->in.has_x, 1);
    assert_non_null(a->str.ptr); /* empty, not null */
    assert_int_equal(a->str.len, 0);
    assert_string_equal(a->cstr, "");
    bound_fini(&b);
    gyr__schema_unref(schema);
}

static void test_structs_and_lists(void **state) {
    (void)state;
    gyr_schema *schema = schema_of(sdl, bindings, false, NULL);
    bound b;
    args *a = bind_ok(&b, schema,
                      "in: {x: 1, label: \"l\"}, ref: {x: 2, next: {x: 3, next: {x: 4}}}, numbers: [1, null, "
                      "-3], words: [\"a\", null], "
                      "list: [{x: 5, items: [{label: \"deep\"}, null]}, {x: 6}]");
    assert_int_equal(a->in.x, 1);
    assert_string_equal(a->in.label, "l");
    assert_null(a->in.next);
    assert_int_equal(a->ref->next->next->x, 4);
    assert_int_equal(a->ref->has_x, 1);
    assert_int_equal(a->number_count, 3);
    assert_int_equal(a->numbers[0], 1);
    assert_int_equal(a->numbers[1], 0);
    assert_int_equal(a->numbers[2], -3);
    assert_int_equal(a->word_count, 2);
    assert_true(gyr__str_is(a->words[0], "a"));
    assert_null(a->words[1].ptr);
    assert_int_equal(a->list_count, 2);
    assert_int_equal(a->list[1].x, 6);
    assert_int_equal(a->list[0].item_count, 2);
    assert_string_equal(a->list[0].items[0].label, "deep");
    assert_null(a->list[0].items[1].label);
    bound_fini(&b);
    a = bind_ok(&b, schema, "numbers: 7, list: {x: 8}"); /* one value is a list of one */
    assert_int_equal(a->number_count, 1);
    assert_int_equal(a->numbers[0], 7);
    assert_int_equal(a->list[0].x, 8);
    bound_fini(&b);
    gyr__schema_unref(schema);
}

static void test_errors(void **state) {
    (void)state;
    static const struct {
        const char *arguments, *expected;
    } cases[] = {
        {"i8: 128", "Argument \"Query.q(i8:)\" has invalid value: 128 is outside int8_t.\n"},
        {"i8: -129", "Argument \"Query.q(i8:)\" has invalid value: -129 is outside int8_t.\n"},
        {"i16: 70000", "Argument \"Query.q(i16:)\" has invalid value: 70000 is outside int16_t.\n"},
        {"i16: -32769", "Argument \"Query.q(i16:)\" has invalid value: -32769 is outside int16_t.\n"},
        {"u8: 256", "Argument \"Query.q(u8:)\" has invalid value: 256 is outside uint8_t.\n"},
        {"u8: -1", "Argument \"Query.q(u8:)\" has invalid value: -1 is outside uint8_t.\n"},
        {"u16: 65536", "Argument \"Query.q(u16:)\" has invalid value: 65536 is outside uint16_t.\n"},
        {"u32: -1", "Argument \"Query.q(u32:)\" has invalid value: -1 is outside uint32_t.\n"},
        {"u64: -1", "Argument \"Query.q(u64:)\" has invalid value: -1 is outside uint64_t.\n"},
        {"f32: 1e39", "Argument \"Query.q(f32:)\" has invalid value: 1e+39 is outside float.\n"},
        {"id: \"12x\"", "Argument \"Query.q(id:)\" has invalid value: \"12x\" is not an integer.\n"},
        {"id: \"\"", "Argument \"Query.q(id:)\" has invalid value: \"\" is not an integer.\n"},
        {"id: 9223372036854775808",
         "Argument \"Query.q(id:)\" has invalid value: \"9223372036854775808\" is outside int64_t.\n"},
        {"uid: \"-1\"", "Argument \"Query.q(uid:)\" has invalid value: \"-1\" is outside uint64_t.\n"},
        {"uid: 18446744073709551616",
         "Argument \"Query.q(uid:)\" has invalid value: \"18446744073709551616\" is not an integer.\n"},
        {"cstr: \"a\\u0000b\"", NULL},
        {"numbers: [1, 40000]", "Argument \"Query.q(numbers:)\" has invalid value at [1]: 40000 is outside int16_t.\n"},
        {"list: [{x: 1}, {items: [{label: \"\\u0000\"}]}]", NULL},
        {"any: \"text\"", "Argument \"Query.q(any:)\" has invalid value: \"text\" does not fit int64_t.\n"},
        {"any: [1]", "Argument \"Query.q(any:)\" has invalid value: a list of 1 items does not fit int64_t.\n"},
        {"any: {a: 1}", "Argument \"Query.q(any:)\" has invalid value: an object does not fit int64_t.\n"},
        {"any: 1.5", "Argument \"Query.q(any:)\" has invalid value: 1.5 does not fit int64_t.\n"},
        {"any: true", "Argument \"Query.q(any:)\" has invalid value: true does not fit int64_t.\n"},
    };
    static text t;
    gyr_schema *schema = schema_of(sdl, bindings, false, NULL);
    for (size_t i = 0; i < GYR__COUNT(cases); i++) {
        bound b;
        bind(&b, schema, cases[i].arguments, NULL);
        t.len = 0, t.ptr[0] = 0;
        text_errors(&t, &b.errors);
        assert_null(b.args);
        assert_int_equal(b.errors.list.len, 1);
        assert_int_equal(b.errors.list.items[0].status, GYR_ERR_ARGUMENT);
        if (cases[i].expected)
            assert_string_equal(t.ptr, cases[i].expected);
        else /* the NUL stands in the message, too */
            assert_non_null(strstr(t.ptr, "holds a NUL character"));
        bound_fini(&b);
    }
    gyr__schema_unref(schema);
}

static void test_count_range(void **state) {
    (void)state;
    gyr_schema *schema = schema_of(sdl, bindings, false, NULL);
    char arguments[2048];
    for (int items = 127; items <= 256; items++) {
        if (items > 128 && items < 255) continue;
        bound b;
        int n = sprintf(arguments, "numbers: [");
        for (int i = 0; i < items; i++) n += sprintf(arguments + n, "1 ");
        sprintf(arguments + n, "]");
        bind(&b, schema, arguments, NULL);
        if (items <= 255)
            assert_int_equal(b.args->number_count, items);
        else
            assert_string_equal(b.errors.list.items[0].message.ptr,
                                "Argument \"Query.q(numbers:)\" has invalid value: a list of 256 items is "
                                "more than its count can hold.");
        bound_fini(&b);
        n = sprintf(arguments, "in: {items: [");
        for (int i = 0; i < items; i++) n += sprintf(arguments + n, "{} ");
        sprintf(arguments + n, "]}");
        bind(&b, schema, arguments, NULL);
        assert_int_equal(b.args != NULL, items <= 127); /* int8_t */
        bound_fini(&b);
    }
    gyr__schema_unref(schema);
}

static void test_memory(void **state) {
    (void)state;
    static const char *const arguments[] = {"ref: {x: 2, next: {x: 3}}, list: [{x: 5, items: [{label: "
                                            "\"deep\"}]}], cstr: \"text\", words: \"w\", when: \"2000\"",
                                            "numbers: [1, 40000]"};
    gyr_schema *schema = schema_of(sdl, bindings, false, NULL);
    for (int k = 0; k < 2; k++)
        for (unsigned long n = 1;; n++) {
            faulty f = {.fail_at = n};
            gyr_allocator allocator = faulty_allocator(&f);
            bound b;
            assert_true(n < 500);
            bind(&b, schema, arguments[k], &allocator);
            bool out = f.calls >= n;
            if (out) assert_true(b.args == NULL || b.arena.failed);
            bound_fini(&b);
            assert_int_equal(f.live, 0);
            if (!out) break;
        }
    gyr__schema_unref(schema);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values), cmocka_unit_test(test_presence),    cmocka_unit_test(test_structs_and_lists),
        cmocka_unit_test(test_errors), cmocka_unit_test(test_count_range), cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
