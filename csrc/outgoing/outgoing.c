#include "outgoing/outgoing.h"

#include "outgoing/table.h"


/* ---- Sending ---- */

/* Adds the fields as lines of "name:value\n"; -1 when out of memory. */
static int
uw_append_lines(uw_buf_t *lines, const uw_fields_t *fields)
{
    for (size_t i = 0; i < fields->count; i++) {
        uw_slice_t name = uw_field_name(fields, i);
        uw_slice_t value = uw_field_value(fields, i);

        if (uw_buf_append(lines, name.data, name.size) != 0
            || uw_buf_append(lines, ":", 1) != 0
            || uw_buf_append(lines, value.data, value.size) != 0
            || uw_buf_append(lines, "\n", 1) != 0)
        {
            return -1;
        }
    }

    return 0;
}


static int
uw_copy_head(uw_outgoing_t *outgoing, const uw_outgoing_head_t *head)
{
    uw_buf_t *text = &outgoing->head;
    size_t before;
    size_t headers;

    if (uw_buf_append(text, head->method.data, head->method.size) != 0
        || uw_buf_append(text, head->scheme.data, head->scheme.size) != 0
        || uw_buf_append(text, head->authority.data, head->authority.size) != 0
        || uw_buf_append(text, head->path.data, head->path.size) != 0)
    {
        return -1;
    }
    before = uw_buf_size(text);
    if (uw_append_lines(text, head->headers) != 0) {
        return -1;
    }
    headers = uw_buf_size(text) - before;
    if (uw_buf_append(text, head->hops.data, head->hops.size) != 0
        || uw_buf_append(text, head->traceparent.data, head->traceparent.size)
               != 0)
    {
        return -1;
    }

    outgoing->start = (uw_order_t) {
        .method_size = head->method.size,
        .scheme_size = head->scheme.size,
        .authority_size = head->authority.size,
        .path_size = head->path.size,
        .headers_size = headers,
        .hops_size = head->hops.size,
        .traceparent_size = head->traceparent.size,
        .connect_timeout = head->connect_timeout,
        .first_byte_timeout = head->first_byte_timeout,
        .between_bytes_timeout = head->between_bytes_timeout,
    };

    return 0;
}


/* Why a body that was abandoned is no good. */
static void
uw_abandoned(uw_failure_t *failure, const uw_outgoing_body_t *body)
{
    if (body->content_length != UW_LENGTH_UNKNOWN
        && body->content_length != body->written)
    {
        uw_failure_set(failure, "HTTP-request-body-size", "");
        uw_failure_set_number(failure, body->written);

    } else {
        uw_failure_set(failure, "HTTP-protocol-error", "");
    }
}


/* Moves what was written to the client; -1 when out of memory. */
static int
uw_move_bytes(uw_outgoing_t *outgoing, uw_outgoing_body_t *body)
{
    size_t size = uw_buf_size(&body->bytes);
    uw_buf_t empty;

    if (size == 0) {
        return 0;
    }

    if (uw_buf_size(&outgoing->body) == 0) {
        empty = outgoing->body;
        outgoing->body = body->bytes;
        body->bytes = empty;
        uw_buf_reset(&body->bytes, SIZE_MAX);

    } else {
        if (uw_buf_append(&outgoing->body, uw_buf_head(&body->bytes), size)
            != 0)
        {
            return -1;
        }
        uw_buf_consume(&body->bytes, size);
    }

    body->in_hand += size;
    uw_outgoing_order(outgoing, UW_ORDER_BODY);

    return 0;
}


