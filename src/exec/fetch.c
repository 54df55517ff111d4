/* The fetch part: rows, cells, and starting what can start, depth-first in response order.
 *
 * The visits form an explicit stack (a response may nest as deep as the operation, the C stack is small). A visit is
 * a range of rows of one level; its rows' fetches are started one after another, and an answer that comes at
 * once is descended into before the next one starts. Batches only gather.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "exec/exec.h"
#include "type/bind.h"

#include <stdio.h>

/* ---- types */

static const gyr__type *tagged(gyr_exec *x, const gyr__type *abstract, const void *object) {
    const gyr_binding *b = abstract->binding;
    if (!b || (b->kind != GYR_BIND_TAG && b->kind != GYR_BIND_TYPE_FN)) {
        b = x->schema->type_fallback;
        if (!b) return abstract->possible_count == 1 ? abstract->possible[0] : NULL;
        int64_t i = b->type_fn(object, b->user);
        return i >= 0 && i < x->schema->object_count ? x->schema->objects[i] : NULL;
    }
    if (b->kind == GYR_BIND_TYPE_FN) return gyr__type_of_tag(abstract, b->type_fn(object, b->user));
    const char *at = (const char *)object + b->offset;
    int64_t v;
    switch (b->c_size) {
    case 1: v = b->is_signed ? *(const int8_t *)at : (int64_t) * (const uint8_t *)at; break;
    case 2: v = b->is_signed ? *(const int16_t *)at : (int64_t) * (const uint16_t *)at; break;
    case 4: v = b->is_signed ? *(const int32_t *)at : (int64_t) * (const uint32_t *)at; break;
    default: v = *(const int64_t *)at;
    }
    return gyr__type_of_tag(abstract, v);
}

static const gyr__type *told(gyr_exec *x, const gyr__type *abstract, const void *object, uint32_t type_index) {
    return type_index ? x->schema->objects[type_index - 1] : tagged(x, abstract, object);
}

const gyr__type *gyr__type_of(gyr_exec *x, const gyr__type *abstract, const void *object, uint32_t type_index) {
    if (!gyr__is_abstract_type(abstract)) return abstract;
    const gyr__type *t = told(x, abstract, object, type_index);
    return t && gyr__is_possible(abstract, t) ? t : NULL;
}

gyr__cell gyr__untyped(gyr_exec *x, const gyr__field *def, const void *object, uint32_t type_index) {
    gyr_str abstract = def->type.named->def.name, parent = def->parent->def.name, field = def->def.name;
    const gyr__type *t = told(x, def->type.named, object, type_index);
    if (t)
        return gyr__failed_cell(x, "Runtime Object type \"%.*s\" is not a possible type for \"%.*s\".",
                                (int)t->def.name.len, t->def.name.ptr, (int)abstract.len, abstract.ptr);
    return gyr__failed_cell(x,
                            "Abstract type \"%.*s\" must resolve to an Object type at runtime for field \"%.*s.%.*s\".",
                            (int)abstract.len, abstract.ptr, (int)parent.len, parent.ptr, (int)field.len, field.ptr);
}

/* ---- members */

static int64_t load_int(const char *at, gyr_ctype c) {
    switch (c) {
    case GYR_C_I8: return *(const int8_t *)at;
    case GYR_C_I16: return *(const int16_t *)at;
    case GYR_C_I32: return *(const int32_t *)at;
    case GYR_C_U8: return *(const uint8_t *)at;
    case GYR_C_U16: return *(const uint16_t *)at;
    case GYR_C_U32: return *(const uint32_t *)at;
    default: return *(const int64_t *)at;
    }
}

static uint64_t load_bits(const char *at, uint32_t size) {
    uint64_t v = 0;
    memcpy(&v, at, size < 8 ? size : 8); /* little endian, as all our targets */
    return v;
}

