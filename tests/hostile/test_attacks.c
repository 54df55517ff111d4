/* Requests and schemas made to hurt, sent whole through the public interface under the default limits, on a small stack: each is
 * refused with an error that has a place, or answered within bounds. The memory that the library holds at the same time
 * is asserted, its time only printed.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "json/read.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MEGABYTE = 1024 * 1024, PEAK = 64 * MEGABYTE, MAX_RESPONSE = 256 * 1024, MAX_ERRORS_TEXT = 64 * 1024 };

/* ---- an allocator that measures */

typedef struct meter {
    size_t live, peak;
} meter;

static void *metered(void *user, void *p, size_t old_size, size_t new_size) {
    meter *m = user;
    m->live += new_size - old_size;
    if (m->live > m->peak) m->peak = m->live;
    if (new_size) return realloc(p, new_size);
    free(p);
    return NULL;
}

/* ---- texts: head, open * count, middle, close * count, tail; %1$d is the index, %2$d the next one */

typedef struct shape {
    const char *head, *open;
    int count;
    const char *middle, *close, *tail;
} shape;

static gyr_str text_of(const shape *s) {
    char *bytes;
    size_t len;
    FILE *f = open_memstream(&bytes, &len);
    if (!f) abort();
    if (s->head) fputs(s->head, f);
    for (int i = 0; s->open && i < s->count; i++) fprintf(f, s->open, i, i + 1);
    if (s->middle) fputs(s->middle, f);
    for (int i = 0; s->close && i < s->count; i++) fputs(s->close, f);
    if (s->tail) fputs(s->tail, f);
    fclose(f);
    return gyr_str_of(bytes, len);
}

static bool contains(gyr_str text, const char *part) { return memmem(text.ptr, text.len, part, strlen(part)) != NULL; }

/* ---- a data source that answers everything */

static int self;

static void one(gyr_call *c) { gyr_return_ref(c, &self); }
static void number(gyr_call *c) { gyr_return_i32(c, 1); }
static void name(gyr_call *c) { gyr_return_str(c, gyr_s("A")); }
static void some(gyr_call *c) {
    const void *refs[] = {&self, &self};
    gyr_return_refs(c, refs, 2);
}
static void failures(gyr_call *c) {
    enum { COUNT = 20000 };
    gyr_call *items = gyr_return_items(c, COUNT);
    for (size_t i = 0; items && i < COUNT; i++) gyr_fail(gyr_item(items, i), gyr_s("no item can be had from here"));
}
static int64_t type_of(const void *object, void *user) {
    (void)object, (void)user;
    return 1;
}

static const char the_sdl[] = "directive @again(n: Int) repeatable on FIELD | QUERY | FRAGMENT_SPREAD\n"
                              "scalar Any\n"
                              "input In { a: In l: [In] n: Int s: String f: Float any: Any id: ID one: One }\n"
                              "input One @oneOf { a: Int b: In }\n"
                              "interface Node { id: ID! n: Node }\n"
                              "type A implements Node { id: ID! n: Node a(n: Int): A b: Int }\n"
                              "type B implements Node { id: ID! n: Node b: Int c: String }\n"
                              "type Query { a(n: Int): Int self: Query all: [Query!]! f(in: In, n: Int, s: String, "
                              "any: Any, id: ID, l: [[Int]], x: Float): Int\n"
                              "  node: Node failures: [Int] s: String }\n"
                              "type Subscription { a: Int }\n";
static const gyr_tag tags[] = {{1, "A"}, {2, "B"}, {0, NULL}};
static const gyr_binding bindings[] = {
    GYR_RESOLVER("Query.self", one),
    GYR_RESOLVER("Query.node", one),
    GYR_RESOLVER("Query.all", some),
    GYR_RESOLVER("Query.failures", failures),
    GYR_RESOLVER("A.n", one),
    GYR_RESOLVER("A.a", one),
    GYR_RESOLVER("B.n", one),
    GYR_GETTER("Query.s", name),
    GYR_GETTER("B.c", name),
    GYR_TYPE_FN("Node", type_of, tags, NULL),
    GYR_END,
};

/* ---- one attack */

