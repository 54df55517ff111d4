/* Strings: finds the closing quote and checks every escape, so that decoding on demand (string.c) cannot
 * fail. Text between quotes and backslashes is skipped 16 bytes at a time.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "language/lex_string.h"

#include "base/utf8.h"
#include "language/scan.h"
#include "language/string.h"

/* The first `units` UTF-16 code units from p on, as far as there are. Half a surrogate pair becomes U+FFFD. */
static gyr_str utf16_slice(gyr__lexer *lx, const uint8_t *p, uint32_t units) {
    const uint8_t *at = p;
    while (units && at < lx->end) {
        uint32_t size = *at < 0x80 ? 1 : *at < 0xE0 ? 2 : *at < 0xF0 ? 3 : 4;
        if (size == 4 && units == 1)
            return gyr__arena_printf(&lx->errors->arena, "%.*s\xEF\xBF\xBD", (int)(at - p), (const char *)p);
        units -= size == 4 ? 2 : 1;
        at += size;
    }
    return gyr_str_of((const char *)p, (size_t)(at - p));
}

static GYR__COLD const uint8_t *bad_escape(gyr__lexer *lx, const uint8_t *p, bool unicode, uint32_t units) {
    gyr__lexer_fail(lx, GYR_ERR_SYNTAX, p,
                    unicode ? gyr_s("Invalid Unicode escape sequence: \"")
                            : gyr_s("Invalid character escape sequence: \""),
                    utf16_slice(lx, p, units), gyr_s("\"."));
    return NULL;
}

/* \u{...} at p: the reference reads at most 12 units, and shows those it has read. */
static const uint8_t *braced_escape(gyr__lexer *lx, const uint8_t *p) {
    uint32_t point = 0, size = 3;
    while (size < 12) {
        uint8_t c = p + size < lx->end ? p[size] : 0;
        size++;
        if (c == '}') {
            if (size < 5 || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) break;
            return p + size;
        }
        int digit = gyr__hex_digit(c);
        point = point << 4 | (uint32_t)digit;
        if (digit < 0 || point > INT32_MAX) break; /* the reference computes in 32 signed bits */
    }
    return bad_escape(lx, p, true, size);
}

/* Behind the escape at p, a backslash; NULL with the error. */
static const uint8_t *escape(gyr__lexer *lx, const uint8_t *p) {
    uint8_t c = p + 1 < lx->end ? p[1] : 0;
    if (c && strchr("\"\\/bfnrt", c)) return p + 2;
    if (c != 'u') return bad_escape(lx, p, false, 2);
    if (p + 2 < lx->end && p[2] == '{') return braced_escape(lx, p);
    int32_t lead = gyr__hex4(p + 2, lx->end);
    if (lead >= 0 && (lead < 0xD800 || lead > 0xDFFF)) return p + 6;
    if (lead >= 0xD800 && lead <= 0xDBFF && lx->end - p >= 12 && p[6] == '\\' && p[7] == 'u') {
        int32_t trail = gyr__hex4(p + 8, lx->end);
        if (trail >= 0xDC00 && trail <= 0xDFFF) return p + 12;
    }
    return bad_escape(lx, p, true, 6);
}

static GYR__COLD void unterminated(gyr__lexer *lx, const uint8_t *p) {
    gyr__lexer_fail_f(lx, GYR_ERR_SYNTAX, p, "Unterminated string.");
}

/* A block string's value is its text when that is one line with something in it. */
static bool block_needs_decoding(const uint8_t *p, const uint8_t *end) {
    const uint8_t *stop = gyr__scan_line(p, end);
    if (stop != end) return true;
    bool empty = p == end;
    while (p < end && (*p == ' ' || *p == '\t')) p++;
    return p == end && !empty;
}

static void lex_block_string(gyr__lexer *lx, const uint8_t *start) {
    const uint8_t *p = start + 3, *end = lx->end;
    bool escaped = false;
    for (;;) {
        p = gyr__scan_block(p, end);
        if (gyr__unlikely(p == end)) {
            unterminated(lx, p);
            return;
        }
        if (*p == '"') {
            if (end - p >= 3 && p[1] == '"' && p[2] == '"') break;
            p++;
        } else if (end - p >= 4 && p[1] == '"' && p[2] == '"' && p[3] == '"') {
            escaped = true;
            p += 4;
        } else {
            p++;
        }
    }
    lx->token.kind = GYR__TOKEN_BLOCK_STRING;
    lx->token.end = p + 3;
    lx->token.escaped = escaped || block_needs_decoding(start + 3, p);
}

void gyr__lex_string(gyr__lexer *lx, const uint8_t *start) {
    const uint8_t *p = start + 1, *end = lx->end;
    if (end - start >= 3 && p[0] == '"' && p[1] == '"') {
        lex_block_string(lx, start);
        return;
    }
    lx->token.kind = GYR__TOKEN_STRING;
    lx->token.escaped = false;
    for (;;) {
        p = gyr__scan_string(p, end);
        if (gyr__likely(p < end && *p == '"')) break;
        if (p == end || *p != '\\') {
            unterminated(lx, p);
            return;
        }
        lx->token.escaped = true;
        if (!(p = escape(lx, p))) return;
    }
    lx->token.end = p + 1;
}
