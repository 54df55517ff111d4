/* See validate.h. This file puts the parts in order and tells errors.
 *
 * The order: definitions, cycles, limits, then rules over all definitions, the walk, variables, merging of
 * fields. In the end errors stand in the order of their first places, as the reference nearly does by
 * walking.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "language/print.h"
#include "type/suggest.h"
#include "validation/validation.h"

/* ---- the table of rules */

typedef enum group { SPECIFIED, DRAFT, LIMIT, EXTRA } group;

static const struct {
    const char *name;
    group group;
} rules[] = {
#define GYR__RULE(ID, Name, section, group) {#Name "Rule", group},
#include "validation/rule.def"
};

#define GYR__RULE(ID, Name, section, group) | ((group) == EXTRA ? 0 : GYR__RULE_BIT(ID))
const uint64_t gyr__rules_specified = 0
#include "validation/rule.def"
    ;

static const char *const messages[] = {
#define GYR__SAYS(ID, text) text,
#include "validation/rule.def"
};

gyr__rule gyr__rule_by_name(gyr_str name) {
    for (uint32_t i = 0; i < GYR__RULE_COUNT; i++)
        if (gyr__str_eq(name, gyr_str_of(rules[i].name, strlen(rules[i].name)))) return (gyr__rule)i;
    return GYR__RULE_COUNT;
}

gyr_str gyr__rule_name(gyr__rule rule) { return gyr_str_of(rules[rule].name, strlen(rules[rule].name)); }

/* ---- telling errors */

bool gyr__no_memory(gyr__validation *v) {
    v->errors->failed = true;
    v->stop = true;
    return false;
}

/* The message with its arguments, into `to` where that is not NULL. Its length. */
static size_t format(char *to, const char *text, const gyr_str *args) {
    size_t len = 0;
    for (const char *p = text; *p; p++) {
        gyr_str part = *p == '%' ? *args++ : gyr_str_of(p, 1);
        p += *p == '%';
        if (to && part.len) memcpy(to + len, part.ptr, part.len);
        len += part.len;
    }
    return len;
}

enum { MAX_ARGS = 4 };

static gyr_str message(gyr__validation *v, const char *text, const gyr_str *args) {
    gyr_str cut[MAX_ARGS];
    uint32_t count = 0;
    for (const char *p = text; *p; p++)
        if (*p == '%') {
            cut[count] = p[1] == 'n' ? gyr__shown(v->errors, args[count]) : args[count];
            count++;
        }
    size_t len = format(NULL, text, cut);
    char *to = gyr__arena_alloc_aligned(&v->errors->arena, len + 1, 1);
    if (!to) return gyr_s("");
    format(to, text, cut);
    return gyr_str_of(to, len);
}

void gyr__count_errors(gyr__validation *v) {
    gyr_errors *e = v->errors;
    if (e->failed || e->arena.failed) {
        gyr__no_memory(v);
        return;
    }
    if (e->list.len - v->errors_before <= v->max_errors) return;
    gyr_str text = message(v, messages[GYR__SAYS_TOO_MANY_ERRORS], NULL);
    e->list.items[e->list.len - 1] = (gyr_error){.status = GYR_ERR_VALIDATION, .message = text};
    v->stop = true;
}

/* `text` is in the errors' arena. */
static void add_error(gyr__validation *v, gyr_status status, gyr_str text, gyr_str coordinate, const uint32_t *at,
                      size_t at_count) {
    gyr_error *e = gyr__errors_add_text(v->errors, status, text);
    gyr_location *places = e ? gyr__new_array(&v->errors->arena, gyr_location, at_count) : NULL;
    if (!places) {
        gyr__no_memory(v);
        return;
    }
    for (size_t i = 0; i < at_count; i++) places[i] = gyr__place_of(v, at[i]);
    e->locations = places;
    e->location_count = (uint32_t)at_count;
    e->coordinate = coordinate;
    if (v->source->name.len) e->source = gyr__arena_str(&v->errors->arena, v->source->name);
    gyr__count_errors(v);
}

static void tell(gyr__validation *v, gyr_status status, gyr__says says, const gyr_str *args, const uint32_t *at,
                 size_t at_count) {
    if (!v->stop) add_error(v, status, message(v, messages[says], args), gyr_str_of(NULL, 0), at, at_count);
}

void gyr__tell(gyr__validation *v, gyr__says says, const gyr_str *args, const uint32_t *at, size_t at_count) {
    tell(v, GYR_ERR_VALIDATION, says, args, at, at_count);
}

