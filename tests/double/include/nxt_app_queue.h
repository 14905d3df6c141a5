/* The double's version of Unit's nxt_app_queue.h; see nxt_main.h. */

#ifndef DOUBLE_NXT_APP_QUEUE_H
#define DOUBLE_NXT_APP_QUEUE_H

#include <stdint.h>

typedef uint32_t nxt_app_nncq_atomic_t;

typedef struct {
    nxt_app_nncq_atomic_t notified;
} nxt_app_queue_t;

static inline void
nxt_app_queue_notification_received(nxt_app_queue_t volatile *queue)
{
    queue->notified = 0;
}

#endif /* DOUBLE_NXT_APP_QUEUE_H */
