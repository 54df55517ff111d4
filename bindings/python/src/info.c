/* gyrfalcon._core: infos, what resolvers learn about where they run.
 *
 * An info is made when somebody takes it: an instance of graphql-core's GraphQLResolveInfo or of the request's own class of the same
 * kind, a NamedTuple, filled by the names of its fields in the order that the class has. What all infos of a request share is
 * looked up once a request, what those of a field share once a request and field (a row); a further one costs a tuple and a
 * Path. It holds nothing of the request but objects, and may outlive it. An info that nobody kept when its call is over is the
 * next one of its field, with another path; so are Paths that nobody kept.
 *
 * Paths. Path(prev, key, typename) objects are linked to the root; the steps of the path made last are kept, so that infos
 * below one object share all of it, and those of a list's items what is above the item.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "core.h"

/** Which values a field of an info class has. */
enum {
    SHARED, /* the same in all infos of the request */
    FIELD_NAME,
    FIELD_NODES,
    RETURN_TYPE,
    PARENT_TYPE,
    PATH
};

PyObject *calls_option(core_execution *x, PyObject *name) {
    return x->request->options ? PyDict_GetItemWithError(x->request->options, name) : NULL;
}

PyObject *calls_operation(core_execution *x) {
    PyObject *nodes = core_nodes(x);
    if (!nodes) return NULL;
    PyObject *offset = PyLong_FromSsize_t(core_char_offset(x->plan->document, gyr_host_plan_node(x->plan->plan)));
    PyObject *node = offset ? PyDict_GetItemWithError(PyTuple_GET_ITEM(nodes, 1), offset) : NULL;
    if (offset && !node && !PyErr_Occurred())
        PyErr_SetString(PyExc_RuntimeError, "gyrfalcon: the document's AST is another one's");
    Py_XDECREF(offset);
    return node;
}

/* ------------------------------------------------------------------ what a request's infos share */

static PyObject *shared_is_awaitable(core_execution *x) {
    PyObject *value = calls_option(x, x->state->calls.str_is_awaitable);
    if (value || PyErr_Occurred()) return Py_XNewRef(value);
    value = x->request->is_awaitable;
    if (value == Py_False) value = x->state->calls.assume_not_awaitable;
    return Py_NewRef(value ? value : x->state->is_awaitable);
}

static PyObject *shared_helpers(core_execution *x) {
    PyObject *is_awaitable = shared_is_awaitable(x);
    PyObject *helpers = is_awaitable ? PyObject_CallOneArg(x->state->calls.async_helpers, is_awaitable) : NULL;
    Py_XDECREF(is_awaitable);
    return helpers;
}

/** The value of an info's field that does not depend on where it is. New. */
static PyObject *shared_value(core_execution *x, PyObject *name) {
    const calls_state *own = &x->state->calls;
    if (name == own->str_schema) return Py_NewRef(x->plan->schema->graphql_schema);
    if (name == own->str_root_value) return Py_NewRef(x->root);
    if (name == own->str_context) return Py_NewRef(x->context);
    if (name == own->str_operation) return Py_XNewRef(calls_operation(x));
    if (name == own->str_is_awaitable) return shared_is_awaitable(x);
    if (name == own->str_fragments) {
        PyObject *nodes = core_nodes(x);
        return nodes ? PyDict_Copy(PyTuple_GET_ITEM(nodes, 2)) : NULL;
    }
    if (name == own->str_variable_values) {
        if (!x->request->info_factory) return Py_XNewRef(calls_variable_values(x));
        if (!x->variables && !(x->variables = PyDict_New())) return NULL;
        return Py_NewRef(x->variables);
    }
    PyObject *value = calls_option(x, name);
    if (value || PyErr_Occurred()) return Py_XNewRef(value);
    if (name == own->str_async_helpers) return shared_helpers(x);
    if (name == own->str_operation_extensions && x->request->operation_extensions)
        return Py_NewRef(x->request->operation_extensions);
    return Py_NewRef(Py_None);
}

