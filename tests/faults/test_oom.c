/* Out of memory everywhere: whole lives of schemas, plans and requests are repeated, the nth allocation
 * failing, for every n until nothing fails any more. Each time a status or an error tells, nothing crashes,
 * nothing is lost; and a response that is called whole is JSON. The memory of one request is also cut at
 * every size, which fails between the allocations of an arena's chunks too.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "base/limits.h"
#include "faulty.h"
#include "json/read.h"

#include <stdio.h>

/* ---- a program */

typedef struct animal {
    int32_t tag, id;
    const char *name;
    double weight;
    struct animal *friend;
} animal;

static animal zoo[24];
static const char long_text[] =
    "a text that fits no entry, no cell and no prefix, so that it has to be copied elsewhere.";

typedef struct life {
    faulty faults;
    gyr_call *calls[64];
    gyr_batch *batches[64];
    uint32_t call_count, batch_count, held, released;
    gyr_buffer pieces; /* what the sink got */
    bool recovered;    /* there is memory again */
    bool payloads;
} life;

static void released(void *ptr) { ((life *)ptr)->released++; }

static void hold(gyr_call *c) {
    life *l = gyr_context(c);
    l->held++;
    gyr_hold(c, l, released);
}

static void later(gyr_call *c) {
    life *l = gyr_context(c);
    gyr_call *handle = gyr_suspend(c);
    if (handle) l->calls[l->call_count++] = handle;
}

static void later_animal(gyr_call *c) { later(c); }

static void batch_friend(gyr_batch *b) {
    for (uint32_t i = 0; i < gyr_batch_count(b); i++) {
        const animal *a = gyr_batch_parent(b, i);
        gyr_call *c = gyr_batch_call(b, i);
        hold(c);
        if (a->id % 7 == 3)
            gyr_fail(c, gyr_s("no friend"));
        else
            gyr_return_ref(c, &zoo[(a->id * 5 + 1) % 24]);
    }
}

static void batch_later(gyr_batch *b) {
    life *l = gyr_batch_context(b);
    gyr_batch *handle = gyr_batch_suspend(b);
    if (handle) l->batches[l->batch_count++] = handle;
}

static void herd(gyr_call *c) { gyr_return_structs(c, zoo, 24, sizeof zoo[0]); }

static void names(gyr_call *c) {
    gyr_call *items = gyr_return_items(c, 3);
    hold(c);
    if (!items) return;
    gyr_return_cstr(gyr_item(items, 0), long_text);
    gyr_fail_with(gyr_item(items, 1), gyr_s("no name"), gyr_s("{\"code\":7}"));
    gyr_call *inner = gyr_return_items(gyr_item(items, 2), 1);
    if (inner) gyr_return_i32(inner, 1); /* a list where a String stands: an error */
}

static void grid(gyr_call *c) {
    gyr_call *rows = gyr_return_items(c, 2);
    if (!rows) return;
    static const void *const pair[] = {&zoo[1], &zoo[2]};
    gyr_return_refs(gyr_item(rows, 0), pair, 2);
    gyr_call *row = gyr_return_items(gyr_item(rows, 1), 2);
    if (!row) return;
    gyr_return_ref(gyr_item(row, 0), &zoo[3]);
    gyr_return_null(gyr_item(row, 1));
}

typedef struct search_args {
    const char *text;
    const int32_t *ids;
    uint32_t id_count;
} search_args;

static void search(gyr_call *c) {
    const search_args *args = gyr_args(c);
    int32_t sum = 0;
    for (uint32_t i = 0; args && i < args->id_count; i++) sum += args->ids[i];
    char *own = gyr_alloc(c, 100);
    gyr_str path = gyr_path(c);
    if (!own || !path.len) {
        gyr_fail(c, gyr_s("Out of memory."));
        return;
    }
    int n =
        snprintf(own, 100, "%.20s %d %.*s", args && args->text ? args->text : "", (int)sum, (int)path.len, path.ptr);
    gyr_return_str_borrowed(c, gyr_str_of(own, (size_t)n));
}

