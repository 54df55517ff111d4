/* Lowering: a shape to its program, the ops that append its JSON.
 *
 * Constant text gathers in `text` until an op needs a place for it: up to 16 bytes ride along as the op's prefix, more
 * become `lit`s or a `copy`. Objects of concrete types are written in line, and those of abstract types with few object
 * types, each behind a `case`; other abstract ones, and those nested deeper than INLINE_DEPTH, by a `call` of their own
 * program (which also bounds the recursion here).
 *
 * A position where a failure comes to rest owns a label: ops below it that may fail name it as their `fail` target. Its
 * landing - back to the start, write null, go on - is emitted behind the body, out of the way. Marks of positions
 * whose label nobody names are dropped at the end (drop_marks). Which positions these are is the one thing in which
 * error behaviours differ (lands): by default those that may be null, under NULL all, under HALT the root alone. A leaf
 * needs no landing: one that does not fail elsewhere (GYR__OP_FAILS) writes null itself.
 *
 * Room (op.def): a checking op leaves `tail` bytes for all that follows up to the next checking op, on every
 * path; plan_room computes it backwards to a fixed point, gyr__verify proves it forwards.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "plan/lower.h"

enum {
    INLINE_DEPTH = 12,
    INLINE_TYPES = 8,       /* an abstract type of more object types is written by calls */
    INLINE_FIELDS = 128,    /* so is one whose object types have more fields together */
    INLINE_OPS = 1024,      /* so is any in a program that is as long */
    LITS = 4,               /* text of more prefixes is a copy */
    MAX_CONSTANTS = 4 << 20 /* bytes of introspection that a program keeps; what is beyond is written per request */
};

/* An object type of an abstract one, and the number that tells it: a tag, or object_index + 1. */
typedef struct type_case {
    const gyr__type *type;
    gyr__shape *shape;
    uint32_t number;
} type_case;

/* ---- emitting */

static uint32_t label_new(gyr__lowering *l) {
    uint32_t *slot = gyr__vec_push(l->arena, &l->labels);
    if (slot) *slot = UINT32_MAX;
    return l->labels.len - 1;
}

static gyr__op *emit_raw(gyr__lowering *l, gyr__op_code code) {
    gyr__op *op = gyr__vec_push(l->arena, &l->ops);
    if (!op) op = &l->nowhere; /* the arena has failed: checked at the end */
    memset(op, 0, sizeof *op);
    op->code = (uint16_t)code;
    op->jump = op->fail = GYR__NO_LABEL;
    op->pos = l->pos;
    return op;
}

static gyr__op *emit(gyr__lowering *l, gyr__op_code code) {
    uint32_t most = sizeof l->nowhere.text, whole = 0;
    while (l->text.len > whole + most && l->text.len <= LITS * most) {
        gyr__op *lit = emit_raw(l, GYR__OP_lit);
        memcpy(lit->text, l->text.items + whole, most);
        lit->len = (uint8_t)most;
        whole += most;
    }
    if (whole) memmove(l->text.items, l->text.items + whole, l->text.len -= whole);
    if (l->text.len > most) {
        gyr_str *data = gyr__new(l->arena, gyr_str);
        gyr__op *copy = emit_raw(l, GYR__OP_copy);
        copy->data = data;
        if (data) *data = gyr__arena_str(l->arena, gyr_str_of(l->text.items, l->text.len));
        l->text.len = 0;
    }
    gyr__op *op = emit_raw(l, code);
    if (l->text.len) memcpy(op->text, l->text.items, l->text.len);
    op->len = (uint8_t)l->text.len;
    l->text.len = 0;
    return op;
}

static void label_here(gyr__lowering *l, uint32_t label) {
    if (l->text.len) emit(l, GYR__OP_lit);
    if (label < l->labels.len) l->labels.items[label] = l->ops.len;
}

static void put_text(gyr__lowering *l, gyr_str s) {
    if (s.len > UINT32_MAX - l->text.len) l->arena->failed = true;
    if (l->arena->failed || !gyr__vec_reserve(l->arena, &l->text, s.len)) return;
    memcpy(l->text.items + l->text.len, s.ptr, s.len);
    l->text.len += (uint32_t)s.len;
}

