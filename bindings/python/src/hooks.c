/* gyrfalcon._core: hooks round fields - graphql-core's middleware, resolve hooks of Strawberry's extensions - the request's own default
 * resolver, and what was replaced of the things that specs bypass.
 *
 * A field with hooks runs as graphql-core runs it: the resolver of the GraphQLField, with the manager's chain round it, built once
 * for each field and request, is called with (source, info, **args). Which fields have hooks depends on what is known of each
 * (Request.hooks): an unknown one has all; one that traces skips fields whose resolver is the default one (FieldSpec.plain); one
 * that runs directives has only fields that carry some. A field with no hook left is read as if there were none. Known hooks
 * below an unknown one are left in: it would notice.
 *
 * Watch lists. At the start of a request each thing that a planned field's spec bypasses is compared with what it was. When one
 * differs the request is special: each field looks at its own list, and if that is broken runs by its fallback. Of leaf types, and
 * object types that have no is_type_of, nothing is ever called: when one of these differs graphql-core does the request. Other
 * types are looked at once a request, when it first asks them (types.c).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "core.h"

/** What Request.hooks says of a middleware. */
enum { EVERY, NOT_PLAIN, DIRECTIVES };

/* ------------------------------------------------------------------ watch lists */

/** Whether an attribute is what it was: the same object, or, since each look makes a new one, the same method. */
static bool holds(PyObject *object, PyObject *attribute, PyObject *value) {
    PyObject *now = PyObject_GetAttr(object, attribute);
    if (!now) PyErr_Clear();
    bool same = now == value;
    if (!same && now && PyMethod_Check(now) && PyMethod_Check(value))
        same = PyMethod_GET_FUNCTION(now) == PyMethod_GET_FUNCTION(value) &&
               PyMethod_GET_SELF(now) == PyMethod_GET_SELF(value);
    Py_XDECREF(now);
    return same;
}

bool calls_watch_holds(PyObject *watch) {
    for (Py_ssize_t i = 0; watch && i < PyTuple_GET_SIZE(watch); i++) {
        PyObject *entry = PyTuple_GET_ITEM(watch, i);
        if (!holds(PyTuple_GET_ITEM(entry, 0), PyTuple_GET_ITEM(entry, 1), PyTuple_GET_ITEM(entry, 2))) return false;
    }
    return true;
}

/** Adds an entry that is not there yet. */
static int add_watch(calls_watches *to, calls_watch watch) {
    for (uint32_t k = 0; k < to->count; k++)
        if (to->all[k].object == watch.object && to->all[k].attribute == watch.attribute &&
            to->all[k].value == watch.value && to->all[k].whole == watch.whole)
            return 0;
    if (!(to->count & (to->count - 1))) { /* full: there is room for powers of two */
        calls_watch *all = PyMem_Realloc(to->all, (to->count ? 2 * (size_t)to->count : 1) * sizeof *all);
        if (!all) return PyErr_NoMemory(), -1;
        to->all = all;
    }
    to->all[to->count++] = watch;
    return 0;
}

static int add_watches(calls_watches *to, PyObject *watch, bool whole) {
    for (Py_ssize_t i = 0; watch && i < PyTuple_GET_SIZE(watch); i++) {
        PyObject *entry = PyTuple_GET_ITEM(watch, i);
        calls_watch new = {PyTuple_GET_ITEM(entry, 0), PyTuple_GET_ITEM(entry, 1), PyTuple_GET_ITEM(entry, 2), whole};
        if (add_watch(to, new)) return -1;
    }
    return 0;
}

