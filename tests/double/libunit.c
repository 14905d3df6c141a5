/*
 * The module's side: the functions of libunit that nxt_shim.c calls, with what
 * matters of libunit's behaviour, and with a memory for what must not be done.
 */

#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>


/* ---- Who calls, and with what ---- */

/* The entry of a request that may be used; NULL, and a fault, for others. */
static double_entry_t *
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


static void
double_check_ctx(const nxt_unit_ctx_t *ctx, const char *what)
{
    if (!pthread_equal(pthread_self(), the_double.thread)) {
        double_fault("%s: called from another thread", what);
    }
    if (the_double.lib == NULL || ctx != &the_double.lib->ctx) {
        double_fault("%s: there is no such context", what);
    }
}


/* ---- Log ---- */

static const char *const double_levels[] = { "alert",  "error", "warn",
                                             "notice", "info",  "debug" };


static void
double_log_line(const char *level, size_t number, const char *format,
                va_list arguments)
{
    /* libunit's lines have 2048 bytes, with time, level and process. */
    char line[2048 - 64];
    int size = vsnprintf(line, sizeof(line), format, arguments);
    char begin[64];
    int begin_size =
        number == 0
            ? snprintf(begin, sizeof(begin), "[%s] ", level)
            : snprintf(begin, sizeof(begin), "[%s] #%zu: ", level, number);

    if (size >= (int) sizeof(line)) {
        size = (int) sizeof(line) - 1;
        memcpy(line + size - 5, "[...]", 5);
    }

    double_append(&the_double.log, begin, (size_t) begin_size);
    double_append(&the_double.log, line, (size_t) size);
    double_append(&the_double.log, "\n", 1);
}


void
nxt_unit_log(nxt_unit_ctx_t *ctx, int level, const char *format, ...)
{
    va_list arguments;

    double_lock();
    /* Without a context it goes to standard error, from any process. */
    if (ctx != NULL) {
        double_check_ctx(ctx, "nxt_unit_log");
    }
    va_start(arguments, format);
    double_log_line(double_levels[level], 0, format, arguments);
    va_end(arguments);
    double_unlock();
}


void
nxt_unit_req_log(nxt_unit_request_info_t *req, int level, const char *format,
                 ...)
{
    const double_entry_t *entry;
    va_list arguments;

    double_lock();
    entry = double_entry_of(req, "nxt_unit_req_log");
    va_start(arguments, format);
    double_log_line(double_levels[level], entry == NULL ? 0 : entry->number,
                    format, arguments);
    va_end(arguments);
    double_unlock();
}


/* Unit's own conversions, as far as the module uses them. */
void
double_nxt_log(nxt_task_t *task, const char *level, const char *format, ...)
{
    double_bytes_t *log = &the_double.log;
    const nxt_str_t *string;
    const char *text;
    char number[16];
    va_list arguments;

    (void) task;
    double_lock();
    double_append(log, "[", 1);
    double_append(log, level, strlen(level));
    double_append(log, "] ", 2);

    va_start(arguments, format);
    for (; *format != '\0'; format++) {
        if (*format != '%') {
            double_append(log, format, 1);
            continue;
        }
        switch (*++format) {
        case 'V':
            string = va_arg(arguments, const nxt_str_t *);
            double_append(log, string->start, string->length);
            break;
        case 's':
            text = va_arg(arguments, const char *);
            double_append(log, text, strlen(text));
            break;
        case 'd':
            (void) snprintf(number, sizeof(number), "%d",
                            va_arg(arguments, int));
            double_append(log, number, strlen(number));
            break;
        default:
            double_fault("nxt_log: %%%c is not known here", *format);
            break;
        }
    }
    va_end(arguments);
    double_append(log, "\n", 1);
    double_unlock();
}


/* ---- Ports ---- */

static double_port_t *
double_add_other_port(void)
{
    double_port_t *port = double_new_port(1, false);

    port->next = the_double.others;
    the_double.others = port;

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


static void
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
    *init = (nxt_unit_init_t) { .shared_queue_fd = the_double.queue_fd };

    return fails ? NXT_ERROR : NXT_OK;
}


static void
double_check_queue(void)
{
    nxt_app_queue_t queue = { 0 };

    if (pread(the_double.queue_fd, &queue, sizeof(queue), 0) != sizeof(queue)
        || queue.notified != 0)
    {
        double_fault("nxt_unit_init: the flag beside the queue is still set");
    }
}


