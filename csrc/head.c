#include "head.h"

#include <inttypes.h>
#include <stdio.h>

#define UW_NAME_SIZE (sizeof(UW_HEAD_LENGTH_NAME) - 1)


size_t
uw_head_text_size(const uw_fields_t *fields)
{
    size_t size = UW_NAME_SIZE + UW_HEAD_LENGTH_SIZE - 1;

    for (size_t i = 0; i < fields->count; i++) {
        size += fields->items[i].name_size + fields->items[i].value_size;
    }

    return size;
}


static bool
uw_head_has_length(const uw_exchange_t *exchange)
{
    const uw_fields_t *fields = &exchange->response_headers;

    return uw_fields_find(fields, (const uint8_t *) UW_HEAD_LENGTH_NAME,
                          UW_NAME_SIZE, 0)
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
               char value[UW_HEAD_LENGTH_SIZE])
{
    const uw_outgoing_body_t *body = exchange->response_body;
    int written;

    if (uw_head_needs_length(exchange)) {
        size = body == NULL ? 0 : body->written; /* what GET would get */
    } else if (!uw_exchange_length_known(exchange)
               || uw_head_has_length(exchange))
    {
        return 0;
    }

    written = snprintf(value, UW_HEAD_LENGTH_SIZE, "%" PRIu64, size);

    return written < 0 ? 0 : (size_t) written;
}
