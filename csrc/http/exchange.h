/*
 * An exchange: one request with its response, from accept to the last byte.
 *
 * This file is the state machine.  It does no I/O, reads no clock and knows
 * nothing of WebAssembly or of Unit.  Rules:
 *
 *   1. Everything that changes the stage of a response goes through
 *      one function of http/exchange.c, which looks the change up in one table.
 *   2. The head is held back until the guest waits, yields or ends, so that a
 *      guest that fails before that is answered with a status and not with a
 *      cut connection, and a small answer leaves in one piece.
 *   3. A response that went wrong after its head was handed over is CUT: the
 *      client must never take it for a whole one.
 *   4. The guest may go on after its response is COMPLETE, and a response may
 *      still be on its way to the client after the guest has ENDED: the
 *      exchange is over when both are.
 */

#ifndef UW_HTTP_EXCHANGE_H
#define UW_HTTP_EXCHANGE_H

#include "base/settings.h"
#include "http/body.h"

typedef struct uw_exchange uw_exchange_t;

typedef enum {
    UW_GUEST_QUEUED,        /* waits for a slot of the pool */
    UW_GUEST_INSTANTIATING, /* its component is being instantiated */
    UW_GUEST_RUNNING,       /* has the processor, or the next turn of it */
    UW_GUEST_WAITING,       /* parked in a host function until it is woken */
    UW_GUEST_ENDED,         /* returned, trapped, or was put to an end */
} uw_guest_stage_t;

typedef enum {
    UW_RESPONSE_NONE,     /* the guest has not called response-outparam.set */
    UW_RESPONSE_SET,      /* set; the head is ours and may still be replaced */
    UW_RESPONSE_SENT,     /* the transport has the head; body bytes follow */
    UW_RESPONSE_COMPLETE, /* every byte is known; some may still be here */
    UW_RESPONSE_CUT,      /* broken: the transport must end it visibly */
} uw_response_stage_t;

typedef enum {
    UW_EVENT_SET,         /* the guest set a response whose body is open */
    UW_EVENT_HANDED_OVER, /* the transport took the head */
    UW_EVENT_FINISHED,    /* the body ended as it should */
    UW_EVENT_FAILED,      /* trap, time limit, broken body, error-code, ... */
    UW_EVENT_CLIENT_GONE, /* nobody is there to answer */
} uw_exchange_event_t;

#define UW_RESPONSE_STAGES 5
#define UW_EXCHANGE_EVENTS 5

/*
 * The outer side of an exchange: Unit, the embedded server, or a test.
 * progress() and release() come when no guest runs; pull() comes from inside a
 * host function and may append bytes, but must not end the exchange.
 */
typedef struct {
    /* Something of the response can be taken: see uw_exchange_take_head(). */
    void (*progress)(uw_exchange_t *exchange);

    /* The guest waits for request bytes: append some, now or later. */
    void (*pull)(uw_exchange_t *exchange);

    /* The exchange is over and its memory is about to be reused. */
    void (*release)(uw_exchange_t *exchange);

    /* Bytes of its own for each exchange, in transport_data, all zero at first;
     * 0: transport_data is for it to set. */
    size_t data_size;
} uw_transport_t;

/* Bytes of a request's id, and of what its worker has drawn of it. */
#define UW_ID_MAX 128
#define UW_ID_PREFIX 16

struct uw_exchange {
    uint64_t id; /* number of the request, counted per worker from 1 */
    const char *id_prefix;    /* the worker's; see http/request_id.h */
    char given_id[UW_ID_MAX]; /* by a header, where the settings trust it */
    uint8_t given_id_size;    /* 0: none */
    bool id_given;            /* there was such a header, good or not */
    const uw_transport_t *transport;
    void *transport_data;

    /* Request in: the slices point into `text`. */
    uw_buf_t text;
    uw_slice_t method;
    uw_slice_t scheme;
    uw_slice_t authority;
    uw_slice_t path_with_query;
    uw_shared_fields_t request_headers; /* one reference is ours, always */
    uw_incoming_body_t request_body;

