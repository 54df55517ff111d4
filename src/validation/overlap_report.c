/* Which fields cannot be merged, in the words and places of the reference: for documents that overlap.c found
 * to have some, and for those with fragment cycles.
 *
 * This is the pairwise comparison of the reference implementation (fields of a set with each other, with each
 * fragment that the set spreads, fragments with each other; pairs of fragments once), because what it reports
 * - every pair, with the subfields that conflict and all their places - follows from that order. It is
 * quadratic and recursive, so it has a budget of work and of depth; where that is used up before a conflict
 * was told, the pair that overlap.c found is.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "validation/validation.h"

typedef struct details {
    const gyr__ast_field *node;
    const gyr__type *parent;
    const gyr__field *field; /* NULL: unknown, or a meta field */
} details;

typedef struct field_group {
    gyr_str key;
    GYR__VEC(details) list;
} field_group;

typedef struct field_set { /* a selection set with its inline fragments */
    gyr__map keys;         /* response key -> index of its group */
    GYR__VEC(field_group) groups;
    GYR__VEC(gyr__definition *) spreads; /* each fragment once */
} field_set;

enum {
    MAX_NODES = 20,
    MAX_DETAIL = 1000, /* characters of a reason */
    MAX_BELOW = 32     /* conflicts of subfields: more fill neither a reason nor its places */
};

typedef struct conflict {
    gyr_str key, reason;
    uint32_t at1[MAX_NODES], at2[MAX_NODES];
    uint32_t count1, count2;
} conflict;

typedef struct conflicts {
    GYR__VEC(conflict) list;
    uint32_t most; /* more than these cannot be told */
} conflicts;

typedef struct report {
    gyr__validation *v;
    gyr__map sets;     /* (type, selection set) -> field_set */
    gyr__map compared; /* (field_set or fragment, fragment) -> 1: as exclusive, 2: as not */
    uint32_t budget, depth;
} report;

enum { BUDGET = 500000, DEPTH = 220 };

static bool goes_on(const report *r) { return r->budget && !r->v->stop; }
static bool wants_more(const report *r, const conflicts *found) { return goes_on(r) && found->list.len < found->most; }
static void spend(report *r) { r->budget -= r->budget != 0; }

static void compare_fragments(report *r, conflicts *found, bool exclusive, gyr__definition *a, gyr__definition *b);
static void find_conflict(report *r, conflicts *found, bool exclusive, gyr_str key, const details *a, const details *b);

/* ---- sets */

static gyr__map_entry *entry_of_pair(report *r, gyr__map *map, const void *a, const void *b, bool *added) {
    const void *pair[2] = {a, b};
    gyr_str key = gyr_str_of((const char *)pair, sizeof pair);
    gyr__map_entry *e = gyr__map_find(map, key);
    if (added) *added = !e;
    if (e) return e;
    char *kept = gyr__arena_alloc(&r->v->arena, sizeof pair);
    if (kept) memcpy(kept, pair, sizeof pair);
    e = kept ? gyr__map_put(&r->v->arena, map, gyr_str_of(kept, sizeof pair), NULL) : NULL;
    if (!e) gyr__no_memory(r->v);
    return e;
}

static void add_field(report *r, field_set *s, const gyr__type *parent, const gyr__ast_field *node) {
    bool added, typed = parent && parent->kind != GYR__UNION;
    gyr__map_entry *e = gyr__map_put(&r->v->arena, &s->keys, gyr__response_key(node), &added);
    field_group *g = e && added ? gyr__vec_push(&r->v->arena, &s->groups) : NULL;
    if (g) {
        *g = (field_group){.key = gyr__response_key(node)};
        e->num = s->groups.len - 1;
    }
    if (e && !added) g = &s->groups.items[e->num];
    details *d = g ? gyr__vec_push(&r->v->arena, &g->list) : NULL;
    if (d)
        *d = (details){node, parent, typed ? gyr__map_get(&parent->field_map, node->name) : NULL};
    else
        gyr__no_memory(r->v);
}

static void add_spread(report *r, field_set *s, const gyr__ast_fragment_spread *node) {
    gyr__definition *f = gyr__fragment_of(r->v, node->name);
    for (uint32_t i = 0; i < s->spreads.len; i++)
        if (s->spreads.items[i] == f) return;
    gyr__definition **slot = f ? gyr__vec_push(&r->v->arena, &s->spreads) : NULL;
    if (slot)
        *slot = f;
    else if (f)
        gyr__no_memory(r->v);
}

