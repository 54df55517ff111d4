/* parse: {kind, source, options?} -> {ok, error?, printed?}
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "language.h"
#include "language/print.h"

static gyr_status parse(adapter_request *r, gyr_str kind, gyr__node **out) {
    gyr__source source = gyr__source_of(request_text(r, gyr_s("source")), gyr_s(""));
    gyr__parse_options options = request_parse_options(r);
    if (gyr__str_is(kind, "value")) return gyr__parse_value(r->arena, &source, &options, false, r->errors, out);
    if (gyr__str_is(kind, "constValue")) return gyr__parse_value(r->arena, &source, &options, true, r->errors, out);
    if (gyr__str_is(kind, "type")) return gyr__parse_type(r->arena, &source, &options, r->errors, out);
    if (gyr__str_is(kind, "coordinate")) return gyr__parse_coordinate(r->arena, &source, &options, r->errors, out);
    gyr__ast_document *document;
    gyr_status status = gyr__parse_document(r->arena, &source, &options, r->errors, &document);
    if (!status) *out = &document->node;
    return status;
}

void op_parse(adapter_request *r) {
    gyr__node *node = NULL;
    gyr_status status = parse(r, request_text(r, gyr_s("kind")), &node);
    gyr__json_begin_object(r->out);
    gyr__json_key(r->out, gyr_s("ok"));
    gyr__json_put_bool(r->out, !status);
    if (status) {
        put_first_error(r);
    } else {
        gyr__json_key(r->out, gyr_s("printed"));
        gyr__json_put_str(r->out, gyr__print(r->arena, node));
    }
    gyr__json_end_object(r->out);
}
