/* Type system definitions and extensions. Spec September 2025, section 3.
 *
 * A definition and its extension are read by the same function: the extension has `extend` taken before, no
 * description, and must change something.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "language/parser.h"

static void *operation_type_definition(gyr__parser *p) {
    gyr__ast_operation_type_definition *n = gyr__node_make(p, OPERATION_TYPE_DEFINITION, operation_type_definition);
    if (!n || !gyr__parse_operation_type(p, &n->operation) || !gyr__expect(p, GYR__TOKEN_COLON)) return NULL;
    n->type = gyr__parse_named_type(p);
    return n->type ? gyr__node_end(p, n) : NULL;
}

static void *input_value_definition(gyr__parser *p) {
    gyr__ast_input_value_definition *n = gyr__node_make(p, INPUT_VALUE_DEFINITION, input_value_definition);
    if (!n || !gyr__parse_description(p, &n->description)) return NULL;
    if (!gyr__expect_name(p, &n->name) || !gyr__expect(p, GYR__TOKEN_COLON)) return NULL;
    if (!(n->type = gyr__parse_type_reference(p))) return NULL;
    if (gyr__accept(p, GYR__TOKEN_EQUALS) && !(n->default_value = gyr__parse_const_value(p))) return NULL;
    return gyr__parse_directives(p, true, &n->directives) ? gyr__node_end(p, n) : NULL;
}

static void *field_definition(gyr__parser *p) {
    gyr__ast_field_definition *n = gyr__node_make(p, FIELD_DEFINITION, field_definition);
    if (!n || !gyr__parse_description(p, &n->description) || !gyr__expect_name(p, &n->name)) return NULL;
    if (!gyr__optional(p, PAREN_L, input_value_definition, PAREN_R, &n->arguments)) return NULL;
    if (!gyr__expect(p, GYR__TOKEN_COLON) || !(n->type = gyr__parse_type_reference(p))) return NULL;
    return gyr__parse_directives(p, true, &n->directives) ? gyr__node_end(p, n) : NULL;
}

static void *enum_value_definition(gyr__parser *p) {
    gyr__ast_enum_value_definition *n = gyr__node_make(p, ENUM_VALUE_DEFINITION, enum_value_definition);
    if (!n || !gyr__parse_description(p, &n->description)) return NULL;
    const gyr__token *t = &p->lx.token;
    gyr_str name = t->kind >= GYR__TOKEN_NAME ? gyr__token_raw(t) : gyr_s("");
    if (gyr__unlikely(gyr__str_is(name, "true") || gyr__str_is(name, "false") || gyr__str_is(name, "null"))) {
        gyr__lexer_fail(&p->lx, GYR_ERR_SYNTAX, t->start, gyr__token_description(&p->lx, t),
                        gyr_s(" is reserved and cannot be used for an enum value."), gyr_s(""));
        return NULL;
    }
    if (!gyr__expect_name(p, &n->name)) return NULL;
    return gyr__parse_directives(p, true, &n->directives) ? gyr__node_end(p, n) : NULL;
}

/* An extension that says nothing: the token behind it is unexpected. */
static void *finish(gyr__parser *p, gyr__node *n, bool extend, bool changes) {
    return extend && !changes ? gyr__unexpected(p, NULL) : gyr__node_end(p, n);
}

static void *schema(gyr__parser *p, void *node, bool extend) {
    gyr__ast_schema_definition *n = node;
    gyr__next(p);
    if (!gyr__parse_directives(p, true, &n->directives)) return NULL;
    if (!extend && !gyr__at(p, GYR__TOKEN_BRACE_L)) {
        gyr__fail_expected(p, gyr_s("{"));
        return NULL;
    }
    if (!gyr__optional(p, BRACE_L, operation_type_definition, BRACE_R, &n->operation_types)) return NULL;
    return finish(p, &n->node, extend, n->directives.count || n->operation_types.count);
}

