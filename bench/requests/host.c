/* The executor of hosts: what it takes beside what the host does itself.
 *
 *     flat        10,000 objects of 5 leaf fields; ns for a field
 *     nested      1,000 objects with a list of 10 objects of 2 fields each; ns for a field
 *     resolved    10,000 objects of 5 leaf fields that are read one by one; ns for a field
 *     waiting     10,000 objects, one field of each is answered later; ns for an object
 *     small       a query of 7 fields; ns for a request
 *
 * "host" calls the same functions of the host, in the same order, from a loop of its own.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "bench.h"

#include <gyr_host.h>
#include <stdlib.h>
#include <string.h>

enum { COUNT = 10000, INNER = 10, FIELDS = 5 };

static const char sdl[] = "type Query { items: [Item!]! groups: [Group!]! one: Item }\n"
                          "type Item { id: Int title: String published: Boolean score: Float count: Int }\n"
                          "type Group { id: Int items: [Item!]! }";

/* ---- the host: structs, a counter in place of counts, results in slots */

typedef struct item {
    int64_t id, count;
    gyr_str title;
    double score;
    bool published;
} item;

typedef struct slots {
    size_t count;
    gyr_host_value items[8];
} slots;

typedef struct world {
    item items[COUNT];
    char titles[COUNT][24];
    int64_t references;
    slots *pool;
    size_t used;
    gyr_host_value *lists;
    size_t listed;
    bool later;
} world;

static world w;
static char null_value;
static char group_mark, items_mark;

static gyr_host_status plan_field(void *user, const gyr_host_plan *plan, gyr_host_field *f) {
    (void)plan;
    f->read = f->type.kind == GYR_HOST_LEAF && !user ? GYR_HOST_READ_LEAF : GYR_HOST_READ_VALUE;
    f->data = (void *)(uintptr_t)f->name.ptr[0];
    return GYR_HOST_OK;
}

static void release(void *user, gyr_host_value value) {
    (void)user, (void)value;
    w.references--;
}

static gyr_host_value given(const void *value) {
    w.references++;
    return (gyr_host_value)value;
}

static gyr_host_status resolve(void *user, const gyr_host_field *f, gyr_host_value object, gyr_host_place *at,
                               gyr_host_value *out) {
    (void)user, (void)at;
    switch ((uintptr_t)f->data) {
    case 'i': *out = given(f->type.depth ? &items_mark : object); break;
    case 'g': *out = given(&group_mark); break;
    case 'o': *out = given(&w.items[7]); break;
    default: *out = given(object); break;
    }
    return w.later && f->data == (void *)'c' ? GYR_HOST_PENDING : GYR_HOST_OK;
}

static inline void cell_of(const item *i, uintptr_t field, gyr_host_cell *c) {
    c->hold = NULL;
    switch (field) {
    case 'i': c->kind = GYR_VALUE_INT, c->of.integer = i->id; break;
    case 't': c->kind = GYR_VALUE_STRING, c->of.string = i->title, c->hold = given(i); break;
    case 'p': c->kind = GYR_VALUE_BOOL, c->of.boolean = i->published; break;
    case 's': c->kind = GYR_VALUE_FLOAT, c->of.number = i->score; break;
    default: c->kind = GYR_VALUE_INT, c->of.integer = i->count; break;
    }
}

static gyr_host_status leaves(void *user, const gyr_host_shape *shape, uint32_t first, uint32_t count,
                              gyr_host_value object, gyr_host_place *at, gyr_host_value into, gyr_host_cell *cells,
                              uint32_t *done, gyr_host_value *out) {
    (void)user, (void)at, (void)out;
    const gyr_host_field *f = shape->fields + first;
    slots *s = into;
    for (uint32_t i = 0; i < count; i++)
        if (cells)
            cell_of(object == &group_mark ? w.items : object, (uintptr_t)f[i].data, &cells[i]);
        else
            s->items[s->count++] = given(object);
    *done = count;
    return GYR_HOST_OK;
}

