/* The rules of section 3 that need the whole type system: root operation types, names that begin with "__",
 * input and output types in their places, members there must be, what may not be deprecated, OneOf.
 * Interfaces are in check_interfaces.c, endless input objects in check_inputs.c, default values in
 * build_defaults.c and check_default.c. Messages and places are those of the reference's validateSchema.
 *
 * A lenient build leaves out rules that are younger than many schemas: root types that differ, required and
 * deprecated at once, deprecated fields of interfaces that are not.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "type/builder.h"

/* ---- nodes */

const gyr__ast_field_definition *gyr__node_of_field(const gyr__builder *b, const gyr__field *field) {
    for (const gyr__decl_node *n = b->decls.items[field->parent->index]->nodes; n; n = n->next) {
        if (n->source != field->def.place.source) continue;
        const gyr__ast_field_definition_list *list = &gyr__ast_as(object_type_definition, n->node)->fields;
        for (uint32_t i = 0; i < list->count; i++)
            if (list->items[i]->node.start == field->def.place.offset) return list->items[i];
    }
    return NULL;
}

const gyr__ast_input_value_definition *gyr__node_of_input(const gyr__builder *b, const gyr__type *type,
                                                          const gyr__field *field, const gyr__directive *directive,
                                                          const gyr__input *input) {
    const gyr__decl_node *n = type ? b->decls.items[type->index]->nodes : NULL;
    do {
        const gyr__ast_input_value_definition_list *list = NULL;
        if (field) {
            const gyr__ast_field_definition *f = gyr__node_of_field(b, field);
            if (f) list = &f->arguments;
        } else if (directive) {
            list = &((const gyr__directive_decl *)directive)->node->arguments;
        } else if (n && n->source == input->def.place.source) {
            list = &gyr__ast_as(input_object_type_definition, n->node)->fields;
        }
        for (uint32_t i = 0; list && i < list->count; i++)
            if (list->items[i]->node.start == input->def.place.offset) return list->items[i];
        n = n ? n->next : NULL;
    } while (n);
    return NULL;
}

const gyr__ast_directive *gyr__node_of_deprecated(const gyr__ast_directive_list *list) {
    for (uint32_t i = 0; i < list->count; i++)
        if (gyr__str_is(list->items[i]->name, "deprecated")) return list->items[i];
    return NULL;
}

/* The nodes of a type, for places; *count of them. */
static const gyr__at *type_nodes(gyr__builder *b, const gyr__type *t, uint32_t *count) {
    *count = 0;
    uint32_t all = 0;
    for (const gyr__decl_node *n = b->decls.items[t->index]->nodes; n; n = n->next) all++;
    gyr__at *at = gyr__new_array(&b->scratch, gyr__at, all);
    if (!at) return NULL;
    for (const gyr__decl_node *n = b->decls.items[t->index]->nodes; n; n = n->next)
        at[(*count)++] = gyr__at_node(n->node, n->source);
    return at;
}

/* ---- names */

static bool reserved(gyr_str name) { return name.len >= 2 && name.ptr[0] == '_' && name.ptr[1] == '_'; }

static void check_name(gyr__builder *b, const gyr__def *def, gyr_str coordinate) {
    static const gyr__node any = {0}; /* a place, not a node */
    gyr__at at = {&any, def->place.offset, def->place.source};
    gyr__build_error(b, coordinate, &at, 1,
                     "Name \"%.*s\" must not begin with \"__\", which is reserved by GraphQL introspection.",
                     GYR__SHOW(b, def->name));
}

/* ---- arguments and input fields */

typedef struct input_owner {
    const gyr__type *type;
    const gyr__field *field;
    const gyr__directive *directive;
} input_owner;

static gyr_str input_coordinate(gyr__builder *b, const input_owner *o, const gyr__input *input) {
    if (o->type) return gyr__coordinate_member(b, o->type->def.name, input->def.name);
    if (o->directive) return gyr__coordinate_directive(b, o->directive->def.name, input->def.name);
    return gyr__coordinate_argument(b, o->field->parent->def.name, o->field->def.name, input->def.name);
}

static void check_one_of(gyr__builder *b, const gyr__input *input, gyr_str coordinate,
                         const gyr__ast_input_value_definition *node) {
    uint32_t source = input->def.place.source;
    gyr__at at[2] = {gyr__at_node(node->type, source), gyr__at_node(node, source)};
    if (gyr__is_non_null(input->type))
        gyr__build_error(b, coordinate, at, 1, "OneOf input field %.*s must be nullable.", (int)coordinate.len,
                         coordinate.ptr);
    if (input->has_default)
        gyr__build_error(b, coordinate, at + 1, 1, "OneOf input field %.*s cannot have a default value.",
                         (int)coordinate.len, coordinate.ptr);
}

