/* A case's types, its objects, and the bindings of each mode.
 *
 * The data are walked once along their types: every JSON object that stands for an object of the schema gets
 * an `object` with one slot a field, and every field learns whether a member could hold all of its values.
 * How a slot is laid out varies by field, so that all kinds of members take part.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include "rng.h"
#include "test.h"
#include "type/coordinate.h"

#include <math.h>
#include <stdlib.h>

static const value null_value;

static field_world *field_of(const world *w, const gyr__field *def) {
    return &w->fields[def->parent->object_index][def->index];
}

/* ---- objects */

static const gyr__type *concrete(world *w, const gyr__type *t, const value *v) {
    if (!gyr__is_abstract_type(t)) return t;
    const value *name = value_get(v, gyr_s("__typename"));
    const gyr__type *found = name ? gyr__schema_type(w->types, name->text) : NULL;
    return found && found->kind == GYR__OBJECT ? found : NULL;
}

static size_t object_size(const gyr__type *t) { return sizeof(object) + (t ? t->field_count : 0) * sizeof(slot); }

static bool is_contiguous(world *w, const value *v, const gyr__type *named) {
    for (uint32_t i = 0; i < v->count; i++)
        if (v->items[i].kind != VALUE_OBJECT || concrete(w, named, &v->items[i]) != concrete(w, named, &v->items[0]))
            return false;
    return true;
}

/* Whether `v` can be an item of an array, and of which C type. */
static gyr_ctype leaf_ctype(const gyr__type *t) {
    if (t->kind == GYR__ENUM) return GYR_C_STR;
    switch (t->scalar) {
    case GYR__INT: return GYR_C_I64;
    case GYR__FLOAT: return GYR_C_F64;
    case GYR__BOOLEAN: return GYR_C_BOOL;
    default: return GYR_C_STR;
    }
}

static bool fits(const value *v, gyr_ctype c) {
    switch (c) {
    case GYR_C_I64: return v->kind == VALUE_INT;
    case GYR_C_F64: return v->kind == VALUE_INT || (v->kind == VALUE_FLOAT && isfinite(v->number));
    case GYR_C_BOOL: return v->kind == VALUE_BOOL;
    default: return v->kind == VALUE_STRING;
    }
}

static void make_array(world *w, value *v, const gyr__type *named) {
    bool leaf = gyr__is_leaf_type(named);
    gyr_ctype c = leaf ? leaf_ctype(named) : GYR_C_REF;
    char *array = gyr__arena_zalloc(&w->arena, (v->count + 1) * sizeof(gyr_str)), *at = array;
    for (uint32_t i = 0; i < v->count; i++) {
        const value *item = &v->items[i];
        bool null = item->kind == VALUE_NULL && (c == GYR_C_STR || c == GYR_C_REF);
        if (!null && (leaf ? !fits(item, c) : !item->object)) return;
        switch (c) {
        case GYR_C_I64: memcpy(at, &item->integer, 8), at += 8; break;
        case GYR_C_F64: memcpy(at, &item->number, 8), at += 8; break;
        case GYR_C_BOOL: *at++ = item->boolean; break;
        case GYR_C_REF: memcpy(at, &item->object, sizeof(void *)), at += sizeof(void *); break;
        default: memcpy(at, &item->text, sizeof(gyr_str)), at += sizeof(gyr_str);
        }
    }
    v->array = array;
    v->ctype = c;
}

/* What a field's value says of its field. */
static void note(field_world *f, const value *v) {
    gyr__type_ref t = f->def->type;
    bool leaf = gyr__is_leaf_type(t.named);
    f->not_member |= t.depth > 1;
    if (v->kind == VALUE_NULL) {
        f->nulls = true;
    } else if (t.depth) {
        f->not_member |= v->kind != VALUE_LIST || !v->array;
        f->scattered |= !v->contiguous;
    } else if (leaf) {
        f->not_member |= !fits(v, leaf_ctype(t.named));
        f->wide |= v->integer != (int32_t)v->integer;
        f->nul |= v->kind == VALUE_STRING && memchr(v->text.ptr, '\0', v->text.len);
    } else {
        f->not_member |= !v->object;
    }
}

