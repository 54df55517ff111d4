/* Any bytes as JSON: one positioned error, or a tree that the writer writes and the reader reads again as the same tree.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"
#include "json/read.h"
#include "json/write.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const gyr__json *read_text(gyr__arena *arena, gyr_str text, const gyr_limits *limits, gyr__json_keys keys) {
    gyr_errors errors;
    gyr__errors_init(&errors, NULL, 0);
    const gyr__json *json = gyr__json_read(arena, text, limits, keys, &errors);
    if (json ? errors.list.len != 0 : errors.list.len != 1 || errors.list.items[0].location_count != 1) abort();
    gyr__errors_fini(&errors);
    return json;
}

/* Depth: json_depth. */
static void write_tree(gyr__json_out *out, const gyr__json *j) {
    switch ((gyr__json_kind)j->kind) {
    case GYR__JSON_NULL: gyr__json_put_null(out); return;
    case GYR__JSON_BOOL: gyr__json_put_bool(out, j->boolean); return;
    case GYR__JSON_INT: gyr__json_put_i64(out, j->integer); return;
    case GYR__JSON_DOUBLE:
        if (__builtin_isfinite(j->number))
            gyr__json_put_f64(out, j->number);
        else
            gyr__json_put_json(out, j->text);
        return;
    case GYR__JSON_STRING: gyr__json_put_str(out, j->text); return;
    case GYR__JSON_ARRAY:
        gyr__json_begin_array(out);
        for (uint32_t i = 0; i < j->count; i++) write_tree(out, &j->items[i]);
        gyr__json_end_array(out);
        return;
    case GYR__JSON_OBJECT:
        gyr__json_begin_object(out);
        for (uint32_t i = 0; i < j->count; i++) {
            gyr__json_key(out, j->members[i].name);
            write_tree(out, &j->members[i].value);
        }
        gyr__json_end_object(out);
    }
}

/* Whole doubles are written as integers: 1.0 comes back as INT 1. */
static double number_of(const gyr__json *j) { return j->kind == GYR__JSON_INT ? (double)j->integer : j->number; }

static bool same(const gyr__json *a, const gyr__json *b) {
    if (a->kind == GYR__JSON_DOUBLE)
        return (b->kind == GYR__JSON_DOUBLE || b->kind == GYR__JSON_INT) && number_of(a) == number_of(b);
    if (a->kind != b->kind || a->count != b->count) return false;
    switch ((gyr__json_kind)a->kind) {
    case GYR__JSON_BOOL: return a->boolean == b->boolean;
    case GYR__JSON_INT: return a->integer == b->integer;
    case GYR__JSON_STRING: return gyr__str_eq(a->text, b->text);
    case GYR__JSON_ARRAY:
        for (uint32_t i = 0; i < a->count; i++)
            if (!same(&a->items[i], &b->items[i])) return false;
        return true;
    case GYR__JSON_OBJECT:
        for (uint32_t i = 0; i < a->count; i++) {
            const gyr__json_member *m = &a->members[i];
            if (!gyr__str_eq(m->name, b->members[i].name) || !same(&m->value, &b->members[i].value)) return false;
            if (gyr__json_get(a, m->name) != &m->value) abort(); /* names are unique */
        }
        return true;
    default: return true;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const gyr_limits longer = {.size = sizeof longer, .json_bytes = GYR_UNLIMITED};
    gyr_str text = gyr_str_of((const char *)data, size);
    gyr__arena arena;
    gyr__arena_init(&arena, NULL, 0);
    const gyr__json *last = read_text(&arena, text, NULL, GYR__JSON_LAST_WINS);
    const gyr__json *unique = read_text(&arena, text, NULL, GYR__JSON_UNIQUE);
    if (unique && (!last || !same(unique, last))) abort();
    if (last) {
        gyr__json_out out;
        gyr__json_out_init(&out, NULL, NULL, 0);
        write_tree(&out, last);
        const gyr__json *again = read_text(&arena, gyr__json_out_text(&out), &longer, GYR__JSON_UNIQUE);
        if (!again || !same(last, again)) abort();
        gyr__json_out_fini(&out);
    }
    gyr__arena_fini(&arena);
    return 0;
}
