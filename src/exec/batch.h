/* A batch call: the rows of one group that are answered together.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_EXEC_BATCH_H
#define GYR_EXEC_BATCH_H
#include "exec/exec.h"

typedef struct gyr__run { /* consecutive calls of one fetch */
    gyr__fetch_state *fs;
    uint32_t first, count;
} gyr__run;

struct gyr_batch {
    gyr__context cx;
    gyr_call *calls;
    gyr__run *runs;
    uint32_t count, run_count, call_cap, run_cap;
    const gyr__failure *failure; /* for all calls left open */
    bool suspended;
};

#endif
