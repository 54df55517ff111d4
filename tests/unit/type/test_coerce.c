/* Input coercion against the reference (coerce_cases.h), and what the reference does not show: kinds of
 * values, custom scalars, limits, deep values on a small stack, failing memory.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "base/utf8.h"
#include "coerce_cases.h"
#include "language/parse.h"
#include "type/coerce.h"
#include "values.h"
#include "json/read.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

/* One operation, its variables, and what came of them. */
typedef struct request {
    gyr__arena arena;
    gyr_errors errors;
    gyr__source source;
    gyr__ast_operation_definition *operation;
    gyr__variables variables;
    bool ok;
} request;

static void request_fini(request *r) {
    gyr__errors_fini(&r->errors);
    gyr__arena_fini(&r->arena);
}

/* Parses and coerces the variables. False when memory was out before coercion. */
static bool request_init(request *r, const gyr_schema *schema, const char *query, const char *json, uint32_t limit,
                         const gyr_allocator *allocator) {
    *r = (request){.source = gyr__source_of(gyr_str_of(query, strlen(query)), gyr_s(""))};
    gyr__arena_init(&r->arena, allocator, 0);
    gyr__errors_init(&r->errors, allocator, limit);
    gyr__ast_document *document;
    if (gyr__parse_document(&r->arena, &r->source, NULL, &r->errors, &document) != GYR_OK) {
        if (!r->arena.failed && !r->errors.failed) fail_msg("%s: %s", query, gyr_errors_text(&r->errors).ptr);
        return false;
    }
    r->operation = gyr__ast_as(operation_definition, document->definitions.items[0]);
    gyr__json *tree = gyr__json_read(&r->arena, gyr_str_of(json, strlen(json)), NULL, GYR__JSON_LAST_WINS, &r->errors);
    if (!tree) {
        if (!r->arena.failed && !r->errors.failed) fail_msg("%s: %s", json, gyr_errors_text(&r->errors).ptr);
        return false;
    }
    r->ok = gyr__coerce_variables(&r->arena, schema, &r->source, r->operation, tree, &r->variables, &r->errors);
    return true;
}

static void text_variables(text *t, const request *r) {
    if (!r->ok) return text_errors(t, &r->errors);
    for (uint32_t i = 0; i < r->variables.count; i++) {
        gyr_str name = r->operation->variable_definitions.items[i]->variable.name;
        if (!r->variables.present[i]) continue;
        text_add(t, "%.*s=", (int)name.len, name.ptr);
        text_value(t, &r->variables.values[i]);
        text_add(t, "\n");
    }
}

/* Coerces the arguments of the operation's first field. */
static void text_arguments(text *t, request *r, const gyr_schema *schema) {
    gyr__ast_field *node = gyr__ast_as(field, r->operation->selection_set.selections.items[0]);
    const gyr__field *def = gyr__schema_field(schema, schema->roots[GYR_QUERY], node->name);
    gyr_value values[8];
    bool present[8];
    assert_non_null(def);
    assert_true(def->arg_count <= 8);
    if (!gyr__coerce_arguments(&r->arena, schema, &r->source, def->args, def->arg_count, &node->node, &node->arguments,
                               &r->variables, values, present, NULL, &r->errors))
        return text_errors(t, &r->errors);
    for (uint32_t i = 0; i < def->arg_count; i++) {
        if (!present[i]) continue;
        text_add(t, "%.*s=", (int)def->args[i].def.name.len, def->args[i].def.name.ptr);
        text_value(t, &values[i]);
        text_add(t, "\n");
    }
}

static void check_variables(const gyr_schema *schema, const char *query, const char *json, const char *expected) {
    static text t;
    request r;
    t.len = 0, t.ptr[0] = 0;
    assert_true(request_init(&r, schema, query, json, 50, NULL));
    text_variables(&t, &r);
    if (strcmp(t.ptr, expected) != 0) fail_msg("%s %s\n%s\nexpected\n%s", query, json, t.ptr, expected);
    request_fini(&r);
}

static void check_arguments(const gyr_schema *schema, const char *query, const char *json, const char *expected) {
    static text t;
    request r;
    t.len = 0, t.ptr[0] = 0;
    assert_true(request_init(&r, schema, query, json, 50, NULL));
    if (r.ok)
        text_arguments(&t, &r, schema);
    else
        text_errors(&t, &r.errors);
    if (strcmp(t.ptr, expected) != 0) fail_msg("%s %s\n%s\nexpected\n%s", query, json, t.ptr, expected);
    request_fini(&r);
}

