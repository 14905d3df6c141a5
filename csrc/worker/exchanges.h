/*
 * The exchanges of a worker, for transports: one accepts an exchange, fills in
 * the request, submits it, and is told of progress from uw_worker_turn().
 */

#ifndef UW_WORKER_EXCHANGES_H
#define UW_WORKER_EXCHANGES_H

#include "base/settings.h"
#include "http/end.h"
#include "http/exchange.h"
#include "worker/metrics_file.h"

typedef struct uw_worker uw_worker_t;
typedef struct uw_site uw_site_t;
typedef struct uw_engine uw_engine_t;

/*
 * A new exchange, to be submitted or refused by the caller.  NULL when out of
 * memory.
 */
uw_exchange_t *uw_worker_accept(uw_worker_t *worker,
                                const uw_transport_t *transport) UW_CHECKED;

/* It came earlier, when the transport had no place to put it. */
void uw_worker_arrived(uw_exchange_t *exchange, uint64_t at);

/*
 * It calls a function of the program that the settings have, instead of a handler
 * of HTTP; to be followed by uw_worker_submit().  A 200 has the packed result as its
 * body (guest/packed.h).  -1: memory is out, or there is no such function.
 *
 *   site: whose function it is; NULL: of the worker's own component.
 */
int uw_worker_call(uw_exchange_t *exchange, uw_site_t *site, uint32_t number,
                   uw_slice_t packed) UW_CHECKED;

/* The exchange that was accepted last, also when it is over; there is one. */
const uw_exchange_t *uw_worker_last(const uw_worker_t *worker);

/* The request is complete (its body may follow): runs in the next turn. */
void uw_worker_submit(uw_worker_t *worker, uw_exchange_t *exchange);

/* Of one that has been let into a queue before this one: whether this one is
 * full is not asked. */
void uw_worker_submit_admitted(uw_worker_t *worker, uw_exchange_t *exchange);

/* What the transport has found wrong with an answer; the first fault counts. */
void uw_worker_set_end_reason(uw_exchange_t *exchange, uw_end_t end);

/* A line of the log about the exchange; `level` as syslog's: UW_LOG_ERROR. */
void uw_worker_say(const uw_exchange_t *exchange, int level, const char *text);

/* Something that the guest may wait for has happened. */
void uw_worker_wake(uw_exchange_t *exchange);

/* The client has gone: ends the guest and releases the exchange. */
void uw_worker_cancel(uw_worker_t *worker, uw_exchange_t *exchange);

/* Every client has gone.  Guests whose whole response was taken go on. */
void uw_worker_cancel_unanswered(uw_worker_t *worker);

/* Releases the exchange if it is over; it must not be used afterwards then. */
void uw_worker_settle(uw_exchange_t *exchange);

/* A number for the exchange that is never used again, and the way back. */
uint64_t uw_worker_ticket(const uw_exchange_t *exchange);
uw_exchange_t *uw_worker_find(uw_worker_t *worker, uint64_t ticket);

uw_worker_t *uw_worker_of(const uw_exchange_t *exchange);

/*
 * What a transport has for all exchanges of the worker: NULL until it has
 * attached something.  It is given to `end` after the last exchange.
 */
void *uw_worker_attached(const uw_worker_t *worker);
void uw_worker_attach(uw_worker_t *worker, void *data, void (*end)(void *data));

/*
 * A component that it is given: worker/site.h.  Takes the engine over, also when it
 * fails: NULL, and a sentence in `error`.
 */
uw_site_t *uw_worker_open_site(uw_worker_t *worker, uw_engine_t *engine,
                               char *error, size_t error_size) UW_CHECKED;

/* What its metrics file has besides; asked on its thread. */
void uw_worker_measure(uw_worker_t *worker, uw_metrics_more_t more);

#endif /* UW_WORKER_EXCHANGES_H */
