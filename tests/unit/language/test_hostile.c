/* What hostile or unlucky input does: truncation, mutation, nesting, floods, bytes that are no text, memory
 * that runs out. Whatever comes, the parser answers with a status, and what it accepts prints and parses
 * again to the same.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "base/str.h"
#include "faulty.h"
#include "language/parse.h"
#include "language/print.h"
#include "language/strip.h"
#include "rng.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

static const gyr__parse_options drafts = {.fragment_arguments = true, .directives_on_directives = true};

static const char sink[] =
    "\"\"\"\n D\n\"\"\" query Q(\"v\" $a: [Int!]! = [1, -2.5e3] @x, $b: B = {c: \"\\u{1F600}\\n\", d: E}) "
    "@on(x: $a) {\n"
    "  a: b(c: \"d\", e: [\"\"\"f\n  \\\"\"\" g\"\"\"]) @skip(if: true) { ...F ... on T @z { h } ... { i } "
    "}\n"
    "  ...G(x: null) # comment\n}\nfragment F($p: Int) on T @q { r }\nmutation M { s } subscription { t }\n"
    "schema @a { query: Q mutation: M } extend schema @b { subscription: S }\nscalar S @c extend scalar S "
    "@d\n"
    "type T implements & I & J @e { \"d\" f(\"g\" a: Int = 1 @h): [[T!]]! @i }\nextend type T implements K\n"
    "interface I implements J { a: Int } extend interface I @j\nunion U @k = | A | B extend union U = C\n"
    "enum E { \"l\" A @m B } extend enum E { C }\ninput N @o { a: Int = 1 } extend input N { b: N }\n"
    "directive @p(a: Int) @q repeatable on | FIELD | QUERY extend directive @p @r\n";

/* Parses, and when that succeeds holds print(parse(print(x))) == print(x). The text is an exact heap copy, so
 * that the address sanitizer sees a read behind its end. */
static gyr_status check(gyr_str text) {
    char *copy = malloc(text.len ? text.len : 1);
    assert_non_null(copy);
    if (text.len) memcpy(copy, text.ptr, text.len);
    gyr__arena a;
    gyr__arena_init(&a, NULL, 0);
    gyr_errors *errors = gyr__errors_new(NULL, 0);
    gyr__source source = gyr__source_of(gyr_str_of(copy, text.len), gyr_s(""));
    gyr__ast_document *d = NULL, *again = NULL;
    gyr_status status = gyr__parse_document(&a, &source, &drafts, errors, &d);
    assert_int_equal(gyr_errors_count(errors), status != GYR_OK);
    if (status == GYR_OK) {
        gyr_str printed = gyr__print(&a, &d->node);
        gyr__source second = gyr__source_of(printed, gyr_s(""));
        assert_int_equal(gyr__parse_document(&a, &second, &drafts, errors, &again), GYR_OK);
        assert_true(gyr__str_eq(gyr__print(&a, &again->node), printed));
    }
    gyr_str stripped;
    gyr_status lexed = gyr__strip_ignored(&a, &source, NULL, errors, &stripped);
    assert_true(status != GYR_OK || lexed == GYR_OK);
    gyr_errors_free(errors);
    gyr__arena_fini(&a);
    free(copy);
    return status;
}

static void truncation(void **state) {
    (void)state;
    assert_int_equal(check(gyr_str_of(sink, sizeof sink - 1)), GYR_OK);
    size_t ok = 0;
    for (size_t n = 0; n < sizeof sink - 1; n++) ok += check(gyr_str_of(sink, n)) == GYR_OK;
    assert_true(ok > 5 && ok < 400);
}

static void mutation(void **state) {
    (void)state;
    static const char bytes[] = "{}()[]:=@$!|&.\"\\#,\n\r \t-019eEaon\0\x7F\xC3\xA9\xF0\xEF\xBB\xBF\xFF";
    rng r = {20250901};
    char text[sizeof sink];
    size_t bad = 0, rounds = 6000;
    for (size_t i = 0; i < rounds; i++) {
        memcpy(text, sink, sizeof sink);
        for (uint64_t k = 1 + rng_below(&r, 3); k; k--)
            text[rng_below(&r, sizeof sink - 1)] = bytes[rng_below(&r, sizeof bytes - 1)];
        bad += check(gyr_str_of(text, sizeof sink - 1)) != GYR_OK;
    }
    assert_true(bad > rounds / 4 && bad < rounds);
}

