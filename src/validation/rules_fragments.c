/* Rules about fragments: 5.5.1 Fragment Declarations, 5.5.2 Fragment Spreads (cycles are in definitions.c).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "type/suggest.h"
#include "validation/validation.h"

static gyr_str definition_name(const void *list, uint32_t i) { return ((gyr__definition *const *)list)[i]->name; }

void gyr__check_fragments(gyr__validation *v) {
    uint32_t count = v->definition_count - v->operation_count, fragments = 0, operations = 0, used = 0;
    if (!count || v->stop) return;
    gyr__definition **list = gyr__new_array(&v->arena, gyr__definition *, v->definition_count);
    if (!list) {
        gyr__no_memory(v);
        return;
    }
    for (uint32_t i = 0; i < v->definition_count; i++) {
        gyr__definition *d = &v->definitions[i];
        if (d->is_fragment)
            list[fragments++] = d;
        else
            list[count + operations++] = d;
    }
    if (gyr__checks(v, GYR__RULE_BIT(FRAGMENT_NAMES)) && v->fragments.count < fragments)
        gyr__unique_names(v, GYR__SAYS_SAME_FRAGMENT, list, fragments, definition_name, true);
    if (!gyr__checks(v, GYR__RULE_BIT(UNUSED_FRAGMENTS)) || v->stop) return;
    gyr__reachable(v, list + count, operations, false, &used);
    for (uint32_t i = 0; i < fragments && !v->stop; i++)
        if (gyr__fragment_of(v, list[i]->name)->seen != v->mark)
            gyr__tell_at(v, UNUSED_FRAGMENT, list[i]->node->start, list[i]->name);
}

/* ---- type conditions */

/* The name of the type that a type system definition in the document defines, or {NULL,0}. */
static gyr_str defined_type(const gyr__node *n) {
    switch (n->kind) {
    case GYR__AST_OBJECT_TYPE_DEFINITION:
    case GYR__AST_INTERFACE_TYPE_DEFINITION: return gyr__ast_as(object_type_definition, n)->name;
    case GYR__AST_SCALAR_TYPE_DEFINITION: return gyr__ast_as(scalar_type_definition, n)->name;
    case GYR__AST_UNION_TYPE_DEFINITION: return gyr__ast_as(union_type_definition, n)->name;
    case GYR__AST_ENUM_TYPE_DEFINITION: return gyr__ast_as(enum_type_definition, n)->name;
    case GYR__AST_INPUT_OBJECT_TYPE_DEFINITION: return gyr__ast_as(input_object_type_definition, n)->name;
    default: return gyr_str_of(NULL, 0);
    }
}

static bool is_builtin_scalar(gyr_str name) {
    return gyr__str_is(name, "Int") || gyr__str_is(name, "Float") || gyr__str_is(name, "String") ||
           gyr__str_is(name, "Boolean") || gyr__str_is(name, "ID");
}

GYR__COLD void gyr__unknown_type(gyr__validation *v, const gyr__ast_named_type *node, bool type_system) {
    gyr__suggest s;
    const gyr__node_list *list = &v->document->definitions;
    if (!gyr__checks(v, GYR__RULE_BIT(TYPE_NAMES)) || v->stop) return;
    if (type_system && is_builtin_scalar(node->name)) return;
    gyr__suggest_init(&s, v->errors, node->name);
    for (uint32_t i = 0; i < list->count && list->count > v->definition_count; i++) {
        gyr_str name = defined_type(list->items[i]);
        if (name.ptr && gyr__str_eq(name, node->name)) return;
        if (name.ptr) gyr__suggest_option(&s, name);
    }
    for (uint32_t i = 0; i < v->schema->type_count && !v->schema->no_suggestions; i++)
        gyr__suggest_option(&s, v->schema->types[i]->def.name);
    gyr__tell_at(v, UNKNOWN_TYPE, node->node.start, node->name,
                 v->schema->no_suggestions ? gyr_s("") : gyr__suggest_text(&s));
}

const gyr__type *gyr__check_condition(gyr__validation *v, const gyr__ast_named_type *condition, gyr_str fragment) {
    const gyr__type *type = gyr__schema_type(v->schema, condition->name);
    if (gyr__likely(type && gyr__is_composite_type(type))) return type;
    if (!type)
        gyr__unknown_type(v, condition, false);
    else if (gyr__checks(v, GYR__RULE_BIT(COMPOSITE_FRAGMENTS)) && fragment.ptr)
        gyr__tell_at(v, FRAGMENT_NOT_COMPOSITE, condition->node.start, fragment, condition->name);
    else if (gyr__checks(v, GYR__RULE_BIT(COMPOSITE_FRAGMENTS)))
        gyr__tell_at(v, INLINE_NOT_COMPOSITE, condition->node.start, condition->name);
    return NULL;
}

/* ---- spreads */

void gyr__check_inline(gyr__validation *v, const gyr__type *parent, const gyr__type *type,
                       const gyr__ast_inline_fragment *node) {
    if (!parent || !type || parent == type || !gyr__checks(v, GYR__RULE_BIT(POSSIBLE_SPREADS))) return;
    if (gyr__types_overlap(parent, type)) return;
    gyr__tell_at(v, INLINE_IMPOSSIBLE, node->node.start, parent->def.name, type->def.name);
}

void gyr__check_spread(gyr__validation *v, const gyr__type *parent, const gyr__ast_fragment_spread *node) {
    const gyr__definition *f = gyr__fragment_of(v, node->name);
    if (!f && gyr__checks(v, GYR__RULE_BIT(KNOWN_FRAGMENTS)))
        gyr__tell_at(v, UNKNOWN_FRAGMENT, gyr__at_name(v, node->name), node->name);
    gyr__check_fragment_arguments(v, f, node);
    if (!f || !f->type || !parent || f->type == parent || !gyr__checks(v, GYR__RULE_BIT(POSSIBLE_SPREADS))) return;
    if (!gyr__types_overlap(parent, f->type))
        gyr__tell_at(v, SPREAD_IMPOSSIBLE, node->node.start, node->name, parent->def.name, f->type->def.name);
}
