/* gyrfalcon._core: leaves - scalars and enums are read, completed, and go into a dictionary or a JSON cell.
 *
 * Values of the exact built-in type that a built-in scalar wants are their own serialisation; so are the strings of enum
 * values that a table knows. All else goes through the type's own `serialize`, whose errors are the field's.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "core.h"
#include <math.h>

/* ------------------------------------------------------------------ completing */

/** Whether an exact int is a small one, and which. Those that are not small may still be of 32 bits. */
static inline bool small_int(PyObject *value, int64_t *number) {
#if PY_VERSION_HEX >= 0x030C0000
    if (!PyUnstable_Long_IsCompact((PyLongObject *)value)) return false;
    *number = PyUnstable_Long_CompactValue((PyLongObject *)value);
#else
    Py_ssize_t size = Py_SIZE(value);
    if ((size_t)(size + 1) > 2) return false;
    *number = size ? size * (int64_t)((PyLongObject *)value)->ob_digit[0] : 0;
#endif
    return true;
}

static bool fits_32_bits(PyObject *value) {
    int overflow;
    long number = PyLong_AsLongAndOverflow(value, &overflow);
    return !overflow && number >= INT32_MIN && number <= INT32_MAX;
}

/** Whether the value is its own serialisation. */
static inline bool is_serialized(core_leaf_kind kind, PyObject *value) {
    PyTypeObject *type = Py_TYPE(value);
    int64_t number;
    switch (kind) {
    case CORE_STRING:
    case CORE_ID: return type == &PyUnicode_Type;
    case CORE_INT: /* a digit of CPython's ints has 30 bits, or 15 */
        return type == &PyLong_Type && (small_int(value, &number) || fits_32_bits(value));
    case CORE_FLOAT: return type == &PyFloat_Type && isfinite(PyFloat_AS_DOUBLE(value));
    case CORE_BOOLEAN: return type == &PyBool_Type;
    default: return false;
    }
}

/** The words of graphql-core's complete_leaf_value for a serialize that gave nothing. */
static void raise_nothing(core_execution *x, core_leaf *leaf, PyObject *value, PyObject *serialized) {
    PyObject *inspect = x->state->inspect;
    PyObject *type = PyObject_CallOneArg(inspect, leaf->type), *of = PyObject_CallOneArg(inspect, value);
    PyObject *gave = PyObject_CallOneArg(inspect, serialized);
    bool newer = x->state->Executor != NULL;
    if (type && of && gave)
        PyErr_Format(PyExc_TypeError, "Expected `%U.%s(%U)` to return non-nullable value, returned: %U", type,
                     newer ? "coerce_output_value" : "serialize", of, gave);
    Py_XDECREF(type);
    Py_XDECREF(of);
    Py_XDECREF(gave);
}

/** The name of an enum's value; NULL without an exception: the table does not say. */
static PyObject *enum_name(const core_leaf *leaf, PyObject *value) {
    for (uint32_t i = 0; i < leaf->few; i++)
        if (leaf->values[i] == value) return Py_NewRef(leaf->names[i]);
    PyObject *name = PyDict_GetItemWithError(leaf->table, value);
    if (name) return Py_NewRef(name);
    if (PyErr_Occurred() && PyErr_ExceptionMatches(PyExc_TypeError)) PyErr_Clear(); /* not hashable */
    return NULL;
}

PyObject *core_serialize(core_execution *x, core_leaf *leaf, PyObject *value) {
    if (is_serialized(leaf->kind, value)) return Py_NewRef(value);
    if (leaf->kind == CORE_ID && PyLong_CheckExact(value)) return PyObject_Str(value);
    if (leaf->kind == CORE_ENUM && leaf->table) {
        PyObject *name = enum_name(leaf, value);
        if (name || PyErr_Occurred()) return name;
    }
    PyObject *serialized = PyObject_CallOneArg(leaf->serialize, value);
    if (!serialized || (serialized != Py_None && serialized != x->state->Undefined)) return serialized;
    raise_nothing(x, leaf, value, serialized);
    Py_DECREF(serialized);
    return NULL;
}

static void raise_null(const core_field *f) {
    PyObject *coordinate = core_coordinate(f->field);
    if (coordinate) PyErr_Format(PyExc_TypeError, "Cannot return null for non-nullable field %U.", coordinate);
    Py_XDECREF(coordinate);
}

