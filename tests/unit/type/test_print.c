/* The schema printer: what is printed builds a schema that prints the same; the reference's cases, word for
 * word.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "sdl.h"

#include "type/print_schema.h"
#include "json/read.h"

#include "faulty.h"

static char *print_schema(const gyr_schema *s) {
    gyr__json_out out;
    gyr__json_out_init(&out, NULL, NULL, 0);
    assert_int_equal(gyr__schema_print(s, &out), GYR_OK);
    gyr_str text = gyr__json_out_text(&out);
    char *copy = strndup(text.ptr ? text.ptr : "", text.len);
    gyr__json_out_fini(&out);
    return copy;
}

static void assert_prints(const char *sdl, const char *expected) {
    built b = build_ok(sdl);
    char *text = print_schema(b.schema);
    assert_string_equal(text, expected);
    free(text);
    built_free(&b);
}

static void everything(void **state) {
    (void)state;
    static const char sdl[] =
        "\"\"\"the schema\"\"\"\nschema {\n  query: Q\n  mutation: M\n}\n\n"
        "directive @d(a: Int = 1, b: [S!]) repeatable on FIELD | OBJECT\n\n"
        "\"\"\"described\"\"\"\ndirective @e(\n  \"\"\"an argument\"\"\"\n  a: Int\n) on QUERY\n\n"
        "type Q implements I & J {\n  \"\"\"\n  two\n  lines\n  \"\"\"\n  i: Int! @deprecated\n\n"
        "  \"\"\"x\"\"\"\n  f(\n    \"\"\"y\"\"\"\n    a: In = { x: 1 }\n    b: E = A\n  ): [[U]!]\n"
        "  g(a: Int, b: String = \"q\\\"\" @deprecated(reason: \"r\")): ID\n}\n\n"
        "type M {\n  a: Int\n}\n\ninterface I {\n  i: Int @deprecated\n}\n\n"
        "interface J implements I {\n  i: Int! @deprecated(reason: \"a\\tb\")\n}\n\n"
        "union U = Q | M\n\nenum E {\n  A\n\n  \"\"\"b\"\"\"\n  B @deprecated\n}\n\n"
        "input In {\n  x: Int = 3\n}\n\ninput One @oneOf {\n  a: Int\n  b: In\n}\n\n"
        "scalar S @specifiedBy(url: \"https://x\")";
    assert_prints(sdl, sdl);
}

static void small(void **state) {
    (void)state;
    assert_prints("schema { query: Query } type Query { a: Int }", "type Query {\n  a: Int\n}");
    assert_prints("schema { query: Query } type Query { a: Int } type Mutation { a: Int }",
                  "schema {\n  query: Query\n}\n\ntype Query {\n  a: Int\n}\n\ntype Mutation {\n  a: Int\n}");
    assert_prints("\" leading\" type Query { \"\\\\\" a: Int \"\\u0007\" b: Int \"\" c: Int }",
                  "\"\"\" leading\"\"\"\ntype Query {\n  \"\"\"\n  \\\n  \"\"\"\n  a: Int\n\n  \"\\u0007\"\n "
                  " b: Int\n\n"
                  "  \"\"\"\"\"\"\n  c: Int\n}");
}

/* Large schemas: build, print, build, print. */
static void round_trip(void **state) {
    (void)state;
    static const char *const files[] = {"github-2026", "linear", "saleor", "swapi", "shopify-storefront", "buildkite"};
    for (size_t i = 0; i < GYR__COUNT(files); i++) {
        char name[128];
        size_t len;
        snprintf(name, sizeof name, "conformance/schemas/%s.graphql", files[i]);
        char *path = test_shared(name), *sdl = test_read_file(path, &len);
        gyr_source source = {str(files[i]), gyr_str_of(sdl, len)};
        built a = build_sources(&source, 1, 0, true);
        assert_non_null(a.schema);
        char *first = print_schema(a.schema);
        source.text = str(first);
        built b = build_sources(&source, 1, 0, true);
        assert_non_null(b.schema);
        assert_int_equal(a.schema->type_count, b.schema->type_count);
        char *second = print_schema(b.schema);
        assert_string_equal(first, second);
        free(first), free(second), free(sdl), free(path);
        built_free(&a), built_free(&b);
    }
}

