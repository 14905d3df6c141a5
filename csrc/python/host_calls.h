/*
 * Host calls, the side of who answers (guest/hostcall.h).
 *
 * It waits until uw_host_fd() is readable, fetches orders until there are none,
 * and answers calls in any order.  Orders are fetched by one thread at a time;
 * uw_host_answer() and uw_host_fail() may be called from any, all of them as long
 * as the worker, or library, is there.  An id or serial that is not
 * known, or not any more, is ignored.
 */

#ifndef UW_PYTHON_HOST_CALLS_H
#define UW_PYTHON_HOST_CALLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "guest/hostcall_orders.h"

typedef struct uw_worker uw_worker_t;
typedef struct uw_hostcalls uw_hostcalls_t;

/* Where the calls of a worker's guests are; NULL: nothing calls. */
uw_hostcalls_t *uw_hostcalls_of(const uw_worker_t *worker);

/* Readable while there are orders; -1 when nothing calls.  Owned by the table. */
int uw_host_fd(const uw_hostcalls_t *table);

/* The next order; false when there are none.  Its pointers are valid until the
 * next call of this function for this table. */
bool uw_host_next(uw_hostcalls_t *table, uw_host_order_t *order);

/* A packed value.  False: nobody waits for it. */
bool uw_host_answer(uw_hostcalls_t *table, uint64_t id, uint64_t serial,
                    const uint8_t *result, size_t size);

/* Why there is none: the exchange ends with that. */
bool uw_host_fail(uw_hostcalls_t *table, uint64_t id, uint64_t serial,
                  const char *text, size_t size);

/* Nobody answers any more: calls on their way fail, and so do all later ones. */
void uw_host_close(uw_hostcalls_t *table);

#endif /* UW_PYTHON_HOST_CALLS_H */