static void test_variables(void **state) {
    (void)state;
    gyr_schema *schema = schema_of(coerce_sdl, NULL, true, NULL);
    for (size_t i = 0; i < GYR__COUNT(variable_cases); i++) {
        char query[256];
        snprintf(query, sizeof query, "query(%s) { i }", variable_cases[i].definitions);
        check_variables(schema, query, variable_cases[i].json, variable_cases[i].expected);
    }
    gyr__schema_unref(schema);
}

static void test_arguments(void **state) {
    (void)state;
    gyr_schema *schema = schema_of(coerce_sdl, NULL, true, NULL);
    for (size_t i = 0; i < GYR__COUNT(argument_cases); i++) {
        char query[256];
        snprintf(query, sizeof query, "query%s { %s }", argument_cases[i].definitions, argument_cases[i].field);
        check_arguments(schema, query, argument_cases[i].json, argument_cases[i].expected);
    }
    gyr__schema_unref(schema);
}

/* Where we keep to the specification and the reference does not, or its numbers lose digits. */
static void test_beyond_reference(void **state) {
    (void)state;
    gyr_schema *schema = schema_of(coerce_sdl, NULL, true, NULL);
    check_variables(schema, "query($v: ID) { i }", "{\"v\":123456789012345678901234567890}",
                    "v=\"123456789012345678901234567890\"\n");
    check_arguments(
        schema, "{ f(v: 1e400) }", "{}",
        "1:8 Argument \"Query.f(v:)\" has invalid value: Float cannot represent non numeric value: 1e400\n");
    check_arguments(schema, "{ any(v: 9223372036854775807) }", "{}", "v=9223372036854775807\n");
    check_arguments(schema, "{ __type { name } }", "{}",
                    "1:3 Argument \"Query.__type(name:)\" of required type \"String!\" was not provided.\n");
    gyr__schema_unref(schema);
}

static void test_kinds(void **state) {
    (void)state;
    gyr_schema *schema = schema_of(coerce_sdl, NULL, true, NULL);
    request r;
    assert_true(request_init(
        &r, schema, "query($a: Int, $b: Float, $c: Color, $d: ID, $e: Any, $f: Any, $g: Any, $h: Any, $i: Any) { i }",
        "{\"a\":1.0,\"b\":1,\"c\":\"RED\",\"d\":1,\"e\":1,\"f\":1.0,\"g\":1e30,\"h\":\"s\"}", 50, NULL));
    assert_true(r.ok);
    static const gyr_value_kind kinds[] = {GYR_VALUE_INT,    GYR_VALUE_FLOAT,  GYR_VALUE_ENUM,
                                           GYR_VALUE_STRING, GYR_VALUE_INT,    GYR_VALUE_FLOAT,
                                           GYR_VALUE_FLOAT,  GYR_VALUE_STRING, GYR_VALUE_NULL};
    for (uint32_t i = 0; i < GYR__COUNT(kinds); i++) assert_int_equal(r.variables.values[i].kind, kinds[i]);
    assert_true(r.variables.present[7]);
    assert_false(r.variables.present[8]);
    const gyr__type *color = gyr__schema_type(schema, gyr_s("Color"));
    assert_ptr_equal(r.variables.values[2].of.string.ptr, color->values[0].def.name.ptr);
    assert_int_equal(gyr__variable_index(&r.variables, gyr_s("h")), 7); /* more than eight: by map */
    assert_int_equal(gyr__variable_index(&r.variables, gyr_s("z")), UINT32_MAX);
    request_fini(&r);
    gyr__schema_unref(schema);
}

static void test_type_from_ast(void **state) {
    (void)state;
    static const char *const types[] = {"Int",    "Int!",    "[Int]",     "[Int!]",
                                        "[Int]!", "[Int!]!", "[[Int!]]!", "[[[Int]!]]"};
    gyr_schema *schema = schema_of(coerce_sdl, NULL, true, NULL);
    for (size_t i = 0; i < GYR__COUNT(types); i++) {
        gyr__arena arena;
        gyr_errors errors;
        gyr__node *node;
        gyr__source source = gyr__source_of(gyr_str_of(types[i], strlen(types[i])), gyr_s(""));
        gyr__arena_init(&arena, NULL, 0);
        gyr__errors_init(&errors, NULL, 50);
        assert_int_equal(gyr__parse_type(&arena, &source, NULL, &errors, &node), GYR_OK);
        gyr_str printed = gyr__type_ref_text(&arena, gyr__type_from_ast(schema, node));
        assert_true(gyr__str_eq(printed, source.text));
        gyr__errors_fini(&errors);
        gyr__arena_fini(&arena);
    }
    gyr__schema_unref(schema);
}

