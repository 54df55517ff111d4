/* Leaves of input coercion: the built-in scalars, enums, and custom scalars (Specification 3.5, 3.9).
 *
 * JSON and literals follow the same rules but for these: JSON has one kind of number, so 1.0 is an Int there
 * and not as a literal; an enum value is a JSON string, never a string literal. An ID keeps the digits that
 * were written, however many.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/number.h"
#include "type/coerce_value.h"

/* ---- texts: variables' are copied, for their JSON need not live as long as the value */

static bool keep_text(gyr__coercion *c, gyr__raw raw, gyr_str text, gyr_value_kind kind, gyr_value *out) {
    if (raw.json) text = gyr__arena_str(c->arena, text);
    *out = (gyr_value){.kind = kind, .of.string = text};
    return text.ptr != NULL;
}

static bool keep_string(gyr__coercion *c, gyr__raw raw, gyr_value *out) {
    gyr_str text = raw.json ? raw.json->text : gyr__ast_string_text(c->arena, gyr__ast_as(string, raw.node));
    if (!text.ptr && !c->arena->failed) text = gyr_s("");
    return keep_text(c, raw, text, GYR_VALUE_STRING, out);
}

static bool raw_boolean(gyr__raw raw) { return raw.json ? raw.json->boolean : gyr__ast_as(boolean, raw.node)->value; }

/* ---- numbers */

static double raw_double(gyr__raw raw) {
    double number = 0;
    if (raw.json && raw.json->kind == GYR__JSON_INT) return (double)raw.json->integer;
    if (raw.json) return raw.json->number;
    gyr_str text = gyr__raw_number(raw);
    gyr__parse_f64(text.ptr, text.len, &number);
    return number;
}

static bool raw_integer(gyr__raw raw, int64_t *out) {
    if (gyr__raw_form_of(raw) != GYR__RAW_INT) return false;
    if (raw.json) return *out = raw.json->integer, true;
    gyr_str text = gyr__raw_number(raw);
    return gyr__parse_i64(text.ptr, text.len, out);
}

/* No fraction: infinities have none, but are not whole numbers either. */
static bool is_whole(double d) { return __builtin_isfinite(d) && __builtin_floor(d) == d; }

static bool is_number(gyr__raw_form form) { return form == GYR__RAW_INT || form == GYR__RAW_FLOAT; }

static GYR__NOINLINE bool leaf_problem(gyr__coercion *c, gyr__raw raw, const gyr__input_path *path, const char *what) {
    gyr_str shown = gyr__leaf_shown(c, raw);
    return gyr__coercion_problem(c, path, raw, "%s: %.*s", what, (int)shown.len, shown.ptr);
}

static bool coerce_int(gyr__coercion *c, gyr__raw raw, const gyr__input_path *path, gyr_value *out) {
    gyr__raw_form form = gyr__raw_form_of(raw);
    int64_t n = INT64_MAX;
    bool whole = form == GYR__RAW_INT || (raw.json && form == GYR__RAW_FLOAT && is_whole(raw_double(raw)));
    if (!whole) return leaf_problem(c, raw, path, "Int cannot represent non-integer value");
    if (form == GYR__RAW_FLOAT) {
        double d = raw_double(raw);
        if (d >= INT32_MIN && d <= INT32_MAX) n = (int64_t)d;
    } else
        raw_integer(raw, &n);
    if (n < INT32_MIN || n > INT32_MAX)
        return leaf_problem(c, raw, path, "Int cannot represent non 32-bit signed integer value");
    *out = (gyr_value){.kind = GYR_VALUE_INT, .of.integer = n};
    return true;
}

static bool coerce_float(gyr__coercion *c, gyr__raw raw, const gyr__input_path *path, gyr_value *out) {
    double d = is_number(gyr__raw_form_of(raw)) ? raw_double(raw) : __builtin_inf();
    if (!__builtin_isfinite(d)) return leaf_problem(c, raw, path, "Float cannot represent non numeric value");
    *out = (gyr_value){.kind = GYR_VALUE_FLOAT, .of.number = d};
    return true;
}

/* "7" for 7, 7.0 and 70e-1: an ID is text. */
static bool id_of_number(gyr__coercion *c, gyr__raw raw, gyr_value *out) {
    gyr_str text = gyr__raw_number(raw);
    char buffer[GYR__F64_BYTES];
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] == '.' || text.ptr[i] == 'e' || text.ptr[i] == 'E') {
            text = gyr_str_of(buffer, (size_t)(gyr__write_f64(buffer, raw_double(raw)) - buffer));
            break;
        }
    if (raw.json && gyr__str_is(text, "-0")) text = gyr_s("0");
    return keep_text(c, raw, text, GYR_VALUE_STRING, out);
}

static bool coerce_id(gyr__coercion *c, gyr__raw raw, const gyr__input_path *path, gyr_value *out) {
    gyr__raw_form form = gyr__raw_form_of(raw);
    if (form == GYR__RAW_STRING) return keep_string(c, raw, out);
    if (form == GYR__RAW_INT || (raw.json && form == GYR__RAW_FLOAT && is_whole(raw_double(raw))))
        return id_of_number(c, raw, out);
    return leaf_problem(c, raw, path,
                        raw.json ? "ID cannot represent value"
                                 : "ID cannot represent a non-string and non-integer value");
}