static uint16_t slot_new(gyr__lowering *l) {
    if (l->slots >= UINT16_MAX) l->arena->failed = true;
    return (uint16_t)l->slots++;
}

static uint32_t position_new(gyr__lowering *l, uint32_t parent, const gyr__field_plan *f, gyr_str key, uint32_t slot) {
    gyr__position *p = gyr__vec_push(l->arena, &l->positions);
    if (p) *p = (gyr__position){.parent = parent, .slot = slot, .field = f, .key = key};
    return l->positions.len - 1;
}

static void catch_later(gyr__lowering *l, uint32_t label, uint16_t slot, bool item, uint32_t resume) {
    gyr__landing *c = gyr__vec_push(l->arena, &l->landings);
    if (c) *c = (gyr__landing){.label = label, .slot = slot, .item = item, .resume = resume};
}

/* Whether a failure within a value of type t comes to rest there, as null. */
static bool lands(const gyr__lowering *l, gyr__type_ref t) {
    if (l->v->mode & GYR__MODE_ERROR_HALT) return false;
    return l->v->mode & GYR__MODE_ERROR_NULL || !gyr__is_non_null(t);
}

/* ---- leaves */

static gyr__op_code member_op(const gyr__field *f) {
    const gyr_binding *b = f->binding;
    if (b->kind == GYR_BIND_BIT || b->by_ref || b->has_size || gyr__is_list(f->type)) return GYR__OP_leaf;
    const gyr__type *t = f->type.named;
    if (t->kind != GYR__SCALAR) return GYR__OP_leaf;
    switch (b->ctype) {
    case GYR_C_I32: return t->scalar == GYR__INT ? GYR__OP_i32 : t->scalar == GYR__ID ? GYR__OP_id_i32 : GYR__OP_leaf;
    case GYR_C_I64: return t->scalar == GYR__INT ? GYR__OP_i64 : t->scalar == GYR__ID ? GYR__OP_id_i64 : GYR__OP_leaf;
    case GYR_C_F64: return t->scalar == GYR__FLOAT ? GYR__OP_f64 : GYR__OP_leaf;
    case GYR_C_BOOL: return t->scalar == GYR__BOOLEAN ? GYR__OP_boolean : GYR__OP_leaf;
    case GYR_C_STR: return t->scalar == GYR__STRING || t->scalar == GYR__ID ? GYR__OP_str : GYR__OP_leaf;
    case GYR_C_CSTR: return t->scalar == GYR__STRING || t->scalar == GYR__ID ? GYR__OP_cstr : GYR__OP_leaf;
    default: return GYR__OP_leaf;
    }
}

static bool can_fail(gyr__op_code code) {
    static const char *const operands[] = {
#define OP(name, class, operands, room, synopsis) operands,
#include "plan/op.def"
#undef OP
    };
    return strchr(operands[code], 'F') != NULL;
}

/* A leaf field or list of leaves: one op. */
static void lower_leaf(gyr__lowering *l, const gyr__field_plan *f, gyr__where w) {
    gyr__op_code code = f->fetch ? GYR__OP_cell : f->source == GYR__FROM_GETTER ? GYR__OP_get : member_op(f->def);
    gyr__op *op = emit(l, code);
    op->off = w.offset + (f->source == GYR__FROM_MEMBER ? f->def->binding->offset : 0);
    op->data = f;
    op->row = w.row;
    if (f->fetch) op->fetch = f->fetch->id;
    const gyr__type *t = f->def->type.named;
    if ((code == GYR__OP_cell || code == GYR__OP_get || code == GYR__OP_leaf) && !gyr__is_list(f->def->type))
        op->scalar = t->kind == GYR__ENUM ? GYR__ENUM_LEAF : t->scalar;
    if (gyr__is_non_null(f->def->type)) op->flags = GYR__OP_NON_NULL;
    if (lands(l, f->def->type) || !can_fail(code)) return;
    op->flags |= GYR__OP_FAILS;
    op->fail = w.fail;
}

/* ---- composites */

static void lower_value(gyr__lowering *l, const gyr__field_plan *f, gyr__type_ref t, gyr__where w, uint16_t slot,
                        bool item);

