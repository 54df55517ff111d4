/* gyrfalcon._core: Schema - the engine's schema, built of the conversion's SDL, and the specs of its fields and types.
 *
 * Specs are asked for when an operation first needs them. Tables by type index are made when the schema is; fields are
 * found through a dictionary, once a planned field.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "core.h"
#include <structmember.h>

#define SCHEMA(self) ((core_schema *)(self))

/** The lines of an error list as an exception. */
static void raise_errors(gyr_errors *errors, const char *what) {
    if (!errors) {
        PyErr_NoMemory();
        return;
    }
    gyr_str text = gyr_errors_text(errors);
    if (text.len) text.len--; /* the last line's end */
    PyObject *lines = core_str(text);
    if (lines) PyErr_Format(PyExc_ValueError, "gyrfalcon: %s: %U", what, lines);
    Py_XDECREF(lines);
    gyr_errors_free(errors);
}

/** Schemas are the program's own, and graphql-core has no limits but its parser's and executor's: Python's recursion limit, which
 *  ends operations of about 170 fields below one another. Only what protects the stack stays; what is deeper is left to
 *  graphql-core. At this depth 128 KiB are enough, which is what threads have where the C library is musl. */
static gyr_limits limits(void) {
    enum { DEPTH = 150 };
    gyr_limits l = {.size = sizeof l};
    l.document_bytes = l.tokens = l.aliases = l.directives_per_node = l.directives = l.root_fields = GYR_UNLIMITED;
    l.fields = l.name_bytes = l.number_bytes = l.json_bytes = l.schema_bytes = GYR_UNLIMITED;
    l.response_bytes = l.request_bytes = l.schema_fields = l.type_fields = l.deferred = GYR_UNLIMITED;
    l.depth = DEPTH;
    l.json_depth = 1000;
    l.list_depth = 30;
    return l;
}

static int build(core_schema *self) {
    PyObject *complete = PyObject_GetAttrString(self->conversion, "complete");
    int is_complete = complete ? PyObject_IsTrue(complete) : -1;
    Py_XDECREF(complete);
    if (is_complete < 0) return -1;
    PyObject *sdl = PyObject_GetAttr(self->conversion, self->state->str_sdl);
    Py_ssize_t size = 0;
    const char *text = sdl ? PyUnicode_AsUTF8AndSize(sdl, &size) : NULL;
    if (!text) return Py_XDECREF(sdl), -1;
    gyr_errors *errors = NULL;
    gyr_source source = {.text = gyr_str_of(text, (size_t)size)};
    self->limits = limits();
    gyr_schema_options options = {.size = sizeof options,
                                  .sources = &source,
                                  .source_count = 1,
                                  .unbound = true,
                                  .lenient = true,
                                  .complete = is_complete != 0,
                                  .limits = self->limits};
    self->schema = gyr_schema_build(&options, &errors);
    Py_DECREF(sdl);
    if (!self->schema) return raise_errors(errors, "the schema cannot be used"), -1;
    self->type_count = gyr_host_type_count(self->schema);
    self->leaves = PyMem_Calloc(self->type_count + 1, sizeof *self->leaves);
    self->types = PyMem_Calloc(self->type_count + 1, sizeof *self->types);
    self->type_names = PyMem_Calloc(self->type_count + 1, sizeof *self->type_names);
    self->spec_index = PyDict_New();
    if (!self->leaves || !self->types || !self->type_names) return (void)PyErr_NoMemory(), -1;
    return self->spec_index ? 0 : -1;
}

static PyObject *schema_new(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
    static const char *const names[] = {"conversion", NULL};
    PyObject *conversion;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "O:Schema", (char **)names, &conversion)) return NULL;
    core_schema *self = SCHEMA(type->tp_alloc(type, 0));
    if (!self) return NULL;
    self->module = Py_XNewRef(core_module_of(type));
    self->state = self->module ? PyModule_GetState(self->module) : NULL;
    self->conversion = Py_NewRef(conversion);
    self->graphql_schema = self->state ? PyObject_GetAttr(conversion, self->state->str_graphql_schema) : NULL;
    if (self->graphql_schema && !build(self)) return (PyObject *)self;
    Py_DECREF(self);
    return NULL;
}

static int schema_traverse(PyObject *object, visitproc visit, void *arg) {
    core_schema *self = SCHEMA(object);
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(self->module);
    Py_VISIT(self->conversion);
    Py_VISIT(self->graphql_schema);
    Py_VISIT(self->spec_index);
    int result = 0;
    for (uint32_t i = 0; i < self->spec_count && !result; i++) result = core_spec_traverse(self->specs[i], visit, arg);
    for (uint32_t i = 0; self->leaves && i < self->type_count && !result; i++)
        if (self->leaves[i]) result = core_leaf_traverse(self->leaves[i], visit, arg);
    for (uint32_t i = 0; self->types && i < self->type_count && !result; i++)
        if (self->types[i]) result = core_type_traverse(self->types[i], visit, arg);
    return result;
}

/** Only what leads out of the core is dropped: every cycle goes through it. The specs serve plans that still run. */
static int schema_clear(PyObject *object) {
    core_schema *self = SCHEMA(object);
    Py_CLEAR(self->conversion);
    Py_CLEAR(self->graphql_schema);
    return 0;
}

static void schema_dealloc(PyObject *object) {
    core_schema *self = SCHEMA(object);
    PyTypeObject *type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    schema_clear(object);
    Py_CLEAR(self->spec_index);
    for (uint32_t i = 0; i < self->spec_count; i++) core_spec_free(self->specs[i]);
    for (uint32_t i = 0; i < self->type_count; i++) {
        if (self->leaves) core_leaf_free(self->leaves[i]);
        if (self->types) core_type_free(self->types[i]);
        if (self->type_names) Py_XDECREF(self->type_names[i]);
    }
    for (int i = 0; i < CORE_CONSTANTS; i++) Py_XDECREF(self->constants[i].value);
    PyMem_Free(self->specs);
    PyMem_Free(self->leaves);
    PyMem_Free(self->types);
    PyMem_Free(self->type_names);
    gyr_schema_free(self->schema);
    Py_XDECREF(self->module);
    type->tp_free(object);
    Py_DECREF(type);
}

