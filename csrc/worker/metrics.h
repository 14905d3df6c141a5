/*
 * What a worker counts, and all of it as text for Prometheus.  Plain declarations,
 * for CFFI.
 */

#ifndef UW_WORKER_METRICS_H
#define UW_WORKER_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "http/end.h"

enum {
    UW_STATUSES = 600,
    UW_TIME_BUCKETS = 26 /* the last has no upper bound */
};

/* Durations: how many, by bucket, and their sum in nanoseconds. */
typedef struct {
    uint64_t buckets[UW_TIME_BUCKETS];
    uint64_t sum;
} uw_histogram_t;

/* Of exchanges that are over; times are those of guests that have ended. */
typedef struct {
    uint64_t statuses[UW_STATUSES]; /* heads that the transport has taken */
    uint64_t ends[UW_ENDS];
    uw_histogram_t instantiation;
    uw_histogram_t cpu;
    uw_histogram_t duration; /* from the arrival to the end of the guest */
} uw_metrics_t;

/* What a worker has now, and since its start. */
typedef struct {
    uint64_t requests;  /* accepted since the start */
    uint64_t failures;  /* ended by a trap, a limit or a host error */
    uint64_t cancelled; /* given up because the client had gone */
    uint32_t in_flight; /* have an instance now */
    uint32_t queued;    /* wait for a slot now */
    bool pooled;        /* the pooling allocator is in use */
} uw_worker_status_t;

/* What is shown of a worker; all of it is the worker's. */
typedef struct {
    const char *application;
    uint32_t limit; /* exchanges that may be in flight */
    bool cached;    /* the component was compiled before */
    const uw_worker_status_t *status;
    const uw_metrics_t *metrics;
} uw_metrics_view_t;

/* Counts one duration. */
void uw_histogram_add(uw_histogram_t *histogram, uint64_t nanoseconds);

/* The upper bound of a bucket in nanoseconds; UINT64_MAX for the last. */
uint64_t uw_bucket_bound(size_t bucket);

/*
 * All of it for Prometheus (text format 0.0.4), one sample for each worker in
 * each family; with `pid` other than 0 as a label.  NULL when out of memory; else
 * to be given back to uw_metrics_text_delete().
 */
char *uw_metrics_text(const uw_metrics_view_t *views, size_t count,
                      uint32_t pid, size_t *size);
void uw_metrics_text_delete(char *text);

#endif /* UW_WORKER_METRICS_H */