/* Behind a definition without a body a shorthand's brace would be its body. */
static void shorthand(void **state) {
    (void)state;
    static const char *const heads[] = {"type T",
                                        "extend type T @d",
                                        "interface I",
                                        "input I",
                                        "enum E",
                                        "extend interface I implements J",
                                        "extend input I @d",
                                        "extend enum E @d",
                                        "extend schema @d"};
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        char text[128];
        snprintf(text, sizeof text, "%s query { ...F } { b }", heads[i]);
        assert_int_equal(check(gyr_str_of(text, strlen(text))), GYR_OK);
    }
}

/* ---- nesting, on a small stack */

static char *repeat(const char *unit, size_t times, size_t *len) {
    size_t n = strlen(unit);
    char *text = malloc(n * times + 1);
    if (!text) abort();
    for (size_t i = 0; i < times; i++) memcpy(text + i * n, unit, n);
    *len = n * times;
    return text;
}

typedef struct nest {
    const char *head, *unit, *middle, *close;
    size_t times;
    gyr_status status;
} nest;

static void *parse_nest(void *data) {
    nest *n = data;
    size_t open, close = 0;
    char *text = repeat(n->unit, n->times, &open), *back = repeat(n->close, n->times, &close);
    size_t head = strlen(n->head), middle = strlen(n->middle), len = head + open + middle + close;
    char *all = malloc(len);
    if (!all) abort();
    memcpy(all, n->head, head);
    memcpy(all + head, text, open);
    memcpy(all + head + open, n->middle, middle);
    memcpy(all + head + open + middle, back, close);
    gyr__arena a;
    gyr_limits limits = {.size = sizeof limits, .document_bytes = GYR_UNLIMITED, .tokens = GYR_UNLIMITED};
    gyr__parse_options options = {.limits = &limits};
    gyr__arena_init(&a, NULL, 0);
    gyr_errors *errors = gyr__errors_new(NULL, 0);
    gyr__source source = gyr__source_of(gyr_str_of(all, len), gyr_s(""));
    gyr__ast_document *d = NULL;
    n->status = gyr__parse_document(&a, &source, &options, errors, &d);
    if (n->status == GYR_OK && !gyr__print(&a, &d->node).ptr) n->status = GYR_ERR_MEMORY;
    gyr_errors_free(errors);
    gyr__arena_fini(&a);
    free(all), free(text), free(back);
    return NULL;
}

static gyr_status on_small_stack(const char *head, const char *unit, const char *middle, const char *close,
                                 size_t times) {
    nest n = {head, unit, middle, close, times, GYR_OK};
    pthread_attr_t attr;
    pthread_t thread;
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, TEST_STACK);
    assert_int_equal(pthread_create(&thread, &attr, parse_nest, &n), 0);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&attr);
    return n.status;
}

static void nesting(void **state) {
    (void)state;
    static const struct {
        const char *head, *unit, *middle, *close;
    } shapes[] = {{"", "{a", "", "}"},
                  {"", "{...", "{a}", "}"},
                  {"", "{...on T", "{a}", "}"},
                  {"{a(b:", "[", "", "]"},
                  {"{a(b:", "{c:", "1", "}"},
                  {"{a(b:", "[{c:", "1", "}]"},
                  {"type T {a:", "[", "Int", "]"}};
    for (size_t i = 0; i < GYR__COUNT(shapes); i++) {
        bool value = shapes[i].head[0] == '{', type = shapes[i].head[0] == 't';
        assert_int_equal(on_small_stack(shapes[i].head, shapes[i].unit, shapes[i].middle, shapes[i].close, 100000),
                         GYR_ERR_LIMIT);
        /* 90 levels are legal for each shape, but those with a head want its end too: a syntax error. */
        assert_int_equal(on_small_stack(shapes[i].head, shapes[i].unit, shapes[i].middle, shapes[i].close, 90),
                         value || type ? GYR_ERR_SYNTAX : GYR_OK);
    }
    assert_int_equal(on_small_stack("", "{a", "", "}", 200), GYR_OK);
    assert_int_equal(on_small_stack("", "{a", "", "}", 201), GYR_ERR_LIMIT);
    assert_int_equal(on_small_stack("query($a:T=", "[{b:", "1){c}", "", 99), GYR_ERR_SYNTAX);
}