static int add_field(calls_watches *to, core_field *field) {
    const gyr_host_type *type = &field->field->type;
    if (!field->spec) return 0;
    if (add_watches(to, field->spec->watch, false)) return -1;
    if (type->kind != GYR_HOST_LEAF) {
        core_type *known = core_schema_type(field->plan->schema, type->index);
        /* The engine asks no object type that has no is_type_of; the others are looked at when they are asked. */
        bool silent = known && !known->calls.names && !known->is_type_of;
        return known ? silent && add_watches(to, known->watch, true) ? -1 : 0 : -1;
    }
    const calls_state *own = &field->plan->state->calls;
    PyObject *name = own->containers ? own->str_coerce_output_value : own->str_serialize;
    return add_watch(to, (calls_watch){field->leaf->type, name, field->leaf->serialize, true});
}

/** Conversion.watch: what all fields bypass. */
static int shared_watch(core_plan *plan) {
    if (plan->calls.shared_watch) return 0;
    PyObject *watch = PyObject_GetAttr(plan->schema->conversion, plan->state->str_watch);
    if (!watch && !PyErr_ExceptionMatches(PyExc_AttributeError)) return -1;
    if (!watch) PyErr_Clear();
    plan->calls.shared_watch = watch ? PySequence_Tuple(watch) : PyTuple_New(0);
    Py_XDECREF(watch);
    return plan->calls.shared_watch ? 0 : -1;
}

/** Makes the specs of all fields' types. That runs code, which may drop fields that another thread planned too: from the start again. */
static int know_types(core_plan *plan) {
    for (core_field *field = plan->fields; field;) {
        uint32_t index = field->field->type.index;
        bool known = !field->spec || field->field->type.kind == GYR_HOST_LEAF || plan->schema->types[index];
        if (!known && !core_schema_type(plan->schema, index)) return -1;
        field = known ? field->next : plan->fields;
    }
    return 0;
}

/** Collects the watch lists of a plan's fields and their types, when fields were planned since the last time. The new list takes
 *  the place of the old one at once: other threads may be going through it. */
static int collect(core_plan *plan) {
    calls_plan *own = &plan->calls;
    calls_watches fresh = {.fields = own->fields};
    if (shared_watch(plan)) return -1;
    if (own->watches.fields == own->fields) return 0;
    int status = know_types(plan);
    for (core_field *field = plan->fields; field && !status; field = field->next) status = add_field(&fresh, field);
    calls_watches old = status ? fresh : own->watches;
    if (!status) own->watches = fresh;
    PyMem_Free(old.all);
    return status;
}

/** Whether what the field bypasses was replaced. */
static bool replaced(core_execution *x, core_spec *spec) {
    return x->calls.patched && spec->fallback &&
           (x->calls.all_patched || (spec->watch && !calls_watch_holds(spec->watch)));
}

core_spec *calls_spec_now(core_field *field) {
    core_spec *spec = field->spec;
    if (!spec || !spec->fallback) return spec;
    bool as_it_was = calls_watch_holds(field->plan->calls.shared_watch) && calls_watch_holds(spec->watch);
    return as_it_was ? spec : spec->fallback;
}

/* ------------------------------------------------------------------ a request's hooks */

static int mode_of(core_execution *x, Py_ssize_t index) {
    PyObject *hooks = x->request->hooks;
    if (!hooks || !PyTuple_Check(hooks) || index >= PyTuple_GET_SIZE(hooks)) return EVERY;
    return (int)PyLong_AsLong(PyTuple_GET_ITEM(hooks, index));
}

/** Whether the document's text has a directive that is not skip or include; an '@' in a string counts too. */
static bool has_directives(core_plan *plan) {
    if (plan->calls.directives) return plan->calls.directives > 1;
    Py_ssize_t size;
    const char *text = PyUnicode_AsUTF8AndSize(plan->document->text, &size), *end = text ? text + size : NULL;
    plan->calls.directives = text ? 1 : 2;
    if (!text) PyErr_Clear();
    for (const char *at = text; at && at < end && (at = memchr(at, '@', (size_t)(end - at))); at++) {
        size_t left = (size_t)(end - at - 1);
        if (!(left >= 4 && !memcmp(at + 1, "skip", 4)) && !(left >= 7 && !memcmp(at + 1, "include", 7)))
            plan->calls.directives = 2;
    }
    return plan->calls.directives > 1;
}