/** Learns the info class and what is shared, at the first info of a request. */
static int begin(core_execution *x) {
    calls_request *own = &x->calls;
    const calls_state *names = &x->state->calls;
    PyObject *class = x->request->info_factory ? x->request->info_factory : names->info_class;
    PyObject *fields = PyType_Check(class) ? PyObject_GetAttr(class, names->str__fields) : NULL;
    if (!fields || !PyTuple_CheckExact(fields) || !PyType_IsSubtype((PyTypeObject *)class, &PyTuple_Type)) {
        Py_XDECREF(fields);
        if (!PyErr_Occurred()) PyErr_SetString(PyExc_TypeError, "gyrfalcon: an info class must be a NamedTuple");
        return -1;
    }
    uint32_t count = (uint32_t)PyTuple_GET_SIZE(fields);
    for (uint32_t i = 0; i < own->info_count; i++) Py_XDECREF(own->info[i]); /* of a try that failed */
    own->info_count = 0;
    own->info_path = -1;
    PyMem_Free(own->info);
    PyMem_Free(own->info_kinds);
    own->info = PyMem_Calloc(count ? count : 1, sizeof *own->info);
    own->info_kinds = PyMem_Calloc(count ? count : 1, 1);
    int status = own->info && own->info_kinds ? 0 : -1;
    if (status) PyErr_NoMemory();
    for (uint32_t i = 0; !status && i < count; i++) {
        PyObject *name = Py_NewRef(PyTuple_GET_ITEM(fields, i));
        PyUnicode_InternInPlace(&name);
        own->info_kinds[i] = name == names->str_field_name    ? FIELD_NAME
                             : name == names->str_field_nodes ? FIELD_NODES
                             : name == names->str_return_type ? RETURN_TYPE
                             : name == names->str_parent_type ? PARENT_TYPE
                             : name == names->str_path        ? PATH
                                                              : SHARED;
        own->info_count = i + 1;
        if (own->info_kinds[i] == PATH) own->info_path = (int)i;
        if (own->info_kinds[i] == SHARED && !(own->info[i] = shared_value(x, name))) status = -1;
        Py_DECREF(name);
    }
    Py_DECREF(fields);
    if (status) return -1;
    own->info_class = (PyTypeObject *)Py_NewRef(class);
    own->info_bare = !own->info_class->tp_dictoffset && !own->info_class->tp_weaklistoffset &&
                     !own->info_class->tp_finalize && !own->info_class->tp_del;
    return 0;
}

/* ------------------------------------------------------------------ what a field's infos share */

PyObject *calls_parent_type(core_execution *x, core_field *field) {
    core_type *type = core_schema_type(x->plan->schema, field->field->shape->type_index);
    return type ? Py_NewRef(type->type) : NULL;
}

PyObject *calls_graphql_field(core_execution *x, core_field *field) {
    const calls_state *names = &x->state->calls;
    PyObject *name = core_str(field->field->name), *parent = NULL, *fields = NULL, *found = NULL;
    if (!name) return NULL;
    if (field->typename)
        found = PyObject_CallOneArg(names->meta_field, name);
    else if (field->spec->graphql_field)
        found = Py_NewRef(field->spec->graphql_field);
    else if ((parent = calls_parent_type(x, field)) && (fields = PyObject_GetAttr(parent, names->str_fields)))
        found = PyObject_GetItem(fields, name);
    Py_XDECREF(parent);
    Py_XDECREF(fields);
    Py_DECREF(name);
    return found;
}

calls_row *calls_row_of(core_execution *x, core_field *field) {
    calls_request *own = &x->calls;
    uint32_t index = field->calls.index;
    if (index >= own->row_count) {
        uint32_t count = index + 8 > x->plan->calls.fields ? index + 8 : x->plan->calls.fields;
        calls_row *rows = PyMem_Realloc(own->rows, count * sizeof *rows);
        if (!rows) return PyErr_NoMemory(), NULL;
        memset(rows + own->row_count, 0, (count - own->row_count) * sizeof *rows);
        own->rows = rows;
        own->row_count = count;
    }
    return &own->rows[index];
}

