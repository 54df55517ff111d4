/* The parser: source text to nodes. One pass, recursive descent, at most one error, which stops it (spec
 * September 2025, Appendix B).
 *
 * Memory: nodes go to the arena, slices point into source->text. Errors go to the list, in the reference
 * implementation's words ("Syntax Error: Expected Name, found \"}\".") with one location and the source's
 * name. Depth is bounded by limits.depth: selection sets, values and types count together.
 *
 * Status: GYR_OK, GYR_ERR_SYNTAX, GYR_ERR_LIMIT, GYR_ERR_MEMORY; only GYR_OK sets *out.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_LANGUAGE_PARSE_H
#define GYR_LANGUAGE_PARSE_H
#include "base/diag.h"
#include "language/ast.h"
#include "language/source.h"

/** NULL or zero is the specification under the default limits of a request. */
typedef struct gyr__parse_options {
    const gyr_limits *limits; /* NULL: the defaults; need not be resolved */
    bool schema;              /* a trusted schema: limits.schema_bytes instead of document_bytes, tokens unlimited */
    uint32_t max_tokens;      /* the reference's option: 0 none, else a syntax error */
    bool fragment_arguments;  /* experimental: fragment F($a: Int) on T, ...F(a: 1) */
    bool legacy_fragment_variables; /* fragment F($a: Int) on T only */
    bool directives_on_directives;  /* experimental: directive @a @b on FIELD, extend directive @a @b */
} gyr__parse_options;

/** A document: executable and type system definitions in any mixture (validation tells them apart). */
GYR__NODISCARD gyr_status gyr__parse_document(gyr__arena *arena, const gyr__source *source,
                                              const gyr__parse_options *options, gyr_errors *errors,
                                              gyr__ast_document **out);
/** One value, as `[1, $a]`; constant: variables are errors. */
GYR__NODISCARD gyr_status gyr__parse_value(gyr__arena *arena, const gyr__source *source,
                                           const gyr__parse_options *options, bool constant, gyr_errors *errors,
                                           gyr__node **out);
/** One type reference, as `[Int!]`. */
GYR__NODISCARD gyr_status gyr__parse_type(gyr__arena *arena, const gyr__source *source,
                                          const gyr__parse_options *options, gyr_errors *errors, gyr__node **out);
/** A schema coordinate, as `Query.user(id:)` or `@skip(if:)`: a node of a GYR__AST_*_COORDINATE kind. */
GYR__NODISCARD gyr_status gyr__parse_coordinate(gyr__arena *arena, const gyr__source *source,
                                                const gyr__parse_options *options, gyr_errors *errors, gyr__node **out);

#endif
