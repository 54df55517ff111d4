/* The printer's other half: type system definitions, extensions, schema coordinates.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "language/print_type_system.h"

/* " {" items "}", or nothing. */
static void block(gyr__text *t, gyr__print_list list) {
    if (list.count) gyr__print_block(t, list, gyr_s(" {"), gyr_s("}"));
}

/* Description, "extend ", keyword and name. */
static void head(gyr__text *t, gyr__ast_string *description, bool extend, gyr_str keyword, gyr_str name) {
    gyr__print_description(t, description);
    if (extend) gyr__puts(t, "extend ");
    gyr__put(t, keyword);
    gyr__put(t, name);
}

static void schema(gyr__text *t, const gyr__ast_schema_definition *n, bool extend) {
    head(t, n->description, extend, gyr_s("schema"), gyr_s(""));
    gyr__print_directives(t, n->directives);
    block(t, gyr__printable(n->operation_types));
}

static void scalar(gyr__text *t, const gyr__ast_scalar_type_definition *n, bool extend) {
    head(t, n->description, extend, gyr_s("scalar "), n->name);
    gyr__print_directives(t, n->directives);
}

static void object(gyr__text *t, const gyr__ast_object_type_definition *n, bool extend, gyr_str keyword) {
    head(t, n->description, extend, keyword, n->name);
    if (n->interfaces.count) {
        gyr__puts(t, " implements ");
        gyr__print_joined(t, gyr__printable(n->interfaces), gyr_s(" & "));
    }
    gyr__print_directives(t, n->directives);
    block(t, gyr__printable(n->fields));
}

static void union_(gyr__text *t, const gyr__ast_union_type_definition *n, bool extend) {
    head(t, n->description, extend, gyr_s("union "), n->name);
    gyr__print_directives(t, n->directives);
    if (!n->types.count) return;
    gyr__puts(t, " = ");
    gyr__print_joined(t, gyr__printable(n->types), gyr_s(" | "));
}

static void enum_(gyr__text *t, const gyr__ast_enum_type_definition *n, bool extend) {
    head(t, n->description, extend, gyr_s("enum "), n->name);
    gyr__print_directives(t, n->directives);
    block(t, gyr__printable(n->values));
}

static void input(gyr__text *t, const gyr__ast_input_object_type_definition *n, bool extend) {
    head(t, n->description, extend, gyr_s("input "), n->name);
    gyr__print_directives(t, n->directives);
    block(t, gyr__printable(n->fields));
}

static void directive(gyr__text *t, const gyr__ast_directive_definition *n, bool extend) {
    head(t, n->description, extend, gyr_s("directive @"), n->name);
    gyr__print_items(t, gyr__printable(n->arguments), true);
    gyr__print_directives(t, n->directives);
    if (n->repeatable) gyr__puts(t, " repeatable");
    for (uint32_t i = 0; i < n->locations.count; i++) {
        gyr__put(t, i ? gyr_s(" | ") : gyr_s(" on "));
        gyr__put(t, n->locations.items[i]);
    }
}

static void operation_type(gyr__text *t, const gyr__ast_operation_type_definition *n) {
    gyr__put(t, gyr__operation_type_name(n->operation));
    gyr__puts(t, ": ");
    gyr__put(t, n->type->name);
}

static void enum_value(gyr__text *t, const gyr__ast_enum_value_definition *n) {
    head(t, n->description, false, gyr_s(""), n->name);
    gyr__print_directives(t, n->directives);
}

static void field(gyr__text *t, const gyr__ast_field_definition *n) {
    head(t, n->description, false, gyr_s(""), n->name);
    gyr__print_items(t, gyr__printable(n->arguments), true);
    gyr__puts(t, ": ");
    gyr__print_node(t, n->type);
    gyr__print_directives(t, n->directives);
}

static void input_value(gyr__text *t, const gyr__ast_input_value_definition *n) {
    head(t, n->description, false, gyr_s(""), n->name);
    gyr__puts(t, ": ");
    gyr__print_node(t, n->type);
    if (n->default_value) {
        gyr__puts(t, " = ");
        gyr__print_node(t, n->default_value);
    }
    gyr__print_directives(t, n->directives);
}

static void coordinate(gyr__text *t, bool at, gyr_str name, gyr_str member, gyr_str argument) {
    if (at) gyr__puts(t, "@");
    gyr__put(t, name);
    if (member.ptr) gyr__puts(t, "."), gyr__put(t, member);
    if (argument.ptr) gyr__puts(t, "("), gyr__put(t, argument), gyr__puts(t, ":)");
}

