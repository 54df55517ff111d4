/* Rules about variables: 5.8.1 Variable Uniqueness, 5.8.2 Variables Are Input Types, 5.8.3 All Variable Uses
 * Defined, 5.8.4 All Variables Used, 5.8.5 All Variable Usages Are Allowed.
 *
 * The walk has noted where each definition uses variables; an operation's are its own and those of all
 * fragments that it reaches, each of which stands in the list once.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "validation/validation.h"

/* ---- definitions, during the walk */

static gyr_str variable_name(const void *list, uint32_t i) {
    return ((gyr__ast_variable_definition *const *)list)[i]->variable.name;
}

static const gyr__ast_named_type *named_of(const gyr__node *type) {
    while (type->kind != GYR__AST_NAMED_TYPE)
        type = type->kind == GYR__AST_LIST_TYPE ? gyr__ast_as(list_type, type)->type
                                                : gyr__ast_as(non_null_type, type)->type;
    return gyr__ast_as(named_type, type);
}

void gyr__check_variable_definitions(gyr__validation *v) {
    const gyr__definition *d = v->definition;
    const gyr__ast_variable_definition_list *list = d->variables;
    if (!d->is_fragment && list->count > 1 && gyr__checks(v, GYR__RULE_BIT(VARIABLE_NAMES)))
        gyr__unique_names(v, GYR__SAYS_SAME_VARIABLE, list->items, list->count, variable_name, false);
    for (uint32_t i = 0; i < list->count && !v->stop; i++) {
        const gyr__ast_variable_definition *def = list->items[i];
        gyr__position p = {.type = gyr__type_from_ast(v->schema, def->type)};
        gyr_visit here;
        gyr__enter(v, &here, GYR_NODE_VARIABLE_DEFINITION, &def->node, .type = p.type);
        if (!p.type.named) {
            const gyr__ast_named_type *named = named_of(def->type);
            if (!gyr__schema_type(v->schema, named->name)) gyr__unknown_type(v, named, false);
        } else if (!gyr__is_input_type(p.type.named)) {
            p.type.named = NULL;
            if (gyr__checks(v, GYR__RULE_BIT(INPUT_TYPES)))
                gyr__tell_at(v, NOT_INPUT_TYPE, def->type->start, def->variable.name, gyr__text_of_node(v, def->type));
        }
        if (def->default_value) gyr__check_value(v, def->default_value, p);
        if (def->directives.count)
            gyr__check_directives(v, &def->directives,
                                  d->is_fragment ? GYR__AT_FRAGMENT_VARIABLE_DEFINITION : GYR__AT_VARIABLE_DEFINITION,
                                  NULL);
        gyr__leave(v, &here);
    }
}

/* ---- uses, after the walk */

typedef struct scope { /* an operation's variables */
    const gyr__definition *operation;
    const gyr__ast_variable_definition_list *list;
    gyr__map names; /* name -> index, the last of that name; empty when there are few */
    gyr__type_ref *types;
    bool *used;
} scope;

enum { FEW = 8 };

static bool init_scope(gyr__validation *v, scope *s, const gyr__definition *operation) {
    *s = (scope){.operation = operation, .list = operation->variables};
    s->types = gyr__new_array(&v->arena, gyr__type_ref, s->list->count);
    s->used = gyr__arena_zalloc(&v->arena, s->list->count);
    if (!s->types || !s->used) return gyr__no_memory(v);
    for (uint32_t i = 0; i < s->list->count; i++) {
        s->types[i] = gyr__type_from_ast(v->schema, s->list->items[i]->type);
        if (s->list->count <= FEW) continue;
        gyr__map_entry *e = gyr__map_put(&v->arena, &s->names, s->list->items[i]->variable.name, NULL);
        if (!e) return gyr__no_memory(v);
        e->num = i;
    }
    return true;
}

static uint32_t find(const scope *s, gyr_str name) {
    if (s->list->count > FEW) {
        const gyr__map_entry *e = gyr__map_find(&s->names, name);
        return e ? (uint32_t)e->num : UINT32_MAX;
    }
    for (uint32_t i = s->list->count; i-- > 0;)
        if (gyr__str_eq(s->list->items[i]->variable.name, name)) return i;
    return UINT32_MAX;
}

/* 5.8.5 IsVariableUsageAllowed */
static bool is_allowed(const gyr__usage *u, gyr__type_ref type, const gyr__node *default_value) {
    if (!gyr__is_non_null(u->type) || gyr__is_non_null(type)) return gyr__is_subtype(type, u->type);
    bool has_default = default_value && default_value->kind != GYR__AST_NULL;
    return (has_default || u->has_default) && gyr__is_subtype(type, gyr__nullable(u->type));
}

