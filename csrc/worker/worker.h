/*
 * The worker: one thread that serves one application.  It joins the exchange
 * (what the client sees), the instance (what runs) and the executor (when).
 * Plain declarations, for CFFI; worker/exchanges.h is for transports.
 */

#ifndef UW_WORKER_WORKER_H
#define UW_WORKER_WORKER_H

#include "base/executor.h"
#include "base/settings.h"
#include "engine/engine.h"
#include "worker/metrics.h"

typedef struct uw_worker uw_worker_t;
typedef struct uw_engine uw_engine_t;
typedef struct uw_executor uw_executor_t;
typedef struct uw_outgoing_table uw_outgoing_table_t;
typedef struct uw_hostcalls uw_hostcalls_t;

/*
 * Builds engine, pool, linker and executor for one application.  NULL and a
 * sentence in `error` when that cannot be done.
 */
uw_worker_t *uw_worker_new(const uw_settings_t *settings, char *error,
                           size_t error_size) UW_CHECKED;

/*
 * A worker for an engine that was built before, in Unit before the fork.  It
 * takes the engine over, also when it fails.
 */
uw_worker_t *uw_worker_from_engine(uw_engine_t *engine, char *error,
                                   size_t error_size) UW_CHECKED;

/* Whether it was made in this process, and not before that was forked: then nothing
 * may be done with it but to delete it. */
bool uw_worker_is_here(const uw_worker_t *worker) UW_CHECKED;

/* Ends every exchange (clients are cut) and frees the worker, where it is here. */
void uw_worker_delete(uw_worker_t *worker);

/* Readable when uw_worker_turn() is due. */
int uw_worker_fd(const uw_worker_t *worker);

/* Runs what is ready once; true when more is ready at once. */
bool uw_worker_turn(uw_worker_t *worker);

/*
 * The same without a look at the descriptor, which stays readable if it was.
 * For turns that it did not ask for: they are spared its system call.
 */
bool uw_worker_run(uw_worker_t *worker);

/*
 * A turn may leave one instance that is to be torn down when its answer is on its
 * way.  The next turn does that, and so does the next request; or who calls this
 * has sent what there was.
 */
bool uw_worker_is_leaving(const uw_worker_t *worker);
void uw_worker_sweep(uw_worker_t *worker);

void uw_worker_status(const uw_worker_t *worker, uw_worker_status_t *status);

/* Valid as long as the worker is, and changes with it. */
const uw_metrics_t *uw_worker_metrics(const uw_worker_t *worker);

/* What metrics show of it; the same is true of what it points to. */
void uw_worker_view(const uw_worker_t *worker, uw_metrics_view_t *view);

/* Exchanges in flight or waiting for a place in the pool. */
uint32_t uw_worker_load(const uw_worker_t *worker);

/* Those that wait for a place. */
uint32_t uw_worker_queued(const uw_worker_t *worker);

/*
 * Sleeps until a turn is due, or `limit` nanoseconds at the most.  Only where
 * there is no outer loop.
 */
void uw_worker_idle(const uw_worker_t *worker, uint64_t limit);

/* Where outgoing requests are; NULL when the settings allow none. */
uw_outgoing_table_t *uw_worker_outgoing(const uw_worker_t *worker);

/* Where host calls are; NULL when the settings have none that answers them. */
uw_hostcalls_t *uw_worker_hostcalls(const uw_worker_t *worker);

uw_executor_t *uw_worker_executor(const uw_worker_t *worker);
const uw_settings_t *uw_worker_settings(const uw_worker_t *worker);

#endif /* UW_WORKER_WORKER_H */