typedef struct attack {
    int number; /* what kind: 1 nesting, 2 floods, 3 merging, 4 expansion, 5 cycles, 6 amplification, 7 directives, 8 errors,
                   9 introspection, 10 suggestions, 14 hashing, 15 encodings, 16 numbers, 17 JSON */
    const char *name;
    shape document, variables;
    const char *refused;  /* what the error says; NULL: there is a plan */
    const char *response; /* what the response contains */
    bool no_place;        /* the error is of the text as a whole */
} attack;

typedef struct outcome {
    const attack *attack;
    const shape *sdl; /* of a schema made to hurt, else NULL */
    const char *refused;
    gyr_str text, variables; /* the document or SDL */
    meter meter;
    double ms; /* of the library, texts are there before */
    char problem[1024];
} outcome;

static void __attribute__((format(printf, 2, 3))) problem(outcome *o, const char *format, ...) {
    va_list args;
    va_start(args, format);
    if (!o->problem[0]) vsnprintf(o->problem, sizeof o->problem, format, args);
    va_end(args);
}

static gyr_schema *schema_of(outcome *o, gyr_str sdl, const gyr_binding *table, gyr_errors **errors) {
    const gyr_binding fallback = GYR_GETTER("", number);
    gyr_source source = {gyr_s("schema"), sdl};
    gyr_schema_options options = {.size = sizeof options,
                                  .sources = &source,
                                  .source_count = 1,
                                  .bindings = table,
                                  .fallback = &fallback,
                                  .allocator = {&o->meter, metered}};
    return gyr_schema_build(&options, errors);
}

static void check_errors(outcome *o, gyr_errors *errors, const char *says, bool no_place) {
    gyr_str text = gyr_errors_text(errors);
    const gyr_error *first = gyr_errors_get(errors, 0);
    if (!says)
        problem(o, "it is refused: %.*s", (int)(text.len < 300 ? text.len : 300), text.ptr);
    else if (!contains(text, says))
        problem(o, "the errors do not say \"%s\" but %.*s", says, (int)(text.len < 300 ? text.len : 300), text.ptr);
    else if (!first ||
             (!no_place && (!first->location_count || !first->locations[0].line || !first->locations[0].column)))
        problem(o, "the error has no place");
    else if (text.len > MAX_ERRORS_TEXT || gyr_errors_count(errors) > 51)
        problem(o, "%u errors, %zu bytes", gyr_errors_count(errors), text.len);
}

static void check_response(outcome *o, gyr_status status, gyr_str response, const char *says) {
    const gyr_limits limits = {.size = sizeof limits, .json_bytes = GYR_UNLIMITED, .json_depth = GYR_UNLIMITED};
    gyr_errors errors;
    gyr__arena arena;
    gyr__errors_init(&errors, NULL, 0);
    gyr__arena_init(&arena, NULL, 0);
    if (status != GYR_OK)
        problem(o, "the request ended with %s", gyr_status_text(status));
    else if (response.len > MAX_RESPONSE)
        problem(o, "a response of %zu bytes", response.len);
    else if (!gyr__json_read(&arena, response, &limits, GYR__JSON_UNIQUE, &errors))
        problem(o, "the response is not JSON");
    else if (says && !contains(response, says))
        problem(o, "the response does not say \"%s\" but %.*s", says, (int)(response.len < 300 ? response.len : 300),
                response.ptr);
    gyr__arena_fini(&arena);
    gyr__errors_fini(&errors);
}

static void answer(outcome *o, gyr_plan *plan) {
    gyr_buffer out = {.allocator = {&o->meter, metered}}, print = out;
    gyr_request request = {
        .size = sizeof request, .plan = plan, .variables = o->variables, .buffer = &out, .root = &self};
    gyr_status status = gyr_execute(&request);
    check_response(o, status, gyr_str_of(out.ptr, out.len), o->attack->response);
    status = gyr_plan_print(plan, o->variables, true, &print);
    if (status != GYR_OK && status != GYR_ERR_ARGUMENT)
        problem(o, "its plan does not print: %s", gyr_status_text(status));
    gyr_buffer_free(&out);
    gyr_buffer_free(&print);
}

static void run_document(outcome *o) {
    gyr_errors *errors = NULL;
    gyr_schema *schema = schema_of(o, gyr_str_of(the_sdl, sizeof the_sdl - 1), bindings, &errors);
    gyr_plan *plan = schema ? gyr_plan_new(schema, o->text, gyr_s(""), &errors) : NULL;
    if (!plan)
        check_errors(o, errors, o->attack->refused, o->attack->no_place);
    else if (o->attack->refused)
        problem(o, "it is not refused");
    else
        answer(o, plan);
    gyr_errors_free(errors);
    gyr_plan_free(plan);
    gyr_schema_free(schema);
}

