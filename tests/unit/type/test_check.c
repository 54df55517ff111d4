/* Every rule of section 3, each with the message and places that it gives; schemas made to hurt.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "sdl.h"

#include <pthread.h>

typedef struct rule_case {
    const char *sdl, *expected;
} rule_case;

static void check_all(const rule_case *cases, size_t count, gyr__build_stage stage) {
    for (size_t i = 0; i < count; i++) {
        built b = build_text(cases[i].sdl);
        char *text = problems(&b);
        if (strcmp(text, cases[i].expected))
            fail_msg("of %s\nexpected\n%sgot\n%s", cases[i].sdl, cases[i].expected, text);
        assert_int_equal(b.stage, stage);
        free(text);
        built_free(&b);
    }
}

#define Q "type Query { a: Int }\n"

static void definitions_once(void **state) {
    (void)state;
    static const rule_case cases[] = {
        {Q "schema { query: Query }\nschema { query: Query }",
         "3:1 Must provide only one schema definition.\n2:10 3:10 There can be only one query type in "
         "schema.\n"},
        {Q "type A { a: Int }\ntype A { b: Int }", "2:6 3:6 There can be only one type named \"A\".\n"},
        {Q "query Q($x: [X!], $a: Int) { a { ... on Y { a } ... { b { ... on Query { a } } } } }\n"
           "fragment F on Z { a { ... on Y { a } } }",
         "2:14 Unknown type \"X\".\n2:41 Unknown type \"Y\".\n3:15 Unknown type \"Z\".\n3:30 Unknown type "
         "\"Y\".\n"},
        {Q "enum E { A B A }", "2:10 2:14 Enum value \"E.A\" can only be defined once.\n"},
        {Q "enum E { A }\nextend enum E { A }", "2:10 3:17 Enum value \"E.A\" can only be defined once.\n"},
        {Q "extend enum E { A }\nenum E { A }", "2:17 3:10 Enum value \"E.A\" can only be defined once.\n"},
        {Q "type A { a: Int b: Int a: Int }", "2:10 2:24 Field \"A.a\" can only be defined once.\n"},
        {Q "input A { a: Int a: Int }", "2:11 2:18 Field \"A.a\" can only be defined once.\n"},
        {Q "type A { f(x: Int, y: Int, x: Int, x: Int): Int }",
         "2:12 2:28 2:36 Argument \"A.f(x:)\" can only be defined once.\n"},
        {Q "directive @d(x: Int, x: Int) on FIELD", "2:14 2:22 Argument \"@d(x:)\" can only be defined once.\n"},
        {Q "directive @d(x: Int, x: Y!) on SCALAR\nscalar A @d",
         "2:14 2:22 Argument \"@d(x:)\" can only be defined once.\n2:25 Unknown type \"Y\". Did you mean \"A\"?\n"
         "3:10 Argument \"@d(x:)\" of type \"Y!\" is required, but it was not provided.\n"},
        {Q "directive @d(x: Int, x: Int!) on SCALAR\nscalar A @d",
         "2:14 2:22 Argument \"@d(x:)\" can only be defined once.\n"
         "3:10 Argument \"@d(x:)\" of type \"Int!\" is required, but it was not provided.\n"},
        {Q "directive @d(x: [Y]!) on SCALAR\nscalar A @d",
         "2:18 Unknown type \"Y\". Did you mean \"A\"?\n"
         "3:10 Argument \"@d(x:)\" of type \"[Y]!\" is required, but it was not provided.\n"},
        {Q "directive @d(x: Int!, x: Int) on SCALAR\nscalar A @d",
         "2:14 2:23 Argument \"@d(x:)\" can only be defined once.\n"
         "3:10 Argument \"@d(x:)\" of type \"Int!\" is required, but it was not provided.\n"},
        {Q "directive @d on SCALAR\ndirective @d(x: Int!) on ENUM\ndirective @d on ENUM\nscalar A @d",
         "2:12 3:12 There can be only one directive named \"@d\".\n"
         "2:12 4:12 There can be only one directive named \"@d\".\n"
         "5:10 Directive \"@d\" may not be used on SCALAR.\n"},
        {Q "directive @d on FIELD\ndirective @d on QUERY", "2:12 3:12 There can be only one directive named \"@d\".\n"},
    };
    check_all(cases, GYR__COUNT(cases), GYR__STAGE_SDL);
}

static void sdl_rules(void **state) {
    (void)state;
    static const rule_case cases[] = {
        {Q "type A { a: Quer b: Zzzzzzzzz }",
         "2:13 Unknown type \"Quer\". Did you mean \"Query\"?\n2:21 Unknown type \"Zzzzzzzzz\".\n"},
        {Q "type A implements X { a(b: Y): [Z!]! } union U = V",
         "2:19 Unknown type \"X\". Did you mean \"A\" or \"U\"?\n2:33 Unknown type \"Z\". Did you mean \"A\" "
         "or "
         "\"U\"?\n2:28 Unknown type \"Y\". Did you mean \"A\" or \"U\"?\n2:50 Unknown type \"V\". Did you "
         "mean \"A\" "
         "or \"U\"?\n"},
        {Q "type A @d { a: Int @skip(if: true) }",
         "2:8 Unknown directive \"@d\".\n2:20 Directive \"@skip\" may not be used on FIELD_DEFINITION.\n"},
        {Q "directive @d on OBJECT\ntype A @d { a: Int }\nextend type A @d",
         "3:8 4:15 The directive \"@d\" can only be used once at this location.\n"},
        {Q "extend type A { b: Int }", "2:13 Cannot extend type \"A\" because it is not defined.\n"},
        {Q "extend type Qury { b: Int }",
         "2:13 Cannot extend type \"Qury\" because it is not defined. Did you mean \"Query\"?\n"},
        {Q "extend input Query { b: Int }", "1:1 2:1 Cannot extend non-input object type \"Query\".\n"},
        {Q "type A { a: Int }\ninput A { a: Int a: Int }",
         "2:6 3:7 There can be only one type named \"A\".\n2:10 3:11 Field \"A.a\" can only be defined once.\n"
         "2:10 3:18 Field \"A.a\" can only be defined once.\n"},
        {Q "input A { a: Int }\ntype A { a: Int }",
         "2:7 3:6 There can be only one type named \"A\".\n2:11 3:10 Field \"A.a\" can only be defined once.\n"},
        {Q "enum A { B }\ntype A { a: Int }\nextend type A { b: Int }\nextend enum A { C }",
         "2:6 3:6 There can be only one type named \"A\".\n3:1 5:1 Cannot extend non-enum type \"A\".\n"},
        {Q "extend scalar Int @specifiedBy(url: \"x\")",
         "2:15 Cannot extend type \"Int\" because it is not defined.\n"},
        {Q "directive @d(one: Int) on OBJECT\ntype A @d(on: 1) { a: Int }",
         "3:11 Unknown argument \"on\" on directive \"@d\". Did you mean \"one\"?\n"},
        {Q "directive @d(a: Int) on OBJECT\ntype A @d(a: 1, a: 2) { a: Int }",
         "3:11 3:17 There can be only one argument named \"a\".\n"},
        {Q "input I { a: Int = 1 }\ntype A { f(i: I = {a: 1, a: 2}): Int }",
         "3:20 3:26 There can be only one input field named \"a\".\n"},
        {Q "directive @d(a: Int!, b: Int! = 1) on OBJECT\ntype A @d { a: Int }",
         "3:8 Argument \"@d(a:)\" of type \"Int!\" is required, but it was not provided.\n"},
        {Q "type A { a: Int @deprecated(reason: 1) }",
         "2:37 Argument \"@deprecated(reason:)\" has invalid value: String cannot represent a non string "
         "value: 1\n"},
        {"type Query { a: [[[[[[[[[[[[[[[[[Int]]]]]]]]]]]]]]]]] }", "1:17 List types nest deeper than 16.\n"},
    };
    check_all(cases, GYR__COUNT(cases), GYR__STAGE_SDL);
}

static void type_rules(void **state) {
    (void)state;
    static const rule_case cases[] = {
        {"type A { a: Int }", "Query root type must be provided.\n"},
        {"schema { mutation: A }\ntype A { a: Int }", "1:1 Query root type must be provided.\n"},
        {"input Query { a: Int }", "1:1 Query root type must be Object type, it cannot be Query.\n"},
        {"schema { query: Query mutation: M }\ninput M { a: Int }\n" Q,
         "1:33 Mutation root type must be Object type if provided, it cannot be M.\n"},
        {"schema { query: Query mutation: Query }\n" Q,
         "1:17 1:33 All root types must be different, \"Query\" type is used as query and mutation root "
         "types.\n"},
        {"schema { query: Query mutation: Query subscription: Query }\n" Q,
         "1:17 1:33 1:53 All root types must be different, \"Query\" type is used as query, mutation, and "
         "subscription root types.\n"},
        {"type Query { __a(__b: Int): Int }\ndirective @__d on FIELD\nenum __E { A }",
         "2:1 Name \"__d\" must not begin with \"__\", which is reserved by GraphQL introspection.\n"
         "1:14 Name \"__a\" must not begin with \"__\", which is reserved by GraphQL introspection.\n"
         "1:18 Name \"__b\" must not begin with \"__\", which is reserved by GraphQL introspection.\n"
         "3:1 Name \"__E\" must not begin with \"__\", which is reserved by GraphQL introspection.\n"},
        {Q "input I { a: Int }\ntype A { f(a: [Query]): I! }",
         "3:25 The type of A.f must be Output Type but got: I!.\n"
         "3:15 The type of A.f(a:) must be Input Type but got: [Query].\n"},
        {Q "type A { f(a: [Query!] = [null]): Int }",
         "2:15 The type of A.f(a:) must be Input Type but got: [Query!].\n"
         "2:27 A.f(a:) has invalid default value at [0]: Expected value of non-null type \"Query!\" not to be null.\n"},
        {Q "input I { a: Query! }\ndirective @d(a: Query) on FIELD",
         "3:14 The type of @d(a:) must be Input Type but got: Query.\n"
         "2:14 The type of I.a must be Input Type but got: Query!.\n"},
        {Q "input A\ntype B { f(a: A = {}): Int }", "2:1 Input Object type A must define one or more fields.\n"},
        {Q "type A\ninterface B\nunion C\nenum D\ninput E",
         "2:1 Type A must define one or more fields.\n3:1 Type B must define one or more fields.\n"
         "4:1 Union type C must define one or more member types.\n5:1 Enum type D must define one or more "
         "values.\n"
         "6:1 Input Object type E must define one or more fields.\n"},
        {Q "type A { f(a: Int! @deprecated): Int }\ninput I { a: Int! @deprecated }",
         "2:20 2:15 Required argument A.f(a:) cannot be deprecated.\n"
         "3:19 3:14 Required input field I.a cannot be deprecated.\n"},
        {Q "input I @oneOf { a: Int! b: Int = 1 }", "2:21 OneOf input field I.a must be nullable.\n2:26 "
                                                    "OneOf input field I.b cannot have a default value.\n"},
        {Q "union U = Query | Query | Int",
         "2:11 2:19 Union type U can only include type Query once.\n"
         "2:27 Union type U can only include Object types, it cannot include Int.\n"},
    };
    check_all(cases, GYR__COUNT(cases), GYR__STAGE_TYPE);
}

static void interface_rules(void **state) {
    (void)state;
    static const rule_case cases[] = {
        {Q "type A implements Query { a: Int }",
         "2:19 Type A must only implement Interface types, it cannot implement Query.\n"},
        {Q "interface I implements I { a: Int }",
         "2:24 Type I cannot implement itself because it would create a circular reference.\n"},
        {Q "interface I implements I & I { a: Int }",
         "2:24 2:28 Type I cannot implement itself because it would create a circular reference.\n"
         "2:24 2:28 Type I cannot implement itself because it would create a circular reference.\n"},
        {Q "interface I implements J { a: Int }\ninterface J implements I { a: Int }",
         "3:24 2:24 Type I cannot implement J because it would create a circular reference.\n"
         "2:24 3:24 Type J cannot implement I because it would create a circular reference.\n"},
        {Q "interface I { a: Int }\ntype A implements I & I { a: Int }",
         "3:19 3:23 Type A can only implement I once.\n"},
        {Q "interface I { a: Int }\ninterface J implements I { a: Int }\ntype A implements J { a: Int }",
         "3:24 4:19 Type A must implement I because it is implemented by J.\n"},
        {Q "interface I { a: Int b: Int }\ntype A implements I { a: Int }\nextend type A { c: Int }",
         "2:22 3:1 4:1 Interface field I.b expected but A does not provide it.\n"},
        {Q "interface I { a: Int! }\ntype A implements I { a: [Int] }",
         "2:18 3:26 Interface field I.a expects type Int! but A.a is type [Int].\n"},
        {Q "interface I { f(a: Int b: Int): Int }\ntype A implements I { f(a: String, c: Int!): Int }",
         "2:20 3:28 Interface field argument I.f(a:) expects type Int but A.f(a:) is type String.\n"
         "2:24 3:23 Interface field argument I.f(b:) expected but A.f does not provide it.\n"
         "3:36 2:15 Argument \"A.f(c:)\" must not be required type \"Int!\" if not provided by the Interface "
         "field "
         "\"I.f\".\n"},
        {Q "interface I { a: Int }\ntype A implements I { a: Int @deprecated }",
         "3:30 3:26 Interface field I.a is not deprecated, so implementation field A.a must not be "
         "deprecated.\n"},
    };
    check_all(cases, GYR__COUNT(cases), GYR__STAGE_TYPE);
}

static void input_rules(void **state) {
    (void)state;
    static const rule_case cases[] = {
        {Q "input I { i: I! }",
         "2:11 Input Object I cannot be provided a finite value because it references itself through fields: "
         "I.i.\n"},
        {Q "input A { b: B! }\ninput B { c: C! }\ninput C { a: A! x: Int }\ninput D { a: A! }",
         "2:11 3:11 4:11 Input Object A cannot be provided a finite value because it references itself "
         "through "
         "fields: A.b, B.c, C.a.\n"},
        {Q "input A @oneOf { a: A b: B }\ninput B @oneOf { a: A }",
         "2:18 Input Object A cannot be provided a finite value because it references itself through fields: "
         "A.a.\n"
         "2:23 3:18 Input Object A cannot be provided a finite value because it references itself through "
         "fields: "
         "A.b, B.a.\n"},
        {Q "input I { a: I = {} }",
         "2:18 Invalid circular reference. The default value of Input Object field I.a references itself.\n"},
        {Q "input A { b: B = {} }\ninput B { a: A = {} x: Int = 1 }",
         "2:18 3:18 Invalid circular reference. The default value of Input Object field A.b references "
         "itself via "
         "the default values of: B.a.\n"},
        {Q "input I { a: Int! b: [Int!] c: I }\ntype A { f(i: I = {a: 1.5, b: [1, null, \"x\"], c: {}, d: "
           "1}): Int }",
         "3:23 A.f(i:) has invalid default value at .a: Int cannot represent non-integer value: 1.5\n"
         "3:35 A.f(i:) has invalid default value at .b[1]: Expected value of non-null type \"Int!\" not to "
         "be "
         "null.\n"
         "3:41 A.f(i:) has invalid default value at .b[2]: Int cannot represent non-integer value: \"x\"\n"
         "3:50 A.f(i:) has invalid default value at .c: Expected value of type \"I\" to include required "
         "field "
         "\"a\", found: {  }.\n"
         "3:54 A.f(i:) has invalid default value: Expected value of type \"I\" not to include unknown field "
         "\"d\". Did "
         "you mean \"a\", \"b\", or \"c\"? Found: { a: 1.5, b: [1, null, \"x\"], c: {  }, d: 1 }.\n"},
        {Q "directive @d(a: Int = \"x\") on FIELD",
         "2:23 @d(a:) has invalid default value: Int cannot represent non-integer value: \"x\"\n"},
    };
    check_all(cases, GYR__COUNT(cases), GYR__STAGE_TYPE);
    built b = build_ok(Q "input A { a: A b: [A!]! c: B! }\ninput B @oneOf { a: A b: Int }"); /* all finite */
    built_free(&b);
}

