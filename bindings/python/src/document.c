/* gyrfalcon._core: Document and Plan.
 *
 * Our parser and validator only say yes or no; on no, graphql-core tells the errors. A Plan is one operation. Its fields
 * (core_field) are made by the engine's plan when a shape is first needed, and dropped with it: places that infos keep may
 * hold the engine's plan a little longer than its Plan, so the chain of fields is cut when the Plan goes.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "core.h"
#include <structmember.h>

#define DOCUMENT(self) ((core_document *)(self))
#define PLAN(self)     ((core_plan *)(self))

/* ------------------------------------------------------------------ documents */

/** None for a text that is not valid, or is no text that the engine can read (lone surrogates). */
PyObject *core_schema_document(PyObject *object, PyObject *text) {
    core_schema *schema = (core_schema *)object;
    Py_ssize_t size = 0;
    if (!PyUnicode_Check(text)) return PyErr_SetString(PyExc_TypeError, "gyrfalcon: a document is a str"), NULL;
    const char *utf8 = PyUnicode_AsUTF8AndSize(text, &size);
    if (!utf8) {
        if (!PyErr_ExceptionMatches(PyExc_UnicodeError)) return NULL;
        PyErr_Clear();
        Py_RETURN_NONE;
    }
    gyr_source source = {.text = gyr_str_of(utf8, (size_t)size)};
    gyr_document *document = gyr_document_new(source, &schema->limits, NULL);
    if (!document) Py_RETURN_NONE;
    if (gyr_document_validate(document, schema->schema, NULL) != GYR_OK) {
        gyr_document_free(document);
        Py_RETURN_NONE;
    }
    PyTypeObject *type = schema->state->document_type;
    core_document *self = DOCUMENT(type->tp_alloc(type, 0));
    if (!self) return gyr_document_free(document), NULL;
    self->schema = (core_schema *)Py_NewRef(schema);
    self->document = document;
    self->text = Py_NewRef(text);
    self->ascii = PyUnicode_IS_ASCII(text);
    return (PyObject *)self;
}

static int document_traverse(PyObject *self, visitproc visit, void *arg) {
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(DOCUMENT(self)->schema);
    Py_VISIT(DOCUMENT(self)->ast);
    Py_VISIT(DOCUMENT(self)->nodes);
    return 0;
}

static void document_dealloc(PyObject *object) {
    core_document *self = DOCUMENT(object);
    PyTypeObject *type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    gyr_document_free(self->document);
    Py_XDECREF(self->text);
    Py_XDECREF(self->ast);
    Py_XDECREF(self->nodes);
    Py_XDECREF(self->schema);
    type->tp_free(object);
    Py_DECREF(type);
}

/* ------------------------------------------------------------------ plans */

/** The names of the variables that conditions read. */
static int take_conditions(core_plan *self) {
    uint32_t variable_count;
    const uint32_t *conditions = gyr_host_plan_conditions(self->plan, &self->condition_count);
    const gyr_host_variable *variables = gyr_host_plan_variables(self->plan, &variable_count);
    self->conditions = PyMem_Calloc(self->condition_count + 1, sizeof *self->conditions);
    if (!self->conditions) return (void)PyErr_NoMemory(), -1;
    for (uint32_t i = 0; i < self->condition_count; i++) {
        self->conditions[i] = core_str(variables[conditions[i]].name);
        if (!self->conditions[i]) return -1;
        PyUnicode_InternInPlace(&self->conditions[i]);
    }
    return 0;
}

static PyObject *document_plan(PyObject *object, PyObject *name) {
    core_document *document = DOCUMENT(object);
    core_schema *schema = document->schema;
    Py_ssize_t size = 0;
    const char *text = name == Py_None ? NULL : PyUnicode_AsUTF8AndSize(name, &size);
    if (name != Py_None && !text) return NULL;
    if (text && !size) Py_RETURN_NONE; /* no operation has that name; the engine takes it for none given */
    PyTypeObject *type = schema->state->plan_type;
    core_plan *self = PLAN(type->tp_alloc(type, 0));
    if (!self) return NULL;
    self->state = schema->state;
    self->schema = (core_schema *)Py_NewRef(schema);
    self->document = (core_document *)Py_NewRef(document);
    gyr_host host = core_host();
    self->plan =
        gyr_host_plan_new(schema->schema, document->document, gyr_str_of(text, (size_t)size), &host, self, NULL);
    if (self->plan && !take_conditions(self)) return (PyObject *)self;
    bool planned = self->plan != NULL;
    Py_DECREF(self);
    if (planned) return NULL;
    Py_RETURN_NONE;
}

