/* Leaves: result coercion (Specification 3.5, 6.4.3) of answers and of members that have no op of their own, and lists of
 * leaves. Words of failures are the reference's.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/number.h"
#include "exec/exec.h"
#include "type/bind.h"

#include <math.h>

struct gyr_leaf {
    gyr__writer *w;
    uint8_t *out; /* NULL: not written */
    size_t tail;
};

typedef struct place { /* where a leaf is written, and how to say what is wrong */
    gyr__writer *w;
    gyr__frame *f;
    const gyr__op *op;
    size_t tail;
} place;

/* ---- what messages say of answers */

static void item_cell(gyr_exec *x, const gyr__cell *list, uint32_t i, gyr__cell *item) {
    if (list->kind == GYR__CELL_ITEMS) {
        const gyr_call *call = &list->items[i];
        *item = call->state == GYR__CALL_ANSWERED
                    ? call->own
                    : (gyr__cell){.failure = &gyr__failure_unanswered, .kind = GYR__CELL_ERROR};
        return;
    }
    gyr__load_value(x, (const char *)list->list->items + (size_t)i * list->list->stride, list->list->ctype,
                    list->list->stride, item);
}

static size_t list_count(const gyr__cell *c) { return c->kind == GYR__CELL_ITEMS ? c->len : c->list->count; }
static bool is_list(const gyr__cell *c) { return c->kind == GYR__CELL_LIST || c->kind == GYR__CELL_ITEMS; }

static gyr_str text_of(const gyr__cell *c) {
    return c->kind == GYR__CELL_LONG ? *c->long_text : gyr_str_of(c->ptr, c->len);
}

/* The answer as JSON, as far as it is shown. An object of the program's own is {}. */
static gyr__json tree_of(gyr_exec *x, const gyr__cell *c, uint32_t depth) {
    gyr__json v = {.kind = GYR__JSON_NULL};
    switch (c->kind) {
    case GYR__CELL_NULL: return v;
    case GYR__CELL_BOOL: v.kind = GYR__JSON_BOOL, v.boolean = c->i64; return v;
    case GYR__CELL_I64: v.kind = GYR__JSON_INT, v.integer = c->i64; return v;
    case GYR__CELL_U64: v.kind = GYR__JSON_DOUBLE, v.number = (double)c->u64; return v;
    case GYR__CELL_F64: v.kind = GYR__JSON_DOUBLE, v.number = c->f64; return v;
    case GYR__CELL_STR:
    case GYR__CELL_LONG: v.kind = GYR__JSON_STRING, v.text = text_of(c); return v;
    case GYR__CELL_JSON: {
        gyr_errors none;
        gyr__errors_init(&none, &x->allocator, 1);
        const gyr__json *read = gyr__json_read(&x->arena, text_of(c), &x->limits, GYR__JSON_LAST_WINS, &none);
        gyr__errors_fini(&none);
        if (read) return *read;
        break;
    }
    case GYR__CELL_LIST:
    case GYR__CELL_ITEMS: {
        size_t count = list_count(c);
        v = (gyr__json){.kind = GYR__JSON_ARRAY, .count = (uint32_t)GYR__MIN(count, (size_t)UINT32_MAX)};
        uint32_t few = depth < GYR__SHOWN_DEPTH ? GYR__MIN(v.count, (uint32_t)GYR__SHOWN_ITEMS) : 0;
        v.items = gyr__new_array(&x->arena, gyr__json, few);
        for (uint32_t i = 0; v.items && i < few; i++) {
            gyr__cell item;
            item_cell(x, c, i, &item);
            v.items[i] = tree_of(x, &item, depth + 1);
        }
        if (v.items) return v;
        break;
    }
    default: break;
    }
    return (gyr__json){.kind = GYR__JSON_OBJECT};
}

gyr_str gyr__shown_cell(gyr_exec *x, const gyr__cell *c) {
    gyr__json tree = tree_of(x, c, 0);
    return gyr__json_shown(&x->arena, &tree);
}

/* Records the failure; the caller writes null or fails. */
static uint8_t *cannot(place *p, const char *format, gyr_str type, const gyr__cell *c) {
    gyr_exec *x = p->w->exec;
    gyr_str value = gyr__shown_cell(x, c);
    gyr__cell bad = type.len ? gyr__failed_cell(x, format, (int)type.len, type.ptr, (int)value.len, value.ptr)
                             : gyr__failed_cell(x, format, (int)value.len, value.ptr);
    gyr__raise(p->w, p->f, p->op, bad.failure);
    return NULL;
}

