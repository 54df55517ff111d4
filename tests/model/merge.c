/* Incremental delivery as a client sees it: payloads are merged into the data of the first, and the protocol is held: an id
 * is announced once, before it is used, and completed once; what it is announced for is there by then; hasNext is right;
 * nothing comes behind the end.
 *
 * When nothing fails the result is the response without incremental delivery but for the order of members. When something
 * does, null spreads less far (a failed fragment stays away, a failed list ends), but no further; and what is missing
 * was announced and completed with errors.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "merge.h"

#include "base/limits.h"
#include "json/read.h"

enum { MAX_DELIVERIES = 20000 };

typedef struct announced {
    const gyr__json *path;
    bool done, failed;
} announced;

typedef struct merging {
    gyr__arena arena;
    gyr_limits limits;
    const mwanted *want;
    mtext *why;
    mseen *seen;
    announced *ids;
    uint32_t id_count, open;
    gyr__json *data;
    const gyr__json **errors;
    uint32_t error_count;
    struct {
        gyr_str key; /* ptr NULL: an index */
        uint32_t index;
    } path[MAX_PATH];
    uint32_t depth;
} merging;

static void wrong(merging *m, const char *what) { put(m->why, "merging: %s\n", what); }

static gyr__json *read_json(merging *m, const char *text, size_t len) {
    gyr_errors errors;
    gyr_allocator allocator = gyr__allocator_default();
    gyr__errors_init(&errors, &allocator, 1);
    gyr__json *j = gyr__json_read(&m->arena, gyr_str_of(text, len), &m->limits, GYR__JSON_UNIQUE, &errors);
    if (!j) wrong(m, "a payload is no JSON, or has a key twice");
    gyr__errors_fini(&errors);
    return j;
}

static const gyr__json *get(const gyr__json *j, const char *name) {
    return j ? gyr__json_get(j, gyr_str_of(name, strlen(name))) : NULL;
}

static bool same_text(gyr_str a, gyr_str b) { return a.len == b.len && (!a.len || memcmp(a.ptr, b.ptr, a.len) == 0); }

/* Members in any order. */
static bool equal(const gyr__json *a, const gyr__json *b) {
    if (!a || !b || a->kind != b->kind || a->count != b->count) return false;
    if (a->kind == GYR__JSON_BOOL) return a->boolean == b->boolean;
    if (a->kind == GYR__JSON_ARRAY) {
        for (uint32_t i = 0; i < a->count; i++)
            if (!equal(&a->items[i], &b->items[i])) return false;
        return true;
    }
    if (a->kind != GYR__JSON_OBJECT) return a->kind == GYR__JSON_NULL || same_text(a->text, b->text);
    for (uint32_t i = 0; i < a->count; i++)
        if (!equal(&a->members[i].value, gyr__json_get(b, a->members[i].name))) return false;
    return true;
}

/* ---- payloads */

static uint32_t length(const gyr__json *list) { return list ? list->count : 0; }

static announced *announced_as(merging *m, const gyr__json *of) {
    const gyr__json *id = get(of, "id");
    uint32_t i = id && id->kind == GYR__JSON_STRING ? (uint32_t)strtoul(id->text.ptr, NULL, 10) : UINT32_MAX;
    if (i < m->id_count && !m->ids[i].done) return &m->ids[i];
    wrong(m, "an id is not announced, or was completed");
    return NULL;
}

static gyr__json *walk(gyr__json *at, const gyr__json *path) {
    for (uint32_t i = 0; at && path && i < path->count; i++) {
        const gyr__json *step = &path->items[i];
        if (step->kind == GYR__JSON_STRING)
            at = (gyr__json *)(uintptr_t)gyr__json_get(at, step->text);
        else
            at = at->kind == GYR__JSON_ARRAY && step->integer < at->count ? &at->items[step->integer] : NULL;
    }
    return at;
}

static void take_errors(merging *m, const gyr__json *list) {
    m->errors = realloc(m->errors, (m->error_count + length(list) + 1) * sizeof *m->errors);
    if (!m->errors) abort();
    for (uint32_t i = 0; i < length(list); i++) m->errors[m->error_count++] = &list->items[i];
    if (list && !list->count) wrong(m, "a list of no errors");
}

