/* Machine code for tests: a few instructions, by hand.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_TESTS_MACHINE_H
#define GYR_TESTS_MACHINE_H
#include <stdint.h>
#include <string.h>

/** Returns a number. */
static inline void machine_number(uint8_t *at, uint32_t number);
/** Calls a function, as native code does: without moving the stack pointer. To be entered by machine_enter. */
static inline void machine_call(uint8_t *at, void (*function)(void));
void machine_enter(const uint8_t *code);

#if defined(__x86_64__)
enum { MACHINE_NUMBER = 6, MACHINE_CALL = 13 };

static inline void machine_number(uint8_t *at, uint32_t number) {
    at[0] = 0xB8; /* mov eax, number */
    memcpy(at + 1, &number, 4);
    at[5] = 0xC3; /* ret */
}

static inline void machine_call(uint8_t *at, void (*function)(void)) {
    memcpy(at, (const uint8_t[2]){0x48, 0xB8}, 2); /* movabs rax, function */
    memcpy(at + 2, &function, 8);
    memcpy(at + 10, (const uint8_t[3]){0xFF, 0xD0, 0xC3}, 3); /* call rax; ret */
}

#elif defined(__aarch64__)
enum { MACHINE_NUMBER = 12, MACHINE_CALL = 28 };

static inline uint32_t machine_move(uint32_t op, unsigned to, uint64_t value, unsigned part) {
    return op | part << 21 | (uint32_t)(value >> 16 * part & 0xFFFF) << 5 | to;
}

static inline void machine_number(uint8_t *at, uint32_t number) {
    uint32_t code[3] = {machine_move(0x52800000, 0, number, 0), /* movz w0 */
                        machine_move(0x72800000, 0, number, 1), /* movk w0 */
                        0xD65F03C0};                            /* ret */
    memcpy(at, code, sizeof code);
}

static inline void machine_call(uint8_t *at, void (*function)(void)) {
    uint64_t f = (uintptr_t)function;
    uint32_t code[7] = {0xAA1E03F3, /* mov x19, x30 */
                        machine_move(0xD2800000, 16, f, 0),
                        machine_move(0xF2800000, 16, f, 1), /* x16: function */
                        machine_move(0xF2800000, 16, f, 2),
                        machine_move(0xF2800000, 16, f, 3),
                        0xD63F0200,  /* blr x16 */
                        0xD61F0260}; /* br x19 */
    memcpy(at, code, sizeof code);
}
#endif
#endif
