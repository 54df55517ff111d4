/* What the example programs have in common: run one query, print the response.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef EXAMPLE_H
#define EXAMPLE_H
#include <gyr.h>
#include <stdio.h>
#include <string.h>

/** Prints the list's errors and frees it; returns false. */
static inline bool example_failed(gyr_errors *errors) {
    gyr_str text = gyr_errors_text(errors);
    fprintf(stderr, "%.*s", (int)text.len, text.ptr ? text.ptr : "");
    gyr_errors_free(errors);
    return false;
}

/** Executes a query, waiting for answers from other threads, and prints the response as one line. */
static inline bool example_run(gyr_schema *schema, gyr_str query, gyr_str variables, const void *root, void *context) {
    gyr_errors *errors = NULL;
    gyr_plan *plan = gyr_plan_new(schema, query, gyr_s(""), &errors);
    if (!plan) return example_failed(errors);
    gyr_buffer out = {NULL, 0, 0, {NULL, NULL}};
    gyr_request request;
    memset(&request, 0, sizeof request);
    request.size = sizeof request;
    request.plan = plan;
    request.variables = variables;
    request.root = root;
    request.context = context;
    request.buffer = &out;
    gyr_status status = gyr_execute(&request);
    printf("%.*s\n", (int)out.len, out.ptr ? out.ptr : gyr_status_text(status));
    gyr_buffer_free(&out);
    gyr_plan_free(plan);
    return status == GYR_OK;
}
#endif