/* The corpus: what the reference prints, or the errors it finds. */
static const char *const stages[] = {"parse", "sdl", "type", "binding", "ok"};

static void corpus(void **state) {
    (void)state;
    size_t len, count = 0;
    char *path = test_shared("conformance/corpus/sdl.json"), *json = test_read_file(path, &len);
    gyr__arena arena;
    gyr__arena_init(&arena, NULL, 0);
    gyr_limits limits = {.size = sizeof limits, .json_bytes = GYR_UNLIMITED};
    gyr_errors *errors = gyr__errors_new(NULL, 0);
    const gyr__json *root = gyr__json_read(&arena, gyr_str_of(json, len), &limits, GYR__JSON_LAST_WINS, errors);
    const gyr__json *cases = root ? gyr__json_get(root, gyr_s("cases")) : NULL;
    assert_non_null(cases);
    for (uint32_t i = 0; i < cases->count; i++) {
        const gyr__json *c = &cases->items[i], *expect = gyr__json_get(c, gyr_s("expect"));
        if (gyr__json_get(c, gyr_s("experimental")) || gyr__json_get(c, gyr_s("expect_v16"))) continue;
        const gyr__json *base = gyr__json_get(c, gyr_s("extends"));
        gyr_source sources[2] = {{{0}, base ? base->text : gyr_s("")}, {{0}, gyr__json_get(c, gyr_s("sdl"))->text}};
        uint32_t skip = base && base->text.len ? 0 : 1;
        built b = build_sources(sources + skip, 2 - skip, 1 - skip, false);
        bool ok = gyr__str_is(gyr__json_get(expect, gyr_s("stage"))->text, "ok");
        if (ok != (b.stage == GYR__STAGE_DONE)) fail_msg("case %u: stage %s", i, stages[b.stage]);
        if (ok) {
            char *text = print_schema(b.schema);
            assert_true(gyr__str_eq(gyr__json_get(expect, gyr_s("printed"))->text, str(text)));
            free(text);
        }
        count++;
        built_free(&b);
    }
    assert_true(count > 1000);
    gyr_errors_free(errors);
    gyr__arena_fini(&arena);
    free(json), free(path);
}

static void out_of_memory(void **state) {
    (void)state;
    for (uint64_t n = 1;; n++) {
        faulty f = {.fail_at = n};
        gyr_allocator al = faulty_allocator(&f);
        built b = build_ok("\"\\u0007\" type Query { \"x\\ny\" a(b: [Int!] = [1]): Int @deprecated(reason: \"z\") }");
        gyr_allocator own = b.schema->allocator;
        b.schema->allocator = al; /* the printer's scratch */
        gyr__json_out out;
        gyr__json_out_init(&out, &al, NULL, 0);
        gyr_status status = gyr__schema_print(b.schema, &out);
        assert_int_equal(status, f.failed ? GYR_ERR_MEMORY : GYR_OK);
        gyr__json_out_fini(&out);
        assert_int_equal(f.live, 0);
        b.schema->allocator = own;
        built_free(&b);
        if (!f.failed) break;
    }
    built b = build_ok("type Query { a: Int }");
    gyr__json_out out;
    gyr__json_out_init(&out, NULL, NULL, 10);
    assert_int_equal(gyr__schema_print(b.schema, &out), GYR_ERR_LIMIT);
    gyr__json_out_fini(&out);
    built_free(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything), cmocka_unit_test(small),         cmocka_unit_test(round_trip),
        cmocka_unit_test(corpus),     cmocka_unit_test(out_of_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