static int plan_traverse(PyObject *object, visitproc visit, void *arg) {
    core_plan *self = PLAN(object);
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(self->schema);
    Py_VISIT(self->document);
    Py_VISIT(self->failed);
    int result = calls_plan_traverse(self, visit, arg);
    for (core_field *f = self->fields; f && !result; f = f->next) result = calls_field_traverse(f, visit, arg);
    return result;
}

static void plan_dealloc(PyObject *object) {
    core_plan *self = PLAN(object);
    PyTypeObject *type = Py_TYPE(object);
    PyObject_GC_UnTrack(object);
    if (self->schema) core_forget_constants(self);
    gyr_host_plan_free(self->plan);
    for (core_field *f = self->fields; f; f = f->next) f->link = NULL, f->plan = NULL;
    calls_plan_fini(self);
    for (uint32_t i = 0; self->conditions && i < self->condition_count; i++) Py_XDECREF(self->conditions[i]);
    PyMem_Free(self->conditions);
    Py_XDECREF(self->failed);
    Py_XDECREF(self->document);
    Py_XDECREF(self->schema);
    type->tp_free(object);
    Py_DECREF(type);
}

static PyObject *plan_operation_type(PyObject *self, void *unused) {
    static const char *const names[] = {"query", "mutation", "subscription"};
    (void)unused;
    return PyUnicode_FromString(names[gyr_host_plan_operation(PLAN(self)->plan)]);
}

static PyObject *plan_incremental(PyObject *self, void *unused) {
    (void)unused;
    return PyBool_FromLong(gyr_host_plan_incremental(PLAN(self)->plan));
}

/** Where the operation is in the text, in characters. */
static PyObject *plan_start(PyObject *self, void *unused) {
    (void)unused;
    return PyLong_FromSsize_t(core_char_offset(PLAN(self)->document, gyr_host_plan_node(PLAN(self)->plan)));
}

/* ------------------------------------------------------------------ explain */

static int explain_shape(core_plan *self, PyObject *rows, PyObject *path, const gyr_host_shape *shape);

static int explain_field(core_plan *self, PyObject *rows, PyObject *prefix, const gyr_host_field *field) {
    static const char *const hows[] = {"attribute", "default", "call", "resolve"};
    core_field *f = core_field_of(field);
    core_spec *spec = f ? calls_spec_now(f) : NULL;
    PyObject *reason = spec && spec->reason ? spec->reason : self->state->empty;
    if (spec && spec != f->spec) reason = self->state->calls.str_replaced;
    PyObject *key = core_str(field->key);
    PyObject *path = key ? PyUnicode_FromFormat("%U%s%U", prefix, PyUnicode_GET_LENGTH(prefix) ? "." : "", key) : NULL;
    PyObject *row =
        path ? Py_BuildValue("(Os#s#sO)", path, field->shape->type.ptr, (Py_ssize_t)field->shape->type.len,
                             field->name.ptr, (Py_ssize_t)field->name.len, spec ? hows[spec->how] : "engine", reason)
             : NULL;
    int result = row ? PyList_Append(rows, row) : -1;
    uint32_t first = field->type.index, last = first + 1;
    if (field->type.kind == GYR_HOST_ABSTRACT) first = 0, last = self->schema->type_count;
    for (uint32_t i = first; f && field->type.kind != GYR_HOST_LEAF && i < last && !result; i++) {
        const gyr_host_shape *below = gyr_host_field_shape(self->plan, field, i);
        if (below) result = explain_shape(self, rows, path, below);
    }
    Py_XDECREF(key);
    Py_XDECREF(path);
    Py_XDECREF(row);
    return result;
}

