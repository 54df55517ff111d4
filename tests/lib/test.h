/* What every test includes first: cmocka with the headers it needs, skipping, and files to read.
 *
 * GYR_NO_SKIP set (in CI) turns a skip into a failure. Only test_shared() may still skip then: the reference
 * material it looks for, $GYR_SHARED or else ../shared beside the checkout, does not come with the sources.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_TEST_H
#define GYR_TEST_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* The stack on which everything must work at the default limits. Without optimisation and under the
 * sanitizers frames are several times larger; clang tells of sanitizers by __has_feature, gcc by macros. */
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define TEST_LARGE_FRAMES 1
#endif
#endif
#if !defined(TEST_LARGE_FRAMES) &&                                                                                     \
    (defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || !defined(__OPTIMIZE__))
#define TEST_LARGE_FRAMES 1
#endif
#ifdef TEST_LARGE_FRAMES
enum { TEST_STACK = 1024 * 1024 };
#else
enum { TEST_STACK = 128 * 1024 };
#endif

/* Ends the running test as skipped and says why, in one line. */
void test_skip(const char *why);

/* Skips the running test in an emulator (qemu-user before 8.1) that takes advice about memory for a hint, so that a child
 * after fork finds what should be wiped, knows no limit of address space and no filter of system calls, and does not
 * notice code written through another mapping. */
void test_not_emulated(void);

/* The path of a file or folder of the shared material, to be freed; skips the running test where there is
 * none. */
char *test_shared(const char *relative_path);

/* A whole file with a NUL after it, to be freed; fails the running test if it cannot be read. `len` may be
 * NULL. */
char *test_read_file(const char *path, size_t *len);

#endif
