/* The executor: ExecuteSelectionSet, ExecuteField and CompleteValue (Specification 6.3, 6.4.3), depth-first.
 *
 * Each value is completed as soon as it is there; what comes out is DONE, with the value or null, or NULLED: an error was
 * told and null has no place here, so it goes to the value above (6.4.4), where the first that may be null keeps it. Then
 * the fields that stand behind the failed one in its object are not executed. What had to be waited for below a value that
 * turns null is discarded at once.
 *
 * A value is given to gyr__host_complete, which releases it whatever comes out; native results are given upwards, and
 * belong to the object or list above as soon as it has them.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "host/host.h"

typedef gyr__host_result result;

result gyr__host_abort(gyr_host_exec *x) {
    x->aborted = true;
    return GYR__HOST_ABORTED;
}

/* ---- errors and null */

result gyr__host_error(gyr_host_exec *x, gyr_host_place *at, const gyr_str *message) {
    gyr_host_status s = x->host->error(x->user, at->field ? at->field->pub : NULL, at, message);
    return gyr__likely(s == GYR_HOST_OK) ? GYR__HOST_DONE : gyr__host_abort(x);
}

static bool cut_to_null(gyr_host_exec *x, const gyr_host_place *at) {
    if (gyr__unlikely(x->out.failed)) return false;
    x->out.at = x->out.base + at->start;
    x->holes.len = at->hole;
    return gyr__host_text(x, gyr_s("null"));
}

result gyr__host_null(gyr_host_exec *x, gyr_host_place *at, gyr_host_value *out) {
    if (!gyr__place_is_nullable(at)) return GYR__HOST_NULLED;
    if (at->node) gyr__host_kill(x, at->node);
    if (x->json && !cut_to_null(x, at)) return gyr__host_abort(x);
    *out = NULL;
    return GYR__HOST_DONE;
}

static GYR__COLD result fail_with(gyr_host_exec *x, gyr_host_place *at, gyr_host_value *out, gyr_str message) {
    if (!message.ptr) return gyr__host_abort(x);
    return gyr__host_fail(x, at, &message, out);
}

#define ARG(s) (int)(s).len, (s).ptr

static GYR__COLD result fail_null(gyr_host_exec *x, gyr_host_place *at, gyr_host_value *out) {
    const gyr_host_field *f = at->field->pub;
    return fail_with(x, at, out,
                     gyr__arena_printf(&x->arena, "Cannot return null for non-nullable field %.*s.%.*s.",
                                       ARG(f->shape->type), ARG(f->name)));
}

static GYR__COLD result fail_type(gyr_host_exec *x, gyr_host_place *at, uint32_t index, gyr_host_value *out) {
    const gyr_host_field *f = at->field->pub;
    const gyr_schema *s = x->plan->plan->schema;
    if (index < s->type_count && s->types[index]->kind == GYR__OBJECT)
        return fail_with(x, at, out,
                         gyr__arena_printf(&x->arena,
                                           "Runtime Object type \"%.*s\" is not a possible type for \"%.*s\".",
                                           ARG(s->types[index]->def.name), ARG(f->type.name)));
    return fail_with(
        x, at, out,
        gyr__arena_printf(&x->arena,
                          "Abstract type \"%.*s\" must resolve to an Object type at runtime for field \"%.*s.%.*s\".",
                          ARG(f->type.name), ARG(f->shape->type), ARG(f->name)));
}

static GYR__COLD result fail_depth(gyr_host_exec *x, gyr_host_place *at, gyr_host_value *out) {
    return fail_with(x, at, out, gyr_s("The response is nested too deeply."));
}

static inline result null_here(gyr_host_exec *x, gyr_host_place *at, gyr_host_value *out) {
    if (gyr__unlikely(!gyr__place_is_nullable(at))) return fail_null(x, at, out);
    *out = NULL;
    return !x->json || gyr__host_text(x, gyr_s("null")) ? GYR__HOST_DONE : gyr__host_abort(x);
}

/* What a callback said that was not OK, of a value at its place. */
static GYR__NOINLINE result not_ok(gyr_host_exec *x, gyr_host_status s, gyr_host_place *at, gyr_host_value waited,
                                   gyr_host_wants wants, gyr_host_value *out) {
    if (s == GYR_HOST_FAILED || s == GYR_HOST_ITEM_FAILED) return gyr__host_fail(x, at, NULL, out);
    if (s == GYR_HOST_PENDING) return gyr__host_wait(x, at, waited, NULL, wants, out);
    return gyr__host_abort(x);
}

/* ---- leaves */

