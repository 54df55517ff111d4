/* See written.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "type/written.h"
#include "base/number.h"

static void number_value(gyr_value *out, gyr_str text) {
    if (gyr__parse_i64(text.ptr, text.len, &out->of.integer)) {
        out->kind = GYR_VALUE_INT;
        return;
    }
    out->kind = GYR_VALUE_FLOAT;
    if (!gyr__parse_f64(text.ptr, text.len, &out->of.number)) out->of.number = 0;
}

gyr_value gyr__written_value(gyr__arena *a, const gyr__node *node) {
    gyr_value v = {.kind = GYR_VALUE_NULL};
    switch (node->kind) {
    case GYR__AST_INT: number_value(&v, gyr__ast_as(int, node)->value); break;
    case GYR__AST_FLOAT: number_value(&v, gyr__ast_as(float, node)->value); break;
    case GYR__AST_STRING:
        v.kind = GYR_VALUE_STRING;
        v.of.string = gyr__ast_string_text(a, gyr__ast_as(string, node));
        break;
    case GYR__AST_BOOLEAN:
        v.kind = GYR_VALUE_BOOL;
        v.of.boolean = gyr__ast_as(boolean, node)->value;
        break;
    case GYR__AST_ENUM:
        v.kind = GYR_VALUE_ENUM;
        v.of.string = gyr__ast_as(enum, node)->value;
        break;
    case GYR__AST_LIST: {
        const gyr__node_list *list = &gyr__ast_as(list, node)->values;
        gyr_value *items = gyr__new_array(a, gyr_value, list->count);
        for (uint32_t i = 0; items && i < list->count; i++) items[i] = gyr__written_value(a, list->items[i]);
        v = (gyr_value){.kind = GYR_VALUE_LIST, .count = items ? list->count : 0, .of.items = items};
        break;
    }
    case GYR__AST_OBJECT: {
        const gyr__ast_object_field_list *list = &gyr__ast_as(object, node)->fields;
        gyr_value_member *members = gyr__new_array(a, gyr_value_member, list->count);
        for (uint32_t i = 0; members && i < list->count; i++)
            members[i] = (gyr_value_member){list->items[i]->name, gyr__written_value(a, list->items[i]->value)};
        v = (gyr_value){.kind = GYR_VALUE_OBJECT, .count = members ? list->count : 0, .of.members = members};
        break;
    }
    case GYR__AST_VARIABLE:
        v.kind = GYR_VALUE_VARIABLE;
        v.of.string = gyr__ast_as(variable, node)->name;
        break;
    default: break;
    }
    return v;
}
