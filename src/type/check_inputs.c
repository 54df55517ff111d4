/* Input objects must have finite values (Specification 3.10): no ring of non-null fields, and of a OneOf at
 * least one field that leads out.
 *
 * An input object has a finite value once all that it needs have one: its non-null fields of input object
 * type, or for a OneOf any of its fields. That is found by counting what is unresolved and following the
 * edges back from those without needs. What remains is walked depth-first (with a stack of its own) to report
 * each ring.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "type/builder.h"

typedef struct edge {
    uint32_t from; /* type index */
    const gyr__input *field;
    const gyr__type *to;
} edge;

typedef struct state {
    uint32_t first, count;       /* its edges */
    uint32_t first_in, count_in; /* edges that lead to it: in `back` */
    uint32_t unresolved;
    bool is_finite, visited;
    uint32_t path; /* 1 + place on the path, 0: not on it */
} state;

typedef struct graph {
    gyr__builder *b;
    GYR__VEC(edge) edges;
    state *states; /* by type index */
    uint32_t *back, *work, work_len;
} graph;

/* The input object that this field cannot do without, or NULL. */
static const gyr__type *needs(const gyr__type *t, const gyr__input *f) {
    if (f->type.depth || f->type.named->kind != GYR__INPUT_OBJECT) return NULL;
    return gyr__is_non_null(f->type) != t->is_one_of ? f->type.named : NULL;
}

static void mark(graph *g, uint32_t type) {
    if (g->states[type].is_finite) return;
    g->states[type].is_finite = true;
    g->work[g->work_len++] = type;
}

static bool collect(graph *g) {
    const gyr_schema *s = g->b->schema;
    for (uint32_t i = 0; i < s->type_count; i++) {
        const gyr__type *t = s->types[i];
        if (t->kind != GYR__INPUT_OBJECT) continue;
        state *st = &g->states[i];
        st->first = g->edges.len;
        for (uint32_t k = 0; k < t->input_count; k++) {
            const gyr__type *to = needs(t, &t->inputs[k]);
            edge *e = to ? gyr__vec_push(&g->b->scratch, &g->edges) : NULL;
            if (!to) continue;
            if (!e) return false;
            *e = (edge){i, &t->inputs[k], to};
            g->states[to->index].count_in++;
        }
        st->count = g->edges.len - st->first;
        st->unresolved = st->count;
        if (t->is_one_of ? !t->input_count || st->count < t->input_count : !st->count) mark(g, i);
    }
    return true;
}

static bool link_back(graph *g) {
    uint32_t at = 0;
    g->back = gyr__new_array(&g->b->scratch, uint32_t, g->edges.len);
    if (!g->back) return false;
    for (uint32_t i = 0; i < g->b->schema->type_count; i++) {
        g->states[i].first_in = at;
        at += g->states[i].count_in;
        g->states[i].count_in = 0;
    }
    for (uint32_t i = 0; i < g->edges.len; i++) {
        state *to = &g->states[g->edges.items[i].to->index];
        g->back[to->first_in + to->count_in++] = g->edges.items[i].from;
    }
    return true;
}

static void resolve(graph *g) {
    while (g->work_len) {
        const state *st = &g->states[g->work[--g->work_len]];
        for (uint32_t i = 0; i < st->count_in; i++) {
            uint32_t from = g->back[st->first_in + i];
            if (g->b->schema->types[from]->is_one_of || --g->states[from].unresolved == 0) mark(g, from);
        }
    }
}

static gyr_str edge_name(graph *g, const edge *e) {
    return gyr__coordinate_member(g->b, g->b->schema->types[e->from]->def.name, e->field->def.name);
}

/* The ring that the last edge of the path closes. */
static void report(graph *g, const uint32_t *path, uint32_t len, const gyr__type *to) {
    gyr__builder *b = g->b;
    uint32_t first = g->states[to->index].path - 1, count = len - first;
    gyr__at *at = gyr__new_array(&b->scratch, gyr__at, count);
    gyr_str list = gyr_s("");
    for (uint32_t i = 0; at && i < count && !gyr__errors_full(b->errors); i++) {
        const edge *e = &g->edges.items[path[first + i]];
        const gyr__type *from = b->schema->types[e->from];
        at[i] = gyr__at_node(gyr__node_of_input(b, from, NULL, NULL, e->field), e->field->def.place.source);
        gyr_str name = edge_name(g, e);
        list = gyr__arena_printf(&b->scratch, "%.*s%s%.*s", (int)list.len, list.ptr, i ? ", " : "", (int)name.len,
                                 name.ptr);
        if (i == 20) count = i + 1; /* a ring of thousands needs no more to be understood */
    }
    if (at)
        gyr__build_error(b, to->def.name, at, count,
                         "Input Object %.*s cannot be provided a finite value because it references itself through "
                         "fields: %.*s.",
                         GYR__SHOW(b, to->def.name), (int)list.len, list.ptr);
}

/* Depth-first from type `root`. path[i] is the edge taken at depth i, cursor[i] the next edge to try there. */
static void walk(graph *g, uint32_t root, uint32_t *path, uint32_t *cursor) {
    uint32_t depth = 0, type = root;
    g->states[root].visited = true;
    g->states[root].path = 1;
    cursor[0] = g->states[root].first;
    for (;;) {
        state *st = &g->states[type];
        if (cursor[depth] == st->first + st->count) {
            st->path = 0;
            if (!depth) return;
            type = g->edges.items[path[--depth]].from;
            continue;
        }
        uint32_t e = cursor[depth]++;
        const gyr__type *to = g->edges.items[e].to;
        state *next = &g->states[to->index];
        if (next->is_finite) continue;
        path[depth] = e;
        if (next->path) report(g, path, depth + 1, to);
        if (next->visited) continue;
        next->visited = true;
        next->path = ++depth + 1;
        cursor[depth] = next->first;
        type = to->index;
    }
}

void gyr__check_finite_inputs(gyr__builder *b) {
    uint32_t count = b->schema->type_count;
    graph g = {.b = b};
    g.states = gyr__arena_zalloc(&b->scratch, count * sizeof *g.states);
    g.work = gyr__new_array(&b->scratch, uint32_t, count);
    if (!g.states || !g.work || !collect(&g) || !link_back(&g)) return;
    resolve(&g);
    uint32_t *path = gyr__new_array(&b->scratch, uint32_t, (size_t)count + 1);
    uint32_t *cursor = gyr__new_array(&b->scratch, uint32_t, (size_t)count + 1);
    for (uint32_t i = 0; path && cursor && i < count; i++)
        if (b->schema->types[i]->kind == GYR__INPUT_OBJECT && !g.states[i].is_finite && !g.states[i].visited)
            walk(&g, i, path, cursor);
}
