/* Rules about fields: 5.3.1 Field Selections, 5.3.3 Leaf Field Selections; the bound on nested introspection;
 * and the optional rules against deprecated fields and introspection.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "type/suggest.h"
#include "validation/validation.h"

/* ---- 5.3.1 */

typedef struct candidate { /* a type that has the field its abstract type lacks */
    const gyr__type *type;
    uint32_t uses; /* how many possible types have the field by it */
} candidate;

static bool has_field(const gyr__type *t, gyr_str name) { return gyr__map_find(&t->field_map, name) != NULL; }

static void note(candidate *list, uint32_t *count, uint32_t room, const gyr__type *type) {
    for (uint32_t i = 0; i < *count; i++)
        if (list[i].type == type) {
            list[i].uses++;
            return;
        }
    if (*count < room) list[(*count)++] = (candidate){type, 1};
}

static bool implements(const gyr__type *t, const gyr__type *interface) {
    for (uint32_t i = 0; i < t->interface_count; i++)
        if (t->interfaces[i] == interface) return true;
    return false;
}

/* Most used first, an interface before what implements it, then by name. */
static bool goes_before(const candidate *a, const candidate *b) {
    if (a->uses != b->uses) return a->uses > b->uses;
    if (a->type->kind == GYR__INTERFACE && implements(b->type, a->type)) return true;
    if (b->type->kind == GYR__INTERFACE && implements(a->type, b->type)) return false;
    return gyr__natural_cmp(a->type->def.name, b->type->def.name) < 0;
}

/* "Goes before" is no order where interfaces meet unrelated types, so which order comes out depends on the
 * way of sorting: this is the reference's, the run at the start and then binary insertion. */
static void sort_candidates(candidate *list, uint32_t count) {
    uint32_t run = GYR__MIN(count, 2u);
    bool descending = count > 1 && goes_before(&list[1], &list[0]);
    while (run < count && run > 1 && goes_before(&list[run], &list[run - 1]) == descending) run++;
    for (uint32_t i = 0, k = run; descending && i + 1 < k; i++) {
        candidate c = list[i];
        list[i] = list[--k];
        list[k] = c;
    }
    for (uint32_t i = run; i < count; i++) {
        candidate c = list[i];
        uint32_t low = 0, high = i;
        while (low < high) {
            uint32_t middle = low + (high - low) / 2;
            if (goes_before(&c, &list[middle]))
                high = middle;
            else
                low = middle + 1;
        }
        memmove(&list[low + 1], &list[low], (i - low) * sizeof *list);
        list[low] = c;
    }
}

static gyr_str suggest_types(gyr__validation *v, const gyr__type *parent, gyr_str name) {
    enum { ROOM = 128, SHOWN = 5 };
    candidate list[ROOM];
    uint32_t count = 0;
    if (!gyr__is_abstract_type(parent)) return gyr_s("");
    for (uint32_t i = 0; i < parent->possible_count; i++) {
        const gyr__type *t = parent->possible[i];
        if (!has_field(t, name)) continue;
        note(list, &count, ROOM, t);
        for (uint32_t k = 0; k < t->interface_count; k++)
            if (has_field(t->interfaces[k], name)) note(list, &count, ROOM, t->interfaces[k]);
    }
    sort_candidates(list, count);
    gyr_str text = count ? gyr_s(" Did you mean to use an inline fragment on ") : gyr_s("");
    count = GYR__MIN(count, (uint32_t)SHOWN);
    for (uint32_t i = 0; i < count; i++) {
        const char *before = i == 0 ? "" : i + 1 < count ? ", " : count == 2 ? " or " : ", or ";
        gyr_str t = list[i].type->def.name;
        text = gyr__arena_printf(&v->errors->arena, "%.*s%s\"%.*s\"%s", (int)text.len, text.ptr, before, (int)t.len,
                                 t.ptr, i + 1 == count ? "?" : "");
    }
    return text;
}

static gyr_str suggest_fields(gyr__validation *v, const gyr__type *parent, gyr_str name) {
    gyr__suggest s;
    gyr__suggest_init(&s, v->errors, name);
    for (uint32_t i = 0; i < parent->field_count; i++) gyr__suggest_option(&s, parent->fields[i].def.name);
    return gyr__suggest_text(&s);
}

