/*
 * All of NGINX Unit, and nothing else: only this file and the other nxt_shim_*.c
 * include its headers.  What Unit and libunit call goes up by uw_nxt_handlers.
 *
 *   setup()        in the prototype process, before any fork: the application's
 *                  configuration becomes an engine (unit/setup.c).
 *   start()        in each worker process: libunit's ports are read until Unit
 *                  says quit (unit/loop.c).
 *   request in     libunit calls uw_nxt_request_handler(); unit/request.c makes
 *                  an exchange of it, which runs in the worker's turns.
 *   response out   unit/response.c knows when what is handed over.
 *
 * Those know libunit only by the functions of nxt_shim.h, which are here.
 */

#include <nxt_main.h>

#include <nxt_application.h>
#include <nxt_port.h>
#include <nxt_unit.h>
#include <nxt_unit_request.h>
#include <nxt_unit_response.h>

#include <stdlib.h>
#include <unistd.h>

#include "http/head.h"
#include "http/request.h"
#include "http/request_id.h"
#include "nxt_shim.h"

#ifndef UW_MODULE_TYPE
#define UW_MODULE_TYPE "wasm-wasi-component"
#endif

#ifndef UW_VERSION
#define UW_VERSION "0"
#endif

/* What the file says of itself beside that, as lines name=value. */
#ifndef UW_NOTE
#define UW_NOTE ""
#endif


/* ---- The log ---- */

static const int uw_nxt_levels[] = {
    [UW_NXT_ALERT] = NXT_UNIT_LOG_ALERT,
    [UW_NXT_ERR] = NXT_UNIT_LOG_ERR,
    [UW_NXT_WARN] = NXT_UNIT_LOG_WARN,
    [UW_NXT_NOTICE] = NXT_UNIT_LOG_NOTICE,
};


void
uw_nxt_log_line(uw_nxt_ctx_t *ctx, uw_nxt_level_t level, const char *mark,
                const char *line, size_t size)
{
    nxt_unit_log(ctx, uw_nxt_levels[level], "%s%.*s", mark, (int) size, line);
}


void
uw_nxt_request_log_line(uw_nxt_req_t *req, uw_nxt_level_t level,
                        const char *line)
{
    nxt_unit_req_log(req, uw_nxt_levels[level], "%s", line);
}


/* ---- Messages ---- */

uw_nxt_result_t
uw_nxt_take_message(uw_nxt_ctx_t *ctx, uw_nxt_unit_port_t *port)
{
    switch (nxt_unit_process_port_msg(ctx, port)) {
    case NXT_UNIT_OK:
        return UW_NXT_OK;
    case NXT_UNIT_AGAIN:
        return UW_NXT_AGAIN;
    default:
        return UW_NXT_ERROR;
    }
}


/* ---- Request in ---- */

static uw_slice_t
uw_nxt_slice(nxt_unit_sptr_t *sptr, size_t size)
{
    return (uw_slice_t) { nxt_unit_sptr_get(sptr), size };
}


int
uw_nxt_read_head(uw_nxt_req_t *req, uw_exchange_t *exchange,
                 const uw_settings_t *settings)
{
    static const uw_slice_t schemes[] = {
        { (const uint8_t *) "http", 4 },
        { (const uint8_t *) "https", 5 },
    };
    nxt_unit_request_t *r = req->request;
    int status = uw_exchange_request(
        exchange, uw_nxt_slice(&r->method, r->method_length),
        schemes[r->tls != 0],
        uw_nxt_slice(&r->server_name, r->server_name_length),
        uw_nxt_slice(&r->target, r->target_length));

    for (uint32_t i = 0; i < r->fields_count && status == 0; i++) {
        nxt_unit_field_t *field = &r->fields[i];

        status = uw_exchange_request_header(
            exchange, uw_nxt_slice(&field->name, field->name_length),
            uw_nxt_slice(&field->value, field->value_length), settings);
    }
    if (status == 0) {
        status = uw_exchange_client_address(
            exchange, uw_nxt_slice(&r->remote, r->remote_length), settings);
    }

    return status != 0 ? status : uw_request_id_tell(exchange, settings);
}


