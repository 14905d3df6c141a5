#include "python/caller.h"

#include <stdio.h>
#include <string.h>

#include "guest/failure.h"
#include "worker/hosting.h"


/* ---- Handles ---- */

static bool
uw_caller_owns(const uw_caller_t *caller, const uw_type_t *type)
{
    return caller->library->program->resources[type->resource].guest;
}


static int
uw_caller_number(void *data, const uw_type_t *type, const uw_val_t *val,
                 uint32_t *number)
{
    uw_caller_t *caller = data;

    return uw_caller_owns(caller, type)
               ? uw_guest_handle_add(&caller->handles, &caller->instance, type,
                                     val, number)
               : uw_foreign_number(&caller->instance, type, val, number);
}


static int
uw_caller_handle(void *data, const uw_type_t *type, uint32_t number,
                 uw_val_t *val)
{
    uw_caller_t *caller = data;

    return uw_caller_owns(caller, type)
               ? uw_guest_handle_pass(&caller->handles, &caller->instance, type,
                                      number, val)
               : uw_foreign_handle(&caller->instance, type, number, val);
}


uw_handles_t
uw_caller_handles(uw_caller_t *caller)
{
    return (uw_handles_t) { caller, uw_caller_number, uw_caller_handle };
}


/* ---- What the guest calls ---- */

uw_caller_t *
uw_caller_of(const uw_instance_t *instance)
{
    return (uw_caller_t *) ((char *) (uintptr_t) instance
                            - offsetof(uw_caller_t, instance));
}


static uw_buf_t *
uw_caller_begin(uw_call_t *call, const uw_foreign_t *function)
{
    uw_caller_t *caller = uw_caller_of(call->instance);

    uw_buf_reset(&caller->packed, UW_CALLER_KEEP);
    caller->asked = function;
    caller->answered = false;

    return &caller->packed;
}


static uw_step_t
uw_caller_attempt(uw_call_t *call, const uw_foreign_t *function)
{
    uw_caller_t *caller = uw_caller_of(call->instance);
    uw_packed_fault_t *fault = &caller->fault;

    if (!caller->answered) {
        return UW_WAIT;
    }
    caller->answered = false;
    if (caller->failure != NULL) {
        caller->asked = NULL;
        return uw_trap(call, "%s", caller->failure);
    }
    if (uw_foreign_return(call, function, caller->answer, fault) != UW_DONE) {
        caller->malformed = true;
        return UW_WAIT;
    }
    caller->asked = NULL;

    return UW_DONE;
}


static void
uw_caller_dropped(uw_instance_t *instance, uint32_t resource, uint32_t rep)
{
    const uint32_t drop[] = { resource, rep };

    /* Where there is no memory for it the account is over, which ends the guest,
     * and the host forgets all that it had. */
    (void) !uw_buf_append(&uw_caller_of(instance)->drops, drop, sizeof(drop));
}


const uw_foreign_ops_t uw_caller_ops = {
    .begin = uw_caller_begin,
    .attempt = uw_caller_attempt,
    .dropped = uw_caller_dropped,
};


/* ---- Events ---- */

static int
uw_caller_event(uw_caller_t *caller, int kind, uw_call_event_t *event)
{
    *event = (uw_call_event_t) {
        .kind = kind,
        .dropped = (uint32_t) (uw_buf_size(&caller->drops) / 8),
        .exit_code = -1,
        .message = caller->message,
        .detail = caller->detail,
    };

    return kind;
}


int
uw_caller_refuse(const char *why, uw_call_event_t *event)
{
    *event = (uw_call_event_t) {
        .kind = UW_CALL_REFUSED,
        .exit_code = -1,
        .message = why,
        .detail = "",
    };

    return UW_CALL_REFUSED;
}


int
uw_caller_malformed(uw_caller_t *caller, uw_call_event_t *event)
{
    (void) snprintf(caller->message, sizeof(caller->message), "%s",
                    caller->fault.why == NULL ? "there is no such handle"
                                              : caller->fault.why);
    caller->detail[0] = '\0';
    (void) uw_caller_event(caller, UW_CALL_MALFORMED, event);
    event->offset = caller->fault.offset;

    return UW_CALL_MALFORMED;
}


int
uw_caller_with_data(uw_caller_t *caller, int kind, uw_call_event_t *event)
{
    (void) uw_caller_event(caller, kind, event);
    event->size = uw_buf_size(&caller->packed);
    event->data =
        event->size == 0 ? "" : (const char *) uw_buf_head(&caller->packed);

    return kind;
}


/* ---- The end of an instance ---- */

void
uw_caller_stop(uw_caller_t *caller)
{
    uw_instance_t *instance = &caller->instance;

    if (instance->store == NULL) {
        return;
    }
    uw_guest_handles_settle(&caller->handles, instance, false);
    uw_guest_handles_reset(&caller->handles, instance);
    uw_instance_stop(instance);
    caller->library->stores--;
    caller->asked = NULL;
    caller->answered = false;
}


int
uw_caller_end(uw_caller_t *caller, uw_end_t end, const char *why,
              uw_call_event_t *event)
{
    caller->stage = UW_CALLER_DEAD;
    (void) snprintf(caller->message, sizeof(caller->message), "%s", why);
    caller->detail[0] = '\0';
    uw_caller_stop(caller);
    (void) uw_caller_event(caller, UW_CALL_FAILED, event);
    event->end = (int) end;

    return UW_CALL_FAILED;
}


