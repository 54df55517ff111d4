/* CollectFields (Specification 6.3.2) for one object type and one vector of conditions.
 *
 * Merged fields' sub-selections are not merged here: a field plan keeps all its nodes, and the selection below it is
 * made of all their selection sets (MergeSelectionSets). Fragments are visited once per call. Recursion is
 * bounded: selections and fragment spreads together nest at most limits.depth deep.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "plan/plan.h"

typedef GYR__VEC(gyr__ast_field *) field_nodes;

typedef struct entry { /* one response key */
    gyr_str key;
    field_nodes nodes;
    GYR__VEC(gyr__defer *) uses; /* of nodes */
    const gyr__field *def;
} entry;

typedef struct collector {
    gyr__variant *v;
    const gyr__type *object;
    gyr__map keys; /* response key -> index + 1 */
    gyr__map visited;
    GYR__VEC(entry) entries;
    uint32_t depth;
    const gyr__ast_directive_list *bad; /* the first whose condition is an error */
    bool too_deep;
    /* GYR__MODE_INCREMENTAL */
    bool incremental;
    gyr__defer *use; /* what the nodes stand in */
    GYR__VEC(gyr__defer *) defers;
    uint32_t nodes; /* deferred fragments are visited each time: their fields count, or they grow without bound */
    bool too_many;
} collector;

static const gyr__ast_argument *if_argument(const gyr__ast_directive *d) {
    for (uint32_t i = 0; i < d->arguments.count; i++)
        if (gyr__str_is(d->arguments.items[i]->name, "if")) return d->arguments.items[i];
    return NULL;
}

static int condition(const gyr__variant *v, const gyr__ast_directive *d) {
    const gyr__ast_argument *a = if_argument(d);
    if (!a) return GYR__COND_ERROR;
    if (a->value->kind == GYR__AST_BOOLEAN)
        return gyr__ast_as(boolean, a->value)->value ? GYR__COND_TRUE : GYR__COND_FALSE;
    if (a->value->kind != GYR__AST_VARIABLE) return GYR__COND_ERROR;
    const gyr_plan *plan = v->plan;
    gyr_str name = gyr__ast_as(variable, a->value)->name;
    for (uint32_t i = 0; i < plan->condition_count; i++)
        if (gyr__str_eq(plan->operation->variable_definitions.items[plan->conditions[i]]->variable.name, name))
            return v->conditions[i];
    return GYR__COND_ERROR;
}

static int included(const gyr__variant *v, const gyr__ast_directive_list *directives, const gyr__ast_directive **at) {
    for (int pass = 0; pass < 2; pass++) /* @skip has precedence over @include */
        for (uint32_t i = 0; i < directives->count; i++) {
            const gyr__ast_directive *d = directives->items[i];
            if (!(pass ? gyr__str_is(d->name, "include") : gyr__str_is(d->name, "skip"))) continue;
            int c = condition(v, d);
            *at = d;
            if (c == GYR__COND_ERROR) return GYR__COND_ERROR;
            if (c == (pass ? GYR__COND_FALSE : GYR__COND_TRUE)) return GYR__COND_FALSE;
        }
    return GYR__COND_TRUE;
}

int gyr__included(const gyr__variant *v, const gyr__ast_directive_list *directives) {
    const gyr__ast_directive *at;
    return included(v, directives, &at);
}

const gyr__ast_directive *gyr__in_force(const gyr__variant *v, const gyr__ast_directive_list *l, gyr_str name) {
    for (uint32_t i = 0; (v->mode & GYR__MODE_INCREMENTAL) && i < l->count; i++)
        if (gyr__str_eq(l->items[i]->name, name)) /* null is as if absent: true */
            return if_argument(l->items[i]) && condition(v, l->items[i]) == GYR__COND_FALSE ? NULL : l->items[i];
    return NULL;
}

static bool collect_set(collector *c, const gyr__ast_selection_set *set);

