/* IsValidImplementation (Specification 3.6.1): a type that declares an interface has its fields, with
 * covariant types and the same arguments, and declares the interfaces of that interface too.
 *
 * `marks` has one number for every type, so that "is that interface declared here" costs one look.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "type/builder.h"

enum { FEW = 16 };

/* The places where `type` declares `interface`, into *at behind `count`; returns the new count. */
static uint32_t declares(const gyr__builder *b, const gyr__type *type, const gyr__type *interface, gyr__at *at,
                         uint32_t count, uint32_t room) {
    for (const gyr__decl_node *n = b->decls.items[type->index]->nodes; n; n = n->next) {
        const gyr__ast_named_type_list *list = &gyr__ast_as(object_type_definition, n->node)->interfaces;
        for (uint32_t i = 0; i < list->count && count < room; i++)
            if (gyr__str_eq(list->items[i]->name, interface->def.name))
                at[count++] = gyr__at_node(list->items[i], n->source);
    }
    return count;
}

static gyr_str coordinate_of(gyr__builder *b, const gyr__field *f) {
    return gyr__coordinate_member(b, f->parent->def.name, f->def.name);
}

static gyr_str argument_of(gyr__builder *b, const gyr__field *f, const gyr__input *arg) {
    return gyr__coordinate_argument(b, f->parent->def.name, f->def.name, arg->def.name);
}

#define T(s) (int)(s).len, (s).ptr

/* ---- arguments */

static const gyr__input *find_argument(const gyr__field *f, const gyr__map *map, uint32_t guess, gyr_str name) {
    if (guess < f->arg_count && gyr__str_eq(f->args[guess].def.name, name)) return &f->args[guess];
    if (f->arg_count > FEW) return gyr__map_get(map, name);
    for (uint32_t i = 0; i < f->arg_count; i++)
        if (gyr__str_eq(f->args[i].def.name, name)) return &f->args[i];
    return NULL;
}

static void map_arguments(gyr__builder *b, const gyr__field *f, gyr__map *map) {
    for (uint32_t i = 0; f->arg_count > FEW && i < f->arg_count; i++) {
        gyr__map_entry *e = gyr__map_put(&b->scratch, map, f->args[i].def.name, NULL);
        if (e) e->ptr = &f->args[i];
    }
}

static void missing_argument(gyr__builder *b, const gyr__field *of, const gyr__input *arg, const gyr__field *f) {
    const gyr__ast_input_value_definition *node = gyr__node_of_input(b, NULL, of, NULL, arg);
    gyr__at at[2] = {gyr__at_node(node, arg->def.place.source),
                     gyr__at_node(gyr__node_of_field(b, f), f->def.place.source)};
    gyr_str expected = argument_of(b, of, arg), coordinate = coordinate_of(b, f);
    gyr__build_error(b, coordinate, at, 2, "Interface field argument %.*s expected but %.*s does not provide it.",
                     T(expected), T(coordinate));
}

static void wrong_argument(gyr__builder *b, const gyr__field *of, const gyr__input *arg, const gyr__field *f,
                           const gyr__input *have) {
    const gyr__ast_input_value_definition *node = gyr__node_of_input(b, NULL, of, NULL, arg);
    const gyr__ast_input_value_definition *have_node = gyr__node_of_input(b, NULL, f, NULL, have);
    gyr__at at[2] = {gyr__at_node(node ? node->type : NULL, arg->def.place.source),
                     gyr__at_node(have_node ? have_node->type : NULL, have->def.place.source)};
    gyr_str expected = argument_of(b, of, arg), coordinate = argument_of(b, f, have);
    gyr_str expected_type = gyr__type_ref_text(&b->scratch, arg->type);
    gyr_str type = gyr__type_ref_text(&b->scratch, have->type);
    gyr__build_error(b, coordinate, at, 2, "Interface field argument %.*s expects type %.*s but %.*s is type %.*s.",
                     T(expected), GYR__SHOW(b, expected_type), T(coordinate), GYR__SHOW(b, type));
}

