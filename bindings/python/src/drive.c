/* gyrfalcon._core: driving. A drive is what a caller awaits while a request waits: it starts awaitables, oldest first, lets finished ones
 * go on at once, waits for the others, and results in core_result.
 *
 * The caller's step (advance) runs the caller's own line if there is one, then the tasks that yielded, in their order, then the
 * queue until it is empty. Is anything left to be waited for, it yields: None when a task wants one turn of the loop (one turn for all of
 * them), else a future of its own, which the last line that ends resolves. Between these steps the loop wakes single tasks as their
 * futures are done; they start what they find below themselves (tasks_pump). Nothing of this touches the loop while nothing
 * suspends, and without a running loop awaitables are awaited one after another by the caller's line.
 *
 * A drive ends early with the first exception that is no field error, or when the caller is cancelled: all lines are cancelled, and
 * it is raised when all have settled. Discarded lines (null took the place of something above them) are cancelled and settled before the
 * result too; where graphql-core 3.2 is installed they run on, as they do there.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "task.h"

/* ------------------------------------------------------------------ the lists */

static bool room(void **list, size_t *room, size_t count, size_t size) {
    if (count < *room) return true;
    size_t more = *room ? *room * 2 : 32;
    void *now = PyMem_Realloc(*list, more * size);
    if (!now) return PyErr_NoMemory(), false;
    *list = now;
    *room = more;
    return true;
}

int tasks_enqueue(tasks_drive *drive, gyr_host_pending *pending, PyObject *context) {
    if (!room((void **)&drive->queue, &drive->room, drive->count, sizeof(tasks_entry))) return -1;
    size_t number = drive->number + drive->count;
    drive->queue[drive->count++] = (tasks_entry){pending, NULL, Py_XNewRef(context)};
    gyr_host_pending_set_user(pending, (void *)(number << 1 | 1)); /* odd: no line */
    return 0;
}

/* Asks the loop itself for a turn: for lines that the caller has nothing to do with any more. */
static int call_soon(tasks_drive *drive, PyObject *task) {
    PyObject *method = PyObject_GetAttr(drive->loop, drive->state->tasks.str_call_soon);
    if (!method) return -1;
    PyObject *args[4] = {NULL, task, Py_None, tasks_of(task)->context};
    PyObject *handle =
        PyObject_Vectorcall(method, args + 1, 2 | PY_VECTORCALL_ARGUMENTS_OFFSET, drive->state->tasks.kw_context);
    Py_DECREF(method);
    Py_XDECREF(handle);
    return handle ? 0 : -1;
}

int tasks_yielded(tasks_drive *drive, PyObject *task) {
    if (drive->ended || tasks_of(task)->line.orphan) return call_soon(drive, task);
    if (!room((void **)&drive->yielded, &drive->yielded_room, drive->yielded_count, sizeof(PyObject *))) return -1;
    drive->yielded[drive->yielded_count++] = Py_NewRef(task);
    return 0;
}

static tasks_line *line_of(tasks_drive *drive, PyObject *owner) {
    return Py_IS_TYPE(owner, drive->state->tasks.task_type) ? &tasks_of(owner)->line : &((tasks_job *)owner)->line;
}

void tasks_link(tasks_drive *drive, tasks_line *line) {
    if (line->living) return;
    line->living = true;
    line->previous = drive->last;
    line->next = NULL;
    if (drive->last)
        line_of(drive, drive->last)->next = line->owner;
    else
        drive->first = line->owner;
    drive->last = Py_NewRef(line->owner);
    if (!line->orphan) drive->living++;
}

void tasks_unlink(tasks_drive *drive, tasks_line *line) {
    if (!line->living) return;
    line->living = false;
    if (line->previous)
        line_of(drive, line->previous)->next = line->next;
    else
        drive->first = line->next;
    if (line->next)
        line_of(drive, line->next)->previous = line->previous;
    else
        drive->last = line->previous;
    line->previous = line->next = NULL;
    if (!line->orphan) drive->living--;
    Py_DECREF(line->owner);
}

/* ------------------------------------------------------------------ discarding */