static PyObject *row_value(core_execution *x, core_field *field, int kind) {
    PyObject *graphql_field, *type;
    switch (kind) {
    case FIELD_NAME: return core_str(field->field->name);
    case FIELD_NODES: return core_field_nodes(x, field->field);
    case PARENT_TYPE: return calls_parent_type(x, field);
    default:
        graphql_field = calls_graphql_field(x, field);
        type = graphql_field ? PyObject_GetAttr(graphql_field, x->state->calls.str_type) : NULL;
        Py_XDECREF(graphql_field);
        return type;
    }
}

/** The row of a field with its info; NULL with an exception. */
static PyObject **info_row(core_execution *x, core_field *field) {
    calls_request *own = &x->calls;
    if (!own->info_class && begin(x)) return NULL;
    calls_row *row = calls_row_of(x, field);
    if (!row || row->info) return row ? row->info : NULL;
    PyObject **info = PyMem_Calloc(own->info_count ? own->info_count : 1, sizeof *info);
    if (!info) return PyErr_NoMemory(), NULL;
    row->info = info;
    for (uint32_t i = 0; i < own->info_count; i++) {
        if (own->info_kinds[i] == PATH) continue;
        info[i] = own->info_kinds[i] == SHARED ? Py_NewRef(own->info[i]) : row_value(x, field, own->info_kinds[i]);
        if (info[i]) continue;
        for (uint32_t k = 0; k < i; k++) Py_XDECREF(info[k]);
        PyMem_Free(info);
        calls_row_of(x, field)->info = NULL;
        return NULL;
    }
    return info;
}

/* ------------------------------------------------------------------ tuples used again */

/** Whether a tuple has these references only. */
static inline bool has_only(PyObject *tuple, Py_ssize_t references) {
#ifdef Py_GIL_DISABLED
    (void)tuple, (void)references;
    return false;
#else
    return Py_REFCNT(tuple) == references;
#endif
}

/** Whether nobody else has a tuple of ours: then nobody notices that it becomes another one. */
static inline bool is_ours(PyObject *tuple) { return has_only(tuple, 1); }

/** From CPython 3.14 on tuples keep their hash; those of tp_alloc begin with a wrong one. */
static inline void forget_hash(PyObject *tuple) {
#if PY_VERSION_HEX >= 0x030E0000
    ((PyTupleObject *)tuple)->ob_hash = -1;
#else
    (void)tuple;
#endif
}

static inline PyObject *new_tuple(PyTypeObject *class, Py_ssize_t count) {
    PyObject *tuple = class->tp_alloc(class, count);
    if (tuple) forget_hash(tuple);
    return tuple;
}

static inline void replace_item(PyObject *tuple, Py_ssize_t index, PyObject *item) {
    PyObject *old = PyTuple_GET_ITEM(tuple, index);
    forget_hash(tuple);
    PyTuple_SET_ITEM(tuple, index, Py_NewRef(item));
    Py_DECREF(old);
}

/* ------------------------------------------------------------------ paths */

static PyObject *new_path(core_execution *x, PyObject *previous, PyObject *key, PyObject *type) {
    PyObject *path = new_tuple(x->state->calls.path_type, 3);
    if (!path) return NULL;
    PyTuple_SET_ITEM(path, 0, Py_NewRef(previous));
    PyTuple_SET_ITEM(path, 1, Py_NewRef(key));
    PyTuple_SET_ITEM(path, 2, Py_NewRef(type));
    PyObject_GC_UnTrack(path); /* paths, str and int: no cycle can go through it */
    return path;
}

/** Of a step, from now on: the Path that is there, when nobody else has it, or a new one. -1: memory. */
static int set_path(core_execution *x, calls_step *step, PyObject *previous, PyObject *key) {
    if (step->path && is_ours(step->path)) {
        replace_item(step->path, 0, previous);
        replace_item(step->path, 1, key);
        replace_item(step->path, 2, step->type_object);
        return 0;
    }
    Py_XSETREF(step->path, new_path(x, previous, key, step->type_object));
    return step->path ? 0 : -1;
}

/** Whether nobody else has the Paths from `depth` on, which hold each other. */
static bool are_ours(const calls_request *own, uint32_t depth) {
    bool ours = true;
    for (uint32_t i = own->step_count; ours && i-- > depth;)
        ours = has_only(own->steps[i].path, i + 1 < own->step_count ? 2 : 1);
    return ours;
}