GYR__COLD void gyr__unknown_field(gyr__validation *v, const gyr__type *parent, const gyr__ast_field *node) {
    bool introspection = parent == v->schema->roots[GYR_QUERY] && v->schema->no_introspection &&
                         (gyr__str_is(node->name, "__schema") || gyr__str_is(node->name, "__type"));
    if (v->stop) return;
    if (introspection && gyr__checks(v, GYR__RULE_BIT(SCHEMA_INTROSPECTION))) {
        gyr__tell_at(v, INTROSPECTION_DISABLED, node->node.start, node->name);
        return;
    }
    if (!gyr__checks(v, GYR__RULE_BIT(FIELDS))) return;
    gyr_str hint = gyr_s("");
    if (!v->schema->no_suggestions) {
        hint = suggest_types(v, parent, node->name);
        if (!hint.len) hint = suggest_fields(v, parent, node->name);
    }
    gyr__tell_at(v, UNKNOWN_FIELD, node->node.start, node->name, parent->def.name, hint);
}

/* ---- 5.3.3 */

void gyr__check_leaf(gyr__validation *v, const gyr__field *field, const gyr__ast_field *node) {
    bool leaf = gyr__is_leaf_type(field->type.named), selects = node->selection_set.selections.count != 0;
    if (gyr__likely(leaf != selects) || !gyr__checks(v, GYR__RULE_BIT(LEAF_FIELDS)) || v->stop) return;
    gyr_str type = gyr__text_of_type(v, field->type);
    if (leaf)
        gyr__tell_at(v, LEAF_SELECTION, node->selection_set.node.start, node->name, type);
    else
        gyr__tell_at(v, NO_SELECTION, node->node.start, node->name, type, node->name);
}

/* ---- optional rules, introspection */

void gyr__check_field_use(gyr__validation *v, const gyr__field *field, const gyr__ast_field *node) {
    if (gyr__unlikely(field->def.deprecation_reason.ptr) && gyr__checks(v, GYR__RULE_BIT(DEPRECATED)) && !v->stop)
        gyr__tell_at(v, DEPRECATED_FIELD, node->node.start, gyr__text_of_field(v, field, NULL),
                     field->def.deprecation_reason);
    if (gyr__likely(!field->is_introspection && !field->type.named->is_introspection)) return;
    if (field->type.named->is_introspection && gyr__checks(v, GYR__RULE_BIT(SCHEMA_INTROSPECTION)))
        gyr__tell_at(v, INTROSPECTION_DISABLED, node->node.start, node->name);
    if ((field->meta == GYR__META_SCHEMA || field->meta == GYR__META_TYPE) &&
        gyr__checks(v, GYR__RULE_BIT(INTROSPECTION_DEPTH)))
        gyr__check_introspection_depth(v, node);
}

typedef struct level { /* a selection set below __schema or __type, and the lists of lists around it */
    const gyr__ast_selection_set *set;
    uint32_t next, depth;
} level;

static bool is_list_field(gyr_str name) {
    return gyr__str_is(name, "fields") || gyr__str_is(name, "interfaces") || gyr__str_is(name, "possibleTypes") ||
           gyr__str_is(name, "inputFields");
}

/* A fragment is gone through once for each depth it is entered at, from the deepest: at most three times. */
void gyr__check_introspection_depth(gyr__validation *v, const gyr__ast_field *node) {
    enum { MAX_LISTS = 3 };
    GYR__VEC(level) stack = {0};
    level *l = gyr__vec_push(&v->arena, &stack);
    bool ok = l != NULL;
    if (ok) *l = (level){&node->selection_set, 0, 0};
    while (ok && stack.len && !v->stop) {
        l = &stack.items[stack.len - 1];
        if (l->next == l->set->selections.count) {
            stack.len--;
            continue;
        }
        const gyr__node *n = l->set->selections.items[l->next++];
        level below = {NULL, 0, l->depth};
        if (n->kind == GYR__AST_FIELD) {
            below.set = &gyr__ast_as(field, n)->selection_set;
            below.depth += is_list_field(gyr__ast_as(field, n)->name);
        } else if (n->kind == GYR__AST_INLINE_FRAGMENT) {
            below.set = &gyr__ast_as(inline_fragment, n)->selection_set;
        } else {
            gyr__definition *f = gyr__fragment_of(v, gyr__ast_as(fragment_spread, n)->name);
            if (!f || f->depth_checked > below.depth) continue;
            f->depth_checked = below.depth + 1;
            below.set = f->set;
        }
        if (below.depth >= MAX_LISTS) {
            gyr__tell_at(v, INTROSPECTION_TOO_DEEP, node->node.start, gyr_s(""));
            for (uint32_t i = 0; i < v->definition_count; i++) v->definitions[i].depth_checked = 0;
            return;
        }
        if (!below.set->selections.count) continue;
        ok = (l = gyr__vec_push(&v->arena, &stack)) != NULL;
        if (ok) *l = below;
    }
    if (!ok) gyr__no_memory(v);
}
