/* What lower.c and layout.c share while a program is made. Labels stand for op indices until gyr__layout.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_PLAN_LOWER_H
#define GYR_PLAN_LOWER_H
#include "plan/plan.h"

#define GYR__NO_LABEL UINT32_MAX

/** Where a failing op goes: back to the start of slot (or of its item), null, on to resume. */
typedef struct gyr__landing {
    uint32_t label, resume;
    uint16_t slot;
    bool item;
} gyr__landing;

/** The place of an object while its fields are lowered. */
typedef struct gyr__where {
    uint32_t offset; /* of an inline struct in the current object */
    uint32_t fail;   /* label */
    uint16_t row;    /* slot that holds its row */
} gyr__where;

typedef struct gyr__lowering {
    gyr__variant *v;
    gyr__arena *arena;
    GYR__VEC(gyr__op) ops;
    GYR__VEC(uint32_t) labels; /* label -> op index */
    GYR__VEC(gyr__landing) landings;
    GYR__VEC(gyr__position) positions;
    GYR__VEC(gyr__shape *) later;
    GYR__VEC(char) text;
    gyr__op nowhere; /* takes what is emitted after the arena failed */
    uint32_t pos, slots, depth;
    size_t constants; /* bytes of introspection so far */
    bool root;
    bool rest; /* the next list is the rest of a stream */
} gyr__lowering;

void gyr__lower_fields(gyr__lowering *l, gyr__shape *shape, gyr__where w);
/** Drops marks nobody returns to, resolves labels, computes room and commit points. False: memory. */
bool gyr__layout(gyr__lowering *l, gyr__program *p);

#endif
