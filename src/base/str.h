/* Sized strings: comparison and slicing of gyr_str {ptr, len}. UTF-8, never NUL-terminated, may contain
 * NUL bytes; nothing here calls strlen on text that came from outside.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_BASE_STR_H
#define GYR_BASE_STR_H
#include "base/common.h"

static inline bool gyr__str_eq(gyr_str a, gyr_str b) {
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

/** Byte-wise order, as strcmp: the order of UTF-8 code points. */
static inline int gyr__str_cmp(gyr_str a, gyr_str b) {
    size_t n = GYR__MIN(a.len, b.len);
    int c = n ? memcmp(a.ptr, b.ptr, n) : 0;
    return c ? c : (a.len > b.len) - (a.len < b.len);
}

/** Compares with a string literal: gyr__str_is(s, "null"). */
#define gyr__str_is(s, literal) gyr__str_eq((s), gyr_s(literal))

static inline bool gyr__str_starts(gyr_str s, gyr_str prefix) {
    return s.len >= prefix.len && (prefix.len == 0 || memcmp(s.ptr, prefix.ptr, prefix.len) == 0);
}

/** The bytes [from, to) of s; borrows. */
static inline gyr_str gyr__str_slice(gyr_str s, size_t from, size_t to) { return gyr_str_of(s.ptr + from, to - from); }

#endif
