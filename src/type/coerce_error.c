/* What input coercion says: places in values, values as text, whole messages. Only runs when something is
 * wrong; nothing is formatted once the errors' limit is reached.
 *
 * A value is shown as the reference's inspect() shows it (JSON: two levels, ten items of a list) or printed
 * (literals), and cut after SHOWN bytes, so that no message echoes a large request.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/number.h"
#include "language/print.h"
#include "type/coerce_value.h"
#include "type/suggest.h"

#include <stdarg.h>
#include <stdio.h>

enum { SHOWN = GYR__SHOWN_BYTES, SHOWN_ITEMS = GYR__SHOWN_ITEMS, SHOWN_DEPTH = GYR__SHOWN_DEPTH };

/* ---- places */

gyr_str gyr__input_path_text(gyr__arena *arena, const gyr__input_path *path) {
    size_t size = 1;
    for (const gyr__input_path *p = path; p; p = p->prev) size += p->field.ptr ? p->field.len + 1 : 12;
    char *text = gyr__arena_alloc_aligned(arena, size, 1);
    size_t at = size;
    for (const gyr__input_path *p = path; text && p; p = p->prev) {
        char index[16];
        int n = snprintf(index, sizeof index, "[%u]", p->index);
        gyr_str part = p->field.ptr ? p->field : gyr_str_of(index, (size_t)n);
        at -= part.len;
        memcpy(text + at, part.ptr, part.len);
        if (p->field.ptr) text[--at] = '.';
    }
    return text ? gyr_str_of(text + at, size - at) : gyr_s("");
}

static gyr_str coordinate_text(gyr__arena *arena, gyr_str owner, gyr_str field, gyr_str argument) {
    return gyr__arena_printf(arena, "%.*s%s%.*s(%.*s:)", (int)owner.len, owner.ptr, field.len ? "." : "",
                             (int)field.len, field.ptr, (int)argument.len, argument.ptr);
}

gyr_str gyr__argument_coordinate(gyr__arena *arena, const gyr_schema *s, const gyr__input *args,
                                 const gyr__input *argument) {
    gyr_str name = argument->def.name, none = gyr_s("");
    for (uint32_t i = 0; i < s->directive_count; i++)
        if (s->directives[i]->args == args) {
            gyr_str directive =
                gyr__arena_printf(arena, "@%.*s", (int)s->directives[i]->def.name.len, s->directives[i]->def.name.ptr);
            return coordinate_text(arena, directive, none, name);
        }
    for (uint32_t i = 0; i < s->type_count; i++)
        for (uint32_t k = 0; k < s->types[i]->field_count; k++)
            if (s->types[i]->fields[k].args == args)
                return coordinate_text(arena, s->types[i]->def.name, s->types[i]->fields[k].def.name, name);
    if (args == s->meta_type.args && s->roots[0])
        return coordinate_text(arena, s->roots[0]->def.name, s->meta_type.def.name, name);
    return name;
}

/* ---- values */

typedef struct shown {
    char text[SHOWN + 8];
    size_t len;
    bool cut;
} shown;

static void put(shown *s, gyr_str text) {
    size_t n = GYR__MIN(text.len, SHOWN - s->len);
    if (n) memcpy(s->text + s->len, text.ptr, n);
    s->len += n;
    s->cut |= n < text.len;
}

static void put_string(shown *s, gyr_str text) {
    static const char letters[] = "btn fr"; /* of 8..13; 11 has none */
    put(s, gyr_s("\""));
    for (size_t i = 0; i < text.len && !s->cut; i++) {
        unsigned char ch = (unsigned char)text.ptr[i];
        char escape[8];
        int n = 0;
        if (ch == '"' || ch == '\\')
            n = snprintf(escape, sizeof escape, "\\%c", ch);
        else if (ch >= 8 && ch <= 13 && ch != 11)
            n = snprintf(escape, sizeof escape, "\\%c", letters[ch - 8]);
        else if (ch < 32)
            n = snprintf(escape, sizeof escape, "\\u%04x", ch);
        put(s, n ? gyr_str_of(escape, (size_t)n) : gyr__str_slice(text, i, i + 1));
    }
    put(s, gyr_s("\""));
}

static void put_number(shown *s, const gyr__json *json) {
    char text[GYR__F64_BYTES];
    if (json->kind == GYR__JSON_DOUBLE && __builtin_isnan(json->number)) return put(s, gyr_s("NaN"));
    if (json->kind == GYR__JSON_DOUBLE && !__builtin_isfinite(json->number))
        return put(s, json->number < 0 ? gyr_s("-Infinity") : gyr_s("Infinity"));
    char *end = json->kind == GYR__JSON_INT ? gyr__write_i64(text, json->integer) : gyr__write_f64(text, json->number);
    put(s, gyr_str_of(text, (size_t)(end - text)));
}

