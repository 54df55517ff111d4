/* What the payloads of an incremental response come to.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef GYR_TESTS_MERGE_H
#define GYR_TESTS_MERGE_H
#include "model.h"

typedef struct mwanted {
    const mresponse *plain; /* the response without incremental delivery */
    const mresponse *whole; /* the same under GYR_ERROR_NULL: every value there is, every error */
    bool exact;             /* nothing is lost: the merged response is `whole` */
    bool cut;               /* cancelled: only the protocol counts */
} mwanted;

typedef struct mseen {
    uint64_t payloads, deliveries, failed, subpaths, items;
} mseen;

/** Checks payloads, one a line: each against the protocol, merged against what is wanted. What is wrong goes to why. */
void model_merge(const mtext *payloads, const mwanted *want, mseen *seen, mtext *why);

#endif
