/* Machine code seen from outside: backtraces, perf's map, gdb's list of object files.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "base/arena.h"
#include "faulty.h"
#include "jit/memory.h"
#include "jit/unwind.h"
#include "machine.h"

#include <elf.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>
#include <unwind.h>

static gyr__code_memory *memory_new(const gyr_allocator *al, const char *show) {
    assert_int_equal(show ? setenv("GYR_JIT_SHOW", show, 1) : unsetenv("GYR_JIT_SHOW"), 0);
    gyr__code_memory *m = gyr__code_memory_new(al, (const void *)(uintptr_t)&gyr__code_alloc);
    assert_non_null(m);
    return m;
}

static bool make_call(gyr__code_memory *m, void (*function)(void), gyr_str name, gyr__code *out) {
    if (!gyr__code_alloc(m, 100, out)) return false;
    machine_call(out->write, function);
    gyr__code_ready(m, out, name);
    return true;
}

/* ---- backtraces */

static struct {
    uintptr_t ip[64];
    unsigned count;
} trace;

static _Unwind_Reason_Code frame(struct _Unwind_Context *context, void *data) {
    (void)data;
    if (trace.count < 64) trace.ip[trace.count++] = _Unwind_GetIP(context);
    return _URC_NO_REASON;
}

static void take_trace(void) {
    trace.count = 0;
    _Unwind_Backtrace(frame, NULL);
}

/* The number of the frame whose return address is in [begin, begin + size). */
static int frame_in(const void *begin, size_t size) {
    for (unsigned i = 0; i < trace.count; i++)
        if (trace.ip[i] - (uintptr_t)begin < size) return (int)i;
    return -1;
}

/* Returns its own return address. */
static GYR__NOINLINE const void *enter_from_here(const gyr__code *code) {
    machine_enter(code->run);
    return __builtin_extract_return_addr(__builtin_return_address(0));
}

static void backtraces_go_through(void **state) {
    (void)state;
    gyr_allocator al = gyr__allocator_default();
    gyr__code_memory *m = memory_new(&al, NULL);
    gyr__code code;
    assert_true(make_call(m, take_trace, gyr_s("gyr:Trace"), &code));
    const void *here = enter_from_here(&code);
    int native = frame_in(code.run, code.size), caller = frame_in(here, 1);
    assert_true(native >= 0);
    assert_true(caller > native);
    assert_true((int)trace.count > caller + 1);
    gyr__code_release(m, &code);
    gyr__code_memory_free(m);
}

/* Nothing of a freed memory is left with the unwinder: it would look there. */
static void registrations_are_taken_back(void **state) {
    (void)state;
    gyr_allocator al = gyr__allocator_default();
    for (int i = 0; i < 20; i++) {
        gyr__code_memory *m = memory_new(&al, "unwind");
        gyr__code code;
        assert_true(make_call(m, take_trace, gyr_s("gyr:Trace"), &code));
        enter_from_here(&code);
        assert_true(frame_in(code.run, code.size) >= 0);
        gyr__code_release(m, &code);
        gyr__code_memory_free(m);
        take_trace();
        assert_true(trace.count > 2);
    }
}

/* ---- perf */

static void perf_finds_names(void **state) {
    (void)state;
    gyr_allocator al = gyr__allocator_default();
    gyr__code_memory *m = memory_new(&al, "perf");
    char path[64], line[3][128] = {"", "", ""}, expected[128];
    snprintf(path, sizeof path, "/tmp/perf-%ld.map", (long)getpid());
    remove(path);
    gyr__code first, second;
    assert_true(make_call(m, take_trace, gyr_s("gyr:First"), &first));
    assert_true(make_call(m, take_trace, gyr_s("gyr:Second.Post"), &second));
    gyr__code_release(m, &first);
    gyr__code_release(m, &second);
    gyr__code_memory_free(m);
    FILE *map = fopen(path, "r");
    assert_non_null(map);
    for (int i = 0; i < 3 && fgets(line[i], sizeof line[i], map); i++) {
    }
    fclose(map);
    remove(path);
    snprintf(expected, sizeof expected, "%lx 64 gyr:First\n", (unsigned long)(uintptr_t)first.run);
    assert_string_equal(line[0], expected);
    snprintf(expected, sizeof expected, "%lx 64 gyr:Second.Post\n", (unsigned long)(uintptr_t)second.run);
    assert_string_equal(line[1], expected);
    assert_string_equal(line[2], "");
}

/* A link that somebody else has put there is not followed. */
static void perf_map_is_no_link(void **state) {
    (void)state;
    gyr_allocator al = gyr__allocator_default();
    gyr__code_memory *m = memory_new(&al, "perf");
    char path[64], target[80];
    snprintf(path, sizeof path, "/tmp/perf-%ld.map", (long)getpid());
    snprintf(target, sizeof target, "%s.target", path);
    remove(path);
    assert_int_equal(symlink(target, path), 0);
    gyr__code code;
    assert_true(make_call(m, take_trace, gyr_s("gyr:First"), &code));
    gyr__code_release(m, &code);
    gyr__code_memory_free(m);
    assert_int_not_equal(access(target, F_OK), 0);
    assert_int_equal(remove(path), 0);
}

static void nothing_is_shown_unasked(void **state) {
    (void)state;
    gyr_allocator al = gyr__allocator_default();
    gyr__code_memory *m = memory_new(&al, "perfect,,gd");
    char path[64];
    snprintf(path, sizeof path, "/tmp/perf-%ld.map", (long)getpid());
    remove(path);
    gyr__code code;
    assert_true(make_call(m, take_trace, gyr_s("gyr:First"), &code));
    assert_null(code.shown);
    assert_int_not_equal(access(path, F_OK), 0);
    gyr__code_release(m, &code);
    gyr__code_memory_free(m);
}

