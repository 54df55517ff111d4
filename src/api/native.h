/* The machine code of a plan that is printed: notes behind its ops (gyr__plan_notes).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_API_NATIVE_H
#define GYR_API_NATIVE_H
#include "jit/native.h"

typedef struct gyr__native_notes {
    gyr_disassemble_fn *disassemble; /* NULL: bytes only */
    void *user;
    /* the program being printed: */
    const gyr__native *native;
    const gyr__program *program;
    const gyr__native_code *code; /* NULL: it has none */
    uint32_t cold;                /* where the rare part of the next op starts */
} gyr__native_notes;

/** state must live as long as the notes are used; disassemble and user are set. */
gyr__plan_notes gyr__native_notes_of(gyr__native_notes *state);

#endif
