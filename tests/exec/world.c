/* See world.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <math.h>
#include <stdio.h>

thing things[8] = {{0, 1}, {1, 2}, {2, 1}, {3, 9}, {4, 1}, {5, 1}, {6, 1}, {7, 1}};

void assert_text_(gyr_str got, const char *want, int line) {
    if (got.len == strlen(want) && memcmp(got.ptr, want, got.len) == 0) return;
    fail_msg("line %d\nwant %s\n got %.*s", line, want, (int)got.len, got.ptr);
}

void assert_has(gyr_str text, const char *part) {
    if (!memmem(text.ptr, text.len, part, strlen(part))) fail_msg("no %s in %.*s", part, (int)text.len, text.ptr);
}

/* ---- answers */

static void release_note(void *ptr) { ((world *)ptr)->releases++; }

static gyr_status answer_items(gyr_call *c, int k) {
    gyr_call *items = gyr_return_items(c, 3);
    assert_non_null(items);
    assert_null(gyr_suspend(gyr_item(items, 0)));
    if (k == A_NESTED) {
        gyr_call *inner = gyr_return_items(gyr_item(items, 0), 2);
        assert_int_equal(gyr_return_i32(gyr_item(inner, 0), 7), GYR_OK);
        assert_int_equal(gyr_return_ref(gyr_item(inner, 1), &things[1]), GYR_OK);
    } else {
        assert_int_equal(gyr_return_i32(gyr_item(items, 0), 7), GYR_OK);
        assert_int_equal(gyr_return_i32(gyr_item(items, 0), 8), GYR_ERR_STALE);
    }
    assert_int_equal(gyr_fail(gyr_item(items, 1), gyr_s("no item")), GYR_OK);
    return GYR_OK;
}

static gyr_status plain_answer(gyr_call *c, int k) {
    static const int32_t values[] = {1, 2};
    static const void *const refs[] = {&things[0], NULL};
    static const int32_t day = 77;
    switch (k) {
    case A_NULL: return gyr_return_null(c);
    case A_TRUE: return gyr_return_bool(c, true);
    case A_FIVE: return gyr_return_i32(c, 5);
    case A_BIG: return gyr_return_i64(c, 2147483648);
    case A_U64: return gyr_return_u64(c, UINT64_MAX);
    case A_HALF: return gyr_return_f64(c, 1.5);
    case A_NAN: return gyr_return_f64(c, (double)NAN);
    case A_ABC: return gyr_return_str(c, gyr_s("abc"));
    case A_TWELVE: return gyr_return_cstr(c, "12");
    case A_EMPTY: return gyr_return_str_borrowed(c, gyr_s(""));
    case A_OBJECT: return gyr_return_ref(c, &things[0]);
    case A_VALUES: return gyr_return_values(c, GYR_C_I32, values, 2);
    case A_STRUCTS: return gyr_return_structs(c, things, 2, sizeof things[0]);
    case A_REFS: return gyr_return_refs(c, refs, 2);
    case A_RED: return gyr_return_str(c, gyr_s("RED"));
    case A_JSON: return gyr_return_json(c, gyr_s("{\"a\":[1]}"));
    case A_CUSTOM: return gyr_return_custom(c, &day);
    case A_AS:
        return gyr_return_ref_as(c, &things[3], gyr_schema_type_index(((world *)gyr_context(c))->schema, gyr_s("Y")));
    case A_AS_WRONG: return gyr_return_ref_as(c, &things[3], 12345);
    default: return gyr_fail(c, gyr_s("failed"));
    }
}

void world_answer(gyr_call *c, int k, bool handle) {
    world *w = gyr_context(c);
    assert_int_equal(gyr_hold(c, w, release_note), GYR_OK);
    assert_non_null(gyr_alloc(c, 10));
    switch (k) {
    case A_ITEMS:
    case A_NESTED: answer_items(c, k); break;
    case A_SUSPEND:
        if (handle) assert_null(gyr_suspend(c));
        break;
    case A_NOTHING: break;
    case A_TWICE:
        assert_int_equal(gyr_return_i32(c, 5), GYR_OK);
        assert_int_equal(gyr_return_i32(c, 6), GYR_ERR_STALE);
        assert_int_equal(gyr_fail(c, gyr_s("too late")), GYR_ERR_STALE);
        assert_null(gyr_return_items(c, 2));
        assert_null(gyr_suspend(c));
        return;
    default: {
        gyr_status status = plain_answer(c, k);
        if (status != GYR_OK) assert_int_equal(status, GYR_ERR_ARGUMENT); /* a custom value where none belongs */
        return;
    }
    }
    if (handle) assert_int_equal(gyr_publish(c), GYR_OK);
}

typedef struct how {
    int32_t k;
} how;

static int k_of(const void *args) { return args ? ((const how *)args)->k : A_FIVE; }

static void at_once(gyr_call *c) { world_answer(c, k_of(gyr_args(c)), false); }

