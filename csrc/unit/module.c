/*
 * The module: what it does when Unit and libunit call.  Its only state is here: a
 * module has one application.
 */

#include "nxt_shim.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit/absent.h"
#include "unit/environ.h"
#include "unit/lines.h"
#include "unit/loading.h"
#include "unit/loop.h"
#include "unit/python.h"
#include "unit/request.h"
#include "unit/setup.h"

/* What setup() leaves for start(). */
static uw_engine_t *uw_nxt_engine;
static const uw_nxt_absent_t *uw_nxt_absent; /* NULL: it could be prepared */
static uw_nxt_loading_t *uw_nxt_loading; /* NULL: there is nothing to import */
static uw_nxt_siblings_t *uw_nxt_siblings; /* all workers of it have the same */

/* The environment when the module was loaded: unitd's own. */
static char **uw_nxt_environ;


static bool
uw_nxt_has_python(const uw_engine_t *engine)
{
    return engine->settings.python_terms[0] != '\0';
}


/* ---- The prototype process ---- */

static void
uw_module_loaded(void)
{
    uw_nxt_environ_keep(&uw_nxt_environ);
}


static int
uw_module_setup(const uw_nxt_setup_t *setup, char *error, size_t error_size)
{
    if (uw_nxt_environ_restore(uw_nxt_environ) != 0) {
        (void) snprintf(error, error_size, "out of memory");
        return -1;
    }

    uw_nxt_absent = NULL;
    uw_nxt_engine = uw_nxt_setup_engine(setup, error, error_size);
    if (uw_nxt_engine == NULL) {
        uw_nxt_absent = uw_nxt_absent_new(setup, error, &uw_nxt_engine);
    }
    if (uw_nxt_engine == NULL) {
        return -1;
    }
    if (uw_nxt_absent == NULL && uw_nxt_has_python(uw_nxt_engine)) {
        uw_nxt_loading = uw_nxt_loading_new(setup);
    }
    if (uw_nxt_siblings == NULL) {
        uw_nxt_siblings = uw_nxt_siblings_new();
    }

    return 0;
}


/* ---- A worker process ---- */

static void
uw_module_forget(void)
{
    uw_engine_delete(uw_nxt_engine);
    uw_nxt_engine = NULL;
}


static void
uw_module_end(uw_nxt_loop_t *loop)
{
    uw_nxt_loop_free(loop);
    free(loop);
}


static int
uw_module_count(uw_buf_t *text)
{
    return uw_client_count(text);
}


/* -1: its Python cannot serve it. */
static int
uw_module_load(uw_nxt_loop_t *loop)
{
    const uw_settings_t *settings = uw_worker_settings(loop->worker);

    loop->waiting.absent = uw_nxt_absent;
    loop->waiting.serves =
        settings->folder
        || (settings->handler[0] == '\0' && settings->program[0] != '\0');
    if (!uw_nxt_has_python(loop->engine)) {
        return 0;
    }
    if (uw_nxt_load(uw_nxt_loading, loop->worker, &loop->waiting.absent,
                    &loop->end_at)
        != 0)
    {
        return -1;
    }
    loop->python = loop->end_at == 0;
    if (loop->python && loop->waiting.serves) {
        uw_worker_measure(loop->worker, uw_module_count);
    }

    return 0;
}


static uw_nxt_loop_t *
uw_module_start(void)
{
    uw_engine_t *engine = uw_nxt_engine;
    uw_nxt_loop_t *loop = calloc(1, sizeof(*loop));

    if (loop == NULL) {
        uw_nxt_say(NULL, UW_NXT_ALERT, "out of memory");
        uw_module_forget();
        return NULL;
    }

    uw_nxt_engine = NULL; /* it is the worker's now, also when that fails */
    if (uw_nxt_loop_init(loop, engine) != 0 || uw_module_load(loop) != 0) {
        uw_module_end(loop);
        return NULL;
    }

    return loop;
}