static void coordinates_and_sources(void **state) {
    (void)state;
    gyr_source sources[] = {{gyr_s("one"), gyr_s(Q)},
                            {gyr_s("two"), gyr_s("\n  type A { a: Int a: Int b: I }\n input I { a: Int }")}};
    built b = build_sources(sources, 2, 0, false);
    assert_int_equal(b.stage, GYR__STAGE_SDL);
    assert_int_equal(gyr_errors_count(b.errors), 1);
    const gyr_error *e = gyr_errors_get(b.errors, 0);
    assert_int_equal(e->status, GYR_ERR_SCHEMA);
    assert_str(e->source, "two");
    assert_str(e->coordinate, "A.a");
    assert_int_equal(e->locations[1].line, 2);
    assert_int_equal(e->locations[1].column, 19);
    built_free(&b);
}

/* ---- hostile schemas: an answer in time and bounds, on a stack of 128 KiB */

typedef struct text {
    char *bytes;
    size_t size;
    FILE *f;
} text;

static void text_open(text *t) {
    *t = (text){0};
    t->f = open_memstream(&t->bytes, &t->size);
    fputs(Q, t->f);
}

typedef struct job {
    gyr_schema_options options;
    gyr_errors *errors;
    gyr_schema *schema;
} job;

static void *run_job(void *data) {
    job *j = data;
    j->schema = gyr__schema_build(&j->options, j->errors);
    return NULL;
}

