/* Random schemas: the model's types, with bindings of every kind laid over structs that are made up here.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "native.h"

/* ---- memory */

enum { BLOCK = 1 << 18 };

void *n_take(narena *a, size_t size) {
    size = (size + 15) & ~(size_t)15;
    if (!a->base) {
        a->base = malloc(a->size = BLOCK);
        if (!a->base) abort();
    }
    if (size <= a->size - a->used) {
        void *p = a->base + a->used;
        a->used += size;
        return memset(p, 0, size);
    }
    mchunk *m = calloc(1, sizeof *m + size);
    if (!m) abort();
    m->next = a->more;
    a->more = m;
    return m->bytes;
}

void n_forget(narena *a) {
    for (mchunk *m = a->more, *next; m; m = next) {
        next = m->next;
        free(m);
    }
    a->more = NULL;
    a->used = 0;
}

void n_arena_fini(narena *a) {
    n_forget(a);
    free(a->base);
}

/* ---- kinds of members */

uint32_t n_ctype_size(gyr_ctype t) {
    static const uint8_t sizes[] = {[GYR_C_BOOL] = sizeof(bool),
                                    [GYR_C_I8] = 1,
                                    [GYR_C_I16] = 2,
                                    [GYR_C_I32] = 4,
                                    [GYR_C_I64] = 8,
                                    [GYR_C_U8] = 1,
                                    [GYR_C_U16] = 2,
                                    [GYR_C_U32] = 4,
                                    [GYR_C_U64] = 8,
                                    [GYR_C_F32] = 4,
                                    [GYR_C_F64] = 8,
                                    [GYR_C_STR] = sizeof(gyr_str),
                                    [GYR_C_CSTR] = 8,
                                    [GYR_C_CHARS] = 0,
                                    [GYR_C_CUSTOM] = 8};
    return sizes[t];
}

static gyr_ctype any_integer(mrng *r) { return (gyr_ctype)(GYR_C_I8 + below(r, GYR_C_U64 - GYR_C_I8 + 1)); }
static gyr_ctype any_text(mrng *r) { return (gyr_ctype)(GYR_C_STR + below(r, 3)); }

/* A C type that can hold the leaf; often one that has an op of its own. */
static gyr_ctype ctype_of(mrng *r, mleaf leaf) {
    bool usual = chance(r, 60);
    switch (leaf) {
    case M_INT: return usual ? (chance(r, 50) ? GYR_C_I32 : GYR_C_I64) : any_integer(r);
    case M_FLOAT: return usual ? GYR_C_F64 : chance(r, 50) ? GYR_C_F32 : any_integer(r);
    case M_BOOLEAN: return GYR_C_BOOL;
    case M_STRING: return usual ? (chance(r, 50) ? GYR_C_STR : GYR_C_CSTR) : any_text(r);
    case M_SCALAR: return GYR_C_CUSTOM;
    case M_ANY: return (gyr_ctype)(GYR_C_BOOL + below(r, GYR_C_CHARS));
    case M_ID:
        if (usual) return chance(r, 50) ? GYR_C_I32 : chance(r, 70) ? GYR_C_I64 : GYR_C_STR;
        /* fall through */
    default: return chance(r, 50) ? any_integer(r) : any_text(r);
    }
}

static void bind_count(mrng *r, nfield *n) {
    static const uint8_t widths[] = {1, 2, 4, 8};
    n->row.count_size = widths[below(r, 4)];
    n->row.count_offset = n->slot + (uint32_t)offsetof(nslot, count);
    n->row.is_signed = chance(r, 60);
}

