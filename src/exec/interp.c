/* The interpreter, tier 0: one label for each op, computed goto, the bodies of op_body.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#if defined(__GNUC__) && !defined(__clang__)
/* gcc would merge the ends of the bodies, and with them the jumps that predict best when each op has its own. */
#pragma GCC optimize("no-crossjumping", "no-gcse")
#endif
#include "plan/frame.h"

/* long function: an interpreter's body */
gyr__stop gyr__interpret(gyr__writer *w) {
    static const void *const label[] = {
#define OP(name, class, operands, room, synopsis) &&op_##name,
#include "plan/op.def"
#undef OP
    };
    const gyr__op *P = w->op;
    uint8_t *o = w->out;
    const void *obj = w->object;
    gyr__frame *f = w->frame;
    const gyr__op *ops = f->program->ops;

#ifndef GYR__TRACE /* tests see each op before it runs */
#define GYR__TRACE(f, op)
#endif
#define GO                                                                                                             \
    do {                                                                                                               \
        GYR__TRACE(f, P);                                                                                              \
        goto *label[P->code];                                                                                          \
    } while (0)
#define NEXT_OP                                                                                                        \
    do {                                                                                                               \
        P++;                                                                                                           \
        GO;                                                                                                            \
    } while (0)
#define RESTART    GO
#define BODY(name) op_##name:
#define NEXT       NEXT_OP;
#define JUMP                                                                                                           \
    do {                                                                                                               \
        P = ops + P->jump;                                                                                             \
        GO;                                                                                                            \
    } while (0)
#define FAIL                                                                                                           \
    do {                                                                                                               \
        P = ops + P->fail;                                                                                             \
        GO;                                                                                                            \
    } while (0)
#define STOP(why)                                                                                                      \
    do {                                                                                                               \
        w->stop = (why);                                                                                               \
        P++;                                                                                                           \
        goto leave;                                                                                                    \
    } while (0)
#define OPENED(n)                                                                                                      \
    do {                                                                                                               \
        if (gyr__unlikely((w->heat -= (n)-1) < 0)) STOP(GYR__STOP_TIER);                                               \
    } while (0)
#define ABORT return GYR__STOP_ABORT
#define AGAIN                                                                                                          \
    do { /* poll has kept `out` */                                                                                     \
        o = w->out;                                                                                                    \
        goto leave;                                                                                                    \
    } while (0)

/* the operands, read from the op */
#define OFF        P->off
#define AUX        P->aux
#define STRIDE     P->stride
#define COUNT_OFF  P->count_off
#define COUNT_TYPE P->count_type
#define LEN        P->len
#define TAIL       P->tail
#define LEN_TAIL   (P->len + (size_t)P->tail)
#define PREFIX     (memcpy(o, P->text, sizeof P->text), o += P->len)
#define TEXT_LEN   (((const gyr_str *)P->data)->len)
#define COPY_TEXT  (memcpy(o, ((const gyr_str *)P->data)->ptr, TEXT_LEN), o += TEXT_LEN)
#define NON_NULL   (P->flags & GYR__OP_NON_NULL)
#define FAILS      (P->flags & GYR__OP_FAILS)
#define INLINE     (P->flags & GYR__OP_INLINE)
#define SLOT       (f->slots[P->slot])
#define ROW_SLOT   (f->slots[P->row])
#define LEAF(name) w->leaf.name
#define HELP(name) w->help->name

    GO;
#include "plan/op_body.h"

#define OP_SMALL(name)
#define OP_HELPER(name)                                                                                                \
    op_##name : o = HELP(name)(w, o, obj, f, P);                                                                       \
    if (gyr__likely(o != NULL)) NEXT_OP;                                                                               \
    if (w->stop == GYR__STOP_ABORT) ABORT;                                                                             \
    FAIL;
#define OP_CONTROL(name)                                                                                               \
    op_##name : o = HELP(name)(w, o, obj, f, P);                                                                       \
    goto control;
#define OP(name, class, operands, room, synopsis) OP_##class(name)
#include "plan/op.def"
#undef OP

control: /* a CONTROL op says where to go on */
    obj = w->object;
    f = w->frame;
    P = w->op;
    if (gyr__unlikely(!o)) return w->stop;
    if (gyr__unlikely(w->heat < 0)) {
        w->stop = GYR__STOP_TIER;
        goto leave;
    }
    ops = f->program->ops;
    GO;
leave:
    w->op = P;
    w->out = o;
    w->object = obj;
    w->frame = f;
    return w->stop;
}
