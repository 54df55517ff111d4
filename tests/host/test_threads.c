/* One plan, many threads: shapes are planned by whoever needs them first, by two at once if it so happens; requests share
 * nothing else but spare memory. And the stack: the deepest operation works on 128 KiB.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- a host without counts, for threads: every object leads to itself */

static char null_value, self;
static atomic_long planned;

static gyr_host_status plan_field(void *user, const gyr_host_plan *plan, gyr_host_field *f) {
    (void)user, (void)plan;
    f->read = f->type.kind == GYR_HOST_LEAF && !f->type.depth ? GYR_HOST_READ_LEAF : GYR_HOST_READ_VALUE;
    atomic_fetch_add(&planned, 1);
    return GYR_HOST_OK;
}
static void drop_field(void *user, gyr_host_field *f) {
    (void)user, (void)f;
    atomic_fetch_sub(&planned, 1);
}
static void release(void *user, gyr_host_value value) { (void)user, (void)value; }
static gyr_host_status resolve(void *user, const gyr_host_field *f, gyr_host_value object, gyr_host_place *at,
                               gyr_host_value *out) {
    (void)user, (void)f, (void)at;
    *out = object;
    return GYR_HOST_OK;
}
static gyr_host_status leaves(void *user, const gyr_host_shape *shape, uint32_t first, uint32_t count,
                              gyr_host_value object, gyr_host_place *at, gyr_host_value into, gyr_host_cell *cells,
                              uint32_t *done, gyr_host_value *out) {
    (void)user, (void)shape, (void)first, (void)object, (void)at, (void)into, (void)out;
    for (*done = 0; *done < count; ++*done)
        cells[*done] = (gyr_host_cell){.kind = GYR_VALUE_INT, .of.integer = (int64_t)*done};
    return GYR_HOST_OK;
}
static gyr_host_status complete(void *user, const gyr_host_field *f, gyr_host_value value, gyr_host_place *at,
                                gyr_host_value *out, gyr_host_cell *cell) {
    (void)user, (void)f, (void)value, (void)at, (void)out;
    *cell = (gyr_host_cell){.kind = GYR_VALUE_BOOL, .of.boolean = true};
    return GYR_HOST_OK;
}
static gyr_host_status open_list(void *user, const gyr_host_field *f, gyr_host_value value, gyr_host_place *at,
                                 gyr_host_list *l, gyr_host_value *out) {
    (void)user, (void)f, (void)at, (void)out;
    l->list = value;
    return GYR_HOST_OK;
}
static gyr_host_status next_item(void *user, const gyr_host_field *f, gyr_host_list *l, gyr_host_value *out) {
    (void)user, (void)f;
    *out = l->list;
    return l->index ? GYR_HOST_END : GYR_HOST_OK;
}
static void close_list(void *user, gyr_host_list *l) { (void)user, (void)l; }
static gyr_host_status type_of(void *user, const gyr_host_field *f, gyr_host_value value, gyr_host_place *at,
                               uint32_t *type, gyr_host_value *out) {
    (void)f, (void)value, (void)at, (void)out;
    static _Thread_local uint32_t turn;
    const uint32_t *types = user;
    *type = types[turn++ % 2];
    return GYR_HOST_OK;
}
static gyr_host_status error(void *user, const gyr_host_field *f, gyr_host_place *at, const gyr_str *message) {
    (void)user, (void)f, (void)at, (void)message;
    return GYR_HOST_OK;
}
static void discard(void *user, gyr_host_pending *p) { (void)user, (void)p; }

static const gyr_host table = {.size = sizeof table,
                               .null_value = &null_value,
                               .plan_field = plan_field,
                               .drop_field = drop_field,
                               .release = release,
                               .resolve = resolve,
                               .leaves = leaves,
                               .complete = complete,
                               .open_list = open_list,
                               .next_item = next_item,
                               .close_list = close_list,
                               .type_of = type_of,
                               .error = error,
                               .discard = discard};

typedef struct shared {
    gyr_schema *schema;
    gyr_host_plan *plan;
    uint32_t types[2];
    atomic_int ready;
    int conditions;
} shared;

