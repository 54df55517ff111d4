/* Batches: which group is dispatched next, with which rows, and what becomes of the answers.
 *
 * Of all fetches with gathered rows that are eligible, the one with the shallowest rows goes first (ties: plan order),
 * together with all eligible fetches of its group (same field, equal arguments). A fetch is eligible when its group
 * has a call left (max_in_flight) and, if it gathers by level, when nothing above it is gathered or unanswered.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "exec/batch.h"
#include "exec/later.h"

static uint32_t waiting(const gyr__fetch_state *fs) { return fs->gathered.len - fs->taken; }

static uint32_t *in_flight(gyr_exec *x, const gyr__group *g) {
    if (g->id >= x->in_flight_cap) {
        uint32_t cap = GYR__MAX(g->id + 1, x->in_flight_cap * 2);
        uint32_t *fresh = gyr__arena_zalloc(&x->arena, cap * sizeof *fresh);
        if (!fresh) return NULL;
        if (x->in_flight_cap) memcpy(fresh, x->in_flight, x->in_flight_cap * sizeof *fresh);
        x->in_flight = fresh;
        x->in_flight_cap = cap;
    }
    return &x->in_flight[g->id];
}

static bool eligible(gyr_exec *x, const gyr__fetch_state *fs) {
    const gyr_binding *b = fs->fetch->field->def->binding;
    if (!waiting(fs)) return false;
    if (b->max_in_flight) {
        const uint32_t *n = in_flight(x, fs->fetch->group);
        if (!n || *n >= b->max_in_flight) return false;
    }
    if (b->flags & GYR_GATHER_LEVEL)
        for (const gyr__fetch *up = fs->fetch->up; up; up = up->up) {
            const gyr__fetch_state *above = x->fetches[up->id];
            if (above && (waiting(above) || above->outstanding)) return false;
        }
    return true;
}

static gyr__fetch_state *shallowest(gyr_exec *x) {
    gyr__fetch_state *best = NULL;
    for (uint32_t i = 0; i < x->gathering.len; i++) {
        gyr__fetch_state *fs = x->gathering.items[i];
        if (!eligible(x, fs)) continue;
        if (!best || fs->fetch->depth < best->fetch->depth ||
            (fs->fetch->depth == best->fetch->depth && fs->fetch->id < best->fetch->id))
            best = fs;
    }
    return best;
}

static gyr__level *level_above(gyr_exec *x, const gyr__fetch *f) {
    return f->up ? &x->fetches[f->up->id]->level : &x->root;
}

/* Moves up to `most` rows of fs into the batch. */
static void take_rows(gyr_exec *x, gyr_batch *b, gyr__fetch_state *fs, uint32_t most) {
    gyr__level *level = level_above(x, fs->fetch);
    uint32_t n = GYR__MIN(waiting(fs), most);
    b->runs[b->run_count++] = (gyr__run){.fs = fs, .first = b->count, .count = n};
    for (uint32_t i = 0; i < n; i++) {
        uint32_t row = fs->gathered.items[fs->taken++];
        const gyr__row *r = &level->rows.items[row];
        gyr_call *c = &b->calls[b->count++];
        *c = (gyr_call){.cell = &c->own,
                        .object = r->object,
                        .cx = &b->cx,
                        .rank = r->rank,
                        .row = row,
                        .flags = GYR__CALL_NO_SUSPEND,
                        .run = b->run_count - 1};
    }
    fs->outstanding += n;
    if (!waiting(fs)) fs->gathered.len = fs->taken = 0;
}

/* A batch with room for so many calls and runs: the last one's memory when that was answered at once. */
static gyr_batch *batch_new(gyr_exec *x, uint32_t calls, uint32_t runs) {
    gyr_batch *b = x->spare_batch;
    x->spare_batch = NULL;
    if (b && b->call_cap >= calls && b->run_cap >= runs) {
        b->count = b->run_count = 0;
        b->suspended = false;
        b->failure = NULL;
        return b;
    }
    b = gyr__new(&x->arena, gyr_batch);
    if (!b || !(b->runs = gyr__new_array(&x->arena, gyr__run, runs)) ||
        !(b->calls = gyr__new_array(&x->arena, gyr_call, calls)))
        return NULL;
    b->call_cap = calls;
    b->run_cap = runs;
    return b;
}

static gyr_batch *collect(gyr_exec *x, gyr__fetch_state *first) {
    const gyr__group *group = first->fetch->group;
    const gyr_binding *binding = first->fetch->field->def->binding;
    uint32_t most = binding->max_rows ? binding->max_rows : UINT32_MAX, total = 0, runs = 0;
    if (x->request.max_batch && x->request.max_batch < most) most = x->request.max_batch;
    for (uint32_t i = 0; i < x->gathering.len; i++)
        if (x->gathering.items[i]->fetch->group == group && eligible(x, x->gathering.items[i]))
            total += waiting(x->gathering.items[i]), runs++;
    total = GYR__MIN(total, most);
    gyr_batch *b = batch_new(x, total, runs);
    if (!b) return NULL;
    b->cx = first->cx;
    b->cx.batch = b;
    take_rows(x, b, first, total);
    for (uint32_t i = 0; i < x->gathering.len && b->count < total; i++) {
        gyr__fetch_state *fs = x->gathering.items[i];
        if (fs != first && fs->fetch->group == group && eligible(x, fs)) take_rows(x, b, fs, total - b->count);
    }
    return b;
}

