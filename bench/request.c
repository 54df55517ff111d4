/* See request.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "request.h"

#include <stdlib.h>
#include <string.h>

/* ---- memory, counted */

static void *counted(void *user, void *p, size_t old, size_t size) {
    (void)old;
    if (!size) {
        free(p);
        return NULL;
    }
    __atomic_fetch_add((uint64_t *)user, 1, __ATOMIC_RELAXED); /* another thread may copy an answer */
    return realloc(p, size);
}

/* ---- answers */

static void answer_all(request *r) {
    for (size_t i = 0; i < r->waiting_count; i++) r->waiting[i].answer(r->waiting[i].call, r->waiting[i].object);
    r->waiting_count = 0;
}

static void *answering(void *arg) {
    request *r = arg;
    pthread_mutex_lock(&r->lock);
    while (!r->stop) {
        if (r->posted) {
            answer_all(r);
            r->posted = false;
            pthread_cond_broadcast(&r->woken);
        } else {
            pthread_cond_wait(&r->woken, &r->lock);
        }
    }
    pthread_mutex_unlock(&r->lock);
    return NULL;
}

static void wait_for_thread(request *r) {
    pthread_mutex_lock(&r->lock);
    r->posted = true;
    pthread_cond_broadcast(&r->woken);
    while (r->posted) pthread_cond_wait(&r->woken, &r->lock);
    pthread_mutex_unlock(&r->lock);
}

void request_later(gyr_call *call, request_answer *answer) {
    request *r = gyr_context(call);
    if (r->waiting_count == r->waiting_cap) {
        r->waiting_cap = r->waiting_cap ? r->waiting_cap * 2 : 1024;
        r->waiting = realloc(r->waiting, r->waiting_cap * sizeof *r->waiting);
        if (!r->waiting) exit(1);
    }
    const void *object = gyr_parent(call);
    r->waiting[r->waiting_count++] = (request_waiting){gyr_suspend(call), answer, object};
}

void request_execute(void *data) {
    request *r = data;
    uint64_t before = r->counter;
    r->out.len = 0;
    gyr_request q = {.size = sizeof q, .plan = r->plan, .root = r->root, .context = r, .buffer = &r->out};
    gyr_exec *x = gyr_exec_new(&q);
    while (gyr_run(x) != GYR_DONE) {
        if (r->threaded)
            wait_for_thread(r);
        else
            answer_all(r);
    }
    gyr_exec_stats(x, &r->stats);
    gyr_exec_free(x);
    r->allocations = r->counter - before;
}

/* ---- making */

static void explain(gyr_errors *errors) {
    gyr_str t = gyr_errors_text(errors);
    fprintf(stderr, "%.*s\n", (int)(t.len < 2000 ? t.len : 2000), t.ptr);
    exit(1);
}

gyr_schema *request_schema(const gyr_schema_options *options, request *r) {
    gyr_schema_options o = *options;
    gyr_errors *errors = NULL;
    o.size = sizeof o;
    o.lenient = true;
    o.allocator = (gyr_allocator){&r->counter, counted};
    gyr_schema *s = gyr_schema_build(&o, &errors);
    if (!s) explain(errors);
    return s;
}

void request_init_plan(request *r, gyr_schema *schema, const char *query, const void *root) {
    gyr_errors *errors = NULL;
    r->schema = schema;
    r->root = root;
    r->stats.size = sizeof r->stats;
    r->out.allocator = (gyr_allocator){&r->counter, counted};
    r->plan = gyr_plan_new(schema, gyr_str_of(query, strlen(query)), gyr_s(""), &errors);
    if (!r->plan) explain(errors);
    request_execute(r);
    r->first = r->allocations;
    request_execute(r); /* from here on memory of the one before serves */
}

void request_init(request *r, gyr_str sdl, const gyr_binding *bindings, const char *query, const void *root) {
    memset(r, 0, sizeof *r);
    gyr_source source = {.text = sdl};
    gyr_schema_options o = {.sources = &source, .source_count = 1, .bindings = bindings};
    request_init_plan(r, request_schema(&o, r), query, root);
}

void request_threaded(request *r) {
    pthread_mutex_init(&r->lock, NULL);
    pthread_cond_init(&r->woken, NULL);
    r->threaded = true;
    if (pthread_create(&r->thread, NULL, answering, r)) exit(1);
}

