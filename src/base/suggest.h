/* "Did you mean ...?": the names most like one that does not exist, in the words and order of the reference.
 *
 * Distance is the optimal string alignment distance of the lower-cased names (insert, delete, replace, swap
 * neighbours: 1 each; differing in case only: 1 in all); near means at most 40 % of the length + 1. Sorted by
 * distance, then naturally (a2 before a10); five at most. The work is bounded whatever the names: longer ones
 * than 64 bytes get no suggestions, and a list of errors has a budget of comparisons, smaller after five
 * errors.
 *
 *     gyr__suggest s;                               on the stack
 *     gyr__suggest_init(&s, errors, name);
 *     gyr__suggest_map(&s, &type->field_map);       or gyr__suggest_option for each name
 *     gyr_str hint = gyr__suggest_text(&s, NULL);   " Did you mean \"a\", \"b\", or \"c\"?" or empty
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_BASE_SUGGEST_H
#define GYR_BASE_SUGGEST_H
#include "base/diag.h"
#include "base/map.h"
#include "base/str.h"

enum { GYR__SUGGESTIONS = 5, GYR__SUGGEST_BYTES = 64 };

typedef struct gyr__suggest {
    gyr_errors *errors; /* texts go to its arena; how many errors it has bounds the work */
    gyr_str input;
    uint32_t threshold; /* largest distance */
    uint32_t count;
    int64_t budget; /* cells of the distance table left */
    struct {
        gyr_str name; /* borrowed */
        uint32_t distance;
    } best[GYR__SUGGESTIONS];
} gyr__suggest;

void gyr__suggest_init(gyr__suggest *s, gyr_errors *errors, gyr_str input);
/** Considers one name; the same name again changes nothing. */
void gyr__suggest_option(gyr__suggest *s, gyr_str name);
/** Considers every key. */
void gyr__suggest_map(gyr__suggest *s, const gyr__map *map);
/** " Did you mean <what> \"a\" or \"b\"?", what (may be NULL) being "the enum value", say; empty when no name
 * is near or memory is out. */
gyr_str gyr__suggest_text(const gyr__suggest *s, const char *what);
/** The distance of two names, or UINT32_MAX when above threshold; input at most GYR__SUGGEST_BYTES long. */
uint32_t gyr__name_distance(gyr_str input, gyr_str option, uint32_t threshold);

#endif
