/* See write.h: the string leaf with NEON, from string.inc. A mask has four bits for each byte: the narrowing
 * shift is this processor's way from a vector to an integer.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "json/string.h"

#if defined(__aarch64__)
#include "base/utf8_simd.h"
#include <arm_neon.h>

static inline uint8x16_t load_part_16(const uint8_t *s, size_t n) {
    uint8_t copy[16];
    if (gyr__likely(gyr__same_page(s, 16))) return vld1q_u8(s);
    memset(copy, 0, sizeof copy);
    memcpy(copy, s, n);
    return vld1q_u8(copy);
}

static inline uint64_t mask_of(uint8x16_t v) {
    return vget_lane_u64(vreinterpret_u64_u8(vshrn_n_u16(vreinterpretq_u16_u8(v), 4)), 0);
}

#define SPECIAL(v) vorrq_u8(vceqq_u8((v), vdupq_n_u8('"')), vceqq_u8((v), vdupq_n_u8('\\')))

#define NAME(x) gyr__json_neon_##x
#define TARGET
#define VEC             uint8x16_t
#define WIDTH           16
#define MASK            uint64_t
#define LOAD(p)         vld1q_u8(p)
#define LOAD_PART(p, n) load_part_16((p), (n))
#define STORE(p, v)     vst1q_u8((p), (v))
#define STOPS_ASCII(v)  mask_of(vorrq_u8(SPECIAL(v), vcltq_s8(vreinterpretq_s8_u8(v), vdupq_n_s8(0x20))))
#define STOPS_UTF8(v)   mask_of(vorrq_u8(SPECIAL(v), vcltq_u8((v), vdupq_n_u8(0x20))))
#define FIRST(m)        ((size_t)__builtin_ctzll(m) / 4)
#define KEEP(n)         ((1ull << (4 * (n))) - 1)
#define VALID(s, n)     gyr__utf8_valid_neon((s), (n))
#include "json/string.inc"

#endif
