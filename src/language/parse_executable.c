/* Operations, fragments, selection sets. Spec September 2025, sections 2.3 to 2.8, 2.10.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "language/parser.h"

static bool selection_set(gyr__parser *p, gyr__ast_selection_set *out);

static void *field(gyr__parser *p) {
    gyr__ast_field *n = gyr__node_make(p, FIELD, field);
    if (!n || !gyr__expect_name(p, &n->name)) return NULL;
    if (gyr__accept(p, GYR__TOKEN_COLON)) {
        n->alias = n->name;
        if (!gyr__expect_name(p, &n->name)) return NULL;
    }
    if (!gyr__parse_arguments(p, &n->arguments) || !gyr__parse_directives(p, false, &n->directives)) return NULL;
    if (gyr__at(p, GYR__TOKEN_BRACE_L)) {
        if (!selection_set(p, &n->selection_set)) return NULL;
    } else {
        n->selection_set.node.kind = GYR__AST_SELECTION_SET;
    }
    return gyr__node_end(p, n);
}

static void *fragment_argument(gyr__parser *p) {
    gyr__ast_fragment_argument *n = gyr__node_make(p, FRAGMENT_ARGUMENT, fragment_argument);
    if (!n || !gyr__expect_name(p, &n->name) || !gyr__expect(p, GYR__TOKEN_COLON)) return NULL;
    n->value = gyr__parse_value_literal(p);
    return n->value ? gyr__node_end(p, n) : NULL;
}

static void *spread(gyr__parser *p, uint32_t start) {
    gyr__ast_fragment_spread *n = gyr__node_make(p, FRAGMENT_SPREAD, fragment_spread);
    if (!n) return NULL;
    n->node.start = start;
    if (!gyr__expect_name(p, &n->name)) return NULL;
    if (p->fragment_arguments && !gyr__optional(p, PAREN_L, fragment_argument, PAREN_R, &n->arguments)) return NULL;
    return gyr__parse_directives(p, false, &n->directives) ? gyr__node_end(p, n) : NULL;
}

/* What begins with "...". */
static void *fragment(gyr__parser *p) {
    uint32_t start = gyr__offset(p, p->lx.token.start);
    gyr__next(p);
    bool on = gyr__accept_keyword(p, gyr_s("on"));
    if (!on && gyr__at(p, GYR__TOKEN_NAME)) return spread(p, start);
    gyr__ast_inline_fragment *n = gyr__node_make(p, INLINE_FRAGMENT, inline_fragment);
    if (!n) return NULL;
    n->node.start = start;
    if (on && !(n->type_condition = gyr__parse_named_type(p))) return NULL;
    if (!gyr__parse_directives(p, false, &n->directives) || !selection_set(p, &n->selection_set)) return NULL;
    return gyr__node_end(p, n);
}

static void *selection(gyr__parser *p) { return gyr__at(p, GYR__TOKEN_SPREAD) ? fragment(p) : field(p); }

static bool selection_set(gyr__parser *p, gyr__ast_selection_set *out) {
    out->node.kind = GYR__AST_SELECTION_SET;
    out->node.start = gyr__offset(p, p->lx.token.start);
    if (gyr__unlikely(!gyr__at(p, GYR__TOKEN_BRACE_L))) return gyr__fail_expected(p, gyr_s("{"));
    if (!gyr__enter(p)) return false;
    gyr__next(p);
    out->selections.items = gyr__many(p, selection, GYR__TOKEN_BRACE_R, &out->selections.count);
    if (!out->selections.items) return false;
    gyr__leave(p);
    gyr__node_end(p, out);
    return true;
}

void *gyr__parse_variable_definition(gyr__parser *p) {
    gyr__ast_variable_definition *n = gyr__node_make(p, VARIABLE_DEFINITION, variable_definition);
    if (!n || !gyr__parse_description(p, &n->description)) return NULL;
    gyr__node *variable = &n->variable.node;
    variable->kind = GYR__AST_VARIABLE;
    variable->start = gyr__offset(p, p->lx.token.start);
    if (!gyr__expect(p, GYR__TOKEN_DOLLAR) || !gyr__expect_name(p, &n->variable.name)) return NULL;
    gyr__node_end(p, variable);
    if (!gyr__expect(p, GYR__TOKEN_COLON) || !(n->type = gyr__parse_type_reference(p))) return NULL;
    if (gyr__accept(p, GYR__TOKEN_EQUALS) && !(n->default_value = gyr__parse_const_value(p))) return NULL;
    return gyr__parse_directives(p, true, &n->directives) ? gyr__node_end(p, n) : NULL;
}

bool gyr__parse_operation_type(gyr__parser *p, gyr__operation_type *out) {
    if (gyr__at_keyword(p, gyr_s("query")))
        *out = GYR__QUERY;
    else if (gyr__at_keyword(p, gyr_s("mutation")))
        *out = GYR__MUTATION;
    else if (gyr__at_keyword(p, gyr_s("subscription")))
        *out = GYR__SUBSCRIPTION;
    else if (gyr__at(p, GYR__TOKEN_NAME))
        return gyr__unexpected(p, NULL) != NULL;
    else
        return gyr__fail_expected(p, gyr_s("Name"));
    gyr__next(p);
    return true;
}

void *gyr__parse_shorthand(gyr__parser *p) {
    gyr__ast_operation_definition *n = gyr__node_make(p, OPERATION_DEFINITION, operation_definition);
    return n && selection_set(p, &n->selection_set) ? gyr__node_end(p, n) : NULL;
}

void *gyr__parse_operation(gyr__parser *p, uint32_t start, gyr__ast_string *description) {
    gyr__ast_operation_definition *n = gyr__node_make(p, OPERATION_DEFINITION, operation_definition);
    if (!n || !gyr__parse_operation_type(p, &n->operation)) return NULL;
    n->node.start = start;
    n->description = description;
    if (gyr__at(p, GYR__TOKEN_NAME)) {
        n->name = gyr__name_text(p);
        gyr__next(p);
    }
    if (!gyr__optional(p, PAREN_L, gyr__parse_variable_definition, PAREN_R, &n->variable_definitions)) return NULL;
    if (!gyr__parse_directives(p, false, &n->directives) || !selection_set(p, &n->selection_set)) return NULL;
    return gyr__node_end(p, n);
}

static bool fragment_name(gyr__parser *p, gyr_str *out) {
    const gyr__token *t = &p->lx.token;
    if (t->kind >= GYR__TOKEN_NAME && gyr__str_is(gyr__token_raw(t), "on")) {
        gyr__unexpected(p, NULL);
        return false;
    }
    return gyr__expect_name(p, out);
}

void *gyr__parse_fragment(gyr__parser *p, uint32_t start, gyr__ast_string *description) {
    gyr__ast_fragment_definition *n = gyr__node_make(p, FRAGMENT_DEFINITION, fragment_definition);
    if (!n) return NULL;
    n->node.start = start;
    n->description = description;
    gyr__next(p);
    if (!fragment_name(p, &n->name)) return NULL;
    if (p->fragment_variables &&
        !gyr__optional(p, PAREN_L, gyr__parse_variable_definition, PAREN_R, &n->variable_definitions))
        return NULL;
    if (!gyr__expect_keyword(p, gyr_s("on")) || !(n->type_condition = gyr__parse_named_type(p))) return NULL;
    if (!gyr__parse_directives(p, false, &n->directives) || !selection_set(p, &n->selection_set)) return NULL;
    return gyr__node_end(p, n);
}
