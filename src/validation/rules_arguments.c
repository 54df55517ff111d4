/* Rules about arguments of fields and directives: 5.4.1 Argument Names, 5.4.2 Argument Uniqueness, 5.4.3
 * Required Arguments; with the experimental arguments of fragments.
 *
 * Definitions have few arguments: they are looked through, not looked up.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "type/suggest.h"
#include "validation/validation.h"

static gyr_str argument_name(const void *list, uint32_t i) { return ((gyr__ast_argument *const *)list)[i]->name; }

static const gyr__input *find_input(const gyr__input *inputs, uint32_t count, gyr_str name) {
    for (uint32_t i = 0; i < count; i++)
        if (gyr__str_eq(inputs[i].def.name, name)) return &inputs[i];
    return NULL;
}

static void check_unique(gyr__validation *v, const gyr__ast_argument_list *list) {
    if (list->count > 1 && gyr__checks(v, GYR__RULE_BIT(UNIQUE_ARGUMENTS)))
        gyr__unique_names(v, GYR__SAYS_SAME_ARGUMENT, list->items, list->count, argument_name, false);
}

/* known: the argument is one of what is defined as `def`, not only looked at as one. */
static void check_argument(gyr__validation *v, const gyr__input *def, const gyr__ast_argument *a, bool known) {
    gyr__position position = {0};
    gyr_visit here;
    if (def) position = (gyr__position){.type = def->type, .has_default = def->has_default};
    gyr__enter(v, &here, GYR_NODE_ARGUMENT, &a->node, .type = position.type, .input = known ? def : NULL);
    gyr__check_value(v, a->value, position);
    gyr__leave(v, &here);
}

static bool is_given(const gyr__ast_argument_list *list, gyr_str name) {
    for (uint32_t i = 0; i < list->count; i++)
        if (gyr__str_eq(list->items[i]->name, name)) return true;
    return false;
}

/* The first required argument of defs[from..] that is missing; count: none is. */
static uint32_t next_missing(const gyr__input *defs, uint32_t count, const gyr__ast_argument_list *list,
                             uint32_t from) {
    while (from < count &&
           (!gyr__is_non_null(defs[from].type) || defs[from].has_default || is_given(list, defs[from].def.name)))
        from++;
    return from;
}

static bool is_deprecated(const gyr__validation *v, const gyr__input *def) {
    return gyr__unlikely(def->def.deprecation_reason.ptr != NULL) && gyr__checks(v, GYR__RULE_BIT(DEPRECATED)) &&
           !v->stop;
}

void gyr__check_field_arguments(gyr__validation *v, const gyr__field *field, const gyr__ast_field *node) {
    const gyr__input *defs = field ? field->args : NULL;
    uint32_t count = field ? field->arg_count : 0;
    const gyr__ast_argument_list *list = &node->arguments;
    check_unique(v, list);
    for (uint32_t i = 0; i < list->count && !v->stop; i++) {
        const gyr__ast_argument *a = list->items[i];
        const gyr__input *def = find_input(defs, count, a->name);
        if (!def && field && gyr__checks(v, GYR__RULE_BIT(ARGUMENT_NAMES)))
            gyr__tell_at(v, UNKNOWN_ARGUMENT, a->node.start, a->name, gyr__text_of_field(v, field, NULL),
                         gyr__suggest_input(v, a->name, defs, count));
        if (def && is_deprecated(v, def))
            gyr__tell_at(v, DEPRECATED_ARGUMENT, a->node.start, gyr__text_of_field(v, field, def),
                         def->def.deprecation_reason);
        check_argument(v, def, a, true);
    }
    if (!count || !gyr__checks(v, GYR__RULE_BIT(REQUIRED_ARGUMENTS))) return;
    for (uint32_t i = next_missing(defs, count, list, 0); i < count && !v->stop;
         i = next_missing(defs, count, list, i + 1))
        gyr__tell_at(v, MISSING_ARGUMENT, node->node.start, gyr__text_of_field(v, field, &defs[i]),
                     gyr__text_of_type(v, defs[i].type));
}

/* Where the directive is unknown, the reference takes its arguments for the field's; so do the types of
 * values here. */
