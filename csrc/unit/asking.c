#include "unit/asking.h"

#include <string.h>

#include "worker/worker.h"

/* An answer takes less than a millisecond where the router has nothing else to
 * do.  A thread that has gone for good is asked for six times. */
#define UW_NXT_ASK_FIRST 50000000u
#define UW_NXT_ASK_LAST 2000000000u


static void
uw_nxt_asking_drop(uw_nxt_asking_t *asking, size_t index)
{
    asking->count--;
    asking->questions[index] = asking->questions[asking->count];
}


/* Without memory for a timer libunit's own question is all there is. */
static void
uw_nxt_asking_wait(uw_nxt_asking_t *asking)
{
    uint64_t next = UINT64_MAX;

    for (size_t i = 0; i < asking->count; i++) {
        next =
            asking->questions[i].next < next ? asking->questions[i].next : next;
    }
    if (next == UINT64_MAX) {
        uw_timer_stop(asking->executor, &asking->timer);
    } else {
        (void) !uw_timer_set(asking->executor, &asking->timer, next);
    }
}


static void
uw_nxt_asking_repeat(uw_timer_t *timer)
{
    uw_nxt_asking_t *asking = (uw_nxt_asking_t *) timer;
    uint64_t now = uw_now();
    size_t i = 0;

    while (i < asking->count) {
        uw_nxt_question_t *question = &asking->questions[i];
        uw_nxt_message_t message = { .fd = question->fd,
                                     .bytes = question->bytes,
                                     .size = question->size };

        if (question->next <= now) {
            question->delay *= 2;
            question->next = now + question->delay;
            if (uw_nxt_outbox_send(asking->outbox, &message) < 0
                || question->delay > UW_NXT_ASK_LAST)
            {
                uw_nxt_asking_drop(asking, i);
                continue;
            }
        }
        i++;
    }
    uw_nxt_asking_wait(asking);
}


void
uw_nxt_asking_init(uw_nxt_asking_t *asking, uw_nxt_waiting_t *waiting)
{
    *asking =
        (uw_nxt_asking_t) { .executor = uw_worker_executor(waiting->worker),
                            .outbox = &waiting->outbox };
    uw_timer_init(&asking->timer, uw_nxt_asking_repeat);
}


void
uw_nxt_asking_begin(uw_nxt_asking_t *asking, uw_nxt_port_id_t id,
                    const uw_nxt_message_t *message)
{
    uw_nxt_question_t *question = &asking->questions[asking->count];

    if (asking->count == UW_NXT_ASKED || message->size > UW_NXT_QUESTION) {
        return;
    }
    *question = (uw_nxt_question_t) { .id = id,
                                      .fd = message->fd,
                                      .size = message->size,
                                      .delay = UW_NXT_ASK_FIRST,
                                      .next = uw_now() + UW_NXT_ASK_FIRST };
    memcpy(question->bytes, message->bytes, message->size);
    asking->count++;
    uw_nxt_asking_wait(asking);
}


void
uw_nxt_asking_end(uw_nxt_asking_t *asking, uw_nxt_port_id_t id)
{
    for (size_t i = 0; i < asking->count; i++) {
        if (asking->questions[i].id.pid == id.pid
            && asking->questions[i].id.id == id.id)
        {
            uw_nxt_asking_drop(asking, i);
            uw_nxt_asking_wait(asking);
            return;
        }
    }
}


void
uw_nxt_asking_stop(uw_nxt_asking_t *asking)
{
    asking->count = 0;
    uw_nxt_asking_wait(asking);
}