static void today(gyr_call *c) {
    int32_t day = 19000;
    gyr_return_custom(c, &day);
}
static bool put_date(gyr_leaf *leaf, const void *value, void *user) {
    (void)user;
    return gyr_leaf_i64(leaf, *(const int32_t *)value);
}
static bool read_date(const gyr_value *in, void *into, gyr_str *message, void *user) {
    (void)message, (void)user;
    *(int32_t *)into = (int32_t)in->of.string.len;
    return true;
}
static void wrong(gyr_call *c) { gyr_return_cstr(c, "not a number, and long enough to be cut by nobody at all"); }
static int64_t kind_of(const void *object, void *user) {
    (void)user;
    return ((const animal *)object)->tag;
}

static const char sdl[] =
    "scalar Date\n"
    "enum Kind { CAT DOG }\n"
    "input Range { from: Int = 1, to: [Int!] }\n"
    "\"\"\"Any animal.\"\"\" interface Animal { id: ID! name: String friend: Animal }\n"
    "type Cat implements Animal { id: ID! name: String weight: Float! friend: Animal later: Animal kind: "
    "Kind }\n"
    "type Dog implements Animal { id: ID! name: String friend: Animal barks(date: Date): Int! later: Animal "
    "}\n"
    "union Pet = Cat | Dog\n"
    "type Query { herd: [Animal!]! cats: [Cat] names: [String] grid: [[Pet]!]! today: Date wrong: Int later: "
    "String\n"
    "  laterAnimal: Pet search(text: String, ids: [Int!] = [1, 2], range: Range): String! animal: Animal }\n"
    "type Mutation { today: Date later: String laterAnimal: Pet }\n";

static const gyr_tag tags[] = {{1, "Cat"}, {2, "Dog"}, {0, NULL}};
static const gyr_binding bindings[] = {GYR_SCALAR("Date", int32_t, put_date, read_date, NULL),
                                       GYR_ENUM_VALUE("Kind.CAT", 1),
                                       GYR_ENUM_VALUE("Kind.DOG", 2),
                                       GYR_TYPE("Cat", animal),
                                       GYR_TYPE("Dog", animal),
                                       GYR_TAG("Animal", animal, tag, tags),
                                       GYR_TYPE_FN("Pet", kind_of, tags, NULL),
                                       GYR_FIELD("Cat.id", animal, id),
                                       GYR_FIELD("Cat.name", animal, name),
                                       GYR_FIELD("Cat.weight", animal, weight),
                                       GYR_FIELD("Cat.kind", animal, tag),
                                       GYR_BATCH_WITH("Cat.friend", batch_friend, GYR_INLINE, 0, 0),
                                       GYR_BATCH_WITH("Cat.later", batch_later, GYR_GATHER_LEVEL, 5, 2),
                                       GYR_FIELD("Dog.id", animal, id),
                                       GYR_FIELD("Dog.name", animal, name),
                                       GYR_REF("Dog.friend", animal, friend),
                                       GYR_GETTER("Dog.barks", wrong),
                                       GYR_BATCH("Dog.later", batch_later),
                                       GYR_GETTER("Query.herd", herd),
                                       GYR_RESOLVER("Query.cats", herd),
                                       GYR_RESOLVER("Query.names", names),
                                       GYR_GETTER("Query.grid", grid),
                                       GYR_RESOLVER("Query.today", today),
                                       GYR_GETTER("Query.wrong", wrong),
                                       GYR_RESOLVER("Query.later", later),
                                       GYR_RESOLVER("Query.laterAnimal", later_animal),
                                       GYR_RESOLVER("Query.search", search),
                                       GYR_ARG("Query.search(text:)", search_args, text),
                                       GYR_ARG_LIST("Query.search(ids:)", search_args, ids, id_count),
                                       GYR_GETTER("Query.animal", later), /* a getter cannot suspend: an error */
                                       GYR_GETTER("Mutation.today", today),
                                       GYR_RESOLVER("Mutation.later", later),
                                       GYR_RESOLVER("Mutation.laterAnimal", later_animal),
                                       GYR_END};

