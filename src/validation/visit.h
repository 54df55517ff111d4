/* Rules of the program (gyr_rule): what the walk tells them, and what they say.
 *
 * Each node that the walk is at has a record on the walk's own stack; the records are linked to the one around. A hook is one
 * test of v->visiting where there are no such rules. What a rule puts on nodes is kept in `tallies`, one row for each
 * level of nesting, and added to the row above when the node is left; a fragment keeps its own, for whatever spreads it:
 * the walk takes fragments in the order in which the pass over cycles finished them, so it is there by then, save in a
 * cycle, where a spread comes to nothing.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_VALIDATION_VISIT_H
#define GYR_VALIDATION_VISIT_H
#include "type/schema.h"
#include "validation/validate.h"

struct gyr__validation;
struct gyr__definition;

/** What a node comes to, for one rule. */
typedef struct gyr__tally {
    uint64_t sum, most; /* of the nodes inside */
    uint64_t number;    /* put on the node itself */
    bool is_put;
} gyr__tally;

struct gyr_visit {
    struct gyr__validation *v; /* this and the next three: set by gyr__begin_visit */
    gyr_visit *parent;
    uint32_t level; /* row of the tallies */
    uint32_t depth; /* fields around */
    gyr_node kind;
    const gyr__node *node;
    const gyr__type *parent_type; /* NULL: none or unknown, as all below */
    gyr__type_ref type;
    const gyr__field *field;
    const gyr__directive *directive;
    const gyr__input *input;
};

typedef struct gyr__visiting {
    gyr_rule *rules;
    void **states;
    uint32_t count;
    uint32_t now;   /* the rule being called */
    uint32_t nodes; /* bits of what any rule asks for */
    gyr_visit *innermost;
    void *context;
    GYR__VEC(gyr__tally) tallies; /* row by row, `count` in each */
} gyr__visiting;

/** Sets v->visiting when the schema or the options have rules. False: memory is out. */
bool gyr__start_visiting(struct gyr__validation *v, const gyr__validate_options *options);
void gyr__begin_visit(struct gyr__validation *v, gyr_visit *visit);
void gyr__end_visit(struct gyr__validation *v, gyr_visit *visit);

/* The hooks: gyr__enter(v, &here, GYR_NODE_FIELD, &node->node, .field = field) ... gyr__leave(v, &here) */
#define gyr__enter(v, visit, KIND, AT, ...)                                                                            \
    do {                                                                                                               \
        if (gyr__unlikely((v)->visiting != NULL)) {                                                                    \
            *(visit) = (gyr_visit){.kind = KIND, .node = (AT), __VA_ARGS__};                                           \
            gyr__begin_visit((v), (visit));                                                                            \
        }                                                                                                              \
    } while (0)
#define gyr__leave(v, visit)                                                                                           \
    do {                                                                                                               \
        if (gyr__unlikely((v)->visiting != NULL)) gyr__end_visit((v), (visit));                                        \
    } while (0)

#endif
