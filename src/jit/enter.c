/* Into machine code and out of it: the way from C's calling convention to that of stencils.
 *
 * Stencils use all registers but the stack pointer and the frame pointer, so those that C keeps are saved here. The
 * stack is such that a call from a stencil is aligned. An unwinder goes from native code to here by one rule: on x86-64
 * the caller's frame is at the stack pointer + 8, on aarch64 the frame record is where x29 points.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "jit/native.h"

#if defined(__x86_64__)
const bool gyr__native_exists = true;

__asm__(".text\n"
        ".p2align 4\n"
        ".globl gyr__native_enter\n"
        ".hidden gyr__native_enter\n"
        ".type gyr__native_enter, @function\n"
        "gyr__native_enter:\n"
        ".cfi_startproc\n"
        "pushq %rbp\n"
        ".cfi_def_cfa_offset 16\n"
        ".cfi_offset %rbp, -16\n"
        "movq %rsp, %rbp\n"
        ".cfi_def_cfa_register %rbp\n"
        "pushq %rbx\n"
        "pushq %r12\n"
        "pushq %r13\n"
        "pushq %r14\n"
        "pushq %r15\n"
        ".cfi_offset %rbx, -24\n"
        ".cfi_offset %r12, -32\n"
        ".cfi_offset %r13, -40\n"
        ".cfi_offset %r14, -48\n"
        ".cfi_offset %r15, -56\n"
        "movq %rsi, %r12\n"
        "movq %rdx, %r13\n"
        "movq %rcx, %r14\n"
        "movq %r8, %r15\n"
        "callq *%rdi\n" /* pushes eight bytes: now the stack is aligned as before a call */
        "popq %r15\n"
        "popq %r14\n"
        "popq %r13\n"
        "popq %r12\n"
        "popq %rbx\n"
        "popq %rbp\n"
        ".cfi_def_cfa %rsp, 8\n"
        "retq\n"
        ".cfi_endproc\n"
        ".size gyr__native_enter, . - gyr__native_enter\n");
void gyr__native_leave(void) {}

#elif defined(__aarch64__)
const bool gyr__native_exists = true;

__asm__(".text\n"
        ".p2align 4\n"
        ".globl gyr__native_enter\n"
        ".hidden gyr__native_enter\n"
        ".type gyr__native_enter, %function\n"
        "gyr__native_enter:\n"
        ".cfi_startproc\n"
        "stp x29, x30, [sp, #-96]!\n"
        ".cfi_def_cfa_offset 96\n"
        ".cfi_offset x29, -96\n"
        ".cfi_offset x30, -88\n"
        "mov x29, sp\n"
        ".cfi_def_cfa_register x29\n"
        "stp x19, x20, [sp, #16]\n"
        "stp x21, x22, [sp, #32]\n"
        "stp x23, x24, [sp, #48]\n"
        "stp x25, x26, [sp, #64]\n"
        "stp x27, x28, [sp, #80]\n"
        ".cfi_offset x19, -80\n"
        ".cfi_offset x20, -72\n"
        ".cfi_offset x21, -64\n"
        ".cfi_offset x22, -56\n"
        ".cfi_offset x23, -48\n"
        ".cfi_offset x24, -40\n"
        ".cfi_offset x25, -32\n"
        ".cfi_offset x26, -24\n"
        ".cfi_offset x27, -16\n"
        ".cfi_offset x28, -8\n"
        "mov x20, x1\n"
        "mov x21, x2\n"
        "mov x22, x3\n"
        "mov x23, x4\n"
        "br x0\n"
        ".globl gyr__native_leave\n"
        ".hidden gyr__native_leave\n"
        ".type gyr__native_leave, %function\n"
        "gyr__native_leave:\n"
        "ldp x19, x20, [sp, #16]\n"
        "ldp x21, x22, [sp, #32]\n"
        "ldp x23, x24, [sp, #48]\n"
        "ldp x25, x26, [sp, #64]\n"
        "ldp x27, x28, [sp, #80]\n"
        "ldp x29, x30, [sp], #96\n"
        ".cfi_def_cfa sp, 0\n"
        "ret\n"
        ".cfi_endproc\n"
        ".size gyr__native_enter, . - gyr__native_enter\n");

#else
const bool gyr__native_exists = false;

void gyr__native_enter(const uint8_t *code, uint8_t *o, const void *object, gyr__frame *f, gyr__writer *w) {
    (void)code, (void)o, (void)object, (void)f;
    w->stop = GYR__STOP_ABORT; /* not reached: nothing is compiled */
}
void gyr__native_leave(void) {}
#endif
