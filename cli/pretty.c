/* Indents JSON without reading it into memory: numbers and strings stay as they were written.
 * SPDX-License-Identifier: Apache-2.0 */
#include "pretty.h"

static void new_line(FILE *stream, int depth) { fprintf(stream, "\n%*s", 2 * depth, ""); }

static size_t string_end(gyr_str json, size_t at) {
    for (at++; at < json.len && json.ptr[at] != '"'; at++) at += json.ptr[at] == '\\';
    return at < json.len ? at + 1 : json.len;
}

static void indent(FILE *stream, gyr_str json) {
    int depth = 0;
    for (size_t at = 0; at < json.len;) {
        char c = json.ptr[at];
        if (c == '"') {
            size_t end = string_end(json, at);
            fwrite(json.ptr + at, 1, end - at, stream);
            at = end;
            continue;
        }
        bool opens = c == '{' || c == '[', closes = c == '}' || c == ']';
        bool empty = opens && at + 1 < json.len && (json.ptr[at + 1] == '}' || json.ptr[at + 1] == ']');
        if (closes) new_line(stream, --depth);
        fputc(c, stream);
        at++;
        if (empty)
            fputc(json.ptr[at++], stream);
        else if (opens)
            new_line(stream, ++depth);
        else if (c == ',')
            new_line(stream, depth);
        else if (c == ':')
            fputc(' ', stream);
    }
}

void pretty_print(FILE *stream, gyr_str json, bool pretty) {
    if (pretty)
        indent(stream, json);
    else
        fwrite(json.ptr, 1, json.len, stream);
    fputc('\n', stream);
}

json_t *text_json(gyr_str text) {
    json_t *value = json_stringn(text.ptr ? text.ptr : "", text.len);
    return value ? value : json_string("(not UTF-8)");
}