static void bind_leaf(mrng *r, nfield *n) {
    gyr_binding *b = &n->row;
    mleaf leaf = n->field->type.leaf;
    if (leaf == M_BOOLEAN && chance(r, 25)) {
        b->kind = GYR_BIND_BIT;
        b->ctype = any_integer(r);
        b->c_size = n_ctype_size(b->ctype);
        b->has_mask = UINT64_C(1) << below(r, b->c_size * 8);
        return;
    }
    b->ctype = ctype_of(r, leaf);
    b->c_size = b->ctype == GYR_C_CHARS ? 1 + below(r, SLOT) : n_ctype_size(b->ctype);
    if (chance(r, 75) || b->ctype == GYR_C_CHARS) return;
    if (chance(r, 50)) {
        b->by_ref = true;
        return;
    }
    static const uint8_t widths[] = {1, 2, 4, 8};
    b->has_size = widths[below(r, 4)];
    b->has_offset = n->slot + (uint32_t)offsetof(nslot, has);
    b->has_mask = UINT64_C(1) << below(r, b->has_size * 8) | (b->has_size == 8 ? 1 : 0);
}

static void bind_leaves(mrng *r, nfield *n) {
    gyr_binding *b = &n->row;
    if (n->field->type.leaf == M_FLAG && chance(r, 50)) {
        b->kind = GYR_BIND_FLAGS;
        b->ctype = any_integer(r);
        b->c_size = n_ctype_size(b->ctype);
        return;
    }
    b->kind = GYR_BIND_LIST;
    do b->ctype = ctype_of(r, n->field->type.leaf);
    while (b->ctype == GYR_C_CHARS || b->ctype == GYR_C_CUSTOM);
    b->c_size = n_ctype_size(b->ctype);
    b->inline_items = chance(r, 30);
    bind_count(r, n);
}

/* ---- fields and structs */

/* Of inline structs the size must be known: types are laid out from the last to the first. */
static bool is_laid_out(const ncase *c, const mtype *t) { return c->size[t->index] != 0; }

static bool bind_object(ncase *c, mrng *r, nfield *n, uint32_t *size) {
    const mtype *t = n->field->type.type;
    gyr_binding *b = &n->row;
    b->ctype = GYR_C_REF;
    b->by_ref = true;
    bool inside = chance(r, 30) && is_laid_out(c, t) && *size + c->size[t->index] * 3 < 4096;
    bool self = t == n->field->owner && chance(r, 50);
    if (inside || self) {
        b->ctype = GYR_C_STRUCT;
        b->by_ref = false;
        b->offset = self ? 0 : *size;
        if (!self) *size += c->size[t->index];
    }
    return true;
}

static void bind_objects(ncase *c, mrng *r, nfield *n, uint32_t *size) {
    const mtype *t = n->field->type.type;
    gyr_binding *b = &n->row;
    b->kind = GYR_BIND_LIST;
    b->ctype = chance(r, 50) ? GYR_C_REF : GYR_C_STRUCT;
    b->inline_items = chance(r, 25);
    bind_count(r, n);
    if (b->ctype == GYR_C_REF || !b->inline_items) return;
    b->inline_items = is_laid_out(c, t) && *size + c->size[t->index] * 3 < 4096;
    if (!b->inline_items) return;
    b->offset = *size;
    *size += c->size[t->index] * 3;
}

/* False: no member can hold it. */
static bool bind_member(ncase *c, mrng *r, nfield *n, uint32_t *size) {
    mref t = n->field->type;
    if (n->field->has_arg || t.depth > 1 || (t.depth && !t.type && t.leaf == M_SCALAR)) return false;
    n->row.kind = GYR_BIND_MEMBER;
    n->row.offset = n->slot;
    if (t.type && t.depth)
        bind_objects(c, r, n, size);
    else if (t.type)
        bind_object(c, r, n, size);
    else if (t.depth)
        bind_leaves(r, n);
    else
        bind_leaf(r, n);
    return true;
}

static const char *at(ncase *c, const char *format, const char *a, const char *b) {
    char *text = m_alloc(&c->m, 48);
    snprintf(text, 48, format, a, b);
    return text;
}

