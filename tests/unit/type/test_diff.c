/* Schema differences: every kind with its words, coordinate and place; the reference's cases.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "sdl.h"

#include "faulty.h"
#include "type/diff.h"
#include "json/read.h"

static gyr_changes *diff(const gyr_schema *before, const gyr_schema *after) {
    gyr_changes *changes;
    assert_int_equal(gyr_schema_diff(before, after, &changes), GYR_OK);
    return changes;
}

/* Each change as "BREAKING FIELD_REMOVED Query.a @1:2 Field Query.a was removed.\n", with "@-1:2" for a place in the
 * older schema. To be freed. */
static char *told(const char *before, const char *after) {
    static const char *const severities[] = {"SAFE", "DANGEROUS", "BREAKING"};
    built a = build_ok(before), b = build_ok(after);
    gyr_changes *changes = diff(a.schema, b.schema);
    built_free(&a), built_free(&b); /* the list needs neither */
    char *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    for (uint32_t i = 0; i < gyr_changes_count(changes); i++) {
        const gyr_change *c = gyr_changes_get(changes, i);
        fprintf(f, "%s %.*s %.*s @%s%u:%u %.*s\n", severities[c->severity], (int)c->kind.len, c->kind.ptr,
                (int)c->coordinate.len, c->coordinate.ptr, c->before ? "-" : "", c->location.line, c->location.column,
                (int)c->description.len, c->description.ptr);
        if (c->location.line)
            assert_str(c->source, "schema.graphql");
        else
            assert_int_equal(c->source.len, 0);
    }
    assert_null(gyr_changes_get(changes, gyr_changes_count(changes)));
    gyr_changes_free(changes);
    fclose(f);
    return text;
}