static void required_argument(gyr__builder *b, const gyr__field *of, const gyr__field *f, const gyr__input *have) {
    gyr__at at[2] = {gyr__at_node(gyr__node_of_input(b, NULL, f, NULL, have), have->def.place.source),
                     gyr__at_node(gyr__node_of_field(b, of), of->def.place.source)};
    gyr_str coordinate = argument_of(b, f, have), expected = coordinate_of(b, of);
    gyr_str type = gyr__type_ref_text(&b->scratch, have->type);
    gyr__build_error(b, coordinate, at, 2,
                     "Argument \"%.*s\" must not be required type \"%.*s\" if not provided by the Interface field "
                     "\"%.*s\".",
                     T(coordinate), GYR__SHOW(b, type), T(expected));
}

static void check_arguments(gyr__builder *b, const gyr__field *of, const gyr__field *f) {
    gyr__map map = {0}, of_map = {0};
    map_arguments(b, f, &map);
    map_arguments(b, of, &of_map);
    for (uint32_t i = 0; i < of->arg_count && !gyr__errors_full(b->errors); i++) {
        const gyr__input *arg = &of->args[i], *have = find_argument(f, &map, i, arg->def.name);
        if (!have)
            missing_argument(b, of, arg, f);
        else if (!gyr__type_ref_eq(arg->type, have->type))
            wrong_argument(b, of, arg, f, have);
    }
    for (uint32_t i = 0; i < f->arg_count && !gyr__errors_full(b->errors); i++) {
        const gyr__input *have = &f->args[i];
        if (!gyr__is_non_null(have->type) || have->has_default) continue;
        if (!find_argument(of, &of_map, i, have->def.name)) required_argument(b, of, f, have);
    }
}

/* ---- fields */

static void missing_field(gyr__builder *b, const gyr__type *t, const gyr__field *of) {
    uint32_t count = 1;
    for (const gyr__decl_node *n = b->decls.items[t->index]->nodes; n; n = n->next) count++;
    gyr__at *at = gyr__new_array(&b->scratch, gyr__at, count);
    if (!at) return;
    at[0] = gyr__at_node(gyr__node_of_field(b, of), of->def.place.source);
    count = 1;
    for (const gyr__decl_node *n = b->decls.items[t->index]->nodes; n; n = n->next)
        at[count++] = gyr__at_node(n->node, n->source);
    gyr_str expected = coordinate_of(b, of);
    gyr__build_error(b, t->def.name, at, count, "Interface field %.*s expected but %.*s does not provide it.",
                     T(expected), GYR__SHOW(b, t->def.name));
}

static void wrong_field(gyr__builder *b, const gyr__field *of, const gyr__field *f) {
    const gyr__ast_field_definition *node = gyr__node_of_field(b, f), *of_node = gyr__node_of_field(b, of);
    gyr__at at[2] = {gyr__at_node(of_node ? of_node->type : NULL, of->def.place.source),
                     gyr__at_node(node ? node->type : NULL, f->def.place.source)};
    gyr_str expected = coordinate_of(b, of), coordinate = coordinate_of(b, f);
    gyr_str expected_type = gyr__type_ref_text(&b->scratch, of->type);
    gyr_str type = gyr__type_ref_text(&b->scratch, f->type);
    gyr__build_error(b, coordinate, at, 2, "Interface field %.*s expects type %.*s but %.*s is type %.*s.", T(expected),
                     GYR__SHOW(b, expected_type), T(coordinate), GYR__SHOW(b, type));
}

static void deprecated_field(gyr__builder *b, const gyr__field *of, const gyr__field *f) {
    const gyr__ast_field_definition *node = gyr__node_of_field(b, f);
    uint32_t source = f->def.place.source;
    gyr__at at[2] = {gyr__at_node(node ? gyr__node_of_deprecated(&node->directives) : NULL, source),
                     gyr__at_node(node ? node->type : NULL, source)};
    gyr_str expected = coordinate_of(b, of), coordinate = coordinate_of(b, f);
    gyr__build_error(b, coordinate, at, 2,
                     "Interface field %.*s is not deprecated, so implementation field %.*s must not be deprecated.",
                     T(expected), T(coordinate));
}

