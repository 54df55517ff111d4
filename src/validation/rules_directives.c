/* Rules about directives: 5.7.1 Directives Are Defined, 5.7.2 In Valid Locations, 5.7.3 Unique per Location,
 * limits on their number; and those of the draft about labels and places of @defer and @stream.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "validation/validation.h"

static const gyr__ast_argument *find_argument(const gyr__ast_directive *d, gyr_str name) {
    for (uint32_t i = 0; i < d->arguments.count; i++)
        if (gyr__str_eq(d->arguments.items[i]->name, name)) return d->arguments.items[i];
    return NULL;
}

/* ---- 5.7 */

/* A document with type system definitions may define the directive itself; the last definition counts. */
static const gyr__ast_directive_definition *find_definition(const gyr__validation *v, gyr_str name) {
    const gyr__node_list *list = &v->document->definitions;
    for (uint32_t i = list->count; i-- > 0;)
        if (list->items[i]->kind == GYR__AST_DIRECTIVE_DEFINITION &&
            gyr__str_eq(gyr__ast_as(directive_definition, list->items[i])->name, name))
            return gyr__ast_as(directive_definition, list->items[i]);
    return NULL;
}

static GYR__COLD void check_undefined(gyr__validation *v, const gyr__ast_directive *node, gyr_str location) {
    const gyr__ast_directive_definition *def = find_definition(v, node->name);
    if (!gyr__checks(v, GYR__RULE_BIT(KNOWN_DIRECTIVES))) return;
    if (!def) {
        gyr__tell_at(v, UNKNOWN_DIRECTIVE, node->node.start, node->name);
        return;
    }
    for (uint32_t i = 0; i < def->locations.count; i++)
        if (gyr__str_eq(def->locations.items[i], location)) return;
    gyr__tell_at(v, MISPLACED_DIRECTIVE, node->node.start, node->name, location);
}

static void check_unique(gyr__validation *v, const gyr__ast_directive_list *list, uint32_t i) {
    if (!gyr__checks(v, GYR__RULE_BIT(UNIQUE_DIRECTIVES))) return;
    for (uint32_t k = 0; k < i; k++)
        if (gyr__str_eq(list->items[k]->name, list->items[i]->name)) {
            gyr__tell_at2(v, SAME_DIRECTIVE, list->items[k]->node.start, list->items[i]->node.start,
                          list->items[i]->name);
            return;
        }
}

static void check_label(gyr__validation *v, const gyr__ast_directive *d) {
    const gyr__ast_argument *label = find_argument(d, gyr_s("label"));
    if (!label || label->value->kind == GYR__AST_NULL || v->stop) return;
    if (label->value->kind != GYR__AST_STRING) {
        gyr__tell_at(v, LABEL_NOT_STATIC, d->node.start, d->name);
        return;
    }
    gyr_str text = gyr__ast_string_text(&v->arena, gyr__ast_as(string, label->value));
    bool added;
    gyr__map_entry *e = gyr__map_put(&v->arena, &v->labels, text.ptr ? text : gyr_s(""), &added);
    if (!e)
        gyr__no_memory(v);
    else if (added)
        e->num = d->node.start;
    else
        gyr__tell_at2(v, SAME_LABEL, (uint32_t)e->num, d->node.start, text);
}

static void check_one(gyr__validation *v, const gyr__ast_directive *d, gyr__directive_location location,
                      const gyr__type *parent) {
    const gyr__directive *def = gyr__map_get(&v->schema->directive_map, d->name);
    gyr_visit here;
    gyr__enter(v, &here, GYR_NODE_DIRECTIVE, &d->node, .directive = def);
    if (!def)
        check_undefined(v, d, gyr__directive_location_name(location));
    else if (!(def->locations >> location & 1) && gyr__checks(v, GYR__RULE_BIT(KNOWN_DIRECTIVES)))
        gyr__tell_at(v, MISPLACED_DIRECTIVE, d->node.start, d->name, gyr__directive_location_name(location));
    bool stream = gyr__str_is(d->name, "stream"), incremental = stream || gyr__str_is(d->name, "defer");
    v->incremental |= incremental;
    if (gyr__unlikely(incremental) && gyr__checks(v, GYR__RULE_BIT(DEFER_STREAM_LABELS))) check_label(v, d);
    if (gyr__unlikely(stream) && v->field && parent && !gyr__is_list(v->field->type) &&
        gyr__checks(v, GYR__RULE_BIT(STREAM_LISTS)))
        gyr__tell_at(v, STREAM_NOT_LIST, d->node.start, parent->def.name, v->field->def.name);
    gyr__check_directive_arguments(v, def, d);
    gyr__leave(v, &here);
}

