/* What every bench shares: CPU time, medians of repeated samples, aligned tables, rows as JSON.
 *
 *     bench b;
 *     bench_init(&b, "leaves");
 *     bench_stat base = bench_measure(work_a, &data, 1000);       ns for each of 1000 units
 *     bench_stat mine = bench_measure(work_b, &data, 1000);
 *     bench_row(&b, "10 bytes", "scalar", "ns", base, 1);
 *     bench_row(&b, "10 bytes", "avx2", "ns", mine, base.median / mine.median);
 *     return bench_fini(&b);
 *
 * The unit of a row is the caller's. Rows are also appended to the file that the environment variable
 * BENCH_JSON names, one JSON object a line: {suite, workload, engine, unit, median, spread, ratio}.
 * BENCH_QUICK=1 takes fewer and shorter samples.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_BENCH_H
#define GYR_BENCH_H
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

typedef struct bench_stat {
    double median; /* in ns for a unit, as measured, or whatever the caller made of it */
    double spread; /* interquartile range, same unit */
} bench_stat;

typedef struct bench {
    const char *suite;
    FILE *json;       /* or NULL */
    char section[64]; /* workload of the row before, to group */
    int rows;
} bench;

typedef void bench_work(void *data);

/** Whether BENCH_QUICK asks for few samples. */
int bench_quick(void);
/** CPU time of this thread / of the process / wall time, in ns. */
double bench_thread_ns(void);
double bench_process_ns(void);
double bench_wall_ns(void);

/** Runs work often enough that one sample takes about 2 ms, takes 31 samples after a warm-up and gives the
 * CPU time (of this thread) divided by `units`, the number of things one call of work does. */
bench_stat bench_measure(bench_work *work, void *data, double units);
/** Two works in turn, sample by sample, so that what disturbs the machine disturbs both. */
void bench_pair(bench_work *a, void *a_data, bench_work *b, void *b_data, double units, bench_stat *a_stat,
                bench_stat *b_stat);
/** Any number of works in turn. Each keeps its samples, so that two can be compared sample by sample. */
enum { BENCH_SAMPLES = 31 };
typedef struct bench_entry {
    bench_work *work;
    void *data;
    bench_stat stat;
    double samples[BENCH_SAMPLES];
    size_t count;
} bench_entry;
void bench_rotate(bench_entry *entries, size_t n, double units);
/** How many times as fast as `than` it was: the median over pairs of samples taken one after the other. */
double bench_times(const bench_entry *entry, const bench_entry *than);
/** Median and interquartile range of n samples taken by other means. Sorts them. */
bench_stat bench_of(double *samples, size_t n);
/** The same statistic in another unit: 1 / scale of it. */
static inline bench_stat bench_scaled(bench_stat s, double scale) {
    s.median *= scale, s.spread *= scale;
    return s;
}
/** bytes for each ns-per-unit: MB/s. */
bench_stat bench_mb_per_s(bench_stat ns, double bytes);

/** Keeps the compiler from dropping a result. */
static inline void bench_keep(const void *p) { __asm__ volatile("" : : "g"(p) : "memory"); }

void bench_init(bench *b, const char *suite);
/** For a bench with a table of its own: opens without printing; bench_json writes the row of BENCH_JSON
 * alone. */
void bench_open(bench *b, const char *suite);
void bench_json(bench *b, const char *workload, const char *engine, const char *unit, bench_stat stat, double ratio);
/** One row of the table; a new workload starts a group. ratio 0: none. */
void bench_row(bench *b, const char *workload, const char *engine, const char *unit, bench_stat stat, double ratio);
/** Closes the JSON file. 0, or 1 when it could not be written: an exit status. */
int bench_fini(bench *b);

#endif