static void input_problems(gyr__builder *b, const input_owner *o, const gyr__input *input, bool one_of) {
    uint32_t source = input->def.place.source;
    const gyr__ast_input_value_definition *node = gyr__node_of_input(b, o->type, o->field, o->directive, input);
    gyr_str coordinate = input_coordinate(b, o, input);
    if (!node) return;
    if (reserved(input->def.name)) check_name(b, &input->def, coordinate);
    if (!gyr__is_input_type(input->type.named)) {
        gyr__at at = o->directive ? gyr__at_node(node, source) : gyr__at_node(node->type, source);
        gyr_str type = gyr__type_ref_text(&b->scratch, input->type);
        gyr__build_error(b, coordinate, &at, 1, "The type of %.*s must be Input Type but got: %.*s.",
                         (int)coordinate.len, coordinate.ptr, GYR__SHOW(b, type));
    }
    if (gyr__is_non_null(input->type) && !input->has_default && input->def.deprecation_reason.ptr &&
        !b->schema->lenient) {
        gyr__at at[2] = {gyr__at_node(gyr__node_of_deprecated(&node->directives), source),
                         gyr__at_node(node->type, source)};
        gyr__build_error(b, coordinate, at, 2, "Required %s %.*s cannot be deprecated.",
                         o->type ? "input field" : "argument", (int)coordinate.len, coordinate.ptr);
    }
    if (one_of) check_one_of(b, input, coordinate, node);
}

static void check_inputs(gyr__builder *b, const input_owner *o, const gyr__input *inputs, uint32_t count) {
    bool one_of = o->type && o->type->is_one_of;
    for (uint32_t i = 0; i < count; i++) {
        const gyr__input *input = &inputs[i];
        if (reserved(input->def.name) || !gyr__is_input_type(input->type.named) ||
            (input->def.deprecation_reason.ptr && gyr__is_non_null(input->type)) ||
            (one_of && (input->has_default || gyr__is_non_null(input->type)))) {
            if (gyr__errors_full(b->errors)) return;
            input_problems(b, o, input, one_of);
        }
    }
}

/* ---- directives and root types */

static void check_directives(gyr__builder *b) {
    for (uint32_t i = 0; i < b->schema->directive_count; i++) {
        const gyr__directive *d = b->schema->directives[i];
        if (gyr__is_builtin_source(b, d->def.place.source)) continue;
        input_owner owner = {.directive = d};
        if (reserved(d->def.name))
            check_name(b, &d->def, gyr__coordinate_directive(b, d->def.name, gyr_str_of(NULL, 0)));
        check_inputs(b, &owner, d->args, d->arg_count);
    }
}

static void check_root_kind(gyr__builder *b, int op) {
    static const char *const names[] = {"Query", "Mutation", "Subscription"};
    const gyr__type *t = b->schema->roots[op];
    if (!t || t->kind == GYR__OBJECT) return;
    gyr__at at;
    if (b->root_nodes[op]) { /* names any type, even a built-in scalar that nothing uses, which has no index */
        at = gyr__at_node(b->root_nodes[op], b->root_sources[op]);
    } else {
        const gyr__decl *decl = b->decls.items[t->index];
        at = gyr__at_node(decl->nodes->node, decl->source);
    }
    gyr__build_error(b, t->def.name, &at, 1, "%s root type must be Object type%s, it cannot be %.*s.", names[op],
                     op == GYR_QUERY ? "" : " if provided", GYR__SHOW(b, t->def.name));
}

static void check_root_types(gyr__builder *b) {
    const gyr__type *const *roots = b->schema->roots;
    if (!roots[GYR_QUERY]) {
        gyr__at at = gyr__at_node(b->schema_node, b->schema->def.place.source);
        gyr__build_error(b, gyr_s(""), &at, 1, "Query root type must be provided.");
    }
    for (int op = 0; op < 3; op++) check_root_kind(b, op);
    for (int op = 0; op < 2 && !b->schema->lenient; op++) {
        gyr__at at[3];
        gyr_str used[3];
        uint32_t count = 0;
        if (!roots[op] || roots[op]->kind != GYR__OBJECT || (op == 1 && roots[0] == roots[1])) continue;
        for (int other = op; other < 3; other++)
            if (roots[other] == roots[op]) {
                used[count] = gyr__operation_type_name((gyr__operation_type)other);
                at[count++] = gyr__at_node(b->root_nodes[other], b->root_sources[other]);
            }
        if (count < 2) continue;
        gyr_str list = count == 2 ? gyr__arena_printf(&b->scratch, "%.*s and %.*s", (int)used[0].len, used[0].ptr,
                                                      (int)used[1].len, used[1].ptr)
                                  : gyr_s("query, mutation, and subscription");
        gyr__build_error(b, roots[op]->def.name, at, count,
                         "All root types must be different, \"%.*s\" type is used as %.*s root types.",
                         GYR__SHOW(b, roots[op]->def.name), (int)list.len, list.ptr);
    }
}

/* ---- types */

