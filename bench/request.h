/* Whole requests as bench work: a schema over bindings, a plan, answering suspended calls, the table.
 *
 *     request r;
 *     request_init(&r, gyr_s(sdl), bindings, query, &root);
 *     request_execute(&r);                         r.out, r.stats, r.allocations hold what it gave and took
 *     bench_measure(request_execute, &r, 1);
 *     request_fini(&r);
 *
 * A function that is to be answered later calls request_later; request_execute answers all of them between
 * turns, in this thread, or has another one do it (request_threaded).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_BENCH_REQUEST_H
#define GYR_BENCH_REQUEST_H
#include "bench.h"
#include "json/write.h"

#include <gyr.h>
#include <pthread.h>

typedef void request_answer(gyr_call *call, const void *object);

typedef struct request_waiting {
    gyr_call *call;
    request_answer *answer;
    const void *object;
} request_waiting;

typedef struct request {
    gyr_schema *schema;
    gyr_plan *plan;
    const void *root;
    gyr_buffer out;
    gyr_stats stats;      /* of the last execution */
    uint64_t allocations; /* of heap memory, counted by the allocator, by the last execution */
    uint64_t first;       /* the same, by the first */
    uint64_t counter;
    request_waiting *waiting;
    size_t waiting_count, waiting_cap;
    bool threaded, posted, stop;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t woken;
} request;

/** Builds, plans and executes once. Prints what is wrong and exits when something is. */
void request_init(request *r, gyr_str sdl, const gyr_binding *bindings, const char *query, const void *root);
/** The same over a schema that is there; takes it. */
void request_init_plan(request *r, gyr_schema *schema, const char *query, const void *root);
gyr_schema *request_schema(const gyr_schema_options *options, request *r);
/** From now on another thread answers. */
void request_threaded(request *r);
void request_fini(request *r);
/** bench_work: one request, its response in r->out. */
void request_execute(void *r);
/** In a resolver: suspends; `answer` is called with the handle and the object between turns. */
void request_later(gyr_call *call, request_answer *answer);
/** Exits unless the response is `expected`. */
void request_expect(const request *r, const char *workload, const char *engine, gyr_str expected);

/* ---- the table */

typedef struct request_row {
    const char *workload, *engine;
    bench_stat us;
    double ratio; /* times as fast as by hand; 0: none */
    uint64_t fields, objects;
    bench_stat over;   /* ns a field more than with members; median 0: none */
    const request *of; /* allocations, or NULL */
} request_row;
void request_table(bench *b, const char *suite);
void request_print(bench *b, const request_row *row);

/* ---- workloads: members against what is written by hand, in turn */

typedef struct request_hand { /* what a function written by hand gets */
    const void *world;
    const gyr__leaves *leaf;
    uint8_t *buffer; /* large enough */
    size_t len;      /* what it wrote */
} request_hand;

typedef struct request_workload {
    const char *name, *query;
    bench_work *by_hand; /* of a request_hand */
    uint64_t fields, objects;
} request_workload;

/** What else is to be shown of a workload: members' request and what is written by hand are there. */
typedef void request_more(bench *b, const request_workload *w, request *members, gyr_str expected, const void *world);
/** Checks and prints both rows of each workload, then what `more` (or NULL) prints. */
void request_workloads(bench *b, const request_workload *list, size_t count, gyr_str sdl, const gyr_binding *members,
                       const void *world, request_more *more);

#endif
