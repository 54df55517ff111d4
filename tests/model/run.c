/* The engine under the model: bindings made from the model's fields, resolvers that answer with the model's
 * values, and a scheduler that decides by the seed which calls are suspended and which answers share a turn.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "model.h"

typedef struct waiting {
    gyr_call *call;
    const mvalue *value;
    const mfield *field;
    gyr_batch *batch;
} waiting;

typedef struct running {
    mcase *c;
    const mway *way;
    mrng rng;
    waiting *queue;
    uint32_t queued, cap;
    uint32_t wakes;
    mtext *out, *why;
    uint32_t pieces;
    bool ended, cut;
} running;

/* ---- answers */

static void answer(running *w, gyr_call *c, mref t, const mvalue *v, bool handle);

static bool plain(const mvalue *v, mvalue_kind kind) {
    for (uint32_t i = 0; i < v->count; i++)
        if (v->items[i].kind != kind && !(kind == MV_OBJECT && v->items[i].kind == MV_NULL)) return false;
    return true;
}

static bool answer_objects(running *w, gyr_call *c, const mvalue *v) {
    const void *refs[32];
    if (v->count > 32 || !plain(v, MV_OBJECT) || chance(&w->rng, 30)) return false;
    for (uint32_t i = 0; i < v->count; i++) refs[i] = v->items[i].object;
    gyr_return_refs(c, refs, v->count);
    return true;
}

static bool answer_leaves(running *w, gyr_call *c, mleaf leaf, const mvalue *v) {
    if (!plain(v, MV_LEAF) || (leaf != M_INT && leaf != M_STRING) || chance(&w->rng, 30)) return false;
    int64_t *numbers = m_alloc(w->c, (v->count + 1) * sizeof *numbers);
    gyr_str *texts = m_alloc(w->c, (v->count + 1) * sizeof *texts);
    for (uint32_t i = 0; i < v->count; i++) numbers[i] = v->items[i].integer, texts[i] = v->items[i].text;
    gyr_return_values(c, leaf == M_INT ? GYR_C_I64 : GYR_C_STR, leaf == M_INT ? (void *)numbers : (void *)texts,
                      v->count);
    return true;
}

static void answer_list(running *w, gyr_call *c, mref t, const mvalue *v, bool handle) {
    mref item = m_item(t);
    if (!item.depth && item.type && answer_objects(w, c, v)) return;
    if (!item.depth && !item.type && answer_leaves(w, c, item.leaf, v)) return;
    gyr_call *items = gyr_return_items(c, v->count);
    for (uint32_t i = 0; i < v->count; i++) answer(w, gyr_item(items, i), item, &v->items[i], false);
    if (handle) gyr_publish(c);
}

static void answer_leaf(running *w, gyr_call *c, mleaf leaf, const mvalue *v) {
    switch (leaf) {
    case M_INT:
        if (v->integer == (int32_t)v->integer && chance(&w->rng, 50))
            gyr_return_i32(c, (int32_t)v->integer);
        else
            gyr_return_i64(c, v->integer);
        break;
    case M_FLOAT: gyr_return_f64(c, v->number); break;
    case M_BOOLEAN: gyr_return_bool(c, v->integer); break;
    default:
        if (!v->as_text)
            gyr_return_i64(c, v->integer);
        else if (chance(&w->rng, 50))
            gyr_return_str(c, v->text);
        else
            gyr_return_str_borrowed(c, v->text);
    }
}

static void answer(running *w, gyr_call *c, mref t, const mvalue *v, bool handle) {
    switch (v->kind) {
    case MV_NULL: gyr_return_null(c); break;
    case MV_ERROR: gyr_fail(c, v->text); break;
    case MV_SILENT:
        if (handle) gyr_publish(c);
        break;
    case MV_LIST: answer_list(w, c, t, v, handle); break;
    case MV_LEAF: answer_leaf(w, c, t.leaf, v); break;
    case MV_OBJECT:
        if (!v->object->bad && chance(&w->rng, 30))
            gyr_return_ref_as(c, v->object, w->c->type_index[v->object->type->index]);
        else
            gyr_return_ref(c, v->object);
    }
}

/* ---- functions of fields */

static waiting *enqueue(running *w) {
    if (w->queued == w->cap) {
        w->cap = w->cap * 2 + 8;
        w->queue = realloc(w->queue, w->cap * sizeof *w->queue);
        if (!w->queue) abort();
    }
    waiting *q = &w->queue[w->queued++];
    *q = (waiting){0};
    return q;
}

