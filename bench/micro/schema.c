/* From SDL to a ready schema: milliseconds, MB/s of text, and what a type or member costs in memory. Building
 * includes parsing, all checks of section 3, default values and introspection; parsing alone stands beside
 * it.
 *
 *     schema           the table
 *     schema DIR       writes each SDL to DIR, for a comparison (compare/micro.py)
 *     schema --rows    one JSON object a workload and nothing else
 *
 * Real schemas come from $GYR_SHARED (default ../shared); without them only the made one runs.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "bench.h"
#include "texts.h"

#include "language/parse.h"
#include "type/build.h"

#include <stdlib.h>
#include <string.h>

typedef struct workload {
    const char *name;
    gyr_str text;
} workload;

static gyr_schema *build(const workload *w) {
    gyr_source source = {gyr_s(""), w->text};
    /* lenient: two of the real schemas break the newest rules */
    gyr_schema_options options = {
        .size = sizeof options, .sources = &source, .source_count = 1, .unbound = true, .lenient = true};
    gyr_errors *errors = gyr__errors_new(NULL, 0);
    gyr_schema *s = gyr__schema_build(&options, errors);
    if (!s) {
        fprintf(stderr, "%s: %.*s", w->name, (int)gyr_errors_text(errors).len, gyr_errors_text(errors).ptr);
        exit(1);
    }
    gyr_errors_free(errors);
    return s;
}

static void build_once(void *data) { gyr__schema_unref(build(data)); }

static void parse_once(void *data) {
    const workload *w = data;
    gyr__parse_options options = {.schema = true};
    gyr__source source = gyr__source_of(w->text, gyr_s(""));
    gyr__arena arena;
    gyr_errors *errors = gyr__errors_new(NULL, 0);
    gyr__ast_document *document = NULL;
    gyr__arena_init(&arena, NULL, 0);
    if (gyr__parse_document(&arena, &source, &options, errors, &document)) exit(1);
    bench_keep(document);
    gyr__arena_fini(&arena);
    gyr_errors_free(errors);
}

/* 2,000 types of ten fields without descriptions: names and nothing else. */
static gyr_str made(void) {
    char *text = NULL;
    size_t len = 0;
    FILE *f = open_memstream(&text, &len);
    if (!f) exit(1);
    fputs("interface Node { id: ID! }\ntype Query { node(id: ID!): Node }\n", f);
    for (int i = 0; i < 2000; i++) {
        fprintf(f, "type Type%d implements Node {\n  id: ID!\n", i);
        for (int k = 0; k < 9; k++)
            fprintf(f, "  field%d(first: Int = 10, after: String): [Type%d!]\n", k, (i * 7 + k) % 2000);
        fputs("}\n", f);
    }
    fclose(f);
    return gyr_str_of(text, len);
}

static void memory_row(bench *b, const workload *w) {
    gyr_schema *s = build(w);
    double members = 0;
    for (uint32_t i = 0; i < s->type_count; i++) {
        const gyr__type *t = s->types[i];
        members += 1 + t->field_count + t->value_count + t->input_count;
        for (uint32_t k = 0; k < t->field_count; k++) members += t->fields[k].arg_count;
    }
    bench_stat bytes = {(double)s->arena.used / members, 0};
    bench_row(b, w->name, "memory", "bytes/element", bytes, 0);
    bytes.median = ((double)s->arena.used - (double)w->text.len) / members;
    bench_row(b, w->name, "memory without text", "bytes/element", bytes, 0);
    gyr__schema_unref(s);
}

static void table(const workload *all, size_t count) {
    bench b;
    bench_init(&b, "schema");
    for (size_t i = 0; i < count; i++) {
        bench_stat build_ns, parse_ns;
        if (!all[i].text.ptr) continue;
        bench_pair(build_once, (void *)&all[i], parse_once, (void *)&all[i], 1, &build_ns, &parse_ns);
        bench_row(&b, all[i].name, "parse", "ms", bench_scaled(parse_ns, 1e-6), 1);
        bench_row(&b, all[i].name, "build", "ms", bench_scaled(build_ns, 1e-6), parse_ns.median / build_ns.median);
        bench_row(&b, all[i].name, "build", "MB/s", bench_mb_per_s(build_ns, (double)all[i].text.len), 0);
        memory_row(&b, &all[i]);
    }
    if (bench_fini(&b)) exit(1);
}

int main(int argc, char **argv) {
    workload all[] = {
        {"made, 2,000 types", made()},
        {"GitHub 2026", bench_shared("GitHub 2026", "github-2026.graphql")},
        {"GitHub 2019", bench_shared("GitHub 2019", "github-2019.graphql")},
        {"Saleor", bench_shared("Saleor", "saleor.graphql")},
        {"Linear", bench_shared("Linear", "linear.graphql")},
        {"SWAPI", bench_shared("SWAPI", "swapi.graphql")},
    };
    int failed = 0;
    if (argc == 1) {
        table(all, GYR__COUNT(all));
        return 0;
    }
    for (size_t i = 0; i < GYR__COUNT(all); i++) {
        if (!all[i].text.ptr) continue;
        if (strcmp(argv[1], "--rows") != 0) {
            failed |= bench_write(argv[1], all[i].name, ".graphql", all[i].text);
            continue;
        }
        bench_stat ms = bench_scaled(bench_measure(build_once, &all[i], 1), 1e-6);
        printf("{\"workload\":\"%s\",\"median\":%.3f,\"spread\":%.3f}\n", all[i].name, ms.median, ms.spread);
    }
    return failed;
}
