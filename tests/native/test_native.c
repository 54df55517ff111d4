/* Random requests by the interpreter and by native code: bytes, pieces, statuses and statistics must be equal. Every op, and
 * every way it can go on, must have been taken.
 *
 *     GYR_NATIVE_CASES=n    how many cases [4000; fewer under sanitizers]
 *     GYR_NATIVE_RUNS=n     requests of each, and some more [40]
 *     GYR_NATIVE_FROM=n     the first of them [1]
 *     GYR_NATIVE_SEED=n     this case only; it is printed whole when it fails
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "jit/native.h"
#include "native.h"

enum { RUNS = 40, TRACED = 4, REFILLED = 3 };
#ifdef TEST_LARGE_FRAMES /* sanitizers, or no optimisation */
enum { CASES = 400 };
#else
enum { CASES = 4000 };
#endif
enum { ENOUGH = 4000 }; /* cases that meet every op and all its ways */

typedef struct totals {
    uint64_t executions, bytes, errors, streamed, paused, cut, failed, interpreted;
} totals;
static totals seen;

static uint64_t number(const char *name, uint64_t otherwise) {
    const char *s = getenv(name);
    return s && *s ? strtoull(s, NULL, 10) : otherwise;
}

/* ---- one execution */

static nway way_of(const ncase *c, uint32_t k) {
    mrng r = {.state = mix(c->m.seed, 5000 + k)};
    nway way = {.seed = draw(&r)};
    if (chance(&r, 30)) way.max_batch = 1 + below(&r, 3);
    if (chance(&r, 50)) way.block_rows = 1 + below(&r, 5);
    if (chance(&r, 40))
        way.flush_bytes = 1 + below(&r, chance(&r, 50) ? 60 : 5000), way.pause = chance(&r, 50);
    else if (chance(&r, 60))
        way.head = below(&r, 100), way.cap = way.head + 1 + below(&r, 200);
    way.cancel = chance(&r, 5);
    way.no_introspection = chance(&r, 10);
    way.incremental = way.flush_bytes && c->m.incremental;
    if (chance(&r, 10)) way.on_error = chance(&r, 50) ? GYR_ERROR_NULL : GYR_ERROR_HALT;
    return way;
}

static bool same_stats(const gyr_stats *a, const gyr_stats *b) {
    return a->resolver_calls == b->resolver_calls && a->batch_calls == b->batch_calls &&
           a->batch_rows == b->batch_rows && a->suspended == b->suspended && a->turns == b->turns &&
           a->errors == b->errors && a->response_bytes == b->response_bytes;
}

static void put_outcome(mtext *why, const char *name, const noutcome *o) {
    put(why, "%12s: %s, %zu bytes, pieces %llx, errors %llu, calls %llu\n", name, gyr_status_text(o->status),
        o->out.len, (unsigned long long)o->pieces, (unsigned long long)o->stats.errors,
        (unsigned long long)o->stats.resolver_calls);
    if (o->why.len) put_bytes(why, o->why.ptr, o->why.len);
}

static void put_difference(mtext *why, const noutcome *a, const noutcome *b) {
    size_t at = 0;
    while (at < a->out.len && at < b->out.len && a->out.ptr[at] == b->out.ptr[at]) at++;
    if (at == a->out.len && at == b->out.len) return;
    size_t from = at < 60 ? 0 : at - 60;
    put(why, "they differ at byte %zu\n", at);
    const noutcome *both[] = {a, b};
    for (int i = 0; i < 2; i++) {
        size_t n = both[i]->out.len - from;
        put(why, "  ...");
        put_bytes(why, both[i]->out.ptr + from, n < 200 ? n : 200);
        put(why, "\n");
    }
}

