/* See answers.h. What an answer means for a field follows the reference's runner: any value serves as an
 * object, an array is a list, a string "__typename" names the type.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "answers.h"

#include "type/schema.h"

/* ---- JSON of values */

static void put_tree(gyr__json_out *out, const gyr__json *v) {
    switch ((gyr__json_kind)v->kind) {
    case GYR__JSON_NULL: gyr__json_put_null(out); return;
    case GYR__JSON_BOOL: gyr__json_put_bool(out, v->boolean); return;
    case GYR__JSON_INT:
    case GYR__JSON_DOUBLE: gyr__json_put_json(out, v->text); return;
    case GYR__JSON_STRING: gyr__json_put_str(out, v->text); return;
    case GYR__JSON_ARRAY:
        gyr__json_begin_array(out);
        for (uint32_t i = 0; i < v->count; i++) put_tree(out, &v->items[i]);
        gyr__json_end_array(out);
        return;
    case GYR__JSON_OBJECT:
        gyr__json_begin_object(out);
        for (uint32_t i = 0; i < v->count; i++) {
            gyr__json_key(out, v->members[i].name);
            put_tree(out, &v->members[i].value);
        }
        gyr__json_end_object(out);
        return;
    }
}

gyr_str tree_text(gyr__arena *arena, const gyr__json *v) {
    gyr__json_out out;
    gyr__json_out_init(&out, NULL, NULL, 0);
    put_tree(&out, v);
    gyr_str text = gyr__arena_str(arena, gyr__json_out_text(&out));
    gyr__json_out_fini(&out);
    return text;
}

static void put_input(gyr__json_out *out, const gyr_value *v) {
    switch (v->kind) {
    case GYR_VALUE_NULL:
    case GYR_VALUE_VARIABLE:
    case GYR_VALUE_CUSTOM: gyr__json_put_null(out); return;
    case GYR_VALUE_BOOL: gyr__json_put_bool(out, v->of.boolean); return;
    case GYR_VALUE_INT: gyr__json_put_i64(out, v->of.integer); return;
    case GYR_VALUE_FLOAT: gyr__json_put_f64(out, v->of.number); return;
    case GYR_VALUE_STRING:
    case GYR_VALUE_ENUM: gyr__json_put_str(out, v->of.string); return;
    case GYR_VALUE_LIST:
        gyr__json_begin_array(out);
        for (uint32_t i = 0; i < v->count; i++) put_input(out, &v->of.items[i]);
        gyr__json_end_array(out);
        return;
    case GYR_VALUE_OBJECT:
        gyr__json_begin_object(out);
        for (uint32_t i = 0; i < v->count; i++) {
            gyr__json_key(out, v->of.members[i].name);
            put_input(out, &v->of.members[i].value);
        }
        gyr__json_end_object(out);
        return;
    }
}

/* ---- objects */

static const gyr__field *field_of(const answers *a, const gyr_call *call) {
    const gyr__type *t = gyr__schema_type(a->schema, gyr_type_name(call));
    return gyr__map_get(&t->field_map, gyr_field_name(call));
}

static int64_t answer_type(const void *object, void *user) {
    const answers *a = user;
    return gyr_schema_type_index(a->schema, ((const answered_object *)object)->type);
}

static void return_object(answers *a, gyr_call *call, const gyr__json *value, gyr_str type) {
    answered_object *o = gyr__new(a->arena, answered_object);
    if (!o) return;
    *o = (answered_object){value, type};
    gyr_return_ref(call, o);
}

/* ---- answers out of trees */

static bool is_leaf(gyr__type_ref t) { return !t.depth && gyr__is_leaf_type(t.named); }
static bool is_custom(const gyr__type *t) { return t->kind == GYR__SCALAR && t->scalar == GYR__CUSTOM_SCALAR; }

static void return_tree(answers *a, gyr_call *call, const gyr__json *v, gyr__type_ref t);

static void return_array(answers *a, gyr_call *call, const gyr__json *v, gyr__type_ref t) {
    gyr_call *items = gyr_return_items(call, v->count);
    gyr__type_ref item = t.depth ? gyr__item_type(t) : t;
    for (uint32_t i = 0; items && i < v->count; i++) return_tree(a, gyr_item(items, i), &v->items[i], item);
}

