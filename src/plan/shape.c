/* Shapes and selections: what is read for an object type, from where, and which fields the fetch part owns.
 *
 * A field is a fetch when it is bound to a resolver or a batch, or when it is composite and something below it is:
 * the fetch part then reads it once and makes rows of its objects. Whether "something below may wait" is decided
 * before the shapes below exist (an interface's shapes come later), from the text and gyr__field.may_fetch;
 * it may say yes where a shape then has nothing to fetch, never no where it has.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "language/print.h"
#include "plan/plan.h"

/* ---- does anything below wait? */

typedef enum need { NOTHING, INLINE_ONLY, WAITS } need; /* INLINE_ONLY: batches that answer before they return */

static need sets_need(gyr__variant *v, const gyr__type *type, const gyr__ast_selection_set *set, uint32_t depth);

static need field_need(const gyr__field *def) {
    if (!def->may_fetch) return NOTHING;
    const gyr_binding *b = def->binding; /* NULL: an interface's */
    return b && b->kind == GYR_BIND_BATCH && b->flags & GYR_INLINE ? INLINE_ONLY : WAITS;
}

static need selection_need(gyr__variant *v, const gyr__type *type, gyr__node *n, uint32_t depth) {
    const gyr_schema *schema = v->plan->schema;
    const gyr__ast_selection_set *set;
    if (n->kind == GYR__AST_FIELD) {
        const gyr__ast_field *f = gyr__ast_as(field, n);
        const gyr__field *def = gyr__schema_field(schema, type, f->name);
        if (!def && gyr__is_abstract_type(type)) return WAITS; /* not validated: an object type may have it */
        if (!def || def->is_introspection ||
            (f->directives.count && gyr__included(v, &f->directives) != GYR__COND_TRUE))
            return NOTHING;
        need mine = field_need(def);
        if (mine == WAITS || !f->selection_set.selections.count) return mine;
        return GYR__MAX(mine, sets_need(v, def->type.named, &f->selection_set, depth));
    }
    const gyr__ast_named_type *on;
    if (n->kind == GYR__AST_FRAGMENT_SPREAD) {
        const gyr__ast_fragment_definition *f =
            gyr__map_get(&v->plan->document->fragments, gyr__ast_as(fragment_spread, n)->name);
        if (!f) return NOTHING;
        on = f->type_condition, set = &f->selection_set;
    } else {
        const gyr__ast_inline_fragment *f = gyr__ast_as(inline_fragment, n);
        on = f->type_condition, set = &f->selection_set;
    }
    const gyr__ast_directive_list *directives = n->kind == GYR__AST_FRAGMENT_SPREAD
                                                    ? &gyr__ast_as(fragment_spread, n)->directives
                                                    : &gyr__ast_as(inline_fragment, n)->directives;
    if (gyr__in_force(v, directives, gyr_s("defer"))) return NOTHING; /* its fields become parts */
    const gyr__type *t = on ? gyr__schema_type(schema, on->name) : type;
    return t ? sets_need(v, t, set, depth) : NOTHING;
}

/* Memoised by (set, type), so that fragments cost once; an entry's number is its need + 1. */
static need sets_need(gyr__variant *v, const gyr__type *type, const gyr__ast_selection_set *set, uint32_t depth) {
    struct {
        const void *set, *type;
    } *key = gyr__arena_alloc(&v->arena, sizeof *key);
    if (!key || depth >= v->plan->document->limits.depth) return WAITS;
    key->set = set, key->type = type;
    bool added;
    need most = NOTHING;
    gyr_str k = gyr_str_of((const char *)key, sizeof *key);
    gyr__map_entry *e = gyr__map_put(&v->arena, &v->needs, k, &added);
    if (!e) return WAITS;
    if (!added) return (need)(e->num - 1);
    e->num = NOTHING + 1; /* a cycle through fragments adds nothing */
    for (uint32_t i = 0; i < set->selections.count && most != WAITS; i++)
        most = GYR__MAX(most, selection_need(v, type, set->selections.items[i], depth + 1));
    if ((e = gyr__map_find(&v->needs, k))) e->num = most + 1;
    return most;
}

/* ---- selections */

/* Whether set i stands in a @defer that the selection itself does not: its fields become parts, those that another
 * set has too excepted. The selection above has not counted it. */
static bool is_deferred(const gyr__selection *s, uint32_t i) {
    const gyr__defer *use = s->uses ? s->uses[i] : NULL;
    for (uint32_t k = 0; use && k < s->by.count; k++)
        if (s->by.items[k] == use) return false;
    return use != NULL;
}

