/* gyrfalcon._core: identity - which task asyncio.current_task() says, while lines of a drive run.
 *
 * The functions that asyncio has for tasks of others are looked up once a drive. Changing may fail (memory, functions that a tool
 * replaced): then nothing has changed. Where it is the way home that fails, the loop's own task would not be there when it
 * goes on, so that is tried twice.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "task.h"

static PyObject *home_of(tasks_drive *drive) {
    PyObject *function = PyObject_GetAttr(drive->state->tasks.asyncio_tasks, drive->state->tasks.str_current_task);
    PyObject *task = function ? PyObject_CallOneArg(function, drive->loop) : NULL;
    Py_XDECREF(function);
    return task;
}

static int call2(PyObject *function, PyObject *a, PyObject *b, PyObject **result) {
    PyObject *args[3] = {NULL, a, b};
    PyObject *value = PyObject_Vectorcall(function, args + 1, 2 | PY_VECTORCALL_ARGUMENTS_OFFSET, NULL);
    if (!value) return -1;
    if (result)
        *result = value;
    else
        Py_DECREF(value);
    return 0;
}

/* 3.11: leave one, enter the other; None is nobody. When the other cannot be entered the one is again. */
static int change(tasks_drive *drive, PyObject *from, PyObject *to) {
    if (from != Py_None && call2(drive->leave, drive->loop, from, NULL) < 0) return -1;
    if (to == Py_None || call2(drive->enter, drive->loop, to, NULL) == 0) return 0;
    PyObject *error = core_take_exception(), *back = to == drive->home ? to : from;
    int bad = back != Py_None && call2(drive->enter, drive->loop, back, NULL) < 0 ? -1 : 0;
    if (!bad && back == to) return Py_DECREF(error), 0;
    if (bad) PyErr_Clear();
    core_raise(error);
    return -1;
}

/* Installs `to`; *previous is who was there, new, where asyncio says it. */
static int install(tasks_drive *drive, PyObject *to, PyObject **previous) {
    if (drive->swap) return call2(drive->swap, drive->loop, to, previous);
    PyObject *from = Py_NewRef(drive->current ? drive->current : drive->home); /* asyncio may be the last to hold it */
    int bad = change(drive, from, to);
    Py_DECREF(from);
    return bad;
}

int tasks_become(tasks_drive *drive, PyObject *task) {
    if (drive->current == task) return 0;
    PyObject *error = PyErr_Occurred() ? core_take_exception() : NULL, *previous = NULL;
    int bad = !drive->current && !drive->swap && !(drive->home = home_of(drive)) ? -1 : 0;
    PyObject *to = task ? task : drive->home;
    Py_ssize_t before = Py_REFCNT(to);
    if (!bad) bad = install(drive, to, &previous);
    if (bad) { /* nothing has changed */
        if (!drive->current) Py_CLEAR(drive->home);
        if (error) PyErr_Clear();
    } else {
        if (!drive->current && previous) Py_XSETREF(drive->home, Py_NewRef(previous));
        Py_XDECREF(previous);
        drive->held = Py_REFCNT(to) - before;
        drive->current = task;
        if (!task) Py_CLEAR(drive->home);
    }
    if (error) core_raise(error);
    return bad;
}