static void survey(world *w, value *v, gyr__type_ref t);

static void survey_object(world *w, value *v, const gyr__type *named) {
    const gyr__type *t = concrete(w, named, v);
    const value *told = value_get(v, gyr_s("__typename"));
    if (!v->object) v->object = gyr__arena_zalloc(&w->arena, object_size(t));
    object **listed = gyr__vec_push(&w->arena, &w->objects);
    assert_non_null(v->object);
    assert_non_null(listed);
    *listed = v->object;
    v->object->value = v;
    v->object->type_name = t ? t->def.name : told ? told->text : gyr_s("");
    for (uint32_t i = 0; t && i < t->field_count; i++) {
        value *member = (value *)(uintptr_t)value_get(v, t->fields[i].def.name);
        if (member) survey(w, member, t->fields[i].type);
        note(field_of(w, &t->fields[i]), member ? member : &null_value);
    }
}

/* Recursion: data nest as deep as the case that holds them. */
static void survey(world *w, value *v, gyr__type_ref t) {
    if (v->kind == VALUE_BY || v->kind == VALUE_NEXT)
        for (uint32_t i = 0; i < GYR__MAX(v->count, 1u); i++) survey(w, &v->items[i], t);
    if (v->kind == VALUE_OBJECT && !t.depth && gyr__is_composite_type(t.named)) survey_object(w, v, t.named);
    if (v->kind != VALUE_LIST || !t.depth) return;
    bool objects = t.depth == 1 && gyr__is_composite_type(t.named);
    v->contiguous = objects && v->count && is_contiguous(w, v, t.named);
    if (v->contiguous) {
        size_t size = object_size(concrete(w, t.named, &v->items[0]));
        char *block = gyr__arena_zalloc(&w->arena, size * v->count);
        for (uint32_t i = 0; i < v->count; i++) v->items[i].object = (object *)(void *)(block + i * size);
    }
    for (uint32_t i = 0; i < v->count; i++) survey(w, &v->items[i], gyr__item_type(t));
    if (t.depth == 1) make_array(w, v, t.named);
}

/* ---- members */

typedef enum layout { BY_VALUE, BY_POINTER, BY_PRESENCE } layout;

static layout layout_of(const field_world *f) {
    if (!f->nulls && gyr__is_non_null(f->def->type)) return BY_VALUE;
    return f->def->index % 2 ? BY_PRESENCE : BY_POINTER;
}

static bool by_structs(const field_world *f) { return f->def->index % 2 && !f->scattered && !f->nulls; }

static void fill_leaf(slot *s, const field_world *f, const value *v) {
    gyr_ctype c = leaf_ctype(f->def->type.named);
    if (c == GYR_C_STR) {
        s->ptr = v->text.ptr, s->count = (int64_t)v->text.len;
        return;
    }
    const void *at = c == GYR_C_I64   ? (const void *)&v->integer
                     : c == GYR_C_F64 ? (const void *)&v->number
                                      : &v->boolean;
    s->count = 1;
    if (layout_of(f) == BY_POINTER)
        s->ptr = at;
    else
        memcpy(s, at, c == GYR_C_BOOL ? 1 : 8);
}

static void fill_slots(const world *w, object *o) {
    const gyr__type *t = gyr__schema_type(w->types, o->type_name);
    for (uint32_t i = 0; t && t->kind == GYR__OBJECT && i < t->field_count; i++) {
        const field_world *f = field_of(w, &t->fields[i]);
        const value *v = value_get(o->value, t->fields[i].def.name);
        slot *s = &o->slots[i];
        if (f->not_member) continue;
        if (!v || v->kind == VALUE_NULL)
            s->count = f->def->type.depth ? -1 : 0;
        else if (f->def->type.depth)
            s->ptr = by_structs(f) && v->count ? (const void *)v->items[0].object : v->array, s->count = v->count;
        else if (gyr__is_leaf_type(f->def->type.named))
            fill_leaf(s, f, v);
        else
            s->ptr = v->object;
    }
}

