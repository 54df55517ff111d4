/* gyrfalcon._core: null that goes up from what was awaited, as graphql-core 3.3 lets it (pyutils.gather_with_cancel), and 3.2
 * from 3.2.10 (asyncio.gather, which cancels nothing: the error goes up at once, and siblings run on unheard).
 *
 * Where a value failed for good that was awaited beside others, graphql-core's gather hears of it one turn of the loop later, and
 * who awaits the gather another one; then the siblings are cancelled, and when all have settled the error goes up to what
 * encloses them, until null has a place. Meanwhile siblings run on, and their own errors count. So the engine holds such a null
 * (gyr_host.hold), a rise brings it up, from one object or list with siblings to the next, and only then the error is
 * told: it stands behind those of its siblings. Of several that fail among siblings the first counts.
 *
 * A pending whose line has ended without an answer, or that is held, has TASKS_SETTLED as its user: it waits for the null that will take
 * it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "task.h"

struct tasks_rise {
    tasks_rise *next; /* younger */
    gyr_host_pending *pending;
    PyObject *error;
    const gyr_host_place *group; /* of the object or list whose values are settled; NULL: the root */
    int turns;                   /* until it goes on; 0: it waits for siblings that were cancelled */
    bool cancelled;
};

static bool is_settled(gyr_host_pending *pending) { return gyr_host_pending_user(pending) == TASKS_SETTLED; }

/* Whether anything at or below a place is still awaited. */
static bool is_busy(const gyr_host_exec *exec, const gyr_host_place *place) {
    gyr_host_pending *p = NULL;
    while ((p = gyr_host_waiting_at(exec, place, p))) {
        if (!is_settled(p)) return true;
    }
    return false;
}

/* Whether a single awaitable is gathered as several are: with graphql-core 3.2, but for a mutation's root fields. */
static bool is_gathered(const tasks_drive *drive, const gyr_host_place *place) {
    if (drive->state->tasks.chains) return false;
    return place || gyr_host_plan_operation(drive->x->plan->plan) != GYR_HOST_MUTATION;
}

/* From a place that cannot be null up to where siblings are awaited. */
static enum {
    HERE,
    GROUP,
    LATE
} find_group(tasks_drive *drive, const gyr_host_place *place, const gyr_host_place **group) {
    while (place && !gyr_host_place_is_nullable(place)) {
        *group = place = gyr_host_place_up(place);
        for (tasks_rise *rise = drive->rises; rise; rise = rise->next) {
            if (rise->group == place) return LATE;
        }
        if (is_gathered(drive, place) || is_busy(drive->x->exec, place)) return GROUP;
    }
    return HERE;
}

/* ------------------------------------------------------------------ turns of the loop */

static PyObject *turn(PyObject *self, PyObject *unused);
static PyMethodDef turn_method = {"turn", turn, METH_NOARGS, NULL};

static void arm(tasks_drive *drive) {
    if (drive->armed) return;
    PyObject *function = PyCFunction_New(&turn_method, (PyObject *)drive);
    PyObject *handle =
        function ? PyObject_CallMethodOneArg(drive->loop, drive->state->tasks.str_call_soon, function) : NULL;
    Py_XDECREF(function);
    Py_XDECREF(handle);
    if (handle)
        drive->armed = true;
    else
        tasks_fatal(drive);
}

static void drop(tasks_drive *drive, tasks_rise *rise) {
    tasks_rise **link = &drive->rises;
    while (*link && *link != rise) link = &(*link)->next;
    if (!*link) return;
    *link = rise->next;
    Py_XDECREF(rise->error);
    PyMem_Free(rise);
}

void tasks_rises_forget(tasks_drive *drive, gyr_host_pending *pending) {
    tasks_rise *rise = drive->rises;
    while (rise && rise->pending != pending) rise = rise->next;
    if (rise) drop(drive, rise);
}

static void cancel_group(tasks_drive *drive, tasks_rise *rise) {
    gyr_host_exec *exec = drive->x->exec;
    gyr_host_pending *p = NULL;
    rise->cancelled = true;
    while ((p = gyr_host_waiting_at(exec, rise->group, p))) {
        uintptr_t known = (uintptr_t)gyr_host_pending_user(p);
        if (is_settled(p) && p != rise->pending) tasks_rises_forget(drive, p);
        if (!known || known & 1 || is_settled(p)) continue;
        tasks_line *line = (tasks_line *)known;
        if (!line->owner || line->doomed) continue;
        line->doomed = true;
        tasks_line_cancel(line);
    }
}

