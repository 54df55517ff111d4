/* coordinate: {sdl, coordinate} -> {resolved: {kind, name} | null} or {error}.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "language.h"
#include "schema.h"
#include "type/coordinate.h"

static void put_element(adapter_request *r, const gyr__element *element) {
    gyr__json_key(r->out, gyr_s("resolved"));
    if (element->kind == GYR__NO_ELEMENT) {
        gyr__json_put_null(r->out);
        return;
    }
    gyr__json_begin_object(r->out);
    gyr__json_key(r->out, gyr_s("kind"));
    gyr__json_put_str(r->out, gyr__element_kind_name(element->kind));
    gyr__json_key(r->out, gyr_s("name"));
    gyr__json_put_str(r->out, gyr__element_name(element));
    gyr__json_end_object(r->out);
}

void op_coordinate(adapter_request *r) {
    gyr__source source = gyr__source_of(request_text(r, gyr_s("coordinate")), gyr_s(""));
    gyr__parse_options options = request_parse_options(r);
    gyr_schema *schema = request_schema(r, gyr_s(""), request_text(r, gyr_s("sdl")), NULL);
    gyr__node *node = NULL;
    gyr__element element;
    gyr__json_begin_object(r->out);
    if (schema && !gyr__parse_coordinate(r->arena, &source, &options, r->errors, &node) &&
        gyr__resolve_coordinate(schema, node, &element, r->errors))
        put_element(r, &element);
    else
        put_first_error(r);
    gyr__json_end_object(r->out);
    gyr__schema_unref(schema);
}
