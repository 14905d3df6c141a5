/* What the double has in the place of nxt_python.c: no client. */

#include "nxt_python.h"


int
uw_client_prepare(const char *python, const char *terms)
{
    (void) python;
    (void) terms;

    return -1;
}


int
uw_client_start(uw_worker_t *worker)
{
    (void) worker;

    return -1;
}


void
uw_client_stop(void)
{
}
