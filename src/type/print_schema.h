/* The schema printer: a schema as normalised SDL, exactly as the reference implementation's printSchema()
 * writes it: no built-in types and directives, descriptions as block strings, of the directives applied in
 * the SDL only
 * @deprecated, @specifiedBy and @oneOf, no newline at the end.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_TYPE_PRINT_SCHEMA_H
#define GYR_TYPE_PRINT_SCHEMA_H
#include "type/schema.h"
#include "json/write.h"

/** Appends to out, as it is, no JSON. GYR_OK, or MEMORY or LIMIT as out says. */
gyr_status gyr__schema_print(const gyr_schema *schema, gyr__json_out *out);
/** One type, built-in ones too. */
void gyr__type_print(const gyr__type *type, gyr__arena *scratch, gyr__json_out *out);

#endif