static void forget_empty(gyr_exec *x) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < x->gathering.len; i++) {
        gyr__fetch_state *fs = x->gathering.items[i];
        fs->listed = waiting(fs) != 0;
        if (fs->listed) x->gathering.items[n++] = fs;
    }
    x->gathering.len = n;
}

bool gyr__dispatch(gyr_exec *x) {
    gyr__fetch_state *first = shallowest(x);
    if (!first || x->arena.failed) return false;
    gyr_batch *b = collect(x, first);
    if (!b) return false;
    forget_empty(x);
    uint32_t *flying = in_flight(x, first->fetch->group);
    if (flying) ++*flying;
    x->stats.batch_calls++;
    x->stats.batch_rows += b->count;
    first->fetch->field->def->binding->batch(b);
    if (!b->suspended) {
        gyr__batch_take(x, b);
        x->spare_batch = b;
    }
    return true;
}

void gyr__batch_take(gyr_exec *x, gyr_batch *b) {
    uint32_t *flying = in_flight(x, b->runs[0].fs->fetch->group);
    if (flying && *flying) --*flying;
    for (uint32_t k = 0; k < b->run_count; k++) b->runs[k].fs->outstanding -= b->runs[k].count;
    for (uint32_t k = 0; k < b->run_count; k++) {
        gyr__run *run = &b->runs[k];
        gyr__cell *cells = x->cells[run->fs->fetch->id];
        bool rows = run->fs->fetch->rows;
        for (uint32_t i = run->first; i < run->first + run->count; i++) {
            gyr_call *c = &b->calls[i];
            if (c->state != GYR__CALL_ANSWERED)
                c->own =
                    (gyr__cell){.failure = b->failure ? b->failure : &gyr__failure_unanswered, .kind = GYR__CELL_ERROR};
            cells[c->rank] = c->own;
            if (rows) {
                gyr__store_rows(x, run->fs, c->row, &cells[c->rank]);
                gyr__descend(x);
                cells = x->cells[run->fs->fetch->id]; /* may have grown */
            }
            gyr__waiting(x, run->fs, c->row, -1);
        }
    }
}

/* ---- what the batch function sees */

/* The batch behind a pointer or a handle; NULL when the handle is dead. */
static gyr_batch *batch_of(const gyr_batch *b) {
    const gyr_call *handle = (const gyr_call *)b;
    if (!gyr__is_handle(handle)) return (gyr_batch *)b;
    gyr__later *l = gyr__later_live(handle);
    return l ? l->batch : NULL;
}

uint32_t gyr_batch_count(const gyr_batch *batch) {
    const gyr_batch *b = batch_of(batch);
    return b ? b->count : 0;
}

const void *gyr_batch_parent(const gyr_batch *batch, uint32_t i) {
    const gyr_batch *b = batch_of(batch);
    return b && i < b->count ? b->calls[i].object : NULL;
}

gyr_call *gyr_batch_call(gyr_batch *batch, uint32_t i) {
    gyr_batch *b = batch_of(batch);
    return b && i < b->count ? &b->calls[i] : NULL;
}

const void *gyr_batch_args(const gyr_batch *batch) {
    const gyr_batch *b = batch_of(batch);
    return b ? b->cx.args : NULL;
}

void *gyr_batch_context(const gyr_batch *batch) {
    const gyr_batch *b = batch_of(batch);
    return b ? b->cx.exec->request.context : NULL;
}

void *gyr_batch_user(const gyr_batch *batch) {
    const gyr_batch *b = batch_of(batch);
    return b ? b->cx.field->def->binding->user : NULL;
}

void *gyr_batch_alloc(gyr_batch *batch, size_t size) {
    gyr_batch *b = batch_of(batch);
    return b && b->count ? gyr_alloc(&b->calls[0], size) : NULL;
}

gyr_status gyr_batch_fail(gyr_batch *batch, gyr_str message) {
    gyr_batch *b = batch_of(batch);
    if (!b) return GYR_ERR_STALE;
    gyr_status status = GYR_OK;
    for (uint32_t i = 0; i < b->count && status != GYR_ERR_MEMORY; i++)
        if (b->calls[i].state == GYR__CALL_OPEN) status = gyr_fail(&b->calls[i], message);
    return status;
}

gyr_batch *gyr_batch_suspend(gyr_batch *b) {
    if (gyr__is_handle((const gyr_call *)b) || b->suspended) return NULL;
    if (b->cx.field->def->binding->flags & GYR_INLINE) return NULL;
    gyr__later *l = gyr__later_new(b->cx.exec);
    if (!l) {
        b->failure = &gyr__failure_memory; /* of what is left open */
        return NULL;
    }
    l->batch = b;
    b->cx.foreign = true;
    b->suspended = true;
    return (gyr_batch *)gyr__handle(l);
}

gyr_status gyr_batch_done(gyr_batch *suspended) { return gyr__later_publish((gyr_call *)suspended, true); }
