/* Compares two schemas, name by name; see diff.h. What is met in the same order as in the reference is told
 * in the same order: types, then directives, each in the order of the older schema.
 *
 * A change of an output type is safe when every answer is one that the old type allows; of an input type when
 * every value that was accepted still is.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "type/diff.h"

#include "language/parse.h"
#include "language/print.h"
#include "type/suggest.h"

/* ---- matching two lists by name */

typedef struct side { /* a list of structs that begin with gyr__def, or (size 0) of pointers to such */
    const void *items;
    uint32_t count;
    size_t size;
} side;
#define STRUCTS(array, n)  ((side){(array), (n), sizeof *(array)})
#define POINTERS(array, n) ((side){(array), (n), 0})

static const gyr__def *item(side s, uint32_t i) {
    if (!s.size) return ((const void *const *)s.items)[i];
    return (const gyr__def *)((const char *)s.items + i * s.size);
}

typedef struct match {
    const gyr__def **persisted; /* by item of the old list: its counterpart, or NULL */
    bool *known;                /* by item of the new list: whether it has one */
    uint32_t before_count, after_count;
} match;

enum { FEW = 8 }; /* as many are found faster without a map */

static uint32_t find(side s, const gyr__map *names, gyr_str name) {
    if (s.count > FEW) {
        const gyr__map_entry *e = gyr__map_find(names, name);
        return e ? (uint32_t)e->num : UINT32_MAX;
    }
    for (uint32_t i = 0; i < s.count; i++)
        if (gyr__str_eq(item(s, i)->name, name)) return i;
    return UINT32_MAX;
}

/* Counts of 0 when memory is out, so that nothing is compared. */
static match match_names(gyr__differ *d, side before, side after) {
    gyr__arena *a = &d->scratch;
    gyr__map names = {0};
    match m = {.persisted = gyr__new_array(a, const gyr__def *, before.count),
               .known = gyr__arena_zalloc(a, (size_t)after.count * sizeof(bool))};
    if (after.count > FEW && !gyr__map_reserve(a, &names, after.count)) return m;
    for (uint32_t i = 0; i < after.count && after.count > FEW; i++) {
        gyr__map_entry *e = gyr__map_put(a, &names, item(after, i)->name, NULL);
        if (e) e->num = i;
    }
    if (a->failed) return m;
    for (uint32_t i = 0; i < before.count; i++) {
        uint32_t at = find(after, &names, item(before, i)->name);
        m.persisted[i] = at == UINT32_MAX ? NULL : item(after, at);
        if (at != UINT32_MAX) m.known[at] = true;
    }
    m.before_count = before.count;
    m.after_count = after.count;
    return m;
}

#define EACH_REMOVED(m, i)                                                                                             \
    for (uint32_t i = 0; i < (m).before_count; i++)                                                                    \
        if (!(m).persisted[i])
#define EACH_ADDED(m, i)                                                                                               \
    for (uint32_t i = 0; i < (m).after_count; i++)                                                                     \
        if (!(m).known[i])
#define EACH_PERSISTED(m, i)                                                                                           \
    for (uint32_t i = 0; i < (m).before_count; i++)                                                                    \
        if ((m).persisted[i])

/* The same subject in the older schema, one of its members, an argument. */
static gyr__subject removed(gyr__subject s) {
    s.before = true;
    return s;
}
static gyr__subject of_member(gyr__subject s, const gyr__def *member) {
    s.member = member;
    return s;
}
static gyr__subject of_argument(gyr__subject s, const gyr__def *argument) {
    s.argument = argument;
    return s;
}

/* ---- descriptions and types */

static bool same_text(gyr_str a, gyr_str b) { return !a.ptr == !b.ptr && gyr__str_eq(a, b); }

/* `what` is "field ", "argument ", ... */
static void compare_description(gyr__differ *d, gyr__subject s, gyr_str what, const gyr__def *before,
                                const gyr__def *after) {
    if (same_text(before->description, after->description)) return;
    if (after->description.ptr)
        gyr__change(d, DESCRIPTION_CHANGED, s, "Description of $% has changed to \"$\".", what, after->description);
    else
        gyr__change(d, DESCRIPTION_CHANGED, s, "Description of $% was removed.", what);
}

