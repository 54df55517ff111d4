/* The write part alone and whole requests, in each tier, against C written by hand for just that query.
 *
 *     posts      {id title published score author {id name}}: seven fields, some 138 bytes of JSON an object,
 *                the author behind a pointer, one in fifty missing
 *     integers   {id a b c author {id d}}: the same seven fields without text and fractions
 *     texts      {title name title2: title name2: name}: nothing but strings
 *
 * By hand: the same leaf routines, called through pointers held in locals; a check of room for each object
 * and each text, one for a missing author; the buffer grows. It writes no errors, streams nothing, has no
 * limits. The objects are those of posts.h, in the order of the list or shuffled.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "posts.h"
#include "request.h"

#include "exec/exec.h"
#include "jit/native.h"

#include <stdlib.h>
#include <string.h>

enum { TAIL = 192 };

/* ---- by hand */

typedef struct output {
    uint8_t *base, *end; /* end: the slack before the real end */
} output;

static __attribute__((noinline)) uint8_t *grow(output *out, uint8_t *o, size_t need) {
    size_t len = (size_t)(o - out->base), size = (len + need) * 2;
    out->base = realloc(out->base, size + GYR__JSON_SLACK);
    if (!out->base) exit(1);
    out->end = out->base + size;
    return out->base + len;
}

#define ROOM(n)                                                                                                        \
    do {                                                                                                               \
        if (__builtin_expect((size_t)(out->end - o) < (size_t)(n), 0)) o = grow(out, o, (n));                          \
    } while (0)
/* Whole vectors are copied; the slack takes what is too much. */
#define RAW(s)                                                                                                         \
    do {                                                                                                               \
        static const char padded[sizeof(s) <= 9 ? 8 : sizeof(s) <= 17 ? 16 : 32] = s;                                  \
        memcpy(o, padded, sizeof padded);                                                                              \
        o += sizeof(s) - 1;                                                                                            \
    } while (0)
#define TEXT(t)                                                                                                        \
    do {                                                                                                               \
        ROOM(GYR__JSON_STR_ROOM((t).len) + TAIL);                                                                      \
        o = str(o, (t).ptr, (t).len);                                                                                  \
    } while (0)
/* As the engine loads ahead: an object eight items on, what it points to four items on, what that points to two. A
 * macro: gcc 12 drops calls of a function that only prefetches. */
#define LOAD_AHEAD                                                                                                     \
    do {                                                                                                               \
        if (end - at <= 8) break;                                                                                      \
        __builtin_prefetch(at[8]);                                                                                     \
        __builtin_prefetch((const char *)at[8] + 64);                                                                  \
        __builtin_prefetch(at[4]->title.ptr);                                                                          \
        __builtin_prefetch(at[4]->author);                                                                             \
        if (at[2]->author) __builtin_prefetch(at[2]->author->name.ptr);                                                \
    } while (0)

#define EACH_POST(body)                                                                                                \
    uint8_t *o = out->base;                                                                                            \
    ROOM(TAIL);                                                                                                        \
    RAW("{\"data\":{\"posts\":[");                                                                                     \
    for (post *const *at = w->posts, *const *end = at + w->count; at != end; at++) {                                   \
        const post *p = *at;                                                                                           \
        if (ahead) LOAD_AHEAD;                                                                                         \
        ROOM(TAIL);                                                                                                    \
        body RAW("},");                                                                                                \
    }                                                                                                                  \
    ROOM(TAIL);                                                                                                        \
    o -= w->count != 0;                                                                                                \
    RAW("]}}");                                                                                                        \
    return o;
/* What is written by hand, and the same that loads ahead. */
#define TWO_WAYS(shape)                                                                                                \
    static uint8_t *shape##_by_hand(output *out, const world *w, const gyr__leaves *leaf) {                            \
        return shape(out, w, leaf, false);                                                                             \
    }                                                                                                                  \
    static uint8_t *shape##_ahead(output *out, const world *w, const gyr__leaves *leaf) {                              \
        return shape(out, w, leaf, true);                                                                              \
    }

typedef uint8_t *by_hand(output *out, const world *w, const gyr__leaves *leaf);

static inline __attribute__((always_inline)) uint8_t *posts(output *out, const world *w, const gyr__leaves *leaf,
                                                            bool ahead) {
    uint8_t *(*const i32)(uint8_t *, int32_t) = leaf->i32;
    uint8_t *(*const f64)(uint8_t *, double) = leaf->f64;
    uint8_t *(*const str)(uint8_t *, const char *, size_t) = leaf->str;
    EACH_POST({
        RAW("{\"id\":");
        o = i32(o, p->id);
        RAW(",\"title\":");
        TEXT(p->title);
        RAW(",\"published\":");
        uint64_t word = p->published ? 0x65757274 : 0x65736c6166; /* "true", "false" */
        memcpy(o, &word, sizeof word);
        o += 5 - p->published;
        RAW(",\"score\":");
        o = f64(o, p->score);
        RAW(",\"author\":");
        const author *a = p->author;
        if (__builtin_expect(a != NULL, 1)) {
            RAW("{\"id\":");
            o = i32(o, a->id);
            RAW(",\"name\":");
            TEXT(a->name);
            RAW("}");
        } else {
            RAW("null");
        }
    })
}

