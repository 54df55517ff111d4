/* gyrfalcon._core: the arguments of a field (Specification 6.4.1), and functions called with them.
 *
 * When a field is planned its arguments become a vector of slots in the order of the call: positional values, then keywords whose
 * names are one tuple for all calls. Most calls copy pointers from the slots to the stack and call.
 *
 * Who shares what: a constant of a built-in scalar or enum is one object of the plan. A list is made anew for each call, since the
 * function may keep or change it. A variable is the request's one object. A default is what graphql-core gives: the same
 * object each time, or coerced each time. All that the core does not coerce itself (input objects, custom scalars,
 * variables inside of literals), and all that is wrong, is asked of graphql-core's get_argument_values, whose errors are the
 * field's.
 *
 * There are two vectors: `call` is for the user's own function, converted for it (ArgSpec.convert); `raw` has the arguments
 * as graphql-core's resolvers get them, by out_name.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "core.h"

/* ------------------------------------------------------------------ literals */

static PyObject *literal_leaf(const calls_input *input, const gyr_value *value) {
    switch (input->kind) {
    case CALLS_INT: return value->kind == GYR_VALUE_INT ? PyLong_FromLongLong(value->of.integer) : NULL;
    case CALLS_FLOAT:
        if (value->kind == GYR_VALUE_FLOAT) return PyFloat_FromDouble(value->of.number);
        return value->kind == GYR_VALUE_INT ? PyFloat_FromDouble((double)value->of.integer) : NULL;
    case CALLS_STRING:
    case CALLS_ID: return value->kind == GYR_VALUE_STRING ? core_str(value->of.string) : NULL;
    case CALLS_BOOLEAN: return value->kind == GYR_VALUE_BOOL ? PyBool_FromLong(value->of.boolean) : NULL;
    case CALLS_ENUM: {
        PyObject *name = value->kind == GYR_VALUE_ENUM ? core_str(value->of.string) : NULL;
        PyObject *found = name ? Py_XNewRef(PyDict_GetItemWithError(input->table, name)) : NULL;
        Py_XDECREF(name);
        return found;
    }
    default: return NULL;
    }
}

static PyObject *literal_value(const calls_input *input, const gyr_value *value, uint32_t depth) {
    if (value->kind == GYR_VALUE_NULL) return Py_NewRef(Py_None);
    if (!depth) return literal_leaf(input, value);
    if (value->kind != GYR_VALUE_LIST) return NULL;
    PyObject *list = PyList_New(value->count);
    for (uint32_t i = 0; list && i < value->count; i++) {
        PyObject *item = literal_value(input, &value->of.items[i], depth - 1);
        if (item)
            PyList_SET_ITEM(list, i, item);
        else
            Py_CLEAR(list);
    }
    return list;
}

PyObject *calls_input_literal(const calls_input *input, const gyr_value *value) {
    PyObject *result = input->kind == CALLS_OTHER || !value ? NULL : literal_value(input, value, input->depth);
    if (!result && PyErr_Occurred() && !PyErr_ExceptionMatches(PyExc_MemoryError)) PyErr_Clear();
    return result;
}

/* ------------------------------------------------------------------ vectors */

void calls_vector_fini(calls_vector *vector) {
    for (uint32_t i = 0; vector->slots && i < vector->count; i++) {
        Py_CLEAR(vector->slots[i].value);
        Py_CLEAR(vector->slots[i].absent);
        Py_CLEAR(vector->slots[i].convert);
    }
    PyMem_Free(vector->slots);
    vector->slots = NULL;
    vector->count = 0;
    Py_CLEAR(vector->kwnames);
    Py_CLEAR(vector->guard_names);
}

int calls_vector_traverse(const calls_vector *vector, visitproc visit, void *arg) {
    for (uint32_t i = 0; vector->slots && i < vector->count; i++) {
        Py_VISIT(vector->slots[i].value);
        Py_VISIT(vector->slots[i].absent);
        Py_VISIT(vector->slots[i].convert);
    }
    return 0;
}

