/* Documents made to hurt: limits, deep nesting on a small stack, floods of errors, memory that runs out.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "documents.h"
#include "faulty.h"

#include "language/parse.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char sdl[] = "directive @again(n: Int) repeatable on FIELD | QUERY\n"
                          "enum E { RED GREEN }\n"
                          "input In { a: In b: [In!] c: Int! = 1 e: E }\n"
                          "interface I { i: I a: Int f(in: In, n: Int): T }\n"
                          "type T implements I { i: I a: Int f(in: In, n: Int): T t: T s: String }\n"
                          "type S implements I { i: I a: Int f(in: In, n: Int): T }\n"
                          "type Query { a: Int t: T i: I f(in: In, n: Int): T }\n";

typedef struct text {
    char *bytes;
    size_t len;
    FILE *file;
} text;

static FILE *begin(text *t) { return t->file = open_memstream(&t->bytes, &t->len); }

static void repeat(FILE *f, const char *unit, int count) {
    for (int i = 0; i < count; i++) fprintf(f, unit, i);
}

static void expect(const gyr_schema *s, text *t, gyr_status expected, const char *says) {
    char *errors;
    fclose(t->file);
    assert_int_equal(validate(s, t->bytes, NULL, &errors), expected);
    if (says && !strstr(errors, says)) fail_msg("%.300s\ndoes not say: %s", errors, says);
    free(errors);
    free(t->bytes);
}

/* ---- limits */

static void test_limits(void **state) {
    (void)state;
    gyr_limits limits = {.size = sizeof limits, .fields = 100, .root_fields = 10, .aliases = 20, .directives = 30};
    limits.directives_per_node = 5;
    limits.depth = 50;
    static const struct {
        const char *head, *unit, *tail;
        int most;
        const char *says;
    } list[] = {
        {"{ t { ", "a ", "} }", 99,
         "The operation selects more than 100 fields, fragments expanded. Validation aborted."},
        {"{ ", "a ", "}", 10, "more than 10 root fields"},
        {"{ t { ", "x%d: a ", "} }", 20, "The document has more than 20 aliases. Validation aborted."},
        {"{ t { ", "a @again ", "} }", 30, "The document has more than 30 directives. Validation aborted."},
        {"{ a ", "@again ", "}", 5, "More than 5 directives stand at one location. Validation aborted."},
        {"{ t { ", "...F ", "} } fragment F on T { t { a a a } t { a a a a a } }", 9, "more than 100 fields"},
        {"{ ", "...F ", "} fragment F on Query { a a }", 5, "more than 10 root fields"},
    };
    gyr_schema *s = schema_of(sdl, &limits, NULL);
    for (size_t i = 0; i < GYR__COUNT(list); i++)
        for (int over = 0; over < 2; over++) {
            text t;
            FILE *f = begin(&t);
            fprintf(f, "%s", list[i].head);
            repeat(f, list[i].unit, list[i].most + over);
            fprintf(f, "%s", list[i].tail);
            expect(s, &t, over ? GYR_ERR_LIMIT : GYR_OK, over ? list[i].says : NULL);
        }
    for (int over = 0; over < 2; over++) { /* each fragment adds two levels, in the text it is one */
        text t;
        FILE *f = begin(&t);
        fprintf(f, "{ t { ...F0 } } ");
        for (int i = 0; i < 23 + over; i++) fprintf(f, "fragment F%d on T { t { ...F%d } } ", i, i + 1);
        fprintf(f, "fragment F%d on T { t { a } }", 23 + over);
        expect(s, &t, over ? GYR_ERR_LIMIT : GYR_OK, over ? "nested deeper than 50 levels" : NULL);
    }
    gyr__schema_unref(s);
}

/* 2^40 fields: the counter saturates. */
static void test_exponential(void **state) {
    (void)state;
    gyr_schema *s = schema_of(sdl, NULL, NULL);
    text t;
    FILE *f = begin(&t);
    fprintf(f, "{ t { ...F0 } } ");
    for (int i = 0; i < 40; i++) fprintf(f, "fragment F%d on T { x: t { ...F%d } y: t { ...F%d } } ", i, i + 1, i + 1);
    fprintf(f, "fragment F40 on T { a }");
    expect(s, &t, GYR_ERR_LIMIT, "more than 10000 fields");
    gyr__schema_unref(s);
}

/* ---- cycles */

