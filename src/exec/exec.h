/* A request being executed: its tables, rows, cells, calls and output.
 *
 *     row    one object of a level: {object, shape, parent row, list index, rank}; a list's items are contiguous, null
 *            ones too
 *     cell   what one fetch yielded for one row: 16 bytes, indexed by rank - the row's ordinal within its shape -
 *            so that nothing shifts when an object turns null
 *     call   a cell on its way: what a resolver answers into
 *     later  a suspended call: an entry of the schema's pool, claimed by the first answer (later.h)
 *
 * The fetch part fills cells and rows in turns (run.c); the write part reads them. Everything lives in the
 * request's arena but the output buffer and what other threads answered with.
 *
 * Tables by id (fetches, shapes, arguments) grow when the plan does: a shape of an abstract type may be made while
 * this request runs.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_EXEC_EXEC_H
#define GYR_EXEC_EXEC_H
#include "base/vec.h"
#include "language/places.h"
#include "plan/frame.h"

typedef struct gyr__context gyr__context;
typedef struct gyr__later gyr__later;
typedef struct gyr__fetch_state gyr__fetch_state;
typedef struct gyr__incremental gyr__incremental;

typedef enum gyr__cell_kind {
    GYR__CELL_PENDING, /* zero */
    GYR__CELL_NULL,
    GYR__CELL_ERROR, /* failure */
    GYR__CELL_BOOL,  /* i64 */
    GYR__CELL_I64,
    GYR__CELL_U64,
    GYR__CELL_F64,
    GYR__CELL_STR,    /* ptr, len */
    GYR__CELL_LONG,   /* long_text: a text of 4 GiB or more */
    GYR__CELL_JSON,   /* ptr, len */
    GYR__CELL_CUSTOM, /* ptr to the scalar's C type */
    GYR__CELL_REF,    /* ptr to an object; len: object_index + 1 when the answer said so */
    GYR__CELL_LIST,   /* list */
    GYR__CELL_ITEMS,  /* items, len of them */
    GYR__CELL_ROW,    /* len: index of the row in the fetch's level */
    GYR__CELL_ROWS,   /* i64: first row; len: count */
    GYR__CELL_STREAM  /* streamed: a list in two: rows are made of its first items only */
} gyr__cell_kind;

typedef struct gyr__failure {
    gyr_str message, extensions;
    const gyr_error *error;       /* of an argument, with locations; or NULL */
    gyr_str below;                /* path below the op's position, within introspection: */
    const gyr__field_plan *field; /* the field there, whose places are told; or NULL */
} gyr__failure;

typedef struct gyr__list {
    const void *items;
    size_t count;
    uint32_t stride;
    gyr_ctype ctype; /* STRUCT, REF, or of values */
} gyr__list;

typedef struct gyr__streamed gyr__streamed;
struct gyr__cell {
    union {
        const void *ptr;
        int64_t i64;
        uint64_t u64;
        double f64;
        const gyr__failure *failure;
        const gyr__list *list;
        gyr_call *items;
        const gyr_str *long_text;
        gyr__streamed *streamed;
    };
    uint32_t len;
    uint32_t kind; /* gyr__cell_kind */
};
struct gyr__streamed {
    gyr__cell first, whole;
};
_Static_assert(sizeof(gyr__cell) == 16, "a cell");

typedef enum gyr__call_state { GYR__CALL_OPEN, GYR__CALL_ANSWERED, GYR__CALL_SUSPENDED } gyr__call_state;

struct gyr_call {
    gyr__cell *cell; /* where the answer goes: the row's cell, or `own` */
    const void *object;
    gyr__context *cx;
    uint32_t rank, row;
    uint8_t state; /* gyr__call_state */
    uint8_t flags; /* GYR__CALL_ */
    uint32_t run;  /* of a batch: which of its runs, hence which fetch */
    gyr__cell own; /* of calls that outlive the function they are given to */
};
enum { GYR__CALL_NO_SUSPEND = 1, GYR__CALL_ITEM = 2 };

