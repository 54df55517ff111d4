/* gyrfalcon._core: lists - what is one, and walking it.
 *
 * Lists are walked as CPython's list iterator walks them: by index, the length looked at each time, so that a list that
 * resolvers change meanwhile is seen as graphql-core sees it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "core.h"

/** What is walked, in list->user[0]. */
enum { BY_ITERATOR, BY_INDEX_OF_LIST, BY_INDEX_OF_TUPLE };

/** graphql-core's test for other things than lists and tuples. */
static int is_iterable(core_execution *x, PyObject *value) {
    if (PyGen_CheckExact(value) || PyAnySet_CheckExact(value)) return 1;
    PyObject *answer = PyObject_CallOneArg(x->state->is_iterable, value);
    int truth = answer ? PyObject_IsTrue(answer) : -1;
    Py_XDECREF(answer);
    return truth;
}

static void raise_not_iterable(core_execution *x, const gyr_host_field *field) {
    PyObject *coordinate = core_coordinate(field);
    if (coordinate)
        PyErr_Format(x->state->GraphQLError, "Expected Iterable, but did not find one for field '%U'.", coordinate);
    Py_XDECREF(coordinate);
}

/** Whether the request takes async iterables for lists: 3.3's execute_sync does not, nor who says so (Request.options). 1, 0, -1. */
static int takes_async_iterables(core_execution *x, bool newer) {
    PyObject *option = calls_option(x, x->state->str_async_iterables);
    if (!option && PyErr_Occurred()) return -1;
    return !newer || (option ? option != Py_False : !x->request->sync);
}

/** graphql-core 3.3 walks asynchronously whatever can be, 3.2 only what cannot be walked otherwise. */
static gyr_host_status open_other(core_execution *x, const gyr_host_field *field, PyObject *value, gyr_host_list *list,
                                  gyr_host_value *out) {
    bool newer = x->state->Executor != NULL;
    int iterable = newer ? 0 : is_iterable(x, value);
    int asynchronous = iterable ? 0 : takes_async_iterables(x, newer);
    if (asynchronous > 0) asynchronous = core_has_attribute(value, x->state->str___aiter__);
    if (asynchronous > 0) {
        *out = tasks_collect(x, field, value);
        return *out ? GYR_HOST_PENDING : core_failed(x);
    }
    if (newer && !asynchronous) iterable = is_iterable(x, value);
    if (!iterable && !asynchronous) raise_not_iterable(x, field);
    if (iterable <= 0 || asynchronous < 0 || !(list->list = PyObject_GetIter(value))) return core_failed(x);
    list->user[0] = (void *)BY_ITERATOR;
    return GYR_HOST_OK;
}

gyr_host_status core_open_list(void *user, const gyr_host_field *field, gyr_host_value value, gyr_host_place *at,
                               gyr_host_list *list, gyr_host_value *out) {
    (void)at;
    if (!PyList_CheckExact(value) && !PyTuple_CheckExact(value)) return open_other(user, field, value, list, out);
    list->user[0] = (void *)(intptr_t)(PyList_CheckExact(value) ? BY_INDEX_OF_LIST : BY_INDEX_OF_TUPLE);
    list->hint = (size_t)Py_SIZE(value);
    list->list = Py_NewRef(value);
    return GYR_HOST_OK;
}

/** Long lists let signals and other threads in now and then: reading attributes runs no bytecode that would. */
static int breathe(void) {
    if (PyErr_CheckSignals()) return -1;
    Py_BEGIN_ALLOW_THREADS Py_END_ALLOW_THREADS return 0;
}

/** The next item, new. NULL with an exception: walking failed; without: the end. */
static PyObject *step(gyr_host_list *list, size_t index) {
    PyObject *of = list->list;
    switch ((intptr_t)list->user[0]) {
    case BY_INDEX_OF_LIST:
        return index < (size_t)PyList_GET_SIZE(of) ? Py_NewRef(PyList_GET_ITEM(of, (Py_ssize_t)index)) : NULL;
    case BY_INDEX_OF_TUPLE:
        return index < (size_t)PyTuple_GET_SIZE(of) ? Py_NewRef(PyTuple_GET_ITEM(of, (Py_ssize_t)index)) : NULL;
    default: return PyIter_Next(of);
    }
}