static void none_defined(gyr__builder *b, const gyr__type *t, const char *what, const char *members) {
    uint32_t count;
    const gyr__at *at = type_nodes(b, t, &count);
    gyr__build_error(b, t->def.name, at, at ? count : 0, "%s %.*s must define one or more %s.", what,
                     GYR__SHOW(b, t->def.name), members);
}

static void check_fields(gyr__builder *b, const gyr__type *t) {
    if (!t->field_count) none_defined(b, t, "Type", "fields");
    for (uint32_t i = 0; i < t->field_count; i++) {
        const gyr__field *f = &t->fields[i];
        input_owner owner = {.field = f};
        if (reserved(f->def.name)) check_name(b, &f->def, gyr__coordinate_member(b, t->def.name, f->def.name));
        if (f->type.named->kind == GYR__INPUT_OBJECT && !gyr__errors_full(b->errors)) {
            const gyr__ast_field_definition *node = gyr__node_of_field(b, f);
            gyr__at at = gyr__at_node(node ? node->type : NULL, f->def.place.source);
            gyr_str coordinate = gyr__coordinate_member(b, t->def.name, f->def.name);
            gyr_str type = gyr__type_ref_text(&b->scratch, f->type);
            gyr__build_error(b, coordinate, &at, 1, "The type of %.*s must be Output Type but got: %.*s.",
                             (int)coordinate.len, coordinate.ptr, GYR__SHOW(b, type));
        }
        if (f->arg_count) check_inputs(b, &owner, f->args, f->arg_count);
    }
}

/* The places of all members of a union that have this name. */
static const gyr__at *member_nodes(gyr__builder *b, const gyr__type *t, gyr_str name, uint32_t *count) {
    *count = 0;
    gyr__at *at = gyr__new_array(&b->scratch, gyr__at, t->possible_count);
    for (const gyr__decl_node *n = b->decls.items[t->index]->nodes; at && n; n = n->next) {
        const gyr__ast_named_type_list *list = &gyr__ast_as(union_type_definition, n->node)->types;
        for (uint32_t i = 0; i < list->count; i++)
            if (gyr__str_eq(list->items[i]->name, name)) at[(*count)++] = gyr__at_node(list->items[i], n->source);
    }
    return at;
}

static void check_members(gyr__builder *b, const gyr__type *t, uint32_t *marks) {
    if (!t->possible_count) none_defined(b, t, "Union type", "member types");
    for (uint32_t i = 0; i < t->possible_count && !gyr__errors_full(b->errors); i++) {
        const gyr__type *member = t->possible[i];
        bool again = marks[member->index] == t->index + 1;
        marks[member->index] = t->index + 1;
        if (!again && member->kind == GYR__OBJECT) continue;
        uint32_t count;
        const gyr__at *at = member_nodes(b, t, member->def.name, &count);
        if (again)
            gyr__build_error(b, t->def.name, at, at ? count : 0, "Union type %.*s can only include type %.*s once.",
                             GYR__SHOW(b, t->def.name), GYR__SHOW(b, member->def.name));
        else
            gyr__build_error(b, t->def.name, at, at ? count : 0,
                             "Union type %.*s can only include Object types, it cannot include %.*s.",
                             GYR__SHOW(b, t->def.name), GYR__SHOW(b, member->def.name));
    }
}

static void check_values(gyr__builder *b, const gyr__type *t) {
    if (!t->value_count) none_defined(b, t, "Enum type", "values");
    for (uint32_t i = 0; i < t->value_count; i++)
        if (reserved(t->values[i].def.name))
            check_name(b, &t->values[i].def, gyr__coordinate_member(b, t->def.name, t->values[i].def.name));
}

static void check_type(gyr__builder *b, const gyr__type *t, uint32_t *marks) {
    input_owner owner = {.type = t};
    if (reserved(t->def.name)) check_name(b, &t->def, t->def.name);
    switch (t->kind) {
    case GYR__OBJECT:
    case GYR__INTERFACE:
        check_fields(b, t);
        if (t->interface_count) gyr__check_interfaces(b, b->decls.items[t->index], marks);
        break;
    case GYR__UNION: check_members(b, t, marks); break;
    case GYR__ENUM: check_values(b, t); break;
    case GYR__INPUT_OBJECT:
        if (!t->input_count) none_defined(b, t, "Input Object type", "fields");
        check_inputs(b, &owner, t->inputs, t->input_count);
        break;
    case GYR__SCALAR: break;
    }
}

void gyr__check_schema(gyr__builder *b) {
    uint32_t *marks = gyr__arena_zalloc(&b->scratch, (size_t)b->schema->type_count * sizeof *marks + 1);
    if (!marks) return;
    check_root_types(b);
    check_directives(b);
    for (uint32_t i = 0; i < b->schema->type_count && !gyr__errors_full(b->errors); i++)
        if (!b->schema->types[i]->is_builtin) check_type(b, b->schema->types[i], marks);
    gyr__check_finite_inputs(b);
}
