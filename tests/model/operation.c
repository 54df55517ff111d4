/* Random operations over a case's schema: fields with aliases and arguments, fragments, conditions.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "model.h"

static mset *random_set(mcase *c, mrng *r, const mtype *type, uint32_t depth);

static mcondition random_condition(mrng *r) {
    mcondition k = {.what = chance(r, 80) ? 2 : 1, .include = chance(r, 50), .variable = below(r, CONDITIONS)};
    k.literal = chance(r, 70) == k.include;
    return k;
}

static const mtype *overlapping(mcase *c, mrng *r, const mtype *type) {
    for (;;) {
        const mtype *t = &c->types[below(r, c->type_count)];
        if (m_overlap(t, type)) return t;
    }
}

static bool random_field(mcase *c, mrng *r, mnode *n, const mtype *type, uint32_t depth) {
    if (!type->field_count) return false;
    const mfield *f = n->field = &type->fields[below(r, type->field_count)];
    if (f->type.type && depth == 0) return false;
    n->arg = f->has_arg ? (int)below(r, 5) - 1 : -1;
    const char *prefix[] = {chance(r, 20) ? "z" : "", "x0", "x1", "x2", "xv"};
    snprintf(n->key, sizeof n->key, "%s%s", prefix[n->arg + 1], f->name);
    if (f->type.type) n->sub = random_set(c, r, f->type.type, depth - 1);
    return true;
}

static bool random_spread(mcase *c, mrng *r, mnode *n, const mtype *type, uint32_t depth) {
    if (c->fragment_count && chance(r, 60)) {
        mfragment *f = &c->fragments[below(r, c->fragment_count)];
        n->fragment = f;
        return f->finished && m_overlap(f->on, type);
    }
    if (c->fragment_count == MAX_FRAGMENTS) return false;
    mfragment *f = n->fragment = &c->fragments[c->fragment_count];
    snprintf(f->name, sizeof f->name, "F%u", c->fragment_count++);
    f->on = overlapping(c, r, type);
    f->set = random_set(c, r, f->on, depth);
    return f->finished = true;
}

static bool random_node(mcase *c, mrng *r, mnode *n, const mtype *type, uint32_t depth) {
    uint32_t k = below(r, 100);
    n->kind = k < 62 ? M_FIELD : k < 68 ? M_TYPENAME : k < 84 ? M_INLINE : M_SPREAD;
    for (int i = 0; i < 2; i++)
        if (chance(r, i ? 5 : 20)) n->conditions[i] = random_condition(r);
    if (n->conditions[0].what && n->conditions[1].what) n->conditions[1].include = !n->conditions[0].include;
    if (c->incremental && chance(r, 40)) {
        n->is_later = true;
        if (chance(r, 30)) n->later = random_condition(r);
    }
    switch (n->kind) {
    case M_FIELD: return random_field(c, r, n, type, depth);
    case M_TYPENAME: snprintf(n->key, sizeof n->key, "__typename"); return true;
    case M_INLINE:
        n->on = chance(r, 80) ? overlapping(c, r, type) : NULL;
        n->sub = random_set(c, r, n->on ? n->on : type, depth ? depth - 1 : 0);
        return true;
    default: return random_spread(c, r, n, type, depth ? depth - 1 : 0);
    }
}

static mset *random_set(mcase *c, mrng *r, const mtype *type, uint32_t depth) {
    mset *s = m_alloc(c, sizeof *s);
    s->type = type;
    for (uint32_t i = 0, n = 1 + below(r, 5); i < n && c->node_budget; i++) {
        mnode *node = m_alloc(c, sizeof *node);
        c->node_budget--;
        if (!random_node(c, r, node, type, depth)) continue;
        if (s->last)
            s->last->next = node;
        else
            s->first = node;
        s->last = node;
    }
    return s;
}

void model_make_operation(mcase *c, mrng *r) {
    c->node_budget = 10 + below(r, 50);
    c->operation = random_set(c, r, &c->types[0], 2 + below(r, 5) + c->deeper);
    for (int i = 0; i < CONDITIONS; i++) c->values[i] = chance(r, 50);
    c->x = (int)below(r, 3);
    model_print_operation(c);
}

/* ---- printing */

typedef struct printer {
    mcase *c;
    mtext out;
    uint32_t line, labels;
    size_t line_start;
} printer;

static void newline(printer *p) {
    put(&p->out, "\n");
    p->line++;
    p->line_start = p->out.len;
}

static void print_set(printer *p, const mset *s);

static void print_condition(printer *p, const mcondition *k) {
    if (!k->what) return;
    put(&p->out, " @%s(if: ", k->include ? "include" : "skip");
    if (k->what == 1)
        put(&p->out, "%s)", k->literal ? "true" : "false");
    else
        put(&p->out, "$c%u)", k->variable), p->c->uses_variable[k->variable] = true;
}