/* ---- enums */

static GYR__NOINLINE bool enum_problem(gyr__coercion *c, gyr__raw raw, const gyr__type *t, const gyr__input_path *path,
                                       gyr_str name) {
    if (gyr__coercion_full(c)) return false;
    gyr_str shown = name.ptr ? gyr__shown(c->errors, name) : gyr__leaf_shown(c, raw);
    gyr_str hint = gyr__coercion_suggest(c, name.ptr ? name : shown, &t->value_map, "the enum value");
    if (name.ptr)
        return gyr__coercion_problem(c, path, raw, "Value \"%.*s\" does not exist in \"%.*s\" enum.%.*s",
                                     (int)shown.len, shown.ptr, (int)t->def.name.len, t->def.name.ptr, (int)hint.len,
                                     hint.ptr);
    return gyr__coercion_problem(c, path, raw, "Enum \"%.*s\" cannot represent non-%s value: %.*s.%.*s",
                                 (int)t->def.name.len, t->def.name.ptr, raw.json ? "string" : "enum", (int)shown.len,
                                 shown.ptr, (int)hint.len, hint.ptr);
}

static bool coerce_enum(gyr__coercion *c, gyr__raw raw, const gyr__type *t, const gyr__input_path *path,
                        gyr_value *out) {
    gyr__raw_form form = gyr__raw_form_of(raw);
    gyr_str name = {NULL, 0};
    if (raw.json && form == GYR__RAW_STRING) name = raw.json->text.ptr ? raw.json->text : gyr_s("");
    if (form == GYR__RAW_ENUM) name = gyr__ast_as(enum, raw.node)->value;
    const gyr__enum_value *value = name.ptr ? gyr__map_get(&t->value_map, name) : NULL;
    if (!value) return enum_problem(c, raw, t, path, name);
    *out = (gyr_value){.kind = GYR_VALUE_ENUM, .of.string = value->def.name};
    return true;
}

/* ---- custom scalars */

static bool keep_number(gyr__coercion *c, gyr__raw raw, bool exact, gyr_value *out) {
    gyr_value_kind kind = gyr__raw_form_of(raw) == GYR__RAW_INT ? GYR_VALUE_INT : GYR_VALUE_FLOAT;
    int64_t n;
    if (exact) return keep_text(c, raw, gyr__raw_number(raw), kind, out);
    if (kind == GYR_VALUE_INT && raw_integer(raw, &n))
        *out = (gyr_value){.kind = GYR_VALUE_INT, .of.integer = n};
    else
        *out = (gyr_value){.kind = GYR_VALUE_FLOAT, .of.number = raw_double(raw)};
    return true;
}

/* A coerced value with its numbers as text. Depth: that of the value. */
static bool exact_copy(gyr__arena *arena, const gyr_value *from, gyr_value *out) {
    char buffer[GYR__F64_BYTES];
    *out = *from;
    if (from->kind == GYR_VALUE_INT || from->kind == GYR_VALUE_FLOAT) {
        char *end = from->kind == GYR_VALUE_INT ? gyr__write_i64(buffer, from->of.integer)
                                                : gyr__write_f64(buffer, from->of.number);
        out->of.string = gyr__arena_str(arena, gyr_str_of(buffer, (size_t)(end - buffer)));
        return out->of.string.ptr != NULL;
    }
    if (from->kind == GYR_VALUE_LIST) {
        gyr_value *items = gyr__new_array(arena, gyr_value, from->count);
        out->of.items = items;
        for (uint32_t i = 0; items && i < from->count; i++)
            if (!exact_copy(arena, &from->of.items[i], &items[i])) return false;
        return items != NULL;
    }
    if (from->kind == GYR_VALUE_OBJECT) {
        gyr_value_member *members = gyr__new_array(arena, gyr_value_member, from->count);
        out->of.members = members;
        for (uint32_t i = 0; members && i < from->count; i++) {
            members[i].name = from->of.members[i].name;
            if (!exact_copy(arena, &from->of.members[i].value, &members[i].value)) return false;
        }
        return members != NULL;
    }
    return true;
}

/* The coerced value of a variable inside a custom scalar's literal; NULL: absent. */
static const gyr_value *value_of(const gyr__coercion *c, gyr__raw raw) {
    uint32_t i = c->vars ? gyr__variable_index(c->vars, gyr__ast_as(variable, raw.node)->name) : UINT32_MAX;
    return i != UINT32_MAX && c->vars->present[i] ? &c->vars->values[i] : NULL;
}

