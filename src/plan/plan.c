/* Plans and their variants: making, sharing, forgetting.
 *
 * A plan holds its document and schema. Its variants stand in a list, most recently looked up first, at most
 * MAX_VARIANTS of them beside those that are held: by running requests, and by the finished one whose memory is kept for
 * the next. That one asks gyr__variant_fits first, so that a plan that runs again and again takes no lock.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "plan/plan.h"
#include "type/build.h"

enum { MAX_VARIANTS = 16 };

void gyr__document_unref(gyr_document *d) {
    if (!d || atomic_fetch_sub_explicit(&d->refs, 1, memory_order_acq_rel) != 1) return;
    gyr_allocator al = d->allocator;
    gyr__arena_fini(&d->arena);
    gyr__heap_free(&al, d, sizeof *d);
}

/* ---- the operation: its conditions, its introspection */

static const gyr__ast_operation_definition *get_operation(const gyr_document *d, gyr_str name, gyr_errors *errors) {
    const gyr__ast_operation_definition *found = NULL;
    for (uint32_t i = 0; i < d->ast->definitions.count; i++) {
        gyr__node *n = d->ast->definitions.items[i];
        if (n->kind != GYR__AST_OPERATION_DEFINITION) continue;
        const gyr__ast_operation_definition *op = gyr__ast_as(operation_definition, n);
        if (name.len ? !gyr__str_eq(op->name, name) : false) continue;
        if (found && !name.len) {
            gyr__errors_add(errors, GYR_ERR_VALIDATION,
                            "Must provide operation name if query contains multiple operations.");
            return NULL;
        }
        found = op;
        if (name.len) break;
    }
    if (!found && name.len) {
        gyr_str shown = gyr__shown(errors, name);
        gyr__errors_add(errors, GYR_ERR_VALIDATION, "Unknown operation named \"%.*s\".", (int)shown.len, shown.ptr);
    } else if (!found) {
        gyr__errors_add(errors, GYR_ERR_VALIDATION, "Must provide an operation.");
    }
    return found;
}

static void add_conditions(gyr_plan *p, const gyr__ast_directive_list *directives, uint8_t *seen) {
    for (uint32_t i = 0; i < directives->count; i++) {
        const gyr__ast_directive *d = directives->items[i];
        bool later = gyr__str_is(d->name, "defer") || gyr__str_is(d->name, "stream");
        if (!later && !gyr__str_is(d->name, "skip") && !gyr__str_is(d->name, "include")) continue;
        p->incremental |= later;
        for (uint32_t k = 0; k < d->arguments.count; k++) {
            if (!gyr__str_is(d->arguments.items[k]->name, "if")) continue;
            if (d->arguments.items[k]->value->kind != GYR__AST_VARIABLE) continue;
            gyr_str name = gyr__ast_as(variable, d->arguments.items[k]->value)->name;
            for (uint32_t v = 0; v < p->operation->variable_definitions.count; v++)
                if (gyr__str_eq(p->operation->variable_definitions.items[v]->variable.name, name) && !seen[v]) {
                    seen[v] = 1;
                    p->conditions[p->condition_count++] = v;
                }
        }
    }
}

typedef struct reader { /* of the operation's selections */
    gyr_plan *plan;
    uint8_t *seen;    /* variables that are conditions already */
    gyr__map visited; /* fragments, by name */
    GYR__VEC(const gyr__ast_fragment_definition *) fragments;
} reader;

static void reach_fragment(reader *r, gyr_str name) {
    bool added;
    const gyr__ast_fragment_definition *f = gyr__map_get(&r->plan->document->fragments, name);
    if (!f || !gyr__map_put(&r->plan->arena, &r->visited, name, &added) || !added) return;
    const gyr__ast_fragment_definition **slot = gyr__vec_push(&r->plan->arena, &r->fragments);
    if (slot) *slot = f;
}

