/* What the host interface promises, case by case: each natively and as JSON, with leaf fields read in runs and one by one,
 * with places kept and not.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>

static const char sdl[] =
    "type Query { a: Int b: Int! c: String user: User users: [User] must: [User!]! strict: User! "
    "  matrix: [[Int]] tags: [String!] node: Node nodes: [Node!] any: Any n(x: Int, s: S, i: In, l: [Int]): Int }\n"
    "interface Node { id: ID } type User implements Node { id: ID name: String! age: Int friend: User friends: [User!] "
    "  best: User! }\n"
    "type Post implements Node { id: ID title: String author: User! } union Any = User | Post type Other { x: Int }\n"
    "scalar S input In { a: Int = 3 b: [Int!] s: S }\n"
    "type Mutation { one: User! two: User three: Int }";

#define CASE(query_, root_, data_, errors_)                                                                            \
    world_expect(&(setup){.sdl = sdl, .query = query_, .root = "@Query" root_}, data_, errors_)

/* ---- values */

static void values(void **state) {
    (void)state;
    CASE("{ a b c }", "{a: 1, b: -2, c: \"x\"}", "{\"a\":1,\"b\":-2,\"c\":\"x\"}", "");
    CASE("{ c a b }", "{b: 2, c: \"a much longer text than any key\"}",
         "{\"c\":\"a much longer text than any key\",\"a\":null,\"b\":2}", "");
    CASE("{ a_key_that_is_longer_than_sixteen_bytes: a b }", "{a: 2, b: 5}",
         "{\"a_key_that_is_longer_than_sixteen_bytes\":2,\"b\":5}", "");
    CASE("{ __typename a }", "{a: 2}", "{\"__typename\":\"Query\",\"a\":2}", "");
    CASE("{ a @skip(if: true) }", "{a: 2}", "{}", "");
    CASE("{ user { a: age @skip(if: true) } b }", "{b: 2, user: @User{}}", "{\"user\":{},\"b\":2}", "");
}

/* Runs of leaf fields are read in calls of at most GYR_HOST_LEAVES; what fails within one is no end of it. */
static void long_runs(void **state) {
    (void)state;
    notes query = {0}, data = {0};
    for (int i = 0; i < 200; i++) {
        const char *name = i % 50 == 7 ? "c" : "a";
        note(&query, "%sk%d: %s", i ? " " : "{ ", i, name);
        note(&data, "%s\"k%d\":%s", i ? "," : "{", i, name[0] == 'c' ? "null" : "5");
    }
    note(&query, " }");
    note(&data, "}");
    world_expect(&(setup){.sdl = sdl, .query = query.text, .root = "@Query{a: 5, c: !\"no\"}"}, data.text,
                 "k7: no\nk57: no\nk107: no\nk157: no\n");
    world_expect(&(setup){.sdl = sdl, .query = query.text, .root = "@Query{a: ~5, c: ~null}"}, data.text, "");
    free(query.text);
    free(data.text);
}

/* Texts that grow sixfold, at every distance from the buffer's end; behind them much that is written without a check. */
static void escapes(void **state) {
    (void)state;
    notes query = {0}, rest = {0};
    note(&query, "{ c");
    for (int i = 0; i < 12; i++) {
        note(&query, " a_name_of_some_thirty_bytes_%d: b", i);
        note(&rest, ",\"a_name_of_some_thirty_bytes_%d\":123456789", i);
    }
    note(&query, " }");
    for (int n = 0; n < 700; n += n % 5 + 3) {
        notes root = {0}, data = {0};
        char *text = calloc(1, (size_t)n + 1);
        memset(text, 1, (size_t)n);
        note(&root, "@Query{c: \"%s\", b: 123456789}", text);
        note(&data, "{\"c\":\"");
        for (int i = 0; i < n; i++) note(&data, "\\u0001");
        note(&data, "\"%s}", rest.text);
        world_expect(&(setup){.sdl = sdl, .query = query.text, .root = root.text}, data.text, "");
        free(text);
        free(root.text);
        free(data.text);
    }
    free(query.text);
    free(rest.text);
}

