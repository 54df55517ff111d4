/* Binding: copies the table and hangs each row on what its coordinate names. See bind.h, and binder.h for the
 * other files.
 *
 * Order: scalars (also alone, before default values are coerced), then all rows, then the checks: enums and
 * abstract types, input objects, object types with their arguments. A row that names nothing is told and
 * dropped; the rest goes on, so that one build tells everything.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "type/binder.h"
#include "type/suggest.h"

#include <stdarg.h>
#include <stdio.h>

void gyr__bind_problem(gyr__binder *b, gyr_str coordinate, const char *format, ...) {
    if (gyr__errors_full(b->errors)) {
        b->errors->dropped++;
        return;
    }
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    gyr_error *e = gyr__errors_add(b->errors, GYR_ERR_BINDING, "%.*s: %s", GYR__STR(coordinate), text);
    if (e) e->coordinate = gyr__arena_str(&b->errors->arena, coordinate);
}

/* ---- the table. Rows stand as far apart as their first member says: a program built with an older header
 * has shorter ones. */

enum { ROW_MIN = offsetof(gyr_binding, number) };

static const gyr_binding *next_row(const gyr_binding *row) {
    return (const gyr_binding *)(const void *)((const char *)row + row->size);
}

static bool is_end(const gyr_binding *row) { return row->size < ROW_MIN || row->kind == GYR_BIND_END; }

static bool copy_row(gyr__arena *arena, const gyr_binding *row, gyr_binding *out) {
    const char *at = row->at ? row->at : "", *c_name = row->c_name ? row->c_name : "";
    memset(out, 0, sizeof *out);
    memcpy(out, row, GYR__MIN((size_t)row->size, sizeof *out));
    out->size = sizeof *out;
    out->at = gyr__arena_str(arena, gyr_str_of(at, strlen(at))).ptr;
    out->c_name = gyr__arena_str(arena, gyr_str_of(c_name, strlen(c_name))).ptr;
    return out->at && out->c_name;
}

static bool copy_table(gyr__binder *b, const gyr_binding *table) {
    uint32_t count = 0;
    const gyr_binding *row = table;
    for (; row && !is_end(row); row = next_row(row)) count++;
    if (row && row->size < ROW_MIN)
        gyr__bind_problem(b, gyr_s("bindings"), "row %u has no size; rows are written with the macros of gyr.h", count);
    b->rows = gyr__new_array(&b->schema->arena, gyr_binding, count);
    row = table;
    for (uint32_t i = 0; b->rows && i < count; i++, row = next_row(row))
        if (!copy_row(&b->schema->arena, row, &b->rows[i])) return false;
    b->row_count = count;
    return b->rows != NULL;
}

/* ---- coordinates: Type, Type.member, Type.field(argument:) */

typedef struct coordinate {
    gyr_str type, member, argument; /* ptr NULL: not there */
} coordinate;

static bool split(gyr_str at, coordinate *out) {
    const char *dot = memchr(at.ptr, '.', at.len), *open = memchr(at.ptr, '(', at.len), *end = at.ptr + at.len;
    *out = (coordinate){.type = at};
    if (open) {
        if (!dot || dot > open || end - open < 4 || end[-1] != ')' || end[-2] != ':') return false;
        out->argument = gyr_str_of(open + 1, (size_t)(end - 2 - open - 1));
        end = open;
    }
    if (dot) {
        out->type.len = (size_t)(dot - at.ptr);
        out->member = gyr_str_of(dot + 1, (size_t)(end - dot - 1));
        if (!out->member.len) return false;
    }
    return out->type.len > 0;
}

