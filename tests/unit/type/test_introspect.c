/* Introspection values: each field of each introspection type, deprecated members, wrappers.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "sdl.h"

#include "type/introspect.h"

static const char sdl[] =
    "\"the schema\" schema { query: Q mutation: M }\n"
    "\"d\" type Q implements I { i: Int \"f\" f(a: [Int!]! = [1], old: Int @deprecated): U! g: Int "
    "@deprecated(reason: \"r\") }\n"
    "type M { a: Int } interface I { i: Int } union U = M | Q enum E { A B @deprecated }\n"
    "input In { a: Int = 1 b: E @deprecated } input One @oneOf { a: Int } scalar S @specifiedBy(url: \"u\")\n"
    "directive @d(a: Int, b: Int @deprecated) repeatable on QUERY | FIELD";

static gyr__intro get(const built *b, const gyr__intro *object, const char *type, const char *field, bool all) {
    const gyr__field *f = gyr__schema_field(b->schema, gyr__schema_type(b->schema, str(type)), str(field));
    if (!f) fail_msg("no %s.%s", type, field);
    return gyr__intro_field(b->schema, object, f, all);
}

static gyr__intro type_of(const built *b, const char *name) {
    return (gyr__intro){.kind = GYR__INTRO_TYPE, .ref = {gyr__schema_type(b->schema, str(name)), 0, 0}};
}

static void assert_text(const built *b, const gyr__intro *object, const char *type, const char *field,
                        const char *expected) {
    gyr__intro v = get(b, object, type, field, false);
    if (!expected) {
        assert_int_equal(v.kind, GYR__INTRO_NULL);
        return;
    }
    assert_int_equal(v.kind, GYR__INTRO_STRING);
    assert_str(v.text, expected);
}

static void assert_flag(const built *b, const gyr__intro *object, const char *type, const char *field, bool expected) {
    gyr__intro v = get(b, object, type, field, false);
    assert_int_equal(v.kind, GYR__INTRO_BOOLEAN);
    assert_int_equal(v.flag, expected);
}

/* The names of a list's items, each followed by a space. To be freed. */
static void assert_names(const built *b, gyr__intro list, const char *expected) {
    char text[1024] = "";
    if (list.kind == GYR__INTRO_NULL) strcat(text, "null");
    for (uint32_t i = 0; list.kind == GYR__INTRO_LIST && i < list.list.length; i++) {
        gyr__intro item, name;
        static const char *const types[] = {
            "", "__Schema", "__Type", "__Field", "__InputValue", "__EnumValue", "__Directive"};
        if (!gyr__intro_item(b->schema, &list, i, &item)) continue;
        name = item.kind == GYR__INTRO_STRING ? item : get(b, &item, types[item.kind], "name", false);
        strncat(text, name.text.ptr, name.text.len);
        strcat(text, " ");
    }
    assert_string_equal(text, expected);
}

static gyr__intro item_of(const built *b, gyr__intro list, uint32_t i) {
    gyr__intro item;
    assert_int_equal(list.kind, GYR__INTRO_LIST);
    assert_true(i < list.list.length);
    gyr__intro_item(b->schema, &list, i, &item);
    return item;
}

static void schema_and_types(void **state) {
    (void)state;
    built b = build_ok(sdl);
    gyr__intro schema = {.kind = GYR__INTRO_SCHEMA, .of = b.schema}, t;
    assert_text(&b, &schema, "__Schema", "description", "the schema");
    assert_names(&b, get(&b, &schema, "__Schema", "types", false),
                 "Q Int M I U E In One S Boolean String __Schema __Type __TypeKind __Field __InputValue __EnumValue "
                 "__Directive __DirectiveLocation ");
    assert_names(&b, get(&b, &schema, "__Schema", "directives", false), "d include skip deprecated specifiedBy oneOf ");
    t = get(&b, &schema, "__Schema", "mutationType", false);
    assert_text(&b, &t, "__Type", "name", "M");
    assert_int_equal(get(&b, &schema, "__Schema", "subscriptionType", false).kind, GYR__INTRO_NULL);
    t = get(&b, &schema, "__Schema", "queryType", false);
    assert_text(&b, &t, "__Type", "kind", "OBJECT");
    assert_text(&b, &t, "__Type", "description", "d");
    assert_text(&b, &t, "__Type", "specifiedByURL", NULL);
    assert_names(&b, get(&b, &t, "__Type", "fields", false), "i f ");
    assert_names(&b, get(&b, &t, "__Type", "fields", true), "i f g ");
    assert_names(&b, get(&b, &t, "__Type", "interfaces", false), "I ");
    assert_names(&b, get(&b, &t, "__Type", "possibleTypes", false), "null");
    assert_names(&b, get(&b, &t, "__Type", "inputFields", true), "null");
    assert_int_equal(get(&b, &t, "__Type", "isOneOf", false).kind, GYR__INTRO_NULL);
    t = type_of(&b, "M");
    assert_names(&b, get(&b, &t, "__Type", "interfaces", false), "");
    t = type_of(&b, "U");
    assert_text(&b, &t, "__Type", "kind", "UNION");
    assert_names(&b, get(&b, &t, "__Type", "possibleTypes", false), "M Q "); /* as declared */
    assert_names(&b, get(&b, &t, "__Type", "fields", false), "null");
    t = type_of(&b, "E");
    assert_names(&b, get(&b, &t, "__Type", "enumValues", false), "A ");
    assert_names(&b, get(&b, &t, "__Type", "enumValues", true), "A B ");
    t = type_of(&b, "In");
    assert_names(&b, get(&b, &t, "__Type", "inputFields", false), "a ");
    assert_flag(&b, &t, "__Type", "isOneOf", false);
    t = type_of(&b, "One");
    assert_text(&b, &t, "__Type", "kind", "INPUT_OBJECT");
    assert_flag(&b, &t, "__Type", "isOneOf", true);
    t = type_of(&b, "S");
    assert_text(&b, &t, "__Type", "specifiedByURL", "u");
    built_free(&b);
}

