/* Source texts of a command: files, folders of *.graphql files, the standard input, texts of the command
 * line. SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_CLI_SOURCE_H
#define GYR_CLI_SOURCE_H
#include <gyr.h>

struct source {
    gyr_source text; /* name and text, owned */
    bool executable; /* its first definition is an operation or fragment; else it belongs to a schema */
};

/** Start with {0}; end with sources_fini. */
struct sources {
    struct source *items;
    size_t count;
};

/** Reads a whole file ("-": the standard input) to *text, to be freed by the caller; false with a message
 * printed. */
bool source_read(const char *path, gyr_str *text);
/** Adds a file, or the *.graphql, *.graphqls and *.gql files of a folder by name; false with a message
 * printed. */
bool sources_add(struct sources *sources, const char *path);
/** Adds a copy of a text under a name. */
bool sources_add_text(struct sources *sources, const char *name, const char *text);
void sources_fini(struct sources *sources);

/** The source of that name, or NULL. */
const struct source *sources_find(const struct sources *sources, gyr_str name);
/** How many are executable, or not. */
size_t sources_count(const struct sources *sources, bool executable);
/** The first executable one, or NULL. */
const struct source *sources_document(const struct sources *sources);
#endif
