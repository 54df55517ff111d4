/* The walk of input coercion: null, lists, input objects, variables; leaves are in coerce_leaf.c. One walk
 * both coerces and tells what is wrong, in the order of the reference: an input object's fields as they are
 * defined, then unknown ones, then what OneOf asks (Specification 3.10 - 3.12).
 *
 * The members of an open object are sorted by input field on one stack of slots: reading them takes one
 * look-up for each member written, and memory that does not grow with the number of objects.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "type/coerce_value.h"

gyr__raw_form gyr__raw_form_of(gyr__raw raw) {
    static const uint8_t of_json[] = {
        [GYR__JSON_NULL] = GYR__RAW_NULL,    [GYR__JSON_BOOL] = GYR__RAW_BOOL,     [GYR__JSON_INT] = GYR__RAW_INT,
        [GYR__JSON_DOUBLE] = GYR__RAW_FLOAT, [GYR__JSON_STRING] = GYR__RAW_STRING, [GYR__JSON_ARRAY] = GYR__RAW_LIST,
        [GYR__JSON_OBJECT] = GYR__RAW_OBJECT};
    if (raw.json) return of_json[raw.json->kind];
    if (!raw.node) return GYR__RAW_ABSENT;
    switch (raw.node->kind) {
    case GYR__AST_BOOLEAN: return GYR__RAW_BOOL;
    case GYR__AST_INT: return GYR__RAW_INT;
    case GYR__AST_FLOAT: return GYR__RAW_FLOAT;
    case GYR__AST_STRING: return GYR__RAW_STRING;
    case GYR__AST_ENUM: return GYR__RAW_ENUM;
    case GYR__AST_VARIABLE: return GYR__RAW_VARIABLE;
    case GYR__AST_LIST: return GYR__RAW_LIST;
    case GYR__AST_OBJECT: return GYR__RAW_OBJECT;
    default: return GYR__RAW_NULL;
    }
}

uint32_t gyr__raw_count(gyr__raw raw) {
    if (raw.json) return raw.json->count;
    if (raw.node->kind == GYR__AST_LIST) return gyr__ast_as(list, raw.node)->values.count;
    return gyr__ast_as(object, raw.node)->fields.count;
}

gyr__raw gyr__raw_item(gyr__raw list, uint32_t i) {
    if (list.json) return (gyr__raw){&list.json->items[i], NULL};
    return (gyr__raw){NULL, gyr__ast_as(list, list.node)->values.items[i]};
}

gyr__raw gyr__raw_member(gyr__raw object, uint32_t i) {
    if (object.json) return (gyr__raw){&object.json->members[i].value, NULL};
    return (gyr__raw){NULL, gyr__ast_as(object, object.node)->fields.items[i]->value};
}

gyr_str gyr__raw_member_name(gyr__raw object, uint32_t i) {
    if (object.json) return object.json->members[i].name;
    return gyr__ast_as(object, object.node)->fields.items[i]->name;
}

gyr_str gyr__raw_number(gyr__raw raw) {
    if (raw.json) return raw.json->text;
    return raw.node->kind == GYR__AST_INT ? gyr__ast_as(int, raw.node)->value : gyr__ast_as(float, raw.node)->value;
}

/* ---- variables inside literals */

/* The coerced value of a variable, or NULL when it has none. */
static const gyr_value *variable_value(const gyr__coercion *c, gyr__raw raw) {
    if (!c->vars) return NULL;
    uint32_t i = gyr__variable_index(c->vars, gyr__ast_as(variable, raw.node)->name);
    return i != UINT32_MAX && c->vars->present[i] ? &c->vars->values[i] : NULL;
}

static bool coerce_variable(gyr__coercion *c, gyr__raw raw, gyr__type_ref t, const gyr__input_path *path,
                            gyr_value *out) {
    const gyr_value *value = variable_value(c, raw);
    gyr_str name = gyr__ast_as(variable, raw.node)->name;
    *out = value ? *value : (gyr_value){.kind = GYR_VALUE_NULL};
    if (c->skip_variables || !gyr__is_non_null(t) || out->kind != GYR_VALUE_NULL) return true;
    if (gyr__coercion_full(c)) return false;
    name = gyr__shown(c->errors, name);
    gyr_str type = gyr__coercion_type(c, t);
    if (!value)
        return gyr__coercion_problem(
            c, path, raw, "Expected variable \"$%.*s\" provided to type \"%.*s\" to provide a runtime value.",
            (int)name.len, name.ptr, (int)type.len, type.ptr);
    return gyr__coercion_problem(c, path, raw,
                                 "Expected variable \"$%.*s\" provided to non-null type \"%.*s\" not to be null.",
                                 (int)name.len, name.ptr, (int)type.len, type.ptr);
}

static bool is_missing_variable(const gyr__coercion *c, gyr__raw raw) {
    return gyr__raw_form_of(raw) == GYR__RAW_VARIABLE && !c->skip_variables && !variable_value(c, raw);
}

/* ---- lists */

