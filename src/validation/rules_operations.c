/* Rules about operations: 5.1.1 Executable Definitions, 5.2.1 - 5.2.4.
 *
 * CollectSubscriptionFields (5.2.4.1) follows fragments with a stack of its own, each fragment once; and only for an
 * operation that is not one field, which each definition knows of itself and of what it spreads.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "validation/validation.h"

/* ---- 5.1.1 */

static gyr_str name_of_definition(const gyr__node *n) {
    switch (n->kind) {
    case GYR__AST_SCALAR_TYPE_DEFINITION:
    case GYR__AST_SCALAR_TYPE_EXTENSION: return gyr__ast_as(scalar_type_definition, n)->name;
    case GYR__AST_OBJECT_TYPE_DEFINITION:
    case GYR__AST_OBJECT_TYPE_EXTENSION:
    case GYR__AST_INTERFACE_TYPE_DEFINITION:
    case GYR__AST_INTERFACE_TYPE_EXTENSION: return gyr__ast_as(object_type_definition, n)->name;
    case GYR__AST_UNION_TYPE_DEFINITION:
    case GYR__AST_UNION_TYPE_EXTENSION: return gyr__ast_as(union_type_definition, n)->name;
    case GYR__AST_ENUM_TYPE_DEFINITION:
    case GYR__AST_ENUM_TYPE_EXTENSION: return gyr__ast_as(enum_type_definition, n)->name;
    case GYR__AST_INPUT_OBJECT_TYPE_DEFINITION:
    case GYR__AST_INPUT_OBJECT_TYPE_EXTENSION: return gyr__ast_as(input_object_type_definition, n)->name;
    case GYR__AST_DIRECTIVE_DEFINITION:
    case GYR__AST_DIRECTIVE_EXTENSION: return gyr__ast_as(directive_definition, n)->name;
    default: return gyr_str_of(NULL, 0);
    }
}

void gyr__check_executable(gyr__validation *v) {
    const gyr__node_list *list = &v->document->definitions;
    if (!gyr__checks(v, GYR__RULE_BIT(EXECUTABLE_DEFINITIONS))) return;
    for (uint32_t i = 0; i < list->count && !v->stop; i++) {
        const gyr__node *n = list->items[i];
        if (n->kind == GYR__AST_OPERATION_DEFINITION || n->kind == GYR__AST_FRAGMENT_DEFINITION) continue;
        gyr_str name = name_of_definition(n);
        if (name.ptr)
            gyr__tell_at(v, NOT_EXECUTABLE, n->start, name);
        else
            gyr__tell_at(v, SCHEMA_NOT_EXECUTABLE, n->start, name);
    }
}

/* ---- 5.2.1 - 5.2.3 */

static gyr_str definition_name(const void *list, uint32_t i) { return ((gyr__definition *const *)list)[i]->name; }

static void check_names(gyr__validation *v) {
    gyr__definition **named = gyr__new_array(&v->arena, gyr__definition *, v->operation_count);
    uint32_t count = 0;
    for (uint32_t i = 0; named && i < v->definition_count; i++)
        if (!v->definitions[i].is_fragment && v->definitions[i].name.ptr) named[count++] = &v->definitions[i];
    if (named)
        gyr__unique_names(v, GYR__SAYS_SAME_OPERATION, named, count, definition_name, true);
    else
        gyr__no_memory(v);
}

void gyr__check_operations(gyr__validation *v) {
    if (gyr__checks(v, GYR__RULE_BIT(OPERATION_NAMES)) && v->operation_count > 1) check_names(v);
    for (uint32_t i = 0; i < v->definition_count && !v->stop; i++) {
        gyr__definition *d = &v->definitions[i];
        if (d->is_fragment) continue;
        gyr__operation_type type = gyr__ast_as(operation_definition, d->node)->operation;
        if (gyr__checks(v, GYR__RULE_BIT(OPERATION_TYPES)) && !v->schema->roots[type])
            gyr__tell_at(v, NO_OPERATION_TYPE, d->node->start, gyr__operation_type_name(type));
        if (gyr__checks(v, GYR__RULE_BIT(LONE_ANONYMOUS)) && !d->name.ptr && v->operation_count > 1)
            gyr__tell_at(v, NOT_LONE, d->node->start, gyr_s(""));
        if (gyr__checks(v, GYR__RULE_BIT(SINGLE_ROOT_FIELD)) && type == GYR__SUBSCRIPTION && d->type)
            gyr__check_subscription(v, d);
    }
}

