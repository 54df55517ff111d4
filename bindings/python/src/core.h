/* gyrfalcon._core: what its files share.
 *
 *     module.c     the module: its state, what it takes from graphql-core        schema.c, spec.c     Schema; specs become C structs
 *     document.c   Document, Plan                                               execution.c          Execution, Request, results
 *     host.c, lists.c    the gyr_host table: fields, results; lists             leaves.c, read.c     leaves; attributes and default resolvers
 *     errors.c     field errors become GraphQLErrors; AST nodes                 json.c               dumps; copies; what introspection answers
 *     args.c, info.c, types.c, hooks.c    calls.h: calling resolvers            task.c, drive.c, ... tasks.h: awaiting
 *
 * Objects and who holds whom: Execution -> Plan -> Document -> Schema -> conversion -> GraphQLSchema -> (attribute) -> Schema.
 * All of them are traversed by the garbage collector. C structs below a Schema (core_spec, core_type, core_leaf) live as long as it
 * does, those below a Plan (core_field) as long as the plan.
 *
 * Errors. A function that returns a pointer or an int fails with NULL or -1 and a Python exception, as in CPython. A function of the
 * gyr_host table fails with core_failed(x), which takes the exception out of the interpreter and keeps it in the execution until the
 * engine asks for it (gyr_host.error).
 *
 * Nothing is static but constants: the module may be loaded by several interpreters. No "current" execution: resolvers may
 * run executions of the same plan, and greenlets may switch inside any callback.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_H
#define CORE_H
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <gyr.h>
#include <gyr_host.h>

typedef struct core_state core_state;
typedef struct core_schema core_schema;
typedef struct core_document core_document;
typedef struct core_plan core_plan;
typedef struct core_request core_request;
typedef struct core_execution core_execution;
typedef struct core_spec core_spec;
typedef struct core_field core_field;

#include "calls.h"
#include "tasks.h"

/* ------------------------------------------------------------------ the module */

/** Objects of graphql-core and the standard library, imported once: core_state.<name>. X(member, module, attribute, optional):
 *  an optional one that is not there is NULL. */
#define CORE_IMPORTS(X)                                                                                                \
    X(GraphQLError, "graphql.error", "GraphQLError", 0)                                                                \
    X(located_error, "graphql.error", "located_error", 0)                                                              \
    X(inspect, "graphql.pyutils", "inspect", 0)                                                                        \
    X(Undefined, "graphql.pyutils", "Undefined", 0)                                                                    \
    X(Path, "graphql.pyutils", "Path", 0)                                                                              \
    X(is_awaitable, "graphql.pyutils", "is_awaitable", 0)                                                              \
    X(is_iterable, "graphql.pyutils", "is_iterable", 0)                                                                \
    X(default_field_resolver, "graphql.execution", "default_field_resolver", 0)                                        \
    X(default_type_resolver, "graphql.execution", "default_type_resolver", 0)                                          \
    X(ExecutionContext, "graphql.execution.execute", "ExecutionContext", 1)                                            \
    X(Executor, "graphql.execution.executor", "Executor", 1)                                                           \
    X(Mapping, "collections.abc", "Mapping", 0)                                                                        \
    X(get_cache_token, "abc", "get_cache_token", 0)                                                                    \
    X(partial, "functools", "partial", 0)                                                                              \
    X(CoroutineType, "types", "CoroutineType", 0)                                                                      \
    X(settle, "gyrfalcon._async", "settle", 0)                                                                         \
    X(index_nodes, "gyrfalcon._nodes", "index_nodes", 0)

