/* What functions answer, drawn from the run's own numbers: what the field's type wants, mostly; null, errors, nothing, values
 * of another kind, later or at once.
 *
 * Both tiers call functions in the same order, so both draw the same.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "native.h"

typedef struct nwaiting {
    gyr_call *call;
    gyr_batch *batch;
    const nfield *field;
} nwaiting;

static void answer(nrunning *w, gyr_call *c, mref t, bool handle);

/* ---- leaves */

static void answer_text(nrunning *w, gyr_call *c) {
    switch (below(&w->rng, 4)) {
    case 0: gyr_return_str(c, n_text(&w->rng)); break;
    case 1: gyr_return_cstr(c, n_cstr(&w->rng)); break;
    case 2: gyr_return_str_borrowed(c, (gyr_str){NULL, 0}); break;
    default: gyr_return_str_borrowed(c, n_text(&w->rng));
    }
}

static void answer_any_leaf(nrunning *w, gyr_call *c) {
    mrng *r = &w->rng;
    switch (below(r, 8)) {
    case 0: gyr_return_bool(c, chance(r, 50)); break;
    case 1: gyr_return_i32(c, (int32_t)n_integer(r)); break;
    case 2: gyr_return_i64(c, n_integer(r)); break;
    case 3: gyr_return_u64(c, (uint64_t)n_integer(r)); break;
    case 4: gyr_return_f64(c, n_number(r)); break;
    case 5: gyr_return_json(c, chance(r, 50) ? gyr_s("{\"a\":[1,null,\"x\"]}") : gyr_s("12")); break;
    case 6: {
        int64_t custom = below(r, 100);
        gyr_return_custom(c, &custom);
        break;
    }
    default: answer_text(w, c);
    }
}

static void answer_leaf(nrunning *w, gyr_call *c, mleaf leaf) {
    static const char *const names[] = {"RED", "GREEN", "BLUE", "GREY"};
    mrng *r = &w->rng;
    int64_t custom = below(r, 100);
    switch (leaf) {
    case M_INT: chance(r, 80) ? gyr_return_i32(c, (int32_t)n_integer(r)) : gyr_return_i64(c, n_integer(r)); break;
    case M_FLOAT: gyr_return_f64(c, n_number(r)); break;
    case M_BOOLEAN: gyr_return_bool(c, chance(r, 50)); break;
    case M_STRING: answer_text(w, c); break;
    case M_ID: chance(r, 50) ? gyr_return_i64(c, n_integer(r)) : gyr_return_str(c, n_text(r)); break;
    case M_SCALAR: gyr_return_custom(c, &custom); break;
    case M_FLAG: gyr_return_i64(c, 1 << below(r, 4)); break;
    case M_ENUM:
        if (chance(r, 50))
            gyr_return_i64(c, chance(r, 90) ? 1 : -2);
        else
            gyr_return_cstr(c, names[below(r, chance(r, 90) ? 3 : 4)]);
        break;
    default: answer_any_leaf(w, c);
    }
}

bool n_serialize(gyr_leaf *leaf, const void *value, void *user) {
    (void)user;
    int64_t v = *(const int64_t *)value;
    switch (v % 10) {
    case 0: return false;
    case 1: return true; /* without a call */
    case 2: return gyr_leaf_f64(leaf, (double)v / 8);
    case 3: return gyr_leaf_bool(leaf, v & 16);
    case 4: return gyr_leaf_json(leaf, gyr_s("[1,{\"two\":2}]"));
    case 5: return gyr_leaf_str(leaf, gyr_s("a \"custom\" scalar\n"));
    case 6: return gyr_leaf_str(leaf, gyr_s("")) && gyr_leaf_i64(leaf, v); /* twice */
    default: return gyr_leaf_i64(leaf, v);
    }
}

/* ---- objects and lists */

static void answer_object(nrunning *w, gyr_call *c, const mtype *type) {
    const nobject *o = n_pick(w->c, &w->rng, type);
    if (!o->bad && chance(&w->rng, 30))
        gyr_return_ref_as(c, o, w->tier->type_index[o->type]);
    else
        gyr_return_ref(c, o);
}

static uint32_t random_count(mrng *r) {
    uint32_t k = below(r, 100);
    return k < 85 ? below(r, 4) : k < 98 ? below(r, 16) : below(r, 60);
}

static bool answer_objects(nrunning *w, gyr_call *c, const mtype *type) {
    mrng *r = &w->rng;
    if (chance(r, 30)) return false;
    if (chance(r, 50)) {
        uint32_t first = below(r, POOL), stride = w->c->size[type->index];
        gyr_return_structs(c, w->c->pool[type->index] + first * (size_t)stride, below(r, POOL - first + 1), stride);
        return true;
    }
    const void *refs[64];
    uint32_t n = random_count(r);
    for (uint32_t i = 0; i < n; i++) refs[i] = chance(r, 8) ? NULL : n_pick(w->c, r, type);
    gyr_return_refs(c, refs, n);
    return true;
}