static gyr_schema *build_on_small_stack(const gyr_schema_options *options, gyr_errors *errors) {
    job j = {*options, errors, NULL};
    pthread_attr_t attr;
    pthread_t thread;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, 128 * 1024);
    assert_int_equal(pthread_create(&thread, &attr, run_job, &j), 0);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&attr);
    return j.schema;
}

static void expect_first(text *t, const char *start) {
    fclose(t->f);
    gyr_source source = {gyr_s(""), gyr_str_of(t->bytes, t->size)};
    gyr_schema_options options = {.size = sizeof options, .sources = &source, .source_count = 1, .unbound = true};
    gyr_errors *errors = gyr__errors_new(NULL, 50);
    gyr_schema *s = build_on_small_stack(&options, errors);
    if (start) {
        assert_null(s);
        const gyr_error *e = gyr_errors_get(errors, 0);
        assert_non_null(e);
        assert_true(gyr_errors_count(errors) <= 51);
        if (e->message.len < strlen(start) || memcmp(e->message.ptr, start, strlen(start)))
            fail_msg("%.*s", (int)e->message.len, e->message.ptr);
    } else if (!s) {
        fail_msg("%.*s", (int)gyr_errors_text(errors).len, gyr_errors_text(errors).ptr);
    }
    gyr__schema_unref(s);
    gyr_errors_free(errors);
    free(t->bytes);
}