static void leaf_row(const field_world *f, gyr_binding *b) {
    static const uint8_t size[] = {
        [GYR_C_BOOL] = sizeof(bool),  [GYR_C_I32] = 4, [GYR_C_I64] = 8, [GYR_C_F64] = 8, [GYR_C_STR] = sizeof(gyr_str),
        [GYR_C_CSTR] = sizeof(char *)};
    b->ctype = leaf_ctype(f->def->type.named);
    if (b->ctype == GYR_C_STR && f->def->index % 2 && !f->nul) b->ctype = GYR_C_CSTR;
    bool text = b->ctype == GYR_C_STR || b->ctype == GYR_C_CSTR;
    if (b->ctype == GYR_C_I64 && f->def->index % 2 && !f->wide) b->ctype = GYR_C_I32; /* little endian */
    b->c_size = size[b->ctype];
    b->by_ref = !text && layout_of(f) == BY_POINTER;
    if (text || layout_of(f) != BY_PRESENCE) return;
    b->has_offset = b->offset + (uint32_t)offsetof(slot, count);
    b->has_size = 8;
    b->has_mask = 1;
}

static gyr_binding member_row(const world *w, const field_world *f) {
    const gyr__type *t = f->def->type.named;
    uint32_t offset = (uint32_t)(sizeof(object) + f->def->index * sizeof(slot));
    gyr_binding b = {.kind = GYR_BIND_MEMBER, .c_name = "object.slot", .offset = offset};
    (void)w;
    if (f->def->type.depth) {
        b.kind = GYR_BIND_LIST;
        b.count_offset = offset + (uint32_t)offsetof(slot, count);
        b.count_size = 8;
        b.is_signed = true;
        b.ctype = gyr__is_leaf_type(t) ? leaf_ctype(t) : by_structs(f) ? GYR_C_STRUCT : GYR_C_REF;
        b.c_size = b.ctype == GYR_C_STR ? sizeof(gyr_str) : b.ctype == GYR_C_BOOL ? sizeof(bool) : 8;
        if (b.ctype == GYR_C_REF) b.c_size = 1;
        if (b.ctype == GYR_C_STRUCT) b.c_size = (uint32_t)object_size(t);
    } else if (gyr__is_leaf_type(t)) {
        leaf_row(f, &b);
    } else {
        b.ctype = GYR_C_REF;
        b.c_size = 1;
        b.by_ref = true;
    }
    return b;
}

/* ---- bindings */

static setup read_setup(gyr_str line) {
    static const char *const kinds[] = {
        [BIND_DEFAULT] = "default", [BIND_MEMBER] = "member", [BIND_GETTER] = "getter", [BIND_RESOLVER] = "resolver",
        [BIND_LATER] = "later",     [BIND_BATCH] = "batch",   [BIND_INLINE] = "inline"};
    setup s = {0};
    for (gyr_str word; (word = case_word(&line)).len;) {
        uint32_t *number = gyr__str_is(word, "max")      ? &s.max_rows
                           : gyr__str_is(word, "flight") ? &s.max_in_flight
                                                         : NULL;
        size_t k = 0;
        while (k < GYR__COUNT(kinds) && !(kinds[k] && gyr__str_eq(word, gyr_str_of(kinds[k], strlen(kinds[k]))))) k++;
        if (*word.ptr >= '0' && *word.ptr <= '9')
            s.delay = (uint32_t)atoi(word.ptr);
        else if (number)
            *number = (uint32_t)atoi(case_word(&line).ptr);
        else if (gyr__str_is(word, "gather"))
            s.gather = true;
        else if (k == GYR__COUNT(kinds))
            fail_msg("a binding cannot be \"%.*s\"", (int)word.len, word.ptr);
        else
            s.kind = k == BIND_LATER && s.kind == BIND_BATCH ? BIND_BATCH_LATER : (bind)k;
    }
    return s;
}

