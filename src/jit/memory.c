/* Memory for machine code: chunks of slabs of slots.
 *
 *     chunk    2 MiB, mapped twice; 32 slabs, a bit for each that is free
 *     slab     64 KiB; slots of one size class, a bit for each that is in use; in its class's list while it has a free one
 *     class    256 bytes, then four steps to each doubling up to a slab; larger code takes slabs in a row
 *
 * The record of a chunk is heap memory, apart from the code, so releasing never allocates. An empty slab belongs to its
 * chunk again.
 *
 * The lock and the epoch live in a page that the kernel wipes in a child: there the lock is free, whoever held it in the
 * parent, and the epoch is 0, which is how the child knows that all chunks are its parent's. It then counts its own copy of
 * the number one up, so that code of the parent never equals it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "jit/memory.h"
#include "base/arena.h"
#include "jit/pages.h"
#include "jit/show.h"
#include "jit/unwind.h"

#include <pthread.h>

enum {
    SLAB = 64 * 1024,
    SLABS = 32,
    CHUNK = SLAB * SLABS,
    SMALLEST = 256,
    SLOTS = SLAB / SMALLEST, /* at most, in a slab */
    CLASSES = 33,            /* 256, 320, 384, 448, 512, 640 ... 64 KiB */
    WHOLE = CLASSES,         /* the class of slabs in a row */
};

typedef struct slab {
    struct slab *next, *prev; /* of its class, while it has a free slot */
    uint64_t used[SLOTS / 64];
    uint16_t count; /* slots in use; WHOLE: slabs in the row, told by the first */
    uint8_t class;
} slab;

typedef struct chunk {
    struct chunk *next;
    gyr__pages pages;
    gyr__unwind unwind;
    unsigned epoch;
    uint32_t free; /* a bit for each slab */
    slab slabs[SLABS];
} chunk;
_Static_assert(SLABS == 32, "chunk.free has a bit for each slab");

/* What a child must not inherit. All zero is unlocked. */
typedef struct mark {
    atomic_uint epoch;
    pthread_mutex_t lock;
} mark;

struct gyr__code_memory {
    gyr_allocator allocator;
    const void *near_to;
    unsigned show; /* GYR__SHOW_ */
    _Atomic(mark *) mark;
    unsigned epoch; /* of the process that has the chunks; the rest is guarded by the lock */
    _Atomic(chunk *) chunks;
    slab *partial[CLASSES];
    size_t mapped, used;
    uint32_t skip, patience;  /* how many demands for a chunk are refused without asking the system again */
    _Atomic uint32_t refused; /* not guarded */
};

gyr__code_memory *gyr__code_memory_new(const gyr_allocator *allocator, const void *near_to) {
    gyr__code_memory *m = gyr__heap_alloc(allocator, sizeof *m);
    if (!m) return NULL;
    memset(m, 0, sizeof *m);
    m->allocator = *allocator;
    m->near_to = near_to;
    m->show = gyr__show_wanted();
    return m;
}

void gyr__code_memory_free(gyr__code_memory *m) {
    if (!m) return;
    mark *k = atomic_load(&m->mark);
    unsigned epoch = k ? atomic_load(&k->epoch) : 0;
    for (chunk *c = atomic_load(&m->chunks), *next; c; c = next) {
        next = c->next;
        gyr__unwind_remove(&c->unwind);
        gyr__pages_unmap(&c->pages, c->epoch == epoch);
        gyr__heap_free(&m->allocator, c, sizeof *c);
    }
    if (k) gyr__pages_unmark(k, sizeof *k);
    gyr__heap_free(&m->allocator, m, sizeof *m);
}

/* ---- the lock */

static mark *mark_of(gyr__code_memory *m) {
    mark *k = atomic_load_explicit(&m->mark, memory_order_acquire);
    if (gyr__likely(k != NULL)) return k;
    mark *fresh = gyr__pages_mark(sizeof *fresh);
    if (!fresh) return NULL;
    if (atomic_compare_exchange_strong(&m->mark, &k, fresh)) return fresh;
    gyr__pages_unmark(fresh, sizeof *fresh);
    return k;
}