static bool same_shape(gyr__type_ref a, gyr__type_ref b) {
    return a.depth == b.depth && gyr__str_eq(a.named->def.name, b.named->def.name);
}
static bool same_type(gyr__type_ref a, gyr__type_ref b) { return same_shape(a, b) && a.non_null == b.non_null; }
static bool is_safe_output(gyr__type_ref before, gyr__type_ref after) {
    return same_shape(before, after) && !(before.non_null & ~after.non_null);
}
static bool is_safe_input(gyr__type_ref before, gyr__type_ref after) {
    return same_shape(before, after) && !(after.non_null & ~before.non_null);
}
static gyr_str type_text(gyr__differ *d, gyr__type_ref t) { return gyr__type_ref_text(&d->scratch, t); }

/* ---- defaults: literals whose object fields may stand in any order */

static void sort_fields(gyr__ast_object_field_list *fields) {
    gyr__ast_object_field **f = fields->items;
    for (uint32_t gap = fields->count / 2; gap; gap /= 2) /* Shell's: in place, and short */
        for (uint32_t i = gap; i < fields->count; i++) {
            gyr__ast_object_field *moved = f[i];
            uint32_t at = i;
            for (; at >= gap; at -= gap) {
                int order = gyr__natural_cmp(f[at - gap]->name, moved->name);
                if (order < 0 || (order == 0 && f[at - gap]->node.start < moved->node.start)) break;
                f[at] = f[at - gap];
            }
            f[at] = moved;
        }
}

/* As deep as the parser allows. */
static void sort_value(gyr__node *value) {
    if (value->kind == GYR__AST_LIST) {
        gyr__node_list *values = &gyr__ast_as(list, value)->values;
        for (uint32_t i = 0; i < values->count; i++) sort_value(values->items[i]);
    } else if (value->kind == GYR__AST_OBJECT) {
        gyr__ast_object_field_list *fields = &gyr__ast_as(object, value)->fields;
        for (uint32_t i = 0; i < fields->count; i++) sort_value(fields->items[i]->value);
        sort_fields(fields);
    }
}

static gyr_str sorted_default(gyr__differ *d, const gyr_schema *schema, const gyr__input *input) {
    gyr_str text = input->default_text;
    gyr__node *value;
    gyr_errors errors;
    if (!text.len || !memchr(text.ptr, '{', text.len)) return text;
    gyr__source source = gyr__source_of(text, gyr_s(""));
    gyr__parse_options options = {.limits = &schema->limits, .schema = true};
    gyr__errors_init(&errors, &d->scratch.allocator, 0);
    gyr_status status = gyr__parse_value(&d->scratch, &source, &options, true, &errors, &value);
    gyr__errors_fini(&errors);
    if (status == GYR_ERR_MEMORY) d->scratch.failed = true;
    if (status) return text;
    sort_value(value);
    return gyr__print(&d->scratch, value);
}

/* ---- arguments and input fields */

static void compare_default(gyr__differ *d, gyr__subject s, const gyr__input *before, const gyr__input *after) {
    gyr__change_kind changed = s.argument ? GYR__ARG_DEFAULT_VALUE_CHANGE : GYR__INPUT_FIELD_DEFAULT_VALUE_CHANGE;
    gyr__change_kind added = s.argument ? GYR__ARG_DEFAULT_VALUE_ADDED : GYR__INPUT_FIELD_DEFAULT_VALUE_ADDED;
    gyr_str from = before->has_default ? sorted_default(d, d->before, before) : gyr_s("");
    gyr_str to = after->has_default ? sorted_default(d, d->after, after) : gyr_s("");
    if (!before->has_default && after->has_default)
        gyr__change_add(d, added, s, "% added a defaultValue $.", &to);
    else if (before->has_default && !after->has_default)
        gyr__change_add(d, changed, s, "% defaultValue was removed.", NULL);
    else if (!gyr__str_eq(from, to))
        gyr__change_add(d, changed, s, "% has changed defaultValue from $ to $.", (gyr_str[]){from, to});
}