gyr__selection *gyr__selection_new(gyr__variant *v, const gyr__type *type, gyr__field_plan *field, gyr__fetch *up,
                                   uint32_t depth) {
    gyr__selection *s = gyr__new(&v->arena, gyr__selection);
    uint32_t count = field ? field->node_count : 1;
    if (!s || !(s->sets = gyr__new_array(&v->arena, gyr__ast_selection_set *, count))) return NULL;
    s->type = type;
    s->depth = depth;
    s->up = up;
    if (field) {
        for (uint32_t i = 0; i < count; i++) s->sets[s->set_count++] = &field->nodes[i]->selection_set;
        s->uses = field->uses;
        s->by = field->shape->selection->by;
    } else {
        s->sets[s->set_count++] = (gyr__ast_selection_set *)&v->plan->operation->selection_set;
    }
    if (v->mode & GYR__MODE_HOST) return s; /* nothing is fetched; the shapes are the host's */
    need most = NOTHING;
    for (uint32_t i = 0; i < count; i++)
        if (!is_deferred(s, i)) most = GYR__MAX(most, sets_need(v, type, s->sets[i], depth));
    if (!field && (v->mode & GYR__MODE_INCREMENTAL) && v->plan->operation->operation != GYR__QUERY)
        most = WAITS; /* collect.c ignores @defer here */
    s->fetch = most != NOTHING;
    s->waits = most == WAITS;
    s->in_list = field && (field->def->type.depth || field->shape->selection->in_list);
    if (gyr__is_abstract_type(type)) {
        size_t size = v->plan->schema->object_count * sizeof *s->shapes;
        s->shapes = gyr__arena_alloc(&v->arena, size);
        if (!s->shapes) return NULL;
        memset((void *)s->shapes, 0, size);
    }
    return s;
}

gyr__shape *gyr__selection_shape_slow(gyr__variant *v, gyr__selection *s, const gyr__type *object) {
    pthread_mutex_lock(&v->lock);
    gyr__shape *shape = atomic_load_explicit(&s->shapes[object->object_index], memory_order_relaxed);
    if (!shape && (shape = gyr__shape_new(v, s, object, true)))
        atomic_store_explicit(&s->shapes[object->object_index], shape, memory_order_release);
    if (v->arena.failed) atomic_store_explicit(&v->broken, true, memory_order_relaxed);
    pthread_mutex_unlock(&v->lock);
    return shape;
}

/* ---- arguments */

/* Equal arguments, equal text: sorted as the field's definition has them. */
static gyr_str args_text(gyr__variant *v, const gyr__field *def, const gyr__ast_field *node) {
    gyr__json_out out; /* used as a buffer: values may hold any byte */
    gyr__json_out_init(&out, &v->arena.allocator, NULL, 0);
    gyr__json_raw(&out, gyr_str_of((const char *)&def, sizeof def));
    for (uint32_t i = 0; i < def->arg_count; i++)
        for (uint32_t k = 0; k < node->arguments.count; k++) {
            const gyr__ast_argument *a = node->arguments.items[k];
            if (!gyr__str_eq(a->name, def->args[i].def.name)) continue;
            gyr_str value = gyr__print(&v->arena, a->value);
            const uint64_t head[2] = {i, value.len};
            gyr__json_raw(&out, gyr_str_of((const char *)head, sizeof head));
            gyr__json_raw(&out, value);
        }
    gyr_str text = out.failed ? (gyr_str){NULL, 0} : gyr__arena_str(&v->arena, gyr__json_out_text(&out));
    if (out.failed) v->arena.failed = true;
    gyr__json_out_fini(&out);
    return text;
}

static void coerce_constant(gyr__variant *v, gyr__args *a) {
    gyr_errors errors;
    const gyr_plan *plan = v->plan;
    gyr__errors_init(&errors, &v->arena.allocator, 1);
    bool ok = gyr__coerce_arguments(&v->arena, plan->schema, &plan->document->source, a->def->args, a->def->arg_count,
                                    &a->node->node, &a->node->arguments, NULL, a->values, a->present, NULL, &errors);
    if (ok && a->def->args_size) {
        a->bound = gyr__arena_zalloc(&v->arena, a->def->args_size);
        ok = a->bound &&
             gyr__bind_arguments(&v->arena, a->def->args, a->def->arg_count, a->values, a->present, a->bound, &errors);
    }
    if (!ok && errors.list.len) {
        gyr_error *e = gyr__new(&v->arena, gyr_error);
        if (e) {
            *e = (gyr_error){.status = errors.list.items[0].status,
                             .message = gyr__arena_str(&v->arena, errors.list.items[0].message)};
            const gyr_error *from = &errors.list.items[0];
            gyr_location *at = gyr__new_array(&v->arena, gyr_location, from->location_count);
            if (at && from->location_count) memcpy(at, from->locations, from->location_count * sizeof *at);
            if (at) e->locations = at, e->location_count = from->location_count;
        }
        a->error = e;
    } else if (!ok) {
        v->arena.failed = true;
    }
    gyr__errors_fini(&errors);
}

/* The group's arguments, or new ones: made once for equal fields. */
static gyr__group *group_of(gyr__variant *v, const gyr__field *def, const gyr__ast_field *node) {
    gyr_str key = args_text(v, def, node);
    bool added;
    gyr__map_entry *e = key.ptr ? gyr__map_put(&v->arena, &v->groups, key, &added) : NULL;
    if (!e) return NULL;
    if (!added) return e->ptr;
    gyr__group *g = gyr__new(&v->arena, gyr__group);
    if (!g) return NULL;
    e->ptr = g;
    g->id = atomic_fetch_add(&v->group_count, 1);
    g->def = def;
    return g;
}

