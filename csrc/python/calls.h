/*
 * Calls of a component's functions, from Python: an instance that is kept over
 * many calls, and runs on the thread that calls it.  Plain declarations, for CFFI.
 *
 * A call runs until something happens that Python has to know of, an event; after
 * most of them it goes on by another function.  All instances of a library take
 * turns, whatever threads they are on.
 */

#ifndef UW_PYTHON_CALLS_H
#define UW_PYTHON_CALLS_H

#include "python/events.h"

/*
 * Makes it a command: with three descriptors as its standard streams, and arguments.
 * Before it starts; what is passed has to last as long as the instance.
 */
void uw_caller_command(uw_caller_t *caller, int in, int out, int err,
                       const char *const *arguments, size_t count);

/* Instantiates it: UW_CALL_READY, and the others but HOST. */
int uw_caller_start(uw_caller_t *caller, uw_call_event_t *event);

/*
 * Calls an export with packed arguments.
 *
 * This and the next one return what the event is in one number where there are few
 * data and nothing was dropped: of UW_CALL_RETURNED -1 less the size of data; of
 * UW_CALL_HOST `number + 1 << 8 | size`.  The data are in `small` then.
 */
int uw_caller_call(uw_caller_t *caller, uint32_t number, const uint8_t *packed,
                   size_t size, uw_call_event_t *event);

/* The answer to UW_CALL_HOST; or why there is none, for which the guest is ended. */
int uw_caller_answer(uw_caller_t *caller, const uint8_t *packed, size_t size,
                     uw_call_event_t *event);
int uw_caller_fail(uw_caller_t *caller, const char *message,
                   uw_call_event_t *event);

/* After UW_CALL_SLICE and UW_CALL_WAITING. */
int uw_caller_go_on(uw_caller_t *caller, uw_call_event_t *event);

/*
 * After UW_CALL_WAITING: sleeps until it is worth to go on, or `limit` nanoseconds
 * at the most, or until a signal comes.
 */
void uw_caller_wait(uw_caller_t *caller, uint64_t limit);

/* Pairs of the number of a resource and of the host's: `dropped` of them, which
 * are forgotten by this.  Valid until the next call of the instance. */
const char *uw_caller_drops(uw_caller_t *caller);

/* From any thread: the call that runs fails when its slice ends. */
void uw_caller_cancel(uw_caller_t *caller);

#endif /* UW_PYTHON_CALLS_H */
