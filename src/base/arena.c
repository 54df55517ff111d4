/* See arena.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

struct gyr__chunk {
    gyr__chunk *next;
    size_t size; /* whole chunk, this header included */
};

enum { FIRST_CHUNK = 4096, MAX_CHUNK = 1 << 20, MAX_KEPT = 8 << 20 };

static void *libc_resize(void *user, void *p, size_t old_size, size_t new_size) {
    (void)user, (void)old_size;
    if (new_size) return realloc(p, new_size);
    free(p);
    return NULL;
}

gyr_allocator gyr__allocator_default(void) { return (gyr_allocator){NULL, libc_resize}; }

void gyr__arena_init(gyr__arena *a, const gyr_allocator *allocator, size_t limit) {
    *a = (gyr__arena){.allocator = allocator && allocator->resize ? *allocator : gyr__allocator_default(),
                      .limit = limit};
}

static void free_chunks(gyr__arena *a, gyr__chunk *keep) {
    for (gyr__chunk *c = a->chunks, *next; c; c = next) {
        next = c->next;
        if (c != keep) gyr__heap_free(&a->allocator, c, c->size);
    }
}

void gyr__arena_fini(gyr__arena *a) {
    free_chunks(a, NULL);
    a->chunks = NULL;
    a->ptr = a->end = NULL;
    a->used = 0;
    a->failed = a->over_limit = false;
}

void gyr__arena_reset(gyr__arena *a) {
    gyr__chunk *keep = a->chunks && !a->chunks->next && a->used <= MAX_KEPT ? a->chunks : NULL;
    a->expected = GYR__MIN(a->used, (size_t)MAX_KEPT); /* next time in one chunk */
    free_chunks(a, keep);
    a->chunks = keep;
    a->failed = a->over_limit = false;
    a->ptr = a->end = NULL;
    a->used = 0;
    if (!keep) return;
    keep->next = NULL;
    a->used = keep->size;
    a->ptr = (char *)(keep + 1);
    a->end = (char *)keep + keep->size;
}

void gyr__arena_reserve(gyr__arena *a, size_t size) {
    size_t need = sizeof(gyr__chunk) + size;
    if (a->failed || need < size || (a->ptr && (size_t)(a->end - a->ptr) >= size)) return;
    if (a->limit && (a->used > a->limit / 2 || need > a->limit / 2 - a->used)) return;
    gyr__chunk *c = gyr__heap_alloc(&a->allocator, need);
    if (!c) return;
    *c = (gyr__chunk){a->chunks, need};
    a->chunks = c;
    a->used += need;
    a->ptr = (char *)(c + 1);
    a->end = (char *)c + need;
}

void *gyr__arena_grow(gyr__arena *a, size_t size, size_t align) {
    size_t need = sizeof(gyr__chunk) + size + align;
    size_t want = a->chunks ? GYR__MIN(a->used, (size_t)MAX_CHUNK) : GYR__MAX(a->expected, (size_t)FIRST_CHUNK);
    if (a->failed || need < size) goto fail;
    if (want < need) want = need;
    if (a->limit && (a->used + want > a->limit)) {
        want = need; /* the last stretch before the limit is given out exactly */
        if (a->used + want > a->limit) {
            a->over_limit = true;
            goto fail;
        }
    }
    gyr__chunk *c = gyr__heap_alloc(&a->allocator, want);
    if (!c) goto fail;
    a->grown++;
    c->size = want;
    c->next = a->chunks;
    a->chunks = c;
    a->used += want;
    a->ptr = (char *)(c + 1);
    a->end = (char *)c + want;
    char *p = (char *)(((uintptr_t)a->ptr + (align - 1)) & ~(uintptr_t)(align - 1));
    a->ptr = p + size;
    return p;
fail:
    a->failed = true;
    a->ptr = a->end = NULL; /* every later allocation comes here */
    return NULL;
}

void *gyr__arena_array(gyr__arena *a, size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) bytes = SIZE_MAX;
    return gyr__arena_alloc(a, bytes);
}

void *gyr__arena_zalloc(gyr__arena *a, size_t size) {
    void *p = gyr__arena_alloc(a, size);
    return p ? memset(p, 0, size) : NULL;
}

gyr_str gyr__arena_str(gyr__arena *a, gyr_str s) {
    char *p = gyr__arena_alloc_aligned(a, s.len + 1, 1);
    if (!p) return (gyr_str){NULL, 0};
    if (s.len) memcpy(p, s.ptr, s.len);
    p[s.len] = 0;
    return gyr_str_of(p, s.len);
}

gyr_str gyr__arena_printf(gyr__arena *a, const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *p = n < 0 ? NULL : gyr__arena_alloc_aligned(a, (size_t)n + 1, 1);
    if (p) vsnprintf(p, (size_t)n + 1, format, again);
    va_end(again);
    return p ? gyr_str_of(p, (size_t)n) : (gyr_str){NULL, 0};
}
