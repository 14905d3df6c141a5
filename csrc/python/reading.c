#include "python/reading.h"

#include <sys/socket.h>


/* After that much the connections beside it have their turn. */
#define UW_SOURCE_BYTES (1024 * 1024)


/* Aligned: nothing is ever taken off the front of that buffer. */
uw_source_t *
uw_source_at(const uw_front_t *front, size_t index)
{
    return (uw_source_t *) (void *) front->sources.data + index;
}


/* Bytes to be read at once. */
static size_t
uw_source_size(const uw_source_t *source, const uw_incoming_body_t *body)
{
    size_t size = uw_incoming_body_reads(body);
    uint64_t most = UW_SOURCE_BYTES - source->read;

    most = source->left < most ? source->left : most;

    return size < most ? size : (size_t) most;
}


bool
uw_source_read(uw_exchange_t *exchange)
{
    size_t number = uw_front_place(exchange)->source;
    uw_incoming_body_t *body = &exchange->request_body;
    uw_source_t *source;
    uint8_t *place;
    size_t size;
    ssize_t got;

    if (number == 0) {
        return false;
    }
    source = uw_source_at(uw_front_of(uw_worker_of(exchange)), number - 1);
    size = uw_source_size(source, body);
    if (size == 0) {
        return false;
    }

    place = uw_buf_reserve(&body->bytes, size);
    if (place == NULL) {
        return false;
    }
    got = recv(source->descriptor, place, size, MSG_DONTWAIT);
    if (got <= 0) {
        /* What is wrong with the connection its event loop will see, too. */
        return false;
    }

    uw_buf_grew(&body->bytes, (size_t) got);
    source->read += (uint64_t) got;
    source->left -= (uint64_t) got;
    if (source->left == 0) {
        body->state = UW_INCOMING_ENDED;
    }

    return true;
}
