/* execute: {schema, query, variables? | variables_json?, operationName?, resolvers?, types?, root? |
 * root_json?, constant?, raw_execute?, onError?, options?, hideSuggestions?} -> {response, args?}: the public
 * interface from end to end.
 *
 * subscribe: {schema, query, variables?, operationName?, events: [{fields, types}], source_error?, source_value?} ->
 * {responses: [...]} | {error_result}: opens the source stream, then answers each event.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "answers.h"
#include "schema.h"

static const gyr__json *member(const adapter_request *r, gyr_str name) { return gyr__json_get(r->json, name); }

/* `name`, or the JSON text in `name_json`. NULL: neither. */
static const gyr__json *tree_of(adapter_request *r, gyr_str name, gyr_str name_json) {
    const gyr__json *text = member(r, name_json);
    if (!text) return member(r, name);
    return gyr__json_read(r->arena, text->text, r->limits, GYR__JSON_LAST_WINS, r->errors);
}

static void put_errors(adapter_request *r, const gyr_errors *errors) {
    gyr__json_begin_array(r->out);
    for (uint32_t i = 0; i < gyr_errors_count(errors); i++) put_error(r->out, gyr_errors_get(errors, i));
    gyr__json_end_array(r->out);
}

/* The request failed before it ran. */
static void put_failure(adapter_request *r, gyr_errors *errors) {
    gyr__json_begin_object(r->out);
    gyr__json_key(r->out, gyr_s("errors"));
    put_errors(r, errors);
    gyr__json_end_object(r->out);
    gyr_errors_free(errors);
}

/* The request names an operation "": there is none of that name, while to the library an empty name is no name. */
static bool names_nothing(const adapter_request *r) {
    const gyr__json *name = member(r, gyr_s("operationName"));
    return name && name->kind == GYR__JSON_STRING && !name->text.len;
}

static gyr_plan *plan_of(adapter_request *r, gyr_schema *schema, gyr_errors **errors) {
    const gyr__json *raw = member(r, gyr_s("raw_execute"));
    gyr_source source = {.text = request_text(r, gyr_s("query"))};
    gyr_document *document = gyr_document_new(source, r->limits, errors);
    gyr_plan *plan = NULL;
    bool valid = document && ((raw && raw->boolean) || gyr_document_validate(document, schema, errors) == GYR_OK);
    if (valid && names_nothing(r)) {
        *errors = gyr__errors_new(NULL, 1);
        gyr__errors_add(*errors, GYR_ERR_VALIDATION, "Unknown operation named \"\".");
    } else if (valid) {
        plan = gyr_plan_from(schema, document, request_text(r, gyr_s("operationName")), errors);
    }
    gyr_document_free(document);
    return plan;
}

static gyr_str variables_of(adapter_request *r) {
    const gyr__json *tree = member(r, gyr_s("variables"));
    if (member(r, gyr_s("variables_json"))) return request_text(r, gyr_s("variables_json"));
    return tree && tree->kind == GYR__JSON_OBJECT ? tree_text(r->arena, tree) : gyr_s("");
}

static gyr_on_error on_error_of(const adapter_request *r) {
    gyr_str name = request_text(r, gyr_s("onError"));
    return gyr__str_is(name, "NULL")   ? GYR_ERROR_NULL
           : gyr__str_is(name, "HALT") ? GYR_ERROR_HALT
                                       : GYR_ERROR_PROPAGATE;
}

static gyr_request request_of(adapter_request *r, answers *a, gyr_plan *plan, gyr_buffer *buffer) {
    return (gyr_request){.size = sizeof(gyr_request),
                         .plan = plan,
                         .variables = variables_of(r),
                         .root = &a->top,
                         .context = a,
                         .buffer = buffer,
                         .on_error = on_error_of(r)};
}

static void run(gyr_exec *exec, answers *a) {
    while (exec && gyr_run(exec) == GYR_WAITING && answers_resume(a)) {
    }
}

static void put_response(adapter_request *r, answers *a, gyr_plan *plan) {
    gyr_buffer buffer = {0};
    gyr_request request = request_of(r, a, plan, &buffer);
    gyr_exec *exec = gyr_exec_new(&request);
    run(exec, a);
    bool ok = exec && gyr_exec_status(exec) == GYR_OK;
    gyr_exec_free(exec);
    gyr__json_put_json(r->out, ok ? gyr_str_of(buffer.ptr, buffer.len) : gyr_s("null"));
    gyr_buffer_free(&buffer);
}

static void put_events(adapter_request *r, answers *a, gyr_plan *plan) {
    const gyr__json *events = member(r, gyr_s("events"));
    gyr__json_key(r->out, gyr_s("responses"));
    gyr__json_begin_array(r->out);
    for (uint32_t i = 0; events && i < events->count; i++) {
        a->resolvers = gyr__json_get(&events->items[i], gyr_s("fields"));
        a->types = gyr__json_get(&events->items[i], gyr_s("types"));
        put_response(r, a, plan);
    }
    gyr__json_end_array(r->out);
}

