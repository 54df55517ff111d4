/* Rules of one's own: how deep an operation may nest, what it may cost, and no introspection but __typename. They are given
 * to the schema, so gyr_plan_new refuses what breaks them, beside what breaks the specification's own rules.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "../example.h"
#include <inttypes.h>

static const char sdl[] =
    "\"What a field costs, and the arguments that tell how many items its list has.\"\n"
    "directive @cost(weight: Int! = 1, per: [String!] = []) on FIELD_DEFINITION\n"
    "type Query { shop: Shop! }\n"
    "type Shop { name: String!, products(first: Int = 10): [Product!]! @cost(weight: 5, per: [\"first\"]) }\n"
    "type Product { name: String!, related(first: Int = 5): [Product!]! @cost(weight: 20, per: [\"first\"]) }\n";

/* ---- depth: a field is one deeper than what it selects */

static void depth_leave(gyr_visit *visit, void *user) {
    const uint64_t *limit = user;
    char text[100];
    if (gyr_visit_node(visit) == GYR_NODE_FIELD) {
        gyr_visit_put(visit, gyr_visit_most(visit) + 1);
    } else if (gyr_visit_most(visit) > *limit) {
        int len =
            snprintf(text, sizeof text, "The operation is %" PRIu64 " fields deep, at most %" PRIu64 " are allowed.",
                     gyr_visit_most(visit), *limit);
        gyr_visit_fail(visit, gyr_str_of(text, (size_t)len));
    }
}

/* ---- cost: a field costs its weight, and what it selects as often as its list has items */

static uint64_t multiply(uint64_t a, uint64_t b) { return a && b > UINT64_MAX / a ? UINT64_MAX : a * b; }

/* The items that @cost(per:) makes us expect. A variable may be anything: it counts as the most a client may ask for. */
static uint64_t items(const gyr_visit *visit) {
    enum { MOST = 100 };
    const gyr_value *per = gyr_visit_applied(visit, gyr_s("cost"), gyr_s("per"));
    uint64_t count = 1;
    for (uint32_t i = 0; per && per->kind == GYR_VALUE_LIST && i < per->count; i++) {
        const gyr_value *n = gyr_visit_argument(visit, per->of.items[i].of.string);
        if (n && n->kind == GYR_VALUE_INT && n->of.integer >= 0) count = multiply(count, (uint64_t)n->of.integer);
        if (n && n->kind == GYR_VALUE_VARIABLE) count = multiply(count, MOST);
    }
    return count;
}

static void cost_leave(gyr_visit *visit, void *user) {
    const uint64_t *limit = user;
    char text[100];
    if (gyr_visit_node(visit) == GYR_NODE_FIELD) {
        const gyr_value *weight = gyr_visit_applied(visit, gyr_s("cost"), gyr_s("weight"));
        uint64_t own = weight && weight->kind == GYR_VALUE_INT ? (uint64_t)weight->of.integer : 1;
        uint64_t below = multiply(items(visit), gyr_visit_sum(visit));
        gyr_visit_put(visit, below > UINT64_MAX - own ? UINT64_MAX : own + below);
    } else if (gyr_visit_sum(visit) > *limit) {
        int len = snprintf(text, sizeof text, "The operation costs %" PRIu64 ", at most %" PRIu64 " is allowed.",
                           gyr_visit_sum(visit), *limit);
        gyr_visit_fail(visit, gyr_str_of(text, (size_t)len));
    }
}

/* ---- no introspection but __typename */

static void introspection_enter(gyr_visit *visit, void *user) {
    gyr_str name = gyr_visit_name(visit);
    (void)user;
    if (name.len < 2 || memcmp(name.ptr, "__", 2) != 0) return;
    if (gyr_visit_depth(visit) == 0 && !(name.len == 10 && !memcmp(name.ptr, "__typename", 10)))
        gyr_visit_fail(visit, gyr_s("Introspection is off here; __typename may be asked for."));
}

/* ---- data */

struct product {
    const char *name;
};
static const struct product products[] = {{"Kettle"}, {"Mug"}, {"Spoon"}};

static void shop(gyr_call *call) { gyr_return_ref(call, "Tea & Co."); }
static void shop_name(gyr_call *call) { gyr_return_cstr(call, gyr_parent(call)); }
static void some(gyr_call *call) {
    const gyr_value *first = gyr_arg(call, gyr_s("first"));
    size_t count = first && first->kind == GYR_VALUE_INT && first->of.integer < 3 ? (size_t)first->of.integer : 3;
    gyr_return_structs(call, products, count, sizeof products[0]);
}

static const gyr_binding bindings[] = {
    GYR_GETTER("Query.shop", shop),
    GYR_GETTER("Shop.name", shop_name),
    GYR_TYPE("Product", struct product),
    GYR_FIELD("Product.name", struct product, name),
    GYR_RESOLVER("Shop.products", some),
    GYR_RESOLVER("Product.related", some),
    GYR_END,
};

/* ---- the program */

static void run(gyr_schema *schema, gyr_str query, gyr_str variables) {
    gyr_errors *errors = NULL;
    gyr_plan *plan = gyr_plan_new(schema, query, gyr_s(""), &errors);
    if (plan) {
        gyr_plan_free(plan);
        example_run(schema, query, variables, NULL, NULL);
        return;
    }
    gyr_str text = gyr_errors_text(errors);
    printf("%.*s", (int)text.len, text.ptr);
    gyr_errors_free(errors);
}

int main(void) {
    enum { FIELD = 1 << GYR_NODE_FIELD, OPERATION = 1 << GYR_NODE_OPERATION };
    uint64_t max_depth = 4, max_cost = 1000;
    const gyr_rule rules[] = {
        {.size = sizeof(gyr_rule), .leave = depth_leave, .user = &max_depth, .nodes = FIELD | OPERATION},
        {.size = sizeof(gyr_rule), .leave = cost_leave, .user = &max_cost, .nodes = FIELD | OPERATION},
        {.size = sizeof(gyr_rule), .enter = introspection_enter, .nodes = FIELD},
    };
    const gyr_source source = {gyr_s(""), gyr_str_of(sdl, sizeof sdl - 1)};
    const gyr_schema_options options = {.size = sizeof options,
                                        .sources = &source,
                                        .source_count = 1,
                                        .bindings = bindings,
                                        .rules = rules,
                                        .rule_count = sizeof rules / sizeof rules[0]};
    gyr_errors *errors = NULL;
    gyr_schema *schema = gyr_schema_build(&options, &errors);
    if (!schema) return !example_failed(errors);

    run(schema, gyr_s("{ shop { __typename name products(first: 2) { name } } }"), gyr_s(""));
    run(schema, gyr_s("{ shop { products { ...P } } } fragment P on Product { related { related { name } } }"),
        gyr_s(""));
    run(schema, gyr_s("query($n: Int!) { shop { products(first: $n) { related { name } } } }"), gyr_s("{\"n\": 1}"));
    run(schema, gyr_s("{ __schema { types { name } } shop { name price } }"), gyr_s(""));

    gyr_schema_free(schema);
    return 0;
}