static void getter(gyr_call *c) {
    if (k_of(gyr_args(c)) == A_SUSPEND) assert_null(gyr_suspend(c));
    world_answer(c, k_of(gyr_args(c)), false);
}

static void later(gyr_call *c) {
    world *w = gyr_context(c);
    w->ks[w->call_count] = k_of(gyr_args(c));
    gyr_call *handle = w->calls[w->call_count++] = gyr_suspend(c);
    assert_non_null(handle);
    assert_null(gyr_suspend(c));
    assert_int_equal(gyr_return_i32(c, 1), GYR_ERR_STALE); /* the handle answers now */
    assert_ptr_equal(gyr_args(handle), gyr_args(c));
    assert_int_equal(gyr_field_name(handle).len, gyr_field_name(c).len);
}

static void batch(gyr_batch *b) {
    for (uint32_t i = 0; i < gyr_batch_count(b); i++)
        world_answer(gyr_batch_call(b, i), k_of(gyr_batch_args(b)), false);
    assert_null(gyr_batch_call(b, gyr_batch_count(b)));
    assert_null(gyr_batch_parent(b, gyr_batch_count(b)));
}

static void later_batch(gyr_batch *b) {
    world *w = gyr_batch_context(b);
    gyr_batch *handle = w->batches[w->batch_count++] = gyr_batch_suspend(b);
    assert_non_null(handle);
    assert_int_equal(gyr_batch_count(handle), gyr_batch_count(b));
    assert_null(gyr_suspend(gyr_batch_call(handle, 0)));
}

void world_settle(world *w) {
    uint32_t calls = w->call_count, batches = w->batch_count;
    for (uint32_t i = 0; i < calls; i++) {
        world_answer(w->calls[i], w->ks[i], true);
        assert_int_equal(gyr_return_null(w->calls[i]), GYR_ERR_STALE);
    }
    for (uint32_t i = 0; i < batches; i++) {
        batch(w->batches[i]);
        assert_int_equal(gyr_batch_done(w->batches[i]), GYR_OK);
        assert_int_equal(gyr_batch_done(w->batches[i]), GYR_ERR_STALE);
        assert_int_equal(gyr_batch_count(w->batches[i]), 0);
        assert_null(gyr_batch_call(w->batches[i], 0));
    }
    memmove(w->calls, w->calls + calls, (w->call_count -= calls) * sizeof w->calls[0]);
    memmove(w->ks, w->ks + calls, w->call_count * sizeof w->ks[0]);
    memmove(w->batches, w->batches + batches, (w->batch_count -= batches) * sizeof w->batches[0]);
}

/* ---- the schema */

static bool put_date(gyr_leaf *leaf, const void *value, void *user) {
    (void)user;
    if (*(const int32_t *)value < 0) return false;
    return gyr_leaf_i64(leaf, *(const int32_t *)value);
}
static void self(gyr_call *c) { gyr_return_ref(c, things); }

static const gyr_tag tags[] = {{1, "X"}, {2, "Y"}, {0, NULL}};
static const struct {
    const char *name, *type;
} fields[] = {{"int", "Int"},        {"float", "Float"}, {"string", "String"}, {"boolean", "Boolean"},
              {"id", "ID"},          {"enum", "E"},      {"date", "Date"},     {"any", "Any"},
              {"object", "X"},       {"pet", "P"},       {"objects", "[X]"},   {"ints", "[Int]"},
              {"grid", "[[X]]"},     {"must", "Int!"},   {"musts", "[Int!]"},  {"mustObject", "X!"},
              {"numbers", "[[Int]]"}};
enum { FIELDS = sizeof fields / sizeof fields[0], WAYS = 5 };

static void make_sdl(char *sdl, size_t size, char names[WAYS][FIELDS][2][32]) {
    size_t n = (size_t)snprintf(sdl, size,
                                "scalar Date scalar Any enum E { RED GREEN } union P = X | Y\n"
                                "type Query { r: R g: G b: B s: S t: T things: [R!] maybe: [P] deep: [[R]] }\n"
                                "type Mutation { set(k: Int!): Live s: S r: R }\n type Live { id: Int }\n");
    for (int w = 0; w < WAYS; w++) {
        n += (size_t)snprintf(sdl + n, size - n, "type %c {", "RGBST"[w]);
        for (int f = 0; f < FIELDS; f++) {
            n += (size_t)snprintf(sdl + n, size - n, " %s(k: Int): %s", fields[f].name, fields[f].type);
            snprintf(names[w][f][0], 32, "%c.%s", "RGBST"[w], fields[f].name);
            snprintf(names[w][f][1], 32, "%c.%s(k:)", "RGBST"[w], fields[f].name);
        }
        n += (size_t)snprintf(sdl + n, size - n, " up: R }\n");
    }
    snprintf(sdl + n, size - n, "type X { id: Int up: R next: X } type Y { id: Int }\n");
}

