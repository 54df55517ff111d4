/* Things: counting, reading, printing.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

enum { ALIVE = 0x600DF00D, DEAD = 0xDEADDEAD };

thing null_thing = {.mark = ALIVE, .kind = T_NULL, .refs = 1};

thing *thing_new(world *w, kind k) {
    thing *t = calloc(1, sizeof *t);
    if (!t) abort();
    t->mark = ALIVE;
    t->kind = k;
    t->refs = 1;
    w->live++;
    return t;
}

thing *thing_text(world *w, kind k, const char *text) {
    thing *t = thing_new(w, k);
    t->text = strdup(text);
    return t;
}

thing *thing_ref(thing *t) {
    assert_int_equal(t->mark, ALIVE);
    if (t != &null_thing) t->refs++;
    return t;
}

void thing_drop(world *w, thing *t) {
    assert_non_null(t);
    assert_int_equal(t->mark, ALIVE);
    if (t == &null_thing || --t->refs) return;
    for (size_t i = 0; i < t->count; i++) {
        thing_drop(w, t->items[i]);
        if (t->keys) free(t->keys[i]);
    }
    free(t->items);
    free(t->keys);
    free(t->text);
    t->mark = DEAD;
    w->live--;
    free(t);
}

void thing_add(thing *t, const char *key, thing *item) {
    if (t->count == t->cap) {
        t->cap = t->cap * 2 + 4;
        t->items = realloc(t->items, t->cap * sizeof *t->items);
        if (key) t->keys = realloc(t->keys, t->cap * sizeof *t->keys);
        if (!t->items || (key && !t->keys)) abort();
    }
    if (key) t->keys[t->count] = strdup(key);
    t->items[t->count++] = item;
}

const thing *thing_get(const thing *object, gyr_str key) {
    for (size_t i = 0; i < object->count; i++)
        if (strlen(object->keys[i]) == key.len && memcmp(object->keys[i], key.ptr, key.len) == 0)
            return object->items[i];
    return NULL;
}

/* ---- reading */

typedef struct reader {
    world *w;
    const char *at;
} reader;

static char peek(reader *r) {
    while (*r->at == ' ' || *r->at == ',' || *r->at == '\n') r->at++;
    return *r->at;
}

static bool eat(reader *r, char c) {
    if (peek(r) != c) return false;
    r->at++;
    return true;
}

static char *name(reader *r) {
    peek(r);
    const char *from = r->at;
    while (isalnum((unsigned char)*r->at) || *r->at == '_') r->at++;
    return strndup(from, (size_t)(r->at - from));
}

static char *quoted(reader *r) {
    if (!eat(r, '"')) fail_msg("no text at %s", r->at);
    const char *from = r->at;
    while (*r->at != '"') r->at += *r->at == '\\' ? 2 : 1;
    return strndup(from, (size_t)(r->at++ - from));
}

static thing *value(reader *r);

static thing *with_text(reader *r, kind k, char *text) {
    thing *t = thing_new(r->w, k);
    t->text = text;
    return t;
}

static thing *object(reader *r) {
    thing *t = thing_new(r->w, T_OBJECT);
    t->type_later = eat(r, '?');
    t->type_fails = eat(r, '!');
    t->text = name(r);
    if (!eat(r, '{')) fail_msg("no object at %s", r->at);
    while (!eat(r, '}')) {
        char *key = peek(r) == '"' ? quoted(r) : name(r); /* of JSON, too */
        if (!eat(r, ':')) fail_msg("no value at %s", r->at);
        thing_add(t, key, value(r));
        free(key);
    }
    return t;
}

static thing *list(reader *r) {
    thing *t = thing_new(r->w, T_LIST);
    while (!eat(r, ']')) thing_add(t, NULL, value(r));
    return t;
}

static thing *wrapped(reader *r, kind k) {
    thing *t = thing_new(r->w, k);
    thing_add(t, NULL, value(r));
    return t;
}

static thing *value(reader *r) {
    char c = peek(r);
    if (eat(r, '"')) return r->at--, with_text(r, T_TEXT, quoted(r));
    if (c == '{' || eat(r, '@')) return object(r);
    if (eat(r, '[')) return list(r);
    if (eat(r, '~')) return wrapped(r, T_LATER);
    if (eat(r, '!')) return eat(r, '!') ? with_text(r, T_BROKEN, quoted(r)) : with_text(r, T_ERROR, quoted(r));
    if (eat(r, '<')) {
        thing *t = wrapped(r, T_STREAM);
        if (!eat(r, '>')) fail_msg("no > at %s", r->at);
        return t;
    }
    if (c == '-' || isdigit((unsigned char)c)) {
        char *end;
        double number = strtod(r->at, &end);
        thing *t = thing_new(r->w, memchr(r->at, '.', (size_t)(end - r->at)) ? T_FLOAT : T_INT);
        t->number = number;
        t->integer = (int64_t)number;
        r->at = end;
        return t;
    }
    char *word = name(r);
    thing *t = &null_thing;
    if (strcmp(word, "null") != 0) {
        t = thing_new(r->w, T_BOOL);
        t->integer = strcmp(word, "true") == 0;
    }
    free(word);
    return t;
}

thing *thing_parse(world *w, const char *text) {
    reader r = {w, text};
    thing *t = value(&r);
    if (peek(&r)) fail_msg("text behind the value: %s", r.at);
    return t;
}

/* ---- notes */

void note(notes *n, const char *format, ...) {
    va_list args;
    for (;;) {
        va_start(args, format);
        int len = vsnprintf(n->text + n->len, n->cap - n->len, format, args);
        va_end(args);
        if ((size_t)len < n->cap - n->len) {
            n->len += (size_t)len;
            return;
        }
        n->cap = n->cap * 2 + (size_t)len + 256;
        n->text = realloc(n->text, n->cap);
        if (!n->text) abort();
    }
}

void note_thing(notes *n, const thing *t) {
    assert_int_equal(t->mark, ALIVE);
    switch (t->kind) {
    case T_NULL: note(n, "null"); break;
    case T_BOOL: note(n, "%s", t->integer ? "true" : "false"); break;
    case T_INT: note(n, "%lld", (long long)t->integer); break;
    case T_FLOAT: note(n, "%.12g", t->number); break;
    case T_TEXT:
        note(n, "\"");
        for (const char *c = t->text; *c; c++) note(n, *c < ' ' ? "\\u%04x" : "%c", *c);
        note(n, "\"");
        break;
    case T_LIST:
        note(n, "[");
        for (size_t i = 0; i < t->count; i++) {
            note(n, i ? "," : "");
            note_thing(n, t->items[i]);
        }
        note(n, "]");
        break;
    case T_OBJECT:
        note(n, "{");
        for (size_t i = 0; i < t->count; i++) {
            note(n, i ? ",\"%s\":" : "\"%s\":", t->keys[i]);
            note_thing(n, t->items[i]);
        }
        note(n, "}");
        break;
    default: fail_msg("no value");
    }
}