/* ---- floods */

static void a_million_tokens(void **state) {
    (void)state;
    size_t len;
    char *text = repeat("a ", 1000000, &len);
    text[0] = '{', text[len - 1] = '}';
    gyr_limits limits = {.size = sizeof limits, .document_bytes = GYR_UNLIMITED};
    gyr__parse_options options = {.limits = &limits};
    for (int unlimited = 0; unlimited < 2; unlimited++) {
        gyr__arena a;
        gyr__arena_init(&a, NULL, 0);
        gyr_errors *errors = gyr__errors_new(NULL, 0);
        gyr__source source = gyr__source_of(gyr_str_of(text, len), gyr_s(""));
        gyr__ast_document *d = NULL;
        limits.tokens = unlimited ? GYR_UNLIMITED : 0;
        assert_int_equal(gyr__parse_document(&a, &source, &options, errors, &d), unlimited ? GYR_OK : GYR_ERR_LIMIT);
        if (unlimited)
            assert_int_equal(gyr__ast_as(operation_definition, d->definitions.items[0])->selection_set.selections.count,
                             999999);
        gyr_errors_free(errors);
        gyr__arena_fini(&a);
    }
    free(text);
}

static void bytes_that_are_no_text(void **state) {
    (void)state;
    assert_int_equal(check(gyr_s("{ a }\0")), GYR_ERR_SYNTAX);
    assert_int_equal(check(gyr_s("{ a(b: \"\0\") }")), GYR_OK);
    assert_int_equal(check(gyr_s("# \0\n{ a }")), GYR_OK);
    assert_int_equal(check(gyr_s("{ a } # \xC3")), GYR_ERR_SYNTAX);
    assert_int_equal(check(gyr_s("\xED\xA0\x80{ a }")), GYR_ERR_SYNTAX);
    assert_int_equal(check(gyr_str_of(NULL, 0)), GYR_ERR_SYNTAX);
}

/* ---- memory */

/* Everything that allocates: nodes, the stack of open lists (more than its first 128 items), messages,
 * printing. */
static gyr_status under(const gyr_allocator *al, gyr_str text, size_t *printed) {
    gyr__arena a;
    gyr__arena_init(&a, al, 0);
    gyr_errors errors;
    gyr__errors_init(&errors, al, 0);
    gyr__source source = gyr__source_of(text, gyr_s("name"));
    gyr__ast_document *d = NULL;
    gyr_status status = gyr__parse_document(&a, &source, &drafts, &errors, &d);
    if (status == GYR_OK) {
        gyr_str out = gyr__print(&a, &d->node);
        *printed = out.len;
        if (!out.ptr) status = a.failed ? GYR_ERR_MEMORY : GYR_ERR_ARGUMENT;
    }
    gyr__errors_fini(&errors);
    gyr__arena_fini(&a);
    return status;
}

static void every_allocation_fails_once(void **state) {
    (void)state;
    size_t len;
    char *many = repeat("a ", 400, &len);
    many[0] = '{', many[len - 1] = '}';
    const gyr_str texts[] = {gyr_str_of(sink, sizeof sink - 1), gyr_str_of(many, len), gyr_s("{ a(b: \"\\q\") }"),
                             gyr_s("type T {")};
    for (size_t i = 0; i < GYR__COUNT(texts); i++) {
        size_t wanted = 0;
        gyr_status expected = under(NULL, texts[i], &wanted);
        for (uint64_t n = 1;; n++) {
            assert_true(n < 10000);
            faulty f = {.fail_at = n, .for_good = true};
            gyr_allocator al = faulty_allocator(&f);
            size_t printed = 0;
            gyr_status status = under(&al, texts[i], &printed);
            assert_int_equal(f.live, 0);
            if (!f.failed) {
                assert_int_equal(status, expected);
                assert_int_equal(printed, wanted);
                break;
            }
            assert_int_equal(status, GYR_ERR_MEMORY);
        }
    }
    free(many);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(truncation),
        cmocka_unit_test(mutation),
        cmocka_unit_test(shorthand),
        cmocka_unit_test(nesting),
        cmocka_unit_test(a_million_tokens),
        cmocka_unit_test(bytes_that_are_no_text),
        cmocka_unit_test(every_allocation_fails_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
