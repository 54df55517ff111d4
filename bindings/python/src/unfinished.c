/* gyrfalcon._core: what parts of it do until they are written. Weak: a real definition replaces each.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "core.h"
#define WEAK __attribute__((weak))

static PyObject *unfinished(void) {
    PyErr_SetString(PyExc_NotImplementedError, "gyrfalcon: this part is not written yet");
    return NULL;
}

WEAK int calls_init(PyObject *module, core_state *state) { return (void)module, (void)state, 0; }
WEAK int calls_traverse(core_state *state, visitproc visit, void *arg) {
    return (void)state, (void)visit, (void)arg, 0;
}
WEAK void calls_fini(core_state *state) { (void)state; }
WEAK int calls_spec_init(core_schema *schema, core_spec *spec) { return (void)schema, (void)spec, 0; }
WEAK int calls_spec_traverse(core_spec *spec, visitproc visit, void *arg) {
    return (void)spec, (void)visit, (void)arg, 0;
}
WEAK void calls_spec_fini(core_spec *spec) { (void)spec; }
WEAK int calls_type_init(core_schema *schema, core_type *type) { return (void)schema, (void)type, 0; }
WEAK int calls_type_traverse(core_type *type, visitproc visit, void *arg) {
    return (void)type, (void)visit, (void)arg, 0;
}
WEAK void calls_type_fini(core_type *type) { (void)type; }
WEAK int calls_field_init(core_field *field) { return (void)field, 0; }
WEAK int calls_field_traverse(core_field *field, visitproc visit, void *arg) {
    return (void)field, (void)visit, (void)arg, 0;
}
WEAK void calls_field_fini(core_field *field) { (void)field; }
WEAK int calls_plan_traverse(core_plan *plan, visitproc visit, void *arg) {
    return (void)plan, (void)visit, (void)arg, 0;
}
WEAK void calls_plan_fini(core_plan *plan) { (void)plan; }
WEAK int calls_begin(core_execution *x, PyObject *variables) { return (void)x, (void)variables, 0; }
WEAK int calls_request_traverse(core_execution *x, visitproc visit, void *arg) {
    return (void)x, (void)visit, (void)arg, 0;
}
WEAK void calls_request_fini(core_execution *x) { (void)x; }
WEAK PyObject *calls_resolve(core_execution *x, core_field *field, PyObject *source, gyr_host_place *at) {
    (void)at;
    if (!x->special && field->spec->how == CORE_RESOLVE && !field->spec->arg_count)
        return PyObject_CallFunctionObjArgs(field->spec->function, source, Py_None, NULL);
    return unfinished();
}
WEAK PyObject *calls_info(core_execution *x, core_field *field, gyr_host_place *at) {
    return (void)x, (void)field, (void)at, unfinished();
}
WEAK PyObject *calls_call_value(core_execution *x, core_field *field, PyObject *callable, gyr_host_place *at) {
    return (void)x, (void)field, (void)at, PyObject_CallOneArg(callable, Py_None);
}
WEAK gyr_host_status calls_type_of(void *user, const gyr_host_field *field, gyr_host_value value, gyr_host_place *at,
                                   uint32_t *type, gyr_host_value *out) {
    (void)field, (void)value, (void)at, (void)type, (void)out;
    return unfinished(), core_failed(user);
}
WEAK bool calls_needs_type(void *user, const gyr_host_field *field) { return (void)user, (void)field, false; }
WEAK int calls_type_answer(core_execution *x, const gyr_host_field *field, gyr_host_place *at, PyObject *answer,
                           PyObject *value, uint32_t *type) {
    (void)x, (void)field, (void)at, (void)answer, (void)value, (void)type;
    return unfinished(), -1;
}
