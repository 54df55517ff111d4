/* gyrfalcon._core: specs. What the conversion says of a field, leaf or type (gyrfalcon/_spec.py) becomes a C struct, once.
 *
 * A struct holds strong references to all that it needs; None becomes NULL where that is simpler to test.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "core.h"

/** An attribute into *member; None is NULL. */
static int take(PyObject *spec, PyObject *name, PyObject **member) {
    *member = PyObject_GetAttr(spec, name);
    if (!*member) return -1;
    if (*member == Py_None) Py_CLEAR(*member);
    return 0;
}

static int take_bool(PyObject *spec, PyObject *name, bool *member) {
    PyObject *value = PyObject_GetAttr(spec, name);
    int truth = value ? PyObject_IsTrue(value) : -1;
    Py_XDECREF(value);
    *member = truth > 0;
    return truth < 0 ? -1 : 0;
}

static int take_int(PyObject *spec, PyObject *name, int *member, int max) {
    PyObject *value = PyObject_GetAttr(spec, name);
    long number = value ? PyLong_AsLong(value) : -1;
    Py_XDECREF(value);
    if (number == -1 && PyErr_Occurred()) return -1;
    if (number > max) return PyErr_Format(PyExc_ValueError, "gyrfalcon: %U is %ld", name, number), -1;
    *member = (int)number;
    return 0;
}

/** A str, interned, so that attribute look-ups compare by identity. */
static int take_name(PyObject *spec, PyObject *name, PyObject **member) {
    if (take(spec, name, member)) return -1;
    if (!*member) return 0;
    if (!PyUnicode_CheckExact(*member)) {
        PyErr_Format(PyExc_TypeError, "gyrfalcon: %U is no str", name);
        return -1;
    }
    PyUnicode_InternInPlace(member);
    return 0;
}

/** A mapping as an exact dict of our own, or NULL. */
static int take_dict(PyObject *spec, PyObject *name, PyObject **member) {
    if (take(spec, name, member)) return -1;
    if (!*member) return 0;
    PyObject *dict = PyDict_New();
    if (!dict || PyDict_Update(dict, *member)) return Py_XDECREF(dict), -1;
    Py_SETREF(*member, dict);
    return 0;
}

/** `watch`: a tuple, NULL when it is empty. */
static int take_watch(core_state *state, PyObject *spec, PyObject **member) {
    if (take(spec, state->str_watch, member)) return -1;
    if (!*member) return 0;
    Py_SETREF(*member, PySequence_Tuple(*member));
    if (!*member) return -1;
    for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(*member); i++) {
        PyObject *row = PyTuple_GET_ITEM(*member, i);
        if (!PyTuple_Check(row) || PyTuple_GET_SIZE(row) != 3) {
            PyErr_SetString(PyExc_TypeError, "gyrfalcon: watch wants tuples of three");
            return -1;
        }
    }
    if (!PyTuple_GET_SIZE(*member)) Py_CLEAR(*member);
    return 0;
}

/** A list attribute as an array of `size` bytes each, zeroed; *list is a new reference to a tuple. */
static void *take_array(PyObject *spec, PyObject *name, size_t size, PyObject **list, uint32_t *count) {
    PyObject *value = PyObject_GetAttr(spec, name);
    *list = value ? PySequence_Tuple(value) : NULL;
    Py_XDECREF(value);
    if (!*list) return NULL;
    size_t n = (size_t)PyTuple_GET_SIZE(*list);
    void *array = PyMem_Calloc(n + !n, size);
    if (!array) return PyErr_NoMemory();
    *count = (uint32_t)n;
    return array;
}

static int take_params(core_state *state, core_spec *out, PyObject *spec) {
    PyObject *list = NULL;
    int result = -1;
    if (!(out->params = take_array(spec, state->str_params, sizeof *out->params, &list, &out->param_count))) goto done;
    for (uint32_t i = 0; i < out->param_count; i++) {
        core_param *param = &out->params[i];
        PyObject *from = PyTuple_GET_ITEM(list, i);
        int kind = 0;
        if (take_int(from, state->str_kind, &kind, CORE_RAW_INFO) ||
            take_name(from, state->str_keyword, &param->keyword) || take_name(from, state->str_name, &param->name) ||
            take_int(from, state->str_arg, &param->arg, (int)out->arg_count - 1))
            goto done;
        param->kind = (core_param_kind)kind;
    }
    result = 0;
done:
    Py_XDECREF(list);
    return result;
}