static void lists(void **state) {
    (void)state;
    CASE("{ tags matrix }", "{tags: [\"x\", \"y\"], matrix: [[1, 2], null, [], [3, null]]}",
         "{\"tags\":[\"x\",\"y\"],\"matrix\":[[1,2],null,[],[3,null]]}", "");
    CASE("{ users { name age } a }", "{a: 1, users: [@User{name: \"A\", age: 1}, null, @User{name: \"B\"}]}",
         "{\"users\":[{\"name\":\"A\",\"age\":1},null,{\"name\":\"B\",\"age\":null}],\"a\":1}", "");
    CASE("{ tags }", "{tags: 7}", "{\"tags\":null}", "tags: no list\n");
    CASE("{ tags a }", "{tags: [\"x\", !!\"broke\"], a: 1}", "{\"tags\":null,\"a\":1}", "tags: broke\n");
    CASE("{ matrix }", "{matrix: [[1, !\"bad\", 3], !\"worse\"]}", "{\"matrix\":[[1,null,3],null]}",
         "matrix.0.1: bad\nmatrix.1: worse\n");
    CASE("{ tags }", "{tags: [\"x\", \"none\"]}", "{\"tags\":null}",
         "tags.1: Cannot return null for non-nullable field Query.tags.\n");
}

static void abstract_types(void **state) {
    (void)state;
    CASE("{ node { id ... on User { name } ... on Post { title } } }", "{node: @Post{id: \"1\", title: \"T\"}}",
         "{\"node\":{\"id\":\"1\",\"title\":\"T\"}}", "");
    CASE("{ nodes { __typename id ... on User { name } } }",
         "{nodes: [@User{id: \"1\", name: \"A\"}, @Post{id: \"2\"}]}",
         "{\"nodes\":[{\"__typename\":\"User\",\"id\":\"1\",\"name\":\"A\"},{\"__typename\":\"Post\",\"id\":\"2\"}]}",
         "");
    CASE("{ any { ... on User { name } } }", "{any: @Other{}}", "{\"any\":null}",
         "any: Runtime Object type \"Other\" is not a possible type for \"Any\".\n");
    CASE("{ any { ... on User { name } } }", "{any: @Nothing{}}", "{\"any\":null}",
         "any: Abstract type \"Any\" must resolve to an Object type at runtime for field \"Query.any\".\n");
    CASE("{ any { ... on User { name } } }", "{any: @!{}}", "{\"any\":null}", "any: no type\n");
    CASE("{ nodes { id } }", "{nodes: [@?Post{id: \"1\"}, @User{id: \"2\"}, @?User{id: \"3\"}]}",
         "{\"nodes\":[{\"id\":\"1\"},{\"id\":\"2\"},{\"id\":\"3\"}]}", "");
    CASE("{ nodes { id } }", "{nodes: [@?!User{id: \"1\"}, @User{id: \"2\"}]}", "{\"nodes\":null}",
         "nodes.0: no type\n");
    CASE("{ node { id } }", "{node: ~@?!User{id: \"1\"}}", "{\"node\":null}", "node: no type\n");
    CASE("{ nodes { id } a }", "{a: 1, nodes: [@User{id: \"2\"}, @?Other{id: \"3\"}]}", "{\"nodes\":null,\"a\":1}",
         "nodes.1: Runtime Object type \"Other\" is not a possible type for \"Node\".\n");
}

static void object_types_are_checked(void **state) {
    (void)state;
    setup s = {.sdl = sdl, .query = "{ user { age } users { age } }", .needs_type = true};
    s.root = "@Query{user: @!{}, users: [@?User{age: 1}, @User{age: 2}]}";
    world_expect(&s, "{\"user\":null,\"users\":[{\"age\":1},{\"age\":2}]}", "user: no type\n");
}

/* ---- errors and null */

