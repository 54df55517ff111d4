/* Shapes as the host sees them, made when they are first needed.
 *
 * The shape is collected under the variant's lock, in the variant's arena. Then the host is asked about its fields, without
 * a lock: its answers may run code of its users, which may wait for another thread. Then the shape is published, unless
 * another thread was faster: then what the host said is dropped again.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "host/host.h"
#include "type/coerce.h"

/* ---- types */

void gyr__host_type_fill(gyr__type_ref t, gyr_host_type *out) {
    static const gyr_value_kind scalars[] = {
        [GYR__CUSTOM_SCALAR] = GYR_VALUE_CUSTOM, [GYR__INT] = GYR_VALUE_INT,      [GYR__FLOAT] = GYR_VALUE_FLOAT,
        [GYR__STRING] = GYR_VALUE_STRING,        [GYR__BOOLEAN] = GYR_VALUE_BOOL, [GYR__ID] = GYR_VALUE_STRING};
    const gyr__type *n = t.named;
    *out = (gyr_host_type){.name = n->def.name, .index = n->index, .depth = t.depth, .non_null = t.non_null};
    out->scalar = n->kind == GYR__SCALAR ? scalars[n->scalar]
                  : n->kind == GYR__ENUM ? GYR_VALUE_ENUM
                                         : GYR_VALUE_CUSTOM;
    out->kind = gyr__is_leaf_type(n) ? GYR_HOST_LEAF : gyr__is_abstract_type(n) ? GYR_HOST_ABSTRACT : GYR_HOST_OBJECT;
}

/* ---- arguments */

static bool is_custom_type(gyr__type_ref t) {
    return t.named->kind == GYR__INPUT_OBJECT ||
           (t.named->kind == GYR__SCALAR && t.named->scalar == GYR__CUSTOM_SCALAR);
}

static const gyr__node *member(const gyr__ast_object *object, gyr_str name) {
    for (uint32_t i = 0; i < object->fields.count; i++)
        if (gyr__str_eq(object->fields.items[i]->name, name)) return object->fields.items[i]->value;
    return NULL;
}

bool gyr__host_is_custom(const gyr_schema *schema, gyr__type_ref t, const gyr__node *value) {
    const gyr__type *n = t.named;
    bool custom = false;
    if (n->kind != GYR__INPUT_OBJECT || value->kind == GYR__AST_NULL)
        return n->kind == GYR__SCALAR && n->scalar == GYR__CUSTOM_SCALAR;
    if (value->kind == GYR__AST_LIST) {
        const gyr__ast_list *list = gyr__ast_as(list, value);
        for (uint32_t i = 0; i < list->values.count && !custom; i++)
            custom = gyr__host_is_custom(schema, (gyr__type_ref){.named = n}, list->values.items[i]);
        return custom;
    }
    if (value->kind != GYR__AST_OBJECT) return true;
    for (uint32_t i = 0; i < n->input_count && !custom; i++) {
        const gyr__node *given = member(gyr__ast_as(object, value), n->inputs[i].def.name);
        custom = given ? gyr__host_is_custom(schema, n->inputs[i].type, given)
                       : n->inputs[i].has_default && is_custom_type(n->inputs[i].type);
    }
    return custom;
}

static bool uses_variables(gyr__ast_argument *argument) {
    gyr__ast_argument_list one = {.items = &argument, .count = 1};
    return gyr__arguments_use_variables(&one);
}

static bool coerce(gyr__variant *v, gyr__type_ref t, const gyr__node *node, gyr_value *out) {
    gyr_errors errors;
    gyr__errors_init(&errors, &v->arena.allocator, 1);
    bool ok = gyr__coerce_literal(&v->arena, v->plan->schema, &v->plan->document->source, t, node, NULL, out, &errors);
    if (errors.failed) v->arena.failed = true;
    gyr__errors_fini(&errors);
    return ok;
}