static void print_coordinate(gyr__text *t, const gyr__node *n) {
    const gyr_str none = {NULL, 0};
    const gyr__ast_argument_coordinate *a = gyr__ast_as(argument_coordinate, n);
    const gyr__ast_directive_argument_coordinate *d = gyr__ast_as(directive_argument_coordinate, n);
    switch (n->kind) {
    case GYR__AST_TYPE_COORDINATE: coordinate(t, false, gyr__ast_as(type_coordinate, n)->name, none, none); return;
    case GYR__AST_DIRECTIVE_COORDINATE:
        coordinate(t, true, gyr__ast_as(directive_coordinate, n)->name, none, none);
        return;
    case GYR__AST_MEMBER_COORDINATE:
        coordinate(t, false, gyr__ast_as(member_coordinate, n)->name, gyr__ast_as(member_coordinate, n)->member_name,
                   none);
        return;
    case GYR__AST_ARGUMENT_COORDINATE: coordinate(t, false, a->name, a->field_name, a->argument_name); return;
    case GYR__AST_DIRECTIVE_ARGUMENT_COORDINATE: coordinate(t, true, d->name, none, d->argument_name); return;
    default: return;
    }
}

void gyr__print_type_system(gyr__text *t, const gyr__node *n) {
    gyr__ast_object_type_definition *type = gyr__ast_as(object_type_definition, n);
    switch (n->kind) {
    case GYR__AST_SCHEMA_DEFINITION:
    case GYR__AST_SCHEMA_EXTENSION:
        schema(t, gyr__ast_as(schema_definition, n), n->kind == GYR__AST_SCHEMA_EXTENSION);
        return;
    case GYR__AST_SCALAR_TYPE_DEFINITION:
    case GYR__AST_SCALAR_TYPE_EXTENSION:
        scalar(t, gyr__ast_as(scalar_type_definition, n), n->kind == GYR__AST_SCALAR_TYPE_EXTENSION);
        return;
    case GYR__AST_OBJECT_TYPE_DEFINITION:
    case GYR__AST_OBJECT_TYPE_EXTENSION:
        object(t, type, n->kind == GYR__AST_OBJECT_TYPE_EXTENSION, gyr_s("type "));
        return;
    case GYR__AST_INTERFACE_TYPE_DEFINITION:
    case GYR__AST_INTERFACE_TYPE_EXTENSION:
        object(t, type, n->kind == GYR__AST_INTERFACE_TYPE_EXTENSION, gyr_s("interface "));
        return;
    case GYR__AST_UNION_TYPE_DEFINITION:
    case GYR__AST_UNION_TYPE_EXTENSION:
        union_(t, gyr__ast_as(union_type_definition, n), n->kind == GYR__AST_UNION_TYPE_EXTENSION);
        return;
    case GYR__AST_ENUM_TYPE_DEFINITION:
    case GYR__AST_ENUM_TYPE_EXTENSION:
        enum_(t, gyr__ast_as(enum_type_definition, n), n->kind == GYR__AST_ENUM_TYPE_EXTENSION);
        return;
    case GYR__AST_INPUT_OBJECT_TYPE_DEFINITION:
    case GYR__AST_INPUT_OBJECT_TYPE_EXTENSION:
        input(t, gyr__ast_as(input_object_type_definition, n), n->kind == GYR__AST_INPUT_OBJECT_TYPE_EXTENSION);
        return;
    case GYR__AST_DIRECTIVE_DEFINITION:
    case GYR__AST_DIRECTIVE_EXTENSION:
        directive(t, gyr__ast_as(directive_definition, n), n->kind == GYR__AST_DIRECTIVE_EXTENSION);
        return;
    case GYR__AST_OPERATION_TYPE_DEFINITION: operation_type(t, gyr__ast_as(operation_type_definition, n)); return;
    case GYR__AST_ENUM_VALUE_DEFINITION: enum_value(t, gyr__ast_as(enum_value_definition, n)); return;
    case GYR__AST_FIELD_DEFINITION: field(t, gyr__ast_as(field_definition, n)); return;
    case GYR__AST_INPUT_VALUE_DEFINITION: input_value(t, gyr__ast_as(input_value_definition, n)); return;
    default: print_coordinate(t, n); return;
    }
}
