/* See read.h.
 *
 * The whole text is validated as UTF-8 first, so nothing below looks at that again. A loop reads tokens and
 * knows what may come next; open arrays and objects are frames on a stack, finished values and names wait on
 * two more until their container closes and copies them into the arena at their final size. The stacks are on
 * the heap and go when the reader returns.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "json/read.h"
#include "base/limits.h"
#include "base/map.h"
#include "base/number.h"
#include "base/str.h"
#include "base/utf8.h"

typedef enum expect {
    VALUE,
    VALUE_OR_END, /* behind '[' */
    NAME,         /* behind ',' in an object */
    NAME_OR_END,  /* behind '{' */
    COMMA_OR_END, /* behind a value in a container */
    NOTHING       /* behind the outermost value */
} expect;

typedef struct frame {
    uint32_t at, first_value, first_name;
    bool object;
} frame;

typedef struct key {
    gyr_str text;
    uint32_t at;
} key;

#define STACK(T)                                                                                                       \
    struct {                                                                                                           \
        T *items;                                                                                                      \
        uint32_t len, cap;                                                                                             \
    }

typedef struct reader {
    const char *s;
    uint32_t at, end;
    expect expect;
    gyr__json_keys keys;
    gyr__arena *arena;
    gyr_errors *errors;
    gyr_limits limits;
    STACK(frame) frames;
    STACK(gyr__json) values;
    STACK(key) names;
} reader;

/* ---- stacks */

static bool grow(reader *r, void *items_slot, uint32_t *cap, size_t item_size) {
    void *items;
    memcpy(&items, items_slot, sizeof items); /* items_slot is a T ** of any T */
    uint64_t want = *cap ? (uint64_t)*cap * 3 / 2 : 32;
    if (want <= UINT32_MAX)
        items = gyr__realloc(&r->arena->allocator, items, *cap * item_size, (size_t)want * item_size);
    if (want > UINT32_MAX || !items) {
        r->arena->failed = true;
        return false;
    }
    memcpy(items_slot, &items, sizeof items);
    *cap = (uint32_t)want;
    return true;
}

#define PUSH(r, stack)                                                                                                 \
    ((r)->stack.len < (r)->stack.cap || grow((r), &(r)->stack.items, &(r)->stack.cap, sizeof *(r)->stack.items)        \
         ? &(r)->stack.items[(r)->stack.len++]                                                                         \
         : NULL)

static void free_stacks(reader *r) {
    const gyr_allocator *al = &r->arena->allocator;
    gyr__heap_free(al, r->frames.items, r->frames.cap * sizeof *r->frames.items);
    gyr__heap_free(al, r->values.items, r->values.cap * sizeof *r->values.items);
    gyr__heap_free(al, r->names.items, r->names.cap * sizeof *r->names.items);
}

/* ---- errors; all return false */

#define FAIL(r, status, offset, ...) located((r), gyr__errors_add((r)->errors, (status), __VA_ARGS__), (offset))

static bool located(reader *r, gyr_error *err, uint32_t at) {
    gyr__error_at(r->errors, err, gyr__locate(gyr_str_of(r->s, r->end), at));
    return false;
}

static bool unexpected(reader *r) {
    const char *where = r->expect == NOTHING ? "after the JSON value" : "in JSON";
    uint32_t size, c;
    if (r->at >= r->end) return FAIL(r, GYR_ERR_SYNTAX, r->end, "Unexpected end of JSON");
    c = gyr__utf8_decode(r->s + r->at, r->end - r->at, &size);
    if (c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0xFEFF)
        return FAIL(r, GYR_ERR_SYNTAX, r->at, "Unexpected character U+%04X %s", c, where);
    return FAIL(r, GYR_ERR_SYNTAX, r->at, "Unexpected character '%.*s' %s", (int)size, r->s + r->at, where);
}

/* ---- numbers and words */

static uint32_t digits(const reader *r, uint32_t at) {
    while (at < r->end && r->s[at] >= '0' && r->s[at] <= '9') at++;
    return at;
}

/* One digit or more at r->at. */
static bool skip_digits(reader *r) {
    uint32_t after = digits(r, r->at);
    if (after == r->at) return unexpected(r);
    r->at = after;
    return true;
}