static int take_args(core_state *state, core_spec *out, PyObject *spec) {
    PyObject *list = NULL;
    int result = -1;
    if (!(out->args = take_array(spec, state->str_args, sizeof *out->args, &list, &out->arg_count))) goto done;
    for (uint32_t i = 0; i < out->arg_count; i++) {
        core_arg *arg = &out->args[i];
        PyObject *from = PyTuple_GET_ITEM(list, i);
        bool has_default = false;
        if (take_name(from, state->str_name, &arg->name) || take_name(from, state->str_out_name, &arg->out_name) ||
            take(from, state->str_type, &arg->type) || take_bool(from, state->str_has_default, &has_default) ||
            take(from, state->str_convert, &arg->convert) ||
            take(from, state->str_default_factory, &arg->default_factory) ||
            take_bool(from, state->str_shared, &arg->shared))
            goto done;
        if (has_default && !(arg->default_value = PyObject_GetAttr(from, state->str_default))) goto done;
    }
    result = 0;
done:
    Py_XDECREF(list);
    return result;
}

static int take_guards(core_state *state, core_spec *out, PyObject *spec) {
    PyObject *list = NULL;
    int result = -1;
    if (!(out->guards = take_array(spec, state->str_guards, sizeof *out->guards, &list, &out->guard_count))) goto done;
    for (uint32_t i = 0; i < out->guard_count; i++) {
        core_guard *guard = &out->guards[i];
        PyObject *from = PyTuple_GET_ITEM(list, i);
        if (take(from, state->str_permissions, &guard->permissions) ||
            take(from, state->str_on_unauthorized, &guard->on_unauthorized) ||
            take(from, state->str_awaitable_error, &guard->awaitable_error) ||
            take(from, state->str_boolean_error, &guard->boolean_error) ||
            take_bool(from, state->str_asynchronous, &guard->asynchronous))
            goto done;
    }
    result = 0;
done:
    Py_XDECREF(list);
    return result;
}

static int fill_spec(core_schema *schema, core_spec *out, PyObject *spec) {
    core_state *state = schema->state;
    PyObject *fallback = NULL;
    int how = 0;
    if (take_int(spec, state->str_how, &how, CORE_RESOLVE) || take_name(spec, state->str_name, &out->name) ||
        take(spec, state->str_function, &out->function) || take(spec, state->str_info, &out->info) ||
        take(spec, state->str_definition, &out->definition) ||
        take(spec, state->str_graphql_field, &out->graphql_field) ||
        take(spec, state->str_completes, &out->completes) || take(spec, state->str_reason, &out->reason) ||
        take_watch(state, spec, &out->watch) || take_bool(spec, state->str_plain, &out->plain) ||
        take_args(state, out, spec) || take_params(state, out, spec) || take_guards(state, out, spec))
        return -1;
    out->how = (core_how)how;
    if (how < 0 || (how >= CORE_CALL && !out->function) || (how < CORE_CALL && !out->name)) {
        PyErr_SetString(PyExc_ValueError, "gyrfalcon: a FieldSpec without its function or name");
        return -1;
    }
    if (take(spec, state->str_fallback, &fallback)) return -1;
    if (fallback) {
        out->fallback = core_spec_new(schema, fallback);
        Py_DECREF(fallback);
        if (!out->fallback) return -1;
    }
    return calls_spec_init(schema, out);
}

core_spec *core_spec_new(core_schema *schema, PyObject *spec) {
    core_spec *out = PyMem_Calloc(1, sizeof *out);
    if (!out) return (void)PyErr_NoMemory(), NULL;
    if (!fill_spec(schema, out, spec)) return out;
    core_spec_free(out);
    return NULL;
}

/** Visits or clears all references of a spec: one list of them. */
#define SPEC_MEMBERS(X) X(name) X(function) X(info) X(definition) X(graphql_field) X(completes) X(watch) X(reason)

int core_spec_traverse(core_spec *spec, visitproc visit, void *arg) {
#define X(member) Py_VISIT(spec->member);
    SPEC_MEMBERS(X)
#undef X
    for (uint32_t i = 0; spec->args && i < spec->arg_count; i++) {
        Py_VISIT(spec->args[i].type);
        Py_VISIT(spec->args[i].default_value);
        Py_VISIT(spec->args[i].default_factory);
        Py_VISIT(spec->args[i].convert);
    }
    for (uint32_t i = 0; spec->guards && i < spec->guard_count; i++) {
        Py_VISIT(spec->guards[i].permissions);
        Py_VISIT(spec->guards[i].on_unauthorized);
        Py_VISIT(spec->guards[i].awaitable_error);
        Py_VISIT(spec->guards[i].boolean_error);
    }
    int result = calls_spec_traverse(spec, visit, arg);
    return result || !spec->fallback ? result : core_spec_traverse(spec->fallback, visit, arg);
}

