/* Requests: making one, turns, sections, the end.
 *
 * One turn (gyr_run): take the inbox, oldest first, storing each answer and starting what hangs on it; then dispatch
 * batches until none is eligible; when the inbox stayed empty, write what is complete. A query has one section;
 * a mutation one for each root field, written before the next is started (Specification 6.2.2).
 *
 * A finished request's struct, arena and buffers are kept by its plan for the next one.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "exec/later.h"

#include <pthread.h>

enum { MAX_KEPT = 1 << 20 }; /* bytes of output buffer that a plan keeps for its next request */

/* ---- making */

static void exec_destroy(gyr_exec *x) {
    gyr_allocator al = x->allocator;
    if (x->kept) gyr__variant_release(x->kept);
    gyr__arena_fini(&x->arena);
    gyr__json_out_fini(&x->errors);
    if (x->writer.base) gyr__heap_free(&al, x->writer.base, (size_t)(x->writer.end - x->writer.base) + GYR__JSON_SLACK);
    gyr__heap_free(&al, x, sizeof *x);
}

static gyr_exec *exec_take(gyr_plan *plan) {
    gyr_exec *x = atomic_exchange_explicit(&plan->spare, NULL, memory_order_acquire);
    if (x) return x;
    gyr_schema *s = plan->schema;
    x = gyr__heap_alloc(&s->allocator, sizeof *x);
    if (!x) return NULL;
    memset(x, 0, sizeof *x);
    x->allocator = s->allocator;
    x->limits = s->limits;
    gyr__arena_init(&x->arena, &s->allocator, s->limits.request_bytes == GYR_UNLIMITED ? 0 : s->limits.request_bytes);
    x->writer.leaf = *gyr__leaves_for(gyr__cpu_level());
    x->writer.help = &gyr__helper_table;
    x->writer.exec = x;
    gyr__json_out_init(&x->errors, &s->allocator, &x->writer.leaf, 0);
    x->stats.heap_allocations++;
    return x;
}

/* Everything of the last request goes; memory stays. */
static void exec_clear(gyr_exec *x) {
    gyr__arena_reset(&x->arena);
    gyr__json_out_reset(&x->errors);
    x->arena.grown = 0;
    x->writer.frame = NULL;
    x->writer.out = NULL;
    x->writer.stop = GYR__STOP_DONE;
    if (x->variant) x->kept = x->variant;
    memset((char *)x + offsetof(gyr_exec, plan), 0, sizeof *x - offsetof(gyr_exec, plan));
}

static bool read_variables(gyr_exec *x, gyr_str json, gyr_errors *errors) {
    gyr__json *tree = NULL;
    if (json.len) {
        tree = gyr__json_read(&x->arena, json, &x->limits, GYR__JSON_LAST_WINS, errors);
        if (!tree) return false;
        if (tree->kind != GYR__JSON_OBJECT && tree->kind != GYR__JSON_NULL) {
            gyr__errors_add(errors, GYR_ERR_ARGUMENT, "Variables must be an object.");
            return false;
        }
        if (tree->kind == GYR__JSON_NULL) tree = NULL;
    }
    return gyr__coerce_variables(&x->arena, x->schema, &x->plan->document->source, x->plan->operation, tree,
                                 &x->variables, errors);
}

static unsigned mode_of(const gyr_request *r) {
    return (r->incremental && r->plan->incremental ? GYR__MODE_INCREMENTAL : 0) |
           (r->on_error == GYR_ERROR_NULL   ? GYR__MODE_ERROR_NULL
            : r->on_error == GYR_ERROR_HALT ? GYR__MODE_ERROR_HALT
                                            : 0);
}

/* The words are those of validation with the schema's option: this request alone is refused, the plan is shared. */
static bool refuse_introspection(gyr_exec *x) {
    uint32_t count = GYR__MIN(x->plan->introspection.len, x->limits.errors);
    for (uint32_t i = 0; i < count; i++) {
        const gyr__ast_field *f = x->plan->introspection.items[i];
        gyr_location at = gyr__places_at(&x->places, &x->arena, &x->plan->document->source, f->node.start);
        gyr_error e = {.locations = &at, .location_count = 1};
        e.message = gyr__arena_printf(&x->arena,
                                      "GraphQL introspection has been disabled, but the requested query contained the "
                                      "field \"%.*s\".",
                                      (int)f->name.len, f->name.ptr);
        if (e.message.ptr) gyr__request_error(x, &e);
    }
    x->request_failed = true;
    return !x->arena.failed;
}