/* ---- literals for other callers */

static void literal(const gyr_schema *schema, const char *type, const char *value, bool all, bool skip,
                    const char *subject, const char *expected) {
    static text t;
    gyr__arena arena;
    gyr_errors errors;
    gyr__source source = gyr__source_of(gyr_str_of(value, strlen(value)), gyr_s(""));
    gyr__source type_source = gyr__source_of(gyr_str_of(type, strlen(type)), gyr_s(""));
    gyr__node *node, *type_node;
    gyr_value out;
    t.len = 0;
    gyr__arena_init(&arena, NULL, 0);
    gyr__errors_init(&errors, NULL, 50);
    assert_int_equal(gyr__parse_type(&arena, &type_source, NULL, &errors, &type_node), GYR_OK);
    assert_int_equal(gyr__parse_value(&arena, &source, NULL, false, &errors, &node), GYR_OK);
    gyr__literal_report report = {&errors, GYR_ERR_VALIDATION, gyr_str_of(subject, strlen(subject)), all, skip};
    if (gyr__coerce_literal_for(&arena, schema, &source, gyr__type_from_ast(schema, type_node), node, NULL, &report,
                                &out))
        text_value(&t, &out);
    else
        text_errors(&t, &errors);
    assert_string_equal(t.ptr, expected);
    if (errors.list.len) assert_int_equal(errors.list.items[0].status, GYR_ERR_VALIDATION);
    gyr__errors_fini(&errors);
    gyr__arena_fini(&arena);
}

static void test_literals(void **state) {
    (void)state;
    gyr_schema *schema = schema_of(coerce_sdl, NULL, true, NULL);
    const char *twice = "1:5 Int cannot represent non-integer value: \"a\"\n1:10 Int cannot represent "
                        "non-integer value: 1.5\n";
    literal(schema, "[Int]", "[1, \"a\", 1.5]", false, false, "",
            "1:5 Int cannot represent non-integer value: \"a\"\n");
    literal(schema, "[Int]", "[1, \"a\", 1.5]", true, false, "", twice);
    literal(schema, "[Int]", "[1, \"a\"]", true, false, "Query.f(x:) has invalid default value",
            "1:5 Query.f(x:) has invalid default value at [1]: Int cannot represent non-integer value: \"a\"\n");
    literal(schema, "Point", "{x: $a, y: $b}", true, true, "", "{\"x\":null,\"y\":null}");
    literal(schema, "Pick", "{a: $a}", true, true, "", "{\"a\":null}");
    literal(schema, "Pick", "{a: $a, b: 1, z: 2}", true, true, "",
            "1:15 Expected value of type \"Pick\" not to include unknown field \"z\". Did you mean \"a\", "
            "\"b\", or \"c\"? "
            "Found: { a: $a, b: 1, z: 2 }.\n1:1 Within OneOf Input Object type \"Pick\", exactly one field "
            "must be "
            "specified, and the value for that field must be non-null.\n");
    gyr__schema_unref(schema);
}

/* ---- custom scalars */

typedef struct even {
    int64_t half;
    char seen[64];
} even;

static bool parse_even(const gyr_value *in, void *into, gyr_str *message, void *user) {
    even *e = into;
    gyr_str s = in->of.string;
    assert_ptr_equal(user, parse_even);
    assert_int_equal(e->half, 0);
    if (in->kind == GYR_VALUE_LIST) {
        assert_int_equal(in->of.items[0].kind, GYR_VALUE_INT);
        s = in->of.items[0].of.string; /* numbers are text at any depth, those of variables too */
    } else if (in->kind != GYR_VALUE_INT && in->kind != GYR_VALUE_FLOAT)
        return false;
    snprintf(e->seen, sizeof e->seen, "%.*s", (int)s.len, s.ptr);
    e->half = atoll(e->seen) / 2;
    if (e->half * 2 != atoll(e->seen)) *message = gyr_s("odd");
    return e->half * 2 == atoll(e->seen);
}

static const char even_sdl[] = "scalar Even type Query { e(v: Even = 8): Int l(v: [Even]): Int o(v: In): Int }\n"
                               "input In { e: Even! = 12 }";
static const gyr_binding even_bindings[] = {GYR_SCALAR("Even", even, NULL, parse_even, (void *)(uintptr_t)parse_even),
                                            GYR_END};

