/* Compiling programs: every operand that op.def lists for a SMALL op is in its machine code; long programs.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "jit/native.h"

#include <stdio.h>
#include <stdlib.h>

static const struct {
    const char *name, *operands;
    bool small;
} known[] = {
#define SMALL                                     true
#define HELPER                                    false
#define CONTROL                                   false
#define OP(name, class, operands, room, synopsis) {#name, operands, class},
#include "plan/op.def"
#undef OP
};

static gyr__helpers helpers; /* never called */

static gyr__native *native_new(uintptr_t away) {
    static gyr__native n;
    const void *near = (const void *)(uintptr_t)&gyr__native_program;
    for (size_t at = 0; at < sizeof helpers; at += sizeof near) memcpy((char *)&helpers + at, &near, sizeof near);
    n.allocator = gyr__allocator_default();
    n.leaves = *gyr__leaves_for(gyr__cpu_level());
    n.memory = gyr__code_memory_new(&n.allocator, (const void *)((uintptr_t)n.leaves.str + away));
    assert_non_null(n.memory);
    return &n;
}

/* ---- operands */

/* The machine code of one op, the rare part too; it is compiled in the same place each time. */
static size_t code_of(gyr__native *n, const gyr__op *op, uint8_t code[2048]) {
    gyr__op ops[2] = {*op, {.code = GYR__OP_done}};
    gyr__program p = {.ops = ops, .op_count = 2};
    gyr__native_code out;
    assert_true(gyr__native_program(n, &p, &helpers, &out));
    uint32_t hot = ops[1].entry, cold = gyr__native_cold_size(&ops[0]);
    assert_true(hot + cold <= 2048);
    memcpy(code, out.code.run, hot);
    memcpy(code + hot, out.code.run + out.cold, cold);
    gyr__code_release(n->memory, &out.code);
    return hot + cold;
}

static void change(gyr__op *op, char operand) {
    switch (operand) {
    case 'T': op->text[op->len > 8]++; break;
    case 'O': op->off += 4000; break;
    case 'A': op->aux += 4000; break;
    case 'S': op->slot++; break;
    case 'R': op->row++; break;
    case 'C': op->count_off += 4000; break;
    default: break;
    }
}

static void operands_are_in_the_code(void **state) {
    (void)state;
    if (!gyr__native_exists) return;
    static const uint8_t lengths[] = {3, 8, 16};
    static uint8_t before[2048], after[2048];
    gyr_str text = gyr_str_of("a text", 6);
    gyr__native *n = native_new(0);
    for (uint16_t code = 0; code < GYR__OP_COUNT; code++)
        for (const char *s = known[code].operands; known[code].small && *s; s++)
            for (uint32_t k = 0; k < GYR__COUNT(lengths) && strchr("TOASRC", *s); k++) {
                gyr__op op = {.code = code, .jump = 1, .fail = 1, .aux = 8, .data = &text, .len = lengths[k]};
                size_t size = code_of(n, &op, before);
                assert_int_equal(code_of(n, &op, after), size);
                assert_memory_equal(before, after, size);
                change(&op, *s);
                if (code_of(n, &op, after) == size && !memcmp(before, after, size))
                    fail_msg("%s, prefix of %u: operand %c is not in its code", known[code].name, op.len, *s);
            }
    gyr__code_memory_free(n->memory);
}

/* ---- long programs */

static bool compiles(gyr__native *n, gyr__program *p) {
    gyr__native_code out;
    bool ok = gyr__native_program(n, p, &helpers, &out);
    if (ok) gyr__code_release(n->memory, &out.code);
    return ok;
}

/* Each op as the first and as the last of a long program: everything that it goes to is far away. */
static void long_programs_are_compiled(void **state) {
    (void)state;
    if (!gyr__native_exists) return;
    enum { OPS = 8000 };
    static gyr__op ops[OPS];
    gyr_str text = gyr_str_of("a text", 6);
    gyr__native *n = native_new(0);
    gyr__program p = {.ops = ops, .op_count = OPS};
    for (uint16_t code = 0; code < GYR__OP_COUNT; code++) {
        for (uint32_t i = 0; i < OPS; i++) ops[i] = (gyr__op){.code = GYR__OP_i32, .len = 16, .jump = 1, .fail = 1};
        for (uint32_t last = 0; last < 2; last++) {
            gyr__op *op = &ops[last * (OPS - 1)];
            *op = (gyr__op){.code = code, .data = &text, .len = 16, .jump = OPS - 1 - last * (OPS - 1)};
            op->fail = op->jump;
        }
        if (!compiles(n, &p)) fail_msg("%s: refused", known[code].name);
    }
    gyr__code_memory_free(n->memory);
}

/* Where the next schemas' code lies when the room around the library is taken. */
static void code_far_away_is_compiled(void **state) {
    (void)state;
    if (!gyr__native_exists) return;
    gyr_str text = gyr_str_of("a text", 6);
    gyr__native *n = native_new((uintptr_t)600 << 20);
    for (uint16_t code = 0; code < GYR__OP_COUNT; code++) {
        gyr__op ops[2] = {{.code = code, .data = &text, .jump = 1, .fail = 1}, {.code = GYR__OP_done}};
        gyr__program p = {.ops = ops, .op_count = 2};
        if (!compiles(n, &p)) fail_msg("%s: refused", known[code].name);
    }
    gyr__code_memory_free(n->memory);
}

int main(void) {
    unsetenv("GYR_JIT_SHOW");
    const struct CMUnitTest tests[] = {cmocka_unit_test(operands_are_in_the_code),
                                       cmocka_unit_test(long_programs_are_compiled),
                                       cmocka_unit_test(code_far_away_is_compiled)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