/* That of the request before, if it serves this one too. NULL: memory is out. */
static gyr__variant *take_variant(gyr_exec *x, gyr_errors *errors) {
    gyr__variant *kept = x->kept;
    unsigned mode = mode_of(&x->request);
    x->kept = NULL;
    if (kept && gyr__variant_fits(kept, &x->variables, mode)) return kept;
    if (kept) gyr__variant_release(kept);
    return gyr__variant_get(x->plan, &x->variables, mode, errors);
}

/* Variables and variant. Errors of the request become its response; false: memory. */
static bool prepare(gyr_exec *x, gyr_str variables) {
    gyr_errors errors;
    if (x->request.no_introspection && x->plan->introspection.len) return refuse_introspection(x);
    if (!x->plan->operation->variable_definitions.count && !variables.len) {
        x->variant = take_variant(x, NULL);
        return x->variant != NULL;
    }
    gyr__errors_init(&errors, &x->allocator, x->limits.errors);
    gyr_str copy = gyr__arena_str(&x->arena, variables); /* the tree borrows it */
    bool ok = copy.ptr && read_variables(x, copy, &errors);
    if (ok) x->variant = take_variant(x, &errors);
    bool memory = errors.failed || (!ok && !errors.list.len) || (ok && !x->variant) || x->arena.failed;
    for (uint32_t i = 0; i < errors.list.len && !memory; i++) gyr__request_error(x, &errors.list.items[i]);
    x->request_failed = !ok;
    gyr__errors_fini(&errors);
    return !memory;
}

static void release(gyr_exec *x);

static bool is_sound(const gyr_request *r) {
    return r && r->size >= offsetof(gyr_request, flush_bytes) && r->plan && (r->sink != NULL) != (r->buffer != NULL) &&
           !r->plan->schema->unbound && (r->size <= offsetof(gyr_request, incremental) || !r->incremental || r->sink);
}

static gyr_exec *exec_new(const gyr_request *r, bool subscribing) {
    if (!is_sound(r)) return NULL;
    gyr_plan *plan = r->plan;
    gyr_exec *x = exec_take(plan);
    if (!x) return NULL;
    memcpy(&x->request, r, GYR__MIN(r->size, sizeof x->request));
    x->plan = plan;
    x->schema = plan->schema;
    atomic_init(&x->refs, 1);
    atomic_fetch_add_explicit(&plan->refs, 1, memory_order_relaxed);
    x->subscribing = subscribing;
    bool ok = prepare(x, r->variables);
    x->root_row = (gyr__row){.object = r->root, .shape = x->variant ? x->variant->root->only : NULL};
    if (ok && subscribing && !x->request_failed) ok = gyr__source_open(x);
    if (ok && gyr__output_open(x)) {
        x->request.extensions = gyr__arena_str(&x->arena, r->extensions);
        return x;
    }
    x->request.buffer = NULL; /* untouched; what the writer holds is an earlier request's */
    release(x);
    return NULL;
}

gyr_exec *gyr_exec_new(const gyr_request *r) { return exec_new(r, false); }

gyr_exec *gyr_subscription_new(const gyr_request *r) {
    bool is_subscription = r && r->plan && r->plan->operation->operation == GYR__SUBSCRIPTION;
    return is_subscription ? exec_new(r, true) : NULL;
}

/* ---- suspended calls */

static void store_cancelled(gyr_exec *x, gyr__fetch_state *fs, uint32_t row, uint32_t rank) {
    gyr__cell c = {.failure = &gyr__failure_cancelled, .kind = GYR__CELL_ERROR};
    gyr__store(x, fs, row, rank, &c);
    gyr__waiting(x, fs, row, -1);
}

