/* First phase of the builder: every definition and extension of all documents finds its gyr__decl, so that
 * later phases can look up any name and know how much room each type needs. Reports names defined twice,
 * extensions of what is not there or of another kind, more than one schema definition or root operation type.
 *
 * Built-in types are declared first; definitions of the same name are checked but contribute nothing, as in
 * the reference. Built-in directives are declared last and only where the documents do not define them.
 *
 * Specification 3.2-3.4, 3.13, and "Validation" of each kind of extension.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "type/builder.h"
#include "type/suggest.h"

/* What the definition kinds and their extension kinds have in common. */
static bool is_type_definition(uint32_t kind) {
    switch (kind) {
    case GYR__AST_SCALAR_TYPE_DEFINITION:
    case GYR__AST_OBJECT_TYPE_DEFINITION:
    case GYR__AST_INTERFACE_TYPE_DEFINITION:
    case GYR__AST_UNION_TYPE_DEFINITION:
    case GYR__AST_ENUM_TYPE_DEFINITION:
    case GYR__AST_INPUT_OBJECT_TYPE_DEFINITION: return true;
    default: return false;
    }
}

/* The definition kind that an extension extends, or GYR__AST_KIND_COUNT. */
static uint32_t extended_kind(uint32_t kind) {
    switch (kind) {
    case GYR__AST_SCALAR_TYPE_EXTENSION: return GYR__AST_SCALAR_TYPE_DEFINITION;
    case GYR__AST_OBJECT_TYPE_EXTENSION: return GYR__AST_OBJECT_TYPE_DEFINITION;
    case GYR__AST_INTERFACE_TYPE_EXTENSION: return GYR__AST_INTERFACE_TYPE_DEFINITION;
    case GYR__AST_UNION_TYPE_EXTENSION: return GYR__AST_UNION_TYPE_DEFINITION;
    case GYR__AST_ENUM_TYPE_EXTENSION: return GYR__AST_ENUM_TYPE_DEFINITION;
    case GYR__AST_INPUT_OBJECT_TYPE_EXTENSION: return GYR__AST_INPUT_OBJECT_TYPE_DEFINITION;
    default: return GYR__AST_KIND_COUNT;
    }
}

static gyr__type_kind type_kind(uint32_t definition) {
    switch (definition) {
    case GYR__AST_OBJECT_TYPE_DEFINITION: return GYR__OBJECT;
    case GYR__AST_INTERFACE_TYPE_DEFINITION: return GYR__INTERFACE;
    case GYR__AST_UNION_TYPE_DEFINITION: return GYR__UNION;
    case GYR__AST_ENUM_TYPE_DEFINITION: return GYR__ENUM;
    case GYR__AST_INPUT_OBJECT_TYPE_DEFINITION: return GYR__INPUT_OBJECT;
    default: return GYR__SCALAR;
    }
}

static const char *kind_name(uint32_t definition) {
    static const char *const names[] = {"scalar", "object", "interface", "union", "enum", "input object"};
    return names[type_kind(definition)];
}

static gyr_str name_of(const gyr__node *node) {
    switch (extended_kind(node->kind) != GYR__AST_KIND_COUNT ? extended_kind(node->kind) : node->kind) {
    case GYR__AST_SCALAR_TYPE_DEFINITION: return gyr__ast_as(scalar_type_definition, node)->name;
    case GYR__AST_UNION_TYPE_DEFINITION: return gyr__ast_as(union_type_definition, node)->name;
    case GYR__AST_ENUM_TYPE_DEFINITION: return gyr__ast_as(enum_type_definition, node)->name;
    case GYR__AST_INPUT_OBJECT_TYPE_DEFINITION: return gyr__ast_as(input_object_type_definition, node)->name;
    default: return gyr__ast_as(object_type_definition, node)->name;
    }
}

static gyr__scalar_kind scalar_kind(gyr_str name) {
    if (gyr__str_is(name, "Int")) return GYR__INT;
    if (gyr__str_is(name, "Float")) return GYR__FLOAT;
    if (gyr__str_is(name, "String")) return GYR__STRING;
    if (gyr__str_is(name, "Boolean")) return GYR__BOOLEAN;
    if (gyr__str_is(name, "ID")) return GYR__ID;
    return GYR__CUSTOM_SCALAR;
}

