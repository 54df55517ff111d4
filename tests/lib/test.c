/* See test.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void test_skip(const char *why) {
    const char *no_skip = getenv("GYR_NO_SKIP");
    if (no_skip && *no_skip) fail_msg("skipped, and GYR_NO_SKIP is set: %s", why);
    print_message("skipped: %s\n", why);
    skip();
}

char *test_shared(const char *relative_path) {
    const char *root = getenv("GYR_SHARED");
    if (!root || !*root) root = "../shared";
    size_t size = strlen(root) + 1 + strlen(relative_path) + 1;
    char *path = malloc(size);
    assert_non_null(path);
    snprintf(path, size, "%s/%s", root, relative_path);
    if (access(path, R_OK) != 0) {
        print_message("skipped: there is no %s\n", path);
        free(path);
        skip();
    }
    return path;
}

char *test_read_file(const char *path, size_t *len) {
    FILE *file = fopen(path, "rb");
    if (!file) fail_msg("cannot open %s", path);
    size_t used = 0, size = 1 << 16;
    char *text = malloc(size);
    assert_non_null(text);
    for (;;) {
        size_t got = fread(text + used, 1, size - used - 1, file);
        used += got;
        if (got == 0) break;
        if (size - used > 1) continue;
        size *= 2;
        text = realloc(text, size);
        assert_non_null(text);
    }
    if (ferror(file)) fail_msg("cannot read %s", path);
    fclose(file);
    text[used] = '\0';
    if (len) *len = used;
    return text;
}

void test_not_emulated(void) {
    if (!madvise(NULL, 0, 12345)) test_skip("advice about memory is ignored: an emulator");
}
