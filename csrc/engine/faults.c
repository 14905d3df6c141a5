#include "engine/faults.h"

#include <sys/resource.h>


bool
uw_faults(uint64_t *count)
{
    struct rusage usage;

    if (getrusage(RUSAGE_SELF, &usage) != 0) {
        return false;
    }
    *count = (uint64_t) usage.ru_minflt + (uint64_t) usage.ru_majflt;

    return true;
}