static void errors(void **state) {
    (void)state;
    CASE("{ a b c }", "{a: !\"no\", b: 1, c: \"x\"}", "{\"a\":null,\"b\":1,\"c\":\"x\"}", "a: no\n");
    CASE("{ c a b }", "{b: !\"no\"}", "null", "b: no\n");
    CASE("{ b }", "{}", "null", "b: Cannot return null for non-nullable field Query.b.\n");
    CASE("{ user { age name friend { age } } a }", "{a: 1, user: @User{age: 2}}", "{\"user\":null,\"a\":1}",
         "user.name: Cannot return null for non-nullable field User.name.\n");
    CASE("{ users { age name } }",
         "{users: [@User{name: \"A\"}, @User{name: !\"x\"}, @User{name: \"C\", age: !\"y\"}]}",
         "{\"users\":[{\"age\":null,\"name\":\"A\"},null,{\"age\":null,\"name\":\"C\"}]}",
         "users.1.name: x\nusers.2.age: y\n");
    CASE("{ user { friends { name } age } }", "{user: @User{age: 5, friends: [@User{name: \"A\"}, @User{}]}}",
         "{\"user\":{\"friends\":null,\"age\":5}}",
         "user.friends.1.name: Cannot return null for non-nullable field User.name.\n");
    CASE("{ a must { name } c }", "{must: [@User{name: \"x\"}, null], a: 1, c: \"y\"}", "null",
         "must.1: Cannot return null for non-nullable field Query.must.\n");
    CASE("{ user { name friend { best { best { name } } } } }",
         "{user: @User{name: \"a\", friend: @User{best: @User{best: @User{name: !\"deep\"}}}}}",
         "{\"user\":{\"name\":\"a\",\"friend\":null}}", "user.friend.best.best.name: deep\n");
    CASE("{ user { age } }", "{user: @User{age: @User{}}}", "{\"user\":{\"age\":null}}", "user.age: no leaf\n");
}

/* ---- waiting */

static void pendings(void **state) {
    (void)state;
    CASE("{ a b c }", "{a: ~1, b: 2, c: ~\"x\"}", "{\"a\":1,\"b\":2,\"c\":\"x\"}", "");
    CASE("{ user { name friend { name } age } a }",
         "{a: 1, user: ~@User{name: ~\"A\", age: 3, friend: ~@User{name: \"B\"}}}",
         "{\"user\":{\"name\":\"A\",\"friend\":{\"name\":\"B\"},\"age\":3},\"a\":1}", "");
    CASE("{ tags matrix }", "{tags: [~\"x\", \"y\", ~\"z\"], matrix: ~[[~1], ~[2, ~3]]}",
         "{\"tags\":[\"x\",\"y\",\"z\"],\"matrix\":[[1],[2,3]]}", "");
    CASE("{ matrix tags }", "{matrix: <[[1], <[2, ~3]>]>, tags: ~<[\"x\"]>}",
         "{\"matrix\":[[1],[2,3]],\"tags\":[\"x\"]}", "");
    CASE("{ a b }", "{a: ~!\"late\", b: 1}", "{\"a\":null,\"b\":1}", "a: late\n");
    CASE("{ a b c }", "{a: ~3, b: ~!\"late\", c: ~\"x\"}", "null", "b: late\n");
    CASE("{ users { name age } a }", "{a: 7, users: [@User{name: ~!\"n\", age: ~1}, @User{name: ~\"B\", age: ~2}]}",
         "{\"users\":[null,{\"name\":\"B\",\"age\":2}],\"a\":7}", "users.0.name: n\n");
    CASE("{ node { id } }", "{node: ~@?User{id: ~\"5\"}}", "{\"node\":{\"id\":\"5\"}}", "");
    CASE("{ user { best { best { name } } age } a }",
         "{a: 1, user: ~@User{age: ~5, best: ~@User{best: ~@User{name: ~null}}}}", "{\"user\":null,\"a\":1}",
         "user.best.best.name: Cannot return null for non-nullable field User.name.\n");
}

/* What waits below a position that turns null is discarded, and answers to it mean nothing. */
static void discarding(void **state) {
    (void)state;
    world w = {0};
    for (int json = 0; json < 2; json++) {
        setup s = {.sdl = sdl, .json = json, .query = "{ user { age friend { age } name } a }"};
        s.root = "@Query{a: ~1, user: @User{age: ~1, friend: @User{age: ~2}, name: !\"no\"}}";
        world_run(&w, &s);
        assert_string_equal(w.data.text, "{\"user\":null,\"a\":1}");
        assert_int_equal(w.discarded, 2);
        assert_int_equal(w.waited, 1); /* these two were never given out */
        world_end(&w);

        s.root = "@Query{a: ~1, user: @User{name: ~!\"no\", age: ~1, friend: @User{age: ~2}}}";
        s.query = "{ user { name age friend { age } } a }";
        world_run(&w, &s);
        assert_string_equal(w.data.text, "{\"user\":null,\"a\":1}");
        assert_int_equal(w.discarded, 2);
        assert_int_equal(w.refused, 2);
        world_end(&w);

        s.never_answer = true;
        world_run(&w, &s);
        assert_int_equal(w.discarded, 4);
        world_end(&w);
    }
}