static void close_awaitable(core_state *state, PyObject *value) {
    if (!PyCoro_CheckExact(value)) return;
    PyObject *none = PyObject_CallMethodNoArgs(value, state->tasks.str_close);
    if (!none) PyErr_WriteUnraisable(value);
    Py_XDECREF(none);
}

/* Settles an awaitable that was never started in the background, as graphql-core 3.3 does when an error comes while its siblings are being
 * read: gather(value, return_exceptions=True). */
static void run_on(core_state *state, PyObject *value) {
    tasks_state *s = &state->tasks;
    PyObject *loop = PyObject_CallNoArgs(s->running_loop);
    if (!loop) PyErr_Clear();
    if (!loop || loop == Py_None) {
        close_awaitable(state, value);
    } else {
        PyObject *args[3] = {NULL, PyObject_CallOneArg(s->abandon, value), Py_True}, *future = NULL;
        if (args[1])
            future =
                PyObject_Vectorcall(s->gather, args + 1, 1 | PY_VECTORCALL_ARGUMENTS_OFFSET, s->kw_return_exceptions);
        if (!future) PyErr_WriteUnraisable(value);
        Py_XDECREF(args[1]);
        Py_XDECREF(future);
    }
    Py_XDECREF(loop);
}

void tasks_line_cancel(tasks_line *line) {
    core_state *state = line->drive->state;
    PyObject *owner = Py_NewRef(line->owner);
    int bad = 0;
    if (Py_IS_TYPE(owner, state->tasks.task_type)) {
        bad = tasks_task_cancel(owner, NULL) < 0;
        if (bad && line->drive) { /* nobody else would tell it */
            PyErr_WriteUnraisable(owner);
            line->must_cancel = true;
            bad = call_soon(line->drive, owner) < 0;
        }
    } else if (((tasks_job *)owner)->task) {
        PyObject *task = Py_NewRef(((tasks_job *)owner)->task);
        PyObject *is = PyObject_CallMethodNoArgs(task, state->tasks.str_cancel);
        bad = !is;
        Py_XDECREF(is);
        Py_DECREF(task);
    }
    if (bad) PyErr_WriteUnraisable(owner);
    Py_DECREF(owner);
}

/* A line that lives and that nobody wants any more. */
static void give_up(tasks_drive *drive, tasks_line *line) {
    line->pending = NULL;
    line->unwanted = true;
    if (drive->state->tasks.settles) {
        tasks_line_cancel(line);
    } else if (!line->orphan) {
        line->orphan = true;
        drive->living--;
    }
}

/* What is run on in place of a pending's value. New; NULL: there is nothing to run. */
static PyObject *left_of(core_execution *x, gyr_host_pending *pending) {
    PyObject *value = calls_later_call(x, pending, (PyObject *)gyr_host_pending_value(pending));
    if (!value) PyErr_WriteUnraisable(Py_None);
    return value;
}

void tasks_discard(void *user, gyr_host_pending *pending) {
    core_execution *x = user;
    core_state *state = x->state;
    PyObject *error = PyErr_Occurred() ? core_take_exception() : NULL;
    uintptr_t known = (uintptr_t)gyr_host_pending_user(pending);
    tasks_drive *drive = x->tasks.drive;
    PyObject *value = (PyObject *)gyr_host_pending_value(pending), *left;
    if (known == (uintptr_t)TASKS_SETTLED) {
        if (drive) tasks_rises_forget(drive, pending);
    } else if (x->tasks.closing || !Py_REFCNT(x)) { /* the request goes away; lines end by themselves */
        if (!known || known & 1) close_awaitable(state, value);
    } else if (!known || !drive) {
        if (!state->tasks.settles)
            close_awaitable(state, value);
        else if ((left = left_of(x, pending)))
            run_on(state, left), Py_DECREF(left);
    } else if (known & 1) {
        tasks_entry *entry = &drive->queue[(known >> 1) - drive->number];
        entry->pending = NULL;
        entry->value = left_of(x, pending);
    } else {
        give_up(drive, (tasks_line *)known);
    }
    if (error) core_raise(error);
}

/* ------------------------------------------------------------------ the end */

