/* Incremental delivery: what is delivered later, from the note an op makes to the answer that completes it. See
 * incremental.h; payloads are written by deliver.c, what is deferred with what is decided by plan/defer.c.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "exec/incremental.h"

#include <stdio.h>

gyr__incremental *gyr__incremental_get(gyr_exec *x) {
    if (x->incremental) return x->incremental;
    gyr__incremental *n = gyr__arena_zalloc(&x->arena, sizeof *n);
    if (!n) return NULL;
    gyr__json_out_init(&n->pending, &x->allocator, &x->writer.leaf, 0);
    gyr__json_out_init(&n->completed, &x->allocator, &x->writer.leaf, 0);
    return x->incremental = n;
}

void gyr__incremental_fini(gyr_exec *x) {
    gyr__json_out_fini(&x->incremental->pending);
    gyr__json_out_fini(&x->incremental->completed);
    x->incremental = NULL;
}

static gyr__delivery *delivery(const gyr_exec *x, uint32_t i) { return &x->incremental->deliveries.items[i]; }
static gyr__piece *piece(const gyr_exec *x, uint32_t i) { return &x->incremental->pieces.items[i]; }

/* ---- notes */

/* The last delivery noted of a @defer, + 1. */
static uint32_t *current(gyr_exec *x, const gyr__defer *use) {
    gyr__incremental *n = x->incremental;
    if (use->id >= n->current_cap) {
        uint32_t cap = GYR__MAX(use->id + 1, n->current_cap * 2);
        uint32_t *fresh = gyr__arena_zalloc(&x->arena, cap * sizeof *fresh);
        if (!fresh) return NULL;
        if (n->current_cap) memcpy(fresh, n->current, n->current_cap * sizeof *fresh);
        n->current = fresh;
        n->current_cap = cap;
    }
    return &n->current[use->id];
}

static gyr__delivery *note_delivery(gyr_exec *x, gyr_str path, uint64_t offset) {
    gyr__incremental *n = x->incremental;
    if (n->deliveries.len >= x->limits.deferred) {
        x->status = GYR_ERR_LIMIT;
        x->too_many_deferred = true;
        return NULL;
    }
    gyr__delivery *d = gyr__vec_push(&x->arena, &n->deliveries);
    if (d) *d = (gyr__delivery){.path = path, .offset = offset};
    return d;
}

static bool note_defer(gyr_exec *x, const gyr__defer *use, gyr_str path, uint64_t offset) {
    gyr__delivery *d = note_delivery(x, path, offset);
    uint32_t *at = d ? current(x, use) : NULL, *above = at && use->parent ? current(x, use->parent) : NULL;
    if (!at) return false;
    d->defer = use;
    d->parent = above ? *above : 0;
    x->incremental->current[use->id] = x->incremental->deliveries.len;
    return true;
}

static bool note_piece(gyr_exec *x, gyr__part *part, const void *object, gyr_str path, uint64_t offset) {
    gyr__incremental *n = x->incremental;
    uint32_t index = n->pieces.len;
    gyr__piece *p = gyr__vec_push(&x->arena, &n->pieces);
    if (!p) return false;
    *p = (gyr__piece){.part = part, .object = object, .path = path, .offset = offset};
    p->by = gyr__new_array(&x->arena, uint32_t, part->by.count);
    p->scope = gyr__new_array(&x->arena, uint32_t, part->scope.count);
    if (!p->by || !p->scope) return false;
    for (uint32_t i = 0; i < part->scope.count; i++) {
        const uint32_t *at = current(x, part->scope.items[i]);
        if (!at) return false;
        p->scope[i] = *at;
    }
    for (uint32_t i = 0; i < part->by.count; i++) {
        p->by[i] = n->current[part->by.items[i]->id] - 1;
        gyr__delivery *d = delivery(x, p->by[i]);
        uint32_t *slot = gyr__vec_push(&x->arena, &d->pieces);
        if (!slot) return false;
        *slot = index;
        d->waiting++;
    }
    return true;
}