static void bind_field(ncase *c, mrng *r, mfield *f, uint32_t *size) {
    static const gyr_bind_kind kinds[] = {GYR_BIND_MEMBER, GYR_BIND_GETTER, GYR_BIND_RESOLVER, GYR_BIND_BATCH};
    nfield *n = &c->fields[f->owner->index][f->index];
    n->field = f;
    n->slot = *size;
    *size += sizeof(nslot);
    n->row = (gyr_binding){
        .size = sizeof n->row, .at = at(c, "%s.%s", f->owner->name, f->name), .c_name = f->owner->name, .user = n};
    bool member = f->source == M_MEMBER || (f->source == M_GETTER && chance(r, 70));
    if (member && bind_member(c, r, n, size)) {
        f->source = M_MEMBER;
        return;
    }
    if (f->source == M_MEMBER) f->source = M_GETTER;
    n->row.kind = kinds[f->source];
    n->row.flags = f->flags;
    n->row.max_rows = f->max_rows;
    n->row.max_in_flight = f->max_in_flight;
    if (f->source == M_BATCH)
        n->row.batch = n_resolve_batch;
    else
        n->row.resolve = n_resolve;
}

static void lay_out(ncase *c, mrng *r) {
    uint32_t size[MAX_TYPES] = {0};
    for (uint32_t i = c->m.object_count; i-- > 0;) {
        size[i] = sizeof(nobject);
        for (uint32_t k = 0; k < c->m.types[i].field_count; k++) bind_field(c, r, &c->m.types[i].fields[k], &size[i]);
        c->size[i] = size[i];
    }
    for (uint32_t i = c->m.object_count; i < c->m.type_count; i++)
        for (uint32_t k = 0; k < c->m.object_count; k++)
            if ((c->m.types[i].possible >> k & 1) && c->size[k] > c->size[i]) c->size[i] = c->size[k];
    for (uint32_t i = 0; i < c->m.object_count; i++) /* now the structs that rows lead to have their sizes */
        for (uint32_t k = 0; k < c->m.types[i].field_count; k++) {
            nfield *n = &c->fields[i][k];
            if (n->row.ctype == GYR_C_REF || n->row.ctype == GYR_C_STRUCT)
                n->row.c_size = c->size[n->field->type.type->index];
        }
}

/* ---- the table */

static int64_t told_type(const void *object, void *user) {
    (void)user;
    return ((const nobject *)object)->i32;
}

static gyr_binding bind_tag(const ncase *c, const mtype *t, const gyr_tag *tags) {
    switch (c->tag[t->index]) {
    case 0: return (gyr_binding)GYR_TAG(t->name, nobject, i8, tags);
    case 1: return (gyr_binding)GYR_TAG(t->name, nobject, u8, tags);
    case 2: return (gyr_binding)GYR_TAG(t->name, nobject, i16, tags);
    case 3: return (gyr_binding)GYR_TAG(t->name, nobject, u16, tags);
    case 4: return (gyr_binding)GYR_TAG(t->name, nobject, u32, tags);
    case 5: return (gyr_binding)GYR_TAG(t->name, nobject, u64, tags);
    default: return (gyr_binding)GYR_TAG(t->name, nobject, i32, tags);
    }
}

static gyr_binding *bind_abstract(ncase *c, const mtype *t, gyr_binding *b) {
    gyr_tag *tags = m_alloc(&c->m, (MAX_TYPES + 1) * sizeof *tags);
    bool is_signed = c->tag[t->index] == 0 || c->tag[t->index] == 2 || c->tag[t->index] > 5 || t->told_by == 1;
    for (uint32_t i = 0, n = 0; i < c->m.object_count; i++)
        if (t->possible >> i & 1)
            tags[n++] = (gyr_tag){is_signed ? -(int64_t)i - 1 : (int64_t)i + 1, c->m.types[i].name};
    if (t->told_by == 0) *b++ = bind_tag(c, t, tags);
    if (t->told_by == 1) *b++ = (gyr_binding)GYR_TYPE_FN(t->name, told_type, tags, NULL);
    return b;
}

