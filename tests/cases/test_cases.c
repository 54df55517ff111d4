/* Every case of this folder, in every mode: tests/cases/NAME.gql; docs/testing.md tells how they are written.
 *
 *     test_cases                    all of them
 *     test_cases NAME...            these
 *     test_cases --rewrite NAME...  what they print becomes what they expect: review the difference
 *     test_cases --share K/N ...    the Kth of N shares of them
 *     test_cases --thin N ...       one mode in N (at most 5), another one with each way to bind
 *
 * A mode is one of each table below. The response must be the same, byte for byte, in all of them; only where
 * some of it has left already may errors stand last.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "run.h"
#include "test.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- modes */

static const substitution substitutions[] = {
    {.name = "as declared", .how = DECLARED},
    {.name = "members", .all = {BIND_MEMBER}},
    {.name = "getters", .all = {BIND_GETTER}},
    {.name = "resolvers", .all = {BIND_RESOLVER}},
    {.name = "suspended resolvers", .all = {BIND_LATER}},
    {.name = "batches", .all = {BIND_BATCH}},
    {.name = "inline batches", .all = {BIND_INLINE}},
    {.name = "suspended batches", .all = {BIND_BATCH_LATER}},
    {.name = "suspended batches by level", .all = {BIND_BATCH_LATER, .gather = true}},
    {.name = "suspended batches of 2, one in flight", .all = {BIND_BATCH_LATER, .max_rows = 2, .max_in_flight = 1}},
    {.name = "mixed 1", .how = MIXED, .seed = 1},
    {.name = "mixed 2", .how = MIXED, .seed = 2},
    {.name = "mixed 3", .how = MIXED, .seed = 3},
    {.name = "mixed 4", .how = MIXED, .seed = 4},
    {.name = "mixed 5", .how = MIXED, .seed = 5},
    {.name = "mixed 6", .how = MIXED, .seed = 6},
};
static const order orders[] = {
    {"all in one turn", TOGETHER, 0},
    {"oldest first, one a turn", OLDEST, 0},
    {"newest first, one a turn", NEWEST, 0},
    {"shuffled", SHUFFLED, 1},
    {"shuffled", SHUFFLED, 2},
    {"shuffled", SHUFFLED, 3},
    {"another thread", THREAD, 1},
};
static const output outputs[] = {
    {.name = "buffer"},
    {.name = "buffer behind other text", .head = "head"},
    {.name = "sink", .sink = true},
    {.name = "sink, flushed at each item", .sink = true, .flush = 1},
    {.name = "sink that pauses", .sink = true, .pause = true, .flush = 40},
};
/* Machine code from the first request on; `auto` only chooses between the two. */
static const tier tiers[] = {{"interpreter", GYR_JIT_OFF}, {"native", GYR_JIT_ALWAYS}};
static const uint32_t batch_limits[] = {0, 1, 2, 3};
static const uint32_t block_rows[] = {0, 1};

enum { LARGE = 10000 }; /* bytes of a response */

static bool rewriting;
static size_t share = 1, shares = 1, thin = 1; /* of the cases; of the modes */

/* ---- what a case expects */

typedef struct test_case {
    case_file file;
    world world;
    gyr_str expected, streamed; /* streamed: errors last; the same where there are none, or no data */
    gyr_str operation_name;
    request_options asked;
    char *name;
} test_case;

static gyr_on_error on_error_of(const test_case *t, gyr_str name) {
    if (gyr__str_is(name, "NULL")) return GYR_ERROR_NULL;
    if (gyr__str_is(name, "HALT")) return GYR_ERROR_HALT;
    if (!gyr__str_is(name, "PROPAGATE")) fail_msg("%s: onError is PROPAGATE, NULL or HALT", t->file.path);
    return GYR_ERROR_PROPAGATE;
}