/** The next item of the list whose item's Path is that of `depth`: what is below goes with it. -1: memory. */
static int next_index(calls_request *own, uint32_t depth, size_t index) {
    PyObject *key = PyLong_FromSize_t(index);
    if (!key) return -1;
    replace_item(own->steps[depth].path, 1, key);
    for (uint32_t i = depth + 1; i < own->step_count; i++) forget_hash(own->steps[i].path);
    Py_DECREF(key);
    own->steps[depth].index = index;
    return 0;
}

/** The steps from `depth` on are others now. Paths that nobody else has are kept to be made use of again, without what they held. */
static void leave_steps(calls_request *own, uint32_t depth) {
    while (own->step_count > depth) {
        calls_step *step = &own->steps[--own->step_count];
        if (is_ours(step->path))
            replace_item(step->path, 0, Py_None);
        else
            Py_CLEAR(step->path);
    }
}

/** *object becomes the interned str of `text`, which it is already when `of` is that text. */
static int step_text(const char **of, PyObject **object, gyr_str text) {
    if (*of == text.ptr && *object) return 0;
    PyObject *made = text.ptr ? core_str(text) : Py_NewRef(Py_None);
    if (!made) return -1;
    if (text.ptr) PyUnicode_InternInPlace(&made);
    Py_XSETREF(*object, made);
    *of = text.ptr;
    return 0;
}

/** The path of a kept step, made when it is not that of `step` yet; borrowed. */
static PyObject *step_path(core_execution *x, uint32_t depth, const gyr_host_step *step) {
    calls_request *own = &x->calls;
    calls_step *kept = &own->steps[depth];
    if (depth < own->step_count && kept->key == step->key.ptr && kept->index == step->index &&
        kept->type == step->type.ptr)
        return kept->path;
    if (depth < own->step_count && !kept->key && !step->key.ptr && are_ours(own, depth))
        return next_index(own, depth, step->index) ? NULL : kept->path;
    leave_steps(own, depth);
    if (step_text(&kept->type, &kept->type_object, step->type)) return NULL;
    PyObject *key = NULL;
    if (step->key.ptr) {
        if (step_text(&kept->key, &kept->key_object, step->key)) return NULL;
        key = Py_NewRef(kept->key_object);
    } else {
        kept->key = NULL;
        Py_CLEAR(kept->key_object);
        if (!(key = PyLong_FromSize_t(step->index))) return NULL;
    }
    kept->index = step->index;
    int status = set_path(x, kept, depth ? own->steps[depth - 1].path : Py_None, key);
    Py_DECREF(key);
    if (status) return NULL;
    own->step_count = depth + 1;
    return kept->path;
}

/** A path of `count` steps, the last first, too long to be kept. New. */
static PyObject *long_path(core_execution *x, const gyr_host_step *steps, uint32_t count) {
    PyObject *path = Py_NewRef(Py_None);
    while (path && count--) {
        const gyr_host_step *step = &steps[count];
        PyObject *key = step->key.ptr ? core_str(step->key) : PyLong_FromSize_t(step->index);
        PyObject *type = step->type.ptr ? core_str(step->type) : Py_NewRef(Py_None);
        Py_SETREF(path, key && type ? new_path(x, path, key, type) : NULL);
        Py_XDECREF(key);
        Py_XDECREF(type);
    }
    return path;
}

/** The path of a field: of the place `at` without the indices at its end, which are of the field's items, or for a leaf of
 *  its object's place and the field's own step. New. */
