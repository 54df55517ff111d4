/* Growing arrays in an arena. GYR__VEC(T) is {items, len, cap}; zero is empty. Growth copies into a new
 * block and leaves the old one to the arena, so pointers into items are valid until the next push.
 *
 *     GYR__VEC(gyr_str) names = {0};
 *     gyr_str *slot = gyr__vec_push(arena, &names);   NULL when memory is out
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_BASE_VEC_H
#define GYR_BASE_VEC_H
#include "base/arena.h"

#define GYR__VEC(T)                                                                                                    \
    struct {                                                                                                           \
        T *items;                                                                                                      \
        uint32_t len, cap;                                                                                             \
    }

/** Makes room for `more` items. False when memory is out; the vector is then unchanged. */
bool gyr__vec_reserve_(gyr__arena *a, void *items_slot, uint32_t len, uint32_t *cap, uint32_t more, size_t item_size);

#define gyr__vec_reserve(arena, v, more)                                                                               \
    ((v)->cap - (v)->len >= (uint32_t)(more) ||                                                                        \
     gyr__vec_reserve_((arena), &(v)->items, (v)->len, &(v)->cap, (uint32_t)(more), sizeof(*(v)->items)))

/** A pointer to a new, uninitialised last item, or NULL. */
#define gyr__vec_push(arena, v) (gyr__vec_reserve((arena), (v), 1) ? &(v)->items[(v)->len++] : NULL)

#endif
