/* See lexer.h. The way of one token: skip what is ignored, dispatch on the first byte, find the end. The
 * common cases (a punctuator, a name) stay in gyr__lexer_next; all others are functions of their own.
 * lex_string.c has the strings.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "language/lex_string.h"

#include "base/str.h"
#include "base/utf8.h"
#include "language/scan.h"
#include "language/string.h"

#include <stdarg.h>
#include <stdio.h>

#define I GYR__CHAR_IGNORED
#define N GYR__CHAR_NAME_START
#define D GYR__CHAR_DIGIT
const uint8_t gyr__char_class[256] = {
    ['\t'] = I, ['\n'] = I, ['\r'] = I, [' '] = I, [','] = I, ['0'] = D, ['1'] = D, ['2'] = D, ['3'] = D, ['4'] = D,
    ['5'] = D,  ['6'] = D,  ['7'] = D,  ['8'] = D, ['9'] = D, ['A'] = N, ['B'] = N, ['C'] = N, ['D'] = N, ['E'] = N,
    ['F'] = N,  ['G'] = N,  ['H'] = N,  ['I'] = N, ['J'] = N, ['K'] = N, ['L'] = N, ['M'] = N, ['N'] = N, ['O'] = N,
    ['P'] = N,  ['Q'] = N,  ['R'] = N,  ['S'] = N, ['T'] = N, ['U'] = N, ['V'] = N, ['W'] = N, ['X'] = N, ['Y'] = N,
    ['Z'] = N,  ['_'] = N,  ['a'] = N,  ['b'] = N, ['c'] = N, ['d'] = N, ['e'] = N, ['f'] = N, ['g'] = N, ['h'] = N,
    ['i'] = N,  ['j'] = N,  ['k'] = N,  ['l'] = N, ['m'] = N, ['n'] = N, ['o'] = N, ['p'] = N, ['q'] = N, ['r'] = N,
    ['s'] = N,  ['t'] = N,  ['u'] = N,  ['v'] = N, ['w'] = N, ['x'] = N, ['y'] = N, ['z'] = N};
#undef I
#undef N
#undef D

/* What a byte begins: the token of a single-byte punctuator, NAME, or 0 for all that needs a closer look. */
#define NAME_LETTER(c) [c] = GYR__TOKEN_NAME, [(c) + 32] = GYR__TOKEN_NAME
static const uint8_t first_byte[256] = {['!'] = GYR__TOKEN_BANG,
                                        ['$'] = GYR__TOKEN_DOLLAR,
                                        ['&'] = GYR__TOKEN_AMP,
                                        ['('] = GYR__TOKEN_PAREN_L,
                                        [')'] = GYR__TOKEN_PAREN_R,
                                        [':'] = GYR__TOKEN_COLON,
                                        ['='] = GYR__TOKEN_EQUALS,
                                        ['@'] = GYR__TOKEN_AT,
                                        ['['] = GYR__TOKEN_BRACKET_L,
                                        [']'] = GYR__TOKEN_BRACKET_R,
                                        ['{'] = GYR__TOKEN_BRACE_L,
                                        ['|'] = GYR__TOKEN_PIPE,
                                        ['}'] = GYR__TOKEN_BRACE_R,
                                        ['_'] = GYR__TOKEN_NAME,
                                        NAME_LETTER('A'),
                                        NAME_LETTER('B'),
                                        NAME_LETTER('C'),
                                        NAME_LETTER('D'),
                                        NAME_LETTER('E'),
                                        NAME_LETTER('F'),
                                        NAME_LETTER('G'),
                                        NAME_LETTER('H'),
                                        NAME_LETTER('I'),
                                        NAME_LETTER('J'),
                                        NAME_LETTER('K'),
                                        NAME_LETTER('L'),
                                        NAME_LETTER('M'),
                                        NAME_LETTER('N'),
                                        NAME_LETTER('O'),
                                        NAME_LETTER('P'),
                                        NAME_LETTER('Q'),
                                        NAME_LETTER('R'),
                                        NAME_LETTER('S'),
                                        NAME_LETTER('T'),
                                        NAME_LETTER('U'),
                                        NAME_LETTER('V'),
                                        NAME_LETTER('W'),
                                        NAME_LETTER('X'),
                                        NAME_LETTER('Y'),
                                        NAME_LETTER('Z')};
