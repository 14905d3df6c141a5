/*
 * Private to the files of this folder.
 */

#ifndef UW_WASI_IO_PACKAGE_H
#define UW_WASI_IO_PACKAGE_H

#include "wasi/gen/io.h"

extern const uw_package_t uw_wasi_io;

/* ---- wasi/io/streams.c ---- */

/* err(stream-error), for an io that is neither READY nor WAIT. */
uw_step_t uw_stream_error(uw_call_t *call, uw_io_t io,
                          const uw_failure_t *failure);

/*
 * What a read or splice finds: ops->peek(), but a failure only once, as the WIT
 * says of last-operation-failed; the stream is closed afterwards.
 */
uw_io_t uw_read_peek(uw_instance_t *instance, uw_resource_t *stream,
                     uw_slice_t *bytes, uw_failure_t *failure);

/* How much of what is there a read of `wanted` bytes takes. */
size_t uw_read_size(uw_slice_t bytes, uint64_t wanted);

/* The stream that a parked guest reads from. */
uw_resource_t *uw_waited_input(const uw_call_t *call, uint32_t rep);

/* Whether a write would not have to wait. */
bool uw_output_ready(uw_instance_t *instance, uw_resource_t *stream);

/* Whether waiting for room can only end by the time limit. */
bool uw_output_hopeless(uw_instance_t *instance, uw_resource_t *stream);
uw_step_t uw_trap_hopeless(uw_call_t *call);

/* UW_WAIT, or a trap when it is hopeless. */
uw_step_t uw_wait_for_room(uw_call_t *call, uw_resource_t *stream);

#endif /* UW_WASI_IO_PACKAGE_H */
