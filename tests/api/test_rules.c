/* Rules of the program: what they get to see of a document, what they say, and that nothing they do breaks validation.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "faulty.h"

#include <gyr.h>
#include <pthread.h>
#include <stdio.h>

static const char sdl[] =
    "directive @cost(weight: Int = 7, by: [String!]) on FIELD_DEFINITION | ARGUMENT_DEFINITION | "
    "INPUT_FIELD_DEFINITION\n"
    "directive @on(n: Int) repeatable on FIELD | QUERY | FRAGMENT_SPREAD | INLINE_FRAGMENT | VARIABLE_DEFINITION\n"
    "input Filter { name: String @cost(weight: 2) deep: Filter any: [Int] }\n"
    "interface Node { id: ID! }\n"
    "type Item implements Node { id: ID! name: String self: Item nodes(first: Int = 10): [Node!]! @cost(weight: 5) }\n"
    "type Query { item: Item node: Node items(first: Int = 10, filter: Filter @cost): [Item!] plain: Int }\n"
    "type Mutation { change: Int }\n";

typedef struct setup {
    const gyr_rule *rules, *schema_rules;
    uint32_t count, schema_count, max_errors;
    void *context;
    const gyr_str *builtin;
    uint32_t builtin_count;
    const gyr_allocator *allocator;
} setup;

static gyr_str str(const char *text) { return gyr_str_of(text, strlen(text)); }

/* The errors as text, "" for none, to be freed; the status to *status. */
static char *check(const setup *s, const char *text, gyr_status *status) {
    gyr_errors *errors = NULL;
    gyr_source source = {gyr_s(""), gyr_str_of(sdl, sizeof sdl - 1)};
    gyr_schema_options options = {.size = sizeof options, .sources = &source, .source_count = 1, .unbound = true};
    options.rules = s->schema_rules;
    options.rule_count = s->schema_count;
    if (s->allocator) options.allocator = *s->allocator;
    gyr_limits limits = {.size = sizeof limits};
    gyr_schema *schema = gyr_schema_build(&options, &errors);
    gyr_document *document = gyr_document_new((gyr_source){gyr_s(""), str(text)}, &limits, NULL);
    gyr_validate_options how = {.size = sizeof how,
                                .rules = s->rules,
                                .rule_count = s->count,
                                .max_errors = s->max_errors,
                                .context = s->context,
                                .builtin = s->builtin,
                                .builtin_count = s->builtin_count};
    *status = GYR_ERR_MEMORY;
    if (schema && document) *status = gyr_document_validate_with(document, schema, &how, &errors);
    char *said = NULL;
    size_t size;
    FILE *f = open_memstream(&said, &size);
    for (uint32_t i = 0; i < gyr_errors_count(errors); i++) {
        const gyr_error *e = gyr_errors_get(errors, i);
        fprintf(f, "%.*s", (int)e->message.len, e->message.ptr);
        for (uint32_t k = 0; k < e->location_count; k++)
            fprintf(f, " @%u:%u", e->locations[k].line, e->locations[k].column);
        if (e->coordinate.len) fprintf(f, " %.*s", (int)e->coordinate.len, e->coordinate.ptr);
        fputc('\n', f);
    }
    fclose(f);
    gyr_errors_free(errors);
    gyr_document_free(document);
    gyr_schema_free(schema);
    return said;
}

static void expect(const setup *s, const char *document, const char *expected) {
    gyr_status status;
    char *said = check(s, document, &status);
    if (strcmp(said, expected)) fail_msg("%s\n--- said\n%s--- should say\n%s", document, said, expected);
    assert_int_equal(status, *expected ? GYR_ERR_VALIDATION : GYR_OK);
    free(said);
}

/* ---- what a rule sees */

static const char *const kinds[] = {"document", "operation", "fragment", "variable definition", "field", "spread",
                                    "inline",   "directive", "argument", "input field",         "value", "variable"};

static void put(FILE *f, const char *what, gyr_str text) {
    if (text.len) fprintf(f, " %s%.*s", what, (int)text.len, text.ptr);
}

