/* A growing text with indentation, for the printer.
 *
 * Every line break that is put is followed by the current indentation, inside block strings too: so a
 * definition is printed once, straight to its place. Heap memory while growing; the finished text goes to the
 * arena.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_LANGUAGE_TEXT_H
#define GYR_LANGUAGE_TEXT_H
#include "base/arena.h"

typedef struct gyr__text {
    char *bytes;
    size_t len, cap;
    uint32_t indent; /* levels of two spaces */
    bool failed;
    gyr__arena *arena;
} gyr__text;

static inline void gyr__text_init(gyr__text *t, gyr__arena *arena) { *t = (gyr__text){.arena = arena}; }
/** The text, in the arena, and the end of `t`. {NULL,0} when memory is out. */
gyr_str gyr__text_finish(gyr__text *t);
/** Bytes without line breaks. */
void gyr__put(gyr__text *t, gyr_str bytes);
/** Bytes with line breaks (LF). */
void gyr__put_lines(gyr__text *t, gyr_str bytes);
/** A line break. */
void gyr__put_newline(gyr__text *t);

/** A string literal; a block string, minimised (as strip does) or laid out for reading. */
void gyr__put_string(gyr__text *t, gyr_str value);
void gyr__put_block_string(gyr__text *t, gyr_str value, bool minimize);

#define gyr__puts(t, literal) gyr__put((t), gyr_s(literal))

#endif
