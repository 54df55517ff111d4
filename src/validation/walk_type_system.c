/* The walk over type system definitions in a document that is to be executed. There must be none (5.1.1), but
 * what else is wrong with them the reference tells as well: types, directives and values in them are looked
 * at as anywhere.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "validation/validation.h"

typedef struct place {
    gyr__validation *v;
    const gyr__node *node, *around; /* the node whose fields are visited, the one it is part of */
} place;

static void walk(gyr__validation *v, const gyr__node *node, const gyr__node *around);

static gyr__directive_location location_of(const gyr__node *node, const gyr__node *around) {
    switch (node->kind) {
    case GYR__AST_SCHEMA_DEFINITION:
    case GYR__AST_SCHEMA_EXTENSION: return GYR__AT_SCHEMA;
    case GYR__AST_SCALAR_TYPE_DEFINITION:
    case GYR__AST_SCALAR_TYPE_EXTENSION: return GYR__AT_SCALAR;
    case GYR__AST_OBJECT_TYPE_DEFINITION:
    case GYR__AST_OBJECT_TYPE_EXTENSION: return GYR__AT_OBJECT;
    case GYR__AST_FIELD_DEFINITION: return GYR__AT_FIELD_DEFINITION;
    case GYR__AST_INTERFACE_TYPE_DEFINITION:
    case GYR__AST_INTERFACE_TYPE_EXTENSION: return GYR__AT_INTERFACE;
    case GYR__AST_UNION_TYPE_DEFINITION:
    case GYR__AST_UNION_TYPE_EXTENSION: return GYR__AT_UNION;
    case GYR__AST_ENUM_TYPE_DEFINITION:
    case GYR__AST_ENUM_TYPE_EXTENSION: return GYR__AT_ENUM;
    case GYR__AST_ENUM_VALUE_DEFINITION: return GYR__AT_ENUM_VALUE;
    case GYR__AST_INPUT_OBJECT_TYPE_DEFINITION:
    case GYR__AST_INPUT_OBJECT_TYPE_EXTENSION: return GYR__AT_INPUT_OBJECT;
    case GYR__AST_INPUT_VALUE_DEFINITION:
        return around->kind == GYR__AST_INPUT_OBJECT_TYPE_DEFINITION ||
                       around->kind == GYR__AST_INPUT_OBJECT_TYPE_EXTENSION
                   ? GYR__AT_INPUT_FIELD_DEFINITION
                   : GYR__AT_ARGUMENT_DEFINITION;
    default: return GYR__AT_DIRECTIVE_DEFINITION;
    }
}

static void visit(void *user, const char *name, gyr__ast_form form, const void *value) {
    const place *p = user;
    if (p->v->stop || !strcmp(name, "description")) return;
    if (form == GYR__FORM_LIST && !strcmp(name, "directives")) {
        gyr__check_directives(p->v, value, location_of(p->node, p->around), NULL);
    } else if (form == GYR__FORM_LIST) {
        const gyr__node_list *list = value;
        for (uint32_t i = 0; i < list->count; i++) walk(p->v, list->items[i], p->node);
    } else if (form == GYR__FORM_NODE && value) {
        if (!strcmp(name, "default_value"))
            gyr__check_value(p->v, value, (gyr__position){0});
        else
            walk(p->v, value, p->node);
    }
}

/* Depth: that of type references. */
static void walk(gyr__validation *v, const gyr__node *node, const gyr__node *around) {
    place p = {v, node, around};
    if (node->kind == GYR__AST_NAMED_TYPE) {
        const gyr__ast_named_type *type = gyr__ast_as(named_type, node);
        if (!gyr__schema_type(v->schema, type->name)) gyr__unknown_type(v, type, true);
    } else {
        gyr__ast_fields(node, visit, &p);
    }
}

void gyr__walk_type_system(gyr__validation *v) {
    const gyr__node_list *list = &v->document->definitions;
    for (uint32_t i = 0; i < list->count && !v->stop; i++) {
        const gyr__node *n = list->items[i];
        if (n->kind != GYR__AST_OPERATION_DEFINITION && n->kind != GYR__AST_FRAGMENT_DEFINITION) walk(v, n, n);
    }
}