/** Memory that another thread made for an answer; freed with the request. */
typedef struct gyr__block {
    struct gyr__block *next;
    size_t size;
    alignas(16) char bytes[];
} gyr__block;
typedef struct gyr__hold {
    struct gyr__hold *next;
    void *ptr;
    void (*release)(void *ptr);
} gyr__hold;

/** What the calls of one fetch, batch or suspension share. */
struct gyr__context {
    gyr_exec *exec;
    const gyr__fetch *fetch; /* NULL: a getter in the write part, then `field` */
    const gyr__field_plan *field;
    gyr__frame *frame; /* of that getter: its place, for its path */
    const gyr__op *op;
    const void *args;        /* bound struct */
    const gyr_value *values; /* coerced, by definition */
    const bool *present;
    gyr_batch *batch;   /* of a batch's calls */
    gyr__later *later;  /* of a suspended call */
    gyr__block *blocks; /* of a suspended call or batch: made by the thread that holds it */
    gyr__hold *holds;
    bool foreign; /* memory goes to blocks, not to the request's arena */
};

struct gyr__row {
    const void *object; /* or the failure */
    gyr__shape *shape;  /* NULL: null, or failed */
    uint32_t parent, index;
    uint32_t rank;
    uint32_t failed;
};

typedef struct gyr__level { /* the rows that one fetch yields; the root has one too */
    GYR__VEC(gyr__row) rows;
} gyr__level;

struct gyr__fetch_state {
    const gyr__fetch *fetch;
    /* what starting a call needs, one load away: of fetch and its field */
    gyr__cell *cells;
    gyr_resolve_fn *resolve;
    uint8_t source; /* gyr__source_kind */
    bool rows;
    gyr__context cx;
    gyr__level level;            /* rows of its objects */
    GYR__VEC(uint32_t) gathered; /* rows of the level above */
    uint32_t taken;              /* of gathered, already dispatched */
    uint32_t outstanding;
    uint8_t args_state; /* 0 unknown, 1 ready, 2 failed */
    bool listed;        /* in exec->gathering */
    gyr__cell args_failure;
};

typedef struct gyr__shape_state {
    uint32_t count, cap;        /* rows of the shape; cells its fetches have room for */
    gyr__fetch_state **fetches; /* in the order of shape->fetches */
} gyr__shape_state;

typedef struct gyr__args_state { /* arguments that depend on variables */
    uint8_t state;               /* 0 unknown, 1 ready, 2 failed */
    gyr_value *values;
    bool *present;
    void *bound;
    gyr__failure *failure;
} gyr__args_state;

typedef struct gyr__visit { /* rows whose fetches are being started, depth-first */
    gyr__level *level;
    uint32_t row, end, next;
} gyr__visit;

typedef struct gyr__chunk_of_laters gyr__laters;

typedef enum gyr__phase { GYR__FETCHING, GYR__WRITING, GYR__FINISHING, GYR__ENDED } gyr__phase;

struct gyr_exec {
    /* what stays from one request to the next */
    gyr_allocator allocator;
    gyr_limits limits;
    gyr__arena arena;
    gyr__json_out errors; /* the response's errors, as JSON */
    gyr__writer writer;
    gyr__variant *kept; /* held since an earlier request; NULL when it serves this one, as `variant` */
    uint32_t path[32];  /* indices below an op's position: lists of leaves; path_depth of them count */

    gyr_plan *plan; /* from here on all is zero when a request begins */
    gyr_schema *schema;
    gyr__variant *variant;
    gyr_request request;
    gyr__variables variables;

    /* fetch part */
    gyr__fetch_state **fetches;
    gyr__cell **cells; /* of each fetch: fetches[id]->cells, one load nearer for the write part */
    gyr__shape_state *shapes;
    gyr__args_state *args;
    uint32_t fetch_cap, shape_cap, args_cap;
    gyr__level root;
    gyr__row root_row; /* when nothing waits there is no level */
    GYR__VEC(gyr__visit) visits;
    GYR__VEC(gyr__fetch_state *) gathering; /* with rows not dispatched */
    gyr_batch *spare_batch;                 /* answered at once: its memory serves the next */
    uint32_t *in_flight;                    /* by group id */
    uint32_t in_flight_cap;
    uint32_t pending; /* suspended and not taken */
    uint32_t section; /* index of the mutation's root field */

