/* Any bytes as SDL: strict and lenient builds give a schema or errors; a schema prints, and what is printed
 * builds again.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "type/build.h"
#include "type/print_schema.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static gyr_schema *build(gyr_str sdl, bool lenient) {
    gyr_source source = {gyr_s("s"), sdl};
    gyr_schema_options options = {
        .size = sizeof options, .sources = &source, .source_count = 1, .unbound = true, .lenient = lenient};
    gyr_errors *errors = gyr__errors_new(NULL, 50);
    gyr_schema *s = gyr__schema_build(&options, errors);
    if ((s == NULL) != gyr__errors_any(errors)) abort();
    gyr_errors_free(errors);
    return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    gyr_str sdl = gyr_str_of((const char *)data, size);
    gyr_schema *strict = build(sdl, false), *lenient = build(sdl, true);
    if (strict && !lenient) abort();
    if (strict) {
        gyr__json_out out;
        gyr__json_out_init(&out, NULL, NULL, 0);
        if (gyr__schema_print(strict, &out)) abort();
        gyr_schema *again = build(gyr__json_out_text(&out), false);
        if (!again) abort();
        gyr__schema_unref(again);
        gyr__json_out_fini(&out);
    }
    gyr__schema_unref(strict);
    gyr__schema_unref(lenient);
    return 0;
}
