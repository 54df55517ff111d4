/* gyrfalcon._core: calling resolvers - arguments, variables, infos, types, guards, hooks. Included by core.h.
 *
 *     calls.c   life; guards; the call         variables.c   a request's variables      args.c    a field's arguments
 *     info.c    infos and their paths          types.c       the type of an object      hooks.c   middleware, watch lists
 *     next.c    what hooks call to go on                                      later.c    calls of hooks that wait
 *
 * What differs from one graphql-core to the next, and every "no", is asked of it through gyrfalcon/_calls.py.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CALLS_H
#define CALLS_H

/** Functions of gyrfalcon._calls: calls_state.<name>. */
#define CALLS_HELPERS(X)                                                                                               \
    X(input_kind)                                                                                                      \
    X(coerce_variables)                                                                                                \
    X(variable_container)                                                                                              \
    X(argument_values)                                                                                                 \
    X(async_helpers)                                                                                                   \
    X(plain_info)                                                                                                      \
    X(assume_not_awaitable)                                                                                            \
    X(meta_field)                                                                                                      \
    X(guarded)                                                                                                         \
    X(type_name)                                                                                                       \
    X(check_type)                                                                                                      \
    X(chain_all)                                                                                                       \
    X(chain)                                                                                                           \
    X(has_directives)                                                                                                  \
    X(replaced)                                                                                                        \
    X(gave_up)                                                                                                         \
    X(info_class)

/** Interned names: calls_state.str_<name>. */
#define CALLS_NAMES(X)                                                                                                 \
    X(func)                                                                                                            \
    X(field_name)                                                                                                      \
    X(field_nodes)                                                                                                     \
    X(return_type)                                                                                                     \
    X(parent_type)                                                                                                     \
    X(path)                                                                                                            \
    X(schema)                                                                                                          \
    X(fragments)                                                                                                       \
    X(root_value)                                                                                                      \
    X(operation)                                                                                                       \
    X(variable_values)                                                                                                 \
    X(context)                                                                                                         \
    X(is_awaitable)                                                                                                    \
    X(async_helpers)                                                                                                   \
    X(operation_extensions)                                                                                            \
    X(_fields)                                                                                                         \
    X(fields)                                                                                                          \
    X(has_permission)                                                                                                  \
    X(resolve)                                                                                                         \
    X(serialize)                                                                                                       \
    X(coerce_output_value)                                                                                             \
    X(get_field_resolver)                                                                                              \
    X(get_possible_types)                                                                                              \
    X(type)                                                                                                            \
    X(type_map)                                                                                                        \
    X(info)                                                                                                            \
    X(_raw_info)                                                                                                       \
    X(_field)                                                                                                          \
    X(__typename)                                                                                                      \
    X(resolve_type)                                                                                                    \
    X(is_type_of)                                                                                                      \
    X(max_coercion_errors)                                                                                             \
    X(hide_suggestions)                                                                                                \
    X(replaced)

typedef struct calls_state {
#define X(name) PyObject *name;
    CALLS_HELPERS(X)
#undef X
#define X(name) PyObject *str_##name;
    CALLS_NAMES(X)
#undef X
    PyObject *info_kwnames;   /* ("_raw_info", "_field") */
    PyObject *no_arguments;   /* () */
    PyTypeObject *path_type;  /* graphql-core's Path */
    PyTypeObject *next_type;  /* next.c */
    PyTypeObject *later_type; /* later.c */
    bool containers;          /* graphql-core 3.3: variables come as VariableValues */
} calls_state;

/** What is known of an input type. */
typedef struct calls_input {
    enum {
        CALLS_OTHER, /* graphql-core coerces it */
        CALLS_INT,
        CALLS_FLOAT,
        CALLS_STRING,
        CALLS_BOOLEAN,
        CALLS_ID,
        CALLS_ENUM
    } kind;
    uint32_t depth, non_null; /* as in gyr_host_type */
    PyObject *table;          /* ENUM: an exact dict from names to values */
} calls_input;

typedef struct calls_spec {
    calls_input *inputs;   /* one for each argument */
    bool unresolved;       /* GraphQLField.resolve is None */
    unsigned info_version; /* of the class `info`, when it was found to be plain; 0: it was not */
} calls_spec;

typedef struct calls_type {
    PyObject *names;   /* {name: index} of the possible types of an abstract one */
    PyObject *indices; /* {exact class: index}, or NULL */
} calls_type;

