/*
 * Machine code that was checked, and an engine of it.
 */

#ifndef UW_UNIT_CODE_H
#define UW_UNIT_CODE_H

#include "engine/engine.h"

/*
 * Opens what was checked: the file that the settings name, if it is still the same
 * one, or else `code_fd`, which stays the caller's.  NULL, and a sentence in
 * `error`, where it cannot be served.
 */
uw_engine_t *uw_nxt_code_engine(uw_settings_t *settings, int code_fd,
                                char *error, size_t error_size) UW_CHECKED;

#endif /* UW_UNIT_CODE_H */