static void read_options(test_case *t) {
    gyr_str options = case_get(&t->file, "options");
    for (gyr_str line; case_line(&options, &line);) {
        gyr_str word = case_word(&line);
        if (gyr__str_is(word, "operation"))
            t->operation_name = case_word(&line);
        else if (gyr__str_is(word, "extensions"))
            t->asked.extensions = case_compact(&t->world.arena, line);
        else if (gyr__str_is(word, "onError"))
            t->asked.on_error = on_error_of(t, case_word(&line));
        else if (gyr__str_is(word, "introspection"))
            t->asked.no_introspection = gyr__str_is(case_word(&line), "off");
        else
            fail_msg("%s: no option is called %.*s", t->file.path, (int)word.len, word.ptr);
    }
}

/* {"errors":E,"data":D...} as {"data":D,"errors":E...}. */
static gyr_str errors_last(gyr__arena *a, gyr_str json) {
    gyr_errors errors;
    gyr__errors_init(&errors, NULL, 0);
    gyr_limits limits = {.size = sizeof limits, .json_bytes = GYR_UNLIMITED, .json_depth = 1000};
    const gyr__json *tree = gyr__json_read(a, json, &limits, GYR__JSON_UNIQUE, &errors);
    gyr_str text = gyr_errors_text(&errors);
    if (!tree) fail_msg("what is expected is no JSON: %.*s", (int)text.len, text.ptr);
    gyr__errors_fini(&errors);
    if (tree->count < 2 || !gyr__str_is(tree->members[0].name, "errors") || !gyr__str_is(tree->members[1].name, "data"))
        return json;
    size_t first = tree->members[0].name_at, data = tree->members[1].name_at, end = json.len - 1;
    if (tree->count > 2) end = tree->members[2].name_at - 1;
    return gyr__arena_printf(a, "{%.*s,%.*s%.*s", (int)(end - data), json.ptr + data, (int)(data - 1 - first),
                             json.ptr + first, (int)(json.len - end), json.ptr + end);
}

/* Marked with $repeat, what is expected is written out as the data are. */
static void read_expected(test_case *t) {
    gyr__arena *a = &t->world.arena;
    gyr_str text = case_get(&t->file, "expect");
    t->expected = t->streamed = case_compact(a, text);
    if (!text.len) return;
    if (memmem(text.ptr, text.len, "$repeat", 7)) t->expected = value_json(a, value_read(a, text));
    t->streamed = errors_last(a, t->expected);
}

static void open_case(test_case *t) {
    char path[512];
    snprintf(path, sizeof path, "tests/cases/%s.gql", t->name);
    case_open(&t->file, path);
    world_init(&t->world, &t->file);
    read_options(t);
    read_expected(t);
}

static void close_case(test_case *t) {
    world_fini(&t->world);
    case_close(&t->file);
}

/* ---- failures */

static void describe(const mode *m, char *out, size_t size) {
    snprintf(out, size, "%s; %s (seed %llu); %s; at most %u a batch, %u rows a block; %s; %s", m->substitution->name,
             m->order->name, (unsigned long long)m->order->seed, m->output->name, m->max_batch, m->block_rows,
             m->by_items ? "lists item by item" : "lists as arrays", m->tier->name);
}

static void differs(test_case *t, const mode *m, gyr_str expected, gyr_str got, const char *why) {
    char how[512];
    describe(m, how, sizeof how);
    size_t at = 0;
    while (at < expected.len && at < got.len && expected.ptr[at] == got.ptr[at]) at++;
    size_t from = at < 40 ? 0 : at - 40;
    printf("%s: %s\n  mode: %s\n  they differ at byte %zu\n  expected ...%.*s\n  but got  ...%.*s\n", t->file.path,
           why ? why : "another response", how, at, (int)GYR__MIN(expected.len - from, 160u), expected.ptr + from,
           (int)GYR__MIN(got.len - from, 160u), got.ptr + from);
    gyr_str whole = case_pretty(&t->world.arena, got);
    if (whole.len < 4000) printf("  the whole response:\n%.*s\n", (int)whole.len, whole.ptr);
    fail_msg("%s", t->file.path);
}

