/* The model of tests/model driven by bytes: they choose the schema, the operation, which calls are suspended, how the request
 * is run. The response must be that of the plain executor.
 *
 *     input: 8 bytes seed of the data, 4 of the way to run; then the choices, in the order in which the model draws
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "../model/model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

void model_case_init(mcase *c, uint64_t seed) {
    memset(c, 0, sizeof *c);
    c->seed = seed;
    c->object_budget = 200;
}

void model_case_fini(mcase *c) {
    for (mchunk *m = c->chunks, *next; m; m = next) {
        next = m->next;
        free(m);
    }
    free(c->sdl.ptr);
    free(c->text.ptr);
    free(c->variables.ptr);
}

static void put_response(mtext *out, const mresponse *r, bool streamed) {
    const char *before = streamed ? ",\"errors\":[" : "\"errors\":[", *after = streamed ? "]" : "],";
    put(out, "{");
    for (int part = 0; part < 2; part++) {
        if (part == (int)streamed && r->error_count) {
            put(out, "%s", before);
            put_bytes(out, r->errors.ptr, r->errors.len);
            put(out, "%s", after);
        }
        if (part == 1 - (int)streamed) {
            put(out, "\"data\":");
            put_bytes(out, r->data.ptr, r->data.len);
        }
    }
    put(out, "}");
}

static void fail(const mcase *c, const char *what, const mtext *expected, const mtext *got) {
    fprintf(stderr, "%s\n%s\n%s\n%s\n", what, c->sdl.ptr, c->text.ptr, c->variables.ptr);
    if (expected) fprintf(stderr, "expected %s\n     got %s\n", expected->ptr, got->ptr);
    abort();
}

static void compare(mcase *c, gyr_plan *plan, const mresponse *want, const mway *way) {
    mtext expected = {0}, got = {0}, why = {0};
    bool streamed, cut;
    model_run(c, plan, way, &got, &streamed, &cut, &why);
    put_response(&expected, want, streamed);
    if (why.len) fail(c, why.ptr, NULL, NULL);
    if (!cut && (got.len != expected.len || memcmp(got.ptr, expected.ptr, got.len) != 0))
        fail(c, "engine and model differ", &expected, &got);
    free(expected.ptr);
    free(got.ptr);
    free(why.ptr);
}

static mway way_of(const uint8_t *bytes) {
    mway way = {.seed = bytes[0], .max_batch = bytes[1] & 3, .block_rows = bytes[1] >> 2 & 3};
    if (bytes[2] & 1) way.flush_bytes = 1 + (bytes[2] >> 2), way.pause = bytes[2] & 2;
    way.on_error = bytes[3] >> 3 & 1 ? GYR_ERROR_NULL : bytes[3] >> 4 & 1 ? GYR_ERROR_HALT : GYR_ERROR_PROPAGATE;
    if (bytes[3] % 4 == 3) way.cancel = bytes[3] & 4, way.leave = !way.cancel;
    return way;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    enum { HEAD = 12 };
    if (size < HEAD) return 0;
    uint64_t seed;
    mcase c;
    mtext why = {0};
    gyr_errors *errors = NULL;
    memcpy(&seed, data, sizeof seed);
    mrng r = {.state = seed, .bytes = data + HEAD, .left = size - HEAD};
    mway way = way_of(data + sizeof seed);
    mresponse want = {0};
    model_case_init(&c, seed);
    model_make_schema(&c, &r);
    model_make_operation(&c, &r);
    c.root = model_object(&c, &c.types[0], 1);
    model_reference(&c, way.on_error, &want);
    gyr_schema *s = model_schema(&c, &why);
    gyr_plan *plan = s ? gyr_plan_new(s, gyr_str_of(c.text.ptr, c.text.len), gyr_s(""), &errors) : NULL;
    if (!s) fail(&c, why.ptr, NULL, NULL);
    if (!plan) fail(&c, gyr_errors_text(errors).ptr, NULL, NULL);
    compare(&c, plan, &want, &way);
    gyr_plan_free(plan);
    gyr_schema_free(s);
    mresponse_free(&want);
    model_case_fini(&c);
    return 0;
}
