/* See values.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "values.h"
#include "base/number.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>

void text_add(text *t, const char *format, ...) {
    va_list args;
    va_start(args, format);
    int n = vsnprintf(t->ptr + t->len, sizeof t->ptr - t->len, format, args);
    va_end(args);
    assert_true(n >= 0 && (size_t)n < sizeof t->ptr - t->len);
    t->len += (size_t)n;
}

static void text_string(text *t, gyr_str s) {
    text_add(t, "\"");
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c == '\n')
            text_add(t, "\\n");
        else if (c < 32)
            text_add(t, "\\u%04x", c);
        else if (c == '"' || c == '\\')
            text_add(t, "\\%c", c);
        else
            text_add(t, "%c", c);
    }
    text_add(t, "\"");
}

void text_value(text *t, const gyr_value *v) {
    char number[GYR__F64_BYTES];
    switch (v->kind) {
    case GYR_VALUE_NULL: text_add(t, "null"); break;
    case GYR_VALUE_BOOL: text_add(t, v->of.boolean ? "true" : "false"); break;
    case GYR_VALUE_INT: text_add(t, "%lld", (long long)v->of.integer); break;
    case GYR_VALUE_FLOAT: text_add(t, "%.*s", (int)(gyr__write_f64(number, v->of.number) - number), number); break;
    case GYR_VALUE_STRING:
    case GYR_VALUE_ENUM: text_string(t, v->of.string); break;
    case GYR_VALUE_LIST:
        text_add(t, "[");
        for (uint32_t i = 0; i < v->count; i++) {
            if (i) text_add(t, ",");
            text_value(t, &v->of.items[i]);
        }
        text_add(t, "]");
        break;
    case GYR_VALUE_OBJECT:
        text_add(t, "{");
        for (uint32_t i = 0; i < v->count; i++) {
            if (i) text_add(t, ",");
            text_string(t, v->of.members[i].name);
            text_add(t, ":");
            text_value(t, &v->of.members[i].value);
        }
        text_add(t, "}");
        break;
    case GYR_VALUE_CUSTOM: text_add(t, "<custom>"); break;
    case GYR_VALUE_VARIABLE: text_add(t, "<variable>"); break;
    }
}

void text_errors(text *t, const gyr_errors *errors) {
    for (uint32_t i = 0; i < gyr_errors_count(errors); i++) {
        const gyr_error *e = gyr_errors_get(errors, i);
        for (uint32_t k = 0; k < e->location_count; k++)
            text_add(t, "%u:%u ", e->locations[k].line, e->locations[k].column);
        text_add(t, "%.*s\n", (int)e->message.len, e->message.ptr);
    }
}

gyr_schema *schema_of(const char *sdl, const gyr_binding *bindings, bool unbound, const gyr_allocator *allocator) {
    gyr_source source = {gyr_s(""), gyr_str_of(sdl, strlen(sdl))};
    gyr_schema_options options = {
        .size = sizeof options, .sources = &source, .source_count = 1, .bindings = bindings, .unbound = unbound};
    if (allocator) options.allocator = *allocator;
    gyr_errors *errors = gyr__errors_new(NULL, 50);
    assert_non_null(errors);
    gyr_schema *schema = gyr__schema_build(&options, errors);
    if (!schema) fail_msg("%s", gyr_errors_text(errors).ptr);
    gyr_errors_free(errors);
    return schema;
}

static void *faulty_resize(void *user, void *p, size_t old_size, size_t new_size) {
    faulty *f = user;
    (void)old_size;
    if (!new_size) {
        f->live -= p != NULL;
        free(p);
        return NULL;
    }
    f->calls++;
    if (f->fail_at && f->calls >= f->fail_at) return NULL;
    f->live += p == NULL;
    return realloc(p, new_size);
}

gyr_allocator faulty_allocator(faulty *f) { return (gyr_allocator){f, faulty_resize}; }
