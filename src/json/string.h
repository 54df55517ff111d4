/* The string leaves of each instruction set (string.c, string_x86.c, string_neon.c) and what they share.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_JSON_STRING_H
#define GYR_JSON_STRING_H
#include "base/common.h"

#define GYR__JSON_STRING_LEAVES(level)                                                                                 \
    uint8_t *gyr__json_##level##_str(uint8_t *out, const char *s, size_t n);                                           \
    uint8_t *gyr__json_##level##_str_utf8(uint8_t *out, const char *s, size_t n);

GYR__JSON_STRING_LEAVES(scalar)
#if defined(__x86_64__)
GYR__JSON_STRING_LEAVES(sse2)
GYR__JSON_STRING_LEAVES(avx2)
GYR__JSON_STRING_LEAVES(avx512)
#elif defined(__aarch64__)
GYR__JSON_STRING_LEAVES(neon)
#endif

/* For each byte: 0 when it stands for itself, 'u' for \u00xx, else the letter behind the backslash. */
extern const uint8_t gyr__json_escapes[256];

/** Writes the escape of c, for which gyr__json_escapes is not 0; the end. */
static inline uint8_t *gyr__json_escape(uint8_t *out, uint8_t c) {
    uint8_t letter = gyr__json_escapes[c];
    out[0] = '\\';
    out[1] = letter;
    if (letter != 'u') return out + 2;
    memcpy(out + 2, c < 0x10 ? "000" : "001", 3); /* only controls, below 0x20, have no letter */
    out[5] = (uint8_t) "0123456789abcdef"[c & 15];
    return out + 6;
}

/** The rest of a string and its closing quote; ill-formed UTF-8 becomes U+FFFD. */
uint8_t *gyr__json_repair(uint8_t *out, const uint8_t *s, size_t n);

/* A vector load may reach beyond the string, never beyond its page. Tools that watch each byte want a copy. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define GYR__EXACT_LOADS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define GYR__EXACT_LOADS 1
#endif
#endif
#ifndef GYR__EXACT_LOADS
#define GYR__EXACT_LOADS 0
#endif

/** True when `width` bytes at p may be read though fewer belong to the string: they lie in one page. */
static inline bool gyr__same_page(const void *p, size_t width) {
    return !GYR__EXACT_LOADS && ((uintptr_t)p & 4095) <= 4096 - width;
}

#endif
