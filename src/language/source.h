/* Source text and places in it. A place is a byte offset; line and column are computed when someone asks.
 *
 * Lines end at LF, CR LF or CR; lines and columns count from 1, columns in UTF-16 code units, as the
 * reference implementation's do. The text must stay alive and unchanged as long as nodes that point into it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_LANGUAGE_SOURCE_H
#define GYR_LANGUAGE_SOURCE_H
#include "base/common.h"

typedef struct gyr__source {
    gyr_str text;
    gyr_str name; /* what messages call it, a file name; may be empty */
} gyr__source;

static inline gyr__source gyr__source_of(gyr_str text, gyr_str name) {
    gyr__source s = {text, name};
    return s;
}

/** The offset of a pointer into the text: gyr__source_offset(source, field->name.ptr). */
static inline uint32_t gyr__source_offset(const gyr__source *s, const char *at) { return (uint32_t)(at - s->text.ptr); }

/** Line and column of an offset; offsets behind the end count as the end. Linear in the offset. */
gyr_location gyr__source_location(const gyr__source *s, uint32_t offset);

/** The UTF-16 code units before an offset: what the reference calls `start` and `end`. Linear in the offset. */
uint32_t gyr__source_utf16_offset(const gyr__source *s, uint32_t offset);

#endif
