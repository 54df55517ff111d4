/* Prints errors. Columns count UTF-16 code units; the caret stands under the code point that the column falls
 * into, and the tildes reach to the end of the token that begins there. Of a long line a window round the
 * place is shown.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "report.h"
#include "term.h"
#include <string.h>

enum { WINDOW = 110 }; /* code points of a line that are shown at most */

static bool is_line_end(char c) { return c == '\n' || c == '\r'; }

/* The given line of the text, counted from 1, without its end. */
static gyr_str line_at(gyr_str text, uint32_t line) {
    size_t i = 0, end;
    while (line > 1 && i < text.len) {
        if (is_line_end(text.ptr[i])) {
            if (text.ptr[i] == '\r' && i + 1 < text.len && text.ptr[i + 1] == '\n') i++;
            line--;
        }
        i++;
    }
    for (end = i; end < text.len && !is_line_end(text.ptr[end]);) end++;
    return line > 1 ? gyr_str_of(NULL, 0) : gyr_str_of(text.ptr + i, end - i);
}

static bool is_word(char c) {
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The bytes of the token at the start of s: a word with its sigil, a number, a string on one line, or one
 * character. */
static size_t token_bytes(gyr_str s) {
    if (s.len == 0) return 0;
    size_t len = *s.ptr == '$' || *s.ptr == '@' || *s.ptr == '-' ? 1 : 0;
    if (s.len >= 3 && memcmp(s.ptr, "...", 3) == 0) return 3;
    if (*s.ptr == '"') {
        for (len = 1; len < s.len && s.ptr[len] != '"'; len++) len += s.ptr[len] == '\\';
        return len < s.len ? len + 1 : s.len;
    }
    bool number = len < s.len && s.ptr[len] >= '0' && s.ptr[len] <= '9';
    while (len < s.len && (is_word(s.ptr[len]) || (number && s.ptr[len] == '.'))) len++;
    return len ? len : 1;
}

struct span {
    size_t points, caret, tildes; /* code points: of the line, before the caret, after the caret in the token */
};

static struct span measure(gyr_str line, uint32_t column) {
    struct span span = {0};
    size_t at = 0, bytes;
    for (uint32_t unit = 1; at < line.len && unit < column; at += bytes) {
        uint32_t point = term_point(gyr_str_of(line.ptr + at, line.len - at), &bytes);
        unit += point > 0xFFFF ? 2 : 1;
        span.caret++;
    }
    size_t token_end = at + token_bytes(gyr_str_of(line.ptr + at, line.len - at));
    span.points = span.caret;
    for (; at < line.len; at += bytes) {
        term_point(gyr_str_of(line.ptr + at, line.len - at), &bytes);
        span.tildes += at < token_end;
        span.points++;
    }
    span.tildes -= span.tildes > 0;
    return span;
}

static void print_excerpt(gyr_str text, gyr_location location, struct colors colors) {
    gyr_str line = line_at(text, location.line);
    struct span span = measure(line, location.column);
    size_t from = span.points > WINDOW && span.caret > WINDOW / 2 ? span.caret - WINDOW / 2 : 0;
    size_t to = span.points - from > WINDOW ? from + WINDOW : span.points;
    const char *before = from ? "..." : "";
    int indent = (int)strlen(before); /* columns before the caret */
    fprintf(stderr, "%s%5u |%s %s", colors.dim, location.line, colors.plain, before);
    for (size_t at = 0, i = 0, bytes; at < line.len && i < to; at += bytes, i++) {
        uint32_t point = term_point(gyr_str_of(line.ptr + at, line.len - at), &bytes);
        if (i >= from) term_put_point(stderr, point);
        if (i >= from && i < span.caret) indent += term_width(point);
    }
    fprintf(stderr, "%s\n%s      |%s %*s%s^", to < span.points ? "..." : "", colors.dim, colors.plain, indent, "",
            colors.green);
    for (size_t i = 0; i < span.tildes && span.caret + 1 + i < to; i++) fputc('~', stderr);
    fprintf(stderr, "%s\n", colors.plain);
}

static void print_head(gyr_str name, const gyr_location *location, struct colors colors, const char *kind) {
    fputs(colors.bold, stderr);
    term_put(stderr, name);
    if (location) fprintf(stderr, "%s%u:%u", name.len ? ":" : "", location->line, location->column);
    fprintf(stderr, "%s%s%s:%s ", name.len || location ? ": " : "", colors.red, kind, colors.plain);
}

void report_place(gyr_str name, gyr_str text, gyr_location location, gyr_str message) {
    struct colors colors = term_colors(stderr);
    print_head(name, &location, colors, "error");
    term_put(stderr, message);
    fputc('\n', stderr);
    print_excerpt(text, location, colors);
}

static void report_error(const gyr_error *error, const struct sources *sources) {
    struct colors colors = term_colors(stderr);
    const struct source *source = sources_find(sources, error->source);
    if (error->location_count == 0) {
        print_head(error->source, NULL, colors, "error");
        term_put(stderr, error->message);
        fputc('\n', stderr);
    }
    /* an error names one source only, so further places of a schema in several files may be in another one */
    bool certain = (source && source->executable) || sources_count(sources, false) < 2;
    uint32_t places = certain || !error->location_count ? error->location_count : 1;
    for (uint32_t i = 0; i < places; i++) {
        gyr_location location = error->locations[i];
        print_head(error->source, &location, colors, i == 0 ? "error" : "also here");
        if (i == 0) term_put(stderr, error->message);
        fputc('\n', stderr);
        if (source && location.line) print_excerpt(source->text.text, location, colors);
    }
}

void report_errors(gyr_errors *errors, gyr_status status, const struct sources *sources) {
    uint32_t count = gyr_errors_count(errors);
    if (count == 0) fprintf(stderr, "gyr: %s\n", gyr_status_text(status));
    for (uint32_t i = 0; i < count; i++) report_error(gyr_errors_get(errors, i), sources);
    gyr_errors_free(errors);
}
