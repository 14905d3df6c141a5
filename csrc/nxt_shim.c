/*
 * All of NGINX Unit, and nothing else: the module's entry points, the loop
 * over libunit's ports, and the way of a request in and of its response out.
 *
 *   setup()  in the prototype process, before any fork: the control plane
 *            validates and compiles (prepare.h), then the engine is built.
 *   start()  in each worker process: uw_nxt_loop() until Unit says quit.
 *
 * How libunit behaves was found by running it.  What this file relies on:
 *
 *   - A port's queue is read until it is empty: notifications are coalesced.
 *   - The shared port is watched only while there is room for a request, and
 *     only once libunit is ready.
 *   - Data up to UW_NXT_PLAIN bytes goes through the socket; more needs shared
 *     memory.  When that is used up, a non-blocking write takes less, and
 *     shm_ack_handler() says when to go on.  A call that would wait for it is
 *     never made while it is known to be used up.
 *   - Unit checks nothing in a response: wasi_http does, and what is special
 *     to Unit (the length of a name) is checked here.
 *   - quit is only noted; running exchanges finish within UW_NXT_GRACE.
 *   - A worker that starts while Unit ends is told nothing: it sees that the
 *     router's end of the port has gone.  Then every client has gone too.
 *   - The router announces a request once, until the flag beside the queue is
 *     cleared; who is killed before that leaves the flag set.
 */

#include <nxt_main.h>

#include <nxt_app_queue.h>
#include <nxt_application.h>
#include <nxt_conf.h>
#include <nxt_unit.h>
#include <nxt_unit_request.h>
#include <nxt_unit_response.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "head.h"
#include "json.h"
#include "log_lines.h"
#include "nxt_python.h"
#include "prepare.h"
#include "settings.h"
#include "worker.h"

#ifndef UW_MODULE_TYPE
#define UW_MODULE_TYPE "wasm-wasi-component"
#endif

/* The interpreter that built the module, and knows the package. */
#ifndef UW_PYTHON
#error "UW_PYTHON is set by unit-wasm build-module"
#endif

#ifndef UW_VERSION
#define UW_VERSION "0"
#endif

/* What the file says of itself beside that, as lines name=value. */
#ifndef UW_NOTE
#define UW_NOTE ""
#endif

/* libunit sends up to so many bytes without shared memory. */
#define UW_NXT_PLAIN 1024

/* A field's name has an 8-bit length in libunit. */
#define UW_NXT_NAME_MAX 255

/* Messages taken from one port before the guests get their turn. */
#define UW_NXT_BATCH 8

/* After quit: time for what runs, and then for the router to see the end. */
#define UW_NXT_GRACE 5000000000u
#define UW_NXT_LINGER 20000

/* libunit closes the port of the acknowledgements at quit: then what waits for
 * shared memory tries again after so many milliseconds. */
#define UW_NXT_RETRY 5

#define UW_NXT_EVENTS 8

/* So many messages in a row that cannot be taken: the port is broken. */
#define UW_NXT_ERRORS 10

/* libunit cuts lines of the log at 2048 bytes, what it puts before included. */
#define UW_NXT_LINE 1900

typedef struct uw_nxt_request uw_nxt_request_t;

/* A port of libunit that this process reads. */
typedef struct {
    nxt_unit_port_t *port; /* NULL: none */
    bool shared;
    bool watched;
    bool hot; /* may have more messages without being readable */
} uw_nxt_port_t;

/* The loop of one worker process. */
typedef struct {
    uw_engine_t *engine;
    uw_worker_t *worker;
    nxt_unit_ctx_t *ctx;
    int epoll;
    uw_nxt_port_t own;
    uw_nxt_port_t shared;
    uw_nxt_port_t router; /* only its end is watched */
    bool ready;
    bool quitting;
    bool broken; /* nothing can be read any more */
    uint32_t errors;
    uint64_t quit_at;
    bool out_of_memory;      /* shared memory is used up until the next ack */
    uw_nxt_request_t *first; /* exchanges that wait for shared memory */
    uw_nxt_request_t **last;
} uw_nxt_loop_t;

/* One request of Unit with its exchange. */
struct uw_nxt_request {
    nxt_unit_request_info_t *req; /* NULL once it is done */
    uw_exchange_t *exchange;
    uw_nxt_loop_t *loop;
    uw_nxt_request_t *next;
    bool waiting; /* in the list of those that wait for shared memory */
    bool head_sent;
    uint64_t body_left; /* of the request body */
};

/* What setup() leaves for start(): a module has one application. */
static uw_engine_t *uw_nxt_engine;


