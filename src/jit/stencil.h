/* Stencils: machine code with holes, one for each small op and variant, one for all helpers, three for ops that
 * choose where to go on. What the template (stencils.inc), the tool that compiles it (tools/stencils) and the compiler of
 * plans (compile.c) share; the stencils themselves are in stencils_<processor>.h, generated.
 *
 * A stencil has a hot part, which ends where the next op's begins, and a cold part, which stands behind all ops.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_JIT_STENCIL_H
#define GYR_JIT_STENCIL_H
#include <stdint.h>

/* Where a stencil goes on: the next op, itself, op->jump, op->fail, out of native code. */
#define GYR__STENCIL_TARGETS(X) X(NEXT) X(SELF) X(JUMP) X(FAIL) X(LEAVE)

/* What it is told about its op. JUMP_AT is the address of the op at op->jump, SLOT and ROW_SLOT are the slots' offsets
 * in the frame, TEXT is the address of the text of `copy`, Q0 and Q1 are the prefix. */
/* clang-format off */
#define GYR__STENCIL_OPERANDS(X)                                                                                       \
    X(AT) X(NEXT_AT) X(JUMP_AT) X(FLAGS) X(OFF) X(AUX) X(SLOT) X(ROW_SLOT) X(STRIDE) X(COUNT_OFF) X(LEN) X(TAIL)       \
    X(LEN_TAIL) X(TEXT_LEN) X(TEXT) X(Q0) X(Q1)
/* clang-format on */

/* What it calls: leaves, helpers that serve many ops, two of the C library; `helper` is the op's own. */
#define GYR__STENCIL_LEAVES(X) X(str) X(str_utf8) X(i32) X(u32) X(i64) X(u64) X(f64) X(id_i64) X(id_u64)
#define GYR__STENCIL_HELPS(X)  X(grow) X(poll) X(long_text) X(failed)
#define GYR__STENCIL_CALLS(X)  GYR__STENCIL_LEAVES(X) GYR__STENCIL_HELPS(X) X(text_len) X(copy) X(helper)

/* Its own two parts. */
#define GYR__STENCIL_PARTS(X) X(HOT) X(COLD)

typedef enum gyr__symbol {
#define X(name) GYR__SYMBOL_PART_##name,
    GYR__STENCIL_PARTS(X)
#undef X
#define X(name) GYR__SYMBOL_TO_##name,
        GYR__STENCIL_TARGETS(X)
#undef X
#define X(name) GYR__SYMBOL_OP_##name,
            GYR__STENCIL_OPERANDS(X)
#undef X
#define X(name) GYR__SYMBOL_CALL_##name,
                GYR__STENCIL_CALLS(X)
#undef X
                    GYR__SYMBOL_COUNT
} gyr__symbol;

/* How a value is put into a hole. Of x86-64: */
typedef enum gyr__patch {
    GYR__PATCH_ABS64,
    GYR__PATCH_ABS32,  /* zero-extended by the instruction */
    GYR__PATCH_ABS32S, /* sign-extended */
    GYR__PATCH_PC32,
    /* of aarch64: 16 bits of an immediate; branches, their reach in bits */
    GYR__PATCH_MOVW0,
    GYR__PATCH_MOVW1,
    GYR__PATCH_MOVW2,
    GYR__PATCH_MOVW3,
    GYR__PATCH_BRANCH26,
    GYR__PATCH_BRANCH19
} gyr__patch;

typedef struct gyr__hole {
    uint16_t at;    /* in its part */
    uint8_t patch;  /* gyr__patch */
    uint8_t symbol; /* gyr__symbol */
    int32_t addend;
} gyr__hole;

typedef struct gyr__stencil {
    uint32_t code;      /* where the hot part starts in gyr__stencil_code, the cold one behind it */
    uint16_t hot, cold; /* bytes */
    uint16_t hole;      /* the first in gyr__stencil_holes, those of the hot part first */
    uint8_t hot_holes, cold_holes;
} gyr__stencil;

/* Variants: without a prefix, with at most 8 bytes, with at most 16; of lists, the last once for each type of
 * counts (gyr__count_type). Of `copy`: up to 32 bytes, up to 64, any. */
enum { GYR__VARIANT_BARE, GYR__VARIANT_SHORT, GYR__VARIANT_FULL, GYR__VARIANTS = GYR__VARIANT_FULL + 7 };

/* What stencils know of structs; the generated headers assert it. */
#define GYR__STENCIL_OFFSETS(X)                                                                                        \
    X(gyr__writer, end)                                                                                                \
    X(gyr__writer, soft_end)                                                                                           \
    X(gyr__writer, origin)                                                                                             \
    X(gyr__writer, object)                                                                                             \
    X(gyr__writer, frame)                                                                                              \
    X(gyr__writer, op)                                                                                                 \
    X(gyr__writer, out)                                                                                                \
    X(gyr__writer, stop)                                                                                               \
    X(gyr__frame, program)                                                                                             \
    X(gyr__program, code)                                                                                              \
    X(gyr__op, entry)                                                                                                  \
    X(gyr_str, ptr)                                                                                                    \
    X(gyr_str, len)                                                                                                    \
    X(gyr__slot, object)                                                                                               \
    X(gyr__slot, cur)                                                                                                  \
    X(gyr__slot, begin)                                                                                                \
    X(gyr__slot, end)                                                                                                  \
    X(gyr__slot, row)                                                                                                  \
    X(gyr__slot, start)                                                                                                \
    X(gyr__slot, item_start)                                                                                           \
    X(gyr__slot, stride)                                                                                               \
    X(gyr__slot, cursor)                                                                                               \
    X(gyr__slot, type_index)

#endif
