/* What happens to those who break the rules of the header, and to those who keep them: answers of every kind
 * to fields of every kind, in each of the five ways to answer; endings; limits; batches; mutations;
 * conditions; plans used again.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <stdio.h>

/* ---- answers */

#define SILENT "The resolver returned without an answer."
static const struct {
    const char *field;
    answer k;
    const char *want; /* JSON; or with a leading '!' the message of the field error */
} answers[] = {
    {"int", A_NULL, "null"},
    {"int", A_FIVE, "5"},
    {"int", A_TRUE, "1"},
    {"int", A_TWELVE, "12"},
    {"int", A_BIG, "!Int cannot represent non 32-bit signed integer value: 2147483648"},
    {"int", A_HALF, "!Int cannot represent non-integer value: 1.5"},
    {"int", A_NAN, "!Int cannot represent non-integer value: NaN"},
    {"int", A_ABC, "!Int cannot represent non-integer value: \\\"abc\\\""},
    {"int", A_EMPTY, "!Int cannot represent non-integer value: \\\"\\\""},
    {"int", A_OBJECT, "!Int cannot represent non-integer value: {}"},
    {"int", A_NOTHING, "!" SILENT},
    {"int", A_SUSPEND, "!" SILENT},
    {"int", A_FAIL, "!failed"},
    {"int", A_TWICE, "5"},
    {"int", A_CUSTOM, "!The answer is a custom scalar's value, the field's type is not."},
    {"must", A_FIVE, "5"},
    {"float", A_HALF, "1.5"},
    {"float", A_FIVE, "5"},
    {"float", A_TRUE, "1"},
    {"float", A_TWELVE, "12"},
    {"float", A_U64, "18446744073709551615"},
    {"float", A_NAN, "!Float cannot represent non numeric value: NaN"},
    {"float", A_ABC, "!Float cannot represent non numeric value: \\\"abc\\\""},
    {"float", A_OBJECT, "!Float cannot represent non numeric value: {}"},
    {"string", A_ABC, "\"abc\""},
    {"string", A_EMPTY, "\"\""},
    {"string", A_TRUE, "\"true\""},
    {"string", A_FIVE, "\"5\""},
    {"string", A_U64, "\"18446744073709551615\""},
    {"string", A_HALF, "\"1.5\""},
    {"string", A_NAN, "!String cannot represent value: NaN"},
    {"string", A_OBJECT, "!String cannot represent value: {}"},
    {"boolean", A_TRUE, "true"},
    {"boolean", A_FIVE, "true"},
    {"boolean", A_ABC, "!Boolean cannot represent a non boolean value: \\\"abc\\\""},
    {"boolean", A_NAN, "!Boolean cannot represent a non boolean value: NaN"},
    {"id", A_ABC, "\"abc\""},
    {"id", A_FIVE, "\"5\""},
    {"id", A_HALF, "!ID cannot represent value: 1.5"},
    {"id", A_TRUE, "!ID cannot represent value: true"},
    {"enum", A_RED, "\"RED\""},
    {"enum", A_ABC, "!Enum \\\"E\\\" cannot represent value: \\\"abc\\\""},
    {"enum", A_FIVE, "!Enum \\\"E\\\" cannot represent value: 5"},
    {"date", A_CUSTOM, "77"},
    {"date", A_JSON, "{\"a\":[1]}"},
    {"any", A_JSON, "{\"a\":[1]}"},
    {"any", A_FIVE, "5"},
    {"any", A_ABC, "\"abc\""},
    {"any", A_U64, "18446744073709551615"},
    {"ints", A_VALUES, "[1,2]"},
    {"ints", A_FIVE, "!Expected Iterable, but did not find one for field \\\"?.ints\\\"."},
    {"ints", A_OBJECT, "!Expected Iterable, but did not find one for field \\\"?.ints\\\"."},
    {"object", A_NULL, "null"},
    {"object", A_OBJECT, "{\"id\":0}"},
    {"pet", A_OBJECT, "{\"__typename\":\"X\"}"},
    {"pet", A_AS, "{\"__typename\":\"Y\"}"},
    {"pet", A_AS_WRONG, "!The answer names no object type of the schema."},
    {"objects", A_STRUCTS, "[{\"id\":0},{\"id\":1}]"},
    {"objects", A_REFS, "[{\"id\":0},null]"},
    {"objects", A_FIVE, "!Expected Iterable, but did not find one for field \\\"?.objects\\\"."},
    {"objects", A_OBJECT, "!Expected Iterable, but did not find one for field \\\"?.objects\\\"."},
};

