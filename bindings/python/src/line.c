/* gyrfalcon._core: lines. What one identity awaits, step by step, and what the engine gets of it (tasks.h tells the whole).
 *
 * tasks_resume sends into the line's awaitable. When that ends, its value or error goes to the engine at once, which reads
 * on below; what comes of that is either awaited by the same line or put into the queue. So identity and context of a resolver's
 * coroutine are those of everything that is read because of it, and a contextvar that it set is seen below it.
 *
 * An Exception is a field error. Everything else (CancelledError, KeyboardInterrupt) ends the line with ERROR.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "task.h"

void tasks_line_clear(tasks_line *line) {
    line->pending = NULL;
    line->must_cancel = line->fresh = line->unwanted = line->orphan = line->doomed = line->told = false;
    Py_CLEAR(line->awaited);
    Py_CLEAR(line->message);
    tasks_drive *drive = line->drive;
    line->drive = NULL;
    if (line->owner) Py_XDECREF(drive);
}

int tasks_line_traverse(tasks_line *line, visitproc visit, void *arg) {
    Py_VISIT(line->awaited);
    Py_VISIT(line->message);
    if (line->owner) Py_VISIT(line->drive);
    return 0;
}

PyObject *tasks_exception_of(PyObject *type, PyObject *value, PyObject *traceback) {
    PyObject *error;
    if (PyExceptionInstance_Check(type)) {
        error = Py_NewRef(type);
    } else if (!PyExceptionClass_Check(type)) {
        PyErr_SetString(PyExc_TypeError, "exceptions must be classes or instances deriving from BaseException");
        return NULL;
    } else if (value && PyObject_TypeCheck(value, (PyTypeObject *)type)) {
        error = Py_NewRef(value);
    } else {
        error = value && value != Py_None ? PyObject_CallOneArg(type, value) : PyObject_CallNoArgs(type);
        if (error && !PyExceptionInstance_Check(error)) {
            PyErr_Format(PyExc_TypeError, "calling %R should have returned an instance of BaseException, not %R", type,
                         Py_TYPE(error));
            Py_CLEAR(error);
        }
    }
    if (error && traceback && traceback != Py_None && PyException_SetTraceback(error, traceback) < 0) Py_CLEAR(error);
    return error;
}

/* What to send to, for an awaitable: as the await expression does. Steals. */
static PyObject *iterator_of(PyObject *awaitable) {
    if (PyCoro_CheckExact(awaitable)) return awaitable;
    if (PyGen_CheckExact(awaitable)) { /* of types.coroutine */
        PyObject *code = PyObject_GetAttrString(awaitable, "gi_code");
        bool is = code && PyCode_Check(code) && (((PyCodeObject *)code)->co_flags & CO_ITERABLE_COROUTINE);
        Py_XDECREF(code);
        if (is) return awaitable;
        PyErr_Clear();
    }
    PyTypeObject *type = Py_TYPE(awaitable);
    PyObject *iterator = NULL;
    if (!type->tp_as_async || !type->tp_as_async->am_await) {
        PyErr_Format(PyExc_TypeError, "object %.100s can't be used in 'await' expression", type->tp_name);
    } else {
        iterator = type->tp_as_async->am_await(awaitable);
        if (iterator && !PyIter_Check(iterator)) {
            PyErr_Format(PyExc_TypeError, "__await__() returned non-iterator of type '%.100s'",
                         Py_TYPE(iterator)->tp_name);
            Py_CLEAR(iterator);
        }
    }
    Py_DECREF(awaitable);
    return iterator;
}

