#include "wasi/io/poll.h"

#include <string.h>

#include "base/executor.h"
#include "wasi/io/wait.h"


/* ---- Errors ---- */

uw_step_t
uw_io_error_to_debug_string(uw_call_t *call, uw_resource_t *self)
{
    char text[UW_FAILURE_TEXT];

    uw_failure_describe(uw_as_error(self), text, sizeof(text));

    return uw_return(
        call, uw_val_string(call->abi, (const uint8_t *) text, strlen(text)));
}


/* ---- Poll ---- */

uw_resource_t *
uw_pollable(uw_call_t *call, uw_resource_t *subject, uw_pollable_fn_t ready,
            uint64_t at)
{
    uw_resource_t *pollable =
        uw_make(call, &uw_io_pollable_type, subject == NULL ? 0 : subject->rep);

    if (pollable != NULL) {
        uw_as_pollable(pollable)->ready = ready;
        uw_as_pollable(pollable)->at = at;
    }

    return pollable;
}


uw_step_t
uw_subscribe(uw_call_t *call, uw_resource_t *subject, uw_pollable_fn_t ready,
             uw_pollable_fn_t never_ready)
{
    uw_resource_t *pollable = uw_pollable(call, subject, ready, UINT64_MAX);

    if (pollable == NULL) {
        return UW_TRAP;
    }
    uw_as_pollable(pollable)->never_ready = never_ready;

    return uw_return_handle(call, pollable);
}


static bool
uw_pollable_is_ready(uw_instance_t *instance, const uw_resource_t *pollable)
{
    if (uw_as_pollable(pollable)->at != UINT64_MAX
        && uw_now() >= uw_as_pollable(pollable)->at)
    {
        return true;
    }

    return uw_as_pollable(pollable)->ready != NULL
           && uw_as_pollable(pollable)->ready(
               instance, uw_resource_parent(&instance->resources, pollable));
}


uw_step_t
uw_io_pollable_ready(uw_call_t *call, uw_resource_t *self)
{
    return uw_return(call,
                     uw_val_bool(uw_pollable_is_ready(call->instance, self)));
}


/* A parked guest holds its handles: what it waits for cannot go away. */
static const uw_resource_t *
uw_waited_pollable(const uw_call_t *call, const uw_io_wait_t *wait, size_t i)
{
    return uw_resource_get(&call->instance->resources, wait->reps[i],
                           &uw_io_pollable_type);
}


static size_t
uw_count_ready(const uw_call_t *call, const uw_io_wait_t *wait)
{
    size_t count = 0;

    for (size_t i = 0; i < wait->reps_size; i++) {
        count += uw_pollable_is_ready(call->instance,
                                      uw_waited_pollable(call, wait, i));
    }

    return count;
}


/* Whether this can only become ready by what the guest itself does. */
static bool
uw_pollable_is_never_ready(uw_instance_t *instance,
                           const uw_resource_t *pollable)
{
    uw_resource_t *subject = uw_resource_parent(&instance->resources, pollable);

    return uw_as_pollable(pollable)->at == UINT64_MAX && subject != NULL
           && uw_as_pollable(pollable)->never_ready != NULL
           && uw_as_pollable(pollable)->never_ready(instance, subject);
}


uw_step_t
uw_trap_never_ready(uw_call_t *call)
{
    return uw_trap(call, "waits for room in a body that nobody reads yet: "
                         "response-outparam.set or outgoing-handler.handle "
                         "comes first");
}


/* UW_WAIT, unless nothing that it waits for could ever happen. */
static uw_step_t
uw_wait_for_some(uw_call_t *call, const uw_io_wait_t *wait)
{
    for (size_t i = 0; i < wait->reps_size; i++) {
        if (!uw_pollable_is_never_ready(call->instance,
                                        uw_waited_pollable(call, wait, i)))
        {
            return UW_WAIT;
        }
    }

    return uw_trap_never_ready(call);
}


static uw_step_t
uw_attempt_block(uw_call_t *call, void *state)
{
    const uw_io_wait_t *wait = state;

    return uw_count_ready(call, wait) == 0 ? uw_wait_for_some(call, wait)
                                           : UW_DONE;
}


static uw_step_t
uw_attempt_poll(uw_call_t *call, void *state)
{
    const uw_io_wait_t *wait = state;
    size_t ready = uw_count_ready(call, wait);
    size_t next = 0;
    uw_val_t list;

    if (ready == 0) {
        return uw_wait_for_some(call, wait);
    }

    list = uw_val_list(call->abi, ready);
    for (size_t i = 0; i < wait->reps_size && next < ready; i++) {
        if (uw_pollable_is_ready(call->instance,
                                 uw_waited_pollable(call, wait, i)))
        {
            list.of.list.data[next++] = uw_val_u32((uint32_t) i);
        }
    }

    return uw_return(call, list);
}


/* Begins to note what is waited for; NULL after uw_trap(). */
static uw_io_wait_t *
uw_wait_begin(uw_call_t *call, size_t size)
{
    uw_io_wait_t *wait = uw_io_wait(call);

    wait->reps_size = 0;
    if (uw_io_wait_reserve(wait, size) != 0) {
        (void) uw_trap(call, "out of memory");
        return NULL;
    }

    return wait;
}


/* Returns when it is ready by time, or `at` if that is earlier. */
static uint64_t
uw_wait_add(uw_io_wait_t *wait, const uw_resource_t *pollable, uint64_t at)
{
    wait->reps[wait->reps_size++] = pollable->rep;

    return uw_as_pollable(pollable)->at < at ? uw_as_pollable(pollable)->at
                                             : at;
}


uw_step_t
uw_io_pollable_block(uw_call_t *call, uw_resource_t *self)
{
    uw_io_wait_t *wait = uw_wait_begin(call, 1);

    return wait == NULL ? UW_TRAP
                        : uw_attempt(call, uw_attempt_block, wait,
                                     uw_wait_add(wait, self, UINT64_MAX));
}


uw_step_t
uw_io_poll(uw_call_t *call, const uw_val_t *in)
{
    const wasmtime_component_vallist_t *list = &in->of.list;
    uw_resource_t *pollable;
    uint64_t at = UINT64_MAX;
    uw_io_wait_t *wait;

    if (list->size == 0) {
        return uw_trap(call, "empty poll list");
    }
    wait = uw_wait_begin(call, list->size);
    if (wait == NULL) {
        return UW_TRAP;
    }

    for (size_t i = 0; i < list->size; i++) {
        if (!uw_read_handle(call, &list->data[i], &uw_io_pollable_type,
                            &pollable))
        {
            return UW_TRAP;
        }
        at = uw_wait_add(wait, pollable, at);
    }

    return uw_attempt(call, uw_attempt_poll, wait, at);
}
