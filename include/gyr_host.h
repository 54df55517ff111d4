/* Gyrfalcon for language bindings: running operations over the objects of another language.
 *
 * A host is a language with objects of its own: Python, Ruby. Its binding turns a schema of that language into SDL and a
 * gyr_schema (options: unbound, lenient), and says through a table of functions, gyr_host, how the objects are read. The
 * engine does what the specification says about executing operations (section 6): which fields, in which order, lists,
 * nulls, errors and where they go, which type an object has, what waits and what comes next. It writes the answer as JSON,
 * or has the host build its own dictionaries and lists; both follow one plan and one executor.
 *
 *     1. gyr_schema_build         once a schema; gyr_host_type_name: the numbers of its types
 *     2. gyr_document_new, gyr_document_validate, gyr_host_plan_new     once a document
 *     3. gyr_host_exec_new, gyr_host_run, gyr_host_answer ..., gyr_host_result      each request
 *
 * Reading order. Objects are read depth-first in response order, as a simple recursive executor does: a property is read
 * when its parent is completed, between the sibling resolvers before and behind it. Nothing is read ahead and nothing
 * later. What cannot be had at once - a coroutine, a promise - becomes a gyr_pending; the engine goes on with the next
 * field. The host answers pendings in any order; the engine then goes on below them. Root fields of a mutation start when
 * the one before has ended, with all below it.
 *
 * Values. A gyr_host_value is a reference of the host to something of its own: the engine never looks into it, and holds none but
 * where this header says so.
 * "Gives a reference" means: who gets it must release it (gyr_host.release), "lends" that it need not.
 *
 * Threads. A plan serves all threads. A request belongs to one thread at a time, and only that thread calls the host or
 * releases references. The engine keeps no current request: requests may nest, and fibers may switch inside callbacks.
 *
 * Failing. A host function that fails keeps the error (an exception) in its own world; the engine asks for it once, with
 * gyr_host.error, at the position where it belongs. Memory: functions return GYR_HOST_ABORT or NULL when memory is out; a
 * request that was aborted has no result, and its host gets no more calls but `discard`, `release` and `close_list`.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_HOST_H
#define GYR_HOST_H
#include "gyr.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef void *gyr_host_value;
typedef struct gyr_host gyr_host;
typedef struct gyr_host_plan gyr_host_plan;
typedef struct gyr_host_shape gyr_host_shape;
typedef struct gyr_host_field gyr_host_field;
typedef struct gyr_host_exec gyr_host_exec;
/** A position of the response while it is being completed: valid during the callback that gets it. */
typedef struct gyr_host_place gyr_host_place;
/** The same, kept until the request is freed: gyr_host_place_keep. */
typedef struct gyr_host_kept gyr_host_kept;
/** A value that is waited for. */
typedef struct gyr_host_pending gyr_host_pending;

/* ------------------------------------------------------------------ 1. What a plan says */

typedef enum gyr_host_kind { GYR_HOST_LEAF, GYR_HOST_OBJECT, GYR_HOST_ABSTRACT } gyr_host_kind;
/** A field's type: `depth` lists around the named type. Bit k of non_null: the type with k lists around its name is
 *  non-null; bit 0 is the named type, bit `depth` the outermost. */
typedef struct gyr_host_type {
    gyr_str name;
    uint32_t index; /* of the named type: gyr_host_type_name */
    uint32_t depth, non_null;
    gyr_host_kind kind;    /* of the named type */
    gyr_value_kind scalar; /* leaf: BOOL, INT, FLOAT, STRING (String and ID), ENUM, CUSTOM */
} gyr_host_type;

typedef enum gyr_host_arg_how {
    GYR_HOST_ARG_ABSENT,   /* not written */
    GYR_HOST_ARG_CONSTANT, /* `value` is the coerced value: no variable in it, right for its type */
    GYR_HOST_ARG_VARIABLE, /* a variable and nothing else: `variable` */
    GYR_HOST_ARG_MIXED /* a list or object with variables in it, or a value that only the host can coerce: of a custom
                              scalar, or an input object that has one */
} gyr_host_arg_how;
/** An argument as written in the operation. */
typedef struct gyr_host_arg {
    gyr_str name;
    gyr_host_arg_how how;
    const gyr_value *value;
    gyr_str variable;
} gyr_host_arg;