/* ---- leaves */

static uint8_t *put_text(place *p, uint8_t *o, gyr_str s) {
    if (s.len > 1024) return p->w->help->long_text(p->w, o, s, p->tail);
    o = gyr__ensure(p->w, o, GYR__JSON_STR_ROOM(s.len) + p->tail);
    return o ? p->w->leaf.str(o, s.ptr, s.len) : NULL;
}

static bool is_text(const gyr__cell *c) { return c->kind == GYR__CELL_STR || c->kind == GYR__CELL_LONG; }

static gyr_str trimmed(gyr_str s) {
    while (s.len && (*s.ptr == ' ' || (*s.ptr >= '\t' && *s.ptr <= '\r'))) s.ptr++, s.len--;
    while (s.len && (s.ptr[s.len - 1] == ' ' || (s.ptr[s.len - 1] >= '\t' && s.ptr[s.len - 1] <= '\r'))) s.len--;
    return s;
}

/* The number a numeric text or bool stands for, as the reference takes it. */
static bool as_number(const gyr__cell *c, double *v) {
    switch (c->kind) {
    case GYR__CELL_BOOL:
    case GYR__CELL_I64: *v = (double)c->i64; return true;
    case GYR__CELL_U64: *v = (double)c->u64; return true;
    case GYR__CELL_F64: *v = c->f64; return true;
    case GYR__CELL_STR: {
        gyr_str s = trimmed(gyr_str_of(c->ptr, c->len));
        return s.len && gyr__parse_f64(s.ptr, s.len, v);
    }
    default: return false;
    }
}

static uint8_t *put_int(place *p, uint8_t *o, const gyr__cell *c) {
    double d = 0;
    if (gyr__likely(c->kind == GYR__CELL_I64 && c->i64 == (int32_t)c->i64)) return p->w->leaf.i32(o, (int32_t)c->i64);
    if (!as_number(c, &d) || d != floor(d) || isinf(d))
        return cannot(p, "Int cannot represent non-integer value: %.*s", (gyr_str){0}, c);
    if (d < -2147483648.0 || d > 2147483647.0)
        return cannot(p, "Int cannot represent non 32-bit signed integer value: %.*s", (gyr_str){0}, c);
    return p->w->leaf.i32(o, (int32_t)d);
}

static uint8_t *put_float(place *p, uint8_t *o, const gyr__cell *c) {
    double d;
    if (c->kind == GYR__CELL_I64) return p->w->leaf.i64(o, c->i64);
    if (c->kind == GYR__CELL_U64) return p->w->leaf.u64(o, c->u64);
    if (!as_number(c, &d) || !isfinite(d))
        return cannot(p, "Float cannot represent non numeric value: %.*s", (gyr_str){0}, c);
    return p->w->leaf.f64(o, d);
}

static uint8_t *put_boolean(place *p, uint8_t *o, const gyr__cell *c) {
    bool number =
        c->kind == GYR__CELL_I64 || c->kind == GYR__CELL_U64 || (c->kind == GYR__CELL_F64 && isfinite(c->f64));
    if (c->kind != GYR__CELL_BOOL && !number)
        return cannot(p, "Boolean cannot represent a non boolean value: %.*s", (gyr_str){0}, c);
    bool v = c->kind == GYR__CELL_F64 ? c->f64 != 0 : c->i64 != 0;
    memcpy(o, v ? "true " : "false", 5);
    return o + 5 - v;
}

static uint8_t *quoted(uint8_t *o, uint8_t *end) {
    *end = '"';
    *o = '"';
    return end + 1;
}

static uint8_t *put_string(place *p, uint8_t *o, const gyr__cell *c) {
    if (gyr__likely(is_text(c))) return put_text(p, o, text_of(c));
    switch (c->kind) {
    case GYR__CELL_BOOL: return put_text(p, o, c->i64 ? gyr_s("true") : gyr_s("false"));
    case GYR__CELL_I64: return p->w->leaf.id_i64(o, c->i64);
    case GYR__CELL_U64: return p->w->leaf.id_u64(o, c->u64);
    case GYR__CELL_F64:
        if (isfinite(c->f64)) return quoted(o, p->w->leaf.f64(o + 1, c->f64));
        /* fall through */
    default: return cannot(p, "String cannot represent value: %.*s", (gyr_str){0}, c);
    }
}

