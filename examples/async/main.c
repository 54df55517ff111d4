/* Many requests at once on one thread, in an event loop of the program's own: a resolver suspends its call
 * and sets a timer, the timer's answer makes the engine call `wake`, which marks the request as ready, and
 * the loop gives it a turn.
 *
 * Three requests start together. The second is done first, because its answers come earlier; the third is
 * cancelled by its deadline and ends with a partial response.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "../example.h"
#include <stdlib.h>
#include <time.h>

static const char sdl[] = "type Query { after(ms: Int!, text: String!): Answer }"
                          "type Answer { text: String!  again(ms: Int!): Answer }";

/* ---- the loop */

struct timer { /* answers a suspended call */
    int64_t due;
    gyr_call *call;
    const void *answer;
    struct timer *next;
};

struct request {
    gyr_exec *exec;
    gyr_buffer response;
    int64_t deadline;
    bool ready; /* has work: wake was called */
};

struct loop {
    struct timer *timers; /* by time */
    struct request *requests;
    size_t count, open;
};

static int64_t now_ms(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void add_timer(struct loop *loop, gyr_call *call, int32_t ms, const void *answer) {
    struct timer *timer = malloc(sizeof *timer), **at = &loop->timers;
    if (!timer) {
        gyr_abandon(call);
        return;
    }
    *timer = (struct timer){now_ms() + ms, call, answer, NULL};
    while (*at && (*at)->due <= timer->due) at = &(*at)->next;
    timer->next = *at;
    *at = timer;
}

static void fire_timers(struct loop *loop) {
    while (loop->timers && loop->timers->due <= now_ms()) {
        struct timer *timer = loop->timers;
        loop->timers = timer->next;
        gyr_return_ref(timer->call, timer->answer); /* to a request that is gone: GYR_ERR_STALE, nothing happens */
        free(timer);
    }
}

static void wake(void *user) { ((struct request *)user)->ready = true; }

static void give_turn(struct loop *loop, struct request *request) {
    request->ready = false;
    if (gyr_run(request->exec) != GYR_DONE) return;
    printf("%.*s\n", (int)request->response.len, request->response.ptr);
    gyr_exec_free(request->exec);
    request->exec = NULL;
    loop->open--;
}

static void run_loop(struct loop *loop) {
    while (loop->open) {
        fire_timers(loop);
        for (size_t i = 0; i < loop->count; i++) {
            struct request *request = &loop->requests[i];
            if (request->exec && request->deadline && request->deadline <= now_ms()) gyr_exec_cancel(request->exec);
            if (request->exec && request->ready) give_turn(loop, request);
        }
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL); /* a real loop would sleep until the next event */
    }
    while (loop->timers) { /* of requests that did not wait for them */
        struct timer *timer = loop->timers;
        loop->timers = timer->next;
        gyr_abandon(timer->call);
        free(timer);
    }
}

/* ---- the schema */

struct answer {
    gyr_str text;
};
struct after {
    int32_t ms;
    gyr_str text;
};

static void after(gyr_call *call) {
    const struct after *args = gyr_args(call);
    struct answer *answer = gyr_alloc(call, sizeof *answer);
    gyr_call *suspended = answer ? gyr_suspend(call) : NULL;
    if (!suspended) return; /* out of memory: a call without an answer fails */
    answer->text = args->text;
    add_timer(gyr_context(suspended), suspended, args->ms, answer);
}

static void again(gyr_call *call) {
    const struct after *args = gyr_args(call);
    const void *same = gyr_parent(call);
    gyr_call *suspended = gyr_suspend(call);
    if (suspended) add_timer(gyr_context(suspended), suspended, args->ms, same);
}

static const gyr_binding bindings[] = {
    GYR_RESOLVER("Query.after", after),
    GYR_ARG("Query.after(ms:)", struct after, ms),
    GYR_ARG("Query.after(text:)", struct after, text),
    GYR_TYPE("Answer", struct answer),
    GYR_FIELD("Answer.text", struct answer, text),
    GYR_RESOLVER("Answer.again", again),
    GYR_ARG("Answer.again(ms:)", struct after, ms),
    GYR_END,
};

static bool start(struct loop *loop, struct request *request, gyr_schema *schema, gyr_str query) {
    gyr_errors *errors = NULL;
    gyr_plan *plan = gyr_plan_new(schema, query, gyr_s(""), &errors);
    if (!plan) return example_failed(errors);
    gyr_request options = {.size = sizeof options,
                           .plan = plan,
                           .context = loop,
                           .buffer = &request->response,
                           .wake = wake,
                           .wake_user = request};
    request->exec = gyr_exec_new(&options);
    request->ready = true;
    gyr_plan_free(plan); /* the request holds its own reference */
    loop->open += request->exec != NULL;
    return request->exec;
}

int main(void) {
    gyr_errors *errors = NULL;
    gyr_schema *schema = gyr_schema_new(gyr_str_of(sdl, sizeof sdl - 1), bindings, &errors);
    if (!schema) return !example_failed(errors);
    struct request requests[3] = {{.deadline = 0}, {.deadline = 0}, {.deadline = now_ms() + 400}};
    struct loop loop = {.requests = requests, .count = 3};
    bool ok = start(&loop, &requests[0], schema,
                    gyr_s("{ a: after(ms: 200, text: \"slow\") { text } b: after(ms: 100, text: \"in between\") { "
                          "text } }")) &&
              start(&loop, &requests[1], schema,
                    gyr_s("{ c: after(ms: 20, text: \"quick\") { text again(ms: 20) { again(ms: 20) { text } } } }")) &&
              start(&loop, &requests[2], schema,
                    gyr_s("{ d: after(ms: 10, text: \"in time\") { text } e: after(ms: 60000, text: \"too late\") "
                          "{ text } }"));
    if (ok) run_loop(&loop);
    for (int i = 0; i < 3; i++) gyr_buffer_free(&requests[i].response);
    gyr_schema_free(schema);
    return !ok;
}
