/* A thread that answers suspended batches: a queue, first in first out. A task lives in the memory of its
 * batch's request, which outlives it because the batch is suspended.
 *
 * SPDX-License-Identifier: Apache-2.0 */
#include "worker.h"

struct task {
    gyr_batch *batch;
    gyr_batch_fn *answer;
    struct task *next;
};

static struct task *take(struct worker *worker) {
    pthread_mutex_lock(&worker->lock);
    while (!worker->first && !worker->stop) pthread_cond_wait(&worker->changed, &worker->lock);
    struct task *task = worker->first;
    if (task && !(worker->first = task->next)) worker->last = &worker->first;
    pthread_mutex_unlock(&worker->lock);
    return task;
}

static void *run(void *arg) {
    struct task *task;
    while ((task = take(arg))) {
        gyr_batch *batch = task->batch;
        task->answer(batch);
        gyr_batch_done(batch); /* from here on the task's memory may be gone */
    }
    return NULL;
}

bool worker_start(struct worker *worker) {
    *worker = (struct worker){.lock = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};
    worker->last = &worker->first;
    return pthread_create(&worker->thread, NULL, run, worker) == 0;
}

void worker_stop(struct worker *worker) {
    pthread_mutex_lock(&worker->lock);
    worker->stop = true;
    pthread_cond_signal(&worker->changed);
    pthread_mutex_unlock(&worker->lock);
    pthread_join(worker->thread, NULL);
}

void worker_give(struct worker *worker, gyr_batch *batch, gyr_batch_fn *answer) {
    struct task *task = gyr_alloc(gyr_batch_call(batch, 0), sizeof *task);
    gyr_batch *suspended = task ? gyr_batch_suspend(batch) : NULL;
    if (!suspended) return; /* out of memory: rows without an answer fail */
    *task = (struct task){.batch = suspended, .answer = answer};
    pthread_mutex_lock(&worker->lock);
    *worker->last = task;
    worker->last = &task->next;
    pthread_cond_signal(&worker->changed);
    pthread_mutex_unlock(&worker->lock);
}
