/* The plan for people and for programs: its fetch part as a tree, its write part as ops with their synopses. Synopses
 * come from op.def; {braces} in them are filled with the op's operands.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "plan/plan.h"

#include <stdarg.h>
#include <stdio.h>

typedef struct op_info {
    const char *name, *operands, *synopsis;
} op_info;

static const op_info info[] = {
#define OP(name, class, operands, room, synopsis) {#name, operands, synopsis},
#include "plan/op.def"
#undef OP
};

typedef struct printer {
    gyr__variant *v;
    gyr__json_out *out;
    const gyr__plan_notes *notes; /* NULL: none */
} printer;

static void put(printer *p, const char *format, ...) GYR__PRINTF(2, 3);
static void put(printer *p, const char *format, ...) {
    char line[512];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(line, sizeof line, format, args);
    va_end(args);
    if (n > 0) gyr__json_raw(p->out, gyr_str_of(line, GYR__MIN((size_t)n, sizeof line - 1)));
}

/* ---- an op */

static void put_data(gyr_str *at, char *end, const gyr__op *op) {
    char *to = (char *)at->ptr + at->len;
    size_t room = (size_t)(end - to);
    int n = 0;
    if (op->code == GYR__OP_copy) {
        const gyr_str *s = op->data;
        n = snprintf(to, room, "%.*s%s", (int)GYR__MIN(s->len, 60), s->ptr, s->len > 60 ? "..." : "");
    } else if (op->data && op->code != GYR__OP_raise && op->code != GYR__OP_defer) {
        const gyr__field *f = ((const gyr__field_plan *)op->data)->def;
        n = snprintf(to, room, "%.*s.%.*s", (int)f->parent->def.name.len, f->parent->def.name.ptr, (int)f->def.name.len,
                     f->def.name.ptr);
    }
    if (n > 0) at->len += GYR__MIN((size_t)n, room ? room - 1 : 0);
}

static gyr_str synopsis(const gyr__op *op, char *buffer, size_t size) {
    gyr_str out = {buffer, 0};
    char *end = buffer + size;
    static const struct {
        const char *key;
        size_t offset, width;
    } operand[] = {{"{off}", offsetof(gyr__op, off), 4},
                   {"{aux}", offsetof(gyr__op, aux), 4},
                   {"{slot}", offsetof(gyr__op, slot), 2},
                   {"{row}", offsetof(gyr__op, row), 2},
                   {"{jump}", offsetof(gyr__op, jump), 4},
                   {"{fail}", offsetof(gyr__op, fail), 4},
                   {"{data}", 0, 0}};
    for (const char *s = info[op->code].synopsis; *s && out.len + 16 < size;) {
        if (op->jump == UINT32_MAX && !strncmp(s, "; null", 6)) break; /* never null */
        size_t k = 0;
        while (k < GYR__COUNT(operand) && strncmp(s, operand[k].key, strlen(operand[k].key)) != 0) k++;
        if (k == GYR__COUNT(operand)) {
            buffer[out.len++] = *s++;
            continue;
        }
        s += strlen(operand[k].key);
        uint32_t v = 0;
        if (!operand[k].width) {
            put_data(&out, end, op);
            continue;
        }
        uint16_t v16;
        if (operand[k].width == 4)
            memcpy(&v, (const char *)op + operand[k].offset, 4);
        else
            memcpy(&v16, (const char *)op + operand[k].offset, 2), v = v16;
        out.len += (size_t)snprintf(buffer + out.len, size - out.len, operand[k].key[1] == 's' ? "s%u" : "%u", v);
    }
    return out;
}

static void put_op(printer *p, uint32_t i, const gyr__op *op) {
    char text[256];
    gyr_str s = synopsis(op, text, sizeof text);
    put(p, "  %4u  %-12s", i, info[op->code].name);
    if (op->len) {
        char prefix[sizeof op->text + 1];
        memcpy(prefix, op->text, sizeof op->text);
        put(p, " %-17.*s", (int)op->len, prefix);
    } else {
        put(p, " %-17s", "");
    }
    put(p, " %.*s", (int)s.len, s.ptr);
    if (op->fail != UINT32_MAX) put(p, "; on failure go to %u", op->fail);
    put(p, "\n");
}

static void put_program(printer *p, const gyr__program *program) {
    gyr_str name = program->shape->type->def.name;
    put(p, "program %.*s: %u ops, %u slots\n", (int)name.len, name.ptr, program->op_count, program->slot_count);
    if (p->notes) p->notes->program(p->notes->user, p->v, program, false, p->out);
    for (uint32_t i = 0; i < program->op_count; i++) {
        put_op(p, i, &program->ops[i]);
        if (p->notes) p->notes->op(p->notes->user, program, i, false, p->out);
    }
}

/* ---- the fetch part */

static const char *source_name(const gyr__field_plan *f) {
    static const char *const name[] = {"constant", "member", "getter", "resolver", "batch"};
    return name[f->source];
}

static bool visible(const gyr__field_plan *f) { return f->fetch || (f->sub && f->sub->only); }

static void put_fetches(printer *p, const gyr__shape *shape, uint32_t depth) {
    for (uint32_t i = 0; shape && i < shape->field_count && depth < 100; i++) {
        const gyr__field_plan *f = &shape->fields[i];
        if (!f->fetch) continue;
        put(p, "%*s%.*s: %s %.*s.%.*s", (int)(2 + 2 * depth), "", (int)f->key.len, f->key.ptr, source_name(f),
            (int)f->def->parent->def.name.len, f->def->parent->def.name.ptr, (int)f->def->def.name.len,
            f->def->def.name.ptr);
        if (f->fetch->group) put(p, ", group %u", f->fetch->group->id);
        if (f->args) put(p, f->args->constant ? ", constant arguments" : ", arguments from variables");
        if (f->sub && !f->sub->only) put(p, ", by type");
        put(p, "\n");
        if (f->sub && visible(f)) put_fetches(p, f->sub->only, depth + 1);
    }
}

