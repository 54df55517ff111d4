/* Coerced arguments to C structs: gyr__bind_arguments.
 *
 * The schema's build has checked that every C type can carry its GraphQL type (bind_input.c); what remains is
 * told here: numbers out of range, IDs that are no numbers, text with an inner NUL for a const char *. A
 * value of an unexpected kind is refused, never reinterpreted. Recursion follows input objects, so its depth
 * is that of the value.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/number.h"
#include "type/bind.h"
#include "type/coerce_value.h"

typedef struct writer {
    gyr__arena *arena;
    gyr_errors *errors;
    const gyr__input *argument; /* at hand: names every error */
} writer;

enum { OTHER_KIND = 1, OUT_OF_RANGE, INNER_NUL, NOT_A_NUMBER, NO_MEMORY };

static void store_integer(void *to, uint32_t size, uint64_t value) {
    switch (size) {
    case 1: *(uint8_t *)to = (uint8_t)value; break;
    case 2: {
        uint16_t v = (uint16_t)value;
        memcpy(to, &v, 2);
        break;
    }
    case 4: {
        uint32_t v = (uint32_t)value;
        memcpy(to, &v, 4);
        break;
    }
    case 8: memcpy(to, &value, 8); break;
    default: break;
    }
}

/* ---- problems */

static const char *c_name(gyr_ctype c) {
    static const char *const names[] = {"",        "bool",    "int8_t",   "int16_t",     "int32_t",
                                        "int64_t", "uint8_t", "uint16_t", "uint32_t",    "uint64_t",
                                        "float",   "double",  "gyr_str",  "const char *"};
    return (uint32_t)c < GYR__COUNT(names) ? names[c] : "a C type";
}

static gyr_str shown(writer *w, const gyr_value *v) {
    char text[GYR__F64_BYTES];
    char *end = text;
    gyr__arena *arena = &w->errors->arena;
    switch (v->kind) {
    case GYR_VALUE_NULL: return gyr_s("null");
    case GYR_VALUE_BOOL: return v->of.boolean ? gyr_s("true") : gyr_s("false");
    case GYR_VALUE_INT: end = gyr__write_i64(text, v->of.integer); break;
    case GYR_VALUE_FLOAT: end = gyr__write_f64(text, v->of.number); break;
    case GYR_VALUE_ENUM: return v->of.string;
    case GYR_VALUE_STRING: {
        gyr_str cut = gyr__shown(w->errors, v->of.string);
        return gyr__arena_printf(arena, "\"%.*s\"", (int)cut.len, cut.ptr);
    }
    case GYR_VALUE_LIST: return gyr__arena_printf(arena, "a list of %u items", v->count);
    case GYR_VALUE_OBJECT: return gyr_s("an object");
    case GYR_VALUE_CUSTOM: return gyr_s("a parsed scalar");
    case GYR_VALUE_VARIABLE: break; /* coercion put its value here */
    }
    return gyr__arena_str(arena, gyr_str_of(text, (size_t)(end - text)));
}

static GYR__NOINLINE bool problem(writer *w, const gyr__input_path *path, const gyr_value *v, const char *is,
                                  const char *c) {
    if (gyr__errors_full(w->errors)) return w->errors->dropped++, false;
    const gyr_binding *row = w->argument->binding;
    gyr_str at = gyr__input_path_text(&w->errors->arena, path), text = shown(w, v);
    gyr_error *e = gyr__errors_add(w->errors, GYR_ERR_ARGUMENT, "Argument \"%s\" has invalid value%s%.*s: %.*s %s%s.",
                                   row->at, at.len ? " at " : "", (int)at.len, at.ptr ? at.ptr : "", (int)text.len,
                                   text.ptr ? text.ptr : "", is, c);
    if (e) e->coordinate = gyr__arena_str(&w->errors->arena, gyr_str_of(row->at, strlen(row->at)));
    return false;
}

