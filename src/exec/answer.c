/* Calls, as resolvers see them: what they can ask, and how they answer.
 *
 * A call is either the running one (its answer goes into the struct) or a handle (its entry is claimed first, then
 * filled, then put into the inbox). Memory for an answer comes from the request's arena on the request's thread,
 * and from blocks of its own for suspended calls and batches, which another thread may hold.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "exec/later.h"

/* ---- finding the call */

/* The call behind a pointer or a live handle; NULL when the handle is dead. */
static gyr_call *call_of(const gyr_call *c) {
    if (gyr__likely(!gyr__is_handle(c))) return (gyr_call *)c;
    gyr__later *l = gyr__later_live(c);
    return l && !l->batch ? &l->call : NULL;
}

/* The call to answer, or NULL with *status. */
static inline gyr_call *open_call(gyr_call *c, gyr_status *status) {
    *status = GYR_OK;
    if (gyr__unlikely(!c)) {
        *status = GYR_ERR_ARGUMENT;
        return NULL;
    }
    if (gyr__likely(!gyr__is_handle(c))) {
        if (gyr__likely(c->state == GYR__CALL_OPEN)) return c;
        *status = GYR_ERR_STALE;
        return NULL;
    }
    gyr__later *l = gyr__later_of(c);
    *status = gyr__later_claim(c);
    if (*status != GYR_OK) return NULL;
    if (gyr__likely(!l->batch)) return &l->call;
    gyr__later_push(l); /* a batch is answered call by call: what it has not answered fails */
    *status = GYR_ERR_ARGUMENT;
    return NULL;
}

static inline gyr_status answered(gyr_call *c, gyr_call *call) {
    call->state = GYR__CALL_ANSWERED;
    if (gyr__unlikely(gyr__is_handle(c))) gyr__later_push(gyr__later_of(c));
    return GYR_OK;
}

#define ANSWER(c, ...)                                                                                                 \
    do {                                                                                                               \
        gyr_status status;                                                                                             \
        gyr_call *call = open_call((c), &status);                                                                      \
        if (gyr__unlikely(!call)) return status;                                                                       \
        *call->cell = (gyr__cell){__VA_ARGS__};                                                                        \
        return answered((c), call);                                                                                    \
    } while (0)

/* ---- memory */

static void *call_alloc(gyr__context *cx, size_t size) {
    if (!cx->foreign) return gyr__arena_alloc_aligned(&cx->exec->arena, size, 16);
    size_t whole;
    if (__builtin_add_overflow(size, sizeof(gyr__block), &whole)) return NULL;
    gyr__block *b = gyr__heap_alloc(&cx->exec->allocator, whole);
    if (!b) return NULL;
    b->size = whole;
    b->next = cx->blocks;
    cx->blocks = b;
    return b->bytes;
}

void *gyr_alloc(gyr_call *c, size_t size) {
    gyr_call *call = c ? call_of(c) : NULL;
    return call ? call_alloc(call->cx, size) : NULL;
}

gyr_status gyr_hold(gyr_call *c, void *ptr, void (*release)(void *ptr)) {
    gyr_call *call = c ? call_of(c) : NULL;
    gyr__hold *h = call ? call_alloc(call->cx, sizeof *h) : NULL;
    if (!h) {
        release(ptr);
        return call ? GYR_ERR_MEMORY : GYR_ERR_STALE;
    }
    gyr__hold **list = call->cx->foreign ? &call->cx->holds : &call->cx->exec->holds;
    *h = (gyr__hold){.next = *list, .ptr = ptr, .release = release};
    *list = h;
    return GYR_OK;
}

/* A copy of text for the call, as a cell. A short one of a suspended call stays in its entry. */
static bool copy_text(gyr_call *call, gyr_str s, uint32_t kind, gyr__cell *out) {
    gyr__later *l = call->cx->later;
    char *p = l && call == &l->call && s.len <= sizeof l->text ? l->text : call_alloc(call->cx, s.len);
    if (!p) return false;
    if (s.len) memcpy(p, s.ptr, s.len);
    *out = (gyr__cell){.ptr = p, .len = (uint32_t)s.len, .kind = kind};
    if (s.len <= UINT32_MAX) return true;
    gyr_str *big = call_alloc(call->cx, sizeof *big);
    if (!big || kind != GYR__CELL_STR) return false;
    *big = gyr_str_of(p, s.len);
    *out = (gyr__cell){.long_text = big, .kind = GYR__CELL_LONG};
    return true;
}

