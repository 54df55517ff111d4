/* The frame of the builder: copies and parses the sources, runs the phases (builder.h), adds the meta fields,
 * and frees schemas. Also what the phases share: errors with places and coordinates.
 *
 * A schema is one block (gyr_schema) and one arena; all memory comes from the allocator in the options.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "language/parse.h"
#include "type/bind.h"
#include "type/builder.h"
#include "type/builtin.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* ---- errors */

enum { PLACES = 21 }; /* of one error: that thousands of things clash needs no more to be understood */

gyr__at gyr__at_name(const gyr__builder *b, gyr_str name, const void *node, uint32_t source) {
    return (gyr__at){node, gyr__source_offset(&b->sources[source], name.ptr), source};
}

void gyr__build_error(gyr__builder *b, gyr_str coordinate, const gyr__at *at, uint32_t count, const char *format, ...) {
    if (gyr__errors_full(b->errors)) {
        b->errors->dropped++;
        return;
    }
    char text[256], *big = NULL;
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (n >= (int)sizeof text) {
        big = gyr__arena_alloc_aligned(&b->errors->arena, (size_t)n + 1, 1);
        if (big)
            vsnprintf(big, (size_t)n + 1, format, again);
        else
            n = 0;
    }
    va_end(again);
    gyr_error *err = gyr__errors_add(b->errors, GYR_ERR_SCHEMA, "%.*s", n, big ? big : text);
    if (!err) return;
    err->coordinate = gyr__arena_str(&b->errors->arena, coordinate); /* names live in the schema, which fails */
    for (uint32_t i = 0; i < count && err->location_count < PLACES; i++) {
        if (!at[i].node) continue;
        const gyr__source *source = &b->sources[at[i].source];
        if (!err->location_count) {
            err->source = gyr__arena_str(&b->errors->arena, source->name);
            if (!err->source.ptr) b->errors->failed = true;
        }
        gyr_location place = gyr__places_at(&b->places[at[i].source], &b->scratch, source, at[i].offset);
        gyr__error_at(b->errors, err, place);
    }
}

gyr_str gyr__coordinate_member(gyr__builder *b, gyr_str type, gyr_str member) {
    return gyr__arena_printf(&b->errors->arena, "%.*s.%.*s", GYR__SHOW(b, type), GYR__SHOW(b, member));
}

gyr_str gyr__coordinate_argument(gyr__builder *b, gyr_str type, gyr_str field, gyr_str argument) {
    return gyr__arena_printf(&b->errors->arena, "%.*s.%.*s(%.*s:)", GYR__SHOW(b, type), GYR__SHOW(b, field),
                             GYR__SHOW(b, argument));
}

gyr_str gyr__coordinate_directive(gyr__builder *b, gyr_str directive, gyr_str argument) {
    if (!argument.ptr) return gyr__arena_printf(&b->errors->arena, "@%.*s", GYR__SHOW(b, directive));
    return gyr__arena_printf(&b->errors->arena, "@%.*s(%.*s:)", GYR__SHOW(b, directive), GYR__SHOW(b, argument));
}

bool gyr__builder_failed(const gyr__builder *b) {
    return b->scratch.failed || b->schema->arena.failed || b->errors->failed || b->errors->arena.failed;
}

/* ---- sources */

static bool copy_sources(gyr__builder *b, const gyr_schema_options *options) {
    gyr_schema *s = b->schema;
    uint32_t n = options->source_count;
    gyr_source *copies = gyr__new_array(&s->arena, gyr_source, (size_t)n + 1);
    b->sources = gyr__new_array(&b->scratch, gyr__source, (size_t)n + 1);
    b->documents = gyr__new_array(&b->scratch, gyr__ast_document *, (size_t)n + 1);
    b->places = gyr__arena_zalloc(&b->scratch, ((size_t)n + 1) * sizeof *b->places);
    if (!copies || !b->sources || !b->documents || !b->places) return false;
    for (uint32_t i = 0; i < n; i++) {
        copies[i].name = gyr__arena_str(&s->arena, options->sources[i].name);
        copies[i].text = gyr__arena_str(&s->arena, options->sources[i].text);
        if (!copies[i].name.ptr || !copies[i].text.ptr) return false;
    }
    copies[n] = (gyr_source){gyr_s("built in"), gyr__builtin_sdl(options->incremental)};
    s->sources = copies;
    s->source_count = n;
    b->source_count = n + 1;
    for (uint32_t i = 0; i <= n; i++) b->sources[i] = gyr__source_of(copies[i].text, copies[i].name);
    return true;
}

