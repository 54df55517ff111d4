/* See diag.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/diag.h"
#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>

void gyr__errors_init(gyr_errors *e, const gyr_allocator *allocator, uint32_t limit) {
    memset(e, 0, sizeof *e);
    gyr__arena_init(&e->arena, allocator, 0);
    e->limit = limit == GYR_UNLIMITED ? 0 : limit;
}

void gyr__errors_fini(gyr_errors *e) { gyr__arena_fini(&e->arena); }

gyr_errors *gyr__errors_new(const gyr_allocator *allocator, uint32_t limit) {
    gyr_allocator al = allocator && allocator->resize ? *allocator : gyr__allocator_default();
    gyr_errors *e = gyr__heap_alloc(&al, sizeof *e);
    if (e) gyr__errors_init(e, &al, limit);
    return e;
}

void gyr_errors_free(gyr_errors *e) {
    if (!e) return;
    gyr_allocator al = e->arena.allocator;
    gyr__errors_fini(e);
    gyr__heap_free(&al, e, sizeof *e);
}

uint32_t gyr_errors_count(const gyr_errors *e) { return e ? e->list.len : 0; }

const gyr_error *gyr_errors_get(const gyr_errors *e, uint32_t i) {
    return e && i < e->list.len ? &e->list.items[i] : NULL;
}

gyr_status gyr__errors_status(const gyr_errors *e) {
    if (e->failed || e->arena.failed) return GYR_ERR_MEMORY;
    return e->list.len ? e->list.items[0].status : GYR_OK;
}

gyr_error *gyr__errors_add_text(gyr_errors *e, gyr_status status, gyr_str text) {
    if (gyr__errors_full(e)) {
        e->dropped++;
        return NULL;
    }
    gyr_error *err = text.ptr ? gyr__vec_push(&e->arena, &e->list) : NULL;
    if (err)
        *err = (gyr_error){.status = status, .message = text};
    else
        e->failed = true;
    return err;
}

gyr_error *gyr__errors_add(gyr_errors *e, gyr_status status, const char *format, ...) {
    if (gyr__errors_full(e)) {
        e->dropped++;
        return NULL;
    }
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = n < 0 ? NULL : gyr__arena_alloc_aligned(&e->arena, (size_t)n + 1, 1);
    if (text) vsnprintf(text, (size_t)n + 1, format, again);
    va_end(again);
    return gyr__errors_add_text(e, status, gyr_str_of(text, n < 0 ? 0 : (size_t)n));
}

void gyr__error_at(gyr_errors *e, gyr_error *err, gyr_location at) {
    if (!err) return;
    uint32_t count = err->location_count;
    gyr_location *list = (gyr_location *)err->locations; /* this list's own */
    if ((count & (count - 1)) == 0) {                    /* none or a power of two: it is full */
        list = gyr__new_array(&e->arena, gyr_location, count ? (size_t)count * 2 : 1);
        if (!list) {
            e->failed = true;
            return;
        }
        if (count) memcpy(list, err->locations, count * sizeof *list);
    }
    list[err->location_count++] = at;
    err->locations = list;
}

gyr_str gyr__shown(gyr_errors *e, gyr_str text) { return gyr__shown_cut(e, text, 100); }

gyr_str gyr__shown_cut(gyr_errors *e, gyr_str text, size_t n) {
    if (text.len <= n) return text;
    while (n && ((unsigned char)text.ptr[n] & 0xC0) == 0x80) n--;
    return gyr__arena_printf(&e->arena, "%.*s...", (int)n, text.ptr);
}

static size_t render(const gyr_error *err, char *to, size_t room) {
    size_t at = 0;
    int n = 0;
#define PUT(...)                                                                                                       \
    do {                                                                                                               \
        n = snprintf(to ? to + at : NULL, to ? room - at : 0, __VA_ARGS__);                                            \
        at += n > 0 ? (size_t)n : 0;                                                                                   \
    } while (0)
    if (err->source.len) PUT("%.*s:", (int)err->source.len, err->source.ptr);
    if (err->location_count) PUT("%u:%u:", err->locations[0].line, err->locations[0].column);
    PUT("%s%.*s\n", at ? " " : "", (int)err->message.len, err->message.ptr);
#undef PUT
    return at;
}

gyr_str gyr_errors_text(gyr_errors *e) {
    size_t size = 1, at = 0;
    if (!e) return gyr_s("out of memory\n");
    for (uint32_t i = 0; i < e->list.len; i++) size += render(&e->list.items[i], NULL, 0);
    char *text = gyr__arena_alloc_aligned(&e->arena, size, 1);
    if (!text) return gyr_s("out of memory\n");
    for (uint32_t i = 0; i < e->list.len; i++) at += render(&e->list.items[i], text + at, size - at);
    if (!e->list.len && e->failed) return gyr_s("out of memory\n");
    return gyr_str_of(text, at);
}
