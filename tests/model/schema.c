/* Random schemas: object types T0.., interfaces I0.., unions U0.., each field with its own way to be
 * answered.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "model.h"

static const char *const leaf_names[] = {"Int", "Float", "String", "Boolean", "ID", "E", "S", "A", "F"};

/* ---- memory and text */

void *m_alloc(mcase *c, size_t size) {
    mchunk *m = calloc(1, sizeof *m + size);
    if (!m) abort();
    m->next = c->chunks;
    c->chunks = m;
    return m->bytes;
}

void put_bytes(mtext *t, const char *s, size_t n) {
    if (t->len + n + 1 > t->cap) {
        t->cap = (t->len + n + 1) * 2;
        t->ptr = realloc(t->ptr, t->cap);
        if (!t->ptr) abort();
    }
    if (n) memcpy(t->ptr + t->len, s, n);
    t->len += n;
    t->ptr[t->len] = '\0';
}

void put(mtext *t, const char *format, ...) {
    char text[1024];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= sizeof text) abort();
    put_bytes(t, text, (size_t)n);
}

/* ---- types */

const mfield *m_field(const mtype *type, const char *name) {
    for (uint32_t i = 0; i < type->field_count; i++)
        if (strcmp(type->fields[i].name, name) == 0) return &type->fields[i];
    return NULL;
}

static mref random_ref(mcase *c, mrng *r, uint32_t leaves) {
    static const uint8_t depths[] = {0, 0, 0, 1, 1, 1, 2, 2, 3};
    mref t = {.leaf = (mleaf)below(r, M_LEAVES), .depth = depths[below(r, sizeof depths)]};
    if (!chance(r, leaves)) t.type = &c->types[1 + below(r, c->type_count - 1)];
    for (uint32_t i = 0; i <= t.depth; i++)
        if (chance(r, 40)) t.non_null |= 1u << i;
    return t;
}

/* Picks a way for a member to hold the field; false: none can. */
static bool choose_member(mrng *r, mfield *f) {
    static const struct {
        mleaf leaf;
        mmember member;
    } leaves[] = {{M_INT, MM_I8},      {M_INT, MM_U16},     {M_INT, MM_I32},      {M_INT, MM_I32_HAS},
                  {M_INT, MM_I32_REF}, {M_INT, MM_I64},     {M_FLOAT, MM_F32},    {M_FLOAT, MM_F64},
                  {M_STRING, MM_STR},  {M_STRING, MM_CSTR}, {M_STRING, MM_CHARS}, {M_BOOLEAN, MM_BOOL},
                  {M_BOOLEAN, MM_BIT}, {M_ID, MM_I32},      {M_ID, MM_I64},       {M_ID, MM_STR},
                  {M_ENUM, MM_I32},    {M_ENUM, MM_CSTR}};
    enum { COUNT = sizeof leaves / sizeof leaves[0] };
    if (f->has_arg || f->type.depth > 1) return false;
    if (f->type.type) {
        if (f->type.depth)
            f->member = chance(r, 50) && f->type.type->kind == M_OBJECT ? MM_STRUCTS : MM_REFS;
        else
            f->member = f->type.type == f->owner && chance(r, 60) ? MM_SELF : MM_REF;
        return true;
    }
    if (f->type.depth) {
        f->member = f->type.leaf == M_STRING ? MM_STRS : MM_I32S;
        return f->type.leaf == M_INT || f->type.leaf == M_STRING;
    }
    for (uint32_t i = below(r, COUNT), n = 0; n < COUNT; n++, i = (i + 1) % COUNT)
        if (leaves[i].leaf == f->type.leaf) {
            f->member = leaves[i].member;
            return true;
        }
    return false;
}

static void choose_source(mrng *r, mfield *f, uint32_t waiting) {
    if (!chance(r, waiting)) {
        f->source = chance(r, 50) && choose_member(r, f) ? M_MEMBER : M_GETTER;
        return;
    }
    f->source = chance(r, 50) ? M_RESOLVER : M_BATCH;
    f->suspends = below(r, 4) * 33;
    if (f->source != M_BATCH || chance(r, 30)) return;
    f->flags = chance(r, 40) ? GYR_GATHER_LEVEL : 0;
    if (chance(r, 25)) {
        f->flags |= GYR_INLINE;
        f->suspends = 0;
    }
    f->max_rows = chance(r, 30) ? 1 + below(r, 4) : 0;
    f->max_in_flight = chance(r, 30) ? 1 + below(r, 2) : 0;
}

static mfield *add_field(mtype *t, const char *name, mref type, bool has_arg) {
    mfield *f = &t->fields[t->field_count];
    snprintf(f->name, sizeof f->name, "%s", name);
    f->owner = t;
    f->index = t->field_count++;
    f->type = type;
    f->has_arg = has_arg;
    return f;
}