/* Steals the error. */
static PySendResult throw_into(core_state *state, PyObject *awaited, PyObject *error, PyObject **out) {
    PyObject *method = PyObject_GetAttr(awaited, state->tasks.str_throw);
    if (!method) {
        if (PyErr_ExceptionMatches(PyExc_AttributeError)) {
            PyErr_Clear();
            core_raise(error);
        } else {
            Py_DECREF(error);
        }
        return PYGEN_ERROR;
    }
    *out = PyObject_CallOneArg(method, error);
    Py_DECREF(method);
    Py_DECREF(error);
    if (*out) return PYGEN_NEXT;
    if (!PyErr_ExceptionMatches(PyExc_StopIteration)) return PYGEN_ERROR;
    PyObject *stop = core_take_exception();
    PyObject *value = stop ? ((PyStopIterationObject *)stop)->value : NULL;
    *out = Py_XNewRef(stop && !value ? Py_None : value); /* a subclass may leave it out */
    Py_XDECREF(stop);
    return *out ? PYGEN_RETURN : PYGEN_ERROR;
}

static PySendResult send(tasks_line *line, PyObject *value, PyObject *error, PyObject **out) {
    core_state *state = line->drive->state;
    if (line->must_cancel) {
        line->must_cancel = false;
        if (!error || !PyObject_TypeCheck(error, (PyTypeObject *)state->tasks.cancelled_error)) {
            Py_XDECREF(error);
            error = line->message ? PyObject_CallOneArg(state->tasks.cancelled_error, line->message)
                                  : PyObject_CallNoArgs(state->tasks.cancelled_error);
            if (!error) return PYGEN_ERROR;
        }
        if (line->fresh && !PyCoro_CheckExact(line->awaited)) { /* never begun: there is nothing to throw into */
            core_raise(error);
            return PYGEN_ERROR;
        }
    }
    if (line->fresh) {
        line->fresh = false;
        if (line->pending) /* a call that waited for its turn is made now */
            Py_SETREF(line->awaited, calls_later_call(line->drive->x, line->pending, line->awaited));
        if (line->awaited) line->awaited = iterator_of(line->awaited);
        if (!line->awaited) {
            Py_XDECREF(error);
            return PYGEN_ERROR;
        }
    }
    if (error) return throw_into(state, line->awaited, error, out);
    return PyIter_Send(line->awaited, value, out);
}

/* The context that the line leaves, for what was found below it. New; *none: the caller's own, nothing to keep. */
static PyObject *left_context(tasks_line *line, bool *none) {
    *none = !line->owner;
    if (!line->owner) return NULL;
    if (Py_IS_TYPE(line->owner, line->drive->state->tasks.task_type)) return Py_NewRef(tasks_of(line->owner)->context);
    return PyContext_CopyCurrent();
}

/* How many lists round its items a place is in: the indices at its end. */
static unsigned depth_of(const gyr_host_place *place) {
    unsigned depth = 0;
    gyr_host_step step;
    for (; place && gyr_host_place_step(place, &step) && !step.key.ptr; place = gyr_host_place_up(place)) depth++;
    return depth;
}

/* Where a line's value belongs. */
typedef struct spot {
    const gyr_host_field *field;
    unsigned depth;
} spot;

static spot spot_of(gyr_host_pending *pending) {
    return (spot){gyr_host_pending_field(pending), depth_of(gyr_host_pending_place(pending))};
}

/* Whether a single awaitable is awaited by the line: graphql-core 3.2 does so if it is needed to complete the very value
 * that was awaited: an object's type, a list's items. */
static bool goes_on(tasks_line *line, const spot *from, gyr_host_pending *pending) {
    if (line->drive->state->tasks.chains) return true;
    if (gyr_host_pending_wants(pending) == GYR_HOST_WANTS_VALUE) return false;
    spot to = spot_of(pending);
    return from->field == to.field && from->depth == to.depth;
}

/* Takes what became pending. 1: one awaitable, which the line goes on with; 0; -1. */
static int follow(tasks_line *line, const spot *from) {
    tasks_drive *drive = line->drive;
    gyr_host_exec *exec = drive->x->exec;
    gyr_host_pending *first = gyr_host_next(exec), *next;
    if (!first) return 0;
    next = gyr_host_next(exec);
    if (!next && goes_on(line, from, first)) {
        line->pending = first;
        gyr_host_pending_set_user(first, line);
        line->awaited = Py_NewRef((PyObject *)gyr_host_pending_value(first));
        line->fresh = true;
        return 1;
    }
    bool none;
    PyObject *context = left_context(line, &none);
    int bad = !context && !none ? -1 : tasks_enqueue(drive, first, context);
    for (; next && !bad; next = gyr_host_next(exec)) bad = tasks_enqueue(drive, next, context);
    Py_XDECREF(context);
    return bad;
}

