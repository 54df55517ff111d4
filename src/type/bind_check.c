/* C types against GraphQL types, and all fields of object types.
 *
 * A member fits when its C type can carry every value of the field's type, ranges aside (those are errors of
 * the field at run time). Nullability is no misfit either way: NULL for a non-null type is a field error, and
 * a C type that cannot be null is simply never null.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "type/binder.h"

/* ---- words */

gyr_str gyr__bind_struct(const gyr_binding *row) {
    gyr_str name = gyr_str_of(row->c_name, strlen(row->c_name));
    const char *dot = memchr(name.ptr, '.', name.len);
    if (dot) name.len = (size_t)(dot - name.ptr);
    for (;;) {
        size_t skip = gyr__str_starts(name, gyr_s("struct ")) ? 7 : gyr__str_starts(name, gyr_s("const ")) ? 6 : 0;
        if (!skip) return name;
        name = gyr__str_slice(name, skip, name.len);
    }
}

gyr_str gyr__bind_c_type(gyr__binder *b, const gyr_binding *row) {
    static const char *const names[] = {"nothing", "bool",    "int8_t",   "int16_t",     "int32_t",
                                        "int64_t", "uint8_t", "uint16_t", "uint32_t",    "uint64_t",
                                        "float",   "double",  "gyr_str",  "const char *"};
    gyr__arena *arena = &b->errors->arena;
    bool list = row->kind == GYR_BIND_LIST || row->kind == GYR_BIND_ARG_LIST;
    const char *before = list ? "a list of " : row->by_ref && row->ctype != GYR_C_REF ? "a pointer to " : "";
    switch (row->ctype) {
    case GYR_C_CHARS: return gyr__arena_printf(arena, "%schar[%u]", before, row->c_size);
    case GYR_C_STRUCT:
        return gyr__arena_printf(arena, "%s%s of %u bytes", before, list ? "structs" : "a struct", row->c_size);
    case GYR_C_REF: return gyr__arena_printf(arena, "%s%s", before, list ? "pointers" : "a pointer to a struct");
    case GYR_C_CUSTOM: return gyr__arena_printf(arena, "%sa C type of %u bytes", before, row->c_size);
    default:
        return gyr__arena_printf(arena, "%s%s", before,
                                 (uint32_t)row->ctype < GYR__COUNT(names) ? names[row->ctype] : "of an unknown C type");
    }
}

void gyr__bind_misfit(gyr__binder *b, const gyr_binding *row, gyr__type_ref t, const char *needs) {
    gyr_str type = gyr__type_ref_text(&b->errors->arena, t), c_type = gyr__bind_c_type(b, row);
    gyr__bind_problem(b, gyr__bind_at(row), "%.*s needs %s, %s is %.*s", GYR__STR(type), needs, row->c_name,
                      GYR__STR(c_type));
}

/* ---- leaves */

static const char *custom_needs(const gyr__type *t, const gyr_binding *row, bool in) {
    const gyr_binding *scalar = t->binding;
    bool custom = row->ctype == GYR_C_CUSTOM;
    if (!scalar) {
        if (custom) return "a GYR_SCALAR row that names its C type";
        return row->ctype == GYR_C_STRUCT || row->ctype == GYR_C_REF ? "a scalar's C type" : NULL;
    }
    bool has_function = in ? scalar->parse != NULL : scalar->serialize != NULL;
    if (custom && !has_function)
        return in ? "a parse function in its GYR_SCALAR row" : "a serialise function in its GYR_SCALAR row";
    if (custom) return row->c_size == scalar->c_size ? NULL : "the C type of its GYR_SCALAR row";
    return has_function ? (in ? "GYR_ARG_CUSTOM" : "GYR_CUSTOM") : NULL;
}

const char *gyr__bind_leaf_needs(const gyr__type *t, const gyr_binding *row, bool in) {
    gyr_ctype c = row->ctype;
    bool text = gyr__is_c_text(c), integer = gyr__is_c_integer(c);
    if (t->kind == GYR__ENUM) {
        bool numbers = t->numbers.count > 0;
        if (text || (integer && numbers)) return NULL;
        return integer ? "GYR_ENUM_VALUE rows, or a string" : numbers ? "an integer or a string" : "a string";
    }
    switch (t->scalar) {
    case GYR__INT: return integer ? NULL : "an integer";
    case GYR__FLOAT: return integer || gyr__is_c_float(c) ? NULL : "a number";
    case GYR__STRING: return text ? NULL : "a string";
    case GYR__BOOLEAN: return c == GYR_C_BOOL ? NULL : in ? "bool" : "bool, or GYR_BIT";
    case GYR__ID: return integer || text ? NULL : "an integer or a string";
    case GYR__CUSTOM_SCALAR: break;
    }
    return custom_needs(t, row, in);
}

