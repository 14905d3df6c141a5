/*
 * wasi:io/streams: what packages that hand out streams give, and what is shared
 * with splice.c.
 */

#ifndef UW_WASI_IO_STREAMS_H
#define UW_WASI_IO_STREAMS_H

#include "http/error_code.h"
#include "wasi/gen/io.h"

/* One read hands out at most this much, whatever the guest asks for: what fits,
 * packed, into the one page of memory that a rewritten component has for it.  To
 * grow that, and to shrink it for the next instance, are two system calls. */
#define UW_READ_MAX 57232

/* How an attempt to read or write ended. */
typedef enum {
    UW_IO_READY,
    UW_IO_WAIT,   /* nothing now: park, or answer "0 bytes" */
    UW_IO_CLOSED, /* the end: stream-error::closed */
    UW_IO_FAILED, /* stream-error::last-operation-failed; see uw_failure_t */
} uw_io_t;

/* What is behind an input-stream.  The object is the parent's, or static. */
typedef struct {
    /* Bytes that can be read now, without taking them. */
    uw_io_t (*peek)(uw_instance_t *instance, uw_resource_t *stream,
                    uw_slice_t *bytes, uw_failure_t *failure);
    /* Takes `size` of the bytes that peek() has shown. */
    void (*take)(uw_instance_t *instance, uw_resource_t *stream, size_t size);
    /* The stream goes; NULL: it has nothing of its own. */
    void (*drop)(uw_instance_t *instance, uw_resource_t *stream);
} uw_input_ops_t;

/* What is behind an output-stream. */
typedef struct {
    /* READY and a budget above 0, WAIT, CLOSED or FAILED. */
    uw_io_t (*check)(uw_instance_t *instance, uw_resource_t *stream,
                     uint64_t *budget, uw_failure_t *failure);
    /* Takes all bytes; at most what check() allowed. */
    uw_io_t (*write)(uw_instance_t *instance, uw_resource_t *stream,
                     const uint8_t *bytes, size_t size, uw_failure_t *failure);
    /* READY when all that was written is on its way, else WAIT.  NULL: it always is. */
    uw_io_t (*flushed)(uw_instance_t *instance, uw_resource_t *stream,
                       uw_failure_t *failure);
    /* Whether waiting for room can only end by the time limit.  NULL: it never is so. */
    bool (*never_ready)(uw_instance_t *instance, uw_resource_t *stream);
    /* As that of an input-stream. */
    void (*drop)(uw_instance_t *instance, uw_resource_t *stream);
} uw_output_ops_t;

typedef struct {
    const uw_input_ops_t *ops;
    void *object; /* child of the body that has it; its own; or NULL */
    bool failed;  /* the guest was told: closed from now on */
} uw_input_t;

typedef struct {
    const uw_output_ops_t *ops;
    void *object; /* child of the body that it is; the instance's; its own */
    bool failed;  /* the guest was told: closed from now on */
} uw_output_t;

UW_RESOURCE_AS(input, uw_input_t)
UW_RESOURCE_AS(output, uw_output_t)

/* New streams; `parent` may be 0.  NULL after uw_trap(). */
uw_resource_t *uw_input_stream(uw_call_t *call, uint32_t parent,
                               const uw_input_ops_t *ops, void *object);
uw_resource_t *uw_output_stream(uw_call_t *call, uint32_t parent,
                                const uw_output_ops_t *ops, void *object);

/* An input-stream that is at its end. */
extern const uw_input_ops_t uw_empty_input;

/* ---- For the other files of this folder ---- */

/* err(stream-error), for an io that is neither READY nor WAIT. */
uw_step_t uw_stream_error(uw_call_t *call, uw_io_t io,
                          const uw_failure_t *failure);

/* The same of a stream that is written to: what failed is said once, and the
 * stream is closed afterwards. */
uw_step_t uw_output_error(uw_call_t *call, uw_resource_t *stream, uw_io_t io,
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
bool uw_output_never_ready(uw_instance_t *instance, uw_resource_t *stream);

/* UW_WAIT, or a trap when it is never_ready. */
uw_step_t uw_wait_for_room(uw_call_t *call, uw_resource_t *stream);

#endif /* UW_WASI_IO_STREAMS_H */
