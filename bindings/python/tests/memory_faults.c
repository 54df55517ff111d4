/* Fails the n-th allocation that the extension makes, itself or by what it calls of CPython; Python code is left alone. A frame of
 * the extension between the allocation and the nearest one of Python code tells whose it is. For memory_faults.py:
 *
 *     cc -O2 -shared -fPIC -o memory_faults.so memory_faults.c
 *     LD_PRELOAD=./memory_faults.so PYTHONMALLOC=malloc python memory_faults.py "failing items"
 *
 * With FAULTS_TRACE in the environment it says on stderr where each failed.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static __thread bool inside;
static bool armed;
static long left, seen;
static struct { uintptr_t first, last; } core, python[2];

__attribute__((visibility("default"))) void faults_arm(long n, uintptr_t cf, uintptr_t cl, uintptr_t af, uintptr_t al,
                                                       uintptr_t bf, uintptr_t bl) {
    core.first = cf, core.last = cl, python[0].first = af, python[0].last = al, python[1].first = bf,
    python[1].last = bl;
    left = n;
    seen = 0;
    void *warm[4];
    backtrace(warm, 4);
    armed = true;
}
__attribute__((visibility("default"))) long faults_disarm(void) {
    armed = false;
    return seen;
}

static bool ours(void) {
    void *frames[48];
    inside = true;
    int count = backtrace(frames, 48);
    inside = false;
    for (int i = 2; i < count; i++) {
        uintptr_t at = (uintptr_t)frames[i];
        if (at >= core.first && at < core.last) return true;
        for (int k = 0; k < 2; k++)
            if (at >= python[k].first && at < python[k].last) return false;
    }
    return false;
}

static bool fails(void) {
    if (!armed || inside || !ours()) return false;
    seen++;
    if (left-- != 0) return false;
    if (getenv("FAULTS_TRACE")) {
        void *frames[48];
        inside = true;
        backtrace_symbols_fd(frames, backtrace(frames, 48), 2);
        inside = false;
    }
    errno = ENOMEM;
    return true;
}
void *malloc(size_t n) { return fails() ? NULL : __libc_malloc(n); }
void *calloc(size_t n, size_t m) { return fails() ? NULL : __libc_calloc(n, m); }
void *realloc(void *p, size_t n) { return fails() ? NULL : __libc_realloc(p, n); }
void *aligned_alloc(size_t a, size_t n) { return fails() ? NULL : __libc_memalign(a, n); }
int posix_memalign(void **p, size_t a, size_t n) {
    if (fails()) return ENOMEM;
    return (*p = __libc_memalign(a, n)) ? 0 : ENOMEM;
}
