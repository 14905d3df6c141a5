/*
 * A request on its way, and the table of a worker's requests.  Private to
 * outgoing/outgoing.c (the worker's thread) and python/outgoing_client.c (the
 * client's), but for what the worker does with the table.
 */

#ifndef UW_OUTGOING_TABLE_H
#define UW_OUTGOING_TABLE_H

#include <pthread.h>
#include <stdatomic.h>

#include "base/executor.h"
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
 * Calls `wake` for each exchange about whose requests there is something new;
 * true when there was one.
 */
bool uw_outgoing_deliver(uw_outgoing_table_t *table,
                         void (*wake)(void *data, uint64_t ticket), void *data);

/* ---- What both sides share ---- */

/* A place in a ring; one that is in none points to itself. */
typedef struct uw_link uw_link_t;

struct uw_link {
    uw_link_t *before;
    uw_link_t *after;
};

static inline void
uw_link_init(uw_link_t *link)
{
    link->before = link;
    link->after = link;
}

static inline bool
uw_link_alone(const uw_link_t *link)
{
    return link->after == link;
}

static inline void
uw_link_remove(uw_link_t *link)
{
    link->before->after = link->after;
    link->after->before = link->before;
    uw_link_init(link);
}

/* Puts a link that is in no ring at the end of this one. */
static inline void
uw_link_append(uw_link_t *ring, uw_link_t *link)
{
    link->before = ring->before;
    link->after = ring;
    ring->before->after = link;
    ring->before = link;
}

#define uw_link_owner(link, member)                                            \
    ((uw_outgoing_t *) ((char *) (link) - offsetof(uw_outgoing_t, member)))

/* How far the response has come. */
typedef enum {
    UW_PEER_SILENT,   /* nothing of it is here */
    UW_PEER_ANSWERED, /* the head is here, body bytes may follow */
    UW_PEER_ENDED,    /* all of it is here */
    UW_PEER_FAILED,   /* `failure` says why; there is none, or a broken one */
} uw_peer_t;

/* What an order begins with: places in `head`, of uw_order_t's fields. */
typedef struct {
    size_t method_size;
    size_t scheme_size;
    size_t authority_size;
    size_t path_size;
    size_t headers_size;
    size_t hops_size;
    size_t traceparent_size;
    uint64_t connect_timeout;
    uint64_t first_byte_timeout;
    uint64_t between_bytes_timeout;
} uw_head_sizes_t;

struct uw_outgoing {
    /* The worker's thread alone. */
    uw_outgoing_table_t *table;
    uint64_t ticket;                  /* of the exchange */
    uw_outgoing_body_t *request_body; /* held; NULL when nothing follows */
    uw_incoming_body_t response_body;

    /* Both threads: only with the table's mutex held. */
    uint64_t id;
    uw_link_t orders;      /* in the table's ring while `pending` is not 0 */
    uw_link_t woken;       /* in the table's ring: the guest has to look */
    int pending;           /* UW_ORDER_*, not fetched yet */
    bool known;            /* the client has had an order of it */
    bool body_over;        /* END or BREAK was ordered */
    bool done;             /* the client has failed it */
    bool orphan;           /* the guest has let go: freed with its next order */
    uw_account_t *account; /* of the exchange; NULL once the guest has let go */
    size_t lent;           /* bytes of orders that the client has, and of the */
    size_t lent_body;      /* request's body those it has not confirmed */
    uw_head_sizes_t sizes;
    uw_buf_t head;     /* all strings of START, one after the other */
    uw_buf_t body;     /* of BODY */
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

/* A place for a request; the generation makes its numbers unique. */
typedef struct {
    uw_outgoing_t *outgoing; /* NULL: free */
    uint32_t generation;
    uint32_t next_free; /* index + 1, or 0 */
} uw_outgoing_place_t;

struct uw_outgoing_table {
    uw_executor_t *executor;
    size_t window;
    size_t limit;
    int event_fd;     /* readable while `orders` is not empty */
    atomic_bool news; /* `woken` is not empty; to look without the mutex */

    pthread_mutex_t mutex; /* for all that follows but the last three */
    uw_link_t orders;
    uw_link_t woken;
    uw_outgoing_place_t *places;
    uint32_t place_count;
    uint32_t place_capacity;
    uint32_t free_place; /* index + 1, or 0 */

    /* The client's thread alone: what the last order points to. */
    uw_buf_t order_head;
    uw_buf_t order_body;
    uw_buf_t order_trailers;
};

/* Locking a plain mutex that exists cannot fail, and so for unlocking. */
static inline void
uw_outgoing_lock(uw_outgoing_table_t *table)
{
    (void) pthread_mutex_lock(&table->mutex);
}

static inline void
uw_outgoing_unlock(uw_outgoing_table_t *table)
{
    (void) pthread_mutex_unlock(&table->mutex);
}

/* ---- With the mutex held ---- */

/* Gives it a number; -1 when memory is out. */
int uw_outgoing_enlist(uw_outgoing_table_t *table, uw_outgoing_t *outgoing)
    UW_CHECKED;

/* Takes its number away for good. */
void uw_outgoing_strike(uw_outgoing_table_t *table,
                        const uw_outgoing_t *outgoing);

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
