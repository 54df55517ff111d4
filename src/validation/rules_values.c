/* Rules about values: 5.6.1 Values of Correct Type, 5.6.2 - 5.6.4 Input Object Fields; and every variable
 * inside a value is noted with what is expected at its place, for 5.8.
 *
 * A value is walked once. The walk answers whether the value surely fits its type, from tables alone; only
 * when it does not, input coercion goes over it again and tells every problem in the reference's words.
 * Depth: the value's.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "validation/validation.h"

static bool visit(gyr__validation *v, const gyr__node *value, const gyr__position *p);

/* ---- variables */

static const gyr__ast_variable_definition *own_variable(const gyr__definition *d, gyr_str name) {
    for (uint32_t i = d->variables->count; i-- > 0;)
        if (gyr__str_eq(d->variables->items[i]->variable.name, name)) return d->variables->items[i];
    return NULL;
}

static bool note_variable(gyr__validation *v, const gyr__ast_variable *node, const gyr__position *p) {
    gyr__definition *d = v->definition;
    gyr__usage *u = gyr__vec_push(&v->arena, &d->usages);
    if (!u) return gyr__no_memory(v), true;
    *u = (gyr__usage){node, p->type, p->has_default, p->one_of, NULL};
    if (d->is_fragment && gyr__unlikely(d->variables->count)) u->of_fragment = own_variable(d, node->name);
    return true;
}

/* ---- leaves */

static bool fits_int(gyr_str text) {
    enum { SURE = 9 }; /* digits that are an Int whatever they are; longer ones are coercion's to judge */
    return text.len <= SURE;
}

static bool fits_enum(gyr__validation *v, const gyr__type *t, const gyr__ast_enum *node) {
    const gyr__enum_value *value = gyr__map_get(&t->value_map, node->value);
    if (!value) return false;
    if (gyr__unlikely(value->def.deprecation_reason.ptr) && gyr__checks(v, GYR__RULE_BIT(DEPRECATED)) && !v->stop) {
        gyr_str text = gyr__arena_printf(&v->errors->arena, "%.*s.%.*s", (int)t->def.name.len, t->def.name.ptr,
                                         (int)node->value.len, node->value.ptr);
        gyr__tell_at(v, DEPRECATED_ENUM_VALUE, node->node.start, text, value->def.deprecation_reason);
    }
    return true;
}

static bool takes_anything(const gyr__type *t) {
    return t->kind == GYR__SCALAR && t->scalar == GYR__CUSTOM_SCALAR && !(t->binding && t->binding->parse);
}

static bool fits_leaf(gyr__validation *v, const gyr__node *value, const gyr__type *t) {
    if (t->kind == GYR__ENUM) return value->kind == GYR__AST_ENUM && fits_enum(v, t, gyr__ast_as(enum, value));
    if (t->kind != GYR__SCALAR) return false;
    switch (t->scalar) {
    case GYR__INT: return value->kind == GYR__AST_INT && fits_int(gyr__ast_as(int, value)->value);
    case GYR__FLOAT: return value->kind == GYR__AST_INT && fits_int(gyr__ast_as(int, value)->value);
    case GYR__STRING: return value->kind == GYR__AST_STRING;
    case GYR__BOOLEAN: return value->kind == GYR__AST_BOOLEAN;
    case GYR__ID: return value->kind == GYR__AST_STRING || value->kind == GYR__AST_INT;
    case GYR__CUSTOM_SCALAR: break;
    }
    return takes_anything(t);
}

/* ---- lists and objects */

static bool visit_list(gyr__validation *v, const gyr__ast_list *list, const gyr__position *p) {
    gyr__position item = {0};
    bool fits = !p->type.named || p->type.depth || takes_anything(p->type.named);
    if (p->type.named && p->type.depth) item.type = gyr__item_type(p->type);
    for (uint32_t i = 0; i < list->values.count && !v->stop; i++) fits &= visit(v, list->values.items[i], &item);
    return fits;
}

static gyr_str field_name(const void *list, uint32_t i) { return ((gyr__ast_object_field *const *)list)[i]->name; }

static bool is_required(const gyr__input *input) { return gyr__is_non_null(input->type) && !input->has_default; }

