/* Each rule of section 5: documents that keep it, documents that break it, with the words and places of the
 * errors. Merging of fields has a test of its own.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "documents.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char sdl[] =
    "directive @here(n: Int!, deep: In) on QUERY | FIELD\n"
    "directive @again(n: Int) repeatable on FIELD\n"
    "enum Color { RED GREEN OLD @deprecated(reason: \"faded\") }\n"
    "scalar Any\n"
    "input In { a: Int! b: [In!] color: Color c: Int! = 3 gone: Int @deprecated }\n"
    "input One @oneOf { a: Int in: In }\n"
    "interface Pet { name: String pet: Pet }\n"
    "type Dog implements Pet { name(upper: Boolean): String pet: Pet barks: Int! owner(id: ID!): Human }\n"
    "type Cat implements Pet { name: String pet: Pet meows: Boolean color: Color }\n"
    "type Human { name: String! pets: [Pet!] gone: Int @deprecated(reason: \"left\") }\n"
    "union CatOrDog = Cat | Dog\n"
    "union Anyone = Cat | Human\n"
    "type Query { dog: Dog cat: Cat pet: Pet human: Human both: CatOrDog anyone: Anyone\n"
    "  take(in: In, any: Any, one: One, color: Color, list: [Int!], float: Float, id: ID, text: String, yes: "
    "Boolean,\n"
    "       sure: Int! = 1, gone: Int @deprecated): Int needs(x: Int!, y: [One!]): Int }\n"
    "type Subscription { a: Int b: Int }\n";

typedef struct example {
    const char *document, *errors; /* errors "": it is valid under the rule */
} example;

static void run(uint64_t rules, const example *list, size_t count) {
    gyr_schema *s = schema_of(sdl, NULL, NULL);
    for (size_t i = 0; i < count; i++) expect_errors(s, rules, list[i].document, list[i].errors);
    gyr__schema_unref(s);
}
#define RUN(rule, list) run(GYR__RULE_BIT(rule), (list), GYR__COUNT(list))

static void test_valid(void **state) {
    (void)state;
    static const example list[] = {
        {"{ dog { name } }", ""},
        {"query Q($up: Boolean = true, $id: ID!) { dog { name(upper: $up) ...D pet { ... on Cat { meows } } "
         "} }\n"
         "fragment D on Dog { owner(id: $id) { pets { __typename name } } }",
         ""},
        {"query ($in: In, $one: Int!) { take(in: $in, one: {a: $one}, any: {x: [$one]}) }", ""},
        {"subscription { a }", ""},
        {"{ __schema { types { name } } __type(name: \"Dog\") { name } }", ""},
    };
    run(0, list, GYR__COUNT(list));
}

static void test_executable_definitions(void **state) {
    (void)state;
    static const example list[] = {
        {"{ dog { name } }\nfragment F on Dog { name }", ""},
        {"{ dog { name } }\ntype Cow { a: Int }\n  extend schema @here",
         "The \"Cow\" definition is not executable. @2:1\n"
         "The schema definition is not executable. @3:3\n"},
    };
    RUN(EXECUTABLE_DEFINITIONS, list);
}

static void test_operations(void **state) {
    (void)state;
    static const example types[] = {
        {"query { dog { name } }", ""},
        {"mutation { a }", "The mutation operation is not supported by the schema. @1:1\n"},
    };
    static const example names[] = {
        {"query A { dog { name } } query B { dog { name } }", ""},
        {"query A { dog { name } } subscription A { a } query A { a }",
         "There can be only one operation named \"A\". @1:7 1:39\n"
         "There can be only one operation named \"A\". @1:7 1:53\n"},
    };
    static const example lone[] = {
        {"{ dog { name } } fragment F on Dog { name }", ""},
        {"{ dog { name } } query A { dog { name } }",
         "This anonymous operation must be the only defined operation. @1:1\n"},
    };
    RUN(OPERATION_TYPES, types);
    RUN(OPERATION_NAMES, names);
    RUN(LONE_ANONYMOUS, lone);
}

