/* Bindings: fits the table of gyr_binding rows to a built type system, and what execution asks of it
 * afterwards.
 *
 * Each row is copied into the schema's arena and hung on what its coordinate names: gyr__field.binding,
 * gyr__type.binding, gyr__input.binding, gyr__enum_value.number. Then every field, argument, enum and
 * abstract type is checked against its rows (bind_check.c, bind_input.c); after a successful bind these
 * invariants hold:
 *
 *   - every field of every object type but the introspection types has a binding whose C type can carry its
 * type;
 *   - a bound argument has a C type that every value of its type fits, but for ranges; all bound arguments of
 * a field lie in one struct of at most gyr__field.args_size bytes;
 *   - an enum has numbers for all of its values or for none, no number twice;
 *   - an abstract type that a member can hold has a tag, a type function, or the schema a type fallback.
 *
 * All problems are told in one go, as GYR_ERR_BINDING with their coordinate.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_TYPE_BIND_H
#define GYR_TYPE_BIND_H
#include "type/schema.h"

/** Hangs the GYR_SCALAR rows on their types, nothing else, and tells nothing: default values of custom
 * scalars can be coerced from then on. False when memory is out. */
bool gyr__bind_scalars(gyr_schema *schema, const gyr_schema_options *options);

/** Fits options->bindings and the fallbacks to the schema. False when there is any problem, or memory is out. */
bool gyr__bind_schema(gyr_schema *schema, const gyr_schema_options *options, gyr_errors *errors);

static inline const void *gyr__number_get(const gyr__number_map *m, int64_t number) {
    if (!m->keys) {
        uint64_t at = (uint64_t)number - (uint64_t)m->base;
        return at < m->count ? m->values[at] : NULL;
    }
    uint32_t low = 0, high = m->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (m->keys[middle] < number)
            low = middle + 1;
        else
            high = middle;
    }
    return low < m->count && m->keys[low] == number ? m->values[low] : NULL;
}

/** The value of a bound enum that has this number, or NULL. */
static inline const gyr__enum_value *gyr__enum_by_number(const gyr__type *t, int64_t number) {
    return gyr__number_get(&t->numbers, number);
}
/** The object type that a tag of an abstract type's table (GYR_TAG, GYR_TYPE_FN) means, or NULL. */
static inline const gyr__type *gyr__type_of_tag(const gyr__type *abstract, int64_t value) {
    return gyr__number_get(&abstract->numbers, value);
}

/** One entry of a number map being made. */
typedef struct gyr__number {
    int64_t number;
    const void *value;
} gyr__number;
/** Sorts entries and makes the map in the arena. False when memory is out. */
bool gyr__number_map_make(gyr__arena *arena, gyr__number_map *map, gyr__number *entries, uint32_t count);

#endif