static void set_live(gyr_call *c) {
    things[7].id = ((const how *)gyr_args(c))->k; /* one struct for all: written before the next one changes it */
    gyr_return_ref(c, &things[7]);
}
static void some(gyr_call *c) { gyr_return_structs(c, things, 3, sizeof things[0]); }
static void deep(gyr_call *c) {
    static const void *const row[] = {&things[0], &things[1]};
    gyr_call *rows = gyr_return_items(c, 2);
    gyr_return_refs(gyr_item(rows, 0), row, 1);
    gyr_return_refs(gyr_item(rows, 1), row, 2);
}

int world_new(void **state) {
    static char sdl[8192], names[WAYS][FIELDS][2][32];
    static gyr_binding table[WAYS * FIELDS * 2 + 64];
    static const gyr_binding others[] = {GYR_SCALAR("Date", int32_t, put_date, NULL, NULL),
                                         GYR_TYPE("X", thing),
                                         GYR_TYPE("Y", thing),
                                         GYR_TYPE("Live", thing),
                                         GYR_TAG("P", thing, tag, tags),
                                         GYR_FIELD("X.id", thing, id),
                                         GYR_SELF("X.next", thing),
                                         GYR_FIELD("Y.id", thing, id),
                                         GYR_FIELD("Live.id", thing, id),
                                         GYR_RESOLVER("Mutation.set", set_live),
                                         GYR_ARG("Mutation.set(k:)", how, k),
                                         GYR_GETTER("Query.things", some),
                                         GYR_RESOLVER("Query.maybe", some),
                                         GYR_GETTER("Query.deep", deep),
                                         GYR_END};
    const gyr_binding fallback = GYR_GETTER("", self);
    const gyr_binding ways[WAYS] = {GYR_RESOLVER("", at_once), GYR_GETTER("", getter), GYR_BATCH("", batch),
                                    GYR_RESOLVER("", later), GYR_BATCH("", later_batch)};
    make_sdl(sdl, sizeof sdl, names);
    size_t n = 0;
    for (int w = 0; w < WAYS; w++)
        for (int f = 0; f < FIELDS; f++) {
            table[n] = ways[w];
            table[n++].at = names[w][f][0];
            table[n] = (gyr_binding)GYR_ARG("", how, k);
            table[n++].at = names[w][f][1];
        }
    for (const gyr_binding *b = others;; b++) {
        table[n++] = *b;
        if (b->kind == GYR_BIND_END) break;
    }
    gyr_source source = {.text = gyr_str_of(sdl, strlen(sdl))};
    gyr_errors *errors = NULL;
    world *w = calloc(1, sizeof *w);
    if (!w) return 1;
    w->schema = gyr_schema_build(&(gyr_schema_options){.size = sizeof(gyr_schema_options),
                                                       .sources = &source,
                                                       .source_count = 1,
                                                       .bindings = table,
                                                       .fallback = &fallback,
                                                       .limits = {.errors = 20, .response_bytes = 100000}},
                                 &errors);
    gyr_str text = gyr_errors_text(errors);
    if (!w->schema) print_error("%.*s\n", (int)text.len, text.ptr);
    gyr_errors_free(errors);
    *state = w;
    return w->schema == NULL;
}

int world_free(void **state) {
    world *w = *state;
    gyr_schema_free(w->schema);
    gyr_buffer_free(&w->buffer);
    free(w);
    return 0;
}

/* ---- running */

gyr_plan *world_plan(world *w, const char *document) {
    gyr_errors *errors = NULL;
    gyr_plan *p = gyr_plan_new(w->schema, gyr_str_of(document, strlen(document)), gyr_s(""), &errors);
    gyr_str text = gyr_errors_text(errors);
    if (!p) fail_msg("%s: %.*s", document, (int)text.len, text.ptr);
    return p;
}

static void wake(void *user) { ((world *)user)->wakes++; }

gyr_request world_request(world *w, gyr_plan *plan) {
    w->buffer.len = 0;
    return (gyr_request){.size = sizeof(gyr_request),
                         .plan = plan,
                         .root = things,
                         .context = w,
                         .buffer = &w->buffer,
                         .wake = wake,
                         .wake_user = w};
}

gyr_status world_run(world *w, const char *document, const char *variables) {
    gyr_plan *p = world_plan(w, document);
    gyr_request r = world_request(w, p);
    r.variables = gyr_str_of(variables, strlen(variables));
    gyr_exec *x = gyr_exec_new(&r);
    assert_non_null(x);
    while (gyr_run(x) != GYR_DONE) {
        assert_true(w->call_count || w->batch_count);
        uint32_t before = w->wakes;
        world_settle(w);
        assert_int_equal(w->wakes, before + 1); /* once, however many answers */
    }
    gyr_status status = gyr_exec_status(x);
    w->stats.size = sizeof w->stats;
    gyr_exec_stats(x, &w->stats);
    gyr_exec_free(x);
    gyr_plan_free(p);
    w->text = gyr_str_of(w->buffer.ptr, w->buffer.len);
    return status;
}
