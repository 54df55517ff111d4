/* lex: {source} -> {ok, tokens?, error?}: every token, comments too, with its place.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/limits.h"
#include "language.h"
#include "language/lexer.h"
#include "language/string.h"

typedef struct place { /* of the token before, to count lines on from there */
    size_t at, line_start;
    uint32_t line;
} place;

static void put_number(gyr__json_out *out, gyr_str name, uint64_t n) {
    gyr__json_key(out, name);
    gyr__json_put_u64(out, n);
}

static void advance(place *p, gyr_str text, size_t to) {
    for (; p->at < to; p->at++) {
        char c = text.ptr[p->at];
        if (c != '\n' && c != '\r') continue;
        if (c == '\r' && p->at + 1 < text.len && text.ptr[p->at + 1] == '\n') continue;
        p->line++;
        p->line_start = p->at + 1;
    }
}

static void put_token(adapter_request *r, const gyr__token *t, const gyr__source *source, const uint32_t *utf16,
                      place *p) {
    gyr__json_out *out = r->out;
    uint32_t start = gyr__source_offset(source, (const char *)t->start),
             end = gyr__source_offset(source, (const char *)t->end);
    advance(p, source->text, start);
    gyr__json_begin_object(out);
    gyr__json_key(out, gyr_s("kind"));
    gyr__json_put_str(out, gyr__token_kind_text(t->kind));
    put_number(out, gyr_s("start"), utf16[start]);
    put_number(out, gyr_s("end"), utf16[end]);
    put_number(out, gyr_s("line"), p->line);
    put_number(out, gyr_s("column"), utf16[start] - utf16[p->line_start] + 1);
    if (t->kind >= GYR__TOKEN_NAME) {
        gyr_str value = gyr__token_raw(t);
        if (t->kind == GYR__TOKEN_COMMENT) value = gyr__str_slice(value, 1, value.len);
        bool string = t->kind == GYR__TOKEN_STRING || t->kind == GYR__TOKEN_BLOCK_STRING;
        if (string && t->escaped) value = gyr__string_decode(r->arena, value, t->kind == GYR__TOKEN_BLOCK_STRING);
        gyr__json_key(out, gyr_s("value"));
        gyr__json_put_str(out, value);
    }
    gyr__json_end_object(out);
}

void op_lex(adapter_request *r) {
    gyr__source source = gyr__source_of(request_text(r, gyr_s("source")), gyr_s(""));
    const uint32_t *utf16 = utf16_offsets(r->arena, source.text);
    gyr_limits limits;
    gyr__lexer lx;
    place p = {0, 0, 1};
    gyr__limits_resolve(&limits, r->limits);
    gyr__lexer_init_limited(&lx, &source, &limits, limits.document_bytes, limits.tokens, r->errors);
    lx.comments = true;
    gyr__json_begin_object(r->out);
    gyr__json_key(r->out, gyr_s("tokens"));
    gyr__json_begin_array(r->out);
    do {
        gyr__lexer_next(&lx);
        if (!lx.status) put_token(r, &lx.token, &source, utf16, &p);
    } while (lx.token.kind > GYR__TOKEN_EOF);
    gyr__json_end_array(r->out);
    gyr__json_key(r->out, gyr_s("ok"));
    gyr__json_put_bool(r->out, !lx.status);
    if (lx.status) put_first_error(r);
    gyr__json_end_object(r->out);
}
