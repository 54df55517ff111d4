/* gyrfalcon._core: dumps - what json.dumps(value, separators=(",", ":")) gives, for values of exactly the types that JSON has;
 * and copies of such values.
 *
 * Results that a hook had to see as dictionaries are written by this. The text is json.dumps's, byte for byte; None for anything
 * that is not plain (a subclass, a key that is no str, NaN, a cycle): then json.dumps itself knows what to do. No Python code runs
 * in here, so that nothing changes while it is read.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "core.h"

typedef struct writer {
    char *text;
    size_t length, room;
    unsigned depth;
    bool failed; /* out of memory */
} writer;

/* What is deeper is left to json.dumps: this many levels fit every thread's stack, which CPython's own limit is not about. */
enum { MOST_DEPTH = 200 };

static char *space(writer *w, size_t more) {
    if (w->room - w->length < more) {
        size_t room = w->room * 2 > w->length + more ? w->room * 2 : w->length + more;
        char *text = room < PY_SSIZE_T_MAX ? PyMem_Realloc(w->text, room) : NULL;
        if (!text) return w->failed = true, NULL;
        w->text = text;
        w->room = room;
    }
    return w->text + w->length;
}

static bool put(writer *w, const char *text, size_t length) {
    char *at = space(w, length);
    if (!at) return false;
    memcpy(at, text, length);
    w->length += length;
    return true;
}

static char *put_unit(char *at, unsigned unit) {
    static const char digits[] = "0123456789abcdef";
    *at++ = '\\';
    *at++ = 'u';
    for (int shift = 12; shift >= 0; shift -= 4) *at++ = digits[unit >> shift & 15];
    return at;
}

static char *put_char(char *at, Py_UCS4 c) {
    static const char *const names = "\"\"\\\\\bb\ff\nn\rr\tt";
    if (c >= ' ' && c <= '~' && c != '"' && c != '\\') return *at = (char)c, at + 1;
    for (const char *name = names; c < 128 && *name; name += 2)
        if ((Py_UCS4)*name == c) return at[0] = '\\', at[1] = name[1], at + 2;
    if (c < 0x10000) return put_unit(at, c);
    c -= 0x10000;
    return put_unit(put_unit(at, 0xD800 | c >> 10), 0xDC00 | (c & 0x3FF));
}

/** Whether none of the bytes needs an escape. */
static bool is_clean(const unsigned char *bytes, size_t length) {
    unsigned bad = 0;
    for (size_t i = 0; i < length; i++)
        bad |= (bytes[i] < ' ') | (bytes[i] == '"') | (bytes[i] == '\\') | (bytes[i] == 127);
    return !bad;
}

static bool put_string(writer *w, PyObject *string) {
    size_t length = (size_t)PyUnicode_GET_LENGTH(string);
    char *at = space(w, length + 2);
    if (!at) return false;
    *at++ = '"';
    if (PyUnicode_IS_ASCII(string) && is_clean(PyUnicode_1BYTE_DATA(string), length)) {
        memcpy(at, PyUnicode_1BYTE_DATA(string), length);
        at[length] = '"';
        w->length += length + 2;
        return true;
    }
    if (length > (PY_SSIZE_T_MAX - 2) / 12) return w->failed = true, false;
    if (!(at = space(w, length * 12 + 2))) return false;
    char *start = at;
    *at++ = '"';
    int kind = PyUnicode_KIND(string);
    const void *data = PyUnicode_DATA(string);
    for (size_t i = 0; i < length; i++) at = put_char(at, PyUnicode_READ(kind, data, (Py_ssize_t)i));
    *at++ = '"';
    w->length += (size_t)(at - start);
    return true;
}

static bool put_number(writer *w, PyObject *number) {
    int overflow = 0;
    long long value = PyLong_AsLongLongAndOverflow(number, &overflow);
    char digits[24], *end = digits + sizeof digits, *at = end;
    if (!overflow) {
        unsigned long long rest = value < 0 ? 0ULL - (unsigned long long)value : (unsigned long long)value;
        do *--at = (char)('0' + rest % 10);
        while (rest /= 10);
        if (value < 0) *--at = '-';
        return put(w, at, (size_t)(end - at));
    }
    PyObject *text = PyObject_Str(number);
    bool done = text && put(w, (const char *)PyUnicode_1BYTE_DATA(text), (size_t)PyUnicode_GET_LENGTH(text));
    Py_XDECREF(text);
    return done;
}

static bool put_float(writer *w, PyObject *number) {
    double value = PyFloat_AS_DOUBLE(number);
    if (!Py_IS_FINITE(value)) return false;
    char *text = PyOS_double_to_string(value, 'r', 0, Py_DTSF_ADD_DOT_0, NULL);
    bool done = text && put(w, text, strlen(text));
    PyMem_Free(text);
    return done;
}

static bool put_value(writer *w, PyObject *value);

static bool put_dict(writer *w, PyObject *dict) {
    PyObject *key, *value;
    Py_ssize_t position = 0;
    char opening = '{';
    while (PyDict_Next(dict, &position, &key, &value)) {
        if (!PyUnicode_CheckExact(key) || !put(w, &opening, 1) || !put_string(w, key) || !put(w, ":", 1)) return false;
        if (!put_value(w, value)) return false;
        opening = ',';
    }
    return opening == '{' ? put(w, "{}", 2) : put(w, "}", 1);
}

static bool put_list(writer *w, PyObject *list) {
    Py_ssize_t count = PyList_GET_SIZE(list);
    if (!count) return put(w, "[]", 2);
    for (Py_ssize_t i = 0; i < count; i++)
        if (!put(w, i ? "," : "[", 1) || !put_value(w, PyList_GET_ITEM(list, i))) return false;
    return put(w, "]", 1);
}

