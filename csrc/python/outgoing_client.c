/* Everything here runs on the client's thread. */

#include "python/outgoing_client.h"

#include "outgoing/table.h"
#include "worker/worker.h"

/* What the buffers of the last order keep. */
#define UW_ORDER_KEEP (64 * 1024)


/* ---- Finding, and the guest's turn ---- */

/* Takes the mutex of the table if the request is there; else false. */
static bool
uw_enter(uw_outgoing_table_t *table, uint64_t id, uw_outgoing_t **outgoing)
{
    uw_letter_t *letter;

    if (table == NULL) {
        return false;
    }

    uw_outgoing_lock(table);
    letter = uw_mailbox_find(&table->box, id);
    if (letter == NULL) {
        uw_outgoing_unlock(table);
        return false;
    }
    *outgoing = uw_outgoing_of(letter);

    return true;
}


/* The guest has to look at it again. */
static void
uw_outgoing_wake(uw_outgoing_t *outgoing)
{
    uw_mailbox_wake(&outgoing->table->box, &outgoing->letter);
}


/* ---- Orders ---- */

uw_outgoing_table_t *
uw_outgoing_table_of(const uw_worker_t *worker)
{
    return uw_worker_outgoing(worker);
}


int
uw_outgoing_fd(const uw_outgoing_table_t *table)
{
    return table == NULL ? -1 : table->box.event_fd;
}


/* Points the order into the text of its START: one part behind the other. */
static void
uw_order_head(uw_order_t *order, const char *text)
{
    order->method = text;
    order->scheme = order->method + order->method_size;
    order->authority = order->scheme + order->scheme_size;
    order->path = order->authority + order->authority_size;
    order->headers = order->path + order->path_size;
    order->hops = order->headers + order->headers_size;
    order->traceparent = order->hops + order->hops_size;
}


/* With the mutex held: what the request has for the client now. */
static void
uw_order_take(uw_outgoing_table_t *table, uw_outgoing_t *outgoing,
              uw_order_t *order)
{
    *order = (uw_order_t) { .what = outgoing->pending };
    if ((order->what & UW_ORDER_START) != 0) {
        *order = outgoing->start;
        outgoing->lent += uw_buf_lend(&outgoing->head, &table->order_head);
        uw_order_head(order, (const char *) uw_buf_head(&table->order_head));
    }
    order->id = outgoing->letter.id;
    order->what = outgoing->pending;
    outgoing->pending = 0;
    outgoing->known = true;

    if ((order->what & UW_ORDER_BODY) != 0) {
        outgoing->lent_body += uw_buf_lend(&outgoing->body, &table->order_body);
        order->body = uw_buf_head(&table->order_body);
        order->body_size = uw_buf_size(&table->order_body);
    }
    if ((order->what & UW_ORDER_END) != 0) {
        outgoing->lent +=
            uw_buf_lend(&outgoing->trailers, &table->order_trailers);
        order->trailers = (const char *) uw_buf_head(&table->order_trailers);
        order->trailers_size = uw_buf_size(&table->order_trailers);
    }
}


bool
uw_outgoing_next(uw_outgoing_table_t *table, uw_order_t *order)
{
    uw_outgoing_t *outgoing = NULL;
    uw_letter_t *letter;
    bool last = false;

    if (table == NULL) {
        return false;
    }
    uw_buf_reset(&table->order_head, UW_ORDER_KEEP);
    uw_buf_reset(&table->order_body, UW_ORDER_KEEP);
    uw_buf_reset(&table->order_trailers, UW_ORDER_KEEP);

    uw_outgoing_lock(table);
    letter = uw_mailbox_fetch(&table->box);
    if (letter != NULL) {
        outgoing = uw_outgoing_of(letter);
        uw_order_take(table, outgoing, order);
        last = outgoing->orphan;
    }
    uw_outgoing_unlock(table);

    if (last) {
        uw_outgoing_free(outgoing);
    }

    return outgoing != NULL;
}


void
uw_outgoing_sent(uw_outgoing_table_t *table, uint64_t id, size_t size)
{
    uw_outgoing_t *outgoing;
    size_t confirmed;

    if (!uw_enter(table, id, &outgoing)) {
        return;
    }
    outgoing->sent +=
        size < SIZE_MAX - outgoing->sent ? size : SIZE_MAX - outgoing->sent;
    confirmed = size < outgoing->lent_body ? size : outgoing->lent_body;
    outgoing->lent_body -= confirmed;
    uw_account_give(outgoing->account, confirmed);
    uw_outgoing_wake(outgoing);
    uw_outgoing_unlock(table);
}


/* ---- The response ---- */

/*
 * Reads lines of "name:value\n".  NULL, with *failure set, when the peer has
 * sent what is no header, or more than `limit` bytes of them, or there is no memory.
 */