static uint8_t *put_id(place *p, uint8_t *o, const gyr__cell *c) {
    switch (c->kind) {
    case GYR__CELL_STR:
    case GYR__CELL_LONG: return put_text(p, o, text_of(c));
    case GYR__CELL_I64: return p->w->leaf.id_i64(o, c->i64);
    case GYR__CELL_U64: return p->w->leaf.id_u64(o, c->u64);
    case GYR__CELL_F64:
        if (c->f64 == floor(c->f64) && isfinite(c->f64)) return quoted(o, p->w->leaf.f64(o + 1, c->f64));
        /* fall through */
    default: return cannot(p, "ID cannot represent value: %.*s", (gyr_str){0}, c);
    }
}

static uint8_t *put_enum(place *p, uint8_t *o, const gyr__type *t, const gyr__cell *c) {
    const gyr__enum_value *v = NULL;
    if (c->kind == GYR__CELL_I64 || (c->kind == GYR__CELL_U64 && c->u64 <= INT64_MAX))
        v = gyr__enum_by_number(t, c->i64);
    else if (is_text(c))
        v = gyr__map_get(&t->value_map, text_of(c));
    if (!v) return cannot(p, "Enum \"%.*s\" cannot represent value: %.*s", t->def.name, c);
    return put_text(p, o, v->def.name);
}

static uint8_t *put_json(place *p, uint8_t *o, gyr_str json) {
    o = gyr__ensure(p->w, o, json.len + p->tail);
    if (!o) return NULL;
    memcpy(o, json.ptr, json.len);
    return o + json.len;
}

static uint8_t *put_custom(place *p, uint8_t *o, const gyr__type *t, const gyr__cell *c) {
    switch (c->kind) {
    case GYR__CELL_STR:
    case GYR__CELL_LONG: return put_text(p, o, text_of(c));
    case GYR__CELL_JSON: return put_json(p, o, gyr_str_of(c->ptr, c->len));
    case GYR__CELL_I64: return p->w->leaf.i64(o, c->i64);
    case GYR__CELL_U64: return p->w->leaf.u64(o, c->u64);
    case GYR__CELL_BOOL: return put_boolean(p, o, c);
    case GYR__CELL_F64:
        if (isfinite(c->f64)) return p->w->leaf.f64(o, c->f64);
        break;
    case GYR__CELL_CUSTOM: {
        const gyr_binding *b = t->binding;
        gyr_leaf leaf = {.w = p->w, .tail = p->tail};
        p->w->out = o;
        if (b && b->serialize && b->serialize(&leaf, c->ptr, b->user) && leaf.out) return leaf.out;
        if (p->w->stop == GYR__STOP_ABORT) return NULL;
        break;
    }
    default: break;
    }
    return cannot(p, "%.*s cannot represent value: %.*s", t->def.name, c);
}

static uint8_t *put_leaf(place *p, uint8_t *o, const gyr__type *t, const gyr__cell *c) {
    if (!(o = gyr__ensure(p->w, o, GYR__JSON_NUM_ROOM + p->tail))) return NULL;
    if (t->kind == GYR__ENUM) return put_enum(p, o, t, c);
    switch (t->scalar) {
    case GYR__INT: return put_int(p, o, c);
    case GYR__FLOAT: return put_float(p, o, c);
    case GYR__STRING: return put_string(p, o, c);
    case GYR__BOOLEAN: return put_boolean(p, o, c);
    case GYR__ID: return put_id(p, o, c);
    default: return put_custom(p, o, t, c);
    }
}

/* ---- what a serialise function calls */

static bool leaf_put(gyr_leaf *l, const gyr__cell *c, gyr__scalar_kind kind) {
    place p = {.w = l->w, .tail = l->tail};
    uint8_t *o = l->w->out;
    if (l->out || !(o = gyr__ensure(l->w, o, GYR__JSON_NUM_ROOM + l->tail))) return false;
    switch (kind) {
    case GYR__STRING: o = put_text(&p, o, text_of(c)); break;
    case GYR__INT: o = l->w->leaf.i64(o, c->i64); break;
    case GYR__FLOAT: o = isfinite(c->f64) ? l->w->leaf.f64(o, c->f64) : NULL; break;
    case GYR__BOOLEAN: o = put_boolean(&p, o, c); break;
    default: o = put_json(&p, o, text_of(c));
    }
    l->out = o;
    return o != NULL;
}

static bool leaf_text(gyr_leaf *l, gyr_str s, gyr__scalar_kind kind) {
    gyr__cell c = {.long_text = &s, .kind = GYR__CELL_LONG};
    return leaf_put(l, &c, kind);
}

