/* JSON out: the leaves that write one value, and a small growing buffer for what is not hot.
 *
 * The leaves are shared with the interpreter and the native tier: `gyr__leaves` is a table of functions, one
 * constant table for each CPU level, chosen once. A leaf takes the place to write to, returns the end, and
 * checks no capacity: the caller makes room for the worst case (GYR__JSON_STR_ROOM(n), GYR__JSON_NUM_ROOM)
 * plus GYR__JSON_SLACK bytes behind everything, because vectors are stored whole.
 *
 * Strings are escaped as JSON.stringify does: \" \\ \b \f \n \r \t, other controls \u00xx in lower case, all
 * else verbatim. `str` is safe for any bytes: ill-formed UTF-8 becomes U+FFFD (one for each maximal subpart,
 * as in the WHATWG encoding standard), so a response is valid JSON whatever a program's strings hold. ASCII
 * pays nothing for that: the high bits are tested in the pass that looks for escapes, and only a string that
 * has one is validated.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_JSON_WRITE_H
#define GYR_JSON_WRITE_H
#include "base/arena.h"
#include "base/cpu.h"

#define GYR__JSON_SLACK       64
#define GYR__JSON_STR_ROOM(n) ((size_t)(n)*6 + 2)
#define GYR__JSON_NUM_ROOM    32

typedef struct gyr__leaves {
    uint8_t *(*str)(uint8_t *out, const char *s, size_t n);      /* quoted, escaped, repaired */
    uint8_t *(*str_utf8)(uint8_t *out, const char *s, size_t n); /* the same for well-formed UTF-8 only */
    uint8_t *(*i32)(uint8_t *out, int32_t v);
    uint8_t *(*u32)(uint8_t *out, uint32_t v);
    uint8_t *(*i64)(uint8_t *out, int64_t v);
    uint8_t *(*u64)(uint8_t *out, uint64_t v);
    uint8_t *(*f64)(uint8_t *out, double v);
    uint8_t *(*id_i64)(uint8_t *out, int64_t v); /* quoted digits: an ID */
    uint8_t *(*id_u64)(uint8_t *out, uint64_t v);
    gyr__cpu cpu;
} gyr__leaves;

/** The constant table of that level; levels that this build or processor lacks give the next lower one. */
const gyr__leaves *gyr__leaves_for(gyr__cpu cpu);

/* ---- a growing buffer: errors, introspection, plan printing; not the hot path */

typedef struct gyr__json_out {
    uint8_t *base, *at, *end; /* [base, at) is written; end lies GYR__JSON_SLACK before the real end */
    const gyr__leaves *leaves;
    gyr_allocator allocator;
    size_t size;             /* bytes allocated at base */
    size_t limit;            /* bytes of text; 0: none */
    bool failed, over_limit; /* sticky; over_limit implies failed; later puts do nothing */
} gyr__json_out;

/** Starts empty, allocates nothing. allocator NULL: the C library's. leaves NULL: for the best level here. */
void gyr__json_out_init(gyr__json_out *o, const gyr_allocator *allocator, const gyr__leaves *leaves, size_t limit);
void gyr__json_out_fini(gyr__json_out *o);
/** Forgets the text and the failure, keeps the buffer. */
void gyr__json_out_reset(gyr__json_out *o);
/** The text so far; valid until the next put. Empty after a failure. */
gyr_str gyr__json_out_text(const gyr__json_out *o);
/** The slow way of gyr__json_ensure. */
bool gyr__json_grow(gyr__json_out *o, size_t size);

/** True when `size` bytes (and the slack) may be written at o->at. */
static inline bool gyr__json_ensure(gyr__json_out *o, size_t size) {
    return gyr__likely((size_t)(o->end - o->at) >= size) || gyr__json_grow(o, size);
}

/** Bytes as they are, no comma before them. */
void gyr__json_raw(gyr__json_out *o, gyr_str text);

/* Values put a comma before themselves unless they come first: the byte before tells ('{', '[', ':' or a
 * newline). So begin, put and end need no state:
 *     gyr__json_begin_object(o), gyr__json_key(o, gyr_s("id")), gyr__json_put_i64(o, 7),
 * gyr__json_end_object(o); */
void gyr__json_begin_object(gyr__json_out *o);
void gyr__json_end_object(gyr__json_out *o);
void gyr__json_begin_array(gyr__json_out *o);
void gyr__json_end_array(gyr__json_out *o);
void gyr__json_key(gyr__json_out *o, gyr_str name);
void gyr__json_put_str(gyr__json_out *o, gyr_str s);
void gyr__json_put_i64(gyr__json_out *o, int64_t v);
void gyr__json_put_u64(gyr__json_out *o, uint64_t v);
void gyr__json_put_f64(gyr__json_out *o, double v);
void gyr__json_put_bool(gyr__json_out *o, bool v);
void gyr__json_put_null(gyr__json_out *o);
/** A value that is JSON text already. */
void gyr__json_put_json(gyr__json_out *o, gyr_str json);

#endif
