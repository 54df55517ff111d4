/* The JSON reader against jansson, over generated and mutated documents: the same ones are taken, with the
 * same values. jansson's rules differ in three places, known by its error code: it refuses integers beyond
 * int64 and doubles beyond the largest (ours keep both for the consumer to judge), and \u0000 in an object's
 * key.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "rng.h"
#include "json/read.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

typedef struct text {
    char s[20000];
    size_t n;
} text;

static void put(text *t, const char *s) {
    size_t n = strlen(s);
    if (t->n + n < sizeof t->s) memcpy(t->s + t->n, s, n), t->n += n;
}

static void space(text *t, rng *r) {
    static const char *const spaces[] = {" ", "\n", "\t", "\r", "  "};
    if (rng_below(r, 6) == 0) put(t, spaces[rng_below(r, 5)]);
}

static void generate_string(text *t, rng *r) {
    static const char *const parts[] = {"a",
                                        "key",
                                        "\\n",
                                        "\\\"",
                                        "\\\\",
                                        "\\/",
                                        "\\u0041",
                                        "\\u00e9",
                                        "\\ud83d\\ude00",
                                        "\xC3\xA9",
                                        "\xF0\x9F\x98\x80",
                                        " ",
                                        "\\b\\f\\r\\t",
                                        "plain text",
                                        "\\uFFFF",
                                        "\x7F"};
    put(t, "\"");
    for (uint64_t i = rng_below(r, 6); i > 0; i--) put(t, parts[rng_below(r, sizeof parts / sizeof *parts)]);
    put(t, "\"");
}

static void generate_number(text *t, rng *r) {
    char s[64];
    uint64_t bits = rng_next(r);
    switch (bits % 4) {
    case 0: snprintf(s, sizeof s, "%d", (int)(bits >> 8) % 1000); break;
    case 1: snprintf(s, sizeof s, "%lld", (long long)rng_next(r)); break;
    case 2: snprintf(s, sizeof s, "%.*e", (int)(bits >> 8 & 15), (double)(int64_t)rng_next(r) / 1e9); break;
    default:
        snprintf(s, sizeof s, "%d.%dE%d", (int)(bits >> 8) % 100, (int)(bits >> 40 & 999),
                 (int)(bits >> 20 & 511) - 256);
    }
    put(t, s);
}

static void generate(text *t, rng *r, int depth) {
    space(t, r);
    switch (rng_below(r, depth > 0 ? 8 : 5)) {
    case 0: put(t, "null"); break;
    case 1: put(t, rng_next(r) & 1 ? "true" : "false"); break;
    case 2: generate_number(t, r); break;
    case 3:
    case 4: generate_string(t, r); break;
    case 5:
    case 6:
        put(t, "[");
        for (uint64_t i = 0, n = rng_below(r, 5); i < n; i++) {
            if (i) put(t, ",");
            generate(t, r, depth - 1);
        }
        space(t, r);
        put(t, "]");
        break;
    default:
        put(t, "{");
        for (uint64_t i = 0, n = rng_below(r, rng_below(r, 10) ? 5 : 30); i < n; i++) {
            if (i) put(t, ",");
            space(t, r);
            generate_string(t, r);
            space(t, r);
            put(t, ":");
            generate(t, r, depth - 1);
        }
        space(t, r);
        put(t, "}");
    }
    space(t, r);
}

static void mutate(text *t, rng *r) {
    static const char likely[] = "{}[],:\"\\0123456789.-+eEtfn ud/\x00\x1F\x80\xC3\xFF";
    size_t at = t->n ? rng_below(r, t->n) : 0;
    char c = rng_below(r, 8) ? likely[rng_below(r, sizeof likely - 1)] : (char)rng_next(r);
    switch (rng_below(r, 5)) {
    case 0: t->n = at; break; /* cut */
    case 1:
        if (t->n) memmove(t->s + at, t->s + at + 1, --t->n - at); /* leave out */
        break;
    case 2:
        if (t->n + 1 < sizeof t->s) memmove(t->s + at + 1, t->s + at, t->n++ - at), t->s[at] = c; /* put in */
        break;
    case 3: { /* copy a piece elsewhere */
        size_t from = t->n ? rng_below(r, t->n) : 0, len = rng_below(r, 12);
        if (from + len <= t->n && at + len <= t->n) memmove(t->s + at, t->s + from, len);
        break;
    }
    default: t->s[at] = c; break;
    }
}

