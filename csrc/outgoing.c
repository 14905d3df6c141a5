#include "outgoing_state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>


/* Locking a plain mutex that exists cannot fail, and so for unlocking. */
static void
uw_lock(uw_outgoing_table_t *table)
{
    (void) pthread_mutex_lock(&table->mutex);
}


static void
uw_unlock(uw_outgoing_table_t *table)
{
    (void) pthread_mutex_unlock(&table->mutex);
}


/* ---- The table ---- */

uw_outgoing_table_t *
uw_outgoing_table_new(uw_executor_t *executor, size_t window, size_t limit)
{
    uw_outgoing_table_t *table = calloc(1, sizeof(*table));
    int status;

    if (table == NULL) {
        return NULL;
    }
    table->executor = executor;
    table->window = window;
    table->limit = limit;
    atomic_init(&table->news, false);
    uw_link_init(&table->orders);
    uw_link_init(&table->woken);

    table->event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (table->event_fd < 0) {
        goto no_event;
    }

    status = pthread_mutex_init(&table->mutex, NULL);
    if (status != 0) {
        errno = status;
        goto no_mutex;
    }

    return table;

no_mutex:

    status = errno;
    (void) close(table->event_fd);
    errno = status;

no_event:

    free(table);

    return NULL;
}


void
uw_outgoing_table_delete(uw_outgoing_table_t *table)
{
    if (table == NULL) {
        return;
    }

    /* What is left are cancelled ones, of which the client was not told. */
    while (!uw_link_alone(&table->orders)) {
        uw_outgoing_t *left = uw_link_owner(table->orders.after, orders);

        uw_link_remove(&left->orders);
        uw_outgoing_free(left);
    }

    uw_buf_free(&table->order_head);
    uw_buf_free(&table->order_body);
    uw_buf_free(&table->order_trailers);
    free(table->places);
    (void) pthread_mutex_destroy(&table->mutex);
    (void) close(table->event_fd);
    free(table);
}


bool
uw_outgoing_deliver(uw_outgoing_table_t *table,
                    void (*wake)(void *data, uint64_t ticket), void *data)
{
    if (!atomic_exchange(&table->news, false)) {
        return false;
    }

    uw_lock(table);
    while (!uw_link_alone(&table->woken)) {
        uw_outgoing_t *outgoing = uw_link_owner(table->woken.after, woken);

        uw_link_remove(&outgoing->woken);
        wake(data, outgoing->ticket);
    }
    uw_unlock(table);

    return true;
}


static int
uw_places_grow(uw_outgoing_table_t *table)
{
    uint32_t capacity =
        table->place_capacity == 0 ? 16 : table->place_capacity * 2;
    uw_outgoing_place_t *places =
        realloc(table->places, capacity * sizeof(*places));

    if (places == NULL) {
        return -1;
    }
    table->places = places;
    table->place_capacity = capacity;

    return 0;
}


/* Gives it a number; -1 when memory is out. */
static int
uw_place_take(uw_outgoing_table_t *table, uw_outgoing_t *outgoing)
{
    uw_outgoing_place_t *place;
    uint32_t index;

    if (table->free_place != 0) {
        index = table->free_place - 1;
        place = &table->places[index];
        table->free_place = place->next_free;

    } else {
        if (table->place_count == table->place_capacity
            && uw_places_grow(table) != 0)
        {
            return -1;
        }
        index = table->place_count++;
        place = &table->places[index];
        *place = (uw_outgoing_place_t) { .generation = 0 };
    }

    place->outgoing = outgoing;
    outgoing->id = (uint64_t) place->generation << 32 | (index + 1);

    return 0;
}


static void
uw_place_free(uw_outgoing_table_t *table, const uw_outgoing_t *outgoing)
{
    uint32_t number = (uint32_t) outgoing->id;
    uw_outgoing_place_t *place = &table->places[number - 1];

    place->outgoing = NULL;
    place->generation++;
    place->next_free = table->free_place;
    table->free_place = number;
}


/* ---- A request ---- */

static void
uw_ring_bell(const uw_outgoing_table_t *table)
{
    uint64_t one = 1;

    /* Fails only when the counter is full: then it is readable anyway. */
    if (write(table->event_fd, &one, sizeof(one)) != sizeof(one)) {
        return;
    }
}


void
uw_outgoing_order(uw_outgoing_t *outgoing, int what)
{
    uw_outgoing_table_t *table = outgoing->table;

    if (outgoing->done) {
        return;
    }

    outgoing->pending |= what;
    if (!uw_link_alone(&outgoing->orders)) {
        return;
    }
    if (uw_link_alone(&table->orders)) {
        uw_ring_bell(table);
    }
    uw_link_append(&table->orders, &outgoing->orders);
}


void
uw_outgoing_broken(uw_outgoing_t *outgoing, const uw_failure_t *failure)
{
    if (outgoing->peer == UW_PEER_SILENT || outgoing->peer == UW_PEER_ANSWERED)
    {
        outgoing->peer = UW_PEER_FAILED;
        outgoing->failure = *failure;
    }
}


void
uw_outgoing_free(uw_outgoing_t *outgoing)
{
    uw_incoming_body_free(&outgoing->response_body);
    uw_buf_free(&outgoing->head);
    uw_buf_free(&outgoing->body);
    uw_buf_free(&outgoing->trailers);
    uw_fields_free(&outgoing->headers);
    uw_buf_free(&outgoing->bytes);
    uw_fields_free(&outgoing->response_trailers);
    free(outgoing);
}