static void name_types(mcase *c, mrng *r) {
    uint32_t objects = 3 + below(r, 3), interfaces = below(r, 3), unions = below(r, 3);
    if (c->crowd) objects = MAX_TYPES - 2, interfaces = unions = 1;
    c->object_count = objects;
    c->type_count = objects + interfaces + unions;
    for (uint32_t i = 0; i < c->type_count; i++) {
        mtype *t = &c->types[i];
        t->index = i;
        t->kind = i < objects ? M_OBJECT : i < objects + interfaces ? M_INTERFACE : M_UNION;
        snprintf(t->name, sizeof t->name, "%c%u", "TIU"[t->kind], i);
        if (t->kind == M_OBJECT) t->possible = 1u << i;
        while (!t->possible) t->possible = (uint32_t)draw(r) & ((1u << objects) - 2);
        if (c->crowd && t->kind == M_UNION) t->possible = (1u << objects) - 2;
        t->told_by = (int)below(r, 3);
    }
}

/* An interface's fields, and the same in every object type that implements it; there the type may be
 * narrower. */
static void add_interface_fields(mcase *c, mrng *r, mtype *t) {
    for (uint32_t k = 0, n = 1 + below(r, 2); k < n; k++) {
        char name[16];
        snprintf(name, sizeof name, "i%u%c", t->index, 'a' + (char)k);
        mref type = random_ref(c, r, 45);
        bool has_arg = chance(r, 20);
        add_field(t, name, type, has_arg);
        for (uint32_t o = 0; o < c->object_count; o++) {
            if (!(t->possible >> o & 1)) continue;
            mref own = type;
            if (type.type && type.type->kind != M_OBJECT && chance(r, 30))
                for (uint32_t p = 0; p < c->object_count; p++)
                    if (type.type->possible >> p & 1) own.type = &c->types[p];
            add_field(&c->types[o], name, own, has_arg);
        }
    }
}

static void put_type(mtext *out, mref t) {
    bool non_null = m_non_null(t);
    if (t.depth) {
        put(out, "[");
        put_type(out, m_item(t));
        put(out, "]");
    } else {
        put(out, "%s", t.type ? t.type->name : leaf_names[t.leaf]);
    }
    if (non_null) put(out, "!");
}

void model_put_sdl(mcase *c) {
    mtext *out = &c->sdl;
    out->len = 0;
    if (c->mutation)
        put(out, "schema { query: Q mutation: T0 } type Q { ok: Int }\n");
    else
        put(out, "schema { query: T0 }\n");
    put(out, "enum E { RED GREEN BLUE }\n");
    if (c->wide) put(out, "enum F { A B C D } scalar S scalar A\n");
    for (uint32_t i = 0; i < c->type_count; i++) {
        const mtype *t = &c->types[i];
        put(out, "%s %s", t->kind == M_OBJECT ? "type" : t->kind == M_INTERFACE ? "interface" : "union", t->name);
        const char *between = t->kind == M_UNION ? " = " : " implements ";
        for (uint32_t k = 0; k < c->type_count && t->kind != M_INTERFACE; k++) {
            const mtype *other = &c->types[k];
            bool member = t->kind == M_UNION ? other->kind == M_OBJECT && (t->possible >> k & 1)
                                             : other->kind == M_INTERFACE && (other->possible >> i & 1);
            if (!member) continue;
            put(out, "%s%s", between, other->name);
            between = t->kind == M_UNION ? " | " : " & ";
        }
        if (t->kind != M_UNION) put(out, " {");
        for (uint32_t k = 0; k < t->field_count; k++) {
            put(out, " %s%s: ", t->fields[k].name,
                !t->fields[k].has_arg     ? ""
                : t->fields[k].strict_arg ? "(x: Int! = 1)"
                                          : "(x: Int)");
            put_type(out, t->fields[k].type);
        }
        put(out, t->kind != M_UNION ? " }\n" : "\n");
    }
}

void model_make_schema(mcase *c, mrng *r) {
    uint32_t waiting = below(r, 4) * 25; /* none, some, most of the fields may wait */
    c->mutation = chance(r, 15);
    name_types(c, r);
    for (uint32_t i = 0; i < c->type_count; i++)
        if (c->types[i].kind == M_INTERFACE) add_interface_fields(c, r, &c->types[i]);
    for (uint32_t i = 0; i < c->object_count; i++) {
        mtype *t = &c->types[i];
        for (uint32_t k = 0, n = 2 + below(r, 3); k < n && t->field_count < MAX_FIELDS; k++) {
            char name[16];
            snprintf(name, sizeof name, "f%u%c", i, 'a' + (char)k);
            add_field(t, name, random_ref(c, r, i ? 45 : 15), chance(r, 20));
        }
        for (uint32_t k = 0; k < t->field_count; k++) choose_source(r, &t->fields[k], waiting);
    }
    model_put_sdl(c);
}