/** Interned names: core_state.str_<name>. */
#define CORE_NAMES(X)                                                                                                  \
    X(__await__)                                                                                                       \
    X(__aiter__)                                                                                                       \
    X(__class__)                                                                                                       \
    X(__getattribute__)                                                                                                \
    X(message)                                                                                                         \
    X(errors)                                                                                                          \
    X(get)                                                                                                             \
    X(close)                                                                                                           \
    X(field)                                                                                                           \
    X(leaf)                                                                                                            \
    X(type)                                                                                                            \
    X(sdl)                                                                                                             \
    X(graphql_schema)                                                                                                  \
    X(how)                                                                                                             \
    X(name)                                                                                                            \
    X(function)                                                                                                        \
    X(params)                                                                                                          \
    X(args)                                                                                                            \
    X(guards)                                                                                                          \
    X(info)                                                                                                            \
    X(definition)                                                                                                      \
    X(graphql_field)                                                                                                   \
    X(watch)                                                                                                           \
    X(fallback)                                                                                                        \
    X(reason)                                                                                                          \
    X(completes)                                                                                                       \
    X(plain)                                                                                                           \
    X(kind)                                                                                                            \
    X(keyword)                                                                                                         \
    X(arg)                                                                                                             \
    X(out_name)                                                                                                        \
    X(default)                                                                                                         \
    X(has_default)                                                                                                     \
    X(shared)                                                                                                          \
    X(convert)                                                                                                         \
    X(permissions)                                                                                                     \
    X(on_unauthorized)                                                                                                 \
    X(asynchronous)                                                                                                    \
    X(awaitable_error)                                                                                                 \
    X(boolean_error)                                                                                                   \
    X(serialize)                                                                                                       \
    X(table)                                                                                                           \
    X(json)                                                                                                            \
    X(is_type_of)                                                                                                      \
    X(classes)                                                                                                         \
    X(resolve_type)                                                                                                    \
    X(by_class)                                                                                                        \
    X(unless)                                                                                                          \
    X(default_factory)                                                                                                 \
    X(async_iterables) X(original_error) X(path) X(locations)

struct core_state {
    PyTypeObject *schema_type, *document_type, *plan_type, *request_type, *execution_type;
#define X(member, module, attribute, optional) PyObject *member;
    CORE_IMPORTS(X)
#undef X
#define X(name) PyObject *str_##name;
    CORE_NAMES(X)
#undef X
    PyTypeObject *coroutine_type; /* of CoroutineType, for exact tests */
    PyObject *empty;              /* "" */
    PyObject *abc_token; /* what get_cache_token said last: it changes when a class is registered as a Mapping; */
    unsigned abc_epoch;  /* how often it did */
    calls_state calls;
    tasks_state tasks;
};

/** The state of the module that defines a type of ours, or a subclass of one. */
core_state *core_state_of(PyTypeObject *type);
/** That module, borrowed. Objects that need the state when they are deallocated hold it: their type may have lost it by then. */
PyObject *core_module_of(PyTypeObject *type);

/* ------------------------------------------------------------------ a schema's specs, as gyrfalcon/_spec.py describes them */

typedef enum core_how { CORE_ATTRIBUTE, CORE_DEFAULT, CORE_CALL, CORE_RESOLVE } core_how;
typedef enum core_param_kind { CORE_SOURCE, CORE_INFO, CORE_ARGUMENT, CORE_RAW_INFO } core_param_kind;

typedef struct core_param {
    core_param_kind kind;
    PyObject *keyword; /* interned, or NULL: by position */
    int arg;           /* index of core_spec.args, for ARGUMENT */
    PyObject *name;    /* interned: the keyword under which guards get it, or NULL */
} core_param;

typedef struct core_arg {
    PyObject *name, *out_name; /* interned */
    PyObject *type;
    PyObject *default_value;   /* NULL: none (has_default) */
    PyObject *default_factory; /* makes it anew for each call, or NULL */
    PyObject *convert;         /* or NULL */
    bool shared;
} core_arg;

typedef struct core_guard {
    PyObject *permissions; /* a list or tuple */
    PyObject *on_unauthorized;
    PyObject *awaitable_error, *boolean_error; /* or NULL */
    bool asynchronous;
} core_guard;

/** A FieldSpec. */
struct core_spec {
    core_how how;
    bool plain;
    PyObject *name;                                          /* interned */
    PyObject *function;                                      /* or NULL */
    PyObject *info, *definition, *graphql_field, *completes; /* or NULL */
    PyObject *watch; /* a tuple of (object, attribute, value), or NULL when there is nothing to watch */
    PyObject *reason;
    core_param *params;
    core_arg *args;
    core_guard *guards;
    uint32_t param_count, arg_count, guard_count;
    core_spec *fallback; /* or NULL */
    calls_spec calls;    /* what calls prepares, zeroed first: calls_spec_init */
};

typedef enum core_leaf_kind {
    CORE_INT,
    CORE_FLOAT,
    CORE_STRING,
    CORE_BOOLEAN,
    CORE_ID,
    CORE_ENUM,
    CORE_CUSTOM
} core_leaf_kind;