uw_slice_t
uw_nxt_local_address(uw_nxt_req_t *req)
{
    nxt_unit_request_t *r = req->request;

    return uw_nxt_slice(&r->local_addr, r->local_addr_length);
}


ssize_t
uw_nxt_read_body(uw_nxt_req_t *req, uint8_t *bytes, size_t size)
{
    return nxt_unit_request_read(req, bytes, size);
}


/* ---- Response out ---- */

size_t
uw_nxt_head_size(size_t fields, size_t text)
{
    return sizeof(nxt_unit_response_t) + fields * (sizeof(nxt_unit_field_t) + 2)
           + text;
}


size_t
uw_nxt_head_max(void)
{
    return nxt_unit_buf_max();
}


static int
uw_nxt_add_field(nxt_unit_request_info_t *req, uw_slice_t name,
                 uw_slice_t value)
{
    return nxt_unit_response_add_field(
        req, (const char *) name.data, (uint8_t) name.size,
        (const char *) value.data, (uint32_t) value.size);
}


static int
uw_nxt_add_fields(nxt_unit_request_info_t *req, const uw_nxt_head_t *head)
{
    const uw_fields_t *fields = head->fields;
    int rc = NXT_UNIT_OK;

    for (size_t i = 0; i < fields->count && rc == NXT_UNIT_OK; i++) {
        rc = uw_nxt_add_field(req, uw_field_name(fields, i),
                              uw_field_value(fields, i));
    }
    if (rc == NXT_UNIT_OK && head->length.size != 0) {
        rc = uw_nxt_add_field(req, uw_slice_of(UW_HEAD_LENGTH_NAME),
                              head->length);
    }

    return rc;
}


uw_nxt_result_t
uw_nxt_send_head(uw_nxt_req_t *req, const uw_nxt_head_t *head)
{
    size_t size = uw_head_text_size(head->fields) + head->body.size;
    int rc = nxt_unit_response_init(
        req, head->status, (uint32_t) head->fields->count + 1, (uint32_t) size);

    if (rc == NXT_UNIT_OK) {
        rc = uw_nxt_add_fields(req, head);
    }
    if (rc == NXT_UNIT_OK && head->body.size != 0) {
        rc = nxt_unit_response_add_content(req, head->body.data,
                                           (uint32_t) head->body.size);
    }
    if (rc == NXT_UNIT_OK && !head->last) {
        rc = nxt_unit_response_send(req);
    }

    return rc == NXT_UNIT_OK ? UW_NXT_OK : UW_NXT_ERROR;
}


ssize_t
uw_nxt_send_body(uw_nxt_req_t *req, uw_slice_t bytes)
{
    return nxt_unit_response_write_nb(req, bytes.data, bytes.size, 0);
}


void
uw_nxt_request_done(uw_nxt_req_t *req, bool whole)
{
    nxt_unit_request_done(req, whole ? NXT_UNIT_OK : NXT_UNIT_ERROR);
}


/* ---- libunit calls ---- */

static void
uw_nxt_request_handler(nxt_unit_request_info_t *req)
{
    uw_nxt_handlers.request(req->unit->data, req, req->content_length);
}


static int
uw_nxt_add_port(nxt_unit_ctx_t *ctx, nxt_unit_port_t *port)
{
    uw_nxt_port_id_t id = { .pid = port->id.pid, .id = port->id.id };

    return uw_nxt_handlers.add_port(
               ctx->unit->data, ctx,
               &(uw_nxt_opened_t) {
                   .port = port,
                   .id = id,
                   .in_fd = port->in_fd,
                   .out_fd = port->out_fd,
                   .shared = id.id == NXT_UNIT_SHARED_PORT_ID,
                   .uplink = &port->data,
               }) == 0
               ? NXT_UNIT_OK
               : NXT_UNIT_ERROR;
}


/* libunit calls it once more at its end, without a context. */
static void
uw_nxt_remove_port(nxt_unit_t *unit, nxt_unit_ctx_t *ctx, nxt_unit_port_t *port)
{
    uw_nxt_handlers.remove_port(unit->data, ctx == NULL ? NULL : port,
                                port->data);
    port->data = NULL;
}


