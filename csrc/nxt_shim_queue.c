/*
 * Unit's queues in shared memory, and nothing else of Unit: with nxt_shim.c the
 * only file that includes its headers.
 */

#include <nxt_main.h>

#include <nxt_app_queue.h>
#include <nxt_port.h>
#include <nxt_port_queue.h>

#include "nxt_shim.h"

/* libunit puts in one message at most before it calls uw_nxt_port_send(). */
#define UW_NXT_QUEUE_PLACES 2

_Static_assert(NXT_PORT_QUEUE_MSG_SIZE == UW_NXT_QUEUE_ITEM,
               "a message in Unit's queue of a port");
_Static_assert(NXT_APP_QUEUE_MSG_SIZE == UW_NXT_QUEUE_ITEM,
               "a message in Unit's queue of requests");


/* ---- The queue of a port ---- */

size_t
uw_nxt_queue_size(void)
{
    return sizeof(nxt_port_queue_t);
}


/* With few places, so that it stays within few pages. */
void
uw_nxt_queue_init(void *queue)
{
    nxt_port_queue_t *q = queue;

    nxt_nncq_init(&q->free_items);
    nxt_nncq_init(&q->queue);
    for (nxt_nncq_atomic_t i = 0; i < UW_NXT_QUEUE_PLACES; i++) {
        nxt_nncq_enqueue(&q->free_items, i);
    }
}


bool
uw_nxt_queue_announce(void *queue)
{
    static const uint8_t type = _NXT_PORT_MSG_READ_SOCKET;
    int notify; /* never needed: what follows in the socket wakes its reader */

    return nxt_port_queue_send(queue, &type, sizeof(type), &notify) == NXT_OK;
}


ssize_t
uw_nxt_queue_take(void *queue, uint8_t *bytes)
{
    return nxt_port_queue_recv(queue, bytes);
}


/* ---- The queue of requests ---- */

size_t
uw_nxt_requests_size(void)
{
    return sizeof(nxt_app_queue_t);
}


uint32_t
uw_nxt_requests_capacity(void)
{
    return NXT_APP_NNCQ_SIZE;
}


/*
 * The router puts a request in, then looks at the flag; we clear the flag, then
 * look into the queue.  Unit's function only stores it, and a processor may read
 * ahead of its own store: both would find what was there before, and the request
 * would wait until another one comes.
 */
void
uw_nxt_requests_notified(void *queue)
{
    nxt_app_queue_notification_received(queue);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}


uint32_t
uw_nxt_requests_first(const void *queue)
{
    const nxt_app_queue_t *q = queue;

    return __atomic_load_n(&q->queue.head, __ATOMIC_ACQUIRE);
}


uint32_t
uw_nxt_requests_end(const void *queue)
{
    const nxt_app_queue_t *q = queue;

    return __atomic_load_n(&q->queue.tail, __ATOMIC_ACQUIRE);
}


/* The number of a request is that of its message; 0: none has it. */
static uint32_t
uw_nxt_requests_stream(const uw_nxt_item_t *item)
{
    nxt_port_msg_t header;

    if (item->size < sizeof(header)) {
        return 0;
    }
    memcpy(&header, item->bytes, sizeof(header));

    return header.stream;
}


/*
 * Who takes a request sets its number beside it to 0; the number is that of
 * this request alone.  An item is used again once its place has been passed,
 * so what was read of it counts only if that has not happened.
 */
static nxt_app_queue_item_t *
uw_nxt_requests_at(void *queue, uint32_t place, uint32_t *index)
{
    nxt_app_queue_t *q = queue;
    uint32_t entry = __atomic_load_n(
        &q->queue.entries[place % NXT_APP_NNCQ_SIZE], __ATOMIC_ACQUIRE);

    *index = entry % NXT_APP_NNCQ_SIZE;

    return entry / NXT_APP_NNCQ_SIZE == place / NXT_APP_NNCQ_SIZE
               ? &q->items[*index]
               : NULL;
}


