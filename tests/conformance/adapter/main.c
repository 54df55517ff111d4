/* The adapter's loop and what its operations share. See adapter.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "adapter.h"

#include <stdio.h>
#include <stdlib.h>

gyr_str request_text(const adapter_request *r, gyr_str name) {
    const gyr__json *v = gyr__json_get(r->json, name);
    return v && v->kind == GYR__JSON_STRING ? v->text : gyr_s("");
}

bool request_option(const adapter_request *r, gyr_str name) {
    const gyr__json *v = gyr__json_get(gyr__json_get(r->json, gyr_s("options")), name);
    return v && v->kind == GYR__JSON_BOOL && v->boolean;
}

uint32_t request_option_number(const adapter_request *r, gyr_str name) {
    const gyr__json *v = gyr__json_get(gyr__json_get(r->json, gyr_s("options")), name);
    return v && v->kind == GYR__JSON_INT && v->integer > 0 && v->integer < UINT32_MAX ? (uint32_t)v->integer : 0;
}

void answer_unsupported(adapter_request *r) {
    gyr__json_begin_object(r->out);
    gyr__json_key(r->out, gyr_s("unsupported"));
    gyr__json_put_bool(r->out, true);
    gyr__json_end_object(r->out);
}

void put_error(gyr__json_out *out, const gyr_error *error) {
    gyr__json_begin_object(out);
    gyr__json_key(out, gyr_s("message"));
    gyr__json_put_str(out, error->message);
    if (error->location_count) {
        gyr__json_key(out, gyr_s("locations"));
        gyr__json_begin_array(out);
        for (uint32_t i = 0; i < error->location_count; i++) {
            gyr__json_begin_object(out);
            gyr__json_key(out, gyr_s("line"));
            gyr__json_put_u64(out, error->locations[i].line);
            gyr__json_key(out, gyr_s("column"));
            gyr__json_put_u64(out, error->locations[i].column);
            gyr__json_end_object(out);
        }
        gyr__json_end_array(out);
    }
    if (error->path.len) {
        gyr__json_key(out, gyr_s("path"));
        gyr__json_put_json(out, error->path);
    }
    gyr__json_end_object(out);
}

void put_first_error(adapter_request *r) {
    const gyr_error *error = gyr_errors_get(r->errors, 0);
    gyr_error memory = {.message = gyr_s("out of memory")};
    gyr__json_key(r->out, gyr_s("error"));
    put_error(r->out, error ? error : &memory);
}

static adapter_op *find_op(gyr_str name) {
    static const struct {
        const char *name;
        adapter_op *op;
    } ops[] = {
#define ADAPTER_ENTRY(op) {#op, op_##op},
        ADAPTER_OPS(ADAPTER_ENTRY)
#undef ADAPTER_ENTRY
    };
    for (size_t i = 0; i < GYR__COUNT(ops); i++)
        if (gyr__str_eq(name, gyr_str_of(ops[i].name, strlen(ops[i].name)))) return ops[i].op;
    return answer_unsupported;
}

/* Nesting alone keeps its limit: the operations recurse. */
static gyr_limits open_limits(void) {
    gyr_limits l = {.size = sizeof l};
#define OPEN(field, value, why) l.field = GYR_UNLIMITED;
    GYR__LIMITS(OPEN)
#undef OPEN
    l.depth = 2000;
    l.json_depth = 2000;
    return l;
}

static void answer(gyr_str line, const gyr_limits *limits, const adapter_mode *mode, gyr__json_out *out) {
    gyr__arena arena;
    gyr__arena_init(&arena, NULL, 0);
    gyr_errors *errors = gyr__errors_new(NULL, 0);
    adapter_request r = {.arena = &arena, .limits = limits, .errors = errors, .out = out, .mode = mode};
    r.json = errors ? gyr__json_read(&arena, line, limits, GYR__JSON_LAST_WINS, errors) : NULL;
    /* What is no JSON here is a lone surrogate, which no UTF-8 text can hold. */
    if (r.json)
        find_op(request_text(&r, gyr_s("op")))(&r);
    else
        answer_unsupported(&r);
    gyr_errors_free(errors);
    gyr__arena_fini(&arena);
}

int main(int argc, char **argv) {
    adapter_mode mode = {0};
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--suspend") == 0) mode.suspend = true;
        if (strcmp(argv[i], "--batch") == 0) mode.batch = true;
        if (strcmp(argv[i], "--tier") == 0 && i + 1 < argc)
            mode.jit = strcmp(argv[++i], "native") == 0 ? GYR_JIT_ALWAYS : GYR_JIT_OFF;
    }
    char *line = NULL;
    size_t cap = 0;
    ssize_t len;
    gyr_limits limits = open_limits();
    gyr__json_out out;
    gyr__json_out_init(&out, NULL, NULL, 0);
    while ((len = getline(&line, &cap, stdin)) > 0) {
        gyr__json_out_reset(&out);
        answer(gyr_str_of(line, (size_t)len), &limits, &mode, &out);
        gyr_str text = gyr__json_out_text(&out);
        fwrite(text.ptr, 1, text.len, stdout);
        putchar('\n');
        fflush(stdout);
    }
    gyr__json_out_fini(&out);
    free(line);
    return 0;
}
