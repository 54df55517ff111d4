/* Field errors: message, locations and path, added by the write part in response order (Specification 7.1.2).
 *
 * A path is read off the frames: each op knows its position in its program, a position its parent, and a list's
 * position its slot, whose cursor gives the index.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "exec/batch.h"

#include <stdarg.h>
#include <stdio.h>

#define TEXT(literal)                                                                                                  \
    {                                                                                                                  \
        .message = { literal, sizeof(literal) - 1 }                                                                    \
    }
const gyr__failure gyr__failure_memory = TEXT("Out of memory.");
const gyr__failure gyr__failure_unanswered = TEXT("The resolver returned without an answer.");
const gyr__failure gyr__failure_cancelled = TEXT("The request was cancelled.");
const gyr__failure gyr__failure_abandoned = TEXT("The resolver abandoned the call.");
const gyr__failure gyr__failure_no_type = TEXT("The answer names no object type of the schema.");
const gyr__failure gyr__failure_not_custom = TEXT("The answer is a custom scalar's value, the field's type is not.");

gyr__cell gyr__failed_cell(gyr_exec *x, const char *format, ...) {
    char text[512];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    size_t len = n < 0 ? 0 : GYR__MIN((size_t)n, sizeof text - 1);
    while (len < (size_t)GYR__MAX(n, 0) && len && ((unsigned char)text[len] & 0xC0) == 0x80)
        len--; /* cut at a character */
    gyr__failure *f = gyr__new(&x->arena, gyr__failure);
    if (f) f->message = gyr__arena_str(&x->arena, gyr_str_of(text, len));
    return (gyr__cell){.failure = f && f->message.ptr ? f : &gyr__failure_memory, .kind = GYR__CELL_ERROR};
}

/* ---- the path */

typedef GYR__VEC(uint64_t) path_parts; /* a key's address, or index << 1 | 1 */

static uint64_t index_of(const gyr__slot *s) {
    if (s->cursor == GYR__CURSOR_BLOCKS || s->cursor == GYR__CURSOR_APART) return ((const gyr__row *)s->cur)->index;
    return (uint64_t)(s->cur - s->begin) / GYR__MAX(s->stride, 1);
}

static void put_path(gyr_exec *x, gyr__json_out *out, const gyr__frame *f, uint32_t pos, gyr_str below) {
    path_parts parts = {0}; /* innermost first */
    for (;;) {
        while (pos == GYR__NO_POSITION && f->caller) {
            pos = f->at->pos;
            f = f->caller;
        }
        if (pos == GYR__NO_POSITION) break;
        const gyr__position *p = &f->program->positions[pos];
        uint64_t *slot = gyr__vec_push(&x->arena, &parts);
        if (!slot) break;
        *slot = p->key.ptr ? (uintptr_t)&p->key : index_of(&f->slots[p->slot]) << 1 | 1;
        pos = p->parent;
    }
    gyr__json_begin_array(out);
    if (x->prefix.len) gyr__json_put_json(out, x->prefix);
    for (uint32_t i = parts.len; i-- > 0;) {
        uint64_t v = parts.items[i];
        if (v & 1)
            gyr__json_put_u64(out, v >> 1);
        else
            gyr__json_put_str(out, *(const gyr_str *)(uintptr_t)v);
    }
    for (uint32_t i = 0; i < x->path_depth; i++) gyr__json_put_u64(out, x->path[i]);
    if (below.len) gyr__json_put_json(out, below);
    gyr__json_end_array(out);
}

gyr_str gyr__path_of(gyr_exec *x, const gyr__frame *f, const gyr__op *op) {
    gyr__json_out out;
    gyr__json_out_init(&out, &x->allocator, &x->writer.leaf, 0);
    put_path(x, &out, f, op->pos, (gyr_str){0});
    gyr_str text = gyr__json_out_text(&out);
    if (out.failed) x->arena.failed = true;
    gyr_str path = text.len > 2 ? gyr__arena_str(&x->arena, gyr_str_of(text.ptr + 1, text.len - 2)) : gyr_s("");
    gyr__json_out_fini(&out);
    return path;
}

/* ---- adding */

static void put_location(gyr__json_out *out, gyr_location at) {
    gyr__json_begin_object(out);
    gyr__json_key(out, gyr_s("line"));
    gyr__json_put_u64(out, at.line);
    gyr__json_key(out, gyr_s("column"));
    gyr__json_put_u64(out, at.column);
    gyr__json_end_object(out);
}

static void put_locations(gyr__json_out *out, const gyr_location *at, uint32_t count) {
    gyr__json_key(out, gyr_s("locations"));
    gyr__json_begin_array(out);
    for (uint32_t i = 0; i < count; i++) put_location(out, at[i]);
    gyr__json_end_array(out);
}

static void begin_error(gyr_exec *x, gyr_str message) {
    if (!x->error_count++) gyr__json_raw(&x->errors, gyr_s(GYR__ERRORS_KEY));
    gyr__json_begin_object(&x->errors);
    gyr__json_key(&x->errors, gyr_s("message"));
    gyr__json_put_str(&x->errors, message);
}

/* The failure's own places, or the field's; field NULL: none. A field stands in the document as often as the client likes:
 * no more than MOST of its places are told, as in validation. */
static void put_places(gyr_exec *x, const gyr__field_plan *field, const gyr__failure *failure) {
    enum { MOST = 100 };
    if (failure->error && failure->error->location_count) {
        put_locations(&x->errors, failure->error->locations, failure->error->location_count);
        return;
    }
    if (failure->field) field = failure->field;
    if (!field) return;
    gyr__json_key(&x->errors, gyr_s("locations"));
    gyr__json_begin_array(&x->errors);
    for (uint32_t i = 0; i < GYR__MIN(field->node_count, (uint32_t)MOST); i++)
        put_location(&x->errors,
                     gyr__places_at(&x->places, &x->arena, &x->plan->document->source, field->nodes[i]->node.start));
    gyr__json_end_array(&x->errors);
}

