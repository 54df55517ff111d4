/* See print_schema.h.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "type/print_schema.h"
#include "language/print.h"

typedef struct printer {
    gyr__json_out *out;
    gyr__arena *scratch;
} printer;

static void put(printer *p, gyr_str text) { gyr__json_raw(p->out, text); }
#define PUT(p, literal) put((p), gyr_s(literal))

/* ---- descriptions */

/* Whether a block string can say the text: no control characters, no carriage return, no blank first or last
 * line, no indentation that all lines have in common. */
static bool fits_block(gyr_str s) {
    bool empty_line = true, indent = false, common_indent = true, seen_line = false;
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c == '\n') {
            if (empty_line && !seen_line) return false;
            seen_line = true;
            empty_line = true;
            indent = false;
        } else if (c == ' ' || c == '\t') {
            indent = indent || empty_line;
        } else if (c < 0x10) {
            return false;
        } else {
            common_indent = common_indent && indent;
            empty_line = false;
        }
    }
    return !s.len || (!empty_line && !(common_indent && seen_line));
}

static void put_description(printer *p, gyr_str text, gyr_str indent, bool first) {
    if (!text.ptr) return;
    gyr_str printed =
        fits_block(text) ? gyr__print_block_string(p->scratch, text) : gyr__print_string(p->scratch, text);
    if (indent.len && !first) PUT(p, "\n");
    put(p, indent);
    while (printed.len) {
        const char *end = memchr(printed.ptr, '\n', printed.len);
        size_t n = end ? (size_t)(end - printed.ptr) + 1 : printed.len;
        put(p, gyr_str_of(printed.ptr, n));
        if (end) put(p, indent);
        printed = gyr__str_slice(printed, n, printed.len);
    }
    PUT(p, "\n");
}

/* ---- members */

static void put_type(printer *p, gyr__type_ref t) { put(p, gyr__type_ref_text(p->scratch, t)); }

static void put_deprecated(printer *p, gyr_str reason) {
    if (!reason.ptr) return;
    PUT(p, " @deprecated");
    if (gyr__str_is(reason, "No longer supported")) return;
    PUT(p, "(reason: ");
    put(p, gyr__print_string(p->scratch, reason));
    PUT(p, ")");
}

static void put_input(printer *p, const gyr__input *input) {
    put(p, input->def.name);
    PUT(p, ": ");
    put_type(p, input->type);
    if (input->has_default) {
        PUT(p, " = ");
        put(p, input->default_text);
    }
    put_deprecated(p, input->def.deprecation_reason);
}

static void put_args(printer *p, const gyr__input *args, uint32_t count, bool in_type) {
    bool described = false;
    if (!count) return;
    for (uint32_t i = 0; i < count; i++) described |= args[i].def.description.ptr != NULL;
    if (!described) {
        for (uint32_t i = 0; i < count; i++) {
            put(p, i ? gyr_s(", ") : gyr_s("("));
            put_input(p, &args[i]);
        }
        PUT(p, ")");
        return;
    }
    gyr_str indent = in_type ? gyr_s("    ") : gyr_s("  ");
    PUT(p, "(\n");
    for (uint32_t i = 0; i < count; i++) {
        put_description(p, args[i].def.description, indent, i == 0);
        put(p, indent);
        put_input(p, &args[i]);
        PUT(p, "\n");
    }
    put(p, in_type ? gyr_s("  )") : gyr_s(")"));
}

/* Before each member of a block; after the last comes close_block. */
static void open_member(printer *p, const gyr__def *def, uint32_t i) {
    put(p, i ? gyr_s("\n") : gyr_s(" {\n"));
    put_description(p, def->description, gyr_s("  "), i == 0);
    PUT(p, "  ");
}

static void close_block(printer *p, uint32_t count) {
    if (count) PUT(p, "\n}");
}

static void put_fields(printer *p, const gyr__type *t) {
    for (uint32_t i = 0; i < t->field_count; i++) {
        const gyr__field *f = &t->fields[i];
        open_member(p, &f->def, i);
        put(p, f->def.name);
        put_args(p, f->args, f->arg_count, true);
        PUT(p, ": ");
        put_type(p, f->type);
        put_deprecated(p, f->def.deprecation_reason);
    }
    close_block(p, t->field_count);
}

