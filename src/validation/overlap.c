/* 5.3.2 Field Selection Merging: are there fields in one response position that cannot be merged? Only
 * whether, and one pair of them; what the reference would say of it is overlap_report.c's to find out, for
 * the few documents that need it. Built on the set algorithm of Simon Adameit ("Checking overlapping fields
 * in GraphQL in linear time"), with one walk over merged sets in place of two.
 *
 * A *set* is all that one object of the response is asked for: the selection sets of all fields merged into
 * it, their fragments expanded. An *occurrence* is a field in a set. Occurrences with one response key form a
 * *group*:
 *
 *   shape   all of a group must return the same shape (SameResponseShape). "Same" is an equivalence, so each
 * is compared with the first. fields  all that can stand in one object must be the same field with the same
 * arguments. That is an equivalence too - compared by hash - but only between occurrences that are not
 * exclusive: two are exclusive where somewhere from the root down their parents are different object types.
 * The object types an occurrence has passed are its *context*, a node of a tree that grows with the walk.
 *   below   the selection sets of a group are one set again. Sets wait in a list, there is no recursion.
 *
 * Work. In a group with one kind of field - nearly all - nothing is compared pairwise. Where all of a set has
 * one context, that context no longer tells anything apart: the set starts a new tree, and a set of the same
 * fields that was seen before (the same fragments under another field) is not walked again. A fragment counts
 * once for each context in a set. So time is linear in the document, but for fragments spread under ever new
 * combinations of object types; those are bounded by limits.fields, which validation checks before, and in
 * the end by a budget.
 *
 * Meta fields count as fields of unknown type, as in the reference.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "validation/validation.h"

typedef struct context {
    struct context *up, *children, *sibling;
    const gyr__type *object; /* NULL: nothing known here */
    uint32_t set, first;     /* in set number `set`: its first parent + 1 */
} context;

typedef struct parent { /* a selection set that is part of a set */
    const gyr__ast_selection_set *set;
    const gyr__type *type;
    context *context;
    uint32_t next; /* parent of the same context + 1, 0: none */
} parent;

typedef struct occurrence {
    const gyr__ast_field *node;
    const gyr__type *type; /* it is selected on */
    context *context;
    uint32_t next; /* in its group + 1, 0: none */
} occurrence;

typedef struct group {
    gyr_str key;
    uint32_t first, last, count;
} group;

typedef struct job { /* parents[first..first + count) are one set */
    uint32_t first, count;
} job;

typedef struct frame {
    const gyr__ast_selection_set *set;
    const gyr__type *type;
    uint32_t next;
} frame;

typedef struct overlap {
    gyr__validation *v;
    gyr__overlap *found;
    context root;
    uint32_t set_number, budget;
    bool spreads; /* the set at hand was expanded from fragments */
    GYR__VEC(job) jobs;
    GYR__VEC(parent) parents; /* of all jobs; those of the last job are at the end */
    GYR__VEC(frame) stack;
    GYR__VEC(occurrence) occurrences; /* of the set at hand */
    GYR__VEC(group) groups;
    uint32_t *slots; /* hash table over groups: index + 1 */
    uint32_t slot_mask, slot_room;
    gyr__map seen; /* sets walked before, by hash */
} overlap;

enum { FEW_GROUPS = 12 }; /* up to here keys are compared, beyond hashed */

static bool goes_on(const overlap *o) { return !o->v->stop && !o->found->suspect; }

static void suspect(overlap *o, const occurrence *a, const occurrence *b, const char *reason) {
    *o->found = (gyr__overlap){.suspect = true, .a = a->node, .b = b->node, .reason = reason};
}

static void no_memory(overlap *o) { gyr__no_memory(o->v); }

/* ---- contexts */

/* The context of what is selected on `type` where `up` is around it. */
static context *enter_type(overlap *o, context *up, const gyr__type *type) {
    const gyr__type *object = type && type->kind == GYR__OBJECT ? type : NULL;
    context **slot = &up->children;
    for (; *slot; slot = &(*slot)->sibling)
        if ((*slot)->object == object) return *slot;
    context *c = gyr__new(&o->v->arena, context);
    if (!c) return no_memory(o), up;
    c->up = up;
    c->object = object;
    return *slot = c;
}