static void test_single_root_field(void **state) {
    (void)state;
    static const example list[] = {
        {"subscription S { a ...F } fragment F on Subscription { a ... { a } }", ""},
        {"subscription S { a b ...F } fragment F on Subscription { c: a }",
         "Subscription \"S\" must select only one top level field. @1:20 1:58\n"},
        {"subscription { a @skip(if: true) }", "Anonymous Subscription must not use `@skip` or `@include` "
                                               "directives in the top level selection. @1:18\n"},
        {"subscription { ...F @include(if: true) } fragment F on Subscription { a }",
         "Anonymous Subscription must not use `@skip` or `@include` directives in the top level selection. "
         "@1:21\n"},
        {"subscription { __typename }",
         "Anonymous Subscription must not select an introspection top level field. @1:16\n"},
        {"subscription S { ... on Query { dog { name } } }",
         "Subscription \"S\" must select one top level field. @1:16\n"},
        {"subscription S { ...F } fragment F on Subscription { a ...F }", ""},
    };
    RUN(SINGLE_ROOT_FIELD, list);
}

static void test_fields(void **state) {
    (void)state;
    static const example fields[] = {
        {"{ dog { __typename } both { __typename } nothing: pet { name } }", ""},
        {"{ dog { nam } }", "Cannot query field \"nam\" on type \"Dog\". Did you mean \"name\"? @1:9\n"},
        {"{ pet { meows } both { name } }", "Cannot query field \"meows\" on type \"Pet\". Did you mean to "
                                            "use an inline fragment on \"Cat\"? @1:9\n"
                                            "Cannot query field \"name\" on type \"CatOrDog\". Did you mean "
                                            "to use an inline fragment on \"Pet\", "
                                            "\"Cat\", or \"Dog\"? @1:24\n"},
        {"{ dog { __schema { types { name } } zz { below { is { unknown } } } } }",
         "Cannot query field \"__schema\" on type \"Dog\". @1:9\nCannot query field \"zz\" on type \"Dog\". "
         "@1:37\n"},
    };
    static const example leaves[] = {
        {"{ dog { name } take }", ""},
        {"{ dog take { a } human { pets } }",
         "Field \"dog\" of type \"Dog\" must have a selection of subfields. Did you mean \"dog { ... }\"? "
         "@1:3\n"
         "Field \"take\" must not have a selection since type \"Int\" has no subfields. @1:12\n"
         "Field \"pets\" of type \"[Pet!]\" must have a selection of subfields. Did you mean \"pets { ... "
         "}\"? @1:26\n"},
    };
    RUN(FIELDS, fields);
    RUN(LEAF_FIELDS, leaves);
}

static void test_fragments(void **state) {
    (void)state;
    static const example types[] = {
        {"fragment F on Dog { ... on Pet { name } }", ""},
        {"query ($x: Sting) { dog { ... on Catt { a } } } fragment F on Nothing { a }",
         "Unknown type \"Sting\". Did you mean \"String\", \"In\", or \"Int\"? @1:12\n"
         "Unknown type \"Catt\". Did you mean \"Cat\"? @1:34\nUnknown type \"Nothing\". Did you mean "
         "\"String\"? @1:63\n"},
    };
    static const example composite[] = {
        {"fragment F on Pet { ... on CatOrDog { __typename } }", ""},
        {"fragment F on Color { a } { dog { ... on In { a } } }",
         "Fragment \"F\" cannot condition on non composite type \"Color\". @1:15\n"
         "Fragment cannot condition on non composite type \"In\". @1:42\n"},
    };
    static const example unique[] = {
        {"{ ...A ...B } fragment A on Query { x } fragment B on Query { x }", ""},
        {"{ ...A } fragment A on Query { x } fragment A on Query { x }",
         "There can be only one fragment named \"A\". @1:19 1:45\n"},
    };
    static const example used[] = {
        {"{ ...A } fragment A on Query { ...B } fragment B on Query { x }", ""},
        {"{ x } fragment A on Query { ...B } fragment B on Query { x }",
         "Fragment \"A\" is never used. @1:7\nFragment \"B\" is never used. @1:36\n"},
    };
    static const example known[] = {
        {"{ ...A } fragment A on Query { x }", ""},
        {"{ ...A }", "Unknown fragment \"A\". @1:6\n"},
    };
    static const example possible[] = {
        {"{ pet { ... on Dog { name } ... on CatOrDog { __typename } ...C } both { ... on Anyone { "
         "__typename } } }\n"
         "fragment C on Cat { name }",
         ""},
        {"{ dog { ... on Cat { name } ...H } } fragment H on Anyone { __typename }",
         "Fragment cannot be spread here as objects of type \"Dog\" can never be of type \"Cat\". @1:9\n"
         "Fragment \"H\" cannot be spread here as objects of type \"Dog\" can never be of type \"Anyone\". "
         "@1:29\n"},
    };
    RUN(TYPE_NAMES, types);
    RUN(COMPOSITE_FRAGMENTS, composite);
    RUN(FRAGMENT_NAMES, unique);
    RUN(UNUSED_FRAGMENTS, used);
    RUN(KNOWN_FRAGMENTS, known);
    RUN(POSSIBLE_SPREADS, possible);
}

