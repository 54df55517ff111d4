/* gyrfalcon._core: the module - its state, what it takes from graphql-core, its types.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "core.h"

static int intern_names(core_state *state) {
#define X(name)                                                                                                        \
    if (!(state->str_##name = PyUnicode_InternFromString(#name))) return -1;
    CORE_NAMES(X)
#undef X
    return 0;
}

/** One object of CORE_IMPORTS. */
static int import(PyObject **member, const char *module, const char *attribute, int optional) {
    PyObject *from = PyImport_ImportModule(module);
    *member = from ? PyObject_GetAttrString(from, attribute) : NULL;
    Py_XDECREF(from);
    if (*member) return 0;
    if (!optional || !(PyErr_ExceptionMatches(PyExc_AttributeError) || PyErr_ExceptionMatches(PyExc_ImportError)))
        return -1;
    PyErr_Clear();
    return 0;
}

static int import_objects(core_state *state) {
#define X(member, module, attribute, optional)                                                                         \
    if (import(&state->member, module, attribute, optional)) return -1;
    CORE_IMPORTS(X)
#undef X
    if (!(state->empty = PyUnicode_FromStringAndSize(NULL, 0))) return -1;
    state->coroutine_type = (PyTypeObject *)state->CoroutineType;
    return 0;
}

static int module_exec(PyObject *module) {
    core_state *state = PyModule_GetState(module);
    if (intern_names(state) || import_objects(state)) return -1;
    if (core_schema_ready(module, state) || core_document_ready(module, state) || core_execution_ready(module, state) ||
        core_json_ready(module))
        return -1;
    if (PyModule_AddStringConstant(module, "library_version", gyr_version())) return -1;
    return calls_init(module, state) || tasks_init(module, state) ? -1 : 0;
}

static int module_traverse(PyObject *module, visitproc visit, void *arg) {
    core_state *state = PyModule_GetState(module);
    Py_VISIT(state->schema_type);
    Py_VISIT(state->document_type);
    Py_VISIT(state->plan_type);
    Py_VISIT(state->request_type);
    Py_VISIT(state->execution_type);
#define X(member, ...) Py_VISIT(state->member);
    CORE_IMPORTS(X)
#undef X
    int result = calls_traverse(state, visit, arg);
    return result ? result : tasks_traverse(state, visit, arg);
}

/** There is no m_clear: objects that are collected together with the module still need its state to let go of what they hold. Every
 *  cycle through the module goes through a type or a dictionary, which are cleared. */
static void module_free(void *module) {
    core_state *state = PyModule_GetState(module);
    Py_CLEAR(state->schema_type);
    Py_CLEAR(state->document_type);
    Py_CLEAR(state->plan_type);
    Py_CLEAR(state->request_type);
    Py_CLEAR(state->execution_type);
#define X(member, ...) Py_CLEAR(state->member);
    CORE_IMPORTS(X)
#undef X
#define X(name) Py_CLEAR(state->str_##name);
    CORE_NAMES(X)
#undef X
    Py_CLEAR(state->empty);
    Py_CLEAR(state->abc_token);
    calls_fini(state);
    tasks_fini(state);
}

static PyModuleDef_Slot slots[] = {
    {Py_mod_exec, module_exec},
#if PY_VERSION_HEX >= 0x030C0000
    {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},
#endif
#if PY_VERSION_HEX >= 0x030D0000
    /* A free-threaded build turns the GIL on for us: it guards the caches of schemas, plans and fields, and the reuse of tasks
     * goes by reference counts. */
    {Py_mod_gil, Py_MOD_GIL_USED},
#endif
    {0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    .m_name = "gyrfalcon._core",
    .m_doc = "The engine: schemas, plans and requests over Python objects.",
    .m_size = sizeof(core_state),
    .m_slots = slots,
    .m_traverse = module_traverse,
    .m_free = module_free,
};

PyObject *core_module_of(PyTypeObject *type) { return PyType_GetModuleByDef(type, &definition); }

core_state *core_state_of(PyTypeObject *type) {
    PyObject *module = core_module_of(type);
    return module ? PyModule_GetState(module) : NULL;
}

PyMODINIT_FUNC PyInit__core(void);
PyMODINIT_FUNC PyInit__core(void) { return PyModuleDef_Init(&definition); }
