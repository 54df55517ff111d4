/* See run.h.
 *
 * What resolvers suspend is kept in a list. Without a thread, each time gyr_run says WAITING one turn of the
 * list passes: calls count down their delay, and of those that are due the order says which are answered.
 * With one, the thread takes from the list whatever it finds while gyr_execute runs.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "run.h"

#include "rng.h"
#include "test.h"

#include <stdlib.h>
#include <string.h>

typedef struct waiting {
    world *w;
    const order *order;
    rng random;
    pending *list;
    size_t len, cap;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool ended;
    atomic_uint wakes;
} waiting;

static void suspended(void *user, pending p) {
    waiting *q = user;
    pthread_mutex_lock(&q->lock);
    if (q->len == q->cap) {
        q->cap = q->cap * 2 + 16;
        q->list = realloc(q->list, q->cap * sizeof *q->list);
        if (!q->list) abort();
    }
    q->list[q->len++] = p;
    pthread_cond_signal(&q->changed);
    pthread_mutex_unlock(&q->lock);
}

static pending take(waiting *q, size_t i) {
    pending p = q->list[i];
    memmove(q->list + i, q->list + i + 1, (--q->len - i) * sizeof p);
    return p;
}

/* ---- another thread */

static void *work(void *user) {
    waiting *q = user;
    pthread_mutex_lock(&q->lock);
    while (!q->ended || q->len) {
        if (!q->len) {
            pthread_cond_wait(&q->changed, &q->lock);
            continue;
        }
        pending p = take(q, rng_below(&q->random, q->len));
        pthread_mutex_unlock(&q->lock);
        world_answer(q->w, &p);
        pthread_mutex_lock(&q->lock);
    }
    pthread_mutex_unlock(&q->lock);
    return NULL;
}

static gyr_status execute_beside_thread(waiting *q, const gyr_request *request) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, work, q) != 0) abort();
    gyr_status status = gyr_execute(request);
    pthread_mutex_lock(&q->lock);
    q->ended = true;
    pthread_cond_signal(&q->changed);
    pthread_mutex_unlock(&q->lock);
    pthread_join(thread, NULL);
    return status;
}

/* ---- turn by turn */

static size_t due(const waiting *q) {
    size_t n = 0;
    for (size_t i = 0; i < q->len; i++) n += !q->list[i].delay;
    return n;
}

/* The place in the list of the kth call that is due. */
static size_t due_at(const waiting *q, size_t k) {
    size_t i = 0;
    while (q->list[i].delay || k--) i++;
    return i;
}

static void answer_some(waiting *q) {
    size_t n = due(q), count = 1;
    if (q->order->how == TOGETHER) count = n;
    if (q->order->how == SHUFFLED && n) count = rng_below(&q->random, n + 1); /* also none: a turn for nothing */
    for (; count && n; count--, n--) {
        size_t k = q->order->how == SHUFFLED ? rng_below(&q->random, n) : q->order->how == NEWEST ? n - 1 : 0;
        pending p = take(q, due_at(q, k));
        world_answer(q->w, &p);
    }
}

static const char *turns(waiting *q, gyr_exec *x) {
    for (gyr_state s; (s = gyr_run(x)) != GYR_DONE;) {
        if (s == GYR_PAUSED) continue;
        if (!q->len) return "waiting, but nothing is suspended";
        size_t before = q->len;
        unsigned wakes = atomic_load(&q->wakes);
        for (size_t i = 0; i < q->len; i++) q->list[i].delay -= q->list[i].delay > 0;
        answer_some(q);
        if (q->len != before && atomic_load(&q->wakes) != wakes + 1) return "one wake was due for answers while idle";
    }
    return q->len ? "done, but calls are unanswered" : NULL;
}

static void wake(void *user) { atomic_fetch_add(&((waiting *)user)->wakes, 1); }

/* ---- the response */

typedef struct sunk {
    gyr_buffer all;
    bool last, late, pause;
} sunk;

static gyr_flow sink(void *user, gyr_str bytes, unsigned flags) {
    sunk *s = user;
    s->late |= s->last;
    s->last |= (flags & GYR_LAST) != 0;
    if (s->all.len + bytes.len > s->all.cap) {
        s->all.cap = (s->all.len + bytes.len) * 2;
        s->all.ptr = realloc(s->all.ptr, s->all.cap);
        if (!s->all.ptr) abort();
    }
    if (bytes.len) memcpy(s->all.ptr + s->all.len, bytes.ptr, bytes.len);
    s->all.len += bytes.len;
    return s->pause ? GYR_PAUSE : GYR_CONTINUE;
}

static void run_request(waiting *q, const gyr_request *request, result *r) {
    if (q->order->how == THREAD) {
        r->status = execute_beside_thread(q, request);
        return;
    }
    gyr_exec *x = gyr_exec_new(request);
    r->status = GYR_ERR_MEMORY;
    if (!x) return;
    r->broken = turns(q, x);
    r->status = gyr_exec_status(x);
    gyr_exec_stats(x, &r->stats);
    gyr_exec_free(x);
    for (size_t i = 0; i < q->len; i++) /* after a failure: handles must go all the same */
        if (q->list[i].call)
            gyr_abandon(q->list[i].call);
        else
            gyr_batch_done(q->list[i].batch);
}

result run_plan(world *w, gyr_plan *plan, const mode *m, const request_options *asked) {
    waiting q = {.w = w, .order = m->order, .random = {m->order->seed + 1}};
    sunk s = {.pause = m->output->pause};
    result r = {.stats.size = sizeof r.stats};
    size_t head = m->output->head ? strlen(m->output->head) : 0;
    pthread_mutex_init(&q.lock, NULL);
    pthread_cond_init(&q.changed, NULL);
    w->by_items = m->by_items;
    w->suspended = suspended;
    w->suspended_user = &q;
    atomic_store(&w->counter, 0);
    atomic_store(&w->refused, 0);
    gyr_request request = {.size = sizeof request,
                           .plan = plan,
                           .variables = case_get(w->file, "variables"),
                           .extensions = asked->extensions,
                           .root = world_root(w),
                           .context = w,
                           .wake = wake,
                           .wake_user = &q,
                           .flush_bytes = m->output->flush,
                           .max_batch = m->max_batch,
                           .block_rows = m->block_rows,
                           .on_error = asked->on_error,
                           .no_introspection = asked->no_introspection};
    if (m->output->sink)
        request.sink = sink, request.sink_user = &s;
    else
        request.buffer = &r.response;
    if (head) {
        r.response.ptr = malloc(head);
        if (!r.response.ptr) abort();
        r.response.len = r.response.cap = head;
        memcpy(r.response.ptr, m->output->head, head);
    }
    run_request(&q, &request, &r);
    if (m->output->sink) {
        r.response = s.all;
        if (!r.broken && r.status == GYR_OK && (!s.last || s.late)) r.broken = "the sink's last call is not the last";
    } else if (head && r.response.len >= head) {
        if (memcmp(r.response.ptr, m->output->head, head) != 0) r.broken = "the buffer's head was changed";
        memmove(r.response.ptr, r.response.ptr + head, r.response.len -= head);
    }
    if (!r.broken && atomic_load(&w->refused)) r.broken = "an answer was refused";
    pthread_mutex_destroy(&q.lock);
    pthread_cond_destroy(&q.changed);
    free(q.list);
    return r;
}
