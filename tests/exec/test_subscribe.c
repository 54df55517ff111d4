/* Source streams: what their function gets and what its answers become, at once and later; cancelling, freeing, failing
 * memory; events beside them.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "faulty.h"

#include <gyr.h>

#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- a program */

typedef enum answer {
    STREAM,
    FAIL,
    FAIL_WITH,
    NIL,
    TEXT,
    NUMBER,
    VALUES,
    ITEMS,
    NOTHING,
    ABANDON,
    LATER, /* suspended: the test answers */
    LATER_BY_THREAD
} answer;

typedef struct source {
    int32_t from;
    uint32_t opened, released, wakes;
    gyr_call *call;
    pthread_t thread;
    sem_t woken;
    char seen[160];
    gyr_buffer sunk;
    unsigned last;
} source;

typedef struct open_args {
    int32_t from;
    int answer;
} open_args;

typedef struct event {
    int32_t number;
    bool broken;
} event;

static void released(void *ptr) { ((source *)ptr)->released++; }

static void *answer_in_thread(void *handle) {
    source *s = gyr_context(handle);
    gyr_hold(handle, s, released);
    gyr_return_ref(handle, s);
    return NULL;
}

static void open_stream(gyr_call *call) {
    static const int32_t numbers[] = {1, 2};
    source *s = gyr_context(call);
    const open_args *args = gyr_args(call);
    gyr_str field = gyr_field_name(call), type = gyr_type_name(call), path = gyr_path(call);
    s->opened++;
    s->from = args->from;
    if (gyr_parent(call) == s)
        snprintf(s->seen, sizeof s->seen, "%.*s.%.*s %.*s %s", (int)type.len, type.ptr, (int)field.len, field.ptr,
                 (int)path.len, path.ptr, (const char *)gyr_user(call));
    switch ((answer)args->answer) {
    case STREAM:
        gyr_hold(call, s, released);
        gyr_return_ref(call, s);
        return;
    case FAIL: gyr_fail(call, gyr_s("no source")); return;
    case FAIL_WITH: gyr_fail_with(call, gyr_s("no source"), gyr_s("{\"code\":1}")); return;
    case NIL: gyr_return_null(call); return;
    case TEXT: gyr_return_cstr(call, "not a stream"); return;
    case NUMBER: gyr_return_i32(call, 5); return;
    case VALUES: gyr_return_values(call, GYR_C_I32, numbers, 2); return;
    case ITEMS: {
        gyr_call *items = gyr_return_items(call, 1);
        if (items) gyr_return_ref(items, s);
        return;
    }
    case NOTHING: return;
    case ABANDON: gyr_abandon(gyr_suspend(call)); return;
    case LATER: s->call = gyr_suspend(call); return;
    case LATER_BY_THREAD:
        s->call = gyr_suspend(call);
        if (s->call && pthread_create(&s->thread, NULL, answer_in_thread, s->call) != 0) abort();
    }
}

static void number_of(gyr_call *call) {
    const event *e = gyr_parent(call);
    if (e->broken)
        gyr_fail(call, gyr_s("broken"));
    else
        gyr_return_i32(call, e->number);
}

static const char sdl[] = "type Query { number: Int }\n"
                          "type Subscription { tick(from: Int! = 1, answer: Int = 0): Tick! bare: Int }\n"
                          "type Tick { number: Int! }\n";
static char user[] = "user";
static const gyr_binding bindings[] = {GYR_FIELD("Query.number", event, number),
                                       GYR_FIELD("Subscription.bare", event, number),
                                       GYR_SELF("Subscription.tick", event),
                                       GYR_STREAM_USER("Subscription.tick", open_stream, user),
                                       GYR_ARG("Subscription.tick(from:)", open_args, from),
                                       GYR_ARG("Subscription.tick(answer:)", open_args, answer),
                                       GYR_RESOLVER("Tick.number", number_of),
                                       GYR_END};
#define OPERATION "subscription S($from: Int, $answer: Int) { t: tick(from: $from, answer: $answer) { number } }"

static gyr_schema *schema_new(faulty *faults) {
    gyr_source text = {.text = gyr_str_of(sdl, sizeof sdl - 1)};
    gyr_errors *errors = NULL;
    gyr_schema_options options = {.size = sizeof options, .sources = &text, .source_count = 1, .bindings = bindings};
    if (faults) options.allocator = faulty_allocator(faults);
    gyr_schema *schema = gyr_schema_build(&options, &errors);
    gyr_errors_free(errors);
    return schema;
}

