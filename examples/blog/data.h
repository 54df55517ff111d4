/* The blog's database: SQLite in memory, made and filled by data_open, and a small cursor over its prepared
 * statements.
 *
 *     sqlite3_stmt *s = data_begin(data, SELECT_POSTS);
 *     sqlite3_bind_int(s, 1, 10);
 *     while (data_next(s)) ... data_text(s, 0, call) ...
 *     if (!data_end(s)) ... the statement failed ...
 *
 * A statement belongs to the thread that uses it; which thread uses which is said in blog.c.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef BLOG_DATA_H
#define BLOG_DATA_H
#include <gyr.h>
#include <sqlite3.h>
#include <stdatomic.h>

enum { POSTS = 100, AUTHORS = 10, COMMENTS = 5 }; /* comments of each post */

enum statement {
    SELECT_POSTS,    /* ?1 limit, ?2 offset -> id, author, views, title, content */
    SELECT_FEATURED, /* the same columns */
    SELECT_AUTHORS,  /* ?1 ids -> id, name, email, bio, by id */
    COUNT_POSTS,     /* ?1 ids of authors -> author, count, by author */
    SELECT_COMMENTS, /* ?1 ids of posts, ?2 limit of each -> post, id, author, likes, text, by post */
    STATEMENTS
};

struct data {
    sqlite3 *db;
    sqlite3_stmt *statements[STATEMENTS];
    atomic_uint executed; /* statements, for the table that the program prints */
};

/** False: *message says why (borrowed), nothing is left open. */
bool data_open(struct data *data, const char **message);
void data_close(struct data *data);

sqlite3_stmt *data_begin(struct data *data, enum statement which);
bool data_next(sqlite3_stmt *statement);
/** The text of a column, copied to memory that lives as long as the call's request. */
gyr_str data_text(sqlite3_stmt *statement, int column, gyr_call *call);
/** Ends the statement; false when it failed. */
bool data_end(sqlite3_stmt *statement);
#endif
