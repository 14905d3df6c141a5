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

#ifndef UW_NXT_RESPONSE_H
#define UW_NXT_RESPONSE_H

#include "nxt_shim.h"
#include "worker.h"

typedef struct uw_nxt_request uw_nxt_request_t;

/* The exchanges of a worker that wait for shared memory, in their order. */
typedef struct {
    uw_worker_t *worker;
    bool out_of_memory; /* shared memory is used up until the next ack */
    uw_nxt_request_t *first;
    uw_nxt_request_t **last;
} uw_nxt_waiting_t;

/* One request of Unit with its exchange. */
struct uw_nxt_request {
    uw_nxt_req_t *req; /* NULL once it is done */
    uw_exchange_t *exchange;
    uw_nxt_waiting_t *list;
    uw_nxt_request_t *next; /* in that list, if `waiting` */
    bool waiting;
    bool head_sent;
    uint64_t body_left; /* of the request body */
};

/* The exchange has something to hand over. */
void uw_nxt_response_progress(uw_nxt_request_t *request);

/* The exchange is over: what it has not handed over nobody gets. */
void uw_nxt_response_end(uw_nxt_request_t *request);

/* There may be memory again: goes on with those that wait. */
void uw_nxt_waiting_resume(uw_nxt_waiting_t *list);

#endif /* UW_NXT_RESPONSE_H */
