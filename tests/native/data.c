/* Random data: POOL structs of each type, whose members point to one another, filled anew for each execution.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "native.h"

#include <math.h>

/* ---- values */

/* Lengths about the widths of vectors, some long enough for the way of long texts. */
static uint32_t length(mrng *r) {
    uint32_t k = below(r, 100);
    return k < 4 ? 0 : k < 60 ? below(r, 18) : k < 90 ? below(r, 140) : k < 99 ? below(r, 600) : 900 + below(r, 4000);
}

gyr_str n_text(mrng *r) {
    uint32_t n = length(r), quarter = chance(r, 50) ? 0 : below(r, 4);
    uint32_t from = quarter * (TEXTS / 4) + below(r, TEXTS / 4);
    return gyr_str_of(n_texts + from, from + n > TEXTS ? TEXTS - from : n);
}

const char *n_cstr(mrng *r) { return n_texts + below(r, TEXTS); }

int64_t n_integer(mrng *r) {
    static const int64_t corners[] = {0,           -1,        127,        -128,        255,
                                      32767,       65535,     2147483647, -2147483648, 2147483648,
                                      -2147483649, INT64_MAX, INT64_MIN,  4294967295};
    uint32_t k = below(r, 100);
    if (k < 50) return below(r, 200);
    if (k < 60) return corners[below(r, sizeof corners / sizeof *corners)];
    int64_t v = (int64_t)mix(draw(r), 1) >> below(r, 64);
    return k < 90 ? (int32_t)v : v;
}

