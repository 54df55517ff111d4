/* The smallest program: one field, one function. SPDX-License-Identifier: Apache-2.0 */
#include <gyr.h>
#include <stdio.h>

static void hello(gyr_call *call) { gyr_return_str(call, gyr_s("Hello, world!")); }

static const gyr_binding bindings[] = {GYR_RESOLVER("Query.hello", hello), GYR_END};

int main(void) {
    gyr_errors *errors = NULL;
    gyr_buffer out = {0};
    gyr_schema *schema = gyr_schema_new(gyr_s("type Query { hello: String! }"), bindings, &errors);
    gyr_plan *plan = schema ? gyr_plan_new(schema, gyr_s("{ hello }"), gyr_s(""), &errors) : NULL;
    gyr_request request = {.size = sizeof request, .plan = plan, .buffer = &out};
    gyr_status status = plan ? gyr_execute(&request) : GYR_ERR_ARGUMENT;
    gyr_str text = plan ? gyr_str_of(out.ptr, out.len) : gyr_errors_text(errors);
    printf("%.*s\n", (int)text.len, text.ptr);

    gyr_errors_free(errors);
    gyr_buffer_free(&out);
    gyr_plan_free(plan);
    gyr_schema_free(schema);
    return status;
}
