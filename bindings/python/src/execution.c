/* gyrfalcon._core: Execution and Request - a request begins, runs and ends.
 *
 * A synchronous request is one call of the engine. One that waits is handed to tasks (tasks_await), which answers what is
 * waited for and ends with core_result too.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "core.h"
#include <structmember.h>

#define EXECUTION(self) ((core_execution *)(self))
#define REQUEST(self)   ((core_request *)(self))

/* ------------------------------------------------------------------ Request */

static PyObject *request_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    static const char *const names[] = {
        "json",         "sync", "middleware",           "field_resolver", "type_resolver", "is_awaitable",
        "info_factory", "ast",  "operation_extensions", "hooks",          "options",       NULL};
    int json = 0, sync = 0;
    PyObject *given[9] = {NULL};
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|$ppOOOOOOOOO:Request", (char **)names, &json, &sync, &given[0],
                                     &given[1], &given[2], &given[3], &given[4], &given[5], &given[6], &given[7],
                                     &given[8]))
        return NULL;
    core_request *self = REQUEST(type->tp_alloc(type, 0));
    if (!self) return NULL;
    PyObject **of[] = {&self->middleware,           &self->field_resolver, &self->type_resolver,
                       &self->is_awaitable,         &self->info_factory,   &self->ast,
                       &self->operation_extensions, &self->hooks,          &self->options};
    for (size_t i = 0; i < sizeof of / sizeof *of; i++) *of[i] = given[i] == Py_None ? NULL : Py_XNewRef(given[i]);
    self->json = json;
    self->sync = sync;
    return (PyObject *)self;
}

#define REQUEST_MEMBERS(X)                                                                                             \
    X(middleware)                                                                                                      \
    X(field_resolver)                                                                                                  \
    X(type_resolver) X(is_awaitable) X(info_factory) X(ast) X(operation_extensions) X(hooks) X(options)

static int request_traverse(PyObject *self, visitproc visit, void *arg) {
    Py_VISIT(Py_TYPE(self));
#define X(member) Py_VISIT(REQUEST(self)->member);
    REQUEST_MEMBERS(X)
#undef X
    return 0;
}

static int request_clear(PyObject *self) {
#define X(member) Py_CLEAR(REQUEST(self)->member);
    REQUEST_MEMBERS(X)
#undef X
    return 0;
}

static void request_dealloc(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    request_clear(self);
    type->tp_free(self);
    Py_DECREF(type);
}

/* ------------------------------------------------------------------ Execution */

static int execution_traverse(PyObject *object, visitproc visit, void *arg) {
    core_execution *x = EXECUTION(object);
    Py_VISIT(Py_TYPE(x));
    Py_VISIT(x->plan);
    Py_VISIT(x->request);
    Py_VISIT(x->root);
    Py_VISIT(x->context);
    Py_VISIT(x->variables);
    Py_VISIT(x->errors);
    Py_VISIT(x->failed);
    Py_VISIT(x->aborted);
    int result = calls_request_traverse(x, visit, arg);
    return result ? result : tasks_request_traverse(x, visit, arg);
}

static void execution_dealloc(PyObject *object) {
    core_execution *x = EXECUTION(object);
    PyTypeObject *type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    PyObject *raised = PyErr_Occurred() ? core_take_exception() : NULL;
    gyr_host_exec_free(x->exec); /* calls discard and release */
    x->exec = NULL;
    tasks_request_fini(x);
    calls_request_fini(x);
    PyMem_Free(x->whole);
    Py_XDECREF(x->variables);
    Py_XDECREF(x->errors);
    Py_XDECREF(x->failed);
    Py_XDECREF(x->aborted);
    Py_XDECREF(x->root);
    Py_XDECREF(x->context);
    Py_XDECREF(x->request);
    Py_XDECREF(x->plan);
    if (raised) core_raise(raised);
    type->tp_free(object);
    Py_DECREF(type);
}