static void emit_call(gyr__lowering *l, const gyr__field_plan *f, gyr__where w, gyr__op_code code) {
    gyr__op *op = emit(l, code);
    op->data = f;
    op->off = w.offset;
    op->row = w.row;
    op->fail = w.fail;
    op->flags = f->sub->fetch ? GYR__OP_ROWS : 0;
}

static bool fits(int64_t v, const gyr_binding *tag) {
    if (tag->c_size == 1) return tag->is_signed ? v == (int8_t)v : v == (uint8_t)v;
    return tag->is_signed ? v == (int32_t)v : v == (uint32_t)v;
}

/* The cases of an abstract type whose tag is read in line: one for each value of the tag. 0: too many, or that is not how
 * the type is told. */
static uint32_t tag_cases(const gyr__field_plan *f, type_case *cases) {
    const gyr__type *t = f->sub->type;
    const gyr_binding *b = t->binding;
    uint32_t count = 0;
    if (f->fetch || f->source != GYR__FROM_MEMBER || !b || b->kind != GYR_BIND_TAG) return 0;
    if (b->c_size != 1 && b->c_size != 4) return 0;
    for (uint32_t i = 0; i < t->numbers.count; i++) {
        const gyr__type *object = t->numbers.values[i];
        int64_t tag = t->numbers.keys ? t->numbers.keys[i] : t->numbers.base + i;
        if (!object || !fits(tag, b)) continue;
        if (count == INLINE_TYPES || !gyr__is_possible(t, object)) return 0;
        for (uint32_t k = 0; k < count; k++)
            if (cases[k].type == object) return 0;
        cases[count++] = (type_case){.type = object, .number = b->c_size == 1 ? (uint8_t)tag : (uint32_t)tag};
    }
    return count;
}

static uint32_t all_cases(const gyr__type *t, type_case *cases) {
    if (t->possible_count > INLINE_TYPES) return 0;
    for (uint32_t i = 0; i < t->possible_count; i++)
        cases[i] = (type_case){.type = t->possible[i], .number = t->possible[i]->object_index + 1};
    return t->possible_count;
}

/* The shapes of the cases, if they are small. */
static bool make_shapes(gyr__lowering *l, gyr__selection *s, type_case *cases, uint32_t count) {
    uint32_t fields = 0;
    for (uint32_t i = 0; i < count; i++) {
        cases[i].shape = gyr__shape_new(l->v, s, cases[i].type, false);
        if (!cases[i].shape) l->arena->failed = true;
        if (!cases[i].shape || (fields += cases[i].shape->field_count) > INLINE_FIELDS) return false;
    }
    for (uint32_t i = 0; i < count; i++)
        atomic_store_explicit(&s->shapes[cases[i].type->object_index], cases[i].shape, memory_order_release);
    return true;
}

/* An object of an abstract type of few object types: the ops of each stand here, behind a `case`. What no tag's case takes
 * has no known type: `call` says so. False: nothing was emitted. */
static bool lower_types(gyr__lowering *l, const gyr__field_plan *f, gyr__where w) {
    type_case cases[INLINE_TYPES];
    if (l->depth >= INLINE_DEPTH || l->ops.len >= INLINE_OPS) return false;
    uint32_t tags = tag_cases(f, cases), count = tags ? tags : all_cases(f->sub->type, cases);
    if (!count || !make_shapes(l, f->sub, cases, count)) return false;
    uint32_t end = label_new(l), size = tags ? f->sub->type->binding->c_size : 0;
    if (!tags && !f->sub->fetch) emit_call(l, f, w, GYR__OP_type);
    l->depth++;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t other = label_new(l);
        if (tags || i + 1 < count) {
            gyr__op *op = emit(l, size == 1 ? GYR__OP_case_8 : size ? GYR__OP_case_32 : GYR__OP_case_type);
            op->off = size ? w.offset + f->sub->type->binding->offset : 0;
            op->aux = cases[i].number;
            op->row = w.row;
            op->jump = other;
        }
        gyr__lower_fields(l, cases[i].shape, w);
        if (tags || i + 1 < count) {
            emit(l, GYR__OP_jump)->jump = end;
            label_here(l, other);
        }
    }
    if (tags) emit_call(l, f, w, GYR__OP_call);
    l->depth--;
    label_here(l, end);
    return true;
}