static void put_values(printer *p, const gyr__type *t) {
    for (uint32_t i = 0; i < t->value_count; i++) {
        open_member(p, &t->values[i].def, i);
        put(p, t->values[i].def.name);
        put_deprecated(p, t->values[i].def.deprecation_reason);
    }
    close_block(p, t->value_count);
}

static void put_inputs(printer *p, const gyr__type *t) {
    for (uint32_t i = 0; i < t->input_count; i++) {
        open_member(p, &t->inputs[i].def, i);
        put_input(p, &t->inputs[i]);
    }
    close_block(p, t->input_count);
}

static void put_names(printer *p, gyr_str before, gyr_str between, const gyr__type *const *types, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        put(p, i ? between : before);
        put(p, types[i]->def.name);
    }
}

/* ---- definitions */

void gyr__type_print(const gyr__type *t, gyr__arena *scratch, gyr__json_out *out) {
    static const char *const keywords[] = {"scalar ", "type ", "interface ", "union ", "enum ", "input "};
    printer self = {out, scratch}, *p = &self;
    put_description(p, t->def.description, gyr_s(""), true);
    put(p, gyr_str_of(keywords[t->kind], strlen(keywords[t->kind])));
    put(p, t->def.name);
    switch (t->kind) {
    case GYR__SCALAR:
        if (!t->specified_by_url.ptr) break;
        PUT(p, " @specifiedBy(url: ");
        put(p, gyr__print_string(scratch, t->specified_by_url));
        PUT(p, ")");
        break;
    case GYR__OBJECT:
    case GYR__INTERFACE:
        put_names(p, gyr_s(" implements "), gyr_s(" & "), t->interfaces, t->interface_count);
        put_fields(p, t);
        break;
    case GYR__UNION: put_names(p, gyr_s(" = "), gyr_s(" | "), t->possible, t->possible_count); break;
    case GYR__ENUM: put_values(p, t); break;
    case GYR__INPUT_OBJECT:
        if (t->is_one_of) PUT(p, " @oneOf");
        put_inputs(p, t);
        break;
    }
}

static void put_directive(printer *p, const gyr__directive *d) {
    put_description(p, d->def.description, gyr_s(""), true);
    PUT(p, "directive @");
    put(p, d->def.name);
    put_args(p, d->args, d->arg_count, false);
    if (d->repeatable) PUT(p, " repeatable");
    for (uint32_t i = 0; i < d->location_count; i++) {
        put(p, i ? gyr_s(" | ") : gyr_s(" on "));
        put(p, gyr__directive_location_name((gyr__directive_location)d->location_list[i]));
    }
}

/* Left out when it would say what is the case without it. */
static bool put_schema_definition(printer *p, const gyr_schema *s) {
    static const char *const names[] = {"Query", "Mutation", "Subscription"};
    static const char *const keywords[] = {"  query: ", "  mutation: ", "  subscription: "};
    bool usual = !s->def.description.ptr;
    for (int i = 0; i < 3; i++) usual &= s->roots[i] == gyr__schema_type(s, gyr_str_of(names[i], strlen(names[i])));
    if (usual || (!s->roots[0] && !s->roots[1] && !s->roots[2])) return false;
    put_description(p, s->def.description, gyr_s(""), true);
    PUT(p, "schema {\n");
    for (int i = 0; i < 3; i++) {
        if (!s->roots[i]) continue;
        put(p, gyr_str_of(keywords[i], strlen(keywords[i])));
        put(p, s->roots[i]->def.name);
        PUT(p, "\n");
    }
    PUT(p, "}");
    return true;
}

gyr_status gyr__schema_print(const gyr_schema *s, gyr__json_out *out) {
    gyr__arena scratch;
    gyr__arena_init(&scratch, &s->allocator, 0);
    printer p = {out, &scratch};
    bool any = put_schema_definition(&p, s);
    for (uint32_t i = 0; i < s->directive_count; i++) {
        if (s->directives[i]->is_builtin) continue;
        if (any) PUT(&p, "\n\n");
        any = true;
        put_directive(&p, s->directives[i]);
    }
    for (uint32_t i = 0; i < s->type_count && !scratch.failed && !out->failed; i++) {
        if (s->types[i]->is_builtin) continue;
        if (any) PUT(&p, "\n\n");
        any = true;
        gyr__type_print(s->types[i], &scratch, out);
    }
    bool failed = scratch.failed;
    gyr__arena_fini(&scratch);
    if (out->over_limit) return GYR_ERR_LIMIT;
    return failed || out->failed ? GYR_ERR_MEMORY : GYR_OK;
}
