/* When machine code pays: its cost, and how soon it is paid back.
 *
 *     compile     plans of some fields, each new: time and size of their machine code
 *     first       the first request of a new plan, with so many objects: by the interpreter, at once compiled, `auto`.
 *                 Where `always` is no slower than `off` the code has paid for itself within one request
 *     plans       300 plans in turn, one object each, again and again: code that is seldom in cache
 *
 *     tiers            all of it
 *     tiers plans      a part
 *
 * Whole requests, over the objects of posts.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "posts.h"
#include "request.h"

#include "exec/exec.h"
#include "jit/native.h"

#include <stdlib.h>
#include <string.h>

enum { TIERS = 3, PLANS = 300, NEW_PLANS = 301, QUICK_PLANS = 31 };
static const char *const tier_names[TIERS] = {"off", "always", "auto"};
static const gyr_jit tiers[TIERS] = {GYR_JIT_OFF, GYR_JIT_ALWAYS, GYR_JIT_AUTO};
static const char *const seven = "{ posts { id title published score author { id name } } }";

static gyr_schema *schema_of(gyr_jit jit, request *r) {
    gyr_source source = {.text = gyr_str_of(posts_sdl, strlen(posts_sdl))};
    gyr_schema_options o = {.sources = &source, .source_count = 1, .bindings = posts_bindings, .jit = jit};
    return request_schema(&o, r);
}

static gyr_plan *plan_of(gyr_schema *s, const char *query) {
    gyr_plan *p = gyr_plan_new(s, gyr_str_of(query, strlen(query)), gyr_s(""), NULL);
    if (!p) exit(1);
    return p;
}

static int new_plans(void) { return bench_quick() ? QUICK_PLANS : NEW_PLANS; }

/* ---- compiling */

/* A query of n fields, of all kinds in turn. */
static void query_of(char *out, size_t size, int n) {
    static const char *const fields[] = {"id", "title", "published", "score", "name", "a"};
    size_t len = (size_t)snprintf(out, size, "{ posts { ");
    for (int i = 0; i < n; i++) len += (size_t)snprintf(out + len, size - len, "f%d: %s ", i, fields[i % 6]);
    snprintf(out + len, size - len, "} }");
}

static void compile(bench *b, int fields) {
    double ns[NEW_PLANS];
    char query[1024], workload[64];
    request r = {.schema = NULL};
    gyr_schema *s = schema_of(GYR_JIT_OFF, &r);
    int n = new_plans();
    query_of(query, sizeof query, fields);
    for (int i = 0; i < n; i++) {
        gyr_plan *p = plan_of(s, query);
        gyr__variables none = {0};
        gyr__variant *v = gyr__variant_get(p, &none, 0, NULL);
        if (!v) exit(1);
        double from = bench_thread_ns();
        gyr__native_compile(v, &gyr__helper_table);
        ns[i] = bench_thread_ns() - from;
        gyr__variant_release(v);
        gyr_plan_free(p);
    }
    const gyr__native *native = atomic_load(&s->native);
    double bytes = native ? (double)atomic_load(&native->bytes) / n : 0;
    snprintf(workload, sizeof workload, "compile %d fields", fields);
    bench_row(b, workload, "native", "us", bench_scaled(bench_of(ns, (size_t)n), 1e-3), 0);
    bench_row(b, workload, "native", "bytes", (bench_stat){bytes, 0}, 0);
    bench_row(b, workload, "native", "B/field", (bench_stat){bytes / fields, 0}, 0);
    gyr_schema_free(s);
}

/* ---- the first request */

static double first_request(gyr_schema *s, request *r, const world *root) {
    r->schema = s;
    r->root = root;
    r->plan = plan_of(s, seven);
    double from = bench_thread_ns();
    request_execute(r);
    double ns = bench_thread_ns() - from;
    gyr_plan_free(r->plan);
    return ns;
}

