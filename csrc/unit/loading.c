#include "unit/loading.h"

#include <stddef.h>
#include <sys/mman.h>

#include "base/executor.h"
#include "base/log.h"
#include "unit/python.h"
#include "unit/state.h"

/* Nanoseconds until another process tries: an import may take a while, and each
 * worker of the application tries. */
#define UW_LOADING_AGAIN UINT64_C(10000000000)


uw_nxt_loading_t *
uw_nxt_loading_new(const uw_nxt_setup_t *setup)
{
    uw_nxt_loading_t *loading =
        mmap(NULL, sizeof(*loading), PROT_READ | PROT_WRITE,
             MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (loading == MAP_FAILED) {
        return NULL;
    }
    atomic_store(&loading->good,
                 uw_nxt_state_has(uw_nxt_unitd(setup->task).state, setup));

    return loading;
}


int
uw_nxt_load(uw_nxt_loading_t *loading, uw_worker_t *worker,
            const uw_nxt_absent_t **absent, uint64_t *until)
{
    if (uw_client_load(worker) == 0) {
        if (loading != NULL) {
            atomic_store(&loading->good, true);
        }
        return 0;
    }
    if (loading == NULL || !atomic_load(&loading->good)) {
        return -1;
    }

    uw_log(uw_worker_settings(worker), UW_LOG_ERROR,
           "it was good before: requests are answered 503, and a new process "
           "tries again in %d seconds",
           (int) (UW_LOADING_AGAIN / 1000000000u));
    *until = uw_now() + UW_LOADING_AGAIN;
    atomic_store(&loading->absent.next, *until);
    *absent = &loading->absent;

    return 0;
}