static bool keep_list(gyr__coercion *c, gyr__raw raw, bool exact, gyr_value *out) {
    uint32_t count = gyr__raw_count(raw);
    gyr_value *items = gyr__new_array(c->arena, gyr_value, count);
    *out = (gyr_value){.kind = GYR_VALUE_LIST, .count = count, .of.items = items};
    for (uint32_t i = 0; items && i < count; i++)
        if (!gyr__keep_raw(c, gyr__raw_item(raw, i), exact, &items[i])) return false;
    return items != NULL;
}

static bool keep_object(gyr__coercion *c, gyr__raw raw, bool exact, gyr_value *out) {
    uint32_t count = gyr__raw_count(raw), used = 0;
    gyr_value_member *members = gyr__new_array(c->arena, gyr_value_member, count);
    for (uint32_t i = 0; members && i < count; i++) {
        gyr__raw member = gyr__raw_member(raw, i);
        if (gyr__raw_form_of(member) == GYR__RAW_VARIABLE && !value_of(c, member)) continue;
        gyr_str name = gyr__raw_member_name(raw, i);
        members[used].name = raw.json ? gyr__arena_str(c->arena, name) : name;
        if (!gyr__keep_raw(c, member, exact, &members[used++].value)) return false;
    }
    *out = (gyr_value){.kind = GYR_VALUE_OBJECT, .count = used, .of.members = members};
    return members != NULL && !c->arena->failed;
}

bool gyr__keep_raw(gyr__coercion *c, gyr__raw raw, bool exact, gyr_value *out) {
    *out = (gyr_value){.kind = GYR_VALUE_NULL};
    switch (gyr__raw_form_of(raw)) {
    case GYR__RAW_ABSENT:
    case GYR__RAW_NULL: return true;
    case GYR__RAW_BOOL: *out = (gyr_value){.kind = GYR_VALUE_BOOL, .of.boolean = raw_boolean(raw)}; return true;
    case GYR__RAW_INT:
    case GYR__RAW_FLOAT: return keep_number(c, raw, exact, out);
    case GYR__RAW_STRING: return keep_string(c, raw, out);
    case GYR__RAW_ENUM: return keep_text(c, raw, gyr__ast_as(enum, raw.node)->value, GYR_VALUE_ENUM, out);
    case GYR__RAW_VARIABLE: {
        const gyr_value *value = value_of(c, raw);
        if (value && exact) return exact_copy(c->arena, value, out);
        if (value) *out = *value;
        return true;
    }
    case GYR__RAW_LIST: return keep_list(c, raw, exact, out);
    case GYR__RAW_OBJECT: return keep_object(c, raw, exact, out);
    }
    return true;
}

static GYR__NOINLINE bool custom_problem(gyr__coercion *c, gyr__raw raw, const gyr__type *t,
                                         const gyr__input_path *path, gyr_str message) {
    if (gyr__coercion_full(c)) return false;
    gyr_str shown = gyr__raw_shown(c, raw);
    return gyr__coercion_problem(c, path, raw, "Expected value of type \"%.*s\"%s%.*s%s: %.*s.", (int)t->def.name.len,
                                 t->def.name.ptr, message.len ? ", but encountered error \"" : "", (int)message.len,
                                 message.ptr, message.len ? "\"; found" : ", found", (int)shown.len, shown.ptr);
}

static bool coerce_custom(gyr__coercion *c, gyr__raw raw, const gyr__type *t, const gyr__input_path *path,
                          gyr_value *out) {
    const gyr_binding *b = t->binding;
    if (!b || !b->parse) return gyr__keep_raw(c, raw, false, out);
    gyr_value in;
    gyr_str message = {NULL, 0};
    void *into = gyr__arena_alloc_aligned(c->arena, GYR__MAX(b->c_size, 1u), 16);
    if (!into || !gyr__keep_raw(c, raw, true, &in)) return false;
    memset(into, 0, b->c_size);
    if (!b->parse(&in, into, &message, b->user)) return custom_problem(c, raw, t, path, message);
    *out = (gyr_value){.kind = GYR_VALUE_CUSTOM, .of.custom = into};
    return true;
}

/* ---- all of them */

bool gyr__coerce_leaf(gyr__coercion *c, gyr__raw raw, const gyr__type *t, const gyr__input_path *path, gyr_value *out) {
    if (t->kind == GYR__ENUM) return coerce_enum(c, raw, t, path, out);
    switch (t->scalar) {
    case GYR__INT: return coerce_int(c, raw, path, out);
    case GYR__FLOAT: return coerce_float(c, raw, path, out);
    case GYR__ID: return coerce_id(c, raw, path, out);
    case GYR__STRING:
        if (gyr__raw_form_of(raw) == GYR__RAW_STRING) return keep_string(c, raw, out);
        return leaf_problem(c, raw, path, "String cannot represent a non string value");
    case GYR__BOOLEAN:
        if (gyr__raw_form_of(raw) != GYR__RAW_BOOL)
            return leaf_problem(c, raw, path, "Boolean cannot represent a non boolean value");
        *out = (gyr_value){.kind = GYR_VALUE_BOOL, .of.boolean = raw_boolean(raw)};
        return true;
    case GYR__CUSTOM_SCALAR: break;
    }
    return coerce_custom(c, raw, t, path, out);
}
