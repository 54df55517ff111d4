/* gyrfalcon._core: what task.c, line.c, job.c, identity.c and drive.c share.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef TASK_H
#define TASK_H
#include "core.h"

typedef struct tasks_line {
    tasks_drive *drive;        /* strong; NULL: the line has ended */
    gyr_host_pending *pending; /* what its value answers; NULL: nobody wants it */
    PyObject *awaited; /* fresh: the awaitable; else what is sent to: a coroutine, or the iterator of __await__ */
    PyObject *owner;   /* borrowed: the task or job; NULL: the caller's line */
    PyObject *previous, *next; /* owners: the drive's list of living lines, which owns a reference to each */
    PyObject *message;         /* of cancel(), or NULL */
    bool fresh, living, must_cancel;
    bool unwanted; /* it was discarded: its value goes nowhere */
    bool orphan;   /* nor does the request wait for its end */
    bool doomed;   /* it was cancelled since a sibling failed; if it has a value all the same that counts */
    bool told;     /* it was cancelled since the request ends */
} tasks_line;

/** A task: the part of it that lies behind _asyncio.Future's. */
typedef struct tasks_task {
    tasks_line line;
    PyObject *context;
    PyObject *waiter; /* the future it waits for */
    PyObject *error;  /* to be thrown into it when it is resumed */
    PyObject *name;   /* NULL: not asked for */
    PyObject *weak;   /* the entry in asyncio's set of tasks, made once */
    PyObject *set;    /* that set, while it is in it: at exit it outlives the module's state */
    PyObject *free;   /* the next in the list of free or cooling ones: owned */
    long cancels;
    bool registered;
    bool touched; /* it has call-backs, attributes or a name: never used again */
} tasks_task;

/** A line that a foreign task runs: a coroutine as far as the task can see. */
typedef struct tasks_job {
    PyObject_HEAD tasks_line line;
    PyObject *task;
    PyObject *error; /* thrown into it when it could not run */
} tasks_job;

/** The user of a pending that nothing is awaited for any more; a line's address is even, too, but greater. */
#define TASKS_SETTLED ((void *)2)
typedef struct tasks_rise tasks_rise;

typedef struct tasks_entry {
    gyr_host_pending *pending; /* NULL: discarded */
    PyObject *value;           /* discarded: the awaitable */
    PyObject *context;         /* that the parent's line left; NULL: the caller's */
} tasks_entry;

struct tasks_drive {
    PyObject_HEAD core_state *state;
    PyObject *module;   /* keeps the state */
    core_execution *x;  /* NULL: the request has ended */
    PyObject *loop;     /* NULL: not needed yet, or none runs */
    PyObject *factory;  /* the loop's task factory, or NULL */
    tasks_entry *queue; /* awaitables to be started, oldest first: [head, count) */
    size_t head, count, room;
    size_t number;      /* of the entry queue[0]: entries are known to the engine by number */
    PyObject **yielded; /* tasks that gave up the loop once (`yield None`), strong */
    size_t yielded_count, yielded_room;
    PyObject *first, *last; /* owners of living lines */
    size_t living;          /* of them: that the request waits for */
    PyObject *free;         /* tasks to be used again */
    PyObject *cooling;      /* tasks that have ended, but may be referred to by who ran them just now */
    tasks_line inline_line; /* the caller's: owner NULL */
    PyObject *waiter;       /* the future that the caller waits for */
    PyObject *fatal;        /* the exception that ends the request when all lines have settled */
    PyObject *current;      /* the task whose identity is installed; NULL: the one that was there: home */
    PyObject *home;         /* owned while `current` is set */
    Py_ssize_t held;        /* references to `current` that its being current holds */
    PyObject *swap, *enter, *leave;
    tasks_rise *rises; /* nulls on their way up, oldest first */
    bool started, ended, busy;
    bool armed; /* the loop will call for the rises */
};

static inline tasks_task *tasks_of(PyObject *task) {
    return (tasks_task *)((char *)task + Py_TYPE(task)->tp_basicsize - sizeof(tasks_task));
}

/* task.c */
int tasks_task_ready(PyObject *module, core_state *state);
/** A task of the drive, from its free ones or new. */
PyObject *tasks_task_new(tasks_drive *drive);
/** Runs a task until it waits or ends. `entered`: its context is the current one. Steals the task. */
void tasks_task_step(PyObject *task, bool entered);
/** Leaves a context that was entered; an exception that is set stays. */
void tasks_leave(PyObject *context);
/** Sorts out what is cooling. */
void tasks_cool(tasks_drive *drive);
/** Calls base.set_result(None) or base.cancel(): who waits for the task hears of it. */
void tasks_task_done(core_state *state, PyObject *task, bool cancelled);
/** Asks it to end: asyncio.Task.cancel. -1 with an exception. */
int tasks_task_cancel(PyObject *task, PyObject *message);
/** Cancels a line that has an owner. */
void tasks_line_cancel(tasks_line *line);

/* line.c */
/** Sends `value`, or throws `error` (stolen). NEXT: *out was yielded. RETURN: the line has ended. ERROR: with an exception that is no
 *  field error. */
PySendResult tasks_resume(tasks_line *line, PyObject *value, PyObject *error, PyObject **out);
void tasks_line_clear(tasks_line *line);
/** The exception that `throw(type, value, traceback)` means. New. */
PyObject *tasks_exception_of(PyObject *type, PyObject *value, PyObject *traceback);
int tasks_line_traverse(tasks_line *line, visitproc visit, void *arg);

/* job.c */
int tasks_job_ready(PyObject *module, core_state *state);
/** Has the loop's factory make a task of a queue entry's awaitable. */
int tasks_job_start(tasks_drive *drive, gyr_host_pending *pending, PyObject *value, PyObject *context);

/* identity.c */
/** Makes a task the current one; NULL: whoever was before. -1: nothing has changed. */
int tasks_become(tasks_drive *drive, PyObject *task);

/* rise.c */
/** After lines have ended: whether rises can go on. */
void tasks_rises_look(tasks_drive *drive);
void tasks_rises_drop(tasks_drive *drive);
/** A held pending was discarded. */
void tasks_rises_forget(tasks_drive *drive, gyr_host_pending *pending);
int tasks_rises_traverse(tasks_drive *drive, visitproc visit, void *arg);

/* drive.c */
int tasks_drive_ready(PyObject *module, core_state *state);
/** Puts a pending into the queue; `context` is lent. */
int tasks_enqueue(tasks_drive *drive, gyr_host_pending *pending, PyObject *context);
/** Puts a task among those that yielded; lent. */
int tasks_yielded(tasks_drive *drive, PyObject *task);
void tasks_link(tasks_drive *drive, tasks_line *line);
void tasks_unlink(tasks_drive *drive, tasks_line *line);
/** Ends the request with the exception that is set: all lines are cancelled. */
void tasks_fatal(tasks_drive *drive);
/** After a line went on outside of the caller's step: starts what is queued, wakes the caller when it is its turn. */
void tasks_pump(tasks_drive *drive);
#endif
