/* The JSON of a request: one buffer of pieces and holes, put together when all is there.
 *
 * Invariants. Text is only appended, or cut off at the start of a position that is being completed. The holes of a piece
 * stand in one run of x->holes, in the order of their offsets. A position's first hole is the first at or behind
 * gyr_host_place.hole; there is one whenever something waits below it, or did and was answered.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "host/host.h"

bool gyr__host_room_slow(gyr_host_exec *x, size_t size) {
    gyr__json_out *o = &x->out;
    if (o->limit && (size > o->limit * 6 + 64 || gyr__host_offset(x) > o->limit)) {
        o->failed = o->over_limit = true;
        return false;
    }
    return gyr__json_grow(o, size);
}

bool gyr__host_text(gyr_host_exec *x, gyr_str text) {
    if (!gyr__host_room(x, text.len)) return false;
    if (text.len) memcpy(x->out.at, text.ptr, text.len);
    x->out.at += text.len;
    return true;
}

/* Room for 16 bytes more than the text has. */
static inline void put_key(gyr_host_exec *x, const gyr__host_field *f) {
    if (gyr__likely(f->key_text.len <= 16))
        memcpy(x->out.at, f->key_text.ptr, 16);
    else
        memcpy(x->out.at, f->key_text.ptr, f->key_text.len);
    x->out.at += f->key_text.len;
}

bool gyr__host_key(gyr_host_exec *x, const gyr__host_field *f) {
    if (!gyr__host_room(x, f->key_text.len + 16)) return false;
    put_key(x, f);
    return true;
}

/* Room for `behind` bytes is left behind it, as it was there before. */
static inline bool put_cell(gyr_host_exec *x, const gyr_host_cell *c, size_t behind) {
    const gyr__leaves *leaves = x->out.leaves;
    switch (c->kind) {
    case GYR_VALUE_INT: x->out.at = leaves->i64(x->out.at, c->of.integer); return true;
    case GYR_VALUE_FLOAT: x->out.at = leaves->f64(x->out.at, c->of.number); return true;
    case GYR_VALUE_STRING:
    case GYR_VALUE_ENUM:
        if (c->of.string.len > SIZE_MAX / 8 || !gyr__host_room(x, GYR__JSON_STR_ROOM(c->of.string.len) + behind))
            return false;
        x->out.at = leaves->str(x->out.at, c->of.string.ptr, c->of.string.len);
        return true;
    case GYR_VALUE_CUSTOM:
        if (!gyr__host_room(x, c->of.string.len + behind)) return false;
        if (c->of.string.len) memcpy(x->out.at, c->of.string.ptr, c->of.string.len);
        x->out.at += c->of.string.len;
        return true;
    case GYR_VALUE_BOOL:
        memcpy(x->out.at, c->of.boolean ? "true\0" : "false", 5);
        x->out.at += c->of.boolean ? 4 : 5;
        return true;
    default:
        memcpy(x->out.at, "null", 4);
        x->out.at += 4;
        return true;
    }
}

bool gyr__host_cell(gyr_host_exec *x, const gyr_host_cell *cell) {
    bool ok = gyr__host_room(x, 40) && put_cell(x, cell, 0);
    if (cell->hold) x->host->release(x->user, cell->hold);
    return ok;
}

bool gyr__host_cells(gyr_host_exec *x, const gyr__host_field *f, uint32_t count) {
    const gyr_host_cell *c = x->cells;
    bool ok = gyr__host_room(x, f->room);
    for (uint32_t i = 0; i < count; i++, f++, c++) {
        if (gyr__likely(ok)) {
            put_key(x, f);
            ok = put_cell(x, c, f->room);
        }
        if (c->hold) x->host->release(x->user, c->hold);
    }
    return ok;
}

/* ---- holes */

bool gyr__host_hole(gyr_host_exec *x) {
    gyr__hole *h = gyr__vec_push(&x->arena, &x->holes);
    if (!h || !gyr__host_text(x, gyr_s("null"))) return false;
    size_t end = gyr__host_offset(x);
    *h = (gyr__hole){.start = end - 4, .end = end};
    return true;
}

static void append(gyr__json_out *to, const uint8_t *base, size_t from, size_t end) {
    gyr__json_raw(to, gyr_str_of((const char *)base + from, end - from));
}

/* Recursion: answers lie within answers as deep as the response is. */
static void join(gyr_host_exec *x, const gyr__hole *piece) {
    size_t at = piece->from;
    for (uint32_t i = piece->first; i < piece->last; i++) {
        const gyr__hole *h = &x->holes.items[i];
        if (h->start < at) continue; /* within a position that is null now */
        append(&x->whole, x->out.base, at, h->start);
        if (h->from < h->to)
            join(x, h);
        else
            gyr__json_raw(&x->whole, gyr_s("null"));
        at = h->end;
    }
    append(&x->whole, x->out.base, at, piece->to);
}

/* Nothing when memory or the limit was out. */
static gyr_str text_of(const gyr__json_out *o) {
    gyr_str text = gyr__json_out_text(o);
    return o->failed || (o->limit && text.len > o->limit) ? (gyr_str){NULL, 0} : text;
}

gyr_str gyr__host_join(gyr_host_exec *x) {
    if (x->nulled) return gyr_s("null");
    if (!x->holes.len) return text_of(&x->out);
    if (!x->joined) {
        gyr__json_ensure(&x->whole, gyr__host_offset(x));
        for (uint32_t i = 0; i < x->pieces.len; i++) join(x, &x->pieces.items[i]);
        x->joined = true;
    }
    return text_of(&x->whole);
}
