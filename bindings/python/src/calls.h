/* gyrfalcon._core: calling resolvers - arguments, variables, infos, types, guards, hooks. Included by core.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef CALLS_H
#define CALLS_H

/** Parts of core's structs that belong to calls; all zeroed when made. */
typedef struct calls_state {
    PyObject *unused;
} calls_state;
typedef struct calls_spec {
    void *unused;
} calls_spec;
typedef struct calls_type {
    void *unused;
} calls_type;
typedef struct calls_plan {
    void *unused;
} calls_plan;
typedef struct calls_field {
    void *unused;
} calls_field;
typedef struct calls_request {
    void *unused;
} calls_request;

typedef struct core_type core_type;

/* Life: each _init 0 or -1 with an exception; _traverse as tp_traverse; _fini also after a failed _init, and more than once. */
int calls_init(PyObject *module, core_state *state);
int calls_traverse(core_state *state, visitproc visit, void *arg);
void calls_fini(core_state *state);
int calls_spec_init(core_schema *schema, core_spec *spec);
int calls_spec_traverse(core_spec *spec, visitproc visit, void *arg);
void calls_spec_fini(core_spec *spec);
int calls_type_init(core_schema *schema, core_type *type);
int calls_type_traverse(core_type *type, visitproc visit, void *arg);
void calls_type_fini(core_type *type);
/** Prepares a planned field: constant arguments made, kwnames built. */
int calls_field_init(core_field *field);
int calls_field_traverse(core_field *field, visitproc visit, void *arg);
void calls_field_fini(core_field *field);
int calls_plan_traverse(core_plan *plan, visitproc visit, void *arg);
void calls_plan_fini(core_plan *plan);

/** Begins a request: x->variables is made of `variables` (None or a mapping), x->special and x->calls are set; watch lists are
 *  looked through. 0; 1: x->errors are the request's errors (graphql-core's own); -1: an exception. */
int calls_begin(core_execution *x, PyObject *variables);
int calls_request_traverse(core_execution *x, visitproc visit, void *arg);
void calls_request_fini(core_execution *x);

/** The value of a field that is not simply read: CALL, RESOLVE, guards, or any field when x->special. Not yet settled
 *  (core_settle), may be an awaitable. New reference, or NULL with an exception. */
PyObject *calls_resolve(core_execution *x, core_field *field, PyObject *source, gyr_host_place *at);
/** graphql-core's info (or that of the request's info_factory) for a field at a place. New. */
PyObject *calls_info(core_execution *x, core_field *field, gyr_host_place *at);
/** The default resolver's call of a callable: value(info, **args). New reference, or NULL with an exception. */
PyObject *calls_call_value(core_execution *x, core_field *field, PyObject *callable, gyr_host_place *at);

/** Of the gyr_host table. */
gyr_host_status calls_type_of(void *user, const gyr_host_field *field, gyr_host_value value, gyr_host_place *at,
                              uint32_t *type, gyr_host_value *out);
bool calls_needs_type(void *user, const gyr_host_field *field);
/** An awaited answer of type_of (is_type_of's, resolve_type's) becomes an index. -1 with an exception. */
int calls_type_answer(core_execution *x, const gyr_host_field *field, gyr_host_place *at, PyObject *answer,
                      PyObject *value, uint32_t *type);
#endif
