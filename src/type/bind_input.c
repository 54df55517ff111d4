/* The rows of arguments and input fields: C types against GraphQL types, one struct for all arguments of a
 * field and for all fields of an input object, and how large it is.
 *
 * gyr.h names no size for an arguments' struct, so gyr__field.args_size is where its last bound member ends,
 * rounded up to 16: members behind that are not written, and the program does not read them, for nothing is
 * bound to them.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "type/binder.h"

static uint32_t row_end(const gyr_binding *row) {
    uint32_t size = row->kind == GYR_BIND_ARG_LIST || row->by_ref ? (uint32_t)sizeof(void *) : row->c_size;
    uint32_t end = row->offset + size;
    if (row->has_size) end = GYR__MAX(end, row->has_offset + row->has_size);
    if (row->kind == GYR_BIND_ARG_LIST) end = GYR__MAX(end, row->count_offset + row->count_size);
    return end;
}

static void check_widths(gyr__binder *b, const gyr_binding *row) {
    if (row->has_size && !gyr__is_width(row->has_size))
        gyr__bind_problem(b, gyr__bind_at(row), "the presence member of %s has %u bytes, it needs 1, 2, 4 or 8",
                          row->c_name, row->has_size);
    if (row->kind == GYR_BIND_ARG_LIST && !gyr__is_width(row->count_size))
        gyr__bind_problem(b, gyr__bind_at(row), "the count of %s has %u bytes, it needs 1, 2, 4 or 8", row->c_name,
                          row->count_size);
}

static void check_one(gyr__binder *b, const gyr__input *input) {
    const gyr_binding *row = input->binding;
    const gyr__type *t = input->type.named;
    bool list = row->kind == GYR_BIND_ARG_LIST, object = row->ctype == GYR_C_STRUCT || row->ctype == GYR_C_REF;
    check_widths(b, row);
    if (list && row->inline_items)
        return gyr__bind_problem(b, gyr__bind_at(row), "%s is an array; the items of a list need a pointer",
                                 row->c_name);
    if (input->type.depth > 1) return gyr__bind_misfit(b, row, input->type, "gyr_arg, lists of lists cannot be bound");
    if (list != gyr__is_list(input->type))
        return gyr__bind_misfit(b, row, input->type, list ? "one value" : "GYR_ARG_LIST or GYR_ARG_LIST_STRUCTS");
    if (t->kind == GYR__INPUT_OBJECT) {
        if (!object)
            gyr__bind_misfit(b, row, input->type, list ? "GYR_ARG_LIST_STRUCTS" : "GYR_ARG_STRUCT or GYR_ARG_REF");
        return;
    }
    if (row->ctype == GYR_C_CHARS) return gyr__bind_misfit(b, row, input->type, "gyr_str or const char *");
    const char *needs = gyr__bind_leaf_needs(t, row, true);
    if (needs) gyr__bind_misfit(b, row, input->type, needs);
}

/* Checks the rows of sibling inputs; returns where the last bound member ends, 0: none is bound. */
static uint32_t check_siblings(gyr__binder *b, const gyr__input *inputs, uint32_t count, const gyr_binding *type) {
    const gyr_binding *first = type;
    uint32_t end = 0;
    for (uint32_t i = 0; i < count; i++) {
        const gyr_binding *row = inputs[i].binding;
        if (!row) continue;
        check_one(b, &inputs[i]);
        end = GYR__MAX(end, row_end(row));
        if (!first) first = row;
        gyr_str name = gyr__bind_struct(row), other = gyr__bind_struct(first);
        if (!gyr__str_eq(name, other))
            gyr__bind_problem(b, gyr__bind_at(row), "bound to struct %.*s, %s %s struct %.*s", GYR__STR(name),
                              first->at, first == type ? "is" : "to", GYR__STR(other));
    }
    return end;
}

void gyr__bind_check_input_object(gyr__binder *b, gyr__type *t) {
    b->struct_ends[t->index] = check_siblings(b, t->inputs, t->input_count, t->binding);
}

void gyr__bind_check_input_structs(gyr__binder *b, const gyr__input *inputs, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        const gyr_binding *row = inputs[i].binding;
        const gyr__type *t = inputs[i].type.named;
        if (!row || t->kind != GYR__INPUT_OBJECT || (row->ctype != GYR_C_STRUCT && row->ctype != GYR_C_REF)) continue;
        uint32_t end = b->struct_ends[t->index];
        if (!end)
            gyr__bind_problem(b, gyr__bind_at(row), "%s is a struct, but no input field of %.*s is bound", row->c_name,
                              GYR__STR(t->def.name));
        else if (t->binding && t->binding->c_size != row->c_size)
            gyr__bind_problem(b, gyr__bind_at(row), "%.*s is struct %.*s (%u bytes), %s is for %u bytes",
                              GYR__STR(t->def.name), GYR__STR(gyr__bind_struct(t->binding)), t->binding->c_size,
                              row->c_name, row->c_size);
        else if (end > row->c_size)
            gyr__bind_problem(b, gyr__bind_at(row), "the bound input fields of %.*s end at %u bytes, %s has %u",
                              GYR__STR(t->def.name), end, row->c_name, row->c_size);
    }
}

void gyr__bind_check_arguments(gyr__binder *b, gyr__field *field) {
    uint32_t end = check_siblings(b, field->args, field->arg_count, NULL);
    gyr__bind_check_input_structs(b, field->args, field->arg_count);
    field->args_size = (end + 15) / 16 * 16;
}
