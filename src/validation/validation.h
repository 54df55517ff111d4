/* Inside validation: what one call knows. Private to src/validation.
 *
 *     definitions.c      before the walk: operations and fragments, what each spreads, cycles, limits
 *     walk*.c            the walk; it calls the rules_*.c at each node
 *     rules_*.c          rules, related ones together
 *     visit.c            rules of the program, beside the built-in ones
 *     overlap.c          are there fields that cannot be merged? linear
 *     overlap_report.c   which, in the reference's words, when there are
 *     validate.c         the order of all that, and how errors are told
 *
 * Nothing recurses over more than the parser's depth limit: what follows fragments keeps a stack or a list of
 * its own. v->stop says that nothing more need be found: too many errors, a limit, or memory is out.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_VALIDATION_VALIDATION_H
#define GYR_VALIDATION_VALIDATION_H
#include "language/places.h"
#include "type/coerce.h"
#include "validation/validate.h"
#include "validation/visit.h"

typedef enum gyr__says {
#define GYR__SAYS(ID, text) GYR__SAYS_##ID,
#include "validation/rule.def"
    GYR__SAYS_COUNT
} gyr__says;

typedef struct gyr__definition gyr__definition;

/** A fragment spread, somewhere in a definition. */
typedef struct gyr__spread {
    const gyr__ast_fragment_spread *node;
    gyr__definition *fragment; /* NULL: unknown */
    uint32_t depth;            /* of the selection set that holds it, the definition's own is 1 */
    bool at_root;              /* no field around it */
} gyr__spread;

/** A variable where a value stands. */
typedef struct gyr__usage {
    const gyr__ast_variable *node;
    gyr__type_ref type;                              /* of the position; named NULL: unknown */
    bool has_default;                                /* the position has */
    const gyr__type *one_of;                         /* the OneOf type whose field it is, or NULL */
    const gyr__ast_variable_definition *of_fragment; /* the variable is the fragment's own, or NULL */
} gyr__usage;

/** An operation or a fragment. */
struct gyr__definition {
    const gyr__node *node;
    gyr_str name; /* ptr NULL: anonymous */
    const gyr__ast_selection_set *set;
    const gyr__ast_directive_list *directives;
    const gyr__ast_variable_definition_list *variables;
    const gyr__type *type; /* composite type its selections are on; NULL: none or unknown */
    bool is_fragment;
    GYR__VEC(gyr__spread) spreads; /* in the order in which the reference meets them */
    GYR__VEC(gyr__usage) usages;
    uint32_t fields, root_fields, depth; /* its own; of fragments after the pass over cycles: with those it spreads */
    uint32_t schema_fields, type_fields; /* likewise, __schema and __type */
    uint32_t state;                      /* of the pass over cycles */
    uint32_t seen;                       /* mark of whoever went over the fragments last: v->mark */
    uint32_t depth_checked;              /* nested introspection: entry depth + 1 known to be fine */
    const gyr__tally *tallies;           /* of a fragment that rules have seen */
    const gyr__ast_field *root_field; /* 5.2.4: one that is selected at the root, as gyr__check_subscription sees it */
    bool root_known, root_odd;        /* whether that has been found out; there are others, or conditions */
    bool uses_variables;              /* it, or what it spreads */
    bool walked;
    bool merged; /* its fields stand in a set whose merging was checked */
};

typedef struct gyr__validation {
    const gyr_schema *schema;
    const gyr__source *source;
    const gyr__ast_document *document;
    uint64_t rules;
    gyr_errors *errors;
    uint32_t errors_before, max_errors;
    gyr__arena arena;
    bool stop;
    gyr_status status;
    gyr__places places;

    gyr__definition *definitions; /* operations and fragments in document order */
    uint32_t definition_count, operation_count;
    gyr__map fragments; /* name -> gyr__definition *, the last of that name */
    bool cyclic;
    uint32_t mark;
    GYR__VEC(gyr__definition *) finished; /* fragments, each behind those it spreads, but for cycles */
    GYR__VEC(gyr__definition *) reached;  /* gyr__reachable */

    /* of the walk */
    gyr__definition *definition;
    const gyr__field *field; /* the innermost field that has been entered, or NULL */
    uint32_t directive_count, alias_count;
    bool incremental;        /* there is a @defer or @stream */
    gyr__map labels;         /* of @defer and @stream */
    gyr__visiting *visiting; /* NULL: there are no rules of the program */
} gyr__validation;

static inline bool gyr__checks(const gyr__validation *v, uint64_t rules) { return (v->rules & rules) != 0; }

/* ---- telling errors */