static void inspect(shown *s, const gyr__json *json, uint32_t depth);

static void inspect_array(shown *s, const gyr__json *json, uint32_t depth) {
    uint32_t count = GYR__MIN(json->count, (uint32_t)SHOWN_ITEMS);
    if (depth > SHOWN_DEPTH && json->count) return put(s, gyr_s("[Array]"));
    put(s, gyr_s("["));
    for (uint32_t i = 0; i < count && !s->cut; i++) {
        if (i) put(s, gyr_s(", "));
        inspect(s, &json->items[i], depth);
    }
    if (json->count > count) {
        char more[48];
        uint32_t rest = json->count - count;
        int n = snprintf(more, sizeof more, ", ... %u more item%s", rest, rest == 1 ? "" : "s");
        put(s, gyr_str_of(more, (size_t)n));
    }
    put(s, gyr_s("]"));
}

static void inspect_object(shown *s, const gyr__json *json, uint32_t depth) {
    if (!json->count) return put(s, gyr_s("{}"));
    if (depth > SHOWN_DEPTH) return put(s, gyr_s("[Object]"));
    put(s, gyr_s("{ "));
    for (uint32_t i = 0; i < json->count && !s->cut; i++) {
        if (i) put(s, gyr_s(", "));
        put(s, json->members[i].name);
        put(s, gyr_s(": "));
        inspect(s, &json->members[i].value, depth);
    }
    put(s, gyr_s(" }"));
}

static void inspect(shown *s, const gyr__json *json, uint32_t depth) {
    switch ((gyr__json_kind)json->kind) {
    case GYR__JSON_NULL: return put(s, gyr_s("null"));
    case GYR__JSON_BOOL: return put(s, json->boolean ? gyr_s("true") : gyr_s("false"));
    case GYR__JSON_INT:
    case GYR__JSON_DOUBLE: return put_number(s, json);
    case GYR__JSON_STRING: return put_string(s, json->text);
    case GYR__JSON_ARRAY: return inspect_array(s, json, depth + 1);
    case GYR__JSON_OBJECT: return inspect_object(s, json, depth + 1);
    }
}

/* A text that was cut ends with a whole character and three dots. */
static gyr_str finish(shown *s, gyr__arena *arena) {
    if (s->cut) {
        while (s->len && ((unsigned char)s->text[s->len - 1] & 0xC0) == 0x80) s->len--;
        if (s->len && (unsigned char)s->text[s->len - 1] >= 0xC0) s->len--;
        memcpy(s->text + s->len, "...", 3);
        s->len += 3;
    }
    return gyr__arena_str(arena, gyr_str_of(s->text, s->len));
}

gyr_str gyr__json_shown(gyr__arena *arena, const gyr__json *json) {
    shown s;
    s.len = 0, s.cut = false;
    inspect(&s, json, 0);
    return finish(&s, arena);
}

/* The literal as a leaf type sees it where no variable has a value: null in lists, and a field less in objects. */
static gyr__node *without_variables(gyr__arena *arena, gyr__node *node) {
    static const gyr__ast_null null = {.node.kind = GYR__AST_NULL};
    if (node->kind == GYR__AST_VARIABLE) return (gyr__node *)&null.node;
    if (node->kind == GYR__AST_LIST) {
        gyr__ast_list *list = gyr__new(arena, gyr__ast_list);
        if (!list) return node;
        *list = *gyr__ast_as(list, node);
        list->values.items = gyr__new_array(arena, gyr__node *, list->values.count);
        for (uint32_t i = 0; list->values.items && i < list->values.count; i++)
            list->values.items[i] = without_variables(arena, gyr__ast_as(list, node)->values.items[i]);
        return list->values.items ? &list->node : node;
    }
    if (node->kind != GYR__AST_OBJECT) return node;
    const gyr__ast_object_field_list *from = &gyr__ast_as(object, node)->fields;
    gyr__ast_object *object = gyr__new(arena, gyr__ast_object);
    gyr__ast_object_field **to = gyr__new_array(arena, gyr__ast_object_field *, from->count);
    gyr__ast_object_field *fields = gyr__new_array(arena, gyr__ast_object_field, from->count);
    if (!object || !to || !fields) return node;
    *object = *gyr__ast_as(object, node);
    object->fields.items = to;
    object->fields.count = 0;
    for (uint32_t i = 0; i < from->count; i++) {
        if (from->items[i]->value->kind == GYR__AST_VARIABLE) continue;
        fields[i] = *from->items[i];
        fields[i].value = without_variables(arena, fields[i].value);
        to[object->fields.count++] = &fields[i];
    }
    return &object->node;
}