static void lower_object(gyr__lowering *l, const gyr__field_plan *f, gyr__where w) {
    gyr__selection *s = f->sub;
    gyr__shape *shape = s->only;
    if (gyr__is_abstract_type(s->type)) {
        if (!lower_types(l, f, w)) emit_call(l, f, w, GYR__OP_call);
        return;
    }
    if (!shape) shape = gyr__shape_new(l->v, s, s->type, false);
    if (shape && l->depth < INLINE_DEPTH && !shape->program) {
        l->depth++;
        gyr__lower_fields(l, shape, w);
        l->depth--;
        return;
    }
    if (shape && !shape->program) {
        gyr__shape **later = gyr__vec_push(l->arena, &l->later);
        if (later) *later = shape;
    }
    emit_call(l, f, w, GYR__OP_call);
}

/* Whether a member holds a pointer that writing it follows. */
static bool is_pointer(const gyr__field_plan *f) {
    const gyr_binding *b = f->def->binding;
    if (f->source != GYR__FROM_MEMBER) return false;
    if (b->kind == GYR_BIND_LIST) return !b->inline_items;
    return b->kind == GYR_BIND_MEMBER && (b->by_ref || b->ctype == GYR_C_STR || b->ctype == GYR_C_CSTR);
}

/* The first pointer in what a field of items points to: of the objects that it and its own field make. */
static bool find_deep(gyr__lowering *l, const gyr__field_plan *f, uint32_t *offset) {
    gyr__selection *s = f->sub;
    if (!s || s->fetch || gyr__is_abstract_type(s->type) || gyr__is_list(f->def->type) || !is_pointer(f)) return false;
    const gyr__shape *shape = s->only ? s->only : gyr__shape_new(l->v, s, s->type, false);
    for (uint32_t i = 0; shape && i < shape->field_count; i++) {
        *offset = shape->fields[i].def->binding ? shape->fields[i].def->binding->offset : 0;
        if (is_pointer(&shape->fields[i])) return true;
    }
    return false;
}

/* Has the objects of items to come loaded, and what they point to: the plan knows which members will be read. */
static void emit_ahead(gyr__lowering *l, const gyr__field_plan *list, uint16_t slot, bool refs) {
    gyr__selection *s = list->sub;
    uint32_t pointers[2] = {0, 0}, deep[2] = {0, 0}, count = 0, last = 0;
    bool is_deep = false, abstract = gyr__is_abstract_type(s->type);
    const gyr__shape *shape = s->only || abstract ? s->only : gyr__shape_new(l->v, s, s->type, false);
    for (uint32_t i = 0; shape && i < shape->field_count; i++) {
        const gyr__field_plan *f = &shape->fields[i];
        if (f->source != GYR__FROM_MEMBER) continue;
        last = GYR__MAX(last, f->def->binding->offset);
        if (is_pointer(f) && count < 2) pointers[count++] = f->def->binding->offset;
        if (refs && !is_deep && (is_deep = find_deep(l, f, &deep[1]))) deep[0] = f->def->binding->offset;
    }
    if (!refs && !count) return;
    gyr__op *op = emit(l, !refs ? GYR__OP_ahead_structs : count ? GYR__OP_ahead_refs : GYR__OP_ahead);
    op->slot = slot;
    op->off = pointers[0];
    op->aux = refs ? pointers[count > 1] : list->def->binding->c_size;
    op->count_off = refs ? last : pointers[count > 1];
    if (!is_deep) return;
    op = emit(l, GYR__OP_ahead_deep);
    op->slot = slot;
    op->off = deep[0];
    op->aux = deep[1];
}