void gyr__later_cancelled(gyr_exec *x, gyr__later *l) {
    x->pending--;
    if (!l->batch) {
        gyr__fetch_state *fs = x->fetches[l->call.cx->fetch->id];
        fs->outstanding--;
        store_cancelled(x, fs, l->call.row, l->call.rank);
        return;
    }
    /* its owner may be writing into the calls: only rows and ranks are read, which never change */
    for (uint32_t k = 0; k < l->batch->run_count; k++) {
        const gyr__run *run = &l->batch->runs[k];
        run->fs->outstanding -= run->count;
        for (uint32_t i = run->first; i < run->first + run->count; i++)
            store_cancelled(x, run->fs, l->batch->calls[i].row, l->batch->calls[i].rank);
    }
}

static void cancel_gathered(gyr_exec *x) {
    for (uint32_t i = 0; i < x->gathering.len; i++) {
        gyr__fetch_state *fs = x->gathering.items[i];
        const gyr__level *level = fs->fetch->up ? &x->fetches[fs->fetch->up->id]->level : &x->root;
        for (; fs->taken < fs->gathered.len; fs->taken++) {
            uint32_t row = fs->gathered.items[fs->taken];
            store_cancelled(x, fs, row, level->rows.items[row].rank);
        }
        fs->gathered.len = fs->taken = 0;
        fs->listed = false;
    }
    x->gathering.len = 0;
}

void gyr__foreign_adopt(gyr_exec *x, gyr__context *cx) {
    for (gyr__block *b = cx->blocks, *next; b; b = next) {
        next = b->next;
        b->next = x->blocks;
        x->blocks = b;
    }
    for (gyr__hold *h = cx->holds, *next; h; h = next) {
        next = h->next;
        h->next = x->holds;
        x->holds = h;
    }
    cx->blocks = NULL;
    cx->holds = NULL;
}

void gyr__foreign_drop(const gyr_allocator *al, gyr__context *cx) {
    for (gyr__hold *h = cx->holds; h; h = h->next) h->release(h->ptr);
    for (gyr__block *b = cx->blocks, *next; b; b = next) {
        next = b->next;
        gyr__heap_free(al, b, b->size);
    }
    cx->blocks = NULL;
    cx->holds = NULL;
}

static void take_answer(gyr_exec *x, gyr__later *l) {
    x->pending--;
    if (l->batch) {
        gyr_batch *b = l->batch;
        gyr__foreign_adopt(x, &b->cx);
        gyr__later_free(x, l);
        gyr__batch_take(x, b);
        return;
    }
    gyr__foreign_adopt(x, &l->cx);
    gyr__cell value = l->call.own;
    if ((value.kind == GYR__CELL_STR || value.kind == GYR__CELL_JSON) && value.ptr == l->text) {
        char *copy = gyr__arena_alloc_aligned(&x->arena, value.len, 1);
        if (copy) memcpy(copy, l->text, value.len);
        value.ptr = copy;
        if (!copy) value = (gyr__cell){.failure = &gyr__failure_memory, .kind = GYR__CELL_ERROR};
    }
    gyr__fetch_state *fs = x->fetches[l->cx.fetch->id];
    uint32_t row = l->call.row, rank = l->call.rank;
    fs->outstanding--;
    gyr__later_free(x, l);
    gyr__store(x, fs, row, rank, &value);
    gyr__descend(x);
    gyr__waiting(x, fs, row, -1);
}

/* ---- turns */

/* Once it was cancelled: all that waits fails, nothing is started any more. */
static void see_cancelled(gyr_exec *x) {
    if (!atomic_load_explicit(&x->cancelled, memory_order_relaxed) || x->cancel_done) return;
    x->cancel_done = true;
    gyr__laters_cancel(x);
    cancel_gathered(x);
    gyr__descend(x);
}

/* False: the request waits. */
static bool fetch_turn(gyr_exec *x) {
    x->stats.turns++;
    for (;;) {
        see_cancelled(x);
        gyr__later *l = gyr__inbox_take(x);
        for (gyr__later *next; l; l = next) {
            next = l->next;
            take_answer(x, l);
        }
        while (gyr__dispatch(x)) {
        }
        if (x->arena.failed) return true;
        if (!x->pending || gyr__is_ready(x)) return true;
        /* who cancels while the request is not idle does not wake it: look once more */
        if (gyr__inbox_idle(x) && (x->cancel_done || !atomic_load(&x->cancelled))) return false;
    }
}

static void start_section(gyr_exec *x) {
    see_cancelled(x);
    gyr__start_section(x);
}

