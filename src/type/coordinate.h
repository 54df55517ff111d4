/* Schema coordinates resolved: "Type", "Type.member", "Type.field(arg:)", "@directive", "@directive(arg:)"
 * (Specification, Appendix: Schema Coordinates).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_TYPE_COORDINATE_H
#define GYR_TYPE_COORDINATE_H
#include "language/ast.h"
#include "type/schema.h"

typedef enum gyr__element_kind {
    GYR__NO_ELEMENT, /* the schema has none of that name */
    GYR__NAMED_TYPE,
    GYR__FIELD_ELEMENT,
    GYR__INPUT_FIELD,
    GYR__ENUM_VALUE_ELEMENT,
    GYR__FIELD_ARGUMENT,
    GYR__DIRECTIVE_ELEMENT,
    GYR__DIRECTIVE_ARGUMENT
} gyr__element_kind;

/** What a coordinate names, with what it stands in. */
typedef struct gyr__element {
    gyr__element_kind kind;
    const gyr__type *type;
    const gyr__field *field;
    const gyr__input *input; /* argument or input field */
    const gyr__enum_value *value;
    const gyr__directive *directive;
} gyr__element;

/** Resolves a parsed coordinate (gyr__parse_coordinate). False, with one error in the words of the reference,
 * when what the element would stand in is not there; an element that is not there is GYR__NO_ELEMENT. */
bool gyr__resolve_coordinate(const gyr_schema *schema, const gyr__node *coordinate, gyr__element *out,
                             gyr_errors *errors);
/** "NamedType", "Field", "InputField", ...: the reference's name of the kind. */
gyr_str gyr__element_kind_name(gyr__element_kind kind);
/** The element's own name; empty for GYR__NO_ELEMENT. */
gyr_str gyr__element_name(const gyr__element *element);

#endif
