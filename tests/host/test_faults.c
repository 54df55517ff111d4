/* Requests that cannot go on: each call of the host aborts once, each allocation fails once, the memory of a request is cut
 * at every size. A request then has no result, never another one, and nothing is lost: not a thing, not a byte.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include "faulty.h"
#include <stdio.h>

static const char sdl[] =
    "type Query { a: Int b: Int! c: String user: User users: [User] matrix: [[Int]] tags: [String!] node: Node }\n"
    "interface Node { id: ID } type User implements Node { id: ID name: String! age: Int friend: User }\n"
    "type Post implements Node { id: ID title: String } type Mutation { user: User two: User three: Int }";
static const char query[] = "{ a users { name friend { name age } age } t: __type(name: \"Query\") { name } matrix "
                            "tags node { id ... on Post { title } } user { age name } b c "
                            "  long: users { friend { friend { name } } } }";
static const char root[] = "@Query{a: ~1, b: 2, c: \"text\", tags: <[\"x\", ~\"y\"]>, matrix: [[1, ~2], ~[3], "
                           "!\"row\", <[4]>], node: ~@?Post{id: ~\"1\", title: \"T\"},"
                           " user: @User{age: ~1, name: !\"no\"}, users: [@User{name: \"A\", friend: @User{name: "
                           "~\"F\", age: ~5}}, ~@User{name: ~!\"late\", age: ~5, "
                           "friend: ~@User{name: \"G\", friend: ~@User{name: ~null}}}]}";
static const char whole[] = "{\"a\":1,\"users\":[{\"name\":\"A\",\"friend\":{\"name\":\"F\",\"age\":5},\"age\":null},"
                            "null],\"t\":{\"name\":\"Query\"},"
                            "\"matrix\":[[1,2],[3],null,[4]],\"tags\":[\"x\",\"y\"],\"node\":{\"id\":\"1\",\"title\":"
                            "\"T\"},\"user\":null,\"b\":2,"
                            "\"c\":\"text\",\"long\":[{\"friend\":{\"friend\":null}},{\"friend\":{\"friend\":null}}]}";
static const char mutation[] = "mutation { user { name age } two { name friend { age name } } three }";
static const char mutation_root[] = "@Mutation{user: @User{name: ~\"A\", age: 1}, two: ~@User{name: \"B\", friend: "
                                    "@User{age: ~1, name: ~!\"no\"}}, three: ~3}";
static const char mutation_whole[] =
    "{\"user\":{\"name\":\"A\",\"age\":1},\"two\":{\"name\":\"B\",\"friend\":null},\"three\":3}";

static setup setup_of(int mode) {
    setup s = {.sdl = sdl, .query = query, .root = root, .needs_type = true};
    s.json = mode & 1;
    s.keep_places = mode & 2;
    s.value_only = mode & 4;
    s.order = (uint64_t)(mode / 8 % 3);
    if (mode >= 24) {
        s.query = mutation;
        s.root = mutation_root;
    }
    return s;
}
enum { MODES = 48 };

static void check(world *w, const setup *s, bool may_abort) {
    if (w->aborted && may_abort) return;
    assert_false(w->aborted);
    assert_string_equal(w->data.text, s->query == query ? whole : mutation_whole);
}

static void host_aborts(void **state) {
    (void)state;
    static world w;
    for (int mode = 0; mode < MODES; mode++) {
        uint64_t most = 2;
        for (uint64_t n = 1; n <= most; n++) {
            setup s = setup_of(mode);
            s.abort_at = n;
            world_run(&w, &s);
            check(&w, &s, true);
            most = w.calls + 1;
            world_end(&w);
        }
        assert_true(most > 20);
    }
}

static void allocations_fail(void **state) {
    (void)state;
    static world w;
    for (int mode = 0; mode < MODES; mode++) {
        for (uint64_t n = 1;; n++) {
            setup s = setup_of(mode);
            faulty f = {.fail_at = n, .for_good = n % 2};
            s.allocator = faulty_allocator(&f);
            world_run(&w, &s);
            check(&w, &s, f.failed);
            world_end(&w);
            assert_int_equal(f.live, 0);
            if (!f.failed) break;
        }
    }
}

static void memory_is_short(void **state) {
    (void)state;
    static world w;
    for (int mode = 0; mode < MODES; mode++) {
        bool once = false;
        for (uint32_t bytes = 64; bytes < 12000; bytes += 64 + bytes / 64) {
            setup s = setup_of(mode);
            s.limits = (gyr_limits){.size = sizeof s.limits, .request_bytes = bytes};
            world_run(&w, &s);
            check(&w, &s, true);
            once |= w.aborted;
            world_end(&w);
        }
        assert_true(once);
    }
}

static void responses_are_limited(void **state) {
    (void)state;
    static world w;
    for (uint32_t bytes = 1; bytes < sizeof whole + 10; bytes++) {
        setup s = setup_of(1);
        s.limits = (gyr_limits){.size = sizeof s.limits, .response_bytes = bytes};
        world_run(&w, &s);
        assert_int_equal(w.aborted, bytes < strlen(whole));
        world_end(&w);
    }
}

/* A repeated request allocates nothing. */
static void memory_is_reused(void **state) {
    (void)state;
    static world w;
    faulty f = {0};
    for (int mode = 0; mode < 2; mode++) {
        setup s = setup_of(mode);
        s.allocator = faulty_allocator(&f);
        gyr_host_plan *p = world_plan(&w, &s);
        uint64_t before = 0;
        for (int i = 0; i < 5; i++) {
            before = f.calls;
            world_execute(&w, p);
            check(&w, &s, false);
        }
        assert_int_equal(f.calls, before);
        gyr_host_plan_free(p);
        world_end(&w);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(host_aborts),           cmocka_unit_test(allocations_fail), cmocka_unit_test(memory_is_short),
        cmocka_unit_test(responses_are_limited), cmocka_unit_test(memory_is_reused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
