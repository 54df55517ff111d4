/* Random data: objects, and the values of their fields, made on first sight from (seed, object, field,
 * argument). A member's value is also stored in the object, as the binding wants it, and is only what that
 * member can hold.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "model.h"

#include <math.h>

static const char *const enum_names[] = {"RED", "GREEN", "BLUE"};
static const int32_t enum_numbers[] = {1, 2, 7};

static gyr_str copy(mcase *c, const char *text) {
    size_t n = strlen(text);
    char *p = m_alloc(c, n + 1);
    memcpy(p, text, n);
    return gyr_str_of(p, n);
}

static void object_init(mobject *o, const mtype *type, uint64_t id) {
    o->type = type;
    o->tag = (int32_t)type->index + 100;
    o->id = id;
}

mobject *model_object(mcase *c, const mtype *type, uint64_t id) {
    mobject *o = m_alloc(c, sizeof *o);
    object_init(o, type, id);
    if (c->object_budget) c->object_budget--;
    return o;
}

static const mtype *concrete(mcase *c, mrng *r, const mtype *t) {
    for (uint32_t i = below(r, c->object_count);; i = (i + 1) % c->object_count)
        if (t->possible >> i & 1) return &c->types[i];
}

static void out_of_range(mcase *c, mvalue *v, int64_t n) {
    char text[96];
    v->integer = n;
    snprintf(text, sizeof text, "Int cannot represent non 32-bit signed integer value: %lld", (long long)n);
    v->wrong = copy(c, text).ptr;
}

static void random_leaf(mcase *c, mrng *r, mvalue *v, mleaf leaf) {
    char text[64];
    uint32_t n = below(r, 1000), e = below(r, 3);
    v->kind = MV_LEAF;
    v->integer = (int64_t)n - 500;
    switch (leaf) {
    case M_INT:
        if (chance(r, 10)) v->integer = (int32_t)draw(r);
        break;
    case M_FLOAT: v->number = ((int)n - 500) * 0.5; break;
    case M_BOOLEAN: v->integer = n & 1; break;
    case M_ENUM:
        v->integer = enum_numbers[e];
        v->text = copy(c, enum_names[e]);
        v->as_text = n & 1;
        break;
    default:
        snprintf(text, sizeof text, chance(r, 10) ? "a \"%u\" \xC3\xA9" : "s%u", n);
        v->text = copy(c, text);
        v->as_text = leaf == M_STRING || (n & 1);
    }
}

static void random_object(mcase *c, mrng *r, mvalue *v, const mtype *type) {
    v->kind = MV_NULL;
    if (!c->object_budget) return;
    v->kind = MV_OBJECT;
    v->object = model_object(c, concrete(c, r, type), draw(r));
    if (type->kind == M_OBJECT || !chance(r, 4)) return;
    v->object->bad = true;
    v->object->tag = 9;
}

static uint32_t random_count(mrng *r) { return chance(r, 3) ? 20 : below(r, 4); }

static void random_value(mcase *c, mrng *r, mvalue *v, mref t) {
    uint32_t k = below(r, 100);
    v->kind = m_non_null(t) ? (k < 3 ? MV_NULL : MV_LEAF) : k < 8 ? MV_NULL : k < 12 ? MV_ERROR : MV_LEAF;
    if (k == 99) v->kind = MV_SILENT;
    if (k == 98) v->kind = MV_ERROR;
    if (v->kind == MV_ERROR) {
        char text[32];
        snprintf(text, sizeof text, "failed \"%u\"", below(r, 1000));
        v->text = copy(c, text);
    }
    if (v->kind != MV_LEAF) return;
    if (t.depth) {
        v->kind = MV_LIST;
        v->count = random_count(r);
        v->items = m_alloc(c, (v->count + 1) * sizeof *v->items);
        for (uint32_t i = 0; i < v->count; i++) random_value(c, r, &v->items[i], m_item(t));
    } else if (t.type) {
        random_object(c, r, v, t.type);
    } else {
        random_leaf(c, r, v, t.leaf);
        if (t.leaf == M_INT && chance(r, 3)) out_of_range(c, v, (int64_t)below(r, 100) + 2147483648);
    }
}

/* ---- members */

