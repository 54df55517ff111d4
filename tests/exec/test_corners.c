/* Corners where bindings, groups, limits and cancelling meet: each once gave a wrong answer or read where it must not.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <gyr.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static gyr_schema *schema_of(const char *sdl, const gyr_binding *bindings) {
    gyr_errors *errors = NULL;
    gyr_schema *s = gyr_schema_new(gyr_str_of(sdl, strlen(sdl)), bindings, &errors);
    if (!s) fail_msg("%.*s", (int)gyr_errors_text(errors).len, gyr_errors_text(errors).ptr);
    return s;
}

static gyr_plan *plan_of(gyr_schema *s, gyr_str document) {
    gyr_errors *errors = NULL;
    gyr_plan *p = gyr_plan_new(s, document, gyr_s(""), &errors);
    if (!p) fail_msg("%.*s", (int)gyr_errors_text(errors).len, gyr_errors_text(errors).ptr);
    return p;
}

/* Executes and frees all; the response must be `want`. */
static void answers(gyr_schema *s, gyr_str document, const void *root, const char *want) {
    gyr_plan *p = plan_of(s, document);
    gyr_buffer out = {0};
    gyr_request r = {.size = sizeof r, .plan = p, .root = root, .buffer = &out};
    assert_int_equal(gyr_execute(&r), GYR_OK);
    if (out.len != strlen(want) || memcmp(out.ptr, want, out.len) != 0)
        fail_msg("%.*s\nis not\n%s", (int)out.len, out.ptr, want);
    gyr_buffer_free(&out);
    gyr_plan_free(p);
    gyr_schema_free(s);
}

/* ---- a list inside a struct inside the struct */

typedef struct node {
    int32_t n;
} node;
typedef struct box {
    node *items;
    int32_t count;
} box;
typedef struct outer {
    int64_t before[4];
    box inside;
} outer;

static void a_list_of_an_inline_struct(void **state) {
    (void)state;
    node nodes[] = {{1}, {2}};
    outer root = {{-1, 77, -1, 77}, {nodes, 2}};
    static const gyr_binding rows[] = {GYR_STRUCT("Query.box", outer, inside), GYR_LIST("Box.items", box, items, count),
                                       GYR_FIELD("Node.n", node, n), GYR_END};
    gyr_schema *s = schema_of("type Query { box: Box! } type Box { items: [Node!]! } type Node { n: Int! }", rows);
    answers(s, gyr_s("{ box { items { n } } }"), &root, "{\"data\":{\"box\":{\"items\":[{\"n\":1},{\"n\":2}]}}}");
}

/* ---- paths of items of a batch that serves two fields */

static void many(gyr_call *c) {
    static const node nodes[40];
    gyr_return_structs(c, nodes, 40, sizeof *nodes);
}

static void one(gyr_call *c) {
    static const node empty;
    gyr_return_structs(c, &empty, 1, sizeof empty);
}

static void paths(gyr_batch *b) {
    for (uint32_t i = 0; i < gyr_batch_count(b); i++) {
        gyr_call *items = gyr_return_items(gyr_batch_call(b, i), 1);
        gyr_str path = gyr_path(gyr_item(items, 0));
        if (i && i + 1 < gyr_batch_count(b))
            gyr_return_null(gyr_item(items, 0));
        else
            gyr_return_str(gyr_item(items, 0), path);
    }
}

static void the_path_of_an_item_of_a_batch(void **state) {
    (void)state;
    static const gyr_binding rows[] = {GYR_RESOLVER("Query.many", many), GYR_RESOLVER("Query.one", one),
                                       GYR_BATCH("Node.path", paths), GYR_END};
    gyr_schema *s = schema_of("type Query { many: [Node!] one: [Node!] } type Node { path: [String] }", rows);
    gyr_plan *p = plan_of(s, gyr_s("{ one { path } many { path } }"));
    gyr_buffer out = {0};
    gyr_request r = {.size = sizeof r, .plan = p, .buffer = &out};
    assert_int_equal(gyr_execute(&r), GYR_OK);
    static const char first[] = "{\"data\":{\"one\":[{\"path\":[\"[\\\"one\\\",0,\\\"path\\\"]\"]}],";
    static const char last[] = "{\"path\":[\"[\\\"many\\\",39,\\\"path\\\"]\"]}]}}";
    assert_true(out.len > sizeof first + sizeof last);
    assert_memory_equal(out.ptr, first, sizeof first - 1);
    assert_memory_equal(out.ptr + out.len - (sizeof last - 1), last, sizeof last - 1);
    gyr_buffer_free(&out);
    gyr_plan_free(p);
    gyr_schema_free(s);
}