/* ---- running */

/* A document that makes no plan answers with the errors alone. */
static gyr_str refused(gyr__arena *a, gyr_errors *errors) {
    gyr_str text = gyr_s("");
    for (uint32_t i = 0; i < gyr_errors_count(errors); i++) {
        const gyr_error *e = gyr_errors_get(errors, i);
        value message = {.kind = VALUE_STRING, .text = e->message};
        gyr_str shown = value_json(a, &message), places = gyr_s("");
        for (uint32_t k = 0; k < e->location_count; k++)
            places = gyr__arena_printf(a, "%.*s%s{\"line\":%u,\"column\":%u}", (int)places.len, places.ptr,
                                       k ? "," : "", e->locations[k].line, e->locations[k].column);
        if (places.len) places = gyr__arena_printf(a, ",\"locations\":[%.*s]", (int)places.len, places.ptr);
        text = gyr__arena_printf(a, "%.*s%s{\"message\":%.*s%.*s}", (int)text.len, text.ptr, i ? "," : "",
                                 (int)shown.len, shown.ptr, (int)places.len, places.ptr);
    }
    return gyr__arena_printf(a, "{\"errors\":[%.*s]}", (int)text.len, text.ptr);
}

static gyr_plan *make_plan(test_case *t, gyr_schema *schema, gyr_str *response) {
    gyr_errors *errors = NULL;
    gyr_plan *plan = gyr_plan_new(schema, case_get(&t->file, "operation"), t->operation_name, &errors);
    if (!plan) *response = refused(&t->world.arena, errors);
    gyr_errors_free(errors);
    return plan;
}

static void run_mode(test_case *t, gyr_plan *plan, const mode *m) {
    result r = run_plan(&t->world, plan, m, &t->asked);
    gyr_str got = gyr_str_of(r.response.ptr, r.response.len);
    bool errors_may_be_last = m->output->sink && got.len > 7 && memcmp(got.ptr, "{\"data\"", 7) == 0;
    gyr_str expected = errors_may_be_last ? t->streamed : t->expected;
    const char *why = r.broken ? r.broken : r.status != GYR_OK ? gyr_status_text(r.status) : NULL;
    if (why || !gyr__str_eq(expected, got)) differs(t, m, expected, got, why);
    gyr_buffer_free(&r.response);
}

/* Small batches and another thread have seen enough with two of the outputs. */
static bool is_wanted_mode(size_t batch, const order *o, const output *to) {
    return (!batch && o->how != THREAD) || to == &outputs[0] || to->pause;
}

/* Every order, size and output that can make a difference with this schema; for a large response one in
 * eleven. Tiers take turns such that each meets every output, block size and way to answer lists. */
static size_t run_modes(test_case *t, gyr_plan *const plans[], const substitution *s) {
    size_t order_count = world_suspends(&t->world) ? GYR__COUNT(orders) : 1;
    size_t limit_count = world_batches(&t->world) ? GYR__COUNT(batch_limits) : 1, count = 0;
    for (size_t i = 0; i < order_count * limit_count * GYR__COUNT(outputs); i++) {
        const output *to = &outputs[i % GYR__COUNT(outputs)];
        size_t batch = i / GYR__COUNT(outputs) % limit_count;
        const order *o = &orders[i / GYR__COUNT(outputs) / limit_count];
        if (!is_wanted_mode(batch, o, to)) continue;
        if (t->expected.len > LARGE ? i % 11 : (i + (size_t)(s - substitutions)) % thin) continue;
        for (size_t n = 0; n < GYR__COUNT(block_rows) * 2; n++, count++) {
            size_t k = (i + n + n / 2) % GYR__COUNT(tiers);
            run_mode(t, plans[k], &(mode){s, o, to, batch_limits[batch], block_rows[n / 2], n % 2, &tiers[k]});
        }
    }
    return count;
}

