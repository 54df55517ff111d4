/* What the operations on schemas share.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ADAPTER_SCHEMA_H
#define ADAPTER_SCHEMA_H
#include "adapter.h"
#include "type/build.h"

/** Builds an unbound schema from SDL under the request's open limits, extending that of `base` if it is not
 * empty. */
static inline gyr_schema *request_schema(adapter_request *r, gyr_str base, gyr_str sdl, gyr__build_stage *stage) {
    gyr_source sources[2] = {{gyr_s(""), base}, {gyr_s(""), sdl}};
    uint32_t first = base.ptr && base.len ? 0 : 1;
    gyr_schema_options options = {.size = sizeof options,
                                  .sources = sources + first,
                                  .source_count = 2 - first,
                                  .unbound = true,
                                  .limits = *r->limits};
    return gyr__schema_extend(&options, 1 - first, stage, r->errors);
}

#endif
