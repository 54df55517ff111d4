/* Reads source texts and tells schemas from documents by the first definition: `{`, query, mutation,
 * subscription and fragment begin an executable document, everything else belongs to a schema. A text that is
 * neither is thus reported by whoever reads it as a schema.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "source.h"
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static const size_t most_bytes = (size_t)1
                                 << 30; /* of one text: an endless stream is an error, not the end of memory */

static bool complain(const char *path, const char *message) {
    fprintf(stderr, "gyr: %s: %s\n", path, message);
    return false;
}

static bool read_stream(FILE *file, gyr_str *text) {
    size_t cap = 1 << 16, len = 0, got;
    char *bytes = malloc(cap);
    while (bytes && (got = fread(bytes + len, 1, cap - len, file)) > 0) {
        len += got;
        if (len < cap) continue;
        char *more = cap < most_bytes ? realloc(bytes, cap *= 2) : NULL;
        if (!more) free(bytes);
        bytes = more;
    }
    if (bytes && ferror(file)) {
        free(bytes);
        return false;
    }
    if (!bytes) errno = len < most_bytes ? ENOMEM : EFBIG;
    *text = gyr_str_of(bytes, len);
    return bytes;
}

bool source_read(const char *path, gyr_str *text) {
    bool standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "rb");
    bool ok = file && read_stream(file, text);
    int error = errno;
    if (file && !standard) fclose(file);
    return ok || complain(path, strerror(error));
}

/* ---- which kind of document: the first token, after a description */

static gyr_str skip(gyr_str s, size_t count) { return gyr_str_of(s.ptr + count, s.len - count); }

static gyr_str skip_ignored(gyr_str s) {
    if (s.len >= 3 && memcmp(s.ptr, "\xEF\xBB\xBF", 3) == 0) s = skip(s, 3);
    while (s.len && strchr(" \t\r\n,#", *s.ptr) && *s.ptr) {
        if (*s.ptr == '#')
            while (s.len && *s.ptr != '\n' && *s.ptr != '\r') s = skip(s, 1);
        else
            s = skip(s, 1);
    }
    return s;
}

/* s begins with a quote. */
static gyr_str skip_string(gyr_str s) {
    bool block = s.len >= 3 && memcmp(s.ptr, "\"\"\"", 3) == 0;
    size_t quotes = block ? 3 : 1;
    s = skip(s, quotes);
    while (s.len >= quotes && memcmp(s.ptr, "\"\"\"", quotes) != 0) {
        bool escaped = *s.ptr == '\\' && s.len > quotes && (!block || memcmp(s.ptr + 1, "\"\"\"", 3) == 0);
        s = skip(s, escaped ? quotes + 1 : 1);
    }
    return skip(s, s.len < quotes ? s.len : quotes);
}

static bool is_executable(gyr_str text) {
    static const char *const words[] = {"query", "mutation", "subscription", "fragment"};
    gyr_str s = skip_ignored(text);
    if (s.len && *s.ptr == '"') s = skip_ignored(skip_string(s));
    if (s.len && *s.ptr == '{') return true;
    size_t len = 0;
    while (len < s.len && s.ptr[len] >= 'a' && s.ptr[len] <= 'z') len++;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strlen(words[i]) == len && memcmp(words[i], s.ptr, len) == 0) return true;
    return false;
}

/* ---- the collection */

/* Takes text.ptr. */
static bool add(struct sources *sources, const char *name, gyr_str text) {
    struct source *items = realloc(sources->items, (sources->count + 1) * sizeof *items);
    char *copy = strdup(name);
    if (items) sources->items = items;
    if (!items || !copy) {
        free(copy);
        free((char *)text.ptr);
        return complain(name, strerror(ENOMEM));
    }
    items[sources->count++] = (struct source){{gyr_str_of(copy, strlen(copy)), text}, is_executable(text)};
    return true;
}

bool sources_add_text(struct sources *sources, const char *name, const char *text) {
    size_t len = strlen(text);
    char *copy = malloc(len + 1);
    return copy ? add(sources, name, gyr_str_of(memcpy(copy, text, len), len)) : complain(name, strerror(ENOMEM));
}

static int is_graphql(const struct dirent *entry) {
    const char *dot = strrchr(entry->d_name, '.');
    return dot && dot != entry->d_name &&
           (strcmp(dot, ".graphql") == 0 || strcmp(dot, ".graphqls") == 0 || strcmp(dot, ".gql") == 0);
}

static bool add_folder(struct sources *sources, const char *path) {
    struct dirent **entries = NULL;
    int count = scandir(path, &entries, is_graphql, alphasort);
    bool ok = count > 0;
    if (count < 0)
        complain(path, strerror(errno));
    else if (count == 0)
        complain(path, "no *.graphql file in this folder");
    for (int i = 0; i < count; i++) {
        size_t len = strlen(path);
        char *file = NULL;
        if (asprintf(&file, "%s%s%s", path, len && path[len - 1] == '/' ? "" : "/", entries[i]->d_name) < 0)
            file = NULL;
        gyr_str text;
        ok = ok && file && source_read(file, &text) && add(sources, file, text);
        free(file);
        free(entries[i]);
    }
    free(entries);
    return ok;
}

bool sources_add(struct sources *sources, const char *path) {
    struct stat info;
    if (strcmp(path, "-") != 0 && stat(path, &info) == 0 && S_ISDIR(info.st_mode)) return add_folder(sources, path);
    gyr_str text;
    return source_read(path, &text) && add(sources, strcmp(path, "-") == 0 ? "<stdin>" : path, text);
}

void sources_fini(struct sources *sources) {
    for (size_t i = 0; i < sources->count; i++) {
        free((char *)sources->items[i].text.name.ptr);
        free((char *)sources->items[i].text.text.ptr);
    }
    free(sources->items);
}

const struct source *sources_find(const struct sources *sources, gyr_str name) {
    for (size_t i = 0; i < sources->count; i++) {
        gyr_str own = sources->items[i].text.name;
        if (own.len == name.len && memcmp(own.ptr, name.ptr, name.len) == 0) return &sources->items[i];
    }
    return NULL;
}

size_t sources_count(const struct sources *sources, bool executable) {
    size_t count = 0;
    for (size_t i = 0; i < sources->count; i++) count += sources->items[i].executable == executable;
    return count;
}

const struct source *sources_document(const struct sources *sources) {
    for (size_t i = 0; i < sources->count; i++)
        if (sources->items[i].executable) return &sources->items[i];
    return NULL;
}
