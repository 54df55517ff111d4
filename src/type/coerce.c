/* Input coercion from the outside: variables, arguments, literals; see coerce.h. The walk is in
 * coerce_value.c.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "language/print.h"
#include "type/coerce_value.h"

enum { FEW_VARIABLES = 8 }; /* up to here names are compared, beyond a map is made */

/* ---- types */

gyr__type_ref gyr__type_from_ast(const gyr_schema *schema, const gyr__node *type) {
    gyr__type_ref t = {NULL, 0, 0};
    uint32_t outer = 0; /* bit k: non-null with k lists outside */
    for (;; type = type->kind == GYR__AST_LIST_TYPE ? gyr__ast_as(list_type, type)->type
                                                    : gyr__ast_as(non_null_type, type)->type) {
        if (type->kind == GYR__AST_NON_NULL_TYPE)
            outer |= 1u << t.depth;
        else if (type->kind == GYR__AST_LIST_TYPE && ++t.depth > 31)
            return (gyr__type_ref){NULL, 0, 0};
        if (type->kind == GYR__AST_NAMED_TYPE) break;
    }
    t.named = gyr__schema_type(schema, gyr__ast_as(named_type, type)->name);
    for (uint32_t k = 0; k <= t.depth; k++)
        if (outer >> k & 1) t.non_null |= 1u << (t.depth - k);
    return t;
}

/* ---- variables */

uint32_t gyr__variable_index(const gyr__variables *v, gyr_str name) {
    if (v->names.count) {
        const gyr__map_entry *e = gyr__map_find(&v->names, name);
        return e ? (uint32_t)e->num - 1 : UINT32_MAX;
    }
    for (uint32_t i = 0; i < v->count; i++)
        if (gyr__str_eq(v->operation->variable_definitions.items[i]->variable.name, name)) return i;
    return UINT32_MAX;
}

/* Makes v's arrays and the map of names. */
static gyr__type_ref *init_variables(gyr__arena *arena, const gyr_schema *schema,
                                     const gyr__ast_operation_definition *operation, gyr__variables *v) {
    uint32_t count = operation->variable_definitions.count;
    gyr__type_ref *types = gyr__new_array(arena, gyr__type_ref, count);
    *v = (gyr__variables){.schema = schema, .operation = operation, .count = count, .types = types};
    v->values = gyr__new_array(arena, gyr_value, count);
    v->present = gyr__arena_zalloc(arena, count);
    if (!types || !v->values || !v->present) return NULL;
    if (count) memset(v->values, 0, count * sizeof *v->values);
    for (uint32_t i = 0; count > FEW_VARIABLES && i < count; i++) {
        bool added;
        gyr__map_entry *e =
            gyr__map_put(arena, &v->names, operation->variable_definitions.items[i]->variable.name, &added);
        if (!e) return NULL;
        if (added) e->num = i + 1;
    }
    return types;
}

/* The JSON given for each variable, NULL: none. Members that name no variable are ignored. */
static const gyr__json **match_variables(gyr__arena *arena, const gyr__variables *v, const gyr__json *json) {
    const gyr__json **given = gyr__arena_array(arena, v->count, sizeof *given);
    if (!given) return NULL;
    for (uint32_t i = 0; i < v->count; i++) given[i] = NULL;
    for (uint32_t i = 0; json && json->kind == GYR__JSON_OBJECT && i < json->count; i++) {
        uint32_t at = gyr__variable_index(v, json->members[i].name);
        if (at != UINT32_MAX) given[at] = &json->members[i].value;
    }
    return given;
}

static bool no_value(gyr__coercion *c, gyr__type_ref t) {
    gyr_str type = gyr__coercion_type(c, t);
    return gyr__coercion_problem(c, NULL, (gyr__raw){NULL, NULL},
                                 "Expected a value of non-null type \"%.*s\" to be provided.", (int)type.len, type.ptr);
}

static bool coerce_definition(gyr__coercion *c, const gyr__ast_variable_definition *def, gyr__type_ref t,
                              const gyr__json *given, gyr_value *value, bool *present) {
    gyr__raw raw = {given, given ? NULL : def->default_value};
    c->variable = def->variable.name;
    c->place = &def->node;
    c->is_default = !given;
    if (!given && !def->default_value) {
        c->is_default = false;
        return !gyr__is_non_null(t) || no_value(c, t);
    }
    *present = true;
    return gyr__coerce_raw(c, raw, t, NULL, value);
}

bool gyr__coerce_variables(gyr__arena *arena, const gyr_schema *schema, const gyr__source *source,
                           const gyr__ast_operation_definition *operation, const gyr__json *json, gyr__variables *v,
                           gyr_errors *errors) {
    gyr__places places = {0};
    gyr__coercion c = {.arena = arena,
                       .schema = schema,
                       .source = source,
                       .errors = errors,
                       .status = GYR_ERR_ARGUMENT,
                       .all = true,
                       .places = &places};
    gyr__type_ref *types = init_variables(arena, schema, operation, v);
    const gyr__json **given = types ? match_variables(arena, v, json) : NULL;
    bool ok = given != NULL;
    for (uint32_t i = 0; given && i < v->count && !c.full; i++) {
        const gyr__ast_variable_definition *def = operation->variable_definitions.items[i];
        types[i] = gyr__type_from_ast(schema, def->type);
        if (types[i].named && gyr__is_input_type(types[i].named)) {
            ok &= coerce_definition(&c, def, types[i], given[i], &v->values[i], &v->present[i]);
            continue;
        }
        c.variable = def->variable.name;
        gyr_str name = gyr__shown(errors, def->variable.name);
        gyr_str type = gyr__shown(errors, gyr__print(&errors->arena, def->type));
        ok = gyr__coercion_fault(
            &c, def->type, "Variable \"$%.*s\" expected value of type \"%.*s\" which cannot be used as an input type.",
            (int)name.len, name.ptr, (int)type.len, type.ptr);
    }
    if (arena->failed) errors->failed = true;
    return ok && !arena->failed;
}

