/* See suggest.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "type/suggest.h"
#include "base/str.h"

enum { MAX_NAME = 64, MAX_OPTION = MAX_NAME * 2, CELLS_FIRST = 4000000, CELLS_LATER = 300000, FIRST_ERRORS = 5 };

static inline char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }
static inline bool digit(char c) { return c >= '0' && c <= '9'; }

void gyr__suggest_init(gyr__suggest *s, gyr_errors *errors, gyr_str input) {
    *s = (gyr__suggest){.errors = errors, .input = input};
    s->threshold = (uint32_t)(input.len * 4 / 10) + 1;
    if (input.len <= MAX_NAME) s->budget = errors->list.len < FIRST_ERRORS ? CELLS_FIRST : CELLS_LATER;
}

/* The distance of a and b, or UINT32_MAX when it is above the threshold. a is the longer. */
static uint32_t table(gyr_str a, gyr_str b, uint32_t threshold) {
    uint8_t rows[3][MAX_NAME + MAX_OPTION + 1];
    for (size_t j = 0; j <= b.len; j++) rows[0][j] = (uint8_t)j;
    for (size_t i = 1; i <= a.len; i++) {
        const uint8_t *up = rows[(i - 1) % 3], *up2 = rows[(i + 1) % 3];
        uint8_t *row = rows[i % 3];
        uint8_t least = row[0] = (uint8_t)i;
        char c = lower(a.ptr[i - 1]);
        for (size_t j = 1; j <= b.len; j++) {
            char d = lower(b.ptr[j - 1]);
            unsigned cell = GYR__MIN(GYR__MIN(up[j] + 1, row[j - 1] + 1), up[j - 1] + (c != d));
            if (i > 1 && j > 1 && c == lower(b.ptr[j - 2]) && lower(a.ptr[i - 2]) == d)
                cell = GYR__MIN(cell, up2[j - 2] + 1u);
            row[j] = (uint8_t)cell;
            if (cell < least) least = (uint8_t)cell;
        }
        if (least > threshold) return UINT32_MAX;
    }
    uint32_t distance = rows[a.len % 3][b.len];
    return distance <= threshold ? distance : UINT32_MAX;
}

static bool same_letters(gyr_str a, gyr_str b) {
    if (a.len != b.len) return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.ptr[i]) != lower(b.ptr[i])) return false;
    return true;
}

/* Runs of digits compare as numbers, all else by bytes. */
int gyr__natural_cmp(gyr_str a, gyr_str b) {
    size_t i = 0, j = 0;
    while (i < a.len && j < b.len) {
        if (digit(a.ptr[i]) && digit(b.ptr[j])) {
            double m = 0, n = 0;
            do m = m * 10 + (a.ptr[i++] - '0');
            while (i < a.len && digit(a.ptr[i]) && m > 0);
            do n = n * 10 + (b.ptr[j++] - '0');
            while (j < b.len && digit(b.ptr[j]) && n > 0);
            if (m != n) return m < n ? -1 : 1;
        } else {
            if (a.ptr[i] != b.ptr[j]) return (unsigned char)a.ptr[i] < (unsigned char)b.ptr[j] ? -1 : 1;
            i++, j++;
        }
    }
    return (a.len > b.len) - (a.len < b.len);
}

void gyr__suggest_option(gyr__suggest *s, gyr_str option) {
    gyr_str a = s->input, b = option;
    if (s->budget <= 0 || option.len > MAX_OPTION) return;
    if (a.len < b.len) a = option, b = s->input;
    if (a.len - b.len > s->threshold) return;
    uint32_t distance;
    if (gyr__str_eq(a, b))
        distance = 0;
    else if (same_letters(a, b))
        distance = 1;
    else {
        s->budget -= (int64_t)(a.len * b.len);
        distance = table(a, b, s->threshold);
        if (distance == UINT32_MAX) return;
    }
    uint32_t at = s->count;
    for (uint32_t i = 0; i < s->count; i++)
        if (gyr__str_eq(s->best[i].name, option)) return;
    while (at && (s->best[at - 1].distance > distance ||
                  (s->best[at - 1].distance == distance && gyr__natural_cmp(s->best[at - 1].name, option) > 0)))
        at--;
    if (at == GYR__COUNT(s->best)) return;
    uint32_t keep = GYR__MIN(s->count, (uint32_t)GYR__COUNT(s->best) - 1);
    memmove(&s->best[at + 1], &s->best[at], (keep - at) * sizeof s->best[0]);
    s->best[at].name = option;
    s->best[at].distance = distance;
    s->count = keep + 1;
}

gyr_str gyr__suggest_text(const gyr__suggest *s) {
    if (!s->count || s->budget <= 0) return gyr_s("");
    gyr_str text = gyr_s(" Did you mean ");
    for (uint32_t i = 0; i < s->count; i++) {
        const char *before = i == 0 ? "" : i + 1 < s->count ? ", " : s->count == 2 ? " or " : ", or ";
        text = gyr__arena_printf(&s->errors->arena, "%.*s%s\"%.*s\"", (int)text.len, text.ptr, before,
                                 (int)s->best[i].name.len, s->best[i].name.ptr);
    }
    return gyr__arena_printf(&s->errors->arena, "%.*s?", (int)text.len, text.ptr);
}
