/* gyrfalcon._core: the variables of a request (Specification 6.1.2), coerced from Python objects.
 *
 * Built-in scalars, enums and lists of them are coerced here when the values have the exact types that JSON has: the answer
 * is then what graphql-core's would be, whatever its version. For anything else - input objects, custom scalars, floats as
 * Int, every value that is wrong - graphql-core's get_variable_values coerces all of the operation's variables, and its errors
 * are the request's. Values of other kinds, files for instance, are passed as the objects that they are.
 *
 * What an operation's variables need is kept in its plan: inputs (their types), names, and the defaults that turned out to be
 * immutable when graphql-core coerced them once; other defaults are coerced for each request.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "core.h"

/* ------------------------------------------------------------------ types of input */

int calls_input_init(calls_input *input, core_state *state, PyObject *type) {
    PyObject *known = PyObject_CallOneArg(state->calls.input_kind, type), *table = NULL;
    int kind, depth, non_null;
    if (!known) return -1;
    int ok = PyArg_ParseTuple(known, "iiiO", &kind, &depth, &non_null, &table);
    if (ok) {
        input->kind = kind;
        input->depth = (uint32_t)depth;
        input->non_null = (uint32_t)non_null;
        if (table != Py_None) input->table = Py_NewRef(table);
    }
    Py_DECREF(known);
    return ok ? 0 : -1;
}

void calls_input_fini(calls_input *input) { Py_CLEAR(input->table); }

static PyObject *coerce_int(PyObject *value) {
    int overflow;
    long number = PyLong_AsLongAndOverflow(value, &overflow);
    return !overflow && number >= INT32_MIN && number <= INT32_MAX ? Py_NewRef(value) : NULL;
}

static PyObject *coerce_float(PyObject *value) {
    if (PyFloat_CheckExact(value)) return Py_IS_FINITE(PyFloat_AS_DOUBLE(value)) ? Py_NewRef(value) : NULL;
    if (!PyLong_CheckExact(value)) return NULL;
    int overflow;
    long number = PyLong_AsLongAndOverflow(value, &overflow);
    const long exact = 1L << 53; /* above, versions differ */
    return !overflow && number >= -exact && number <= exact ? PyFloat_FromDouble((double)number) : NULL;
}

static PyObject *coerce_leaf(const calls_input *input, PyObject *value) {
    switch (input->kind) {
    case CALLS_INT: return PyLong_CheckExact(value) ? coerce_int(value) : NULL;
    case CALLS_FLOAT: return coerce_float(value);
    case CALLS_STRING:
    case CALLS_ID: return PyUnicode_CheckExact(value) ? Py_NewRef(value) : NULL;
    case CALLS_BOOLEAN: return PyBool_Check(value) ? Py_NewRef(value) : NULL;
    case CALLS_ENUM:
        return PyUnicode_CheckExact(value) ? Py_XNewRef(PyDict_GetItemWithError(input->table, value)) : NULL;
    default: return NULL;
    }
}

static PyObject *coerce_value(const calls_input *input, PyObject *value, uint32_t depth) {
    if (value == Py_None) return input->non_null >> depth & 1 ? NULL : Py_NewRef(Py_None);
    if (!depth) return coerce_leaf(input, value);
    if (!PyList_CheckExact(value) && !PyTuple_CheckExact(value)) return NULL;
    Py_ssize_t count = PySequence_Fast_GET_SIZE(value);
    PyObject *list = PyList_New(count);
    for (Py_ssize_t i = 0; list && i < count; i++) {
        /* Making a list may collect garbage, whose finalizers may change what is read here. */
        PyObject *from = i < PySequence_Fast_GET_SIZE(value) ? Py_NewRef(PySequence_Fast_GET_ITEM(value, i)) : NULL;
        PyObject *item = from ? coerce_value(input, from, depth - 1) : NULL;
        Py_XDECREF(from);
        if (item)
            PyList_SET_ITEM(list, i, item);
        else
            Py_CLEAR(list);
    }
    return list;
}