/** How the host reads a field: its choice, made by gyr_host.plan_field. */
enum { GYR_HOST_LEAVES = 64 }; /* READ_LEAF fields in one call, at most */
typedef enum gyr_host_read {
    GYR_HOST_READ_VALUE, /* gyr_host.resolve gives the value, the engine completes it */
    GYR_HOST_READ_LEAF /* a scalar or enum, not in a list, that gyr_host.leaves reads and completes: several fields in one call */
} gyr_host_read;

/** One field of a shape, all its nodes merged (CollectFields). Immutable once planned. */
struct gyr_host_field {
    gyr_str key;  /* in the response */
    gyr_str name; /* in the schema; "__typename" also */
    const gyr_host_shape *shape;
    uint32_t index; /* in the shape */
    gyr_host_type type;
    const gyr_host_arg *args; /* one for each argument that the field defines, in that order */
    uint32_t arg_count;
    const uint32_t *nodes; /* where its nodes begin: bytes from the start of the document */
    uint32_t node_count;
    gyr_host_read read; /* set by plan_field */
    void *data;         /* the host's, set by plan_field */
};

/** The fields of a selection set for one object type, in response order. */
struct gyr_host_shape {
    gyr_str type;
    uint32_t type_index;
    const gyr_host_field *fields;
    uint32_t field_count;
    void *data; /* the host's, set by plan_shape */
};

/* ------------------------------------------------------------------ 2. What a host does */

typedef enum gyr_host_status {
    GYR_HOST_OK,
    GYR_HOST_FAILED,     /* a field error: the engine calls `error` next, but for releases */
    GYR_HOST_PENDING,    /* the value must be waited for: it is given in place of the answer */
    GYR_HOST_END,        /* of a list */
    GYR_HOST_ABORT,      /* the request ends here, without a result: memory, an exception that is no field error */
    GYR_HOST_ITEM_FAILED /* of next_item: this item is a field error, the list goes on */
} gyr_host_status;

/** A completed leaf, for JSON. Text is lent until the engine calls the host again, releases apart. */
typedef struct gyr_host_cell {
    gyr_value_kind kind; /* NULL, BOOL, INT, FLOAT, STRING (escaped), CUSTOM (string: JSON text as it is) */
    union {
        bool boolean;
        int64_t integer;
        double number;
        gyr_str string;
    } of;
    gyr_host_value hold; /* what `string` borrows from, a reference that the engine releases after writing; or NULL */
} gyr_host_cell;

/** An open list: the host's memory while it walks one. Zeroed before open_list. */
typedef struct gyr_host_list {
    gyr_host_value list; /* what is walked, a reference that close_list releases */
    size_t index;        /* of the next item: counted by the engine */
    size_t hint;         /* about how many items, 0: unknown; set by open_list */
    bool failed;         /* at close_list: an error took the list; what is left of it will not be read */
    void *user[2];
} gyr_host_list;

/** The host. All functions get the request's `user`, but those of the plan that get the plan's. Every function must be
 *  there unless it says that it may be NULL. */
struct gyr_host {
    size_t size; /* of this struct */
    gyr_host_value
        null_value; /* the host's null (None, nil), lent for ever; compared by identity. Further nulls are told by `complete`d leaves */

    /* -- of a plan; on any thread that runs or looks at it, without a lock: two may plan one shape at once, then one of
     *    the two is dropped again */
    /** Chooses how a field is read; may set field->data. ABORT: memory. Not called for __schema and __type. */
    gyr_host_status (*plan_field)(void *user, const gyr_host_plan *plan, gyr_host_field *field);
    /** After all fields of it. May be NULL. */
    gyr_host_status (*plan_shape)(void *user, const gyr_host_plan *plan, gyr_host_shape *shape);
    /** Frees what both kept, when the last request of the plan and the last place kept are gone; either may be NULL. */
    void (*drop_field)(void *user, gyr_host_field *field);
    void (*drop_shape)(void *user, gyr_host_shape *shape);