/* Takes the lock; in a process that has no chunks yet, the memory starts anew. */
static mark *enter(gyr__code_memory *m) {
    mark *k = mark_of(m);
    if (!k) return NULL;
    pthread_mutex_lock(&k->lock);
    if (gyr__likely(atomic_load_explicit(&k->epoch, memory_order_relaxed) != 0)) return k;
    m->epoch++;
    memset(m->partial, 0, sizeof m->partial);
    m->mapped = m->used = 0;
    m->skip = m->patience = 0;
    atomic_store(&k->epoch, m->epoch);
    return k;
}

static void leave(mark *k) { pthread_mutex_unlock(&k->lock); }

/* ---- size classes */

static unsigned class_of(size_t size) {
    if (size <= SMALLEST) return 0;
    unsigned doubling = 63 - (unsigned)__builtin_clzll(size - 1); /* 2^doubling < size <= 2^(doubling+1) */
    return (doubling - 8) * 4 + (unsigned)((size - 1) >> (doubling - 2)) - 3;
}

static size_t class_size(unsigned class) { return (size_t)(4 + class % 4) << (6 + class / 4); }

static void link_slab(gyr__code_memory *m, slab *s) {
    s->prev = NULL;
    s->next = m->partial[s->class];
    if (s->next) s->next->prev = s;
    m->partial[s->class] = s;
}

static void unlink_slab(gyr__code_memory *m, slab *s) {
    if (s->prev)
        s->prev->next = s->next;
    else
        m->partial[s->class] = s->next;
    if (s->next) s->next->prev = s->prev;
}

/* ---- chunks */

static chunk *chunk_new(gyr__code_memory *m) {
    if (m->skip) {
        m->skip--;
        return NULL;
    }
    chunk *c = gyr__heap_alloc(&m->allocator, sizeof *c);
    if (c) {
        memset(c, 0, sizeof *c);
        if (gyr__pages_map(CHUNK, m->near_to, &c->pages)) {
            gyr__unwind_add(&c->unwind, c->pages.run, CHUNK, m->show & GYR__SHOW_UNWIND);
            c->epoch = m->epoch;
            c->free = UINT32_MAX;
            c->next = atomic_load(&m->chunks);
            atomic_store(&m->chunks, c); /* whole before it is seen: the process may fork now */
            m->mapped += CHUNK;
            m->patience = 0;
            return c;
        }
        gyr__heap_free(&m->allocator, c, sizeof *c);
    }
    m->patience = GYR__MIN(m->patience * 2 + 1, 1023u);
    m->skip = m->patience;
    return NULL;
}

/* The first of n free slabs in a row; n is 1 to SLABS. */
static int row_of(uint32_t free, unsigned n) {
    for (unsigned i = 1; i < n && free; i++) free &= free >> 1;
    return free ? __builtin_ctz(free) : -1;
}

static slab *slabs_take(gyr__code_memory *m, unsigned n, chunk **owner) {
    chunk *c = atomic_load(&m->chunks);
    int first = -1;
    for (; c && c->epoch == m->epoch && (first = row_of(c->free, n)) < 0; c = c->next) {
    }
    if (!c || c->epoch != m->epoch) {
        c = chunk_new(m);
        if (!c) return NULL;
        first = 0;
    }
    c->free &= ~((uint32_t)(((uint64_t)1 << n) - 1) << first);
    slab *s = &c->slabs[first];
    memset(s, 0, sizeof *s);
    *owner = c;
    return s;
}

static chunk *chunk_of(gyr__code_memory *m, const uint8_t *run) {
    chunk *c = atomic_load(&m->chunks);
    while ((uintptr_t)run - (uintptr_t)c->pages.run >= CHUNK) c = c->next;
    return c;
}

static chunk *chunk_with(gyr__code_memory *m, const slab *s) {
    chunk *c = atomic_load(&m->chunks);
    while ((uintptr_t)s - (uintptr_t)c->slabs >= sizeof c->slabs) c = c->next;
    return c;
}

/* ---- code */

static void fill_with_traps(uint8_t *at, size_t size) {
#if defined(__x86_64__) || defined(__i386__)
    memset(at, 0xCC, size); /* int3 */
#else
    memset(at, 0, size); /* aarch64: udf */
#endif
}

