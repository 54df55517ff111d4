/* The data of a case: JSON with markers to values.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/number.h"
#include "test.h"
#include "world.h"
#include "json/write.h"

#include <stdlib.h>

typedef struct reading {
    gyr__arena *arena;
    int64_t index; /* of the innermost $repeat */
} reading;

static void read_value(reading *r, const gyr__json *j, value *v);

static value *values_new(reading *r, size_t count) {
    value *v = gyr__arena_zalloc(r->arena, (count + 1) * sizeof *v);
    assert_non_null(v);
    return v;
}

static void read_members(reading *r, const gyr__json *j, value *v, uint32_t from) {
    v->count = j->count - from;
    v->items = values_new(r, v->count);
    v->names = gyr__new_array(r->arena, gyr_str, v->count + 1);
    for (uint32_t i = 0; i < v->count; i++) {
        v->names[i] = gyr__arena_str(r->arena, j->members[from + i].name);
        read_value(r, &j->members[from + i].value, &v->items[i]);
    }
}

static void read_repeat(reading *r, const gyr__json *j, value *v) {
    int64_t count = j->members[0].value.integer, outer = r->index;
    v->kind = VALUE_LIST;
    v->count = (uint32_t)count;
    v->items = values_new(r, v->count);
    for (r->index = 0; r->index < count; r->index++) read_value(r, &j->members[1].value, &v->items[r->index]);
    r->index = outer;
}

static void read_index(reading *r, const gyr__json *j, value *v) {
    char digits[32], *to = gyr__write_i64(digits, r->index);
    gyr_str text = j->members[0].value.text;
    *v = (value){.kind = VALUE_INT, .integer = r->index, .number = (double)r->index};
    if (j->members[0].value.kind != GYR__JSON_STRING) return;
    size_t at = 0;
    while (at < text.len && text.ptr[at] != '%') at++;
    v->kind = VALUE_STRING;
    v->text = gyr__arena_printf(r->arena, "%.*s%.*s%.*s", (int)at, text.ptr, (int)(to - digits), digits,
                                (int)(text.len - at) - 1, text.ptr + at + 1);
}

static void read_bytes(reading *r, gyr_str hex, value *v) {
    char *out = gyr__arena_alloc(r->arena, hex.len + 1), *o = out;
    for (size_t i = 0; i + 1 < hex.len; i += 3) *o++ = (char)strtol((char[]){hex.ptr[i], hex.ptr[i + 1], 0}, NULL, 16);
    *o = '\0';
    *v = (value){.kind = VALUE_STRING, .text = gyr_str_of(out, (size_t)(o - out))};
}

/* An object whose first member's name begins with "$". */
static void read_marker(reading *r, const gyr__json *j, value *v) {
    gyr_str name = j->members[0].name;
    const gyr__json *first = &j->members[0].value;
    if (gyr__str_is(name, "$error")) {
        v->kind = VALUE_ERROR;
        v->text = gyr__arena_str(r->arena, first->text);
        value extensions = {0};
        if (j->count > 1) {
            read_value(r, &j->members[1].value, &extensions);
            v->extensions = value_json(r->arena, &extensions);
        }
    } else if (gyr__str_is(name, "$by")) {
        v->kind = VALUE_BY;
        read_members(r, j, v, 1);
        v->text = gyr__arena_str(r->arena, first->text);
    } else if (gyr__str_is(name, "$next")) {
        v->kind = VALUE_NEXT;
        read_value(r, first, v->items = values_new(r, 1));
    } else if (gyr__str_is(name, "$float")) {
        v->kind = VALUE_FLOAT;
        v->number = strtod(gyr__arena_str(r->arena, first->text).ptr, NULL);
    } else if (gyr__str_is(name, "$repeat"))
        read_repeat(r, j, v);
    else if (gyr__str_is(name, "$index"))
        read_index(r, j, v);
    else if (gyr__str_is(name, "$bytes"))
        read_bytes(r, first->text, v);
    else if (gyr__str_is(name, "$echo"))
        v->kind = VALUE_ECHO;
    else if (gyr__str_is(name, "$counter"))
        v->kind = VALUE_COUNTER;
    else if (gyr__str_is(name, "$nothing"))
        v->kind = VALUE_NOTHING;
    else
        fail_msg("no marker is called %.*s", (int)name.len, name.ptr);
}