/* Runs tier b and compares with x, which was before. */
static void compare(ncase *c, ntier *b, const nway *way, const noutcome *x, noutcome *y, mtext *why) {
    n_run(c, b, way, y);
    bool same = x->status == y->status && x->started == y->started && x->pieces == y->pieces &&
                x->out.len == y->out.len && same_stats(&x->stats, &y->stats) && !x->why.len && !y->why.len &&
                (!x->out.len || memcmp(x->out.ptr, y->out.ptr, x->out.len) == 0);
    if (same) return;
    put(why,
        "max_batch %u, block_rows %u, flush_bytes %zu, pause %d, buffer %u of %u, cancel %d, on_error %d, failing "
        "allocation "
        "%llu\nvariables %s\n",
        way->max_batch, way->block_rows, way->flush_bytes, way->pause, way->head, way->cap, way->cancel, way->on_error,
        (unsigned long long)way->fail_at, c->variables.ptr);
    put_outcome(why, "interpreter", x);
    put_outcome(why, "native", y);
    put_difference(why, x, y);
}

static void count(const nway *way, const noutcome *o) {
    seen.executions++;
    seen.bytes += o->out.len;
    seen.errors += o->stats.errors != 0;
    seen.streamed += way->flush_bytes != 0;
    seen.paused += way->flush_bytes && way->pause;
    seen.cut += o->status != GYR_OK;
    seen.failed += way->fail_at && o->status == GYR_ERR_MEMORY;
}

/* ---- one case */

typedef struct pair {
    ntier interpreter, native;
    noutcome a, b;
} pair;

static void execute(ncase *c, pair *p, uint32_t k, mtext *why) {
    mrng r = {.state = mix(c->m.seed, 9000 + k)};
    nway way = way_of(c, k);
    if (k % REFILLED == 0) n_fill(c, &r);
    n_put_variables(c, &r);
    for (int again = 0; again < 2 && !why->len; again++) {
        n_trace(c->m.seed % TRACED == 0);
        n_run(c, &p->interpreter, &way, &p->a);
        n_trace(false);
        uint64_t before = n_interpreted();
        compare(c, &p->native, &way, &p->a, &p->b, why);
        seen.interpreted += n_interpreted() != before;
        count(&way, &p->b);
        if (!chance(&r, 40)) break;
        if (way.flush_bytes || chance(&r, 50)) /* what was needed once is there: both ask for the same */
            way.fail_at = 1 + below(&r, 20);
        else /* room that ends with the response, more or less */
            way.head = 0, way.cap = (uint32_t)p->a.out.len + 70 - below(&r, chance(&r, 80) ? 20 : 100);
    }
}

static void run_case(ncase *c, mtext *why) {
    pair p = {.a = {.pieces = 0}};
    why->len = 0;
    n_put_document(c);
    if (n_tier_init(&p.interpreter, c, GYR_JIT_OFF, why) && n_tier_init(&p.native, c, GYR_JIT_ALWAYS, why))
        for (uint32_t k = 0; k < number("GYR_NATIVE_RUNS", RUNS) && !why->len; k++) execute(c, &p, k, why);
    n_tier_fini(&p.interpreter);
    n_tier_fini(&p.native);
    if (!why->len && p.interpreter.heap.live + p.native.heap.live)
        put(why, "memory is lost: %zu and %zu bytes\n", p.interpreter.heap.live, p.native.heap.live);
    noutcome *both[] = {&p.a, &p.b};
    for (int i = 0; i < 2; i++) free(both[i]->out.ptr), free(both[i]->why.ptr);
}

/* ---- failures */

typedef struct failing {
    ncase *c;
    mtext *why;
} failing;

static bool still_fails(void *user) {
    failing *f = user;
    run_case(f->c, f->why);
    return f->why->len > 0;
}

