/* The host of the tests: gyr_host over things. See world.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>

static char discarded_mark; /* a pending's user after discard */
static char held_mark;      /* ... that is held */

/* ---- helpers */

static bool aborts(world *w) { return ++w->calls == w->setup.abort_at; }

static gyr_host_status fails(world *w, const char *message) {
    snprintf(w->failed, sizeof w->failed, "%s", message);
    return GYR_HOST_FAILED;
}

static void note_path(notes *n, const gyr_host_place *place) {
    gyr_host_step step;
    if (!place || !gyr_host_place_step(place, &step)) return;
    const gyr_host_place *up = gyr_host_place_up(place);
    note_path(n, up);
    if (up) note(n, ".");
    if (step.key.ptr) {
        assert_true(step.type.len > 0);
        note(n, "%.*s", (int)step.key.len, step.key.ptr);
    } else {
        note(n, "%zu", step.index);
    }
}

static void keep(world *w, gyr_host_place *at) {
    if (!w->setup.keep_places || w->kept_count == sizeof w->kept / sizeof *w->kept) return;
    gyr_host_kept *k = gyr_host_place_keep(w->exec, at);
    if (k) w->kept[w->kept_count++] = k;
}

/* What a field of an object holds; lent. */
static thing *look(world *w, const gyr_host_field *f, thing *object) {
    assert_int_equal(object->kind, T_OBJECT);
    const thing *found = thing_get(object, f->name);
    if (found) return (thing *)found;
    if (f->name.len == 10 && memcmp(f->name.ptr, "__typename", 10) == 0) {
        thing *name = thing_new(w, T_TEXT);
        name->text = strndup(f->shape->type.ptr, f->shape->type.len);
        thing_add(object, "__typename", name);
        return name;
    }
    if (!w->setup.make) return &null_thing;
    thing *made = w->setup.make(w, f, object);
    char *key = strndup(f->name.ptr, f->name.len);
    thing_add(object, key, made);
    free(key);
    return made;
}

/* A thing as the answer of a callback. */
static gyr_host_status give(world *w, thing *t, gyr_host_value *out) {
    if (t->kind == T_ERROR || t->kind == T_BROKEN) return fails(w, t->text);
    *out = thing_ref(t);
    return t->kind == T_LATER ? GYR_HOST_PENDING : GYR_HOST_OK;
}

static bool is_non_null(const gyr_host_field *f) { return f->type.non_null >> f->type.depth & 1; }

static bool is_leaf(const thing *t) {
    return t->kind == T_BOOL || t->kind == T_INT || t->kind == T_FLOAT || t->kind == T_TEXT;
}

/* Of a scalar whose result is null. */
static bool is_none(const thing *t) { return t->kind == T_TEXT && strcmp(t->text, "none") == 0; }

static void to_cell(thing *t, gyr_host_cell *c) {
    *c = (gyr_host_cell){.kind = GYR_VALUE_NULL};
    switch (t->kind) {
    case T_BOOL: c->kind = GYR_VALUE_BOOL, c->of.boolean = t->integer; break;
    case T_INT: c->kind = GYR_VALUE_INT, c->of.integer = t->integer; break;
    case T_FLOAT: c->kind = GYR_VALUE_FLOAT, c->of.number = t->number; break;
    case T_TEXT:
        c->kind = GYR_VALUE_STRING;
        c->of.string = gyr_str_of(t->text, strlen(t->text));
        c->hold = thing_ref(t);
        break;
    default: break;
    }
}

/* ---- plans */

static gyr_host_status plan_field(void *user, const gyr_host_plan *plan, gyr_host_field *field) {
    world *w = user;
    assert_ptr_equal(gyr_host_plan_user(plan), user);
    if (aborts(w)) return GYR_HOST_ABORT;
    bool leaf = field->type.kind == GYR_HOST_LEAF && !field->type.depth;
    field->read = leaf && !w->setup.value_only ? GYR_HOST_READ_LEAF : GYR_HOST_READ_VALUE;
    field->data = malloc(1);
    w->planned++;
    return GYR_HOST_OK;
}

static gyr_host_status plan_shape(void *user, const gyr_host_plan *plan, gyr_host_shape *shape) {
    world *w = user;
    (void)plan;
    if (aborts(w)) return GYR_HOST_ABORT;
    shape->data = malloc(1);
    w->planned++;
    return GYR_HOST_OK;
}