static void check_even(const gyr_schema *schema, const char *query, const char *json, const char *seen) {
    request r;
    gyr_value value;
    bool present;
    assert_true(request_init(&r, schema, query, json, 50, NULL));
    assert_true(r.ok);
    gyr__ast_field *node = gyr__ast_as(field, r.operation->selection_set.selections.items[0]);
    const gyr__field *def = gyr__schema_field(schema, schema->roots[GYR_QUERY], node->name);
    assert_true(gyr__coerce_arguments(&r.arena, schema, &r.source, def->args, 1, &node->node, &node->arguments,
                                      &r.variables, &value, &present, NULL, &r.errors));
    const gyr_value *v = &value;
    if (v->kind == GYR_VALUE_LIST) v = &v->of.items[0];
    if (v->kind == GYR_VALUE_OBJECT) v = &v->of.members[0].value;
    assert_int_equal(v->kind, GYR_VALUE_CUSTOM);
    const even *e = v->of.custom;
    assert_string_equal(e->seen, seen);
    assert_int_equal(e->half * 2, atoll(seen));
    request_fini(&r);
}

static void test_custom(void **state) {
    (void)state;
    gyr_schema *schema = schema_of(even_sdl, even_bindings, true, NULL);
    check_even(schema, "{ e(v: 4) }", "{}", "4");
    check_even(schema, "{ e }", "{}", "8");
    check_even(schema, "{ o(v: {}) }", "{}", "12");
    check_even(schema, "{ e(v: 6.00) }", "{}", "6.00");
    check_even(schema, "query($x: Even) { e(v: $x) }", "{\"x\":10}", "10");
    check_even(schema, "query($x: Even = 14) { e(v: $x) }", "{}", "14");
    check_even(schema, "query($x: Even) { l(v: $x) }", "{\"x\":2}", "2");
    check_even(schema, "query($x: Int) { e(v: [$x]) }", "{\"x\":16}", "16");
    check_arguments(schema, "{ e(v: 3) }", "{}",
                    "1:8 Argument \"Query.e(v:)\" has invalid value: Expected value of type \"Even\", but encountered "
                    "error \"odd\"; found: 3.\n");
    check_variables(schema, "query($v: [Even]) { e }", "{\"v\":[2,\"x\"]}",
                    "1:7 Variable \"$v\" has invalid value at [1]: Expected value of type \"Even\", found: \"x\".\n");
    gyr__schema_unref(schema);
}

/* ---- limits */

static void test_error_limit(void **state) {
    (void)state;
    gyr_schema *schema = schema_of(coerce_sdl, NULL, true, NULL);
    char json[512] = "{\"v\":[";
    for (int i = 0; i < 60; i++) strcat(json, i ? ",\"a\"" : "\"a\"");
    strcat(json, "],\"w\":\"b\"}");
    request r;
    assert_true(request_init(&r, schema, "query($v: [Int], $w: Int) { i }", json, 50, NULL));
    assert_false(r.ok);
    assert_int_equal(r.errors.list.len, 51);
    assert_string_equal(r.errors.list.items[49].message.ptr,
                        "Variable \"$v\" has invalid value at [49]: Int cannot represent non-integer value: \"a\"");
    assert_string_equal(r.errors.list.items[50].message.ptr,
                        "Too many errors processing variables, error limit reached. Execution aborted.");
    request_fini(&r);
    assert_true(request_init(&r, schema, "query($v: [Int]) { i }", "{\"v\":[\"a\",\"b\"]}", 2, NULL));
    assert_int_equal(r.errors.list.len, 2); /* exactly the limit: nothing is too many */
    request_fini(&r);
    gyr__schema_unref(schema);
}

static void test_long_texts_are_cut(void **state) {
    (void)state;
    gyr_schema *schema = schema_of(coerce_sdl, NULL, true, NULL);
    size_t size = 200000;
    char *json = malloc(size + 64);
    assert_non_null(json);
    static const char *const heads[] = {"{\"v\":\"", "{\"v\":{\"x\":1,\"", "{\"v\":\""}, *const tails[] = {
                                                                                             "\"}", "\":1}}", "\"}"};
    static const char *const queries[] = {"query($v: Int) { i }", "query($v: Point) { i }", "query($v: Color) { i }"};
    for (int k = 0; k < 3; k++) {
        request r;
        size_t n = (size_t)sprintf(json, "%s", heads[k]);
        for (size_t i = 0; i < size; i += 2) memcpy(json + n + i, "\xc3\xa9", 2);
        strcpy(json + n + size, tails[k]);
        assert_true(request_init(&r, schema, queries[k], json, 50, NULL));
        assert_false(r.ok);
        assert_int_equal(r.errors.list.len, 1);
        assert_true(r.errors.list.items[0].message.len < 700);
        assert_true(gyr__utf8_valid(r.errors.list.items[0].message.ptr, r.errors.list.items[0].message.len, NULL));
        request_fini(&r);
    }
    free(json);
    gyr__schema_unref(schema);
}

