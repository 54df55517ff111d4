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

#endif
