/* One request of a case in one mode.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_TESTS_CASES_RUN_H
#define GYR_TESTS_CASES_RUN_H
#include "world.h"

/** When suspended calls are answered. */
typedef struct order {
    const char *name;
    enum {
        TOGETHER,
        OLDEST,
        NEWEST,
        SHUFFLED,
        THREAD
    } how; /* all that are due in a turn; one of them a turn; some,
              at random; by another thread, at any time */
    uint64_t seed;
} order;

/** Where the response goes. */
typedef struct output {
    const char *name;
    bool sink, pause; /* pause: at each call */
    uint32_t flush;
    const char *head; /* of a buffer: what it holds before */
} output;

/** What writes the response. */
typedef struct tier {
    const char *name;
    gyr_jit jit;
} tier;

typedef struct mode {
    const substitution *substitution;
    const order *order;
    const output *output;
    uint32_t max_batch, block_rows;
    bool by_items;
    const tier *tier;
} mode;

typedef struct result {
    gyr_buffer response; /* to be freed */
    gyr_status status;
    gyr_stats stats;
    const char *broken; /* a promise of gyr.h that was not kept, or NULL */
} result;

/** What the request asks for besides: lines of `options`. */
typedef struct request_options {
    gyr_str extensions;
    gyr_on_error on_error;
    bool no_introspection;
} request_options;

/** Runs a plan to its end. */
result run_plan(world *w, gyr_plan *plan, const mode *m, const request_options *asked);

#endif
