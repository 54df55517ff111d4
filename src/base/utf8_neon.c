/* UTF-8 validation with NEON; see utf8.h and utf8_lookup.inc.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8_simd.h"

#if defined(__aarch64__)
#include <arm_neon.h>

#define FUNCTION gyr__utf8_valid_neon
#define TARGET
#define VEC                uint8x16_t
#define WIDTH              16
#define LOAD(p)            vld1q_u8((const uint8_t *)(p))
#define SPLAT(b)           vdupq_n_u8(b)
#define TABLE(t)           LOAD(t)
#define OR                 vorrq_u8
#define AND                vandq_u8
#define XOR                veorq_u8
#define SUBS               vqsubq_u8
#define HIGH_NIBBLE(v)     vshrq_n_u8((v), 4)
#define PICK(t, v)         vqtbl1q_u8((t), (v))
#define BEFORE(prev, v, k) vextq_u8((prev), (v), 16 - (k))
#define ANY(v)             (vmaxvq_u8(v) != 0)
#define ASCII(v)           (vmaxvq_u8(v) < 0x80)
#include "base/utf8_lookup.inc"

#endif