/* After a call of the engine: 1, 0, -1 as follow. */
static int answered(tasks_line *line, const spot *from, gyr_host_status status) {
    core_execution *x = line->drive->x;
    if (status != GYR_HOST_ABORT) return follow(line, from);
    core_abort(x);
    return -1;
}

/* The exception that is set is the pending's error, if it is an Exception. */
static int failed(tasks_line *line) {
    tasks_drive *drive = line->drive;
    gyr_host_pending *pending = line->pending;
    Py_CLEAR(line->awaited);
    if (!PyErr_ExceptionMatches(PyExc_Exception)) return -1;
    if (!pending) {
        PyErr_Clear();
        return 0;
    }
    core_execution *x = drive->x;
    spot from = spot_of(pending);
    if (core_failed(x) == GYR_HOST_ABORT) return answered(line, &from, GYR_HOST_ABORT);
    line->pending = NULL;
    x->tasks.running = true;
    gyr_host_status status = gyr_host_fail(x->exec, pending);
    x->tasks.running = false;
    return answered(line, &from, status);
}

/* A value that was awaited becomes the engine's. Steals it. 1, 0, -1 as follow. */
static int answer(tasks_line *line, PyObject *value) {
    core_execution *x = line->drive->x;
    gyr_host_pending *pending = line->pending;
    Py_CLEAR(line->awaited);
    if (!pending) {
        core_drop(line->drive->state, value);
        return 0;
    }
    const gyr_host_field *field = gyr_host_pending_field(pending);
    spot from = {0};
    if (!line->drive->state->tasks.chains) from = spot_of(pending);
    gyr_host_wants wants = gyr_host_pending_wants(pending);
    gyr_host_status status = GYR_HOST_OK;
    uint32_t type = 0;
    if (wants == GYR_HOST_WANTS_VALUE) {
        status = core_settle(x, field, gyr_host_pending_place(pending), &value);
    } else if (wants == GYR_HOST_WANTS_TYPE) {
        int bad = calls_type_answer(x, value, &type);
        Py_DECREF(value);
        if (bad) return failed(line);
    }
    line->pending = NULL;
    if (status == GYR_HOST_ABORT) return answered(line, &from, status);
    x->tasks.running = true;
    if (status == GYR_HOST_FAILED)
        status = gyr_host_fail(x->exec, pending);
    else if (wants == GYR_HOST_WANTS_TYPE)
        status = gyr_host_answer_type(x->exec, pending, type);
    else
        status = gyr_host_answer(x->exec, pending, value);
    x->tasks.running = false;
    return answered(line, &from, status);
}

PySendResult tasks_resume(tasks_line *line, PyObject *value, PyObject *error, PyObject **out) {
    for (;;) {
        PyObject *result = NULL;
        PySendResult how = send(line, value, error, &result);
        if (how == PYGEN_NEXT) {
            *out = result;
            return how;
        }
        error = NULL;
        value = Py_None;
        if (how == PYGEN_RETURN && line->must_cancel) { /* cancelled just before it ended */
            Py_DECREF(result);
            PyObject *type = line->drive->state->tasks.cancelled_error;
            if (line->message)
                PyErr_SetObject(type, line->message);
            else
                PyErr_SetNone(type);
            line->must_cancel = false;
            how = PYGEN_ERROR;
        }
        int more = how == PYGEN_RETURN ? answer(line, result) : failed(line);
        if (more < 0) return PYGEN_ERROR;
        if (more == 0) {
            *out = Py_NewRef(Py_None);
            return PYGEN_RETURN;
        }
    }
}
