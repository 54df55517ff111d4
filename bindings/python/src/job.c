/* gyrfalcon._core: jobs. Where the user has given the event loop a task factory (loop.set_task_factory, eager tasks of 3.12 among
 * them), tasks are made by it, in order, as the reference does: each gets a job, which looks like a coroutine and runs a line.
 * What becomes pending in a job is started when the job gives way, in the context that it left.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "task.h"

/* Steals the error. */
static PySendResult run(tasks_job *job, PyObject *value, PyObject *error, PyObject **out) {
    tasks_drive *drive = job->line.drive;
    if (!drive) {
        if (error)
            core_raise(error);
        else
            PyErr_SetString(PyExc_RuntimeError, "cannot reuse already awaited coroutine");
        return PYGEN_ERROR;
    }
    if (drive->x && drive->x->tasks.running) { /* a loop inside of a resolver: later */
        Py_XSETREF(job->error, error);
        *out = Py_NewRef(Py_None);
        return PYGEN_NEXT;
    }
    if (job->error && !error) {
        error = job->error;
        job->error = NULL;
    }
    Py_INCREF(drive);
    bool outer = !drive->busy;
    drive->busy = true;
    PySendResult how = tasks_resume(&job->line, value, error, out);
    if (outer) drive->busy = false;
    PyObject *kept = how == PYGEN_ERROR ? core_take_exception() : NULL;
    if (outer) tasks_pump(drive);
    if (kept) core_raise(kept);
    Py_DECREF(drive);
    return how;
}

static PySendResult job_am_send(PyObject *self, PyObject *value, PyObject **out) {
    return run((tasks_job *)self, value, NULL, out);
}

static PyObject *returned(PySendResult how, PyObject *out) {
    if (how == PYGEN_RETURN) {
        PyErr_SetNone(PyExc_StopIteration); /* a job results in None */
        Py_DECREF(out);
    }
    return how == PYGEN_NEXT ? out : NULL;
}

static PyObject *job_send(PyObject *self, PyObject *value) {
    PyObject *out = NULL;
    PySendResult how = run((tasks_job *)self, value, NULL, &out);
    return returned(how, out);
}

static PyObject *job_next(PyObject *self) { return job_send(self, Py_None); }

static PyObject *job_throw(PyObject *self, PyObject *args) {
    PyObject *type, *value = NULL, *traceback = NULL, *out = NULL;
    if (!PyArg_ParseTuple(args, "O|OO:throw", &type, &value, &traceback)) return NULL;
    PyObject *error = tasks_exception_of(type, value, traceback);
    if (!error) return NULL;
    PySendResult how = run((tasks_job *)self, NULL, error, &out);
    return returned(how, out);
}

static PyObject *job_close(PyObject *self, PyObject *Py_UNUSED(unused)) {
    tasks_job *job = (tasks_job *)self;
    PyObject *awaited = job->line.awaited ? Py_NewRef(job->line.awaited) : NULL;
    if (awaited && PyCoro_CheckExact(awaited)) {
        PyObject *none = PyObject_CallMethod(awaited, "close", NULL);
        Py_XDECREF(none);
        Py_DECREF(awaited);
        if (!none) return NULL;
    } else {
        Py_XDECREF(awaited);
    }
    Py_RETURN_NONE;
}

/* The foreign task has ended. */
static PyObject *job_ended(PyObject *self, PyObject *task) {
    tasks_job *job = (tasks_job *)self;
    tasks_drive *drive = job->line.drive;
    if (!drive) Py_RETURN_NONE;
    Py_INCREF(drive);
    Py_INCREF(self);
    bool unwanted = job->line.unwanted || job->line.doomed, unanswered = job->line.pending && !unwanted;
    if (job->line.pending) gyr_host_pending_set_user(job->line.pending, TASKS_SETTLED);
    tasks_unlink(drive, &job->line);
    tasks_line_clear(&job->line);
    Py_CLEAR(job->task);
    /* result() raises what it ended with, CancelledError included */
    PyObject *result = PyObject_CallMethodNoArgs(task, drive->state->tasks.str_result);
    Py_XDECREF(result);
    if (result && unanswered)
        PyErr_Format(PyExc_RuntimeError, "%R, which the task factory made, ended before its coroutine", task);
    if (!result || unanswered) {
        if (unwanted)
            PyErr_Clear();
        else
            tasks_fatal(drive);
    }
    tasks_pump(drive);
    Py_DECREF(self);
    Py_DECREF(drive);
    Py_RETURN_NONE;
}
/* A function of its own: a call-back must not look like a coroutine. */
static PyMethodDef ended = {"ended", job_ended, METH_O, NULL};