/* ---- arguments that differ behind a NUL */

static void echo(gyr_call *c) { gyr_return_str(c, gyr_arg(c, gyr_s("s"))->of.string); }

static void arguments_that_differ_behind_a_nul(void **state) {
    (void)state;
    static const gyr_binding rows[] = {GYR_RESOLVER("Query.f", echo), GYR_END};
    gyr_schema *s = schema_of("type Query { f(s: String!): String }", rows);
    answers(s, gyr_s("{ a: f(s: \"\"\"x\0y\"\"\") b: f(s: \"\"\"x\0z\"\"\") }"), NULL,
            "{\"data\":{\"a\":\"x\\u0000y\",\"b\":\"x\\u0000z\"}}");
}

/* ---- a cancelled request starts nothing */

static void count_calls(gyr_call *c) {
    ++*(int *)gyr_context(c);
    gyr_return_i32(c, 1);
}

static void a_cancelled_request_starts_nothing(void **state) {
    (void)state;
    static const gyr_binding rows[] = {GYR_RESOLVER("Query.q", count_calls), GYR_RESOLVER("Mutation.m", count_calls),
                                       GYR_END};
    gyr_schema *s = schema_of("type Query { q: Int } type Mutation { m: Int }", rows);
    gyr_plan *p = plan_of(s, gyr_s("mutation { a: m b: m }"));
    gyr_buffer out = {0};
    int calls = 0;
    gyr_request r = {.size = sizeof r, .plan = p, .context = &calls, .buffer = &out};
    gyr_exec *x = gyr_exec_new(&r);
    gyr_exec_cancel(x);
    assert_int_equal(gyr_run(x), GYR_DONE);
    assert_int_equal(gyr_exec_status(x), GYR_ERR_CANCELLED);
    assert_int_equal(calls, 0);
    gyr_exec_free(x);
    gyr_buffer_free(&out);
    gyr_plan_free(p);
    gyr_schema_free(s);
}

/* ---- many fields on many types, seen one after another */

enum { TYPES = 60, FIELDS = 300 };

static int64_t type_of(const void *object, void *user) {
    (void)user;
    return ((const node *)object)->n;
}

static void all_types(gyr_call *c) {
    static node nodes[TYPES];
    for (int i = 0; i < TYPES; i++) nodes[i].n = i;
    gyr_return_structs(c, nodes, TYPES, sizeof *nodes);
}

static void many_types_are_not_many_fields(void **state) {
    (void)state;
    static char sdl[TYPES * 64 + 128], document[FIELDS * 16 + 32], names[TYPES][8], at[TYPES][16];
    static gyr_tag tags[TYPES + 1];
    static gyr_binding rows[TYPES + 3];
    size_t n = (size_t)sprintf(sdl, "type Query { all: [I!]! } interface I { n: Int! }"), d = 0;
    rows[0] = (gyr_binding)GYR_RESOLVER("Query.all", all_types);
    rows[1] = (gyr_binding)GYR_TYPE_FN("I", type_of, tags, NULL);
    for (int i = 0; i < TYPES; i++) {
        n += (size_t)sprintf(sdl + n, " type T%d implements I { n: Int! }", i);
        sprintf(names[i], "T%d", i);
        sprintf(at[i], "T%d.n", i);
        tags[i] = (gyr_tag){i, names[i]};
        rows[2 + i] = (gyr_binding)GYR_FIELD("", node, n);
        rows[2 + i].at = at[i];
    }
    rows[2 + TYPES] = (gyr_binding)GYR_END;
    d = (size_t)sprintf(document, "{ all {");
    for (int i = 0; i < FIELDS; i++) d += (size_t)sprintf(document + d, " a%d: n", i);
    d += (size_t)sprintf(document + d, " } }");
    gyr_schema *s = schema_of(sdl, rows);
    gyr_plan *p = plan_of(s, gyr_str_of(document, d));
    gyr_buffer out = {0};
    gyr_stats stats = {.size = sizeof stats};
    gyr_request r = {.size = sizeof r, .plan = p, .buffer = &out, .stats = &stats};
    assert_int_equal(gyr_execute(&r), GYR_OK);
    assert_int_equal(stats.errors, 0);
    gyr_buffer_free(&out);
    gyr_plan_free(p);
    gyr_schema_free(s);
}

