/*
 * wasi:io/error and wasi:io/poll, which all packages use.
 */

#ifndef UW_WASI_IO_POLL_H
#define UW_WASI_IO_POLL_H

#include "http/error_code.h"
#include "wasi/gen/io.h"

/* wasi:io/error.error */
UW_RESOURCE_AS(error, uw_failure_t)

/* What is asked of a pollable; `subject` is its parent, or NULL. */
typedef bool (*uw_pollable_fn_t)(uw_instance_t *instance,
                                 uw_resource_t *subject);

/* wasi:io/poll.pollable */
typedef struct {
    uw_pollable_fn_t ready; /* whether waiting is over; NULL: only by time */
    uw_pollable_fn_t never_ready; /* whether that depends on the guest alone,
                                   * which waits; NULL: it does not */
    uint64_t at; /* ready from then on (uw_now()); else UINT64_MAX */
} uw_pollable_t;

UW_RESOURCE_AS(pollable, uw_pollable_t)

/*
 * A pollable, ready when `ready` says so (NULL: only by time) or from `at` on
 * (UINT64_MAX: only by `ready`).  subject may be NULL.
 */
uw_resource_t *uw_pollable(uw_call_t *call, uw_resource_t *subject,
                           uw_pollable_fn_t ready, uint64_t at);

/* The function `subscribe` of a resource; never_ready may be NULL. */
uw_step_t uw_subscribe(uw_call_t *call, uw_resource_t *subject,
                       uw_pollable_fn_t ready, uw_pollable_fn_t never_ready);

/* Ends a guest that waits for what only it could do. */
uw_step_t uw_trap_never_ready(uw_call_t *call);

#endif /* UW_WASI_IO_POLL_H */
