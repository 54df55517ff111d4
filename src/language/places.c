/* See places.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "language/places.h"
#include "base/utf8.h"

enum { STEP = 256 };

static bool index_lines(gyr__places *p, gyr__arena *arena, gyr_str text) {
    uint32_t *start = gyr__vec_push(arena, &p->lines);
    if (start) *start = 0;
    for (size_t i = 0; i < text.len && start; i++) {
        if (gyr__likely(text.ptr[i] != '\n' && text.ptr[i] != '\r')) continue;
        if (text.ptr[i] == '\r' && i + 1 < text.len && text.ptr[i + 1] == '\n') i++;
        if ((start = gyr__vec_push(arena, &p->lines))) *start = (uint32_t)i + 1;
    }
    return start != NULL;
}

static bool make_index(gyr__places *p, gyr__arena *arena, gyr_str text) {
    uint32_t *units = gyr__new_array(arena, uint32_t, text.len / STEP + 1);
    p->lines.len = 0;
    if (!units || !index_lines(p, arena, text)) return false;
    units[0] = 0;
    for (size_t i = 0; i < text.len / STEP; i++)
        units[i + 1] = units[i] + (uint32_t)gyr__utf16_len(text.ptr + i * STEP, STEP);
    p->units = units;
    return true;
}

static uint32_t units_before(const gyr__places *p, gyr_str text, uint32_t offset) {
    uint32_t step = offset / STEP;
    return p->units[step] + (uint32_t)gyr__utf16_len(text.ptr + step * STEP, offset % STEP);
}

gyr_location gyr__places_at(gyr__places *p, gyr__arena *arena, const gyr__source *source, uint32_t offset) {
    gyr_str text = source->text;
    if (!p->asked || (!p->units && !make_index(p, arena, text))) {
        p->asked = true;
        return gyr__source_location(source, offset);
    }
    offset = (uint32_t)GYR__MIN((size_t)offset, text.len);
    uint32_t low = 0, high = p->lines.len;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (p->lines.items[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    return (gyr_location){low + 1, units_before(p, text, offset) - units_before(p, text, p->lines.items[low]) + 1};
}
