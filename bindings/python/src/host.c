/* gyrfalcon._core: the gyr_host table - fields planned; values and results. Lists are in lists.c, leaves in leaves.c.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "core.h"

/* ------------------------------------------------------------------ planning */

static void field_free(core_field *f) {
    if (f->link) {
        *f->link = f->next;
        if (f->next) f->next->link = f->link;
        f->plan->field_count--;
    }
    calls_field_fini(f);
    Py_XDECREF(f->key);
    PyMem_Free(f);
}

static int fill_field(core_field *f, const gyr_host_field *field) {
    core_schema *schema = f->plan->schema;
    f->key = core_str(field->key);
    if (!f->key) return -1;
    PyUnicode_InternInPlace(&f->key);
    f->non_null = field->type.non_null >> field->type.depth & 1;
    f->typename = field->name.len == 10 && !memcmp(field->name.ptr, "__typename", 10);
    if (field->type.kind == GYR_HOST_LEAF && !(f->leaf = core_schema_leaf(schema, field->type.index))) return -1;
    if (f->leaf) f->kind = f->leaf->kind;
    if (f->typename) return calls_field_init(f);
    if (!(f->spec = core_schema_spec(schema, field->shape->type, field->name))) return -1;
    if (calls_field_init(f)) return -1;
    f->completes = f->spec->completes != NULL;
    f->simple = f->spec->how <= CORE_DEFAULT && !f->spec->guard_count;
    if (f->leaf && f->simple && !f->completes && f->spec->how == CORE_ATTRIBUTE) f->attribute = f->spec->name;
    return 0;
}

static gyr_host_status plan_field(void *user, const gyr_host_plan *plan, gyr_host_field *field) {
    (void)plan;
    core_plan *self = user;
    core_field *f = PyMem_Calloc(1, sizeof *f);
    if (!f) return GYR_HOST_ABORT;
    f->field = field;
    f->plan = self;
    if (fill_field(f, field)) {
        field_free(f);
        Py_XSETREF(self->failed, core_take_exception());
        return GYR_HOST_ABORT;
    }
    f->next = self->fields;
    f->link = &self->fields;
    if (f->next) f->next->link = &f->next;
    self->fields = f;
    self->field_count++;
    field->data = f;
    field->read = f->leaf && !field->type.depth ? GYR_HOST_READ_LEAF : GYR_HOST_READ_VALUE;
    return GYR_HOST_OK;
}

static void drop_field(void *user, gyr_host_field *field) {
    (void)user;
    if (field->data) field_free(field->data);
    field->data = NULL;
}

/* ------------------------------------------------------------------ values */

static void release(void *user, gyr_host_value value) {
    (void)user;
    Py_DECREF((PyObject *)value);
}

static gyr_host_status resolve(void *user, const gyr_host_field *field, gyr_host_value object, gyr_host_place *at,
                               gyr_host_value *out) {
    core_execution *x = user;
    core_field *f = core_field_of(field);
    x->began = true;
    PyObject *value = core_value(x, f, object, at);
    gyr_host_status status = value ? core_settle_read(x, f, &value, false) : core_failed(x);
    *out = value;
    return status;
}

/** An exception of ours that is no field error. */
static gyr_host_status aborted(core_execution *x) {
    if (PyErr_Occurred()) Py_XSETREF(x->aborted, core_take_exception());
    return GYR_HOST_ABORT;
}

static gyr_host_status complete(void *user, const gyr_host_field *field, gyr_host_value value, gyr_host_place *at,
                                gyr_host_value *out, gyr_host_cell *cell) {
    (void)at;
    core_execution *x = user;
    PyObject *result = core_serialize(x, core_field_of(field)->leaf, value);
    if (!result) return core_failed(x);
    if (!out) return core_cell(x, result, 0, cell) ? aborted(x) : GYR_HOST_OK;
    *out = result;
    return GYR_HOST_OK;
}

/* ------------------------------------------------------------------ results */

/* A result is made of thousands of dictionaries that are no part of any cycle yet. The garbage collector would look through them
 * again and again while they are made (a third of the time of a large request); so it does not start for them, but when
 * something else is allocated next. Nothing else runs between the two calls. */
#define WITHOUT_COLLECTION(allocation)                                                                                 \
    int enabled = PyGC_Disable();                                                                                      \
    allocation;                                                                                                        \
    if (enabled) PyGC_Enable()

static gyr_host_value new_object(void *user, const gyr_host_shape *shape) {
    WITHOUT_COLLECTION(PyObject *object = _PyDict_NewPresized((Py_ssize_t)shape->field_count));
    if (!object) aborted(user);
    return object;
}

static gyr_host_value new_list(void *user, size_t hint) {
    enum { MOST = 1 << 20 }; /* a hint may be wrong */
    WITHOUT_COLLECTION(PyObject *list = PyList_New((Py_ssize_t)(hint < MOST ? hint : MOST)));
    if (!list)
        aborted(user);
    else
        Py_SET_SIZE(list, 0); /* the room stays */
    return list;
}

static gyr_host_status set_field(void *user, gyr_host_value object, const gyr_host_field *field, gyr_host_value value) {
    core_field *f = core_field_of(field);
    int result;
    if (f) {
        result = PyDict_SetItem(object, f->key, value);
    } else { /* __schema, __type: never planned */
        PyObject *key = core_str(field->key);
        result = key ? PyDict_SetItem(object, key, value) : -1;
        Py_XDECREF(key);
    }
    return result ? aborted(user) : GYR_HOST_OK;
}

static gyr_host_status append(void *user, gyr_host_value list, gyr_host_value value) {
    return PyList_Append(list, value) ? aborted(user) : GYR_HOST_OK;
}

static gyr_host_status set_item(void *user, gyr_host_value list, size_t index, gyr_host_value value) {
    return PyList_SetItem(list, (Py_ssize_t)index, Py_NewRef(value)) ? aborted(user) : GYR_HOST_OK;
}

static gyr_host_value from_json(void *user, gyr_str json) {
    PyObject *value = core_from_json(((core_execution *)user)->plan, json);
    if (!value) aborted(user);
    return value;
}

gyr_host core_host(void) {
    return (gyr_host){
        .size = sizeof(gyr_host),
        .null_value = Py_None,
        .plan_field = plan_field,
        .drop_field = drop_field,
        .release = release,
        .resolve = resolve,
        .leaves = core_leaves,
        .complete = complete,
        .open_list = core_open_list,
        .next_item = core_next_item,
        .close_list = core_close_list,
        .type_of = calls_type_of,
        .needs_type = calls_needs_type,
        .new_object = new_object,
        .new_list = new_list,
        .set_field = set_field,
        .append = append,
        .set_item = set_item,
        .from_json = from_json,
        .error = core_error,
        .discard = tasks_discard,
        .hold = tasks_hold,
    };
}
