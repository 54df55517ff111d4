/* See write.h: the growing buffer. After a failure `at` and `end` stand at `base`, so there is no room for
 * anything and the text is empty.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "json/write.h"

enum { FIRST_SIZE = 1024 };

void gyr__json_out_init(gyr__json_out *o, const gyr_allocator *allocator, const gyr__leaves *leaves, size_t limit) {
    *o = (gyr__json_out){
        .leaves = leaves ? leaves : gyr__leaves_for(gyr__cpu_level()),
        .allocator = allocator && allocator->resize ? *allocator : gyr__allocator_default(),
        .limit = limit,
    };
}

void gyr__json_out_fini(gyr__json_out *o) {
    gyr__heap_free(&o->allocator, o->base, o->size);
    o->base = o->at = o->end = NULL;
    o->size = 0;
}

void gyr__json_out_reset(gyr__json_out *o) {
    o->at = o->base;
    o->end = o->base ? o->base + (o->size - GYR__JSON_SLACK) : NULL;
    o->failed = o->over_limit = false;
}

gyr_str gyr__json_out_text(const gyr__json_out *o) {
    return o->at == o->base ? gyr_s("") : gyr_str_of((const char *)o->base, (size_t)(o->at - o->base));
}

static bool fail(gyr__json_out *o, bool over_limit) {
    o->failed = true;
    o->over_limit |= over_limit;
    o->at = o->end = o->base;
    return false;
}

bool gyr__json_grow(gyr__json_out *o, size_t size) {
    size_t used = (size_t)(o->at - o->base), need, fresh = GYR__MAX(o->size * 2, (size_t)FIRST_SIZE);
    if (o->failed) return false;
    if (__builtin_add_overflow(size, used + GYR__JSON_SLACK, &need)) return fail(o, false);
    while (fresh < need)
        if (__builtin_mul_overflow(fresh, 2u, &fresh)) return fail(o, false);
    uint8_t *base = gyr__realloc(&o->allocator, o->base, o->size, fresh);
    if (!base) return fail(o, false);
    o->base = base;
    o->at = base + used;
    o->end = base + (fresh - GYR__JSON_SLACK);
    o->size = fresh;
    return true;
}

/* What was written ends at `at`. */
static void wrote(gyr__json_out *o, uint8_t *at) {
    o->at = at;
    if (o->limit && (size_t)(at - o->base) > o->limit) fail(o, true);
}

void gyr__json_raw(gyr__json_out *o, gyr_str text) {
    if (!text.len || !gyr__json_ensure(o, text.len)) return;
    memcpy(o->at, text.ptr, text.len);
    wrote(o, o->at + text.len);
}

/* Room for a value and the comma before it, and that comma. */
static bool begin_value(gyr__json_out *o, size_t room) {
    if (o->limit && room / 6 > o->limit + 64) return fail(o, true); /* no allocation that cannot be used */
    if (!gyr__json_ensure(o, room + 1)) return false;
    if (o->at == o->base) return true;
    uint8_t before = o->at[-1];
    if (before != '{' && before != '[' && before != ':' && before != '\n') *o->at++ = ',';
    return true;
}

static void put_byte(gyr__json_out *o, char c) { gyr__json_raw(o, gyr_str_of(&c, 1)); }

void gyr__json_put_json(gyr__json_out *o, gyr_str json) {
    if (begin_value(o, json.len)) gyr__json_raw(o, json);
}

void gyr__json_begin_object(gyr__json_out *o) { gyr__json_put_json(o, gyr_s("{")); }
void gyr__json_end_object(gyr__json_out *o) { put_byte(o, '}'); }
void gyr__json_begin_array(gyr__json_out *o) { gyr__json_put_json(o, gyr_s("[")); }
void gyr__json_end_array(gyr__json_out *o) { put_byte(o, ']'); }
void gyr__json_put_bool(gyr__json_out *o, bool v) { gyr__json_put_json(o, v ? gyr_s("true") : gyr_s("false")); }
void gyr__json_put_null(gyr__json_out *o) { gyr__json_put_json(o, gyr_s("null")); }

void gyr__json_put_str(gyr__json_out *o, gyr_str s) {
    if (s.len > SIZE_MAX / 8) {
        fail(o, false);
        return;
    }
    if (begin_value(o, GYR__JSON_STR_ROOM(s.len))) wrote(o, o->leaves->str(o->at, s.ptr, s.len));
}

void gyr__json_key(gyr__json_out *o, gyr_str name) {
    gyr__json_put_str(o, name);
    put_byte(o, ':');
}

void gyr__json_put_i64(gyr__json_out *o, int64_t v) {
    if (begin_value(o, GYR__JSON_NUM_ROOM)) wrote(o, o->leaves->i64(o->at, v));
}

void gyr__json_put_u64(gyr__json_out *o, uint64_t v) {
    if (begin_value(o, GYR__JSON_NUM_ROOM)) wrote(o, o->leaves->u64(o->at, v));
}

void gyr__json_put_f64(gyr__json_out *o, double v) {
    if (begin_value(o, GYR__JSON_NUM_ROOM)) wrote(o, o->leaves->f64(o->at, v));
}
