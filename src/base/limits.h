/* Limits: the defaults, each with the attack it stops. A field of gyr_limits that is 0 means the default
 * here, GYR_UNLIMITED none. gyr__limits_resolve fills a struct so that every field is the number in force.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_BASE_LIMITS_H
#define GYR_BASE_LIMITS_H
#include "base/common.h"

/* LIMIT(field, default, what it stops) */
#define GYR__LIMITS(LIMIT)                                                                                             \
    LIMIT(document_bytes, 262144, "token and size floods")                                                             \
    LIMIT(tokens, 15000, "token floods")                                                                               \
    LIMIT(depth, 200, "deep nesting: one counter for every recursive production")                                      \
    LIMIT(aliases, 1000, "alias amplification")                                                                        \
    LIMIT(directives_per_node, 64, "directive overload on one node")                                                   \
    LIMIT(directives, 500, "directive overload in a document")                                                         \
    LIMIT(root_fields, 1000, "resolver amplification")                                                                 \
    LIMIT(fields, 10000, "exponential fragments: fields after expansion")                                              \
    LIMIT(list_depth, 16, "nested list types")                                                                         \
    LIMIT(name_bytes, 1024, "names of a megabyte echoed in errors")                                                    \
    LIMIT(number_bytes, 1024, "numbers of a megabyte")                                                                 \
    LIMIT(errors, 50, "error floods")                                                                                  \
    LIMIT(json_bytes, 1048576, "large variables")                                                                      \
    LIMIT(json_depth, 128, "nested variables")                                                                         \
    LIMIT(schema_bytes, 16777216, "hostile schemas")                                                                   \
    LIMIT(response_bytes, 268435456, "responses without end")                                                          \
    LIMIT(request_bytes, 1073741824, "memory of one request")                                                          \
    LIMIT(schema_fields, 1, "introspection many times over")                                                           \
    LIMIT(type_fields, 10, "introspection many times over")                                                            \
    LIMIT(deferred, 10000, "floods of deferred fragments")

/** Every field of out is set to the given value, its default, or UINT32_MAX. in may be NULL or shorter than
 *  this version's struct (its size field tells). */
static inline void gyr__limits_resolve(gyr_limits *out, const gyr_limits *in) {
    gyr_limits l;
    memset(&l, 0, sizeof l);
    if (in) memcpy(&l, in, in->size && in->size < sizeof l ? in->size : sizeof l);
#define GYR__LIMIT_RESOLVE(field, value, why)                                                                          \
    if (!l.field) l.field = value;
    GYR__LIMITS(GYR__LIMIT_RESOLVE)
#undef GYR__LIMIT_RESOLVE
    l.size = sizeof l;
    *out = l;
}

#endif
