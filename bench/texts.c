/* See texts.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "texts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *joined(const char *folder, const char *name, const char *ending) {
    size_t size = strlen(folder) + strlen(name) + strlen(ending) + 2;
    char *path = malloc(size);
    if (!path) exit(1);
    snprintf(path, size, "%s/%s%s", folder, name, ending);
    return path;
}

char *bench_shared_path(const char *file) {
    const char *shared = getenv("GYR_SHARED");
    char *folder = joined(shared && *shared ? shared : "../shared", "conformance/schemas", "");
    char *path = joined(folder, file, "");
    free(folder);
    return path;
}

gyr_str bench_shared(const char *name, const char *file) {
    char *path = bench_shared_path(file), *text = NULL;
    size_t len = 0;
    FILE *f = fopen(path, "rb");
    if (!f) {
        fprintf(stderr, "%s: left out, there is no %s\n", name, path);
        free(path);
        return gyr_str_of(NULL, 0);
    }
    fseek(f, 0, SEEK_END);
    long size = ftell(f);
    rewind(f);
    if (size > 0 && (text = malloc((size_t)size))) len = fread(text, 1, (size_t)size, f);
    fclose(f);
    free(path);
    return gyr_str_of(text, len);
}

gyr_str bench_introspection(void) {
    static const char text[] =
        "query IntrospectionQuery { __schema { queryType { name kind } mutationType { name kind } "
        "subscriptionType { name kind } types { ...FullType } directives { name description locations "
        "args { ...InputValue } } } }\n"
        "fragment FullType on __Type { kind name description fields(includeDeprecated: true) { name "
        "description "
        "args { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason } inputFields { "
        "...InputValue } interfaces { ...TypeRef } enumValues(includeDeprecated: true) { name description "
        "isDeprecated deprecationReason } possibleTypes { ...TypeRef } }\n"
        "fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue }\n"
        "fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name "
        "ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name "
        "ofType "
        "{ kind name } } } } } } } } } }\n";
    return gyr_str_of(text, sizeof text - 1);
}

gyr_str bench_big_query(void) {
    static const char item[] =
        "  r%d: repository(owner: $owner, name: \"repo-%d\") {\n    id name description url isPrivate "
        "createdAt\n"
        "    owner { login ... on User { name email } }\n    issues(first: $n, states: [OPEN, CLOSED], "
        "orderBy: "
        "{field: CREATED_AT, direction: DESC}) {\n      totalCount nodes { ...IssueBits number title author "
        "{ login } comments(first: 5) { nodes { id bodyText createdAt } } }\n    }\n    ...RepoBits\n  }\n";
    static const char fragments[] =
        "}\nfragment RepoBits on Repository { diskUsage forkCount homepageUrl licenseInfo { key name } "
        "primaryLanguage { name color } }\nfragment IssueBits on Issue { id closed createdAt labels(first: "
        "10) "
        "{ nodes { name color } } }\n";
    size_t cap = 300 * (sizeof item + 16) + 1024;
    char *text = malloc(cap);
    if (!text) exit(1);
    size_t len = (size_t)snprintf(text, cap, "query Big($owner: String!, $n: Int = 10) {\n");
    for (int i = 0; i < 300; i++) len += (size_t)snprintf(text + len, cap - len, item, i, i);
    len += (size_t)snprintf(text + len, cap - len, "%s", fragments);
    return gyr_str_of(text, len);
}

int bench_write(const char *folder, const char *name, const char *ending, gyr_str text) {
    char *path = joined(folder, name, ending);
    FILE *f = fopen(path, "wb");
    int bad = !f || fwrite(text.ptr, 1, text.len, f) != text.len;
    if (f) bad |= fclose(f) != 0;
    if (bad) perror(path);
    free(path);
    return bad;
}