/* ------------------------------------------------------------------ specs */

/** Keeps a spec that was just made under its key. The index of one that another thread or a re-entrant call kept meanwhile
 *  wins. */
static core_spec *keep_spec(core_schema *self, PyObject *key, core_spec *spec) {
    PyObject *known = PyDict_GetItemWithError(self->spec_index, key);
    if (known || PyErr_Occurred()) {
        core_spec_free(spec);
        return known ? self->specs[PyLong_AsSize_t(known)] : NULL;
    }
    if (self->spec_count == self->spec_room) {
        uint32_t room = self->spec_room ? 2 * self->spec_room : 64;
        core_spec **specs = PyMem_Realloc(self->specs, room * sizeof *specs);
        if (!specs) return core_spec_free(spec), (void)PyErr_NoMemory(), NULL;
        self->specs = specs;
        self->spec_room = room;
    }
    PyObject *index = PyLong_FromUnsignedLong(self->spec_count);
    if (!index || PyDict_SetItem(self->spec_index, key, index)) return Py_XDECREF(index), core_spec_free(spec), NULL;
    Py_DECREF(index);
    return self->specs[self->spec_count++] = spec;
}

core_spec *core_schema_spec(core_schema *self, gyr_str type_name, gyr_str field_name) {
    if (!self->conversion) return PyErr_SetString(PyExc_RuntimeError, "gyrfalcon: the schema is gone"), NULL;
    PyObject *type = core_str(type_name), *name = core_str(field_name), *from = NULL;
    PyObject *key = type && name ? PyTuple_Pack(2, type, name) : NULL;
    core_spec *spec = NULL;
    PyObject *known = key ? PyDict_GetItemWithError(self->spec_index, key) : NULL;
    if (known) {
        spec = self->specs[PyLong_AsSize_t(known)];
    } else if (key && !PyErr_Occurred()) {
        from = PyObject_CallMethodObjArgs(self->conversion, self->state->str_field, type, name, NULL);
        spec = from ? core_spec_new(self, from) : NULL;
        if (spec) spec = keep_spec(self, key, spec);
    }
    Py_XDECREF(from);
    Py_XDECREF(key);
    Py_XDECREF(type);
    Py_XDECREF(name);
    return spec;
}

PyObject *core_type_name(core_schema *self, uint32_t index) {
    if (index >= self->type_count) return PyErr_SetString(PyExc_IndexError, "gyrfalcon: no such type"), NULL;
    if (!self->type_names[index]) {
        PyObject *name = core_str(gyr_host_type_name(self->schema, index));
        if (!name) return NULL;
        PyUnicode_InternInPlace(&name);
        self->type_names[index] = name;
    }
    return self->type_names[index];
}

/** The conversion's answer about a type: conversion.<method>(name). */
static PyObject *ask(core_schema *self, PyObject *method, uint32_t index) {
    if (!self->conversion) return PyErr_SetString(PyExc_RuntimeError, "gyrfalcon: the schema is gone"), NULL;
    PyObject *name = core_type_name(self, index);
    return name ? PyObject_CallMethodOneArg(self->conversion, method, name) : NULL;
}

core_leaf *core_schema_leaf(core_schema *self, uint32_t index) {
    if (index < self->type_count && self->leaves[index]) return self->leaves[index];
    PyObject *spec = ask(self, self->state->str_leaf, index);
    core_leaf *leaf = spec ? core_leaf_new(self, spec) : NULL;
    Py_XDECREF(spec);
    if (leaf && self->leaves[index])
        core_leaf_free(leaf); /* made meanwhile */
    else if (leaf)
        self->leaves[index] = leaf;
    return leaf ? self->leaves[index] : NULL;
}

core_type *core_schema_type(core_schema *self, uint32_t index) {
    if (index < self->type_count && self->types[index]) return self->types[index];
    PyObject *spec = ask(self, self->state->str_type, index);
    core_type *of = spec ? core_type_new(self, spec) : NULL;
    Py_XDECREF(spec);
    if (of && self->types[index])
        core_type_free(of);
    else if (of)
        self->types[index] = of;
    return of ? self->types[index] : NULL;
}

static PyMethodDef methods[] = {
    {"document", core_schema_document, METH_O,
     PyDoc_STR("document(text) -> Document | None\n\nParses and validates; None: it is not valid.")},
    {NULL, NULL, 0, NULL},
};

static PyMemberDef members[] = {
    {"conversion", T_OBJECT, offsetof(core_schema, conversion), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};

static PyType_Slot slots[] = {
    {Py_tp_doc, (void *)PyDoc_STR("Schema(conversion)\n\nThe engine's schema of a GraphQLSchema.")},
    {Py_tp_new, schema_new},
    {Py_tp_traverse, schema_traverse},
    {Py_tp_clear, schema_clear},
    {Py_tp_dealloc, schema_dealloc},
    {Py_tp_methods, methods},
    {Py_tp_members, members},
    {0, NULL},
};

static PyType_Spec spec = {
    .name = "gyrfalcon._core.Schema",
    .basicsize = sizeof(core_schema),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE,
    .slots = slots,
};

int core_schema_ready(PyObject *module, core_state *state) {
    state->schema_type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &spec, NULL);
    return state->schema_type ? PyModule_AddType(module, state->schema_type) : -1;
}