/* One value of C type c as a cell; borrows. */
void gyr__load_value(gyr_exec *x, const char *at, gyr_ctype c, uint32_t size, gyr__cell *out) {
    *out = (gyr__cell){.kind = GYR__CELL_I64};
    switch (c) {
    case GYR_C_BOOL: *out = (gyr__cell){.i64 = *(const bool *)at, .kind = GYR__CELL_BOOL}; return;
    case GYR_C_U64: *out = (gyr__cell){.u64 = *(const uint64_t *)at, .kind = GYR__CELL_U64}; return;
    case GYR_C_F32: *out = (gyr__cell){.f64 = *(const float *)at, .kind = GYR__CELL_F64}; return;
    case GYR_C_F64: *out = (gyr__cell){.f64 = *(const double *)at, .kind = GYR__CELL_F64}; return;
    case GYR_C_CUSTOM: *out = (gyr__cell){.ptr = at, .kind = GYR__CELL_CUSTOM}; return;
    case GYR_C_STRUCT: *out = (gyr__cell){.ptr = at, .kind = GYR__CELL_REF}; return;
    case GYR_C_REF: out->ptr = *(const void *const *)at, out->kind = out->ptr ? GYR__CELL_REF : GYR__CELL_NULL; return;
    case GYR_C_STR:
    case GYR_C_CSTR:
    case GYR_C_CHARS: break;
    default: out->i64 = load_int(at, c); return;
    }
    gyr_str s = c == GYR_C_STR ? *(const gyr_str *)at : (gyr_str){c == GYR_C_CHARS ? at : *(const char *const *)at, 0};
    if (c == GYR_C_CHARS) s.len = strnlen(at, size);
    if (c == GYR_C_CSTR && s.ptr) s.len = strlen(s.ptr);
    *out = (gyr__cell){.ptr = s.ptr, .len = (uint32_t)s.len, .kind = s.ptr ? GYR__CELL_STR : GYR__CELL_NULL};
    if (s.len <= UINT32_MAX) return;
    gyr_str *big = gyr__new(&x->arena, gyr_str);
    *out = (gyr__cell){.failure = &gyr__failure_memory, .kind = GYR__CELL_ERROR};
    if (big) *big = s, *out = (gyr__cell){.long_text = big, .kind = GYR__CELL_LONG};
}

static void read_list(gyr_exec *x, const char *object, const char *at, const gyr_binding *b, gyr__cell *out) {
    int64_t n = gyr__count_load((const char *)object + b->count_offset, gyr__count_type_of(b));
    const void *items = b->inline_items ? at : *(const void *const *)at;
    *out = (gyr__cell){.kind = GYR__CELL_NULL};
    if (n < 0 || (n && !items)) return;
    gyr__list *list =
        b->ctype == GYR_C_REF || b->ctype == GYR_C_STRUCT ? gyr__new(&x->arena, gyr__list) : &x->leaf_list;
    *out = (gyr__cell){.failure = &gyr__failure_memory, .kind = GYR__CELL_ERROR};
    if (!list) return;
    uint32_t stride = b->ctype == GYR_C_REF ? sizeof(void *) : b->c_size;
    *list = (gyr__list){.items = items, .count = (size_t)n, .stride = stride, .ctype = b->ctype};
    *out = (gyr__cell){.list = list, .kind = GYR__CELL_LIST};
}

/* The set bits of an integer as a list of uint64. */
static void read_flags(gyr_exec *x, const char *at, const gyr_binding *b, gyr__cell *out) {
    gyr__list *list = &x->leaf_list;
    if (!x->leaf_flags) x->leaf_flags = gyr__new_array(&x->arena, uint64_t, 64);
    *out = (gyr__cell){.failure = &gyr__failure_memory, .kind = GYR__CELL_ERROR};
    if (!x->leaf_flags) return;
    *list = (gyr__list){.items = x->leaf_flags, .stride = 8, .ctype = GYR_C_U64};
    for (uint64_t bits = load_bits(at, b->c_size); bits; bits &= bits - 1) x->leaf_flags[list->count++] = bits & -bits;
    *out = (gyr__cell){.list = list, .kind = GYR__CELL_LIST};
}

void gyr__read_member(gyr_exec *x, const void *object, uint32_t offset, const gyr__field *field, gyr__cell *out) {
    const gyr_binding *b = field->binding;
    const char *base = (const char *)object + offset - b->offset, *at = (const char *)object + offset;
    *out = (gyr__cell){.kind = GYR__CELL_NULL};
    if (b->has_size && !(load_bits(base + b->has_offset, b->has_size) & b->has_mask)) return;
    switch (b->kind) {
    case GYR_BIND_BIT:
        *out = (gyr__cell){.i64 = (load_bits(at, b->c_size) & b->has_mask) != 0, .kind = GYR__CELL_BOOL};
        return;
    case GYR_BIND_FLAGS: read_flags(x, at, b, out); return;
    case GYR_BIND_LIST: read_list(x, base, at, b, out); return;
    default: break;
    }
    if (b->by_ref && b->ctype != GYR_C_REF) {
        at = *(const char *const *)at;
        if (!at) return;
    }
    gyr__load_value(x, at, b->ctype, b->c_size, out);
}

/* ---- rows */