PyObject *calls_input_value(const calls_input *input, PyObject *value) {
    return input->kind == CALLS_OTHER ? NULL : coerce_value(input, value, input->depth);
}

/* ------------------------------------------------------------------ a plan's variables */

/** Whether a value can be shared by requests: no one can change it. */
static bool immutable(PyObject *value) {
    return value == Py_None || PyBool_Check(value) || PyLong_CheckExact(value) || PyFloat_CheckExact(value) ||
           PyUnicode_CheckExact(value);
}

/** Learns the types and names of the operation's variables, once a plan. */
static int prepare(core_plan *plan) {
    if (plan->calls.variables) return 0;
    uint32_t count;
    const gyr_host_variable *variables = gyr_host_plan_variables(plan->plan, &count);
    core_state *state = plan->state;
    calls_input *inputs = PyMem_Calloc(count ? count : 1, sizeof *inputs);
    PyObject **defaults = PyMem_Calloc(count ? count : 1, sizeof *defaults);
    PyObject *names = PyTuple_New((Py_ssize_t)count);
    PyObject *types = PyObject_GetAttr(plan->schema->graphql_schema, state->calls.str_type_map);
    if (!inputs || !defaults) PyErr_NoMemory();
    int status = inputs && defaults && names && types ? 0 : -1;
    for (uint32_t i = 0; !status && i < count; i++) {
        const gyr_host_type *type = &variables[i].type;
        PyObject *name = core_str(variables[i].name);
        if (!name)
            status = -1;
        else
            PyUnicode_InternInPlace(&name), PyTuple_SET_ITEM(names, i, name);
        if (status || !type->name.ptr) continue;
        PyObject *key = core_str(type->name), *named = key ? PyObject_GetItem(types, key) : NULL;
        status = named ? calls_input_init(&inputs[i], state, named) : -1;
        inputs[i].depth = type->depth;
        inputs[i].non_null = type->non_null;
        Py_XDECREF(key);
        Py_XDECREF(named);
    }
    Py_XDECREF(types);
    if (status || plan->calls.variables) { /* failed, or another thread was faster */
        for (uint32_t i = 0; inputs && i < count; i++) calls_input_fini(&inputs[i]);
        PyMem_Free(inputs);
        PyMem_Free(defaults);
        Py_XDECREF(names);
        return status;
    }
    plan->calls.inputs = inputs;
    plan->calls.defaults = defaults;
    plan->calls.variables = names;
    return 0;
}

void calls_variables_fini(core_plan *plan) {
    calls_plan *own = &plan->calls;
    Py_ssize_t count = own->variables ? PyTuple_GET_SIZE(own->variables) : 0;
    for (Py_ssize_t i = 0; i < count; i++) {
        calls_input_fini(&own->inputs[i]);
        Py_CLEAR(own->defaults[i]);
    }
    PyMem_Free(own->inputs);
    PyMem_Free(own->defaults);
    own->inputs = NULL;
    own->defaults = NULL;
    Py_CLEAR(own->variables);
}

/* ------------------------------------------------------------------ a request's variables */

/** 1: x->variables is made; 0: graphql-core must do it; -1: an exception. */
static int coerce_fast(core_execution *x, const gyr_host_variable *variables, uint32_t count) {
    calls_plan *own = &x->plan->calls;
    PyObject *given = x->calls.given, *coerced = PyDict_New();
    int status = !coerced ? -1 : !given || PyDict_CheckExact(given) ? 1 : 0;
    for (uint32_t i = 0; status > 0 && i < count; i++) {
        PyObject *name = PyTuple_GET_ITEM(own->variables, i), *value = NULL;
        PyObject *raw = given ? Py_XNewRef(PyDict_GetItemWithError(given, name)) : NULL;
        if (raw)
            value = calls_input_value(&own->inputs[i], raw);
        else if (own->defaults[i])
            value = Py_NewRef(own->defaults[i]);
        else if (!PyErr_Occurred() && !variables[i].has_default &&
                 !(own->inputs[i].non_null >> own->inputs[i].depth & 1) && variables[i].type.name.ptr)
            continue;
        Py_XDECREF(raw);
        status = value ? 1 : PyErr_Occurred() ? -1 : 0;
        if (value && PyDict_SetItem(coerced, name, value) < 0) status = -1;
        Py_XDECREF(value);
    }
    if (status > 0)
        x->variables = coerced;
    else
        Py_XDECREF(coerced);
    return status;
}

