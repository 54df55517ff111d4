/* Memory for machine code: what is written can be run, slots are used again, threads, refusals, fork.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "base/arena.h"
#include "faulty.h"
#include "jit/memory.h"
#include "machine.h"
#include "rng.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static uint32_t run_code(const gyr__code *code) {
    uint32_t (*function)(void);
    memcpy(&function, &code->run, sizeof function);
    return function();
}

/* Code that returns a number; what is left of `size` repeats the number's last byte. */
static bool make(gyr__code_memory *m, size_t size, uint32_t number, gyr__code *out) {
    if (!gyr__code_alloc(m, size, out)) return false;
    memset(out->write, (int)(number & 0xFF), size);
    machine_number(out->write, number);
    gyr__code_ready(m, out, gyr_s("test"));
    return true;
}

static gyr__code_memory *memory_new(void) {
    gyr_allocator al = gyr__allocator_default();
    gyr__code_memory *m = gyr__code_memory_new(&al, (const void *)(uintptr_t)&gyr__code_alloc);
    assert_non_null(m);
    return m;
}

/* Runs a function in a child process, which must exit with 0. */
static void in_child(void (*function)(void *), void *data) {
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (!pid) {
        function(data);
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* In a child: cmocka must not go on with the parent's tests. */
#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                            \
            _exit(1);                                                                                                  \
        }                                                                                                              \
    } while (0)

/* ---- what it promises */

static void code_runs(void **state) {
    (void)state;
    gyr__code_memory *m = memory_new();
    assert_int_equal(gyr__code_memory_stats(m).mapped, 0);
    gyr__code code;
    assert_true(make(m, MACHINE_NUMBER, 0xCAFE1234, &code));
    assert_ptr_not_equal(code.write, code.run);
    assert_true(gyr__code_usable(&code));
    assert_int_equal(run_code(&code), 0xCAFE1234);
    assert_true(gyr__code_memory_stats(m).mapped > 0);
    gyr__code_release(m, &code);
    assert_int_equal(gyr__code_memory_stats(m).used, 0);
    gyr__code_memory_free(m);
    gyr__code_memory_free(NULL);
}

/* The rights of the page at an address, "rw-p", out of /proc. */
static void rights_of(const void *at, char rights[5]) {
    FILE *maps = fopen("/proc/self/maps", "r");
    assert_non_null(maps);
    char line[4096];
    unsigned long begin, end;
    strcpy(rights, "none");
    while (fgets(line, sizeof line, maps)) {
        char found[5];
        if (sscanf(line, "%lx-%lx %4s", &begin, &end, found) != 3) continue;
        if (begin <= (uintptr_t)at && (uintptr_t)at < end) memcpy(rights, found, 5);
    }
    fclose(maps);
}

static void never_both_and_near(void **state) {
    (void)state;
    gyr__code_memory *m = memory_new();
    gyr__code code;
    assert_true(make(m, MACHINE_NUMBER, 1, &code));
    char rights[5];
    rights_of(code.run, rights);
    assert_string_equal(rights, "r-xs");
    rights_of(code.write, rights);
    assert_string_equal(rights, "rw-s");
    uintptr_t a = (uintptr_t)code.run, b = (uintptr_t)&gyr__code_alloc;
#ifdef __aarch64__
    assert_true((a > b ? a - b : b - a) < (uintptr_t)1 << 27);
#else
    assert_true((a > b ? a - b : b - a) < (uintptr_t)1 << 31);
#endif
    gyr__code_memory_free(m);
    rights_of(code.run, rights);
    assert_string_equal(rights, "none");
    rights_of(code.write, rights);
    assert_string_equal(rights, "none");
}

static bool only(const uint8_t *at, size_t size, uint8_t byte) {
    for (size_t i = 0; i < size; i++)
        if (at[i] != byte) return false;
    return true;
}

static void slots_are_used_again_and_hold_traps(void **state) {
    (void)state;
    test_not_emulated();
#ifdef __aarch64__
    const uint8_t trap = 0;
#else
    const uint8_t trap = 0xCC;
#endif
    gyr__code_memory *m = memory_new();
    gyr__code kept, code;
    assert_true(make(m, 300, 1, &kept));
    assert_true(make(m, 310, 7, &code));
    assert_true(only(code.run + 310, 10, trap));
    const uint8_t *run = code.run;
    gyr__code_release(m, &code);
    assert_true(only(run, 320, trap));
    assert_true(gyr__code_alloc(m, 320, &code));
    assert_ptr_equal(code.run, run);
    gyr__code_release(m, &code);
    assert_int_equal(run_code(&kept), 1);
    gyr__code_memory_free(m);
}