static bool
uw_nxt_requests_passed(const void *queue, uint32_t place)
{
    return (int32_t) (place - uw_nxt_requests_first(queue)) < 0;
}


bool
uw_nxt_requests_waits(void *queue, uint32_t place)
{
    uint32_t index;
    nxt_app_queue_item_t *item = uw_nxt_requests_at(queue, place, &index);

    return item != NULL
           && __atomic_load_n(&item->tracking, __ATOMIC_ACQUIRE) != 0
           && !uw_nxt_requests_passed(queue, place);
}


bool
uw_nxt_requests_claim(void *queue, uint32_t place, uw_nxt_item_t *item)
{
    uint32_t index;
    uint32_t number;
    nxt_app_queue_item_t *found = uw_nxt_requests_at(queue, place, &index);

    if (found == NULL) {
        return false;
    }
    number = __atomic_load_n(&found->tracking, __ATOMIC_ACQUIRE);
    item->size =
        found->size <= UW_NXT_QUEUE_ITEM ? found->size : UW_NXT_QUEUE_ITEM;
    memcpy(item->bytes, found->data, item->size);

    return number != 0 && !uw_nxt_requests_passed(queue, place)
           && number == uw_nxt_requests_stream(item)
           && nxt_app_queue_cancel(queue, index, number);
}


/* 1: it was nobody's; 0: somebody has it; -1: there is none. */
static int
uw_nxt_requests_next(void *queue, uw_nxt_item_t *item, uint32_t *place)
{
    uint32_t cookie;
    ssize_t size = nxt_app_queue_recv(queue, item->bytes, &cookie);

    if (size < 0) {
        return -1;
    }
    item->size = (size_t) size;
    *place = uw_nxt_requests_first(queue) - 1;

    return nxt_app_queue_cancel(queue, cookie, uw_nxt_requests_stream(item));
}


bool
uw_nxt_requests_take(void *queue, uw_nxt_item_t *item, uint32_t *place)
{
    int taken;

    do {
        taken = uw_nxt_requests_next(queue, item, place);
    } while (taken == 0);

    return taken == 1;
}


bool
uw_nxt_requests_drop(void *queue, uw_nxt_item_t *item, uint32_t *place)
{
    int taken = 0;

    while (taken == 0 && !uw_nxt_requests_is_empty(queue)
           && !uw_nxt_requests_waits(queue, uw_nxt_requests_first(queue)))
    {
        taken = uw_nxt_requests_next(queue, item, place);
    }

    return taken == 1;
}


/*
 * Written down as a queue that has been filled once and holds one item, so that
 * it stays within few pages whatever passes through it.  An enqueued number has
 * the round in it, which is 1.
 */
void
uw_nxt_requests_put(void *queue, const uw_nxt_item_t *item)
{
    nxt_app_queue_t *q = queue;

    q->free_items.entries[0] = 0;
    q->free_items.head = NXT_APP_NNCQ_SIZE;
    q->free_items.tail = NXT_APP_NNCQ_SIZE;
    q->items[0].size = (uint8_t) item->size;
    memcpy(q->items[0].data, item->bytes, item->size);
    q->items[0].tracking = uw_nxt_requests_stream(item);
    q->queue.entries[0] = NXT_APP_NNCQ_SIZE;
    q->queue.head = NXT_APP_NNCQ_SIZE;
    q->queue.tail = NXT_APP_NNCQ_SIZE + 1;
}


void
uw_nxt_requests_empty(void *queue)
{
    nxt_app_queue_t *q = queue;

    q->queue.head = NXT_APP_NNCQ_SIZE;
    q->queue.tail = NXT_APP_NNCQ_SIZE;
}


bool
uw_nxt_requests_is_empty(const void *queue)
{
    return uw_nxt_requests_first(queue) == uw_nxt_requests_end(queue);
}