/* ---- types */

static void count_members(gyr__decl *d, const gyr__node *node) {
    switch (extended_kind(node->kind) != GYR__AST_KIND_COUNT ? extended_kind(node->kind) : node->kind) {
    case GYR__AST_SCALAR_TYPE_DEFINITION:
        d->directives += gyr__ast_as(scalar_type_definition, node)->directives.count;
        break;
    case GYR__AST_OBJECT_TYPE_DEFINITION:
    case GYR__AST_INTERFACE_TYPE_DEFINITION:
        d->fields += gyr__ast_as(object_type_definition, node)->fields.count;
        d->interfaces += gyr__ast_as(object_type_definition, node)->interfaces.count;
        d->directives += gyr__ast_as(object_type_definition, node)->directives.count;
        break;
    case GYR__AST_UNION_TYPE_DEFINITION:
        d->members += gyr__ast_as(union_type_definition, node)->types.count;
        d->directives += gyr__ast_as(union_type_definition, node)->directives.count;
        break;
    case GYR__AST_ENUM_TYPE_DEFINITION:
        d->values += gyr__ast_as(enum_type_definition, node)->values.count;
        d->directives += gyr__ast_as(enum_type_definition, node)->directives.count;
        break;
    case GYR__AST_INPUT_OBJECT_TYPE_DEFINITION:
        d->inputs += gyr__ast_as(input_object_type_definition, node)->fields.count;
        d->directives += gyr__ast_as(input_object_type_definition, node)->directives.count;
        break;
    default: break;
    }
}

static void add_node(gyr__builder *b, gyr__decl *d, const gyr__node *node, uint32_t source, bool first) {
    gyr__decl_node *n = gyr__new(&b->scratch, gyr__decl_node);
    if (!n) return;
    n->node = node;
    n->source = source;
    count_members(d, node);
    if (!d->nodes)
        d->nodes = d->last = n;
    else if (first)
        n->next = d->nodes, d->nodes = n;
    else
        d->last->next = n, d->last = n;
}

static gyr__decl *new_decl(gyr__builder *b, gyr__arena *arena, gyr_str name) {
    gyr__decl *d = gyr__new(&b->scratch, gyr__decl);
    gyr__decl **slot = d ? gyr__vec_push(&b->scratch, &b->decls) : NULL;
    if (!slot) return NULL;
    *slot = d;
    d->type = gyr__new(arena, gyr__type);
    if (!d->type) return NULL;
    d->type->def.name = name;
    return d;
}

static void define(gyr__builder *b, gyr__decl *d, const gyr__node *node, uint32_t source) {
    d->defined = true;
    d->kind = node->kind;
    d->source = source;
    d->extended = (gyr__decl_node){.node = node, .source = source};
    d->type->kind = type_kind(node->kind);
    d->type->def.name = name_of(node);
    d->type->def.place = (gyr__place){source, node->start};
    d->type->is_builtin = gyr__is_builtin_definition(b, node->kind, d->type->def.name, source);
    d->type->is_introspection = d->type->is_builtin && d->type->kind != GYR__SCALAR;
    if (d->type->kind == GYR__SCALAR) d->type->scalar = scalar_kind(name_of(node));
    add_node(b, d, node, source, true);
}

static gyr__decl *phantom(gyr__builder *b, gyr_str name) {
    gyr__map_entry *e = gyr__map_put(&b->scratch, &b->phantoms, name, NULL);
    if (!e) return NULL;
    if (!e->ptr) {
        gyr__decl *d = new_decl(b, &b->scratch, name);
        if (!d) return NULL;
        d->phantom = true;
        e->ptr = d;
    }
    return e->ptr;
}

