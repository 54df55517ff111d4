/* See ast.h: what is generated from ast.def. Every kind gets a function that shows its fields to a visitor.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "language/ast.h"

/* Every list struct is a pointer and a count, so a list of any kind of node can be shown as gyr__node_list. */
static void visit_list(gyr__ast_visit *visit, void *user, const char *name, void *items, uint32_t count) {
    gyr__node_list list = {items, count};
    visit(user, name, GYR__FORM_LIST, &list);
}

#define GYR__NODE(KIND, type, Name)                                                                                    \
    static void fields_of_##type(const gyr__ast_##type *n, gyr__ast_visit *visit, void *user) {                        \
        (void)n, (void)visit, (void)user;
#define GYR__NODE_END           }
#define GYR__TEXT(name)         visit(user, #name, GYR__FORM_TEXT, &n->name);
#define GYR__TEXTS(name)        visit(user, #name, GYR__FORM_TEXTS, &n->name);
#define GYR__FLAG(name)         visit(user, #name, GYR__FORM_FLAG, &n->name);
#define GYR__OPERATION(name)    visit(user, #name, GYR__FORM_OPERATION, &n->name);
#define GYR__CHILD(type, name)  visit(user, #name, GYR__FORM_NODE, n->name);
#define GYR__ANY(name)          visit(user, #name, GYR__FORM_NODE, n->name);
#define GYR__INLINE(type, name) visit(user, #name, GYR__FORM_NODE, &n->name);
#define GYR__LIST(type, name)   visit_list(visit, user, #name, n->name.items, n->name.count);
#define GYR__ANYS(name)         visit_list(visit, user, #name, n->name.items, n->name.count);
#include "language/ast.def"

void gyr__ast_fields(const gyr__node *node, gyr__ast_visit *visit, void *user) {
    switch ((gyr__node_kind)node->kind) {
#define GYR__NODE(KIND, type, Name)                                                                                    \
    case GYR__AST_##KIND:                                                                                              \
        fields_of_##type((const gyr__ast_##type *)node, visit, user);                                                  \
        return;
#define GYR__NODE_SAME(KIND, type, Name)                                                                               \
    case GYR__AST_##KIND:                                                                                              \
        fields_of_##type((const gyr__ast_##type *)node, visit, user);                                                  \
        return;
#include "language/ast.def"
    case GYR__AST_KIND_COUNT: return;
    }
}

gyr_str gyr__node_kind_name(gyr__node_kind kind) {
    static const gyr_str names[] = {
#define GYR__NODE(KIND, type, Name)      {#Name, sizeof(#Name) - 1},
#define GYR__NODE_SAME(KIND, type, Name) {#Name, sizeof(#Name) - 1},
#include "language/ast.def"
    };
    return names[kind];
}

gyr_str gyr__operation_type_name(gyr__operation_type type) {
    return type == GYR__QUERY ? gyr_s("query") : type == GYR__MUTATION ? gyr_s("mutation") : gyr_s("subscription");
}
