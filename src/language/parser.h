/* What the files of the parser share: state, tokens, lists. See parse.h.
 *
 *   parse.c              entry points, lists, errors, definitions by keyword
 *   parse_value.c        values, types, directives, arguments
 *   parse_executable.c   operations, fragments, selection sets
 *   parse_type_system.c  type system definitions and extensions
 *   parse_coordinate.c   schema coordinates
 *
 * A production is a function that returns its node, or NULL when an error has been recorded or the arena is
 * out of memory. The lexer's token is the one look-ahead. After an error the token is GYR__TOKEN_ERROR, which
 * nothing accepts, so loops end by themselves.
 *
 * Items of a list are gathered on one stack and copied into the arena, exactly sized, when the list is
 * complete.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_LANGUAGE_PARSER_H
#define GYR_LANGUAGE_PARSER_H
#include "language/lexer.h"
#include "language/parse.h"
#include "language/scan.h"

#include "base/str.h"

typedef struct gyr__parser {
    gyr__lexer lx;
    gyr__arena *arena;
    void **stack; /* items of the lists that are open */
    uint32_t top, cap;
    uint32_t depth_left, depth;
    bool constant; /* in a constant value: variables are errors */
    bool fragment_variables, fragment_arguments, directives_on_directives;
    void *small_stack[128];
} gyr__parser;

/** A production. */
typedef void *gyr__rule(gyr__parser *p);

/* ---- tokens */

static inline bool gyr__at(const gyr__parser *p, gyr__token_kind kind) { return p->lx.token.kind == kind; }
static inline void gyr__next(gyr__parser *p) { gyr__lexer_next(&p->lx); }
static inline bool gyr__accept(gyr__parser *p, gyr__token_kind kind) {
    if (!gyr__at(p, kind)) return false;
    gyr__next(p);
    return true;
}
/** The current token's text; names only. */
static inline gyr_str gyr__name_text(const gyr__parser *p) {
    return gyr_str_of((const char *)p->lx.token.start, (size_t)(p->lx.token.end - p->lx.token.start));
}
static inline bool gyr__at_keyword(const gyr__parser *p, gyr_str word) {
    return gyr__at(p, GYR__TOKEN_NAME) && gyr__str_eq(gyr__name_text(p), word);
}
static inline bool gyr__accept_keyword(gyr__parser *p, gyr_str word) {
    if (!gyr__at_keyword(p, word)) return false;
    gyr__next(p);
    return true;
}

/** Records "Expected x, found y." / "Unexpected y." for that token (NULL: the current one); false and NULL. */
bool gyr__fail_expected(gyr__parser *p, gyr_str what);
void *gyr__unexpected(gyr__parser *p, const gyr__token *token);

static inline bool gyr__expect(gyr__parser *p, gyr__token_kind kind) {
    if (gyr__likely(gyr__accept(p, kind))) return true;
    return gyr__fail_expected(p, gyr__token_kind_text(kind));
}
static inline bool gyr__expect_keyword(gyr__parser *p, gyr_str word) {
    return gyr__accept_keyword(p, word) || gyr__fail_expected(p, word);
}
static inline bool gyr__expect_name(gyr__parser *p, gyr_str *out) {
    if (gyr__unlikely(!gyr__at(p, GYR__TOKEN_NAME))) return gyr__fail_expected(p, gyr_s("Name"));
    *out = gyr__name_text(p);
    gyr__next(p);
    return true;
}

/* ---- nodes */

static inline uint32_t gyr__offset(const gyr__parser *p, const uint8_t *at) { return (uint32_t)(at - p->lx.text); }

/** A zeroed node that begins at the current token, or NULL. */
static inline void *gyr__node_new(gyr__parser *p, gyr__node_kind kind, size_t size) {
    gyr__node *n = gyr__arena_alloc(p->arena, size);
    if (gyr__unlikely(!n)) return NULL;
    memset(n, 0, size);
    n->kind = kind;
    n->start = gyr__offset(p, p->lx.token.start);
    return n;
}
#define gyr__node_make(p, KIND, type) ((gyr__ast_##type *)gyr__node_new((p), GYR__AST_##KIND, sizeof(gyr__ast_##type)))