    /* Response out. */
    uw_guest_stage_t guest;
    uw_response_stage_t response;
    bool head_taken;
    bool end_taken;
    bool announced; /* the transport knows of all that is there to take */
    uint16_t status;
    uw_fields_t response_headers;
    uw_outgoing_body_t *response_body;
};

/* Makes an exchange ready for a new request; keeps the memory of the last. */
void uw_exchange_reset(uw_exchange_t *exchange);
void uw_exchange_free(uw_exchange_t *exchange);

/*
 * The guest's answer.  Takes the fields over and holds the body; a body of
 * NULL is an empty one.  Ignored when a response is there already.
 */
void uw_exchange_set(uw_exchange_t *exchange, uint16_t status,
                     uw_fields_t *headers, uw_outgoing_body_t *body);

/*
 * Replaces what is not with the client yet by a short answer of that status;
 * cuts what is.  Returns true when the client gets the status.
 */
bool uw_exchange_fail(uw_exchange_t *exchange, uint16_t status);

/*
 * The host's answer, whole, where the guest has none, or in the place of one that
 * is whole and of which nothing was taken.  Takes the fields over.  -1: memory is
 * out, and nothing has changed.
 */
int uw_exchange_answer(uw_exchange_t *exchange, uint16_t status,
                       uw_fields_t *headers, uw_slice_t bytes) UW_CHECKED;

/* The body of the response has changed its state: take note of it. */
void uw_exchange_body_changed(uw_exchange_t *exchange);

/* The client has gone: nothing more can be sent. */
void uw_exchange_client_gone(uw_exchange_t *exchange);

/* The stage that the table gives, or -1; the numbers are those of the enums. */
int uw_exchange_next(int stage, int event);

/* The transport is to be told, as if there were something to take. */
void uw_exchange_tell(uw_exchange_t *exchange);

/* Whether there is something to take that the transport was not told of. */
bool uw_exchange_has_news(const uw_exchange_t *exchange);

/*
 * For the transport.  take_head() is true once, when status and headers are
 * final; body bytes are then taken with uw_exchange_take_body().
 */
bool uw_exchange_take_head(uw_exchange_t *exchange);

/*
 * Bytes for the client, to be copied before the next call; they count against
 * the window until uw_exchange_sent() says that they are on their way.
 */
uw_slice_t uw_exchange_take_body(uw_exchange_t *exchange);

/* The same, of at most so many. */
uw_slice_t uw_exchange_take_part(uw_exchange_t *exchange, size_t most);

/*
 * After it, before the next call: gives these bytes to the caller, with their
 * memory, which is to be freed.  Returns NULL, and gives nothing, where that has
 * more than twice their size, or nothing was taken.
 */
uint8_t *uw_exchange_keep_body(uw_exchange_t *exchange, uw_slice_t taken)
    UW_CHECKED;

/*
 * The same for a transport that may accept only a part: look, then say how
 * much was taken.  Dropping answers true when the guest has room again that it
 * had not.
 */
uw_slice_t uw_exchange_peek_body(const uw_exchange_t *exchange);

/* Bytes of the body that nobody has taken, also before the head is. */
size_t uw_exchange_body_size(const uw_exchange_t *exchange);
bool uw_exchange_drop_body(uw_exchange_t *exchange, size_t size);

/* True when the guest has room again that it had not. */
bool uw_exchange_sent(uw_exchange_t *exchange, size_t size);

/* True once, when all was taken and the response is whole. */
bool uw_exchange_take_end(uw_exchange_t *exchange);

/* True once, when the connection must be cut. */
bool uw_exchange_take_cut(uw_exchange_t *exchange);

/* Whether the guest may still read what comes of the request's body. */
bool uw_exchange_reads(const uw_exchange_t *exchange);

/* The guest has ended and the transport has all it will ever get. */
bool uw_exchange_over(const uw_exchange_t *exchange);

/* Whether the length of the whole body is known: it is complete and here. */
bool uw_exchange_length_known(const uw_exchange_t *exchange);

/* Whether a response to this exchange has no body: HEAD, 204, 205 and 304. */
bool uw_exchange_is_bodiless(const uw_exchange_t *exchange, uint16_t status);

#endif /* UW_HTTP_EXCHANGE_H */