    /* -- values */
    void (*release)(void *user, gyr_host_value value);
    /** The value of a field of `object`, given. OK, FAILED, PENDING (*out is what is waited for), ABORT. */
    gyr_host_status (*resolve)(void *user, const gyr_host_field *field, gyr_host_value object, gyr_host_place *at,
                               gyr_host_value *out);
    /** Reads and completes the READ_LEAF fields [first, first + count) of `object`, in order, and stops behind the first that is not
     *  simply read. *done: how many fields were read and completed, with OK all of them; else field first + *done is
     *  FAILED or PENDING (*out: what is waited for: the field's value before completion), and the engine calls again
     *  for those behind it. Also with ABORT *done must be right. At most GYR_HOST_LEAVES fields. Native: completed values go into `into`, made by new_object, nulls too; of a non-null field
     *  null is FAILED. JSON (into NULL): into cells[0 .. *done). `at` is the object's position. */
    gyr_host_status (*leaves)(void *user, const gyr_host_shape *shape, uint32_t first, uint32_t count,
                              gyr_host_value object, gyr_host_place *at, gyr_host_value into, gyr_host_cell *cells,
                              uint32_t *done, gyr_host_value *out);
    /** Completes a leaf that is not null: of a READ_VALUE field, an item of a list, what was waited for. Native: *out is
     *  given. JSON: *cell (out is NULL). A result that is null is null there. OK, FAILED, ABORT. */
    gyr_host_status (*complete)(void *user, const gyr_host_field *field, gyr_host_value value, gyr_host_place *at,
                                gyr_host_value *out, gyr_host_cell *cell);
    /** Begins to walk a list. PENDING: it is read asynchronously; *out is waited for, and is answered by a list. */
    gyr_host_status (*open_list)(void *user, const gyr_host_field *field, gyr_host_value value, gyr_host_place *at,
                                 gyr_host_list *list, gyr_host_value *out);
    /** The next item, given: OK, PENDING, END, FAILED (the whole list fails), ITEM_FAILED, ABORT. */
    gyr_host_status (*next_item)(void *user, const gyr_host_field *field, gyr_host_list *list, gyr_host_value *out);
    void (*close_list)(void *user, gyr_host_list *list);
    /** The object type of a value: its index goes to *type. Of a field of object type: checks that it is one (is_type_of), and is
     *  called only where needs_type says so. PENDING: *out is waited for, and answered with gyr_host_answer_type. */
    gyr_host_status (*type_of)(void *user, const gyr_host_field *field, gyr_host_value value, gyr_host_place *at,
                               uint32_t *type, gyr_host_value *out);
    /** Whether values of this object type are checked by type_of. Asked once a field, when it is planned. May be NULL: never. */
    bool (*needs_type)(void *user, const gyr_host_field *field);

    /* -- results of the native kind; NULL where only JSON is asked for */
    gyr_host_value (*new_object)(void *user, const gyr_host_shape *shape); /* given; NULL: ABORT */
    gyr_host_value (*new_list)(void *user, size_t hint);
    /** Sets or replaces; `value` is lent. A place that is waited for holds null meanwhile. */
    gyr_host_status (*set_field)(void *user, gyr_host_value object, const gyr_host_field *field, gyr_host_value value);
    gyr_host_status (*append)(void *user, gyr_host_value list, gyr_host_value value);
    gyr_host_status (*set_item)(void *user, gyr_host_value list, size_t index, gyr_host_value value);
    /** A value from JSON text: what introspection answers. Given. */
    gyr_host_value (*from_json)(void *user, gyr_str json);

    /* -- what happened */
    /** A field error at `at`: takes the error that a function of this table just failed with (`message` NULL), or makes one of `message`.
     *  Called once an error, before null takes a place. `field` is NULL at the root: a condition of its selections is null. */
    gyr_host_status (*error)(void *user, const gyr_host_field *field, gyr_host_place *at, const gyr_str *message);
    /** A pending that nobody waits for any more, since null took the place of something above it. The host cancels it and must not
     *  answer it. Not yet given out by gyr_host_next pendings are discarded too. Of several below one
     *  object or list the oldest comes first; innermost objects and lists come first. */
    void (*discard)(void *user, gyr_host_pending *pending);
    /** May be NULL. What an answered pending was completed to is null where null has no place, and null is about to go up from it; what
     *  waited below it has been discarded, and its error told. True: not yet. The place stays a pending, which is answered with
     *  gyr_host_let_null, or discarded. So a host can first settle what waits beside it. */
    bool (*hold)(void *user, gyr_host_pending *pending);
};

/* ------------------------------------------------------------------ 3. Plans */