/* Recursion: the parser bounds nesting; fragments are read one after another. */
static void read_selections(reader *r, const gyr__ast_selection_set *set) {
    for (uint32_t i = 0; i < set->selections.count; i++) {
        gyr__node *n = set->selections.items[i];
        if (n->kind == GYR__AST_FIELD) {
            const gyr__ast_field *f = gyr__ast_as(field, n);
            if (gyr__str_is(f->name, "__schema") || gyr__str_is(f->name, "__type")) {
                const gyr__ast_field **slot = gyr__vec_push(&r->plan->arena, &r->plan->introspection);
                if (slot) *slot = f;
            }
            add_conditions(r->plan, &f->directives, r->seen);
            read_selections(r, &f->selection_set);
        } else if (n->kind == GYR__AST_INLINE_FRAGMENT) {
            add_conditions(r->plan, &gyr__ast_as(inline_fragment, n)->directives, r->seen);
            read_selections(r, &gyr__ast_as(inline_fragment, n)->selection_set);
        } else {
            add_conditions(r->plan, &gyr__ast_as(fragment_spread, n)->directives, r->seen);
            reach_fragment(r, gyr__ast_as(fragment_spread, n)->name);
        }
    }
}

/* False: memory. */
static bool read_operation(gyr_plan *p) {
    uint32_t count = p->operation->variable_definitions.count;
    reader r = {.plan = p, .seen = gyr__arena_zalloc(&p->arena, (size_t)count + 1)};
    p->conditions = gyr__new_array(&p->arena, uint32_t, count);
    if (!r.seen || !p->conditions) return false;
    read_selections(&r, &p->operation->selection_set);
    for (uint32_t i = 0; i < r.fragments.len; i++) read_selections(&r, &r.fragments.items[i]->selection_set);
    return !p->arena.failed;
}

/* ---- plans */

gyr_plan *gyr__plan_new(gyr_schema *schema, gyr_document *document, gyr_str operation_name, gyr_errors *errors) {
    const gyr__ast_operation_definition *operation = get_operation(document, operation_name, errors);
    if (!operation) return NULL;
    if (!schema->roots[operation->operation]) {
        gyr_str word = gyr__operation_type_name(operation->operation);
        gyr__errors_add(errors, GYR_ERR_VALIDATION, "Schema is not configured to execute %.*s operation.",
                        (int)word.len, word.ptr);
        return NULL;
    }
    gyr_plan *p = gyr__heap_alloc(&schema->allocator, sizeof *p);
    if (!p) {
        errors->failed = true;
        return NULL;
    }
    memset(p, 0, sizeof *p);
    atomic_init(&p->refs, 1);
    gyr__arena_init(&p->arena, &schema->allocator, 0);
    pthread_mutex_init(&p->lock, NULL);
    p->operation = operation;
    p->schema = schema;
    p->document = document;
    atomic_fetch_add_explicit(&schema->refs, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&document->refs, 1, memory_order_relaxed);
    if (!read_operation(p)) {
        errors->failed = true;
        gyr__plan_unref(p);
        return NULL;
    }
    return p;
}

static void variant_free(gyr__variant *v) {
    gyr_allocator al = v->plan->schema->allocator;
    if (v->native_free) v->native_free(v);
    if (v->host_free) v->host_free(v);
    pthread_mutex_destroy(&v->lock);
    gyr__arena_fini(&v->arena);
    gyr__heap_free(&al, v->conditions, v->plan->condition_count + 1);
    gyr__heap_free(&al, v, sizeof *v);
}

void gyr__plan_unref(gyr_plan *p) {
    if (!p || atomic_fetch_sub_explicit(&p->refs, 1, memory_order_acq_rel) != 1) return;
    gyr_schema *schema = p->schema;
    gyr_allocator al = schema->allocator;
    struct gyr_exec *spare = atomic_load(&p->spare);
    if (spare) p->spare_free(spare);
    for (gyr__variant *v = p->variants, *next; v; v = next) {
        next = v->next;
        variant_free(v);
    }
    gyr__document_unref(p->document);
    pthread_mutex_destroy(&p->lock);
    gyr__arena_fini(&p->arena);
    gyr__heap_free(&al, p, sizeof *p);
    gyr__schema_unref(schema);
}

/* ---- variants */

static uint8_t condition(const gyr_plan *p, const gyr__variables *vars, uint32_t i) {
    uint32_t v = p->conditions[i];
    bool known = vars && vars->present[v] && vars->values[v].kind == GYR_VALUE_BOOL;
    return !known ? GYR__COND_ERROR : vars->values[v].of.boolean ? GYR__COND_TRUE : GYR__COND_FALSE;
}