int
uw_caller_failed(uw_caller_t *caller, uw_call_event_t *event)
{
    uw_instance_t *instance = &caller->instance;
    bool exited = instance->exited;
    int code = instance->exit_code;
    uw_end_t end;

    uw_instance_failure(instance, caller->message, sizeof(caller->message),
                        caller->detail, sizeof(caller->detail));
    end = uw_instance_end(instance, caller->message);
    (void) !uw_instance_lacks_room(instance, caller->message);
    caller->stage = UW_CALLER_DEAD;
    uw_caller_stop(caller);
    (void) uw_caller_event(caller, UW_CALL_FAILED, event);
    event->end = (int) end;
    event->exit_code = exited ? code : -1;

    return UW_CALL_FAILED;
}


/* ---- Running ---- */

/* Lines that the guest has printed keep nobody waiting but itself. */
static void
uw_caller_log(uw_caller_t *caller)
{
    uw_guest_log_t *log = &caller->instance.log;

    uw_guest_log_go_on(log);
    while (uw_guest_log_waits(log)) {
        uw_guest_log_new_turn(log);
        uw_guest_log_go_on(log);
    }
}


static uw_poll_t
uw_caller_poll(uw_caller_t *caller)
{
    uw_instance_t *instance = &caller->instance;
    uw_ticker_t *ticker = caller->library->host.ticker;
    uw_poll_t poll;

    caller->woken = false;
    caller->malformed = false;
    memset(caller->stdio.waits, 0, sizeof(caller->stdio.waits));
    instance->polled = uw_now();
    instance->measured = caller->cpu >= UW_TICK ? uw_processor_time() : 0;
    uw_guest_log_new_turn(&instance->log);
    uw_ticker_enter(ticker);
    poll = uw_instance_poll(instance);
    uw_ticker_leave(ticker);
    uw_hosting_turn_over(&caller->library->host);
    if (uw_guest_log_waits(&instance->log)) {
        uw_caller_log(caller);
    }
    caller->cpu += uw_instance_used(instance, uw_now());

    return poll;
}


/* Why a result cannot be passed on. */
static const char *
uw_caller_no_result(const uw_caller_t *caller)
{
    return caller->handles.live < caller->library->engine->settings.max_handles
               ? "the result takes too much memory"
               : "more of its objects would be held than may be "
                 "(UNIT_WASM_MAX_HANDLES raises it)";
}


static int
uw_caller_returned(uw_caller_t *caller, uw_call_event_t *event)
{
    const uw_signature_t *called = caller->called;
    const uw_handles_t handles = uw_caller_handles(caller);

    caller->stage = UW_CALLER_IDLE;
    if (called == NULL) {
        return uw_caller_event(caller, UW_CALL_READY, event);
    }

    uw_buf_reset(&caller->packed, UW_CALLER_KEEP);
    if (uw_packed_write(&handles, &called->result,
                        called->result.kind != UW_TYPE_NONE, called->carried,
                        &caller->result, &caller->packed)
        != 0)
    {
        return uw_caller_end(caller, UW_END_HOST, uw_caller_no_result(caller),
                             event);
    }
    uw_instance_leave(&caller->instance);

    return uw_caller_with_data(caller, UW_CALL_RETURNED, event);
}


const char *
uw_caller_due(const uw_caller_t *caller, uw_end_t *end)
{
    if (atomic_load(&caller->cancelled)) {
        *end = UW_END_CLIENT_GONE;
        return "the call was cancelled";
    }
    if (caller->cpu >= caller->library->engine->settings.cpu_timeout) {
        *end = UW_END_CPU_TIMEOUT;
        return "the component used up its processor time";
    }
    if (uw_now() >= caller->deadline) {
        *end = UW_END_TIMEOUT;
        return "the component did not end in time";
    }

    return NULL;
}


int
uw_caller_run(uw_caller_t *caller, uw_call_event_t *event)
{
    uw_poll_t poll = uw_caller_poll(caller);
    const char *why;
    uw_end_t end;

    if (poll == UW_POLL_RETURNED) {
        return uw_caller_returned(caller, event);
    }
    if (poll == UW_POLL_FAILED) {
        return uw_caller_failed(caller, event);
    }
    why = uw_caller_due(caller, &end);
    if (why != NULL) {
        return uw_caller_end(caller, end, why, event);
    }
    if (caller->malformed) {
        caller->stage = UW_CALLER_ASKING;
        return uw_caller_malformed(caller, event);
    }
    if (poll == UW_POLL_WAITING && caller->asked != NULL) {
        caller->stage = UW_CALLER_ASKING;
        (void) uw_caller_with_data(caller, UW_CALL_HOST, event);
        event->number = caller->asked->number;
        return UW_CALL_HOST;
    }
    caller->stage = UW_CALLER_RUNNING;

    return uw_caller_event(
        caller, poll == UW_POLL_WAITING ? UW_CALL_WAITING : UW_CALL_SLICE,
        event);
}

/* ---- One thread at a time ---- */

bool
uw_caller_enter(uw_caller_t *caller)
{
    if (!uw_origin_is_here(&caller->library->host.origin)
        || atomic_exchange(&caller->busy, true))
    {
        return false;
    }
    (void) pthread_mutex_lock(&caller->library->mutex);

    return true;
}


void
uw_caller_leave(uw_caller_t *caller)
{
    uw_library_t *library = caller->library;

    /* One that was deleted is another's as soon as the mutex is. */
    atomic_store(&caller->busy, false);
    (void) pthread_mutex_unlock(&library->mutex);
}