static void first(bench *b, uint32_t objects) {
    double ns[TIERS][NEW_PLANS];
    char workload[64];
    request r[TIERS] = {{.schema = NULL}};
    gyr_schema *schemas[TIERS];
    int n = new_plans();
    series w = posts_series(objects, false);
    for (int t = 0; t < TIERS; t++) {
        r[t].stats.size = sizeof r[t].stats;
        schemas[t] = schema_of(tiers[t], &r[t]);
        first_request(schemas[t], &r[t], &w.list[0]);
    }
    for (int i = 0; i < n; i++)
        for (int k = 0; k < TIERS;
             k++) { /* each tier first at times, on objects of its own: none finds them in cache */
            uint32_t t = (uint32_t)(i + k) % TIERS;
            ns[t][i] = first_request(schemas[t], &r[t], &w.list[((uint32_t)i + t * w.count / TIERS) % w.count]);
        }
    bench_stat off = bench_of(ns[0], (size_t)n);
    snprintf(workload, sizeof workload, "first request, %u objects", objects);
    for (int t = 0; t < TIERS; t++) {
        bench_stat stat = t ? bench_of(ns[t], (size_t)n) : off;
        bench_row(b, workload, tier_names[t], "us", bench_scaled(stat, 1e-3), off.median / stat.median);
        gyr_buffer_free(&r[t].out);
        gyr_schema_free(schemas[t]);
    }
}

/* ---- many plans */

typedef struct many {
    request r;
    gyr_plan *plans[PLANS];
    const series *worlds;
    uint32_t next;
} many;

static void run_many(void *data) {
    many *m = data;
    for (int i = 0; i < PLANS; i++) {
        m->r.plan = m->plans[i];
        m->r.root = &m->worlds->list[m->next];
        m->next = m->next + 1 == m->worlds->count ? 0 : m->next + 1;
        request_execute(&m->r);
    }
}

/* Some of the fields, under some names. */
static void some_fields(char *out, size_t size, uint64_t *state) {
    static const char *const fields[] = {"id", "title", "published", "score", "name", "a", "b", "c"};
    size_t len = (size_t)snprintf(out, size, "{ posts { id ");
    for (int i = 0; i < 8; i++) {
        *state = *state * 6364136223846793005u + 1442695040888963407u;
        if (*state >> 62)
            len += (size_t)snprintf(out + len, size - len, "x%d: %s ", (int)(*state >> 50 & 63), fields[i]);
    }
    snprintf(out + len, size - len, "author { id name } } }");
}

static void many_plans(bench *b) {
    static many engines[TIERS];
    bench_entry entries[TIERS];
    series w = posts_series(1, true);
    memset(entries, 0, sizeof entries);
    for (int t = 0; t < TIERS; t++) {
        uint64_t state = 1;
        many *m = &engines[t];
        m->worlds = &w;
        m->r.stats.size = sizeof m->r.stats;
        m->r.schema = schema_of(tiers[t], &m->r);
        for (int i = 0; i < PLANS; i++) {
            char query[256];
            do some_fields(query, sizeof query, &state); /* two fields may have drawn one name */
            while (!(m->plans[i] = gyr_plan_new(m->r.schema, gyr_str_of(query, strlen(query)), gyr_s(""), NULL)));
        }
        for (int i = 0; i < 100; i++) run_many(m); /* long enough for what will become hot */
        entries[t].work = run_many;
        entries[t].data = m;
    }
    bench_rotate(entries, TIERS, PLANS);
    for (int t = 0; t < TIERS; t++) {
        bench_row(b, "300 plans, one object each", tier_names[t], "ns", entries[t].stat,
                  bench_times(&entries[t], &entries[0]));
        for (int i = 0; i < PLANS; i++) gyr_plan_free(engines[t].plans[i]);
        gyr_buffer_free(&engines[t].r.out);
        gyr_schema_free(engines[t].r.schema);
    }
}

static bool wanted(int argc, char **argv, const char *part) {
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], part) == 0) return true;
    return argc == 1;
}

int main(int argc, char **argv) {
    static const uint32_t sizes[] = {1, 10, 20, 50, 100, 200, 500, 1000, 10000};
    static const int fields[] = {1, 7, 20};
    bench b;
    unsetenv("GYR_JIT"); /* it would have the last word in all tiers */
    bench_init(&b, "tiers");
    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        if (wanted(argc, argv, "compile")) compile(&b, fields[i]);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        if (wanted(argc, argv, "first")) first(&b, sizes[i]);
    if (wanted(argc, argv, "plans")) many_plans(&b);
    return bench_fini(&b);
}