static void read_value(reading *r, const gyr__json *j, value *v) {
    switch ((gyr__json_kind)j->kind) {
    case GYR__JSON_NULL: v->kind = VALUE_NULL; return;
    case GYR__JSON_BOOL: *v = (value){.kind = VALUE_BOOL, .boolean = j->boolean}; return;
    case GYR__JSON_INT: *v = (value){.kind = VALUE_INT, .integer = j->integer, .number = (double)j->integer}; return;
    case GYR__JSON_DOUBLE: *v = (value){.kind = VALUE_FLOAT, .number = j->number}; return;
    case GYR__JSON_STRING: *v = (value){.kind = VALUE_STRING, .text = gyr__arena_str(r->arena, j->text)}; return;
    case GYR__JSON_ARRAY:
        *v = (value){.kind = VALUE_LIST, .count = j->count, .items = values_new(r, j->count)};
        for (uint32_t i = 0; i < j->count; i++) read_value(r, &j->items[i], &v->items[i]);
        return;
    case GYR__JSON_OBJECT:
        if (j->count && j->members[0].name.len && j->members[0].name.ptr[0] == '$') return read_marker(r, j, v);
        v->kind = VALUE_OBJECT;
        read_members(r, j, v, 0);
        return;
    }
}

value *value_read(gyr__arena *a, gyr_str json) {
    reading r = {.arena = a};
    gyr_errors errors;
    gyr__errors_init(&errors, NULL, 0);
    gyr_limits limits = {.size = sizeof limits, .json_bytes = GYR_UNLIMITED, .json_depth = 1000};
    value *v = values_new(&r, 1);
    gyr__json *tree = gyr__json_read(a, json, &limits, GYR__JSON_UNIQUE, &errors);
    if (!tree) {
        gyr_str text = gyr_errors_text(&errors);
        fail_msg("bad JSON: %.*s", (int)text.len, text.ptr);
    }
    read_value(&r, tree, v);
    gyr__errors_fini(&errors);
    return v;
}

const value *value_get(const value *v, gyr_str name) {
    for (uint32_t i = 0; i < v->count && v->names; i++)
        if (gyr__str_eq(v->names[i], name)) return &v->items[i];
    return NULL;
}

static void write_value(gyr__json_out *o, const value *v) {
    switch (v->kind) {
    case VALUE_BOOL: gyr__json_put_bool(o, v->boolean); break;
    case VALUE_INT: gyr__json_put_i64(o, v->integer); break;
    case VALUE_FLOAT: gyr__json_put_f64(o, v->number); break;
    case VALUE_STRING: gyr__json_put_str(o, v->text); break;
    case VALUE_LIST:
        gyr__json_begin_array(o);
        for (uint32_t i = 0; i < v->count; i++) write_value(o, &v->items[i]);
        gyr__json_end_array(o);
        break;
    case VALUE_OBJECT:
        gyr__json_begin_object(o);
        for (uint32_t i = 0; i < v->count; i++) {
            gyr__json_key(o, v->names[i]);
            write_value(o, &v->items[i]);
        }
        gyr__json_end_object(o);
        break;
    default: gyr__json_put_null(o);
    }
}

gyr_str value_json(gyr__arena *a, const value *v) {
    gyr__json_out o;
    gyr__json_out_init(&o, NULL, NULL, 0);
    write_value(&o, v);
    gyr_str text = gyr__arena_str(a, gyr__json_out_text(&o));
    gyr__json_out_fini(&o);
    return text;
}