static gyr_status answer_text(gyr_call *c, gyr_str s, uint32_t kind) {
    gyr_status status;
    gyr_call *call = open_call(c, &status);
    if (!call) return status;
    bool ok = copy_text(call, s, kind, call->cell);
    if (!ok) *call->cell = (gyr__cell){.failure = &gyr__failure_memory, .kind = GYR__CELL_ERROR};
    answered(c, call);
    return ok ? GYR_OK : GYR_ERR_MEMORY;
}

/* ---- what a call knows */

const void *gyr_parent(const gyr_call *c) {
    const gyr_call *call = call_of(c);
    return call ? call->object : NULL;
}

void *gyr_context(const gyr_call *c) {
    const gyr_call *call = call_of(c);
    return call ? call->cx->exec->request.context : NULL;
}

void *gyr_user(const gyr_call *c) {
    const gyr_call *call = call_of(c);
    return call ? call->cx->field->def->binding->user : NULL;
}

const void *gyr_args(const gyr_call *c) {
    const gyr_call *call = call_of(c);
    return call ? call->cx->args : NULL;
}

const gyr_value *gyr_arg(const gyr_call *c, gyr_str name) {
    const gyr_call *call = call_of(c);
    if (!call || !call->cx->values) return NULL;
    const gyr__field *def = call->cx->field->def;
    for (uint32_t i = 0; i < def->arg_count; i++)
        if (gyr__str_eq(def->args[i].def.name, name)) return call->cx->present[i] ? &call->cx->values[i] : NULL;
    return NULL;
}

gyr_str gyr_field_name(const gyr_call *c) {
    const gyr_call *call = call_of(c);
    return call ? call->cx->field->def->def.name : gyr_s("");
}

gyr_str gyr_type_name(const gyr_call *c) {
    const gyr_call *call = call_of(c);
    return call ? call->cx->field->def->parent->def.name : gyr_s("");
}

gyr_str gyr_path(gyr_call *c) {
    gyr_call *call = call_of(c);
    return call ? gyr__call_path(call) : gyr_s("");
}

bool gyr_is_cancelled(const gyr_call *c) {
    const gyr_call *call = call_of(c);
    return !call || atomic_load_explicit(&call->cx->exec->cancelled, memory_order_relaxed);
}

/* ---- suspending */

gyr_call *gyr_suspend(gyr_call *c) {
    if (!c || gyr__is_handle(c) || c->state != GYR__CALL_OPEN) return NULL;
    if (c->flags & (GYR__CALL_NO_SUSPEND | GYR__CALL_ITEM)) return NULL;
    gyr__later *l = gyr__later_new(c->cx->exec);
    if (!l) {
        *c->cell = (gyr__cell){.failure = &gyr__failure_memory, .kind = GYR__CELL_ERROR};
        c->state = GYR__CALL_ANSWERED;
        return NULL;
    }
    l->cx = *c->cx;
    l->cx.later = l;
    l->cx.foreign = true;
    l->call = (gyr_call){
        .cell = &l->call.own, .object = c->object, .cx = &l->cx, .rank = c->rank, .row = c->row, .flags = c->flags};
    c->state = GYR__CALL_SUSPENDED;
    return gyr__handle(l);
}

void gyr_abandon(gyr_call *c) {
    gyr_status status;
    if (!c || !gyr__is_handle(c)) return;
    if (call_of(c) == NULL) { /* a batch's handle, or dead */
        gyr__later_publish(c, true);
        return;
    }
    gyr_call *call = open_call(c, &status);
    if (!call) return;
    *call->cell = (gyr__cell){.failure = &gyr__failure_abandoned, .kind = GYR__CELL_ERROR};
    answered(c, call);
}

/* ---- answers */