static void wake(void *ptr) {
    source *s = ptr;
    s->wakes++;
    sem_post(&s->woken);
}

typedef struct world {
    gyr_schema *schema;
    gyr_plan *plan;
    source source;
    gyr_buffer buffer;
    gyr_request request;
} world;

static void world_open(world *w, const char *operation, const char *variables) {
    gyr_errors *errors = NULL;
    memset(w, 0, sizeof *w);
    w->schema = schema_new(NULL);
    w->plan = gyr_plan_new(w->schema, gyr_str_of(operation, strlen(operation)), gyr_s(""), &errors);
    if (!w->plan) fail_msg("%s: %s", operation, gyr_errors_text(errors).ptr);
    sem_init(&w->source.woken, 0, 0);
    w->request = (gyr_request){.size = sizeof w->request,
                               .plan = w->plan,
                               .variables = gyr_str_of(variables, strlen(variables)),
                               .root = &w->source,
                               .context = &w->source,
                               .buffer = &w->buffer,
                               .wake = wake,
                               .wake_user = &w->source};
}

static void world_close(world *w) {
    sem_destroy(&w->source.woken);
    gyr_buffer_free(&w->buffer);
    gyr_buffer_free(&w->source.sunk);
    gyr_plan_free(w->plan);
    gyr_schema_free(w->schema);
}

static void assert_response(const world *w, const char *want) {
    if (w->buffer.len != strlen(want) || memcmp(w->buffer.ptr, want, w->buffer.len) != 0)
        fail_msg("want %s\n got %.*s", want, (int)w->buffer.len, w->buffer.ptr);
}

/* ---- tests */

static void a_stream_and_its_events(void **state) {
    (void)state;
    world w;
    event e = {.number = 7};
    world_open(&w, OPERATION, "{\"from\": 3}");
    gyr_exec *subscription = gyr_subscription_new(&w.request);
    assert_null(gyr_subscription_stream(subscription)); /* not yet */
    assert_int_equal(gyr_run(subscription), GYR_DONE);
    assert_int_equal(gyr_exec_status(subscription), GYR_OK);
    assert_ptr_equal(gyr_subscription_stream(subscription), &w.source);
    assert_int_equal(w.source.from, 3);
    assert_string_equal(w.source.seen, "Subscription.tick [\"t\"] user");
    assert_int_equal(w.buffer.len, 0);

    w.request.root = &e;
    assert_int_equal(gyr_execute(&w.request), GYR_OK);
    assert_response(&w, "{\"data\":{\"t\":{\"number\":7}}}");
    w.buffer.len = 0;
    e.broken = true;
    assert_int_equal(gyr_execute(&w.request), GYR_OK);
    assert_response(&w, "{\"errors\":[{\"message\":\"broken\",\"locations\":[{\"line\":1,\"column\":84}],"
                        "\"path\":[\"t\",\"number\"]}],\"data\":null}");
    w.buffer.len = 0;
    e.broken = false;
    assert_int_equal(gyr_execute(&w.request), GYR_OK);
    assert_response(&w, "{\"data\":{\"t\":{\"number\":7}}}");

    assert_ptr_equal(gyr_subscription_stream(subscription), &w.source); /* its events have not ended it */
    assert_int_equal(w.source.released, 0);
    gyr_exec_free(subscription);
    assert_int_equal(w.source.released, 1);
    assert_int_equal(w.source.opened, 1); /* not by an event */
    world_close(&w);
}

#define ERROR(message)                                                                                                 \
    "{\"errors\":[{\"message\":\"" message "\",\"locations\":[{\"line\":1,\"column\":44}],\"path\":[\"t\"]}]}"
#define NO_STREAM(shown) ERROR("Subscription field must return Async Iterable. Received: " shown ".")
static const struct {
    answer answer;
    const char *response;
} no_streams[] = {
    {FAIL, ERROR("no source")},
    {FAIL_WITH, "{\"errors\":[{\"message\":\"no source\",\"locations\":[{\"line\":1,\"column\":44}],\"path\":[\"t\"],"
                "\"extensions\":{\"code\":1}}]}"},
    {NIL, NO_STREAM("null")},
    {TEXT, NO_STREAM("\\\"not a stream\\\"")},
    {NUMBER, NO_STREAM("5")},
    {VALUES, NO_STREAM("[1, 2]")},
    {ITEMS, NO_STREAM("[{}]")},
    {NOTHING, ERROR("The resolver returned without an answer.")},
    {ABANDON, ERROR("The resolver abandoned the call.")},
};

