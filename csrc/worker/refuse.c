#include "worker/refuse.h"

#include <inttypes.h>
#include <stdio.h>

#include "http/head.h"
#include "worker/slot.h"

/* Between two lines about requests that nobody can answer. */
#define UW_UNPREPARED_LINES 60000000000u


void
uw_worker_refuse(uw_exchange_t *exchange, uint16_t status, const char *why)
{
    uw_slot_refuse(uw_slot_of(exchange),
                   status >= 500 ? UW_END_HOST : UW_END_REFUSED, status, why);
}


void
uw_worker_deliver(uw_exchange_t *exchange)
{
    exchange->guest = UW_GUEST_ENDED;
    uw_slot_announce(uw_slot_of(exchange));
}


void
uw_worker_refuse_waiting(uw_exchange_t *exchange, uw_end_t end)
{
    uw_slot_refuse(uw_slot_of(exchange), end, 503,
                   end == UW_END_QUEUE_FULL
                       ? "too many requests wait for an instance"
                       : "no instance became free in time");
}


static void
uw_worker_say_unprepared(uw_worker_t *worker, const uw_slot_t *slot)
{
    uint64_t now = uw_now();
    char detail[64] = "";

    if (worker->unprepared_said != 0
        && now - worker->unprepared_said < UW_UNPREPARED_LINES)
    {
        worker->unprepared++;
        return;
    }
    if (worker->unprepared != 0) {
        (void) snprintf(detail, sizeof(detail), "and %" PRIu64 " before it",
                        worker->unprepared);
    }
    uw_slot_log(slot, "the component is not prepared", detail, "");
    worker->unprepared = 0;
    worker->unprepared_said = now;
}


void
uw_worker_refuse_unprepared(uw_worker_t *worker, uw_exchange_t *exchange,
                            uint32_t seconds)
{
    uw_slot_t *slot = uw_slot_of(exchange);
    uint8_t value[UW_HEAD_LENGTH_SIZE];
    size_t size = uw_head_put_number(value, seconds);

    slot->end = UW_END_UNPREPARED;
    worker->status.failures++;
    uw_worker_say_unprepared(worker, slot);
    /* Without memory for it the client decides itself when to ask again. */
    if (uw_exchange_fail(exchange, 503)) {
        (void) !uw_fields_append(&exchange->response_headers,
                                 uw_slice_of("retry-after"),
                                 (uw_slice_t) { value, size });
    }
    exchange->guest = UW_GUEST_ENDED;
    uw_slot_announce(slot);
}
