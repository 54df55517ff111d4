/* See string.h. BlockStringValue: spec September 2025, section 2.9.4.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "language/string.h"

#include "base/str.h"
#include "base/utf8.h"
#include "language/ast.h"

/* Decodes the escape at p (a backslash, checked by the lexer) to *out and returns what is behind it. */
static const uint8_t *decode_escape(const uint8_t *p, const uint8_t *end, char **out) {
    static const char from[] = "bfnrt", to[] = "\b\f\n\r\t";
    uint32_t point;
    if (p[1] != 'u') {
        const char *c = strchr(from, p[1]);
        *(*out)++ = c ? to[c - from] : (char)p[1];
        return p + 2;
    }
    if (p[2] == '{') {
        for (p += 3, point = 0; *p != '}'; p++) point = point << 4 | (uint32_t)gyr__hex_digit(*p);
        p++;
    } else {
        point = (uint32_t)gyr__hex4(p + 2, end);
        p += 6;
        if (point >= 0xD800 && point <= 0xDBFF) {
            point = 0x10000 + ((point - 0xD800) << 10) + ((uint32_t)gyr__hex4(p + 2, end) - 0xDC00);
            p += 6;
        }
    }
    *out += gyr__utf8_encode(*out, point);
    return p;
}

static gyr_str decode_escapes(char *out, gyr_str raw) {
    const uint8_t *p = (const uint8_t *)raw.ptr, *end = p + raw.len;
    char *at = out;
    while (p < end) {
        const uint8_t *stop = memchr(p, '\\', (size_t)(end - p));
        if (!stop) stop = end;
        memcpy(at, p, (size_t)(stop - p));
        at += stop - p;
        p = stop < end ? decode_escape(stop, end, &at) : end;
    }
    return gyr_str_of(out, (size_t)(at - out));
}

/* The line that begins at p; *next is where the one behind it begins, or NULL. */
static gyr_str line_at(const char *p, const char *end, const char **next) {
    const char *stop = p;
    while (stop < end && *stop != '\n' && *stop != '\r') stop++;
    if (stop == end)
        *next = NULL;
    else
        *next = stop + (*stop == '\r' && stop + 1 < end && stop[1] == '\n' ? 2 : 1);
    return gyr_str_of(p, (size_t)(stop - p));
}

static size_t indent_of(gyr_str line) {
    size_t n = 0;
    while (n < line.len && (line.ptr[n] == ' ' || line.ptr[n] == '\t')) n++;
    return n;
}

/* Copies a line, \""" as """. */
static char *copy_line(char *out, gyr_str line) {
    for (size_t i = 0; i < line.len; i++) {
        if (line.ptr[i] == '\\' && line.len - i >= 4 && memcmp(line.ptr + i + 1, "\"\"\"", 3) == 0) {
            memcpy(out, "\"\"\"", 3);
            out += 3, i += 3;
        } else {
            *out++ = line.ptr[i];
        }
    }
    return out;
}

static gyr_str decode_block(char *out, gyr_str raw) {
    const char *end = raw.ptr + raw.len, *next;
    size_t common = SIZE_MAX, number = 0, first = SIZE_MAX, last = 0;
    for (const char *p = raw.ptr; p; p = next, number++) {
        gyr_str line = line_at(p, end, &next);
        size_t indent = indent_of(line);
        if (indent == line.len) continue;
        if (first == SIZE_MAX) first = number;
        last = number;
        if (number && indent < common) common = indent;
    }
    if (first == SIZE_MAX) return gyr_str_of(out, 0);
    char *at = out;
    number = 0;
    for (const char *p = raw.ptr; p && number <= last; p = next, number++) {
        gyr_str line = line_at(p, end, &next);
        if (number < first) continue;
        if (number > first) *at++ = '\n';
        size_t skip = number ? GYR__MIN(common, line.len) : 0;
        at = copy_line(at, gyr__str_slice(line, skip, line.len));
    }
    return gyr_str_of(out, (size_t)(at - out));
}

gyr_str gyr__string_decode(gyr__arena *arena, gyr_str raw, bool block) {
    char *out = gyr__arena_alloc_aligned(arena, raw.len + 1, 1);
    if (!out) return (gyr_str){NULL, 0};
    if (!raw.len) return gyr_str_of(out, 0);
    return block ? decode_block(out, raw) : decode_escapes(out, raw);
}

gyr_str gyr__ast_string_text(gyr__arena *arena, const gyr__ast_string *s) {
    if (!s) return (gyr_str){NULL, 0};
    return s->escaped ? gyr__string_decode(arena, s->raw, s->block) : s->raw;
}
