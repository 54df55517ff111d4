/* Any document against one rich schema: validated, planned, its plan printed, and executed with a data source that answers
 * everything - rightly, wrongly, late or not at all. Whatever ends well has written JSON.
 *
 *     input: document NUL variables NUL behaviour; what is missing is empty
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"
#include "type/schema.h"
#include "json/read.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char sdl[] =
    "directive @onQuery(a: Int) repeatable on QUERY | FIELD | FRAGMENT_SPREAD | INLINE_FRAGMENT | FRAGMENT_DEFINITION\n"
    "enum E { A B C @deprecated }\n"
    "scalar S\n"
    "input I { a: Int! = 1 b: [I!] c: E s: S o: O f: Float id: ID! }\n"
    "input O @oneOf { a: Int b: String i: I }\n"
    "interface N { id: ID! n: N }\n"
    "interface M implements N { id: ID! n: N m(x: Int, i: I): [M] }\n"
    "type T implements N & M { id: ID! n: T m(x: Int, i: I): [M] u: U! us: [[U!]!] e: E! s: S i: Int! f: Float b: "
    "Boolean t: T! }\n"
    "type V implements N { id: ID! n: N a(o: O, l: [[Int!]]): Int es: [E!]! v: V ts: [T!]! }\n"
    "type W { w: [W!] str: String! strs: [String!] i(i: Int! = 1, req: Boolean!): Int }\n"
    "union U = T | V | W\n"
    "type Query { n: N m: M t: T! u: [U!]! v(i: I, id: ID = \"x\"): V w: W! node(id: ID!): N }\n"
    "type Mutation { t(i: I!): T! v: V i(e: E = A): Int }\n"
    "type Subscription { t: T i: Int! }\n";

enum { ANSWERS = 2000, SUSPENDED = 64 };

typedef struct world {
    const gyr_schema *schema;
    const uint8_t *bytes;
    size_t left;
    uint64_t state;
    uint32_t answers; /* given so far: the response stays small */
    gyr_call *waiting[SUSPENDED];
    const gyr__field *fields[SUSPENDED];
    uint32_t waiting_count;
} world;

static uint32_t next(world *w) {
    if (w->left) return w->left--, *w->bytes++;
    w->state = w->state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(w->state >> 56);
}

/* ---- answers */

static const int64_t objects[16] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

static int64_t type_of(const void *object, void *user) {
    (void)user;
    return *(const int64_t *)object - 2; /* the first are no types */
}

static void answer_object(world *w, gyr_call *c, const gyr__type *t) {
    uint32_t k = next(w);
    if (t->possible_count && k % 8) {
        const gyr__type *o = t->possible[k / 8 % t->possible_count];
        int64_t index = gyr_schema_type_index(w->schema, o->def.name);
        if (k & 64)
            gyr_return_ref_as(c, &objects[index + 2], index);
        else
            gyr_return_ref(c, &objects[index + 2]);
    } else if (k & 16) {
        gyr_return_ref(c, &objects[k / 32]);
    } else {
        gyr_return_ref_as(c, &objects[k / 32], (int64_t)(k & 15) - 2);
    }
}

static void answer_any(gyr_call *c, uint32_t k) {
    static const int32_t numbers[] = {1, -5, 3};
    static const void *const refs[] = {&objects[2], NULL, &objects[9]};
    switch (k % 16) {
    case 0: gyr_return_i32(c, (int32_t)k); break;
    case 1: gyr_return_i64(c, (int64_t)k << 31); break;
    case 2: gyr_return_u64(c, UINT64_MAX - k); break;
    case 3: gyr_return_f64(c, k & 16 ? 1e308 * 10 : k / 3.0); break;
    case 4: gyr_return_str(c, gyr_s("A")); break;
    case 5: gyr_return_str_borrowed(c, gyr_s("\xff\0\xc3 ill-formed")); break;
    case 6: gyr_return_cstr(c, k & 16 ? NULL : "text"); break;
    case 7: gyr_return_json(c, gyr_s("{\"a\":[1,null]}")); break;
    case 8: gyr_return_bool(c, k & 16); break;
    case 9: gyr_return_null(c); break;
    case 10: gyr_return_values(c, GYR_C_I32, numbers, k / 64); break;
    case 11: gyr_return_refs(c, refs, k / 64); break;
    case 12: gyr_return_structs(c, objects, k / 16, sizeof objects[0]); break;
    case 13: gyr_fail_with(c, gyr_s("failed"), gyr_s("{\"code\":1}")); break;
    case 14: break; /* no answer */
    default: gyr_fail(c, gyr_s("failed")); gyr_return_i32(c, 1);
    }
}

