/* See utf8.h. The scalar half: decoding, lengths, places, validation without vectors, and the choice among
 * the vector validators.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/utf8.h"
#include "base/utf8_simd.h"

static inline uint64_t load64(const char *p) {
    uint64_t v;
    memcpy(&v, p, 8);
    return v;
}

#define HIGH_BITS 0x8080808080808080u

static inline bool continues(unsigned char c) { return (c & 0xC0) == 0x80; }

uint32_t gyr__utf8_decode(const char *text, size_t n, uint32_t *size) {
    const unsigned char *s = (const unsigned char *)text;
    uint32_t c = s[0], more, from = 0x80, to = 0xBF; /* the second byte's range, Unicode table 3-7 */
    *size = 1;
    if (c < 0x80) return c;
    if (c < 0xC2 || c > 0xF4) return GYR__UTF8_BAD;
    if (c < 0xE0) {
        more = 1, c &= 0x1F;
    } else if (c < 0xF0) {
        if (c == 0xE0) from = 0xA0;
        if (c == 0xED) to = 0x9F;
        more = 2, c &= 0x0F;
    } else {
        if (c == 0xF0) from = 0x90;
        if (c == 0xF4) to = 0x8F;
        more = 3, c &= 0x07;
    }
    for (uint32_t i = 1; i <= more; i++) {
        if (i >= n || s[i] < from || s[i] > to) return GYR__UTF8_BAD;
        c = c << 6 | (s[i] & 0x3F);
        from = 0x80, to = 0xBF;
        *size = i + 1;
    }
    return c;
}

uint32_t gyr__utf8_encode(char *out, uint32_t c) {
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    if (c < 0x800) {
        out[0] = (char)(0xC0 | c >> 6);
        out[1] = (char)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        out[0] = (char)(0xE0 | c >> 12);
        out[1] = (char)(0x80 | (c >> 6 & 0x3F));
        out[2] = (char)(0x80 | (c & 0x3F));
        return 3;
    }
    out[0] = (char)(0xF0 | c >> 18);
    out[1] = (char)(0x80 | (c >> 12 & 0x3F));
    out[2] = (char)(0x80 | (c >> 6 & 0x3F));
    out[3] = (char)(0x80 | (c & 0x3F));
    return 4;
}

size_t gyr__utf16_len(const char *s, size_t n) {
    size_t units = 0;
    for (size_t i = 0; i < n; i++) units += (size_t)!continues((unsigned char)s[i]) + ((unsigned char)s[i] >= 0xF0);
    return units;
}

gyr_location gyr__locate(gyr_str source, size_t at) {
    uint32_t line = 1;
    size_t start = 0;
    if (at > source.len) at = source.len;
    for (size_t i = 0; i < at; i++) {
        if (source.ptr[i] != '\n' && source.ptr[i] != '\r') continue;
        if (source.ptr[i] == '\r' && i + 1 < source.len && source.ptr[i + 1] == '\n') {
            if (++i >= at) break; /* between CR and LF: still the line before */
        }
        line++;
        start = i + 1;
    }
    size_t column = 1 + (at > start ? gyr__utf16_len(source.ptr + start, at - start) : 0);
    return (gyr_location){line, column > UINT32_MAX ? UINT32_MAX : (uint32_t)column};
}

/* The offset of the first ill-formed sequence, n when there is none. */
static size_t first_bad(const char *s, size_t n) {
    uint32_t size;
    for (size_t i = 0; i < n; i += size) {
        while (n - i >= 8 && !(load64(s + i) & HIGH_BITS)) i += 8;
        if (i == n) break;
        if (gyr__utf8_decode(s + i, n - i, &size) == GYR__UTF8_BAD) return i;
    }
    return n;
}

bool gyr__utf8_valid_scalar(const char *s, size_t n) { return first_bad(s, n) == n; }

static bool valid_at(gyr__cpu cpu, const char *s, size_t n) {
    switch (cpu) {
#if defined(__x86_64__)
    case GYR__CPU_AVX512:
    case GYR__CPU_AVX2: return gyr__utf8_valid_avx2(s, n);
    case GYR__CPU_SSE2:
        if (__builtin_cpu_supports("ssse3")) return gyr__utf8_valid_ssse3(s, n);
        return gyr__utf8_valid_scalar(s, n);
#elif defined(__aarch64__)
    case GYR__CPU_NEON: return gyr__utf8_valid_neon(s, n);
#endif
    default: return gyr__utf8_valid_scalar(s, n);
    }
}

bool gyr__utf8_valid_at(gyr__cpu cpu, const char *s, size_t n, size_t *error_offset) {
    if (valid_at(cpu, s, n)) return true;
    if (error_offset) *error_offset = first_bad(s, n);
    return false;
}

bool gyr__utf8_valid(const char *s, size_t n, size_t *error_offset) {
    return gyr__utf8_valid_at(gyr__cpu_hardware(), s, n, error_offset);
}
