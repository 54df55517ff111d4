/* Native code against the interpreter: random schemas with every kind of binding, data in every state, operations; each
 * request is answered twice, by two schemas that differ in gyr_schema_options.jit alone.
 *
 *     n_case_init     types and operation (the model's), bindings, places in structs       (types.c)
 *     n_fill          objects of every type, filled anew for each execution                (data.c)
 *     n_resolve ...   what functions answer, right and wrong                               (answer.c)
 *     n_run           one request in one way                                               (run.c)
 *     n_trace_        an interpreter that counts ops and the edges between them            (trace.c)
 *
 * Unlike in the model nobody knows the response: texts may be hostile, answers of any kind, memory may end. All that
 * counts is that both tiers do the same.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_TESTS_NATIVE_H
#define GYR_TESTS_NATIVE_H
#include "faulty.h"

#include "../model/model.h"

enum { POOL = 6, SLOT = 48, TEXTS = 1 << 16 };

/* ---- places */

/* What every struct begins with: its number, and its type in all widths. */
typedef struct nobject {
    uint64_t id, u64;
    int64_t i64;
    int32_t i32;
    uint32_t u32, type;
    int16_t i16;
    uint16_t u16;
    int8_t i8;
    uint8_t u8;
    bool bad;
} nobject;

typedef struct nslot {
    alignas(8) char value[SLOT];
    uint64_t count, has;
} nslot;

typedef enum nway_of_list { N_POINTER, N_INSIDE } nway_of_list;
typedef struct nfield {
    const mfield *field;
    gyr_binding row;
    uint32_t slot, items; /* offsets of its nslot; of items inside the struct */
} nfield;

typedef struct narena { /* forgotten as a whole */
    char *base;
    size_t used, size;
    mchunk *more;
} narena;
void *n_take(narena *a, size_t size); /* zeroed */
void n_forget(narena *a);
void n_arena_fini(narena *a);

typedef struct ncase {
    mcase m;
    nfield fields[MAX_TYPES][MAX_FIELDS];
    uint32_t size[MAX_TYPES]; /* of the structs; of an abstract type the largest of its objects */
    int tag[MAX_TYPES];       /* by which member an abstract type's objects tell their type */
    gyr_binding *table;
    char *pool[MAX_TYPES]; /* POOL structs each, side by side */
    narena data, answers;
    mtext document, variables;
    bool loose;     /* condition variables may be null */
    int introspect; /* 0: no */
    gyr_limits limits;
} ncase;

void n_case_init(ncase *c, uint64_t seed);
void n_case_fini(ncase *c);
/** The document of the operation as it is now. */
void n_put_document(ncase *c);
/** Other values for its variables. */
void n_put_variables(ncase *c, mrng *r);
/** Other data. */
void n_fill(ncase *c, mrng *r);

/* ---- values */

extern const char *const n_texts; /* TEXTS bytes to take texts from */
gyr_str n_text(mrng *r);
const char *n_cstr(mrng *r);
int64_t n_integer(mrng *r);
double n_number(mrng *r);
/** Stores a random value of C type t at `at`, as a member or an item that is bound to that leaf holds it. */
void n_store(mrng *r, char *at, gyr_ctype t, uint32_t size, mleaf leaf);
uint32_t n_ctype_size(gyr_ctype t);
const nobject *n_pick(const ncase *c, mrng *r, const mtype *type);

/* ---- the two tiers */

typedef struct ntier {
    faulty heap;
    gyr_schema *schema;
    gyr_plan *plan;
    int64_t type_index[MAX_TYPES];
} ntier;

typedef struct nway { /* how to run */
    uint64_t seed;
    uint32_t max_batch, block_rows, head, cap; /* of the buffer: bytes in it, bytes it holds */
    size_t flush_bytes;                        /* 0: into a buffer */
    bool pause, cancel, no_introspection, incremental;
    gyr_on_error on_error;
    uint64_t fail_at; /* allocation that fails; 0: none */
} nway;

typedef struct noutcome {
    mtext out;       /* what the sink or the buffer got */
    uint64_t pieces; /* their lengths, mixed */
    gyr_status status;
    gyr_stats stats;
    bool started;
    mtext why; /* a promise of gyr.h that was broken */
} noutcome;

typedef struct nrunning {
    ncase *c;
    const nway *way;
    const ntier *tier;
    mrng rng, pauses;
    noutcome *outcome;
    struct nwaiting *queue;
    uint32_t queued, cap;
} nrunning;

void n_resolve(gyr_call *call);
void n_resolve_batch(gyr_batch *batch);
/** Gives one of the waiting calls its answer. */
void n_settle(nrunning *w);
bool n_serialize(gyr_leaf *leaf, const void *value, void *user);

/** Builds schema and plan. False: `why` says. */
bool n_tier_init(ntier *t, ncase *c, gyr_jit jit, mtext *why);
void n_tier_fini(ntier *t);
void n_run(ncase *c, ntier *tier, const nway *way, noutcome *out);

/* ---- coverage */

/** From now on the interpreter is the one that counts (true), or the real one. */
void n_trace(bool on);
/** How often the real interpreter was entered. */
uint64_t n_interpreted(void);
/** Prints what was counted. How many ops and edges never were. */
uint32_t n_trace_print(void);

#endif
