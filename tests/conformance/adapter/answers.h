/* The data of an execute request, and bindings that answer every field from them: at once, later, or in
 * batches.
 *
 * The data are a table `resolvers` from response paths ("hero.friends.0.name") to answers with a table
 * `types` of the objects' types, a tree `root` keyed by field names, or one `constant` for every field.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ADAPTER_ANSWERS_H
#define ADAPTER_ANSWERS_H
#include "adapter.h"
#include "base/vec.h"

typedef struct answered_object { /* what resolvers hand out */
    const gyr__json *value;      /* in the tree; NULL: the path tells */
    gyr_str type;                /* its name; empty: unknown */
} answered_object;

typedef struct answers {
    gyr__arena *arena;
    const gyr__json *resolvers, *types, *constant; /* NULL: not given */
    const gyr__json *source_error, *source_value;  /* of a subscription, in place of its stream */
    bool opening;                                  /* calls are of a source stream */
    const adapter_mode *mode;
    bool incremental;
    gyr_schema *schema;         /* set once it is built */
    answered_object top;        /* the root */
    gyr__json_out args;         /* members "path": {coerced arguments} */
    GYR__VEC(gyr_call *) calls; /* suspended */
    GYR__VEC(gyr_batch *) batches;
} answers;

/** A schema whose every field is bound as the mode says, also a->schema; `types` is the same schema unbound.
 * *errors as of gyr_schema_build. */
gyr_schema *answers_schema(answers *a, const gyr_schema *types, const gyr_schema_options *options, gyr_errors **errors);
/** The value as JSON text. */
gyr_str tree_text(gyr__arena *arena, const gyr__json *value);
/** Answers all that was suspended so far. False: nothing was. */
bool answers_resume(answers *a);

#endif