static void declare_type(gyr__builder *b, const gyr__node *node, uint32_t source) {
    gyr_str name = name_of(node);
    gyr__map_entry *e = gyr__map_put(&b->scratch, &b->names, name, NULL);
    if (!e) return;
    gyr__decl *known = e->ptr;
    if (known && gyr__is_builtin_source(b, known->source) && !(b->base_count && source >= b->base_count)) {
        known = phantom(b, name);
        if (!known) return;
        if (!known->defined) {
            define(b, known, node, source);
            return;
        }
    }
    if (!known) {
        gyr__decl *d = new_decl(b, &b->schema->arena, name);
        e = gyr__map_find(&b->names, name);
        if (!d) return;
        e->ptr = d;
        define(b, d, node, source);
        return;
    }
    gyr__at at[2] = {gyr__at_name(b, known->type->def.name, known->nodes->node, known->source),
                     gyr__at_name(b, name, node, source)};
    if (gyr__in_base(b, known->source))
        gyr__build_error(b, name, at + 1, 1,
                         "Type \"%.*s\" already exists in the schema. It cannot also be defined in this type "
                         "definition.",
                         GYR__SHOW(b, name));
    else
        gyr__build_error(b, name, at, 2, "There can be only one type named \"%.*s\".", GYR__SHOW(b, name));
    if (!gyr__in_base(b, known->source)) known->extended = (gyr__decl_node){.node = node, .source = source};
    add_node(b, known, node, source, false);
}

static gyr_str suggest_type(gyr__builder *b, gyr_str name) {
    gyr__suggest s;
    if (b->schema->no_suggestions || gyr__errors_full(b->errors)) return gyr_s("");
    gyr__suggest_init(&s, b->errors, name);
    for (uint32_t i = 0; i < b->decls.len; i++) {
        const gyr__decl *d = b->decls.items[i];
        if (d->defined && (b->base_count || !gyr__is_builtin_source(b, d->source)))
            gyr__suggest_option(&s, d->type->def.name);
    }
    return gyr__suggest_text(&s);
}

static void declare_extension(gyr__builder *b, const gyr__node *node, uint32_t source) {
    gyr_str name = name_of(node);
    gyr__decl *d = gyr__map_get(&b->names, name), *target = d;
    if (!d || gyr__is_builtin_source(b, d->source)) {
        target = phantom(b, name);
        if (!target) return;
        if (!d || target->defined || !b->base_count) d = target;
    }
    if (!d->defined) {
        gyr__at at = gyr__at_name(b, name, node, source);
        gyr_str hint = suggest_type(b, name);
        gyr__build_error(b, name, &at, 1, "Cannot extend type \"%.*s\" because it is not defined.%.*s",
                         GYR__SHOW(b, name), (int)hint.len, hint.ptr);
    } else if (d->extended.node->kind != extended_kind(node->kind)) {
        gyr__at at[2] = {gyr__at_node(gyr__in_base(b, d->source) ? NULL : d->extended.node, d->extended.source),
                         gyr__at_node(node, source)};
        gyr__build_error(b, name, at, 2, "Cannot extend non-%s type \"%.*s\".", kind_name(extended_kind(node->kind)),
                         GYR__SHOW(b, name));
    }
    add_node(b, target, node, source, false);
}

/* ---- directives */

static void declare_directive(gyr__builder *b, const gyr__ast_directive_definition *node, uint32_t source) {
    bool builtin = gyr__is_builtin_source(b, source);
    gyr__map_entry *e = gyr__map_put(&b->scratch, &b->directive_names, node->name, NULL);
    if (!e || (builtin && e->ptr)) return;
    gyr__directive_decl *known = e->ptr;
    if (known && !b->schema->complete) { /* other engines may list several of one name */
        known = known->first;
        gyr__at at[2] = {gyr__at_name(b, known->node->name, known->node, known->source),
                         gyr__at_name(b, node->name, node, source)};
        gyr_str coordinate = gyr__coordinate_directive(b, node->name, gyr_str_of(NULL, 0));
        if (b->base_count && gyr__in_base(b, known->source))
            gyr__build_error(b, coordinate, at + 1, 1,
                             "Directive \"@%.*s\" already exists in the schema. It cannot be redefined.",
                             GYR__SHOW(b, node->name));
        else
            gyr__build_error(b, coordinate, at, 2, "There can be only one directive named \"@%.*s\".",
                             GYR__SHOW(b, node->name));
    }
    /* The block is the schema's: gyr__directive is its first member. */
    gyr__directive_decl *d = gyr__new(&b->schema->arena, gyr__directive_decl);
    gyr__directive_decl **slot = gyr__vec_push(&b->scratch, &b->directives);
    if (!d || !slot) return;
    *slot = d;
    e->ptr = d; /* the last is what uses are held against, as by the reference */
    d->first = known ? known : d;
    d->node = node;
    d->source = source;
    d->directive.def.name = node->name;
    d->directive.def.place = (gyr__place){source, node->node.start};
    d->directive.repeatable = node->repeatable;
}

