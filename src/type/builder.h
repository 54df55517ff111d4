/* What the files of the schema builder share: the state of one build, from parsed sources to a checked
 * schema.
 *
 *     collect   (build_collect.c)   declares every type and directive, pairs extensions with definitions
 *     members   (build_members.c)   fields, arguments, values, interfaces, union members; type names are
 * looked up applied   (build_applied.c)   directives applied in the SDL link      (build_link.c)      final
 * order, possible types defaults  (build_defaults.c)  default values, in the order in which they need each
 * other check     (check*.c)          what remains of section 3 (the reference's validateSchema)
 *
 * The first three report what the reference calls SDL errors; the later phases run only when there are none.
 * The nodes of the documents live in a scratch arena and are gone after the build; all that the schema keeps
 * is in its own arena.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_TYPE_BUILDER_H
#define GYR_TYPE_BUILDER_H
#include "base/vec.h"
#include "language/ast.h"
#include "language/places.h"
#include "language/source.h"
#include "type/build.h"

/** One node that says something of a type: its definition or an extension. */
typedef struct gyr__decl_node {
    const gyr__node *node;
    uint32_t source;
    struct gyr__decl_node *next;
} gyr__decl_node;

/** Everything that the documents say of one type name. */
typedef struct gyr__decl {
    gyr__type *type;
    gyr__decl_node *nodes, *last; /* the definition, then the extensions in order */
    bool defined;                 /* false: only extended */
    bool phantom;                 /* contributes nothing: not defined, or the name of a built-in type */
    uint32_t source, kind;        /* of the definition: its source and node kind */
    gyr__decl_node extended;      /* what an extension is held against: the last definition, where there are two */
    uint32_t fields, inputs, values, interfaces, members, directives; /* how many the nodes hold in all */
    uint32_t *default_of; /* INPUT_OBJECT: by input field, index into builder.defaults + 1; NULL: no defaults */
} gyr__decl;

typedef struct gyr__directive_decl {
    gyr__directive directive; /* first: found by its gyr__directive */
    const gyr__ast_directive_definition *node;
    struct gyr__directive_decl *first; /* of its name: an error where it is another */
    uint32_t source;
    uint32_t owner; /* the last owner it was seen at, and there */
    const gyr__node *seen;
    uint32_t seen_source;
} gyr__directive_decl;

/** A default value that waits to be coerced. Exactly one of type (input field) and args' owner is set. */
typedef struct gyr__default {
    gyr__input *input;
    const gyr__node *value;
    uint32_t source;
    const gyr__type *type;           /* of an input field */
    const gyr__field *field;         /* of a field's argument */
    const gyr__directive *directive; /* of a directive's argument */
    uint8_t state;                   /* build_defaults.c */
    uint32_t path;
} gyr__default;

typedef struct gyr__applied_node {
    const gyr__ast_directive *node;
    uint32_t source;
} gyr__applied_node;

typedef struct gyr__builder {
    gyr_schema *schema;
    gyr_errors *errors;
    gyr__arena scratch;
    gyr__source *sources; /* as the parser and error places want them; the last is what is built in */
    gyr__places *places;  /* of each, in scratch */
    gyr__ast_document **documents;
    uint32_t source_count; /* with the built-in one */
    uint32_t base_count;   /* sources that are an existing schema, not checked by the SDL rules */
    bool unchecked;        /* without the last phases: gyr__schema_assume_valid */

    gyr__type *cache[256];       /* of gyr__build_named */
    gyr__map names;              /* type name -> gyr__decl *, all that are defined */
    gyr__map phantoms;           /* the others */
    GYR__VEC(gyr__decl *) decls; /* after linking: by type->index */
    GYR__VEC(gyr__directive_decl *) directives;
    gyr__map directive_names;              /* -> gyr__directive_decl * */
    GYR__VEC(gyr__decl_node) schema_nodes; /* definition first, then extensions */
    const gyr__ast_schema_definition *schema_node;
    const gyr__node *root_nodes[3]; /* the named type node of a root operation type that was declared */
    uint32_t root_sources[3];
    GYR__VEC(gyr__default) defaults;

    GYR__VEC(gyr__applied_node) applied; /* of the owner at hand */
    uint32_t owner;
} gyr__builder;

/* A name in a message: "%.*s" with GYR__SHOW(b, text). */
#define GYR__SHOW(b, text) (int)gyr__shown((b)->errors, (text)).len, gyr__shown((b)->errors, (text)).ptr

