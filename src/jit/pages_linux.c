/* Pages for machine code on Linux.
 *
 * The run mapping is made first, as shared anonymous memory that may be read and executed; mremap with an old size of 0
 * gives a second mapping of the same pages, which trades execution for writing. So nothing ever gains the right to
 * execute, which PR_SET_MDWE forbids. perf looks into its map for such memory, but not for memory of a file; a memfd
 * is the second choice, for policies that refuse to execute anonymous memory.
 *
 * Placement asks for one address after the other, first below near_to (above an executable grows its heap), each time
 * without replacing what is there.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "jit/pages.h"

#ifdef __linux__
#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#ifdef __aarch64__
#include <linux/membarrier.h>
#include <sys/syscall.h>
#endif

/* Of 2 GiB: the library that is called has a size, too. On aarch64 branches reach 128 MiB; beyond, they take a step between
 * (compile.c). */
#define REACH ((uintptr_t)1984 << 20)

enum { RUN = PROT_READ | PROT_EXEC, WRITE = PROT_READ | PROT_WRITE };

static uint8_t *map_at(uintptr_t address, size_t size, int flags, int fd) {
    void *p = mmap((void *)address, size, RUN, flags | MAP_SHARED | MAP_FIXED_NOREPLACE, fd, 0);
    if (p == MAP_FAILED) return NULL;
    if ((uintptr_t)p == address) return p;
    munmap(p, size); /* a kernel that takes the address for a hint */
    errno = EEXIST;
    return NULL;
}

/* Whether another address may do better. EINVAL: a sanitizer that keeps addresses for itself. */
static bool only_taken(void) { return errno == EEXIST || errno == EINVAL; }

static uint8_t *map_near(const void *near_to, size_t size, int flags, int fd) {
    uintptr_t home = (uintptr_t)near_to & ~(uintptr_t)(size - 1);
    for (uintptr_t d = size; d + size < REACH; d += size) {
        uint8_t *p = NULL;
        if (home > d + size && ((p = map_at(home - d, size, flags, fd)) || !only_taken())) return p;
        if (home + d > home && ((p = map_at(home + d, size, flags, fd)) || !only_taken())) return p;
    }
    return NULL;
}

static bool map_anonymous(size_t size, const void *near_to, gyr__pages *out) {
    uint8_t *run = map_near(near_to, size, MAP_ANONYMOUS, -1);
    if (!run) return false;
    void *write = mremap(run, 0, size, MREMAP_MAYMOVE);
    if (write != MAP_FAILED) {
        *out = (gyr__pages){write, run, size};
        if (!mprotect(write, size, WRITE)) return true;
        munmap(write, size);
    }
    munmap(run, size);
    return false;
}

static bool map_file(size_t size, const void *near_to, gyr__pages *out) {
    int fd = memfd_create("gyr", MFD_CLOEXEC);
    if (fd < 0) return false;
    uint8_t *run = ftruncate(fd, (off_t)size) ? NULL : map_near(near_to, size, 0, fd);
    void *write = run ? mmap(NULL, size, WRITE, MAP_SHARED, fd, 0) : MAP_FAILED;
    close(fd);
    if (write == MAP_FAILED) {
        if (run) munmap(run, size);
        return false;
    }
    *out = (gyr__pages){write, run, size};
    return true;
}

bool gyr__pages_map(size_t size, const void *near_to, gyr__pages *out) {
    if (!map_anonymous(size, near_to, out) && !map_file(size, near_to, out)) return false;
    /* A child could write into its parent's code. */
    if (!madvise(out->write, size, MADV_DONTFORK)) return true;
    gyr__pages_unmap(out, true);
    return false;
}

void gyr__pages_unmap(const gyr__pages *pages, bool made_here) {
    munmap(pages->run, pages->size);
    if (made_here) munmap(pages->write, pages->size); /* in a child something else may be there */
}

void *gyr__pages_mark(size_t size) {
    void *p = mmap(NULL, size, WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) return NULL;
    if (!madvise(p, size, MADV_WIPEONFORK)) return p;
    munmap(p, size);
    return NULL;
}

void gyr__pages_unmark(void *mark, size_t size) { munmap(mark, size); }

void gyr__pages_sync(uint8_t *write, uint8_t *run, size_t size) {
    __builtin___clear_cache((char *)write, (char *)write + size);
    __builtin___clear_cache((char *)run, (char *)run + size);
#ifdef __aarch64__
    /* Other cores may have fetched what was here before. Where the kernel cannot tell them, a return to user mode can. */
    syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE, 0, 0);
    syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE, 0, 0);
#endif
}

#else
bool gyr__pages_map(size_t size, const void *near_to, gyr__pages *out) {
    (void)size, (void)near_to, (void)out;
    return false;
}
void gyr__pages_unmap(const gyr__pages *pages, bool made_here) { (void)pages, (void)made_here; }
void *gyr__pages_mark(size_t size) {
    (void)size;
    return NULL;
}
void gyr__pages_unmark(void *mark, size_t size) { (void)mark, (void)size; }
void gyr__pages_sync(uint8_t *write, uint8_t *run, size_t size) { (void)write, (void)run, (void)size; }
#endif
