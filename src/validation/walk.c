/* The walk: every node of an operation or fragment once, with the types that stand there. At each node it
 * calls what the rules have to say. Recursion follows the nesting of the text, which the parser's depth limit
 * bounds.
 *
 * Types that the schema does not know are NULL below: rules that need one stay silent there, as in the
 * reference.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "validation/validation.h"

static void walk_set(gyr__validation *v, const gyr__ast_selection_set *set, const gyr__type *parent);

static const gyr__type_ref unknown = {0};

static void walk_field(gyr__validation *v, const gyr__ast_field *node, const gyr__type *parent) {
    const gyr__field *outer = v->field;
    const gyr__field *field = parent ? gyr__schema_field(v->schema, parent, node->name) : NULL;
    const gyr__type *named = field ? field->type.named : NULL;
    gyr_visit here;
    v->field = field;
    gyr__enter(v, &here, GYR_NODE_FIELD, &node->node, .parent_type = parent, .field = field,
               .type = field ? field->type : unknown);
    if (gyr__unlikely(!field)) {
        if (parent) gyr__unknown_field(v, parent, node);
    } else {
        gyr__check_leaf(v, field, node);
        gyr__check_field_use(v, field, node);
    }
    gyr__check_field_arguments(v, field, node);
    if (gyr__unlikely(node->directives.count)) gyr__check_directives(v, &node->directives, GYR__AT_FIELD, parent);
    if (node->selection_set.selections.count)
        walk_set(v, &node->selection_set, named && gyr__is_composite_type(named) ? named : NULL);
    gyr__leave(v, &here);
    v->field = outer;
}

static void walk_inline(gyr__validation *v, const gyr__ast_inline_fragment *node, const gyr__type *parent) {
    const gyr__type *type = parent;
    gyr_visit here;
    if (node->type_condition) {
        type = gyr__check_condition(v, node->type_condition, gyr_str_of(NULL, 0));
        gyr__check_inline(v, parent, type, node);
    }
    gyr__enter(v, &here, GYR_NODE_INLINE, &node->node, .parent_type = parent, .type.named = type);
    if (node->directives.count) gyr__check_directives(v, &node->directives, GYR__AT_INLINE_FRAGMENT, parent);
    walk_set(v, &node->selection_set, type);
    gyr__leave(v, &here);
}

static void walk_spread(gyr__validation *v, const gyr__ast_fragment_spread *node, const gyr__type *parent) {
    gyr_visit here;
    gyr__enter(v, &here, GYR_NODE_SPREAD, &node->node, .parent_type = parent);
    gyr__check_spread(v, parent, node);
    if (node->directives.count) gyr__check_directives(v, &node->directives, GYR__AT_FRAGMENT_SPREAD, parent);
    gyr__leave(v, &here);
}

static void walk_set(gyr__validation *v, const gyr__ast_selection_set *set, const gyr__type *parent) {
    for (uint32_t i = 0; i < set->selections.count && !v->stop; i++) {
        const gyr__node *n = set->selections.items[i];
        if (n->kind == GYR__AST_FIELD) {
            walk_field(v, gyr__ast_as(field, n), parent);
        } else if (n->kind == GYR__AST_INLINE_FRAGMENT) {
            walk_inline(v, gyr__ast_as(inline_fragment, n), parent);
        } else {
            walk_spread(v, gyr__ast_as(fragment_spread, n), parent);
        }
    }
}

void gyr__walk(gyr__validation *v, gyr__definition *d) {
    static const gyr__directive_location of_operation[] = {GYR__AT_QUERY, GYR__AT_MUTATION, GYR__AT_SUBSCRIPTION};
    gyr__directive_location location = GYR__AT_FRAGMENT_DEFINITION;
    gyr_visit here;
    v->definition = d;
    d->walked = true;
    gyr__enter(v, &here, d->is_fragment ? GYR_NODE_FRAGMENT : GYR_NODE_OPERATION, d->node, .type.named = d->type);
    if (d->is_fragment)
        gyr__check_condition(v, gyr__ast_as(fragment_definition, d->node)->type_condition, d->name);
    else
        location = of_operation[gyr__ast_as(operation_definition, d->node)->operation];
    gyr__check_variable_definitions(v);
    if (d->directives->count) gyr__check_directives(v, d->directives, location, NULL);
    walk_set(v, d->set, d->type);
    gyr__leave(v, &here);
}
