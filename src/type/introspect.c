/* See introspect.h. Fields are known by their place in the SDL of builtin.c (gyr__field.known).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "type/introspect.h"
#include "type/builtin.h"

enum {
    OF_TYPES,
    OF_DIRECTIVES,
    OF_FIELDS,
    OF_INTERFACES,
    OF_POSSIBLE,
    OF_VALUES,
    OF_INPUTS,
    OF_ARGS,
    OF_DIRECTIVE_ARGS,
    OF_LOCATIONS
};

static gyr__intro null_value(void) { return (gyr__intro){.kind = GYR__INTRO_NULL}; }
static gyr__intro boolean(bool flag) { return (gyr__intro){.kind = GYR__INTRO_BOOLEAN, .flag = flag}; }
static gyr__intro list(const void *of, uint16_t which, bool all, uint32_t length) {
    return (gyr__intro){.kind = GYR__INTRO_LIST, .list = {of, which, all, length}};
}
static gyr__intro string(gyr_str text) {
    if (!text.ptr) return null_value();
    return (gyr__intro){.kind = GYR__INTRO_STRING, .text = text};
}
static gyr__intro type_ref(gyr__type_ref t) {
    if (!t.named) return null_value();
    return (gyr__intro){.kind = GYR__INTRO_TYPE, .ref = t};
}
static gyr__intro named(const gyr__type *t) { return type_ref((gyr__type_ref){t, 0, 0}); }

static gyr__intro schema_field(const gyr_schema *s, uint32_t field, bool all) {
    switch (field) {
    case GYR__SCHEMA_DESCRIPTION: return string(s->def.description);
    case GYR__SCHEMA_TYPES: return list(s, OF_TYPES, true, s->type_count);
    case GYR__SCHEMA_QUERY_TYPE: return named(s->roots[GYR_QUERY]);
    case GYR__SCHEMA_MUTATION_TYPE: return named(s->roots[GYR_MUTATION]);
    case GYR__SCHEMA_SUBSCRIPTION_TYPE: return named(s->roots[GYR_SUBSCRIPTION]);
    case GYR__SCHEMA_DIRECTIVES: return list(s, OF_DIRECTIVES, all, s->directive_count);
    default: return null_value();
    }
}

static gyr__intro wrapper_field(gyr__type_ref t, uint32_t field) {
    bool non_null = gyr__is_non_null(t);
    if (field == GYR__TYPE_KIND) return string(non_null ? gyr_s("NON_NULL") : gyr_s("LIST"));
    if (field == GYR__TYPE_OF_TYPE) return type_ref(non_null ? gyr__nullable(t) : gyr__item_type(t));
    return null_value();
}

static gyr_str kind_name(gyr__type_kind kind) {
    switch (kind) {
    case GYR__SCALAR: return gyr_s("SCALAR");
    case GYR__OBJECT: return gyr_s("OBJECT");
    case GYR__INTERFACE: return gyr_s("INTERFACE");
    case GYR__UNION: return gyr_s("UNION");
    case GYR__ENUM: return gyr_s("ENUM");
    default: return gyr_s("INPUT_OBJECT");
    }
}

static gyr__intro type_field(const gyr__type *t, uint32_t field, bool all) {
    bool has_fields = t->kind == GYR__OBJECT || t->kind == GYR__INTERFACE;
    switch (field) {
    case GYR__TYPE_KIND: return string(kind_name(t->kind));
    case GYR__TYPE_NAME: return string(t->def.name);
    case GYR__TYPE_DESCRIPTION: return string(t->def.description);
    case GYR__TYPE_SPECIFIED_BY_URL: return string(t->specified_by_url);
    case GYR__TYPE_FIELDS: return has_fields ? list(t, OF_FIELDS, all, t->field_count) : null_value();
    case GYR__TYPE_INTERFACES: return has_fields ? list(t, OF_INTERFACES, true, t->interface_count) : null_value();
    case GYR__TYPE_POSSIBLE_TYPES:
        return gyr__is_abstract_type(t) ? list(t, OF_POSSIBLE, true, t->possible_count) : null_value();
    case GYR__TYPE_ENUM_VALUES: return t->kind == GYR__ENUM ? list(t, OF_VALUES, all, t->value_count) : null_value();
    case GYR__TYPE_INPUT_FIELDS:
        return t->kind == GYR__INPUT_OBJECT ? list(t, OF_INPUTS, all, t->input_count) : null_value();
    case GYR__TYPE_IS_ONE_OF: return t->kind == GYR__INPUT_OBJECT ? boolean(t->is_one_of) : null_value();
    default: return null_value();
    }
}

static gyr__intro field_field(const gyr__field *f, uint32_t field, bool all) {
    switch (field) {
    case GYR__FIELD_NAME: return string(f->def.name);
    case GYR__FIELD_DESCRIPTION: return string(f->def.description);
    case GYR__FIELD_ARGS: return list(f, OF_ARGS, all, f->arg_count);
    case GYR__FIELD_TYPE: return type_ref(f->type);
    case GYR__FIELD_IS_DEPRECATED: return boolean(f->def.deprecation_reason.ptr != NULL);
    case GYR__FIELD_DEPRECATION_REASON: return string(f->def.deprecation_reason);
    default: return null_value();
    }
}

static gyr__intro input_field(const gyr__input *input, uint32_t field) {
    switch (field) {
    case GYR__INPUT_NAME: return string(input->def.name);
    case GYR__INPUT_DESCRIPTION: return string(input->def.description);
    case GYR__INPUT_TYPE: return type_ref(input->type);
    case GYR__INPUT_DEFAULT_VALUE: return input->has_default ? string(input->default_text) : null_value();
    case GYR__INPUT_IS_DEPRECATED: return boolean(input->def.deprecation_reason.ptr != NULL);
    case GYR__INPUT_DEPRECATION_REASON: return string(input->def.deprecation_reason);
    default: return null_value();
    }
}

static gyr__intro value_field(const gyr__enum_value *v, uint32_t field) {
    switch (field) {
    case GYR__VALUE_NAME: return string(v->def.name);
    case GYR__VALUE_DESCRIPTION: return string(v->def.description);
    case GYR__VALUE_IS_DEPRECATED: return boolean(v->def.deprecation_reason.ptr != NULL);
    case GYR__VALUE_DEPRECATION_REASON: return string(v->def.deprecation_reason);
    default: return null_value();
    }
}

static gyr__intro directive_field(const gyr__directive *d, uint32_t field, bool all) {
    switch (field) {
    case GYR__DIRECTIVE_NAME: return string(d->def.name);
    case GYR__DIRECTIVE_DESCRIPTION: return string(d->def.description);
    case GYR__DIRECTIVE_IS_REPEATABLE: return boolean(d->repeatable);
    case GYR__DIRECTIVE_LOCATIONS: return list(d, OF_LOCATIONS, true, d->location_count);
    case GYR__DIRECTIVE_ARGS: return list(d, OF_DIRECTIVE_ARGS, all, d->arg_count);
    case GYR__DIRECTIVE_IS_DEPRECATED: return boolean(d->def.deprecation_reason.ptr != NULL);
    case GYR__DIRECTIVE_DEPRECATION_REASON: return string(d->def.deprecation_reason);
    default: return null_value();
    }
}

gyr__intro gyr__intro_field(const gyr_schema *schema, const gyr__intro *object, const gyr__field *field,
                            bool include_deprecated) {
    switch (object->kind) {
    case GYR__INTRO_SCHEMA: /* only a complete schema may leave out deprecated directives */
        return schema_field(schema, field->known, include_deprecated || !field->arg_count);
    case GYR__INTRO_TYPE:
        if (object->ref.depth || object->ref.non_null) return wrapper_field(object->ref, field->known);
        return type_field(object->ref.named, field->known, include_deprecated);
    case GYR__INTRO_FIELD: return field_field(object->of, field->known, include_deprecated);
    case GYR__INTRO_INPUT: return input_field(object->of, field->known);
    case GYR__INTRO_ENUM_VALUE: return value_field(object->of, field->known);
    case GYR__INTRO_DIRECTIVE: return directive_field(object->of, field->known, include_deprecated);
    default: return null_value();
    }
}

