/* diff: {before, after} -> {breaking: [{type, description}], dangerous: [..]}. Neither schema is checked, as
 * by the reference; the kinds of changes that it does not look for are left out.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "schema.h"
#include "type/diff.h"

static gyr_schema *side(adapter_request *r, gyr_str name) {
    gyr_source source = {name, request_text(r, name)};
    gyr_schema_options options = {.size = sizeof options,
                                  .sources = &source,
                                  .source_count = 1,
                                  .unbound = true,
                                  .lenient = true,
                                  .limits = *r->limits};
    return gyr__schema_assume_valid(&options, r->errors);
}

static void put_changes(adapter_request *r, gyr_str name, const gyr_changes *changes, gyr_severity severity) {
    gyr__json_key(r->out, name);
    gyr__json_begin_array(r->out);
    for (uint32_t i = 0; i < changes->list.len; i++) {
        const gyr__change *c = &changes->list.items[i];
        if (c->shown.severity != severity || c->kind >= GYR__FIRST_OWN_CHANGE) continue;
        gyr__json_begin_object(r->out);
        gyr__json_key(r->out, gyr_s("type"));
        gyr__json_put_str(r->out, c->shown.kind);
        gyr__json_key(r->out, gyr_s("description"));
        gyr__json_put_str(r->out, c->shown.description);
        gyr__json_end_object(r->out);
    }
    gyr__json_end_array(r->out);
}

void op_diff(adapter_request *r) {
    gyr_changes *changes = NULL;
    gyr_schema *before = side(r, gyr_s("before")), *after = before ? side(r, gyr_s("after")) : NULL;
    gyr__json_begin_object(r->out);
    if (after && gyr_schema_diff(before, after, &changes) == GYR_OK) {
        put_changes(r, gyr_s("breaking"), changes, GYR_BREAKING);
        put_changes(r, gyr_s("dangerous"), changes, GYR_DANGEROUS);
        if (request_option(r, gyr_s("safe"))) put_changes(r, gyr_s("safe"), changes, GYR_SAFE);
    } else {
        put_first_error(r);
    }
    gyr__json_end_object(r->out);
    gyr_changes_free(changes);
    gyr__schema_unref(before);
    gyr__schema_unref(after);
}
