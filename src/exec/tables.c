/* A request's tables by plan id, and the arguments that depend on variables: computed on first use, once.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "exec/exec.h"

/* Grows a zeroed table to hold index `id`. */
static bool grow(gyr_exec *x, void *table, uint32_t *cap, uint32_t id, size_t size) {
    if (id < *cap) return true;
    uint32_t want = GYR__MAX(GYR__MAX(id + 1, *cap * 2), 8);
    void *old, *fresh = gyr__arena_array(&x->arena, want, size);
    if (!fresh) return false;
    memcpy(&old, table, sizeof old);
    if (*cap) memcpy(fresh, old, *cap * size);
    memset((char *)fresh + *cap * size, 0, (want - *cap) * size);
    memcpy(table, &fresh, sizeof fresh);
    *cap = want;
    return true;
}

gyr__fetch_state *gyr__fetch_state_get(gyr_exec *x, const gyr__fetch *f) {
    if (f->id < x->fetch_cap && x->fetches[f->id]) return x->fetches[f->id];
    uint32_t cap = x->fetch_cap;
    if (!grow(x, &x->cells, &cap, f->id, sizeof *x->cells) ||
        !grow(x, &x->fetches, &x->fetch_cap, f->id, sizeof *x->fetches))
        return NULL;
    gyr__fetch_state *fs = gyr__new(&x->arena, gyr__fetch_state);
    if (!fs) return NULL;
    fs->fetch = f;
    fs->rows = f->rows;
    if (f->apart) return x->fetches[f->id] = fs; /* nothing is called */
    fs->source = f->field->source;
    fs->resolve = f->field->def->binding ? f->field->def->binding->resolve : NULL;
    fs->cx = (gyr__context){.exec = x, .fetch = f, .field = f->field};
    return x->fetches[f->id] = fs;
}

static bool grow_cells(gyr_exec *x, gyr__fetch_state *fs, uint32_t old, uint32_t cap) {
    gyr__cell *cells = gyr__new_array(&x->arena, gyr__cell, cap);
    if (!cells) return false;
    if (old) memcpy(cells, x->cells[fs->fetch->id], old * sizeof *cells);
    memset(cells + old, 0, (cap - old) * sizeof *cells);
    x->cells[fs->fetch->id] = fs->cells = cells;
    return true;
}

bool gyr__shape_reserve_slow(gyr_exec *x, gyr__shape *shape, uint32_t more) {
    if (!grow(x, &x->shapes, &x->shape_cap, shape->id, sizeof *x->shapes)) return false;
    gyr__shape_state *s = &x->shapes[shape->id];
    if (s->cap - s->count >= more) return true;
    if (more > UINT32_MAX / 4 || s->count > UINT32_MAX / 4) return false;
    uint32_t cap = GYR__MAX(s->count + more, s->cap ? s->cap * 4 : 4);
    if (!s->fetches && !(s->fetches = gyr__new_array(&x->arena, gyr__fetch_state *, shape->fetch_count))) return false;
    for (uint32_t i = 0; i < shape->fetch_count; i++) {
        gyr__fetch_state *fs = gyr__fetch_state_get(x, shape->fetches[i]);
        if (!fs || !grow_cells(x, fs, s->count, cap)) return false;
        s->fetches[i] = fs;
    }
    s->cap = cap;
    return true;
}

/* ---- arguments */

static gyr__failure *failure_of(gyr_exec *x, const gyr_error *e) {
    gyr__failure *f = gyr__new(&x->arena, gyr__failure);
    gyr_error *copy = f ? gyr__new(&x->arena, gyr_error) : NULL;
    if (!copy) return NULL;
    *copy = *e;
    f->message = copy->message = gyr__arena_str(&x->arena, e->message);
    gyr_location *at = gyr__new_array(&x->arena, gyr_location, e->location_count);
    if (!at) return NULL;
    if (e->location_count) memcpy(at, e->locations, e->location_count * sizeof *at);
    copy->locations = at;
    f->error = copy;
    return f;
}

static bool coerce(gyr_exec *x, const gyr__args *a, gyr__args_state *s) {
    const gyr__field *def = a->def;
    s->values = gyr__new_array(&x->arena, gyr_value, def->arg_count);
    s->present = gyr__arena_zalloc(&x->arena, def->arg_count);
    if (!s->values || !s->present) return false;
    gyr_errors errors;
    gyr__errors_init(&errors, &x->allocator, 1);
    bool ok = gyr__coerce_arguments(&x->arena, x->schema, &x->plan->document->source, def->args, def->arg_count,
                                    &a->node->node, &a->node->arguments, &x->variables, s->values, s->present,
                                    &x->places, &errors);
    if (ok && def->args_size)
        ok = (s->bound = gyr__arena_zalloc(&x->arena, def->args_size)) &&
             gyr__bind_arguments(&x->arena, def->args, def->arg_count, s->values, s->present, s->bound, &errors);
    if (!ok && errors.list.len) s->failure = failure_of(x, &errors.list.items[0]);
    gyr__errors_fini(&errors);
    return ok;
}

bool gyr__args_prepare(gyr_exec *x, gyr__context *cx, const gyr__args *a, gyr__cell *failure) {
    *failure = (gyr__cell){.failure = &gyr__failure_memory, .kind = GYR__CELL_ERROR};
    if (a->constant) {
        cx->args = a->bound;
        cx->values = a->values;
        cx->present = a->present;
        if (!a->error) return true;
        gyr__failure *f = failure_of(x, a->error);
        if (f) failure->failure = f;
        return false;
    }
    if (!grow(x, &x->args, &x->args_cap, a->id, sizeof *x->args)) return false;
    gyr__args_state *s = &x->args[a->id];
    if (!s->state) s->state = coerce(x, a, s) ? 1 : 2;
    if (s->state == 2) {
        if (s->failure) failure->failure = s->failure;
        return false;
    }
    cx->args = s->bound;
    cx->values = s->values;
    cx->present = s->present;
    return true;
}
