/* Lines and columns of byte offsets, for errors. Finding one alone is linear in the offset; a document on one
 * line with a hundred errors of forty places each would be read thousands of times. So the first error makes
 * an index: where each line starts, and how many UTF-16 code units stand before every STEP bytes. After that
 * a place costs a search and reading at most STEP bytes, twice.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"
#include "validation/validation.h"

enum { STEP = 4096 };

static bool index_lines(gyr__validation *v, gyr__places *p, gyr_str text) {
    uint32_t *start = gyr__vec_push(&v->arena, &p->lines);
    if (start) *start = 0;
    for (size_t i = 0; i < text.len && start; i++) {
        if (gyr__likely(text.ptr[i] != '\n' && text.ptr[i] != '\r')) continue;
        if (text.ptr[i] == '\r' && i + 1 < text.len && text.ptr[i + 1] == '\n') i++;
        if ((start = gyr__vec_push(&v->arena, &p->lines))) *start = (uint32_t)i + 1;
    }
    return start != NULL;
}

static bool make_index(gyr__validation *v, gyr__places *p) {
    gyr_str text = v->source->text;
    p->units = gyr__new_array(&v->arena, uint32_t, text.len / STEP + 1);
    if (!p->units || !index_lines(v, p, text)) return gyr__no_memory(v);
    p->units[0] = 0;
    for (size_t i = 0; i < text.len / STEP; i++)
        p->units[i + 1] = p->units[i] + (uint32_t)gyr__utf16_len(text.ptr + i * STEP, STEP);
    return true;
}

static uint32_t units_before(const gyr__validation *v, const gyr__places *p, uint32_t offset) {
    uint32_t step = offset / STEP;
    return p->units[step] + (uint32_t)gyr__utf16_len(v->source->text.ptr + step * STEP, offset % STEP);
}

gyr_location gyr__place_of(gyr__validation *v, uint32_t offset) {
    gyr__places *p = &v->places;
    if (!p->units && !make_index(v, p)) return (gyr_location){0, 0};
    uint32_t low = 0, high = p->lines.len;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (p->lines.items[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    return (gyr_location){low + 1, units_before(v, p, offset) - units_before(v, p, p->lines.items[low]) + 1};
}
