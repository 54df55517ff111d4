/* Resolvers, getters and batch functions that answer what a case's data say.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "world.h"
#include "json/write.h"

#include <string.h>

static const value null_value;

static void check(world *w, gyr_status status) {
    if (status != GYR_OK) atomic_fetch_add(&w->refused, 1);
}

int64_t answer_type(const void *at, void *user) {
    const world *w = user;
    return gyr_schema_type_index(w->types, ((const object *)at)->type_name);
}

/* ---- the arguments, as JSON */

/* Recursion: bounded by the depth of input values. */
static void put_input(gyr__json_out *o, const gyr_value *v) {
    switch (v->kind) {
    case GYR_VALUE_BOOL: gyr__json_put_bool(o, v->of.boolean); break;
    case GYR_VALUE_INT: gyr__json_put_i64(o, v->of.integer); break;
    case GYR_VALUE_FLOAT: gyr__json_put_f64(o, v->of.number); break;
    case GYR_VALUE_STRING:
    case GYR_VALUE_ENUM: gyr__json_put_str(o, v->of.string); break;
    case GYR_VALUE_LIST:
        gyr__json_begin_array(o);
        for (uint32_t i = 0; i < v->count; i++) put_input(o, &v->of.items[i]);
        gyr__json_end_array(o);
        break;
    case GYR_VALUE_OBJECT:
        gyr__json_begin_object(o);
        for (uint32_t i = 0; i < v->count; i++) {
            gyr__json_key(o, v->of.members[i].name);
            put_input(o, &v->of.members[i].value);
        }
        gyr__json_end_object(o);
        break;
    default: gyr__json_put_null(o);
    }
}

static gyr_status echo(gyr_call *c, const gyr__field *f, gyr_call *asked) {
    gyr__json_out o;
    gyr__json_out_init(&o, NULL, NULL, 0);
    gyr__json_begin_object(&o);
    for (uint32_t i = 0; i < f->arg_count; i++) {
        const gyr_value *v = gyr_arg(asked, f->args[i].def.name);
        if (!v) continue;
        gyr__json_key(&o, f->args[i].def.name);
        put_input(&o, v);
    }
    gyr__json_end_object(&o);
    gyr_str text = gyr__json_out_text(&o);
    bool custom = f->type.named->kind == GYR__SCALAR && f->type.named->scalar == GYR__CUSTOM_SCALAR;
    gyr_status status = custom ? gyr_return_json(c, text) : gyr_return_str(c, text);
    gyr__json_out_fini(&o);
    return status;
}

/* ---- answering */

typedef struct answering {
    world *w;
    gyr_call *asked; /* whose arguments count: not an item's */
    bool suspended;
    const gyr__field *field;
} answering;

static void answer(const answering *a, gyr_call *c, const value *v, gyr__type_ref t);

static void answer_list(const answering *a, gyr_call *c, const value *v, gyr__type_ref t) {
    if (!a->w->by_items && v->array && v->contiguous && v->count % 2) {
        size_t stride = v->count > 1 ? (size_t)((const char *)v->items[1].object - (const char *)v->items[0].object)
                                     : sizeof(object);
        return check(a->w, gyr_return_structs(c, v->items[0].object, v->count, stride));
    }
    if (!a->w->by_items && v->array && v->ctype == GYR_C_REF)
        return check(a->w, gyr_return_refs(c, v->array, v->count));
    if (!a->w->by_items && v->array) return check(a->w, gyr_return_values(c, v->ctype, v->array, v->count));
    gyr_call *items = gyr_return_items(c, v->count);
    if (!items) return check(a->w, GYR_ERR_MEMORY);
    for (uint32_t i = 0; i < v->count; i++) answer(a, gyr_item(items, i), &v->items[i], gyr__item_type(t));
    if (a->suspended && c == a->asked) check(a->w, gyr_publish(c));
}

static const value *chosen(const answering *a, const value *v) {
    const gyr_value *by = gyr_arg(a->asked, v->text);
    char digits[24] = "null";
    gyr_str key = gyr_s("null");
    if (by && by->kind == GYR_VALUE_INT) {
        int n = 0;
        uint64_t rest = (uint64_t)by->of.integer;
        char reversed[24];
        do reversed[n++] = (char)('0' + rest % 10);
        while (rest /= 10);
        for (int i = 0; i < n; i++) digits[i] = reversed[n - 1 - i];
        key = gyr_str_of(digits, (size_t)n);
    } else if (by && (by->kind == GYR_VALUE_STRING || by->kind == GYR_VALUE_ENUM)) {
        key = by->of.string;
    }
    const value *found = value_get(v, key);
    return found ? found : &null_value;
}