static gyr_host_status complete(void *user, const gyr_host_field *f, gyr_host_value value, gyr_host_place *at,
                                gyr_host_value *out, gyr_host_cell *cell) {
    (void)user, (void)at;
    if (cell)
        cell_of(value, (uintptr_t)f->data, cell);
    else
        *out = given(value);
    return GYR_HOST_OK;
}

static gyr_host_status open_list(void *user, const gyr_host_field *f, gyr_host_value value, gyr_host_place *at,
                                 gyr_host_list *l, gyr_host_value *out) {
    (void)user, (void)f, (void)at, (void)out;
    l->list = given(value);
    l->hint = value == &group_mark ? COUNT / INNER : f->shape->type.ptr[0] == 'G' ? INNER : COUNT;
    return GYR_HOST_OK;
}

static gyr_host_status next_item(void *user, const gyr_host_field *f, gyr_host_list *l, gyr_host_value *out) {
    (void)user, (void)f;
    if (l->index == l->hint) return GYR_HOST_END;
    *out = given(l->list == &group_mark ? (void *)&group_mark : &w.items[l->index]);
    return GYR_HOST_OK;
}

static void close_list(void *user, gyr_host_list *l) { release(user, l->list); }

static gyr_host_status type_of(void *user, const gyr_host_field *f, gyr_host_value value, gyr_host_place *at,
                               uint32_t *type, gyr_host_value *out) {
    (void)user, (void)f, (void)value, (void)at, (void)type, (void)out;
    return GYR_HOST_ABORT;
}

static gyr_host_value new_object(void *user, const gyr_host_shape *shape) {
    (void)user, (void)shape;
    slots *s = &w.pool[w.used++];
    s->count = 0;
    return given(s);
}

static gyr_host_value new_list(void *user, size_t hint) {
    (void)user;
    gyr_host_value *l = &w.lists[w.listed];
    w.listed += hint + 1;
    *l = 0;
    return given(l);
}

static gyr_host_status set_field(void *user, gyr_host_value object, const gyr_host_field *f, gyr_host_value value) {
    (void)user;
    slots *s = object;
    s->items[f->index] = given(value);
    s->count = f->index + 1;
    return GYR_HOST_OK;
}

static gyr_host_status append(void *user, gyr_host_value list, gyr_host_value value) {
    (void)user;
    uintptr_t *l = list;
    l[++l[0]] = (uintptr_t)given(value);
    return GYR_HOST_OK;
}

static gyr_host_status set_item(void *user, gyr_host_value list, size_t index, gyr_host_value value) {
    (void)user;
    ((gyr_host_value *)list)[index + 1] = given(value);
    return GYR_HOST_OK;
}

static gyr_host_value from_json(void *user, gyr_str json) {
    (void)user, (void)json;
    return NULL;
}

static gyr_host_status error(void *user, const gyr_host_field *f, gyr_host_place *at, const gyr_str *message) {
    (void)user, (void)f, (void)at, (void)message;
    exit(1);
}

static void discard(void *user, gyr_host_pending *p) { (void)user, (void)p; }

static const gyr_host table = {sizeof table, &null_value, plan_field, NULL,       NULL,      NULL,
                               release,      resolve,     leaves,     complete,   open_list, next_item,
                               close_list,   type_of,     NULL,       new_object, new_list,  set_field,
                               append,       set_item,    from_json,  error,      discard};

/* ---- works */

typedef struct run {
    gyr_host_plan *plan;
    const gyr_host_shape *shape; /* of the items */
    bool json;
} run;

static void clear(void) { w.used = w.listed = 0; }

static void engine(void *data) {
    run *r = data;
    gyr_host_request q = {.size = sizeof q, .plan = r->plan, .root = &w, .json = r->json};
    clear();
    gyr_host_exec *x = gyr_host_exec_new(&q);
    while (gyr_host_run(x) == GYR_HOST_PENDING)
        for (gyr_host_pending *p; (p = gyr_host_next(x));) gyr_host_answer(x, p, given(gyr_host_pending_value(p)));
    if (r->json)
        bench_keep(gyr_host_result_json(x).ptr);
    else
        bench_keep(gyr_host_result(x));
    gyr_host_exec_free(x);
}