bool gyr_leaf_str(gyr_leaf *l, gyr_str text) { return leaf_text(l, text, GYR__STRING); }
bool gyr_leaf_json(gyr_leaf *l, gyr_str json) { return leaf_text(l, json, GYR__CUSTOM_SCALAR); }
bool gyr_leaf_i64(gyr_leaf *l, int64_t v) { return leaf_put(l, &(gyr__cell){.i64 = v}, GYR__INT); }
bool gyr_leaf_f64(gyr_leaf *l, double v) { return leaf_put(l, &(gyr__cell){.f64 = v}, GYR__FLOAT); }
bool gyr_leaf_bool(gyr_leaf *l, bool v) {
    return leaf_put(l, &(gyr__cell){.i64 = v, .kind = GYR__CELL_BOOL}, GYR__BOOLEAN);
}

/* ---- values and lists of them (CompleteValue) */

static uint8_t *complete(place *p, uint8_t *o, gyr__type_ref t, const gyr__cell *c);

static uint8_t *put_null(place *p, uint8_t *o) {
    if (!(o = gyr__ensure(p->w, o, 4 + p->tail))) return NULL;
    memcpy(o, "null", 4);
    return o + 4;
}

static uint8_t *complete_list(place *p, uint8_t *o, gyr__type_ref t, const gyr__cell *c) {
    gyr_exec *x = p->w->exec;
    size_t count = list_count(c);
    uint32_t depth = x->path_depth++;
    gyr__type_ref item_type = gyr__item_type(t);
    if (!(o = gyr__ensure(p->w, o, 2 + p->tail))) return NULL;
    *o++ = '[';
    for (uint32_t i = 0; i < count && o; i++) {
        gyr__cell item;
        x->path[depth] = i;
        item_cell(x, c, i, &item);
        if (!(o = gyr__ensure(p->w, o, 2 + p->tail))) break;
        if (i) *o++ = ',';
        o = complete(p, o, item_type, &item);
    }
    x->path_depth = depth;
    if (!o || !(o = gyr__ensure(p->w, o, 1 + p->tail))) return NULL;
    *o++ = ']';
    return o;
}

/* A value of type t failed, its error recorded: null, or NULL where that goes on upwards. */
static uint8_t *null_or_fail(place *p, uint8_t *o, gyr__type_ref t) {
    unsigned mode = p->w->exec->variant->mode;
    if (mode & GYR__MODE_ERROR_HALT || (gyr__is_non_null(t) && !(mode & GYR__MODE_ERROR_NULL))) return NULL;
    return put_null(p, o);
}

/* NULL: failed, its error recorded, which is not for t to bear (or the writer stopped). */
static uint8_t *complete(place *p, uint8_t *o, gyr__type_ref t, const gyr__cell *c) {
    gyr_exec *x = p->w->exec;
    gyr__writer *w = p->w;
    size_t start = (uintptr_t)o - w->origin;
    uint8_t *end = NULL;
    if (c->kind == GYR__CELL_NULL) {
        if (!gyr__is_non_null(t)) return put_null(p, o);
        gyr__raise_null(w, p->f, p->op);
        return null_or_fail(p, o, t);
    }
    bool list = gyr__is_list(t);
    if (c->kind == GYR__CELL_ERROR || c->kind == GYR__CELL_PENDING) {
        gyr__raise(w, p->f, p->op, c->kind == GYR__CELL_ERROR ? c->failure : &gyr__failure_unanswered);
    } else if (list && !is_list(c) && c->kind != GYR__CELL_JSON) {
        const gyr__field *def = gyr__position_of(p->f, p->op)->field->def;
        gyr__cell bad = gyr__failed_cell(x, "Expected Iterable, but did not find one for field \"%.*s.%.*s\".",
                                         (int)def->parent->def.name.len, def->parent->def.name.ptr,
                                         (int)def->def.name.len, def->def.name.ptr);
        gyr__raise(w, p->f, p->op, bad.failure);
    } else if (list && is_list(c) && x->path_depth < GYR__COUNT(x->path)) {
        end = complete_list(p, o, t, c);
    } else {
        end = put_leaf(p, o, t.named, c);
    }
    if (end || w->stop == GYR__STOP_ABORT) return end;
    return null_or_fail(p, (uint8_t *)(w->origin + start), t);
}

uint8_t *gyr__write_value(gyr__writer *w, uint8_t *o, gyr__frame *f, const gyr__op *op, gyr__type_ref t,
                          const gyr__cell *cell, size_t tail) {
    place p = {.w = w, .f = f, .op = op, .tail = tail};
    o = complete(&p, o, t, cell);
    return o ? gyr__ensure(w, o, tail) : NULL;
}
