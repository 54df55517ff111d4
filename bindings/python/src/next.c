/* gyrfalcon._core: what a hook calls to go on - in the place of the framework's resolver, where the field's spec says what that does.
 *
 * A Next is called as the resolver of a GraphQLField, with (source, info, **args), and does what the core itself does for the field:
 * it reads the attribute, or calls the user's function with the arguments converted. A hook may have changed them: all comes from the
 * call. What it does not expect goes to the genuine resolver, which also answers for its attributes.
 *
 * Invariant: it holds the plan, and so its field; nothing of the request.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "core.h"
#include <structmember.h>

typedef struct next {
    PyObject_HEAD vectorcallfunc vectorcall;
    core_plan *plan;
    core_field *field;
    PyObject *genuine;
} next;
#define NEXT(self) ((next *)(self))

/** The arguments of one call as they come together. */
typedef struct call {
    PyObject *values[1 + CALLS_STACK], *names[CALLS_STACK];
    uint32_t count, positional, used; /* `used`: of the keywords that were given */
} call;

/** The value that was given for an argument, lent; NULL: none. */
static PyObject *given(PyObject *const *args, Py_ssize_t count, PyObject *kwnames, PyObject *name) {
    for (Py_ssize_t i = 0; kwnames && i < PyTuple_GET_SIZE(kwnames); i++)
        if (PyTuple_GET_ITEM(kwnames, i) == name) return args[count + i];
    return NULL;
}

/** 1: *out is a parameter's value, new; 0: it has none; -1. */
static int param_value(next *self, const core_param *param, PyObject *const *args, PyObject *kwnames, call *c,
                       PyObject **out) {
    core_spec *spec = self->field->spec;
    if (param->kind == CORE_SOURCE) return *out = Py_NewRef(args[0]), 1;
    if (param->kind == CORE_RAW_INFO) return *out = Py_NewRef(args[1]), 1;
    if (param->kind == CORE_INFO) return (*out = calls_wrap_info(self->plan->state, spec, args[1])) ? 1 : -1;
    const core_arg *arg = &spec->args[param->arg];
    PyObject *value = given(args, 2, kwnames, arg->out_name);
    if (!value) return 0;
    c->used++;
    *out = arg->convert ? PyObject_CallOneArg(arg->convert, value) : Py_NewRef(value);
    return *out ? 1 : -1;
}

/** Collects the arguments of the user's function, in the order of calls_vectors_init. 1; 0: not as expected; -1. */
static int collect(next *self, PyObject *const *args, PyObject *kwnames, call *c) {
    core_spec *spec = self->field->spec;
    for (int turn = 0; turn < 3; turn++) {
        for (uint32_t i = 0; i < spec->param_count; i++) {
            const core_param *param = &spec->params[i];
            if ((!param->keyword ? 0 : param->kind == CORE_ARGUMENT ? 1 : 2) != turn) continue;
            int status = param_value(self, param, args, kwnames, c, &c->values[1 + c->count]);
            if (status < 0 || (!status && !turn)) return status;
            if (!status) continue;
            if (turn) c->names[c->count - c->positional] = param->keyword;
            c->count++;
        }
        if (!turn) c->positional = c->count;
    }
    return c->used == (kwnames ? (uint32_t)PyTuple_GET_SIZE(kwnames) : 0);
}

static PyObject *call_function(core_spec *spec, call *c) {
    PyObject *names = NULL, *result = NULL;
    uint32_t named = c->count - c->positional;
    if (named && !(names = PyTuple_New(named))) return NULL;
    for (uint32_t i = 0; i < named; i++) PyTuple_SET_ITEM(names, i, Py_NewRef(c->names[i]));
    result = PyObject_Vectorcall(spec->function, c->values + 1, c->positional | PY_VECTORCALL_ARGUMENTS_OFFSET, names);
    Py_XDECREF(names);
    return result;
}

static PyObject *next_call(PyObject *object, PyObject *const *args, size_t flags, PyObject *kwnames) {
    next *self = NEXT(object);
    core_spec *spec = self->field->spec;
    if (PyVectorcall_NARGS(flags) != 2) return PyObject_Vectorcall(self->genuine, args, flags, kwnames);
    if (spec->how == CORE_ATTRIBUTE) return PyObject_GetAttr(args[0], spec->name);
    call c;
    c.count = c.positional = c.used = 0;
    int status = collect(self, args, kwnames, &c);
    PyObject *result = status > 0 ? call_function(spec, &c) : NULL;
    for (uint32_t i = 0; i < c.count; i++) Py_DECREF(c.values[1 + i]);
    return status ? result : PyObject_Vectorcall(self->genuine, args, flags, kwnames);
}

PyObject *calls_next(core_field *field, PyObject *genuine) {
    core_spec *spec = field->spec;
    bool known = spec && (spec->how == CORE_ATTRIBUTE || spec->how == CORE_CALL) && !spec->guard_count &&
                 !spec->completes && spec->param_count <= CALLS_STACK && spec->fallback &&
                 spec->fallback->function == genuine;
    if (!known) return Py_NewRef(Py_None);
    PyTypeObject *type = field->plan->state->calls.next_type;
    next *self = NEXT(type->tp_alloc(type, 0));
    if (!self) return NULL;
    self->vectorcall = next_call;
    self->plan = (core_plan *)Py_NewRef(field->plan);
    self->field = field;
    self->genuine = Py_NewRef(genuine);
    return (PyObject *)self;
}

/* ------------------------------------------------------------------ the type */

static PyObject *next_getattro(PyObject *object, PyObject *name) {
    PyObject *value = PyObject_GenericGetAttr(object, name);
    if (value || !PyErr_ExceptionMatches(PyExc_AttributeError)) return value;
    PyErr_Clear();
    return PyObject_GetAttr(NEXT(object)->genuine, name);
}

static int next_traverse(PyObject *self, visitproc visit, void *arg) {
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(NEXT(self)->plan);
    Py_VISIT(NEXT(self)->genuine);
    return 0;
}

static void next_dealloc(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    Py_XDECREF(NEXT(self)->plan);
    Py_XDECREF(NEXT(self)->genuine);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyMemberDef next_members[] = {
    {"__wrapped__", T_OBJECT, offsetof(next, genuine), READONLY, NULL},
    {"__vectorcalloffset__", T_PYSSIZET, offsetof(next, vectorcall), READONLY, NULL},
    {NULL, 0, 0, 0, NULL},
};
static PyType_Slot next_slots[] = {
    {Py_tp_doc, (void *)PyDoc_STR("The resolver of a field, as a hook calls it.")},
    {Py_tp_call, PyVectorcall_Call},
    {Py_tp_getattro, next_getattro},
    {Py_tp_traverse, next_traverse},
    {Py_tp_dealloc, next_dealloc},
    {Py_tp_members, next_members},
    {0, NULL},
};
static PyType_Spec next_spec = {
    .name = "gyrfalcon._core.Next",
    .basicsize = sizeof(next),
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_HAVE_VECTORCALL | Py_TPFLAGS_IMMUTABLETYPE |
             Py_TPFLAGS_DISALLOW_INSTANTIATION,
    .slots = next_slots,
};

int calls_next_ready(PyObject *module, core_state *state) {
    state->calls.next_type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &next_spec, NULL);
    return state->calls.next_type ? 0 : -1;
}
