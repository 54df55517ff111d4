/* The terminal: colours, and text that cannot harm it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_CLI_TERM_H
#define GYR_CLI_TERM_H
#include <gyr.h>
#include <stdio.h>

/** Escape sequences, or empty texts where the stream is no terminal or NO_COLOR is set. */
struct colors {
    const char *bold, *red, *green, *dim, *plain;
};
struct colors term_colors(FILE *stream);

/** The code point at the start of text (len > 0), and its bytes; a byte that is not UTF-8 counts as U+FFFD. */
uint32_t term_point(gyr_str text, size_t *bytes);
/** How many columns of a terminal the code point takes: 0 (it joins the one before), 1 or 2. */
int term_width(uint32_t point);
/** Prints one code point; what would move the cursor or change the terminal becomes U+FFFD, a tab a space. */
void term_put_point(FILE *stream, uint32_t point);
void term_put(FILE *stream, gyr_str text);
#endif