/* ---- objects */

/* Whether the struct a row leads to is the one its type is bound to. */
static void check_pointee(gyr__binder *b, const gyr_binding *row, const gyr__type *t) {
    const gyr_binding *type = t->kind == GYR__OBJECT ? t->binding : NULL;
    bool is_void = row->ctype == GYR_C_REF && row->c_size <= 1; /* void * says nothing */
    if (!type || is_void || type->c_size == row->c_size) return;
    const char *verb = row->ctype == GYR_C_REF ? "points to" : "is";
    if (row->kind == GYR_BIND_LIST) verb = row->ctype == GYR_C_REF ? "holds pointers to" : "holds items of";
    gyr__bind_problem(b, gyr__bind_at(row), "%.*s is struct %.*s (%u bytes), %s %s %u bytes", GYR__STR(t->def.name),
                      GYR__STR(gyr__bind_struct(type)), type->c_size, row->c_name, verb, row->c_size);
}

/* A member can only say which of several object types it holds through the object. */
static void check_tagged(gyr__binder *b, const gyr_binding *row, const gyr__type *t) {
    if (!gyr__is_abstract_type(t) || t->binding || b->schema->type_fallback || b->reported[t->index]) return;
    b->reported[t->index] = true;
    gyr__bind_problem(b, t->def.name, "%s holds objects of this %s, which needs GYR_TAG or GYR_TYPE_FN", row->c_name,
                      t->kind == GYR__UNION ? "union" : "interface");
}

static void check_has(gyr__binder *b, const gyr_binding *row) {
    if (!row->has_size) return;
    if (!gyr__is_width(row->has_size))
        gyr__bind_problem(b, gyr__bind_at(row), "the presence member of %s has %u bytes, it needs 1, 2, 4 or 8",
                          row->c_name, row->has_size);
    else if (!row->has_mask || (row->has_size < 8 && row->has_mask >> 8 * row->has_size))
        gyr__bind_problem(b, gyr__bind_at(row), "mask 0x%llx of %s does not fit its presence member of %u bytes",
                          (unsigned long long)row->has_mask, row->c_name, row->has_size);
}

static void check_member(gyr__binder *b, const gyr__field *f, const gyr_binding *row) {
    const gyr__type *t = f->type.named;
    bool object = row->ctype == GYR_C_STRUCT || row->ctype == GYR_C_REF;
    check_has(b, row);
    if (gyr__is_list(f->type))
        return gyr__bind_misfit(
            b, row, f->type, f->type.depth > 1 ? "a resolver or getter" : "GYR_LIST, GYR_LIST_REFS or GYR_LIST_VALUES");
    if (gyr__is_leaf_type(t)) {
        const char *needs = gyr__bind_leaf_needs(t, row, false);
        if (needs) gyr__bind_misfit(b, row, f->type, needs);
    } else if (!object)
        gyr__bind_misfit(b, row, f->type, "GYR_REF or GYR_STRUCT");
    else {
        check_pointee(b, row, t);
        check_tagged(b, row, t);
    }
}

static void check_list(gyr__binder *b, const gyr__field *f, const gyr_binding *row) {
    const gyr__type *t = f->type.named;
    bool object = row->ctype == GYR_C_STRUCT || row->ctype == GYR_C_REF;
    if (!gyr__is_width(row->count_size))
        gyr__bind_problem(b, gyr__bind_at(row), "the count of %s has %u bytes, it needs 1, 2, 4 or 8", row->c_name,
                          row->count_size);
    if (f->type.depth != 1)
        return gyr__bind_misfit(b, row, f->type, f->type.depth ? "a resolver or getter" : "one value");
    if (gyr__is_leaf_type(t)) {
        const char *needs = object ? "GYR_LIST_VALUES" : gyr__bind_leaf_needs(t, row, false);
        if (needs) gyr__bind_misfit(b, row, f->type, needs);
    } else if (!object)
        gyr__bind_misfit(b, row, f->type, "GYR_LIST or GYR_LIST_REFS");
    else {
        check_pointee(b, row, t);
        check_tagged(b, row, t);
    }
}