static gyr__row *add_row(gyr_exec *x, gyr__fetch_state *fs, uint32_t parent, uint32_t index) {
    (void)x;
    gyr__row *r = gyr__vec_push(&x->arena, &fs->level.rows);
    if (r) *r = (gyr__row){.parent = parent, .index = index, .rank = UINT32_MAX};
    return r;
}

static void fill_row(gyr_exec *x, gyr__fetch_state *fs, gyr__row *r, const gyr__cell *c) {
    gyr__selection *sub = fs->fetch->field->sub;
    if (c->kind == GYR__CELL_NULL) return;
    r->failed = 1;
    if (c->kind == GYR__CELL_ERROR) {
        r->object = c->failure;
        return;
    }
    const gyr__field *def = fs->fetch->field->def;
    gyr__cell bad;
    if (c->kind != GYR__CELL_REF) {
        bad = c->kind == GYR__CELL_PENDING
                  ? (gyr__cell){.failure = &gyr__failure_unanswered}
                  : gyr__failed_cell(x, "The answer for %.*s.%.*s is not an object.", (int)def->parent->def.name.len,
                                     def->parent->def.name.ptr, (int)def->def.name.len, def->def.name.ptr);
        r->object = bad.failure;
        return;
    }
    gyr__shape *shape = sub->only;
    const gyr__type *t = shape ? shape->type : gyr__type_of(x, sub->type, c->ptr, c->len);
    if (t && !shape) shape = gyr__selection_shape(x->variant, sub, t);
    if (!shape || !gyr__shape_reserve(x, shape, 1)) {
        bad = t ? (gyr__cell){.failure = &gyr__failure_memory} : gyr__untyped(x, def, c->ptr, c->len);
        r->object = bad.failure;
        return;
    }
    r->object = c->ptr;
    r->shape = shape;
    r->rank = x->shapes[shape->id].count++;
    r->failed = 0;
}

static void list_item(gyr_exec *x, const gyr__list *list, size_t i, gyr__cell *out) {
    gyr__load_value(x, (const char *)list->items + i * list->stride, list->ctype, list->stride, out);
}

static uint32_t block_rows(const gyr_exec *x) { return x->request.block_rows ? x->request.block_rows : 256; }

/* Makes rows of all objects in the cell (a list has `depth` levels), in place: REF to ROW, lists to ROWS. What does
 * not fit its type stays as it is: the write part reports it. Lists nest at most limits.list_depth deep. */
static void make_rows(gyr_exec *x, gyr__fetch_state *fs, gyr__cell *cell, uint32_t depth, uint32_t parent,
                      uint32_t index) {
    uint32_t first = fs->level.rows.len;
    if (depth == 0) {
        if (cell->kind != GYR__CELL_REF) return;
        gyr__row *r = add_row(x, fs, parent, index);
        if (r) fill_row(x, fs, r, cell);
        *cell = r ? (gyr__cell){.len = first, .kind = GYR__CELL_ROW}
                  : (gyr__cell){.failure = &gyr__failure_memory, .kind = GYR__CELL_ERROR};
        return;
    }
    bool items = cell->kind == GYR__CELL_ITEMS;
    if (!items && (cell->kind != GYR__CELL_LIST || depth > 1)) return;
    size_t count = items ? cell->len : cell->list->count;
    if (depth > 1) {
        for (uint32_t i = 0; i < count; i++) make_rows(x, fs, &cell->items[i].own, depth - 1, parent, i);
        return;
    }
    if (!items && fs->fetch->blocks && count > block_rows(x)) return; /* the write part makes its rows */
    if (count > UINT32_MAX / 4 || !gyr__vec_reserve(&x->arena, &fs->level.rows, count)) {
        *cell = (gyr__cell){.failure = &gyr__failure_memory, .kind = GYR__CELL_ERROR};
        return;
    }
    if (fs->fetch->field->sub->only) gyr__shape_reserve(x, fs->fetch->field->sub->only, (uint32_t)count);
    for (uint32_t i = 0; i < count; i++) {
        gyr__cell item;
        if (items)
            item = cell->items[i].own;
        else
            list_item(x, cell->list, i, &item);
        fill_row(x, fs, add_row(x, fs, parent, i), &item);
    }
    *cell = (gyr__cell){.i64 = first, .len = (uint32_t)count, .kind = GYR__CELL_ROWS};
}

static void visit(gyr_exec *x, gyr__level *level, uint32_t from, uint32_t to) {
    if (from == to) return;
    gyr__visit *v = gyr__vec_push(&x->arena, &x->visits);
    if (v) *v = (gyr__visit){.level = level, .row = from, .end = to};
}

