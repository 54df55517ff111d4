/* A host for tests: a small language with objects of its own.
 *
 * Everything in it is a `thing`, counted by references; the world knows how many live, and each has a mark that goes when it
 * does, so that a thing used after its end is noticed. Things are written as text:
 *
 *     1  2.5  "text"  true  null  [1, 2]                 values
 *     @User{name: "A", age: 3}                           an object and its type
 *     !"message"                                         an error: resolving it fails
 *     ~1  ~!"message"  ~[1, 2]                           what must be waited for, and its answer
 *     [1, !!"message"]                                   a list that fails when its second item is asked for
 *     <[1, 2]>                                           a list that is read asynchronously, as a whole
 *     @?User{}  @?!{}                                    an object whose type must be waited for, in vain
 *     @!{}                                               an object without a type: asking for it fails
 *
 * A run plans an operation, runs it over a root, answers what is pending in an order of the test's choice, and notes all
 * that happens: what was read, which errors were told, what was discarded.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_TESTS_HOST_WORLD_H
#define GYR_TESTS_HOST_WORLD_H
#include "test.h"

#include "rng.h"
#include <gyr_host.h>
#include <string.h>

typedef enum kind {
    T_NULL,
    T_BOOL,
    T_INT,
    T_FLOAT,
    T_TEXT,
    T_LIST,
    T_OBJECT,
    T_ERROR,
    T_LATER,
    T_STREAM,
    T_BROKEN
} kind;

typedef struct world world;
typedef struct thing thing;
struct thing {
    uint32_t mark;
    kind kind;
    int refs;
    int64_t integer; /* BOOL, INT; of an object made by `make`: its seed */
    double number;
    char *text; /* TEXT, ERROR: message, OBJECT: type */
    thing **items;
    char **keys; /* OBJECT */
    size_t count, cap;
    bool type_later, type_fails;
};

typedef struct notes { /* lines of text */
    char *text;
    size_t len, cap;
} notes;

/* How a run goes. */
typedef struct setup {
    const char *sdl, *query, *root;                                       /* root as text, or: */
    thing *(*make)(world *w, const gyr_host_field *field, thing *object); /* makes the values that objects lack */
    thing *root_thing;
    const char *variables; /* JSON, for introspection */
    const uint8_t *conditions;
    bool json, serial, value_only; /* value_only: no READ_LEAF */
    bool needs_type;               /* objects are asked for their type, too */
    bool never_answer;             /* give up while things are pending */
    bool holds;                    /* null is held as soon as it may be, and let go after all that waits now */
    uint64_t order;                /* 0: pendings are answered in their order; else the seed of a shuffle */
    uint64_t abort_at;             /* the nth call of the host aborts */
    bool keep_places;              /* every error and every second resolver keeps its place */
    gyr_allocator allocator;
    gyr_limits limits;
} setup;

struct world {
    setup setup;
    long live; /* things */
    uint64_t calls;
    notes log, errors, data;
    bool aborted;
    size_t waited, discarded, refused; /* pendings in all; discarded; answers tried after that */
    char failed[512];                  /* the error that a function failed with */
    gyr_host_pending *held[16];        /* not yet among those to be answered */
    size_t held_count;
    rng random;
    gyr_schema *schema;
    gyr_host_kept *kept[4096];
    size_t kept_count;
    gyr_host_exec *exec;
    long planned; /* fields and shapes not dropped yet */
};

extern thing null_thing;

thing *thing_new(world *w, kind k);
thing *thing_text(world *w, kind k, const char *text);
thing *thing_ref(thing *t);
void thing_drop(world *w, thing *t);
void thing_add(thing *t, const char *key, thing *item); /* takes the item */
thing *thing_parse(world *w, const char *text);
const thing *thing_get(const thing *object, gyr_str key);
void note(notes *n, const char *format, ...) __attribute__((format(printf, 2, 3)));
void note_thing(notes *n, const thing *t); /* as JSON */

/** The table of the host. */
extern const gyr_host world_host;

/** Runs; the notes are in the world. world_end checks that nothing is left. */
void world_run(world *w, const setup *s);
void world_end(world *w);
/** Runs natively and as JSON: data and errors must be these both times, and nothing may be left. */
void world_expect(const setup *s, const char *data, const char *errors);
/** The same plan and world, run again. */
gyr_host_plan *world_plan(world *w, const setup *s);
void world_execute(world *w, gyr_host_plan *plan);

#endif
