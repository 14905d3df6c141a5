/*
 * wasi:io/error and wasi:io/poll; the streams are in wasi/io/streams.c.
 */

#include "wasi/io/package.h"

#include <stdlib.h>
#include <string.h>


/* ---- Errors ---- */

uw_step_t
uw_io_error_to_debug_string(uw_call_t *call, uw_resource_t *self)
{
    char text[UW_FAILURE_TEXT];

    uw_failure_describe(&self->as.error, text, sizeof(text));

    return uw_return(
        call, uw_val_string(call->abi, (const uint8_t *) text, strlen(text)));
}


/* ---- Poll ---- */

uw_resource_t *
uw_pollable(uw_call_t *call, uw_resource_t *subject,
            bool (*ready)(uw_instance_t *instance, uw_resource_t *subject),
            uint64_t at)
{
    uw_resource_t *pollable =
        uw_make(call, UW_RES_POLLABLE, subject == NULL ? 0 : subject->rep);

    if (pollable != NULL) {
        pollable->as.pollable.ready = ready;
        pollable->as.pollable.at = at;
    }

    return pollable;
}


uw_step_t
uw_subscribe(uw_call_t *call, uw_resource_t *subject,
             bool (*ready)(uw_instance_t *instance, uw_resource_t *subject))
{
    uw_resource_t *pollable = uw_pollable(call, subject, ready, UINT64_MAX);

    return pollable == NULL ? UW_TRAP : uw_return_handle(call, pollable);
}


static bool
uw_pollable_is_ready(uw_instance_t *instance, const uw_resource_t *pollable)
{
    if (pollable->as.pollable.at != UINT64_MAX
        && uw_now() >= pollable->as.pollable.at)
    {
        return true;
    }

    return pollable->as.pollable.ready != NULL
           && pollable->as.pollable.ready(
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
uw_waited_pollable(const uw_call_t *call, size_t i)
{
    return uw_resource_get(&call->instance->resources,
                           call->instance->wait.reps[i], UW_RES_POLLABLE);
}


static size_t
uw_count_ready(const uw_call_t *call)
{
    size_t count = 0;

    for (size_t i = 0; i < call->instance->wait.reps_size; i++) {
        count +=
            uw_pollable_is_ready(call->instance, uw_waited_pollable(call, i));
    }

    return count;
}


/* Whether this can only become ready by what the guest itself does. */
static bool
uw_pollable_is_hopeless(uw_instance_t *instance, const uw_resource_t *pollable)
{
    uw_resource_t *subject = uw_resource_parent(&instance->resources, pollable);

    return pollable->as.pollable.at == UINT64_MAX && subject != NULL
           && subject->kind == UW_RES_OUTPUT_STREAM
           && uw_output_hopeless(instance, subject);
}


/* UW_WAIT, unless nothing that it waits for could ever happen. */
static uw_step_t
uw_wait_for_some(uw_call_t *call)
{
    for (size_t i = 0; i < call->instance->wait.reps_size; i++) {
        if (!uw_pollable_is_hopeless(call->instance,
                                     uw_waited_pollable(call, i)))
        {
            return UW_WAIT;
        }
    }

    return uw_trap_hopeless(call);
}


static uw_step_t
uw_attempt_block(uw_call_t *call)
{
    return uw_count_ready(call) == 0 ? uw_wait_for_some(call) : UW_DONE;
}


static uw_step_t
uw_attempt_poll(uw_call_t *call)
{
    size_t ready = uw_count_ready(call);
    size_t next = 0;
    uw_val_t list;

    if (ready == 0) {
        return uw_wait_for_some(call);
    }

    list = uw_val_list(call->abi, ready);
    for (size_t i = 0; i < call->instance->wait.reps_size && next < ready; i++)
    {
        if (uw_pollable_is_ready(call->instance, uw_waited_pollable(call, i))) {
            list.of.list.data[next++] = uw_val_u32((uint32_t) i);
        }
    }

    return uw_return(call, list);
}


/* Makes room for what a poll waits for; bounded by the guest's own list. */
static int
uw_wait_reserve(uw_wait_t *wait, size_t size)
{
    uint32_t *reps;
    size_t more;

    if (size <= wait->reps_capacity) {
        return 0;
    }

    more = (size - wait->reps_capacity) * sizeof(uint32_t);
    if (!uw_account_take(wait->bytes.account, more)) {
        return -1;
    }
    reps = realloc(wait->reps, size * sizeof(uint32_t));
    if (reps == NULL) {
        uw_account_give(wait->bytes.account, more);
        return -1;
    }
    wait->reps = reps;
    wait->reps_capacity = size;

    return 0;
}


/* Begins to note what is waited for. */
static bool
uw_wait_begin(uw_call_t *call, size_t size)
{
    uw_wait_t *wait = &call->instance->wait;

    wait->at = UINT64_MAX;
    wait->reps_size = 0;
    if (uw_wait_reserve(wait, size) != 0) {
        (void) uw_trap(call, "memory is out");
        return false;
    }

    return true;
}


static void
uw_wait_add(uw_wait_t *wait, const uw_resource_t *pollable)
{
    wait->reps[wait->reps_size++] = pollable->rep;
    if (pollable->as.pollable.at < wait->at) {
        wait->at = pollable->as.pollable.at;
    }
}


uw_step_t
uw_io_pollable_block(uw_call_t *call, uw_resource_t *self)
{
    if (!uw_wait_begin(call, 1)) {
        return UW_TRAP;
    }
    uw_wait_add(&call->instance->wait, self);

    return uw_attempt(call, uw_attempt_block);
}


uw_step_t
uw_io_poll(uw_call_t *call, const uw_val_t *in)
{
    const wasmtime_component_vallist_t *list = &in->of.list;
    uw_resource_t *pollable;

    if (list->size == 0) {
        return uw_trap(call, "empty poll list");
    }
    if (!uw_wait_begin(call, list->size)) {
        return UW_TRAP;
    }

    for (size_t i = 0; i < list->size; i++) {
        if (!uw_read_handle(call, &list->data[i], UW_RES_POLLABLE, &pollable)) {
            return UW_TRAP;
        }
        uw_wait_add(&call->instance->wait, pollable);
    }

    return uw_attempt(call, uw_attempt_poll);
}


const uw_package_t uw_wasi_io = { .interfaces = uw_io_interfaces };