static void compare_input(gyr__differ *d, gyr__subject s, const gyr__input *before, const gyr__input *after) {
    const char *words = s.argument ? "Argument % has changed type from $ to $." : "Field % changed type from $ to $.";
    if (!is_safe_input(before->type, after->type)) {
        gyr__change_add(d, s.argument ? GYR__ARG_CHANGED_KIND : GYR__FIELD_CHANGED_KIND, s, words,
                        (gyr_str[]){type_text(d, before->type), type_text(d, after->type)});
    } else {
        if (before->has_default || after->has_default) compare_default(d, s, before, after);
        if (!same_type(before->type, after->type))
            gyr__change_add(d, s.argument ? GYR__ARG_CHANGED_KIND_SAFE : GYR__FIELD_CHANGED_KIND_SAFE, s, words,
                            (gyr_str[]){type_text(d, before->type), type_text(d, after->type)});
    }
    gyr_str what = !s.argument ? gyr_s("input-field ") : s.is_directive ? gyr_s("") : gyr_s("argument ");
    compare_description(d, s, what, &before->def, &after->def);
}

static bool is_required(const gyr__input *input) { return gyr__is_non_null(input->type) && !input->has_default; }

static void compare_arguments(gyr__differ *d, gyr__subject s, const gyr__field *before, const gyr__field *after) {
    match m = match_names(d, STRUCTS(before->args, before->arg_count), STRUCTS(after->args, after->arg_count));
    EACH_REMOVED (m, i)
        gyr__change(d, ARG_REMOVED, removed(of_argument(s, &before->args[i].def)), "Argument % was removed.", {0});
    EACH_PERSISTED (m, i)
        compare_input(d, of_argument(s, m.persisted[i]), &before->args[i], (const gyr__input *)m.persisted[i]);
    EACH_ADDED (m, i) {
        gyr__subject argument = of_argument(s, &after->args[i].def);
        if (is_required(&after->args[i]))
            gyr__change(d, REQUIRED_ARG_ADDED, argument, "A required argument % was added.", {0});
        else
            gyr__change(d, OPTIONAL_ARG_ADDED, argument, "An optional argument % was added.", {0});
    }
}

/* ---- types */

static void compare_field(gyr__differ *d, gyr__subject s, const gyr__field *before, const gyr__field *after) {
    static const char words[] = "Field % changed type from $ to $.";
    if (before->arg_count || after->arg_count) compare_arguments(d, s, before, after);
    if (!is_safe_output(before->type, after->type))
        gyr__change(d, FIELD_CHANGED_KIND, s, words, type_text(d, before->type), type_text(d, after->type));
    else if (!same_type(before->type, after->type))
        gyr__change(d, FIELD_CHANGED_KIND_SAFE, s, words, type_text(d, before->type), type_text(d, after->type));
    compare_description(d, s, gyr_s("field "), &before->def, &after->def);
}

static void compare_fields(gyr__differ *d, gyr__subject s, const gyr__type *before, const gyr__type *after) {
    match m = match_names(d, STRUCTS(before->fields, before->field_count), STRUCTS(after->fields, after->field_count));
    EACH_REMOVED (m, i)
        gyr__change(d, FIELD_REMOVED, removed(of_member(s, &before->fields[i].def)), "Field % was removed.", {0});
    EACH_ADDED (m, i) gyr__change(d, FIELD_ADDED, of_member(s, &after->fields[i].def), "Field % was added.", {0});
    EACH_PERSISTED (m, i)
        compare_field(d, of_member(s, m.persisted[i]), &before->fields[i], (const gyr__field *)m.persisted[i]);
    m = match_names(d, POINTERS(before->interfaces, before->interface_count),
                    POINTERS(after->interfaces, after->interface_count));
    EACH_ADDED (m, i)
        gyr__change(d, IMPLEMENTED_INTERFACE_ADDED, s, "$ added to interfaces implemented by %.",
                    after->interfaces[i]->def.name);
    EACH_REMOVED (m, i)
        gyr__change(d, IMPLEMENTED_INTERFACE_REMOVED, s, "% no longer implements interface $.",
                    before->interfaces[i]->def.name);
}

static void compare_members(gyr__differ *d, gyr__subject s, const gyr__type *before, const gyr__type *after) {
    match m = match_names(d, POINTERS(before->possible, before->possible_count),
                          POINTERS(after->possible, after->possible_count));
    EACH_ADDED (m, i)
        gyr__change(d, TYPE_ADDED_TO_UNION, s, "$ was added to union type %.", after->possible[i]->def.name);
    EACH_REMOVED (m, i)
        gyr__change(d, TYPE_REMOVED_FROM_UNION, s, "$ was removed from union type %.", before->possible[i]->def.name);
}

