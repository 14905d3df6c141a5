#include "unit/service.h"

#include "http/request_id.h"
#include "unit/python.h"
#include "worker/worker.h"


/* Fields of a request's head that count. */
#define UW_SERVICE_FIELDS 5


static uw_part_t
uw_service_part(uw_slice_t slice)
{
    return (uw_part_t) { slice.data, slice.size };
}


static int
uw_service_append(uw_buf_t *joined, uw_slice_t text)
{
    return text.size == 0 ? 0 : uw_buf_append(joined, text.data, text.size);
}


/* All fields of that name, joined as RFC 9110 section 5.2 has it.  Returns 0, or -1. */
static int
uw_service_fields(const uw_exchange_t *exchange, const char *name,
                  uw_buf_t *joined, uw_part_t *part)
{
    const uw_fields_t *fields = &exchange->request_headers.fields;
    uw_slice_t wanted = uw_slice_of(name);
    uw_slice_t first = uw_fields_value(fields, wanted);
    size_t i = uw_fields_find(fields, wanted, 0);

    *part = uw_service_part(first);
    i = uw_fields_find(fields, wanted, i + 1);
    if (i >= fields->count) {
        return 0;
    }

    if (uw_service_append(joined, first) != 0) {
        return -1;
    }
    for (; i < fields->count; i = uw_fields_find(fields, wanted, i + 1)) {
        if (uw_buf_append(joined, ", ", 2) != 0
            || uw_service_append(joined, uw_field_value(fields, i)) != 0)
        {
            return -1;
        }
    }
    *part = (uw_part_t) { uw_buf_head(joined), uw_buf_size(joined) };

    return 0;
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


/* Returns 0, or -1: memory is out. */
static int
uw_service_head(const uw_exchange_t *exchange, uw_question_t *question,
                uw_buf_t joined[UW_SERVICE_FIELDS])
{
    const struct {
        const char *name;
        uw_part_t *part;
    } wanted[UW_SERVICE_FIELDS] = {
        { "content-type", &question->media_type },
        { "accept", &question->accept },
        { "origin", &question->origin },
        { "host", &question->host },
        { "sec-fetch-site", &question->site },
    };

    for (size_t i = 0; i < UW_SERVICE_FIELDS; i++) {
        if (uw_service_fields(exchange, wanted[i].name, &joined[i],
                              wanted[i].part)
            != 0)
        {
            return -1;
        }
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
        .local = uw_service_part(uw_nxt_local_address(request->req)),
        .body_size = body_size,
    };
    uw_buf_t body = { 0 };
    uw_buf_t joined[UW_SERVICE_FIELDS] = { 0 };
    int status = uw_service_head(exchange, &question, joined);

    if (question.host.data == NULL) {
        question.host = uw_service_part(exchange->authority);
    }
    if (status == 0 && body_size != 0 && body_size <= UW_SERVICE_BODY) {
        status = uw_service_read(request, body_size, &body);
        question.body = uw_buf_head(&body);
    }
    if (status == 0) {
        status = uw_client_ask(&question);
    }
    uw_buf_free(&body);
    for (size_t i = 0; i < UW_SERVICE_FIELDS; i++) {
        uw_buf_free(&joined[i]);
    }

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
        (void) !uw_exchange_answer(exchange, 500, &none, uw_slice_of(page));
    }
    uw_fields_free(&none);
    uw_request_id_answer(exchange, uw_worker_settings(request->list->worker));
}
