/* Incremental delivery: payloads.
 *
 * The first payload is the response as ever, with `pending` and `hasNext`. A later one is written when something is
 * complete: an entry for each piece of a fragment, one for the items of a list that are complete; then what is completed
 * by it, what it announces, `hasNext`. All of it goes through the writer, piece by piece to the sink, and may pause.
 *
 * A fragment of which a piece turns null is completed with errors and without data: until the last of its pieces can no
 * longer fail, nothing from its first entry on leaves (exec->hold). A streamed list one of whose items must not be null
 * and is ends before that item.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "exec/incremental.h"

#include <stdio.h>

static gyr__delivery *delivery(const gyr_exec *x, uint32_t i) { return &x->incremental->deliveries.items[i]; }
static uint64_t offset_of(const gyr__writer *w) { return (uintptr_t)w->out - w->origin; }

static bool put(gyr_exec *x, gyr_str s) { return gyr__output_put(&x->writer, s); }

/* ---- completing */

static void put_completed(gyr_exec *x, const gyr__delivery *d, gyr_str errors) {
    gyr__json_out *out = &x->incremental->completed;
    gyr__json_begin_object(out);
    gyr__put_id(out, d);
    if (errors.len) {
        gyr__json_key(out, gyr_s("errors"));
        gyr__json_raw(out, gyr_s("["));
        gyr__json_raw(out, errors);
        gyr__json_raw(out, gyr_s("]"));
    }
    gyr__json_end_object(out);
}

/* The errors from byte `from` on, as items of a list; valid until the next is raised. */
static gyr_str errors_from(gyr_exec *x, size_t from) {
    gyr_str text = gyr__json_out_text(&x->errors);
    size_t skip = from ? from + 1 : sizeof GYR__ERRORS_KEY - 1; /* a comma, or the key */
    return text.len > skip ? gyr_str_of(text.ptr + skip, text.len - skip) : gyr_s("");
}

static void forget_errors(gyr_exec *x) {
    gyr__json_out_reset(&x->errors);
    x->error_count = 0;
}

/* ---- entries */

static bool begin_entry(gyr_exec *x, const gyr__delivery *d) {
    gyr__incremental *n = x->incremental;
    char id[32];
    int len = snprintf(id, sizeof id, "{\"id\":\"%u\"", (unsigned)d->id);
    return put(x, n->entries++ ? gyr_s(",") : gyr_s("\"incremental\":[")) && put(x, gyr_str_of(id, (size_t)len));
}

/* Runs a program from its start, with a frame of its own. */
static gyr__frame *begin_program(gyr_exec *x, const gyr__program *p, const void *object, gyr_str prefix) {
    gyr__writer *w = &x->writer;
    gyr__frame *f = gyr__frame_push(x, p);
    if (!f) return NULL;
    if (!(w->out = gyr__ensure(w, w->out, p->need))) return NULL;
    w->frame = f;
    w->object = object;
    w->op = p->ops;
    x->prefix = prefix;
    x->incremental->running = true;
    return f;
}

/* ---- pieces */

/* Of the fragments that a piece belongs to, the innermost that is announced: what is left of the path is shortest. */
static const gyr__delivery *nearest(const gyr_exec *x, const gyr__piece *p) {
    const gyr__delivery *best = NULL;
    for (uint32_t i = 0; i < p->part->by.count; i++) {
        const gyr__delivery *d = delivery(x, p->by[i]);
        if (d->state == GYR__ANNOUNCED && (!best || d->path.len > best->path.len)) best = d;
    }
    return best;
}

static bool begin_piece_entry(gyr_exec *x, const gyr__piece *p) {
    const gyr__delivery *d = nearest(x, p);
    size_t skip = d->path.len ? d->path.len + 1 : 0;
    if (!begin_entry(x, d)) return false;
    if (p->path.len > skip && !(put(x, gyr_s(",\"subPath\":[")) &&
                                put(x, gyr_str_of(p->path.ptr + skip, p->path.len - skip)) && put(x, gyr_s("]"))))
        return false;
    return put(x, gyr_s(",\"data\":"));
}

/* Pieces below may belong to a fragment of this one, which then is not complete before they are: only when more than one
 * defers its fields. */
static bool is_simple(const gyr__part *part) { return part->scope.count == 1; }

static bool begin_piece(gyr_exec *x, gyr__piece *p, bool last) {
    gyr__incremental *n = x->incremental;
    const gyr__part *part = p->part;
    if (!begin_piece_entry(x, p)) return false;
    for (uint32_t i = 0; i < part->scope.count; i++) n->current[part->scope.items[i]->id] = p->scope[i];
    p->data = offset_of(&x->writer);
    p->noted = n->deliveries.len;
    x->hold = n->start - !n->start_entries; /* with the brace of a payload that may have no other entry */
    bool whole = last && is_simple(part) && !delivery(x, n->delivery - 1)->waiting; /* nor does one before it wait */
    x->hold_until = whole ? p->data : UINT64_MAX;
    const gyr__program *program = atomic_load_explicit(&part->program, memory_order_acquire);
    gyr__frame *f = begin_program(x, program, p->object, p->path);
    if (f && part->fetch) f->slots[0].row = &x->fetches[part->fetch->id]->level.rows.items[p->row];
    return f != NULL;
}