/** What is left after the fast path: *value becomes the completed one, or (PENDING) what is waited for. */
static gyr_host_status complete_slow(core_execution *x, core_field *f, PyObject **value) {
    gyr_host_status status = core_settle_read(x, f, value, false);
    if (status != GYR_HOST_OK) return status;
    if (*value != Py_None) {
        Py_SETREF(*value, core_serialize(x, f->leaf, *value));
        return *value ? GYR_HOST_OK : core_failed(x);
    }
    if (!f->non_null) return GYR_HOST_OK;
    Py_CLEAR(*value);
    raise_null(f);
    return core_failed(x);
}

static inline gyr_host_status complete(core_execution *x, core_field *f, PyObject **value) {
    if (is_serialized(f->kind, *value) && !f->completes && !x->asks) return GYR_HOST_OK;
    return complete_slow(x, f, value);
}

/* ------------------------------------------------------------------ JSON */

/** JSON text of a value that has no cell of its own: by Python's encoder, as a server would write it. */
static int text_cell(PyObject *value, gyr_host_cell *cell) {
    PyObject *json = PyImport_ImportModule("json");
    PyObject *name = json ? PyUnicode_InternFromString("dumps") : NULL;
    PyObject *text = name ? PyObject_CallMethodOneArg(json, name, value) : NULL; /* it may be a tuple */
    Py_XDECREF(name);
    Py_XDECREF(json);
    Py_DECREF(value);
    Py_ssize_t size = 0;
    const char *utf8 = text ? PyUnicode_AsUTF8AndSize(text, &size) : NULL;
    if (!utf8) return Py_XDECREF(text), -1;
    *cell = (gyr_host_cell){.kind = GYR_VALUE_CUSTOM, .of.string = gyr_str_of(utf8, (size_t)size), .hold = text};
    return 0;
}

static inline int string_cell(PyObject *value, gyr_host_cell *cell) {
    if (PyUnicode_IS_COMPACT_ASCII(value)) {
        cell->of.string = gyr_str_of((const char *)((PyASCIIObject *)value + 1), (size_t)PyUnicode_GET_LENGTH(value));
    } else {
        Py_ssize_t size = 0;
        const char *utf8 = PyUnicode_AsUTF8AndSize(value, &size);
        if (!utf8) { /* a lone surrogate: escaped, as json.dumps does */
            if (!PyErr_ExceptionMatches(PyExc_UnicodeError)) return Py_DECREF(value), -1;
            PyErr_Clear();
            return text_cell(value, cell);
        }
        cell->of.string = gyr_str_of(utf8, (size_t)size);
    }
    cell->kind = GYR_VALUE_STRING;
    cell->hold = value;
    return 0;
}

/** A finite float. A whole one keeps the ".0" that Python gives it: there are clients that tell 1 from 1.0. */
static int float_cell(core_execution *x, double value, uint32_t number, gyr_host_cell *cell) {
    cell->kind = GYR_VALUE_FLOAT;
    cell->of.number = value;
    if (trunc(value) != value) return 0;
    if (fabs(value) >= 1e15) {
        PyObject *boxed = PyFloat_FromDouble(value);
        return boxed ? text_cell(boxed, cell) : -1;
    }
    if (!x->whole && !(x->whole = PyMem_Malloc(GYR_HOST_LEAVES * sizeof *x->whole))) return (void)PyErr_NoMemory(), -1;
    char *end = x->whole[number] + CORE_WHOLE, *at = end;
    *--at = '0';
    *--at = '.';
    uint64_t digits = (uint64_t)fabs(value);
    do *--at = (char)('0' + digits % 10);
    while (digits /= 10);
    if (signbit(value)) *--at = '-';
    cell->kind = GYR_VALUE_CUSTOM;
    cell->of.string = gyr_str_of(at, (size_t)(end - at));
    return 0;
}

