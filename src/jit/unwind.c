/* See unwind.h. The table is a CIE, an FDE and the end, in the words of DWARF 5, 6.4.1, and of the Linux Standard Base
 * for .eh_frame; pointers are absolute.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "jit/unwind.h"

#include <dlfcn.h>

/* What is the same for all code: the frame's place, and what lies n times 8 bytes below it. */
#define FRAME(base, offset) 0x0C, (base), (offset)
#define AT(number, n)       0x80 | (number), (n)

#ifdef __aarch64__
enum { RETURN_ADDRESS = 30 };
static const uint8_t rules[] = {FRAME(29, 96), AT(29, 12), AT(30, 11), AT(19, 10), AT(20, 9), AT(21, 8), AT(22, 7),
                                AT(23, 6),     AT(24, 5),  AT(25, 4),  AT(26, 3),  AT(27, 2), AT(28, 1)};
#else
enum { RETURN_ADDRESS = 16 };
static const uint8_t rules[] = {FRAME(7, 8), AT(16, 1)};
#endif

typedef struct cie {
    uint32_t length, id;
    uint8_t version, augmentation, code_align, data_align, return_address;
    uint8_t rules[27]; /* padded with DW_CFA_nop */
} cie;
_Static_assert(sizeof(cie) == 40 && sizeof rules <= 27, "a CIE without gaps");

typedef struct fde {
    uint32_t length, to_cie;
    uint64_t begin, size;
} fde;
_Static_assert(sizeof(cie) + sizeof(fde) + 4 == GYR__UNWIND_SIZE, "the whole table");

void gyr__unwind_table(uint8_t table[GYR__UNWIND_SIZE], const uint8_t *run, size_t size) {
    cie common = {sizeof common - 4, 0, 1, 0, 1, 0x78, RETURN_ADDRESS, {0}};
    fde entry = {sizeof entry - 4, sizeof common + 4, (uintptr_t)run, size};
    memcpy(common.rules, rules, sizeof rules);
    memcpy(table, &common, sizeof common);
    memcpy(table + sizeof common, &entry, sizeof entry);
    memset(table + sizeof common + sizeof entry, 0, 4);
}

/* Of the unwinder of gcc; that of LLVM takes an FDE under the same name, so it is not told. Weak: they are there, or not; of
 * the dynamic linker's too, so that a static program is not asked for it. */
extern void __register_frame(const void *) __attribute__((weak));
extern void __deregister_frame(const void *) __attribute__((weak));
extern char __unw_add_dynamic_fde[] __attribute__((weak));
extern __typeof__(dlopen) dlopen __attribute__((weak));
extern __typeof__(dlsym) dlsym __attribute__((weak));

typedef void registration(const void *table);

static registration *loaded(void *library, const char *name) {
    registration *function;
    void *symbol = dlsym(library, name);
    memcpy(&function, &symbol, sizeof function);
    return function;
}

void gyr__unwind_add(gyr__unwind *u, const uint8_t *run, size_t size, bool load) {
    registration *add = __register_frame;
    u->remove = NULL;
    if (__unw_add_dynamic_fde) return;
    if (add) {
        u->remove = __deregister_frame;
    } else if (load && dlopen && dlsym) {
        void *library = dlopen("libgcc_s.so.1", RTLD_NOW); /* stays loaded, as backtrace() keeps it */
        if (!library) return;
        add = loaded(library, "__register_frame");
        u->remove = loaded(library, "__deregister_frame");
    }
    if (!add || !u->remove) {
        u->remove = NULL;
        return;
    }
    gyr__unwind_table(u->table, run, size);
    add(u->table);
}

void gyr__unwind_remove(gyr__unwind *u) {
    if (u->remove) u->remove(u->table);
    u->remove = NULL;
}
