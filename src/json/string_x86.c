/* See write.h: the string leaf with SSE2, AVX2 and AVX-512, from string.inc.
 *
 * Bytes compare as signed: "less than 0x20" is true of controls and of all bytes >= 0x80, so the ASCII pass
 * finds those for nothing.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "json/string.h"

#if defined(__x86_64__)
#include "base/utf8_simd.h"
#include <immintrin.h>

static inline bool sse2_valid(const char *s, size_t n) {
    return __builtin_cpu_supports("ssse3") ? gyr__utf8_valid_ssse3(s, n) : gyr__utf8_valid_scalar(s, n);
}

static inline __m128i load_part_16(const uint8_t *s, size_t n) {
    uint8_t copy[16];
    if (gyr__likely(gyr__same_page(s, 16))) return _mm_loadu_si128((const __m128i *)(const void *)s);
    memset(copy, 0, sizeof copy);
    memcpy(copy, s, n);
    return _mm_loadu_si128((const __m128i *)(const void *)copy);
}

#define SPECIAL_16(v) _mm_or_si128(_mm_cmpeq_epi8((v), _mm_set1_epi8('"')), _mm_cmpeq_epi8((v), _mm_set1_epi8('\\')))

#define NAME(x) gyr__json_sse2_##x
#define TARGET
#define VEC             __m128i
#define WIDTH           16
#define MASK            uint32_t
#define LOAD(p)         _mm_loadu_si128((const __m128i *)(const void *)(p))
#define LOAD_PART(p, n) load_part_16((p), (n))
#define STORE(p, v)     _mm_storeu_si128((__m128i *)(void *)(p), (v))
#define STOPS_ASCII(v)  (MASK) _mm_movemask_epi8(_mm_or_si128(SPECIAL_16(v), _mm_cmplt_epi8((v), _mm_set1_epi8(0x20))))
#define STOPS_UTF8(v)                                                                                                  \
    (MASK) _mm_movemask_epi8(_mm_or_si128(SPECIAL_16(v), _mm_cmpeq_epi8(_mm_min_epu8((v), _mm_set1_epi8(0x1F)), (v))))
#define FIRST(m)    (size_t) __builtin_ctz(m)
#define KEEP(n)     ((1u << (n)) - 1)
#define VALID(s, n) sse2_valid((s), (n))
#include "json/string.inc"

__attribute__((target("avx2"))) static inline __m256i load_part_32(const uint8_t *s, size_t n) {
    uint8_t copy[32];
    if (gyr__likely(gyr__same_page(s, 32))) return _mm256_loadu_si256((const __m256i *)(const void *)s);
    memset(copy, 0, sizeof copy);
    memcpy(copy, s, n);
    return _mm256_loadu_si256((const __m256i *)(const void *)copy);
}

#define SPECIAL_32(v)                                                                                                  \
    _mm256_or_si256(_mm256_cmpeq_epi8((v), _mm256_set1_epi8('"')), _mm256_cmpeq_epi8((v), _mm256_set1_epi8('\\')))

#define NAME(x)         gyr__json_avx2_##x
#define TARGET          __attribute__((target("avx2,bmi,bmi2")))
#define VEC             __m256i
#define WIDTH           32
#define MASK            uint32_t
#define LOAD(p)         _mm256_loadu_si256((const __m256i *)(const void *)(p))
#define LOAD_PART(p, n) load_part_32((p), (n))
#define STORE(p, v)     _mm256_storeu_si256((__m256i *)(void *)(p), (v))
#define STOPS_ASCII(v)                                                                                                 \
    (MASK) _mm256_movemask_epi8(_mm256_or_si256(SPECIAL_32(v), _mm256_cmpgt_epi8(_mm256_set1_epi8(0x20), (v))))
#define STOPS_UTF8(v)                                                                                                  \
    (MASK) _mm256_movemask_epi8(                                                                                       \
        _mm256_or_si256(SPECIAL_32(v), _mm256_cmpeq_epi8(_mm256_min_epu8((v), _mm256_set1_epi8(0x1F)), (v))))
#define FIRST(m)    (size_t) __builtin_ctz(m)
#define KEEP(n)     _bzhi_u32(~0u, (uint32_t)(n))
#define VALID(s, n) gyr__utf8_valid_avx2((s), (n))
#define SHORT(x)    gyr__json_sse2_##x
#include "json/string.inc"

/* 256-bit vectors: wider ones cost clock on some processors, and masks are what makes this level fast. */
#define SPECIAL_MASK(v)                                                                                                \
    (_mm256_cmpeq_epi8_mask((v), _mm256_set1_epi8('"')) | _mm256_cmpeq_epi8_mask((v), _mm256_set1_epi8('\\')))

#define NAME(x)         gyr__json_avx512_##x
#define TARGET          __attribute__((target("avx512bw,avx512vl,bmi,bmi2")))
#define VEC             __m256i
#define WIDTH           32
#define MASK            uint32_t
#define LOAD(p)         _mm256_loadu_si256((const __m256i *)(const void *)(p))
#define LOAD_PART(p, n) _mm256_maskz_loadu_epi8(KEEP(n), (p))
#define STORE(p, v)     _mm256_storeu_si256((__m256i *)(void *)(p), (v))
#define STOPS_ASCII(v)  (SPECIAL_MASK(v) | _mm256_cmplt_epi8_mask((v), _mm256_set1_epi8(0x20)))
#define STOPS_UTF8(v)   (SPECIAL_MASK(v) | _mm256_cmplt_epu8_mask((v), _mm256_set1_epi8(0x20)))
#define FIRST(m)        (size_t) __builtin_ctz(m)
#define KEEP(n)         _bzhi_u32(~0u, (uint32_t)(n))
#define VALID(s, n)     gyr__utf8_valid_avx2((s), (n))
#include "json/string.inc"

#endif
