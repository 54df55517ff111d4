/* Schemas that break the newest rules: what a lenient build lets pass, each with what a strict one says of it; what it still
 * refuses; and two real schemas.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "sdl.h"

#define Q "type Query { a: Int } "

static const struct {
    const char *sdl, *strict; /* lenient: no errors */
} relaxed[] = {
    {"schema { query: Query mutation: Query } " Q,
     "1:17 1:33 All root types must be different, \"Query\" type is used as query and mutation root types.\n"},
    {"schema { query: Query subscription: Query } " Q,
     "1:17 1:37 All root types must be different, \"Query\" type is used as query and subscription root types.\n"},
    {Q "type A { f(x: Int! @deprecated): Int }", "1:42 1:37 Required argument A.f(x:) cannot be deprecated.\n"},
    {Q "directive @d(x: Int! @deprecated) on FIELD", "1:44 1:39 Required argument @d(x:) cannot be deprecated.\n"},
    {Q "input I { x: Int! @deprecated }", "1:41 1:36 Required input field I.x cannot be deprecated.\n"},
    {Q "interface I { x: Int } type A implements I { x: Int @deprecated }",
     "1:75 1:71 Interface field I.x is not deprecated, so implementation field A.x must not be deprecated.\n"},
    {Q "type A { x: Int y: Int x: String }", "1:32 1:46 Field \"A.x\" can only be defined once.\n"},
    {Q "type A { x: Int } extend type A { x: String }", "1:32 1:57 Field \"A.x\" can only be defined once.\n"},
    {Q "interface A { x: Int x: Float }", "1:37 1:44 Field \"A.x\" can only be defined once.\n"},
    {Q "input A { x: Int x: String }", "1:33 1:40 Field \"A.x\" can only be defined once.\n"},
    {Q "enum E { A B A }", "1:32 1:36 Enum value \"E.A\" can only be defined once.\n"},
    {Q "type A { f(x: Int, x: String): Int }", "1:34 1:42 Argument \"A.f(x:)\" can only be defined once.\n"},
    {Q "directive @d(x: Int, x: String) on FIELD", "1:36 1:44 Argument \"@d(x:)\" can only be defined once.\n"},
    {Q "type A @key(fields: \"x\") { x: Int @shareable }",
     "1:30 Unknown directive \"@key\".\n1:57 Unknown directive \"@shareable\".\n"},
};

static void what_is_let_pass(void **state) {
    (void)state;
    for (size_t i = 0; i < GYR__COUNT(relaxed); i++) {
        gyr_source source = {gyr_s(""), str(relaxed[i].sdl)};
        built strict = build_sources(&source, 1, 0, false), lenient = build_sources(&source, 1, 0, true);
        char *said = problems(&strict), *said_leniently = problems(&lenient);
        if (strcmp(said, relaxed[i].strict))
            fail_msg("%s\n--- said\n%s--- should say\n%s", relaxed[i].sdl, said, relaxed[i].strict);
        if (*said_leniently) fail_msg("%s\n--- leniently said\n%s", relaxed[i].sdl, said_leniently);
        free(said);
        free(said_leniently);
        built_free(&strict);
        built_free(&lenient);
    }
}

/* Of what is defined twice the last definition counts, at the place of the first. */
static void what_counts(void **state) {
    (void)state;
    gyr_source source = {gyr_s(""), gyr_s(Q "type A { a: Int b: Int c: Int b: String } enum E { A B A @deprecated }\n"
                                            "type B { f(a: Int, b: Int, a: [Int] = 3): Int }")};
    built b = build_sources(&source, 1, 0, true);
    assert_non_null(b.schema);
    const gyr__type *t = gyr__schema_type(b.schema, gyr_s("A"));
    assert_int_equal(t->field_count, 3);
    assert_str(t->fields[1].type.named->def.name, "String");
    const gyr__type *e = gyr__schema_type(b.schema, gyr_s("E"));
    assert_int_equal(e->value_count, 2);
    assert_str(e->values[0].def.deprecation_reason, "No longer supported");
    const gyr__field *f = gyr__schema_field(b.schema, gyr__schema_type(b.schema, gyr_s("B")), gyr_s("f"));
    assert_int_equal(f->arg_count, 2);
    assert_int_equal(f->args[0].default_value.kind, GYR_VALUE_LIST);
    built_free(&b);
}

