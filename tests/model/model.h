/* A model of GraphQL to compare the engine with: random schemas, operations and data from a seed, and a plain
 * depth-first executor that follows the specification and knows nothing of plans, rows or turns.
 *
 *     model_case_init    types, operation and root object from the seed     (schema.c, operation.c, data.c)
 *     model_reference    the response the specification asks for            (reference.c)
 *     model_run          the engine's response, in one way of running it    (run.c)
 *     model_merge        what the payloads of an incremental response make  (merge.c)
 *     model_shrink       leaves out of the operation what a failure does not need (shrink.c)
 *
 * Values are a function of (seed, object, field, argument), made once and kept in the object. Names are
 * chosen so that every document is valid: a response key means one field with one argument wherever it
 * stands.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_TESTS_MODEL_H
#define GYR_TESTS_MODEL_H
#include <gyr.h>

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_TYPES = 12,
    MAX_FIELDS = 8,
    MAX_ARGS = 4, /* absent, 0, 1, 2 */
    MAX_FRAGMENTS = 4,
    CONDITIONS = 3,
    MAX_PATH = 64
};

/* ---- memory and chance */

typedef struct mchunk {
    struct mchunk *next;
    alignas(16) char bytes[];
} mchunk;

typedef struct mtext { /* a growing text */
    char *ptr;
    size_t len, cap;
} mtext;
void put(mtext *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
void put_bytes(mtext *t, const char *s, size_t n);

static inline uint64_t mix(uint64_t a, uint64_t b) {
    uint64_t z = a * 0x9E3779B97F4A7C15u + b + 0x632BE59BD9B4E019u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}
typedef struct mrng {
    uint64_t state, at;
    const uint8_t *bytes; /* drawn first, where a fuzzer drives */
    size_t left;
} mrng;
static inline uint64_t draw(mrng *r) {
    if (!r->left) return mix(r->state, r->at++);
    r->left--;
    return *r->bytes++ * UINT64_C(0x200000001); /* for below() and for the low bits alone */
}
static inline uint32_t below(mrng *r, uint32_t n) { return (uint32_t)(draw(r) >> 33) % n; }
static inline bool chance(mrng *r, uint32_t percent) { return below(r, 100) < percent; }

/* ---- types */

typedef enum mleaf {
    M_INT,
    M_FLOAT,
    M_STRING,
    M_BOOLEAN,
    M_ID,
    M_ENUM,
    M_LEAVES, /* the reference knows no others; those below need `wide` */
    M_SCALAR = M_LEAVES,
    M_ANY,
    M_FLAG
} mleaf;
typedef enum mkind { M_OBJECT, M_INTERFACE, M_UNION } mkind;
typedef enum msource { M_MEMBER, M_GETTER, M_RESOLVER, M_BATCH } msource;
/* How a member holds its value. */
typedef enum mmember {
    MM_I8,
    MM_U16,
    MM_I32,
    MM_I32_HAS,
    MM_I32_REF,
    MM_I64,
    MM_F32,
    MM_F64,
    MM_BOOL,
    MM_BIT,
    MM_STR,
    MM_CSTR,
    MM_CHARS,
    MM_REF,
    MM_SELF,
    MM_STRUCTS,
    MM_REFS,
    MM_I32S,
    MM_STRS
} mmember;

typedef struct mtype mtype;
typedef struct mref { /* lists and non-nulls round a leaf or a type; bit 0 of non_null is the outermost */
    uint32_t depth, non_null;
    mleaf leaf;
    mtype *type; /* NULL: the leaf */
} mref;
static inline bool m_non_null(mref t) { return t.non_null & 1; }
static inline mref m_item(mref t) {
    t.depth--;
    t.non_null >>= 1;
    return t;
}

typedef struct mfield {
    char name[16];
    mtype *owner;
    uint32_t index;
    mref type;
    bool has_arg, strict_arg; /* x: Int, or x: Int! = 1 */
    msource source;
    mmember member;
    uint32_t flags, max_rows, max_in_flight; /* of batches */
    uint32_t suspends;                       /* per cent of the calls */
} mfield;

struct mtype {
    char name[16];
    mkind kind;
    uint32_t index;
    mfield fields[MAX_FIELDS];
    uint32_t field_count;
    uint32_t possible; /* bits of object indices */
    int told_by;       /* abstract: 0 tag, 1 function, 2 the fallback */
};

/* ---- operations */

typedef struct mset mset;
typedef enum mnode_kind { M_FIELD, M_TYPENAME, M_INLINE, M_SPREAD } mnode_kind;
typedef struct mcondition {
    int what; /* 0 none, 1 literal, 2 variable */
    bool include;
    uint32_t variable;
    bool literal;
} mcondition;
typedef struct mnode {
    struct mnode *next;
    mnode_kind kind;
    bool dead; /* left out, by shrinking */
    mcondition conditions[2];
    mcondition later; /* the `if` of @defer, or of @stream where it may stand; nothing is skipped or included */
    bool is_later;
    const mfield *field;
    char key[24];
    int arg;   /* -1 absent, 0..2, 3: $x */
    mset *sub; /* of a field or an inline fragment */
    const mtype *on;
    struct mfragment *fragment;
    uint32_t line, column;
} mnode;
struct mset {
    const mtype *type;
    mnode *first, *last;
};
typedef struct mfragment {
    char name[16];
    const mtype *on;
    mset *set;
    bool finished, reached;
} mfragment;

/* ---- data */

typedef enum mvalue_kind { MV_NULL, MV_ERROR, MV_SILENT, MV_LEAF, MV_LIST, MV_OBJECT } mvalue_kind;
typedef struct mobject mobject;
typedef struct mvalue {
    mvalue_kind kind;
    int64_t integer; /* Int, Boolean, ID as integer */
    double number;
    gyr_str text;      /* String, ID, enum; the error's message */
    bool as_text;      /* ID */
    const char *wrong; /* leaf that cannot be represented: the message; integer or number is the value */
    struct mvalue *items;
    uint32_t count;
    mobject *object;
    bool side_by_side; /* a list whose objects stand in one array */
} mvalue;
typedef struct mslot {
    union {
        int8_t i8;
        uint16_t u16;
        int32_t i32;
        int64_t i64;
        float f32;
        double f64;
        bool boolean;
        gyr_str str;
        const char *cstr;
        char chars[16];
        const void *ref;
    } of;
    int32_t count, box;
    uint32_t has;
} mslot;
struct mobject {
    int32_t tag;
    const mtype *type;
    bool bad; /* its tag means no type */
    uint64_t id;
    mvalue *values[MAX_FIELDS][MAX_ARGS];
    mslot slots[MAX_FIELDS];
};
typedef struct margs {
    int32_t x;
    int32_t has;
} margs;

typedef struct mcase {
    uint64_t seed;
    mchunk *chunks;
    mtype types[MAX_TYPES]; /* [0] is the root type */
    uint32_t type_count, object_count;
    bool mutation;
    mset *operation;
    mfragment fragments[MAX_FRAGMENTS];
    uint32_t fragment_count, node_budget;
    uint32_t deeper;  /* levels more than usual */
    bool crowd;       /* a union of many types */
    bool wide;        /* the SDL has scalars S and A, enum F; arguments may be non-null */
    bool incremental; /* operations have @defer and @stream */
    bool values[CONDITIONS];
    int x; /* of $x */
    bool uses_variable[CONDITIONS], uses_x;
    mtext sdl, text, variables;
    mobject *root;
    uint32_t object_budget;
    int64_t type_index[MAX_TYPES]; /* of the schema made for it */
} mcase;

void *m_alloc(mcase *c, size_t size); /* zeroed */
void model_case_init(mcase *c, uint64_t seed);
void model_case_fini(mcase *c);

void model_make_schema(mcase *c, mrng *r);
void model_make_operation(mcase *c, mrng *r);
/** Prints the SDL anew. */
void model_put_sdl(mcase *c);
/** Prints the operation anew, without dead nodes. */
void model_print_operation(mcase *c);
/** Marks nodes dead as long as `fails` still says true. */
void model_shrink(mcase *c, bool (*fails)(void *user), void *user);
const mfield *m_field(const mtype *type, const char *name);
static inline bool m_overlap(const mtype *a, const mtype *b) { return (a->possible & b->possible) != 0; }

mobject *model_object(mcase *c, const mtype *type, uint64_t id);
mvalue *model_value(mcase *c, mobject *o, const mfield *f, int arg);
static inline uint32_t m_arg_slot(const mcase *c, int arg) {
    return arg < 0 ? 0 : 1 + (uint32_t)(arg == 3 ? c->x : arg);
}

/* ---- the reference */

typedef struct mgroup { /* a response key with the nodes merged into it */
    struct mgroup *next;
    const char *key;
    const mfield *field; /* of the object type; NULL: __typename */
    int arg;
    mnode *nodes[64];
    uint32_t node_count;
} mgroup;
/** CollectFields over several sets for an object type. */
mgroup *model_collect(mcase *c, mset *const *sets, uint32_t set_count, const mtype *object);

typedef struct mresponse {
    mtext data, errors; /* errors: the list, or empty */
    uint32_t error_count;
} mresponse;
void model_reference(mcase *c, gyr_on_error on_error, mresponse *out);
void mresponse_free(mresponse *r);

/* ---- the engine */

typedef struct mway { /* how to run */
    uint64_t seed;
    uint32_t max_batch, block_rows;
    size_t flush_bytes; /* 0: into a buffer */
    bool pause;
    const char *head;   /* what the buffer holds before */
    bool cancel, leave; /* after some answers: cancel, or free the request */
    bool incremental;   /* each payload ends a line */
    gyr_on_error on_error;
} mway;
gyr_schema *model_schema(mcase *c, mtext *why);
/** Runs the plan; what went wrong is appended to `why`. The response goes to out; *cut: it is not whole. */
void model_run(mcase *c, gyr_plan *plan, const mway *way, mtext *out, bool *streamed, bool *cut, mtext *why);

#endif
