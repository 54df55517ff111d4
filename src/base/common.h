/* The few definitions every file needs: fixed-width types, branch hints, export marks.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_BASE_COMMON_H
#define GYR_BASE_COMMON_H
#include <gyr.h>

#include <assert.h>
#include <stdalign.h>
#include <string.h>

#define gyr__likely(x)   __builtin_expect(!!(x), 1)
#define gyr__unlikely(x) __builtin_expect(!!(x), 0)

#define GYR__COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define GYR__MIN(a, b)    ((a) < (b) ? (a) : (b))
#define GYR__MAX(a, b)    ((a) > (b) ? (a) : (b))

#if defined(__GNUC__)
#define GYR__NODISCARD         __attribute__((warn_unused_result))
#define GYR__PRINTF(fmt, args) __attribute__((format(printf, fmt, args), nonnull(fmt)))
#define GYR__NOINLINE          __attribute__((noinline))
#define GYR__COLD              __attribute__((cold, noinline))
#else
#define GYR__NODISCARD
#define GYR__PRINTF(fmt, args)
#define GYR__NOINLINE
#define GYR__COLD
#endif

#endif
