/* A program to machine code: the stencils of its ops one after the other, their holes filled.
 *
 *     size      which stencil each op takes; the hot parts stand in the order of the ops, so that most ops go on by
 *               falling through; the cold parts behind them, then, where branches do not reach all addresses, one
 *               veneer for each function called
 *     write     copy each part, then fill its holes from a table of values by symbol, made once for the program
 *               and changed from op to op
 *
 * A program is refused when an operand is larger than the hole for it, a branch is too long, or memory for code is
 * out. Nothing that runs is changed: code is written, made ready, and only then published.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "jit/native.h"

#if defined(__x86_64__)
#include "jit/stencils_x86_64.h"
#elif defined(__aarch64__)
#include "jit/stencils_aarch64.h"
#endif

#if defined(__x86_64__) || defined(__aarch64__)

enum { MAX_OPERAND = INT32_MAX - 4096, VENEER_BYTES = 16, MAX_VENEERS = 64 };

typedef struct compiler {
    const gyr__native *native;
    const gyr__helpers *helpers;
    gyr__program *program;
    gyr__code code;
    uint32_t cold;               /* where the cold parts start */
    uint32_t end;                /* and end */
    uint32_t veneers;            /* how many stand there */
    uint64_t calls[MAX_VENEERS]; /* what each goes to */
    uint64_t value[GYR__SYMBOL_COUNT];
} compiler;

/* ---- which stencil */

static const uint16_t helper_at[GYR__OP_COUNT] = {
#define OP_SMALL(name)
#define OP_HELPER(name)                           [GYR__OP_##name] = offsetof(gyr__helpers, name),
#define OP_CONTROL(name)                          [GYR__OP_##name] = offsetof(gyr__helpers, name),
#define OP(name, class, operands, room, synopsis) OP_##class(name)
#include "plan/op.def"
#undef OP
#undef OP_SMALL
#undef OP_HELPER
#undef OP_CONTROL
};
typedef enum op_class { SMALL, HELPER, CONTROL } op_class;
static const uint8_t class_of[GYR__OP_COUNT] = {
#define OP(name, class, operands, room, synopsis) [GYR__OP_##name] = class,
#include "plan/op.def"
#undef OP
};

static unsigned variant_of(const gyr__op *op) {
    switch (op->code) {
    case GYR__OP_copy: {
        size_t len = ((const gyr_str *)op->data)->len;
        return len < 16 || len > 64 ? GYR__VARIANT_FULL : len > 32 ? GYR__VARIANT_SHORT : GYR__VARIANT_BARE;
    }
    case GYR__OP_list_refs:
    case GYR__OP_list_structs: return GYR__VARIANT_FULL + op->count_type;
    default: return op->len > 8 ? GYR__VARIANT_FULL : op->len ? GYR__VARIANT_SHORT : GYR__VARIANT_BARE;
    }
}

static const gyr__stencil *stencil_of(const gyr__op *op) {
    if (class_of[op->code] == HELPER) return &gyr__stencils[GYR__STENCIL_HELPER];
    if (class_of[op->code] == SMALL) return &gyr__stencils[gyr__stencil_of[op->code][variant_of(op)]];
    switch (op->code) {
    case GYR__OP_next: return &gyr__stencils[GYR__STENCIL_BACK];
    case GYR__OP_call:
    case GYR__OP_ret:
    case GYR__OP_ret_fail: return &gyr__stencils[GYR__STENCIL_AWAY];
    default: return &gyr__stencils[GYR__STENCIL_CONTROL];
    }
}

/* ---- sizes */

static bool size_pass(compiler *c) {
    gyr__program *p = c->program;
    uint64_t hot = 0, cold = 0;
    for (uint32_t i = 0; i < p->op_count; i++) {
        const gyr__stencil *s = stencil_of(&p->ops[i]);
        if (s == gyr__stencils) return false; /* none: the headers are older than the op */
        p->ops[i].entry = (uint32_t)hot;
        hot += s->hot;
        cold += s->cold;
    }
    c->cold = (uint32_t)hot;
    c->end = (uint32_t)(hot + cold + 15) & ~15u;
    return hot + cold < (1u << 21);
}

static size_t veneer_room(void) {
#if defined(__aarch64__)
    return (size_t)MAX_VENEERS * VENEER_BYTES;
#else
    return 0;
#endif
}

/* ---- values */

static size_t text_len(const char *s) { return strlen(s); }
static void copy(void *to, const void *from, size_t n) { memcpy(to, from, n); }

