/* Introspection data as a tree that the planner writes as constants: every __Schema, __Type, __Field ... value a
 * query can reach is a pair (introspection type's field, pointer to the schema's own struct). This interface gives the
 * field values of such an object.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_TYPE_INTROSPECT_H
#define GYR_TYPE_INTROSPECT_H
#include "type/schema.h"

/** An object of an introspection type. `what` tells the struct behind it; a __Type may be a named type or a
 *  wrapper (then it is a gyr__type_ref). */
typedef enum gyr__intro_kind {
    GYR__INTRO_NULL,
    GYR__INTRO_SCHEMA,     /* gyr_schema */
    GYR__INTRO_TYPE,       /* ref */
    GYR__INTRO_FIELD,      /* gyr__field */
    GYR__INTRO_INPUT,      /* gyr__input: __InputValue */
    GYR__INTRO_ENUM_VALUE, /* gyr__enum_value */
    GYR__INTRO_DIRECTIVE,  /* gyr__directive */
    GYR__INTRO_STRING,     /* text: a String (or enum name): written quoted */
    GYR__INTRO_BOOLEAN,    /* flag */
    GYR__INTRO_LIST        /* list of `count` items, see gyr__intro_item */
} gyr__intro_kind;

typedef struct gyr__intro {
    gyr__intro_kind kind;
    union {
        const void *of;
        gyr__type_ref ref;
        gyr_str text;
        bool flag;
        struct {
            const void *of;  /* what the list was taken from */
            uint16_t which;  /* private */
            bool all;        /* deprecated ones too */
            uint32_t length; /* items before filtering: call gyr__intro_item for 0..length-1 */
        } list;
    };
} gyr__intro;

/** The value of `field` (a field of an introspection type) of `object`. include_deprecated: its coerced argument.
 *  Meta field __typename is not handled here. */
gyr__intro gyr__intro_field(const gyr_schema *schema, const gyr__intro *object, const gyr__field *field,
                            bool include_deprecated);
/** Item i of a list. False: filtered out (deprecated), skip it. */
bool gyr__intro_item(const gyr_schema *schema, const gyr__intro *list, uint32_t i, gyr__intro *item);

#endif