/* ---- deep values on a small stack */

static void *coerce_deep(void *arg) {
    const gyr_schema *schema = arg;
    static char json[8192], query[8192];
    size_t n = (size_t)sprintf(json, "{\"v\":"), m = (size_t)sprintf(query, "query($v: Nest) { nest(v: ");
    for (int i = 0; i < 126; i++) n += (size_t)sprintf(json + n, "{\"self\":");
    n += (size_t)sprintf(json + n, "1");
    for (int i = 0; i < 127; i++) n += (size_t)sprintf(json + n, "}");
    for (int i = 0; i < 190; i++) m += (size_t)sprintf(query + m, "{p: {x: 1}, self: ");
    m += (size_t)sprintf(query + m, "3");
    for (int i = 0; i < 190; i++) m += (size_t)sprintf(query + m, "}");
    sprintf(query + m, ") }");
    request r;
    if (!request_init(&r, schema, query, json, 1000, NULL)) return NULL;
    uintptr_t of_json = r.errors.list.len;
    gyr__ast_field *node = gyr__ast_as(field, r.operation->selection_set.selections.items[0]);
    gyr_value value;
    bool present;
    const gyr__field *def = gyr__schema_field(schema, schema->roots[GYR_QUERY], node->name);
    bool ok = gyr__coerce_arguments(&r.arena, schema, &r.source, def->args, 1, &node->node, &node->arguments,
                                    &r.variables, &value, &present, NULL, &r.errors);
    uintptr_t of_literal = ok ? 0 : r.errors.list.len - of_json;
    request_fini(&r);
    return (void *)(of_json * 1000 + of_literal);
}

static void test_deep(void **state) {
    (void)state;
    gyr_schema *schema = schema_of(coerce_sdl, NULL, true, NULL);
    pthread_attr_t attr;
    pthread_t thread;
    void *result;
    assert_int_equal(pthread_attr_init(&attr), 0);
    assert_int_equal(pthread_attr_setstacksize(&attr, TEST_STACK), 0);
    assert_int_equal(pthread_create(&thread, &attr, coerce_deep, schema), 0);
    assert_int_equal(pthread_join(thread, &result), 0);
    pthread_attr_destroy(&attr);
    /* JSON: each of 126 objects lacks p, the innermost value is no object; literal: the first error ends it
     */
    assert_int_equal((uintptr_t)result, 127 * 1000 + 1);
    gyr__schema_unref(schema);
}

/* ---- failing memory */

static void test_memory(void **state) {
    (void)state;
    static const char query[] =
        "query($a: [Nest!], $b: Any = {a: [1]}, $c: Int, $d: Int, $e: Int, $f: Int, $g: Int, $h: Int, $i: "
        "Int) "
        "{ nest(v: {p: {x: 1, tags: \"\\u0041\"}, grid: [[1, $c]], color: RED, self: {p: {x: $c}}}) }";
    static const char *const jsons[] = {
        "{\"a\":[{\"p\":{\"x\":1,\"label\":\"l\"}}],\"c\":3}",
        "{\"a\":[{\"p\":{\"x\":1,\"lable\":[1,{}]},\"color\":\"GREE\"},null],\"c\":\"x\"}"};
    gyr_schema *schema = schema_of(coerce_sdl, NULL, true, NULL);
    for (int k = 0; k < 2; k++) {
        for (unsigned long n = 1;; n++) {
            assert_true(n < 500);
            faulty f = {.fail_at = n};
            gyr_allocator allocator = faulty_allocator(&f);
            request r;
            static text t;
            t.len = 0;
            bool parsed = request_init(&r, schema, query, jsons[k], 50, &allocator);
            if (parsed && r.ok) text_arguments(&t, &r, schema);
            bool out = f.calls >= n;
            if (parsed && out) assert_int_equal(gyr__errors_status(&r.errors), GYR_ERR_MEMORY);
            request_fini(&r);
            assert_int_equal(f.live, 0);
            if (!out) break;
        }
    }
    gyr__schema_unref(schema);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_variables),
        cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_beyond_reference),
        cmocka_unit_test(test_kinds),
        cmocka_unit_test(test_type_from_ast),
        cmocka_unit_test(test_literals),
        cmocka_unit_test(test_custom),
        cmocka_unit_test(test_error_limit),
        cmocka_unit_test(test_long_texts_are_cut),
        cmocka_unit_test(test_deep),
        cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