static gyr_binding *bind_type(ncase *c, const mtype *t, gyr_binding *b) {
    if (t->kind != M_OBJECT) return bind_abstract(c, t, b);
    *b = (gyr_binding)GYR_TYPE(t->name, nobject);
    b->c_name = t->name;
    b++->c_size = c->size[t->index];
    for (uint32_t i = 0; i < t->field_count; i++) {
        *b++ = c->fields[t->index][i].row;
        if (!t->fields[i].has_arg) continue;
        *b = (gyr_binding)GYR_ARG_HAS("", margs, x, has);
        b++->at = at(c, "%s.%s(x:)", t->name, t->fields[i].name);
    }
    return b;
}

static void make_table(ncase *c) {
    static const gyr_binding others[] = {GYR_ENUM_VALUE("E.RED", 1),
                                         GYR_ENUM_VALUE("E.GREEN", -2),
                                         GYR_ENUM_VALUE("E.BLUE", 100),
                                         GYR_ENUM_VALUE("F.A", 1),
                                         GYR_ENUM_VALUE("F.B", 2),
                                         GYR_ENUM_VALUE("F.C", 4),
                                         GYR_ENUM_VALUE("F.D", 128),
                                         GYR_SCALAR("S", int64_t, n_serialize, NULL, NULL),
                                         GYR_END};
    gyr_binding *b = c->table = m_alloc(&c->m, (MAX_TYPES * (2 * MAX_FIELDS + 1) + 10) * sizeof *b);
    for (uint32_t i = 0; i < c->m.type_count; i++) b = bind_type(c, &c->m.types[i], b);
    memcpy(b, others, sizeof others);
}

/* ---- schema and operation */

/* Some leaves become those that the model does not know; fields of one name remain of one type. In half of the cases most
 * fields are members, as lists of lists cannot be. */
static void widen(ncase *c, mrng *r) {
    bool members = chance(r, 55);
    for (uint32_t i = 0; i < c->m.type_count; i++)
        for (uint32_t k = 0; k < c->m.types[i].field_count; k++) {
            mfield *f = &c->m.types[i].fields[k];
            uint64_t h = c->m.seed;
            for (const char *s = f->name; *s; s++) h = mix(h, (uint8_t)*s);
            f->strict_arg = h % 3 == 0;
            if (h % 5 == 0) f->type.leaf = (mleaf)(M_SCALAR + h / 5 % 3);
            if (!members || h % 16 == 1) continue;
            f->has_arg = false;
            f->source = M_MEMBER;
            if (h / 16 % 3 == 0 && i) f->type.type = NULL;
            while (f->type.depth > (f->type.type ? 1 : h / 64 % 4 == 0)) f->type = m_item(f->type);
        }
}

/* Quarters: plain; some escapes; well-formed; anything. */
static char texts[TEXTS + 8];
const char *const n_texts = texts;

