#include "http/exchange.h"

#include <stdio.h>
#include <string.h>

/* What a slot keeps of the last request's text. */
#define UW_TEXT_KEEP (8 * 1024)

#define NONE UW_RESPONSE_NONE
#define SET UW_RESPONSE_SET
#define SENT UW_RESPONSE_SENT
#define COMPLETE UW_RESPONSE_COMPLETE
#define CUT UW_RESPONSE_CUT

/* clang-format off */
static const uw_response_stage_t
    uw_next_stage[UW_RESPONSE_STAGES][UW_EXCHANGE_EVENTS] = {
    /*              SET       HANDED_OVER  FINISHED  FAILED    CLIENT_GONE */
    [NONE]     = {  SET,      NONE,        NONE,     COMPLETE, CUT      },
    [SET]      = {  SET,      SENT,        COMPLETE, COMPLETE, CUT      },
    [SENT]     = {  SENT,     SENT,        COMPLETE, CUT,      CUT      },
    [COMPLETE] = {  COMPLETE, COMPLETE,    COMPLETE, COMPLETE, CUT      },
    [CUT]      = {  CUT,      CUT,         CUT,      CUT,      CUT      },
};
/* clang-format on */


int
uw_exchange_next(int stage, int event)
{
    if (stage < 0 || stage >= UW_RESPONSE_STAGES || event < 0
        || event >= UW_EXCHANGE_EVENTS)
    {
        return -1;
    }

    return (int) uw_next_stage[stage][event];
}


/* The only function that moves `response`. */
static uw_response_stage_t
uw_exchange_event(uw_exchange_t *exchange, uw_exchange_event_t event)
{
    uw_response_stage_t next = uw_next_stage[exchange->response][event];

    if (next != exchange->response) {
        exchange->response = next;
        exchange->announced = false;
    }

    return next;
}


void
uw_exchange_reset(uw_exchange_t *exchange)
{
    uw_outgoing_body_release(exchange->response_body);
    exchange->response_body = NULL;
    uw_buf_reset(&exchange->text, UW_TEXT_KEEP);
    exchange->method = (uw_slice_t) { NULL, 0 };
    exchange->scheme = (uw_slice_t) { NULL, 0 };
    exchange->authority = (uw_slice_t) { NULL, 0 };
    exchange->path_with_query = (uw_slice_t) { NULL, 0 };
    uw_fields_reset(&exchange->request_headers.fields);
    exchange->request_headers.fields.immutable = true;
    exchange->request_headers.references = 1;
    uw_fields_reset(&exchange->response_headers);
    uw_incoming_body_reset(&exchange->request_body);
    exchange->transport = NULL;
    exchange->transport_data = NULL;
    exchange->guest = UW_GUEST_QUEUED;
    exchange->response = UW_RESPONSE_NONE;
    exchange->head_taken = false;
    exchange->end_taken = false;
    exchange->announced = true;
    exchange->status = 0;
}


void
uw_exchange_free(uw_exchange_t *exchange)
{
    uw_exchange_reset(exchange);
    uw_buf_free(&exchange->text);
    uw_fields_free(&exchange->request_headers.fields);
    uw_fields_free(&exchange->response_headers);
    uw_incoming_body_free(&exchange->request_body);
}


bool
uw_exchange_is_bodiless(const uw_exchange_t *exchange, uint16_t status)
{
    bool head = exchange->method.size == 4
                && memcmp(exchange->method.data, "HEAD", 4) == 0;

    return head || status == 204 || status == 205 || status == 304;
}


/*
 * What two statuses say of the body, whatever the guest says: RFC 9110 section
 * 8.6, a 204 has no Content-Length; section 15.3.6, a 205 has no content, and
 * where its end is has to be said all the same.
 */
static void
uw_exchange_frame(uw_exchange_t *exchange)
{
    const uw_slice_t name = uw_slice_of("content-length");
    uw_fields_t *headers = &exchange->response_headers;

    if (exchange->status != 204 && exchange->status != 205) {
        return;
    }

    headers->limit = 0; /* the guest's; this is ours */
    (void) uw_fields_remove(headers, name);
    if (exchange->status == 205) {
        /* Without memory for that, a chunked body of no bytes says it. */
        (void) !uw_fields_append(headers, name, uw_slice_of("0"));
    }
}