static const struct request {
    const char *text, *variables;
    uint32_t max_batch, block_rows;
    bool incremental; /* with a sink */
} requests[] = {
    {"{ herd { __typename id name ... on Cat { weight kind } } }", "", 0, 0},
    {"{ cats { id friend { name friend { id } } } }", "", 0, 4},
    {"{ herd { id friend { name ... on Cat { later { id } } ... on Dog { later { name } barks(date: \"now\") "
     "} } } }",
     "", 3, 0},
    {"{ names wrong today later grid { ... on Cat { id friend { id } } ... on Dog { name } } animal { id } }", "", 0,
     0},
    {"query Q($t: String, $n: [Int!], $r: Range, $c: Boolean = true) { search(text: $t, ids: $n, range: $r)"
     " b: search(range: {from: 2}) laterAnimal @include(if: $c) { ... on Cat { id later { name } } } }",
     "{\"t\":\"x\",\"n\":[4,5],\"r\":{\"to\":[1]},\"c\":true}", 0, 0},
    {"query Q($n: [Int!]!) { search(ids: $n) }", "{\"n\":[1,null]}", 0, 0},
    {"query Q($d: Boolean = false, $n: String = \"Cat\") { __schema { types { name fields(includeDeprecated: "
     "$d) { name } } }"
     " __type(name: $n) { name description } }",
     "{}", 0, 0},
    {"mutation { today a: later laterAnimal { ... on Dog { id later { id } } } }", "", 0, 0},
    {"query Q($n: Int = 20) { names @stream(initialCount: 1) cats @stream(initialCount: $n) { id ...L @defer(label: "
     "\"l\") } ... @defer { later animal { id } a: laterAnimal { ... on Cat { weight later { id ... @defer { name } } "
     "} "
     "} } ... @defer { grid @stream { ... on Cat { id friend { id } } } a: laterAnimal { ... on Cat { kind } } } } "
     "fragment L on Cat { name later { id } }",
     "", 3, 0, true},
};

static gyr_str whole_responses[sizeof requests / sizeof requests[0]][2];

/* ---- one life */

static void add_piece(life *l, gyr_str bytes) {
    if (l->pieces.cap - l->pieces.len < bytes.len) { /* the test's own memory does not fail */
        l->pieces.cap = (l->pieces.cap + bytes.len) * 2;
        l->pieces.ptr = realloc(l->pieces.ptr, l->pieces.cap);
        if (!l->pieces.ptr) abort();
    }
    if (bytes.len) memcpy(l->pieces.ptr + l->pieces.len, bytes.ptr, bytes.len);
    l->pieces.len += bytes.len;
}

/* Payloads become the items of a list. */
static gyr_flow take(void *user, gyr_str bytes, unsigned flags) {
    life *l = user;
    add_piece(l, bytes);
    if (l->payloads && flags) add_piece(l, flags & GYR_LAST ? gyr_s("]") : gyr_s(","));
    return flags & GYR_LAST ? GYR_CONTINUE : l->pieces.len % 3 ? GYR_CONTINUE : GYR_PAUSE;
}

static void answer_all(life *l) {
    uint32_t calls = l->call_count, batches = l->batch_count;
    for (uint32_t i = 0; i < calls; i++) {
        gyr_call *c = l->calls[i];
        l->held++;
        gyr_hold(c, l, released);
        gyr_str name = gyr_field_name(c);
        if (name.len == 5 && i % 2)
            gyr_return_cstr(c, long_text);
        else if (name.len == 5)
            gyr_return_str(c, gyr_s("short"));
        else
            gyr_return_ref(c, &zoo[4 + i]);
    }
    for (uint32_t i = 0; i < batches; i++) {
        batch_friend(l->batches[i]);
        gyr_batch_done(l->batches[i]);
    }
    memmove(l->calls, l->calls + calls, (l->call_count -= calls) * sizeof l->calls[0]);
    memmove(l->batches, l->batches + batches, (l->batch_count -= batches) * sizeof l->batches[0]);
}