static void check_fields(gyr__builder *b, const gyr__type *t, const gyr__type *interface) {
    for (uint32_t i = 0; i < interface->field_count && !gyr__errors_full(b->errors); i++) {
        const gyr__field *of = &interface->fields[i], *f = gyr__map_get(&t->field_map, of->def.name);
        if (!f) {
            missing_field(b, t, of);
            continue;
        }
        if (!gyr__is_subtype(f->type, of->type)) wrong_field(b, of, f);
        if (of->arg_count || f->arg_count) check_arguments(b, of, f);
        if (f->def.deprecation_reason.ptr && !of->def.deprecation_reason.ptr && !b->schema->lenient)
            deprecated_field(b, of, f);
    }
}

/* ---- interfaces */

static void wrong_interface(gyr__builder *b, const gyr__type *t, const gyr__type *interface, bool again) {
    gyr__at *at = gyr__new_array(&b->scratch, gyr__at, t->interface_count);
    uint32_t count = at ? declares(b, t, interface, at, 0, t->interface_count) : 0;
    gyr_str type = t->def.name, name = interface->def.name;
    if (interface->kind != GYR__INTERFACE)
        gyr__build_error(b, type, at, count, "Type %.*s must only implement Interface types, it cannot implement %.*s.",
                         GYR__SHOW(b, type), GYR__SHOW(b, name));
    else if (again)
        gyr__build_error(b, type, at, count, "Type %.*s can only implement %.*s once.", GYR__SHOW(b, type),
                         GYR__SHOW(b, name));
    else
        gyr__build_error(b, type, at, count,
                         "Type %.*s cannot implement itself because it would create a circular reference.",
                         GYR__SHOW(b, type));
}

static void missing_interface(gyr__builder *b, const gyr__type *t, const gyr__type *interface, const gyr__type *above) {
    uint32_t room = interface->interface_count + t->interface_count;
    gyr__at *at = gyr__new_array(&b->scratch, gyr__at, room);
    if (!at) return;
    uint32_t count = declares(b, interface, above, at, 0, room);
    count = declares(b, t, interface, at, count, room);
    gyr_str type = t->def.name, name = interface->def.name;
    if (above == t)
        gyr__build_error(b, type, at, count,
                         "Type %.*s cannot implement %.*s because it would create a circular reference.",
                         GYR__SHOW(b, type), GYR__SHOW(b, name));
    else
        gyr__build_error(b, type, at, count, "Type %.*s must implement %.*s because it is implemented by %.*s.",
                         GYR__SHOW(b, type), GYR__SHOW(b, above->def.name), GYR__SHOW(b, name));
}

void gyr__check_interfaces(gyr__builder *b, gyr__decl *decl, uint32_t *marks) {
    const gyr__type *t = decl->type;
    const uint32_t declared = t->index + 1;
    for (uint32_t i = 0; i < t->interface_count; i++) marks[t->interfaces[i]->index] = declared;
    gyr__map seen = {0}; /* only where a name may come twice: more interfaces than few */
    for (uint32_t i = 0; i < t->interface_count && !gyr__errors_full(b->errors); i++) {
        const gyr__type *interface = t->interfaces[i];
        bool again = false;
        if (t->interface_count > FEW) {
            bool added = true;
            gyr__map_put(&b->scratch, &seen, interface->def.name, &added);
            again = !added;
        } else {
            for (uint32_t k = 0; k < i; k++) again |= t->interfaces[k] == interface;
        }
        if (interface->kind != GYR__INTERFACE || interface == t || again) {
            wrong_interface(b, t, interface, again && interface != t);
            continue;
        }
        for (uint32_t k = 0; k < interface->interface_count; k++)
            if (marks[interface->interfaces[k]->index] != declared)
                missing_interface(b, t, interface, interface->interfaces[k]);
        check_fields(b, t, interface);
    }
}