/* ---- introspection, aliased until it is large: written per request, under the response's limit */

static void much_introspection_meets_the_limit(void **state) {
    (void)state;
    static char sdl[200000];
    size_t n = (size_t)sprintf(sdl, "\"");
    memset(sdl + n, 'x', 150000);
    n += 150000;
    sprintf(sdl + n, "\" type Query { q: Int }");
    gyr_source source = {.text = {sdl, strlen(sdl)}};
    static const gyr_binding rows[] = {GYR_RESOLVER("Query.q", count_calls), GYR_END};
    gyr_schema_options o = {.size = sizeof o, .sources = &source, .source_count = 1, .bindings = rows};
    o.limits.response_bytes = 1 << 20;
    o.limits.type_fields = GYR_UNLIMITED;
    gyr_schema *s = gyr_schema_build(&o, NULL);
    assert_non_null(s);
    char document[8192];
    size_t d = (size_t)sprintf(document, "{");
    for (int i = 0; i < 100; i++)
        d += (size_t)sprintf(document + d, " a%d: __type(name: \"Query\") { description }", i);
    d += (size_t)sprintf(document + d, " }");
    gyr_plan *p = plan_of(s, gyr_str_of(document, d));
    gyr_buffer out = {0};
    gyr_request r = {.size = sizeof r, .plan = p, .buffer = &out};
    assert_int_equal(gyr_execute(&r), GYR_ERR_LIMIT);
    assert_true(out.len < 200);
    gyr_buffer_free(&out);
    gyr_plan_free(p);
    gyr_schema_free(s);
}

/* ---- an item answered after its resolver returned */

static gyr_call *kept;

static void nested(gyr_call *c) {
    gyr_call *items = gyr_return_items(c, 1);
    kept = gyr_item(items, 0);
}

static void late(gyr_call *c) {
    static const node empty;
    gyr_return_structs(kept, &empty, 1, sizeof empty);
    gyr_return_i32(c, 1);
}

static void number(gyr_call *c) { gyr_return_i32(c, 7); }

static void an_item_that_comes_too_late(void **state) {
    (void)state;
    static const gyr_binding rows[] = {GYR_RESOLVER("Query.a", nested), GYR_RESOLVER("Query.b", late),
                                       GYR_RESOLVER("Node.n", number), GYR_END};
    gyr_schema *s = schema_of("type Query { a: [[Node]] b: Int } type Node { n: Int }", rows);
    gyr_plan *p = plan_of(s, gyr_s("{ a { n } b }"));
    gyr_buffer out = {0};
    gyr_stats stats = {.size = sizeof stats};
    gyr_request r = {.size = sizeof r, .plan = p, .buffer = &out, .stats = &stats};
    assert_int_equal(gyr_execute(&r), GYR_OK);
    assert_int_equal(stats.errors, 1);
    gyr_buffer_free(&out);
    gyr_plan_free(p);
    gyr_schema_free(s);
}

/* ---- numbers behind enums of unsigned 64 bits, and bits, by the ten thousand without memory */

typedef struct flagged {
    uint64_t color;
    uint8_t colors;
} flagged;
typedef struct flag_list {
    flagged *items;
    int32_t count;
} flag_list;

