/* Machine code as text. GYR_CAPSTONE is defined where libcapstone was found when gyr was built.
 * SPDX-License-Identifier: Apache-2.0 */
#include "disassemble.h"

#ifdef GYR_CAPSTONE
#include <capstone.h>
#include <stdio.h>
#include <stdlib.h>

struct disassembler {
    csh handle;
    cs_insn *instruction;
};

struct disassembler *disassembler_new(void) {
#ifdef __aarch64__
    const cs_arch arch = CS_ARCH_ARM64;
    const cs_mode mode = CS_MODE_ARM;
#else
    const cs_arch arch = CS_ARCH_X86;
    const cs_mode mode = CS_MODE_64;
#endif
    struct disassembler *d = calloc(1, sizeof *d);
    if (d && cs_open(arch, mode, &d->handle) == CS_ERR_OK && (d->instruction = cs_malloc(d->handle))) return d;
    disassembler_free(d);
    return NULL;
}

void disassembler_free(struct disassembler *d) {
    if (!d) return;
    if (d->instruction) cs_free(d->instruction, 1);
    if (d->handle) cs_close(&d->handle);
    free(d);
}

size_t disassemble(void *user, const uint8_t *code, size_t size, char *text, size_t room) {
    struct disassembler *d = user;
    uint64_t address = (uintptr_t)code;
    if (!cs_disasm_iter(d->handle, &code, &size, &address, d->instruction)) return 0;
    snprintf(text, room, "%-7s %s", d->instruction->mnemonic, d->instruction->op_str);
    return d->instruction->size;
}

#else
struct disassembler *disassembler_new(void) {
    return NULL;
}
void disassembler_free(struct disassembler *d) { (void)d; }
size_t disassemble(void *user, const uint8_t *code, size_t size, char *text, size_t room) {
    (void)user, (void)code, (void)size, (void)text, (void)room;
    return 0;
}
#endif
