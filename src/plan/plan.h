/* Plans: one operation against one schema, ready to run any number of times by any thread.
 *
 *     gyr_plan     the operation; owns its variants
 *     variant      the plan for one vector of @skip/@include conditions (CollectFields depends on them: a
 *                  condition can change the order of response keys) and one mode: what requests may ask for
 *     selection    merged selection sets at one place of the operation; abstract types give it several shapes
 *     shape        a selection for one object type: its fields in response order
 *     fetch        a field that the fetch part reads: resolvers, batches, and all composite fields above one
 *     group        fetches with the same field and equal arguments: one batch call serves them all
 *     program      the write part of a shape: ops that append JSON
 *     part         fields of an object that are delivered later: a shape of its own for the same object (defer.c)
 *
 * Shapes of abstract types are made when their type is first seen, by whichever thread sees it first, under the
 * variant's lock; they are published with a release store and never change. Ids (fetch, shape, args, group)
 * only grow, so a running request extends its tables when it meets a new id.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_PLAN_PLAN_H
#define GYR_PLAN_PLAN_H
#include "base/vec.h"
#include "type/coerce.h"
#include "type/schema.h"
#include "json/write.h"

#include <pthread.h>
#include <stdatomic.h>

typedef struct gyr__variant gyr__variant;
typedef struct gyr__selection gyr__selection;
typedef struct gyr__shape gyr__shape;
typedef struct gyr__field_plan gyr__field_plan;
typedef struct gyr__fetch gyr__fetch;
typedef struct gyr__group gyr__group;
typedef struct gyr__program gyr__program;
typedef struct gyr__defer gyr__defer;
typedef struct gyr__part gyr__part;
typedef struct gyr__stream gyr__stream;

/* ---- documents */

struct gyr_document {
    atomic_uint refs;
    gyr_allocator allocator;
    gyr__arena arena;
    gyr_limits limits;
    gyr__source source;
    gyr__ast_document *ast;
    gyr__map fragments; /* name -> gyr__ast_fragment_definition* */
};
void gyr__document_unref(gyr_document *document);

/* ---- fields */

/** The arguments of a field as one plan sees them. Shared by all fields of a group. */
typedef struct gyr__args {
    uint32_t id; /* of the request's table; used when not constant */
    const gyr__field *def;
    const gyr__ast_field *node;
    bool constant; /* no variable: values, present, bound (or error) hold already */
    gyr_value *values;
    bool *present;
    void *bound;            /* the struct of GYR_ARG rows, or NULL */
    const gyr_error *error; /* coercion failed */
} gyr__args;

/* Where a field's value comes from. */
typedef enum gyr__source_kind {
    GYR__FROM_CONSTANT, /* __typename and introspection */
    GYR__FROM_MEMBER,
    GYR__FROM_GETTER,
    GYR__FROM_RESOLVER,
    GYR__FROM_BATCH
} gyr__source_kind;

struct gyr__field_plan {
    gyr_str key;
    const gyr__field *def;
    gyr__ast_field **nodes; /* all fields merged into this one; [0] is the first */
    uint32_t node_count;
    uint8_t source; /* gyr__source_kind */
    gyr__shape *shape;
    gyr__args *args;     /* NULL: no arguments defined */
    gyr__selection *sub; /* composite types */
    gyr__fetch *fetch;   /* NULL: read in the write part */
    gyr__defer **uses;   /* GYR__MODE_INCREMENTAL: the @defer that each node stands in, or NULL */
    gyr__stream *stream; /* a list with @stream */
};

struct gyr__fetch {
    uint32_t id;
    uint32_t depth; /* fetches above */
    gyr__field_plan *field;
    gyr__group *group; /* batches; else NULL */
    gyr__fetch *up;    /* the fetch whose rows these are; NULL at the root */
    bool rows;         /* its objects become rows of field->sub */
    bool many;         /* a list stands above */
    bool blocks;       /* of a long list they are made block by block, while it is written */
    bool apart;        /* nothing is called: its rows are what a part or the rest of a stream starts from */
};