static void put_bindings(const ncase *c, mtext *out) {
    static const char *const kinds[] = {"end",    "type",     "member", "bit", "flags",   "list",
                                        "getter", "resolver", "batch",  "tag", "type_fn", "scalar"};
    for (uint32_t i = 0; i < c->m.object_count; i++)
        for (uint32_t k = 0; k < c->m.types[i].field_count; k++) {
            const gyr_binding *b = &c->fields[i][k].row;
            if (!strstr(c->document.ptr, c->m.types[i].fields[k].name)) continue;
            put(out, "  %s: %s, C type %d +%u of %u bytes, count +%u of %u bytes%s%s%s, has %u, flags %u\n", b->at,
                kinds[b->kind], b->ctype, b->offset, b->c_size, b->count_offset, b->count_size,
                b->is_signed ? " signed" : "", b->inline_items ? ", items inside" : "",
                b->by_ref ? ", behind a pointer" : "", b->has_size, b->flags);
        }
}

static void put_plan(const ncase *c, const ntier *t, mtext *out) {
    gyr_buffer text = {0};
    if (t->plan && gyr_plan_print(t->plan, gyr_str_of(c->variables.ptr, c->variables.len), false, &text) == GYR_OK)
        put_bytes(out, text.ptr, text.len);
    gyr_buffer_free(&text);
}

static void report(ncase *c, mtext *why) {
    mtext out = {0}, ignored = {0};
    ntier t;
    printf("case %llu (GYR_NATIVE_SEED) fails:\n%s", (unsigned long long)c->m.seed, why->ptr);
    model_shrink(&c->m, still_fails, &(failing){c, why});
    run_case(c, why);
    put_bindings(c, &out);
    if (n_tier_init(&t, c, GYR_JIT_OFF, &ignored)) put_plan(c, &t, &out);
    n_tier_fini(&t);
    printf("shrunken:\n%s\n%s\n%s\n%s\n", c->m.sdl.ptr, c->document.ptr, out.ptr, why->ptr);
    free(out.ptr);
    free(ignored.ptr);
}

/* ---- the test */

static uint64_t seed_now;

static bool check_seed(uint64_t seed) {
    ncase *c = malloc(sizeof *c);
    mtext why = {0};
    if (!c) abort();
    seed_now = seed;
    n_case_init(c, seed);
    run_case(c, &why);
    bool ok = !why.len;
    if (!ok) report(c, &why);
    n_case_fini(c);
    free(c);
    free(why.ptr);
    return ok;
}

#ifdef __SANITIZE_ADDRESS__
void __asan_on_error(void);
void __asan_on_error(void) { print_message("in case %llu (GYR_NATIVE_SEED)\n", (unsigned long long)seed_now); }
#endif

static void both_tiers_do_the_same(void **state) {
    (void)state;
    uint64_t one = number("GYR_NATIVE_SEED", 0), from = number("GYR_NATIVE_FROM", 1);
    uint64_t cases = number("GYR_NATIVE_CASES", CASES), failed = 0;
    if (one) {
        assert_true(check_seed(one));
        return;
    }
    for (uint64_t seed = from; seed < from + cases && failed < 3; seed++) {
        failed += !check_seed(seed);
        if (seed % 1000 == 0 && cases > CASES) /* a long run says how far it is */
            print_message("case %llu, %llu requests\n", (unsigned long long)seed, (unsigned long long)seen.executions);
    }
    assert_int_equal(failed, 0);
    uint32_t missing = n_trace_print();
    print_message("%llu cases, %llu executions in each tier, %llu bytes; with errors %llu, streamed %llu, paused %llu, "
                  "not whole %llu, out of memory %llu, the interpreter had a part in %llu\n",
                  (unsigned long long)cases, (unsigned long long)seen.executions, (unsigned long long)seen.bytes,
                  (unsigned long long)seen.errors, (unsigned long long)seen.streamed, (unsigned long long)seen.paused,
                  (unsigned long long)seen.cut, (unsigned long long)seen.failed, (unsigned long long)seen.interpreted);
    assert_true(cases < ENOUGH || !missing);
    if (gyr__native_exists) assert_int_equal(seen.interpreted, 0); /* no plan was refused */
}

int main(void) {
    unsetenv("GYR_JIT"); /* it would have the last word in both tiers */
    const struct CMUnitTest tests[] = {cmocka_unit_test(both_tiers_do_the_same)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