gyr__args *gyr__plan_args(gyr__variant *v, const gyr__field *def, const gyr__ast_field *node) {
    gyr__group *g = group_of(v, def, node);
    if (!g || g->args) return g ? g->args : NULL;
    gyr__args *a = gyr__new(&v->arena, gyr__args);
    if (!a) return NULL;
    a->id = atomic_fetch_add(&v->args_count, 1);
    a->def = def;
    a->node = node;
    a->constant = !gyr__arguments_use_variables(&node->arguments);
    a->values = gyr__new_array(&v->arena, gyr_value, def->arg_count);
    a->present = gyr__new_array(&v->arena, bool, def->arg_count);
    if (!a->values || !a->present) return NULL;
    memset(a->present, 0, def->arg_count);
    if (a->constant) coerce_constant(v, a);
    return g->args = a;
}

/* ---- fields */

static uint8_t source_of(const gyr__field *def) {
    if (def->is_introspection) return GYR__FROM_CONSTANT;
    if (!def->binding) return GYR__FROM_GETTER; /* of an unbound schema: its plans are shown, not run */
    switch (def->binding->kind) {
    case GYR_BIND_GETTER: return GYR__FROM_GETTER;
    case GYR_BIND_RESOLVER: return GYR__FROM_RESOLVER;
    case GYR_BIND_BATCH: return GYR__FROM_BATCH;
    default: return GYR__FROM_MEMBER;
    }
}

static bool plan_fetch(gyr__variant *v, gyr__shape *shape, gyr__field_plan *f, gyr__fetch *up) {
    gyr__fetch *fetch = gyr__new(&v->arena, gyr__fetch);
    if (!fetch) return false;
    f->fetch = fetch;
    fetch->id = atomic_fetch_add(&v->fetch_count, 1);
    fetch->field = f;
    fetch->up = up;
    fetch->depth = up ? up->depth + 1 : 0;
    fetch->many = up && (up->many || up->field->def->type.depth);
    shape->fetches[shape->fetch_count++] = fetch;
    if (f->source != GYR__FROM_BATCH) return true;
    fetch->group = group_of(v, f->def, f->nodes[0]);
    if (fetch->group) fetch->group->args = f->args;
    return fetch->group != NULL;
}

static bool plan_field(gyr__variant *v, gyr__shape *shape, gyr__field_plan *f) {
    const gyr__selection *s = shape->selection;
    f->source = source_of(f->def);
    if (f->source == GYR__FROM_CONSTANT) return true;
    if (f->def->arg_count && !(f->args = gyr__plan_args(v, f->def, f->nodes[0]))) return false;
    if (f->uses && !gyr__plan_stream(v, f)) return false;
    bool waits = f->source == GYR__FROM_RESOLVER || f->source == GYR__FROM_BATCH;
    bool composite = gyr__is_composite_type(f->def->type.named);
    /* sub->up is set below: selection_new only hands it on */
    if (composite && !(f->sub = gyr__selection_new(v, f->def->type.named, f, s->up, s->depth + 1))) return false;
    if (waits || (f->sub && f->sub->fetch)) {
        if (!plan_fetch(v, shape, f, s->up)) return false;
        f->fetch->rows = f->sub && f->sub->fetch;
        /* only the outermost list: its level then holds the rows of this one list and no other */
        f->fetch->blocks = f->fetch->rows && !f->sub->waits && f->def->type.depth == 1 && !s->in_list && !f->stream;
        if (f->sub) f->sub->up = f->fetch;
    }
    return true;
}

bool gyr__plan_fields(gyr__variant *v, gyr__shape *shape) {
    shape->fetches = gyr__new_array(&v->arena, gyr__fetch *, shape->field_count);
    for (uint32_t i = 0; shape->fetches && i < shape->field_count; i++)
        if (!plan_field(v, shape, &shape->fields[i])) return false;
    return shape->fetches != NULL;
}

gyr__shape *gyr__shape_new(gyr__variant *v, gyr__selection *s, const gyr__type *object, bool with_program) {
    gyr__shape *shape = gyr__new(&v->arena, gyr__shape);
    if (!shape) return NULL;
    shape->id = atomic_fetch_add(&v->shape_count, 1);
    shape->type = object;
    shape->selection = s;
    if (!gyr__is_abstract_type(s->type)) s->only = shape;
    if (!gyr__collect_fields(v, shape)) return NULL;
    if (v->mode & GYR__MODE_HOST) return v->arena.failed ? NULL : shape;
    if (!gyr__plan_fields(v, shape)) return NULL;
    if (with_program && !(shape->program = gyr__lower(v, shape))) return NULL;
    return v->arena.failed ? NULL : shape;
}