int calls_report(core_execution *x) {
    if (x->calls.reported) return 0;
    x->calls.reported = true;
    PyObject *done = PyObject_CallNoArgs(x->state->calls.replaced);
    Py_XDECREF(done);
    return done ? 0 : -1;
}

int calls_hooks_begin(core_execution *x) {
    core_plan *plan = x->plan;
    calls_request *own = &x->calls;
    if (collect(plan)) return -1;
    own->patched = own->all_patched = !calls_watch_holds(plan->calls.shared_watch);
    bool whole = false;
    for (uint32_t i = 0; i < plan->calls.watches.count && !whole; i++) {
        const calls_watch watch = plan->calls.watches.all[i];
        if (own->patched && !watch.whole) continue;
        bool broken = !holds(watch.object, watch.attribute, watch.value);
        own->patched |= broken;
        whole = broken && watch.whole;
    }
    if (own->patched && calls_report(x)) return -1;
    if (whole) return 2;
    PyObject *hooks = x->request->hooks;
    own->hooked = x->request->middleware != NULL;
    if (own->hooked && hooks && PyTuple_Check(hooks)) {
        own->hooked = false;
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(hooks); i++) {
            int mode = mode_of(x, i);
            own->unknown |= mode == EVERY || (mode == DIRECTIVES && has_directives(plan));
            own->tracing |= mode == NOT_PLAIN;
        }
        own->hooked = own->unknown || own->tracing;
    } else
        own->unknown = own->hooked;
    x->special = own->patched || own->unknown || x->request->field_resolver;
    return PyErr_Occurred() ? -1 : 0;
}

/* ------------------------------------------------------------------ a field's hooks */

/** Whether a middleware has a say about the field; -1: an exception. */
static int wants(core_execution *x, core_field *field, int mode) {
    if (mode == EVERY) return 1;
    if (mode == NOT_PLAIN) return field->spec ? !field->spec->plain : 0;
    if (!has_directives(x->plan)) return 0;
    PyObject *nodes = core_field_nodes(x, field->field);
    PyObject *answer = nodes ? PyObject_CallOneArg(x->state->calls.has_directives, PyList_GET_ITEM(nodes, 0)) : NULL;
    int truth = answer ? PyObject_IsTrue(answer) : -1;
    Py_XDECREF(nodes);
    Py_XDECREF(answer);
    return truth;
}

/** The resolver of the field as graphql-core would call it, new: the field's own or the request's default one. */
static PyObject *genuine(core_execution *x, core_field *field) {
    PyObject *graphql_field = calls_graphql_field(x, field);
    PyObject *resolver = graphql_field ? PyObject_GetAttr(graphql_field, x->state->calls.str_resolve) : NULL;
    Py_XDECREF(graphql_field);
    if (resolver == Py_None)
        Py_SETREF(resolver, Py_NewRef(x->request->field_resolver ? x->request->field_resolver
                                                                 : x->state->default_field_resolver));
    return resolver;
}

