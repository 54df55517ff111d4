/* Nanoseconds for each leaf, at each CPU level where the level matters; validation and reading beside them.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "bench.h"

#include "base/number.h"
#include "base/utf8.h"
#include "json/read.h"
#include "json/write.h"

#include <stdlib.h>

enum { COUNT = 1000 };

typedef struct data {
    const gyr__leaves *leaves;
    gyr__cpu cpu;
    gyr_str strings[COUNT];
    int64_t integers[COUNT];
    double doubles[COUNT];
    gyr_str texts[COUNT]; /* doubles as text */
    uint8_t *out;
} data;

static uint64_t state = 88172645463325252u;

static uint64_t rnd(void) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

/* ---- works: each over all COUNT values */

static void strings(void *p) {
    data *d = p;
    uint8_t *out = d->out;
    for (int i = 0; i < COUNT; i++) out = d->leaves->str(out, d->strings[i].ptr, d->strings[i].len);
    bench_keep(out);
}

static void one_string(void *p) {
    data *d = p;
    bench_keep(d->leaves->str(d->out, d->strings[0].ptr, d->strings[0].len));
}

static void validation(void *p) {
    data *d = p;
    bool ok = gyr__utf8_valid_at(d->cpu, d->strings[0].ptr, d->strings[0].len, NULL);
    bench_keep(&ok);
}

static void i32s(void *p) {
    data *d = p;
    uint8_t *out = d->out;
    for (int i = 0; i < COUNT; i++) out = d->leaves->i32(out, (int32_t)d->integers[i]);
    bench_keep(out);
}

static void i64s(void *p) {
    data *d = p;
    uint8_t *out = d->out;
    for (int i = 0; i < COUNT; i++) out = d->leaves->i64(out, d->integers[i]);
    bench_keep(out);
}

static void ids(void *p) {
    data *d = p;
    uint8_t *out = d->out;
    for (int i = 0; i < COUNT; i++) out = d->leaves->id_i64(out, d->integers[i]);
    bench_keep(out);
}

static void f64s(void *p) {
    data *d = p;
    uint8_t *out = d->out;
    for (int i = 0; i < COUNT; i++) out = d->leaves->f64(out, d->doubles[i]);
    bench_keep(out);
}

static void f64s_libc(void *p) {
    data *d = p;
    char *out = (char *)d->out;
    for (int i = 0; i < COUNT; i++) out += snprintf(out, 40, "%.17g", d->doubles[i]);
    bench_keep(out);
}

static void parse_f64s(void *p) {
    data *d = p;
    double sum = 0, v = 0;
    for (int i = 0; i < COUNT; i++) sum += gyr__parse_f64(d->texts[i].ptr, d->texts[i].len, &v) ? v : 0;
    bench_keep(&sum);
}

static void parse_f64s_libc(void *p) {
    data *d = p;
    double sum = 0;
    for (int i = 0; i < COUNT; i++) sum += strtod(d->texts[i].ptr, NULL);
    bench_keep(&sum);
}

/* ---- the tables */

/* A random string of len characters: ASCII, one in `special` of them a quote; or of two-byte characters. */
static gyr_str make_string(size_t len, unsigned special, bool wide) {
    char *s = malloc(2 * len + 1);
    size_t n = 0;
    for (size_t i = 0; i < len; i++) {
        if (wide)
            n += gyr__utf8_encode(s + n, 0x3B1 + (uint32_t)(rnd() % 24));
        else
            s[n++] = special && rnd() % special == 0 ? '"' : (char)('a' + rnd() % 26);
    }
    return gyr_str_of(s, n);
}

static void string_rows(bench *b, data *d, const char *name, size_t len, unsigned special, bool wide) {
    bench_stat base = {0, 0};
    for (int i = 0; i < COUNT; i++) d->strings[i] = make_string(len, special, wide);
    for (int cpu = 0; cpu < GYR__CPU_COUNT; cpu++) {
        if (!gyr__cpu_has((gyr__cpu)cpu)) continue;
        d->leaves = gyr__leaves_for((gyr__cpu)cpu);
        bench_stat s = bench_measure(strings, d, COUNT);
        if (cpu == GYR__CPU_SCALAR) base = s;
        bench_row(b, name, gyr__cpu_name((gyr__cpu)cpu), "ns", s, base.median / s.median);
    }
    for (int i = 0; i < COUNT; i++) free((char *)(uintptr_t)d->strings[i].ptr);
}

