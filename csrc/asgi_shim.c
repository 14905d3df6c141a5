/*
 * The embedded server's side of an exchange: requests come from Python, what
 * happens is collected as news that Python fetches after each turn.
 */

#include <string.h>

#include "worker.h"


/* ---- Response out: news ---- */

static void
uw_asgi_enqueue(uw_exchange_t *exchange)
{
    uw_news_queue_t *news = uw_worker_news(uw_worker_of(exchange));

    if (exchange->news_queued) {
        return;
    }

    exchange->news_queued = true;
    exchange->next_news = NULL;
    if (news->first == NULL) {
        news->first = exchange;
    } else {
        news->last->next_news = exchange;
    }
    news->last = exchange;
}


static void
uw_asgi_pull(uw_exchange_t *exchange)
{
    exchange->pull_wanted = true;
    uw_asgi_enqueue(exchange);
}


static void
uw_asgi_release(uw_exchange_t *exchange)
{
    uw_news_queue_t *news = uw_worker_news(uw_worker_of(exchange));
    uw_exchange_t *before = NULL;

    if (news->delivered == exchange) {
        news->delivered = NULL;
    }
    if (!exchange->news_queued) {
        return;
    }

    for (uw_exchange_t *at = news->first; at != exchange; at = at->next_news) {
        before = at;
    }
    if (before == NULL) {
        news->first = exchange->next_news;
    } else {
        before->next_news = exchange->next_news;
    }
    if (news->last == exchange) {
        news->last = before;
    }
}


static const uw_transport_t uw_asgi_transport = {
    .progress = uw_asgi_enqueue,
    .pull = uw_asgi_pull,
    .release = uw_asgi_release,
};


static bool
uw_asgi_name_is(const uint8_t *name, size_t size, const char *wanted)
{
    return size == strlen(wanted) && memcmp(name, wanted, size) == 0;
}


/* The bit of uw_news_t.own for a name, which is in lower case; 0: none. */
static int
uw_asgi_own(const uint8_t *name, size_t size)
{
    if (uw_asgi_name_is(name, size, "content-length")) {
        return UW_OWN_LENGTH;
    }
    if (uw_asgi_name_is(name, size, "date")) {
        return UW_OWN_DATE;
    }

    return uw_asgi_name_is(name, size, "server") ? UW_OWN_SERVER : 0;
}


static uint8_t *
uw_asgi_put(uint8_t *to, const void *bytes, size_t size)
{
    if (size != 0) {
        memcpy(to, bytes, size);
    }

    return to + size;
}


/*
 * Writes the headers as they are sent, "name: value\r\n".  Returns the bits of
 * uw_news_t.own, -1 when memory is out.
 */
static int
uw_asgi_headers(uw_buf_t *lines, const uw_fields_t *headers)
{
    size_t size = headers->count * 4;
    uint8_t *to;
    int own = 0;

    for (size_t i = 0; i < headers->count; i++) {
        size += headers->items[i].name_size + headers->items[i].value_size;
    }

    uw_buf_reset(lines, SIZE_MAX);
    to = uw_buf_reserve(lines, size);
    if (to == NULL) {
        return -1;
    }

    for (size_t i = 0; i < headers->count; i++) {
        const uw_field_t *field = &headers->items[i];
        const uint8_t *name = uw_field_name(headers, i);

        own |= uw_asgi_own(name, field->name_size);
        to = uw_asgi_put(to, name, field->name_size);
        to = uw_asgi_put(to, ": ", 2);
        to = uw_asgi_put(to, uw_field_value(headers, i), field->value_size);
        to = uw_asgi_put(to, "\r\n", 2);
    }
    uw_buf_grew(lines, size);

    return own;
}


static void
uw_asgi_take_head(uw_exchange_t *exchange, uw_buf_t *lines, uw_news_t *item)
{
    if (!uw_exchange_take_head(exchange)) {
        return;
    }

    item->own = uw_asgi_headers(lines, &exchange->response_headers);
    if (item->own < 0) {
        (void) uw_exchange_fail(exchange, 500);
        uw_buf_reset(lines, 0);
        item->own = 0;
    }
    item->what |= UW_NEWS_HEAD;
    if (uw_exchange_length_known(exchange)) {
        item->what |= UW_NEWS_WHOLE;
    }
    item->status = exchange->status;
    item->headers_size = uw_buf_size(lines);
    item->headers =
        item->headers_size == 0 ? "" : (const char *) uw_buf_head(lines);
}


