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

#include "base/executor.h"
#include "base/settings.h"

typedef struct uw_metrics_file uw_metrics_file_t;

/* What is written: as uw_metrics_text() returns it. */
typedef char *(*uw_metrics_source_t)(const void *data, uint32_t pid,
                                     size_t *size);

/*
 * NULL when out of memory.  A file that cannot be written is logged, and tried
 * again at the next interval.  Not before a fork.
 *
 *   settings: which file, and when; must outlive it, as the executor.
 *   source:   is asked, with `data`, each time that it is written.
 */
uw_metrics_file_t *uw_metrics_file_new(uw_executor_t *executor,
                                       const uw_settings_t *settings,
                                       uw_metrics_source_t source,
                                       const void *data) UW_CHECKED;
void uw_metrics_file_delete(uw_metrics_file_t *file);

/* Appends families that others count; -1: it cannot now. */
typedef int (*uw_metrics_more_t)(uw_buf_t *text);

/* For a source: its text with more behind it, or as it was. */
char *uw_metrics_join(char *text, size_t *size, uw_metrics_more_t more);

#endif /* UW_WORKER_METRICS_FILE_H */
