/* Native code and fork: a child runs none of its parent's code, and compiles its own.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "exec/exec.h"
#include "jit/native.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct item {
    int32_t a;
} item;
typedef struct world {
    item *items;
    uint32_t count;
} world;

static const gyr_binding bindings[] = {GYR_TYPE("Item", item), GYR_FIELD("Item.a", item, a), GYR_TYPE("Query", world),
                                       GYR_LIST("Query.items", world, items, count), GYR_END};

static gyr_schema *schema_new(void) {
    gyr_source source = {.text = gyr_s("type Query { items: [Item!]! } type Item { a: Int! }")};
    gyr_schema *s = gyr_schema_build(&(gyr_schema_options){.size = sizeof(gyr_schema_options),
                                                           .sources = &source,
                                                           .source_count = 1,
                                                           .bindings = bindings,
                                                           .jit = GYR_JIT_ALWAYS},
                                     NULL);
    assert_non_null(s);
    return s;
}

static bool answers(gyr_plan *p) {
    item items[3] = {{1}, {22}, {333}};
    gyr_buffer out = {0};
    gyr_status status =
        gyr_execute(&(gyr_request){.size = sizeof(gyr_request), .plan = p, .root = &(world){items, 3}, .buffer = &out});
    static const char expected[] = "{\"data\":{\"items\":[{\"a\":1},{\"a\":22},{\"a\":333}]}}";
    bool good = status == GYR_OK && out.len == sizeof expected - 1 && !memcmp(out.ptr, expected, out.len);
    gyr_buffer_free(&out);
    return good;
}

static const uint8_t *code_of(gyr_plan *p) {
    const gyr__program *program = p->variants->program;
    return gyr__native_ready(program) ? atomic_load(&program->code) : NULL;
}

#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                            \
            _exit(1);                                                                                                  \
        }                                                                                                              \
    } while (0)

typedef struct family {
    gyr_schema *schema;
    gyr_plan *plan;
    int to_child[2], to_parent[2];
} family;

static void child(family *f) {
    char byte;
    const uint8_t *parents = atomic_load(&f->plan->variants->program->code);
    close(f->to_child[1]);
    CHECK(!code_of(f->plan));
    CHECK(write(f->to_parent[1], "a", 1) == 1); /* the parent fills its code with traps and writes other code there */
    CHECK(read(f->to_child[0], &byte, 1) == 1);
    CHECK(answers(f->plan));
    CHECK(code_of(f->plan) && code_of(f->plan) != parents);
    CHECK(answers(f->plan));
    gyr_plan_free(f->plan);
    f->plan = gyr_plan_new(f->schema, gyr_s("{ items { a } }"), gyr_s(""), NULL);
    CHECK(f->plan && answers(f->plan) && code_of(f->plan));
    gyr_plan_free(f->plan);
    gyr_schema_free(f->schema);
}

static void a_child_compiles_anew(void **state) {
    (void)state;
    test_not_emulated();
    if (!gyr__native_exists) return;
    family f = {.schema = schema_new()};
    assert_int_equal(pipe(f.to_child) | pipe(f.to_parent), 0);
    f.plan = gyr_plan_new(f.schema, gyr_s("{ items { a } }"), gyr_s(""), NULL);
    assert_true(answers(f.plan));
    const uint8_t *code = code_of(f.plan);
    assert_non_null(code);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (!pid) {
        child(&f);
        exit(0); /* with the leaks that were found */
    }
    char byte;
    close(f.to_parent[1]); /* so that a child that fails is heard */
    assert_int_equal(read(f.to_parent[0], &byte, 1), 1);
    gyr_plan_free(f.plan);
    f.plan = gyr_plan_new(f.schema, gyr_s("query Other { items { a } }"), gyr_s(""), NULL);
    assert_true(answers(f.plan));
    assert_ptr_equal(code_of(f.plan), code);
    assert_int_equal(write(f.to_child[1], "b", 1), 1);
    int status = 1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) && !WEXITSTATUS(status));
    assert_true(answers(f.plan));
    gyr_plan_free(f.plan);
    gyr_schema_free(f.schema);
    close(f.to_child[0]);
    close(f.to_child[1]);
    close(f.to_parent[0]);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_child_compiles_anew)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
