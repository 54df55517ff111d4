/* Memory for machine code: what is written can be run, slots are used again, threads, refusals, fork.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "base/arena.h"
#include "faulty.h"
#include "jit/memory.h"
#include "rng.h"

#include <pthread.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- code that can be run: returns a number */

#if defined(__x86_64__)
enum { CODE_SIZE = 6 };
static void write_code(uint8_t *at, uint32_t number) {
    at[0] = 0xB8; /* mov eax, number */
    memcpy(at + 1, &number, 4);
    at[5] = 0xC3; /* ret */
}
#elif defined(__aarch64__)
enum { CODE_SIZE = 12 };
static void write_code(uint8_t *at, uint32_t number) {
    uint32_t code[3] = {0x52800000 | (number & 0xFFFF) << 5, /* movz w0, low */
                        0x72A00000 | (number >> 16) << 5,    /* movk w0, high, lsl 16 */
                        0xD65F03C0};                         /* ret */
    memcpy(at, code, sizeof code);
}
#endif

static uint32_t run_code(const gyr__code *code) {
    uint32_t (*function)(void);
    memcpy(&function, &code->run, sizeof function);
    return function();
}

/* Code of `size` bytes that returns a number from its end, so that all of it was reachable. */
static bool make(gyr__code_memory *m, size_t size, uint32_t number, gyr__code *out) {
    if (!gyr__code_alloc(m, size, out)) return false;
    write_code(out->write, number);
    gyr__code_ready(m, out, gyr_s("test"));
    return true;
}

static gyr__code_memory *memory_new(void) {
    gyr_allocator al = gyr__allocator_default();
    gyr__code_memory *m = gyr__code_memory_new(&al, (const void *)(uintptr_t)&gyr__code_alloc);
    assert_non_null(m);
    return m;
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
    assert_true(make(m, CODE_SIZE, 0xCAFE1234, &code));
    assert_ptr_not_equal(code.write, code.run);
    assert_true(gyr__code_usable(&code));
    assert_int_equal(run_code(&code), 0xCAFE1234);
    assert_true(gyr__code_memory_stats(m).mapped > 0);
    gyr__code_release(m, &code);
    assert_int_equal(gyr__code_memory_stats(m).used, 0);
    gyr__code_memory_free(m);
    gyr__code_memory_free(NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(code_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