static void test_cycles(void **state) {
    (void)state;
    static const example list[] = {
        {"fragment A on Dog { ...B ...B } fragment B on Dog { ...C } fragment C on Dog { name ...Unknown }", ""},
        {"fragment A on Dog { pet { ...A } }", "Cannot spread fragment \"A\" within itself. @1:27\n"},
        {"fragment A on Dog { ...B }\nfragment B on Dog { ...C }\nfragment C on Dog { ...A ...B }",
         "Cannot spread fragment \"A\" within itself via \"B\", \"C\". @1:21 2:21 3:21\n"
         "Cannot spread fragment \"B\" within itself via \"C\". @2:21 3:26\n"},
    };
    RUN(FRAGMENT_CYCLES, list);
}

static void test_arguments(void **state) {
    (void)state;
    static const example names[] = {
        {"{ dog { name(upper: true) @include(if: true) } }", ""},
        {"{ dog { name(uper: true) @include(iff: 1) } __type(nam: 1) { name } }",
         "Unknown argument \"uper\" on field \"Dog.name\". Did you mean \"upper\"? @1:14\n"
         "Unknown argument \"iff\" on directive \"@include\". Did you mean \"if\"? @1:35\n"
         "Unknown argument \"nam\" on field \"<meta>.__type\". Did you mean \"name\"? @1:52\n"},
    };
    static const example unique[] = {
        {"{ take(text: \"a\", id: 1) }", ""},
        {"{ take(text: \"a\", id: 1, text: \"b\", text: \"c\") @here(n: 1, n: 2) }",
         "There can be only one argument named \"text\". @1:8 1:26 1:37\n"
         "There can be only one argument named \"n\". @1:54 1:60\n"},
    };
    static const example required[] = {
        {"{ needs(x: 1) take @here(n: 1) }", ""},
        {"{ needs @here }", "Argument \"Query.needs(x:)\" of type \"Int!\" is required, but it was not provided. @1:3\n"
                            "Argument \"@here(n:)\" of type \"Int!\" is required, but it was not provided. @1:9\n"},
    };
    RUN(ARGUMENT_NAMES, names);
    RUN(UNIQUE_ARGUMENTS, unique);
    RUN(REQUIRED_ARGUMENTS, required);
}