void gyr__store(gyr_exec *x, gyr__fetch_state *fs, uint32_t row, uint32_t rank, const gyr__cell *value) {
    gyr__cell *cell = &x->cells[fs->fetch->id][rank];
    *cell = *value;
    if (fs->fetch->rows) gyr__store_rows(x, fs, row, cell);
}

void gyr__store_rows(gyr_exec *x, gyr__fetch_state *fs, uint32_t row, gyr__cell *cell) {
    uint32_t first = fs->level.rows.len;
    const gyr__field_plan *field = fs->fetch->field;
    if (gyr__unlikely(field->stream != NULL)) cell = gyr__stream_split(x, field->stream, cell);
    make_rows(x, fs, cell, field->def->type.depth, row, UINT32_MAX);
    visit(x, &fs->level, first, fs->level.rows.len);
}

uint32_t gyr__start_part(gyr_exec *x, const gyr__fetch *f, gyr__shape *shape, const void *object, uint32_t unit) {
    gyr__fetch_state *fs = gyr__fetch_state_get(x, f);
    if (!fs || !gyr__shape_reserve(x, shape, 1)) return 0;
    uint32_t row = fs->level.rows.len;
    gyr__row *r = add_row(x, fs, unit, UINT32_MAX);
    if (!r) return 0;
    r->object = object;
    r->shape = shape;
    r->rank = x->shapes[shape->id].count++;
    visit(x, &fs->level, row, row + 1);
    gyr__descend(x);
    return row;
}

uint32_t gyr__make_items(gyr_exec *x, const gyr__fetch *f, const gyr__cell *whole, uint32_t from, uint32_t unit) {
    gyr__fetch_state *fs = gyr__fetch_state_get(x, f);
    uint32_t depth = f->field->def->type.depth - 1, first = fs ? fs->level.rows.len : 0;
    bool items = whole->kind == GYR__CELL_ITEMS;
    uint32_t count = items ? whole->len : (uint32_t)whole->list->count;
    for (uint32_t i = from; fs && i < count && !x->arena.failed; i++, unit++) {
        gyr__cell item;
        if (depth) { /* an item that is a list: its rows stand together, its cell says where */
            if (items) make_rows(x, fs, &whole->items[i].own, depth, unit, UINT32_MAX);
            continue;
        }
        if (items)
            item = whole->items[i].own;
        else
            list_item(x, whole->list, i, &item);
        gyr__row *r = add_row(x, fs, unit, i);
        if (r) fill_row(x, fs, r, &item);
    }
    if (fs) visit(x, &fs->level, first, fs->level.rows.len);
    return first;
}

/* ---- blocks */

/* Forgets the rows of a fetch's objects and all that was fetched for them. */
static void forget_rows(gyr_exec *x, const gyr__fetch *f) {
    gyr__fetch_state *fs = x->fetches[f->id];
    gyr__selection *sub = f->field->sub;
    if (!fs->level.rows.len) return;
    fs->level.rows.len = 0;
    for (uint32_t t = 0; t < sub->type->possible_count; t++) {
        const gyr__type *object = sub->type->possible[t];
        gyr__shape *shape = sub->only;
        if (!shape) shape = atomic_load_explicit(&sub->shapes[object->object_index], memory_order_acquire);
        if (!shape || shape->id >= x->shape_cap || !x->shapes[shape->id].count) continue;
        x->shapes[shape->id].count = 0;
        for (uint32_t i = 0; i < shape->fetch_count; i++)
            if (shape->fetches[i]->rows) forget_rows(x, shape->fetches[i]);
    }
}

uint32_t gyr__make_block(gyr_exec *x, const gyr__fetch *f, const gyr__list *list, uint32_t from, uint32_t parent) {
    gyr__fetch_state *fs = x->fetches[f->id];
    uint32_t count = (uint32_t)GYR__MIN(list->count - from, block_rows(x));
    forget_rows(x, f);
    if (!gyr__vec_reserve(&x->arena, &fs->level.rows, count)) return 0;
    for (uint32_t i = from; i < from + count; i++) {
        gyr__cell item;
        list_item(x, list, i, &item);
        fill_row(x, fs, add_row(x, fs, parent, i), &item);
    }
    visit(x, &fs->level, 0, count);
    gyr__descend(x);
    while (gyr__dispatch(x)) {
    }
    return x->arena.failed ? 0 : count;
}

/* ---- starting */

static bool args_ready(gyr_exec *x, gyr__fetch_state *fs) {
    if (gyr__likely(fs->args_state == 1)) return true;
    if (fs->args_state == 2) return false;
    const gyr__args *a = fs->fetch->field->args;
    fs->args_state = !a || gyr__args_prepare(x, &fs->cx, a, &fs->args_failure) ? 1 : 2;
    return fs->args_state == 1;
}

