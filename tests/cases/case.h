/* A case file: sections of text, each begun by a line "=== name". docs/testing.md tells what they hold.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_TESTS_CASES_CASE_H
#define GYR_TESTS_CASES_CASE_H
#include "base/arena.h"

typedef struct case_section {
    gyr_str name, text; /* text: without the blank lines at its end */
} case_section;

typedef struct case_file {
    char *path;
    char *text;
    size_t len;
    case_section sections[16];
    uint32_t count;
} case_file;

/** Reads and splits; fails the running test when the file breaks the form. */
void case_open(case_file *c, const char *path);
void case_close(case_file *c);
/** The section's text; {NULL, 0} when there is none. */
gyr_str case_get(const case_file *c, const char *name);
/** Writes the file anew with another text for that section (added at the end if it is missing). */
void case_rewrite(const case_file *c, const char *name, gyr_str text);

/** JSON without white space between tokens, strings and numbers untouched. */
gyr_str case_compact(gyr__arena *a, gyr_str json);
/** Compact JSON over several lines: what does not fit a line is opened. */
gyr_str case_pretty(gyr__arena *a, gyr_str json);

/** The next line of *text (without its end), which is taken away; false when there is none. Empty lines and
 *  lines that begin with # are left out. */
bool case_line(gyr_str *text, gyr_str *line);
/** The next word of a line; empty when there is none. */
gyr_str case_word(gyr_str *line);

#endif