nxt_unit_ctx_t *
nxt_unit_init(nxt_unit_init_t *init)
{
    double_lib_t *lib;
    bool fails;

    double_lock();
    fails = double_call(DOUBLE_INIT);
    double_check_queue();
    if (the_double.lib != NULL) {
        double_fault("nxt_unit_init: called twice");
    }
    double_unlock();
    if (fails) {
        return NULL;
    }

    lib = double_must(calloc(1, sizeof(*lib)));
    lib->unit.data = init->data;
    lib->ctx.unit = &lib->unit;
    lib->callbacks = init->callbacks;
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


int
nxt_unit_process_port_msg(nxt_unit_ctx_t *ctx, nxt_unit_port_t *port)
{
    double_port_t *place = NULL;
    double_message_t *message = NULL;
    double_message_t taken;
    int result = NXT_UNIT_AGAIN;

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
    } else if (place != NULL && (place == the_double.own || the_double.ready)) {
        if ((fcntl(port->in_fd, F_GETFL) & O_NONBLOCK) == 0) {
            double_fault("nxt_unit_process_port_msg: the port blocks");
        }
        message = double_pop(place);
    }
    if (message != NULL) {
        taken = *message;
        free(message);
    }
    double_unlock();

    return message == NULL ? result : double_handle(taken.kind, taken.entry);
}


/* ---- The request's body ---- */

ssize_t
nxt_unit_request_read(nxt_unit_request_info_t *req, void *dst, size_t size)
{
    double_entry_t *entry;
    ssize_t result = -1;
    size_t left;

    double_lock();
    entry = double_entry_of(req, "nxt_unit_request_read");
    if (entry == NULL || double_call(DOUBLE_READ)) {
        goto done;
    }

    if (req->content_fd == -1) {
        left = entry->content.size - entry->content_read;
        if (entry->piece != 0) {
            left = left < entry->piece ? left : entry->piece;
        }
        result = (ssize_t) (left < size ? left : size);
        if (result != 0) {
            memcpy(dst, entry->content.data + entry->content_read,
                   (size_t) result);
        }
        entry->content_read += (size_t) result;

    } else {
        result = read(req->content_fd, dst, size);
        if (result >= 0 && (size_t) result < size) {
            (void) close(req->content_fd);
            req->content_fd = -1;
            entry->answer.content_open = false;
        }
    }
    if (result > 0) {
        req->content_length -= (uint64_t) result;
    }
    double_note("read %zu %zd", entry->number, result);

done:

    double_unlock();

    return result;
}


/* ---- The response ---- */

/* Takes up to `wanted` chunks; how many that were. */
static size_t
double_take_chunks(size_t wanted)
{
    if (the_double.chunks < 0) {
        return wanted;
    }
    if (wanted > (size_t) the_double.chunks) {
        the_double.ack_wanted = true;
        wanted = (size_t) the_double.chunks;
    }
    the_double.chunks -= (long) wanted;

    return wanted;
}


static size_t
double_chunks_for(size_t size)
{
    return (size + DOUBLE_CHUNK - 1) / DOUBLE_CHUNK;
}


/* What libunit does when it must have shared memory: it waits, and takes the
 * acknowledgement for itself. */
static void
double_wait_for_chunks(size_t wanted)
{
    if (the_double.chunks < 0 || (size_t) the_double.chunks >= wanted) {
        return;
    }
    the_double.blocked++;
    if (the_double.ack_wanted) {
        double_fault("nxt_unit_response_init: waits for shared memory that is "
                     "known to be used up");
    }
    the_double.ack_wanted = true;
    double_happened();
    while (the_double.chunks >= 0 && (size_t) the_double.chunks < wanted
           && !the_double.aborting)
    {
        (void) pthread_cond_wait(&the_double.changed, &the_double.mutex);
    }
    the_double.ack_wanted = false;
}


uint32_t
nxt_unit_buf_max(void)
{
    return DOUBLE_BUFFER_MAX;
}


