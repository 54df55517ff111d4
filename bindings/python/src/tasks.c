/* gyrfalcon._core: what awaiting takes from asyncio, once; asynchronous iterables.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "task.h"

/* module.attribute, or NULL without an exception when it is not there and may be missing. */
static int get(PyObject **into, const char *module, const char *attribute, bool optional) {
    PyObject *from = PyImport_ImportModule(module);
    *into = from ? PyObject_GetAttrString(from, attribute) : NULL;
    Py_XDECREF(from);
    if (*into) return 0;
    if (!optional) return -1;
    PyErr_Clear();
    return 0;
}

/* The set in which asyncio keeps its tasks: that of a genuine WeakSet. */
static int find_registry(tasks_state *s) {
    if (PY_VERSION_HEX >= 0x030E0000) return 0; /* asyncio.all_tasks() does not look there any more */
    PyObject *weak_set = NULL, *data = NULL;
    if (get(&weak_set, "_weakrefset", "WeakSet", false) < 0) return -1;
    if (get(&s->weak_tasks, "asyncio.tasks", "_scheduled_tasks", true) < 0) return -1;
    if (!s->weak_tasks && get(&s->weak_tasks, "asyncio.tasks", "_all_tasks", true) < 0) return -1;
    if (s->weak_tasks && Py_IS_TYPE(s->weak_tasks, (PyTypeObject *)weak_set)) {
        data = PyObject_GetAttr(s->weak_tasks, s->str_data);
        s->remove_task = PyObject_GetAttr(s->weak_tasks, s->str__remove);
        PyErr_Clear();
    }
    Py_DECREF(weak_set);
    if (data && PySet_CheckExact(data) && s->remove_task)
        s->all_tasks = data;
    else
        Py_XDECREF(data);
    return 0;
}

static PyObject *names1(const char *name) {
    PyObject *text = PyUnicode_InternFromString(name);
    PyObject *tuple = text ? PyTuple_Pack(1, text) : NULL;
    Py_XDECREF(text);
    return tuple;
}

static int take_asyncio(tasks_state *s) {
    struct {
        PyObject **into;
        const char *module, *attribute;
        bool optional;
    } const wanted[] = {
        {&s->running_loop, "asyncio.events", "_get_running_loop", false},
        {&s->task_class, "asyncio.tasks", "Task", false},
        {&s->cancelled_error, "asyncio.exceptions", "CancelledError", false},
        {&s->get_stack, "asyncio.base_tasks", "_task_get_stack", false},
        {&s->print_stack, "asyncio.base_tasks", "_task_print_stack", false},
        {&s->register_task, "asyncio.tasks", "_register_task", false},
        {&s->unregister_task, "asyncio.tasks", "_unregister_task", false},
        {&s->gather, "asyncio.tasks", "gather", false},
        {&s->collect, "gyrfalcon._async", "collect", false},
        {&s->abandon, "gyrfalcon._async", "abandon", false},
    };
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        if (get(wanted[i].into, wanted[i].module, wanted[i].attribute, wanted[i].optional) < 0) return -1;
    }
    s->asyncio_tasks = PyImport_ImportModule("asyncio.tasks");
    PyObject *base = (PyObject *)s->task_type->tp_base;
    s->base_cancel = PyObject_GetAttrString(base, "cancel");
    s->base_set_result = PyObject_GetAttrString(base, "set_result");
    s->base_add_callback = PyObject_GetAttrString(base, "add_done_callback");
    s->kw_loop = names1("loop");
    s->kw_context = names1("context");
    s->kw_msg = names1("msg");
    s->kw_return_exceptions = names1("return_exceptions");
    return PyErr_Occurred() ? -1 : find_registry(s);
}

/* graphql-core 3.3 awaits a single awaitable where it stands, and settles the siblings of an error. */
static int look_at_version(tasks_state *s) {
    PyObject *info = NULL;
    if (get(&info, "graphql", "version_info", false) < 0) return -1;
    PyObject *major = PySequence_GetItem(info, 0), *minor = PySequence_GetItem(info, 1);
    Py_DECREF(info);
    if (major && minor) s->chains = s->settles = PyLong_AsLong(major) * 1000 + PyLong_AsLong(minor) >= 3003;
    Py_XDECREF(major);
    Py_XDECREF(minor);
    PyObject *collected = NULL;
    if (PyErr_Occurred() || get(&collected, "gyrfalcon._versions", "CollectedErrors", false) < 0) return -1;
    s->holds = s->settles || collected != Py_None;
    Py_DECREF(collected);
    return 0;
}

int tasks_init(PyObject *module, core_state *state) {
    tasks_state *s = &state->tasks;
#define X(name)                                                                                                        \
    if (!(s->str_##name = PyUnicode_InternFromString(#name))) return -1;
    TASKS_NAMES(X)
#undef X
    if (tasks_task_ready(module, state) < 0 || tasks_job_ready(module, state) < 0 ||
        tasks_drive_ready(module, state) < 0)
        return -1;
    return take_asyncio(s) < 0 || look_at_version(s) < 0 ? -1 : 0;
}

/* clang-format off */
#define OBJECTS(X)                                                                                                     \
    X(task_type) X(drive_type) X(job_type) X(asyncio_tasks) X(running_loop) X(task_class) X(cancelled_error)           \
    X(base_cancel) X(base_set_result) X(base_add_callback) X(get_stack) X(print_stack) X(all_tasks) X(remove_task)     \
    X(weak_tasks) X(register_task) X(unregister_task) X(gather) X(collect) X(abandon) X(kw_loop) X(kw_context) X(kw_msg)          \
    X(kw_return_exceptions)
/* clang-format on */

int tasks_traverse(core_state *state, visitproc visit, void *arg) {
#define X(member) Py_VISIT(state->tasks.member);
    OBJECTS(X)
#undef X
    return 0;
}

void tasks_fini(core_state *state) {
#define X(member) Py_CLEAR(state->tasks.member);
    OBJECTS(X)
#undef X
#define X(name) Py_CLEAR(state->tasks.str_##name);
    TASKS_NAMES(X)
#undef X
}

typedef struct visitor {
    core_state *state;
    visitproc visit;
    void *arg;
} visitor;

static int visit_held(gyr_host_value value, void *user) {
    const visitor *with = user;
    PyObject *source = calls_later_source(with->state, value);
    return with->visit(source ? source : value, with->arg);
}

/* What the engine holds can be seen while the request waits. The drive is borrowed. */
int tasks_request_traverse(core_execution *x, visitproc visit, void *arg) {
    if (!x->tasks.drive || x->tasks.running) return 0;
    visitor with = {x->state, visit, arg};
    return gyr_host_visit(x->exec, visit_held, &with);
}

void tasks_request_fini(core_execution *x) { x->tasks.drive = NULL; }

PyObject *tasks_collect(core_execution *x, const gyr_host_field *field, PyObject *iterable) {
    tasks_state *s = &x->state->tasks;
    bool strict = s->chains && field->type.depth == 1 && field->type.non_null & 1;
    return PyObject_CallFunctionObjArgs(s->collect, iterable, strict ? Py_True : Py_False, NULL);
}
