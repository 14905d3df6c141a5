/*
 * Host calls: functions that Python answers, on threads of its own.
 *
 *   guest --- row --- hostcall.c | python/host_calls.c --- unit_wasm/hosting
 *             the worker's thread | Python's threads
 *
 *   1. An instance that calls gets a context, which ends with it: Python is told,
 *      and drops whatever it has for it, calls on their way included.
 *   2. A guest waits in one function at a time, so a context has one call.  Each
 *      has a serial number: an answer to an older one answers nobody.
 *   3. Arguments, results and what is lent meanwhile are on the account of the
 *      exchange, whose time limit counts, too.
 *   4. Where Python ends, calls on their way and all later ones fail with a text
 *      that says so.
 */

#ifndef UW_GUEST_HOSTCALL_H
#define UW_GUEST_HOSTCALL_H

#include "guest/call.h"
#include "guest/foreign.h"
#include "guest/hostcall_table.h"

/*
 * Where the arguments of the next call go, empty; NULL after uw_trap().  What is
 * appended to it may fail: uw_hostcall() says so then.
 */
uw_buf_t *uw_hostcall_arguments(uw_call_t *call);

/* Makes a result of what Python has answered. */
typedef uw_step_t (*uw_hostcall_take_t)(uw_call_t *call, uw_slice_t result);

/* Asks, with these arguments, and parks the guest until `take` has the answer. */
uw_step_t uw_hostcall(uw_call_t *call, uint32_t function, bool complete,
                      uw_hostcall_take_t take);

/* Python does what no package has (guest/foreign.h). */
extern const uw_foreign_ops_t uw_hostcall_ops;

#endif /* UW_GUEST_HOSTCALL_H */
