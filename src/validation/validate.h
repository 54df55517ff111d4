/* Validation: does a document fit a schema (Specification section 5, September 2025).
 *
 * Every rule is declared in rule.def. A document is walked once; what spans definitions - cycles, variables
 * of fragments, merged fields, limits - works on what the walk and a pass before it noted, each fragment
 * once. Time is linear in the document for documents that are valid; memory is the call's own and freed at
 * its end.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_VALIDATION_VALIDATE_H
#define GYR_VALIDATION_VALIDATE_H
#include "language/ast.h"
#include "language/source.h"
#include "type/schema.h"

/** The rules, GYR__RULE_LEAF_FIELDS and so on; a set of them is a word of bits. */
typedef enum gyr__rule {
#define GYR__RULE(ID, Name, section, group) GYR__RULE_##ID,
#include "validation/rule.def"
    GYR__RULE_COUNT
} gyr__rule;
_Static_assert(GYR__RULE_COUNT <= 64, "a set of rules is a word");

#define GYR__RULE_BIT(ID) (UINT64_C(1) << GYR__RULE_##ID)

/** Rules by their groups in rule.def. */
extern const uint64_t gyr__rules_specified; /* section 5, what the draft adds for @defer and @stream, and the bound
                             on nested introspection: what a document must keep to be executed */
/** The rule with the reference implementation's name, as "ScalarLeafsRule"; GYR__RULE_COUNT: there is none. */
gyr__rule gyr__rule_by_name(gyr_str name);
/** And the other way: a constant. */
gyr_str gyr__rule_name(gyr__rule rule);

/** NULL or zero: all of gyr__rules_specified, the schema's limits. */
typedef struct gyr__validate_options {
    uint64_t rules;         /* 0: gyr__rules_specified */
    uint32_t max_errors;    /* 0: limits.errors of the schema; one more error then says that there were too many */
    const gyr_rule *custom; /* of the program, beside the schema's */
    uint32_t custom_count;
    void *context; /* theirs */
} gyr__validate_options;

/** GYR_OK: the document keeps the rules, and stays within the schema's limits for aliases, directives, fields
 *  with fragments expanded, root fields, depth with fragments expanded. GYR_ERR_VALIDATION or GYR_ERR_LIMIT
 * with errors added, in the words of the reference; GYR_ERR_MEMORY. Suggestions follow
 * schema->no_suggestions. */
GYR__NODISCARD gyr_status gyr__validate(const gyr_schema *schema, const gyr__source *source,
                                        const gyr__ast_document *document, const gyr__validate_options *options,
                                        gyr_errors *errors);

#endif