static void collect(report *r, field_set *s, const gyr__type *parent, const gyr__ast_selection_set *set) {
    for (uint32_t i = 0; i < set->selections.count && goes_on(r); i++) {
        const gyr__node *n = set->selections.items[i];
        spend(r);
        if (n->kind == GYR__AST_FIELD) {
            add_field(r, s, parent, gyr__ast_as(field, n));
        } else if (n->kind == GYR__AST_FRAGMENT_SPREAD) {
            add_spread(r, s, gyr__ast_as(fragment_spread, n));
        } else {
            const gyr__ast_inline_fragment *f = gyr__ast_as(inline_fragment, n);
            const gyr__type *type =
                f->type_condition ? gyr__schema_type(r->v->schema, f->type_condition->name) : parent;
            collect(r, s, type, &f->selection_set);
        }
    }
}

static const field_set *set_of(report *r, const gyr__type *parent, const gyr__ast_selection_set *set) {
    bool added;
    gyr__map_entry *e = entry_of_pair(r, &r->sets, parent, set, &added);
    if (!e || !added) return e ? e->ptr : NULL;
    field_set *s = gyr__new(&r->v->arena, field_set);
    if (!s) return gyr__no_memory(r->v), NULL;
    e->ptr = s;
    collect(r, s, parent, set);
    return s;
}

static const field_set *set_of_fragment(report *r, const gyr__definition *f) {
    const gyr__ast_fragment_definition *node = gyr__ast_as(fragment_definition, f->node);
    return set_of(r, gyr__schema_type(r->v->schema, node->type_condition->name), f->set);
}

/* Whether a pair was compared before, at least as strictly; notes that it is now. */
static bool was_compared(report *r, const void *a, const void *b, bool exclusive) {
    gyr__map_entry *e = entry_of_pair(r, &r->compared, a, b, NULL);
    if (!e) return true;
    if (e->num && (exclusive || e->num == 2)) return true;
    e->num = exclusive ? 1 : 2;
    return false;
}

/* ---- between sets */

static void compare_groups(report *r, conflicts *found, bool exclusive, const field_set *a, const field_set *b) {
    for (uint32_t i = 0; i < a->groups.len && wants_more(r, found); i++) {
        const field_group *x = &a->groups.items[i];
        const gyr__map_entry *e = gyr__map_find(&b->keys, x->key);
        const field_group *y = e ? &b->groups.items[e->num] : NULL;
        spend(r);
        for (uint32_t k = 0; y && k < x->list.len; k++)
            for (uint32_t n = 0; n < y->list.len && wants_more(r, found); n++)
                find_conflict(r, found, exclusive, x->key, &x->list.items[k], &y->list.items[n]);
    }
}

static void compare_with_fragment(report *r, conflicts *found, bool exclusive, const field_set *s,
                                  const gyr__definition *f) {
    spend(r);
    if (!s->groups.len || !wants_more(r, found) || was_compared(r, s, f, exclusive)) return;
    const field_set *t = set_of_fragment(r, f);
    if (!t || s == t) return;
    if (r->depth == DEPTH) {
        r->budget = 0;
        return;
    }
    r->depth++;
    compare_groups(r, found, exclusive, s, t);
    for (uint32_t i = 0; i < t->spreads.len && wants_more(r, found); i++)
        compare_with_fragment(r, found, exclusive, s, t->spreads.items[i]);
    r->depth--;
}

static void compare_fragments(report *r, conflicts *found, bool exclusive, gyr__definition *a, gyr__definition *b) {
    spend(r);
    if (a == b || !wants_more(r, found) || was_compared(r, a < b ? a : b, a < b ? b : a, exclusive)) return;
    const field_set *s = set_of_fragment(r, a), *t = set_of_fragment(r, b);
    if (!s || !t) return;
    if (r->depth == DEPTH) {
        r->budget = 0;
        return;
    }
    r->depth++;
    compare_groups(r, found, exclusive, s, t);
    for (uint32_t i = 0; i < t->spreads.len && wants_more(r, found); i++)
        compare_fragments(r, found, exclusive, a, t->spreads.items[i]);
    for (uint32_t i = 0; i < s->spreads.len && wants_more(r, found); i++)
        compare_fragments(r, found, exclusive, s->spreads.items[i], b);
    r->depth--;
}