enum { CORE_FEW = 16 };
/** A LeafSpec. */
typedef struct core_leaf {
    core_leaf_kind kind;
    bool json;
    PyObject *type, *serialize;
    PyObject *table;                              /* an exact dict, or NULL */
    uint32_t few;                                 /* of a table that is not large: how many it has, */
    PyObject *values[CORE_FEW], *names[CORE_FEW]; /* and its content, for a look by identity; borrowed */
} core_leaf;

/** A TypeSpec. */
typedef struct core_type {
    PyObject *type;
    PyObject *is_type_of; /* or NULL */
    PyObject *classes;    /* a tuple */
    /* interned: an attribute; `classes` and `by_class` say nothing of objects that have it; or NULL */
    PyObject *unless;
    PyObject *resolve_type; /* or NULL */
    PyObject *by_class;     /* an exact dict, or NULL */
    PyObject *watch;        /* or NULL */
    calls_type calls;
} core_type;

/* ------------------------------------------------------------------ the objects */

/** What introspection of a plan answers every request. */
enum { CORE_CONSTANTS = 4 };
typedef struct core_constant {
    const core_plan *plan; /* compared only: it forgets its own when it goes; NULL: none */
    const char *text;      /* of the engine's plan; compared only */
    PyObject *value;       /* what is copied; NULL: it was asked for once */
} core_constant;

struct core_schema {
    PyObject_HEAD core_state *state;
    PyObject *module; /* keeps the state, for all that holds the schema */
    gyr_schema *schema;
    gyr_limits limits; /* of documents too */
    PyObject *conversion;
    PyObject *graphql_schema;
    uint32_t type_count;
    core_leaf **leaves; /* by type index; NULL: not asked for yet */
    core_type **types;
    PyObject **type_names; /* interned str, made when asked for: core_type_name */
    PyObject *spec_index;  /* {(type name, field name): int}: into specs */
    core_spec **specs;     /* all that were made, fallbacks too */
    uint32_t spec_count, spec_room;
    core_constant constants[CORE_CONSTANTS];
    uint32_t next_constant; /* the one to be replaced */
};
/** The spec of a field, the leaf or type of that index: borrowed from the schema, NULL with an exception. */
core_spec *core_schema_spec(core_schema *schema, gyr_str type_name, gyr_str field_name);
core_leaf *core_schema_leaf(core_schema *schema, uint32_t type_index);
core_type *core_schema_type(core_schema *schema, uint32_t type_index);
PyObject *core_type_name(core_schema *schema, uint32_t type_index); /* borrowed */

struct core_document {
    PyObject_HEAD core_schema *schema;
    gyr_document *document;
    PyObject *text;  /* str */
    PyObject *ast;   /* the DocumentNode that `nodes` is the index of, or NULL */
    PyObject *nodes; /* what _nodes.index_nodes(ast) returns: a tuple of (fields, operations, fragments), or NULL */
    bool ascii;
};

struct core_plan {
    PyObject_HEAD core_state *state;
    core_schema *schema;
    core_document *document;
    gyr_host_plan *plan;
    core_field *fields; /* all that were planned, a chain; for traverse, watch lists and explain */
    uint32_t field_count;
    PyObject *failed;      /* the exception that planning a shape failed with, until the request takes it */
    PyObject **conditions; /* names of the variables that @skip and @include read */
    uint32_t condition_count;
    calls_plan calls;
    tasks_plan tasks;
};

/** A planned field. What the reading of leaves looks at comes first. */
struct core_field {
    PyObject *attribute; /* of a leaf that is simply this attribute, completed by its kind alone; or NULL */
    PyObject *key;       /* in the response, interned */
    core_leaf_kind kind; /* of a leaf */
    bool non_null;       /* the outermost type */
    bool typename;       /* __typename: `spec` is NULL */
    bool completes;      /* spec->completes is there */
    bool simple;         /* ATTRIBUTE or DEFAULT without a guard: core_read does it unless x->special */
    const gyr_host_field *field;
    core_plan *plan;
    core_spec *spec;
    core_leaf *leaf;           /* NULL: not a leaf type */
    PyTypeObject *plain_type;  /* compared only: the class whose instances core_settle_slow last found plain, */
    unsigned plain_version;    /* while its version is this */
    PyTypeObject *object_type; /* likewise: the class that core_read last found to be no mapping, */
    unsigned object_version, object_epoch; /* while its version and core_state.abc_epoch are these */
    calls_field calls;                     /* prepared arguments: calls_field_init */
    core_field **link, *next;              /* in core_plan.fields */
};

