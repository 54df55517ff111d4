/* The blog: its schema's text, bindings, and what every request gets as its context.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef BLOG_H
#define BLOG_H
#include "data.h"
#include "worker.h"

struct blog {
    struct data data;
    struct worker worker;
};

extern const char blog_sdl[];
extern const size_t blog_sdl_len;
extern const gyr_binding blog_bindings[];

/** NULL: *message says why (borrowed). */
struct blog *blog_open(const char **message);
void blog_close(struct blog *blog);
#endif
