/* Lines and columns of many byte offsets of one source: for lists of errors.
 *
 * Finding one alone is linear in the offset (gyr__source_location); a document on one line with a hundred errors of forty
 * places each would be read thousands of times. So the second question makes an index: where each line starts, and
 * how many UTF-16 code units stand before every few hundred bytes. After that a place costs a search and little reading.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_LANGUAGE_PLACES_H
#define GYR_LANGUAGE_PLACES_H
#include "base/vec.h"
#include "language/source.h"

/** Zero to begin with; always asked with the same arena and source. */
typedef struct gyr__places {
    GYR__VEC(uint32_t) lines; /* offsets of their first bytes */
    uint32_t *units;
    bool asked;
} gyr__places;

/** As gyr__source_location, also when memory for the index is out (then arena->failed). */
gyr_location gyr__places_at(gyr__places *p, gyr__arena *arena, const gyr__source *source, uint32_t offset);

#endif