void request_fini(request *r) {
    if (r->threaded) {
        pthread_mutex_lock(&r->lock);
        r->stop = true;
        pthread_cond_broadcast(&r->woken);
        pthread_mutex_unlock(&r->lock);
        pthread_join(r->thread, NULL);
        pthread_cond_destroy(&r->woken);
        pthread_mutex_destroy(&r->lock);
    }
    free(r->waiting);
    gyr_buffer_free(&r->out);
    gyr_plan_free(r->plan);
    gyr_schema_free(r->schema);
}

void request_expect(const request *r, const char *workload, const char *engine, gyr_str expected) {
    if (r->out.len == expected.len && !memcmp(r->out.ptr, expected.ptr, expected.len)) return;
    fprintf(stderr, "%s, %s: not what is written by hand:\n%.*s\n%.*s\n", workload, engine,
            (int)(r->out.len < 500 ? r->out.len : 500), r->out.ptr, (int)(expected.len < 500 ? expected.len : 500),
            expected.ptr);
    exit(1);
}

/* ---- the table */

void request_table(bench *b, const char *suite) {
    bench_open(b, suite);
    printf("%s\n%-8s %-22s %10s %8s %8s %9s %9s %12s %11s %9s\n", suite, "workload", "engine", "us", "spread",
           "by hand", "ns/field", "+ns/field", "allocations", "first time", "memory");
}

static void print_memory(const request_row *row) {
    const request *r = row->of;
    if (!r || !r->stats.response_bytes) return;
    printf(" %12llu %11llu %6llu KiB", (unsigned long long)r->allocations, (unsigned long long)r->first,
           (unsigned long long)(r->stats.request_bytes + 1023) / 1024);
}

void request_print(bench *b, const request_row *row) {
    int again = !strcmp(b->section, row->workload);
    double fields = (double)row->fields;
    snprintf(b->section, sizeof b->section, "%s", row->workload);
    printf("%-8s %-22s %10.*f %8.2f ", again ? "" : row->workload, row->engine, row->us.median < 1000 ? 2 : 0,
           row->us.median, row->us.spread);
    if (row->ratio > 0)
        printf("%7.2fx", row->ratio);
    else
        printf("%8s", "");
    printf(" %9.1f ", row->us.median * 1000 / fields);
    if (row->over.median != 0)
        printf("%9.1f", row->over.median);
    else
        printf("%9s", "");
    print_memory(row);
    printf("\n");
    fflush(stdout);
    bench_json(b, row->workload, row->engine, "us", row->us, row->ratio);
    if (row->over.median != 0) bench_json(b, row->workload, row->engine, "ns/field over members", row->over, 0);
    if (row->of && row->objects) {
        bench_stat each = {(double)row->of->allocations / (double)row->objects, 0};
        bench_json(b, row->workload, row->engine, "heap allocations/object", each, 0);
    }
}

static void print_floor(bench *b, const request_workload *w, request_hand *hand, request *members) {
    bench_stat floor, mine;
    request_row row = {.workload = w->name, .fields = w->fields, .objects = w->objects};
    bench_pair(w->by_hand, hand, request_execute, members, 1000, &floor, &mine);
    row.engine = "by hand", row.us = floor, row.ratio = 1;
    request_print(b, &row);
    row.engine = "members", row.us = mine, row.ratio = floor.median / mine.median, row.of = members;
    request_print(b, &row);
}

void request_workloads(bench *b, const request_workload *list, size_t count, gyr_str sdl, const gyr_binding *members,
                       const void *world, request_more *more) {
    request_hand hand = {.world = world, .leaf = gyr__leaves_for(gyr__cpu_level()), .buffer = malloc(8 << 20)};
    if (!hand.buffer) exit(1);
    for (size_t i = 0; i < count; i++) {
        const request_workload *w = &list[i];
        request r;
        request_init(&r, sdl, members, w->query, world);
        w->by_hand(&hand);
        gyr_str expected = gyr_str_of((char *)hand.buffer, hand.len);
        request_expect(&r, w->name, "members", expected);
        print_floor(b, w, &hand, &r);
        if (more) more(b, w, &r, expected, world);
        request_fini(&r);
    }
    free(hand.buffer);
}