static void unknown(gyr__binder *b, const gyr_binding *row, const char *what, gyr_str name, const char *in,
                    gyr_str owner, const gyr__map *names, const gyr__input *args, uint32_t arg_count) {
    gyr__suggest s;
    if (gyr__errors_full(b->errors)) return;
    gyr__suggest_init(&s, b->errors, name);
    for (uint32_t i = 0; names && i < names->count; i++) gyr__suggest_option(&s, names->entries[i].key);
    for (uint32_t i = 0; i < arg_count; i++) gyr__suggest_option(&s, args[i].def.name);
    gyr_str hint = gyr__suggest_text(&s);
    gyr__bind_problem(b, gyr__bind_at(row), "there is no %s \"%.*s\"%s%.*s.%.*s", what, GYR__STR(name), in,
                      GYR__STR(owner), GYR__STR(hint));
}

static const char *kind_name(const gyr__type *t) {
    static const char *const names[] = {"a scalar", "an object type", "an interface",
                                        "a union",  "an enum",        "an input object type"};
    return names[t->kind];
}

/* ---- rows onto types, fields, arguments, values */

static void set_once(gyr__binder *b, const gyr_binding **slot, const gyr_binding *row) {
    if (*slot)
        gyr__bind_problem(b, gyr__bind_at(row), "bound twice, to %s and to %s", (*slot)->c_name, row->c_name);
    else
        *slot = row;
}

static void wrong_target(gyr__binder *b, const gyr_binding *row, const gyr__type *t, const char *wanted) {
    gyr__bind_problem(b, gyr__bind_at(row), "%s needs %s, %.*s is %s", row->c_name, wanted, GYR__STR(t->def.name),
                      kind_name(t));
}

static void attach_type(gyr__binder *b, gyr__type *t, const gyr_binding *row) {
    switch (row->kind) {
    case GYR_BIND_TYPE:
        if (t->kind == GYR__OBJECT || t->kind == GYR__INPUT_OBJECT)
            set_once(b, &t->binding, row);
        else
            wrong_target(b, row, t, "an object type or an input object type");
        return;
    case GYR_BIND_TAG:
    case GYR_BIND_TYPE_FN:
        if (gyr__is_abstract_type(t))
            set_once(b, &t->binding, row);
        else
            wrong_target(b, row, t, "an interface or a union");
        return;
    case GYR_BIND_SCALAR:
        if (t->kind != GYR__SCALAR || t->is_builtin) {
            gyr__bind_problem(b, gyr__bind_at(row), "%s needs a custom scalar, %.*s is %s", row->c_name,
                              GYR__STR(t->def.name), t->is_builtin ? "built in" : kind_name(t));
        } else if (!t->binding || strcmp(t->binding->c_name, row->c_name) != 0 || t->binding->parse != row->parse)
            set_once(b, &t->binding, row); /* else: what gyr__bind_scalars has set */
        return;
    default: gyr__bind_problem(b, gyr__bind_at(row), "%s binds a field, this names a type", row->c_name);
    }
}

static void attach_value(gyr__binder *b, const gyr__type *t, const gyr_binding *row, gyr_str name) {
    gyr__enum_value *value = gyr__map_get(&t->value_map, name);
    if (!value) return unknown(b, row, "value", name, " in enum ", t->def.name, &t->value_map, NULL, 0);
    if (row->kind != GYR_BIND_ENUM_VALUE)
        return gyr__bind_problem(b, gyr__bind_at(row), "%s cannot bind an enum value, GYR_ENUM_VALUE does",
                                 row->c_name);
    if (value->has_number)
        return gyr__bind_problem(b, gyr__bind_at(row), "bound twice, to %lld and to %s", (long long)value->number,
                                 row->c_name);
    value->has_number = true;
    value->number = row->number;
}

static bool is_argument_row(const gyr_binding *row) {
    return row->kind == GYR_BIND_ARG || row->kind == GYR_BIND_ARG_LIST;
}

