/* The executor against a naive one: random schemas, operations and data with errors, nulls, things that must be waited for,
 * lists that break; pendings answered in any order.
 *
 * The naive executor walks the operation's own tree and waits for nothing. Data must be the same always. Where nothing
 * waits, errors and reads are the same too, in the same order; where something does, each error must be one of those that
 * could happen.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>

enum { TYPES = 4, FIELDS = 6, MAX_DEPTH = 4, CASES = 700 };

/* ---- a schema */

typedef struct type_of_field {
    int base; /* 0..3: objects; then I, U, Int, Float, String, Boolean */
    uint32_t depth, non_null;
} type_of_field;
static const char *const bases[] = {"T0", "T1", "T2", "T3", "I", "U", "Int", "Float", "String", "Boolean"};

typedef struct model {
    rng r;
    type_of_field fields[TYPES][FIELDS];
    bool calm; /* nothing waits */
    bool needs_type;
    notes sdl, query;
} model;

static bool chance(rng *r, int percent) { return (int)rng_below(r, 100) < percent; }

static bool is_possible(int base, int object) {
    return base == 4 ? object % 2 == 0 : base == 5 ? object != 1 : base == object;
}

static void make_schema(model *m) {
    note(&m->sdl, "schema { query: T0 } interface I { f0: Int } union U = T0 | T2 | T3 type Other { x: Int }\n");
    for (int t = 0; t < TYPES; t++) {
        note(&m->sdl, "type T%d %s { ", t, t % 2 == 0 ? "implements I" : "");
        for (int f = 0; f < FIELDS; f++) {
            type_of_field *x = &m->fields[t][f];
            *x = (type_of_field){(int)rng_below(&m->r, 10), (uint32_t)rng_below(&m->r, 8), 0};
            x->depth = x->depth > 2 ? 0 : x->depth;
            for (uint32_t k = 0; k <= x->depth; k++) x->non_null |= (uint32_t)chance(&m->r, 30) << k;
            if (f == 0) *x = (type_of_field){.base = 6};
            note(&m->sdl, "f%d: %.*s%s", f, (int)x->depth, "[[[", bases[x->base]);
            for (uint32_t k = 0; k <= x->depth; k++) note(&m->sdl, k ? "]%s" : "%s", x->non_null >> k & 1 ? "!" : "");
            note(&m->sdl, " ");
        }
        note(&m->sdl, "}\n");
    }
}

/* ---- an operation: fields for each object type, apart */

typedef struct query query;
typedef struct node {
    char key[12];
    int field; /* -1: __typename */
    query *below;
} node;
struct query {
    node nodes[TYPES][8];
    int count[TYPES];
};

static query *make_query(model *m, int base, int depth, int *key);

static void make_fields(model *m, query *q, int object, int depth, int *key) {
    int count = *key > 900 ? 0 : 1 + (int)rng_below(&m->r, depth ? 6 : 8);
    for (int i = 0; i < count; i++) {
        node *n = &q->nodes[object][q->count[object]];
        *n = (node){.field = (int)rng_below(&m->r, FIELDS + 1) - 1};
        const type_of_field *t = n->field < 0 ? NULL : &m->fields[object][n->field];
        if (t && t->base < 6 && (depth == MAX_DEPTH || *key > 600)) continue;
        snprintf(n->key, sizeof n->key, "k%d", (*key)++);
        q->count[object]++;
        if (n->field < 0)
            note(&m->query, "%s: __typename ", n->key);
        else
            note(&m->query, "%s: f%d ", n->key, n->field);
        if (t && t->base < 6) n->below = make_query(m, t->base, depth + 1, key);
    }
    if (!q->count[object]) note(&m->query, "__typename @skip(if: true) ");
}

static query *make_query(model *m, int base, int depth, int *key) {
    query *q = calloc(1, sizeof *q);
    note(&m->query, "{ ");
    for (int t = 0; t < TYPES; t++) {
        if (!is_possible(base, t)) continue;
        if (base > 3) note(&m->query, "... on T%d { ", t);
        make_fields(m, q, t, depth, key);
        if (base > 3) note(&m->query, "} ");
    }
    note(&m->query, "} ");
    return q;
}