static void run_schema(outcome *o) {
    gyr_errors *errors = NULL;
    gyr_schema *schema = schema_of(o, o->text, NULL, &errors);
    gyr_buffer print = {.allocator = {&o->meter, metered}};
    if (!schema)
        check_errors(o, errors, o->refused, false);
    else if (o->refused)
        problem(o, "it is not refused");
    else if (gyr_schema_print(schema, &print))
        problem(o, "it does not print");
    gyr_buffer_free(&print);
    gyr_errors_free(errors);
    gyr_schema_free(schema);
}

static void *run(void *data) {
    outcome *o = data;
    struct timespec begin, end;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &begin);
    if (o->sdl)
        run_schema(o);
    else
        run_document(o);
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
    o->ms = (double)(end.tv_sec - begin.tv_sec) * 1e3 + (double)(end.tv_nsec - begin.tv_nsec) / 1e6;
    if (o->meter.live) problem(o, "%zu bytes are lost", o->meter.live);
    if (o->meter.peak > PEAK) problem(o, "%zu bytes held at once", o->meter.peak);
    return NULL;
}

/* False: it failed, and says how. */
static bool survive(outcome *o, int kind, const char *what) {
    pthread_attr_t attr;
    pthread_t thread;
    o->text = text_of(o->sdl ? o->sdl : &o->attack->document);
    if (o->attack) o->variables = text_of(&o->attack->variables);
    pthread_attr_init(&attr);
    assert_int_equal(pthread_attr_setstacksize(&attr, TEST_STACK), 0);
    assert_int_equal(pthread_create(&thread, &attr, run, o), 0);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&attr);
    free((char *)o->text.ptr);
    free((char *)o->variables.ptr);
    printf("%3d %-44s %9.2f ms %9.1f KiB%s%s\n", kind, what, o->ms, (double)o->meter.peak / 1024,
           o->problem[0] ? "  FAILED: " : "", o->problem);
    return !o->problem[0];
}

/* ---- the attacks */

