/* The module's own rule about answers that are kept, without a module. */

#include "state.h"

#include "unit/batch.h"


void
double_keeps(const uint64_t *times, size_t count, bool *kept)
{
    uw_nxt_batch_t batch;

    uw_nxt_batch_init(&batch, UW_NXT_BATCH_ANSWERS);
    uw_nxt_batch_begin(&batch, times[0]);
    for (size_t i = 1; i < count; i++) {
        kept[i - 1] = false;
        if (times[i] == 0) {
            uw_nxt_batch_empty(&batch);
        } else if (uw_nxt_batch_may_keep(&batch, times[i])) {
            uw_nxt_batch_keep(&batch, times[i]);
            kept[i - 1] = true;
        }
    }
}