static uw_shared_fields_t *
uw_read_lines(uw_account_t *account, const char *lines, size_t size,
              size_t limit, const char *too_large, uw_failure_t *failure)
{
    uw_field_status_t status = UW_FIELD_OK;
    uw_shared_fields_t *shared;
    uw_slice_t left = { (const uint8_t *) lines, size };
    uw_slice_t name;
    uw_slice_t value;

    if (size > limit) {
        uw_failure_set(failure, too_large, "");
        uw_failure_set_number(failure, size);
        return NULL;
    }

    shared = uw_shared_fields_new(0, account);
    if (shared == NULL) {
        status = UW_FIELD_NO_MEMORY;
    }
    while (status == UW_FIELD_OK && uw_field_line(&left, &name, &value)) {
        /* What belongs to the connection is left out. */
        if (!uw_field_is_hop_by_hop(name)) {
            status = uw_fields_append(&shared->fields, name, value);
        }
    }

    if (status == UW_FIELD_OK) {
        shared->fields.immutable = true;
        return shared;
    }

    if (status == UW_FIELD_NO_MEMORY) {
        uw_failure_set(failure, "internal-error", "out of memory");
    } else {
        uw_failure_set(failure, "HTTP-protocol-error", "");
    }
    uw_shared_fields_release(shared);

    return NULL;
}


void
uw_outgoing_respond(uw_outgoing_table_t *table, uint64_t id, uint16_t status,
                    const char *headers, size_t headers_size)
{
    uw_outgoing_t *outgoing;
    uw_failure_t failure;

    if (!uw_enter(table, id, &outgoing)) {
        return;
    }
    if (outgoing->peer != UW_PEER_SILENT) {
        uw_outgoing_unlock(table);
        return;
    }

    if (status < 200 || status > 999) {
        uw_failure_set(&failure, "HTTP-protocol-error", "");
    } else {
        outgoing->headers = uw_read_lines(
            outgoing->account, headers, headers_size, table->limit,
            "HTTP-response-header-section-size", &failure);
    }

    if (outgoing->headers == NULL) {
        uw_outgoing_broken(outgoing, &failure);

    } else {
        outgoing->status = status;
        outgoing->peer = UW_PEER_ANSWERED;
    }
    uw_outgoing_wake(outgoing);
    uw_outgoing_unlock(table);
}


/* With the mutex held: false, and broken, when it cannot be taken. */
static bool
uw_take_bytes(uw_outgoing_t *outgoing, const uint8_t *bytes, size_t size)
{
    uw_failure_t failure;

    if (uw_buf_append(&outgoing->bytes, bytes, size) != 0) {
        uw_failure_set(&failure, "internal-error", "out of memory");
        uw_outgoing_broken(outgoing, &failure);
        return false;
    }
    outgoing->unread += size;

    return true;
}


static bool
uw_take_end(uw_outgoing_t *outgoing, const char *trailers, size_t size)
{
    uw_failure_t failure;

    if (size != 0) {
        outgoing->response_trailers = uw_read_lines(
            outgoing->account, trailers, size, outgoing->table->limit,
            "HTTP-response-trailer-section-size", &failure);
        if (outgoing->response_trailers == NULL) {
            uw_outgoing_broken(outgoing, &failure);
            return false;
        }
    }
    outgoing->peer = UW_PEER_ENDED;

    return true;
}


int64_t
uw_outgoing_push(uw_outgoing_table_t *table, uint64_t id, const uint8_t *bytes,
                 size_t size, bool last, const char *trailers,
                 size_t trailers_size)
{
    uw_outgoing_t *outgoing;
    int64_t room = -1;

    if (!uw_enter(table, id, &outgoing)) {
        return -1;
    }
    if (outgoing->peer != UW_PEER_ANSWERED) {
        uw_outgoing_unlock(table);
        return -1;
    }

    if (uw_take_bytes(outgoing, bytes, size)
        && (!last || uw_take_end(outgoing, trailers, trailers_size)))
    {
        room = outgoing->unread < table->window
                   ? (int64_t) (table->window - outgoing->unread)
                   : 0;
        outgoing->stopped = room == 0;
    }
    uw_outgoing_wake(outgoing);
    uw_outgoing_unlock(table);

    return room;
}


void
uw_outgoing_fail(uw_outgoing_table_t *table, uint64_t id, const char *code,
                 const char *text, uint64_t number)
{
    uw_outgoing_t *outgoing;
    uw_failure_t failure;

    if (!uw_enter(table, id, &outgoing)) {
        return;
    }

    uw_failure_set(&failure, code, text);
    if (number != 0) {
        uw_failure_set_number(&failure, number);
    }
    uw_outgoing_broken(outgoing, &failure);
    outgoing->done = true;
    outgoing->pending = 0;
    uw_link_remove(&outgoing->letter.orders);
    uw_outgoing_wake(outgoing);
    uw_outgoing_unlock(table);
}