static void test_values(void **state) {
    (void)state;
    static const example values[] = {
        {"{ take(in: {a: 1, b: {a: -2147483648}}, any: [{x: RED}], one: {a: 1}, color: RED, list: 3, float: "
         "1, id: 1,\n"
         "       text: \"\", yes: true, sure: 1, unknown: \"x\") }",
         ""},
        {"query ($in: In! = {a: 1, b: [{a: 2, c: 3}]}, $c: Color = GREEN, $l: [Int!] = null) { dog { name } "
         "}",
         ""},
        {"{ take(list: [1, null, \"x\"], float: \"1\", id: 1.5, text: RED, yes: 0, sure: 2147483648) }",
         "Expected value of non-null type \"Int!\" not to be null. @1:18\n"
         "Int cannot represent non-integer value: \"x\" @1:24\n"
         "Float cannot represent non numeric value: \"1\" @1:37\n"
         "ID cannot represent a non-string and non-integer value: 1.5 @1:46\n"
         "String cannot represent a non string value: RED @1:57\n"
         "Boolean cannot represent a non boolean value: 0 @1:67\n"
         "Int cannot represent non 32-bit signed integer value: 2147483648 @1:76\n"},
        {"query ($v: Int) { take(float: {a: $v, b: [$v, {c: $v}, 1]}, text: [$v], color: {a: $v}, in: [$v]) }",
         "Float cannot represent non numeric value: { b: [null, {  }, 1] } @1:31\n"
         "String cannot represent a non string value: [null] @1:67\n"
         "Enum \"Color\" cannot represent non-enum value: {  }. @1:80\n"
         "Expected value of type \"In\" to be an object, found: [$v]. @1:93\n"},
        {"{ take(color: PINK) } query ($c: Color = \"RED\") { take(color: $c) }",
         "Value \"PINK\" does not exist in \"Color\" enum. @1:15\n"
         "Enum \"Color\" cannot represent non-enum value: \"RED\". Did you mean the enum value \"RED\" or "
         "\"GREEN\"? "
         "@1:42\n"},
        {"{ take(in: {b: 1, zz: 2}) }",
         "Expected value of type \"In\" to include required field \"a\", found: { b: 1, zz: 2 }. @1:12\n"
         "Expected value of type \"In\" to be an object, found: 1. @1:16\n"
         "Expected value of type \"In\" not to include unknown field \"zz\", found: { b: 1, zz: 2 }. "
         "@1:19\n"},
        {"{ take(one: {a: 1, in: {a: 1}}) b: take(one: {}) c: take(one: {a: null}) }",
         "Within OneOf Input Object type \"One\", exactly one field must be specified, and the value for "
         "that field "
         "must be non-null. @1:13\n"
         "Within OneOf Input Object type \"One\", exactly one field must be specified, and the value for "
         "that field "
         "must be non-null. @1:46\n"
         "Within OneOf Input Object type \"One\", exactly one field must be specified, and the value for "
         "that field "
         "must be non-null. @1:63\n"},
    };
    static const example unique[] = {
        {"{ take(in: {a: 1, b: {a: 2}}, any: {a: {a: 1}}) }", ""},
        {"{ take(any: {a: 1, b: 2, a: 3, a: 4}) }", "There can be only one input field named \"a\". @1:14 1:26\n"
                                                    "There can be only one input field named \"a\". @1:14 1:32\n"},
    };
    RUN(VALUES, values);
    RUN(UNIQUE_INPUT_FIELDS, unique);
}

static void test_directives(void **state) {
    (void)state;
    static const example known[] = {
        {"query @here(n: 1) { dog @skip(if: true) { name @again @again } }", ""},
        {"{ dog @unknown { name @deprecated } } fragment F on Dog @here { name }",
         "Unknown directive \"@unknown\". @1:7\nDirective \"@deprecated\" may not be used on FIELD. @1:23\n"
         "Directive \"@here\" may not be used on FRAGMENT_DEFINITION. @1:57\n"},
    };
    static const example unique[] = {
        {"{ dog @again @here @again { name @here } }", ""},
        {"{ dog @here @again @here @here { name } }",
         "The directive \"@here\" can only be used once at this location. @1:7 1:20\n"
         "The directive \"@here\" can only be used once at this location. @1:7 1:26\n"},
    };
    RUN(KNOWN_DIRECTIVES, known);
    RUN(UNIQUE_DIRECTIVES, unique);
}

static void test_variables(void **state) {
    (void)state;
    static const example unique[] = {
        {"query ($a: Int, $b: Int) { a } query B($a: Int) { a }", ""},
        {"query ($a: Int, $b: Int, $a: ID) { a }", "There can be only one variable named \"$a\". @1:9 1:27\n"},
    };
    static const example input[] = {
        {"query ($a: [In!]!, $b: Color, $c: Any, $d: Unknown) { a }", ""},
        {"query ($a: [Dog!]!, $b: Pet) { a }", "Variable \"$a\" cannot be non-input type \"[Dog!]!\". @1:12\n"
                                               "Variable \"$b\" cannot be non-input type \"Pet\". @1:25\n"},
    };
    static const example defined[] = {
        {"query ($a: Int) { take(sure: $a, any: {x: [$a]}) ...F } fragment F on Query { needs(x: $a) }", ""},
        {"query Q($a: Int) { ...F } { take(id: $b) } fragment F on Query { needs(x: $c) @skip(if: $a) ...F }",
         "Variable \"$b\" is not defined. @1:38 1:27\n"
         "Variable \"$c\" is not defined by operation \"Q\". @1:75 1:1\n"},
        {"{ ...F } fragment F on Query { a } fragment G on Query { needs(x: $v) } fragment F on Query { ...G }",
         "Variable \"$v\" is not defined. @1:67 1:1\n"},
    };
    static const example used[] = {
        {"query ($a: Int, $b: Int, $c: Boolean) { take(any: [{x: $a}]) @skip(if: $c) ...F }\n"
         "fragment F on Query { needs(x: $b) }",
         ""},
        {"query ($a: Int) { a } query Q($b: Int) { a }",
         "Variable \"$a\" is never used. @1:8\nVariable \"$b\" is never used in operation \"Q\". @1:31\n"},
    };
    RUN(VARIABLE_NAMES, unique);
    RUN(INPUT_TYPES, input);
    RUN(UNDEFINED_VARIABLES, defined);
    RUN(UNUSED_VARIABLES, used);
}