static const mvalue *value_of(running *w, const void *object, const mfield *f, const margs *args) {
    static const mvalue nothing = {.kind = MV_SILENT};
    const mobject *o = object;
    if (o->type != f->owner) {
        put(w->why, "%s.%s is asked of a %s\n", f->owner->name, f->name, o->type->name);
        return &nothing;
    }
    int arg = args && args->has ? (int)args->x : -1;
    const mvalue *v = arg > 2 ? NULL : o->values[f->index][arg + 1];
    if (!v) put(w->why, "%s.%s is asked with x = %d, which nobody selects\n", f->owner->name, f->name, arg);
    return v ? v : &nothing;
}

static void resolve(gyr_call *c) {
    running *w = gyr_context(c);
    const mfield *f = gyr_user(c);
    const mvalue *v = value_of(w, gyr_parent(c), f, gyr_args(c));
    if (f->source != M_RESOLVER || !chance(&w->rng, f->suspends)) {
        answer(w, c, f->type, v, false);
        return;
    }
    waiting *q = enqueue(w);
    *q = (waiting){.call = gyr_suspend(c), .value = v, .field = f};
    if (!chance(&w->rng, 10)) return;
    w->queued--; /* answered by the resolver itself, after all */
    answer(w, q->call, f->type, v, true);
}

static void answer_batch(running *w, gyr_batch *b, const mfield *f) {
    uint32_t n = gyr_batch_count(b);
    for (uint32_t i = 0; i < n; i++)
        answer(w, gyr_batch_call(b, i), f->type, value_of(w, gyr_batch_parent(b, i), f, gyr_batch_args(b)), false);
}

static void resolve_batch(gyr_batch *b) {
    running *w = gyr_batch_context(b);
    const mfield *f = gyr_batch_user(b);
    uint32_t n = gyr_batch_count(b), most = f->max_rows;
    if (w->way->max_batch && (!most || w->way->max_batch < most)) most = w->way->max_batch;
    if (!n || (most && n > most)) put(w->why, "%s.%s: a batch of %u, at most %u\n", f->owner->name, f->name, n, most);
    uint32_t flying = 1;
    for (uint32_t i = 0; i < w->queued; i++)
        flying += w->queue[i].batch && w->queue[i].field == f && gyr_batch_args(w->queue[i].batch) == gyr_batch_args(b);
    if (f->max_in_flight && flying > f->max_in_flight && !f->has_arg)
        put(w->why, "%s.%s: %u batches in flight\n", f->owner->name, f->name, flying);
    if (!chance(&w->rng, f->suspends)) {
        answer_batch(w, b, f);
        return;
    }
    *enqueue(w) = (waiting){.batch = gyr_batch_suspend(b), .field = f};
}

static gyr_status settle(running *w, uint32_t i) {
    waiting q = w->queue[i];
    w->queue[i] = w->queue[--w->queued];
    if (q.batch) {
        answer_batch(w, q.batch, q.field);
        return gyr_batch_done(q.batch);
    }
    answer(w, q.call, q.field->type, q.value, true);
    return GYR_OK;
}

/* ---- bindings */

static int64_t type_of(const void *object, void *user) {
    (void)user;
    return ((const mobject *)object)->tag;
}

static int64_t type_of_fallback(const void *object, void *user) {
    const mobject *o = object;
    const mcase *c = user;
    return o->bad ? 1000 : c->type_index[o->type->index];
}

static void nobody(gyr_call *c) { gyr_return_null(c); }

static const char *at(mcase *c, const char *format, const char *a, const char *b) {
    char *text = m_alloc(c, 40);
    snprintf(text, 40, format, a, b);
    return text;
}