static void drop_queue(tasks_drive *drive, bool close) {
    for (size_t i = drive->head; i < drive->count; i++) {
        tasks_entry *entry = &drive->queue[i];
        if (close && entry->value) close_awaitable(drive->state, entry->value);
        Py_CLEAR(entry->value);
        Py_CLEAR(entry->context);
    }
    drive->number += drive->count;
    drive->head = drive->count = 0;
}

void tasks_fatal(tasks_drive *drive) {
    PyObject *error = core_take_exception();
    if (drive->fatal || drive->ended) {
        Py_XDECREF(error);
        return;
    }
    drive->fatal = error;
    tasks_rises_drop(drive);
    if (drive->x) drive->x->tasks.closing = true;
    drop_queue(drive, true);
    for (PyObject *owner = drive->first; owner; owner = line_of(drive, owner)->next) {
        tasks_line *line = line_of(drive, owner);
        line->told = line->orphan;
        if (!line->orphan) line->pending = NULL, line->unwanted = true;
    }
    /* Without memory of its own, or nobody would cancel when that is what is out. A call may end any of the lines. */
    for (PyObject *owner = drive->first, *next; owner; owner = next) {
        tasks_line *line = line_of(drive, Py_NewRef(owner));
        bool cancels = !line->told;
        line->told = true;
        if (cancels) tasks_line_cancel(line);
        next = line->living ? line->next : drive->first;
        Py_DECREF(owner);
    }
}

/* Lets go of the request. */
static void finish(tasks_drive *drive) {
    core_execution *x = drive->x;
    drive->ended = true;
    if (x) {
        x->tasks.drive = NULL;
        x->tasks.closing = true;
    }
    drop_queue(drive, true);
    tasks_rises_drop(drive);
    tasks_cool(drive);
    for (PyObject *task = drive->free, *next; task; task = next) {
        next = tasks_of(task)->free;
        tasks_of(task)->free = NULL;
        Py_DECREF(task);
    }
    drive->free = NULL;
    drive->x = NULL;
    Py_XDECREF(x);
}

/* ------------------------------------------------------------------ starting */

/* The loop and what it says about tasks: when first needed. Without a loop drive->loop stays NULL. */
static int find_loop(tasks_drive *drive) {
    tasks_state *s = &drive->state->tasks;
    PyObject *loop = PyObject_CallNoArgs(s->running_loop);
    if (!loop) return -1;
    if (loop == Py_None) {
        Py_DECREF(loop);
        return 0;
    }
    drive->loop = loop;
    drive->swap = PyObject_GetAttr(s->asyncio_tasks, s->str__swap_current_task);
    if (!drive->swap) {
        PyErr_Clear();
        drive->enter = PyObject_GetAttr(s->asyncio_tasks, s->str__enter_task);
        drive->leave = drive->enter ? PyObject_GetAttr(s->asyncio_tasks, s->str__leave_task) : NULL;
        if (!drive->leave) return -1;
    }
    drive->factory = PyObject_CallMethodNoArgs(loop, s->str_get_task_factory);
    if (!drive->factory) PyErr_Clear();
    if (drive->factory == Py_None) Py_CLEAR(drive->factory);
    return 0;
}

/* Starts an entry as a line of its own. Steals what the entry holds. */
static int start(tasks_drive *drive, tasks_entry entry) {
    PyObject *value = entry.pending ? Py_NewRef((PyObject *)gyr_host_pending_value(entry.pending)) : entry.value;
    bool discarded = !entry.pending;
    int bad = -1;
    tasks_line *line = NULL;
    PyObject *task = NULL;
    if (!value) { /* memory was out when it was discarded */
        Py_XDECREF(entry.context);
        return 0;
    }
    if (drive->factory) {
        bad = tasks_become(drive, NULL) < 0 ? -1 : tasks_job_start(drive, entry.pending, value, entry.context);
        goto done;
    }
    task = tasks_task_new(drive);
    if (!task) goto done;
    tasks_of(task)->context = entry.context ? PyContext_Copy(entry.context) : PyContext_CopyCurrent();
    if (!tasks_of(task)->context) {
        Py_DECREF(task);
        goto done;
    }
    line = &tasks_of(task)->line;
    line->pending = entry.pending;
    line->unwanted = discarded;
    line->awaited = Py_NewRef(value);
    line->fresh = true;
    if (entry.pending) gyr_host_pending_set_user(entry.pending, line);
    if (discarded) Py_INCREF(task);
    tasks_task_step(task, false);
    if (discarded) { /* its first step is the reference's, no more */
        if (line->drive && line->living && !drive->fatal) give_up(drive, line);
        Py_DECREF(task);
    }
    bad = 0;
done:
    Py_DECREF(value);
    Py_XDECREF(entry.context);
    return bad;
}