static void list_of_objects(mcase *c, mrng *r, mvalue *v, const mfield *f, mslot *s) {
    v->kind = MV_LIST;
    v->count = c->object_budget ? random_count(r) : 0;
    v->items = m_alloc(c, (v->count + 1) * sizeof *v->items);
    v->side_by_side = f->member == MM_STRUCTS;
    mobject *array = v->side_by_side ? m_alloc(c, (v->count + 1) * sizeof *array) : NULL;
    const void **refs = m_alloc(c, (v->count + 1) * sizeof *refs);
    for (uint32_t i = 0; i < v->count; i++) {
        mvalue *item = &v->items[i];
        if (array) {
            object_init(&array[i], f->type.type, draw(r));
            *item = (mvalue){.kind = MV_OBJECT, .object = &array[i]};
            if (c->object_budget) c->object_budget--;
        } else if (!chance(r, 10)) {
            random_object(c, r, item, f->type.type);
        }
        refs[i] = item->object;
    }
    s->of.ref = array ? (const void *)array : (const void *)refs;
    s->count = (int32_t)v->count;
}

static void list_of_leaves(mcase *c, mrng *r, mvalue *v, const mfield *f, mslot *s) {
    v->kind = MV_LIST;
    v->count = random_count(r);
    v->items = m_alloc(c, (v->count + 1) * sizeof *v->items);
    int32_t *numbers = m_alloc(c, (v->count + 1) * sizeof *numbers);
    gyr_str *texts = m_alloc(c, (v->count + 1) * sizeof *texts);
    for (uint32_t i = 0; i < v->count; i++) {
        if (f->member == MM_STRS && chance(r, 10)) continue;
        random_leaf(c, r, &v->items[i], f->type.leaf);
        numbers[i] = (int32_t)v->items[i].integer;
        texts[i] = v->items[i].text;
    }
    s->of.ref = f->member == MM_STRS ? (const void *)texts : (const void *)numbers;
    s->count = (int32_t)v->count;
}

static bool may_be_null(mmember m) {
    return m == MM_I32_HAS || m == MM_I32_REF || m == MM_STR || m == MM_CSTR || m == MM_REF || m >= MM_STRUCTS;
}

static void member_value(mcase *c, mrng *r, mvalue *v, mobject *o, const mfield *f) {
    mslot *s = &o->slots[f->index];
    s->count = -1;
    v->kind = MV_NULL;
    if (may_be_null(f->member) && chance(r, 12)) return;
    if (f->type.depth) {
        if (f->type.type)
            list_of_objects(c, r, v, f, s);
        else
            list_of_leaves(c, r, v, f, s);
        return;
    }
    if (f->member == MM_SELF) {
        *v = (mvalue){.kind = MV_OBJECT, .object = o};
        return;
    }
    if (f->member == MM_REF) {
        random_object(c, r, v, f->type.type);
        s->of.ref = v->object;
        return;
    }
    random_leaf(c, r, v, f->type.leaf);
    if (f->type.leaf == M_ID) v->as_text = f->member == MM_STR;
    switch (f->member) {
    case MM_I8: v->integer = s->of.i8 = (int8_t)v->integer; break;
    case MM_U16: v->integer = s->of.u16 = (uint16_t)v->integer; break;
    case MM_I32: s->of.i32 = (int32_t)v->integer; break;
    case MM_I32_HAS: s->of.i32 = (int32_t)v->integer, s->has = 4; break;
    case MM_I32_REF: s->box = (int32_t)v->integer, s->of.ref = &s->box; break;
    case MM_I64:
        if (f->type.leaf == M_INT && chance(r, 15)) out_of_range(c, v, -(int64_t)below(r, 100) - 2147483649);
        s->of.i64 = v->integer;
        break;
    case MM_F32: s->of.f32 = (float)v->number; break;
    case MM_F64:
        s->of.f64 = v->number;
        if (chance(r, 15)) s->of.f64 = (double)NAN, v->wrong = "Float cannot represent non numeric value: NaN";
        break;
    case MM_BOOL: s->of.boolean = v->integer; break;
    case MM_BIT: s->has = v->integer ? 8 : 4; break;
    case MM_STR: s->of.str = v->text; break;
    case MM_CSTR: s->of.cstr = v->text.ptr; break;
    default: memcpy(s->of.chars, v->text.ptr, v->text.len < sizeof s->of.chars ? v->text.len : sizeof s->of.chars);
    }
}

mvalue *model_value(mcase *c, mobject *o, const mfield *f, int arg) {
    uint32_t k = m_arg_slot(c, arg);
    if (o->values[f->index][k]) return o->values[f->index][k];
    mrng r = {.state = mix(mix(c->seed, o->id), f->owner->index * 64u + f->index * 4u + k)};
    mvalue *v = o->values[f->index][k] = m_alloc(c, sizeof *v);
    if (f->source == M_MEMBER)
        member_value(c, &r, v, o, f);
    else
        random_value(c, &r, v, f->type);
    return v;
}