/* ---- The log ---- */

static int
uw_nxt_level(int level)
{
    switch (level) {
    case 3:
        return NXT_UNIT_LOG_ERR;
    case 4:
        return NXT_UNIT_LOG_WARN;
    default:
        return NXT_UNIT_LOG_NOTICE;
    }
}


/* `data` is the context once there is one; before, libunit takes NULL. */
static void
uw_nxt_log_piece(void *data, int level, const char *mark, const char *piece,
                 size_t size)
{
    nxt_unit_log(data, uw_nxt_level(level), "%s%.*s", mark, (int) size, piece);
}


static void
uw_nxt_log(void *data, int level, const char *line, size_t size)
{
    uw_log_lines(uw_nxt_log_piece, data, level, line, size, UW_NXT_LINE);
}


/* ---- Response out ---- */

/* The only place where a request of Unit ends. */
static void
uw_nxt_done(uw_nxt_request_t *request, int rc)
{
    nxt_unit_request_info_t *req = request->req;

    request->req = NULL;
    if (request->exchange->request_body.state == UW_INCOMING_OPEN) {
        /* The bytes go with the request. */
        request->exchange->request_body.state = UW_INCOMING_ABORTED;
        uw_worker_wake(request->loop->worker, request->exchange);
    }
    nxt_unit_request_done(req, rc);
}


static void
uw_nxt_wait(uw_nxt_request_t *request)
{
    uw_nxt_loop_t *loop = request->loop;

    if (!request->waiting) {
        request->waiting = true;
        request->next = NULL;
        *loop->last = request;
        loop->last = &request->next;
    }
}


/* What nxt_unit_response_init() takes for so many fields with that text. */
static size_t
uw_nxt_head_size(size_t fields, size_t text)
{
    return sizeof(nxt_unit_response_t) + fields * (sizeof(nxt_unit_field_t) + 2)
           + text;
}


static bool
uw_nxt_fields_fit(const uw_fields_t *fields)
{
    for (size_t i = 0; i < fields->count; i++) {
        if (fields->items[i].name_size > UW_NXT_NAME_MAX) {
            return false;
        }
    }

    return uw_nxt_head_size(fields->count + 1, uw_head_text_size(fields))
           <= nxt_unit_buf_max();
}


static int
uw_nxt_add_fields(nxt_unit_request_info_t *req, const uw_fields_t *fields)
{
    int rc = NXT_UNIT_OK;

    for (size_t i = 0; i < fields->count && rc == NXT_UNIT_OK; i++) {
        rc = nxt_unit_response_add_field(
            req, (const char *) uw_field_name(fields, i),
            (uint8_t) fields->items[i].name_size,
            (const char *) uw_field_value(fields, i),
            fields->items[i].value_size);
    }

    return rc;
}


static int
uw_nxt_add_length(nxt_unit_request_info_t *req, const uw_exchange_t *exchange,
                  uint64_t body_size)
{
    static const char name[] = UW_HEAD_LENGTH_NAME;
    char value[UW_HEAD_LENGTH_SIZE];
    size_t size = uw_head_length(exchange, body_size, value);

    return size == 0 ? NXT_UNIT_OK
                     : nxt_unit_response_add_field(req, name, sizeof(name) - 1,
                                                   value, (uint32_t) size);
}


/* AGAIN when it would need shared memory that is known to be used up. */
static int
uw_nxt_send_head(uw_nxt_request_t *request)
{
    uw_exchange_t *exchange = request->exchange;
    const uw_fields_t *fields = &exchange->response_headers;
    uint32_t count = (uint32_t) fields->count + 1;
    uw_slice_t body = uw_exchange_peek_body(exchange);
    size_t text = uw_head_text_size(fields);
    size_t head = uw_nxt_head_size(count, text);
    size_t content = head + body.size <= UW_NXT_PLAIN ? body.size : 0;
    nxt_unit_request_info_t *req = request->req;
    int rc;

    if (head > UW_NXT_PLAIN && request->loop->out_of_memory) {
        return NXT_UNIT_AGAIN;
    }

    rc = nxt_unit_response_init(req, exchange->status, count,
                                (uint32_t) (text + content));
    if (rc == NXT_UNIT_OK) {
        rc = uw_nxt_add_fields(req, fields);
    }
    if (rc == NXT_UNIT_OK) {
        rc = uw_nxt_add_length(req, exchange, body.size);
    }
    if (rc == NXT_UNIT_OK && content != 0) {
        rc = nxt_unit_response_add_content(req, body.data, (uint32_t) content);
    }
    if (rc == NXT_UNIT_OK) {
        rc = nxt_unit_response_send(req);
    }
    if (rc == NXT_UNIT_OK) {
        request->head_sent = true;
        (void) uw_exchange_drop_body(exchange, content);
    }

    return rc;
}


