/* See coordinate.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "type/coordinate.h"

#define SHOW(errors, text) (int)gyr__shown((errors), (text)).len, gyr__shown((errors), (text)).ptr

static const gyr__input *find_input(const gyr__input *inputs, uint32_t count, gyr_str name) {
    for (uint32_t i = 0; i < count; i++)
        if (gyr__str_eq(inputs[i].def.name, name)) return &inputs[i];
    return NULL;
}

static bool find_type(const gyr_schema *s, gyr_str name, gyr__element *out, gyr_errors *errors) {
    out->type = gyr__schema_type(s, name);
    if (!out->type)
        gyr__errors_add(errors, GYR_ERR_VALIDATION, "Expected \"%.*s\" to be defined as a type in the schema.",
                        SHOW(errors, name));
    return out->type != NULL;
}

static bool resolve_member(const gyr_schema *s, const gyr__ast_member_coordinate *c, gyr__element *out,
                           gyr_errors *errors) {
    if (!find_type(s, c->name, out, errors)) return false;
    const gyr__type *t = out->type;
    switch (t->kind) {
    case GYR__ENUM:
        out->value = gyr__map_get(&t->value_map, c->member_name);
        out->kind = out->value ? GYR__ENUM_VALUE_ELEMENT : GYR__NO_ELEMENT;
        return true;
    case GYR__INPUT_OBJECT:
        out->input = gyr__map_get(&t->input_map, c->member_name);
        out->kind = out->input ? GYR__INPUT_FIELD : GYR__NO_ELEMENT;
        return true;
    case GYR__OBJECT:
    case GYR__INTERFACE:
        out->field = gyr__schema_field(s, t, c->member_name);
        out->kind = out->field ? GYR__FIELD_ELEMENT : GYR__NO_ELEMENT;
        return true;
    default:
        gyr__errors_add(errors, GYR_ERR_VALIDATION,
                        "Expected \"%.*s\" to be an Enum, Input Object, Object or Interface type.",
                        SHOW(errors, c->name));
        return false;
    }
}

static bool resolve_argument(const gyr_schema *s, const gyr__ast_argument_coordinate *c, gyr__element *out,
                             gyr_errors *errors) {
    if (!find_type(s, c->name, out, errors)) return false;
    if (out->type->kind != GYR__OBJECT && out->type->kind != GYR__INTERFACE) {
        gyr__errors_add(errors, GYR_ERR_VALIDATION, "Expected \"%.*s\" to be an object type or interface type.",
                        SHOW(errors, c->name));
        return false;
    }
    out->field = gyr__schema_field(s, out->type, c->field_name);
    if (!out->field) {
        gyr__errors_add(errors, GYR_ERR_VALIDATION,
                        "Expected \"%.*s\" to exist as a field of type \"%.*s\" in the schema.",
                        SHOW(errors, c->field_name), SHOW(errors, c->name));
        return false;
    }
    out->input = find_input(out->field->args, out->field->arg_count, c->argument_name);
    out->kind = out->input ? GYR__FIELD_ARGUMENT : GYR__NO_ELEMENT;
    return true;
}

static bool resolve_directive_argument(const gyr_schema *s, const gyr__ast_directive_argument_coordinate *c,
                                       gyr__element *out, gyr_errors *errors) {
    out->directive = gyr__map_get(&s->directive_map, c->name);
    if (!out->directive) {
        gyr__errors_add(errors, GYR_ERR_VALIDATION, "Expected \"%.*s\" to be defined as a directive in the schema.",
                        SHOW(errors, c->name));
        return false;
    }
    out->input = find_input(out->directive->args, out->directive->arg_count, c->argument_name);
    out->kind = out->input ? GYR__DIRECTIVE_ARGUMENT : GYR__NO_ELEMENT;
    return true;
}

bool gyr__resolve_coordinate(const gyr_schema *s, const gyr__node *c, gyr__element *out, gyr_errors *errors) {
    *out = (gyr__element){.kind = GYR__NO_ELEMENT};
    switch (c->kind) {
    case GYR__AST_TYPE_COORDINATE:
        out->type = gyr__schema_type(s, gyr__ast_as(type_coordinate, c)->name);
        out->kind = out->type ? GYR__NAMED_TYPE : GYR__NO_ELEMENT;
        return true;
    case GYR__AST_MEMBER_COORDINATE: return resolve_member(s, gyr__ast_as(member_coordinate, c), out, errors);
    case GYR__AST_ARGUMENT_COORDINATE: return resolve_argument(s, gyr__ast_as(argument_coordinate, c), out, errors);
    case GYR__AST_DIRECTIVE_COORDINATE:
        out->directive = gyr__map_get(&s->directive_map, gyr__ast_as(directive_coordinate, c)->name);
        out->kind = out->directive ? GYR__DIRECTIVE_ELEMENT : GYR__NO_ELEMENT;
        return true;
    default: return resolve_directive_argument(s, gyr__ast_as(directive_argument_coordinate, c), out, errors);
    }
}

gyr_str gyr__element_kind_name(gyr__element_kind kind) {
    switch (kind) {
    case GYR__NAMED_TYPE: return gyr_s("NamedType");
    case GYR__FIELD_ELEMENT: return gyr_s("Field");
    case GYR__INPUT_FIELD: return gyr_s("InputField");
    case GYR__ENUM_VALUE_ELEMENT: return gyr_s("EnumValue");
    case GYR__FIELD_ARGUMENT: return gyr_s("FieldArgument");
    case GYR__DIRECTIVE_ELEMENT: return gyr_s("Directive");
    case GYR__DIRECTIVE_ARGUMENT: return gyr_s("DirectiveArgument");
    default: return gyr_s("");
    }
}

gyr_str gyr__element_name(const gyr__element *e) {
    switch (e->kind) {
    case GYR__NAMED_TYPE: return e->type->def.name;
    case GYR__FIELD_ELEMENT: return e->field->def.name;
    case GYR__INPUT_FIELD:
    case GYR__FIELD_ARGUMENT:
    case GYR__DIRECTIVE_ARGUMENT: return e->input->def.name;
    case GYR__ENUM_VALUE_ELEMENT: return e->value->def.name;
    case GYR__DIRECTIVE_ELEMENT: return e->directive->def.name;
    default: return gyr_s("");
    }
}
