/* Runs six queries of growing depth over the blog and prints what each cost: the fields it answered, the
 * batches and SQL statements that this took, the time. The number of statements grows with the depth of a
 * query, not with its items.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "blog.h"
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { RUNS = 51, HEAD = 100 };

static const struct query {
    const char *title, *text;
    unsigned fields, batches, statements; /* what it must cost */
} queries[] = {
    {"posts with plain fields", "{ posts(limit: 3) { id title } }", 7, 0, 1},
    {"+ author", "{ posts(limit: 3) { id title author { name } } }", 13, 1, 2},
    {"+ author's postsCount", "{ posts(limit: 3) { id title author { name email postsCount } } }", 19, 2, 3},
    {"+ comments", "{ posts(limit: 3) { id title author { name postsCount } comments(limit: 2) { id text } } }", 31, 3,
     4},
    {"+ comments' authors",
     "{ posts(limit: 3) { id title author { name postsCount } comments(limit: 2) { id text author { name } } "
     "} }",
     43, 4, 5},
    {"everything, of 100 posts",
     "{ posts(limit: 100) { id title author { name email bio postsCount }"
     " comments(limit: 5) { id text likes author { name } } } featuredPost { id title viewCount } }",
     3305, 4, 6},
};
enum { QUERIES = sizeof queries / sizeof *queries };

struct result {
    gyr_buffer response;
    unsigned fields, batches, statements;
    double microseconds; /* the median of RUNS */
    bool ok;
};

static void wake(void *semaphore) { sem_post(semaphore); }

/* One request, from its start to its last byte. */
static bool answer(gyr_plan *plan, struct blog *blog, gyr_buffer *response, gyr_stats *stats) {
    sem_t semaphore;
    sem_init(&semaphore, 0, 0);
    gyr_request request = {.size = sizeof request,
                           .plan = plan,
                           .root = blog,
                           .context = blog,
                           .buffer = response,
                           .wake = wake,
                           .wake_user = &semaphore};
    gyr_exec *exec = gyr_exec_new(&request);
    while (exec && gyr_run(exec) == GYR_WAITING) sem_wait(&semaphore);
    bool ok = exec && gyr_exec_status(exec) == GYR_OK;
    if (exec) gyr_exec_stats(exec, stats);
    gyr_exec_free(exec);
    sem_destroy(&semaphore);
    return ok;
}

/* The fields of a response: its object keys, without `data` itself. */
static unsigned count_fields(const gyr_buffer *json) {
    unsigned keys = 0;
    bool quoted = false;
    for (size_t i = 0; i < json->len; i++) {
        if (quoted && json->ptr[i] == '\\')
            i++;
        else if (json->ptr[i] == '"')
            quoted = !quoted;
        else if (json->ptr[i] == ':' && !quoted)
            keys++;
    }
    return keys ? keys - 1 : 0;
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static struct result measure(const struct query *query, gyr_schema *schema, struct blog *blog) {
    struct result result = {0};
    gyr_errors *errors = NULL;
    gyr_plan *plan = gyr_plan_new(schema, gyr_str_of(query->text, strlen(query->text)), gyr_s(""), &errors);
    if (!plan) {
        gyr_str text = gyr_errors_text(errors);
        fprintf(stderr, "%.*s", (int)text.len, text.ptr);
        gyr_errors_free(errors);
        return result;
    }
    double times[RUNS];
    gyr_stats stats = {.size = sizeof stats};
    result.ok = true;
    for (int run = 0; run < RUNS && result.ok; run++) {
        result.response.len = 0;
        atomic_store(&blog->data.executed, 0);
        double start = now();
        result.ok = answer(plan, blog, &result.response, &stats);
        times[run] = now() - start;
    }
    qsort(times, RUNS, sizeof *times, by_value);
    result.microseconds = times[RUNS / 2];
    result.fields = count_fields(&result.response);
    result.batches = (unsigned)stats.batch_calls;
    result.statements = atomic_load(&blog->data.executed);
    result.ok = result.ok && stats.errors == 0 && result.fields == query->fields && result.batches == query->batches &&
                result.statements == query->statements;
    gyr_plan_free(plan);
    return result;
}

static void print_row(int number, const struct query *query, const struct result *result) {
    bool color = isatty(STDOUT_FILENO) && !getenv("NO_COLOR");
    const char *bold = color ? "\033[1m" : "", *dim = color ? "\033[2m" : "", *red = color ? "\033[31m" : "",
               *plain = color ? "\033[0m" : "";
    int head = (int)(result->response.len < HEAD ? result->response.len : HEAD);
    printf("%s%d  %-26s%s %7u %8u %5u %8zu %9.1f\n", bold, number, query->title, plain, result->fields, result->batches,
           result->statements, result->response.len, result->microseconds);
    printf("   %s%.*s%s%s\n", dim, head, result->response.ptr ? result->response.ptr : "",
           (size_t)head < result->response.len ? "..." : "", plain);
    if (!result->ok)
        printf("   %swrong: %u fields, %u batches, %u statements and no errors are expected%s\n", red, query->fields,
               query->batches, query->statements, plain);
}

/* All queries as a table, or (only > 0) the whole response of one. */
static bool run(gyr_schema *schema, struct blog *blog, int only) {
    bool ok = true;
    if (!only)
        printf("%d posts, %d authors, %d comments in SQLite; median of %d runs\n\n"
               "   %-26s %7s %8s %5s %8s %9s\n",
               POSTS, AUTHORS, POSTS * COMMENTS, RUNS, "query", "fields", "batches", "SQL", "bytes", "us");
    for (int i = 0; i < QUERIES; i++) {
        if (only && only != i + 1) continue;
        struct result result = measure(&queries[i], schema, blog);
        if (only)
            printf("%.*s\n", (int)result.response.len, result.response.ptr ? result.response.ptr : "");
        else
            print_row(i + 1, &queries[i], &result);
        ok = ok && result.ok;
        gyr_buffer_free(&result.response);
    }
    if (!only)
        printf("\nTry: ./build/release/gyr run --module build/release/examples/blog/blog.so"
               " -q '{ posts(limit: 2) { title author { name } } }'\n");
    return ok;
}

int main(int argc, char **argv) {
    int only = argc == 3 && strcmp(argv[1], "--query") == 0 ? atoi(argv[2]) : 0;
    if (argc > 1 && (only < 1 || only > QUERIES)) {
        bool help = strcmp(argv[1], "--help") == 0;
        fprintf(help ? stdout : stderr,
                "usage: blog [--query 1..%d]\nRuns all queries, or prints the response of one.\n", QUERIES);
        return help ? 0 : 2;
    }
    const char *message = NULL;
    struct blog *blog = blog_open(&message);
    gyr_errors *errors = NULL;
    gyr_schema *schema = gyr_schema_new(gyr_str_of(blog_sdl, blog_sdl_len), blog_bindings, &errors);
    gyr_str text = gyr_errors_text(errors);
    bool ok = false;
    if (!blog)
        fprintf(stderr, "blog: %s\n", message);
    else if (!schema)
        fprintf(stderr, "%.*s", (int)text.len, text.ptr);
    else
        ok = run(schema, blog, only);
    gyr_errors_free(errors);
    gyr_schema_free(schema);
    if (blog) blog_close(blog);
    return ok ? 0 : 1;
}
