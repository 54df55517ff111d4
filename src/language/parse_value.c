/* Values, type references, directives, arguments. Spec September 2025, sections 2.9 to 2.13.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "language/parser.h"

static void *literal(gyr__parser *p, gyr__node_kind kind) {
    gyr__ast_int *n = gyr__node_new(p, kind, sizeof *n); /* int, float, enum: one shape */
    if (!n) return NULL;
    n->value = gyr__name_text(p);
    gyr__next(p);
    return gyr__node_end(p, n);
}
static_assert(sizeof(gyr__ast_int) == sizeof(gyr__ast_float) && sizeof(gyr__ast_int) == sizeof(gyr__ast_enum) &&
                  offsetof(gyr__ast_int, value) == offsetof(gyr__ast_enum, value) &&
                  offsetof(gyr__ast_int, value) == offsetof(gyr__ast_float, value),
              "literal() makes all three");

static void *boolean(gyr__parser *p, bool value) {
    gyr__ast_boolean *n = gyr__node_make(p, BOOLEAN, boolean);
    if (!n) return NULL;
    n->value = value;
    gyr__next(p);
    return gyr__node_end(p, n);
}

static void *word(gyr__parser *p) {
    gyr_str text = gyr__name_text(p);
    if (gyr__unlikely(text.len == 4 && memcmp(text.ptr, "true", 4) == 0)) return boolean(p, true);
    if (gyr__unlikely(text.len == 5 && memcmp(text.ptr, "false", 5) == 0)) return boolean(p, false);
    if (gyr__unlikely(text.len == 4 && memcmp(text.ptr, "null", 4) == 0)) {
        gyr__ast_null *n = gyr__node_make(p, NULL, null);
        if (!n) return NULL;
        gyr__next(p);
        return gyr__node_end(p, n);
    }
    return literal(p, GYR__AST_ENUM);
}

void *gyr__parse_string_literal(gyr__parser *p) {
    gyr__ast_string *n = gyr__node_make(p, STRING, string);
    if (!n) return NULL;
    n->raw = gyr__token_raw(&p->lx.token);
    n->block = gyr__at(p, GYR__TOKEN_BLOCK_STRING);
    n->escaped = p->lx.token.escaped;
    gyr__next(p);
    return gyr__node_end(p, n);
}

bool gyr__parse_description(gyr__parser *p, gyr__ast_string **out) {
    if (!gyr__at_description(p)) return true;
    *out = gyr__parse_string_literal(p);
    return *out != NULL;
}

static GYR__COLD void *constant_variable(gyr__parser *p) {
    gyr__token dollar = p->lx.token;
    gyr__next(p);
    if (!gyr__at(p, GYR__TOKEN_NAME)) return gyr__unexpected(p, &dollar);
    gyr_str name = gyr__shown(p->lx.errors, gyr__name_text(p));
    gyr__lexer_fail(&p->lx, GYR_ERR_SYNTAX, dollar.start, gyr_s("Unexpected variable \"$"), name,
                    gyr_s("\" in constant value."));
    return NULL;
}

static void *variable(gyr__parser *p) {
    if (gyr__unlikely(p->constant)) return constant_variable(p);
    gyr__ast_variable *n = gyr__node_make(p, VARIABLE, variable);
    if (!n) return NULL;
    gyr__next(p);
    if (!gyr__expect_name(p, &n->name)) return NULL;
    return gyr__node_end(p, n);
}

static void *list(gyr__parser *p) {
    gyr__ast_list *n = gyr__node_make(p, LIST, list);
    if (!n || !gyr__enter(p)) return NULL;
    gyr__next(p);
    if (!gyr__accept(p, GYR__TOKEN_BRACKET_R)) {
        n->values.items = gyr__many(p, gyr__parse_value_literal, GYR__TOKEN_BRACKET_R, &n->values.count);
        if (!n->values.items) return NULL;
    }
    gyr__leave(p);
    return gyr__node_end(p, n);
}

static void *object_field(gyr__parser *p) {
    gyr__ast_object_field *n = gyr__node_make(p, OBJECT_FIELD, object_field);
    if (!n || !gyr__expect_name(p, &n->name) || !gyr__expect(p, GYR__TOKEN_COLON)) return NULL;
    n->value = gyr__parse_value_literal(p);
    return n->value ? gyr__node_end(p, n) : NULL;
}