static void compare_values(gyr__differ *d, gyr__subject s, const gyr__type *before, const gyr__type *after) {
    match m = match_names(d, STRUCTS(before->values, before->value_count), STRUCTS(after->values, after->value_count));
    EACH_ADDED (m, i)
        gyr__change(d, VALUE_ADDED_TO_ENUM, of_member(s, &after->values[i].def), "Enum value % was added.", {0});
    EACH_REMOVED (m, i)
        gyr__change(d, VALUE_REMOVED_FROM_ENUM, removed(of_member(s, &before->values[i].def)),
                    "Enum value % was removed.", {0});
    EACH_PERSISTED (m, i)
        compare_description(d, of_member(s, m.persisted[i]), gyr_s("enum value "), &before->values[i].def,
                            m.persisted[i]);
}

static void compare_input_fields(gyr__differ *d, gyr__subject s, const gyr__type *before, const gyr__type *after) {
    match m = match_names(d, STRUCTS(before->inputs, before->input_count), STRUCTS(after->inputs, after->input_count));
    EACH_ADDED (m, i) {
        gyr__subject field = of_member(s, &after->inputs[i].def);
        if (is_required(&after->inputs[i]))
            gyr__change(d, REQUIRED_INPUT_FIELD_ADDED, field, "A required field % was added.", {0});
        else
            gyr__change(d, OPTIONAL_INPUT_FIELD_ADDED, field, "An optional field % was added.", {0});
    }
    EACH_REMOVED (m, i)
        gyr__change(d, FIELD_REMOVED, removed(of_member(s, &before->inputs[i].def)), "Field % was removed.", {0});
    EACH_PERSISTED (m, i)
        compare_input(d, of_member(s, m.persisted[i]), &before->inputs[i], (const gyr__input *)m.persisted[i]);
    if (after->is_one_of && !before->is_one_of)
        gyr__change(d, INPUT_OBJECT_BECAME_ONE_OF, s, "% became a OneOf Input Object.", {0});
    if (before->is_one_of && !after->is_one_of)
        gyr__change(d, INPUT_OBJECT_NO_LONGER_ONE_OF, s, "% is no longer a OneOf Input Object.", {0});
}

static gyr_str kind_text(gyr__type_kind kind) {
    switch (kind) {
    case GYR__SCALAR: return gyr_s("a Scalar type");
    case GYR__OBJECT: return gyr_s("an Object type");
    case GYR__INTERFACE: return gyr_s("an Interface type");
    case GYR__UNION: return gyr_s("a Union type");
    case GYR__ENUM: return gyr_s("an Enum type");
    case GYR__INPUT_OBJECT: break;
    }
    return gyr_s("an Input type");
}

static void compare_type(gyr__differ *d, const gyr__type *before, const gyr__type *after) {
    gyr__subject s = {.owner = &after->def};
    if (before->is_builtin && after->is_builtin) return;
    compare_description(d, s, gyr_s(""), &before->def, &after->def);
    if (before->kind != after->kind) {
        gyr__change(d, TYPE_CHANGED_KIND, s, "% changed from $ to $.", kind_text(before->kind), kind_text(after->kind));
        return;
    }
    switch (after->kind) {
    case GYR__OBJECT:
    case GYR__INTERFACE: compare_fields(d, s, before, after); break;
    case GYR__UNION: compare_members(d, s, before, after); break;
    case GYR__ENUM: compare_values(d, s, before, after); break;
    case GYR__INPUT_OBJECT: compare_input_fields(d, s, before, after); break;
    case GYR__SCALAR: break;
    }
}

static void compare_types(gyr__differ *d) {
    const gyr_schema *before = d->before, *after = d->after;
    match m = match_names(d, POINTERS(before->types, before->type_count), POINTERS(after->types, after->type_count));
    EACH_REMOVED (m, i) {
        const char *words = before->types[i]->is_builtin
                                ? "Standard scalar % was removed because it is not referenced anymore."
                                : "% was removed.";
        gyr__change(d, TYPE_REMOVED, ((gyr__subject){.owner = &before->types[i]->def, .before = true}), words, {0});
    }
    EACH_ADDED (m, i) gyr__change(d, TYPE_ADDED, (gyr__subject){.owner = &after->types[i]->def}, "% was added.", {0});
    EACH_PERSISTED (m, i) compare_type(d, before->types[i], (const gyr__type *)m.persisted[i]);
}

