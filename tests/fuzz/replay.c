/* Runs a fuzz target on files - its saved corpus - without libFuzzer, each on the small stack on which everything must work.
 *
 *     replay_schema tests/fuzz/corpus/schema
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include <dirent.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct input {
    uint8_t *bytes;
    size_t len;
} input;

static void *run(void *arg) {
    const input *in = arg;
    LLVMFuzzerTestOneInput(in->bytes, in->len);
    return NULL;
}

static void run_small(const input *in) {
    pthread_t thread;
    pthread_attr_t attr;
    pthread_attr_init(&attr);
    if (pthread_attr_setstacksize(&attr, TEST_STACK) || pthread_create(&thread, &attr, run, (void *)in)) abort();
    pthread_join(thread, NULL);
    pthread_attr_destroy(&attr);
}

/* A copy of exactly its size, so that a byte read behind it is seen. */
static bool read_input(const char *path, input *out) {
    FILE *f = fopen(path, "rb");
    if (!f) return false;
    fseek(f, 0, SEEK_END);
    long n = ftell(f);
    rewind(f);
    out->len = n > 0 ? (size_t)n : 0;
    out->bytes = malloc(out->len ? out->len : 1);
    bool ok = out->bytes && fread(out->bytes, 1, out->len, f) == out->len;
    fclose(f);
    return ok;
}

int main(int argc, char **argv) {
    int count = 0;
    DIR *dir = argc == 2 ? opendir(argv[1]) : NULL;
    if (!dir) return fprintf(stderr, "usage: %s <folder of inputs>\n", argv[0]), 2;
    for (struct dirent *e; (e = readdir(dir));) {
        char path[4096];
        input in = {0};
        if (e->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "%s/%s", argv[1], e->d_name);
        if (!read_input(path, &in)) return fprintf(stderr, "cannot read %s\n", path), 2;
        fprintf(stderr, "%s\n", path); /* the last line names the one that fails */
        run_small(&in);
        free(in.bytes);
        count++;
    }
    closedir(dir);
    printf("%d inputs\n", count);
    return count ? 0 : 1;
}
