/* When plans become machine code, and that responses do not show it: switching within a request, going on after a
 * pause, executable memory refused, a forked child.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <gyr.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#if defined(__x86_64__) || defined(__aarch64__)
enum { COMPILES = 1 };
#else
enum { COMPILES = 0 };
#endif
enum { MANY = 1000, FEW = 3 };

typedef struct item {
    int32_t id;
    const char *name;
} item;
typedef struct world {
    item *items;
    uint32_t count;
} world;

static const char sdl[] = "type Item { id: Int! name: String } type Query { items: [Item!]! }";
static const gyr_binding bindings[] = {GYR_TYPE("Item", item),
                                       GYR_FIELD("Item.id", item, id),
                                       GYR_FIELD("Item.name", item, name),
                                       GYR_TYPE("Query", world),
                                       GYR_LIST("Query.items", world, items, count),
                                       GYR_END};
static item items[MANY];

typedef struct tier {
    gyr_schema *schema;
    gyr_plan *plan;
} tier;

static tier tier_new(gyr_jit jit) {
    gyr_source source = {.text = gyr_str_of(sdl, sizeof sdl - 1)};
    gyr_schema_options o = {.size = sizeof o, .sources = &source, .source_count = 1, .bindings = bindings, .jit = jit};
    tier t = {.schema = gyr_schema_build(&o, NULL)};
    assert_non_null(t.schema);
    t.plan = gyr_plan_new(t.schema, gyr_s("{ items { id name } }"), gyr_s(""), NULL);
    assert_non_null(t.plan);
    return t;
}

static void tier_free(tier *t) {
    gyr_plan_free(t->plan);
    gyr_schema_free(t->schema);
}

static gyr_native_stats stats(const tier *t) {
    gyr_native_stats s = {.size = sizeof s};
    gyr_schema_native_stats(t->schema, &s);
    return s;
}

/* What must come, written by other means. */
static char *expected(uint32_t count) {
    char *text = malloc(64 + (size_t)count * 64), *at = text;
    assert_non_null(text);
    at += sprintf(at, "{\"data\":{\"items\":[");
    for (uint32_t i = 0; i < count; i++) {
        at += sprintf(at, "%s{\"id\":%d,\"name\":", i ? "," : "", items[i].id);
        at += items[i].name ? sprintf(at, "\"%s\"}", items[i].name) : sprintf(at, "null}");
    }
    strcpy(at, "]}}");
    return text;
}

static bool answers(const tier *t, uint32_t count) {
    gyr_buffer out = {0};
    world w = {items, count};
    char *want = expected(count);
    bool ok =
        gyr_execute(&(gyr_request){.size = sizeof(gyr_request), .plan = t->plan, .root = &w, .buffer = &out}) == GYR_OK;
    ok = ok && out.len == strlen(want) && !memcmp(out.ptr, want, out.len);
    free(want);
    gyr_buffer_free(&out);
    return ok;
}

static void off_compiles_nothing(void **state) {
    (void)state;
    tier t = tier_new(GYR_JIT_OFF);
    for (int i = 0; i < 3; i++) assert_true(answers(&t, MANY));
    gyr_native_stats s = stats(&t);
    assert_int_equal(s.plans + s.programs + s.bytes + s.refused, 0);
    tier_free(&t);
}

static void always_compiles_at_once(void **state) {
    (void)state;
    tier t = tier_new(GYR_JIT_ALWAYS);
    assert_true(answers(&t, 1));
    gyr_native_stats s = stats(&t);
    assert_int_equal(s.plans, COMPILES);
    assert_int_equal(s.programs, COMPILES);
    assert_int_equal(s.refused, 0);
    assert_int_equal(s.bytes != 0 && s.ops != 0 && s.mapped >= s.bytes, COMPILES);
    assert_true(answers(&t, 0) && answers(&t, MANY));
    assert_int_equal(stats(&t).programs, COMPILES);
    tier_free(&t);
}