/* ---- 5.2.4 */

typedef struct frame {
    const gyr__ast_selection_set *set;
    uint32_t next;
} frame;

typedef struct collected {
    GYR__VEC(frame) stack;
    GYR__VEC(uint32_t) conditions; /* places of @skip and @include */
    GYR__VEC(const gyr__ast_field *) fields;
    gyr__map keys; /* response key -> its first field */
} collected;

static const gyr__ast_directive_list *directives_of(const gyr__node *n) {
    if (n->kind == GYR__AST_FIELD) return &gyr__ast_as(field, n)->directives;
    if (n->kind == GYR__AST_INLINE_FRAGMENT) return &gyr__ast_as(inline_fragment, n)->directives;
    return &gyr__ast_as(fragment_spread, n)->directives;
}

/* @skip before @include, as CollectFields looks at them. */
static const gyr__ast_directive *condition_of(const gyr__node *n) {
    const gyr__ast_directive_list *list = directives_of(n);
    const gyr__ast_directive *include = NULL;
    for (uint32_t i = 0; i < list->count; i++) {
        if (gyr__str_is(list->items[i]->name, "skip")) return list->items[i];
        if (!include && gyr__str_is(list->items[i]->name, "include")) include = list->items[i];
    }
    return include;
}

static bool applies(gyr__validation *v, const gyr__ast_named_type *condition, const gyr__type *object) {
    const gyr__type *type = condition ? gyr__schema_type(v->schema, condition->name) : object;
    return type && gyr__is_composite_type(type) && gyr__is_possible(type, object);
}

static bool push(gyr__validation *v, collected *c, const gyr__ast_selection_set *set) {
    frame *f = gyr__vec_push(&v->arena, &c->stack);
    if (f) *f = (frame){set, 0};
    return f != NULL;
}

static bool collect(gyr__validation *v, collected *c, const gyr__node *n, const gyr__type *object) {
    const gyr__ast_directive *condition = condition_of(n);
    if (condition) {
        uint32_t *at = gyr__vec_push(&v->arena, &c->conditions);
        if (at) *at = condition->node.start;
        return at != NULL;
    }
    if (n->kind == GYR__AST_FIELD) {
        const gyr__ast_field *f = gyr__ast_as(field, n), **slot = gyr__vec_push(&v->arena, &c->fields);
        gyr__map_entry *e = slot ? gyr__map_put(&v->arena, &c->keys, gyr__response_key(f), NULL) : NULL;
        if (slot) *slot = f;
        if (e && !e->num) e->num = c->fields.len;
        return e != NULL;
    }
    if (n->kind == GYR__AST_INLINE_FRAGMENT) {
        const gyr__ast_inline_fragment *f = gyr__ast_as(inline_fragment, n);
        return !applies(v, f->type_condition, object) || push(v, c, &f->selection_set);
    }
    gyr__definition *f = gyr__fragment_of(v, gyr__ast_as(fragment_spread, n)->name);
    if (!f || f->seen == v->mark) return true;
    if (!applies(v, gyr__ast_as(fragment_definition, f->node)->type_condition, object)) return true;
    f->seen = v->mark;
    return push(v, c, f->set);
}

/* Tells `says` with the places of the fields whose response key is (or is not, rest) the one of entry `key`. */
static void tell_fields(gyr__validation *v, gyr__says says, gyr_str subject, const collected *c, uint32_t key,
                        bool rest) {
    enum { SHOWN = 100 };
    uint32_t at[SHOWN], count = 0;
    for (uint32_t k = rest ? key + 1 : key; k < (rest ? c->keys.count : key + 1); k++)
        for (uint32_t i = (uint32_t)c->keys.entries[k].num - 1; i < c->fields.len && count < SHOWN; i++)
            if (gyr__str_eq(gyr__response_key(c->fields.items[i]), c->keys.entries[k].key))
                at[count++] = c->fields.items[i]->node.start;
    gyr__tell(v, says, &subject, at, count);
}

