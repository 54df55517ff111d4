/* What benches of the native tier write: posts, each in a block of its own, with an author behind a pointer, one in
 * fifty missing. Where objects are few, many sets of them are written in turn, 40,000 objects in all, so that no branch
 * predictor learns them by heart.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_BENCH_POSTS_H
#define GYR_BENCH_POSTS_H
#include <gyr.h>

typedef struct author {
    int32_t id, d;
    gyr_str name;
} author;
typedef struct post {
    int32_t id, a, b, c;
    bool published;
    double score;
    gyr_str title, name;
    author *author;
} post;
typedef struct world {
    post **posts;
    uint32_t count;
} world;

/* What all engines write: worlds in turn. They live until the end. */
typedef struct series {
    world *list;
    uint32_t count, objects; /* worlds; objects in each */
} series;

extern const char *const posts_sdl;
extern const gyr_binding posts_bindings[];
series posts_series(uint32_t objects, bool shuffled);

#endif