/* The piece is null: so are all fragments that it belongs to. */
static void fail_piece(gyr_exec *x, gyr__piece *p) {
    gyr__incremental *n = x->incremental;
    const gyr__delivery *d = delivery(x, n->delivery - 1);
    x->writer.out = (uint8_t *)(x->writer.origin + n->start);
    n->entries = n->start_entries;
    for (uint32_t i = 0; i < d->pieces.len; i++) {
        gyr__piece *written = &n->pieces.items[d->pieces.items[i]];
        if (written->state == GYR__PIECE_WRITTEN)
            written->state = written->text.len ? GYR__PIECE_KEPT : GYR__PIECE_STARTED;
    }
    p->state = GYR__PIECE_FAILED;
    for (uint32_t i = 0; i < p->part->by.count; i++) {
        const gyr__delivery *by = delivery(x, p->by[i]);
        if (by->state == GYR__ANNOUNCED) put_completed(x, by, errors_from(x, 0));
        gyr__lose(x, p->by[i]);
    }
    forget_errors(x);
    gyr__forget_notes(x, n->start);
    n->delivery = 0;
    x->hold = 0;
}

static bool end_piece(gyr_exec *x) {
    gyr__incremental *n = x->incremental;
    gyr__writer *w = &x->writer;
    gyr__piece *p = &n->pieces.items[n->piece];
    const uint8_t *data = (const uint8_t *)(w->origin + p->data);
    if (w->out - data == 4 && *data == 'n') { /* what has left is no longer than what would be left */
        fail_piece(x, p);
        return true;
    }
    p->state = GYR__PIECE_WRITTEN;
    p->noted_end = n->deliveries.len;
    bool ok = gyr__output_errors(x) && put(x, gyr_s("}"));
    p->end = offset_of(w);
    return ok;
}

/* The pieces of the delivery just written stay until others are complete: their text is taken out of the output. */
static void keep_pieces(gyr_exec *x, const gyr__delivery *d) {
    gyr__incremental *n = x->incremental;
    gyr__writer *w = &x->writer;
    for (uint32_t k = 0; k < d->pieces.len; k++) {
        gyr__piece *p = &n->pieces.items[d->pieces.items[k]];
        if (p->state != GYR__PIECE_WRITTEN) continue;
        p->state = GYR__PIECE_KEPT;
        if (p->text.len) continue;
        const char *text = (const char *)(w->origin + p->data);
        p->text = gyr__arena_str(&x->arena, gyr_str_of(text, (size_t)(p->end - p->data)));
    }
    w->out = (uint8_t *)(w->origin + n->start);
    n->entries = n->start_entries;
}

/* The place of the first piece from place `from` on that is to be written. */
static uint32_t due_from(const gyr_exec *x, const gyr__delivery *d, uint32_t from) {
    for (; from < d->pieces.len; from++) {
        uint8_t state = x->incremental->pieces.items[d->pieces.items[from]].state;
        if (state == GYR__PIECE_STARTED || state == GYR__PIECE_KEPT) break;
    }
    return from;
}

/* The next piece to write, + 1; *last: none follows. */
static uint32_t next_piece(const gyr_exec *x, const gyr__delivery *d, bool *last) {
    gyr__incremental *n = x->incremental;
    uint32_t at = due_from(x, d, n->due);
    bool none = at == d->pieces.len;
    n->due = none ? at : due_from(x, d, at + 1);
    *last = n->due == d->pieces.len;
    return none ? 0 : d->pieces.items[at] + 1;
}

static void end_delivery(gyr_exec *x) {
    gyr__incremental *n = x->incremental;
    uint32_t i = n->delivery - 1;
    const gyr__delivery *d = delivery(x, i);
    bool kept = d->waiting; /* its pieces had further ones below */
    if (kept) {
        keep_pieces(x, d);
    } else {
        for (uint32_t k = 0; k < d->pieces.len; k++) {
            gyr__piece *p = &n->pieces.items[d->pieces.items[k]];
            if (p->state != GYR__PIECE_WRITTEN) continue;
            p->state = GYR__PIECE_DELIVERED;
            if (p->text.len) gyr__release_streams(x, p);
        }
        put_completed(x, d, gyr_s(""));
        gyr__complete(x, i);
    }
    gyr__settle(x, kept);
    n->delivery = 0;
    x->hold = 0;
}