static uint8_t *stop(gyr__writer *w) {
    if (w->exec->status == GYR_OK) return gyr__stop_memory(w);
    w->stop = GYR__STOP_ABORT;
    return NULL;
}

uint8_t *gyr__op_defer(gyr__writer *w, uint8_t *o, const void *object, gyr__frame *f, const gyr__op *op) {
    gyr_exec *x = w->exec;
    const gyr__shape *shape = op->data;
    if (!(o = gyr__ensure(w, o, op->len + (size_t)op->tail))) return NULL;
    o = gyr__prefix(o, op);
    if (!gyr__incremental_get(x)) return stop(w);
    uint64_t offset = (uintptr_t)o - w->origin;
    gyr_str path = gyr__path_of(x, f, op);
    for (uint32_t i = 0; i < shape->defer_count; i++)
        if (!note_defer(x, shape->defers[i], path, offset)) return stop(w);
    for (uint32_t i = 0; i < shape->part_count; i++)
        if (!note_piece(x, &shape->parts[i], (const char *)object + op->off, path, offset)) return stop(w);
    return o;
}

void gyr__forget_notes(gyr_exec *x, uint64_t offset) {
    gyr__incremental *n = x->incremental;
    while (n && n->pieces.len > n->settled_pieces && piece(x, n->pieces.len - 1)->offset >= offset) {
        const gyr__piece *p = piece(x, --n->pieces.len);
        for (uint32_t i = 0; i < p->part->by.count; i++) { /* the last that it was added to */
            gyr__delivery *d = delivery(x, p->by[i]);
            d->pieces.len--;
            d->waiting--;
        }
    }
    while (n && n->deliveries.len > n->settled && delivery(x, n->deliveries.len - 1)->offset >= offset)
        n->deliveries.len--;
}

uint8_t *gyr__op_drop(gyr__writer *w, uint8_t *o, const void *object, gyr__frame *f, const gyr__op *op) {
    (void)o, (void)object; /* o is NULL behind a helper that failed */
    const gyr__slot *s = &f->slots[op->slot];
    uint64_t start = op->flags & GYR__OP_ITEM ? s->item_start : s->start;
    gyr__forget_notes(w->exec, start);
    return gyr__ensure(w, (uint8_t *)(w->origin + start), op->tail);
}

/* ---- streams */

static int64_t initial_count(const gyr_exec *x, const gyr__stream *s) {
    if (!s->variable) return s->initial;
    const gyr__variables *v = &x->variables;
    bool known = v->present[s->variable - 1] && v->values[s->variable - 1].kind == GYR_VALUE_INT;
    return known ? v->values[s->variable - 1].of.integer : 0;
}

static size_t item_count(const gyr__cell *c) {
    return c->kind == GYR__CELL_ITEMS ? c->len : c->kind == GYR__CELL_LIST ? c->list->count : 0;
}

/* The first items of a list, as many as are wanted at once. */
static gyr__cell first_items(gyr_exec *x, const gyr__cell *whole, int64_t count) {
    gyr__cell first = *whole;
    if (whole->kind == GYR__CELL_ITEMS) {
        first.len = (uint32_t)count;
        return first;
    }
    gyr__list *list = gyr__new(&x->arena, gyr__list);
    if (!list) return (gyr__cell){.failure = &gyr__failure_memory, .kind = GYR__CELL_ERROR};
    *list = *whole->list;
    list->count = (size_t)count;
    first.list = list;
    return first;
}

gyr__cell *gyr__stream_split(gyr_exec *x, const gyr__stream *stream, gyr__cell *cell) {
    int64_t count = GYR__MAX(initial_count(x, stream), 0);
    if (item_count(cell) <= (uint64_t)count || item_count(cell) > UINT32_MAX / 4) return cell;
    gyr__streamed *s = gyr__new(&x->arena, gyr__streamed);
    if (!s) return cell;
    s->whole = *cell;
    s->first = first_items(x, cell, count);
    *cell = (gyr__cell){.streamed = s, .kind = GYR__CELL_STREAM};
    return &s->first;
}

