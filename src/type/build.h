/* From SDL to a schema: gyr__schema_build reads all sources as one type system document, applies extensions,
 * checks section 3 of the specification, adds built-in scalars, directives and introspection types, then
 * fits the bindings (bind.c).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_TYPE_BUILD_H
#define GYR_TYPE_BUILD_H
#include "type/schema.h"

/** NULL with all problems in errors (never NULL itself). The caller owns one reference. */
gyr_schema *gyr__schema_build(const gyr_schema_options *options, gyr_errors *errors);
void gyr__schema_unref(gyr_schema *schema);

/** As gyr__schema_build, but only what keeps the definitions from fitting together is an error: the types may break
 *  rules of section 3. Defaults are texts only, their values null. For tools that look at parts of schemas. */
gyr_schema *gyr__schema_assume_valid(const gyr_schema_options *options, gyr_errors *errors);

/** How far a build came. */
typedef enum gyr__build_stage {
    GYR__STAGE_PARSE,   /* the text is not GraphQL */
    GYR__STAGE_SDL,     /* the definitions do not fit together */
    GYR__STAGE_TYPE,    /* the types they give break a rule */
    GYR__STAGE_BINDING, /* the bindings do not fit the types */
    GYR__STAGE_DONE
} gyr__build_stage;

/** As gyr__schema_build. The first base_count sources are an existing schema that the others extend: they are
 *  not checked by themselves, and what they define cannot be defined again. stage may be NULL. */
gyr_schema *gyr__schema_extend(const gyr_schema_options *options, uint32_t base_count, gyr__build_stage *stage,
                               gyr_errors *errors);

#endif