/* AGAIN when the rest has to wait for shared memory. */
static int
uw_nxt_send_body(uw_nxt_request_t *request)
{
    uw_exchange_t *exchange = request->exchange;
    uw_slice_t body = uw_exchange_peek_body(exchange);
    ssize_t sent;

    if (body.size == 0) {
        return NXT_UNIT_OK;
    }
    if (body.size > UW_NXT_PLAIN && request->loop->out_of_memory) {
        /* What is freed meanwhile is for those that wait already. */
        return NXT_UNIT_AGAIN;
    }

    sent = nxt_unit_response_write_nb(request->req, body.data, body.size, 0);
    if (sent < 0) {
        return NXT_UNIT_ERROR;
    }

    if (uw_exchange_drop_body(exchange, (size_t) sent)) {
        uw_worker_wake(request->loop->worker, exchange);
    }
    if ((size_t) sent < body.size) {
        request->loop->out_of_memory = true;
        return NXT_UNIT_AGAIN;
    }

    return NXT_UNIT_OK;
}


/* Ends the request while its guest may still have something to say. */
static void
uw_nxt_cut(uw_nxt_request_t *request, int rc)
{
    uw_nxt_done(request, rc);
    uw_exchange_client_gone(request->exchange);
    (void) uw_exchange_take_cut(request->exchange);
    uw_worker_wake(request->loop->worker, request->exchange);
}


/* The head is one that Unit cannot carry. */
static void
uw_nxt_refuse_head(uw_nxt_request_t *request)
{
    static const char type[] = "content-type";
    static const char plain[] = "text/plain; charset=utf-8";
    static const char page[] = "500 Internal Server Error\n";
    static const char name[] = "content-length";
    static const char length[] = "26"; /* of the page */
    uw_exchange_t *exchange = request->exchange;
    bool bodiless = uw_exchange_is_bodiless(exchange, 500);
    nxt_unit_request_info_t *req = request->req;
    int rc;

    nxt_unit_req_error(req,
                       "%s: request %llu: the component answered with a "
                       "header name of more than %d bytes, or with more than "
                       "%u bytes of headers",
                       uw_worker_settings(request->loop->worker)->name,
                       (unsigned long long) exchange->id, UW_NXT_NAME_MAX,
                       (unsigned) nxt_unit_buf_max());

    rc = nxt_unit_response_init(req, 500, 2,
                                sizeof(type) + sizeof(plain) + sizeof(name)
                                    + sizeof(length) + sizeof(page));
    if (rc == NXT_UNIT_OK) {
        rc = nxt_unit_response_add_field(req, type, sizeof(type) - 1, plain,
                                         sizeof(plain) - 1);
    }
    if (rc == NXT_UNIT_OK) {
        rc = nxt_unit_response_add_field(req, name, sizeof(name) - 1, length,
                                         sizeof(length) - 1);
    }
    if (rc == NXT_UNIT_OK && !bodiless) {
        rc = nxt_unit_response_add_content(req, page, sizeof(page) - 1);
    }
    if (rc == NXT_UNIT_OK) {
        rc = nxt_unit_response_send(req);
    }

    /* What the client gets is what counts. */
    (void) uw_exchange_take_head(exchange);
    exchange->status = 500;
    uw_worker_blame(exchange, UW_END_BAD_RESPONSE);
    uw_nxt_cut(request, rc);
}


/* Hands to Unit what there is to hand over. */
static void
uw_nxt_send(uw_nxt_request_t *request)
{
    uw_exchange_t *exchange = request->exchange;
    int rc = NXT_UNIT_OK;

    if (request->req == NULL) {
        return;
    }
    if (uw_exchange_take_cut(exchange)) {
        uw_nxt_done(request, NXT_UNIT_ERROR);
        return;
    }

    if (!request->head_sent) {
        if (!uw_nxt_fields_fit(&exchange->response_headers)) {
            uw_nxt_refuse_head(request);
            return;
        }
        if (exchange->response == UW_RESPONSE_SET
            && uw_head_needs_length(exchange))
        {
            return; /* until the guest has written what it has to count */
        }
        (void) uw_exchange_take_head(exchange);
        rc = uw_nxt_send_head(request);
    }
    if (rc == NXT_UNIT_OK) {
        rc = uw_nxt_send_body(request);
    }

    if (rc == NXT_UNIT_AGAIN) {
        uw_nxt_wait(request);
    } else if (rc != NXT_UNIT_OK) {
        uw_nxt_cut(request, NXT_UNIT_ERROR);
    } else if (uw_exchange_take_end(exchange)) {
        uw_nxt_done(request, NXT_UNIT_OK);
    }
}