/* Adds the fields as lines of "name:value\n"; -1 when memory is out. */
static int
uw_append_lines(uw_buf_t *lines, const uw_fields_t *fields)
{
    for (size_t i = 0; i < fields->count; i++) {
        const uw_field_t *field = &fields->items[i];

        if (uw_buf_append(lines, uw_field_name(fields, i), field->name_size)
                != 0
            || uw_buf_append(lines, ":", 1) != 0
            || uw_buf_append(lines, uw_field_value(fields, i),
                             field->value_size)
                   != 0
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

    outgoing->sizes = (uw_head_sizes_t) {
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


/* Moves what was written to the client; -1 when memory is out. */
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
        uw_failure_set(&failure, "internal-error", "memory is out");

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


uw_outgoing_t *
uw_outgoing_send(uw_outgoing_table_t *table, uint64_t ticket,
                 const uw_outgoing_head_t *head, uw_outgoing_body_t *body)
{
    uw_outgoing_t *outgoing = calloc(1, sizeof(*outgoing));

    if (outgoing == NULL) {
        return NULL;
    }
    outgoing->table = table;
    outgoing->ticket = ticket;
    outgoing->response_body.source = outgoing;
    outgoing->response_body.window = table->window;
    uw_link_init(&outgoing->orders);
    uw_link_init(&outgoing->woken);

    if (uw_copy_head(outgoing, head) != 0) {
        uw_outgoing_free(outgoing);
        return NULL;
    }

    uw_lock(table);
    if (uw_place_take(table, outgoing) != 0) {
        uw_unlock(table);
        uw_outgoing_free(outgoing);
        return NULL;
    }

    /* In one go, so that the client sees a whole body as one. */
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
    uw_unlock(table);

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

    uw_lock(outgoing->table);
    body->in_hand -=
        outgoing->sent < body->in_hand ? outgoing->sent : body->in_hand;
    outgoing->sent = 0;
    unread = outgoing->done || outgoing->peer == UW_PEER_FAILED;
    if (!unread) {
        uw_hand_over(outgoing, body);
    }
    uw_unlock(outgoing->table);

    if (unread || body->state != UW_OUTGOING_OPEN) {
        uw_detach_body(outgoing);
    }
}


void
uw_outgoing_cancel(uw_outgoing_t *outgoing)
{
    uw_outgoing_table_t *table = outgoing->table;
    bool tell;

    uw_detach_body(outgoing);

    uw_lock(table);
    tell = outgoing->known && !uw_outgoing_over(outgoing);
    uw_place_free(table, outgoing);
    uw_link_remove(&outgoing->woken);
    if (tell) {
        /* From here on it belongs to the ring. */
        outgoing->pending = 0;
        uw_outgoing_order(outgoing, UW_ORDER_CANCEL);
    } else {
        uw_link_remove(&outgoing->orders);
    }
    uw_unlock(table);

    if (!tell) {
        uw_outgoing_free(outgoing);
    }
}


bool
uw_outgoing_in_flight(uw_outgoing_t *outgoing)
{
    bool in_flight;

    uw_lock(outgoing->table);
    in_flight = !uw_outgoing_over(outgoing) || outgoing->unread != 0;
    uw_unlock(outgoing->table);

    return in_flight;
}


/* ---- The response ---- */

uw_answer_t
uw_outgoing_answer(uw_outgoing_t *outgoing)
{
    uw_answer_t answer;

    uw_lock(outgoing->table);
    if (outgoing->status != 0) {
        answer = UW_ANSWER_HEAD;
    } else {
        answer = outgoing->peer == UW_PEER_FAILED ? UW_ANSWER_FAILED
                                                  : UW_ANSWER_NONE;
    }
    uw_unlock(outgoing->table);

    return answer;
}


uint16_t
uw_outgoing_take_head(uw_outgoing_t *outgoing, uw_fields_t *headers)
{
    uint16_t status;

    uw_lock(outgoing->table);
    status = outgoing->status;
    uw_fields_swap(headers, &outgoing->headers);
    uw_unlock(outgoing->table);

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

    uw_lock(outgoing->table);
    if (uw_buf_size(&body->bytes) == 0) {
        empty = body->bytes;
        body->bytes = outgoing->bytes;
        outgoing->bytes = empty;
        uw_buf_reset(&outgoing->bytes, SIZE_MAX);
    }

    if (uw_buf_size(&outgoing->bytes) == 0) {
        if (outgoing->peer == UW_PEER_ENDED) {
            uw_fields_swap(&body->trailers, &outgoing->response_trailers);
            body->has_trailers = outgoing->has_trailers;
            body->state = UW_INCOMING_ENDED;

        } else if (outgoing->peer == UW_PEER_FAILED) {
            body->state = UW_INCOMING_ABORTED;
        }
    }
    uw_unlock(outgoing->table);
}


void
uw_outgoing_took(uw_outgoing_t *outgoing, size_t size)
{
    uw_outgoing_table_t *table = outgoing->table;

    if (size == 0) {
        return;
    }

    uw_lock(table);
    outgoing->unread -= size;
    if (outgoing->stopped && outgoing->unread <= table->window / 2
        && outgoing->peer == UW_PEER_ANSWERED)
    {
        outgoing->stopped = false;
        uw_outgoing_order(outgoing, UW_ORDER_READ);
    }
    uw_unlock(table);
}


void
uw_outgoing_failure(uw_outgoing_t *outgoing, uw_failure_t *failure)
{
    uw_lock(outgoing->table);
    *failure = outgoing->failure;
    uw_unlock(outgoing->table);
}