static void end_error(gyr_exec *x, gyr_str extensions) {
    if (extensions.len) {
        gyr__json_key(&x->errors, gyr_s("extensions"));
        gyr__json_put_json(&x->errors, extensions);
    }
    gyr__json_end_object(&x->errors);
}

void gyr__raise(gyr__writer *w, gyr__frame *f, const gyr__op *op, const gyr__failure *failure) {
    gyr_exec *x = w->exec;
    bool halt = x->variant->mode & GYR__MODE_ERROR_HALT; /* introspection may tell several at once */
    if (halt && x->error_count) return;
    x->stats.errors++;
    if (x->error_count >= x->limits.errors) return;
    begin_error(x, failure->message);
    const gyr__field_plan *field = op->pos == GYR__NO_POSITION ? NULL : gyr__position_of(f, op)->field;
    for (const gyr__frame *up = f; !field && up->caller; up = up->caller)
        if (up->at->pos != GYR__NO_POSITION) field = gyr__position_of(up->caller, up->at)->field;
    put_places(x, field, failure);
    if (field) { /* else the root itself failed */
        gyr__json_key(&x->errors, gyr_s("path"));
        put_path(x, &x->errors, f, op->pos, failure->below);
    }
    end_error(x, failure->extensions);
}

void gyr__raise_null(gyr__writer *w, gyr__frame *f, const gyr__op *op) {
    const gyr__field *def = gyr__position_of(f, op)->field->def;
    gyr__cell c = gyr__failed_cell(w->exec, "Cannot return null for non-nullable field %.*s.%.*s.",
                                   (int)def->parent->def.name.len, def->parent->def.name.ptr, (int)def->def.name.len,
                                   def->def.name.ptr);
    gyr__raise(w, f, op, c.failure);
}

void gyr__request_error(gyr_exec *x, const gyr_error *e) {
    x->stats.errors++; /* coercion counts its own, and says when there are more */
    begin_error(x, e->message);
    if (e->location_count) put_locations(&x->errors, e->locations, e->location_count);
    gyr__json_end_object(&x->errors);
}

void gyr__source_error(gyr_exec *x, const gyr__field_plan *field, const gyr__failure *failure) {
    x->stats.errors++;
    begin_error(x, failure->message);
    put_places(x, field, failure);
    gyr__json_key(&x->errors, gyr_s("path"));
    gyr__json_begin_array(&x->errors);
    gyr__json_put_str(&x->errors, field->key);
    gyr__json_end_array(&x->errors);
    end_error(x, failure->extensions);
}

/* ---- a call's path, from its rows or its getter's frame */

static const gyr__fetch *fetch_of(const gyr_call *call) {
    const gyr_batch *b = call->cx->batch;
    return b ? b->runs[call->run].fs->fetch : call->cx->fetch;
}

/* A list of lists keeps its calls, whose innermost lists are ranges of rows: false when `row` is in none of them. */
bool gyr__put_indices(gyr__json_out *out, const gyr__cell *cell, uint32_t row) {
    if (cell->kind == GYR__CELL_STREAM) cell = &cell->streamed->first;
    if (cell->kind == GYR__CELL_ROWS) {
        bool in = row - (uint64_t)cell->i64 < cell->len;
        if (in) gyr__json_put_u64(out, row - (uint64_t)cell->i64);
        return in;
    }
    for (uint32_t i = 0; cell->kind == GYR__CELL_ITEMS && i < cell->len; i++) {
        gyr__json_out before = *out;
        gyr__json_put_u64(out, i);
        if (gyr__put_indices(out, &cell->items[i].own, row)) return true;
        if (!out->failed) out->at = out->base + (before.at - before.base);
    }
    return false;
}

static void put_row_path(gyr_exec *x, gyr__json_out *out, const gyr__fetch *f, uint32_t row, uint32_t depth) {
    const gyr__fetch *up = f->up;
    if (up && up->apart) {
        gyr__put_apart_path(x, out, up, row);
    } else if (up && depth < 400) {
        const gyr__row *r = &x->fetches[up->id]->level.rows.items[row];
        const gyr__level *above = up->up ? &x->fetches[up->up->id]->level : &x->root;
        put_row_path(x, out, up, r->parent, depth + 1);
        if (up->field->def->type.depth > 1)
            gyr__put_indices(out, &x->cells[up->id][above->rows.items[r->parent].rank], row);
        else if (r->index != UINT32_MAX)
            gyr__json_put_u64(out, r->index);
    }
    gyr__json_put_str(out, f->field->key);
}

gyr_str gyr__call_path(gyr_call *call) {
    gyr_exec *x = call->cx->exec;
    const gyr__fetch *f = fetch_of(call);
    gyr__json_out out;
    gyr__json_out_init(&out, &x->allocator, NULL, 0);
    if (f) {
        gyr__json_begin_array(&out);
        put_row_path(x, &out, f, call->row, 0);
        gyr__json_end_array(&out);
    } else {
        put_path(x, &out, call->cx->frame, call->cx->op->pos, (gyr_str){0});
    }
    gyr_str text = gyr__json_out_text(&out);
    char *copy = gyr_alloc(call, text.len + 1);
    if (copy) memcpy(copy, text.ptr, text.len);
    gyr_str result = copy ? gyr_str_of(copy, text.len) : gyr_s("");
    gyr__json_out_fini(&out);
    return result;
}