static void compare_sets(report *r, conflicts *found, bool exclusive, const field_set *a, const field_set *b) {
    compare_groups(r, found, exclusive, a, b);
    for (uint32_t i = 0; i < b->spreads.len; i++) compare_with_fragment(r, found, exclusive, a, b->spreads.items[i]);
    for (uint32_t i = 0; i < a->spreads.len; i++) compare_with_fragment(r, found, exclusive, b, a->spreads.items[i]);
    for (uint32_t i = 0; i < a->spreads.len; i++)
        for (uint32_t k = 0; k < b->spreads.len && wants_more(r, found); k++)
            compare_fragments(r, found, exclusive, a->spreads.items[i], b->spreads.items[k]);
}

/* ---- two fields */

static bool same_value(const gyr__node *a, const gyr__node *b, gyr__arena *arena);

/* How many fields before this one have its name: a name may be given twice. */
static uint32_t ordinal(const gyr__ast_object_field_list *list, uint32_t i) {
    uint32_t before = 0;
    for (uint32_t k = 0; k < i; k++) before += gyr__str_eq(list->items[k]->name, list->items[i]->name);
    return before;
}

static bool same_object(const gyr__ast_object_field_list *a, const gyr__ast_object_field_list *b, gyr__arena *arena) {
    if (a->count != b->count) return false;
    for (uint32_t i = 0; i < a->count; i++) {
        uint32_t wanted = ordinal(a, i), k = 0;
        while (k < b->count && (!gyr__str_eq(a->items[i]->name, b->items[k]->name) || wanted--)) k++;
        if (k == b->count || !same_value(a->items[i]->value, b->items[k]->value, arena)) return false;
    }
    return true;
}

static bool same_string(const gyr__ast_string *a, const gyr__ast_string *b, gyr__arena *arena) {
    if (a->block != b->block) return false;
    if (!a->escaped && !b->escaped) return gyr__str_eq(a->raw, b->raw);
    return gyr__str_eq(gyr__ast_string_text(arena, a), gyr__ast_string_text(arena, b));
}

/* Written alike, but for the order of input fields. Depth: the values'. */
static bool same_value(const gyr__node *a, const gyr__node *b, gyr__arena *arena) {
    if (a->kind != b->kind) return false;
    switch (a->kind) {
    case GYR__AST_VARIABLE: return gyr__str_eq(gyr__ast_as(variable, a)->name, gyr__ast_as(variable, b)->name);
    case GYR__AST_INT: return gyr__str_eq(gyr__ast_as(int, a)->value, gyr__ast_as(int, b)->value);
    case GYR__AST_FLOAT: return gyr__str_eq(gyr__ast_as(float, a)->value, gyr__ast_as(float, b)->value);
    case GYR__AST_ENUM: return gyr__str_eq(gyr__ast_as(enum, a)->value, gyr__ast_as(enum, b)->value);
    case GYR__AST_BOOLEAN: return gyr__ast_as(boolean, a)->value == gyr__ast_as(boolean, b)->value;
    case GYR__AST_STRING: return same_string(gyr__ast_as(string, a), gyr__ast_as(string, b), arena);
    case GYR__AST_LIST: {
        const gyr__node_list *x = &gyr__ast_as(list, a)->values, *y = &gyr__ast_as(list, b)->values;
        if (x->count != y->count) return false;
        for (uint32_t i = 0; i < x->count; i++)
            if (!same_value(x->items[i], y->items[i], arena)) return false;
        return true;
    }
    case GYR__AST_OBJECT: return same_object(&gyr__ast_as(object, a)->fields, &gyr__ast_as(object, b)->fields, arena);
    default: return true;
    }
}

static bool same_arguments(const gyr__ast_argument_list *a, const gyr__ast_argument_list *b, gyr__arena *arena) {
    if (a->count != b->count) return false;
    for (uint32_t i = 0; i < a->count; i++) {
        bool same = false;
        for (uint32_t k = b->count; k-- > 0;)
            if (gyr__str_eq(a->items[i]->name, b->items[k]->name)) {
                same = same_value(a->items[i]->value, b->items[k]->value, arena);
                break;
            }
        if (!same) return false;
    }
    return true;
}

static const gyr__ast_directive *stream_of(const gyr__ast_field *f) {
    for (uint32_t i = 0; i < f->directives.count; i++)
        if (gyr__str_is(f->directives.items[i]->name, "stream")) return f->directives.items[i];
    return NULL;
}

static bool same_shape(gyr__type_ref a, gyr__type_ref b) {
    if (a.depth != b.depth || a.non_null != b.non_null) return false;
    return a.named == b.named || !(gyr__is_leaf_type(a.named) || gyr__is_leaf_type(b.named));
}

