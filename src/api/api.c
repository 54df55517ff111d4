/* The public functions over the layers: schemas, documents, plans. Execution's public functions stand with their subject
 * in exec (answer.c, batch.c, run.c).
 *
 * Every function that takes `gyr_errors **errors` works on a list of its own and hands it over when it failed.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "api/native.h"
#include "base/utf8.h"
#include "language/parse.h"
#include "language/print.h"
#include "plan/plan.h"
#include "type/build.h"
#include "type/print_schema.h"
#include "validation/validate.h"

#define STRING_OF(x)     #x
#define VERSION(a, b, c) STRING_OF(a) "." STRING_OF(b) "." STRING_OF(c)

const char *gyr_version(void) { return VERSION(GYR_VERSION_MAJOR, GYR_VERSION_MINOR, GYR_VERSION_PATCH); }

const char *gyr_status_text(gyr_status status) {
    static const char *const text[] = {"ok",
                                       "out of memory",
                                       "bad argument",
                                       "syntax error",
                                       "invalid schema",
                                       "invalid binding",
                                       "invalid document",
                                       "limit reached",
                                       "stale call",
                                       "cancelled"};
    return (unsigned)status < GYR__COUNT(text) ? text[status] : "unknown status";
}

/* ---- error lists */

/* Hands the list to the caller when something failed; frees it otherwise. */
static gyr_status hand_over(gyr_errors *list, gyr_status status, gyr_errors **errors) {
    if (errors) *errors = NULL;
    if (!list) return GYR_ERR_MEMORY;
    bool wanted = errors && status != GYR_OK && list->list.len;
    if (wanted)
        *errors = list;
    else
        gyr_errors_free(list);
    return status;
}

/* ---- buffers */

void gyr_buffer_free(gyr_buffer *b) {
    gyr_allocator libc = gyr__allocator_default();
    if (!b) return;
    gyr__heap_free(b->allocator.resize ? &b->allocator : &libc, b->ptr, b->cap);
    b->ptr = NULL;
    b->len = b->cap = 0;
}

static gyr_status append(gyr_buffer *b, gyr_str text) {
    gyr_allocator libc = gyr__allocator_default();
    if (b->cap - b->len < text.len) {
        size_t cap = GYR__MAX(b->cap * 2, b->len + text.len);
        char *p = gyr__realloc(b->allocator.resize ? &b->allocator : &libc, b->ptr, b->cap, cap);
        if (!p) return GYR_ERR_MEMORY;
        b->ptr = p;
        b->cap = cap;
    }
    if (text.len) memcpy(b->ptr + b->len, text.ptr, text.len);
    b->len += text.len;
    return GYR_OK;
}

/* ---- schemas */

gyr_schema *gyr_schema_build(const gyr_schema_options *options, gyr_errors **errors) {
    gyr_limits limits;
    if (errors) *errors = NULL;
    if (!options) return NULL;
    gyr_schema_options o = {0};
    memcpy(&o, options, options->size && options->size < sizeof o ? options->size : sizeof o);
    gyr__limits_resolve(&limits, &o.limits);
    gyr_errors *list = gyr__errors_new(&o.allocator, limits.errors);
    gyr_schema *schema = list ? gyr__schema_build(&o, list) : NULL;
    hand_over(list, schema ? GYR_OK : list ? gyr__errors_status(list) : GYR_ERR_MEMORY, errors);
    return schema;
}

gyr_schema *gyr_schema_new(gyr_str sdl, const gyr_binding *bindings, gyr_errors **errors) {
    gyr_source source = {.name = {NULL, 0}, .text = sdl};
    return gyr_schema_build(
        &(gyr_schema_options){
            .size = sizeof(gyr_schema_options), .sources = &source, .source_count = 1, .bindings = bindings},
        errors);
}

gyr_schema *gyr_schema_ref(gyr_schema *schema) {
    atomic_fetch_add_explicit(&schema->refs, 1, memory_order_relaxed);
    return schema;
}

void gyr_schema_free(gyr_schema *schema) {
    if (schema) gyr__schema_unref(schema);
}

gyr_status gyr_schema_print(const gyr_schema *schema, gyr_buffer *out) {
    gyr__json_out text;
    gyr__json_out_init(&text, &schema->allocator, NULL, 0);
    gyr_status status = gyr__schema_print(schema, &text);
    if (status == GYR_OK) status = append(out, gyr__json_out_text(&text));
    gyr__json_out_fini(&text);
    return status;
}

int64_t gyr_schema_type_index(const gyr_schema *schema, gyr_str name) {
    const gyr__type *t = gyr__schema_type(schema, name);
    return t && t->kind == GYR__OBJECT ? (int64_t)t->object_index : -1;
}

/* ---- documents */

