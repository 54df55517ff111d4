/* gyrfalcon._core: which object type a value has (Specification 6.4.3, ResolveAbstractType), and whether it is of it.
 *
 * Answered here: exact classes that the conversion knows (TypeSpec.by_class, .classes), the type name that a type resolver or a
 * dict's "__typename" gives, is_type_of that says yes. All else - awaitable answers, wrong names, a no - goes on in
 * gyrfalcon/_calls.py with graphql-core's own checks and errors; what it gives is a name again.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "core.h"

/* ------------------------------------------------------------------ what a type's spec needs */

/** The number of the type of that name; -1 with an exception. */
static long type_index(core_schema *schema, PyObject *name) {
    Py_ssize_t size;
    const char *text = PyUnicode_Check(name) ? PyUnicode_AsUTF8AndSize(name, &size) : NULL;
    for (uint32_t i = 0; text && i < schema->type_count; i++) {
        gyr_str of = gyr_host_type_name(schema->schema, i);
        if (of.len == (size_t)size && !memcmp(of.ptr, text, of.len)) return (long)i;
    }
    if (!PyErr_Occurred()) PyErr_Format(PyExc_TypeError, "gyrfalcon: the schema has no type %R", name);
    return -1;
}

static int add_index(PyObject *indices, PyObject *key, long index) {
    PyObject *number = index < 0 ? NULL : PyLong_FromLong(index);
    int status = number ? PyDict_SetItem(indices, key, number) : -1;
    Py_XDECREF(number);
    return status;
}

/** Whether the object type of that number takes exact instances of a class without being asked. */
static int takes(core_schema *schema, long index, PyObject *class) {
    core_type *type = index < 0 ? NULL : core_schema_type(schema, (uint32_t)index);
    if (!type || !type->is_type_of) return type ? 1 : -1;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(type->classes); i++)
        if (PyTuple_GET_ITEM(type->classes, i) == class) return 1;
    return 0;
}

static int possible_names(core_schema *schema, core_type *type) {
    const calls_state *own = &schema->state->calls;
    PyObject *possible = PyObject_CallMethodOneArg(schema->graphql_schema, own->str_get_possible_types, type->type);
    PyObject *items = possible ? PySequence_Fast(possible, "possible types") : NULL;
    type->calls.names = PyDict_New();
    int status = items && type->calls.names ? 0 : -1;
    for (Py_ssize_t i = 0; !status && i < PySequence_Fast_GET_SIZE(items); i++) {
        PyObject *name = PyObject_GetAttr(PySequence_Fast_GET_ITEM(items, i), schema->state->str_name);
        status = name ? add_index(type->calls.names, name, type_index(schema, name)) : -1;
        Py_XDECREF(name);
    }
    Py_XDECREF(possible);
    Py_XDECREF(items);
    return status;
}

int calls_type_init(core_schema *schema, core_type *type) {
    bool abstract = PyObject_HasAttr(type->type, schema->state->calls.str_resolve_type);
    if (abstract && possible_names(schema, type)) return -1;
    if (!abstract || !type->by_class) return 0;
    PyObject *class, *name;
    Py_ssize_t at = 0;
    if (!(type->calls.indices = PyDict_New())) return -1;
    while (PyDict_Next(type->by_class, &at, &class, &name)) {
        long index = type_index(schema, name);
        int known = takes(schema, index, class);
        if (known < 0 || (known && add_index(type->calls.indices, class, index))) return -1;
    }
    return 0;
}

int calls_type_traverse(core_type *type, visitproc visit, void *arg) {
    Py_VISIT(type->calls.names);
    Py_VISIT(type->calls.indices);
    return 0;
}

void calls_type_fini(core_type *type) {
    Py_CLEAR(type->calls.names);
    Py_CLEAR(type->calls.indices);
}

bool calls_needs_type(void *user, const gyr_host_field *field) {
    (void)user;
    core_field *own = core_field_of(field);
    core_type *type = own ? core_schema_type(own->plan->schema, field->type.index) : NULL;
    if (!type) PyErr_Clear();
    return !type || type->is_type_of || !calls_watch_holds(type->watch);
}

