/* sdl: {sdl, extends?} -> {stage, errors?, printed?}. extends is the SDL of a schema that sdl extends.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "schema.h"
#include "type/print_schema.h"

void op_sdl(adapter_request *r) {
    static const char *const stages[] = {"parse", "sdl", "type", "binding", "ok"};
    gyr__build_stage stage;
    gyr_schema *schema = request_schema(r, request_text(r, gyr_s("extends")), request_text(r, gyr_s("sdl")), &stage);
    gyr__json_begin_object(r->out);
    gyr__json_key(r->out, gyr_s("stage"));
    gyr__json_put_str(r->out, gyr_str_of(stages[stage], strlen(stages[stage])));
    if (schema) {
        gyr__json_out text;
        gyr__json_out_init(&text, NULL, NULL, 0);
        gyr__schema_print(schema, &text);
        gyr__json_key(r->out, gyr_s("printed"));
        gyr__json_put_str(r->out, gyr__json_out_text(&text));
        gyr__json_out_fini(&text);
    } else {
        gyr__json_key(r->out, gyr_s("errors"));
        gyr__json_begin_array(r->out);
        for (uint32_t i = 0; i < gyr_errors_count(r->errors); i++) put_error(r->out, gyr_errors_get(r->errors, i));
        gyr__json_end_array(r->out);
    }
    gyr__json_end_object(r->out);
    gyr__schema_unref(schema);
}