static void a_full_slab_has_room_again(void **state) {
    (void)state;
    gyr__code_memory *m = memory_new();
    gyr__code codes[256];
    for (int i = 0; i < 256; i++) assert_true(gyr__code_alloc(m, 256, &codes[i]));
    for (int i = 0; i < 256; i++) {
        const uint8_t *run = codes[i].run;
        gyr__code_release(m, &codes[i]);
        assert_true(gyr__code_alloc(m, 200, &codes[i]));
        assert_ptr_equal(codes[i].run, run);
    }
    gyr__code_memory_free(m);
}

static void sizes(void **state) {
    (void)state;
    const size_t largest = 2 * 1024 * 1024;
    gyr__code_memory *m = memory_new();
    gyr__code code, second;
    assert_false(gyr__code_alloc(m, 0, &code));
    assert_false(gyr__code_alloc(m, largest + 1, &code));
    assert_false(gyr__code_alloc(m, SIZE_MAX, &code));
    assert_int_equal(gyr__code_memory_stats(m).mapped, 0);
    assert_true(make(m, largest, 5, &code));
    assert_true(make(m, largest, 6, &second)); /* a chunk of its own */
    assert_int_equal(run_code(&code), 5);
    assert_int_equal(run_code(&second), 6);
    assert_int_equal(gyr__code_memory_stats(m).mapped, 2 * largest);
    assert_int_equal(gyr__code_memory_stats(m).used, 2 * largest);
    gyr__code_release(m, &code);
    gyr__code_release(m, &second);
    for (size_t size = 1; size <= 65536; size++) { /* every size has its class */
        assert_true(gyr__code_alloc(m, size, &code));
        size_t used = gyr__code_memory_stats(m).used;
        assert_true(used >= size && (used <= 256 || used * 4 <= size * 5 + 4));
        assert_int_equal((uintptr_t)code.run % 64, 0);
        gyr__code_release(m, &code);
    }
    assert_int_equal(gyr__code_memory_stats(m).mapped, 2 * largest);
    gyr__code_memory_free(m);
}

/* ---- against a model */

enum { LIVE = 400 };

static size_t some_size(rng *r) {
    switch (rng_below(r, 20)) {
    case 0: return 1 + rng_below(r, 300000);
    case 1: return 1 + rng_below(r, 70000);
    default: return 1 + rng_below(r, 6000);
    }
}

/* Every code keeps its bytes, so none overlaps another. False: something changed. */
static bool churn(gyr__code_memory *m, uint64_t seed, unsigned steps) {
    rng r = {seed};
    gyr__code live[LIVE] = {0};
    uint32_t number[LIVE];
    bool good = true;
    for (unsigned i = 0; i < steps && good; i++) {
        unsigned k = (unsigned)rng_below(&r, LIVE);
        if (live[k].run) {
            good = run_code(&live[k]) == number[k] &&
                   only(live[k].run + MACHINE_NUMBER, live[k].size - MACHINE_NUMBER, (uint8_t)number[k]);
            gyr__code_release(m, &live[k]);
            live[k].run = NULL;
        } else {
            number[k] = (uint32_t)rng_next(&r);
            good = make(m, some_size(&r) + MACHINE_NUMBER, number[k], &live[k]);
        }
    }
    for (unsigned k = 0; k < LIVE; k++)
        if (live[k].run) gyr__code_release(m, &live[k]);
    return good;
}

static void random_sizes(void **state) {
    (void)state;
    test_not_emulated();
    gyr__code_memory *m = memory_new();
    for (uint64_t seed = 1; seed <= 4; seed++) {
        assert_true(churn(m, seed, 4000));
        assert_int_equal(gyr__code_memory_stats(m).used, 0);
    }
    gyr__code all; /* every slab has gone back to its chunk */
    size_t mapped = gyr__code_memory_stats(m).mapped;
    for (size_t i = 0; i < mapped; i += 2 * 1024 * 1024) assert_true(gyr__code_alloc(m, 2 * 1024 * 1024, &all));
    assert_int_equal(gyr__code_memory_stats(m).mapped, mapped);
    gyr__code_memory_free(m);
}

typedef struct worker {
    pthread_t thread;
    gyr__code_memory *m;
    uint64_t seed;
    bool good;
} worker;

