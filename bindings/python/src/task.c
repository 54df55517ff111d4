/* gyrfalcon._core: the task class. A subclass of _asyncio.Future that is a task to all who ask: asyncio, anyio, sniffio, people.
 *
 * One task has one identity and one context for all steps of its line, from the first on: asyncio.timeout, TaskGroup and anyio's scopes
 * cancel the task in which they were entered, so nothing else may do. It speaks the protocol that asyncio documents for
 * tasks of others (_enter_task, _leave_task, _register_task, from 3.12 on _swap_current_task).
 *
 * Three things make it cheap. Becoming the current task is left to tasks_become, which does it once for many lines. It is in
 * asyncio.all_tasks() from its first suspension on only; its entry there (a weak reference in the set that WeakSet keeps)
 * is made once. And a task that nobody refers to, weakly or else, that has no call-backs, attributes or name of its own, and was never
 * cancelled, is used again for the next line: nobody can tell.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "task.h"

/* ------------------------------------------------------------------ making, ending, using again */

PyObject *tasks_task_new(tasks_drive *drive) {
    PyObject *task = drive->free;
    tasks_state *s = &drive->state->tasks;
    if (task) {
        drive->free = tasks_of(task)->free;
        tasks_of(task)->free = NULL;
    } else {
        PyObject *args[2] = {NULL, drive->loop};
        task = PyObject_Vectorcall((PyObject *)s->task_type, args + 1, PY_VECTORCALL_ARGUMENTS_OFFSET, s->kw_loop);
        if (!task) return NULL;
    }
    tasks_task *t = tasks_of(task);
    t->line.drive = (tasks_drive *)Py_NewRef((PyObject *)drive);
    t->line.owner = task;
    return task;
}

/* Into asyncio.all_tasks(). */
static int enlist(core_state *state, PyObject *task) {
    tasks_task *t = tasks_of(task);
    tasks_state *s = &state->tasks;
    if (t->registered) return 0;
    t->registered = true;
    if (!s->all_tasks) {
        PyObject *none = PyObject_CallOneArg(s->register_task, task);
        Py_XDECREF(none);
        return none ? 0 : -1;
    }
    if (!t->weak && !(t->weak = PyWeakref_NewRef(task, s->remove_task))) return t->registered = false, -1;
    Py_XSETREF(t->set, Py_NewRef(s->all_tasks));
    return PySet_Add(t->set, t->weak);
}

static void delist(core_state *state, PyObject *task) {
    tasks_task *t = tasks_of(task);
    tasks_state *s = &state->tasks;
    if (!t->registered) return;
    t->registered = false;
    if (t->set) {
        if (PySet_Discard(t->set, t->weak) < 0) PyErr_WriteUnraisable(task);
        Py_CLEAR(t->set);
    } else {
        PyObject *none = PyObject_CallOneArg(s->unregister_task, task);
        if (!none) PyErr_WriteUnraisable(task);
        Py_XDECREF(none);
    }
}

static bool weakly_known(PyObject *task) {
    PyObject *first = *PyObject_GET_WEAKREFS_LISTPTR(task), *own = tasks_of(task)->weak;
    return first && (first != own || ((PyWeakReference *)first)->wr_next);
}

void tasks_task_done(core_state *state, PyObject *task, bool cancelled) {
    PyObject *set = cancelled ? PyObject_CallOneArg(state->tasks.base_cancel, task)
                              : PyObject_CallFunctionObjArgs(state->tasks.base_set_result, task, Py_None, NULL);
    if (!set) PyErr_WriteUnraisable(task);
    Py_XDECREF(set);
}

static void push(PyObject **list, PyObject *task) {
    tasks_of(task)->free = *list;
    *list = task;
}