static void check_answer(world *w, char way, size_t i) {
    char document[128], want[512], message[256], path[64];
    const char *field = answers[i].field, *text = answers[i].want;
    const char *sub = strncmp(field, "object", 6) == 0 ? " { id }" : strcmp(field, "pet") == 0 ? " { __typename }" : "";
    snprintf(document, sizeof document, "{ %c { %s(k: %d)%s } }", way, field, (int)answers[i].k, sub);
    assert_int_equal(world_run(w, document, ""), GYR_OK);
    snprintf(want, sizeof want, "\"data\":{\"%c\":{\"%s\":%s}}}", way, field, *text == '!' ? "null" : text);
    if (*text != '!') {
        assert_true(w->text.ptr[0] == '{');
        assert_text(gyr_str_of(w->text.ptr + 1, w->text.len - 1), want);
        return;
    }
    snprintf(message, sizeof message, "{\"errors\":[{\"message\":\"%s\"", text + 1);
    if (strchr(message, '?')) *strchr(message, '?') = (char)(way - 32);
    snprintf(path, sizeof path, "\"path\":[\"%c\",\"%s\"]}],", way, field);
    assert_has(w->text, message);
    assert_has(w->text, path);
    assert_has(w->text, want);
}

static void answers_of_every_kind(void **state) {
    world *w = *state;
    for (const char *way = "rgbst"; *way; way++)
        for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) check_answer(w, *way, i);
}

/* One error each, of this message. */
static void expect_error(world *w, const char *document, const char *message, const char *data) {
    assert_int_equal(world_run(w, document, ""), GYR_OK);
    assert_has(w->text, message);
    assert_has(w->text, data);
}

static void null_is_no_value(void **state) {
    world *w = *state;
    char document[64], message[128];
    for (const char *way = "rgbst"; *way; way++) {
        snprintf(document, sizeof document, "{ %c { must(k: 2) } }", *way);
        snprintf(message, sizeof message, "Cannot return null for non-nullable field %c.must.", *way - 32);
        char data[64];
        snprintf(data, sizeof data, "\"data\":{\"%c\":null}", *way);
        expect_error(w, document, message, data);
    }
}

/* Lists where objects stand, objects where lists stand, in all combinations: errors, whatever their words. */
static void wrong_shapes(void **state) {
    world *w = *state;
    static const char *const names[] = {"object { id }",
                                        "object { up { int } }",
                                        "pet { __typename }",
                                        "pet { ... on X { up { int } } }",
                                        "objects { id }",
                                        "objects { up { int } }",
                                        "ints",
                                        "numbers",
                                        "grid { id }",
                                        "grid { up { int } }",
                                        "mustObject { id }",
                                        "musts",
                                        "int",
                                        "string",
                                        "enum",
                                        "date"};
    char document[128];
    for (const char *way = "rgbst"; *way; way++)
        for (size_t f = 0; f < sizeof names / sizeof names[0]; f++)
            for (int k = 0; k <= A_AS_WRONG; k++) {
                const char *name = names[f], *space = strchr(name, ' ');
                int n = space ? (int)(space - name) : (int)strlen(name);
                snprintf(document, sizeof document, "{ %c { %.*s(k: %d)%s } }", *way, n, name, k, space ? space : "");
                assert_int_equal(world_run(w, document, ""), GYR_OK);
                if (k != A_NULL && k != A_OBJECT && k != A_AS && strchr("op", name[0]) && name[n - 1] != 's')
                    assert_has(w->text, "\"message\"");
                if ((k == A_STRUCTS || k == A_REFS) && strncmp(name, "grid", 4) == 0)
                    assert_has(w->text, "Expected Iterable");
            }
}