/* Lines "Type.field: how". */
static void read_bindings(world *w, gyr_str text) {
    for (gyr_str line; case_line(&text, &line);) {
        gyr_str at = case_word(&line);
        const char *dot = memchr(at.ptr, '.', at.len);
        gyr__type *t = dot ? gyr__schema_type(w->types, gyr_str_of(at.ptr, (size_t)(dot - at.ptr))) : NULL;
        gyr__field *f =
            t ? gyr__map_get(&t->field_map, gyr_str_of(dot + 1, at.len - (size_t)(dot - at.ptr) - 2)) : NULL;
        if (!f || t->kind != GYR__OBJECT) fail_msg("%.*s is no field of an object type", (int)at.len, at.ptr);
        field_of(w, f)->declared = read_setup(line);
    }
}

static setup setup_of(const field_world *f, const substitution *s, rng *random) {
    static const bind order[] = {BIND_MEMBER, BIND_GETTER,      BIND_RESOLVER, BIND_LATER,
                                 BIND_BATCH,  BIND_BATCH_LATER, BIND_INLINE};
    setup now = s->how == DECLARED ? f->declared : s->all;
    if (s->how == MIXED) {
        now = (setup){.kind = order[rng_below(random, GYR__COUNT(order))]};
        now.delay = (uint32_t)rng_below(random, 3);
        now.gather = rng_below(random, 3) == 0;
        now.max_rows = rng_below(random, 4) ? 0 : 2;
        now.max_in_flight = rng_below(random, 4) ? 0 : 1;
    }
    if (now.kind == BIND_MEMBER && f->not_member) now.kind = BIND_GETTER;
    return now;
}

static gyr_binding row_of(world *w, field_world *f) {
    const setup *s = &f->now;
    gyr_binding b = {
        .kind = GYR_BIND_BATCH, .c_name = "answer", .max_rows = s->max_rows, .max_in_flight = s->max_in_flight};
    b.flags = s->gather ? GYR_GATHER_LEVEL : 0;
    switch (s->kind) {
    case BIND_MEMBER: b = member_row(w, f); break;
    case BIND_BATCH: b.batch = answer_batch; break;
    case BIND_BATCH_LATER: b.batch = answer_batch_later; break;
    case BIND_INLINE: b.batch = answer_batch, b.flags |= GYR_INLINE; break;
    case BIND_RESOLVER: b = (gyr_binding){.kind = GYR_BIND_RESOLVER, .resolve = answer_getter}; break;
    case BIND_LATER: b = (gyr_binding){.kind = GYR_BIND_RESOLVER, .resolve = answer_later}; break;
    default: b = (gyr_binding){.kind = GYR_BIND_GETTER, .resolve = answer_getter};
    }
    b.size = sizeof b;
    if (!b.c_name) b.c_name = "answer";
    b.at = gyr__arena_printf(&w->arena, "%.*s.%.*s", (int)f->def->parent->def.name.len, f->def->parent->def.name.ptr,
                             (int)f->def->def.name.len, f->def->def.name.ptr)
               .ptr;
    b.user = f;
    return b;
}

static void fail_with(const char *what, gyr_errors *errors) {
    gyr_str text = gyr_errors_text(errors);
    fail_msg("%s: %.*s", what, (int)text.len, text.ptr);
}