static int
uw_module_open_queue(uw_nxt_loop_t *loop, int *queue_fd, uint32_t *limit)
{
    /* Where nothing runs that could leak, processes need not come and go: what
     * waits while one starts is lost at the restart that is to come. */
    if (uw_nxt_absent != NULL) {
        *limit = 0;
    }
    if (uw_nxt_intake_open(&loop->intake, queue_fd, uw_nxt_siblings, *limit)
        != 0)
    {
        return -1;
    }
    if (loop->end_at != 0) {
        uw_nxt_siblings_fail(uw_nxt_siblings, loop->intake.self);
        loop->stands_by =
            uw_nxt_siblings_serve(uw_nxt_siblings, loop->intake.self);
    }
    /*
     * The router announces a request once, until the flag beside the queue is
     * cleared.  The worker in whose place this one is may have been killed after
     * it had read the message, and nobody would be told of requests any more.
     * For one that lives it makes no difference: it is about to clear the flag
     * too.  Before the first look into the queue, which finds what was left.
     */
    uw_nxt_requests_notified(loop->intake.queue);

    return 0;
}


static int
uw_module_run(uw_nxt_loop_t *loop, uw_nxt_ctx_t *ctx)
{
    loop->ctx = ctx;

    loop->engine->settings.log_data = ctx;

    return uw_nxt_loop_run(loop);
}


static void
uw_module_request(uw_nxt_loop_t *loop, uw_nxt_req_t *req, uint64_t body_size)
{
    uw_nxt_request_arrived(&loop->waiting, req, body_size,
                           uw_nxt_intake_arrived(&loop->intake));
}


/* ---- Ports and messages ---- */

static int
uw_module_add_port(uw_nxt_loop_t *loop, uw_nxt_ctx_t *ctx,
                   const uw_nxt_opened_t *opened)
{
    loop->ctx = ctx; /* libunit has not returned it yet */
    *opened->uplink = uw_nxt_uplink_find(loop->uplinks, opened->id);

    return opened->in_fd == -1
               ? uw_nxt_loop_add_router(loop, opened->port, opened->out_fd)
               : uw_nxt_loop_add(loop, opened->port, opened->in_fd,
                                 opened->shared);
}


static void
uw_module_remove_port(uw_nxt_loop_t *loop, const uw_nxt_unit_port_t *port,
                      uw_nxt_uplink_t *uplink)
{
    if (port == NULL || port == loop->router.port) {
        uw_nxt_asking_stop(&loop->asking);
    }
    uw_nxt_outbox_flush(&loop->waiting.outbox);
    uw_nxt_uplink_close(&loop->uplinks, uplink);
    if (port != NULL) {
        uw_nxt_loop_remove(loop, port);
    }
}


static void
uw_module_notified(uw_nxt_loop_t *loop)
{
    uw_nxt_intake_notified(&loop->intake);
}


/* The message has brought a port of a thread of the router: the way there is
 * ours. */
static void
uw_module_new_port(uw_nxt_loop_t *loop, uw_nxt_port_id_t id,
                   struct msghdr *message)
{
    uw_nxt_asking_end(&loop->asking, id);
    if (uw_nxt_uplink_open(&loop->uplinks, id, message) != 0) {
        uw_nxt_say(loop->ctx, UW_NXT_ALERT,
                   "no queue for a thread of the router: %s", strerror(errno));
    }
}


static void
uw_module_asks(uw_nxt_loop_t *loop, uw_nxt_port_id_t id,
               const uw_nxt_message_t *message)
{
    uw_nxt_asking_begin(&loop->asking, id, message);
}


static void
uw_module_ready(uw_nxt_loop_t *loop)
{
    loop->ready = true;
}


static void
uw_module_memory(uw_nxt_loop_t *loop)
{
    uw_nxt_waiting_resume(&loop->waiting);
}


const uw_nxt_handlers_t uw_nxt_handlers = {
    .loaded = uw_module_loaded,
    .setup = uw_module_setup,
    .start = uw_module_start,
    .forget = uw_module_forget,
    .open_queue = uw_module_open_queue,
    .run = uw_module_run,
    .end = uw_module_end,
    .request = uw_module_request,
    .add_port = uw_module_add_port,
    .remove_port = uw_module_remove_port,
    .send = uw_nxt_loop_send,
    .receive = uw_nxt_loop_receive,
    .notified = uw_module_notified,
    .new_port = uw_module_new_port,
    .asks = uw_module_asks,
    .ready = uw_module_ready,
    .memory = uw_module_memory,
    .quit = uw_nxt_loop_quit,
};
