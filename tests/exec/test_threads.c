/* Threads: answers from others, two answers at once, cancelling and freeing while answers are on their way, and one plan run by
 * many while its variants and shapes are still being made. Meant for the thread sanitizer.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <gyr.h>

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- a program whose resolvers leave their calls to workers */

typedef struct animal {
    int32_t id, tag;
} animal;
static animal zoo[16];

enum { SLOTS = 256, WORKERS = 2 };
typedef struct pool {
    pthread_mutex_t lock;
    pthread_cond_t more;
    struct {
        gyr_call *call;
        gyr_batch *batch;
    } jobs[SLOTS];
    uint32_t count;
    bool twice, end;
    atomic_uint accepted, refused;
    pthread_t threads[WORKERS * 2];
    uint32_t thread_count;
} pool;

static void give(pool *p, gyr_call *call, gyr_batch *batch) {
    pthread_mutex_lock(&p->lock);
    while (p->count == SLOTS) { /* the workers are behind */
        pthread_mutex_unlock(&p->lock);
        sched_yield();
        pthread_mutex_lock(&p->lock);
    }
    p->jobs[p->count].call = call;
    p->jobs[p->count++].batch = batch;
    pthread_cond_signal(&p->more);
    pthread_mutex_unlock(&p->lock);
}

static void count_status(pool *p, gyr_status status) {
    if (status == GYR_OK)
        atomic_fetch_add(&p->accepted, 1);
    else
        atomic_fetch_add(&p->refused, 1);
}

static void answer_call(pool *p, gyr_call *c) {
    char text[100];
    if (p->twice) { /* only the answering functions may be called on a handle that another thread answers */
        count_status(p, gyr_return_cstr(c, "one of two"));
        return;
    }
    gyr_str name = gyr_field_name(c);
    if (name.len == 4) { /* slow */
        memset(text, 'y', sizeof text);
        count_status(p, gyr_return_str(c, gyr_str_of(text, (uintptr_t)c >> 20 & 1 ? sizeof text : 5)));
    } else if (name.len == 5) { /* beast */
        count_status(p, gyr_return_ref(c, &zoo[((uintptr_t)c >> 22) % 16]));
    } else if (gyr_is_cancelled(c)) {
        gyr_abandon(c);
        count_status(p, GYR_ERR_CANCELLED);
    } else {
        gyr_call *items = gyr_return_items(c, 2);
        if (items) gyr_return_cstr(gyr_item(items, 1), "an item");
        count_status(p, gyr_publish(c));
    }
}

static void answer_batch(pool *p, gyr_batch *b) {
    for (uint32_t i = 0; i < gyr_batch_count(b); i++) {
        const animal *a = gyr_batch_parent(b, i);
        if (a) gyr_return_i64(gyr_batch_call(b, i), a->id * 10);
    }
    count_status(p, gyr_batch_done(b));
}

