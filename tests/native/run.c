/* One request in one way, by either tier: what it wrote, in which pieces, what it said of itself.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "native.h"

/* ---- a tier */

static void nobody(gyr_call *c) { gyr_return_null(c); }

static int64_t told_index(const void *object, void *user) {
    (void)user;
    const nobject *o = object;
    return o->bad ? 1000 : o->i64;
}

static void explain(mtext *why, const char *what, gyr_errors *errors) {
    gyr_str text = gyr_errors_text(errors);
    put(why, "%s: ", what);
    put_bytes(why, text.ptr, text.len);
    gyr_errors_free(errors);
}

bool n_tier_init(ntier *t, ncase *c, gyr_jit jit, mtext *why) {
    gyr_errors *errors = NULL;
    gyr_source source = {.text = gyr_str_of(c->m.sdl.ptr, c->m.sdl.len)};
    const gyr_binding fallback = GYR_GETTER("", nobody), type_fallback = GYR_TYPE_FN("", told_index, NULL, NULL);
    gyr_schema_options o = {.size = sizeof o,
                            .sources = &source,
                            .source_count = 1,
                            .bindings = c->table,
                            .fallback = &fallback,
                            .type_fallback = &type_fallback,
                            .jit = jit,
                            .incremental = c->m.incremental,
                            .limits = c->limits,
                            .allocator = faulty_allocator(&t->heap)};
    *t = (ntier){.schema = NULL};
    t->schema = gyr_schema_build(&o, &errors);
    if (!t->schema) {
        explain(why, "no schema", errors);
        return false;
    }
    t->plan = gyr_plan_new(t->schema, gyr_str_of(c->document.ptr, c->document.len), gyr_s(""), &errors);
    if (!t->plan) explain(why, "no plan", errors);
    for (uint32_t i = 0; i < c->m.object_count; i++)
        t->type_index[i] = c->m.type_index[i] =
            gyr_schema_type_index(t->schema, gyr_str_of(c->m.types[i].name, strlen(c->m.types[i].name)));
    return t->plan != NULL;
}

void n_tier_fini(ntier *t) {
    gyr_plan_free(t->plan);
    gyr_schema_free(t->schema);
}

/* ---- a request */

static gyr_flow sink(void *user, gyr_str bytes, unsigned flags) {
    nrunning *w = user;
    put_bytes(&w->outcome->out, bytes.ptr, bytes.len);
    w->outcome->pieces = mix(w->outcome->pieces, bytes.len * 4 + flags);
    return w->way->pause && chance(&w->pauses, 60) ? GYR_PAUSE : GYR_CONTINUE;
}

static void run(nrunning *w, gyr_exec *x) {
    bool cancelled = false;
    for (uint32_t turns = 0;; turns++) {
        gyr_state state = gyr_run(x);
        if (state == GYR_DONE) break;
        if (w->way->cancel && !cancelled && chance(&w->rng, 30)) {
            gyr_exec_cancel(x);
            cancelled = true;
            continue;
        }
        if (state == GYR_WAITING && !w->queued) put(&w->outcome->why, "it waits, but nothing is suspended\n");
        if (turns > 1000000) put(&w->outcome->why, "it never ends\n");
        if (w->outcome->why.len) break;
        if (state == GYR_WAITING)
            for (uint32_t n = 1 + below(&w->rng, w->queued); n--;) n_settle(w);
    }
    w->outcome->status = gyr_exec_status(x);
    gyr_exec_stats(x, &w->outcome->stats);
}

static gyr_request request_of(nrunning *w, gyr_buffer *buffer) {
    const nway *way = w->way;
    gyr_request r = {.size = sizeof r,
                     .plan = w->tier->plan,
                     .variables = gyr_str_of(w->c->variables.ptr, w->c->variables.len),
                     .root = w->c->pool[0],
                     .context = w,
                     .flush_bytes = way->flush_bytes,
                     .max_batch = way->max_batch,
                     .block_rows = way->block_rows,
                     .on_error = way->on_error,
                     .no_introspection = way->no_introspection,
                     .incremental = way->incremental};
    if (way->flush_bytes)
        r.sink = sink, r.sink_user = w;
    else
        r.buffer = buffer;
    return r;
}

void n_run(ncase *c, ntier *tier, const nway *way, noutcome *out) {
    nrunning w = {.c = c,
                  .way = way,
                  .tier = tier,
                  .rng = {.state = way->seed},
                  .pauses = {.state = way->seed + 1},
                  .outcome = out};
    gyr_buffer buffer = {.allocator = faulty_allocator(&tier->heap)};
    out->out.len = out->why.len = 0;
    out->pieces = 0;
    out->stats = (gyr_stats){.size = sizeof out->stats};
    n_forget(&c->answers);
    if (way->cap && !way->flush_bytes) {
        buffer.len = way->head;
        buffer.cap = way->cap;
        buffer.ptr = buffer.allocator.resize(buffer.allocator.user, NULL, 0, buffer.cap);
        memset(buffer.ptr, '#', buffer.len);
    }
    gyr_request r = request_of(&w, &buffer);
    tier->heap.calls = 0;
    tier->heap.fail_at = way->fail_at;
    gyr_exec *x = gyr_exec_new(&r);
    out->started = x != NULL;
    out->status = GYR_ERR_MEMORY;
    if (x) run(&w, x);
    /* for a deferred fragment that has failed nobody waits */
    if (w.queued && out->status == GYR_OK && !out->why.len && !way->cancel && !way->incremental)
        put(&out->why, "it is done, %u calls are suspended\n", w.queued);
    while (w.queued) n_settle(&w);
    gyr_exec_free(x);
    tier->heap.fail_at = 0;
    if (!way->flush_bytes) put_bytes(&out->out, buffer.ptr, buffer.len);
    gyr_buffer_free(&buffer);
    free(w.queue);
}
