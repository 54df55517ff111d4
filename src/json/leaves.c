/* The tables of leaves, one for each CPU level; see write.h. Numbers are the same at every level.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/number_inl.h"
#include "json/string.h"
#include "json/write.h"

#define NUMBER_LEAF(name, type)                                                                                        \
    static uint8_t *name(uint8_t *out, type v) { return (uint8_t *)gyr__put_##name((char *)out, v); }
NUMBER_LEAF(i32, int32_t)
NUMBER_LEAF(u32, uint32_t)
NUMBER_LEAF(i64, int64_t)
NUMBER_LEAF(u64, uint64_t)
NUMBER_LEAF(f64, double)

static uint8_t *id_i64(uint8_t *out, int64_t v) {
    *out = '"';
    out = (uint8_t *)gyr__put_i64((char *)out + 1, v);
    *out = '"';
    return out + 1;
}

static uint8_t *id_u64(uint8_t *out, uint64_t v) {
    *out = '"';
    out = (uint8_t *)gyr__put_u64((char *)out + 1, v);
    *out = '"';
    return out + 1;
}

#define LEAVES(level, cpu)                                                                                             \
    { gyr__json_##level##_str, gyr__json_##level##_str_utf8, i32, u32, i64, u64, f64, id_i64, id_u64, cpu }

static const gyr__leaves scalar = LEAVES(scalar, GYR__CPU_SCALAR);
#if defined(__x86_64__)
static const gyr__leaves sse2 = LEAVES(sse2, GYR__CPU_SSE2);
static const gyr__leaves avx2 = LEAVES(avx2, GYR__CPU_AVX2);
static const gyr__leaves avx512 = LEAVES(avx512, GYR__CPU_AVX512);
#elif defined(__aarch64__)
static const gyr__leaves neon = LEAVES(neon, GYR__CPU_NEON);
#endif

const gyr__leaves *gyr__leaves_for(gyr__cpu cpu) {
    if (!gyr__cpu_has(cpu)) cpu = gyr__cpu_hardware();
    switch (cpu) {
#if defined(__x86_64__)
    case GYR__CPU_SSE2: return &sse2;
    case GYR__CPU_AVX2: return &avx2;
    case GYR__CPU_AVX512: return &avx512;
#elif defined(__aarch64__)
    case GYR__CPU_NEON: return &neon;
#endif
    default: return &scalar;
    }
}