static inline int make_cell(core_execution *x, PyObject *value, uint32_t number, gyr_host_cell *cell) {
    int result = 0;
    cell->hold = NULL;
    if (PyUnicode_CheckExact(value)) return string_cell(value, cell);
    if (PyLong_CheckExact(value)) {
        int overflow = 0;
        cell->kind = GYR_VALUE_INT;
        if (!small_int(value, &cell->of.integer)) cell->of.integer = PyLong_AsLongLongAndOverflow(value, &overflow);
        if (overflow) return text_cell(value, cell);
    } else if (PyFloat_CheckExact(value) && isfinite(PyFloat_AS_DOUBLE(value))) {
        result = float_cell(x, PyFloat_AS_DOUBLE(value), number, cell);
    } else if (PyBool_Check(value)) {
        cell->kind = GYR_VALUE_BOOL;
        cell->of.boolean = value == Py_True;
    } else if (value == Py_None) {
        cell->kind = GYR_VALUE_NULL;
    } else {
        return text_cell(value, cell);
    }
    Py_DECREF(value);
    return result;
}

int core_cell(core_execution *x, PyObject *value, uint32_t number, gyr_host_cell *cell) {
    return make_cell(x, value, number, cell);
}

/* ------------------------------------------------------------------ runs of leaves */

/** A field's value, completed: given, or (PENDING) what is waited for. */
static gyr_host_status read_slow(core_execution *x, core_field *f, PyObject *object, gyr_host_place *at,
                                 PyObject **value) {
    if (f->typename && !calls_special(x))
        *value = Py_XNewRef(core_type_name(f->plan->schema, f->field->shape->type_index));
    else
        *value = core_value(x, f, object, at);
    return *value ? complete(x, f, value) : core_failed(x);
}

static inline gyr_host_status read_leaf(core_execution *x, core_field *f, bool quick, PyObject *object,
                                        gyr_host_place *at, PyObject **value) {
    if (!quick || !f->attribute) return read_slow(x, f, object, at, value);
    *value = Py_TYPE(object)->tp_getattro(object, f->attribute);
    if (*value && is_serialized(f->kind, *value)) return GYR_HOST_OK;
    return *value ? complete_slow(x, f, value) : core_failed(x);
}

/** What went wrong when a completed value was put away is no field error. */
static gyr_host_status not_put(core_execution *x) {
    core_failed(x);
    if (x->failed) Py_XSETREF(x->aborted, x->failed);
    x->failed = NULL;
    return GYR_HOST_ABORT;
}

/** The completed value, given, goes where it belongs. */
static inline gyr_host_status put(core_execution *x, core_field *f, PyObject *value, PyObject *into, uint32_t number,
                                  gyr_host_cell *cell) {
    int result;
    if (into) {
        result = PyDict_SetItem(into, f->key, value);
        Py_DECREF(value);
    } else {
        result = make_cell(x, value, number, cell);
    }
    return !result ? GYR_HOST_OK : not_put(x);
}

/** A run of leaves; with constant `quick` two loops are made of it. */
static inline gyr_host_status read_run(core_execution *x, const gyr_host_field *fields, uint32_t count, bool quick,
                                       PyObject *object, gyr_host_place *at, PyObject *into, gyr_host_cell *cells,
                                       uint32_t *done, gyr_host_value *out) {
    for (uint32_t i = 0; i < count; i++) {
        core_field *f = core_field_of(&fields[i]);
        PyObject *value;
        gyr_host_status status = read_leaf(x, f, quick, object, at, &value);
        if (status == GYR_HOST_OK) status = put(x, f, value, into, i, &cells[i]);
        if (status == GYR_HOST_OK) continue;
        *done = i;
        *out = status == GYR_HOST_PENDING ? value : NULL;
        return status;
    }
    *done = count;
    return GYR_HOST_OK;
}

gyr_host_status core_leaves(void *user, const gyr_host_shape *shape, uint32_t first, uint32_t count,
                            gyr_host_value object, gyr_host_place *at, gyr_host_value into, gyr_host_cell *cells,
                            uint32_t *done, gyr_host_value *out) {
    core_execution *x = user;
    const gyr_host_field *fields = shape->fields + first;
    x->began = true;
    bool quick = !x->asks && !calls_special(x) && Py_TYPE((PyObject *)object)->tp_getattro;
    if (!quick) return read_run(x, fields, count, false, object, at, into, cells, done, out);
    if (into) return read_run(x, fields, count, true, object, at, into, cells, done, out);
    return read_run(x, fields, count, true, object, at, NULL, cells, done, out);
}
