/* Questions to a finished schema: type references, subtypes, possible types, meta fields, coordinates;
 * suggestions.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "sdl.h"

#include "language/parse.h"
#include "type/coordinate.h"
#include "type/suggest.h"

static const gyr__field *field(const built *b, const char *type, const char *name) {
    return gyr__schema_field(b->schema, gyr__schema_type(b->schema, str(type)), str(name));
}

static void type_refs(void **state) {
    (void)state;
    built b = build_ok("type Query { a: Int b: Int! c: [Int] d: [Int!]! e: [[[Int]!]]! f: [[Int!]!]! }");
    static const char *const texts[] = {"Int", "Int!", "[Int]", "[Int!]!", "[[[Int]!]]!", "[[Int!]!]!"};
    gyr__arena arena;
    gyr__arena_init(&arena, NULL, 0);
    const gyr__type *q = gyr__schema_type(b.schema, gyr_s("Query"));
    for (uint32_t i = 0; i < GYR__COUNT(texts); i++)
        assert_str(gyr__type_ref_text(&arena, q->fields[i].type), texts[i]);
    gyr__type_ref t = q->fields[4].type;
    assert_true(gyr__is_non_null(t));
    t = gyr__item_type(gyr__nullable(t));
    assert_str(gyr__type_ref_text(&arena, t), "[[Int]!]");
    assert_str(gyr__type_ref_text(&arena, gyr__item_type(t)), "[Int]!");
    gyr__arena_fini(&arena);
    built_free(&b);
}

static void subtypes(void **state) {
    (void)state;
    built b =
        build_ok("type Query { a: Int b: Int! c: [Int] d: [Int!] i: I j: J q: Query u: U m: M lj: [J!]! li: [I] }\n"
                 "interface I { i: I } interface J implements I { i: I } type M implements I & J { i: I }\n"
                 "union U = M");
    static const struct {
        const char *sub, *super;
        bool is;
    } cases[] = {{"a", "a", true},  {"b", "a", true},  {"a", "b", false},  {"d", "c", true},   {"c", "d", false},
                 {"a", "c", false}, {"j", "i", true},  {"i", "j", false},  {"m", "u", true},   {"q", "u", false},
                 {"m", "i", true},  {"u", "i", false}, {"lj", "li", true}, {"li", "lj", false}};
    for (size_t i = 0; i < GYR__COUNT(cases); i++)
        assert_int_equal(
            gyr__is_subtype(field(&b, "Query", cases[i].sub)->type, field(&b, "Query", cases[i].super)->type),
            cases[i].is);
    const gyr__type *in = gyr__schema_type(b.schema, gyr_s("I")), *u = gyr__schema_type(b.schema, gyr_s("U"));
    const gyr__type *m = gyr__schema_type(b.schema, gyr_s("M")), *q = gyr__schema_type(b.schema, gyr_s("Query"));
    assert_int_equal(in->implementor_count, 2);
    assert_true(gyr__types_overlap(in, u));
    assert_true(gyr__types_overlap(m, u));
    assert_false(gyr__types_overlap(q, u));
    assert_true(gyr__types_overlap(q, q));
    built_free(&b);
}

/* Interfaces of few among very many objects have no bitset, and answer alike. */
static void sparse(void **state) {
    (void)state;
    char *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    fputs("type Query { a: Int } interface I { a: Int } interface All { a: Int }", f);
    for (int i = 0; i < 6000; i++)
        fprintf(f, "type T%d implements All%s { a: Int }\n", i, i % 3000 == 17 ? " & I" : "");
    fclose(f);
    built b = build_ok(text);
    const gyr__type *in = gyr__schema_type(b.schema, gyr_s("I")), *all = gyr__schema_type(b.schema, gyr_s("All"));
    assert_null(in->possible_bits);
    assert_non_null(all->possible_bits);
    assert_int_equal(in->possible_count, 2);
    for (uint32_t i = 0; i < b.schema->object_count; i++) {
        const gyr__type *t = b.schema->objects[i];
        bool is = gyr__str_is(t->def.name, "T17") || gyr__str_is(t->def.name, "T3017");
        assert_int_equal(gyr__is_possible(in, t), is);
        assert_int_equal(gyr__is_possible(all, t), t->def.name.ptr[0] == 'T');
    }
    assert_true(gyr__types_overlap(in, all));
    built_free(&b);
    free(text);
}