static void *scalar(gyr__parser *p, void *node, bool extend) {
    gyr__ast_scalar_type_definition *n = node;
    gyr__next(p);
    if (!gyr__expect_name(p, &n->name) || !gyr__parse_directives(p, true, &n->directives)) return NULL;
    return finish(p, &n->node, extend, n->directives.count);
}

/* Object types and interfaces. */
static void *object(gyr__parser *p, void *node, bool extend) {
    gyr__ast_object_type_definition *n = node;
    gyr__next(p);
    if (!gyr__expect_name(p, &n->name)) return NULL;
    if (gyr__accept_keyword(p, gyr_s("implements"))) {
        n->interfaces.items = gyr__separated(p, gyr__parse_named_type, GYR__TOKEN_AMP, &n->interfaces.count);
        if (!n->interfaces.items) return NULL;
    }
    if (!gyr__parse_directives(p, true, &n->directives)) return NULL;
    if (!gyr__optional(p, BRACE_L, field_definition, BRACE_R, &n->fields)) return NULL;
    return finish(p, &n->node, extend, n->interfaces.count || n->directives.count || n->fields.count);
}

static void *union_(gyr__parser *p, void *node, bool extend) {
    gyr__ast_union_type_definition *n = node;
    gyr__next(p);
    if (!gyr__expect_name(p, &n->name) || !gyr__parse_directives(p, true, &n->directives)) return NULL;
    if (gyr__accept(p, GYR__TOKEN_EQUALS)) {
        n->types.items = gyr__separated(p, gyr__parse_named_type, GYR__TOKEN_PIPE, &n->types.count);
        if (!n->types.items) return NULL;
    }
    return finish(p, &n->node, extend, n->directives.count || n->types.count);
}

static void *enum_(gyr__parser *p, void *node, bool extend) {
    gyr__ast_enum_type_definition *n = node;
    gyr__next(p);
    if (!gyr__expect_name(p, &n->name) || !gyr__parse_directives(p, true, &n->directives)) return NULL;
    if (!gyr__optional(p, BRACE_L, enum_value_definition, BRACE_R, &n->values)) return NULL;
    return finish(p, &n->node, extend, n->directives.count || n->values.count);
}

static void *input(gyr__parser *p, void *node, bool extend) {
    gyr__ast_input_object_type_definition *n = node;
    gyr__next(p);
    if (!gyr__expect_name(p, &n->name) || !gyr__parse_directives(p, true, &n->directives)) return NULL;
    if (!gyr__optional(p, BRACE_L, input_value_definition, BRACE_R, &n->fields)) return NULL;
    return finish(p, &n->node, extend, n->directives.count || n->fields.count);
}

/* ---- directive definitions */

/* The last two are of drafts: harmless as names, so they need no option. */
static bool is_location(gyr_str name) {
    static const char names[] = " QUERY MUTATION SUBSCRIPTION FIELD FRAGMENT_DEFINITION FRAGMENT_SPREAD "
                                "INLINE_FRAGMENT VARIABLE_DEFINITION"
                                " SCHEMA SCALAR OBJECT FIELD_DEFINITION ARGUMENT_DEFINITION INTERFACE UNION "
                                "ENUM ENUM_VALUE INPUT_OBJECT"
                                " INPUT_FIELD_DEFINITION FRAGMENT_VARIABLE_DEFINITION DIRECTIVE_DEFINITION ";
    const char *end = names + sizeof names - 1;
    for (const char *at = names; (at = memmem(at, (size_t)(end - at), name.ptr, name.len)); at++)
        if (at[-1] == ' ' && at[name.len] == ' ') return true;
    return false;
}

/* A location, as a gyr_str in the arena; directive() joins them to one array. */
static void *location(gyr__parser *p) {
    gyr__token t = p->lx.token;
    gyr_str *name = gyr__arena_alloc(p->arena, sizeof *name);
    if (!name || !gyr__expect_name(p, name)) return NULL;
    return is_location(*name) ? name : gyr__unexpected(p, &t);
}