static void items_one_by_one(void **state) {
    world *w = *state;
    assert_int_equal(world_run(w, "{ s { ints(k: 14) } }", ""), GYR_OK);
    assert_text(w->text,
                "{\"errors\":[{\"message\":\"no "
                "item\",\"locations\":[{\"line\":1,\"column\":7}],\"path\":[\"s\",\"ints\",1]},"
                "{\"message\":\"" SILENT "\",\"locations\":[{\"line\":1,\"column\":7}],\"path\":[\"s\",\"ints\",2]}],"
                "\"data\":{\"s\":{\"ints\":[7,null,null]}}}");
    expect_error(w, "{ r { musts(k: 14) } }", "\"path\":[\"r\",\"musts\",1]", "\"data\":{\"r\":{\"musts\":null}}");
    expect_error(w, "{ t { numbers(k: 15) } }", "Int cannot represent non-integer value: {}",
                 "\"data\":{\"t\":{\"numbers\":[[7,null],null,null]}}");
    expect_error(w, "{ b { grid(k: 15) { id } } }", "\"path\":[\"b\",\"grid\",0,0]",
                 "\"data\":{\"b\":{\"grid\":[[null,{\"id\":1}],null,null]}}");
    expect_error(w, "{ b { grid(k: 15) { id up { int } } } }", "\"path\":[\"b\",\"grid\",0,0]",
                 "\"data\":{\"b\":{\"grid\":[[null,{\"id\":1,\"up\":{\"int\":5}}],null,null]}}");
}

/* ---- endings */

typedef struct ending {
    world *w;
    gyr_plan *plan;
    gyr_exec *exec;
} ending;

static ending waiting(world *w, const char *document) {
    ending e = {.w = w, .plan = world_plan(w, document)};
    gyr_request r = world_request(w, e.plan);
    w->releases = w->wakes = 0;
    e.exec = gyr_exec_new(&r);
    assert_non_null(e.exec);
    assert_int_equal(gyr_run(e.exec), GYR_WAITING);
    return e;
}

static void note(void *ptr) { ((world *)ptr)->releases++; }

/* Everything that is suspended has a hold; who answers is told `want`. */
static void answer_late(world *w, gyr_status want) {
    for (; w->call_count; w->call_count--) {
        gyr_call *c = w->calls[w->call_count - 1];
        assert_int_equal(gyr_return_str(c, gyr_s("late")), want);
        assert_int_equal(gyr_return_str(c, gyr_s("later")), GYR_ERR_STALE);
        assert_null(gyr_parent(c));
        assert_null(gyr_alloc(c, 8));
        assert_true(gyr_is_cancelled(c));
        gyr_abandon(c);
    }
    for (; w->batch_count; w->batch_count--) {
        gyr_batch *b = w->batches[w->batch_count - 1];
        assert_int_equal(gyr_batch_done(b), want);
        assert_int_equal(gyr_batch_done(b), GYR_ERR_STALE);
        assert_int_equal(gyr_batch_fail(b, gyr_s("x")), GYR_ERR_STALE);
    }
}

static uint32_t hold_all(world *w) {
    for (uint32_t i = 0; i < w->call_count; i++) assert_int_equal(gyr_hold(w->calls[i], w, note), GYR_OK);
    for (uint32_t i = 0; i < w->batch_count; i++) {
        assert_non_null(gyr_batch_call(w->batches[i], 0));
        assert_int_equal(gyr_hold(gyr_batch_call(w->batches[i], 0), w, note), GYR_OK);
    }
    return w->call_count + w->batch_count;
}

static const char several[] = "{ s { int a: string } t { int up { string } } things { must up { int } } }";