static void *work(void *data) {
    worker *w = data;
    w->good = churn(w->m, w->seed, 1500);
    return NULL;
}

static void run_workers(gyr__code_memory *m, bool *good) {
    worker workers[4];
    *good = true;
    for (unsigned i = 0; i < 4; i++) {
        workers[i] = (worker){.m = m, .seed = i + 100};
        if (pthread_create(&workers[i].thread, NULL, work, &workers[i])) abort();
    }
    for (unsigned i = 0; i < 4; i++) {
        pthread_join(workers[i].thread, NULL);
        *good = *good && workers[i].good;
    }
}

static void threads(void **state) {
    (void)state;
    test_not_emulated();
    gyr__code_memory *m = memory_new();
    bool good;
    run_workers(m, &good);
    assert_true(good);
    assert_int_equal(gyr__code_memory_stats(m).used, 0);
    gyr__code_memory_free(m);
}

/* ---- refusals */

static void heap_memory_out(void **state) {
    (void)state;
    for (uint64_t n = 1;; n++) {
        faulty f = {.fail_at = n};
        gyr_allocator al = faulty_allocator(&f);
        gyr__code_memory *m = gyr__code_memory_new(&al, (const void *)(uintptr_t)&gyr__code_alloc);
        gyr__code code;
        if (m && make(m, 100, 9, &code)) {
            assert_int_equal(run_code(&code), 9);
            gyr__code_release(m, &code);
        }
        gyr__code_memory_free(m);
        assert_int_equal(f.live, 0);
        if (!f.failed) break;
        assert_true(n < 10);
    }
}

static void allocates(void *m) {
    gyr__code code;
    CHECK(make(m, 100, 11, &code));
    CHECK(run_code(&code) == 11);
}

#ifndef PR_SET_MDWE
#define PR_SET_MDWE 65
#endif

static void mdwe(void *m) {
    if (prctl(PR_SET_MDWE, 1, 0, 0, 0)) return; /* an older kernel */
    allocates(m);
}

static void runs_where_no_page_may_become_executable(void **state) {
    (void)state;
    gyr__code_memory *m = memory_new();
    in_child(mdwe, m);
    gyr__code_memory_free(m);
}

static void is_refused(gyr__code_memory *m) {
    gyr__code code;
    for (int i = 0; i < 3000; i++) CHECK(!gyr__code_alloc(m, 100, &code));
    CHECK(gyr__code_memory_stats(m).mapped == 0);
    CHECK(gyr__code_memory_stats(m).refused == 3000);
}

/* The system says no to every page that may be run, whatever memory it is. */
static void no_executable_pages(void *m) {
    struct sock_filter filter[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mmap, 0, 3),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[2])),
        BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EACCES),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof filter / sizeof filter[0], filter};
    CHECK(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
    CHECK(!prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program));
    is_refused(m);
}

static void no_address_space(void *m) {
    struct rlimit limit;
    CHECK(!getrlimit(RLIMIT_AS, &limit));
    limit.rlim_cur = 1024 * 1024;
    CHECK(!setrlimit(RLIMIT_AS, &limit));
    is_refused(m);
}

static void refused_is_false(void **state) {
    (void)state;
    test_not_emulated();
    gyr__code_memory *m = memory_new();
    in_child(no_executable_pages, m);
    in_child(no_address_space, m);
    in_child(allocates, m);
    gyr__code_memory_free(m);
}

/* What is mapped serves on when no more is given, and the system is asked again some time. */
static void serves_on(void *data) {
    gyr__code_memory *m = data;
    gyr__code code, large;
    struct rlimit limit;
    CHECK(make(m, 100, 1, &code));
    CHECK(!getrlimit(RLIMIT_AS, &limit));
    rlim_t before = limit.rlim_cur;
    limit.rlim_cur = 1024 * 1024;
    CHECK(!setrlimit(RLIMIT_AS, &limit));
    for (int i = 0; i < 20; i++) CHECK(!gyr__code_alloc(m, 2 * 1024 * 1024, &large));
    for (int i = 0; i < 50; i++) CHECK(make(m, 100, 2, &code));
    limit.rlim_cur = before;
    CHECK(!setrlimit(RLIMIT_AS, &limit));
    int asked = 0;
    while (asked < 100 && !gyr__code_alloc(m, 2 * 1024 * 1024, &large)) asked++;
    CHECK(asked < 100);
}

