/*
 * Jobs of two workers, each on a thread of its own, that start them, wait for
 * them, let go of them early, and end while some still run: `job_threads SEED
 * COUNT`.  For the thread and address sanitizers.  Checks that what is wanted is
 * done, once, and that all that was made is freed, once.
 */

#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/jobs.h"

#include "part.h"

#define JOBS 24
#define WORKERS 2

static atomic_long made;
static atomic_long freed;
static atomic_long running;
static atomic_long most;


/* ---- What jobs do ---- */

typedef struct {
    unsigned asked;
    unsigned given;
    unsigned times;
    unsigned sleep; /* microseconds; 0: none */
} sum_t;


static void
run(void *data)
{
    sum_t *sum = data;
    struct timespec pause = { 0, sum->sleep * 1000l };
    long now = atomic_fetch_add(&running, 1) + 1;
    long seen = atomic_load(&most);

    while (now > seen && !atomic_compare_exchange_weak(&most, &seen, now)) {
    }
    if (sum->sleep != 0) {
        (void) nanosleep(&pause, NULL);
    }
    sum->given = sum->asked * 2654435761u;
    sum->times++;
    (void) atomic_fetch_sub(&running, 1);
}


static void
end(void *data)
{
    sum_t *sum = data;

    CHECK(sum->times <= 1);
    memset(sum, 0xDD, sizeof(*sum));
    free(sum);
    (void) atomic_fetch_add(&freed, 1);
}


static const uw_work_t work = { .run = run, .free = end };


/* ---- A worker ---- */

typedef struct {
    uw_crew_t *crew;
    uw_mailbox_t box;
    uw_executor_t *executor;
    uint64_t chance;
    unsigned long count;
    unsigned long whole;
    bool woken[JOBS];
    uw_job_t *jobs[JOBS];
    unsigned asked[JOBS];
} worker_t;


static void
note_woken(void *data, uint64_t ticket)
{
    worker_t *worker = data;

    CHECK(ticket < JOBS);
    worker->woken[ticket] = true;
}


static void
start(worker_t *worker, size_t i)
{
    sum_t *sum = calloc(1, sizeof(*sum));

    CHECK(sum != NULL);
    sum->asked = worker->asked[i] = choose(&worker->chance, 1 << 30);
    sum->sleep = choose(&worker->chance, 2) * choose(&worker->chance, 300);
    worker->woken[i] = false;
    worker->jobs[i] = uw_job_start(worker->crew, &worker->box, i, &work, sum);
    CHECK(worker->jobs[i] != NULL);
    (void) atomic_fetch_add(&made, 1);
}


static void
look(worker_t *worker, size_t i)
{
    sum_t *sum = uw_job_result(worker->jobs[i]);

    CHECK(sum != NULL || !worker->woken[i]);
    if (sum == NULL && choose(&worker->chance, 64) != 0) {
        return;
    }
    if (sum != NULL) {
        CHECK(sum->times == 1 && sum->given == worker->asked[i] * 2654435761u);
        worker->whole++;
    }
    uw_job_release(worker->jobs[i]);
    worker->jobs[i] = NULL;
}


static void *
run_worker(void *data)
{
    worker_t *worker = data;
    struct pollfd fd = { .events = POLLIN };

    worker->executor = uw_executor_new();
    CHECK(worker->executor != NULL);
    CHECK(uw_mailbox_open(&worker->box, worker->executor) == 0);
    fd.fd = uw_executor_fd(worker->executor);

    for (unsigned long step = 0; worker->whole < worker->count; step++) {
        size_t i = choose(&worker->chance, JOBS);

        if (worker->jobs[i] == NULL) {
            start(worker, i);
        } else {
            look(worker, i);
        }
        if (step % 64 == 0) {
            CHECK(poll(&fd, 1, 1) >= 0);
            uw_executor_clear(worker->executor);
            (void) uw_mailbox_deliver(&worker->box, note_woken, worker);
        }
    }

    for (size_t i = 0; i < JOBS; i++) {
        if (worker->jobs[i] != NULL) {
            uw_job_release(worker->jobs[i]);
        }
    }
    uw_mailbox_close(&worker->box);
    uw_executor_delete(worker->executor);
    free(worker);

    return NULL;
}


/* A worker that sleeps until its one job is done: it is always woken. */
static void
check_wakes(uw_crew_t *crew, unsigned long count)
{
    worker_t *worker = calloc(1, sizeof(*worker));
    struct pollfd fd = { .events = POLLIN };

    CHECK(worker != NULL);
    worker->crew = crew;
    worker->chance = 5;
    worker->executor = uw_executor_new();
    CHECK(worker->executor != NULL);
    CHECK(uw_mailbox_open(&worker->box, worker->executor) == 0);
    fd.fd = uw_executor_fd(worker->executor);

    for (unsigned long i = 0; i < count; i++) {
        start(worker, i % JOBS);
        while (!worker->woken[i % JOBS]) {
            CHECK(poll(&fd, 1, 20000) == 1);
            uw_executor_clear(worker->executor);
            (void) uw_mailbox_deliver(&worker->box, note_woken, worker);
        }
        CHECK(uw_job_result(worker->jobs[i % JOBS]) != NULL);
        uw_job_release(worker->jobs[i % JOBS]);
    }

    uw_mailbox_close(&worker->box);
    uw_executor_delete(worker->executor);
    free(worker);
}


int
main(int count, char **values)
{
    uint64_t seed = count == 3 ? strtoull(values[1], NULL, 10) : 0;
    unsigned long whole = count == 3 ? strtoul(values[2], NULL, 10) : 0;
    pthread_t threads[WORKERS];
    uw_crew_t *crew = uw_crew_new();

    CHECK(whole != 0);
    CHECK(crew != NULL);
    check_wakes(crew, whole / 10);
    for (size_t i = 0; i < WORKERS; i++) {
        worker_t *worker = calloc(1, sizeof(*worker));

        CHECK(worker != NULL);
        worker->crew = crew;
        worker->chance = (seed + i) * 2 + 1;
        worker->count = whole;
        CHECK(pthread_create(&threads[i], NULL, run_worker, worker) == 0);
    }
    for (size_t i = 0; i < WORKERS; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
    }

    uw_crew_delete(crew);

    /* What ran when its worker ended is done, and freed, soon. */
    while (atomic_load(&freed) != atomic_load(&made)) {
        (void) sched_yield();
    }
    CHECK(atomic_load(&most) > 1 && atomic_load(&most) <= UW_JOB_THREADS);

    return 0;
}