static void return_scalar(gyr_call *call, const gyr__json *v) {
    switch ((gyr__json_kind)v->kind) {
    case GYR__JSON_BOOL: gyr_return_bool(call, v->boolean); return;
    case GYR__JSON_INT: gyr_return_i64(call, v->integer); return;
    case GYR__JSON_DOUBLE: gyr_return_f64(call, v->number); return;
    case GYR__JSON_STRING: gyr_return_str(call, v->text); return;
    default: gyr_return_null(call);
    }
}

/* Recursion: data nest as deep as the request's JSON. */
static void return_tree(answers *a, gyr_call *call, const gyr__json *v, gyr__type_ref t) {
    bool object = v->kind == GYR__JSON_OBJECT, array = v->kind == GYR__JSON_ARRAY;
    const gyr__json *error = gyr__json_get(v, gyr_s("$error"));
    if (v->kind == GYR__JSON_NULL) {
        gyr_return_null(call);
    } else if (error) {
        gyr_fail(call, error->text);
    } else if (array && (t.depth || (gyr__is_leaf_type(t.named) && !is_custom(t.named)))) {
        return_array(a, call, v, t);
    } else if (is_leaf(t) && (object || array)) {
        gyr_return_json(call, tree_text(a->arena, v));
    } else if (object || (!t.depth && !is_leaf(t))) {
        const gyr__json *name = gyr__json_get(v, gyr_s("__typename"));
        return_object(a, call, v, name && name->kind == GYR__JSON_STRING ? name->text : gyr_s(""));
    } else {
        return_scalar(call, v);
    }
}

/* ---- answers by path */

static gyr_str text_of(const gyr__json *v) { return v && v->kind == GYR__JSON_STRING ? v->text : gyr_s(""); }

static void return_entry(answers *a, gyr_call *call, gyr_str path, gyr__type_ref t) {
    const gyr__json *r = gyr__json_get(a->resolvers, path), *v;
    if (!r || r->kind == GYR__JSON_NULL) {
        gyr_return_null(call);
    } else if ((v = gyr__json_get(r, gyr_s("$error")))) {
        const gyr__json *extensions = gyr__json_get(r, gyr_s("ext"));
        gyr_fail_with(call, v->text, extensions ? tree_text(a->arena, extensions) : gyr_s(""));
    } else if ((v = gyr__json_get(r, gyr_s("$leaf"))) || (v = gyr__json_get(r, gyr_s("$raw")))) {
        return_tree(a, call, v, t);
    } else if (a->incremental && (v = gyr__json_get(gyr__json_get(r, gyr_s("$after")), gyr_s("$error")))) {
        gyr_fail(call, v->text); /* items that come one by one, and fail: here a list is answered whole */
    } else if ((v = gyr__json_get(r, gyr_s("$list"))) && (t.depth || is_leaf(t))) {
        gyr_call *items = gyr_return_items(call, (size_t)v->integer);
        gyr__type_ref item = t.depth ? gyr__item_type(t) : t;
        for (uint32_t i = 0; items && i < v->integer; i++)
            return_entry(a, gyr_item(items, i),
                         gyr__arena_printf(a->arena, "%.*s.%u", (int)path.len, path.ptr, (unsigned)i), item);
    } else if (is_leaf(t)) {
        gyr_return_json(call, tree_text(a->arena, r));
    } else {
        gyr_str type = text_of(gyr__json_get(r, gyr_s("$obj")));
        return_object(a, call, NULL, type.len ? type : text_of(gyr__json_get(a->types, path)));
    }
}

/* ["hero","friends",0] as hero.friends.0: names need no escapes. */
static gyr_str path_of(answers *a, gyr_call *call) {
    gyr_str json = gyr_path(call);
    char *path = gyr__new_array(a->arena, char, json.len + 1);
    size_t n = 0;
    for (size_t i = 1; path && i + 1 < json.len; i++)
        if (json.ptr[i] != '"') path[n++] = json.ptr[i] == ',' ? '.' : json.ptr[i];
    return gyr_str_of(path, n);
}

static void note_args(answers *a, gyr_call *call, const gyr__field *field, gyr_str path) {
    bool any = false;
    for (uint32_t i = 0; i < field->arg_count; i++) {
        const gyr_value *v = gyr_arg(call, field->args[i].def.name);
        if (!v) continue;
        if (!any) {
            gyr__json_key(&a->args, path);
            gyr__json_begin_object(&a->args);
        }
        any = true;
        gyr__json_key(&a->args, field->args[i].def.name);
        put_input(&a->args, v);
    }
    if (any) gyr__json_end_object(&a->args);
}

