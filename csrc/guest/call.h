/*
 * The call of a host function: what it was given, and how it answers.
 */

#ifndef UW_GUEST_CALL_H
#define UW_GUEST_CALL_H

#include "guest/instance.h"
#include "guest/val.h"

/* Values of uw_step_t. */
enum {
    UW_DONE,
    UW_WAIT,
    UW_TRAP
};
typedef int uw_step_t;

typedef struct uw_call {
    uw_instance_t *instance;
    const uw_abi_t *abi;
    const struct uw_host_func *function; /* that is called; NULL: none is */
    uw_val_t *args;
    size_t args_size;
    uw_val_t *results; /* results[0] is a plain `false` before the call */
    wasmtime_error_t *error;
} uw_call_t;

/* ---- Results ---- */

static inline uw_step_t
uw_return(uw_call_t *call, uw_val_t value)
{
    call->results[0] = value;

    return UW_DONE;
}

/* result<T, E>: moves the payload; NULL for a side without one. */
static inline uw_step_t
uw_return_ok(uw_call_t *call, uw_val_t *payload)
{
    return uw_return(call, uw_val_ok(call->abi, payload));
}

static inline uw_step_t
uw_return_err(uw_call_t *call, uw_val_t *payload)
{
    return uw_return(call, uw_val_err(call->abi, payload));
}

/* A new resource of the guest; NULL after uw_trap(). */
uw_resource_t *uw_make(uw_call_t *call, const uw_resource_type_t *type,
                       uint32_t parent);

/*
 * An owned handle to the resource as a value; false after uw_trap(), also where
 * that was before and there is no resource: NULL.
 */
bool uw_handle(uw_call_t *call, const uw_resource_t *resource, uw_val_t *value);

/* Returns an owned handle as the whole result, or traps; as uw_handle(). */
uw_step_t uw_return_handle(uw_call_t *call, const uw_resource_t *resource);
/* The same as ok(handle). */
uw_step_t uw_return_ok_handle(uw_call_t *call, const uw_resource_t *resource);

/* Deletes a resource that the host has taken over; traps if it has children. */
bool uw_drop(uw_call_t *call, uw_resource_t *resource);

/* Ends the guest: "error while executing ...: MESSAGE".  Answers UW_TRAP. */
uw_step_t uw_trap(uw_call_t *call, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif /* UW_GUEST_CALL_H */
