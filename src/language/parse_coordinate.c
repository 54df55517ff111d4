/* Schema coordinates: `Type`, `Type.member`, `Type.field(argument:)`, `@directive`, `@directive(argument:)`.
 * Their lexer ignores nothing: no white space, no comments. Spec September 2025, section 3.14.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "language/parse_coordinate.h"
#include "language/lex_string.h"

static void next(gyr__parser *p) {
    gyr__lexer *lx = &p->lx;
    const uint8_t *at = lx->token.end;
    lx->last_end = at;
    if (lx->status) return;
    lx->token = (gyr__token){at, at + 1, GYR__TOKEN_EOF, false};
    if (at == lx->end) {
        lx->token.end = at;
        return;
    }
    char shown[16];
    switch (*at) {
    case '.': lx->token.kind = GYR__TOKEN_DOT; return;
    case '(': lx->token.kind = GYR__TOKEN_PAREN_L; return;
    case ')': lx->token.kind = GYR__TOKEN_PAREN_R; return;
    case ':': lx->token.kind = GYR__TOKEN_COLON; return;
    case '@': lx->token.kind = GYR__TOKEN_AT; return;
    default: break;
    }
    if (!gyr__is_name_start(*at)) {
        gyr__lexer_fail(lx, GYR_ERR_SYNTAX, at, gyr_s("Invalid character: "), gyr__lexer_char(lx, at, shown),
                        gyr_s("."));
        return;
    }
    lx->token.kind = GYR__TOKEN_NAME;
    lx->token.end = gyr__scan_name(at, lx->end);
    if ((size_t)(lx->token.end - at) > lx->name_bytes)
        gyr__lexer_fail_f(lx, GYR_ERR_LIMIT, at, "Name is longer than %u bytes. Parsing aborted.", lx->name_bytes);
}

static bool accept(gyr__parser *p, gyr__token_kind kind) {
    if (!gyr__at(p, kind)) return false;
    next(p);
    return true;
}

static bool expect(gyr__parser *p, gyr__token_kind kind) {
    return accept(p, kind) || gyr__fail_expected(p, gyr__token_kind_text(kind));
}

static bool name(gyr__parser *p, gyr_str *out) {
    if (!gyr__at(p, GYR__TOKEN_NAME)) return gyr__fail_expected(p, gyr_s("Name"));
    *out = gyr__name_text(p);
    next(p);
    return true;
}

static gyr__node *make(gyr__parser *p, bool directive, gyr_str first, gyr_str member, gyr_str argument) {
    if (directive && argument.ptr) {
        gyr__ast_directive_argument_coordinate *n =
            gyr__node_make(p, DIRECTIVE_ARGUMENT_COORDINATE, directive_argument_coordinate);
        if (n) n->name = first, n->argument_name = argument;
        return n ? &n->node : NULL;
    }
    if (argument.ptr) {
        gyr__ast_argument_coordinate *n = gyr__node_make(p, ARGUMENT_COORDINATE, argument_coordinate);
        if (n) n->name = first, n->field_name = member, n->argument_name = argument;
        return n ? &n->node : NULL;
    }
    if (member.ptr) {
        gyr__ast_member_coordinate *n = gyr__node_make(p, MEMBER_COORDINATE, member_coordinate);
        if (n) n->name = first, n->member_name = member;
        return n ? &n->node : NULL;
    }
    gyr__ast_type_coordinate *n = gyr__node_make(p, TYPE_COORDINATE, type_coordinate);
    if (n) n->name = first;
    if (n && directive) n->node.kind = GYR__AST_DIRECTIVE_COORDINATE;
    return n ? &n->node : NULL;
}
static_assert(sizeof(gyr__ast_type_coordinate) == sizeof(gyr__ast_directive_coordinate), "make() makes both");

void *gyr__parse_coordinate_rule(gyr__parser *p) {
    gyr_str first = {NULL, 0}, member = {NULL, 0}, argument = {NULL, 0};
    next(p);
    bool directive = accept(p, GYR__TOKEN_AT);
    if (!name(p, &first)) return NULL;
    if (!directive && accept(p, GYR__TOKEN_DOT) && !name(p, &member)) return NULL;
    if ((directive || member.ptr) && accept(p, GYR__TOKEN_PAREN_L) &&
        (!name(p, &argument) || !expect(p, GYR__TOKEN_COLON) || !expect(p, GYR__TOKEN_PAREN_R)))
        return NULL;
    const uint8_t *end = p->lx.last_end;
    if (!expect(p, GYR__TOKEN_EOF)) return NULL;
    gyr__node *n = make(p, directive, first, member, argument);
    if (n) n->start = 0, n->end = gyr__offset(p, end);
    return n;
}
