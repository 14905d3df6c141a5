#include "unit/batch.h"


void
uw_nxt_batch_init(uw_nxt_batch_t *batch, uint32_t most)
{
    *batch = (uw_nxt_batch_t) { .most = most, .backoff = UW_NXT_BATCH_BACKOFF };
}


void
uw_nxt_batch_begin(uw_nxt_batch_t *batch, uint64_t now)
{
    batch->last = now;
}


void
uw_nxt_batch_empty(uw_nxt_batch_t *batch)
{
    batch->count = 0;
}


bool
uw_nxt_batch_may_keep(uw_nxt_batch_t *batch, uint64_t now)
{
    uint64_t took = now - batch->last;

    batch->last = now;
    if (took > UW_NXT_BATCH_LONG) {
        batch->backoff = UW_NXT_BATCH_BACKOFF;
        return false;
    }
    if (batch->backoff != 0) {
        batch->backoff--;
        return false;
    }

    return batch->count < batch->most
           && (batch->count == 0 || now - batch->since <= UW_NXT_BATCH_TIME);
}


void
uw_nxt_batch_keep(uw_nxt_batch_t *batch, uint64_t now)
{
    if (batch->count == 0) {
        batch->since = now;
    }
    batch->count++;
}
