/*
 * What users have written in Python is imported by each worker when it starts.
 * Where that fails the process ends, and Unit, which waits for it, refuses the
 * change of its configuration.  At a start of Unit that would be all of the
 * configuration, and later each request would start a process in vain.  So a worker
 * of an application that was good before answers 503 for a while, unless there are
 * others that still answer; then it ends, and the one that Unit starts in its place
 * tries again.
 */

#ifndef UW_UNIT_LOADING_H
#define UW_UNIT_LOADING_H

#include "unit/absent.h"
#include "worker/worker.h"

/* What the workers of an application share: one page. */
typedef struct {
    uw_nxt_absent_t absent; /* when the next process tries */
    _Atomic bool good;      /* it was configured before, or has been loaded */
} uw_nxt_loading_t;

/* In setup().  NULL: memory is out, and a failure ends the worker. */
uw_nxt_loading_t *uw_nxt_loading_new(const uw_nxt_setup_t *setup) UW_CHECKED;

/*
 * In a worker, before Unit knows of it.  Returns 0; or -1: it has to end, and the
 * log says why.  Where the application answers 503, *absent says so, and *until
 * when, by uw_now().
 */
int uw_nxt_load(uw_nxt_loading_t *loading, uw_worker_t *worker,
                const uw_nxt_absent_t **absent, uint64_t *until) UW_CHECKED;

#endif /* UW_UNIT_LOADING_H */
