/*
 * The module's side: the functions of libunit that nxt_shim.c calls, with what
 * matters of libunit's behaviour, and with a memory for what must not be done.
 * The log is in libunit_log.c, what becomes of a request in libunit_request.c.
 */

#include "state.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>


/* ---- Who calls, and with what ---- */

double_entry_t *
double_entry_of(const nxt_unit_request_info_t *req, const char *what)
{
    if (!pthread_equal(pthread_self(), the_double.thread)) {
        double_fault("%s: called from another thread", what);
    }
    for (size_t i = the_double.entry_count; i-- != 0;) {
        if (the_double.entries[i]->req == req
            && the_double.entries[i]->answer.taken
            && the_double.entries[i]->state != DOUBLE_STATE_DONE)
        {
            return the_double.entries[i];
        }
    }
    double_fault("%s: the request is done", what);

    return NULL;
}


void
double_check_ctx(const nxt_unit_ctx_t *ctx, const char *what)
{
    if (!pthread_equal(pthread_self(), the_double.thread)) {
        double_fault("%s: called from another thread", what);
    }
    if (the_double.lib == NULL || ctx != &the_double.lib->ctx) {
        double_fault("%s: there is no such context", what);
    }
}


/* ---- Ports ---- */

/* The first one is the router's own, the next ones are of its threads. */
static double_port_t *
double_add_other_port(void)
{
    double_port_t *port = the_double.others == NULL
                              ? double_new_port(1, false)
                              : double_new_thread(++the_double.next_thread);

    port->next = the_double.others;
    the_double.others = port;
    if (port->read != NULL) {
        double_receive_thread(port);
    }

    return port;
}


static int
double_tell_port(double_port_t *port)
{
    double_lib_t *lib = the_double.lib;

    return lib->callbacks.add_port == NULL
               ? NXT_UNIT_OK
               : lib->callbacks.add_port(&lib->ctx, &port->port);
}


static void
double_remove_port(double_port_t **place, nxt_unit_ctx_t *ctx)
{
    double_lib_t *lib = the_double.lib;
    double_port_t *port = *place;

    if (port == NULL) {
        return;
    }
    lib->callbacks.remove_port(&lib->unit, ctx, &port->port);

    double_lock();
    *place = port->next;
    double_free_port(port);
    double_happened();
    double_unlock();
}


static size_t
double_active(void)
{
    size_t count = 0;

    for (size_t i = 0; i < the_double.entry_count; i++) {
        count += the_double.entries[i]->answer.taken
                 && the_double.entries[i]->state != DOUBLE_STATE_DONE;
    }

    return count;
}


/* ---- The end ---- */

static void
double_close_requests(void)
{
    double_lib_t *lib = the_double.lib;
    nxt_unit_request_info_t *req;
    double_entry_t *entry;

    for (size_t i = 0; i < the_double.entry_count; i++) {
        entry = the_double.entries[i];
        if (!entry->answer.taken || entry->state == DOUBLE_STATE_DONE) {
            continue;
        }
        req = entry->req;
        if (lib->callbacks.close_handler == NULL) {
            nxt_unit_request_done(req, NXT_UNIT_ERROR);
            continue;
        }
        double_lock();
        entry->answer.closed = true;
        double_note("close %zu", entry->number);
        double_unlock();
        lib->callbacks.close_handler(req);
    }
}


void
double_quit(bool now)
{
    double_lib_t *lib = the_double.lib;

    if (!the_double.online) {
        return;
    }
    if (the_double.ready) {
        the_double.ready = false;
        /* The port itself lives until the end: other processes read it. */
        lib->callbacks.remove_port(&lib->unit, &lib->ctx,
                                   &the_double.shared->port);
    }
    if (!now && double_active() != 0) {
        the_double.leaving = true;
        return;
    }

    the_double.online = false;
    double_lock();
    double_note("quit");
    double_unlock();
    lib->callbacks.quit(&lib->ctx);
    double_close_requests();
    double_remove_port(&the_double.own, &lib->ctx);
}


/* ---- Life ---- */

nxt_int_t
nxt_unit_default_init(nxt_task_t *task, nxt_unit_init_t *init,
                      nxt_common_app_conf_t *conf)
{
    bool fails;

    (void) task;
    (void) conf;
    double_lock();
    fails = double_call(DOUBLE_DEFAULT_INIT);
    double_unlock();
    the_double.queue_given = fcntl(the_double.queue_fd, F_DUPFD_CLOEXEC, 0);
    *init = (nxt_unit_init_t) {
        .shared_queue_fd = the_double.queue_given,
        .request_limit = the_double.request_limit,
    };

    return fails ? NXT_ERROR : NXT_OK;
}


