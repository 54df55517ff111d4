/* Complete schemas: all that introspection shows is the sources' - types, order, descriptions, defaults.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "sdl.h"

#include "faulty.h"
#include "type/introspect.h"

#define TYPES                                                                                                          \
    "scalar String\n\"yes or no\" scalar Boolean\n"                                                                    \
    "type __Directive { args: [__InputValue!]! isDeprecated: Boolean! deprecationReason: String name: String! }\n"     \
    "type __InputValue { defaultValue: String }\n"                                                                     \
    "type __Schema { directives(includeDeprecated: Boolean = false): [__Directive!]! types: [__Type!]! }\n"            \
    "type __Type { name: String \"of mine\" kind: __TypeKind! }\nenum __TypeKind { OBJECT }\n"

static built complete(const char *sdl) {
    gyr_source source = {gyr_s("schema.graphql"), str(sdl)};
    gyr_schema_options options = {.size = sizeof options,
                                  .sources = &source,
                                  .source_count = 1,
                                  .unbound = true,
                                  .lenient = true,
                                  .complete = true};
    built b = {.errors = gyr__errors_new(NULL, 0)};
    assert_non_null(b.errors);
    b.schema = gyr__schema_build(&options, b.errors);
    return b;
}

static const gyr__field *field_of(const built *b, const char *type, const char *name) {
    return gyr__schema_field(b->schema, gyr__schema_type(b->schema, str(type)), str(name));
}

static void order_is_the_sources(void **state) {
    (void)state;
    built b = complete("directive @d on FIELD\n" TYPES "type Query { f(x: Q = {a:  [1]}): String }\n"
                       "input Q { a: [Int] }\nscalar Int\n");
    assert_non_null(b.schema);
    static const char *const names[] = {"String",     "Boolean", "__Directive", "__InputValue", "__Schema", "__Type",
                                        "__TypeKind", "Query",   "Q",           "Int"};
    assert_int_equal(b.schema->type_count, GYR__COUNT(names));
    for (uint32_t i = 0; i < b.schema->type_count; i++) {
        assert_str(b.schema->types[i]->def.name, names[i]);
        assert_int_equal(b.schema->types[i]->is_builtin, i != 7 && i != 8);
    }
    assert_int_equal(b.schema->directive_count, 1); /* nothing is added */
    assert_str(gyr__schema_type(b.schema, str("Boolean"))->def.description, "yes or no");
    assert_int_equal(gyr__schema_type(b.schema, str("Int"))->scalar, GYR__INT);
    assert_str(field_of(&b, "Query", "f")->args[0].default_text, "{a:  [1]}"); /* shown as it is written */
    assert_str(b.schema->meta_schema.type.named->def.name, "__Schema");
    built_free(&b);
}

static void directives_may_share_a_name(void **state) {
    (void)state;
    built b = complete("directive @d on FIELD\ndirective @d(x: String) on FIELD\n" TYPES "type Query { f: String }\n");
    assert_non_null(b.schema);
    assert_int_equal(b.schema->directive_count, 2);
    built_free(&b);
}

static void fields_answer_by_name(void **state) {
    (void)state;
    built b = complete("directive @new on FIELD\ndirective @old @deprecated(reason: \"no\") on FIELD\n" TYPES
                       "type Query { f: String }\n");
    assert_non_null(b.schema);
    gyr__intro schema = {.kind = GYR__INTRO_SCHEMA}, type = {.kind = GYR__INTRO_TYPE}, item;
    type.ref.named = gyr__schema_type(b.schema, str("Query"));
    assert_str(gyr__intro_field(b.schema, &type, field_of(&b, "__Type", "name"), false).text, "Query");
    assert_str(gyr__intro_field(b.schema, &type, field_of(&b, "__Type", "kind"), false).text, "OBJECT");
    for (int all = 0; all <= 1; all++) {
        gyr__intro list = gyr__intro_field(b.schema, &schema, field_of(&b, "__Schema", "directives"), all);
        assert_int_equal(list.list.length, 2);
        assert_true(gyr__intro_item(b.schema, &list, 0, &item));
        assert_int_equal(gyr__intro_item(b.schema, &list, 1, &item), all);
    }
    assert_true(gyr__intro_field(b.schema, &item, field_of(&b, "__Directive", "isDeprecated"), false).flag);
    assert_str(gyr__intro_field(b.schema, &item, field_of(&b, "__Directive", "deprecationReason"), false).text, "no");
    built_free(&b);
}

static void refuses(const char *sdl, const char *expected) {
    built b = complete(sdl);
    char *text = problems(&b);
    assert_string_equal(text, expected);
    free(text);
    built_free(&b);
}

static void what_introspection_cannot_answer(void **state) {
    (void)state;
    refuses(TYPES "type Query { f: String }\ntype __Field { name: String! size: String }\n",
            "9:30 Introspection has no answer for the field \"__Field.size\" of this type.\n");
    refuses(TYPES "type Query { f: String }\ntype __Field { name: [String!]! }\n",
            "9:16 Introspection has no answer for the field \"__Field.name\" of this type.\n");
    refuses("scalar Boolean type Query { f: Boolean }", "A complete schema defines the type \"String\".\n"
                                                        "A complete schema defines the type \"__Schema\".\n"
                                                        "A complete schema defines the type \"__Type\".\n");
}

static void without_memory(void **state) {
    (void)state;
    gyr_source source = {gyr_s("s"), str("directive @d(x: Boolean = true) @deprecated on FIELD\n" TYPES
                                         "type Query { f(x: [Boolean]): String }\n")};
    for (uint64_t n = 1;; n++) {
        faulty f = {.fail_at = n, .for_good = n % 2};
        gyr_schema_options options = {.size = sizeof options,
                                      .sources = &source,
                                      .source_count = 1,
                                      .unbound = true,
                                      .lenient = true,
                                      .complete = true,
                                      .allocator = faulty_allocator(&f)};
        gyr_errors *errors = gyr__errors_new(&options.allocator, 0);
        gyr_schema *s = errors ? gyr__schema_build(&options, errors) : NULL;
        if (errors && gyr__errors_status(errors) != GYR_ERR_MEMORY) assert_non_null(s);
        assert_true(s || f.failed);
        gyr__schema_unref(s);
        gyr_errors_free(errors);
        assert_int_equal(f.live, 0);
        if (!f.failed) break;
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_is_the_sources),  cmocka_unit_test(directives_may_share_a_name),
        cmocka_unit_test(fields_answer_by_name), cmocka_unit_test(what_introspection_cannot_answer),
        cmocka_unit_test(without_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
