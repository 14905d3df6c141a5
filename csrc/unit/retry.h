/*
 * The helper process of an application that cannot be prepared: a child of the
 * prototype process, made in setup(), where it is still Unit's user in Unit's
 * root.  It has none of Unit's descriptors but those of its log, and ends with
 * the prototype.
 *
 * After a while, and then after longer ones, it lets a child of its own do all
 * of setup().  When that succeeds, Unit is asked to restart the application:
 * that is a request to its control API, because Unit's router goes on sending
 * to a prototype that ends by itself (unit/control.h).
 */

#ifndef UW_UNIT_RETRY_H
#define UW_UNIT_RETRY_H

#include <stdatomic.h>

#include "nxt_shim.h"

/* What the processes of such an application share: one page. */
typedef struct {
    _Atomic uint64_t next; /* when it is tried again, by uw_now() */
} uw_nxt_absent_t;

/* Returns 0, or -1 where there can be no such process. */
int uw_nxt_retry_start(const uw_nxt_setup_t *setup, uw_nxt_absent_t *absent)
    UW_CHECKED;

#endif /* UW_UNIT_RETRY_H */