static bool coerce_list(gyr__coercion *c, gyr__raw raw, gyr__type_ref item_type, const gyr__input_path *path,
                        gyr_value *out) {
    uint32_t count = gyr__raw_count(raw);
    gyr_value *items = gyr__new_array(c->arena, gyr_value, count);
    gyr__input_path here = {path, {NULL, 0}, 0};
    bool ok = items != NULL;
    for (uint32_t i = 0; items && i < count && (ok || c->all) && !c->full; i++) {
        here.index = i;
        ok &= gyr__coerce_raw(c, gyr__raw_item(raw, i), item_type, &here, &items[i]);
    }
    *out = (gyr_value){.kind = GYR_VALUE_LIST, .count = count, .of.items = items};
    return ok;
}

/* ---- input objects */

static GYR__NOINLINE bool not_an_object(gyr__coercion *c, gyr__raw raw, const gyr__type *t,
                                        const gyr__input_path *path) {
    gyr_str shown = gyr__raw_shown(c, raw);
    return gyr__coercion_problem(c, path, raw, "Expected value of type \"%.*s\" to be an object, found: %.*s.",
                                 (int)t->def.name.len, t->def.name.ptr, (int)shown.len, shown.ptr);
}

static GYR__NOINLINE bool missing_field(gyr__coercion *c, gyr__raw raw, const gyr__type *t, const gyr__input *field,
                                        const gyr__input_path *path) {
    gyr_str shown = gyr__raw_shown(c, raw);
    return gyr__coercion_problem(c, path, raw,
                                 "Expected value of type \"%.*s\" to include required field \"%.*s\", found: %.*s.",
                                 (int)t->def.name.len, t->def.name.ptr, (int)field->def.name.len, field->def.name.ptr,
                                 (int)shown.len, shown.ptr);
}

static GYR__NOINLINE bool unknown_field(gyr__coercion *c, gyr__raw raw, uint32_t member, const gyr__type *t,
                                        const gyr__input_path *path) {
    if (gyr__coercion_full(c)) return false;
    gyr_str full = gyr__raw_member_name(raw, member), name = gyr__shown(c->errors, full);
    gyr_str shown = gyr__raw_shown(c, raw), hint = gyr__coercion_suggest(c, full, &t->input_map, NULL);
    gyr__raw blame = raw.json ? raw : (gyr__raw){NULL, &gyr__ast_as(object, raw.node)->fields.items[member]->node};
    return gyr__coercion_problem(c, path, blame,
                                 "Expected value of type \"%.*s\" not to include unknown field \"%.*s\"%s%.*s%s: %.*s.",
                                 (int)t->def.name.len, t->def.name.ptr, (int)name.len, name.ptr, hint.len ? "." : "",
                                 (int)hint.len, hint.ptr, hint.len ? " Found" : ", found", (int)shown.len, shown.ptr);
}

static GYR__NOINLINE bool one_of_problem(gyr__coercion *c, gyr__raw raw, const gyr__type *t,
                                         const gyr__input_path *path) {
    return gyr__coercion_problem(c, path, raw,
                                 "Within OneOf Input Object type \"%.*s\", exactly one field must be specified, "
                                 "and the value for that field must be non-null.",
                                 (int)t->def.name.len, t->def.name.ptr);
}

/* A variable as a field of a OneOf object must have a value other than null, whatever the field's type. */
static GYR__NOINLINE bool one_of_variable(gyr__coercion *c, gyr__raw raw, gyr__raw member, const gyr__type *t,
                                          const gyr__input *field, const gyr__input_path *path) {
    const gyr_value *value = variable_value(c, member);
    if (c->skip_variables || (value && value->kind != GYR_VALUE_NULL)) return true;
    if (gyr__coercion_full(c)) return false;
    gyr_str name = gyr__shown(c->errors, gyr__ast_as(variable, member.node)->name);
    return gyr__coercion_problem(
        c, path, raw, "Expected variable \"$%.*s\" provided to field \"%.*s\" for OneOf Input Object type \"%.*s\" %s.",
        (int)name.len, name.ptr, (int)field->def.name.len, field->def.name.ptr, (int)t->def.name.len, t->def.name.ptr,
        value ? "not to be null" : "to provide a runtime value");
}

/* What OneOf asks of the object as a whole; `known` of its members are fields of the type. */
static bool check_one_of(gyr__coercion *c, gyr__raw raw, const gyr__type *t, uint32_t known,
                         const gyr__input_path *path) {
    bool ok = known == 1 || one_of_problem(c, raw, t, path);
    if (!ok && (raw.node || !c->all)) return false;
    for (uint32_t i = 0; i < gyr__raw_count(raw); i++) {
        const gyr__input *field = gyr__map_get(&t->input_map, gyr__raw_member_name(raw, i));
        if (!field) continue;
        gyr__input_path here = {path, field->def.name, 0};
        if (gyr__raw_form_of(gyr__raw_member(raw, i)) == GYR__RAW_NULL) ok = one_of_problem(c, raw, t, &here);
        break;
    }
    return ok;
}

