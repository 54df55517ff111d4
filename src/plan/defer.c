/* Incremental delivery (draft): which fields of an object are delivered later, and with what.
 *
 * CollectFields notes for each node the @defer it stands in (collect.c). A field is deferred by the @defers of all its
 * nodes - by none when one node stands in none - and an outer one counts for those inside it. Fields deferred by what
 * defers their object anyway stay with it; all others move into parts, one for each set of @defers (draft:
 * BuildExecutionPlan). A part is a shape of its own for the same object: fetches, program and positions start with it.
 *
 * The items of a streamed list that come later belong to a selection of their own, which no @defer around the list reaches.
 *
 * Parts and rests are planned when a request first meets them, like shapes of abstract types.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/number.h"
#include "plan/plan.h"

static const gyr__node *argument(const gyr__ast_directive *d, gyr_str name) {
    for (uint32_t i = 0; i < d->arguments.count; i++)
        if (gyr__str_eq(d->arguments.items[i]->name, name)) return d->arguments.items[i]->value;
    return NULL;
}

static gyr_str label_of(gyr__variant *v, const gyr__ast_directive *d) {
    const gyr__node *n = argument(d, gyr_s("label"));
    if (!n || n->kind != GYR__AST_STRING) return (gyr_str){NULL, 0};
    return gyr__ast_string_text(&v->arena, gyr__ast_as(string, n));
}

gyr__defer *gyr__defer_new(gyr__variant *v, const gyr__ast_directive *d, gyr__defer *parent) {
    gyr__defer *use = gyr__new(&v->arena, gyr__defer);
    if (use) *use = (gyr__defer){.id = atomic_fetch_add(&v->defer_count, 1), .label = label_of(v, d), .parent = parent};
    return use;
}

/* ---- parts */

typedef struct partition {
    gyr__variant *v;
    gyr__shape *shape;
    gyr__map parts; /* the @defers, as bytes -> index + 1 */
    uint32_t *of;   /* of each field: its part + 1; 0: it stays */
    GYR__VEC(gyr__part) list;
} partition;

/* The distinct @defers of the nodes; false: memory. With one node in none there are none. */
static bool uses_of(gyr__variant *v, const gyr__field_plan *f, gyr__defers *out) {
    *out = (gyr__defers){NULL, 0};
    for (uint32_t i = 0; i < f->node_count; i++)
        if (!f->uses[i]) return true;
    if (!(out->items = gyr__new_array(&v->arena, gyr__defer *, f->node_count))) return false;
    uint32_t mark = ++v->mark;
    for (uint32_t i = 0; i < f->node_count; i++)
        if (f->uses[i]->mark != mark) {
            f->uses[i]->mark = mark;
            out->items[out->count++] = f->uses[i];
        }
    uint32_t kept = 0;
    for (uint32_t i = 0; i < out->count; i++) {
        const gyr__defer *up = out->items[i]->parent;
        while (up && up->mark != mark) up = up->parent;
        if (!up) out->items[kept++] = out->items[i];
    }
    out->count = kept;
    return true;
}

static bool same(const gyr__defers *a, const gyr__defers *b) {
    return a->count == b->count && (!a->count || memcmp(a->items, b->items, a->count * sizeof(gyr__defer *)) == 0);
}

static bool assign(partition *p, uint32_t field) {
    gyr__defers by;
    if (!uses_of(p->v, &p->shape->fields[field], &by)) return false;
    if (!by.count || same(&by, &p->shape->selection->by)) return true;
    bool added;
    gyr_str key = gyr_str_of((const char *)by.items, by.count * sizeof(gyr__defer *));
    gyr__map_entry *e = gyr__map_put(&p->v->arena, &p->parts, key, &added);
    if (!e) return false;
    if (added) {
        gyr__part *part = gyr__vec_push(&p->v->arena, &p->list);
        if (!part) return false;
        memset(part, 0, sizeof *part);
        part->by = by;
        e->num = p->list.len;
    }
    p->of[field] = (uint32_t)e->num;
    return true;
}

/* All @defers that a node of the part's fields stands in. */
static bool find_scope(gyr__variant *v, gyr__part *part) {
    const gyr__shape *shape = part->shape;
    uint32_t most = 0, mark = ++v->mark;
    for (uint32_t i = 0; i < shape->field_count; i++) most += shape->fields[i].node_count;
    if (!(part->scope.items = gyr__new_array(&v->arena, gyr__defer *, most))) return false;
    for (uint32_t i = 0; i < shape->field_count; i++)
        for (uint32_t k = 0; k < shape->fields[i].node_count; k++) {
            gyr__defer *use = shape->fields[i].uses[k];
            if (use->mark == mark) continue;
            use->mark = mark;
            part->scope.items[part->scope.count++] = use;
        }
    return true;
}

static gyr__shape *part_shape(gyr__variant *v, const gyr__shape *whole, const gyr__part *part, uint32_t count) {
    gyr__shape *shape = gyr__new(&v->arena, gyr__shape);
    gyr__selection *s = gyr__new(&v->arena, gyr__selection);
    if (!shape || !s || !(shape->fields = gyr__new_array(&v->arena, gyr__field_plan, count))) return NULL;
    shape->id = atomic_fetch_add(&v->shape_count, 1);
    shape->type = whole->type;
    shape->selection = s;
    shape->apart = true;
    *s = (gyr__selection){.type = whole->type, .by = part->by, .depth = whole->selection->depth, .in_list = true};
    s->only = shape;
    return shape;
}

