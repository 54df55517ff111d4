/* See print.h. Layout rules of the reference: what would make a line of more than 80 characters goes on lines
 * of its own (arguments of fields, lists, objects), definitions whose items have line breaks too. The length
 * that counts is that of the text on one line, which a measuring walk finds, giving up as soon as it is too
 * long: so printing stays linear.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "language/print.h"

#include "base/str.h"
#include "base/utf8.h"
#include "language/print_type_system.h"

enum { MAX_LINE_LENGTH = 80 };

void gyr__print_joined(gyr__text *t, gyr__print_list list, gyr_str separator) {
    for (uint32_t i = 0; i < list.count; i++) {
        if (i) gyr__put_lines(t, separator);
        gyr__print_node(t, list.items[i]);
    }
}

void gyr__print_block(gyr__text *t, gyr__print_list list, gyr_str open, gyr_str close) {
    gyr__put(t, open);
    t->indent++;
    gyr__put_newline(t);
    gyr__print_joined(t, list, gyr_s("\n"));
    t->indent--;
    gyr__put_newline(t);
    gyr__put(t, close);
}

void gyr__print_directives(gyr__text *t, gyr__ast_directive_list directives) {
    for (uint32_t i = 0; i < directives.count; i++) {
        gyr__puts(t, " ");
        gyr__print_node(t, &directives.items[i]->node);
    }
}

void gyr__print_description(gyr__text *t, gyr__ast_string *description) {
    if (!description) return;
    gyr__print_node(t, &description->node);
    gyr__put_newline(t);
}

void gyr__print_items(gyr__text *t, gyr__print_list list, bool indent) {
    if (!list.count) return;
    size_t len = t->len;
    gyr__puts(t, "(");
    gyr__print_joined(t, list, gyr_s(", "));
    gyr__puts(t, ")");
    if (t->failed || !memchr(t->bytes + len, '\n', t->len - len)) return;
    t->len = len;
    if (indent) {
        gyr__print_block(t, list, gyr_s("("), gyr_s(")"));
        return;
    }
    gyr__put_lines(t, gyr_s("(\n"));
    gyr__print_joined(t, list, gyr_s("\n"));
    gyr__put_lines(t, gyr_s("\n)"));
}

/* ---- measuring: length on one line in UTF-16 units, or something above `limit` */

static size_t width(gyr_str s) { return gyr__utf16_len(s.ptr, s.len); }
static size_t measure(gyr__text *t, const gyr__node *n, size_t limit);

static size_t measure_list(gyr__text *t, gyr__print_list list, size_t limit) {
    size_t sum = 0;
    for (uint32_t i = 0; i < list.count && sum <= limit; i++)
        sum += (i ? 2 : 0) + measure(t, list.items[i], limit - sum);
    return sum;
}

static size_t measure_string(gyr__text *t, const gyr__ast_string *s) {
    gyr__text own;
    gyr__text_init(&own, t->arena);
    gyr__print_node(&own, &s->node);
    size_t n = own.failed ? 0 : width(gyr_str_of(own.bytes, own.len));
    if (own.failed) t->failed = true;
    gyr__heap_free(&t->arena->allocator, own.bytes, own.cap);
    return n;
}

static size_t measure(gyr__text *t, const gyr__node *n, size_t limit) {
    switch (n->kind) {
    case GYR__AST_VARIABLE: return 1 + gyr__ast_as(variable, n)->name.len;
    case GYR__AST_INT: return gyr__ast_as(int, n)->value.len;
    case GYR__AST_FLOAT: return gyr__ast_as(float, n)->value.len;
    case GYR__AST_ENUM: return gyr__ast_as(enum, n)->value.len;
    case GYR__AST_BOOLEAN: return gyr__ast_as(boolean, n)->value ? 4 : 5;
    case GYR__AST_NULL: return 4;
    case GYR__AST_STRING: return measure_string(t, gyr__ast_as(string, n));
    case GYR__AST_LIST: return 2 + measure_list(t, gyr__printable(gyr__ast_as(list, n)->values), limit);
    case GYR__AST_OBJECT: return 4 + measure_list(t, gyr__printable(gyr__ast_as(object, n)->fields), limit);
    case GYR__AST_OBJECT_FIELD:
        return gyr__ast_as(object_field, n)->name.len + 2 + measure(t, gyr__ast_as(object_field, n)->value, limit);
    case GYR__AST_ARGUMENT:
        return gyr__ast_as(argument, n)->name.len + 2 + measure(t, gyr__ast_as(argument, n)->value, limit);
    case GYR__AST_FRAGMENT_ARGUMENT:
        return gyr__ast_as(fragment_argument, n)->name.len + 2 +
               measure(t, gyr__ast_as(fragment_argument, n)->value, limit);
    default: return 0;
    }
}

