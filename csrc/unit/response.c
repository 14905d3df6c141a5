#include "unit/response.h"

#include <stdio.h>

#include "base/executor.h"
#include "base/log.h"
#include "http/head.h"
#include "worker/worker.h"


/* The only place where a request ends. */
static void
uw_nxt_done(uw_nxt_request_t *request, bool whole)
{
    uw_nxt_req_t *req = request->req;

    request->req = NULL;
    if (request->exchange->request_body.state == UW_INCOMING_OPEN) {
        /* The bytes go with the request. */
        request->exchange->request_body.state = UW_INCOMING_ABORTED;
        uw_worker_wake(request->exchange);
    }
    uw_nxt_request_done(req, whole);
}


/* Ends the request while its guest may still have something to say. */
static void
uw_nxt_cut(uw_nxt_request_t *request, bool whole)
{
    uw_nxt_done(request, whole);
    uw_exchange_client_gone(request->exchange);
    (void) uw_exchange_take_cut(request->exchange);
    uw_worker_wake(request->exchange);
}


/* ---- What waits ---- */

static void
uw_nxt_enqueue(uw_nxt_queue_t *queue, uw_nxt_request_t *request)
{
    request->queue = queue;
    request->next = NULL;
    *queue->last = request;
    queue->last = &request->next;
}


static void
uw_nxt_dequeue(uw_nxt_request_t *request)
{
    uw_nxt_queue_t *queue = request->queue;
    uw_nxt_request_t **link = &queue->first;

    while (*link != request) {
        link = &(*link)->next;
    }
    *link = request->next;
    if (queue->last == &request->next) {
        queue->last = link;
    }
    request->queue = NULL;
}


/* Empties the queue and returns its first one. */
static uw_nxt_request_t *
uw_nxt_take_all(uw_nxt_queue_t *queue)
{
    uw_nxt_request_t *first = queue->first;

    queue->first = NULL;
    queue->last = &queue->first;

    return first;
}


/* ---- The head ---- */

static bool
uw_nxt_fields_fit(const uw_fields_t *fields)
{
    for (size_t i = 0; i < fields->count; i++) {
        if (fields->items[i].name_size > UW_NXT_NAME_MAX) {
            return false;
        }
    }

    return uw_nxt_head_size(fields->count + 1, uw_head_text_size(fields))
           <= uw_nxt_head_max();
}


/* AGAIN when it would need shared memory that is known to be used up. */
static uw_nxt_result_t
uw_nxt_hand_over_head(uw_nxt_request_t *request)
{
    uw_exchange_t *exchange = request->exchange;
    const uw_fields_t *fields = &exchange->response_headers;
    size_t size =
        uw_nxt_head_size(fields->count + 1, uw_head_text_size(fields));
    uw_slice_t body = uw_exchange_peek_body(exchange);
    uint8_t length[UW_HEAD_LENGTH_SIZE];
    uw_nxt_head_t head = { .status = exchange->status, .fields = fields };
    uw_nxt_result_t result;

    if (size > UW_NXT_PLAIN && request->list->out_of_memory) {
        return UW_NXT_AGAIN;
    }

    head.length.data = length;
    head.length.size = uw_head_length(exchange, body.size, length);
    if (size + body.size <= UW_NXT_PLAIN) {
        head.body = body;
    }
    head.last = exchange->response == UW_RESPONSE_COMPLETE
                && head.body.size == body.size;

    result = uw_nxt_send_head(request->req, &head);
    if (result == UW_NXT_OK) {
        request->head_sent = true;
        (void) uw_exchange_drop_body(exchange, head.body.size);
    }

    return result;
}


/* The head is one that Unit cannot carry: the client gets a page of ours. */
static void
uw_nxt_refuse_head(uw_nxt_request_t *request)
{
    static const char page[] = "500 Internal Server Error\n";
    static const char length[] = "26"; /* of the page */
    uw_exchange_t *exchange = request->exchange;
    bool bodiless = uw_exchange_is_bodiless(exchange, 500);
    uw_fields_t fields = { 0 };
    uw_nxt_head_t head = {
        .status = 500,
        .fields = &fields,
        .length = { (const uint8_t *) length, sizeof(length) - 1 },
        .body = { (const uint8_t *) page, bodiless ? 0 : sizeof(page) - 1 },
        .last = true,
    };
    char text[160];
    bool whole;

    (void) snprintf(text, sizeof(text),
                    "the component answered with a header name of more than "
                    "%d bytes, or with more than %zu bytes of headers",
                    UW_NXT_NAME_MAX, uw_nxt_head_max());
    uw_worker_say(exchange, UW_LOG_ERROR, text);

    whole = uw_fields_append(&fields, uw_slice_of("content-type"),
                             uw_slice_of("text/plain; charset=utf-8"))
                == UW_FIELD_OK
            && uw_nxt_send_head(request->req, &head) == UW_NXT_OK;
    uw_fields_free(&fields);

    /* What the client gets is what counts. */
    (void) uw_exchange_take_head(exchange);
    exchange->status = 500;
    uw_worker_set_end_reason(exchange, UW_END_BAD_RESPONSE);
    uw_nxt_cut(request, whole);
}


/* ---- The body, and the whole ---- */

