/* Scanning text 16 bytes at a time: where a run of characters of some class ends.
 *
 * Vectors are those of gcc and clang; only "which lanes are set" is spelt per machine, and elsewhere (and in
 * the last 15 bytes of a text: nothing here reads behind the end) a table of character classes does the same
 * byte by byte.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_LANGUAGE_SCAN_H
#define GYR_LANGUAGE_SCAN_H
#include "base/common.h"

/* Character classes: what a byte may begin or continue. */
enum {
    GYR__CHAR_IGNORED = 1, /* tab, LF, CR, space, comma */
    GYR__CHAR_NAME_START = 2,
    GYR__CHAR_DIGIT = 4,
    GYR__CHAR_NAME = GYR__CHAR_NAME_START | GYR__CHAR_DIGIT
};
extern const uint8_t gyr__char_class[256];

static inline bool gyr__is_name_start(uint8_t c) { return gyr__char_class[c] & GYR__CHAR_NAME_START; }
static inline bool gyr__is_digit(uint8_t c) { return c >= '0' && c <= '9'; }

#if defined(__SSE2__) || (defined(__aarch64__) && defined(__ARM_NEON))
#define GYR__SCAN_VECTOR 1
typedef uint8_t gyr__v16 __attribute__((vector_size(16)));

static inline gyr__v16 gyr__v16_load(const uint8_t *p) {
    gyr__v16 v;
    memcpy(&v, p, sizeof v);
    return v;
}
static inline gyr__v16 gyr__v16_is(gyr__v16 v, uint8_t c) { return (gyr__v16)(v == c); }

#if defined(__SSE2__)
#include <emmintrin.h>
typedef uint32_t gyr__lanes; /* one bit a lane */
#define GYR__LANES_ALL 0xFFFFu
static inline gyr__lanes gyr__v16_lanes(gyr__v16 v) { return (uint32_t)_mm_movemask_epi8((__m128i)v); }
static inline uint32_t gyr__lanes_first(gyr__lanes m) { return (uint32_t)__builtin_ctz(m); }
#else
#include <arm_neon.h>
typedef uint64_t gyr__lanes; /* four bits a lane */
#define GYR__LANES_ALL UINT64_MAX
static inline gyr__lanes gyr__v16_lanes(gyr__v16 v) {
    uint8x8_t half = vshrn_n_u16(vreinterpretq_u16_u8((uint8x16_t)v), 4);
    return vget_lane_u64(vreinterpret_u64_u8(half), 0);
}
static inline uint32_t gyr__lanes_first(gyr__lanes m) { return (uint32_t)__builtin_ctzll(m) >> 2; }
#endif

static inline gyr__lanes gyr__lanes_name(gyr__v16 v) {
    gyr__v16 letter = (gyr__v16)(((v | 0x20) - 'a') < 26), digit = (gyr__v16)((v - '0') < 10);
    return gyr__v16_lanes(letter | digit | gyr__v16_is(v, '_'));
}
static inline gyr__lanes gyr__lanes_ignored(gyr__v16 v) {
    return gyr__v16_lanes(gyr__v16_is(v, ' ') | gyr__v16_is(v, '\n') | gyr__v16_is(v, ',') | gyr__v16_is(v, '\r') |
                          gyr__v16_is(v, '\t'));
}
static inline gyr__lanes gyr__lanes_line_end(gyr__v16 v) {
    return gyr__v16_lanes(gyr__v16_is(v, '\n') | gyr__v16_is(v, '\r'));
}
static inline gyr__lanes gyr__lanes_quote(gyr__v16 v) {
    return gyr__v16_lanes(gyr__v16_is(v, '"') | gyr__v16_is(v, '\\'));
}
static inline gyr__lanes gyr__lanes_string(gyr__v16 v) { return gyr__lanes_quote(v) | gyr__lanes_line_end(v); }

/* The first byte from p on that is not in the run. */
#define GYR__SCAN(p, end, stop_lanes)                                                                                  \
    while ((end) - (p) >= 16) {                                                                                        \
        gyr__lanes stop = (stop_lanes)&GYR__LANES_ALL;                                                                 \
        if (stop) return (p) + gyr__lanes_first(stop);                                                                 \
        (p) += 16;                                                                                                     \
    }
#else
#define GYR__SCAN_VECTOR 0
#define GYR__SCAN(p, end, stop_lanes)
#endif

static inline const uint8_t *gyr__scan_name(const uint8_t *p, const uint8_t *end) {
    GYR__SCAN(p, end, ~gyr__lanes_name(gyr__v16_load(p)))
    while (p < end && gyr__char_class[*p] & GYR__CHAR_NAME) p++;
    return p;
}

static inline const uint8_t *gyr__scan_ignored(const uint8_t *p, const uint8_t *end) {
    GYR__SCAN(p, end, ~gyr__lanes_ignored(gyr__v16_load(p)))
    while (p < end && gyr__char_class[*p] & GYR__CHAR_IGNORED) p++;
    return p;
}

/** To LF or CR. */
static inline const uint8_t *gyr__scan_line(const uint8_t *p, const uint8_t *end) {
    GYR__SCAN(p, end, gyr__lanes_line_end(gyr__v16_load(p)))
    while (p < end && *p != '\n' && *p != '\r') p++;
    return p;
}

/** To quote, backslash, LF or CR. */
static inline const uint8_t *gyr__scan_string(const uint8_t *p, const uint8_t *end) {
    GYR__SCAN(p, end, gyr__lanes_string(gyr__v16_load(p)))
    while (p < end && *p != '"' && *p != '\\' && *p != '\n' && *p != '\r') p++;
    return p;
}

/** To quote or backslash. */
static inline const uint8_t *gyr__scan_block(const uint8_t *p, const uint8_t *end) {
    GYR__SCAN(p, end, gyr__lanes_quote(gyr__v16_load(p)))
    while (p < end && *p != '"' && *p != '\\') p++;
    return p;
}

#endif
