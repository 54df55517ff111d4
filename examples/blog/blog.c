/* The blog's structs, functions and bindings. Whatever the number of parents, a field costs one SQL
 * statement: a batch function gets all parents at once, selects the rows of all of them in the order of their
 * keys, and finds each parent's row by bisection.
 *
 * Authors are answered later: the batch is suspended and a worker thread runs its statement, while the engine
 * goes on with what does not need them. SELECT_AUTHORS is that thread's, all other statements are the
 * engine's.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "blog.h"
#include "schema.graphql.h"
#include <stdlib.h>

const char blog_sdl[] = SCHEMA_GRAPHQL;
const size_t blog_sdl_len = sizeof blog_sdl - 1;

/* What fields are bound to. The first member of each is the key it is found by. */
struct author {
    int64_t id;
    gyr_str name, email, bio;
};
struct post {
    int64_t id, author;
    int32_t views;
    gyr_str title, content;
};
struct comment {
    int64_t id, author;
    int32_t likes;
    gyr_str text;
};
struct thread { /* the comments of a post */
    int64_t post;
    struct comment *first;
    size_t count;
};
struct tally { /* the number of an author's posts */
    int64_t author;
    int32_t posts;
};
struct page { /* arguments */
    int32_t limit, offset;
};

static const gyr_str failed = {"The database did not answer.", 28};

static int32_t at_most(int32_t limit, int32_t most) { return limit < 0 ? 0 : limit > most ? most : limit; }

/* ---- keys: a member of all parents, as a JSON array; and rows found by them */

static int64_t key_of(const gyr_batch *batch, uint32_t row) {
    const size_t *offset = gyr_batch_user(batch); /* of the key in the parent */
    return *(const int64_t *)((const char *)gyr_batch_parent(batch, row) + *offset);
}

static sqlite3_stmt *begin_with_keys(gyr_batch *batch, enum statement which) {
    struct blog *blog = gyr_batch_context(batch);
    sqlite3_stmt *statement = data_begin(&blog->data, which);
    sqlite3_str *keys = sqlite3_str_new(blog->data.db);
    for (uint32_t i = 0; i < gyr_batch_count(batch); i++)
        sqlite3_str_appendf(keys, "%c%lld", i ? ',' : '[', key_of(batch, i));
    sqlite3_str_appendchar(keys, 1, ']');
    sqlite3_bind_text(statement, 1, sqlite3_str_finish(keys), -1, sqlite3_free);
    return statement;
}

static int compare(const void *key, const void *row) {
    int64_t a = *(const int64_t *)key, b = *(const int64_t *)row;
    return (a > b) - (a < b);
}

static const void *row_of(const gyr_batch *batch, uint32_t parent, const void *rows, size_t count, size_t size) {
    int64_t key = key_of(batch, parent);
    return bsearch(&key, rows, count, size, compare);
}

/* ---- Query */

static struct post read_post(sqlite3_stmt *s, gyr_call *call) {
    return (struct post){.id = sqlite3_column_int64(s, 0),
                         .author = sqlite3_column_int64(s, 1),
                         .views = sqlite3_column_int(s, 2),
                         .title = data_text(s, 3, call),
                         .content = data_text(s, 4, call)};
}

static void posts(gyr_call *call) {
    struct blog *blog = gyr_context(call);
    const struct page *page = gyr_args(call);
    int32_t limit = at_most(page->limit, 1000);
    struct post *rows = gyr_alloc(call, (size_t)limit * sizeof *rows);
    size_t count = 0;
    sqlite3_stmt *s = data_begin(&blog->data, SELECT_POSTS);
    sqlite3_bind_int(s, 1, limit);
    sqlite3_bind_int(s, 2, page->offset);
    while (rows && data_next(s)) rows[count++] = read_post(s, call);
    if (data_end(s) && rows)
        gyr_return_structs(call, rows, count, sizeof *rows);
    else
        gyr_fail(call, failed);
}

static void featured_post(gyr_call *call) {
    struct blog *blog = gyr_context(call);
    struct post *post = gyr_alloc(call, sizeof *post);
    sqlite3_stmt *s = data_begin(&blog->data, SELECT_FEATURED);
    bool found = post && data_next(s);
    if (found) *post = read_post(s, call);
    if (data_end(s))
        gyr_return_ref(call, found ? post : NULL);
    else
        gyr_fail(call, failed);
}

/* ---- Post */

static void word_count(gyr_call *call) {
    const struct post *post = gyr_parent(call);
    int32_t words = 0;
    for (size_t i = 0; i < post->content.len; i++)
        words += post->content.ptr[i] != ' ' && (i == 0 || post->content.ptr[i - 1] == ' ');
    gyr_return_i32(call, words);
}