/* Ends a task. The reference is stolen. `cancelled`: that is how it ended. */
static void end(tasks_drive *drive, PyObject *task, bool cancelled) {
    tasks_task *t = tasks_of(task);
    tasks_unlink(drive, &t->line);
    delist(drive->state, task);
    Py_CLEAR(t->context);
    Py_CLEAR(t->waiter);
    Py_CLEAR(t->error);
    tasks_line_clear(&t->line);
    if (t->touched || t->cancels || t->name || weakly_known(task)) {
        tasks_task_done(drive->state, task, cancelled);
        Py_DECREF(task);
        return;
    }
    Py_ssize_t held = drive->current == task ? drive->held : 0;
    push(Py_REFCNT(task) == 1 + held ? &drive->free : &drive->cooling, task);
}

void tasks_cool(tasks_drive *drive) {
    for (PyObject *task = drive->cooling, *next; task; task = next) {
        tasks_task *t = tasks_of(task);
        next = t->free;
        t->free = NULL;
        drive->cooling = next;
        if (Py_REFCNT(task) == 1 && !t->touched && !weakly_known(task) && !drive->ended) {
            push(&drive->free, task);
            continue;
        }
        if (Py_REFCNT(task) > 1 || t->touched || weakly_known(task)) tasks_task_done(drive->state, task, false);
        Py_DECREF(task);
    }
}

/* ------------------------------------------------------------------ steps */

static PyObject *runtime_error(const char *format, PyObject *what, PyObject *also) {
    PyErr_Format(PyExc_RuntimeError, format, what, also);
    return core_take_exception();
}

/* Why what a coroutine yielded cannot be waited for: an exception, to be thrown into it; NULL: it can. */
static PyObject *refusal(tasks_drive *drive, PyObject *task, PyObject *yielded) {
    tasks_state *s = &drive->state->tasks;
    PyObject *blocking = PyObject_GetAttr(yielded, s->str__asyncio_future_blocking);
    if (!blocking) {
        if (!PyErr_ExceptionMatches(PyExc_AttributeError)) return core_take_exception();
        PyErr_Clear();
        return runtime_error("Task got bad yield: %R", yielded, NULL);
    }
    Py_DECREF(blocking);
    if (blocking == Py_None) return runtime_error("Task got bad yield: %R", yielded, NULL);
    if (blocking != Py_True)
        return runtime_error("yield was used instead of yield from in task %R with %R", task, yielded);
    if (yielded == task) return runtime_error("Task cannot await on itself: %R", task, NULL);
    PyObject *loop = PyObject_CallMethodNoArgs(yielded, s->str_get_loop);
    if (!loop) {
        if (!PyErr_ExceptionMatches(PyExc_AttributeError)) return core_take_exception();
        PyErr_Clear();
        return NULL;
    }
    Py_DECREF(loop);
    if (loop != drive->loop) return runtime_error("Task %R got Future %R attached to a different loop", task, yielded);
    return NULL;
}

/* future.cancel(msg). Whether it took it; -1. */
static int cancel_future(tasks_state *s, PyObject *future, PyObject *message) {
    PyObject *args[3] = {NULL, future, message};
    PyObject *yes =
        message ? PyObject_VectorcallMethod(s->str_cancel, args + 1, 1 | PY_VECTORCALL_ARGUMENTS_OFFSET, s->kw_msg)
                : PyObject_CallMethodNoArgs(future, s->str_cancel);
    int is = yes ? PyObject_IsTrue(yes) : -1;
    Py_XDECREF(yes);
    return is;
}

/* Becomes the call-back of a future (lent): any object that says it is one. */
static int wait_for_future(tasks_state *s, PyObject *task, PyObject *future) {
    tasks_task *t = tasks_of(task);
    if (PyObject_SetAttr(future, s->str__asyncio_future_blocking, Py_False) < 0) return -1;
    PyObject *args[4] = {NULL, future, task, t->context};
    PyObject *none = PyObject_VectorcallMethod(s->str_add_done_callback, args + 1, 2 | PY_VECTORCALL_ARGUMENTS_OFFSET,
                                               s->kw_context);
    Py_XDECREF(none);
    if (!none) return -1;
    if (!t->line.must_cancel) return 0;
    int is = cancel_future(s, future, t->line.message);
    if (is > 0) t->line.must_cancel = false;
    return is < 0 ? -1 : 0;
}