static void *object(gyr__parser *p) {
    gyr__ast_object *n = gyr__node_make(p, OBJECT, object);
    if (!n || !gyr__enter(p)) return NULL;
    gyr__next(p);
    if (!gyr__accept(p, GYR__TOKEN_BRACE_R)) {
        n->fields.items = gyr__many(p, object_field, GYR__TOKEN_BRACE_R, &n->fields.count);
        if (!n->fields.items) return NULL;
    }
    gyr__leave(p);
    return gyr__node_end(p, n);
}

void *gyr__parse_value_literal(gyr__parser *p) {
    switch (p->lx.token.kind) {
    case GYR__TOKEN_DOLLAR: return variable(p);
    case GYR__TOKEN_NAME: return word(p);
    case GYR__TOKEN_INT: return literal(p, GYR__AST_INT);
    case GYR__TOKEN_FLOAT: return literal(p, GYR__AST_FLOAT);
    case GYR__TOKEN_STRING:
    case GYR__TOKEN_BLOCK_STRING: return gyr__parse_string_literal(p);
    case GYR__TOKEN_BRACKET_L: return list(p);
    case GYR__TOKEN_BRACE_L: return object(p);
    default: return gyr__unexpected(p, NULL);
    }
}

void *gyr__parse_const_value(gyr__parser *p) {
    bool before = p->constant;
    p->constant = true;
    void *n = gyr__parse_value_literal(p);
    p->constant = before;
    return n;
}

static void *argument(gyr__parser *p) {
    gyr__ast_argument *n = gyr__node_make(p, ARGUMENT, argument);
    if (!n || !gyr__expect_name(p, &n->name) || !gyr__expect(p, GYR__TOKEN_COLON)) return NULL;
    n->value = gyr__parse_value_literal(p);
    return n->value ? gyr__node_end(p, n) : NULL;
}

bool gyr__parse_arguments(gyr__parser *p, gyr__ast_argument_list *out) {
    return gyr__optional(p, PAREN_L, argument, PAREN_R, out);
}

static void *directive(gyr__parser *p) {
    gyr__ast_directive *n = gyr__node_make(p, DIRECTIVE, directive);
    if (!n) return NULL;
    gyr__next(p);
    if (!gyr__expect_name(p, &n->name) || !gyr__parse_arguments(p, &n->arguments)) return NULL;
    return gyr__node_end(p, n);
}

bool gyr__parse_directives(gyr__parser *p, bool constant, gyr__ast_directive_list *out) {
    if (gyr__likely(!gyr__at(p, GYR__TOKEN_AT))) return true;
    bool before = p->constant;
    uint32_t mark = p->top;
    p->constant = constant;
    while (gyr__at(p, GYR__TOKEN_AT))
        if (!gyr__push(p, directive(p))) return false;
    p->constant = before;
    out->items = gyr__take_list(p, mark, &out->count);
    return out->items != NULL;
}

void *gyr__parse_named_type(gyr__parser *p) {
    gyr__ast_named_type *n = gyr__node_make(p, NAMED_TYPE, named_type);
    return n && gyr__expect_name(p, &n->name) ? gyr__node_end(p, n) : NULL;
}

static void *list_type(gyr__parser *p) {
    gyr__ast_list_type *n = gyr__node_make(p, LIST_TYPE, list_type);
    if (!n || !gyr__enter(p)) return NULL;
    gyr__next(p);
    n->type = gyr__parse_type_reference(p);
    if (!n->type || !gyr__expect(p, GYR__TOKEN_BRACKET_R)) return NULL;
    gyr__leave(p);
    return gyr__node_end(p, n);
}

void *gyr__parse_type_reference(gyr__parser *p) {
    gyr__node *type = gyr__at(p, GYR__TOKEN_BRACKET_L) ? list_type(p) : gyr__parse_named_type(p);
    if (!type || !gyr__at(p, GYR__TOKEN_BANG)) return type;
    gyr__ast_non_null_type *n = gyr__node_make(p, NON_NULL_TYPE, non_null_type);
    if (!n) return NULL;
    n->node.start = type->start;
    n->type = type;
    gyr__next(p);
    return gyr__node_end(p, n);
}