nxt_unit_ctx_t *
nxt_unit_init(nxt_unit_init_t *init)
{
    double_lib_t *lib;
    void *queue;
    bool fails;

    double_lock();
    fails = double_call(DOUBLE_INIT);
    /* A request that came since it was cleared has set it, and is announced. */
    if (the_double.queue->notified != 0 && !the_double.announced) {
        double_fault("nxt_unit_init: the flag beside the queue is still set");
    }
    if (the_double.lib != NULL) {
        double_fault("nxt_unit_init: called twice");
    }
    double_unlock();
    queue = mmap(NULL, sizeof(nxt_app_queue_t), PROT_READ | PROT_WRITE,
                 MAP_SHARED, init->shared_queue_fd, 0);
    (void) close(init->shared_queue_fd);
    if (queue == MAP_FAILED) {
        abort();
    }
    if (fails) {
        (void) munmap(queue, sizeof(nxt_app_queue_t));
        return NULL;
    }

    lib = double_must(calloc(1, sizeof(*lib)));
    lib->unit.data = init->data;
    lib->ctx.unit = &lib->unit;
    lib->callbacks = init->callbacks;
    lib->queue = queue;
    lib->request_limit = init->request_limit;
    double_find_siblings(init);
    the_double.lib = lib;
    the_double.online = true;

    if (double_tell_port(double_add_other_port()) != NXT_UNIT_OK
        || double_tell_port(the_double.own) != NXT_UNIT_OK
        || double_tell_port(the_double.shared) != NXT_UNIT_OK)
    {
        /* As libunit: what was added is removed on the way out. */
        nxt_unit_done(&lib->ctx);
        return NULL;
    }

    return &lib->ctx;
}


void
nxt_unit_done(nxt_unit_ctx_t *ctx)
{
    double_lib_t *lib = the_double.lib;

    double_lock();
    double_check_ctx(ctx, "nxt_unit_done");
    double_check_told("nxt_unit_done");
    if (double_active() != 0) {
        double_fault("nxt_unit_done: %zu requests are not done",
                     double_active());
    }
    double_unlock();

    double_remove_port(&the_double.own, NULL);
    double_remove_port(&the_double.shared, NULL);
    while (the_double.others != NULL) {
        double_remove_port(&the_double.others, NULL);
    }

    double_lock();
    the_double.lib = NULL;
    double_unlock();
    (void) munmap(lib->queue, sizeof(*lib->queue));
    memset(lib, 0xDD, sizeof(*lib));
    free(lib);
}


/* ---- Messages ---- */

static void
double_deliver(double_entry_t *entry)
{
    double_lib_t *lib = the_double.lib;
    double_entry_t *next;

    if (the_double.others == NULL || the_double.others->next == NULL) {
        /* The first one of a thread of the router waits for its port. */
        (void) double_tell_port(double_add_other_port());
    }
    for (; entry != NULL; entry = next) {
        next = entry->next;
        entry->port = the_double.others;
        double_tell_router(entry, 0); /* it is acknowledged */
        entry->req->unit = &lib->unit;
        entry->req->ctx = &lib->ctx;
        double_lock();
        entry->answer.taken = true;
        double_note("take %zu", entry->number);
        double_unlock();
        lib->callbacks.request_handler(entry->req);
    }
}


static int
double_handle(int kind, double_entry_t *entry)
{
    double_lib_t *lib = the_double.lib;

    switch (kind) {
    case DOUBLE_REQUEST:
        double_deliver(entry);
        return NXT_UNIT_OK;
    case DOUBLE_READY:
        the_double.ready = true;
        return lib->callbacks.ready_handler(&lib->ctx);
    case DOUBLE_ACK:
        double_lock();
        the_double.ack_wanted = false;
        double_note("ack");
        double_unlock();
        lib->callbacks.shm_ack_handler(&lib->ctx);
        return NXT_UNIT_OK;
    case DOUBLE_NEW_PORT:
        return double_tell_port(double_add_other_port());
    case DOUBLE_ASK:
        double_ask_for_thread();
        return NXT_UNIT_OK;
    case DOUBLE_QUIT:
        double_quit(true);
        return NXT_UNIT_OK;
    case DOUBLE_QUIT_LATER:
    case DOUBLE_CLOSED:
        double_quit(false);
        return NXT_UNIT_OK;
    default:
        return NXT_UNIT_ERROR;
    }
}


static int double_look(double_port_t *port);


/* The next one in the queue that the module has given; else what the socket of
 * the shared port says to that, unless it has just been asked. */
