/* Differences between two schemas, and what each means to clients: the kinds and words of the reference's
 * findSchemaChanges(). diff.c compares, diff_changes.c keeps the list.
 *
 * The kinds behind the line are ours: the reference does not look for them. In two places its words are not
 * kept: an argument of a directive is named by its coordinate, and a description that is gone "was removed"
 * (there: `has changed to "undefined"`).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_TYPE_DIFF_H
#define GYR_TYPE_DIFF_H
#include "base/vec.h"
#include "type/schema.h"

#define GYR__CHANGES(KIND)                                                                                             \
    KIND(TYPE_REMOVED, BREAKING)                                                                                       \
    KIND(TYPE_CHANGED_KIND, BREAKING)                                                                                  \
    KIND(TYPE_REMOVED_FROM_UNION, BREAKING)                                                                            \
    KIND(VALUE_REMOVED_FROM_ENUM, BREAKING)                                                                            \
    KIND(REQUIRED_INPUT_FIELD_ADDED, BREAKING)                                                                         \
    KIND(IMPLEMENTED_INTERFACE_REMOVED, BREAKING)                                                                      \
    KIND(FIELD_REMOVED, BREAKING)                                                                                      \
    KIND(FIELD_CHANGED_KIND, BREAKING)                                                                                 \
    KIND(REQUIRED_ARG_ADDED, BREAKING)                                                                                 \
    KIND(ARG_REMOVED, BREAKING)                                                                                        \
    KIND(ARG_CHANGED_KIND, BREAKING)                                                                                   \
    KIND(DIRECTIVE_REMOVED, BREAKING)                                                                                  \
    KIND(DIRECTIVE_ARG_REMOVED, BREAKING)                                                                              \
    KIND(REQUIRED_DIRECTIVE_ARG_ADDED, BREAKING)                                                                       \
    KIND(DIRECTIVE_REPEATABLE_REMOVED, BREAKING)                                                                       \
    KIND(DIRECTIVE_LOCATION_REMOVED, BREAKING)                                                                         \
    KIND(VALUE_ADDED_TO_ENUM, DANGEROUS)                                                                               \
    KIND(TYPE_ADDED_TO_UNION, DANGEROUS)                                                                               \
    KIND(OPTIONAL_INPUT_FIELD_ADDED, DANGEROUS)                                                                        \
    KIND(OPTIONAL_ARG_ADDED, DANGEROUS)                                                                                \
    KIND(IMPLEMENTED_INTERFACE_ADDED, DANGEROUS)                                                                       \
    KIND(ARG_DEFAULT_VALUE_CHANGE, DANGEROUS)                                                                          \
    KIND(INPUT_FIELD_DEFAULT_VALUE_CHANGE, DANGEROUS)                                                                  \
    KIND(DESCRIPTION_CHANGED, SAFE)                                                                                    \
    KIND(TYPE_ADDED, SAFE)                                                                                             \
    KIND(DIRECTIVE_ADDED, SAFE)                                                                                        \
    KIND(FIELD_ADDED, SAFE)                                                                                            \
    KIND(DIRECTIVE_REPEATABLE_ADDED, SAFE)                                                                             \
    KIND(DIRECTIVE_LOCATION_ADDED, SAFE)                                                                               \
    KIND(OPTIONAL_DIRECTIVE_ARG_ADDED, SAFE)                                                                           \
    KIND(FIELD_CHANGED_KIND_SAFE, SAFE)                                                                                \
    KIND(ARG_CHANGED_KIND_SAFE, SAFE)                                                                                  \
    KIND(ARG_DEFAULT_VALUE_ADDED, SAFE)                                                                                \
    KIND(INPUT_FIELD_DEFAULT_VALUE_ADDED, SAFE)                                                                        \
    /* ---- ours */                                                                                                    \
    KIND(OPERATION_TYPE_REMOVED, BREAKING)                                                                             \
    KIND(OPERATION_TYPE_CHANGED, BREAKING)                                                                             \
    KIND(INPUT_OBJECT_BECAME_ONE_OF, BREAKING)                                                                         \
    KIND(OPERATION_TYPE_ADDED, SAFE)                                                                                   \
    KIND(INPUT_OBJECT_NO_LONGER_ONE_OF, SAFE)

typedef enum gyr__change_kind {
#define KIND(name, severity) GYR__##name,
    GYR__CHANGES(KIND)
#undef KIND
        GYR__FIRST_OWN_CHANGE = GYR__OPERATION_TYPE_REMOVED
} gyr__change_kind;

/** What changed: a type or directive, a member of a type, an argument; parts that do not apply are NULL. */
typedef struct gyr__subject {
    const gyr__def *owner, *member, *argument;
    bool is_directive; /* the owner */
    bool before;       /* it stands in the older schema only */
} gyr__subject;

typedef struct gyr__change {
    gyr_change shown; /* its place: filled in at the end */
    gyr__change_kind kind;
    gyr__place place;
} gyr__change;

struct gyr_changes {
    gyr__arena arena;
    GYR__VEC(gyr__change) list;
};

typedef struct gyr__differ {
    const gyr_schema *before, *after;
    gyr_changes *changes;
    gyr__arena scratch;
} gyr__differ;

/** Adds a change. In the words % is the subject's coordinate and $ the next of the texts, which are copied. */
void gyr__change_add(gyr__differ *d, gyr__change_kind kind, gyr__subject subject, const char *words,
                     const gyr_str *texts);
#define gyr__change(d, kind, subject, words, ...)                                                                      \
    gyr__change_add((d), GYR__##kind, (subject), (words), (const gyr_str[]){__VA_ARGS__})

/** All differences of d->before and d->after. Failures are those of the arenas. */
void gyr__compare_schemas(gyr__differ *d);

#endif