static void plan_arg(gyr__variant *v, const gyr__input *def, const gyr__ast_field *node, gyr_host_arg *arg) {
    *arg = (gyr_host_arg){.name = def->def.name, .how = GYR_HOST_ARG_ABSENT};
    gyr__ast_argument *written = NULL;
    for (uint32_t i = 0; i < node->arguments.count && !written; i++)
        if (gyr__str_eq(node->arguments.items[i]->name, def->def.name)) written = node->arguments.items[i];
    if (!written) return;
    if (written->value->kind == GYR__AST_VARIABLE) {
        arg->how = GYR_HOST_ARG_VARIABLE;
        arg->variable = gyr__ast_as(variable, written->value)->name;
        return;
    }
    arg->how = GYR_HOST_ARG_MIXED;
    if (uses_variables(written) || gyr__host_is_custom(v->plan->schema, def->type, written->value)) return;
    gyr_value *value = gyr__new(&v->arena, gyr_value);
    if (!value || !coerce(v, def->type, written->value, value)) return;
    arg->how = GYR_HOST_ARG_CONSTANT;
    arg->value = value;
}

static bool plan_args(gyr__variant *v, const gyr__field_plan *f, gyr_host_field *pub) {
    gyr_host_arg *args = gyr__new_array(&v->arena, gyr_host_arg, f->def->arg_count);
    if (!args) return false;
    for (uint32_t i = 0; i < f->def->arg_count; i++) plan_arg(v, &f->def->args[i], f->nodes[0], &args[i]);
    pub->args = args;
    pub->arg_count = f->def->arg_count;
    return true;
}

/* ---- fields; lock held */

static gyr_str key_text(gyr__variant *v, gyr_str key, bool first) {
    char *text = gyr__arena_alloc(&v->arena, key.len + 4 + 16); /* a name: nothing in it is escaped */
    if (!text) return (gyr_str){NULL, 0};
    memset(text, 0, key.len + 4 + 16);
    text[0] = first ? '{' : ',';
    text[1] = '"';
    memcpy(text + 2, key.ptr, key.len);
    memcpy(text + 2 + key.len, "\":", 2);
    return gyr_str_of(text, key.len + 4);
}

static bool plan_sub(gyr__variant *v, gyr__field_plan *f, gyr__host_field *h) {
    const gyr__type *t = f->def->type.named;
    h->kind = gyr__is_abstract_type(t) ? GYR__HOST_ABSTRACT : GYR__HOST_OBJECT;
    if (!(h->sub = gyr__selection_new(v, t, f, NULL, f->shape->selection->depth + 1))) return false;
    if (h->kind != GYR__HOST_ABSTRACT) return true;
    h->shapes = gyr__arena_zalloc(&v->arena, (v->plan->schema->object_count + (size_t)1) * sizeof *h->shapes);
    return h->shapes != NULL;
}

static bool plan_field(gyr__variant *v, gyr__field_plan *f, gyr__host_shape *shape, uint32_t index) {
    gyr__host_field *h = &shape->fields[index];
    gyr_host_field *pub = (gyr_host_field *)&shape->pub.fields[index];
    uint32_t *nodes = gyr__new_array(&v->arena, uint32_t, f->node_count);
    if (!nodes) return false;
    for (uint32_t i = 0; i < f->node_count; i++) nodes[i] = f->nodes[i]->node.start;
    *pub = (gyr_host_field){.key = f->key, .name = f->def->def.name, .shape = &shape->pub, .index = index};
    pub->nodes = nodes;
    pub->node_count = f->node_count;
    gyr__host_type_fill(f->def->type, &pub->type);
    h->pub = pub;
    h->plan = f;
    h->key_text = key_text(v, f->key, index == 0);
    if (f->def->meta == GYR__META_SCHEMA || f->def->meta == GYR__META_TYPE) {
        h->kind = GYR__HOST_INTRO;
        h->constant = gyr__host_intro_constant(v, f);
    } else if (gyr__is_composite_type(f->def->type.named) && !plan_sub(v, f, h)) {
        return false;
    }
    return plan_args(v, f, pub) && h->key_text.ptr;
}

