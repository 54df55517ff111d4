/* The helpers of the write part: ops too large for a body, reading answers, types, frames.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "exec/exec.h"
#include "type/bind.h"

/* ---- frames: a stack in chunks; each frame remembers where the stack stood */

typedef struct gyr__frame_chunk {
    struct gyr__frame_chunk *next;
    char *end;
} frame_chunk;

typedef struct frame_head {
    frame_chunk *chunk;
    char *at;
} frame_head;

static bool next_chunk(gyr_exec *x, size_t size) {
    frame_chunk *c = x->frame_chunk ? x->frame_chunk->next : NULL;
    if (!c || (size_t)(c->end - (char *)(c + 1)) < size) {
        size_t whole = GYR__MAX((size_t)8192, size + sizeof *c);
        frame_chunk *fresh = gyr__arena_alloc(&x->arena, whole);
        if (!fresh) return false;
        *fresh = (frame_chunk){.next = c, .end = (char *)fresh + whole};
        if (x->frame_chunk) x->frame_chunk->next = fresh;
        c = fresh;
    }
    x->frame_chunk = c;
    x->frame_at = (char *)(c + 1);
    return true;
}

gyr__frame *gyr__frame_push(gyr_exec *x, const gyr__program *program) {
    size_t size = sizeof(frame_head) + sizeof(gyr__frame) + program->slot_count * sizeof(gyr__slot);
    frame_head head = {x->frame_chunk, x->frame_at};
    if ((!x->frame_chunk || (size_t)(x->frame_chunk->end - x->frame_at) < size) && !next_chunk(x, size)) return NULL;
    frame_head *h = (frame_head *)x->frame_at;
    *h = head;
    gyr__frame *f = (gyr__frame *)(h + 1);
    x->frame_at += size;
    *f = (gyr__frame){.program = program};
    f->slots[0].row = NULL;
    return f;
}

void gyr__frame_pop(gyr_exec *x, gyr__frame *f) {
    const frame_head *h = (const frame_head *)f - 1;
    x->frame_chunk = h->chunk;
    x->frame_at = h->at;
}

/* ---- going on */

static inline uint8_t *go(gyr__writer *w, uint8_t *o, const void *object, gyr__frame *f, const gyr__op *to) {
    w->object = object;
    w->frame = f;
    w->op = to;
    return o;
}

static inline uint8_t *go_on(gyr__writer *w, uint8_t *o, const void *object, gyr__frame *f, const gyr__op *op) {
    return go(w, o, object, f, op + 1);
}

static inline uint8_t *go_jump(gyr__writer *w, uint8_t *o, const void *object, gyr__frame *f, const gyr__op *op) {
    return go(w, o, object, f, f->program->ops + op->jump);
}

static uint8_t *go_fail(gyr__writer *w, uint8_t *o, const void *object, gyr__frame *f, const gyr__op *op,
                        const gyr__failure *failure) {
    if (failure) gyr__raise(w, f, op, failure);
    return go(w, o, object, f, f->program->ops + op->fail);
}

/* null: an error where it is not allowed, else written */
static uint8_t *go_null(gyr__writer *w, uint8_t *o, const void *object, gyr__frame *f, const gyr__op *op) {
    if (op->flags & GYR__OP_NON_NULL) {
        gyr__raise_null(w, f, op);
        return go_fail(w, o, object, f, op, NULL);
    }
    memcpy(o, "null", 4);
    return go_jump(w, o + 4, object, f, op);
}

uint8_t *gyr__stop_memory(gyr__writer *w) {
    w->exec->status = w->exec->arena.over_limit ? GYR_ERR_LIMIT : GYR_ERR_MEMORY;
    w->stop = GYR__STOP_ABORT;
    return NULL;
}

/* ---- answers */

static inline const gyr__cell *fetched(const gyr__writer *w, const gyr__frame *f, const gyr__op *op) {
    return &w->exec->cells[op->fetch][f->slots[op->row].row->rank];
}

/* The answer, or the failure to give one, in *out. All getters of a request share one context: they answer before
 * they return. */
