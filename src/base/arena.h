/* A bump arena: memory that is freed all at once.
 *
 * Every parsed document, schema, plan and request owns one. Allocations are 8-byte aligned (ask for more with
 * gyr__arena_alloc_aligned) and are not zeroed unless the name says so. Chunks double from 4 KiB to 1 MiB;
 * larger requests get a chunk of their own. gyr__arena_reset makes one chunk of many, so that an arena used
 * again and again settles to no heap calls.
 *
 * Failure is sticky: after one failed allocation `failed` stays set and every later one returns NULL, so a
 * phase may check once at its end - but must not follow a NULL on the way. A size limit (bytes handed out)
 * counts as failure and sets `over_limit` as well.
 *
 * One thread at a time.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_BASE_ARENA_H
#define GYR_BASE_ARENA_H
#include "base/common.h"

typedef struct gyr__chunk gyr__chunk;

typedef struct gyr__arena {
    char *ptr, *end;    /* free bytes of the current chunk */
    gyr__chunk *chunks; /* newest first */
    gyr_allocator allocator;
    size_t used;     /* bytes in all chunks, headers included */
    size_t limit;    /* 0: none */
    size_t expected; /* what was used before the last reset: the size of the next first chunk */
    uint32_t grown;  /* heap allocations so far */
    bool failed, over_limit;
} gyr__arena;

/** Starts an empty arena; allocates nothing. allocator NULL: the C library's. limit 0: none. */
void gyr__arena_init(gyr__arena *a, const gyr_allocator *allocator, size_t limit);
/** Frees every chunk. The arena may be used again. */
void gyr__arena_fini(gyr__arena *a);
/** Forgets all allocations, keeps one chunk, clears `failed`. */
void gyr__arena_reset(gyr__arena *a);

/** Makes one chunk for the next `size` bytes, where a good guess saves growing step by step. Only a hint: it
 * does nothing when they are there, when memory is out or when a limit is near. */
void gyr__arena_reserve(gyr__arena *a, size_t size);

/** The slow way of gyr__arena_alloc: a new chunk. */
void *gyr__arena_grow(gyr__arena *a, size_t size, size_t align);

/** size bytes aligned to `align` (a power of two), or NULL (sticky). size 0 gives a valid pointer. */
static inline void *gyr__arena_alloc_aligned(gyr__arena *a, size_t size, size_t align) {
    char *p = (char *)(((uintptr_t)a->ptr + (align - 1)) & ~(uintptr_t)(align - 1));
    if (gyr__unlikely(!a->ptr || p > a->end || (size_t)(a->end - p) < size)) return gyr__arena_grow(a, size, align);
    a->ptr = p + size;
    return p;
}

static inline void *gyr__arena_alloc(gyr__arena *a, size_t size) { return gyr__arena_alloc_aligned(a, size, 8); }

/** As gyr__arena_alloc for count * size bytes; overflow counts as failure. */
void *gyr__arena_array(gyr__arena *a, size_t count, size_t size);
/** As gyr__arena_alloc, zeroed. */
void *gyr__arena_zalloc(gyr__arena *a, size_t size);

#define gyr__new(arena, T)              ((T *)gyr__arena_zalloc((arena), sizeof(T)))
#define gyr__new_array(arena, T, count) ((T *)gyr__arena_array((arena), (count), sizeof(T)))

/** A copy of s in the arena (with a NUL behind it, for the operating system's edge); {NULL,0} on failure. */
gyr_str gyr__arena_str(gyr__arena *a, gyr_str s);
/** Formatted text in the arena. %.*s takes (int)len, ptr. {NULL,0} on failure. */
gyr_str gyr__arena_printf(gyr__arena *a, const char *format, ...) GYR__PRINTF(2, 3);

/* Heap memory through the allocator, for what outlives phases. */
static inline void *gyr__realloc(const gyr_allocator *al, void *p, size_t old_size, size_t new_size) {
    return al->resize(al->user, p, old_size, new_size);
}
static inline void *gyr__heap_alloc(const gyr_allocator *al, size_t size) {
    return al->resize(al->user, NULL, 0, size);
}
static inline void gyr__heap_free(const gyr_allocator *al, void *p, size_t size) {
    if (p) al->resize(al->user, p, size, 0);
}
/** The C library's malloc, realloc and free. */
gyr_allocator gyr__allocator_default(void);

#endif