TWO_WAYS(posts)

static inline __attribute__((always_inline)) uint8_t *integers(output *out, const world *w, const gyr__leaves *leaf,
                                                               bool ahead) {
    uint8_t *(*const i32)(uint8_t *, int32_t) = leaf->i32;
    EACH_POST({
        RAW("{\"id\":");
        o = i32(o, p->id);
        RAW(",\"a\":");
        o = i32(o, p->a);
        RAW(",\"b\":");
        o = i32(o, p->b);
        RAW(",\"c\":");
        o = i32(o, p->c);
        RAW(",\"author\":");
        const author *a = p->author;
        if (__builtin_expect(a != NULL, 1)) {
            RAW("{\"id\":");
            o = i32(o, a->id);
            RAW(",\"d\":");
            o = i32(o, a->d);
            RAW("}");
        } else {
            RAW("null");
        }
    })
}

TWO_WAYS(integers)

static inline __attribute__((always_inline)) uint8_t *texts(output *out, const world *w, const gyr__leaves *leaf,
                                                            bool ahead) {
    uint8_t *(*const str)(uint8_t *, const char *, size_t) = leaf->str;
    EACH_POST({
        RAW("{\"title\":");
        TEXT(p->title);
        RAW(",\"name\":");
        TEXT(p->name);
        RAW(",\"title2\":");
        TEXT(p->title);
        RAW(",\"name2\":");
        TEXT(p->name);
    })
}

TWO_WAYS(texts)

/* ---- engines */

typedef struct engine {
    const char *name;
    const series *worlds;
    uint32_t next;
    output out;
    size_t bytes; /* of the last response; of all of them */
    double all, calls;
    by_hand *hand; /* this, */
    request r;     /* or a whole request, */
    gyr__variant *variant;
    gyr__frame *frame; /* or the write part alone, */
    gyr__writer writer;
    bool native; /* as machine code */
} engine;

static const gyr__leaves *leaves; /* of this processor */

static void count_bytes(engine *e, size_t bytes) {
    e->bytes = bytes;
    e->all += (double)bytes;
    e->calls++;
}

static const world *next_world(engine *e) {
    const world *w = &e->worlds->list[e->next];
    e->next = e->next + 1 == e->worlds->count ? 0 : e->next + 1;
    return w;
}

static void run_hand(void *data) {
    engine *e = data;
    count_bytes(e, (size_t)(e->hand(&e->out, next_world(e), leaves) - e->out.base));
}

static void run_request(void *data) {
    engine *e = data;
    e->r.root = next_world(e);
    request_execute(&e->r);
    count_bytes(e, e->r.out.len);
}

/* As begin_write does it; the buffer is known to be large enough, so no helper is called. */
static void run_write_part(void *data) {
    engine *e = data;
    const gyr__program *p = e->variant->program;
    gyr__writer *w = &e->writer;
    memcpy(w->base, "{\"data\":", 8);
    w->out = w->base + 8;
    w->frame = e->frame;
    w->object = next_world(e);
    w->op = p->ops;
    w->stop = GYR__STOP_DONE;
    w->heat = INT64_MAX;
    if ((e->native ? gyr__native_run(w) : gyr__interpret(w)) != GYR__STOP_DONE) exit(1);
    *w->out++ = '}';
    count_bytes(e, (size_t)(w->out - w->base));
}

/* To another place of the page than it comes from: else loads wait for stores of the same low address bits. */
static void run_memcpy(void *data) {
    engine *e = data;
    memcpy(e->out.base + 2048, e->r.out.ptr, e->r.out.len);
    count_bytes(e, e->r.out.len);
    bench_keep(e->out.base);
}

static void make_request(engine *e, gyr_jit jit, const char *query) {
    gyr_source source = {.text = gyr_str_of(posts_sdl, strlen(posts_sdl))};
    gyr_schema_options o = {.sources = &source, .source_count = 1, .bindings = posts_bindings, .jit = jit};
    request_init_plan(&e->r, request_schema(&o, &e->r), query, &e->worlds->list[0]);
}

static void make_write_part(engine *e, size_t room) {
    gyr__variables none = {0};
    e->variant = gyr__variant_get(e->r.plan, &none, 0, NULL);
    if (!e->variant) exit(1);
    e->frame = calloc(1, sizeof *e->frame + e->variant->program->slot_count * sizeof *e->frame->slots);
    if (!e->frame) exit(1);
    grow(&e->out, e->out.base, room);
    e->frame->program = e->variant->program;
    e->writer = (gyr__writer){.base = e->out.base, .end = e->out.end, .soft_end = e->out.end, .leaf = *leaves};
    e->writer.help = &gyr__helper_table;
    e->writer.origin = (uintptr_t)e->out.base;
}

