/*
 * wasi:io/error and wasi:io/poll; the streams are in wasi/io/streams.c.
 */

#include "wasi/io/package.h"

#include <stdlib.h>
#include <string.h>


/* ---- Errors ---- */

static uw_step_t
uw_error_to_debug_string(uw_call_t *call)
{
    uw_resource_t *error = uw_arg_handle(call, 0, UW_RES_ERROR);
    char text[UW_FAILURE_TEXT];

    if (error == NULL) {
        return UW_TRAP;
    }
    uw_failure_describe(&error->as.error, text, sizeof(text));

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
uw_subscribe(uw_call_t *call, uw_resource_kind_t kind,
             bool (*ready)(uw_instance_t *instance, uw_resource_t *subject))
{
    uw_resource_t *subject = uw_arg_handle(call, 0, kind);
    uw_resource_t *pollable;

    if (subject == NULL) {
        return UW_TRAP;
    }
    pollable = uw_pollable(call, subject, ready, UINT64_MAX);

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


static uw_step_t
uw_pollable_ready(uw_call_t *call)
{
    uw_resource_t *pollable = uw_arg_handle(call, 0, UW_RES_POLLABLE);

    if (pollable == NULL) {
        return UW_TRAP;
    }

    return uw_return(
        call, uw_val_bool(uw_pollable_is_ready(call->instance, pollable)));
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


static bool
uw_wait_add(uw_call_t *call, const uw_val_t *val)
{
    uw_wait_t *wait = &call->instance->wait;
    uw_resource_t *pollable = uw_val_handle_or_trap(call, val, UW_RES_POLLABLE);

    if (pollable == NULL) {
        return false;
    }

    wait->reps[wait->reps_size++] = pollable->rep;
    if (pollable->as.pollable.at < wait->at) {
        wait->at = pollable->as.pollable.at;
    }

    return true;
}


static uw_step_t
uw_wait_for(uw_call_t *call, const uw_val_t *vals, size_t size,
            uw_host_fn_t attempt)
{
    uw_wait_t *wait = &call->instance->wait;

    wait->at = UINT64_MAX;
    wait->reps_size = 0;
    if (uw_wait_reserve(wait, size) != 0) {
        return uw_trap(call, "memory is out");
    }

    for (size_t i = 0; i < size; i++) {
        if (!uw_wait_add(call, &vals[i])) {
            return UW_TRAP;
        }
    }

    return uw_attempt(call, attempt);
}


static uw_step_t
uw_pollable_block(uw_call_t *call)
{
    return uw_wait_for(call, &call->args[0], 1, uw_attempt_block);
}


static uw_step_t
uw_poll(uw_call_t *call)
{
    const uw_val_t *items;
    size_t size;

    if (!uw_arg_list(call, 0, &items, &size)) {
        return UW_TRAP;
    }
    if (size == 0) {
        return uw_trap(call, "empty poll list");
    }

    return uw_wait_for(call, items, size, uw_attempt_poll);
}


/* ---- Tables ---- */

/* clang-format off */

static const uw_host_resource_t uw_error_resources[] = {
    { "error", UW_RES_ERROR },
    { NULL, UW_RES_FREE },
};

static const uw_host_func_t uw_error_functions[] = {
    { "[method]error.to-debug-string", uw_error_to_debug_string, 1, 1, UW_SHORT, false },
    { NULL, NULL, 0, 0, UW_SHORT, false },
};

static const uw_host_resource_t uw_poll_resources[] = {
    { "pollable", UW_RES_POLLABLE },
    { NULL, UW_RES_FREE },
};

static const uw_host_func_t uw_poll_functions[] = {
    { "[method]pollable.ready", uw_pollable_ready, 1, 1, UW_SHORT, false },
    { "[method]pollable.block", uw_pollable_block, 1, 0, UW_WAITS, false },
    { "poll",                   uw_poll,           1, 1, UW_WAITS, false },
    { NULL, NULL, 0, 0, UW_SHORT, false },
};

static const uw_host_interface_t uw_io_interfaces[] = {
    { "wasi:io/error",   uw_error_resources,   uw_error_functions },
    { "wasi:io/poll",    uw_poll_resources,    uw_poll_functions },
    { "wasi:io/streams", uw_streams_resources, uw_streams_functions },
    { NULL, NULL, NULL },
};

/* clang-format on */

const uw_package_t uw_wasi_io = { .interfaces = uw_io_interfaces };