static void check_bit(gyr__binder *b, const gyr__field *f, const gyr_binding *row) {
    if (gyr__is_list(f->type) || f->type.named->kind != GYR__SCALAR || f->type.named->scalar != GYR__BOOLEAN) {
        gyr_str type = gyr__type_ref_text(&b->errors->arena, f->type);
        return gyr__bind_problem(b, gyr__bind_at(row), "%.*s is no Boolean, %s is bits", GYR__STR(type), row->c_name);
    }
    if (!gyr__is_c_integer(row->ctype)) return gyr__bind_misfit(b, row, f->type, "the bits of an integer");
    if (!row->has_mask || (row->c_size < 8 && row->has_mask >> 8 * row->c_size))
        gyr__bind_problem(b, gyr__bind_at(row), "mask 0x%llx does not fit %s, which has %u bytes",
                          (unsigned long long)row->has_mask, row->c_name, row->c_size);
}

static void check_flags(gyr__binder *b, const gyr__field *f, const gyr_binding *row) {
    const gyr__type *t = f->type.named;
    if (f->type.depth != 1 || t->kind != GYR__ENUM) {
        gyr_str type = gyr__type_ref_text(&b->errors->arena, f->type);
        return gyr__bind_problem(b, gyr__bind_at(row), "%.*s is no list of an enum, %s is flags", GYR__STR(type),
                                 row->c_name);
    }
    if (!gyr__is_c_integer(row->ctype)) return gyr__bind_misfit(b, row, f->type, "the bits of an integer");
    for (uint32_t i = 0; i < t->value_count; i++) {
        uint64_t bit = (uint64_t)t->values[i].number;
        bool fits =
            t->values[i].has_number && bit && !(bit & (bit - 1)) && (row->c_size >= 8 || !(bit >> 8 * row->c_size));
        if (fits) continue;
        return gyr__bind_problem(b, gyr__bind_at(row),
                                 "%s needs a bit of its %u bytes for each value, %.*s.%.*s has none", row->c_name,
                                 row->c_size, GYR__STR(t->def.name), GYR__STR(t->values[i].def.name));
    }
}

static void check_function(gyr__binder *b, const gyr_binding *row) {
    bool missing = row->kind == GYR_BIND_BATCH ? !row->batch : !row->resolve;
    if (missing) gyr__bind_problem(b, gyr__bind_at(row), "%s: the function is NULL", row->c_name);
}

static bool is_member_row(const gyr_binding *row) { return row->kind >= GYR_BIND_MEMBER && row->kind <= GYR_BIND_LIST; }

/* All members of one type stand in one struct: the one GYR_TYPE names, else the first one seen. */
static void check_struct(gyr__binder *b, const gyr__type *t, const gyr_binding *row, const gyr_binding **first) {
    gyr_str name = gyr__bind_struct(row);
    if (t->binding) {
        gyr_str type = gyr__bind_struct(t->binding);
        if (!gyr__str_eq(name, type))
            gyr__bind_problem(b, gyr__bind_at(row), "bound to struct %.*s, %.*s is struct %.*s", GYR__STR(name),
                              GYR__STR(t->def.name), GYR__STR(type));
        return;
    }
    if (!*first) *first = row;
    gyr_str other = gyr__bind_struct(*first);
    if (!gyr__str_eq(name, other))
        gyr__bind_problem(b, gyr__bind_at(row), "bound to struct %.*s, %s to struct %.*s", GYR__STR(name), (*first)->at,
                          GYR__STR(other));
}

static void check_field(gyr__binder *b, gyr__field *f) {
    const gyr_binding *row = f->binding;
    switch (row->kind) {
    case GYR_BIND_MEMBER: return check_member(b, f, row);
    case GYR_BIND_LIST: return check_list(b, f, row);
    case GYR_BIND_BIT: return check_bit(b, f, row);
    case GYR_BIND_FLAGS: return check_flags(b, f, row);
    default: return check_function(b, row);
    }
}

void gyr__bind_check_object(gyr__binder *b, gyr__type *t) {
    const gyr_binding *first = NULL;
    for (uint32_t i = 0; i < t->field_count; i++) {
        gyr__field *f = &t->fields[i];
        gyr__bind_check_arguments(b, f);
        if (f->binding) {
            check_field(b, f);
            if (is_member_row(f->binding)) check_struct(b, t, f->binding, &first);
        } else if (b->fallback)
            f->binding = b->fallback;
        else if (!b->schema->unbound && !gyr__errors_full(b->errors)) {
            gyr_str at =
                gyr__arena_printf(&b->errors->arena, "%.*s.%.*s", GYR__STR(t->def.name), GYR__STR(f->def.name));
            gyr__bind_problem(b, at.ptr ? at : f->def.name, "this field has no binding");
        } else
            b->errors->dropped += !b->schema->unbound;
    }
}