static void test_variable_positions(void **state) {
    (void)state;
    static const example list[] = {
        {"query ($a: Int!, $b: Int = 1, $c: Int, $d: [Int!]!) {\n"
         "  needs(x: $a) b: needs(x: $b) take(sure: $c, list: $d, in: {a: $b, c: $c}, any: {x: $d}) }",
         ""},
        {"query ($a: Int, $b: Int = null, $t: String!, $l: [Int]) { needs(x: $a) b: needs(x: $b)\n"
         "  take(id: $t, list: $l, in: {a: $a}) ...F } fragment F on Query { take(float: $a) }",
         "Variable \"$a\" of type \"Int\" used in position expecting type \"Int!\". @1:8 1:68\n"
         "Variable \"$a\" of type \"Int\" used in position expecting type \"Int!\". @1:8 2:34\n"
         "Variable \"$a\" of type \"Int\" used in position expecting type \"Float\". @1:8 2:80\n"
         "Variable \"$b\" of type \"Int\" used in position expecting type \"Int!\". @1:17 1:84\n"
         "Variable \"$t\" of type \"String!\" used in position expecting type \"ID\". @1:33 2:12\n"
         "Variable \"$l\" of type \"[Int]\" used in position expecting type \"[Int!]\". @1:46 2:22\n"},
        {"query ($a: Int, $b: Int!) { take(one: {a: $b}) needs(y: {a: $a}) c: needs(y: [{a: $a}]) }",
         "Variable \"$a\" is of type \"Int\" but must be non-nullable to be used for OneOf Input Object "
         "\"One\". @1:8 "
         "1:61\n"
         "Variable \"$a\" is of type \"Int\" but must be non-nullable to be used for OneOf Input Object "
         "\"One\". @1:8 "
         "1:83\n"},
    };
    RUN(VARIABLE_POSITIONS, list);
}

static void test_optional_rules(void **state) {
    (void)state;
    static const example deprecated[] = {
        {"{ human { name } take(in: {a: 1}) }", ""},
        {"{ human { gone } take(gone: 1, color: OLD, in: {gone: 1}) }",
         "The field Human.gone is deprecated. left @1:11\n"
         "The argument \"Query.take(gone:)\" is deprecated. No longer supported @1:23\n"
         "The enum value \"Color.OLD\" is deprecated. faded @1:39\n"
         "The input field In.gone is deprecated. No longer supported @1:49\n"},
    };
    static const example introspection[] = {
        {"{ __typename dog { __typename } }", ""},
        {"{ __type(name: \"A\") { name fields { name } } }",
         "GraphQL introspection has been disabled, but the requested query contained the field \"__type\". "
         "@1:3\n"
         "GraphQL introspection has been disabled, but the requested query contained the field \"fields\". "
         "@1:28\n"},
    };
    static const example deep[] = {
        {"{ __schema { types { fields { type { fields { name } } } } } }", ""},
        {"{ __schema { types { fields { type { ...T } } } } } fragment T on __Type { interfaces { fields { "
         "name } } }",
         "Maximum introspection depth exceeded @1:3\n"},
        {"{ __schema { types { ...T } } } fragment T on __Type { ofType { ...T } }", ""},
    };
    RUN(DEPRECATED, deprecated);
    RUN(SCHEMA_INTROSPECTION, introspection);
    RUN(INTROSPECTION_DEPTH, deep);
}

