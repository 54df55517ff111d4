/* What the subcommands of `gyr` have in common: exit codes, the table of commands, options.
 *
 * Each subcommand is a file of its own that defines one struct command. Its main gets the arguments from its
 * own name on. Results go to the standard output, everything else to the standard error.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_CLI_H
#define GYR_CLI_H
#include <getopt.h>
#include <gyr.h>
#include <stdio.h>

enum { CLI_OK = 0, CLI_PROBLEMS = 1, CLI_USAGE = 2 };

struct command {
    const char *name, *summary;
    const char *help; /* usage and options */
    int (*main)(int argc, char **argv);
};
extern const struct command command_run, command_check, command_plan, command_print, command_diff;

/** Prints "gyr NAME: message" and where help is; returns CLI_USAGE. */
int usage_error(const struct command *command, const char *format, ...) __attribute__((format(printf, 2, 3)));
/** The next option as getopt_long gives it: -1 after the last one, '?' when it was wrong (and was said so). */
int next_option(const struct command *command, int argc, char **argv, const char *letters,
                const struct option *options);
/** Prints the text of a status that has no diagnostics; returns CLI_PROBLEMS. */
int status_error(const struct command *command, gyr_status status);
/** Writes to the standard output, ending the last line, and frees the buffer; CLI_OK, or CLI_PROBLEMS with a
 * message. */
int print_buffer(const struct command *command, gyr_buffer *buffer);
#endif