static GYR__NOINLINE result leaf(gyr_host_exec *x, gyr_host_place *at, gyr_host_value value, gyr_host_value *out) {
    const gyr_host *host = x->host;
    gyr_host_cell cell = {.kind = GYR_VALUE_NULL};
    gyr_host_value made = NULL;
    gyr_host_status s =
        host->complete(x->user, at->field->pub, value, at, x->json ? NULL : &made, x->json ? &cell : NULL);
    if (gyr__unlikely(s != GYR_HOST_OK))
        return s == GYR_HOST_FAILED ? gyr__host_fail(x, at, NULL, out) : gyr__host_abort(x);
    if (x->json) {
        if (gyr__unlikely(cell.kind == GYR_VALUE_NULL)) return null_here(x, at, out);
        *out = NULL;
        return gyr__host_cell(x, &cell) ? GYR__HOST_DONE : gyr__host_abort(x);
    }
    if (gyr__unlikely(made == host->null_value)) {
        host->release(x->user, made);
        return null_here(x, at, out);
    }
    *out = made;
    return GYR__HOST_DONE;
}

/* ---- objects and lists that null takes */

static void discard_below(gyr_host_exec *x, const gyr_host_place *at) {
    if (at->node) gyr__host_kill(x, at->node);
}

/* Inner objects and lists are given up before outer ones, as errors rise. */
static GYR__NOINLINE result nulled(gyr_host_exec *x, gyr_host_place *at, result r, gyr_host_value into,
                                   gyr_host_value *out) {
    if (r == GYR__HOST_NULLED) discard_below(x, at);
    if (into) x->host->release(x->user, into);
    return r == GYR__HOST_ABORTED ? r : gyr__host_null(x, at, out);
}

/* ---- objects */

static GYR__NOINLINE result object(gyr_host_exec *x, gyr_host_place *at, const gyr__host_shape *shape,
                                   gyr_host_value value, gyr_host_value *out) {
    const gyr_host *host = x->host;
    gyr_host_value into = NULL;
    if (gyr__unlikely(!shape)) return gyr__host_abort(x);
    if (gyr__unlikely(shape->error != NULL)) return gyr__host_fail(x, at, &shape->error->message, out);
    if (!x->json && !(into = host->new_object(x->user, &shape->pub))) return gyr__host_abort(x);
    result r = gyr__host_fields(x, at, shape, 0, shape->pub.field_count, value, into);
    if (gyr__likely(r == GYR__HOST_DONE)) {
        *out = into;
        if (!x->json) return r;
        if (gyr__unlikely(!shape->pub.field_count) && !gyr__host_byte(x, '{')) return gyr__host_abort(x);
        return gyr__host_byte(x, '}') ? r : gyr__host_abort(x);
    }
    return nulled(x, at, r, into, out);
}

static inline const gyr__host_shape *shape_of(gyr_host_exec *x, const gyr__host_field *f) {
    gyr__host_shape *s = atomic_load_explicit(&f->only, memory_order_acquire);
    if (gyr__likely(s != NULL)) return s;
    return gyr__host_shape_slow(x->plan, x->variant, (gyr__host_field *)f, f->sub->type);
}

/* Of an object that said which type it has. */
static GYR__NOINLINE result typed(gyr_host_exec *x, gyr_host_place *at, uint32_t index, gyr_host_value value,
                                  gyr_host_value *out) {
    const gyr__host_field *f = at->field;
    if (f->kind == GYR__HOST_OBJECT) return object(x, at, shape_of(x, f), value, out);
    const gyr_schema *schema = x->plan->plan->schema;
    const gyr__type *t = index < schema->type_count ? schema->types[index] : NULL;
    if (gyr__unlikely(!t || t->kind != GYR__OBJECT || !gyr__is_possible(f->sub->type, t)))
        return fail_type(x, at, index, out);
    const gyr__host_shape *s = atomic_load_explicit(&f->shapes[t->object_index], memory_order_acquire);
    if (gyr__unlikely(!s)) s = gyr__host_shape_slow(x->plan, x->variant, (gyr__host_field *)f, t);
    return object(x, at, s, value, out);
}

/* ---- values
 *
 * Inlined in the loops over fields and items, so that an object within an object takes two frames of the stack and one in
 * a list three. */

#define INLINE inline __attribute__((always_inline))

static result list(gyr_host_exec *x, gyr_host_place *at, gyr_host_value value, gyr_host_value *out);

