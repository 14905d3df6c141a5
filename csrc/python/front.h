/*
 * What the embedded server's transport has of a worker and of each exchange: the
 * queue of news that the control plane has to be told.
 */

#ifndef UW_PYTHON_FRONT_H
#define UW_PYTHON_FRONT_H

#include "python/direct.h"
#include "worker/exchanges.h"

typedef struct {
    uw_exchange_t *first; /* exchanges with news, in order */
    uw_exchange_t *last;
    uw_exchange_t *delivered; /* whose bytes the control plane looks at */
    uw_buf_t headers;
    uw_buf_t answers; /* uw_whole_answer_t of small whole ones */
    uw_buf_t text;    /* and their bytes, one after the other */
    bool fetched;     /* the control plane has these two */
    uw_buf_t over;    /* tickets for UW_NEWS_OVER: the exchanges are gone */
    size_t bodies;    /* exchanges that may need a place in it */
    uw_buf_t sources; /* uw_source_t of this turn */
} uw_front_t;

/* Of an exchange: its transport_data. */
typedef struct {
    uw_exchange_t *next; /* in the queue */
    bool queued;
    bool pull_wanted;
    bool has_body;
    size_t source; /* number of its source, from 1 on; 0: there is none */
    uw_direct_t direct;
} uw_front_place_t;

static inline uw_front_place_t *
uw_front_place(const uw_exchange_t *exchange)
{
    return exchange->transport_data;
}

/* NULL before the worker's first exchange. */
static inline uw_front_t *
uw_front_of(const uw_worker_t *worker)
{
    return uw_worker_attached(worker);
}

#endif /* UW_PYTHON_FRONT_H */
