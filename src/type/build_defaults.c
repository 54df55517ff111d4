/* Fifth phase of the builder: default values become gyr_value.
 *
 * A default that is an input object takes the defaults of the fields it leaves out, so those must be coerced
 * before it - and may not lead back to it (Specification 3.10, InputObjectDefaultValueHasCycle). One
 * depth-first walk over the defaults of input fields does both: it reports cycles and coerces in post-order.
 * The walk keeps its own stack; a schema can make the chain as long as it likes. Defaults of arguments come
 * after, in any order.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "type/builder.h"
#include "type/coerce.h"

enum { NEW, ON_PATH, DONE };

/* One literal on the way: a list or object that is being looked through. */
typedef struct frame {
    const gyr__node *literal; /* LIST or OBJECT */
    const gyr__type *type;    /* the input object type of the literal (or of its items) */
    gyr__default *owner;      /* the default that this literal is, or NULL inside of one */
    uint32_t cursor;
    gyr__map names; /* OBJECT with many fields: name -> value */
} frame;

typedef struct walk {
    gyr__builder *b;
    GYR__VEC(frame) stack;
    GYR__VEC(gyr__default *) path;
} walk;

static gyr_str default_coordinate(gyr__builder *b, const gyr__default *d) {
    if (d->type) return gyr__coordinate_member(b, d->type->def.name, d->input->def.name);
    if (d->directive) return gyr__coordinate_directive(b, d->directive->def.name, d->input->def.name);
    return gyr__coordinate_argument(b, d->field->parent->def.name, d->field->def.name, d->input->def.name);
}

static void coerce(gyr__builder *b, gyr__default *d) {
    gyr_errors problems;
    gyr__type_ref t = d->input->type;
    d->state = DONE;
    gyr__errors_init(&problems, &b->schema->allocator, 0);
    if (!gyr__is_input_type(
            t.named)) { /* check.c says so; lists and nulls around it are held against it all the same */
        gyr__check_default(b, d, &problems);
        return;
    }
    bool ok = gyr__coerce_literal(&b->schema->arena, b->schema, &b->sources[d->source], t, d->value, NULL,
                                  &d->input->default_value, &problems);
    if (!ok) {
        d->input->default_value = (gyr_value){.kind = GYR_VALUE_NULL};
        if (problems.failed || problems.arena.failed)
            b->errors->failed = true;
        else
            gyr__check_default(b, d, &problems);
    }
    gyr__errors_fini(&problems);
}

static void report_cycle(walk *w, const gyr__default *d) {
    gyr__builder *b = w->b;
    if (gyr__errors_full(b->errors)) return;
    uint32_t count = w->path.len - d->path;
    gyr__at *at = gyr__new_array(&b->scratch, gyr__at, count);
    gyr_str coordinate = default_coordinate(b, d), via = gyr_s("");
    for (uint32_t i = 0; at && i < count; i++) {
        const gyr__default *p = w->path.items[d->path + i];
        at[i] = gyr__at_node(p->value, p->source);
        if (i == 0) continue;
        gyr_str name = default_coordinate(b, p);
        via = gyr__arena_printf(&b->errors->arena, "%.*s%s%.*s", (int)via.len, via.ptr,
                                i == 1 ? " via the default values of: " : ", ", (int)name.len, name.ptr);
        if (i == 20) break; /* a cycle of thousands needs no more to be understood */
    }
    if (at)
        gyr__build_error(b, coordinate, at, GYR__MIN(count, 21u),
                         "Invalid circular reference. The default value of Input Object field %.*s references "
                         "itself%.*s.",
                         (int)coordinate.len, coordinate.ptr, (int)via.len, via.ptr);
}

static void push_literal(walk *w, const gyr__node *literal, const gyr__type *type, gyr__default *owner) {
    frame *f = gyr__vec_push(&w->b->scratch, &w->stack);
    if (!f) return;
    *f = (frame){.literal = literal, .type = type, .owner = owner};
    if (literal->kind != GYR__AST_OBJECT) return;
    const gyr__ast_object_field_list *fields = &gyr__ast_as(object, literal)->fields;
    for (uint32_t i = 0; fields->count > 8 && i < fields->count; i++) {
        gyr__map_entry *e = gyr__map_put(&w->b->scratch, &f->names, fields->items[i]->name, NULL);
        if (e) e->ptr = fields->items[i]->value;
    }
}

static const gyr__node *literal_field(const frame *f, gyr_str name) {
    const gyr__ast_object_field_list *fields = &gyr__ast_as(object, f->literal)->fields;
    if (fields->count > 8) return gyr__map_get(&f->names, name);
    for (uint32_t i = 0; i < fields->count; i++)
        if (gyr__str_eq(fields->items[i]->name, name)) return fields->items[i]->value;
    return NULL;
}

static void enter(walk *w, gyr__default *d) {
    if (d->state == ON_PATH) {
        report_cycle(w, d);
        return;
    }
    if (d->state == DONE) return;
    gyr__default **slot = gyr__vec_push(&w->b->scratch, &w->path);
    if (!slot) return;
    *slot = d;
    d->path = w->path.len - 1;
    d->state = ON_PATH;
    push_literal(w, d->value, d->input->type.named, d);
}

static void leave(walk *w) {
    gyr__default *d = w->stack.items[--w->stack.len].owner;
    if (!d) return;
    w->path.len--;
    coerce(w->b, d);
}

/* One step of the frame on top: looks at its next item or field, which may push another frame. */
static void step(walk *w) {
    frame *f = &w->stack.items[w->stack.len - 1];
    if (f->literal->kind == GYR__AST_LIST) {
        const gyr__node_list *list = &gyr__ast_as(list, f->literal)->values;
        if (f->cursor == list->count)
            leave(w);
        else
            push_literal(w, list->items[f->cursor++], f->type, NULL);
        return;
    }
    if (f->literal->kind != GYR__AST_OBJECT || f->type->kind != GYR__INPUT_OBJECT ||
        f->cursor == f->type->input_count) {
        leave(w);
        return;
    }
    const gyr__type *type = f->type;
    const gyr__input *input = &type->inputs[f->cursor++];
    if (input->type.named->kind != GYR__INPUT_OBJECT && !input->has_default) return;
    const gyr__node *given = literal_field(f, input->def.name);
    if (given) {
        if (input->type.named->kind == GYR__INPUT_OBJECT) push_literal(w, given, input->type.named, NULL);
        return;
    }
    if (input->has_default) {
        const gyr__decl *decl = w->b->decls.items[type->index];
        enter(w, &w->b->defaults.items[decl->default_of[input->index] - 1]);
    }
}

void gyr__build_defaults(gyr__builder *b) {
    walk w = {.b = b};
    for (uint32_t i = 0; i < b->defaults.len; i++) {
        if (b->defaults.items[i].type) enter(&w, &b->defaults.items[i]);
        while (w.stack.len && !b->scratch.failed && !b->errors->failed) step(&w);
        if (b->scratch.failed || b->errors->failed) return;
    }
    for (uint32_t i = 0; i < b->defaults.len; i++)
        if (b->defaults.items[i].state == NEW) coerce(b, &b->defaults.items[i]);
}
