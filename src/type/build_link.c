/* Fourth phase of the builder: the tables of the finished schema - types in their final order, objects,
 * directives, who implements what, possible types - and, when the bindings are fitted, which fields may
 * fetch.
 *
 * The order of types is the reference's: the documents' order, each built-in scalar directly behind the first
 * type that uses it, the introspection types last. Of a complete schema it is the documents' order.
 *
 * A bitset of possible types has one bit for every object type of the schema. A schema with very many
 * interfaces of few objects would need quadratic memory, so such types go without (gyr__is_possible then
 * looks through their short list).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "type/builder.h"

/* ---- order */

static void place_inputs(gyr_schema *s, const gyr__input *inputs, uint32_t count);

static void place_used(gyr_schema *s, const gyr__type *t);

static void place(gyr_schema *s, gyr__type *t) {
    t->index = s->type_count;
    s->types[s->type_count++] = t;
    if (s->complete) return;
    for (uint32_t i = 0; i < t->interface_count; i++) place_used(s, t->interfaces[i]);
    if (t->kind == GYR__UNION)
        for (uint32_t i = 0; i < t->possible_count; i++) place_used(s, t->possible[i]);
    for (uint32_t i = 0; i < t->field_count; i++) {
        place_used(s, t->fields[i].type.named);
        place_inputs(s, t->fields[i].args, t->fields[i].arg_count);
    }
    place_inputs(s, t->inputs, t->input_count);
}

/* A type that is built in takes its place when it is used first. The recursion ends with the few built-in
 * types. */
static void place_used(gyr_schema *s, const gyr__type *t) {
    if (t->is_builtin && t->index == UINT32_MAX) place(s, (gyr__type *)t);
}

static void place_inputs(gyr_schema *s, const gyr__input *inputs, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) place_used(s, inputs[i].type.named);
}

static bool index_decls(gyr__builder *b, gyr__decl **by_index) {
    for (uint32_t i = 0; i < b->decls.len; i++) {
        gyr__decl *d = b->decls.items[i];
        if (!d->phantom && d->type->index != UINT32_MAX) by_index[d->type->index] = d;
    }
    b->decls.items = by_index;
    b->decls.len = b->schema->type_count;
    return true;
}

static bool order_types(gyr__builder *b) {
    gyr_schema *s = b->schema;
    s->types = gyr__new_array(&s->arena, gyr__type *, b->decls.len);
    gyr__decl **by_index = gyr__new_array(&b->scratch, gyr__decl *, b->decls.len);
    if (!s->types || !by_index) return false;
    for (uint32_t i = 0; i < b->decls.len; i++) b->decls.items[i]->type->index = UINT32_MAX;
    for (uint32_t i = 0; i < b->decls.len; i++) {
        gyr__decl *d = b->decls.items[i];
        if (d->phantom || (d->type->is_builtin && !s->complete)) continue;
        place(s, d->type);
    }
    if (s->complete) return index_decls(b, by_index);
    for (uint32_t i = 0; i < b->directives.len; i++)
        place_inputs(s, b->directives.items[i]->directive.args, b->directives.items[i]->directive.arg_count);
    const gyr__decl *intro = gyr__map_get(&b->names, gyr_s("__Schema"));
    place_used(s, intro->type);
    return index_decls(b, by_index);
}

static bool map_types(gyr__builder *b) {
    gyr_schema *s = b->schema;
    uint32_t objects = 0;
    if (!gyr__map_reserve(&s->arena, &s->type_map, s->type_count)) return false;
    for (uint32_t i = 0; i < s->type_count; i++) {
        gyr__map_entry *e = gyr__map_put(&s->arena, &s->type_map, s->types[i]->def.name, NULL);
        if (!e) return false;
        e->ptr = s->types[i];
        objects += s->types[i]->kind == GYR__OBJECT;
    }
    s->objects = gyr__new_array(&s->arena, const gyr__type *, objects);
    const gyr__type **itself = gyr__new_array(&s->arena, const gyr__type *, objects);
    if (!s->objects || !itself) return false;
    for (uint32_t i = 0; i < s->type_count; i++) {
        gyr__type *t = s->types[i];
        if (t->kind != GYR__OBJECT) continue;
        t->object_index = s->object_count;
        t->possible = &itself[s->object_count];
        t->possible[0] = t;
        t->possible_count = 1;
        s->objects[s->object_count++] = t;
    }
    return true;
}