/* The place of a slot in its chunk, in use now; -1: none. */
static int64_t slot_take(gyr__code_memory *m, unsigned class, chunk **owner) {
    slab *s = m->partial[class];
    if (!s) {
        s = slabs_take(m, 1, owner);
        if (!s) return -1;
        s->class = (uint8_t) class;
        link_slab(m, s);
    }
    *owner = chunk_with(m, s);
    unsigned word = 0;
    while (!~s->used[word]) word++;
    unsigned slot = word * 64 + (unsigned)__builtin_ctzll(~s->used[word]);
    s->used[word] |= (uint64_t)1 << slot % 64;
    if (++s->count == SLAB / class_size(class)) unlink_slab(m, s);
    return (s - (*owner)->slabs) * (int64_t)SLAB + (int64_t)(slot * class_size(class));
}

static int64_t row_take(gyr__code_memory *m, size_t size, chunk **owner) {
    unsigned n = (unsigned)((size + SLAB - 1) / SLAB);
    slab *s = slabs_take(m, n, owner);
    if (!s) return -1;
    s->class = WHOLE;
    s->count = (uint16_t)n;
    return (s - (*owner)->slabs) * (int64_t)SLAB;
}

static size_t room_for(size_t size) {
    return size <= SLAB ? class_size(class_of(size)) : (size + SLAB - 1) / SLAB * SLAB;
}

static bool refuse(gyr__code_memory *m) {
    atomic_fetch_add_explicit(&m->refused, 1, memory_order_relaxed);
    return false;
}

bool gyr__code_alloc(gyr__code_memory *m, size_t size, gyr__code *out) {
    mark *k = size && size <= CHUNK ? enter(m) : NULL;
    if (!k) return refuse(m);
    chunk *c = NULL;
    int64_t at = size <= SLAB ? slot_take(m, class_of(size), &c) : row_take(m, size, &c);
    if (at >= 0) m->used += room_for(size);
    leave(k);
    if (at < 0) return refuse(m);
    *out = (gyr__code){c->pages.write + at, c->pages.run + at, size, &k->epoch, c->epoch, NULL};
    fill_with_traps(out->write + size, room_for(size) - size);
    return true;
}

void gyr__code_ready(gyr__code_memory *m, gyr__code *code, gyr_str name) {
    gyr__pages_sync(code->write, (uint8_t *)code->run, code->size);
    if (gyr__unlikely(m->show != 0)) code->shown = gyr__show(m->show, &m->allocator, code->run, code->size, name);
}

void gyr__code_release(gyr__code_memory *m, gyr__code *code) {
    gyr__hide(&m->allocator, code->shown);
    code->shown = NULL;
    if (!gyr__code_usable(code)) return; /* the parent's */
    fill_with_traps(code->write, code->size);
    if (m->show & GYR__SHOW_KEEP) return;
    mark *k = enter(m);
    chunk *c = chunk_of(m, code->run);
    size_t at = (size_t)(code->run - c->pages.run);
    unsigned index = (unsigned)(at / SLAB), slabs = 1;
    slab *s = &c->slabs[index];
    if (s->class == WHOLE) {
        slabs = s->count;
        s->count = 0;
    } else {
        size_t size = class_size(s->class);
        unsigned slot = (unsigned)(at % SLAB / size);
        s->used[slot / 64] &= ~((uint64_t)1 << slot % 64);
        if (s->count-- == SLAB / size) link_slab(m, s);
        if (!s->count) unlink_slab(m, s);
    }
    if (!s->count) c->free |= (uint32_t)(((uint64_t)1 << slabs) - 1) << index;
    m->used -= room_for(code->size);
    leave(k);
}

gyr__code_stats gyr__code_memory_stats(gyr__code_memory *m) {
    gyr__code_stats stats = {.refused = atomic_load_explicit(&m->refused, memory_order_relaxed)};
    mark *k = atomic_load(&m->mark) ? enter(m) : NULL;
    if (!k) return stats;
    stats.mapped = m->mapped;
    stats.used = m->used;
    leave(k);
    return stats;
}
