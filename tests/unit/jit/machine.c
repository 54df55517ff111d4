/* Enters machine code as the native tier does.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "machine.h"

#if defined(__x86_64__)
__asm__(".text\n"
        ".globl machine_enter\n"
        ".type machine_enter, @function\n"
        "machine_enter:\n"
        ".cfi_startproc\n"
        "call *%rdi\n" /* the code's own calls find an aligned stack */
        "ret\n"
        ".cfi_endproc\n"
        ".size machine_enter, . - machine_enter\n");
#elif defined(__aarch64__)
__asm__(".text\n"
        ".globl machine_enter\n"
        ".type machine_enter, %function\n"
        "machine_enter:\n"
        ".cfi_startproc\n"
        "stp x29, x30, [sp, #-96]!\n" /* as jit/unwind.h says */
        ".cfi_def_cfa_offset 96\n"
        ".cfi_offset 29, -96\n"
        ".cfi_offset 30, -88\n"
        "str x19, [sp, #16]\n"
        ".cfi_offset 19, -80\n"
        "mov x29, sp\n"
        "blr x0\n"
        "ldr x19, [sp, #16]\n"
        "ldp x29, x30, [sp], #96\n"
        "ret\n"
        ".cfi_endproc\n"
        ".size machine_enter, . - machine_enter\n");
#endif
