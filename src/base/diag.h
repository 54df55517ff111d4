/* Diagnostics: the list of gyr_error that parsing, building, checking and validating add to, and that the
 * public functions hand to the caller. Owns an arena for the texts.
 *
 * The list holds at most `limit` errors; further ones only count (`dropped`) - the caller that stops early on
 * gyr__errors_full reports "Too many ...". Out of memory sets `failed`; the status of the whole is then
 * GYR_ERR_MEMORY.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_BASE_DIAG_H
#define GYR_BASE_DIAG_H
#include "base/vec.h"

struct gyr_errors {
    gyr__arena arena;
    GYR__VEC(gyr_error) list;
    uint32_t limit, dropped;
    bool failed;
};

/** An empty list on the heap, or NULL. limit 0: none. Free with gyr_errors_free. */
gyr_errors *gyr__errors_new(const gyr_allocator *allocator, uint32_t limit);
void gyr__errors_init(gyr_errors *errors, const gyr_allocator *allocator, uint32_t limit);
void gyr__errors_fini(gyr_errors *errors);

static inline bool gyr__errors_full(const gyr_errors *e) { return e->failed || (e->limit && e->list.len >= e->limit); }
static inline bool gyr__errors_any(const gyr_errors *e) { return e->failed || e->list.len; }
/** GYR_OK when empty, GYR_ERR_MEMORY when memory was out, else the first error's status. */
gyr_status gyr__errors_status(const gyr_errors *e);

/** Adds one error with a formatted message and returns it (to add locations, coordinate, path), or NULL when
 *  the list is full or memory is out. %.*s takes (int)len, ptr. */
gyr_error *gyr__errors_add(gyr_errors *e, gyr_status status, const char *format, ...) GYR__PRINTF(3, 4);
/** The same with a text that is kept as it is: borrowed from the list's arena; ptr NULL: memory is out. */
gyr_error *gyr__errors_add_text(gyr_errors *e, gyr_status status, gyr_str text);
/** Appends a location to the newest error; err may be NULL. */
void gyr__error_at(gyr_errors *e, gyr_error *err, gyr_location at);

/** What a message prints of a name or literal from outside: at most 100 bytes, cut at a character, with "..."
 *  behind (SECURITY: error floods). Use with "%.*s". */
gyr_str gyr__shown(gyr_errors *e, gyr_str text);
/** The same for at most n bytes. */
gyr_str gyr__shown_cut(gyr_errors *e, gyr_str text, size_t n);

#endif
