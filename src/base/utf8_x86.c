/* UTF-8 validation with SSSE3 and AVX2; see utf8.h and utf8_lookup.inc.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8_simd.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define FUNCTION           gyr__utf8_valid_ssse3
#define TARGET             __attribute__((target("ssse3")))
#define VEC                __m128i
#define WIDTH              16
#define LOAD(p)            _mm_loadu_si128((const __m128i *)(const void *)(p))
#define SPLAT(b)           _mm_set1_epi8((char)(b))
#define TABLE(t)           LOAD(t)
#define OR                 _mm_or_si128
#define AND                _mm_and_si128
#define XOR                _mm_xor_si128
#define SUBS               _mm_subs_epu8
#define HIGH_NIBBLE(v)     _mm_and_si128(_mm_srli_epi16((v), 4), low)
#define PICK(t, v)         _mm_shuffle_epi8((t), (v))
#define BEFORE(prev, v, k) _mm_alignr_epi8((v), (prev), 16 - (k))
#define ANY(v)             (_mm_movemask_epi8(_mm_cmpeq_epi8((v), _mm_setzero_si128())) != 0xFFFF)
#define ASCII(v)           (!_mm_movemask_epi8(v))
#include "base/utf8_lookup.inc"

#define FUNCTION           gyr__utf8_valid_avx2
#define TARGET             __attribute__((target("avx2")))
#define VEC                __m256i
#define WIDTH              32
#define LOAD(p)            _mm256_loadu_si256((const __m256i *)(const void *)(p))
#define SPLAT(b)           _mm256_set1_epi8((char)(b))
#define TABLE(t)           _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)(t)))
#define OR                 _mm256_or_si256
#define AND                _mm256_and_si256
#define XOR                _mm256_xor_si256
#define SUBS               _mm256_subs_epu8
#define HIGH_NIBBLE(v)     _mm256_and_si256(_mm256_srli_epi16((v), 4), low)
#define PICK(t, v)         _mm256_shuffle_epi8((t), (v))
#define BEFORE(prev, v, k) _mm256_alignr_epi8((v), _mm256_permute2x128_si256((prev), (v), 0x21), 16 - (k))
#define ANY(v)             (!_mm256_testz_si256((v), (v)))
#define ASCII(v)           (!_mm256_movemask_epi8(v))
#include "base/utf8_lookup.inc"

#endif