/** One value of a call. */
typedef struct calls_slot {
    enum {
        CALLS_SOURCE,
        CALLS_INFO,
        CALLS_RAW_INFO,
        CALLS_CONSTANT, /* `value` */
        CALLS_LITERAL,  /* made anew from `literal` */
        CALLS_MADE,     /* `value` is called for it */
        CALLS_VARIABLE, /* of the name `value`; when it is not given `absent`, or nothing */
        CALLS_REFERENCE /* what graphql-core's get_argument_values has under `value` */
    } kind;
    bool non_null;
    bool makes;                         /* VARIABLE: `absent` is called for the default */
    PyObject *value, *absent, *convert; /* each may be NULL */
    const calls_input *input;
    const gyr_value *literal;
    uint32_t arg;   /* of the field's spec */
    PyObject *name; /* under which guards get it too, or NULL; borrowed from the spec */
} calls_slot;

/** What a function is called with: positional values, then those of kwnames. */
typedef struct calls_vector {
    calls_slot *slots;
    uint32_t count, positional;
    PyObject *kwnames;     /* NULL: none */
    PyObject *guard_names; /* of the slots that have one, or NULL */
} calls_vector;

typedef struct calls_field {
    calls_vector call; /* spec->function as CALL wants it */
    calls_vector raw;  /* the arguments alone, by out_name: graphql-core's convention */
    uint32_t index;    /* in the plan: of calls_request.rows */
} calls_field;

/** One thing that was bypassed. All borrowed from specs. */
typedef struct calls_watch {
    PyObject *object, *attribute, *value;
    bool whole; /* when it was replaced graphql-core does the whole request */
} calls_watch;

typedef struct calls_watches {
    calls_watch *all;
    uint32_t count, fields; /* `fields` were planned when it was made */
} calls_watches;

typedef struct calls_plan {
    uint32_t fields;        /* numbered so far */
    bool unplain;           /* a simple field is planned that tracing hooks do not skip */
    int8_t directives;      /* whether the text has directives other than skip and include: 0 not looked, 1 no, 2 yes */
    calls_watches watches;  /* of all the plan's fields, each once */
    PyObject *shared_watch; /* Conversion.watch: a tuple */
    PyObject *variables;    /* names and, for each, input and defaults: see variables.c */
    calls_input *inputs;    /* one for each variable */
    PyObject **defaults;    /* immutable coerced defaults, when known */
} calls_plan;

/** What a request knows of a field. */
typedef struct calls_row {
    PyObject **info; /* what an info has, but for its path (NULL); as many as the class has fields */
    PyObject *spare; /* an info that nobody has any more, or NULL */
    PyObject *spare_wrapper, *wrapper_dict; /* the framework's info made of it, and its __dict__; or NULL */
    const void *wrapped;                    /* the info that it is made of */
    PyObject *chain;                        /* the resolver with its hooks round it */
    enum { CALLS_WRAPPER_UNKNOWN, CALLS_WRAPPER_PLAIN, CALLS_WRAPPER_CALLED } wrapper; /* the framework's info */
    enum { CALLS_UNKNOWN, CALLS_BARE, CALLS_HOOKED } hooks;
    enum { CALLS_UNSEEN, CALLS_NOW, CALLS_LATER } later; /* HOOKED: when the chain is called */
} calls_row;

/** A step of a response path and its Path. */
typedef struct calls_step {
    const char *key, *type;
    size_t index;
    PyObject *key_object, *type_object; /* of key and type */
    PyObject *path;
} calls_step;
#define CALLS_STEPS 32

typedef struct calls_request {
    PyObject *given;     /* the variables as they came, or NULL */
    PyObject *container; /* graphql-core's VariableValues, when somebody wanted it */
    PyTypeObject *info_class;
    PyObject **info; /* what all infos of the request share; NULL where a field has a say */
    int8_t *info_kinds;
    uint32_t info_count;
    int info_path;  /* which field of an info is the path; -1: none */
    bool info_bare; /* infos have nothing but their items */
    calls_row *rows;
    uint32_t row_count;
    calls_step *steps; /* of the path made last, from the root; CALLS_STEPS of them */
    uint32_t step_count;
    uint8_t *types;   /* by type index: CALLS_TYPE_; NULL: none was asked yet */
    bool reported;    /* something was replaced, and it was counted */
    bool patched;     /* something watched was replaced */
    bool all_patched; /* ... that all fields bypass */
    bool hooked;      /* there is middleware */
    bool tracing;     /* ... that skips plain fields */
    bool unknown;     /* ... that takes every field */
} calls_request;

typedef struct core_type core_type;