/* ---- the schema definition */

static void declare_root(gyr__builder *b, const gyr__ast_operation_type_definition *node, uint32_t source) {
    gyr__operation_type op = node->operation;
    gyr_str name = gyr__operation_type_name(op);
    gyr__at at[2] = {gyr__at_node(node, source), gyr__at_node(node, source)};
    gyr__type *type = gyr__build_named(b, node->type->name, &node->type->node, source);
    if (b->schema->roots[op] && !b->root_nodes[op]) { /* an implicit one of the schema that is extended */
        gyr__build_error(b, gyr_s(""), at, 1, "Type for %.*s already defined in the schema. It cannot be redefined.",
                         (int)name.len, name.ptr);
        return;
    }
    if (!b->root_nodes[op]) {
        b->root_nodes[op] = &node->type->node;
        b->root_sources[op] = source;
        b->schema->roots[op] = type;
        return;
    }
    if (source >= b->base_count && gyr__in_base(b, b->root_sources[op])) {
        gyr__build_error(b, gyr_s(""), at, 1, "Type for %.*s already defined in the schema. It cannot be redefined.",
                         (int)name.len, name.ptr);
        return;
    }
    /* The operation's keyword stands before the type; its node begins there. */
    at[0] = (gyr__at){b->root_nodes[op], 0, b->root_sources[op]};
    for (uint32_t i = 0; i < b->schema_nodes.len; i++) {
        const gyr__ast_schema_definition *s = gyr__ast_as(schema_definition, b->schema_nodes.items[i].node);
        for (uint32_t k = 0; k < s->operation_types.count; k++)
            if (&s->operation_types.items[k]->type->node == b->root_nodes[op])
                at[0].offset = s->operation_types.items[k]->node.start;
    }
    gyr__build_error(b, gyr_s(""), at, 2, "There can be only one %.*s type in schema.", (int)name.len, name.ptr);
}

static void declare_schema(gyr__builder *b, const gyr__node *node, uint32_t source) {
    const gyr__ast_schema_definition *s = gyr__ast_as(schema_definition, node);
    gyr__decl_node *slot = gyr__vec_push(&b->scratch, &b->schema_nodes);
    if (!slot) return;
    *slot = (gyr__decl_node){node, source, NULL};
    if (node->kind == GYR__AST_SCHEMA_EXTENSION) return;
    gyr__at at = gyr__at_node(node, source);
    const gyr__type *const *roots = b->schema->roots;
    if (source >= b->base_count && b->base_count && (b->schema_node || roots[0] || roots[1] || roots[2])) {
        gyr__build_error(b, gyr_s(""), &at, 1, "Cannot define a new schema within a schema extension.");
        return;
    }
    if (b->schema_node) {
        gyr__build_error(b, gyr_s(""), &at, 1, "Must provide only one schema definition.");
        return;
    }
    b->schema_node = s;
    b->schema->def.place = (gyr__place){source, node->start};
}

/* The roots of schema nodes [from, to): the definition's first, then those of extensions. */
static void declare_roots(gyr__builder *b, uint32_t from, uint32_t to) {
    for (int extension = 0; extension <= 1; extension++)
        for (uint32_t i = from; i < to; i++) {
            const gyr__decl_node *n = &b->schema_nodes.items[i];
            if ((n->node->kind == GYR__AST_SCHEMA_EXTENSION) != extension) continue;
            const gyr__ast_schema_definition *s = gyr__ast_as(schema_definition, n->node);
            for (uint32_t k = 0; k < s->operation_types.count; k++)
                declare_root(b, s->operation_types.items[k], n->source);
        }
}

/* Without a schema definition the types Query, Mutation and Subscription are the roots. */
static void implicit_roots(gyr__builder *b) {
    static const char *const names[] = {"Query", "Mutation", "Subscription"};
    if (b->schema_node) return;
    for (int i = 0; i < 3; i++) {
        gyr__decl *d = gyr__map_get(&b->names, gyr_str_of(names[i], strlen(names[i])));
        if (d) b->schema->roots[i] = d->type;
    }
}