static bool move_fields(partition *p) {
    gyr__shape *whole = p->shape;
    uint32_t *count = gyr__arena_zalloc(&p->v->arena, (p->list.len + (size_t)1) * sizeof *count), kept = 0;
    if (!count) return false;
    for (uint32_t i = 0; i < whole->field_count; i++) count[p->of[i]]++;
    for (uint32_t k = 0; k < p->list.len; k++)
        if (!(p->list.items[k].shape = part_shape(p->v, whole, &p->list.items[k], count[k + 1]))) return false;
    for (uint32_t i = 0; i < whole->field_count; i++) {
        gyr__shape *to = p->of[i] ? p->list.items[p->of[i] - 1].shape : whole;
        gyr__field_plan *at = &to->fields[p->of[i] ? to->field_count++ : kept++];
        *at = whole->fields[i];
        at->shape = to;
    }
    whole->field_count = kept;
    whole->parts = p->list.items;
    whole->part_count = p->list.len;
    for (uint32_t k = 0; k < p->list.len; k++)
        if (!find_scope(p->v, &p->list.items[k])) return false;
    return true;
}

bool gyr__partition(gyr__variant *v, gyr__shape *shape) {
    partition p = {.v = v, .shape = shape};
    p.of = gyr__arena_zalloc(&v->arena, (shape->field_count + (size_t)1) * sizeof *p.of);
    if (!p.of) return false;
    for (uint32_t i = 0; i < shape->field_count; i++)
        if (!assign(&p, i)) return false;
    return !p.list.len || move_fields(&p);
}

/* ---- streams */

bool gyr__plan_stream(gyr__variant *v, gyr__field_plan *f) {
    const gyr__ast_directive *d = gyr__in_force(v, &f->nodes[0]->directives, gyr_s("stream"));
    if (!d || !gyr__is_list(f->def->type)) return true;
    gyr__stream *s = gyr__new(&v->arena, gyr__stream);
    if (!s) return false;
    f->stream = s;
    s->label = label_of(v, d);
    const gyr__node *n = argument(d, gyr_s("initialCount"));
    if (n && n->kind == GYR__AST_INT) {
        gyr_str text = gyr__ast_as(int, n)->value;
        gyr__parse_i32(text.ptr, text.len, &s->initial);
    } else if (n && n->kind == GYR__AST_VARIABLE) {
        const gyr__ast_operation_definition *op = v->plan->operation;
        for (uint32_t i = 0; i < op->variable_definitions.count; i++)
            if (gyr__str_eq(op->variable_definitions.items[i]->variable.name, gyr__ast_as(variable, n)->name))
                s->variable = i + 1;
    }
    return true;
}

/* ---- planning what is met */

/* The fetch whose rows a part or a rest starts from. Nothing stands above it: a request knows where its objects are. */
static gyr__fetch *fetch_apart(gyr__variant *v, gyr__field_plan *field, uint32_t depth) {
    gyr__fetch *f = gyr__new(&v->arena, gyr__fetch);
    if (!f) return NULL;
    *f = (gyr__fetch){.depth = depth, .field = field, .rows = true, .many = true, .apart = true};
    f->id = atomic_fetch_add(&v->fetch_count, 1);
    return f;
}

static gyr__program *plan_part(gyr__variant *v, gyr__part *part) {
    gyr__shape *shape = part->shape;
    gyr__fetch *up = fetch_apart(v, NULL, shape->selection->depth);
    if (!up) return NULL;
    shape->selection->up = up;
    if (!gyr__plan_fields(v, shape) || !gyr__lower(v, shape)) return NULL;
    part->fetch = shape->fetch_count ? up : NULL;
    return v->arena.failed ? NULL : shape->program;
}

static gyr__program *plan_rest(gyr__variant *v, gyr__field_plan *f) {
    gyr__stream *s = f->stream;
    gyr__field_plan *rest = gyr__new(&v->arena, gyr__field_plan);
    if (!rest) return NULL;
    *rest = *f;
    rest->uses = NULL;
    rest->stream = NULL;
    if (f->sub) {
        rest->sub = gyr__selection_new(v, f->def->type.named, rest, f->fetch, f->sub->depth);
        if (!rest->sub) return NULL;
        rest->sub->by = (gyr__defers){NULL, 0};
        rest->sub->in_list = true;
    }
    if (rest->sub && rest->sub->fetch) {
        s->fetch = rest->fetch = rest->sub->up = fetch_apart(v, rest, f->fetch->depth);
        if (!s->fetch) return NULL;
    }
    s->rest = rest;
    gyr__program *p = gyr__lower_rest(v, rest);
    return v->arena.failed ? NULL : p;
}

/* The program in *at, made by the first who wants it. */
#define FIRST(v, at, make)                                                                                             \
    gyr__program *p = atomic_load_explicit((at), memory_order_acquire);                                                \
    if (p) return p;                                                                                                   \
    pthread_mutex_lock(&(v)->lock);                                                                                    \
    p = atomic_load_explicit((at), memory_order_relaxed);                                                              \
    if (!p && (p = (make))) atomic_store_explicit((at), p, memory_order_release);                                      \
    if ((v)->arena.failed) atomic_store_explicit(&(v)->broken, true, memory_order_relaxed);                            \
    pthread_mutex_unlock(&(v)->lock);                                                                                  \
    return p

gyr__program *gyr__part_program(gyr__variant *v, gyr__part *part) { FIRST(v, &part->program, plan_part(v, part)); }

gyr__program *gyr__stream_program(gyr__variant *v, gyr__field_plan *field) {
    FIRST(v, &field->stream->program, plan_rest(v, field));
}