/* A member with its gyr__def first; false when it is deprecated and not wanted. */
static bool member(gyr__intro_kind kind, const gyr__def *def, bool all, gyr__intro *item) {
    *item = (gyr__intro){.kind = kind, .of = def};
    return all || !def->deprecation_reason.ptr;
}

bool gyr__intro_item(const gyr_schema *schema, const gyr__intro *from, uint32_t i, gyr__intro *item) {
    const gyr__type *t = from->list.of;
    const gyr__directive *d = from->list.of;
    bool all = from->list.all;
    switch (from->list.which) {
    case OF_TYPES: *item = named(schema->types[i]); return true;
    case OF_DIRECTIVES: return member(GYR__INTRO_DIRECTIVE, &schema->directives[i]->def, all, item);
    case OF_FIELDS: return member(GYR__INTRO_FIELD, &t->fields[i].def, all, item);
    case OF_INTERFACES: *item = named(t->interfaces[i]); return true;
    case OF_POSSIBLE: *item = named(t->possible[i]); return true;
    case OF_VALUES: return member(GYR__INTRO_ENUM_VALUE, &t->values[i].def, all, item);
    case OF_INPUTS: return member(GYR__INTRO_INPUT, &t->inputs[i].def, all, item);
    case OF_ARGS: return member(GYR__INTRO_INPUT, &((const gyr__field *)from->list.of)->args[i].def, all, item);
    case OF_DIRECTIVE_ARGS: return member(GYR__INTRO_INPUT, &d->args[i].def, all, item);
    default: *item = string(gyr__directive_location_name((gyr__directive_location)d->location_list[i])); return true;
    }
}
