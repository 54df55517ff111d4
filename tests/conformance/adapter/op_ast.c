/* ast: {source, options?} -> {ast} or {error}: the reference's nodes, made from what ast.def says of ours.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "language.h"

typedef struct writer {
    adapter_request *r;
    const gyr__source *source;
    const uint32_t *utf16;
    uint32_t kind; /* of the node whose fields are shown */
} writer;

static void put_node(writer *w, const gyr__node *n);

static void put_loc(writer *w, uint32_t start, uint32_t end) {
    gyr__json_out *out = w->r->out;
    gyr__json_key(out, gyr_s("loc"));
    gyr__json_begin_object(out);
    gyr__json_key(out, gyr_s("start"));
    gyr__json_put_u64(out, w->utf16[start]);
    gyr__json_key(out, gyr_s("end"));
    gyr__json_put_u64(out, w->utf16[end]);
    gyr__json_end_object(out);
}

/* default_value -> defaultValue */
static void put_key(gyr__json_out *out, const char *name) {
    char camel[64];
    size_t n = 0;
    for (; *name && n < sizeof camel; name++) {
        if (*name == '_' && name[1])
            camel[n++] = (char)(*++name - 'a' + 'A');
        else
            camel[n++] = *name;
    }
    gyr__json_key(out, gyr_str_of(camel, n));
}

static void put_name(writer *w, gyr_str name) {
    gyr__json_out *out = w->r->out;
    uint32_t start = gyr__source_offset(w->source, name.ptr);
    gyr__json_begin_object(out);
    gyr__json_key(out, gyr_s("kind"));
    gyr__json_put_str(out, gyr_s("Name"));
    gyr__json_key(out, gyr_s("value"));
    gyr__json_put_str(out, name);
    put_loc(w, start, start + (uint32_t)name.len);
    gyr__json_end_object(out);
}

static void put_field(void *user, const char *name, gyr__ast_form form, const void *value) {
    writer *w = user;
    gyr__json_out *out = w->r->out;
    bool literal = w->kind == GYR__AST_INT || w->kind == GYR__AST_FLOAT || w->kind == GYR__AST_ENUM;
    const gyr__text_list *texts = value;
    const gyr__node_list *list = value;
    if (form == GYR__FORM_NODE && (!value || (w->kind != GYR__AST_SELECTION_SET && strcmp(name, "selection_set") == 0 &&
                                              !((const gyr__ast_selection_set *)value)->selections.count)))
        return;
    if (form == GYR__FORM_TEXT && !((const gyr_str *)value)->ptr) return;
    if (w->kind == GYR__AST_DIRECTIVE_EXTENSION && form == GYR__FORM_FLAG) return;
    put_key(out, name);
    switch (form) {
    case GYR__FORM_TEXT:
        if (literal)
            gyr__json_put_str(out, *(const gyr_str *)value);
        else
            put_name(w, *(const gyr_str *)value);
        return;
    case GYR__FORM_TEXTS:
        gyr__json_begin_array(out);
        for (uint32_t i = 0; i < texts->count; i++) put_name(w, texts->items[i]);
        gyr__json_end_array(out);
        return;
    case GYR__FORM_FLAG: gyr__json_put_bool(out, *(const bool *)value); return;
    case GYR__FORM_OPERATION:
        gyr__json_put_str(out, gyr__operation_type_name(*(const gyr__operation_type *)value));
        return;
    case GYR__FORM_NODE: put_node(w, value); return;
    case GYR__FORM_LIST:
        gyr__json_begin_array(out);
        for (uint32_t i = 0; i < list->count; i++) put_node(w, list->items[i]);
        gyr__json_end_array(out);
        return;
    }
}

static void put_node(writer *w, const gyr__node *n) {
    gyr__json_out *out = w->r->out;
    uint32_t outer = w->kind;
    w->kind = n->kind;
    gyr__json_begin_object(out);
    gyr__json_key(out, gyr_s("kind"));
    gyr__json_put_str(out, gyr__node_kind_name((gyr__node_kind)n->kind));
    if (n->kind == GYR__AST_STRING) {
        gyr__json_key(out, gyr_s("value"));
        gyr__json_put_str(out, gyr__ast_string_text(w->r->arena, gyr__ast_as(string, n)));
        gyr__json_key(out, gyr_s("block"));
        gyr__json_put_bool(out, gyr__ast_as(string, n)->block);
    } else {
        gyr__ast_fields(n, put_field, w);
    }
    put_loc(w, n->start, n->end);
    gyr__json_end_object(out);
    w->kind = outer;
}

void op_ast(adapter_request *r) {
    gyr__source source = gyr__source_of(request_text(r, gyr_s("source")), gyr_s(""));
    gyr__parse_options options = request_parse_options(r);
    gyr__ast_document *document;
    gyr_status status = gyr__parse_document(r->arena, &source, &options, r->errors, &document);
    gyr__json_begin_object(r->out);
    if (status) {
        put_first_error(r);
    } else {
        writer w = {.r = r, .source = &source, .utf16 = utf16_offsets(r->arena, source.text)};
        gyr__json_key(r->out, gyr_s("ast"));
        put_node(&w, &document->node);
    }
    gyr__json_end_object(r->out);
}
