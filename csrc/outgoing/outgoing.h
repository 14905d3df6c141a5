/*
 * Requests that guests send: from `outgoing-handler.handle` to the last byte of
 * the response.
 *
 *   guest --- wasi/http --- outgoing.c | python/outgoing_client.c --- client
 *             the worker's thread          |  the client's thread
 *
 * The client does the network; it may be a thread of its own.  Rules:
 *
 *   1. What both threads touch is in the second half of uw_outgoing_t
 *      (outgoing/table.h) and in the table, and is touched with the table's
 *      mutex held.  Nobody waits for anything while he holds it.
 *   2. To the client a request is a number, which is never used again.  To the
 *      worker it is a pointer that exactly one resource of the guest owns: the
 *      future, then the incoming-response, then its body, then the
 *      future-trailers.
 *   3. When that resource goes, the request is cancelled, unless its response
 *      and its body are whole.
 *      All resources of a guest go when its exchange ends, so nothing that it
 *      has sent outlives it.
 *   4. Bodies are bounded by the window in both directions: of the request the
 *      bytes that the client has not confirmed count, of the response those
 *      that the guest has not read.
 */

#ifndef UW_OUTGOING_OUTGOING_H
#define UW_OUTGOING_OUTGOING_H

#include "http/error_code.h"
#include "http/exchange.h"

typedef struct uw_outgoing_table uw_outgoing_table_t;
typedef struct uw_outgoing uw_outgoing_t;

/* What guests do; all of it runs on the worker's thread. */

/* What is sent; everything is copied. */
typedef struct {
    uw_slice_t method;
    uw_slice_t scheme;
    uw_slice_t authority;
    uw_slice_t path;
    const uw_fields_t *headers;
    uw_slice_t hops; /* of the incoming request, as the next one */
    uw_slice_t traceparent;
    uint64_t connect_timeout;
    uint64_t first_byte_timeout;
    uint64_t between_bytes_timeout;
} uw_outgoing_head_t;

/*
 * Sends a request for the exchange with that ticket.  Holds the body, which is
 * open or finished; NULL is an empty one.  What is kept of it, by either side, is
 * on the account until its owner releases it.  NULL when out of memory or the account
 * allows no more.
 */
uw_outgoing_t *uw_outgoing_send(uw_outgoing_table_t *table, uint64_t ticket,
                                const uw_outgoing_head_t *head,
                                uw_outgoing_body_t *body, uw_account_t *account)
    UW_CHECKED;

/* Its owner releases it: it is cancelled if it is not over, and freed. */
void uw_outgoing_cancel(uw_outgoing_t *outgoing);

/* Whether the client still works on it, or bytes of it wait for the guest. */
bool uw_outgoing_in_flight(uw_outgoing_t *outgoing);

/*
 * The request's body has changed, or may have room again: hands over what was
 * written, and takes note of what was sent or that nobody reads any more.
 */
void uw_outgoing_sync(uw_outgoing_t *outgoing);

typedef enum {
    UW_ANSWER_NONE,   /* nothing has come yet */
    UW_ANSWER_HEAD,   /* status and headers are here */
    UW_ANSWER_FAILED, /* there will be no response */
} uw_answer_t;

/* What has come in answer to it, before take_head() was called. */
uw_answer_t uw_outgoing_answer(uw_outgoing_t *outgoing);

/* Hands over the headers of an UW_ANSWER_HEAD, once; returns the status. */
uint16_t uw_outgoing_take_head(uw_outgoing_t *outgoing,
                               uw_shared_fields_t **headers);

/* The body of its response; the owner of the request reads it. */
uw_incoming_body_t *uw_outgoing_response_body(uw_outgoing_t *outgoing);

/* Moves what has come of the response's body to where the guest reads it. */
void uw_outgoing_pull(uw_outgoing_t *outgoing);

/* The guest has read so many bytes. */
void uw_outgoing_took(uw_outgoing_t *outgoing, size_t size);

/* Why it failed, or its response's body broke off. */
void uw_outgoing_failure(uw_outgoing_t *outgoing, uw_failure_t *failure);

#endif /* UW_OUTGOING_OUTGOING_H */
