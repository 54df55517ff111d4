/* The blog as a module for `gyr run --module`.
 * SPDX-License-Identifier: Apache-2.0 */
#include "blog.h"
#include <gyr_module.h>

static const char *open_blog(const void **root, void **context) {
    const char *message = NULL;
    *root = *context = blog_open(&message);
    return *context ? NULL : message;
}

static void close_blog(const void *root, void *context) {
    (void)root;
    blog_close(context);
}

const gyr_module *gyr_module_get(void) {
    static gyr_module module = {
        .size = sizeof module, .sdl = blog_sdl, .bindings = blog_bindings, .open = open_blog, .close = close_blog};
    module.sdl_len = blog_sdl_len;
    return &module;
}
