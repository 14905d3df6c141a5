/*
 * Large pieces of a response body, sent from where a guest has written them.
 *
 * While all that the control plane has written to a connection is with the
 * kernel, and nothing waits here, a large piece goes into the socket in the very
 * call by which the guest writes it: no copy of it is made, and no turn of the
 * event loop is needed.  What the socket does not take waits as ever, and goes
 * through the control plane, which says when the next piece may go this way.
 *
 * The socket is not ours.  It is used between uw_direct_open() and the first of:
 * the control plane takes bytes of the body, says that the client has gone, or
 * the exchange is released.
 */

#ifndef UW_PYTHON_DIRECT_H
#define UW_PYTHON_DIRECT_H

#include "http/exchange.h"

/* Of an exchange; all zero: closed. */
typedef struct {
    uw_sink_t sink;
    uw_exchange_t *exchange;
    int descriptor;
    bool chunked; /* pieces are framed as chunks */
    bool held;    /* the kernel may wait with the last of it */
    size_t left;  /* bytes that may go before the control plane has its turn */
    size_t
        rest; /* of what waits in the body: the end of a chunk that has begun */
    uint64_t sent; /* bytes, with their frames, since uw_direct_count() */
} uw_direct_t;

void uw_direct_open(uw_direct_t *direct, uw_exchange_t *exchange,
                    int descriptor, bool chunked);
void uw_direct_close(uw_direct_t *direct);

/* The guest runs no more for now: what the kernel has is to leave. */
void uw_direct_release(uw_direct_t *direct);

/* Bytes that were sent since the last call. */
uint64_t uw_direct_count(uw_direct_t *direct);

#endif /* UW_PYTHON_DIRECT_H */