static void by_hand(void *data) {
    run *r = data;
    const gyr_host *h = &table;
    gyr_host_list l = {0};
    gyr_host_value out, into = NULL, list;
    gyr_host_cell cells[FIELDS];
    __asm__ volatile("" : "+r"(h)); /* calls through the table, as the engine does */
    clear();
    h->open_list(NULL, &r->shape->fields[0], &items_mark, NULL, &l, &out);
    l.hint = COUNT;
    list = r->json ? NULL : h->new_list(NULL, l.hint);
    for (; h->next_item(NULL, &r->shape->fields[0], &l, &out) == GYR_HOST_OK; l.index++) {
        uint32_t done;
        if (!r->json) into = h->new_object(NULL, r->shape);
        h->leaves(NULL, r->shape, 0, FIELDS, out, NULL, into, r->json ? cells : NULL, &done, NULL);
        bench_keep(cells);
        if (r->json) {
            for (int i = 0; i < FIELDS; i++)
                if (cells[i].hold) h->release(NULL, cells[i].hold);
        } else {
            h->append(NULL, list, into);
            h->release(NULL, into);
        }
        h->release(NULL, out);
    }
    h->close_list(NULL, &l);
}

static gyr_host_plan *plan(gyr_schema *schema, const char *query, bool one_by_one) {
    gyr_source text = {.text = gyr_str_of(query, strlen(query))};
    gyr_document *d = gyr_document_new(text, NULL, NULL);
    gyr_host_plan *p = gyr_host_plan_new(schema, d, (gyr_str){0}, &table, one_by_one ? &w : NULL, NULL);
    if (!p) exit(1);
    gyr_document_free(d);
    return p;
}

static void rows(bench *b, const char *name, gyr_host_plan *p, double units, bool hand) {
    run native = {.plan = p}, json = {.plan = p, .json = true};
    const gyr_host_shape *root = gyr_host_plan_root(p, NULL);
    native.shape = json.shape = gyr_host_field_shape(p, &root->fields[0], root->fields[0].type.index);
    bench_entry e[4] = {{.work = engine, .data = &native},
                        {.work = engine, .data = &json},
                        {.work = by_hand, .data = &native},
                        {.work = by_hand, .data = &json}};
    static const char *const names[] = {"native", "JSON", "native, host", "JSON, host"};
    bench_rotate(e, hand ? 4 : 2, units);
    for (int i = 0; i < (hand ? 4 : 2); i++) bench_row(b, name, names[i], "ns", e[i].stat, 0);
    gyr_host_plan_free(p);
}

int main(void) {
    bench b;
    w.pool = malloc(3 * COUNT * sizeof *w.pool);
    w.lists = malloc(4 * COUNT * sizeof *w.lists);
    if (!w.pool || !w.lists) return 1;
    for (int i = 0; i < COUNT; i++) {
        int len = snprintf(w.titles[i], sizeof w.titles[i], "Title of item %d", i);
        w.items[i] = (item){i, i * 7, gyr_str_of(w.titles[i], (size_t)len), i / 4.0, i % 3 == 0};
    }
    gyr_source source = {.text = gyr_str_of(sdl, sizeof sdl - 1)};
    gyr_schema *s = gyr_schema_build(
        &(gyr_schema_options){
            .size = sizeof(gyr_schema_options), .sources = &source, .source_count = 1, .unbound = true},
        NULL);
    if (!s) return 1;
    bench_init(&b, "host");
    const char *flat = "{ items { id title published score count } }";
    rows(&b, "flat", plan(s, flat, false), COUNT * FIELDS, true);
    rows(&b, "nested", plan(s, "{ groups { items { id title } } }", false), COUNT * 2, false);
    rows(&b, "resolved", plan(s, flat, true), COUNT * FIELDS, false);
    w.later = true;
    rows(&b, "waiting", plan(s, "{ items { count } }", true), COUNT, false);
    w.later = false;
    rows(&b, "small", plan(s, "{ one { id title published score count a: id } }", false), 1, false);
    gyr_schema_free(s);
    free(w.pool);
    free(w.lists);
    return bench_fini(&b);
}