static bool parse_sources(gyr__builder *b) {
    bool ok = true;
    for (uint32_t i = 0; i < b->source_count; i++) {
        gyr__parse_options options = {
            .limits = &b->schema->limits, .schema = true, .directives_on_directives = b->schema->complete};
        gyr_limits builtin = {.size = sizeof builtin};
        if (gyr__is_builtin_source(b, i)) options.limits = &builtin;
        if (gyr__parse_document(&b->scratch, &b->sources[i], &options, b->errors, &b->documents[i])) ok = false;
    }
    return ok && !gyr__builder_failed(b);
}

/* ---- phases */

static void add_meta_fields(gyr_schema *s) {
    const gyr__type *string = gyr__schema_type(s, gyr_s("String"));
    const gyr__type *schema = gyr__schema_type(s, gyr_s("__Schema")), *type = gyr__schema_type(s, gyr_s("__Type"));
    gyr__place place = {s->source_count, 0};
    gyr__def def = {.place = place};
    gyr__input *name = gyr__new(&s->arena, gyr__input);
    if (!name) return;
    name->def = def;
    name->def.name = gyr_s("name");
    name->type = (gyr__type_ref){string, 0, 1};
    s->meta_typename =
        (gyr__field){.def = def, .type = {string, 0, 1}, .meta = GYR__META_TYPENAME, .is_introspection = true};
    s->meta_typename.def.name = gyr_s("__typename");
    s->meta_typename.def.description = gyr_s("The name of the object's type.");
    s->meta_schema =
        (gyr__field){.def = def, .type = {schema, 0, 1}, .meta = GYR__META_SCHEMA, .is_introspection = true};
    s->meta_schema.def.name = gyr_s("__schema");
    s->meta_schema.def.description = gyr_s("The type system of this service.");
    s->meta_schema.parent = s->roots[GYR_QUERY];
    s->meta_type = (gyr__field){.def = def,
                                .type = {type, 0, 0},
                                .args = name,
                                .arg_count = 1,
                                .meta = GYR__META_TYPE,
                                .is_introspection = true};
    s->meta_type.def.name = gyr_s("__type");
    s->meta_type.def.description = gyr_s("One type, by its name.");
    s->meta_type.parent = s->roots[GYR_QUERY];
}

static bool clean(const gyr__builder *b) { return !gyr__builder_failed(b) && !b->errors->list.len; }

static gyr__build_stage build(gyr__builder *b, const gyr_schema_options *options) {
    if (!copy_sources(b, options) || !parse_sources(b)) return GYR__STAGE_PARSE;
    gyr__build_collect(b);
    if (gyr__builder_failed(b)) return GYR__STAGE_SDL;
    gyr__build_directives(b);
    gyr__build_types(b);
    gyr__build_schema_definition(b);
    if (b->schema->complete && !gyr__builder_failed(b)) gyr__build_complete(b);
    if (!clean(b)) return GYR__STAGE_SDL;
    if (!gyr__build_link(b)) return GYR__STAGE_SDL;
    add_meta_fields(b->schema);
    if (!b->unchecked) gyr__check_schema(b);
    if (!gyr__bind_scalars(b->schema, options)) return GYR__STAGE_TYPE;
    if (!b->unchecked) gyr__build_defaults(b);
    if (!clean(b)) return GYR__STAGE_TYPE;
    if (!b->schema->unbound) {
        if (!gyr__bind_schema(b->schema, options, b->errors) || !clean(b)) return GYR__STAGE_BINDING;
        gyr__build_may_fetch(b->schema);
    }
    return GYR__STAGE_DONE;
}

