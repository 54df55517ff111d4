/* gyrfalcon._core: reading values - attributes, graphql-core's default resolver, and what is awaitable.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "core.h"
#include <limits.h>

/** getattr(source, name, None) */
static PyObject *attribute_or_none(PyObject *source, PyObject *name) {
#if PY_VERSION_HEX >= 0x030D0000
    PyObject *value;
    if (PyObject_GetOptionalAttr(source, name, &value) < 0) return NULL;
#else
    PyObject *value;
    if (_PyObject_LookupAttr(source, name, &value) < 0) return NULL;
#endif
    return value ? value : Py_NewRef(Py_None);
}

/** The epoch of registrations with abstract base classes, as of this request's first look. 0: an exception. */
static unsigned epoch(core_execution *x) {
    core_state *state = x->state;
    if (x->registered) return state->abc_epoch;
    PyObject *token = PyObject_CallNoArgs(state->get_cache_token);
    int same = !token ? -1 : state->abc_token ? PyObject_RichCompareBool(token, state->abc_token, Py_EQ) : 0;
    if (!same) {
        Py_XSETREF(state->abc_token, Py_NewRef(token));
        state->abc_epoch += 1 + (state->abc_epoch == UINT_MAX);
    }
    Py_XDECREF(token);
    x->registered = same >= 0;
    return same < 0 ? 0 : state->abc_epoch;
}

/** Whether default_field_resolver takes it for a mapping: isinstance(source, Mapping), which costs more than the reading; so
 *  a class that is none is remembered, unless its instances may say that they are of another class. */
static int is_mapping(core_execution *x, core_field *field, PyObject *source) {
    PyTypeObject *type = Py_TYPE(source);
    unsigned now = epoch(x), version = core_type_version(type);
    if (!now) return -1;
    if (type == field->object_type && version && version == field->object_version && now == field->object_epoch)
        return 0;
    int is = PyDict_Check(source) ? 1 : PyObject_IsInstance(source, x->state->Mapping);
    if (is || type->tp_getattro != PyObject_GenericGetAttr) return is;
    PyObject *class = PyObject_GetAttr(source, x->state->str___class__);
    bool honest = class == (PyObject *)type;
    Py_XDECREF(class);
    if (!class) return -1;
    if (honest) {
        field->object_type = type;
        field->object_version = core_type_version(type);
        field->object_epoch = now;
    }
    return 0;
}

static PyObject *read_default(core_execution *x, core_field *field, PyObject *source, gyr_host_place *at) {
    PyObject *name = field->spec->name, *value;
    if (PyDict_CheckExact(source)) {
        value = PyDict_GetItemWithError(source, name);
        if (!value && PyErr_Occurred()) return NULL;
        value = Py_NewRef(value ? value : Py_None);
    } else {
        int mapping = is_mapping(x, field, source);
        if (mapping < 0) return NULL;
        value = mapping ? PyObject_CallMethodOneArg(source, x->state->str_get, name) : attribute_or_none(source, name);
        if (!value) return NULL;
    }
    if (!PyCallable_Check(value)) return value;
    PyObject *result = calls_call_value(x, field, value, at);
    Py_DECREF(value);
    return result;
}

PyObject *core_read(core_execution *x, core_field *field, PyObject *source, gyr_host_place *at) {
    if (field->spec->how == CORE_ATTRIBUTE) return PyObject_GetAttr(source, field->spec->name);
    return read_default(x, field, source, at);
}

/* ------------------------------------------------------------------ awaitables */

int core_has_attribute(PyObject *value, PyObject *name) {
    PyObject *found;
#if PY_VERSION_HEX >= 0x030D0000
    int has = PyObject_GetOptionalAttr(value, name, &found);
#else
    int has = _PyObject_LookupAttr(value, name, &found);
#endif
    Py_XDECREF(found);
    return has;
}

/** A generator that @types.coroutine made. */
static int is_generator_coroutine(PyObject *value) {
    PyObject *code = PyObject_GetAttrString(value, "gi_code");
    PyObject *flags = code ? PyObject_GetAttrString(code, "co_flags") : NULL;
    long bits = flags ? PyLong_AsLong(flags) : -1;
    Py_XDECREF(code);
    Py_XDECREF(flags);
    return bits == -1 && PyErr_Occurred() ? -1 : (bits & CO_ITERABLE_COROUTINE) != 0;
}

static int is_awaitable(core_execution *x, PyObject *value) {
    if (PyCoro_CheckExact(value)) return 1;
    if (PyGen_CheckExact(value)) {
        int is = is_generator_coroutine(value);
        if (is) return is;
    }
    return core_has_attribute(value, x->state->str___await__);
}

int core_is_awaitable(core_execution *x, PyObject *value) {
    PyObject *own = x->request->is_awaitable;
    if (!own) return is_awaitable(x, value);
    if (own == Py_False) return 0;
    PyObject *answer = PyObject_CallOneArg(own, value);
    int truth = answer ? PyObject_IsTrue(answer) : -1;
    Py_XDECREF(answer);
    return truth;
}

/* ------------------------------------------------------------------ a value before it is completed */

/** Remembers that instances of the value's class are plain, where that follows from the class alone (an attribute __await__
 *  of an instance makes nothing awaitable, whatever hasattr says of it). */
static int learn_plain(core_execution *x, core_field *field, PyObject *value) {
    PyTypeObject *type = Py_TYPE(value);
    bool known = type->tp_getattro == PyObject_GenericGetAttr && !(type->tp_as_async && type->tp_as_async->am_await) &&
                 type != Py_TYPE(x->state->Undefined) && type != &PyGen_Type && type != &PyCoro_Type &&
                 !PyType_IsSubtype(type, (PyTypeObject *)PyExc_BaseException);
    if (!known) return 0;
    int has = core_has_attribute((PyObject *)type, x->state->str___await__);
    if (has) return has > 0 ? 0 : -1;
    field->plain_type = type;
    field->plain_version = core_type_version(type);
    return 0;
}

/** What is left once it is known that the value is not awaited. */
static gyr_host_status settle_rest(core_execution *x, core_field *field, PyObject **value, bool item) {
    PyObject *completes = !item && field->completes ? field->spec->completes : NULL;
    if (completes) Py_SETREF(*value, PyObject_CallOneArg(completes, *value));
    if (!*value) return core_failed(x);
    if (*value == x->state->Undefined && x->state->Executor) /* no null for 3.2 */
        Py_SETREF(*value, Py_NewRef(Py_None));
    if (!PyObject_TypeCheck(*value, (PyTypeObject *)PyExc_Exception)) return GYR_HOST_OK;
    Py_XSETREF(x->failed, *value);
    *value = NULL;
    return GYR_HOST_FAILED;
}

gyr_host_status core_settle_slow(core_execution *x, core_field *field, PyObject **value, bool item) {
    if (calls_is_later(x->state, *value)) return GYR_HOST_PENDING;
    int awaitable = core_is_awaitable(x, *value);
    if (awaitable > 0) return GYR_HOST_PENDING;
    if (!awaitable && !x->asks) awaitable = learn_plain(x, field, *value);
    if (!awaitable) return settle_rest(x, field, value, item);
    Py_CLEAR(*value);
    return core_failed(x);
}

gyr_host_status core_settle(core_execution *x, const gyr_host_field *field, gyr_host_place *at, PyObject **value) {
    gyr_host_step step;
    bool item = gyr_host_place_step(at, &step) && !step.key.ptr;
    return settle_rest(x, core_field_of(field), value, item);
}