static bool exclusive(const context *a, const context *b) {
    for (; a != b; a = a->up, b = b->up)
        if (a->object && b->object && a->object != b->object) return true;
    return false;
}

/* ---- groups of a set */

static uint32_t *slot_of(overlap *o, gyr_str key) {
    uint32_t at = (uint32_t)gyr__hash(key.ptr, key.len);
    for (;; at++) {
        uint32_t *slot = &o->slots[at & o->slot_mask];
        if (!*slot || gyr__str_eq(o->groups.items[*slot - 1].key, key)) return slot;
    }
}

static bool rehash(overlap *o) {
    uint32_t size = 64;
    while (size < o->groups.len * 4) size *= 2;
    if (size > o->slot_room) {
        if (!(o->slots = gyr__new_array(&o->v->arena, uint32_t, size))) return false;
        o->slot_room = size;
    }
    memset(o->slots, 0, size * sizeof *o->slots);
    o->slot_mask = size - 1;
    for (uint32_t i = 0; i < o->groups.len; i++) *slot_of(o, o->groups.items[i].key) = i + 1;
    return true;
}

/* The group of that key, or NULL; *slot is where a new one belongs. */
static group *find_group(overlap *o, gyr_str key, uint32_t **slot) {
    *slot = NULL;
    if (o->groups.len > FEW_GROUPS) {
        *slot = slot_of(o, key);
        return **slot ? &o->groups.items[**slot - 1] : NULL;
    }
    for (uint32_t i = 0; i < o->groups.len; i++)
        if (gyr__str_eq(o->groups.items[i].key, key)) return &o->groups.items[i];
    return NULL;
}

static void add_occurrence(overlap *o, const gyr__ast_field *node, const gyr__type *type, context *c) {
    uint32_t *slot, index = o->occurrences.len;
    gyr_str key = gyr__response_key(node);
    occurrence *oc = gyr__vec_push(&o->v->arena, &o->occurrences);
    if (!oc) {
        no_memory(o);
        return;
    }
    *oc = (occurrence){node, type, c, 0};
    group *g = find_group(o, key, &slot);
    if (g) {
        o->occurrences.items[g->last].next = index + 1;
        g->last = index;
        g->count++;
        return;
    }
    if (!(g = gyr__vec_push(&o->v->arena, &o->groups))) {
        no_memory(o);
        return;
    }
    *g = (group){key, index, index, 1};
    if (slot) *slot = o->groups.len;
    bool grow = o->groups.len == FEW_GROUPS + 1 || (slot && o->groups.len * 2 > o->slot_mask);
    if (grow && !rehash(o)) no_memory(o);
}

/* ---- expanding */

static void push(overlap *o, const gyr__ast_selection_set *set, const gyr__type *type) {
    frame *f = gyr__vec_push(&o->v->arena, &o->stack);
    if (f)
        *f = (frame){set, type, 0};
    else
        no_memory(o);
    o->budget -= o->budget != 0;
}

static void push_fragment(overlap *o, const gyr__ast_fragment_spread *node) {
    gyr__definition *f = gyr__fragment_of(o->v, node->name);
    o->spreads = true;
    if (!f || f->seen == o->v->mark) return;
    f->seen = o->v->mark;
    f->merged = true;
    push(o, f->set, f->type);
}

static const gyr__type *condition_type(const overlap *o, const gyr__ast_inline_fragment *n, const gyr__type *type) {
    if (!n->type_condition) return type;
    const gyr__type *t = gyr__schema_type(o->v->schema, n->type_condition->name);
    return t && gyr__is_composite_type(t) ? t : NULL;
}