static void drop_field(void *user, gyr_host_field *field) {
    ((world *)user)->planned--;
    free(field->data);
}

static void drop_shape(void *user, gyr_host_shape *shape) {
    ((world *)user)->planned--;
    free(shape->data);
}

static bool needs_type(void *user, const gyr_host_field *field) {
    (void)field;
    return ((world *)user)->setup.needs_type;
}

/* ---- values */

static void release(void *user, gyr_host_value value) { thing_drop(user, value); }

static gyr_host_status resolve(void *user, const gyr_host_field *field, gyr_host_value object, gyr_host_place *at,
                               gyr_host_value *out) {
    world *w = user;
    if (aborts(w)) return GYR_HOST_ABORT;
    note_path(&w->log, at);
    note(&w->log, "\n");
    if (w->calls % 2) keep(w, at);
    return give(w, look(w, field, object), out);
}

static gyr_host_status leaf_of(world *w, const gyr_host_field *f, gyr_host_value object, gyr_host_place *at,
                               gyr_host_value into, gyr_host_cell *cell, gyr_host_value *out) {
    note_path(&w->log, at);
    note(&w->log, w->log.len && w->log.text[w->log.len - 1] != '\n' ? ".%.*s\n" : "%.*s\n", (int)f->key.len,
         f->key.ptr);
    thing *t = look(w, f, object), *value;
    gyr_host_status s = give(w, t, out);
    if (s != GYR_HOST_OK) return s;
    value = *out;
    *out = NULL;
    thing_drop(w, value);
    if (is_none(t)) t = &null_thing;
    if (t->kind == T_NULL && is_non_null(f)) {
        snprintf(w->failed, sizeof w->failed, "Cannot return null for non-nullable field %.*s.%.*s.",
                 (int)f->shape->type.len, f->shape->type.ptr, (int)f->name.len, f->name.ptr);
        return GYR_HOST_FAILED;
    }
    if (t->kind != T_NULL && !is_leaf(t)) return fails(w, "no leaf");
    if (cell)
        to_cell(t, cell);
    else
        thing_add(into, strndupa(f->key.ptr, f->key.len), thing_ref(t));
    return GYR_HOST_OK;
}

static gyr_host_status leaves(void *user, const gyr_host_shape *shape, uint32_t first, uint32_t count,
                              gyr_host_value object, gyr_host_place *at, gyr_host_value into, gyr_host_cell *cells,
                              uint32_t *done, gyr_host_value *out) {
    world *w = user;
    assert_true(count > 0 && count <= GYR_HOST_LEAVES && first + count <= shape->field_count);
    for (*done = 0; *done < count; ++*done) {
        const gyr_host_field *f = &shape->fields[first + *done];
        if (aborts(w)) return GYR_HOST_ABORT;
        gyr_host_status s = leaf_of(w, f, object, at, into, cells ? &cells[*done] : NULL, out);
        if (s != GYR_HOST_OK) return s;
    }
    return GYR_HOST_OK;
}

static gyr_host_status complete(void *user, const gyr_host_field *field, gyr_host_value value, gyr_host_place *at,
                                gyr_host_value *out, gyr_host_cell *cell) {
    world *w = user;
    thing *t = value;
    (void)field, (void)at;
    if (aborts(w)) return GYR_HOST_ABORT;
    if (!is_leaf(t)) return fails(w, "no leaf");
    bool null = is_none(t);
    if (cell)
        to_cell(null ? &null_thing : t, cell);
    else
        *out = thing_ref(null ? &null_thing : t);
    return GYR_HOST_OK;
}

static gyr_host_status open_list(void *user, const gyr_host_field *field, gyr_host_value value, gyr_host_place *at,
                                 gyr_host_list *list, gyr_host_value *out) {
    world *w = user;
    thing *t = value;
    (void)field, (void)at;
    if (aborts(w)) return GYR_HOST_ABORT;
    if (t->kind == T_STREAM) {
        *out = thing_ref(t);
        return GYR_HOST_PENDING;
    }
    if (t->kind != T_LIST) return fails(w, "no list");
    list->list = thing_ref(t);
    list->hint = t->count;
    return GYR_HOST_OK;
}