double n_number(mrng *r) {
    static const double corners[] = {0.0, -0.0, 0.1, 1e21, 1e-7, 5e-324, 1.7976931348623157e308, 9007199254740994,
                                     1e22};
    uint32_t k = below(r, 100);
    if (k < 40) return below(r, 100000) / 100.0 - 300;
    if (k < 60) return (double)below(r, 10000);
    if (k < 70) return corners[below(r, sizeof corners / sizeof *corners)];
    if (k < 74) return k == 70 ? (double)INFINITY : k == 71 ? -(double)INFINITY : (double)NAN;
    uint64_t bits = mix(draw(r), 2);
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

static int64_t enum_number(mrng *r) {
    static const int64_t numbers[] = {1, -2, 100, 2, 4, 128, 3};
    return numbers[below(r, chance(r, 90) ? 3 : 7)];
}

static gyr_str enum_name(mrng *r) {
    static const char *const names[] = {"RED", "GREEN", "BLUE", "A", "D", "red", ""};
    const char *s = names[below(r, chance(r, 90) ? 3 : 7)];
    return gyr_str_of(s, strlen(s));
}

static void store_integer(char *at, uint32_t size, int64_t v) { memcpy(at, &v, size); /* little endian */ }

static void store_text(mrng *r, char *at, gyr_ctype t, uint32_t size, mleaf leaf) {
    bool name = leaf == M_ENUM || leaf == M_FLAG;
    gyr_str s = name ? enum_name(r) : n_text(r);
    if (t == GYR_C_CHARS) {
        memset(at, 0, size);
        memcpy(at, s.ptr, s.len < size ? s.len : size);
        return;
    }
    bool null = chance(r, 6);
    if (t == GYR_C_STR) {
        memcpy(at, &(gyr_str){null ? NULL : s.ptr, null ? 0 : s.len}, sizeof(gyr_str));
        return;
    }
    const char *p = null ? NULL : name ? s.ptr : n_cstr(r);
    memcpy(at, &p, sizeof p);
}

void n_store(mrng *r, char *at, gyr_ctype t, uint32_t size, mleaf leaf) {
    float f;
    double d;
    switch (t) {
    case GYR_C_BOOL: *(bool *)at = chance(r, 50); break;
    case GYR_C_F32: f = chance(r, 90) ? (float)below(r, 1000) / 8 : (float)NAN, memcpy(at, &f, sizeof f); break;
    case GYR_C_F64: d = n_number(r), memcpy(at, &d, sizeof d); break;
    case GYR_C_STR:
    case GYR_C_CSTR:
    case GYR_C_CHARS: store_text(r, at, t, size, leaf); break;
    case GYR_C_CUSTOM: store_integer(at, 8, below(r, 100)); break;
    default: store_integer(at, n_ctype_size(t), leaf == M_ENUM || leaf == M_FLAG ? enum_number(r) : n_integer(r));
    }
}

/* ---- objects */

const nobject *n_pick(const ncase *c, mrng *r, const mtype *type) {
    const mtype *t = type;
    if (type->kind != M_OBJECT)
        for (uint32_t i = below(r, c->m.object_count);; i = (i + 1) % c->m.object_count)
            if (type->possible >> i & 1) {
                t = &c->m.types[i];
                break;
            }
    return (const nobject *)(const void *)(c->pool[t->index] + below(r, POOL) * (size_t)c->size[t->index]);
}

static void fill_object(ncase *c, mrng *r, const mtype *type, char *at);

/* How many there are, in whatever width; and whether the items' pointer is to be NULL. */
static uint32_t store_count(mrng *r, const nfield *n, char *object, uint32_t count, bool *null) {
    int64_t stored = count;
    *null = !count && chance(r, 30);
    if (chance(r, 6)) {
        *null = chance(r, 50);
        if (n->row.is_signed) stored = chance(r, 50) ? -1 : (int64_t)(UINT64_MAX << (n->row.count_size * 8 - 1));
        if (!n->row.is_signed && *null && !n->row.inline_items) stored = 3; /* and no items */
    }
    store_integer(object + n->row.count_offset, n->row.count_size, stored);
    return stored < 0 ? 0 : count;
}

static uint32_t random_count(mrng *r, uint32_t most) {
    uint32_t k = below(r, 100), n = k < 90 ? below(r, 4) : k < 98 ? below(r, 20) : below(r, 100);
    return n < most ? n : most;
}

static void put_pointer(const nfield *n, char *object, const void *p, bool null) {
    if (null) p = NULL;
    memcpy(object + n->row.offset, &p, sizeof p);
}

static void fill_structs(ncase *c, mrng *r, const nfield *n, char *object) {
    const mtype *t = n->field->type.type;
    bool null;
    if (n->row.inline_items) {
        uint32_t count = store_count(r, n, object, random_count(r, 3), &null);
        for (uint32_t i = 0; i < count; i++) fill_object(c, r, t, object + n->row.offset + i * (size_t)n->row.c_size);
        return;
    }
    uint32_t first = below(r, POOL), count = store_count(r, n, object, random_count(r, POOL - first), &null);
    (void)count;
    put_pointer(n, object, c->pool[t->index] + first * (size_t)c->size[t->index], null);
}

static void fill_refs(ncase *c, mrng *r, const nfield *n, char *object) {
    bool null;
    bool inside = n->row.inline_items;
    uint32_t count = store_count(r, n, object, random_count(r, inside ? SLOT / sizeof(void *) : 100), &null);
    const void **items =
        inside ? (const void **)(void *)(object + n->row.offset) : n_take(&c->data, (count + 1) * sizeof *items);
    for (uint32_t i = 0; i < count; i++) items[i] = chance(r, 8) ? NULL : n_pick(c, r, n->field->type.type);
    if (!inside) put_pointer(n, object, items, null);
}

static void fill_values(ncase *c, mrng *r, const nfield *n, char *object) {
    bool null, inside = n->row.inline_items;
    uint32_t size = n->row.c_size;
    uint32_t count = store_count(r, n, object, random_count(r, inside ? SLOT / size : 100), &null);
    char *items = inside ? object + n->row.offset : n_take(&c->data, (count + 1) * size);
    for (uint32_t i = 0; i < count; i++) n_store(r, items + (size_t)i * size, n->row.ctype, size, n->field->type.leaf);
    if (!inside) put_pointer(n, object, items, null);
}

static void fill_leaf(ncase *c, mrng *r, const nfield *n, char *object) {
    const gyr_binding *b = &n->row;
    char *at = object + b->offset;
    if (b->kind == GYR_BIND_BIT || b->kind == GYR_BIND_FLAGS) {
        uint64_t bits = mix(draw(r), 3) & (chance(r, 70) ? 135 : UINT64_MAX);
        memcpy(at, &bits, b->c_size);
        return;
    }
    if (b->has_size)
        store_integer(object + b->has_offset, b->has_size, (int64_t)(chance(r, 80) ? b->has_mask : ~b->has_mask));
    if (b->by_ref) {
        char *value = n_take(&c->data, 16);
        put_pointer(n, object, value, chance(r, 15));
        at = value;
    }
    n_store(r, at, b->ctype, b->c_size, n->field->type.leaf);
}

static void fill_field(ncase *c, mrng *r, const nfield *n, char *object) {
    const gyr_binding *b = &n->row;
    const mtype *t = n->field->type.type;
    if (n->field->source != M_MEMBER) return;
    if (!t && b->kind == GYR_BIND_LIST)
        fill_values(c, r, n, object);
    else if (!t)
        fill_leaf(c, r, n, object);
    else if (b->kind == GYR_BIND_LIST)
        b->ctype == GYR_C_REF ? fill_refs(c, r, n, object) : fill_structs(c, r, n, object);
    else if (b->ctype == GYR_C_REF)
        put_pointer(n, object, n_pick(c, r, t), chance(r, 12));
    else if (b->offset) /* else it is the object itself */
        fill_object(c, r, t, object + b->offset);
}

/* Of an abstract type: of any of its object types. */
static void fill_object(ncase *c, mrng *r, const mtype *type, char *at) {
    uint32_t i = type->index;
    if (type->kind != M_OBJECT)
        for (i = below(r, c->m.object_count); !(type->possible >> i & 1);) i = (i + 1) % c->m.object_count;
    nobject *o = (nobject *)(void *)at;
    int tag = (int)i + 1;
    *o = (nobject){.id = mix(draw(r), 4), .type = i, .bad = chance(r, 2)};
    if (o->bad) tag = 90;
    o->i8 = (int8_t)-tag, o->i16 = (int16_t)-tag, o->i32 = -tag;
    o->u8 = (uint8_t)tag, o->u16 = (uint16_t)tag, o->u32 = (uint32_t)tag, o->u64 = (uint64_t)tag;
    o->i64 = c->m.type_index[i];
    for (uint32_t k = 0; k < c->m.types[i].field_count; k++) fill_field(c, r, &c->fields[i][k], at);
}

void n_fill(ncase *c, mrng *r) {
    n_forget(&c->data);
    for (uint32_t i = 0; i < c->m.type_count; i++)
        for (uint32_t k = 0; k < POOL; k++) fill_object(c, r, &c->m.types[i], c->pool[i] + k * (size_t)c->size[i]);
}
