/*
 * A site: a component that a worker runs, with its engine, and what all instances
 * of it share.  A worker has one of its own.  One that serves a directory is given
 * others while it runs, one for each component, and they are taken from it again;
 * limits, queue, log and metrics are those of the worker for all of them.
 */

#ifndef UW_WORKER_SITE_H
#define UW_WORKER_SITE_H

#include <stdatomic.h>

#include "guest/instance.h"
#include "worker/heap.h"

typedef struct uw_site uw_site_t;

struct uw_site {
    uw_engine_t *engine; /* NULL: it has never been opened */
    uw_host_t host;      /* what all its instances share */
    uw_heap_t heap;
    _Atomic uint32_t
        exchanges; /* that have it; of a worker's own: not counted */
    atomic_bool closing;
    uw_site_t *next;
};

/* Who wakes the exchange of a ticket. */
typedef struct {
    uw_executor_t *executor;
    void (*wake)(void *data, uint64_t ticket);
    void *data;
} uw_site_place_t;

/*
 * Opens what the engine's settings ask for.  0; or -1, and a sentence in `error`.
 * It has the engine, and is to be ended, in any case.
 */
int uw_site_init(uw_site_t *site, const uw_site_place_t *place,
                 uw_engine_t *engine, char *error, size_t error_size)
    UW_CHECKED;

/* All instances have ended.  Harmless on one that was never opened. */
void uw_site_end(uw_site_t *site);

/* One that is put at the head of a list; NULL as -1 above, and it is freed. */
uw_site_t *uw_site_new(uw_site_t **sites, const uw_site_place_t *place,
                       uw_engine_t *engine, char *error, size_t error_size)
    UW_CHECKED;

/*
 * From any thread, and not to be used after it: nothing begins there any more, and
 * it is freed when its last exchange is over.  Nobody may be on the other side of
 * its tables.  Those that are open at the end of a worker are closed with it.
 */
void uw_site_close(uw_site_t *site);

/* From any thread: whether it has exchanges. */
bool uw_site_is_busy(const uw_site_t *site);

/* Where its outgoing requests, and its host calls are; NULL: it has none. */
struct uw_outgoing_table *uw_site_outgoing(const uw_site_t *site);
struct uw_hostcalls *uw_site_hostcalls(const uw_site_t *site);

/* An exchange comes; -1: nothing begins there any more.  And one goes. */
int uw_site_enter(uw_site_t *site) UW_CHECKED;
void uw_site_leave(uw_site_t *site);

/* Frees those of a list that are closed and have no exchange, or all of them. */
void uw_sites_sweep(uw_site_t **sites, bool all);

/* Wakes whom answers of other threads are for; whether there were some. */
bool uw_sites_deliver(uw_site_t *sites);

#endif /* UW_WORKER_SITE_H */
