/* Requests: making one, running it, answers, the end.
 *
 * The root's fields are executed by gyr_host_run, all at once or, where they are serial, one when nothing is waiting any
 * more. An answer is completed when it is given, with all below it. Nothing else starts anything.
 *
 * A finished request's memory is kept by its plan for the next one, when no place of it is kept.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "host/host.h"

enum { MAX_KEPT = 1 << 20 }; /* bytes of each buffer that are kept for the next request */

/* ---- making */

static void exec_destroy(gyr_host_exec *x) {
    gyr_allocator al = x->allocator;
    if (x->kept) gyr__variant_release(x->kept);
    gyr__arena_fini(&x->arena);
    gyr__json_out_fini(&x->out);
    gyr__json_out_fini(&x->whole);
    gyr__heap_free(&al, x, sizeof *x);
}

void gyr__host_plan_unref(gyr_host_plan *p) {
    if (atomic_fetch_sub_explicit(&p->refs, 1, memory_order_acq_rel) != 1) return;
    gyr_host_exec *spare = atomic_load(&p->spare);
    if (spare) exec_destroy(spare);
    gyr__plan_unref(p->plan); /* its variants drop what the host keeps */
    gyr_allocator al = p->allocator;
    gyr__arena_fini(&p->arena);
    gyr__heap_free(&al, p, sizeof *p);
}

static gyr_host_exec *exec_take(gyr_host_plan *p) {
    gyr_host_exec *x = atomic_exchange_explicit(&p->spare, NULL, memory_order_acquire);
    if (x) return x;
    const gyr_limits *limits = &p->plan->schema->limits;
    x = gyr__heap_alloc(&p->allocator, sizeof *x);
    if (!x) return NULL;
    memset(x, 0, sizeof *x);
    x->allocator = p->allocator;
    gyr__arena_init(&x->arena, &p->allocator, limits->request_bytes == GYR_UNLIMITED ? 0 : limits->request_bytes);
    size_t most = limits->response_bytes == GYR_UNLIMITED ? 0 : limits->response_bytes;
    gyr__json_out_init(&x->out, &p->allocator, NULL, most);
    gyr__json_out_init(&x->whole, &p->allocator, x->out.leaves, most);
    return x;
}

static bool take_variant(gyr_host_exec *x, gyr_host_plan *p, const uint8_t *conditions) {
    x->variant = x->kept;
    x->kept = NULL;
    if (x->variant && gyr__variant_is(x->variant, conditions, GYR__MODE_HOST)) return true;
    if (x->variant) gyr__variant_release(x->variant);
    return (x->variant = gyr__variant_of(p->plan, conditions, GYR__MODE_HOST)) != NULL;
}

static void trim(gyr__json_out *o) {
    if (o->size > MAX_KEPT) gyr__json_out_fini(o);
    gyr__json_out_reset(o);
}

/* Nobody has the request or a place of it: its memory goes to the plan. */
static void recycle(gyr_host_exec *x) {
    gyr_host_plan *p = x->plan;
    gyr__arena_reset(&x->arena);
    trim(&x->out);
    trim(&x->whole);
    x->kept = x->variant;
    memset((char *)x + offsetof(gyr_host_exec, refs), 0, sizeof *x - offsetof(gyr_host_exec, refs));
    gyr_host_exec *old = atomic_exchange_explicit(&p->spare, x, memory_order_acq_rel);
    if (old) exec_destroy(old);
    gyr__host_plan_unref(p);
}

static void unref(gyr_host_exec *x) {
    if (atomic_fetch_sub_explicit(&x->refs, 1, memory_order_acq_rel) == 1) recycle(x);
}

void gyr_host_kept_drop(gyr_host_kept *kept) {
    if (kept) unref(kept->node.exec);
}

gyr_host_exec *gyr_host_exec_new(const gyr_host_request *request) {
    gyr_host_request r = {0};
    memcpy(&r, request, request->size && request->size < sizeof r ? request->size : sizeof r);
    gyr_host_plan *p = r.plan;
    gyr_host_exec *x = exec_take(p);
    if (!x) return NULL;
    if (!take_variant(x, p, r.conditions)) {
        exec_destroy(x);
        return NULL;
    }
    atomic_init(&x->refs, 1);
    atomic_fetch_add_explicit(&p->refs, 1, memory_order_relaxed);
    x->plan = p;
    x->host = &p->host;
    x->user = r.user;
    x->root = r.root;
    x->json = r.json;
    x->serial = r.serial || p->plan->operation->operation == GYR__MUTATION;
    uint32_t depth = p->plan->document->limits.depth;
    x->most_depth = depth > UINT32_MAX / 4 ? UINT32_MAX : depth * 2;
    x->top.place = (gyr_host_place){.index = GYR__HOST_KEY, .node = &x->top};
    x->top.exec = x;
    if (r.variables.len) x->variables = gyr__arena_str(&x->arena, r.variables);
    return x;
}