#undef NAME_LETTER

void gyr__lexer_init_limited(gyr__lexer *lx, const gyr__source *source, const gyr_limits *limits, uint32_t bytes,
                             uint32_t tokens, gyr_errors *errors) {
    size_t bad = 0, len = source->text.len;
    memset(lx, 0, sizeof *lx);
    lx->text = (const uint8_t *)(source->text.ptr ? source->text.ptr : "");
    lx->end = lx->text + len;
    lx->token = (gyr__token){lx->text, lx->text, GYR__TOKEN_SOF, false};
    lx->last_end = lx->text;
    lx->tokens_left = lx->max_tokens = tokens;
    lx->max_tokens_status = GYR_ERR_LIMIT;
    lx->name_bytes = limits->name_bytes;
    lx->number_bytes = limits->number_bytes;
    lx->source = source;
    lx->errors = errors;
    if (gyr__unlikely(len > bytes || len >= UINT32_MAX))
        gyr__lexer_fail_f(lx, GYR_ERR_LIMIT, lx->text, "Document is larger than %u bytes. Parsing aborted.", bytes);
    else if (gyr__unlikely(len && !gyr__utf8_valid((const char *)lx->text, len, &bad)))
        gyr__lexer_fail_f(lx, GYR_ERR_SYNTAX, lx->text + bad, "Invalid UTF-8: byte 0x%02X.", lx->text[bad]);
}

/* ---- errors */

void gyr__lexer_fail(gyr__lexer *lx, gyr_status status, const uint8_t *at, gyr_str a, gyr_str b, gyr_str c) {
    if (lx->status) return;
    lx->status = status;
    lx->token.kind = GYR__TOKEN_ERROR;
    lx->token.start = lx->token.end = at;
    gyr_str parts[] = {gyr_s("Syntax Error: "), a, b, c};
    size_t size = 0;
    for (size_t i = 0; i < GYR__COUNT(parts); i++) size += parts[i].len;
    char *text = gyr__arena_alloc_aligned(&lx->errors->arena, size, 1);
    gyr_error *err = text ? gyr__errors_add(lx->errors, status, "%s", "") : NULL;
    if (!text) lx->errors->failed = true;
    if (!err) return;
    err->message = gyr_str_of(text, size);
    for (size_t i = 0; i < GYR__COUNT(parts); i++) {
        if (parts[i].len) memcpy(text, parts[i].ptr, parts[i].len);
        text += parts[i].len;
    }
    err->source = gyr__arena_str(&lx->errors->arena, lx->source->name);
    gyr__error_at(lx->errors, err, gyr__source_location(lx->source, (uint32_t)(at - lx->text)));
}

void gyr__lexer_fail_f(gyr__lexer *lx, gyr_status status, const uint8_t *at, const char *format, ...) {
    char text[160];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    size_t len = n < 0 ? 0 : GYR__MIN((size_t)n, sizeof text - 1);
    gyr__lexer_fail(lx, status, at, gyr_str_of(text, len), gyr_s(""), gyr_s(""));
}

gyr_str gyr__token_kind_text(gyr__token_kind kind) {
#define TEXT(KIND, text, punctuator) gyr_s(text),
    const gyr_str texts[] = {GYR__TOKENS(TEXT)};
#undef TEXT
    return texts[kind];
}

bool gyr__token_is_punctuator(gyr__token_kind kind) { return kind >= GYR__TOKEN_BANG && kind <= GYR__TOKEN_BRACE_R; }

gyr_str gyr__token_raw(const gyr__token *t) {
    size_t quotes = t->kind == GYR__TOKEN_STRING ? 1 : t->kind == GYR__TOKEN_BLOCK_STRING ? 3 : 0;
    return gyr_str_of((const char *)t->start + quotes, (size_t)(t->end - t->start) - 2 * quotes);
}