static bool read_number(reader *r, gyr__json *v) {
    uint32_t from = r->at;
    bool whole = true;
    r->at += r->s[r->at] == '-';
    if (r->at < r->end && r->s[r->at] == '0')
        r->at++; /* a digit behind it is then unexpected */
    else if (!skip_digits(r))
        return false;
    if (r->at < r->end && r->s[r->at] == '.') {
        whole = false;
        r->at++;
        if (!skip_digits(r)) return false;
    }
    if (r->at < r->end && (r->s[r->at] | 0x20) == 'e') {
        whole = false;
        r->at++;
        if (r->at < r->end && (r->s[r->at] == '+' || r->s[r->at] == '-')) r->at++;
        if (!skip_digits(r)) return false;
    }
    uint32_t len = r->at - from;
    if (len > r->limits.number_bytes)
        return FAIL(r, GYR_ERR_LIMIT, from, "Number in JSON has %u bytes, the limit is %u", len,
                    r->limits.number_bytes);
    v->text = gyr_str_of(r->s + from, len);
    v->kind = GYR__JSON_INT;
    if (whole && gyr__parse_i64(v->text.ptr, len, &v->integer)) return true;
    v->kind = GYR__JSON_DOUBLE;
    return gyr__parse_f64(v->text.ptr, len, &v->number);
}

static bool read_word(reader *r, const char *word) {
    for (; *word; word++, r->at++)
        if (r->at >= r->end || r->s[r->at] != *word) return unexpected(r);
    return true;
}

/* ---- strings */

/* The index in memory of the first byte of a word whose high bit is set. */
static inline int first_byte(uint64_t v) {
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    return __builtin_ctzll(v) / 8;
#else
    (void)v;
    return 0; /* the loop below looks at each byte then */
#endif
}

/* Moves r->at from behind the opening quote to the closing one. */
static bool find_quote(reader *r, bool *escaped) {
    const uint64_t ones = 0x0101010101010101u, highs = ones * 0x80;
    uint32_t from = r->at - 1;
    for (;;) {
        while (r->end - r->at >= 8) {
            uint64_t v, quote, slash, stops;
            memcpy(&v, r->s + r->at, 8);
            quote = v ^ ones * '"', slash = v ^ ones * '\\';
            /* zero bytes of the first two, bytes below 0x20 of v; the lowest of each is always right */
            stops = (((quote - ones) & ~quote) | ((slash - ones) & ~slash) | ((v - ones * 0x20) & ~v)) & highs;
            if (stops) {
                r->at += (uint32_t)first_byte(stops);
                break;
            }
            r->at += 8;
        }
        if (r->at >= r->end) return FAIL(r, GYR_ERR_SYNTAX, from, "Unterminated string in JSON");
        unsigned char c = (unsigned char)r->s[r->at];
        if (c == '"') return true;
        if (c < 0x20)
            return FAIL(r, GYR_ERR_SYNTAX, r->at, "Control character U+%04X in a JSON string must be escaped", c);
        if (c == '\\') {
            *escaped = true;
            r->at++;
            if (r->at >= r->end) return FAIL(r, GYR_ERR_SYNTAX, from, "Unterminated string in JSON");
            if ((unsigned char)r->s[r->at] < 0x20) continue; /* the next round refuses it */
        }
        r->at++;
    }
}

static bool hex4(const char *s, const char *end, uint32_t *out) {
    uint32_t v = 0;
    if (end - s < 4) return false;
    for (int i = 0; i < 4; i++) {
        unsigned char c = (unsigned char)s[i], letter = c | 0x20;
        if (c >= '0' && c <= '9')
            v = v << 4 | (c - (unsigned)'0');
        else if (letter >= 'a' && letter <= 'f')
            v = v << 4 | (letter - (unsigned)'a' + 10);
        else
            return false;
    }
    *out = v;
    return true;
}

/* *s stands behind "\u"; moves it behind the escape, or the pair of escapes. */
static bool unescape_unicode(reader *r, const char **s, const char *end, char **out) {
    uint32_t at = (uint32_t)(*s - r->s) - 2, c, low;
    if (!hex4(*s, end, &c)) return FAIL(r, GYR_ERR_SYNTAX, at, "Invalid Unicode escape in a JSON string");
    *s += 4;
    if (c >= 0xD800 && c < 0xE000) {
        bool pair = c < 0xDC00 && end - *s >= 6 && (*s)[0] == '\\' && (*s)[1] == 'u' && hex4(*s + 2, end, &low) &&
                    low >= 0xDC00 && low < 0xE000;
        if (!pair) return FAIL(r, GYR_ERR_SYNTAX, at, "Lone surrogate \\u%04x in a JSON string", c);
        c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
        *s += 6;
    }
    *out += gyr__utf8_encode(*out, c);
    return true;
}

