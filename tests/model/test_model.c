/* The engine against the model: random schemas, operations, data and orders of completion; the response must
 * be what a plain executor writes, byte for byte.
 *
 *     GYR_MODEL_CASES=n    how many cases [20000; fewer under sanitizers]
 *     GYR_MODEL_PART=n     an nth of them
 *     GYR_MODEL_SEED=n     this case only
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "merge.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define CASES 3000
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define CASES 3000
#endif
#endif
#ifndef CASES
#define CASES 20000
#endif

void model_case_init(mcase *c, uint64_t seed) {
    mrng r = {.state = mix(seed, 77)};
    memset(c, 0, sizeof *c);
    c->seed = seed;
    c->object_budget = 400;
    c->incremental = seed % 3 == 0;
    model_make_schema(c, &r);
    model_make_operation(c, &r);
    c->root = model_object(c, &c->types[0], 1);
}

void model_case_fini(mcase *c) {
    for (mchunk *m = c->chunks, *next; m; m = next) {
        next = m->next;
        free(m);
    }
    free(c->sdl.ptr);
    free(c->text.ptr);
    free(c->variables.ptr);
}

/* ---- one case */

static void put_response(mtext *out, const mresponse *r, bool streamed) {
    put(out, "{");
    if (r->error_count && !streamed) {
        put(out, "\"errors\":[");
        put_bytes(out, r->errors.ptr, r->errors.len);
        put(out, "],");
    }
    put(out, "\"data\":");
    put_bytes(out, r->data.ptr, r->data.len);
    if (r->error_count && streamed) {
        put(out, ",\"errors\":[");
        put_bytes(out, r->errors.ptr, r->errors.len);
        put(out, "]");
    }
    put(out, "}");
}

static void way_of(mcase *c, uint32_t k, mway *way) {
    mrng r = {.state = mix(c->seed, 1000 + k)};
    *way = (mway){.seed = draw(&r)};
    if (chance(&r, 40)) way->max_batch = 1 + below(&r, 3);
    if (chance(&r, 50)) way->block_rows = 1 + below(&r, 3);
    if (k % 2)
        way->flush_bytes = 1 + below(&r, 40), way->pause = chance(&r, 50);
    else if (chance(&r, 40))
        way->head = chance(&r, 50) ? "{\"before\":1}" : "HTTP/1.1 200 OK\r\n\r\n, and some more text";
    if (k == 2 || k == 3) way->cancel = chance(&r, 50), way->leave = !way->cancel;
    way->incremental = c->incremental && way->flush_bytes;
    if (k > 3) way->on_error = c->seed % 2 ? GYR_ERROR_NULL : GYR_ERROR_HALT;
}

/* What the cases were like: a model that never waits, fails or streams proves nothing. */
static struct { uint64_t bytes, errors, streamed, cut, null; } seen;
static mseen merged;

/* Whoever left got some payloads, perhaps a part of one. */
static void compare_payloads(mcase *c, gyr_plan *plan, const mwanted *want, const mway *way, mtext *why) {
    mtext got = {0};
    mwanted w = *want;
    bool streamed;
    model_run(c, plan, way, &got, &streamed, &w.cut, why);
    w.exact = way->on_error == GYR_ERROR_NULL;
    if (!why->len && !way->leave) model_merge(&got, &w, &merged, why);
    if (why->len) {
        put(why, "on_error %d, max_batch %u, block_rows %u, flush_bytes %zu, pause %d, cancel %d\n    plain ",
            (int)way->on_error, way->max_batch, way->block_rows, way->flush_bytes, way->pause, way->cancel);
        put_response(why, want->plain, false);
        put(why, "\n      got ");
        put_bytes(why, got.ptr, got.len);
    }
    seen.bytes += got.len;
    free(got.ptr);
}

static void compare(mcase *c, gyr_plan *plan, const mresponse *want, const mway *way, mtext *why) {
    mtext expected = {0}, got = {0};
    bool streamed, cut;
    model_run(c, plan, way, &got, &streamed, &cut, why);
    if (way->head) put(&expected, "%s", way->head);
    put_response(&expected, want, streamed);
    bool same = got.len == expected.len && memcmp(got.ptr, expected.ptr, got.len) == 0;
    if (!same && !cut && !why->len) {
        put(why, "on_error %d, max_batch %u, block_rows %u, flush_bytes %zu, pause %d\n expected ", (int)way->on_error,
            way->max_batch, way->block_rows, way->flush_bytes, way->pause);
        put_bytes(why, expected.ptr, expected.len);
        put(why, "\n      got ");
        put_bytes(why, got.ptr, got.len);
        put(why, "\n");
    }
    seen.bytes += got.len;
    seen.streamed += streamed;
    seen.cut += cut;
    free(expected.ptr);
    free(got.ptr);
}

