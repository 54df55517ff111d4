/* What a build makes of SDL: order, extensions, directives, defaults, descriptions, possible types; several
 * sources; extending a schema; running out of memory.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "sdl.h"

#include "faulty.h"

static const gyr__type *type_of(const built *b, const char *name) {
    const gyr__type *t = gyr__schema_type(b->schema, str(name));
    if (!t) fail_msg("no type %s", name);
    return t;
}

static const gyr__field *field_of(const built *b, const char *type, const char *name) {
    const gyr__field *f = gyr__schema_field(b->schema, type_of(b, type), str(name));
    if (!f) fail_msg("no field %s.%s", type, name);
    return f;
}

static void order(void **state) {
    (void)state;
    built b = build_ok("type B { id: ID! f(x: Float): A } type A { s: String b: B } directive @d(i: Int) on FIELD\n"
                       "type Query { b: B }");
    static const char *const names[] = {"B",
                                        "ID",
                                        "Float",
                                        "A",
                                        "String",
                                        "Query",
                                        "Int",
                                        "Boolean",
                                        "__Schema",
                                        "__Type",
                                        "__TypeKind",
                                        "__Field",
                                        "__InputValue",
                                        "__EnumValue",
                                        "__Directive",
                                        "__DirectiveLocation"};
    /* as the reference orders them: Boolean is first used by @include's argument */
    assert_int_equal(b.schema->type_count, GYR__COUNT(names));
    for (uint32_t i = 0; i < b.schema->type_count; i++) {
        assert_str(b.schema->types[i]->def.name, names[i]);
        assert_int_equal(b.schema->types[i]->index, i);
        assert_ptr_equal(gyr__schema_type(b.schema, str(names[i])), b.schema->types[i]);
    }
    static const char *const directives[] = {"d", "include", "skip", "deprecated", "specifiedBy", "oneOf"};
    assert_int_equal(b.schema->directive_count, GYR__COUNT(directives));
    for (uint32_t i = 0; i < b.schema->directive_count; i++)
        assert_str(b.schema->directives[i]->def.name, directives[i]);
    assert_ptr_equal(b.schema->roots[GYR_QUERY], type_of(&b, "Query"));
    assert_null(b.schema->roots[GYR_MUTATION]);
    built_free(&b);
    b = build_ok("type Query { a: Int }");
    assert_null(gyr__schema_type(b.schema, gyr_s("Float"))); /* nothing uses it */
    assert_null(gyr__schema_type(b.schema, gyr_s("ID")));
    built_free(&b);
}

static void extensions(void **state) {
    (void)state;
    gyr_source sources[] = {
        {gyr_s("a"), gyr_s("extend type Query implements I @d(n: 2) { c: Int }\n type Query @d(n: 1) { a: Int }\n"
                           "extend union U = Query\n extend enum E { B }\n extend schema @d { mutation: M }")},
        {gyr_s("b"),
         gyr_s("directive @d(n: Int) repeatable on OBJECT | SCHEMA\n interface I { a: Int } type M { a: Int }\n"
               "union U = M enum E { A } input In { a: Int } extend input In { b: Int = 5 }\n"
               "scalar S extend scalar S @specifiedBy(url: \"x:y\")\n"
               "extend type Query { b: Int } \"the schema\" schema { query: Query }")}};
    built b = build_sources(sources, 2, 0, false);
    assert_non_null(b.schema);
    const gyr__type *q = type_of(&b, "Query");
    assert_int_equal(q->field_count, 3);
    assert_str(q->fields[0].def.name, "a"); /* the definition first, wherever it stands */
    assert_str(q->fields[1].def.name, "c");
    assert_str(q->fields[2].def.name, "b");
    assert_int_equal(q->fields[2].def.place.source, 1);
    assert_int_equal(q->def.applied_count, 2);
    assert_int_equal(q->def.applied[0].args[0].value.of.integer, 1);
    assert_int_equal(q->def.applied[1].args[0].value.of.integer, 2);
    assert_int_equal(type_of(&b, "U")->possible_count, 2);
    assert_str(type_of(&b, "U")->possible[0]->def.name, "M");
    assert_int_equal(type_of(&b, "E")->value_count, 2);
    assert_int_equal(type_of(&b, "In")->inputs[1].default_value.of.integer, 5);
    assert_str(type_of(&b, "S")->specified_by_url, "x:y");
    assert_ptr_equal(b.schema->roots[GYR_MUTATION], type_of(&b, "M"));
    assert_str(b.schema->def.description, "the schema");
    assert_int_equal(b.schema->def.applied_count, 1);
    const gyr__type *i = type_of(&b, "I");
    assert_int_equal(i->possible_count, 1);
    assert_ptr_equal(i->possible[0], q);
    assert_true(gyr__is_possible(i, q));
    assert_false(gyr__is_possible(i, type_of(&b, "M")));
    built_free(&b);
}