static void what_is_no_stream_is_an_error_without_data(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof no_streams / sizeof no_streams[0]; i++) {
        world w;
        char variables[64];
        snprintf(variables, sizeof variables, "{\"answer\": %d}", (int)no_streams[i].answer);
        world_open(&w, OPERATION, variables);
        gyr_exec *subscription = gyr_subscription_new(&w.request);
        while (gyr_run(subscription) == GYR_WAITING) {
        }
        assert_null(gyr_subscription_stream(subscription));
        assert_int_equal(gyr_exec_status(subscription), GYR_OK);
        assert_response(&w, no_streams[i].response);
        gyr_exec_free(subscription);
        world_close(&w);
    }
}

static const struct {
    const char *operation, *variables, *response;
} bad_requests[] = {
    {OPERATION, "{\"from\": null}",
     "{\"errors\":[{\"message\":\"Argument \\\"Subscription.tick(from:)\\\" has invalid value: Expected variable "
     "\\\"$from\\\" "
     "provided to non-null type \\\"Int!\\\" not to be "
     "null.\",\"locations\":[{\"line\":1,\"column\":58}],\"path\":[\"t\"]}]}"},
    {OPERATION, "{\"answer\": \"x\"}",
     "{\"errors\":[{\"message\":\"Variable \\\"$answer\\\" has invalid value: Int cannot represent non-integer value: "
     "\\\"x\\\"\",\"locations\":[{\"line\":1,\"column\":28}]}]}"},
    {"subscription { bare }", "",
     "{\"errors\":[{\"message\":\"The subscription field \\\"bare\\\" has no source "
     "stream.\",\"locations\":[{\"line\":1,\"column\":16}],\"path\":[\"bare\"]}]}"},
};

static void errors_before_the_function_is_called(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof bad_requests / sizeof bad_requests[0]; i++) {
        world w;
        world_open(&w, bad_requests[i].operation, bad_requests[i].variables);
        gyr_exec *subscription = gyr_subscription_new(&w.request);
        assert_int_equal(gyr_run(subscription), GYR_DONE);
        assert_null(gyr_subscription_stream(subscription));
        assert_response(&w, bad_requests[i].response);
        assert_int_equal(w.source.opened, 0);
        gyr_exec_free(subscription);
        world_close(&w);
    }
}

static void only_subscriptions_have_streams(void **state) {
    (void)state;
    world w;
    world_open(&w, "{ number }", "");
    assert_null(gyr_subscription_new(&w.request));
    assert_null(gyr_subscription_new(NULL));
    event e = {.number = 1};
    w.request.root = &e;
    gyr_exec *exec = gyr_exec_new(&w.request);
    assert_int_equal(gyr_run(exec), GYR_DONE);
    assert_null(gyr_subscription_stream(exec));
    gyr_exec_free(exec);
    w.request.plan = NULL;
    assert_null(gyr_subscription_new(&w.request));
    world_close(&w);
}

static gyr_flow sink(void *ptr, gyr_str bytes, unsigned flags) {
    source *s = ptr;
    s->last += flags & GYR_LAST;
    s->sunk.ptr = realloc(s->sunk.ptr, s->sunk.len + bytes.len + 1);
    if (!s->sunk.ptr) abort();
    memcpy(s->sunk.ptr + s->sunk.len, bytes.ptr, bytes.len);
    s->sunk.len += bytes.len;
    return GYR_CONTINUE;
}

static void a_sink_gets_errors_and_nothing_else(void **state) {
    (void)state;
    for (answer a = STREAM; a <= FAIL; a++) {
        world w;
        world_open(&w, OPERATION, a == STREAM ? "{\"answer\": 0}" : "{\"answer\": 1}");
        w.request.buffer = NULL;
        w.request.sink = sink;
        w.request.sink_user = &w.source;
        w.request.extensions = gyr_s("{\"e\":1}");
        gyr_exec *subscription = gyr_subscription_new(&w.request);
        assert_int_equal(gyr_run(subscription), GYR_DONE);
        assert_int_equal(w.source.last, a == FAIL);
        assert_true((w.source.sunk.len > 0) == (a == FAIL));
        if (a == FAIL) {
            static const char end[] = "\"path\":[\"t\"]}],\"extensions\":{\"e\":1}}";
            assert_memory_equal(w.source.sunk.ptr + w.source.sunk.len - (sizeof end - 1), end, sizeof end - 1);
        }
        gyr_exec_free(subscription);
        world_close(&w);
    }
}