gyr_host_status core_next_item(void *user, const gyr_host_field *field, gyr_host_list *list, gyr_host_value *out) {
    core_execution *x = user;
    size_t index = list->index;
    if ((index & 4095) == 4095 && breathe()) return core_failed(x);
    PyObject *item = step(list, index);
    if (!item) return PyErr_Occurred() ? core_failed(x) : GYR_HOST_END;
    gyr_host_status status = core_settle_read(x, core_field_of(field), &item, true);
    *out = item;
    return status == GYR_HOST_FAILED ? GYR_HOST_ITEM_FAILED : status;
}

/** The items that are left, those of them that are awaitable: a list, or NULL with the exception that ended it. What an iterator
 *  raises is nobody's error; what is no Exception ends the request. */
static PyObject *rest(core_execution *x, gyr_host_list *list) {
    PyObject *awaitables = PyList_New(0), *item = NULL;
    int bad = !awaitables;
    for (size_t index = list->index + 1; !bad; index++) {
        bad = (index & 4095) == 4095 && breathe();
        if (bad || !(item = step(list, index))) break;
        int awaitable = core_is_awaitable(x, item);
        bad = awaitable < 0 || (awaitable && PyList_Append(awaitables, item));
        Py_DECREF(item);
    }
    if (PyErr_Occurred() && PyErr_ExceptionMatches(PyExc_Exception)) PyErr_Clear();
    return awaitables;
}

/** A list that failed is drained by graphql-core 3.3: its further items are made, and those that are awaitable settled in the
 *  background. */
static void drain(core_execution *x, gyr_host_list *list) {
    PyObject *raised = core_take_exception();
    PyObject *awaitables = rest(x, list);
    PyObject *stopped = core_take_exception();
    if (awaitables && PyList_GET_SIZE(awaitables)) {
        PyObject *done = PyObject_CallOneArg(x->state->settle, awaitables);
        if (!done && !stopped) stopped = core_take_exception();
        Py_XDECREF(done);
        PyErr_Clear();
    }
    Py_XDECREF(awaitables);
    if (stopped && !PyObject_TypeCheck(stopped, (PyTypeObject *)PyExc_Exception))
        Py_XSETREF(x->aborted, stopped);
    else
        Py_XDECREF(stopped);
    if (raised) core_raise(raised);
}

void core_close_list(void *user, gyr_host_list *list) {
    core_execution *x = user;
    if (list->failed && !x->aborted && x->state->Executor) drain(x, list);
    Py_CLEAR(list->list);
}

static bool can_await(PyObject *value) {
    const PyAsyncMethods *methods = Py_TYPE(value)->tp_as_async;
    return methods && methods->am_await;
}

/** Those of the items of a list, and of the lists in it, that are awaitable. */
static int awaitables(PyObject *list, PyObject *found, int depth) {
    enum { DEEPEST = 8 };
    bool is_list = PyList_CheckExact(list);
    if (depth > DEEPEST || (!is_list && !PyTuple_CheckExact(list))) return 0;
    for (Py_ssize_t i = 0; i < Py_SIZE(list); i++) {
        PyObject *item = is_list ? PyList_GET_ITEM(list, i) : PyTuple_GET_ITEM(list, i);
        if (can_await(item) ? PyList_Append(found, item) : awaitables(item, found, depth + 1)) return -1;
    }
    return 0;
}

void core_drop(core_state *state, PyObject *value) {
    if (PyList_CheckExact(value) || PyTuple_CheckExact(value)) {
        PyObject *found = PyList_New(0);
        int bad = !found || awaitables(value, found, 0);
        PyObject *done = bad || !PyList_GET_SIZE(found) ? NULL : PyObject_CallOneArg(state->settle, found);
        Py_XDECREF(done);
        Py_XDECREF(found);
        if (PyErr_Occurred()) PyErr_WriteUnraisable(value);
    }
    Py_DECREF(value);
}
