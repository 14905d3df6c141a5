/* Parts of the data plane that tests ask by themselves.  Plain declarations, for
 * CFFI. */

#ifndef DOUBLE_PARTS_H
#define DOUBLE_PARTS_H

#include <stddef.h>
#include <stdint.h>

/* How often tasks of two kinds ran on an executor, and how long. */
typedef struct {
    uint64_t short_runs;
    uint64_t short_time;
    uint64_t quanta;
    uint64_t quantum_time;
} double_shares_t;

/*
 * Runs `turns` turns of an executor with `shorts` tasks that say they use
 * `cost` nanoseconds and are ready again after the turn (in every `rest`-th turn
 * only, if that is not 0), and `spinners` that say they use `quantum` and never
 * wait.  Returns 0, or -1 when there is no executor.
 */
int double_shares(uint32_t shorts, uint64_t cost, uint32_t spinners,
                  uint64_t quantum, uint32_t rest, uint64_t turns,
                  double_shares_t *shares);

#endif /* DOUBLE_PARTS_H */
