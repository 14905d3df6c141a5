#include "unit/service.h"

#include <string.h>

#include "http/request_id.h"
#include "unit/python.h"
#include "worker/worker.h"


static uw_part_t
uw_service_part(uw_slice_t slice)
{
    return (uw_part_t) { slice.data, slice.size };
}


/* The first field of that name. */
static uw_part_t
uw_service_field(const uw_exchange_t *exchange, const char *name)
{
    return uw_service_part(
        uw_fields_value(&exchange->request_headers.fields, uw_slice_of(name)));
}


/* All of the request's body; -1: memory is out, or Unit has less. */
static int
uw_service_read(uw_nxt_request_t *request, uint64_t size, uw_buf_t *body)
{
    uint8_t *tail = uw_buf_reserve(body, (size_t) size);
    ssize_t read;

    if (tail == NULL) {
        return -1;
    }
    while (size != 0) {
        read = uw_nxt_read_body(request->req, tail, (size_t) size);
        if (read <= 0) {
            return -1;
        }
        uw_buf_grew(body, (size_t) read);
        tail += read;
        size -= (uint64_t) read;
    }

    return 0;
}


uw_service_t
uw_nxt_service_ask(uw_nxt_request_t *request, uint64_t body_size)
{
    uw_exchange_t *exchange = request->exchange;
    uw_question_t question = {
        .exchange = exchange,
        .method = uw_service_part(exchange->method),
        .target = uw_service_part(exchange->path_with_query),
        .media_type = uw_service_field(exchange, "content-type"),
        .accept = uw_service_field(exchange, "accept"),
        .origin = uw_service_field(exchange, "origin"),
        .host = uw_service_field(exchange, "host"),
        .site = uw_service_field(exchange, "sec-fetch-site"),
        .local = uw_service_part(uw_nxt_local_address(request->req)),
        .body_size = body_size,
    };
    uw_buf_t body = { 0 };
    int status = 0;

    if (question.host.data == NULL) {
        question.host = uw_service_part(exchange->authority);
    }
    if (body_size != 0 && body_size <= UW_SERVICE_BODY) {
        status = uw_service_read(request, body_size, &body);
        question.body = uw_buf_head(&body);
    }
    if (status == 0) {
        status = uw_client_ask(&question);
    }
    uw_buf_free(&body);

    if (status != 0) {
        return UW_SERVICE_FAILED;
    }
    request->calls = question.calls != 0;
    request->function = question.function;

    return request->calls ? UW_SERVICE_CALLS : UW_SERVICE_ANSWERED;
}


void
uw_nxt_service_ended(uw_nxt_request_t *request)
{
    static const char page[] = "500 Internal Server Error\n";
    uw_exchange_t *exchange = request->exchange;
    const uw_outgoing_body_t *body = exchange->response_body;
    char id[UW_ID_MAX + 1];
    uw_fields_t none = { 0 };
    uw_ended_t ended = { .exchange = exchange,
                         .function = request->function,
                         .status = exchange->status };

    request->calls = false;
    if (body != NULL) {
        ended.packed = uw_buf_head(&body->bytes);
        ended.packed_size = uw_buf_size(&body->bytes);
    }
    ended.id.data = (const uint8_t *) id;
    ended.id.size = uw_request_id(exchange, id);
    if (uw_client_returned(&ended) != 0) {
        uw_worker_set_end_reason(exchange, UW_END_HOST);
        /* Where memory is out, too, its client gets what there is. */
        (void) !uw_exchange_answer(
            exchange, 500, &none,
            (uw_slice_t) { (const uint8_t *) page, sizeof(page) - 1 });
    }
    uw_fields_free(&none);
    uw_request_id_answer(exchange, uw_worker_settings(request->list->worker));
}