struct gyr__group {
    uint32_t id;
    const gyr__field *def;
    gyr__args *args;
};

/* ---- shapes */

struct gyr__selection {
    const gyr__type *type;
    gyr__ast_selection_set **sets;
    gyr__defer **uses;   /* the @defer that each set stands in, or NULL; NULL: none does */
    struct gyr__defers { /* what its objects are delivered with, when they are part of a part */
        gyr__defer **items;
        uint32_t count;
    } by;
    uint32_t set_count, depth;     /* nesting in the operation */
    bool fetch;                    /* something below may wait: its objects become rows */
    bool waits;                    /* and it is not only batches bound INLINE */
    bool in_list;                  /* its objects are items of a list, or lie below one */
    gyr__fetch *up;                /* the fetch that yields its objects, or the nearest above; NULL: root */
    gyr__shape *only;              /* of a concrete type */
    _Atomic(gyr__shape *) *shapes; /* by object_index, of an abstract type */
};

struct gyr__shape {
    uint32_t id;
    const gyr__type *type; /* object type */
    gyr__selection *selection;
    gyr__field_plan *fields;
    uint32_t field_count;
    gyr__fetch **fetches; /* in response order */
    uint32_t fetch_count;
    const gyr_error *error; /* CollectFields failed: raised wherever such an object is reached */
    gyr__defer **defers;    /* met while its fields were collected */
    gyr__part *parts;       /* fields of the object that are delivered later */
    uint32_t defer_count, part_count;
    bool apart;            /* a part's */
    gyr__program *program; /* of abstract, deep and root selections; else its ops stand in the parent's */
};

/* ---- incremental delivery (GYR__MODE_INCREMENTAL); defer.c */

typedef struct gyr__defers gyr__defers;

/** One @defer as it was met when the fields of a shape were collected. */
struct gyr__defer {
    uint32_t id;        /* of the request's table */
    uint32_t mark;      /* scratch of partition; guarded by the variant's lock */
    gyr_str label;      /* ptr NULL: none */
    gyr__defer *parent; /* the one around it */
};

/** Fields of an object that all the same @defers defer; delivered with the first of these that is complete. */
struct gyr__part {
    gyr__defers by;
    gyr__defers scope; /* all @defers that its fields' nodes stand in: parts below may refer to them */
    gyr__shape *shape;
    gyr__fetch *fetch;               /* whose rows are the objects; NULL: nothing is fetched */
    _Atomic(gyr__program *) program; /* planned when the part is first met */
};

/** A list whose items are delivered in pieces. */
struct gyr__stream {
    gyr_str label; /* ptr NULL: none */
    int32_t initial;
    uint32_t variable;     /* initialCount's, as index of definition + 1; 0: a constant */
    gyr__field_plan *rest; /* the field for the items that come later: with a selection of its own */
    gyr__fetch *fetch;     /* whose rows are these items; NULL: nothing is fetched */
    _Atomic(gyr__program *) program;
};

/* ---- programs */

typedef enum gyr__op_code {
#define OP(name, class, operands, room, synopsis) GYR__OP_##name,
#include "plan/op.def"
#undef OP
    GYR__OP_COUNT
} gyr__op_code;

/* gyr__op.flags */
enum {
    GYR__OP_NON_NULL = 1, /* null here is a field error */
    GYR__OP_LIST = 2,     /* open: the answer is a list */
    GYR__OP_ROWS = 4,     /* open, item: objects are rows */
    GYR__OP_ITEM = 8,     /* open: the value is the current item of slot row */
    GYR__OP_GETTER = 16,  /* open: the value comes from the getter, called now */
    GYR__OP_DOTTED = 32,  /* the op is a label's target; private to lowering */
    GYR__OP_INLINE = 64,  /* lists of members: the items stand in the object */
    GYR__OP_FAILS = 128   /* leaves: a failure goes to `fail`; without it the op writes null itself */
};