/** Options of requests: gyrfalcon._core.Request. Immutable once made; may serve many requests. A member that is NULL was None. */
struct core_request {
    PyObject_HEAD bool json;                  /* the result as JSON bytes */
    bool sync;                                /* nothing may be awaited */
    PyObject *middleware;                     /* a MiddlewareManager */
    PyObject *field_resolver, *type_resolver; /* other than graphql-core's default ones */
    PyObject *is_awaitable;                   /* NULL: graphql-core's; False: nothing is awaitable */
    PyObject *info_factory;
    PyObject *ast; /* callable: the DocumentNode */
    PyObject *operation_extensions;
    PyObject *hooks;   /* the user's resolve hooks, for calls: see hooks.c */
    PyObject *options; /* a dict of what else calls and tasks want, or NULL */
};

enum { CORE_WHOLE = 24 };

/** A request being answered. */
struct core_execution {
    PyObject_HEAD core_state *state;
    core_plan *plan;
    core_request *request;
    gyr_host_exec *exec;
    PyObject *root, *context;
    PyObject *variables; /* a dict: the coerced values by name; NULL: the operation has none */
    PyObject *errors;    /* a list of GraphQLError, or NULL */
    PyObject *failed;    /* the exception that a function of the table failed with, until `error` takes it */
    /* the exception that ends the request: no Exception, but a BaseException or MemoryError of ours */
    PyObject *aborted;
    char (*whole)[CORE_WHOLE]; /* texts of the whole floats among the cells of one core_leaves, or NULL */
    bool json;
    bool began;      /* something was read or called: graphql-core cannot do the request any more */
    bool registered; /* state->abc_epoch was made sure of */
    bool asks;       /* the request has its own is_awaitable, which is asked about every value */
    bool special; /* fields are not simply read: middleware, field resolver, hooks, or something watched was replaced.
                          Set by calls_begin; each field then goes through calls_resolve */
    calls_request calls;
    tasks_request tasks;
};

/* ------------------------------------------------------------------ what core gives to calls and tasks */

/** Takes the exception that is set: FAILED for an Exception (kept in x->failed), ABORT for other ones (x->aborted). */
gyr_host_status core_failed(core_execution *x);
/** The exception that is set, normalised, with its traceback; cleared. NULL: none was set. */
PyObject *core_take_exception(void);
/** Sets an exception that core_take_exception gave; steals it. */
void core_raise(PyObject *exception);
/** Whether the request takes a value for an awaitable. -1: an exception. */
int core_is_awaitable(core_execution *x, PyObject *value);
/** hasattr(value, name): only AttributeError says no. -1: an exception. */
int core_has_attribute(PyObject *value, PyObject *name);
/** What a value that was awaited goes through before it is completed: FieldSpec.completes (not for items of a list, which `at` tells),
 *  and a returned exception is raised. It is not awaited again. *value is replaced. OK, or what core_failed says: *value is then
 *  released. */
gyr_host_status core_settle(core_execution *x, const gyr_host_field *field, gyr_host_place *at, PyObject **value);
/** Reads ATTRIBUTE and DEFAULT without the request's own resolvers. New reference, or NULL with an exception. */
PyObject *core_read(core_execution *x, core_field *field, PyObject *source, gyr_host_place *at);
/** The response path of a place, as a list of keys and indices. */
PyObject *core_path_list(const gyr_host_place *at);
/** "Type.field" */
PyObject *core_coordinate(const gyr_host_field *field);
/** The field's FieldNodes, a new list. Parses the document when nobody has. */
PyObject *core_field_nodes(core_execution *x, const gyr_host_field *field);
/** (fields, operations, fragments) of the document's AST, borrowed: {offset: FieldNode}, {offset: OperationDefinitionNode},
 *  {name: FragmentDefinitionNode}; offsets are characters. */
PyObject *core_nodes(core_execution *x);
/** An offset in bytes as one in characters. */
Py_ssize_t core_char_offset(core_document *document, uint32_t bytes);
/** Ends a request whose engine has ended (OK): the tuple (data, errors, json). Also what an awaited request results in. */
PyObject *core_result(core_execution *x);
/** Ends a request that was aborted: raises x->aborted, or MemoryError. Returns NULL. */
PyObject *core_abort(core_execution *x);
/** Text to str; the field of a gyr_host_field. */
static inline PyObject *core_str(gyr_str s) { return PyUnicode_FromStringAndSize(s.ptr, (Py_ssize_t)s.len); }
static inline core_field *core_field_of(const gyr_host_field *field) { return (core_field *)field->data; }