/* With the mutex: orders what has become of the body since the last time. */
static void
uw_hand_over(uw_outgoing_t *outgoing, uw_outgoing_body_t *body)
{
    uw_failure_t failure;
    bool lost = uw_move_bytes(outgoing, body) != 0;

    if (body->state == UW_OUTGOING_FINISHED && !lost) {
        lost = uw_append_lines(&outgoing->trailers, &body->trailers) != 0;
        if (!lost) {
            outgoing->body_over = true;
            uw_outgoing_order(outgoing, UW_ORDER_END);
        }
    }

    if (lost) {
        uw_outgoing_body_close(body);
        uw_failure_set(&failure, "internal-error", "out of memory");

    } else if (body->state == UW_OUTGOING_ABANDONED) {
        uw_abandoned(&failure, body);

    } else {
        return;
    }

    outgoing->body_over = true;
    uw_outgoing_order(outgoing, UW_ORDER_BREAK);
    uw_outgoing_broken(outgoing, &failure);
}


/* Nothing of the body will be sent any more, or all of it was. */
static void
uw_detach_body(uw_outgoing_t *outgoing)
{
    uw_outgoing_body_t *body = outgoing->request_body;

    if (body == NULL) {
        return;
    }
    outgoing->request_body = NULL;
    body->sender = NULL;
    if (body->state == UW_OUTGOING_OPEN) {
        uw_outgoing_body_close(body);
    }
    uw_outgoing_body_release(body);
}


static uw_outgoing_t *
uw_outgoing_new(uw_account_t *account)
{
    uw_outgoing_t *outgoing = uw_account_alloc(account, sizeof(*outgoing));

    if (outgoing == NULL) {
        return NULL;
    }

    outgoing->account = account;
    outgoing->head.account = account;
    outgoing->body.account = account;
    outgoing->trailers.account = account;
    outgoing->bytes.account = account;
    outgoing->response_body.bytes.account = account;

    return outgoing;
}


uw_outgoing_t *
uw_outgoing_send(uw_outgoing_table_t *table, uint64_t ticket,
                 const uw_outgoing_head_t *head, uw_outgoing_body_t *body,
                 uw_account_t *account)
{
    uw_outgoing_t *outgoing = uw_outgoing_new(account);

    if (outgoing == NULL) {
        return NULL;
    }
    outgoing->table = table;
    outgoing->response_body.source = outgoing;
    outgoing->response_body.window = table->window;
    uw_letter_init(&outgoing->letter, ticket);

    if (uw_copy_head(outgoing, head) != 0) {
        uw_outgoing_free(outgoing);
        return NULL;
    }

    uw_outgoing_lock(table);
    if (uw_mailbox_add(&table->box, &outgoing->letter) != 0) {
        uw_outgoing_unlock(table);
        uw_outgoing_free(outgoing);
        return NULL;
    }

    /* All that is ordered in this turn goes to the client in one piece. */
    uw_link_append(&table->begun, &outgoing->letter.orders);
    uw_outgoing_order(outgoing, UW_ORDER_START);
    if (body == NULL) {
        outgoing->body_over = true;
        uw_outgoing_order(outgoing, UW_ORDER_END);
    } else {
        body->attached = true;
        body->sender = outgoing;
        outgoing->request_body = uw_outgoing_body_hold(body);
        uw_hand_over(outgoing, body);
    }
    uw_outgoing_unlock(table);

    if (body != NULL && body->state != UW_OUTGOING_OPEN) {
        uw_detach_body(outgoing);
    }

    return outgoing;
}


void
uw_outgoing_sync(uw_outgoing_t *outgoing)
{
    uw_outgoing_body_t *body = outgoing->request_body;
    bool unread;

    if (body == NULL) {
        return;
    }

    uw_outgoing_lock(outgoing->table);
    body->in_hand -=
        outgoing->sent < body->in_hand ? outgoing->sent : body->in_hand;
    outgoing->sent = 0;
    unread = outgoing->done || outgoing->peer == UW_PEER_FAILED;
    if (!unread) {
        uw_hand_over(outgoing, body);
    }
    uw_outgoing_unlock(outgoing->table);

    if (unread || body->state != UW_OUTGOING_OPEN) {
        uw_detach_body(outgoing);
    }
}