/* clang-format off */
/* A fragment F0 that spreads 300 others, and those. */
#define TEN(M, T, d) M(T, d##0) M(T, d##1) M(T, d##2) M(T, d##3) M(T, d##4) M(T, d##5) M(T, d##6) M(T, d##7) M(T, d##8) M(T, d##9)
#define HUNDRED(M, T, d) TEN(M, T, d##0) TEN(M, T, d##1) TEN(M, T, d##2) TEN(M, T, d##3) TEN(M, T, d##4) TEN(M, T, d##5) TEN(M, T, d##6) TEN(M, T, d##7) TEN(M, T, d##8) TEN(M, T, d##9)
#define SPREAD(T, n) "...A" #n " "
#define PLAIN(T, n) "fragment A" #n " on " T "{a}"
#define WITH_VARIABLE(T, n) "fragment A" #n " on " T "{a(n:$n)}"
#define SHARED(T, M) "fragment F0 on " T "{" HUNDRED(SPREAD, T, 1) HUNDRED(SPREAD, T, 2) HUNDRED(SPREAD, T, 3) "}" HUNDRED(M, T, 1) HUNDRED(M, T, 2) HUNDRED(M, T, 3)
#pragma GCC diagnostic ignored "-Wmissing-field-initializers" /* a shape has as many parts as it needs */
static const attack attacks[] = {
    {1, "100,000 braces", {.open = "{", .count = 100000}, .refused = "Expected Name, found \"{\""},
    {1, "40,000 selection sets", {.open = "{self", .count = 40000, .middle = "{a}", .close = "}"}, .refused = "nested"},
    {1, "100,000 lists in a value", {"{f(any:", "[", 100000, "", "]", ")}"}, .refused = "nested"},
    {1, "20,000 objects in a value", {"{f(any:", "{a:", 20000, "1", "}", ")}"}, .refused = "nested"},
    {1, "100,000 lists in a type", {"query($a:", "[", 100000, "Int", "]", "){a}"}, .refused = "nested"},
    {1, "as deep as may be", {"{", "self{", 198, "a", "}", "}"}, .response = "{\"a\":1}"},
    {1, "inline fragments as deep as may be", {"{", "...{", 198, "a", "}", "}"}, .response = "{\"a\":1}"},
    {1, "a value as deep as may be", {"{f(any:", "[", 190, "", "]", ")}"}, .response = "\"f\":1"},
    {1, "an input object as deep as may be", {"{f(in:", "{a:", 190, "{}", "}", ")}"}, .response = "\"f\":1"},
    {1, "variables nested 1,000 deep", {"query($a:Any){f(any:$a)}"}, {"{\"a\":", "[", 1000, "", "]", "}"}, .response = "nested"},
    {1, "variables nested 500,000 deep", {"query($a:Any){f(any:$a)}"}, {"{\"a\":", "[", 500000, "", "]", "}"}, .response = "nested"},
    {1, "variables nested as deep as may be", {"query($a:In){f(in:$a)}"}, {"{\"a\":", "{\"a\":", 125, "{}", "}", "}"}, .response = "\"f\":1"},
    {2, "a million tokens", {"{", "a ", 1000000, "}"}, .refused = "262144", .no_place = true},
    {2, "130,000 tokens", {"{", "a ", 130000, "}"}, .refused = "15000"},
    {2, "250 KB of commas and spaces", {"{", ", ", 125000, "a}"}, .response = "\"a\":1"},
    {2, "250 KB of comments", {"{", "#\n", 125000, "a}"}, .response = "\"a\":1"},
    {2, "a name of a megabyte", {"{", "aaaaaaaa", 131072, "}"}, .refused = "262144", .no_place = true},
    {2, "a name of 240 KB", {"{", "aaaaaaaa", 30000, "}"}, .refused = "1024"},
    {2, "a string of 240 KB", {"{f(s:\"", "aaaaaaaa", 30000, "\")}"}, .response = "\"f\":1"},
    {2, "a block string of 100,000 lines", {"{f(s:\"\"\"", " \n", 100000, "\"\"\")}"}, .response = "\"f\":1"},
    {2, "2,000 operations", {"", "query Q%1$d{a}", 2000}, .refused = "operation", .no_place = true},
    {2, "2,000 variables", {"query(", "$v%1$d:Int ", 2000, "){a}"}, .refused = "never used"},
    {3, "4,000 equal fields", {"{self{", "a ", 4000, "}}"}, .response = "{\"a\":1}"},
    {3, "900 equal fields with arguments", {"{", "x:f(n:1 s:\"a\") ", 900, "}"}, .response = "\"x\":1"},
    {3, "2,000 different arguments", {"{self{", "a(n:%1$d) ", 2000, "}}"}, .refused = "conflict"},
    {3, "2,000 equal selection sets", {"{self{", "self{a} ", 2000, "}}"}, .response = "{\"a\":1}"},
    {3, "1,400 inline fragments, equal inside", {"{node{", "...on A{n{id}} ", 1400, "}}"}, .response = "\"id\":\"1\""},
    {3, "inline fragments 190 deep, each with fields", {"{", "a ...{a ", 190, "a", " a}", "}"}, .response = "\"a\":1"},
    {3, "190 levels, each twice", {"{", "self{a}self{", 190, "a", "}", "}"}, .response = "\"a\":1"},
    {4, "fragments expanded to 2^60 fields", {"{...F0}", "fragment F%1$d on Query{...F%2$d ...F%2$d}", 60, "fragment F60 on Query{a}"}, .refused = "10000 fields"},
    {4, "the same below fields", {"{...F0}", "fragment F%1$d on Query{x:self{...F%2$d}y:self{...F%2$d}}", 60, "fragment F60 on Query{a}"}, .refused = "10000"},
    {4, "the same on an interface", {"{node{...F0}}", "fragment F%1$d on Node{n{...F%2$d}...on A{n{...F%2$d}}...on B{n{...F%2$d}}}", 60, "fragment F60 on Node{id}"}, .refused = "10000 fields"},
    {4, "1,000 operations that share 300 fragments", {"", "query Q%1$d{...F0}", 1000, SHARED("Query", PLAIN)}, .refused = "operation", .no_place = true},
    {4, "1,000 subscriptions that share 300 fragments", {"", "subscription Q%1$d{...F0}", 1000, SHARED("Subscription", PLAIN)}, .refused = "operation", .no_place = true},
    {4, "600 operations with a variable that share 300 fragments", {"", "query Q%1$d($n:Int){...F0}", 600, SHARED("Query", WITH_VARIABLE)}, .refused = "operation", .no_place = true},
    {5, "a cycle of 1,000 fragments", {"{...F0}", "fragment F%1$d on Query{self{...F%2$d}}", 1000, "fragment F1000 on Query{...F0}"}, .refused = "within itself"},
    {5, "1,000 fragments, each a cycle", {"{...F0}", "fragment F%1$d on Query{a ...F%1$d ...F%2$d}", 1000, "fragment F1000 on Query{a}"}, .refused = "within itself"},
    {5, "a fragment that spreads itself 2,000 times", {"{...F}fragment F on Query{", "...F ", 2000, "}"}, .refused = "within itself"},
    {6, "2,000 aliases", {"{", "a%1$d:a ", 2000, "}"}, .refused = "1000 aliases", .no_place = true},
    {6, "2,000 aliases further down", {"{self{self{", "a%1$d:a ", 2000, "}}}"}, .refused = "1000 aliases", .no_place = true},
    {6, "fragments that make 2,000 root fields", {"{...F ...G}fragment F on Query{", "a%1$d:a ", 500, "} fragment G on Query{a}"}, .response = "\"a\":1"},
    {6, "lists of lists, 2^12 objects", {"{", "all{", 12, "a", "}", "}"}, .response = "{\"a\":1}"},
    {7, "100 directives on a field", {"{a ", "@again ", 100, "}"}, .refused = "64 directives"},
    {7, "600 directives", {"{", "a @again ", 600, "}"}, .refused = "500 directives"},
    {7, "64 conditions on a field", {"query($b:Boolean=true){a ", "@skip(if:$b) ", 64, "}"}, .refused = "only be used once"},
    {7, "500 conditions", {"query($b:Boolean=true){self{", "a @include(if:$b) ", 500, "}}"}, .response = "{\"a\":1}"},
    {8, "9,000 unknown fields", {"{self{", "x%1$d ", 9000, "}}"}, .refused = "Cannot query field"},
    {8, "5,000 unknown arguments", {"{f(", "x%1$d:1 ", 4500, ")}"}, .refused = "Unknown argument"},
    {8, "4,500 unknown input fields", {"{f(in:{", "x%1$d:1 ", 4500, "})}"}, .refused = "unknown field"},
    {8, "7,000 wrong values", {"{f(l:[[", "\"x\" ", 7000, "]])}"}, .refused = "Int cannot represent"},
    {8, "7,000 undefined variables", {"{f(l:[[", "$v%1$d ", 7000, "]])}"}, .refused = "is not defined"},
    {8, "unknown fields of 1,000 letters", {"{self{", "x%1$0999d ", 200, "}}"}, .refused = "Cannot query field"},
    {8, "50,000 wrong values in variables", {"query($l:[[Int]]){f(l:$l)}"}, {"{\"l\":[[", "\"xxxxxxxx\",", 50000, "1]]}"}, .response = "Too many errors"},
    {8, "50,000 unknown fields in variables", {"query($l:In){f(in:$l)}"}, {"{\"l\":{", "\"x%1$d\":1,", 50000, "\"n\":1}}"}, .response = "Too many errors"},
    {8, "20,000 items that fail", {"{failures}"}, .response = "no item can be had"},
    {8, "the same, 9,000 times one field", {"{self{", "failures ", 9000, "}}"}, .response = "no item can be had"},
    {9, "900 fields of each type that fail", {"query($x:Boolean=false){__schema{types{", "a%1$d:fields(includeDeprecated:$x){name} ", 900, "}}}"}, {"{\"x\":null}"}, .response = "not to be null"},
    {9, "introspection nested 100 deep", {"{__schema{types{", "fields{type{", 90, "name", "}}", "}}}"}, .refused = "introspection depth"},
    {9, "the same behind fragments", {"{__schema{types{...F0}}}", "fragment F%1$d on __Type{fields{type{...F%2$d}}}", 50, "fragment F50 on __Type{name}"}, .refused = "introspection depth"},
    {9, "50 times __schema", {"{", "a%1$d:__schema{types{name fields{name}}} ", 50, "}"}, .refused = "more than 1 __schema fields"},
    {9, "twice __schema, behind a fragment", {"{...F self{self{...F}}} fragment F on Query{__schema{types{name}}}"}, .refused = "more than 1 __schema fields"},
    {9, "11 times __type", {"{", "a%1$d:__type(name:\"A\"){name} ", 11, "}"}, .refused = "more than 10 __type fields"},
    {9, "2^9 times __type", {"{...F0}", "fragment F%1$d on Query{...F%2$d ...F%2$d}", 9, "fragment F9 on Query{__type(name:\"A\"){name}}"}, .refused = "more than 10 __type fields"},
    {9, "10 times __type and __schema", {"{__schema{types{name}}", "a%1$d:__type(name:\"A\"){name} ", 10, "}"}, .response = "\"a9\":{\"name\":\"A\"}"},
    {9, "the operations of a document count alone", {"query A{__schema{types{name}}}query B{__schema{types{name}}}"}, .refused = "Must provide operation name", .no_place = true},
    {14, "100,000 keys in variables", {"query($a:Any){f(any:$a)}"}, {"{\"a\":{", "\"%1$d\":1,", 80000, "\"x\":1}}"}, .response = "\"f\":1"},
    {14, "3,000 response keys", {"{...F}fragment F on Query{self{", "b%1$d:a ", 900, "}}"}, .response = "\"b899\":1"},
    {15, "a NUL byte between tokens", {"{a ", "%1$c", 1, "}"}, .refused = "Unexpected character: U+0000"},
    {15, "a NUL byte in a string", {"{f(s:\"", "%1$c", 1, "\")}"}, .response = "\"f\":1"},
    {15, "bytes that are not UTF-8 in a string", {"{f(s:\"\xff\xfe\")}"}, .refused = "Invalid UTF-8"},
    {15, "overlong UTF-8 in a comment", {"{a #\xc0\xaf\n}"}, .refused = "Invalid UTF-8"},
    {15, "a surrogate as UTF-8", {"{f(s:\"\xed\xa0\x80\")}"}, .refused = "Invalid UTF-8"},
    {15, "a UTF-8 sequence cut at the end", {"{a}#\xf0\x9f"}, .refused = "Invalid UTF-8"},
    {15, "a lone surrogate in a string", {"{f(s:\"\\ud800\")}"}, .refused = "Invalid Unicode escape"},
    {15, "a lone surrogate in variables", {"query($a:String){f(s:$a)}"}, {"{\"a\":\"\\ud800\"}"}, .response = "surrogate"},
    {15, "bytes that are not UTF-8 in variables", {"query($a:String){f(s:$a)}"}, {"{\"a\":\"\xff\"}"}, .response = "UTF-8"},
    {15, "byte order marks", {"\xef\xbb\xbf{", "\xef\xbb\xbf ", 10000, "a}"}, .response = "\"a\":1"},
    {16, "an integer of 240 KB", {"{f(n:1", "00000000", 30000, ")}"}, .refused = "1024"},
    {16, "a fraction of 240 KB", {"{f(x:1.0", "00000000", 30000, ")}"}, .refused = "1024"},
    {16, "1e400 as Float", {"{f(x:1e400)}"}, .refused = "Float cannot represent"},
    {16, "30 digits as Int", {"{f(n:111111111111111111111111111111)}"}, .refused = "Int cannot represent"},
    {16, "30 digits as ID", {"{f(id:111111111111111111111111111111)}"}, .response = "\"f\":1"},
    {16, "a number of 900 KB in variables", {"query($a:Float){f(x:$a)}"}, {"{\"a\":1", "00000000", 112500, "}"}, .response = "1024"},
    {16, "1e400 in variables", {"query($a:Float){f(x:$a)}"}, {"{\"a\":1e400}"}, .response = "Float cannot represent"},
    {16, "1e-400000 in variables", {"query($a:Float){f(x:$a)}"}, {"{\"a\":1e-400000}"}, .response = "\"f\":1"},
    {17, "100,000 equal keys", {"query($n:Int){f(n:$n)}"}, {"{", "\"n\":\"x\",", 100000, "\"n\":1}"}, .response = "\"f\":1"},
    {17, "2 MB of variables", {"query($n:Int){f(n:$n)}"}, {"{\"n\":1", "        ", 262144, "}"}, .response = "1048576"},
    {17, "300,000 empty objects", {"query($a:[In]){f(n:1)f2:f(in:{l:$a})}"}, {"{\"a\":[", "{},", 300000, "{}]}"}, .response = "\"f\":1"},
    {17, "variables that end too early", {"query($a:Any){f(any:$a)}"}, {"{\"a\":[[["}, .response = "errors"},
};