static bool tell(writer *w, const gyr__input_path *path, const gyr_value *v, const gyr_binding *row, int why) {
    switch (why) {
    case 0: return true;
    case OUT_OF_RANGE: return problem(w, path, v, "is outside ", c_name(row->ctype));
    case INNER_NUL: return problem(w, path, v, "holds a NUL character", "");
    case NOT_A_NUMBER: return problem(w, path, v, "is not an integer", "");
    case NO_MEMORY: w->errors->failed = true; return false;
    default: return problem(w, path, v, "does not fit ", c_name(row->ctype));
    }
}

/* ---- leaves: 0, or what is wrong */

static int write_integer(const gyr__type *t, gyr_ctype c, const gyr_value *v, void *to) {
    static const uint8_t bytes[] = {[GYR_C_I8] = 1, [GYR_C_I16] = 2, [GYR_C_I32] = 4, [GYR_C_I64] = 8,
                                    [GYR_C_U8] = 1, [GYR_C_U16] = 2, [GYR_C_U32] = 4, [GYR_C_U64] = 8};
    bool is_signed = c <= GYR_C_I64;
    uint32_t size = bytes[c];
    int64_t n = 0;
    uint64_t big;
    if (v->kind == GYR_VALUE_INT)
        n = v->of.integer;
    else if (v->kind == GYR_VALUE_ENUM) {
        const gyr__enum_value *value = gyr__map_get(&t->value_map, v->of.string);
        if (!value || !value->has_number) return OTHER_KIND;
        n = value->number;
    } else if (v->kind != GYR_VALUE_STRING || t->scalar != GYR__ID)
        return OTHER_KIND;
    else if (!gyr__parse_i64(v->of.string.ptr, v->of.string.len, &n)) {
        if (!gyr__parse_u64(v->of.string.ptr, v->of.string.len, &big)) return NOT_A_NUMBER;
        if (c != GYR_C_U64) return OUT_OF_RANGE;
        store_integer(to, 8, big);
        return 0;
    }
    int64_t half = size == 8 ? 0 : (int64_t)1 << (8 * size - 1);
    if (is_signed && half && (n < -half || n >= half)) return OUT_OF_RANGE;
    if (!is_signed && (n < 0 || (half && n >= 2 * half))) return OUT_OF_RANGE;
    store_integer(to, size, (uint64_t)n);
    return 0;
}

static int write_float(gyr_ctype c, const gyr_value *v, void *to) {
    double d = v->kind == GYR_VALUE_INT ? (double)v->of.integer : v->of.number;
    if (v->kind != GYR_VALUE_INT && v->kind != GYR_VALUE_FLOAT) return OTHER_KIND;
    if (c == GYR_C_F64) return memcpy(to, &d, sizeof d), 0;
    float f = (float)d;
    if (!__builtin_isfinite(f)) return OUT_OF_RANGE;
    memcpy(to, &f, sizeof f);
    return 0;
}

static int write_text(writer *w, gyr_ctype c, const gyr_value *v, void *to) {
    gyr_str s = v->of.string;
    if (v->kind != GYR_VALUE_STRING && v->kind != GYR_VALUE_ENUM) return OTHER_KIND;
    if (!s.ptr) s = gyr_s(""); /* a NULL would be null */
    if (c == GYR_C_STR) return memcpy(to, &s, sizeof s), 0;
    if (memchr(s.ptr, 0, s.len)) return INNER_NUL;
    const char *copy = gyr__arena_str(w->arena, s).ptr;
    if (!copy) return NO_MEMORY;
    memcpy(to, &copy, sizeof copy);
    return 0;
}

static int write_leaf(writer *w, const gyr__type *t, const gyr_binding *row, const gyr_value *v, void *to) {
    switch (row->ctype) {
    case GYR_C_BOOL:
        if (v->kind != GYR_VALUE_BOOL) return OTHER_KIND;
        *(bool *)to = v->of.boolean;
        return 0;
    case GYR_C_F32:
    case GYR_C_F64: return write_float(row->ctype, v, to);
    case GYR_C_STR:
    case GYR_C_CSTR: return write_text(w, row->ctype, v, to);
    case GYR_C_CUSTOM:
        if (v->kind != GYR_VALUE_CUSTOM) return OTHER_KIND;
        memcpy(to, v->of.custom, row->c_size);
        return 0;
    default:
        return (row->ctype >= GYR_C_I8 && row->ctype <= GYR_C_U64) ? write_integer(t, row->ctype, v, to) : OTHER_KIND;
    }
}

