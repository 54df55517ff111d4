/* Any bytes as the variables of one operation that uses every kind of input type. The request is answered; its response is
 * JSON; the coerced values - the tree and the C structs - are walked from end to end.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "json/read.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char sdl[] = "enum Color { RED GREEN BLUE }\n"
                          "scalar Any scalar Hex\n"
                          "input Point { x: Int! y: Float = 0.5 label: String }\n"
                          "input Choice @oneOf { id: ID name: String point: Point many: [Int!] }\n"
                          "input Tree { value: Int = 3 kids: [Tree!] points: [[Point!]]! = [[{x: 1}]] choice: Choice "
                          "color: Color = RED any: Any "
                          "hex: [Hex] flag: Boolean }\n"
                          "type Query { all(tree: Tree, choice: Choice, colors: [Color!], any: Any, hex: Hex, grid: "
                          "[[Float]!], id: ID): Int\n"
                          "  point(p: Point, ids: [ID!]): Int }\n";
static const char operation[] =
    "query ($tree: Tree, $choice: Choice, $colors: [Color!] = [RED], $any: Any, $hex: Hex = \"ff\", $grid: [[Float]!], "
    "$id: ID, "
    "$p: Point! = {x: 7}, $ids: [ID!], $x: Int! = 2, $s: String, $flag: Boolean! = true) {\n"
    "  all(tree: $tree, choice: $choice, colors: $colors, any: $any, hex: $hex, grid: $grid, id: $id)\n"
    "  inside: all(tree: {value: $x, kids: [{points: [[$p]], any: {a: [$any]}}], choice: {point: $p}, hex: [$hex, "
    "\"1\"]}) "
    "@include(if: $flag)\n"
    "  point(p: $p, ids: $ids) @skip(if: $flag)\n"
    "  parts: point(p: {x: $x, label: $s}, ids: [\"a\", \"b\"])\n"
    "}\n";

typedef struct point {
    int32_t x, has_label;
    double y;
    gyr_str label;
} point;
typedef struct point_args {
    point *p;
    gyr_str *ids;
    uint32_t id_count;
} point_args;

static bool parse_hex(const gyr_value *in, void *into, gyr_str *message, void *user) {
    (void)user;
    if (in->kind != GYR_VALUE_STRING) return false;
    for (size_t i = 0; i < in->of.string.len; i++) {
        char c = in->of.string.ptr[i];
        int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        *message = gyr_s("not hexadecimal");
        if (digit < 0 || i > 7) return false;
        *(uint32_t *)into = *(uint32_t *)into << 4 | (uint32_t)digit;
    }
    return true;
}

static uint32_t sum_text(gyr_str s) {
    uint32_t sum = (uint32_t)s.len;
    for (size_t i = 0; i < s.len; i++) sum = sum * 31 + (unsigned char)s.ptr[i];
    return sum;
}

/* Depth: json_depth and that of the literals. */
static uint32_t sum_value(const gyr_value *v) {
    uint32_t sum = (uint32_t)v->kind;
    switch (v->kind) {
    case GYR_VALUE_NULL: break;
    case GYR_VALUE_VARIABLE: break;
    case GYR_VALUE_BOOL: sum += v->of.boolean; break;
    case GYR_VALUE_INT: sum += (uint32_t)v->of.integer; break;
    case GYR_VALUE_FLOAT: sum += v->of.number > 0; break;
    case GYR_VALUE_STRING:
    case GYR_VALUE_ENUM: sum += sum_text(v->of.string); break;
    case GYR_VALUE_CUSTOM: sum += *(const uint32_t *)v->of.custom; break;
    case GYR_VALUE_LIST:
        for (uint32_t i = 0; i < v->count; i++) sum = sum * 31 + sum_value(&v->of.items[i]);
        break;
    case GYR_VALUE_OBJECT:
        for (uint32_t i = 0; i < v->count; i++)
            sum = sum * 31 + sum_text(v->of.members[i].name) + sum_value(&v->of.members[i].value);
    }
    return sum;
}

static void all(gyr_call *call) {
    static const gyr_str names[] = {GYR_STR("tree"), GYR_STR("choice"), GYR_STR("colors"), GYR_STR("any"),
                                    GYR_STR("hex"),  GYR_STR("grid"),   GYR_STR("id")};
    uint32_t sum = 0;
    for (uint32_t i = 0; i < GYR__COUNT(names); i++) {
        const gyr_value *v = gyr_arg(call, names[i]);
        if (v) sum += sum_value(v);
    }
    const gyr_value *choice = gyr_arg(call, gyr_s("choice"));
    if (choice && choice->kind == GYR_VALUE_OBJECT && choice->count != 1) abort();
    gyr_return_i32(call, (int32_t)sum);
}

static void sum_point(gyr_call *call) {
    const point_args *args = gyr_args(call);
    uint32_t sum = args->id_count;
    if (args->p) {
        sum += (uint32_t)args->p->x + (args->p->y > 0) + (args->p->has_label == 1 ? sum_text(args->p->label) : 0);
        if (args->p->has_label < 0 || args->p->has_label > 2) abort();
    }
    for (uint32_t i = 0; i < args->id_count; i++) sum += sum_text(args->ids[i]);
    gyr_return_i32(call, (int32_t)sum);
}

static const gyr_binding bindings[] = {
    GYR_SCALAR("Hex", uint32_t, NULL, parse_hex, NULL),
    GYR_TYPE("Point", point),
    GYR_ARG("Point.x", point, x),
    GYR_ARG("Point.y", point, y),
    GYR_ARG_HAS("Point.label", point, label, has_label),
    GYR_RESOLVER("Query.all", all),
    GYR_RESOLVER("Query.point", sum_point),
    GYR_ARG_REF("Query.point(p:)", point_args, p),
    GYR_ARG_LIST("Query.point(ids:)", point_args, ids, id_count),
    GYR_END,
};

static gyr_plan *the_plan(void) {
    gyr_errors *errors = NULL;
    gyr_schema *schema = gyr_schema_new(gyr_str_of(sdl, sizeof sdl - 1), bindings, &errors);
    gyr_plan *plan = gyr_plan_new(schema, gyr_str_of(operation, sizeof operation - 1), gyr_s(""), &errors);
    if (!plan) {
        gyr_str text = gyr_errors_text(errors);
        fwrite(text.ptr, 1, text.len, stderr);
        abort();
    }
    gyr_schema_free(schema);
    return plan;
}

static void check_response(const gyr_buffer *response) {
    const gyr_limits limits = {.size = sizeof limits, .json_bytes = GYR_UNLIMITED, .json_depth = GYR_UNLIMITED};
    gyr_errors errors;
    gyr__arena arena;
    gyr__errors_init(&errors, NULL, 0);
    gyr__arena_init(&arena, NULL, 0);
    if (!gyr__json_read(&arena, gyr_str_of(response->ptr, response->len), &limits, GYR__JSON_UNIQUE, &errors)) abort();
    gyr__arena_fini(&arena);
    gyr__errors_fini(&errors);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static gyr_plan *plan;
    gyr_buffer response = {0}, print = {0};
    if (!plan) plan = the_plan();
    gyr_str variables = gyr_str_of((const char *)data, size);
    gyr_request request = {.size = sizeof request, .plan = plan, .variables = variables, .buffer = &response};
    if (gyr_execute(&request)) abort();
    check_response(&response);
    gyr_status status = gyr_plan_print(plan, variables, true, &print);
    if (status != GYR_OK && status != GYR_ERR_ARGUMENT) abort();
    gyr_buffer_free(&print);
    gyr_buffer_free(&response);
    return 0;
}
