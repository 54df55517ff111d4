/* See visit.h. First what the walk calls, then the public functions that rules call.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "language/print.h"
#include "type/written.h"
#include "validation/validation.h"

/* ---- calling rules */

static uint64_t add(uint64_t a, uint64_t b) { return a > UINT64_MAX - b ? UINT64_MAX : a + b; }

static bool take_rules(gyr__validation *v, gyr__visiting *w, const gyr_rule *rules, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        gyr_rule rule = gyr__rule_at(rules, i);
        if (!rule.nodes) rule.nodes = UINT32_MAX;
        w->nodes |= rule.nodes;
        w->rules[w->count] = rule;
        w->states[w->count] = gyr__arena_alloc_aligned(&v->arena, rule.state_size, 16);
        if (!w->states[w->count]) return gyr__no_memory(v);
        memset(w->states[w->count++], 0, rule.state_size);
    }
    return true;
}

bool gyr__start_visiting(gyr__validation *v, const gyr__validate_options *o) {
    uint32_t own = o ? o->custom_count : 0, count = v->schema->rule_count + own;
    if (!count) return true;
    gyr__visiting *w = gyr__new(&v->arena, gyr__visiting);
    if (!w) return gyr__no_memory(v);
    w->context = o ? o->context : NULL;
    w->rules = gyr__new_array(&v->arena, gyr_rule, count);
    w->states = gyr__new_array(&v->arena, void *, count);
    if (!w->rules || !w->states) return gyr__no_memory(v);
    v->visiting = w;
    return take_rules(v, w, v->schema->rules, v->schema->rule_count) && (!own || take_rules(v, w, o->custom, own));
}

static gyr__tally *row(const gyr__visiting *w, uint32_t level) { return w->tallies.items + (size_t)level * w->count; }

static void call(gyr__validation *v, gyr_visit *visit, bool enter) {
    gyr__visiting *w = v->visiting;
    if (!(w->nodes >> visit->kind & 1)) return;
    for (w->now = 0; w->now < w->count && !v->stop; w->now++) {
        const gyr_rule *rule = &w->rules[w->now];
        gyr_visit_fn *fn = enter ? rule->enter : rule->leave;
        if (fn && rule->nodes >> visit->kind & 1) fn(visit, rule->user);
    }
}

void gyr__begin_visit(gyr__validation *v, gyr_visit *visit) {
    gyr__visiting *w = v->visiting;
    gyr_visit *around = w->innermost;
    visit->v = v;
    visit->parent = around;
    visit->level = around ? around->level + 1 : 0;
    visit->depth = around ? around->depth + (around->kind == GYR_NODE_FIELD) : 0;
    w->innermost = visit;
    uint32_t end = (visit->level + 1) * w->count;
    if (w->tallies.len < end) {
        if (!gyr__vec_reserve(&v->arena, &w->tallies, w->count)) {
            gyr__no_memory(v);
            return;
        }
        w->tallies.len = end;
    }
    memset(row(w, visit->level), 0, w->count * sizeof(gyr__tally));
    call(v, visit, true);
}

static void add_up(gyr__tally *outer, const gyr__tally *inner, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        outer[i].sum = add(outer[i].sum, inner[i].is_put ? inner[i].number : inner[i].sum);
        outer[i].most = GYR__MAX(outer[i].most, inner[i].is_put ? inner[i].number : inner[i].most);
    }
}

/* A spread has inside what its fragment came to. */
static void take_fragment(const gyr__validation *v, const gyr_visit *visit) {
    const gyr__definition *f = gyr__fragment_of(v, gyr__ast_as(fragment_spread, visit->node)->name);
    if (f && f->tallies) add_up(row(v->visiting, visit->level), f->tallies, v->visiting->count);
}

static void keep_fragment(gyr__validation *v) {
    size_t size = v->visiting->count * sizeof(gyr__tally);
    gyr__tally *kept = gyr__arena_alloc(&v->arena, size);
    if (!kept) {
        gyr__no_memory(v);
        return;
    }
    memcpy(kept, row(v->visiting, 1), size);
    v->definition->tallies = kept;
}

