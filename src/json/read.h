/* JSON in: text to a tree in an arena, in one pass without recursion.
 *
 * Strict RFC 8259: no byte order mark, no comments, no trailing commas, well-formed UTF-8, no lone surrogates
 * in \u escapes; \u0000 is an ordinary character. Limits: json_bytes, json_depth (open arrays and objects),
 * number_bytes. Every node knows its offset in the text, so that whoever uses the value can say where it is
 * wrong (gyr__locate). Numbers keep their text; those without fraction and exponent that fit are int64, all
 * others double (1e400 is an infinity: the consumer rejects it).
 *
 * Strings without escapes, and numbers, borrow the source text: it must live as long as the tree.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_JSON_READ_H
#define GYR_JSON_READ_H
#include "base/arena.h"
#include "base/diag.h"

typedef enum gyr__json_kind {
    GYR__JSON_NULL,
    GYR__JSON_BOOL,
    GYR__JSON_INT,
    GYR__JSON_DOUBLE,
    GYR__JSON_STRING,
    GYR__JSON_ARRAY,
    GYR__JSON_OBJECT
} gyr__json_kind;

typedef struct gyr__json gyr__json;
typedef struct gyr__json_member gyr__json_member;

struct gyr__json {
    uint8_t kind;   /* gyr__json_kind */
    bool boolean;   /* BOOL */
    uint32_t at;    /* offset of its first byte in the source */
    uint32_t count; /* ARRAY: items, OBJECT: members */
    gyr_str text;   /* STRING: decoded; INT, DOUBLE: as written */
    union {
        int64_t integer;           /* INT */
        double number;             /* DOUBLE */
        gyr__json *items;          /* ARRAY */
        gyr__json_member *members; /* OBJECT, in order of first appearance, names unique */
    };
};

struct gyr__json_member {
    gyr_str name;
    uint32_t name_at; /* offset of the name's quote */
    gyr__json value;
};

typedef enum gyr__json_keys {
    GYR__JSON_LAST_WINS, /* of equal keys the last value counts, at the first one's place, as JSON.parse does */
    GYR__JSON_UNIQUE     /* equal keys in one object are an error */
} gyr__json_keys;

/** The tree, or NULL with one error (with its place) added to errors: GYR_ERR_SYNTAX, GYR_ERR_LIMIT, or, with
 *  no message, GYR_ERR_MEMORY (arena->failed). limits may be NULL (defaults). */
gyr__json *gyr__json_read(gyr__arena *arena, gyr_str text, const gyr_limits *limits, gyr__json_keys keys,
                          gyr_errors *errors);
/** The value of that member of an object; NULL when it has none or value is no object (or NULL). Linear. */
const gyr__json *gyr__json_get(const gyr__json *value, gyr_str name);

#endif