/* ---- programs below */

static void each_program(printer *p, gyr__shape *shape, uint32_t depth,
                         void (*put_one)(printer *, const gyr__program *)) {
    if (!shape || depth > 200) return;
    if (shape->program) put_one(p, shape->program);
    for (uint32_t i = 0; i < shape->field_count; i++) {
        gyr__selection *s = shape->fields[i].sub;
        if (!s) continue;
        if (s->only && shape->fields[i].source != GYR__FROM_CONSTANT) each_program(p, s->only, depth + 1, put_one);
        for (uint32_t k = 0; s->shapes && k < s->type->possible_count; k++)
            each_program(p, gyr__selection_shape(p->v, s, s->type->possible[k]), depth + 1, put_one);
    }
}

/* ---- JSON */

static void json_op(printer *p, const gyr__program *program, uint32_t i) {
    char text[256];
    gyr__json_out *o = p->out;
    const gyr__op *op = &program->ops[i];
    gyr__json_begin_object(o);
    gyr__json_key(o, gyr_s("op"));
    gyr__json_put_str(o, gyr_str_of(info[op->code].name, strlen(info[op->code].name)));
    if (op->len) {
        gyr__json_key(o, gyr_s("text"));
        gyr__json_put_str(o, gyr_str_of((const char *)op->text, op->len));
    }
    if (op->jump != UINT32_MAX) {
        gyr__json_key(o, gyr_s("jump"));
        gyr__json_put_u64(o, op->jump);
    }
    if (op->fail != UINT32_MAX) {
        gyr__json_key(o, gyr_s("fail"));
        gyr__json_put_u64(o, op->fail);
    }
    gyr__json_key(o, gyr_s("synopsis"));
    gyr__json_put_str(o, synopsis(op, text, sizeof text));
    if (p->notes) p->notes->op(p->notes->user, program, i, true, o);
    gyr__json_end_object(o);
}

static void json_program(printer *p, const gyr__program *program) {
    gyr__json_out *o = p->out;
    gyr__json_begin_object(o);
    gyr__json_key(o, gyr_s("type"));
    gyr__json_put_str(o, program->shape->type->def.name);
    gyr__json_key(o, gyr_s("slots"));
    gyr__json_put_u64(o, program->slot_count);
    if (p->notes) p->notes->program(p->notes->user, p->v, program, true, o);
    gyr__json_key(o, gyr_s("ops"));
    gyr__json_begin_array(o);
    for (uint32_t i = 0; i < program->op_count; i++) json_op(p, program, i);
    gyr__json_end_array(o);
    gyr__json_end_object(o);
}

static void json_fetches(gyr__json_out *o, const gyr__shape *shape, uint32_t depth) {
    gyr__json_begin_array(o);
    for (uint32_t i = 0; shape && i < shape->field_count && depth < 100; i++) {
        const gyr__field_plan *f = &shape->fields[i];
        if (!f->fetch) continue;
        gyr__json_begin_object(o);
        gyr__json_key(o, gyr_s("key"));
        gyr__json_put_str(o, f->key);
        gyr__json_key(o, gyr_s("type"));
        gyr__json_put_str(o, f->def->parent->def.name);
        gyr__json_key(o, gyr_s("field"));
        gyr__json_put_str(o, f->def->def.name);
        gyr__json_key(o, gyr_s("source"));
        gyr__json_put_str(o, gyr_str_of(source_name(f), strlen(source_name(f))));
        if (f->sub && f->sub->only) {
            gyr__json_key(o, gyr_s("fetches"));
            json_fetches(o, f->sub->only, depth + 1);
        }
        gyr__json_end_object(o);
    }
    gyr__json_end_array(o);
}

static void print_json(printer *p) {
    gyr__json_begin_object(p->out);
    gyr__json_key(p->out, gyr_s("fetches"));
    json_fetches(p->out, p->v->root->only, 0);
    gyr__json_key(p->out, gyr_s("programs"));
    gyr__json_begin_array(p->out);
    each_program(p, p->v->root->only, 0, json_program);
    gyr__json_end_array(p->out);
    gyr__json_end_object(p->out);
    gyr__json_raw(p->out, gyr_s("\n"));
}

static void print_text(printer *p) {
    gyr_str word = gyr__operation_type_name(p->v->plan->operation->operation);
    gyr_str name = p->v->plan->operation->name;
    put(p, "%.*s %.*s\n", (int)word.len, word.ptr, (int)name.len, name.ptr ? name.ptr : "");
    put(p, p->v->fetches ? "fetch part\n" : "no fetch part: one pass, no allocation per object\n");
    put_fetches(p, p->v->root->only, 0);
    put(p, "write part\n");
    each_program(p, p->v->root->only, 0, put_program);
}

gyr_status gyr__plan_print(gyr_plan *plan, const gyr__variables *variables, bool json, const gyr__plan_notes *notes,
                           gyr__json_out *out) {
    gyr__variant *v = gyr__variant_get(plan, variables, 0, NULL);
    if (!v) return GYR_ERR_MEMORY;
    printer p = {.v = v, .out = out, .notes = notes};
    if (json)
        print_json(&p);
    else
        print_text(&p);
    gyr__variant_release(v);
    return out->failed ? GYR_ERR_MEMORY : GYR_OK;
}
