/* See posts.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "posts.h"

#include <stdlib.h>
#include <string.h>

enum { OBJECTS = 40000 };

const char *const posts_sdl =
    "type Author { id: Int! name: String! d: Int! }\n"
    "type Post { id: Int! a: Int! b: Int! c: Int! published: Boolean! score: Float! title: String! "
    "name: String! author: Author }\n"
    "type Query { posts: [Post!]! }\n";
const gyr_binding posts_bindings[] = {GYR_TYPE("Author", author),
                                      GYR_FIELD("Author.id", author, id),
                                      GYR_FIELD("Author.name", author, name),
                                      GYR_FIELD("Author.d", author, d),
                                      GYR_TYPE("Post", post),
                                      GYR_FIELD("Post.id", post, id),
                                      GYR_FIELD("Post.a", post, a),
                                      GYR_FIELD("Post.b", post, b),
                                      GYR_FIELD("Post.c", post, c),
                                      GYR_FIELD("Post.published", post, published),
                                      GYR_FIELD("Post.score", post, score),
                                      GYR_FIELD("Post.title", post, title),
                                      GYR_FIELD("Post.name", post, name),
                                      GYR_REF("Post.author", post, author),
                                      GYR_TYPE("Query", world),
                                      GYR_LIST_REFS("Query.posts", world, posts, count),
                                      GYR_END};

/* ---- data */

static uint64_t state = 88172645463325252u;
static uint64_t chance(uint64_t n) {
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return state % n;
}

static void *take(size_t size) {
    void *p = malloc(size);
    if (!p) exit(1);
    return p;
}

static gyr_str text(size_t from, size_t to) {
    size_t n = from + chance(to - from + 1);
    char *s = take(n);
    for (size_t i = 0; i < n; i++) s[i] = chance(6) ? (char)('a' + chance(26)) : ' ';
    if (!chance(16)) s[chance(n)] = "\"\n\\\t"[chance(4)];
    if (!chance(8)) memcpy(s + 1, "\xC3\xA9", 2);
    return gyr_str_of(s, n);
}

static world make_world(uint32_t count, bool shuffled) {
    world w = {take(count * sizeof *w.posts), count};
    uint32_t author_count = count / 4 + 1;
    author **authors = take(author_count * sizeof *authors);
    for (uint32_t i = 0; i < author_count; i++) {
        authors[i] = take(sizeof *authors[i]);
        *authors[i] = (author){(int32_t)chance(1000000), (int32_t)chance(100), text(6, 24)};
    }
    for (uint32_t i = 0; i < count; i++) {
        post *p = w.posts[i] = take(sizeof *p);
        *p = (post){.id = 1000 + (int32_t)i * 7,
                    .a = (int32_t)chance(10),
                    .b = (int32_t)chance(1000),
                    .c = (int32_t)chance(1u << 31),
                    .published = chance(2),
                    .score = (double)chance(10000) / 100,
                    .title = text(12, 60),
                    .name = text(6, 24),
                    .author = chance(50) ? authors[chance(author_count)] : NULL};
    }
    free(authors);
    for (uint32_t i = count - 1; shuffled && i > 0; i--) {
        uint32_t k = (uint32_t)chance(i + 1);
        post *p = w.posts[i];
        w.posts[i] = w.posts[k], w.posts[k] = p;
    }
    return w;
}

series posts_series(uint32_t objects, bool shuffled) {
    series w = {.count = objects >= OBJECTS ? 1 : OBJECTS / objects, .objects = objects};
    w.list = take(w.count * sizeof *w.list);
    for (uint32_t i = 0; i < w.count; i++) w.list[i] = make_world(objects, shuffled);
    return w;
}