void gyr__check_directive_arguments(gyr__validation *v, const gyr__directive *d, const gyr__ast_directive *node) {
    const gyr__input *defs = d ? d->args : v->field ? v->field->args : NULL;
    uint32_t count = d ? d->arg_count : v->field ? v->field->arg_count : 0;
    const gyr__ast_argument_list *list = &node->arguments;
    check_unique(v, list);
    for (uint32_t i = 0; i < list->count && !v->stop; i++) {
        const gyr__ast_argument *a = list->items[i];
        const gyr__input *def = find_input(defs, count, a->name);
        if (!def && d && gyr__checks(v, GYR__RULE_BIT(ARGUMENT_NAMES)))
            gyr__tell_at(v, UNKNOWN_DIRECTIVE_ARGUMENT, a->node.start, a->name, node->name,
                         gyr__suggest_input(v, a->name, defs, count));
        if (d && def && is_deprecated(v, def))
            gyr__tell_at(v, DEPRECATED_ARGUMENT, a->node.start, gyr__text_of_directive(v, d, def),
                         def->def.deprecation_reason);
        check_argument(v, def, a, d != NULL);
    }
    if (!d || !count || !gyr__checks(v, GYR__RULE_BIT(REQUIRED_ARGUMENTS))) return;
    for (uint32_t i = next_missing(defs, count, list, 0); i < count && !v->stop;
         i = next_missing(defs, count, list, i + 1))
        gyr__tell_at(v, MISSING_ARGUMENT, node->node.start, gyr__text_of_directive(v, d, &defs[i]),
                     gyr__text_of_type(v, defs[i].type));
}

/* ---- of fragments, experimental */

static const gyr__ast_variable_definition *find_variable(const gyr__definition *f, gyr_str name) {
    for (uint32_t i = f ? f->variables->count : 0; i-- > 0;)
        if (gyr__str_eq(f->variables->items[i]->variable.name, name)) return f->variables->items[i];
    return NULL;
}

static void unknown_argument(gyr__validation *v, const gyr__definition *f, const gyr__ast_fragment_argument *a) {
    gyr__suggest s;
    gyr__suggest_init(&s, v->errors, a->name);
    for (uint32_t i = 0; i < f->variables->count; i++) gyr__suggest_option(&s, f->variables->items[i]->variable.name);
    gyr__tell_at(v, UNKNOWN_FRAGMENT_ARGUMENT, a->node.start, a->name, f->name,
                 v->schema->no_suggestions ? gyr_s("") : gyr__suggest_text(&s));
}

static bool is_given_to(const gyr__ast_fragment_spread *node, gyr_str name) {
    for (uint32_t i = 0; i < node->arguments.count; i++)
        if (gyr__str_eq(node->arguments.items[i]->name, name)) return true;
    return false;
}

void gyr__check_fragment_arguments(gyr__validation *v, const gyr__definition *f, const gyr__ast_fragment_spread *node) {
    for (uint32_t i = 0; i < node->arguments.count && !v->stop; i++) {
        const gyr__ast_fragment_argument *a = node->arguments.items[i];
        const gyr__ast_variable_definition *def = find_variable(f, a->name);
        gyr__position p = {0};
        if (def) p.type = gyr__type_from_ast(v->schema, def->type);
        if (p.type.named && !gyr__is_input_type(p.type.named)) p.type.named = NULL;
        if (!def && f && gyr__checks(v, GYR__RULE_BIT(ARGUMENT_NAMES))) unknown_argument(v, f, a);
        gyr__check_value(v, a->value, p);
    }
    if (gyr__likely(!f || !f->variables->count) || !gyr__checks(v, GYR__RULE_BIT(REQUIRED_ARGUMENTS))) return;
    for (uint32_t i = 0; i < f->variables->count && !v->stop; i++) {
        const gyr__ast_variable_definition *def = f->variables->items[i];
        bool required = def->type->kind == GYR__AST_NON_NULL_TYPE && !def->default_value;
        if (required && !is_given_to(node, def->variable.name))
            gyr__tell_at(v, MISSING_FRAGMENT_ARGUMENT, node->node.start, node->name, def->variable.name,
                         gyr__text_of_node(v, def->type));
    }
}
