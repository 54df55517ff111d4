/* What the two files of the printer share: print.c (documents, executable definitions, values, types) and
 * print_type_system.c.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_LANGUAGE_PRINT_TYPE_SYSTEM_H
#define GYR_LANGUAGE_PRINT_TYPE_SYSTEM_H
#include "language/ast.h"
#include "language/text.h"

typedef struct gyr__print_list {
    gyr__node *const *items;
    uint32_t count;
} gyr__print_list;
/** Any list of nodes, to print. */
#define gyr__printable(list) ((gyr__print_list){(gyr__node *const *)(void *)(list).items, (list).count})

void gyr__print_node(gyr__text *t, const gyr__node *n);
/** Type system definitions, extensions, schema coordinates. */
void gyr__print_type_system(gyr__text *t, const gyr__node *n);

void gyr__print_joined(gyr__text *t, gyr__print_list list, gyr_str separator);
/** One item a line, indented, between open and close. */
void gyr__print_block(gyr__text *t, gyr__print_list list, gyr_str open, gyr_str close);
/** Each with a space before it. */
void gyr__print_directives(gyr__text *t, gyr__ast_directive_list directives);
void gyr__print_description(gyr__text *t, gyr__ast_string *description);
/** (a, b), or one a line when any has a line break itself; nothing when there is none. */
void gyr__print_items(gyr__text *t, gyr__print_list list, bool indent);

#endif