static void take_pending(merging *m, const gyr__json *list) {
    if (list && !list->count) wrong(m, "an empty list of pending");
    for (uint32_t i = 0; i < length(list); i++) {
        const gyr__json *id = get(&list->items[i], "id"), *path = get(&list->items[i], "path");
        char next[16];
        snprintf(next, sizeof next, "%u", m->id_count);
        if (m->id_count == MAX_DELIVERIES || !id || !same_text(id->text, gyr_str_of(next, strlen(next)))) {
            wrong(m, "an id is not the next");
            return;
        }
        if (!path || path->kind != GYR__JSON_ARRAY) {
            wrong(m, "no path");
            return;
        }
        m->ids[m->id_count++] = (announced){.path = path};
        m->open++;
        m->seen->deliveries++;
    }
}

/* What the payload announced may be of its own entries. */
static void check_places(merging *m, uint32_t from) {
    for (uint32_t i = from; i < m->id_count; i++) {
        const gyr__json *at = walk(m->data, m->ids[i].path);
        if (!at || (at->kind != GYR__JSON_OBJECT && at->kind != GYR__JSON_ARRAY)) wrong(m, "nothing is at a path");
    }
}

static void append(merging *m, gyr__json *list, const gyr__json *items) {
    if (list->kind != GYR__JSON_ARRAY) { /* without an item where the first one failed when the entry had left */
        wrong(m, "items for no list");
        return;
    }
    gyr__json *all = gyr__new_array(&m->arena, gyr__json, list->count + items->count);
    if (!all) abort();
    if (list->count) memcpy(all, list->items, list->count * sizeof *all);
    memcpy(all + list->count, items->items, items->count * sizeof *all);
    list->items = all;
    list->count += items->count;
    m->seen->items++;
}

/* No member may be there before: a field is delivered once. */
static void add_members(merging *m, gyr__json *to, const gyr__json *data) {
    if (to->kind != GYR__JSON_OBJECT || data->kind != GYR__JSON_OBJECT) {
        wrong(m, "data for no object, or none");
        return;
    }
    gyr__json_member *all = gyr__new_array(&m->arena, gyr__json_member, to->count + data->count);
    if (!all) abort();
    if (to->count) memcpy(all, to->members, to->count * sizeof *all);
    for (uint32_t i = 0; i < data->count; i++) {
        if (gyr__json_get(to, data->members[i].name)) wrong(m, "a field is delivered twice");
        all[to->count + i] = data->members[i];
    }
    to->members = all;
    to->count += data->count;
}

static void take_entry(merging *m, const gyr__json *entry) {
    const announced *a = announced_as(m, entry);
    gyr__json *at = a ? walk(walk(m->data, a->path), get(entry, "subPath")) : NULL;
    const gyr__json *items = get(entry, "items"), *data = get(entry, "data");
    if (!at || !items == !data) {
        wrong(m, "an entry is for nothing");
        return;
    }
    m->seen->subpaths += get(entry, "subPath") != NULL;
    if (items)
        append(m, at, items);
    else
        add_members(m, at, data);
    take_errors(m, get(entry, "errors"));
}

static void take_completed(merging *m, const gyr__json *of) {
    announced *a = announced_as(m, of);
    if (!a) return;
    a->done = true;
    a->failed = get(of, "errors") != NULL;
    m->open--;
    m->seen->failed += a->failed;
    take_errors(m, get(of, "errors"));
}

static void take_payload(merging *m, gyr__json *p, bool first, bool last) {
    const gyr__json *next = get(p, "hasNext"), *incremental = get(p, "incremental"), *completed = get(p, "completed");
    if (first) m->data = (gyr__json *)(uintptr_t)get(p, "data");
    if (!m->data) wrong(m, "no data");
    if (first) take_errors(m, get(p, "errors"));
    if (!first && !length(incremental) && !length(completed)) wrong(m, "a payload that says nothing");
    if (first && (incremental || completed)) wrong(m, "the first payload has more than it may");
    uint32_t known = m->id_count;
    take_pending(m, get(p, "pending"));
    for (uint32_t i = 0; i < length(incremental); i++) take_entry(m, &incremental->items[i]);
    for (uint32_t i = 0; i < length(completed); i++) take_completed(m, &completed->items[i]);
    check_places(m, known);
    bool alone = first && last; /* a response as ever */
    if (alone != !next || (next && next->boolean == last)) wrong(m, "hasNext is wrong");
    if (!m->open != last) wrong(m, last ? "something is never completed" : "nothing is open, but there are payloads");
}

/* ---- comparing */

/* What is missing here was announced, or within what was, and failed. */
static bool lost(const merging *m) {
    for (uint32_t i = 0; i < m->id_count; i++) {
        const gyr__json *path = m->ids[i].path;
        bool within = m->ids[i].failed && path->count <= m->depth;
        for (uint32_t k = 0; within && k < path->count; k++)
            within = m->path[k].key.ptr
                         ? path->items[k].kind == GYR__JSON_STRING && same_text(path->items[k].text, m->path[k].key)
                         : path->items[k].kind == GYR__JSON_INT && path->items[k].integer == m->path[k].index;
        if (within) return true;
    }
    return false;
}

