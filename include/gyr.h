#ifndef GYR_H
#define GYR_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif
#define GYR_API __attribute__((visibility("default")))

/* ---- strings */
typedef struct gyr_str {
    const char *ptr;
    size_t len;
} gyr_str;
static inline gyr_str gyr_str_of(const char *ptr, size_t len) {
    gyr_str s;
    s.ptr = ptr;
    s.len = len;
    return s;
}
#define gyr_s(literal) gyr_str_of("" literal, sizeof(literal) - 1)

/* ---- status */
typedef enum gyr_status {
    GYR_OK = 0,
    GYR_ERR_MEMORY,
    GYR_ERR_ARGUMENT,
    GYR_ERR_SYNTAX,
    GYR_ERR_SCHEMA,
    GYR_ERR_BINDING,
    GYR_ERR_VALIDATION,
    GYR_ERR_LIMIT,
    GYR_ERR_STALE,
    GYR_ERR_CANCELLED
} gyr_status;

/* ---- memory */
typedef struct gyr_allocator {
    void *user;
    void *(*resize)(void *user, void *ptr, size_t old_size, size_t new_size);
} gyr_allocator;

/* ---- limits: 0 means the default, GYR_UNLIMITED none */
#define GYR_UNLIMITED UINT32_MAX
typedef struct gyr_limits {
    size_t size;
    uint32_t document_bytes, tokens, depth, aliases, directives_per_node, directives, root_fields, fields, list_depth;
    uint32_t name_bytes, number_bytes, errors, json_bytes, json_depth, schema_bytes, response_bytes, request_bytes;
} gyr_limits;

/* ---- errors */
typedef struct gyr_location {
    uint32_t line, column;
} gyr_location;
typedef struct gyr_error {
    gyr_status status;
    gyr_str message;
    gyr_str source;     /* name of the source text, or empty */
    gyr_str coordinate; /* schema coordinate, or empty */
    gyr_str path;       /* JSON array, or empty */
    const gyr_location *locations;
    uint32_t location_count;
} gyr_error;
typedef struct gyr_errors gyr_errors;
GYR_API uint32_t gyr_errors_count(const gyr_errors *errors);
GYR_API const gyr_error *gyr_errors_get(const gyr_errors *errors, uint32_t index);
GYR_API gyr_str gyr_errors_text(gyr_errors *errors);
GYR_API void gyr_errors_free(gyr_errors *errors);
#ifdef __cplusplus
}
#endif
#endif
