/*
 * How the guest of a slot runs, from its instance to its end: the task and the
 * timers of a slot.  Private to this folder.
 */

#ifndef UW_WORKER_RUNNING_H
#define UW_WORKER_RUNNING_H

#include "worker/slot.h"

/* Makes the timers and the task of a new slot. */
void uw_slot_init(uw_slot_t *slot);

#endif /* UW_WORKER_RUNNING_H */