/* Starts all that is queued, and what comes of it. */
static void run_queue(tasks_drive *drive) {
    while (drive->head < drive->count && !drive->fatal) {
        if (!drive->loop && !drive->ended) return;
        tasks_entry entry = drive->queue[drive->head++];
        if (start(drive, entry) < 0) tasks_fatal(drive);
    }
    if (drive->head == drive->count) drop_queue(drive, false);
}

/* Resumes all that yielded before. */
static void run_yielded(tasks_drive *drive) {
    size_t count = drive->yielded_count;
    PyObject **tasks = drive->yielded;
    if (!count) return;
    drive->yielded = NULL;
    drive->yielded_count = drive->yielded_room = 0;
    for (size_t i = 0; i < count; i++) {
        if (tasks_of(tasks[i])->line.drive)
            tasks_task_step(tasks[i], false);
        else
            Py_DECREF(tasks[i]);
    }
    if (drive->yielded) {
        PyMem_Free(tasks);
    } else {
        drive->yielded = tasks;
        drive->yielded_room = count;
    }
}

static bool idle(const tasks_drive *drive) {
    return !drive->living && drive->head == drive->count && !drive->yielded_count && !drive->rises;
}

static void wake(tasks_drive *drive) {
    PyObject *waiter = drive->waiter;
    if (!waiter || ((drive->living || drive->rises) && !drive->yielded_count)) return;
    drive->waiter = NULL;
    PyObject *done = PyObject_CallMethodNoArgs(waiter, drive->state->tasks.str_done);
    if (!done) PyErr_WriteUnraisable(waiter);
    if (done == Py_False) {
        PyObject *name = drive->state->tasks.str_set_result;
        PyObject *none = PyObject_CallMethodOneArg(waiter, name, Py_None);
        if (!none && PyErr_ExceptionMatches(PyExc_MemoryError)) { /* nobody else would wake the caller */
            PyErr_Clear();
            none = PyObject_CallMethodOneArg(waiter, name, Py_None);
        }
        if (!none) PyErr_WriteUnraisable(waiter);
        Py_XDECREF(none);
    }
    Py_XDECREF(done);
    Py_DECREF(waiter);
}

void tasks_pump(tasks_drive *drive) {
    if (drive->busy) return;
    drive->busy = true;
    run_queue(drive);
    if (drive->rises) tasks_rises_look(drive);
    drive->busy = false;
    if (tasks_become(drive, NULL) < 0) PyErr_WriteUnraisable((PyObject *)drive);
    wake(drive);
}

/* ------------------------------------------------------------------ the caller's step */

static void inline_begin(tasks_drive *drive, gyr_host_pending *pending) {
    tasks_line *line = &drive->inline_line;
    line->drive = drive;
    line->pending = pending;
    line->awaited = Py_NewRef((PyObject *)gyr_host_pending_value(pending));
    line->fresh = true;
    gyr_host_pending_set_user(pending, line);
}

/* Whether one awaitable alone is the caller's own line: with graphql-core 3.2 a mutation's root fields are. */
static bool is_callers(tasks_drive *drive, gyr_host_pending *pending) {
    if (drive->state->tasks.chains) return true;
    bool mutation = gyr_host_plan_operation(drive->x->plan->plan) == GYR_HOST_MUTATION;
    return mutation && !gyr_host_place_up(gyr_host_pending_place(pending));
}

