/* Another worker of the same application, and the router on its way to it. */

#include "state.h"

#include "unit/loop.h"


/* They outlive the module that was started. */
static uw_nxt_siblings_t *double_siblings;


void
double_find_siblings(const nxt_unit_init_t *init)
{
    const uw_nxt_loop_t *loop = init->data;

    double_siblings = loop->intake.siblings;
    /* A test before may have had a sibling, and its process called others. */
    memset(&double_siblings->of[UW_NXT_SIBLINGS - 1], 0,
           sizeof(double_siblings->of[0]));
    (void) double_rung();
}


void
double_sibling(bool there, bool room)
{
    double_lock();
    double_siblings->of[UW_NXT_SIBLINGS - 1].state = room;
    double_siblings->of[UW_NXT_SIBLINGS - 1].pid = there;
    double_unlock();
}


/* ---- Its wakeup ---- */

int
double_wakeup(void)
{
    return double_siblings == NULL ? -1 : double_siblings->wakeup;
}


void
double_ring(void)
{
    const uint64_t one = 1;

    if (write(double_siblings->wakeup, &one, sizeof(one)) != sizeof(one)) {
        abort();
    }
}


uint64_t
double_rung(void)
{
    uint64_t count = 0;

    return read(double_siblings->wakeup, &count, sizeof(count)) == sizeof(count)
               ? count
               : 0;
}


/* ---- What it takes, and what Unit does ---- */

/* Where the request is, if nobody has taken it. */
static uint32_t
double_find(size_t number)
{
    uint32_t index = 0;

    while (index < NXT_APP_NNCQ_SIZE
           && the_double.queue->items[index].tracking != number)
    {
        index++;
    }

    return index;
}


bool
double_take_back(size_t number)
{
    uint32_t index;
    bool taken;

    double_lock();
    index = double_find(number);
    taken = index < NXT_APP_NNCQ_SIZE
            && nxt_app_queue_cancel(the_double.queue, index, (uint32_t) number);
    double_unlock();

    return taken;
}


/* Its place in memory is not used again: one thread does that. */
size_t
double_steal(void)
{
    size_t number = 0;
    uint32_t place;

    double_lock();
    while (number == 0) {
        place = double_app_dequeue(&the_double.queue->queue);
        if (place == NXT_APP_NNCQ_SIZE) {
            break;
        }
        number = the_double.queue->items[place].tracking;
        if (!nxt_app_queue_cancel(the_double.queue, place, (uint32_t) number)) {
            number = 0;
        }
    }
    double_unlock();

    return number;
}


void
double_request_limit(uint32_t limit)
{
    double_lock();
    the_double.request_limit = limit;
    double_unlock();
}
