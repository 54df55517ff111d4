/* "Did you mean ...?": the names most like one that does not exist.
 *
 * Distance is the optimal string alignment distance of the lower-cased names (insert, delete, replace, swap
 * neighbours: 1 each; differing in case only: 1); near means at most 40 % of the length + 1. Sorted by
 * distance, then naturally (a2 before a10); the first five are kept. Names longer than 64 bytes get no
 * suggestions, so that a hostile name costs little.
 *
 *     gyr__suggest s;
 *     gyr__suggest_init(&s, name);
 *     gyr__suggest_map(&s, &type->field_map);      or gyr__suggest_offer for each name
 *     gyr_str tail = gyr__suggest_text(&s, arena, NULL);   " Did you mean \"a\" or \"b\"?" or empty
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_BASE_SUGGEST_H
#define GYR_BASE_SUGGEST_H
#include "base/map.h"
#include "base/str.h"

enum { GYR__SUGGESTIONS = 5, GYR__SUGGEST_BYTES = 64 };

typedef struct gyr__suggest {
    gyr_str input;
    uint32_t threshold; /* largest distance; input too long: no name is near */
    uint32_t count;
    gyr_str names[GYR__SUGGESTIONS]; /* best first, borrowed */
    uint32_t distances[GYR__SUGGESTIONS];
} gyr__suggest;

void gyr__suggest_init(gyr__suggest *s, gyr_str input);
/** Considers one name; the same name again changes nothing. */
void gyr__suggest_offer(gyr__suggest *s, gyr_str name);
/** Offers every key. */
void gyr__suggest_map(gyr__suggest *s, const gyr__map *map);
/** " Did you mean <what> \"a\", \"b\", or \"c\"?", what (may be NULL) being "the enum value", say; empty when
 * no name is near or memory is out. */
gyr_str gyr__suggest_text(const gyr__suggest *s, gyr__arena *arena, const char *what);
/** The distance of two names, or UINT32_MAX when above threshold; input at most GYR__SUGGEST_BYTES long. */
uint32_t gyr__name_distance(gyr_str input, gyr_str option, uint32_t threshold);

#endif