/* ---- streams */

static void set_cursor(gyr__slot *s, const void *items, uint32_t stride, gyr__cursor_kind kind, uint32_t from,
                       uint32_t to) {
    s->begin = items;
    s->cur = s->begin + (size_t)from * stride;
    s->end = s->begin + (size_t)to * stride;
    s->stride = stride;
    s->cursor = (uint8_t)kind;
}

static void open_items(gyr_exec *x, const gyr__delivery *d, gyr__slot *s) {
    const gyr__stream *stream = d->field->stream;
    uint32_t from = d->next, to = x->incremental->item_end;
    memset(s, 0, sizeof *s);
    if (stream->fetch && d->field->def->type.depth == 1) {
        const gyr__row *rows = x->fetches[stream->fetch->id]->level.rows.items + d->row;
        set_cursor(s, rows, sizeof *rows, GYR__CURSOR_APART, from - d->from, to - d->from);
    } else if (d->whole.kind == GYR__CELL_ITEMS) {
        set_cursor(s, d->whole.items, sizeof(gyr_call), GYR__CURSOR_ITEMS, from, to);
    } else {
        const gyr__list *l = s->list = d->whole.list;
        gyr__cursor_kind kind = l->ctype == GYR_C_REF ? GYR__CURSOR_REFS : GYR__CURSOR_STRUCTS;
        set_cursor(s, l->items, l->stride, d->field->sub ? kind : GYR__CURSOR_VALUES, from, to);
    }
}

static bool begin_items(gyr_exec *x, const gyr__delivery *d) {
    gyr__incremental *n = x->incremental;
    n->item_end = gyr__items_ready(x, d);
    n->cut = false;
    if (!begin_entry(x, d) || !put(x, gyr_s(",\"items\":["))) return false;
    const gyr__program *p = atomic_load_explicit(&d->field->stream->program, memory_order_acquire);
    gyr__frame *f = begin_program(x, p, NULL, d->path);
    if (f) open_items(x, d, &f->slots[GYR__REST_SLOT]);
    return f != NULL;
}

uint8_t *gyr__op_keep(gyr__writer *w, uint8_t *o, const void *object, gyr__frame *f, const gyr__op *op) {
    (void)object, (void)f;
    gyr_exec *x = w->exec;
    x->hold = (uintptr_t)o - w->origin - 1; /* the comma or bracket before the item */
    x->hold_until = UINT64_MAX;
    x->incremental->errors_kept = gyr__json_out_text(&x->errors).len;
    x->incremental->error_count_kept = x->error_count;
    if (!(o = gyr__ensure(w, o, op->len + (size_t)op->tail))) return NULL;
    return gyr__prefix(o, op);
}

uint8_t *gyr__op_cut(gyr__writer *w, uint8_t *o, const void *object, gyr__frame *f, const gyr__op *op) {
    gyr_exec *x = w->exec;
    (void)op;
    o = (uint8_t *)(w->origin + x->hold);
    if (*o == '[') o++;
    *o++ = ']'; /* an item stood here */
    gyr__forget_notes(x, x->hold);
    x->incremental->cut = true;
    w->stop = GYR__STOP_DONE;
    w->out = o;
    w->object = object;
    w->frame = f;
    return NULL;
}

/* The errors of the items before the one that ended the list stay with them, its own end the list. */
static bool cut_items(gyr_exec *x, uint32_t i) {
    gyr__incremental *n = x->incremental;
    gyr__writer *w = &x->writer;
    bool ok = true;
    put_completed(x, delivery(x, i), errors_from(x, n->errors_kept));
    bool here = n->start - !n->start_entries >= (uintptr_t)w->base - w->origin; /* nothing of the entry has left */
    if (here && w->out[-2] == '[') {                                            /* no item is left */
        w->out = (uint8_t *)(w->origin + n->start);
        n->entries = n->start_entries;
    } else {
        gyr_str kept = gyr__json_out_text(&x->errors);
        kept.len = GYR__MIN(kept.len, n->errors_kept);
        ok = (!kept.len || (put(x, gyr_s(",")) && put(x, kept) && put(x, gyr_s("]")))) && put(x, gyr_s("}"));
    }
    forget_errors(x);
    gyr__lose(x, i);
    return ok;
}

static bool end_items(gyr_exec *x) {
    gyr__incremental *n = x->incremental;
    uint32_t i = n->delivery - 1;
    gyr__delivery *d = delivery(x, i);
    bool ok = true;
    n->delivery = 0;
    x->hold = 0;
    d->next = n->item_end;
    if (n->cut) {
        ok = cut_items(x, i);
    } else {
        ok = gyr__output_errors(x) && put(x, gyr_s("}"));
        if (d->next == d->count) {
            put_completed(x, d, gyr_s(""));
            gyr__complete(x, i);
        }
    }
    gyr__settle(x, false);
    return ok;
}