/* ---- structs and lists */

static bool write_inputs(writer *w, const gyr__type *t, const gyr_value *object, const gyr__input_path *path,
                         char *into);

static bool write_value(writer *w, const gyr__type *t, const gyr_binding *row, const gyr_value *v,
                        const gyr__input_path *path, char *to) {
    if (v->kind == GYR_VALUE_NULL) return true; /* stays zero */
    if (row->ctype != GYR_C_STRUCT && row->ctype != GYR_C_REF)
        return tell(w, path, v, row, write_leaf(w, t, row, v, to));
    if (v->kind != GYR_VALUE_OBJECT || t->kind != GYR__INPUT_OBJECT) return tell(w, path, v, row, OTHER_KIND);
    if (row->ctype == GYR_C_STRUCT) return write_inputs(w, t, v, path, to);
    char *object = gyr__arena_alloc_aligned(w->arena, row->c_size, 16);
    if (!object) return tell(w, path, v, row, NO_MEMORY);
    memset(object, 0, row->c_size);
    memcpy(to, &object, sizeof object);
    return write_inputs(w, t, v, path, object);
}

static bool write_list(writer *w, const gyr__type *t, const gyr_binding *row, const gyr_value *v,
                       const gyr__input_path *path, char *base) {
    gyr__input_path here = {path, {NULL, 0}, 0};
    uint64_t most = row->count_size >= 4 ? UINT32_MAX : (1ull << 8 * row->count_size) - 1;
    if (row->is_signed) most /= 2;
    if (v->kind == GYR_VALUE_NULL) return true;
    if (v->kind != GYR_VALUE_LIST) return tell(w, path, v, row, OTHER_KIND);
    if (v->count > most) return problem(w, path, v, "is more than its count can hold", "");
    size_t size = (size_t)v->count * row->c_size;
    char *items = gyr__arena_alloc_aligned(w->arena, GYR__MAX(size, (size_t)1), 16);
    if (!items) return tell(w, path, v, row, NO_MEMORY);
    memset(items, 0, size);
    for (; here.index < v->count; here.index++)
        if (!write_value(w, t, row, &v->of.items[here.index], &here, items + (size_t)here.index * row->c_size))
            return false;
    memcpy(base + row->offset, &items, sizeof items);
    store_integer(base + row->count_offset, row->count_size, v->count);
    return true;
}

/* One argument or input field that is present, into the struct at base. */
static bool write_input(writer *w, const gyr__input *input, const gyr_value *v, const gyr__input_path *path,
                        char *base) {
    const gyr_binding *row = input->binding;
    uint64_t null_mark = row->has_mask ? row->has_mask : 2;
    if (row->has_size) store_integer(base + row->has_offset, row->has_size, v->kind == GYR_VALUE_NULL ? null_mark : 1);
    if (row->kind == GYR_BIND_ARG_LIST) return write_list(w, input->type.named, row, v, path, base);
    return write_value(w, input->type.named, row, v, path, base + row->offset);
}

static bool write_inputs(writer *w, const gyr__type *t, const gyr_value *object, const gyr__input_path *path,
                         char *into) {
    gyr__input_path here = {path, {NULL, 0}, 0};
    for (uint32_t i = 0; i < object->count; i++) {
        const gyr_value_member *m = &object->of.members[i];
        const gyr__input *input = gyr__map_get(&t->input_map, m->name);
        if (!input || !input->binding) continue;
        here.field = input->def.name;
        if (!write_input(w, input, &m->value, &here, into)) return false;
    }
    return true;
}

bool gyr__bind_arguments(gyr__arena *arena, const gyr__input *args, uint32_t arg_count, const gyr_value *values,
                         const bool *present, void *into, gyr_errors *errors) {
    writer w = {.arena = arena, .errors = errors};
    for (uint32_t i = 0; i < arg_count; i++) {
        if (!args[i].binding || !present[i]) continue;
        w.argument = &args[i];
        if (!write_input(&w, &args[i], &values[i], NULL, into)) return false;
    }
    return !arena->failed;
}