static bool answer_values(nrunning *w, gyr_call *c, mleaf leaf) {
    static const gyr_ctype usual[] = {
        [M_INT] = GYR_C_I32,      [M_FLOAT] = GYR_C_F64, [M_STRING] = GYR_C_STR,
        [M_BOOLEAN] = GYR_C_BOOL, [M_ID] = GYR_C_I64,    [M_ENUM] = GYR_C_I8,
        [M_SCALAR] = GYR_C_I32,   [M_ANY] = GYR_C_U64,   [M_FLAG] = GYR_C_U16,
    };
    mrng *r = &w->rng;
    if (chance(r, 30)) return false;
    gyr_ctype t = chance(r, 80) ? usual[leaf] : (gyr_ctype)(GYR_C_BOOL + below(r, GYR_C_CSTR));
    uint32_t n = random_count(r), size = n_ctype_size(t);
    char *values = n_take(&w->c->answers, (n + 1) * size);
    for (uint32_t i = 0; i < n; i++) n_store(r, values + (size_t)i * size, t, size, leaf);
    gyr_return_values(c, t, values, n);
    return true;
}

static void answer_list(nrunning *w, gyr_call *c, mref t, bool handle) {
    mref item = m_item(t);
    if (!item.depth && item.type && answer_objects(w, c, item.type)) return;
    if (!item.depth && !item.type && answer_values(w, c, item.leaf)) return;
    uint32_t n = random_count(&w->rng);
    gyr_call *items = gyr_return_items(c, n);
    for (uint32_t i = 0; items && i < n; i++) answer(w, gyr_item(items, i), item, false);
    if (handle) gyr_publish(c);
}

/* What no answer of this type is. */
static void answer_wrongly(nrunning *w, gyr_call *c, mref t, bool handle) {
    switch (below(&w->rng, 4)) {
    case 0: answer_any_leaf(w, c); break;
    case 1: gyr_return_values(c, GYR_C_I32, n_texts, 3); break;
    case 2:
        if (t.type)
            answer_list(w, c, (mref){.depth = t.depth + 1, .type = t.type}, handle);
        else
            gyr_return_ref(c, n_pick(w->c, &w->rng, &w->c->m.types[0]));
        break;
    default:
        if (t.type && t.depth)
            answer_object(w, c, t.type);
        else
            answer_any_leaf(w, c);
    }
}

static void answer(nrunning *w, gyr_call *c, mref t, bool handle) {
    uint32_t k = below(&w->rng, 100);
    if (k < 4)
        gyr_return_null(c);
    else if (k < 6)
        gyr_fail(c, n_text(&w->rng));
    else if (k < 7)
        gyr_fail_with(c, gyr_s("failed"), gyr_s("{\"code\":[7]}"));
    else if (k < 10)
        answer_wrongly(w, c, t, handle);
    else if (k < 11) { /* nothing */
        if (handle) gyr_publish(c);
    } else if (t.depth)
        answer_list(w, c, t, handle);
    else if (t.type)
        answer_object(w, c, t.type);
    else
        answer_leaf(w, c, t.leaf);
}

/* ---- functions of fields */

static void enqueue(nrunning *w, nwaiting q) {
    if (w->queued == w->cap) {
        w->cap = w->cap * 2 + 8;
        w->queue = realloc(w->queue, w->cap * sizeof *w->queue);
        if (!w->queue) abort();
    }
    w->queue[w->queued++] = q;
}

static void check_parent(nrunning *w, const nobject *o, const nfield *n) {
    if (o->type != n->field->owner->index)
        put(&w->outcome->why, "%s.%s is asked of another type\n", n->field->owner->name, n->field->name);
}

void n_resolve(gyr_call *c) {
    nrunning *w = gyr_context(c);
    const nfield *n = gyr_user(c);
    const margs *args = gyr_args(c);
    check_parent(w, gyr_parent(c), n);
    if (args) w->rng.state = mix(w->rng.state, (uint64_t)args->x + 2 * (uint64_t)args->has);
    if (chance(&w->rng, 2)) w->rng.state = mix(w->rng.state, gyr_path(c).len);
    if (n->field->source == M_RESOLVER && chance(&w->rng, n->field->suspends)) {
        gyr_call *handle = gyr_suspend(c);
        if (handle) enqueue(w, (nwaiting){.call = handle, .field = n});
        return;
    }
    answer(w, c, n->field->type, false);
}

static void answer_batch(nrunning *w, gyr_batch *b, const nfield *n) {
    uint32_t count = gyr_batch_count(b);
    for (uint32_t i = 0; i < count; i++) {
        check_parent(w, gyr_batch_parent(b, i), n);
        answer(w, gyr_batch_call(b, i), n->field->type, false);
    }
}

void n_resolve_batch(gyr_batch *b) {
    nrunning *w = gyr_batch_context(b);
    const nfield *n = gyr_batch_user(b);
    if (chance(&w->rng, n->field->suspends)) {
        gyr_batch *handle = gyr_batch_suspend(b);
        if (handle) enqueue(w, (nwaiting){.batch = handle, .field = n});
        return;
    }
    if (chance(&w->rng, 2))
        gyr_batch_fail(b, gyr_s("no batch"));
    else
        answer_batch(w, b, n);
}

void n_settle(nrunning *w) {
    uint32_t i = below(&w->rng, w->queued);
    nwaiting q = w->queue[i];
    w->queue[i] = w->queue[--w->queued];
    if (q.batch) {
        answer_batch(w, q.batch, q.field);
        gyr_batch_done(q.batch);
    } else if (chance(&w->rng, 5)) {
        gyr_abandon(q.call);
    } else {
        answer(w, q.call, q.field->field->type, true);
    }
}