/** Numbers of a schema's types, for tables beside it: types are numbered 0 .. gyr_host_type_count - 1. */
GYR_API uint32_t gyr_host_type_count(const gyr_schema *schema);
GYR_API gyr_str gyr_host_type_name(const gyr_schema *schema, uint32_t index);

/** An operation's variable. A type that is no input type of the schema has name {NULL, 0}. */
typedef struct gyr_host_variable {
    gyr_str name;
    gyr_host_type type;             /* kind means nothing; scalar: CUSTOM also for input objects: kind is then OBJECT */
    const gyr_value *default_value; /* coerced. NULL: none, or one that only the host can coerce (see MIXED) */
    bool has_default;
} gyr_host_variable;

/** Plans an operation of a valid document. The plan holds schema and document, and copies *host; `user` must live until
 *  the plan, its requests and the places kept of them are gone. It calls the host when a shape is first needed, not before. NULL: *errors says why (VALIDATION: no such
 *  operation; LIMIT; MEMORY). */
GYR_API gyr_host_plan *gyr_host_plan_new(gyr_schema *schema, gyr_document *document, gyr_str operation_name,
                                         const gyr_host *host, void *user, gyr_errors **errors);
GYR_API void gyr_host_plan_free(gyr_host_plan *plan);
GYR_API void *gyr_host_plan_user(const gyr_host_plan *plan);
typedef enum gyr_host_operation { GYR_HOST_QUERY, GYR_HOST_MUTATION, GYR_HOST_SUBSCRIPTION } gyr_host_operation;
GYR_API gyr_host_operation gyr_host_plan_operation(const gyr_host_plan *plan);
/** Where the operation's definition begins: bytes from the start of the document. */
GYR_API uint32_t gyr_host_plan_node(const gyr_host_plan *plan);
GYR_API const gyr_host_variable *gyr_host_plan_variables(const gyr_host_plan *plan, uint32_t *count);
/** The variables that @skip and @include read, as indices of gyr_host_plan_variables. */
GYR_API const uint32_t *gyr_host_plan_conditions(const gyr_host_plan *plan, uint32_t *count);
/** Whether @defer or @stream stands in the operation: they are ignored here. */
GYR_API bool gyr_host_plan_incremental(const gyr_host_plan *plan);
/** Whether introspection in the operation depends on variables: then requests need gyr_host_request.variables. */
GYR_API bool gyr_host_plan_introspects_variables(const gyr_host_plan *plan);
/** The root's shape under these conditions, planned with all that is below it and known by now (abstract types are not):
 *  for tools that explain. NULL: memory. Lent; valid while the plan lives. */
GYR_API const gyr_host_shape *gyr_host_plan_root(gyr_host_plan *plan, const uint8_t *conditions);
/** The shape below a composite field for one object type, planned if it was not. NULL: memory, or no such type there. */
GYR_API const gyr_host_shape *gyr_host_field_shape(gyr_host_plan *plan, const gyr_host_field *field,
                                                   uint32_t type_index);

/* ------------------------------------------------------------------ 4. Requests */

enum {
    GYR_HOST_CONDITION_FALSE,
    GYR_HOST_CONDITION_TRUE,
    GYR_HOST_CONDITION_NULL
}; /* NULL is an error where it is read */

typedef struct gyr_host_request {
    size_t size;
    gyr_host_plan *plan;
    const uint8_t *conditions; /* one GYR_HOST_CONDITION_ for each of gyr_host_plan_conditions; copied */
    gyr_host_value root;       /* lent until the request has ended */
    void *user;                /* what the host's functions get */
    bool json;                 /* the result is JSON text; else the host's own objects */
    bool serial;               /* root fields one after another, as a mutation's always are */
    gyr_str variables; /* JSON text as the client sent it, for introspection: gyr_host_plan_introspects_variables */
} gyr_host_request;