static void select_comments(gyr_batch *batch) {
    const struct page *page = gyr_batch_args(batch);
    uint32_t parents = gyr_batch_count(batch);
    int32_t limit = at_most(page->limit, 100);
    gyr_call *call = gyr_batch_call(batch, 0);
    struct thread *threads = gyr_alloc(call, parents * sizeof *threads);
    struct comment *rows = gyr_alloc(call, parents * (size_t)limit * sizeof *rows), *row = rows;
    size_t count = 0;
    sqlite3_stmt *s = begin_with_keys(batch, SELECT_COMMENTS);
    sqlite3_bind_int(s, 2, limit);
    while (threads && rows && data_next(s)) {
        int64_t post = sqlite3_column_int64(s, 0);
        if (count == 0 || threads[count - 1].post != post) threads[count++] = (struct thread){post, row, 0};
        threads[count - 1].count++;
        *row++ = (struct comment){.id = sqlite3_column_int64(s, 1),
                                  .author = sqlite3_column_int64(s, 2),
                                  .likes = sqlite3_column_int(s, 3),
                                  .text = data_text(s, 4, call)};
    }
    if (!data_end(s) || !threads || !rows) {
        gyr_batch_fail(batch, failed);
        return;
    }
    for (uint32_t i = 0; i < parents; i++) {
        const struct thread *found = row_of(batch, i, threads, count, sizeof *threads);
        gyr_return_structs(gyr_batch_call(batch, i), found ? found->first : NULL, found ? found->count : 0,
                           sizeof *rows);
    }
}

/* ---- Author */

static void select_authors(gyr_batch *batch) {
    uint32_t parents = gyr_batch_count(batch);
    gyr_call *call = gyr_batch_call(batch, 0);
    struct author *rows = gyr_alloc(call, parents * sizeof *rows);
    size_t count = 0;
    sqlite3_stmt *s = begin_with_keys(batch, SELECT_AUTHORS);
    while (rows && data_next(s))
        rows[count++] = (struct author){.id = sqlite3_column_int64(s, 0),
                                        .name = data_text(s, 1, call),
                                        .email = data_text(s, 2, call),
                                        .bio = data_text(s, 3, call)};
    if (!data_end(s) || !rows)
        gyr_batch_fail(batch, failed);
    else
        for (uint32_t i = 0; i < parents; i++)
            gyr_return_ref(gyr_batch_call(batch, i), row_of(batch, i, rows, count, sizeof *rows));
}

static void authors(gyr_batch *batch) {
    struct blog *blog = gyr_batch_context(batch);
    worker_give(&blog->worker, batch, select_authors);
}

static void count_posts(gyr_batch *batch) {
    uint32_t parents = gyr_batch_count(batch);
    struct tally *rows = gyr_alloc(gyr_batch_call(batch, 0), parents * sizeof *rows);
    size_t count = 0;
    sqlite3_stmt *s = begin_with_keys(batch, COUNT_POSTS);
    while (rows && data_next(s)) rows[count++] = (struct tally){sqlite3_column_int64(s, 0), sqlite3_column_int(s, 1)};
    if (!data_end(s) || !rows) {
        gyr_batch_fail(batch, failed);
        return;
    }
    for (uint32_t i = 0; i < parents; i++) {
        const struct tally *found = row_of(batch, i, rows, count, sizeof *rows);
        gyr_return_i32(gyr_batch_call(batch, i), found ? found->posts : 0);
    }
}

/* ---- what every field is bound to */

/* A batch whose parents hold their key in `member`. */
#define KEY(type, member)                    ((void *)&(const size_t){offsetof(type, member)})
#define BATCH_BY(at, function, type, member) GYR_BATCH_USER(at, function, 0, 0, 0, KEY(type, member))

const gyr_binding blog_bindings[] = {
    GYR_RESOLVER("Query.posts", posts),
    GYR_ARG("Query.posts(limit:)", struct page, limit),
    GYR_ARG("Query.posts(offset:)", struct page, offset),
    GYR_RESOLVER("Query.featuredPost", featured_post),

    GYR_TYPE("Post", struct post),
    GYR_FIELD("Post.id", struct post, id),
    GYR_FIELD("Post.title", struct post, title),
    GYR_FIELD("Post.content", struct post, content),
    GYR_FIELD("Post.viewCount", struct post, views),
    GYR_GETTER("Post.wordCount", word_count),
    BATCH_BY("Post.author", authors, struct post, author),
    BATCH_BY("Post.comments", select_comments, struct post, id),
    GYR_ARG("Post.comments(limit:)", struct page, limit),

    GYR_TYPE("Author", struct author),
    GYR_FIELD("Author.id", struct author, id),
    GYR_FIELD("Author.name", struct author, name),
    GYR_FIELD("Author.email", struct author, email),
    GYR_FIELD("Author.bio", struct author, bio),
    BATCH_BY("Author.postsCount", count_posts, struct author, id),

    GYR_TYPE("Comment", struct comment),
    GYR_FIELD("Comment.id", struct comment, id),
    GYR_FIELD("Comment.text", struct comment, text),
    GYR_FIELD("Comment.likes", struct comment, likes),
    BATCH_BY("Comment.author", authors, struct comment, author),

    GYR_END,
};

struct blog *blog_open(const char **message) {
    struct blog *blog = malloc(sizeof *blog);
    *message = "out of memory or threads";
    if (blog && data_open(&blog->data, message)) {
        if (worker_start(&blog->worker)) return blog;
        data_close(&blog->data);
    }
    free(blog);
    return NULL;
}

void blog_close(struct blog *blog) {
    worker_stop(&blog->worker);
    data_close(&blog->data);
    free(blog);
}