static void hostile(void **state) {
    (void)state;
    const int n = 20000;
    text t;
    text_open(&t); /* a ring of required fields */
    for (int i = 0; i < n; i++) fprintf(t.f, "input I%d { a: I%d! }\n", i, (i + 1) % n);
    expect_first(&t, "Input Object I0 cannot be provided a finite value");
    text_open(&t); /* a ring of default values */
    for (int i = 0; i < n; i++) fprintf(t.f, "input I%d { a: I%d = {} }\n", i, (i + 1) % n);
    expect_first(&t, "Invalid circular reference.");
    text_open(&t); /* a chain of default values, legal */
    for (int i = 0; i < n; i++) fprintf(t.f, "input I%d { a: I%d = {} }\n", i, i + 1);
    fprintf(t.f, "input I%d { a: Int = 1 }\n", n);
    expect_first(&t, NULL);
    text_open(&t); /* a chain of interfaces, none complete */
    for (int i = 0; i < n; i++) fprintf(t.f, "interface I%d implements I%d { a: Int }\n", i, (i + 1) % n);
    expect_first(&t, "Type I0 must implement I2 because it is implemented by I1.");
    text_open(&t); /* many interfaces with one object each: no quadratic bitsets */
    for (int i = 0; i < n; i++) fprintf(t.f, "interface I%d { a: Int } type T%d implements I%d { a: Int }\n", i, i, i);
    expect_first(&t, NULL);
    text_open(&t); /* one field, many arguments, all twice */
    fputs("type A { f(", t.f);
    for (int i = 0; i < n; i++) fprintf(t.f, "a%d: Int ", i / 2);
    fputs("): Int }", t.f);
    expect_first(&t, "Argument \"A.f(a0:)\" can only be defined once.");
    text_open(&t); /* unknown names, each near all others */
    fputs("type A {", t.f);
    for (int i = 0; i < n; i++) fprintf(t.f, "a%d: Nothing%d ", i, i);
    fputs("}\n", t.f);
    for (int i = 0; i < n; i++) fprintf(t.f, "scalar Nothingness%d\n", i);
    expect_first(&t, "Unknown type \"Nothing0\".");
}

static void list_depth(void **state) {
    (void)state;
    text t;
    text_open(&t);
    fputs("type A { a: ", t.f);
    for (int i = 0; i < 150; i++) fputc('[', t.f);
    fputs("Int", t.f);
    for (int i = 0; i < 150; i++) fputc(']', t.f);
    fputs("}", t.f);
    expect_first(&t, "List types nest deeper than 16.");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(definitions_once), cmocka_unit_test(sdl_rules),   cmocka_unit_test(type_rules),
        cmocka_unit_test(interface_rules),  cmocka_unit_test(input_rules), cmocka_unit_test(coordinates_and_sources),
        cmocka_unit_test(hostile),          cmocka_unit_test(list_depth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
