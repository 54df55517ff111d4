/* Directives applied in the SDL: known, allowed at this place, unique there unless repeatable, with known,
 * unique and required arguments (Specification 3.13, 5.7, 5.4). What is kept of them is a gyr__applied: the
 * name and the arguments as written.
 *
 * An owner is what "this location" means: a member, an argument, or a type or schema with all its extensions.
 * Uniqueness needs no set: every directive definition remembers the last owner that it was seen at.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "language/print.h"
#include "type/builder.h"
#include "type/suggest.h"
#include "type/written.h"

enum { FEW = 16 };

/* ---- names given twice in a literal */

/* The earlier one of equal names, or NULL. */
static const gyr_str *seen_before(gyr__builder *b, gyr__map *map, const gyr_str *name) {
    bool added;
    gyr__map_entry *e = gyr__map_put(&b->scratch, map, *name, &added);
    if (!e) return NULL;
    if (!added) return e->ptr;
    e->ptr = (void *)name;
    return NULL;
}

/* Recursion is bounded by the parser's depth limit. */
void gyr__check_literal_names(gyr__builder *b, const gyr__node *value, uint32_t source) {
    if (value->kind == GYR__AST_LIST) {
        const gyr__ast_list *list = gyr__ast_as(list, value);
        for (uint32_t i = 0; i < list->values.count; i++) gyr__check_literal_names(b, list->values.items[i], source);
    }
    if (value->kind != GYR__AST_OBJECT) return;
    const gyr__ast_object *object = gyr__ast_as(object, value);
    gyr__map map = {0};
    for (uint32_t i = 0; i < object->fields.count; i++) {
        const gyr__ast_object_field *f = object->fields.items[i];
        const gyr_str *old = object->fields.count > 1 ? seen_before(b, &map, &f->name) : NULL;
        if (old) {
            gyr__at at[2] = {gyr__at_name(b, *old, f, source), gyr__at_name(b, f->name, f, source)};
            gyr__build_error(b, gyr_s(""), at, 2, "There can be only one input field named \"%.*s\".",
                             GYR__SHOW(b, f->name));
        }
        gyr__check_literal_names(b, f->value, source);
    }
}

/* ---- arguments */

static void unique_arguments(gyr__builder *b, const gyr__ast_directive *node, uint32_t source) {
    const gyr__ast_argument_list *list = &node->arguments;
    if (list->count < 2) return;
    gyr__map map = {0}; /* name -> how often */
    for (uint32_t i = 0; i < list->count; i++) {
        gyr__map_entry *e = gyr__map_put(&b->scratch, &map, list->items[i]->name, NULL);
        if (!e) return;
        e->num++;
    }
    for (uint32_t i = 0; map.count < list->count && i < map.count; i++) {
        gyr__at *at = map.entries[i].num > 1 ? gyr__new_array(&b->scratch, gyr__at, map.entries[i].num) : NULL;
        uint32_t count = 0;
        if (!at || gyr__errors_full(b->errors)) continue;
        for (uint32_t k = 0; k < list->count; k++)
            if (gyr__str_eq(list->items[k]->name, map.entries[i].key))
                at[count++] = gyr__at_name(b, list->items[k]->name, list->items[k], source);
        gyr__build_error(b, gyr_s(""), at, count, "There can be only one argument named \"%.*s\".",
                         GYR__SHOW(b, map.entries[i].key));
    }
}

static void unknown_argument(gyr__builder *b, const gyr__directive *d, const gyr__ast_argument *arg, uint32_t source) {
    gyr_str hint = gyr_s("");
    if (!b->schema->no_suggestions && !gyr__errors_full(b->errors)) {
        gyr__suggest s;
        gyr__suggest_init(&s, b->errors, arg->name);
        for (uint32_t i = 0; i < d->arg_count; i++) gyr__suggest_option(&s, d->args[i].def.name);
        hint = gyr__suggest_text(&s);
    }
    gyr__at at = gyr__at_node(arg, source);
    gyr__build_error(b, gyr__coordinate_directive(b, d->def.name, gyr_str_of(NULL, 0)), &at, 1,
                     "Unknown argument \"%.*s\" on directive \"@%.*s\".%.*s", GYR__SHOW(b, arg->name),
                     GYR__SHOW(b, d->def.name), (int)hint.len, hint.ptr);
}