/* Waits for what a coroutine yielded (stolen). */
static int wait_for(tasks_drive *drive, PyObject *task, PyObject *yielded) {
    tasks_task *t = tasks_of(task);
    tasks_state *s = &drive->state->tasks;
    if (enlist(drive->state, task) < 0) return Py_DECREF(yielded), -1;
    if (yielded != Py_None) t->error = refusal(drive, task, yielded);
    if (yielded == Py_None || t->error) {
        Py_DECREF(yielded);
        return tasks_yielded(drive, task);
    }
    t->waiter = Py_NewRef(yielded);
    int bad = wait_for_future(s, task, yielded);
    Py_DECREF(yielded);
    return bad;
}

/* The end of a line with an exception that is no field error. */
static void ended_badly(tasks_drive *drive, PyObject *task) {
    tasks_task *t = tasks_of(task);
    bool cancelled = PyErr_ExceptionMatches(drive->state->tasks.cancelled_error);
    bool urgent = PyErr_ExceptionMatches(PyExc_KeyboardInterrupt) || PyErr_ExceptionMatches(PyExc_SystemExit);
    if (t->line.doomed && cancelled && t->line.pending) {
        gyr_host_pending_set_user(t->line.pending, TASKS_SETTLED);
        PyErr_Clear();
    } else if (t->line.unwanted && !urgent) {
        PyErr_Clear();
    } else {
        tasks_fatal(drive);
    }
    end(drive, task, cancelled);
}

void tasks_leave(PyObject *context) {
    PyObject *kept = PyErr_Occurred() ? core_take_exception() : NULL;
    if (PyContext_Exit(context) < 0) PyErr_WriteUnraisable(context);
    if (kept) core_raise(kept);
}

void tasks_task_step(PyObject *task, bool entered) {
    tasks_task *t = tasks_of(task);
    tasks_drive *drive = (tasks_drive *)Py_NewRef((PyObject *)t->line.drive);
    PyObject *context = Py_NewRef(t->context), *error = t->error, *out = NULL;
    t->error = NULL;
    Py_CLEAR(t->waiter);
    PySendResult how = PYGEN_ERROR;
    if (tasks_become(drive, task) == 0 && (entered || PyContext_Enter(context) == 0)) {
        how = tasks_resume(&t->line, Py_None, error, &out);
        if (how == PYGEN_NEXT) {
            tasks_link(drive, &t->line);
            if (wait_for(drive, task, out) < 0) how = PYGEN_ERROR;
        }
        if (!entered) tasks_leave(context);
    } else {
        Py_XDECREF(error);
    }
    if (how == PYGEN_RETURN) {
        Py_DECREF(out);
        end(drive, task, false);
    } else if (how == PYGEN_ERROR) {
        ended_badly(drive, task);
    } else {
        Py_DECREF(task);
    }
    Py_DECREF(context);
    Py_DECREF(drive);
}

/* ------------------------------------------------------------------ cancelling */

int tasks_task_cancel(PyObject *task, PyObject *message) {
    tasks_task *t = tasks_of(task);
    if (!t->line.drive) return 0;
    tasks_state *s = &t->line.drive->state->tasks;
    t->cancels++;
    if (t->waiter) {
        PyObject *waiter = Py_NewRef(t->waiter);
        int is = cancel_future(s, waiter, message);
        Py_DECREF(waiter);
        if (is) return is;
    }
    t->line.must_cancel = true;
    Py_XSETREF(t->line.message, Py_XNewRef(message));
    return 1;
}

static PyObject *task_cancel(PyObject *self, PyObject *args, PyObject *kwargs) {
    static const char *const names[] = {"msg", NULL};
    PyObject *message = Py_None;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|O:cancel", (char **)names, &message)) return NULL;
    int is = tasks_task_cancel(self, message == Py_None ? NULL : message);
    return is < 0 ? NULL : PyBool_FromLong(is);
}