/* The item of a list, then the back edge. */
static void lower_items(gyr__lowering *l, const gyr__field_plan *f, gyr__type_ref item, gyr__where w, uint16_t slot,
                        gyr__op_code next) {
    uint32_t body = label_new(l), back = label_new(l);
    uint32_t pos = l->pos;
    label_here(l, body);
    if (next != GYR__OP_next && !gyr__is_list(item)) {
        emit_ahead(l, f, slot, next == GYR__OP_next_refs);
    }
    l->pos = position_new(l, pos, f, (gyr_str){NULL, 0}, slot);
    bool nullable = !gyr__is_non_null(item), landing = lands(l, item), rest = l->rest;
    l->rest = false;
    if (landing) {
        w.fail = label_new(l);
        emit(l, GYR__OP_mark_item)->slot = slot;
    } else if (rest) {
        emit(l, GYR__OP_keep);
    }
    if (!f->sub) { /* of a stream */
        gyr__op *op = emit(l, GYR__OP_value);
        op->slot = slot;
        op->data = f;
        op->fail = w.fail;
    } else if (gyr__is_list(item)) {
        lower_value(l, f, item, w, slot, true);
    } else {
        if (next != GYR__OP_next_structs) {
            gyr__op *op = emit(l, next == GYR__OP_next_refs ? GYR__OP_item_ref : GYR__OP_item);
            op->slot = slot;
            op->jump = back;
            if (!nullable || next == GYR__OP_next) op->fail = w.fail;
            op->data = f;
            op->flags = (uint8_t)((nullable ? 0 : GYR__OP_NON_NULL) | (f->sub->fetch ? GYR__OP_ROWS : 0));
        }
        lower_object(l, f, (gyr__where){.offset = 0, .row = slot, .fail = w.fail});
    }
    label_here(l, back);
    l->pos = pos;
    gyr__op *op = emit(l, next);
    op->slot = slot;
    op->jump = body;
    op->data = f;
    if (f->def->binding) op->stride = f->def->binding->c_size;
    if (landing) catch_later(l, w.fail, slot, true, back);
}

/* A list or an object at the current place of the output. `item`: the value is the current item of `slot`. */
static void lower_value(gyr__lowering *l, const gyr__field_plan *f, gyr__type_ref t, gyr__where w, uint16_t outer,
                        bool item) {
    const gyr_binding *b = f->def->binding;
    bool list = gyr__is_list(t), non_null = gyr__is_non_null(t), member = !f->fetch && f->source == GYR__FROM_MEMBER;
    uint16_t slot = slot_new(l);
    uint32_t end = label_new(l);
    gyr__op_code next = GYR__OP_next;
    gyr__op *op;
    if (member && list) {
        bool refs = b->ctype == GYR_C_REF;
        next = refs ? GYR__OP_next_refs : GYR__OP_next_structs;
        op = emit(l, refs ? GYR__OP_list_refs : GYR__OP_list_structs);
        op->off = w.offset + b->offset;
        op->stride = b->c_size;
        op->count_off = w.offset + b->count_offset;
        op->count_type = (uint16_t)gyr__count_type_of(b);
        op->flags = b->inline_items ? GYR__OP_INLINE : 0;
    } else if (member) {
        op = emit(l, GYR__OP_enter);
        op->off = w.offset + b->offset;
    } else {
        op = emit(l, GYR__OP_open);
        op->off = w.offset;
        op->row = item ? outer : w.row;
        if (f->fetch) op->fetch = f->fetch->id;
        op->flags =
            (uint8_t)((list ? GYR__OP_LIST : 0) | (f->sub->fetch ? GYR__OP_ROWS : 0) | (item ? GYR__OP_ITEM : 0) |
                      (f->source == GYR__FROM_GETTER && !f->fetch && !item ? GYR__OP_GETTER : 0));
    }
    op->slot = slot;
    op->data = f;
    op->jump = end;
    if (non_null || !member) op->fail = w.fail;
    op->flags |= non_null ? GYR__OP_NON_NULL : 0;
    if (list) {
        lower_items(l, f, gyr__item_type(t), (gyr__where){.row = slot, .fail = w.fail}, slot, next);
    } else {
        lower_object(l, f, (gyr__where){.row = slot, .fail = w.fail});
        emit(l, GYR__OP_leave)->slot = slot;
    }
    label_here(l, end);
}

/* A struct inside the struct: its members are this object's, further on. */
static bool is_inline_struct(const gyr__field_plan *f) {
    const gyr_binding *b = f->def->binding;
    return !f->fetch && f->source == GYR__FROM_MEMBER && b->kind == GYR_BIND_MEMBER && b->ctype == GYR_C_STRUCT &&
           !b->has_size;
}

