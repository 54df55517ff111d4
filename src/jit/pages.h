/* Pages for machine code, from the operating system: each page is mapped twice, once to be written and once to be run,
 * so that no page is ever both. The file of the platform (pages_linux.c) is the only one that asks the system; elsewhere
 * every request is refused and the interpreter goes on.
 *
 * Over fork: the run mapping stays in the child (shared with the parent, which may rewrite it), the write mapping does not.
 * A mark page is what tells the two processes apart.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_JIT_PAGES_H
#define GYR_JIT_PAGES_H
#include "base/common.h"

typedef struct gyr__pages {
    uint8_t *write;
    uint8_t *run;
    size_t size;
} gyr__pages;

/** Maps `size` bytes (a power of two, at least a page) of zeros, aligned to `size`, as close to near_to as there is room and
 *  less than 2 GiB away. False: refused, or no room; nothing is mapped then. */
bool gyr__pages_map(size_t size, const void *near_to, gyr__pages *out);
/** Unmaps them; made_here: by the process that mapped them, not by a child that has inherited them. */
void gyr__pages_unmap(const gyr__pages *pages, bool made_here);

/** A zero-filled page of `size` bytes or more that reads zero again in a child. NULL: refused. */
void *gyr__pages_mark(size_t size);
void gyr__pages_unmark(void *mark, size_t size);

/** Makes what was written visible to every thread that is going to run it. */
void gyr__pages_sync(uint8_t *write, uint8_t *run, size_t size);

#endif