/** One error: the message's arguments, then the places (byte offsets). */
GYR__COLD void gyr__tell(gyr__validation *v, gyr__says says, const gyr_str *args, const uint32_t *at, size_t at_count);
#define gyr__tell_at(v, ID, at, ...)                                                                                   \
    gyr__tell((v), GYR__SAYS_##ID, (const gyr_str[]){__VA_ARGS__}, (const uint32_t[]){(at)}, 1)
#define gyr__tell_at2(v, ID, at1, at2, ...)                                                                            \
    gyr__tell((v), GYR__SAYS_##ID, (const gyr_str[]){__VA_ARGS__}, (const uint32_t[]){(at1), (at2)}, 2)
/** An error in other words than the table's; the text is copied. */
GYR__COLD void gyr__tell_text(gyr__validation *v, gyr_str text, gyr_str coordinate, uint32_t at);
/** A limit is exceeded: ends validation. `at` may be NULL. */
GYR__COLD void gyr__tell_limit(gyr__validation *v, gyr__says says, const gyr__node *at, uint32_t limit);
/** Line and column of a byte offset. */
static inline gyr_location gyr__place_of(gyr__validation *v, uint32_t offset) {
    return gyr__places_at(&v->places, &v->arena, v->source, offset);
}
/** After errors were added by others: have there been too many? */
void gyr__count_errors(gyr__validation *v);
/** Memory is out. Always false. */
GYR__COLD bool gyr__no_memory(gyr__validation *v);

static inline uint32_t gyr__at_name(const gyr__validation *v, gyr_str name) {
    return gyr__source_offset(v->source, name.ptr);
}
/** Texts for messages, in the errors' arena. */
gyr_str gyr__text_of_type(gyr__validation *v, gyr__type_ref type);
gyr_str gyr__text_of_node(gyr__validation *v, const gyr__node *node);
/** Schema coordinates: "Query.f", "Query.f(x:)" (a meta field's type is "<meta>"), "@skip(if:)". */
gyr_str gyr__text_of_field(gyr__validation *v, const gyr__field *field, const gyr__input *argument);
gyr_str gyr__text_of_directive(gyr__validation *v, const gyr__directive *directive, const gyr__input *argument);
/** " Did you mean ...?" as long as there are few errors, or empty. */
gyr_str gyr__suggest_input(gyr__validation *v, gyr_str name, const gyr__input *inputs, uint32_t count);

typedef gyr_str gyr__name_at(const void *list, uint32_t i);
/** Tells `says` once for each name that stands more than once among `count`, with the places of all; or,
 * pairs, for each that stood before, with the first's place and its own. */
void gyr__unique_names(gyr__validation *v, gyr__says says, const void *list, uint32_t count, gyr__name_at *name,
                       bool pairs);

/* ---- definitions.c */

bool gyr__read_definitions(gyr__validation *v);
void gyr__check_cycles(gyr__validation *v);
void gyr__check_limits(gyr__validation *v);
gyr__definition *gyr__fragment_of(const gyr__validation *v, gyr_str name);
/** The definitions that stand for fragments reachable from `from`, breadth first, each once; only those that use variables
 *  (gyr__check_variables), if so wanted. Valid until the next call. */
gyr__definition **gyr__reachable(gyr__validation *v, gyr__definition *const *from, uint32_t from_count,
                                 bool using_variables, uint32_t *count);

/* ---- walk.c */

void gyr__walk(gyr__validation *v, gyr__definition *d);
void gyr__walk_type_system(gyr__validation *v);

/* ---- rules */

void gyr__check_executable(gyr__validation *v);
void gyr__check_operations(gyr__validation *v);
void gyr__check_subscription(gyr__validation *v, gyr__definition *d);

/** type_system: it stands in a type system definition, where built-in types need not be used elsewhere. */
void gyr__unknown_type(gyr__validation *v, const gyr__ast_named_type *node, bool type_system);
void gyr__unknown_field(gyr__validation *v, const gyr__type *parent, const gyr__ast_field *node);
void gyr__check_leaf(gyr__validation *v, const gyr__field *field, const gyr__ast_field *node);
void gyr__check_field_use(gyr__validation *v, const gyr__field *field, const gyr__ast_field *node);
void gyr__check_introspection_depth(gyr__validation *v, const gyr__ast_field *node);

void gyr__check_fragments(gyr__validation *v);
const gyr__type *gyr__check_condition(gyr__validation *v, const gyr__ast_named_type *condition, gyr_str fragment);
void gyr__check_spread(gyr__validation *v, const gyr__type *parent, const gyr__ast_fragment_spread *node);
void gyr__check_inline(gyr__validation *v, const gyr__type *parent, const gyr__type *type,
                       const gyr__ast_inline_fragment *node);

void gyr__check_field_arguments(gyr__validation *v, const gyr__field *field, const gyr__ast_field *node);
void gyr__check_directive_arguments(gyr__validation *v, const gyr__directive *directive,
                                    const gyr__ast_directive *node);
void gyr__check_fragment_arguments(gyr__validation *v, const gyr__definition *fragment,
                                   const gyr__ast_fragment_spread *node);

/** Where a value stands: the type expected there, if it is known. */
typedef struct gyr__position {
    gyr__type_ref type; /* named NULL: unknown */
    bool has_default;
    const gyr__type *one_of;
} gyr__position;
/** A value and all inside it: its type, names of input fields, variables. */
void gyr__check_value(gyr__validation *v, const gyr__node *value, gyr__position position);

void gyr__check_directives(gyr__validation *v, const gyr__ast_directive_list *list, gyr__directive_location location,
                           const gyr__type *parent);
void gyr__check_defer_stream(gyr__validation *v);

void gyr__check_variable_definitions(gyr__validation *v);
void gyr__check_variables(gyr__validation *v);

/* ---- merging of fields */

/** A pair of fields that cannot be merged, or that take more work to tell than a valid document ever does. */
typedef struct gyr__overlap {
    bool suspect, too_much;
    const gyr__ast_field *a, *b;
    const char *reason;
} gyr__overlap;
void gyr__find_overlap(gyr__validation *v, gyr__overlap *found);
void gyr__report_overlap(gyr__validation *v, const gyr__overlap *found);

static inline gyr_str gyr__response_key(const gyr__ast_field *f) { return f->alias.ptr ? f->alias : f->name; }

#endif
