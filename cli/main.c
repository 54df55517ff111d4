/* The command `gyr`: finds the subcommand and runs it; help and version.
 * SPDX-License-Identifier: Apache-2.0 */
#include "cli.h"
#include <errno.h>
#include <stdarg.h>
#include <string.h>

static const struct command *const commands[] = {&command_run, &command_check, &command_plan, &command_print,
                                                 &command_diff};
enum { COMMANDS = sizeof commands / sizeof *commands };

int usage_error(const struct command *command, const char *format, ...) {
    va_list args;
    va_start(args, format);
    fprintf(stderr, "gyr %s: ", command->name);
    vfprintf(stderr, format, args);
    fprintf(stderr, "\nTry 'gyr help %s'.\n", command->name);
    va_end(args);
    return CLI_USAGE;
}

int next_option(const struct command *command, int argc, char **argv, const char *letters,
                const struct option *options) {
    opterr = 0;
    int option = getopt_long(argc, argv, letters, options, NULL);
    if (option != '?' && option != ':') return option;
    const char *what = option == ':' ? "needs a value" : "is unknown or ambiguous";
    const char *last = argv[optind - 1]; /* a long option is always the argument before */
    if (strncmp(last, "--", 2) == 0 || !optopt)
        usage_error(command, "option %s %s", last, what);
    else
        usage_error(command, "option -%c %s", optopt, what);
    return '?';
}

int status_error(const struct command *command, gyr_status status) {
    fprintf(stderr, "gyr %s: %s\n", command->name, gyr_status_text(status));
    return CLI_PROBLEMS;
}

int print_buffer(const struct command *command, gyr_buffer *buffer) {
    bool ended = buffer->len && buffer->ptr[buffer->len - 1] == '\n';
    bool ok = fwrite(buffer->ptr, 1, buffer->len, stdout) == buffer->len && (ended || putchar('\n') != EOF) &&
              fflush(stdout) == 0;
    if (!ok) fprintf(stderr, "gyr %s: standard output: %s\n", command->name, strerror(errno));
    gyr_buffer_free(buffer);
    return ok ? CLI_OK : CLI_PROBLEMS;
}

static void print_overview(FILE *out) {
    fputs("usage: gyr COMMAND ...\n\n", out);
    for (int i = 0; i < COMMANDS; i++) fprintf(out, "  %-7s %s\n", commands[i]->name, commands[i]->summary);
    fputs("\nA file named - is the standard input, a folder stands for the *.graphql files in it.\n"
          "'gyr help COMMAND' tells more. Exit codes: 0 all is well, 1 problems were found, 2 wrong usage.\n",
          out);
}

static const struct command *find_command(const char *name) {
    for (int i = 0; i < COMMANDS; i++)
        if (strcmp(commands[i]->name, name) == 0) return commands[i];
    return NULL;
}

static size_t smaller(size_t a, size_t b) { return a < b ? a : b; }

/* The number of letters to insert, remove or replace to make one word the other; words of up to 15 letters. */
static size_t distance(const char *a, const char *b) {
    size_t row[16], n = strlen(b);
    if (strlen(a) > 15 || n > 15) return 16;
    for (size_t j = 0; j <= n; j++) row[j] = j;
    for (size_t i = 1; a[i - 1]; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= n; j++) {
            size_t replaced = diagonal + (a[i - 1] != b[j - 1]);
            diagonal = row[j];
            row[j] = smaller(replaced, smaller(row[j], row[j - 1]) + 1);
        }
    }
    return row[n];
}

static int unknown_command(const char *name) {
    const struct command *best = commands[0];
    for (int i = 1; i < COMMANDS; i++)
        if (distance(name, commands[i]->name) < distance(name, best->name)) best = commands[i];
    fprintf(stderr, "gyr: there is no command '%s'.", name);
    if (distance(name, best->name) <= 2) fprintf(stderr, " Did you mean '%s'?", best->name);
    fputs("\nTry 'gyr --help'.\n", stderr);
    return CLI_USAGE;
}

static int help(const char *name) {
    const struct command *command = name ? find_command(name) : NULL;
    if (name && !command) return unknown_command(name);
    if (command)
        fputs(command->help, stdout);
    else
        print_overview(stdout);
    return CLI_OK;
}

int main(int argc, char **argv) {
    const char *name = argc > 1 ? argv[1] : NULL;
    if (!name) {
        print_overview(stderr);
        return CLI_USAGE;
    }
    if (strcmp(name, "--version") == 0) {
        printf("gyr %s\n", gyr_version());
        return CLI_OK;
    }
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0)
        return help(argc > 2 ? argv[2] : NULL);
    const struct command *command = find_command(name);
    if (!command) return unknown_command(name);
    if (argc == 3 && strcmp(argv[2], "--help") == 0) return help(name);
    return command->main(argc - 1, argv + 1);
}