static void cancelled(void **state) {
    world *w = *state;
    ending e = waiting(w, several);
    uint32_t held = hold_all(w), before = w->releases;
    assert_false(gyr_is_cancelled(w->calls[0]));
    gyr_exec_cancel(e.exec);
    assert_true(gyr_is_cancelled(w->calls[0]));
    assert_int_equal(w->wakes, 1);
    gyr_exec_cancel(e.exec);
    assert_int_equal(w->wakes, 1);
    assert_int_equal(gyr_run(e.exec), GYR_DONE);
    assert_int_equal(gyr_exec_status(e.exec), GYR_ERR_CANCELLED);
    w->text = gyr_str_of(w->buffer.ptr, w->buffer.len);
    assert_has(w->text, "{\"message\":\"The request was "
                        "cancelled.\",\"locations\":[{\"line\":1,\"column\":7}],\"path\":[\"s\",\"int\"]}");
    assert_has(w->text, "\"data\":{\"s\":{\"int\":null,\"a\":null},\"t\":{\"int\":null");
    assert_true(w->releases < before + held);
    answer_late(w, GYR_ERR_CANCELLED);
    gyr_exec_free(e.exec);
    gyr_plan_free(e.plan);
    assert_true(w->releases >= before + held);
}

/* Nothing more is started for a request that was cancelled: not below answers that came, not in later
 * sections. */
static void cancelled_starts_nothing(void **state) {
    world *w = *state;
    ending e = waiting(w, "mutation { a: set(k: 1) { id } s { mustObject(k: 10) { up { int } } } b: set(k: 2) { id }"
                          " c: s { int } }");
    world_settle(w);
    gyr_exec_cancel(e.exec);
    assert_int_equal(gyr_run(e.exec), GYR_DONE);
    assert_int_equal(w->call_count + w->batch_count, 0);
    w->text = gyr_str_of(w->buffer.ptr, w->buffer.len);
    assert_has(w->text, "\"a\":{\"id\":1}");
    assert_has(w->text, "\"b\":null,\"c\":null}}");
    gyr_exec_free(e.exec);
    gyr_plan_free(e.plan);
}

static void freed_while_it_waits(void **state) {
    world *w = *state;
    ending e = waiting(w, several);
    uint32_t held = hold_all(w), before = w->releases;
    gyr_exec_free(e.exec);
    gyr_plan_free(e.plan);
    assert_true(gyr_is_cancelled(w->calls[0]));
    assert_non_null(gyr_alloc(w->calls[0], 100)); /* the memory waits for its handles */
    answer_late(w, GYR_ERR_CANCELLED);
    assert_true(w->releases >= before + held);
    e = waiting(w, several);
    hold_all(w);
    for (uint32_t i = 0; i < w->call_count; i++) gyr_abandon(w->calls[i]);
    for (uint32_t i = 0; i < w->batch_count; i++) gyr_abandon((gyr_call *)w->batches[i]);
    assert_int_equal(w->wakes, 1);
    gyr_exec_free(e.exec); /* with all of it in the inbox */
    gyr_plan_free(e.plan);
    answer_late(w, GYR_ERR_STALE);
}

static void never_run(void **state) {
    world *w = *state;
    gyr_plan *p = world_plan(w, several);
    gyr_request r = world_request(w, p);
    gyr_exec_free(gyr_exec_new(&r));
    gyr_exec *x = gyr_exec_new(&r);
    gyr_exec_cancel(x);
    assert_int_equal(gyr_run(x), GYR_DONE);
    assert_int_equal(gyr_exec_status(x), GYR_ERR_CANCELLED);
    gyr_exec_free(x);
    answer_late(w, GYR_ERR_CANCELLED);
    gyr_plan_free(p);
    gyr_exec_free(NULL);
}

static void abandoned(void **state) {
    world *w = *state;
    ending e = waiting(w, "{ s { int } t { int } }");
    gyr_abandon(w->calls[0]);
    gyr_abandon((gyr_call *)w->batches[0]);
    assert_int_equal(gyr_run(e.exec), GYR_DONE);
    w->text = gyr_str_of(w->buffer.ptr, w->buffer.len);
    assert_has(w->text, "The resolver abandoned the call.");
    assert_has(w->text, "\"data\":{\"s\":{\"int\":null},\"t\":{\"int\":null}}}");
    answer_late(w, GYR_ERR_STALE);
    gyr_exec_free(e.exec);
    gyr_plan_free(e.plan);
}

