/* What each SMALL op does, once, for the interpreter and the stencils. The includer defines
 *
 *     BODY(name) ... NEXT      an op's body; NEXT goes to the following op
 *     JUMP, FAIL, STOP(why)    go to op->jump, to op->fail; leave the program with the next op as its place
 *     RESTART                  go to this op's start
 *     ABORT, AGAIN             leave the program: broken; to come back to this op
 *     OPENED(n)                a list of n items was opened
 *     o, obj, f, w             out, object, frame, writer
 *     P                        the op's address, for helpers; no body reads through it
 *     LEAF(name), HELP(name)   the leaf or helper, to be called
 *
 * and the operands, which stencils know when they are patched:
 *
 *     OFF, AUX, STRIDE, COUNT_OFF, COUNT_TYPE   members of the op
 *     LEN, TAIL, LEN_TAIL      the prefix's length, the op's tail, both together
 *     PREFIX                   append the prefix
 *     TEXT_LEN, COPY_TEXT      of copy: its text's length; append the text
 *     NON_NULL, FAILS, INLINE  flags
 *     SLOT, ROW_SLOT           the op's slot, the slot of its object's row
 *
 * Rules: no body keeps state elsewhere; a CHECKS op makes room for its prefix, its own bytes and TAIL before it writes;
 * a prefix is stored whole (the slack behind `end` takes the rest); never a conditional move on a loaded pointer.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#define LOAD(T)  (*(const T *)((const char *)obj + OFF))
#define PUT_NULL (memcpy(o, "null", 4), o += 4)
#define ROOM(n)  /* before anything is written: with the room it is as if the op started now */                        \
    do {                                                                                                               \
        if (gyr__unlikely((size_t)(w->end - o) < (size_t)(n))) {                                                       \
            if (!(o = HELP(grow)(w, o, (n)))) ABORT;                                                                   \
            RESTART;                                                                                                   \
        }                                                                                                              \
    } while (0)
#define POLL(n)                                                                                                        \
    do {                                                                                                               \
        if (gyr__unlikely(w->soft_end - o < (ptrdiff_t)(n))) {                                                         \
            uint8_t *o2_ = HELP(poll)(w, o, f, P, (n));                                                                \
            if (!o2_) AGAIN;                                                                                           \
            o = o2_;                                                                                                   \
        }                                                                                                              \
    } while (0)
#define FAILED(kind)                                                                                                   \
    do {                                                                                                               \
        HELP(failed)(w, f, P, obj, (kind));                                                                            \
        if (FAILS) FAIL;                                                                                               \
        PUT_NULL;                                                                                                      \
        NEXT_OP;                                                                                                       \
    } while (0)
/* One test on the way of every text; only when room is short does it matter whether the text is long. */
#define PUT_TEXT(s_, n_)                                                                                               \
    do {                                                                                                               \
        if (gyr__unlikely((size_t)(w->end - o) < GYR__JSON_STR_ROOM(n_) + LEN_TAIL)) {                                 \
            if ((n_) > 1024) {                                                                                         \
                ROOM(LEN);                                                                                             \
                PREFIX;                                                                                                \
                if (!(o = HELP(long_text)(w, o, gyr_str_of((s_), (n_)), TAIL))) ABORT;                                 \
                NEXT_OP;                                                                                               \
            }                                                                                                          \
            ROOM(GYR__JSON_STR_ROOM(n_) + LEN_TAIL);                                                                   \
        }                                                                                                              \
        PREFIX;                                                                                                        \
        o = LEAF(str)(o, (s_), (n_));                                                                                  \
    } while (0)
#define NULL_TEXT                                                                                                      \
    do {                                                                                                               \
        ROOM(LEN_TAIL + 4);                                                                                            \
        PREFIX;                                                                                                        \
        if (NON_NULL) FAILED(GYR__FAIL_NULL);                                                                          \
        PUT_NULL;                                                                                                      \
        NEXT_OP;                                                                                                       \
    } while (0)