static void check_position(gyr__validation *v, const gyr__usage *u, const gyr__ast_variable_definition *def,
                           gyr__type_ref type) {
    if (!u->type.named || !type.named || v->stop) return;
    uint32_t at = def->node.start, used_at = u->node->node.start;
    if (gyr__unlikely(!is_allowed(u, type, def->default_value)))
        gyr__tell_at2(v, VARIABLE_TYPE, at, used_at, u->node->name, gyr__text_of_type(v, type),
                      gyr__text_of_type(v, u->type));
    if (gyr__unlikely(u->one_of && !gyr__is_non_null(type)))
        gyr__tell_at2(v, VARIABLE_IN_ONE_OF, at, used_at, u->node->name, gyr__text_of_type(v, type),
                      u->one_of->def.name);
}

static void check_usages(gyr__validation *v, scope *s, const gyr__definition *d) {
    for (uint32_t i = 0; i < d->usages.len && !v->stop; i++) {
        const gyr__usage *u = &d->usages.items[i];
        const gyr__ast_variable_definition *def = u->of_fragment;
        uint32_t k = def ? UINT32_MAX : find(s, u->node->name);
        gyr__type_ref type = {0};
        if (k != UINT32_MAX) {
            s->used[k] = true;
            def = s->list->items[k];
            type = s->types[k];
        } else if (def) {
            type = gyr__type_from_ast(v->schema, def->type);
        } else if (gyr__checks(v, GYR__RULE_BIT(UNDEFINED_VARIABLES))) {
            uint32_t at = u->node->node.start, operation = s->operation->node->start;
            if (s->operation->name.ptr)
                gyr__tell_at2(v, UNDEFINED_VARIABLE_BY, at, operation, u->node->name, s->operation->name);
            else
                gyr__tell_at2(v, UNDEFINED_VARIABLE, at, operation, u->node->name);
        }
        if (def && gyr__checks(v, GYR__RULE_BIT(VARIABLE_POSITIONS))) check_position(v, u, def, type);
    }
}

static void check_unused(gyr__validation *v, const scope *s) {
    if (!gyr__checks(v, GYR__RULE_BIT(UNUSED_VARIABLES))) return;
    for (uint32_t i = 0; i < s->list->count && !v->stop; i++) {
        const gyr__ast_variable_definition *def = s->list->items[i];
        if (s->used[i] || s->used[find(s, def->variable.name)]) continue;
        if (s->operation->name.ptr)
            gyr__tell_at(v, UNUSED_VARIABLE_IN, def->node.start, def->variable.name, s->operation->name);
        else
            gyr__tell_at(v, UNUSED_VARIABLE, def->node.start, def->variable.name);
    }
}

static void check_unused_of_fragment(gyr__validation *v, const gyr__definition *d) {
    for (uint32_t i = 0; i < d->variables->count && !v->stop; i++) {
        const gyr__ast_variable_definition *def = d->variables->items[i];
        bool used = false;
        for (uint32_t k = 0; k < d->usages.len && !used; k++)
            used = gyr__str_eq(d->usages.items[k].node->name, def->variable.name);
        if (!used) gyr__tell_at(v, UNUSED_FRAGMENT_VARIABLE, def->node.start, def->variable.name, d->name);
    }
}

static void check_operation(gyr__validation *v, gyr__definition *d) {
    scope s;
    uint32_t count = 0;
    if (!init_scope(v, &s, d)) return;
    gyr__definition **fragments = gyr__reachable(v, &d, 1, true, &count);
    check_usages(v, &s, d);
    for (uint32_t i = 0; i < count && !v->stop; i++) check_usages(v, &s, fragments[i]);
    check_unused(v, &s);
}

/* So that the fragments that use no variable are not gone through for each operation. Of two fragments of one name, only one
 * is among the finished: then all are gone through. */
static void note_users(gyr__validation *v) {
    bool all = v->cyclic || v->operation_count + v->fragments.count != v->definition_count;
    for (uint32_t i = 0; i < v->definition_count; i++)
        v->definitions[i].uses_variables = all || v->definitions[i].usages.len;
    for (uint32_t i = 0; i < v->finished.len; i++) {
        gyr__definition *d = v->finished.items[i];
        for (uint32_t k = 0; k < d->spreads.len && !d->uses_variables; k++) {
            const gyr__definition *f = d->spreads.items[k].fragment;
            d->uses_variables = f && f->uses_variables;
        }
    }
}

void gyr__check_variables(gyr__validation *v) {
    const uint64_t rules =
        GYR__RULE_BIT(UNDEFINED_VARIABLES) | GYR__RULE_BIT(UNUSED_VARIABLES) | GYR__RULE_BIT(VARIABLE_POSITIONS);
    if (!gyr__checks(v, rules)) return;
    note_users(v);
    for (uint32_t i = 0; i < v->definition_count && !v->stop; i++) {
        gyr__definition *d = &v->definitions[i];
        if (!d->is_fragment)
            check_operation(v, d);
        else if (gyr__unlikely(d->variables->count) && gyr__checks(v, GYR__RULE_BIT(UNUSED_VARIABLES)))
            check_unused_of_fragment(v, d);
    }
}