/* *keep: the value was given on, to who waits for its type. */
static INLINE result composite(gyr_host_exec *x, gyr_host_place *at, gyr_host_value value, bool *keep,
                               gyr_host_value *out) {
    const gyr__host_field *f = at->field;
    if (f->kind == GYR__HOST_OBJECT && !f->needs_type) return object(x, at, shape_of(x, f), value, out);
    uint32_t type = UINT32_MAX;
    gyr_host_value waited = NULL;
    gyr_host_status s = x->host->type_of(x->user, f->pub, value, at, &type, &waited);
    if (gyr__likely(s == GYR_HOST_OK)) return typed(x, at, type, value, out);
    if (s != GYR_HOST_PENDING) return not_ok(x, s, at, waited, GYR_HOST_WANTS_TYPE, out);
    *keep = true;
    return gyr__host_wait(x, at, waited, value, GYR_HOST_WANTS_TYPE, out);
}

static INLINE result complete(gyr_host_exec *x, gyr_host_place *at, gyr_host_value value, gyr_host_value *out) {
    const gyr_host *host = x->host;
    bool keep = false;
    result r;
    if (value == host->null_value)
        r = null_here(x, at, out);
    else if (at->level || at->field->kind != GYR__HOST_LEAF) {
        if (gyr__unlikely(x->depth >= x->most_depth))
            r = fail_depth(x, at, out);
        else {
            x->depth++;
            r = at->level ? list(x, at, value, out) : composite(x, at, value, &keep, out);
            x->depth--;
        }
    } else
        r = leaf(x, at, value, out);
    if (!keep) host->release(x->user, value);
    return r;
}

/* ---- lists */

/* What became of an item is appended; false: abort. */
static inline bool append(gyr_host_exec *x, gyr_host_value list, gyr_host_value item) {
    const gyr_host *host = x->host;
    gyr_host_status s = host->append(x->user, list, item ? item : host->null_value);
    if (item) host->release(x->user, item);
    return s == GYR_HOST_OK;
}

/* *end when the list has ended, or failed as a whole; else the item is completed. */
static inline result item(gyr_host_exec *x, gyr_host_list *list, gyr_host_place *at, bool *end, gyr_host_value *out) {
    gyr_host_value value = NULL;
    gyr_host_status s = x->host->next_item(x->user, at->field->pub, list, &value);
    if (s == GYR_HOST_END || s == GYR_HOST_FAILED) {
        *end = true;
        if (s == GYR_HOST_END) return GYR__HOST_DONE;
        return gyr__host_error(x, at->up, NULL) == GYR__HOST_DONE ? GYR__HOST_NULLED : GYR__HOST_ABORTED;
    }
    if (x->json) {
        if (!gyr__host_room(x, 8)) {
            if (value) x->host->release(x->user, value);
            return gyr__host_abort(x);
        }
        if (list->index) *x->out.at++ = ',';
        at->start = gyr__host_offset(x);
        at->hole = x->holes.len;
    }
    at->index = list->index;
    at->node = NULL;
    if (gyr__likely(s == GYR_HOST_OK)) return complete(x, at, value, out);
    return not_ok(x, s, at, value, GYR_HOST_WANTS_VALUE, out);
}

static result items(gyr_host_exec *x, gyr_host_place *at, gyr_host_list *list, gyr_host_value into) {
    gyr_host_place place = {.up = at, .field = at->field, .level = at->level - 1, .container = into};
    for (bool end = false;; list->index++) {
        gyr_host_value out = NULL;
        result r = item(x, list, &place, &end, &out);
        if (end || r != GYR__HOST_DONE) return r;
        if (place.node) place.node->end = gyr__host_offset(x);
        if (!x->json && gyr__unlikely(!append(x, into, out))) return gyr__host_abort(x);
    }
}

static GYR__NOINLINE result list(gyr_host_exec *x, gyr_host_place *at, gyr_host_value value, gyr_host_value *out) {
    const gyr_host *host = x->host;
    gyr_host_list l = {0};
    gyr_host_value into = NULL;
    gyr_host_status s = host->open_list(x->user, at->field->pub, value, at, &l, &into);
    if (gyr__unlikely(s != GYR_HOST_OK)) return not_ok(x, s, at, into, GYR_HOST_WANTS_LIST, out);
    bool ok = x->json ? gyr__host_byte(x, '[') : (into = host->new_list(x->user, l.hint)) != NULL;
    result r = ok ? items(x, at, &l, into) : gyr__host_abort(x);
    l.failed = r == GYR__HOST_NULLED;
    if (gyr__unlikely(l.failed)) discard_below(x, at); /* before what the host finds in the rest of the list */
    host->close_list(x->user, &l);
    if (gyr__unlikely(r != GYR__HOST_DONE)) return nulled(x, at, r, into, out);
    *out = into;
    return !x->json || gyr__host_byte(x, ']') ? r : gyr__host_abort(x);
}