static void enums_of_unsigned_members_and_flags(void **state) {
    (void)state;
    enum { COUNT = 10000 };
    flagged *items = calloc(COUNT, sizeof *items);
    flag_list root = {items, COUNT};
    for (int i = 0; i < COUNT; i++) items[i] = (flagged){1u << i % 2, 3};
    static const gyr_binding rows[] = {GYR_LIST("Query.all", flag_list, items, count),
                                       GYR_FIELD("F.color", flagged, color),
                                       GYR_FLAGS("F.colors", flagged, colors),
                                       GYR_ENUM_VALUE("Color.RED", 1),
                                       GYR_ENUM_VALUE("Color.BLUE", 2),
                                       GYR_END};
    gyr_schema *s =
        schema_of("enum Color { RED BLUE } type Query { all: [F!]! } type F { color: Color! colors: [Color!]! }", rows);
    gyr_plan *p = plan_of(s, gyr_s("{ all { color colors } }"));
    gyr_buffer out = {0};
    gyr_stats stats = {.size = sizeof stats};
    gyr_request r = {.size = sizeof r, .plan = p, .root = &root, .buffer = &out, .stats = &stats};
    assert_int_equal(gyr_execute(&r), GYR_OK);
    assert_int_equal(stats.errors, 0);
    assert_true(stats.request_bytes < 65536); /* nothing for each object */
    static const char head[] =
        "{\"data\":{\"all\":[{\"color\":\"RED\",\"colors\":[\"RED\",\"BLUE\"]},{\"color\":\"BLUE\",";
    assert_memory_equal(out.ptr, head, sizeof head - 1);
    gyr_buffer_free(&out);
    gyr_plan_free(p);
    gyr_schema_free(s);
    free(items);
}

/* ---- lists longer than what is loaded ahead of its turn, with holes in all places */

typedef struct link {
    int32_t n;
    gyr_str name;
    struct link *next;
} link;
typedef struct chain {
    link **refs, *items;
    uint32_t count;
} chain;

static void lists_loaded_ahead(void **state) {
    (void)state;
    enum { COUNT = 30 };
    static const gyr_binding rows[] = {GYR_LIST_REFS("Query.refs", chain, refs, count),
                                       GYR_LIST("Query.items", chain, items, count),
                                       GYR_FIELD("Link.n", link, n),
                                       GYR_FIELD("Link.name", link, name),
                                       GYR_REF("Link.next", link, next),
                                       GYR_END};
    for (uint32_t count = 0; count <= COUNT; count++) {
        /* blocks of their own: what is read beyond one is seen */
        chain root = {malloc((count + 1) * sizeof(link *)), malloc((count + 1) * sizeof(link)), count};
        char want[8192];
        size_t n = (size_t)sprintf(want, "{\"data\":{\"refs\":[");
        for (uint32_t i = 0; i < count; i++) {
            link *one = malloc(sizeof *one);
            if (!one || !root.items || !root.refs) fail();
            *one = (link){(int32_t)i, i % 3 ? gyr_s("x") : gyr_s(""), i % 4 ? one : NULL};
            if (i % 5 == 0) one->name.ptr = NULL;
            root.items[i] = *one;
            root.refs[i] = i % 7 == 1 ? free(one), NULL : one;
        }
        for (int k = 0; k < 2; k++) {
            if (k) n += (size_t)sprintf(want + n, "],\"items\":[");
            for (uint32_t i = 0; i < count; i++) {
                if (i) want[n++] = ',';
                if (!k && i % 7 == 1) {
                    n += (size_t)sprintf(want + n, "null");
                    continue;
                }
                const char *name = i % 5 == 0 ? "null" : i % 3 ? "\"x\"" : "\"\"";
                n += (size_t)sprintf(want + n, "{\"n\":%u,\"name\":%s,\"next\":", i, name);
                if (i % 4 && !(k && i % 7 == 1))
                    n += (size_t)sprintf(want + n, "{\"name\":%s}}", name);
                else
                    n += (size_t)sprintf(want + n, "null}");
                if (i % 7 == 1) root.items[i].next = NULL; /* it pointed to what is freed */
            }
        }
        sprintf(want + n, "]}}");
        gyr_schema *s = schema_of("type Query { refs: [Link]! items: [Link!]! } "
                                  "type Link { n: Int! name: String next: Link }",
                                  rows);
        answers(s, gyr_s("{ refs { n name next { name } } items { n name next { name } } }"), &root, want);
        for (uint32_t i = 0; i < count; i++) free(root.refs[i]);
        free(root.refs);
        free(root.items);
    }
}

/* ---- members that have no op of their own */

typedef struct odd {
    uint8_t has;
    bool b;
    int16_t i16;
    uint32_t u32;
    int32_t i32, color;
    int32_t *ref;
    float f32;
    double f64;
    gyr_str text;
    char chars[4];
} odd;
typedef struct odds {
    odd *all;
    int32_t count;
} odds;