/* gyr__op.count_type: the C type of a list member's count. */
typedef enum gyr__count_type {
    GYR__COUNT_I8,
    GYR__COUNT_U8,
    GYR__COUNT_I16,
    GYR__COUNT_U16,
    GYR__COUNT_I32,
    GYR__COUNT_U32,
    GYR__COUNT_64
} gyr__count_type;
static inline gyr__count_type gyr__count_type_of(const gyr_binding *b) {
    switch (b->count_size) {
    case 1: return b->is_signed ? GYR__COUNT_I8 : GYR__COUNT_U8;
    case 2: return b->is_signed ? GYR__COUNT_I16 : GYR__COUNT_U16;
    case 4: return b->is_signed ? GYR__COUNT_I32 : GYR__COUNT_U32;
    default: return GYR__COUNT_64;
    }
}

enum { GYR__ENUM_LEAF = GYR__ID + 1 }; /* beside gyr__scalar_kind */

/** One op; 64 bytes. Which members count is written in op.def. */
typedef struct gyr__op {
    uint64_t text[2]; /* the prefix, always stored whole; `len` bytes of it count */
    const void *data;
    uint32_t off; /* of the member in the object */
    union {
        uint32_t aux;
        uint32_t stride; /* lists of structs: an item's size */
        uint32_t fetch;  /* cell, open: the fetch's id */
    };
    uint32_t jump, fail; /* op indices in the program */
    uint32_t tail;       /* room a checking op leaves */
    uint32_t pos;        /* index into the program's positions */
    uint16_t code;       /* gyr__op_code */
    uint16_t slot;
    union {
        uint16_t row;        /* slot that holds the row */
        uint16_t count_type; /* lists of members: gyr__count_type */
    };
    uint8_t len, flags;
    union {
        uint32_t commit;    /* of back edges and calls: slot * 2 + item of the outermost position that a later failure
                               can still null, +1; 0: none in this program */
        uint32_t count_off; /* lists of members: of the count in the object; ahead ops: of one more member */
        uint32_t scalar;    /* cell, get, leaf: gyr__scalar_kind or GYR__ENUM_LEAF; 0: not one leaf */
    };
    uint32_t entry; /* where it starts in the program's machine code */
} gyr__op;
_Static_assert(sizeof(gyr__op) == 64, "an op is a cache line");

/** A place in a response path. */
typedef struct gyr__position {
    uint32_t parent;              /* index, or GYR__NO_POSITION: where the program was called */
    uint32_t slot;                /* key.ptr NULL: the current index of that slot's list */
    const gyr__field_plan *field; /* the field of the nearest key above: locations, type names */
    gyr_str key;
} gyr__position;
#define GYR__NO_POSITION UINT32_MAX

struct gyr__program {
    gyr__op *ops;
    uint32_t op_count;
    uint32_t slot_count;
    uint32_t need; /* room that must be there when it starts */
    gyr__position *positions;
    uint32_t position_count;
    gyr__shape *shape;
    gyr__program *next;                        /* of the variant's */
    _Atomic(const uint8_t *) code;             /* machine code, NULL: none; published when it is complete */
    _Atomic(struct gyr__native_code *) native; /* what it is in; jit owns the meaning */
    atomic_bool refused; /* there was no room for it, or it cannot be; set under the variant's lock */
};

/* ---- variants and plans */

enum { GYR__COND_FALSE, GYR__COND_TRUE, GYR__COND_ERROR }; /* one byte per condition variable */

/* gyr__variant.mode: what a request asks for that changes its plan. */
enum {
    GYR__MODE_INCREMENTAL = 1, /* @defer and @stream make parts of their own; else they stand where they are written */
    GYR__MODE_ERROR_NULL = 2,  /* onError: NULL: a field that fails is null, also where its type is not */
    GYR__MODE_ERROR_HALT = 4,  /* onError: HALT: the first error ends the response */
    GYR__MODE_HOST = 8         /* a host's objects are read: fields are collected, nothing is fetched or lowered */
};

