/*
 * How the memory of an instance that has ended becomes that of a new one.
 */

#ifndef UW_ENGINE_RESTORE_H
#define UW_ENGINE_RESTORE_H

#include "engine/area.h"

/*
 * Makes what is open of a memory what it was at first: all zeroes, behind its
 * image.  Pages that are needed for the next instance stay.  Returns 0, or -1
 * where that cannot be had: then nobody may have it any more.
 */
int uw_area_restore(uw_area_t *area) UW_CHECKED;

#endif /* UW_ENGINE_RESTORE_H */