static void check_json(gyr_str text) {
    gyr__arena arena;
    gyr_limits limits;
    gyr__arena_init(&arena, NULL, 0);
    gyr__limits_resolve(&limits, &(gyr_limits){.size = sizeof limits, .json_bytes = GYR_UNLIMITED});
    if (!gyr__json_read(&arena, text, &limits, GYR__JSON_LAST_WINS, NULL))
        fail_msg("not JSON: %.*s", (int)(text.len < 900 ? text.len : 900), text.ptr);
    gyr__arena_fini(&arena);
}

/* What is called whole either is, or says that memory was out. The first life of a request tells what whole
 * is. */
static void check_honest(const struct request *q, gyr_str text, bool streamed, bool faults) {
    gyr_str *want = &whole_responses[q - requests][streamed];
    if (!want->ptr) {
        char *copy = malloc(text.len + 1);
        if (!copy) abort();
        memcpy(copy, text.ptr, text.len);
        *want = gyr_str_of(copy, text.len);
        return;
    }
    if (want->len == text.len && memcmp(want->ptr, text.ptr, text.len) == 0) return;
    if (faults && memmem(text.ptr, text.len, "Out of memory", 13)) return;
    fail_msg("neither whole nor out of memory: %.*s", (int)(text.len < 900 ? text.len : 900), text.ptr);
}

static gyr_status run_one(life *l, gyr_plan *plan, const struct request *q, bool streamed) {
    gyr_buffer buffer = {.allocator = faulty_allocator(&l->faults)};
    gyr_request r = {.size = sizeof r,
                     .plan = plan,
                     .variables = gyr_str_of(q->variables, strlen(q->variables)),
                     .extensions = gyr_s("{\"e\":1}"),
                     .root = zoo,
                     .context = l,
                     .max_batch = q->max_batch,
                     .block_rows = q->block_rows,
                     .flush_bytes = 64,
                     .incremental = streamed && q->incremental};
    if (streamed)
        r.sink = take, r.sink_user = l;
    else
        r.buffer = &buffer;
    l->pieces.len = 0;
    l->payloads = r.incremental;
    if (r.incremental) add_piece(l, gyr_s("["));
    gyr_exec *x = gyr_exec_new(&r);
    gyr_status status = GYR_ERR_MEMORY;
    if (x) {
        for (gyr_state s; (s = gyr_run(x)) != GYR_DONE;)
            if (s == GYR_WAITING) {
                assert_true(l->call_count || l->batch_count);
                answer_all(l);
            }
        status = gyr_exec_status(x);
        gyr_exec_free(x);
    }
    answer_all(l); /* handles that an abort left behind: they are told so, and give their memory back */
    assert_int_equal(l->held, l->released);
    gyr_str text = streamed ? gyr_str_of(l->pieces.ptr, l->pieces.len) : gyr_str_of(buffer.ptr, buffer.len);
    if (status == GYR_OK) {
        check_json(text);
        check_honest(q, text, streamed, l->faults.fail_at || !l->recovered);
    }
    gyr_buffer_free(&buffer);
    return status;
}

static gyr_schema *build(life *l, uint32_t request_bytes) {
    gyr_source source = {.name = gyr_s("zoo"), .text = gyr_str_of(sdl, sizeof sdl - 1)};
    gyr_errors *errors = NULL;
    gyr_schema *s = gyr_schema_build(&(gyr_schema_options){.size = sizeof(gyr_schema_options),
                                                           .sources = &source,
                                                           .source_count = 1,
                                                           .bindings = bindings,
                                                           .incremental = true,
                                                           .limits = {.request_bytes = request_bytes},
                                                           .allocator = faulty_allocator(&l->faults)},
                                     &errors);
    if (errors) {
        gyr_str text = gyr_errors_text(errors);
        fail_msg("%.*s", (int)text.len, text.ptr);
    }
    return s;
}

static gyr_plan *plan_of(gyr_schema *s, const struct request *q) {
    gyr_errors *errors = NULL;
    gyr_plan *p = gyr_plan_new(s, gyr_str_of(q->text, strlen(q->text)), gyr_s(""), &errors);
    if (errors) {
        gyr_str text = gyr_errors_text(errors);
        fail_msg("%s: %.*s", q->text, (int)text.len, text.ptr);
    }
    return p;
}

