/* A thread that answers suspended batches, one after the other.
 * SPDX-License-Identifier: Apache-2.0 */
#ifndef BLOG_WORKER_H
#define BLOG_WORKER_H
#include <gyr.h>
#include <pthread.h>

struct task;

struct worker {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct task *first, **last;
    bool stop;
};

bool worker_start(struct worker *worker);
/** Finishes what was given and ends the thread. */
void worker_stop(struct worker *worker);
/** Suspends the batch; the thread runs `answer` on it and publishes what it answered. */
void worker_give(struct worker *worker, gyr_batch *batch, gyr_batch_fn *answer);
#endif