PyObject *core_result(core_execution *x) {
    if (x->aborted) return core_abort(x); /* while what is left of a list was looked through */
    PyObject *data = Py_None, *json = Py_None, *errors = x->errors ? x->errors : Py_None;
    if (x->json) {
        gyr_str text = gyr_host_result_json(x->exec);
        if (!text.ptr) return PyErr_NoMemory();
        Py_INCREF(data);
        json = PyBytes_FromStringAndSize(text.ptr, (Py_ssize_t)text.len);
    } else {
        data = gyr_host_result(x->exec);
        if (data == Py_None) Py_INCREF(data); /* null is lent */
        Py_INCREF(json);
    }
    PyObject *result = data && json ? PyTuple_New(3) : NULL;
    if (!result) {
        Py_XDECREF(data);
        Py_XDECREF(json);
        return PyErr_Occurred() ? NULL : PyErr_NoMemory();
    }
    PyTuple_SET_ITEM(result, 0, data);
    PyTuple_SET_ITEM(result, 1, Py_NewRef(errors));
    PyTuple_SET_ITEM(result, 2, json);
    return result;
}

PyObject *core_abort(core_execution *x) {
    PyObject **from = x->aborted ? &x->aborted : &x->plan->failed;
    PyObject *exception = *from;
    *from = NULL;
    if (exception)
        core_raise(exception);
    else if (!PyErr_Occurred())
        PyErr_NoMemory();
    return NULL;
}

/** What @skip and @include read, of x->variables. false: a variable is null where it must not be. */
static bool conditions(core_execution *x, uint8_t *out) {
    core_plan *plan = x->plan;
    for (uint32_t i = 0; i < plan->condition_count; i++) {
        PyObject *value = x->variables ? PyDict_GetItemWithError(x->variables, plan->conditions[i]) : NULL;
        if (value != Py_True && value != Py_False) return false;
        out[i] = value == Py_True ? GYR_HOST_CONDITION_TRUE : GYR_HOST_CONDITION_FALSE;
    }
    return true;
}

/** Whether introspection can be answered with these variables. One that is null or absent is graphql-core's, which may have
 *  something to say about it. */
static bool all_given(core_execution *x) {
    uint32_t count;
    const gyr_host_variable *variables = gyr_host_plan_variables(x->plan->plan, &count);
    for (uint32_t i = 0; i < count; i++) {
        PyObject *name = core_str(variables[i].name);
        PyObject *value = name && x->variables ? PyDict_GetItemWithError(x->variables, name) : NULL;
        Py_XDECREF(name);
        if (!value || value == Py_None) return false;
    }
    return true;
}

/** Makes x->exec of an operation whose introspection depends on variables: they go to the engine as JSON. As prepare(). */
static int prepare_with_variables(core_execution *x, gyr_host_request *request, PyObject *raw) {
    if (!all_given(x)) return PyErr_Occurred() ? -1 : 1;
    PyObject *json = PyImport_ImportModule("json");
    PyObject *function = json ? PyObject_GetAttrString(json, "dumps") : NULL;
    PyObject *args = PyTuple_Pack(1, raw), *options = Py_BuildValue("{sO}", "ensure_ascii", Py_False);
    PyObject *text = function && args && options ? PyObject_Call(function, args, options) : NULL;
    Py_ssize_t size = 0;
    const char *utf8 = text ? PyUnicode_AsUTF8AndSize(text, &size) : NULL;
    int result = 0;
    if (utf8) {
        request->variables = gyr_str_of(utf8, (size_t)size);
        if (!(x->exec = gyr_host_exec_new(request))) PyErr_NoMemory(), result = -1;
    } else if (PyErr_ExceptionMatches(PyExc_Exception)) {
        PyErr_Clear(); /* files, lone surrogates, and the like */
        result = 1;
    } else
        result = -1;
    Py_XDECREF(text);
    Py_XDECREF(options);
    Py_XDECREF(args);
    Py_XDECREF(function);
    Py_XDECREF(json);
    return result;
}

/** Makes x->exec; `raw` is what the client sent as variables. 0; 1: graphql-core must do it; -1: an exception. */
static int prepare(core_execution *x, PyObject *raw) {
    enum { FEW = 16 };
    uint8_t few[FEW], *values = few;
    uint32_t count = x->plan->condition_count;
    if (count > FEW && !(values = PyMem_Malloc(count))) return (void)PyErr_NoMemory(), -1;
    bool ready = conditions(x, values);
    gyr_host_request request = {.size = sizeof request,
                                .plan = x->plan->plan,
                                .conditions = values,
                                .root = x->root,
                                .user = x,
                                .json = x->json};
    int result = !ready ? PyErr_Occurred() ? -1 : 1 : 0;
    if (ready && gyr_host_plan_introspects_variables(x->plan->plan))
        result = prepare_with_variables(x, &request, raw);
    else if (ready && !(x->exec = gyr_host_exec_new(&request)))
        PyErr_NoMemory(), result = -1;
    if (values != few) PyMem_Free(values);
    return result;
}

