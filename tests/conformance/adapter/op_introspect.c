/* introspect: {sdl, query} -> {introspection: {__schema}} by walking the query over the schema's
 * introspection values: fields, aliases, fragments and includeDeprecated, in document order without merging,
 * which is all that an introspection query needs.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "language.h"
#include "schema.h"
#include "type/introspect.h"

typedef struct walk {
    adapter_request *r;
    const gyr_schema *schema;
    const gyr__ast_document *document;
} walk;

static void put_value(walk *w, const gyr__intro *value, const gyr__ast_selection_set *set);

static bool include_deprecated(const gyr__ast_field *node) {
    for (uint32_t i = 0; i < node->arguments.count; i++)
        if (gyr__str_is(node->arguments.items[i]->name, "includeDeprecated") &&
            node->arguments.items[i]->value->kind == GYR__AST_BOOLEAN)
            return gyr__ast_as(boolean, node->arguments.items[i]->value)->value;
    return false;
}

static const char *type_name(gyr__intro_kind kind) {
    switch (kind) {
    case GYR__INTRO_SCHEMA: return "__Schema";
    case GYR__INTRO_TYPE: return "__Type";
    case GYR__INTRO_FIELD: return "__Field";
    case GYR__INTRO_INPUT: return "__InputValue";
    case GYR__INTRO_ENUM_VALUE: return "__EnumValue";
    default: return "__Directive";
    }
}

static void put_field(walk *w, const gyr__intro *object, const gyr__ast_field *node) {
    gyr_str type = gyr_str_of(type_name(object->kind), strlen(type_name(object->kind)));
    const gyr__field *field = gyr__schema_field(w->schema, gyr__schema_type(w->schema, type), node->name);
    gyr__json_key(w->r->out, node->alias.ptr ? node->alias : node->name);
    if (!field) {
        gyr__json_put_null(w->r->out);
    } else if (field->meta) {
        gyr__json_put_str(w->r->out, type);
    } else {
        gyr__intro value = gyr__intro_field(w->schema, object, field, include_deprecated(node));
        put_value(w, &value, &node->selection_set);
    }
}

static const gyr__ast_selection_set *fragment(const walk *w, gyr_str name) {
    for (uint32_t i = 0; i < w->document->definitions.count; i++) {
        const gyr__node *n = w->document->definitions.items[i];
        if (n->kind == GYR__AST_FRAGMENT_DEFINITION && gyr__str_eq(gyr__ast_as(fragment_definition, n)->name, name))
            return &gyr__ast_as(fragment_definition, n)->selection_set;
    }
    return NULL;
}

static void put_selections(walk *w, const gyr__intro *object, const gyr__ast_selection_set *set) {
    for (uint32_t i = 0; set && i < set->selections.count; i++) {
        const gyr__node *n = set->selections.items[i];
        if (n->kind == GYR__AST_FIELD)
            put_field(w, object, gyr__ast_as(field, n));
        else if (n->kind == GYR__AST_INLINE_FRAGMENT)
            put_selections(w, object, &gyr__ast_as(inline_fragment, n)->selection_set);
        else
            put_selections(w, object, fragment(w, gyr__ast_as(fragment_spread, n)->name));
    }
}

static void put_value(walk *w, const gyr__intro *value, const gyr__ast_selection_set *set) {
    gyr__intro item;
    switch (value->kind) {
    case GYR__INTRO_NULL: gyr__json_put_null(w->r->out); break;
    case GYR__INTRO_STRING: gyr__json_put_str(w->r->out, value->text); break;
    case GYR__INTRO_BOOLEAN: gyr__json_put_bool(w->r->out, value->flag); break;
    case GYR__INTRO_LIST:
        gyr__json_begin_array(w->r->out);
        for (uint32_t i = 0; i < value->list.length; i++)
            if (gyr__intro_item(w->schema, value, i, &item)) put_value(w, &item, set);
        gyr__json_end_array(w->r->out);
        break;
    default:
        gyr__json_begin_object(w->r->out);
        put_selections(w, value, set);
        gyr__json_end_object(w->r->out);
    }
}

static void put_introspection(walk *w) {
    gyr__intro root = {.kind = GYR__INTRO_SCHEMA, .of = w->schema};
    gyr__json_key(w->r->out, gyr_s("introspection"));
    gyr__json_begin_object(w->r->out);
    const gyr__ast_operation_definition *op = gyr__ast_as(operation_definition, w->document->definitions.items[0]);
    for (uint32_t i = 0; i < op->selection_set.selections.count; i++) {
        const gyr__ast_field *f = gyr__ast_as(field, op->selection_set.selections.items[i]);
        gyr__json_key(w->r->out, f->name);
        put_value(w, &root, &f->selection_set);
    }
    gyr__json_end_object(w->r->out);
}

void op_introspect(adapter_request *r) {
    gyr__source source = gyr__source_of(request_text(r, gyr_s("query")), gyr_s(""));
    gyr__parse_options options = request_parse_options(r);
    gyr__ast_document *document = NULL;
    gyr_schema *schema = request_schema(r, gyr_s(""), request_text(r, gyr_s("sdl")), NULL);
    gyr__json_begin_object(r->out);
    if (schema && !gyr__parse_document(r->arena, &source, &options, r->errors, &document)) {
        walk w = {r, schema, document};
        put_introspection(&w);
    } else {
        put_first_error(r);
    }
    gyr__json_end_object(r->out);
    gyr__schema_unref(schema);
}
