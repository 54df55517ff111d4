/* The response's bytes: the buffer, growing, flushing to the sink, the end of the response.
 *
 * With a sink, bytes leave at list back edges, but only those before the commit point: the start of the outermost open
 * position that a later failure can still turn to null. A response none of whose bytes left carries its errors first
 * (Specification 7.1 recommends it); one that was streamed carries them last.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "exec/exec.h"

enum { FIRST_SIZE = 4096, FLUSH_BYTES = 16384, OPENING = sizeof "{\"data\":" - 1 };

static const gyr_allocator *buffer_allocator(gyr_exec *x) {
    gyr_buffer *b = x->request.buffer;
    return b && b->allocator.resize ? &b->allocator : NULL;
}

static void *resize(gyr_exec *x, void *p, size_t old, size_t size) {
    if (!x->request.buffer) return gyr__realloc(&x->allocator, p, old, size);
    const gyr_allocator *al = buffer_allocator(x);
    gyr_allocator libc = gyr__allocator_default();
    return gyr__realloc(al ? al : &libc, p, old, size);
}

static size_t capacity(const gyr__writer *w) { return w->base ? (size_t)(w->end - w->base) + GYR__JSON_SLACK : 0; }

static void soft_end(gyr__writer *w, const uint8_t *o) {
    const gyr_exec *x = w->exec;
    size_t flush = x->request.flush_bytes ? x->request.flush_bytes : FLUSH_BYTES;
    w->soft_end = x->request.sink && (size_t)(w->end - o) > flush ? (uint8_t *)o + flush : w->end;
}

static uint8_t *stop(gyr__writer *w, gyr_status status) {
    w->exec->status = status;
    w->stop = GYR__STOP_ABORT;
    return NULL;
}

uint8_t *gyr__grow(gyr__writer *w, uint8_t *o, size_t size) {
    gyr_exec *x = w->exec;
    size_t used = (size_t)(o - w->base), old = capacity(w), need;
    if (__builtin_add_overflow(used, size + GYR__JSON_SLACK, &need) || size > SIZE_MAX / 2)
        return stop(w, GYR_ERR_MEMORY);
    if (x->limits.response_bytes != GYR_UNLIMITED && used - x->head + x->sent > x->limits.response_bytes)
        return stop(w, GYR_ERR_LIMIT);
    size_t want = GYR__MAX(need, old * 2);
    if (x->limits.response_bytes != GYR_UNLIMITED) { /* what is asked for is a worst case: allow some beyond */
        size_t most = (size_t)x->limits.response_bytes + x->head + 65536;
        if (want > most) want = GYR__MAX(need, GYR__MIN(old * 2, most));
        if (used + size / 6 > most) return stop(w, GYR_ERR_LIMIT);
    }
    uint8_t *base = resize(x, w->base, old, want);
    if (!base) return stop(w, GYR_ERR_MEMORY);
    x->stats.heap_allocations++;
    w->origin += (uintptr_t)base - (uintptr_t)w->base;
    w->base = base;
    w->end = base + want - GYR__JSON_SLACK;
    soft_end(w, base + used);
    return base + used;
}

bool gyr__output_open(gyr_exec *x) {
    gyr__writer *w = &x->writer;
    gyr_buffer *b = x->request.buffer;
    if (b) { /* write in place, behind what is there */
        uint8_t *base = (uint8_t *)b->ptr;
        size_t cap = b->cap;
        if (cap <= GYR__JSON_SLACK + b->len) {
            if (!(base = resize(x, b->ptr, b->cap, cap = b->len + FIRST_SIZE))) return false;
            x->stats.heap_allocations++;
        }
        /* what an earlier request with a sink left */
        if (w->base) gyr__heap_free(&x->allocator, w->base, capacity(w));
        x->head = b->len;
        w->base = base;
        w->end = base + cap - GYR__JSON_SLACK;
    } else if (!w->base) {
        if (!(w->base = resize(x, NULL, 0, FIRST_SIZE))) return false;
        x->stats.heap_allocations++;
        w->end = w->base + FIRST_SIZE - GYR__JSON_SLACK;
    }
    w->origin = (uintptr_t)w->base;
    w->out = w->base + x->head;
    soft_end(w, w->out);
    return true;
}

void gyr__output_give_back(gyr_exec *x) {
    gyr__writer *w = &x->writer;
    gyr_buffer *b = x->request.buffer;
    if (!b || !w->base) return;
    b->ptr = (char *)w->base;
    b->cap = capacity(w);
    w->base = w->end = NULL;
}

static void hand_back(gyr_exec *x) { /* the buffer, with what was written */
    if (x->request.buffer && x->writer.base) x->request.buffer->len = (size_t)(x->writer.out - x->writer.base);
    gyr__output_give_back(x);
}

/* ---- flushing */

static size_t commit_point(gyr__writer *w, const uint8_t *o, const gyr__frame *f, const gyr__op *op) {
    size_t at = (size_t)(o - w->base);
    for (;; op = f->at, f = f->caller) { /* the outermost frame that has one wins */
        if (op->commit) {
            const gyr__slot *s = &f->slots[(op->commit - 1) / 2];
            uint64_t start = (op->commit - 1) & 1 ? s->item_start : s->start;
            at = (size_t)(w->origin + start - (uintptr_t)w->base);
        }
        if (!f->caller) return at;
    }
}

