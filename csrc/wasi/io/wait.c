#include "wasi/io/wait.h"

#include <stdlib.h>

/* How many places for a poll a slot keeps: more than usual guests wait for. */
#define UW_WAIT_KEEP 256

/* Bytes of a blocking write that it keeps. */
#define UW_WAIT_BYTES 4096


uw_io_wait_t *
uw_io_wait(const uw_call_t *call)
{
    uw_io_wait_t *wait = call->instance->states[UW_PACKAGE_IO];

    wait->bytes.account = &call->instance->account;

    return wait;
}


int
uw_io_wait_reserve(uw_io_wait_t *wait, size_t size)
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


/* A guest that polls long lists must not make its slot keep them for ever. */
static void
uw_io_wait_shrink(uw_io_wait_t *wait, size_t keep)
{
    if (wait->reps_capacity > keep) {
        uw_account_give(wait->bytes.account,
                        wait->reps_capacity * sizeof(uint32_t));
        free(wait->reps);
        wait->reps = NULL;
        wait->reps_capacity = 0;
    }
}


void
uw_io_wait_end(uw_instance_t *instance, void *state)
{
    uw_io_wait_t *wait = state;

    (void) instance;

    uw_buf_reset(&wait->bytes, UW_WAIT_BYTES);
    uw_io_wait_shrink(wait, UW_WAIT_KEEP);
    wait->reps_size = 0;
}


void
uw_io_wait_free(void *state)
{
    uw_io_wait_t *wait = state;

    uw_buf_free(&wait->bytes);
    uw_io_wait_shrink(wait, 0);
}
