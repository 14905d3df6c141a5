/*
 * The process that something was made in.  A child that is forked later has a copy
 * of its memory, but not its threads, and shares its descriptors: it must let it be.
 */

#ifndef UW_BASE_ORIGIN_H
#define UW_BASE_ORIGIN_H

#include "base/buf.h"

/* Zero-initialised is that of every process. */
typedef struct {
    uint8_t *page; /* the kernel wipes it in children */
} uw_origin_t;

/* This process it is; -1: out of memory. */
int uw_origin_open(uw_origin_t *origin) UW_CHECKED;
void uw_origin_close(uw_origin_t *origin);

/* Costs a load: it is asked for in each call. */
static inline bool
uw_origin_is_here(const uw_origin_t *origin)
{
    return origin->page == NULL || origin->page[0] != 0;
}

#endif /* UW_BASE_ORIGIN_H */