/* All fields of a selection set, under the mark of its context. */
static void expand(overlap *o, const parent *p) {
    context *inside = NULL;
    const gyr__type *of = NULL;
    o->stack.len = 0;
    push(o, p->set, p->type);
    while (o->stack.len && goes_on(o)) {
        frame *f = &o->stack.items[o->stack.len - 1];
        if (f->next == f->set->selections.count) {
            o->stack.len--;
            continue;
        }
        const gyr__node *n = f->set->selections.items[f->next++];
        const gyr__type *type = f->type;
        if (n->kind == GYR__AST_FIELD) {
            if (!inside || of != type) inside = enter_type(o, p->context, of = type);
            add_occurrence(o, gyr__ast_as(field, n), type, inside);
        } else if (n->kind == GYR__AST_FRAGMENT_SPREAD) {
            push_fragment(o, gyr__ast_as(fragment_spread, n));
        } else {
            const gyr__ast_inline_fragment *i = gyr__ast_as(inline_fragment, n);
            push(o, &i->selection_set, condition_type(o, i, type));
        }
    }
}

/* ---- what a group must keep */

static uint64_t mix(uint64_t h, uint64_t with) {
    h = (h ^ with) * UINT64_C(0x9E3779B97F4A7C15);
    return h ^ h >> 32;
}

static uint64_t hash_text(uint64_t kind, gyr_str text) { return mix(gyr__hash(text.ptr, text.len), kind); }

/* Values that are written alike hash alike, whatever the order of input fields. Depth: the value's. */
static uint64_t hash_value(const gyr__node *n) {
    uint64_t h = n->kind;
    switch (n->kind) {
    case GYR__AST_VARIABLE: return hash_text(h, gyr__ast_as(variable, n)->name);
    case GYR__AST_INT: return hash_text(h, gyr__ast_as(int, n)->value);
    case GYR__AST_FLOAT: return hash_text(h, gyr__ast_as(float, n)->value);
    case GYR__AST_ENUM: return hash_text(h, gyr__ast_as(enum, n)->value);
    case GYR__AST_BOOLEAN: return mix(h, gyr__ast_as(boolean, n)->value);
    case GYR__AST_STRING: return hash_text(mix(h, gyr__ast_as(string, n)->block), gyr__ast_as(string, n)->raw);
    case GYR__AST_LIST: {
        const gyr__node_list *list = &gyr__ast_as(list, n)->values;
        for (uint32_t i = 0; i < list->count; i++) h = mix(h, hash_value(list->items[i]));
        return mix(h, list->count);
    }
    case GYR__AST_OBJECT: {
        const gyr__ast_object_field_list *fields = &gyr__ast_as(object, n)->fields;
        for (uint32_t i = 0; i < fields->count; i++)
            h += hash_text(hash_value(fields->items[i]->value), fields->items[i]->name);
        return mix(h, fields->count);
    }
    default: return h;
    }
}

/* Name and arguments, in any order. */
static uint64_t hash_field(const gyr__ast_field *f) {
    uint64_t h = gyr__hash(f->name.ptr, f->name.len);
    for (uint32_t i = 0; i < f->arguments.count; i++)
        h += hash_text(hash_value(f->arguments.items[i]->value), f->arguments.items[i]->name);
    return mix(h, f->arguments.count);
}

static const gyr__field *field_of(const overlap *o, const occurrence *oc) {
    const gyr__field *f = oc->type ? gyr__schema_field(o->v->schema, oc->type, oc->node->name) : NULL;
    return f && !f->meta ? f : NULL;
}

static bool same_shape(gyr__type_ref a, gyr__type_ref b) {
    if (a.depth != b.depth || a.non_null != b.non_null) return false;
    return a.named == b.named || !(gyr__is_leaf_type(a.named) || gyr__is_leaf_type(b.named));
}