BODY(lit) { PREFIX; }
NEXT BODY(copy) {
    ROOM(TEXT_LEN + TAIL);
    COPY_TEXT;
}
NEXT BODY(mark) {
    PREFIX;
    SLOT.start = (uintptr_t)o - w->origin;
    SLOT.object = obj;
}
NEXT BODY(mark_item) {
    PREFIX;
    SLOT.item_start = (uintptr_t)o - w->origin;
}
NEXT BODY(i32) {
    PREFIX;
    o = LEAF(i32)(o, LOAD(int32_t));
}
NEXT BODY(i64) {
    int64_t v = LOAD(int64_t);
    PREFIX;
    if (gyr__unlikely(v != (int32_t)v)) FAILED(GYR__FAIL_INT_RANGE);
    o = LEAF(i32)(o, (int32_t)v);
}
NEXT BODY(f64) {
    double v = LOAD(double);
    PREFIX;
    if (gyr__unlikely(!(v - v == 0))) FAILED(GYR__FAIL_NOT_FINITE);
    o = LEAF(f64)(o, v);
}
NEXT BODY(boolean) {
    bool v = LOAD(bool);
    PREFIX;
    const uint64_t word = v ? 0x65757274 : 0x65736c6166; /* "true", "false"; the slack takes the rest */
    memcpy(o, &word, sizeof word);
    o += 5 - v;
}
NEXT BODY(str) {
    gyr_str s = LOAD(gyr_str);
    if (gyr__unlikely(!s.ptr)) NULL_TEXT;
    PUT_TEXT(s.ptr, s.len);
}
NEXT BODY(cstr) {
    const char *s = LOAD(char *);
    if (gyr__unlikely(!s)) NULL_TEXT;
    size_t n = strlen(s); /* a member that the program declared NUL-terminated */
    PUT_TEXT(s, n);
}
NEXT BODY(id_i32) {
    PREFIX;
    o = LEAF(id_i64)(o, LOAD(int32_t));
}
NEXT BODY(id_i64) {
    PREFIX;
    o = LEAF(id_i64)(o, LOAD(int64_t));
}
NEXT BODY(enter) {
    const void *to = LOAD(void *);
    PREFIX;
    if (gyr__unlikely(!to)) {
        if (NON_NULL) {
            HELP(failed)(w, f, P, obj, GYR__FAIL_NULL);
            FAIL;
        }
        PUT_NULL;
        JUMP;
    }
    SLOT.object = obj;
    obj = to;
}
NEXT BODY(leave) {
    PREFIX;
    obj = SLOT.object;
}
NEXT

#define OPEN_LIST(stride_)                                                                                             \
    int64_t n = gyr__count_load((const char *)obj + COUNT_OFF, COUNT_TYPE);                                            \
    const char *items;                                                                                                 \
    if (INLINE)                                                                                                        \
        items = (const char *)obj + OFF;                                                                               \
    else                                                                                                               \
        items = LOAD(char *);                                                                                          \
    ROOM(LEN_TAIL + 4);                                                                                                \
    PREFIX;                                                                                                            \
    if (gyr__unlikely(n < 0 || (n && !items))) {                                                                       \
        if (NON_NULL) {                                                                                                \
            HELP(failed)(w, f, P, obj, GYR__FAIL_NULL);                                                                \
            FAIL;                                                                                                      \
        }                                                                                                              \
        PUT_NULL;                                                                                                      \
        JUMP;                                                                                                          \
    }                                                                                                                  \
    *o++ = '[';                                                                                                        \
    if (!n) {                                                                                                          \
        *o++ = ']';                                                                                                    \
        JUMP;                                                                                                          \
    }                                                                                                                  \
    gyr__slot *s = &SLOT;                                                                                              \
    s->object = obj;                                                                                                   \
    s->begin = s->cur = items;                                                                                         \
    s->end = items + (size_t)n * (stride_);                                                                            \
    s->stride = (uint32_t)(stride_);                                                                                   \
    s->cursor = GYR__CURSOR_STRUCTS; /* for the path of an error; not what a frame before left here */

#define NEXT_ITEM(stride_, load_)                                                                                      \
    gyr__slot *s = &SLOT;                                                                                              \
    POLL(LEN_TAIL + 1);                                                                                                \
    PREFIX;                                                                                                            \
    const char *cur = s->cur + (stride_); /* read once: what is written might be the slot */                           \
    s->cur = cur;                                                                                                      \
    if (gyr__likely(cur != s->end)) {                                                                                  \
        *o++ = ',';                                                                                                    \
        obj = load_;                                                                                                   \
        JUMP;                                                                                                          \
    }                                                                                                                  \
    *o++ = ']';                                                                                                        \
    obj = s->object;

