/* 5.3.2 Field Selection Merging: which fields can stand in one response position, how conflicts are told, and
 * that deciding it for large documents is a matter of moments.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "documents.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char sdl[] = "interface I { id: ID! i: I s(x: In, y: Int): String n: Int! list: [I] }\n"
                          "type A implements I { id: ID! i: I s(x: In, y: Int): String n: Int! list: [I] a: "
                          "A b: B c: Int t: String }\n"
                          "type B implements I { id: ID! i: I s(x: In, y: Int): String n: Int! list: [I] a: "
                          "A b: B c: Int! t: String }\n"
                          "type C { id: ID! c: [Int] t: [String] a: A }\n"
                          "input In { p: Int q: [In] }\n"
                          "union U = A | B | C\n"
                          "type Query { i: I a: A b: B u: U }\n";

#define ALIASES ". Use different aliases on the fields to fetch both if this was intentional."

typedef struct example {
    const char *document, *errors;
} example;

static const example examples[] = {
    /* what merges */
    {"{ a { id id x: t x: t } a { id s(x: {p: 1, q: []}, y: 2) s(y: 2, x: {q: [], p: 1}) } }", ""},
    {"{ i { ... on A { x: c y: s(y: 1) } ... on B { y: s(y: 2) } } }", ""},
    {"{ u { ... on A { x: a { t } } ... on C { x: a { c } } ... on B { x: b { id } } } }", ""},
    {"query ($v: Int) { i { s(y: $v) ...F } } fragment F on I { s(y: $v) i { ...G } } fragment G on I { id }", ""},
    {"{ i { ... on A { i { ... on A { x: t } } } ... on B { i { ... on B { x: s } } } } }", ""},
    {"{ u { ... on A { x: __typename } ... on C { x: id } } }", ""}, /* meta fields have no shape */
    /* different fields, different arguments */
    {"{ a { x: id x: t } }",
     "Fields \"x\" conflict because \"id\" and \"t\" are different fields" ALIASES " @1:7 1:13\n"},
    {"{ a { s(y: 1) s(y: 2) } }", "Fields \"s\" conflict because they have differing arguments" ALIASES " @1:7 1:15\n"},
    {"{ a { s(x: {q: [{p: 1}]}) s(x: {q: [{p: 2}]}) } }",
     "Fields \"s\" conflict because they have differing arguments" ALIASES " @1:7 1:27\n"},
    {"{ a { s(y: {x: 1, x: 1}) s(y: {z: 1, x: 1}) } }",
     "Fields \"s\" conflict because they have differing arguments" ALIASES " @1:7 1:26\n"
     "Int cannot represent non-integer value: { x: 1, x: 1 } @1:12\n"
     "There can be only one input field named \"x\". @1:13 1:19\n"
     "Int cannot represent non-integer value: { z: 1, x: 1 } @1:31\n"},
    {"{ a { s s(y: 1) } }", "Fields \"s\" conflict because they have differing arguments" ALIASES " @1:7 1:9\n"},
    {"{ i { x: n ... on A { x: c } } }",
     "Fields \"x\" conflict because \"n\" and \"c\" are different fields" ALIASES " @1:7 1:23\n"},
    {"{ a { ...F x: t } } fragment F on A { x: id }",
     "Fields \"x\" conflict because \"t\" and \"id\" are different fields" ALIASES " @1:12 1:39\n"},
    {"{ a { ...F ...G } } fragment F on A { x: id } fragment G on A { x: t }",
     "Fields \"x\" conflict because \"id\" and \"t\" are different fields" ALIASES " @1:39 1:65\n"},
    {"{ a { x: s(y: \"a\") x: s(y: \"\\u0061\") } }", "Int cannot represent non-integer value: \"a\" @1:15\n"
                                                      "Int cannot represent non-integer value: \"a\" @1:28\n"},
    /* shapes of what excludes each other */
    {"{ u { ... on A { x: c } ... on B { x: c } } }",
     "Fields \"x\" conflict because they return conflicting types \"Int\" and \"Int!\"" ALIASES " @1:18 1:36\n"},
    {"{ u { ... on A { x: t } ... on C { x: t } } }",
     "Fields \"x\" conflict because they return conflicting types \"String\" and \"[String]\"" ALIASES " @1:18 1:36\n"},
    {"{ u { ... on A { x: t } ... on B { x: a { id } } } }",
     "Fields \"x\" conflict because they return conflicting types \"String\" and \"A\"" ALIASES " @1:18 1:36\n"},
    {"{ u { ... on A { x: a { y: c } } ... on C { x: a { y: t } } } }",
     "Fields \"x\" conflict because subfields \"y\" conflict because they return conflicting types \"Int\" "
     "and "
     "\"String\"" ALIASES " @1:18 1:25 1:45 1:52\n"},
    /* deep, several reasons, each pair */
    {"{ a { a { x: id y: c } a { x: t y: t } } }",
     "Fields \"a\" conflict because subfields \"x\" conflict because \"id\" and \"t\" are different fields "
     "and subfields "
     "\"y\" conflict because \"c\" and \"t\" are different fields" ALIASES " @1:7 1:11 1:17 1:24 1:28 1:33\n"},
    {"{ i { ... on A { i { x: s ...G } } ... on B { i { x: s(y: 1) } } i { ...G } } } fragment G on I { x: n "
     "}",
     "Fields \"i\" conflict because subfields \"x\" conflict because they return conflicting types "
     "\"String\" and "
     "\"Int!\"" ALIASES " @1:18 1:51 1:47 1:99\n"
     "Fields \"i\" conflict because subfields \"x\" conflict because \"s\" and \"n\" are different "
     "fields" ALIASES " @1:18 1:22 1:66 1:99\n"
     "Fields \"i\" conflict because subfields \"x\" conflict because \"s\" and \"n\" are different "
     "fields" ALIASES " @1:47 1:51 1:66 1:99\n"},
    {"{ x: a { id } x: b { id } x: i { id } }",
     "Fields \"x\" conflict because \"a\" and \"b\" are different fields" ALIASES " @1:3 1:15\n"
     "Fields \"x\" conflict because \"a\" and \"i\" are different fields" ALIASES " @1:3 1:27\n"
     "Fields \"x\" conflict because \"b\" and \"i\" are different fields" ALIASES " @1:15 1:27\n"},
    /* fragments that nothing spreads, fragments in cycles */
    {"{ a { id } } fragment F on A { x: id ... { x: t } }", "Fragment \"F\" is never used. @1:14\n"
                                                            "Fields \"x\" conflict because \"id\" and \"t\" are "
                                                            "different fields" ALIASES " @1:32 1:44\n"},
    {"{ a { ...F } } fragment F on A { x: id a { x: t ...F } }",
     "Fields \"x\" conflict because \"t\" and \"id\" are different fields" ALIASES " @1:44 1:34\n"
     "Cannot spread fragment \"F\" within itself. @1:49\n"},
};