static void bind_member(const mfield *f, gyr_binding *b) {
    static const struct {
        gyr_ctype ctype;
        uint32_t size;
    } of[] = {[MM_I8] = {GYR_C_I8, 1},
              [MM_U16] = {GYR_C_U16, 2},
              [MM_I32] = {GYR_C_I32, 4},
              [MM_I32_HAS] = {GYR_C_I32, 4},
              [MM_I32_REF] = {GYR_C_I32, 4},
              [MM_I64] = {GYR_C_I64, 8},
              [MM_F32] = {GYR_C_F32, 4},
              [MM_F64] = {GYR_C_F64, 8},
              [MM_BOOL] = {GYR_C_BOOL, sizeof(bool)},
              [MM_BIT] = {GYR_C_U32, 4},
              [MM_STR] = {GYR_C_STR, sizeof(gyr_str)},
              [MM_CSTR] = {GYR_C_CSTR, sizeof(char *)},
              [MM_CHARS] = {GYR_C_CHARS, 16},
              [MM_REF] = {GYR_C_REF, sizeof(mobject)},
              [MM_SELF] = {GYR_C_STRUCT, sizeof(mobject)},
              [MM_STRUCTS] = {GYR_C_STRUCT, sizeof(mobject)},
              [MM_REFS] = {GYR_C_REF, sizeof(mobject)},
              [MM_I32S] = {GYR_C_I32, 4},
              [MM_STRS] = {GYR_C_STR, sizeof(gyr_str)}};
    uint32_t slot = (uint32_t)(offsetof(mobject, slots) + f->index * sizeof(mslot));
    b->kind = f->member == MM_BIT ? GYR_BIND_BIT : f->member >= MM_STRUCTS ? GYR_BIND_LIST : GYR_BIND_MEMBER;
    b->ctype = of[f->member].ctype;
    b->c_size = of[f->member].size;
    b->offset = slot + (uint32_t)offsetof(mslot, of);
    if (f->member == MM_SELF) b->offset = 0;
    if (f->member == MM_BIT) b->offset = slot + (uint32_t)offsetof(mslot, has), b->has_mask = 8;
    if (f->member == MM_I32_HAS)
        b->has_offset = slot + (uint32_t)offsetof(mslot, has), b->has_size = 4, b->has_mask = 4;
    b->by_ref = f->member == MM_I32_REF || f->member == MM_REF;
    if (f->member < MM_STRUCTS) return;
    b->count_offset = slot + (uint32_t)offsetof(mslot, count);
    b->count_size = 4;
    b->is_signed = true;
}

static void bind_field(mcase *c, mfield *f, gyr_binding *b) {
    static const gyr_bind_kind kinds[] = {GYR_BIND_MEMBER, GYR_BIND_GETTER, GYR_BIND_RESOLVER, GYR_BIND_BATCH};
    *b = (gyr_binding){.size = sizeof *b,
                       .kind = kinds[f->source],
                       .at = at(c, "%s.%s", f->owner->name, f->name),
                       .c_name = f->member == MM_SELF && f->source == M_MEMBER ? "mobject" : "mobject.slots",
                       .user = f,
                       .flags = f->flags,
                       .max_rows = f->max_rows,
                       .max_in_flight = f->max_in_flight};
    if (f->source == M_MEMBER)
        bind_member(f, b);
    else if (f->source == M_BATCH)
        b->batch = resolve_batch;
    else
        b->resolve = resolve;
}

static gyr_binding *bind_type(mcase *c, mtype *t, gyr_binding *b) {
    if (t->kind == M_OBJECT) {
        *b++ = (gyr_binding)GYR_TYPE(t->name, mobject);
        for (uint32_t i = 0; i < t->field_count; i++) {
            bind_field(c, &t->fields[i], b++);
            if (!t->fields[i].has_arg) continue;
            *b = (gyr_binding)GYR_ARG_HAS("", margs, x, has);
            b++->at = at(c, "%s.%s(x:)", t->name, t->fields[i].name);
        }
        return b;
    }
    gyr_tag *tags = m_alloc(c, (MAX_TYPES + 1) * sizeof *tags);
    for (uint32_t i = 0, n = 0; i < c->object_count; i++)
        if (t->possible >> i & 1) tags[n++] = (gyr_tag){(int64_t)i + 100, c->types[i].name};
    if (t->told_by == 0) *b++ = (gyr_binding)GYR_TAG(t->name, mobject, tag, tags);
    if (t->told_by == 1) *b++ = (gyr_binding)GYR_TYPE_FN(t->name, type_of, tags, NULL);
    return b;
}

gyr_schema *model_schema(mcase *c, mtext *why) {
    static const gyr_binding enums[] = {GYR_ENUM_VALUE("E.RED", 1), GYR_ENUM_VALUE("E.GREEN", 2),
                                        GYR_ENUM_VALUE("E.BLUE", 7), GYR_END};
    gyr_binding *table = m_alloc(c, (MAX_TYPES * (2 * MAX_FIELDS + 1) + 4) * sizeof *table), *b = table;
    for (uint32_t i = 0; i < c->type_count; i++) b = bind_type(c, &c->types[i], b);
    memcpy(b, enums, sizeof enums);
    gyr_source source = {.text = gyr_str_of(c->sdl.ptr, c->sdl.len)};
    const gyr_binding fallback = GYR_GETTER("", nobody);
    const gyr_binding type_fallback = GYR_TYPE_FN("", type_of_fallback, NULL, c);
    gyr_errors *errors = NULL;
    gyr_schema *s = gyr_schema_build(&(gyr_schema_options){.size = sizeof(gyr_schema_options),
                                                           .sources = &source,
                                                           .source_count = 1,
                                                           .bindings = table,
                                                           .fallback = &fallback,
                                                           .type_fallback = &type_fallback,
                                                           .incremental = c->incremental,
                                                           .limits = {.errors = GYR_UNLIMITED}},
                                     &errors);
    if (!s) {
        gyr_str text = gyr_errors_text(errors);
        put_bytes(why, text.ptr, text.len);
        gyr_errors_free(errors);
        return NULL;
    }
    for (uint32_t i = 0; i < c->object_count; i++)
        c->type_index[i] = gyr_schema_type_index(s, gyr_str_of(c->types[i].name, strlen(c->types[i].name)));
    return s;
}