/* ---- values */

static void print_string(gyr__text *t, const gyr__ast_string *s) {
    gyr_str value = gyr__ast_string_text(t->arena, s);
    if (!value.ptr)
        t->failed = true;
    else if (s->block)
        gyr__put_block_string(t, value, false);
    else
        gyr__put_string(t, value);
}

static void print_list(gyr__text *t, gyr__print_list list) {
    if (2 + measure_list(t, list, MAX_LINE_LENGTH) > MAX_LINE_LENGTH) {
        gyr__print_block(t, list, gyr_s("["), gyr_s("]"));
        return;
    }
    gyr__puts(t, "[");
    gyr__print_joined(t, list, gyr_s(", "));
    gyr__puts(t, "]");
}

static void print_object(gyr__text *t, gyr__print_list list) {
    if (4 + measure_list(t, list, MAX_LINE_LENGTH) > MAX_LINE_LENGTH) {
        gyr__print_block(t, list, gyr_s("{"), gyr_s("}"));
        return;
    }
    gyr__puts(t, "{ ");
    gyr__print_joined(t, list, gyr_s(", "));
    gyr__puts(t, " }");
}

static void print_pair(gyr__text *t, gyr_str name, const gyr__node *value) {
    gyr__put(t, name);
    gyr__puts(t, ": ");
    gyr__print_node(t, value);
}

static void print_directive(gyr__text *t, const gyr__ast_directive *n) {
    gyr__puts(t, "@");
    gyr__put(t, n->name);
    if (!n->arguments.count) return;
    gyr__puts(t, "(");
    gyr__print_joined(t, gyr__printable(n->arguments), gyr_s(", "));
    gyr__puts(t, ")");
}

/* ---- executable definitions */

/* The arguments of a field or spread whose text began at `from`. */
static void print_arguments(gyr__text *t, size_t prefix, gyr__print_list arguments) {
    if (!arguments.count) return;
    if (prefix + measure_list(t, arguments, MAX_LINE_LENGTH) + 2 > MAX_LINE_LENGTH) {
        gyr__print_block(t, arguments, gyr_s("("), gyr_s(")"));
        return;
    }
    gyr__puts(t, "(");
    gyr__print_joined(t, arguments, gyr_s(", "));
    gyr__puts(t, ")");
}

static void print_selection_set(gyr__text *t, const gyr__ast_selection_set *n) {
    if (!n->selections.count)
        gyr__puts(t, "{}");
    else
        gyr__print_block(t, gyr__printable(n->selections), gyr_s("{"), gyr_s("}"));
}

static void print_field(gyr__text *t, const gyr__ast_field *n) {
    size_t prefix = n->name.len + (n->alias.ptr ? n->alias.len + 2 : 0);
    if (n->alias.ptr) {
        gyr__put(t, n->alias);
        gyr__puts(t, ": ");
    }
    gyr__put(t, n->name);
    print_arguments(t, prefix, gyr__printable(n->arguments));
    gyr__print_directives(t, n->directives);
    if (!n->selection_set.selections.count) return;
    gyr__puts(t, " ");
    print_selection_set(t, &n->selection_set);
}

static void print_spread(gyr__text *t, const gyr__ast_fragment_spread *n) {
    gyr__puts(t, "...");
    gyr__put(t, n->name);
    print_arguments(t, 3 + n->name.len, gyr__printable(n->arguments));
    gyr__print_directives(t, n->directives);
}

