/* Which tier writes. The interpreter begins; a variant whose lists had HOT items gets machine code, and the request
 * that opened the last of them goes on in it at once. A list's first item does not count: code that writes single
 * objects, a request here and a request there, is not in cache when it is needed, and then is slower.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "exec/exec.h"
#include "jit/native.h"

enum { HOT = 64 };

/* How many items the interpreter may open before it stops for machine code. */
static int64_t heat_left(const gyr__variant *v, gyr_jit jit) {
    if (jit == GYR_JIT_OFF || !gyr__native_exists) return INT64_MAX;
    uint64_t heat = atomic_load_explicit(&v->heat, memory_order_relaxed);
    return jit == GYR_JIT_ALWAYS || heat >= HOT ? -1 : HOT - 1 - (int64_t)heat;
}

static gyr__stop interpret(gyr__writer *w, gyr__variant *v, int64_t heat) {
    w->heat = heat;
    gyr__stop stop = gyr__interpret(w);
    if (heat != INT64_MAX && heat != w->heat) { /* about: another thread's may be lost */
        uint64_t before = atomic_load_explicit(&v->heat, memory_order_relaxed);
        atomic_store_explicit(&v->heat, before + (uint64_t)(heat - w->heat), memory_order_relaxed);
    }
    return stop;
}

gyr__stop gyr__write(gyr__writer *w) {
    gyr__variant *v = w->exec->variant;
    for (;;) {
        const gyr__program *p = w->frame->program;
        int64_t heat = heat_left(v, w->exec->schema->jit);
        if (heat < 0 && !gyr__native_ready(p) && !gyr__native_refused(p)) gyr__native_compile(v, &gyr__helper_table);
        gyr__stop stop;
        if (heat < 0 && gyr__native_ready(p))
            stop = gyr__native_run(w);
        else
            stop = interpret(w, v, heat < 0 ? INT64_MAX : heat);
        if (stop != GYR__STOP_TIER) return stop;
        w->stop = GYR__STOP_DONE;
    }
}