    /* suspended calls; see later.c */
    _Atomic(gyr__later *) inbox;
    atomic_uint refs, waking;
    atomic_bool cancelled;
    gyr__laters *chunks;
    gyr__later *free_laters;
    gyr__block *blocks;
    gyr__hold *holds;
    bool cancel_done;

    /* write part */
    struct gyr__frame_chunk *frame_chunk; /* the stack of frames; write.c */
    char *frame_at;
    gyr__places places; /* of the document, for the errors; in the arena */
    uint32_t error_count, path_depth;
    gyr__list leaf_list;  /* the list of leaves that is being written, read from a member */
    uint64_t *leaf_flags; /* and its items, when they are bits: room for 64 */
    gyr__context getter;  /* of the getter that is called, or was last */
    gyr__phase phase;
    gyr_status status;
    bool request_failed; /* no data: the errors are request errors */
    bool subscribing;    /* a source stream is opened, nothing is written but errors; */
    const void *stream;  /* what it is */
    bool started;
    uint64_t sent; /* bytes that left */
    /* incremental delivery; incremental.c */
    gyr__incremental *incremental; /* NULL: nothing was noted for later */
    uint32_t payloads;             /* that have ended */
    bool too_many_deferred;        /* the limit that ended the response */
    gyr_str prefix;                /* where the program that runs stands in the response: path items as JSON */
    uint64_t hold, hold_until;     /* bytes from `hold` on stay as long as the commit point is not behind hold_until */
    size_t head;                   /* bytes of the caller's buffer before this response */
    gyr_stats stats;
};

/* tables.c: growing by id. NULL or false when memory is out. */
gyr__fetch_state *gyr__fetch_state_get(gyr_exec *x, const gyr__fetch *f);
bool gyr__shape_reserve_slow(gyr_exec *x, gyr__shape *shape, uint32_t more);
static inline bool gyr__shape_reserve(gyr_exec *x, gyr__shape *shape, uint32_t more) {
    if (shape->id < x->shape_cap && x->shapes[shape->id].cap - x->shapes[shape->id].count >= more) return true;
    return gyr__shape_reserve_slow(x, shape, more);
}
/** The arguments of a field for this request: sets cx->args, values, present. On failure *failure is set (an argument's
 *  error, or memory with exec->arena.failed). */
bool gyr__args_prepare(gyr_exec *x, gyr__context *cx, const gyr__args *args, gyr__cell *failure);

/* fetch.c */
/** Starts everything that can start below the visits on the stack. */
void gyr__descend(gyr_exec *x);
/** Stores an answer: makes rows of its objects and puts them on the stack. */
void gyr__store(gyr_exec *x, gyr__fetch_state *fs, uint32_t row, uint32_t rank, const gyr__cell *value);
/** The same for an answer that stands in its cell already. */
void gyr__store_rows(gyr_exec *x, gyr__fetch_state *fs, uint32_t row, gyr__cell *cell);
/** Makes rows of the next block of a list's items and fetches all below them (batches bound INLINE only). How many; 0 when
 *  memory is out. The block before is forgotten. */
uint32_t gyr__make_block(gyr_exec *x, const gyr__fetch *f, const gyr__list *list, uint32_t from, uint32_t parent);
/** Makes a row for a part of an object, starts what is fetched for it. The row's index. `unit`: its parent, by which the
 *  part is found again (incremental.c). */
uint32_t gyr__start_part(gyr_exec *x, const gyr__fetch *f, gyr__shape *shape, const void *object, uint32_t unit);
/** Makes rows of a list's items from `from` on, one unit each; the first row. What is fetched for them is started by
 *  gyr__descend. */