void gyr_host_exec_free(gyr_host_exec *x) {
    if (!x) return;
    gyr__host_kill(x, &x->top);
    if (x->data) x->host->release(x->user, x->data);
    x->data = NULL;
    unref(x);
}

/* ---- running */

static gyr__host_result start(gyr_host_exec *x) {
    x->started = true;
    x->shape = gyr__host_shape_slow(x->plan, x->variant, NULL, x->variant->root->type);
    if (!x->shape) return gyr__host_abort(x);
    if (x->shape->error) {
        x->nulled = true;
        return gyr__host_error(x, &x->top.place, &x->shape->error->message);
    }
    if (x->json) return GYR__HOST_DONE;
    x->data = x->host->new_object(x->user, &x->shape->pub);
    return x->data ? GYR__HOST_DONE : gyr__host_abort(x);
}

/* The root's text goes on: behind what is there of it, or as a new piece when answers came in between. */
static bool begin_piece(gyr_host_exec *x) {
    size_t from = gyr__host_offset(x);
    if (x->piece.to == from && x->piece.last == x->holes.len) return true;
    gyr__hole *before = gyr__vec_push(&x->arena, &x->pieces);
    if (!before) return false;
    *before = x->piece;
    x->piece = (gyr__hole){.from = from, .to = from, .first = x->holes.len, .last = x->holes.len};
    return true;
}

/* Executes the root's fields up to `last`. */
static gyr__host_result run_fields(gyr_host_exec *x, uint32_t last) {
    if (x->json && !begin_piece(x)) return gyr__host_abort(x);
    gyr__host_result r = gyr__host_fields(x, &x->top.place, x->shape, x->next, last, x->root, x->data);
    x->next = last;
    if (r == GYR__HOST_NULLED) return gyr__host_null_up(x, &x->top);
    if (r != GYR__HOST_DONE || !x->json) return r;
    bool ends = last == x->shape->pub.field_count;
    if ((!last && !gyr__host_byte(x, '{')) || (ends && !gyr__host_byte(x, '}'))) return gyr__host_abort(x);
    x->piece.to = gyr__host_offset(x);
    x->piece.last = x->holes.len;
    return r;
}

gyr_host_status gyr_host_run(gyr_host_exec *x) {
    if (!x->started && start(x) == GYR__HOST_ABORTED) return GYR_HOST_ABORT;
    if (x->aborted) return GYR_HOST_ABORT;
    uint32_t count = x->shape->pub.field_count;
    while (!x->nulled && !x->waiting && (x->next < count || !x->ran)) {
        x->ran = true;
        if (run_fields(x, x->serial ? GYR__MIN(x->next + 1, count) : count) == GYR__HOST_ABORTED) return GYR_HOST_ABORT;
    }
    return x->waiting ? GYR_HOST_PENDING : GYR_HOST_OK;
}

gyr_host_pending *gyr_host_next(gyr_host_exec *x) { return x->aborted ? NULL : gyr__host_dequeue(x); }

size_t gyr_host_waiting(const gyr_host_exec *x) { return x->waiting; }

/* ---- answers */

/* The place as a frame: what is written now is a text of its own. */
static gyr_host_place frame_of(const gyr_host_exec *x, gyr_host_pending *p) {
    gyr_host_place at = p->node.place;
    at.start = gyr__host_offset(x);
    at.hole = x->holes.len;
    return at;
}