/* Null that is held goes up later: what waits beside it is answered as if nothing had failed. */
static void holding(void **state) {
    (void)state;
    world w = {0};
    for (int json = 0; json < 2; json++) {
        setup s = {.sdl = sdl, .json = json, .holds = true, .query = "{ user { name age friend { age } } a }"};
        s.root = "@Query{a: ~1, user: @User{name: ~!\"no\", age: ~!\"late\", friend: @User{age: ~2}}}";
        world_run(&w, &s);
        assert_string_equal(w.data.text, "{\"user\":null,\"a\":1}");
        assert_string_equal(w.errors.text, "user.name: no\nuser.age: late\n");
        assert_int_equal(w.discarded, 0);
        assert_int_equal(w.refused, 0);
        world_end(&w);

        s.query = "{ user { best { name age } age } a }"; /* the error is below what was awaited */
        s.root = "@Query{a: ~1, user: @User{best: ~@User{age: ~3, name: !\"no\"}, age: ~2}}";
        world_run(&w, &s);
        assert_string_equal(w.data.text, "{\"user\":null,\"a\":1}");
        assert_string_equal(w.errors.text, "user.best.name: no\n");
        world_end(&w);

        s.query = "{ must { name age } c }"; /* several; the first that is let go takes all */
        s.root =
            "@Query{must: [~@User{name: ~!\"0\"}, ~@User{name: ~!\"1\"}, ~@User{age: ~1, name: ~\"x\"}], c: ~\"y\"}";
        world_run(&w, &s);
        assert_string_equal(w.data.text, "null");
        assert_string_equal(w.errors.text, "must.0.name: 0\nmust.1.name: 1\n");
        world_end(&w);

        s.never_answer = true;
        world_run(&w, &s);
        world_end(&w);
    }
}

/* Depth-first, in the order of the document; what is behind a failed non-null field is not read. */
static void reading_order(void **state) {
    (void)state;
    world w = {0};
    setup s = {.sdl = sdl, .query = "{ a user { age friend { name } name id } b }"};
    s.root = "@Query{a: 1, b: 2, user: @User{age: 1, friend: @User{name: \"x\"}, name: !\"no\", id: \"1\"}}";
    world_run(&w, &s);
    assert_string_equal(w.log.text, "a\nuser\nuser.age\nuser.friend\nuser.friend.name\nuser.name\nb\n");
    world_end(&w);

    s.query = "{ users { name friend { name } } a }"; /* the queue: oldest first, below an answer at once */
    s.root = "@Query{a: 1, users: [~@User{name: ~\"A\", friend: @User{name: \"F\"}}, @User{name: ~\"B\"}]}";
    world_run(&w, &s);
    assert_string_equal(w.log.text, "users\nusers.1.name\nusers.1.friend\na\n"
                                    "(users.0)\nusers.0.name\nusers.0.friend\nusers.0.friend.name\n"
                                    "(users.1.name)\n(users.0.name)\n");
    world_end(&w);
}

static void serial(void **state) {
    (void)state;
    world w = {0};
    setup s = {.sdl = sdl, .query = "mutation { x: one { name } two { age name } three }"};
    s.root = "@Mutation{one: @User{name: ~\"A\"}, two: ~@User{age: ~1, name: \"B\"}, three: ~3}";
    world_run(&w, &s);
    assert_string_equal(w.log.text, "x\nx.name\n(x.name)\ntwo\n(two)\ntwo.age\ntwo.name\n(two.age)\nthree\n(three)\n");
    world_end(&w);
    world_expect(&s, "{\"x\":{\"name\":\"A\"},\"two\":{\"age\":1,\"name\":\"B\"},\"three\":3}", "");
    s.root = "@Mutation{one: @User{name: ~!\"no\"}, two: @User{}, three: 3}";
    world_run(&w, &s);
    assert_string_equal(w.log.text, "x\nx.name\n(x.name)\n");
    world_end(&w);
    world_expect(&s, "null", "x.name: no\n");
    s.root = "@Mutation{one: @User{name: \"A\"}, two: @User{age: 1, name: ~!\"no\"}, three: ~3}";
    world_expect(&s, "{\"x\":{\"name\":\"A\"},\"two\":null,\"three\":3}", "two.name: no\n");
}

