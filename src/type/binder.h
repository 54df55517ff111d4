/* What the files of binding share. Private to bind*.c.
 *
 *     bind.c         copies the table, hangs rows on what they name, drives the checks
 *     bind_check.c   C types against GraphQL types; fields of object types
 *     bind_input.c   arguments and input fields
 *     bind_number.c  enum numbers, tag tables
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_TYPE_BINDER_H
#define GYR_TYPE_BINDER_H
#include "type/bind.h"

typedef struct gyr__binder {
    gyr_schema *schema;
    gyr_errors *errors;
    gyr_binding *rows; /* copies, without the end */
    uint32_t row_count;
    const gyr_binding *fallback; /* of fields; NULL: none */
    uint32_t *struct_ends;       /* INPUT_OBJECT by type index: bytes up to the last bound member; 0: none is bound */
    bool *reported;              /* abstract types by index: that they have no tag was told */
} gyr__binder;

#define GYR__STR(s) (int)(s).len, (s).ptr

/** "<coordinate>: <message>", with the coordinate in the error. */
void gyr__bind_problem(gyr__binder *b, gyr_str coordinate, const char *format, ...) GYR__PRINTF(3, 4);
static inline gyr_str gyr__bind_at(const gyr_binding *row) { return gyr_str_of(row->at, strlen(row->at)); }

static inline bool gyr__is_c_integer(gyr_ctype c) { return c >= GYR_C_I8 && c <= GYR_C_U64; }
static inline bool gyr__is_c_float(gyr_ctype c) { return c == GYR_C_F32 || c == GYR_C_F64; }
static inline bool gyr__is_c_text(gyr_ctype c) { return c == GYR_C_STR || c == GYR_C_CSTR || c == GYR_C_CHARS; }
static inline bool gyr__is_width(uint32_t size) { return size == 1 || size == 2 || size == 4 || size == 8; }

/** The struct a row's member belongs to: "product" of "struct product.price". */
gyr_str gyr__bind_struct(const gyr_binding *row);
/** "double", "gyr_str", "a struct of 8 bytes" ...: the member's C type, in the errors' arena. */
gyr_str gyr__bind_c_type(gyr__binder *b, const gyr_binding *row);
/** What a leaf type needs in C, when a row with this C type does not fit it; NULL: it fits. in: arguments. */
const char *gyr__bind_leaf_needs(const gyr__type *t, const gyr_binding *row, bool in);
/** Tells "<at>: <type> needs <needs>, <member> is <C type>". */
void gyr__bind_misfit(gyr__binder *b, const gyr_binding *row, gyr__type_ref t, const char *needs);

void gyr__bind_check_object(gyr__binder *b, gyr__type *t);
void gyr__bind_check_input_object(gyr__binder *b, gyr__type *t);
/** Whether every input object that members hold fits its struct; after all input objects were checked. */
void gyr__bind_check_input_structs(gyr__binder *b, const gyr__input *inputs, uint32_t count);
/** Checks the rows of a field's arguments and sets args_size. */
void gyr__bind_check_arguments(gyr__binder *b, gyr__field *field);
void gyr__bind_check_enum(gyr__binder *b, gyr__type *t);
void gyr__bind_check_abstract(gyr__binder *b, gyr__type *t);

#endif
