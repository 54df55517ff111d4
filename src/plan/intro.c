/* Writes introspection: __schema and __type, as JSON, from the schema's own structures. When nothing below depends on
 * a variable the planner calls this once and the text becomes a constant of the program.
 *
 * Selections below are collected like any others (shapes without programs); the introspection types are all
 * objects, so every selection has one shape. An argument or condition that fails - a null in a variable - is told as a
 * problem, and null takes its place up to where it may stand (Specification 6.4.4).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/vec.h"
#include "plan/plan.h"
#include "type/introspect.h"

typedef struct part { /* of the path below the field that is written */
    gyr_str key;      /* ptr NULL: an index */
    uint32_t index;
} part;

typedef struct writer {
    gyr__variant *v;
    const gyr__variables *vars;
    gyr__json_out *out;
    gyr__intro_problems *problems;
    gyr__arena scratch; /* coerced arguments, places */
    gyr__places places;
    GYR__VEC(part) path;
    bool broken; /* out of memory: nothing that was written counts */
} writer;

/* ---- constant? */

static bool constant_below(const gyr_plan *plan, const gyr__ast_selection_set *set, uint32_t depth) {
    bool yes = depth < plan->document->limits.depth;
    for (uint32_t i = 0; yes && i < set->selections.count; i++) {
        gyr__node *n = set->selections.items[i];
        if (n->kind == GYR__AST_FIELD) {
            const gyr__ast_field *f = gyr__ast_as(field, n);
            yes = !gyr__arguments_use_variables(&f->arguments) && constant_below(plan, &f->selection_set, depth + 1);
        } else if (n->kind == GYR__AST_INLINE_FRAGMENT) {
            yes = constant_below(plan, &gyr__ast_as(inline_fragment, n)->selection_set, depth + 1);
        } else {
            const gyr__ast_fragment_definition *f =
                gyr__map_get(&plan->document->fragments, gyr__ast_as(fragment_spread, n)->name);
            yes = !f || constant_below(plan, &f->selection_set, depth + 1);
        }
    }
    return yes;
}

bool gyr__intro_uses_variables(const gyr_plan *plan, const gyr__ast_field *node) {
    return gyr__arguments_use_variables(&node->arguments) || !constant_below(plan, &node->selection_set, 0);
}

bool gyr__intro_constant(gyr__variant *v, const gyr__field_plan *f) {
    for (uint32_t i = 0; i < f->node_count; i++)
        if (gyr__intro_uses_variables(v->plan, f->nodes[i])) return false;
    return true;
}

/* ---- problems */

static bool push(writer *w, gyr_str key, uint32_t index) {
    part *p = gyr__vec_push(&w->scratch, &w->path);
    if (p)
        *p = (part){key, index};
    else
        w->broken = true;
    return p != NULL;
}

/* The path's parts as in a JSON array, without its brackets. */
static gyr_str path_text(writer *w) {
    gyr__json_out out;
    gyr__json_out_init(&out, &w->scratch.allocator, NULL, 0);
    gyr__json_begin_array(&out);
    for (uint32_t i = 0; i < w->path.len; i++) {
        if (w->path.items[i].key.ptr)
            gyr__json_put_str(&out, w->path.items[i].key);
        else
            gyr__json_put_u64(&out, w->path.items[i].index);
    }
    gyr_str text = gyr__arena_str(w->problems->arena, gyr__json_out_text(&out));
    w->broken |= out.failed || !text.ptr;
    gyr__json_out_fini(&out);
    return text.len ? gyr__str_slice(text, 1, text.len) : text;
}

/* Tells that the field f, which the path leads to, failed. Always false. */
static bool problem(writer *w, const gyr__field_plan *f, const gyr_error *e) {
    gyr__arena *arena = w->problems->arena;
    if (w->problems->list.len >= w->problems->most) {
        w->problems->untold++;
        return false;
    }
    uint32_t count = e->location_count;
    gyr__intro_problem *p = gyr__vec_push(arena, &w->problems->list);
    gyr_location *at = gyr__new_array(arena, gyr_location, count);
    if (at && count) memcpy(at, e->locations, count * sizeof *at);
    if (p) {
        *p = (gyr__intro_problem){.below = path_text(w), .field = f};
        p->error = (gyr_error){.status = e->status,
                               .message = gyr__arena_str(arena, e->message),
                               .locations = at,
                               .location_count = count};
    }
    w->broken |= !p || !at || arena->failed;
    return false;
}

/* ---- writing: each function is false when null has no place in what it writes, or the writer is broken */

static bool write_value(writer *w, const gyr__field_plan *f, gyr__type_ref t, const gyr__intro *value, uint32_t depth);

/* One argument of the field, coerced; NULL when absent. False: the field failed. */
static bool argument(writer *w, const gyr__field_plan *f, gyr_str name, const gyr_value **found) {
    const gyr__field *def = f->def;
    const gyr__ast_field *node = f->nodes[0];
    const gyr_plan *plan = w->v->plan;
    gyr_value *values = gyr__new_array(&w->scratch, gyr_value, def->arg_count);
    bool *present = gyr__arena_zalloc(&w->scratch, def->arg_count + 1);
    gyr_errors errors;
    *found = NULL;
    w->broken |= !values || !present;
    if (w->broken) return false;
    gyr__errors_init(&errors, &plan->schema->allocator, 1);
    bool ok = gyr__coerce_arguments(&w->scratch, plan->schema, &plan->document->source, def->args, def->arg_count,
                                    &node->node, &node->arguments, w->vars, values, present, &w->places, &errors);
    for (uint32_t i = 0; ok && i < def->arg_count; i++)
        if (present[i] && gyr__str_eq(def->args[i].def.name, name)) *found = &values[i];
    w->broken |= errors.failed || (!ok && !errors.list.len);
    if (!ok && !w->broken) problem(w, f, &errors.list.items[0]);
    gyr__errors_fini(&errors);
    return ok;
}

