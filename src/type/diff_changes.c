/* The list of changes: their words, coordinates and places; the public functions. See diff.h.
 *
 * Lines and columns are computed at the end, in one pass over each source for all changes in it: the places
 * are sorted, each is found from the one before. The list owns all its text, so it outlives both schemas.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"
#include "type/diff.h"

static const struct {
    const char *name;
    gyr_severity severity;
} kinds[] = {
#define KIND(name, severity) {#name, GYR_##severity},
    GYR__CHANGES(KIND)
#undef KIND
};

/* ---- words */

static gyr_str coordinate_text(gyr__arena *a, gyr__subject s) {
    gyr_str none = gyr_s(""), member = s.member ? s.member->name : none,
            argument = s.argument ? s.argument->name : none;
    return gyr__arena_printf(a, "%s%.*s%s%.*s%s%.*s%s", s.is_directive ? "@" : "", (int)s.owner->name.len,
                             s.owner->name.ptr, s.member ? "." : "", (int)member.len, member.ptr, s.argument ? "(" : "",
                             (int)argument.len, argument.ptr, s.argument ? ":)" : "");
}

/* The words with % and $ replaced; NUL bytes in the texts stay. */
static gyr_str fill_in(gyr__arena *a, const char *words, gyr_str coordinate, const gyr_str *texts) {
    size_t len = 0, at = 0, next = 0;
    for (const char *p = words; *p; p++) len += *p == '%' ? coordinate.len : *p == '$' ? texts[next++].len : 1;
    char *text = gyr__arena_alloc_aligned(a, len, 1);
    if (!text) return (gyr_str){NULL, 0};
    next = 0;
    for (const char *p = words; *p; p++) {
        gyr_str part = *p == '%' ? coordinate : *p == '$' ? texts[next++] : gyr_str_of(p, 1);
        if (part.len) memcpy(text + at, part.ptr, part.len);
        at += part.len;
    }
    return gyr_str_of(text, len);
}

/* A definition may begin with its description; its name is what people look for. */
static gyr__place place_of_name(const gyr_schema *schema, const gyr__def *def) {
    gyr__place place = def->place;
    gyr_str text = schema->sources[place.source].text;
    if (def->name.ptr >= text.ptr && def->name.ptr < text.ptr + text.len)
        place.offset = (uint32_t)(def->name.ptr - text.ptr);
    return place;
}

void gyr__change_add(gyr__differ *d, gyr__change_kind kind, gyr__subject s, const char *words, const gyr_str *texts) {
    gyr__arena *a = &d->changes->arena;
    if (d->scratch.failed) return; /* a text may be missing */
    const gyr__def *at = s.argument ? s.argument : s.member ? s.member : s.owner;
    gyr_str coordinate = coordinate_text(a, s), description = fill_in(a, words, coordinate, texts);
    gyr__change *change = gyr__vec_push(a, &d->changes->list);
    if (!change) return;
    *change = (gyr__change){.shown = {.severity = kinds[kind].severity,
                                      .kind = gyr_str_of(kinds[kind].name, strlen(kinds[kind].name)),
                                      .description = description,
                                      .coordinate = coordinate,
                                      .before = s.before},
                            .kind = kind,
                            .place = place_of_name(s.before ? d->before : d->after, at)};
}

/* ---- places */

static bool stands_before(const gyr__change *a, const gyr__change *b) {
    if (a->shown.before != b->shown.before) return a->shown.before;
    if (a->place.source != b->place.source) return a->place.source < b->place.source;
    return a->place.offset < b->place.offset;
}

static void sift(gyr__change **heap, uint32_t at, uint32_t count) {
    for (uint32_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && stands_before(heap[child], heap[child + 1])) child++;
        if (!stands_before(heap[at], heap[child])) return;
        gyr__change *lower = heap[at];
        heap[at] = heap[child];
        heap[child] = lower;
    }
}

static void sort_by_place(gyr__change **changes, uint32_t count) {
    for (uint32_t i = count / 2; i--;) sift(changes, i, count);
    for (uint32_t end = count; end-- > 1;) {
        gyr__change *last = changes[0];
        changes[0] = changes[end];
        changes[end] = last;
        sift(changes, 0, end);
    }
}

static void locate(gyr__differ *d, gyr__change **sorted, uint32_t count) {
    const gyr_source *source = NULL;
    gyr_str name = {0};
    gyr_location at = {1, 1};
    uint32_t offset = 0;
    for (uint32_t i = 0; i < count; i++) {
        gyr__change *c = sorted[i];
        const gyr_schema *schema = c->shown.before ? d->before : d->after;
        if (c->place.source >= schema->source_count) continue; /* built in */
        if (source != &schema->sources[c->place.source]) {
            source = &schema->sources[c->place.source];
            name = gyr__arena_str(&d->changes->arena, source->name);
            at = (gyr_location){1, 1};
            offset = 0;
        }
        gyr_location step =
            gyr__locate(gyr__str_slice(source->text, offset, source->text.len), c->place.offset - offset);
        at.column = step.line == 1 ? at.column + step.column - 1 : step.column;
        at.line += step.line - 1;
        offset = c->place.offset;
        c->shown.source = name;
        c->shown.location = at;
    }
}

static void locate_all(gyr__differ *d) {
    uint32_t count = d->changes->list.len;
    gyr__change **sorted = gyr__new_array(&d->scratch, gyr__change *, count);
    if (!sorted) return;
    for (uint32_t i = 0; i < count; i++) sorted[i] = &d->changes->list.items[i];
    sort_by_place(sorted, count);
    locate(d, sorted, count);
}

/* ---- public */

gyr_status gyr_schema_diff(const gyr_schema *before, const gyr_schema *after, gyr_changes **changes) {
    if (!changes) return GYR_ERR_ARGUMENT;
    *changes = NULL;
    if (!before || !after) return GYR_ERR_ARGUMENT;
    gyr__differ d = {before, after, gyr__heap_alloc(&after->allocator, sizeof *d.changes), {0}};
    if (!d.changes) return GYR_ERR_MEMORY;
    *d.changes = (gyr_changes){0};
    gyr__arena_init(&d.changes->arena, &after->allocator, 0);
    gyr__arena_init(&d.scratch, &after->allocator, 0);
    gyr__compare_schemas(&d);
    if (!d.changes->arena.failed) locate_all(&d);
    bool failed = d.scratch.failed || d.changes->arena.failed;
    gyr__arena_fini(&d.scratch);
    if (failed)
        gyr_changes_free(d.changes);
    else
        *changes = d.changes;
    return failed ? GYR_ERR_MEMORY : GYR_OK;
}

uint32_t gyr_changes_count(const gyr_changes *changes) { return changes ? changes->list.len : 0; }

const gyr_change *gyr_changes_get(const gyr_changes *changes, uint32_t index) {
    return changes && index < changes->list.len ? &changes->list.items[index].shown : NULL;
}

void gyr_changes_free(gyr_changes *changes) {
    if (!changes) return;
    gyr_allocator al = changes->arena.allocator;
    gyr__arena_fini(&changes->arena);
    gyr__heap_free(&al, changes, sizeof *changes);
}