static void answer_leaf(gyr_call *c, const gyr__type *t, uint32_t k) {
    if (t->kind == GYR__ENUM)
        gyr_return_str(c, t->values[k % t->value_count].def.name);
    else if (t->scalar == GYR__BOOLEAN)
        gyr_return_bool(c, k & 1);
    else if (t->scalar == GYR__FLOAT)
        gyr_return_f64(c, k / 7.0);
    else if (t->scalar == GYR__STRING)
        gyr_return_str(c, gyr_s("\"a\n\""));
    else
        gyr_return_i32(c, (int32_t)k);
}

static void answer(world *w, gyr_call *c, gyr__type_ref t) {
    uint32_t k = w->answers++ < ANSWERS ? next(w) : 255;
    if (!c) return;
    if (k >= 250) {
        gyr_return_null(c);
    } else if (k >= 235) {
        answer_any(c, next(w));
    } else if (t.depth) {
        uint32_t n = k % 4;
        gyr_call *items = gyr_return_items(c, n);
        for (uint32_t i = 0; i < n; i++) answer(w, gyr_item(items, i), gyr__item_type(t));
    } else if (gyr__is_composite_type(t.named)) {
        answer_object(w, c, t.named);
    } else {
        answer_leaf(c, t.named, k);
    }
}

/* ---- functions of fields */

static const gyr__field *field_of(const gyr_schema *s, gyr_str type, gyr_str field) {
    const gyr__type *t = gyr__schema_type(s, type);
    return t ? gyr__map_get(&t->field_map, field) : NULL;
}

static void resolve(gyr_call *c) {
    world *w = gyr_context(c);
    const gyr__field *f = field_of(w->schema, gyr_type_name(c), gyr_field_name(c));
    if (!f) abort();
    uint32_t k = next(w);
    if (k % 16 == 1 && w->waiting_count < SUSPENDED) {
        w->fields[w->waiting_count] = f;
        w->waiting[w->waiting_count++] = gyr_suspend(c);
        return;
    }
    if (k % 16 == 2) {
        gyr_str path = gyr_path(c);
        if (!path.len || path.ptr[0] != '[') abort();
    }
    answer(w, c, f->type);
}

static void resolve_batch(gyr_batch *b) {
    world *w = gyr_batch_context(b);
    const gyr__field *f = field_of(w->schema, gyr_s("T"), gyr_s("u"));
    for (uint32_t i = 0; i < gyr_batch_count(b); i++) answer(w, gyr_batch_call(b, i), f->type);
    if (next(w) % 16 == 0) gyr_batch_fail(b, gyr_s("all failed"));
}

static void getter_i(gyr_call *c) {
    answer_leaf(c, gyr__schema_type(((world *)gyr_context(c))->schema, gyr_s("Int")), 3);
}

static void settle(world *w) {
    uint32_t k = next(w), at = k % w->waiting_count;
    gyr_call *c = w->waiting[at];
    const gyr__field *f = w->fields[at];
    w->waiting_count--;
    w->waiting[at] = w->waiting[w->waiting_count];
    w->fields[at] = w->fields[w->waiting_count];
    if (k > 240) {
        gyr_abandon(c);
        return;
    }
    if (f->type.depth && k > 64) {
        gyr_call *items = gyr_return_items(c, 2);
        for (uint32_t i = 0; i < 2; i++) answer(w, gyr_item(items, i), gyr__item_type(f->type));
        gyr_publish(c);
        return;
    }
    if (gyr__is_composite_type(f->type.named))
        answer_object(w, c, f->type.named);
    else
        answer_leaf(c, f->type.named, k);
}

/* ---- a request */

static const gyr_schema *the_schema(void) {
    static const gyr_binding bindings[] = {GYR_BATCH("T.u", resolve_batch), GYR_GETTER("T.i", getter_i), GYR_END};
    const gyr_binding fallback = GYR_RESOLVER("", resolve), type_fallback = GYR_TYPE_FN("", type_of, NULL, NULL);
    const gyr_source source = {.text = GYR_STR("")};
    gyr_source named = source;
    gyr_errors *errors = NULL;
    named.text = gyr_str_of(sdl, sizeof sdl - 1);
    gyr_schema *s = gyr_schema_build(&(gyr_schema_options){.size = sizeof(gyr_schema_options),
                                                           .sources = &named,
                                                           .source_count = 1,
                                                           .bindings = bindings,
                                                           .fallback = &fallback,
                                                           .type_fallback = &type_fallback},
                                     &errors);
    if (!s) {
        gyr_str text = gyr_errors_text(errors);
        fwrite(text.ptr, 1, text.len, stderr);
        abort();
    }
    return s;
}