/* Which arguments of d the node gives, one flag for each; NULL when memory is out. */
static bool *given_arguments(gyr__builder *b, const gyr__directive *d, const gyr__ast_directive *node,
                             uint32_t source) {
    bool *given = gyr__arena_zalloc(&b->scratch, d->arg_count + 1);
    gyr__map map = {0};
    if (!given) return NULL;
    bool many = d->arg_count > FEW;
    for (uint32_t i = 0; many && i < d->arg_count; i++) {
        gyr__map_entry *e = gyr__map_put(&b->scratch, &map, d->args[i].def.name, NULL);
        if (e) e->num = i;
    }
    for (uint32_t i = 0; i < node->arguments.count; i++) {
        gyr_str name = node->arguments.items[i]->name;
        uint32_t at = d->arg_count;
        if (many) {
            const gyr__map_entry *e = gyr__map_find(&map, name);
            if (e) at = (uint32_t)e->num;
        } else {
            for (at = 0; at < d->arg_count && !gyr__str_eq(d->args[at].def.name, name);) at++;
        }
        if (at == d->arg_count)
            unknown_argument(b, d, node->arguments.items[i], source);
        else
            given[at] = true;
    }
    return given;
}

/* The type of a required argument as text, also where the type is not known; {NULL,0}: it is not required. */
static gyr_str required_type(gyr__builder *b, const gyr__directive_decl *decl, const gyr__input *arg) {
    if (arg->has_default) return gyr_str_of(NULL, 0);
    if (arg->type.named)
        return gyr__is_non_null(arg->type) ? gyr__type_ref_text(&b->errors->arena, arg->type) : gyr_str_of(NULL, 0);
    const gyr__ast_input_value_definition_list *list = &decl->node->arguments;
    for (uint32_t i = 0; i < list->count; i++)
        if (gyr__str_eq(list->items[i]->name, arg->def.name) && list->items[i]->type->kind == GYR__AST_NON_NULL_TYPE)
            return gyr__print(&b->errors->arena, list->items[i]->type);
    return gyr_str_of(NULL, 0);
}

static void check_arguments(gyr__builder *b, const gyr__directive_decl *decl, const gyr__ast_directive *node,
                            uint32_t source) {
    const gyr__directive *d = &decl->directive;
    if (!node->arguments.count && !d->arg_count) return;
    unique_arguments(b, node, source);
    const bool *given = given_arguments(b, d, node, source);
    if (!given) return;
    for (uint32_t i = 0; i < d->arg_count; i++) {
        const gyr__input *arg = &d->args[i];
        gyr_str type = given[i] ? gyr_str_of(NULL, 0) : required_type(b, decl, arg);
        if (!type.ptr) continue;
        gyr__at at = gyr__at_node(node, source);
        gyr_str coordinate = gyr__coordinate_directive(b, d->def.name, arg->def.name);
        gyr__build_error(b, coordinate, &at, 1,
                         "Argument \"%.*s\" of type \"%.*s\" is required, but it was not provided.",
                         (int)coordinate.len, coordinate.ptr, GYR__SHOW(b, type));
    }
    for (uint32_t i = 0; i < node->arguments.count; i++)
        gyr__check_literal_names(b, node->arguments.items[i]->value, source);
}

/* ---- one directive */

void gyr__applied_begin(gyr__builder *b) {
    b->applied.len = 0;
    b->owner++;
}

static void check_directive(gyr__builder *b, const gyr__ast_directive *node, uint32_t source,
                            gyr__directive_location location) {
    gyr__directive_decl *d = gyr__map_get(&b->directive_names, node->name);
    gyr__at at[2] = {{0}, gyr__at_node(node, source)};
    if (b->schema->complete) return;      /* what another engine has made needs no checking */
    if (!d && b->schema->lenient) return; /* many a schema uses directives that its gateway defines */
    if (!d) {
        gyr__build_error(b, gyr_s(""), at + 1, 1, "Unknown directive \"@%.*s\".", GYR__SHOW(b, node->name));
        unique_arguments(b, node, source);
        return;
    }
    if (!(d->directive.locations >> location & 1))
        gyr__build_error(b, gyr_s(""), at + 1, 1, "Directive \"@%.*s\" may not be used on %s.",
                         GYR__SHOW(b, node->name), gyr__directive_location_name(location).ptr);
    if (!d->directive.repeatable) {
        if (d->owner == b->owner) {
            at[0] = gyr__at_node(d->seen, d->seen_source);
            if (source == d->seen_source && node->node.start < d->seen->start) { /* an extension stood first */
                at[0] = at[1];
                at[1] = gyr__at_node(d->seen, source);
                d->seen = &node->node;
            }
            gyr__build_error(b, gyr_s(""), at, 2, "The directive \"@%.*s\" can only be used once at this location.",
                             GYR__SHOW(b, node->name));
        } else {
            d->owner = b->owner;
            d->seen = &node->node;
            d->seen_source = source;
        }
    }
    check_arguments(b, d, node, source);
}

