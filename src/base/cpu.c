/* See cpu.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/cpu.h"

#include <stdlib.h>

static const char *const names[GYR__CPU_COUNT] = {"scalar", "sse2", "avx2", "avx512", "neon"};

gyr__cpu gyr__cpu_hardware(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("bmi2")) return GYR__CPU_SSE2;
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
        !__builtin_cpu_supports("avx512vl") || !__builtin_cpu_supports("avx512dq"))
        return GYR__CPU_AVX2;
    return GYR__CPU_AVX512;
#elif defined(__aarch64__)
    return GYR__CPU_NEON;
#else
    return GYR__CPU_SCALAR;
#endif
}

bool gyr__cpu_has(gyr__cpu cpu) {
    gyr__cpu best = gyr__cpu_hardware();
    if (cpu == GYR__CPU_SCALAR || cpu == best) return true;
    return best != GYR__CPU_NEON && cpu < best;
}

gyr__cpu gyr__cpu_level(void) {
    const char *wish = getenv("GYR_CPU");
    if (wish)
        for (int i = 0; i < GYR__CPU_COUNT; i++)
            if (!strcmp(wish, names[i]) && gyr__cpu_has((gyr__cpu)i)) return (gyr__cpu)i;
    return gyr__cpu_hardware();
}

const char *gyr__cpu_name(gyr__cpu cpu) { return (unsigned)cpu < GYR__CPU_COUNT ? names[cpu] : "?"; }
