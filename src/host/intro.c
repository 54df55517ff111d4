/* __schema and __type: text that the plan layer writes from the schema itself, for native results parsed by the host.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "host/host.h"
#include "type/coerce.h"
#include "json/read.h"

gyr_str gyr__host_intro_constant(gyr__variant *v, const gyr__field_plan *f) {
    gyr_str text = {NULL, 0};
    gyr__json_out out;
    if (!gyr__intro_constant(v, f)) return text;
    gyr__intro_problems problems = {.arena = &v->arena};
    gyr__json_out_init(&out, &v->arena.allocator, NULL, 0);
    gyr_status status = gyr__intro_write(v, f, NULL, &out, &problems);
    if (status == GYR_OK && !problems.untold) text = gyr__arena_str(&v->arena, gyr__json_out_text(&out));
    gyr__json_out_fini(&out);
    return text;
}

/* ---- with variables */

static bool read_variables(gyr_host_exec *x, gyr__variables *out, gyr_errors *errors) {
    const gyr_plan *plan = x->plan->plan;
    gyr__json *tree = NULL;
    if (x->variables.len) {
        tree = gyr__json_read(&x->arena, x->variables, &plan->schema->limits, GYR__JSON_LAST_WINS, errors);
        if (!tree) return false;
        if (tree->kind != GYR__JSON_OBJECT) tree = NULL;
    }
    return gyr__coerce_variables(&x->arena, plan->schema, &plan->document->source, plan->operation, tree, out, errors);
}

/* The path below the field, as JSON, becomes places; the error is told at the last. Recursion: its parts, which are as
 * many as the operation is deep, lists included. */
static gyr__host_result tell_below(gyr_host_exec *x, gyr_host_place *at, gyr_str below, const gyr__intro_problem *p) {
    if (!below.len) return gyr__host_error(x, at, &p->error.message);
    gyr_host_place place = {.up = at, .field = at->field, .index = 0};
    size_t n = 0;
    if (below.ptr[0] == '"') {
        while (++n < below.len && below.ptr[n] != '"') continue;
        gyr_host_field *pub = gyr__new(&x->arena, gyr_host_field);
        gyr_host_shape *shape = gyr__new(&x->arena, gyr_host_shape);
        gyr__host_field *field = gyr__new(&x->arena, gyr__host_field);
        if (!pub || !shape || !field) return gyr__host_abort(x);
        *shape = (gyr_host_shape){.type = p->field->shape->type->def.name};
        *pub = *at->field->pub; /* type, nodes: of the field that failed */
        pub->key = pub->name = gyr__str_slice(below, 1, n++);
        pub->shape = shape;
        field->pub = pub;
        place.field = field;
        place.index = GYR__HOST_KEY;
    } else {
        for (; n < below.len && below.ptr[n] != ','; n++) place.index = place.index * 10 + (size_t)(below.ptr[n] - '0');
    }
    return tell_below(x, &place, gyr__str_slice(below, GYR__MIN(n + 1, below.len), below.len), p);
}

static gyr__host_result give(gyr_host_exec *x, gyr_str text, gyr_host_value *out) {
    if (x->json) return gyr__host_text(x, text) ? GYR__HOST_DONE : gyr__host_abort(x);
    *out = x->host->from_json(x->user, text);
    return *out ? GYR__HOST_DONE : gyr__host_abort(x);
}

static gyr__host_result write_now(gyr_host_exec *x, gyr_host_place *at, const gyr__variables *vars,
                                  gyr_host_value *out) {
    gyr__variant *v = x->variant;
    gyr__json_out text;
    gyr__intro_problems problems = {.arena = &x->arena, .most = x->plan->plan->schema->limits.errors};
    gyr__json_out_init(&text, &x->allocator, x->out.leaves, x->out.limit);
    pthread_mutex_lock(&v->lock);
    gyr_status status = gyr__intro_write(v, at->field->plan, vars, &text, &problems);
    pthread_mutex_unlock(&v->lock);
    bool stopped = status != GYR_OK && status != GYR_ERR_ARGUMENT;
    gyr__host_result r = stopped ? gyr__host_abort(x) : GYR__HOST_DONE;
    for (uint32_t i = 0; r == GYR__HOST_DONE && i < problems.list.len; i++)
        r = tell_below(x, at, problems.list.items[i].below, &problems.list.items[i]);
    if (r == GYR__HOST_DONE)
        r = status == GYR_OK ? give(x, gyr__json_out_text(&text), out) : gyr__host_null(x, at, out);
    gyr__json_out_fini(&text);
    return r;
}

gyr__host_result gyr__host_intro(gyr_host_exec *x, gyr_host_place *at, gyr_host_value *out) {
    if (at->field->constant.ptr) return give(x, at->field->constant, out);
    gyr_errors errors;
    gyr__variables vars = {0};
    gyr__errors_init(&errors, &x->allocator, 1);
    gyr__host_result r;
    if (read_variables(x, &vars, &errors))
        r = write_now(x, at, &vars, out);
    else if (errors.list.len && !errors.failed)
        r = gyr__host_fail(x, at, &errors.list.items[0].message, out);
    else
        r = gyr__host_abort(x);
    gyr__errors_fini(&errors);
    return r;
}