static PyObject *task_cancelling(PyObject *self, PyObject *Py_UNUSED(unused)) {
    return PyLong_FromLong(tasks_of(self)->cancels);
}

static PyObject *task_uncancel(PyObject *self, PyObject *Py_UNUSED(unused)) {
    tasks_task *t = tasks_of(self);
    if (t->cancels > 0) {
        t->touched = true; /* it was cancelled once */
        t->cancels--;
#if PY_VERSION_HEX >= 0x030d0000
        if (!t->cancels) t->line.must_cancel = false;
#endif
    }
    return PyLong_FromLong(t->cancels);
}

/* ------------------------------------------------------------------ the loop calls: what it waited for is done */

static PyObject *task_call(PyObject *self, PyObject *args, PyObject *Py_UNUSED(kwargs)) {
    PyObject *future;
    if (!PyArg_ParseTuple(args, "O:task", &future)) return NULL;
    tasks_task *t = tasks_of(self);
    tasks_drive *drive = t->line.drive;
    if (!drive || (future != Py_None && future != t->waiter)) Py_RETURN_NONE;
    if (future != Py_None) {
        PyObject *result = PyObject_CallMethodNoArgs(future, drive->state->tasks.str_result);
        if (!result) t->error = core_take_exception();
        Py_XDECREF(result);
    }
    Py_CLEAR(t->waiter);
    if (drive->busy) { /* a loop inside of a resolver */
        if (tasks_yielded(drive, self) < 0) return NULL;
        Py_RETURN_NONE;
    }
    Py_INCREF(drive);
    bool before = drive->fatal != NULL;
    drive->busy = true;
    tasks_cool(drive);
    tasks_task_step(Py_NewRef(self), true);
    drive->busy = false;
    tasks_pump(drive);
    PyObject *fatal = before ? NULL : drive->fatal;
    bool urgent = fatal && (PyErr_GivenExceptionMatches(fatal, PyExc_KeyboardInterrupt) ||
                            PyErr_GivenExceptionMatches(fatal, PyExc_SystemExit));
    if (urgent) core_raise(Py_NewRef(fatal)); /* the loop stops, as for any task */
    Py_DECREF(drive);
    if (urgent) return NULL;
    Py_RETURN_NONE;
}

/* ------------------------------------------------------------------ what people ask a task */

static PyObject *task_get_coro(PyObject *self, PyObject *Py_UNUSED(unused)) {
    PyObject *awaited = tasks_of(self)->line.awaited;
    return Py_NewRef(awaited ? awaited : Py_None);
}

static PyObject *task_get_context(PyObject *self, PyObject *Py_UNUSED(unused)) {
    PyObject *context = tasks_of(self)->context;
    return Py_NewRef(context ? context : Py_None);
}

static PyObject *task_get_name(PyObject *self, PyObject *Py_UNUSED(unused)) {
    tasks_task *t = tasks_of(self);
    if (!t->name) t->name = PyUnicode_FromFormat("gyrfalcon-%llu", ++core_state_of(Py_TYPE(self))->tasks.names);
    return Py_XNewRef(t->name);
}

static PyObject *task_set_name(PyObject *self, PyObject *name) {
    PyObject *text = PyObject_Str(name);
    if (!text) return NULL;
    Py_XSETREF(tasks_of(self)->name, text);
    Py_RETURN_NONE;
}

static PyObject *task_get_stack(PyObject *self, PyObject *args, PyObject *kwargs) {
    static const char *const names[] = {"limit", NULL};
    PyObject *limit = Py_None;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|$O:get_stack", (char **)names, &limit)) return NULL;
    return PyObject_CallFunctionObjArgs(core_state_of(Py_TYPE(self))->tasks.get_stack, self, limit, NULL);
}

static PyObject *task_print_stack(PyObject *self, PyObject *args, PyObject *kwargs) {
    static const char *const names[] = {"limit", "file", NULL};
    PyObject *limit = Py_None, *file = Py_None;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "|$OO:print_stack", (char **)names, &limit, &file)) return NULL;
    return PyObject_CallFunctionObjArgs(core_state_of(Py_TYPE(self))->tasks.print_stack, self, limit, file, NULL);
}