static void abort_with(gyr_exec *x, gyr_status status) {
    if (x->status == GYR_OK) x->status = status;
    x->phase = GYR__FINISHING;
}

/* Whatever was left out for want of memory - a row, an error's path - the response is not what it says. */
static void check_memory(gyr_exec *x) {
    if (x->arena.failed) abort_with(x, x->arena.over_limit ? GYR_ERR_LIMIT : GYR_ERR_MEMORY);
}

static void begin_write(gyr_exec *x) {
    gyr__writer *w = &x->writer;
    const gyr__program *p = x->variant->program;
    gyr__frame *f = gyr__frame_push(x, p);
    w->stop = GYR__STOP_DONE;
    uint8_t *o = f ? gyr__ensure(w, w->out, 8 + p->need) : NULL;
    if (!o) {
        abort_with(x, GYR_ERR_MEMORY);
        return;
    }
    memcpy(o, "{\"data\":", 8);
    w->out = o + 8;
    f->slots[0].row = x->root.rows.len ? x->root.rows.items : &x->root_row;
    w->frame = f;
    w->object = x->root_row.object;
    w->op = p->ops;
}

static gyr_state write_turn(gyr_exec *x) {
    gyr__writer *w = &x->writer;
    if (x->payloads) return gyr__deliver(x);
    if (!w->frame) begin_write(x);
    if (x->phase != GYR__WRITING) return GYR_WAITING;
    w->stop = GYR__STOP_DONE;
    switch (gyr__write(w)) {
    case GYR__STOP_DONE:
        x->phase = GYR__FINISHING;
        check_memory(x);
        if (x->incremental && x->status == GYR_OK) return gyr__deliver_first(x);
        break;
    case GYR__STOP_SECTION:
        x->section++;
        x->phase = GYR__FETCHING;
        if (x->variant->fetches) start_section(x);
        break;
    case GYR__STOP_PAUSE: return GYR_PAUSED;
    case GYR__STOP_TIER:
    case GYR__STOP_ABORT: abort_with(x, GYR_ERR_MEMORY); break;
    }
    return GYR_WAITING;
}

static bool has_fetches(const gyr_exec *x) { return x->subscribing || x->variant->fetches; }

/* There will be no data. */
static void fail_request(gyr_exec *x) {
    gyr__writer *w = &x->writer;
    x->request_failed = true;
    x->phase = GYR__FINISHING;
    if ((w->out = gyr__ensure(w, w->out, 1)))
        *w->out++ = '{';
    else
        abort_with(x, GYR_ERR_MEMORY);
}

static void begin(gyr_exec *x) {
    x->started = true;
    x->phase = GYR__FETCHING;
    if (x->request_failed)
        fail_request(x);
    else if (has_fetches(x))
        start_section(x);
}

/* The fetch part of a subscription has ended: nothing is left to do, or to tell the error. */
static void take_source(gyr_exec *x) {
    x->phase = GYR__FINISHING;
    if (!x->arena.failed) gyr__source_take(x);
    if (!x->stream && !x->arena.failed) fail_request(x);
}

gyr_state gyr_run(gyr_exec *x) {
    if (!x->started) begin(x);
    for (;;) {
        switch (x->phase) {
        case GYR__FETCHING:
            if (x->payloads) gyr__start_announced(x);
            if ((has_fetches(x) || x->payloads) && !fetch_turn(x)) return GYR_WAITING;
            x->phase = GYR__WRITING;
            if (x->subscribing) take_source(x);
            check_memory(x);
            break;
        case GYR__WRITING:
            if (write_turn(x) == GYR_PAUSED) return GYR_PAUSED;
            break;
        case GYR__FINISHING:
            x->stats.request_bytes = x->arena.used;
            x->stats.heap_allocations += x->arena.grown;
            if (x->stream && x->status == GYR_OK)
                gyr__output_give_back(x);
            else
                gyr__output_close(x);
            if (x->request.stats) gyr_exec_stats(x, x->request.stats);
            x->phase = GYR__ENDED;
            break;
        case GYR__ENDED: return GYR_DONE;
        }
    }
}

/* ---- ending */

gyr_status gyr_exec_status(const gyr_exec *x) { return x->status; }

