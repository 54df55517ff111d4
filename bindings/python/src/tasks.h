/* gyrfalcon._core: awaiting. Included by core.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TASKS_H
#define TASKS_H

/** Parts of core's structs that belong to tasks; all zeroed when made. */
typedef struct tasks_state {
    PyObject *unused;
} tasks_state;
typedef struct tasks_plan {
    void *unused;
} tasks_plan;
typedef struct tasks_request {
    void *unused;
} tasks_request;

int tasks_init(PyObject *module, core_state *state);
int tasks_traverse(core_state *state, visitproc visit, void *arg);
void tasks_fini(core_state *state);
int tasks_request_traverse(core_execution *x, visitproc visit, void *arg);
void tasks_request_fini(core_execution *x);

/** The engine waits (gyr_host_run gave PENDING): an awaitable of core_result(x), new, which holds x. If x->request->sync: an
 *  error, as graphql-core's execute_sync raises it, and what waits is closed. NULL with an exception. */
PyObject *tasks_await(core_execution *x);
/** An awaitable of the list of an asynchronous iterable's items. New. */
PyObject *tasks_collect(core_execution *x, const gyr_host_field *field, PyObject *iterable);
/** Of the gyr_host table. */
void tasks_discard(void *user, gyr_host_pending *pending);
#endif
