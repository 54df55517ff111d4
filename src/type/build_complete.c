/* Complete schemas (gyr_schema_options.complete): the sources define everything, the built-in scalars and
 * directives and the introspection types too, with descriptions, order and extent of their own. A language
 * binding makes such sources from another engine's schema, so that introspection shows what that engine shows.
 *
 * What a built-in name means stays the engine's business: definitions of those names are marked as built in, and
 * the fields of the introspection types are known by name (gyr__field.known), as many of them as there are.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "type/builder.h"
#include "type/builtin.h"

/* Fields of drafts, that our own SDL does not have. */
static const struct {
    gyr_str type, field, of;
    uint8_t known;
} drafts[] = {
    {GYR_STR("__Directive"), GYR_STR("isDeprecated"), GYR_STR("Boolean"), GYR__DIRECTIVE_IS_DEPRECATED},
    {GYR_STR("__Directive"), GYR_STR("deprecationReason"), GYR_STR("String"), GYR__DIRECTIVE_DEPRECATION_REASON}};

/* Our own definition of a type, or NULL. */
static const gyr__node *own_definition(const gyr__builder *b, uint32_t kind, gyr_str name) {
    const gyr__node_list *list = &b->documents[b->source_count - 1]->definitions;
    for (uint32_t i = 0; i < list->count; i++) {
        const gyr__node *n = list->items[i];
        if (n->kind != kind) continue;
        gyr_str own = {0};
        if (kind == GYR__AST_SCALAR_TYPE_DEFINITION) own = gyr__ast_as(scalar_type_definition, n)->name;
        if (kind == GYR__AST_OBJECT_TYPE_DEFINITION) own = gyr__ast_as(object_type_definition, n)->name;
        if (kind == GYR__AST_ENUM_TYPE_DEFINITION) own = gyr__ast_as(enum_type_definition, n)->name;
        if (gyr__str_eq(own, name)) return n;
    }
    return NULL;
}

bool gyr__is_builtin_definition(const gyr__builder *b, uint32_t kind, gyr_str name, uint32_t source) {
    return gyr__is_builtin_source(b, source) || (b->schema->complete && own_definition(b, kind, name));
}

/* The name in a type, below lists and "!", and how many lists there are. */
static gyr_str named(const gyr__node *type, uint32_t *depth) {
    for (*depth = 0;;) {
        if (type->kind == GYR__AST_NON_NULL_TYPE) {
            type = gyr__ast_as(non_null_type, type)->type;
        } else if (type->kind == GYR__AST_LIST_TYPE) {
            type = gyr__ast_as(list_type, type)->type;
            ++*depth;
        } else {
            return gyr__ast_as(named_type, type)->name;
        }
    }
}

/* Finds what a field of an introspection type asks for. What is written must be of the kind that is there. */
static bool know(const gyr__ast_object_type_definition *own, gyr__field *f) {
    for (uint32_t i = 0; i < own->fields.count; i++) {
        const gyr__ast_field_definition *node = own->fields.items[i];
        if (!gyr__str_eq(node->name, f->def.name)) continue;
        uint32_t depth;
        gyr_str name = named(node->type, &depth);
        f->known = (uint8_t)i;
        return f->type.named && gyr__str_eq(name, f->type.named->def.name) && depth == f->type.depth;
    }
    for (size_t i = 0; i < sizeof drafts / sizeof *drafts; i++)
        if (gyr__str_eq(own->name, drafts[i].type) && gyr__str_eq(f->def.name, drafts[i].field)) {
            f->known = drafts[i].known;
            return f->type.named && gyr__str_eq(f->type.named->def.name, drafts[i].of) && !f->type.depth;
        }
    return false;
}

static void know_type(gyr__builder *b, const gyr__decl *d) {
    const gyr__node *own = own_definition(b, GYR__AST_OBJECT_TYPE_DEFINITION, d->type->def.name);
    for (uint32_t i = 0; own && i < d->type->field_count; i++) {
        gyr__field *f = &d->type->fields[i];
        if (know(gyr__ast_as(object_type_definition, own), f)) continue;
        gyr_str coordinate = gyr__coordinate_member(b, d->type->def.name, f->def.name);
        gyr__at at = {d->nodes->node, f->def.place.offset, f->def.place.source};
        gyr__build_error(b, coordinate, &at, 1, "Introspection has no answer for the field \"%.*s\" of this type.",
                         (int)coordinate.len, coordinate.ptr);
    }
}

void gyr__build_complete(gyr__builder *b) {
    static const char *const needed[] = {"String", "Boolean", "__Schema", "__Type"};
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++) {
        gyr_str name = gyr_str_of(needed[i], strlen(needed[i]));
        const gyr__decl *d = gyr__map_get(&b->names, name);
        if (d && d->type->is_builtin) continue;
        gyr__build_error(b, name, NULL, 0, "A complete schema defines the type \"%s\".", needed[i]);
    }
    for (uint32_t i = 0; i < b->decls.len; i++)
        if (b->decls.items[i]->type->is_introspection && b->decls.items[i]->type->kind == GYR__OBJECT)
            know_type(b, b->decls.items[i]);
}