/* Takes what the engine gives out. */
static int take(tasks_drive *drive) {
    gyr_host_exec *exec = drive->x->exec;
    gyr_host_pending *first = gyr_host_next(exec), *next;
    if (!first) return 0;
    next = gyr_host_next(exec);
    if (!next && idle(drive) && is_callers(drive, first)) {
        inline_begin(drive, first);
        return 0;
    }
    if (tasks_enqueue(drive, first, NULL) < 0) return -1;
    for (; next; next = gyr_host_next(exec)) {
        if (tasks_enqueue(drive, next, NULL) < 0) return -1;
    }
    return 0;
}

/* No loop runs: the oldest of the queue is the caller's line. */
static void take_serially(tasks_drive *drive) {
    if (drive->loop || drive->inline_line.drive || drive->fatal || drive->head == drive->count) return;
    tasks_entry entry = drive->queue[drive->head++];
    Py_XDECREF(entry.context);
    if (entry.pending) {
        inline_begin(drive, entry.pending);
    } else {
        if (entry.value) close_awaitable(drive->state, entry.value);
        Py_XDECREF(entry.value);
    }
}

/* Nothing is left to wait for. NEXT: the engine found more; else the result or an error. */
static PySendResult ended(tasks_drive *drive, PyObject **out) {
    core_execution *x = drive->x;
    PyObject *fatal = drive->fatal;
    gyr_host_status status = GYR_HOST_ABORT;
    if (!fatal) {
        x->tasks.running = true;
        status = gyr_host_run(x->exec);
        x->tasks.running = false;
        if (status == GYR_HOST_PENDING && take(drive) < 0) return PYGEN_ERROR;
        if (status == GYR_HOST_PENDING && (drive->inline_line.drive || !idle(drive))) return PYGEN_NEXT;
        if (status == GYR_HOST_PENDING)
            PyErr_SetString(PyExc_SystemError, "gyrfalcon: nothing answers what is awaited");
    }
    Py_INCREF(x);
    if (fatal) {
        drive->fatal = NULL;
        core_raise(fatal);
    } else {
        *out = status == GYR_HOST_OK ? core_result(x) : core_abort(x);
    }
    PyObject *error = PyErr_Occurred() ? core_take_exception() : NULL;
    finish(drive);
    Py_DECREF(x);
    if (error) core_raise(error);
    return *out ? PYGEN_RETURN : PYGEN_ERROR;
}

/* What the caller waits for now. */
static PySendResult wait(tasks_drive *drive, PyObject **out) {
    tasks_state *s = &drive->state->tasks;
    if (drive->yielded_count) {
        *out = Py_NewRef(Py_None);
        return PYGEN_NEXT;
    }
    PyObject *waiter = PyObject_CallMethodNoArgs(drive->loop, s->str_create_future);
    if (!waiter) return PYGEN_ERROR;
    if (PyObject_SetAttr(waiter, s->str__asyncio_future_blocking, Py_True) < 0) {
        Py_DECREF(waiter);
        return PYGEN_ERROR;
    }
    Py_XSETREF(drive->waiter, waiter);
    *out = Py_NewRef(waiter);
    return PYGEN_NEXT;
}

/* The caller's line goes on. True: it yielded. */
static bool run_inline(tasks_drive *drive, PyObject *value, PyObject *error, PyObject **out) {
    tasks_line *line = &drive->inline_line;
    PySendResult how = tasks_resume(line, value, error, out);
    if (how == PYGEN_NEXT) return true;
    if (how == PYGEN_RETURN) Py_CLEAR(*out);
    PyObject *kept = how == PYGEN_ERROR ? core_take_exception() : NULL;
    tasks_line_clear(line);
    if (kept) {
        core_raise(kept);
        tasks_fatal(drive);
    }
    return false;
}

/* Steals the error. */
static PySendResult advance(tasks_drive *drive, PyObject *value, PyObject *error, PyObject **out) {
    Py_CLEAR(drive->waiter);
    tasks_cool(drive);
    if (error && !drive->inline_line.drive) {
        core_raise(error);
        if (drive->fatal) Py_CLEAR(drive->fatal); /* again: the newest is raised, all are cancelled once more */
        tasks_fatal(drive);
        error = NULL;
    }
    for (;;) {
        if (drive->inline_line.drive) {
            if (run_inline(drive, value, error, out)) return PYGEN_NEXT;
            error = NULL;
            value = Py_None;
        }
        if (drive->head < drive->count && !drive->loop && find_loop(drive) < 0) tasks_fatal(drive);
        run_yielded(drive);
        run_queue(drive);
        take_serially(drive);
        if (drive->rises) tasks_rises_look(drive);
        if (drive->current && tasks_become(drive, NULL) < 0) tasks_fatal(drive);
        if (drive->inline_line.drive) continue;
        PySendResult how = idle(drive) ? ended(drive, out) : wait(drive, out);
        if (how != PYGEN_NEXT || *out) return how;
    }
}

