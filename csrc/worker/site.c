#include "worker/site.h"

#include <stdio.h>
#include <stdlib.h>

#include "guest/hostcall.h"
#include "worker/hosting.h"


int
uw_site_init(uw_site_t *site, const uw_site_place_t *place, uw_engine_t *engine,
             char *error, size_t error_size)
{
    *site = (uw_site_t) { .engine = engine };
    site->host.engine = engine;
    site->host.executor = place->executor;
    site->host.foreign = &uw_hostcall_ops;
    site->host.wake = place->wake;
    site->host.wake_data = place->data;
    uw_heap_init(&site->heap, place->executor, engine);
    uw_engine_arrive(engine);

    return uw_hosting_open(&site->host, error, error_size);
}


void
uw_site_end(uw_site_t *site)
{
    if (site->engine == NULL) {
        return;
    }
    uw_hosting_close(&site->host);
    uw_engine_delete(site->engine);
    uw_heap_end(&site->heap);
}


uw_site_t *
uw_site_new(uw_site_t **sites, const uw_site_place_t *place,
            uw_engine_t *engine, char *error, size_t error_size)
{
    uw_site_t *site = calloc(1, sizeof(*site));

    if (site == NULL) {
        uw_engine_delete(engine);
        (void) snprintf(error, error_size, "out of memory");
        return NULL;
    }
    if (uw_site_init(site, place, engine, error, error_size) != 0) {
        uw_site_end(site);
        free(site);
        return NULL;
    }
    site->next = *sites;
    *sites = site;

    return site;
}


void
uw_site_close(uw_site_t *site)
{
    uw_executor_t *executor = site->host.executor;

    /* With that it may be freed at any time. */
    atomic_store(&site->closing, true);
    uw_executor_notify(executor);
}


bool
uw_site_is_busy(const uw_site_t *site)
{
    return atomic_load(&site->exchanges) != 0;
}


int
uw_site_enter(uw_site_t *site)
{
    if (atomic_load(&site->closing)) {
        return -1;
    }
    atomic_fetch_add(&site->exchanges, 1);

    return 0;
}


void
uw_site_leave(uw_site_t *site)
{
    atomic_fetch_sub(&site->exchanges, 1);
}


void
uw_sites_sweep(uw_site_t **sites, bool all)
{
    uw_site_t **link = sites;
    uw_site_t *site;

    while (*link != NULL) {
        site = *link;
        if (all || (atomic_load(&site->closing) && !uw_site_is_busy(site))) {
            *link = site->next;
            uw_site_end(site);
            free(site);
        } else {
            link = &site->next;
        }
    }
}


bool
uw_sites_deliver(uw_site_t *sites)
{
    bool came = false;

    for (uw_site_t *site = sites; site != NULL; site = site->next) {
        came = uw_hosting_deliver(&site->host) || came;
    }

    return came;
}


struct uw_outgoing_table *
uw_site_outgoing(const uw_site_t *site)
{
    return site->host.outgoing;
}


struct uw_hostcalls *
uw_site_hostcalls(const uw_site_t *site)
{
    return site->host.hostcalls;
}