static const struct {
    const char *before, *after, *told;
} cases[] = {
    {"type Query { a: Int }", "type Query { a: Int }", ""},
    {"type Query { a: Int }", "type Query { a: Int }\ndirective @skip(if: Boolean!) on FIELD | QUERY",
     "SAFE DESCRIPTION_CHANGED @skip(if:) @2:17 Description of @skip(if:) was removed.\n"
     "SAFE DESCRIPTION_CHANGED @skip @2:12 Description of @skip was removed.\n"
     "BREAKING DIRECTIVE_LOCATION_REMOVED @skip @2:12 FRAGMENT_SPREAD was removed from @skip.\n"
     "BREAKING DIRECTIVE_LOCATION_REMOVED @skip @2:12 INLINE_FRAGMENT was removed from @skip.\n"
     "SAFE DIRECTIVE_LOCATION_ADDED @skip @2:12 QUERY was added to @skip.\n"},
    {"type Query { a: Int b: Float }", "type Query { a: Int b: ID }",
     "BREAKING TYPE_REMOVED Float @-0:0 Standard scalar Float was removed because it is not referenced anymore.\n"
     "SAFE TYPE_ADDED ID @0:0 ID was added.\n"
     "BREAKING FIELD_CHANGED_KIND Query.b @1:21 Field Query.b changed type from Float to ID.\n"},
    {"type Query { a: Int }\ntype B { a: Int }\ninterface C { a: Int }\nscalar D",
     "type Query { a: Int }\n\ninput C { a: Int }\nunion D = Query\n\"e\" enum E { F }",
     "BREAKING TYPE_REMOVED B @-2:6 B was removed.\n"
     "SAFE TYPE_ADDED E @5:10 E was added.\n"
     "BREAKING TYPE_CHANGED_KIND C @3:7 C changed from an Interface type to an Input type.\n"
     "BREAKING TYPE_CHANGED_KIND D @4:7 D changed from a Scalar type to a Union type.\n"},
    {"type Query { a: Int } type B { a: Int } enum C { D }", "type Query { a: Int } enum B { D } type C { a: Int }",
     "BREAKING TYPE_CHANGED_KIND B @1:28 B changed from an Object type to an Enum type.\n"
     "BREAKING TYPE_CHANGED_KIND C @1:41 C changed from an Enum type to an Object type.\n"},
    {"type Query { a: Int } type B { a: Int } union C = Query | B",
     "type Query { a: Int } type B { a: Int } type D { a: Int } union C = D | B",
     "SAFE TYPE_ADDED D @1:46 D was added.\n"
     "DANGEROUS TYPE_ADDED_TO_UNION C @1:65 D was added to union type C.\n"
     "BREAKING TYPE_REMOVED_FROM_UNION C @1:65 Query was removed from union type C.\n"},
    {"type Query { a: Int } enum E { A B \"c\" C }", "type Query { a: Int } enum E { C D \"b\" B }",
     "DANGEROUS VALUE_ADDED_TO_ENUM E.D @1:34 Enum value E.D was added.\n"
     "BREAKING VALUE_REMOVED_FROM_ENUM E.A @-1:32 Enum value E.A was removed.\n"
     "SAFE DESCRIPTION_CHANGED E.B @1:40 Description of enum value E.B has changed to \"b\".\n"
     "SAFE DESCRIPTION_CHANGED E.C @1:32 Description of enum value E.C was removed.\n"},
    {"type Query { a: Int } input I { a: Int b: Int! = 1 c: [Int!]! d: Int = 2 e: Int f: Int g: Int! }",
     "type Query { a: Int } input I { \"x\" a: Int! b: Int! c: [Int] d: Int = 3 e: Int = 4 g: Int! h: Int i: Int! "
     "j: Int! = 1 }",
     "DANGEROUS OPTIONAL_INPUT_FIELD_ADDED I.h @1:92 An optional field I.h was added.\n"
     "BREAKING REQUIRED_INPUT_FIELD_ADDED I.i @1:99 A required field I.i was added.\n"
     "DANGEROUS OPTIONAL_INPUT_FIELD_ADDED I.j @1:107 An optional field I.j was added.\n"
     "BREAKING FIELD_REMOVED I.f @-1:81 Field I.f was removed.\n"
     "BREAKING FIELD_CHANGED_KIND I.a @1:37 Field I.a changed type from Int to Int!.\n"
     "SAFE DESCRIPTION_CHANGED I.a @1:37 Description of input-field I.a has changed to \"x\".\n"
     "DANGEROUS INPUT_FIELD_DEFAULT_VALUE_CHANGE I.b @1:45 I.b defaultValue was removed.\n"
     "SAFE FIELD_CHANGED_KIND_SAFE I.c @1:53 Field I.c changed type from [Int!]! to [Int].\n"
     "DANGEROUS INPUT_FIELD_DEFAULT_VALUE_CHANGE I.d @1:62 I.d has changed defaultValue from 2 to 3.\n"
     "SAFE INPUT_FIELD_DEFAULT_VALUE_ADDED I.e @1:73 I.e added a defaultValue 4.\n"},
    {"type Query { a: [Int] b: Int! c: [Int!] d: Int e: Int }",
     "type Query { a: [Int!]! b: Int c: Int \"d\" d: Int f: Int }",
     "BREAKING FIELD_REMOVED Query.e @-1:48 Field Query.e was removed.\n"
     "SAFE FIELD_ADDED Query.f @1:50 Field Query.f was added.\n"
     "SAFE FIELD_CHANGED_KIND_SAFE Query.a @1:14 Field Query.a changed type from [Int] to [Int!]!.\n"
     "BREAKING FIELD_CHANGED_KIND Query.b @1:25 Field Query.b changed type from Int! to Int.\n"
     "BREAKING FIELD_CHANGED_KIND Query.c @1:32 Field Query.c changed type from [Int!] to Int.\n"
     "SAFE DESCRIPTION_CHANGED Query.d @1:43 Description of field Query.d has changed to \"d\".\n"},
    {"type Query { f(a: Int, b: Int!, c: Int = 1, d: Int, e: Int! = 1, g: Int): Int }",
     "type Query { f(a: Int!, b: Int, \"c\" c: Int = null, d: Int = 1, e: Int! h: Int! i: Int): Int }",
     "BREAKING ARG_REMOVED Query.f(g:) @-1:66 Argument Query.f(g:) was removed.\n"
     "BREAKING ARG_CHANGED_KIND Query.f(a:) @1:16 Argument Query.f(a:) has changed type from Int to Int!.\n"
     "SAFE ARG_CHANGED_KIND_SAFE Query.f(b:) @1:25 Argument Query.f(b:) has changed type from Int! to Int.\n"
     "DANGEROUS ARG_DEFAULT_VALUE_CHANGE Query.f(c:) @1:37 Query.f(c:) has changed defaultValue from 1 to null.\n"
     "SAFE DESCRIPTION_CHANGED Query.f(c:) @1:37 Description of argument Query.f(c:) has changed to \"c\".\n"
     "SAFE ARG_DEFAULT_VALUE_ADDED Query.f(d:) @1:52 Query.f(d:) added a defaultValue 1.\n"
     "DANGEROUS ARG_DEFAULT_VALUE_CHANGE Query.f(e:) @1:64 Query.f(e:) defaultValue was removed.\n"
     "BREAKING REQUIRED_ARG_ADDED Query.f(h:) @1:72 A required argument Query.f(h:) was added.\n"
     "DANGEROUS OPTIONAL_ARG_ADDED Query.f(i:) @1:80 An optional argument Query.f(i:) was added.\n"},
    {"interface I { a: Int } interface J { a: Int } type Query implements I { a: Int }",
     "interface I { a: Int } interface J { a: Int } type Query implements J { a: Int }",
     "DANGEROUS IMPLEMENTED_INTERFACE_ADDED Query @1:52 J added to interfaces implemented by Query.\n"
     "BREAKING IMPLEMENTED_INTERFACE_REMOVED Query @1:52 Query no longer implements interface I.\n"},
    {"type Query { a: Int } directive @a on FIELD directive @b(a: Int, b: Int, c: Int) repeatable on FIELD | QUERY",
     "type Query { a: Int } \"x\" directive @b(b: Int!, \"y\" c: Int, d: Int, e: Int!) on QUERY | ENUM directive "
     "@c repeatable on FIELD",
     "BREAKING DIRECTIVE_REMOVED @a @-1:34 Directive @a was removed.\n"
     "SAFE DIRECTIVE_ADDED @c @1:105 Directive @c was added.\n"
     "SAFE OPTIONAL_DIRECTIVE_ARG_ADDED @b(d:) @1:61 An optional argument @b(d:) was added.\n"
     "BREAKING REQUIRED_DIRECTIVE_ARG_ADDED @b(e:) @1:69 A required argument @b(e:) was added.\n"
     "BREAKING DIRECTIVE_ARG_REMOVED @b(a:) @-1:58 Argument @b(a:) was removed.\n"
     "BREAKING ARG_CHANGED_KIND @b(b:) @1:40 Argument @b(b:) has changed type from Int to Int!.\n"
     "SAFE DESCRIPTION_CHANGED @b(c:) @1:53 Description of @b(c:) has changed to \"y\".\n"
     "BREAKING DIRECTIVE_REPEATABLE_REMOVED @b @1:38 Repeatable flag was removed from @b.\n"
     "SAFE DESCRIPTION_CHANGED @b @1:38 Description of @b has changed to \"x\".\n"
     "BREAKING DIRECTIVE_LOCATION_REMOVED @b @1:38 FIELD was removed from @b.\n"
     "SAFE DIRECTIVE_LOCATION_ADDED @b @1:38 ENUM was added to @b.\n"},
    {"type Query { a: Int } directive @a on FIELD", "type Query { a: Int } directive @a repeatable on FIELD",
     "SAFE DIRECTIVE_REPEATABLE_ADDED @a @1:34 Repeatable flag was added to @a.\n"},
    {"type Query { a: Int } type A { a: Int } type Mutation { a: Int }",
     "schema { query: A subscription: Mutation } type Query { a: Int } type A { a: Int } type Mutation { a: Int }",
     "BREAKING OPERATION_TYPE_CHANGED A @1:71 The query root type changed from Query to A.\n"
     "BREAKING OPERATION_TYPE_REMOVED Mutation @-1:46 Mutation is no longer the mutation root type, there is none.\n"
     "SAFE OPERATION_TYPE_ADDED Mutation @1:89 Mutation became the subscription root type, there was none.\n"},
    {"type Query { a: Int } input A { a: Int } input B @oneOf { a: Int }",
     "type Query { a: Int } input A @oneOf { a: Int } input B { a: Int }",
     "BREAKING INPUT_OBJECT_BECAME_ONE_OF A @1:29 A became a OneOf Input Object.\n"
     "SAFE INPUT_OBJECT_NO_LONGER_ONE_OF B @1:55 B is no longer a OneOf Input Object.\n"},
    {"input I { a1: Int a2: [I!] a10: Int } type Query { f(x: I = {a1: 1, a2: [{a10: 1, a1: 2}], a10: 3}): Int }",
     "input I { a10: Int a2: [I!] a1: Int } type Query { f(x: I = {a10: 3, a2: [{a1: 2, a10: 1}], a1: 1}): Int }", ""},
    {"input I { a1: Int a2: [I!] a10: Int } type Query { f(x: I = {a10: 1, a2: [{a10: 1, a1: 2}]}): Int }",
     "input I { a1: Int a2: [I!] a10: Int } type Query { f(x: I = {a2: []}): Int }",
     "DANGEROUS ARG_DEFAULT_VALUE_CHANGE Query.f(x:) @1:54 Query.f(x:) has changed defaultValue from "
     "{ a2: [{ a1: 2, a10: 1 }], a10: 1 } to { a2: [] }.\n"},
    {"type Query { a: Int }", "\r\n\r\"\xF0\x9F\x90\xB1\" type\tQuery {\n\n  a: Int, \"\xF0\x9F\x90\xB1\" b: Int }",
     "SAFE DESCRIPTION_CHANGED Query @3:11 Description of Query has changed to \"\xF0\x9F\x90\xB1\".\n"
     "SAFE FIELD_ADDED Query.b @5:16 Field Query.b was added.\n"},
};

