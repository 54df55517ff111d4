/* Input coercion: literals and JSON to gyr_value, gyr_value to C structs (Specification 3.x "Input Coercion",
 * 6.1.2 CoerceVariableValues, 6.4.1 CoerceArgumentValues).
 *
 * A coerced value is a gyr_value tree in an arena. Input objects hold their members in the order of the
 * type's input fields, absent ones left out, defaults filled in. Enum values are GYR_VALUE_ENUM with the
 * name. Scalars with a GYR_SCALAR parse function become GYR_VALUE_CUSTOM; custom scalars without one keep the
 * value as written (numbers: of.integer or of.number).
 *
 * Errors use the words of the reference implementation, version 17, and GYR_ERR_ARGUMENT. Texts that come
 * from variables are copied to the arena; those that come from literals may borrow the source; enum names
 * borrow the schema.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_TYPE_COERCE_H
#define GYR_TYPE_COERCE_H
#include "language/ast.h"
#include "language/places.h"
#include "type/schema.h"
#include "json/read.h"

/** The variables of an operation after coercion. values[i] belongs to definition i; present[i] says whether
 *  it was given or has a default. */
typedef struct gyr__variables {
    const gyr_schema *schema;
    const gyr__ast_operation_definition *operation;
    uint32_t count;
    const gyr__type_ref *types;
    gyr_value *values;
    bool *present;
    gyr__map names; /* name -> index + 1; empty when there are few: then look through the definitions */
} gyr__variables;

/** The index of the variable of that name, or UINT32_MAX. */
uint32_t gyr__variable_index(const gyr__variables *v, gyr_str name);

/** The type a variable definition names; .named NULL when the schema has none of that name. */
gyr__type_ref gyr__type_from_ast(const gyr_schema *schema, const gyr__node *type);

/** CoerceVariableValues: fills v (in arena) from the JSON object `json` (NULL: no variables). All problems go
 *  to errors in the words of the reference ("Variable \"$x\" has invalid value at .a[0]: ...") with the
 * location of the variable's definition in `source`; false when there is any. Limited to the errors' limit. */
bool gyr__coerce_variables(gyr__arena *arena, const gyr_schema *schema, const gyr__source *source,
                           const gyr__ast_operation_definition *operation, const gyr__json *json, gyr__variables *v,
                           gyr_errors *errors);

/** CoerceArgumentValues for one field or directive: `args` are its definitions, `nodes` the arguments
 * written. vars may be NULL for constant arguments. On success stores in values[def index] / present[def
 * index] (arrays of arg_count). On failure adds one error with locations (words of the reference: "Argument
 * \"Query.f(x:)\" of required type ...") to errors and returns false. places: of the source, in the arena, for who may call
 * this often; or NULL. */
bool gyr__coerce_arguments(gyr__arena *arena, const gyr_schema *schema, const gyr__source *source,
                           const gyr__input *args, uint32_t arg_count, const gyr__node *node /* the field */,
                           const gyr__ast_argument_list *nodes, const gyr__variables *vars, gyr_value *values,
                           bool *present, gyr__places *places, gyr_errors *errors);

/** Whether any argument written refers to a variable. */
bool gyr__arguments_use_variables(const gyr__ast_argument_list *nodes);

/** Coerces one literal to type t. False with one error added otherwise. */
bool gyr__coerce_literal(gyr__arena *arena, const gyr_schema *schema, const gyr__source *source, gyr__type_ref t,
                         const gyr__node *value, const gyr__variables *vars, gyr_value *out, gyr_errors *errors);

/** How the problems of a literal are told, for other callers than fields: default values, validation. */
typedef struct gyr__literal_report {
    gyr_errors *errors;
    gyr_status status;
    gyr_str subject;     /* "Query.f(x:) has invalid default value", the place in the value follows; empty: the
                        bare message, as validation tells it */
    bool all;            /* every problem, not only the first */
    bool skip_variables; /* variables stand for good values: their usage is checked elsewhere */
    gyr__places *places; /* of the source, for who reports much; in the arena. Or NULL */
} gyr__literal_report;
bool gyr__coerce_literal_for(gyr__arena *arena, const gyr_schema *schema, const gyr__source *source, gyr__type_ref t,
                             const gyr__node *value, const gyr__variables *vars, const gyr__literal_report *report,
                             gyr_value *out);

/** Fills the C struct that GYR_ARG rows of `args` describe (`into` is zeroed, args_size bytes); lists and
 * referred structs go to the arena. False with one error when a value does not fit its member ("... outside
 * int16_t"). */
bool gyr__bind_arguments(gyr__arena *arena, const gyr__input *args, uint32_t arg_count, const gyr_value *values,
                         const bool *present, void *into, gyr_errors *errors);

enum { GYR__SHOWN_ITEMS = 10, GYR__SHOWN_DEPTH = 2, GYR__SHOWN_BYTES = 300 };
/** What a message prints of a value: as the reference's inspect(), at most GYR__SHOWN_ITEMS items of a list (no more of them
 *  are read) and GYR__SHOWN_DEPTH levels, cut where it gets long. */
gyr_str gyr__json_shown(gyr__arena *arena, const gyr__json *json);

#endif