/* AGAIN when the rest has to wait for shared memory. */
static uw_nxt_result_t
uw_nxt_hand_over_body(uw_nxt_request_t *request)
{
    uw_exchange_t *exchange = request->exchange;
    uw_slice_t body = uw_exchange_peek_body(exchange);
    ssize_t sent;

    if (body.size == 0) {
        return UW_NXT_OK;
    }
    if (body.size > UW_NXT_PLAIN && request->list->out_of_memory) {
        /* What is freed meanwhile is for those that wait already. */
        return UW_NXT_AGAIN;
    }

    sent = uw_nxt_send_body(request->req, body);
    if (sent < 0) {
        return UW_NXT_ERROR;
    }

    if (uw_exchange_drop_body(exchange, (size_t) sent)) {
        uw_worker_wake(exchange);
    }
    if ((size_t) sent < body.size) {
        request->list->out_of_memory = true;
        return UW_NXT_AGAIN;
    }

    return UW_NXT_OK;
}


/* Hands to Unit what there is to hand over. */
static void
uw_nxt_hand_over(uw_nxt_request_t *request)
{
    uw_exchange_t *exchange = request->exchange;
    uw_nxt_result_t result = UW_NXT_OK;

    if (request->req == NULL) {
        return;
    }
    if (uw_exchange_take_cut(exchange)) {
        uw_nxt_done(request, false);
        return;
    }

    if (!request->head_sent) {
        if (!uw_nxt_fields_fit(&exchange->response_headers)) {
            uw_nxt_refuse_head(request);
            return;
        }
        if (exchange->response == UW_RESPONSE_SET
            && uw_head_needs_length(exchange))
        {
            return; /* until the guest has written what it has to count */
        }
        (void) uw_exchange_take_head(exchange);
        result = uw_nxt_hand_over_head(request);
    }
    if (result == UW_NXT_OK) {
        result = uw_nxt_hand_over_body(request);
    }

    if (result == UW_NXT_AGAIN) {
        if (request->queue == NULL) {
            uw_nxt_enqueue(&request->list->queue, request);
        }
    } else if (result != UW_NXT_OK) {
        uw_nxt_cut(request, false);
    } else if (uw_exchange_take_end(exchange)) {
        uw_nxt_done(request, true);
    }
}


/* ---- Whole answers, together ---- */

/* Larger ones take shared memory: the sooner the client has them the better. */
#define UW_NXT_KEPT_BODY 16384

static bool
uw_nxt_is_small_and_whole(const uw_nxt_request_t *request)
{
    return request->req != NULL && !request->head_sent
           && request->exchange->response == UW_RESPONSE_COMPLETE
           && uw_exchange_body_size(request->exchange) <= UW_NXT_KEPT_BODY;
}


void
uw_nxt_waiting_send_kept(uw_nxt_waiting_t *list)
{
    uw_nxt_request_t *request;

    uw_nxt_batch_empty(&list->batch);
    while (list->kept.first != NULL) {
        request = list->kept.first;
        uw_nxt_dequeue(request);
        uw_nxt_hand_over(request);
        if (request->queue == NULL) {
            uw_worker_settle(request->exchange);
        }
    }
}


bool
uw_nxt_waiting_turn(uw_nxt_waiting_t *list)
{
    bool more = uw_worker_turn(list->worker);

    if (uw_worker_is_leaving(list->worker)) {
        uw_nxt_outbox_hold(&list->outbox);
        uw_nxt_waiting_send_kept(list);
        uw_nxt_outbox_release(&list->outbox);
        uw_worker_sweep(list->worker);
    }

    return more;
}


void
uw_nxt_response_progress(uw_nxt_request_t *request)
{
    uw_nxt_waiting_t *list = request->list;
    uint64_t now;

    if (request->queue == &list->kept) {
        return; /* it goes as it is then */
    }
    /* Those that wait keep their order; what is broken needs no memory. */
    if (request->queue != NULL
        && request->exchange->response != UW_RESPONSE_CUT)
    {
        return;
    }

    now = uw_now();
    if (uw_nxt_batch_may_keep(&list->batch, now)
        && uw_nxt_is_small_and_whole(request))
    {
        uw_nxt_batch_keep(&list->batch, now);
        uw_nxt_enqueue(&list->kept, request);
        return;
    }

    /* The router is woken: for all that there is. */
    uw_nxt_outbox_hold(&list->outbox);
    uw_nxt_waiting_send_kept(list);
    uw_nxt_hand_over(request);
    uw_nxt_outbox_release(&list->outbox);
}


/* ---- The end, and what waits for memory ---- */

void
uw_nxt_response_end(uw_nxt_request_t *request)
{
    if (request->queue != NULL) {
        uw_nxt_dequeue(request);
    }
    if (request->req != NULL) {
        uw_nxt_request_done(request->req, false);
        request->req = NULL;
    }
}


void
uw_nxt_waiting_init(uw_nxt_waiting_t *list, uw_worker_t *worker)
{
    *list = (uw_nxt_waiting_t) { .worker = worker };
    (void) uw_nxt_take_all(&list->queue);
    (void) uw_nxt_take_all(&list->kept);
    uw_nxt_batch_init(&list->batch, uw_worker_settings(worker)->batch
                                        ? UW_NXT_BATCH_ANSWERS
                                        : 0);
}


bool
uw_nxt_waiting_is_empty(const uw_nxt_waiting_t *list)
{
    return list->queue.first == NULL && list->kept.first == NULL;
}


void
uw_nxt_waiting_resume(uw_nxt_waiting_t *list)
{
    uw_nxt_request_t *waiting = uw_nxt_take_all(&list->queue);
    uw_nxt_request_t *request;

    list->out_of_memory = false;
    uw_nxt_outbox_hold(&list->outbox);

    while (waiting != NULL) {
        request = waiting;
        waiting = request->next;
        request->queue = NULL;
        if (list->out_of_memory) {
            uw_nxt_enqueue(&list->queue, request);
            continue;
        }
        uw_nxt_hand_over(request);
        if (request->queue == NULL) {
            uw_worker_settle(request->exchange);
        }
    }

    uw_nxt_outbox_release(&list->outbox);
}
