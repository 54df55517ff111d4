/* Hosts: operations over the objects of another language (gyr_host.h).
 *
 *     gyr_host_plan     a gyr_plan and the host's table of functions; its variants have GYR__MODE_HOST
 *     host shape        a gyr_host_shape and what the executor adds to each of its fields
 *     gyr_host_exec     one request
 *     place             a position of the response, a frame of the executor while it is being completed
 *     node              a position on the heap: of what is waited for, of what is kept, and of all above them
 *
 * Why there is an executor of its own. A host's property may run code of its user, so it must be read when the reference
 * reads it: depth-first, when its object is completed, between the resolvers before and behind it. The fetch part and the
 * write part of exec read later and in another order, and get their speed from that. Here one recursion over the shapes
 * (complete.c) reads, completes and writes at once; what it pays for is one indirect call a value, or one for a whole run
 * of leaf fields.
 *
 * Nodes. Only places above something that waits, or kept by the host, get nodes. Nodes with pendings below them are
 * linked to their parents, so that what null takes away is found without looking at anything else (node.c).
 *
 * Text. JSON is appended to one buffer. What is waited for leaves `null` there and a hole; its answer is appended later to
 * the same buffer as a text of its own, and all are put together at the end. Holes stand in the order of their offsets,
 * so a position that turns null later replaces its first hole by one of its own size (output.c).
 *
 * Stack: an object in a list takes about 600 bytes, callbacks of the host not counted.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_HOST_HOST_H
#define GYR_HOST_HOST_H
#include "plan/plan.h"
#include "json/write.h"

#include <gyr_host.h>

typedef struct gyr__host_shape gyr__host_shape;
typedef struct gyr__host_field gyr__host_field;
typedef struct gyr__node_of_place gyr__place_node;

/* ---- plans */

struct gyr_host_plan {
    atomic_uint refs;
    gyr_plan *plan;
    gyr_host host;
    void *user;
    gyr_allocator allocator;
    gyr__arena arena; /* what follows */
    gyr_host_variable *variables;
    uint32_t variable_count;
    bool intro_variables;
    _Atomic(gyr_host_exec *) spare; /* a finished request's memory for the next one */
};
void gyr__host_plan_unref(gyr_host_plan *plan);

/** How the executor comes to a field's value. */
typedef enum gyr__host_kind { GYR__HOST_LEAF, GYR__HOST_OBJECT, GYR__HOST_ABSTRACT, GYR__HOST_INTRO } gyr__host_kind;

/** What the executor adds to a gyr_host_field. */
struct gyr__host_field {
    const gyr_host_field *pub;
    gyr_str key_text; /* {"key": of the first, ,"key": of the others; 16 bytes may be read */
    uint32_t run;     /* READ_LEAF fields from here on, for one call; 0: READ_VALUE */
    uint32_t room;    /* of such a run: all bytes of its JSON but for strings */
    uint8_t kind;     /* gyr__host_kind */
    bool needs_type;
    const gyr__field_plan *plan;
    gyr__selection *sub;
    _Atomic(gyr__host_shape *) only;    /* of a field of object type */
    _Atomic(gyr__host_shape *) *shapes; /* by object_index, of abstract type */
    gyr_str constant;                   /* introspection that is the same for all requests; ptr NULL: it is not */
};

struct gyr__host_shape {
    gyr_host_shape pub;
    gyr__host_field *fields;
    const gyr_error *error; /* CollectFields failed */
    gyr__variant *variant;
    gyr_host_plan *plan;
    gyr__host_shape *next; /* of the variant's */
};

/** The shape below a field for an object type, or the root's (field NULL); planned if it was not. NULL: memory. */
gyr__host_shape *gyr__host_shape_slow(gyr_host_plan *plan, gyr__variant *v, gyr__host_field *field,
                                      const gyr__type *object);
/** Fills `out` from the type; kinds as of output types. */
void gyr__host_type_fill(gyr__type_ref t, gyr_host_type *out);
/** Whether the literal, of type t, may need the host to be coerced: a custom scalar is somewhere in it. */
bool gyr__host_is_custom(const gyr_schema *schema, gyr__type_ref t, const gyr__node *value);

/* ---- places and nodes */

#define GYR__HOST_KEY SIZE_MAX /* gyr_host_place.index: it is no item of a list */

struct gyr_host_place {
    gyr_host_place *up; /* NULL: the root */
    const gyr__host_field *field;
    size_t index;
    gyr__place_node *node;
    gyr_host_value container; /* native: the object or list that holds it, borrowed */
    size_t start;             /* JSON: where its text begins */
    uint32_t hole;            /* JSON: the first hole that may stand in it */
    uint32_t level;           /* lists of the field's type that are left here */
};

static inline bool gyr__place_is_nullable(const gyr_host_place *p) {
    return !p->field || !(p->field->pub->type.non_null >> p->level & 1);
}

struct gyr__node_of_place {
    gyr_host_place place; /* of nodes only */
    gyr__place_node *parent, *first, *prev, *next;
    size_t end; /* JSON: of its text */
    gyr_host_exec *exec;
    bool linked; /* among its parent's: something waits below or here */
    bool waits;  /* it is a pending nobody answered */
};

struct gyr_host_kept {
    gyr__place_node node;
};

struct gyr_host_pending {
    gyr__place_node node;
    gyr_host_value value;  /* what is waited for */
    gyr_host_value object; /* WANTS_TYPE: whose */
    void *user;
    gyr_host_pending *later; /* in the queue of those not given out */
    uint8_t wants;
};

/* ---- requests */