static void test_introspection_off(void **state) {
    (void)state;
    gyr_schema *s = schema_of(sdl, NULL, NULL);
    s->no_introspection = true;
    expect_errors(s, 0, "{ __typename }", "");
    expect_errors(s, 0, "{ __schema { types { name } } }",
                  "GraphQL introspection has been disabled, but the requested query contained the field "
                  "\"__schema\". @1:3\n");
    gyr__schema_unref(s);
}

static void test_defer_stream(void **state) {
    (void)state;
    gyr_schema *s =
        schema_of("directive @defer(if: Boolean! = true, label: String) on FRAGMENT_SPREAD | INLINE_FRAGMENT\n"
                  "directive @stream(if: Boolean! = true, label: String, initialCount: Int = 0) on FIELD\n"
                  "type Query { a: Int list: [Int] q: Query } type Mutation { a: Int list: [Int] }\n"
                  "type Subscription { a: Query list: [Int] }",
                  NULL, NULL);
    expect_errors(s, 0, "{ ... @defer(label: \"x\") { a } list @stream }", "");
    expect_errors(s, 0,
                  "query ($l: String) { ... @defer(label: \"x\") { a } q { ... @defer(label: \"x\") { a } }\n"
                  "  x: q { ... @defer(label: $l) { a } y: a @stream } }",
                  "Value for arguments \"defer(label:)\" and \"stream(label:)\" must be unique across all Defer/Stream "
                  "directive usages. @1:26 1:59\n"
                  "Argument \"@defer(label:)\" must be a static string. @2:14\n"
                  "Directive \"@stream\" cannot be used on non-list field \"Query.a\". @2:43\n");
    expect_errors(s, 0, "mutation { ... @defer { a } list @stream }",
                  "Defer directive cannot be used on root mutation type \"Mutation\". @1:16\n"
                  "Stream directive cannot be used on root mutation type \"Mutation\". @1:34\n");
    expect_errors(s, 0,
                  "subscription { a { ...F } } fragment F on Query { ... @defer { a } ... @defer(if: false) { a } }",
                  "Defer directive not supported on subscription operations. Disable `@defer` by setting the `if` "
                  "argument to `false`. @1:55 1:20\n");
    gyr__schema_unref(s);
}

static void test_fragment_arguments(void **state) {
    (void)state;
    gyr_schema *s = schema_of(sdl, NULL, NULL);
    expect_errors(s, 0,
                  "query ($n: Int!) { ...F(x: $n) } fragment F($x: Int!, $y: Int = 1) on Query { needs(x: $x) b: "
                  "take(sure: $y) }",
                  "");
    expect_errors(s, 0, "{ ...F(z: 1) } fragment F($x: Int!) on Query { take }",
                  "Fragment \"F\" argument \"x\" of type \"Int!\" is required, but it was not provided. @1:3\n"
                  "Unknown argument \"z\" on fragment \"F\". Did you mean \"x\"? @1:8\n"
                  "Variable \"$x\" is never used in fragment \"F\". @1:27\n");
    gyr__schema_unref(s);
}

static void test_error_limit(void **state) {
    (void)state;
    gyr_schema *s = schema_of(sdl, NULL, NULL);
    gyr__validate_options options = {.max_errors = 2};
    char *text;
    assert_int_equal(validate(s, "{ a b }", &options, &text), GYR_ERR_VALIDATION);
    assert_null(strstr(text, "Too many"));
    free(text);
    assert_int_equal(validate(s, "{ a b c d e }", &options, &text), GYR_ERR_VALIDATION);
    assert_string_equal(text, "Cannot query field \"a\" on type \"Query\". @1:3\n"
                              "Cannot query field \"b\" on type \"Query\". @1:5\n"
                              "Too many validation errors, error limit reached. Validation aborted.\n");
    free(text);
    gyr__schema_unref(s);
}

/* Errors that several passes find stand in the order of their places, however many there are; equal places in that of the
 * passes. */