gyr_schema *world_schema(world *w, const substitution *s, gyr_jit jit) {
    uint32_t count = 0, n = 0;
    rng random = {s->seed + 1};
    for (uint32_t i = 0; i < w->types->object_count; i++) count += w->types->objects[i]->field_count;
    gyr_binding *rows = gyr__new_array(&w->arena, gyr_binding, count + 1);
    assert_non_null(rows);
    for (uint32_t i = 0; i < w->types->object_count; i++)
        for (uint32_t k = 0; !w->types->objects[i]->is_introspection && k < w->types->objects[i]->field_count; k++) {
            field_world *f = &w->fields[i][k];
            f->now = setup_of(f, s, &random);
            if (f->now.kind != BIND_DEFAULT) rows[n++] = row_of(w, f);
        }
    rows[n] = (gyr_binding)GYR_END;
    gyr_source source = {.text = case_get(w->file, "schema")};
    gyr_binding fallback = GYR_GETTER("", answer_getter), types = GYR_TYPE_FN("", answer_type, NULL, w);
    gyr_schema_options options = {.size = sizeof options,
                                  .sources = &source,
                                  .source_count = 1,
                                  .bindings = rows,
                                  .fallback = &fallback,
                                  .type_fallback = &types,
                                  .jit = jit};
    gyr_errors *errors = NULL;
    gyr_schema *schema = gyr_schema_build(&options, &errors);
    if (!schema) fail_with("schema", errors);
    gyr_errors_free(errors);
    return schema;
}

static bool any(const world *w, bool (*is)(const setup *)) {
    for (uint32_t i = 0; i < w->types->object_count; i++)
        for (uint32_t k = 0; k < w->types->objects[i]->field_count; k++)
            if (is(&w->fields[i][k].now)) return true;
    return false;
}

static bool suspends(const setup *s) { return s->kind == BIND_LATER || s->kind == BIND_BATCH_LATER; }
static bool batches(const setup *s) { return s->kind >= BIND_BATCH; }
bool world_suspends(const world *w) { return any(w, suspends); }
bool world_batches(const world *w) { return any(w, batches); }

/* ---- a world */

/* The operation's type, if the document makes a plan at all. */
static gyr_operation_type operation_type(const world *w) {
    gyr_str options = case_get(w->file, "options"), name = {0};
    for (gyr_str line; case_line(&options, &line);)
        if (gyr__str_is(case_word(&line), "operation")) name = case_word(&line);
    gyr_plan *plan = gyr_plan_new(w->types, case_get(w->file, "operation"), name, NULL);
    gyr_operation_type type = plan ? gyr_plan_operation_type(plan) : GYR_QUERY;
    gyr_plan_free(plan);
    return type;
}

void world_init(world *w, const case_file *file) {
    *w = (world){.file = file};
    gyr__arena_init(&w->arena, NULL, 0);
    gyr_source source = {.text = case_get(file, "schema")};
    gyr_schema_options options = {.size = sizeof options, .sources = &source, .source_count = 1, .unbound = true};
    gyr_errors *errors = NULL;
    w->types = gyr_schema_build(&options, &errors);
    if (!w->types) fail_with("schema", errors);
    w->fields = gyr__new_array(&w->arena, field_world *, w->types->object_count);
    for (uint32_t i = 0; i < w->types->object_count; i++) {
        const gyr__type *t = w->types->objects[i];
        w->fields[i] = gyr__arena_zalloc(&w->arena, (t->field_count + 1) * sizeof **w->fields);
        for (uint32_t k = 0; k < t->field_count; k++) w->fields[i][k].def = &t->fields[k];
    }
    read_bindings(w, case_get(file, "bindings"));
    w->operation = operation_type(w);
    gyr_str data = case_get(file, "data");
    w->data = value_read(&w->arena, data.len ? data : gyr_s("{}"));
    survey(w, w->data, (gyr__type_ref){.named = w->types->roots[w->operation]});
    for (uint32_t i = 0; i < w->objects.len; i++) fill_slots(w, w->objects.items[i]);
    assert_false(w->arena.failed);
}

void world_fini(world *w) {
    gyr_schema_free(w->types);
    gyr__arena_fini(&w->arena);
}

const void *world_root(const world *w) { return w->data->object; }