static void extending(void **state) {
    (void)state;
    gyr_source sources[] = {{gyr_s("base"), gyr_s("type Query { a: Int } enum E { A } directive @d on FIELD")},
                            {gyr_s("more"), gyr_s("type Query { a: Int }\nextend type Query { a: Int }\n"
                                                  "extend enum E { A }\ndirective @d on FIELD\n"
                                                  "schema { query: Query }\ntype String { a: Int }\n"
                                                  "extend schema { query: Query }\ndirective @skip on FIELD")}};
    built b = build_sources(sources, 2, 1, false);
    char *text = problems(&b);
    assert_string_equal(text,
                        "1:6 Type \"Query\" already exists in the schema. It cannot also be defined in this type "
                        "definition.\n"
                        "4:12 Directive \"@d\" already exists in the schema. It cannot be redefined.\n"
                        "5:1 Cannot define a new schema within a schema extension.\n"
                        "6:6 Type \"String\" already exists in the schema. It cannot also be defined in this type "
                        "definition.\n"
                        "8:12 Directive \"@skip\" already exists in the schema. It cannot be redefined.\n"
                        "5:10 Type for query already defined in the schema. It cannot be redefined.\n"
                        "7:17 Type for query already defined in the schema. It cannot be redefined.\n"
                        "1:14 Field \"Query.a\" already exists in the schema. It cannot also be defined in this type "
                        "extension.\n"
                        "2:21 Field \"Query.a\" already exists in the schema. It cannot also be defined in this type "
                        "extension.\n"
                        "3:17 Enum value \"E.A\" already exists in the schema. It cannot also be defined in this type "
                        "extension.\n");
    free(text);
    built_free(&b);
    sources[1].text = gyr_s("extend type Query { b: Int } type Mutation { a: Int }");
    b = build_sources(sources, 2, 1, false);
    assert_non_null(b.schema);
    assert_int_equal(b.schema->roots[GYR_QUERY]->field_count, 2);
    assert_null(b.schema->roots[GYR_MUTATION]); /* an extension alone makes no root type */
    built_free(&b);
}

static void defaults(void **state) {
    (void)state;
    built b = build_ok("type Query { f(a: Int = 1, b: [Int] = 2, c: I = {x: 3}, d: E = R, e: ID = 7, s: String = "
                       "\"a\\nb\"): Int }\n"
                       "input I { x: Float y: J = {} } input J { z: K = {} n: Int } input K { s: String = \"k\" }\n"
                       "enum E { R }");
    const gyr__field *f = field_of(&b, "Query", "f");
    assert_int_equal(f->arg_count, 6);
    assert_int_equal(f->args[0].default_value.of.integer, 1);
    assert_int_equal(f->args[1].default_value.kind, GYR_VALUE_LIST);
    assert_int_equal(f->args[1].default_value.of.items[0].of.integer, 2);
    const gyr_value *c = &f->args[2].default_value; /* defaults of defaults, whatever the order of definition */
    assert_int_equal(c->count, 2);
    assert_true(c->of.members[0].value.of.number == 3.0);
    const gyr_value *y = &c->of.members[1].value;
    assert_int_equal(y->count, 1);
    const gyr_value *z = &y->of.members[0].value;
    assert_str(z->of.members[0].value.of.string, "k");
    assert_int_equal(f->args[3].default_value.kind, GYR_VALUE_ENUM);
    assert_int_equal(f->args[4].default_value.kind, GYR_VALUE_STRING);
    assert_str(f->args[4].default_text, "7");
    assert_str(f->args[2].default_text, "{ x: 3 }");
    assert_str(f->args[5].default_value.of.string, "a\nb");
    assert_str(f->args[5].default_text, "\"a\\nb\"");
    built_free(&b);
}