static char plain_escape(char c) {
    switch (c) {
    case '"':
    case '\\':
    case '/': return c;
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return 0;
    }
}

/* The escapes of [s, end) resolved, in the arena: never longer than they were. */
static bool unescape(reader *r, const char *s, const char *end, gyr_str *text) {
    char *out = gyr__arena_alloc_aligned(r->arena, (size_t)(end - s), 1), *start = out;
    if (!out) return false;
    while (s < end) {
        const char *slash = memchr(s, '\\', (size_t)(end - s));
        size_t run = (size_t)((slash ? slash : end) - s);
        memcpy(out, s, run);
        out += run, s += run;
        if (!slash) break;
        char c = plain_escape(s[1]);
        if (c) {
            *out++ = c;
            s += 2;
        } else if (s[1] == 'u') {
            s += 2;
            if (!unescape_unicode(r, &s, end, &out)) return false;
        } else {
            uint32_t size;
            gyr__utf8_decode(s + 1, (size_t)(end - s) - 1, &size);
            return FAIL(r, GYR_ERR_SYNTAX, (uint32_t)(s - r->s), "Invalid escape sequence '\\%.*s' in a JSON string",
                        (int)size, s + 1);
        }
    }
    *text = gyr_str_of(start, (size_t)(out - start));
    return true;
}

/* r->at stands at the opening quote. */
static bool read_string(reader *r, gyr_str *text) {
    uint32_t from = ++r->at;
    bool escaped = false;
    if (!find_quote(r, &escaped)) return false;
    uint32_t to = r->at++;
    if (escaped) return unescape(r, r->s + from, r->s + to, text);
    *text = gyr_str_of(r->s + from, to - from);
    return true;
}

/* ---- containers */

static bool open_container(reader *r, bool object) {
    if (r->frames.len >= r->limits.json_depth)
        return FAIL(r, GYR_ERR_LIMIT, r->at, "JSON is nested too deep, the limit is %u", r->limits.json_depth);
    frame *f = PUSH(r, frames);
    if (!f) return false;
    *f = (frame){r->at++, r->values.len, r->names.len, object};
    r->expect = object ? NAME_OR_END : VALUE_OR_END;
    return true;
}

/* Where the member of that name stands in members[0, count), or count. The map is for objects that are large. */
static bool find_member(gyr__arena *scratch, gyr__map *map, const gyr__json_member *members, uint32_t count,
                        gyr_str name, uint32_t *found) {
    if (!map->entries) {
        for (*found = 0; *found < count && !gyr__str_eq(members[*found].name, name);) ++*found;
        return true;
    }
    bool added;
    gyr__map_entry *e = gyr__map_put(scratch, map, name, &added);
    if (e && added) e->num = count;
    if (e) *found = (uint32_t)e->num;
    return e != NULL;
}

/* Names and values to members; of equal names one remains. */
static bool make_members(reader *r, const frame *f, uint32_t count, gyr__json *v, gyr__arena *scratch) {
    gyr__map map = {0};
    if (count > 12 && !gyr__map_reserve(scratch, &map, count)) return false;
    for (uint32_t i = 0, at; i < count; i++) {
        key name = r->names.items[f->first_name + i];
        gyr__json value = r->values.items[f->first_value + i];
        if (!find_member(scratch, &map, v->members, v->count, name.text, &at)) return false;
        if (at < v->count && r->keys == GYR__JSON_UNIQUE) {
            gyr_str shown = gyr__shown(r->errors, name.text);
            return FAIL(r, GYR_ERR_SYNTAX, name.at, "Duplicate key \"%.*s\" in a JSON object", (int)shown.len,
                        shown.ptr);
        }
        if (at == v->count)
            v->members[v->count++] = (gyr__json_member){name.text, name.at, value};
        else
            v->members[at].value = value;
    }
    return true;
}

static bool close_container(reader *r) {
    frame f = r->frames.items[--r->frames.len];
    uint32_t count = r->values.len - f.first_value;
    gyr__json v = {.kind = f.object ? GYR__JSON_OBJECT : GYR__JSON_ARRAY, .at = f.at};
    bool ok;
    if (f.object) {
        gyr__arena scratch;
        gyr__arena_init(&scratch, &r->arena->allocator, 0);
        v.members = gyr__new_array(r->arena, gyr__json_member, count);
        ok = v.members && make_members(r, &f, count, &v, &scratch);
        r->arena->failed |= scratch.failed;
        gyr__arena_fini(&scratch);
    } else {
        v.count = count;
        v.items = gyr__new_array(r->arena, gyr__json, count);
        ok = v.items != NULL;
        if (ok && count) memcpy(v.items, r->values.items + f.first_value, count * sizeof v);
    }
    if (!ok) return false;
    r->at++;
    r->values.len = f.first_value;
    r->names.len = f.first_name;
    r->expect = r->frames.len ? COMMA_OR_END : NOTHING;
    gyr__json *slot = PUSH(r, values);
    if (slot) *slot = v;
    return slot != NULL;
}