static gyr_str abbreviated(report *r, gyr_str text) {
    if (text.len <= MAX_DETAIL) return text;
    size_t n = MAX_DETAIL;
    while (n && ((unsigned char)text.ptr[n] & 0xC0) == 0x80) n--;
    return gyr__arena_printf(&r->v->arena, "%.*s...", (int)n, text.ptr);
}

/* Why two fields conflict by themselves, or {NULL,0}. */
static GYR__NOINLINE gyr_str reason_of(report *r, bool exclusive, const details *a, const details *b) {
    gyr__arena *arena = &r->v->arena;
    gyr_str x = a->node->name, y = b->node->name;
    if (!exclusive && !gyr__str_eq(x, y)) {
        x = abbreviated(r, x), y = abbreviated(r, y);
        return gyr__arena_printf(arena, "\"%.*s\" and \"%.*s\" are different fields", (int)x.len, x.ptr, (int)y.len,
                                 y.ptr);
    }
    if (!exclusive && !same_arguments(&a->node->arguments, &b->node->arguments, arena))
        return gyr_s("they have differing arguments");
    const gyr__ast_directive *s = stream_of(a->node), *t = stream_of(b->node);
    if (s && t && same_arguments(&s->arguments, &t->arguments, arena))
        return gyr_s("they have overlapping stream directives. See "
                     "https://github.com/graphql/defer-stream-wg/discussions/100");
    if (s || t) return gyr_s("they have overlapping stream directives");
    if (a->field && b->field && !same_shape(a->field->type, b->field->type)) {
        x = gyr__text_of_type(r->v, a->field->type), y = gyr__text_of_type(r->v, b->field->type);
        return gyr__arena_printf(arena, "they return conflicting types \"%.*s\" and \"%.*s\"", (int)x.len, x.ptr,
                                 (int)y.len, y.ptr);
    }
    return gyr_str_of(NULL, 0);
}

static void take_places(uint32_t *at, uint32_t *count, const uint32_t *from, uint32_t from_count) {
    uint32_t room = MAX_NODES - *count, n = GYR__MIN(room, from_count);
    for (uint32_t i = from_count - n; i < from_count; i++) at[(*count)++] = from[i];
}

static GYR__NOINLINE gyr_str reason_of_subfields(report *r, const conflicts *below) {
    gyr_str text = gyr_s("");
    for (uint32_t i = 0; i < below->list.len && text.len <= MAX_DETAIL; i++) {
        gyr_str key = abbreviated(r, below->list.items[i].key), reason = below->list.items[i].reason;
        text = gyr__arena_printf(&r->v->arena, "%.*s%ssubfields \"%.*s\" conflict because %.*s", (int)text.len,
                                 text.ptr, i ? " and " : "", (int)key.len, key.ptr, (int)reason.len, reason.ptr);
    }
    return abbreviated(r, text);
}

static GYR__NOINLINE void add_conflict(report *r, conflicts *found, gyr_str key, gyr_str reason, const details *a,
                                       const details *b, const conflicts *below) {
    conflict *c = gyr__vec_push(&r->v->arena, &found->list);
    if (!c) {
        gyr__no_memory(r->v);
        return;
    }
    *c = (conflict){.key = key, .reason = reason, .count1 = 1, .count2 = 1};
    c->at1[0] = a->node->node.start;
    c->at2[0] = b->node->node.start;
    for (uint32_t i = 0; below && i < below->list.len; i++) {
        take_places(c->at1, &c->count1, below->list.items[i].at1, below->list.items[i].count1);
        take_places(c->at2, &c->count2, below->list.items[i].at2, below->list.items[i].count2);
    }
}

static const gyr__type *named_of(const details *d) { return d->field ? d->field->type.named : NULL; }

static GYR__NOINLINE void compare_below(report *r, conflicts *found, bool exclusive, gyr_str key, const details *a,
                                        const details *b) {
    conflicts below = {.most = MAX_BELOW};
    const field_set *s = set_of(r, named_of(a), &a->node->selection_set);
    const field_set *t = set_of(r, named_of(b), &b->node->selection_set);
    if (!s || !t) return;
    if (r->depth == DEPTH) {
        r->budget = 0;
        return;
    }
    r->depth++;
    compare_sets(r, &below, exclusive, s, t);
    r->depth--;
    if (below.list.len) add_conflict(r, found, key, reason_of_subfields(r, &below), a, b, &below);
}