static void refused_is_not_for_ever(void **state) {
    (void)state;
    test_not_emulated();
    gyr__code_memory *m = memory_new();
    in_child(serves_on, m);
    gyr__code_memory_free(m);
}

/* ---- fork */

typedef struct family {
    gyr__code_memory *m;
    gyr__code code;
    int to_child[2], to_parent[2];
} family;

static void grandchild(void *data) {
    family *f = data;
    CHECK(!gyr__code_usable(&f->code));
    allocates(f->m);
    gyr__code_memory_free(f->m);
}

/* The parent rewrites its code while this runs; code made here stands on pages of its own. */
static void child(void *data) {
    family *f = data;
    char byte;
    CHECK(!gyr__code_usable(&f->code));
    char rights[5];
    rights_of(f->code.write, rights);
    CHECK(!strcmp(rights, "none")); /* nothing of the parent's can be written */
    gyr__code stale = f->code, code;
    gyr__code_release(f->m, &stale); /* forgets only */
    CHECK(make(f->m, 100, 22, &code));
    CHECK(gyr__code_usable(&code) && !gyr__code_usable(&f->code));
    CHECK(run_code(&code) == 22);
    close(f->to_child[1]);
    CHECK(write(f->to_parent[1], "a", 1) == 1); /* the parent now releases and makes anew */
    CHECK(read(f->to_child[0], &byte, 1) == 1);
    CHECK(run_code(&code) == 22);
    CHECK(churn(f->m, 7, 500));
    CHECK(run_code(&code) == 22);
    f->code = code;
    pid_t pid = fork();
    if (!pid) {
        grandchild(f);
        _exit(0);
    }
    int status = 1;
    CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && !WEXITSTATUS(status));
    gyr__code_release(f->m, &code);
    CHECK(gyr__code_memory_stats(f->m).used == 0);
    gyr__code_memory_free(f->m);
}

static void a_child_has_its_own(void **state) {
    (void)state;
    test_not_emulated();
    family f = {.m = memory_new()};
    assert_int_equal(pipe(f.to_child) | pipe(f.to_parent), 0);
    assert_true(make(f.m, 100, 21, &f.code));
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (!pid) {
        child(&f);
        _exit(0);
    }
    char byte;
    close(f.to_parent[1]); /* so that a child that fails is heard */
    assert_int_equal(read(f.to_parent[0], &byte, 1), 1);
    const uint8_t *run = f.code.run;
    assert_true(gyr__code_usable(&f.code));
    assert_int_equal(run_code(&f.code), 21); /* the child has written nothing here */
    gyr__code_release(f.m, &f.code);
    assert_true(make(f.m, 100, 23, &f.code));
    assert_ptr_equal(f.code.run, run);
    assert_int_equal(write(f.to_child[1], "b", 1), 1);
    int status = 1;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) && !WEXITSTATUS(status));
    assert_int_equal(run_code(&f.code), 23);
    gyr__code_memory_free(f.m);
    close(f.to_child[0]);
    close(f.to_child[1]);
    close(f.to_parent[0]);
}

/* Forked while other threads hold the lock and change the lists. */
static atomic_bool forking_done;

static void *work_on(void *data) {
    for (uint64_t seed = 1; !atomic_load(&forking_done); seed++)
        if (!churn(data, seed, 50)) abort();
    return NULL;
}

static void forked_within_an_allocation(void **state) {
    (void)state;
    test_not_emulated();
    gyr__code_memory *m = memory_new();
    pthread_t thread[2];
    atomic_store(&forking_done, false);
    for (int i = 0; i < 2; i++) assert_int_equal(pthread_create(&thread[i], NULL, work_on, m), 0);
    for (int i = 0; i < 100; i++) in_child(allocates, m);
    atomic_store(&forking_done, true);
    for (int i = 0; i < 2; i++) pthread_join(thread[i], NULL);
    gyr__code_memory_free(m);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(code_runs),
        cmocka_unit_test(never_both_and_near),
        cmocka_unit_test(slots_are_used_again_and_hold_traps),
        cmocka_unit_test(a_full_slab_has_room_again),
        cmocka_unit_test(sizes),
        cmocka_unit_test(random_sizes),
        cmocka_unit_test(threads),
        cmocka_unit_test(heap_memory_out),
        cmocka_unit_test(runs_where_no_page_may_become_executable),
        cmocka_unit_test(refused_is_false),
        cmocka_unit_test(refused_is_not_for_ever),
        cmocka_unit_test(a_child_has_its_own),
        cmocka_unit_test(forked_within_an_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