/** Ends the node behind the last token taken, and returns it. */
static inline void *gyr__node_end(const gyr__parser *p, void *node) {
    ((gyr__node *)node)->end = gyr__offset(p, p->lx.last_end);
    return node;
}

/** One level deeper; false, with the error, at the limit. */
bool gyr__fail_depth(gyr__parser *p);
static inline bool gyr__enter(gyr__parser *p) {
    if (gyr__unlikely(p->depth_left == 0)) return gyr__fail_depth(p);
    p->depth_left--;
    return true;
}
static inline void gyr__leave(gyr__parser *p) { p->depth_left++; }

/* ---- lists */

bool gyr__stack_grow(gyr__parser *p);
static inline bool gyr__push(gyr__parser *p, void *item) {
    if (gyr__unlikely(!item)) return false;
    if (gyr__unlikely(p->top == p->cap) && !gyr__stack_grow(p)) return false;
    p->stack[p->top++] = item;
    return true;
}
/** Takes the items above `mark` off the stack into the arena; NULL when memory is out. */
static inline void *gyr__take_list(gyr__parser *p, uint32_t mark, uint32_t *count) {
    uint32_t n = p->top - mark;
    void **items = gyr__arena_alloc(p->arena, n * sizeof *items);
    if (gyr__unlikely(!items)) return NULL;
    for (uint32_t i = 0; i < n; i++) items[i] = p->stack[mark + i];
    p->top = mark;
    *count = n;
    return items;
}
/** One item or more up to `close`, the opening token being taken already. NULL on error. */
static inline __attribute__((always_inline)) void *gyr__many(gyr__parser *p, gyr__rule *item, gyr__token_kind close,
                                                             uint32_t *count) {
    uint32_t mark = p->top;
    do {
        if (gyr__unlikely(!gyr__push(p, item(p)))) return NULL;
    } while (!gyr__accept(p, close));
    return gyr__take_list(p, mark, count);
}
/** One item or more with a separator between them, which may also stand before the first. */
static inline void *gyr__separated(gyr__parser *p, gyr__rule *item, gyr__token_kind separator, uint32_t *count) {
    uint32_t mark = p->top;
    gyr__accept(p, separator);
    do {
        if (gyr__unlikely(!gyr__push(p, item(p)))) return NULL;
    } while (gyr__accept(p, separator));
    return gyr__take_list(p, mark, count);
}
/** For lists that may be absent: false only on error. gyr__optional(p, PAREN_L, argument, PAREN_R,
 * &n->arguments) */
#define gyr__optional(p, OPEN, item, CLOSE, list)                                                                      \
    (!gyr__accept((p), GYR__TOKEN_##OPEN) ||                                                                           \
     ((list)->items = gyr__many((p), (item), GYR__TOKEN_##CLOSE, &(list)->count)) != NULL)

/* ---- productions used by several files */

gyr__rule gyr__parse_value_literal, gyr__parse_const_value, gyr__parse_type_reference, gyr__parse_named_type;
gyr__rule gyr__parse_string_literal, gyr__parse_variable_definition;
/** Directives, none or more; false on error. */
bool gyr__parse_directives(gyr__parser *p, bool constant, gyr__ast_directive_list *out);
/** The arguments of a field or directive, if there are any. */
bool gyr__parse_arguments(gyr__parser *p, gyr__ast_argument_list *out);
bool gyr__parse_operation_type(gyr__parser *p, gyr__operation_type *out);
/** A description, if there is one; false on error. */
bool gyr__parse_description(gyr__parser *p, gyr__ast_string **out);

static inline bool gyr__at_description(const gyr__parser *p) {
    return gyr__at(p, GYR__TOKEN_STRING) || gyr__at(p, GYR__TOKEN_BLOCK_STRING);
}

/* Definitions: the description has been taken (or is NULL), the keyword is the current token. `start` is
 * where the definition begins. */
void *gyr__parse_operation(gyr__parser *p, uint32_t start, gyr__ast_string *description);
void *gyr__parse_fragment(gyr__parser *p, uint32_t start, gyr__ast_string *description);
void *gyr__parse_shorthand(gyr__parser *p);
/** A type system definition, or an extension of one (extend: that keyword has been taken). *known is false
 * when the keyword begins none; nothing has happened then. */
void *gyr__parse_type_system(gyr__parser *p, uint32_t start, gyr__ast_string *description, bool extend, bool *known);

#endif
