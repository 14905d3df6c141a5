#include "python/push.h"

#include "http/exchange.h"
#include "worker/exchanges.h"


/* An exchange whose guest may still read what comes; NULL: there is none. */
static uw_exchange_t *
uw_asgi_reading(uw_worker_t *worker, uint64_t id)
{
    uw_exchange_t *exchange = uw_worker_find(worker, id);

    return exchange == NULL || !uw_exchange_reads(exchange) ? NULL : exchange;
}


/* What uw_asgi_push() says after bytes have come. */
static int64_t
uw_asgi_came(uw_exchange_t *exchange, bool last)
{
    uw_incoming_body_t *body = &exchange->request_body;

    if (last && body->state == UW_INCOMING_OPEN) {
        body->state = UW_INCOMING_ENDED;
    }
    uw_worker_wake(exchange);

    return body->state == UW_INCOMING_OPEN
               ? (int64_t) uw_incoming_body_room(body)
               : -1;
}


int64_t
uw_asgi_push(uw_worker_t *worker, uint64_t id, const uint8_t *bytes,
             size_t size, bool last)
{
    uw_exchange_t *exchange = uw_asgi_reading(worker, id);

    if (exchange == NULL) {
        return -1;
    }
    if (uw_buf_append(&exchange->request_body.bytes, bytes, size) != 0) {
        exchange->request_body.state = UW_INCOMING_ABORTED;
    }

    return uw_asgi_came(exchange, last);
}


uint8_t *
uw_asgi_room(uw_worker_t *worker, uint64_t id, size_t most, size_t *size)
{
    uw_exchange_t *exchange = uw_asgi_reading(worker, id);

    *size = 0;
    if (exchange == NULL) {
        return NULL;
    }
    *size = uw_incoming_body_reads(&exchange->request_body);
    *size = *size < most ? *size : most;

    return *size == 0 ? NULL
                      : uw_buf_reserve(&exchange->request_body.bytes, *size);
}


int64_t
uw_asgi_arrived(uw_worker_t *worker, uint64_t id, size_t size, bool last)
{
    uw_exchange_t *exchange = uw_asgi_reading(worker, id);
    uw_buf_t *bytes;

    if (exchange == NULL) {
        return -1;
    }
    bytes = &exchange->request_body.bytes;
    if (size > bytes->capacity - bytes->end) {
        exchange->request_body.state = UW_INCOMING_ABORTED;
    } else {
        uw_buf_grew(bytes, size);
    }

    return uw_asgi_came(exchange, last);
}