static void attach_input(gyr__binder *b, gyr__input *inputs, uint32_t count, const gyr_binding *row, gyr_str name,
                         const char *what, const char *in, gyr_str owner) {
    gyr__input *input = NULL;
    for (uint32_t i = 0; i < count && !input; i++)
        if (gyr__str_eq(inputs[i].def.name, name)) input = &inputs[i];
    if (!input) return unknown(b, row, what, name, in, owner, NULL, inputs, count);
    if (!is_argument_row(row))
        return gyr__bind_problem(b, gyr__bind_at(row), "%s binds a field; an %s needs GYR_ARG", row->c_name, what);
    set_once(b, &input->binding, row);
}

/* A source stream stands beside the row that reads the field of an event. */
static void attach_stream(gyr__binder *b, const gyr__type *t, const gyr__field *field, const gyr_binding *row) {
    gyr_schema *s = b->schema;
    if (t != s->roots[GYR_SUBSCRIPTION])
        return gyr__bind_problem(b, gyr__bind_at(row), "%s opens a source stream, %.*s is not the subscription type",
                                 row->c_name, GYR__STR(t->def.name));
    if (!row->resolve) return gyr__bind_problem(b, gyr__bind_at(row), "%s: the function is NULL", row->c_name);
    if (!s->source_streams)
        s->source_streams = gyr__arena_zalloc(&s->arena, t->field_count * sizeof *s->source_streams);
    if (s->source_streams) set_once(b, &s->source_streams[field->index], row);
}

static bool is_field_row(const gyr_binding *row) { return row->kind >= GYR_BIND_MEMBER && row->kind <= GYR_BIND_BATCH; }

static void attach_field(gyr__binder *b, const gyr__type *t, const gyr_binding *row, const coordinate *c) {
    gyr__field *field = gyr__map_get(&t->field_map, c->member);
    if (!field) return unknown(b, row, "field", c->member, " in ", t->def.name, &t->field_map, NULL, 0);
    if (t->kind == GYR__INTERFACE)
        return gyr__bind_problem(b, gyr__bind_at(row),
                                 "%.*s is an interface; bind the field of the object types that implement it",
                                 GYR__STR(t->def.name));
    if (t->is_introspection) return gyr__bind_problem(b, gyr__bind_at(row), "introspection answers this itself");
    if (c->argument.ptr)
        return attach_input(b, field->args, field->arg_count, row, c->argument, "argument", " of ",
                            gyr_str_of(row->at, (size_t)(c->argument.ptr - 1 - row->at)));
    if (row->kind == GYR_BIND_STREAM) return attach_stream(b, t, field, row);
    if (!is_field_row(row)) return gyr__bind_problem(b, gyr__bind_at(row), "%s does not bind a field", row->c_name);
    set_once(b, &field->binding, row);
}

static void attach(gyr__binder *b, const gyr_binding *row) {
    coordinate c;
    gyr_str at = gyr__bind_at(row);
    if (row->kind < GYR_BIND_END || row->kind > GYR_BIND_STREAM)
        return gyr__bind_problem(b, at, "kind %d of binding is unknown", (int)row->kind);
    if (!split(at, &c))
        return gyr__bind_problem(b, at,
                                 "this is not a schema coordinate as \"Type\", \"Type.field\" or "
                                 "\"Type.field(argument:)\"");
    gyr__type *t = gyr__schema_type(b->schema, c.type);
    if (!t) return unknown(b, row, "type", c.type, "", gyr_s(""), &b->schema->type_map, NULL, 0);
    if (!c.member.ptr) return attach_type(b, t, row);
    if (c.argument.ptr && t->kind != GYR__OBJECT && t->kind != GYR__INTERFACE)
        return gyr__bind_problem(b, at, "%.*s is %s, its members have no arguments", GYR__STR(t->def.name),
                                 kind_name(t));
    switch (t->kind) {
    case GYR__OBJECT:
    case GYR__INTERFACE: return attach_field(b, t, row, &c);
    case GYR__ENUM: return attach_value(b, t, row, c.member);
    case GYR__INPUT_OBJECT:
        return attach_input(b, t->inputs, t->input_count, row, c.member, "input field", " in ", t->def.name);
    case GYR__SCALAR:
    case GYR__UNION: break;
    }
    gyr__bind_problem(b, at, "%.*s is %s, it has no members", GYR__STR(t->def.name), kind_name(t));
}

