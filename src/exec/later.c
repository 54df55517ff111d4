/* See later.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "exec/later.h"

enum { CHUNK = 63 };

struct gyr__chunk_of_laters {
    alignas(64) gyr__laters *next; /* of the request's, or of the pool's free chunks */
    gyr__laters *all;              /* of the pool */
    gyr__later entries[CHUNK];
};

struct gyr__pool {
    pthread_mutex_t lock;
    gyr_allocator allocator;
    gyr__laters *free, *all;
};

/* ---- the schema's pool */

static void pool_free(gyr__pool *p) {
    gyr_allocator al = p->allocator;
    for (gyr__laters *c = p->all, *next; c; c = next) {
        next = c->all;
        gyr__heap_free(&al, *(void **)((char *)c + sizeof *c), sizeof *c + 64 + sizeof(void *));
    }
    pthread_mutex_destroy(&p->lock);
    gyr__heap_free(&al, p, sizeof *p);
}

static gyr__pool *pool_of(gyr_schema *s) {
    gyr__pool *p = atomic_load_explicit(&s->pool, memory_order_acquire), *other = NULL;
    if (p) return p;
    p = gyr__heap_alloc(&s->allocator, sizeof *p);
    if (!p) return NULL;
    *p = (gyr__pool){.allocator = s->allocator};
    pthread_mutex_init(&p->lock, NULL);
    atomic_store_explicit(&s->pool_free, pool_free, memory_order_relaxed); /* the same by any thread */
    if (atomic_compare_exchange_strong(&s->pool, &other, p)) return p;
    pool_free(p); /* another thread was first */
    return other;
}

/* The allocator promises no 64-byte alignment: the chunk stands in a larger block, whose address is kept behind it. */
static gyr__laters *chunk_new(gyr__pool *p) {
    char *block = gyr__heap_alloc(&p->allocator, sizeof(gyr__laters) + 64 + sizeof(void *));
    if (!block) return NULL;
    gyr__laters *c = (gyr__laters *)(((uintptr_t)block + 63) & ~(uintptr_t)63);
    memset(c, 0, sizeof *c);
    memcpy((char *)c + sizeof *c, &block, sizeof block);
    return c;
}

static gyr__laters *chunk_take(gyr_exec *x) {
    gyr__pool *p = pool_of(x->schema);
    if (!p) return NULL;
    pthread_mutex_lock(&p->lock);
    gyr__laters *c = p->free;
    if (c) {
        p->free = c->next;
    } else if ((c = chunk_new(p))) {
        c->all = p->all;
        p->all = c;
    }
    pthread_mutex_unlock(&p->lock);
    return c;
}

static bool is_retired(const gyr__later *l) {
    return atomic_load_explicit(&l->state, memory_order_relaxed) >> 8 >= GYR__GENERATIONS - 1;
}

/* Whether any entry may be used again. A chunk without one stays with the pool until the schema goes. */
static bool is_usable(const gyr__laters *c) {
    for (int i = 0; i < CHUNK; i++)
        if (!is_retired(&c->entries[i])) return true;
    return false;
}

void gyr__laters_fini(gyr_exec *x) {
    if (!x->chunks) return;
    gyr__pool *p = pool_of(x->schema);
    pthread_mutex_lock(&p->lock);
    for (gyr__laters *c = x->chunks, *next; c; c = next) {
        next = c->next;
        if (!is_usable(c)) continue;
        c->next = p->free;
        p->free = c;
    }
    pthread_mutex_unlock(&p->lock);
    x->chunks = NULL;
    x->free_laters = NULL;
}

/* ---- entries */

static bool add_chunk(gyr_exec *x) {
    gyr__laters *c = chunk_take(x);
    if (!c) return false;
    c->next = x->chunks;
    x->chunks = c;
    for (int i = CHUNK; i-- > 0;) {
        gyr__later *l = &c->entries[i];
        if (is_retired(l)) continue;
        l->exec = x;
        l->next = x->free_laters;
        x->free_laters = l;
    }
    return true;
}

static void set_stage(gyr__later *l, uint64_t generation, unsigned stage) {
    atomic_store_explicit(&l->state, generation << 8 | stage, memory_order_release);
}

gyr__later *gyr__later_new(gyr_exec *x) {
    while (!x->free_laters) /* again after a chunk whose entries are all retired */
        if (!add_chunk(x)) return NULL;
    gyr__later *l = x->free_laters;
    x->free_laters = l->next;
    l->exec = x;
    l->batch = NULL;
    set_stage(l, atomic_load_explicit(&l->state, memory_order_relaxed) >> 8, GYR__LATER_PENDING);
    x->pending++;
    x->stats.suspended++;
    return l;
}

gyr_call *gyr__handle(const gyr__later *l) {
    uint64_t generation = atomic_load_explicit(&l->state, memory_order_relaxed) >> 8;
    return (gyr_call *)((uintptr_t)l << 16 | generation << 1 | 1);
}

void gyr__later_free(gyr_exec *x, gyr__later *l) {
    uint64_t generation = (atomic_load_explicit(&l->state, memory_order_relaxed) >> 8) + 1;
    set_stage(l, generation, GYR__LATER_FREE);
    if (generation >= GYR__GENERATIONS - 1) return;
    l->next = x->free_laters;
    x->free_laters = l;
}

/* ---- answering, any thread */

