/*
 * How requests come out of Unit's queue, which all workers of an application
 * share, and what becomes of those that wait in there.
 *
 *   - A worker takes a request only while it has a place for it.  What waits
 *     stays in Unit's queue, so that whoever has a place next takes it, and
 *     first what came first.
 *   - libunit reads a queue of ours, which holds one message at most.  So it is
 *     known which request it gets next, and that need not be the first one.
 *   - Nothing in the queue says since when a request waits.  A worker that has
 *     no place looks every few milliseconds, and remembers what it has found.
 *   - It takes those out that wait for too long, or beyond what may wait, and
 *     they are refused.  A sibling that has a place may want them: for a moment
 *     they are left to it.
 */

#ifndef UW_UNIT_INTAKE_H
#define UW_UNIT_INTAKE_H

#include "nxt_shim.h"
#include "unit/siblings.h"

typedef enum {
    UW_NXT_UNKNOWN, /* the limit of the queue has not been asked */
    UW_NXT_ADMITTED,
    UW_NXT_OVERDUE, /* to be refused: it has waited for too long */
    UW_NXT_EXCESS,  /* to be refused: others wait already */
} uw_nxt_verdict_t;

/* What is known of a request that libunit is about to hand over. */
typedef struct {
    uw_nxt_verdict_t verdict;
    uint64_t arrived; /* 0: now */
} uw_nxt_ticket_t;

/* A request that waits: its place in the queue, and when it was found there. */
typedef struct {
    uint32_t place;
    uint64_t arrived;
} uw_nxt_seen_t;

/* libunit keeps requests whose body, or the port of whose answer, is still on
 * its way; in their order. */
#define UW_NXT_DEFERRED 64

typedef struct {
    void *queue; /* Unit's */
    void *ours;  /* what libunit reads in its place */
    uw_nxt_siblings_t *siblings;
    uint32_t self; /* this process, among them */
    uint64_t left; /* requests until libunit takes no more of them */

    bool pending;            /* one is in ours, or with libunit right now */
    uw_nxt_ticket_t current; /* its ticket */

    uw_nxt_ticket_t deferred[UW_NXT_DEFERRED];
    uint64_t since[UW_NXT_DEFERRED];
    uint32_t deferred_first;
    uint32_t deferred_count;

    uw_nxt_seen_t *seen; /* a ring, in the order of the queue */
    uint32_t seen_first;
    uint32_t seen_count;
    uint32_t seen_capacity;
    uint32_t next; /* places before this one were looked at */
    uint64_t looked_at;
} uw_nxt_intake_t;

/* What may wait in Unit's queue: as much as in those of all workers, had each its
 * own. */
typedef struct {
    uint64_t count;
    uint64_t timeout;
} uw_nxt_patience_t;

/*
 * `queue_fd` is Unit's queue; it is closed, and one of ours, for libunit, takes
 * its place.  `siblings` may be NULL; `limit` is that of requests, 0: none.
 * Returns 0, or -1 with errno set.
 */
int uw_nxt_intake_open(uw_nxt_intake_t *intake, int *queue_fd,
                       uw_nxt_siblings_t *siblings, uint32_t limit) UW_CHECKED;
void uw_nxt_intake_close(uw_nxt_intake_t *intake);

/* Where the next one in Unit's queue is given to libunit, if there is one. */
void uw_nxt_intake_next(uw_nxt_intake_t *intake);

/* Unit has said that there is something in its queue. */
void uw_nxt_intake_notified(uw_nxt_intake_t *intake);

/*
 * This process takes none for now.  Those that are in the queue may have been
 * announced to it alone: Unit says nothing of what comes between the reading of
 * an announcement and the clearing of the flag.
 */
void uw_nxt_intake_leave(const uw_nxt_intake_t *intake);

/* libunit hands over a request: what is known of it. */
uw_nxt_ticket_t uw_nxt_intake_arrived(uw_nxt_intake_t *intake);

/* libunit has read a message, or has found none. */
void uw_nxt_intake_read(uw_nxt_intake_t *intake);

/* How many requests libunit has and will still hand over. */
uint32_t uw_nxt_intake_deferred(uw_nxt_intake_t *intake);

/* Whether it is time to look into the queue, in which nothing can be taken. */
bool uw_nxt_intake_is_due(const uw_nxt_intake_t *intake, uint64_t now)
    UW_CHECKED;
void uw_nxt_intake_look(uw_nxt_intake_t *intake, uint64_t now);

/* Where `queued` of this process wait already, which are out of Unit's queue. */
uw_nxt_patience_t uw_nxt_intake_patience(const uw_nxt_intake_t *intake,
                                         const uw_settings_t *settings,
                                         uint32_t queued);

/* Gives one to libunit that has to be refused, if there is one. */
bool uw_nxt_intake_refuse(uw_nxt_intake_t *intake,
                          const uw_nxt_patience_t *patience, uint64_t now)
    UW_CHECKED;

/* Where what was refused fills the queue, behind one that waits, that one is
 * given to libunit. */
bool uw_nxt_intake_shorten(uw_nxt_intake_t *intake) UW_CHECKED;

#endif /* UW_UNIT_INTAKE_H */