void gyr__tell_text(gyr__validation *v, gyr_str text, gyr_str coordinate, uint32_t at) {
    gyr__arena *arena = &v->errors->arena;
    if (v->stop) return;
    if (coordinate.len) coordinate = gyr__arena_str(arena, coordinate);
    add_error(v, GYR_ERR_VALIDATION, gyr__arena_str(arena, text), coordinate, &at, 1);
}

void gyr__tell_limit(gyr__validation *v, gyr__says says, const gyr__node *at, uint32_t limit) {
    gyr_str number = gyr__arena_printf(&v->errors->arena, "%u", limit);
    tell(v, GYR_ERR_LIMIT, says, &number, at ? &at->start : NULL, at ? 1 : 0);
    v->status = GYR_ERR_LIMIT;
    v->stop = true;
}

/* ---- texts */

gyr_str gyr__text_of_type(gyr__validation *v, gyr__type_ref type) {
    return gyr__type_ref_text(&v->errors->arena, type);
}

gyr_str gyr__text_of_node(gyr__validation *v, const gyr__node *node) { return gyr__print(&v->errors->arena, node); }

gyr_str gyr__text_of_field(gyr__validation *v, const gyr__field *f, const gyr__input *argument) {
    gyr_str owner = f->meta ? gyr_s("<meta>") : f->parent->def.name, name = f->def.name;
    gyr_str in = argument ? argument->def.name : gyr_s("");
    return gyr__arena_printf(&v->errors->arena, "%.*s.%.*s%s%.*s%s", (int)owner.len, owner.ptr, (int)name.len, name.ptr,
                             argument ? "(" : "", (int)in.len, in.ptr, argument ? ":)" : "");
}

gyr_str gyr__text_of_directive(gyr__validation *v, const gyr__directive *d, const gyr__input *argument) {
    return gyr__arena_printf(&v->errors->arena, "@%.*s(%.*s:)", (int)d->def.name.len, d->def.name.ptr,
                             (int)argument->def.name.len, argument->def.name.ptr);
}

gyr_str gyr__suggest_input(gyr__validation *v, gyr_str name, const gyr__input *inputs, uint32_t count) {
    gyr__suggest s;
    if (v->schema->no_suggestions || v->stop) return gyr_s("");
    gyr__suggest_init(&s, v->errors, name);
    for (uint32_t i = 0; i < count; i++) gyr__suggest_option(&s, inputs[i].def.name);
    return gyr__suggest_text(&s);
}

/* ---- names that stand more than once */

typedef struct repeated {
    GYR__VEC(uint32_t) at;
} repeated;

static GYR__COLD void tell_repeated(gyr__validation *v, gyr__says says, const void *list, uint32_t count,
                                    gyr__name_at *name, bool pairs) {
    gyr__map names = {0};
    for (uint32_t i = 0; i < count && !v->stop; i++) {
        gyr_str n = name(list, i);
        gyr__map_entry *e = gyr__map_put(&v->arena, &names, n, NULL);
        repeated *r = e ? e->ptr : NULL;
        if (e && !r) e->ptr = r = gyr__new(&v->arena, repeated);
        uint32_t *at = r ? gyr__vec_push(&v->arena, &r->at) : NULL;
        if (!at) {
            gyr__no_memory(v);
            return;
        }
        *at = gyr__at_name(v, n);
        if (pairs && r->at.len > 1) gyr__tell(v, says, &n, (const uint32_t[]){r->at.items[0], *at}, 2);
    }
    for (uint32_t i = 0; i < names.count && !pairs && !v->stop; i++) {
        const repeated *r = names.entries[i].ptr;
        if (r->at.len > 1) gyr__tell(v, says, &names.entries[i].key, r->at.items, GYR__MIN(r->at.len, 100u));
    }
}

void gyr__unique_names(gyr__validation *v, gyr__says says, const void *list, uint32_t count, gyr__name_at *name,
                       bool pairs) {
    enum { FEW = 8 }; /* up to here names are compared, beyond a map is made */
    bool repeats = count > FEW;
    for (uint32_t i = 1; i < count && !repeats; i++)
        for (uint32_t k = 0; k < i && !repeats; k++) repeats = gyr__str_eq(name(list, i), name(list, k));
    if (repeats) tell_repeated(v, says, list, count, name, pairs);
}

/* ---- the whole */

static bool place_before(const gyr_error *a, const gyr_error *b) {
    if (!a->location_count || !b->location_count) return a->location_count > b->location_count;
    gyr_location x = a->locations[0], y = b->locations[0];
    return x.line != y.line ? x.line < y.line : x.column < y.column;
}

