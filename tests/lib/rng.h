/* A small random generator for tests (xorshift64*): the same numbers in every run.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_TESTS_RNG_H
#define GYR_TESTS_RNG_H
#include <stdint.h>

typedef struct rng {
    uint64_t state; /* not 0 */
} rng;

static inline uint64_t rng_next(rng *r) {
    r->state ^= r->state >> 12;
    r->state ^= r->state << 25;
    r->state ^= r->state >> 27;
    return r->state * 2685821657736338717u;
}

/** A number below n, n > 0. */
static inline uint64_t rng_below(rng *r, uint64_t n) { return rng_next(r) % n; }

#endif
