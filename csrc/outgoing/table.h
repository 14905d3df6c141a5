/*
 * A request on its way, and the table of a worker's requests.  Private to
 * outgoing/outgoing.c (the worker's thread) and python/outgoing_client.c (the
 * client's), but for what the worker does with the table.
 */

#ifndef UW_OUTGOING_TABLE_H
#define UW_OUTGOING_TABLE_H

#include "base/mailbox.h"
#include "http/body.h"
#include "http/error_code.h"
#include "outgoing/orders.h"

typedef struct uw_outgoing_table uw_outgoing_table_t;
typedef struct uw_outgoing uw_outgoing_t;

/* ---- The worker ---- */

/*
 * The table of a worker: `window` of each body, `limit` of header bytes of a
 * response.  NULL with errno set when memory or descriptors are out.
 */
uw_outgoing_table_t *uw_outgoing_table_new(uw_executor_t *executor,
                                           size_t window, size_t limit)
    UW_CHECKED;

/* No request may be left, and no client. */
void uw_outgoing_table_delete(uw_outgoing_table_t *table);

/*
 * A guest's turn is over: the client hears of the requests that it has begun in
 * it.  Not before, so that a body that was finished behind `handle` comes with
 * its request, and its length with it, however fast the client is.
 */
void uw_outgoing_turn_over(uw_outgoing_table_t *table);

/* ---- What both sides share ---- */

/* How far the response has come. */
typedef enum {
    UW_PEER_SILENT,   /* nothing of it is here */
    UW_PEER_ANSWERED, /* the head is here, body bytes may follow */
    UW_PEER_ENDED,    /* all of it is here */
    UW_PEER_FAILED,   /* `failure` says why; there is none, or a broken one */
} uw_peer_t;

struct uw_outgoing {
    /* The worker's thread alone. */
    uw_outgoing_table_t *table;
    uw_outgoing_body_t *request_body; /* held; NULL when nothing follows */
    uw_incoming_body_t response_body;

    /* Both threads: only with the table's mutex held. */
    uw_letter_t letter; /* to be fetched while `pending` is not 0 */
    int pending;        /* UW_ORDER_*, not fetched yet */
    bool known;         /* the client has had an order of it */
    bool body_over;     /* END or BREAK was ordered */
    bool done;          /* the client has failed it */
    bool orphan; /* the guest has released it: freed with its next order */
    uw_account_t
        *account;     /* of the exchange; NULL once the guest has released it */
    size_t lent;      /* bytes of orders that the client has, and of the */
    size_t lent_body; /* request's body those it has not confirmed */
    uw_order_t start; /* sizes and times of START; its text is in `head` */
    uw_buf_t head;    /* all strings of START, one after the other */
    uw_buf_t body;    /* of BODY */
    uw_buf_t trailers; /* of END */
    size_t sent;       /* confirmed, not yet noted by the worker */

    uw_peer_t peer;
    uint16_t status;
    uw_shared_fields_t *headers; /* NULL: not here yet, or handed out */
    uw_buf_t bytes; /* of the response, not moved to response_body yet */
    size_t unread;  /* these, and those that the guest has not taken there */
    bool stopped;   /* the client waits for UW_ORDER_READ */
    uw_shared_fields_t *response_trailers; /* NULL: none, or handed out */
    uw_failure_t failure;
};

struct uw_outgoing_table {
    uw_mailbox_t box; /* the client is its other side */
    size_t window;
    size_t limit;

    /* The worker's thread alone: begun in this turn.  Their letters are in here
     * instead of the mailbox's ring. */
    uw_link_t begun;

    /* The client's thread alone: what the last order points to. */
    uw_buf_t order_head;
    uw_buf_t order_body;
    uw_buf_t order_trailers;
};

#define uw_outgoing_of(letter) uw_link_owner(letter, uw_outgoing_t, letter)

static inline void
uw_outgoing_lock(uw_outgoing_table_t *table)
{
    uw_mailbox_lock(&table->box);
}

static inline void
uw_outgoing_unlock(uw_outgoing_table_t *table)
{
    uw_mailbox_unlock(&table->box);
}

/* ---- With the mutex held ---- */

/* Adds to what the client has to do. */
void uw_outgoing_order(uw_outgoing_t *outgoing, int what);

/* Ends it with the failure, unless its response is whole. */
void uw_outgoing_broken(uw_outgoing_t *outgoing, const uw_failure_t *failure);

/* Whether the client has nothing to do with it any more. */
static inline bool
uw_outgoing_over(const uw_outgoing_t *outgoing)
{
    return outgoing->done
           || (outgoing->body_over && outgoing->peer == UW_PEER_ENDED
               && (outgoing->pending & (UW_ORDER_END | UW_ORDER_BREAK)) == 0);
}

/* It is no longer on the exchange's account, and only has what an order needs. */
void uw_outgoing_disown(uw_outgoing_t *outgoing);

/* Frees it; it is in no ring and has no place. */
void uw_outgoing_free(uw_outgoing_t *outgoing);

#endif /* UW_OUTGOING_TABLE_H */
