#include "http/body.h"


/* What a reused incoming body keeps of its memory. */
#define UW_BODY_KEEP (16 * 1024)

/* Whose guest writes that much at once will write more; and what windows of
 * that size have room for is taken together. */
#define UW_BODY_PIECE (16 * 1024)
#define UW_BODY_AT_ONCE (1024 * 1024)


uw_outgoing_body_t *
uw_outgoing_body_new(size_t window, uw_account_t *account)
{
    uw_outgoing_body_t *body = uw_account_alloc(account, sizeof(*body));

    if (body == NULL) {
        return NULL;
    }

    body->references = 1;
    body->account = account;
    body->bytes.account = account;
    body->trailers.bytes.account = account;
    body->window = window;
    body->content_length = UW_LENGTH_UNKNOWN;
    body->limit = UINT64_MAX;

    return body;
}


uw_outgoing_body_t *
uw_outgoing_body_hold(uw_outgoing_body_t *body)
{
    body->references++;

    return body;
}


void
uw_outgoing_body_release(uw_outgoing_body_t *body)
{
    if (body == NULL || --body->references != 0) {
        return;
    }

    uw_buf_free(&body->bytes);
    uw_fields_free(&body->trailers);
    uw_account_free(body->account, body, sizeof(*body));
}


size_t
uw_outgoing_body_room(const uw_outgoing_body_t *body)
{
    size_t waiting = uw_buf_size(&body->bytes) + body->in_hand;

    return waiting >= body->window ? 0 : body->window - waiting;
}


/* Whether the transport has sent it, or taken care of it. */
static bool
uw_outgoing_body_send(uw_outgoing_body_t *body, const uint8_t *bytes,
                      size_t size)
{
    return body->sink != NULL && size >= UW_BODY_PIECE && body->in_hand == 0
           && body->sink->write(body->sink, body, bytes, size);
}


/* What a body that is written in large pieces may have comes at once: else its
 * memory grows with each of them, and what is there is copied. */
static int
uw_outgoing_body_append(uw_outgoing_body_t *body, const uint8_t *bytes,
                        size_t size)
{
    uint64_t left = body->content_length - body->written;
    size_t room = left < body->window ? (size_t) left : body->window;

    if (size >= UW_BODY_PIECE && body->bytes.data == NULL && room > size
        && room <= UW_BODY_AT_ONCE
        && uw_buf_reserve(&body->bytes, room) == NULL)
    {
        return -1;
    }

    return uw_buf_append(&body->bytes, bytes, size);
}


uw_write_status_t
uw_outgoing_body_write(uw_outgoing_body_t *body, const uint8_t *bytes,
                       size_t size)
{
    if (body->state != UW_OUTGOING_OPEN) {
        return UW_WRITE_CLOSED;
    }
    if (size > body->content_length - body->written) {
        return UW_WRITE_TOO_LONG;
    }
    if (size > body->limit - body->written) {
        return UW_WRITE_LIMIT;
    }
    if (!body->discard && !uw_outgoing_body_send(body, bytes, size)
        && uw_outgoing_body_append(body, bytes, size) != 0)
    {
        return UW_WRITE_NO_MEMORY;
    }

    body->written += size;

    return UW_WRITE_OK;
}


bool
uw_outgoing_body_finish(uw_outgoing_body_t *body)
{
    if (body->content_length != UW_LENGTH_UNKNOWN
        && body->written != body->content_length)
    {
        uw_outgoing_body_abandon(body);
        return false;
    }

    if (body->state == UW_OUTGOING_OPEN) {
        body->state = UW_OUTGOING_FINISHED;
    }

    return true;
}


void
uw_outgoing_body_abandon(uw_outgoing_body_t *body)
{
    if (body->state == UW_OUTGOING_OPEN) {
        body->state = UW_OUTGOING_ABANDONED;
    }
}


void
uw_outgoing_body_close(uw_outgoing_body_t *body)
{
    if (body->state == UW_OUTGOING_OPEN) {
        body->state = UW_OUTGOING_CLOSED;
    }
    uw_buf_reset(&body->bytes, 0);
    body->in_hand = 0;
    body->sink = NULL;
}


size_t
uw_incoming_body_room(const uw_incoming_body_t *body)
{
    size_t waiting = uw_buf_size(&body->bytes);

    return waiting >= body->window ? 0 : body->window - waiting;
}


size_t
uw_incoming_body_reads(const uw_incoming_body_t *body)
{
    size_t room = uw_incoming_body_room(body);

    return room < UW_READ_MAX ? room : room - room % UW_READ_MAX;
}


void
uw_incoming_body_reset(uw_incoming_body_t *body)
{
    uw_buf_reset(&body->bytes, UW_BODY_KEEP);
    uw_shared_fields_release(body->trailers);
    body->trailers = NULL;
    body->state = UW_INCOMING_ENDED;
}


void
uw_incoming_body_free(uw_incoming_body_t *body)
{
    uw_buf_free(&body->bytes);
    uw_shared_fields_release(body->trailers);
    body->trailers = NULL;
}