static const struct {
    const char *name;
    shape sdl;
    const char *refused;
} schemas[] = {
    {"a type of 100,000 lists", {"type Query{a:", "[", 100000, "Int", "]", "}"}, "nested"},
    {"a default value of 100,000 lists", {"scalar S type Query{a(s:S=", "[", 100000, "", "]", "):Int}"}, "nested"},
    {"a name of a megabyte", {"type Query{a:Int} type ", "aaaaaaaa", 131072, "{a:Int}"}, "1024"},
    {"30,000 types", {"type Query{a:T1}", "type T%1$d{a:T%2$d}", 30000, "type T30000{a:Int}"}, NULL},
    {"30,000 fields", {"type Query{", "f%1$d:Int ", 30000, "}"}, NULL},
    {"30,000 unknown types", {"type Query{", "f%1$d:X%1$d ", 30000, "}"}, "Unknown type"},
    {"10,000 equal types", {"type Query{a:Int}", "type T{a:Int}", 10000}, "only one type named"},
    {"input objects that need each other", {"type Query{a(i:I0):Int}", "input I%1$d{i:I%2$d!}", 1000, "input I1000{i:I0!}"}, "I0"},
    {"a cycle of 500 interfaces", {"type Query{a:Int}", "interface I%1$d implements I%2$d{a:Int}", 500, "interface I500 implements I0{a:Int}"}, "I0"},
    {"defaults that need each other", {"type Query{a(i:I0):Int}", "input I%1$d{i:I%2$d={}}", 1000, "input I1000{i:I0={}}"}, "default"},
    {"defaults that double 40 times", {"type Query{a(i:I0={}):Int}", "input I%1$d{a:I%2$d={} b:I%2$d={}}", 40, "input I40{a:Int}"}, NULL},
    {"a union of 5,000", {"type Query{a:U}type X{a:Int}union U=", "|X", 5000}, "only include type"},
    {"300,000 wrong values in a default value", {"type Query{a(l:[Int]=[", "\"x\" ", 300000, "]):Int}"}, "Int cannot represent"},
    {"100,000 unknown fields in a default value", {"input I{a:Int} type Query{a(i:I={", "x%1$d:1 ", 100000, "}):Int}"}, "unknown field"},
    {"10,000 extensions", {"type Query{a:Int}", "extend type Query{b%1$d:Int}", 10000}, NULL},
    {"500 KB of description", {"\"\"\"", "\\\"\"\" \n", 70000, "\"\"\" type Query{a:Int}"}, NULL},
    {"a root type that is a scalar nothing uses", {"type Query{a:Int} schema{query:Query mutation:Boolean subscription:Float}"}, "must be Object"},
    {"a union of scalars nothing uses", {"type Query{a:U} union U=ID|Float"}, "can only include Object"},
    {"an interface that is a scalar nothing uses", {"type Query implements ID{a:Int}"}, "must only implement"},
    {"a NUL byte", {"type Query{a:Int}", "%1$c", 1}, "Unexpected character: U+0000"},
    {"bytes that are not UTF-8", {"\"\xff\" type Query{a:Int}"}, "Invalid UTF-8"},
    {"names that are code", {"type Query{a;b:Int}"}, "Syntax Error"},
    {"names of the system", {"type Query{__a:Int}"}, "must not begin with"},
};

/* clang-format on */

static void documents(void **state) {
    (void)state;
    int failed = 0;
    for (size_t i = 0; i < GYR__COUNT(attacks); i++) {
        outcome o = {.attack = &attacks[i]};
        failed += !survive(&o, attacks[i].number, attacks[i].name);
    }
    assert_int_equal(failed, 0);
}

static void hostile_schemas(void **state) {
    (void)state;
    int failed = 0;
    for (size_t i = 0; i < GYR__COUNT(schemas); i++) {
        outcome o = {.sdl = &schemas[i].sdl, .refused = schemas[i].refused};
        failed += !survive(&o, 19, schemas[i].name);
    }
    assert_int_equal(failed, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(documents), cmocka_unit_test(hostile_schemas)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
