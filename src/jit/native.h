/* The native tier: programs as machine code, made by copying and patching stencils (stencil.h).
 *
 *     gyr__native_compile(variant, helpers)     machine code for all its programs that have none
 *     gyr__native_run(writer)                   goes on at w->op, whose program has code, until it stops
 *
 * Code belongs to the variant and goes with it; memory for it to the schema. Any op of a compiled program can be entered,
 * so a request changes tiers wherever it stops; both write the same bytes. Where there is no executable memory, or no
 * stencils for the processor, programs are refused, counted, and the interpreter goes on.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_JIT_NATIVE_H
#define GYR_JIT_NATIVE_H
#include "jit/memory.h"
#include "plan/frame.h"

/** The machine code of one program: ops in order, each up to where the next starts (gyr__op.entry), then from `cold` on
 *  what they rarely do. */
typedef struct gyr__native_code {
    gyr__code code;
    uint32_t cold;                  /* where the rare parts start */
    struct gyr__native_code *older; /* made before a fork: of the parent */
} gyr__native_code;

/** What a schema knows of its machine code. */
typedef struct gyr__native {
    gyr_allocator allocator;
    gyr__code_memory *memory;
    gyr__leaves leaves;
    atomic_uint_fast64_t variants, programs, ops, bytes, nanoseconds, refused;
} gyr__native;

/** Whether this build has stencils for the processor. */
extern const bool gyr__native_exists;

/** Compiles what has no code yet, or had it in the process that forked this one. Any thread. */
void gyr__native_compile(gyr__variant *v, const gyr__helpers *helpers);
/** Whether the program has code that can be run here. */
static inline bool gyr__native_ready(const gyr__program *p) {
    const gyr__native_code *code = atomic_load_explicit(&p->native, memory_order_acquire);
    return code && gyr__code_usable(&code->code);
}
/** It never will have: the interpreter runs it. */
static inline bool gyr__native_refused(const gyr__program *p) {
    return !gyr__native_exists || atomic_load_explicit(&p->refused, memory_order_relaxed);
}
/** Runs the writer from w->op, an op of a compiled program, until it stops; GYR__STOP_TIER: it reached a program
 *  without code. */
gyr__stop gyr__native_run(gyr__writer *w);

/* enter.c: calls code with the state in its registers; returns when it leaves. */
void gyr__native_enter(const uint8_t *code, uint8_t *o, const void *object, gyr__frame *f, gyr__writer *w);
void gyr__native_leave(void); /* where code of aarch64 goes to leave; not to be called */

/* compile.c: */
/** The machine code of one program, written but not ready; false: refused. The variant's lock is held. */
bool gyr__native_program(gyr__native *n, gyr__program *p, const gyr__helpers *helpers, gyr__native_code *out);
/** The bytes of an op's cold part; they stand from gyr__native_code.cold on in the order of the ops. */
uint32_t gyr__native_cold_size(const gyr__op *op);
/** The name of what code calls there, "leaf i32", "helper get"; NULL: something else. */
const char *gyr__native_callee(const gyr__native *n, const gyr__helpers *helpers, uint64_t address);

#endif