/* ---- the loop */

static bool read_scalar(reader *r, char c) {
    gyr__json v = {.at = r->at};
    bool ok;
    switch (c) {
    case '"':
        v.kind = GYR__JSON_STRING;
        ok = read_string(r, &v.text);
        break;
    case 't':
    case 'f':
        v.kind = GYR__JSON_BOOL;
        v.boolean = c == 't';
        ok = read_word(r, v.boolean ? "true" : "false");
        break;
    case 'n': ok = read_word(r, "null"); break;
    default: ok = c == '-' || (c >= '0' && c <= '9') ? read_number(r, &v) : unexpected(r); break;
    }
    gyr__json *slot = ok ? PUSH(r, values) : NULL;
    if (!slot) return false;
    *slot = v;
    r->expect = r->frames.len ? COMMA_OR_END : NOTHING;
    return true;
}

static void skip_space(reader *r) {
    while (r->at < r->end && (r->s[r->at] == ' ' || r->s[r->at] == '\n' || r->s[r->at] == '\r' || r->s[r->at] == '\t'))
        r->at++;
}

static bool read_name(reader *r) {
    key n = {.at = r->at};
    if (!read_string(r, &n.text)) return false;
    skip_space(r);
    if (r->at >= r->end || r->s[r->at] != ':') return unexpected(r);
    r->at++;
    key *slot = PUSH(r, names);
    if (!slot) return false;
    *slot = n;
    r->expect = VALUE;
    return true;
}

/* One token, and with a name the colon. */
static bool step(reader *r) {
    char c = r->s[r->at];
    bool object = r->frames.len && r->frames.items[r->frames.len - 1].object;
    if (c == (object ? '}' : ']') &&
        (r->expect == VALUE_OR_END || r->expect == NAME_OR_END || r->expect == COMMA_OR_END))
        return close_container(r);
    switch (r->expect) {
    case VALUE:
    case VALUE_OR_END: return c == '{' || c == '[' ? open_container(r, c == '{') : read_scalar(r, c);
    case NAME:
    case NAME_OR_END: return c == '"' ? read_name(r) : unexpected(r);
    case COMMA_OR_END:
        if (c != ',') return unexpected(r);
        r->at++;
        r->expect = object ? NAME : VALUE;
        return true;
    default: return unexpected(r);
    }
}

static gyr__json *read_text(reader *r) {
    for (;;) {
        skip_space(r);
        if (r->at == r->end) break;
        if (!step(r)) return NULL;
    }
    if (r->expect != NOTHING) {
        unexpected(r);
        return NULL;
    }
    gyr__json *root = gyr__arena_alloc(r->arena, sizeof *root);
    if (root) *root = r->values.items[0];
    return root;
}

gyr__json *gyr__json_read(gyr__arena *arena, gyr_str text, const gyr_limits *limits, gyr__json_keys keys,
                          gyr_errors *errors) {
    reader r = {.s = text.ptr, .keys = keys, .arena = arena, .errors = errors};
    size_t bad;
    gyr__limits_resolve(&r.limits, limits);
    if (text.len > r.limits.json_bytes || text.len >= UINT32_MAX) {
        gyr__errors_add(errors, GYR_ERR_LIMIT, "JSON text has %zu bytes, the limit is %u", text.len,
                        r.limits.json_bytes);
        return NULL;
    }
    r.end = (uint32_t)text.len;
    if (!gyr__utf8_valid(text.ptr, text.len, &bad)) {
        FAIL(&r, GYR_ERR_SYNTAX, (uint32_t)bad, "Invalid UTF-8 in JSON");
        return NULL;
    }
    gyr__json *root = read_text(&r);
    free_stacks(&r);
    return root;
}

const gyr__json *gyr__json_get(const gyr__json *value, gyr_str name) {
    if (!value || value->kind != GYR__JSON_OBJECT) return NULL;
    for (uint32_t i = 0; i < value->count; i++)
        if (gyr__str_eq(value->members[i].name, name)) return &value->members[i].value;
    return NULL;
}
