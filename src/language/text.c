/* See text.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "language/text.h"

#include "base/str.h"
#include "base/utf8.h"

#include <stdio.h>

static bool grow(gyr__text *t, size_t more) {
    size_t cap = t->cap ? t->cap : 256;
    while (cap - t->len < more && cap <= SIZE_MAX / 2) cap *= 2;
    char *bytes = t->failed || cap - t->len < more ? NULL : gyr__realloc(&t->arena->allocator, t->bytes, t->cap, cap);
    if (!bytes) {
        t->failed = true;
        return false;
    }
    t->bytes = bytes;
    t->cap = cap;
    return true;
}

gyr_str gyr__text_finish(gyr__text *t) {
    gyr_str out = {NULL, 0};
    if (t->failed)
        t->arena->failed = true;
    else
        out = gyr__arena_str(t->arena, gyr_str_of(t->bytes ? t->bytes : "", t->len));
    gyr__heap_free(&t->arena->allocator, t->bytes, t->cap);
    *t = (gyr__text){.arena = t->arena};
    return out;
}

void gyr__put(gyr__text *t, gyr_str s) {
    if (!s.len || (t->cap - t->len < s.len && !grow(t, s.len))) return;
    memcpy(t->bytes + t->len, s.ptr, s.len);
    t->len += s.len;
}

void gyr__put_newline(gyr__text *t) {
    size_t size = 1 + (size_t)t->indent * 2;
    if (t->cap - t->len < size && !grow(t, size)) return;
    t->bytes[t->len] = '\n';
    memset(t->bytes + t->len + 1, ' ', size - 1);
    t->len += size;
}

void gyr__put_lines(gyr__text *t, gyr_str s) {
    for (;;) {
        const char *stop = s.len ? memchr(s.ptr, '\n', s.len) : NULL;
        if (!stop) break;
        size_t n = (size_t)(stop - s.ptr);
        gyr__put(t, gyr_str_of(s.ptr, n));
        gyr__put_newline(t);
        s = gyr_str_of(stop + 1, s.len - n - 1);
    }
    gyr__put(t, s);
}

/* ---- string literals */

static void put_escape(gyr__text *t, uint32_t c) {
    static const char short_from[] = "\b\t\n\f\r\"\\", short_to[] = "btnfr\"\\";
    char text[8];
    const char *found = c ? memchr(short_from, (int)c, sizeof short_from - 1) : NULL;
    int n = found ? snprintf(text, sizeof text, "\\%c", short_to[found - short_from])
                  : snprintf(text, sizeof text, "\\u%04X", c);
    gyr__put(t, gyr_str_of(text, (size_t)n));
}

void gyr__put_string(gyr__text *t, gyr_str value) {
    const uint8_t *p = (const uint8_t *)value.ptr;
    size_t from = 0;
    gyr__puts(t, "\"");
    for (size_t i = 0; i < value.len; i++) {
        uint32_t c = p[i];
        bool c1 = c == 0xC2 && i + 1 < value.len && p[i + 1] < 0xA0; /* U+0080 to U+009F */
        if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7F && !c1) continue;
        gyr__put(t, gyr__str_slice(value, from, i));
        put_escape(t, c1 ? p[++i] : c);
        from = i + 1;
    }
    if (from < value.len) gyr__put(t, gyr__str_slice(value, from, value.len));
    gyr__puts(t, "\"");
}

/* ---- block strings */

typedef struct block_shape {
    bool single_line, leading_newline; /* the latter: without it the value would lose its indentation */
} block_shape;

static bool is_white(char c) { return c == ' ' || c == '\t'; }
static bool is_break(char c) { return c == '\n' || c == '\r'; }

static block_shape shape_of(gyr_str value) {
    block_shape shape = {true, true};
    for (size_t i = 0; i < value.len; i++) {
        if (!is_break(value.ptr[i])) continue;
        if (value.ptr[i] == '\r' && i + 1 < value.len && value.ptr[i + 1] == '\n') i++;
        shape.single_line = false;
        if (i + 1 < value.len && !is_break(value.ptr[i + 1]) && !is_white(value.ptr[i + 1]))
            shape.leading_newline = false;
    }
    if (shape.single_line) shape.leading_newline = false;
    return shape;
}

static void put_escaped_quotes(gyr__text *t, gyr_str value) {
    const char *found;
    while (value.len && (found = memmem(value.ptr, value.len, "\"\"\"", 3))) {
        size_t n = (size_t)(found - value.ptr);
        gyr__put_lines(t, gyr_str_of(value.ptr, n));
        gyr__puts(t, "\\\"\"\"");
        value = gyr_str_of(found + 3, value.len - n - 3);
    }
    gyr__put_lines(t, value);
}

/* Whether the value ends with a triple quote once escaped: triples are taken from the left. */
static bool ends_with_triple(gyr_str value) {
    size_t quotes = 0;
    while (quotes < value.len && value.ptr[value.len - 1 - quotes] == '"') quotes++;
    return quotes && quotes % 3 == 0;
}

void gyr__put_block_string(gyr__text *t, gyr_str value, bool minimize) {
    block_shape shape = shape_of(value);
    char last = value.len ? value.ptr[value.len - 1] : 0;
    bool triple = ends_with_triple(value);
    bool trailing = (last == '"' && !triple) || last == '\\';
    bool lines = !minimize && (!shape.single_line || gyr__utf16_len(value.ptr, value.len) > 70 || trailing || triple);
    bool skip = shape.single_line && value.len && is_white(value.ptr[0]);
    gyr__puts(t, "\"\"\"");
    if ((lines && !skip) || shape.leading_newline) gyr__put_newline(t);
    put_escaped_quotes(t, value);
    if (lines || trailing) gyr__put_newline(t);
    gyr__puts(t, "\"\"\"");
}