/** The chain of those middlewares that want the field; when all do, the manager's own. */
static PyObject *make_chain(core_execution *x, core_field *field, bool *bare) {
    PyObject *manager = x->request->middleware, *hooks = x->request->hooks, *resolver, *chain = NULL;
    Py_ssize_t count = hooks && PyTuple_Check(hooks) ? PyTuple_GET_SIZE(hooks) : 0, used = 0;
    PyObject *wanted = PyTuple_New(count);
    bool seen = false; /* an unknown hook sees whether what is inside is awaitable: nothing is left out below it */
    for (Py_ssize_t i = count - 1; wanted && i >= 0; i--) {
        int mode = mode_of(x, i), want = seen ? 1 : wants(x, field, mode);
        seen |= mode == EVERY;
        used += want > 0;
        PyTuple_SET_ITEM(wanted, i, PyBool_FromLong(want > 0));
        if (want < 0) Py_CLEAR(wanted);
    }
    *bare = count && !used;
    if (!wanted || *bare || !(resolver = genuine(x, field))) return Py_XDECREF(wanted), NULL;
    if (used == count) {
        bool patched = field->spec && replaced(x, field->spec);
        PyObject *next = patched ? Py_NewRef(Py_None) : calls_next(field, resolver);
        if (next) chain = PyObject_CallFunctionObjArgs(x->state->calls.chain_all, manager, resolver, next, NULL);
        Py_XDECREF(next);
    } else {
        PyObject *middlewares = PyObject_GetAttrString(manager, "middlewares");
        if (middlewares)
            chain = PyObject_CallFunctionObjArgs(x->state->calls.chain, resolver, middlewares, wanted, NULL);
        Py_XDECREF(middlewares);
    }
    Py_DECREF(resolver);
    Py_DECREF(wanted);
    return chain;
}

/** The row of a field whose hooks are known now. */
static calls_row *hooked_row(core_execution *x, core_field *field) {
    calls_row *row = calls_row_of(x, field);
    if (!row || row->hooks != CALLS_UNKNOWN) return row;
    bool bare = false;
    PyObject *chain = make_chain(x, field, &bare);
    if (!chain && !bare) return NULL;
    if (!(row = calls_row_of(x, field))) return Py_XDECREF(chain), NULL;
    Py_XSETREF(row->chain, chain);
    row->hooks = bare ? CALLS_BARE : CALLS_HOOKED;
    return row;
}

/** function(source, info, **args). */
static PyObject *call_with_info(core_execution *x, core_field *field, PyObject *function, PyObject *source,
                                gyr_host_place *at) {
    calls_frame frame = {0};
    calls_gathered g;
    PyObject *result = NULL, *raw = NULL;
    int status = calls_gather(x, field, field->spec, &field->calls.raw, source, at, &frame, &g);
    if (!status && (raw = calls_frame_raw(x, field, at, &frame))) {
        g.values[-2] = source;
        g.values[-1] = raw;
        result = calls_call(&g, function, 2);
    }
    calls_gathered_end(&g);
    calls_frame_end(x, field, &frame);
    return result;
}

PyObject *calls_hook_call(core_execution *x, core_field *field, PyObject *source, gyr_host_place *at) {
    PyObject *chain = Py_NewRef(calls_row_of(x, field)->chain);
    PyObject *result = call_with_info(x, field, chain, source, at);
    Py_DECREF(chain);
    return result;
}

/** Calls the chain, or has it called when the coroutine would begin to run. */
static PyObject *through_hooks(core_execution *x, core_field *field, calls_row *row, PyObject *source,
                               gyr_host_place *at) {
    if (row->later == CALLS_LATER) return calls_later(x, field, source);
    bool first = row->later == CALLS_UNSEEN;
    PyObject *result = calls_hook_call(x, field, source, at);
    if (first && result && calls_later_learn(x, field, calls_row_of(x, field), result)) Py_CLEAR(result);
    return result;
}

PyObject *calls_hooked(core_execution *x, core_field *field, PyObject *source, gyr_host_place *at) {
    core_spec *spec = field->spec;
    if (x->calls.hooked) {
        calls_row *row = hooked_row(x, field);
        if (!row) return NULL;
        if (row->hooks == CALLS_HOOKED) return through_hooks(x, field, row, source, at);
    }
    if (!spec) return Py_XNewRef(core_type_name(x->plan->schema, field->field->shape->type_index)); /* __typename */
    if (replaced(x, spec)) spec = spec->fallback;
    if (spec->how == CORE_DEFAULT && spec->calls.unresolved && x->request->field_resolver)
        return call_with_info(x, field, x->request->field_resolver, source, at);
    return calls_run(x, field, spec, source, at);
}
