/* The lexer: source text to tokens, one at a time, without memory (spec September 2025, section 2.1).
 *
 * The source must be well-formed UTF-8 (gyr__lexer_init_limited checks it once); then every byte above 0x7F inside
 * comments and strings is a legal character and is never looked at again. A token is a slice of the text.
 * Escapes of strings are checked here and decoded only on demand (string.h).
 *
 * An error is recorded once, with its place; the token is then GYR__TOKEN_ERROR for ever, which matches
 * nothing a parser may expect, so that parsers need not ask.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_LANGUAGE_LEXER_H
#define GYR_LANGUAGE_LEXER_H
#include "base/diag.h"
#include "language/source.h"

/* TOKEN(KIND, text in messages, punctuator) */
#define GYR__TOKENS(TOKEN)                                                                                             \
    TOKEN(ERROR, "<ERROR>", 0)                                                                                         \
    TOKEN(SOF, "<SOF>", 0)                                                                                             \
    TOKEN(EOF, "<EOF>", 0)                                                                                             \
    TOKEN(BANG, "!", 1)                                                                                                \
    TOKEN(DOLLAR, "$", 1)                                                                                              \
    TOKEN(AMP, "&", 1)                                                                                                 \
    TOKEN(PAREN_L, "(", 1)                                                                                             \
    TOKEN(PAREN_R, ")", 1)                                                                                             \
    TOKEN(DOT, ".", 1)                                                                                                 \
    TOKEN(SPREAD, "...", 1)                                                                                            \
    TOKEN(COLON, ":", 1)                                                                                               \
    TOKEN(EQUALS, "=", 1)                                                                                              \
    TOKEN(AT, "@", 1)                                                                                                  \
    TOKEN(BRACKET_L, "[", 1)                                                                                           \
    TOKEN(BRACKET_R, "]", 1)                                                                                           \
    TOKEN(BRACE_L, "{", 1)                                                                                             \
    TOKEN(PIPE, "|", 1)                                                                                                \
    TOKEN(BRACE_R, "}", 1)                                                                                             \
    TOKEN(NAME, "Name", 0)                                                                                             \
    TOKEN(INT, "Int", 0)                                                                                               \
    TOKEN(FLOAT, "Float", 0)                                                                                           \
    TOKEN(STRING, "String", 0)                                                                                         \
    TOKEN(BLOCK_STRING, "BlockString", 0)                                                                              \
    TOKEN(COMMENT, "Comment", 0)

typedef enum gyr__token_kind {
#define GYR__TOKEN_ENUM(KIND, text, punctuator) GYR__TOKEN_##KIND,
    GYR__TOKENS(GYR__TOKEN_ENUM)
#undef GYR__TOKEN_ENUM
} gyr__token_kind;

typedef struct gyr__token {
    const uint8_t *start, *end; /* strings: with their quotes */
    gyr__token_kind kind;
    bool escaped; /* STRING, BLOCK_STRING: the value is not just the bytes between the quotes */
} gyr__token;

typedef struct gyr__lexer {
    gyr__token token;        /* the current one */
    const uint8_t *last_end; /* of the token before */
    const uint8_t *text, *end;
    uint32_t tokens_left;              /* counts down; 0 is over the limit */
    uint32_t name_bytes, number_bytes; /* limits */
    bool comments;                     /* comments are tokens */
    uint32_t max_tokens;               /* for the message */
    gyr_status status;                 /* of the error, once there is one */
    gyr_status max_tokens_status;
    const gyr__source *source;
    gyr_errors *errors;
} gyr__lexer;

/** Begins before the first token (GYR__TOKEN_SOF), or at GYR__TOKEN_ERROR when the text is larger than
 * `bytes` or is no UTF-8. limits are resolved ones; `bytes` and `tokens` say which of them hold for this
 * text. */
void gyr__lexer_init_limited(gyr__lexer *lx, const gyr__source *source, const gyr_limits *limits, uint32_t bytes,
                             uint32_t tokens, gyr_errors *errors);
/** Goes to the next token. At the end it stays at GYR__TOKEN_EOF. */
void gyr__lexer_next(gyr__lexer *lx);

/** The text of a token as messages and the reference's tokens have it: strings without their quotes. */
gyr_str gyr__token_raw(const gyr__token *t);
/** "Name", "!", "<EOF>". */
gyr_str gyr__token_kind_text(gyr__token_kind kind);
bool gyr__token_is_punctuator(gyr__token_kind kind);
/** `Name "id"`, `"{"`, `<EOF>`: what follows "found" and "Unexpected"; in the arena of the errors. */
gyr_str gyr__token_description(gyr__lexer *lx, const gyr__token *t);

/** Records "Syntax Error: " and the three parts joined, at that place, unless an error is there already, and
 *  makes the token GYR__TOKEN_ERROR. Parts may contain any bytes. */
void gyr__lexer_fail(gyr__lexer *lx, gyr_status status, const uint8_t *at, gyr_str a, gyr_str b, gyr_str c);
/** The same with one formatted text. */
void gyr__lexer_fail_f(gyr__lexer *lx, gyr_status status, const uint8_t *at, const char *format, ...) GYR__PRINTF(4, 5);

#endif
