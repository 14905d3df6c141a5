/*
 * An application whose component cannot be prepared at a start, though it could
 * when it was configured.  It answers 503, so that the others of this Unit, and
 * its files, do not go with it: without any process of this one Unit would apply
 * nothing of its configuration.
 *
 * A helper process (unit/retry.h) tries again and then lets Unit restart the
 * application, which is prepared as at any start.
 */

#ifndef UW_UNIT_ABSENT_H
#define UW_UNIT_ABSENT_H

#include "engine/engine.h"
#include "unit/retry.h"

/*
 * In setup(), when the application cannot be prepared, which is `why`: what its
 * workers need instead, and *engine for them.  NULL where it has to fail: it was
 * not good before, or nobody could try again.  The log knows in the first case.
 */
uw_nxt_absent_t *uw_nxt_absent_new(const uw_nxt_setup_t *setup, const char *why,
                                   uw_engine_t **engine) UW_CHECKED;

/* In how many seconds a client may ask again. */
uint32_t uw_nxt_absent_seconds(const uw_nxt_absent_t *absent);

#endif /* UW_UNIT_ABSENT_H */