/* Twice on one plan: the second time with the first's memory, and with the other way out. */
static bool live(life *l, const struct request *q, bool streamed) {
    gyr_schema *s = build(l, 0);
    gyr_plan *p = s ? plan_of(s, q) : NULL;
    bool whole = p != NULL;
    for (int i = 0; p && i < 3; i++) {
        gyr_status status = run_one(l, p, q, i == 1 ? !streamed : streamed);
        if (status != GYR_OK) assert_int_equal(status, GYR_ERR_MEMORY);
        whole &= status == GYR_OK;
    }
    if (p) { /* the plan has not suffered: with memory again it answers */
        uint64_t fail_at = l->faults.fail_at;
        l->recovered = true;
        l->faults.fail_at = 0;
        assert_int_equal(run_one(l, p, q, streamed), GYR_OK);
        l->recovered = false;
        l->faults.fail_at = fail_at;
    }
    if (p) { /* and printed */
        gyr_buffer text = {.allocator = faulty_allocator(&l->faults)};
        gyr_status status = gyr_plan_print(p, gyr_str_of(q->variables, strlen(q->variables)), true, &text);
        if (status == GYR_OK)
            check_json(gyr_str_of(text.ptr, text.len));
        else
            whole &= status == GYR_ERR_ARGUMENT; /* a request with bad variables */
        gyr_buffer_free(&text);
    }
    gyr_plan_free(p);
    gyr_schema_free(s);
    return whole;
}

static void end_life(life *l) {
    free(l->pieces.ptr);
    assert_int_equal(l->faults.live, 0);
}

static void fails_at(const struct request *q, bool for_good) {
    uint64_t n = 1;
    for (;; n++) {
        life l = {.faults = {.fail_at = n, .for_good = for_good}};
        live(&l, q, n % 2);
        end_life(&l);
        if (!l.faults.failed) break;
    }
    print_message("%llu lives: %.50s\n", (unsigned long long)n, q->text);
    assert_true(n > 20); /* it did fail in many places */
}

static void every_allocation_fails_once(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) fails_at(&requests[i], false);
}

static void every_allocation_fails_from_then_on(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) fails_at(&requests[i], true);
}

/* ---- the memory of a request */

static void request_memory_ends_anywhere(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        bool whole = false, cut = false;
        for (uint32_t bytes = 16; bytes < 400000 && !whole; bytes += bytes < 6000 ? 24 : bytes / 40) {
            life l = {.faults = {.fail_at = 0}};
            gyr_schema *s = build(&l, bytes);
            gyr_plan *p = s ? plan_of(s, &requests[i]) : NULL;
            assert_non_null(p);
            gyr_status status = run_one(&l, p, &requests[i], bytes % 16);
            if (status == GYR_OK)
                whole = bytes > 60000; /* a few more: an error may have hidden the limit */
            else
                assert_true(status == GYR_ERR_LIMIT || status == GYR_ERR_MEMORY);
            cut |= status != GYR_OK;
            gyr_plan_free(p);
            gyr_schema_free(s);
            end_life(&l);
        }
        assert_true(whole);
        (void)cut;
    }
}

/* Without a failure each request is answered; so the lives above are what they seem. */
static void without_faults_all_is_answered(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++)
        for (int streamed = 0; streamed < 2; streamed++) {
            life l = {.faults = {.fail_at = 0}};
            assert_true(live(&l, &requests[i], streamed));
            end_life(&l);
        }
}

int main(void) {
    for (int i = 0; i < 24; i++)
        zoo[i] = (animal){
            .tag = 1 + i % 2, .id = i, .name = i % 5 ? "Tom" : long_text, .weight = i * 1.5, .friend = &zoo[i / 2]};
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_faults_all_is_answered), cmocka_unit_test(every_allocation_fails_once),
        cmocka_unit_test(every_allocation_fails_from_then_on), cmocka_unit_test(request_memory_ends_anywhere)};
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++)
        for (int k = 0; k < 2; k++) free((char *)whole_responses[i][k].ptr);
    return failed;
}