static void members_without_an_op(void **state) {
    (void)state;
    static const gyr_binding rows[] = {GYR_LIST("Query.all", odds, all, count),
                                       GYR_FIELD_HAS("Odd.i", odd, i32, has, 1),
                                       GYR_FIELD_HAS("Odd.s", odd, text, has, 2),
                                       GYR_FIELD_HAS("Odd.b", odd, b, has, 4),
                                       GYR_FIELD_HAS("Odd.d", odd, f64, has, 8),
                                       GYR_FIELD_HAS("Odd.must", odd, i32, has, 16),
                                       GYR_FIELD("Odd.i16", odd, i16),
                                       GYR_FIELD("Odd.u32", odd, u32),
                                       GYR_FIELD("Odd.id", odd, i16),
                                       GYR_FIELD("Odd.f", odd, f32),
                                       GYR_CHARS("Odd.c", odd, chars),
                                       GYR_FIELD("Odd.color", odd, color),
                                       GYR_FIELD_REF("Odd.ref", odd, ref),
                                       GYR_ENUM_VALUE("Color.RED", -1),
                                       GYR_ENUM_VALUE("Color.BLUE", 7),
                                       GYR_END};
    odd all[3] = {{31, true, -3, 4, 5, 7, NULL, 0.5F, 2.25, {"t\"", 2}, {'f', 'o', 'u', 'r'}},
                  {16, true, 0, UINT32_MAX, 5, 8, &all[1].i32, 0, 1.0 / 0.0, {NULL, 0}, "a"},
                  {15, false, 1, 1, 1, -1, NULL, 0, 1.0 / 0.0, {NULL, 0}, ""}};
    odds root = {all, 3};
    gyr_schema *s = schema_of(
        "type Query { all: [Odd]! } enum Color { RED BLUE } type Odd { i: Int s: String b: Boolean d: Float must: Int! "
        "i16: Int! u32: Int id: ID! f: Float! c: String! color: Color ref: Int }",
        rows);
    answers(s, gyr_s("{ all { i s b d must i16 u32 id f c color ref } }"), &root,
            "{\"errors\":[{\"message\":\"Int cannot represent non 32-bit signed integer value: 4294967295\","
            "\"locations\":[{\"line\":1,\"column\":26}],\"path\":[\"all\",1,\"u32\"]},"
            "{\"message\":\"Enum \\\"Color\\\" cannot represent value: 8\","
            "\"locations\":[{\"line\":1,\"column\":37}],\"path\":[\"all\",1,\"color\"]},"
            "{\"message\":\"Float cannot represent non numeric value: Infinity\","
            "\"locations\":[{\"line\":1,\"column\":15}],\"path\":[\"all\",2,\"d\"]},"
            "{\"message\":\"Cannot return null for non-nullable field Odd.must.\","
            "\"locations\":[{\"line\":1,\"column\":17}],\"path\":[\"all\",2,\"must\"]}],"
            "\"data\":{\"all\":[{\"i\":5,\"s\":\"t\\\"\",\"b\":true,\"d\":2.25,\"must\":5,\"i16\":-3,\"u32\":4,"
            "\"id\":\"-3\",\"f\":0.5,\"c\":\"four\",\"color\":\"BLUE\",\"ref\":null},"
            "{\"i\":null,\"s\":null,\"b\":null,\"d\":null,\"must\":5,\"i16\":0,\"u32\":null,\"id\":\"0\",\"f\":0,"
            "\"c\":\"a\",\"color\":null,\"ref\":5},null]}}");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_list_of_an_inline_struct),
        cmocka_unit_test(the_path_of_an_item_of_a_batch),
        cmocka_unit_test(arguments_that_differ_behind_a_nul),
        cmocka_unit_test(a_cancelled_request_starts_nothing),
        cmocka_unit_test(many_types_are_not_many_fields),
        cmocka_unit_test(much_introspection_meets_the_limit),
        cmocka_unit_test(an_item_that_comes_too_late),
        cmocka_unit_test(enums_of_unsigned_members_and_flags),
        cmocka_unit_test(lists_loaded_ahead),
        cmocka_unit_test(members_without_an_op),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
