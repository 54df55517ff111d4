/* gyrfalcon._core: calling resolvers: what is kept for it, guards, and the call itself.
 *
 * A field that is not simply read comes to calls_resolve. Without hooks (hooks.c) it runs by its spec: CALL is the user's own
 * function with its vector of arguments (args.c), RESOLVE a resolver of graphql-core's convention, and guards - the
 * framework's permissions - come before either. One frame serves a call: the info is made at most once, for whoever takes it.
 *
 * Guards. has_permission is looked up on the instance each time, since tests patch it, and called with the source, the
 * framework's info, and the keywords that the resolver gets but for "info". A field one of whose guards is asynchronous runs in
 * a coroutine from its first permission on (_calls.guarded), as the framework does it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "core.h"

/* ------------------------------------------------------------------ life */

static int import_helpers(calls_state *own) {
    PyObject *module = PyImport_ImportModule("gyrfalcon._calls");
    if (!module) return -1;
    int status = 0;
#define X(name)                                                                                                        \
    if (!status && !(own->name = PyObject_GetAttrString(module, #name))) status = -1;
    CALLS_HELPERS(X)
#undef X
    PyObject *containers = status ? NULL : PyObject_GetAttrString(module, "VariableValues");
    if (!containers) status = -1;
    own->containers = containers && containers != Py_None;
    Py_XDECREF(containers);
    Py_DECREF(module);
    return status;
}

int calls_init(PyObject *module, core_state *state) {
    calls_state *own = &state->calls;
#define X(name)                                                                                                        \
    if (!(own->str_##name = PyUnicode_InternFromString(#name))) return -1;
    CALLS_NAMES(X)
#undef X
    if (import_helpers(own)) return -1;
    own->info_kwnames = PyTuple_Pack(2, own->str__raw_info, own->str__field);
    own->no_arguments = PyTuple_New(0);
    if (calls_next_ready(module, state) || calls_later_ready(module, state)) return -1;
    if (!PyType_Check(state->Path) || !PyType_IsSubtype((PyTypeObject *)state->Path, &PyTuple_Type))
        return PyErr_SetString(PyExc_TypeError, "gyrfalcon: graphql-core's Path is no tuple"), -1;
    own->path_type = (PyTypeObject *)Py_NewRef(state->Path);
    return own->info_kwnames && own->no_arguments ? 0 : -1;
}

int calls_traverse(core_state *state, visitproc visit, void *arg) {
    calls_state *own = &state->calls;
#define X(name) Py_VISIT(own->name);
    CALLS_HELPERS(X)
#undef X
    Py_VISIT(own->path_type);
    Py_VISIT(own->next_type);
    Py_VISIT(own->later_type);
    return 0;
}

void calls_fini(core_state *state) {
    calls_state *own = &state->calls;
#define X(name) Py_CLEAR(own->name);
    CALLS_HELPERS(X)
#undef X
#define X(name) Py_CLEAR(own->str_##name);
    CALLS_NAMES(X)
#undef X
    Py_CLEAR(own->info_kwnames);
    Py_CLEAR(own->no_arguments);
    Py_CLEAR(own->path_type);
    Py_CLEAR(own->next_type);
    Py_CLEAR(own->later_type);
}

int calls_spec_init(core_schema *schema, core_spec *spec) {
    core_state *state = schema->state;
    if (spec->graphql_field) {
        PyObject *resolver = PyObject_GetAttr(spec->graphql_field, state->calls.str_resolve);
        if (!resolver) return -1;
        spec->calls.unresolved = resolver == Py_None;
        Py_DECREF(resolver);
    }
    if (!spec->arg_count) return 0;
    spec->calls.inputs = PyMem_Calloc(spec->arg_count, sizeof *spec->calls.inputs);
    if (!spec->calls.inputs) return PyErr_NoMemory(), -1;
    for (uint32_t i = 0; i < spec->arg_count; i++)
        if (calls_input_init(&spec->calls.inputs[i], state, spec->args[i].type)) return -1;
    return 0;
}

int calls_spec_traverse(core_spec *spec, visitproc visit, void *arg) {
    for (uint32_t i = 0; spec->calls.inputs && i < spec->arg_count; i++) Py_VISIT(spec->calls.inputs[i].table);
    return 0;
}

void calls_spec_fini(core_spec *spec) {
    for (uint32_t i = 0; spec->calls.inputs && i < spec->arg_count; i++) calls_input_fini(&spec->calls.inputs[i]);
    PyMem_Free(spec->calls.inputs);
    spec->calls.inputs = NULL;
}

int calls_field_init(core_field *field) {
    calls_plan *plan = &field->plan->calls;
    field->calls.index = plan->fields++;
    core_spec *spec = field->spec;
    if (!spec) return 0;
    if (spec->watch && spec->fallback && !calls_watch_holds(spec->watch)) spec = field->spec = spec->fallback;
    if ((spec->how == CORE_ATTRIBUTE || spec->how == CORE_DEFAULT) && !spec->plain) plan->unplain = true;
    return calls_vectors_init(field);
}

int calls_field_traverse(core_field *field, visitproc visit, void *arg) {
    int status = calls_vector_traverse(&field->calls.call, visit, arg);
    return status ? status : calls_vector_traverse(&field->calls.raw, visit, arg);
}

void calls_field_fini(core_field *field) {
    calls_vector_fini(&field->calls.call);
    calls_vector_fini(&field->calls.raw);
}

int calls_plan_traverse(core_plan *plan, visitproc visit, void *arg) {
    Py_ssize_t count = plan->calls.variables ? PyTuple_GET_SIZE(plan->calls.variables) : 0;
    for (Py_ssize_t i = 0; i < count; i++) {
        Py_VISIT(plan->calls.inputs[i].table);
        Py_VISIT(plan->calls.defaults[i]);
    }
    Py_VISIT(plan->calls.shared_watch);
    return 0;
}

void calls_plan_fini(core_plan *plan) {
    calls_variables_fini(plan);
    Py_CLEAR(plan->calls.shared_watch);
    PyMem_Free(plan->calls.watches.all);
    plan->calls.watches = (calls_watches){0};
}

int calls_begin(core_execution *x, PyObject *variables) {
    int status = calls_variables_begin(x, variables);
    return status ? status : calls_hooks_begin(x);
}

PyObject *calls_give_up(core_execution *x) {
    if (!PyErr_ExceptionMatches(PyExc_Exception) || PyErr_ExceptionMatches(PyExc_MemoryError)) return NULL;
    PyObject *exception = core_take_exception();
    PyObject *done = PyObject_CallOneArg(x->state->calls.gave_up, exception);
    Py_DECREF(exception);
    if (!done) return NULL;
    Py_DECREF(done);
    return Py_NewRef(Py_NotImplemented);
}

int calls_request_traverse(core_execution *x, visitproc visit, void *arg) {
    calls_request *own = &x->calls;
    Py_VISIT(own->given);
    Py_VISIT(own->container);
    Py_VISIT(own->info_class);
    for (uint32_t i = 0; i < own->info_count; i++) Py_VISIT(own->info[i]);
    for (uint32_t i = 0; i < own->row_count; i++) {
        Py_VISIT(own->rows[i].chain);
        Py_VISIT(own->rows[i].spare);
        Py_VISIT(own->rows[i].spare_wrapper);
        Py_VISIT(own->rows[i].wrapper_dict);
        for (uint32_t k = 0; own->rows[i].info && k < own->info_count; k++) Py_VISIT(own->rows[i].info[k]);
    }
    return 0;
}

static void drop_info(PyObject **info, uint32_t count) {
    for (uint32_t i = 0; info && i < count; i++) Py_XDECREF(info[i]);
    PyMem_Free(info);
}

void calls_request_fini(core_execution *x) {
    calls_request own = x->calls;
    x->calls = (calls_request){0};
    Py_XDECREF(own.given);
    Py_XDECREF(own.container);
    Py_XDECREF(own.info_class);
    drop_info(own.info, own.info_count);
    PyMem_Free(own.info_kinds);
    PyMem_Free(own.types);
    for (uint32_t i = 0; i < own.row_count; i++) {
        Py_XDECREF(own.rows[i].chain);
        Py_XDECREF(own.rows[i].spare);
        Py_XDECREF(own.rows[i].spare_wrapper);
        Py_XDECREF(own.rows[i].wrapper_dict);
        drop_info(own.rows[i].info, own.info_count);
    }
    PyMem_Free(own.rows);
    for (uint32_t i = 0; own.steps && i < CALLS_STEPS; i++) {
        Py_XDECREF(own.steps[i].path);
        Py_XDECREF(own.steps[i].key_object);
        Py_XDECREF(own.steps[i].type_object);
    }
    PyMem_Free(own.steps);
}

/* ------------------------------------------------------------------ guards */

/** The values that permissions get as keywords, lent. *names is new, or NULL without an exception: none. */
static int guard_keywords(const calls_gathered *g, PyObject **values, PyObject **names) {
    const calls_vector *vector = g->vector;
    Py_ssize_t kept = 0, count = 0;
    *names = NULL;
    if (!vector->guard_names) return 0;
    for (uint32_t i = 0; i < 2 * vector->count; i++) {
        const calls_slot *slot = calls_guard_slot(vector, i);
        PyObject *value = slot ? g->values[slot - vector->slots] : NULL;
        if (value) values[kept++] = value;
    }
    if (kept == PyTuple_GET_SIZE(vector->guard_names)) return *names = Py_NewRef(vector->guard_names), 0;
    if (!kept) return 0;
    if (!(*names = PyTuple_New(kept))) return -1;
    for (uint32_t i = 0; i < 2 * vector->count; i++) {
        const calls_slot *slot = calls_guard_slot(vector, i);
        if (slot && g->values[slot - vector->slots]) PyTuple_SET_ITEM(*names, count++, Py_NewRef(slot->name));
    }
    return 0;
}

/** Raises the error that `make` makes of a permission (and a value). */
static int guard_error(PyObject *make, PyObject *permission, PyObject *value) {
    PyObject *error = PyObject_CallFunctionObjArgs(make, permission, value, NULL);
    if (error) PyErr_SetObject((PyObject *)Py_TYPE(error), error);
    Py_XDECREF(error);
    return -1;
}

/** An awaitable answer where none may be: closed, and the error. */
static int guard_awaitable(core_execution *x, const core_guard *guard, PyObject *permission, PyObject *answer) {
    if (PyCoro_CheckExact(answer)) {
        PyObject *closed = PyObject_CallMethodNoArgs(answer, x->state->str_close);
        Py_XDECREF(closed);
        if (!closed) return -1;
    }
    return guard_error(guard->awaitable_error, permission, NULL);
}

/** 1: permitted; 0: not; -1: an exception. */
static int guard_answer(core_execution *x, const core_guard *guard, PyObject *permission, PyObject *answer) {
    if (PyBool_Check(answer)) return answer == Py_True;
    if (guard->awaitable_error) {
        int awaitable = PyCoro_CheckExact(answer) || PyObject_HasAttr(answer, x->state->str___await__);
        if (awaitable) return guard_awaitable(x, guard, permission, answer);
    }
    return guard->boolean_error ? guard_error(guard->boolean_error, permission, answer) : PyObject_IsTrue(answer);
}

/** 1: all permit; 0: *out is the field's value; -1. values[1 ..] are source, info, keywords; values[0] is free. */
static int guard_check(core_execution *x, const core_guard *guard, PyObject **values, PyObject *names, PyObject **out) {
    PyObject *permissions = PySequence_Fast(guard->permissions, "permissions are no sequence");
    if (!permissions) return -1;
    int permitted = 1;
    for (Py_ssize_t i = 0; permitted > 0 && i < PySequence_Fast_GET_SIZE(permissions); i++) {
        PyObject *permission = values[0] = Py_NewRef(PySequence_Fast_GET_ITEM(permissions, i));
        PyObject *answer = PyObject_VectorcallMethod(x->state->calls.str_has_permission, values, 3, names);
        permitted = answer ? guard_answer(x, guard, permission, answer) : -1;
        if (!permitted && !(*out = PyObject_CallOneArg(guard->on_unauthorized, permission))) permitted = -1;
        Py_XDECREF(answer);
        Py_DECREF(permission);
    }
    Py_DECREF(permissions);
    return permitted;
}

/** As guard_check, for all guards of a field. */
static int guards_check(core_execution *x, core_spec *spec, const calls_gathered *g, PyObject *source, PyObject *info,
                        PyObject **out) {
    PyObject *stack[3 + CALLS_STACK], **values = stack, *names = NULL;
    if (g->count > CALLS_STACK && !(values = PyMem_Malloc((3 + g->count) * sizeof *values)))
        return PyErr_NoMemory(), -1;
    values[1] = source;
    values[2] = info;
    int permitted = guard_keywords(g, values + 3, &names) ? -1 : 1;
    for (uint32_t i = 0; permitted > 0 && i < spec->guard_count; i++)
        permitted = guard_check(x, &spec->guards[i], values, names, out);
    Py_XDECREF(names);
    if (values != stack) PyMem_Free(values);
    return permitted;
}

/* ------------------------------------------------------------------ the call */

static PyObject *read_field(core_execution *x, core_field *field, core_spec *spec, PyObject *source,
                            gyr_host_place *at) {
    if (spec->how == CORE_ATTRIBUTE) return PyObject_GetAttr(source, spec->name);
    return core_read(x, field, source, at);
}

static PyObject *or_none(PyObject *object) { return object ? object : Py_None; }

/** The guards of a field as _calls.guarded takes them. */
static PyObject *guard_tuples(core_spec *spec) {
    PyObject *guards = PyTuple_New(spec->guard_count);
    for (uint32_t i = 0; guards && i < spec->guard_count; i++) {
        const core_guard *guard = &spec->guards[i];
        PyObject *tuple =
            PyTuple_Pack(5, guard->permissions, guard->on_unauthorized, guard->asynchronous ? Py_True : Py_False,
                         or_none(guard->awaitable_error), or_none(guard->boolean_error));
        if (tuple)
            PyTuple_SET_ITEM(guards, i, tuple);
        else
            Py_CLEAR(guards);
    }
    return guards;
}

/** A dict of the first values of `from` under `names` (NULL: none). */
static PyObject *keyword_dict(PyObject *names, PyObject *const *from) {
    PyObject *dict = PyDict_New();
    for (Py_ssize_t i = 0; dict && names && i < PyTuple_GET_SIZE(names); i++)
        if (PyDict_SetItem(dict, PyTuple_GET_ITEM(names, i), from[i])) Py_CLEAR(dict);
    return dict;
}

/** What guards get as keywords. */
static PyObject *guard_dict(const calls_gathered *g) {
    PyObject *stack[CALLS_STACK], **values = stack, *names = NULL;
    if (g->count > CALLS_STACK && !(values = PyMem_Malloc(g->count * sizeof *values))) return PyErr_NoMemory();
    PyObject *dict = guard_keywords(g, values, &names) ? NULL : keyword_dict(names, values);
    Py_XDECREF(names);
    if (values != stack) PyMem_Free(values);
    return dict;
}

/** What reads a field, for a coroutine: a function and its positional arguments. New references. */
static int reader(core_execution *x, core_spec *spec, const calls_gathered *g, PyObject *source, calls_frame *frame,
                  PyObject **function, PyObject **positional) {
    if (spec->how == CORE_CALL) {
        *function = Py_NewRef(spec->function);
        *positional = PyTuple_New(g->positional);
        for (uint32_t i = 0; *positional && i < g->positional; i++)
            PyTuple_SET_ITEM(*positional, i, Py_NewRef(g->values[i]));
    } else if (spec->how == CORE_ATTRIBUTE) {
        *function = Py_XNewRef(PyDict_GetItemString(PyEval_GetBuiltins(), "getattr"));
        *positional = PyTuple_Pack(2, source, spec->name);
    } else {
        *function = Py_NewRef(spec->how == CORE_RESOLVE ? spec->function : x->state->default_field_resolver);
        *positional = PyTuple_Pack(2, source, frame->raw);
    }
    return *function && *positional ? 0 : -1;
}

/** A coroutine of the guards and the field. */
static PyObject *guarded_async(core_execution *x, core_spec *spec, calls_gathered *g, PyObject *source,
                               calls_frame *frame) {
    PyObject *guards = guard_tuples(spec), *passed = guard_dict(g), *function = NULL, *positional = NULL;
    PyObject *keywords = NULL, *result = NULL;
    int status = !guards || !passed || (g->gaps && calls_close(g)) ? -1 : 0;
    if (!status) status = reader(x, spec, g, source, frame, &function, &positional);
    if (!status && (keywords = keyword_dict(g->names, g->values + g->positional)))
        result = PyObject_CallFunctionObjArgs(x->state->calls.guarded, guards, or_none(spec->definition), source,
                                              frame->info, passed, function, positional, keywords, NULL);
    Py_XDECREF(guards);
    Py_XDECREF(passed);
    Py_XDECREF(function);
    Py_XDECREF(positional);
    Py_XDECREF(keywords);
    return result;
}

static bool asynchronous(const core_spec *spec) {
    for (uint32_t i = 0; i < spec->guard_count; i++)
        if (spec->guards[i].asynchronous) return true;
    return false;
}

static PyObject *call_resolver(core_execution *x, core_field *field, core_spec *spec, calls_gathered *g,
                               PyObject *source, gyr_host_place *at, calls_frame *frame) {
    PyObject *raw = calls_frame_raw(x, field, at, frame), *function;
    if (!raw) return NULL;
    /* The field's resolver as it is now: it may have been replaced. */
    function = spec->graphql_field ? PyObject_GetAttr(spec->graphql_field, x->state->calls.str_resolve)
                                   : Py_NewRef(spec->function);
    if (function == Py_None)
        Py_SETREF(function, Py_NewRef(x->request->field_resolver ? x->request->field_resolver
                                                                 : x->state->default_field_resolver));
    if (!function) return NULL;
    g->values[-2] = source;
    g->values[-1] = raw;
    PyObject *result = calls_call(g, function, 2);
    Py_DECREF(function);
    return result;
}

PyObject *calls_run(core_execution *x, core_field *field, core_spec *spec, PyObject *source, gyr_host_place *at) {
    if (spec->how <= CORE_DEFAULT && !spec->guard_count) return read_field(x, field, spec, source, at);
    calls_frame frame = {0};
    calls_gathered g;
    PyObject *result = NULL;
    const calls_vector *vector = spec->how == CORE_CALL ? &field->calls.call : &field->calls.raw;
    int go = calls_gather(x, field, spec, vector, source, at, &frame, &g) ? -1 : 1;
    if (go > 0 && spec->guard_count) {
        PyObject *info = calls_frame_info(x, field, spec, at, &frame);
        if (!info)
            go = -1;
        else if (asynchronous(spec))
            result = guarded_async(x, spec, &g, source, &frame), go = 0;
        else
            go = guards_check(x, spec, &g, source, info, &result);
    }
    if (go > 0)
        result = spec->how == CORE_CALL      ? calls_call(&g, spec->function, 0)
                 : spec->how == CORE_RESOLVE ? call_resolver(x, field, spec, &g, source, at, &frame)
                                             : read_field(x, field, spec, source, at);
    calls_gathered_end(&g);
    calls_frame_end(x, field, &frame);
    return result;
}

PyObject *calls_resolve(core_execution *x, core_field *field, PyObject *source, gyr_host_place *at) {
    if (x->special || x->calls.hooked) return calls_hooked(x, field, source, at);
    return calls_run(x, field, field->spec, source, at);
}

PyObject *calls_call_value(core_execution *x, core_field *field, PyObject *callable, gyr_host_place *at) {
    calls_frame frame = {0};
    calls_gathered g;
    PyObject *result = NULL;
    int status = calls_gather(x, field, field->spec, &field->calls.raw, Py_None, at, &frame, &g);
    PyObject *raw = status ? NULL : calls_frame_raw(x, field, at, &frame);
    if (raw) {
        g.values[-1] = raw;
        result = calls_call(&g, callable, 1);
    }
    calls_gathered_end(&g);
    calls_frame_end(x, field, &frame);
    return result;
}
