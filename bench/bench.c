/* See bench.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "bench.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { QUICK_SAMPLES = 7 };

static double now(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

double bench_thread_ns(void) { return now(CLOCK_THREAD_CPUTIME_ID); }
double bench_process_ns(void) { return now(CLOCK_PROCESS_CPUTIME_ID); }
double bench_wall_ns(void) { return now(CLOCK_MONOTONIC); }

int bench_quick(void) {
    const char *wish = getenv("BENCH_QUICK");
    return wish && *wish && *wish != '0';
}

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The value a fraction f of the way through the sorted samples. */
static double quantile(const double *sorted, size_t n, double f) {
    double at = f * (double)(n - 1);
    size_t i = (size_t)at;
    double next = i + 1 < n ? sorted[i + 1] : sorted[i];
    return sorted[i] + (at - (double)i) * (next - sorted[i]);
}

bench_stat bench_of(double *samples, size_t n) {
    if (!n) return (bench_stat){0, 0};
    qsort(samples, n, sizeof *samples, by_value);
    return (bench_stat){quantile(samples, n, 0.5), quantile(samples, n, 0.75) - quantile(samples, n, 0.25)};
}

bench_stat bench_mb_per_s(bench_stat ns, double bytes) {
    double mb = ns.median > 0 ? bytes * 1e3 / ns.median : 0;
    return (bench_stat){mb, ns.median > 0 ? mb * ns.spread / ns.median : 0};
}

static double sample(bench_work *work, void *data, size_t times) {
    double from = bench_thread_ns();
    for (size_t i = 0; i < times; i++) work(data);
    return bench_thread_ns() - from;
}

/* Warms up and finds how many calls make one sample. */
static size_t calls_per_sample(bench_work *work, void *data) {
    const double target = bench_quick() ? 0.2e6 : 2e6;
    size_t times = 1;
    for (;;) {
        double ns = sample(work, data, times);
        if (ns >= target || times >= (size_t)1 << 40) return times;
        size_t scaled = ns > 1000 ? (size_t)((double)times * target * 1.1 / ns) + 1 : times * 8;
        times = scaled > times * 8 ? times * 8 : scaled > times ? scaled : times + 1;
    }
}

bench_stat bench_measure(bench_work *work, void *data, double units) {
    double samples[BENCH_SAMPLES];
    size_t n = bench_quick() ? QUICK_SAMPLES : BENCH_SAMPLES, times = calls_per_sample(work, data);
    for (size_t i = 0; i < n; i++) samples[i] = sample(work, data, times) / ((double)times * units);
    return bench_of(samples, n);
}

void bench_rotate(bench_entry *entries, size_t n, double units) {
    size_t count = bench_quick() ? QUICK_SAMPLES : BENCH_SAMPLES;
    size_t times[16];
    if (n > sizeof times / sizeof *times) abort();
    for (size_t k = 0; k < n; k++) times[k] = calls_per_sample(entries[k].work, entries[k].data);
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k < n; k++)
            entries[k].samples[i] = sample(entries[k].work, entries[k].data, times[k]) / ((double)times[k] * units);
    for (size_t k = 0; k < n; k++) {
        double sorted[BENCH_SAMPLES];
        memcpy(sorted, entries[k].samples, sizeof sorted);
        entries[k].count = count;
        entries[k].stat = bench_of(sorted, count);
    }
}

double bench_times(const bench_entry *entry, const bench_entry *than) {
    double ratios[BENCH_SAMPLES];
    for (size_t i = 0; i < entry->count; i++) ratios[i] = than->samples[i] / entry->samples[i];
    return bench_of(ratios, entry->count).median;
}

void bench_pair(bench_work *a, void *a_data, bench_work *b, void *b_data, double units, bench_stat *a_stat,
                bench_stat *b_stat) {
    bench_entry both[] = {{.work = a, .data = a_data}, {.work = b, .data = b_data}};
    bench_rotate(both, 2, units);
    *a_stat = both[0].stat;
    *b_stat = both[1].stat;
}

void bench_open(bench *b, const char *suite) {
    const char *path = getenv("BENCH_JSON");
    *b = (bench){.suite = suite};
    if (path && *path && !(b->json = fopen(path, "a"))) perror(path);
}

void bench_init(bench *b, const char *suite) {
    bench_open(b, suite);
    printf("%s\n%-34s %-22s %12s %10s %-8s %8s\n", suite, "workload", "engine", "median", "spread", "unit", "ratio");
}

static void json_string(FILE *f, const char *s) {
    fputc('"', f);
    for (; *s; s++) {
        if (*s == '"' || *s == '\\') fputc('\\', f);
        if ((unsigned char)*s >= 0x20) fputc(*s, f);
    }
    fputc('"', f);
}

void bench_json(bench *b, const char *workload, const char *engine, const char *unit, bench_stat s, double ratio) {
    if (!b->json) return;
    const char *const names[] = {"suite", "workload", "engine", "unit"};
    const char *const values[] = {b->suite, workload, engine, unit};
    for (int i = 0; i < 4; i++) {
        fprintf(b->json, "%s\"%s\":", i ? "," : "{", names[i]);
        json_string(b->json, values[i]);
    }
    fprintf(b->json, ",\"median\":%.6g,\"spread\":%.6g,\"ratio\":", s.median, s.spread);
    if (ratio > 0)
        fprintf(b->json, "%.6g}\n", ratio);
    else
        fputs("null}\n", b->json);
}

void bench_row(bench *b, const char *workload, const char *engine, const char *unit, bench_stat s, double ratio) {
    int again = b->rows++ && !strncmp(b->section, workload, sizeof b->section - 1);
    int places = s.median >= 1000 ? 0 : s.median >= 100 ? 1 : 2;
    snprintf(b->section, sizeof b->section, "%s", workload);
    printf("%-34s %-22s %12.*f %10.*f %-8s", again ? "" : workload, engine, places, s.median, places, s.spread, unit);
    if (ratio > 0)
        printf(" %7.2fx\n", ratio);
    else
        printf("\n");
    fflush(stdout);
    bench_json(b, workload, engine, unit, s, ratio);
}

int bench_fini(bench *b) {
    int bad = 0;
    if (b->json) {
        bad = ferror(b->json) != 0;
        bad |= fclose(b->json) != 0;
    }
    b->json = NULL;
    printf("\n");
    return bad;
}