static void gather(gyr_exec *x, gyr__fetch_state *fs, uint32_t row) {
    uint32_t *slot = gyr__vec_push(&x->arena, &fs->gathered);
    if (slot) *slot = row;
    gyr__waiting(x, fs, row, 1);
    if (fs->listed) return;
    gyr__fetch_state **listed = gyr__vec_push(&x->arena, &x->gathering);
    if (listed) *listed = fs;
    fs->listed = listed != NULL;
}

/* Rows that come now belong to a request that no longer waits: nothing is started for them. */
static bool refused(gyr_exec *x, gyr__fetch_state *fs, const gyr__row *r, uint32_t row) {
    if (gyr__likely(fs->args_state == 1 && !x->cancel_done)) return false;
    gyr__cell cancelled = {.failure = &gyr__failure_cancelled, .kind = GYR__CELL_ERROR};
    if (x->cancel_done)
        gyr__store(x, fs, row, r->rank, &cancelled);
    else if (args_ready(x, fs))
        return false;
    else
        gyr__store(x, fs, row, r->rank, &fs->args_failure);
    return true;
}

/* Calls the resolver of row r, whose answer goes to cell. False: it was suspended. */
static inline bool resolve(gyr_exec *x, gyr__fetch_state *fs, const gyr__row *r, uint32_t row, gyr__cell *cell) {
    gyr_call call; /* filled by hand: `own` stays as it is */
    call.cell = cell;
    call.object = r->object;
    call.cx = &fs->cx;
    call.rank = r->rank;
    call.row = row;
    call.state = GYR__CALL_OPEN;
    call.flags = fs->source == GYR__FROM_GETTER ? GYR__CALL_NO_SUSPEND : 0;
    x->stats.resolver_calls++;
    fs->resolve(&call);
    if (gyr__likely(call.state == GYR__CALL_ANSWERED)) return true;
    if (call.state == GYR__CALL_OPEN) {
        *cell = (gyr__cell){.failure = &gyr__failure_unanswered, .kind = GYR__CELL_ERROR};
        return true;
    }
    fs->outstanding++;
    gyr__waiting(x, fs, row, 1);
    return false;
}

static inline void start(gyr_exec *x, gyr__fetch_state *fs, const gyr__row *r, uint32_t row) {
    if (gyr__unlikely(refused(x, fs, r, row))) return;
    if (fs->source == GYR__FROM_BATCH) {
        gather(x, fs, row);
        return;
    }
    gyr__cell *cell = &fs->cells[r->rank];
    if (fs->source == GYR__FROM_MEMBER) {
        const gyr__field *def = fs->fetch->field->def;
        gyr__read_member(x, r->object, def->binding->offset, def, cell);
    } else if (!resolve(x, fs, r, row, cell)) {
        return;
    }
    if (fs->rows) gyr__store_rows(x, fs, row, cell);
}

/* The fetches of the visit's rows. False: a start has put rows on the stack, which come first. */
static bool visit_rows(gyr_exec *x, gyr__visit *v, uint32_t depth) {
    for (; v->row < v->end; v->row++, v->next = 0) {
        const gyr__row *r = &v->level->rows.items[v->row];
        const gyr__shape *shape = r->shape;
        if (!shape) continue;
        gyr__fetch_state **fetches = x->shapes[shape->id].fetches;
        while (v->next < shape->fetch_count) {
            start(x, fetches[v->next++], r, v->row);
            if (x->visits.len != depth || gyr__unlikely(x->arena.failed)) return false; /* v may have moved */
        }
    }
    return true;
}

void gyr__descend(gyr_exec *x) {
    while (x->visits.len) {
        uint32_t depth = x->visits.len;
        if (visit_rows(x, &x->visits.items[depth - 1], depth))
            x->visits.len = depth - 1;
        else if (x->arena.failed)
            x->visits.len = 0;
    }
}

void gyr__start_section(gyr_exec *x) {
    gyr__shape *shape = x->root_row.shape;
    if (!x->root.rows.len) {
        gyr__row *r = gyr__vec_push(&x->arena, &x->root.rows);
        if (!r || !gyr__shape_reserve(x, shape, 1)) return;
        x->shapes[shape->id].count = 1;
        *r = x->root_row;
    }
    if (x->plan->operation->operation != GYR__MUTATION) {
        visit(x, &x->root, 0, 1);
    } else if (x->section < shape->field_count && shape->fields[x->section].fetch) {
        start(x, x->fetches[shape->fields[x->section].fetch->id], &x->root.rows.items[0], 0);
    }
    gyr__descend(x);
}
