/* Before the walk: which operations and fragments there are, what each of them spreads, and how much that
 * comes to.
 *
 * One pass over the selection sets notes for each definition its fragment spreads (in the order in which the
 * reference meets them, for cycles are told along it), its fields and how deep it nests. A depth-first search
 * over fragments, with a stack of its own, finds the cycles (5.5.2.2); as it leaves a fragment it adds up
 * what the fragment comes to with all it spreads, saturating. So each operation's expanded size costs one
 * addition per spread however often fragments spread each other.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "validation/validation.h"

/* ---- reading */

typedef struct pending { /* a selection set to look through */
    const gyr__ast_selection_set *set;
    uint32_t depth;
    bool at_root;
} pending;

typedef GYR__VEC(pending) pending_sets;

static bool push_set(gyr__validation *v, pending_sets *sets, const gyr__ast_selection_set *set, uint32_t depth,
                     bool at_root) {
    if (!set->selections.count) return true;
    pending *p = gyr__vec_push(&v->arena, sets);
    if (p) *p = (pending){set, depth, at_root};
    return p != NULL;
}

static bool read_selection(gyr__validation *v, gyr__definition *d, const gyr__node *node, pending from,
                           pending_sets *sets) {
    if (node->kind == GYR__AST_FIELD) {
        const gyr__ast_field *f = gyr__ast_as(field, node);
        d->fields++;
        d->root_fields += from.at_root;
        if (gyr__unlikely(f->name.ptr[0] == '_')) {
            d->schema_fields += gyr__str_is(f->name, "__schema");
            d->type_fields += gyr__str_is(f->name, "__type");
        }
        v->alias_count += f->alias.ptr != NULL;
        return push_set(v, sets, &f->selection_set, from.depth + 1, false);
    }
    if (node->kind == GYR__AST_INLINE_FRAGMENT)
        return push_set(v, sets, &gyr__ast_as(inline_fragment, node)->selection_set, from.depth + 1, from.at_root);
    gyr__spread *s = gyr__vec_push(&v->arena, &d->spreads);
    if (s) *s = (gyr__spread){.node = gyr__ast_as(fragment_spread, node), .depth = from.depth, .at_root = from.at_root};
    return s != NULL;
}

static bool read_sets(gyr__validation *v, gyr__definition *d, pending_sets *sets) {
    sets->len = 0;
    bool ok = push_set(v, sets, d->set, 1, true);
    while (ok && sets->len) {
        pending p = sets->items[--sets->len];
        d->depth = GYR__MAX(d->depth, p.depth);
        for (uint32_t i = 0; ok && i < p.set->selections.count; i++)
            ok = read_selection(v, d, p.set->selections.items[i], p, sets);
    }
    return ok;
}

static void read_operation(gyr__validation *v, gyr__definition *d, const gyr__ast_operation_definition *o) {
    *d = (gyr__definition){.node = &o->node,
                           .name = o->name,
                           .set = &o->selection_set,
                           .directives = &o->directives,
                           .variables = &o->variable_definitions,
                           .type = v->schema->roots[o->operation]};
    v->operation_count++;
}

static bool read_fragment(gyr__validation *v, gyr__definition *d, const gyr__ast_fragment_definition *f) {
    const gyr__type *type = gyr__schema_type(v->schema, f->type_condition->name);
    *d = (gyr__definition){.node = &f->node,
                           .name = f->name,
                           .set = &f->selection_set,
                           .directives = &f->directives,
                           .variables = &f->variable_definitions,
                           .type = type && gyr__is_composite_type(type) ? type : NULL,
                           .is_fragment = true};
    gyr__map_entry *e = gyr__map_put(&v->arena, &v->fragments, f->name, NULL);
    if (e) e->ptr = d;
    return e != NULL;
}

bool gyr__read_definitions(gyr__validation *v) {
    const gyr__node_list *list = &v->document->definitions;
    pending_sets sets = {0};
    bool ok = (v->definitions = gyr__new_array(&v->arena, gyr__definition, list->count)) != NULL;
    for (uint32_t i = 0; ok && i < list->count; i++) {
        const gyr__node *n = list->items[i];
        gyr__definition *d = &v->definitions[v->definition_count];
        if (n->kind == GYR__AST_OPERATION_DEFINITION)
            read_operation(v, d, gyr__ast_as(operation_definition, n));
        else if (n->kind == GYR__AST_FRAGMENT_DEFINITION)
            ok = read_fragment(v, d, gyr__ast_as(fragment_definition, n));
        else
            continue;
        v->definition_count++;
        ok = ok && read_sets(v, d, &sets);
    }
    for (uint32_t i = 0; ok && i < v->definition_count; i++)
        for (uint32_t k = 0; k < v->definitions[i].spreads.len; k++) {
            gyr__spread *s = &v->definitions[i].spreads.items[k];
            s->fragment = gyr__fragment_of(v, s->node->name);
        }
    return ok || gyr__no_memory(v);
}

gyr__definition *gyr__fragment_of(const gyr__validation *v, gyr_str name) { return gyr__map_get(&v->fragments, name); }

gyr__definition **gyr__reachable(gyr__validation *v, gyr__definition *const *from, uint32_t from_count,
                                 bool using_variables, uint32_t *count) {
    v->reached.len = 0;
    v->mark++;
    for (uint32_t i = 0; i < from_count + v->reached.len; i++) {
        const gyr__definition *d = i < from_count ? from[i] : v->reached.items[i - from_count];
        for (uint32_t k = 0; k < d->spreads.len; k++) {
            gyr__definition *f = d->spreads.items[k].fragment;
            if (!f || f->seen == v->mark || (using_variables && !f->uses_variables)) continue;
            f->seen = v->mark;
            gyr__definition **slot = gyr__vec_push(&v->arena, &v->reached);
            if (!slot) return gyr__no_memory(v), NULL;
            *slot = f;
        }
    }
    *count = v->reached.len;
    return v->reached.items;
}

