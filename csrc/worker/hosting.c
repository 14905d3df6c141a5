#include "worker/hosting.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "guest/hostcall_table.h"
#include "outgoing/table.h"
#include "wasi/filesystem/directories.h"
#include "wasi/packages.h"
#include "wasi/sockets/policy.h"


/* What blocks, for whom and where: nothing where the settings ask for nothing
 * that does. */
static int
uw_hosting_open_crew(uw_host_t *host, char *error, size_t error_size)
{
    const uw_settings_t *settings = &host->engine->settings;

    if (settings->directory_count == 0) {
        return 0;
    }

    host->directories = uw_directories_open(settings, error, error_size);
    if (host->directories == NULL) {
        return -1;
    }
    if (uw_mailbox_open(&host->jobs, host->executor) != 0) {
        (void) snprintf(error, error_size, "no threads for files: %s",
                        strerror(errno));
        return -1;
    }
    host->crew = uw_crew_new();
    if (host->crew == NULL) {
        uw_mailbox_close(&host->jobs);
        (void) snprintf(error, error_size, "out of memory");
        return -1;
    }

    return 0;
}


/* All jobs have been let go of; those that run go on by themselves. */
static void
uw_hosting_close_crew(uw_host_t *host)
{
    if (host->crew != NULL) {
        uw_crew_delete(host->crew);
        uw_mailbox_close(&host->jobs);
    }
    uw_directories_close(host->directories);
}


static int
uw_hosting_open_outgoing(uw_host_t *host, char *error, size_t error_size)
{
    const uw_settings_t *settings = &host->engine->settings;

    if (!settings->outgoing) {
        return 0;
    }

    host->outgoing =
        uw_outgoing_table_new(host->executor, (size_t) settings->body_buffer,
                              (size_t) settings->max_header_bytes);
    if (host->outgoing == NULL) {
        (void) snprintf(error, error_size, "no outgoing requests: %s",
                        strerror(errno));
        return -1;
    }

    return 0;
}


static int
uw_hosting_open_calls(uw_host_t *host, char *error, size_t error_size)
{
    const uw_settings_t *settings = &host->engine->settings;

    if (!settings->keyvalue && !settings->hosting) {
        return 0;
    }

    host->hostcalls = uw_hostcalls_new(host->executor);
    if (host->hostcalls == NULL) {
        (void) snprintf(error, error_size, "no host calls: %s",
                        strerror(errno));
        return -1;
    }

    return 0;
}


/* What sockets need, where the settings allow some; -1 and why not. */
static int
uw_hosting_open_network(uw_host_t *host, char *error, size_t error_size)
{
    const char *entries = host->engine->settings.network;
    bool faulty;

    if (entries[0] == '\0') {
        return 0;
    }

    host->network = uw_network_new(entries, &faulty);
    if (host->network == NULL) {
        (void) snprintf(error, error_size, "%s",
                        faulty ? "the entries of UNIT_WASM_NETWORK cannot be "
                                 "read"
                               : "out of memory");
        return -1;
    }
    host->resolvers = uw_crew_new();
    if (host->resolvers == NULL) {
        (void) snprintf(error, error_size, "out of memory");
        return -1;
    }
    if (uw_mailbox_open(&host->lookups, host->executor) != 0) {
        (void) snprintf(error, error_size, "no mailbox: %s", strerror(errno));
        uw_crew_delete(host->resolvers);
        host->resolvers = NULL;
        return -1;
    }

    return 0;
}


static void
uw_hosting_close_network(uw_host_t *host)
{
    if (host->resolvers != NULL) {
        uw_crew_delete(host->resolvers);
        uw_mailbox_close(&host->lookups);
    }
    uw_network_delete(host->network);
}


int
uw_hosting_open(uw_host_t *host, char *error, size_t error_size)
{
    host->packages = uw_wasi_packages;
    if (uw_origin_open(&host->origin) != 0) {
        (void) snprintf(error, error_size, "out of memory");
        return -1;
    }
    host->ticker = uw_ticker_new(host->engine);
    if (host->ticker == NULL) {
        (void) snprintf(error, error_size, "no thread for the clock");
        return -1;
    }
    if (uw_hosting_open_crew(host, error, error_size) != 0
        || uw_hosting_open_outgoing(host, error, error_size) != 0
        || uw_hosting_open_calls(host, error, error_size) != 0)
    {
        return -1;
    }

    return uw_hosting_open_network(host, error, error_size);
}


void
uw_hosting_close(uw_host_t *host)
{
    uw_hostcalls_delete(host->hostcalls);
    uw_hosting_close_network(host);
    uw_outgoing_table_delete(host->outgoing);
    uw_hosting_close_crew(host);
    uw_ticker_delete(host->ticker);
    uw_origin_close(&host->origin);
}


void
uw_hosting_turn_over(uw_host_t *host)
{
    if (host->outgoing != NULL) {
        uw_outgoing_turn_over(host->outgoing);
    }
}


bool
uw_hosting_deliver(uw_host_t *host)
{
    bool came = host->outgoing != NULL
                && uw_mailbox_deliver(&host->outgoing->box, host->wake,
                                      host->wake_data);

    if (host->crew != NULL) {
        came = uw_mailbox_deliver(&host->jobs, host->wake, host->wake_data)
               || came;
    }
    if (host->resolvers != NULL) {
        came = uw_mailbox_deliver(&host->lookups, host->wake, host->wake_data)
               || came;
    }
    if (host->hostcalls != NULL) {
        came = uw_mailbox_deliver(&host->hostcalls->box, host->wake,
                                  host->wake_data)
               || came;
    }

    return came;
}