void gyr__applied_add(gyr__builder *b, const gyr__ast_directive_list *list, uint32_t source,
                      gyr__directive_location location) {
    for (uint32_t i = 0; i < list->count; i++) {
        gyr__applied_node *slot = gyr__vec_push(&b->scratch, &b->applied);
        if (!slot) return;
        *slot = (gyr__applied_node){list->items[i], source};
        check_directive(b, list->items[i], source, location);
    }
}

/* ---- what is kept */

/* The arguments of built-in directives are Strings: the builder reads them, so they must be right. */
static void check_text_argument(gyr__builder *b, const gyr__applied_node *n) {
    bool deprecated = gyr__str_is(n->node->name, "deprecated");
    if (!deprecated && !gyr__str_is(n->node->name, "specifiedBy")) return;
    for (uint32_t i = 0; i < n->node->arguments.count; i++) {
        const gyr__ast_argument *arg = n->node->arguments.items[i];
        if (arg->value->kind == GYR__AST_STRING) continue;
        if (!gyr__str_eq(arg->name, deprecated ? gyr_s("reason") : gyr_s("url"))) continue;
        gyr__at at = gyr__at_node(arg->value, n->source);
        gyr_str coordinate = gyr__coordinate_directive(b, n->node->name, arg->name);
        gyr_str value = gyr__print(&b->scratch, arg->value);
        if (arg->value->kind == GYR__AST_NULL)
            gyr__build_error(b, coordinate, &at, 1,
                             "Argument \"%.*s\" has invalid value: Expected value of non-null type \"String!\" "
                             "not to be null.",
                             (int)coordinate.len, coordinate.ptr);
        else
            gyr__build_error(b, coordinate, &at, 1,
                             "Argument \"%.*s\" has invalid value: String cannot represent a non string value: "
                             "%.*s",
                             (int)coordinate.len, coordinate.ptr, GYR__SHOW(b, value));
    }
}

void gyr__applied_end(gyr__builder *b, gyr__def *def) {
    uint32_t count = b->applied.len;
    gyr__arena *a = &b->schema->arena;
    gyr__applied *list = count ? gyr__new_array(a, gyr__applied, count) : NULL;
    if (!list) return;
    for (uint32_t i = 0; i < count; i++) {
        const gyr__ast_directive *node = b->applied.items[i].node;
        check_text_argument(b, &b->applied.items[i]);
        gyr_value_member *args =
            node->arguments.count ? gyr__new_array(a, gyr_value_member, node->arguments.count) : NULL;
        for (uint32_t k = 0; args && k < node->arguments.count; k++)
            args[k] = (gyr_value_member){node->arguments.items[k]->name,
                                         gyr__written_value(a, node->arguments.items[k]->value)};
        list[i] = (gyr__applied){node->name, args ? node->arguments.count : 0, args};
    }
    def->applied = list;
    def->applied_count = count;
}

gyr_str gyr__applied_text(const gyr__def *def, gyr_str directive, gyr_str argument, bool *applied) {
    gyr_str text = {NULL, 0};
    for (uint32_t i = 0; i < def->applied_count; i++) {
        const gyr__applied *d = &def->applied[i];
        if (!gyr__str_eq(d->name, directive)) continue;
        if (applied) *applied = true;
        if (gyr__str_is(directive, "deprecated")) text = gyr_s("No longer supported");
        for (uint32_t k = 0; k < d->arg_count; k++)
            if (gyr__str_eq(d->args[k].name, argument) && d->args[k].value.kind == GYR_VALUE_STRING)
                text = d->args[k].value.of.string;
    }
    return text;
}