static PyObject *task_add_done_callback(PyObject *self, PyObject *args, PyObject *kwargs) {
    tasks_of(self)->touched = true;
    Py_ssize_t count = PyTuple_GET_SIZE(args);
    PyObject *all = PyTuple_New(count + 1);
    if (!all) return NULL;
    PyTuple_SET_ITEM(all, 0, Py_NewRef(self));
    for (Py_ssize_t i = 0; i < count; i++) PyTuple_SET_ITEM(all, i + 1, Py_NewRef(PyTuple_GET_ITEM(args, i)));
    PyObject *none = PyObject_Call(core_state_of(Py_TYPE(self))->tasks.base_add_callback, all, kwargs);
    Py_DECREF(all);
    return none;
}

static PyObject *task_set_result(PyObject *Py_UNUSED(self), PyObject *Py_UNUSED(unused)) {
    PyErr_SetString(PyExc_RuntimeError, "Task does not support set_result operation");
    return NULL;
}

static PyObject *task_set_exception(PyObject *Py_UNUSED(self), PyObject *Py_UNUSED(unused)) {
    PyErr_SetString(PyExc_RuntimeError, "Task does not support set_exception operation");
    return NULL;
}

static PyObject *task_repr(PyObject *self) {
    tasks_task *t = tasks_of(self);
    PyObject *name = task_get_name(self, NULL);
    if (!name) return NULL;
    const char *how = !t->line.drive ? "finished" : t->cancels ? "cancelling" : "pending";
    PyObject *coroutine = t->line.awaited ? t->line.awaited : Py_None;
    PyObject *text =
        t->waiter ? PyUnicode_FromFormat("<Task %s name=%R coro=%R wait_for=%R>", how, name, coroutine, t->waiter)
                  : PyUnicode_FromFormat("<Task %s name=%R coro=%R>", how, name, coroutine);
    Py_DECREF(name);
    return text;
}

static PyObject *task_get_waiter(PyObject *self, void *Py_UNUSED(unused)) {
    PyObject *waiter = tasks_of(self)->waiter;
    return Py_NewRef(waiter ? waiter : Py_None);
}

static PyObject *task_get_coro_member(PyObject *self, void *Py_UNUSED(unused)) { return task_get_coro(self, NULL); }
static PyObject *task_get_must_cancel(PyObject *self, void *Py_UNUSED(unused)) {
    return PyBool_FromLong(tasks_of(self)->line.must_cancel);
}
static PyObject *task_get_log(PyObject *Py_UNUSED(self), void *Py_UNUSED(unused)) { Py_RETURN_FALSE; }
/* isinstance(task, asyncio.Task) is true */
static PyObject *task_get_class(PyObject *self, void *Py_UNUSED(unused)) {
    return Py_NewRef(core_state_of(Py_TYPE(self))->tasks.task_class);
}

static int task_setattro(PyObject *self, PyObject *name, PyObject *value) {
    tasks_of(self)->touched = true;
    return PyObject_GenericSetAttr(self, name, value);
}

/* ------------------------------------------------------------------ the type */

static int task_traverse(PyObject *self, visitproc visit, void *arg) {
    tasks_task *t = tasks_of(self);
    PyTypeObject *base = Py_TYPE(self)->tp_base;
    Py_VISIT(t->context);
    Py_VISIT(t->waiter);
    Py_VISIT(t->error);
    Py_VISIT(t->name);
    Py_VISIT(t->weak);
    Py_VISIT(t->set);
    Py_VISIT(t->free);
    int bad = tasks_line_traverse(&t->line, visit, arg);
    if (bad) return bad;
    if (!(base->tp_flags & Py_TPFLAGS_HEAPTYPE)) Py_VISIT(Py_TYPE(self));
    return base->tp_traverse(self, visit, arg);
}

