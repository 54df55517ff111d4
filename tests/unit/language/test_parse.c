/* The parser by productions: what is printed back, and every kind of error with its place.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "base/str.h"
#include "language/parse.h"
#include "language/print.h"
#include "language/strip.h"

#include <stdio.h>
#include <string.h>

typedef enum entry { DOCUMENT, VALUE, CONSTANT, TYPE, COORDINATE } entry;

static gyr_str str(const char *s) { return gyr_str_of(s, strlen(s)); }

static gyr_status parse(gyr__arena *a, entry what, const gyr__source *s, const gyr__parse_options *o,
                        gyr_errors *errors, gyr__node **out) {
    gyr__ast_document *d = NULL;
    gyr_status status = GYR_OK;
    switch (what) {
    case DOCUMENT:
        status = gyr__parse_document(a, s, o, errors, &d);
        *out = d ? &d->node : NULL;
        return status;
    case VALUE: return gyr__parse_value(a, s, o, false, errors, out);
    case CONSTANT: return gyr__parse_value(a, s, o, true, errors, out);
    case TYPE: return gyr__parse_type(a, s, o, errors, out);
    case COORDINATE: return gyr__parse_coordinate(a, s, o, errors, out);
    }
    return GYR_ERR_ARGUMENT;
}

static const gyr__parse_options drafts = {.fragment_arguments = true, .directives_on_directives = true};

static void expect_printed(entry what, const char *text, const char *printed) {
    gyr__arena a;
    gyr__arena_init(&a, NULL, 0);
    gyr_errors *errors = gyr__errors_new(NULL, 0);
    gyr__source source = gyr__source_of(str(text), gyr_s(""));
    gyr__node *node = NULL;
    if (parse(&a, what, &source, &drafts, errors, &node)) fail_msg("%s\n%s", text, gyr_errors_text(errors).ptr);
    gyr_str out = gyr__print(&a, node);
    assert_string_equal(out.ptr, printed);
    gyr__source again = gyr__source_of(out, gyr_s(""));
    assert_int_equal(parse(&a, what, &again, &drafts, errors, &node), GYR_OK);
    assert_true(gyr__str_eq(gyr__print(&a, node), out));
    gyr_errors_free(errors);
    gyr__arena_fini(&a);
}

static void expect_error(entry what, const gyr__parse_options *options, gyr_str text, gyr_status status, uint32_t line,
                         uint32_t column, const char *message) {
    gyr__arena a;
    gyr__arena_init(&a, NULL, 0);
    gyr_errors *errors = gyr__errors_new(NULL, 0);
    gyr__source source = gyr__source_of(text, gyr_s("query.graphql"));
    gyr__node *node = NULL;
    assert_int_equal(parse(&a, what, &source, options, errors, &node), status);
    assert_null(node);
    assert_int_equal(gyr_errors_count(errors), 1);
    const gyr_error *e = gyr_errors_get(errors, 0);
    if (!gyr__str_eq(e->message, str(message)))
        fail_msg("expected %s\ngot      %.*s", message, (int)e->message.len, e->message.ptr);
    assert_int_equal(e->location_count, 1);
    if (e->locations[0].line != line || e->locations[0].column != column)
        fail_msg("%s: at %u:%u", message, e->locations[0].line, e->locations[0].column);
    assert_true(gyr__str_is(e->source, "query.graphql"));
    gyr_errors_free(errors);
    gyr__arena_fini(&a);
}

static void productions(void **state) {
    (void)state;
    expect_printed(DOCUMENT, "{a,b:c(x:1)@d{e}}", "{\n  a\n  b: c(x: 1) @d {\n    e\n  }\n}");
    expect_printed(DOCUMENT, "query Q($a:Int=1@x,$b:[B!]!)@y{a}", "query Q($a: Int = 1 @x, $b: [B!]!) @y {\n  a\n}");
    expect_printed(DOCUMENT, "mutation{a}subscription S{b}", "mutation {\n  a\n}\n\nsubscription S {\n  b\n}");
    expect_printed(DOCUMENT, "{...F ...on T@a{b}...{c}}",
                   "{\n  ...F\n  ... on T @a {\n    b\n  }\n  ... {\n    c\n  }\n}");
    expect_printed(DOCUMENT, "fragment F on T@a{b}", "fragment F on T @a {\n  b\n}");
    expect_printed(DOCUMENT, "fragment F($a:Int)on T{b ...G(a:$a)}",
                   "fragment F($a: Int) on T {\n  b\n  ...G(a: $a)\n}");
    expect_printed(DOCUMENT, "\"d\"query Q(\"e\"$a:Int){b}", "\"d\"\nquery Q(\n\"e\"\n$a: Int\n) {\n  b\n}");
    expect_printed(DOCUMENT, "schema@a{query:Q mutation:M}extend schema@b",
                   "schema @a {\n  query: Q\n  mutation: M\n}\n\nextend schema @b");
    expect_printed(DOCUMENT, "scalar S@a extend scalar S@b", "scalar S @a\n\nextend scalar S @b");
    expect_printed(DOCUMENT, "type T implements&A&B@a{\"x\"f(a:Int=1):Int}",
                   "type T implements A & B @a {\n  \"x\"\n  f(a: Int = 1): Int\n}");
    expect_printed(DOCUMENT, "interface I implements J extend interface I{f:Int}",
                   "interface I implements J\n\nextend interface I {\n  f: Int\n}");
    expect_printed(DOCUMENT, "union U@a=|A|B extend union U=C", "union U @a = A | B\n\nextend union U = C");
    expect_printed(DOCUMENT, "enum E{A@a B}extend enum E{C}", "enum E {\n  A @a\n  B\n}\n\nextend enum E {\n  C\n}");
    expect_printed(DOCUMENT, "input I{a:Int=1}extend input I@a", "input I {\n  a: Int = 1\n}\n\nextend input I @a");
    expect_printed(DOCUMENT, "directive@d(a:Int)repeatable on|FIELD|QUERY",
                   "directive @d(a: Int) repeatable on FIELD | QUERY");
    expect_printed(DOCUMENT, "directive@d@e on FIELD extend directive@d@f",
                   "directive @d @e on FIELD\n\nextend directive @d @f");
    expect_printed(VALUE, "[1,-0.5e3,true,false,null,E,$v,{a:\"x\\n\"}]",
                   "[1, -0.5e3, true, false, null, E, $v, { a: \"x\\n\" }]");
    expect_printed(CONSTANT, "\"\"\"\n  a\n    b\n\"\"\"", "\"\"\"\na\n  b\n\"\"\"");
    expect_printed(CONSTANT, "\"\\u{1F600}\\uD83D\\uDE00\\u00e9\"", "\"\xF0\x9F\x98\x80\xF0\x9F\x98\x80\xC3\xA9\"");
    expect_printed(TYPE, "[[Int!]]!", "[[Int!]]!");
    expect_printed(COORDINATE, "T", "T");
    expect_printed(COORDINATE, "T.f", "T.f");
    expect_printed(COORDINATE, "T.f(a:)", "T.f(a:)");
    expect_printed(COORDINATE, "@d(a:)", "@d(a:)");
}

#define SYNTAX(what, text, line, column, message)                                                                      \
    expect_error(what, NULL, gyr_s(text), GYR_ERR_SYNTAX, line, column, "Syntax Error: " message)

static void errors_of_the_grammar(void **state) {
    (void)state;
    SYNTAX(DOCUMENT, "", 1, 1, "Unexpected <EOF>.");
    SYNTAX(DOCUMENT, "{", 1, 2, "Expected Name, found <EOF>.");
    SYNTAX(DOCUMENT, "{}", 1, 2, "Expected Name, found \"}\".");
    SYNTAX(DOCUMENT, "{ ...MissingOn }\nfragment MissingOn Type", 2, 20, "Expected \"on\", found Name \"Type\".");
    SYNTAX(DOCUMENT, "{ field: {} }", 1, 10, "Expected Name, found \"{\".");
    SYNTAX(DOCUMENT, "notAnOperation Foo { field }", 1, 1, "Unexpected Name \"notAnOperation\".");
    SYNTAX(DOCUMENT, "...", 1, 1, "Unexpected \"...\".");
    SYNTAX(DOCUMENT, "{ \"\"", 1, 3, "Expected Name, found String \"\".");
    SYNTAX(DOCUMENT, "query Q($x: C = {a: [$var]}) { f }", 1, 22, "Unexpected variable \"$var\" in constant value.");
    SYNTAX(DOCUMENT, "fragment on on on { on }", 1, 10, "Unexpected Name \"on\".");
    SYNTAX(DOCUMENT, "\"d\" { a }", 1, 1,
           "Unexpected description, descriptions are not supported on shorthand queries.");
    SYNTAX(DOCUMENT, "\"d\" extend type T @a", 1, 1,
           "Unexpected description, only GraphQL definitions support descriptions.");
    SYNTAX(DOCUMENT, "extend type T", 1, 14, "Unexpected <EOF>.");
    SYNTAX(DOCUMENT, "extend {", 1, 8, "Unexpected \"{\".");
    SYNTAX(DOCUMENT, "enum E { true }", 1, 10, "Name \"true\" is reserved and cannot be used for an enum value.");
    SYNTAX(DOCUMENT, "directive @a on NOWHERE", 1, 17, "Unexpected Name \"NOWHERE\".");
    SYNTAX(DOCUMENT, "schema", 1, 7, "Expected \"{\", found <EOF>.");
    SYNTAX(DOCUMENT, "directive @a @b on FIELD", 1, 14, "Expected \"on\", found \"@\".");
    SYNTAX(VALUE, "1 2", 1, 3, "Expected <EOF>, found Int \"2\".");
    SYNTAX(CONSTANT, "$", 1, 1, "Unexpected \"$\".");
    SYNTAX(TYPE, "[Int", 1, 5, "Expected \"]\", found <EOF>.");
    SYNTAX(COORDINATE, "T.f.g", 1, 4, "Expected <EOF>, found \".\".");
    SYNTAX(COORDINATE, "T .f", 1, 2, "Invalid character: \" \".");
}

static void errors_of_tokens(void **state) {
    (void)state;
    SYNTAX(VALUE, "00", 1, 2, "Invalid number, unexpected digit after 0: \"0\".");
    SYNTAX(VALUE, "1.", 1, 3, "Invalid number, expected digit but got: <EOF>.");
    SYNTAX(VALUE, "1a", 1, 2, "Invalid number, expected digit but got: \"a\".");
    SYNTAX(VALUE, "1.2.3", 1, 4, "Invalid number, expected digit but got: \".\".");
    SYNTAX(VALUE, ".12", 1, 1, "Invalid number, expected digit before \".\", did you mean \"0.12\"?");
    SYNTAX(VALUE, "..", 1, 1, "Unexpected \"..\", did you mean \"...\"?");
    SYNTAX(VALUE, "'a'", 1, 1, "Unexpected single quote character ('), did you mean to use a double quote (\")?");
    SYNTAX(VALUE, "\xC3\xA9", 1, 1, "Unexpected character: U+00E9.");
    SYNTAX(VALUE, "\0", 1, 1, "Unexpected character: U+0000.");
    SYNTAX(VALUE, "\"\xF0\x9F\x98\x80\" ?", 1, 6, "Unexpected character: \"?\"."); /* columns in UTF-16 units */
    SYNTAX(VALUE, "\"a\nb\"", 1, 3, "Unterminated string.");
    SYNTAX(VALUE, "\"\"\"a\r\nb", 2, 2, "Unterminated string.");
    SYNTAX(VALUE, "\"\\x\"", 1, 2, "Invalid character escape sequence: \"\\x\".");
    SYNTAX(VALUE, "\"\\", 1, 2, "Invalid character escape sequence: \"\\\".");
    SYNTAX(VALUE, "\"\\u12", 1, 2, "Invalid Unicode escape sequence: \"\\u12\".");
    SYNTAX(VALUE, "\"\\uD800\"", 1, 2, "Invalid Unicode escape sequence: \"\\uD800\".");
    SYNTAX(VALUE, "\"\\u{110000}\"", 1, 2, "Invalid Unicode escape sequence: \"\\u{110000}\".");
    SYNTAX(VALUE, "[1,\n \xFF]", 2, 2, "Invalid UTF-8: byte 0xFF.");
}

