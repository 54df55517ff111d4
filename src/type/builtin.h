/* What every schema has: the built-in scalars and directives and the introspection types, as SDL that the
 * builder reads like any other source. The order of the fields is known to introspect.c.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_TYPE_BUILTIN_H
#define GYR_TYPE_BUILTIN_H
#include "base/common.h"

/** A constant; `incremental`: with @defer and @stream. Specification 3.5, 3.13 and 4.2 (order and types of fields as in its Appendix). */
gyr_str gyr__builtin_sdl(bool incremental);

/* The fields of the introspection types, in the order of the SDL. */
/* __Schema. */
enum {
    GYR__SCHEMA_DESCRIPTION,
    GYR__SCHEMA_TYPES,
    GYR__SCHEMA_QUERY_TYPE,
    GYR__SCHEMA_MUTATION_TYPE,
    GYR__SCHEMA_SUBSCRIPTION_TYPE,
    GYR__SCHEMA_DIRECTIVES
};
/* __Type. */
enum {
    GYR__TYPE_KIND,
    GYR__TYPE_NAME,
    GYR__TYPE_DESCRIPTION,
    GYR__TYPE_SPECIFIED_BY_URL,
    GYR__TYPE_FIELDS,
    GYR__TYPE_INTERFACES,
    GYR__TYPE_POSSIBLE_TYPES,
    GYR__TYPE_ENUM_VALUES,
    GYR__TYPE_INPUT_FIELDS,
    GYR__TYPE_OF_TYPE,
    GYR__TYPE_IS_ONE_OF
};
/* __Field. */
enum {
    GYR__FIELD_NAME,
    GYR__FIELD_DESCRIPTION,
    GYR__FIELD_ARGS,
    GYR__FIELD_TYPE,
    GYR__FIELD_IS_DEPRECATED,
    GYR__FIELD_DEPRECATION_REASON
};
/* __InputValue. */
enum {
    GYR__INPUT_NAME,
    GYR__INPUT_DESCRIPTION,
    GYR__INPUT_TYPE,
    GYR__INPUT_DEFAULT_VALUE,
    GYR__INPUT_IS_DEPRECATED,
    GYR__INPUT_DEPRECATION_REASON
};
/* __EnumValue. */
enum { GYR__VALUE_NAME, GYR__VALUE_DESCRIPTION, GYR__VALUE_IS_DEPRECATED, GYR__VALUE_DEPRECATION_REASON };
/* __Directive. */
enum {
    GYR__DIRECTIVE_NAME,
    GYR__DIRECTIVE_DESCRIPTION,
    GYR__DIRECTIVE_IS_REPEATABLE,
    GYR__DIRECTIVE_LOCATIONS,
    GYR__DIRECTIVE_ARGS,
    GYR__DIRECTIVE_IS_DEPRECATED, /* drafts, from here: of complete schemas only */
    GYR__DIRECTIVE_DEPRECATION_REASON
};

#endif
