/* The reference: ExecuteSelectionSet, CollectFields and CompleteValue as the specification words them
 * (6.3, 6.4), depth first; an error is noted where it arises and what cannot be null passes it on (under NULL nothing does, under HALT
 * everything).
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "model.h"

/* ---- CollectFields */

typedef struct collecting {
    mcase *c;
    const mtype *object;
    mgroup *first, **end;
    bool visited[MAX_FRAGMENTS];
} collecting;

static bool included(const mcase *c, const mnode *n) {
    for (int i = 0; i < 2; i++) {
        const mcondition *k = &n->conditions[i];
        if (!k->what) continue;
        if ((k->what == 1 ? k->literal : c->values[k->variable]) != k->include) return false;
    }
    return true;
}

static mgroup *group_of(collecting *k, const char *key) {
    for (mgroup *g = k->first; g; g = g->next)
        if (strcmp(g->key, key) == 0) return g;
    mgroup *g = m_alloc(k->c, sizeof *g);
    g->key = key;
    *k->end = g;
    k->end = &g->next;
    return g;
}

static void collect(collecting *k, const mset *set) {
    bool empty = true;
    for (mnode *n = set->first; n; n = n->next) {
        if (n->dead) continue;
        empty = false;
        if (!included(k->c, n)) continue;
        if (n->kind == M_INLINE) {
            if (!n->on || (n->on->possible >> k->object->index & 1)) collect(k, n->sub);
            continue;
        }
        if (n->kind == M_SPREAD) {
            uint32_t at = (uint32_t)(n->fragment - k->c->fragments);
            if (k->visited[at]) continue;
            k->visited[at] = true;
            if (n->fragment->on->possible >> k->object->index & 1) collect(k, n->fragment->set);
            continue;
        }
        mgroup *g = group_of(k, n->key);
        if (n->kind == M_FIELD) {
            g->field = m_field(k->object, n->field->name);
            g->arg = n->arg;
        }
        if (g->node_count == sizeof g->nodes / sizeof g->nodes[0]) abort();
        g->nodes[g->node_count++] = n;
    }
    if (empty) group_of(k, "__typename");
}

mgroup *model_collect(mcase *c, mset *const *sets, uint32_t set_count, const mtype *object) {
    collecting k = {.c = c, .object = object};
    k.end = &k.first;
    for (uint32_t i = 0; i < set_count; i++) collect(&k, sets[i]);
    return k.first;
}

/* ---- execution */

typedef struct executing {
    mcase *c;
    mresponse *out;
    gyr_on_error on_error;
    struct {
        const char *key; /* NULL: an index */
        uint32_t index;
    } path[MAX_PATH];
    uint32_t depth;
} executing;

static void push(executing *e, const char *key, uint32_t index) {
    if (e->depth == MAX_PATH) abort();
    e->path[e->depth].key = key;
    e->path[e->depth++].index = index;
}

static void put_quoted(mtext *t, gyr_str s) {
    put(t, "\"");
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '"' || s.ptr[i] == '\\') put(t, "\\");
        put_bytes(t, &s.ptr[i], 1);
    }
    put(t, "\"");
}

static bool fail(executing *e, const mgroup *g, gyr_str message) {
    mtext *t = &e->out->errors;
    put(t, "%s{\"message\":", e->out->error_count++ ? "," : "");
    put_quoted(t, message);
    put(t, ",\"locations\":[");
    for (uint32_t i = 0; i < g->node_count; i++)
        put(t, "%s{\"line\":%u,\"column\":%u}", i ? "," : "", g->nodes[i]->line, g->nodes[i]->column);
    put(t, "],\"path\":[");
    for (uint32_t i = 0; i < e->depth; i++) {
        if (e->path[i].key)
            put(t, "%s\"%s\"", i ? "," : "", e->path[i].key);
        else
            put(t, "%s%u", i ? "," : "", e->path[i].index);
    }
    put(t, "]}");
    return false;
}

static bool fail_with(executing *e, const mgroup *g, const char *format, ...) __attribute__((format(printf, 3, 4)));
static bool fail_with(executing *e, const mgroup *g, const char *format, ...) {
    char text[256];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return fail(e, g, gyr_str_of(text, strlen(text)));
}

static bool object(executing *e, const mobject *o, mset *const *sets, uint32_t count);

