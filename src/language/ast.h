/* The nodes of a parsed document as C structs, one per entry of ast.def.
 *
 * Every node begins with gyr__node: its kind and its place as byte offsets into the source (line and column
 * are computed on demand, source.h). Nodes live in the arena that parsed them, are never changed afterwards
 * and may be read by any number of threads. Texts are slices of the source, which the caller keeps alive; a
 * text's own offset is gyr__source_offset(source, text.ptr). Lists are arrays of pointers; an absent list,
 * like an absent selection set, has count 0.
 *
 *     for (uint32_t i = 0; i < field->arguments.count; i++) use(field->arguments.items[i]->name);
 *     if (value->kind == GYR__AST_INT) use(gyr__ast_as(int, value)->value);
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_LANGUAGE_AST_H
#define GYR_LANGUAGE_AST_H
#include "base/arena.h"

typedef enum gyr__node_kind {
#define GYR__NODE(KIND, type, Name)      GYR__AST_##KIND,
#define GYR__NODE_SAME(KIND, type, Name) GYR__AST_##KIND,
#include "language/ast.def"
    GYR__AST_KIND_COUNT
} gyr__node_kind;

typedef enum gyr__operation_type { GYR__QUERY, GYR__MUTATION, GYR__SUBSCRIPTION } gyr__operation_type;

typedef struct gyr__node {
    uint32_t kind;       /* gyr__node_kind */
    uint32_t start, end; /* bytes [start, end) of the source */
} gyr__node;

typedef struct gyr__node_list { /* nodes of several kinds */
    gyr__node **items;
    uint32_t count;
} gyr__node_list;

typedef struct gyr__text_list {
    gyr_str *items;
    uint32_t count;
} gyr__text_list;

/* struct gyr__ast_x and gyr__ast_x_list {gyr__ast_x **items; uint32_t count;} of every node */
#define GYR__NODE(KIND, type, Name)                                                                                    \
    typedef struct gyr__ast_##type gyr__ast_##type;                                                                    \
    typedef struct gyr__ast_##type##_list {                                                                            \
        gyr__ast_##type **items;                                                                                       \
        uint32_t count;                                                                                                \
    } gyr__ast_##type##_list;
#include "language/ast.def"

#define GYR__NODE(KIND, type, Name)                                                                                    \
    struct gyr__ast_##type {                                                                                           \
        gyr__node node;
#define GYR__NODE_END                                                                                                  \
    }                                                                                                                  \
    ;
#define GYR__TEXT(name)         gyr_str name;
#define GYR__TEXTS(name)        gyr__text_list name;
#define GYR__FLAG(name)         bool name;
#define GYR__OPERATION(name)    gyr__operation_type name;
#define GYR__CHILD(type, name)  gyr__ast_##type *name;
#define GYR__ANY(name)          gyr__node *name;
#define GYR__INLINE(type, name) gyr__ast_##type name;
#define GYR__LIST(type, name)   gyr__ast_##type##_list name;
#define GYR__ANYS(name)         gyr__node_list name;
#include "language/ast.def"

/** The node as its struct: gyr__ast_as(field, node). The kind is the caller's to know. */
#define gyr__ast_as(type, n) ((gyr__ast_##type *)(n))

/** The value of a string: the source's own bytes where they are the value already, else decoded (escapes, the
 *  indentation of a block) into the arena. {NULL,0} when memory is out. s NULL (no description) gives
 * {NULL,0}. */
gyr_str gyr__ast_string_text(gyr__arena *arena, const gyr__ast_string *s);

/** "query", "mutation", "subscription". */
gyr_str gyr__operation_type_name(gyr__operation_type type);

/* ---- for generic code: the JSON form of a document, tests */

typedef enum gyr__ast_form {
    GYR__FORM_TEXT,      /* const gyr_str * */
    GYR__FORM_TEXTS,     /* const gyr__text_list * */
    GYR__FORM_FLAG,      /* const bool * */
    GYR__FORM_OPERATION, /* const gyr__operation_type * */
    GYR__FORM_NODE,      /* const gyr__node *, or NULL */
    GYR__FORM_LIST       /* const gyr__node_list * */
} gyr__ast_form;

/** Is called with each field of a node: its name in ast.def, its form, and where the value is. */
typedef void gyr__ast_visit(void *user, const char *name, gyr__ast_form form, const void *value);
/** Calls visit for the node's own fields, in the order of ast.def. */
void gyr__ast_fields(const gyr__node *node, gyr__ast_visit *visit, void *user);
/** "ObjectTypeDefinition": what the reference calls the kind. */
gyr_str gyr__node_kind_name(gyr__node_kind kind);

#endif