static void put_subscription(adapter_request *r, answers *a, gyr_plan *plan) {
    gyr_buffer buffer = {0};
    gyr_request request = request_of(r, a, plan, &buffer);
    gyr_exec *exec = gyr_subscription_new(&request);
    a->opening = true;
    run(exec, a);
    a->opening = false;
    if (!exec) {
        gyr__json_key(r->out, gyr_s("threw"));
        gyr__json_put_str(r->out, gyr_s("Expected subscription operation."));
    } else if (gyr_subscription_stream(exec)) {
        put_events(r, a, plan);
    } else {
        gyr__json_key(r->out, gyr_s("error_result"));
        gyr__json_put_json(r->out, gyr_str_of(buffer.ptr, buffer.len));
    }
    gyr_exec_free(exec);
    gyr_buffer_free(&buffer);
}

static void subscribe(adapter_request *r, answers *a, gyr_schema *types, const gyr_schema_options *options) {
    gyr_errors *errors = NULL;
    gyr_schema *schema = answers_schema(a, types, options, &errors);
    gyr_plan *plan = schema ? plan_of(r, schema, &errors) : NULL;
    if (plan) {
        put_subscription(r, a, plan);
    } else {
        gyr__json_key(r->out, gyr_s("error_result"));
        put_failure(r, errors);
    }
    gyr_plan_free(plan);
    gyr_schema_free(schema);
}

/* ---- incremental: {schema, query, ...} -> {payloads} */

static bool is_incremental(const adapter_request *r) {
    return gyr__str_eq(request_text(r, gyr_s("op")), gyr_s("incremental"));
}

static gyr_flow take_payload(void *user, gyr_str bytes, unsigned flags) {
    gyr__json_out *out = user;
    gyr__json_raw(out, bytes);
    if (flags & GYR_PAYLOAD) gyr__json_raw(out, gyr_s(","));
    return GYR_CONTINUE;
}

static void put_payloads(adapter_request *r, answers *a, gyr_plan *plan) {
    gyr__json_out out;
    gyr__json_out_init(&out, NULL, NULL, 0);
    gyr_request request = request_of(r, a, plan, NULL);
    request.sink = take_payload;
    request.sink_user = &out;
    request.flush_bytes = 1;
    request.incremental = true;
    gyr_exec *exec = gyr_exec_new(&request);
    run(exec, a);
    bool ok = exec && gyr_exec_status(exec) == GYR_OK;
    gyr_exec_free(exec);
    gyr__json_begin_array(r->out);
    if (ok) gyr__json_put_json(r->out, gyr__json_out_text(&out));
    gyr__json_end_array(r->out);
    gyr__json_out_fini(&out);
}

static void execute(adapter_request *r, answers *a, gyr_schema *types, const gyr_schema_options *options) {
    gyr_errors *errors = NULL;
    gyr_schema *schema = answers_schema(a, types, options, &errors);
    gyr_plan *plan = schema ? plan_of(r, schema, &errors) : NULL;
    bool incremental = is_incremental(r);
    gyr__json_key(r->out, incremental && plan ? gyr_s("payloads") : gyr_s("response"));
    if (!plan)
        put_failure(r, errors);
    else if (incremental)
        put_payloads(r, a, plan);
    else
        put_response(r, a, plan);
    gyr__json_key(r->out, gyr_s("args"));
    gyr__json_end_object(&a->args);
    gyr__json_put_json(r->out, gyr__json_out_text(&a->args));
    gyr_plan_free(plan);
    gyr_schema_free(schema);
}

static void serve(adapter_request *r, void (*answered)(adapter_request *r, answers *a, gyr_schema *types,
                                                       const gyr_schema_options *options)) {
    gyr_source source = {.text = request_text(r, gyr_s("schema"))};
    const gyr__json *hide = member(r, gyr_s("hideSuggestions"));
    gyr_schema_options options = {.size = sizeof options,
                                  .sources = &source,
                                  .source_count = 1,
                                  .no_suggestions = hide && hide->boolean,
                                  .incremental = is_incremental(r),
                                  .limits = *r->limits};
    uint32_t max_errors = request_option_number(r, gyr_s("maxCoercionErrors"));
    if (max_errors) options.limits.errors = max_errors;
    answers a = {.arena = r->arena,
                 .resolvers = member(r, gyr_s("resolvers")),
                 .types = member(r, gyr_s("types")),
                 .constant = member(r, gyr_s("constant")),
                 .source_error = member(r, gyr_s("source_error")),
                 .source_value = member(r, gyr_s("source_value")),
                 .mode = r->mode,
                 .incremental = is_incremental(r),
                 .top.value = tree_of(r, gyr_s("root"), gyr_s("root_json"))};
    gyr_schema *types = request_schema(r, gyr_s(""), source.text, NULL);
    gyr__json_out_init(&a.args, NULL, NULL, 0);
    gyr__json_begin_object(&a.args);
    gyr__json_begin_object(r->out);
    if (types) {
        answered(r, &a, types, &options);
    } else {
        gyr__json_key(r->out, gyr_s("schema_errors"));
        put_errors(r, r->errors);
    }
    gyr__json_end_object(r->out);
    gyr__json_out_fini(&a.args);
    gyr__schema_unref(types);
}

void op_execute(adapter_request *r) { serve(r, execute); }
void op_incremental(adapter_request *r) { serve(r, execute); }
void op_subscribe(adapter_request *r) { serve(r, subscribe); }
