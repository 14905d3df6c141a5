#include "worker/running.h"

#include "guest/failure.h"
#include "wasi/http/handler.h"
#include "worker/hosting.h"

#define uw_container(pointer, type, member)                                    \
    ((type *) ((char *) (pointer) - offsetof(type, member)))


static void
uw_slot_fail(uw_slot_t *slot, uw_end_t end, uint16_t status, const char *what,
             const char *cause, const char *detail)
{
    slot->end = end;
    slot->worker->status.failures++;
    uw_slot_log(slot, what, cause, detail);
    (void) uw_exchange_fail(&slot->exchange, status);
    uw_slot_end_answered(slot);
    uw_slot_announce(slot);
}


static void
uw_slot_returned(uw_slot_t *slot)
{
    uw_exchange_t *exchange = &slot->exchange;
    const char *failure = slot->instance.failure;

    if (exchange->response == UW_RESPONSE_NONE) {
        uw_slot_fail(slot, UW_END_NO_RESPONSE, 500,
                     slot->function.called
                         ? "the result of the function is too large"
                         : "the component returned without calling "
                           "response-outparam.set",
                     "", "");
        return;
    }

    if (exchange->response == UW_RESPONSE_SET
        || exchange->response == UW_RESPONSE_SENT)
    {
        uw_slot_fail(slot, UW_END_BAD_RESPONSE, 500,
                     "the component ended without finishing its response body",
                     "", "");
        return;
    }

    if (failure[0] != '\0') {
        slot->end = slot->instance.end;
        slot->worker->status.failures++;
        uw_slot_log(slot, failure, "", "");
    }
    uw_slot_end_answered(slot);
    uw_slot_announce(slot);
}


/*
 * There is no room for its instance, although less than max_exchanges are in
 * flight.  It waits as the first until a guest ends; if there is none it would
 * wait for ever.
 */
static void
uw_slot_postpone(uw_slot_t *slot, const char *cause)
{
    uw_worker_t *worker = slot->worker;
    const uw_settings_t *settings = uw_slot_settings(slot);

    if (worker->status.in_flight == 1
        || worker->status.queued >= settings->max_queue)
    {
        uw_slot_fail(slot, UW_END_QUEUE_FULL, 503,
                     worker->status.in_flight == 1
                         ? "there is no room for an instance"
                         : "too many requests wait for an instance",
                     cause, "");
        return;
    }

    slot->in_flight = false;
    worker->status.in_flight--;
    worker->status.queued++;
    slot->next = worker->queue;
    if (worker->queue == NULL) {
        worker->queue_end = &slot->next;
    }
    worker->queue = slot;

    /* The timer runs already: it only moves, so that this cannot fail. */
    (void) !uw_timer_set(worker->executor, &slot->deadline,
                         slot->accepted + settings->queue_timeout);
}


static void
uw_slot_failed(uw_slot_t *slot)
{
    char cause[256];
    char detail[4096];
    uw_instance_t *instance = &slot->instance;

    if (instance->exited && instance->exit_ok) {
        uw_slot_returned(slot);
        return;
    }

    uw_instance_failure(instance, cause, sizeof(cause), detail, sizeof(detail));
    if (uw_instance_lacks_room(instance, cause)) {
        uw_instance_stop(instance);
        slot->exchange.guest = UW_GUEST_QUEUED;
        uw_slot_postpone(slot, cause);
        return;
    }
    uw_slot_fail(slot, uw_instance_end(instance, cause), 500,
                 instance->exited         ? "the component exited"
                 : instance->instantiated ? "the component failed"
                                          : "the component cannot start",
                 cause, detail);
}


/* Lets the guest run on.  The clock ticks for all of them: who began just before
 * has used little. */
static void
uw_slot_go_on(uw_slot_t *slot)
{
    if (slot->burst >= UW_TICK) {
        uw_executor_later(slot->worker->executor, &slot->task);
    } else {
        uw_executor_ready(slot->worker->executor, &slot->task);
    }
}


/* Whether it has no time left, and was ended for it. */
static bool
uw_slot_has_no_time(uw_slot_t *slot)
{
    if (slot->cpu < uw_slot_settings(slot)->cpu_timeout) {
        return false;
    }
    uw_slot_fail(slot, UW_END_CPU_TIMEOUT, 504,
                 "the component used up its processor time", "", "");

    return true;
}


static void
uw_slot_yielded(uw_slot_t *slot)
{
    slot->exchange.guest = UW_GUEST_RUNNING;
    if (uw_slot_has_no_time(slot)) {
        return;
    }

    uw_slot_go_on(slot);
    uw_slot_announce(slot);
}