/* Recursion: the depth of the operation, which the engine bounds. */
static int explain_shape(core_plan *self, PyObject *rows, PyObject *path, const gyr_host_shape *shape) {
    for (uint32_t i = 0; i < shape->field_count; i++)
        if (explain_field(self, rows, path, &shape->fields[i])) return -1;
    return 0;
}

static PyObject *plan_explain(PyObject *object, PyObject *unused) {
    (void)unused;
    core_plan *self = PLAN(object);
    PyObject *rows = PyList_New(0);
    uint8_t *conditions = PyMem_Malloc(self->condition_count + 1);
    if (!rows || !conditions) goto fail;
    memset(conditions, GYR_HOST_CONDITION_TRUE, self->condition_count + 1);
    const gyr_host_shape *root = gyr_host_plan_root(self->plan, conditions);
    if (!root) {
        PyObject *failed = self->failed;
        self->failed = NULL;
        if (failed)
            core_raise(failed);
        else
            PyErr_NoMemory();
        goto fail;
    }
    if (explain_shape(self, rows, self->state->empty, root)) goto fail;
    PyMem_Free(conditions);
    return rows;
fail:
    PyMem_Free(conditions);
    Py_XDECREF(rows);
    return NULL;
}

/* ------------------------------------------------------------------ types */

static PyMethodDef document_methods[] = {
    {"plan", document_plan, METH_O,
     PyDoc_STR("plan(operation_name) -> Plan | None\n\nNone: there is no such operation, or several to choose from, or "
               "the engine cannot plan it.")},
    {NULL, NULL, 0, NULL},
};
static PyMemberDef document_members[] = {
    {"text", T_OBJECT, offsetof(core_document, text), READONLY, NULL},
    {"schema", T_OBJECT, offsetof(core_document, schema), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};
static PyType_Slot document_slots[] = {
    {Py_tp_doc, (void *)PyDoc_STR("A document that is valid for a Schema.")},
    {Py_tp_traverse, document_traverse},
    {Py_tp_dealloc, document_dealloc},
    {Py_tp_methods, document_methods},
    {Py_tp_members, document_members},
    {0, NULL},
};
static PyType_Spec document_spec = {
    .name = "gyrfalcon._core.Document",
    .basicsize = sizeof(core_document),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = document_slots,
};

static PyMethodDef plan_methods[] = {
    {"execute", (PyCFunction)(void (*)(void))core_plan_execute, METH_FASTCALL,
     PyDoc_STR("execute(root, context, variables, request)\n\nThe tuple (data, errors, json), or an awaitable of it.\n"
               "NotImplemented: graphql-core must do it; no resolver was called.")},
    {"explain", plan_explain, METH_NOARGS,
     PyDoc_STR("explain() -> [(path, type, field, how, reason)]\n\nAll fields, those of every possible type too.")},
    {NULL, NULL, 0, NULL},
};
static PyMemberDef plan_members[] = {
    {"document", T_OBJECT, offsetof(core_plan, document), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};
static PyGetSetDef plan_getset[] = {
    {"operation_type", plan_operation_type, NULL, PyDoc_STR("\"query\", \"mutation\" or \"subscription\""), NULL},
    {"incremental", plan_incremental, NULL, PyDoc_STR("@defer or @stream stands in the operation"), NULL},
    {"start", plan_start, NULL, PyDoc_STR("Where the operation begins in the text"), NULL},
    {NULL, NULL, NULL, NULL, NULL},
};
static PyType_Slot plan_slots[] = {
    {Py_tp_doc, (void *)PyDoc_STR("One operation of a Document.")},
    {Py_tp_traverse, plan_traverse},
    {Py_tp_dealloc, plan_dealloc},
    {Py_tp_methods, plan_methods},
    {Py_tp_members, plan_members},
    {Py_tp_getset, plan_getset},
    {0, NULL},
};
static PyType_Spec plan_spec = {
    .name = "gyrfalcon._core.Plan",
    .basicsize = sizeof(core_plan),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = plan_slots,
};

int core_document_ready(PyObject *module, core_state *state) {
    state->document_type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &document_spec, NULL);
    state->plan_type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &plan_spec, NULL);
    if (!state->document_type || !state->plan_type) return -1;
    return PyModule_AddType(module, state->document_type) || PyModule_AddType(module, state->plan_type) ? -1 : 0;
}