static void kept_room_is_not_used_again(void **state) {
    (void)state;
    gyr_allocator al = gyr__allocator_default();
    for (int keep = 0; keep < 2; keep++) {
        gyr__code_memory *m = memory_new(&al, keep ? "keep" : NULL);
        gyr__code first, second;
        assert_true(make_call(m, take_trace, gyr_s("gyr:First"), &first));
        gyr__code_release(m, &first);
        assert_true(make_call(m, take_trace, gyr_s("gyr:Second"), &second));
        assert_int_equal(first.run != second.run, keep);
        gyr__code_release(m, &second);
        gyr__code_memory_free(m);
    }
}

/* ---- gdb */

struct jit_code_entry {
    struct jit_code_entry *next, *prev;
    const char *symfile_addr;
    uint64_t symfile_size;
};
struct jit_descriptor {
    uint32_t version, action_flag;
    struct jit_code_entry *relevant_entry, *first_entry;
};
extern struct jit_descriptor __jit_debug_descriptor;

static const void *section(const char *file, const char *name, Elf64_Shdr *out) {
    Elf64_Ehdr header;
    memcpy(&header, file, sizeof header);
    Elf64_Shdr names;
    memcpy(&names, file + header.e_shoff + (size_t)header.e_shstrndx * sizeof names, sizeof names);
    for (unsigned i = 1; i < header.e_shnum; i++) {
        memcpy(out, file + header.e_shoff + (size_t)i * sizeof *out, sizeof *out);
        if (!strcmp(file + names.sh_offset + out->sh_name, name)) return file + out->sh_offset;
    }
    fail_msg("no section %s", name);
    return NULL;
}

static void check_object_file(const struct jit_code_entry *e, const gyr__code *code, const char *name) {
    assert_memory_equal(e->symfile_addr, ELFMAG, SELFMAG);
    Elf64_Shdr text, symbols, strings, eh_frame;
    section(e->symfile_addr, ".text", &text);
    assert_int_equal(text.sh_addr, (uintptr_t)code->run);
    assert_int_equal(text.sh_size, code->size);
    const char *symbol_bytes = section(e->symfile_addr, ".symtab", &symbols);
    Elf64_Sym symbol;
    memcpy(&symbol, symbol_bytes + sizeof symbol, sizeof symbol);
    assert_int_equal(symbol.st_size, code->size);
    const char *names = section(e->symfile_addr, ".strtab", &strings);
    assert_string_equal(names + symbol.st_name, name);
    assert_int_equal(strings.sh_offset + strings.sh_size, e->symfile_size);
    uint8_t table[GYR__UNWIND_SIZE];
    gyr__unwind_table(table, code->run, code->size);
    assert_memory_equal(section(e->symfile_addr, ".eh_frame", &eh_frame), table, sizeof table);
}

static void gdb_sees_a_list(void **state) {
    (void)state;
    faulty f = {0};
    gyr_allocator al = faulty_allocator(&f);
    gyr__code_memory *m = memory_new(&al, "unwind,gdb");
    gyr__code codes[3];
    static const char *const names[] = {"gyr:A", "gyr:Bbb", "gyr:Cccccccc.Dddddddddd"};
    for (int i = 0; i < 3; i++)
        assert_true(make_call(m, take_trace, gyr_str_of(names[i], strlen(names[i])), &codes[i]));
    const struct jit_code_entry *e = __jit_debug_descriptor.first_entry;
    for (int i = 2; i >= 0; i--, e = e->next) {
        assert_ptr_equal(e, codes[i].shown);
        check_object_file(e, &codes[i], names[i]);
    }
    assert_null(e);
    static const int order[] = {1, 2, 0};
    for (int i = 0; i < 3; i++) {
        gyr__code_release(m, &codes[order[i]]);
        int left = 0;
        const struct jit_code_entry *prev = NULL;
        for (e = __jit_debug_descriptor.first_entry; e; prev = e, e = e->next, left++) assert_ptr_equal(e->prev, prev);
        assert_int_equal(left, 2 - i);
    }
    gyr__code_memory_free(m);
    assert_int_equal(f.live, 0);
}

/* Without memory for the object file, the code runs all the same. */
static void not_shown_but_run(void **state) {
    (void)state;
    faulty f = {0};
    gyr_allocator al = faulty_allocator(&f);
    gyr__code_memory *m = memory_new(&al, "gdb");
    gyr__code code;
    assert_true(gyr__code_alloc(m, 100, &code));
    machine_call(code.write, take_trace);
    f.fail_at = f.calls + 1;
    gyr__code_ready(m, &code, gyr_s("gyr:A"));
    assert_true(f.failed);
    assert_null(code.shown);
    enter_from_here(&code);
    assert_true(trace.count > 0);
    gyr__code_release(m, &code);
    gyr__code_memory_free(m);
    assert_int_equal(f.live, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(backtraces_go_through),    cmocka_unit_test(registrations_are_taken_back),
        cmocka_unit_test(perf_finds_names),         cmocka_unit_test(perf_map_is_no_link),
        cmocka_unit_test(nothing_is_shown_unasked), cmocka_unit_test(kept_room_is_not_used_again),
        cmocka_unit_test(gdb_sees_a_list),          cmocka_unit_test(not_shown_but_run),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
