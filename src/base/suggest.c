/* See suggest.h. The distance is computed row by row over three rows, the shorter name along the row.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/suggest.h"

static inline char lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c; }

static bool equal_but_case(gyr_str a, gyr_str b) {
    if (a.len != b.len) return false;
    for (size_t i = 0; i < a.len; i++)
        if (lower(a.ptr[i]) != lower(b.ptr[i])) return false;
    return true;
}

static inline uint32_t min3(uint32_t a, uint32_t b, uint32_t c) { return GYR__MIN(GYR__MIN(a, b), c); }

uint32_t gyr__name_distance(gyr_str input, gyr_str option, uint32_t threshold) {
    if (input.len > GYR__SUGGEST_BYTES) return UINT32_MAX;
    if (gyr__str_eq(input, option)) return 0;
    if (equal_but_case(input, option)) return 1;
    gyr_str a = input.len < option.len ? option : input, b = input.len < option.len ? input : option;
    if (a.len - b.len > threshold) return UINT32_MAX;
    uint32_t rows[3][GYR__SUGGEST_BYTES + 1];
    for (uint32_t j = 0; j <= b.len; j++) rows[0][j] = j;
    for (uint32_t i = 1; i <= a.len; i++) {
        const uint32_t *up = rows[(i - 1) % 3], *up2 = rows[(i + 1) % 3];
        uint32_t *row = rows[i % 3], smallest = row[0] = i;
        for (uint32_t j = 1; j <= b.len; j++) {
            char ca = lower(a.ptr[i - 1]), cb = lower(b.ptr[j - 1]);
            uint32_t cell = min3(up[j] + 1, row[j - 1] + 1, up[j - 1] + (ca != cb));
            if (i > 1 && j > 1 && ca == lower(b.ptr[j - 2]) && lower(a.ptr[i - 2]) == cb)
                cell = GYR__MIN(cell, up2[j - 2] + 1);
            smallest = GYR__MIN(smallest, cell);
            row[j] = cell;
        }
        if (smallest > threshold) return UINT32_MAX;
    }
    uint32_t distance = rows[a.len % 3][b.len];
    return distance <= threshold ? distance : UINT32_MAX;
}

static inline bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* The number that begins at *at, which moves behind it; large ones saturate. */
static uint64_t take_number(gyr_str s, size_t *at) {
    uint64_t n = 0;
    do n = n > UINT64_MAX / 16 ? n : n * 10 + (uint64_t)(s.ptr[*at] - '0');
    while (++*at < s.len && is_digit(s.ptr[*at]) && n > 0);
    return n;
}

static int natural_compare(gyr_str a, gyr_str b) {
    size_t i = 0, j = 0;
    while (i < a.len && j < b.len) {
        unsigned char ca = (unsigned char)a.ptr[i], cb = (unsigned char)b.ptr[j];
        if (is_digit(a.ptr[i]) && is_digit(b.ptr[j])) {
            uint64_t na = take_number(a, &i), nb = take_number(b, &j);
            if (na != nb) return na < nb ? -1 : 1;
        } else {
            if (ca != cb) return ca < cb ? -1 : 1;
            i++, j++;
        }
    }
    return (a.len > b.len) - (a.len < b.len);
}

enum { FIRST_ERRORS = 5, CELLS_FIRST = 4000000, CELLS_LATER = 300000 };

void gyr__suggest_init(gyr__suggest *s, gyr_errors *errors, gyr_str input) {
    *s = (gyr__suggest){.errors = errors, .input = input, .threshold = (uint32_t)(input.len * 4 / 10) + 1};
    if (input.len <= GYR__SUGGEST_BYTES)
        s->budget = errors->list.len < FIRST_ERRORS ? CELLS_FIRST : CELLS_LATER;
}

void gyr__suggest_option(gyr__suggest *s, gyr_str name) {
    if (s->budget <= 0) return;
    size_t off = name.len > s->input.len ? name.len - s->input.len : s->input.len - name.len;
    s->budget -= off > s->threshold ? 1 : (int64_t)(name.len * s->input.len);
    uint32_t distance = gyr__name_distance(s->input, name, s->threshold), at = s->count;
    if (distance == UINT32_MAX) return;
    for (uint32_t i = 0; i < s->count; i++)
        if (gyr__str_eq(s->best[i].name, name)) return;
    while (at && (s->best[at - 1].distance > distance ||
                  (s->best[at - 1].distance == distance && natural_compare(s->best[at - 1].name, name) > 0)))
        at--;
    if (at == GYR__SUGGESTIONS) return;
    if (s->count < GYR__SUGGESTIONS) s->count++;
    memmove(s->best + at + 1, s->best + at, (s->count - at - 1) * sizeof *s->best);
    s->best[at].name = name;
    s->best[at].distance = distance;
}

void gyr__suggest_map(gyr__suggest *s, const gyr__map *map) {
    for (uint32_t i = 0; i < map->count && s->budget > 0; i++) gyr__suggest_option(s, map->entries[i].key);
}

gyr_str gyr__suggest_text(const gyr__suggest *s, const char *what) {
    if (!s->count) return gyr_s("");
    gyr__arena *arena = &s->errors->arena;
    gyr_str text = gyr__arena_printf(arena, " Did you mean %s%s", what ? what : "", what ? " " : "");
    for (uint32_t i = 0; text.ptr && i < s->count; i++) {
        gyr_str name = s->best[i].name;
        const char *join = i == 0 ? "" : i + 1 < s->count ? ", " : s->count == 2 ? " or " : ", or ";
        text = gyr__arena_printf(arena, "%.*s%s\"%.*s\"%s", (int)text.len, text.ptr, join, (int)name.len,
                                 name.ptr, i + 1 < s->count ? "" : "?");
    }
    return text.ptr ? text : gyr_s("");
}