/** false: not plain, out of memory, or with an exception. */
static bool put_value(writer *w, PyObject *value) {
    if (PyUnicode_CheckExact(value)) return put_string(w, value);
    if (PyLong_CheckExact(value)) return put_number(w, value);
    if (value == Py_None) return put(w, "null", 4);
    if (value == Py_True) return put(w, "true", 4);
    if (value == Py_False) return put(w, "false", 5);
    if (PyFloat_CheckExact(value)) return put_float(w, value);
    bool dict = PyDict_CheckExact(value);
    if (!dict && !PyList_CheckExact(value)) return false;
    if (w->depth == MOST_DEPTH) return false;
    w->depth++;
    bool done = dict ? put_dict(w, value) : put_list(w, value);
    w->depth--;
    return done;
}

static PyObject *dumps(PyObject *module, PyObject *value) {
    (void)module;
#ifdef Py_GIL_DISABLED
    (void)value; /* another thread may change what is read */
    Py_RETURN_NONE;
#else
    writer w = {0};
    bool done = put_value(&w, value);
    PyObject *text = done ? PyUnicode_New((Py_ssize_t)w.length, 127) : NULL;
    if (text) memcpy(PyUnicode_1BYTE_DATA(text), w.text, w.length);
    PyMem_Free(w.text);
    if (text || (done && PyErr_Occurred())) return text;
    PyErr_Clear(); /* whatever it was, json.dumps meets it again */
    Py_RETURN_NONE;
#endif
}

/* ------------------------------------------------------------------ copies */

static bool is_container(PyObject *value) { return PyDict_CheckExact(value) || PyList_CheckExact(value); }

static PyObject *copy_value(PyObject *value);

static PyObject *copy_dict(PyObject *dict) {
    PyObject *copy = PyDict_Copy(dict), *key, *value;
    Py_ssize_t position = 0;
    while (copy && PyDict_Next(dict, &position, &key, &value)) {
        if (!is_container(value)) continue;
        PyObject *inner = copy_value(value);
        if (!inner || PyDict_SetItem(copy, key, inner)) Py_CLEAR(copy);
        Py_XDECREF(inner);
    }
    return copy;
}

static PyObject *copy_list(PyObject *list) {
    PyObject *copy = PyList_GetSlice(list, 0, PyList_GET_SIZE(list));
    for (Py_ssize_t i = 0; copy && i < PyList_GET_SIZE(list); i++) {
        PyObject *value = PyList_GET_ITEM(list, i);
        if (!is_container(value)) continue;
        PyObject *inner = copy_value(value);
        if (!inner || PyList_SetItem(copy, i, inner)) Py_CLEAR(copy);
    }
    return copy;
}

static PyObject *copy_value(PyObject *value) {
    if (!is_container(value)) return Py_NewRef(value);
    if (Py_EnterRecursiveCall(" while copying a result")) return NULL;
    PyObject *copy = PyDict_CheckExact(value) ? copy_dict(value) : copy_list(value);
    Py_LeaveRecursiveCall();
    return copy;
}

PyObject *core_copy(PyObject *value) {
    /* Nothing of it is part of a cycle yet, and no other code runs: see host.c. */
    int enabled = PyGC_Disable();
    PyObject *copy = copy_value(value);
    if (enabled) PyGC_Enable();
    return copy;
}

/* ------------------------------------------------------------------ what introspection answers */

static PyObject *loads(gyr_str json) {
    PyObject *module = PyImport_ImportModule("json");
    PyObject *value = module ? PyObject_CallMethod(module, "loads", "s#", json.ptr, (Py_ssize_t)json.len) : NULL;
    Py_XDECREF(module);
    return value;
}

/** Without conditions and variables an operation has one answer, whose text stays where it is while the plan lives. It is read
 *  twice at most: what comes of the second time is kept to be copied, for the last few plans of a schema. */
PyObject *core_from_json(core_plan *plan, gyr_str json) {
    core_schema *schema = plan->schema;
    if (plan->condition_count || gyr_host_plan_introspects_variables(plan->plan)) return loads(json);
    core_constant *constant = schema->constants, *end = constant + CORE_CONSTANTS;
    while (constant < end && !(constant->plan == plan && constant->text == json.ptr)) constant++;
    if (constant < end && constant->value) return core_copy(constant->value);
    PyObject *value = loads(json);
    if (!value) return NULL;
    if (constant == end) {
        constant = &schema->constants[schema->next_constant++ % CORE_CONSTANTS];
        PyObject *old = constant->value;
        *constant = (core_constant){.plan = plan, .text = json.ptr};
        Py_XDECREF(old);
        return value;
    }
    /* meanwhile another thread may have been here */
    if (constant->plan != plan || constant->text != json.ptr || constant->value) return value;
    constant->value = value;
    return core_copy(value);
}

void core_forget_constants(core_plan *plan) {
    for (int i = 0; i < CORE_CONSTANTS; i++) {
        core_constant *constant = &plan->schema->constants[i];
        if (constant->plan != plan) continue;
        PyObject *value = constant->value;
        *constant = (core_constant){0};
        Py_XDECREF(value);
    }
}

static PyObject *copy(PyObject *module, PyObject *value) {
    (void)module;
    return core_copy(value);
}

static PyMethodDef functions[] = {
    {"dumps", dumps, METH_O,
     PyDoc_STR("dumps(value) -> str | None\n\nAs json.dumps(value, separators=(\",\", \":\")); None for what is no "
               "plain JSON.")},
    {"copy", copy, METH_O,
     PyDoc_STR("copy(value)\n\nDictionaries and lists, at any depth, are made anew; all else is shared.")},
    {NULL, NULL, 0, NULL},
};

int core_json_ready(PyObject *module) { return PyModule_AddFunctions(module, functions); }
