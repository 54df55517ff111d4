/* A hash map from names to pointers or numbers, for names that may come from an attacker.
 *
 * Open addressing, power-of-two table, SipHash-1-3 (Aumasson, Bernstein 2012) keyed with the 16 random bytes
 * that the kernel gives every process (AT_RANDOM), so the library needs no global of its own. Keys are
 * borrowed and must outlive the map. Nothing can be removed. Iterate over `entries` up to `count`: they stand
 * in order of insertion.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_BASE_MAP_H
#define GYR_BASE_MAP_H
#include "base/arena.h"

typedef struct gyr__map_entry {
    gyr_str key;
    uint64_t hash;
    union {
        void *ptr;
        uint64_t num;
    };
} gyr__map_entry;

typedef struct gyr__map {    /* zero is empty */
    gyr__map_entry *entries; /* in order of insertion */
    uint32_t *slots;         /* entry index + 1, 0 is free */
    uint32_t count, mask;
    uint64_t k0, k1; /* this process' key */
} gyr__map;

/** SipHash-1-3 of the bytes under this process' key. */
uint64_t gyr__hash(const void *bytes, size_t len);

/** The entry of that key, or NULL. */
gyr__map_entry *gyr__map_find(const gyr__map *m, gyr_str key);
/** The pointer stored under key, or NULL. */
static inline void *gyr__map_get(const gyr__map *m, gyr_str key) {
    gyr__map_entry *e = gyr__map_find(m, key);
    return e ? e->ptr : NULL;
}
/** Finds or adds. *added tells which; a new entry's value is 0. NULL when memory is out. added may be NULL.
 *  The entry pointer is valid until the next gyr__map_put. */
gyr__map_entry *gyr__map_put(gyr__arena *a, gyr__map *m, gyr_str key, bool *added);
/** Makes room for `count` entries in all. False when memory is out. */
bool gyr__map_reserve(gyr__arena *a, gyr__map *m, uint32_t count);

#endif