gyr_str gyr__token_description(gyr__lexer *lx, const gyr__token *t) {
    gyr__arena *a = &lx->errors->arena;
    gyr_str kind = gyr__token_kind_text(t->kind);
    bool punctuator = gyr__token_is_punctuator(t->kind);
    if (t->kind < GYR__TOKEN_BANG) return kind;
    gyr_str value = gyr_s("");
    if (!punctuator)
        value = t->escaped ? gyr__string_decode(a, gyr__token_raw(t), t->kind == GYR__TOKEN_BLOCK_STRING)
                           : gyr__token_raw(t);
    value = gyr__shown(lx->errors, value);
    char *text = gyr__arena_alloc_aligned(a, kind.len + value.len + 3, 1), *at = text;
    if (!text) return gyr_s("");
    if (punctuator) *at++ = '"';
    memcpy(at, kind.ptr, kind.len), at += kind.len;
    if (!punctuator) *at++ = ' ', *at++ = '"';
    if (value.len) memcpy(at, value.ptr, value.len), at += value.len;
    *at++ = '"';
    return gyr_str_of(text, (size_t)(at - text));
}

gyr_str gyr__lexer_char(const gyr__lexer *lx, const uint8_t *at, char out[16]) {
    uint32_t size;
    if (at >= lx->end) return gyr_s("<EOF>");
    uint32_t c = gyr__utf8_decode((const char *)at, (size_t)(lx->end - at), &size);
    const char *format = c == '"' ? "'\"'" : c >= 0x20 && c <= 0x7E ? "\"%c\"" : "U+%04X";
    int n = c == '"' ? snprintf(out, 16, "'\"'") : snprintf(out, 16, format, c);
    return gyr_str_of(out, (size_t)n);
}

static void fail_at_char(gyr__lexer *lx, const uint8_t *at, gyr_str before) {
    char shown[16];
    gyr__lexer_fail(lx, GYR_ERR_SYNTAX, at, before, gyr__lexer_char(lx, at, shown), gyr_s("."));
}

/* ---- tokens that need a closer look */

/* The digits from p on; NULL, with the error, when there is none. */
static const uint8_t *digits(gyr__lexer *lx, const uint8_t *p) {
    if (p >= lx->end || !gyr__is_digit(*p)) {
        fail_at_char(lx, p, gyr_s("Invalid number, expected digit but got: "));
        return NULL;
    }
    while (p < lx->end && gyr__is_digit(*p)) p++;
    return p;
}

static void lex_number(gyr__lexer *lx, const uint8_t *start) {
    const uint8_t *p = start, *end = lx->end;
    lx->token.kind = GYR__TOKEN_INT;
    if (*p == '-') p++;
    if (p < end && *p == '0') {
        p++;
        if (p < end && gyr__is_digit(*p)) {
            fail_at_char(lx, p, gyr_s("Invalid number, unexpected digit after 0: "));
            return;
        }
    } else if (!(p = digits(lx, p)))
        return;
    if (p < end && *p == '.') {
        lx->token.kind = GYR__TOKEN_FLOAT;
        if (!(p = digits(lx, p + 1))) return;
    }
    if (p < end && (*p | 0x20) == 'e') {
        lx->token.kind = GYR__TOKEN_FLOAT;
        p++;
        if (p < end && (*p == '+' || *p == '-')) p++;
        if (!(p = digits(lx, p))) return;
    }
    lx->token.end = p;
    if (p < end && (*p == '.' || gyr__is_name_start(*p)))
        fail_at_char(lx, p, gyr_s("Invalid number, expected digit but got: "));
    else if (gyr__unlikely((size_t)(p - start) > lx->number_bytes))
        gyr__lexer_fail_f(lx, GYR_ERR_LIMIT, start, "Number is longer than %u bytes. Parsing aborted.",
                          lx->number_bytes);
}