static void test_examples(void **state) {
    (void)state;
    gyr_schema *s = schema_of(sdl, NULL, NULL);
    for (size_t i = 0; i < GYR__COUNT(examples); i++) expect_errors(s, 0, examples[i].document, examples[i].errors);
    gyr__schema_unref(s);
}

/* ---- large documents */

typedef struct text {
    char *bytes;
    size_t len;
    FILE *file;
} text;

static FILE *begin(text *t) { return t->file = open_memstream(&t->bytes, &t->len); }

static gyr_status judge(const gyr_schema *s, text *t, char **errors) {
    fclose(t->file);
    gyr_status status = validate(s, t->bytes, NULL, errors);
    free(t->bytes);
    return status;
}

static gyr_schema *open_schema(void) {
    gyr_limits limits = open_limits();
    limits.depth = GYR_UNLIMITED;
    return schema_of(sdl, &limits, NULL);
}

static void test_repeated_fields(void **state) {
    (void)state;
    gyr_schema *s = open_schema();
    for (int conflict = 0; conflict < 2; conflict++) {
        text t;
        char *errors;
        FILE *f = begin(&t);
        fprintf(f, "{ a { ");
        for (int i = 0; i < 100000; i++) fprintf(f, "x: id ");
        fprintf(f, "%s } }", conflict ? "x: t" : "");
        assert_int_equal(judge(s, &t, &errors), conflict ? GYR_ERR_VALIDATION : GYR_OK);
        if (conflict) assert_non_null(strstr(errors, "are different fields"));
        free(errors);
    }
    gyr__schema_unref(s);
}

