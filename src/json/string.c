/* See write.h: the string leaf without vectors, escapes, and the repair of ill-formed UTF-8.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "json/string.h"
#include "base/utf8.h"

const uint8_t gyr__json_escapes[256] = {
    'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'b', 't', 'n', 'u', 'f', 'r', 'u', 'u',         'u',
    'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', 'u', ['"'] = '"', ['\\'] = '\\',
};

uint8_t *gyr__json_repair(uint8_t *out, const uint8_t *s, size_t n) {
    uint32_t size;
    for (; n; s += size, n -= size) {
        if (gyr__utf8_decode((const char *)s, n, &size) == GYR__UTF8_BAD) {
            memcpy(out, "\xEF\xBF\xBD", 3);
            out += 3;
        } else if (gyr__json_escapes[*s]) {
            out = gyr__json_escape(out, *s);
        } else {
            for (uint32_t i = 0; i < size; i++) *out++ = s[i];
        }
    }
    *out = '"';
    return out + 1;
}

static uint8_t *plain(uint8_t *out, const uint8_t *s, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (gyr__json_escapes[s[i]])
            out = gyr__json_escape(out, s[i]);
        else
            *out++ = s[i];
    }
    *out = '"';
    return out + 1;
}

uint8_t *gyr__json_scalar_str_utf8(uint8_t *out, const char *s, size_t n) {
    *out = '"';
    return plain(out + 1, (const uint8_t *)s, n);
}

uint8_t *gyr__json_scalar_str(uint8_t *out, const char *text, size_t n) {
    const uint8_t *s = (const uint8_t *)text;
    *out++ = '"';
    for (; n; s++, n--) {
        if (*s >= 0x80) {
            bool valid = gyr__utf8_valid_at(GYR__CPU_SCALAR, (const char *)s, n, NULL);
            return valid ? plain(out, s, n) : gyr__json_repair(out, s, n);
        }
        if (gyr__json_escapes[*s])
            out = gyr__json_escape(out, *s);
        else
            *out++ = *s;
    }
    *out = '"';
    return out + 1;
}