static void collect(gyr__builder *b, uint32_t from, uint32_t to) {
    uint32_t first_schema = b->schema_nodes.len;
    for (uint32_t source = from; source < to; source++) {
        const gyr__node_list *list = &b->documents[source]->definitions;
        for (uint32_t i = 0; i < list->count; i++) {
            const gyr__node *node = list->items[i];
            if (is_type_definition(node->kind))
                declare_type(b, node, source);
            else if (node->kind == GYR__AST_DIRECTIVE_DEFINITION && from < b->source_count - 1)
                declare_directive(b, gyr__ast_as(directive_definition, node), source);
            else if (node->kind == GYR__AST_SCHEMA_DEFINITION || node->kind == GYR__AST_SCHEMA_EXTENSION)
                declare_schema(b, node, source);
        }
    }
    for (uint32_t source = from; source < to; source++) {
        const gyr__node_list *list = &b->documents[source]->definitions;
        for (uint32_t i = 0; i < list->count; i++)
            if (extended_kind(list->items[i]->kind) != GYR__AST_KIND_COUNT)
                declare_extension(b, list->items[i], source);
    }
    declare_roots(b, first_schema, b->schema_nodes.len);
}

static void builtin_directives(gyr__builder *b) {
    if (b->schema->complete) return;
    const gyr__node_list *list = &b->documents[b->source_count - 1]->definitions;
    for (uint32_t i = 0; i < list->count; i++)
        if (list->items[i]->kind == GYR__AST_DIRECTIVE_DEFINITION)
            declare_directive(b, gyr__ast_as(directive_definition, list->items[i]), b->source_count - 1);
}

/* ---- operations and fragments: they are no part of a schema, but the types they name must be there */

/* Depth: the text's. */
static void look_up_conditions(gyr__builder *b, const gyr__ast_selection_set *set, uint32_t source) {
    for (uint32_t i = 0; i < set->selections.count; i++) {
        const gyr__node *n = set->selections.items[i];
        if (n->kind == GYR__AST_FIELD) look_up_conditions(b, &gyr__ast_as(field, n)->selection_set, source);
        if (n->kind != GYR__AST_INLINE_FRAGMENT) continue;
        const gyr__ast_inline_fragment *f = gyr__ast_as(inline_fragment, n);
        if (f->type_condition) gyr__build_named(b, f->type_condition->name, &f->type_condition->node, source);
        look_up_conditions(b, &f->selection_set, source);
    }
}

static void look_up_executable(gyr__builder *b, const gyr__node *n, uint32_t source) {
    if (n->kind == GYR__AST_OPERATION_DEFINITION) {
        const gyr__ast_operation_definition *o = gyr__ast_as(operation_definition, n);
        for (uint32_t i = 0; i < o->variable_definitions.count; i++)
            gyr__build_type_ref(b, o->variable_definitions.items[i]->type, source);
        look_up_conditions(b, &o->selection_set, source);
    } else if (n->kind == GYR__AST_FRAGMENT_DEFINITION) {
        const gyr__ast_fragment_definition *f = gyr__ast_as(fragment_definition, n);
        gyr__build_named(b, f->type_condition->name, &f->type_condition->node, source);
        look_up_conditions(b, &f->selection_set, source);
    }
}

static void look_up_executables(gyr__builder *b) {
    for (uint32_t source = b->base_count; source < b->source_count - 1; source++) {
        const gyr__node_list *list = &b->documents[source]->definitions;
        for (uint32_t i = 0; i < list->count; i++) look_up_executable(b, list->items[i], source);
    }
}

void gyr__build_collect(gyr__builder *b) {
    uint32_t count = 0, own = b->source_count - 1;
    for (uint32_t i = 0; i < b->source_count; i++) count += b->documents[i]->definitions.count;
    if (!gyr__map_reserve(&b->scratch, &b->names, count) || !gyr__vec_reserve(&b->scratch, &b->decls, count)) return;
    if (!b->schema->complete) collect(b, own, own + 1);
    collect(b, 0, b->base_count);
    if (b->base_count) {
        implicit_roots(b);
        builtin_directives(b);
        collect(b, b->base_count, own);
    } else {
        collect(b, 0, own);
        implicit_roots(b);
        builtin_directives(b);
    }
    look_up_executables(b);
}
