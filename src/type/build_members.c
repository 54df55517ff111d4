/* Second phase of the builder: what the nodes of each type hold - fields, arguments, values, interfaces,
 * union members - in the order definition, then extensions. Reports names defined twice and types that do not
 * exist.
 *
 * Arrays are as large as the nodes need (gyr__decl counts), so pointers into them stay good. In a lenient
 * build the last of several members of one name counts, at the place of the first, as in the reference when
 * it does not check.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/number.h"
#include "language/print.h"
#include "type/builder.h"
#include "type/suggest.h"

enum { MAX_LIST_DEPTH = 30 /* bits of gyr__type_ref.non_null */, FEW = 16 /* names compared one by one */ };

/* ---- descriptions */

/* The value of a block string that has one line, which most descriptions are, is a slice of the source.
 * False: it has more, or an escape. */
static bool single_line(gyr_str raw, gyr_str *out) {
    const char *p = raw.ptr, *end = p + raw.len, *line = p;
    while (p < end && (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\r'))
        if (*p++ == '\n') line = p;
    if (p == end || memchr(raw.ptr, '\r', raw.len) || memchr(p, '\\', (size_t)(end - p))) return false;
    if (line == raw.ptr) p = line; /* the first line keeps its indentation */
    const char *stop = memchr(p, '\n', (size_t)(end - p));
    if (!stop) stop = end;
    *out = gyr_str_of(p, (size_t)(stop - p));
    while (stop < end && (*stop == ' ' || *stop == '\t' || *stop == '\n')) stop++;
    return stop == end;
}

static gyr_str description_text(gyr__builder *b, const gyr__ast_string *s) {
    gyr_str text;
    if (s && s->block && s->escaped && single_line(s->raw, &text)) return text;
    return gyr__ast_string_text(&b->schema->arena, s);
}

/* ---- type references */

static gyr_str suggest_name(gyr__builder *b, gyr_str name) {
    gyr__suggest s;
    if (b->schema->no_suggestions || gyr__errors_full(b->errors)) return gyr_s("");
    gyr__suggest_init(&s, b->errors, name);
    for (uint32_t i = 0; i < b->names.count; i++) gyr__suggest_option(&s, b->names.entries[i].key);
    return gyr__suggest_text(&s);
}

gyr__type *gyr__build_named(gyr__builder *b, gyr_str name, const gyr__node *node, uint32_t source) {
    /* A few names make up most references: a small cache by length and last byte spares their hashes. */
    gyr__type **cached = &b->cache[(name.len * 16 + (unsigned char)name.ptr[name.len - 1]) % GYR__COUNT(b->cache)];
    if (*cached && gyr__str_eq((*cached)->def.name, name)) return *cached;
    const gyr__decl *d = gyr__map_get(&b->names, name);
    if (d) return *cached = d->type;
    gyr__at at = gyr__at_node(node, source);
    gyr_str hint = suggest_name(b, name);
    gyr__build_error(b, gyr_s(""), &at, 1, "Unknown type \"%.*s\".%.*s", GYR__SHOW(b, name), (int)hint.len, hint.ptr);
    return NULL;
}

gyr__type_ref gyr__build_type_ref(gyr__builder *b, const gyr__node *node, uint32_t source) {
    gyr__type_ref t = {NULL, 0, 0};
    uint32_t limit = GYR__MIN(b->schema->limits.list_depth, (uint32_t)MAX_LIST_DEPTH);
    const gyr__node *outer = node;
    for (;; node = gyr__ast_as(list_type, node)->type) {
        uint32_t non_null = node->kind == GYR__AST_NON_NULL_TYPE;
        if (non_null) node = gyr__ast_as(non_null_type, node)->type;
        t.non_null = t.non_null << 1 | non_null;
        if (node->kind != GYR__AST_LIST_TYPE) break;
        if (t.depth++ == limit) {
            gyr__at at = gyr__at_node(outer, source);
            gyr__build_error(b, gyr_s(""), &at, 1, "List types nest deeper than %u.", limit);
            return (gyr__type_ref){NULL, 0, 0};
        }
    }
    t.named = gyr__build_named(b, gyr__ast_as(named_type, node)->name, node, source);
    return t;
}

/* ---- arguments and input fields */

/* The text of a default as introspection prints it: numbers, names and keywords are the source's own bytes. */
static gyr_str default_text(gyr__builder *b, const gyr__node *value, uint32_t source) {
    if (b->schema->complete) return gyr__str_slice(b->sources[source].text, value->start, value->end);
    switch (value->kind) {
    case GYR__AST_INT:
    case GYR__AST_FLOAT:
    case GYR__AST_BOOLEAN:
    case GYR__AST_NULL:
    case GYR__AST_ENUM: return gyr__str_slice(b->sources[source].text, value->start, value->end);
    default: return gyr__print(&b->schema->arena, value);
    }
}

static gyr__default *add_default(gyr__builder *b, gyr__input *input, const gyr__node *value, uint32_t source) {
    gyr__default *d = gyr__vec_push(&b->scratch, &b->defaults);
    input->has_default = true;
    input->default_value = (gyr_value){.kind = GYR_VALUE_NULL};
    input->default_text = default_text(b, value, source);
    gyr__check_literal_names(b, value, source);
    if (d) *d = (gyr__default){.input = input, .value = value, .source = source};
    return d;
}

static void fill_input(gyr__builder *b, gyr__input *input, uint32_t index, const gyr__ast_input_value_definition *node,
                       uint32_t source) {
    memset(input, 0, sizeof *input);
    input->def.name = node->name;
    input->def.description = description_text(b, node->description);
    input->def.place = (gyr__place){source, node->node.start};
    input->index = index;
    input->type = gyr__build_type_ref(b, node->type, source);
}

static void apply_to_input(gyr__builder *b, gyr__input *input, const gyr__ast_input_value_definition *node,
                           uint32_t source, gyr__directive_location location) {
    gyr__applied_one(b, &input->def, &node->directives, source, location);
    input->def.deprecation_reason = gyr__applied_text(&input->def, gyr_s("deprecated"), gyr_s("reason"), NULL);
}

/* Where an argument belongs: to a field or to a directive. */
typedef struct arg_owner {
    gyr__field *field;
    gyr__directive *directive;
} arg_owner;

static void duplicate_argument(gyr__builder *b, const arg_owner *owner,
                               const gyr__ast_input_value_definition_list *list, uint32_t first, uint32_t source) {
    gyr_str name = list->items[first]->name;
    gyr_str at_name = owner->field
                          ? gyr__coordinate_argument(b, owner->field->parent->def.name, owner->field->def.name, name)
                          : gyr__coordinate_directive(b, owner->directive->def.name, name);
    uint32_t count = 0;
    gyr__at *at = gyr__new_array(&b->scratch, gyr__at, list->count);
    if (!at) return;
    for (uint32_t i = first; i < list->count; i++)
        if (gyr__str_eq(list->items[i]->name, name))
            at[count++] = gyr__at_name(b, list->items[i]->name, list->items[i], source);
    gyr__build_error(b, at_name, at, count, "Argument \"%.*s\" can only be defined once.", (int)at_name.len,
                     at_name.ptr);
}

/* The argument of that name among the first `count`, or UINT32_MAX. Long lists use a map. */
static uint32_t known_argument(gyr__builder *b, const gyr__input *args, uint32_t count, gyr__map *map, gyr_str name) {
    if (!map) {
        for (uint32_t i = 0; i < count; i++)
            if (gyr__str_eq(args[i].def.name, name)) return i;
        return UINT32_MAX;
    }
    bool added;
    gyr__map_entry *e = gyr__map_put(&b->scratch, map, name, &added);
    if (!e) return UINT32_MAX;
    if (added) e->num = count;
    return added ? UINT32_MAX : (uint32_t)e->num;
}

static bool is_required(const gyr__node *type, const gyr__node *default_value) {
    return type->kind == GYR__AST_NON_NULL_TYPE && !default_value;
}

/* Whether an argument stays what it was defined as first: once required is required, as for the reference, or else its last
 * definition counts. Names in the other are looked up all the same. */
static bool stays(gyr__builder *b, const gyr__input *input, const gyr__ast_input_value_definition *node,
                  uint32_t source) {
    if (!gyr__is_non_null(input->type) || input->has_default || is_required(node->type, node->default_value))
        return false;
    gyr__build_type_ref(b, node->type, source);
    if (node->default_value) gyr__check_literal_names(b, node->default_value, source);
    return true;
}

static gyr__input *build_arguments(gyr__builder *b, const arg_owner *owner,
                                   const gyr__ast_input_value_definition_list *list, uint32_t source,
                                   uint32_t *out_count) {
    gyr__map map = {0};
    gyr__input *args = gyr__new_array(&b->schema->arena, gyr__input, list->count);
    bool *reported = NULL; /* by argument: a duplicate of it was */
    uint32_t count = 0;
    *out_count = 0;
    for (uint32_t i = 0; args && i < list->count; i++) {
        const gyr__ast_input_value_definition *node = list->items[i];
        uint32_t at = known_argument(b, args, count, list->count > FEW ? &map : NULL, node->name);
        if (at == UINT32_MAX)
            at = count++;
        else if (!b->schema->lenient) {
            if (gyr__errors_full(b->errors)) continue;
            if (!reported) reported = gyr__arena_zalloc(&b->scratch, list->count);
            if (!reported) return NULL;
            uint32_t first = 0;
            while (!gyr__str_eq(list->items[first]->name, node->name)) first++;
            if (!reported[first]) duplicate_argument(b, owner, list, first, source);
            reported[first] = true;
            if (stays(b, &args[at], node, source)) continue;
        }
        fill_input(b, &args[at], at, node, source);
        if (!node->default_value) continue;
        gyr__default *d = add_default(b, &args[at], node->default_value, source);
        if (d) d->field = owner->field, d->directive = owner->directive;
    }
    if (args) *out_count = count;
    return args;
}

/* The directives of arguments. `list` and `args` agree but for names given twice. */
static void apply_to_arguments(gyr__builder *b, gyr__input *args, uint32_t count,
                               const gyr__ast_input_value_definition_list *list, uint32_t source) {
    for (uint32_t i = 0; args && i < list->count; i++) {
        const gyr__ast_input_value_definition *node = list->items[i];
        if (!node->directives.count) continue;
        uint32_t at = GYR__MIN(i, count - 1);
        while (at && !gyr__str_eq(args[at].def.name, node->name)) at--;
        apply_to_input(b, &args[at], node, source, GYR__AT_ARGUMENT_DEFINITION);
    }
}

/* ---- members of types */

/* What a type that is defined twice, with fields and with input fields, has of the name on the other side, or NULL. */
static const gyr__def *twin_of(const gyr__type *type, const gyr__map *map, gyr_str name) {
    if (map == &type->value_map) return NULL;
    return gyr__map_get(map == &type->field_map ? &type->input_map : &type->field_map, name);
}

/* Finds the slot of a member: a new one, the old one in a lenient build, or NULL after the error. */
static void *member_slot(gyr__builder *b, gyr__decl *decl, gyr__map *map, void *array, uint32_t *count, size_t size,
                         gyr_str name, const gyr__node *node, uint32_t source, const char *what) {
    bool added;
    gyr__map_entry *e = gyr__map_put(&b->schema->arena, map, name, &added);
    if (!e || !array) return NULL;
    const gyr__def *twin = twin_of(decl->type, map, name),
                   *old = added ? NULL : e->ptr; /* members begin with gyr__def */
    if (added) e->ptr = (char *)array + size * (*count)++;
    if (twin && (!old || twin->place.offset < old->place.offset)) old = twin;
    if (!old || b->schema->lenient) return e->ptr;
    gyr_str coordinate = gyr__coordinate_member(b, decl->type->def.name, name);
    gyr__at at[2] = {gyr__at_name(b, old->name, node, old->place.source), gyr__at_name(b, name, node, source)};
    bool later = at[0].source == at[1].source && at[0].offset > at[1].offset; /* an extension stood first */
    if (b->base_count && gyr__in_base(b, old->place.source))
        gyr__build_error(b, coordinate, at + 1, 1,
                         "%s \"%.*s\" already exists in the schema. It cannot also be defined in this type "
                         "extension.",
                         what, (int)coordinate.len, coordinate.ptr);
    else
        gyr__build_error(b, coordinate, later ? (gyr__at[]){at[1], at[0]} : at, 2,
                         "%s \"%.*s\" can only be defined once.", what, (int)coordinate.len, coordinate.ptr);
    return added ? e->ptr : NULL;
}

static void build_fields(gyr__builder *b, gyr__decl *decl, const gyr__ast_field_definition_list *list,
                         uint32_t source) {
    gyr__type *type = decl->type;
    for (uint32_t i = 0; i < list->count; i++) {
        const gyr__ast_field_definition *node = list->items[i];
        gyr__field ignored, *f = member_slot(b, decl, &type->field_map, type->fields, &type->field_count, sizeof *f,
                                             node->name, &node->node, source, "Field");
        if (!f) f = &ignored; /* its types are looked up all the same */
        uint32_t index = f == &ignored ? 0 : (uint32_t)(f - type->fields);
        memset(f, 0, sizeof *f);
        f->def.name = node->name;
        f->def.description = description_text(b, node->description);
        f->def.place = (gyr__place){source, node->node.start};
        f->parent = type;
        f->index = index;
        f->known = (uint8_t)index;
        f->is_introspection = type->is_introspection;
        f->type = gyr__build_type_ref(b, node->type, source);
        if (node->arguments.count) {
            arg_owner owner = {.field = f};
            f->args = build_arguments(b, &owner, &node->arguments, source, &f->arg_count);
            apply_to_arguments(b, f->args, f->arg_count, &node->arguments, source);
        }
        gyr__applied_one(b, &f->def, &node->directives, source, GYR__AT_FIELD_DEFINITION);
        f->def.deprecation_reason = gyr__applied_text(&f->def, gyr_s("deprecated"), gyr_s("reason"), NULL);
    }
}

static void build_inputs(gyr__builder *b, gyr__decl *decl, const gyr__ast_input_value_definition_list *list,
                         uint32_t source) {
    gyr__type *type = decl->type;
    for (uint32_t i = 0; i < list->count; i++) {
        const gyr__ast_input_value_definition *node = list->items[i];
        gyr__input ignored, *f = member_slot(b, decl, &type->input_map, type->inputs, &type->input_count, sizeof *f,
                                             node->name, &node->node, source, "Field");
        if (!f) f = &ignored;
        fill_input(b, f, f == &ignored ? 0 : (uint32_t)(f - type->inputs), node, source);
        apply_to_input(b, f, node, source, GYR__AT_INPUT_FIELD_DEFINITION);
        if (!node->default_value) continue;
        if (f == &ignored) {
            gyr__check_literal_names(b, node->default_value, source);
            continue;
        }
        gyr__default *d = add_default(b, f, node->default_value, source);
        if (!decl->default_of) decl->default_of = gyr__arena_zalloc(&b->scratch, decl->inputs * sizeof(uint32_t));
        if (!d || !decl->default_of) continue;
        d->type = type;
        decl->default_of[f->index] = b->defaults.len;
    }
}

static void build_values(gyr__builder *b, gyr__decl *decl, const gyr__ast_enum_value_definition_list *list,
                         uint32_t source) {
    gyr__type *type = decl->type;
    for (uint32_t i = 0; i < list->count; i++) {
        const gyr__ast_enum_value_definition *node = list->items[i];
        gyr__enum_value ignored, *v = member_slot(b, decl, &type->value_map, type->values, &type->value_count,
                                                  sizeof *v, node->name, &node->node, source, "Enum value");
        if (!v) v = &ignored;
        memset(v, 0, sizeof *v);
        v->def.name = node->name;
        v->def.description = description_text(b, node->description);
        v->def.place = (gyr__place){source, node->node.start};
        gyr__applied_one(b, &v->def, &node->directives, source, GYR__AT_ENUM_VALUE);
        v->def.deprecation_reason = gyr__applied_text(&v->def, gyr_s("deprecated"), gyr_s("reason"), NULL);
    }
}

static void build_named_list(gyr__builder *b, const gyr__ast_named_type_list *list, uint32_t source,
                             const gyr__type **into, uint32_t *count) {
    for (uint32_t i = 0; i < list->count; i++) {
        const gyr__type *t = gyr__build_named(b, list->items[i]->name, &list->items[i]->node, source);
        if (t && into) into[(*count)++] = t;
    }
}

/* ---- a type */

static void reserve(gyr__builder *b, gyr__decl *d) {
    gyr__type *t = d->type;
    gyr__arena *a = &b->schema->arena;
    if (d->fields) {
        t->fields = gyr__new_array(a, gyr__field, d->fields);
        gyr__map_reserve(a, &t->field_map, d->fields);
    }
    if (d->inputs) {
        t->inputs = gyr__new_array(a, gyr__input, d->inputs);
        gyr__map_reserve(a, &t->input_map, d->inputs);
    }
    if (d->values) {
        t->values = gyr__new_array(a, gyr__enum_value, d->values);
        gyr__map_reserve(a, &t->value_map, d->values);
    }
    if (d->interfaces) t->interfaces = gyr__new_array(a, const gyr__type *, d->interfaces);
    if (d->members) t->possible = gyr__new_array(a, const gyr__type *, d->members);
}

static void build_node(gyr__builder *b, gyr__decl *d, const gyr__node *node, uint32_t source) {
    gyr__type *t = d->type;
    gyr__ast_string *description = NULL;
    switch (node->kind) {
    case GYR__AST_SCALAR_TYPE_DEFINITION:
        description = gyr__ast_as(scalar_type_definition, node)->description; /* fall through */
    case GYR__AST_SCALAR_TYPE_EXTENSION:
        gyr__applied_add(b, &gyr__ast_as(scalar_type_definition, node)->directives, source, GYR__AT_SCALAR);
        break;
    case GYR__AST_OBJECT_TYPE_DEFINITION:
    case GYR__AST_INTERFACE_TYPE_DEFINITION:
    case GYR__AST_OBJECT_TYPE_EXTENSION:
    case GYR__AST_INTERFACE_TYPE_EXTENSION: {
        const gyr__ast_object_type_definition *o = gyr__ast_as(object_type_definition, node);
        bool object = node->kind == GYR__AST_OBJECT_TYPE_DEFINITION || node->kind == GYR__AST_OBJECT_TYPE_EXTENSION;
        description = o->description;
        build_named_list(b, &o->interfaces, source, t->interfaces, &t->interface_count);
        gyr__applied_add(b, &o->directives, source, object ? GYR__AT_OBJECT : GYR__AT_INTERFACE);
        break;
    }
    case GYR__AST_UNION_TYPE_DEFINITION:
    case GYR__AST_UNION_TYPE_EXTENSION: {
        const gyr__ast_union_type_definition *u = gyr__ast_as(union_type_definition, node);
        description = u->description;
        build_named_list(b, &u->types, source, t->possible, &t->possible_count);
        gyr__applied_add(b, &u->directives, source, GYR__AT_UNION);
        break;
    }
    case GYR__AST_ENUM_TYPE_DEFINITION:
    case GYR__AST_ENUM_TYPE_EXTENSION:
        description = gyr__ast_as(enum_type_definition, node)->description;
        gyr__applied_add(b, &gyr__ast_as(enum_type_definition, node)->directives, source, GYR__AT_ENUM);
        break;
    default:
        description = gyr__ast_as(input_object_type_definition, node)->description;
        gyr__applied_add(b, &gyr__ast_as(input_object_type_definition, node)->directives, source, GYR__AT_INPUT_OBJECT);
        break;
    }
    if (description && !t->def.description.ptr) t->def.description = description_text(b, description);
}

/* Members have directives of their own, so the type's are gathered before. */
static void build_members(gyr__builder *b, gyr__decl *d, const gyr__node *node, uint32_t source) {
    switch (node->kind) {
    case GYR__AST_OBJECT_TYPE_DEFINITION:
    case GYR__AST_INTERFACE_TYPE_DEFINITION:
    case GYR__AST_OBJECT_TYPE_EXTENSION:
    case GYR__AST_INTERFACE_TYPE_EXTENSION:
        build_fields(b, d, &gyr__ast_as(object_type_definition, node)->fields, source);
        break;
    case GYR__AST_ENUM_TYPE_DEFINITION:
    case GYR__AST_ENUM_TYPE_EXTENSION:
        build_values(b, d, &gyr__ast_as(enum_type_definition, node)->values, source);
        break;
    case GYR__AST_INPUT_OBJECT_TYPE_DEFINITION:
    case GYR__AST_INPUT_OBJECT_TYPE_EXTENSION:
        build_inputs(b, d, &gyr__ast_as(input_object_type_definition, node)->fields, source);
        break;
    default: break;
    }
}

void gyr__build_types(gyr__builder *b) {
    for (uint32_t i = 0; i < b->decls.len && !b->errors->failed; i++) {
        gyr__decl *d = b->decls.items[i];
        reserve(b, d);
        if (d->directives) gyr__applied_begin(b);
        for (const gyr__decl_node *n = d->nodes; n; n = n->next) build_node(b, d, n->node, n->source);
        if (d->directives) gyr__applied_end(b, &d->type->def);
        if (d->type->kind == GYR__SCALAR && d->type->def.applied_count)
            d->type->specified_by_url = gyr__applied_text(&d->type->def, gyr_s("specifiedBy"), gyr_s("url"), NULL);
        if (d->type->kind == GYR__INPUT_OBJECT && d->type->def.applied_count)
            gyr__applied_text(&d->type->def, gyr_s("oneOf"), gyr_s(""), &d->type->is_one_of);
        for (const gyr__decl_node *n = d->nodes; n; n = n->next) build_members(b, d, n->node, n->source);
    }
}

void gyr__build_schema_definition(gyr__builder *b) {
    gyr__def *def = &b->schema->def;
    gyr__applied_begin(b);
    if (b->schema_node) def->description = description_text(b, b->schema_node->description);
    for (uint32_t i = 0; i < b->schema_nodes.len; i++) {
        const gyr__decl_node *n = &b->schema_nodes.items[i];
        gyr__applied_add(b, &gyr__ast_as(schema_definition, n->node)->directives, n->source, GYR__AT_SCHEMA);
    }
    gyr__applied_end(b, def);
}

/* ---- directives */

static void build_locations(gyr__builder *b, gyr__directive_decl *d) {
    const gyr__text_list *names = &d->node->locations;
    uint8_t *list = gyr__arena_alloc_aligned(&b->schema->arena, names->count + 1, 1);
    for (uint32_t i = 0; list && i < names->count; i++)
        for (int k = 0; k < GYR__LOCATION_COUNT; k++)
            if (gyr__str_eq(names->items[i], gyr__directive_location_name((gyr__directive_location)k))) {
                d->directive.locations |= 1u << k;
                list[d->directive.location_count++] = (uint8_t)k;
            }
    d->directive.location_list = list;
}

/* All definitions first: an argument may carry any directive, and its required arguments must be known. */
void gyr__build_directives(gyr__builder *b) {
    for (uint32_t i = 0; i < b->directives.len; i++) {
        gyr__directive_decl *d = b->directives.items[i];
        arg_owner owner = {.directive = &d->directive};
        d->directive.def.description = description_text(b, d->node->description);
        d->directive.is_builtin = gyr__is_builtin_source(b, d->source);
        for (uint32_t k = 0; k < b->documents[b->source_count - 1]->definitions.count; k++) {
            const gyr__node *n = b->documents[b->source_count - 1]->definitions.items[k];
            if (n->kind == GYR__AST_DIRECTIVE_DEFINITION &&
                gyr__str_eq(gyr__ast_as(directive_definition, n)->name, d->node->name))
                d->directive.is_builtin = true;
        }
        build_locations(b, d);
        d->directive.args = build_arguments(b, &owner, &d->node->arguments, d->source, &d->directive.arg_count);
    }
    for (uint32_t i = 0; i < b->directives.len; i++) {
        gyr__directive_decl *d = b->directives.items[i];
        apply_to_arguments(b, d->directive.args, d->directive.arg_count, &d->node->arguments, d->source);
        if (!b->schema->complete) continue;
        gyr__applied_one(b, &d->directive.def, &d->node->directives, d->source, GYR__AT_DIRECTIVE_DEFINITION);
        d->directive.def.deprecation_reason =
            gyr__applied_text(&d->directive.def, gyr_s("deprecated"), gyr_s("reason"), NULL);
    }
}
