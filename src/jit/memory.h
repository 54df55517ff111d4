/* Memory for machine code. One for each schema; any thread; nothing is mapped before the first code.
 *
 *     gyr__code code;
 *     if (!gyr__code_alloc(memory, size, &code)) ...the interpreter goes on...
 *     ...write `size` bytes at code.write, as they shall be at code.run...
 *     gyr__code_ready(memory, &code, name);
 *     if (gyr__code_usable(&code)) ...run it...     once per request
 *     gyr__code_release(memory, &code);             when no thread is in it
 *
 * Code is written through one mapping and run through another (jit/pages.h), within reach of a call from and to the
 * leaf functions. Memory comes in chunks of slabs, a slab in slots of one size class; slots are used again, and hold traps
 * while they are free. Chunks are kept until the memory is freed.
 *
 * A child after fork shares the pages with its parent, who may release and rewrite them. So code is usable in the process
 * that made it only; in a child the memory starts anew, with pages of its own, when code is first made there. A child
 * that was forked within native code (by a function that it calls) must not return to it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_JIT_MEMORY_H
#define GYR_JIT_MEMORY_H
#include "base/common.h"

#include <stdatomic.h>

typedef struct gyr__code_memory gyr__code_memory;

/** Some machine code: where to write it, and where it then runs; aligned to 64. */
typedef struct gyr__code {
    uint8_t *write;
    const uint8_t *run;
    size_t size;
    const atomic_uint *process; /* reads `epoch` in the process that made this code, and only there */
    unsigned epoch;
    struct gyr__shown *shown; /* to gdb; NULL */
} gyr__code;

/** near_to: an address among the functions that code calls. NULL when heap memory is out. */
gyr__code_memory *gyr__code_memory_new(const gyr_allocator *allocator, const void *near_to);
/** Unmaps everything; all code was released. NULL is allowed. */
void gyr__code_memory_free(gyr__code_memory *m);

/** Room for code, at most 2 MiB. False: the system refuses executable memory, or there is none. */
bool gyr__code_alloc(gyr__code_memory *m, size_t size, gyr__code *out);
/** What was written may be run now. The name is for perf and gdb (jit/show.h): "gyr:Operation", and of programs that are
 *  called "gyr:Operation.Type". */
void gyr__code_ready(gyr__code_memory *m, gyr__code *code, gyr_str name);
/** Gives the room back; of code that is not usable it only forgets. */
void gyr__code_release(gyr__code_memory *m, gyr__code *code);

/** Whether this process made the code: one load beside the code's own. Else the interpreter goes on, and new code may be
 *  made in its place. */
static inline bool gyr__code_usable(const gyr__code *code) {
    return atomic_load_explicit(code->process, memory_order_relaxed) == code->epoch;
}

typedef struct gyr__code_stats {
    size_t mapped;    /* bytes of address space that can be run */
    size_t used;      /* bytes of slots in use */
    uint32_t refused; /* demands for room that were not met */
} gyr__code_stats;
gyr__code_stats gyr__code_memory_stats(gyr__code_memory *m);

#endif
