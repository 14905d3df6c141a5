/*
 * Page faults of the process, as the kernel counts them (getrusage(2)).
 */

#ifndef UW_ENGINE_FAULTS_H
#define UW_ENGINE_FAULTS_H

#include "base/buf.h"

/* Those of all threads so far.  Whether the kernel says it. */
bool uw_faults(uint64_t *count) UW_CHECKED;

#endif /* UW_ENGINE_FAULTS_H */
