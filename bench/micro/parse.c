/* Parsing in MB/s of text: a fresh arena per document, nodes and all, then freed.
 *
 *     parse           the table
 *     parse DIR       writes each workload's text to DIR, for a comparison (compare/micro.py)
 *     parse --rows    one JSON object a workload and nothing else
 *
 * Real schemas and queries come from $GYR_SHARED (default ../shared); without them only the made texts run.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "bench.h"
#include "texts.h"

#include "language/parse.h"

#include <stdlib.h>
#include <string.h>

typedef struct workload {
    const char *name;
    gyr_str text;
    bool schema;
} workload;

static void parse_once(void *data) {
    const workload *w = data;
    gyr_limits limits = {.size = sizeof limits, .tokens = GYR_UNLIMITED, .document_bytes = GYR_UNLIMITED};
    gyr__parse_options options = {.schema = w->schema, .limits = &limits};
    gyr__source source = gyr__source_of(w->text, gyr_s(""));
    gyr__arena arena;
    gyr_errors *errors = gyr__errors_new(NULL, 0);
    gyr__ast_document *document = NULL;
    gyr__arena_init(&arena, NULL, 0);
    if (gyr__parse_document(&arena, &source, &options, errors, &document)) {
        fprintf(stderr, "%s: %.*s", w->name, (int)gyr_errors_text(errors).len, gyr_errors_text(errors).ptr);
        exit(1);
    }
    bench_keep(document);
    gyr__arena_fini(&arena);
    gyr_errors_free(errors);
}

int main(int argc, char **argv) {
    workload list[] = {
        {"GitHub SDL", bench_shared("GitHub SDL", "github-2026.graphql"), true},
        {"Linear SDL", bench_shared("Linear SDL", "linear.graphql"), true},
        {"large query", bench_shared("large query", "queries/large_query.graphql"), false},
        {"big query", bench_big_query(), false},
        {"introspection query", bench_introspection(), false},
        {"kitchen sink", bench_shared("kitchen sink", "queries/kitchen_sink.graphql"), false},
        {"schema kitchen sink", bench_shared("schema kitchen sink", "queries/schema_kitchen_sink.graphql"), true},
    };
    bool rows = argc > 1 && strcmp(argv[1], "--rows") == 0;
    int failed = 0;
    bench b;
    if (argc == 1) bench_init(&b, "parse");
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        if (!list[i].text.ptr) continue;
        if (argc > 1 && !rows) {
            failed |= bench_write(argv[1], list[i].name, ".graphql", list[i].text);
            continue;
        }
        bench_stat ns = bench_measure(parse_once, &list[i], 1), mb = bench_mb_per_s(ns, (double)list[i].text.len);
        if (rows)
            printf("{\"workload\":\"%s\",\"median\":%.1f,\"spread\":%.1f}\n", list[i].name, mb.median, mb.spread);
        else
            bench_row(&b, list[i].name, "gyr", "MB/s", mb, 0);
    }
    return argc > 1 ? failed : bench_fini(&b);
}