static void
uw_nxt_progress(uw_exchange_t *exchange)
{
    uw_nxt_request_t *request = exchange->transport_data;

    /* Those that wait keep their order; what is broken needs no memory. */
    if (!request->waiting || exchange->response == UW_RESPONSE_CUT) {
        uw_nxt_send(request);
    }
}


/* Goes on with those that wait, until there is no more memory again. */
static void
uw_nxt_drain(uw_nxt_loop_t *loop)
{
    uw_nxt_request_t *waiting = loop->first;
    uw_nxt_request_t *request;

    loop->out_of_memory = false;
    loop->first = NULL;
    loop->last = &loop->first;

    while (waiting != NULL) {
        request = waiting;
        waiting = request->next;
        request->waiting = false;
        if (loop->out_of_memory) {
            uw_nxt_wait(request);
            continue;
        }
        uw_nxt_send(request);
        if (!request->waiting) {
            uw_worker_settle(loop->worker, request->exchange);
        }
    }
}


static void
uw_nxt_shm_ack_handler(nxt_unit_ctx_t *ctx)
{
    uw_nxt_drain(ctx->unit->data);
}


/* ---- Request in ---- */

static uw_slice_t
uw_nxt_slice(nxt_unit_sptr_t *sptr, size_t size)
{
    return (uw_slice_t) { nxt_unit_sptr_get(sptr), size };
}


static void
uw_nxt_pull(uw_exchange_t *exchange)
{
    uw_nxt_request_t *request = exchange->transport_data;
    uw_incoming_body_t *body = &exchange->request_body;
    size_t room = uw_incoming_body_room(body);
    uint8_t *tail;
    ssize_t size;

    if (request->req == NULL || body->state != UW_INCOMING_OPEN || room == 0) {
        return;
    }

    room = request->body_left < room ? (size_t) request->body_left : room;
    tail = uw_buf_reserve(&body->bytes, room);
    size = tail == NULL ? -1 : nxt_unit_request_read(request->req, tail, room);
    if (size <= 0) {
        /* Fewer bytes than Unit has promised: never wait for them. */
        body->state = UW_INCOMING_ABORTED;
        return;
    }

    uw_buf_grew(&body->bytes, (size_t) size);
    request->body_left -= (uint64_t) size;
    if (request->body_left == 0) {
        body->state = UW_INCOMING_ENDED;
    }
}


static void
uw_nxt_release(uw_exchange_t *exchange)
{
    uw_nxt_request_t *request = exchange->transport_data;
    uw_nxt_request_t **link;

    if (request->waiting) {
        for (link = &request->loop->first; *link != request;
             link = &(*link)->next)
        {
        }
        *link = request->next;
        if (request->loop->last == &request->next) {
            request->loop->last = link;
        }
    }
    if (request->req != NULL) {
        nxt_unit_request_info_t *req = request->req;

        request->req = NULL;
        nxt_unit_request_done(req, NXT_UNIT_ERROR);
    }
    free(request);
}


static const uw_transport_t uw_nxt_transport = {
    .progress = uw_nxt_progress,
    .pull = uw_nxt_pull,
    .release = uw_nxt_release,
};


static int
uw_nxt_read_request(uw_exchange_t *exchange, nxt_unit_request_t *r,
                    const uw_settings_t *settings)
{
    static const uw_slice_t schemes[] = {
        { (const uint8_t *) "http", 4 },
        { (const uint8_t *) "https", 5 },
    };
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

    return status;
}


static void
uw_nxt_request_handler(nxt_unit_request_info_t *req)
{
    uw_nxt_loop_t *loop = req->unit->data;
    uw_nxt_request_t *request = calloc(1, sizeof(*request));
    uw_exchange_t *exchange =
        request == NULL ? NULL
                        : uw_worker_accept(loop->worker, &uw_nxt_transport);
    int status;

    if (exchange == NULL) {
        nxt_unit_req_alert(req, "memory is out");
        free(request);
        nxt_unit_request_done(req, NXT_UNIT_ERROR);
        return;
    }

    *request = (uw_nxt_request_t) { .req = req,
                                    .exchange = exchange,
                                    .loop = loop,
                                    .body_left = req->content_length };
    exchange->transport_data = request;

    status = uw_nxt_read_request(exchange, req->request,
                                 uw_worker_settings(loop->worker));
    if (status != 0) {
        uw_worker_refuse(loop->worker, exchange, (uint16_t) status,
                         "the request cannot be taken");
        return;
    }

    exchange->request_body.state =
        req->content_length == 0 ? UW_INCOMING_ENDED : UW_INCOMING_OPEN;
    uw_worker_submit(loop->worker, exchange);
}