static void print_inline_fragment(gyr__text *t, const gyr__ast_inline_fragment *n) {
    gyr__puts(t, "...");
    if (n->type_condition) {
        gyr__puts(t, " on ");
        gyr__put(t, n->type_condition->name);
    }
    gyr__print_directives(t, n->directives);
    gyr__puts(t, " ");
    print_selection_set(t, &n->selection_set);
}

/* Behind `type T` or `extend schema @a` a brace would be theirs. */
static bool takes_brace(const gyr__node *n) {
    switch (n->kind) {
    case GYR__AST_OBJECT_TYPE_DEFINITION:
    case GYR__AST_OBJECT_TYPE_EXTENSION:
    case GYR__AST_INTERFACE_TYPE_DEFINITION:
    case GYR__AST_INTERFACE_TYPE_EXTENSION: return !gyr__ast_as(object_type_definition, n)->fields.count;
    case GYR__AST_INPUT_OBJECT_TYPE_DEFINITION:
    case GYR__AST_INPUT_OBJECT_TYPE_EXTENSION: return !gyr__ast_as(input_object_type_definition, n)->fields.count;
    case GYR__AST_ENUM_TYPE_DEFINITION:
    case GYR__AST_ENUM_TYPE_EXTENSION: return !gyr__ast_as(enum_type_definition, n)->values.count;
    case GYR__AST_SCHEMA_EXTENSION: return !gyr__ast_as(schema_definition, n)->operation_types.count;
    default: return false;
    }
}

static bool is_shorthand(const gyr__node *node) {
    if (node->kind != GYR__AST_OPERATION_DEFINITION) return false;
    const gyr__ast_operation_definition *n = gyr__ast_as(operation_definition, node);
    return n->operation == GYR__QUERY && !n->description && !n->name.ptr && !n->variable_definitions.count &&
           !n->directives.count;
}

static void print_document(gyr__text *t, const gyr__ast_document *n) {
    for (uint32_t i = 0; i < n->definitions.count; i++) {
        const gyr__node *definition = n->definitions.items[i];
        if (i) gyr__put_lines(t, gyr_s("\n\n"));
        if (i && is_shorthand(definition) && takes_brace(n->definitions.items[i - 1])) gyr__puts(t, "query ");
        gyr__print_node(t, definition);
    }
}

static void print_operation(gyr__text *t, const gyr__ast_operation_definition *n) {
    if (!is_shorthand(&n->node)) {
        gyr__print_description(t, n->description);
        gyr__put(t, gyr__operation_type_name(n->operation));
        if (n->name.ptr || n->variable_definitions.count) gyr__puts(t, " ");
        gyr__put(t, n->name);
        gyr__print_items(t, gyr__printable(n->variable_definitions), false);
        gyr__print_directives(t, n->directives);
        gyr__puts(t, " ");
    }
    print_selection_set(t, &n->selection_set);
}

static void print_fragment(gyr__text *t, const gyr__ast_fragment_definition *n) {
    gyr__print_description(t, n->description);
    gyr__puts(t, "fragment ");
    gyr__put(t, n->name);
    if (n->variable_definitions.count) {
        gyr__puts(t, "(");
        gyr__print_joined(t, gyr__printable(n->variable_definitions), gyr_s(", "));
        gyr__puts(t, ")");
    }
    gyr__puts(t, " on ");
    gyr__put(t, n->type_condition->name);
    gyr__print_directives(t, n->directives);
    gyr__puts(t, " ");
    print_selection_set(t, &n->selection_set);
}

static void print_variable_definition(gyr__text *t, const gyr__ast_variable_definition *n) {
    gyr__print_description(t, n->description);
    gyr__puts(t, "$");
    print_pair(t, n->variable.name, n->type);
    if (n->default_value) {
        gyr__puts(t, " = ");
        gyr__print_node(t, n->default_value);
    }
    gyr__print_directives(t, n->directives);
}

