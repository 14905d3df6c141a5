/* The double's version of Unit's nxt_port_queue.h; see nxt_main.h.  One thread
 * uses it, so nothing is atomic. */

#ifndef DOUBLE_NXT_PORT_QUEUE_H
#define DOUBLE_NXT_PORT_QUEUE_H

#include <stdint.h>
#include <string.h>
#include <sys/types.h>

#define NXT_PORT_QUEUE_MSG_SIZE 31
#define NXT_NNCQ_SIZE 256

typedef uint32_t nxt_nncq_atomic_t;

typedef struct {
    nxt_nncq_atomic_t head;
    nxt_nncq_atomic_t entries[NXT_NNCQ_SIZE];
    nxt_nncq_atomic_t tail;
} nxt_nncq_t;

typedef struct {
    uint8_t size;
    uint8_t data[NXT_PORT_QUEUE_MSG_SIZE];
} nxt_port_queue_item_t;

typedef struct {
    nxt_nncq_atomic_t nitems;
    nxt_nncq_t free_items;
    nxt_nncq_t queue;
    nxt_port_queue_item_t items[NXT_NNCQ_SIZE];
} nxt_port_queue_t;


static inline void
nxt_nncq_init(nxt_nncq_t *ring)
{
    ring->head = ring->tail = 0;
}


static inline void
nxt_nncq_enqueue(nxt_nncq_t *ring, nxt_nncq_atomic_t value)
{
    ring->entries[ring->tail++ % NXT_NNCQ_SIZE] = value;
}


static inline nxt_nncq_atomic_t
nxt_nncq_dequeue(nxt_nncq_t *ring)
{
    return ring->head == ring->tail
               ? NXT_NNCQ_SIZE
               : ring->entries[ring->head++ % NXT_NNCQ_SIZE];
}


static inline int
nxt_port_queue_send(nxt_port_queue_t *queue, const void *bytes, uint8_t size,
                    int *notify)
{
    nxt_nncq_atomic_t place = nxt_nncq_dequeue(&queue->free_items);

    *notify = 0;
    if (place == NXT_NNCQ_SIZE) {
        return NXT_AGAIN;
    }
    queue->items[place].size = size;
    memcpy(queue->items[place].data, bytes, size);
    nxt_nncq_enqueue(&queue->queue, place);
    *notify = queue->nitems++ == 0;

    return NXT_OK;
}


static inline ssize_t
nxt_port_queue_recv(nxt_port_queue_t *queue, void *bytes)
{
    nxt_nncq_atomic_t place = nxt_nncq_dequeue(&queue->queue);
    ssize_t size;

    if (place == NXT_NNCQ_SIZE) {
        return -1;
    }
    size = queue->items[place].size;
    memcpy(bytes, queue->items[place].data, (size_t) size);
    nxt_nncq_enqueue(&queue->free_items, place);
    queue->nitems--;

    return size;
}

#endif /* DOUBLE_NXT_PORT_QUEUE_H */
