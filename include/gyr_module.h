/* A schema module: a shared object that `gyr run --module` (and any other host) can load. It holds a schema's
 * text, its bindings, and what requests need, and exports one function:
 *
 *     const gyr_module *gyr_module_get(void);
 *
 *     static const gyr_module module = {.size = sizeof(gyr_module), .sdl = sdl, .sdl_len = sizeof sdl - 1,
 *                                       .bindings = bindings, .root = &store};
 *     const gyr_module *gyr_module_get(void) { return &module; }
 *
 * Build it with `cc -shared -fPIC module.c -o module.so -lgyr`. Calls that suspend must be answered by
 * threads of the module's own: the host runs no event loop for it.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_MODULE_H
#define GYR_MODULE_H
#include <gyr.h>
#ifdef __cplusplus
extern "C" {
#endif

typedef struct gyr_module {
    size_t size;     /* sizeof(gyr_module) */
    const char *sdl; /* the schema's text, sdl_len bytes */
    size_t sdl_len;
    const gyr_binding *bindings; /* ended by GYR_END */
    const void *root;            /* of every request, unless open sets another */
    void *context;               /* of every request, unless open sets another */
    /** Called once before the first request, with *root and *context as above; NULL: nothing to do. Returns
     * NULL, or why it failed (a constant). */
    const char *(*open)(const void **root, void **context);
    /** Called once after the last request, if open succeeded; may be NULL. */
    void (*close)(const void *root, void *context);
} gyr_module;

/** What a module exports. Its answer stays valid while the module is loaded. */
GYR_API const gyr_module *gyr_module_get(void);

#ifdef __cplusplus
}
#endif
#endif
