/* See show.h. An object file for gdb has no code in it: a section that stands where the code does, one symbol, and the table
 * for unwinding.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "jit/show.h"
#include "jit/unwind.h"

#include <elf.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

unsigned gyr__show_wanted(void) {
    static const char *const words[] = {"perf", "gdb", "unwind", "keep"};
    unsigned wanted = 0;
    const char *s = getenv("GYR_JIT_SHOW");
    while (s && *s) {
        size_t len = strcspn(s, ",");
        for (unsigned i = 0; i < GYR__COUNT(words); i++)
            if (strlen(words[i]) == len && !memcmp(words[i], s, len)) wanted |= 1u << i;
        s += len;
        s += *s == ',';
    }
    return wanted;
}

/* ---- perf */

/* One write a line: other compilers of the process may have the file open. */
static void show_perf(const uint8_t *run, size_t size, gyr_str name) {
    char path[64], line[256];
    snprintf(path, sizeof path, "/tmp/perf-%ld.map", (long)getpid());
    int len = snprintf(line, sizeof line, "%lx %zx %.*s\n", (unsigned long)(uintptr_t)run, size,
                       (int)GYR__MIN(name.len, 200), name.ptr);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return;
    ssize_t written = write(fd, line, (size_t)len);
    (void)written; /* a full disk costs a name */
    close(fd);
}

/* ---- gdb: the names and layouts are its manual's, "JIT Compilation Interface" */

struct gyr__shown {
    struct gyr__shown *next, *prev;
    const char *file;
    uint64_t file_size;
    size_t size; /* of this record and its file; gdb does not read on */
};

typedef struct descriptor {
    uint32_t version, action; /* 1: added, 2: removed */
    gyr__shown *relevant, *first;
} descriptor;

/* Hidden: each library has its own, and gdb looks into each. Weak: linked statically beside another compiler, they share
 * one. */
#define SHOWN_TO_GDB __attribute__((weak, visibility("hidden"), used))
SHOWN_TO_GDB descriptor __jit_debug_descriptor = {1, 0, NULL, NULL};
SHOWN_TO_GDB GYR__NOINLINE void __jit_debug_register_code(void);
void __jit_debug_register_code(void) { __asm__ volatile("" ::: "memory"); }

static pthread_mutex_t gdb_lock = PTHREAD_MUTEX_INITIALIZER;

enum { TEXT = 1, EH_FRAME, SYMBOLS, STRINGS, SECTIONS };
static const char section_names[] = "\0.text\0.eh_frame\0.symtab\0.strtab";

typedef struct object_file {
    Elf64_Ehdr header;
    Elf64_Shdr sections[SECTIONS];
    Elf64_Sym symbols[2];
    uint8_t eh_frame[(GYR__UNWIND_SIZE + 7) / 8 * 8];
    char strings[(sizeof section_names + 7) / 8 * 8]; /* and the name of the symbol behind them */
} object_file;
_Static_assert(sizeof(object_file) == offsetof(object_file, strings) + sizeof(((object_file *)0)->strings),
               "no gap before the name");

static void write_object_file(object_file *o, const uint8_t *run, size_t size, gyr_str name) {
    uint64_t address = (uintptr_t)run;
    *o = (object_file){
        .header = {.e_ident = {0x7F, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
                   .e_type = ET_REL,
                   .e_machine = EM_X86_64,
                   .e_version = EV_CURRENT,
                   .e_shoff = offsetof(object_file, sections),
                   .e_ehsize = sizeof(Elf64_Ehdr),
                   .e_shentsize = sizeof(Elf64_Shdr),
                   .e_shnum = SECTIONS,
                   .e_shstrndx = STRINGS},
        .sections = {[TEXT] = {1, SHT_NOBITS, SHF_ALLOC | SHF_EXECINSTR, address, 0, size, 0, 0, 64, 0},
                     [EH_FRAME] = {7, SHT_PROGBITS, SHF_ALLOC, 0, offsetof(object_file, eh_frame), GYR__UNWIND_SIZE, 0,
                                   0, 8, 0},
                     [SYMBOLS] = {17, SHT_SYMTAB, 0, 0, offsetof(object_file, symbols), sizeof o->symbols, STRINGS, 1,
                                  8, sizeof(Elf64_Sym)},
                     [STRINGS] = {25, SHT_STRTAB, 0, 0, offsetof(object_file, strings),
                                  sizeof o->strings + name.len + 1, 0, 0, 1, 0}},
        .symbols = {[1] = {sizeof o->strings, ELF64_ST_INFO(STB_GLOBAL, STT_FUNC), 0, TEXT, 0, size}},
    };
#ifdef __aarch64__
    o->header.e_machine = EM_AARCH64;
#endif
    gyr__unwind_table(o->eh_frame, run, size);
    memcpy(o->strings, section_names, sizeof section_names);
    char *end = (char *)(o + 1);
    memcpy(end, name.ptr, name.len);
    end[name.len] = '\0';
}

static void tell_gdb(gyr__shown *shown, uint32_t action) {
    descriptor *d = &__jit_debug_descriptor;
    d->action = action;
    d->relevant = shown;
    __jit_debug_register_code();
    d->action = 0;
    d->relevant = NULL;
}

static gyr__shown *show_gdb(const gyr_allocator *allocator, const uint8_t *run, size_t size, gyr_str name) {
    size_t file_size = sizeof(object_file) + name.len + 1, all = sizeof(gyr__shown) + file_size;
    gyr__shown *shown = gyr__heap_alloc(allocator, all);
    if (!shown) return NULL;
    object_file *file = (object_file *)(shown + 1);
    write_object_file(file, run, size, name);
    *shown = (gyr__shown){.file = (const char *)file, .file_size = file_size, .size = all};
    pthread_mutex_lock(&gdb_lock);
    descriptor *d = &__jit_debug_descriptor;
    shown->next = d->first;
    if (shown->next) shown->next->prev = shown;
    d->first = shown;
    tell_gdb(shown, 1);
    pthread_mutex_unlock(&gdb_lock);
    return shown;
}

/* ---- both */

gyr__shown *gyr__show(unsigned wanted, const gyr_allocator *allocator, const uint8_t *run, size_t size, gyr_str name) {
    if (wanted & GYR__SHOW_PERF) show_perf(run, size, name);
    return wanted & GYR__SHOW_GDB ? show_gdb(allocator, run, size, name) : NULL;
}

void gyr__hide(const gyr_allocator *allocator, gyr__shown *shown) {
    if (!shown) return;
    pthread_mutex_lock(&gdb_lock);
    if (shown->prev)
        shown->prev->next = shown->next;
    else
        __jit_debug_descriptor.first = shown->next;
    if (shown->next) shown->next->prev = shown->prev;
    tell_gdb(shown, 2);
    pthread_mutex_unlock(&gdb_lock);
    gyr__heap_free(allocator, shown, shown->size);
}