/* ---- running */

static gyr_flow sink(void *user, gyr_str bytes, unsigned flags) {
    running *w = user;
    put_bytes(w->out, bytes.ptr, bytes.len);
    if (w->ended) put(w->why, "the sink is called after the end\n");
    w->ended = (flags & GYR_LAST) != 0;
    if (w->way->incremental && flags) put(w->out, "\n");
    w->pieces++;
    return w->way->pause ? GYR_PAUSE : GYR_CONTINUE;
}

static void wake(void *user) { ((running *)user)->wakes++; }

/* Some of the waiting calls get their answers. */
static void some_answers(running *w) {
    uint32_t n = w->queued ? 1 + below(&w->rng, w->queued) : 0;
    w->wakes = 0;
    if (!n) put(w->why, "it waits, but no call is suspended\n");
    while (n--) settle(w, below(&w->rng, w->queued));
    if (w->wakes != 1) put(w->why, "wake was called %u times\n", w->wakes);
}

static void settle_late(running *w, bool gone) {
    while (w->queued) {
        bool batch = w->queue[0].batch;
        gyr_status status = settle(w, 0);
        if (batch && gone && status != GYR_ERR_CANCELLED)
            put(w->why, "a late batch was told %s\n", gyr_status_text(status));
    }
}

static void run(running *w, gyr_exec *x) {
    bool cancelled = false;
    for (uint32_t turns = 0;; turns++) {
        gyr_state state = gyr_run(x);
        if (state == GYR_DONE) break;
        if (state == GYR_PAUSED && chance(&w->rng, 70)) continue;
        if (state == GYR_WAITING && cancelled) put(w->why, "it waits after it was cancelled\n");
        if (w->way->leave && chance(&w->rng, 40)) break;
        if (w->way->cancel && chance(&w->rng, 40)) {
            gyr_exec_cancel(x);
            cancelled = true;
            if (chance(&w->rng, 50)) continue;
        }
        if (state == GYR_WAITING && !cancelled) some_answers(w);
        if (w->why->len || turns > 100000) break;
    }
    gyr_status status = gyr_exec_status(x);
    w->cut = w->way->leave || status == GYR_ERR_CANCELLED;
    if (status != GYR_OK && (status != GYR_ERR_CANCELLED || !cancelled))
        put(w->why, "status: %s\n", gyr_status_text(status));
}

void model_run(mcase *c, gyr_plan *plan, const mway *way, mtext *out, bool *streamed, bool *cut, mtext *why) {
    running w = {.c = c, .way = way, .rng = {.state = way->seed}, .out = out, .why = why};
    gyr_buffer buffer = {0};
    gyr_request r = {.size = sizeof r,
                     .plan = plan,
                     .variables = gyr_str_of(c->variables.ptr, c->variables.len),
                     .root = c->root,
                     .context = &w,
                     .wake = wake,
                     .wake_user = &w,
                     .flush_bytes = way->flush_bytes,
                     .max_batch = way->max_batch,
                     .block_rows = way->block_rows,
                     .on_error = way->on_error,
                     .incremental = way->incremental};
    if (way->flush_bytes)
        r.sink = sink, r.sink_user = &w;
    else
        r.buffer = &buffer;
    if (way->head) { /* exactly as large as it must be */
        buffer.len = buffer.cap = strlen(way->head);
        buffer.ptr = malloc(buffer.cap + 1);
        if (!buffer.ptr) abort();
        memcpy(buffer.ptr, way->head, buffer.len);
    }
    gyr_exec *x = gyr_exec_new(&r);
    if (!x)
        put(why, "no request\n");
    else
        run(&w, x);
    bool free_first = chance(&w.rng, 50);
    if (x && free_first) gyr_exec_free(x);
    /* for a deferred fragment that has failed nobody waits */
    if (w.queued && !way->cancel && !way->leave && !way->incremental)
        put(why, "it is done, %u calls are suspended\n", w.queued);
    settle_late(&w, free_first || (w.cut && !way->leave));
    if (x && !free_first) gyr_exec_free(x);
    if (!way->flush_bytes) put_bytes(out, buffer.ptr, buffer.len);
    *streamed = w.pieces > 1;
    *cut = w.cut;
    gyr_buffer_free(&buffer);
    free(w.queue);
}