BODY(list_structs) {
    OPEN_LIST(STRIDE)
    obj = items;
    OPENED(n);
}
NEXT BODY(next_structs){NEXT_ITEM(STRIDE, cur)} NEXT BODY(list_refs) {
    OPEN_LIST(sizeof(void *))
    obj = *(const void *const *)items;
    OPENED(n);
}
NEXT BODY(next_refs){NEXT_ITEM(sizeof(void *), *(const void *const *)cur)} NEXT BODY(item_ref) {
    PREFIX;
    if (gyr__unlikely(!obj)) {
        if (NON_NULL) {
            HELP(failed)(w, f, P, obj, GYR__FAIL_NULL);
            FAIL;
        }
        PUT_NULL;
        JUMP;
    }
}
NEXT

/* Loading ahead, by the places in the list: an object's lines first, when they are there what its pointers point to. */
#define ITEM_AHEAD(n)  (*(const char *const *)(SLOT.cur + (n) * sizeof(void *)))
#define POINTER(at, n) (*(const char *const *)((at) + (n)))

BODY(ahead) {
    if (gyr__likely(SLOT.end - SLOT.cur > (ptrdiff_t)(8 * sizeof(void *)))) {
        const char *far = ITEM_AHEAD(8);
        __builtin_prefetch(far);
        __builtin_prefetch((const void *)((uintptr_t)far + COUNT_OFF)); /* far may be NULL */
    }
}
NEXT BODY(ahead_refs) {
    if (gyr__likely(SLOT.end - SLOT.cur > (ptrdiff_t)(8 * sizeof(void *)))) {
        const char *far = ITEM_AHEAD(8), *near = ITEM_AHEAD(4);
        __builtin_prefetch(far);
        __builtin_prefetch((const void *)((uintptr_t)far + COUNT_OFF)); /* far may be NULL */
        if (gyr__likely(near != NULL)) {
            __builtin_prefetch(POINTER(near, OFF));
            __builtin_prefetch(POINTER(near, AUX));
        }
    }
}
NEXT BODY(ahead_structs) {
    const char *at = SLOT.cur + 4 * (size_t)STRIDE;
    if (gyr__likely(at < SLOT.end)) {
        __builtin_prefetch(POINTER(at, OFF));
        __builtin_prefetch(POINTER(at, COUNT_OFF));
    }
}
NEXT BODY(ahead_deep) {
    if (gyr__likely(SLOT.end - SLOT.cur > (ptrdiff_t)(2 * sizeof(void *)))) {
        const char *near = ITEM_AHEAD(2);
        if (gyr__likely(near != NULL)) {
            const char *to = POINTER(near, OFF);
            if (gyr__likely(to != NULL)) __builtin_prefetch(POINTER(to, AUX));
        }
    }
}
NEXT BODY(case_8) {
    PREFIX;
    if (LOAD(uint8_t) != AUX) JUMP;
}
NEXT BODY(case_32) {
    PREFIX;
    if (LOAD(uint32_t) != AUX) JUMP;
}
NEXT BODY(case_type) {
    PREFIX;
    if (ROW_SLOT.type_index != AUX) JUMP;
}
NEXT BODY(jump) {
    PREFIX;
    JUMP;
}
NEXT BODY(null) {
    o = (uint8_t *)(w->origin + SLOT.start);
    obj = SLOT.object;
    ROOM(4 + TAIL);
    PUT_NULL;
    JUMP;
}
NEXT BODY(null_item) {
    o = (uint8_t *)(w->origin + SLOT.item_start);
    ROOM(4 + TAIL);
    PUT_NULL;
    JUMP;
}
NEXT BODY(section) {
    ROOM(LEN_TAIL);
    PREFIX;
    STOP(GYR__STOP_SECTION);
}
NEXT BODY(done) {
    ROOM(LEN_TAIL);
    PREFIX;
    STOP(GYR__STOP_DONE);
}
NEXT

#undef LOAD
#undef PUT_NULL
#undef ROOM
#undef POLL
#undef FAILED
#undef PUT_TEXT
#undef NULL_TEXT
#undef OPEN_LIST
#undef NEXT_ITEM
#undef ITEM_AHEAD
#undef POINTER