int
nxt_unit_response_init(nxt_unit_request_info_t *req, uint16_t status,
                       uint32_t max_fields_count, uint32_t max_fields_size)
{
    size_t size = sizeof(nxt_unit_response_t)
                  + max_fields_count * (sizeof(nxt_unit_field_t) + 2)
                  + max_fields_size;
    double_entry_t *entry;
    int result = NXT_UNIT_ERROR;

    double_lock();
    entry = double_entry_of(req, "nxt_unit_response_init");
    if (entry == NULL || double_call(DOUBLE_RESPONSE_INIT)) {
        goto done;
    }
    if (entry->state != DOUBLE_STATE_START) {
        double_fault("nxt_unit_response_init: request %zu has a response",
                     entry->number);
        goto done;
    }

    if (size > DOUBLE_BUFFER_MAX) {
        double_fault("nxt_unit_response_init: request %zu wants too much",
                     entry->number);
        goto done;
    }

    if (size > DOUBLE_PLAIN) {
        double_wait_for_chunks(double_chunks_for(size));
        (void) double_take_chunks(double_chunks_for(size));
        entry->answer.head_shared = true;
    }
    entry->state = DOUBLE_STATE_INIT;
    entry->max_fields = max_fields_count;
    entry->buffer_left = 2 * max_fields_count + max_fields_size;
    entry->answer.status = status;
    double_note("init %zu %d", entry->number, status);
    result = NXT_UNIT_OK;

done:

    double_unlock();
    double_check_abort();

    return result;
}


static char *
double_copy(const char *text, size_t size)
{
    char *copy = double_must(malloc(size + 1));

    if (size != 0) {
        memcpy(copy, text, size);
    }

    return copy;
}


int
nxt_unit_response_add_field(nxt_unit_request_info_t *req, const char *name,
                            uint8_t name_length, const char *value,
                            uint32_t value_length)
{
    double_entry_t *entry;
    double_field_t field;
    int result = NXT_UNIT_ERROR;

    double_lock();
    entry = double_entry_of(req, "nxt_unit_response_add_field");
    if (entry == NULL || double_call(DOUBLE_ADD_FIELD)) {
        goto done;
    }
    if (entry->state != DOUBLE_STATE_INIT
        || entry->answer.field_count == entry->max_fields
        || (size_t) name_length + value_length + 2 > entry->buffer_left)
    {
        double_fault("nxt_unit_response_add_field: request %zu has no room",
                     entry->number);
        goto done;
    }

    entry->buffer_left -= (size_t) name_length + value_length + 2;
    field = (double_field_t) { double_copy(name, name_length), name_length,
                               double_copy(value, value_length), value_length };
    double_append(&entry->fields, &field, sizeof(field));
    entry->answer.field_count++;
    result = NXT_UNIT_OK;

done:

    double_unlock();

    return result;
}


int
nxt_unit_response_add_content(nxt_unit_request_info_t *req, const void *src,
                              uint32_t size)
{
    double_entry_t *entry;
    int result = NXT_UNIT_ERROR;

    double_lock();
    entry = double_entry_of(req, "nxt_unit_response_add_content");
    if (entry == NULL || double_call(DOUBLE_ADD_CONTENT)) {
        goto done;
    }
    if (entry->state != DOUBLE_STATE_INIT || size > entry->buffer_left) {
        double_fault("nxt_unit_response_add_content: request %zu has no room",
                     entry->number);
        goto done;
    }

    entry->buffer_left -= size;
    double_append(&entry->body, src, size);
    entry->answer.head_content += size;
    result = NXT_UNIT_OK;

done:

    double_unlock();

    return result;
}


int
nxt_unit_response_send(nxt_unit_request_info_t *req)
{
    double_entry_t *entry;
    int result = NXT_UNIT_ERROR;

    double_lock();
    entry = double_entry_of(req, "nxt_unit_response_send");
    if (entry == NULL || double_call(DOUBLE_SEND)) {
        goto done;
    }
    if (entry->state != DOUBLE_STATE_INIT) {
        double_fault("nxt_unit_response_send: request %zu has no new response",
                     entry->number);
        goto done;
    }

    entry->state = DOUBLE_STATE_SENT;
    entry->answer.sent = true;
    double_append(&entry->parts, &entry->answer.head_content, sizeof(size_t));
    double_note("send %zu %zu", entry->number, entry->answer.head_content);
    result = NXT_UNIT_OK;

done:

    double_unlock();

    return result;
}