static void put_value(FILE *f, const gyr_value *v) {
    switch (v->kind) {
    case GYR_VALUE_NULL: fprintf(f, "null"); break;
    case GYR_VALUE_BOOL: fprintf(f, v->of.boolean ? "true" : "false"); break;
    case GYR_VALUE_INT: fprintf(f, "%ld", (long)v->of.integer); break;
    case GYR_VALUE_FLOAT: fprintf(f, "%g", v->of.number); break;
    case GYR_VALUE_STRING: fprintf(f, "'%.*s'", (int)v->of.string.len, v->of.string.ptr); break;
    case GYR_VALUE_ENUM: fprintf(f, "%.*s", (int)v->of.string.len, v->of.string.ptr); break;
    case GYR_VALUE_VARIABLE: fprintf(f, "$%.*s", (int)v->of.string.len, v->of.string.ptr); break;
    case GYR_VALUE_CUSTOM: fprintf(f, "?"); break;
    case GYR_VALUE_LIST:
        fputc('[', f);
        for (uint32_t i = 0; i < v->count; i++) put_value(f, &v->of.items[i]);
        fputc(']', f);
        break;
    case GYR_VALUE_OBJECT:
        fputc('{', f);
        for (uint32_t i = 0; i < v->count; i++) {
            fprintf(f, "%.*s:", (int)v->of.members[i].name.len, v->of.members[i].name.ptr);
            put_value(f, &v->of.members[i].value);
        }
        fputc('}', f);
    }
}

/* One line for each node: all that can be asked of it. */
static void tell_enter(gyr_visit *visit, void *user) {
    FILE *f = user;
    gyr_location at = gyr_visit_location(visit);
    const gyr_value *value = gyr_visit_value(visit), *first = gyr_visit_argument(visit, gyr_s("first"));
    const gyr_value *weight = gyr_visit_applied(visit, gyr_s("cost"), gyr_s("weight"));
    gyr_str operation = {NULL, 0};
    gyr_operation_type type;
    int levels = 0;
    for (const gyr_visit *v = visit; (v = gyr_visit_parent(v)) != NULL;) levels++;
    fprintf(f, "%*s%s %u:%u", levels, "", kinds[gyr_visit_node(visit)], at.line, at.column);
    put(f, "", gyr_visit_name(visit));
    put(f, "as ", gyr_visit_alias(visit));
    put(f, "in ", gyr_visit_parent_type(visit));
    put(f, ": ", gyr_visit_type(visit));
    put(f, "named ", gyr_visit_named_type(visit));
    put(f, "is ", gyr_visit_coordinate(visit));
    if (gyr_visit_depth(visit)) fprintf(f, " depth %u", gyr_visit_depth(visit));
    if (gyr_visit_operation(visit, &operation, &type)) {
        put(f, "of ", operation);
        fprintf(f, " %d", (int)type);
    }
    if (value) fprintf(f, " = "), put_value(f, value);
    if (first) fprintf(f, " first "), put_value(f, first);
    if (weight) fprintf(f, " weight "), put_value(f, weight);
    if (gyr_visit_applied(visit, gyr_s("cost"), gyr_s(""))) fprintf(f, " costs");
    fputc('\n', f);
}
static void tell_leave(gyr_visit *visit, void *user) {
    int levels = 0;
    for (const gyr_visit *v = visit; (v = gyr_visit_parent(v)) != NULL;) levels++;
    if (gyr_visit_node(visit) == GYR_NODE_FIELD) fprintf(user, "%*send\n", levels, "");
}

static void expect_log(const char *document, uint32_t nodes, const char *expected) {
    char *log = NULL;
    size_t size;
    FILE *f = open_memstream(&log, &size);
    gyr_rule rule = {.size = sizeof rule, .enter = tell_enter, .leave = tell_leave, .user = f, .nodes = nodes};
    gyr_status status;
    char *said = check(&(setup){.rules = &rule, .count = 1}, document, &status);
    fclose(f);
    if (strcmp(log, expected)) fail_msg("%s\n--- log\n%s--- should be\n%s", document, log, expected);
    free(said);
    free(log);
}