static void test_cycles(void **state) {
    (void)state;
    gyr_limits limits = open_limits();
    gyr_schema *s = schema_of(sdl, &limits, NULL);
    for (int shape = 0; shape < 2; shape++) {
        text t;
        FILE *f = begin(&t);
        fprintf(f, "{ t { ...F0 } } ");
        for (int i = 0; i < 10000; i++)
            fprintf(f, shape ? "fragment F%d on T { a t { ...F%d a } } " : "fragment F%d on T { ...F%d } ", i,
                    (i + 1) % 10000);
        expect(s, &t, GYR_ERR_VALIDATION, "Cannot spread fragment \"F0\" within itself via \"F1\", \"F2\"");
    }
    text t; /* each spreads all */
    FILE *f = begin(&t);
    fprintf(f, "{ t { ...F0 } } ");
    for (int i = 0; i < 100; i++) {
        fprintf(f, "fragment F%d on T { a t { ", i);
        repeat(f, "...F%d ", 100);
        fprintf(f, "} } ");
    }
    expect(s, &t, GYR_ERR_VALIDATION, "Cannot spread fragment \"F0\" within itself.");
    gyr__schema_unref(s);
}

/* ---- floods of errors */

static void test_error_floods(void **state) {
    (void)state;
    gyr_limits limits = open_limits();
    limits.errors = 50;
    gyr_schema *s = schema_of(sdl, &limits, NULL);
    static const struct {
        const char *head, *unit, *tail;
        int count;
    } list[] = {
        {"{ ", "unknown%d ", "}", 20000},
        {"{ t { ", "x: a x: s ", "} }", 5000},
        {"{ f(in: {", "x%d: 1 ", "}) { a } }", 20000},
        {"{ f(", "n: 1 ", ") { a } }", 20000},
        {"query (", "$v: In ", ") { a }", 20000},
        {"query (", "$v%d: In ", ") { a }", 20000},
        {"{ ", "...F%d ", "}", 20000},
        {"{ a } ", "fragment F on T { a } ", "", 5000},
        {"{ a } ", "query Q { a } ", "", 5000},
        {"{ a ", "@x%d ", "}", 20000},
        {"{ ", "f(in: {a: {a: $v%d}}) { a } ", "}", 5000},
    };
    for (size_t i = 0; i < GYR__COUNT(list); i++) {
        text t;
        FILE *f = begin(&t);
        fprintf(f, "%s", list[i].head);
        repeat(f, list[i].unit, list[i].count);
        fprintf(f, "%s", list[i].tail);
        expect(s, &t, GYR_ERR_VALIDATION, NULL);
    }
    text t; /* what is echoed is cut */
    FILE *f = begin(&t);
    fprintf(f, "{ ");
    repeat(f, "a", 1000000);
    fprintf(f, " }");
    fclose(f);
    char *errors;
    assert_int_equal(validate(s, t.bytes, NULL, &errors), GYR_ERR_VALIDATION);
    assert_true(strlen(errors) < 300);
    free(errors);
    free(t.bytes);
    gyr__schema_unref(s);
}

/* ---- a small stack */

typedef struct job {
    const gyr_schema *schema;
    const gyr__source *source;
    const gyr__ast_document *document;
    gyr_errors *errors;
    gyr_status status;
} job;

static void *run_job(void *data) {
    job *j = data;
    j->status = gyr__validate(j->schema, j->source, j->document, NULL, j->errors);
    return NULL;
}

static gyr_status on_small_stack(const gyr_schema *s, const text *t) {
    gyr__source source = gyr__source_of(gyr_str_of(t->bytes, t->len), gyr_s(""));
    gyr__arena arena;
    gyr__ast_document *document = NULL;
    gyr_errors *errors = gyr__errors_new(NULL, 0);
    gyr__arena_init(&arena, NULL, 0);
    if (gyr__parse_document(&arena, &source, NULL, errors, &document))
        fail_msg("%.*s", (int)gyr_errors_text(errors).len, gyr_errors_text(errors).ptr);
    job j = {s, &source, document, errors, GYR_OK};
    pthread_attr_t attr;
    pthread_t thread;
    pthread_attr_init(&attr);
    assert_int_equal(pthread_attr_setstacksize(&attr, TEST_STACK), 0);
    assert_int_equal(pthread_create(&thread, &attr, run_job, &j), 0);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&attr);
    gyr_errors_free(errors);
    gyr__arena_fini(&arena);
    return j.status;
}