/** Remembers defaults that nobody can change. */
static int keep_defaults(core_execution *x, const gyr_host_variable *variables, uint32_t count) {
    calls_plan *own = &x->plan->calls;
    for (uint32_t i = 0; i < count; i++) {
        PyObject *name = PyTuple_GET_ITEM(own->variables, i);
        if (!variables[i].has_default || own->defaults[i]) continue;
        int given = x->calls.given ? PySequence_Contains(x->calls.given, name) : 0;
        if (given < 0) return -1;
        PyObject *value = given ? NULL : PyDict_GetItemWithError(x->variables, name);
        bool known = own->inputs[i].kind != CALLS_OTHER;
        if (value && !own->inputs[i].depth && known && (own->inputs[i].kind == CALLS_ENUM || immutable(value)))
            own->defaults[i] = Py_NewRef(value);
        else if (!value && PyErr_Occurred())
            return -1;
    }
    return 0;
}

/** As coerce_fast, by graphql-core; 0: it had errors, which are x->errors now. */
static int coerce_reference(core_execution *x, const gyr_host_variable *variables, uint32_t count) {
    core_state *state = x->state;
    PyObject *operation = calls_operation(x), *limit = calls_option(x, state->calls.str_max_coercion_errors);
    PyObject *hide = calls_option(x, state->calls.str_hide_suggestions), *fifty = NULL, *none = NULL, *result = NULL;
    if (!operation || PyErr_Occurred()) return -1;
    if (!limit) limit = fifty = PyLong_FromLong(50);
    PyObject *given = x->calls.given ? x->calls.given : (none = PyDict_New());
    if (limit && given)
        result = PyObject_CallFunctionObjArgs(state->calls.coerce_variables, x->plan->schema->graphql_schema, operation,
                                              given, limit, hide ? hide : Py_False, NULL);
    Py_XDECREF(fifty);
    Py_XDECREF(none);
    if (!result) return -1;
    if (PyList_Check(result)) {
        Py_XSETREF(x->errors, result);
        return 0;
    }
    x->variables = Py_NewRef(PyTuple_GET_ITEM(result, 0));
    if (PyTuple_GET_ITEM(result, 1) != Py_None) x->calls.container = Py_NewRef(PyTuple_GET_ITEM(result, 1));
    Py_DECREF(result);
    return keep_defaults(x, variables, count) ? -1 : 1;
}

int calls_variables_begin(core_execution *x, PyObject *given) {
    uint32_t count;
    const gyr_host_variable *variables = gyr_host_plan_variables(x->plan->plan, &count);
    if (given && given != Py_None) x->calls.given = Py_NewRef(given);
    if (!count) return 0;
    if (prepare(x->plan)) return -1;
    int status = coerce_fast(x, variables, count);
    if (!status) status = coerce_reference(x, variables, count);
    return status < 0 ? -1 : !status;
}

PyObject *calls_variable_values(core_execution *x) {
    if (x->calls.container) return x->calls.container;
    if (!x->variables && !(x->variables = PyDict_New())) return NULL;
    if (!x->state->calls.containers) return x->variables;
    PyObject *operation = calls_operation(x);
    if (!operation) return NULL;
    x->calls.container =
        PyObject_CallFunctionObjArgs(x->state->calls.variable_container, x->plan->schema->graphql_schema, operation,
                                     x->calls.given ? x->calls.given : Py_None, x->variables, NULL);
    return x->calls.container;
}