static bool add_field(collector *c, gyr__ast_field *f) {
    gyr_str key = f->alias.ptr ? f->alias : f->name;
    bool added;
    gyr__map_entry *m = gyr__map_put(&c->v->arena, &c->keys, key, &added);
    if (!m) return false;
    if (added) {
        entry *e = gyr__vec_push(&c->v->arena, &c->entries);
        if (!e) return false;
        *e = (entry){.key = key, .def = gyr__schema_field(c->v->plan->schema, c->object, f->name)};
        m->num = c->entries.len;
    }
    entry *e = &c->entries.items[m->num - 1];
    gyr__ast_field **slot = gyr__vec_push(&c->v->arena, &e->nodes);
    if (slot) *slot = f;
    if (!slot || !c->incremental) return slot != NULL;
    gyr__defer **use = gyr__vec_push(&c->v->arena, &e->uses);
    if (use) *use = c->use;
    c->too_many |= ++c->nodes > c->v->plan->document->limits.fields;
    return use != NULL;
}

/* DoesFragmentTypeApply */
static bool applies(collector *c, const gyr__ast_named_type *on) {
    if (!on) return true;
    const gyr__type *t = gyr__schema_type(c->v->plan->schema, on->name);
    return t && gyr__is_possible(t, c->object);
}

static bool collect_deferred(collector *c, const gyr__ast_directive *d, const gyr__ast_selection_set *set) {
    gyr__defer *around = c->use;
    c->too_many |= c->defers.len >= c->v->plan->document->limits.deferred;
    if (c->too_many) return true;
    gyr__defer *use = gyr__defer_new(c->v, d, around), **slot = gyr__vec_push(&c->v->arena, &c->defers);
    if (!use || !slot) return false;
    c->use = *slot = use;
    bool ok = collect_set(c, set);
    c->use = around;
    return ok;
}

static bool collect_spread(collector *c, const gyr__ast_fragment_spread *s) {
    bool added;
    const gyr__ast_directive *d = c->incremental ? gyr__in_force(c->v, &s->directives, gyr_s("defer")) : NULL;
    if (d) { /* visited as often as it is deferred, unless it is here anyway */
        const gyr__ast_fragment_definition *f = gyr__map_get(&c->v->plan->document->fragments, s->name);
        if (!f || gyr__map_find(&c->visited, s->name) || !applies(c, f->type_condition)) return true;
        return collect_deferred(c, d, &f->selection_set);
    }
    if (!gyr__map_put(&c->v->arena, &c->visited, s->name, &added)) return false;
    const gyr__ast_fragment_definition *f = gyr__map_get(&c->v->plan->document->fragments, s->name);
    if (!added || !f || !applies(c, f->type_condition)) return true;
    return collect_set(c, &f->selection_set);
}

static bool collect_one(collector *c, gyr__node *n) {
    const gyr__ast_directive_list *directives = n->kind == GYR__AST_FIELD ? &gyr__ast_as(field, n)->directives
                                                : n->kind == GYR__AST_FRAGMENT_SPREAD
                                                    ? &gyr__ast_as(fragment_spread, n)->directives
                                                    : &gyr__ast_as(inline_fragment, n)->directives;
    int in = directives->count ? gyr__included(c->v, directives) : GYR__COND_TRUE;
    if (in == GYR__COND_ERROR && !c->bad) c->bad = directives;
    if (in != GYR__COND_TRUE) return true;
    if (n->kind == GYR__AST_FIELD) return add_field(c, gyr__ast_as(field, n));
    if (n->kind == GYR__AST_FRAGMENT_SPREAD) return collect_spread(c, gyr__ast_as(fragment_spread, n));
    const gyr__ast_inline_fragment *f = gyr__ast_as(inline_fragment, n);
    if (!applies(c, f->type_condition)) return true;
    const gyr__ast_directive *d = c->incremental ? gyr__in_force(c->v, directives, gyr_s("defer")) : NULL;
    return d ? collect_deferred(c, d, &f->selection_set) : collect_set(c, &f->selection_set);
}