static bool map_directives(gyr__builder *b) {
    gyr_schema *s = b->schema;
    s->directives = gyr__new_array(&s->arena, gyr__directive *, b->directives.len);
    if (!s->directives || !gyr__map_reserve(&s->arena, &s->directive_map, b->directives.len)) return false;
    for (uint32_t i = 0; i < b->directives.len; i++) {
        gyr__directive *d = &b->directives.items[i]->directive;
        gyr__map_entry *e = gyr__map_put(&s->arena, &s->directive_map, d->def.name, NULL);
        if (!e) return false;
        e->ptr = d;
        s->directives[s->directive_count++] = d;
    }
    return true;
}

/* ---- implementors and possible types */

/* Calls for every (type, interface it declares) once; objects say whether object types or interfaces are
 * asked. */
static void each_implementation(gyr_schema *s, uint32_t *marks, bool objects, bool store) {
    for (uint32_t i = 0; i < s->type_count; i++) {
        gyr__type *t = s->types[i];
        if (t->kind != (objects ? GYR__OBJECT : GYR__INTERFACE)) continue;
        for (uint32_t k = 0; k < t->interface_count; k++) {
            gyr__type *interface = (gyr__type *)t->interfaces[k];
            if (interface->kind != GYR__INTERFACE || marks[interface->index] == i + 1) continue;
            marks[interface->index] = i + 1;
            if (store) interface->implementors[interface->implementor_count] = t;
            if (store && objects) interface->possible[interface->possible_count] = t;
            interface->implementor_count++;
            interface->possible_count += objects;
        }
    }
}

static bool link_interfaces(gyr__builder *b) {
    gyr_schema *s = b->schema;
    uint32_t *marks = gyr__arena_zalloc(&b->scratch, (size_t)s->type_count * 2 * sizeof *marks);
    if (!marks) return false;
    each_implementation(s, marks, false, false);
    each_implementation(s, marks, true, false);
    for (uint32_t i = 0; i < s->type_count; i++) {
        gyr__type *t = s->types[i];
        if (t->kind != GYR__INTERFACE) continue;
        t->implementors = gyr__new_array(&s->arena, const gyr__type *, t->implementor_count);
        t->possible = gyr__new_array(&s->arena, const gyr__type *, t->possible_count);
        if (!t->implementors || !t->possible) return false;
        t->implementor_count = t->possible_count = 0;
    }
    each_implementation(s, marks + s->type_count, false, true);
    each_implementation(s, marks + s->type_count, true, true);
    return true;
}

static bool set_bits(gyr_schema *s) {
    uint32_t words = (s->object_count + 63) / 64;
    for (uint32_t i = 0; i < s->type_count; i++) {
        gyr__type *t = s->types[i];
        if (!gyr__is_abstract_type(t)) continue;
        if (words > 64 && words / 4 > t->possible_count) continue;
        t->possible_bits = gyr__arena_zalloc(&s->arena, words * sizeof(uint64_t));
        if (!t->possible_bits) return false;
        for (uint32_t k = 0; k < t->possible_count; k++)
            if (t->possible[k]->kind == GYR__OBJECT) { /* others are an error of a later phase */
                uint32_t bit = t->possible[k]->object_index;
                t->possible_bits[bit / 64] |= UINT64_C(1) << bit % 64;
            }
    }
    return true;
}

bool gyr__build_link(gyr__builder *b) {
    return order_types(b) && map_types(b) && map_directives(b) && link_interfaces(b) && set_bits(b->schema);
}

/* ---- what may fetch */

static bool fetches(const gyr_binding *binding) {
    return binding && (binding->kind == GYR_BIND_RESOLVER || binding->kind == GYR_BIND_BATCH);
}

void gyr__build_may_fetch(gyr_schema *s) {
    for (uint32_t i = 0; i < s->object_count; i++) {
        const gyr__type *t = s->objects[i];
        for (uint32_t k = 0; k < t->field_count; k++) {
            gyr__field *f = &t->fields[k];
            f->may_fetch = fetches(f->binding);
            for (uint32_t n = 0; f->may_fetch && n < t->interface_count; n++) {
                gyr__field *of = gyr__map_get(&t->interfaces[n]->field_map, f->def.name);
                if (of) of->may_fetch = true;
            }
        }
    }
}
