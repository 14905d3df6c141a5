/*
 * Response out, in Unit: when is what of an exchange handed over.
 *
 *   - Data up to UW_NXT_PLAIN bytes goes through libunit's socket; more needs
 *     shared memory.  When that is used up, a write takes less, and libunit
 *     says when to go on.  A call that would wait for it is never made while it
 *     is known to be used up: the exchange waits its turn, the others go on.
 *   - Unit checks nothing in a response: wasi_http does, and what is special
 *     to Unit (the length of a name) is checked here.
 */

#ifndef UW_UNIT_RESPONSE_H
#define UW_UNIT_RESPONSE_H

#include "unit/absent.h"
#include "unit/batch.h"
#include "unit/outbox.h"
#include "nxt_shim.h"
#include "worker/exchanges.h"

typedef struct uw_nxt_request uw_nxt_request_t;

typedef struct {
    uw_nxt_request_t *first;
    uw_nxt_request_t **last;
} uw_nxt_queue_t;

/* The exchanges of a worker that have more to hand over than they may yet. */
typedef struct {
    uw_worker_t *worker;
    const uw_nxt_absent_t *absent; /* NULL: there is a component */
    bool serves;                   /* functions: unit/service.h */
    bool out_of_memory;   /* shared memory is used up until the next ack */
    uw_nxt_queue_t queue; /* those that wait for it, in their order */
    uw_nxt_queue_t kept;  /* whole answers that leave together */
    uw_nxt_batch_t batch;
    uw_nxt_outbox_t outbox;
} uw_nxt_waiting_t;

/* One request of Unit with its exchange. */
struct uw_nxt_request {
    uw_nxt_req_t *req; /* NULL once it is done */
    uw_exchange_t *exchange;
    uw_nxt_waiting_t *list;
    uw_nxt_queue_t *queue; /* of that list, where it waits; or NULL */
    uw_nxt_request_t *next;
    bool head_sent;
    bool calls;         /* a function, whose result is no answer yet */
    uint32_t function;  /* its number */
    uint64_t body_left; /* of the request body */
};

/* The exchange has something to hand over. */
void uw_nxt_response_progress(uw_nxt_request_t *request);

/* The exchange is over: what it has not handed over nobody gets. */
void uw_nxt_response_end(uw_nxt_request_t *request);

void uw_nxt_waiting_init(uw_nxt_waiting_t *list, uw_worker_t *worker);

/* Nothing is waiting, and nothing is kept. */
bool uw_nxt_waiting_is_empty(const uw_nxt_waiting_t *list);

/* There may be memory again: goes on with those that wait for it. */
void uw_nxt_waiting_resume(uw_nxt_waiting_t *list);

/* Hands over what is kept. */
void uw_nxt_waiting_send_kept(uw_nxt_waiting_t *list);

/* A turn of the worker.  Where it leaves an instance that is to be torn down after
 * its answer, sends what is kept, and then does that, so that there is a place. */
bool uw_nxt_waiting_turn(uw_nxt_waiting_t *list);

#endif /* UW_UNIT_RESPONSE_H */
