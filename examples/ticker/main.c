/* A subscription from end to end: a function opens the source stream - here a clock that counts down - and each of its
 * events is a request of its own. An event that fails is reported and does not end the stream; a stream that cannot be
 * opened is one response with errors and no data.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "../example.h"
#include <stdlib.h>

static const char sdl[] = "type Query { version: String! }"
                          "type Subscription { tick(from: Int!): Tick }"
                          "type Tick { left: Int!  word: String! }";

struct ticker { /* the source stream */
    int32_t next;
};
struct tick_args {
    int32_t from;
};
struct event { /* the object of type Subscription */
    const struct event *tick;
    int32_t left;
};

/* ---- the source stream */

static void open_ticker(gyr_call *call) {
    const struct tick_args *args = gyr_args(call);
    if (args->from < 0) {
        gyr_fail(call, gyr_s("There is nothing to count down."));
        return;
    }
    struct ticker *ticker = malloc(sizeof *ticker);
    if (!ticker || gyr_hold(call, ticker, free) != GYR_OK) return; /* a call without an answer fails */
    ticker->next = args->from;
    gyr_return_ref(call, ticker);
}

/* A real program would wait here, or be called by its event loop. */
static bool next_event(struct ticker *ticker, struct event *event) {
    if (ticker->next < 0) return false;
    *event = (struct event){event, ticker->next--};
    return true;
}

/* ---- an event */

static void word(gyr_call *call) {
    static const char *const words[] = {"go", "one", NULL, "three"};
    const struct event *event = gyr_parent(call);
    if (event->left < 4 && words[event->left])
        gyr_return_cstr(call, words[event->left]);
    else
        gyr_fail(call, gyr_s("There is no word for this number."));
}

static void version(gyr_call *call) { gyr_return_cstr(call, gyr_version()); }

static const gyr_binding bindings[] = {
    GYR_GETTER("Query.version", version),
    GYR_STREAM("Subscription.tick", open_ticker),
    GYR_ARG("Subscription.tick(from:)", struct tick_args, from),
    GYR_REF("Subscription.tick", struct event, tick),
    GYR_FIELD("Tick.left", struct event, left),
    GYR_GETTER("Tick.word", word),
    GYR_END,
};

static void print(gyr_buffer *response) {
    printf("%.*s\n", (int)response->len, response->ptr ? response->ptr : "");
    response->len = 0;
}

static bool subscribe(gyr_plan *plan, gyr_str variables) {
    gyr_buffer response = {0};
    struct event event;
    gyr_request request = {.size = sizeof request, .plan = plan, .variables = variables, .buffer = &response};
    gyr_exec *subscription = gyr_subscription_new(&request);
    if (!subscription) return false;
    gyr_run(subscription); /* DONE: open_ticker does not suspend its call */
    struct ticker *ticker = gyr_subscription_stream(subscription);
    if (!ticker) print(&response);
    request.root = &event;
    bool ok = true;
    while (ok && ticker && next_event(ticker, &event)) {
        ok = gyr_execute(&request) == GYR_OK;
        print(&response);
    }
    gyr_exec_free(subscription); /* frees the ticker */
    gyr_buffer_free(&response);
    return ok;
}

int main(void) {
    gyr_errors *errors = NULL;
    gyr_schema *schema = gyr_schema_new(gyr_str_of(sdl, sizeof sdl - 1), bindings, &errors);
    gyr_plan *plan = gyr_plan_new(schema, gyr_s("subscription ($from: Int!) { tick(from: $from) { left word } }"),
                                  gyr_s(""), &errors);
    if (!plan) return !example_failed(errors);
    bool ok = subscribe(plan, gyr_s("{\"from\": 3}")) && subscribe(plan, gyr_s("{\"from\": -1}"));
    gyr_plan_free(plan);
    gyr_schema_free(schema);
    return !ok;
}
