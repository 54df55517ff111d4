/* Incremental delivery in turns: what is started when, what waits for what, pausing and cancelling in later payloads, limits.
 * What is delivered is held by the conformance corpus and by random requests (tests/native).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <gyr.h>

#include <stdlib.h>
#include <string.h>

typedef struct world {
    gyr_schema *schema;
    gyr_plan *plan;
    gyr_exec *exec;
    gyr_call *calls[16];
    uint32_t call_count, payloads;
    bool last;
    gyr_flow flow; /* what the sink says */
    char text[8192];
    size_t len;
} world;

static void resolve_now(gyr_call *c) { gyr_return_str(c, gyr_s("now")); }

static void resolve_later(gyr_call *c) {
    world *w = gyr_context(c);
    w->calls[w->call_count++] = gyr_suspend(c);
}

static void resolve_things(gyr_call *c) {
    static const int things[3];
    const void *refs[] = {&things[0], &things[1], &things[2]};
    gyr_return_refs(c, refs, 3);
}

static void get_thing(gyr_call *c) { gyr_return_ref(c, "a thing"); }

static const char sdl[] = "type Query { now: String later: String! things: [Thing] strict: [Thing!] thing: Thing }\n"
                          "type Thing { now: String later: String! thing: Thing }";

static gyr_flow sink(void *user, gyr_str bytes, unsigned flags) {
    world *w = user;
    assert_true(w->len + bytes.len < sizeof w->text);
    if (bytes.len) memcpy(w->text + w->len, bytes.ptr, bytes.len);
    w->len += bytes.len;
    w->text[w->len] = 0;
    w->payloads += (flags & (GYR_PAYLOAD | GYR_LAST)) != 0;
    w->last |= (flags & GYR_LAST) != 0;
    return w->flow;
}

static gyr_request request_of(world *w) {
    return (gyr_request){.size = sizeof(gyr_request),
                         .plan = w->plan,
                         .context = w,
                         .sink = sink,
                         .sink_user = w,
                         .flush_bytes = 1,
                         .incremental = true};
}

static void start(world *w, uint32_t most, const char *document) {
    static const gyr_binding rows[] = {GYR_RESOLVER("Query.now", resolve_now),
                                       GYR_RESOLVER("Query.later", resolve_later),
                                       GYR_RESOLVER("Query.things", resolve_things),
                                       GYR_RESOLVER("Query.strict", resolve_things),
                                       GYR_RESOLVER("Thing.now", resolve_now),
                                       GYR_RESOLVER("Thing.later", resolve_later),
                                       GYR_GETTER("Query.thing", get_thing),
                                       GYR_GETTER("Thing.thing", get_thing),
                                       GYR_END};
    gyr_source source = {.text = gyr_str_of(sdl, sizeof sdl - 1)};
    gyr_schema_options o = {.size = sizeof o,
                            .sources = &source,
                            .source_count = 1,
                            .bindings = rows,
                            .incremental = true,
                            .limits = {.size = sizeof(gyr_limits), .deferred = most}};
    *w = (world){.flow = GYR_CONTINUE};
    gyr_errors *errors = NULL;
    w->schema = gyr_schema_build(&o, &errors);
    w->plan = w->schema ? gyr_plan_new(w->schema, gyr_str_of(document, strlen(document)), gyr_s(""), &errors) : NULL;
    if (!w->plan) fail_msg("%.*s", (int)gyr_errors_text(errors).len, gyr_errors_text(errors).ptr);
    gyr_request r = request_of(w);
    w->exec = gyr_exec_new(&r);
    assert_non_null(w->exec);
}

/* Runs a turn: its state, and what the sink got in it. */
static void turn(world *w, gyr_state state, const char *want) {
    w->len = 0;
    w->text[0] = 0;
    assert_int_equal(gyr_run(w->exec), state);
    assert_string_equal(w->text, want);
}

static void answer(world *w, uint32_t call) { assert_int_equal(gyr_return_str(w->calls[call], gyr_s("x")), GYR_OK); }

static void end(world *w, gyr_status status) {
    assert_true(w->last);
    assert_int_equal(gyr_exec_status(w->exec), status);
    gyr_exec_free(w->exec);
    gyr_plan_free(w->plan);
    gyr_schema_free(w->schema);
}

