/*
 * A worker's metrics in a file, for the text file collector of Prometheus's
 * node exporter: one file for each process, so that no two write the same.
 *
 * "DIR/NAME.prom" (or "DIR/NAME") becomes "DIR/NAME.APPLICATION.PID.prom", so
 * that all applications may have the same setting.  It is written under another
 * name and renamed, when the worker begins and then at each interval, by a timer
 * of the worker's executor; and removed with the worker.  Files that killed
 * processes have left are removed when a worker begins.  Where an application is
 * loaded anew in its process, the older worker leaves the file to the newer one.
 */

#ifndef UW_WORKER_METRICS_FILE_H
#define UW_WORKER_METRICS_FILE_H

#include "worker/worker.h"

typedef struct uw_metrics_file uw_metrics_file_t;

/* NULL when memory is out.  A file that cannot be written is logged, and tried
 * again at the next interval.  Not before a fork. */
uw_metrics_file_t *uw_metrics_file_new(uw_worker_t *worker) UW_CHECKED;
void uw_metrics_file_delete(uw_metrics_file_t *file);

#endif /* UW_WORKER_METRICS_FILE_H */
