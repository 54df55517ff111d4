/* Objects of a union, their type told in every way there is, of few object types (whose ops stand in one program) and of
 * many (each with a program of its own): the right fields for each, and what an unknown type does to a nullable item,
 * to an item that may not be null, and to a field.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <gyr.h>

#include <stdio.h>
#include <string.h>

enum { MANY = 9, UNKNOWN = 77 };

typedef struct thing {
    int64_t before;
    int8_t i8;
    uint8_t u8;
    int16_t i16;
    int32_t i32;
    uint32_t u32;
    int64_t i64;
    int32_t id;
} thing;
typedef struct world {
    thing items[MANY + 2];
    uint32_t count;
    thing *last, *none;
} world;

static int64_t number_of(const void *object, void *user) {
    (void)user;
    return ((const thing *)object)->i64;
}

static void structs(gyr_call *c) {
    const world *w = gyr_parent(c);
    gyr_return_structs(c, w->items, w->count, sizeof(thing));
}

static void one(gyr_call *c) { gyr_return_ref(c, ((const world *)gyr_parent(c))->none); }

static void own(gyr_call *c) { gyr_return_i32(c, ((const thing *)gyr_parent(c))->id); }

/* T0 is object 0, and so on: they come first in the schema; the last but one is said to be a Query. */
static void told(gyr_call *c) {
    const world *w = gyr_parent(c);
    gyr_call *items = gyr_return_items(c, w->count);
    for (uint32_t i = 0; i < w->count; i++) {
        bool known = w->items[i].i64 != UNKNOWN;
        gyr_return_ref_as(gyr_item(items, i), &w->items[i], known ? w->items[i].i64 : (int64_t)w->count - 2);
    }
}

static void told_one(gyr_call *c) {
    const world *w = gyr_parent(c);
    gyr_return_ref_as(c, w->none, w->count - 2);
}

/* The first three types' tags for each C type; the table also has a value that the C type cannot hold. */
static const int64_t tags_i8[] = {-1, 3, 127, 4, 5, 6, 7, 8, 300}, tags_u8[] = {255, 3, 128, 4, 5, 6, 7, 8, -1},
                     tags_i32[] = {-1, 1 << 30, 0, 4, 5, 6, 7, 8, 1LL << 32},
                     tags_u32[] = {UINT32_MAX, 1 << 30, 0, 4, 5, 6, 7, 8, -1},
                     tags_plain[] = {0, 1, 2, 3, 4, 5, 6, 7, 8};

static gyr_tag table[MANY + 1];
#define MEMBERS                                                                                                        \
    GYR_LIST("Query.items", world, items, count), GYR_LIST("Query.strict", world, items, count),                       \
        GYR_REF("Query.one", world, none), GYR_FIELD("T0.own", thing, id)
#define ANSWERS(kind, list, single)                                                                                    \
    kind("Query.items", list), kind("Query.strict", list), kind("Query.one", single), GYR_FIELD("T0.own", thing, id)
static const struct way {
    const char *name;
    const int64_t *tags;
    gyr_binding rows[5]; /* of U, Query, T0 */
} ways[] = {
    {"i8", tags_i8, {GYR_TAG("U", thing, i8, table), MEMBERS}},
    {"u8", tags_u8, {GYR_TAG("U", thing, u8, table), MEMBERS}},
    {"i16", tags_plain, {GYR_TAG("U", thing, i16, table), MEMBERS}},
    {"i32", tags_i32, {GYR_TAG("U", thing, i32, table), MEMBERS}},
    {"u32", tags_u32, {GYR_TAG("U", thing, u32, table), MEMBERS}},
    {"i64", tags_plain, {GYR_TAG("U", thing, i64, table), MEMBERS}},
    {"function", tags_plain, {GYR_TYPE_FN("U", number_of, table, NULL), MEMBERS}},
    {"resolver", tags_plain, {GYR_TAG("U", thing, i32, table), ANSWERS(GYR_RESOLVER, structs, one)}},
    {"getter", tags_plain, {GYR_TAG("U", thing, i32, table), ANSWERS(GYR_GETTER, structs, one)}},
    {"told", tags_plain, {GYR_TYPE_FN("U", number_of, table, NULL), ANSWERS(GYR_RESOLVER, told, told_one)}},
    {"rows",
     tags_i32,
     {GYR_TAG("U", thing, i32, table), GYR_LIST("Query.items", world, items, count),
      GYR_LIST("Query.strict", world, items, count), GYR_REF("Query.one", world, none), GYR_RESOLVER("T0.own", own)}},
};

/* Also MANY of three types: then all of them are met. */
static void make_world(world *w, const int64_t *tags, int types) {
    memset(w, 0, sizeof *w);
    for (int i = 0; i < types + 2; i++) {
        int k = i < types ? i : 0;
        int64_t tag = i == types ? UNKNOWN : tags[k];
        w->items[i] = (thing){.before = -1, .id = i, .i32 = (int32_t)tag, .u32 = (uint32_t)tag, .i64 = tag};
        w->items[i].i8 = (int8_t)tag;
        w->items[i].u8 = (uint8_t)tag;
        w->items[i].i16 = (int16_t)tag;
    }
    w->count = (uint32_t)types + 2;
    w->none = &w->items[types];
}

