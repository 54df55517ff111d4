/* Writes introspection: __schema and __type, as JSON, from the schema's own structures. When nothing below depends on
 * a variable the planner calls this once and the text becomes a constant of the program.
 *
 * Selections below are collected like any others (shapes without programs); the introspection types are all
 * objects, so every selection has one shape.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "plan/plan.h"
#include "type/introspect.h"

typedef struct writer {
    gyr__variant *v;
    const gyr__variables *vars;
    gyr__json_out *out;
    gyr__arena scratch; /* coerced arguments */
} writer;

/* ---- constant? */

static bool constant_below(gyr__variant *v, const gyr__ast_selection_set *set, uint32_t depth) {
    bool yes = depth < v->plan->document->limits.depth;
    for (uint32_t i = 0; yes && i < set->selections.count; i++) {
        gyr__node *n = set->selections.items[i];
        if (n->kind == GYR__AST_FIELD) {
            const gyr__ast_field *f = gyr__ast_as(field, n);
            yes = !gyr__arguments_use_variables(&f->arguments) && constant_below(v, &f->selection_set, depth + 1);
        } else if (n->kind == GYR__AST_INLINE_FRAGMENT) {
            yes = constant_below(v, &gyr__ast_as(inline_fragment, n)->selection_set, depth + 1);
        } else {
            const gyr__ast_fragment_definition *f =
                gyr__map_get(&v->plan->document->fragments, gyr__ast_as(fragment_spread, n)->name);
            yes = !f || constant_below(v, &f->selection_set, depth + 1);
        }
    }
    return yes;
}

bool gyr__intro_constant(gyr__variant *v, const gyr__field_plan *f) {
    for (uint32_t i = 0; i < f->node_count; i++)
        if (gyr__arguments_use_variables(&f->nodes[i]->arguments) ||
            !constant_below(v, &f->nodes[i]->selection_set, 0))
            return false;
    return true;
}

/* ---- writing */

static bool write_value(writer *w, const gyr__field_plan *f, const gyr__intro *value, uint32_t depth);

/* One argument of the field, coerced; NULL when absent. */
static const gyr_value *argument(writer *w, const gyr__field *def, const gyr__ast_field *node, gyr_str name) {
    gyr_value *values = gyr__new_array(&w->scratch, gyr_value, def->arg_count);
    bool *present = gyr__arena_zalloc(&w->scratch, def->arg_count + 1);
    const gyr_plan *plan = w->v->plan;
    gyr_errors errors;
    const gyr_value *found = NULL;
    if (!values || !present) return NULL;
    gyr__errors_init(&errors, &plan->schema->allocator, 1);
    if (gyr__coerce_arguments(&w->scratch, plan->schema, &plan->document->source, def->args, def->arg_count, &node->node,
                              &node->arguments, w->vars, values, present, &errors))
        for (uint32_t i = 0; i < def->arg_count; i++)
            if (present[i] && gyr__str_eq(def->args[i].def.name, name)) found = &values[i];
    gyr__errors_fini(&errors);
    return found;
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

static bool write_object(writer *w, const gyr__field_plan *f, const gyr__intro *object, uint32_t depth) {
    gyr__shape *shape = shape_below(w, f);
    if (!shape || depth > w->v->plan->document->limits.depth) return false;
    gyr__json_begin_object(w->out);
    for (uint32_t i = 0; i < shape->field_count; i++) {
        const gyr__field_plan *sub = &shape->fields[i];
        gyr__json_key(w->out, sub->key);
        if (sub->def->meta == GYR__META_TYPENAME) {
            gyr__json_put_str(w->out, shape->type->def.name);
            continue;
        }
        bool deprecated = false;
        if (sub->def->arg_count) {
            const gyr_value *a = argument(w, sub->def, sub->nodes[0], gyr_s("includeDeprecated"));
            deprecated = a && a->kind == GYR_VALUE_BOOL && a->of.boolean;
        }
        gyr__intro value = gyr__intro_field(w->v->plan->schema, object, sub->def, deprecated);
        if (!write_value(w, sub, &value, depth + 1)) return false;
    }
    gyr__json_end_object(w->out);
    return true;
}

static bool write_value(writer *w, const gyr__field_plan *f, const gyr__intro *value, uint32_t depth) {
    switch (value->kind) {
    case GYR__INTRO_NULL: gyr__json_put_null(w->out); return true;
    case GYR__INTRO_STRING: gyr__json_put_str(w->out, value->text); return true;
    case GYR__INTRO_BOOLEAN: gyr__json_put_bool(w->out, value->flag); return true;
    case GYR__INTRO_LIST:
        gyr__json_begin_array(w->out);
        for (uint32_t i = 0; i < value->list.length; i++) {
            gyr__intro item;
            if (!gyr__intro_item(w->v->plan->schema, value, i, &item)) continue;
            if (!write_value(w, f, &item, depth)) return false;
        }
        gyr__json_end_array(w->out);
        return !w->out->failed;
    default: return write_object(w, f, value, depth);
    }
}

bool gyr__intro_write(gyr__variant *v, const gyr__field_plan *f, const gyr__variables *vars, gyr__json_out *out) {
    writer w = {.v = v, .vars = vars, .out = out};
    const gyr_schema *schema = v->plan->schema;
    gyr__arena_init(&w.scratch, &schema->allocator, 0);
    gyr__intro value = {.kind = GYR__INTRO_SCHEMA, .of = schema};
    if (f->def->meta == GYR__META_TYPE) {
        const gyr_value *name = argument(&w, f->def, f->nodes[0], gyr_s("name"));
        const gyr__type *t = name && name->kind == GYR_VALUE_STRING ? gyr__schema_type(schema, name->of.string) : NULL;
        value = (gyr__intro){.kind = t ? GYR__INTRO_TYPE : GYR__INTRO_NULL};
        if (t) value.ref = (gyr__type_ref){.named = t};
    }
    bool ok = write_value(&w, f, &value, 0) && !out->failed && !v->arena.failed && !w.scratch.failed;
    if (v->arena.failed) atomic_store_explicit(&v->broken, true, memory_order_relaxed);
    gyr__arena_fini(&w.scratch);
    return ok;
}
