/* The blog's database: see data.h. A list of keys reaches SQL as one JSON array, so that a statement is the
 * same text whatever the number of keys.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "data.h"
#include <string.h>

static const char tables[] = "CREATE TABLE author (id INTEGER PRIMARY KEY, name TEXT, email TEXT, bio TEXT);"
                             "CREATE TABLE post (id INTEGER PRIMARY KEY, author INTEGER REFERENCES author, "
                             "views INTEGER, title TEXT, content TEXT);"
                             "CREATE TABLE comment (id INTEGER PRIMARY KEY, post INTEGER REFERENCES post, "
                             "author INTEGER REFERENCES author,"
                             "                      likes INTEGER, text TEXT);"
                             "CREATE INDEX post_author ON post (author);"
                             "CREATE INDEX comment_post ON comment (post);";

/* ?1 authors, ?2 posts, ?3 comments of a post; ids count from 0. */
static const char *const rows[] = {
    "WITH n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?1)"
    " INSERT INTO author SELECT i, 'Author ' || i, 'author-' || i || '@blog.com', 'Professional writer.' "
    "FROM n",

    "WITH n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?2)"
    " INSERT INTO post SELECT i, i % 3, 7 * i, 'Amazing Blog Post ' || i, replace(hex(zeroblob(10)), '00', "
    "'lorem ipsum ')"
    " FROM n",

    "WITH n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ?2 * ?3)"
    " INSERT INTO comment SELECT i, i / ?3, (i / ?3 + i % ?3) % ?1, i % ?3, 'Great post! #' || (i % ?3) FROM "
    "n",
};

static const char *const texts[STATEMENTS] = {
    [SELECT_POSTS] = "SELECT id, author, views, title, content FROM post ORDER BY id LIMIT ?1 OFFSET ?2",

    [SELECT_FEATURED] = "SELECT id, author, views, title, content FROM post ORDER BY views DESC LIMIT 1",

    [SELECT_AUTHORS] = "SELECT id, name, email, bio FROM author"
                       " WHERE id IN (SELECT value FROM json_each(?1)) ORDER BY id",

    [COUNT_POSTS] = "SELECT author, count(*) FROM post"
                    " WHERE author IN (SELECT value FROM json_each(?1)) GROUP BY author ORDER BY author",

    [SELECT_COMMENTS] = "SELECT post, id, author, likes, text FROM"
                        " (SELECT *, row_number() OVER (PARTITION BY post ORDER BY id) AS place FROM comment"
                        "  WHERE post IN (SELECT value FROM json_each(?1)))"
                        " WHERE place <= ?2 ORDER BY post, id",
};

static bool fill(sqlite3 *db) {
    bool ok = sqlite3_exec(db, tables, NULL, NULL, NULL) == SQLITE_OK;
    for (size_t i = 0; i < sizeof rows / sizeof *rows && ok; i++) {
        const int counts[] = {AUTHORS, POSTS, COMMENTS};
        sqlite3_stmt *insert = NULL;
        ok = sqlite3_prepare_v2(db, rows[i], -1, &insert, NULL) == SQLITE_OK;
        for (int p = 0; p < sqlite3_bind_parameter_count(insert); p++) sqlite3_bind_int(insert, p + 1, counts[p]);
        ok = ok && sqlite3_step(insert) == SQLITE_DONE;
        sqlite3_finalize(insert);
    }
    return ok;
}

bool data_open(struct data *data, const char **message) {
    *data = (struct data){0};
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_FULLMUTEX; /* two threads use it */
    int code = sqlite3_open_v2(":memory:", &data->db, flags, NULL);
    bool ok = code == SQLITE_OK && fill(data->db);
    for (int i = 0; i < STATEMENTS && ok; i++)
        ok = sqlite3_prepare_v3(data->db, texts[i], -1, SQLITE_PREPARE_PERSISTENT, &data->statements[i], NULL) ==
             SQLITE_OK;
    if (ok) return true;
    *message = sqlite3_errstr(sqlite3_errcode(data->db));
    data_close(data);
    return false;
}

void data_close(struct data *data) {
    for (int i = 0; i < STATEMENTS; i++) sqlite3_finalize(data->statements[i]);
    sqlite3_close(data->db);
}

sqlite3_stmt *data_begin(struct data *data, enum statement which) {
    atomic_fetch_add(&data->executed, 1);
    return data->statements[which];
}

bool data_next(sqlite3_stmt *statement) { return sqlite3_step(statement) == SQLITE_ROW; }

gyr_str data_text(sqlite3_stmt *statement, int column, gyr_call *call) {
    const unsigned char *text = sqlite3_column_text(statement, column);
    size_t len = (size_t)sqlite3_column_bytes(statement, column);
    char *copy = text ? gyr_alloc(call, len + 1) : NULL;
    return copy ? gyr_str_of(memcpy(copy, text, len), len) : gyr_str_of(NULL, 0);
}

bool data_end(sqlite3_stmt *statement) { return sqlite3_reset(statement) == SQLITE_OK; }