uint32_t gyr__make_items(gyr_exec *x, const gyr__fetch *f, const gyr__cell *whole, uint32_t from, uint32_t unit);
/** Starts a section: the root's fetches, of a mutation the one of field `section`. */
void gyr__start_section(gyr_exec *x);
/** The object's type: by tag, function or what the answer said. NULL: unknown, or impossible for `abstract`. */
const gyr__type *gyr__type_of(gyr_exec *x, const gyr__type *abstract, const void *object, uint32_t type_index);
/** The failure of an object of which gyr__type_of does not know the type. */
gyr__cell gyr__untyped(gyr_exec *x, const gyr__field *def, const void *object, uint32_t type_index);
/** A member's value as a cell. */
void gyr__read_member(gyr_exec *x, const void *object, uint32_t offset, const gyr__field *field, gyr__cell *out);
/** One value of a C type as a cell; borrows. */
void gyr__load_value(gyr_exec *x, const char *at, gyr_ctype c, uint32_t size, gyr__cell *out);

/* batch.c */
/** Calls one batch function for what is gathered and eligible. False: nothing is. */
bool gyr__dispatch(gyr_exec *x);
/** Stores the answers of a batch that is done. */
void gyr__batch_take(gyr_exec *x, gyr_batch *batch);

/* errors.c */
extern const gyr__failure gyr__failure_memory, gyr__failure_unanswered, gyr__failure_cancelled, gyr__failure_abandoned,
    gyr__failure_no_type, gyr__failure_not_custom;
/** A failure cell with a formatted message, in the request's arena. */
gyr__cell gyr__failed_cell(gyr_exec *x, const char *format, ...) GYR__PRINTF(2, 3);
#define GYR__ERRORS_KEY "\"errors\":[" /* what gyr_exec.errors begins with, when there are any */
/** Adds a field error at op's position (exec->path appended). */
void gyr__raise(gyr__writer *w, gyr__frame *f, const gyr__op *op, const gyr__failure *failure);
/** Adds "Cannot return null for non-nullable field T.f." */
void gyr__raise_null(gyr__writer *w, gyr__frame *f, const gyr__op *op);
/** Where op stands, as path items in JSON; in the request's arena. */
gyr_str gyr__path_of(gyr_exec *x, const gyr__frame *f, const gyr__op *op);
/** Adds an error that belongs to no field: a request error. */
void gyr__request_error(gyr_exec *x, const gyr_error *e);
/** Adds the error of a subscription's root field: a request error with a path. */
void gyr__source_error(gyr_exec *x, const gyr__field_plan *field, const gyr__failure *failure);
/** Puts the indices of a row below a cell that holds a list (of lists). */
bool gyr__put_indices(gyr__json_out *out, const gyr__cell *cell, uint32_t row);
/** A row's path as a JSON array: for gyr_path. */
gyr_str gyr__call_path(gyr_call *call);

/* leaf.c */
/** An answer as messages show it. */
gyr_str gyr__shown_cell(gyr_exec *x, const gyr__cell *cell);
/** Appends a value of type t; leaves room for `tail`. NULL: failed (recorded) where null is not allowed, or stop. */
uint8_t *gyr__write_value(gyr__writer *w, uint8_t *o, gyr__frame *f, const gyr__op *op, gyr__type_ref t,
                          const gyr__cell *cell, size_t tail);
uint8_t *gyr__grow(gyr__writer *w, uint8_t *o, size_t size);
static inline uint8_t *gyr__ensure(gyr__writer *w, uint8_t *o, size_t size) {
    return (size_t)(w->end - o) >= size ? o : w->help->grow(w, o, size);
}
static inline uint8_t *gyr__prefix(uint8_t *o, const gyr__op *op) {
    memcpy(o, op->text, sizeof op->text);
    return o + op->len;
}
static inline const gyr__position *gyr__position_of(const gyr__frame *f, const gyr__op *op) {
    return &f->program->positions[op->pos];
}

/* write.c: the helpers table. */
extern const gyr__helpers gyr__helper_table;
gyr__frame *gyr__frame_push(gyr_exec *x, const gyr__program *program);
void gyr__frame_pop(gyr_exec *x, gyr__frame *f);
uint8_t *gyr__stop_memory(gyr__writer *w);