struct gyr__variant {
    gyr_plan *plan;
    gyr__variant *next; /* of the plan's list, most recently looked up first */
    uint8_t *conditions;
    unsigned mode; /* GYR__MODE_ */
    uint32_t refs; /* who holds it; guarded by the plan's lock */
    pthread_mutex_t lock;
    gyr__arena arena; /* guarded by lock */
    gyr__selection *root;
    gyr__program *program;
    gyr__program *programs; /* all of them, the newest first; guarded by lock */
    bool fetches;           /* there is a fetch part */
    atomic_bool broken;     /* its arena failed while it grew: it serves the requests it has, the next gets a new one */
    _Atomic uint64_t heat;  /* list items, but for first ones, that the interpreter wrote, about */
    void (*native_free)(gyr__variant *v); /* gives machine code back; guarded by lock */
    /* GYR__MODE_HOST: host owns the meaning */
    _Atomic(struct gyr__host_shape *) host_root;
    struct gyr__host_shape *host_shapes; /* all, guarded by lock */
    void (*host_free)(gyr__variant *v);  /* called without locks */
    gyr__map groups, needs;
    _Atomic uint32_t fetch_count, shape_count, args_count, group_count, defer_count;
    uint32_t mark; /* last gyr__defer.mark given out */
};

struct gyr_plan {
    atomic_uint refs;
    gyr_schema *schema;
    gyr_document *document;
    const gyr__ast_operation_definition *operation;
    gyr__arena arena;
    uint32_t *conditions; /* variables (index of definition) that @skip and @include read */
    uint32_t condition_count;
    GYR__VEC(const gyr__ast_field *) introspection; /* the operation's __schema and __type */
    bool incremental;                               /* @defer or @stream stands in it */
    pthread_mutex_t lock;
    gyr__variant *variants; /* guarded by lock */
    uint32_t variant_count;
    _Atomic(struct gyr_exec *) spare; /* a finished request's memory for the next one; exec owns the meaning */
    void (*_Atomic spare_free)(struct gyr_exec *exec);
};

/** Plans the operation. Errors: unknown operation (VALIDATION), LIMIT. The document must be valid. */
gyr_plan *gyr__plan_new(gyr_schema *schema, gyr_document *document, gyr_str operation_name, gyr_errors *errors);
void gyr__plan_unref(gyr_plan *plan);

/** The variant for these variables and this mode, with a reference for the caller; NULL when memory is out: errors->failed. */
gyr__variant *gyr__variant_get(gyr_plan *plan, const gyr__variables *variables, unsigned mode, gyr_errors *errors);
void gyr__variant_release(gyr__variant *variant);
/** The same for these conditions, one GYR__COND_ for each of the plan's. NULL: memory. */
gyr__variant *gyr__variant_of(gyr_plan *plan, const uint8_t *conditions, unsigned mode);
bool gyr__variant_is(const gyr__variant *variant, const uint8_t *conditions, unsigned mode);
/** Whether gyr__variant_get would give this one, which the caller holds. Takes no lock. */
bool gyr__variant_fits(const gyr__variant *variant, const gyr__variables *variables, unsigned mode);

/** The shape of a selection for an object type, made on first sight. NULL when memory is out. Any thread. */
gyr__shape *gyr__selection_shape_slow(gyr__variant *variant, gyr__selection *selection, const gyr__type *object);
static inline gyr__shape *gyr__selection_shape(gyr__variant *v, gyr__selection *s, const gyr__type *object) {
    if (s->only) return s->only;
    gyr__shape *shape = atomic_load_explicit(&s->shapes[object->object_index], memory_order_acquire);
    return gyr__likely(shape != NULL) ? shape : gyr__selection_shape_slow(v, s, object);
}

/* ---- inside the plan layer */

/** CollectFields (Specification 6.3.2) for one object type, merged sub-selections included; fills shape->fields
 *  (key, def, nodes). False when memory is out. Lock held. */