/* A handle of a request before never answers a call of this one, though entry and memory are the same. */
static void stale_by_generation(void **state) {
    world *w = *state;
    ending e = waiting(w, "{ s { int } }");
    gyr_call *old = w->calls[0];
    world_settle(w);
    assert_int_equal(gyr_run(e.exec), GYR_DONE);
    gyr_exec_free(e.exec);
    gyr_request r = world_request(w, e.plan);
    for (int i = 0; i < 100; i++) {
        w->buffer.len = 0;
        gyr_exec *x = gyr_exec_new(&r);
        assert_int_equal(gyr_run(x), GYR_WAITING);
        assert_ptr_not_equal(w->calls[0], old);
        assert_int_equal(gyr_return_i32(old, 9), GYR_ERR_STALE);
        assert_int_equal(gyr_publish(old), GYR_ERR_STALE);
        world_settle(w);
        assert_int_equal(gyr_run(x), GYR_DONE);
        assert_text(gyr_str_of(w->buffer.ptr, w->buffer.len), "{\"data\":{\"s\":{\"int\":5}}}");
        gyr_exec_free(x);
    }
    gyr_plan_free(e.plan);
}

static void used_again_it_allocates_nothing(void **state) {
    world *w = *state;
    gyr_plan *p = world_plan(w, "{ things { must up { int b: id } } s { a: int } maybe { __typename } }");
    gyr_stats stats = {.size = sizeof stats};
    for (int i = 0; i < 4; i++) {
        gyr_request r = world_request(w, p);
        gyr_exec *x = gyr_exec_new(&r);
        while (gyr_run(x) != GYR_DONE) world_settle(w);
        gyr_exec_stats(x, &stats);
        gyr_exec_free(x);
    }
    assert_int_equal(stats.heap_allocations, 0);
    assert_int_equal(stats.suspended, 1);
    assert_int_equal(stats.response_bytes, w->buffer.len);
    gyr_plan_free(p);
}

/* ---- limits and sinks */

static gyr_flow cancel_sink(void *user, gyr_str bytes, unsigned flags) {
    (void)bytes, (void)flags;
    ++*(int *)user;
    return GYR_CANCEL;
}

static const char large[] =
    "{ things { a: string(k: 7) b: string(k: 7) c: string(k: 7) d: string(k: 7) up { s: string(k: 7) } } }";

static void sink_cancels(void **state) {
    world *w = *state;
    int calls = 0;
    gyr_plan *p = world_plan(w, large);
    gyr_request r = world_request(w, p);
    r.buffer = NULL, r.sink = cancel_sink, r.sink_user = &calls, r.flush_bytes = 1;
    assert_int_equal(gyr_execute(&r), GYR_ERR_CANCELLED);
    assert_int_equal(calls, 1);
    gyr_plan_free(p);
}

static void limits_of_a_response(void **state) {
    world *w = *state;
    char document[8192] = "{ things { ";
    for (int i = 0; i < 600; i++) sprintf(document + strlen(document), "k%d: int ", i);
    strcat(document, "} }");
    assert_int_equal(world_run(w, document, ""), GYR_OK);
    strcpy(document, "{ things { ");
    for (int i = 0; i < 30; i++) sprintf(document + strlen(document), "k%d: int(k: 17) ", i);
    strcat(document, "} }");
    assert_int_equal(world_run(w, document, ""), GYR_OK); /* 90 errors, 20 are reported */
    uint32_t errors = 0;
    for (size_t i = 0; i + 9 < w->text.len; i++) errors += memcmp(w->text.ptr + i, "\"message\"", 9) == 0;
    assert_int_equal(errors, 20);
    assert_int_equal(w->stats.errors, 90);
}

static char big_text[60000];
static void big(gyr_call *c) { gyr_return_str_borrowed(c, gyr_str_of(big_text, sizeof big_text)); }