/* Life: each _init 0 or -1 with an exception; _traverse as tp_traverse; _fini also after a failed _init, and more than once. */
int calls_init(PyObject *module, core_state *state);
int calls_traverse(core_state *state, visitproc visit, void *arg);
void calls_fini(core_state *state);
int calls_spec_init(core_schema *schema, core_spec *spec);
int calls_spec_traverse(core_spec *spec, visitproc visit, void *arg);
void calls_spec_fini(core_spec *spec);
int calls_type_init(core_schema *schema, core_type *type);
int calls_type_traverse(core_type *type, visitproc visit, void *arg);
void calls_type_fini(core_type *type);
/** Prepares a planned field: constant arguments made, kwnames built. Replaces field->spec by its fallback when something that it
 *  watches is no more what it was. */
int calls_field_init(core_field *field);
int calls_field_traverse(core_field *field, visitproc visit, void *arg);
void calls_field_fini(core_field *field);
int calls_plan_traverse(core_plan *plan, visitproc visit, void *arg);
void calls_plan_fini(core_plan *plan);

/** Begins a request: x->variables is made of `variables` (None or a mapping), x->special and x->calls are set; watch lists are
 *  looked through. 0; 1: x->errors are the request's errors (graphql-core's own); 2: graphql-core must do it; -1: an exception. */
int calls_begin(core_execution *x, PyObject *variables);
/** An exception before anything of the user's ran: graphql-core does the request. NotImplemented; or NULL: the exception stays. */
PyObject *calls_give_up(core_execution *x);
int calls_request_traverse(core_execution *x, visitproc visit, void *arg);
void calls_request_fini(core_execution *x);
/** x->special, fields planned since then included. */
#define calls_special(x) ((x)->special || ((x)->calls.tracing && (x)->plan->calls.unplain))

/** What the field runs by now: its spec, or the fallback when something that it bypasses was replaced. */
core_spec *calls_spec_now(core_field *field);

/* `at` is the field's place, but for READ_LEAF fields that of their object: what the engine gives in each case. */

/** The value of a field that is not simply read: CALL, RESOLVE, guards, or any field when x->special. Not yet settled
 *  (core_settle), may be an awaitable. New reference, or NULL with an exception. */
PyObject *calls_resolve(core_execution *x, core_field *field, PyObject *source, gyr_host_place *at);
/** graphql-core's info (or that of the request's info_factory) for a field at a place. New. */
PyObject *calls_info(core_execution *x, core_field *field, gyr_host_place *at);
/** The default resolver's call of a callable: value(info, **args). New reference, or NULL with an exception. */
PyObject *calls_call_value(core_execution *x, core_field *field, PyObject *callable, gyr_host_place *at);

/** Whether an awaitable is a call that waits for its turn (later.c). */
#define calls_is_later(state, value) Py_IS_TYPE(value, (state)->calls.later_type)
/** Its source, lent, for the garbage collector; NULL: it is something else. */
PyObject *calls_later_source(core_state *state, PyObject *value);
/** What to await for a pending: of a call that waits what it gives now, else `value` itself. New, or NULL with an exception. */
PyObject *calls_later_call(core_execution *x, gyr_host_pending *pending, PyObject *value);

/** Of the gyr_host table. */
gyr_host_status calls_type_of(void *user, const gyr_host_field *field, gyr_host_value value, gyr_host_place *at,
                              uint32_t *type, gyr_host_value *out);
bool calls_needs_type(void *user, const gyr_host_field *field);
/** An awaited answer of type_of becomes an index. -1 with an exception. */
int calls_type_answer(core_execution *x, PyObject *answer, uint32_t *type);

/* ------------------------------------------------------------------ between the files of calls */

/** What one call of a resolver has made so far; all zeroed, ended with calls_frame_end. */
typedef struct calls_frame {
    PyObject *raw, *info; /* graphql-core's info and the framework's */
    core_spec *plain;     /* whose plain info class made `info`, or NULL */
    PyObject *reference;  /* {out_name: value}: graphql-core's get_argument_values */
} calls_frame;
/** Takes back the infos of a call. */
void calls_frame_end_infos(core_execution *x, core_field *field, calls_frame *frame);
static inline void calls_frame_end(core_execution *x, core_field *field, calls_frame *frame) {
    if (frame->raw) calls_frame_end_infos(x, field, frame);
    Py_XDECREF(frame->reference);
}
/** Borrowed from the frame, or NULL with an exception. */
PyObject *calls_frame_raw(core_execution *x, core_field *field, gyr_host_place *at, calls_frame *frame);
PyObject *calls_frame_info(core_execution *x, core_field *field, core_spec *spec, gyr_host_place *at,
                           calls_frame *frame);