static void free_query(query *q) {
    for (int t = 0; t < TYPES; t++)
        for (int i = 0; i < q->count[t]; i++)
            if (q->nodes[t][i].below) free_query(q->nodes[t][i].below);
    free(q);
}

/* ---- data, made when it is looked at, always the same */

static model *current;

static thing *make_value(world *w, rng *r, int base, uint32_t level);

static thing *make_list(world *w, rng *r, int base, uint32_t level) {
    thing *t = thing_new(w, T_LIST);
    int count = (int)rng_below(r, 4);
    for (int i = 0; i < count; i++)
        thing_add(t, NULL, chance(r, 2) ? thing_text(w, T_BROKEN, "broken") : make_value(w, r, base, level));
    if (current->calm || !chance(r, 10)) return t;
    thing *s = thing_new(w, T_STREAM);
    thing_add(s, NULL, t);
    return s;
}

static thing *make_object(world *w, rng *r, int base) {
    int object;
    do object = (int)rng_below(r, TYPES);
    while (!is_possible(base, object));
    thing *t = thing_text(w, T_OBJECT, base > 3 && chance(r, 3) ? "Other" : bases[object]);
    t->integer = (int64_t)(rng_next(r) | 1);
    t->type_later = !current->calm && chance(r, 10);
    t->type_fails = chance(r, 3);
    return t;
}

static thing *make_leaf(world *w, rng *r, int base) {
    static const kind kinds[] = {T_INT, T_FLOAT, T_TEXT, T_BOOL};
    char text[40] = "none";
    if (!chance(r, 3)) snprintf(text, sizeof text, "text %.*s", (int)rng_below(r, 24), "abcdefghijklmnopqrstuvwxyz");
    thing *t = kinds[base - 6] == T_TEXT ? thing_text(w, T_TEXT, text) : thing_new(w, kinds[base - 6]);
    t->integer = base == 9 ? (int64_t)rng_below(r, 2) : (int64_t)rng_below(r, 100000) - 50000;
    t->number = (double)t->integer / 4 + 0.125;
    return t;
}

static thing *make_value(world *w, rng *r, int base, uint32_t level) {
    if (!current->calm && chance(r, 15)) {
        thing *later = thing_new(w, T_LATER), *value = make_value(w, r, base, level);
        while (value->kind == T_LATER) {
            thing *inner = thing_ref(value->items[0]);
            thing_drop(w, value);
            value = inner;
        }
        thing_add(later, NULL, value);
        return later;
    }
    if (chance(r, 5)) return &null_thing;
    if (chance(r, 4)) return thing_text(w, T_ERROR, "wrong");
    if (level && chance(r, 2)) return thing_new(w, T_INT);
    if (level) return make_list(w, r, base, level - 1);
    if (base < 6) return make_object(w, r, base);
    return chance(r, 2) ? thing_new(w, T_LIST) : make_leaf(w, r, base);
}

/* Depends on the object's seed and the field alone. */
static thing *make_field(world *w, const char *type, int field, thing *object) {
    rng r = {.state = (uint64_t)object->integer * 31 + (uint64_t)field * 2 + 1};
    r.state |= 1;
    for (int i = 0; i < 4; i++) rng_next(&r);
    const type_of_field *f = &current->fields[type[1] - '0'][field];
    return make_value(w, &r, f->base, f->depth);
}

static thing *make(world *w, const gyr_host_field *field, thing *object) {
    return make_field(w, field->shape->type.ptr, field->name.ptr[1] - '0', object);
}

/* ---- the naive executor */

typedef struct naive {
    world *w;
    bool all; /* goes on after failures: all errors that could be */
    notes data, errors, log;
    char path[200];
} naive;