/** The slot of an argument; `slot` is zeroed. 0: the argument is never passed, 1, or -1. */
static int argument_slot(core_field *field, int index, calls_slot *slot) {
    core_spec *spec = field->spec;
    const core_arg *arg = &spec->args[index];
    const gyr_host_arg *host = (uint32_t)index < field->field->arg_count ? &field->field->args[index] : NULL;
    const calls_input *input = &spec->calls.inputs[index];
    slot->input = input;
    slot->arg = (uint32_t)index;
    slot->non_null = input->non_null >> input->depth & 1;
    slot->kind = CALLS_REFERENCE;
    slot->value = Py_NewRef(arg->out_name);
    if (!host) return 1;
    PyObject *absent = arg->default_factory ? arg->default_factory : arg->default_value;
    PyObject *value = NULL;
    switch (host->how) {
    case GYR_HOST_ARG_ABSENT:
        if (!absent) return slot->non_null;
        slot->kind = arg->default_factory ? CALLS_MADE : CALLS_CONSTANT;
        value = Py_NewRef(absent);
        break;
    case GYR_HOST_ARG_CONSTANT:
        if (!(value = calls_input_literal(input, host->value))) return PyErr_Occurred() ? -1 : 1;
        slot->kind = input->depth ? CALLS_LITERAL : CALLS_CONSTANT;
        slot->literal = host->value;
        break;
    case GYR_HOST_ARG_VARIABLE:
        if (!(value = core_str(host->variable))) return -1;
        PyUnicode_InternInPlace(&value);
        slot->kind = CALLS_VARIABLE;
        slot->makes = arg->default_factory != NULL;
        slot->absent = Py_XNewRef(absent);
        break;
    default: return 1;
    }
    Py_SETREF(slot->value, value);
    return 1;
}

/** Converts what is the same for all calls once; what fails is tried again, and reported, by each call. */
static int convert_slot(calls_slot *slot, const core_arg *arg) {
    if (!arg->convert) return 0;
    if (slot->kind == CALLS_CONSTANT && arg->shared) {
        PyObject *value = PyObject_CallOneArg(arg->convert, slot->value);
        if (value) {
            Py_SETREF(slot->value, value);
            return 0;
        }
        if (!PyErr_ExceptionMatches(PyExc_Exception)) return -1;
        PyErr_Clear();
    }
    slot->convert = Py_NewRef(arg->convert);
    return 0;
}

static int vector_init(calls_vector *vector, uint32_t count) {
    vector->slots = PyMem_Calloc(count ? count : 1, sizeof *vector->slots);
    if (!vector->slots) return PyErr_NoMemory(), -1;
    return 0;
}

/** The tuples of keywords: of the call, from a list of them, and of guards. */
static int vector_names(calls_vector *vector, PyObject *names) {
    if (PyList_GET_SIZE(names) && !(vector->kwnames = PyList_AsTuple(names))) return -1;
    Py_ssize_t named = 0;
    for (uint32_t i = 0; i < vector->count; i++) named += vector->slots[i].name != NULL;
    if (!named) return 0;
    if (!(vector->guard_names = PyTuple_New(named))) return -1;
    named = 0;
    for (uint32_t i = 0; i < 2 * vector->count; i++) {
        const calls_slot *slot = calls_guard_slot(vector, i);
        if (slot) PyTuple_SET_ITEM(vector->guard_names, named++, Py_NewRef(slot->name));
    }
    return 0;
}

static int raw_vector(core_field *field, PyObject *names) {
    calls_vector *vector = &field->calls.raw;
    core_spec *spec = field->spec;
    if (!spec->arg_count) return 0;
    if (vector_init(vector, spec->arg_count)) return -1;
    for (uint32_t i = 0; i < spec->arg_count; i++) {
        calls_slot *slot = &vector->slots[vector->count++];
        int used = argument_slot(field, (int)i, slot);
        if (used < 0 || (used && PyList_Append(names, spec->args[i].out_name))) return -1;
        if (used) continue;
        Py_CLEAR(slot->value);
        *slot = (calls_slot){0};
        vector->count--;
    }
    return vector_names(vector, names);
}