static void find_conflict(report *r, conflicts *found, bool exclusive, gyr_str key, const details *a,
                          const details *b) {
    exclusive |= a->parent != b->parent && a->parent && b->parent && a->parent->kind == GYR__OBJECT &&
                 b->parent->kind == GYR__OBJECT;
    spend(r);
    gyr_str reason = reason_of(r, exclusive, a, b);
    if (reason.ptr)
        add_conflict(r, found, key, reason, a, b, NULL);
    else if (a->node->selection_set.selections.count && b->node->selection_set.selections.count)
        compare_below(r, found, exclusive, key, a, b);
}

/* ---- each selection set of the document */

static void tell(report *r, const conflict *c) {
    uint32_t at[2 * MAX_NODES];
    memcpy(at, c->at1, c->count1 * sizeof *at);
    memcpy(at + c->count1, c->at2, c->count2 * sizeof *at);
    gyr__tell(r->v, GYR__SAYS_FIELD_CONFLICT, (const gyr_str[]){abbreviated(r, c->key), c->reason}, at,
              c->count1 + c->count2);
}

static GYR__NOINLINE void check_set(report *r, const gyr__type *parent, const gyr__ast_selection_set *set) {
    uint32_t told = r->v->errors->list.len - r->v->errors_before;
    conflicts found = {.most = r->v->max_errors + 1 - GYR__MIN(told, r->v->max_errors)};
    const field_set *s = set_of(r, parent, set);
    if (!s) return;
    for (uint32_t i = 0; i < s->groups.len; i++) {
        const field_group *g = &s->groups.items[i];
        for (uint32_t k = 0; k < g->list.len; k++)
            for (uint32_t n = k + 1; n < g->list.len && wants_more(r, &found); n++)
                find_conflict(r, &found, false, g->key, &g->list.items[k], &g->list.items[n]);
    }
    for (uint32_t i = 0; i < s->spreads.len; i++) {
        compare_with_fragment(r, &found, false, s, s->spreads.items[i]);
        for (uint32_t k = i + 1; k < s->spreads.len && wants_more(r, &found); k++)
            compare_fragments(r, &found, false, s->spreads.items[i], s->spreads.items[k]);
    }
    for (uint32_t i = 0; i < found.list.len && !r->v->stop; i++) tell(r, &found.list.items[i]);
}

static void walk(report *r, const gyr__type *parent, const gyr__ast_selection_set *set, bool is_inline) {
    if (!is_inline && (set->selections.count > 1 || set->selections.items[0]->kind == GYR__AST_INLINE_FRAGMENT))
        check_set(r, parent, set);
    for (uint32_t i = 0; i < set->selections.count && goes_on(r); i++) {
        const gyr__node *n = set->selections.items[i];
        const gyr__type *type = parent;
        if (n->kind == GYR__AST_FIELD) {
            const gyr__ast_field *f = gyr__ast_as(field, n);
            if (!f->selection_set.selections.count) continue;
            const gyr__field *field = parent ? gyr__schema_field(r->v->schema, parent, f->name) : NULL;
            type = field && gyr__is_composite_type(field->type.named) ? field->type.named : NULL;
            walk(r, type, &f->selection_set, false);
        } else if (n->kind == GYR__AST_INLINE_FRAGMENT) {
            const gyr__ast_inline_fragment *f = gyr__ast_as(inline_fragment, n);
            if (f->type_condition) type = gyr__schema_type(r->v->schema, f->type_condition->name);
            walk(r, type && gyr__is_composite_type(type) ? type : NULL, &f->selection_set, true);
        }
    }
}

void gyr__report_overlap(gyr__validation *v, const gyr__overlap *found) {
    report r = {.v = v, .budget = BUDGET};
    uint32_t before = v->errors->list.len;
    for (uint32_t i = 0; i < v->definition_count && goes_on(&r); i++)
        walk(&r, v->definitions[i].type, v->definitions[i].set, false);
    if (v->stop || r.budget || v->errors->list.len > before || !found->suspect) return;
    if (found->a && !found->too_much) {
        gyr_str reason = gyr_str_of(found->reason, strlen(found->reason));
        gyr__tell_at2(v, FIELD_CONFLICT, found->a->node.start, found->b->node.start,
                      abbreviated(&r, gyr__response_key(found->a)), reason);
    } else {
        gyr__tell_limit(v, GYR__SAYS_TOO_COMPLEX, NULL, BUDGET);
    }
}