static void descriptions(void **state) {
    (void)state;
    built b = build_ok("\"\"\"\n  One line.  \n\"\"\"\ntype Query {\n  \"\"\"  first \"\"\" a: Int\n"
                       "  \"\"\"\n    two\n      lines\n  \"\"\"\n  b: Int\n  \"\" c: Int d: Int\n"
                       "  \"\"\"\n    has \\\"\"\" inside\n  \"\"\" e: Int \"\"\"   \n  \"\"\" f: Int\n"
                       "  \"\"\"\\n\n x\"\"\" g: Int @deprecated h: Int @deprecated(reason: \"r\") }");
    const gyr__type *q = type_of(&b, "Query");
    assert_str(q->def.description, "One line.  ");
    assert_str(q->fields[0].def.description, "  first ");
    assert_str(q->fields[1].def.description, "two\n  lines");
    assert_non_null(q->fields[2].def.description.ptr);
    assert_str(q->fields[2].def.description, "");
    assert_null(q->fields[3].def.description.ptr);
    assert_str(q->fields[4].def.description, "has \"\"\" inside");
    assert_non_null(q->fields[5].def.description.ptr);
    assert_str(q->fields[5].def.description, "");
    assert_str(q->fields[6].def.description, "\\n\nx");
    assert_str(q->fields[6].def.deprecation_reason, "No longer supported");
    assert_str(q->fields[7].def.deprecation_reason, "r");
    assert_null(q->fields[5].def.deprecation_reason.ptr);
    built_free(&b);
}

static void syntax_errors(void **state) {
    (void)state;
    gyr_source sources[] = {{gyr_s("one"), gyr_s("type Query {")}, {gyr_s("two"), gyr_s("type\n  A { a: }")}};
    built b = build_sources(sources, 2, 0, false);
    assert_int_equal(b.stage, GYR__STAGE_PARSE);
    assert_int_equal(gyr_errors_count(b.errors), 2); /* of every source */
    assert_int_equal(gyr_errors_get(b.errors, 0)->status, GYR_ERR_SYNTAX);
    assert_str(gyr_errors_get(b.errors, 1)->source, "two");
    assert_int_equal(gyr_errors_get(b.errors, 1)->locations[0].line, 2);
    built_free(&b);
    b = build_sources(NULL, 0, 0, false);
    assert_str(gyr_errors_get(b.errors, 0)->message, "Query root type must be provided.");
    built_free(&b);
}

/* Every prefix of a schema gives a schema or an error. */
static void truncated(void **state) {
    (void)state;
    static const char sdl[] =
        "\"\"\"d\"\"\" type Query implements I @d(a: [1, {b: 2}]) { f(a: In! = {x: 1}): [Int!]! }\n"
        "interface I { f(a: In! = {}): [Int] } directive @d(a: [S]) repeatable on OBJECT | ENUM\n"
        "input In { x: Int y: In } scalar S @specifiedBy(url: \"u\") enum E @d { A B }\n"
        "union U = Query extend union U @e = X schema { query: Query }";
    for (size_t n = 0; n < sizeof sdl; n++) {
        gyr_source source = {gyr_s(""), gyr_str_of(sdl, n)};
        built b = build_sources(&source, 1, 0, false);
        built_free(&b);
    }
}

/* ---- memory */

static const char everything[] =
    "\"the\" schema @d { query: Q mutation: M }\n"
    "\"\"\"\n a\n b\n\"\"\" type Q implements I & J @d(a: [1, {b: \"x\\n\"}]) { i: [Int!]! "
    "@deprecated(reason: \"a\\tb\")\n"
    " f(a: In! = {x: 1, s: [\"a\"]}, b: E = A, c: [[Float]] = 1.5): U }\n"
    "type M { a: ID b: Boolean c: String }\n"
    "interface I { i: [Int] @deprecated } interface J { i: [Int] @deprecated }\n"
    "directive @d(a: [S] = [1]) repeatable on OBJECT | SCHEMA | INPUT_OBJECT | ENUM\n"
    "input In @d { x: Int = 3 y: In z: [In!] = [{x: 2, z: []}] w: Out s: [String] } input Out @oneOf { a: "
    "Int b: "
    "String }\n"
    "scalar S @specifiedBy(url: \"u\") enum E @d { A B @deprecated }\n"
    "union U = Q | M extend union U @e extend type M { d: Int } extend enum E { C } directive @e on UNION\n";

static const char wrong_sdl[] =
    "type A @x { a: B a: C b(c: Int, c: Int): Zzz } extend type Query { a: Int } enum A { A }\n"
    "directive @d on FIELD directive @d on FIELD type Q @d(a: 1, a: {b: 1, b: 2}) { a: Int }";
static const char wrong_types[] =
    "type Q implements I { a: I f(a: Int! @deprecated, b: J = {j: {}, k: 1}): J } interface I { b: Int f: "
    "Int }\n"
    "input J { j: J! } input K { k: K = {} l: [K] = [{}] } union U = Q | Int enum E schema { query: J }";