static int call_slot(core_field *field, const core_param *param, calls_slot *slot) {
    static const int kinds[] = {CALLS_SOURCE, CALLS_INFO, CALLS_REFERENCE, CALLS_RAW_INFO};
    slot->name = param->name;
    if (param->kind != CORE_ARGUMENT) return slot->kind = kinds[param->kind], 1;
    int used = argument_slot(field, param->arg, slot);
    return used > 0 && convert_slot(slot, &field->spec->args[param->arg]) ? -1 : used;
}

/** Adds the slot of a parameter, and its keyword to `names`. */
static int call_param(core_field *field, const core_param *param, PyObject *names) {
    calls_vector *vector = &field->calls.call;
    calls_slot *slot = &vector->slots[vector->count++];
    int used = call_slot(field, param, slot);
    if (used < 0 || (used && param->keyword && PyList_Append(names, param->keyword))) return -1;
    if (used) return 0;
    Py_CLEAR(slot->value);
    *slot = (calls_slot){0};
    vector->count--;
    return 0;
}

/** Positional parameters, then arguments, then what else goes by keyword: the order in which the framework collects them. */
static int call_vector(core_field *field, PyObject *names) {
    calls_vector *vector = &field->calls.call;
    core_spec *spec = field->spec;
    if (vector_init(vector, spec->param_count)) return -1;
    for (int turn = 0; turn < 3; turn++) {
        for (uint32_t i = 0; i < spec->param_count; i++) {
            const core_param *param = &spec->params[i];
            if ((!param->keyword ? 0 : param->kind == CORE_ARGUMENT ? 1 : 2) != turn) continue;
            if (call_param(field, param, names)) return -1;
        }
        if (!turn) vector->positional = vector->count;
    }
    return vector_names(vector, names);
}

int calls_vectors_init(core_field *field) {
    PyObject *names = PyList_New(0);
    int status = names ? raw_vector(field, names) : -1;
    if (!status && field->spec->how == CORE_CALL) {
        status = PyList_SetSlice(names, 0, PyList_GET_SIZE(names), NULL);
        if (!status) status = call_vector(field, names);
    }
    Py_XDECREF(names);
    return status;
}

/* ------------------------------------------------------------------ calls */

/** graphql-core's get_argument_values of the field, once a call; borrowed. */
static PyObject *reference(core_execution *x, core_field *field, calls_frame *frame) {
    if (frame->reference) return frame->reference;
    PyObject *nodes = core_field_nodes(x, field->field), *variables = nodes ? calls_variable_values(x) : NULL;
    PyObject *graphql_field = variables ? calls_graphql_field(x, field) : NULL;
    PyObject *hide = graphql_field ? calls_option(x, x->state->calls.str_hide_suggestions) : NULL;
    if (graphql_field && !PyErr_Occurred())
        frame->reference =
            PyObject_CallFunctionObjArgs(x->state->calls.argument_values, graphql_field, PyList_GET_ITEM(nodes, 0),
                                         variables, hide ? hide : Py_False, NULL);
    Py_XDECREF(nodes);
    Py_XDECREF(graphql_field);
    return frame->reference;
}

static int reference_value(core_execution *x, core_field *field, const calls_slot *slot, calls_frame *frame,
                           PyObject **out) {
    PyObject *values = reference(x, field, frame), *name = field->spec->args[slot->arg].out_name;
    *out = values ? Py_XNewRef(PyDict_GetItemWithError(values, name)) : NULL;
    return *out ? 1 : PyErr_Occurred() ? -1 : 0;
}

/** A default that is made anew; what fails is left to graphql-core to report. */
static int made_value(core_execution *x, core_field *field, const calls_slot *slot, PyObject *make, calls_frame *frame,
                      PyObject **out) {
    if ((*out = PyObject_CallNoArgs(make))) return 1;
    if (!PyErr_ExceptionMatches(PyExc_Exception)) return -1;
    PyErr_Clear();
    return reference_value(x, field, slot, frame, out);
}