static gyr_host_status next_item(void *user, const gyr_host_field *field, gyr_host_list *list, gyr_host_value *out) {
    world *w = user;
    thing *l = list->list;
    (void)field;
    if (aborts(w)) return GYR_HOST_ABORT;
    if (list->index == l->count) return GYR_HOST_END;
    thing *t = l->items[list->index];
    gyr_host_status s = give(w, t, out);
    return t->kind == T_ERROR ? GYR_HOST_ITEM_FAILED : s;
}

static void close_list(void *user, gyr_host_list *list) { thing_drop(user, list->list); }

static uint32_t type_index(world *w, const char *name) {
    for (uint32_t i = 0; i < gyr_host_type_count(w->schema); i++) {
        gyr_str s = gyr_host_type_name(w->schema, i);
        if (s.len == strlen(name) && memcmp(s.ptr, name, s.len) == 0) return i;
    }
    return UINT32_MAX;
}

static gyr_host_status type_of(void *user, const gyr_host_field *field, gyr_host_value value, gyr_host_place *at,
                               uint32_t *type, gyr_host_value *out) {
    world *w = user;
    thing *t = value;
    (void)field, (void)at;
    if (aborts(w)) return GYR_HOST_ABORT;
    if (t->kind != T_OBJECT) return fails(w, "no type");
    if (t->type_later) {
        *out = thing_ref(t);
        return GYR_HOST_PENDING;
    }
    if (t->type_fails) return fails(w, "no type");
    *type = type_index(w, t->text);
    return GYR_HOST_OK;
}

/* ---- results */

static gyr_host_value new_object(void *user, const gyr_host_shape *shape) {
    (void)shape;
    return aborts(user) ? NULL : thing_new(user, T_OBJECT);
}

static gyr_host_value new_list(void *user, size_t hint) {
    (void)hint;
    return aborts(user) ? NULL : thing_new(user, T_LIST);
}

static void replace(world *w, thing **at, thing *by) {
    thing *old = *at;
    *at = thing_ref(by);
    thing_drop(w, old);
}

static gyr_host_status set_field(void *user, gyr_host_value object, const gyr_host_field *field, gyr_host_value value) {
    thing *o = object;
    if (aborts(user)) return GYR_HOST_ABORT;
    for (size_t i = 0; i < o->count; i++)
        if (strlen(o->keys[i]) == field->key.len && memcmp(o->keys[i], field->key.ptr, field->key.len) == 0) {
            replace(user, &o->items[i], value);
            return GYR_HOST_OK;
        }
    thing_add(o, strndupa(field->key.ptr, field->key.len), thing_ref(value));
    return GYR_HOST_OK;
}

static gyr_host_status append(void *user, gyr_host_value list, gyr_host_value value) {
    if (aborts(user)) return GYR_HOST_ABORT;
    thing_add(list, NULL, thing_ref(value));
    return GYR_HOST_OK;
}

static gyr_host_status set_item(void *user, gyr_host_value list, size_t index, gyr_host_value value) {
    thing *l = list;
    if (aborts(user)) return GYR_HOST_ABORT;
    assert_true(index < l->count);
    replace(user, &l->items[index], value);
    return GYR_HOST_OK;
}

static gyr_host_value from_json(void *user, gyr_str json) {
    world *w = user;
    if (aborts(w)) return NULL;
    char *text = strndup(json.ptr, json.len);
    thing *t = thing_parse(w, text);
    free(text);
    return t;
}

/* ---- what happened */

static gyr_host_status error(void *user, const gyr_host_field *field, gyr_host_place *at, const gyr_str *message) {
    world *w = user;
    gyr_host_step step;
    assert_true(field != NULL || !gyr_host_place_step(at, &step));
    if (aborts(w)) return GYR_HOST_ABORT;
    assert_true(message ? !w->failed[0] : w->failed[0] != 0);
    note_path(&w->errors, at);
    if (message)
        note(&w->errors, ": %.*s\n", (int)message->len, message->ptr);
    else
        note(&w->errors, ": %s\n", w->failed);
    w->failed[0] = 0;
    keep(w, at);
    return GYR_HOST_OK;
}

static void discard(void *user, gyr_host_pending *p) {
    world *w = user;
    assert_true(gyr_host_pending_user(p) != &discarded_mark);
    assert_true(((thing *)gyr_host_pending_value(p))->refs > 0);
    gyr_host_pending_set_user(p, &discarded_mark);
    w->discarded++;
}