static void make_texts(void) {
    static const char *const odd[] = {
        "\"", "\\", "\n", "\t", "\x01", "\x7F", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"};
    mrng r = {.state = 1};
    for (size_t i = 0; i < TEXTS;) {
        uint32_t quarter = (uint32_t)(i / (TEXTS / 4));
        const char *s = odd[below(&r, quarter == 1 ? 6 : 9)];
        if (quarter == 3)
            texts[i++] = chance(&r, 50) ? (char)(draw(&r) >> 20) : (char)('a' + below(&r, 26));
        else if (!chance(&r, quarter * 6))
            texts[i++] = (char)('0' + below(&r, 40));
        else
            for (; *s; s++) texts[i++] = *s;
    }
    for (size_t i = 1500; i < TEXTS; i += 1 + below(&r, 120)) /* ends of C strings; in texts they are NULs */
        if (i % 3000 > 1500) texts[i] = 0;
    texts[TEXTS] = 0;
}

void n_put_document(ncase *c) {
    model_print_operation(&c->m);
    const char *head = c->m.text.ptr, *rest = strchr(head, '\n'), *open = strchr(head, '(');
    mtext *d = &c->document;
    d->len = 0;
    put(d, "%s M", c->m.mutation ? "mutation" : "query");
    bool any = open && open < rest, name = c->introspect & 2;
    if (any || name) put(d, "(%s", name ? "$n: String! = \"T1\"" : "");
    for (const char *s = any ? open + 1 : NULL; s && *s != ')' && s < rest;) {
        const char *end = s + strcspn(s, ",)");
        put(d, "%s%.*s", s == open + 1 && !name ? "" : ", ", (int)(end - s), s);
        if (c->loose && end[-1] == '!') d->len--, put(d, " = true");
        s = end + strspn(end, ", ");
    }
    if (any || name) put(d, ")");
    put(d, "\n {");
    if (c->introspect & 1) put(d, " __schema { queryType { name } types { name kind } }");
    if (c->introspect & 2) put(d, " t: __type(name: $n) { name fields { name type { kind name } } }");
    if (c->introspect & 4) put(d, " t1: __type(name: \"T1\") { ...I } ");
    put_bytes(d, rest + 3, strlen(rest + 3));
    if (c->introspect & 4) put(d, "\nfragment I on __Type { name kind fields { name } possibleTypes { name } }");
}

void n_put_variables(ncase *c, mrng *r) {
    mtext *v = &c->variables;
    const char *comma = "";
    v->len = 0;
    put(v, "{");
    for (int i = 0; i < CONDITIONS; i++) {
        if (!c->m.uses_variable[i]) continue;
        put(v, "%s\"c%d\":%s", comma, i, c->loose && chance(r, 5) ? "null" : chance(r, 60) ? "true" : "false");
        comma = ",";
    }
    if (c->m.uses_x && chance(r, 80)) {
        put(v, "%s\"x\":", comma);
        if (chance(r, 10))
            put(v, "null");
        else
            put(v, "%u", below(r, 3));
        comma = ",";
    }
    if ((c->introspect & 2) && chance(r, 70)) put(v, "%s\"n\":\"%s\"", comma, chance(r, 50) ? "E" : "Nothing");
    put(v, "}");
}

void n_case_init(ncase *c, uint64_t seed) {
    if (!texts[0]) make_texts();
    memset(c, 0, sizeof *c);
    mrng r = {.state = mix(seed, 4711)};
    c->m.seed = seed;
    c->m.wide = true;
    c->m.deeper = chance(&r, 15) ? 14 : 0;
    c->m.crowd = chance(&r, 15);
    c->m.incremental = chance(&r, 30);
    model_make_schema(&c->m, &r);
    widen(c, &r);
    for (uint32_t i = 0; i < c->m.type_count; i++) c->tag[i] = (int)below(&r, 8);
    lay_out(c, &r);
    make_table(c);
    model_put_sdl(&c->m);
    c->loose = chance(&r, 20);
    c->introspect = !c->m.mutation && chance(&r, 15) ? 1 + (int)below(&r, 7) : 0;
    c->limits = (gyr_limits){.size = sizeof c->limits, .response_bytes = 1 << 16, .request_bytes = 1 << 20};
    if (chance(&r, 8)) c->limits.response_bytes = 1 + below(&r, chance(&r, 50) ? 100 : 3000);
    if (chance(&r, 8)) c->limits.request_bytes = 1 + below(&r, 60000);
    if (chance(&r, 20)) c->limits.errors = 1 + below(&r, 5);
    model_make_operation(&c->m, &r);
    n_put_document(c);
    for (uint32_t i = 0; i < c->m.type_count; i++) {
        c->pool[i] = calloc(POOL, c->size[i]);
        if (!c->pool[i]) abort();
    }
}

void n_case_fini(ncase *c) {
    for (mchunk *m = c->m.chunks, *next; m; m = next) {
        next = m->next;
        free(m);
    }
    for (uint32_t i = 0; i < c->m.type_count; i++) free(c->pool[i]);
    n_arena_fini(&c->data);
    n_arena_fini(&c->answers);
    free(c->m.sdl.ptr);
    free(c->m.text.ptr);
    free(c->m.variables.ptr);
    free(c->document.ptr);
    free(c->variables.ptr);
}