static inline void call_getter(gyr_exec *x, const void *object, gyr__frame *f, const gyr__op *op, gyr__cell *out) {
    const gyr__field_plan *fp = op->data;
    gyr__context *cx = &x->getter;
    cx->exec = x;
    cx->field = fp;
    cx->frame = f;
    cx->op = op;
    if (!fp->args)
        cx->args = NULL;
    else if (!gyr__args_prepare(x, cx, fp->args, out))
        return;
    gyr_call call; /* filled by hand: `own` stays as it is */
    call.cell = out;
    call.object = object;
    call.cx = cx;
    call.rank = call.row = call.run = 0;
    call.state = GYR__CALL_OPEN;
    call.flags = GYR__CALL_NO_SUSPEND;
    x->stats.resolver_calls++;
    fp->def->binding->resolve(&call);
    if (gyr__unlikely(call.state == GYR__CALL_OPEN))
        *out = (gyr__cell){.failure = &gyr__failure_unanswered, .kind = GYR__CELL_ERROR};
}

static GYR__NOINLINE uint8_t *any_cell(gyr__writer *w, uint8_t *o, gyr__frame *f, const gyr__op *op,
                                       const gyr__cell *c) {
    const gyr__field_plan *fp = op->data;
    if (!(o = gyr__ensure(w, o, op->len + op->tail))) return NULL;
    return gyr__write_value(w, gyr__prefix(o, op), f, op, fp->def->type, c, op->tail);
}

/* The usual answer for the usual leaf at once, by calls in tail position only; all else the long way. */
static inline uint8_t *put_cell(gyr__writer *w, uint8_t *o, gyr__frame *f, const gyr__op *op, const gyr__cell *c) {
    size_t room = (size_t)(w->end - o), tail = op->tail + (size_t)op->len;
    if (gyr__unlikely(room < GYR__JSON_NUM_ROOM + tail)) return any_cell(w, o, f, op, c);
    switch (op->scalar << 4 | c->kind) {
    case (GYR__INT << 4 | GYR__CELL_I64):
        if (c->i64 != (int32_t)c->i64) break;
        return w->leaf.i32(gyr__prefix(o, op), (int32_t)c->i64);
    case (GYR__FLOAT << 4 | GYR__CELL_F64):
        if (!(c->f64 - c->f64 == 0)) break;
        return w->leaf.f64(gyr__prefix(o, op), c->f64);
    case (GYR__BOOLEAN << 4 | GYR__CELL_BOOL):
        o = gyr__prefix(o, op);
        memcpy(o, c->i64 ? "true " : "false", 5);
        return o + 5 - (c->i64 != 0);
    case (GYR__ID << 4 | GYR__CELL_I64): return w->leaf.id_i64(gyr__prefix(o, op), c->i64);
    case (GYR__ID << 4 | GYR__CELL_STR):
    case (GYR__STRING << 4 | GYR__CELL_STR):
        if (room < GYR__JSON_STR_ROOM(c->len) + tail) break;
        return w->leaf.str(gyr__prefix(o, op), c->ptr, c->len);
    case (GYR__ENUM_LEAF << 4 | GYR__CELL_I64): {
        const gyr__enum_value *v = gyr__enum_by_number(((const gyr__field_plan *)op->data)->def->type.named, c->i64);
        if (!v || room < GYR__JSON_STR_ROOM(v->def.name.len) + tail) break;
        return w->leaf.str(gyr__prefix(o, op), v->def.name.ptr, v->def.name.len);
    }
    default:
        if (c->kind != GYR__CELL_NULL || op->flags & GYR__OP_NON_NULL) break;
        memcpy(gyr__prefix(o, op), "null", 4);
        return o + op->len + 4;
    }
    return any_cell(w, o, f, op, c);
}

static uint8_t *do_cell(gyr__writer *w, uint8_t *o, const void *object, gyr__frame *f, const gyr__op *op) {
    (void)object;
    return put_cell(w, o, f, op, fetched(w, f, op));
}