static PyObject *field_path(core_execution *x, core_field *field, gyr_host_place *at) {
    gyr_host_step small[CALLS_STEPS], *steps = small;
    uint32_t count = 0, room = CALLS_STEPS;
    const gyr_host_field *own = field->field;
    bool leaf = own->read == GYR_HOST_READ_LEAF;
    if (leaf) steps[count++] = (gyr_host_step){own->key, 0, own->shape->type};
    for (const gyr_host_place *place = at; place; place = gyr_host_place_up(place)) {
        if (count == room) {
            gyr_host_step *more = PyMem_Malloc(2 * room * sizeof *more);
            if (more) memcpy(more, steps, count * sizeof *more);
            if (steps != small) PyMem_Free(steps);
            if (!more) return PyErr_NoMemory();
            steps = more;
            room *= 2;
        }
        if (!gyr_host_place_step(place, &steps[count])) break;
        if (count || leaf || steps[0].key.ptr) count++;
    }
    PyObject *path = NULL;
    if (count > CALLS_STEPS)
        path = long_path(x, steps, count);
    else if (x->calls.steps || (x->calls.steps = PyMem_Calloc(CALLS_STEPS, sizeof *x->calls.steps))) {
        for (uint32_t i = 0; i < count; i++)
            if (!(path = step_path(x, i, &steps[count - 1 - i]))) break;
        Py_XINCREF(path);
    } else
        PyErr_NoMemory();
    if (steps != small) PyMem_Free(steps);
    return path;
}

/* ------------------------------------------------------------------ infos */

/** The spare info of a field's row, made one of `path`; NULL: there is none. */
static PyObject *use_spare(calls_request *own, uint32_t index, PyObject *path) {
    PyObject *info = own->rows[index].spare;
    own->rows[index].spare = NULL;
    if (info && own->info_path >= 0) replace_item(info, own->info_path, path);
    return info;
}

PyObject *calls_info(core_execution *x, core_field *field, gyr_host_place *at) {
    PyObject **row = info_row(x, field), *path = row ? field_path(x, field, at) : NULL;
    if (!path) return NULL;
    PyTypeObject *class = x->calls.info_class;
    PyObject *info = use_spare(&x->calls, field->calls.index, path);
    if (!info && (info = new_tuple(class, x->calls.info_count)))
        for (uint32_t i = 0; i < x->calls.info_count; i++) PyTuple_SET_ITEM(info, i, Py_NewRef(row[i] ? row[i] : path));
    Py_DECREF(path);
    return info;
}

PyObject *calls_frame_raw(core_execution *x, core_field *field, gyr_host_place *at, calls_frame *frame) {
    if (!frame->raw) frame->raw = calls_info(x, field, at);
    return frame->raw;
}

/* ------------------------------------------------------------------ the framework's infos */

/** Whether the framework's info class does nothing but to take its two attributes, by now: asked once for each version of it.
 *  -1: an exception. */
static int is_plain_class(core_state *state, core_spec *spec) {
    PyTypeObject *class = (PyTypeObject *)spec->info;
    if (!PyType_Check(spec->info) || class->tp_new != PyBaseObject_Type.tp_new) return 0;
    unsigned version = core_type_version(class);
    if (version && version == spec->calls.info_version) return 1;
    PyObject *answer = PyObject_CallOneArg(state->calls.plain_info, spec->info);
    bool plain = answer == Py_True;
    spec->calls.info_version = plain ? core_type_version(class) : 0;
    Py_XDECREF(answer);
    return answer ? plain : -1;
}

static int know_wrapper(core_execution *x, core_spec *spec, uint32_t index) {
    int plain = is_plain_class(x->state, spec);
    x->calls.rows[index].wrapper = plain > 0 ? CALLS_WRAPPER_PLAIN : CALLS_WRAPPER_CALLED;
    return plain < 0 ? -1 : 0;
}

static PyObject *wrapped_field(const core_spec *spec) { return spec->definition ? spec->definition : Py_None; }

/** What calling such a class makes. */
static PyObject *plain_wrapper(core_state *state, PyTypeObject *class, PyObject *raw, PyObject *definition) {
    const calls_state *own = &state->calls;
    PyObject *info = class->tp_new(class, own->no_arguments, NULL);
    if (info && (PyObject_GenericSetAttr(info, own->str__raw_info, raw) ||
                 PyObject_GenericSetAttr(info, own->str__field, definition)))
        Py_CLEAR(info);
    return info;
}

static PyObject *called_wrapper(core_state *state, core_spec *spec, PyObject *raw) {
    PyObject *values[3] = {NULL, raw, wrapped_field(spec)};
    bool class = PyType_Check(spec->info);
    return PyObject_Vectorcall(spec->info, values + 1, (class ? 0 : 2) | PY_VECTORCALL_ARGUMENTS_OFFSET,
                               class ? state->calls.info_kwnames : NULL);
}

