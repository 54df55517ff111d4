/* Lowering: a shape to its program, the ops that append its JSON.
 *
 * Constant text gathers in `text` until an op needs a place for it: up to 16 bytes ride along as the op's prefix, more
 * become a `copy`. Objects of concrete types are written in line; abstract ones, and those nested deeper than
 * INLINE_DEPTH, by a `call` of their own program (which also bounds the recursion here).
 *
 * A position that can turn null (a nullable composite field or item) owns a label: ops below it that may fail name it as
 * their `fail` target. Its landing - back to the start, write null, go on - is emitted behind the body, out of
 * the way. Marks of positions whose label nobody names are dropped at the end (drop_marks).
 *
 * Room (op.def): a checking op leaves `tail` bytes for all that follows up to the next checking op, on every
 * path; plan_room computes it backwards to a fixed point, gyr__verify proves it forwards.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "plan/lower.h"

enum {
    INLINE_DEPTH = 12,
    MAX_CONSTANTS = 4 << 20 /* bytes of introspection that a program keeps; what is beyond is written per request */
};

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
    if (l->text.len > sizeof l->nowhere.text) {
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

/* A leaf field or list of leaves: one op. Where null is allowed the op itself writes null when it fails. */
static void lower_leaf(gyr__lowering *l, const gyr__field_plan *f, gyr__where w) {
    gyr__op_code code = f->fetch ? GYR__OP_cell : f->source == GYR__FROM_GETTER ? GYR__OP_get : member_op(f->def);
    gyr__op *op = emit(l, code);
    op->off = w.offset + (f->source == GYR__FROM_MEMBER ? f->def->binding->offset : 0);
    op->data = f;
    op->row = w.row;
    if (f->fetch) op->fetch = f->fetch->id;
    if (code == GYR__OP_cell || code == GYR__OP_get)
        op->scalar =
            !gyr__is_list(f->def->type) && f->def->type.named->kind == GYR__SCALAR ? f->def->type.named->scalar : 0;
    if (!gyr__is_non_null(f->def->type)) return;
    op->flags = GYR__OP_NON_NULL;
    op->fail = w.fail;
}

/* ---- composites */

static void lower_value(gyr__lowering *l, const gyr__field_plan *f, gyr__type_ref t, gyr__where w, uint16_t slot,
                        bool item);

static void lower_object(gyr__lowering *l, const gyr__field_plan *f, gyr__where w) {
    gyr__selection *s = f->sub;
    gyr__shape *shape = s->only;
    if (!gyr__is_abstract_type(s->type) && !shape) shape = gyr__shape_new(l->v, s, s->type, false);
    if (shape && !gyr__is_abstract_type(s->type) && l->depth < INLINE_DEPTH && !shape->program) {
        l->depth++;
        gyr__lower_fields(l, shape, w);
        l->depth--;
        return;
    }
    if (shape && !shape->program) {
        gyr__shape **later = gyr__vec_push(l->arena, &l->later);
        if (later) *later = shape;
    }
    gyr__op *op = emit(l, GYR__OP_call);
    op->data = f;
    op->off = w.offset;
    op->row = w.row;
    op->fail = w.fail;
    op->flags = s->fetch ? GYR__OP_ROWS : 0;
}

/* The item of a list, then the back edge. */
static void lower_items(gyr__lowering *l, const gyr__field_plan *f, gyr__type_ref item, gyr__where w, uint16_t slot,
                        gyr__op_code next) {
    uint32_t body = label_new(l), back = label_new(l);
    uint32_t pos = l->pos;
    label_here(l, body);
    l->pos = position_new(l, pos, f, (gyr_str){NULL, 0}, slot);
    bool nullable = !gyr__is_non_null(item);
    if (nullable) {
        w.fail = label_new(l);
        emit(l, GYR__OP_mark_item)->slot = slot;
    }
    if (gyr__is_list(item)) {
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
    if (nullable) catch_later(l, w.fail, slot, true, back);
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
    bool nullable = !gyr__is_non_null(f->def->type);
    uint32_t resume = label_new(l);
    uint16_t slot = 0;
    if (nullable) {
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
    if (nullable) catch_later(l, w.fail, slot, false, resume);
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
        gyr__intro_problems problems = {.arena = l->arena};
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
    put_text(l, gyr_s("{"));
    bool sections = l->root && l->depth == 0 && shape->type == l->v->plan->schema->roots[GYR_MUTATION] &&
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
    return gyr__layout(l, p) ? p : NULL;
}

gyr__program *gyr__lower(gyr__variant *v, gyr__shape *shape) {
    gyr__lowering l = {.v = v, .arena = &v->arena, .pos = GYR__NO_POSITION, .slots = 1};
    l.root = shape->selection == v->root;
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
    for (uint32_t i = 0; p && i < l.later.len; i++) /* deep ones: their own programs, their own depth */
        if (!l.later.items[i]->program && !gyr__lower(v, l.later.items[i])) return NULL;
    return p;
}
