/* Machine code as text, by libcapstone where gyr was built with it.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_CLI_DISASSEMBLE_H
#define GYR_CLI_DISASSEMBLE_H
#include <gyr.h>

/** NULL: without libcapstone, or not for this processor. */
struct disassembler *disassembler_new(void);
void disassembler_free(struct disassembler *d);
/** A gyr_disassemble_fn; d is the disassembler. */
size_t disassemble(void *d, const uint8_t *code, size_t size, char *text, size_t room);
#endif