/* ---- directives, operation types */

static void compare_directive_arguments(gyr__differ *d, gyr__subject s, const gyr__directive *before,
                                        const gyr__directive *after) {
    match m = match_names(d, STRUCTS(before->args, before->arg_count), STRUCTS(after->args, after->arg_count));
    EACH_ADDED (m, i) {
        gyr__subject argument = of_argument(s, &after->args[i].def);
        if (is_required(&after->args[i]))
            gyr__change(d, REQUIRED_DIRECTIVE_ARG_ADDED, argument, "A required argument % was added.", {0});
        else
            gyr__change(d, OPTIONAL_DIRECTIVE_ARG_ADDED, argument, "An optional argument % was added.", {0});
    }
    EACH_REMOVED (m, i)
        gyr__change(d, DIRECTIVE_ARG_REMOVED, removed(of_argument(s, &before->args[i].def)), "Argument % was removed.",
                    {0});
    EACH_PERSISTED (m, i)
        compare_input(d, of_argument(s, m.persisted[i]), &before->args[i], (const gyr__input *)m.persisted[i]);
}

static gyr_str location_name(uint8_t location) {
    return gyr__directive_location_name((gyr__directive_location)location);
}

static void compare_directive(gyr__differ *d, const gyr__directive *before, const gyr__directive *after) {
    gyr__subject s = {.owner = &after->def, .is_directive = true};
    compare_directive_arguments(d, s, before, after);
    if (before->repeatable && !after->repeatable)
        gyr__change(d, DIRECTIVE_REPEATABLE_REMOVED, s, "Repeatable flag was removed from %.", {0});
    else if (after->repeatable && !before->repeatable)
        gyr__change(d, DIRECTIVE_REPEATABLE_ADDED, s, "Repeatable flag was added to %.", {0});
    compare_description(d, s, gyr_s(""), &before->def, &after->def);
    for (uint32_t i = 0; i < before->location_count; i++)
        if (!(after->locations >> before->location_list[i] & 1))
            gyr__change(d, DIRECTIVE_LOCATION_REMOVED, s, "$ was removed from %.",
                        location_name(before->location_list[i]));
    for (uint32_t i = 0; i < after->location_count; i++)
        if (!(before->locations >> after->location_list[i] & 1))
            gyr__change(d, DIRECTIVE_LOCATION_ADDED, s, "$ was added to %.", location_name(after->location_list[i]));
}

static void compare_directives(gyr__differ *d) {
    const gyr_schema *before = d->before, *after = d->after;
    match m = match_names(d, POINTERS(before->directives, before->directive_count),
                          POINTERS(after->directives, after->directive_count));
    EACH_REMOVED (m, i)
        gyr__change(d, DIRECTIVE_REMOVED,
                    ((gyr__subject){.owner = &before->directives[i]->def, .is_directive = true, .before = true}),
                    "Directive % was removed.", {0});
    EACH_ADDED (m, i)
        gyr__change(d, DIRECTIVE_ADDED, ((gyr__subject){.owner = &after->directives[i]->def, .is_directive = true}),
                    "Directive % was added.", {0});
    EACH_PERSISTED (m, i) compare_directive(d, before->directives[i], (const gyr__directive *)m.persisted[i]);
}

static void compare_operation_types(gyr__differ *d) {
    for (int i = 0; i < 3; i++) {
        const gyr__type *before = d->before->roots[i], *after = d->after->roots[i];
        gyr_str operation = gyr__operation_type_name((gyr__operation_type)i);
        if (before && !after)
            gyr__change(d, OPERATION_TYPE_REMOVED, ((gyr__subject){.owner = &before->def, .before = true}),
                        "% is no longer the $ root type, there is none.", operation);
        else if (after && !before)
            gyr__change(d, OPERATION_TYPE_ADDED, (gyr__subject){.owner = &after->def},
                        "% became the $ root type, there was none.", operation);
        else if (after && !gyr__str_eq(before->def.name, after->def.name))
            gyr__change(d, OPERATION_TYPE_CHANGED, (gyr__subject){.owner = &after->def},
                        "The $ root type changed from $ to %.", operation, before->def.name);
    }
}

void gyr__compare_schemas(gyr__differ *d) {
    compare_types(d);
    compare_directives(d);
    compare_operation_types(d);
}