static uint8_t *do_get(gyr__writer *w, uint8_t *o, const void *object, gyr__frame *f, const gyr__op *op) {
    gyr__cell cell;
    call_getter(w->exec, (const char *)object + op->off, f, op, &cell);
    return put_cell(w, o, f, op, &cell);
}

static uint8_t *do_leaf(gyr__writer *w, uint8_t *o, const void *object, gyr__frame *f, const gyr__op *op) {
    gyr__cell cell;
    gyr__read_member(w->exec, object, op->off, ((const gyr__field_plan *)op->data)->def, &cell);
    return put_cell(w, o, f, op, &cell);
}

/* ---- opening objects and lists */

static uint8_t *open_row(gyr__writer *w, uint8_t *o, const void *object, gyr__frame *f, const gyr__op *op,
                         const gyr__row *row) {
    gyr__slot *s = &f->slots[op->slot];
    if (row->failed) return go_fail(w, o, object, f, op, row->object);
    if (!row->shape) return go_null(w, o, object, f, op);
    s->row = row;
    s->type_index = row->shape->type->object_index + 1;
    return go_on(w, o, row->object, f, op);
}

static uint8_t *wrong_kind(gyr__writer *w, uint8_t *o, const void *object, gyr__frame *f, const gyr__op *op) {
    const gyr__field *def = ((const gyr__field_plan *)op->data)->def;
    bool list = op->flags & GYR__OP_LIST;
    gyr__cell bad = gyr__failed_cell(w->exec,
                                     list ? "Expected Iterable, but did not find one for field \"%.*s.%.*s\"."
                                          : "The answer for field \"%.*s.%.*s\" is not an object.",
                                     (int)def->parent->def.name.len, def->parent->def.name.ptr, (int)def->def.name.len,
                                     def->def.name.ptr);
    return go_fail(w, o, object, f, op, bad.failure);
}

static void cursor(gyr__slot *s, const void *items, size_t count, uint32_t stride, gyr__cursor_kind kind) {
    s->begin = s->cur = items;
    s->end = count ? s->begin + count * stride : s->begin; /* an empty list may have no items to point to */
    s->stride = stride;
    s->cursor = (uint8_t)kind;
    s->row = NULL;
    s->type_index = 0;
}

static bool next_block(gyr__writer *w, const gyr__op *op, gyr__slot *s) {
    const gyr__field_plan *fp = op->data;
    uint32_t n = gyr__make_block(w->exec, fp->fetch, s->list, s->made, s->parent);
    const gyr__list *list = s->list;
    uint32_t made = s->made + n, parent = s->parent;
    cursor(s, w->exec->fetches[fp->fetch->id]->level.rows.items, n, sizeof(gyr__row), GYR__CURSOR_BLOCKS);
    s->list = list;
    s->made = made;
    s->parent = parent;
    return n != 0;
}

static uint8_t *open_blocks(gyr__writer *w, uint8_t *o, const void *object, gyr__frame *f, const gyr__op *op,
                            const gyr__list *list) {
    gyr__slot *s = &f->slots[op->slot];
    const gyr__row *row = f->slots[op->row].row;
    s->object = object;
    s->list = list;
    s->made = 0;
    w->heat -= (int64_t)list->count - 1;
    const gyr__fetch *up = ((const gyr__field_plan *)op->data)->fetch->up;
    s->parent = up ? (uint32_t)(row - w->exec->fetches[up->id]->level.rows.items) : 0;
    if (!next_block(w, op, s)) return gyr__stop_memory(w);
    *o++ = '[';
    return go_on(w, o, object, f, op);
}