static int
double_read_request(bool look)
{
    double_lib_t *lib = the_double.lib;
    nxt_port_msg_t message;
    uint8_t bytes[NXT_APP_QUEUE_MSG_SIZE];
    uint32_t cookie;
    double_entry_t *entry = NULL;

    while (entry == NULL
           && nxt_app_queue_recv(lib->queue, bytes, &cookie)
                  >= (ssize_t) sizeof(message))
    {
        memcpy(&message, bytes, sizeof(message));
        if (nxt_app_queue_cancel(lib->queue, cookie, message.stream)) {
            entry = the_double.entries[message.stream - 1];
        }
    }
    if (entry == NULL) {
        return look ? double_look(the_double.shared) : NXT_UNIT_AGAIN;
    }

    lib->requests++;
    if (lib->requests == lib->request_limit) {
        double_message(DOUBLE_QUIT_LATER); /* to itself */
    }

    return double_handle(DOUBLE_REQUEST, entry);
}


/* There is no message: what the socket says to that. */
static int
double_look(double_port_t *port)
{
    double_lib_t *lib = the_double.lib;
    char bytes[DOUBLE_CHUNK];
    char control[CMSG_SPACE(2 * sizeof(int))];
    size_t size = sizeof(control);
    ssize_t received = lib->callbacks.port_recv(&lib->ctx, &port->port, bytes,
                                                sizeof(bytes), control, &size);
    nxt_port_msg_t header;

    if (received < 0) {
        return NXT_UNIT_ERROR;
    }
    if (received == 0) {
        double_quit(false);
        return NXT_UNIT_OK;
    }
    memcpy(&header, bytes, sizeof(header));
    if (header.type != _NXT_PORT_MSG_READ_QUEUE) {
        double_fault("port_recv: a message that nobody has sent");
    }
    if (port == the_double.shared) {
        nxt_app_queue_notification_received(lib->queue);
        return double_read_request(false);
    }

    return NXT_UNIT_AGAIN;
}


/* The next message, or NULL; a notification is read when there is none. */
static double_message_t *
double_pop(double_port_t *port)
{
    double_message_t *message = port->first;
    char byte;

    if (message == NULL || the_double.coalesce) {
        (void) !read(port->port.in_fd, &byte, 1);
    }
    if (message == NULL) {
        port->notified = false;
    }
    if (message != NULL) {
        port->first = message->next;
        if (port->first == NULL) {
            port->last = &port->first;
        }
    }

    return message;
}


/* As nxt_unit_chk_ready(). */
static bool
double_is_ready(void)
{
    const double_lib_t *lib = the_double.lib;

    return the_double.ready
           && (lib->request_limit == 0 || lib->requests < lib->request_limit);
}


/*
 * Another process has taken the announcement of a queue that is not empty, and
 * has cleared the flag.  In one go for the router: what comes before that finds
 * the queue as it is, which the module is about to read on.
 */
static void
double_make_quiet(void)
{
    char byte;

    double_lock();
    if (the_double.coalesce && double_requests_waiting() != 0
        && read(the_double.shared->port.in_fd, &byte, 1) == 1)
    {
        nxt_app_queue_notification_received(the_double.queue);
    }
    double_unlock();
}


int
nxt_unit_process_port_msg(nxt_unit_ctx_t *ctx, nxt_unit_port_t *port)
{
    double_port_t *place = NULL;
    double_message_t *message = NULL;
    double_message_t taken;
    int result = NXT_UNIT_AGAIN;
    bool looks = false;

    double_check_abort();
    double_lock();
    double_check_ctx(ctx, "nxt_unit_process_port_msg");
    if (the_double.own != NULL && port == &the_double.own->port) {
        place = the_double.own;
    } else if (the_double.shared != NULL && port == &the_double.shared->port) {
        place = the_double.shared;
    } else {
        double_fault("nxt_unit_process_port_msg: there is no such port");
    }

    if (double_call(DOUBLE_PROCESS_MSG)) {
        result = NXT_UNIT_ERROR;
    } else if (place != NULL && (place == the_double.own || double_is_ready()))
    {
        if ((fcntl(port->in_fd, F_GETFL) & O_NONBLOCK) == 0) {
            double_fault("nxt_unit_process_port_msg: the port blocks");
        }
        message = place == the_double.shared ? NULL : double_pop(place);
        looks = message == NULL;
    }
    if (message != NULL) {
        taken = *message;
        free(message);
    }
    double_unlock();

    if (message != NULL) {
        return double_handle(taken.kind, taken.entry);
    }

    if (looks && place == the_double.shared) {
        double_make_quiet();
        return double_read_request(true);
    }

    return looks ? double_look(place) : result;
}