/* Puts the members of raw into c->slots from `base` on, by field. Returns how many are fields of t. */
static uint32_t sort_members(gyr__coercion *c, gyr__raw raw, const gyr__type *t, uint32_t base) {
    uint32_t known = 0, count = gyr__raw_count(raw);
    for (uint32_t i = 0; i < t->input_count; i++) c->slots.items[base + i] = (gyr__raw){0};
    for (uint32_t i = 0; i < count; i++) {
        const gyr__input *field = gyr__map_get(&t->input_map, gyr__raw_member_name(raw, i));
        if (!field) continue;
        known++;
        c->slots.items[base + field->index] = gyr__raw_member(raw, i);
    }
    return known;
}

/* One input field; *used tells whether it has a value, or a default, in *out. */
static bool coerce_field(gyr__coercion *c, gyr__raw raw, gyr__raw member, const gyr__type *t, const gyr__input *field,
                         const gyr__input_path *path, gyr_value_member *out, bool *used) {
    gyr__raw_form form = gyr__raw_form_of(member);
    bool required = gyr__is_non_null(field->type) && !field->has_default, ok = true;
    *used = true;
    out->name = field->def.name;
    if (form == GYR__RAW_ABSENT && required) return missing_field(c, raw, t, field, path);
    if (form == GYR__RAW_VARIABLE && t->is_one_of) ok = one_of_variable(c, raw, member, t, field, path);
    if (form == GYR__RAW_ABSENT || (!required && is_missing_variable(c, member))) {
        *used = field->has_default;
        if (field->has_default) out->value = field->default_value;
        return ok;
    }
    gyr__input_path here = {path, field->def.name, 0};
    return gyr__coerce_raw(c, member, field->type, &here, &out->value) && ok;
}

static bool coerce_object(gyr__coercion *c, gyr__raw raw, const gyr__type *t, const gyr__input_path *path,
                          gyr_value *out) {
    if (gyr__raw_form_of(raw) != GYR__RAW_OBJECT) return not_an_object(c, raw, t, path);
    uint32_t base = c->slots.len, known, room = 0, count = 0;
    if (!gyr__vec_reserve(c->arena, &c->slots, t->input_count)) return false;
    c->slots.len += t->input_count;
    known = sort_members(c, raw, t, base);
    for (uint32_t i = 0; i < t->input_count; i++) {
        gyr__raw member = c->slots.items[base + i];
        room += member.json || member.node || t->inputs[i].has_default;
        room += !(member.json || member.node) && gyr__is_non_null(t->inputs[i].type) && !t->inputs[i].has_default;
    }
    gyr_value_member *members = gyr__new_array(c->arena, gyr_value_member, room);
    bool ok = members != NULL, used;
    for (uint32_t i = 0; members && i < t->input_count && (ok || c->all) && !c->full; i++) {
        gyr__raw member = c->slots.items[base + i];
        const gyr__input *field = &t->inputs[i];
        if (!member.json && !member.node && !field->has_default && !gyr__is_non_null(field->type)) continue;
        ok &= coerce_field(c, raw, member, t, field, path, &members[count], &used);
        count += used;
    }
    c->slots.len = base;
    for (uint32_t i = 0; members && known < gyr__raw_count(raw) && i < gyr__raw_count(raw); i++) {
        if ((!ok && !c->all) || c->full) break;
        if (!gyr__map_find(&t->input_map, gyr__raw_member_name(raw, i))) ok = unknown_field(c, raw, i, t, path);
    }
    if (t->is_one_of && members && (ok || c->all) && !c->full) ok &= check_one_of(c, raw, t, known, path);
    *out = (gyr_value){.kind = GYR_VALUE_OBJECT, .count = count, .of.members = members};
    return ok;
}

/* ---- any value */

static GYR__NOINLINE bool null_problem(gyr__coercion *c, gyr__raw raw, gyr__type_ref t, const gyr__input_path *path) {
    gyr_str type = gyr__coercion_type(c, t);
    return gyr__coercion_problem(c, path, raw, "Expected value of non-null type \"%.*s\" not to be null.",
                                 (int)type.len, type.ptr);
}

bool gyr__coerce_raw(gyr__coercion *c, gyr__raw raw, gyr__type_ref t, const gyr__input_path *path, gyr_value *out) {
    gyr__raw_form form = gyr__raw_form_of(raw);
    *out = (gyr_value){.kind = GYR_VALUE_NULL};
    if (form == GYR__RAW_VARIABLE) return coerce_variable(c, raw, t, path, out);
    if (form == GYR__RAW_NULL) return !gyr__is_non_null(t) || null_problem(c, raw, t, path);
    if (form == GYR__RAW_LIST && t.depth) return coerce_list(c, raw, gyr__item_type(t), path, out);
    for (; t.depth; t.depth--) { /* one value where lists are expected is a list of one, at every level */
        gyr_value *item = gyr__new(c->arena, gyr_value);
        if (!item) return false;
        *out = (gyr_value){.kind = GYR_VALUE_LIST, .count = 1, .of.items = item};
        out = item;
    }
    if (t.named->kind == GYR__INPUT_OBJECT) return coerce_object(c, raw, t.named, path, out);
    return gyr__coerce_leaf(c, raw, t.named, path, out);
}
