/* Plans for hosts: what they say about an operation, and their lifetime.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "host/host.h"

_Static_assert((int)GYR_HOST_CONDITION_FALSE == (int)GYR__COND_FALSE, "conditions are a variant's as they are");
_Static_assert((int)GYR_HOST_CONDITION_TRUE == (int)GYR__COND_TRUE, "");
_Static_assert((int)GYR_HOST_CONDITION_NULL == (int)GYR__COND_ERROR, "");
_Static_assert((int)GYR_HOST_MUTATION == (int)GYR__MUTATION, "operations are the document's");
_Static_assert((int)GYR_HOST_SUBSCRIPTION == (int)GYR__SUBSCRIPTION, "");

/* ---- the types of a schema */

uint32_t gyr_host_type_count(const gyr_schema *schema) { return schema->type_count; }

gyr_str gyr_host_type_name(const gyr_schema *schema, uint32_t index) {
    return index < schema->type_count ? schema->types[index]->def.name : (gyr_str){NULL, 0};
}

/* ---- variables */

static void plan_variable(gyr_host_plan *p, const gyr__ast_variable_definition *def, gyr_host_variable *out) {
    *out = (gyr_host_variable){.name = def->variable.name, .has_default = def->default_value != NULL};
    gyr__type_ref t = gyr__type_from_ast(p->plan->schema, def->type);
    if (!t.named || !gyr__is_input_type(t.named)) return;
    gyr__host_type_fill(t, &out->type);
    if (t.named->kind == GYR__INPUT_OBJECT) out->type.kind = GYR_HOST_OBJECT;
    if (!def->default_value || gyr__host_is_custom(p->plan->schema, t, def->default_value)) return;
    gyr_errors errors;
    gyr__errors_init(&errors, &p->allocator, 1);
    gyr_value *value = gyr__new(&p->arena, gyr_value);
    if (value && gyr__coerce_literal(&p->arena, p->plan->schema, &p->plan->document->source, t, def->default_value,
                                     NULL, value, &errors))
        out->default_value = value;
    p->arena.failed |= errors.failed;
    gyr__errors_fini(&errors);
}

static bool plan_variables(gyr_host_plan *p) {
    const gyr__ast_variable_definition_list *defs = &p->plan->operation->variable_definitions;
    p->variables = gyr__new_array(&p->arena, gyr_host_variable, defs->count);
    for (uint32_t i = 0; p->variables && i < defs->count; i++) plan_variable(p, defs->items[i], &p->variables[i]);
    p->variable_count = defs->count;
    return !p->arena.failed;
}

/* ---- plans */

static gyr_host_plan *plan_new(gyr_plan *plan, const gyr_host *host, void *user) {
    gyr_host_plan *p = gyr__heap_alloc(&plan->schema->allocator, sizeof *p);
    if (!p) return NULL;
    memset(p, 0, sizeof *p);
    atomic_init(&p->refs, 1);
    p->plan = plan;
    p->user = user;
    memcpy(&p->host, host, host->size && host->size < sizeof p->host ? host->size : sizeof p->host);
    p->allocator = plan->schema->allocator;
    gyr__arena_init(&p->arena, &p->allocator, 0);
    for (uint32_t i = 0; i < plan->introspection.len; i++)
        p->intro_variables |= gyr__intro_uses_variables(plan, plan->introspection.items[i]);
    if (plan_variables(p)) return p;
    gyr__arena_fini(&p->arena);
    gyr__heap_free(&plan->schema->allocator, p, sizeof *p);
    return NULL;
}

gyr_host_plan *gyr_host_plan_new(gyr_schema *schema, gyr_document *document, gyr_str operation_name,
                                 const gyr_host *host, void *user, gyr_errors **errors) {
    gyr_errors *list = gyr__errors_new(&schema->allocator, schema->limits.errors);
    gyr_plan *plan = list ? gyr__plan_new(schema, document, operation_name, list) : NULL;
    gyr_host_plan *p = plan ? plan_new(plan, host, user) : NULL;
    if (plan && !p) gyr__plan_unref(plan);
    if (errors) *errors = NULL;
    if (!p && list && list->list.len && errors)
        *errors = list;
    else
        gyr_errors_free(list);
    return p;
}

void gyr_host_plan_free(gyr_host_plan *plan) {
    if (plan) gyr__host_plan_unref(plan);
}

void *gyr_host_plan_user(const gyr_host_plan *plan) { return plan->user; }

gyr_host_operation gyr_host_plan_operation(const gyr_host_plan *plan) {
    return (gyr_host_operation)plan->plan->operation->operation;
}

uint32_t gyr_host_plan_node(const gyr_host_plan *plan) { return plan->plan->operation->node.start; }

const gyr_host_variable *gyr_host_plan_variables(const gyr_host_plan *plan, uint32_t *count) {
    *count = plan->variable_count;
    return plan->variables;
}

const uint32_t *gyr_host_plan_conditions(const gyr_host_plan *plan, uint32_t *count) {
    *count = plan->plan->condition_count;
    return plan->plan->conditions;
}

bool gyr_host_plan_incremental(const gyr_host_plan *plan) { return plan->plan->incremental; }

bool gyr_host_plan_introspects_variables(const gyr_host_plan *plan) { return plan->intro_variables; }

/* ---- shapes, for who looks at them */

const gyr_host_shape *gyr_host_field_shape(gyr_host_plan *plan, const gyr_host_field *field, uint32_t type_index) {
    const gyr__host_shape *shape = (const gyr__host_shape *)field->shape;
    gyr__host_field *f = &shape->fields[field->index];
    const gyr_schema *s = plan->plan->schema;
    const gyr__type *object = type_index < s->type_count ? s->types[type_index] : NULL;
    bool possible = f->sub && object && object->kind == GYR__OBJECT && gyr__is_possible(f->sub->type, object);
    return possible ? (gyr_host_shape *)gyr__host_shape_slow(plan, shape->variant, f, object) : NULL;
}

/* Recursion: the depth of the operation, which CollectFields bounds. */
static bool plan_below(gyr_host_plan *p, const gyr__host_shape *shape) {
    for (uint32_t i = 0; i < shape->pub.field_count; i++) {
        gyr__host_field *f = &shape->fields[i];
        if (f->kind != GYR__HOST_OBJECT) continue;
        gyr__host_shape *below = gyr__host_shape_slow(p, shape->variant, f, f->sub->type);
        if (!below || !plan_below(p, below)) return false;
    }
    return true;
}

const gyr_host_shape *gyr_host_plan_root(gyr_host_plan *p, const uint8_t *conditions) {
    gyr__variant *v = gyr__variant_of(p->plan, conditions, GYR__MODE_HOST); /* held as long as the plan lives */
    gyr__host_shape *shape = v ? gyr__host_shape_slow(p, v, NULL, v->root->type) : NULL;
    return shape && plan_below(p, shape) ? &shape->pub : NULL;
}