/* ---- Ports ---- */

static int
uw_nxt_watch(uw_nxt_loop_t *loop, uw_nxt_port_t *port, bool watch)
{
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = port };

    if (port->port == NULL || port->watched == watch) {
        return 0;
    }
    if (epoll_ctl(loop->epoll, watch ? EPOLL_CTL_ADD : EPOLL_CTL_DEL,
                  port->port->in_fd, &event)
        != 0)
    {
        nxt_unit_alert(loop->ctx, "epoll_ctl() failed: %s", strerror(errno));
        return -1;
    }
    port->watched = watch;
    /* What arrived while nobody looked has no notification of its own. */
    port->hot = watch;

    return 0;
}


/* Its end is reported whatever is watched for. */
static int
uw_nxt_watch_router(uw_nxt_loop_t *loop, nxt_unit_port_t *port)
{
    struct epoll_event event = { .events = 0, .data.ptr = &loop->router };

    if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, port->out_fd, &event) != 0) {
        nxt_unit_alert(NULL, "epoll_ctl() failed: %s", strerror(errno));
        return NXT_UNIT_ERROR;
    }
    loop->router.port = port;

    return NXT_UNIT_OK;
}


static int
uw_nxt_add_port(nxt_unit_ctx_t *ctx, nxt_unit_port_t *port)
{
    uw_nxt_loop_t *loop = ctx->unit->data;
    bool is_shared = port->id.id == NXT_UNIT_SHARED_PORT_ID;
    uw_nxt_port_t *place = is_shared ? &loop->shared : &loop->own;
    int nonblocking = 1;

    if (port->in_fd == -1) {
        /* The first is the router's; its threads' ports follow. */
        return loop->router.port == NULL ? uw_nxt_watch_router(loop, port)
                                         : NXT_UNIT_OK;
    }
    if (ioctl(port->in_fd, FIONBIO, &nonblocking) != 0) {
        nxt_unit_alert(ctx, "ioctl(FIONBIO) failed: %s", strerror(errno));
        return NXT_UNIT_ERROR;
    }

    *place = (uw_nxt_port_t) { .port = port, .shared = is_shared };
    if (!is_shared && uw_nxt_watch(loop, place, true) != 0) {
        return NXT_UNIT_ERROR;
    }

    return NXT_UNIT_OK;
}


static void
uw_nxt_remove_port(nxt_unit_t *unit, nxt_unit_ctx_t *ctx, nxt_unit_port_t *port)
{
    uw_nxt_loop_t *loop = unit->data;
    uw_nxt_port_t *place = port == loop->shared.port ? &loop->shared
                           : port == loop->own.port  ? &loop->own
                                                     : NULL;

    if (ctx == NULL || place == NULL) {
        return;
    }

    /* Other processes share the description: closing alone does not end the
     * watch. */
    (void) uw_nxt_watch(loop, place, false);
    *place = (uw_nxt_port_t) { 0 };
}


static int
uw_nxt_ready_handler(nxt_unit_ctx_t *ctx)
{
    uw_nxt_loop_t *loop = ctx->unit->data;

    loop->ready = true;

    return NXT_UNIT_OK;
}


static void
uw_nxt_quit(nxt_unit_ctx_t *ctx)
{
    uw_nxt_loop_t *loop = ctx->unit->data;

    if (!loop->quitting) {
        loop->quitting = true;
        loop->quit_at = uw_now() + UW_NXT_GRACE;
    }
}


/*
 * Unit says quit to the processes that it knows.  One that it starts at that
 * moment would stay for ever, and unitd with it.  The router's connections have
 * gone with it, so nobody waits for an answer any more.
 */
static void
uw_nxt_router_gone(uw_nxt_loop_t *loop)
{
    (void) epoll_ctl(loop->epoll, EPOLL_CTL_DEL, loop->router.port->out_fd,
                     NULL);
    uw_nxt_quit(loop->ctx);
    uw_worker_cancel_unanswered(loop->worker);
}