bool
uw_asgi_next(uw_worker_t *worker, uw_news_t *item)
{
    uw_news_queue_t *news = uw_worker_news(worker);
    uw_exchange_t *exchange = news->first;
    uw_slice_t body;

    if (news->delivered != NULL) {
        uw_worker_settle(worker, news->delivered);
        news->delivered = NULL;
        exchange = news->first;
    }
    if (exchange == NULL) {
        return false;
    }

    news->first = exchange->next_news;
    exchange->news_queued = false;
    news->delivered = exchange;

    *item = (uw_news_t) { .id = uw_worker_ticket(exchange) };
    uw_asgi_take_head(exchange, &news->headers, item);
    body = uw_exchange_take_body(exchange);
    if (body.size != 0) {
        item->what |= UW_NEWS_BODY;
        item->body = (const char *) body.data;
        item->body_size = body.size;
    }
    if (uw_exchange_take_end(exchange)) {
        item->what |= UW_NEWS_END;
    }
    if (uw_exchange_take_cut(exchange)) {
        item->what |= UW_NEWS_CUT;
    }
    if (exchange->pull_wanted) {
        exchange->pull_wanted = false;
        item->what |= UW_NEWS_PULL;
    }

    return true;
}


/* ---- Request in ---- */

static uw_slice_t
uw_asgi_slice(const char *data, size_t size)
{
    return (uw_slice_t) { (const uint8_t *) data, size };
}


/* Adds the lines of "name:value\n"; returns a status as for one header. */
static int
uw_asgi_request_headers(uw_exchange_t *exchange, const char *lines, size_t size,
                        const uw_settings_t *settings)
{
    uw_slice_t left = uw_asgi_slice(lines, size);
    uw_slice_t name;
    uw_slice_t value;
    int status = 0;

    while (status == 0 && uw_field_line(&left, &name, &value)) {
        status = uw_exchange_request_header(exchange, name, value, settings);
    }

    return status;
}


uint64_t
uw_asgi_start(uw_worker_t *worker, const char *method, size_t method_size,
              const char *scheme, size_t scheme_size, const char *authority,
              size_t authority_size, const char *path, size_t path_size,
              const char *headers, size_t headers_size, const char *client,
              size_t client_size, bool has_body)
{
    const uw_settings_t *settings = uw_worker_settings(worker);
    uw_exchange_t *exchange = uw_worker_accept(worker, &uw_asgi_transport);
    uint64_t ticket;
    int status;

    if (exchange == NULL) {
        return 0;
    }
    ticket = uw_worker_ticket(exchange);

    status = uw_exchange_request(exchange, uw_asgi_slice(method, method_size),
                                 uw_asgi_slice(scheme, scheme_size),
                                 uw_asgi_slice(authority, authority_size),
                                 uw_asgi_slice(path, path_size));
    if (status == 0) {
        status =
            uw_asgi_request_headers(exchange, headers, headers_size, settings);
    }
    if (status == 0) {
        status = uw_exchange_client_address(
            exchange, uw_asgi_slice(client, client_size), settings);
    }
    if (status != 0) {
        uw_worker_refuse(worker, exchange, (uint16_t) status,
                         "the request cannot be taken");
        return ticket;
    }

    exchange->request_body.state =
        has_body ? UW_INCOMING_OPEN : UW_INCOMING_ENDED;
    uw_worker_submit(worker, exchange);

    return ticket;
}


int64_t
uw_asgi_push(uw_worker_t *worker, uint64_t id, const uint8_t *bytes,
             size_t size, bool last)
{
    uw_exchange_t *exchange = uw_worker_find(worker, id);
    uw_incoming_body_t *body;

    if (exchange == NULL || exchange->guest == UW_GUEST_ENDED
        || exchange->request_body.state != UW_INCOMING_OPEN)
    {
        return -1;
    }

    body = &exchange->request_body;
    if (uw_buf_append(&body->bytes, bytes, size) != 0) {
        body->state = UW_INCOMING_ABORTED;
    } else if (last) {
        body->state = UW_INCOMING_ENDED;
    }
    uw_worker_wake(worker, exchange);

    return body->state == UW_INCOMING_OPEN
               ? (int64_t) uw_incoming_body_room(body)
               : -1;
}


void
uw_asgi_sent(uw_worker_t *worker, uint64_t id, size_t size)
{
    uw_exchange_t *exchange = uw_worker_find(worker, id);

    if (exchange != NULL && uw_exchange_sent(exchange, size)) {
        uw_worker_wake(worker, exchange);
    }
}


void
uw_asgi_gone(uw_worker_t *worker, uint64_t id)
{
    uw_exchange_t *exchange = uw_worker_find(worker, id);

    if (exchange != NULL) {
        uw_worker_cancel(worker, exchange);
    }
}