static void *work(void *arg) {
    pool *p = arg;
    pthread_mutex_lock(&p->lock);
    while (!p->end || p->count) {
        if (!p->count) {
            pthread_cond_wait(&p->more, &p->lock);
            continue;
        }
        p->count--;
        gyr_call *c = p->jobs[p->count].call;
        gyr_batch *b = p->jobs[p->count].batch;
        pthread_mutex_unlock(&p->lock);
        if (c)
            answer_call(p, c);
        else
            answer_batch(p, b);
        pthread_mutex_lock(&p->lock);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

static void pool_start(pool *p) {
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->more, NULL);
    for (p->thread_count = 0; p->thread_count < WORKERS; p->thread_count++)
        assert_int_equal(pthread_create(&p->threads[p->thread_count], NULL, work, p), 0);
}

static void pool_stop(pool *p) {
    pthread_mutex_lock(&p->lock);
    p->end = true;
    pthread_cond_broadcast(&p->more);
    pthread_mutex_unlock(&p->lock);
    for (uint32_t i = 0; i < p->thread_count; i++) pthread_join(p->threads[i], NULL);
    pthread_mutex_destroy(&p->lock);
    pthread_cond_destroy(&p->more);
}

static void later(gyr_call *c) {
    pool *p = gyr_context(c);
    bool twice = p->twice;
    gyr_call *handle = gyr_suspend(c);
    if (!handle) return;
    give(p, handle, NULL);
    if (twice) give(p, handle, NULL);
}
static void later_batch(gyr_batch *b) {
    pool *p = gyr_batch_context(b);
    gyr_batch *handle = gyr_batch_suspend(b);
    if (handle) give(p, NULL, handle);
}
static void all(gyr_call *c) { gyr_return_structs(c, zoo, 16, sizeof zoo[0]); }
static void next(gyr_call *c) { gyr_return_ref(c, &zoo[(((const animal *)gyr_parent(c))->id + 1) % 16]); }

static const gyr_tag tags[] = {{0, "Cat"}, {1, "Dog"}, {2, "Cow"}, {3, "Bee"}, {0, NULL}};
static gyr_schema *schema_new(void) {
    static const char sdl[] = "interface Animal { id: Int next: Animal }\n"
                              "type Cat implements Animal { id: Int next: Animal score: Int }\n"
                              "type Dog implements Animal { id: Int next: Animal score: Int }\n"
                              "type Cow implements Animal { id: Int next: Animal }\n"
                              "type Bee implements Animal { id: Int next: Animal }\n"
                              "type Query { slow: String beast: Animal listed: [String] all: [Animal] }\n";
    const gyr_binding table[] = {GYR_TYPE("Cat", animal),
                                 GYR_TYPE("Dog", animal),
                                 GYR_TYPE("Cow", animal),
                                 GYR_TYPE("Bee", animal),
                                 GYR_FIELD("Cat.id", animal, id),
                                 GYR_FIELD("Dog.id", animal, id),
                                 GYR_FIELD("Cow.id", animal, id),
                                 GYR_FIELD("Bee.id", animal, id),
                                 GYR_RESOLVER("Cat.next", next),
                                 GYR_GETTER("Dog.next", next),
                                 GYR_GETTER("Cow.next", next),
                                 GYR_GETTER("Bee.next", next),
                                 GYR_BATCH("Cat.score", later_batch),
                                 GYR_BATCH_WITH("Dog.score", later_batch, 0, 3, 1),
                                 GYR_TAG("Animal", animal, tag, tags),
                                 GYR_RESOLVER("Query.slow", later),
                                 GYR_RESOLVER("Query.beast", later),
                                 GYR_RESOLVER("Query.listed", later),
                                 GYR_GETTER("Query.all", all),
                                 GYR_END};
    return gyr_schema_new(gyr_str_of(sdl, sizeof sdl - 1), table, NULL);
}

static const char waits[] =
    "{ a: slow b: slow listed beast { id ... on Cat { score } next { id } } all { ... on Cat { score } "
    "... on Dog { score } id } }";

static gyr_request request_of(pool *p, gyr_plan *plan, gyr_buffer *buffer) {
    buffer->len = 0;
    return (gyr_request){.size = sizeof(gyr_request), .plan = plan, .root = zoo, .context = p, .buffer = buffer};
}

static int rounds(int many) {
    const char *text = getenv("GYR_TEST_ROUNDS");
    return text && *text ? atoi(text) : many;
}

/* ---- tests */

static void answers_from_other_threads(void **state) {
    (void)state;
    pool p = {.end = false};
    gyr_schema *s = schema_new();
    gyr_buffer buffer = {0};
    pool_start(&p);
    gyr_plan *plan = gyr_plan_new(s, gyr_str_of(waits, sizeof waits - 1), gyr_s(""), NULL);
    for (int i = 0; i < rounds(2000); i++) {
        gyr_request r = request_of(&p, plan, &buffer);
        assert_int_equal(gyr_execute(&r), GYR_OK);
        assert_true(buffer.len > 300);
        assert_non_null(
            memmem(buffer.ptr, buffer.len, "\"all\":[{\"score\":0,\"id\":0},{\"score\":10,\"id\":1},{\"id\":2}", 53));
        assert_null(memmem(buffer.ptr, buffer.len, "cancel", 6));
    }
    assert_int_equal(p.refused, 0);
    pool_stop(&p);
    gyr_plan_free(plan);
    gyr_schema_free(s);
    gyr_buffer_free(&buffer);
}

static void one_of_two_answers_is_taken(void **state) {
    (void)state;
    pool p = {.twice = true};
    gyr_schema *s = schema_new();
    gyr_buffer buffer = {0};
    pool_start(&p);
    gyr_plan *plan = gyr_plan_new(s, gyr_s("{ a: slow b: slow c: slow }"), gyr_s(""), NULL);
    int many = rounds(2000);
    for (int i = 0; i < many; i++) {
        gyr_request r = request_of(&p, plan, &buffer);
        assert_int_equal(gyr_execute(&r), GYR_OK);
        assert_null(memmem(buffer.ptr, buffer.len, "errors", 6));
    }
    pool_stop(&p);
    assert_int_equal(p.accepted, many * 3);
    assert_true(p.refused <= (unsigned)many * 3);
    gyr_plan_free(plan);
    gyr_schema_free(s);
    gyr_buffer_free(&buffer);
}

/* A wake-up that is waited for, as in any embedder's loop. */
typedef struct bell {
    pthread_mutex_t lock;
    pthread_cond_t rung;
    bool ringing;
} bell;
static void ring(void *user) {
    bell *b = user;
    pthread_mutex_lock(&b->lock);
    b->ringing = true;
    pthread_cond_signal(&b->rung);
    pthread_mutex_unlock(&b->lock);
}
static void await(bell *b) {
    pthread_mutex_lock(&b->lock);
    while (!b->ringing) pthread_cond_wait(&b->rung, &b->lock);
    b->ringing = false;
    pthread_mutex_unlock(&b->lock);
}

typedef struct canceller {
    gyr_exec *exec;
    atomic_int go;
    uint32_t pause;
} canceller;
static void *cancel_soon(void *arg) {
    canceller *c = arg;
    while (!atomic_load(&c->go)) sched_yield();
    for (uint32_t i = 0; i < c->pause; i++) sched_yield();
    gyr_exec_cancel(c->exec);
    return NULL;
}

static gyr_call *kept[4];
static uint32_t kept_count;
static void keep(gyr_call *c) { kept[kept_count++] = gyr_suspend(c); }

/* Nobody answers: only the cancelling ends the wait, whenever it comes. */
static void cancelling_always_wakes(void **state) {
    (void)state;
    const gyr_binding table[] = {GYR_RESOLVER("Query.never", keep), GYR_END};
    gyr_schema *s = gyr_schema_new(gyr_s("type Query { never: Int }"), table, NULL);
    gyr_plan *plan = gyr_plan_new(s, gyr_s("{ never b: never }"), gyr_s(""), NULL);
    gyr_buffer buffer = {0};
    bell b = {.lock = PTHREAD_MUTEX_INITIALIZER, .rung = PTHREAD_COND_INITIALIZER};
    for (int i = 0; i < rounds(2000); i++) {
        gyr_request r = request_of(NULL, plan, &buffer);
        r.wake = ring, r.wake_user = &b;
        kept_count = 0;
        canceller c = {.exec = gyr_exec_new(&r), .pause = (uint32_t)i % 5};
        pthread_t thread;
        assert_int_equal(pthread_create(&thread, NULL, cancel_soon, &c), 0);
        atomic_store(&c.go, 1);
        for (int k = 0; k < i % 3; k++) sched_yield();
        while (gyr_run(c.exec) != GYR_DONE) await(&b);
        assert_int_equal(gyr_exec_status(c.exec), GYR_ERR_CANCELLED);
        pthread_join(thread, NULL);
        b.ringing = false;
        if (i % 2) gyr_exec_free(c.exec);
        for (uint32_t k = 0; k < kept_count; k++) assert_int_equal(gyr_return_i32(kept[k], 1), GYR_ERR_CANCELLED);
        if (!(i % 2)) gyr_exec_free(c.exec);
    }
    gyr_plan_free(plan);
    gyr_schema_free(s);
    gyr_buffer_free(&buffer);
}

static void freed_while_answers_come(void **state) {
    (void)state;
    pool p = {.end = false};
    gyr_schema *s = schema_new();
    gyr_buffer buffer = {0};
    bell b = {.lock = PTHREAD_MUTEX_INITIALIZER, .rung = PTHREAD_COND_INITIALIZER};
    pool_start(&p);
    for (int i = 0; i < rounds(1500); i++) {
        gyr_plan *plan = gyr_plan_new(s, gyr_str_of(waits, sizeof waits - 1), gyr_s(""), NULL);
        gyr_request r = request_of(&p, plan, &buffer);
        r.wake = ring, r.wake_user = &b;
        gyr_exec *x = gyr_exec_new(&r);
        gyr_plan_free(plan); /* the request holds its own */
        for (int k = 0; k <= i % 3; k++)
            if (gyr_run(x) == GYR_DONE) break;
        if (i % 4 == 0) gyr_exec_cancel(x);
        gyr_exec_free(x);
    }
    pool_stop(&p);
    gyr_schema_free(s);
    gyr_buffer_free(&buffer);
}

/* ---- one plan, many threads */

typedef struct shared {
    gyr_plan *plan;
    pool *pool;
    pthread_barrier_t *start;
    int many, number;
    bool failed;
} shared;

static void *run_many(void *arg) {
    shared *t = arg;
    static const char *const variables[] = {"{\"c\":true,\"d\":true}", "{\"c\":true,\"d\":false}",
                                            "{\"c\":false,\"d\":true}", "{\"c\":false,\"d\":false}"};
    static const size_t fewest[] = {1000, 600, 500, 20};
    gyr_buffer buffer = {0};
    pthread_barrier_wait(t->start);
    for (int i = 0; i < t->many && !t->failed; i++) {
        int v = (i + t->number) % 4;
        gyr_request r = request_of(t->pool, t->plan, &buffer);
        r.variables = gyr_str_of(variables[v], strlen(variables[v]));
        t->failed = gyr_execute(&r) != GYR_OK || buffer.len < fewest[v] || memmem(buffer.ptr, buffer.len, "errors", 6);
    }
    gyr_buffer_free(&buffer);
    return NULL;
}

static void threads_share_a_plan(void **state) {
    (void)state;
    static const char document[] = "query Q($c: Boolean!, $d: Boolean!) { all @include(if: $c) { id __typename next { "
                                   "next { id ... on Dog { id } } "
                                   "... on Bee { x: id } } ... on Cat @include(if: $d) { score } } more: all "
                                   "@include(if: $d) { ... on Cow { id next { id } "
                                   "} ... on Cat { score } __typename } s: __typename }";
    pool p = {.end = false};
    gyr_schema *s = schema_new();
    pool_start(&p);
    for (int round = 0; round < rounds(60); round++) {
        gyr_plan *plan = gyr_plan_new(s, gyr_str_of(document, sizeof document - 1), gyr_s(""), NULL);
        pthread_barrier_t start;
        pthread_t threads[4];
        shared t[4];
        pthread_barrier_init(&start, NULL, 4);
        for (int i = 0; i < 4; i++) {
            t[i] = (shared){.plan = plan, .pool = &p, .start = &start, .many = 12, .number = round % 3 ? i : 0};
            assert_int_equal(pthread_create(&threads[i], NULL, run_many, &t[i]), 0);
        }
        for (int i = 0; i < 4; i++) {
            pthread_join(threads[i], NULL);
            assert_false(t[i].failed);
        }
        pthread_barrier_destroy(&start);
        gyr_plan_free(plan);
    }
    pool_stop(&p);
    gyr_schema_free(s);
}

int main(void) {
    for (int i = 0; i < 16; i++) zoo[i] = (animal){.id = i, .tag = i % 4};
    alarm(250); /* a hang is a failure */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_from_other_threads), cmocka_unit_test(one_of_two_answers_is_taken),
        cmocka_unit_test(cancelling_always_wakes), cmocka_unit_test(freed_while_answers_come),
        cmocka_unit_test(threads_share_a_plan)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
