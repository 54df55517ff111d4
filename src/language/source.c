/* See source.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "language/source.h"

#include "base/utf8.h"

gyr_location gyr__source_location(const gyr__source *s, uint32_t offset) {
    return gyr__locate(s->text, GYR__MIN((size_t)offset, s->text.len));
}

uint32_t gyr__source_utf16_offset(const gyr__source *s, uint32_t offset) {
    return (uint32_t)gyr__utf16_len(s->text.ptr, GYR__MIN((size_t)offset, s->text.len));
}
