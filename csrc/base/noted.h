/*
 * What was said already, so that it is said once: texts that a guest chooses, of
 * which only so many are remembered.  After that nothing is said any more.
 */

#ifndef UW_BASE_NOTED_H
#define UW_BASE_NOTED_H

#include "base/buf.h"

#define UW_NOTED_MAX 100

/* Zero-initialised is empty. */
typedef struct {
    uint64_t digests[UW_NOTED_MAX];
    size_t count;
} uw_noted_t;

/* Whether it is to be said: the text is new, and there is room for it. */
bool uw_noted_is_new(uw_noted_t *noted, uw_slice_t text);

#endif /* UW_BASE_NOTED_H */