static void response_is_too_large(void **state) {
    world *w = *state;
    memset(big_text, 'x', sizeof big_text);
    const gyr_binding fallback = GYR_GETTER("", big);
    gyr_source source = {.text = gyr_s("type Query { big: String }")};
    gyr_schema *s = gyr_schema_build(&(gyr_schema_options){.size = sizeof(gyr_schema_options),
                                                           .sources = &source,
                                                           .source_count = 1,
                                                           .fallback = &fallback,
                                                           .limits = {.response_bytes = 100000}},
                                     NULL);
    gyr_plan *p = gyr_plan_new(s, gyr_s("{ a: big b: big }"), gyr_s(""), NULL);
    gyr_plan *fits = gyr_plan_new(s, gyr_s("{ a: big }"), gyr_s(""), NULL);
    for (int i = 0; i < 3; i++) { /* the last time into a buffer that has the room */
        gyr_request r = world_request(w, p);
        if (i == 2) {
            w->buffer.ptr = realloc(w->buffer.ptr, w->buffer.cap = 1000000);
            assert_non_null(w->buffer.ptr);
        }
        assert_int_equal(gyr_execute(&r), GYR_ERR_LIMIT);
        assert_text(gyr_str_of(w->buffer.ptr, w->buffer.len),
                    "{\"errors\":[{\"message\":\"The response is larger than the limit.\"}],\"data\":null}");
        r = world_request(w, fits);
        assert_int_equal(gyr_execute(&r), GYR_OK);
    }
    gyr_plan_free(p);
    gyr_plan_free(fits);
    gyr_schema_free(s);
}

static void bad_requests(void **state) {
    world *w = *state;
    gyr_plan *p = world_plan(w, "{ r { int } }");
    gyr_request r = world_request(w, p);
    int calls = 0;
    assert_int_equal(gyr_execute(NULL), GYR_ERR_ARGUMENT);
    assert_null(gyr_exec_new(NULL));
    r.sink = cancel_sink, r.sink_user = &calls;
    assert_int_equal(gyr_execute(&r), GYR_ERR_ARGUMENT); /* both */
    r.sink = NULL, r.buffer = NULL;
    assert_int_equal(gyr_execute(&r), GYR_ERR_ARGUMENT); /* neither */
    r.buffer = &w->buffer, r.plan = NULL;
    assert_int_equal(gyr_execute(&r), GYR_ERR_ARGUMENT);
    gyr_plan_free(p);
    static const char *const variables[] = {"[1]", "{", "7", "{\"k\":\"x\"}"};
    for (int i = 0; i < 4; i++) {
        assert_int_equal(world_run(w, "query Q($k: Int!) { r { int(k: $k) } }", variables[i]), GYR_OK);
        assert_has(w->text, "{\"errors\":[{\"message\":");
        assert_false(memmem(w->text.ptr, w->text.len, "\"data\"", 6) != NULL); /* a request error */
    }
}

/* ---- sections, conditions, paths */

static void mutations_are_serial(void **state) {
    world *w = *state;
    assert_int_equal(
        world_run(w, "mutation { a: set(k: 1) { id } b: set(k: 3) { id } s { int } c: set(k: 2) { id } }", ""), GYR_OK);
    assert_text(w->text, "{\"data\":{\"a\":{\"id\":1},\"b\":{\"id\":3},\"s\":{\"int\":5},\"c\":{\"id\":2}}}");
    ending e = waiting(w, "mutation { s { int } a: set(k: 44) { id } t: s { string } }");
    assert_int_not_equal(things[7].id, 44); /* not before the first has ended */
    world_settle(w);
    assert_int_equal(gyr_run(e.exec), GYR_WAITING);
    assert_int_equal(things[7].id, 44);
    world_settle(w);
    assert_int_equal(gyr_run(e.exec), GYR_DONE);
    gyr_exec_free(e.exec);
    gyr_plan_free(e.plan);
}