static void test_visits(void **state) {
    (void)state;
    expect_log(
        "query Q($n: Int = 3 @on, $s: String) @on {\n"
        "  i: items(first: $n, filter: {name: $s, any: [1, null]}) @on(n: 2) {\n"
        "    ... on Node @on { id }\n"
        "    ...F @on\n"
        "  }\n"
        "}\n"
        "fragment F on Item { nodes { __typename } }",
        0,
        "document 1:1\n"
        " fragment 7:1 F : Item named Item\n"
        "  field 7:22 nodes in Item : [Node!]! named Node is Item.nodes first 10 weight 5 costs\n"
        "   field 7:30 __typename in Node : String! named String is Node.__typename depth 1\n"
        "   end\n"
        "  end\n"
        " operation 1:1 Q : Query named Query of Q 0\n"
        "  variable definition 1:9 n : Int named Int of Q 0 = 3\n"
        "   value 1:19 : Int named Int of Q 0 = 3\n"
        "   directive 1:21 on is @on of Q 0\n"
        "  variable definition 1:26 s : String named String of Q 0\n"
        "  directive 1:38 on is @on of Q 0\n"
        "  field 2:3 items as i in Query : [Item!] named Item is Query.items of Q 0 first $n\n"
        "   argument 2:12 first : Int named Int is Query.items(first:) depth 1 of Q 0 = $n\n"
        "    variable 2:19 n : Int named Int depth 1 of Q 0 = $n\n"
        "   argument 2:23 filter : Filter named Filter is Query.items(filter:) depth 1 of Q 0 = {name:$sany:[1null]} "
        "costs\n"
        "    value 2:31 : Filter named Filter depth 1 of Q 0 = {name:$sany:[1null]}\n"
        "     input field 2:32 name in Filter : String named String is Filter.name depth 1 of Q 0 = $s weight 2 costs\n"
        "      variable 2:38 s : String named String depth 1 of Q 0 = $s\n"
        "     input field 2:42 any in Filter : [Int] named Int is Filter.any depth 1 of Q 0 = [1null]\n"
        "      value 2:47 : [Int] named Int depth 1 of Q 0 = [1null]\n"
        "       value 2:48 : Int named Int depth 1 of Q 0 = 1\n"
        "       value 2:51 : Int named Int depth 1 of Q 0 = null\n"
        "   directive 2:59 on is @on depth 1 of Q 0\n"
        "    argument 2:63 n : Int named Int is @on(n:) depth 1 of Q 0 = 2\n"
        "     value 2:66 : Int named Int depth 1 of Q 0 = 2\n"
        "   inline 3:5 in Item : Node named Node depth 1 of Q 0\n"
        "    directive 3:17 on is @on depth 1 of Q 0\n"
        "    field 3:23 id in Node : ID! named ID is Node.id depth 1 of Q 0\n"
        "    end\n"
        "   spread 4:5 F in Item depth 1 of Q 0\n"
        "    directive 4:10 on is @on depth 1 of Q 0\n"
        "  end\n");
}

static void test_unknown_things(void **state) {
    (void)state;
    expect_log(
        "mutation { nope(a: {b: 1}) @none(c: $d) { x } ... on Nope { y } ...G ...G } fragment G on None { z } type T { "
        "f(a: Int = 1): Int @on }",
        0,
        "document 1:1\n"
        " fragment 1:77 G\n"
        "  field 1:98 z\n"
        "  end\n"
        " operation 1:1 : Mutation named Mutation 1\n"
        "  field 1:12 nope in Mutation 1\n"
        "   argument 1:17 a depth 1 1 = {b:1}\n"
        "    value 1:20 depth 1 1 = {b:1}\n"
        "     input field 1:21 b depth 1 1 = 1\n"
        "      value 1:24 depth 1 1 = 1\n"
        "   directive 1:28 none depth 1 1\n"
        "    argument 1:34 c depth 1 1 = $d\n"
        "     variable 1:37 d depth 1 1 = $d\n"
        "   field 1:43 x depth 1 1\n"
        "   end\n"
        "  end\n"
        "  inline 1:47 in Mutation 1\n"
        "   field 1:61 y 1\n"
        "   end\n"
        "  spread 1:65 G in Mutation 1\n"
        "  spread 1:70 G in Mutation 1\n");
    expect_log("{ plain ...F } fragment F on Query { plain ...F }", 1u << GYR_NODE_SPREAD | 1u << GYR_NODE_FRAGMENT,
               " fragment 1:16 F : Query named Query\n"
               "  spread 1:44 F in Query\n"
               "  spread 1:9 F in Query 0\n");
}

