/* Prints machine code below ops: an instruction a line when there is a disassembler, else 16 bytes a line. The rare part of
 * an op stands below its usual one and is marked with ~, though it lies behind all ops.
 *
 * Addresses in the text of instructions are looked up: ops, functions that code calls. What is left are constants.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "api/native.h"
#include "exec/exec.h"

#include <stdio.h>
#include <stdlib.h>

enum { TEXT_BYTES = 192, ROW = 16 };

static void put_text(gyr__json_out *out, const char *text) { gyr__json_raw(out, gyr_str_of(text, strlen(text))); }

static void key(gyr__json_out *out, const char *name) { gyr__json_key(out, gyr_str_of(name, strlen(name))); }

/* ---- a program */

static void program_note(void *user, gyr__variant *v, const gyr__program *p, bool json, gyr__json_out *out) {
    gyr__native_notes *n = user;
    if (!gyr__native_ready(p) && !gyr__native_refused(p)) gyr__native_compile(v, &gyr__helper_table);
    n->native = atomic_load(&v->plan->schema->native);
    n->program = p;
    n->code = gyr__native_ready(p) ? atomic_load_explicit(&p->native, memory_order_acquire) : NULL;
    n->cold = n->code ? n->code->cold : 0;
    char line[160] = "  no machine code: refused by the system, or not for this processor\n";
    const char *format = "  %zu bytes of machine code, %zu of them for what is rare; leaves for %s\n";
    if (json) {
        key(out, "code");
        strcpy(line, "null");
        format = "{\"bytes\":%zu,\"rare\":%zu,\"leaves\":\"%s\"}";
    }
    if (n->code)
        snprintf(line, sizeof line, format, n->code->code.size, n->code->code.size - n->code->cold,
                 gyr__cpu_name(n->native->leaves.cpu));
    (json ? gyr__json_put_json : gyr__json_raw)(out, gyr_str_of(line, strlen(line)));
}

/* ---- names of addresses */