void gyr__end_visit(gyr__validation *v, gyr_visit *visit) {
    gyr__visiting *w = v->visiting;
    if (visit->kind == GYR_NODE_SPREAD && !v->stop) take_fragment(v, visit);
    if (!v->stop) call(v, visit, false);
    w->innermost = visit->parent;
    if (v->stop || !visit->parent) return;
    if (visit->kind == GYR_NODE_FRAGMENT) {
        keep_fragment(v);
        return;
    }
    add_up(row(w, visit->level - 1), row(w, visit->level), w->count);
}

/* ---- what the node is */

gyr_node gyr_visit_node(const gyr_visit *visit) { return visit->kind; }
gyr_visit *gyr_visit_parent(const gyr_visit *visit) { return visit->parent; }
uint32_t gyr_visit_depth(const gyr_visit *visit) { return visit->depth; }

gyr_str gyr_visit_name(const gyr_visit *visit) {
    switch (visit->kind) {
    case GYR_NODE_OPERATION: return gyr__ast_as(operation_definition, visit->node)->name;
    case GYR_NODE_FRAGMENT: return gyr__ast_as(fragment_definition, visit->node)->name;
    case GYR_NODE_VARIABLE_DEFINITION: return gyr__ast_as(variable_definition, visit->node)->variable.name;
    case GYR_NODE_FIELD: return gyr__ast_as(field, visit->node)->name;
    case GYR_NODE_SPREAD: return gyr__ast_as(fragment_spread, visit->node)->name;
    case GYR_NODE_DIRECTIVE: return gyr__ast_as(directive, visit->node)->name;
    case GYR_NODE_ARGUMENT: return gyr__ast_as(argument, visit->node)->name;
    case GYR_NODE_INPUT_FIELD: return gyr__ast_as(object_field, visit->node)->name;
    case GYR_NODE_VARIABLE: return gyr__ast_as(variable, visit->node)->name;
    case GYR_NODE_DOCUMENT:
    case GYR_NODE_INLINE:
    case GYR_NODE_VALUE: break;
    }
    return gyr_str_of(NULL, 0);
}

gyr_str gyr_visit_alias(const gyr_visit *visit) {
    return visit->kind == GYR_NODE_FIELD ? gyr__ast_as(field, visit->node)->alias : gyr_str_of(NULL, 0);
}

static gyr_str name_of(const gyr__type *type) { return type ? type->def.name : gyr_str_of(NULL, 0); }

gyr_str gyr_visit_parent_type(const gyr_visit *visit) { return name_of(visit->parent_type); }
gyr_str gyr_visit_named_type(const gyr_visit *visit) { return name_of(visit->type.named); }

gyr_str gyr_visit_type(const gyr_visit *visit) {
    if (!visit->type.named) return gyr_str_of(NULL, 0);
    return gyr__type_ref_text(&visit->v->arena, visit->type);
}

/* "Owner.name" or, of an argument, "Owner(name:)". */
static gyr_str member(gyr__arena *arena, gyr_str owner, gyr_str name, bool argument) {
    if (!owner.len) return gyr_str_of(NULL, 0);
    return gyr__arena_printf(arena, argument ? "%.*s(%.*s:)" : "%.*s.%.*s", (int)owner.len, owner.ptr, (int)name.len,
                             name.ptr);
}

gyr_str gyr_visit_coordinate(const gyr_visit *visit) {
    gyr__arena *arena = &visit->v->arena;
    gyr_str none = {NULL, 0}, name = gyr_visit_name(visit);
    switch (visit->kind) {
    case GYR_NODE_FIELD: return visit->field ? member(arena, visit->parent_type->def.name, name, false) : none;
    case GYR_NODE_DIRECTIVE:
        return visit->directive ? gyr__arena_printf(arena, "@%.*s", (int)name.len, name.ptr) : none;
    case GYR_NODE_ARGUMENT: return visit->input ? member(arena, gyr_visit_coordinate(visit->parent), name, true) : none;
    case GYR_NODE_INPUT_FIELD: return visit->input ? member(arena, name_of(visit->parent_type), name, false) : none;
    default: return none;
    }
}

gyr_location gyr_visit_location(const gyr_visit *visit) { return gyr__place_of(visit->v, visit->node->start); }

