/*
 * Unit's queue of requests between the router, which announces what it puts in,
 * and a worker that sleeps until then: `requests_threads COUNT`.  The next request
 * comes as soon as the last one has been taken, so most of them come while the
 * worker clears the flag and looks for the last time.  Says which was never taken.
 */

#include <nxt_main.h>

#include <nxt_app_queue.h>
#include <nxt_port.h>

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "nxt_shim.h"

/* A request is lost when the worker has found so often that nothing is announced. */
#define PATIENCE 10000

typedef struct {
    nxt_app_queue_t *queue;
    atomic_uint announced;
    atomic_uint taken;
    atomic_uint idle; /* how often the worker has found nothing announced */
    atomic_bool over;
    unsigned count;
} shared_t;


/* So that the two meet at every point of the way. */
static void
dawdle(unsigned *chance)
{
    volatile unsigned left = (*chance = *chance * 1664525 + 1013904223) >> 25;

    while (left != 0) {
        left--;
    }
}


static void
pause_for(unsigned *spins)
{
    if (++*spins % 4096 == 0) {
        (void) sched_yield();
    }
}


static void
take_all(shared_t *shared)
{
    uw_nxt_item_t item;
    uint32_t place;

    while (uw_nxt_requests_take(shared->queue, &item, &place)) {
        (void) atomic_fetch_add(&shared->taken, 1);
    }
}


/* As unit/loop.c has it: until there is nothing, then the announcement, then once
 * more. */
static void *
run_worker(void *data)
{
    shared_t *shared = data;
    unsigned heard = 0;
    unsigned chance = 1;
    unsigned spins = 0;

    while (!atomic_load(&shared->over)) {
        if (atomic_load(&shared->announced) == heard) {
            (void) atomic_fetch_add(&shared->idle, 1);
            pause_for(&spins);
            continue;
        }
        take_all(shared);
        heard++;
        dawdle(&chance);
        uw_nxt_requests_notified(shared->queue);
        take_all(shared);
    }

    return NULL;
}


static bool
is_taken(shared_t *shared, unsigned number)
{
    unsigned before = atomic_load(&shared->idle);
    unsigned spins = 0;

    while (atomic_load(&shared->taken) != number) {
        pause_for(&spins);
        if (atomic_load(&shared->idle) - before > PATIENCE) {
            return atomic_load(&shared->taken) == number;
        }
    }

    return true;
}


static bool
run_router(shared_t *shared)
{
    unsigned chance = 2;
    nxt_port_msg_t message = { .stream = 0 };
    uint32_t cookie;
    int notify;

    for (unsigned number = 1; number <= shared->count; number++) {
        dawdle(&chance);
        message.stream = number;
        if (nxt_app_queue_send(shared->queue, &message, sizeof(message), number,
                               &notify, &cookie)
            != NXT_OK)
        {
            (void) printf("request %u: the queue is full\n", number);
            return false;
        }
        if (notify) {
            (void) atomic_fetch_add(&shared->announced, 1);
        }
        if (!is_taken(shared, number)) {
            (void) printf("request %u was never taken\n", number);
            return false;
        }
    }

    return true;
}


int
main(int count, char **values)
{
    static nxt_app_queue_t queue;
    shared_t shared = { .queue = &queue };
    pthread_t worker;
    bool whole;

    if (count != 2) {
        return 2;
    }
    shared.count = (unsigned) strtoul(values[1], NULL, 10);
    nxt_app_queue_init(shared.queue);
    if (pthread_create(&worker, NULL, run_worker, &shared) != 0) {
        return 2;
    }
    whole = run_router(&shared);
    atomic_store(&shared.over, true);
    (void) pthread_join(worker, NULL);

    return whole ? 0 : 1;
}