static void members(void **state) {
    (void)state;
    built b = build_ok(sdl);
    gyr__intro q = type_of(&b, "Q"), fields = get(&b, &q, "__Type", "fields", true), f = item_of(&b, fields, 1), v, t;
    assert_text(&b, &f, "__Field", "name", "f");
    assert_text(&b, &f, "__Field", "description", "f");
    assert_flag(&b, &f, "__Field", "isDeprecated", false);
    assert_text(&b, &f, "__Field", "deprecationReason", NULL);
    assert_names(&b, get(&b, &f, "__Field", "args", false), "a ");
    assert_names(&b, get(&b, &f, "__Field", "args", true), "a old ");
    t = get(&b, &f, "__Field", "type", false);
    assert_text(&b, &t, "__Type", "kind", "NON_NULL");
    assert_text(&b, &t, "__Type", "name", NULL);
    t = get(&b, &t, "__Type", "ofType", false);
    assert_text(&b, &t, "__Type", "name", "U");
    v = item_of(&b, get(&b, &f, "__Field", "args", true), 0);
    assert_text(&b, &v, "__InputValue", "name", "a");
    assert_text(&b, &v, "__InputValue", "description", NULL);
    assert_text(&b, &v, "__InputValue", "defaultValue", "[1]");
    static const char *const kinds[] = {"NON_NULL", "LIST", "NON_NULL", "SCALAR"};
    t = get(&b, &v, "__InputValue", "type", false);
    for (int i = 0; i < 4; i++, t = get(&b, &t, "__Type", "ofType", false))
        assert_text(&b, &t, "__Type", "kind", kinds[i]);
    assert_int_equal(t.kind, GYR__INTRO_NULL);
    v = item_of(&b, get(&b, &f, "__Field", "args", true), 1);
    assert_flag(&b, &v, "__InputValue", "isDeprecated", true);
    assert_text(&b, &v, "__InputValue", "deprecationReason", "No longer supported");
    assert_text(&b, &v, "__InputValue", "defaultValue", NULL);
    f = item_of(&b, fields, 2);
    assert_flag(&b, &f, "__Field", "isDeprecated", true);
    assert_text(&b, &f, "__Field", "deprecationReason", "r");
    gyr__intro e = type_of(&b, "E");
    v = item_of(&b, get(&b, &e, "__Type", "enumValues", true), 1);
    assert_text(&b, &v, "__EnumValue", "name", "B");
    assert_text(&b, &v, "__EnumValue", "description", NULL);
    assert_flag(&b, &v, "__EnumValue", "isDeprecated", true);
    assert_text(&b, &v, "__EnumValue", "deprecationReason", "No longer supported");
    built_free(&b);
}

static void directives(void **state) {
    (void)state;
    built b = build_ok(sdl);
    gyr__intro schema = {.kind = GYR__INTRO_SCHEMA, .of = b.schema};
    gyr__intro list = get(&b, &schema, "__Schema", "directives", false), d = item_of(&b, list, 0);
    assert_text(&b, &d, "__Directive", "name", "d");
    assert_text(&b, &d, "__Directive", "description", NULL);
    assert_flag(&b, &d, "__Directive", "isRepeatable", true);
    assert_names(&b, get(&b, &d, "__Directive", "locations", false), "QUERY FIELD ");
    assert_names(&b, get(&b, &d, "__Directive", "args", false), "a ");
    assert_names(&b, get(&b, &d, "__Directive", "args", true), "a b ");
    d = item_of(&b, list, 3);
    assert_names(&b, get(&b, &d, "__Directive", "locations", false),
                 "FIELD_DEFINITION ARGUMENT_DEFINITION INPUT_FIELD_DEFINITION ENUM_VALUE ");
    built_free(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(schema_and_types),
        cmocka_unit_test(members),
        cmocka_unit_test(directives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