/* A message may ask for the port of a thread of the router. */
static void
uw_nxt_look_at_question(uw_nxt_loop_t *loop, const uw_nxt_message_t *message,
                        uint8_t type)
{
    const uint8_t *bytes = message->bytes;
    nxt_port_msg_get_port_t port;

    if (type == _NXT_PORT_MSG_GET_PORT
        && message->size == sizeof(nxt_port_msg_t) + sizeof(port))
    {
        memcpy(&port, bytes + sizeof(nxt_port_msg_t), sizeof(port));
        uw_nxt_handlers.asks(
            loop, (uw_nxt_port_id_t) { .pid = port.pid, .id = port.id },
            message);
    }
}


/* In the place of libunit's own sendmsg(). */
static ssize_t
uw_nxt_port_send(nxt_unit_ctx_t *ctx, nxt_unit_port_t *port, const void *bytes,
                 size_t size, const void *control, size_t control_size)
{
    const uint8_t *type =
        (const uint8_t *) bytes + offsetof(nxt_port_msg_t, type);
    uw_nxt_message_t message = { .fd = port->out_fd,
                                 .bytes = bytes,
                                 .size = size,
                                 .control = control,
                                 .control_size = control_size };

    uw_nxt_look_at_question(ctx->unit->data, &message, *type);

    return uw_nxt_handlers.send(ctx->unit->data, port->data, &message,
                                size == sizeof(nxt_port_msg_t)
                                    && *type == _NXT_PORT_MSG_READ_QUEUE);
}


/* A message may bring a port of a thread of the router, or say that there are
 * requests in the queue. */
static void
uw_nxt_look_at_message(uw_nxt_loop_t *loop, struct msghdr *message, size_t size,
                       bool shared)
{
    const uint8_t *bytes = message->msg_iov->iov_base;
    nxt_port_msg_new_port_t port;
    uint8_t type;

    if (size < sizeof(nxt_port_msg_t)) {
        return;
    }
    type = bytes[offsetof(nxt_port_msg_t, type)];
    if (type == _NXT_PORT_MSG_READ_QUEUE && shared) {
        uw_nxt_handlers.notified(loop);
    } else if (type == _NXT_PORT_MSG_NEW_PORT
               && size == sizeof(nxt_port_msg_t) + sizeof(port))
    {
        memcpy(&port, bytes + sizeof(nxt_port_msg_t), sizeof(port));
        uw_nxt_handlers.new_port(
            loop, (uw_nxt_port_id_t) { .pid = port.pid, .id = port.id },
            message);
    }
}


/* In the place of libunit's own recvmsg(). */
static ssize_t
uw_nxt_port_recv(nxt_unit_ctx_t *ctx, nxt_unit_port_t *port, void *bytes,
                 size_t size, void *control, size_t *control_size)
{
    static const nxt_port_msg_t notice = { .type = _NXT_PORT_MSG_READ_QUEUE };
    bool shared = port->id.id == NXT_UNIT_SHARED_PORT_ID;
    struct iovec part = { .iov_base = bytes, .iov_len = size };
    struct msghdr message = { .msg_iov = &part,
                              .msg_iovlen = 1,
                              .msg_control = control,
                              .msg_controllen = *control_size };
    ssize_t received =
        uw_nxt_handlers.receive(ctx->unit->data, port->in_fd, &message,
                                shared ? NULL : &notice, sizeof(notice));

    *control_size = message.msg_controllen;
    if (received > 0) {
        uw_nxt_look_at_message(ctx->unit->data, &message, (size_t) received,
                               shared);
    }

    return received;
}


static int
uw_nxt_ready_handler(nxt_unit_ctx_t *ctx)
{
    uw_nxt_handlers.ready(ctx->unit->data);

    return NXT_UNIT_OK;
}


static void
uw_nxt_shm_ack_handler(nxt_unit_ctx_t *ctx)
{
    uw_nxt_handlers.memory(ctx->unit->data);
}


