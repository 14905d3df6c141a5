/*
 * A mailbox: work that leaves the thread of a worker, and answers that wake the
 * exchanges which wait for them.
 *
 *   the worker's thread  --- orders --->  the other side, on threads of its own
 *                        <--- woken ----
 *
 * What travels has a letter in it.  To the other side it is a number, which is
 * never used again: whoever answers too late answers nobody.
 *
 *   1. What both sides touch, letters included, is touched with the mutex held,
 *      and nobody waits for anything while he holds it.
 *   2. The other side is told by a descriptor that there are orders, the worker
 *      by its executor that there are answers.
 */

#ifndef UW_BASE_MAILBOX_H
#define UW_BASE_MAILBOX_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/executor.h"
#include "base/link.h"

typedef struct {
    uint64_t id;     /* 0: the other side knows it otherwise */
    uint64_t ticket; /* of the exchange that waits for it */
    uw_link_t
        orders;      /* in the mailbox's ring: the other side has to fetch it */
    uw_link_t woken; /* in the mailbox's ring: the exchange has to look */
} uw_letter_t;

/* A place for a letter; the generation makes its numbers unique. */
typedef struct {
    uw_letter_t *letter; /* NULL: free */
    uint32_t generation;
    uint32_t next_free; /* index + 1, or 0 */
} uw_mailbox_place_t;

typedef struct {
    uw_executor_t *executor;
    int event_fd;     /* readable while there are orders */
    atomic_bool news; /* `woken` is not empty; to look without the mutex */

    pthread_mutex_t mutex; /* for all that follows */
    uw_link_t orders;
    uw_link_t woken;
    uw_mailbox_place_t *places;
    uint32_t place_count;
    uint32_t place_capacity;
    uint32_t free_place; /* index + 1, or 0 */
} uw_mailbox_t;

/* 0, or -1 with errno set when descriptors are out. */
int uw_mailbox_open(uw_mailbox_t *box, uw_executor_t *executor) UW_CHECKED;

/* Nobody may be on the other side, and no letter in the rings. */
void uw_mailbox_close(uw_mailbox_t *box);

/*
 * The worker's thread: calls `wake` for each exchange about whose letters there
 * is something new, once for each letter; true when there was one.
 */
bool uw_mailbox_deliver(uw_mailbox_t *box,
                        void (*wake)(void *data, uint64_t ticket), void *data);

/* Locking a plain mutex that exists cannot fail, and so for unlocking. */
static inline void
uw_mailbox_lock(uw_mailbox_t *box)
{
    (void) pthread_mutex_lock(&box->mutex);
}

static inline void
uw_mailbox_unlock(uw_mailbox_t *box)
{
    (void) pthread_mutex_unlock(&box->mutex);
}

/* A new letter, for the exchange with that ticket. */
static inline void
uw_letter_init(uw_letter_t *letter, uint64_t ticket)
{
    *letter = (uw_letter_t) { .ticket = ticket };
    uw_link_init(&letter->orders);
    uw_link_init(&letter->woken);
}

/* ---- With the mutex held ---- */

/* Gives it a number; -1 when out of memory. */
int uw_mailbox_add(uw_mailbox_t *box, uw_letter_t *letter) UW_CHECKED;

/* Takes its number away for good.  It may still be in the rings. */
void uw_mailbox_remove(uw_mailbox_t *box, const uw_letter_t *letter);

/* The letter of that number, or NULL. */
uw_letter_t *uw_mailbox_find(const uw_mailbox_t *box, uint64_t id) UW_CHECKED;

/* The other side has to fetch it; harmless where it has to already. */
void uw_mailbox_order(uw_mailbox_t *box, uw_letter_t *letter);

/* The next one to be fetched, out of the ring; NULL: there is none, and the
 * descriptor is not readable any more. */
uw_letter_t *uw_mailbox_fetch(uw_mailbox_t *box) UW_CHECKED;

/* The exchange has to look. */
void uw_mailbox_wake(uw_mailbox_t *box, uw_letter_t *letter);

#endif /* UW_BASE_MAILBOX_H */