/* A list that the next member read would overwrite. */
static bool own_list(gyr_exec *x, gyr__cell *cell) {
    if (cell->kind != GYR__CELL_LIST || cell->list != &x->leaf_list) return true;
    gyr__list *list = gyr__new(&x->arena, gyr__list);
    if (!list) return false;
    *list = *cell->list;
    if (list->items == x->leaf_flags) {
        uint64_t *bits = gyr__new_array(&x->arena, uint64_t, list->count);
        if (!bits) return false;
        if (list->count) memcpy(bits, list->items, list->count * sizeof *bits);
        list->items = bits;
    }
    cell->list = list;
    return true;
}

bool gyr__stream_open(gyr__writer *w, const uint8_t *o, gyr__frame *f, const gyr__op *op, const gyr__cell *cell,
                      gyr__cell *first) {
    gyr_exec *x = w->exec;
    gyr__field_plan *fp = (gyr__field_plan *)op->data; /* the plan's: its rest is planned when it is met */
    int64_t count = initial_count(x, fp->stream);
    gyr__cell whole = *cell;
    *first = *cell;
    if (count < 0 && cell->kind != GYR__CELL_NULL && cell->kind != GYR__CELL_ERROR) {
        *first = gyr__failed_cell(x, "initialCount must be a positive integer");
        return true;
    }
    if (cell->kind == GYR__CELL_STREAM) {
        whole = cell->streamed->whole;
        *first = cell->streamed->first;
    } else if (item_count(cell) > UINT32_MAX / 4 || !own_list(x, &whole)) {
        return stop(w) != NULL;
    } else {
        *first = whole;
        if (item_count(&whole) <= (uint64_t)count) return true;
        *first = first_items(x, &whole, count);
    }
    if (!gyr__incremental_get(x)) return stop(w) != NULL;
    gyr__delivery *d = note_delivery(x, gyr__path_of(x, f, op), (uintptr_t)o - w->origin);
    if (!d) return stop(w) != NULL;
    d->field = fp;
    d->whole = whole;
    d->from = d->next = (uint32_t)count;
    d->count = (uint32_t)item_count(&whole);
    return true;
}

/* ---- waiting */

static void enqueue(gyr_exec *x, uint32_t i) {
    gyr__delivery *d = delivery(x, i);
    if (d->queued || d->state != GYR__ANNOUNCED || d->waiting) return;
    if (!d->defer && gyr__items_ready(x, d) == d->next) return;
    uint32_t *slot = gyr__vec_push(&x->arena, &x->incremental->queue);
    if (slot) *slot = i;
    d->queued = slot != NULL;
}

uint32_t gyr__items_ready(const gyr_exec *x, const gyr__delivery *d) {
    uint32_t i = d->next;
    if (!d->unit) return d->count;
    const gyr__unit *units = &x->incremental->units.items[d->unit - 1];
    while (i < d->count && !units[i - d->from].outstanding) i++;
    return i;
}

static void piece_complete(gyr_exec *x, uint32_t i) {
    const gyr__piece *p = piece(x, i);
    for (uint32_t k = 0; k < p->part->by.count; k++) {
        delivery(x, p->by[k])->waiting--;
        enqueue(x, p->by[k]);
    }
}

static void count_unit(gyr_exec *x, uint32_t i, int by) {
    gyr__unit *u = &x->incremental->units.items[i];
    u->outstanding += (uint32_t)by;
    if (u->outstanding) return;
    if (!u->item) {
        piece_complete(x, u->of);
    } else {
        const gyr__delivery *d = delivery(x, u->of); /* only its next item lets a stream go on */
        if (i - (d->unit - 1) == d->next - d->from) enqueue(x, u->of);
    }
}

void gyr__count_waiting(gyr_exec *x, const gyr__fetch_state *fs, uint32_t row, int by) {
    for (const gyr__fetch *up = fs->fetch->up; up; up = up->up) {
        const gyr__row *r = &x->fetches[up->id]->level.rows.items[row];
        row = r->parent;
        if (!up->apart) continue;
        count_unit(x, row, by);
        return;
    }
}