/* ---- what a rule says */

static void refuse(gyr_visit *visit, void *user) { gyr_visit_fail(visit, *(const gyr_str *)user); }

static void test_errors(void **state) {
    (void)state;
    gyr_str message = gyr_s("No.");
    gyr_rule fields = {.size = sizeof fields, .enter = refuse, .user = &message, .nodes = 1u << GYR_NODE_FIELD};
    setup s = {.rules = &fields, .count = 1};
    expect(
        &s, "{ plain\n nope item { id } }",
        "No. @1:3 Query.plain\nNo. @2:2\nCannot query field \"nope\" on type \"Query\". Did you mean \"node\"? @2:2\n"
        "No. @2:7 Query.item\nNo. @2:14 Item.id\n");
    s.max_errors = 2;
    expect(&s, "{ plain item { id name } }",
           "No. @1:3 Query.plain\nNo. @1:9 Query.item\nToo many validation errors, error limit reached. Validation "
           "aborted.\n");
    gyr_rule all = {.size = sizeof all, .leave = refuse, .user = &message};
    expect(&(setup){.rules = &all, .count = 1},
           "query($n: Int) { items(filter: {any: [$n]}) @on(n: 1) { ...F } } fragment F on Item { id }",
           "No. @1:1\nNo. @1:1\nNo. @1:7\nNo. @1:18 Query.items\nNo. @1:24 Query.items(filter:)\nNo. @1:32\n"
           "No. @1:33 Filter.any\nNo. @1:38\nNo. @1:39\nNo. @1:45 @on\nNo. @1:49 @on(n:)\nNo. @1:52\nNo. @1:57\n"
           "No. @1:66\nNo. @1:87 Item.id\n");
}

static void test_messages_with_nul(void **state) {
    (void)state;
    gyr_str message = gyr_s("a\0b");
    gyr_rule rule = {.size = sizeof rule, .enter = refuse, .user = &message, .nodes = 1u << GYR_NODE_OPERATION};
    gyr_source source = {gyr_s(""), gyr_str_of(sdl, sizeof sdl - 1)};
    gyr_schema_options options = {.size = sizeof options,
                                  .sources = &source,
                                  .source_count = 1,
                                  .unbound = true,
                                  .rules = &rule,
                                  .rule_count = 1};
    gyr_errors *errors = NULL;
    gyr_schema *schema = gyr_schema_build(&options, NULL);
    assert_null(gyr_plan_new(schema, gyr_s("{plain}"), gyr_s(""), &errors));
    assert_int_equal(gyr_errors_count(errors), 1);
    assert_int_equal(gyr_errors_get(errors, 0)->message.len, 3);
    assert_memory_equal(gyr_errors_get(errors, 0)->message.ptr, "a\0b", 3);
    gyr_errors_free(errors);
    gyr_schema_free(schema);
}

/* ---- numbers */

