/*
 * The double's version of Unit's nxt_app_queue.h; see nxt_main.h.  The test puts
 * requests in, under the lock of the double, and the module takes them out.  The
 * numbers of places, and how they are written down, are Unit's.
 */

#ifndef DOUBLE_NXT_APP_QUEUE_H
#define DOUBLE_NXT_APP_QUEUE_H

#include <stdint.h>
#include <string.h>
#include <sys/types.h>

#define NXT_APP_NNCQ_SIZE 1024
#define NXT_APP_QUEUE_MSG_SIZE 31

typedef uint32_t nxt_app_nncq_atomic_t;

typedef struct {
    nxt_app_nncq_atomic_t head;
    nxt_app_nncq_atomic_t entries[1024];
    nxt_app_nncq_atomic_t tail;
} nxt_app_nncq_t;

typedef struct {
    uint8_t size;
    uint8_t data[31];
    uint32_t tracking;
} nxt_app_queue_item_t;

typedef struct {
    nxt_app_nncq_atomic_t notified;
    nxt_app_nncq_t free_items;
    nxt_app_nncq_t queue;
    nxt_app_queue_item_t items[1024];
} nxt_app_queue_t;


static inline void
double_app_enqueue(nxt_app_nncq_t volatile *ring, nxt_app_nncq_atomic_t value)
{
    nxt_app_nncq_atomic_t tail = ring->tail;

    ring->entries[tail % NXT_APP_NNCQ_SIZE] =
        tail / NXT_APP_NNCQ_SIZE * NXT_APP_NNCQ_SIZE + value;
    __atomic_store_n(&ring->tail, tail + 1, __ATOMIC_RELEASE);
}


/* NXT_APP_NNCQ_SIZE: it is empty. */
static inline nxt_app_nncq_atomic_t
double_app_dequeue(nxt_app_nncq_t volatile *ring)
{
    nxt_app_nncq_atomic_t head;
    nxt_app_nncq_atomic_t entry;

    do {
        head = __atomic_load_n(&ring->head, __ATOMIC_ACQUIRE);
        if (head == __atomic_load_n(&ring->tail, __ATOMIC_ACQUIRE)) {
            return NXT_APP_NNCQ_SIZE;
        }
        /* Only now: before, what is there is of the last round. */
        entry = ring->entries[head % NXT_APP_NNCQ_SIZE];
    } while (!__sync_bool_compare_and_swap(&ring->head, head, head + 1));

    return entry % NXT_APP_NNCQ_SIZE;
}


static inline void
nxt_app_queue_init(nxt_app_queue_t volatile *queue)
{
    queue->free_items.head = queue->free_items.tail = NXT_APP_NNCQ_SIZE;
    queue->queue.head = queue->queue.tail = NXT_APP_NNCQ_SIZE;
    for (nxt_app_nncq_atomic_t i = 0; i < NXT_APP_NNCQ_SIZE; i++) {
        double_app_enqueue(&queue->free_items, i);
    }
    queue->notified = 0;
}


static inline nxt_int_t
nxt_app_queue_send(nxt_app_queue_t volatile *queue, const void *bytes,
                   uint8_t size, uint32_t tracking, int *notify,
                   uint32_t *cookie)
{
    nxt_app_nncq_atomic_t place = double_app_dequeue(&queue->free_items);

    if (place == NXT_APP_NNCQ_SIZE) {
        return NXT_AGAIN;
    }
    queue->items[place].size = size;
    memcpy((void *) queue->items[place].data, bytes, size);
    queue->items[place].tracking = tracking;
    *cookie = place;
    double_app_enqueue(&queue->queue, place);
    *notify = __sync_bool_compare_and_swap(&queue->notified, 0, 1);

    return NXT_OK;
}


static inline void
nxt_app_queue_notification_received(nxt_app_queue_t volatile *queue)
{
    queue->notified = 0;
}


static inline bool
nxt_app_queue_cancel(nxt_app_queue_t volatile *queue, uint32_t cookie,
                     uint32_t tracking)
{
    return __sync_bool_compare_and_swap(&queue->items[cookie].tracking,
                                        tracking, 0);
}


static inline ssize_t
nxt_app_queue_recv(nxt_app_queue_t volatile *queue, void *bytes,
                   uint32_t *cookie)
{
    nxt_app_nncq_atomic_t place = double_app_dequeue(&queue->queue);
    ssize_t size;

    *cookie = 0;
    if (place == NXT_APP_NNCQ_SIZE) {
        return -1;
    }
    size = queue->items[place].size;
    memcpy(bytes, (const void *) queue->items[place].data, (size_t) size);
    *cookie = place;
    double_app_enqueue(&queue->free_items, place);

    return size;
}

#endif /* DOUBLE_NXT_APP_QUEUE_H */