static PySendResult step(tasks_drive *drive, PyObject *value, PyObject *error, PyObject **out) {
    *out = NULL;
    if (drive->ended || drive->busy) {
        if (error)
            core_raise(error);
        else
            PyErr_SetString(PyExc_RuntimeError, drive->ended ? "cannot reuse already awaited coroutine"
                                                             : "coroutine is being awaited already");
        return PYGEN_ERROR;
    }
    Py_INCREF(drive);
    drive->busy = true;
    if (!drive->started) {
        drive->started = true;
        if (!error && take(drive) < 0) error = core_take_exception();
    }
    PySendResult how = advance(drive, value, error, out);
    drive->busy = false;
    Py_DECREF(drive);
    return how;
}

/* ------------------------------------------------------------------ what a coroutine has */

static PySendResult drive_am_send(PyObject *self, PyObject *value, PyObject **out) {
    return step((tasks_drive *)self, value, NULL, out);
}

static PyObject *returned(PySendResult how, PyObject *out) {
    if (how != PYGEN_RETURN) return out;
    /* a tuple: the exception is made here, or it would be unpacked */
    PyObject *stop = PyObject_CallOneArg(PyExc_StopIteration, out);
    Py_DECREF(out);
    if (stop) PyErr_SetObject(PyExc_StopIteration, stop);
    Py_XDECREF(stop);
    return NULL;
}

static PyObject *drive_send(PyObject *self, PyObject *value) {
    PyObject *out = NULL;
    PySendResult how = step((tasks_drive *)self, value, NULL, &out);
    return returned(how, out);
}

static PyObject *drive_next(PyObject *self) { return drive_send(self, Py_None); }

static PyObject *drive_throw(PyObject *self, PyObject *args) {
    PyObject *type, *value = NULL, *traceback = NULL, *out = NULL;
    if (!PyArg_ParseTuple(args, "O|OO:throw", &type, &value, &traceback)) return NULL;
    PyObject *error = tasks_exception_of(type, value, traceback);
    if (!error) return NULL;
    PySendResult how = step((tasks_drive *)self, Py_None, error, &out);
    return returned(how, out);
}

/* Nobody waits any more: what runs is cancelled, and settles by itself. */
static PyObject *drive_close(PyObject *self, PyObject *Py_UNUSED(unused)) {
    tasks_drive *drive = (tasks_drive *)self;
    if (drive->ended) Py_RETURN_NONE;
    if (drive->busy) {
        PyErr_SetString(PyExc_ValueError, "coroutine already executing");
        return NULL;
    }
    PyObject *none = Py_NewRef(Py_None);
    drive->busy = true;
    if (drive->inline_line.drive) {
        PyObject *awaited = Py_NewRef(drive->inline_line.awaited);
        tasks_line_clear(&drive->inline_line);
        Py_DECREF(none);
        none = PyObject_HasAttr(awaited, drive->state->tasks.str_close)
                   ? PyObject_CallMethodNoArgs(awaited, drive->state->tasks.str_close)
                   : Py_NewRef(Py_None);
        Py_DECREF(awaited);
    }
    PyObject *error = none ? NULL : core_take_exception();
    PyErr_SetNone(PyExc_GeneratorExit);
    tasks_fatal(drive);
    for (size_t i = 0; i < drive->yielded_count; i++) {
        if (call_soon(drive, drive->yielded[i]) < 0) PyErr_Clear(); /* the loop is closed */
        Py_DECREF(drive->yielded[i]);
    }
    drive->yielded_count = 0;
    Py_CLEAR(drive->fatal);
    finish(drive);
    drive->busy = false;
    if (error) core_raise(error);
    return none;
}