static gyr__host_shape *shape_new(gyr_host_plan *plan, gyr__variant *v, gyr__selection *s, const gyr__type *object) {
    gyr__shape *from = gyr__shape_new(v, s, object, false);
    gyr__host_shape *shape = from ? gyr__new(&v->arena, gyr__host_shape) : NULL;
    if (!shape) return NULL;
    gyr_host_field *fields = gyr__new_array(&v->arena, gyr_host_field, from->field_count);
    shape->fields = gyr__arena_zalloc(&v->arena, (from->field_count + (size_t)1) * sizeof *shape->fields);
    if (!fields || !shape->fields) return NULL;
    shape->pub = (gyr_host_shape){
        .type = object->def.name, .type_index = object->index, .fields = fields, .field_count = from->field_count};
    shape->error = from->error;
    shape->variant = v;
    shape->plan = plan;
    for (uint32_t i = 0; i < from->field_count; i++)
        if (!plan_field(v, &from->fields[i], shape, i)) return NULL;
    return v->arena.failed ? NULL : shape;
}

/* ---- the host's part; no lock held */

static void drop(gyr__host_shape *shape, uint32_t count, bool whole) {
    const gyr_host_plan *p = shape->plan;
    for (uint32_t i = 0; i < count && p->host.drop_field; i++)
        if (shape->fields[i].kind != GYR__HOST_INTRO)
            p->host.drop_field(p->user, (gyr_host_field *)shape->fields[i].pub);
    if (whole && p->host.drop_shape) p->host.drop_shape(p->user, &shape->pub);
}

static void find_runs(gyr__host_shape *shape) {
    for (uint32_t i = shape->pub.field_count; i-- > 0;) {
        gyr__host_field *f = &shape->fields[i], *behind = f + 1;
        bool leaf = f->kind == GYR__HOST_LEAF && !f->pub->type.depth && f->pub->read == GYR_HOST_READ_LEAF;
        bool last = i + 1 == shape->pub.field_count || !behind->run || behind->run == GYR_HOST_LEAVES;
        if (!leaf) continue;
        f->run = last ? 1 : behind->run + 1;
        f->room = (uint32_t)f->key_text.len + 40 + (last ? 0 : behind->room);
    }
}

static bool ask_host(gyr__host_shape *shape) {
    const gyr_host_plan *p = shape->plan;
    for (uint32_t i = 0; i < shape->pub.field_count; i++) {
        gyr__host_field *f = &shape->fields[i];
        if (f->kind == GYR__HOST_INTRO) continue;
        if (p->host.plan_field(p->user, p, (gyr_host_field *)f->pub) != GYR_HOST_OK) {
            drop(shape, i, false);
            return false;
        }
        f->needs_type = f->kind == GYR__HOST_OBJECT && p->host.needs_type && p->host.needs_type(p->user, f->pub);
    }
    find_runs(shape);
    if (!p->host.plan_shape || p->host.plan_shape(p->user, p, &shape->pub) == GYR_HOST_OK) return true;
    drop(shape, shape->pub.field_count, false);
    return false;
}

static void drop_all(gyr__variant *v) {
    for (gyr__host_shape *s = v->host_shapes; s; s = s->next) drop(s, s->pub.field_count, true);
}

/* Where the shape is found from then on. */
static _Atomic(gyr__host_shape *) *place_of(gyr__variant *v, gyr__host_field *field, const gyr__type *object) {
    if (!field) return &v->host_root;
    return field->kind == GYR__HOST_ABSTRACT ? &field->shapes[object->object_index] : &field->only;
}

gyr__host_shape *gyr__host_shape_slow(gyr_host_plan *plan, gyr__variant *v, gyr__host_field *field,
                                      const gyr__type *object) {
    _Atomic(gyr__host_shape *) *at = place_of(v, field, object);
    gyr__host_shape *found = atomic_load_explicit(at, memory_order_acquire);
    if (found) return found;
    pthread_mutex_lock(&v->lock);
    gyr__host_shape *shape = shape_new(plan, v, field ? field->sub : v->root, object);
    if (v->arena.failed) atomic_store_explicit(&v->broken, true, memory_order_relaxed);
    pthread_mutex_unlock(&v->lock);
    if (!shape || !ask_host(shape)) return NULL;
    pthread_mutex_lock(&v->lock);
    found = atomic_load_explicit(at, memory_order_relaxed);
    if (!found) {
        shape->next = v->host_shapes;
        v->host_shapes = shape;
        v->host_free = drop_all;
        atomic_store_explicit(at, shape, memory_order_release);
    }
    pthread_mutex_unlock(&v->lock);
    if (!found) return shape;
    drop(shape, shape->pub.field_count, true);
    return found;
}
