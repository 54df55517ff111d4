/* Suspended calls. An entry ("later") is taken from the schema's pool and never leaves it, so that a handle may be looked
 * at whatever became of its request: memory is type-stable.
 *
 * A handle is the entry's address and a generation in 64 bits, low bit 1:  address << 16 | generation << 1 | 1
 * (entries are 64-byte aligned, user addresses below 2^47). The entry's state is generation << 8 | stage:
 *
 *     FREE -> PENDING            gyr_suspend, by the request's thread
 *     PENDING -> CLAIMED         the first answer, compare-and-swap; it then owns the entry until it is in the inbox
 *     PENDING -> CANCELLED       the request's thread; the handle's owner returns it: CANCELLED -> CLAIMED -> FREE
 *     CLAIMED -> FREE            the request's thread, when it took the answer
 *
 * Each FREE adds one to the generation: an old handle never matches again. An entry whose generation has run out is retired.
 *
 * Lifetime. A chunk of entries belongs to one request at a time; the request's memory lives until its owner freed it and
 * every cancelled handle came back (exec->refs). The pool lives as long as the schema.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_EXEC_LATER_H
#define GYR_EXEC_LATER_H
#include "exec/batch.h"

enum { GYR__LATER_FREE, GYR__LATER_PENDING, GYR__LATER_CLAIMED, GYR__LATER_CANCELLED };
#define GYR__GENERATIONS (1u << 21)

struct gyr__later {
    alignas(64) _Atomic uint64_t state;
    gyr__later *next; /* in the inbox, or free */
    gyr_exec *exec;
    gyr_batch *batch; /* NULL: a single call */
    gyr_call call;
    gyr__context cx;
    char text[64]; /* a short text answered from another thread */
};

static inline bool gyr__is_handle(const gyr_call *c) { return (uintptr_t)c & 1; }
static inline gyr__later *gyr__later_of(const gyr_call *handle) {
    return (gyr__later *)(((uintptr_t)handle >> 16) & ~(uintptr_t)63);
}
static inline uint64_t gyr__generation_of(const gyr_call *handle) {
    return ((uintptr_t)handle >> 1) & (GYR__GENERATIONS - 1);
}

/** The entry of a handle that was neither answered nor given back; NULL: the handle is dead. */
static inline gyr__later *gyr__later_live(const gyr_call *handle) {
    gyr__later *l = gyr__later_of(handle);
    uint64_t state = atomic_load_explicit(&l->state, memory_order_acquire);
    bool live = state >> 8 == gyr__generation_of(handle) &&
                ((state & 255) == GYR__LATER_PENDING || (state & 255) == GYR__LATER_CANCELLED);
    return live ? l : NULL;
}

/** Claims the entry for its answer: OK, STALE, or CANCELLED (the handle is then given back). */
gyr_status gyr__later_claim(gyr_call *handle);
/** Puts a claimed entry into the inbox and wakes the embedder if the request was idle. */
void gyr__later_push(gyr__later *l);
/** Claims and pushes what is answered so far. `batch`: the handle must be a batch's, or ARGUMENT: it is given back all the same. */
gyr_status gyr__later_publish(gyr_call *handle, bool batch);
/** The request's thread: an entry was cancelled; its fields fail (run.c). */
void gyr__later_cancelled(gyr_exec *x, gyr__later *l);
/** The request's thread: keeps what another thread allocated for an answer until the request ends. */
void gyr__foreign_adopt(gyr_exec *x, gyr__context *cx);
/** Frees and releases what was allocated for an answer that nobody takes. Any thread. */
void gyr__foreign_drop(const gyr_allocator *allocator, gyr__context *cx);

#endif
