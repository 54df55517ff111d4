/* What the operations on documents share.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ADAPTER_LANGUAGE_H
#define ADAPTER_LANGUAGE_H
#include "adapter.h"
#include "language/parse.h"

/** The request's parser options; directives on directive definitions are on, as in the reference. */
static inline gyr__parse_options request_parse_options(const adapter_request *r) {
    return (gyr__parse_options){.limits = r->limits,
                                .max_tokens = request_option_number(r, gyr_s("maxTokens")),
                                .fragment_arguments = request_option(r, gyr_s("experimentalFragmentArguments")),
                                .legacy_fragment_variables = request_option(r, gyr_s("allowLegacyFragmentVariables")),
                                .directives_on_directives = true};
}

/** For every byte offset of the text, and its end, the UTF-16 offset. NULL when memory is out. */
static inline uint32_t *utf16_offsets(gyr__arena *arena, gyr_str text) {
    uint32_t *map = gyr__new_array(arena, uint32_t, text.len + 1), at = 0;
    for (size_t i = 0; map && i < text.len; i++) {
        uint8_t c = (uint8_t)text.ptr[i];
        map[i] = at;
        at += c >= 0xF0 ? 2 : (c & 0xC0) != 0x80;
    }
    if (map) map[text.len] = at;
    return map;
}

#endif