static void open_shared(shared *s, const char *sdl, const char *query) {
    gyr_source source = {.text = gyr_str_of(sdl, strlen(sdl))}, text = {.text = gyr_str_of(query, strlen(query))};
    gyr_schema_options o = {.size = sizeof o, .sources = &source, .source_count = 1, .unbound = true};
    s->schema = gyr_schema_build(&o, NULL);
    gyr_document *d = gyr_document_new(text, NULL, NULL);
    s->plan = gyr_host_plan_new(s->schema, d, (gyr_str){0}, &table, s, NULL);
    gyr_document_free(d);
    assert_non_null(s->plan);
    for (uint32_t i = 0; i < gyr_host_type_count(s->schema); i++)
        for (uint32_t k = 0; k < 2; k++)
            if (gyr_host_type_name(s->schema, i).ptr[0] == "AB"[k] && gyr_host_type_name(s->schema, i).len == 1)
                s->types[k] = i;
}

static void close_shared(shared *s) {
    gyr_host_plan_free(s->plan);
    gyr_schema_free(s->schema);
    assert_int_equal(atomic_load(&planned), 0);
}

static char *execute(shared *s, const uint8_t *conditions) {
    gyr_host_request r = {
        .size = sizeof r, .plan = s->plan, .root = &self, .user = s->types, .json = true, .conditions = conditions};
    gyr_host_exec *x = gyr_host_exec_new(&r);
    assert_int_equal(gyr_host_run(x), GYR_HOST_OK);
    gyr_str text = gyr_host_result_json(x);
    char *copy = strndup(text.ptr, text.len);
    gyr_host_exec_free(x);
    return copy;
}

/* ---- threads */

enum { THREADS = 8, ROUNDS = 40 };

static void *work(void *data) {
    shared *s = data;
    atomic_fetch_add(&s->ready, 1);
    while (atomic_load(&s->ready) < THREADS) {
    }
    for (int i = 0; i < ROUNDS; i++) {
        uint8_t conditions[5];
        for (int k = 0; k < 5; k++) conditions[k] = (uint8_t)(i >> k & 1);
        char *text = execute(s, conditions);
        assert_true(strncmp(text, "{\"a\":", 5) == 0 || strncmp(text, "{\"n\":", 5) == 0);
        free(text);
    }
    return NULL;
}

static void threads(void **state) {
    (void)state;
    for (int round = 0; round < 8; round++) {
        shared s = {0};
        pthread_t t[THREADS];
        open_shared(
            &s,
            "type Query { a: Int n: [N!]! } interface N { i: Int n: N } type A implements N { i: Int n: N a: Int } "
            "type B implements N { i: Int n: N b: A }",
            "query ($a: Boolean!, $b: Boolean!, $c: Boolean!, $d: Boolean!, $e: Boolean!) { a @include(if: $a) n { i "
            "@include(if: $b) n { __typename @skip(if: $c) ... on B { b { a @include(if: $d) n { i } } } ... on A { x: "
            "a "
            "@skip(if: $e) } } } }");
        for (int i = 0; i < THREADS; i++) assert_int_equal(pthread_create(&t[i], NULL, work, &s), 0);
        for (int i = 0; i < THREADS; i++) pthread_join(t[i], NULL);
        close_shared(&s);
    }
}

/* ---- the stack */

static void *deep(void *data) {
    shared *s = data;
    return execute(s, NULL);
}

static char *on_small_stack(shared *s) {
    pthread_attr_t attr;
    pthread_t t;
    void *text;
    pthread_attr_init(&attr);
    assert_int_equal(pthread_attr_setstacksize(&attr, TEST_STACK), 0);
    assert_int_equal(pthread_create(&t, &attr, deep, s), 0);
    pthread_join(t, &text);
    pthread_attr_destroy(&attr);
    return text;
}

static char *nested(int depth) {
    char *query = calloc(1, (size_t)depth * 8 + 64), *at = query;
    for (int i = 0; i < depth; i++) at += sprintf(at, "{ q ");
    at += sprintf(at, "{ a }");
    for (int i = 0; i < depth; i++) at += sprintf(at, " }");
    return query;
}

static void stack(void **state) {
    (void)state;
    shared s = {0};
    char *query = nested(197);
    open_shared(&s, "type Query { a: Int q: [Query] }", query);
    char *text = on_small_stack(&s);
    assert_non_null(strstr(text, "\"a\":0"));
    free(text);
    close_shared(&s);

    memset(&s, 0, sizeof s); /* more lists than levels that are let through: the rest is null */
    open_shared(&s, "type Query { a: Int q: [[[[[[Query]]]]]] }", query);
    text = on_small_stack(&s);
    assert_null(strstr(text, "\"a\":0"));
    assert_non_null(strstr(text, "null"));
    free(text);
    free(query);
    close_shared(&s);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(threads), cmocka_unit_test(stack)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