static void check_shape(overlap *o, const group *g) {
    const occurrence *list = o->occurrences.items, *first = NULL, *before = NULL;
    const gyr__field *shape = NULL;
    for (uint32_t i = g->first + 1; i && goes_on(o); i = list[i - 1].next) {
        const occurrence *oc = &list[i - 1];
        if (before && oc->type == before->type && gyr__str_eq(oc->node->name, before->node->name)) continue;
        before = oc;
        const gyr__field *f = field_of(o, oc);
        if (!f) continue;
        if (!shape)
            shape = f, first = oc;
        else if (!same_shape(shape->type, f->type))
            suspect(o, first, oc, "they return conflicting types");
    }
}

typedef struct kind_of_field { /* of a group with several */
    const occurrence *first;
    uint64_t hash;
} kind_of_field;

/* Several kinds of fields: those of different kinds must be exclusive. */
static GYR__NOINLINE void check_kinds(overlap *o, const group *g) {
    enum { MAX_KINDS = 1024 };
    GYR__VEC(kind_of_field) kinds = {0};
    const occurrence *list = o->occurrences.items;
    for (uint32_t i = g->first + 1; i && goes_on(o); i = list[i - 1].next) {
        kind_of_field k = {&list[i - 1], hash_field(list[i - 1].node)};
        bool known = false;
        for (uint32_t n = 0; n < kinds.len && !known && goes_on(o); n++) {
            const kind_of_field *other = &kinds.items[n];
            known = other->hash == k.hash && other->first->context == k.first->context;
            if (other->hash != k.hash && !exclusive(other->first->context, k.first->context))
                suspect(o, other->first, k.first,
                        gyr__str_eq(other->first->node->name, k.first->node->name) ? "they have differing arguments"
                                                                                   : "they are different fields");
        }
        if (known) continue;
        if (kinds.len == MAX_KINDS) {
            suspect(o, list + g->first, k.first, "they are different fields");
            o->found->too_much = true;
            return;
        }
        kind_of_field *slot = gyr__vec_push(&o->v->arena, &kinds);
        if (slot)
            *slot = k;
        else
            no_memory(o);
    }
}

static bool has_stream(const gyr__ast_field *f) {
    for (uint32_t i = 0; i < f->directives.count; i++)
        if (gyr__str_is(f->directives.items[i]->name, "stream")) return true;
    return false;
}

static void check_fields(overlap *o, const group *g) {
    const occurrence *list = o->occurrences.items, *first = &list[g->first];
    uint64_t hash = 0;
    for (uint32_t i = g->first + 1; i && goes_on(o); i = list[i - 1].next) {
        const gyr__ast_field *f = list[i - 1].node;
        if (gyr__unlikely(f->directives.count) && has_stream(f))
            suspect(o, first, &list[(i == g->first + 1 ? first->next : i) - 1],
                    "they have overlapping stream directives");
        if (f == first->node) continue;
        bool same = gyr__str_eq(f->name, first->node->name);
        if (same && (f->arguments.count || first->node->arguments.count)) {
            if (!hash) hash = hash_field(first->node);
            same = hash_field(f) == hash;
        }
        if (same) continue;
        check_kinds(o, g);
        return;
    }
}

/* ---- sets */

/* The selection sets of a group as the next job's parents. */
static void descend(overlap *o, const group *g) {
    uint32_t first = o->parents.len;
    bool one_context = true;
    for (uint32_t i = g->first + 1; i && goes_on(o); i = o->occurrences.items[i - 1].next) {
        const occurrence *oc = &o->occurrences.items[i - 1];
        if (!oc->node->selection_set.selections.count) continue;
        const gyr__field *f = oc->type ? gyr__schema_field(o->v->schema, oc->type, oc->node->name) : NULL;
        const gyr__type *type = f && gyr__is_composite_type(f->type.named) ? f->type.named : NULL;
        parent *p = gyr__vec_push(&o->v->arena, &o->parents);
        if (!p) {
            no_memory(o);
            return;
        }
        *p = (parent){&oc->node->selection_set, type, oc->context, 0};
        one_context &= p->context == o->parents.items[first].context;
    }
    if (o->parents.len == first) return;
    for (uint32_t i = first; one_context && i < o->parents.len; i++) o->parents.items[i].context = &o->root;
    job *j = gyr__vec_push(&o->v->arena, &o->jobs);
    if (j)
        *j = (job){first, o->parents.len - first};
    else
        no_memory(o);
}

