/* The interpreter once more, counting which ops ran, where each went on and which way out of the ordinary it took. It stands
 * in for the real one while n_trace is on: the linker leads calls of gyr__interpret here (--wrap).
 *
 * What it sees, native code has done too: it writes the same bytes from the same program.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "native.h"

#include "exec/exec.h"

static void see(const gyr__frame *f, const gyr__op *op);
#define GYR__TRACE(f, op) see(f, op)
#define gyr__interpret    traced_interpret
gyr__stop traced_interpret(gyr__writer *w);
#include "exec/interp.c"
#undef gyr__interpret
gyr__stop __real_gyr__interpret(gyr__writer *w);
gyr__stop __wrap_gyr__interpret(gyr__writer *w);

typedef enum edge {
    RAN,
    NEXT_EDGE,
    JUMP_EDGE,
    FAIL_EDGE,
    ELSEWHERE,
    GROW,
    POLL_EDGE,
    PAUSE,
    LONG_TEXT,
    FAILED_EDGE,
    EDGES
} edge;

static uint64_t counts[GYR__OP_COUNT][EDGES];
static const gyr__op *last;
static const gyr__program *program;
static bool tracing;
static uint64_t interpreted;

static void see(const gyr__frame *f, const gyr__op *op) {
    if (op == last) return; /* it has room now */
    if (last) {
        const gyr__op *ops = program->ops;
        edge e = op == last + 1                                             ? NEXT_EDGE
                 : last->jump < program->op_count && op == ops + last->jump ? JUMP_EDGE
                 : last->fail < program->op_count && op == ops + last->fail ? FAIL_EDGE
                                                                            : ELSEWHERE;
        counts[last->code][e]++;
    }
    counts[op->code][RAN]++;
    last = op;
    program = f->program;
}

/* ---- the ways out of the ordinary */

static uint8_t *grow(gyr__writer *w, uint8_t *out, size_t size) {
    counts[last->code][GROW]++;
    return gyr__helper_table.grow(w, out, size);
}

static uint8_t *poll(gyr__writer *w, uint8_t *out, gyr__frame *f, const gyr__op *op, size_t size) {
    uint8_t *o = gyr__helper_table.poll(w, out, f, op, size);
    counts[last->code][o ? POLL_EDGE : PAUSE]++;
    return o;
}

static uint8_t *long_text(gyr__writer *w, uint8_t *out, gyr_str text, size_t tail) {
    counts[last->code][LONG_TEXT]++;
    return gyr__helper_table.long_text(w, out, text, tail);
}

static void failed(gyr__writer *w, gyr__frame *f, const gyr__op *op, const void *object, gyr__fail_kind kind) {
    counts[last->code][FAILED_EDGE]++;
    gyr__helper_table.failed(w, f, op, object, kind);
}

gyr__stop __wrap_gyr__interpret(gyr__writer *w) {
    interpreted++;
    if (!tracing) return __real_gyr__interpret(w);
    gyr__helpers helpers = gyr__helper_table;
    helpers.grow = grow;
    helpers.poll = poll;
    helpers.long_text = long_text;
    helpers.failed = failed;
    const gyr__helpers *kept = w->help;
    last = NULL;
    w->help = &helpers;
    gyr__stop stop = traced_interpret(w);
    w->help = kept;
    return stop;
}

void n_trace(bool on) { tracing = on; }
uint64_t n_interpreted(void) { return interpreted; }

/* ---- what was never seen */

typedef enum op_class { SMALL, HELPER, CONTROL } op_class;
static const struct {
    const char *name;
    op_class class;
    const char *operands;
    bool checks;
} ops[] = {
#define CHECKS                                    (-1)
#define OP(name, class, operands, room, synopsis) {#name, class, operands, (room) == CHECKS},
#include "plan/op.def"
#undef OP
};

/* Those that go back to where there was room, and the end, which writes nothing: they ask, but always get. */
static bool has_room(size_t i) {
    return i == GYR__OP_null || i == GYR__OP_null_item || i == GYR__OP_done || i == GYR__OP_cut;
}

/* Ops behind which no other runs in the same program, or never the next one. */
static bool has_next(size_t i) {
    static const char *const none[] = {"jump", "null", "null_item", "section", "done",
                                       "call", "ret",  "ret_fail",  "raise",   "cut"};
    for (size_t k = 0; k < sizeof none / sizeof *none; k++)
        if (strcmp(ops[i].name, none[k]) == 0) return false;
    return true;
}

static uint32_t missing(size_t i) {
    const uint64_t *n = counts[i];
    const char *what[5];
    uint32_t m = 0;
    if (!n[RAN]) what[m++] = "it";
    if (has_next(i) && !n[NEXT_EDGE]) what[m++] = "the way on";
    if (strchr(ops[i].operands, 'J') && !n[JUMP_EDGE]) what[m++] = "its jump";
    if (strchr(ops[i].operands, 'F') && !n[FAIL_EDGE]) what[m++] = "its failure";
    if (ops[i].checks && ops[i].class == SMALL && !has_room(i) && !n[GROW] && !n[POLL_EDGE])
        what[m++] = "its want of room";
    for (uint32_t k = 0; k < m; k++) printf("%s: nobody saw %s\n", ops[i].name, what[k]);
    return m;
}

uint32_t n_trace_print(void) {
    uint32_t m = 0;
    printf("%-14s %11s %11s %9s %9s %9s %8s %8s %8s %8s %8s\n", "op", "ran", "next", "jump", "fail", "call", "grow",
           "poll", "pause", "long", "failed");
    for (size_t i = 0; i < GYR__OP_COUNT; i++) {
        printf("%-14s", ops[i].name);
        for (int k = 0; k < EDGES; k++) printf(" %*llu", k < 2 ? 11 : k < 5 ? 9 : 8, (unsigned long long)counts[i][k]);
        printf("\n");
    }
    for (size_t i = 0; i < GYR__OP_COUNT; i++) m += missing(i);
    return m;
}