static gyr_document *document_new(gyr_source source, const gyr_limits *limits, const gyr_allocator *allocator,
                                  gyr_errors *errors) {
    gyr_allocator al = allocator && allocator->resize ? *allocator : gyr__allocator_default();
    gyr_document *d = gyr__heap_alloc(&al, sizeof *d);
    if (!d) {
        errors->failed = true;
        return NULL;
    }
    memset(d, 0, sizeof *d);
    atomic_init(&d->refs, 1);
    d->allocator = al;
    gyr__limits_resolve(&d->limits, limits);
    gyr__arena_init(&d->arena, &al, 0);
    bool small = source.text.len <= d->limits.document_bytes; /* a larger one is refused before it is copied */
    gyr_str text = small ? gyr__arena_str(&d->arena, source.text) : source.text;
    d->source = gyr__source_of(text, gyr__arena_str(&d->arena, source.name));
    gyr__parse_options options = {.limits = &d->limits};
    gyr_status status = text.ptr || !source.text.len
                            ? gyr__parse_document(&d->arena, &d->source, &options, errors, &d->ast)
                            : GYR_ERR_MEMORY;
    for (uint32_t i = 0; status == GYR_OK && i < d->ast->definitions.count; i++) {
        gyr__node *n = d->ast->definitions.items[i];
        if (n->kind != GYR__AST_FRAGMENT_DEFINITION) continue;
        gyr__map_entry *e = gyr__map_put(&d->arena, &d->fragments, gyr__ast_as(fragment_definition, n)->name, NULL);
        if (!e)
            status = GYR_ERR_MEMORY;
        else if (!e->ptr)
            e->ptr = n;
    }
    if (status == GYR_OK && !d->arena.failed) return d;
    if (d->arena.failed || status == GYR_ERR_MEMORY) errors->failed = true;
    gyr__document_unref(d);
    return NULL;
}

gyr_document *gyr_document_new(gyr_source source, const gyr_limits *limits, gyr_errors **errors) {
    gyr_errors *list = gyr__errors_new(NULL, 0);
    gyr_document *d = list ? document_new(source, limits, NULL, list) : NULL;
    hand_over(list, d ? GYR_OK : list ? gyr__errors_status(list) : GYR_ERR_MEMORY, errors);
    return d;
}

void gyr_document_free(gyr_document *document) { gyr__document_unref(document); }

/* The built-in rules asked for. False: there is one that we do not have. */
static bool choose_rules(const gyr_validate_options *o, uint64_t *rules, gyr_errors *errors) {
    for (uint32_t i = 0; i < o->builtin_count; i++) {
        gyr__rule rule = gyr__rule_by_name(o->builtin[i]);
        if (rule == GYR__RULE_COUNT) {
            gyr_str name = gyr__shown(errors, o->builtin[i]);
            gyr__errors_add(errors, GYR_ERR_ARGUMENT, "There is no rule \"%.*s\".", (int)name.len, name.ptr);
            return false;
        }
        *rules |= UINT64_C(1) << rule;
    }
    return true;
}

gyr_status gyr_document_validate_with(const gyr_document *document, const gyr_schema *schema,
                                      const gyr_validate_options *options, gyr_errors **errors) {
    gyr_validate_options o = {0};
    if (options) memcpy(&o, options, options->size && options->size < sizeof o ? options->size : sizeof o);
    gyr__validate_options inner = {
        .max_errors = o.max_errors, .custom = o.rules, .custom_count = o.rule_count, .context = o.context};
    gyr_errors *list = gyr__errors_new(&schema->allocator, schema->limits.errors);
    if (!list) return hand_over(NULL, GYR_ERR_MEMORY, errors);
    if (!choose_rules(&o, &inner.rules, list)) return hand_over(list, gyr__errors_status(list), errors);
    return hand_over(list, gyr__validate(schema, &document->source, document->ast, &inner, list), errors);
}

gyr_status gyr_document_validate(const gyr_document *document, const gyr_schema *schema, gyr_errors **errors) {
    return gyr_document_validate_with(document, schema, NULL, errors);
}

gyr_str gyr_builtin_rule(uint32_t index) {
    return index < GYR__RULE_COUNT ? gyr__rule_name((gyr__rule)index) : gyr_str_of(NULL, 0);
}

gyr_status gyr_document_print(const gyr_document *document, gyr_buffer *out) {
    gyr__arena arena;
    gyr__arena_init(&arena, &document->allocator, 0);
    gyr_str text = gyr__print(&arena, (const gyr__node *)document->ast);
    gyr_status status = text.ptr ? append(out, text) : GYR_ERR_MEMORY;
    gyr__arena_fini(&arena);
    return status;
}

/* ---- plans */

