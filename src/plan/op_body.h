/* What each SMALL op does, once, for the interpreter and the stencils. The includer defines
 *
 *     BODY(name) ... NEXT      an op's body; NEXT goes to the following op
 *     JUMP, FAIL, STOP(why)    go to op->jump, to op->fail; leave the program with the next op as its place
 *     P, o, obj, f, w          the op, out, object, frame, writer
 *
 * Rules: no body keeps state elsewhere; a CHECKS op makes room for its prefix, its own bytes and P->tail before it writes;
 * a prefix is stored whole (the slack behind `end` takes the rest); never a conditional move on a loaded pointer.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#define SLOT     (f->slots[P->slot])
#define LOAD(T)  (*(const T *)((const char *)obj + P->off))
#define PREFIX   (memcpy(o, P->text, sizeof P->text), o += P->len)
#define PUT_NULL (memcpy(o, "null", 4), o += 4)
#define ROOM(n)                                                                                                        \
    do {                                                                                                               \
        if (gyr__unlikely((size_t)(w->end - o) < (size_t)(n)) && !(o = w->help->grow(w, o, (n)))) ABORT;               \
    } while (0)
#define POLL(n)                                                                                                        \
    do {                                                                                                               \
        if (gyr__unlikely(w->soft_end - o < (ptrdiff_t)(n))) {                                                         \
            uint8_t *o2_ = w->help->poll(w, o, f, P, (n));                                                             \
            if (!o2_) AGAIN;                                                                                           \
            o = o2_;                                                                                                   \
        }                                                                                                              \
    } while (0)
#define FAILED(kind)                                                                                                   \
    do {                                                                                                               \
        w->help->failed(w, f, P, obj, (kind));                                                                         \
        if (P->flags & GYR__OP_NON_NULL) FAIL;                                                                         \
        PUT_NULL;                                                                                                      \
        NEXT_OP;                                                                                                       \
    } while (0)
/* One test on the way of every text; only when room is short does it matter whether the text is long. */
#define PUT_TEXT(s_, n_)                                                                                               \
    do {                                                                                                               \
        if (gyr__unlikely((size_t)(w->end - o) < P->len + GYR__JSON_STR_ROOM(n_) + P->tail)) {                         \
            if ((n_) > 1024) {                                                                                         \
                ROOM(P->len);                                                                                          \
                PREFIX;                                                                                                \
                if (!(o = w->help->long_text(w, o, gyr_str_of((s_), (n_)), P->tail))) ABORT;                           \
                NEXT_OP;                                                                                               \
            }                                                                                                          \
            ROOM(P->len + GYR__JSON_STR_ROOM(n_) + P->tail);                                                           \
        }                                                                                                              \
        PREFIX;                                                                                                        \
        o = w->leaf.str(o, (s_), (n_));                                                                                \
    } while (0)
#define NULL_TEXT                                                                                                      \
    do {                                                                                                               \
        ROOM(P->len + 4 + P->tail);                                                                                    \
        PREFIX;                                                                                                        \
        if (P->flags & GYR__OP_NON_NULL) FAILED(GYR__FAIL_NULL);                                                       \
        PUT_NULL;                                                                                                      \
        NEXT_OP;                                                                                                       \
    } while (0)

BODY(lit) { PREFIX; }
NEXT BODY(copy) {
    const gyr_str *s = P->data;
    ROOM(s->len + P->tail);
    memcpy(o, s->ptr, s->len);
    o += s->len;
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
    o = w->leaf.i32(o, LOAD(int32_t));
}
NEXT BODY(i64) {
    int64_t v = LOAD(int64_t);
    PREFIX;
    if (gyr__unlikely(v != (int32_t)v)) FAILED(GYR__FAIL_INT_RANGE);
    o = w->leaf.i32(o, (int32_t)v);
}
NEXT BODY(f64) {
    double v = LOAD(double);
    PREFIX;
    if (gyr__unlikely(!(v - v == 0))) FAILED(GYR__FAIL_NOT_FINITE);
    o = w->leaf.f64(o, v);
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
    o = w->leaf.id_i64(o, LOAD(int32_t));
}
NEXT BODY(id_i64) {
    PREFIX;
    o = w->leaf.id_i64(o, LOAD(int64_t));
}
NEXT BODY(enter) {
    const void *to = LOAD(void *);
    PREFIX;
    if (gyr__unlikely(!to)) {
        if (P->flags & GYR__OP_NON_NULL) {
            w->help->failed(w, f, P, obj, GYR__FAIL_NULL);
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
    const gyr_binding *b = ((const gyr__field_plan *)P->data)->def->binding;                                           \
    int64_t n = gyr__list_count((const char *)obj + P->off - b->offset, b);                                            \
    const char *items = b->inline_items ? (const char *)obj + P->off : LOAD(char *);                                   \
    ROOM(P->len + 4 + P->tail);                                                                                        \
    PREFIX;                                                                                                            \
    if (gyr__unlikely(n < 0 || (n && !items))) {                                                                       \
        if (P->flags & GYR__OP_NON_NULL) {                                                                             \
            w->help->failed(w, f, P, obj, GYR__FAIL_NULL);                                                             \
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
    POLL(P->len + 1 + P->tail);                                                                                        \
    PREFIX;                                                                                                            \
    s->cur += (stride_);                                                                                               \
    if (gyr__likely(s->cur != s->end)) {                                                                               \
        *o++ = ',';                                                                                                    \
        obj = load_;                                                                                                   \
        JUMP;                                                                                                          \
    }                                                                                                                  \
    *o++ = ']';                                                                                                        \
    obj = s->object;

BODY(list_structs) {
    OPEN_LIST(P->aux)
    obj = items;
}
NEXT BODY(next_structs){NEXT_ITEM(P->aux, s->cur)} NEXT BODY(list_refs) {
    OPEN_LIST(sizeof(void *))
    obj = *(const void *const *)items;
}
NEXT BODY(next_refs){NEXT_ITEM(sizeof(void *), *(const void *const *)s->cur)} NEXT BODY(item_ref) {
    PREFIX;
    if (gyr__unlikely(!obj)) {
        if (P->flags & GYR__OP_NON_NULL) {
            w->help->failed(w, f, P, obj, GYR__FAIL_NULL);
            FAIL;
        }
        PUT_NULL;
        JUMP;
    }
}
NEXT BODY(null) {
    o = (uint8_t *)(w->origin + SLOT.start);
    obj = SLOT.object;
    ROOM(4 + P->tail);
    PUT_NULL;
    JUMP;
}
NEXT BODY(null_item) {
    o = (uint8_t *)(w->origin + SLOT.item_start);
    ROOM(4 + P->tail);
    PUT_NULL;
    JUMP;
}
NEXT BODY(section) {
    ROOM(P->len + P->tail);
    PREFIX;
    STOP(GYR__STOP_SECTION);
}
NEXT BODY(done) {
    ROOM(P->len + P->tail);
    PREFIX;
    STOP(GYR__STOP_DONE);
}
NEXT

#undef SLOT
#undef LOAD
#undef PREFIX
#undef PUT_NULL
#undef ROOM
#undef POLL
#undef FAILED
#undef PUT_TEXT
#undef NULL_TEXT
#undef OPEN_LIST
#undef NEXT_ITEM
