/* The conformance adapter: JSON lines on standard input, one answer line each, by the protocol of the corpus
 * runner
 * ($GYR_SHARED/conformance/run_corpus.py describes it).
 *
 * One file per operation: it defines `adapter_op op_<name>` and has a line in ADAPTER_OPS. An operation
 * writes one JSON value to `out`; what it cannot serve it answers with answer_unsupported. Memory of the
 * request's arena is freed behind the answer.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef ADAPTER_H
#define ADAPTER_H
#include "base/diag.h"
#include "base/limits.h"
#include "base/str.h"
#include "json/read.h"
#include "json/write.h"

#define ADAPTER_OPS(OP)                                                                                                \
    OP(parse)                                                                                                          \
    OP(lex)                                                                                                            \
    OP(strip)                                                                                                          \
    OP(ast)                                                                                                            \
    OP(coordinate)                                                                                                     \
    OP(diff)                                                                                                           \
    OP(sdl)                                                                                                            \
    OP(introspect)                                                                                                     \
    OP(execute)                                                                                                        \
    OP(subscribe)                                                                                                      \
    OP(incremental)                                                                                                    \
    OP(validate)

typedef struct adapter_mode { /* how fields are answered: at once, or by the options of the command line */
    bool suspend;             /* --suspend: every call is suspended and answered in the next turn */
    bool batch;               /* --batch: every field is a batch */
    gyr_jit jit;              /* --tier interpreter | native; else the library chooses */
} adapter_mode;

typedef struct adapter_request {
    gyr__arena *arena;
    const gyr__json *json;    /* the request, an object */
    const gyr_limits *limits; /* none but depth */
    gyr_errors *errors;       /* empty */
    gyr__json_out *out;
    const adapter_mode *mode;
} adapter_request;

typedef void adapter_op(adapter_request *r);
#define ADAPTER_DECLARE(name) adapter_op op_##name;
ADAPTER_OPS(ADAPTER_DECLARE)
#undef ADAPTER_DECLARE

/** A member of the request as text, or empty; whether an option is true; its number, or 0. */
gyr_str request_text(const adapter_request *r, gyr_str name);
bool request_option(const adapter_request *r, gyr_str name);
uint32_t request_option_number(const adapter_request *r, gyr_str name);

void answer_unsupported(adapter_request *r);
/** An error as the reference's toJSON: {message, locations, path?}. */
void put_error(gyr__json_out *out, const gyr_error *error);
/** "error": the first error of the request. */
void put_first_error(adapter_request *r);

#endif