static void every_kind(void **state) {
    (void)state;
    char *all = strdup("");
    for (size_t i = 0; i < GYR__COUNT(cases); i++) {
        char *text = told(cases[i].before, cases[i].after), *more = NULL;
        assert_string_equal(text, cases[i].told);
        assert_true(asprintf(&more, "%s%s", all, text) >= 0);
        free(text), free(all);
        all = more;
    }
#define KIND(name, severity)                                                                                           \
    if (!strstr(all, #severity " " #name " ")) fail_msg("no case has " #name);
    GYR__CHANGES(KIND)
#undef KIND
    free(all);
}

/* More names than are looked through one by one; all on one line. */
static void many(void **state) {
    (void)state;
    enum { COUNT = 3000 };
    char *text[2];
    size_t size;
    for (int side = 0; side < 2; side++) {
        FILE *f = open_memstream(&text[side], &size);
        fprintf(f, "type Query {");
        for (int i = 0; i < COUNT; i++) /* the second: backwards, every third field with another type */
            fprintf(f, " f%d: %s", side ? COUNT - 1 - i : i, side && i % 3 == 0 ? "ID" : "Int");
        fprintf(f, " }");
        fclose(f);
    }
    built a = build_ok(text[0]), b = build_ok(text[1]);
    gyr_changes *changes = diff(a.schema, b.schema);
    assert_int_equal(gyr_changes_count(changes), 1 + COUNT / 3);
    for (uint32_t i = 1; i < gyr_changes_count(changes); i++) {
        const gyr_change *c = gyr_changes_get(changes, i);
        char name[32];
        int len = snprintf(name, sizeof name, "f%u: ID", 3 * i - 1);
        assert_str(c->kind, "FIELD_CHANGED_KIND");
        assert_int_equal(c->location.line, 1);
        assert_int_equal(strncmp(text[1] + c->location.column - 1, name, (size_t)len), 0);
    }
    gyr_changes_free(changes);
    built_free(&a), built_free(&b);
    free(text[0]), free(text[1]);
}

static void nul_bytes(void **state) {
    (void)state;
    built a = build_ok("type Query { a: Int }"), b = build_ok("\"x\\u0000y\" type Query { a: Int }");
    gyr_changes *changes = diff(a.schema, b.schema);
    static const char expected[] = "Description of Query has changed to \"x\0y\".";
    gyr_str text = gyr_changes_get(changes, 0)->description;
    assert_int_equal(text.len, sizeof expected - 1);
    assert_memory_equal(text.ptr, expected, text.len);
    gyr_changes_free(changes);
    built_free(&a), built_free(&b);
}

static void misuse(void **state) {
    (void)state;
    built a = build_ok("type Query { a: Int }");
    gyr_changes *changes = (gyr_changes *)&a;
    assert_int_equal(gyr_schema_diff(a.schema, NULL, &changes), GYR_ERR_ARGUMENT);
    assert_null(changes);
    assert_int_equal(gyr_schema_diff(NULL, a.schema, &changes), GYR_ERR_ARGUMENT);
    assert_int_equal(gyr_schema_diff(a.schema, a.schema, NULL), GYR_ERR_ARGUMENT);
    assert_int_equal(gyr_changes_count(NULL), 0);
    assert_null(gyr_changes_get(NULL, 0));
    gyr_changes_free(NULL);
    built_free(&a);
}

/* ---- the corpus: schemas that need not be valid, all changes in the reference's order within each severity */

static gyr_schema *assumed(gyr_str sdl) {
    gyr_source source = {gyr_s(""), sdl};
    gyr_schema_options options = {
        .size = sizeof options, .sources = &source, .source_count = 1, .unbound = true, .lenient = true};
    gyr_errors *errors = gyr__errors_new(NULL, 0);
    gyr_schema *schema = gyr__schema_assume_valid(&options, errors);
    if (!schema) fail_msg("%.*s", (int)gyr_errors_text(errors).len, gyr_errors_text(errors).ptr);
    gyr_errors_free(errors);
    return schema;
}

static void assert_changes(const gyr_changes *changes, gyr_severity severity, const gyr__json *expected,
                           const char *id) {
    uint32_t at = 0;
    for (uint32_t i = 0; i < changes->list.len; i++) {
        const gyr__change *c = &changes->list.items[i];
        if (c->shown.severity != severity || c->kind >= GYR__FIRST_OWN_CHANGE) continue;
        if (at == expected->count) fail_msg("%s: too many changes", id);
        const gyr__json *e = &expected->items[at++];
        if (!gyr__str_eq(c->shown.kind, gyr__json_get(e, gyr_s("type"))->text) ||
            !gyr__str_eq(c->shown.description, gyr__json_get(e, gyr_s("description"))->text))
            fail_msg("%s: %.*s", id, (int)c->shown.description.len, c->shown.description.ptr);
    }
    if (at != expected->count) fail_msg("%s: too few changes", id);
}

static void corpus(void **state) {
    (void)state;
    size_t len;
    char *path = test_shared("conformance/corpus/schema_diff.json"), *json = test_read_file(path, &len);
    gyr__arena arena;
    gyr__arena_init(&arena, NULL, 0);
    gyr_errors *errors = gyr__errors_new(NULL, 0);
    const gyr__json *root = gyr__json_read(&arena, gyr_str_of(json, len), NULL, GYR__JSON_LAST_WINS, errors);
    const gyr__json *list = root ? gyr__json_get(root, gyr_s("cases")) : NULL;
    assert_non_null(list);
    assert_true(list->count > 100);
    for (uint32_t i = 0; i < list->count; i++) {
        const gyr__json *c = &list->items[i], *expect = gyr__json_get(c, gyr_s("expect"));
        char id[64];
        snprintf(id, sizeof id, "%.*s", (int)gyr__json_get(c, gyr_s("id"))->text.len,
                 gyr__json_get(c, gyr_s("id"))->text.ptr);
        gyr_schema *before = assumed(gyr__json_get(c, gyr_s("before"))->text),
                   *after = assumed(gyr__json_get(c, gyr_s("after"))->text);
        gyr_changes *changes = diff(before, after);
        assert_changes(changes, GYR_BREAKING, gyr__json_get(expect, gyr_s("breaking")), id);
        assert_changes(changes, GYR_DANGEROUS, gyr__json_get(expect, gyr_s("dangerous")), id);
        gyr_changes_free(changes);
        gyr__schema_unref(before), gyr__schema_unref(after);
    }
    gyr_errors_free(errors);
    gyr__arena_fini(&arena);
    free(json), free(path);
}

static void out_of_memory(void **state) {
    (void)state;
    static const char *const sdl[] = {
        "input I { a: Int b: Int } directive @d(a: Int) on FIELD\n"
        "type Query { f(x: I = {b: 1, a: 2}): [Int] a: Int b: Int c: Int d: Int e: Int g: Int h: Int i: Int }",
        "input I { a: Int b: Int } directive @d(a: [Int!]) on QUERY\n"
        "\"a long description that is copied\" type Query { f(x: I = {b: 1, a: 3}): [Int!]! i: Int h: ID }"};
    for (int swap = 0; swap < 2; swap++)
        for (uint64_t n = 1;; n++) {
            faulty f = {.fail_at = n};
            built a = build_ok(sdl[swap]), b = build_ok(sdl[!swap]);
            gyr_allocator own = b.schema->allocator;
            b.schema->allocator = faulty_allocator(&f); /* the diff's */
            gyr_changes *changes;
            gyr_status status = gyr_schema_diff(a.schema, b.schema, &changes);
            assert_int_equal(status, f.failed ? GYR_ERR_MEMORY : GYR_OK);
            assert_true((changes == NULL) == f.failed);
            gyr_changes_free(changes);
            assert_int_equal(f.live, 0);
            b.schema->allocator = own;
            built_free(&a), built_free(&b);
            if (!f.failed) break;
            assert_true(n < 1000);
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind), cmocka_unit_test(many),   cmocka_unit_test(nul_bytes),
        cmocka_unit_test(misuse),     cmocka_unit_test(corpus), cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