/* ---- later */

static void answered_later(void **state) {
    (void)state;
    world w;
    world_open(&w, OPERATION, "{\"answer\": 10}");
    gyr_exec *subscription = gyr_subscription_new(&w.request);
    assert_int_equal(gyr_run(subscription), GYR_WAITING);
    assert_null(gyr_subscription_stream(subscription));
    assert_int_equal(gyr_run(subscription), GYR_WAITING);
    assert_int_equal(gyr_return_ref(w.source.call, &w.source), GYR_OK);
    assert_int_equal(w.source.wakes, 1);
    assert_int_equal(gyr_return_ref(w.source.call, &w), GYR_ERR_STALE);
    assert_int_equal(gyr_run(subscription), GYR_DONE);
    assert_ptr_equal(gyr_subscription_stream(subscription), &w.source);
    assert_int_equal(w.buffer.len, 0);
    gyr_exec_free(subscription);
    world_close(&w);
}

static void answered_by_a_thread(void **state) {
    (void)state;
    for (int i = 0; i < 50; i++) {
        world w;
        world_open(&w, OPERATION, "{\"answer\": 11}");
        gyr_exec *subscription = gyr_subscription_new(&w.request);
        while (gyr_run(subscription) == GYR_WAITING) sem_wait(&w.source.woken);
        assert_ptr_equal(gyr_subscription_stream(subscription), &w.source);
        pthread_join(w.source.thread, NULL);
        gyr_exec_free(subscription);
        assert_int_equal(w.source.released, 1);
        world_close(&w);
    }
}

static void cancelled_while_waiting(void **state) {
    (void)state;
    world w;
    world_open(&w, OPERATION, "{\"answer\": 10}");
    gyr_exec *subscription = gyr_subscription_new(&w.request);
    assert_int_equal(gyr_run(subscription), GYR_WAITING);
    gyr_exec_cancel(subscription);
    assert_true(gyr_is_cancelled(w.source.call));
    assert_int_equal(gyr_run(subscription), GYR_DONE);
    assert_null(gyr_subscription_stream(subscription));
    assert_int_equal(gyr_exec_status(subscription), GYR_ERR_CANCELLED);
    assert_response(&w, ERROR("The request was cancelled."));
    assert_int_equal(gyr_hold(w.source.call, &w.source, released), GYR_OK);
    assert_int_equal(gyr_return_ref(w.source.call, &w.source), GYR_ERR_CANCELLED); /* so its owner closes the stream: */
    assert_int_equal(w.source.released, 1);                                        /* or gyr_hold has */
    gyr_exec_free(subscription);
    world_close(&w);
}

static void freed_while_waiting(void **state) {
    (void)state;
    for (int hold_first = 0; hold_first < 2; hold_first++) {
        world w;
        world_open(&w, OPERATION, "{\"answer\": 10}");
        gyr_exec *subscription = gyr_subscription_new(&w.request);
        assert_int_equal(gyr_run(subscription), GYR_WAITING);
        if (hold_first) gyr_hold(w.source.call, &w.source, released);
        gyr_exec_free(subscription);
        assert_int_equal(w.source.released, 0); /* the handle still has it */
        assert_int_equal(gyr_return_ref(w.source.call, &w.source), GYR_ERR_CANCELLED);
        assert_int_equal(w.source.released, hold_first);
        assert_int_equal(w.buffer.len, 0);
        world_close(&w);
    }
}

static void cancelled_before_it_ran(void **state) {
    (void)state;
    world w;
    world_open(&w, OPERATION, "");
    gyr_exec *subscription = gyr_subscription_new(&w.request);
    gyr_exec_cancel(subscription);
    assert_int_equal(gyr_run(subscription), GYR_DONE);
    assert_int_equal(w.source.opened, 0);
    assert_response(&w, ERROR("The request was cancelled."));
    gyr_exec_free(subscription);
    world_close(&w);
    world_open(&w, OPERATION, ""); /* and never run at all */
    gyr_exec_free(gyr_subscription_new(&w.request));
    assert_int_equal(w.source.opened, 0);
    world_close(&w);
}

