/*
 * What the worker processes of an application know of each other: a page that
 * the prototype process makes and all of them inherit.  A worker writes only
 * what is its own, so one that is killed leaves nothing half done; its place is
 * taken by the next one that starts.
 */

#ifndef UW_UNIT_SIBLINGS_H
#define UW_UNIT_SIBLINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/* As many as fit into one page; more of them go uncounted. */
#define UW_NXT_SIBLINGS 511

typedef struct {
    int wakeup; /* an eventfd that all have inherited; it is never read */
    struct {
        int32_t pid; /* 0: none */
        uint32_t state;
    } of[UW_NXT_SIBLINGS];
} uw_nxt_siblings_t;

/* NULL when memory or descriptors are out: then each worker takes itself for the
 * only one. */
uw_nxt_siblings_t *uw_nxt_siblings_new(void) UW_CHECKED;

/* The place of this process, or UW_NXT_SIBLINGS: there is none. */
uint32_t uw_nxt_siblings_join(uw_nxt_siblings_t *siblings) UW_CHECKED;
void uw_nxt_siblings_leave(uw_nxt_siblings_t *siblings, uint32_t self);

/* This process has nothing to answer with but 503. */
void uw_nxt_siblings_fail(uw_nxt_siblings_t *siblings, uint32_t self);

/* Whether another one may answer otherwise, now or later. */
bool uw_nxt_siblings_serve(const uw_nxt_siblings_t *siblings, uint32_t self)
    UW_CHECKED;

/* Whether this process takes requests now. */
void uw_nxt_siblings_say(uw_nxt_siblings_t *siblings, uint32_t self, bool room);

/* Whether another one does. */
bool uw_nxt_siblings_have_room(const uw_nxt_siblings_t *siblings, uint32_t self)
    UW_CHECKED;

/* Where another one takes requests, it is told to look into the queue. */
void uw_nxt_siblings_call(const uw_nxt_siblings_t *siblings, uint32_t self);

/* From now on `epoll` gives `data` when others are called; -1 with errno set. */
int uw_nxt_siblings_listen(const uw_nxt_siblings_t *siblings, int epoll,
                           void *data) UW_CHECKED;

/* How many there are, this one included. */
uint32_t uw_nxt_siblings_count(const uw_nxt_siblings_t *siblings, uint32_t self)
    UW_CHECKED;

#endif /* UW_UNIT_SIBLINGS_H */