void gyr__put_apart_path(gyr_exec *x, gyr__json_out *out, const gyr__fetch *f, uint32_t row) {
    const gyr__row *r = &x->fetches[f->id]->level.rows.items[row];
    const gyr__unit *u = &x->incremental->units.items[r->parent];
    gyr_str path = u->item ? delivery(x, u->of)->path : piece(x, u->of)->path;
    if (path.len) gyr__json_put_json(out, path);
    if (!u->item) return;
    const gyr__delivery *d = delivery(x, u->of);
    uint32_t i = d->from + (r->parent - (d->unit - 1));
    gyr__json_put_u64(out, i);
    if (f->field->def->type.depth > 1) gyr__put_indices(out, &d->whole.items[i].own, row);
}

/* ---- starting */

/* `by` so many units, whose first is waited for until all has been started. */
static uint32_t units_new(gyr_exec *x, uint32_t of, uint32_t count, bool item) {
    gyr__incremental *n = x->incremental;
    uint32_t first = n->units.len;
    if (!gyr__vec_reserve(&x->arena, &n->units, count)) return UINT32_MAX;
    for (uint32_t i = 0; i < count; i++) n->units.items[n->units.len++] = (gyr__unit){.of = of, .item = item};
    n->units.items[first].outstanding = 1;
    return first;
}

static void start_piece(gyr_exec *x, uint32_t i) {
    gyr__piece *p = piece(x, i);
    gyr__part *part = p->part;
    if (p->state != GYR__PIECE_NOTED) return;
    p->state = GYR__PIECE_STARTED;
    if (!gyr__part_program(x->variant, part)) {
        x->arena.failed = true;
        return;
    }
    if (!part->fetch) {
        piece_complete(x, i);
        return;
    }
    uint32_t unit = units_new(x, i, 1, false);
    if (unit == UINT32_MAX) return;
    p->row = gyr__start_part(x, part->fetch, part->shape, p->object, unit);
    count_unit(x, unit, -1);
}

static void start_stream(gyr_exec *x, uint32_t i) {
    gyr__delivery *d = delivery(x, i);
    if (!gyr__stream_program(x->variant, d->field)) {
        x->arena.failed = true;
        return;
    }
    const gyr__stream *s = d->field->stream;
    if (s->fetch) {
        uint32_t unit = units_new(x, i, d->count - d->from, true);
        if (unit == UINT32_MAX) return;
        d->unit = unit + 1;
        d->row = gyr__make_items(x, s->fetch, &d->whole, d->from, unit);
        gyr__descend(x);
        count_unit(x, unit, -1);
    }
    enqueue(x, i);
}

void gyr__start_announced(gyr_exec *x) {
    gyr__incremental *n = x->incremental;
    for (uint32_t k = 0; k < n->announced.len && !x->arena.failed; k++) {
        uint32_t i = n->announced.items[k];
        if (!delivery(x, i)->defer) {
            start_stream(x, i);
            continue;
        }
        for (uint32_t p = 0; p < delivery(x, i)->pieces.len; p++) start_piece(x, delivery(x, i)->pieces.items[p]);
        enqueue(x, i);
    }
    for (uint32_t k = 0; k < n->late.len && !x->arena.failed; k++) start_piece(x, n->late.items[k]);
    n->announced.len = n->late.len = 0;
}

/* ---- announcing */

void gyr__put_id(gyr__json_out *out, const gyr__delivery *d) {
    char text[16];
    int n = snprintf(text, sizeof text, "\"%u\"", (unsigned)d->id);
    gyr__json_key(out, gyr_s("id"));
    gyr__json_put_json(out, gyr_str_of(text, (size_t)n));
}