static void return_source(answers *a, gyr_call *call, gyr__type_ref t) {
    if (a->source_error)
        gyr_fail(call, a->source_error->text);
    else if (a->source_value)
        return_tree(a, call, a->source_value, t);
    else
        gyr_return_ref(call, a);
}

static void answer(answers *a, gyr_call *call) {
    const gyr__field *field = field_of(a, call);
    if (a->opening) {
        return_source(a, call, field->type);
        return;
    }
    const answered_object *parent = gyr_parent(call);
    gyr_str path = path_of(a, call);
    note_args(a, call, field, path);
    if (a->constant) {
        return_tree(a, call, a->constant, field->type);
    } else if (a->resolvers) {
        return_entry(a, call, path, field->type);
    } else {
        const gyr__json *v = gyr__json_get(parent->value, gyr_field_name(call));
        if (v)
            return_tree(a, call, v, field->type);
        else
            gyr_return_null(call);
    }
    if (a->mode->suspend) gyr_publish(call); /* of a list's items; else refused, harmlessly */
}

/* ---- bindings */

static void answer_now(gyr_call *call) { answer(gyr_context(call), call); }

static void answer_later(gyr_call *call) {
    answers *a = gyr_context(call);
    gyr_call **slot = gyr__vec_push(a->arena, &a->calls);
    if (slot) *slot = gyr_suspend(call);
}

static void answer_batch(gyr_batch *batch) {
    for (uint32_t i = 0; i < gyr_batch_count(batch); i++) answer(gyr_batch_context(batch), gyr_batch_call(batch, i));
}

static void answer_batch_later(gyr_batch *batch) {
    answers *a = gyr_batch_context(batch);
    gyr_batch **slot = gyr__vec_push(a->arena, &a->batches);
    if (slot) *slot = gyr_batch_suspend(batch);
}

bool answers_resume(answers *a) {
    uint32_t calls = a->calls.len, batches = a->batches.len;
    for (uint32_t i = 0; i < calls; i++) answer(a, a->calls.items[i]);
    for (uint32_t i = 0; i < batches; i++) {
        answer_batch(a->batches.items[i]);
        gyr_batch_done(a->batches.items[i]);
    }
    a->calls.len = a->batches.len = 0;
    return calls + batches > 0;
}

/* A row for every field of every object type that is to be batches, one more for each field of a subscription. NULL when
 * memory is out. */
static gyr_binding *bound_rows(answers *a, const gyr_schema *types) {
    gyr_batch_fn *fn = a->mode->suspend ? answer_batch_later : answer_batch;
    gyr_resolve_fn *stream = a->mode->suspend ? answer_later : answer_now;
    GYR__VEC(gyr_binding) rows = {0};
    for (uint32_t i = 0; i < types->object_count; i++) {
        const gyr__type *t = types->objects[i];
        for (uint32_t k = 0; !t->is_introspection && k < t->field_count; k++) {
            gyr_str name = t->fields[k].def.name;
            gyr_str at = gyr__arena_printf(a->arena, "%.*s.%.*s", (int)t->def.name.len, t->def.name.ptr, (int)name.len,
                                           name.ptr);
            gyr_binding *row = a->mode->batch ? gyr__vec_push(a->arena, &rows) : NULL;
            if (row) *row = (gyr_binding)GYR_BATCH(at.ptr, fn);
            row = t == types->roots[GYR_SUBSCRIPTION] ? gyr__vec_push(a->arena, &rows) : NULL;
            if (row) *row = (gyr_binding)GYR_STREAM(at.ptr, stream);
        }
    }
    gyr_binding *end = gyr__vec_push(a->arena, &rows);
    if (end) *end = (gyr_binding)GYR_END;
    return end ? rows.items : NULL;
}

gyr_schema *answers_schema(answers *a, const gyr_schema *types, const gyr_schema_options *options,
                           gyr_errors **errors) {
    gyr_binding now = GYR_GETTER("", answer_now), later = GYR_RESOLVER("", answer_later);
    gyr_binding type = GYR_TYPE_FN("", answer_type, NULL, a);
    gyr_schema_options bound = *options;
    bound.bindings = bound_rows(a, types);
    bound.fallback = a->mode->suspend ? &later : &now;
    bound.type_fallback = &type;
    bound.unbound = false;
    bound.jit = a->mode->jit;
    a->schema = gyr_schema_build(&bound, errors);
    return a->schema;
}