static uint8_t *open_list(gyr__writer *w, uint8_t *o, const void *object, gyr__frame *f, const gyr__op *op,
                          const gyr__cell *cell, const gyr__level *level) {
    gyr__slot *s = &f->slots[op->slot];
    const gyr__field_plan *fp = op->data;
    size_t count = cell->len;
    switch (cell->kind) {
    case GYR__CELL_ROWS:
        cursor(s, count ? level->rows.items + cell->i64 : NULL, count, sizeof(gyr__row), GYR__CURSOR_ROWS);
        break;
    case GYR__CELL_ITEMS: cursor(s, cell->items, count, sizeof(gyr_call), GYR__CURSOR_ITEMS); break;
    case GYR__CELL_LIST: {
        const gyr__list *l = cell->list;
        if (op->flags & GYR__OP_ROWS && fp->fetch->blocks && l->count) return open_blocks(w, o, object, f, op, l);
        bool late = op->flags & GYR__OP_ROWS && l->count; /* answered when its rows were made already */
        bool leaves = !fp->sub;                           /* of a stream */
        if (late || (!leaves && l->ctype != GYR_C_REF && l->ctype != GYR_C_STRUCT))
            return wrong_kind(w, o, object, f, op);
        cursor(s, l->items, count = l->count, l->stride,
               leaves                  ? GYR__CURSOR_VALUES
               : l->ctype == GYR_C_REF ? GYR__CURSOR_REFS
                                       : GYR__CURSOR_STRUCTS);
        s->list = l;
        break;
    }
    default: return wrong_kind(w, o, object, f, op);
    }
    s->object = object;
    w->heat -= (int64_t)(count - (count != 0));
    *o++ = '[';
    if (count) return go_on(w, o, object, f, op);
    *o++ = ']';
    return go_jump(w, o, object, f, op);
}

static uint8_t *open_cell(gyr__writer *w, uint8_t *o, const void *object, gyr__frame *f, const gyr__op *op,
                          const gyr__cell *cell) {
    const gyr__field_plan *fp = op->data;
    const gyr__level *level = op->flags & GYR__OP_ROWS ? &w->exec->fetches[fp->fetch->id]->level : NULL;
    if (cell->kind == GYR__CELL_NULL) return go_null(w, o, object, f, op);
    if (cell->kind == GYR__CELL_ERROR) return go_fail(w, o, object, f, op, cell->failure);
    if (cell->kind == GYR__CELL_PENDING) return go_fail(w, o, object, f, op, &gyr__failure_unanswered);
    if (op->flags & GYR__OP_LIST) return open_list(w, o, object, f, op, cell, level);
    gyr__slot *s = &f->slots[op->slot];
    s->object = object;
    if (cell->kind == GYR__CELL_ROW) return open_row(w, o, object, f, op, &level->rows.items[cell->len]);
    if (cell->kind != GYR__CELL_REF || level) return wrong_kind(w, o, object, f, op); /* level: its row is missing */
    s->type_index = cell->len;
    s->row = NULL;
    return go_on(w, o, cell->ptr, f, op);
}

static const gyr__cell *item_of(const gyr__slot *s, gyr__cell *temporary) {
    const gyr_call *c = (const gyr_call *)s->cur;
    if (c->state == GYR__CALL_ANSWERED) return &c->own;
    *temporary = (gyr__cell){.failure = &gyr__failure_unanswered, .kind = GYR__CELL_ERROR};
    return temporary;
}

static uint8_t *do_open(gyr__writer *w, uint8_t *o, const void *object, gyr__frame *f, const gyr__op *op) {
    gyr__cell temporary;
    const gyr__cell *cell = &temporary;
    if (!(o = gyr__ensure(w, o, op->len + 4 + op->tail))) return NULL;
    o = gyr__prefix(o, op);
    if (op->flags & GYR__OP_ITEM) {
        if (f->slots[op->row].cursor != GYR__CURSOR_ITEMS)
            return wrong_kind(w, o, object, f, op); /* objects, not lists */
        cell = item_of(&f->slots[op->row], &temporary);
    } else if (op->flags & GYR__OP_GETTER) {
        call_getter(w->exec, (const char *)object + op->off, f, op, &temporary);
    } else {
        cell = fetched(w, f, op);
    }
    return open_cell(w, o, object, f, op, cell);
}