#define TWO "{ now ... @defer(label: \"a\") { a: later } ... @defer(label: \"b\") { b: later } }"
#define TWO_FIRST                                                                                                      \
    "{\"data\":{\"now\":\"now\"},\"pending\":[{\"id\":\"0\",\"path\":[],\"label\":\"a\"},"                             \
    "{\"id\":\"1\",\"path\":[],\"label\":\"b\"}],\"hasNext\":true}"

static void who_is_complete_waits_for_nobody(void **state) {
    (void)state;
    world w;
    start(&w, 0, TWO);
    turn(&w, GYR_WAITING, TWO_FIRST);
    assert_int_equal(w.call_count, 2); /* both, at once */
    answer(&w, 1);
    turn(&w, GYR_WAITING,
         "{\"incremental\":[{\"id\":\"1\",\"data\":{\"b\":\"x\"}}],\"completed\":[{\"id\":\"1\"}],\"hasNext\":true}");
    answer(&w, 0);
    turn(&w, GYR_DONE,
         "{\"incremental\":[{\"id\":\"0\",\"data\":{\"a\":\"x\"}}],\"completed\":[{\"id\":\"0\"}],\"hasNext\":false}");
    assert_int_equal(w.payloads, 3);
    end(&w, GYR_OK);
}

/* What is fetched below a field that also stands outside the @defer is fetched with the part: the field itself stays a
 * getter's. */
static void a_fetch_below_a_field_that_stays(void **state) {
    (void)state;
    world w;
    start(&w, 0, "{ thing { thing { __typename } ... @defer { thing { later } } } }");
    turn(&w, GYR_WAITING,
         "{\"data\":{\"thing\":{\"thing\":{\"__typename\":\"Thing\"}}},\"pending\":[{\"id\":\"0\",\"path\":"
         "[\"thing\"]}],\"hasNext\":true}");
    answer(&w, 0);
    turn(&w, GYR_DONE,
         "{\"incremental\":[{\"id\":\"0\",\"subPath\":[\"thing\"],\"data\":{\"later\":\"x\"}}],"
         "\"completed\":[{\"id\":\"0\"}],\"hasNext\":false}");
    end(&w, GYR_OK);
}

static void items_come_in_order(void **state) {
    (void)state;
    world w;
    start(&w, 0, "{ things @stream(initialCount: 1) { later } }");
    turn(&w, GYR_WAITING, "");
    answer(&w, 0);
    turn(&w, GYR_WAITING,
         "{\"data\":{\"things\":[{\"later\":\"x\"}]},\"pending\":[{\"id\":\"0\",\"path\":[\"things\"]}],\"hasNext\":"
         "true}");
    assert_int_equal(w.call_count, 3);
    answer(&w, 2);
    turn(&w, GYR_WAITING, ""); /* the one before it is not there */
    answer(&w, 1);
    turn(&w, GYR_DONE,
         "{\"incremental\":[{\"id\":\"0\",\"items\":[{\"later\":\"x\"},{\"later\":\"x\"}]}],"
         "\"completed\":[{\"id\":\"0\"}],\"hasNext\":false}");
    end(&w, GYR_OK);
}

static void an_item_that_must_not_be_null_ends_its_list(void **state) {
    (void)state;
    world w;
    start(&w, 0, "{ strict @stream { later } }");
    turn(&w, GYR_WAITING,
         "{\"data\":{\"strict\":[]},\"pending\":[{\"id\":\"0\",\"path\":[\"strict\"]}],\"hasNext\":true}");
    answer(&w, 0);
    assert_int_equal(gyr_fail(w.calls[1], gyr_s("bad")), GYR_OK);
    answer(&w, 2);
    turn(&w, GYR_DONE,
         "{\"incremental\":[{\"id\":\"0\",\"items\":[{\"later\":\"x\"}]}],\"completed\":[{\"id\":\"0\",\"errors\":["
         "{\"message\":\"bad\",\"locations\":[{\"line\":1,\"column\":20}],\"path\":[\"strict\",1,\"later\"]}]}],"
         "\"hasNext\":false}");
    end(&w, GYR_OK);
}