static void throughput_rows(bench *b, data *d, const char *name, bench_work *work, bool wide) {
    bench_stat base = {0, 0};
    d->strings[0] = make_string(wide ? 8192 : 16384, 0, wide);
    for (int cpu = 0; cpu < GYR__CPU_COUNT; cpu++) {
        if (!gyr__cpu_has((gyr__cpu)cpu)) continue;
        d->cpu = (gyr__cpu)cpu;
        d->leaves = gyr__leaves_for(d->cpu);
        bench_stat s = bench_mb_per_s(bench_measure(work, d, 1), (double)d->strings[0].len);
        if (cpu == GYR__CPU_SCALAR) base = s;
        bench_row(b, name, gyr__cpu_name(d->cpu), "MB/s", s, s.median / base.median);
    }
    free((char *)(uintptr_t)d->strings[0].ptr);
}

static void integer_rows(bench *b, data *d) {
    for (int i = 0; i < COUNT; i++) d->integers[i] = (int64_t)(rnd() % 900000 + 100000);
    bench_row(b, "integer, 6 digits", "i32", "ns", bench_measure(i32s, d, COUNT), 0);
    bench_row(b, "integer, 6 digits", "i64", "ns", bench_measure(i64s, d, COUNT), 0);
    bench_row(b, "integer, 6 digits", "id_i64", "ns", bench_measure(ids, d, COUNT), 0);
    for (int i = 0; i < COUNT; i++) d->integers[i] = (int64_t)rnd() >> (rnd() & 63);
    bench_row(b, "integer, 1 to 19 digits", "i64", "ns", bench_measure(i64s, d, COUNT), 0);
}

static void double_rows(bench *b, data *d, const char *write_name, const char *read_name) {
    static char text[COUNT][GYR__F64_BYTES + 1];
    bench_stat mine, libc;
    for (int i = 0; i < COUNT; i++) {
        char *end = gyr__write_f64(text[i], d->doubles[i]);
        *end = 0;
        d->texts[i] = gyr_str_of(text[i], (size_t)(end - text[i]));
    }
    bench_pair(f64s, d, f64s_libc, d, COUNT, &mine, &libc);
    bench_row(b, write_name, "f64", "ns", mine, libc.median / mine.median);
    bench_row(b, write_name, "snprintf %.17g", "ns", libc, 1);
    bench_pair(parse_f64s, d, parse_f64s_libc, d, COUNT, &mine, &libc);
    bench_row(b, read_name, "parse_f64", "ns", mine, libc.median / mine.median);
    bench_row(b, read_name, "strtod", "ns", libc, 1);
}

static const char request[] =
    "{\"query\":\"query Post($id: ID!, $first: Int) { post(id: $id) { id title author { name } "
    "comments(first: $first) "
    "{ body author { name } } } "
    "}\",\"variables\":{\"id\":\"UG9zdDoxMjM0NQ==\",\"first\":25,\"filter\":{\"tags\":[\"c\","
    "\"graphql\",\"json\"],\"minScore\":4.5,\"archived\":false,\"after\":null}},\"operationName\":\"Post\"}";

static void read_request(void *p) {
    gyr__arena *arena = p;
    gyr_errors errors;
    gyr__errors_init(&errors, NULL, 0);
    bench_keep(gyr__json_read(arena, gyr_str_of(request, sizeof request - 1), NULL, GYR__JSON_LAST_WINS, &errors));
    gyr__errors_fini(&errors);
    gyr__arena_reset(arena);
}

int main(void) {
    bench b;
    data *d = calloc(1, sizeof *d);
    if (!d || !(d->out = malloc((size_t)COUNT * 6000))) return 1;
    bench_init(&b, "leaves");
    string_rows(&b, d, "string, 10 bytes", 10, 0, false);
    string_rows(&b, d, "string, 30 bytes", 30, 0, false);
    string_rows(&b, d, "string, 100 bytes", 100, 0, false);
    string_rows(&b, d, "string, 100 bytes, 5 quotes", 100, 20, false);
    string_rows(&b, d, "string, 10 Greek letters", 10, 0, true);
    throughput_rows(&b, d, "string, 16 KB", one_string, false);
    throughput_rows(&b, d, "string, 16 KB Greek", one_string, true);
    throughput_rows(&b, d, "UTF-8 validation, ASCII", validation, false);
    throughput_rows(&b, d, "UTF-8 validation, Greek", validation, true);
    d->leaves = gyr__leaves_for(gyr__cpu_level());
    integer_rows(&b, d);
    for (int i = 0; i < COUNT; i++) d->doubles[i] = (double)(rnd() % 100000) / 100;
    double_rows(&b, d, "double, 2 decimals", "read double, 2 decimals");
    for (int i = 0; i < COUNT; i++) d->doubles[i] = (double)(rnd() >> 11) * 0x1p-53 * 1000;
    double_rows(&b, d, "double, 17 digits", "read double, 17 digits");
    gyr__arena arena;
    gyr__arena_init(&arena, NULL, 0);
    bench_row(&b, "read request, 377 bytes", "json_read", "ns", bench_measure(read_request, &arena, 1), 0);
    gyr__arena_fini(&arena);
    free(d->out);
    free(d);
    return bench_fini(&b);
}