/* Null takes its place, and the error is told. */
static void arrive(tasks_drive *drive, tasks_rise *rise) {
    core_execution *x = drive->x;
    gyr_host_pending *pending = rise->pending;
    int bad = 0;
    if (!x->errors) bad = !(x->errors = PyList_New(0));
    if (!bad) bad = PyList_Append(x->errors, rise->error);
    drop(drive, rise);
    x->tasks.running = true;
    if (!bad && gyr_host_let_null(x->exec, pending) == GYR_HOST_ABORT) bad = core_abort(x) == NULL;
    x->tasks.running = false;
    if (bad) tasks_fatal(drive);
}

/* The siblings have settled. */
static void go_up(tasks_drive *drive, tasks_rise *rise) {
    const gyr_host_place *place = rise->group, *group = NULL;
    rise->cancelled = false;
    switch (find_group(drive, place, &group)) {
    case HERE: arrive(drive, rise); break;
    case LATE: drop(drive, rise); break;
    case GROUP:
        rise->group = group;
        rise->turns = 2;
        break;
    }
}

static PyObject *turn(PyObject *self, PyObject *Py_UNUSED(unused)) {
    tasks_drive *drive = (tasks_drive *)Py_NewRef(self);
    drive->armed = false;
    if (drive->busy) { /* a loop inside of a resolver */
        arm(drive);
        Py_DECREF(drive);
        Py_RETURN_NONE;
    }
    for (tasks_rise *rise = drive->rises, *next; rise && !drive->fatal; rise = next) {
        next = rise->next;
        if (!rise->turns || --rise->turns) continue;
        if (rise->cancelled || !drive->state->tasks.settles || !is_busy(drive->x->exec, rise->group))
            go_up(drive, rise);
        else
            cancel_group(drive, rise);
        next = drive->rises; /* others may be gone, or have come */
        while (next && next != rise) next = next->next;
        next = next ? next->next : NULL;
    }
    tasks_pump(drive);
    Py_DECREF(drive);
    Py_RETURN_NONE;
}

void tasks_rises_look(tasks_drive *drive) {
    bool turns = false;
    for (tasks_rise *rise = drive->rises; rise; rise = rise->next) {
        if (!rise->turns && !is_busy(drive->x->exec, rise->group)) rise->turns = 2;
        turns |= rise->turns > 0;
    }
    if (turns) arm(drive);
}

/* ------------------------------------------------------------------ the engine's side */

/* The error that was told last. New. */
static PyObject *take_back(core_execution *x) {
    Py_ssize_t count = x->errors ? PyList_GET_SIZE(x->errors) : 0;
    if (!count) return NULL;
    PyObject *error = Py_NewRef(PyList_GET_ITEM(x->errors, count - 1));
    if (count == 1)
        Py_CLEAR(x->errors);
    else if (PyList_SetSlice(x->errors, count - 1, count, NULL)) {
        PyErr_Clear(); /* it stays where it was told */
        Py_CLEAR(error);
    }
    return error;
}

bool tasks_hold(void *user, gyr_host_pending *pending) {
    core_execution *x = user;
    tasks_drive *drive = x->tasks.drive;
    if (!x->state->tasks.holds || !drive || !drive->loop || drive->fatal || drive->ended) return false;
    tasks_line *line = gyr_host_pending_user(pending);
    gyr_host_pending_set_user(pending, TASKS_SETTLED);
    const gyr_host_place *group = NULL;
    int where = find_group(drive, gyr_host_pending_place(pending), &group);
    tasks_rise *rise = where == GROUP ? PyMem_Calloc(1, sizeof *rise) : NULL;
    PyObject *error = rise || where == LATE ? take_back(x) : NULL;
    if (!rise || !error) {
        PyMem_Free(rise);
        Py_XDECREF(error);
        return where == LATE && error;
    }
    /* what never waited was begun one turn earlier than graphql-core's */
    *rise = (tasks_rise){.pending = pending, .error = error, .group = group, .turns = line->living ? 2 : 3};
    tasks_rise **end = &drive->rises;
    while (*end) end = &(*end)->next;
    *end = rise;
    return true;
}

void tasks_rises_drop(tasks_drive *drive) {
    while (drive->rises) drop(drive, drive->rises);
}

int tasks_rises_traverse(tasks_drive *drive, visitproc visit, void *arg) {
    for (tasks_rise *rise = drive->rises; rise; rise = rise->next) Py_VISIT(rise->error);
    return 0;
}