/* ---- introspection */

static void introspection(void **state) {
    (void)state;
    CASE("{ __type(name: \"Any\") { kind possibleTypes { name } } a }", "{a: 1}",
         "{\"__type\":{\"kind\":\"UNION\",\"possibleTypes\":[{\"name\":\"User\"},{\"name\":\"Post\"}]},\"a\":1}", "");
    CASE("{ a __schema { queryType { name } } __type(name: \"Nope\") { name } }", "{a: 1}",
         "{\"a\":1,\"__schema\":{\"queryType\":{\"name\":\"Query\"}},\"__type\":null}", "");
    setup s = {.sdl = sdl, .root = "@Query{a: 1}"};
    s.query =
        "query ($n: String!, $d: Boolean = false) { __type(name: $n) { name fields(includeDeprecated: $d) { name } } }";
    s.variables = "{\"n\": \"Other\"}";
    world_expect(&s, "{\"__type\":{\"name\":\"Other\",\"fields\":[{\"name\":\"x\"}]}}", "");
    s.query = "query ($n: String!, $d: Boolean! = true) { a t: __type(name: $n) { name fields(includeDeprecated: $d) { "
              "name } } }";
    s.variables = "{}";
    world_expect(
        &s, "{\"a\":1,\"t\":null}",
        "t: Variable \"$n\" has invalid value: Expected a value of non-null type \"String!\" to be provided.\n");
}

/* ---- what a plan says */

static void arguments(void **state) {
    (void)state;
    world w = {0};
    setup s = {.sdl = sdl};
    s.query = "query ($v: Int = 5, $i: In = {b: 1}, $o: In = {a: 4, s: 1}) { n(x: $v) a: n(x: 3, i: {a: 1, b: 2}) b: "
              "n(s: 1, i: {a: $v}, l: [$v]) "
              "c: n(i: {s: 1}, l: 4) d: n(i: $i, x: null) e: n(i: $o) }";
    gyr_host_plan *p = world_plan(&w, &s);
    const gyr_host_shape *root = gyr_host_plan_root(p, NULL);
    const gyr_host_arg *a = root->fields[0].args;
    assert_int_equal(root->fields[0].arg_count, 4);
    assert_int_equal(a[0].how, GYR_HOST_ARG_VARIABLE);
    assert_memory_equal(a[0].variable.ptr, "v", 1);
    assert_int_equal(a[1].how, GYR_HOST_ARG_ABSENT);
    a = root->fields[1].args;
    assert_int_equal(a[0].how, GYR_HOST_ARG_CONSTANT);
    assert_int_equal(a[0].value->of.integer, 3);
    assert_int_equal(a[2].how, GYR_HOST_ARG_CONSTANT);
    assert_int_equal(a[2].value->kind, GYR_VALUE_OBJECT);
    assert_int_equal(a[2].value->of.members[1].value.kind, GYR_VALUE_LIST); /* one item where a list is expected */
    a = root->fields[2].args;
    assert_int_equal(a[1].how, GYR_HOST_ARG_MIXED);
    assert_int_equal(a[2].how, GYR_HOST_ARG_MIXED);
    assert_int_equal(a[3].how, GYR_HOST_ARG_MIXED);
    a = root->fields[3].args;
    assert_int_equal(a[2].how, GYR_HOST_ARG_MIXED); /* a custom scalar in it */
    assert_int_equal(a[3].how, GYR_HOST_ARG_CONSTANT);
    a = root->fields[4].args;
    assert_int_equal(a[0].how, GYR_HOST_ARG_CONSTANT);
    assert_int_equal(a[0].value->kind, GYR_VALUE_NULL);
    uint32_t count;
    const gyr_host_variable *v = gyr_host_plan_variables(p, &count);
    assert_int_equal(count, 3);
    assert_int_equal(v[0].default_value->of.integer, 5);
    assert_int_equal(v[0].type.scalar, GYR_VALUE_INT);
    assert_int_equal(v[1].type.kind, GYR_HOST_OBJECT);
    assert_non_null(v[1].default_value);
    assert_true(v[2].has_default && !v[2].default_value);
    assert_int_equal(root->fields[1].nodes[0], strstr(s.query, "a: n") - s.query);
    gyr_host_plan_free(p);
    world_end(&w);
}