static int variable_value(core_execution *x, core_field *field, const calls_slot *slot, calls_frame *frame,
                          PyObject **out) {
    PyObject *value = x->variables ? PyDict_GetItemWithError(x->variables, slot->value) : NULL;
    if (!value && PyErr_Occurred()) return -1;
    if (value ? value == Py_None && slot->non_null : slot->non_null && !slot->absent)
        return reference_value(x, field, slot, frame, out);
    if (!value && slot->makes) return made_value(x, field, slot, slot->absent, frame, out);
    *out = Py_XNewRef(value ? value : slot->absent);
    return *out ? 1 : 0;
}

/** 1: *out is the value of a slot, given; 0: it is not passed; -1. */
static inline int slot_value(core_execution *x, core_field *field, core_spec *spec, const calls_slot *slot,
                             PyObject *source, gyr_host_place *at, calls_frame *frame, PyObject **out) {
    int status = 1;
    switch (slot->kind) {
    case CALLS_SOURCE: return *out = Py_NewRef(source), 1;
    case CALLS_INFO: return *out = Py_XNewRef(calls_frame_info(x, field, spec, at, frame)), *out ? 1 : -1;
    case CALLS_RAW_INFO: return *out = Py_XNewRef(calls_frame_raw(x, field, at, frame)), *out ? 1 : -1;
    case CALLS_CONSTANT: *out = Py_NewRef(slot->value); break;
    case CALLS_LITERAL: status = (*out = calls_input_literal(slot->input, slot->literal)) ? 1 : -1; break;
    case CALLS_MADE: status = made_value(x, field, slot, slot->value, frame, out); break;
    case CALLS_VARIABLE: status = variable_value(x, field, slot, frame, out); break;
    default: status = reference_value(x, field, slot, frame, out);
    }
    if (status > 0 && slot->convert) {
        PyObject *converted = PyObject_CallOneArg(slot->convert, *out);
        Py_SETREF(*out, converted);
        if (!converted) return -1;
    }
    return status;
}

int calls_close(calls_gathered *g) {
    const calls_vector *vector = g->vector;
    uint32_t kept = 0, positional = 0;
    PyObject *names = PyList_New(0);
    for (uint32_t i = 0; names && i < vector->count; i++) {
        PyObject *value = g->values[i];
        if (!value) continue;
        if (i < vector->positional)
            positional++;
        else if (PyList_Append(names, PyTuple_GET_ITEM(vector->kwnames, i - vector->positional)))
            Py_CLEAR(names);
        g->values[i] = NULL;
        g->values[kept++] = value;
    }
    g->gaps = false;
    g->count = kept;
    g->positional = positional;
    g->names = g->own_names = names ? PyList_AsTuple(names) : NULL;
    Py_XDECREF(names);
    return g->names ? 0 : -1;
}

void calls_gathered_end(calls_gathered *g) {
    for (uint32_t i = 0; i < g->count; i++) Py_XDECREF(g->values[i]);
    Py_XDECREF(g->own_names);
    if (g->heap) PyMem_Free(g->heap);
}

int calls_gather(core_execution *x, core_field *field, core_spec *spec, const calls_vector *vector, PyObject *source,
                 gyr_host_place *at, calls_frame *frame, calls_gathered *g) {
    g->vector = vector;
    g->heap = NULL;
    g->names = vector->kwnames;
    g->own_names = NULL;
    g->count = 0;
    g->positional = vector->positional;
    g->gaps = false;
    g->values = g->stack + CALLS_FIRST;
    if (vector->count > CALLS_STACK) {
        if (!(g->heap = PyMem_Malloc((vector->count + CALLS_FIRST) * sizeof *g->heap))) return PyErr_NoMemory(), -1;
        g->values = g->heap + CALLS_FIRST;
    }
    for (uint32_t i = 0; i < vector->count; i++) {
        g->values[i] = NULL;
        g->count = i + 1;
        int status = slot_value(x, field, spec, &vector->slots[i], source, at, frame, &g->values[i]);
        if (status < 0) return -1;
        g->gaps |= !status;
    }
    return 0;
}
