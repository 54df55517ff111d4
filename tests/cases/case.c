/* See case.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "case.h"

#include "base/str.h"
#include "test.h"
#include "json/write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINE = 110 };
static const char *const known[] = {"schema", "operation", "options", "variables", "bindings",
                                    "data",   "expect",    "plan",    "stats"};

/* ---- sections */

static gyr_str trimmed(const char *from, const char *to) {
    while (to > from && (to[-1] == '\n' || to[-1] == ' ')) to--;
    return gyr_str_of(from, (size_t)(to - from));
}

static bool is_known(gyr_str name) {
    for (size_t i = 0; i < GYR__COUNT(known); i++)
        if (gyr__str_eq(name, gyr_str_of(known[i], strlen(known[i])))) return true;
    return false;
}

void case_open(case_file *c, const char *path) {
    *c = (case_file){.path = strdup(path)};
    c->text = test_read_file(path, &c->len);
    const char *end = c->text + c->len;
    case_section *open = NULL;
    for (const char *at = c->text, *next; at < end; at = next) {
        const char *eol = memchr(at, '\n', (size_t)(end - at));
        next = eol ? eol + 1 : end;
        if (end - at < 4 || memcmp(at, "=== ", 4) != 0) continue;
        if (open) open->text = trimmed(open->text.ptr, at);
        if (c->count == GYR__COUNT(c->sections)) fail_msg("%s: too many sections", path);
        open = &c->sections[c->count++];
        open->name = trimmed(at + 4, eol ? eol : end);
        open->text.ptr = next;
        if (!is_known(open->name)) fail_msg("%s: no section is called %.*s", path, (int)open->name.len, open->name.ptr);
    }
    if (open) open->text = trimmed(open->text.ptr, end);
    if (!case_get(c, "schema").ptr || !case_get(c, "operation").ptr)
        fail_msg("%s: a case has at least a schema and an operation", path);
}

void case_close(case_file *c) {
    free(c->path);
    free(c->text);
}

gyr_str case_get(const case_file *c, const char *name) {
    for (uint32_t i = 0; i < c->count; i++)
        if (gyr__str_eq(c->sections[i].name, gyr_str_of(name, strlen(name)))) return c->sections[i].text;
    return (gyr_str){0};
}

static void put(FILE *file, gyr_str s) {
    if (fwrite(s.ptr, 1, s.len, file) != s.len) fail_msg("cannot write");
}

void case_rewrite(const case_file *c, const char *name, gyr_str text) {
    FILE *file = fopen(c->path, "wb");
    if (!file) fail_msg("cannot write %s", c->path);
    gyr_str old = case_get(c, name);
    const char *end = c->text + c->len;
    if (old.ptr) {
        put(file, gyr_str_of(c->text, (size_t)(old.ptr - c->text)));
        put(file, text);
        if (old.len || old.ptr == end)
            put(file, gyr_str_of(old.ptr + old.len, (size_t)(end - old.ptr) - old.len));
        else
            put(file, gyr_str_of(old.ptr, (size_t)(end - old.ptr)));
        if (old.ptr + old.len == end) put(file, gyr_s("\n"));
    } else {
        put(file, trimmed(c->text, end));
        fprintf(file, "\n\n=== %s\n", name);
        put(file, text);
        put(file, gyr_s("\n"));
    }
    if (fclose(file) != 0) fail_msg("cannot write %s", c->path);
}

/* ---- JSON as text */

/* Behind the string that begins at p. */
static const char *string_end(const char *p, const char *end) {
    for (p++; p < end && *p != '"'; p++)
        if (*p == '\\') p++;
    return p < end ? p + 1 : end;
}

gyr_str case_compact(gyr__arena *a, gyr_str json) {
    char *out = gyr__arena_alloc(a, json.len + 1), *o = out;
    assert_non_null(out);
    for (const char *p = json.ptr, *end = p + json.len; p < end;) {
        if (*p == '"') {
            const char *to = string_end(p, end);
            memcpy(o, p, (size_t)(to - p));
            o += to - p;
            p = to;
        } else if (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t') {
            p++;
        } else {
            *o++ = *p++;
        }
    }
    return gyr_str_of(out, (size_t)(o - out));
}

/* Behind the value that begins at p. */
static const char *value_end(const char *p, const char *end) {
    int depth = 0;
    do {
        if (*p == '"') {
            p = string_end(p, end);
            continue;
        }
        if (*p == '{' || *p == '[') depth++;
        if (*p == '}' || *p == ']') depth--;
        p++;
    } while (p < end && (depth > 0 || (*p != ',' && *p != '}' && *p != ']')));
    return p;
}

static void line_break(gyr__json_out *o, int indent) {
    gyr__json_raw(o, gyr_s("\n"));
    for (int i = 0; i < indent; i++) gyr__json_raw(o, gyr_s("  "));
}

/* Recursion: a response nests as deep as its case does. */
static const char *pretty(gyr__json_out *o, const char *p, const char *end, int indent) {
    const char *to = value_end(p, end);
    bool nested = *p == '{' || *p == '[', object = *p == '{';
    if (!nested || to - p + indent * 2 <= LINE) {
        gyr__json_raw(o, gyr_str_of(p, (size_t)(to - p)));
        return to;
    }
    gyr__json_raw(o, gyr_str_of(p++, 1));
    while (p < to - 1) {
        line_break(o, indent + 1);
        if (object) {
            const char *key = string_end(p, end);
            gyr__json_raw(o, gyr_str_of(p, (size_t)(key - p)));
            gyr__json_raw(o, gyr_s(": "));
            p = key + 1;
        }
        p = pretty(o, p, end, indent + 1);
        if (*p == ',') gyr__json_raw(o, gyr_str_of(p++, 1));
    }
    line_break(o, indent);
    gyr__json_raw(o, gyr_str_of(p, 1));
    return to;
}

gyr_str case_pretty(gyr__arena *a, gyr_str json) {
    gyr__json_out o;
    gyr__json_out_init(&o, NULL, NULL, 0);
    if (json.len) pretty(&o, json.ptr, json.ptr + json.len, 0);
    gyr_str text = gyr__arena_str(a, gyr__json_out_text(&o));
    gyr__json_out_fini(&o);
    return text;
}

/* ---- lines and words */

bool case_line(gyr_str *text, gyr_str *line) {
    while (text->len) {
        const char *eol = memchr(text->ptr, '\n', text->len);
        size_t len = eol ? (size_t)(eol - text->ptr) : text->len, taken = eol ? len + 1 : len;
        *line = gyr_str_of(text->ptr, len);
        *text = gyr_str_of(text->ptr + taken, text->len - taken);
        if (len && line->ptr[0] != '#') return true;
    }
    return false;
}

gyr_str case_word(gyr_str *line) {
    while (line->len && *line->ptr == ' ') line->ptr++, line->len--;
    size_t n = 0;
    while (n < line->len && line->ptr[n] != ' ') n++;
    gyr_str word = gyr_str_of(line->ptr, n);
    *line = gyr_str_of(line->ptr + n, line->len - n);
    return word;
}
