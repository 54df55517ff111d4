/* Numbers that mean names: enum values' numbers and the tags of abstract types; and the maps that execution
 * looks them up in. A map is an array where the numbers lie close together, else sorted keys.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "type/binder.h"

/* Heap sort: qsort may take memory behind the allocator's back. */
static void sift(gyr__number *e, uint32_t at, uint32_t count) {
    for (uint32_t child; (child = 2 * at + 1) < count; at = child) {
        if (child + 1 < count && e[child + 1].number > e[child].number) child++;
        if (e[at].number >= e[child].number) return;
        gyr__number swap = e[at];
        e[at] = e[child];
        e[child] = swap;
    }
}

static void sort(gyr__number *e, uint32_t count) {
    for (uint32_t i = count / 2; i-- > 0;) sift(e, i, count);
    for (uint32_t n = count; n-- > 1;) {
        gyr__number swap = e[0];
        e[0] = e[n];
        e[n] = swap;
        sift(e, 0, n);
    }
}

bool gyr__number_map_make(gyr__arena *arena, gyr__number_map *map, gyr__number *entries, uint32_t count) {
    *map = (gyr__number_map){0};
    if (!count) return true;
    sort(entries, count);
    uint64_t range = (uint64_t)entries[count - 1].number - (uint64_t)entries[0].number;
    if (range < (uint64_t)count * 4 + 16) {
        map->base = entries[0].number;
        map->count = (uint32_t)range + 1;
        map->values = gyr__arena_zalloc(arena, map->count * sizeof *map->values);
        for (uint32_t i = 0; map->values && i < count; i++)
            map->values[(uint64_t)entries[i].number - (uint64_t)map->base] = entries[i].value;
        return map->values != NULL;
    }
    int64_t *keys = gyr__new_array(arena, int64_t, count);
    map->keys = keys;
    map->values = gyr__arena_array(arena, count, sizeof *map->values);
    if (!keys || !map->values) return *map = (gyr__number_map){0}, false;
    for (uint32_t i = 0; i < count; i++) {
        keys[i] = entries[i].number;
        map->values[i] = entries[i].value;
    }
    map->count = count;
    return true;
}

/* ---- enums */

void gyr__bind_check_enum(gyr__binder *b, gyr__type *t) {
    uint32_t bound = 0;
    for (uint32_t i = 0; i < t->value_count; i++) bound += t->values[i].has_number;
    if (!bound) return;
    gyr__number *entries = gyr__new_array(&b->schema->arena, gyr__number, bound);
    uint32_t count = 0;
    for (uint32_t i = 0; entries && i < t->value_count; i++) {
        const gyr__enum_value *value = &t->values[i];
        if (value->has_number)
            entries[count++] = (gyr__number){value->number, value};
        else
            gyr__bind_problem(b, t->def.name, "value %.*s has no number; bind all values of an enum or none",
                              GYR__STR(value->def.name));
    }
    if (!entries || !gyr__number_map_make(&b->schema->arena, &t->numbers, entries, count)) return;
    for (uint32_t i = 1; i < count; i++) {
        const gyr__enum_value *one = entries[i - 1].value, *two = entries[i].value;
        if (one->number == two->number)
            gyr__bind_problem(b, t->def.name, "%.*s and %.*s are both %lld", GYR__STR(GYR__MIN(one, two)->def.name),
                              GYR__STR(GYR__MAX(one, two)->def.name), (long long)one->number);
    }
}

/* ---- abstract types */

static void check_tag_member(gyr__binder *b, const gyr__type *t) {
    const gyr_binding *tag = t->binding;
    if (!gyr__is_width(tag->c_size))
        gyr__bind_problem(b, t->def.name, "%s has %u bytes, a tag needs 1, 2, 4 or 8", tag->c_name, tag->c_size);
    for (uint32_t i = 0; i < t->possible_count; i++) {
        const gyr_binding *type = t->possible[i]->binding;
        if (type && tag->offset + tag->c_size > type->c_size)
            gyr__bind_problem(b, t->def.name, "%s lies outside %.*s, which %.*s is (%u bytes)", tag->c_name,
                              GYR__STR(gyr__bind_struct(type)), GYR__STR(t->possible[i]->def.name), type->c_size);
    }
}

/* The object type a tag names; NULL when it is none that this abstract type has (a table may serve several),
 * or after telling that there is no object type of that name. */
static const gyr__type *tagged_type(gyr__binder *b, const gyr__type *t, const gyr_tag *tag) {
    gyr_str name = gyr_str_of(tag->type, strlen(tag->type));
    const gyr__type *type = gyr__schema_type(b->schema, name);
    if (!type)
        gyr__bind_problem(b, t->def.name, "tag %lld names \"%.*s\", there is no type of that name",
                          (long long)tag->value, GYR__STR(name));
    else if (type->kind != GYR__OBJECT)
        gyr__bind_problem(b, t->def.name, "tag %lld names %.*s, which is not an object type", (long long)tag->value,
                          GYR__STR(name));
    return type && type->kind == GYR__OBJECT && gyr__is_possible(t, type) ? type : NULL;
}

void gyr__bind_check_abstract(gyr__binder *b, gyr__type *t) {
    const gyr_binding *row = t->binding;
    uint32_t rows = 0, count = 0;
    if (!row) return;
    if (row->kind == GYR_BIND_TAG) check_tag_member(b, t);
    if (row->kind == GYR_BIND_TYPE_FN && !row->type_fn)
        gyr__bind_problem(b, t->def.name, "%s: the function is NULL", row->c_name);
    if (!row->tags) return gyr__bind_problem(b, t->def.name, "%s has no table of tags", row->c_name);
    while (row->tags[rows].type) rows++;
    if (!rows) return gyr__bind_problem(b, t->def.name, "the table of tags of %s is empty", row->c_name);
    gyr__number *entries = gyr__new_array(&b->schema->arena, gyr__number, rows);
    for (uint32_t i = 0; entries && i < rows; i++) {
        const gyr__type *type = tagged_type(b, t, &row->tags[i]);
        if (type) entries[count++] = (gyr__number){row->tags[i].value, type};
    }
    if (!count)
        gyr__bind_problem(b, t->def.name, "no row in the table of tags of %s names one of its possible types",
                          row->c_name);
    if (!entries || !gyr__number_map_make(&b->schema->arena, &t->numbers, entries, count)) return;
    for (uint32_t i = 1; i < count; i++)
        if (entries[i - 1].number == entries[i].number)
            gyr__bind_problem(b, t->def.name, "tag %lld stands twice in the table of %s", (long long)entries[i].number,
                              row->c_name);
}
