/* All that is wrong with a default value. Coercion stops at the first problem and says it for one value; the
 * reference reports every one with its path, which is what this walk does (its validateInputLiteral). It runs
 * only for defaults that coercion refused; leaves are judged by coercion itself.
 *
 * Recursion follows the literal, whose depth the parser limits.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "language/print.h"
#include "type/builder.h"
#include "type/coerce.h"
#include "type/suggest.h"

typedef struct value_path {
    const struct value_path *up;
    gyr_str name; /* of a field, or */
    uint32_t index;
} value_path;

typedef struct checker {
    gyr__builder *b;
    const gyr__default *d;
    gyr_str coordinate;
    bool found;
    const gyr__node *shown; /* the value printed last */
    gyr_str shown_text;
} checker;

static gyr_str path_text(gyr__builder *b, const value_path *path) {
    if (!path) return gyr_s("");
    gyr_str up = path_text(b, path->up);
    if (!up.len) up = gyr_s(" at ");
    if (path->name.ptr)
        return gyr__arena_printf(&b->scratch, "%.*s.%.*s", (int)up.len, up.ptr, GYR__SHOW(b, path->name));
    return gyr__arena_printf(&b->scratch, "%.*s[%u]", (int)up.len, up.ptr, path->index);
}

static void report(checker *c, const gyr__node *node, const value_path *path, gyr_str message) {
    gyr_str at_path = path_text(c->b, path);
    gyr__at at = gyr__at_node(node, c->d->source);
    c->found = true;
    gyr__build_error(c->b, c->coordinate, &at, 1, "%.*s has invalid default value%.*s: %.*s", (int)c->coordinate.len,
                     c->coordinate.ptr, (int)at_path.len, at_path.ptr, (int)message.len, message.ptr);
}

static gyr_str type_text(const checker *c, gyr__type_ref t) {
    return gyr__shown(c->b->errors, gyr__type_ref_text(&c->b->scratch, t));
}

/* Each unknown field of an object shows the whole object: it is printed once. */
static gyr_str value_text(checker *c, const gyr__node *node) {
    if (c->shown != node)
        c->shown_text = gyr__shown_cut(c->b->errors, gyr__print(&c->b->scratch, node), GYR__SHOWN_BYTES);
    c->shown = node;
    return c->shown_text;
}

#define MESSAGE(c, ...) gyr__arena_printf(&(c)->b->scratch, __VA_ARGS__)
#define T(s)            (int)(s).len, (s).ptr

static void check(checker *c, const gyr__node *value, gyr__type_ref t, const value_path *path);

static const gyr__node *given(const gyr__map *names, gyr_str name) { return gyr__map_get(names, name); }

static void check_fields(checker *c, const gyr__ast_object *object, const gyr__map *names, gyr__type_ref t,
                         const value_path *path) {
    gyr_str type = type_text(c, t);
    for (uint32_t i = 0; i < t.named->input_count && !gyr__errors_full(c->b->errors); i++) {
        const gyr__input *input = &t.named->inputs[i];
        const gyr__node *value = given(names, input->def.name);
        if (value) {
            value_path here = {path, input->def.name, 0};
            check(c, value, input->type, &here);
        } else if (gyr__is_non_null(input->type) && !input->has_default) {
            gyr_str found = value_text(c, &object->node);
            report(c, &object->node, path,
                   MESSAGE(c, "Expected value of type \"%.*s\" to include required field \"%.*s\", found: %.*s.",
                           T(type), GYR__SHOW(c->b, input->def.name), T(found)));
        }
    }
}

static void unknown_field(checker *c, const gyr__ast_object *object, const gyr__ast_object_field *f, gyr__type_ref t,
                          const value_path *path) {
    gyr__suggest s;
    gyr_str type = type_text(c, t), found = value_text(c, &object->node), hint = gyr_s("");
    gyr__suggest_init(&s, c->b->errors, f->name);
    for (uint32_t i = 0; i < t.named->input_count; i++) gyr__suggest_option(&s, t.named->inputs[i].def.name);
    if (!c->b->schema->no_suggestions) hint = gyr__suggest_text(&s);
    if (hint.len)
        hint = MESSAGE(c, ".%.*s Found", T(hint));
    else
        hint = gyr_s(", found");
    report(c, &f->node, path,
           MESSAGE(c, "Expected value of type \"%.*s\" not to include unknown field \"%.*s\"%.*s: %.*s.", T(type),
                   GYR__SHOW(c->b, f->name), T(hint), T(found)));
}

