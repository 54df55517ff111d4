/* Members in other shapes than exec.c's: objects of four types behind a union, lists and fields that are often null, long
 * texts with escapes. Each against what is written by hand, in turn, as in exec.c.
 *
 *     union   10,000 objects, three fields each, their type told by a tag in the object
 *     nulls   10,000 references, each third null, of the others' four fields two are null
 *     texts   100 texts of 10 KB, a newline or quote every 80 characters
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "request.h"

#include <stdlib.h>
#include <string.h>

enum { OBJECTS = 10000, TEXTS = 100, TEXT_BYTES = 10000 };

typedef struct thing {
    int32_t tag, id, size;
    gyr_str name;
} thing;
typedef struct sparse {
    int32_t id;
    gyr_str name, note;
    struct sparse *next;
} sparse;
typedef struct page {
    gyr_str text;
} page;
typedef struct world {
    thing **things;
    uint32_t thing_count;
    sparse **sparses;
    uint32_t sparse_count;
    page *pages;
    uint32_t page_count;
} world;

static const char sdl[] = "type A { id: ID! name: String! a: Int! }\n"
                          "type B { id: ID! name: String! b: Int! }\n"
                          "type C { id: ID! name: String! c: Int! }\n"
                          "type D { id: ID! name: String! d: Int! }\n"
                          "union Thing = A | B | C | D\n"
                          "type Sparse { id: ID name: String note: String next: Sparse }\n"
                          "type Page { text: String! }\n"
                          "type Query { things: [Thing!]! sparses: [Sparse]! pages: [Page!]! }\n";

static const gyr_tag tags[] = {{0, "A"}, {1, "B"}, {2, "C"}, {3, "D"}, {0, NULL}};
#define THING(type, own)                                                                                               \
    GYR_TYPE(#type, thing), GYR_FIELD(#type ".id", thing, id), GYR_FIELD(#type ".name", thing, name),                  \
        GYR_FIELD(#type "." #own, thing, size)
static const gyr_binding bindings[] = {THING(A, a),
                                       THING(B, b),
                                       THING(C, c),
                                       THING(D, d),
                                       GYR_TAG("Thing", thing, tag, tags),
                                       GYR_TYPE("Sparse", sparse),
                                       GYR_FIELD("Sparse.id", sparse, id),
                                       GYR_FIELD("Sparse.name", sparse, name),
                                       GYR_FIELD("Sparse.note", sparse, note),
                                       GYR_REF("Sparse.next", sparse, next),
                                       GYR_TYPE("Page", page),
                                       GYR_FIELD("Page.text", page, text),
                                       GYR_TYPE("Query", world),
                                       GYR_LIST_REFS("Query.things", world, things, thing_count),
                                       GYR_LIST_REFS("Query.sparses", world, sparses, sparse_count),
                                       GYR_LIST("Query.pages", world, pages, page_count),
                                       GYR_END};

static gyr_str numbered(const char *word, int n) {
    char *p = malloc(32);
    if (!p) exit(1);
    return gyr_str_of(p, (size_t)snprintf(p, 32, "%s %d", word, n));
}

static world make_world(void) {
    world w = {.things = calloc(OBJECTS, sizeof(thing *)),
               .thing_count = OBJECTS,
               .sparses = calloc(OBJECTS, sizeof(sparse *)),
               .sparse_count = OBJECTS,
               .pages = calloc(TEXTS, sizeof(page)),
               .page_count = TEXTS};
    thing *things = calloc(OBJECTS, sizeof *things);
    sparse *sparses = calloc(OBJECTS, sizeof *sparses);
    if (!w.things || !w.sparses || !w.pages || !things || !sparses) exit(1);
    for (int i = 0; i < OBJECTS; i++) {
        things[i] = (thing){(int)((i * 2654435761u) >> 30), i, i % 100, numbered("Thing", i)};
        sparses[i] = (sparse){.id = i};
        if (i % 2)
            sparses[i].name = numbered("Sparse", i);
        else
            sparses[i].next = &sparses[i / 2];
        w.things[i] = &things[i];
        w.sparses[i] = i % 3 ? &sparses[i] : NULL;
    }
    for (int i = 0; i < TEXTS; i++) {
        char *p = malloc(TEXT_BYTES);
        if (!p) exit(1);
        for (int k = 0; k < TEXT_BYTES; k++) p[k] = k % 80 == 79 ? "\n\""[k / 80 % 2] : (char)('a' + (k + i) % 26);
        w.pages[i].text = gyr_str_of(p, TEXT_BYTES);
    }
    return w;
}

/* ---- by hand */

