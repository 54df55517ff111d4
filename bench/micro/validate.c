/* Validation in us for a document (parsed before; limits open), and how time grows with what is validated.
 *
 *     validate           the table, then the series: ns for each repeated field, fragment, level
 *     validate DIR       writes each workload to DIR for a comparison (compare/micro.py): NAME.graphql, its documents
 *                        with a line of "#---" between them, and NAME.schema, the path of its SDL
 *     validate --rows    one JSON object a workload and nothing else
 *
 * Real schemas and operations come from $GYR_SHARED (default ../shared); without them only the series run.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "bench.h"
#include "texts.h"

#include "language/parse.h"
#include "type/build.h"
#include "validation/validate.h"
#include "json/read.h"

#include <stdlib.h>
#include <string.h>

typedef struct workload {
    const char *name;
    char *sdl;        /* its path */
    gyr__arena arena; /* texts and documents */
    gyr_schema *schema;
    uint32_t count;
    gyr_str *texts;
    gyr__ast_document **documents;
    bool there;
} workload;

static gyr_limits open_limits(void) {
    gyr_limits l = {.size = sizeof l};
#define OPEN(field, value, why) l.field = GYR_UNLIMITED;
    GYR__LIMITS(OPEN)
#undef OPEN
    l.json_depth = 200;
    return l;
}

static void die(const char *what, gyr_errors *errors) {
    gyr_str text = gyr_errors_text(errors);
    fprintf(stderr, "%s: %.*s", what, (int)GYR__MIN(text.len, 2000u), text.ptr);
    exit(1);
}

static gyr_schema *build(const char *name, gyr_str sdl) {
    gyr_errors *errors = gyr__errors_new(NULL, 20);
    gyr_source source = {gyr_s(""), sdl};
    gyr_schema_options options = {.size = sizeof options,
                                  .sources = &source,
                                  .source_count = 1,
                                  .unbound = true,
                                  .lenient = true,
                                  .limits = open_limits()};
    gyr_schema *schema = gyr__schema_build(&options, errors);
    if (!schema) die(name, errors);
    gyr_errors_free(errors);
    return schema;
}

static void parse_all(workload *w) {
    gyr_limits limits = open_limits();
    gyr__parse_options options = {.limits = &limits};
    gyr_errors *errors = gyr__errors_new(NULL, 0);
    w->documents = gyr__new_array(&w->arena, gyr__ast_document *, w->count);
    for (uint32_t i = 0; i < w->count; i++) {
        gyr__source source = gyr__source_of(w->texts[i], gyr_s(""));
        if (gyr__parse_document(&w->arena, &source, &options, errors, &w->documents[i])) die(w->name, errors);
    }
    gyr_errors_free(errors);
    w->there = true;
}

static void validate_all(void *data) {
    const workload *w = data;
    for (uint32_t i = 0; i < w->count; i++) {
        gyr__source source = gyr__source_of(w->texts[i], gyr_s(""));
        gyr_errors errors;
        gyr__errors_init(&errors, NULL, 0);
        if (gyr__validate(w->schema, &source, w->documents[i], NULL, &errors)) die(w->name, &errors);
        gyr__errors_fini(&errors);
    }
}

/* ---- real documents */

static bool init(workload *w, const char *name, const char *schema) {
    *w = (workload){.name = name, .sdl = bench_shared_path(schema)};
    gyr__arena_init(&w->arena, NULL, 0);
    gyr_str sdl = bench_shared(name, schema);
    if (sdl.ptr) w->schema = build(name, sdl);
    return w->schema != NULL;
}

static bool is_valid(const gyr__json *operation) {
    const gyr__json *valid = gyr__json_get(operation, gyr_s("valid"));
    return valid && valid->kind == GYR__JSON_BOOL && valid->boolean;
}

/* The valid ones of a file of operations. */
static void from_operations(workload *w, const char *name, const char *schema, const char *file) {
    if (!init(w, name, schema)) return;
    gyr_limits limits = open_limits();
    gyr_errors *errors = gyr__errors_new(NULL, 0);
    gyr__json *json = gyr__json_read(&w->arena, bench_shared(name, file), &limits, GYR__JSON_LAST_WINS, errors);
    const gyr__json *list = gyr__json_get(json, gyr_s("queries"));
    if (!list) die(file, errors);
    w->texts = gyr__new_array(&w->arena, gyr_str, list->count);
    for (uint32_t i = 0; i < list->count; i++)
        if (is_valid(&list->items[i])) w->texts[w->count++] = gyr__json_get(&list->items[i], gyr_s("text"))->text;
    gyr_errors_free(errors);
    parse_all(w);
}

static void from_text(workload *w, gyr_str text) {
    w->texts = gyr__new(&w->arena, gyr_str);
    w->texts[0] = text;
    w->count = 1;
    parse_all(w);
}

/* ---- series */

static const char series_sdl[] = "type Query { a: Int t: T i: I u(x: In): T } interface I { i: I a: Int }\n"
                                 "type T implements I { i: I a: Int t: T } type S implements I { i: I a: Int s: S }\n"
                                 "input In { x: Int in: In }";

typedef void make_text(char *to, size_t cap, uint32_t n);

static void repeated_fields(char *to, size_t cap, uint32_t n) {
    size_t len = (size_t)snprintf(to, cap, "{ ");
    for (uint32_t i = 0; i < n; i++) len += (size_t)snprintf(to + len, cap - len, "a ");
    snprintf(to + len, cap - len, "}");
}

