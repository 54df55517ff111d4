/* gyr_plan_print_native: all code is shown, once; addresses have names; a bad disassembler and little memory do no harm.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "test.h"

#include "faulty.h"
#include "jit/native.h"

#include <stdio.h>

#ifdef __aarch64__
enum { FAR = 1024 };
#else
enum { FAR = 0 };
#endif

static const char sdl[] = "type Query { pets: [Pet!]! one: Pet } interface Pet { name: String! age: Int }"
                          "type Cat implements Pet { name: String! age: Int mother: Cat }"
                          "type Dog implements Pet { name: String! age: Int }";

static gyr_plan *plan_new(const gyr_allocator *al) {
    gyr_source source = {.text = gyr_str_of(sdl, sizeof sdl - 1)};
    gyr_schema *s = gyr_schema_build(&(gyr_schema_options){.size = sizeof(gyr_schema_options),
                                                           .sources = &source,
                                                           .source_count = 1,
                                                           .unbound = true,
                                                           .allocator = *al},
                                     NULL);
    if (!s) return NULL;
    gyr_plan *p = gyr_plan_new(
        s, gyr_s("query Q($n: Boolean = true) { pets { name @include(if: $n) ... on Cat { age mother { name } } } }"),
        gyr_s(""), NULL);
    gyr_schema_free(s);
    return p;
}

static gyr_plan *plan(void) {
    gyr_allocator al = {0};
    gyr_plan *p = plan_new(&al);
    assert_non_null(p);
    return p;
}

static char *printed(gyr_plan *p, bool json, gyr_disassemble_fn *disassemble, void *user) {
    gyr_buffer out = {0};
    assert_int_equal(gyr_plan_print_native(p, gyr_s(""), json, disassemble, user, &out), GYR_OK);
    char *text = strndup(out.ptr, out.len);
    assert_int_equal(strlen(text), out.len);
    gyr_buffer_free(&out);
    return text;
}

/* The lines that are not machine code are the plan. */
static void plan_is_the_same(gyr_plan *p, const char *native) {
    gyr_buffer out = {0};
    assert_int_equal(gyr_plan_print(p, gyr_s(""), false, &out), GYR_OK);
    size_t at = 0;
    for (const char *line = native, *next; *line; line = next) {
        next = strchr(line, '\n') + 1;
        size_t len = (size_t)(next - line);
        if (!strncmp(line, "      ", 6) || memmem(line, len, "machine code", 12)) continue;
        assert_true(at + len <= out.len);
        assert_memory_equal(out.ptr + at, line, len);
        at += len;
    }
    assert_int_equal(at, out.len);
    gyr_buffer_free(&out);
}

/* The bytes on the lines of machine code. */
static size_t bytes_shown(const char *text) {
    size_t bytes = 0;
    for (const char *line = text; *line; line = strchr(line, '\n') + 1) {
        unsigned offset, byte;
        char mark;
        int used = 0;
        if (strncmp(line, "      ", 6) || sscanf(line + 6, "%c %x %n", &mark, &offset, &used) < 2) continue;
        for (const char *s = line + 6 + used; sscanf(s, "%2x", &byte) == 1 && (s[2] == ' ' || s[2] == '\n'); s += 3) {
            bytes++;
            if (s[2] == '\n' || s[3] == ' ') break;
        }
    }
    return bytes;
}

static size_t bytes_promised(const char *text) {
    size_t bytes = 0, of_program;
    for (const char *s = text; (s = strstr(s, "slots\n")); s++)
        if (sscanf(s + 6, "%zu bytes of machine code", &of_program) == 1) bytes += of_program;
    return bytes;
}

static size_t one_byte(void *user, const uint8_t *code, size_t size, char *text, size_t room) {
    (void)size;
    snprintf(text, room, "at 0x%lx", (unsigned long)(uintptr_t)code);
    ++*(size_t *)user;
    return 1;
}

static void all_code_is_shown(void **state) {
    (void)state;
    if (!gyr__native_exists) return;
    gyr_plan *p = plan();
    char *text = printed(p, false, NULL, NULL);
    plan_is_the_same(p, text);
    size_t promised = bytes_promised(text);
    assert_true(promised > 100);
    size_t shown = bytes_shown(text), gap = promised - shown; /* up to a multiple of 16; ways to far functions */
    assert_true(shown <= promised && gap < (size_t)4 * (16 + FAR));
    free(text);
    size_t calls = 0;
    text = printed(p, false, one_byte, &calls);
    plan_is_the_same(p, text);
    assert_int_equal(bytes_shown(text), calls);
    assert_non_null(strstr(text, "  at op 0\n"));
    assert_non_null(strstr(text, "  at op 0+0x1\n"));
    assert_non_null(strstr(text, "  at op 1~\n"));
    assert_null(strstr(text, "at 0x")); /* every one has a name */
    free(text);
    gyr_plan_free(p);
}