static bool hold(void *user, gyr_host_pending *p) {
    world *w = user;
    assert_false(gyr_host_place_is_nullable(gyr_host_pending_place(p)));
    assert_null(gyr_host_waiting_at(w->exec, gyr_host_pending_place(p), p)); /* nothing is left below */
    if (!w->setup.holds || w->held_count == sizeof w->held / sizeof *w->held) return false;
    gyr_host_pending_set_user(p, &held_mark);
    w->held[w->held_count++] = p;
    return true;
}

const gyr_host world_host = {sizeof(gyr_host), &null_thing, plan_field, plan_shape, drop_field, drop_shape,
                             release,          resolve,     leaves,     complete,   open_list,  next_item,
                             close_list,       type_of,     needs_type, new_object, new_list,   set_field,
                             append,           set_item,    from_json,  error,      discard,    hold};

/* ---- runs */

gyr_host_plan *world_plan(world *w, const setup *s) {
    gyr_errors *errors = NULL;
    gyr_source source = {.text = gyr_str_of(s->sdl, strlen(s->sdl))};
    w->setup = *s;
    w->random.state = s->order * 2 + 1;
    gyr_schema_options o = {.size = sizeof o, .sources = &source, .source_count = 1, .unbound = true, .lenient = true};
    o.allocator = s->allocator;
    o.limits = s->limits;
    w->schema = gyr_schema_build(&o, &errors);
    gyr_errors_free(errors);
    if (!w->schema) return NULL;
    gyr_source text = {.text = gyr_str_of(s->query, strlen(s->query))};
    errors = NULL;
    gyr_document *d = gyr_document_new(text, &s->limits, &errors);
    if (d && !s->allocator.resize) {
        gyr_status status = gyr_document_validate(d, w->schema, &errors);
        if (status != GYR_OK) fail_msg("%s in %s", gyr_errors_get(errors, 0)->message.ptr, s->query);
    }
    gyr_errors_free(errors);
    assert_non_null(d);
    gyr_host_plan *p = gyr_host_plan_new(w->schema, d, (gyr_str){0}, &world_host, w, &errors);
    gyr_errors_free(errors);
    gyr_document_free(d);
    return p;
}

static void answer(world *w, gyr_host_pending *p) {
    if (gyr_host_pending_user(p) == &discarded_mark) { /* harmless */
        w->refused++;
        gyr_host_answer(w->exec, p, thing_new(w, T_INT));
        gyr_host_answer_type(w->exec, p, 0);
        gyr_host_fail(w->exec, p);
        return;
    }
    if (gyr_host_pending_user(p) == &held_mark) {
        gyr_host_let_null(w->exec, p);
        return;
    }
    thing *t = gyr_host_pending_value(p);
    note(&w->log, "(");
    note_path(&w->log, gyr_host_pending_place(p));
    note(&w->log, ")\n");
    if (gyr_host_pending_wants(p) == GYR_HOST_WANTS_TYPE && t->type_fails) {
        fails(w, "no type");
        gyr_host_fail(w->exec, p);
        return;
    }
    if (gyr_host_pending_wants(p) == GYR_HOST_WANTS_TYPE) {
        gyr_host_answer_type(w->exec, p, type_index(w, t->text));
        return;
    }
    assert_int_equal(gyr_host_pending_wants(p), t->kind == T_STREAM ? GYR_HOST_WANTS_LIST : GYR_HOST_WANTS_VALUE);
    thing *value = t->items[0];
    if (value->kind == T_ERROR) {
        fails(w, value->text);
        gyr_host_fail(w->exec, p);
    } else {
        gyr_host_answer(w->exec, p, thing_ref(value));
    }
}

typedef struct waiting {
    gyr_host_pending **items;
    size_t count, cap;
} waiting;

static void add(waiting *q, gyr_host_pending *p) {
    if (q->count == q->cap) q->items = realloc(q->items, (q->cap = q->cap * 2 + 16) * sizeof *q->items);
    q->items[q->count++] = p;
}

static void collect(world *w, waiting *q) {
    for (gyr_host_pending *p; (p = gyr_host_next(w->exec)); w->waited++) add(q, p);
    for (size_t i = 0; i < w->held_count; i++) add(q, w->held[i]);
    w->held_count = 0;
}

typedef struct visited {
    size_t count, most;
} visited;

