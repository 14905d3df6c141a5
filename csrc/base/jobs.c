#include "base/jobs.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

/* What a job may use of its stack; libc's own functions need some of it. */
#define UW_JOB_STACK (256u << 10)

/* Seconds after which a thread without work ends. */
#define UW_JOB_PATIENCE 10

typedef enum {
    UW_JOB_QUEUED,
    UW_JOB_RUNNING,
    UW_JOB_DONE,
} uw_job_state_t;

struct uw_job {
    uw_letter_t letter;
    uw_crew_t *crew;
    uw_link_t queued;
    uw_job_state_t state;
    uw_mailbox_t *box; /* NULL: nobody wants it any more */
    const uw_work_t *work;
    void *data;
};

/* The mutex of a mailbox may be taken while this one is held, not the other way
 * round. */
struct uw_crew {
    pthread_mutex_t mutex;
    pthread_cond_t more;
    uw_link_t queue;
    unsigned waiting; /* in the queue */
    unsigned threads;
    unsigned idle; /* of them */
    bool closed;   /* the last thread frees it */
};


static void
uw_crew_lock(uw_crew_t *crew)
{
    (void) pthread_mutex_lock(&crew->mutex);
}


static void
uw_crew_unlock(uw_crew_t *crew)
{
    (void) pthread_mutex_unlock(&crew->mutex);
}


static void
uw_job_free(uw_job_t *job)
{
    if (job->work->free != NULL) {
        job->work->free(job->data);
    }
    free(job);
}


/* ---- The threads ---- */

/* With the mutex, which is released meanwhile.  NULL: there was none for long. */
static uw_job_t *
uw_crew_next(uw_crew_t *crew)
{
    struct timespec until;
    uw_job_t *job;
    int status = 0;

    (void) clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += UW_JOB_PATIENCE;
    crew->idle++;
    while (crew->waiting == 0 && !crew->closed && status != ETIMEDOUT) {
        status = pthread_cond_timedwait(&crew->more, &crew->mutex, &until);
    }
    crew->idle--;
    if (crew->waiting == 0) {
        return NULL;
    }

    job = uw_link_owner(crew->queue.after, uw_job_t, queued);
    uw_link_remove(&job->queued);
    crew->waiting--;
    job->state = UW_JOB_RUNNING;

    return job;
}


/* With the mutex, which is released meanwhile. */
static void
uw_crew_do(uw_crew_t *crew, uw_job_t *job)
{
    uw_crew_unlock(crew);
    job->work->run(job->data);
    uw_crew_lock(crew);

    job->state = UW_JOB_DONE;
    if (job->box != NULL) {
        uw_mailbox_lock(job->box);
        uw_mailbox_wake(job->box, &job->letter);
        uw_mailbox_unlock(job->box);

    } else {
        uw_crew_unlock(crew);
        uw_job_free(job);
        uw_crew_lock(crew);
    }
}


static void
uw_crew_free(uw_crew_t *crew)
{
    (void) pthread_cond_destroy(&crew->more);
    (void) pthread_mutex_destroy(&crew->mutex);
    free(crew);
}


static void *
uw_crew_run(void *data)
{
    uw_crew_t *crew = data;
    uw_job_t *job;
    bool last;

    uw_crew_lock(crew);
    while ((job = uw_crew_next(crew)) != NULL) {
        uw_crew_do(crew, job);
    }
    crew->threads--;
    last = crew->closed && crew->threads == 0;
    uw_crew_unlock(crew);
    if (last) {
        uw_crew_free(crew);
    }

    return NULL;
}


/* With the mutex.  Signals are for the threads that were there before. */
static int
uw_crew_hire(uw_crew_t *crew)
{
    pthread_attr_t attributes;
    pthread_t thread;
    sigset_t all;
    sigset_t before;
    int status = pthread_attr_init(&attributes);

    if (status != 0) {
        return -1;
    }

    (void) sigfillset(&all);
    (void) pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    (void) pthread_attr_setstacksize(&attributes, UW_JOB_STACK);
    (void) pthread_sigmask(SIG_SETMASK, &all, &before);
    status = pthread_create(&thread, &attributes, uw_crew_run, crew);
    (void) pthread_sigmask(SIG_SETMASK, &before, NULL);
    (void) pthread_attr_destroy(&attributes);
    if (status != 0) {
        return -1;
    }
    crew->threads++;

    return 0;
}


/* With the mutex: somebody will do it; -1: nobody is there. */
static int
uw_crew_take(uw_crew_t *crew, uw_job_t *job)
{
    if (crew->idle <= crew->waiting && crew->threads < UW_JOB_THREADS
        && uw_crew_hire(crew) != 0 && crew->threads == 0)
    {
        return -1;
    }
    uw_link_append(&crew->queue, &job->queued);
    crew->waiting++;
    (void) pthread_cond_signal(&crew->more);

    return 0;
}


/* ---- Its life ---- */

uw_crew_t *
uw_crew_new(void)
{
    uw_crew_t *crew = calloc(1, sizeof(*crew));

    if (crew == NULL) {
        return NULL;
    }
    if (pthread_mutex_init(&crew->mutex, NULL) != 0) {
        free(crew);
        return NULL;
    }
    if (pthread_cond_init(&crew->more, NULL) != 0) {
        (void) pthread_mutex_destroy(&crew->mutex);
        free(crew);
        return NULL;
    }
    uw_link_init(&crew->queue);

    return crew;
}


void
uw_crew_delete(uw_crew_t *crew)
{
    bool last;

    if (crew == NULL) {
        return;
    }
    uw_crew_lock(crew);
    crew->closed = true;
    last = crew->threads == 0;
    (void) pthread_cond_broadcast(&crew->more);
    uw_crew_unlock(crew);
    if (last) {
        uw_crew_free(crew);
    }
}


/* ---- Jobs ---- */

uw_job_t *
uw_job_start(uw_crew_t *crew, uw_mailbox_t *box, uint64_t ticket,
             const uw_work_t *work, void *data)
{
    uw_job_t *job = calloc(1, sizeof(*job));
    int status;

    if (job == NULL) {
        return NULL;
    }
    uw_letter_init(&job->letter, ticket);
    uw_link_init(&job->queued);
    job->crew = crew;
    job->box = box;
    job->work = work;
    job->data = data;

    uw_crew_lock(crew);
    status = uw_crew_take(crew, job);
    uw_crew_unlock(crew);
    if (status != 0) {
        free(job);
        return NULL;
    }

    return job;
}


void *
uw_job_result(const uw_job_t *job)
{
    uw_crew_t *crew = job->crew;
    bool done;

    uw_crew_lock(crew);
    done = job->state == UW_JOB_DONE;
    uw_crew_unlock(crew);

    return done ? job->data : NULL;
}


void
uw_job_release(uw_job_t *job)
{
    uw_crew_t *crew = job->crew;
    bool runs;

    uw_crew_lock(crew);
    if (job->state == UW_JOB_QUEUED) {
        uw_link_remove(&job->queued);
        crew->waiting--;
    }
    uw_mailbox_lock(job->box);
    uw_link_remove(&job->letter.woken);
    uw_mailbox_unlock(job->box);
    runs = job->state == UW_JOB_RUNNING;
    job->box = NULL;
    uw_crew_unlock(crew);

    if (!runs) {
        uw_job_free(job);
    }
}