static bool collect_set(collector *c, const gyr__ast_selection_set *set) {
    if (++c->depth > c->v->plan->document->limits.depth) {
        c->too_deep = true;
        return true;
    }
    for (uint32_t i = 0; i < set->selections.count && !c->too_many; i++)
        if (!collect_one(c, set->selections.items[i])) return false;
    c->depth--;
    return true;
}

static bool fail_shape(gyr__variant *v, gyr__shape *shape, gyr_status status, gyr_str message, const gyr__node *node) {
    gyr_error *e = gyr__new(&v->arena, gyr_error);
    gyr_location *at = gyr__new(&v->arena, gyr_location);
    if (!e || !at || !message.ptr) return false;
    *e = (gyr_error){.status = status, .message = message, .locations = at};
    if (node) {
        *at = gyr__source_location(&v->plan->document->source, node->start);
        e->location_count = 1;
    }
    shape->error = e;
    shape->field_count = 0;
    return true;
}

/* Of a valid document only a variable that is null, against its default, can be wrong. */
static bool fail_condition(gyr__variant *v, gyr__shape *shape, const gyr__ast_directive_list *directives) {
    const gyr__ast_directive *d = directives->items[0];
    included(v, directives, &d);
    const gyr__ast_argument *a = if_argument(d);
    if (!a)
        return fail_shape(v, shape, GYR_ERR_VALIDATION,
                          gyr__arena_printf(&v->arena,
                                            "Argument \"@%.*s(if:)\" of required type \"Boolean!\" was not provided.",
                                            (int)d->name.len, d->name.ptr),
                          &d->node);
    if (a->value->kind != GYR__AST_VARIABLE)
        return fail_shape(v, shape, GYR_ERR_VALIDATION, gyr_s("Argument \"if\" must be a Boolean."), &d->node);
    gyr_str variable = gyr__ast_as(variable, a->value)->name;
    gyr_str message =
        gyr__arena_printf(&v->arena,
                          "Argument \"@%.*s(if:)\" has invalid value: Expected variable \"$%.*s\" provided to "
                          "non-null type \"Boolean!\" not to be null.",
                          (int)d->name.len, d->name.ptr, (int)variable.len, variable.ptr);
    return fail_shape(v, shape, GYR_ERR_VALIDATION, message, a->value);
}

bool gyr__collect_fields(gyr__variant *v, gyr__shape *shape) {
    const gyr__selection *s = shape->selection;
    collector c = {.v = v, .object = shape->type, .depth = s->depth};
    /* at the root of mutations and subscriptions @defer is not allowed: it is as if it were not there */
    c.incremental = (v->mode & GYR__MODE_INCREMENTAL) && (s->depth || v->plan->operation->operation == GYR__QUERY);
    for (uint32_t i = 0; i < s->set_count; i++) {
        c.use = s->uses ? s->uses[i] : NULL;
        if (!collect_set(&c, s->sets[i])) return false;
    }
    if (c.too_deep) return fail_shape(v, shape, GYR_ERR_LIMIT, gyr_s("The operation is nested too deeply."), NULL);
    if (c.bad) return fail_condition(v, shape, c.bad);
    if (c.too_many || c.entries.len > v->plan->document->limits.fields)
        return fail_shape(v, shape, GYR_ERR_LIMIT, gyr_s("The operation expands to too many fields."), NULL);
    shape->fields = gyr__new_array(&v->arena, gyr__field_plan, c.entries.len);
    if (!shape->fields) return false;
    memset(shape->fields, 0, c.entries.len * sizeof *shape->fields);
    shape->field_count = 0;
    for (uint32_t i = 0; i < c.entries.len; i++) {
        entry *e = &c.entries.items[i];
        if (!e->def) continue; /* of a document that was not validated: as ExecuteField does */
        shape->fields[shape->field_count++] = (gyr__field_plan){.key = e->key,
                                                                .def = e->def,
                                                                .nodes = e->nodes.items,
                                                                .node_count = e->nodes.len,
                                                                .shape = shape,
                                                                .uses = e->uses.items};
    }
    shape->defers = c.defers.items;
    shape->defer_count = c.defers.len;
    return !c.incremental || gyr__partition(v, shape);
}
