#include "python/source.h"

#include "python/reading.h"
#include "worker/worker.h"


static size_t
uw_source_count(const uw_front_t *front)
{
    return uw_buf_size(&front->sources) / sizeof(uw_source_t);
}


bool
uw_asgi_source(uw_worker_t *worker, uint64_t id, int descriptor, uint64_t left)
{
    uw_front_t *front = uw_front_of(worker);
    uw_exchange_t *exchange = uw_worker_find(worker, id);
    uw_source_t *source;

    if (exchange == NULL || uw_front_place(exchange)->source != 0
        || !uw_worker_settings(worker)->direct)
    {
        return false;
    }
    source = (uw_source_t *) (void *) uw_buf_reserve(&front->sources,
                                                     sizeof(*source));
    if (source == NULL) {
        return false;
    }

    *source = (uw_source_t) {
        .id = id, .left = left, .room = -1, .descriptor = descriptor
    };
    uw_buf_grew(&front->sources, sizeof(*source));
    uw_front_place(exchange)->source = uw_source_count(front);

    return true;
}


const uw_source_t *
uw_asgi_sources(uw_worker_t *worker)
{
    uw_front_t *front = uw_front_of(worker);
    const uw_source_t *first = uw_source_at(front, 0);
    size_t count = uw_source_count(front);

    for (size_t i = 0; i < count; i++) {
        uw_source_t *source = uw_source_at(front, i);
        uw_exchange_t *exchange = uw_worker_find(worker, source->id);

        if (exchange != NULL) {
            uw_front_place(exchange)->source = 0;
            source->room =
                uw_exchange_reads(exchange)
                    ? (int64_t) uw_incoming_body_room(&exchange->request_body)
                    : -1;
        }
    }
    uw_buf_reset(&front->sources, SIZE_MAX);

    return first;
}