static void test_repeated_objects(void **state) {
    (void)state;
    gyr_schema *s = open_schema();
    text t;
    FILE *f = begin(&t);
    fprintf(f, "{ ");
    for (int i = 0; i < 20000; i++) fprintf(f, "a { i { s(x: {p: 1}, y: 2) ... on A { c } } } ");
    fprintf(f, "}");
    assert_int_equal(judge(s, &t, NULL), GYR_OK);
    gyr__schema_unref(s);
}

/* 200 times 100 fields in inline fragments, each under two object types by turns. */
static void test_inline_fragments(void **state) {
    (void)state;
    gyr_schema *s = open_schema();
    text t;
    FILE *f = begin(&t);
    fprintf(f, "{ i { ");
    for (int i = 0; i < 200; i++) {
        fprintf(f, "... on %s { ", i % 2 ? "A" : "B");
        for (int k = 0; k < 100; k++) fprintf(f, "x%d: s(y: %d) ", k, i % 2);
        fprintf(f, "} ");
    }
    fprintf(f, "} }");
    assert_int_equal(judge(s, &t, NULL), GYR_OK);
    gyr__schema_unref(s);
}

static void fragment_chain(FILE *f, int count, const char *inside) {
    fprintf(f, "{ a { ...F0 } }\n");
    for (int i = 0; i < count; i++) {
        fprintf(f, "fragment F%d on A { ", i);
        if (i + 1 < count)
            fprintf(f, inside, i + 1, i + 1);
        else
            fprintf(f, "id");
        fprintf(f, " }\n");
    }
}

/* Each fragment spreads the next one twice: directly, in one field, in two, under object types that exclude
 * each other: exponential for whoever expands spreads one by one. */
static void test_fragments(void **state) {
    (void)state;
    static const char *const shapes[] = {"...F%d id ...F%d", "a { ...F%d } a { ...F%d }",
                                         "a { ...F%d } x: a { ...F%d }"};
    gyr_schema *s = open_schema();
    for (size_t i = 0; i < GYR__COUNT(shapes); i++) {
        text t;
        fragment_chain(begin(&t), 10000, shapes[i]);
        assert_int_equal(judge(s, &t, NULL), GYR_OK);
    }
    gyr__schema_unref(s);
}

/* Under the default limits what expands to too many fields is not even looked at; without them there is a
 * budget. */
static void test_contexts(void **state) {
    (void)state;
    static const char shape[] = "i { ... on A { i { ... on A { ...F%d } } } ... on B { i { ... on A { ...F%d } } } }";
    for (int open = 0; open < 2; open++) {
        gyr_schema *s = open ? open_schema() : schema_of(sdl, NULL, NULL);
        text t;
        char *errors;
        fragment_chain(begin(&t), open ? 20 : 40, shape);
        gyr_status status = judge(s, &t, &errors);
        if (!open) assert_int_equal(status, GYR_ERR_LIMIT);
        if (!open) assert_non_null(strstr(errors, "more than 10000 fields"));
        if (status == GYR_OK) assert_string_equal(errors, "");
        free(errors);
        gyr__schema_unref(s);
    }
}

/* A conflict at the far end of a long chain: too much for the comparison in pairs, and yet told. */
static void test_far_conflict(void **state) {
    (void)state;
    gyr_schema *s = open_schema();
    text t;
    char *errors;
    FILE *f = begin(&t);
    fragment_chain(f, 2000, "a { ...F%d } a { ...F%d }");
    fprintf(f, "query Q { a { ...G0 } }\n");
    for (int i = 0; i < 2000; i++)
        fprintf(f, i + 1 < 2000 ? "fragment G%d on A { a { ...G%d } ...F%d }\n" : "fragment G%d on A { id: t }\n", i,
                i + 1, i);
    assert_int_equal(judge(s, &t, &errors), GYR_ERR_VALIDATION);
    assert_non_null(strstr(errors, "conflict because"));
    free(errors);
    gyr__schema_unref(s);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_examples),         cmocka_unit_test(test_repeated_fields),
        cmocka_unit_test(test_repeated_objects), cmocka_unit_test(test_inline_fragments),
        cmocka_unit_test(test_fragments),        cmocka_unit_test(test_contexts),
        cmocka_unit_test(test_far_conflict),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
