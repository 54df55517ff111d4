/* The parser's entry points, errors, lists and the choice between definitions. See parse.h, parser.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "language/parse.h"

#include "base/limits.h"
#include "language/parse_coordinate.h"

/* ---- errors */

bool gyr__fail_expected(gyr__parser *p, gyr_str what) {
    if (p->lx.status) return false;
    const gyr__token *t = &p->lx.token;
    /* Keywords and punctuators stand in quotes, kinds of tokens do not. */
    bool kind = gyr__str_is(what, "Name") || gyr__str_is(what, "<EOF>");
    char expected[32], *at = expected;
    if (!kind) *at++ = '"';
    memcpy(at, what.ptr, what.len), at += what.len;
    if (!kind) *at++ = '"';
    gyr_str found = gyr__token_description(&p->lx, t);
    gyr_str text = gyr__arena_printf(&p->lx.errors->arena, "Expected %.*s, found ", (int)(at - expected), expected);
    gyr__lexer_fail(&p->lx, GYR_ERR_SYNTAX, t->start, text, found, gyr_s("."));
    return false;
}

void *gyr__unexpected(gyr__parser *p, const gyr__token *token) {
    if (p->lx.status) return NULL;
    const gyr__token *t = token ? token : &p->lx.token;
    gyr__lexer_fail(&p->lx, GYR_ERR_SYNTAX, t->start, gyr_s("Unexpected "), gyr__token_description(&p->lx, t),
                    gyr_s("."));
    return NULL;
}

bool gyr__fail_depth(gyr__parser *p) {
    gyr__lexer_fail_f(&p->lx, GYR_ERR_LIMIT, p->lx.token.start,
                      "Document is nested deeper than %u levels. Parsing aborted.", p->depth);
    return false;
}

/* ---- lists */

bool gyr__stack_grow(gyr__parser *p) {
    const gyr_allocator *al = &p->arena->allocator;
    size_t size = p->cap * sizeof(void *);
    bool small = p->stack == p->small_stack;
    void **grown =
        p->cap > UINT32_MAX / 2 ? NULL : gyr__realloc(al, small ? NULL : p->stack, small ? 0 : size, 2 * size);
    if (!grown) {
        p->arena->failed = true;
        return false;
    }
    if (small) memcpy(grown, p->small_stack, size);
    p->stack = grown;
    p->cap *= 2;
    return true;
}

/* ---- definitions */

static GYR__COLD void *description_without_definition(gyr__parser *p, uint32_t start) {
    gyr__lexer_fail(&p->lx, GYR_ERR_SYNTAX, p->lx.text + start,
                    gyr__at(p, GYR__TOKEN_BRACE_L)
                        ? gyr_s("Unexpected description, descriptions are not supported on shorthand queries.")
                        : gyr_s("Unexpected description, only GraphQL definitions support descriptions."),
                    gyr_s(""), gyr_s(""));
    return NULL;
}

static void *definition(gyr__parser *p) {
    if (gyr__at(p, GYR__TOKEN_BRACE_L)) return gyr__parse_shorthand(p);
    uint32_t start = gyr__offset(p, p->lx.token.start);
    gyr__ast_string *description = NULL;
    bool known;
    if (!gyr__parse_description(p, &description)) return NULL;
    if (!gyr__at(p, GYR__TOKEN_NAME)) {
        return description && gyr__at(p, GYR__TOKEN_BRACE_L) ? description_without_definition(p, start)
                                                             : gyr__unexpected(p, NULL);
    }
    void *n = gyr__parse_type_system(p, start, description, false, &known);
    if (known) return n;
    if (gyr__at_keyword(p, gyr_s("fragment"))) return gyr__parse_fragment(p, start, description);
    if (gyr__at_keyword(p, gyr_s("query")) || gyr__at_keyword(p, gyr_s("mutation")) ||
        gyr__at_keyword(p, gyr_s("subscription")))
        return gyr__parse_operation(p, start, description);
    if (description) return description_without_definition(p, start);
    if (!gyr__accept_keyword(p, gyr_s("extend"))) return gyr__unexpected(p, NULL);
    if (gyr__at(p, GYR__TOKEN_NAME)) {
        n = gyr__parse_type_system(p, start, NULL, true, &known);
        if (known) return n;
    }
    return gyr__unexpected(p, NULL);
}