static void *directive(gyr__parser *p, void *node, bool extend) {
    gyr__ast_directive_definition *n = node;
    gyr__next(p);
    if (!gyr__expect(p, GYR__TOKEN_AT) || !gyr__expect_name(p, &n->name)) return NULL;
    if (!extend && !gyr__optional(p, PAREN_L, input_value_definition, PAREN_R, &n->arguments)) return NULL;
    if (p->directives_on_directives && !gyr__parse_directives(p, true, &n->directives)) return NULL;
    if (extend) return finish(p, &n->node, extend, n->directives.count);
    n->repeatable = gyr__accept_keyword(p, gyr_s("repeatable"));
    if (!gyr__expect_keyword(p, gyr_s("on"))) return NULL;
    gyr_str **names = gyr__separated(p, location, GYR__TOKEN_PIPE, &n->locations.count);
    n->locations.items = names ? gyr__new_array(p->arena, gyr_str, n->locations.count) : NULL;
    if (!n->locations.items) return NULL;
    for (uint32_t i = 0; i < n->locations.count; i++) n->locations.items[i] = *names[i];
    return gyr__node_end(p, n);
}

/* ---- by keyword */

typedef void *definition_rule(gyr__parser *p, void *node, bool extend);
typedef struct keyword {
    gyr_str word;
    definition_rule *rule;
    uint16_t kind, extension, size;
} keyword;

#define KEYWORD(word, rule, KIND, type)                                                                                \
    {                                                                                                                  \
        {word, sizeof(word) - 1}, rule, GYR__AST_##KIND##_DEFINITION, GYR__AST_##KIND##_EXTENSION,                     \
            sizeof(gyr__ast_##type)                                                                                    \
    }
static const keyword keywords[] = {
    KEYWORD("type", object, OBJECT_TYPE, object_type_definition),
    KEYWORD("enum", enum_, ENUM_TYPE, enum_type_definition),
    KEYWORD("input", input, INPUT_OBJECT_TYPE, input_object_type_definition),
    KEYWORD("union", union_, UNION_TYPE, union_type_definition),
    KEYWORD("scalar", scalar, SCALAR_TYPE, scalar_type_definition),
    KEYWORD("schema", schema, SCHEMA, schema_definition),
    KEYWORD("interface", object, INTERFACE_TYPE, object_type_definition),
    KEYWORD("directive", directive, DIRECTIVE, directive_definition),
};
#undef KEYWORD

/* All of them begin with their description, which the parser sets without knowing which it is. */
static_assert(
    offsetof(gyr__ast_object_type_definition, description) == offsetof(gyr__ast_schema_definition, description) &&
        offsetof(gyr__ast_enum_type_definition, description) == offsetof(gyr__ast_schema_definition, description) &&
        offsetof(gyr__ast_input_object_type_definition, description) ==
            offsetof(gyr__ast_schema_definition, description) &&
        offsetof(gyr__ast_union_type_definition, description) == offsetof(gyr__ast_schema_definition, description) &&
        offsetof(gyr__ast_scalar_type_definition, description) == offsetof(gyr__ast_schema_definition, description) &&
        offsetof(gyr__ast_directive_definition, description) == offsetof(gyr__ast_schema_definition, description),
    "description comes first");

void *gyr__parse_type_system(gyr__parser *p, uint32_t start, gyr__ast_string *description, bool extend, bool *known) {
    gyr_str word = gyr__name_text(p);
    *known = false;
    for (size_t i = 0; i < GYR__COUNT(keywords); i++) {
        const keyword *k = &keywords[i];
        if (!gyr__str_eq(word, k->word)) continue;
        if (extend && k->rule == directive && !p->directives_on_directives) return NULL;
        *known = true;
        gyr__ast_schema_definition *n = gyr__node_new(p, extend ? k->extension : k->kind, k->size);
        if (!n) return NULL;
        n->node.start = start;
        n->description = description;
        return k->rule(p, n, extend);
    }
    return NULL;
}