static void conditions(void **state) {
    world *w = *state;
    char document[512], variables[128], want[128];
    strcpy(document, "query Q($a: Boolean!, $b: Boolean!, $c: Boolean! = true, $d: Boolean!, $e: Boolean!) { r { "
                     "a: int @include(if: $a) b: int @skip(if: $b) c: int @include(if: $c) d: int @skip(if: true) "
                     "... @include(if: $d) { d: int } ... @skip(if: $e) @include(if: $d) { a: int e: int } } }");
    for (int round = 0; round < 2; round++)
        for (int v = 0; v < 32; v++) {
            bool a = v & 1, b = v & 2, c = v & 4, d = v & 8, e = v & 16;
            snprintf(variables, sizeof variables, "{\"a\":%s,\"b\":%s,\"c\":%s,\"d\":%s,\"e\":%s}",
                     a ? "true" : "false", b ? "true" : "false", c ? "true" : "false", d ? "true" : "false",
                     e ? "true" : "false");
            char fields[64] = "";
            if (a) strcat(fields, ",\"a\":5");
            if (!b) strcat(fields, ",\"b\":5");
            if (c) strcat(fields, ",\"c\":5");
            if (d) strcat(fields, ",\"d\":5");
            if (d && !e && !a) strcat(fields, ",\"a\":5");
            if (d && !e) strcat(fields, ",\"e\":5");
            snprintf(want, sizeof want, "{\"data\":{\"r\":{%s}}}", fields[0] ? fields + 1 : "");
            assert_int_equal(world_run(w, document, variables), GYR_OK);
            assert_text(w->text, want);
        }
    /* a nullable variable with a default may stand there; null then is an error of the selection set */
    assert_int_equal(
        world_run(w, "query Q($a: Boolean = true) { things { must } r { int @include(if: $a) } }", "{\"a\":null}"),
        GYR_OK);
    assert_has(w->text, "\"message\":\"Argument \\\"@include(if:)\\\" has invalid value: Expected variable \\\"$a\\\" "
                        "provided to non-null type \\\"Boolean!\\\" not to be null.\"");
    assert_has(w->text, "\"data\":{\"things\":[{\"must\":5},{\"must\":5},{\"must\":5}],\"r\":null}}");
}

static char path_seen[4][128];
static uint32_t paths_seen;
static void see_path(gyr_call *c) {
    gyr_str path = gyr_path(c);
    snprintf(path_seen[paths_seen++ % 4], sizeof path_seen[0], "%.*s", (int)path.len, path.ptr);
    gyr_return_i32(c, 1);
}
static void list_of_lists(gyr_call *c) {
    static const void *const row[] = {&things[0], &things[1]};
    gyr_call *rows = gyr_return_items(c, 2);
    gyr_return_refs(gyr_item(rows, 0), row, 0);
    gyr_return_refs(gyr_item(rows, 1), row, 2);
}
static void one(gyr_call *c) { gyr_return_ref(c, things); }

static void paths(void **state) {
    world *w = *state;
    const gyr_binding table[] = {GYR_GETTER("Query.deep", list_of_lists),
                                 GYR_RESOLVER("T.slow", see_path),
                                 GYR_GETTER("T.quick", see_path),
                                 GYR_RESOLVER("T.t", one),
                                 GYR_GETTER("Query.t", one),
                                 GYR_END};
    gyr_schema *s =
        gyr_schema_new(gyr_s("type Query { deep: [[T]] t: T } type T { slow: Int quick: Int t: T }"), table, NULL);
    static const struct {
        const char *document, *path;
    } cases[] = {{"{ x: t { t { y: slow } } }", "[\"x\",\"t\",\"y\"]"},
                 {"{ x: t { quick } }", "[\"x\",\"quick\"]"},
                 {"{ x: t { t { quick } } }", "[\"x\",\"t\",\"quick\"]"},
                 {"{ d: deep { quick } }", "[\"d\",1,1,\"quick\"]"},
                 {"{ d: deep { t { quick } } }", "[\"d\",1,1,\"t\",\"quick\"]"},
                 {"{ d: deep { slow } }", "[\"d\",1,1,\"slow\"]"},
                 {"{ d: deep { t { slow } } }", "[\"d\",1,1,\"t\",\"slow\"]"}};
    assert_non_null(s);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        gyr_plan *p = gyr_plan_new(s, gyr_str_of(cases[i].document, strlen(cases[i].document)), gyr_s(""), NULL);
        gyr_request r = world_request(w, p);
        paths_seen = 0;
        assert_int_equal(gyr_execute(&r), GYR_OK);
        assert_string_equal(path_seen[(paths_seen - 1) % 4], cases[i].path);
        gyr_plan_free(p);
    }
    gyr_schema_free(s);
}

/* ---- batches */