static gyr__host_result put(gyr_host_exec *x, gyr_host_pending *p, const gyr_host_place *text, gyr_host_value out) {
    const gyr_host_place *at = &p->node.place;
    if (x->json) {
        gyr__hole *h = &x->holes.items[at->hole];
        h->from = text->start;
        h->to = gyr__host_offset(x);
        h->first = text->hole;
        h->last = x->holes.len;
        return GYR__HOST_DONE;
    }
    if (!out) return GYR__HOST_DONE; /* null is there already */
    gyr_host_status s = at->index == GYR__HOST_KEY ? x->host->set_field(x->user, at->container, at->field->pub, out)
                                                   : x->host->set_item(x->user, at->container, at->index, out);
    x->host->release(x->user, out);
    return s == GYR_HOST_OK ? GYR__HOST_DONE : gyr__host_abort(x);
}

/* Whether the host keeps null from going up. */
static bool held(gyr_host_exec *x, gyr_host_pending *p) {
    if (!x->host->hold) return false;
    gyr__host_kill(x, &p->node);
    p->object = NULL;
    p->node.waits = true;
    x->waiting++;
    if (x->host->hold(x->user, p)) return true;
    p->node.waits = false;
    x->waiting--;
    return false;
}

/* After an answer: r came out at the frame. */
static gyr_host_status settle(gyr_host_exec *x, gyr_host_pending *p, const gyr_host_place *text, gyr__host_result r,
                              gyr_host_value out) {
    if (r == GYR__HOST_DONE) r = put(x, p, text, out);
    if (r == GYR__HOST_NULLED) {
        if (x->json) { /* nothing of what was written counts */
            x->out.at = x->out.base + text->start;
            x->holes.len = text->hole;
        }
        if (held(x, p)) return GYR_HOST_OK;
        r = gyr__host_null_up(x, &p->node);
    }
    gyr__host_settle(&p->node);
    x->host->release(x->user, p->value);
    return r == GYR__HOST_ABORTED ? GYR_HOST_ABORT : GYR_HOST_OK;
}

static bool take(gyr_host_exec *x, gyr_host_pending *p) {
    if (!p->node.waits || x->aborted) return false;
    p->node.waits = false;
    x->waiting--;
    return true;
}

gyr_host_status gyr_host_answer(gyr_host_exec *x, gyr_host_pending *p, gyr_host_value value) {
    if (p->wants == GYR_HOST_WANTS_TYPE || !take(x, p)) {
        x->host->release(x->user, value);
        return x->aborted ? GYR_HOST_ABORT : GYR_HOST_OK;
    }
    gyr_host_value out = NULL;
    gyr_host_place at = frame_of(x, p);
    gyr__host_result r = gyr__host_complete(x, &at, value, &out);
    return settle(x, p, &at, r, out);
}

gyr_host_status gyr_host_answer_type(gyr_host_exec *x, gyr_host_pending *p, uint32_t type_index) {
    if (p->wants != GYR_HOST_WANTS_TYPE || !take(x, p)) return x->aborted ? GYR_HOST_ABORT : GYR_HOST_OK;
    gyr_host_value out = NULL, object = p->object;
    gyr_host_place at = frame_of(x, p);
    gyr__host_result r = gyr__host_complete_as(x, &at, object, type_index, &out);
    return settle(x, p, &at, r, out);
}

gyr_host_status gyr_host_fail(gyr_host_exec *x, gyr_host_pending *p) {
    if (!take(x, p)) return x->aborted ? GYR_HOST_ABORT : GYR_HOST_OK;
    gyr_host_value out = NULL;
    gyr_host_place at = frame_of(x, p);
    gyr__host_result r = gyr__host_fail(x, &at, NULL, &out);
    if (p->object) x->host->release(x->user, p->object);
    return settle(x, p, &at, r, out);
}

gyr_host_status gyr_host_let_null(gyr_host_exec *x, gyr_host_pending *p) {
    if (!take(x, p)) return x->aborted ? GYR_HOST_ABORT : GYR_HOST_OK;
    gyr__host_result r = gyr__host_null_up(x, &p->node);
    gyr__host_settle(&p->node);
    x->host->release(x->user, p->value);
    return r == GYR__HOST_ABORTED ? GYR_HOST_ABORT : GYR_HOST_OK;
}

/* ---- results */

gyr_host_value gyr_host_result(gyr_host_exec *x) {
    if (x->aborted || x->taken) return NULL;
    x->taken = true;
    gyr_host_value data = x->data;
    x->data = NULL;
    return data ? data : x->host->null_value;
}

gyr_str gyr_host_result_json(gyr_host_exec *x) { return x->aborted ? (gyr_str){NULL, 0} : gyr__host_join(x); }