void gyr__check_directives(gyr__validation *v, const gyr__ast_directive_list *list, gyr__directive_location location,
                           const gyr__type *parent) {
    const gyr_limits *l = &v->schema->limits;
    if (list->count > l->directives_per_node) {
        gyr__tell_limit(v, GYR__SAYS_TOO_MANY_DIRECTIVES_HERE, &list->items[l->directives_per_node]->node,
                        l->directives_per_node);
        return;
    }
    for (uint32_t i = 0; i < list->count && !v->stop; i++) {
        const gyr__ast_directive *d = list->items[i];
        if (++v->directive_count > l->directives) {
            gyr__tell_limit(v, GYR__SAYS_TOO_MANY_DIRECTIVES, &d->node, l->directives);
            return;
        }
        const gyr__directive *def = gyr__map_get(&v->schema->directive_map, d->name);
        if (i && def && !def->repeatable) check_unique(v, list, i);
        check_one(v, d, location, parent);
    }
}

/* ---- @defer and @stream where they cannot be, with a stack over fragments */

typedef struct frame {
    const gyr__ast_selection_set *set;
    uint32_t next;
    const gyr__node *spread; /* that led here, or NULL */
} frame;

typedef GYR__VEC(frame) frames;

static const gyr__ast_directive *find_directive(const gyr__ast_directive_list *list, gyr_str name) {
    for (uint32_t i = 0; i < list->count; i++)
        if (gyr__str_eq(list->items[i]->name, name)) return list->items[i];
    return NULL;
}

static void enter(gyr__validation *v, frames *stack, const gyr__ast_selection_set *set, const gyr__node *spread) {
    if (!set->selections.count) return;
    frame *f = gyr__vec_push(&v->arena, stack);
    if (f)
        *f = (frame){set, 0, spread};
    else
        gyr__no_memory(v);
}

/* The set behind a selection that is to be looked at, or NULL. */
static const gyr__ast_selection_set *set_behind(gyr__validation *v, const gyr__node *n) {
    if (n->kind == GYR__AST_FIELD) return &gyr__ast_as(field, n)->selection_set;
    if (n->kind == GYR__AST_INLINE_FRAGMENT) return &gyr__ast_as(inline_fragment, n)->selection_set;
    gyr__definition *f = gyr__fragment_of(v, gyr__ast_as(fragment_spread, n)->name);
    if (!f || f->seen == v->mark) return NULL;
    f->seen = v->mark;
    return f->set;
}

static const gyr__ast_directive_list *directives_of(const gyr__node *n) {
    if (n->kind == GYR__AST_FIELD) return &gyr__ast_as(field, n)->directives;
    if (n->kind == GYR__AST_INLINE_FRAGMENT) return &gyr__ast_as(inline_fragment, n)->directives;
    return &gyr__ast_as(fragment_spread, n)->directives;
}