gyr_status gyr_return_null(gyr_call *c) { ANSWER(c, .kind = GYR__CELL_NULL); }
gyr_status gyr_return_bool(gyr_call *c, bool v) { ANSWER(c, .i64 = v, .kind = GYR__CELL_BOOL); }
gyr_status gyr_return_i32(gyr_call *c, int32_t v) { ANSWER(c, .i64 = v, .kind = GYR__CELL_I64); }
gyr_status gyr_return_i64(gyr_call *c, int64_t v) { ANSWER(c, .i64 = v, .kind = GYR__CELL_I64); }
gyr_status gyr_return_u64(gyr_call *c, uint64_t v) { ANSWER(c, .u64 = v, .kind = GYR__CELL_U64); }
gyr_status gyr_return_f64(gyr_call *c, double v) { ANSWER(c, .f64 = v, .kind = GYR__CELL_F64); }

gyr_status gyr_return_str(gyr_call *c, gyr_str s) {
    if (!s.ptr && !s.len) return gyr_return_null(c);
    return answer_text(c, s, GYR__CELL_STR);
}

gyr_status gyr_return_str_borrowed(gyr_call *c, gyr_str s) {
    if (!s.ptr) return gyr_return_null(c);
    if (s.len > UINT32_MAX) return answer_text(c, s, GYR__CELL_STR);
    ANSWER(c, .ptr = s.ptr, .len = (uint32_t)s.len, .kind = GYR__CELL_STR);
}

gyr_status gyr_return_cstr(gyr_call *c, const char *s) {
    return s ? answer_text(c, gyr_str_of(s, strlen(s)), GYR__CELL_STR) : gyr_return_null(c);
}

gyr_status gyr_return_json(gyr_call *c, gyr_str json) { return answer_text(c, json, GYR__CELL_JSON); }

gyr_status gyr_return_custom(gyr_call *c, const void *value) {
    if (!value) return gyr_return_null(c);
    gyr_status status;
    gyr_call *call = open_call(c, &status);
    if (!call) return status;
    const gyr_binding *scalar = call->cx->field->def->type.named->binding;
    size_t size = scalar && scalar->kind == GYR_BIND_SCALAR ? scalar->c_size : 0;
    void *copy = size ? call_alloc(call->cx, size) : NULL;
    if (copy) memcpy(copy, value, size);
    *call->cell =
        copy ? (gyr__cell){.ptr = copy, .kind = GYR__CELL_CUSTOM}
             : (gyr__cell){.failure = size ? &gyr__failure_memory : &gyr__failure_not_custom, .kind = GYR__CELL_ERROR};
    answered(c, call);
    return copy ? GYR_OK : size ? GYR_ERR_MEMORY : GYR_ERR_ARGUMENT;
}

gyr_status gyr_return_ref(gyr_call *c, const void *object) {
    if (!object) return gyr_return_null(c);
    ANSWER(c, .ptr = object, .kind = GYR__CELL_REF);
}

gyr_status gyr_return_ref_as(gyr_call *c, const void *object, int64_t type_index) {
    if (!object) return gyr_return_null(c);
    gyr_status status;
    gyr_call *call = open_call(c, &status);
    if (!call) return status;
    bool known = type_index >= 0 && type_index < call->cx->exec->schema->object_count;
    *call->cell = known ? (gyr__cell){.ptr = object, .len = (uint32_t)type_index + 1, .kind = GYR__CELL_REF}
                        : (gyr__cell){.failure = &gyr__failure_no_type, .kind = GYR__CELL_ERROR};
    return answered(c, call);
}

/* A list header, and with `copy` its items, in the call's memory. */
static gyr_status answer_list(gyr_call *c, gyr__list list, bool copy) {
    gyr_status status;
    gyr_call *call = open_call(c, &status);
    if (!call) return status;
    size_t size = copy ? list.count * list.stride : 0;
    gyr__list *own = list.count <= SIZE_MAX / 64 ? call_alloc(call->cx, sizeof *own + size) : NULL;
    *call->cell = (gyr__cell){.failure = &gyr__failure_memory, .kind = GYR__CELL_ERROR};
    if (own) {
        *own = list;
        if (copy) {
            own->items = own + 1;
            if (size) memcpy(own + 1, list.items, size);
        }
        *call->cell = (gyr__cell){.list = own, .kind = GYR__CELL_LIST};
    }
    answered(c, call);
    return own ? GYR_OK : GYR_ERR_MEMORY;
}

