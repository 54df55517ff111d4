/* Texts that several benches measure, and how a comparison gets them: real schemas and operations from $GYR_SHARED
 * (default ../shared), made ones, files in the folder of a comparison. Memory is never freed.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_BENCH_TEXTS_H
#define GYR_BENCH_TEXTS_H
#include "base/str.h"

/** A file of the reference material's schemas. {NULL,0} when it is not there, which is said on stderr. */
gyr_str bench_shared(const char *name, const char *file);
/** Where that file is, malloc'd. */
char *bench_shared_path(const char *file);
/** What tools ask a server first. */
gyr_str bench_introspection(void);
/** 300 repositories of GitHub's schema with arguments, variables, aliases and fragments: about 120 KB. */
gyr_str bench_big_query(void);
/** Writes folder/name with that ending. 0, or 1 when it cannot be: an exit status. */
int bench_write(const char *folder, const char *name, const char *ending, gyr_str text);

#endif