/** The place of a node, for gyr__build_error. */
typedef struct gyr__at {
    const gyr__node *node; /* NULL: none */
    uint32_t offset, source;
} gyr__at;
static inline gyr__at gyr__at_node(const void *node, uint32_t source) {
    const gyr__node *n = node;
    return (gyr__at){n, n ? n->start : 0, source};
}
/** The place of a name, which is a slice of its source. */
gyr__at gyr__at_name(const gyr__builder *b, gyr_str name, const void *node, uint32_t source);

/** Adds an error at `count` places (those without a node are left out). coordinate may be empty. */
void gyr__build_error(gyr__builder *b, gyr_str coordinate, const gyr__at *at, uint32_t count, const char *format, ...)
    GYR__PRINTF(5, 6);

/** "Type", "Type.field", "Type.field(arg:)", "@directive(arg:)" in the errors' arena. */
gyr_str gyr__coordinate_member(gyr__builder *b, gyr_str type, gyr_str member);
gyr_str gyr__coordinate_argument(gyr__builder *b, gyr_str type, gyr_str field, gyr_str argument);
gyr_str gyr__coordinate_directive(gyr__builder *b, gyr_str directive, gyr_str argument);

/** Whether memory is out anywhere. */
bool gyr__builder_failed(const gyr__builder *b);
/** Whether a source is part of the existing schema that others extend. */
static inline bool gyr__in_base(const gyr__builder *b, uint32_t source) {
    return source < b->base_count || source == b->source_count - 1;
}
static inline bool gyr__is_builtin_source(const gyr__builder *b, uint32_t source) {
    return source == b->source_count - 1;
}

/* The phases. */
void gyr__build_collect(gyr__builder *b);
void gyr__build_directives(gyr__builder *b);
void gyr__build_types(gyr__builder *b);
void gyr__build_schema_definition(gyr__builder *b);
void gyr__build_complete(gyr__builder *b);
bool gyr__build_link(gyr__builder *b);
void gyr__build_defaults(gyr__builder *b);
void gyr__build_may_fetch(gyr_schema *schema);
void gyr__check_schema(gyr__builder *b);

/* Parts of phases. */
/** Whether a type definition is a built-in one: ours, or that of a complete schema (build_complete.c). */
bool gyr__is_builtin_definition(const gyr__builder *b, uint32_t kind, gyr_str name, uint32_t source);
/** Looks up a type name; unknown ones are reported and give NULL. */
gyr__type *gyr__build_named(gyr__builder *b, gyr_str name, const gyr__node *node, uint32_t source);
/** Resolves a type node; .named NULL when it was reported. */
gyr__type_ref gyr__build_type_ref(gyr__builder *b, const gyr__node *node, uint32_t source);

/** Gathers the directives of one owner: begin, add (any number of lists), end. */
void gyr__applied_begin(gyr__builder *b);
void gyr__applied_add(gyr__builder *b, const gyr__ast_directive_list *list, uint32_t source,
                      gyr__directive_location location);
void gyr__applied_end(gyr__builder *b, gyr__def *def);
/** All three for a node of its own. */
static inline void gyr__applied_one(gyr__builder *b, gyr__def *def, const gyr__ast_directive_list *list,
                                    uint32_t source, gyr__directive_location location) {
    if (!list->count) return;
    gyr__applied_begin(b);
    gyr__applied_add(b, list, source, location);
    gyr__applied_end(b, def);
}
/** The String argument of a built-in directive, or {NULL,0}. */
gyr_str gyr__applied_text(const gyr__def *def, gyr_str directive, gyr_str argument, bool *applied);
/** Reports names that an object literal gives twice. */
void gyr__check_literal_names(gyr__builder *b, const gyr__node *value, uint32_t source);

void gyr__check_interfaces(gyr__builder *b, gyr__decl *decl, uint32_t *marks);
void gyr__check_finite_inputs(gyr__builder *b);
/** Reports all that is wrong with a default value, in the words and with the paths of the reference. */
void gyr__check_default(gyr__builder *b, const gyr__default *d, gyr_errors *fallback);

/* The nodes of things, for places. Linear: for errors. */
const gyr__ast_field_definition *gyr__node_of_field(const gyr__builder *b, const gyr__field *field);
const gyr__ast_input_value_definition *gyr__node_of_input(const gyr__builder *b, const gyr__type *type,
                                                          const gyr__field *field, const gyr__directive *directive,
                                                          const gyr__input *input);
const gyr__ast_directive *gyr__node_of_deprecated(const gyr__ast_directive_list *list);

#endif