/** Prepares; runs nothing. NULL: memory. */
GYR_API gyr_host_exec *gyr_host_exec_new(const gyr_host_request *request);
/** Starts, or goes on after answers: OK: the response has ended; PENDING: wait for the pendings; ABORT. */
GYR_API gyr_host_status gyr_host_run(gyr_host_exec *exec);
/** The oldest pending that was not given out yet, or NULL. Take them in a loop: answers make new ones. */
GYR_API gyr_host_pending *gyr_host_next(gyr_host_exec *exec);
/** What is waited for; lent until gyr_host_answer, gyr_host_fail or `discard` of it returns. */
GYR_API gyr_host_value gyr_host_pending_value(const gyr_host_pending *pending);
GYR_API const gyr_host_field *gyr_host_pending_field(const gyr_host_pending *pending);
/** The position of the pending as its callbacks would see it. */
GYR_API gyr_host_place *gyr_host_pending_place(gyr_host_pending *pending);
/** What kind of answer it needs. */
typedef enum gyr_host_wants { GYR_HOST_WANTS_VALUE, GYR_HOST_WANTS_LIST, GYR_HOST_WANTS_TYPE } gyr_host_wants;
GYR_API gyr_host_wants gyr_host_pending_wants(const gyr_host_pending *pending);
/** A pointer of the host's. */
GYR_API void gyr_host_pending_set_user(gyr_host_pending *pending, void *user);
GYR_API void *gyr_host_pending_user(const gyr_host_pending *pending);
/** Answers: VALUE and LIST by a value (given, whatever is returned), TYPE by a type's index; the engine completes it at
 *  once, all below it that can be had included. OK, or ABORT. Not from within a callback of this request, like all that
 *  lets it go on or end. A pending that was answered or discarded is passed over. */
GYR_API gyr_host_status gyr_host_answer(gyr_host_exec *exec, gyr_host_pending *pending, gyr_host_value value);
GYR_API gyr_host_status gyr_host_answer_type(gyr_host_exec *exec, gyr_host_pending *pending, uint32_t type_index);
/** Waiting failed: `error` is called. */
GYR_API gyr_host_status gyr_host_fail(gyr_host_exec *exec, gyr_host_pending *pending);
/** Of a pending that was held: now null goes up from it. */
GYR_API gyr_host_status gyr_host_let_null(gyr_host_exec *exec, gyr_host_pending *pending);
/** Walks what waits at or below a pending's place, or one above it (NULL: the root), held pendings included: the next
 *  behind `after`, NULL: the first. NULL: no more. Nothing may be answered meanwhile. */
GYR_API gyr_host_pending *gyr_host_waiting_at(const gyr_host_exec *exec, const gyr_host_place *place,
                                              const gyr_host_pending *after);
/** For garbage collectors: calls visit for each reference that the request holds while it waits, until one call does not
 *  return 0, and returns that. Nothing else is touched: safe at any time on any thread while the request does not run. */
GYR_API int gyr_host_visit(const gyr_host_exec *exec, int (*visit)(gyr_host_value value, void *user), void *user);
/** How many are unanswered, those not given out included. */
GYR_API size_t gyr_host_waiting(const gyr_host_exec *exec);
/** After OK. Native: given; the host's null (lent, as always) when an error took all data; NULL when it was taken before. */
GYR_API gyr_host_value gyr_host_result(gyr_host_exec *exec);
/** JSON: the text of `data`, lent until the request is freed. {NULL, 0}: memory. */
GYR_API gyr_str gyr_host_result_json(gyr_host_exec *exec);
/** Discards what is pending and ends the request. Kept places stay: they hold the memory. NULL is allowed. */
GYR_API void gyr_host_exec_free(gyr_host_exec *exec);

/* ------------------------------------------------------------------ 5. Places */

/** One part of a response path: a response key, or an index (key.ptr NULL). */
typedef struct gyr_host_step {
    gyr_str key;
    size_t index;
    gyr_str type; /* of the object whose field the key is; of an index {NULL, 0} */
} gyr_host_step;
/** The last step of a place; false at the root, which has none. */
GYR_API bool gyr_host_place_step(const gyr_host_place *place, gyr_host_step *step);
GYR_API const gyr_host_place *gyr_host_place_up(const gyr_host_place *place); /* NULL: above is the root */
/** Whether null may stand there. */
GYR_API bool gyr_host_place_is_nullable(const gyr_host_place *place);
/** Keeps a place: a small node shared with all that is kept above it. It holds the plan and the request's memory, not its
 *  values, until it is dropped: also after gyr_host_exec_free. NULL: memory. Drop on any thread. */
GYR_API gyr_host_kept *gyr_host_place_keep(gyr_host_exec *exec, gyr_host_place *place);
GYR_API const gyr_host_place *gyr_host_kept_place(const gyr_host_kept *kept);
GYR_API void gyr_host_kept_drop(gyr_host_kept *kept);

#ifdef __cplusplus
}
#endif
#endif