/* Without blanks at the ends of lines. */
static gyr_str stripped(gyr__arena *a, gyr_str text) {
    char *out = gyr__arena_alloc(a, text.len + 1), *o = out, *blank = out;
    assert_non_null(out);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '\n') o = blank;
        *o++ = text.ptr[i];
        if (text.ptr[i] != ' ') blank = o;
    }
    while (blank > out && blank[-1] == '\n') blank--;
    return gyr_str_of(out, (size_t)(blank - out));
}

static void check_text(test_case *t, const char *section, gyr_str got) {
    gyr_str expected = case_get(&t->file, section);
    got = stripped(&t->world.arena, got);
    if (!expected.ptr || gyr__str_eq(expected, got)) return;
    if (rewriting) {
        case_rewrite(&t->file, section, got);
        return;
    }
    printf("%s: another %s\n--- expected\n%.*s\n--- got\n%.*s\n", t->file.path, section, (int)expected.len,
           expected.ptr, (int)got.len, got.ptr);
    fail_msg("%s", t->file.path);
}

/* The plan as printed, and what the request did, for cases that say so. */
static void check_plan(test_case *t, gyr_plan *plan) {
    gyr_buffer text = {0};
    if (case_get(&t->file, "plan").ptr) {
        assert_int_equal(gyr_plan_print(plan, case_get(&t->file, "variables"), false, &text), GYR_OK);
        check_text(t, "plan", gyr_str_of(text.ptr, text.len));
    }
    gyr_buffer_free(&text);
    if (!case_get(&t->file, "stats").ptr) return;
    mode m = {&substitutions[0], &orders[0], &outputs[0], 0, 0, false, &tiers[0]};
    result r = run_plan(&t->world, plan, &m, &t->asked);
    gyr_str stats = gyr__arena_printf(
        &t->world.arena,
        "resolver_calls %llu\nbatch_calls %llu\nbatch_rows %llu\nsuspended %llu\nturns %llu\nerrors %llu",
        (unsigned long long)r.stats.resolver_calls, (unsigned long long)r.stats.batch_calls,
        (unsigned long long)r.stats.batch_rows, (unsigned long long)r.stats.suspended,
        (unsigned long long)r.stats.turns, (unsigned long long)r.stats.errors);
    gyr_buffer_free(&r.response);
    check_text(t, "stats", stats);
}

static void rewrite(test_case *t) {
    gyr_schema *schema = world_schema(&t->world, &substitutions[0], GYR_JIT_OFF);
    gyr_str response = {0};
    gyr_plan *plan = make_plan(t, schema, &response);
    mode m = {&substitutions[0], &orders[0], &outputs[0], 0, 0, false, &tiers[0]};
    result r = {0};
    if (plan) {
        r = run_plan(&t->world, plan, &m, &t->asked);
        response = gyr_str_of(r.response.ptr, r.response.len);
    }
    bool same = gyr__str_eq(response, t->expected);
    gyr_str text = case_pretty(&t->world.arena, response), old = case_get(&t->file, "expect");
    if (!same && old.len && memmem(old.ptr, old.len, "$repeat", 7))
        printf("%s is not rewritten: it expects with $repeat\n", t->file.path);
    else if (!gyr__str_eq(text, old) && !(same && old.len && memmem(old.ptr, old.len, "$repeat", 7)))
        case_rewrite(&t->file, "expect", text);
    gyr_buffer_free(&r.response);
    gyr_plan_free(plan);
    gyr_schema_free(schema);
    close_case(t);
    open_case(t);
}

