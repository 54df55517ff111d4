/* Machine code shown to perf and gdb, by the names of operations. Off by default: it costs time and writes files.
 *
 *     GYR_JIT_SHOW=perf,gdb,unwind,keep     in the environment, any of them
 *
 * perf: a line for each code in /tmp/perf-<process>.map, where perf looks for the names of code that no file holds. Lines
 * are only added: what was there before keeps its name in older samples.
 *
 * gdb: its interface for compilers at run time. The program shows one list of object files in memory to the debugger, under
 * the names that the debugger looks for; these two and the lock of the list are the only state that all schemas share.
 *
 * unwind: see unwind.h.
 *
 * keep: room that was released is not used again, so that an address has one name, and emulators that do not notice what is
 * written through another mapping run no code of before.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_JIT_SHOW_H
#define GYR_JIT_SHOW_H
#include "base/arena.h"

enum { GYR__SHOW_PERF = 1, GYR__SHOW_GDB = 2, GYR__SHOW_UNWIND = 4, GYR__SHOW_KEEP = 8 };

/** What the environment asks for. */
unsigned gyr__show_wanted(void);

typedef struct gyr__shown gyr__shown;
/** Shows code that is complete; failures are silent. NULL when nothing is to be taken back later. */
gyr__shown *gyr__show(unsigned wanted, const gyr_allocator *allocator, const uint8_t *run, size_t size, gyr_str name);
/** Before the code is gone. NULL is allowed. */
void gyr__hide(const gyr_allocator *allocator, gyr__shown *shown);

#endif
