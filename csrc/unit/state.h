/*
 * The configuration that Unit keeps in its state directory.  At a start it is
 * the one that is being applied; at a change of the configuration it is still
 * the one from before.
 */

#ifndef UW_UNIT_STATE_H
#define UW_UNIT_STATE_H

#include "unit/setup.h"

/*
 * Whether the application stands in that file just as it is now: then it has
 * been taken before, at the latest by the change that brought it.  false also
 * where the file cannot be read, or is no configuration.
 */
bool uw_nxt_state_has(const char *path, const uw_nxt_setup_t *setup) UW_CHECKED;

#endif /* UW_UNIT_STATE_H */
