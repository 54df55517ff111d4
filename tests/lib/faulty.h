/* An allocator for tests that fails the nth allocation and knows what is still held.
 *
 *     for (uint64_t n = 1;; n++) {
 *         faulty f = {.fail_at = n};
 *         gyr_allocator al = faulty_allocator(&f);
 *         ... run; when f.failed, a status must have told; always: assert_int_equal(f.live, 0) ...
 *         if (!f.failed) break;
 *     }
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_TESTS_FAULTY_H
#define GYR_TESTS_FAULTY_H
#include <gyr.h>

#include <stdlib.h>
#include <string.h>

typedef struct faulty {
    uint64_t fail_at; /* 1: the first; 0: none. All later ones fail too when `for_good` */
    uint64_t calls;   /* allocations asked for */
    size_t live;      /* bytes held, by the sizes that callers told */
    bool for_good, failed;
} faulty;

static void *faulty_resize(void *user, void *p, size_t old_size, size_t new_size) {
    faulty *f = user;
    if (new_size) {
        f->calls++;
        if (f->fail_at && (f->calls == f->fail_at || (f->for_good && f->calls > f->fail_at))) {
            f->failed = true;
            return NULL;
        }
    }
    f->live += new_size - old_size;
    if (!new_size) {
        free(p);
        return NULL;
    }
    /* always another block, so that whoever keeps an old pointer is caught */
    void *fresh = malloc(new_size);
    if (!fresh) abort();
    if (p) memcpy(fresh, p, old_size < new_size ? old_size : new_size);
    free(p);
    return fresh;
}

static inline gyr_allocator faulty_allocator(faulty *f) { return (gyr_allocator){f, faulty_resize}; }

#endif