gyr_plan *gyr_plan_from(gyr_schema *schema, const gyr_document *document, gyr_str operation_name, gyr_errors **errors) {
    gyr_errors *list = gyr__errors_new(&schema->allocator, schema->limits.errors);
    /* references count without changing what the document means */
    gyr_plan *p = list ? gyr__plan_new(schema, (gyr_document *)document, operation_name, list) : NULL;
    hand_over(list, p ? GYR_OK : list ? gyr__errors_status(list) : GYR_ERR_MEMORY, errors);
    return p;
}

gyr_plan *gyr_plan_new(gyr_schema *schema, gyr_str text, gyr_str operation_name, gyr_errors **errors) {
    if (!schema) return NULL;
    gyr_errors *list = gyr__errors_new(&schema->allocator, schema->limits.errors);
    gyr_source source = {.name = {NULL, 0}, .text = text};
    gyr_document *d = list ? document_new(source, &schema->limits, &schema->allocator, list) : NULL;
    bool valid = d && gyr__validate(schema, &d->source, d->ast, NULL, list) == GYR_OK;
    gyr_plan *p = valid ? gyr__plan_new(schema, d, operation_name, list) : NULL;
    gyr__document_unref(d);
    hand_over(list, p ? GYR_OK : list ? gyr__errors_status(list) : GYR_ERR_MEMORY, errors);
    return p;
}

gyr_plan *gyr_plan_ref(gyr_plan *plan) {
    atomic_fetch_add_explicit(&plan->refs, 1, memory_order_relaxed);
    return plan;
}

void gyr_plan_free(gyr_plan *plan) { gyr__plan_unref(plan); }

gyr_operation_type gyr_plan_operation_type(const gyr_plan *plan) {
    return (gyr_operation_type)plan->operation->operation;
}

static bool read_variables(gyr_plan *plan, gyr_str json, gyr__arena *arena, gyr__variables *v, gyr_errors *errors) {
    gyr__json *tree = NULL;
    if (json.len && !(tree = gyr__json_read(arena, json, &plan->schema->limits, GYR__JSON_LAST_WINS, errors)))
        return false;
    if (tree && tree->kind != GYR__JSON_OBJECT) return false;
    return gyr__coerce_variables(arena, plan->schema, &plan->document->source, plan->operation, tree, v, errors);
}

static gyr_status print(gyr_plan *plan, gyr_str variables, bool json, const gyr__plan_notes *notes, gyr_buffer *out) {
    gyr__arena arena;
    gyr_errors errors;
    gyr__variables v = {0};
    gyr__json_out text;
    const gyr_allocator *al = &plan->schema->allocator;
    gyr__arena_init(&arena, al, 0);
    gyr__errors_init(&errors, al, 1);
    gyr__json_out_init(&text, al, NULL, 0);
    gyr_status status = GYR_ERR_ARGUMENT;
    if (read_variables(plan, variables, &arena, &v, &errors)) status = gyr__plan_print(plan, &v, json, notes, &text);
    if (status == GYR_OK) status = text.failed ? GYR_ERR_MEMORY : append(out, gyr__json_out_text(&text));
    if (errors.failed || arena.failed) status = GYR_ERR_MEMORY;
    gyr__json_out_fini(&text);
    gyr__errors_fini(&errors);
    gyr__arena_fini(&arena);
    return status;
}

gyr_status gyr_plan_print(gyr_plan *plan, gyr_str variables, bool json, gyr_buffer *out) {
    return print(plan, variables, json, NULL, out);
}

gyr_status gyr_plan_print_native(gyr_plan *plan, gyr_str variables, bool json, gyr_disassemble_fn *disassemble,
                                 void *user, gyr_buffer *out) {
    gyr__native_notes state = {.disassemble = disassemble, .user = user};
    gyr__plan_notes notes = gyr__native_notes_of(&state);
    return print(plan, variables, json, &notes, out);
}

void gyr_schema_native_stats(const gyr_schema *schema, gyr_native_stats *out) {
    gyr_native_stats s = {.size = out->size ? GYR__MIN(out->size, sizeof s) : sizeof s};
    const gyr__native *n = atomic_load_explicit(&schema->native, memory_order_acquire);
    if (n) {
        s.plans = atomic_load_explicit(&n->variants, memory_order_relaxed);
        s.programs = atomic_load_explicit(&n->programs, memory_order_relaxed);
        s.ops = atomic_load_explicit(&n->ops, memory_order_relaxed);
        s.bytes = atomic_load_explicit(&n->bytes, memory_order_relaxed);
        s.nanoseconds = atomic_load_explicit(&n->nanoseconds, memory_order_relaxed);
        s.refused = atomic_load_explicit(&n->refused, memory_order_relaxed);
        s.mapped = gyr__code_memory_stats(n->memory).mapped;
    }
    memcpy(out, &s, s.size);
}