void core_spec_free(core_spec *spec) {
    if (!spec) return;
    calls_spec_fini(spec);
    for (uint32_t i = 0; spec->params && i < spec->param_count; i++) {
        Py_XDECREF(spec->params[i].keyword);
        Py_XDECREF(spec->params[i].name);
    }
    for (uint32_t i = 0; spec->args && i < spec->arg_count; i++) {
        core_arg *arg = &spec->args[i];
        Py_XDECREF(arg->name);
        Py_XDECREF(arg->out_name);
        Py_XDECREF(arg->type);
        Py_XDECREF(arg->default_value);
        Py_XDECREF(arg->default_factory);
        Py_XDECREF(arg->convert);
    }
    for (uint32_t i = 0; spec->guards && i < spec->guard_count; i++) {
        core_guard *guard = &spec->guards[i];
        Py_XDECREF(guard->permissions);
        Py_XDECREF(guard->on_unauthorized);
        Py_XDECREF(guard->awaitable_error);
        Py_XDECREF(guard->boolean_error);
    }
    PyMem_Free(spec->params);
    PyMem_Free(spec->args);
    PyMem_Free(spec->guards);
#define X(member) Py_XDECREF(spec->member);
    SPEC_MEMBERS(X)
#undef X
    core_spec_free(spec->fallback);
    PyMem_Free(spec);
}

/* ------------------------------------------------------------------ leaves */

/** The table's content as arrays. Hashing a member of a Python enum runs Python code; most values are found before. */
static void list_table(core_leaf *leaf) {
    Py_ssize_t position = 0;
    PyObject *value, *name;
    if (!leaf->table || PyDict_GET_SIZE(leaf->table) > CORE_FEW) return;
    while (PyDict_Next(leaf->table, &position, &value, &name)) {
        leaf->values[leaf->few] = value;
        leaf->names[leaf->few++] = name;
    }
}

core_leaf *core_leaf_new(core_schema *schema, PyObject *spec) {
    core_state *state = schema->state;
    core_leaf *out = PyMem_Calloc(1, sizeof *out);
    int kind = 0;
    if (!out) return (void)PyErr_NoMemory(), NULL;
    if (take_int(spec, state->str_kind, &kind, CORE_CUSTOM) || take(spec, state->str_type, &out->type) ||
        take(spec, state->str_serialize, &out->serialize) || take_dict(spec, state->str_table, &out->table) ||
        take_bool(spec, state->str_json, &out->json)) {
        core_leaf_free(out);
        return NULL;
    }
    if (kind < 0 || !out->type || !out->serialize) {
        PyErr_SetString(PyExc_ValueError, "gyrfalcon: a LeafSpec without its type or serialize");
        core_leaf_free(out);
        return NULL;
    }
    out->kind = (core_leaf_kind)kind;
    list_table(out);
    return out;
}

int core_leaf_traverse(core_leaf *leaf, visitproc visit, void *arg) {
    Py_VISIT(leaf->type);
    Py_VISIT(leaf->serialize);
    Py_VISIT(leaf->table);
    return 0;
}

void core_leaf_free(core_leaf *leaf) {
    if (!leaf) return;
    Py_XDECREF(leaf->type);
    Py_XDECREF(leaf->serialize);
    Py_XDECREF(leaf->table);
    PyMem_Free(leaf);
}

/* ------------------------------------------------------------------ types */

core_type *core_type_new(core_schema *schema, PyObject *spec) {
    core_state *state = schema->state;
    core_type *out = PyMem_Calloc(1, sizeof *out);
    if (!out) return (void)PyErr_NoMemory(), NULL;
    PyObject *classes = NULL;
    if (!take(spec, state->str_type, &out->type) && !take(spec, state->str_is_type_of, &out->is_type_of) &&
        !take(spec, state->str_resolve_type, &out->resolve_type) && !take_name(spec, state->str_unless, &out->unless) &&
        !take_dict(spec, state->str_by_class, &out->by_class) && !take_watch(state, spec, &out->watch) &&
        (classes = PyObject_GetAttr(spec, state->str_classes)) && (out->classes = PySequence_Tuple(classes)) &&
        !calls_type_init(schema, out)) {
        Py_DECREF(classes);
        return out;
    }
    Py_XDECREF(classes);
    core_type_free(out);
    return NULL;
}

int core_type_traverse(core_type *type, visitproc visit, void *arg) {
    Py_VISIT(type->type);
    Py_VISIT(type->is_type_of);
    Py_VISIT(type->classes);
    Py_VISIT(type->resolve_type);
    Py_VISIT(type->by_class);
    Py_VISIT(type->watch);
    return calls_type_traverse(type, visit, arg);
}

void core_type_free(core_type *type) {
    if (!type) return;
    calls_type_fini(type);
    Py_XDECREF(type->type);
    Py_XDECREF(type->is_type_of);
    Py_XDECREF(type->classes);
    Py_XDECREF(type->resolve_type);
    Py_XDECREF(type->by_class);
    Py_XDECREF(type->unless);
    Py_XDECREF(type->watch);
    PyMem_Free(type);
}