/* tier.c */
/** Runs the write part from w->op until it stops, in the tier for it; never GYR__STOP_TIER. */
gyr__stop gyr__write(gyr__writer *w);

/* output.c */
bool gyr__output_open(gyr_exec *x);
/** The sink's turn with all that may leave. False: the sink paused or cancelled, or memory is out; w->stop says. */
bool gyr__flush(gyr__writer *w, uint8_t **o, gyr__frame *f, const gyr__op *op);
/** Gives the caller's buffer back, its length as it was; nothing when it went back before, or there is none. */
void gyr__output_give_back(gyr_exec *x);
bool gyr__output_put(gyr__writer *w, gyr_str text);
/** Puts the errors of what was written since they were put last. False: memory. */
bool gyr__output_errors(gyr_exec *x);
bool gyr__output_extensions(gyr_exec *x);
/** Hands all that was written to the sink, as the end of a payload. False: the sink wants a pause, or see x->status. */
bool gyr__output_payload(gyr_exec *x);
/** Ends the response: errors, extensions. */
void gyr__output_close(gyr_exec *x);

/* subscribe.c */
/** Makes the fetch that opens the source stream, or says in an error that there is none. False: memory. */
bool gyr__source_open(gyr_exec *x);
/** Behind the fetch part: takes the stream, or adds the error. */
void gyr__source_take(gyr_exec *x);

/* incremental.c */
/** What is fetched for this row of fs is called or gathered (+1), or is stored (-1). */
void gyr__count_waiting(gyr_exec *x, const gyr__fetch_state *fs, uint32_t row, int by);
static inline void gyr__waiting(gyr_exec *x, const gyr__fetch_state *fs, uint32_t row, int by) {
    if (gyr__unlikely(x->incremental != NULL)) gyr__count_waiting(x, fs, row, by);
}
/** Of a list with @stream the cell that holds the first items; *cell then holds all. */
gyr__cell *gyr__stream_split(gyr_exec *x, const gyr__stream *stream, gyr__cell *cell);
/** Puts the path of a row of a fetch that stands apart. */
void gyr__put_apart_path(gyr_exec *x, gyr__json_out *out, const gyr__fetch *f, uint32_t row);
/** Whether something is complete that was announced. */
bool gyr__is_ready(const gyr_exec *x);
/** The first payload's data is written, or a turn begins in which payloads may be. WAITING: go on with x->phase. */
gyr_state gyr__deliver_first(gyr_exec *x);
/** Starts what was announced. */
void gyr__start_announced(gyr_exec *x);
gyr_state gyr__deliver(gyr_exec *x);
void gyr__incremental_fini(gyr_exec *x);
/** The first items of a list that is open: in *first; notes the rest. False: stop. */
bool gyr__stream_open(gyr__writer *w, const uint8_t *o, gyr__frame *f, const gyr__op *op, const gyr__cell *cell,
                      gyr__cell *first);
gyr__helper gyr__op_defer, gyr__op_drop, gyr__op_keep, gyr__op_cut;

/* later.c */
/** An entry for a call or batch that is suspended; NULL when memory is out. Its handle: gyr__handle. */
gyr__later *gyr__later_new(gyr_exec *x);
gyr_call *gyr__handle(const gyr__later *l);
/** Takes all answers that arrived, oldest first. */
gyr__later *gyr__inbox_take(gyr_exec *x);
/** Declares the exec idle. False: an answer came in between. */
bool gyr__inbox_idle(gyr_exec *x);
/** Answers every pending call with "cancelled". */
void gyr__laters_cancel(gyr_exec *x);
void gyr__later_free(gyr_exec *x, gyr__later *l);
/** Returns the chunks to the schema's pool: nobody holds a handle. */
void gyr__laters_fini(gyr_exec *x);
void gyr__exec_unref(gyr_exec *x);
/** Calls wake if the request is idle. */
void gyr__wake(gyr_exec *x);
/** The request is being freed: pending handles become cancelled, answers on their way are awaited and dropped. */
void gyr__laters_drop(gyr_exec *x);

#endif
