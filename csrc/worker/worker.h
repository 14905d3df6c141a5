/*
 * The worker: one thread that serves one application.  It joins the exchange
 * (what the client sees), the instance (what runs) and the executor (when).
 *
 * A transport accepts an exchange, fills in the request, submits it, and is
 * told of progress from uw_worker_turn().
 */

#ifndef UW_WORKER_WORKER_H
#define UW_WORKER_WORKER_H

#include "engine/engine.h"
#include "http/exchange.h"
#include "base/executor.h"

/* What the control plane has to be told; see python/transport.c. */
typedef struct {
    uw_exchange_t *first; /* exchanges with news, in order */
    uw_exchange_t *last;
    uw_exchange_t *delivered; /* whose bytes the control plane looks at */
    uw_buf_t headers;
    uw_buf_t answers; /* uw_whole_answer_t of small whole ones */
    uw_buf_t text;    /* and their bytes, one after the other */
    bool fetched;     /* the control plane has these two */
} uw_news_queue_t;

/*
 * A worker for an engine that was built before, in Unit before the fork.  It
 * takes the engine over, also when it fails.
 */
uw_worker_t *uw_worker_from_engine(uw_engine_t *engine, char *error,
                                   size_t error_size) UW_CHECKED;

/* Exchanges in flight or waiting for a place in the pool. */
uint32_t uw_worker_load(const uw_worker_t *worker);

/* Those that wait for a place. */
uint32_t uw_worker_queued(const uw_worker_t *worker);

/*
 * A new exchange, to be submitted or refused by the caller.  NULL when memory
 * is out.
 */
uw_exchange_t *uw_worker_accept(uw_worker_t *worker,
                                const uw_transport_t *transport) UW_CHECKED;

/* It came earlier, when the transport had no place to put it. */
void uw_worker_arrived(uw_exchange_t *exchange, uint64_t at);

/* The exchange that was accepted last, also when it is over; there is one. */
const uw_exchange_t *uw_worker_last(const uw_worker_t *worker);

/* The request is complete (its body may follow): runs in the next turn. */
void uw_worker_submit(uw_worker_t *worker, uw_exchange_t *exchange);

/* Of one that has been let into a queue before this one: whether this one is
 * full is not asked. */
void uw_worker_submit_admitted(uw_worker_t *worker, uw_exchange_t *exchange);

/* It waited for a place elsewhere, and gets none: UW_END_QUEUE_FULL or
 * UW_END_QUEUE_TIMEOUT. */
void uw_worker_refuse_waiting(uw_exchange_t *exchange, uw_end_t end);

/* Answers with that status, without an instance. */
void uw_worker_refuse(uw_worker_t *worker, uw_exchange_t *exchange,
                      uint16_t status, const char *why);

/*
 * There is no component that could answer, and there may be one in so many
 * seconds.  The log has a line about the first of them, and about how many there
 * were now and then.
 */
void uw_worker_refuse_unprepared(uw_worker_t *worker, uw_exchange_t *exchange,
                                 uint32_t seconds);

/* What the transport has found wrong with an answer; the first fault counts. */
void uw_worker_blame(uw_exchange_t *exchange, uw_end_t end);

/* A line of the log about the exchange; `level` as syslog's: UW_LOG_ERROR. */
void uw_worker_say(const uw_exchange_t *exchange, int level, const char *text);

/* Something that the guest may wait for has happened. */
void uw_worker_wake(uw_worker_t *worker, uw_exchange_t *exchange);

/* The client has gone: ends the guest and releases the exchange. */
void uw_worker_cancel(uw_worker_t *worker, uw_exchange_t *exchange);

/* Every client has gone.  Guests whose whole response was taken go on. */
void uw_worker_cancel_unanswered(uw_worker_t *worker);

/* Releases the exchange if it is over; it must not be used afterwards then. */
void uw_worker_settle(uw_worker_t *worker, uw_exchange_t *exchange);

/* A number for the exchange that is never used again, and the way back. */
uint64_t uw_worker_ticket(const uw_exchange_t *exchange);
uw_exchange_t *uw_worker_find(uw_worker_t *worker, uint64_t ticket);

/*
 * Sleeps until a turn is due, or `limit` nanoseconds at the most.  Only where
 * there is no outer loop.
 */
void uw_worker_idle(const uw_worker_t *worker, uint64_t limit);

/* Where outgoing requests are; NULL when the settings allow none. */
struct uw_outgoing_table *uw_worker_outgoing(const uw_worker_t *worker);

/*
 * Where the settings allow no outgoing requests: says so in the log, once for
 * each origin.
 */
void uw_worker_denied(uw_worker_t *worker, uw_slice_t scheme,
                      uw_slice_t authority);

uw_worker_t *uw_worker_of(const uw_exchange_t *exchange);
uw_executor_t *uw_worker_executor(const uw_worker_t *worker);
const uw_settings_t *uw_worker_settings(const uw_worker_t *worker);
uw_news_queue_t *uw_worker_news(uw_worker_t *worker);

#endif /* UW_WORKER_WORKER_H */
