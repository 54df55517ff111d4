/* gyrfalcon._core: errors. An exception becomes a GraphQLError of the installed graphql-core, by its own located_error, with the
 * nodes of the AST that graphql-core makes of the document's text when one is first needed.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "core.h"

/* ------------------------------------------------------------------ exceptions */

PyObject *core_take_exception(void) {
#if PY_VERSION_HEX >= 0x030C0000
    return PyErr_GetRaisedException();
#else
    PyObject *type, *value, *traceback;
    PyErr_Fetch(&type, &value, &traceback);
    if (!type) return NULL;
    PyErr_NormalizeException(&type, &value, &traceback);
    if (traceback && value) PyException_SetTraceback(value, traceback);
    Py_XDECREF(type);
    Py_XDECREF(traceback);
    return value;
#endif
}

void core_raise(PyObject *exception) {
#if PY_VERSION_HEX >= 0x030C0000
    PyErr_SetRaisedException(exception);
#else
    PyErr_Restore(Py_NewRef(Py_TYPE(exception)), exception, PyException_GetTraceback(exception));
#endif
}

gyr_host_status core_failed(core_execution *x) {
    bool field_error = PyErr_ExceptionMatches(PyExc_Exception);
    PyObject **to = field_error ? &x->failed : &x->aborted;
    Py_XSETREF(*to, core_take_exception());
    return field_error ? GYR_HOST_FAILED : GYR_HOST_ABORT;
}

/* ------------------------------------------------------------------ nodes and paths */

Py_ssize_t core_char_offset(core_document *document, uint32_t bytes) {
    if (document->ascii) return bytes;
    const char *text = PyUnicode_AsUTF8(document->text); /* kept in the str since it was parsed */
    Py_ssize_t characters = 0;
    for (uint32_t i = 0; text && i < bytes; i++) characters += ((unsigned char)text[i] & 0xC0) != 0x80;
    return characters;
}

/** The AST when the request has no way to it. */
static PyObject *parse(core_document *document) {
    PyObject *module = PyImport_ImportModule("graphql.language");
    PyObject *ast = module ? PyObject_CallMethod(module, "parse", "O", document->text) : NULL;
    Py_XDECREF(module);
    return ast;
}

PyObject *core_nodes(core_execution *x) {
    core_document *document = x->plan->document;
    if (document->nodes) return document->nodes;
    PyObject *ast = x->request->ast ? PyObject_CallNoArgs(x->request->ast) : parse(document);
    PyObject *nodes = ast ? PyObject_CallOneArg(x->state->index_nodes, ast) : NULL;
    if (nodes && (!PyTuple_Check(nodes) || PyTuple_GET_SIZE(nodes) != 3)) {
        PyErr_SetString(PyExc_TypeError, "gyrfalcon: index_nodes gives a tuple of three");
        Py_CLEAR(nodes);
    }
    if (nodes && !document->nodes) {
        document->ast = Py_NewRef(ast);
        document->nodes = Py_NewRef(nodes);
    }
    Py_XDECREF(ast);
    Py_XDECREF(nodes);
    return nodes ? document->nodes : NULL;
}

PyObject *core_field_nodes(core_execution *x, const gyr_host_field *field) {
    PyObject *nodes = core_nodes(x);
    PyObject *list = nodes ? PyList_New(field->node_count) : NULL;
    for (uint32_t i = 0; list && i < field->node_count; i++) {
        PyObject *offset = PyLong_FromSsize_t(core_char_offset(x->plan->document, field->nodes[i]));
        PyObject *node = offset ? PyObject_GetItem(PyTuple_GET_ITEM(nodes, 0), offset) : NULL;
        Py_XDECREF(offset);
        if (node)
            PyList_SET_ITEM(list, i, node);
        else
            Py_CLEAR(list);
    }
    return list;
}

PyObject *core_coordinate(const gyr_host_field *field) {
    PyObject *type = core_str(field->shape->type), *name = core_str(field->name);
    PyObject *coordinate = type && name ? PyUnicode_FromFormat("%U.%U", type, name) : NULL;
    Py_XDECREF(type);
    Py_XDECREF(name);
    return coordinate;
}

PyObject *core_path_list(const gyr_host_place *at) {
    PyObject *list = PyList_New(0);
    gyr_host_step step;
    for (; list && at && gyr_host_place_step(at, &step); at = gyr_host_place_up(at)) {
        PyObject *key = step.key.ptr ? core_str(step.key) : PyLong_FromSize_t(step.index);
        if (!key || PyList_Append(list, key)) Py_CLEAR(list);
        Py_XDECREF(key);
    }
    if (list && PyList_Reverse(list)) Py_CLEAR(list);
    return list;
}

/* ------------------------------------------------------------------ field errors */

/** The exception that graphql-core raises with the engine's words. */
static PyObject *engine_exception(const gyr_str *message) {
    PyObject *text = core_str(*message);
    PyObject *exception = text ? PyObject_CallOneArg(PyExc_TypeError, text) : NULL;
    Py_XDECREF(text);
    return exception;
}

static int add_error(core_execution *x, const gyr_host_field *field, const gyr_host_place *at, PyObject *exception) {
    PyObject *nodes = core_field_nodes(x, field);
    PyObject *path = nodes ? core_path_list(at) : NULL;
    PyObject *error = path ? PyObject_CallFunctionObjArgs(x->state->located_error, exception, nodes, path, NULL) : NULL;
    Py_XDECREF(nodes);
    Py_XDECREF(path);
    if (error && !x->errors) x->errors = PyList_New(0);
    int result = error && x->errors ? PyList_Append(x->errors, error) : -1;
    Py_XDECREF(error);
    return result;
}

gyr_host_status core_error(void *user, const gyr_host_field *field, gyr_host_place *at, const gyr_str *message) {
    core_execution *x = user;
    PyObject *exception = message ? engine_exception(message) : x->failed;
    if (!message) x->failed = NULL;
    int result = exception ? add_error(x, field, at, exception) : -1;
    Py_XDECREF(exception);
    if (!result) return GYR_HOST_OK;
    /* What making the error raised ends the request, as it leaves graphql-core's handler. */
    if (PyErr_Occurred()) Py_XSETREF(x->aborted, core_take_exception());
    return GYR_HOST_ABORT;
}