/* ---- arguments */

static const gyr__ast_argument *find_argument(const gyr__ast_argument_list *nodes, gyr_str name) {
    for (uint32_t i = 0; nodes && i < nodes->count; i++)
        if (gyr__str_eq(nodes->items[i]->name, name)) return nodes->items[i];
    return NULL;
}

static bool is_absent_variable(const gyr__coercion *c, const gyr__node *value) {
    if (value->kind != GYR__AST_VARIABLE) return false;
    if (!c->vars) return true;
    uint32_t i = gyr__variable_index(c->vars, gyr__ast_as(variable, value)->name);
    return i == UINT32_MAX || !c->vars->present[i];
}

static bool coerce_argument(gyr__coercion *c, const gyr__input *def, const gyr__node *node,
                            const gyr__ast_argument *written, gyr_value *value, bool *present) {
    bool required = gyr__is_non_null(def->type) && !def->has_default;
    c->argument = def;
    if (!written && required) {
        gyr_str name = gyr__argument_coordinate(&c->errors->arena, c->schema, c->args, def);
        gyr_str type = gyr__coercion_type(c, def->type);
        return gyr__coercion_fault(c, node, "Argument \"%.*s\" of required type \"%.*s\" was not provided.",
                                   (int)name.len, name.ptr, (int)type.len, type.ptr);
    }
    if (!written || (!required && is_absent_variable(c, written->value))) {
        *present = def->has_default;
        *value = def->has_default ? def->default_value : (gyr_value){.kind = GYR_VALUE_NULL};
        return true;
    }
    *present = true;
    return gyr__coerce_raw(c, (gyr__raw){NULL, written->value}, def->type, NULL, value);
}

bool gyr__coerce_arguments(gyr__arena *arena, const gyr_schema *schema, const gyr__source *source,
                           const gyr__input *args, uint32_t arg_count, const gyr__node *node,
                           const gyr__ast_argument_list *nodes, const gyr__variables *vars, gyr_value *values,
                           bool *present, gyr__places *places, gyr_errors *errors) {
    gyr__coercion c = {.arena = arena,
                       .schema = schema,
                       .source = source,
                       .vars = vars,
                       .places = places,
                       .errors = errors,
                       .status = GYR_ERR_ARGUMENT,
                       .args = args};
    bool ok = true;
    for (uint32_t i = 0; ok && i < arg_count; i++) {
        values[i] = (gyr_value){.kind = GYR_VALUE_NULL};
        ok = coerce_argument(&c, &args[i], node, find_argument(nodes, args[i].def.name), &values[i], &present[i]);
    }
    if (arena->failed) errors->failed = true;
    return ok && !arena->failed;
}

/* Depth: that of the literal. */
static bool uses_variables(const gyr__node *value) {
    if (value->kind == GYR__AST_VARIABLE) return true;
    if (value->kind == GYR__AST_LIST) {
        const gyr__node_list *list = &gyr__ast_as(list, value)->values;
        for (uint32_t i = 0; i < list->count; i++)
            if (uses_variables(list->items[i])) return true;
    } else if (value->kind == GYR__AST_OBJECT) {
        const gyr__ast_object_field_list *fields = &gyr__ast_as(object, value)->fields;
        for (uint32_t i = 0; i < fields->count; i++)
            if (uses_variables(fields->items[i]->value)) return true;
    }
    return false;
}

bool gyr__arguments_use_variables(const gyr__ast_argument_list *nodes) {
    for (uint32_t i = 0; i < nodes->count; i++)
        if (uses_variables(nodes->items[i]->value)) return true;
    return false;
}

/* ---- literals */

bool gyr__coerce_literal_for(gyr__arena *arena, const gyr_schema *schema, const gyr__source *source, gyr__type_ref t,
                             const gyr__node *value, const gyr__variables *vars, const gyr__literal_report *report,
                             gyr_value *out) {
    gyr__coercion c = {.arena = arena,
                       .schema = schema,
                       .source = source,
                       .vars = vars,
                       .errors = report->errors,
                       .status = report->status,
                       .subject = report->subject,
                       .all = report->all,
                       .skip_variables = report->skip_variables,
                       .places = report->places};
    bool ok = gyr__coerce_raw(&c, (gyr__raw){NULL, value}, t, NULL, out);
    if (arena->failed) report->errors->failed = true;
    return ok && !arena->failed;
}

bool gyr__coerce_literal(gyr__arena *arena, const gyr_schema *schema, const gyr__source *source, gyr__type_ref t,
                         const gyr__node *value, const gyr__variables *vars, gyr_value *out, gyr_errors *errors) {
    gyr__literal_report report = {.errors = errors, .status = GYR_ERR_ARGUMENT};
    return gyr__coerce_literal_for(arena, schema, source, t, value, vars, &report, out);
}