static void announce(gyr_exec *x, uint32_t i) {
    gyr__incremental *n = x->incremental;
    gyr__delivery *d = delivery(x, i);
    gyr__json_out *out = &n->pending;
    gyr_str label = d->defer ? d->defer->label : d->field->stream->label;
    uint32_t *slot = gyr__vec_push(&x->arena, &n->announced);
    if (!slot) return;
    *slot = i;
    d->state = GYR__ANNOUNCED;
    d->id = n->next_id++;
    n->open++;
    gyr__json_begin_object(out);
    gyr__put_id(out, d);
    gyr__json_key(out, gyr_s("path"));
    gyr__json_begin_array(out);
    if (d->path.len) gyr__json_put_json(out, d->path);
    gyr__json_end_array(out);
    if (label.ptr) {
        gyr__json_key(out, gyr_s("label"));
        gyr__json_put_str(out, label);
    }
    gyr__json_end_object(out);
}

/* A fragment without a piece is never announced; those within it take its place. @defers nest no deeper than selections. */
static void release(gyr_exec *x, uint32_t i) {
    const gyr__delivery *d = delivery(x, i);
    if (!d->defer || d->pieces.len)
        announce(x, i);
    else
        gyr__complete(x, i);
}

void gyr__complete(gyr_exec *x, uint32_t i) {
    gyr__delivery *d = delivery(x, i);
    if (d->state == GYR__ANNOUNCED) x->incremental->open--;
    d->state = GYR__COMPLETED;
    for (uint32_t c = d->first_child; c; c = delivery(x, c - 1)->sibling)
        if (delivery(x, c - 1)->state == GYR__NOTED) release(x, c - 1);
}

void gyr__lose(gyr_exec *x, uint32_t i) {
    gyr__delivery *d = delivery(x, i);
    if (d->state == GYR__ANNOUNCED) x->incremental->open--;
    d->state = GYR__GONE;
    for (uint32_t c = d->first_child; c; c = delivery(x, c - 1)->sibling) gyr__lose(x, c - 1);
}

static void adopt(gyr__delivery *parent, gyr__delivery *last, uint32_t child) {
    if (last)
        last->sibling = child + 1;
    else
        parent->first_child = child + 1;
    parent->last_child = child + 1;
}

void gyr__release_streams(gyr_exec *x, const gyr__piece *p) {
    for (uint32_t i = p->noted; i < p->noted_end; i++)
        if (!delivery(x, i)->defer && delivery(x, i)->state == GYR__NOTED) announce(x, i);
}

void gyr__settle(gyr_exec *x, bool kept) {
    gyr__incremental *n = x->incremental;
    while (n->settled < n->deliveries.len) {
        uint32_t i = n->settled++;
        gyr__delivery *d = delivery(x, i), *parent = d->parent ? delivery(x, d->parent - 1) : NULL;
        if (kept && !d->defer) continue;
        if (!parent || parent->state == GYR__COMPLETED)
            release(x, i);
        else if (parent->state == GYR__GONE)
            gyr__lose(x, i);
        else
            adopt(parent, parent->last_child ? delivery(x, parent->last_child - 1) : NULL, i);
    }
    for (; n->settled_pieces < n->pieces.len; n->settled_pieces++) {
        const gyr__piece *p = piece(x, n->settled_pieces);
        bool wanted = false;
        for (uint32_t k = 0; k < p->part->by.count; k++) wanted |= delivery(x, p->by[k])->state == GYR__ANNOUNCED;
        uint32_t *slot = wanted ? gyr__vec_push(&x->arena, &n->late) : NULL;
        if (slot) *slot = n->settled_pieces;
    }
}

/* ---- what is complete */

bool gyr__is_ready(const gyr_exec *x) { return x->incremental && x->incremental->taken < x->incremental->queue.len; }

uint32_t gyr__next_ready(gyr_exec *x) {
    gyr__incremental *n = x->incremental;
    while (n->taken < n->queue.len) {
        uint32_t i = n->queue.items[n->taken++];
        delivery(x, i)->queued = false;
        /* another that shares a piece may have been written since, and noted more below it */
        if (delivery(x, i)->state == GYR__ANNOUNCED && !delivery(x, i)->waiting) return i + 1;
    }
    n->taken = n->queue.len = 0;
    return 0;
}