/** A part of the text that is found elsewhere: [start, end) is replaced by the text [from, to), which has the holes
 *  [first, last); from == to: by null. */
typedef struct gyr__hole {
    size_t start, end, from, to;
    uint32_t first, last;
} gyr__hole;

struct gyr_host_exec {
    gyr_allocator allocator;
    gyr__arena arena;
    gyr__json_out out, whole; /* pieces; put together */
    gyr__variant *kept;       /* of the request before */
    gyr_host_cell cells[GYR_HOST_LEAVES];

    /* of one request, from here on zeroed between them */
    atomic_uint refs; /* the request and the places kept */
    gyr_host_plan *plan;
    const gyr_host *host;
    void *user;
    gyr__variant *variant;
    gyr__host_shape *shape; /* the root's */
    gyr_host_value root, data;
    gyr_str variables;
    bool json, serial, started, started_text, ran, aborted, nulled, taken, joined;
    uint32_t next;              /* root field */
    uint32_t depth, most_depth; /* of lists and objects being completed */
    size_t waiting;
    gyr_host_pending *queue, *queue_end;
    GYR__VEC(gyr__hole) holes;
    gyr__hole piece;            /* of the root's text, the last: from, to, first, last */
    GYR__VEC(gyr__hole) pieces; /* those before, where answers came in between */
    gyr__place_node top;        /* the root's */
};

/** How a value came out. DONE: *out is it, NULL for null and for what is waited for. */
typedef enum gyr__host_result { GYR__HOST_DONE, GYR__HOST_NULLED, GYR__HOST_ABORTED } gyr__host_result;

/* complete.c */
/** Completes a value (given) at its place. */
gyr__host_result gyr__host_complete(gyr_host_exec *x, gyr_host_place *at, gyr_host_value value, gyr_host_value *out);
gyr__host_result gyr__host_complete_as(gyr_host_exec *x, gyr_host_place *at, gyr_host_value value, uint32_t type,
                                       gyr_host_value *out);
/** Reads the fields [first, last) of an object. */
gyr__host_result gyr__host_fields(gyr_host_exec *x, gyr_host_place *at, const gyr__host_shape *shape, uint32_t first,
                                  uint32_t last, gyr_host_value object, gyr_host_value into);
/** Tells an error at a place: the one that the host just failed with (message NULL), or this one. */
gyr__host_result gyr__host_error(gyr_host_exec *x, gyr_host_place *at, const gyr_str *message);
/** Null takes the place, or what is above it. */
gyr__host_result gyr__host_null(gyr_host_exec *x, gyr_host_place *at, gyr_host_value *out);
static inline gyr__host_result gyr__host_fail(gyr_host_exec *x, gyr_host_place *at, const gyr_str *message,
                                              gyr_host_value *out) {
    return gyr__host_error(x, at, message) == GYR__HOST_DONE ? gyr__host_null(x, at, out) : GYR__HOST_ABORTED;
}
GYR__COLD gyr__host_result gyr__host_abort(gyr_host_exec *x);

/* node.c */
/** The place's node, made with all above it. NULL: memory. */
gyr__place_node *gyr__host_node(gyr_host_exec *x, gyr_host_place *place);
/** Leaves the place to be waited for; `waited` and `object` are given. */
gyr__host_result gyr__host_wait(gyr_host_exec *x, gyr_host_place *at, gyr_host_value waited, gyr_host_value object,
                                gyr_host_wants wants, gyr_host_value *out);
/** Discards all that waits below a node, which stays. */
void gyr__host_kill(gyr_host_exec *x, gyr__place_node *node);
/** Takes a node out of the tree when nothing waits at it or below, and those above it likewise. */
void gyr__host_settle(gyr__place_node *node);
/** The value at this node is null, where it may not be or already is: null goes to the nearest place that may. */
gyr__host_result gyr__host_null_up(gyr_host_exec *x, gyr__place_node *node);
gyr_host_pending *gyr__host_dequeue(gyr_host_exec *x);

/* output.c */
static inline size_t gyr__host_offset(const gyr_host_exec *x) { return (size_t)(x->out.at - x->out.base); }
/** Room for `size` bytes and the slack; the limit of the response is held. */
bool gyr__host_room_slow(gyr_host_exec *x, size_t size);
static inline bool gyr__host_room(gyr_host_exec *x, size_t size) {
    return gyr__likely((size_t)(x->out.end - x->out.at) >= size) || gyr__host_room_slow(x, size);
}
bool gyr__host_text(gyr_host_exec *x, gyr_str text);
static inline bool gyr__host_byte(gyr_host_exec *x, char c) {
    if (gyr__unlikely(!gyr__host_room(x, 1))) return false;
    *x->out.at++ = (uint8_t)c;
    return true;
}
bool gyr__host_key(gyr_host_exec *x, const gyr__host_field *f);
/** Writes a leaf and releases what it holds. */
bool gyr__host_cell(gyr_host_exec *x, const gyr_host_cell *cell);
/** Writes a run of fields with their keys; releases also when it fails. */
bool gyr__host_cells(gyr_host_exec *x, const gyr__host_field *f, uint32_t count);
/** Appends null and a hole over it; SIZE_MAX: memory. */
bool gyr__host_hole(gyr_host_exec *x);
/** The text of a request that has ended. */
gyr_str gyr__host_join(gyr_host_exec *x);

/* intro.c */
gyr__host_result gyr__host_intro(gyr_host_exec *x, gyr_host_place *at, gyr_host_value *out);
/** Its text, where it is the same for all requests; {NULL, 0} where not, or without memory. Lock held. */
gyr_str gyr__host_intro_constant(gyr__variant *v, const gyr__field_plan *f);

#endif
