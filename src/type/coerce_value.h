/* Inside input coercion: the value as it comes in, where it stands, and how its problems are told. Private to
 * coerce*.c.
 *
 * JSON and literals coerce by one algorithm; gyr__raw hides which of both a value is. The walk recurses once
 * for each level of the value, which the parser's depth limit and the JSON reader's bound; its frames are
 * kept small (a level takes about 400 bytes of stack).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_TYPE_COERCE_VALUE_H
#define GYR_TYPE_COERCE_VALUE_H
#include "type/coerce.h"

/** A value before coercion: JSON, a literal, or - both NULL - none at all. */
typedef struct gyr__raw {
    const gyr__json *json;
    const gyr__node *node;
} gyr__raw;

typedef enum gyr__raw_form {
    GYR__RAW_ABSENT,
    GYR__RAW_NULL,
    GYR__RAW_BOOL,
    GYR__RAW_INT, /* digits only */
    GYR__RAW_FLOAT,
    GYR__RAW_STRING,
    GYR__RAW_ENUM,     /* literals only */
    GYR__RAW_VARIABLE, /* literals only */
    GYR__RAW_LIST,
    GYR__RAW_OBJECT
} gyr__raw_form;

gyr__raw_form gyr__raw_form_of(gyr__raw raw);
uint32_t gyr__raw_count(gyr__raw raw); /* of a LIST or OBJECT */
gyr__raw gyr__raw_item(gyr__raw list, uint32_t i);
gyr__raw gyr__raw_member(gyr__raw object, uint32_t i);
gyr_str gyr__raw_member_name(gyr__raw object, uint32_t i);
/** Digits of an INT or FLOAT as written. */
gyr_str gyr__raw_number(gyr__raw raw);

/** A place inside a value, innermost first. */
typedef struct gyr__input_path {
    const struct gyr__input_path *prev;
    gyr_str field; /* ptr NULL: index of a list */
    uint32_t index;
} gyr__input_path;

/** ".a[0]" in the arena; empty for NULL. */
gyr_str gyr__input_path_text(gyr__arena *arena, const gyr__input_path *path);

typedef struct gyr__coercion {
    gyr__arena *arena;
    const gyr_schema *schema;
    const gyr__source *source; /* NULL: errors have no locations */
    const gyr__variables *vars;
    gyr_errors *errors;
    gyr_status status;
    /* What the value belongs to: a variable, an argument, or whatever `subject` says. */
    gyr_str variable;
    bool is_default;
    const gyr__input *args, *argument;
    gyr_str subject;
    const gyr__node *place; /* of all problems; NULL: each has its own */
    bool all, skip_variables;
    gyr__places *places;         /* or NULL */
    bool full;                   /* the errors' limit was reached: nothing more is told */
    const gyr__node *shown_node; /* the literal shown last, */
    gyr_str shown;               /* and its text: each unknown field of an object shows the whole object */
    GYR__VEC(gyr__raw) slots;    /* a stack: the members of the objects now open, by input field */
} gyr__coercion;

/** Coerces raw (not ABSENT) to type t. False when a problem was told or memory is out. */
bool gyr__coerce_raw(gyr__coercion *c, gyr__raw raw, gyr__type_ref t, const gyr__input_path *path, gyr_value *out);
/** Coerces what is neither null, nor a list, nor a variable to a scalar or enum type. */
bool gyr__coerce_leaf(gyr__coercion *c, gyr__raw raw, const gyr__type *t, const gyr__input_path *path, gyr_value *out);
/** Keeps raw as it is. exact: numbers as the text they were written as (of.string). */
bool gyr__keep_raw(gyr__coercion *c, gyr__raw raw, bool exact, gyr_value *out);

/** Tells a problem of the value at path; raw is the literal to blame. Always false. */
bool gyr__coercion_problem(gyr__coercion *c, const gyr__input_path *path, gyr__raw raw, const char *format, ...)
    GYR__PRINTF(4, 5);
/** Tells a problem that is not inside a value: the message stands alone, at `place`. Always false. */
bool gyr__coercion_fault(gyr__coercion *c, const gyr__node *place, const char *format, ...) GYR__PRINTF(3, 4);
/** Whether the errors' limit is reached, so that nothing more need be told; the first time says so. */
bool gyr__coercion_full(gyr__coercion *c);
/** What a message prints of a value: as the reference's inspect() for JSON, printed literals; cut. */
gyr_str gyr__raw_shown(gyr__coercion *c, gyr__raw raw);
/** The same where a leaf was expected: where variables have no values yet, what stands for them is left out. */
gyr_str gyr__leaf_shown(gyr__coercion *c, gyr__raw raw);
/** " Did you mean ...?" for a name not in the map, or empty. */
gyr_str gyr__coercion_suggest(gyr__coercion *c, gyr_str name, const gyr__map *names, const char *what);
/** "Query.f(x:)" or "@skip(if:)". */
gyr_str gyr__argument_coordinate(gyr__arena *arena, const gyr_schema *schema, const gyr__input *args,
                                 const gyr__input *argument);
static inline gyr_str gyr__coercion_type(gyr__coercion *c, gyr__type_ref t) {
    return gyr__type_ref_text(&c->errors->arena, t);
}

#endif
