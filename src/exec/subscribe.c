/* The source stream of a subscription: CreateSourceEventStream and ResolveFieldEventStream (Specification 6.2.3.1).
 *
 * The function bound by GYR_STREAM is called as the resolver of one fetch, which stands in a shape of its own in place of
 * the root's. So its arguments, path, suspension and cancelling are those of every fetch; the plan's own fetches belong
 * to the events. What it answers is kept for gyr_subscription_stream; what is no stream is an error.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "exec/exec.h"

typedef struct source {
    gyr__shape shape;
    gyr__fetch *fetches[1];
    gyr__fetch fetch;
    gyr__field_plan field;
    gyr__field def; /* bound to the stream's row */
} source;

/* There is no field to call, or no function. */
static bool cannot_open(gyr_exec *x, const gyr__field_plan *field, gyr_str message) {
    gyr__failure failure = {.message = message};
    if (field)
        gyr__source_error(x, field, &failure);
    else
        gyr__request_error(x, &(gyr_error){.message = message});
    x->request_failed = true;
    return message.ptr != NULL;
}

bool gyr__source_open(gyr_exec *x) {
    gyr__shape *root = x->root_row.shape;
    if (root->error) {
        gyr__request_error(x, root->error);
        return x->request_failed = true;
    }
    if (!root->field_count) return cannot_open(x, NULL, gyr_s("The subscription selects no field."));
    const gyr__field_plan *field = &root->fields[0]; /* of a valid document the only one */
    const gyr__field *def = field->def;
    const gyr_binding *row = gyr__source_stream(x->schema, def);
    if (!row)
        return cannot_open(x, field,
                           gyr__arena_printf(&x->arena, "The subscription field \"%.*s\" has no source stream.",
                                             (int)def->def.name.len, def->def.name.ptr));
    source *s = gyr__new(&x->arena, source);
    if (!s) return false;
    s->def = *def;
    s->def.binding = row;
    s->field = (gyr__field_plan){.key = field->key,
                                 .def = &s->def,
                                 .nodes = field->nodes,
                                 .node_count = field->node_count,
                                 .source = GYR__FROM_RESOLVER,
                                 .shape = &s->shape,
                                 .args = field->args,
                                 .fetch = &s->fetch};
    s->fetch = (gyr__fetch){.field = &s->field};
    s->fetches[0] = &s->fetch;
    s->shape = (gyr__shape){.type = root->type,
                            .selection = root->selection,
                            .fields = &s->field,
                            .field_count = 1,
                            .fetches = s->fetches,
                            .fetch_count = 1};
    x->root_row.shape = &s->shape;
    return true;
}

void gyr__source_take(gyr_exec *x) {
    const gyr__cell *c = &x->cells[0][0];
    const gyr__field_plan *field = x->root_row.shape->fields;
    if (c->kind == GYR__CELL_REF) {
        x->stream = c->ptr;
        return;
    }
    gyr__cell bad = *c;
    if (c->kind != GYR__CELL_ERROR) {
        gyr_str shown = gyr__shown_cell(x, c);
        bad = gyr__failed_cell(x, "Subscription field must return Async Iterable. Received: %.*s.", (int)shown.len,
                               shown.ptr);
    }
    gyr__source_error(x, field, bad.failure);
}