static void constant_values(compiler *c) {
#define X(name) c->value[GYR__SYMBOL_CALL_##name] = (uintptr_t)c->native->leaves.name;
    GYR__STENCIL_LEAVES(X)
#undef X
#define X(name) c->value[GYR__SYMBOL_CALL_##name] = (uintptr_t)c->helpers->name;
    GYR__STENCIL_HELPS(X)
#undef X
    c->value[GYR__SYMBOL_CALL_text_len] = (uintptr_t)text_len;
    c->value[GYR__SYMBOL_CALL_copy] = (uintptr_t)copy;
    c->value[GYR__SYMBOL_TO_LEAVE] = (uintptr_t)gyr__native_leave;
}

const char *gyr__native_callee(const gyr__native *n, const gyr__helpers *helpers, uint64_t address) {
#define X(name)                                                                                                        \
    if (address == (uintptr_t)n->leaves.name) return "leaf " #name;
    GYR__STENCIL_LEAVES(X)
#undef X
#define OP_SMALL(name)
#define OP_HELPER(name)                                                                                                \
    if (address == (uintptr_t)helpers->name) return "helper " #name;
#define OP_CONTROL(name)                          OP_HELPER(name)
#define OP(name, class, operands, room, synopsis) OP_##class(name)
    GYR__STENCIL_HELPS(OP_HELPER)
#include "plan/op.def"
#undef OP
#undef OP_SMALL
#undef OP_HELPER
#undef OP_CONTROL
    if (address == (uintptr_t)text_len) return "strlen";
    if (address == (uintptr_t)copy) return "memcpy";
    return address == (uintptr_t)gyr__native_leave ? "leave" : NULL;
}

/* Where op i starts; without such an op (a jump that is never taken) anywhere. */
static uint64_t place(const compiler *c, uint32_t i) {
    return (uintptr_t)c->code.run + (i < c->program->op_count ? c->program->ops[i].entry : 0);
}

static bool op_values(compiler *c, uint32_t i, uint32_t cold) {
    const gyr__op *op = &c->program->ops[i];
    uint64_t *v = c->value;
    bool lists = op->code == GYR__OP_list_refs || op->code == GYR__OP_list_structs;
    v[GYR__SYMBOL_PART_HOT] = v[GYR__SYMBOL_TO_SELF] = place(c, i);
    v[GYR__SYMBOL_PART_COLD] = (uintptr_t)c->code.run + cold;
    v[GYR__SYMBOL_TO_NEXT] = place(c, i + 1);
    v[GYR__SYMBOL_TO_JUMP] = place(c, op->jump);
    v[GYR__SYMBOL_TO_FAIL] = place(c, op->fail);
    v[GYR__SYMBOL_OP_AT] = (uintptr_t)op;
    v[GYR__SYMBOL_OP_NEXT_AT] = (uintptr_t)(op + 1);
    v[GYR__SYMBOL_OP_JUMP_AT] = op->jump < c->program->op_count ? (uintptr_t)&c->program->ops[op->jump] : 0;
    v[GYR__SYMBOL_OP_FLAGS] = op->flags;
    v[GYR__SYMBOL_OP_OFF] = op->off;
    v[GYR__SYMBOL_OP_SLOT] = offsetof(gyr__frame, slots) + op->slot * sizeof(gyr__slot);
    v[GYR__SYMBOL_OP_ROW_SLOT] = offsetof(gyr__frame, slots) + op->row * sizeof(gyr__slot);
    v[GYR__SYMBOL_OP_AUX] = op->aux;
    v[GYR__SYMBOL_OP_STRIDE] = op->stride;
    v[GYR__SYMBOL_OP_COUNT_OFF] = op->count_off;
    v[GYR__SYMBOL_OP_LEN] = op->len;
    v[GYR__SYMBOL_OP_TAIL] = op->tail;
    v[GYR__SYMBOL_OP_LEN_TAIL] = (uint64_t)op->len + op->tail;
    v[GYR__SYMBOL_OP_Q0] = op->text[0];
    v[GYR__SYMBOL_OP_Q1] = op->text[1];
    if (op->code == GYR__OP_copy) {
        const gyr_str *s = op->data;
        v[GYR__SYMBOL_OP_TEXT] = (uintptr_t)s->ptr;
        v[GYR__SYMBOL_OP_TEXT_LEN] = s->len;
        if (s->len > MAX_OPERAND) return false;
    }
    if (class_of[op->code] != SMALL)
        memcpy(&v[GYR__SYMBOL_CALL_helper], (const char *)c->helpers + helper_at[op->code], sizeof(void *));
    bool sized = lists || op->code == GYR__OP_next_structs;
    return op->off <= MAX_OPERAND && op->tail <= MAX_OPERAND && (!sized || op->stride <= MAX_OPERAND) &&
           op->count_off <= MAX_OPERAND;
}

/* ---- holes */