/* plain NULL: null stands above it. */
static void compare(merging *m, const gyr__json *got, const gyr__json *whole, const gyr__json *plain) {
    if (plain && plain->kind == GYR__JSON_NULL) plain = NULL;
    if (got->kind == GYR__JSON_NULL) {
        if (plain && whole->kind != GYR__JSON_NULL) wrong(m, "null where there is a value");
        return;
    }
    if (got->kind != whole->kind) {
        wrong(m, "another kind of value");
        return;
    }
    if (m->depth == MAX_PATH) abort();
    if (got->kind == GYR__JSON_OBJECT) {
        for (uint32_t i = 0; i < got->count; i++)
            if (!gyr__json_get(whole, got->members[i].name)) wrong(m, "a member that nobody selected");
        for (uint32_t i = 0; i < whole->count; i++) {
            gyr_str key = whole->members[i].name;
            const gyr__json *member = gyr__json_get(got, key);
            if (!member && !lost(m)) wrong(m, "a member is missing");
            if (!member) continue;
            m->path[m->depth].index = 0;
            m->path[m->depth++].key = key;
            compare(m, member, &whole->members[i].value, plain ? gyr__json_get(plain, key) : NULL);
            m->depth--;
        }
    } else if (got->kind == GYR__JSON_ARRAY) {
        if (got->count > whole->count || (got->count < whole->count && !lost(m))) wrong(m, "another number of items");
        for (uint32_t i = 0; i < got->count && i < whole->count; i++) {
            m->path[m->depth].key.ptr = NULL;
            m->path[m->depth++].index = i;
            compare(m, &got->items[i], &whole->items[i], plain && i < plain->count ? &plain->items[i] : NULL);
            m->depth--;
        }
    } else if (!equal(got, whole)) {
        wrong(m, "another value");
    }
}

/* A deferred fragment's fields are collected as often as it is spread: so are their locations. */
static bool same_error(const gyr__json *a, const gyr__json *b) {
    return equal(get(a, "message"), get(b, "message")) && equal(get(a, "path"), get(b, "path"));
}

static void compare_errors(merging *m, const gyr__json *all) {
    for (uint32_t i = 0; i < m->error_count; i++) {
        uint32_t k = 0;
        while (k < all->count && !same_error(m->errors[i], &all->items[k])) k++;
        if (k == all->count) wrong(m, "an error that does not arise");
    }
    if (m->want->exact ? m->error_count != all->count : !m->error_count != !m->want->plain->error_count)
        wrong(m, "another number of errors");
}

void model_merge(const mtext *payloads, const mwanted *want, mseen *seen, mtext *why) {
    merging m = {.want = want, .why = why, .seen = seen};
    mtext errors = {0};
    gyr__arena_init(&m.arena, NULL, 0);
    gyr__limits_resolve(&m.limits, &(gyr_limits){.size = sizeof m.limits, .json_bytes = GYR_UNLIMITED});
    if (!(m.ids = calloc(MAX_DELIVERIES, sizeof *m.ids))) abort();
    const char *at = payloads->ptr, *end = at + payloads->len;
    for (bool first = true; at && at < end && !why->len; first = false) {
        const char *line = memchr(at, '\n', (size_t)(end - at));
        gyr__json *p = line ? read_json(&m, at, (size_t)(line - at)) : NULL;
        if (!line) wrong(&m, "a payload has no end");
        if (p) take_payload(&m, p, first, line + 1 == end);
        at = line + 1;
        seen->payloads++;
    }
    put(&errors, "[");
    put_bytes(&errors, want->whole->errors.ptr, want->whole->errors.len);
    put(&errors, "]");
    const gyr__json *all = read_json(&m, errors.ptr, errors.len);
    const gyr__json *whole = read_json(&m, want->whole->data.ptr, want->whole->data.len);
    const gyr__json *plain = read_json(&m, want->plain->data.ptr, want->plain->data.len);
    if (m.data && !want->cut && !why->len) {
        compare(&m, m.data, whole, want->exact ? whole : plain);
        if (want->exact && !equal(m.data, whole)) wrong(&m, "not all has come");
        compare_errors(&m, all);
    }
    gyr__arena_fini(&m.arena);
    free(errors.ptr);
    free(m.errors);
    free(m.ids);
}