/** The wrapper that was made of this very info for an earlier call, or NULL. */
static PyObject *spare_wrapper(calls_row *row, core_spec *spec, PyObject *raw) {
    PyObject *info = row->spare_wrapper, *dict = row->wrapper_dict;
    row->spare_wrapper = NULL;
    if (info && row->wrapped == raw && (PyObject *)Py_TYPE(info) == spec->info) return info;
    if (info) row->wrapper_dict = NULL, Py_DECREF(dict);
    Py_XDECREF(info);
    return NULL;
}

PyObject *calls_frame_info(core_execution *x, core_field *field, core_spec *spec, gyr_host_place *at,
                           calls_frame *frame) {
    if (frame->info) return frame->info;
    PyObject *raw = calls_frame_raw(x, field, at, frame);
    if (!raw) return NULL;
    if (!spec->info) return frame->info = Py_NewRef(raw);
    uint32_t index = field->calls.index;
    if (x->calls.rows[index].wrapper == CALLS_WRAPPER_UNKNOWN && know_wrapper(x, spec, index)) return NULL;
    if (x->calls.rows[index].wrapper == CALLS_WRAPPER_PLAIN) {
        frame->info = spare_wrapper(&x->calls.rows[index], spec, raw);
        if (!frame->info) frame->info = plain_wrapper(x->state, (PyTypeObject *)spec->info, raw, wrapped_field(spec));
        frame->plain = spec;
    } else {
        frame->info = called_wrapper(x->state, spec, raw);
    }
    return frame->info;
}

PyObject *calls_wrap_info(core_state *state, core_spec *spec, PyObject *raw) {
    if (!spec->info) return Py_NewRef(raw);
    int plain = is_plain_class(state, spec);
    if (plain < 0) return NULL;
    return plain ? plain_wrapper(state, (PyTypeObject *)spec->info, raw, wrapped_field(spec))
                 : called_wrapper(state, spec, raw);
}

/* ------------------------------------------------------------------ the end of a call */

/** Whether a call's plain wrapper, that nobody else has, is as it was made: no attribute more or other, no weak reference. */
static bool is_clean(core_execution *x, calls_row *row, calls_frame *frame) {
    const calls_state *names = &x->state->calls;
    core_spec *spec = frame->plain;
    if (!is_ours(frame->info) || Py_REFCNT(frame->raw) != 2 || (PyObject *)Py_TYPE(frame->info) != spec->info)
        return false;
    if (Py_TYPE(frame->info)->tp_weaklistoffset && *PyObject_GET_WEAKREFS_LISTPTR(frame->info)) return false;
    if (!row->wrapper_dict && !(row->wrapper_dict = PyObject_GenericGetDict(frame->info, NULL))) PyErr_Clear();
    PyObject *dict = row->wrapper_dict;
    return dict && Py_REFCNT(dict) == 2 && PyDict_GET_SIZE(dict) == 2 &&
           PyDict_GetItemWithError(dict, names->str__raw_info) == frame->raw &&
           PyDict_GetItemWithError(dict, names->str__field) == wrapped_field(spec);
}

void calls_frame_end_infos(core_execution *x, core_field *field, calls_frame *frame) {
    calls_request *own = &x->calls;
    calls_row *row = &own->rows[field->calls.index];
    bool reusable = own->info_bare && !row->spare && !PyErr_Occurred();
    if (reusable && frame->plain && !row->spare_wrapper && is_clean(x, row, frame)) {
        row->spare_wrapper = frame->info;
        row->wrapped = frame->raw;
    } else {
        PyObject *dict = row->spare_wrapper ? NULL : row->wrapper_dict;
        if (dict) row->wrapper_dict = NULL;
        Py_XDECREF(dict);
        Py_XDECREF(frame->info);
        reusable = reusable && is_ours(frame->raw);
        row = &own->rows[field->calls.index]; /* whatever ran when they went may have planned fields */
        if (!reusable || row->spare) {
            Py_DECREF(frame->raw);
            return;
        }
    }
    row->spare = frame->raw;
    if (own->info_path >= 0) replace_item(frame->raw, own->info_path, Py_None);
}