/* ---- fallbacks */

static bool copy_fallbacks(gyr__binder *b, const gyr_schema_options *options) {
    const gyr_binding *f = options->fallback, *t = options->type_fallback;
    gyr_binding *copies = gyr__new_array(&b->schema->arena, gyr_binding, 2);
    if (!copies) return false;
    b->schema->type_fallback = NULL;
    if (f && copy_row(&b->schema->arena, f, &copies[0])) {
        b->fallback = &copies[0];
        bool fits = f->kind == GYR_BIND_GETTER || f->kind == GYR_BIND_RESOLVER;
        if (!fits || !copies[0].resolve)
            gyr__bind_problem(b, gyr_s("fallback"), "a fallback is a getter or resolver with a function");
    }
    if (t && copy_row(&b->schema->arena, t, &copies[1])) {
        b->schema->type_fallback = &copies[1];
        if (t->kind != GYR_BIND_TYPE_FN || !copies[1].type_fn)
            gyr__bind_problem(b, gyr_s("type_fallback"), "a type fallback is a type function");
    }
    return !b->schema->arena.failed;
}

/* ---- all of it */

static void check(gyr__binder *b) {
    gyr_schema *s = b->schema;
    for (uint32_t i = 0; i < s->type_count; i++) {
        if (s->types[i]->kind == GYR__ENUM) gyr__bind_check_enum(b, s->types[i]);
        if (gyr__is_abstract_type(s->types[i])) gyr__bind_check_abstract(b, s->types[i]);
    }
    for (uint32_t i = 0; i < s->type_count; i++)
        if (s->types[i]->kind == GYR__INPUT_OBJECT) gyr__bind_check_input_object(b, s->types[i]);
    for (uint32_t i = 0; i < s->type_count; i++) {
        gyr__type *t = s->types[i];
        if (t->kind == GYR__INPUT_OBJECT) gyr__bind_check_input_structs(b, t->inputs, t->input_count);
        if (t->kind == GYR__OBJECT && !t->is_introspection) gyr__bind_check_object(b, t);
    }
}

bool gyr__bind_scalars(gyr_schema *schema, const gyr_schema_options *options) {
    for (const gyr_binding *row = options->bindings; row && !is_end(row); row = next_row(row)) {
        gyr__type *t = row->at ? gyr__schema_type(schema, gyr_str_of(row->at, strlen(row->at))) : NULL;
        if (row->kind != GYR_BIND_SCALAR || !t || t->kind != GYR__SCALAR || t->is_builtin || t->binding) continue;
        gyr_binding *copy = gyr__new(&schema->arena, gyr_binding);
        if (!copy || !copy_row(&schema->arena, row, copy)) return false;
        t->binding = copy;
    }
    return true;
}

bool gyr__bind_schema(gyr_schema *schema, const gyr_schema_options *options, gyr_errors *errors) {
    gyr__binder b = {.schema = schema, .errors = errors};
    uint32_t before = errors->list.len + errors->dropped;
    gyr__arena *arena = &schema->arena;
    b.struct_ends = gyr__arena_zalloc(arena, schema->type_count * sizeof *b.struct_ends);
    b.reported = gyr__arena_zalloc(arena, schema->type_count);
    if (b.struct_ends && b.reported && copy_table(&b, options->bindings) && copy_fallbacks(&b, options)) {
        for (uint32_t i = 0; i < b.row_count; i++) attach(&b, &b.rows[i]);
        check(&b);
    }
    if (arena->failed) errors->failed = true;
    return !errors->failed && errors->list.len + errors->dropped == before;
}