/* Whether a set of the same fields was walked before. */
static bool is_known(overlap *o) {
    uint64_t sum = o->occurrences.len;
    for (uint32_t i = 0; i < o->occurrences.len; i++)
        sum += gyr__hash(&o->occurrences.items[i].node, sizeof o->occurrences.items[i].node);
    char *key = gyr__arena_alloc(&o->v->arena, sizeof sum);
    bool added = true;
    if (key) memcpy(key, &sum, sizeof sum);
    if (!key || !gyr__map_put(&o->v->arena, &o->seen, gyr_str_of(key, sizeof sum), &added)) no_memory(o);
    return !added;
}

/* Gathers the set's parents by context, so that each context has one mark for its fragments. */
static void expand_all(overlap *o, job j) {
    o->set_number++;
    parent *list = o->parents.items;
    if (j.count == 1 || list[j.first].context == &o->root) {
        o->v->mark++;
        for (uint32_t i = j.first; i < j.first + j.count && goes_on(o); i++) {
            parent p = list[i];
            expand(o, &p);
        }
        return;
    }
    for (uint32_t i = j.first; i < j.first + j.count; i++) {
        context *c = list[i].context;
        if (c->set != o->set_number) c->set = o->set_number, c->first = 0;
        list[i].next = c->first;
        c->first = i + 1;
    }
    for (uint32_t i = j.first; i < j.first + j.count && goes_on(o); i++) {
        context *c = list[i].context;
        o->v->mark++;
        for (uint32_t k = c->first; k && goes_on(o); k = list[k - 1].next) {
            parent p = list[k - 1];
            expand(o, &p);
        }
        c->first = 0;
    }
}

static void walk_set(overlap *o, job j) {
    bool one_context = o->parents.items[j.first].context == &o->root;
    o->occurrences.len = o->groups.len = 0;
    o->spreads = false;
    expand_all(o, j);
    o->parents.len = j.first;
    if (!goes_on(o) || (o->spreads && one_context && is_known(o))) return;
    if (o->budget < o->occurrences.len) {
        *o->found = (gyr__overlap){.suspect = true, .too_much = true};
        return;
    }
    o->budget -= o->occurrences.len;
    for (uint32_t i = 0; i < o->groups.len && goes_on(o); i++) {
        if (o->groups.items[i].count > 1) {
            check_shape(o, &o->groups.items[i]);
            if (goes_on(o)) check_fields(o, &o->groups.items[i]);
        }
        if (goes_on(o)) descend(o, &o->groups.items[i]);
    }
}

static void walk_definition(overlap *o, const gyr__definition *d) {
    parent *p = gyr__vec_push(&o->v->arena, &o->parents);
    job *j = gyr__vec_push(&o->v->arena, &o->jobs);
    if (!p || !j) {
        no_memory(o);
        return;
    }
    *p = (parent){d->set, d->type, &o->root, 0};
    *j = (job){o->parents.len - 1, 1};
    while (o->jobs.len && goes_on(o)) walk_set(o, o->jobs.items[--o->jobs.len]);
}

void gyr__find_overlap(gyr__validation *v, gyr__overlap *found) {
    overlap *o = gyr__new(&v->arena, overlap);
    if (!o) {
        gyr__no_memory(v);
        return;
    }
    o->v = v;
    o->found = found;
    o->budget = 20000000;
    for (uint32_t fragments = 0; fragments < 2; fragments++)
        for (uint32_t i = 0; i < v->definition_count && goes_on(o); i++) {
            const gyr__definition *d = &v->definitions[i];
            for (uint32_t k = 0; k < d->spreads.len && !fragments; k++)
                if (gyr__unlikely(d->spreads.items[k].node->arguments.count)) found->suspect = true;
            if (goes_on(o) && d->is_fragment == (fragments == 1) && !d->merged) walk_definition(o, d);
        }
}