/* Depth: the most at a field is one more than inside. */
static void depth_leave(gyr_visit *visit, void *user) {
    char text[64];
    if (gyr_visit_node(visit) == GYR_NODE_FIELD) {
        gyr_visit_put(visit, 1 + gyr_visit_most(visit));
    } else {
        int len = snprintf(text, sizeof text, "depth %lu", (unsigned long)gyr_visit_most(visit));
        if (gyr_visit_most(visit) > *(const uint64_t *)user) gyr_visit_fail(visit, gyr_str_of(text, (size_t)len));
    }
}
/* Cost: a list costs its items. */
static void cost_leave(gyr_visit *visit, void *user) {
    char text[64];
    const gyr_value *first = gyr_visit_argument(visit, gyr_s("first"));
    uint64_t times = first && first->kind == GYR_VALUE_INT ? (uint64_t)first->of.integer : 1;
    if (gyr_visit_node(visit) == GYR_NODE_FIELD) {
        gyr_visit_put(visit, 1 + times * gyr_visit_sum(visit));
    } else if (gyr_visit_sum(visit) > *(const uint64_t *)user) {
        int len = snprintf(text, sizeof text, "cost %lu", (unsigned long)gyr_visit_sum(visit));
        gyr_visit_fail(visit, gyr_str_of(text, (size_t)len));
    }
}

static void test_numbers(void **state) {
    (void)state;
    uint64_t most = 0;
    const uint32_t nodes = 1u << GYR_NODE_FIELD | 1u << GYR_NODE_OPERATION;
    gyr_rule rules[] = {
        {.size = sizeof rules[0], .leave = depth_leave, .user = &most, .nodes = nodes},
        {.size = sizeof rules[0], .leave = cost_leave, .user = &most, .nodes = nodes | 1u << GYR_NODE_DOCUMENT}};
    setup s = {.rules = rules, .count = 2};
    expect(&s, "{ plain }", "depth 1 @1:1\ncost 1 @1:1\ncost 1 @1:1\n");
    expect(&s,
           "{ ...F plain ...F item { ...G } } fragment F on Query { item { ...G } node { id } } fragment G on Item { "
           "self { ...H "
           "} } fragment H on Item { id nodes { id ... on Item { name } } }",
           "depth 4 @1:1\ncost 77 @1:1\ncost 77 @1:1\n");
    expect(&s, "{ plain items(first: 5) { id name nodes(first: 100) { id } } }",
           "depth 3 @1:1\ncost 517 @1:1\ncost 517 @1:1\n");
    expect(&s, "query A { plain ...F } query B { ...F } fragment F on Query { plain }",
           "depth 1 @1:1\ncost 2 @1:1\ncost 3 @1:1\ndepth 1 @1:24\ncost 1 @1:24\n");
    most = 1;
    expect(&(setup){.rules = rules, .count = 1}, "query A { item { id } } query B { plain }", "depth 2 @1:1\n");
    expect(&(setup){.rules = rules, .count = 1}, "{ plain @on }", "");
}

/* However often fragments spread each other, each is visited once. */
static void count_enter(gyr_visit *visit, void *user) { (void)visit, ++*(int *)user; }

static void test_fragments_once(void **state) {
    (void)state;
    int calls = 0;
    char *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    fprintf(f, "{ ...F0 }");
    for (int i = 0; i < 9; i++) fprintf(f, "fragment F%d on Query { ...F%d ...F%d }", i, i + 1, i + 1);
    fprintf(f, "fragment F9 on Query { plain }");
    fclose(f);
    uint64_t most = 100;
    gyr_rule rules[] = {{.size = sizeof rules[0], .enter = count_enter, .user = &calls, .nodes = 1u << GYR_NODE_SPREAD},
                        {.size = sizeof rules[0],
                         .leave = cost_leave,
                         .user = &most,
                         .nodes = 1u << GYR_NODE_FIELD | 1u << GYR_NODE_OPERATION}};
    gyr_status status;
    char *said = check(&(setup){.rules = rules, .count = 2}, text, &status);
    assert_string_equal(said, "cost 512 @1:1\n");
    assert_int_equal(calls, 19);
    free(said);
    free(text);
}

/* ---- state, context, where rules come from */

static void third_enter(gyr_visit *visit, void *user) {
    int *seen = gyr_visit_state(visit);
    (void)user;
    if (++*seen == 3) gyr_visit_fail(visit, gyr_s("The third field."));
}
static void tenant_enter(gyr_visit *visit, void *user) {
    const char *tenant = gyr_visit_context(visit);
    (void)user;
    if (tenant && !strcmp(tenant, "guest")) gyr_visit_fail(visit, gyr_s("Not for guests."));
}