static size_t expected(char *at, const world *w, int types) {
    char *from = at;
    at += sprintf(at, "{\"items\":[");
    for (int i = 0; i < types + 2; i++) {
        int k = i < types ? i : 0;
        if (i == types)
            at += sprintf(at, ",null");
        else
            at += sprintf(at, k ? "%s{\"kind\":\"T%d\"}" : "%s{\"kind\":\"T%d\",\"id\":%d,\"own\":%d}", i ? "," : "", k,
                          w->items[i].id, w->items[i].id);
    }
    at += sprintf(at, "],\"strict\":null,\"one\":null}}");
    return (size_t)(at - from);
}

static gyr_schema *schema_of(const struct way *way, int types) {
    static char sdl[2048], names[MANY][4], at[MANY][8];
    static gyr_binding rows[MANY + 6];
    size_t n = 0;
    memcpy(rows, way->rows, sizeof way->rows);
    for (int i = 0; i < types; i++) {
        n += (size_t)sprintf(sdl + n, "type T%d { id: Int! %s}\n", i, i ? "" : "own: Int! ");
        sprintf(names[i], "T%d", i);
        sprintf(at[i], "T%d.id", i);
        table[i] = (gyr_tag){way->tags[i], names[i]};
        rows[5 + i] = (gyr_binding)GYR_FIELD("", thing, id);
        rows[5 + i].at = at[i];
    }
    table[types] = (gyr_tag){0};
    rows[5 + types] = (gyr_binding)GYR_END;
    n += (size_t)sprintf(sdl + n, "type Query { items: [U]! strict: [U!] one: U }\nunion U = T0");
    for (int i = 1; i < types; i++) n += (size_t)sprintf(sdl + n, " | T%d", i);
    gyr_errors *errors = NULL;
    gyr_schema *s = gyr_schema_new(gyr_str_of(sdl, n), rows, &errors);
    if (!s) fail_msg("%s: %.*s", way->name, (int)gyr_errors_text(errors).len, gyr_errors_text(errors).ptr);
    return s;
}

static void check(const struct way *way, int types) {
    world w;
    char want[1024];
    gyr_schema *s = schema_of(way, types);
    make_world(&w, way->tags, types);
    size_t n = expected(want, &w, types);
    gyr_plan *p = gyr_plan_new(
        s, gyr_s("{ items { kind: __typename ... on T0 { id own } } strict { ... on T1 { id } } one { __typename } }"),
        gyr_s(""), NULL);
    assert_non_null(p);
    for (int round = 0; round < 2; round++) {
        gyr_buffer out = {0};
        gyr_stats stats = {.size = sizeof stats};
        gyr_request r = {.size = sizeof r, .plan = p, .root = &w, .buffer = &out, .stats = &stats};
        assert_int_equal(gyr_execute(&r), GYR_OK);
        if (stats.errors != 3 || out.len < n || memcmp(out.ptr + out.len - n, want, n) != 0)
            fail_msg("%s, %d types: %.*s\nis not\n%s", way->name, types, (int)out.len, out.ptr, want);
        gyr_buffer_free(&out);
    }
    gyr_plan_free(p);
    gyr_schema_free(s);
}

static void few_types(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) check(&ways[i], 3);
}

static void many_types(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        if (ways[i].tags == tags_plain) check(&ways[i], MANY);
}

/* A type in the table whose tag no object can hold: there, but never met. */
static void tags_out_of_reach(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        struct way way = ways[i];
        int64_t tags[3] = {way.tags[0], way.tags[1], way.tags[8]};
        if (way.tags == tags_plain) continue;
        gyr_schema *s;
        way.tags = tags;
        s = schema_of(&way, 3);
        world w;
        make_world(&w, tags, 2);
        static const char want[] = "{\"items\":[{\"id\":0},{},null,{\"id\":2}]}}";
        w.items[2].i8 = w.items[2].u8 = 300 & 255; /* what a careless comparison takes for the third */
        w.items[2].i32 = w.items[2].u32 = way.rows[0].c_size == 4 && tags[2] > 0 ? 0 : 7;
        w.items[3].id = 2;
        gyr_plan *p = gyr_plan_new(s, gyr_s("{ items { ... on T0 { id } ... on T2 { id } } }"), gyr_s(""), NULL);
        gyr_buffer out = {0};
        gyr_request r = {.size = sizeof r, .plan = p, .root = &w, .buffer = &out};
        assert_int_equal(gyr_execute(&r), GYR_OK);
        if (out.len < sizeof want - 1 || memcmp(out.ptr + out.len - (sizeof want - 1), want, sizeof want - 1) != 0)
            fail_msg("%s: %.*s\nis not\n%s", way.name, (int)out.len, out.ptr, want);
        gyr_buffer_free(&out);
        gyr_plan_free(p);
        gyr_schema_free(s);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(few_types), cmocka_unit_test(many_types),
                                       cmocka_unit_test(tags_out_of_reach)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