static gyr_str raw_shown(gyr__coercion *c, gyr__raw raw, bool leaf) {
    if (gyr__errors_full(c->errors)) return gyr_s("");
    if (raw.json) return gyr__json_shown(&c->errors->arena, raw.json);
    if (raw.node == c->shown_node) return c->shown;
    shown s;
    s.len = 0, s.cut = false;
    gyr__arena scratch; /* a literal may be large */
    gyr__arena_init(&scratch, &c->arena->allocator, 0);
    put(&s, gyr__print(&scratch, leaf ? without_variables(&scratch, (gyr__node *)raw.node) : raw.node));
    if (scratch.failed) c->errors->failed = true;
    gyr__arena_fini(&scratch);
    c->shown_node = raw.node;
    return c->shown = finish(&s, &c->errors->arena);
}

gyr_str gyr__raw_shown(gyr__coercion *c, gyr__raw raw) { return raw_shown(c, raw, false); }
gyr_str gyr__leaf_shown(gyr__coercion *c, gyr__raw raw) { return raw_shown(c, raw, c->skip_variables); }

gyr_str gyr__coercion_suggest(gyr__coercion *c, gyr_str name, const gyr__map *names, const char *what) {
    gyr__suggest s;
    if (c->schema->no_suggestions) return gyr_s("");
    gyr__suggest_init(&s, c->errors, name);
    for (uint32_t i = 0; i < names->count; i++) gyr__suggest_option(&s, names->entries[i].key);
    gyr_str text = gyr__suggest_text(&s), lead = gyr_s(" Did you mean ");
    if (!what || !gyr__str_starts(text, lead)) return text;
    return gyr__arena_printf(&c->errors->arena, "%.*s%s %.*s", (int)lead.len, lead.ptr, what,
                             (int)(text.len - lead.len), text.ptr + lead.len);
}

/* ---- messages */

static gyr_str subject(gyr__coercion *c) {
    const char *is = c->is_default ? "has invalid default value" : "has invalid value";
    gyr__arena *arena = &c->errors->arena;
    if (c->variable.ptr) {
        gyr_str name = gyr__shown(c->errors, c->variable);
        return gyr__arena_printf(arena, "Variable \"$%.*s\" %s", (int)name.len, name.ptr, is);
    }
    if (!c->argument) return c->subject;
    gyr_str name = gyr__argument_coordinate(arena, c->schema, c->args, c->argument);
    return gyr__arena_printf(arena, "Argument \"%.*s\" %s", (int)name.len, name.ptr, is);
}

bool gyr__coercion_full(gyr__coercion *c) {
    if (!gyr__errors_full(c->errors)) return false;
    if (c->variable.ptr && !c->full && !c->errors->failed) {
        uint32_t limit = c->errors->limit; /* the reference ends a list that is too long with this one */
        c->errors->limit = 0;
        gyr__errors_add(c->errors, c->status, "%s",
                        "Too many errors processing variables, error limit reached. Execution aborted.");
        c->errors->limit = limit;
    }
    return c->full = true;
}

static void add(gyr__coercion *c, const gyr__node *place, gyr_str text) {
    gyr_error *e = gyr__errors_add(c->errors, c->status, "%.*s", (int)text.len, text.ptr);
    if (!e || !c->source || !place) return;
    gyr_location at = c->places ? gyr__places_at(c->places, c->arena, c->source, place->start)
                                : gyr__source_location(c->source, place->start);
    gyr__error_at(c->errors, e, at);
    if (c->source->name.len) e->source = gyr__arena_str(&c->errors->arena, c->source->name);
}

static gyr_str format_text(gyr__arena *arena, const char *format, va_list args) {
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *text = n < 0 ? NULL : gyr__arena_alloc_aligned(arena, (size_t)n + 1, 1);
    if (text) vsnprintf(text, (size_t)n + 1, format, args);
    return text ? gyr_str_of(text, (size_t)n) : gyr_s("");
}

bool gyr__coercion_problem(gyr__coercion *c, const gyr__input_path *path, gyr__raw raw, const char *format, ...) {
    if (gyr__coercion_full(c)) return false;
    va_list args;
    va_start(args, format);
    gyr_str text = format_text(&c->errors->arena, format, args), what = subject(c);
    va_end(args);
    if (what.len) {
        gyr_str at = gyr__input_path_text(&c->errors->arena, path);
        text = gyr__arena_printf(&c->errors->arena, "%.*s%s%.*s: %.*s", (int)what.len, what.ptr, at.len ? " at " : "",
                                 (int)at.len, at.ptr, (int)text.len, text.ptr);
    }
    add(c, c->place ? c->place : raw.node, text);
    return false;
}

bool gyr__coercion_fault(gyr__coercion *c, const gyr__node *place, const char *format, ...) {
    if (gyr__coercion_full(c)) return false;
    va_list args;
    va_start(args, format);
    add(c, place, format_text(&c->errors->arena, format, args));
    va_end(args);
    return false;
}
