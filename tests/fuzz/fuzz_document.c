/* Any bytes as a document, under the default limits: one positioned error, or nodes that print; what is printed parses
 * again to the same print, and so does the text without what is ignored.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "base/str.h"
#include "language/parse.h"
#include "language/print.h"
#include "language/strip.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The print of the text, or {NULL,0} with exactly one error that has a place. */
static gyr_str print_of(gyr__arena *arena, gyr_str text, const gyr__parse_options *options) {
    gyr__source source = gyr__source_of(text, gyr_s("d"));
    gyr__ast_document *document = NULL;
    gyr_errors errors;
    gyr__errors_init(&errors, NULL, 0);
    gyr_status status = gyr__parse_document(arena, &source, options, &errors, &document);
    gyr_str out = {NULL, 0};
    if (status == GYR_OK)
        out = gyr__print(arena, &document->node);
    else if (errors.list.len != 1 || errors.list.items[0].status != status)
        abort();
    else if (status == GYR_ERR_SYNTAX &&
             (errors.list.items[0].location_count != 1 || !errors.list.items[0].locations[0].line))
        abort();
    if (status == GYR_OK && (errors.list.len || !out.ptr)) abort();
    gyr__errors_fini(&errors);
    return out;
}

static void check_strip(gyr__arena *arena, gyr_str text, gyr_str print, const gyr__parse_options *again) {
    gyr__source source = gyr__source_of(text, gyr_s("d"));
    gyr_errors errors;
    gyr_str stripped;
    gyr__errors_init(&errors, NULL, 0);
    if (gyr__strip_ignored(arena, &source, NULL, &errors, &stripped)) abort();
    gyr__errors_fini(&errors);
    if (!gyr__str_eq(print_of(arena, stripped, again), print)) abort();
}

static void check(gyr_str text, bool experiments) {
    /* a print is longer than its text by the indentation */
    const gyr_limits longer = {.size = sizeof longer, .document_bytes = GYR_UNLIMITED};
    gyr__parse_options options = {.fragment_arguments = experiments, .directives_on_directives = experiments};
    gyr__parse_options again = options;
    gyr__arena arena;
    gyr__arena_init(&arena, NULL, 0);
    again.limits = &longer;
    gyr_str print = print_of(&arena, text, &options);
    if (print.ptr) {
        if (!gyr__str_eq(print_of(&arena, print, &again), print)) abort();
        check_strip(&arena, text, print, &again);
    }
    gyr__arena_fini(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    gyr_str text = gyr_str_of((const char *)data, size);
    check(text, false);
    check(text, true);
    return 0;
}