void *gyr_subscription_stream(const gyr_exec *x) {
    bool open = x->phase == GYR__ENDED && x->status == GYR_OK;
    return open ? (void *)(uintptr_t)x->stream : NULL; /* the program's own object, given back as it came */
}

void gyr_exec_stats(const gyr_exec *x, gyr_stats *out) {
    gyr_stats s = x->stats;
    s.size = out->size ? GYR__MIN(out->size, sizeof s) : sizeof s;
    memcpy(out, &s, s.size);
}

void gyr_exec_cancel(gyr_exec *x) {
    atomic_store(&x->cancelled, true); /* in one order with the inbox's turning idle */
    gyr__wake(x);
}

/* The last reference: nobody holds a handle. */
static void release(gyr_exec *x) {
    gyr_plan *plan = x->plan;
    if (x->blocks || x->holds) {
        gyr__context rest = {.blocks = x->blocks, .holds = x->holds};
        gyr__foreign_drop(&x->allocator, &rest);
    }
    gyr__laters_fini(x);
    if (x->incremental) gyr__incremental_fini(x);
    size_t kept = x->writer.base ? (size_t)(x->writer.end - x->writer.base) + GYR__JSON_SLACK : 0;
    if (kept > MAX_KEPT) { /* one large response is no reason to hold its memory for ever */
        gyr__heap_free(&x->allocator, x->writer.base, kept);
        x->writer.base = x->writer.end = NULL;
    }
    exec_clear(x);
    atomic_store_explicit(&plan->spare_free, exec_destroy, memory_order_relaxed); /* the same by any thread */
    gyr_exec *none = NULL;
    if (!atomic_compare_exchange_strong_explicit(&plan->spare, &none, x, memory_order_acq_rel, memory_order_relaxed))
        exec_destroy(x);
    gyr__plan_unref(plan);
}

void gyr__exec_unref(gyr_exec *x) {
    /* whoever sees 1 has the only one, and nobody to get another from: no need to count down */
    if (atomic_load_explicit(&x->refs, memory_order_acquire) == 1 ||
        atomic_fetch_sub_explicit(&x->refs, 1, memory_order_acq_rel) == 1)
        release(x);
}

void gyr_exec_free(gyr_exec *x) {
    if (!x) return;
    atomic_store_explicit(&x->cancelled, true, memory_order_relaxed);
    x->cancel_done = true;
    if (x->pending) gyr__laters_drop(x);
    /* A wake call may be under way in the thread that answered last; it may not block. */
    while (atomic_load_explicit(&x->waking, memory_order_acquire)) continue;
    gyr__output_give_back(x); /* broke off: the caller may free the buffer next */
    gyr__exec_unref(x);
}

/* ---- the blocking way */

typedef struct waiter {
    pthread_mutex_t lock;
    pthread_cond_t woken;
    bool signalled;
} waiter;

static void signal_waiter(void *user) {
    waiter *w = user;
    pthread_mutex_lock(&w->lock);
    w->signalled = true;
    pthread_cond_signal(&w->woken);
    pthread_mutex_unlock(&w->lock);
}

static void wait_for(waiter *w) {
    pthread_mutex_lock(&w->lock);
    while (!w->signalled) pthread_cond_wait(&w->woken, &w->lock);
    w->signalled = false;
    pthread_mutex_unlock(&w->lock);
}

gyr_status gyr_execute(const gyr_request *r) {
    waiter w = {.signalled = false};
    if (!is_sound(r)) return GYR_ERR_ARGUMENT;
    gyr_request request = {0};
    memcpy(&request, r, GYR__MIN(r->size, sizeof request));
    request.size = sizeof request;
    request.wake = signal_waiter;
    request.wake_user = &w;
    gyr_exec *x = gyr_exec_new(&request);
    if (!x) return GYR_ERR_MEMORY;
    pthread_mutex_init(&w.lock, NULL);
    pthread_cond_init(&w.woken, NULL);
    for (gyr_state s; (s = gyr_run(x)) != GYR_DONE;)
        if (s == GYR_WAITING) wait_for(&w);
    gyr_status status = x->status;
    gyr_exec_free(x);
    pthread_cond_destroy(&w.woken);
    pthread_mutex_destroy(&w.lock);
    return status;
}
