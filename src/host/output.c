/* The JSON of a request: one buffer of pieces and holes, put together when all is there.
 *
 * Invariants. Text is only appended, or cut off at the start of a position that is being completed. The holes of a piece
 * stand in one run of x->holes, in the order of their offsets. A position's first hole is the first at or behind
 * gyr_host_place.hole; there is one whenever something waits below it, or did and was answered.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "host/host.h"

#include "base/number_inl.h"

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

/* Room for 16 bytes more than the text has; the end. */
static inline uint8_t *put_key(uint8_t *o, const gyr__host_field *f) {
    size_t len = f->key_text.len;
    if (gyr__likely(len <= 16))
        memcpy(o, f->key_text.ptr, 16);
    else
        memcpy(o, f->key_text.ptr, len);
    return o + len;
}

bool gyr__host_key(gyr_host_exec *x, const gyr__host_field *f) {
    if (!gyr__host_room(x, f->key_text.len + 16)) return false;
    x->out.at = put_key(x->out.at, f);
    return true;
}

/* Makes room for a text of `size` bytes at o, and the same behind it; where o is then. */
static inline uint8_t *room_at(gyr_host_exec *x, uint8_t *o, size_t size) {
    if (gyr__likely((size_t)(x->out.end - o) >= size)) return o;
    x->out.at = o;
    return gyr__host_room_slow(x, size) ? x->out.at : NULL;
}

static GYR__NOINLINE uint8_t *put_text(gyr_host_exec *x, uint8_t *o, gyr_str text, size_t behind) {
    if (!(o = room_at(x, o, text.len + behind))) return NULL;
    if (text.len) memcpy(o, text.ptr, text.len);
    return o + text.len;
}

/* Room for 40 bytes at o, and `behind` bytes left when it is written. The end, or NULL: no memory. */
static inline uint8_t *put_cell(gyr_host_exec *x, uint8_t *o, const gyr_host_cell *c, size_t behind) {
    switch (c->kind) {
    case GYR_VALUE_INT: return (uint8_t *)gyr__put_i64((char *)o, c->of.integer);
    case GYR_VALUE_FLOAT: return x->out.leaves->f64(o, c->of.number);
    case GYR_VALUE_STRING:
    case GYR_VALUE_ENUM:
        if (c->of.string.len > SIZE_MAX / 8) return NULL;
        if (!(o = room_at(x, o, GYR__JSON_STR_ROOM(c->of.string.len) + behind))) return NULL;
        return x->out.leaves->str(o, c->of.string.ptr, c->of.string.len);
    case GYR_VALUE_CUSTOM: return put_text(x, o, c->of.string, behind);
    case GYR_VALUE_BOOL: memcpy(o, c->of.boolean ? "true\0" : "false", 5); return o + (c->of.boolean ? 4 : 5);
    default: memcpy(o, "null", 4); return o + 4;
    }
}

bool gyr__host_cell(gyr_host_exec *x, const gyr_host_cell *cell) {
    uint8_t *o = room_at(x, x->out.at, 40);
    if (o) o = put_cell(x, o, cell, 0);
    if (o) x->out.at = o;
    if (cell->hold) x->host->release(x->user, cell->hold);
    return o != NULL;
}

bool gyr__host_cells(gyr_host_exec *x, const gyr__host_field *f, uint32_t count) {
    const gyr_host_cell *c = x->cells, *end = c + count;
    uint8_t *o = room_at(x, x->out.at, f->room);
    for (; c < end; f++, c++) {
        if (gyr__likely(o != NULL)) o = put_cell(x, put_key(o, f), c, f->room);
        if (c->hold) x->host->release(x->user, c->hold);
    }
    if (o) x->out.at = o;
    return o != NULL;
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
        join(x, &x->piece);
        x->joined = true;
    }
    return text_of(&x->whole);
}
