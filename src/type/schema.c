/* See schema.h: what is asked of a finished schema.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "type/schema.h"

gyr_str gyr__type_ref_text(gyr__arena *arena, gyr__type_ref t) {
    gyr_str name = t.named->def.name;
    size_t len = name.len + 2 * (size_t)t.depth + (size_t)__builtin_popcount(t.non_null);
    if (!t.depth && !t.non_null) return name;
    char *text = gyr__arena_alloc_aligned(arena, len, 1), *p = text;
    if (!text) return (gyr_str){NULL, 0};
    memset(p, '[', t.depth);
    p += t.depth;
    memcpy(p, name.ptr, name.len);
    p += name.len;
    for (uint32_t i = 0; i <= t.depth; i++) {
        if (i) *p++ = ']';
        if (t.non_null >> i & 1) *p++ = '!';
    }
    return gyr_str_of(text, len);
}

const gyr__field *gyr__schema_field(const gyr_schema *s, const gyr__type *parent, gyr_str name) {
    if (name.len > 2 && name.ptr[0] == '_' && name.ptr[1] == '_') {
        if (gyr__str_is(name, "__typename")) return gyr__is_composite_type(parent) ? &s->meta_typename : NULL;
        if (parent == s->roots[GYR_QUERY] && !s->no_introspection) {
            if (gyr__str_is(name, "__schema")) return &s->meta_schema;
            if (gyr__str_is(name, "__type")) return &s->meta_type;
        }
    }
    return gyr__map_get(&parent->field_map, name);
}

gyr_str gyr__directive_location_name(gyr__directive_location location) {
    static const struct {
        const char *text;
        uint8_t len;
    } names[] = {
#define NAME(n) {#n, sizeof #n - 1}
        NAME(QUERY),
        NAME(MUTATION),
        NAME(SUBSCRIPTION),
        NAME(FIELD),
        NAME(FRAGMENT_DEFINITION),
        NAME(FRAGMENT_SPREAD),
        NAME(INLINE_FRAGMENT),
        NAME(VARIABLE_DEFINITION),
        NAME(SCHEMA),
        NAME(SCALAR),
        NAME(OBJECT),
        NAME(FIELD_DEFINITION),
        NAME(ARGUMENT_DEFINITION),
        NAME(INTERFACE),
        NAME(UNION),
        NAME(ENUM),
        NAME(ENUM_VALUE),
        NAME(INPUT_OBJECT),
        NAME(INPUT_FIELD_DEFINITION),
        NAME(FRAGMENT_VARIABLE_DEFINITION),
        NAME(DIRECTIVE_DEFINITION),
#undef NAME
    };
    static_assert(GYR__COUNT(names) == GYR__LOCATION_COUNT, "one name for each location");
    return gyr_str_of(names[location].text, names[location].len);
}

bool gyr__is_listed(const gyr__type *t, const gyr__type *object) {
    for (uint32_t i = 0; i < t->possible_count; i++)
        if (t->possible[i] == object) return true;
    return false;
}

bool gyr__types_overlap(const gyr__type *a, const gyr__type *b) {
    if (a == b) return true;
    if (a->possible_count > b->possible_count) {
        const gyr__type *t = a;
        a = b, b = t;
    }
    for (uint32_t i = 0; i < a->possible_count; i++)
        if (gyr__is_possible(b, a->possible[i])) return true;
    return false;
}

static bool is_named_subtype(const gyr__type *sub, const gyr__type *super) {
    if (sub == super) return true;
    if (sub->kind == GYR__OBJECT) return gyr__is_abstract_type(super) && gyr__is_possible(super, sub);
    if (sub->kind != GYR__INTERFACE || super->kind != GYR__INTERFACE) return false;
    for (uint32_t i = 0; i < sub->interface_count; i++)
        if (sub->interfaces[i] == super) return true;
    return false;
}

bool gyr__is_subtype(gyr__type_ref sub, gyr__type_ref super) {
    if (sub.depth != super.depth) return false;
    /* Wherever super is non-null, sub must be. */
    return (super.non_null & ~sub.non_null) == 0 && is_named_subtype(sub.named, super.named);
}