void
uw_exchange_set(uw_exchange_t *exchange, uint16_t status, uw_fields_t *headers,
                uw_outgoing_body_t *body)
{
    if (exchange->response != UW_RESPONSE_NONE) {
        if (body != NULL) {
            uw_outgoing_body_close(body);
        }
        return;
    }

    exchange->status = status;
    uw_fields_swap(&exchange->response_headers, headers);
    uw_exchange_frame(exchange);
    (void) uw_exchange_event(exchange, UW_EVENT_SET);

    if (body == NULL) {
        (void) uw_exchange_event(exchange, UW_EVENT_FINISHED);
        return;
    }

    body->attached = true;
    if (uw_exchange_is_bodiless(exchange, status)) {
        body->discard = true;
        body->content_length = UW_LENGTH_UNKNOWN; /* of what is not sent */
        uw_buf_reset(&body->bytes, 0);
    }
    exchange->response_body = uw_outgoing_body_hold(body);
    uw_exchange_body_changed(exchange);
}


static const char *
uw_reason(uint16_t status)
{
    switch (status) {
    case 400:
        return "Bad Request";
    case 413:
        return "Content Too Large";
    case 431:
        return "Request Header Fields Too Large";
    case 503:
        return "Service Unavailable";
    case 504:
        return "Gateway Timeout";
    default:
        return "Internal Server Error";
    }
}


/* A whole body of our own; NULL: there is no memory for it. */
static uw_outgoing_body_t *
uw_exchange_whole(const uw_exchange_t *exchange, uint16_t status,
                  uw_slice_t bytes)
{
    uw_outgoing_body_t *body = uw_outgoing_body_new(SIZE_MAX, NULL);

    if (body == NULL) {
        return NULL;
    }

    body->discard = uw_exchange_is_bodiless(exchange, status);
    body->attached = true;
    if (uw_outgoing_body_write(body, bytes.data, bytes.size) == UW_WRITE_OK
        && uw_outgoing_body_finish(body))
    {
        return body;
    }
    uw_outgoing_body_release(body);

    return NULL;
}


/* The body of our own answers.  Memory may be short here: then it is empty. */
static void
uw_exchange_error_page(uw_exchange_t *exchange, uint16_t status)
{
    uw_outgoing_body_t *body;
    char page[64];

    (void) snprintf(page, sizeof(page), "%u %s\n", (unsigned) status,
                    uw_reason(status));
    exchange->status = status;
    uw_fields_reset(&exchange->response_headers);
    body = uw_exchange_whole(exchange, status, uw_slice_of(page));
    if (body != NULL
        && uw_fields_append(&exchange->response_headers,
                            uw_slice_of("content-type"),
                            uw_slice_of("text/plain; charset=utf-8"))
               == UW_FIELD_OK)
    {
        exchange->response_body = body;
        return;
    }
    uw_outgoing_body_release(body);
}


bool
uw_exchange_fail(uw_exchange_t *exchange, uint16_t status)
{
    uw_response_stage_t before = exchange->response;
    uw_response_stage_t now = uw_exchange_event(exchange, UW_EVENT_FAILED);

    if (before == now) {
        return false;
    }

    if (exchange->response_body != NULL) {
        uw_outgoing_body_close(exchange->response_body);
    }

    if (now == UW_RESPONSE_CUT) {
        return false;
    }

    uw_outgoing_body_release(exchange->response_body);
    exchange->response_body = NULL;
    uw_exchange_error_page(exchange, status);

    return true;
}


int
uw_exchange_answer(uw_exchange_t *exchange, uint16_t status,
                   uw_fields_t *headers, uw_slice_t bytes)
{
    uw_outgoing_body_t *body = uw_exchange_whole(exchange, status, bytes);

    if (body == NULL) {
        return -1;
    }

    if (exchange->response_body != NULL) {
        uw_outgoing_body_close(exchange->response_body);
        uw_outgoing_body_release(exchange->response_body);
    }
    exchange->response_body = body;
    exchange->status = status;
    uw_fields_swap(&exchange->response_headers, headers);
    uw_exchange_frame(exchange);
    if (exchange->response == UW_RESPONSE_NONE) {
        (void) uw_exchange_event(exchange, UW_EVENT_SET);
        (void) uw_exchange_event(exchange, UW_EVENT_FINISHED);
    }

    return 0;
}


void
uw_exchange_body_changed(uw_exchange_t *exchange)
{
    const uw_outgoing_body_t *body = exchange->response_body;

    if (body == NULL) {
        return;
    }

    if (uw_buf_size(&body->bytes) != 0) {
        exchange->announced = false;
    }

    if (body->state == UW_OUTGOING_FINISHED) {
        (void) uw_exchange_event(exchange, UW_EVENT_FINISHED);

    } else if (body->state == UW_OUTGOING_ABANDONED) {
        (void) uw_exchange_fail(exchange, 500);
    }
}