static void repeated_objects(char *to, size_t cap, uint32_t n) {
    size_t len = (size_t)snprintf(to, cap, "{ ");
    for (uint32_t i = 0; i < n; i++) len += (size_t)snprintf(to + len, cap - len, "u(x: {x: 1}) { t { a i { a } } } ");
    snprintf(to + len, cap - len, "}");
}

static void inline_fragments(char *to, size_t cap, uint32_t n) {
    size_t len = (size_t)snprintf(to, cap, "{ i { ");
    for (uint32_t i = 0; i < n; i++)
        len += (size_t)snprintf(to + len, cap - len, "... on %s { i { a } } ", i % 2 ? "T" : "S");
    snprintf(to + len, cap - len, "} }");
}

static void fragments(char *to, size_t cap, uint32_t n) {
    size_t len = (size_t)snprintf(to, cap, "{ t { ");
    for (uint32_t i = 0; i < n; i++) len += (size_t)snprintf(to + len, cap - len, "...F%u ", i);
    len += (size_t)snprintf(to + len, cap - len, "} }");
    for (uint32_t i = 0; i < n; i++)
        len += (size_t)snprintf(to + len, cap - len, " fragment F%u on T { a t { a } }", i);
}

/* Each spreads the next one twice, in two fields: 2^n fields when expanded. */
static void doubling_fragments(char *to, size_t cap, uint32_t n) {
    size_t len = (size_t)snprintf(to, cap, "{ t { ...F0 } }");
    for (uint32_t i = 0; i + 1 < n; i++)
        len += (size_t)snprintf(to + len, cap - len, " fragment F%u on T { t { ...F%u } x: t { ...F%u } }", i, i + 1,
                                i + 1);
    snprintf(to + len, cap - len, " fragment F%u on T { a }", n - 1);
}

static void run_series(bench *b, const char *name, make_text *make, uint32_t from, uint32_t to) {
    size_t cap = (size_t)to * 64 + 1024;
    char *text = malloc(cap), label[64];
    gyr_schema *schema = build(name, gyr_str_of(series_sdl, sizeof series_sdl - 1));
    bench_stat first = {0, 0};
    bool three = false; /* 1, 3, 10, 30, ... */
    for (uint32_t n = from; text && n <= to; n = three ? n * 3 : n / 3 * 10) {
        three = !three;
        workload w = {.name = name, .schema = schema};
        gyr__arena_init(&w.arena, NULL, 0);
        make(text, cap, n);
        from_text(&w, gyr_str_of(text, strlen(text)));
        bench_stat ns = bench_measure(validate_all, &w, n);
        if (n == from) first = ns;
        snprintf(label, sizeof label, "%u", n);
        bench_row(b, name, label, "ns each", ns, ns.median / first.median);
        gyr__arena_fini(&w.arena);
    }
    gyr__schema_unref(schema);
    free(text);
}

/* ---- output */

static int write_texts(const char *dir, const workload *w) {
    char *text = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);
    if (!f) return 1;
    for (uint32_t i = 0; i < w->count; i++)
        fprintf(f, "%s%.*s\n", i ? "#---\n" : "", (int)w->texts[i].len, w->texts[i].ptr);
    int bad = fclose(f) != 0 || bench_write(dir, w->name, ".graphql", gyr_str_of(text, len));
    free(text);
    return bad | bench_write(dir, w->name, ".schema", gyr_str_of(w->sdl, strlen(w->sdl)));
}

static void all_series(bench *b) {
    run_series(b, "repeated fields", repeated_fields, 1000, 100000);
    run_series(b, "repeated objects", repeated_objects, 100, 10000);
    run_series(b, "inline fragments", inline_fragments, 100, 10000);
    run_series(b, "fragments", fragments, 100, 10000);
    run_series(b, "doubling fragments", doubling_fragments, 10, 10000);
}

int main(int argc, char **argv) {
    static workload list[5];
    bool rows = argc > 1 && strcmp(argv[1], "--rows") == 0;
    int failed = 0;
    bench b;
    if (init(&list[0], "introspection query", "github-2026.graphql")) from_text(&list[0], bench_introspection());
    if (init(&list[1], "big query, 120 KB", "github-2026.graphql")) from_text(&list[1], bench_big_query());
    from_operations(&list[2], "GitHub CLI", "github-2026.graphql", "queries/github-cli.json");
    from_operations(&list[3], "Linear SDK", "linear.graphql", "queries/linear.json");
    from_operations(&list[4], "Shopify", "shopify-storefront.graphql", "queries/shopify-storefront.json");
    if (argc == 1) bench_init(&b, "validate");
    for (size_t i = 0; i < GYR__COUNT(list); i++) {
        workload *w = &list[i];
        if (!w->there) continue;
        if (argc > 1 && !rows) {
            failed |= write_texts(argv[1], w);
            continue;
        }
        bench_stat us = bench_scaled(bench_measure(validate_all, w, w->count), 1e-3);
        if (rows)
            printf("{\"workload\":\"%s\",\"median\":%.3f,\"spread\":%.3f}\n", w->name, us.median, us.spread);
        else
            bench_row(&b, w->name, "gyr", "us", us, 0);
    }
    if (argc == 1) {
        all_series(&b);
        failed |= bench_fini(&b);
    }
    return failed;
}