static void test_state_and_context(void **state) {
    (void)state;
    gyr_rule third = {
        .size = sizeof third, .enter = third_enter, .nodes = 1u << GYR_NODE_FIELD, .state_size = sizeof(int)};
    gyr_rule tenant = {.size = sizeof tenant, .enter = tenant_enter, .nodes = 1u << GYR_NODE_OPERATION};
    gyr_rule both[] = {third, third};
    char guest[] = "guest";
    setup s = {.schema_rules = both, .schema_count = 2, .rules = &tenant, .count = 1, .context = guest};
    expect(&s, "{ plain }", "Not for guests. @1:1\n");
    s.context = NULL;
    expect(&s, "{ plain a: plain }", "");
    expect(&s, "{ plain a: plain b: plain c: plain }",
           "The third field. @1:18 Query.plain\nThe third field. @1:18 Query.plain\n");
}

/* Each of many threads has a state of its own. */
static void *plan_often(void *schema) {
    for (int i = 0; i < 200; i++) {
        gyr_plan *plan = gyr_plan_new(schema, gyr_s("{ plain a: plain }"), gyr_s(""), NULL);
        if (!plan || gyr_plan_new(schema, gyr_s("{ plain a: plain b: plain }"), gyr_s(""), NULL)) return schema;
        gyr_plan_free(plan);
    }
    return NULL;
}

static void test_plans_and_threads(void **state) {
    (void)state;
    gyr_rule third = {
        .size = sizeof third, .enter = third_enter, .nodes = 1u << GYR_NODE_FIELD, .state_size = sizeof(int)};
    gyr_source source = {gyr_s(""), gyr_str_of(sdl, sizeof sdl - 1)};
    gyr_schema_options options = {.size = sizeof options,
                                  .sources = &source,
                                  .source_count = 1,
                                  .unbound = true,
                                  .rules = &third,
                                  .rule_count = 1};
    gyr_schema *schema = gyr_schema_build(&options, NULL);
    memset(&third, 0xff, sizeof third); /* the schema has a copy */
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) assert_int_equal(pthread_create(&threads[i], NULL, plan_often, schema), 0);
    for (int i = 0; i < 4; i++) {
        void *failed;
        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
    gyr_schema_free(schema);
}

static void test_builtin_rules(void **state) {
    (void)state;
    const char *document = "query Q($unused: Int) { plain { x } nope }";
    gyr_str names[] = {gyr_s("ScalarLeafsRule"), gyr_s("NoUnusedVariablesRule")};
    setup s = {.builtin = names, .builtin_count = 2};
    expect(&s, document,
           "Variable \"$unused\" is never used in operation \"Q\". @1:9\n"
           "Field \"plain\" must not have a selection since type \"Int\" has no subfields. @1:31\n");
    s.builtin_count = 1;
    expect(&s, "{ nope }", "");
    names[0] = gyr_s("ScalarLeaves");
    gyr_status status;
    char *said = check(&s, document, &status);
    assert_string_equal(said, "There is no rule \"ScalarLeaves\".\n");
    assert_int_equal(status, GYR_ERR_ARGUMENT);
    free(said);
    uint32_t count = 0;
    bool found = false;
    for (gyr_str name; (name = gyr_builtin_rule(count)).ptr; count++)
        found |= name.len == 15 && !memcmp(name.ptr, "ScalarLeafsRule", 15);
    assert_true(found);
    assert_in_range(count, 30, 64);
}

/* A row of a program made for a shorter struct. */
static void test_older_rows(void **state) {
    (void)state;
    struct old {
        size_t size;
        gyr_visit_fn *enter, *leave;
        void *user;
    } rows[2];
    gyr_str one = gyr_s("one"), two = gyr_s("two");
    rows[0] = (struct old){sizeof rows[0], refuse, NULL, &one};
    rows[1] = (struct old){sizeof rows[0], NULL, refuse, &two};
    expect(&(setup){.rules = (const gyr_rule *)rows, .count = 2}, "{ plain }",
           "one @1:1\none @1:1\ntwo @1:1\ntwo @1:1\none @1:3 Query.plain\ntwo @1:3 Query.plain\n");
}