enum { RUN = 16 }; /* errors sorted by insertion */

static void merge(gyr_error *to, const gyr_error *a, uint32_t a_count, const gyr_error *b, uint32_t b_count) {
    for (uint32_t i = 0, k = 0; i < a_count || k < b_count;) {
        bool take_b = i == a_count || (k < b_count && place_before(&b[k], &a[i]));
        *to++ = take_b ? b[k++] : a[i++];
    }
}

/* Stable: insertion in runs, which are merged, to and fro. False: memory is out. */
static bool sort_errors(gyr__arena *arena, gyr_error *list, uint32_t count) {
    for (uint32_t i = 1; i < count; i++) {
        gyr_error e = list[i];
        uint32_t k = i;
        for (; k % RUN && place_before(&e, &list[k - 1]); k--) list[k] = list[k - 1];
        list[k] = e;
    }
    gyr_error *from = list, *to = count > RUN ? gyr__new_array(arena, gyr_error, count) : list;
    if (!to) return false;
    for (uint64_t run = RUN; run < count; run *= 2) {
        for (uint64_t i = 0; i < count; i += 2 * run) {
            uint32_t a = (uint32_t)GYR__MIN(run, count - i), b = (uint32_t)GYR__MIN(run, count - i - a);
            merge(to + i, from + i, a, from + i + a, b);
        }
        gyr_error *done = to;
        to = from;
        from = done;
    }
    if (from != list) memcpy(list, from, count * sizeof *list);
    return true;
}

/* For rules of the program in an order of their own: what is spread comes before what spreads it. */
static void walk(gyr__validation *v) {
    gyr_visit here;
    gyr__enter(v, &here, GYR_NODE_DOCUMENT, &v->document->node, );
    for (uint32_t i = 0; i < v->finished.len && !v->stop; i++) gyr__walk(v, v->finished.items[i]);
    for (uint32_t i = 0; i < v->definition_count && !v->stop; i++)
        if (!v->definitions[i].walked) gyr__walk(v, &v->definitions[i]);
    gyr__leave(v, &here);
    v->visiting = NULL;
}

static void run(gyr__validation *v, const gyr__validate_options *options) {
    if (!gyr__start_visiting(v, options) || !gyr__read_definitions(v)) return;
    gyr__check_cycles(v);
    gyr__check_limits(v);
    if (v->stop) return;
    gyr__check_executable(v);
    gyr__check_operations(v);
    gyr__check_fragments(v);
    walk(v);
    if (v->document->definitions.count > v->definition_count) gyr__walk_type_system(v);
    gyr__check_variables(v);
    gyr__check_defer_stream(v);
    if (v->stop || !gyr__checks(v, GYR__RULE_BIT(FIELD_MERGING))) return;
    gyr__overlap found = {0};
    if (!v->cyclic) gyr__find_overlap(v, &found);
    if ((found.suspect || v->cyclic) && !v->stop) gyr__report_overlap(v, &found);
}

gyr_status gyr__validate(const gyr_schema *schema, const gyr__source *source, const gyr__ast_document *document,
                         const gyr__validate_options *options, gyr_errors *errors) {
    gyr__validation v = {.schema = schema,
                         .source = source,
                         .document = document,
                         .rules = options && options->rules ? options->rules : gyr__rules_specified,
                         .errors = errors,
                         .errors_before = errors->list.len,
                         .max_errors = options && options->max_errors ? options->max_errors : schema->limits.errors};
    uint32_t limit = errors->limit;
    if (schema->no_introspection) v.rules |= GYR__RULE_BIT(SCHEMA_INTROSPECTION);
    v.max_errors = GYR__MIN(v.max_errors, UINT32_MAX - 2 - v.errors_before);
    errors->limit = v.errors_before + v.max_errors + 1;
    gyr__arena_init(&v.arena, &schema->allocator, 0);
    run(&v, options);
    uint32_t count = errors->list.len - v.errors_before;
    if (count && !sort_errors(&v.arena, errors->list.items + v.errors_before, count)) errors->failed = true;
    if (v.arena.failed) errors->failed = true;
    gyr__arena_fini(&v.arena);
    errors->limit = limit;
    if (errors->failed || errors->arena.failed) return GYR_ERR_MEMORY;
    if (v.status) return v.status;
    return errors->list.len > v.errors_before ? GYR_ERR_VALIDATION : GYR_OK;
}
