#include "http/head.h"

#define UW_NAME_SIZE (sizeof(UW_HEAD_LENGTH_NAME) - 1)


size_t
uw_head_text_size(const uw_fields_t *fields)
{
    size_t size = UW_NAME_SIZE + UW_HEAD_LENGTH_SIZE;

    for (size_t i = 0; i < fields->count; i++) {
        size += fields->items[i].name_size + fields->items[i].value_size;
    }

    return size;
}


size_t
uw_head_put_number(uint8_t *to, uint64_t number)
{
    size_t size = 1;

    for (uint64_t rest = number; rest >= 10; rest /= 10) {
        size++;
    }
    for (size_t at = size; at > 0; number /= 10) {
        to[--at] = (uint8_t) ('0' + number % 10);
    }

    return size;
}


bool
uw_head_adds_length(const uw_exchange_t *exchange, bool has_length)
{
    return !has_length && uw_exchange_length_known(exchange);
}


static bool
uw_head_has_length(const uw_exchange_t *exchange)
{
    const uw_fields_t *fields = &exchange->response_headers;

    return uw_fields_find(fields, uw_slice_of(UW_HEAD_LENGTH_NAME), 0)
           != fields->count;
}


bool
uw_head_needs_length(const uw_exchange_t *exchange)
{
    uint16_t status = exchange->status;

    return uw_exchange_is_bodiless(exchange, 200) && status != 204
           && status != 304 && !uw_head_has_length(exchange);
}


size_t
uw_head_length(const uw_exchange_t *exchange, uint64_t size,
               uint8_t value[UW_HEAD_LENGTH_SIZE])
{
    const uw_outgoing_body_t *body = exchange->response_body;

    if (uw_head_needs_length(exchange)) {
        size = body == NULL ? 0 : body->written; /* what GET would get */
    } else if (!uw_head_adds_length(exchange, uw_head_has_length(exchange))) {
        return 0;
    }

    return uw_head_put_number(value, size);
}