static gyr_status answer_object(const answering *a, gyr_call *c, const value *v) {
    if (v->object) {
        int64_t index = gyr_schema_type_index(a->w->types, v->object->type_name);
        return a->w->by_items && index >= 0 ? gyr_return_ref_as(c, v->object, index) : gyr_return_ref(c, v->object);
    }
    gyr__arena arena;
    gyr__arena_init(&arena, NULL, 0);
    gyr_status status = gyr_return_json(c, value_json(&arena, v));
    gyr__arena_fini(&arena);
    return status;
}

/* Recursion: data nest as deep as the case that holds them. */
static void answer(const answering *a, gyr_call *c, const value *v, gyr__type_ref t) {
    world *w = a->w;
    switch (v->kind) {
    case VALUE_NULL: return check(w, gyr_return_null(c));
    case VALUE_BOOL: return check(w, gyr_return_bool(c, v->boolean));
    case VALUE_INT:
        if (v->integer == (int32_t)v->integer) return check(w, gyr_return_i32(c, (int32_t)v->integer));
        return check(w, gyr_return_i64(c, v->integer));
    case VALUE_FLOAT: return check(w, gyr_return_f64(c, v->number));
    case VALUE_STRING: return check(w, w->by_items ? gyr_return_str(c, v->text) : gyr_return_str_borrowed(c, v->text));
    case VALUE_LIST:
        if (t.depth || gyr__is_composite_type(t.named) || t.named->scalar || t.named->kind == GYR__ENUM)
            return answer_list(a, c, v, t.depth ? t : (gyr__type_ref){.named = t.named, .depth = 1});
        return check(w, answer_object(a, c, v));
    case VALUE_OBJECT: return check(w, answer_object(a, c, v));
    case VALUE_ERROR:
        return check(w, v->extensions.len ? gyr_fail_with(c, v->text, v->extensions) : gyr_fail(c, v->text));
    case VALUE_ECHO: return check(w, echo(c, a->field, a->asked));
    case VALUE_BY: return answer(a, c, chosen(a, v), t);
    case VALUE_NEXT: atomic_fetch_add(&w->counter, 1); return answer(a, c, v->items, t);
    case VALUE_COUNTER: return check(w, gyr_return_i32(c, atomic_load(&w->counter)));
    case VALUE_NOTHING: return;
    }
}

/* ---- what fields are bound to */

static const value *value_of(const gyr_call *call) {
    const object *o = gyr_parent(call);
    const value *v = value_get(o->value, gyr_field_name(call));
    return v ? v : &null_value;
}

static void answer_call(world *w, gyr_call *call, bool suspended) {
    const gyr__type *t = gyr__schema_type(w->types, gyr_type_name(call));
    answering a = {
        .w = w, .asked = call, .suspended = suspended, .field = gyr__map_get(&t->field_map, gyr_field_name(call))};
    answer(&a, call, value_of(call), a.field->type);
}

void answer_getter(gyr_call *call) { answer_call(gyr_context(call), call, false); }

void answer_later(gyr_call *call) {
    world *w = gyr_context(call);
    const field_world *f = gyr_user(call);
    if (value_of(call)->kind == VALUE_NOTHING) return;
    gyr_call *suspended = gyr_suspend(call);
    if (suspended) w->suspended(w->suspended_user, (pending){.call = suspended, .delay = f->now.delay});
}

void answer_batch(gyr_batch *batch) {
    world *w = gyr_batch_context(batch);
    for (uint32_t i = 0; i < gyr_batch_count(batch); i++) answer_call(w, gyr_batch_call(batch, i), false);
}

void answer_batch_later(gyr_batch *batch) {
    world *w = gyr_batch_context(batch);
    const field_world *f = gyr_batch_user(batch);
    gyr_batch *suspended = gyr_batch_suspend(batch);
    if (suspended) w->suspended(w->suspended_user, (pending){.batch = suspended, .delay = f->now.delay});
}

void world_answer(world *w, const pending *p) {
    if (p->batch) {
        answer_batch(p->batch);
        check(w, gyr_batch_done(p->batch));
    } else {
        answer_call(w, p->call, true);
    }
}
