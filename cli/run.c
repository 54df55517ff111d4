/* gyr run: executes an operation, over a JSON file or a module.
 *
 * The request is run turn by turn, so that a module's threads may answer; the wake callback posts a
 * semaphore.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "data.h"
#include "input.h"
#include "pretty.h"
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct run {
    struct input input;
    const char *data_path;
    bool pretty, stats, no_introspection, incremental;
    gyr_buffer payload;
    uint64_t errors; /* of an incremental response */
    gyr_on_error on_error;
    struct data data;
    const void *root;
    void *context;
};

static void wake(void *semaphore) { sem_post(semaphore); }

static double now_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void print_stats(const gyr_exec *exec, const gyr_schema *schema, double us) {
    gyr_stats s = {.size = sizeof s};
    gyr_exec_stats(exec, &s);
    fprintf(stderr, "%.1f us, %llu bytes, %llu resolver calls, %llu batches of %llu objects, %llu turns\n", us,
            (unsigned long long)s.response_bytes, (unsigned long long)s.resolver_calls,
            (unsigned long long)s.batch_calls, (unsigned long long)s.batch_rows, (unsigned long long)s.turns);
    gyr_native_stats n = {.size = sizeof n};
    gyr_schema_native_stats(schema, &n);
    if (n.programs)
        fprintf(stderr, "machine code: %llu programs, %llu ops, %llu bytes, compiled in %.1f us\n",
                (unsigned long long)n.programs, (unsigned long long)n.ops, (unsigned long long)n.bytes,
                (double)n.nanoseconds / 1e3);
    if (n.refused) fprintf(stderr, "machine code: %llu programs were refused\n", (unsigned long long)n.refused);
}

static gyr_flow take_payload(void *user, gyr_str bytes, unsigned flags) {
    struct run *run = user;
    gyr_buffer *b = &run->payload;
    if (b->cap - b->len < bytes.len) {
        size_t cap = (b->len + bytes.len) * 2;
        char *ptr = realloc(b->ptr, cap);
        if (!ptr) return GYR_CANCEL;
        b->ptr = ptr;
        b->cap = cap;
    }
    if (bytes.len) memcpy(b->ptr + b->len, bytes.ptr, bytes.len);
    b->len += bytes.len;
    if (!(flags & (GYR_PAYLOAD | GYR_LAST))) return GYR_CONTINUE;
    if (b->len) pretty_print(stdout, gyr_str_of(b->ptr, b->len), run->pretty);
    b->len = 0;
    return fflush(stdout) == 0 ? GYR_CONTINUE : GYR_CANCEL;
}

static gyr_status execute(struct run *run, gyr_buffer *out) {
    sem_t semaphore;
    sem_init(&semaphore, 0, 0);
    gyr_request request = {.size = sizeof request,
                           .plan = run->input.plan,
                           .variables = run->input.variables_text,
                           .root = run->root,
                           .context = run->context,
                           .buffer = out,
                           .wake = wake,
                           .wake_user = &semaphore,
                           .on_error = run->on_error,
                           .no_introspection = run->no_introspection};
    if (run->incremental) {
        request.buffer = NULL;
        request.sink = take_payload;
        request.sink_user = run;
        request.incremental = true;
    }
    double start = now_us();
    gyr_exec *exec = gyr_exec_new(&request);
    while (exec && gyr_run(exec) == GYR_WAITING) sem_wait(&semaphore);
    gyr_status status = exec ? gyr_exec_status(exec) : GYR_ERR_MEMORY;
    if (exec && run->stats) print_stats(exec, run->input.schema, now_us() - start);
    gyr_stats stats = {.size = sizeof stats};
    if (exec) gyr_exec_stats(exec, &stats);
    run->errors = stats.errors;
    gyr_exec_free(exec);
    sem_destroy(&semaphore);
    return status;
}

/* The response's errors stand before its data. */
static bool has_errors(const gyr_buffer *out) {
    static const char head[] = "{\"errors\"";
    return out->len >= sizeof head - 1 && memcmp(out->ptr, head, sizeof head - 1) == 0;
}

static int answer(struct run *run) {
    gyr_buffer out = {0};
    gyr_status status = execute(run, &out);
    bool errors = run->incremental ? run->errors != 0 : has_errors(&out);
    int code = status == GYR_OK ? CLI_OK : status_error(run->input.command, status);
    if (code == CLI_OK && !run->incremental) pretty_print(stdout, gyr_str_of(out.ptr, out.len), run->pretty);
    gyr_buffer_free(&out);
    free(run->payload.ptr);
    if (code == CLI_OK && fflush(stdout) != 0) code = status_error(run->input.command, GYR_ERR_ARGUMENT);
    return errors ? CLI_PROBLEMS : code;
}

