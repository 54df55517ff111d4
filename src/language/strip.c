/* See strip.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "language/strip.h"

#include "base/limits.h"
#include "language/lexer.h"
#include "language/string.h"
#include "language/text.h"

static void put_token(gyr__text *t, const gyr__token *token) {
    if (token->kind != GYR__TOKEN_BLOCK_STRING) {
        gyr__put(t, gyr_str_of((const char *)token->start, (size_t)(token->end - token->start)));
        return;
    }
    gyr_str value = gyr__token_raw(token);
    if (token->escaped) value = gyr__string_decode(t->arena, value, true);
    if (!value.ptr)
        t->failed = true;
    else
        gyr__put_block_string(t, value, true);
}

gyr_status gyr__strip_ignored(gyr__arena *arena, const gyr__source *source, const gyr_limits *limits,
                              gyr_errors *errors, gyr_str *out) {
    gyr__lexer lx;
    gyr__text t;
    gyr_limits l;
    bool apart = false; /* the last token was no punctuator */
    gyr__limits_resolve(&l, limits);
    gyr__lexer_init_limited(&lx, source, &l, l.document_bytes, l.tokens, errors);
    gyr__text_init(&t, arena);
    for (gyr__lexer_next(&lx); lx.token.kind > GYR__TOKEN_EOF; gyr__lexer_next(&lx)) {
        bool word = !gyr__token_is_punctuator(lx.token.kind);
        if (apart && (word || lx.token.kind == GYR__TOKEN_SPREAD)) gyr__puts(&t, " ");
        put_token(&t, &lx.token);
        apart = word;
    }
    *out = gyr__text_finish(&t);
    if (lx.status) return errors->failed || errors->arena.failed ? GYR_ERR_MEMORY : lx.status;
    return out->ptr ? GYR_OK : arena->over_limit ? GYR_ERR_LIMIT : GYR_ERR_MEMORY;
}
