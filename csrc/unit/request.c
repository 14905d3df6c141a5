#include "unit/request.h"

#include <stdlib.h>

#include "unit/lines.h"
#include "unit/service.h"
#include "worker/refuse.h"
#include "worker/worker.h"


static void
uw_nxt_progress(uw_exchange_t *exchange)
{
    uw_nxt_request_t *request = exchange->transport_data;

    if (request->calls) {
        /* Nothing of it has left: its result is here at once. */
        uw_nxt_service_ended(request);
    }
    uw_nxt_response_progress(request);
}


/* Unit has spooled the whole body: the guest never waits for it. */
static void
uw_nxt_pull(uw_exchange_t *exchange)
{
    uw_nxt_request_t *request = exchange->transport_data;
    uw_incoming_body_t *body = &exchange->request_body;
    size_t room = uw_incoming_body_room(body);
    uint8_t *tail;
    ssize_t size;

    if (request->req == NULL || body->state != UW_INCOMING_OPEN || room == 0) {
        return;
    }

    room = request->body_left < room ? (size_t) request->body_left : room;
    tail = uw_buf_reserve(&body->bytes, room);
    size = tail == NULL ? -1 : uw_nxt_read_body(request->req, tail, room);
    if (size <= 0) {
        /* Fewer bytes than Unit has promised: never wait for them. */
        body->state = UW_INCOMING_ABORTED;
        return;
    }

    uw_buf_grew(&body->bytes, (size_t) size);
    request->body_left -= (uint64_t) size;
    if (request->body_left == 0) {
        body->state = UW_INCOMING_ENDED;
    }
}


static void
uw_nxt_release(uw_exchange_t *exchange)
{
    uw_nxt_response_end(exchange->transport_data);
    free(exchange->transport_data);
}


static const uw_transport_t uw_nxt_transport = {
    .progress = uw_nxt_progress,
    .pull = uw_nxt_pull,
    .release = uw_nxt_release,
};


/* What has waited in Unit's queue has been let in there. */
static void
uw_nxt_submit(uw_worker_t *worker, uw_exchange_t *exchange,
              uw_nxt_verdict_t verdict)
{
    switch (verdict) {
    case UW_NXT_UNKNOWN:
        uw_worker_submit(worker, exchange);
        break;
    case UW_NXT_ADMITTED:
        uw_worker_submit_admitted(worker, exchange);
        break;
    case UW_NXT_OVERDUE:
        uw_worker_refuse_waiting(exchange, UW_END_QUEUE_TIMEOUT);
        break;
    case UW_NXT_EXCESS:
        uw_worker_refuse_waiting(exchange, UW_END_QUEUE_FULL);
        break;
    }
}


/* Of a component that exports functions; nothing reads the body any more. */
static void
uw_nxt_serve(uw_nxt_request_t *request, uint64_t body_size,
             uw_nxt_verdict_t verdict)
{
    uw_exchange_t *exchange = request->exchange;
    uw_worker_t *worker = request->list->worker;

    exchange->request_body.state = UW_INCOMING_ENDED;
    switch (uw_nxt_service_ask(request, body_size)) {
    case UW_SERVICE_ANSWERED:
        uw_worker_deliver(exchange);
        break;
    case UW_SERVICE_CALLS:
        uw_nxt_submit(worker, exchange, verdict);
        break;
    case UW_SERVICE_FAILED:
        uw_worker_refuse(exchange, 500, "the request cannot be made a call");
        break;
    }
}


void
uw_nxt_request_arrived(uw_nxt_waiting_t *list, uw_nxt_req_t *req,
                       uint64_t body_size, uw_nxt_ticket_t ticket)
{
    uw_worker_t *worker = list->worker;
    uw_nxt_request_t *request = calloc(1, sizeof(*request));
    uw_exchange_t *exchange =
        request == NULL ? NULL : uw_worker_accept(worker, &uw_nxt_transport);
    int status;

    if (exchange == NULL) {
        uw_nxt_request_say(req, UW_NXT_ALERT, "out of memory");
        free(request);
        uw_nxt_request_done(req, false);
        return;
    }

    *request = (uw_nxt_request_t) {
        .req = req, .exchange = exchange, .list = list, .body_left = body_size
    };
    exchange->transport_data = request;
    if (ticket.arrived != 0) {
        uw_worker_arrived(exchange, ticket.arrived);
    }

    status = uw_nxt_read_head(req, exchange, uw_worker_settings(worker));
    if (status != 0) {
        uw_worker_refuse(exchange, (uint16_t) status,
                         "the request cannot be taken");
        return;
    }

    if (list->absent != NULL) {
        uw_worker_refuse_unprepared(worker, exchange,
                                    uw_nxt_absent_seconds(list->absent));
        return;
    }

    if (list->serves) {
        uw_nxt_serve(request, body_size, ticket.verdict);
        return;
    }

    exchange->request_body.state =
        body_size == 0 ? UW_INCOMING_ENDED : UW_INCOMING_OPEN;
    uw_nxt_submit(worker, exchange, ticket.verdict);
}