static void run_case(mcase *c, mtext *why) {
    mresponse want = {0}, other = {0}, whole = {0}; /* other: with another error behaviour */
    gyr_errors *errors = NULL;
    why->len = 0;
    model_print_operation(c);
    model_reference(c, GYR_ERROR_PROPAGATE, &want);
    model_reference(c, c->seed % 2 ? GYR_ERROR_NULL : GYR_ERROR_HALT, &other);
    model_reference(c, GYR_ERROR_NULL, &whole);
    seen.errors += want.error_count != 0;
    seen.null += want.data.len == 4;
    gyr_schema *s = model_schema(c, why);
    gyr_plan *plan = s ? gyr_plan_new(s, gyr_str_of(c->text.ptr, c->text.len), gyr_s(""), &errors) : NULL;
    if (s && !plan) {
        gyr_str text = gyr_errors_text(errors);
        put(why, "no plan: ");
        put_bytes(why, text.ptr, text.len);
        gyr_errors_free(errors);
    }
    mway way;
    for (uint32_t k = 0; plan && k < (c->incremental ? 8 : 6) && !why->len; k++) {
        way_of(c, k, &way);
        const mresponse *plain = way.on_error ? &other : &want;
        if (way.incremental)
            compare_payloads(c, plan, &(mwanted){.plain = plain, .whole = &whole}, &way, why);
        else
            compare(c, plan, plain, &way, why);
    }
    gyr_plan_free(plan);
    gyr_schema_free(s);
    mresponse_free(&want);
    mresponse_free(&other);
    mresponse_free(&whole);
}

/* ---- failures */

typedef struct failing {
    mcase *c;
    mtext *why;
} failing;

static bool still_fails(void *user) {
    failing *f = user;
    run_case(f->c, f->why);
    return f->why->len > 0;
}

static void put_sources(mcase *c, mtext *out) {
    static const char *const names[] = {"member", "getter", "resolver", "batch"};
    for (uint32_t i = 0; i < c->object_count; i++)
        for (uint32_t k = 0; k < c->types[i].field_count; k++) {
            const mfield *f = &c->types[i].fields[k];
            if (!strstr(c->text.ptr, f->name)) continue;
            put(out, "  %s.%s: %s", f->owner->name, f->name, names[f->source]);
            if (f->source == M_MEMBER) put(out, " kind %d", f->member);
            if (f->source == M_BATCH)
                put(out, " flags %u max_rows %u max_in_flight %u", f->flags, f->max_rows, f->max_in_flight);
            put(out, "\n");
        }
}

/* ---- the test */

static uint64_t seed_now;

static bool check_seed(uint64_t seed) {
    mcase c;
    mtext why = {0};
    seed_now = seed;
    model_case_init(&c, seed);
    run_case(&c, &why);
    bool ok = !why.len;
    if (!ok) {
        mtext sources = {0};
        /* not print_message, which cuts long texts */
        printf("case %llu fails:\n%s", (unsigned long long)seed, why.ptr);
        model_shrink(&c, still_fails, &(failing){&c, &why});
        run_case(&c, &why);
        put_sources(&c, &sources);
        printf("shrunken:\n%s\n%s\n%s\n%s%s\n", c.sdl.ptr, c.text.ptr, c.variables.ptr, sources.ptr ? sources.ptr : "",
               why.ptr);
        free(sources.ptr);
    }
    model_case_fini(&c);
    free(why.ptr);
    return ok;
}

#ifdef __SANITIZE_ADDRESS__
void __asan_on_error(void);
void __asan_on_error(void) { print_message("in case %llu (GYR_MODEL_SEED)\n", (unsigned long long)seed_now); }
#endif

static void engine_is_as_the_model(void **state) {
    (void)state;
    const char *one = getenv("GYR_MODEL_SEED"), *many = getenv("GYR_MODEL_CASES"), *part = getenv("GYR_MODEL_PART");
    uint64_t cases = many && *many ? strtoull(many, NULL, 10) : CASES, failed = 0;
    if (part && *part) cases /= strtoull(part, NULL, 10);
    if (one && *one) {
        if (!check_seed(strtoull(one, NULL, 10))) fail_msg("the engine and the model differ");
        return;
    }
    for (uint64_t seed = 1; seed <= cases && failed < 3; seed++) failed += !check_seed(seed);
    assert_int_equal(failed, 0);
    print_message("%llu cases: with errors %llu, data null %llu; runs: streamed %llu, broken off %llu, %llu bytes\n",
                  (unsigned long long)cases, (unsigned long long)seen.errors, (unsigned long long)seen.null,
                  (unsigned long long)seen.streamed, (unsigned long long)seen.cut, (unsigned long long)seen.bytes);
    print_message(
        "incremental: payloads %llu, deliveries %llu, of them failed %llu, entries with items %llu, with a sub-path "
        "%llu\n",
        (unsigned long long)merged.payloads, (unsigned long long)merged.deliveries, (unsigned long long)merged.failed,
        (unsigned long long)merged.items, (unsigned long long)merged.subpaths);
    assert_true(cases < 1000 || (merged.deliveries > cases && merged.failed > cases / 50 && merged.items > cases / 20 &&
                                 merged.subpaths > cases / 500));
    assert_true(cases < 100 || (seen.errors > cases / 10 && seen.streamed > cases / 10 && seen.cut > cases / 20));
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(engine_is_as_the_model)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
