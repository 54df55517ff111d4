/* "Did you mean": the names nearest to one that is unknown, in the words and order of the reference.
 *
 * Distance is optimal string alignment (insert, delete, replace, swap neighbours) with letters of other case
 * counted as one step in all; a name is suggested when it is at most 0.4 * length + 1 away; nearest first,
 * then by natural order (digits as numbers); five at most. The work is bounded whatever the schema and the
 * document: names above 64 bytes get no suggestion, and a call that would compare too much gives none.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_TYPE_SUGGEST_H
#define GYR_TYPE_SUGGEST_H
#include "base/diag.h"

/** Gathers the options of one question, on the stack of the caller:
 *      gyr__suggest s;
 *      gyr__suggest_init(&s, errors, name);
 *      for (...) gyr__suggest_option(&s, other_name);
 *      gyr_str hint = gyr__suggest_text(&s);        " Did you mean \"a\", \"b\", or \"c\"?" or empty */
typedef struct gyr__suggest {
    gyr_errors *errors; /* texts go to its arena; how many errors it has bounds the work */
    gyr_str input;
    uint32_t threshold, count;
    int64_t budget; /* cells of the distance table left */
    struct {
        gyr_str name;
        uint32_t distance;
    } best[5];
} gyr__suggest;

void gyr__suggest_init(gyr__suggest *s, gyr_errors *errors, gyr_str input);
/** The option is borrowed until gyr__suggest_text returned. Options may repeat. */
void gyr__suggest_option(gyr__suggest *s, gyr_str option);
gyr_str gyr__suggest_text(const gyr__suggest *s);
/** The order of names alike in distance: runs of digits compare as numbers, all else by bytes. */
int gyr__natural_cmp(gyr_str a, gyr_str b);

#endif