void
uw_exchange_client_gone(uw_exchange_t *exchange)
{
    (void) uw_exchange_event(exchange, UW_EVENT_CLIENT_GONE);

    if (exchange->response_body != NULL) {
        uw_outgoing_body_close(exchange->response_body);
    }
    if (exchange->request_body.state == UW_INCOMING_OPEN) {
        exchange->request_body.state = UW_INCOMING_ABORTED;
    }
}


bool
uw_exchange_reads(const uw_exchange_t *exchange)
{
    return exchange->guest != UW_GUEST_ENDED
           && exchange->request_body.state == UW_INCOMING_OPEN;
}


void
uw_exchange_tell(uw_exchange_t *exchange)
{
    exchange->announced = false;
}


bool
uw_exchange_has_news(const uw_exchange_t *exchange)
{
    return !exchange->announced && exchange->response != UW_RESPONSE_NONE;
}


bool
uw_exchange_take_head(uw_exchange_t *exchange)
{
    if (exchange->head_taken || exchange->response == UW_RESPONSE_NONE
        || exchange->response == UW_RESPONSE_CUT)
    {
        return false;
    }

    exchange->head_taken = true;
    (void) uw_exchange_event(exchange, UW_EVENT_HANDED_OVER);

    return true;
}


uw_slice_t
uw_exchange_take_part(uw_exchange_t *exchange, size_t most)
{
    uw_outgoing_body_t *body = exchange->response_body;
    uw_slice_t taken = { NULL, 0 };

    if (body == NULL || !exchange->head_taken) {
        return taken;
    }

    taken.size = uw_buf_size(&body->bytes);
    taken.size = taken.size < most ? taken.size : most;
    if (taken.size != 0) {
        taken.data = uw_buf_head(&body->bytes);
        uw_buf_consume(&body->bytes, taken.size);
        body->in_hand += taken.size;
    }

    return taken;
}


uw_slice_t
uw_exchange_take_body(uw_exchange_t *exchange)
{
    return uw_exchange_take_part(exchange, SIZE_MAX);
}


uint8_t *
uw_exchange_keep_body(uw_exchange_t *exchange, uw_slice_t taken)
{
    uw_outgoing_body_t *body = exchange->response_body;

    if (body == NULL || taken.size == 0 || uw_buf_size(&body->bytes) != 0
        || taken.data != body->bytes.data
        || body->bytes.capacity / 2 > taken.size)
    {
        return NULL;
    }

    return uw_buf_give(&body->bytes);
}


uw_slice_t
uw_exchange_peek_body(const uw_exchange_t *exchange)
{
    const uw_outgoing_body_t *body = exchange->response_body;

    if (body == NULL || !exchange->head_taken) {
        return (uw_slice_t) { NULL, 0 };
    }

    return uw_buf_slice(&body->bytes);
}


size_t
uw_exchange_body_size(const uw_exchange_t *exchange)
{
    const uw_outgoing_body_t *body = exchange->response_body;

    return body == NULL ? 0 : uw_buf_size(&body->bytes);
}


bool
uw_exchange_drop_body(uw_exchange_t *exchange, size_t size)
{
    uw_outgoing_body_t *body = exchange->response_body;
    bool was_full;

    if (body == NULL || size == 0) {
        return false;
    }

    was_full = uw_outgoing_body_room(body) == 0;
    uw_buf_consume(&body->bytes, size);

    return was_full && uw_outgoing_body_room(body) != 0;
}


bool
uw_exchange_sent(uw_exchange_t *exchange, size_t size)
{
    uw_outgoing_body_t *body = exchange->response_body;
    bool was_full;

    if (body == NULL) {
        return false;
    }

    was_full = uw_outgoing_body_room(body) == 0;
    body->in_hand -= size < body->in_hand ? size : body->in_hand;

    return was_full && uw_outgoing_body_room(body) != 0;
}


bool
uw_exchange_take_end(uw_exchange_t *exchange)
{
    const uw_outgoing_body_t *body = exchange->response_body;

    if (exchange->response != UW_RESPONSE_COMPLETE || !exchange->head_taken
        || exchange->end_taken
        || (body != NULL && uw_buf_size(&body->bytes) != 0))
    {
        return false;
    }

    exchange->end_taken = true;

    return true;
}


bool
uw_exchange_take_cut(uw_exchange_t *exchange)
{
    if (exchange->response != UW_RESPONSE_CUT || exchange->end_taken) {
        return false;
    }

    exchange->end_taken = true;

    return true;
}


bool
uw_exchange_over(const uw_exchange_t *exchange)
{
    return exchange->guest == UW_GUEST_ENDED && exchange->end_taken;
}


bool
uw_exchange_length_known(const uw_exchange_t *exchange)
{
    return exchange->response == UW_RESPONSE_COMPLETE
           && !uw_exchange_is_bodiless(exchange, exchange->status);
}
