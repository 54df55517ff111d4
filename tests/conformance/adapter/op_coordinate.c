/* coordinate: {sdl, coordinate} -> {error} when it is none; resolving it needs a schema.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "language.h"

void op_coordinate(adapter_request *r) {
    gyr__source source = gyr__source_of(request_text(r, gyr_s("coordinate")), gyr_s(""));
    gyr__parse_options options = request_parse_options(r);
    gyr__node *node;
    if (!gyr__parse_coordinate(r->arena, &source, &options, r->errors, &node)) {
        answer_unsupported(r);
        return;
    }
    gyr__json_begin_object(r->out);
    put_first_error(r);
    gyr__json_end_object(r->out);
}