static void *document(gyr__parser *p) {
    gyr__ast_document *n = gyr__node_make(p, DOCUMENT, document);
    if (!n) return NULL;
    gyr__next(p);
    n->definitions.items = gyr__many(p, definition, GYR__TOKEN_EOF, &n->definitions.count);
    n->node.start = 0;
    n->node.end = gyr__offset(p, p->lx.end);
    return n->definitions.items ? n : NULL;
}

/* ---- entry points */

/* The reference's option counts as a syntax error, our own limit as a limit. */
static void set_max_tokens(gyr__lexer *lx, uint32_t option) {
    if (!option || option > lx->max_tokens) return;
    lx->max_tokens = lx->tokens_left = option;
    lx->max_tokens_status = GYR_ERR_SYNTAX;
}

static void parser_init(gyr__parser *p, gyr__arena *arena, const gyr__source *source, const gyr__parse_options *options,
                        gyr_errors *errors) {
    static const gyr__parse_options none;
    gyr_limits limits;
    const gyr__parse_options *o = options ? options : &none;
    gyr__limits_resolve(&limits, o->limits);
    gyr__lexer_init_limited(&p->lx, source, &limits, o->schema ? limits.schema_bytes : limits.document_bytes,
                            o->schema ? UINT32_MAX : limits.tokens, errors);
    set_max_tokens(&p->lx, o->max_tokens);
    /* One chunk for the whole document: queries make up to 17 bytes of nodes for a byte of text, schemas,
     * which are half descriptions, 2. A block that is allocated and freed as a whole stays with the C
     * library; several would go back to the kernel and cost page faults in every parse. */
    if (!p->lx.status) gyr__arena_reserve(arena, source->text.len * (o->schema ? 2 : 18) + 512);
    p->arena = arena;
    p->stack = p->small_stack;
    p->top = 0;
    p->cap = GYR__COUNT(p->small_stack);
    p->depth = p->depth_left = limits.depth;
    p->constant = false;
    p->fragment_arguments = o->fragment_arguments;
    p->fragment_variables = o->fragment_arguments || o->legacy_fragment_variables;
    p->directives_on_directives = o->directives_on_directives;
}

static gyr_status run(gyr__parser *p, gyr__rule *rule, bool single, void **out) {
    void *n = NULL;
    if (single) gyr__next(p);
    if (!p->lx.status) n = rule(p);
    if (n && single && !gyr__expect(p, GYR__TOKEN_EOF)) n = NULL;
    if (p->stack != p->small_stack) gyr__heap_free(&p->arena->allocator, p->stack, p->cap * sizeof(void *));
    if (n && !p->lx.status) {
        *out = n;
        return GYR_OK;
    }
    if (p->lx.errors->failed || p->lx.errors->arena.failed) return GYR_ERR_MEMORY;
    if (p->lx.status) return p->lx.status;
    return p->arena->over_limit ? GYR_ERR_LIMIT : GYR_ERR_MEMORY;
}

gyr_status gyr__parse_document(gyr__arena *arena, const gyr__source *source, const gyr__parse_options *options,
                               gyr_errors *errors, gyr__ast_document **out) {
    gyr__parser p;
    void *n = NULL;
    parser_init(&p, arena, source, options, errors);
    gyr_status status = run(&p, document, false, &n);
    if (!status) *out = n;
    return status;
}

gyr_status gyr__parse_value(gyr__arena *arena, const gyr__source *source, const gyr__parse_options *options,
                            bool constant, gyr_errors *errors, gyr__node **out) {
    gyr__parser p;
    void *n = NULL;
    parser_init(&p, arena, source, options, errors);
    p.constant = constant;
    gyr_status status = run(&p, gyr__parse_value_literal, true, &n);
    if (!status) *out = n;
    return status;
}

gyr_status gyr__parse_type(gyr__arena *arena, const gyr__source *source, const gyr__parse_options *options,
                           gyr_errors *errors, gyr__node **out) {
    gyr__parser p;
    void *n = NULL;
    parser_init(&p, arena, source, options, errors);
    gyr_status status = run(&p, gyr__parse_type_reference, true, &n);
    if (!status) *out = n;
    return status;
}

gyr_status gyr__parse_coordinate(gyr__arena *arena, const gyr__source *source, const gyr__parse_options *options,
                                 gyr_errors *errors, gyr__node **out) {
    gyr__parser p;
    void *n = NULL;
    parser_init(&p, arena, source, options, errors);
    gyr_status status = run(&p, gyr__parse_coordinate_rule, false, &n);
    if (!status) *out = n;
    return status;
}