/* All modes with these bindings. 0: the document makes no plan. */
static size_t run_substitution(test_case *t, const substitution *s) {
    gyr_schema *schemas[GYR__COUNT(tiers)];
    gyr_plan *plans[GYR__COUNT(tiers)];
    for (size_t k = 0; k < GYR__COUNT(tiers); k++) {
        gyr_str response = {0};
        schemas[k] = world_schema(&t->world, s, tiers[k].jit);
        plans[k] = make_plan(t, schemas[k], &response);
        if (!plans[k] && !gyr__str_eq(response, t->expected))
            differs(t, &(mode){s, &orders[0], &outputs[0], 0, 0, false, &tiers[k]}, t->expected, response, "no plan");
    }
    if (plans[0] && s == &substitutions[0]) check_plan(t, plans[0]);
    size_t count = plans[0] ? run_modes(t, plans, s) : 0;
    for (size_t k = 0; k < GYR__COUNT(tiers); k++) {
        gyr_plan_free(plans[k]);
        gyr_schema_free(schemas[k]);
    }
    return count;
}

static void run_case(void **state) {
    test_case *t = *state;
    open_case(t);
    if (rewriting) rewrite(t);
    size_t count = 0;
    for (size_t s = 0; s < GYR__COUNT(substitutions); s++) {
        size_t more = run_substitution(t, &substitutions[s]);
        if (!more) break;
        count += more;
    }
    printf("%s: %zu modes\n", t->name, count);
    close_case(t);
}

/* ---- finding cases */

/* Where the names begin; -1: they make no sense. */
static int read_options_of_run(int argc, char **argv) {
    int i = 1;
    for (; i < argc && argv[i][0] == '-'; i++) {
        const char *next = i + 1 < argc ? argv[i + 1] : "";
        if (strcmp(argv[i], "--rewrite") == 0)
            rewriting = true;
        else if (strcmp(argv[i], "--share") == 0 && sscanf(next, "%zu/%zu", &share, &shares) == 2)
            i++;
        else if (strcmp(argv[i], "--thin") == 0 && sscanf(next, "%zu", &thin) == 1)
            i++;
        else
            return -1;
    }
    return share && share <= shares && thin && thin <= GYR__COUNT(outputs) ? i : -1;
}

static bool is_wanted(const char *name, int count, char **names) {
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0) return true;
    return !count;
}

static int by_name(const void *a, const void *b) {
    return strcmp(((const struct CMUnitTest *)a)->name, ((const struct CMUnitTest *)b)->name);
}

static size_t find_cases(struct CMUnitTest *tests, test_case *cases, size_t max, int name_count, char **names) {
    DIR *folder = opendir("tests/cases");
    size_t count = 0;
    if (!folder) return 0;
    for (struct dirent *e; (e = readdir(folder)) && count < max;) {
        size_t len = strlen(e->d_name);
        if (len < 5 || strcmp(e->d_name + len - 4, ".gql") != 0) continue;
        char *name = strndup(e->d_name, len - 4);
        if (!name) abort();
        if (!is_wanted(name, name_count, names)) {
            free(name);
            continue;
        }
        cases[count].name = name;
        tests[count] = (struct CMUnitTest){.name = name, .test_func = run_case, .initial_state = &cases[count]};
        count++;
    }
    closedir(folder);
    qsort(tests, count, sizeof *tests, by_name);
    return count;
}

int main(int argc, char **argv) {
    enum { MOST = 500 };
    static test_case cases[MOST];
    static struct CMUnitTest tests[MOST];
    int first = read_options_of_run(argc, argv);
    if (first < 0) {
        fprintf(stderr, "usage: test_cases [--rewrite] [--share K/N] [--thin N] [NAME...]\n");
        return 2;
    }
    size_t count = find_cases(tests, cases, MOST, argc - first, argv + first);
    if (!count) {
        fprintf(stderr, "no cases: this runs in the root of the project\n");
        return 2;
    }
    size_t kept = 0;
    for (size_t i = share - 1; i < count; i += shares) tests[kept++] = tests[i];
    int failed = _cmocka_run_group_tests("cases", tests, kept, NULL, NULL);
    for (size_t i = 0; i < count; i++) free(cases[i].name);
    return failed;
}
