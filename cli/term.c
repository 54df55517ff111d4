/* Text from files and requests goes to a terminal only through here: control characters and those that
 * reorder text are replaced.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "term.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct colors term_colors(FILE *stream) {
    const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
    bool plain = (no && *no) || !term || strcmp(term, "dumb") == 0 || !isatty(fileno(stream));
    if (plain) return (struct colors){"", "", "", "", ""};
    return (struct colors){"\033[1m", "\033[1;31m", "\033[1;32m", "\033[2m", "\033[0m"};
}

uint32_t term_point(gyr_str text, size_t *bytes) {
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char first = (unsigned char)text.ptr[0];
    size_t len = first < 0x80 ? 1 : first >> 5 == 6 ? 2 : first >> 4 == 14 ? 3 : first >> 3 == 30 ? 4 : 0;
    *bytes = 1;
    if (len == 0 || len > text.len) return 0xFFFD;
    if (len == 1) return first;
    uint32_t point = first & (0x7Fu >> len);
    for (size_t i = 1; i < len; i++) {
        unsigned char next = (unsigned char)text.ptr[i];
        if (next >> 6 != 2) return 0xFFFD;
        point = point << 6 | (next & 0x3F);
    }
    if (point < least[len] || point > 0x10FFFF || (point >= 0xD800 && point < 0xE000)) return 0xFFFD;
    *bytes = len;
    return point;
}

int term_width(uint32_t point) {
    static const struct {
        uint32_t first, last;
        int width;
    } ranges[] = {{0x300, 0x36F, 0},   {0x1100, 0x115F, 2}, {0x200B, 0x200D, 0},   {0x2E80, 0xA4CF, 2},
                  {0xAC00, 0xD7A3, 2}, {0xF900, 0xFAFF, 2}, {0xFE00, 0xFE0F, 0},   {0xFE30, 0xFE6F, 2},
                  {0xFF00, 0xFF60, 2}, {0xFFE0, 0xFFE6, 2}, {0x1F300, 0x1FAFF, 2}, {0x20000, 0x3FFFD, 2}};
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (point >= ranges[i].first && point <= ranges[i].last) return ranges[i].width;
    return 1;
}

static bool is_harmful(uint32_t point) {
    return point < 0x20 || (point >= 0x7F && point < 0xA0) || point == 0x200E || point == 0x200F ||
           (point >= 0x2028 && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
}

void term_put_point(FILE *stream, uint32_t point) {
    if (point == '\t') point = ' ';
    if (is_harmful(point)) point = 0xFFFD;
    if (point < 0x80) {
        fputc((int)point, stream);
        return;
    }
    static const uint32_t leads[] = {0, 0xC0, 0xE0, 0xF0};
    int tails = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    fputc((int)(leads[tails] | point >> (6 * tails)), stream);
    while (tails-- > 0) fputc((int)(0x80 | (point >> (6 * tails) & 0x3F)), stream);
}

void term_put(FILE *stream, gyr_str text) {
    while (text.len) {
        size_t bytes;
        uint32_t point = term_point(text, &bytes);
        if (point == '\n')
            fputc('\n', stream);
        else
            term_put_point(stream, point);
        text = gyr_str_of(text.ptr + bytes, text.len - bytes);
    }
}