static uint32_t count_key(const mset *s, const char *key) {
    uint32_t count = 0;
    for (const mnode *n = s ? s->first : NULL; n; n = n->next)
        count += (n->kind == M_FIELD && strcmp(n->key, key) == 0) + (n->kind != M_SPREAD ? count_key(n->sub, key) : 0);
    return count;
}

/* Two fields with @stream must not be merged: it stands at keys that occur once. */
static bool may_stream(const mcase *c, const mnode *n) {
    uint32_t count = count_key(c->operation, n->key);
    for (uint32_t i = 0; i < c->fragment_count; i++) count += count_key(c->fragments[i].set, n->key);
    return count == 1 && n->field->type.depth;
}

static void print_later(printer *p, const mnode *n, const mtype *type) {
    bool stream = n->kind == M_FIELD;
    if (!n->is_later || (p->c->mutation && (type == &p->c->types[0] || (n->on ? n->on : type) == &p->c->types[0])) ||
        n->kind == M_TYPENAME || (stream && !may_stream(p->c, n)))
        return;
    put(&p->out, stream ? " @stream(initialCount: %u" : " @defer(label: \"L%u\"",
        stream ? ((uint32_t)(unsigned char)n->key[1] + (uint32_t)n->arg) % 3 : p->labels++);
    if (n->later.what == 1) put(&p->out, ", if: %s", n->later.literal ? "true" : "false");
    if (n->later.what == 2)
        put(&p->out, ", if: $c%u", n->later.variable), p->c->uses_variable[n->later.variable] = true;
    put(&p->out, ")");
}

static void print_node(printer *p, mnode *n, const mtype *type) {
    n->line = p->line;
    n->column = (uint32_t)(p->out.len - p->line_start) + 1;
    switch (n->kind) {
    case M_TYPENAME: put(&p->out, "__typename"); break;
    case M_INLINE: put(&p->out, n->on ? "... on %s" : "...", n->on ? n->on->name : ""); break;
    case M_SPREAD:
        n->fragment->reached = true;
        put(&p->out, "...%s", n->fragment->name);
        break;
    case M_FIELD:
        if (strcmp(n->key, n->field->name) != 0) put(&p->out, "%s: ", n->key);
        put(&p->out, "%s", n->field->name);
        if (n->arg == 3)
            put(&p->out, "(x: $x)"), p->c->uses_x = true;
        else if (n->arg >= 0)
            put(&p->out, "(x: %d)", n->arg);
    }
    for (int i = 0; i < 2; i++) print_condition(p, &n->conditions[i]);
    print_later(p, n, type);
    if (n->sub) print_set(p, n->sub);
}

static void print_set(printer *p, const mset *s) {
    bool empty = true;
    put(&p->out, " {");
    for (mnode *n = s->first; n; n = n->next) {
        if (n->dead) continue;
        empty = false;
        put(&p->out, " ");
        print_node(p, n, s->type);
        if ((uintptr_t)n->column % 7 == 0) newline(p);
    }
    put(&p->out, empty ? " __typename }" : " }");
}

/* The variables stand behind the operation's name, but are known only at the end: they get a line of their
 * own. */
void model_print_operation(mcase *c) {
    printer p = {.c = c, .line = 2};
    c->text.len = c->variables.len = 0;
    memset(c->uses_variable, 0, sizeof c->uses_variable);
    c->uses_x = false;
    for (uint32_t i = 0; i < c->fragment_count; i++) c->fragments[i].reached = false;
    print_set(&p, c->operation);
    bool printed[MAX_FRAGMENTS] = {false};
    for (bool more = true; more;) {
        more = false;
        for (uint32_t i = 0; i < c->fragment_count; i++) {
            mfragment *f = &c->fragments[i];
            if (!f->reached || printed[i]) continue;
            printed[i] = more = true;
            newline(&p);
            put(&p.out, "fragment %s on %s", f->name, f->on->name);
            print_set(&p, f->set);
        }
    }
    const char *comma = "(";
    put(&c->text, "%s", c->mutation ? "mutation M" : "query M");
    put(&c->variables, "{");
    for (int i = 0; i < CONDITIONS; i++)
        if (c->uses_variable[i]) {
            put(&c->text, "%s$c%d: Boolean!", comma, i);
            put(&c->variables, "%s\"c%d\":%s", *comma == '(' ? "" : ",", i, c->values[i] ? "true" : "false");
            comma = ", ";
        }
    if (c->uses_x) {
        put(&c->text, "%s$x: Int", comma);
        put(&c->variables, "%s\"x\":%d", *comma == '(' ? "" : ",", c->x);
        comma = ", ";
    }
    put(&c->text, "%s\n", *comma == '(' ? "" : ")");
    put(&c->variables, "}");
    put_bytes(&c->text, p.out.ptr, p.out.len);
    free(p.out.ptr);
}
