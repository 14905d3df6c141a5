/*
 * The worker without sockets, for benchmarks and tests.  Plain declarations, for
 * CFFI.
 */

#ifndef UW_PYTHON_LOOPBACK_H
#define UW_PYTHON_LOOPBACK_H

#include <stddef.h>
#include <stdint.h>

typedef struct uw_worker uw_worker_t;

typedef struct {
    uint64_t exchanges;   /* answered with a whole response */
    uint64_t failed;      /* cut, or answered with another status than 200 */
    uint64_t body_bytes;  /* of all responses */
    uint64_t nanoseconds; /* wall time from the first start to the last end */
    uint64_t median;      /* of one exchange, start to end, nanoseconds */
    uint64_t p99;
} uw_loopback_result_t;

/*
 * Runs `count` exchanges, `parallel` at a time: method, path and body for all
 * of them the same.  Returns 0, or -1 when out of memory.
 */
int uw_loopback_run(uw_worker_t *worker, const char *method, const char *path,
                    const uint8_t *body, size_t body_size, uint64_t count,
                    uint32_t parallel, uw_loopback_result_t *result);

#endif /* UW_PYTHON_LOOPBACK_H */
