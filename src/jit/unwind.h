/* Unwinding through machine code: the table that says how to find the caller, and its registration with the unwinder.
 *
 * Native code never moves the stack pointer, so one entry holds for all of a chunk at every instruction. On x86-64 the
 * caller's frame is the stack pointer plus 8. On aarch64 native code keeps its return address nowhere, but leaves x29
 * alone: it is taken for a part of the function that entered it. That has a frame of 96 bytes: x29, x30, x19 to x28, in this
 * order, and x29 points to them.
 *
 * The unwinder is the program's, and so is its list of tables. It is told when the program has one that it can find
 * without loading anything, or by GYR_JIT_SHOW=unwind.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_JIT_UNWIND_H
#define GYR_JIT_UNWIND_H
#include "base/common.h"

enum { GYR__UNWIND_SIZE = 40 + 24 + 4 };

/** An .eh_frame section for code at [run, run + size). */
void gyr__unwind_table(uint8_t table[GYR__UNWIND_SIZE], const uint8_t *run, size_t size);

typedef struct gyr__unwind {
    uint8_t table[GYR__UNWIND_SIZE];
    void (*remove)(const void *table); /* NULL: not registered */
} gyr__unwind;

/** Registers a table of its own; it must stay where it is until it is removed. load: the unwinder may be loaded. */
void gyr__unwind_add(gyr__unwind *u, const uint8_t *run, size_t size, bool load);
void gyr__unwind_remove(gyr__unwind *u);

#endif