static void judge(gyr__validation *v, const gyr__definition *d, const collected *c) {
    gyr_str subject = gyr_s("Anonymous Subscription"), name = d->name;
    if (name.ptr) {
        name = gyr__shown(v->errors, name);
        subject = gyr__arena_printf(&v->errors->arena, "Subscription \"%.*s\"", (int)name.len, name.ptr);
    }
    if (c->conditions.len) {
        gyr__tell(v, GYR__SAYS_SUBSCRIPTION_CONDITION, &subject, c->conditions.items,
                  GYR__MIN(c->conditions.len, 100u));
        return;
    }
    if (!c->keys.count) gyr__tell_at(v, SUBSCRIPTION_EMPTY, d->set->node.start, subject);
    if (c->keys.count > 1) tell_fields(v, GYR__SAYS_SUBSCRIPTION_FIELDS, subject, c, 0, true);
    for (uint32_t k = 0; k < c->keys.count && !v->stop; k++) {
        gyr_str field = c->fields.items[c->keys.entries[k].num - 1]->name;
        if (gyr__str_starts(field, gyr_s("__"))) tell_fields(v, GYR__SAYS_SUBSCRIPTION_META, subject, c, k, false);
    }
}

/* Whether there is one field at the root, and neither conditions nor introspection, is known of each definition with what
 * it spreads: so operations that share fragments are judged in linear time. */

static void note_root_field(gyr__definition *d, const gyr__ast_field *f) {
    if (!f) return;
    d->root_odd |= gyr__str_starts(f->name, gyr_s("__"));
    d->root_odd |= d->root_field && !gyr__str_eq(gyr__response_key(d->root_field), gyr__response_key(f));
    d->root_field = f;
}

static bool note_root_selection(gyr__validation *v, gyr__definition *d, collected *c, const gyr__node *n) {
    const gyr__type *object = v->schema->roots[GYR__SUBSCRIPTION];
    d->root_odd |= condition_of(n) != NULL;
    if (n->kind == GYR__AST_FIELD) {
        note_root_field(d, gyr__ast_as(field, n));
    } else if (n->kind == GYR__AST_INLINE_FRAGMENT) {
        const gyr__ast_inline_fragment *f = gyr__ast_as(inline_fragment, n);
        return !applies(v, f->type_condition, object) || push(v, c, &f->selection_set);
    } else {
        const gyr__definition *f = gyr__fragment_of(v, gyr__ast_as(fragment_spread, n)->name);
        if (!f || !applies(v, gyr__ast_as(fragment_definition, f->node)->type_condition, object)) return true;
        d->root_odd |= !f->root_known || f->root_odd;
        note_root_field(d, f->root_field);
    }
    return true;
}

static void note_root(gyr__validation *v, gyr__definition *d) {
    collected c = {0};
    bool ok = push(v, &c, d->set);
    while (ok && c.stack.len && !d->root_odd) {
        frame *f = &c.stack.items[c.stack.len - 1];
        if (f->next == f->set->selections.count)
            c.stack.len--;
        else
            ok = note_root_selection(v, d, &c, f->set->selections.items[f->next++]);
    }
    d->root_known = true;
    if (!ok) gyr__no_memory(v);
}

void gyr__check_subscription(gyr__validation *v, gyr__definition *d) {
    for (uint32_t i = 0; i < v->finished.len && !v->finished.items[i]->root_known; i++)
        note_root(v, v->finished.items[i]);
    note_root(v, d);
    if (d->root_field && !d->root_odd) return;
    collected c = {0};
    bool ok = push(v, &c, d->set);
    v->mark++;
    while (ok && c.stack.len) {
        frame *f = &c.stack.items[c.stack.len - 1];
        if (f->next == f->set->selections.count)
            c.stack.len--;
        else
            ok = collect(v, &c, f->set->selections.items[f->next++], d->type);
    }
    if (!ok)
        gyr__no_memory(v);
    else
        judge(v, d, &c);
}