static bool same(const gyr__json *v, json_t *other) {
    switch (json_typeof(other)) {
    case JSON_NULL: return v->kind == GYR__JSON_NULL;
    case JSON_TRUE: return v->kind == GYR__JSON_BOOL && v->boolean;
    case JSON_FALSE: return v->kind == GYR__JSON_BOOL && !v->boolean;
    case JSON_INTEGER: return v->kind == GYR__JSON_INT && v->integer == json_integer_value(other);
    case JSON_REAL: {
        double d = json_real_value(other);
        return v->kind == GYR__JSON_DOUBLE && !memcmp(&v->number, &d, sizeof d);
    }
    case JSON_STRING:
        return v->kind == GYR__JSON_STRING && v->text.len == json_string_length(other) &&
               !memcmp(v->text.ptr, json_string_value(other), v->text.len);
    case JSON_ARRAY:
        if (v->kind != GYR__JSON_ARRAY || v->count != json_array_size(other)) return false;
        for (uint32_t i = 0; i < v->count; i++)
            if (!same(&v->items[i], json_array_get(other, i))) return false;
        return true;
    default:
        if (v->kind != GYR__JSON_OBJECT || v->count != json_object_size(other)) return false;
        for (uint32_t i = 0; i < v->count; i++) {
            json_t *member = json_object_getn(other, v->members[i].name.ptr, v->members[i].name.len);
            if (!member || !same(&v->members[i].value, member)) return false;
        }
        return true;
    }
}

/* 1: both take it, 0: both refuse it or jansson does by a rule of its own. The text is in a block of its
 * exact size. */
static int compare(const char *s, size_t n) {
    gyr__arena arena;
    gyr_errors errors;
    json_error_t why;
    char *copy = malloc(n ? n : 1);
    memcpy(copy, s, n);
    gyr__arena_init(&arena, NULL, 0);
    gyr__errors_init(&errors, NULL, 0);
    const gyr__json *v = gyr__json_read(&arena, gyr_str_of(copy, n), NULL, GYR__JSON_LAST_WINS, &errors);
    json_t *other = json_loadb(copy, n, JSON_DECODE_ANY | JSON_ALLOW_NUL, &why);
    enum json_error_code code = other ? json_error_unknown : json_error_code(&why);
    bool own_rule = !other && (code == json_error_numeric_overflow || code == json_error_null_byte_in_key);
    own_rule |= !v && memchr(copy, 0, n) != NULL;
    if (!own_rule && (v != NULL) != (other != NULL))
        fail_msg("%.*s: %s here, %s there", (int)n, copy, v ? "taken" : gyr_errors_text(&errors).ptr,
                 other ? "taken" : why.text);
    if (v && other && !same(v, other)) fail_msg("%.*s: other values", (int)n, copy);
    assert_int_equal(gyr_errors_count(&errors), v ? 0 : 1);
    json_decref(other);
    gyr__arena_fini(&arena);
    gyr__errors_fini(&errors);
    free(copy);
    return v && other;
}

static void generated_and_mutated_documents(void **state) {
    (void)state;
    static text t;
    rng r = {17};
    int taken = 0, refused = 0;
    for (int i = 0; i < 12000; i++) {
        t.n = 0;
        generate(&t, &r, i % 6);
        if (t.n + 100 > sizeof t.s) continue; /* cut by the buffer */
        taken += compare(t.s, t.n);
        for (int k = 0; k < 8; k++) {
            mutate(&t, &r);
            refused += !compare(t.s, t.n);
        }
    }
    assert_true(taken > 8000 && refused > 20000); /* both ways were tried */
}

static void all_short_texts(void **state) {
    (void)state;
    static const char bytes[] = "{}[],:\"\\1-.e0 u\n\xC3\xA9";
    char s[4];
    enum { N = sizeof bytes - 1 };
    for (int i = 0; i < N * N * N * N; i++) {
        for (int k = 0, rest = i; k < 4; k++, rest /= N) s[k] = bytes[rest % N];
        compare(s, 4);
        if (i < N * N * N) compare(s, 3);
        if (i < N * N) compare(s, 2);
        if (i < N) compare(s, 1);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(generated_and_mutated_documents),
        cmocka_unit_test(all_short_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