static int drive_traverse(PyObject *self, visitproc visit, void *arg) {
    tasks_drive *drive = (tasks_drive *)self;
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(drive->module);
    Py_VISIT((PyObject *)drive->x);
    Py_VISIT(drive->loop);
    Py_VISIT(drive->factory);
    Py_VISIT(drive->waiter);
    Py_VISIT(drive->fatal);
    Py_VISIT(drive->home);
    Py_VISIT(drive->swap);
    Py_VISIT(drive->enter);
    Py_VISIT(drive->leave);
    Py_VISIT(drive->free);
    Py_VISIT(drive->cooling);
    for (size_t i = drive->head; i < drive->count; i++) {
        Py_VISIT(drive->queue[i].value);
        Py_VISIT(drive->queue[i].context);
    }
    for (size_t i = 0; i < drive->yielded_count; i++) Py_VISIT(drive->yielded[i]);
    for (PyObject *owner = drive->first; owner; owner = line_of(drive, owner)->next) Py_VISIT(owner);
    int bad = tasks_rises_traverse(drive, visit, arg);
    return bad ? bad : tasks_line_traverse(&drive->inline_line, visit, arg);
}

static int drive_clear(PyObject *self) {
    tasks_drive *drive = (tasks_drive *)self;
    for (size_t i = 0; i < drive->yielded_count; i++) Py_DECREF(drive->yielded[i]);
    drive->yielded_count = 0;
    while (drive->first) {
        tasks_line *line = line_of(drive, drive->first);
        line->pending = NULL;
        line->unwanted = true;
        tasks_unlink(drive, line); /* line->drive may be cleared already */
    }
    tasks_line_clear(&drive->inline_line);
    if (!drive->ended) finish(drive);
    Py_CLEAR(drive->loop);
    Py_CLEAR(drive->factory);
    Py_CLEAR(drive->waiter);
    Py_CLEAR(drive->fatal);
    Py_CLEAR(drive->home);
    Py_CLEAR(drive->swap);
    Py_CLEAR(drive->enter);
    Py_CLEAR(drive->leave);
    return 0;
}

static void drive_dealloc(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    tasks_drive *drive = (tasks_drive *)self;
    PyObject_GC_UnTrack(self);
    PyObject *error = PyErr_Occurred() ? core_take_exception() : NULL;
    drive_clear(self);
    if (error) core_raise(error);
    PyMem_Free(drive->queue);
    PyMem_Free(drive->yielded);
    Py_XDECREF(drive->module);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyMethodDef methods[] = {{"send", drive_send, METH_O, NULL},
                                {"throw", drive_throw, METH_VARARGS, NULL},
                                {"close", drive_close, METH_NOARGS, NULL},
                                {NULL, NULL, 0, NULL}};
static PyType_Slot slots[] = {
    {Py_am_await, PyObject_SelfIter}, {Py_am_send, drive_am_send},    {Py_tp_iter, PyObject_SelfIter},
    {Py_tp_iternext, drive_next},     {Py_tp_methods, methods},       {Py_tp_traverse, drive_traverse},
    {Py_tp_clear, drive_clear},       {Py_tp_dealloc, drive_dealloc}, {0, NULL}};
static PyType_Spec spec = {"gyrfalcon._core.Awaited", sizeof(tasks_drive), 0,
                           Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};

int tasks_drive_ready(PyObject *module, core_state *state) {
    state->tasks.drive_type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &spec, NULL);
    return state->tasks.drive_type ? 0 : -1;
}

PyObject *tasks_await(core_execution *x) {
    tasks_state *s = &x->state->tasks;
    if (x->request->sync) {
        x->tasks.closing = true;
        PyErr_SetString(PyExc_RuntimeError, "GraphQL execution failed to complete synchronously.");
        return NULL;
    }
    tasks_drive *drive = (tasks_drive *)s->drive_type->tp_alloc(s->drive_type, 0);
    if (!drive) return NULL;
    drive->state = x->state;
    drive->module = Py_NewRef(x->plan->schema->module);
    drive->x = (core_execution *)Py_NewRef((PyObject *)x);
    x->tasks.drive = drive;
    return (PyObject *)drive;
}
