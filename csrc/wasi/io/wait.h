/*
 * What a guest that is parked in a function of wasi:io waits for.  There is one
 * for each instance, for it is parked in one function at a time.
 */

#ifndef UW_WASI_IO_WAIT_H
#define UW_WASI_IO_WAIT_H

#include "guest/host.h"

typedef struct {
    uint32_t *reps; /* what poll() waits for; memory is kept, and is on the
                     * account of `bytes` */
    size_t reps_size;
    size_t reps_capacity;
    uint32_t stream; /* rep of the stream that a blocking function is about */
    uint32_t source; /* blocking-splice: where bytes come from */
    uint64_t size;   /* how many bytes it wants */
    uw_buf_t bytes;  /* what a blocking write has still to write */
} uw_io_wait_t;

uw_io_wait_t *uw_io_wait(const uw_call_t *call);

/* Makes room for what a poll waits for; bounded by the guest's own list. */
int uw_io_wait_reserve(uw_io_wait_t *wait, size_t size) UW_CHECKED;

/* The hooks of the package, whose state it is. */
void uw_io_wait_end(uw_instance_t *instance, void *state);
void uw_io_wait_free(void *state);

#endif /* UW_WASI_IO_WAIT_H */