bool gyr__flush(gyr__writer *w, uint8_t **o, gyr__frame *f, const gyr__op *op) {
    gyr_exec *x = w->exec;
    size_t n = commit_point(w, *o, f, op);
    if (x->hold && (uintptr_t)w->base + n - w->origin <= x->hold_until)
        n = GYR__MIN(n, (size_t)(w->origin + x->hold - (uintptr_t)w->base));
    if (x->limits.response_bytes != GYR_UNLIMITED && x->sent + (size_t)(*o - w->base) > x->limits.response_bytes) {
        stop(w, GYR_ERR_LIMIT);
        return false;
    }
    if (!n || x->sent + n <= OPENING) { /* the opening alone helps nobody, and errors could not stand first any more */
        soft_end(w, *o);
        return true;
    }
    gyr_flow flow = x->request.sink(x->request.sink_user, gyr_str_of((char *)w->base, n), 0);
    size_t rest = (size_t)(*o - w->base) - n;
    memmove(w->base, w->base + n, rest);
    w->origin -= n;
    x->sent += n;
    *o = w->base + rest;
    soft_end(w, *o);
    if (flow == GYR_CONTINUE) return true;
    w->stop = GYR__STOP_PAUSE;
    if (flow == GYR_CANCEL) stop(w, GYR_ERR_CANCELLED);
    return false;
}

/* ---- the end */

bool gyr__output_put(gyr__writer *w, gyr_str s) {
    if (!(w->out = gyr__ensure(w, w->out, s.len))) return false;
    memcpy(w->out, s.ptr, s.len);
    w->out += s.len;
    return true;
}

/* Puts the errors before the data: the response still starts where it was opened. */
static bool insert_errors(gyr_exec *x, gyr_str errors) {
    gyr__writer *w = &x->writer;
    if (!(w->out = gyr__ensure(w, w->out, errors.len + 1))) return false;
    uint8_t *at = w->base + x->head + 1; /* behind "{" */
    memmove(at + errors.len + 1, at, (size_t)(w->out - at));
    memcpy(at, errors.ptr, errors.len);
    at[errors.len] = ',';
    w->out += errors.len + 1;
    return true;
}

bool gyr__output_errors(gyr_exec *x) {
    gyr__writer *w = &x->writer;
    gyr_str errors = gyr_s("");
    if (x->error_count) {
        gyr__json_raw(&x->errors, gyr_s("]"));
        errors = gyr__json_out_text(&x->errors);
        if (x->errors.failed) return false;
    }
    bool ok = true;
    if (errors.len && x->request_failed)
        ok = gyr__output_put(w, errors);
    else if (errors.len && !x->sent)
        ok = insert_errors(x, errors);
    else if (errors.len)
        ok = gyr__output_put(w, gyr_s(",")) && gyr__output_put(w, errors);
    gyr__json_out_reset(&x->errors);
    x->error_count = 0;
    return ok;
}

bool gyr__output_extensions(gyr_exec *x) {
    gyr__writer *w = &x->writer;
    return !x->request.extensions.len ||
           (gyr__output_put(w, gyr_s(",\"extensions\":")) && gyr__output_put(w, x->request.extensions));
}

/* False: the response broke off. */
static bool fits(gyr_exec *x) {
    uint64_t most = x->limits.response_bytes == GYR_UNLIMITED ? UINT64_MAX : x->limits.response_bytes;
    if (x->sent + (size_t)(x->writer.out - x->writer.base) - x->head > most) x->status = GYR_ERR_LIMIT;
    return x->status == GYR_OK;
}

bool gyr__output_payload(gyr_exec *x) {
    gyr__writer *w = &x->writer;
    if (!fits(x)) return false;
    size_t n = (size_t)(w->out - w->base);
    gyr_flow flow = x->request.sink(x->request.sink_user, gyr_str_of((char *)w->base, n), GYR_PAYLOAD);
    w->origin -= n;
    x->sent += n;
    w->out = w->base;
    soft_end(w, w->out);
    x->payloads++;
    if (flow == GYR_CANCEL) x->status = GYR_ERR_CANCELLED;
    return flow == GYR_CONTINUE;
}

static gyr_str limit_message(const gyr_exec *x) {
    if (x->arena.over_limit) return gyr_s("The request takes more memory than the limit.");
    return x->too_many_deferred ? gyr_s("The response defers more fragments and lists than the limit.")
                                : gyr_s("The response is larger than the limit.");
}

/* A response that broke off before any byte left still says why, as a response. */
static void broken(gyr_exec *x) {
    gyr__writer *w = &x->writer;
    w->out = w->base ? w->base + x->head : NULL;
    if (x->status == GYR_ERR_LIMIT && w->base && !x->sent) {
        w->stop = GYR__STOP_DONE;
        gyr__output_put(w, gyr_s("{\"errors\":[{\"message\":\""));
        if (w->out) gyr__output_put(w, limit_message(x));
        if (w->out) gyr__output_put(w, gyr_s("\"}],\"data\":null}"));
        if (!w->out) w->out = w->base + x->head;
    }
}

void gyr__output_close(gyr_exec *x) {
    gyr__writer *w = &x->writer;
    bool ended = x->payloads || x->status != GYR_OK; /* a last payload is whole */
    if (!ended && !(gyr__output_errors(x) && gyr__output_extensions(x) && gyr__output_put(w, gyr_s("}"))) &&
        x->status == GYR_OK)
        x->status = GYR_ERR_MEMORY;
    /* growing allows for worst cases, and a buffer may have come with room */
    if (x->status != GYR_OK || !fits(x)) broken(x);
    size_t n = w->out ? (size_t)(w->out - w->base) : 0;
    x->stats.response_bytes = x->sent + n - x->head;
    if (x->request.sink && x->status != GYR_ERR_CANCELLED && (x->status != GYR_ERR_MEMORY || x->sent || n))
        x->request.sink(x->request.sink_user, gyr_str_of((char *)w->base, n), GYR_LAST);
    hand_back(x);
    if (x->cancel_done && x->status == GYR_OK) x->status = GYR_ERR_CANCELLED;
}
