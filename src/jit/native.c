/* The native tier of a schema and its variants: compiling them, running them, giving code back.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "jit/native.h"

#include <stdio.h>
#include <time.h>

/* ---- of a schema */

static void native_free(gyr__native *n) {
    gyr_allocator al = n->allocator;
    gyr__code_memory_free(n->memory);
    gyr__heap_free(&al, n, sizeof *n);
}

static gyr__native *native_of(gyr_schema *s) {
    gyr__native *n = atomic_load_explicit(&s->native, memory_order_acquire), *other = NULL;
    if (n) return n;
    n = gyr__heap_alloc(&s->allocator, sizeof *n);
    if (!n) return NULL;
    memset(n, 0, sizeof *n);
    n->allocator = s->allocator;
    n->leaves = *gyr__leaves_for(gyr__cpu_level());
    n->memory = gyr__code_memory_new(&s->allocator, (const void *)(uintptr_t)n->leaves.str);
    atomic_store_explicit(&s->native_free, native_free, memory_order_relaxed); /* the same by any thread */
    if (n->memory && atomic_compare_exchange_strong(&s->native, &other, n)) return n;
    native_free(n); /* another thread was first, or memory is out */
    return other;
}

/* ---- of a variant */

static gyr__native_code *code_of(const gyr__program *p) {
    return atomic_load_explicit(&p->native, memory_order_acquire);
}

static void release(gyr__variant *v) {
    gyr__native *n = atomic_load_explicit(&v->plan->schema->native, memory_order_acquire);
    for (gyr__program *p = v->programs; p; p = p->next)
        for (gyr__native_code *c = code_of(p), *older; c; c = older) {
            older = c->older;
            gyr__code_release(n->memory, &c->code);
            gyr__heap_free(&n->allocator, c, sizeof *c);
        }
}

static uint64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void count(atomic_uint_fast64_t *counter, uint64_t n) {
    atomic_fetch_add_explicit(counter, n, memory_order_relaxed);
}

/* For perf and gdb: "gyr:Operation" of the root's program, "gyr:Operation.Type" of one that is called. */
static void make_ready(gyr__native *n, const gyr__variant *v, const gyr__program *p, gyr__code *code) {
    const gyr__ast_operation_definition *operation = v->plan->operation;
    gyr_str type = p == v->program ? gyr_s("") : p->shape->type->def.name;
    gyr_str name = operation->name.len ? operation->name : gyr__operation_type_name(operation->operation);
    char text[160];
    int len = snprintf(text, sizeof text, "gyr:%.*s%s%.*s", (int)GYR__MIN(name.len, 70), name.ptr, type.len ? "." : "",
                       (int)GYR__MIN(type.len, 70), type.ptr);
    gyr__code_ready(n->memory, code, gyr_str_of(text, (size_t)len));
}

static void compile(gyr__native *n, gyr__variant *v, gyr__program *p, const gyr__helpers *helpers) {
    gyr__native_code *code = n ? gyr__heap_alloc(&n->allocator, sizeof *code) : NULL;
    if (!code || !gyr__native_program(n, p, helpers, code)) {
        atomic_store_explicit(&p->refused, true, memory_order_relaxed);
        if (code) gyr__heap_free(&n->allocator, code, sizeof *code);
        if (n) count(&n->refused, 1);
        return;
    }
    make_ready(n, v, p, &code->code);
    count(&n->programs, 1);
    count(&n->ops, p->op_count);
    count(&n->bytes, code->code.size);
    code->older = code_of(p);
    atomic_store_explicit(&p->code, code->code.run, memory_order_release);
    atomic_store_explicit(&p->native, code, memory_order_release);
}

void gyr__native_compile(gyr__variant *v, const gyr__helpers *helpers) {
    gyr__native *n = native_of(v->plan->schema);
    uint64_t began = now();
    pthread_mutex_lock(&v->lock);
    for (gyr__program *p = v->programs; p; p = p->next) /* the parent's, from before a fork: nobody may come to it */
        if (!gyr__native_ready(p)) atomic_store_explicit(&p->code, NULL, memory_order_relaxed);
    for (gyr__program *p = v->programs; p; p = p->next)
        if (!gyr__native_ready(p) && !gyr__native_refused(p)) compile(n, v, p, helpers);
    if (n && !v->native_free) count(&n->variants, 1);
    if (n) v->native_free = release;
    pthread_mutex_unlock(&v->lock);
    if (n) count(&n->nanoseconds, now() - began);
}

gyr__stop gyr__native_run(gyr__writer *w) {
    const uint8_t *code = atomic_load_explicit(&w->frame->program->code, memory_order_acquire);
    gyr__native_enter(code + w->op->entry, w->out, w->object, w->frame, w);
    return w->stop;
}