static bool leaf(executing *e, const mgroup *g, mleaf kind, const mvalue *v) {
    mtext *t = &e->out->data;
    if (v->wrong) return fail_with(e, g, "%s", v->wrong);
    switch (kind) {
    case M_INT: put(t, "%d", (int)v->integer); break;
    case M_FLOAT: put(t, "%.15g", v->number); break;
    case M_BOOLEAN: put(t, "%s", v->integer ? "true" : "false"); break;
    case M_ID:
        if (!v->as_text) {
            put(t, "\"%lld\"", (long long)v->integer);
            break;
        } /* fall through */
    default: put_quoted(t, v->text);
    }
    return true;
}

static bool complete(executing *e, const mgroup *g, mref type, const mvalue *v);

static bool value(executing *e, const mgroup *g, mref type, const mvalue *v) {
    const mfield *f = g->field;
    mset *sets[64];
    if (v->kind == MV_ERROR) return fail(e, g, v->text);
    if (v->kind == MV_SILENT) return fail(e, g, gyr_s("The resolver returned without an answer."));
    if (type.depth) {
        put(&e->out->data, "[");
        for (uint32_t i = 0; i < v->count; i++) {
            if (i) put(&e->out->data, ",");
            push(e, NULL, i);
            bool ok = complete(e, g, m_item(type), &v->items[i]);
            e->depth--;
            if (!ok) return false;
        }
        put(&e->out->data, "]");
        return true;
    }
    if (!type.type) return leaf(e, g, type.leaf, v);
    if (v->object->bad)
        return fail_with(e, g, "Abstract type \"%s\" must resolve to an Object type at runtime for field \"%s.%s\".",
                         type.type->name, f->owner->name, f->name);
    for (uint32_t i = 0; i < g->node_count; i++) sets[i] = g->nodes[i]->sub;
    return object(e, v->object, sets, g->node_count);
}

/* False: an error was noted, and null has no place here. */
static bool complete(executing *e, const mgroup *g, mref type, const mvalue *v) {
    size_t start = e->out->data.len;
    bool ok = true;
    if (v->kind != MV_NULL) {
        if (value(e, g, type, v)) return true;
        ok = false;
    }
    if (m_non_null(type) && ok)
        ok = fail_with(e, g, "Cannot return null for non-nullable field %s.%s.", g->field->owner->name, g->field->name);
    if (!ok && e->on_error == GYR_ERROR_HALT) return false;
    if (!ok && e->on_error == GYR_ERROR_PROPAGATE && m_non_null(type)) return false;
    e->out->data.len = start;
    put(&e->out->data, "null");
    return true;
}

static bool object(executing *e, const mobject *o, mset *const *sets, uint32_t count) {
    const char *comma = "";
    put(&e->out->data, "{");
    for (mgroup *g = model_collect(e->c, sets, count, o->type); g; g = g->next) {
        put(&e->out->data, "%s\"%s\":", comma, g->key);
        comma = ",";
        if (!g->field) {
            put(&e->out->data, "\"%s\"", o->type->name);
            continue;
        }
        const mvalue *v = o->values[g->field->index][m_arg_slot(e->c, g->arg)];
        if (!v) abort();
        push(e, g->key, 0);
        bool ok = complete(e, g, g->field->type, v);
        e->depth--;
        if (!ok) return false;
    }
    put(&e->out->data, "}");
    return true;
}

/* Makes all values that an executor may ask for, also below what errors will cut off. */
static void make_values(mcase *c, mobject *o, mset *const *sets, uint32_t count);

static void make_below(mcase *c, const mgroup *g, mvalue *v, uint32_t depth) {
    mset *sets[64];
    if (v->kind == MV_LIST)
        for (uint32_t i = 0; i < v->count; i++) make_below(c, g, &v->items[i], depth + 1);
    if (v->kind != MV_OBJECT || v->object->bad) return;
    for (uint32_t i = 0; i < g->node_count; i++) sets[i] = g->nodes[i]->sub;
    make_values(c, v->object, sets, g->node_count);
}

static void make_values(mcase *c, mobject *o, mset *const *sets, uint32_t count) {
    for (mgroup *g = model_collect(c, sets, count, o->type); g; g = g->next)
        if (g->field) make_below(c, g, model_value(c, o, g->field, g->arg), 0);
}

void model_reference(mcase *c, gyr_on_error on_error, mresponse *out) {
    executing e = {.c = c, .out = out, .on_error = on_error};
    make_values(c, c->root, &c->operation, 1);
    if (object(&e, c->root, &c->operation, 1)) return;
    out->data.len = 0;
    put(&out->data, "null");
}

void mresponse_free(mresponse *r) {
    free(r->data.ptr);
    free(r->errors.ptr);
}