static gyr_flow sink(void *user, gyr_str bytes, unsigned flags) {
    (void)flags;
    world *w = ((void **)user)[0];
    gyr_buffer *out = ((void **)user)[1];
    char *ptr = realloc(out->ptr, out->len + bytes.len + 1);
    if (!ptr) abort();
    memcpy(ptr + out->len, bytes.ptr, bytes.len);
    out->ptr = ptr;
    out->len += bytes.len;
    uint32_t k = next(w);
    return k > 253 ? GYR_CANCEL : k % 4 == 3 ? GYR_PAUSE : GYR_CONTINUE;
}

static void check_response(gyr_str response) {
    const gyr_limits limits = {.size = sizeof limits, .json_bytes = GYR_UNLIMITED, .json_depth = GYR_UNLIMITED};
    gyr_errors errors;
    gyr__arena arena;
    gyr__errors_init(&errors, NULL, 0);
    gyr__arena_init(&arena, NULL, 0);
    if (!gyr__json_read(&arena, response, &limits, GYR__JSON_UNIQUE, &errors)) abort();
    gyr__arena_fini(&arena);
    gyr__errors_fini(&errors);
}

static void execute(world *w, gyr_plan *plan, gyr_str variables) {
    gyr_buffer out = {0};
    void *user[] = {w, &out};
    uint32_t k = next(w);
    gyr_request r = {.size = sizeof r, .plan = plan, .variables = variables, .root = &objects[2], .context = w};
    r.max_batch = k & 1;
    r.block_rows = k >> 1 & 1;
    if (k & 4)
        r.sink = sink, r.sink_user = user, r.flush_bytes = 1 + k / 8;
    else
        r.buffer = &out;
    gyr_exec *x = gyr_exec_new(&r);
    if (!x) abort();
    gyr_state state;
    while ((state = gyr_run(x)) != GYR_DONE) {
        uint32_t what = next(w);
        if (what > 252) gyr_exec_cancel(x);
        if (what == 252) break;
        if (state == GYR_WAITING && what <= 252) {
            if (!w->waiting_count) abort();
            do settle(w);
            while (w->waiting_count && next(w) % 2);
        }
    }
    if (state == GYR_DONE && gyr_exec_status(x) == GYR_OK) check_response(gyr_str_of(out.ptr, out.len));
    if (k & 64) gyr_exec_free(x);
    while (w->waiting_count) settle(w);
    if (!(k & 64)) gyr_exec_free(x);
    gyr_buffer_free(&out);
}

static gyr_str part(gyr_str *rest) {
    const char *end = rest->len ? memchr(rest->ptr, 0, rest->len) : NULL;
    gyr_str out = gyr_str_of(rest->ptr, end ? (size_t)(end - rest->ptr) : rest->len);
    *rest = gyr__str_slice(*rest, end ? out.len + 1 : rest->len, rest->len);
    return out;
}

static void plan_and_run(const gyr_document *document, gyr_str variables, gyr_str behaviour, const gyr_schema *schema) {
    gyr_errors *errors = NULL;
    gyr_plan *plan = gyr_plan_from((gyr_schema *)schema, document, gyr_s(""), &errors);
    if (!plan && (!errors || !gyr_errors_count(errors))) abort();
    gyr_errors_free(errors);
    if (!plan) return;
    for (int json = 0; json < 2; json++) {
        gyr_buffer print = {0};
        gyr_status status = gyr_plan_print(plan, variables, json, &print);
        if (status == GYR_OK && json) check_response(gyr_str_of(print.ptr, print.len));
        gyr_buffer_free(&print);
    }
    world w = {
        .schema = schema, .bytes = (const uint8_t *)behaviour.ptr, .left = behaviour.len, .state = behaviour.len};
    execute(&w, plan, variables);
    gyr_plan_free(plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const gyr_schema *schema;
    if (!schema) schema = the_schema();
    gyr_str rest = gyr_str_of((const char *)data, size);
    gyr_str text = part(&rest), variables = part(&rest);
    gyr_errors *errors = NULL;
    gyr_document *document = gyr_document_new((gyr_source){gyr_s("d"), text}, NULL, &errors);
    if (document && gyr_document_validate(document, schema, &errors) == GYR_OK)
        plan_and_run(document, variables, rest, schema);
    else if (!errors || !gyr_errors_count(errors))
        abort();
    gyr_errors_free(errors);
    gyr_document_free(document);
    return 0;
}
