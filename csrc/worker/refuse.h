/* Exchanges that are answered without an instance. */

#ifndef UW_WORKER_REFUSE_H
#define UW_WORKER_REFUSE_H

#include "http/end.h"
#include "http/exchange.h"

typedef struct uw_worker uw_worker_t;

/* It waited for a place elsewhere, and gets none: UW_END_QUEUE_FULL or
 * UW_END_QUEUE_TIMEOUT. */
void uw_worker_refuse_waiting(uw_exchange_t *exchange, uw_end_t end);

/* Answers with that status, without an instance. */
void uw_worker_refuse(uw_exchange_t *exchange, uint16_t status,
                      const char *why);

/* It has a whole response, by uw_exchange_answer(), and needs no instance. */
void uw_worker_deliver(uw_exchange_t *exchange);

/*
 * There is no component that could answer, and there may be one in so many
 * seconds.  The log has a line about the first of them, and about how many there
 * were now and then.
 */
void uw_worker_refuse_unprepared(uw_worker_t *worker, uw_exchange_t *exchange,
                                 uint32_t seconds);

#endif /* UW_WORKER_REFUSE_H */