static int run_over_data(struct run *run) {
    struct input *input = &run->input;
    if (!data_open(&run->data, run->data_path)) return CLI_PROBLEMS;
    run->root = run->data.root;
    int code = input_schema(input, (gyr_schema_options){.fallback = &run->data.field,
                                                        .type_fallback = &run->data.type,
                                                        .incremental = run->incremental});
    if (code == CLI_OK) code = input_plan(input);
    if (code == CLI_OK && !data_learn(&run->data, input->schema)) code = CLI_PROBLEMS;
    return code == CLI_OK ? answer(run) : code;
}

static int run_module(struct run *run) {
    const gyr_module *module = run->input.module;
    if (run->data_path) return usage_error(run->input.command, "a module has its own data: --data is for schema files");
    int code = input_schema(&run->input, (gyr_schema_options){.incremental = run->incremental});
    if (code == CLI_OK) code = input_plan(&run->input);
    if (code != CLI_OK) return code;
    run->root = module->root;
    run->context = module->context;
    const char *problem = module->open ? module->open(&run->root, &run->context) : NULL;
    if (problem) {
        fprintf(stderr, "gyr: %s: %s\n", run->input.module_path, problem);
        return CLI_PROBLEMS;
    }
    code = answer(run);
    if (module->close) module->close(run->root, run->context);
    return code;
}

static bool read_on_error(struct run *run, const char *word) {
    static const char *const words[] = {"propagate", "null", "halt"};
    static const gyr_on_error values[] = {GYR_ERROR_PROPAGATE, GYR_ERROR_NULL, GYR_ERROR_HALT};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(word, words[i]) == 0) {
            run->on_error = values[i];
            return true;
        }
    return false;
}

static int run_main(int argc, char **argv) {
    static const struct option options[] = {INPUT_OPTIONS,
                                            {"data", required_argument, NULL, 'd'},
                                            {"pretty", no_argument, NULL, 'p'},
                                            {"compact", no_argument, NULL, 'c'},
                                            {"stats", no_argument, NULL, 's'},
                                            {"on-error", required_argument, NULL, 'e'},
                                            {"no-introspection", no_argument, NULL, 'i'},
                                            {"incremental", no_argument, NULL, 'I'},
                                            {0}};
    struct run run = {.input.command = &command_run, .pretty = isatty(STDOUT_FILENO)};
    int option, code = CLI_OK;
    while (code == CLI_OK &&
           (option = next_option(&command_run, argc, argv, ":" INPUT_LETTERS "d:pcse:iI", options)) != -1) {
        switch (option) {
        case 'd': run.data_path = optarg; break;
        case 'p': run.pretty = true; break;
        case 'c': run.pretty = false; break;
        case 's': run.stats = true; break;
        case 'i': run.no_introspection = true; break;
        case 'I': run.incremental = true; break;
        case 'e':
            if (!read_on_error(&run, optarg))
                code = usage_error(&command_run, "--on-error is propagate, null or halt, not '%s'", optarg);
            break;
        case '?': code = CLI_USAGE; break;
        default: code = input_option(&run.input, option) ? CLI_OK : CLI_PROBLEMS;
        }
    }
    if (code == CLI_OK) code = input_files(&run.input, argc, argv);
    if (code == CLI_OK) code = input_module(&run.input);
    if (code == CLI_OK) code = run.input.module ? run_module(&run) : run_over_data(&run);
    input_fini(&run.input);
    data_fini(&run.data);
    return code;
}

const struct command command_run = {
    .name = "run",
    .summary = "execute an operation over a JSON file or a compiled module",
    .help = "usage: gyr run SCHEMA... [DOCUMENT | -] --data FILE.json [options]\n"
            "       gyr run --module FILE.so [DOCUMENT | -] [options]\n\n"
            "Executes an operation and prints the response; exit code 1 when it reports errors.\n\n"
            "  -d, --data FILE            the root object, JSON; without it all fields are null\n" INPUT_HELP
            "  -p, --pretty               indent the response (the default on a terminal)\n"
            "  -c, --compact              print the response as it is (the default elsewhere)\n"
            "  -s, --stats                time, calls and batches on the standard error\n"
            "  -e, --on-error WORD        what a field error does: propagate (the default), null or halt\n"
            "  -i, --no-introspection     refuse operations that ask for __schema or __type\n"
            "  -I, --incremental          @defer and @stream: payloads, one after the other\n\n"
            "Over a JSON file a field is the member of its name, a missing member is null, an object of an "
            "interface or\n"
            "union names its type by \"__typename\". Arguments choose among the items of a list: an argument "
            "named like a\n"
            "member of the items keeps the equal ones, offset and limit (or skip and first) cut the rest; a "
            "field that is\n"
            "not a list takes the first item kept. All other arguments are ignored. Mutations only read.\n",
    .main = run_main,
};
