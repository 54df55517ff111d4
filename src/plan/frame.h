/* The state of the write part, as the interpreter and native code see it: output, frames, helpers.
 *
 * Four values travel in registers: out (where the next byte goes), object (whose members are read), frame, writer.
 * A frame belongs to one activation of a program and holds a slot for each open position: list cursors, the
 * object to return to, where the position started in the output. Starts are offsets from `origin`, so they
 * survive growing and flushing of the buffer.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_PLAN_FRAME_H
#define GYR_PLAN_FRAME_H
#include "plan/plan.h"

typedef struct gyr__writer gyr__writer;
typedef struct gyr__frame gyr__frame;
typedef struct gyr__row gyr__row;
typedef struct gyr__cell gyr__cell;

/* Of a list opened by `open`. */
typedef enum gyr__cursor_kind {
    GYR__CURSOR_STRUCTS,
    GYR__CURSOR_REFS,
    GYR__CURSOR_ITEMS, /* calls answered one by one */
    GYR__CURSOR_ROWS,
    GYR__CURSOR_BLOCKS, /* rows, made block by block of a list's items */
    GYR__CURSOR_APART,  /* rows of a stream's items */
    GYR__CURSOR_VALUES  /* leaves; `list` says of which kind */
} gyr__cursor_kind;

typedef struct gyr__slot {
    const void *object;            /* to go back to */
    const char *cur, *begin, *end; /* list items */
    const gyr__row *row;           /* of the object that is open here, when it has one */
    uint64_t start, item_start;    /* offsets from the writer's origin */
    uint32_t stride;
    uint8_t cursor;               /* gyr__cursor_kind */
    uint32_t type_index;          /* of the open object: its type's object_index + 1; 0: not known yet */
    const struct gyr__list *list; /* BLOCKS: all items; `made` of them have become rows */
    uint32_t made, parent;        /* and the row above */
} gyr__slot;

struct gyr__frame {
    gyr__frame *caller; /* NULL: the root's */
    const gyr__op *at;  /* the caller's call op */
    const gyr__program *program;
    const void *object; /* the caller's */
    gyr__slot slots[];
};

/* What went wrong at a member. */
typedef enum gyr__fail_kind { GYR__FAIL_NULL, GYR__FAIL_INT_RANGE, GYR__FAIL_NOT_FINITE } gyr__fail_kind;

typedef uint8_t *gyr__helper(gyr__writer *w, uint8_t *out, const void *object, gyr__frame *f, const gyr__op *op);

/** What the write part cannot do by itself. The executor supplies the table. NULL from a HELPER: go to op->fail;
 *  from a CONTROL: stop, w->stop says why; else w->object, w->frame and w->op say where to go on. */
typedef struct gyr__helpers {
#define OP_SMALL(name)
#define OP_HELPER(name)                           gyr__helper *name;
#define OP_CONTROL(name)                          gyr__helper *name;
#define OP(name, class, operands, room, synopsis) OP_##class(name)
#include "plan/op.def"
#undef OP
#undef OP_SMALL
#undef OP_HELPER
#undef OP_CONTROL
    /** Makes room for `size` bytes behind out; NULL: stop. */
    uint8_t *(*grow)(gyr__writer *w, uint8_t *out, size_t size);
    /** At a back edge when the soft end is near: flushes what may leave, makes room. NULL: stop (pause or abort). */
    uint8_t *(*poll)(gyr__writer *w, uint8_t *out, gyr__frame *f, const gyr__op *op, size_t size);
    /** A text so long that six bytes a character would be a waste. Leaves room for `tail`. NULL: stop. */
    uint8_t *(*long_text)(gyr__writer *w, uint8_t *out, gyr_str text, size_t tail);
    /** Records the field error of a member op. */
    void (*failed)(gyr__writer *w, gyr__frame *f, const gyr__op *op, const void *object, gyr__fail_kind kind);
} gyr__helpers;

typedef enum gyr__stop {
    GYR__STOP_DONE,
    GYR__STOP_SECTION, /* the next section may start */
    GYR__STOP_PAUSE,
    GYR__STOP_ABORT,
    GYR__STOP_TIER /* goes on at once, in the other tier perhaps */
} gyr__stop;

struct gyr__writer {
    uint8_t *base, *end,
        *soft_end;    /* soft_end <= end: where back edges poll; end: GYR__JSON_SLACK before the real end */
    uintptr_t origin; /* base minus all bytes that left */
    gyr__leaves leaf;
    const gyr__helpers *help;
    struct gyr_exec *exec;
    /* where to go on */
    const void *object;
    gyr__frame *frame;
    const gyr__op *op;
    uint8_t *out;
    gyr__stop stop;
    int64_t heat; /* list items, but for first ones, that the interpreter may open before it asks for machine code */
};

/** The count of a list member, `at` its place; negative: null. */
static inline int64_t gyr__count_load(const char *at, unsigned type) {
    switch (type) {
    case GYR__COUNT_I8: return *(const int8_t *)at;
    case GYR__COUNT_U8: return *(const uint8_t *)at;
    case GYR__COUNT_I16: return *(const int16_t *)at;
    case GYR__COUNT_U16: return *(const uint16_t *)at;
    case GYR__COUNT_I32: return *(const int32_t *)at;
    case GYR__COUNT_U32: return *(const uint32_t *)at;
    default: return *(const int64_t *)at;
    }
}

/** Runs the writer from w->op until it stops; GYR__STOP_TIER: heat has gone below 0. */
gyr__stop gyr__interpret(gyr__writer *w);

#endif