/* ---- names */

static size_t some_number(void *user, const uint8_t *code, size_t size, char *text, size_t room) {
    (void)code;
    snprintf(text, room, "0x%lx 0x 0xzz x0x12, 0x%lx!", *(const unsigned long *)user, *(const unsigned long *)user);
    return size;
}

static void only_known_addresses_have_names(void **state) {
    (void)state;
    if (!gyr__native_exists) return;
    gyr_plan *p = plan();
    unsigned long number = 0x1234567;
    char *text = printed(p, false, some_number, &number);
    assert_non_null(strstr(text, "  0x1234567 0x 0xzz x0x12, 0x1234567!\n"));
    free(text);
    number = (unsigned long)(uintptr_t)gyr__leaves_for(gyr__cpu_level())->i32;
    text = printed(p, false, some_number, &number);
    assert_non_null(strstr(text, "  leaf i32 0x 0xzz x0x12, leaf i32!\n"));
    free(text);
    gyr_plan_free(p);
}

/* ---- disassemblers that do what they should not */

static size_t nothing(void *user, const uint8_t *code, size_t size, char *text, size_t room) {
    (void)user, (void)code, (void)size;
    memset(text, 'x', room);
    return 0;
}
static size_t too_much(void *user, const uint8_t *code, size_t size, char *text, size_t room) {
    memset(text, 'x', room);
    return nothing(user, code, size, text, room) + size + 1;
}
static size_t endless_text(void *user, const uint8_t *code, size_t size, char *text, size_t room) {
    (void)user, (void)code, (void)size;
    memset(text, 'x', room);
    return 1;
}
static size_t many_names(void *user, const uint8_t *code, size_t size, char *text, size_t room) {
    (void)user, (void)size;
    for (size_t at = 0; at + 16 < room; at += strlen(text + at))
        snprintf(text + at, room - at, "0x%lx", (unsigned long)(uintptr_t)code + 1);
    return 1;
}

static void bad_disassemblers(void **state) {
    (void)state;
    if (!gyr__native_exists) return;
    gyr_plan *p = plan();
    gyr_disassemble_fn *const bad[] = {nothing, too_much, endless_text, many_names};
    size_t bytes[4];
    for (int i = 0; i < 4; i++) {
        char *text = printed(p, false, bad[i], NULL);
        plan_is_the_same(p, text);
        bytes[i] = bytes_shown(text);
        free(text);
        free(printed(p, true, bad[i], NULL));
    }
    for (int i = 1; i < 4; i++) assert_int_equal(bytes[i], bytes[0]);
    gyr_plan_free(p);
}

/* ---- refusals */

static void bad_variables(void **state) {
    (void)state;
    gyr_plan *p = plan();
    gyr_buffer out = {0};
    assert_int_equal(gyr_plan_print_native(p, gyr_s("{\"n\": 3}"), false, NULL, NULL, &out), GYR_ERR_ARGUMENT);
    assert_int_equal(out.len, 0);
    gyr_plan_free(p);
}

static void memory_out(void **state) {
    (void)state;
    bool failed = true;
    for (uint64_t n = 1; failed; n++) {
        faulty f = {0};
        gyr_allocator al = faulty_allocator(&f);
        gyr_plan *p = plan_new(&al);
        assert_non_null(p);
        f.fail_at = f.calls + n;
        gyr_buffer out = {.allocator = al};
        gyr_status status = gyr_plan_print_native(p, gyr_s(""), n % 2, NULL, NULL, &out);
        failed = f.failed;
        assert_true(status == GYR_OK || (failed && status == GYR_ERR_MEMORY));
        gyr_buffer_free(&out);
        gyr_plan_free(p);
        assert_int_equal(f.live, 0);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_code_is_shown), cmocka_unit_test(only_known_addresses_have_names),
        cmocka_unit_test(bad_disassemblers), cmocka_unit_test(bad_variables),
        cmocka_unit_test(memory_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