void
uw_outgoing_cancel(uw_outgoing_t *outgoing)
{
    uw_outgoing_table_t *table = outgoing->table;
    bool over;

    uw_detach_body(outgoing);

    uw_outgoing_lock(table);
    over = !outgoing->known || uw_outgoing_over(outgoing);
    uw_mailbox_remove(&table->box, &outgoing->letter);
    uw_link_remove(&outgoing->letter.woken);
    if (over) {
        uw_link_remove(&outgoing->letter.orders);

    } else {
        outgoing->orphan = true;
        uw_outgoing_disown(outgoing);
        /* A response that is whole came early: the guest has read it and yet
         * the end of the request's body is still to be fetched. */
        if (!outgoing->body_over || outgoing->peer != UW_PEER_ENDED) {
            outgoing->pending = 0;
            uw_outgoing_order(outgoing, UW_ORDER_CANCEL);
        }
    }
    uw_outgoing_unlock(table);

    if (over) {
        uw_outgoing_free(outgoing);
    }
}


bool
uw_outgoing_in_flight(uw_outgoing_t *outgoing)
{
    bool in_flight;

    uw_outgoing_lock(outgoing->table);
    in_flight = !uw_outgoing_over(outgoing) || outgoing->unread != 0;
    uw_outgoing_unlock(outgoing->table);

    return in_flight;
}


/* ---- The response ---- */

uw_answer_t
uw_outgoing_answer(uw_outgoing_t *outgoing)
{
    uw_answer_t answer;

    uw_outgoing_lock(outgoing->table);
    if (outgoing->status != 0) {
        answer = UW_ANSWER_HEAD;
    } else {
        answer = outgoing->peer == UW_PEER_FAILED ? UW_ANSWER_FAILED
                                                  : UW_ANSWER_NONE;
    }
    uw_outgoing_unlock(outgoing->table);

    return answer;
}


uint16_t
uw_outgoing_take_head(uw_outgoing_t *outgoing, uw_shared_fields_t **headers)
{
    uint16_t status;

    uw_outgoing_lock(outgoing->table);
    status = outgoing->status;
    *headers = outgoing->headers;
    outgoing->headers = NULL;
    uw_outgoing_unlock(outgoing->table);

    return status;
}


uw_incoming_body_t *
uw_outgoing_response_body(uw_outgoing_t *outgoing)
{
    return &outgoing->response_body;
}


void
uw_outgoing_pull(uw_outgoing_t *outgoing)
{
    uw_incoming_body_t *body = &outgoing->response_body;
    uw_buf_t empty;

    if (body->state != UW_INCOMING_OPEN) {
        return;
    }

    uw_outgoing_lock(outgoing->table);
    if (uw_buf_size(&body->bytes) == 0) {
        empty = body->bytes;
        body->bytes = outgoing->bytes;
        outgoing->bytes = empty;
        uw_buf_reset(&outgoing->bytes, SIZE_MAX);
    }

    if (uw_buf_size(&outgoing->bytes) == 0) {
        if (outgoing->peer == UW_PEER_ENDED) {
            body->trailers = outgoing->response_trailers;
            outgoing->response_trailers = NULL;
            body->state = UW_INCOMING_ENDED;

        } else if (outgoing->peer == UW_PEER_FAILED) {
            body->state = UW_INCOMING_ABORTED;
        }
    }
    uw_outgoing_unlock(outgoing->table);
}


void
uw_outgoing_took(uw_outgoing_t *outgoing, size_t size)
{
    uw_outgoing_table_t *table = outgoing->table;

    if (size == 0) {
        return;
    }

    uw_outgoing_lock(table);
    outgoing->unread -= size;
    if (outgoing->stopped && outgoing->unread <= table->window / 2
        && outgoing->peer == UW_PEER_ANSWERED)
    {
        outgoing->stopped = false;
        uw_outgoing_order(outgoing, UW_ORDER_READ);
    }
    uw_outgoing_unlock(table);
}


void
uw_outgoing_failure(uw_outgoing_t *outgoing, uw_failure_t *failure)
{
    uw_outgoing_lock(outgoing->table);
    *failure = outgoing->failure;
    uw_outgoing_unlock(outgoing->table);
}
