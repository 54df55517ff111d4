/* The smallest schema module. Run it with
 *
 *     gyr run --module module.so -q '{ sum(of: [1, 2, 3]) }'
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include <gyr_module.h>

static const char sdl[] = "type Query { name: String!  sum(of: [Int!]!): Int! }";

struct root {
    const char *name;
};
struct sum {
    const int32_t *of;
    size_t count;
};

static void sum(gyr_call *call) {
    const struct sum *args = gyr_args(call);
    int64_t total = 0;
    for (size_t i = 0; i < args->count; i++) total += args->of[i];
    gyr_return_i64(call, total); /* beyond 32 bits: the engine reports it */
}

static const gyr_binding bindings[] = {
    GYR_TYPE("Query", struct root),
    GYR_FIELD("Query.name", struct root, name),
    GYR_GETTER("Query.sum", sum),
    GYR_ARG_LIST("Query.sum(of:)", struct sum, of, count),
    GYR_END,
};

static const struct root root = {"a module"};

static const gyr_module module = {
    .size = sizeof module, .sdl = sdl, .sdl_len = sizeof sdl - 1, .bindings = bindings, .root = &root};

const gyr_module *gyr_module_get(void) { return &module; }