static bool complete(naive *x, const node *n, int object, uint32_t level, thing *t);

static bool fails(naive *x, const char *message) {
    note(&x->errors, "%s: %s\n", x->path, message);
    return false;
}

static thing *wait_for(thing *t) {
    while (t->kind == T_LATER) t = t->items[0];
    return t;
}

static size_t push(naive *x, const char *format, const char *key, size_t index) {
    size_t len = strlen(x->path);
    int n = snprintf(x->path + len, sizeof x->path - len, len ? "." : "%s", "");
    snprintf(x->path + len + n, sizeof x->path - len - (size_t)n, format, key, index);
    return len;
}

static bool fields(naive *x, const query *q, int object, thing *value) {
    bool ok = true;
    note(&x->data, "{");
    for (int i = 0; i < q->count[object] && (ok || x->all); i++) {
        const node *n = &q->nodes[object][i];
        size_t len = push(x, "%s", n->key, 0);
        note(&x->log, "%s\n", x->path);
        note(&x->data, i ? ",\"%s\":" : "\"%s\":", n->key);
        if (n->field < 0) {
            note(&x->data, "\"%s\"", bases[object]);
        } else {
            char name[16];
            snprintf(name, sizeof name, "f%d", n->field);
            const thing *t = thing_get(value, gyr_str_of(name, 2));
            if (!t) {
                t = make_field(x->w, bases[object], n->field, value);
                thing_add(value, name, (thing *)t);
            }
            ok &= complete(x, n, object, current->fields[object][n->field].depth, (thing *)t);
        }
        x->path[len] = 0;
    }
    note(&x->data, "}");
    return ok;
}

static bool items(naive *x, const node *n, int object, uint32_t level, thing *t) {
    bool ok = true;
    if (t->kind == T_STREAM) t = t->items[0];
    if (t->kind != T_LIST) return fails(x, "no list");
    note(&x->data, "[");
    for (size_t i = 0; i < t->count && (ok || x->all); i++) {
        if (t->items[i]->kind == T_BROKEN) return fails(x, "broken");
        if (i) note(&x->data, ",");
        size_t len = push(x, "%s%zu", "", i);
        ok &= complete(x, n, object, level - 1, t->items[i]);
        x->path[len] = 0;
    }
    note(&x->data, "]");
    return ok;
}

static bool value_of(naive *x, const node *n, int object, uint32_t level, thing *t) {
    const type_of_field *f = &current->fields[object][n->field];
    char message[100];
    if (level) return items(x, n, object, level, t);
    if (f->base > 5) {
        if (t->kind == T_LIST) return fails(x, "no leaf");
        note_thing(&x->data, t);
        return true;
    }
    if (f->base < 4 && !current->needs_type) return fields(x, n->below, f->base, t);
    if (t->type_fails) return fails(x, "no type");
    if (f->base < 4) return fields(x, n->below, f->base, t);
    if (t->text[0] == 'T') return fields(x, n->below, t->text[1] - '0', t);
    snprintf(message, sizeof message, "Runtime Object type \"Other\" is not a possible type for \"%s\".",
             bases[f->base]);
    return fails(x, message);
}

static bool complete(naive *x, const node *n, int object, uint32_t level, thing *t) {
    const type_of_field *f = &current->fields[object][n->field];
    bool nullable = !(f->non_null >> level & 1), ok;
    size_t start = x->data.len;
    char message[100];
    t = wait_for(t);
    bool none = t->kind == T_TEXT && strcmp(t->text, "none") == 0;
    snprintf(message, sizeof message, "Cannot return null for non-nullable field %s.f%d.", bases[object], n->field);
    if (t->kind == T_ERROR)
        ok = fails(x, t->text);
    else if (t->kind == T_NULL || none)
        ok = nullable ? false : fails(x, message);
    else
        ok = value_of(x, n, object, level, t);
    if (ok) return true;
    x->data.len = start;
    note(&x->data, "null");
    return nullable;
}

