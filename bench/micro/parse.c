/* Parsing in MB/s of text: a fresh arena per document, nodes and all, then freed.
 *
 *     parse           the table
 *     parse DIR       also writes each workload's text to DIR, for a comparison (compare/parse.py)
 *     parse --rows    one JSON object a workload and nothing else
 *
 * Real schemas and queries come from $GYR_SHARED (default ../shared); without them only the made texts run.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "bench.h"

#include "language/parse.h"

#include <stdlib.h>
#include <string.h>

typedef struct workload {
    const char *name;
    char *text;
    size_t len;
    bool schema;
} workload;

static void parse_once(void *data) {
    const workload *w = data;
    gyr_limits limits = {.size = sizeof limits, .tokens = GYR_UNLIMITED, .document_bytes = GYR_UNLIMITED};
    gyr__parse_options options = {.schema = w->schema, .limits = &limits};
    gyr__source source = gyr__source_of(gyr_str_of(w->text, w->len), gyr_s(""));
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

/* ---- texts */

static char *read_file(const char *path, size_t *len) {
    FILE *f = fopen(path, "rb");
    if (!f) return NULL;
    fseek(f, 0, SEEK_END);
    long size = ftell(f);
    rewind(f);
    char *text = size > 0 ? malloc((size_t)size) : NULL;
    *len = text ? fread(text, 1, (size_t)size, f) : 0;
    fclose(f);
    return text;
}

static workload from_shared(const char *name, const char *file, bool schema) {
    workload w = {.name = name, .schema = schema};
    const char *shared = getenv("GYR_SHARED");
    char path[512];
    snprintf(path, sizeof path, "%s/conformance/schemas/%s", shared ? shared : "../shared", file);
    w.text = read_file(path, &w.len);
    if (!w.text) fprintf(stderr, "%s: left out, there is no %s\n", name, path);
    return w;
}

/* 300 repositories with arguments, variables, aliases and fragments: about 120 KB. */
static workload big_query(void) {
    static const char item[] =
        "  r%d: repository(owner: $owner, name: \"repo-%d\") {\n    id name description url isPrivate "
        "createdAt\n"
        "    owner { login ... on User { name email } }\n    issues(first: $n, states: [OPEN, CLOSED], "
        "orderBy: "
        "{field: CREATED_AT, direction: DESC}) {\n      totalCount nodes { ...IssueBits number title author "
        "{ login } "
        "comments(first: 5) { nodes { id bodyText createdAt } } }\n    }\n    ...RepoBits\n  }\n";
    size_t cap = 300 * (sizeof item + 16) + 1024;
    workload w = {.name = "big query", .text = malloc(cap)};
    if (!w.text) exit(1);
    w.len += (size_t)snprintf(w.text, cap, "query Big($owner: String!, $n: Int = 10) {\n");
    for (int i = 0; i < 300; i++) w.len += (size_t)snprintf(w.text + w.len, cap - w.len, item, i, i);
    w.len += (size_t)snprintf(w.text + w.len, cap - w.len,
                              "}\nfragment RepoBits on Repository { diskUsage forkCount homepageUrl "
                              "licenseInfo { key name } primaryLanguage "
                              "{ name color } }\nfragment IssueBits on Issue { id closed createdAt "
                              "labels(first: 10) { nodes { name color } } }\n");
    return w;
}

static workload introspection(void) {
    static char text[] = "\n    query IntrospectionQuery {\n      __schema {\n        \n        queryType { "
                         "name kind }\n        "
                         "mutationType { name kind }\n        subscriptionType { name kind }\n        types "
                         "{\n          ...FullType\n"
                         "        }\n        directives {\n          name\n          description\n          "
                         "\n          locations\n"
                         "          args {\n            ...InputValue\n          }\n        }\n      }\n    "
                         "}\n\n    fragment FullType on "
                         "__Type {\n      kind\n      name\n      description\n      \n      "
                         "fields(includeDeprecated: true) {\n        "
                         "name\n        description\n        args {\n          ...InputValue\n        }\n    "
                         "    type {\n          "
                         "...TypeRef\n        }\n        isDeprecated\n        deprecationReason\n      }\n  "
                         "    inputFields {\n        "
                         "...InputValue\n      }\n      interfaces {\n        ...TypeRef\n      }\n      "
                         "enumValues(includeDeprecated: "
                         "true) {\n        name\n        description\n        isDeprecated\n        "
                         "deprecationReason\n      }\n      "
                         "possibleTypes {\n        ...TypeRef\n      }\n    }\n\n    fragment InputValue on "
                         "__InputValue {\n      name\n"
                         "      description\n      type { ...TypeRef }\n      defaultValue\n    }\n\n    "
                         "fragment TypeRef on __Type {\n"
                         "      kind\n      name\n      ofType {\n        kind\n        name\n        ofType "
                         "{\n          kind\n          "
                         "name\n          ofType {\n            kind\n            name\n            ofType "
                         "{\n              kind\n"
                         "              name\n            }\n          }\n        }\n      }\n    }\n";
    return (workload){.name = "introspection query", .text = text, .len = sizeof text - 1};
}

/* ---- output */

static int write_texts(const char *dir, const workload *list, size_t n) {
    for (size_t i = 0; i < n; i++) {
        char path[512];
        if (!list[i].text) continue;
        snprintf(path, sizeof path, "%s/%s.graphql", dir, list[i].name);
        FILE *f = fopen(path, "wb");
        if (!f || fwrite(list[i].text, 1, list[i].len, f) != list[i].len || fclose(f)) return 1;
    }
    return 0;
}

int main(int argc, char **argv) {
    workload list[] = {
        from_shared("GitHub SDL", "github-2026.graphql", true),
        from_shared("Linear SDL", "linear.graphql", true),
        from_shared("large query", "queries/large_query.graphql", false),
        big_query(),
        introspection(),
        from_shared("kitchen sink", "queries/kitchen_sink.graphql", false),
        from_shared("schema kitchen sink", "queries/schema_kitchen_sink.graphql", true),
    };
    size_t n = sizeof list / sizeof *list;
    bool rows = argc > 1 && strcmp(argv[1], "--rows") == 0;
    if (argc > 1 && !rows) return write_texts(argv[1], list, n);
    bench b;
    if (!rows) bench_init(&b, "parse");
    for (size_t i = 0; i < n; i++) {
        if (!list[i].text) continue;
        bench_stat ns = bench_measure(parse_once, &list[i], 1), mb = bench_mb_per_s(ns, (double)list[i].len);
        if (rows)
            printf("{\"workload\":\"%s\",\"median\":%.1f,\"spread\":%.1f}\n", list[i].name, mb.median, mb.spread);
        else
            bench_row(&b, list[i].name, "gyr", "MB/s", mb, 0);
    }
    return rows ? 0 : bench_fini(&b);
}