/* Keeps libunit from ending the requests that are active at quit. */
static void
uw_nxt_close_handler(nxt_unit_request_info_t *req)
{
    (void) req;
}


/* ---- The loop ---- */

/*
 * Takes a message out of a port; false when there is none.  One that libunit
 * cannot process is gone too, and libunit has said why; the next one may have no
 * notification of its own.  Where that does not end, this process does, and
 * Unit starts another one.
 */
static bool
uw_nxt_take_message(uw_nxt_loop_t *loop, uw_nxt_port_t *port)
{
    switch (nxt_unit_process_port_msg(loop->ctx, port->port)) {
    case NXT_UNIT_OK:
        loop->errors = 0;
        return true;
    case NXT_UNIT_AGAIN:
        return false;
    default:
        break;
    }

    loop->errors++;
    if (loop->errors < UW_NXT_ERRORS) {
        return true;
    }

    nxt_unit_alert(loop->ctx,
                   "%d messages in a row could not be taken: this process ends",
                   UW_NXT_ERRORS);
    loop->broken = true;
    uw_nxt_quit(loop->ctx);
    (void) uw_nxt_watch(loop, &loop->own, false);

    return false;
}


/*
 * Unit's restart closes the queue of requests, then says quit.  libunit reads
 * that queue no more once it knows of quit: what is still in there has to be
 * taken before, whatever the limit, or its clients wait for ever.
 */
static void
uw_nxt_rescue(uw_nxt_loop_t *loop)
{
    struct pollfd fd = { .events = POLLIN };

    if (loop->shared.port == NULL || !loop->ready || loop->quitting) {
        return;
    }

    fd.fd = loop->shared.port->in_fd;
    if (poll(&fd, 1, 0) != 1 || (fd.revents & POLLHUP) == 0) {
        return;
    }
    while (loop->shared.port != NULL
           && uw_nxt_take_message(loop, &loop->shared))
    {
    }
}


static void
uw_nxt_read_port(uw_nxt_loop_t *loop, uw_nxt_port_t *port)
{
    for (int i = 0; i < UW_NXT_BATCH && port->hot; i++) {
        if (!port->shared) {
            uw_nxt_rescue(loop);
        }
        /* A message may remove the port, or leave no room for another. */
        if (port->port == NULL || !port->watched
            || !uw_nxt_take_message(loop, port))
        {
            port->hot = false;
        }
        if (port->shared
            && uw_worker_load(loop->worker)
                   >= uw_worker_settings(loop->worker)->max_exchanges)
        {
            break;
        }
    }
}


/* Takes requests only while there is room, so that others get them. */
static int
uw_nxt_admit(uw_nxt_loop_t *loop)
{
    bool room = loop->ready && !loop->quitting
                && uw_worker_load(loop->worker)
                       < uw_worker_settings(loop->worker)->max_exchanges;

    return uw_nxt_watch(loop, &loop->shared, room);
}


static int
uw_nxt_timeout(const uw_nxt_loop_t *loop, bool more)
{
    uint64_t now;

    if (more || loop->own.hot || loop->shared.hot) {
        return 0;
    }
    if (!loop->quitting) {
        return -1; /* the worker's descriptor knows its timers */
    }
    if (loop->first != NULL) {
        return UW_NXT_RETRY;
    }
    now = uw_now();

    return now >= loop->quit_at ? 0
                                : (int) ((loop->quit_at - now) / 1000000u) + 1;
}


/* A guest may have ended while its last bytes wait for shared memory. */
static bool
uw_nxt_is_over(const uw_nxt_loop_t *loop)
{
    return loop->quitting
           && ((uw_worker_load(loop->worker) == 0 && loop->first == NULL)
               || uw_now() >= loop->quit_at);
}


static int
uw_nxt_run(uw_nxt_loop_t *loop)
{
    struct epoll_event events[UW_NXT_EVENTS];
    uw_nxt_port_t *port;
    bool more = false;
    int count;

    while (!uw_nxt_is_over(loop)) {
        if (uw_nxt_admit(loop) != 0) {
            return -1;
        }

        count = epoll_wait(loop->epoll, events, UW_NXT_EVENTS,
                           uw_nxt_timeout(loop, more));
        if (count < 0 && errno != EINTR) {
            nxt_unit_alert(loop->ctx, "epoll_wait() failed: %s",
                           strerror(errno));
            return -1;
        }

        for (int i = 0; i < count; i++) {
            port = events[i].data.ptr;
            if (port == &loop->router) {
                uw_nxt_router_gone(loop);
            } else if (port != NULL) {
                port->hot = true;
            }
        }
        uw_nxt_read_port(loop, &loop->own);
        uw_nxt_read_port(loop, &loop->shared);
        if (loop->quitting && loop->first != NULL) {
            uw_nxt_drain(loop);
        }
        more = uw_worker_turn(loop->worker);
    }

    return loop->broken ? -1 : 0;
}


