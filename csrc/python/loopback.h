/*
 * The worker without sockets, for benchmarks and tests.  Plain declarations, for
 * CFFI.
 */

#ifndef UW_PYTHON_LOOPBACK_H
#define UW_PYTHON_LOOPBACK_H

#include <stdbool.h>
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

/* How often tasks of two kinds ran on an executor, and how long. */
typedef struct {
    uint64_t short_runs;
    uint64_t short_time;
    uint64_t quanta;
    uint64_t quantum_time;
} uw_shares_t;

/*
 * Runs `turns` turns of an executor with `shorts` tasks that say they use
 * `cost` nanoseconds and are ready again after the turn (in every `rest`-th turn
 * only, if that is not 0), and `spinners` that say they use `quantum` and never
 * wait.  Returns 0, or -1 when there is no executor.
 */
int uw_executor_shares(uint32_t shorts, uint64_t cost, uint32_t spinners,
                       uint64_t quantum, uint32_t rest, uint64_t turns,
                       uw_shares_t *shares);

#endif /* UW_PYTHON_LOOPBACK_H */