static void clear(PyObject *self) {
    tasks_task *t = tasks_of(self);
    Py_CLEAR(t->context);
    Py_CLEAR(t->waiter);
    Py_CLEAR(t->error);
    Py_CLEAR(t->name);
    Py_CLEAR(t->free);
    tasks_line_clear(&t->line);
}

static int task_clear(PyObject *self) {
    clear(self);
    return Py_TYPE(self)->tp_base->tp_clear(self);
}

static void task_dealloc(PyObject *self) {
    PyTypeObject *type = Py_TYPE(self), *base = type->tp_base;
    PyObject_GC_UnTrack(self);
    tasks_task *t = tasks_of(self);
    PyObject *error = PyErr_Occurred() ? core_take_exception() : NULL;
    if (t->weak) { /* its call-back must not run for each task: it is taken out of the set here */
        if (t->set && PySet_Discard(t->set, t->weak) < 0) PyErr_Clear();
        Py_CLEAR(t->set);
        Py_CLEAR(t->weak);
    }
    clear(self);
    if (error) core_raise(error);
    bool heap = base->tp_flags & Py_TPFLAGS_HEAPTYPE;
    base->tp_dealloc(self);
    if (!heap) Py_DECREF(type); /* else base did it */
}

static PyMethodDef methods[] = {
    {"cancel", (PyCFunction)(void (*)(void))task_cancel, METH_VARARGS | METH_KEYWORDS, NULL},
    {"cancelling", task_cancelling, METH_NOARGS, NULL},
    {"uncancel", task_uncancel, METH_NOARGS, NULL},
    {"get_coro", task_get_coro, METH_NOARGS, NULL},
    {"get_context", task_get_context, METH_NOARGS, NULL},
    {"get_name", task_get_name, METH_NOARGS, NULL},
    {"set_name", task_set_name, METH_O, NULL},
    {"get_stack", (PyCFunction)(void (*)(void))task_get_stack, METH_VARARGS | METH_KEYWORDS, NULL},
    {"print_stack", (PyCFunction)(void (*)(void))task_print_stack, METH_VARARGS | METH_KEYWORDS, NULL},
    {"add_done_callback", (PyCFunction)(void (*)(void))task_add_done_callback, METH_VARARGS | METH_KEYWORDS, NULL},
    {"set_result", task_set_result, METH_O, NULL},
    {"set_exception", task_set_exception, METH_O, NULL},
    {NULL, NULL, 0, NULL}};
static PyGetSetDef members[] = {
    {"_fut_waiter", task_get_waiter, NULL, NULL, NULL},       {"_coro", task_get_coro_member, NULL, NULL, NULL},
    {"_must_cancel", task_get_must_cancel, NULL, NULL, NULL}, {"_log_destroy_pending", task_get_log, NULL, NULL, NULL},
    {"__class__", task_get_class, NULL, NULL, NULL},          {NULL, NULL, NULL, NULL, NULL}};
static PyType_Slot slots[] = {
    {Py_tp_call, task_call},   {Py_tp_repr, task_repr},         {Py_tp_methods, methods},
    {Py_tp_getset, members},   {Py_tp_setattro, task_setattro}, {Py_tp_traverse, task_traverse},
    {Py_tp_clear, task_clear}, {Py_tp_dealloc, task_dealloc},   {0, NULL}};

int tasks_task_ready(PyObject *module, core_state *state) {
    PyObject *asyncio = PyImport_ImportModule("_asyncio");
    PyObject *base = asyncio ? PyObject_GetAttrString(asyncio, "Future") : NULL;
    Py_XDECREF(asyncio);
    if (!base) return -1;
    size_t size =
        ((size_t)((PyTypeObject *)base)->tp_basicsize + _Alignof(tasks_task) - 1) & ~(_Alignof(tasks_task) - 1);
    PyType_Spec spec = {"gyrfalcon._core.Task", (int)(size + sizeof(tasks_task)), 0,
                        Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC, slots};
    state->tasks.task_type = (PyTypeObject *)PyType_FromModuleAndSpec(module, &spec, base);
    Py_DECREF(base);
    return state->tasks.task_type ? 0 : -1;
}