static int
uw_nxt_loop_init(uw_nxt_loop_t *loop)
{
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = NULL };
    char error[512];

    loop->last = &loop->first;
    loop->epoll = -1;
    loop->worker = uw_worker_from_engine(loop->engine, error, sizeof(error));
    if (loop->worker == NULL) {
        nxt_unit_alert(NULL, "%s", error);
        return -1;
    }

    loop->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (loop->epoll < 0) {
        nxt_unit_alert(NULL, "epoll_create1() failed: %s", strerror(errno));
        return -1;
    }
    if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, uw_worker_fd(loop->worker),
                  &event)
        != 0)
    {
        nxt_unit_alert(NULL, "epoll_ctl() failed: %s", strerror(errno));
        return -1;
    }

    return 0;
}


static void
uw_nxt_loop_free(uw_nxt_loop_t *loop)
{
    uw_worker_delete(loop->worker);
    if (loop->epoll >= 0) {
        (void) close(loop->epoll);
    }
}


/*
 * Clears the flag that says that a request has been announced: the worker in
 * whose place this one is may have been killed after it had read the message,
 * and nobody would be told of requests any more.  For one that lives it makes
 * no difference: it is about to clear the flag too.
 */
static int
uw_nxt_clear_notified(int fd)
{
    nxt_app_queue_t *queue =
        mmap(NULL, sizeof(*queue), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

    if (queue == MAP_FAILED) {
        return -1;
    }
    nxt_app_queue_notification_received(queue);

    return munmap(queue, sizeof(*queue));
}


static nxt_int_t
uw_nxt_start(nxt_task_t *task, nxt_process_data_t *data)
{
    uw_nxt_loop_t loop = { .engine = uw_nxt_engine };
    nxt_unit_init_t init;
    bool outgoing;
    int rc;

    if (nxt_unit_default_init(task, &init, data->app) != NXT_OK) {
        nxt_alert(task, "nxt_unit_default_init() failed");
        uw_engine_delete(uw_nxt_engine);
        return NXT_ERROR;
    }

    uw_nxt_engine = NULL; /* it is the worker's now, also when that fails */
    if (uw_nxt_loop_init(&loop) != 0) {
        uw_nxt_loop_free(&loop);
        return NXT_ERROR;
    }

    init.data = &loop;
    init.callbacks.request_handler = uw_nxt_request_handler;
    init.callbacks.add_port = uw_nxt_add_port;
    init.callbacks.remove_port = uw_nxt_remove_port;
    init.callbacks.ready_handler = uw_nxt_ready_handler;
    init.callbacks.quit = uw_nxt_quit;
    init.callbacks.close_handler = uw_nxt_close_handler;
    init.callbacks.shm_ack_handler = uw_nxt_shm_ack_handler;

    /* Before the first look into the queue, which finds what was left. */
    if (uw_nxt_clear_notified(init.shared_queue_fd) != 0) {
        nxt_alert(task, "Unit's queue of requests cannot be mapped");
        uw_nxt_loop_free(&loop);
        return NXT_ERROR;
    }

    loop.ctx = nxt_unit_init(&init);
    if (loop.ctx == NULL) {
        uw_nxt_loop_free(&loop);
        return NXT_ERROR;
    }
    loop.engine->settings.log_data = loop.ctx;
    outgoing = loop.engine->settings.outgoing;
    if (outgoing && uw_client_start(loop.worker) != 0) {
        nxt_unit_alert(loop.ctx, "the client of outgoing requests cannot be "
                                 "started");
        exit(EXIT_FAILURE);
    }

    rc = uw_nxt_run(&loop);

    /* What is left is cut; then the router needs a moment to read the last
     * responses before this process ends. */
    if (outgoing) {
        uw_client_stop();
    }
    uw_worker_delete(loop.worker);
    (void) usleep(UW_NXT_LINGER);
    nxt_unit_done(loop.ctx);
    (void) close(loop.epoll);

    exit(rc == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
}


/* ---- Setup: the configuration as JSON for the control plane ---- */

static void uw_nxt_json(uw_json_t *json, nxt_conf_value_t *value);


static void
uw_nxt_json_object(uw_json_t *json, nxt_conf_value_t *object)
{
    nxt_conf_value_t *member;
    nxt_str_t name;
    uint32_t next = 0;

    uw_json_open(json, '{');
    for (;;) {
        member = nxt_conf_next_object_member(object, &name, &next);
        if (member == NULL) {
            break;
        }
        uw_json_name(json, name.start, name.length);
        uw_nxt_json(json, member);
    }
    uw_json_close(json, '}');
}


static void
uw_nxt_json_array(uw_json_t *json, nxt_conf_value_t *array)
{
    nxt_conf_value_t *element;

    uw_json_open(json, '[');
    for (uint32_t i = 0;; i++) {
        element = nxt_conf_get_array_element(array, i);
        if (element == NULL) {
            break;
        }
        uw_nxt_json(json, element);
    }
    uw_json_close(json, ']');
}


static void
uw_nxt_json(uw_json_t *json, nxt_conf_value_t *value)
{
    nxt_str_t string;

    switch (nxt_conf_type(value)) {
    case NXT_CONF_OBJECT:
        uw_nxt_json_object(json, value);
        return;
    case NXT_CONF_ARRAY:
        uw_nxt_json_array(json, value);
        return;
    case NXT_CONF_STRING:
        nxt_conf_get_string(value, &string);
        uw_json_string(json, string.start, string.length);
        return;
    case NXT_CONF_INTEGER:
    case NXT_CONF_NUMBER:
        uw_json_number(json, nxt_conf_get_number(value));
        return;
    case NXT_CONF_BOOLEAN:
        uw_json_word(json, nxt_conf_get_boolean(value) ? "true" : "false");
        return;
    default:
        uw_json_word(json, "null");
        return;
    }
}


static int
uw_nxt_document(uw_buf_t *text, nxt_common_app_conf_t *conf)
{
    static const char name[] = "name";
    static const char application[] = "application";
    static const char version[] = "version";
    static const char built[] = UW_VERSION;
    uw_json_t json = uw_json_to(text);

    uw_json_open(&json, '{');
    uw_json_name(&json, (const uint8_t *) name, sizeof(name) - 1);
    uw_json_string(&json, conf->name.start, conf->name.length);
    uw_json_name(&json, (const uint8_t *) application, sizeof(application) - 1);
    uw_nxt_json(&json, conf->self);
    uw_json_name(&json, (const uint8_t *) version, sizeof(version) - 1);
    uw_json_string(&json, (const uint8_t *) built, sizeof(built) - 1);
    uw_json_close(&json, '}');

    return uw_json_end(&json);
}


/* ---- Setup: the engine ---- */

static nxt_int_t
uw_nxt_build(nxt_task_t *task, const uw_buf_t *text)
{
    uw_settings_text_t parsed;
    char error[1024];

    if (uw_settings_parse(&parsed, uw_buf_head(text), uw_buf_size(text), error,
                          sizeof(error))
        != 0)
    {
        nxt_alert(task, "%s", error);
        return NXT_ERROR;
    }

    if (parsed.settings.outgoing
        && uw_client_prepare(UW_PYTHON, parsed.settings.outgoing_terms) != 0)
    {
        uw_settings_text_free(&parsed);
        nxt_alert(task, "the client of outgoing requests cannot be prepared: "
                        "see above");
        return NXT_ERROR;
    }

    parsed.settings.log = uw_nxt_log;
    uw_nxt_engine = uw_engine_new(&parsed.settings, error, sizeof(error));
    uw_settings_text_free(&parsed);
    if (uw_nxt_engine == NULL) {
        nxt_alert(task, "the component cannot be served: %s", error);
        return NXT_ERROR;
    }

    return NXT_OK;
}


static nxt_int_t
uw_nxt_setup(nxt_task_t *task, nxt_process_t *process,
             nxt_common_app_conf_t *conf)
{
    uw_buf_t json = { 0 };
    uw_buf_t text = { 0 };
    nxt_int_t result = NXT_ERROR;
    int status;

    (void) process;

    if (uw_nxt_document(&json, conf) != 0) {
        nxt_alert(task, "memory is out");
        goto done;
    }

    status = uw_prepare(UW_PYTHON, &json, &text);
    if (status != 0) {
        /* The child has said why on standard error, which is this log. */
        nxt_alert(task,
                  "application \"%V\" cannot be prepared (%s -m "
                  "unit_wasm prepare: %s)",
                  &conf->name, UW_PYTHON,
                  status < 0 ? strerror(errno) : "see above");
        goto done;
    }

    result = uw_nxt_build(task, &text);

done:

    uw_buf_free(&json);
    uw_buf_free(&text);

    return result;
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
