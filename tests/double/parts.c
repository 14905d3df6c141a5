#include "parts.h"

#include <stdlib.h>
#include <string.h>

#include "base/executor.h"


/* ---- The executor alone, with tasks that only say what they use ---- */

typedef struct {
    uw_task_t task; /* first: a task is its claim */
    uw_executor_t *executor;
    double_shares_t *shares;
    uint64_t cost;
} double_claim_t;


static void
double_claim_short(uw_task_t *task)
{
    double_claim_t *claim = (double_claim_t *) task;

    claim->shares->short_runs++;
    claim->shares->short_time += claim->cost;
    uw_executor_spent(claim->executor, claim->cost);
}


static void
double_claim_quantum(uw_task_t *task)
{
    double_claim_t *claim = (double_claim_t *) task;

    claim->shares->quanta++;
    claim->shares->quantum_time += claim->cost;
    uw_executor_spent(claim->executor, claim->cost);
    uw_executor_later(claim->executor, task);
}


int
double_shares(uint32_t shorts, uint64_t cost, uint32_t spinners,
              uint64_t quantum, uint32_t rest, uint64_t turns,
              double_shares_t *shares)
{
    uw_executor_t *executor = uw_executor_new();
    double_claim_t *claims =
        calloc((size_t) shorts + spinners + 1, sizeof(*claims));

    memset(shares, 0, sizeof(*shares));
    if (executor == NULL || claims == NULL) {
        free(claims);
        uw_executor_delete(executor);
        return -1;
    }

    for (uint32_t i = 0; i < shorts + spinners; i++) {
        bool is_short = i < shorts;

        claims[i] = (double_claim_t) {
            .task = { .run = is_short ? double_claim_short
                                      : double_claim_quantum },
            .executor = executor,
            .shares = shares,
            .cost = is_short ? cost : quantum,
        };
        if (!is_short) {
            uw_executor_later(executor, &claims[i].task);
        }
    }

    for (uint64_t turn = 0; turn < turns; turn++) {
        for (uint32_t i = 0; i < shorts && (rest == 0 || turn % rest == 0); i++)
        {
            uw_executor_ready(executor, &claims[i].task);
        }
        (void) uw_executor_turn(executor, UINT32_MAX);
    }

    uw_executor_delete(executor);
    free(claims);

    return 0;
}