static void test_small_stack(void **state) {
    (void)state;
    static const struct {
        const char *head, *unit, *middle, *close;
        int count;
        gyr_status status;
    } list[] = {
        {"{ t {", "t {", "a", "}", 190, GYR_OK},
        {"{ t {", "... {", "a", "}", 190, GYR_OK},
        {"{ t { f(in: {", "a: {", "c: 1", "}", 190, GYR_OK},
        {"{ t { f(in: {", "a: {", "c: RED", "}", 190, GYR_ERR_VALIDATION},
        {"{ t { f(in: {", "b: [{", "e: 1", "}]", 90, GYR_ERR_VALIDATION},
    };
    gyr_schema *s = schema_of(sdl, NULL, NULL);
    for (size_t i = 0; i < GYR__COUNT(list); i++) {
        text t;
        FILE *f = begin(&t);
        bool value = strstr(list[i].head, "in:");
        fprintf(f, "%s", list[i].head);
        for (int k = 0; k < list[i].count; k++) fprintf(f, "%s", list[i].unit);
        fprintf(f, "%s", list[i].middle);
        for (int k = 0; k < list[i].count; k++) fprintf(f, "%s", list[i].close);
        fprintf(f, "%s", value ? "}) { a } } }" : "} }");
        fclose(f);
        assert_int_equal(on_small_stack(s, &t), list[i].status);
        free(t.bytes);
    }
    for (int with_fragments = 0; with_fragments < 2; with_fragments++) { /* a conflict at the bottom of two towers */
        text t;
        FILE *f = begin(&t);
        fprintf(f, "{ ");
        for (int side = 0; side < 2; side++) {
            for (int k = 0; k < 195; k++) fprintf(f, "t { ");
            fprintf(f, with_fragments ? "...F%d" : side ? "x: a" : "x: s", side);
            for (int k = 0; k < 195; k++) fprintf(f, "} ");
        }
        fprintf(f, "} %s", with_fragments ? "fragment F0 on T { x: a } fragment F1 on T { x: s }" : "");
        fclose(f);
        assert_int_equal(on_small_stack(s, &t), GYR_ERR_VALIDATION);
        free(t.bytes);
    }
    text t; /* cycles that pairs of fragments go round */
    FILE *f = begin(&t);
    fprintf(f, "{ t { ...F0 ...F1 } } ");
    for (int i = 0; i < 1000; i++) fprintf(f, "fragment F%d on T { x: a t { ...F%d } } ", i, (i + 1) % 1000);
    fclose(f);
    assert_int_equal(on_small_stack(s, &t), GYR_ERR_VALIDATION);
    free(t.bytes);
    gyr__schema_unref(s);
}

/* ---- memory runs out */

static void test_no_memory(void **state) {
    (void)state;
    static const char *const documents[] = {
        "query Q($a: Int!, $b: In) @again { t { ...F i { ... on T { f(n: $a, in: $b) { a } } ... on S { a } "
        "} a a } }\n"
        "fragment F on T { a t { ...G } f(in: {a: {b: [{e: RED}]}}) { a } } fragment G on I { a i { a } }",
        "query Q($a: Int, $a: Nope) { t { zz x: a x: s ...F f(in: {b: 1, zz: 2, a: {e: NO}}, n: 1, n: 2) { i "
        "{ x: a } }\n"
        "f(in: {c: 1}) { i { x: i { a } } } } t { ... on S { a } ...F } } fragment F on T { ...F f(n: $b) { "
        "a } }\n"
        "subscription { a } query Q { a @skip } type X { a: Y @z(b: {a: 1, a: 2}) }",
    };
    gyr_limits limits = {.size = sizeof limits};
    for (size_t d = 0; d < GYR__COUNT(documents); d++) {
        gyr__source source = gyr__source_of(gyr_str_of(documents[d], strlen(documents[d])), gyr_s("file"));
        gyr__arena arena;
        gyr_errors *parse_errors = gyr__errors_new(NULL, 0);
        gyr__ast_document *document = NULL;
        gyr__arena_init(&arena, NULL, 0);
        assert_int_equal(gyr__parse_document(&arena, &source, NULL, parse_errors, &document), GYR_OK);
        for (uint64_t n = 1;; n++) {
            faulty schema_memory = {0}, f = {.fail_at = n, .for_good = n % 2};
            gyr_allocator of_schema = faulty_allocator(&schema_memory), al = faulty_allocator(&f);
            gyr_schema *s = schema_of(sdl, &limits, &of_schema);
            s->allocator = al; /* for what validation needs itself */
            gyr_errors *errors = gyr__errors_new(&al, 0);
            gyr_status status = errors ? gyr__validate(s, &source, document, NULL, errors) : GYR_ERR_MEMORY;
            if (errors && !f.failed) assert_int_equal(gyr_errors_count(errors) ? GYR_ERR_VALIDATION : GYR_OK, status);
            gyr_errors_free(errors);
            assert_int_equal(f.live, 0);
            s->allocator = of_schema;
            gyr__schema_unref(s);
            if (!f.failed) {
                assert_int_equal(status, d ? GYR_ERR_VALIDATION : GYR_OK);
                break;
            }
            assert_int_equal(status, GYR_ERR_MEMORY);
        }
        gyr_errors_free(parse_errors);
        gyr__arena_fini(&arena);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_limits),       cmocka_unit_test(test_exponential), cmocka_unit_test(test_cycles),
        cmocka_unit_test(test_error_floods), cmocka_unit_test(test_small_stack), cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