static void
uw_slot_waiting(uw_slot_t *slot)
{
    slot->exchange.guest = UW_GUEST_WAITING;
    if (uw_slot_has_no_time(slot)) {
        return;
    }
    if (uw_guest_log_waits(&slot->instance.log)) {
        uw_slot_go_on(slot);
    }

    if (uw_timer_set(slot->worker->executor, &slot->wake,
                     slot->instance.wait.at)
        != 0)
    {
        uw_slot_fail(slot, UW_END_HOST, 500, "out of memory", "", "");
        return;
    }

    uw_slot_announce(slot);
}


/*
 * Keeps a guest that has ended until the lines that it leaves behind are logged.
 * Its client need not wait for them.
 */
static void
uw_slot_hold(uw_slot_t *slot, uw_poll_t outcome)
{
    slot->held = true;
    slot->outcome = outcome;
    uw_timer_stop(slot->worker->executor, &slot->deadline);
    uw_slot_go_on(slot);
    if (outcome == UW_POLL_RETURNED
        && slot->exchange.response == UW_RESPONSE_COMPLETE)
    {
        uw_slot_announce(slot);
    }
}


static void
uw_slot_run(uw_task_t *task)
{
    uw_slot_t *slot = uw_container(task, uw_slot_t, task);
    uw_worker_t *worker = slot->worker;
    uint64_t began = uw_now();
    uw_poll_t poll;

    if (slot->exchange.guest == UW_GUEST_QUEUED) {
        uw_slot_sweep(worker);
        if (!uw_engine_has_room(slot->site->engine)) {
            uw_slot_postpone(slot, UW_NO_SPACE);
            return;
        }
    }

    /* Asking for processor time takes ten times as long as for the time of
     * day: only where a guest uses much of it does the difference matter. */
    slot->instance.polled = began;
    slot->instance.measured = slot->burst >= UW_TICK ? uw_processor_time() : 0;

    if (slot->exchange.guest == UW_GUEST_QUEUED) {
        slot->instance.began = began;
        uw_instance_start(&slot->instance,
                          slot->function.called ? &slot->function.entry
                                                : &uw_http_handler,
                          &slot->exchange, uw_slot_ticket(slot));
        slot->exchange.guest = UW_GUEST_INSTANTIATING;
    } else {
        slot->exchange.guest = UW_GUEST_RUNNING;
    }

    uw_guest_log_new_turn(&slot->instance.log);
    uw_ticker_enter(slot->site->host.ticker);
    poll = slot->held ? slot->outcome : uw_instance_poll(&slot->instance);
    uw_ticker_leave(slot->site->host.ticker);
    uw_hosting_turn_over(&slot->site->host);
    uw_guest_log_go_on(&slot->instance.log);
    slot->left = uw_now();
    slot->cpu +=
        uw_instance_used(&slot->instance, slot->left) + slot->instance.beside;
    slot->instance.beside = 0;
    slot->burst += slot->left - began;
    uw_executor_spent(worker->executor, slot->left - began);

    if (uw_guest_log_waits(&slot->instance.log)
        && (poll == UW_POLL_RETURNED || poll == UW_POLL_FAILED))
    {
        uw_slot_hold(slot, poll);
        return;
    }

    switch (poll) {
    case UW_POLL_YIELDED:
        uw_slot_yielded(slot);
        break;
    case UW_POLL_WAITING:
        uw_slot_waiting(slot);
        break;
    case UW_POLL_RETURNED:
        uw_slot_returned(slot);
        break;
    case UW_POLL_FAILED:
        uw_slot_failed(slot);
        break;
    }
}


static void
uw_slot_woken(uw_timer_t *timer)
{
    uw_slot_t *slot = uw_container(timer, uw_slot_t, wake);

    uw_slot_wake(slot);
}


static void
uw_slot_late(uw_timer_t *timer)
{
    uw_slot_t *slot = uw_container(timer, uw_slot_t, deadline);

    slot->left = uw_now();
    if (slot->in_flight) {
        uw_slot_fail(slot, UW_END_TIMEOUT, 504,
                     "the component did not end in time", "", "");
    } else {
        uw_slot_fail(slot, UW_END_QUEUE_TIMEOUT, 503,
                     "no instance became free in time", "", "");
    }
}


void
uw_slot_init(uw_slot_t *slot)
{
    slot->task.run = uw_slot_run;
    uw_timer_init(&slot->deadline, uw_slot_late);
    uw_timer_init(&slot->wake, uw_slot_woken);
}