/* A text of more than 64 bytes where an object begins that nothing can turn to null. */
static void long_constants_are_compiled(void **state) {
    (void)state;
    static const char key[] = "anAliasThatIsAsLongAsSomeProgramsMakeThemWhenTheyWriteTheirOperations";
    tier t = tier_new(GYR_JIT_ALWAYS);
    gyr_plan_free(t.plan);
    char query[128], want[128];
    snprintf(query, sizeof query, "{ %s: __typename }", key);
    snprintf(want, sizeof want, "{\"data\":{\"%s\":\"Query\"}}", key);
    t.plan = gyr_plan_new(t.schema, gyr_str_of(query, strlen(query)), gyr_s(""), NULL);
    assert_non_null(t.plan);
    gyr_buffer out = {0};
    gyr_request r = {.size = sizeof r, .plan = t.plan, .root = &(world){items, 1}, .buffer = &out};
    assert_int_equal(gyr_execute(&r), GYR_OK);
    assert_int_equal(out.len, strlen(want));
    assert_memory_equal(out.ptr, want, out.len);
    assert_int_equal(stats(&t).refused, 0);
    assert_int_equal(stats(&t).programs, COMPILES);
    gyr_buffer_free(&out);
    tier_free(&t);
}

/* A long list switches within the request that opens it; short ones add up. */
static void auto_compiles_what_is_hot(void **state) {
    (void)state;
    tier t = tier_new(GYR_JIT_AUTO);
    assert_true(answers(&t, FEW));
    assert_int_equal(stats(&t).programs, 0);
    assert_true(answers(&t, MANY));
    assert_int_equal(stats(&t).programs, COMPILES);
    tier_free(&t);
    t = tier_new(GYR_JIT_AUTO);
    for (int i = 0; i < 1000; i++) assert_true(answers(&t, FEW));
    assert_int_equal(stats(&t).programs, COMPILES);
    tier_free(&t);
}

typedef struct pieces {
    char *text;
    size_t len;
    int pauses;
} pieces;

static gyr_flow take(void *user, gyr_str piece, unsigned flags) {
    pieces *p = user;
    p->text = realloc(p->text, p->len + piece.len + 1);
    assert_non_null(p->text);
    memcpy(p->text + p->len, piece.ptr, piece.len);
    p->len += piece.len;
    p->pauses += !(flags & GYR_LAST);
    return GYR_PAUSE;
}

static void pauses_in_machine_code(void **state) {
    (void)state;
    tier t = tier_new(GYR_JIT_ALWAYS);
    pieces p = {0};
    world w = {items, MANY};
    gyr_request r = {.size = sizeof r, .plan = t.plan, .root = &w, .sink = take, .sink_user = &p, .flush_bytes = 100};
    gyr_exec *x = gyr_exec_new(&r);
    assert_non_null(x);
    while (gyr_run(x) != GYR_DONE) continue;
    gyr_exec_free(x);
    char *want = expected(MANY);
    assert_int_equal(p.len, strlen(want));
    assert_memory_equal(p.text, want, p.len);
    assert_true(p.pauses > 10);
    free(want);
    free(p.text);
    tier_free(&t);
}

#ifndef TEST_LARGE_FRAMES /* the sanitizers map memory of their own */
/* In a child of its own: nothing more can be mapped there. */
static void refused_memory_is_no_error(void **state) {
    (void)state;
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (!pid) {
        tier t = tier_new(GYR_JIT_ALWAYS);
        struct rlimit none = {1 << 20, 1 << 20};
        bool ok = answers(&t, FEW); /* with buffers in place */
        tier u = tier_new(GYR_JIT_ALWAYS);
        ok = ok && !setrlimit(RLIMIT_AS, &none) && answers(&u, FEW);
        gyr_native_stats s = stats(&u);
        _exit(ok && s.programs == 0 && s.refused == COMPILES ? 0 : 1);
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

#endif

static void a_child_compiles_anew(void **state) {
    (void)state;
    tier t = tier_new(GYR_JIT_ALWAYS);
    assert_true(answers(&t, MANY));
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (!pid) _exit(answers(&t, MANY) && stats(&t).programs == 2 * COMPILES ? 0 : 1);
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_true(answers(&t, MANY));
    assert_int_equal(stats(&t).programs, COMPILES);
    tier_free(&t);
}

int main(void) {
    unsetenv("GYR_JIT"); /* it would have the last word */
    for (int i = 0; i < MANY; i++) items[i] = (item){i * 7 - 100, i % 5 ? i % 3 ? "a name" : "" : NULL};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(off_compiles_nothing),        cmocka_unit_test(always_compiles_at_once),
        cmocka_unit_test(long_constants_are_compiled), cmocka_unit_test(auto_compiles_what_is_hot),
        cmocka_unit_test(pauses_in_machine_code),
#ifndef TEST_LARGE_FRAMES
        cmocka_unit_test(refused_memory_is_no_error),
#endif
        cmocka_unit_test(a_child_compiles_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