static void
uw_nxt_quit(nxt_unit_ctx_t *ctx)
{
    uw_nxt_handlers.quit(ctx->unit->data);
}


/* Keeps libunit from ending the requests that are active at quit. */
static void
uw_nxt_close_handler(nxt_unit_request_info_t *req)
{
    (void) req;
}


static const nxt_unit_callbacks_t uw_nxt_callbacks = {
    .request_handler = uw_nxt_request_handler,
    .close_handler = uw_nxt_close_handler,
    .add_port = uw_nxt_add_port,
    .remove_port = uw_nxt_remove_port,
    .port_send = uw_nxt_port_send,
    .port_recv = uw_nxt_port_recv,
    .quit = uw_nxt_quit,
    .shm_ack_handler = uw_nxt_shm_ack_handler,
    .ready_handler = uw_nxt_ready_handler,
};


/* ---- Start ---- */

static nxt_int_t
uw_nxt_start(nxt_task_t *task, nxt_process_data_t *data)
{
    nxt_unit_init_t init;
    uw_nxt_ctx_t *ctx;
    uw_nxt_loop_t *loop;
    int rc;

    if (nxt_unit_default_init(task, &init, data->app) != NXT_OK) {
        nxt_alert(task, "nxt_unit_default_init() failed");
        uw_nxt_handlers.forget();
        return NXT_ERROR;
    }

    loop = uw_nxt_handlers.start();
    if (loop == NULL) {
        return NXT_ERROR;
    }

    init.data = loop;
    init.callbacks = uw_nxt_callbacks;

    if (uw_nxt_handlers.open_queue(loop, &init.shared_queue_fd,
                                   &init.request_limit)
        != 0)
    {
        nxt_alert(task, "Unit's queue of requests cannot be mapped");
        goto failed;
    }

    ctx = nxt_unit_init(&init);
    if (ctx == NULL) {
        goto failed;
    }

    rc = uw_nxt_handlers.run(loop, ctx);
    nxt_unit_done(ctx);
    uw_nxt_handlers.end(loop);

    exit(rc == 0 ? EXIT_SUCCESS : EXIT_FAILURE);

failed:

    uw_nxt_handlers.end(loop);

    return NXT_ERROR;
}


/* ---- Setup ---- */

static nxt_int_t
uw_nxt_setup(nxt_task_t *task, nxt_process_t *process,
             nxt_common_app_conf_t *conf)
{
    uw_nxt_setup_t setup = {
        .task = task,
        .name = { conf->name.start, conf->name.length },
        .conf = conf->self,
    };
    char error[2048];

    (void) process;

    if (uw_nxt_handlers.setup(&setup, error, sizeof(error)) != 0) {
        nxt_alert(task, "%s", error);
        return NXT_ERROR;
    }

    return NXT_OK;
}


/* ---- The module ---- */

/* Unit sets the application's environment after it has loaded the module. */
void __attribute__((constructor))
uw_nxt_loaded(void)
{
    uw_nxt_handlers.loaded();
}


/* Read out of the file, without loading it, by unit_wasm/unit/note.py. */
#define UW_NXT_NOTE(vernum, debug) UW_NXT_NOTE_TEXT(vernum, debug)
#define UW_NXT_NOTE_TEXT(vernum, debug)                                        \
    "unit_wasm module\nunit=" #vernum "\ndebug=" #debug "\n" UW_NOTE

static const char uw_nxt_note[] __attribute__((used)) =
    UW_NXT_NOTE(NXT_VERNUM, NXT_DEBUG);

static uint32_t uw_nxt_compat[] = { NXT_VERNUM, NXT_DEBUG };


NXT_EXPORT nxt_app_module_t nxt_app_module = {
    .compat_length = sizeof(uw_nxt_compat),
    .compat = uw_nxt_compat,
    .type = nxt_string(UW_MODULE_TYPE),
    .version = UW_VERSION,
    .mounts = NULL,
    .nmounts = 0,
    .setup = uw_nxt_setup,
    .start = uw_nxt_start,
};