typedef struct flag {
    int32_t on;
} flag;

static uint32_t batch_sizes[64], batch_calls;
static void count_batch(gyr_batch *b) {
    batch_sizes[batch_calls++ % 64] = gyr_batch_count(b);
    for (uint32_t i = 0; i < gyr_batch_count(b); i++)
        if (i % 3 != 2) gyr_return_ref(gyr_batch_call(b, i), gyr_batch_parent(b, i));
    const flag *f = gyr_batch_args(b);
    if (f && f->on) assert_int_equal(gyr_batch_fail(b, gyr_s("the rest")), GYR_OK);
}
static void inline_batch(gyr_batch *b) {
    assert_null(gyr_batch_suspend(b)); /* it has promised */
    count_batch(b);
}
static void six(gyr_call *c) { gyr_return_structs(c, things, 6, sizeof things[0]); }
static void batches(void **state) {
    world *w = *state;
    const gyr_binding table[] = {GYR_RESOLVER("Query.six", six),
                                 GYR_BATCH_WITH("T.friend", count_batch, 0, 4, 0),
                                 GYR_ARG("T.friend(on:)", flag, on),
                                 GYR_BATCH_WITH("T.mate", inline_batch, GYR_INLINE, 0, 0),
                                 GYR_TYPE("T", thing),
                                 GYR_FIELD("T.id", thing, id),
                                 GYR_END};
    gyr_schema *s =
        gyr_schema_new(gyr_s("type Query { six: [T] } type T { id: Int friend(on: Int): T mate: T }"), table, NULL);
    static const struct {
        const char *document, *response;
        uint32_t calls, sizes[4], max_batch;
    } cases[] = {
        {"{ six { mate { id } } }",
         "\"data\":{\"six\":[{\"mate\":{\"id\":0}},{\"mate\":{\"id\":1}},{\"mate\":null},{\"mate\":{\"id\":3}"
         "},"
         "{\"mate\":{\"id\":4}},{\"mate\":null}]}}",
         1,
         {6},
         0},
        {"{ six { friend { id } } }", SILENT, 2, {4, 2}, 0},
        {"{ six { friend(on: 1) { id } } }", "the rest", 2, {4, 2}, 0},
        {"{ six { friend { id } } b: six { friend { id } } }", SILENT, 3, {4, 4, 4}, 0},               /* one group */
        {"{ six { friend { id } } b: six { friend(on: 1) { id } } }", "the rest", 4, {4, 2, 4, 2}, 0}, /* two */
        {"{ six { mate { id } } }", "{\"mate\":{\"id\":5}}", 3, {2, 2, 2}, 2}};
    assert_non_null(s);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        gyr_plan *p = gyr_plan_new(s, gyr_str_of(cases[i].document, strlen(cases[i].document)), gyr_s(""), NULL);
        gyr_request r = world_request(w, p);
        r.max_batch = cases[i].max_batch;
        batch_calls = 0;
        assert_int_equal(gyr_execute(&r), GYR_OK);
        assert_has(gyr_str_of(w->buffer.ptr, w->buffer.len), cases[i].response);
        assert_int_equal(batch_calls, cases[i].calls);
        assert_memory_equal(batch_sizes, cases[i].sizes, batch_calls * sizeof batch_sizes[0]);
        gyr_plan_free(p);
    }
    gyr_schema_free(s);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_new, world_free)
int main(void) {
    const struct CMUnitTest tests[] = {TEST(answers_of_every_kind),
                                       TEST(null_is_no_value),
                                       TEST(wrong_shapes),
                                       TEST(items_one_by_one),
                                       TEST(cancelled),
                                       TEST(cancelled_starts_nothing),
                                       TEST(freed_while_it_waits),
                                       TEST(never_run),
                                       TEST(abandoned),
                                       TEST(stale_by_generation),
                                       TEST(used_again_it_allocates_nothing),
                                       TEST(sink_cancels),
                                       TEST(limits_of_a_response),
                                       TEST(response_is_too_large),
                                       TEST(bad_requests),
                                       TEST(mutations_are_serial),
                                       TEST(conditions),
                                       TEST(paths),
                                       TEST(batches)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