/* ---- payloads */

/* Begins what is to be written next. False: nothing, or no memory. */
static bool begin_next(gyr_exec *x) {
    gyr__incremental *n = x->incremental;
    for (;;) {
        bool fresh = !n->delivery, last;
        if (fresh && !(n->delivery = gyr__next_ready(x))) return false;
        if (fresh) n->start = offset_of(&x->writer), n->start_entries = n->entries, n->due = 0;
        const gyr__delivery *d = delivery(x, n->delivery - 1);
        if (!d->defer) return begin_items(x, d);
        uint32_t next = next_piece(x, d, &last);
        gyr__piece *p = next ? &n->pieces.items[next - 1] : NULL;
        n->piece = next - 1;
        if (!p) {
            end_delivery(x);
        } else if (p->state == GYR__PIECE_STARTED) {
            return begin_piece(x, p, last);
        } else {
            if (!begin_piece_entry(x, p) || !put(x, p->text)) return false;
            p->state = GYR__PIECE_WRITTEN;
        }
    }
}

static bool end_run(gyr_exec *x) {
    gyr__incremental *n = x->incremental;
    n->running = false;
    gyr__frame_pop(x, x->writer.frame);
    x->prefix = gyr_s("");
    return delivery(x, n->delivery - 1)->defer ? end_piece(x) : end_items(x);
}

static bool is_sound(gyr_exec *x) {
    const gyr__incremental *n = x->incremental;
    if (x->arena.failed || n->pending.failed || n->completed.failed || x->errors.failed) {
        if (x->status == GYR_OK) x->status = x->arena.over_limit ? GYR_ERR_LIMIT : GYR_ERR_MEMORY;
    }
    return x->status == GYR_OK;
}

static gyr_state give_up(gyr_exec *x) {
    if (x->status == GYR_OK) x->status = GYR_ERR_MEMORY;
    x->phase = GYR__FINISHING;
    return GYR_WAITING;
}

static bool put_list(gyr_exec *x, gyr_str key, gyr__json_out *list) {
    gyr_str text = gyr__json_out_text(list);
    bool ok = !text.len || (put(x, key) && put(x, text) && put(x, gyr_s("]")));
    gyr__json_out_reset(list);
    return ok;
}

/* Ends the payload; the last one is sent by the end of the request. */
static gyr_state end_payload(gyr_exec *x) {
    gyr__incremental *n = x->incremental;
    if (!put_list(x, gyr_s(",\"pending\":["), &n->pending) ||
        !put(x, n->open ? gyr_s(",\"hasNext\":true}") : gyr_s(",\"hasNext\":false}")))
        return give_up(x);
    n->opened = false;
    n->entries = 0;
    x->phase = GYR__FINISHING;
    if (!n->open) return GYR_WAITING;
    bool on = gyr__output_payload(x);
    if (x->status == GYR_OK) x->phase = GYR__FETCHING;
    return on || x->status != GYR_OK ? GYR_WAITING : GYR_PAUSED;
}

gyr_state gyr__deliver_first(gyr_exec *x) {
    gyr__frame_pop(x, x->writer.frame);
    gyr__settle(x, false);
    if (!is_sound(x)) return give_up(x);
    if (!x->incremental->open) return GYR_WAITING; /* all of it is delivered: a response like any other */
    return gyr__output_errors(x) && gyr__output_extensions(x) ? end_payload(x) : give_up(x);
}

gyr_state gyr__deliver(gyr_exec *x) {
    gyr__incremental *n = x->incremental;
    gyr__writer *w = &x->writer;
    if (!n->opened && !put(x, gyr_s("{"))) return give_up(x);
    n->opened = true;
    w->stop = GYR__STOP_DONE;
    while (n->running || begin_next(x)) {
        switch (gyr__write(w)) {
        case GYR__STOP_PAUSE: return GYR_PAUSED;
        case GYR__STOP_ABORT: return give_up(x);
        default:
            if (!end_run(x) || !is_sound(x)) return give_up(x);
        }
        w->stop = GYR__STOP_DONE;
    }
    if (!is_sound(x) || w->stop == GYR__STOP_ABORT || n->delivery) return give_up(x);
    gyr_str completed = gyr__json_out_text(&n->completed);
    if (!n->entries && !completed.len) { /* what was complete is gone: nothing to say */
        w->out--;
        n->opened = false;
        x->phase = GYR__FETCHING;
        return GYR_WAITING;
    }
    if (n->entries && !put(x, completed.len ? gyr_s("],") : gyr_s("]"))) return give_up(x);
    return put_list(x, gyr_s("\"completed\":["), &n->completed) ? end_payload(x) : give_up(x);
}
