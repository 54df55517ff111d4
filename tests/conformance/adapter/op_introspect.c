/* introspect: {sdl, query} -> {introspection}: the data of the query, executed over a schema whose fields are never asked.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "answers.h"

#include <gyr.h>

static void answer_nothing(gyr_call *call) { gyr_return_null(call); }

static int64_t no_type(const void *object, void *user) {
    (void)object, (void)user;
    return -1;
}

static gyr_schema *introspected(adapter_request *r, gyr_errors **errors) {
    gyr_source source = {.text = request_text(r, gyr_s("sdl"))};
    gyr_binding field = GYR_GETTER("", answer_nothing), type = GYR_TYPE_FN("", no_type, NULL, NULL);
    gyr_schema_options options = {.size = sizeof options,
                                  .sources = &source,
                                  .source_count = 1,
                                  .fallback = &field,
                                  .type_fallback = &type,
                                  .limits = *r->limits};
    return gyr_schema_build(&options, errors);
}

static gyr_plan *plan_of(adapter_request *r, gyr_schema *schema, gyr_errors **errors) {
    gyr_source source = {.text = request_text(r, gyr_s("query"))};
    gyr_document *document = gyr_document_new(source, r->limits, errors);
    gyr_plan *plan = document ? gyr_plan_from(schema, document, gyr_s(""), errors) : NULL;
    gyr_document_free(document);
    return plan;
}

static void put_data(adapter_request *r, gyr_plan *plan) {
    gyr_buffer buffer = {0};
    gyr_request request = {.size = sizeof request, .plan = plan, .buffer = &buffer};
    gyr_execute(&request);
    gyr_str text = gyr_str_of(buffer.ptr, buffer.len);
    const gyr__json *response = gyr__json_read(r->arena, text, r->limits, GYR__JSON_LAST_WINS, r->errors);
    const gyr__json *data = gyr__json_get(response, gyr_s("data"));
    gyr__json_key(r->out, gyr_s("introspection"));
    gyr__json_put_json(r->out, data ? tree_text(r->arena, data) : gyr_s("null"));
    gyr_buffer_free(&buffer);
}

void op_introspect(adapter_request *r) {
    gyr_errors *errors = NULL;
    gyr_schema *schema = introspected(r, &errors);
    gyr_plan *plan = schema ? plan_of(r, schema, &errors) : NULL;
    gyr__json_begin_object(r->out);
    if (plan) {
        put_data(r, plan);
    } else {
        const gyr_error *error = errors ? gyr_errors_get(errors, 0) : NULL;
        gyr_error memory = {.message = gyr_s("out of memory")};
        gyr__json_key(r->out, gyr_s("error"));
        put_error(r->out, error ? error : &memory);
    }
    gyr__json_end_object(r->out);
    gyr_errors_free(errors);
    gyr_plan_free(plan);
    gyr_schema_free(schema);
}