/* ---- failing memory */

/* What became of it: true when there was a stream and its event was answered. */
static bool live(faulty *f, int how) {
    static const char *const variables[] = {"{\"answer\": 0}", "{\"answer\": 10}", "{\"answer\": 2}",
                                            "{\"from\": null}"};
    source s = {0};
    event e = {.number = 1};
    gyr_errors *errors = NULL;
    gyr_buffer buffer = {.allocator = faulty_allocator(f)};
    gyr_schema *schema = schema_new(f);
    gyr_plan *plan =
        schema ? gyr_plan_new(schema, gyr_str_of(OPERATION, sizeof OPERATION - 1), gyr_s(""), &errors) : NULL;
    gyr_errors_free(errors);
    gyr_request request = {.size = sizeof request,
                           .plan = plan,
                           .variables = gyr_str_of(variables[how], strlen(variables[how])),
                           .context = &s,
                           .buffer = &buffer};
    gyr_exec *subscription = plan ? gyr_subscription_new(&request) : NULL;
    bool whole = false;
    if (subscription && gyr_run(subscription) == GYR_WAITING) {
        gyr_hold(s.call, &s, released);
        gyr_return_ref(s.call, &s);
        assert_int_equal(gyr_run(subscription), GYR_DONE);
    }
    if (subscription && gyr_subscription_stream(subscription)) {
        assert_true(how < 2 && buffer.len == 0);
        request.root = &e;
        whole = gyr_execute(&request) == GYR_OK && buffer.len > 8 && !memcmp(buffer.ptr, "{\"data\":", 8);
    } else if (subscription && gyr_exec_status(subscription) == GYR_OK) {
        assert_true(buffer.len > 10 && !memcmp(buffer.ptr, "{\"errors\":", 10));
    }
    gyr_exec_free(subscription);
    gyr_buffer_free(&buffer);
    gyr_plan_free(plan);
    gyr_schema_free(schema);
    assert_int_equal(f->live, 0);
    return whole;
}

static void every_allocation_fails(void **state) {
    (void)state;
    for (int how = 0; how < 4; how++)
        for (int for_good = 0; for_good < 2; for_good++)
            for (uint64_t n = 1;; n++) {
                faulty f = {.fail_at = n, .for_good = for_good};
                bool whole = live(&f, how);
                if (f.failed) continue;
                assert_true(whole == (how < 2) && n > 20);
                break;
            }
}

/* ---- bindings */

static void streams_stand_on_the_subscription_type(void **state) {
    (void)state;
    static const gyr_binding wrong[] = {
        GYR_STREAM("Query.number", open_stream),         GYR_STREAM("Subscription.number", open_stream),
        GYR_STREAM("Subscription.number", number_of),    GYR_STREAM("Subscription.other", NULL),
        GYR_STREAM("Subscription", open_stream),         GYR_FIELD("Query.number", event, number),
        GYR_FIELD("Subscription.number", event, number), GYR_END};
    gyr_errors *errors = NULL;
    assert_null(gyr_schema_new(gyr_s("type Query { number: Int } type Subscription { number: Int other: Int }"), wrong,
                               &errors));
    gyr_str text = gyr_errors_text(errors);
    static const char want[] = "Query.number: open_stream opens a source stream, Query is not the subscription type\n"
                               "Subscription.number: bound twice, to open_stream and to number_of\n"
                               "Subscription.other: NULL: the function is NULL\n"
                               "Subscription: open_stream binds a field, this names a type\n"
                               "Subscription.other: this field has no binding\n";
    if (text.len != sizeof want - 1 || memcmp(text.ptr, want, text.len) != 0) fail_msg("%.*s", (int)text.len, text.ptr);
    gyr_errors_free(errors);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stream_and_its_events),
        cmocka_unit_test(what_is_no_stream_is_an_error_without_data),
        cmocka_unit_test(errors_before_the_function_is_called),
        cmocka_unit_test(only_subscriptions_have_streams),
        cmocka_unit_test(a_sink_gets_errors_and_nothing_else),
        cmocka_unit_test(answered_later),
        cmocka_unit_test(answered_by_a_thread),
        cmocka_unit_test(cancelled_while_waiting),
        cmocka_unit_test(freed_while_waiting),
        cmocka_unit_test(cancelled_before_it_ran),
        cmocka_unit_test(every_allocation_fails),
        cmocka_unit_test(streams_stand_on_the_subscription_type),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