static void what_is_refused_all_the_same(void **state) {
    (void)state;
    static const char *const sdl[] = {
        "type A { a: Int }",                     /* no query root */
        Q "type A { a: Int } type A { a: Int }", /* a type twice */
        Q "type A { a: Nothing }",               /* an unknown type */
        Q "extend type A { a: Int }",            /* of nothing */
        Q "interface I { a: Int } type A implements I { b: Int }",
        Q "directive @d on FIELD type A @d { a: Int }",        /* misplaced */
        Q "directive @d on OBJECT type A @d @d { a: Int }",    /* twice */
        Q "directive @d on OBJECT type A @d(x: 1) { a: Int }", /* an unknown argument */
        Q "type A { a(x: Int = \"x\"): Int }",
        Q "type A", /* empty */
        "scalar Query",
    };
    for (size_t i = 0; i < GYR__COUNT(sdl); i++) {
        gyr_source source = {gyr_s(""), str(sdl[i])};
        built b = build_sources(&source, 1, 0, true);
        if (b.schema) fail_msg("%s is accepted", sdl[i]);
        built_free(&b);
    }
}

/* One error more than the limit says that there were too many. */
static void too_many(void **state) {
    (void)state;
    enum { LIMIT = 50 };
    for (uint32_t count = LIMIT - 1; count <= LIMIT + 3; count++) {
        char sdl[4000];
        size_t at = (size_t)sprintf(sdl, Q "type T {");
        for (uint32_t i = 0; i < count; i++) at += (size_t)sprintf(sdl + at, " f%u: X%u", i, i);
        sprintf(sdl + at, " }");
        gyr_source source = {gyr_s(""), str(sdl)};
        gyr_schema_options options = {.size = sizeof options, .sources = &source, .source_count = 1, .unbound = true};
        gyr_errors *errors = gyr__errors_new(NULL, LIMIT);
        assert_null(gyr__schema_build(&options, errors));
        assert_int_equal(gyr_errors_count(errors), GYR__MIN(count, LIMIT + 1u));
        assert_int_equal(errors->limit, LIMIT);
        assert_str(gyr_errors_get(errors, LIMIT - 2)->message, "Unknown type \"X48\".");
        if (count > LIMIT)
            assert_str(gyr_errors_get(errors, LIMIT)->message,
                       "Too many schema errors, error limit reached. Build aborted.");
        gyr_errors_free(errors);
        errors = gyr__errors_new(NULL, 0);
        assert_null(gyr__schema_build(&options, errors));
        assert_int_equal(gyr_errors_count(errors), count);
        gyr_errors_free(errors);
    }
}

static void expect_real(const char *name, const char *strict) {
    size_t len;
    char *path = test_shared(name), *sdl = test_read_file(path, &len);
    gyr_source source = {gyr_s(""), gyr_str_of(sdl, len)};
    built s = build_sources(&source, 1, 0, false), lenient = build_sources(&source, 1, 0, true);
    char *said = problems(&s);
    assert_string_equal(said, strict);
    assert_non_null(lenient.schema);
    free(said);
    built_free(&s);
    built_free(&lenient);
    free(sdl);
    free(path);
}

static void github(void **state) {
    (void)state;
    expect_real(
        "conformance/schemas/github-2026.graphql",
        "15003:3 15153:3 Field \"EnterpriseOwnerInfo.repositoryDeployKeySetting\" can only be defined once.\n"
        "15008:3 15158:3 Field \"EnterpriseOwnerInfo.repositoryDeployKeySettingOrganizations\" can only be defined "
        "once.\n");
}

static void shopify(void **state) {
    (void)state;
    expect_real("conformance/schemas/shopify-storefront.graphql",
                "5726:11 5726:7 Interface field Node.id is not deprecated, so implementation field "
                "MediaPresentation.id must not be "
                "deprecated.\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(too_many),    cmocka_unit_test(what_is_let_pass),
        cmocka_unit_test(what_counts), cmocka_unit_test(what_is_refused_all_the_same),
        cmocka_unit_test(github),      cmocka_unit_test(shopify),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