result gyr__host_complete(gyr_host_exec *x, gyr_host_place *at, gyr_host_value value, gyr_host_value *out) {
    return complete(x, at, value, out);
}

result gyr__host_complete_as(gyr_host_exec *x, gyr_host_place *at, gyr_host_value value, uint32_t type,
                             gyr_host_value *out) {
    result r = typed(x, at, type, value, out);
    x->host->release(x->user, value);
    return r;
}

/* ---- fields */

static inline void place_field(gyr_host_exec *x, gyr_host_place *p, gyr_host_place *at, const gyr__host_field *f,
                               gyr_host_value into) {
    *p = (gyr_host_place){.up = at,
                          .field = f,
                          .index = GYR__HOST_KEY,
                          .container = into,
                          .start = gyr__host_offset(x),
                          .hole = x->holes.len,
                          .level = f->pub->type.depth};
}

/* What became of a field is set. */
static inline result set(gyr_host_exec *x, const gyr_host_place *p, result r, gyr_host_value out) {
    if (gyr__unlikely(r != GYR__HOST_DONE)) return r;
    if (gyr__unlikely(p->node != NULL)) p->node->end = gyr__host_offset(x);
    if (x->json) return r;
    const gyr_host *host = x->host;
    gyr_host_status s = host->set_field(x->user, p->container, p->field->pub, out ? out : host->null_value);
    if (out) host->release(x->user, out);
    return gyr__likely(s == GYR_HOST_OK) ? r : gyr__host_abort(x);
}

static result one_field(gyr_host_exec *x, gyr_host_place *at, const gyr__host_field *f, gyr_host_value object,
                        gyr_host_value into) {
    gyr_host_place place;
    gyr_host_value value = NULL, out = NULL;
    if (x->json && !gyr__host_key(x, f)) return gyr__host_abort(x);
    place_field(x, &place, at, f, into);
    result r;
    if (gyr__unlikely(f->kind == GYR__HOST_INTRO)) {
        r = gyr__host_intro(x, &place, &out);
    } else {
        gyr_host_status s = x->host->resolve(x->user, f->pub, object, &place, &value);
        r = gyr__likely(s == GYR_HOST_OK) ? complete(x, &place, value, &out)
                                          : not_ok(x, s, &place, value, GYR_HOST_WANTS_VALUE, &out);
    }
    return set(x, &place, r, out);
}

/* A field of a run that could not simply be read. */
static GYR__NOINLINE result odd_field(gyr_host_exec *x, gyr_host_status s, gyr_host_place *at, const gyr__host_field *f,
                                      gyr_host_value waited, gyr_host_value into) {
    gyr_host_place place;
    gyr_host_value out = NULL;
    if (s != GYR_HOST_FAILED && s != GYR_HOST_PENDING) return gyr__host_abort(x);
    if (x->json && !gyr__host_key(x, f)) {
        if (waited) x->host->release(x->user, waited);
        return gyr__host_abort(x);
    }
    place_field(x, &place, at, f, into);
    return set(x, &place, not_ok(x, s, &place, waited, GYR_HOST_WANTS_VALUE, &out), out);
}

result gyr__host_fields(gyr_host_exec *x, gyr_host_place *at, const gyr__host_shape *shape, uint32_t first,
                        uint32_t last, gyr_host_value object, gyr_host_value into) {
    const gyr__host_field *fields = shape->fields;
    for (uint32_t i = first; i < last;) {
        const gyr__host_field *f = &fields[i];
        if (!f->run) {
            result r = one_field(x, at, f, object, into);
            if (gyr__unlikely(r != GYR__HOST_DONE)) return r;
            i++;
            continue;
        }
        uint32_t count = GYR__MIN(f->run, last - i), done = 0;
        gyr_host_value waited = NULL;
        gyr_host_status s =
            x->host->leaves(x->user, &shape->pub, i, count, object, at, into, into ? NULL : x->cells, &done, &waited);
        if (x->json && !gyr__host_cells(x, f, done)) {
            if (s == GYR_HOST_PENDING) x->host->release(x->user, waited);
            return gyr__host_abort(x);
        }
        i += done;
        if (gyr__likely(s == GYR_HOST_OK)) continue;
        result r = odd_field(x, s, at, &fields[i++], waited, into);
        if (r != GYR__HOST_DONE) return r;
    }
    return GYR__HOST_DONE;
}