ssize_t
nxt_unit_response_write_nb(nxt_unit_request_info_t *req, const void *start,
                           size_t size, size_t min_size)
{
    const char *bytes = start;
    double_entry_t *entry;
    ssize_t result = -NXT_UNIT_ERROR;
    size_t sent = 0;
    size_t part;

    double_lock();
    entry = double_entry_of(req, "nxt_unit_response_write_nb");
    if (entry == NULL || double_call(DOUBLE_WRITE)) {
        goto done;
    }
    if (entry->state != DOUBLE_STATE_SENT || min_size != 0) {
        double_fault("nxt_unit_response_write_nb: request %zu cannot write",
                     entry->number);
        goto done;
    }

    /* A short rest goes without shared memory, whatever is left of that. */
    while (sent < size) {
        part = size - sent;
        if (part > DOUBLE_PLAIN) {
            size_t room =
                double_take_chunks(double_chunks_for(part)) * DOUBLE_CHUNK;

            if (room == 0) {
                break;
            }
            part = part < room ? part : room;
        }
        double_append(&entry->body, bytes + sent, part);
        double_append(&entry->parts, &part, sizeof(part));
        sent += part;
    }
    double_note("write %zu %zu", entry->number, sent);
    result = (ssize_t) sent;

done:

    double_unlock();

    return result;
}


/* From now on nobody may look at it. */
static void
double_release(double_entry_t *entry)
{
    nxt_unit_request_info_t *req = entry->req;

    entry->state = DOUBLE_STATE_DONE;
    entry->answer.content_open = false;
    if (req->content_fd != -1) {
        (void) close(req->content_fd);
    }
    memset(entry->request, 0xDD, entry->request_size);
    memset(req, 0xDD, sizeof(*req));
#ifdef __SANITIZE_ADDRESS__
    free(entry->request);
    free(req);
    entry->request = NULL;
    entry->req = NULL;
#else
    req->content_fd = -1;
#endif
}


void
nxt_unit_request_done(nxt_unit_request_info_t *req, int rc)
{
    double_entry_t *entry;

    double_lock();
    entry = double_entry_of(req, "nxt_unit_request_done");
    if (entry == NULL) {
        double_unlock();
        return;
    }
    if (rc == NXT_UNIT_OK && entry->state != DOUBLE_STATE_SENT) {
        double_fault("nxt_unit_request_done: request %zu has no response",
                     entry->number);
    }
    if (entry->answer.done++ == 0) {
        entry->answer.result = rc;
    }
    double_note("done %zu %d", entry->number, rc);
    double_release(entry);
    double_unlock();

    if (the_double.leaving || !the_double.ready) {
        double_quit(false);
    }
}


/* ---- The operating system ---- */

/* -1 with that error when the call has to fail. */
static int
double_system(int function, int error)
{
    bool fails;

    double_lock();
    fails = double_call(function);
    double_unlock();
    errno = fails ? error : 0;

    return fails ? -1 : 0;
}


void *
double_calloc(size_t count, size_t size)
{
    return double_system(DOUBLE_CALLOC, ENOMEM) != 0 ? NULL
                                                     : calloc(count, size);
}


int
double_usleep(useconds_t microseconds)
{
    double_lock();
    the_double.lingered += microseconds;
    double_note("linger");
    double_unlock();

    return 0;
}


int
double_ioctl(int fd, unsigned long request, int *value)
{
    return double_system(DOUBLE_IOCTL, EBADF) != 0 ? -1
                                                   : ioctl(fd, request, value);
}


int
double_epoll_create1(int flags)
{
    return double_system(DOUBLE_EPOLL_CREATE, EMFILE) != 0
               ? -1
               : epoll_create1(flags);
}


int
double_epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event)
{
    return double_system(DOUBLE_EPOLL_CTL, ENOSPC) != 0
               ? -1
               : epoll_ctl(epoll, operation, fd, event);
}


/* In slices, so that double_abort() is noticed. */
int
double_epoll_wait(int epoll, struct epoll_event *events, int count, int timeout)
{
    const int slice = 50;
    int found;

    double_lock();
    the_double.turns++;
    double_unlock();
    if (double_system(DOUBLE_EPOLL_WAIT, EINTR) != 0) {
        return -1;
    }

    for (;;) {
        double_check_abort();
        found = epoll_wait(epoll, events, count,
                           timeout >= 0 && timeout < slice ? timeout : slice);
        if (found != 0 || (timeout >= 0 && timeout <= slice)) {
            return found;
        }
        if (timeout > 0) {
            timeout -= slice;
        }
    }
}