static bool has_required(gyr__validation *v, const gyr__type *t, const gyr__ast_object *object) {
    enum { FEW = 16 }; /* fields that are looked through, not looked up */
    uint32_t count = object->fields.count;
    bool *given = count > FEW ? gyr__arena_zalloc(&v->arena, t->input_count) : NULL;
    for (uint32_t k = 0; given && k < count; k++) {
        const gyr__input *input = gyr__map_get(&t->input_map, object->fields.items[k]->name);
        if (input) given[input->index] = true;
    }
    for (uint32_t i = 0; i < t->input_count; i++) {
        bool found = !is_required(&t->inputs[i]) || (given && given[i]);
        for (uint32_t k = 0; !given && k < count && !found; k++)
            found = gyr__str_eq(object->fields.items[k]->name, t->inputs[i].def.name);
        if (!found) return false;
    }
    return true;
}

static void check_deprecated(gyr__validation *v, const gyr__type *t, const gyr__input *input,
                             const gyr__ast_object_field *node) {
    if (gyr__likely(!input->def.deprecation_reason.ptr) || !gyr__checks(v, GYR__RULE_BIT(DEPRECATED)) || v->stop)
        return;
    gyr_str text = gyr__arena_printf(&v->errors->arena, "%.*s.%.*s", (int)t->def.name.len, t->def.name.ptr,
                                     (int)node->name.len, node->name.ptr);
    gyr__tell_at(v, DEPRECATED_INPUT_FIELD, node->node.start, text, input->def.deprecation_reason);
}

static bool visit_object(gyr__validation *v, const gyr__ast_object *object, const gyr__position *p) {
    const gyr__type *t = p->type.named && p->type.named->kind == GYR__INPUT_OBJECT ? p->type.named : NULL;
    bool fits = t || !p->type.named || takes_anything(p->type.named);
    if (object->fields.count > 1 && gyr__checks(v, GYR__RULE_BIT(UNIQUE_INPUT_FIELDS)))
        gyr__unique_names(v, GYR__SAYS_SAME_INPUT_FIELD, object->fields.items, object->fields.count, field_name, true);
    for (uint32_t i = 0; i < object->fields.count && !v->stop; i++) {
        const gyr__ast_object_field *f = object->fields.items[i];
        const gyr__input *input = t ? gyr__map_get(&t->input_map, f->name) : NULL;
        gyr__position inside = {0};
        if (input) {
            inside = (gyr__position){input->type, input->has_default, t->is_one_of ? t : NULL};
            check_deprecated(v, t, input, f);
        }
        gyr_visit here;
        gyr__enter(v, &here, GYR_NODE_INPUT_FIELD, &f->node, .parent_type = t, .type = inside.type, .input = input);
        fits &= input || !t;
        fits &= visit(v, f->value, &inside);
        gyr__leave(v, &here);
    }
    if (!t) return fits;
    if (t->is_one_of) return fits && object->fields.count == 1 && object->fields.items[0]->value->kind != GYR__AST_NULL;
    return fits && has_required(v, t, object);
}

static bool fits_position(gyr__validation *v, const gyr__node *value, const gyr__position *p) {
    switch (value->kind) {
    case GYR__AST_VARIABLE: return note_variable(v, gyr__ast_as(variable, value), p);
    case GYR__AST_LIST: return visit_list(v, gyr__ast_as(list, value), p);
    case GYR__AST_OBJECT: return visit_object(v, gyr__ast_as(object, value), p);
    case GYR__AST_NULL: return !p->type.named || !gyr__is_non_null(p->type);
    default: return !p->type.named || fits_leaf(v, value, p->type.named);
    }
}

/* Whether the value surely fits; unknown types take anything. */
static bool visit(gyr__validation *v, const gyr__node *value, const gyr__position *p) {
    gyr_visit here;
    gyr__enter(v, &here, value->kind == GYR__AST_VARIABLE ? GYR_NODE_VARIABLE : GYR_NODE_VALUE, value, .type = p->type);
    bool fits = fits_position(v, value, p);
    gyr__leave(v, &here);
    return fits;
}

static GYR__COLD void tell_problems(gyr__validation *v, const gyr__node *value, gyr__type_ref type) {
    gyr_value ignored;
    gyr__literal_report report = {
        .errors = v->errors, .status = GYR_ERR_VALIDATION, .all = true, .skip_variables = true, .places = &v->places};
    gyr__coerce_literal_for(&v->arena, v->schema, v->source, type, value, NULL, &report, &ignored);
    gyr__count_errors(v);
}

void gyr__check_value(gyr__validation *v, const gyr__node *value, gyr__position p) {
    bool fits = visit(v, value, &p);
    if (gyr__unlikely(!fits) && gyr__checks(v, GYR__RULE_BIT(VALUES)) && !v->stop) tell_problems(v, value, p.type);
}