/* ---- cycles and sums */

enum { UNSEEN, DONE, ON_PATH }; /* state; ON_PATH + index of its step */

typedef struct step {
    gyr__definition *of;      /* what the path is recorded under: the definition that its name means */
    gyr__definition *spreads; /* whose spreads are followed */
    uint32_t next;
} step;

typedef GYR__VEC(step) path;

/* path->items[from..] ends with the spread that closes the cycle. */
static GYR__COLD void tell_cycle(gyr__validation *v, const path *p, uint32_t from) {
    enum { SHOWN = 100 };
    gyr_str via = gyr_s("");
    uint32_t at[SHOWN], count = 0;
    gyr_str name = p->items[from].of->name;
    for (uint32_t i = from; i < p->len && count < SHOWN; i++) {
        const gyr__spread *s = &p->items[i].spreads->spreads.items[p->items[i].next - 1];
        at[count++] = s->node->node.start;
        gyr_str shown = gyr__shown(v->errors, s->node->name);
        if (i + 1 < p->len)
            via = gyr__arena_printf(&v->errors->arena, "%.*s%s\"%.*s\"", (int)via.len, via.ptr,
                                    via.len ? ", " : " via ", (int)shown.len, shown.ptr);
    }
    if (p->len - from > SHOWN) via = gyr__arena_printf(&v->errors->arena, "%.*s, ...", (int)via.len, via.ptr);
    gyr__tell(v, GYR__SAYS_FRAGMENT_CYCLE, (const gyr_str[]){name, via}, at, count);
}

static uint32_t add(uint32_t a, uint32_t b) { return a > UINT32_MAX - b ? UINT32_MAX : a + b; }

static void sum_up(gyr__definition *d) {
    for (uint32_t i = 0; i < d->spreads.len; i++) {
        const gyr__spread *s = &d->spreads.items[i];
        if (!s->fragment) continue;
        d->fields = add(d->fields, s->fragment->fields);
        d->schema_fields = add(d->schema_fields, s->fragment->schema_fields);
        d->type_fields = add(d->type_fields, s->fragment->type_fields);
        if (s->at_root) d->root_fields = add(d->root_fields, s->fragment->root_fields);
        d->depth = GYR__MAX(d->depth, add(s->depth, s->fragment->depth));
    }
}

static bool enter(gyr__validation *v, path *p, gyr__definition *of, gyr__definition *spreads) {
    step *s = gyr__vec_push(&v->arena, p);
    if (!s) return gyr__no_memory(v);
    *s = (step){of, spreads, 0};
    of->state = ON_PATH + p->len - 1;
    return true;
}

static void note_finished(gyr__validation *v, gyr__definition *d) {
    gyr__definition **slot = gyr__vec_push(&v->arena, &v->finished);
    if (slot)
        *slot = d;
    else
        gyr__no_memory(v);
}

static void follow(gyr__validation *v, path *p) {
    while (p->len && !v->stop) {
        step *s = &p->items[p->len - 1];
        if (s->next == s->spreads->spreads.len) {
            sum_up(s->spreads);
            s->of->state = DONE;
            note_finished(v, s->spreads);
            p->len--;
            continue;
        }
        gyr__definition *f = s->spreads->spreads.items[s->next++].fragment;
        if (f && f->state == UNSEEN) {
            enter(v, p, f, f);
        } else if (f && f->state >= ON_PATH) {
            v->cyclic = true;
            if (gyr__checks(v, GYR__RULE_BIT(FRAGMENT_CYCLES))) tell_cycle(v, p, f->state - ON_PATH);
        }
    }
    p->len = 0;
}

void gyr__check_cycles(gyr__validation *v) {
    path p = {0};
    for (uint32_t i = 0; i < v->definition_count && !v->stop; i++) {
        gyr__definition *d = &v->definitions[i];
        gyr__definition *of = d->is_fragment ? gyr__fragment_of(v, d->name) : NULL;
        if (of && of->state == UNSEEN && enter(v, &p, of, d)) follow(v, &p);
    }
    for (uint32_t i = 0; i < v->definition_count; i++)
        if (!v->definitions[i].is_fragment) sum_up(&v->definitions[i]);
}

void gyr__check_limits(gyr__validation *v) {
    const gyr_limits *l = &v->schema->limits;
    if (v->alias_count > l->aliases) gyr__tell_limit(v, GYR__SAYS_TOO_MANY_ALIASES, NULL, l->aliases);
    for (uint32_t i = 0; i < v->definition_count && !v->cyclic && !v->stop; i++) {
        const gyr__definition *d = &v->definitions[i];
        if (d->is_fragment) continue;
        if (d->fields > l->fields)
            gyr__tell_limit(v, GYR__SAYS_TOO_MANY_FIELDS, d->node, l->fields);
        else if (d->root_fields > l->root_fields)
            gyr__tell_limit(v, GYR__SAYS_TOO_MANY_ROOT_FIELDS, d->node, l->root_fields);
        else if (d->depth > l->depth)
            gyr__tell_limit(v, GYR__SAYS_TOO_DEEP, d->node, l->depth);
        else if (d->schema_fields > l->schema_fields)
            gyr__tell_limit(v, GYR__SAYS_TOO_MANY_SCHEMA_FIELDS, d->node, l->schema_fields);
        else if (d->type_fields > l->type_fields)
            gyr__tell_limit(v, GYR__SAYS_TOO_MANY_TYPE_FIELDS, d->node, l->type_fields);
    }
}