static void check_object(checker *c, const gyr__node *value, gyr__type_ref t, const value_path *path) {
    gyr_str type = type_text(c, t);
    if (value->kind != GYR__AST_OBJECT) {
        gyr_str found = value_text(c, value);
        report(c, value, path,
               MESSAGE(c, "Expected value of type \"%.*s\" to be an object, found: %.*s.", T(type), T(found)));
        return;
    }
    const gyr__ast_object *object = gyr__ast_as(object, value);
    const gyr__ast_object_field *known = NULL;
    gyr__map names = {0};
    uint32_t known_count = 0;
    for (uint32_t i = 0; i < object->fields.count; i++) {
        gyr__map_entry *e = gyr__map_put(&c->b->scratch, &names, object->fields.items[i]->name, NULL);
        if (!e) return;
        e->ptr = object->fields.items[i]->value;
    }
    check_fields(c, object, &names, t, path);
    for (uint32_t i = 0; i < object->fields.count && !gyr__errors_full(c->b->errors); i++) {
        const gyr__ast_object_field *f = object->fields.items[i];
        if (!gyr__map_get(&t.named->input_map, f->name))
            unknown_field(c, object, f, t, path);
        else if (++known_count == 1)
            known = f;
    }
    if (!t.named->is_one_of || (known_count == 1 && known->value->kind != GYR__AST_NULL)) return;
    value_path null_path = {path, known ? known->name : gyr_s(""), 0};
    report(c, value, known_count == 1 ? &null_path : path,
           MESSAGE(c,
                   "Within OneOf Input Object type \"%.*s\", exactly one field must be specified, and the value for "
                   "that field must be non-null.",
                   T(type)));
}

static void check_leaf(checker *c, const gyr__node *value, gyr__type_ref t, const value_path *path) {
    gyr__builder *b = c->b;
    gyr_errors problems;
    gyr_value ignored;
    gyr__errors_init(&problems, &b->schema->allocator, 0);
    gyr__literal_report how = {.errors = &problems, .status = GYR_ERR_SCHEMA, .places = &b->places[c->d->source]};
    if (!gyr__coerce_literal_for(&b->scratch, b->schema, &b->sources[c->d->source], t, value, NULL, &how, &ignored)) {
        if (problems.list.len)
            report(c, value, path, problems.list.items[0].message);
        else
            b->errors->failed = true;
    }
    gyr__errors_fini(&problems);
}

static void check(checker *c, const gyr__node *value, gyr__type_ref t, const value_path *path) {
    if (gyr__errors_full(c->b->errors)) return;
    if (value->kind == GYR__AST_NULL) {
        if (!gyr__is_non_null(t)) return;
        gyr_str type = type_text(c, t);
        report(c, value, path, MESSAGE(c, "Expected value of non-null type \"%.*s\" not to be null.", T(type)));
        return;
    }
    t = gyr__nullable(t);
    if (gyr__is_list(t)) {
        if (value->kind != GYR__AST_LIST) {
            check(c, value, gyr__item_type(t), path);
            return;
        }
        const gyr__node_list *items = &gyr__ast_as(list, value)->values;
        for (uint32_t i = 0; i < items->count && !gyr__errors_full(c->b->errors); i++) {
            value_path here = {path, {NULL, 0}, i};
            check(c, items->items[i], gyr__item_type(t), &here);
        }
    } else if (t.named->kind == GYR__INPUT_OBJECT) {
        check_object(c, value, t, path);
    } else if (gyr__is_leaf_type(t.named)) {
        check_leaf(c, value, t, path);
    }
}

void gyr__check_default(gyr__builder *b, const gyr__default *d, gyr_errors *fallback) {
    gyr_str name = d->input->def.name;
    checker c = {.b = b, .d = d};
    c.coordinate = d->type        ? gyr__coordinate_member(b, d->type->def.name, name)
                   : d->directive ? gyr__coordinate_directive(b, d->directive->def.name, name)
                                  : gyr__coordinate_argument(b, d->field->parent->def.name, d->field->def.name, name);
    check(&c, d->value, d->input->type, NULL);
    if (!c.found && fallback->list.len) report(&c, d->value, NULL, fallback->list.items[0].message);
}