static void limits_stop(void **state) {
    (void)state;
    gyr_limits l = {
        .size = sizeof l, .tokens = 3, .document_bytes = 20, .depth = 2, .name_bytes = 4, .number_bytes = 4};
    gyr__parse_options o = {.limits = &l}, max = {.max_tokens = 2};
#define LIMIT(text, line, column, message)                                                                             \
    expect_error(DOCUMENT, &o, gyr_s(text), GYR_ERR_LIMIT, line, column, "Syntax Error: " message " Parsing aborted.")
    LIMIT("{ a b }", 1, 7, "Document contains more than 3 tokens.");
    LIMIT("{ aaaaaaaaaaaaaaaaaaaaa }", 1, 1, "Document is larger than 20 bytes.");
    LIMIT("{ aaaaa }", 1, 3, "Name is longer than 4 bytes.");
    LIMIT("{ 12345 }", 1, 3, "Number is longer than 4 bytes.");
    l.tokens = 0;
    LIMIT("{a{b{c}}}", 1, 5, "Document is nested deeper than 2 levels.");
    expect_error(DOCUMENT, &max, gyr_s("{ foo }"), GYR_ERR_SYNTAX, 1, 7,
                 "Syntax Error: Document contains more than 2 tokens. Parsing aborted.");
}

