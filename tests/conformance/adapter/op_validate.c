/* validate: {schema, document, rules?, options?} -> {errors}. Without rules all that are on by default are
 * applied; options: maxErrors, hideSuggestions.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "language.h"
#include "schema.h"
#include "validation/validate.h"

enum { REFERENCE_ERRORS = 100 }; /* what the reference stops after, unless told otherwise */

/* The set of rules asked for; 0: there is one that we do not have. */
static uint64_t request_rules(const adapter_request *r) {
    const gyr__json *names = gyr__json_get(r->json, gyr_s("rules"));
    uint64_t rules = 0;
    if (!names || names->kind != GYR__JSON_ARRAY) return gyr__rules_specified;
    for (uint32_t i = 0; i < names->count; i++) {
        gyr__rule rule = gyr__rule_by_name(names->items[i].text);
        if (rule == GYR__RULE_COUNT) return 0;
        rules |= UINT64_C(1) << rule;
    }
    return rules;
}

/* As a service would load it; schemas that break the newest rules count as well. */
static gyr_schema *load_schema(adapter_request *r) {
    gyr_source source = {gyr_s(""), request_text(r, gyr_s("schema"))};
    gyr_schema_options options = {.size = sizeof options,
                                  .sources = &source,
                                  .source_count = 1,
                                  .unbound = true,
                                  .lenient = true,
                                  .limits = *r->limits};
    gyr_schema *schema = gyr__schema_build(&options, r->errors);
    if (schema) schema->no_suggestions = request_option(r, gyr_s("hideSuggestions"));
    return schema;
}

void op_validate(adapter_request *r) {
    gyr__validate_options options = {.rules = request_rules(r),
                                     .max_errors = request_option_number(r, gyr_s("maxErrors"))};
    if (!options.rules) {
        answer_unsupported(r);
        return;
    }
    if (!options.max_errors) options.max_errors = REFERENCE_ERRORS;
    gyr__source source = gyr__source_of(request_text(r, gyr_s("document")), gyr_s(""));
    gyr__parse_options parsing = request_parse_options(r);
    gyr__ast_document *document = NULL;
    gyr_schema *schema = load_schema(r);
    parsing.fragment_arguments = true;
    gyr_status status = schema ? gyr__parse_document(r->arena, &source, &parsing, r->errors, &document) : GYR_OK;
    if (schema && status == GYR_OK) status = gyr__validate(schema, &source, document, &options, r->errors);
    gyr__json_begin_object(r->out);
    gyr__json_key(r->out, gyr_s("errors"));
    gyr__json_begin_array(r->out);
    for (uint32_t i = 0; i < gyr_errors_count(r->errors); i++) put_error(r->out, gyr_errors_get(r->errors, i));
    gyr__json_end_array(r->out);
    if (!schema || !document) {
        gyr__json_key(r->out, gyr_s("failed_before"));
        gyr__json_put_bool(r->out, true);
    }
    gyr__json_end_object(r->out);
    gyr__schema_unref(schema);
}
