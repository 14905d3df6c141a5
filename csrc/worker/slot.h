/*
 * A slot: everything of one exchange while it runs, how its guest runs and ends,
 * and the worker that owns it.  Private to this folder.
 */

#ifndef UW_WORKER_SLOT_H
#define UW_WORKER_SLOT_H

#include "guest/function.h"
#include "guest/instance.h"
#include "http/end.h"
#include "worker/metrics.h"
#include "worker/metrics_file.h"
#include "worker/site.h"

/* Everything of one exchange; reused for the next one, except the instance's
 * store, which is made anew for each. */
typedef struct uw_slot uw_slot_t;
typedef struct uw_worker uw_worker_t;

struct uw_slot {
    uw_exchange_t exchange; /* first: an exchange is its slot */
    uw_instance_t instance;
    uw_function_t function; /* that it calls, if any */
    uw_worker_t *worker;
    uw_site_t *site; /* where its instance is */
    uw_slot_t *next; /* in the queue, or in the list of free slots */
    uw_task_t task;
    uw_timer_t deadline; /* time limit, or limit of waiting in the queue */
    uw_timer_t wake;     /* what the guest sleeps for */
    uint64_t accepted;
    uint64_t left; /* when the guest last gave up the processor, or its end */
    uint64_t cpu;
    uint64_t burst; /* of it, since the guest last waited for as long */
    uw_end_t end;   /* the first thing that went wrong */
    uint32_t index;
    uint32_t generation;
    bool held;         /* has ended, and lines of it have still to be logged */
    uw_poll_t outcome; /* of one that is held */
    bool in_use;
    bool in_flight; /* has a place in the pool */
    void *data;     /* the transport's; see uw_transport_t */
    size_t data_size;
};

struct uw_worker {
    uw_executor_t *executor;
    uw_site_t own;    /* its settings are those of the worker */
    uw_site_t *sites; /* that it was given */
    uw_slot_t **slots;
    size_t slot_count;
    size_t slot_capacity;
    uw_slot_t *free;
    uw_slot_t *last; /* that was accepted */
    char id_prefix[UW_ID_PREFIX + 1];
    uw_slot_t *queue; /* accepted, no place in the pool yet */
    uw_slot_t **queue_end;
    uw_slot_t *leaving;  /* has answered, and its instance is still there */
    uint64_t unprepared; /* refused since the log was told */
    uint64_t unprepared_said;
    uw_worker_status_t status;
    uw_metrics_t metrics;
    uw_metrics_file_t *metrics_file; /* NULL: none */
    uw_metrics_more_t metrics_more;  /* NULL: nothing */
    void *attached;                  /* a transport's; NULL: nothing */
    void (*attached_end)(void *data);
};

/* Of the worker. */
static inline const uw_settings_t *
uw_slot_settings(const uw_slot_t *slot)
{
    return &slot->worker->own.engine->settings;
}

static inline uw_slot_t *
uw_slot_of(const uw_exchange_t *exchange)
{
    return (uw_slot_t *) exchange;
}

/* A number for its exchange that is never used again, and the way back. */
uint64_t uw_slot_ticket(const uw_slot_t *slot);
uw_slot_t *uw_slot_find(const uw_worker_t *worker, uint64_t ticket);

/* One line for what went wrong, with the request and the time it took. */
void uw_slot_log(const uw_slot_t *slot, const char *what, const char *cause,
                 const char *detail);

/* Ends the exchange with that status, without an instance. */
void uw_slot_refuse(uw_slot_t *slot, uw_end_t end, uint16_t status,
                    const char *why);

/* Tells the transport what is new, then releases what is over. */
void uw_slot_announce(uw_slot_t *slot);

/* What the guest waits for may have come: it runs in one of the next turns. */
void uw_slot_wake(uw_slot_t *slot);

/* The one place where a guest ends, whatever ended it. */
void uw_slot_end_guest(uw_slot_t *slot);

/*
 * Ends a guest whose answer is announced next.  To tear down a large instance
 * takes longer than to send that: it is done by uw_slot_sweep(), in the next
 * turn, or before another instance is made, so that there are no more of them
 * than without it.  Where the guest took long, what comes next in this turn
 * waits, too.
 */
void uw_slot_end_answered(uw_slot_t *slot);
void uw_slot_sweep(uw_worker_t *worker);

/* Releases the exchange if it is over; it must not be used afterwards then. */
void uw_slot_settle(uw_slot_t *slot);

/* The one place where an exchange ends. */
void uw_slot_release(uw_slot_t *slot);

/* Before it is submitted: gets its instance there; -1: nothing begins there any
 * more. */
int uw_slot_enter(uw_slot_t *slot, uw_site_t *site) UW_CHECKED;

#endif /* UW_WORKER_SLOT_H */
