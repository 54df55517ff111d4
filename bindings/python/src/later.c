/* gyrfalcon._core: calls of hooks that wait for their turn.
 *
 * Calling an `async def` function runs nothing of it. So where such a hook is the outermost one of a field, the engine gets a small
 * record in place of the coroutine, and the call is made when the coroutine would take its first step. What the hook and everybody
 * else can see stays the same, in the same order; but of a list of 10,000 objects one coroutine, info and path exists at a time
 * and not 50,000, which the garbage collector would walk again and again.
 *
 * The first call of a field in a request is made at once, and shows that the hook takes such a call. Fields with arguments are left
 * out: what is wrong with one is to be told when the field is read.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "core.h"

/* No part of the garbage collector's: the engine owns it, which shows its source in its place (tasks.c). */
typedef struct later {
    PyObject_HEAD core_field *field; /* of the request's plan */
    PyObject *source;
} later;
#define LATER(self) ((later *)(self))

/** Whether a chain is functools.partial of an `async def` function or of a method that is one. -1: an exception. */
static int is_asynchronous(core_state *state, PyObject *chain) {
    if ((PyObject *)Py_TYPE(chain) != state->partial) return 0;
    PyObject *function = PyObject_GetAttr(chain, state->calls.str_func);
    if (!function) return -1;
    PyObject *bare = PyMethod_Check(function) ? PyMethod_GET_FUNCTION(function) : function;
    int is = PyFunction_Check(bare) && ((PyCodeObject *)PyFunction_GET_CODE(bare))->co_flags & CO_COROUTINE;
    Py_DECREF(function);
    return is;
}

int calls_later_learn(core_execution *x, core_field *field, calls_row *row, PyObject *result) {
    core_request *request = x->request;
    row->later = CALLS_NOW;
    bool may = PyCoro_CheckExact(result) && !field->calls.raw.count && !request->sync && !request->is_awaitable;
    int is = may ? is_asynchronous(x->state, row->chain) : 0;
    if (is > 0) row->later = CALLS_LATER;
    return is < 0 ? -1 : 0;
}

PyObject *calls_later(core_execution *x, core_field *field, PyObject *source) {
    later *self = PyObject_New(later, x->state->calls.later_type);
    if (!self) return NULL;
    self->field = field;
    self->source = Py_NewRef(source);
    return (PyObject *)self;
}

PyObject *calls_later_source(core_state *state, PyObject *value) {
    return calls_is_later(state, value) ? LATER(value)->source : NULL;
}

PyObject *calls_later_call(core_execution *x, gyr_host_pending *pending, PyObject *value) {
    if (!calls_is_later(x->state, value)) return Py_NewRef(value);
    later *self = LATER(value);
    gyr_host_place *at = gyr_host_pending_place(pending);
    if (self->field->field->read == GYR_HOST_READ_LEAF) at = (gyr_host_place *)gyr_host_place_up(at);
    return calls_hook_call(x, self->field, self->source, at);
}

/* ------------------------------------------------------------------ the type */

static void later_dealloc(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    Py_DECREF(LATER(self)->source);
    PyObject_Free(self);
    Py_DECREF(type);
}

static PyType_Slot slots[] = {{Py_tp_dealloc, later_dealloc}, {0, NULL}};
static PyType_Spec spec = {"gyrfalcon._core.Later", sizeof(later), 0,
                           Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};

int calls_later_ready(PyObject *module, core_state *state) {
    state->calls.later_type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &spec, NULL);
    return state->calls.later_type ? 0 : -1;
}
