#include "python/library.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "python/caller.h"
#include "wasi/packages.h"
#include "worker/hosting.h"


/* ---- Instances ---- */

static void
uw_library_wake(void *data, uint64_t ticket)
{
    uw_library_t *library = data;
    uint32_t index = (uint32_t) (ticket & UINT32_MAX) - 1;
    const uint64_t one = 1;
    uw_caller_t *caller;

    if (index >= library->count) {
        return;
    }
    caller = library->callers[index];
    if (caller->ticket == ticket) {
        caller->woken = true;
        if (caller->event_fd >= 0) {
            (void) !write(caller->event_fd, &one, sizeof(one));
        }
    }
}


static void
uw_caller_free(uw_caller_t *caller)
{
    uw_instance_free(&caller->instance);
    uw_exchange_free(&caller->exchange);
    uw_guest_handles_free(&caller->handles);
    uw_buf_free(&caller->packed);
    uw_buf_free(&caller->drops);
    uw_stdio_end(&caller->stdio);
    if (caller->event_fd >= 0) {
        (void) close(caller->event_fd);
    }
    free(caller->args);
    free(caller);
}


static uw_caller_t *
uw_caller_make(uw_library_t *library)
{
    uw_caller_t **grown =
        realloc(library->callers, (library->count + 1) * sizeof(*grown));
    uw_caller_t *caller = NULL;

    if (grown != NULL) {
        library->callers = grown;
        caller = calloc(1, sizeof(*caller));
    }
    if (caller == NULL) {
        return NULL;
    }
    caller->library = library;
    caller->event_fd = -1;
    caller->packed.account = &caller->instance.account;
    caller->drops.account = &caller->instance.account;
    caller->stdio.input.account = &caller->instance.account;
    caller->args =
        calloc(library->program->most_params + 1, sizeof(*caller->args));
    if (caller->args == NULL
        || uw_instance_init(&caller->instance, &library->host) != 0)
    {
        caller->instance.host = &library->host;
        uw_caller_free(caller);
        return NULL;
    }
    library->callers[library->count++] = caller;
    caller->ticket = library->count;

    return caller;
}


uw_caller_t *
uw_caller_new(uw_library_t *library)
{
    uw_caller_t *caller;

    if (!uw_library_is_here(library)) {
        return NULL;
    }

    (void) pthread_mutex_lock(&library->mutex);
    caller = library->free;
    if (caller != NULL) {
        library->free = caller->next;
    } else {
        caller = uw_caller_make(library);
    }
    if (caller != NULL) {
        caller->stage = UW_CALLER_NEW;
        atomic_store(&caller->cancelled, false);
        library->live++;
    }
    (void) pthread_mutex_unlock(&library->mutex);

    return caller;
}


static void
uw_library_end(uw_library_t *library)
{
    for (uint32_t i = 0; i < library->count; i++) {
        uw_caller_free(library->callers[i]);
    }
    free(library->callers);
    uw_hosting_close(&library->host);
    uw_engine_delete(library->engine);
    uw_executor_delete(library->executor);
    (void) pthread_mutex_destroy(&library->mutex);
    free(library);
}


bool
uw_caller_delete(uw_caller_t *caller)
{
    uw_library_t *library = caller->library;
    bool last;

    if (!uw_library_is_here(library)) {
        return true;
    }
    if (!uw_caller_enter(caller)) {
        return false;
    }
    uw_caller_stop(caller);
    caller->instance.stdio = NULL;
    uw_stdio_end(&caller->stdio);
    uw_exchange_reset(&caller->exchange);
    uw_buf_reset(&caller->packed, UW_CALLER_KEEP);
    uw_buf_reset(&caller->drops, UW_CALLER_KEEP);
    caller->ticket += UINT64_C(1) << 32;
    caller->next = library->free;
    library->free = caller;
    library->live--;
    last = library->closing && library->live == 0;
    uw_caller_leave(caller);
    if (last) {
        uw_library_end(library);
    }

    return true;
}


void
uw_library_delete(uw_library_t *library)
{
    bool last;

    if (!uw_library_is_here(library)) {
        return;
    }

    (void) pthread_mutex_lock(&library->mutex);
    library->closing = true;
    last = library->live == 0;
    (void) pthread_mutex_unlock(&library->mutex);
    if (last) {
        uw_library_end(library);
    }
}


bool
uw_library_is_here(const uw_library_t *library)
{
    return uw_origin_is_here(&library->host.origin);
}


uw_library_t *
uw_library_new(const uw_settings_t *settings, char *error, size_t error_size)
{
    static const uw_program_t nothing = { .resources = NULL };
    uw_library_t *library = calloc(1, sizeof(*library));
    uw_host_t *host;

    if (library == NULL || pthread_mutex_init(&library->mutex, NULL) != 0) {
        free(library);
        (void) snprintf(error, error_size, "out of memory");
        return NULL;
    }
    host = &library->host;
    library->engine = uw_engine_new(settings, uw_wasi_link, error, error_size);
    if (library->engine == NULL) {
        goto failed;
    }
    library->program = &nothing;
    if (library->engine->pools[0].linked != NULL) {
        const uw_foreign_program_t *linked = library->engine->pools[0].linked;

        library->program = &linked->program;
    }
    library->executor = uw_executor_new();
    if (library->executor == NULL) {
        (void) snprintf(error, error_size, "no event loop: %s",
                        strerror(errno));
        goto failed;
    }
    host->engine = library->engine;
    host->executor = library->executor;
    host->wake = uw_library_wake;
    host->wake_data = library;
    host->foreign = &uw_caller_ops;
    if (uw_hosting_open(host, error, error_size) != 0) {
        goto failed;
    }

    return library;

failed:

    uw_library_end(library);

    return NULL;
}


uw_outgoing_table_t *
uw_library_outgoing(const uw_library_t *library)
{
    return library->host.outgoing;
}


uw_hostcalls_t *
uw_library_hostcalls(const uw_library_t *library)
{
    return library->host.hostcalls;
}
