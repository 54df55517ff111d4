/* Which vector instructions this processor has, so that leaves with several implementations can be chosen at
 * run time. There is no global: callers ask once and keep the answer in their own struct.
 *
 * The environment variable GYR_CPU=scalar|sse2|avx2|avx512|neon lowers the level (it can never raise it above
 * what the processor has); tests and valgrind use that.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_BASE_CPU_H
#define GYR_BASE_CPU_H
#include "base/common.h"

typedef enum gyr__cpu {
    GYR__CPU_SCALAR,
    GYR__CPU_SSE2,
    GYR__CPU_AVX2,   /* with BMI2, LZCNT, POPCNT */
    GYR__CPU_AVX512, /* with F, BW, VL, DQ */
    GYR__CPU_NEON,
    GYR__CPU_COUNT
} gyr__cpu;

/** The best level of this processor, whatever the environment says; a few loads. */
gyr__cpu gyr__cpu_hardware(void);
/** The level to use: the processor's, lowered by GYR_CPU. Reads the environment: ask once, keep it. */
gyr__cpu gyr__cpu_level(void);
/** True when code of that level can run here. */
bool gyr__cpu_has(gyr__cpu cpu);
/** "scalar", "sse2", ...; static. */
const char *gyr__cpu_name(gyr__cpu cpu);

#endif