static void lower_composite(gyr__lowering *l, const gyr__field_plan *f, gyr__where w) {
    bool landing = lands(l, f->def->type);
    uint32_t resume = label_new(l);
    uint16_t slot = 0;
    if (landing) {
        slot = slot_new(l);
        emit(l, GYR__OP_mark)->slot = slot;
        w.fail = label_new(l);
    }
    if (is_inline_struct(f)) {
        w.offset += f->def->binding->offset;
        lower_object(l, f, w);
    } else {
        lower_value(l, f, f->def->type, w, w.row, false);
    }
    label_here(l, resume);
    if (landing) catch_later(l, w.fail, slot, false, resume);
}

/* A list with @stream: its first items as any list's, whatever it comes from. */
static void lower_stream(gyr__lowering *l, const gyr__field_plan *f, gyr__where w) {
    bool landing = lands(l, f->def->type), member = !f->fetch && f->source == GYR__FROM_MEMBER;
    uint32_t resume = label_new(l);
    uint16_t start = 0, slot = slot_new(l);
    if (landing) {
        start = slot_new(l);
        emit(l, GYR__OP_mark)->slot = start;
        w.fail = label_new(l);
    }
    gyr__op *op = emit(l, GYR__OP_stream);
    op->off = w.offset + (member ? f->def->binding->offset : 0);
    op->row = w.row;
    op->slot = slot;
    op->data = f;
    op->jump = resume;
    op->fail = w.fail;
    if (f->fetch) op->fetch = f->fetch->id;
    op->flags = (uint8_t)(GYR__OP_LIST | (f->sub && f->sub->fetch ? GYR__OP_ROWS : 0) |
                          (gyr__is_non_null(f->def->type) ? GYR__OP_NON_NULL : 0) |
                          (f->source == GYR__FROM_GETTER && !f->fetch ? GYR__OP_GETTER : 0));
    lower_items(l, f, gyr__item_type(f->def->type), (gyr__where){.row = slot, .fail = w.fail}, slot, GYR__OP_next);
    label_here(l, resume);
    if (landing) catch_later(l, w.fail, start, false, resume);
}

static void lower_constant(gyr__lowering *l, const gyr__field_plan *f, const gyr__shape *shape, gyr__where w) {
    if (f->def->meta == GYR__META_TYPENAME) {
        put_text(l, gyr_s("\""));
        put_text(l, shape->type->def.name);
        put_text(l, gyr_s("\""));
        return;
    }
    if (gyr__intro_constant(l->v, f) && l->constants < MAX_CONSTANTS) {
        gyr__json_out out;
        gyr__intro_problems problems = {.arena = l->arena, .most = 1};
        gyr__json_out_init(&out, &l->arena->allocator, NULL, MAX_CONSTANTS - l->constants);
        gyr_status status = gyr__intro_write(l->v, f, NULL, &out, &problems);
        bool whole = status != GYR_ERR_LIMIT && !problems.list.len;
        if (status == GYR_ERR_MEMORY) l->arena->failed = true;
        if (whole) put_text(l, gyr__json_out_text(&out));
        l->constants += gyr__json_out_text(&out).len;
        gyr__json_out_fini(&out);
        if (whole) return;
    }
    gyr__op *op = emit(l, GYR__OP_intro);
    op->data = f;
    op->fail = w.fail;
}

static void lower_field(gyr__lowering *l, gyr__shape *shape, gyr__field_plan *f, gyr__where w, bool first) {
    uint32_t pos = l->pos;
    put_text(l, first ? gyr_s("\"") : gyr_s(",\""));
    put_text(l, f->key);
    put_text(l, gyr_s("\":"));
    l->pos = position_new(l, pos, f, f->key, 0);
    if (f->source == GYR__FROM_CONSTANT)
        lower_constant(l, f, shape, w);
    else if (f->stream)
        lower_stream(l, f, w);
    else if (f->sub)
        lower_composite(l, f, w);
    else
        lower_leaf(l, f, w);
    l->pos = pos;
}

