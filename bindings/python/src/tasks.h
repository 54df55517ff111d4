/* gyrfalcon._core: awaiting. Included by core.h.
 *
 * A line is one awaitable after another, run under one identity (asyncio.current_task()) and in one context. It is run by
 *
 *     the caller      who awaits the request: when nothing else is to be awaited, as the reference does    drive.c
 *     a task          of our own, for each of several                                                    task.c
 *     a foreign task  that the loop's task factory made of a job                                          job.c
 *
 * A line's awaitable ends: the engine gets its value at once, inside identity and context of the line, and reads on below. When exactly one
 * awaitable comes of that, the line goes on with it (graphql-core 3.3; with 3.2 each one is a task of its own); several go to
 * the drive's queue with the context that the line left, and become lines of their own, in order.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TASKS_H
#define TASKS_H

typedef struct tasks_drive tasks_drive;

/** Names that task and drive use: tasks_state.str_<name>. */
/* clang-format off */
#define TASKS_NAMES(X)                                                                                                 \
    X(_asyncio_future_blocking) X(add_done_callback) X(result) X(cancel) X(cancelled) X(exception) X(get_loop)         \
    X(create_future) X(set_result) X(call_soon) X(create_task) X(get_task_factory) X(throw) X(close) X(done) X(send)   \
    X(current_task) X(_enter_task) X(_leave_task) X(_swap_current_task) X(data) X(_remove) X(ensure_future)
/* clang-format on */

/** Parts of core's structs that belong to tasks; all zeroed when made. */
typedef struct tasks_state {
    PyTypeObject *task_type, *drive_type, *job_type;
    PyObject *asyncio_tasks;   /* the module: functions that tools replace are looked up in it */
    PyObject *running_loop;    /* _get_running_loop */
    PyObject *task_class;      /* asyncio.Task */
    PyObject *cancelled_error; /* asyncio.CancelledError */
    PyObject *base_cancel, *base_set_result, *base_add_callback; /* of _asyncio.Future */
    PyObject *get_stack, *print_stack;                           /* of asyncio.base_tasks*/
    PyObject *all_tasks, *remove_task; /* the set inside asyncio's WeakSet of tasks and its call-back; NULL: unknown */
    PyObject *weak_tasks;              /* the WeakSet */
    PyObject *register_task;           /* _register_task, where all_tasks is NULL */
    PyObject *unregister_task;
    PyObject *gather, *collect, *abandon;
    PyObject *kw_loop, *kw_context, *kw_msg, *kw_return_exceptions; /* ("loop",) ... */
    unsigned long long names;                                       /* tasks that were asked for their name */
    bool chains;  /* a single awaitable is awaited where its parent was: graphql-core 3.3 */
    bool settles; /* siblings of an error are cancelled and settled before the result: 3.3 */
    bool holds;   /* siblings of an error are heard until the loop has brought it up: 3.2 from 3.2.10, and 3.3 */
#define X(name) PyObject *str_##name;
    TASKS_NAMES(X)
#undef X
} tasks_state;
typedef struct tasks_plan {
    char unused;
} tasks_plan;
typedef struct tasks_request {
    tasks_drive *drive; /* borrowed: whoever waits; NULL: nobody yet */
    bool closing;       /* what is discarded is closed, not run on */
    bool running;       /* an answer is being given to the engine */
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
bool tasks_hold(void *user, gyr_host_pending *pending);
#endif
