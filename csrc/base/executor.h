/*
 * One thread's run queue: tasks that are ready, timers, and one descriptor for
 * an outer event loop to wait on.  It knows nothing of exchanges.
 *
 * An outer loop waits until uw_executor_fd() is readable (or uw_executor_turn()
 * has said that more is ready) and calls uw_executor_turn(); before that
 * uw_executor_clear(), where it was the descriptor.  All functions but
 * uw_executor_notify() belong to the thread that made the executor.
 */

#ifndef UW_BASE_EXECUTOR_H
#define UW_BASE_EXECUTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

typedef struct uw_executor uw_executor_t;
typedef struct uw_task uw_task_t;
typedef struct uw_timer uw_timer_t;
typedef struct uw_watch uw_watch_t;

/* Embedded in what runs.  Zero-initialised is idle. */
struct uw_task {
    uw_task_t *next;
    bool queued;
    void (*run)(uw_task_t *task);
};

#define UW_TIMER_IDLE SIZE_MAX

/* Embedded in what waits.  uw_timer_init() before use. */
struct uw_timer {
    uint64_t at;  /* nanoseconds of CLOCK_MONOTONIC */
    size_t index; /* place in the heap, or UW_TIMER_IDLE */
    void (*fire)(uw_timer_t *timer);
};

/*
 * A descriptor that is watched.  `fire` is called by uw_executor_clear(), once
 * whenever something new can be read, written, or has gone wrong: it says that,
 * not what, and not again for what it has said.  It must not end any watch.
 */
struct uw_watch {
    void (*fire)(uw_watch_t *watch);
};

/* Nanoseconds of CLOCK_MONOTONIC. */
uint64_t uw_now(void);

/* From now until then, for poll(): at least 1, or 0 where it is past. */
int uw_milliseconds(uint64_t until);

/* NULL with errno set when a descriptor or memory cannot be had. */
uw_executor_t *uw_executor_new(void) UW_CHECKED;
void uw_executor_delete(uw_executor_t *executor);

/* Readable when a turn is due.  Owned by the executor. */
int uw_executor_fd(const uw_executor_t *executor);

/* Puts the task at the end of the run queue; once, however often called. */
void uw_executor_ready(uw_executor_t *executor, uw_task_t *task);

/*
 * The same for a task that has used up a quantum of processor time.  One of those
 * runs in a turn, after all that is ready; and the quantum has to be paid back
 * first: see UW_EXECUTOR_SHARE.  So a few tasks that never wait do not slow down
 * the many that do.
 */
void uw_executor_later(uw_executor_t *executor, uw_task_t *task);

/* The task that runs has used so many nanoseconds of the processor. */
void uw_executor_spent(uw_executor_t *executor, uint64_t nanoseconds);

/*
 * After a quantum of length s, with m tasks that have used one up, what is ready
 * gets s * UW_EXECUTOR_SHARE / m before the next quantum; or less, when nothing
 * was ready in UW_EXECUTOR_QUIET turns.  With 16, for every m, 32 tasks that are
 * ready again and again get at least half of what they would get if all 32 + m
 * had the same: 16 / (16 + m) against 32 / (32 + m).
 */
#define UW_EXECUTOR_SHARE 16

/* An outer loop needs a few rounds to bring what is on its way: asyncio starts
 * a request in the round after the one in which its bytes have come. */
#define UW_EXECUTOR_QUIET 3

/* Nothing more runs in this turn after the task that runs: the outer loop has
 * something to do that does not wait. */
void uw_executor_end_turn(uw_executor_t *executor);

/* Takes a task back that is about to be freed. */
void uw_executor_forget(uw_executor_t *executor, uw_task_t *task);

static inline void
uw_timer_init(uw_timer_t *timer, void (*fire)(uw_timer_t *timer))
{
    *timer = (uw_timer_t) { .index = UW_TIMER_IDLE, .fire = fire };
}

/* Starts, moves or (with UINT64_MAX) stops a timer; -1: out of memory. */
int uw_timer_set(uw_executor_t *executor, uw_timer_t *timer, uint64_t at)
    UW_CHECKED;
void uw_timer_stop(uw_executor_t *executor, uw_timer_t *timer);

/* Watches a descriptor of the caller's, who ends that before he closes it; -1
 * with errno set. */
int uw_executor_watch(uw_executor_t *executor, uw_watch_t *watch, int fd)
    UW_CHECKED;
void uw_executor_unwatch(uw_executor_t *executor, int fd);

/*
 * Makes the descriptor unreadable until there is a reason anew.  Costs system
 * calls; a turn that comes for another reason may leave it as it is.
 */
void uw_executor_clear(uw_executor_t *executor);

/*
 * Fires due timers, runs every task that was ready when the turn began, but no
 * longer than `budget` nanoseconds, and then one of those that come later.
 * Returns whether tasks are still ready: then the next turn must not wait for
 * the descriptor.
 */
bool uw_executor_turn(uw_executor_t *executor, uint64_t budget);

/* Nanoseconds until the next timer: 0 when due, UINT64_MAX when none. */
uint64_t uw_executor_next(const uw_executor_t *executor);

/* Makes the descriptor readable.  From any thread. */
void uw_executor_notify(uw_executor_t *executor);

#endif /* UW_BASE_EXECUTOR_H */