#define RAW(s) (memcpy(o, s, sizeof(s) - 1), o += sizeof(s) - 1)

static void union_by_hand(void *data) {
    request_hand *h = data;
    const world *w = h->world;
    const gyr__leaves *l = h->leaf;
    uint8_t *o = h->buffer;
    RAW("{\"data\":{\"things\":[");
    for (uint32_t i = 0; i < w->thing_count; i++) {
        const thing *t = w->things[i];
        if (i) *o++ = ',';
        switch (t->tag) {
        case 0: RAW("{\"__typename\":\"A\",\"id\":"); break;
        case 1: RAW("{\"__typename\":\"B\",\"id\":"); break;
        case 2: RAW("{\"__typename\":\"C\",\"id\":"); break;
        default: RAW("{\"__typename\":\"D\",\"id\":");
        }
        o = l->id_i64(o, t->id);
        RAW(",\"name\":");
        o = l->str(o, t->name.ptr, t->name.len);
        RAW(",\"a\":");
        o[-3] = (uint8_t)("abcd"[t->tag]);
        o = l->i32(o, t->size);
        *o++ = '}';
    }
    RAW("]}}");
    h->len = (size_t)(o - h->buffer);
}

static void nulls_by_hand(void *data) {
    request_hand *h = data;
    const world *w = h->world;
    const gyr__leaves *l = h->leaf;
    uint8_t *o = h->buffer;
    RAW("{\"data\":{\"sparses\":[");
    for (uint32_t i = 0; i < w->sparse_count; i++) {
        const sparse *s = w->sparses[i];
        if (i) *o++ = ',';
        if (!s) {
            RAW("null");
            continue;
        }
        RAW("{\"id\":");
        o = l->id_i64(o, s->id);
        RAW(",\"name\":");
        if (s->name.ptr)
            o = l->str(o, s->name.ptr, s->name.len);
        else
            RAW("null");
        RAW(",\"note\":");
        if (s->note.ptr)
            o = l->str(o, s->note.ptr, s->note.len);
        else
            RAW("null");
        RAW(",\"next\":");
        if (s->next) {
            RAW("{\"id\":");
            o = l->id_i64(o, s->next->id);
            *o++ = '}';
        } else {
            RAW("null");
        }
        *o++ = '}';
    }
    RAW("]}}");
    h->len = (size_t)(o - h->buffer);
}

static void texts_by_hand(void *data) {
    request_hand *h = data;
    const world *w = h->world;
    uint8_t *o = h->buffer;
    RAW("{\"data\":{\"pages\":[");
    for (uint32_t i = 0; i < w->page_count; i++) {
        gyr_str t = w->pages[i].text;
        if (i) *o++ = ',';
        RAW("{\"text\":");
        o = h->leaf->str(o, t.ptr, t.len);
        *o++ = '}';
    }
    RAW("]}}");
    h->len = (size_t)(o - h->buffer);
}

/* ---- the table */

static const request_workload workloads[] = {
    {"union",
     "{ things { __typename ... on A { id name a } ... on B { id name b } ... on C { id name c } ... on D "
     "{ id name d } } }",
     union_by_hand, 4 * OBJECTS + 1, OBJECTS},
    {"nulls", "{ sparses { id name note next { id } } }", nulls_by_hand, 4 * (OBJECTS * 2 / 3) + OBJECTS / 3 + 1,
     OBJECTS},
    {"texts", "{ pages { text } }", texts_by_hand, TEXTS + 1, TEXTS}};

int main(void) {
    bench b;
    world w = make_world();
    request_table(&b, "shapes");
    request_workloads(&b, workloads, sizeof workloads / sizeof *workloads, gyr_str_of(sdl, sizeof sdl - 1), bindings,
                      &w, NULL);
    return bench_fini(&b);
}