static void shapes(void **state) {
    (void)state;
    world w = {0};
    setup s = {.sdl = sdl,
               .query = "query ($x: Boolean!) { a @include(if: $x) node { id ... on Post { author { name } } } user { "
                        "friend { age } } }"};
    gyr_host_plan *p = world_plan(&w, &s);
    uint32_t count;
    assert_int_equal(*gyr_host_plan_conditions(p, &count), 0);
    assert_int_equal(count, 1);
    uint8_t no = GYR_HOST_CONDITION_FALSE, yes = GYR_HOST_CONDITION_TRUE;
    const gyr_host_shape *root = gyr_host_plan_root(p, &no), *other = gyr_host_plan_root(p, &yes);
    assert_int_equal(root->field_count, 2);
    assert_int_equal(other->field_count, 3);
    assert_int_equal(root->fields[0].type.kind, GYR_HOST_ABSTRACT);
    for (uint32_t i = 0; i < gyr_host_type_count(w.schema); i++) {
        gyr_str name = gyr_host_type_name(w.schema, i);
        const gyr_host_shape *shape = gyr_host_field_shape(p, &root->fields[0], i);
        bool post = name.len == 4 && memcmp(name.ptr, "Post", 4) == 0,
             user = name.len == 4 && memcmp(name.ptr, "User", 4) == 0;
        assert_int_equal(shape ? shape->field_count : 0, post ? 2 : user ? 1 : 0);
    }
    assert_ptr_equal(root, gyr_host_plan_root(p, &no));
    gyr_host_plan_free(p);
    world_end(&w);
}

/* One plan, many conditions: old variants are forgotten, and what the host kept of them is dropped. */
static void variants(void **state) {
    (void)state;
    world w = {0};
    setup s = {.sdl = sdl,
               .root = "@Query{a: 1}",
               .query = "query ($a: Boolean!, $b: Boolean!, $c: Boolean!) { a x: a @include(if: $a) y: a @skip(if: $b) "
                        "z: a @include(if: $c) }"};
    gyr_host_plan *p = world_plan(&w, &s);
    for (int i = 0; i < 81; i++) {
        uint8_t conditions[3] = {(uint8_t)(i % 3), (uint8_t)(i / 3 % 3), (uint8_t)(i / 9 % 3)};
        w.setup.conditions = conditions;
        w.setup.json = i & 1;
        world_execute(&w, p);
        bool null = conditions[0] == 2 || conditions[1] == 2 || conditions[2] == 2;
        assert_int_equal(null, strcmp(w.data.text, "null") == 0);
        assert_int_equal(null, w.errors.len > 0);
        if (!null) assert_int_equal(conditions[0] == 1, strstr(w.data.text, "\"x\"") != NULL);
    }
    assert_true(w.planned < 20 * 5);
    gyr_host_plan_free(p);
    world_end(&w);
}

/* A place outlives its request, and the plan that was given back. */
static void places(void **state) {
    (void)state;
    static world w;
    setup s = {.sdl = sdl, .query = "{ users { friend { age } } }", .keep_places = true};
    s.root = "@Query{users: [@User{friend: ~@User{age: !\"x\"}}]}";
    gyr_host_plan *p = world_plan(&w, &s);
    world_execute(&w, p);
    world_execute(&w, p);
    assert_string_equal(w.errors.text, "users.0.friend.age: x\n");
    gyr_host_plan_free(p);
    world_end(&w);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values),        cmocka_unit_test(long_runs),      cmocka_unit_test(escapes),
        cmocka_unit_test(lists),         cmocka_unit_test(abstract_types), cmocka_unit_test(object_types_are_checked),
        cmocka_unit_test(errors),        cmocka_unit_test(pendings),       cmocka_unit_test(discarding),
        cmocka_unit_test(holding),       cmocka_unit_test(reading_order),  cmocka_unit_test(serial),
        cmocka_unit_test(introspection), cmocka_unit_test(arguments),      cmocka_unit_test(shapes),
        cmocka_unit_test(variants),      cmocka_unit_test(places),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