bool gyr_visit_operation(const gyr_visit *visit, gyr_str *name, gyr_operation_type *type) {
    while (visit && visit->kind != GYR_NODE_OPERATION) visit = visit->parent;
    if (!visit) return false;
    const gyr__ast_operation_definition *node = gyr__ast_as(operation_definition, visit->node);
    if (name) *name = node->name;
    if (type) *type = (gyr_operation_type)node->operation;
    return true;
}

gyr_str gyr_visit_text(const gyr_visit *visit) { return gyr__print(&visit->v->arena, visit->node); }

/* ---- values */

static const gyr_value *written(const gyr_visit *visit, const gyr__node *node) {
    gyr_value *value = node ? gyr__new(&visit->v->arena, gyr_value) : NULL;
    if (value) *value = gyr__written_value(&visit->v->arena, node);
    return value;
}

const gyr_value *gyr_visit_value(const gyr_visit *visit) {
    switch (visit->kind) {
    case GYR_NODE_VALUE:
    case GYR_NODE_VARIABLE: return written(visit, visit->node);
    case GYR_NODE_ARGUMENT: return written(visit, gyr__ast_as(argument, visit->node)->value);
    case GYR_NODE_INPUT_FIELD: return written(visit, gyr__ast_as(object_field, visit->node)->value);
    case GYR_NODE_VARIABLE_DEFINITION:
        return written(visit, gyr__ast_as(variable_definition, visit->node)->default_value);
    default: return NULL;
    }
}

const gyr_value *gyr_visit_argument(const gyr_visit *visit, gyr_str name) {
    const gyr__ast_argument_list *list = NULL;
    if (visit->kind == GYR_NODE_FIELD) list = &gyr__ast_as(field, visit->node)->arguments;
    if (visit->kind == GYR_NODE_DIRECTIVE) list = &gyr__ast_as(directive, visit->node)->arguments;
    for (uint32_t i = 0; list && i < list->count; i++)
        if (gyr__str_eq(list->items[i]->name, name)) return written(visit, list->items[i]->value);
    const gyr__input *args = visit->field ? visit->field->args : visit->directive ? visit->directive->args : NULL;
    uint32_t count = visit->field ? visit->field->arg_count : visit->directive ? visit->directive->arg_count : 0;
    for (uint32_t i = 0; i < count; i++)
        if (gyr__str_eq(args[i].def.name, name)) return args[i].has_default ? &args[i].default_value : NULL;
    return NULL;
}

const gyr_value *gyr_visit_applied(const gyr_visit *visit, gyr_str directive, gyr_str argument) {
    static const gyr_value is_there = {.kind = GYR_VALUE_NULL};
    const gyr__def *def = visit->input ? &visit->input->def : visit->field ? &visit->field->def : NULL;
    for (uint32_t i = 0; def && i < def->applied_count; i++) {
        const gyr__applied *a = &def->applied[i];
        if (!gyr__str_eq(a->name, directive)) continue;
        if (!argument.len) return &is_there;
        for (uint32_t k = 0; k < a->arg_count; k++)
            if (gyr__str_eq(a->args[k].name, argument)) return &a->args[k].value;
    }
    return NULL;
}

/* ---- what the rule knows and says */

static gyr__tally *tally(const gyr_visit *visit) {
    const gyr__visiting *w = visit->v->visiting;
    return row(w, visit->level) + w->now;
}

void *gyr_visit_state(const gyr_visit *visit) { return visit->v->visiting->states[visit->v->visiting->now]; }
void *gyr_visit_context(const gyr_visit *visit) { return visit->v->visiting->context; }
uint64_t gyr_visit_sum(const gyr_visit *visit) { return tally(visit)->sum; }
uint64_t gyr_visit_most(const gyr_visit *visit) { return tally(visit)->most; }

void gyr_visit_put(gyr_visit *visit, uint64_t number) {
    tally(visit)->number = number;
    tally(visit)->is_put = true;
}

void gyr_visit_fail(gyr_visit *visit, gyr_str message) {
    gyr__tell_text(visit->v, message, gyr_visit_coordinate(visit), visit->node->start);
}
