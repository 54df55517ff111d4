/* Everything that the default limits let through works on a stack of 128 KiB: parsing, validating, planning, printing and
 * running operations as deep and as wide as they may be. (Sanitizers make frames larger: there the stack is, too.)
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <gyr.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define STACK (2 << 20)
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define STACK (2 << 20)
#endif
#endif
#ifndef STACK
#define STACK (128 << 10)
#endif

typedef struct text {
    char *ptr;
    size_t len, cap;
} text;

static void add(text *t, const char *format, int number) {
    if (t->cap - t->len < 512) {
        t->ptr = realloc(t->ptr, t->cap = t->cap * 2 + 4096);
        if (!t->ptr) abort();
    }
    t->len += (size_t)snprintf(t->ptr + t->len, t->cap - t->len, format, number);
}

/* ---- a program: everything leads to itself */

static int32_t self_tag = 1;
static void self(gyr_call *c) { gyr_return_ref(c, &self_tag); }
static void batch_self(gyr_batch *b) {
    for (uint32_t i = 0; i < gyr_batch_count(b); i++) gyr_return_ref(gyr_batch_call(b, i), &self_tag);
}
static void number(gyr_call *c) { gyr_return_i32(c, 1); }

static void nest(gyr_call *c, int depth, bool object) {
    if (!depth) {
        if (object)
            gyr_return_ref(c, &self_tag);
        else
            gyr_return_i32(c, 7);
        return;
    }
    gyr_call *items = gyr_return_items(c, 2);
    nest(gyr_item(items, 0), depth - 1, object);
    gyr_fail(gyr_item(items, 1), gyr_s("no"));
}
static void numbers(gyr_call *c) { nest(c, 16, false); }
static void nodes(gyr_call *c) { nest(c, 16, true); }

#define LISTS(t) "[[[[[[[[[[[[[[[[" t "]]]]]]]]]]]]]]]]"
static const char sdl[] = "interface Node { node: Node slow: Node batch: Node obj: Obj n: Int }\n"
                          "type Obj implements Node { node: Node slow: Node batch: Node obj: Obj resolved: Obj n: Int\n"
                          "  numbers: " LISTS("Int") " nodes: " LISTS("Node") " objs: " LISTS(
                              "Obj") " }\n"
                                     "input In { in: In n: Int }\n"
                                     "type Query { obj: Obj node: Node f(in: In): Int }\n";

typedef struct job {
    gyr_schema *schema;
    text document, variables;
    const char *expect; /* part of the response, or NULL */
    bool planned;       /* whether it fits the limits */
    const char *problem;
} job;

static bool has(const gyr_buffer *b, const char *part) { return memmem(b->ptr, b->len, part, strlen(part)) != NULL; }

static const char *all_of(job *j) {
    gyr_errors *errors = NULL;
    gyr_str source = gyr_str_of(j->document.ptr, j->document.len);
    gyr_buffer out = {0};
    const char *problem = NULL;
    gyr_document *d = gyr_document_new((gyr_source){.text = source}, NULL, &errors);
    gyr_errors_free(errors);
    if (d) {
        gyr_document_print(d, &out);
        gyr_document_validate(d, j->schema, &errors);
        gyr_errors_free(errors);
    }
    gyr_document_free(d);
    gyr_plan *p = gyr_plan_new(j->schema, source, gyr_s(""), &errors);
    if (!p == j->planned) problem = p ? "planned, though over the limits" : "not planned";
    if (!p && j->planned) {
        gyr_str why = gyr_errors_text(errors);
        fprintf(stderr, "%.*s\n", (int)(why.len < 300 ? why.len : 300), why.ptr);
    }
    gyr_errors_free(errors);
    for (int i = 0; p && i < 2; i++) {
        out.len = 0;
        gyr_request r = {.size = sizeof r,
                         .plan = p,
                         .root = &self_tag,
                         .buffer = &out,
                         .variables = gyr_str_of(j->variables.ptr, j->variables.len)};
        if (gyr_execute(&r) != GYR_OK)
            problem = "not executed";
        else if (j->expect && !has(&out, j->expect))
            problem = "another response";
    }
    if (p && j->planned) {
        out.len = 0;
        gyr_plan_print(p, gyr_s(""), false, &out);
        gyr_plan_print(p, gyr_s(""), true, &out);
    }
    gyr_plan_free(p);
    gyr_buffer_free(&out);
    return problem;
}

static void *run(void *arg) {
    job *j = arg;
    j->problem = all_of(j);
    return NULL;
}

static void on_a_small_stack(job *j) {
    static const gyr_binding bindings[] = {GYR_TYPE("Obj", int32_t),       GYR_GETTER("Obj.node", self),
                                           GYR_RESOLVER("Obj.slow", self), GYR_BATCH("Obj.batch", batch_self),
                                           GYR_SELF("Obj.obj", int32_t),   GYR_RESOLVER("Obj.resolved", self),
                                           GYR_GETTER("Obj.n", number),    GYR_GETTER("Obj.numbers", numbers),
                                           GYR_GETTER("Obj.nodes", nodes), GYR_RESOLVER("Obj.objs", nodes),
                                           GYR_GETTER("Query.obj", self),  GYR_GETTER("Query.node", self),
                                           GYR_GETTER("Query.f", number),  GYR_END};
    gyr_errors *errors = NULL;
    pthread_attr_t attributes;
    pthread_t thread;
    j->schema = gyr_schema_new(gyr_str_of(sdl, sizeof sdl - 1), bindings, &errors);
    gyr_str why = gyr_errors_text(errors);
    if (!j->schema) fail_msg("%.*s", (int)why.len, why.ptr);
    gyr_errors_free(errors);
    pthread_attr_init(&attributes);
    assert_int_equal(pthread_attr_setstacksize(&attributes, STACK), 0);
    assert_int_equal(pthread_create(&thread, &attributes, run, j), 0);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&attributes);
    gyr_schema_free(j->schema);
    free(j->document.ptr);
    free(j->variables.ptr);
    if (j->problem) fail_msg("%s", j->problem);
}