/* The selection below f, collected once for its (only) type. */
static gyr__shape *shape_below(writer *w, const gyr__field_plan *f) {
    gyr__field_plan *field = (gyr__field_plan *)f; /* plans grow under the variant's lock */
    if (!field->sub)
        field->sub = gyr__selection_new(w->v, f->def->type.named, field, NULL, f->shape->selection->depth + 1);
    if (!field->sub) return NULL;
    if (!field->sub->only) gyr__shape_new(w->v, field->sub, field->sub->type, false);
    return field->sub->only;
}

/* Null instead of what was written since `start`, if a failure comes to rest there. */
static bool null_from(writer *w, size_t start, gyr__type_ref t) {
    unsigned mode = w->v->mode;
    bool lands = mode & GYR__MODE_ERROR_NULL || !gyr__is_non_null(t);
    if (w->broken || w->out->failed || !lands || mode & GYR__MODE_ERROR_HALT) return false;
    w->out->at = w->out->base + start;
    gyr__json_put_null(w->out);
    return true;
}

static bool write_field(writer *w, const gyr__field_plan *f, const gyr__intro *object, uint32_t depth) {
    const gyr_value *deprecated = NULL;
    size_t start = (size_t)(w->out->at - w->out->base);
    if (f->def->arg_count && !argument(w, f, gyr_s("includeDeprecated"), &deprecated))
        return null_from(w, start, f->def->type);
    bool all = deprecated && deprecated->kind == GYR_VALUE_BOOL && deprecated->of.boolean;
    gyr__intro value = gyr__intro_field(w->v->plan->schema, object, f->def, all);
    return write_value(w, f, f->def->type, &value, depth);
}

static bool write_object(writer *w, const gyr__field_plan *f, const gyr__intro *object, uint32_t depth) {
    gyr__shape *shape = shape_below(w, f);
    w->broken |= !shape || depth > w->v->plan->document->limits.depth;
    if (w->broken) return false;
    if (shape->error) return problem(w, f, shape->error);
    gyr__json_begin_object(w->out);
    bool ok = true;
    for (uint32_t i = 0; ok && i < shape->field_count; i++) {
        const gyr__field_plan *sub = &shape->fields[i];
        gyr__json_key(w->out, sub->key);
        if (sub->def->meta == GYR__META_TYPENAME) {
            gyr__json_put_str(w->out, shape->type->def.name);
        } else {
            ok = push(w, sub->key, 0) && write_field(w, sub, object, depth + 1);
            w->path.len--;
        }
    }
    gyr__json_end_object(w->out);
    return ok && !w->broken;
}

static bool write_list(writer *w, const gyr__field_plan *f, gyr__type_ref t, const gyr__intro *list, uint32_t depth) {
    bool ok = true;
    gyr__json_begin_array(w->out);
    for (uint32_t i = 0, n = 0; ok && i < list->list.length; i++) {
        gyr__intro item;
        if (!gyr__intro_item(w->v->plan->schema, list, i, &item)) continue;
        ok = push(w, (gyr_str){0}, n++) && write_value(w, f, gyr__item_type(t), &item, depth);
        w->path.len--;
    }
    gyr__json_end_array(w->out);
    return ok && !w->out->failed;
}

static bool write_value(writer *w, const gyr__field_plan *f, gyr__type_ref t, const gyr__intro *value, uint32_t depth) {
    size_t start = (size_t)(w->out->at - w->out->base);
    switch (value->kind) {
    case GYR__INTRO_NULL: gyr__json_put_null(w->out); return true;
    case GYR__INTRO_STRING: gyr__json_put_str(w->out, value->text); return true;
    case GYR__INTRO_BOOLEAN: gyr__json_put_bool(w->out, value->flag); return true;
    case GYR__INTRO_LIST: return write_list(w, f, t, value, depth) || null_from(w, start, t);
    default: return write_object(w, f, value, depth) || null_from(w, start, t);
    }
}

static bool write_root(writer *w, const gyr__field_plan *f) {
    const gyr_schema *schema = w->v->plan->schema;
    gyr__intro value = {.kind = GYR__INTRO_SCHEMA, .of = schema};
    if (f->def->meta == GYR__META_TYPE) {
        const gyr_value *name;
        if (!argument(w, f, gyr_s("name"), &name)) return null_from(w, 0, f->def->type);
        const gyr__type *t = name && name->kind == GYR_VALUE_STRING ? gyr__schema_type(schema, name->of.string) : NULL;
        value = (gyr__intro){.kind = t ? GYR__INTRO_TYPE : GYR__INTRO_NULL};
        if (t) value.ref = (gyr__type_ref){.named = t};
    }
    return write_value(w, f, f->def->type, &value, 0);
}

gyr_status gyr__intro_write(gyr__variant *v, const gyr__field_plan *f, const gyr__variables *vars, gyr__json_out *out,
                            gyr__intro_problems *problems) {
    writer w = {.v = v, .vars = vars, .out = out, .problems = problems};
    gyr__arena_init(&w.scratch, &v->plan->schema->allocator, 0);
    bool ok = write_root(&w, f);
    bool limit = out->over_limit;
    bool memory = w.broken || out->failed || v->arena.failed || w.scratch.failed;
    gyr__arena_fini(&w.scratch);
    if (v->arena.failed) atomic_store_explicit(&v->broken, true, memory_order_relaxed);
    return limit ? GYR_ERR_LIMIT : memory ? GYR_ERR_MEMORY : ok ? GYR_OK : GYR_ERR_ARGUMENT;
}