static void meta_fields(void **state) {
    (void)state;
    built b = build_ok("type Query { a: A } type A { a: Int } union U = A interface I { a: Int }");
    assert_int_equal(field(&b, "Query", "__schema")->meta, GYR__META_SCHEMA);
    assert_int_equal(field(&b, "Query", "__type")->meta, GYR__META_TYPE);
    assert_str(field(&b, "Query", "__type")->args[0].def.name, "name");
    assert_null(field(&b, "A", "__type"));
    assert_null(field(&b, "A", "__nothing"));
    static const char *const composite[] = {"Query", "A", "U", "I", "__Schema"};
    for (size_t i = 0; i < GYR__COUNT(composite); i++)
        assert_int_equal(field(&b, composite[i], "__typename")->meta, GYR__META_TYPENAME);
    b.schema->no_introspection = true;
    assert_null(field(&b, "Query", "__schema"));
    assert_non_null(field(&b, "Query", "__typename"));
    built_free(&b);
}

static void coordinates(void **state) {
    (void)state;
    built b = build_ok("type Query { f(a: Int): Int } enum E { A } input I { a: Int } directive @d(a: Int) on FIELD");
    static const struct {
        const char *text, *kind, *result; /* kind NULL: an error with the message `result` */
    } cases[] = {
        {"Query", "NamedType", "Query"},
        {"Nothing", "", ""},
        {"Query.f", "Field", "f"},
        {"Query.g", "", ""},
        {"Query.f(a:)", "FieldArgument", "a"},
        {"Query.f(b:)", "", ""},
        {"E.A", "EnumValue", "A"},
        {"I.a", "InputField", "a"},
        {"@d", "Directive", "d"},
        {"@d(a:)", "DirectiveArgument", "a"},
        {"@e", "", ""},
        {"Int.x", NULL, "Expected \"Int\" to be an Enum, Input Object, Object or Interface type."},
        {"X.x", NULL, "Expected \"X\" to be defined as a type in the schema."},
        {"E.A(x:)", NULL, "Expected \"E\" to be an object type or interface type."},
        {"Query.g(x:)", NULL, "Expected \"g\" to exist as a field of type \"Query\" in the schema."},
        {"@e(x:)", NULL, "Expected \"e\" to be defined as a directive in the schema."},
    };
    for (size_t i = 0; i < GYR__COUNT(cases); i++) {
        gyr__arena arena;
        gyr__node *node;
        gyr__element element;
        gyr_errors *errors = gyr__errors_new(NULL, 0);
        gyr__source source = gyr__source_of(str(cases[i].text), gyr_s(""));
        gyr__arena_init(&arena, NULL, 0);
        assert_int_equal(gyr__parse_coordinate(&arena, &source, NULL, errors, &node), GYR_OK);
        bool ok = gyr__resolve_coordinate(b.schema, node, &element, errors);
        assert_int_equal(ok, cases[i].kind != NULL);
        if (ok) {
            assert_str(gyr__element_kind_name(element.kind), cases[i].kind);
            assert_str(gyr__element_name(&element), cases[i].result);
        } else {
            assert_str(gyr_errors_get(errors, 0)->message, cases[i].result);
        }
        gyr__arena_fini(&arena);
        gyr_errors_free(errors);
    }
    built_free(&b);
}

static void suggestions(void **state) {
    (void)state;
    static const char *const options[] = {"one", "onE", "field10", "field9", "fiedl8", "other", "one"};
    static const struct {
        const char *name, *hint;
    } cases[] = {{"one", " Did you mean \"one\" or \"onE\"?"},
                 {"field", " Did you mean \"field9\", \"fiedl8\", or \"field10\"?"},
                 {"thousands", ""}};
    for (size_t i = 0; i < GYR__COUNT(cases); i++) {
        gyr_errors *errors = gyr__errors_new(NULL, 0);
        gyr__suggest s;
        gyr__suggest_init(&s, errors, str(cases[i].name));
        for (size_t k = 0; k < GYR__COUNT(options); k++) gyr__suggest_option(&s, str(options[k]));
        assert_str(gyr__suggest_text(&s), cases[i].hint);
        gyr_errors_free(errors);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(type_refs),   cmocka_unit_test(subtypes),    cmocka_unit_test(sparse),
        cmocka_unit_test(meta_fields), cmocka_unit_test(coordinates), cmocka_unit_test(suggestions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