static void wrapped(gyr__text *t, gyr_str open, const gyr__node *n, gyr_str close) {
    gyr__put(t, open);
    gyr__print_node(t, n);
    gyr__put(t, close);
}

void gyr__print_node(gyr__text *t, const gyr__node *n) {
    switch (n->kind) {
    case GYR__AST_DOCUMENT: print_document(t, gyr__ast_as(document, n)); return;
    case GYR__AST_VARIABLE: gyr__puts(t, "$"), gyr__put(t, gyr__ast_as(variable, n)->name); return;
    case GYR__AST_STRING: print_string(t, gyr__ast_as(string, n)); return;
    case GYR__AST_ARGUMENT: print_pair(t, gyr__ast_as(argument, n)->name, gyr__ast_as(argument, n)->value); return;
    case GYR__AST_FRAGMENT_ARGUMENT:
        print_pair(t, gyr__ast_as(fragment_argument, n)->name, gyr__ast_as(fragment_argument, n)->value);
        return;
    case GYR__AST_OBJECT_FIELD:
        print_pair(t, gyr__ast_as(object_field, n)->name, gyr__ast_as(object_field, n)->value);
        return;
    case GYR__AST_DIRECTIVE: print_directive(t, gyr__ast_as(directive, n)); return;
    case GYR__AST_SELECTION_SET: print_selection_set(t, gyr__ast_as(selection_set, n)); return;
    case GYR__AST_VARIABLE_DEFINITION: print_variable_definition(t, gyr__ast_as(variable_definition, n)); return;
    case GYR__AST_OPERATION_DEFINITION: print_operation(t, gyr__ast_as(operation_definition, n)); return;
    case GYR__AST_FRAGMENT_DEFINITION: print_fragment(t, gyr__ast_as(fragment_definition, n)); return;
    case GYR__AST_FIELD: print_field(t, gyr__ast_as(field, n)); return;
    case GYR__AST_FRAGMENT_SPREAD: print_spread(t, gyr__ast_as(fragment_spread, n)); return;
    case GYR__AST_INLINE_FRAGMENT: print_inline_fragment(t, gyr__ast_as(inline_fragment, n)); return;
    case GYR__AST_INT: gyr__put(t, gyr__ast_as(int, n)->value); return;
    case GYR__AST_FLOAT: gyr__put(t, gyr__ast_as(float, n)->value); return;
    case GYR__AST_ENUM: gyr__put(t, gyr__ast_as(enum, n)->value); return;
    case GYR__AST_BOOLEAN: gyr__put(t, gyr__ast_as(boolean, n)->value ? gyr_s("true") : gyr_s("false")); return;
    case GYR__AST_NULL: gyr__puts(t, "null"); return;
    case GYR__AST_LIST: print_list(t, gyr__printable(gyr__ast_as(list, n)->values)); return;
    case GYR__AST_OBJECT: print_object(t, gyr__printable(gyr__ast_as(object, n)->fields)); return;
    case GYR__AST_NAMED_TYPE: gyr__put(t, gyr__ast_as(named_type, n)->name); return;
    case GYR__AST_LIST_TYPE: wrapped(t, gyr_s("["), gyr__ast_as(list_type, n)->type, gyr_s("]")); return;
    case GYR__AST_NON_NULL_TYPE: wrapped(t, gyr_s(""), gyr__ast_as(non_null_type, n)->type, gyr_s("!")); return;
    default: gyr__print_type_system(t, n); return;
    }
}

gyr_str gyr__print(gyr__arena *arena, const gyr__node *node) {
    gyr__text t;
    gyr__text_init(&t, arena);
    gyr__print_node(&t, node);
    return gyr__text_finish(&t);
}

gyr_str gyr__print_string(gyr__arena *arena, gyr_str text) {
    gyr__text t;
    gyr__text_init(&t, arena);
    gyr__put_string(&t, text);
    return gyr__text_finish(&t);
}

gyr_str gyr__print_block_string(gyr__arena *arena, gyr_str text) {
    gyr__text t;
    gyr__text_init(&t, arena);
    gyr__put_block_string(&t, text, false);
    return gyr__text_finish(&t);
}