static void test_error_order(void **state) {
    (void)state;
    gyr_limits limits = open_limits();
    gyr_schema *s = schema_of("type Query { f(n: Int): Int }", &limits, NULL);
    for (int count = 1; count < 200; count += count < 40 ? 1 : 31) {
        char document[20000], expected[40000], *text;
        size_t at = (size_t)sprintf(document, "{ "), to = 0;
        for (int i = 0; i < count; i++) {
            to += (size_t)sprintf(expected + to, "Cannot query field \"x%d\" on type \"Query\". @1:%zu\n", i, at + 1);
            at += (size_t)sprintf(document + at, "x%d ", i);
            to += (size_t)sprintf(expected + to, "Unknown argument \"z%d\" on field \"Query.f\". @1:%zu\n", i,
                                  at + 7 + (i > 9) + (i > 99));
            to += (size_t)sprintf(expected + to, "Variable \"$v%d\" is not defined. @1:%zu 1:1\n", i,
                                  at + 11 + 2 * ((i > 9) + (i > 99)));
            at += (size_t)sprintf(document + at, "a%d: f(z%d: $v%d) ", i, i, i);
        }
        sprintf(document + at, "}");
        gyr__validate_options options = {.max_errors = GYR_UNLIMITED};
        assert_int_equal(validate(s, document, &options, &text), GYR_ERR_VALIDATION);
        if (strcmp(text, expected)) fail_msg("%s\n--- said\n%s--- should say\n%s", document, text, expected);
        free(text);
    }
    gyr__schema_unref(s);
}

/* Columns are UTF-16 code units, CR LF is one line end; the index of places has steps of 4096 bytes. */
static void test_places(void **state) {
    (void)state;
    gyr_schema *s = schema_of(sdl, NULL, NULL);
    char document[12000] = "# \r\n{ take(text: \"", expected[256];
    size_t len = strlen(document);
    for (int i = 0; i < 2500; i++, len += 4) memcpy(document + len, "\xF0\x9F\x98\x80", 4);
    snprintf(document + len, sizeof document - len, "\") zz\r yy\n\n  xx }");
    snprintf(expected, sizeof expected,
             "Cannot query field \"zz\" on type \"Query\". @2:%d\nCannot query field \"yy\" on type \"Query\". @3:2\n"
             "Cannot query field \"xx\" on type \"Query\". @5:3\n",
             15 + 2 * 2500 + 3);
    expect_errors(s, 0, document, expected);
    gyr__schema_unref(s);
}

static void test_suggestions_off(void **state) {
    (void)state;
    gyr_schema *s = schema_of(sdl, NULL, NULL);
    s->no_suggestions = true;
    expect_errors(s, 0, "{ do pet { meows } take(tex: 1, color: REDD) ... on Dgo { a } }",
                  "Cannot query field \"do\" on type \"Query\". @1:3\n"
                  "Cannot query field \"meows\" on type \"Pet\". @1:12\n"
                  "Unknown argument \"tex\" on field \"Query.take\". @1:25\n"
                  "Value \"REDD\" does not exist in \"Color\" enum. @1:40\n"
                  "Unknown type \"Dgo\". @1:53\n");
    gyr__schema_unref(s);
}

static void test_rule_names(void **state) {
    (void)state;
    assert_int_equal(gyr__rule_by_name(gyr_s("ScalarLeafsRule")), GYR__RULE_LEAF_FIELDS);
    assert_int_equal(gyr__rule_by_name(gyr_s("ScalarLeafs")), GYR__RULE_COUNT);
    assert_true(gyr__rules_specified & GYR__RULE_BIT(FIELD_MERGING));
    assert_false(gyr__rules_specified & GYR__RULE_BIT(DEPRECATED));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_valid),          cmocka_unit_test(test_executable_definitions),
        cmocka_unit_test(test_operations),     cmocka_unit_test(test_single_root_field),
        cmocka_unit_test(test_fields),         cmocka_unit_test(test_fragments),
        cmocka_unit_test(test_cycles),         cmocka_unit_test(test_arguments),
        cmocka_unit_test(test_values),         cmocka_unit_test(test_directives),
        cmocka_unit_test(test_variables),      cmocka_unit_test(test_variable_positions),
        cmocka_unit_test(test_optional_rules), cmocka_unit_test(test_introspection_off),
        cmocka_unit_test(test_defer_stream),   cmocka_unit_test(test_fragment_arguments),
        cmocka_unit_test(test_error_limit),    cmocka_unit_test(test_suggestions_off),
        cmocka_unit_test(test_rule_names),     cmocka_unit_test(test_places),
        cmocka_unit_test(test_error_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
