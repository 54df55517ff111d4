/* gyr diff: what changed between two schemas, and what that means to clients.
 * SPDX-License-Identifier: Apache-2.0 */
#include "input.h"
#include "pretty.h"
#include "term.h"
#include <string.h>

enum { DIFF_DANGEROUS = 3 }; /* exit code */

struct diff {
    struct input before, after;
    gyr_changes *changes;
    gyr_severity least; /* changes below it are not shown */
    bool json;
};

static const char *const severities[] = {"safe", "dangerous", "breaking"};

/* ---- for programs */

static json_t *change_json(const gyr_change *change) {
    json_t *object = json_object();
    json_object_set_new(object, "severity", json_string(severities[change->severity]));
    json_object_set_new(object, "kind", text_json(change->kind));
    json_object_set_new(object, "description", text_json(change->description));
    json_object_set_new(object, "coordinate", text_json(change->coordinate));
    if (!change->location.line) return object;
    json_object_set_new(object, "schema", json_string(change->before ? "old" : "new"));
    json_object_set_new(object, "source", text_json(change->source));
    json_object_set_new(
        object, "location",
        json_pack("{s:i,s:i}", "line", (int)change->location.line, "column", (int)change->location.column));
    return object;
}

static void print_json(const struct diff *diff) {
    json_t *list = json_array();
    for (int severity = GYR_BREAKING; severity >= (int)diff->least; severity--)
        for (uint32_t i = 0; i < gyr_changes_count(diff->changes); i++) {
            const gyr_change *change = gyr_changes_get(diff->changes, i);
            if ((int)change->severity == severity) json_array_append_new(list, change_json(change));
        }
    json_dumpf(list, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(list);
}

/* ---- for people: severity, place, description in columns */

static int place_width(const gyr_change *change) {
    if (!change->location.line) return 0;
    int width = snprintf(NULL, 0, ":%u:%u", change->location.line, change->location.column);
    for (size_t at = 0, bytes; at < change->source.len; at += bytes)
        width += term_width(term_point(gyr_str_of(change->source.ptr + at, change->source.len - at), &bytes));
    return width;
}

static void print_change(const gyr_change *change, int width, struct colors colors) {
    static const char *const pads[] = {"safe     ", "dangerous", "breaking "};
    const char *color = change->severity == GYR_BREAKING    ? colors.red
                        : change->severity == GYR_DANGEROUS ? colors.bold
                                                            : colors.dim;
    printf("%s%s%s  ", color, pads[change->severity], colors.plain);
    if (change->location.line) {
        term_put(stdout, change->source);
        printf(":%u:%u", change->location.line, change->location.column);
    }
    printf("%*s  ", width - place_width(change), "");
    gyr_str text = change->description;
    for (size_t at = 0, bytes; at < text.len; at += bytes) {
        uint32_t point = term_point(gyr_str_of(text.ptr + at, text.len - at), &bytes);
        term_put_point(stdout, point == '\n' ? ' ' : point); /* a change is a line */
    }
    putchar('\n');
}

static void print_text(const struct diff *diff) {
    struct colors colors = term_colors(stdout);
    uint32_t total = gyr_changes_count(diff->changes), counts[3] = {0};
    int width = 0;
    for (uint32_t i = 0; i < total; i++) {
        const gyr_change *change = gyr_changes_get(diff->changes, i);
        int own = change->severity >= diff->least ? place_width(change) : 0;
        width = own > width ? own : width;
        counts[change->severity]++;
    }
    for (int severity = GYR_BREAKING; severity >= (int)diff->least; severity--)
        for (uint32_t i = 0; i < total; i++) {
            const gyr_change *change = gyr_changes_get(diff->changes, i);
            if ((int)change->severity == severity) print_change(change, width, colors);
        }
    printf("%s%u breaking, %u dangerous, %u safe\n", total > counts[GYR_SAFE] || !diff->least ? "\n" : "",
           counts[GYR_BREAKING], counts[GYR_DANGEROUS], counts[GYR_SAFE]);
}

/* ---- the command */

static int read_side(struct input *input, const char *path) {
    if (!sources_add(&input->sources, path)) return CLI_PROBLEMS;
    return input_schema(input, (gyr_schema_options){.unbound = true});
}

static int compare(struct diff *diff) {
    gyr_severity worst = GYR_SAFE;
    gyr_status status = gyr_schema_diff(diff->before.schema, diff->after.schema, &diff->changes);
    if (status != GYR_OK) return status_error(&command_diff, status);
    for (uint32_t i = 0; i < gyr_changes_count(diff->changes); i++) {
        gyr_severity severity = gyr_changes_get(diff->changes, i)->severity;
        worst = severity > worst ? severity : worst;
    }
    if (diff->json)
        print_json(diff);
    else
        print_text(diff);
    return worst == GYR_BREAKING ? CLI_PROBLEMS : worst == GYR_DANGEROUS ? DIFF_DANGEROUS : CLI_OK;
}

static int diff_files(struct diff *diff, int argc, char **argv) {
    if (argc - optind != 2) return usage_error(&command_diff, "two schemas are compared: the old, the new");
    const char *before = argv[optind], *after = argv[optind + 1];
    if (strcmp(before, "-") == 0 && strcmp(after, "-") == 0)
        return usage_error(&command_diff, "the standard input can be read only once");
    int code = read_side(&diff->before, before);
    if (code == CLI_OK) code = read_side(&diff->after, after);
    return code == CLI_OK ? compare(diff) : code;
}

static int diff_main(int argc, char **argv) {
    static const struct option options[] = {
        {"all", no_argument, NULL, 'a'}, {"lenient", no_argument, NULL, 'l'}, {"json", no_argument, NULL, 'j'}, {0}};
    struct diff diff = {.before.command = &command_diff, .after.command = &command_diff, .least = GYR_DANGEROUS};
    int option, code = CLI_OK;
    while (code == CLI_OK && (option = next_option(&command_diff, argc, argv, ":alj", options)) != -1) {
        switch (option) {
        case 'a': diff.least = GYR_SAFE; break;
        case 'j': diff.json = true; break;
        case 'l': diff.before.lenient = diff.after.lenient = true; break;
        default: code = CLI_USAGE;
        }
    }
    if (code == CLI_OK) code = diff_files(&diff, argc, argv);
    gyr_changes_free(diff.changes);
    input_fini(&diff.before);
    input_fini(&diff.after);
    return code;
}

const struct command command_diff = {
    .name = "diff",
    .summary = "tell the breaking and dangerous changes between two schemas",
    .help = "usage: gyr diff OLD NEW [options]\n\n"
            "Compares two schemas, each a file, a folder or the standard input. Breaking changes make operations "
            "fail that\n"
            "were valid, dangerous ones may change what clients do, safe ones do neither. The place shown is one "
            "in NEW or,\n"
            "of what was removed, in OLD.\n\n"
            "  -a, --all      safe changes too\n"
            "  -l, --lenient  accept schemas that break the newest rules\n"
            "  -j, --json     the changes as a JSON array\n\n"
            "Exit codes: 0 nothing but safe changes, 1 breaking changes, or a schema cannot be read or is wrong, "
            "3 dangerous\n"
            "changes but no breaking ones, 2 wrong usage.\n",
    .main = diff_main,
};