static uint8_t *do_stream(gyr__writer *w, uint8_t *o, const void *object, gyr__frame *f, const gyr__op *op) {
    const gyr__field_plan *fp = op->data;
    gyr__cell temporary, first;
    const gyr__cell *cell = &temporary;
    if (!(o = gyr__ensure(w, o, op->len + 4 + op->tail))) return NULL;
    o = gyr__prefix(o, op);
    if (fp->fetch)
        cell = fetched(w, f, op);
    else if (op->flags & GYR__OP_GETTER)
        call_getter(w->exec, (const char *)object + op->off, f, op, &temporary);
    else
        gyr__read_member(w->exec, object, op->off, fp->def, &temporary);
    if (!fp->sub && cell->kind == GYR__CELL_JSON) { /* a list in one */
        uint8_t *end = gyr__write_value(w, o, f, op, fp->def->type, cell, op->tail);
        if (!end && w->stop == GYR__STOP_ABORT) return NULL;
        return end ? go_jump(w, end, object, f, op) : go_fail(w, o, object, f, op, NULL);
    }
    if (!gyr__stream_open(w, o, f, op, cell, &first)) return NULL;
    return open_cell(w, o, object, f, op, &first);
}

static uint8_t *do_value(gyr__writer *w, uint8_t *o, const void *object, gyr__frame *f, const gyr__op *op) {
    const gyr__field_plan *fp = op->data;
    const gyr__slot *s = &f->slots[op->slot];
    gyr__cell temporary;
    const gyr__cell *cell = &temporary;
    (void)object;
    if (!(o = gyr__ensure(w, o, op->len + op->tail))) return NULL;
    if (s->cursor == GYR__CURSOR_VALUES)
        gyr__load_value(w->exec, s->cur, s->list->ctype, s->list->stride, &temporary);
    else
        cell = item_of(s, &temporary);
    return gyr__write_value(w, gyr__prefix(o, op), f, op, gyr__item_type(fp->def->type), cell, op->tail);
}

static uint8_t *do_item(gyr__writer *w, uint8_t *o, const void *object, gyr__frame *f, const gyr__op *op) {
    gyr__slot *s = &f->slots[op->slot];
    const void *to = s->cur;
    if (!(o = gyr__ensure(w, o, op->len + 4 + op->tail))) return NULL;
    o = gyr__prefix(o, op);
    switch ((gyr__cursor_kind)s->cursor) {
    case GYR__CURSOR_BLOCKS:
    case GYR__CURSOR_APART:
    case GYR__CURSOR_ROWS: return open_row(w, o, object, f, op, (const gyr__row *)s->cur);
    case GYR__CURSOR_ITEMS: {
        gyr__cell temporary;
        const gyr__cell *c = item_of(s, &temporary);
        if (c->kind == GYR__CELL_ERROR) return go_fail(w, o, object, f, op, c->failure);
        bool late = c->kind == GYR__CELL_REF && op->flags & GYR__OP_ROWS; /* answered when rows were made already */
        if (late || (c->kind != GYR__CELL_REF && c->kind != GYR__CELL_NULL)) return wrong_kind(w, o, object, f, op);
        to = c->kind == GYR__CELL_REF ? c->ptr : NULL;
        s->type_index = c->len;
        break;
    }
    case GYR__CURSOR_REFS:
        to = *(const void *const *)s->cur;
        s->type_index = 0;
        break;
    default: s->type_index = 0;
    }
    return to ? go_on(w, o, to, f, op) : go_null(w, o, object, f, op);
}

static uint8_t *do_next(gyr__writer *w, uint8_t *o, const void *object, gyr__frame *f, const gyr__op *op) {
    gyr__slot *s = &f->slots[op->slot];
    size_t room = (size_t)op->len + 1 + op->tail;
    if (gyr__unlikely(w->soft_end - o < (ptrdiff_t)room)) {
        uint8_t *more = w->help->poll(w, o, f, op, room);
        if (!more) {
            go(w, NULL, object, f, op);
            return NULL;
        }
        o = more;
    }
    o = gyr__prefix(o, op);
    s->cur += s->stride;
    if (s->cur == s->end && s->cursor == GYR__CURSOR_BLOCKS && s->made < s->list->count && !next_block(w, op, s))
        return gyr__stop_memory(w);
    if (s->cur != s->end) {
        *o++ = ',';
        return go_jump(w, o, s->object, f, op);
    }
    *o++ = ']';
    return go_on(w, o, s->object, f, op);
}

