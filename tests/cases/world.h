/* The little world a case describes: its data as values and objects, and bindings of every kind that answer
 * from them.
 *
 *     value    one JSON value of the data; an object with a "$..." member says how a field behaves
 *     object   what resolvers hand out and get as parent: its value, and a slot for each field, so that the
 * same object can be read through members too setup    what one field is bound to in one mode
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_TESTS_CASES_WORLD_H
#define GYR_TESTS_CASES_WORLD_H
#include "case.h"
#include "type/schema.h"
#include "json/read.h"

#include <pthread.h>
#include <stdatomic.h>

typedef enum value_kind {
    VALUE_NULL,
    VALUE_BOOL,
    VALUE_INT,
    VALUE_FLOAT,
    VALUE_STRING,
    VALUE_LIST,
    VALUE_OBJECT,
    VALUE_ERROR,   /* {"$error": "message", "$extensions": {}} */
    VALUE_ECHO,    /* {"$echo": true}: the arguments */
    VALUE_BY,      /* {"$by": "argument", "1": value, "2": value} */
    VALUE_NEXT,    /* {"$next": value}: adds one to the counter, then answers the value */
    VALUE_COUNTER, /* {"$counter": true}: the counter */
    VALUE_NOTHING  /* {"$nothing": true}: returns without an answer */
} value_kind;

typedef struct value value;
typedef struct object object;
struct value {
    value_kind kind;
    bool boolean;
    int64_t integer;
    double number;
    gyr_str text;       /* STRING; ERROR: its message; BY: the argument; every container: itself as JSON */
    gyr_str extensions; /* ERROR */
    uint32_t count;
    value *items;      /* LIST; OBJECT, BY: the members' values; NEXT: the value */
    gyr_str *names;    /* OBJECT, BY */
    object *object;    /* OBJECT of a composite type */
    bool contiguous;   /* LIST: its objects stand side by side */
    const void *array; /* LIST: pointers to its objects, or its leaves, ctype each; NULL: cannot be one */
    gyr_ctype ctype;
};

typedef struct slot {
    union {
        const void *ptr;
        int64_t i64;
        double f64;
        bool boolean;
    };
    int64_t count; /* also length, presence */
} slot;
struct object {
    const value *value;
    gyr_str type_name;
    slot slots[];
};

/** value is JSON text; expands {"$repeat": n, "$of": value} and, within it, {"$index": true}, {"$index":
 * "item %"}, and {"$bytes": "C3 28"}, a string of those bytes. Fails the running test when it is no JSON. */
value *value_read(gyr__arena *a, gyr_str json);
/** The member of an object, or NULL. */
const value *value_get(const value *v, gyr_str name);
/** The value as compact JSON. */
gyr_str value_json(gyr__arena *a, const value *v);

typedef enum bind {
    BIND_DEFAULT, /* no row: the schema's fallback, a getter */
    BIND_MEMBER,
    BIND_GETTER,
    BIND_RESOLVER,
    BIND_LATER, /* a resolver that suspends */
    BIND_BATCH,
    BIND_BATCH_LATER,
    BIND_INLINE
} bind;
typedef struct setup {
    bind kind;
    uint32_t delay; /* turns, at least */
    bool gather;
    uint32_t max_rows, max_in_flight;
} setup;

typedef struct field_world { /* one field of one object type */
    const gyr__field *def;
    setup declared, now;
    bool not_member, nulls, wide, nul, scattered; /* what its values in the data are */
} field_world;

/** How a mode binds the fields; see substitutions[] in test_cases.c. */
typedef struct substitution {
    const char *name;
    enum { ALL, DECLARED, MIXED } how; /* every field as `all`, as the case says, or another way by seed */
    setup all;
    uint64_t seed;
} substitution;

typedef struct pending pending;
typedef struct world {
    gyr__arena arena;
    const case_file *file;
    gyr_schema *types; /* unbound: knows the types */
    gyr_operation_type operation;
    value *data;
    field_world **fields; /* by object index, then field index */
    struct {
        object **items;
        uint32_t len, cap;
    } objects;
    atomic_int counter, refused; /* refused: answers that were not GYR_OK */
    bool by_items;               /* lists are answered item by item, objects with their type's number */
    /* what a suspended call goes to */
    void (*suspended)(void *user, pending p);
    void *suspended_user;
} world;

struct pending {
    gyr_call *call; /* or */
    gyr_batch *batch;
    uint32_t delay;
};

void world_init(world *w, const case_file *file);
void world_fini(world *w);
/** The schema with the bindings of that substitution. */
gyr_schema *world_schema(world *w, const substitution *s, gyr_jit jit);
/** Whether the schema made last suspends, or batches, anything. */
bool world_suspends(const world *w);
bool world_batches(const world *w);
/** The object of the operation's root type. */
const void *world_root(const world *w);
/** Answers what was suspended; any thread. */
void world_answer(world *w, const pending *p);

/* answer.c */
void answer_getter(gyr_call *call);
void answer_later(gyr_call *call);
void answer_batch(gyr_batch *batch);
void answer_batch_later(gyr_batch *batch);
int64_t answer_type(const void *object, void *user);

#endif