static void naive_run(naive *x, const query *q, thing *root) {
    x->data.len = x->errors.len = x->log.len = 0;
    x->path[0] = 0;
    note(&x->data, "%s", "");
    note(&x->errors, "%s", "");
    note(&x->log, "%s", "");
    if (!fields(x, q, 0, root)) {
        x->data.len = 0;
        note(&x->data, "null");
    }
}

/* ---- comparing */

static bool has_line(const char *text, const char *line, size_t len) {
    for (const char *at = text; *at; at = strchr(at, '\n') + 1)
        if (strncmp(at, line, len) == 0) return true;
    return false;
}

static void check_subset(const char *errors, const char *all) {
    for (const char *at = errors; *at; at = strchr(at, '\n') + 1)
        if (!has_line(all, at, (size_t)(strchr(at, '\n') - at) + 1)) fail_msg("no such error: %s in\n%s", at, all);
}

static void compare(world *w, const naive *exact, const naive *all) {
    note(&w->errors, "%s", "");
    note(&w->log, "%s", "");
    assert_false(w->aborted);
    assert_string_equal(w->data.text, exact->data.text);
    if (current->calm) {
        assert_string_equal(w->errors.text, exact->errors.text);
        assert_string_equal(w->log.text, exact->log.text);
    } else {
        check_subset(w->errors.text, all->errors.text);
        assert_int_equal(w->errors.len > 0, exact->errors.len > 0);
    }
}

static size_t waited, discarded, nulls;

static void one(uint64_t seed) {
    static world w;
    model m = {.r = {seed * 977 + 1}, .calm = seed % 3 == 0, .needs_type = seed % 5 == 0};
    int key = 0;
    current = &m;
    make_schema(&m);
    query *q = make_query(&m, 0, 0, &key);
    thing *root = thing_text(&w, T_OBJECT, "T0");
    root->integer = (int64_t)(rng_next(&m.r) | 1);
    naive exact = {.w = &w}, all = {.w = &w, .all = true};
    setup s = {.sdl = m.sdl.text, .query = m.query.text, .make = make, .root_thing = root, .needs_type = m.needs_type};
    for (int mode = 0; mode < 6; mode++) {
        s.json = mode & 1;
        s.value_only = chance(&m.r, 40);
        s.serial = chance(&m.r, 30);
        s.keep_places = chance(&m.r, 30);
        s.order = mode < 2 ? 0 : rng_below(&m.r, 1000) + 1;
        gyr_host_plan *p = world_plan(&w, &s);
        for (int again = 0; again < 2; again++) { /* the second in the first's memory */
            world_execute(&w, p);
            naive_run(&exact, q, root);
            naive_run(&all, q, root);
            compare(&w, &exact, &all);
        }
        waited += w.waited, discarded += w.discarded, nulls += exact.data.text[0] == 'n';
        gyr_host_plan_free(p);
        gyr_schema_free(w.schema);
        w.schema = NULL;
    }
    thing_drop(&w, root);
    assert_int_equal(w.live, 0);
    assert_int_equal(w.planned, 0);
    notes *used[] = {&w.log,        &w.errors,  &w.data,   &m.sdl,      &m.query, &exact.data,
                     &exact.errors, &exact.log, &all.data, &all.errors, &all.log};
    for (size_t i = 0; i < sizeof used / sizeof *used; i++) free(used[i]->text);
    memset(&w, 0, sizeof w);
    free_query(q);
}

static void all_cases(void **state) {
    (void)state;
    const char *from = getenv("GYR_HOST_SEED"), *count = getenv("GYR_HOST_CASES");
    uint64_t first = from ? strtoull(from, NULL, 10) : 1, last = first + (count ? strtoull(count, NULL, 10) : CASES);
    for (uint64_t seed = first; seed < last; seed++) {
        if (from) printf("seed %llu\n", (unsigned long long)seed);
        one(seed);
    }
    if (!from) assert_true(waited > 10000 && discarded > 1000 && nulls > 100);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_cases)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
