/*
 * The two kinds of body, seen from the guest.
 *
 *   incoming: transport --append--> bytes --read--> guest
 *   outgoing: guest --write--> bytes --take--> transport
 *
 * Both are bounded buffers with an end that says how the body ended.  Nothing
 * here does I/O or knows of WebAssembly.
 */

#ifndef UW_HTTP_BODY_H
#define UW_HTTP_BODY_H

#include "http/fields.h"

/* One read hands out at most this much, whatever the guest asks for: what fits,
 * packed, into the one page of memory that a rewritten component has for it.  To
 * grow that, and to shrink it for the next instance, are two system calls. */
#define UW_READ_MAX 57232

typedef enum {
    UW_INCOMING_OPEN,    /* more may come; `bytes` belongs to both sides */
    UW_INCOMING_ENDED,   /* `bytes` holds the rest; `trailers` are final */
    UW_INCOMING_ABORTED, /* the sender went away in the middle */
} uw_incoming_state_t;

struct uw_outgoing;

typedef struct {
    uw_incoming_state_t state;
    struct uw_outgoing *source; /* whose response it is; NULL: a request */
    uw_buf_t bytes;
    size_t window; /* how much may wait unread before the sender is stopped */
    uw_shared_fields_t *trailers; /* NULL: there are none */
} uw_incoming_body_t;

typedef enum {
    UW_OUTGOING_OPEN,      /* the guest may write */
    UW_OUTGOING_FINISHED,  /* the guest has called `finish`: nothing follows */
    UW_OUTGOING_ABANDONED, /* dropped without `finish`, or of wrong length */
    UW_OUTGOING_CLOSED,    /* nobody reads any more: writes answer "closed" */
} uw_outgoing_state_t;

/* content_length when the guest has not declared one. */
#define UW_LENGTH_UNKNOWN UINT64_MAX

typedef struct uw_outgoing_body uw_outgoing_body_t;

/*
 * Of a transport that can send what a guest writes at once, without a copy of
 * it.  Sends what it can, what waits in the body first, and appends the rest.
 * False: it has done neither.
 */
typedef struct uw_sink uw_sink_t;

struct uw_sink {
    bool (*write)(uw_sink_t *sink, uw_outgoing_body_t *body,
                  const uint8_t *bytes, size_t size);
};

/*
 * Shared by the guest's resources and the exchange that sends it: each holds a
 * reference, the last one to release it frees it.
 */
struct uw_outgoing_body {
    uint32_t references;
    uw_outgoing_state_t state;
    uw_account_t *account; /* counts this struct; NULL: nobody does */
    uw_buf_t bytes;
    size_t window;   /* how much may wait before the guest is stopped */
    size_t in_hand;  /* taken by the transport, not yet with the client */
    bool discard;    /* HEAD, 204, 205, 304: counted, never sent */
    bool attached;   /* somebody sends it; before that nothing drains */
    uw_sink_t *sink; /* gets large pieces first; NULL: there is none */
    struct uw_outgoing *sender; /* that is a request; else the exchange */
    uint64_t content_length;
    uint64_t limit; /* what may be written in all; the maker may lower it */
    uint64_t written;
    bool has_trailers;
    uw_fields_t trailers;
};

typedef enum {
    UW_WRITE_OK,
    UW_WRITE_CLOSED,   /* the reader has gone */
    UW_WRITE_TOO_LONG, /* more than Content-Length: nothing was taken */
    UW_WRITE_LIMIT,    /* more than the limit: nothing was taken */
    UW_WRITE_NO_MEMORY,
} uw_write_status_t;

/* NULL when out of memory, or the account (which may be NULL) allows no more. */
uw_outgoing_body_t *uw_outgoing_body_new(size_t window, uw_account_t *account)
    UW_CHECKED;
uw_outgoing_body_t *uw_outgoing_body_hold(uw_outgoing_body_t *body);
void uw_outgoing_body_release(uw_outgoing_body_t *body);

/* Bytes that may be written now: the budget of `check-write`. */
size_t uw_outgoing_body_room(const uw_outgoing_body_t *body);

uw_write_status_t uw_outgoing_body_write(uw_outgoing_body_t *body,
                                         const uint8_t *bytes, size_t size)
    UW_CHECKED;

/*
 * Ends the body.  Returns false, and abandons it, when fewer bytes were
 * written than Content-Length said.
 */
bool uw_outgoing_body_finish(uw_outgoing_body_t *body) UW_CHECKED;

/* Ends an open body without its end: the client must see a broken body. */
void uw_outgoing_body_abandon(uw_outgoing_body_t *body);

/* The reader goes away: what waits is dropped, later writes answer closed. */
void uw_outgoing_body_close(uw_outgoing_body_t *body);

/* Bytes that the sender may append now without going over the window. */
size_t uw_incoming_body_room(const uw_incoming_body_t *body);

/* The same for a sender that can choose: what whole reads of a guest take, where
 * there is room for one. */
size_t uw_incoming_body_reads(const uw_incoming_body_t *body);

void uw_incoming_body_reset(uw_incoming_body_t *body);
void uw_incoming_body_free(uw_incoming_body_t *body);

#endif /* UW_HTTP_BODY_H */