static void copy_rules(gyr_schema *s, const gyr_schema_options *o) {
    gyr_rule *rules = o->rule_count ? gyr__new_array(&s->arena, gyr_rule, o->rule_count) : NULL;
    for (uint32_t i = 0; rules && i < o->rule_count; i++) rules[i] = gyr__rule_at(o->rules, i);
    s->rules = rules;
    s->rule_count = rules ? o->rule_count : 0; /* none: the arena's failure ends the build */
}

/* The environment has the last word. */
static gyr_jit jit_of(const gyr_schema_options *options) {
    const char *wish = getenv("GYR_JIT");
    if (wish && !strcmp(wish, "off")) return GYR_JIT_OFF;
    if (wish && !strcmp(wish, "auto")) return GYR_JIT_AUTO;
    if (wish && !strcmp(wish, "always")) return GYR_JIT_ALWAYS;
    return options->jit;
}

/* The list has room for one error more than its limit: that is replaced by saying so. */
static void end_errors(gyr_errors *errors, uint32_t limit) {
    errors->limit = limit;
    if (!limit || errors->list.len <= limit) return;
    gyr_str text = gyr_s("Too many schema errors, error limit reached. Build aborted.");
    errors->list.items[errors->list.len - 1] = (gyr_error){.status = GYR_ERR_SCHEMA, .message = text};
}

static gyr_schema *build_schema(const gyr_schema_options *given, uint32_t base_count, bool unchecked,
                                gyr__build_stage *stage, gyr_errors *errors) {
    gyr_schema_options options = {0};
    memcpy(&options, given, GYR__MIN(given->size ? given->size : sizeof options, sizeof options));
    gyr_allocator al = options.allocator.resize ? options.allocator : gyr__allocator_default();
    gyr__build_stage at = GYR__STAGE_PARSE;
    uint32_t limit = errors->limit;
    gyr_schema *s = gyr__heap_alloc(&al, sizeof *s);
    if (!s) {
        errors->failed = true;
        return NULL;
    }
    memset(s, 0, sizeof *s);
    atomic_init(&s->refs, 1);
    s->allocator = al;
    gyr__arena_init(&s->arena, &al, 0);
    gyr__limits_resolve(&s->limits, &options.limits);
    s->unbound = options.unbound;
    s->lenient = options.lenient;
    s->complete = options.complete;
    s->no_introspection = options.no_introspection;
    s->no_suggestions = options.no_suggestions || options.no_introspection;
    s->type_fallback = options.type_fallback;
    copy_rules(s, &options);
    s->jit = jit_of(&options);
    gyr__builder b = {.schema = s, .errors = errors, .base_count = base_count, .unchecked = unchecked};
    gyr__arena_init(&b.scratch, &al, 0);
    if (limit) errors->limit = limit + 1;
    at = build(&b, &options);
    end_errors(errors, limit);
    if (gyr__builder_failed(&b)) errors->failed = true;
    gyr__arena_fini(&b.scratch);
    if (stage) *stage = at;
    if (at == GYR__STAGE_DONE && !gyr__errors_any(errors)) return s;
    gyr__schema_unref(s);
    return NULL;
}

gyr_schema *gyr__schema_extend(const gyr_schema_options *options, uint32_t base_count, gyr__build_stage *stage,
                               gyr_errors *errors) {
    return build_schema(options, base_count, false, stage, errors);
}

gyr_schema *gyr__schema_assume_valid(const gyr_schema_options *options, gyr_errors *errors) {
    return build_schema(options, 0, true, NULL, errors);
}

gyr_schema *gyr__schema_build(const gyr_schema_options *options, gyr_errors *errors) {
    return build_schema(options, 0, false, NULL, errors);
}

void gyr__schema_unref(gyr_schema *s) {
    if (!s || atomic_fetch_sub_explicit(&s->refs, 1, memory_order_acq_rel) != 1) return;
    gyr__pool *pool = atomic_load_explicit(&s->pool, memory_order_acquire);
    if (pool && s->pool_free) s->pool_free(pool);
    gyr__native *native = atomic_load_explicit(&s->native, memory_order_acquire);
    if (native && s->native_free) s->native_free(native);
    gyr_allocator al = s->allocator;
    gyr__arena_fini(&s->arena);
    gyr__heap_free(&al, s, sizeof *s);
}