static void lex_dot(gyr__lexer *lx, const uint8_t *p) {
    size_t left = (size_t)(lx->end - p);
    if (left >= 3 && p[1] == '.' && p[2] == '.') {
        lx->token.kind = GYR__TOKEN_SPREAD;
        lx->token.end = p + 3;
    } else if (left >= 2 && p[1] == '.') {
        gyr__lexer_fail_f(lx, GYR_ERR_SYNTAX, p, "Unexpected \"..\", did you mean \"...\"?");
    } else if (left >= 2 && gyr__is_digit(p[1])) {
        const uint8_t *end = digits(lx, p + 1);
        gyr_str shown = gyr__shown(lx->errors, gyr_str_of((const char *)p + 1, (size_t)(end - p) - 1));
        gyr__lexer_fail(lx, GYR_ERR_SYNTAX, p, gyr_s("Invalid number, expected digit before \".\", did you mean \"0."),
                        shown, gyr_s("\"?"));
    } else {
        fail_at_char(lx, p, gyr_s("Unexpected character: "));
    }
}

static GYR__NOINLINE void lex_other(gyr__lexer *lx, const uint8_t *p) {
    if (*p == '"')
        gyr__lex_string(lx, p);
    else if (gyr__is_digit(*p) || *p == '-')
        lex_number(lx, p);
    else if (*p == '.')
        lex_dot(lx, p);
    else if (*p == '\'')
        gyr__lexer_fail_f(lx, GYR_ERR_SYNTAX, p,
                          "Unexpected single quote character ('), did you mean to use a double quote (\")?");
    else
        fail_at_char(lx, p, gyr_s("Unexpected character: "));
}

/* ---- the next token */

/* Behind everything ignored from p on: comments and byte order marks too. With `comments` a comment is a
 * token, and its first byte is where this stops. */
static GYR__NOINLINE const uint8_t *skip_rare(gyr__lexer *lx, const uint8_t *p) {
    const uint8_t *end = lx->end;
    for (;;) {
        p = gyr__scan_ignored(p, end);
        if (p == end) return p;
        if (*p == '#' && !lx->comments)
            p = gyr__scan_line(p + 1, end);
        else if (*p == 0xEF && end - p >= 3 && p[1] == 0xBB && p[2] == 0xBF)
            p += 3;
        else
            return p;
    }
}

static GYR__NOINLINE void lex_comment(gyr__lexer *lx, const uint8_t *p) {
    lx->token.kind = GYR__TOKEN_COMMENT;
    lx->token.end = gyr__scan_line(p + 1, lx->end);
}

static GYR__COLD void lex_end(gyr__lexer *lx, const uint8_t *p) {
    if (lx->status) return;
    lx->token = (gyr__token){p, p, GYR__TOKEN_EOF, false};
}

static GYR__COLD void too_many_tokens(gyr__lexer *lx, const uint8_t *p) {
    gyr__lexer_fail_f(lx, lx->max_tokens_status, p, "Document contains more than %u tokens. Parsing aborted.",
                      lx->max_tokens);
}

void gyr__lexer_next(gyr__lexer *lx) {
    const uint8_t *p = lx->token.end, *end = lx->end;
    lx->last_end = p;
    if (gyr__unlikely(lx->status)) return;
    p += p < end && *p == ' '; /* no branch: whether a space follows cannot be predicted */
    if (p < end && gyr__char_class[*p] & GYR__CHAR_IGNORED) p = gyr__scan_ignored(p, end);
    if (gyr__unlikely(p < end && (*p == '#' || *p == 0xEF))) p = skip_rare(lx, p);
    if (gyr__unlikely(p == end)) {
        lex_end(lx, p);
        return;
    }
    if (gyr__unlikely(lx->tokens_left-- == 0)) {
        too_many_tokens(lx, p);
        return;
    }
    lx->token.start = p;
    uint8_t kind = first_byte[*p];
    lx->token.kind = kind;
    if (kind == GYR__TOKEN_NAME) {
        const uint8_t *stop = gyr__scan_name(p, end);
        lx->token.end = stop;
        if (gyr__unlikely((size_t)(stop - p) > lx->name_bytes))
            gyr__lexer_fail_f(lx, GYR_ERR_LIMIT, p, "Name is longer than %u bytes. Parsing aborted.", lx->name_bytes);
    } else if (kind) {
        lx->token.end = p + 1;
    } else if (*p == '#' && lx->comments) {
        lex_comment(lx, p);
    } else {
        lex_other(lx, p);
    }
}