static PyObject *run(core_execution *x) {
    /* A resolver may run another request: that must end somewhere. */
    if (Py_EnterRecursiveCall(" while executing a GraphQL operation")) return NULL;
    gyr_host_status status = gyr_host_run(x->exec);
    Py_LeaveRecursiveCall();
    switch (status) {
    case GYR_HOST_OK: return core_result(x);
    case GYR_HOST_PENDING: return tasks_await(x);
    default: return core_abort(x);
    }
}

PyObject *core_plan_execute(PyObject *object, PyObject *const *args, Py_ssize_t count) {
    core_plan *plan = (core_plan *)object;
    core_state *state = plan->state;
    if (count != 4 || !Py_IS_TYPE(args[3], state->request_type))
        return PyErr_SetString(PyExc_TypeError, "execute(root, context, variables, request)"), NULL;
    if (!plan->schema->conversion) return PyErr_SetString(PyExc_RuntimeError, "gyrfalcon: the schema is gone"), NULL;
    core_execution *x = EXECUTION(state->execution_type->tp_alloc(state->execution_type, 0));
    if (!x) return NULL;
    x->state = state;
    x->plan = (core_plan *)Py_NewRef(plan);
    x->root = Py_NewRef(args[0]);
    x->context = Py_NewRef(args[1]);
    x->request = (core_request *)Py_NewRef(args[3]);
    x->json = x->request->json;
    x->asks = x->request->is_awaitable && x->request->is_awaitable != Py_False;
    PyObject *result = NULL;
    switch (calls_begin(x, args[2])) {
    case 0: {
        int prepared = prepare(x, args[2]);
        result = prepared ? prepared > 0 ? Py_NewRef(Py_NotImplemented) : NULL : run(x);
        break;
    }
    case 1: result = Py_BuildValue("(OOO)", Py_None, x->errors, Py_None); break;
    case 2: result = Py_NewRef(Py_NotImplemented); break;
    default: break;
    }
    if (!result && !x->began) result = calls_give_up(x);
    Py_DECREF(x);
    return result;
}

/* ------------------------------------------------------------------ types */

static PyMemberDef request_members[] = {
    {"json", T_BOOL, offsetof(core_request, json), READONLY, NULL},
    {"sync", T_BOOL, offsetof(core_request, sync), READONLY, NULL},
#define X(member) {#member, T_OBJECT, offsetof(core_request, member), READONLY, NULL},
    REQUEST_MEMBERS(X)
#undef X
        {NULL, 0, 0, 0, NULL},
};
static PyType_Slot request_slots[] = {
    {Py_tp_doc, (void *)PyDoc_STR("Request(**options)\n\nHow requests run. It does not change; many may share it.")},
    {Py_tp_new, request_new},
    {Py_tp_traverse, request_traverse},
    {Py_tp_clear, request_clear},
    {Py_tp_dealloc, request_dealloc},
    {Py_tp_members, request_members},
    {0, NULL},
};
static PyType_Spec request_spec = {
    .name = "gyrfalcon._core.Request",
    .basicsize = sizeof(core_request),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = request_slots,
};
static PyType_Slot execution_slots[] = {
    {Py_tp_doc, (void *)PyDoc_STR("A request being answered.")},
    {Py_tp_traverse, execution_traverse},
    {Py_tp_dealloc, execution_dealloc},
    {0, NULL},
};
static PyType_Spec execution_spec = {
    .name = "gyrfalcon._core.Execution",
    .basicsize = sizeof(core_execution),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = execution_slots,
};

int core_execution_ready(PyObject *module, core_state *state) {
    state->request_type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &request_spec, NULL);
    state->execution_type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &execution_spec, NULL);
    if (!state->request_type || !state->execution_type) return -1;
    return PyModule_AddType(module, state->request_type);
}