/* `levels` selection sets, one in another. */
static void nested(const char *root, const char *field, int levels, bool planned) {
    job j = {.planned = planned, .expect = planned ? "{\"n\":1}" : NULL};
    add(&j.document, "{ ", 0);
    add(&j.document, root, 0);
    for (int i = 0; i < levels - 2; i++) add(&j.document, field, i);
    add(&j.document, " { n } ", 0);
    for (int i = 0; i < levels - 1; i++) add(&j.document, "}", 0);
    on_a_small_stack(&j);
}

static void nested_fields(void **state) {
    (void)state;
    static const char *const fields[] = {" { obj", " { node", " { slow", " { batch"};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        nested("obj", fields[i], 190, true);
        nested("node", fields[i], 190, true);
        nested("obj", fields[i], 260, false);
    }
    nested("obj", " { resolved", 190, true);
}

static void nested_inline_fragments(void **state) {
    (void)state;
    nested("node", " { ... on Node", 190, true);
    nested("node", " { ... on Obj", 260, false);
}

static void chains_of_fragments(void **state) {
    (void)state;
    for (int many = 90; many < 400; many += 300) { /* each opens a field and the next */
        job j = {.planned = many == 90, .expect = many == 90 ? "\"n\":1" : NULL};
        add(&j.document, "{ obj { ...F0 } }", 0);
        for (int i = 0; i < many; i++) {
            add(&j.document, " fragment F%d on Node { obj {", i);
            add(&j.document, " ...F%d } }", i + 1);
        }
        add(&j.document, " fragment F%d on Obj { n }", many);
        on_a_small_stack(&j);
    }
}

static void wide(void **state) {
    (void)state;
    job j = {.planned = true, .expect = ",\"a998\":{\"n\":1}"};
    add(&j.document, "{ obj {", 0);
    for (int i = 0; i < 999; i++) add(&j.document, " a%d: obj { n }", i);
    add(&j.document, " } }", 0);
    on_a_small_stack(&j);
    job many = {.planned = true, .expect = "\"n\":1"}; /* 10,000 fields, by fragments: 8 in 8 in 8 ... */
    add(&many.document, "{ obj { ...A", 0);
    add(&many.document, " } } fragment A on Obj {", 0);
    for (int i = 0; i < 9; i++) add(&many.document, " a%d: obj { ...B }", i);
    add(&many.document, " } fragment B on Obj {", 0);
    for (int i = 0; i < 30; i++) add(&many.document, " b%d: obj { ...C }", i);
    add(&many.document, " } fragment C on Obj { n", 0);
    for (int i = 0; i < 16; i++) add(&many.document, " c%d: obj { n }", i);
    add(&many.document, " }", 0);
    on_a_small_stack(&many);
}

static void nested_lists(void **state) {
    (void)state;
    job j = {.planned = true, .expect = "[[[[[[[[[[[[[[[[7,null],null]"};
    add(&j.document, "{ obj { numbers } }", 0);
    on_a_small_stack(&j);
    job k = {.planned = true, .expect = "[[[[[[[[[[[[[[[[{\"n\":1},null],null]"};
    add(&k.document, "{ obj { nodes { n } objs { slow { obj { n } } } } }", 0);
    on_a_small_stack(&k);
}

static void nested_values(void **state) {
    (void)state;
    job j = {.planned = true, .expect = "\"f\":1"};
    add(&j.document, "{ f(in: ", 0);
    for (int i = 0; i < 190; i++) add(&j.document, "{in: ", 0);
    add(&j.document, "{n: 1}", 0);
    for (int i = 0; i < 190; i++) add(&j.document, "}", 0);
    add(&j.document, ") }", 0);
    on_a_small_stack(&j);
    job v = {.planned = true, .expect = "\"f\":1"};
    add(&v.document, "query Q($v: In) { f(in: $v) }", 0);
    add(&v.variables, "{\"v\":", 0);
    for (int i = 0; i < 120; i++) add(&v.variables, "{\"in\":", 0);
    add(&v.variables, "{\"n\":1}", 0);
    for (int i = 0; i < 121; i++) add(&v.variables, "}", 0);
    on_a_small_stack(&v);
}

static void nested_introspection(void **state) {
    (void)state;
    job j = {.planned = true, .expect = "\"ofType\":null"};
    add(&j.document, "{ __schema { types { fields { type { name", 0);
    for (int i = 0; i < 30; i++) add(&j.document, " ofType { name", 0);
    for (int i = 0; i < 35; i++) add(&j.document, " }", 0);
    j.expect = "\"ofType\":{\"name\":null";
    on_a_small_stack(&j);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(nested_fields),       cmocka_unit_test(nested_inline_fragments),
                                       cmocka_unit_test(chains_of_fragments), cmocka_unit_test(wide),
                                       cmocka_unit_test(nested_lists),        cmocka_unit_test(nested_values),
                                       cmocka_unit_test(nested_introspection)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
