/*
 * What all instances of a worker share, or of a library that Python calls: the
 * clock, the threads that do what blocks, what they have been given.
 */

#ifndef UW_WORKER_HOSTING_H
#define UW_WORKER_HOSTING_H

#include "guest/instance.h"

/*
 * Opens what the settings of the host's engine ask for; engine, executor and wake
 * are set.  Returns 0, or -1 and a sentence in `error`; the host is to be closed
 * in any case.
 */
int uw_hosting_open(uw_host_t *host, char *error, size_t error_size) UW_CHECKED;

/* All instances have ended.  Harmless on one that was never opened. */
void uw_hosting_close(uw_host_t *host);

/* After each turn of a guest: what it has asked for goes to other threads. */
void uw_hosting_turn_over(uw_host_t *host);

/* Wakes whom answers of other threads are for; whether there were some. */
bool uw_hosting_deliver(uw_host_t *host);

#endif /* UW_WORKER_HOSTING_H */