static void it_pauses_in_any_payload(void **state) {
    (void)state;
    world w;
    start(&w, 0, TWO);
    w.flow = GYR_PAUSE;
    turn(&w, GYR_PAUSED, TWO_FIRST);
    assert_int_equal(w.call_count, 0); /* started when the payload has been taken */
    turn(&w, GYR_WAITING, "");
    answer(&w, 0);
    turn(&w, GYR_PAUSED,
         "{\"incremental\":[{\"id\":\"0\",\"data\":{\"a\":\"x\"}}],\"completed\":[{\"id\":\"0\"}],\"hasNext\":true}");
    answer(&w, 1);
    turn(&w, GYR_DONE,
         "{\"incremental\":[{\"id\":\"1\",\"data\":{\"b\":\"x\"}}],\"completed\":[{\"id\":\"1\"}],\"hasNext\":false}");
    end(&w, GYR_OK);
}

static void cancelling_fails_what_waits(void **state) {
    (void)state;
    world w;
    start(&w, 0, TWO);
    turn(&w, GYR_WAITING, TWO_FIRST);
    answer(&w, 1);
    gyr_exec_cancel(w.exec);
    assert_int_equal(gyr_run(w.exec), GYR_DONE);
    assert_non_null(strstr(w.text, "{\"id\":\"0\",\"errors\":[{\"message\":\"The request was cancelled.\""));
    assert_non_null(strstr(w.text, "\"hasNext\":false}"));
    gyr_abandon(w.calls[0]);
    end(&w, GYR_ERR_CANCELLED);
}

static void the_sink_cancels_a_later_payload(void **state) {
    (void)state;
    world w;
    start(&w, 0, TWO);
    turn(&w, GYR_WAITING, TWO_FIRST);
    w.flow = GYR_CANCEL;
    answer(&w, 0);
    assert_int_equal(gyr_run(w.exec), GYR_DONE);
    assert_int_equal(gyr_exec_status(w.exec), GYR_ERR_CANCELLED);
    gyr_exec_free(w.exec);
    gyr_abandon(w.calls[1]);
    gyr_plan_free(w.plan);
    gyr_schema_free(w.schema);
}

static void fragments_are_limited(void **state) {
    (void)state;
    world w;
    start(&w, 2, "{ things { now ... @defer { later } } }");
    gyr_exec_free(w.exec);
    gyr_request r = request_of(&w);
    r.flush_bytes = 0; /* nothing has left by then: the response says why */
    w.exec = gyr_exec_new(&r);
    assert_int_equal(gyr_run(w.exec), GYR_DONE); /* three things, two fragments */
    assert_string_equal(w.text, "{\"errors\":[{\"message\":\"The response defers more fragments and lists than the "
                                "limit.\"}],\"data\":null}");
    end(&w, GYR_ERR_LIMIT);
    start(&w, 1, TWO); /* of one object's fields */
    assert_int_equal(gyr_run(w.exec), GYR_DONE);
    assert_non_null(strstr(w.text, "The operation expands to too many fields."));
    end(&w, GYR_OK);
}

static void a_sink_is_needed(void **state) {
    (void)state;
    world w;
    gyr_buffer buffer = {0};
    start(&w, 0, TWO);
    gyr_exec_free(w.exec);
    gyr_request r = request_of(&w);
    r.sink = NULL;
    r.buffer = &buffer;
    assert_null(gyr_exec_new(&r));
    assert_int_equal(gyr_execute(&r), GYR_ERR_ARGUMENT);
    r.incremental = false;
    w.exec = gyr_exec_new(&r); /* all in one response */
    assert_int_equal(gyr_run(w.exec), GYR_WAITING);
    answer(&w, 0);
    answer(&w, 1);
    assert_int_equal(gyr_run(w.exec), GYR_DONE);
    assert_int_equal(buffer.len, strlen("{\"data\":{\"now\":\"now\",\"a\":\"x\",\"b\":\"x\"}}"));
    gyr_buffer_free(&buffer);
    w.last = true;
    end(&w, GYR_OK);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_is_complete_waits_for_nobody),
        cmocka_unit_test(a_fetch_below_a_field_that_stays),
        cmocka_unit_test(items_come_in_order),
        cmocka_unit_test(an_item_that_must_not_be_null_ends_its_list),
        cmocka_unit_test(it_pauses_in_any_payload),
        cmocka_unit_test(cancelling_fails_what_waits),
        cmocka_unit_test(the_sink_cancels_a_later_payload),
        cmocka_unit_test(fragments_are_limited),
        cmocka_unit_test(a_sink_is_needed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
