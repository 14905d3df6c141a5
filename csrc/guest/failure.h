/*
 * Why a guest failed: what libwasmtime says, made fit for a log.
 */

#ifndef UW_GUEST_FAILURE_H
#define UW_GUEST_FAILURE_H

#include "guest/instance.h"

/*
 * Why the guest failed: one line into `cause`, and the rest (the backtrace,
 * indented lines) into `detail`, both zero-terminated and cut to their size.
 * Names in `detail` are escaped; `cause` has to be.
 */
void uw_instance_failure(const uw_instance_t *instance, char *cause,
                         size_t cause_size, char *detail, size_t detail_size);

/* What a guest that UW_POLL_FAILED counts as; `cause` is from above. */
uw_end_t uw_instance_end(const uw_instance_t *instance, const char *cause);

/* Whether it could not be instantiated because the machine, or the pool, has no
 * room now; the next one may have it.  `cause` is from above. */
bool uw_instance_lacks_room(const uw_instance_t *instance, const char *cause)
    UW_CHECKED;

#endif /* UW_GUEST_FAILURE_H */
