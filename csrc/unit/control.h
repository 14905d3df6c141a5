/*
 * What the module asks of Unit's control API.  A prototype process that ended by
 * itself would be asked by the router for another worker in the moment in which
 * it ends, and Unit waits for that one for ever.  A restart by the control API
 * has no such moment.
 */

#ifndef UW_UNIT_CONTROL_H
#define UW_UNIT_CONTROL_H

#include "nxt_shim.h"

/* Returns 0, or -1 and a few words in `why`. */
int uw_nxt_control_restart(const uw_nxt_unitd_t *unitd, uw_slice_t application,
                           char *why, size_t why_size) UW_CHECKED;

#endif /* UW_UNIT_CONTROL_H */