/* The op whose usual part is at an offset below `cold`. */
static uint32_t op_at(const gyr__program *p, uint32_t offset) {
    uint32_t low = 0, high = p->op_count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (p->ops[middle].entry <= offset)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static void name_code(const gyr__native_notes *n, uint32_t offset, char name[64]) {
    const gyr__program *p = n->program;
    uint32_t op = 0, start = n->code->cold;
    const char *rare = "";
    if (offset < start) {
        op = op_at(p, offset);
        start = p->ops[op].entry;
    } else {
        for (rare = "~"; op < p->op_count; op++) {
            uint32_t size = gyr__native_cold_size(&p->ops[op]);
            if (offset - start < size) break;
            start += size;
        }
    }
    if (op == p->op_count)
        snprintf(name, 64, "code+0x%x", offset); /* a way to a function that is far */
    else if (offset == start)
        snprintf(name, 64, "op %u%s", op, rare);
    else
        snprintf(name, 64, "op %u%s+0x%x", op, rare, offset - start);
}

static bool name_of(const gyr__native_notes *n, uint64_t address, char name[64]) {
    uint64_t offset = address - (uintptr_t)n->code->code.run, record = address - (uintptr_t)n->program->ops;
    const char *callee = gyr__native_callee(n->native, &gyr__helper_table, address);
    if (callee)
        snprintf(name, 64, "%s", callee);
    else if (offset < n->code->code.size)
        name_code(n, (uint32_t)offset, name);
    else if (record < n->program->op_count * sizeof(gyr__op) && record % sizeof(gyr__op) == 0)
        snprintf(name, 64, "&op %u", (unsigned)(record / sizeof(gyr__op)));
    else
        return false;
    return true;
}

/* Copies the text, names in place of numbers that are known addresses. */
static void with_names(const gyr__native_notes *n, const char *text, char out[TEXT_BYTES]) {
    size_t len = 0;
    while (*text && len + 64 < TEXT_BYTES) {
        char *end = NULL;
        if (text[0] != '0' || text[1] != 'x') {
            out[len++] = *text++;
            continue;
        }
        uint64_t value = strtoull(text, &end, 16);
        if (name_of(n, value, out + len)) {
            len += strlen(out + len);
            text = end;
        } else {
            while (text < end && len + 1 < TEXT_BYTES) out[len++] = *text++;
        }
    }
    out[len] = '\0';
}

/* ---- an instruction */

/* Its bytes, and its text; or a row of bytes, and "". */
static size_t instruction(const gyr__native_notes *n, const uint8_t *at, size_t size, char text[TEXT_BYTES]) {
    char plain[TEXT_BYTES] = "";
    size_t len = n->disassemble ? n->disassemble(n->user, at, size, plain, sizeof plain) : 0;
    text[0] = '\0';
    if (!len || len > size) return GYR__MIN(size, n->disassemble ? 4 : ROW);
    plain[sizeof plain - 1] = '\0';
    with_names(n, plain, text);
    return GYR__MIN(len, ROW);
}

static void hex_of(const uint8_t *at, size_t len, const char *between, char hex[3 * ROW + 1]) {
    size_t used = 0;
    hex[0] = '\0';
    for (size_t i = 0; i < len; i++)
        used += (size_t)snprintf(hex + used, 3 * ROW + 1 - used, "%s%02x", i ? between : "", at[i]);
}

static void put_instruction(const uint8_t *at, size_t len, uint32_t offset, bool rare, const char *text,
                            gyr__json_out *out) {
    char hex[3 * ROW + 1], line[TEXT_BYTES + 3 * ROW + 32];
    hex_of(at, len, " ", hex);
    int n = snprintf(line, sizeof line, "      %c %5x  %-29s", rare ? '~' : ' ', offset, hex);
    if (*text) n += snprintf(line + n, sizeof line - (size_t)n, "  %s", text);
    while (n > 0 && line[n - 1] == ' ') n--;
    gyr__json_raw(out, gyr_str_of(line, (size_t)n));
    put_text(out, "\n");
}

static void json_instruction(const uint8_t *at, size_t len, uint32_t offset, bool rare, const char *text,
                             gyr__json_out *out) {
    char hex[3 * ROW + 1];
    hex_of(at, len, "", hex);
    gyr__json_begin_object(out);
    key(out, "at");
    gyr__json_put_u64(out, offset);
    key(out, "bytes");
    gyr__json_put_str(out, gyr_str_of(hex, strlen(hex)));
    if (*text) {
        key(out, "text");
        gyr__json_put_str(out, gyr_str_of(text, strlen(text)));
    }
    key(out, "rare");
    gyr__json_put_bool(out, rare);
    gyr__json_end_object(out);
}

static void put_part(const gyr__native_notes *n, uint32_t at, uint32_t end, bool rare, bool json, gyr__json_out *out) {
    while (at < end) {
        char text[TEXT_BYTES];
        const uint8_t *code = n->code->code.run + at;
        size_t len = instruction(n, code, end - at, text);
        (json ? json_instruction : put_instruction)(code, len, at, rare, text, out);
        at += (uint32_t)len;
    }
}

static void op_note(void *user, const gyr__program *p, uint32_t op, bool json, gyr__json_out *out) {
    gyr__native_notes *n = user;
    if (!n->code) return;
    uint32_t end = op + 1 < p->op_count ? p->ops[op + 1].entry : n->code->cold;
    uint32_t rare = n->cold, size = gyr__native_cold_size(&p->ops[op]);
    n->cold += size;
    if (json) {
        key(out, "code");
        gyr__json_begin_array(out);
    }
    put_part(n, p->ops[op].entry, end, false, json, out);
    put_part(n, rare, rare + size, true, json, out);
    if (json) gyr__json_end_array(out);
}

gyr__plan_notes gyr__native_notes_of(gyr__native_notes *state) {
    return (gyr__plan_notes){state, program_note, op_note};
}
