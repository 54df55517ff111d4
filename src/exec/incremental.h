/* What incremental.c (what is delivered later) and deliver.c (payloads) share.
 *
 *     delivery   what `pending` announces: a deferred fragment at one object, or one streamed list
 *     piece      a part of one object: it comes with the first of its deliveries that is complete
 *     unit       what waits for answers as one: a piece, or one item of a stream
 *
 * While data is written, ops note deliveries and pieces. Notes made within what then turns null are dropped: each knows
 * the place of the output where it was made, and null goes back to such a place. When the data stands, notes are
 * settled: deliveries of the outermost fragments are announced; those within others wait for these. What is announced is
 * started all at once, so that batches are shared. A unit counts what it waits for; a row leads to its unit through its
 * parents.
 *
 * Indices into the vectors stand for the things themselves, which move; + 1 where 0 is none.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_EXEC_INCREMENTAL_H
#define GYR_EXEC_INCREMENTAL_H
#include "exec/exec.h"

typedef enum gyr__delivery_state {
    GYR__NOTED,
    GYR__ANNOUNCED,
    GYR__COMPLETED,
    GYR__GONE /* failed, or within one that failed: never announced, or announced as completed with errors */
} gyr__delivery_state;

typedef struct gyr__delivery {
    const gyr__defer *defer; /* NULL: a stream */
    gyr_str path;            /* items of the path, as JSON */
    uint64_t offset;         /* of the output: where it was noted */
    uint32_t parent;         /* + 1 */
    uint32_t first_child, last_child, sibling;
    uint32_t id; /* once announced */
    uint8_t state;
    bool queued;      /* in the queue of what is complete */
    uint32_t waiting; /* of pieces: those not complete */
    GYR__VEC(uint32_t) pieces;
    /* stream */
    gyr__field_plan *field;
    gyr__cell whole;
    uint32_t next, count;     /* items delivered, all items */
    uint32_t from, unit, row; /* the first item that came later; its unit + 1 (0: nothing waits); its row */
} gyr__delivery;

typedef enum gyr__piece_state {
    GYR__PIECE_NOTED,
    GYR__PIECE_STARTED,
    GYR__PIECE_WRITTEN, /* by the delivery that is being written: it may still fail */
    GYR__PIECE_KEPT,    /* its text is, until pieces below it are complete, too */
    GYR__PIECE_DELIVERED,
    GYR__PIECE_FAILED
} gyr__piece_state;

typedef struct gyr__piece {
    gyr__part *part;
    const void *object;
    gyr_str path;
    uint64_t offset;
    uint32_t *by, *scope; /* deliveries of part->by; of part->scope, + 1 */
    uint32_t row;
    uint8_t state;             /* gyr__piece_state */
    uint64_t data, end;        /* where its text began and ended in the output */
    gyr_str text;              /* kept: data and errors */
    uint32_t noted, noted_end; /* deliveries noted while it was written */
} gyr__piece;

typedef struct gyr__unit {
    uint32_t outstanding;
    uint32_t of; /* the piece, or the delivery of the stream */
    bool item;
} gyr__unit;

struct gyr__incremental {
    GYR__VEC(gyr__delivery) deliveries;
    GYR__VEC(gyr__piece) pieces;
    GYR__VEC(gyr__unit) units;
    uint32_t *current; /* by gyr__defer.id: the last delivery noted, + 1 */
    uint32_t current_cap;
    uint32_t settled, settled_pieces; /* so many of both */
    GYR__VEC(uint32_t) announced;     /* by this payload, to be started when it has left */
    GYR__VEC(uint32_t) late;          /* pieces of deliveries announced before, to be started too */
    GYR__VEC(uint32_t) queue;         /* complete */
    uint32_t taken;                   /* of the queue */
    uint32_t open, next_id;           /* deliveries announced and not completed */
    gyr__json_out pending, completed; /* of the payload that is being written */
    /* the payload that is being written; deliver.c */
    bool opened;
    uint32_t entries;       /* in `incremental` */
    uint32_t delivery;      /* being written, + 1 */
    uint32_t piece;         /* of the delivery's */
    uint32_t due;           /* place among them: those before were seen */
    bool running;           /* a program is */
    bool cut;               /* a streamed list ended before an item */
    uint32_t item_end;      /* stream: items of this entry end here */
    uint64_t start;         /* where the delivery's entries began */
    uint32_t start_entries; /* entries before them */
    size_t errors_kept;     /* bytes of exec->errors when the item began */
    uint32_t error_count_kept;
};

/** The request's, made when it is first needed; NULL: memory. */
gyr__incremental *gyr__incremental_get(gyr_exec *x);
/** Forgets what was noted at or behind a place of the output, but for what is settled. */
void gyr__forget_notes(gyr_exec *x, uint64_t offset);
/** Announces what the data just written noted and what now may be. `kept`: the data do not leave yet, and the streams in
 *  them wait for gyr__release_streams. */
void gyr__settle(gyr_exec *x, bool kept);
void gyr__release_streams(gyr_exec *x, const gyr__piece *p);
/** All of a delivery was delivered: what is within it is announced. */
void gyr__complete(gyr_exec *x, uint32_t delivery);
/** It failed, and with it all that is within. */
void gyr__lose(gyr_exec *x, uint32_t delivery);
void gyr__put_id(gyr__json_out *out, const gyr__delivery *d);
/** The next of what is complete, + 1; 0: none. */
uint32_t gyr__next_ready(gyr_exec *x);
/** How many items of a stream, from delivery->next on, are complete: the index behind them. */
uint32_t gyr__items_ready(const gyr_exec *x, const gyr__delivery *d);

#endif