/* ------------------------------------------------------------------ what was replaced */

enum { CALLS_TYPE_UNKNOWN, CALLS_TYPE_KNOWN, CALLS_TYPE_REPLACED };

/** 1: the type's own function was replaced, or what all functions rely on; 0; -1: an exception. */
static inline int is_live(core_execution *x, const core_type *type, uint32_t index) {
    calls_request *own = &x->calls;
    if (own->all_patched) return 1;
    if (own->types && own->types[index]) return own->types[index] == CALLS_TYPE_REPLACED;
    if (!own->types && !(own->types = PyMem_Calloc(x->plan->schema->type_count, 1))) return PyErr_NoMemory(), -1;
    bool replaced = !calls_watch_holds(type->watch);
    own->types[index] = replaced ? CALLS_TYPE_REPLACED : CALLS_TYPE_KNOWN;
    return replaced && calls_report(x) ? -1 : replaced;
}

/* ------------------------------------------------------------------ answers */

/** What the slow ways need: the info and the field's nodes. */
typedef struct ask {
    core_execution *x;
    core_field *field;
    gyr_host_place *at;
    PyObject *info, *nodes;
} ask;

static int ask_info(ask *a) {
    if (!a->info) a->info = calls_info(a->x, a->field, a->at);
    return a->info ? 0 : -1;
}

static int ask_nodes(ask *a) {
    if (ask_info(a)) return -1;
    if (!a->nodes) a->nodes = core_field_nodes(a->x, a->field->field);
    return a->nodes ? 0 : -1;
}

/** 1: *index; 0: *out is an awaitable of a name; -1. `answer` is a name, an awaitable of one, or wrong; stolen. */
static int named(ask *a, PyObject *answer, uint32_t *index, PyObject **out) {
    if (!answer) return -1;
    if (PyUnicode_Check(answer)) {
        long found = type_index(a->x->plan->schema, answer);
        Py_DECREF(answer);
        *index = (uint32_t)found;
        return found < 0 ? -1 : 1;
    }
    *out = answer;
    return 0;
}

/** Whether the value says itself what it is (Strawberry's cast), which no class tells; -1: an exception. */
static int marked(const core_type *type, PyObject *value) {
    return type->unless ? core_has_attribute(value, type->unless) : 0;
}