static void check_root(gyr__validation *v, const gyr__definition *d, gyr_str operation) {
    frames stack = {0};
    v->mark++;
    enter(v, &stack, d->set, NULL);
    while (stack.len && !v->stop) {
        frame *f = &stack.items[stack.len - 1];
        if (f->next == f->set->selections.count) {
            stack.len--;
            continue;
        }
        const gyr__node *n = f->set->selections.items[f->next++];
        bool field = n->kind == GYR__AST_FIELD;
        const gyr__ast_selection_set *behind = field ? NULL : set_behind(v, n);
        const gyr__ast_directive *found = find_directive(directives_of(n), field ? gyr_s("stream") : gyr_s("defer"));
        if (found && field)
            gyr__tell_at(v, STREAM_ON_ROOT, found->node.start, operation, d->type->def.name);
        else if (found && behind)
            gyr__tell_at(v, DEFER_ON_ROOT, found->node.start, operation, d->type->def.name);
        if (behind) enter(v, &stack, behind, NULL);
    }
}

/* What the `if` argument says: absent, true, false, or only known later. */
typedef enum condition { ABSENT, TRUE, FALSE, VARIABLE, OTHER } condition;

static condition condition_of(const gyr__ast_directive *d) {
    const gyr__ast_argument *a = find_argument(d, gyr_s("if"));
    if (!a) return ABSENT;
    if (a->value->kind == GYR__AST_BOOLEAN) return gyr__ast_as(boolean, a->value)->value ? TRUE : FALSE;
    return a->value->kind == GYR__AST_VARIABLE ? VARIABLE : OTHER;
}

static bool may_be_left_out(const gyr__node *n) {
    const gyr__ast_directive *skip = find_directive(directives_of(n), gyr_s("skip"));
    const gyr__ast_directive *include = find_directive(directives_of(n), gyr_s("include"));
    if (skip && condition_of(skip) != FALSE) return true;
    return include && condition_of(include) != TRUE && condition_of(include) != ABSENT;
}

static void tell_in_subscription(gyr__validation *v, const gyr__ast_directive *d, const frames *stack, bool defer) {
    enum { SHOWN = 100 };
    uint32_t at[SHOWN], count = 0;
    at[count++] = d->node.start;
    for (uint32_t i = stack->len; i-- > 0 && count < SHOWN;)
        if (stack->items[i].spread) at[count++] = stack->items[i].spread->start;
    gyr__tell(v, defer ? GYR__SAYS_DEFER_IN_SUBSCRIPTION : GYR__SAYS_STREAM_IN_SUBSCRIPTION, NULL, at, count);
}

static void check_subscription(gyr__validation *v, const gyr__definition *d) {
    frames stack = {0};
    v->mark++;
    enter(v, &stack, d->set, NULL);
    while (stack.len && !v->stop) {
        frame *f = &stack.items[stack.len - 1];
        if (f->next == f->set->selections.count) {
            stack.len--;
            continue;
        }
        const gyr__node *n = f->set->selections.items[f->next++];
        const gyr__ast_directive_list *list = directives_of(n);
        if (list->count && may_be_left_out(n)) continue;
        for (uint32_t i = 0; i < list->count && !v->stop; i++) {
            bool defer = gyr__str_is(list->items[i]->name, "defer");
            if (!defer && !gyr__str_is(list->items[i]->name, "stream")) continue;
            condition c = condition_of(list->items[i]);
            if (c != FALSE && c != VARIABLE) tell_in_subscription(v, list->items[i], &stack, defer);
        }
        const gyr__ast_selection_set *behind = set_behind(v, n);
        if (behind) enter(v, &stack, behind, n->kind == GYR__AST_FRAGMENT_SPREAD ? n : NULL);
    }
}

void gyr__check_defer_stream(gyr__validation *v) {
    for (uint32_t i = 0; i < v->definition_count && v->incremental && !v->stop; i++) {
        const gyr__definition *d = &v->definitions[i];
        if (d->is_fragment) continue;
        gyr__operation_type type = gyr__ast_as(operation_definition, d->node)->operation;
        if (type != GYR__QUERY && d->type && gyr__checks(v, GYR__RULE_BIT(DEFER_STREAM_ROOT)))
            check_root(v, d, gyr__operation_type_name(type));
        if (type == GYR__SUBSCRIPTION && gyr__checks(v, GYR__RULE_BIT(DEFER_STREAM_OPERATIONS)))
            check_subscription(v, d);
    }
}