int calls_input_init(calls_input *input, core_state *state, PyObject *type);
void calls_input_fini(calls_input *input);
/** An immutable value, or one made anew. NULL without an exception: graphql-core must do it. */
PyObject *calls_input_literal(const calls_input *input, const gyr_value *value);
/** A value of a variable. NULL without an exception: graphql-core must do it. */
PyObject *calls_input_value(const calls_input *input, PyObject *value);

/** Of 0 <= i < 2 * count: the slots that guards get too, arguments first as the framework collects them; NULL: none at i. */
static inline const calls_slot *calls_guard_slot(const calls_vector *vector, uint32_t i) {
    const calls_slot *slot = &vector->slots[i % vector->count];
    return slot->name && (slot->input != NULL) == (i < vector->count) ? slot : NULL;
}
int calls_vectors_init(core_field *field);
void calls_vector_fini(calls_vector *vector);
int calls_vector_traverse(const calls_vector *vector, visitproc visit, void *arg);
#define CALLS_FIRST 4 /* places before the values: one for the call's own use, three for values that come before them */
#define CALLS_STACK 12
/** The values of one call, owned: one for each slot of the vector, NULL for what is not passed; after calls_close without gaps. */
typedef struct calls_gathered {
    const calls_vector *vector;
    PyObject **values, **heap, *names, *own_names;
    uint32_t count, positional;
    bool gaps;
    PyObject *stack[CALLS_FIRST + CALLS_STACK];
} calls_gathered;
/** Gets the values of a vector; also after a failure (-1) calls_gathered_end must follow. */
int calls_gather(core_execution *x, core_field *field, core_spec *spec, const calls_vector *vector, PyObject *source,
                 gyr_host_place *at, calls_frame *frame, calls_gathered *g);
int calls_close(calls_gathered *g);
void calls_gathered_end(calls_gathered *g);
/** function(*first, *values): the `first_count` <= 3 lent values of the call stand in g->values[-first_count ..]. */
static inline PyObject *calls_call(calls_gathered *g, PyObject *function, uint32_t first_count) {
    if (g->gaps && calls_close(g)) return NULL;
    return PyObject_Vectorcall(function, g->values - first_count,
                               (first_count + g->positional) | PY_VECTORCALL_ARGUMENTS_OFFSET, g->names);
}

/** The value of a field by `spec`, without hooks. */
PyObject *calls_run(core_execution *x, core_field *field, core_spec *spec, PyObject *source, gyr_host_place *at);
/** The value of a field, with the request's hooks and replacements. */
PyObject *calls_hooked(core_execution *x, core_field *field, PyObject *source, gyr_host_place *at);
int calls_hooks_begin(core_execution *x);
/** What hooks call in place of the field's resolver, or None. New. */
PyObject *calls_next(core_field *field, PyObject *genuine);
int calls_next_ready(PyObject *module, core_state *state);
/** The field's chain of hooks, called: calls_row.chain is there. New reference, or NULL with an exception. */
PyObject *calls_hook_call(core_execution *x, core_field *field, PyObject *source, gyr_host_place *at);
/** Sets row->later by the result of a call of the chain. -1 with an exception. */
int calls_later_learn(core_execution *x, core_field *field, calls_row *row, PyObject *result);
/** What the engine waits for in place of the chain's coroutine. New. */
PyObject *calls_later(core_execution *x, core_field *field, PyObject *source);
int calls_later_ready(PyObject *module, core_state *state);
/** The framework's info for a field by its spec, of graphql-core's one. New. */
PyObject *calls_wrap_info(core_state *state, core_spec *spec, PyObject *raw);
/** Counts the request, once, as one whose schema has replaced parts. */
int calls_report(core_execution *x);
/** Whether what a watch list names is as it was. */
bool calls_watch_holds(PyObject *watch);
int calls_variables_begin(core_execution *x, PyObject *variables);
void calls_variables_fini(core_plan *plan);
/** What graphql-core takes as variable values: a dict, or VariableValues. Borrowed, or NULL with an exception. */
PyObject *calls_variable_values(core_execution *x);
/** graphql-core's OperationDefinitionNode; borrowed. */
PyObject *calls_operation(core_execution *x);
/** What a request knows of a field; NULL: memory, with an exception. */
calls_row *calls_row_of(core_execution *x, core_field *field);
/** An entry of Request.options; borrowed, NULL without an exception: none. */
PyObject *calls_option(core_execution *x, PyObject *name);
/** The GraphQLField of a field, __typename's too; and its parent's GraphQLObjectType. New. */
PyObject *calls_graphql_field(core_execution *x, core_field *field);
PyObject *calls_parent_type(core_execution *x, core_field *field);
#endif