/** Whether an object type takes the value: as `named`. */
static int check(ask *a, core_type *type, uint32_t number, PyObject *value, uint32_t *index, PyObject **out) {
    const calls_state *own = &a->x->state->calls;
    int live = is_live(a->x, type, number);
    if (live < 0) return -1;
    PyObject *function = live ? PyObject_GetAttr(type->type, own->str_is_type_of) : Py_XNewRef(type->is_type_of);
    if (!function && live) return -1;
    if (!function || function == Py_None) return Py_XDECREF(function), *index = number, 1;
    int bare = live ? 1 : marked(type, value);
    if (bare < 0) return Py_DECREF(function), -1;
    Py_ssize_t classes = bare ? 0 : PyTuple_GET_SIZE(type->classes);
    for (Py_ssize_t i = 0; i < classes; i++)
        if (PyTuple_GET_ITEM(type->classes, i) == (PyObject *)Py_TYPE(value))
            return Py_DECREF(function), *index = number, 1;
    PyObject *answer = NULL;
    if (!ask_info(a)) {
        PyObject *values[3] = {NULL, value, a->info};
        answer = PyObject_Vectorcall(function, values + 1, 2 | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
    }
    Py_DECREF(function);
    if (answer == Py_True) return Py_DECREF(answer), *index = number, 1;
    PyObject *name = NULL;
    if (answer && !ask_nodes(a))
        name = PyObject_CallFunctionObjArgs(own->check_type, type->type, a->nodes, a->info, value, answer, NULL);
    Py_XDECREF(answer);
    return named(a, name, index, out);
}

/** The answer of the type's resolver, or of the request's. New. */
static PyObject *resolve(ask *a, core_type *type, PyObject *value, bool live) {
    core_execution *x = a->x;
    PyObject *function =
        live ? PyObject_GetAttr(type->type, x->state->calls.str_resolve_type) : Py_XNewRef(type->resolve_type);
    if (!function && live) return NULL;
    if (!function || function == Py_None) {
        Py_XDECREF(function);
        function = Py_NewRef(x->request->type_resolver ? x->request->type_resolver : x->state->default_type_resolver);
        if (!x->request->type_resolver && PyDict_CheckExact(value)) {
            PyObject *name = PyDict_GetItemWithError(value, x->state->calls.str___typename);
            if ((name && PyUnicode_CheckExact(name)) || PyErr_Occurred()) return Py_DECREF(function), Py_XNewRef(name);
        }
    }
    PyObject *answer = NULL;
    if (!ask_info(a)) {
        PyObject *values[4] = {NULL, value, a->info, type->type};
        answer = PyObject_Vectorcall(function, values + 1, 3 | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
    }
    Py_DECREF(function);
    return answer;
}

static int abstract(ask *a, core_type *type, PyObject *value, bool live, uint32_t *index, PyObject **out) {
    const calls_state *own = &a->x->state->calls;
    PyObject *answer = resolve(a, type, value, live);
    if (!answer) return -1;
    PyObject *number = PyUnicode_CheckExact(answer) ? PyDict_GetItemWithError(type->calls.names, answer) : NULL;
    if (number) {
        uint32_t found = (uint32_t)PyLong_AsUnsignedLong(number);
        Py_DECREF(answer);
        core_type *object = core_schema_type(a->x->plan->schema, found);
        return object ? check(a, object, found, value, index, out) : -1;
    }
    PyObject *name = NULL;
    if (!PyErr_Occurred() && !ask_nodes(a))
        name = PyObject_CallFunctionObjArgs(own->type_name, answer, a->x->plan->schema->graphql_schema, type->type,
                                            a->nodes, a->info, value, NULL);
    Py_DECREF(answer);
    return named(a, name, index, out);
}

/** The type of exact instances of a class that the conversion knows: 1, 0: none, -1. */
static int by_class(core_execution *x, core_type *abstract, PyObject *value, uint32_t *index) {
    PyObject *known = PyDict_GetItemWithError(abstract->calls.indices, (PyObject *)Py_TYPE(value));
    if (!known) return PyErr_Occurred() ? -1 : 0;
    *index = (uint32_t)PyLong_AsUnsignedLong(known);
    core_type *object = core_schema_type(x->plan->schema, *index);
    int live = object ? is_live(x, object, *index) : -1;
    return live < 0 ? -1 : !live;
}

gyr_host_status calls_type_of(void *user, const gyr_host_field *field, gyr_host_value value, gyr_host_place *at,
                              uint32_t *type, gyr_host_value *out) {
    core_execution *x = user;
    core_type *spec = core_schema_type(x->plan->schema, field->type.index);
    if (!spec) return core_failed(x);
    int live = is_live(x, spec, field->type.index);
    if (live < 0) return core_failed(x);
    bool classes = spec->calls.indices && !live && (spec->resolve_type || !x->request->type_resolver);
    int is_marked = classes ? marked(spec, value) : 0;
    if (is_marked < 0) return core_failed(x);
    if (classes && !is_marked) {
        int known = by_class(x, spec, value, type);
        if (known) return known > 0 ? GYR_HOST_OK : core_failed(x);
    }
    ask a = {x, core_field_of(field), at, NULL, NULL};
    PyObject *awaitable = NULL;
    int status = spec->calls.names ? abstract(&a, spec, value, live, type, &awaitable)
                                   : check(&a, spec, field->type.index, value, type, &awaitable);
    Py_XDECREF(a.info);
    Py_XDECREF(a.nodes);
    if (status < 0) return core_failed(x);
    if (status) return GYR_HOST_OK;
    *out = awaitable;
    return GYR_HOST_PENDING;
}

int calls_type_answer(core_execution *x, PyObject *answer, uint32_t *type) {
    long index = type_index(x->plan->schema, answer);
    *type = (uint32_t)index;
    return index < 0 ? -1 : 0;
}