/* ---- hostile documents, no memory */

static void ask_all(gyr_visit *visit, void *user) {
    size_t *total = user;
    *total += gyr_visit_type(visit).len + gyr_visit_coordinate(visit).len + gyr_visit_location(visit).line;
    if (gyr_visit_node(visit) == GYR_NODE_FIELD || gyr_visit_node(visit) == GYR_NODE_ARGUMENT)
        *total += gyr_visit_text(visit).len + (gyr_visit_value(visit) != NULL);
    gyr_visit_put(visit, *total);
    if (gyr_visit_node(visit) == GYR_NODE_SPREAD) gyr_visit_fail(visit, gyr_s("Spreads are out."));
}

static void *run_deep(void *unused) {
    size_t total = 0;
    (void)unused;
    gyr_rule rule = {.size = sizeof rule, .leave = ask_all, .user = &total};
    char *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);
    fprintf(f, "{ items(filter: ");
    for (int i = 0; i < 190; i++) fprintf(f, "{deep:");
    fprintf(f, "{}");
    for (int i = 0; i < 190; i++) fputc('}', f);
    fprintf(f, ") { id } item ");
    for (int i = 0; i < 190; i++) fprintf(f, "{ self ");
    fprintf(f, "{ id ");
    for (int i = 0; i < 191; i++) fputc('}', f);
    fputc('}', f);
    fclose(f);
    gyr_status status;
    free(check(&(setup){.rules = &rule, .count = 1}, text, &status));
    free(text);
    return status == GYR_OK ? NULL : text;
}

static void test_small_stack(void **state) {
    (void)state;
    pthread_attr_t attr;
    pthread_t thread;
    void *failed;
    pthread_attr_init(&attr);
    assert_int_equal(pthread_attr_setstacksize(&attr, TEST_STACK), 0);
    assert_int_equal(pthread_create(&thread, &attr, run_deep, NULL), 0);
    pthread_join(thread, &failed);
    pthread_attr_destroy(&attr);
    assert_null(failed);
}

static void test_no_memory(void **state) {
    (void)state;
    for (uint64_t n = 1;; n++) {
        size_t total = 0;
        faulty f = {.fail_at = n, .for_good = n % 2};
        gyr_allocator al = faulty_allocator(&f);
        gyr_rule rules[] = {{.size = sizeof rules[0], .leave = ask_all, .user = &total, .state_size = 1000},
                            {.size = sizeof rules[0], .enter = ask_all, .user = &total, .state_size = 100000}};
        setup s = {.rules = rules, .count = 2, .schema_rules = rules, .schema_count = 1, .allocator = &al};
        gyr_status status;
        char *said = check(
            &s,
            "query Q($n: Int) { items(first: $n, filter: {any: [1, 2]}) @on(n: 1) { id ...F } } fragment F on Item "
            "{ nodes { id } }",
            &status);
        assert_int_equal(f.live, 0);
        if (!f.failed) {
            assert_int_equal(status, GYR_ERR_VALIDATION);
            assert_string_equal(said, "Spreads are out. @1:75\nSpreads are out. @1:75\nSpreads are out. @1:75\n");
        } else {
            assert_int_equal(status, GYR_ERR_MEMORY);
        }
        free(said);
        if (!f.failed) break;
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_visits),
        cmocka_unit_test(test_unknown_things),
        cmocka_unit_test(test_errors),
        cmocka_unit_test(test_messages_with_nul),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_fragments_once),
        cmocka_unit_test(test_state_and_context),
        cmocka_unit_test(test_plans_and_threads),
        cmocka_unit_test(test_builtin_rules),
        cmocka_unit_test(test_older_rows),
        cmocka_unit_test(test_small_stack),
        cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