#if defined(__x86_64__)
static bool patch(compiler *c, uint32_t at, const gyr__hole *h) {
    uint64_t v = c->value[h->symbol] + (uint64_t)(int64_t)h->addend;
    if (h->patch == GYR__PATCH_ABS64) {
        memcpy(c->code.write + at, &v, sizeof v);
        return true;
    }
    if (h->patch == GYR__PATCH_PC32) v -= (uintptr_t)(c->code.run + at);
    uint32_t narrow = (uint32_t)v;
    memcpy(c->code.write + at, &narrow, sizeof narrow);
    return h->patch == GYR__PATCH_ABS32 ? narrow == v : (int32_t)narrow == (int64_t)v;
}
#else
/* ldr x16, [pc + 8]; br x16; the address. NULL: there are too many. */
static const uint8_t *veneer(compiler *c, uint64_t to) {
    uint32_t i = 0;
    while (i < c->veneers && c->calls[i] != to) i++;
    if (i == MAX_VENEERS) return NULL;
    uint32_t at = c->end + i * VENEER_BYTES;
    if (i == c->veneers) {
        static const uint32_t code[2] = {0x58000050, 0xd61f0200};
        memcpy(c->code.write + at, code, sizeof code);
        memcpy(c->code.write + at + sizeof code, &to, sizeof to);
        c->calls[c->veneers++] = to;
    }
    return c->code.run + at;
}

static bool branch(compiler *c, uint32_t at, uint64_t to, unsigned bits, unsigned shift) {
    int64_t reach = (int64_t)(to - (uintptr_t)(c->code.run + at)) / 4, most = (int64_t)1 << (bits - 1);
    if ((reach < -most || reach >= most) && bits == 26) {
        const uint8_t *v = veneer(c, to);
        if (!v) return false;
        reach = (v - (c->code.run + at)) / 4;
    }
    if (reach < -most || reach >= most) return false;
    uint32_t instruction, mask = (((uint32_t)1 << bits) - 1) << shift;
    memcpy(&instruction, c->code.write + at, sizeof instruction);
    instruction = (instruction & ~mask) | ((uint32_t)reach << shift & mask);
    memcpy(c->code.write + at, &instruction, sizeof instruction);
    return true;
}

static bool patch(compiler *c, uint32_t at, const gyr__hole *h) {
    uint64_t v = c->value[h->symbol] + (uint64_t)(int64_t)h->addend;
    switch (h->patch) {
    case GYR__PATCH_BRANCH26: return branch(c, at, v, 26, 0);
    case GYR__PATCH_BRANCH19: return branch(c, at, v, 19, 5);
    default: {
        uint32_t instruction;
        memcpy(&instruction, c->code.write + at, sizeof instruction);
        uint32_t part = (uint32_t)(v >> (16 * (h->patch - GYR__PATCH_MOVW0)) & 0xffff);
        instruction = (instruction & ~(0xffffu << 5)) | part << 5;
        memcpy(c->code.write + at, &instruction, sizeof instruction);
        return true;
    }
    }
}
#endif

static bool write_pass(compiler *c) {
    gyr__program *p = c->program;
    uint32_t cold = c->cold;
    constant_values(c);
    for (uint32_t i = 0; i < p->op_count; i++) {
        const gyr__stencil *s = stencil_of(&p->ops[i]);
        uint32_t hot = p->ops[i].entry;
        memcpy(c->code.write + hot, gyr__stencil_code + s->code, s->hot);
        memcpy(c->code.write + cold, gyr__stencil_code + s->code + s->hot, s->cold);
        if (!op_values(c, i, cold)) return false;
        const gyr__hole *h = &gyr__stencil_holes[s->hole];
        for (unsigned k = 0; k < s->hot_holes; k++, h++)
            if (!patch(c, hot + h->at, h)) return false;
        for (unsigned k = 0; k < s->cold_holes; k++, h++)
            if (!patch(c, cold + h->at, h)) return false;
        cold += s->cold;
    }
    return true;
}

uint32_t gyr__native_cold_size(const gyr__op *op) { return stencil_of(op)->cold; }

bool gyr__native_program(gyr__native *n, gyr__program *p, const gyr__helpers *helpers, gyr__native_code *out) {
    compiler c = {.native = n, .helpers = helpers, .program = p};
    if (!size_pass(&c) || !gyr__code_alloc(n->memory, c.end + veneer_room(), &c.code)) return false;
    if (!write_pass(&c)) {
        gyr__code_release(n->memory, &c.code);
        return false;
    }
    *out = (gyr__native_code){.code = c.code, .cold = c.cold};
    return true;
}

#else
bool gyr__native_program(gyr__native *n, gyr__program *p, const gyr__helpers *helpers, gyr__native_code *out) {
    (void)n, (void)p, (void)helpers, (void)out;
    return false;
}
uint32_t gyr__native_cold_size(const gyr__op *op) {
    (void)op;
    return 0;
}
const char *gyr__native_callee(const gyr__native *n, const gyr__helpers *helpers, uint64_t address) {
    (void)n, (void)helpers, (void)address;
    return NULL;
}
#endif