/* Fails every allocation in turn. */
static void out_of_memory_in(const char *sdl, bool valid) {
    uint32_t told_nothing = 0;
    for (uint64_t n = 1;; n++) {
        faulty f = {.fail_at = n, .for_good = n % 2};
        gyr_source source = {gyr_s("s"), str(sdl)};
        gyr_schema_options options = {.size = sizeof options,
                                      .sources = &source,
                                      .source_count = 1,
                                      .unbound = true,
                                      .allocator = faulty_allocator(&f)};
        gyr_errors *errors = gyr__errors_new(&options.allocator, 0);
        if (!errors) {
            assert_true(f.failed);
            continue;
        }
        gyr_schema *s = gyr__schema_build(&options, errors);
        /* A failure is told, unless it was of memory that would only have been good to have. */
        if (gyr__errors_status(errors) == GYR_ERR_MEMORY) {
            assert_true(f.failed);
            assert_null(s);
        } else {
            if (valid && !s) fail_msg("%.*s", (int)gyr_errors_text(errors).len, gyr_errors_text(errors).ptr);
            assert_true(valid || !s);
            told_nothing += f.failed;
        }
        gyr__schema_unref(s);
        gyr_errors_free(errors);
        assert_int_equal(f.live, 0);
        if (!f.failed) break;
    }
    assert_true(told_nothing < 10);
}

static void out_of_memory(void **state) {
    (void)state;
    out_of_memory_in(everything, true);
    out_of_memory_in(wrong_sdl, false);
    out_of_memory_in(wrong_types, false);
}

static bool pool_freed;
static void free_pool(gyr__pool *pool) {
    (void)pool;
    pool_freed = true;
}

static void references(void **state) {
    (void)state;
    built b = build_ok("type Query { a: Int }");
    atomic_fetch_add(&b.schema->refs, 1);
    b.schema->pool_free = free_pool;
    atomic_store(&b.schema->pool, (gyr__pool *)&pool_freed);
    gyr__schema_unref(b.schema);
    assert_false(pool_freed);
    built_free(&b);
    assert_true(pool_freed);
    gyr__schema_unref(NULL);
}

/* ---- bindings */

static void resolve(gyr_call *call) { (void)call; }

typedef struct thing {
    int32_t a, b;
} thing;

/* A field of an interface may fetch when it does for any implementor. */
static void may_fetch(void **state) {
    (void)state;
    static const gyr_binding bindings[] = {GYR_TYPE("A", thing),
                                           GYR_TYPE("B", thing),
                                           GYR_RESOLVER("Query.i", resolve),
                                           GYR_FIELD("A.a", thing, a),
                                           GYR_FIELD("A.b", thing, b),
                                           GYR_RESOLVER("B.a", resolve),
                                           GYR_FIELD("B.b", thing, b),
                                           GYR_END};
    gyr_source source = {gyr_s(""),
                         gyr_s("type Query { i: A } interface I { a: Int b: Int }\n"
                               "type A implements I { a: Int b: Int } type B implements I { a: Int b: Int }")};
    gyr_schema_options options = {.size = sizeof options, .sources = &source, .source_count = 1, .bindings = bindings};
    built b = {.errors = gyr__errors_new(NULL, 0)};
    b.schema = gyr__schema_extend(&options, 0, &b.stage, b.errors);
    if (!b.schema) fail_msg("%.*s", (int)gyr_errors_text(b.errors).len, gyr_errors_text(b.errors).ptr);
    assert_true(field_of(&b, "Query", "i")->may_fetch);
    assert_false(field_of(&b, "A", "a")->may_fetch);
    assert_true(field_of(&b, "B", "a")->may_fetch);
    assert_true(field_of(&b, "I", "a")->may_fetch);
    assert_false(field_of(&b, "I", "b")->may_fetch);
    gyr__schema_unref(b.schema);
    options.bindings = bindings + 3; /* Query.i has none */
    b.schema = gyr__schema_extend(&options, 0, &b.stage, b.errors);
    assert_null(b.schema);
    assert_int_equal(b.stage, GYR__STAGE_BINDING);
    built_free(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order),     cmocka_unit_test(extensions),    cmocka_unit_test(extending),
        cmocka_unit_test(defaults),  cmocka_unit_test(descriptions),  cmocka_unit_test(syntax_errors),
        cmocka_unit_test(truncated), cmocka_unit_test(out_of_memory), cmocka_unit_test(references),
        cmocka_unit_test(may_fetch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