static void engine_fini(engine *e) {
    if (e->variant) gyr__variant_release(e->variant);
    free(e->frame);
    free(e->out.base);
    if (e->r.plan) request_fini(&e->r);
}

/* ---- the table */

enum { HAND, AHEAD, INTERPRETER, NATIVE, REQUEST_INTERPRETER, REQUEST_NATIVE, MEMCPY, ENGINES };
static const char *const names[] = {
    "by hand", "by hand, loading ahead", "interpreter", "native", "request, interpreter", "request, native", "memcpy"};

static void print_row(bench *b, const char *workload, const engine *e, const bench_entry *entry,
                      const bench_entry *entries, double objects) {
    int again = !strcmp(b->section, workload);
    double hand = bench_times(entry, &entries[HAND]), each = entry->stat.median / objects;
    snprintf(b->section, sizeof b->section, "%s", workload);
    printf("%-24s %-22s %10.2f %8.2f %9.2f", again ? "" : workload, e->name, each, entry->stat.spread / objects,
           e->all / e->calls / entry->stat.median);
    if (entry != &entries[HAND] && entry != &entries[MEMCPY]) printf(" %8.2f", 1 / hand);
    bench_json(b, workload, e->name, "ns/object", bench_scaled(entry->stat, 1 / objects), hand);
    if (entry == &entries[NATIVE] || entry == &entries[REQUEST_NATIVE]) {
        double faster =
            bench_times(entry, entry == &entries[NATIVE] ? &entries[INTERPRETER] : &entries[REQUEST_INTERPRETER]);
        printf(" %14.2f", faster);
        bench_json(b, workload, e->name, "times as fast as the interpreter", (bench_stat){faster, 0}, faster);
    }
    printf("\n");
    fflush(stdout);
}

static void expect(const engine *hand, const engine *e) {
    const char *got = e->r.plan && !e->frame ? e->r.out.ptr : (const char *)e->out.base;
    if (e->bytes == hand->bytes && !memcmp(got, hand->out.base, hand->bytes)) return;
    fprintf(stderr, "%s: not what is written by hand:\n%.600s\n%.600s\n", e->name, got, (const char *)hand->out.base);
    exit(1);
}

static const struct {
    const char *name, *query;
    by_hand *hand, *ahead;
} shapes[] = {{"posts", "{ posts { id title published score author { id name } } }", posts_by_hand, posts_ahead},
              {"integers", "{ posts { id a b c author { id d } } }", integers_by_hand, integers_ahead},
              {"texts", "{ posts { title name title2: title name2: name } }", texts_by_hand, texts_ahead}};

static void measure(bench *b, size_t shape, const series *worlds, const char *order) {
    static engine engines[ENGINES]; /* large */
    static bench_work *const works[] = {run_hand,    run_hand,    run_write_part, run_write_part,
                                        run_request, run_request, run_memcpy};
    bench_entry entries[ENGINES];
    char workload[64];
    memset(engines, 0, sizeof engines);
    memset(entries, 0, sizeof entries);
    snprintf(workload, sizeof workload, "%s %u%s", shapes[shape].name, worlds->objects, order);
    for (int k = 0; k < ENGINES; k++) {
        engine *e = &engines[k];
        e->name = names[k];
        e->worlds = worlds;
        e->hand = k == AHEAD ? shapes[shape].ahead : shapes[shape].hand;
        if (k > AHEAD)
            make_request(e, k == NATIVE || k == REQUEST_NATIVE ? GYR_JIT_ALWAYS : GYR_JIT_OFF, shapes[shape].query);
        if (k == INTERPRETER || k == NATIVE) make_write_part(e, (size_t)worlds->objects * 512);
        if (k == NATIVE) gyr__native_compile(e->variant, &gyr__helper_table);
        e->native = k == NATIVE && gyr__native_ready(e->variant->program);
        if (k == MEMCPY) grow(&e->out, e->out.base, e->r.out.len * 2 + 4096);
        entries[k].work = works[k];
        entries[k].data = e;
        works[k](e);
        expect(&engines[HAND], e);
    }
    bench_rotate(entries, ENGINES, 1);
    for (int k = 0; k < ENGINES; k++) print_row(b, workload, &engines[k], &entries[k], entries, worlds->objects);
    for (int k = 0; k < ENGINES; k++) engine_fini(&engines[k]);
}

int main(int argc, char **argv) {
    bench b;
    unsetenv("GYR_JIT"); /* it would have the last word in both tiers */
    bench_open(&b, "native");
    leaves = gyr__leaves_for(gyr__cpu_level());
    printf("native\n%-24s %-22s %10s %8s %9s %8s %14s\n", "workload", "engine", "ns/object", "spread", "GB/s",
           "by hand", "x interpreter");
    const uint32_t sizes[] = {10, 1000, 100000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int shuffled = 0; shuffled < 2; shuffled++) {
            series w = posts_series(sizes[i], shuffled);
            for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
                if (argc < 2 || !strcmp(argv[1], shapes[s].name)) measure(&b, s, &w, shuffled ? " shuffled" : "");
        }
    return bench_fini(&b);
}