static int visit(gyr_host_value value, void *user) {
    visited *v = user;
    thing *t = value;
    thing_ref(t)->refs--; /* it lives */
    return ++v->count == v->most ? 7 : 0;
}

/* Each pending holds what it waits for, and at most a value beside; the request its data. */
static void check_visit(const gyr_host_exec *x) {
    visited all = {.most = SIZE_MAX}, one = {.most = 1};
    size_t count = gyr_host_waiting(x);
    size_t walked = 0;
    for (gyr_host_pending *p = NULL; (p = gyr_host_waiting_at(x, NULL, p));) walked++;
    assert_int_equal(walked, count);
    assert_int_equal(gyr_host_visit(x, visit, &all), 0);
    assert_in_range(all.count, count, count * 2 + 1);
    assert_int_equal(gyr_host_visit(x, visit, &one), 7);
    assert_int_equal(one.count, 1);
}

static gyr_host_status run_all(world *w) {
    waiting q = {0};
    gyr_host_status s;
    while ((s = gyr_host_run(w->exec)) == GYR_HOST_PENDING && !w->setup.never_answer) {
        assert_true(gyr_host_waiting(w->exec) > 0);
        check_visit(w->exec);
        collect(w, &q);
        assert_true(q.count > 0);
        size_t i = w->setup.order ? (size_t)rng_below(&w->random, q.count) : 0;
        gyr_host_pending *p = q.items[i];
        memmove(q.items + i, q.items + i + 1, (--q.count - i) * sizeof *q.items);
        answer(w, p);
    }
    for (size_t i = 0; s == GYR_HOST_OK && i < q.count; i++) answer(w, q.items[i]); /* those that were discarded */
    free(q.items);
    return s;
}

void world_execute(world *w, gyr_host_plan *plan) {
    setup *s = &w->setup;
    w->log.len = w->errors.len = w->data.len = 0;
    w->failed[0] = 0;
    thing *root = s->root_thing ? thing_ref(s->root_thing) : thing_parse(w, s->root);
    gyr_host_request r = {.size = sizeof r, .plan = plan, .conditions = s->conditions, .root = root, .user = w};
    r.json = s->json;
    r.serial = s->serial;
    if (s->variables) r.variables = gyr_str_of(s->variables, strlen(s->variables));
    w->exec = gyr_host_exec_new(&r);
    gyr_host_status status = w->exec ? run_all(w) : GYR_HOST_ABORT;
    w->aborted = status == GYR_HOST_ABORT;
    if (status == GYR_HOST_OK && s->json) {
        gyr_str text = gyr_host_result_json(w->exec);
        w->aborted = !text.ptr;
        note(&w->data, "%.*s", (int)text.len, text.ptr);
    } else if (status == GYR_HOST_OK) {
        thing *data = gyr_host_result(w->exec);
        note_thing(&w->data, data);
        if (data != &null_thing) thing_drop(w, data);
        assert_null(gyr_host_result(w->exec));
    }
    gyr_host_exec_free(w->exec);
    thing_drop(w, root);
    notes paths = {0};
    for (size_t i = 0; i < w->kept_count; i++) {
        note_path(&paths, gyr_host_kept_place(w->kept[i]));
        gyr_host_kept_drop(w->kept[i]);
    }
    free(paths.text);
    w->kept_count = 0;
}

void world_run(world *w, const setup *s) {
    gyr_host_plan *p = world_plan(w, s);
    if (!p) {
        w->aborted = true;
        return;
    }
    world_execute(w, p);
    gyr_host_plan_free(p);
}

void world_end(world *w) {
    gyr_schema_free(w->schema);
    assert_int_equal(w->live, 0);
    assert_int_equal(w->planned, 0);
    free(w->log.text);
    free(w->errors.text);
    free(w->data.text);
    memset(w, 0, sizeof *w);
}

static const char *text_of(const notes *n) { return n->len ? n->text : ""; }

void world_expect(const setup *s, const char *data, const char *errors) {
    static world w; /* large */
    for (int mode = 0; mode < 8; mode++) {
        setup this = *s;
        this.json = mode & 1;
        this.value_only = mode & 2;
        this.keep_places = mode & 4;
        world_run(&w, &this);
        assert_false(w.aborted);
        assert_string_equal(text_of(&w.data), data);
        assert_string_equal(text_of(&w.errors), errors);
        world_end(&w);
    }
}