int tasks_job_start(tasks_drive *drive, gyr_host_pending *pending, PyObject *value, PyObject *context) {
    tasks_state *s = &drive->state->tasks;
    tasks_job *job = (tasks_job *)s->job_type->tp_alloc(s->job_type, 0);
    if (!job) return -1;
    job->line.drive = (tasks_drive *)Py_NewRef((PyObject *)drive);
    job->line.owner = (PyObject *)job;
    job->line.pending = pending;
    job->line.unwanted = !pending;
    job->line.awaited = pending ? calls_later_call(drive->x, pending, value) : Py_NewRef(value);
    if (!job->line.awaited) goto failed;
    job->line.fresh = true;
    if (pending) gyr_host_pending_set_user(pending, &job->line);
    if (context && PyContext_Enter(context) < 0) goto failed;
    tasks_link(drive, &job->line);
    PyObject *task = PyObject_CallMethodOneArg(drive->loop, s->str_create_task, (PyObject *)job);
    if (context) tasks_leave(context);
    if (!task) goto failed;
    PyObject *callback = PyCFunction_New(&ended, (PyObject *)job);
    job->task = Py_NewRef(task);
    PyObject *none = callback ? PyObject_CallMethodOneArg(task, s->str_add_done_callback, callback) : NULL;
    Py_DECREF(task);
    Py_XDECREF(callback);
    Py_XDECREF(none);
    if (!none) goto failed;
    Py_DECREF(job);
    return 0;
failed: /* nobody would tell of its end */
    Py_CLEAR(job->task);
    tasks_unlink(drive, &job->line);
    if (job->line.pending) gyr_host_pending_set_user(job->line.pending, NULL);
    tasks_line_clear(&job->line);
    Py_DECREF(job);
    return -1;
}

static int job_traverse(PyObject *self, visitproc visit, void *arg) {
    tasks_job *job = (tasks_job *)self;
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(job->task);
    Py_VISIT(job->error);
    return tasks_line_traverse(&job->line, visit, arg);
}

static int job_clear(PyObject *self) {
    tasks_job *job = (tasks_job *)self;
    Py_CLEAR(job->task);
    Py_CLEAR(job->error);
    tasks_line_clear(&job->line);
    return 0;
}

static void job_dealloc(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    job_clear(self);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyObject *job_get_await(PyObject *self, void *Py_UNUSED(unused)) {
    PyObject *awaited = ((tasks_job *)self)->line.awaited;
    return Py_NewRef(awaited ? awaited : Py_None);
}

static PyMethodDef methods[] = {{"send", job_send, METH_O, NULL},
                                {"throw", job_throw, METH_VARARGS, NULL},
                                {"close", job_close, METH_NOARGS, NULL},
                                {NULL, NULL, 0, NULL}};
static PyGetSetDef members[] = {{"cr_await", job_get_await, NULL, "What is run.", NULL},
                                {NULL, NULL, NULL, NULL, NULL}};
static PyType_Slot slots[] = {{Py_am_await, PyObject_SelfIter}, {Py_am_send, job_am_send},
                              {Py_tp_iter, PyObject_SelfIter},  {Py_tp_iternext, job_next},

                              {Py_tp_methods, methods},         {Py_tp_getset, members},
                              {Py_tp_traverse, job_traverse},   {Py_tp_clear, job_clear},
                              {Py_tp_dealloc, job_dealloc},     {0, NULL}};
static PyType_Spec spec = {"gyrfalcon._core.Job", sizeof(tasks_job), 0,
                           Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION, slots};

int tasks_job_ready(PyObject *module, core_state *state) {
    state->tasks.job_type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &spec, NULL);
    return state->tasks.job_type ? 0 : -1;
}