gyr_status gyr_return_refs(gyr_call *c, const void *const *objects, size_t count) {
    if (!objects && count) return gyr_return_null(c);
    return answer_list(c, (gyr__list){objects, count, sizeof(void *), GYR_C_REF}, true);
}

gyr_status gyr_return_structs(gyr_call *c, const void *objects, size_t count, size_t stride) {
    if (!objects && count) return gyr_return_null(c);
    if (!stride || stride > UINT32_MAX) return GYR_ERR_ARGUMENT;
    return answer_list(c, (gyr__list){objects, count, (uint32_t)stride, GYR_C_STRUCT}, false);
}

gyr_status gyr_return_values(gyr_call *c, gyr_ctype item, const void *values, size_t count) {
    static const uint8_t size[] = {[GYR_C_BOOL] = sizeof(bool),
                                   [GYR_C_I8] = 1,
                                   [GYR_C_I16] = 2,
                                   [GYR_C_I32] = 4,
                                   [GYR_C_I64] = 8,
                                   [GYR_C_U8] = 1,
                                   [GYR_C_U16] = 2,
                                   [GYR_C_U32] = 4,
                                   [GYR_C_U64] = 8,
                                   [GYR_C_F32] = 4,
                                   [GYR_C_F64] = 8,
                                   [GYR_C_STR] = sizeof(gyr_str),
                                   [GYR_C_CSTR] = sizeof(char *)};
    if ((unsigned)item >= GYR__COUNT(size) || !size[item]) return GYR_ERR_ARGUMENT;
    if (!values && count) return gyr_return_null(c);
    return answer_list(c, (gyr__list){values, count, size[item], item}, false);
}

gyr_call *gyr_return_items(gyr_call *c, size_t count) {
    gyr_call *call = c ? call_of(c) : NULL;
    if (!call || call->state != GYR__CALL_OPEN || count > UINT32_MAX / sizeof(gyr_call)) return NULL;
    gyr_call *items = call_alloc(call->cx, count * sizeof *items + 1);
    if (!items) {
        if (!gyr__is_handle(c)) gyr_fail(c, gyr_s("Out of memory."));
        return NULL;
    }
    for (size_t i = 0; i < count; i++)
        items[i] = (gyr_call){.cell = &items[i].own,
                              .object = call->object,
                              .cx = call->cx,
                              .rank = call->rank,
                              .row = call->row,
                              .run = call->run,
                              .flags = GYR__CALL_ITEM | GYR__CALL_NO_SUSPEND};
    *call->cell = (gyr__cell){.items = items, .len = (uint32_t)count, .kind = GYR__CELL_ITEMS};
    if (!gyr__is_handle(c)) call->state = GYR__CALL_ANSWERED;
    return items;
}

gyr_call *gyr_item(gyr_call *items, size_t index) { return items ? items + index : NULL; }

gyr_status gyr_publish(gyr_call *suspended) { return gyr__later_publish(suspended, false); }

gyr_status gyr_fail(gyr_call *c, gyr_str message) { return gyr_fail_with(c, message, gyr_s("")); }

gyr_status gyr_fail_with(gyr_call *c, gyr_str message, gyr_str extensions) {
    gyr_status status;
    gyr_call *call = open_call(c, &status);
    if (!call) return status;
    gyr__failure *f = call_alloc(call->cx, sizeof *f + message.len + extensions.len);
    *call->cell = (gyr__cell){.failure = f ? f : &gyr__failure_memory, .kind = GYR__CELL_ERROR};
    if (f) {
        char *text = (char *)(f + 1);
        *f = (gyr__failure){.message = gyr_str_of(text, message.len),
                            .extensions = gyr_str_of(text + message.len, extensions.len)};
        if (message.len) memcpy(text, message.ptr, message.len);
        if (extensions.len) memcpy(text + message.len, extensions.ptr, extensions.len);
    }
    answered(c, call);
    return f ? GYR_OK : GYR_ERR_MEMORY;
}