void gyr__lower_fields(gyr__lowering *l, gyr__shape *shape, gyr__where w) {
    if (shape->error) {
        gyr__op *op = emit(l, GYR__OP_raise);
        op->data = shape;
        op->fail = w.fail;
        return;
    }
    if (shape->defer_count || shape->part_count) {
        gyr__op *op = emit(l, GYR__OP_defer);
        op->data = shape;
        op->off = w.offset;
    }
    put_text(l, gyr_s("{"));
    bool sections = l->root && !shape->apart && l->depth == 0 &&
                    shape->type == l->v->plan->schema->roots[GYR_MUTATION] &&
                    l->v->plan->operation->operation == GYR__MUTATION;
    for (uint32_t i = 0; i < shape->field_count; i++) {
        lower_field(l, shape, &shape->fields[i], w, i == 0);
        if (sections && i + 1 < shape->field_count) emit(l, GYR__OP_section);
    }
    put_text(l, gyr_s("}"));
}

/* ---- the end: landings, labels, room */

static void emit_landings(gyr__lowering *l) {
    for (uint32_t i = 0; i < l->landings.len; i++) {
        gyr__landing c = l->landings.items[i];
        label_here(l, c.label);
        if (l->v->mode & GYR__MODE_INCREMENTAL) {
            gyr__op *drop = emit(l, GYR__OP_drop);
            drop->slot = c.slot;
            drop->flags = c.item ? GYR__OP_ITEM : 0;
        }
        gyr__op *op = emit(l, c.item ? GYR__OP_null_item : GYR__OP_null);
        op->slot = c.slot;
        op->jump = c.resume;
    }
}

static gyr__program *finish(gyr__lowering *l, gyr__shape *shape) {
    gyr__program *p = gyr__new(l->arena, gyr__program);
    if (!p || l->arena->failed) return NULL;
    *p = (gyr__program){.ops = l->ops.items,
                        .op_count = l->ops.len,
                        .slot_count = l->slots,
                        .positions = l->positions.items,
                        .position_count = l->positions.len,
                        .shape = shape};
    if (!gyr__layout(l, p)) return NULL;
    p->next = l->v->programs;
    l->v->programs = p;
    return p;
}

/* Objects nested deep have programs of their own, and their own depth. */
static bool lower_deep(gyr__lowering *l) {
    for (uint32_t i = 0; i < l->later.len; i++)
        if (!l->later.items[i]->program && !gyr__lower(l->v, l->later.items[i])) return false;
    return true;
}

gyr__program *gyr__lower(gyr__variant *v, gyr__shape *shape) {
    gyr__lowering l = {.v = v, .arena = &v->arena, .pos = GYR__NO_POSITION, .slots = 1};
    l.root = shape->selection == v->root || shape->apart;
    uint32_t fail = label_new(&l), end = label_new(&l);
    if (l.root) emit(&l, GYR__OP_mark)->slot = 0;
    gyr__lower_fields(&l, shape, (gyr__where){.row = 0, .fail = fail});
    label_here(&l, end);
    emit(&l, l.root ? GYR__OP_done : GYR__OP_ret);
    if (l.root) catch_later(&l, fail, 0, false, end); /* data: null */
    emit_landings(&l);
    if (!l.root) {
        label_here(&l, fail);
        emit(&l, GYR__OP_ret_fail);
    }
    gyr__program *p = shape->program = finish(&l, shape);
    return p && lower_deep(&l) ? p : NULL;
}

gyr__program *gyr__lower_rest(gyr__variant *v, gyr__field_plan *f) {
    gyr__lowering l = {.v = v, .arena = &v->arena, .pos = GYR__NO_POSITION, .slots = GYR__REST_SLOT, .rest = true};
    uint32_t fail = label_new(&l);
    uint16_t slot = slot_new(&l);
    lower_items(&l, f, gyr__item_type(f->def->type), (gyr__where){.row = slot, .fail = fail}, slot, GYR__OP_next);
    emit(&l, GYR__OP_done);
    emit_landings(&l);
    label_here(&l, fail);
    emit(&l, GYR__OP_cut);
    gyr__program *p = finish(&l, f->shape);
    return p && lower_deep(&l) ? p : NULL;
}