static gyr__variant *variant_new(gyr_plan *p, const uint8_t *conditions, unsigned mode) {
    const gyr_allocator *al = &p->schema->allocator;
    gyr__variant *v = gyr__heap_alloc(al, sizeof *v);
    if (!v) return NULL;
    memset(v, 0, sizeof *v);
    v->plan = p;
    v->mode = mode;
    gyr__arena_init(&v->arena, al, 0);
    pthread_mutex_init(&v->lock, NULL);
    v->conditions = gyr__heap_alloc(al, p->condition_count + 1);
    if (v->conditions) {
        if (p->condition_count) memcpy(v->conditions, conditions, p->condition_count);
        const gyr__type *root = p->schema->roots[p->operation->operation];
        v->root = gyr__selection_new(v, root, NULL, NULL, 0);
        bool host = mode & GYR__MODE_HOST; /* its shapes are made when they are needed */
        gyr__shape *shape = v->root && !host ? gyr__shape_new(v, v->root, root, true) : NULL;
        v->program = shape ? shape->program : NULL;
        v->fetches = v->root && v->root->fetch;
        if ((host ? v->root != NULL : v->program != NULL) && !v->arena.failed) return v;
    }
    variant_free(v);
    return NULL;
}

static bool is_broken(const gyr__variant *v) { return atomic_load_explicit(&v->broken, memory_order_relaxed); }

/* The list keeps MAX_VARIANTS, more only while requests run them: broken and the least recently used idle ones go. Lock
 * held; the caller frees them when it is not, since a host may run code of its own. */
static gyr__variant *forget_old(gyr_plan *p) {
    for (gyr__variant *dead = NULL;;) {
        gyr__variant **oldest = NULL;
        for (gyr__variant **at = &p->variants; *at; at = &(*at)->next)
            if (!(*at)->refs && (p->variant_count > MAX_VARIANTS || is_broken(*at))) oldest = at;
        if (!oldest) return dead;
        gyr__variant *v = *oldest;
        *oldest = v->next;
        p->variant_count--;
        v->next = dead;
        dead = v;
    }
}

static gyr__variant *find_variant(gyr_plan *p, const uint8_t *conditions, unsigned mode) {
    for (gyr__variant **at = &p->variants, *v; (v = *at); at = &v->next)
        if (!is_broken(v) && v->mode == mode &&
            (!p->condition_count || memcmp(v->conditions, conditions, p->condition_count) == 0)) {
            *at = v->next; /* to the front */
            v->next = p->variants;
            return p->variants = v;
        }
    return NULL;
}

gyr__variant *gyr__variant_of(gyr_plan *p, const uint8_t *conditions, unsigned mode) {
    pthread_mutex_lock(&p->lock);
    gyr__variant *v = find_variant(p, conditions, mode);
    if (!v && (v = variant_new(p, conditions, mode))) {
        v->next = p->variants;
        p->variants = v;
        p->variant_count++;
    }
    if (v) v->refs++;
    gyr__variant *dead = forget_old(p);
    pthread_mutex_unlock(&p->lock);
    for (gyr__variant *next; dead; dead = next) {
        next = dead->next;
        variant_free(dead);
    }
    return v;
}

gyr__variant *gyr__variant_get(gyr_plan *p, const gyr__variables *vars, unsigned mode, gyr_errors *errors) {
    uint8_t few[32] = {0}, *conditions = few;
    const gyr_allocator *al = &p->schema->allocator;
    if (p->condition_count > sizeof few) conditions = gyr__heap_alloc(al, p->condition_count);
    gyr__variant *v = NULL;
    if (conditions) {
        for (uint32_t i = 0; i < p->condition_count; i++) conditions[i] = condition(p, vars, i);
        v = gyr__variant_of(p, conditions, mode);
    }
    if (conditions != few) gyr__heap_free(al, conditions, p->condition_count);
    if (!v && errors) errors->failed = true;
    return v;
}

bool gyr__variant_is(const gyr__variant *v, const uint8_t *conditions, unsigned mode) {
    if (v->mode != mode || is_broken(v)) return false;
    return !v->plan->condition_count || memcmp(v->conditions, conditions, v->plan->condition_count) == 0;
}

bool gyr__variant_fits(const gyr__variant *v, const gyr__variables *vars, unsigned mode) {
    if (v->mode != mode || is_broken(v)) return false;
    for (uint32_t i = 0; i < v->plan->condition_count; i++)
        if (v->conditions[i] != condition(v->plan, vars, i)) return false;
    return true;
}

void gyr__variant_release(gyr__variant *v) {
    gyr_plan *p = v->plan;
    pthread_mutex_lock(&p->lock);
    v->refs--;
    pthread_mutex_unlock(&p->lock);
}
