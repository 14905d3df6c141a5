/*
 * Jobs: work that blocks (files, databases), done on threads beside the worker's.
 *
 * A crew is a few threads for all workers of a process.  They are started when
 * there is something to do; after a while without it they end.  So a process that
 * forks before has none.
 *
 *   - A job touches its data and nothing else.  The data is the job's from
 *     uw_job_start() on.
 *   - Who has started it releases it, whether it is done or not.  One that no
 *     thread has begun is dropped then; one that runs is left alone, and its data
 *     is freed when it is done, also if the worker is gone by then.
 *   - Nobody waits for a thread, not at the end of the process either.
 */

#ifndef UW_BASE_JOBS_H
#define UW_BASE_JOBS_H

#include "base/mailbox.h"

typedef struct uw_crew uw_crew_t;
typedef struct uw_job uw_job_t;

typedef struct {
    void (*run)(void *data);  /* on a thread of its own; may block */
    void (*free)(void *data); /* once, on any thread; NULL: nothing to do */
} uw_work_t;

/* So many threads a crew has at most. */
#define UW_JOB_THREADS 8

/* NULL when out of memory. */
uw_crew_t *uw_crew_new(void) UW_CHECKED;

/* All jobs have been released; those that run are finished by their threads. */
void uw_crew_delete(uw_crew_t *crew);

/*
 * The exchange with that ticket is woken through the mailbox when the job is done.
 * NULL, and the data is still the caller's, when memory or threads are out.
 */
uw_job_t *uw_job_start(uw_crew_t *crew, uw_mailbox_t *box, uint64_t ticket,
                       const uw_work_t *work, void *data) UW_CHECKED;

/* The data of a job that is done; NULL: it is not. */
void *uw_job_result(const uw_job_t *job) UW_CHECKED;

void uw_job_release(uw_job_t *job);

#endif /* UW_BASE_JOBS_H */