/* ---- programs of types */

/* The type of a member's or an answer's object. NULL: raised. */
static const gyr__type *type_of(gyr__writer *w, gyr__frame *f, const gyr__op *op, const void *object) {
    const gyr__field_plan *fp = op->data;
    uint32_t told = fp->fetch || fp->source == GYR__FROM_GETTER ? f->slots[op->row].type_index : 0;
    const gyr__type *t = gyr__type_of(w->exec, fp->sub->type, object, told);
    if (t) return t;
    gyr__cell untyped = gyr__untyped(w->exec, fp->def, object, told);
    gyr__raise(w, f, op, untyped.failure);
    return NULL;
}

static uint8_t *do_type(gyr__writer *w, uint8_t *o, const void *object, gyr__frame *f, const gyr__op *op) {
    if (!(o = gyr__ensure(w, o, op->len + op->tail))) return NULL;
    const gyr__type *t = type_of(w, f, op, (const char *)object + op->off);
    if (!t) return NULL;
    f->slots[op->row].type_index = t->object_index + 1;
    return gyr__prefix(o, op);
}

static uint8_t *do_call(gyr__writer *w, uint8_t *o, const void *object, gyr__frame *f, const gyr__op *op) {
    const gyr__slot *s = &f->slots[op->row];
    const void *to = (const char *)object + op->off;
    gyr__selection *sel = ((const gyr__field_plan *)op->data)->sub;
    gyr__shape *shape = sel->only;
    if (!shape && op->flags & GYR__OP_ROWS) shape = s->row->shape;
    if (!shape) {
        const gyr__type *t = type_of(w, f, op, to);
        if (!t) return go_fail(w, o, object, f, op, NULL);
        shape = gyr__selection_shape(w->exec->variant, sel, t);
    }
    gyr__frame *callee = shape && shape->program ? gyr__frame_push(w->exec, shape->program) : NULL;
    if (!callee) return gyr__stop_memory(w);
    if (!(o = gyr__ensure(w, o, op->len + shape->program->need))) return NULL;
    o = gyr__prefix(o, op);
    callee->caller = f;
    callee->at = op;
    callee->object = object;
    if (op->flags & GYR__OP_ROWS) callee->slots[0].row = s->row;
    return go(w, o, to, callee, shape->program->ops);
}

static uint8_t *do_ret(gyr__writer *w, uint8_t *o, const void *object, gyr__frame *f, const gyr__op *op) {
    (void)object;
    if (!(o = gyr__ensure(w, o, op->len + f->at->tail))) return NULL;
    o = gyr__prefix(o, op);
    gyr__frame_pop(w->exec, f);
    return go_on(w, o, f->object, f->caller, f->at);
}

static uint8_t *do_ret_fail(gyr__writer *w, uint8_t *o, const void *object, gyr__frame *f, const gyr__op *op) {
    (void)o, (void)object, (void)op; /* o is NULL behind a helper that failed; the landing sets it anew */
    gyr__frame_pop(w->exec, f);
    return go_fail(w, w->base, f->object, f->caller, f->at, NULL);
}

/* ---- the rest */