bool gyr__collect_fields(gyr__variant *v, gyr__shape *shape);
/** The applied @defer or @stream that is in force, or NULL. */
const gyr__ast_directive *gyr__in_force(const gyr__variant *v, const gyr__ast_directive_list *directives, gyr_str name);
gyr__defer *gyr__defer_new(gyr__variant *v, const gyr__ast_directive *directive, gyr__defer *parent);
/** Moves the fields that are delivered later into parts (draft: BuildExecutionPlan). False: memory. Lock held. */
bool gyr__partition(gyr__variant *v, gyr__shape *shape);
/** Finds what a list field's @stream says. False: memory. Lock held. */
bool gyr__plan_stream(gyr__variant *v, gyr__field_plan *field);
/** The programs of a part and of the rest of a stream, made on first sight. NULL: memory. Any thread. */
gyr__program *gyr__part_program(gyr__variant *v, gyr__part *part);
gyr__program *gyr__stream_program(gyr__variant *v, gyr__field_plan *field);
/** Plans the fields of a shape. False: memory. Lock held. */
bool gyr__plan_fields(gyr__variant *v, gyr__shape *shape);
/** Lowers items of a list to a program that starts with its slot GYR__REST_SLOT at the first of them. Lock held. */
gyr__program *gyr__lower_rest(gyr__variant *v, gyr__field_plan *rest);
enum { GYR__REST_SLOT = 1 };
/** A field's arguments; coerces constant ones. NULL when memory is out. */
gyr__args *gyr__plan_args(gyr__variant *v, const gyr__field *def, const gyr__ast_field *node);
/** Makes and plans a shape; with_program: as a program of its own. Lock held. */
gyr__shape *gyr__shape_new(gyr__variant *v, gyr__selection *s, const gyr__type *object, bool with_program);
gyr__selection *gyr__selection_new(gyr__variant *v, const gyr__type *type, gyr__field_plan *field, gyr__fetch *up,
                                   uint32_t depth);
/** Lowers a shape to a program. NULL when memory is out. Lock held. */
gyr__program *gyr__lower(gyr__variant *v, gyr__shape *shape);
/** Whether an applied @skip / @include leaves the node out; GYR__COND_ERROR when a condition is null. */
int gyr__included(const gyr__variant *v, const gyr__ast_directive_list *directives);
/** Checks that every op has the room it needs on every path; for tests and debug builds. */
bool gyr__verify(const gyr__program *program);

/** An argument or condition within introspection that failed. */
typedef struct gyr__intro_problem {
    gyr_error error;              /* message and locations */
    gyr_str below;                /* the path below the introspection field: a JSON array without its brackets */
    const gyr__field_plan *field; /* the one that failed: its places are the error's that has none of its own */
} gyr__intro_problem;
typedef struct gyr__intro_problems {
    gyr__arena *arena; /* of the list */
    uint32_t most;     /* that are kept; others are counted */
    uint64_t untold;
    GYR__VEC(gyr__intro_problem) list;
} gyr__intro_problems;
/** Appends introspection field `f` (of Query: __schema, __type) to out. vars NULL: constant arguments only. ARGUMENT: null
 *  has no place up to f itself; LIMIT: of out; MEMORY. */
gyr_status gyr__intro_write(gyr__variant *v, const gyr__field_plan *f, const gyr__variables *vars, gyr__json_out *out,
                            gyr__intro_problems *problems);
/** Whether a field and all below it are the same for every request. */
bool gyr__intro_constant(gyr__variant *v, const gyr__field_plan *f);
/** Whether arguments within an introspection field as written depend on variables. */
bool gyr__intro_uses_variables(const gyr_plan *plan, const gyr__ast_field *node);

/** What a layer above adds to a plan that is printed, behind the head of a program and behind each of its ops: lines of
 *  text, or members of the JSON object. */
typedef struct gyr__plan_notes {
    void *user;
    void (*program)(void *user, gyr__variant *v, const gyr__program *p, bool json, gyr__json_out *out);
    void (*op)(void *user, const gyr__program *p, uint32_t op, bool json, gyr__json_out *out);
} gyr__plan_notes;
/** The plan for people or as JSON; notes may be NULL. */
gyr_status gyr__plan_print(gyr_plan *plan, const gyr__variables *variables, bool json, const gyr__plan_notes *notes,
                           gyr__json_out *out);

#endif