static void names_are_cut_in_messages(void **state) {
    (void)state;
    char text[600], message[200];
    memset(text, 'x', sizeof text);
    int n = snprintf(message, sizeof message, "Syntax Error: Unexpected Name \"%.100s...\".", text);
    assert_true(n > 0);
    expect_error(DOCUMENT, NULL, gyr_str_of(text, sizeof text), GYR_ERR_SYNTAX, 1, 1, message);
}

static void places_are_offsets(void **state) {
    (void)state;
    gyr__arena a;
    gyr__arena_init(&a, NULL, 0);
    gyr_errors *errors = gyr__errors_new(NULL, 0);
    gyr__source source = gyr__source_of(gyr_s("{ \r\n a: b(c: \"d\") { e } }"), gyr_s(""));
    gyr__ast_document *d = NULL;
    assert_int_equal(gyr__parse_document(&a, &source, NULL, errors, &d), GYR_OK);
    gyr__ast_operation_definition *op = gyr__ast_as(operation_definition, d->definitions.items[0]);
    gyr__ast_field *f = gyr__ast_as(field, op->selection_set.selections.items[0]);
    assert_int_equal(f->node.kind, GYR__AST_FIELD);
    assert_int_equal(f->node.start, 5);
    assert_int_equal(f->node.end, source.text.len - 2);
    gyr_location at = gyr__source_location(&source, f->node.start);
    assert_int_equal(at.line, 2);
    assert_int_equal(at.column, 2);
    assert_int_equal(gyr__source_offset(&source, f->name.ptr), 8);
    assert_int_equal(f->selection_set.selections.count, 1);
    assert_int_equal(f->arguments.count, 1);
    gyr_errors_free(errors);
    gyr__arena_fini(&a);
}

static void strip(void **state) {
    (void)state;
    gyr__arena a;
    gyr__arena_init(&a, NULL, 0);
    gyr_errors *errors = gyr__errors_new(NULL, 0);
    gyr__source source =
        gyr__source_of(gyr_s("\xEF\xBB\xBF{ a, b ...F # c\n x(s: \"\"\"\n  y\n   z\n\"\"\") }"), gyr_s(""));
    gyr_str out;
    assert_int_equal(gyr__strip_ignored(&a, &source, NULL, errors, &out), GYR_OK);
    assert_string_equal(out.ptr, "{a b ...F x(s:\"\"\"\ny\n z\"\"\")}");
    gyr_errors_free(errors);
    gyr__arena_fini(&a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(productions),
        cmocka_unit_test(errors_of_the_grammar),
        cmocka_unit_test(errors_of_tokens),
        cmocka_unit_test(limits_stop),
        cmocka_unit_test(names_are_cut_in_messages),
        cmocka_unit_test(places_are_offsets),
        cmocka_unit_test(strip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
