/* See map.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/map.h"
#include "base/str.h"

#include <sys/auxv.h>

static inline uint64_t rotl(uint64_t x, int b) { return x << b | x >> (64 - b); }

#define SIP_ROUND()                                                                                                    \
    (v0 += v1, v1 = rotl(v1, 13), v1 ^= v0, v0 = rotl(v0, 32), v2 += v3, v3 = rotl(v3, 16), v3 ^= v2, v0 += v3,        \
     v3 = rotl(v3, 21), v3 ^= v0, v2 += v1, v1 = rotl(v1, 17), v1 ^= v2, v2 = rotl(v2, 32))

static inline uint64_t load64(const void *p) {
    uint64_t v;
    memcpy(&v, p, 8);
    return v;
}

typedef struct sip_key {
    uint64_t k0, k1;
} sip_key;

static sip_key process_key(void) {
    static const char fallback[16] = "gyr hash key ..";
    const void *random = (const void *)(uintptr_t)getauxval(AT_RANDOM);
    if (!random) random = fallback; /* a kernel without AT_RANDOM: before Linux 2.6.29 */
    return (sip_key){load64(random), load64((const char *)random + 8)};
}

static uint64_t hash_with(uint64_t k0, uint64_t k1, const void *bytes, size_t len) {
    const unsigned char *p = bytes;
    uint64_t v0 = k0 ^ 0x736f6d6570736575u, v1 = k1 ^ 0x646f72616e646f6du;
    uint64_t v2 = k0 ^ 0x6c7967656e657261u, v3 = k1 ^ 0x7465646279746573u, last = (uint64_t)len << 56;
    for (; len >= 8; p += 8, len -= 8) {
        uint64_t m = load64(p);
        v3 ^= m;
        SIP_ROUND();
        v0 ^= m;
    }
    for (size_t i = 0; i < len; i++) last |= (uint64_t)p[i] << (8 * i);
    v3 ^= last;
    SIP_ROUND();
    v0 ^= last;
    v2 ^= 0xff;
    SIP_ROUND();
    SIP_ROUND();
    SIP_ROUND();
    return v0 ^ v1 ^ v2 ^ v3;
}

uint64_t gyr__hash(const void *bytes, size_t len) {
    sip_key key = process_key();
    return hash_with(key.k0, key.k1, bytes, len);
}

static gyr__map_entry *find(const gyr__map *m, gyr_str key, uint64_t hash) {
    if (!m->count) return NULL;
    for (uint32_t i = (uint32_t)hash & m->mask;; i = (i + 1) & m->mask) {
        if (!m->slots[i]) return NULL;
        gyr__map_entry *e = &m->entries[m->slots[i] - 1];
        if (e->hash == hash && gyr__str_eq(e->key, key)) return e;
    }
}

gyr__map_entry *gyr__map_find(const gyr__map *m, gyr_str key) {
    return m->count ? find(m, key, hash_with(m->k0, m->k1, key.ptr, key.len)) : NULL;
}

static void place(gyr__map *m, uint32_t entry) {
    uint32_t i = (uint32_t)m->entries[entry].hash & m->mask;
    while (m->slots[i]) i = (i + 1) & m->mask;
    m->slots[i] = entry + 1;
}

static inline uint32_t capacity(const gyr__map *m) { return m->slots ? (m->mask + 1) / 4 * 3 : 0; }

bool gyr__map_reserve(gyr__arena *a, gyr__map *m, uint32_t count) {
    if (count <= capacity(m)) return true;
    if (count > UINT32_MAX / 4) {
        a->failed = true;
        return false;
    }
    if (!m->slots) { /* asked once: it is a search through the process' auxiliary vector */
        sip_key key = process_key();
        m->k0 = key.k0;
        m->k1 = key.k1;
    }
    uint32_t size = 8;
    while (size / 4 * 3 < count) size *= 2;
    gyr__map_entry *entries = gyr__new_array(a, gyr__map_entry, size / 4 * 3);
    uint32_t *slots = gyr__new_array(a, uint32_t, size);
    if (!entries || !slots) return false;
    memset(slots, 0, size * sizeof *slots);
    if (m->count) memcpy(entries, m->entries, m->count * sizeof *entries);
    m->entries = entries;
    m->slots = slots;
    m->mask = size - 1;
    for (uint32_t i = 0; i < m->count; i++) place(m, i);
    return true;
}

gyr__map_entry *gyr__map_put(gyr__arena *a, gyr__map *m, gyr_str key, bool *added) {
    if (!m->slots && !gyr__map_reserve(a, m, 6)) return NULL;
    uint64_t hash = hash_with(m->k0, m->k1, key.ptr, key.len);
    gyr__map_entry *e = find(m, key, hash);
    if (added) *added = !e;
    if (e) return e;
    if (m->count == capacity(m) && !gyr__map_reserve(a, m, GYR__MAX(m->count * 2, 6))) return NULL;
    e = &m->entries[m->count];
    *e = (gyr__map_entry){.key = key, .hash = hash};
    place(m, m->count++);
    return e;
}