static bool move(gyr__later *l, uint64_t generation, unsigned from, unsigned to) {
    uint64_t want = generation << 8 | from;
    return atomic_compare_exchange_strong_explicit(&l->state, &want, generation << 8 | to, memory_order_acq_rel,
                                                   memory_order_acquire);
}

gyr_status gyr__later_claim(gyr_call *handle) {
    gyr__later *l = gyr__later_of(handle);
    uint64_t generation = gyr__generation_of(handle);
    if (gyr__likely(move(l, generation, GYR__LATER_PENDING, GYR__LATER_CLAIMED))) return GYR_OK;
    if (!move(l, generation, GYR__LATER_CANCELLED, GYR__LATER_CLAIMED)) return GYR_ERR_STALE;
    /* The request no longer waits, but its memory did for this handle. */
    gyr_exec *x = l->exec;
    gyr__context *cx = l->batch ? &l->batch->cx : &l->cx;
    gyr__foreign_drop(&x->allocator, cx);
    set_stage(l, generation + 1, GYR__LATER_FREE);
    gyr__exec_unref(x);
    return GYR_ERR_CANCELLED;
}

#define IDLE ((gyr__later *)1)

void gyr__later_push(gyr__later *l) {
    gyr_exec *x = l->exec;
    gyr__later *head = atomic_load_explicit(&x->inbox, memory_order_relaxed);
    bool waking = false;
    do {
        if (head == IDLE && !waking) { /* the owner may not free the request while its wake runs */
            atomic_fetch_add_explicit(&x->waking, 1, memory_order_acquire);
            waking = true;
        }
        l->next = head == IDLE ? NULL : head;
    } while (!atomic_compare_exchange_weak_explicit(&x->inbox, &head, l, memory_order_acq_rel, memory_order_relaxed));
    if (!waking) return; /* from here on the request may be gone */
    if (head == IDLE && x->request.wake) x->request.wake(x->request.wake_user);
    atomic_fetch_sub_explicit(&x->waking, 1, memory_order_release);
}

gyr_status gyr__later_publish(gyr_call *handle, bool batch) {
    if (!handle || !gyr__is_handle(handle)) return GYR_ERR_ARGUMENT;
    gyr__later *l = gyr__later_of(handle);
    gyr_status status = gyr__later_claim(handle); /* only its owner may look at the entry */
    if (status != GYR_OK) return status;
    bool fits = (l->batch != NULL) == batch;
    gyr__later_push(l);
    return fits ? GYR_OK : GYR_ERR_ARGUMENT;
}

/* ---- the request's side */

gyr__later *gyr__inbox_take(gyr_exec *x) {
    gyr__later *head = atomic_load_explicit(&x->inbox, memory_order_relaxed), *oldest = NULL;
    if (!head) return NULL;
    head = atomic_exchange_explicit(&x->inbox, NULL, memory_order_acquire);
    if (head == IDLE) return NULL;
    while (head) {
        gyr__later *next = head->next;
        head->next = oldest;
        oldest = head;
        head = next;
    }
    return oldest;
}

bool gyr__inbox_idle(gyr_exec *x) {
    gyr__later *empty = NULL;
    return atomic_compare_exchange_strong(&x->inbox, &empty, IDLE);
}

/* Cancels every pending entry and does `done` for each that its owner has not answered just now. */
static void cancel_pending(gyr_exec *x, void (*done)(gyr_exec *x, gyr__later *l)) {
    for (gyr__laters *c = x->chunks; c; c = c->next)
        for (int i = 0; i < CHUNK; i++) {
            gyr__later *l = &c->entries[i];
            uint64_t state = atomic_load_explicit(&l->state, memory_order_relaxed);
            if ((state & 255) != GYR__LATER_PENDING) continue;
            atomic_fetch_add_explicit(&x->refs, 1, memory_order_relaxed); /* before its owner can give it back */
            if (move(l, state >> 8, GYR__LATER_PENDING, GYR__LATER_CANCELLED))
                done(x, l);
            else
                atomic_fetch_sub_explicit(&x->refs, 1, memory_order_relaxed);
        }
}

void gyr__laters_cancel(gyr_exec *x) { cancel_pending(x, gyr__later_cancelled); }

/* Drops what has arrived. An answer that was claimed but is not in the inbox yet comes a few instructions later. */
static void drop_claimed(gyr_exec *x) {
    gyr__later *l = gyr__inbox_take(x);
    for (gyr__later *next; l; l = next) {
        next = l->next;
        gyr__foreign_drop(&x->allocator, l->batch ? &l->batch->cx : &l->cx);
        gyr__later_free(x, l);
        x->pending--;
    }
}

static void wait_no_more(gyr_exec *x, gyr__later *l) {
    (void)l;
    x->pending--;
}

void gyr__laters_drop(gyr_exec *x) {
    cancel_pending(x, wait_no_more);
    while (x->pending) drop_claimed(x);
}

void gyr__wake(gyr_exec *x) {
    gyr__later *idle = IDLE;
    atomic_fetch_add_explicit(&x->waking, 1, memory_order_acquire);
    if (atomic_compare_exchange_strong(&x->inbox, &idle, NULL) && x->request.wake)
        x->request.wake(x->request.wake_user);
    atomic_fetch_sub_explicit(&x->waking, 1, memory_order_release);
}