/* ------------------------------------------------------------------ between core's files */

/** The table that the engine calls. */
gyr_host core_host(void);
PyObject *core_schema_document(PyObject *schema, PyObject *text);
/** The value completed as a leaf: new, None for null. NULL with an exception. */
PyObject *core_serialize(core_execution *x, core_leaf *leaf, PyObject *value);
/** A completed leaf, given, as JSON. `number`: which of the cells that are filled before the engine writes them. 0, or -1 with
 *  an exception. */
int core_cell(core_execution *x, PyObject *value, uint32_t number, gyr_host_cell *cell);
gyr_host_status core_leaves(void *user, const gyr_host_shape *shape, uint32_t first, uint32_t count,
                            gyr_host_value object, gyr_host_place *at, gyr_host_value into, gyr_host_cell *cells,
                            uint32_t *done, gyr_host_value *out);
gyr_host_status core_open_list(void *user, const gyr_host_field *field, gyr_host_value value, gyr_host_place *at,
                               gyr_host_list *list, gyr_host_value *out);
gyr_host_status core_next_item(void *user, const gyr_host_field *field, gyr_host_list *list, gyr_host_value *out);
void core_close_list(void *user, gyr_host_list *list);
/** Releases a value that came when nobody waited for it any more. What is awaitable in a list runs on, as it does where the reference
 *  completes it in the background. */
void core_drop(core_state *state, PyObject *value);
gyr_host_status core_error(void *user, const gyr_host_field *field, gyr_host_place *at, const gyr_str *message);
gyr_host_status core_settle_slow(core_execution *x, core_field *field, PyObject **value, bool item);
/** The version of a class, which changes with its attributes and bases; 0: it has none now. */
static inline unsigned core_type_version(PyTypeObject *type) {
#if PY_VERSION_HEX < 0x030C0000
    if (!PyType_HasFeature(type, Py_TPFLAGS_VALID_VERSION_TAG)) return 0;
#endif
    return type->tp_version_tag;
}
/** Whether a value's exact type says that it is neither awaitable nor an Exception nor Undefined. */
static inline bool core_is_plain(const core_field *field, PyObject *value) {
    PyTypeObject *type = Py_TYPE(value);
    if (type == field->plain_type && field->plain_version && core_type_version(type) == field->plain_version)
        return true;
    return type == &PyUnicode_Type || type == &PyList_Type || type == &PyDict_Type || value == Py_None ||
           type == &PyLong_Type || type == &PyFloat_Type || type == &PyBool_Type || type == &PyTuple_Type;
}
/** core_settle of a value that was just read: of a field, or an item of its list. */
static inline gyr_host_status core_settle_read(core_execution *x, core_field *field, PyObject **value, bool item) {
    if (core_is_plain(field, *value) && !x->asks && (item || !field->completes)) return GYR_HOST_OK;
    return core_settle_slow(x, field, value, item);
}
/** A field's value as it is read or resolved; not looked at. New, or NULL with an exception. */
static inline PyObject *core_value(core_execution *x, core_field *field, PyObject *source, gyr_host_place *at) {
    return field->simple && !calls_special(x) ? core_read(x, field, source, at) : calls_resolve(x, field, source, at);
}
int core_schema_ready(PyObject *module, core_state *state);
int core_document_ready(PyObject *module, core_state *state);
int core_execution_ready(PyObject *module, core_state *state);
int core_json_ready(PyObject *module);
/** A copy of the dicts and lists of a JSON value, at any depth: callers change what they get. */
PyObject *core_copy(PyObject *value);
/** The value of a text that introspection wrote, for one request. */
PyObject *core_from_json(core_plan *plan, gyr_str json);
/** The plan goes: what its introspection answers is forgotten. */
void core_forget_constants(core_plan *plan);
core_spec *core_spec_new(core_schema *schema, PyObject *spec);
core_leaf *core_leaf_new(core_schema *schema, PyObject *spec);
core_type *core_type_new(core_schema *schema, PyObject *spec);
void core_spec_free(core_spec *spec);
void core_leaf_free(core_leaf *leaf);
void core_type_free(core_type *type);
int core_spec_traverse(core_spec *spec, visitproc visit, void *arg);
int core_leaf_traverse(core_leaf *leaf, visitproc visit, void *arg);
int core_type_traverse(core_type *type, visitproc visit, void *arg);
PyObject *core_plan_execute(PyObject *plan, PyObject *const *args, Py_ssize_t count);
#endif
