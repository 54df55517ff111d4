/* strip: {source} -> {stripped} or {error}
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "language.h"
#include "language/strip.h"

void op_strip(adapter_request *r) {
    gyr__source source = gyr__source_of(request_text(r, gyr_s("source")), gyr_s(""));
    gyr_str stripped;
    gyr_status status = gyr__strip_ignored(r->arena, &source, r->limits, r->errors, &stripped);
    gyr__json_begin_object(r->out);
    if (status) {
        put_first_error(r);
    } else {
        gyr__json_key(r->out, gyr_s("stripped"));
        gyr__json_put_str(r->out, stripped);
    }
    gyr__json_end_object(r->out);
}