static uint8_t *do_intro(gyr__writer *w, uint8_t *o, const void *object, gyr__frame *f, const gyr__op *op) {
    (void)object;
    gyr_exec *x = w->exec;
    gyr__variant *v = x->variant;
    gyr__json_out out;
    gyr__intro_problems problems = {.arena = &x->arena, .most = x->limits.errors};
    size_t most = x->limits.response_bytes == GYR_UNLIMITED ? 0 : x->limits.response_bytes;
    gyr__json_out_init(&out, &x->allocator, &w->leaf, most);
    pthread_mutex_lock(&v->lock);
    gyr_status status = gyr__intro_write(v, op->data, &x->variables, &out, &problems);
    pthread_mutex_unlock(&v->lock);
    gyr_str text = gyr__json_out_text(&out);
    bool stopped = status == GYR_ERR_MEMORY || status == GYR_ERR_LIMIT;
    if (stopped) gyr__stop_memory(w);
    if (status == GYR_ERR_LIMIT) x->status = GYR_ERR_LIMIT;
    for (uint32_t i = 0; !stopped && i < problems.list.len; i++) {
        const gyr__intro_problem *p = &problems.list.items[i];
        gyr__raise(
            w, f, op,
            &(gyr__failure){.message = p->error.message, .error = &p->error, .below = p->below, .field = p->field});
    }
    if (!(v->mode & GYR__MODE_ERROR_HALT)) x->stats.errors += problems.untold;
    o = status == GYR_OK ? gyr__ensure(w, o, op->len + text.len + op->tail) : NULL;
    if (o) {
        o = gyr__prefix(o, op);
        memcpy(o, text.ptr, text.len);
        o += text.len;
    }
    gyr__json_out_fini(&out);
    return o;
}

static uint8_t *do_raise(gyr__writer *w, uint8_t *o, const void *object, gyr__frame *f, const gyr__op *op) {
    (void)o, (void)object;
    const gyr_error *error = ((const gyr__shape *)op->data)->error;
    gyr__raise(w, f, op, &(gyr__failure){.message = error->message, .error = error});
    return NULL;
}

static void failed(gyr__writer *w, gyr__frame *f, const gyr__op *op, const void *object, gyr__fail_kind kind) {
    if (kind == GYR__FAIL_NULL) {
        gyr__raise_null(w, f, op);
        return;
    }
    gyr__cell cell;
    const gyr__field_plan *fp = gyr__position_of(f, op)->field;
    gyr__read_member(w->exec, object, op->off, fp->def, &cell);
    if (kind == GYR__FAIL_INT_RANGE)
        cell = gyr__failed_cell(w->exec, "Int cannot represent non 32-bit signed integer value: %lld",
                                (long long)cell.i64);
    else
        cell = gyr__failed_cell(w->exec, "Float cannot represent non numeric value: %s",
                                cell.f64 != cell.f64 ? "NaN"
                                : cell.f64 < 0       ? "-Infinity"
                                                     : "Infinity");
    gyr__raise(w, f, op, cell.failure);
}

/* Long texts: the escapes are counted, so that the room fits. */
static uint8_t *long_text(gyr__writer *w, uint8_t *o, gyr_str s, size_t tail) {
    size_t need = 2;
    for (size_t at = 0; at < s.len; at++) {
        unsigned char c = (unsigned char)s.ptr[at];
        need += c < 0x20 ? 6 : c == '"' || c == '\\' ? 2 : c >= 0x80 ? 3 : 1; /* 3: a stray byte becomes U+FFFD */
    }
    if (!(o = gyr__ensure(w, o, need + tail))) return NULL;
    return w->leaf.str(o, s.ptr, s.len);
}

static uint8_t *poll(gyr__writer *w, uint8_t *o, gyr__frame *f, const gyr__op *op, size_t size) {
    if (w->exec->request.sink && !gyr__flush(w, &o, f, op)) {
        w->out = o;
        return NULL;
    }
    return gyr__ensure(w, o, size);
}

const gyr__helpers gyr__helper_table = {.get = do_get,
                                        .cell = do_cell,
                                        .leaf = do_leaf,
                                        .open = do_open,
                                        .item = do_item,
                                        .next = do_next,
                                        .type = do_type,
                                        .call = do_call,
                                        .ret = do_ret,
                                        .ret_fail = do_ret_fail,
                                        .intro = do_intro,
                                        .raise = do_raise,
                                        .defer = gyr__op_defer,
                                        .drop = gyr__op_drop,
                                        .stream = do_stream,
                                        .value = do_value,
                                        .keep = gyr__op_keep,
                                        .cut = gyr__op_cut,
                                        .grow = gyr__grow,
                                        .poll = poll,
                                        .long_text = long_text,
                                        .failed = failed};
