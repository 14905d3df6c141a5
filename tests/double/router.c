/*
 * The test's side: a router that sends what it is told to, and keeps what the
 * module answers.
 */

#include "state.h"

#include <sys/mman.h>
#include <time.h>


/* ---- The router's messages ---- */

/* Puts a text into the block and points to it. */
static void
double_text(nxt_unit_sptr_t *sptr, char **free_text, const char *text,
            size_t size)
{
    sptr->offset = (uint32_t) (*free_text - (char *) sptr);
    if (size != 0) {
        memcpy(*free_text, text, size);
    }
    *free_text += size;
}


/* libunit's own block: the struct, its fields, then all texts. */
static void
double_build(double_entry_t *entry, const double_request_t *request)
{
    nxt_unit_request_t *r;
    size_t size = sizeof(*r) + request->field_count * sizeof(nxt_unit_field_t);
    char *text;

    entry->request_size = size + request->method_size + request->target_size
                          + request->server_name_size + request->remote_size
                          + request->local_size;
    for (size_t i = 0; i < request->field_count; i++) {
        entry->request_size +=
            request->fields[i].name_size + request->fields[i].value_size;
    }

    r = entry->request = double_must(calloc(1, entry->request_size));
    text = (char *) r + size;
    r->method_length = (uint8_t) request->method_size;
    r->remote_length = (uint8_t) request->remote_size;
    r->local_addr_length = (uint8_t) request->local_size;
    r->tls = request->tls;
    r->server_name_length = (uint32_t) request->server_name_size;
    r->target_length = (uint32_t) request->target_size;
    r->fields_count = (uint32_t) request->field_count;
    r->content_length = request->promised;
    double_text(&r->method, &text, request->method, request->method_size);
    double_text(&r->target, &text, request->target, request->target_size);
    double_text(&r->server_name, &text, request->server_name,
                request->server_name_size);
    double_text(&r->remote, &text, request->remote, request->remote_size);
    double_text(&r->local_addr, &text, request->local, request->local_size);

    for (size_t i = 0; i < request->field_count; i++) {
        const double_field_t *field = &request->fields[i];

        r->fields[i].name_length = (uint8_t) field->name_size;
        r->fields[i].value_length = (uint32_t) field->value_size;
        double_text(&r->fields[i].name, &text, field->name, field->name_size);
        double_text(&r->fields[i].value, &text, field->value,
                    field->value_size);
    }
}


/* A file without a name, at its beginning, as the router's. */
static int
double_file(const char *bytes, size_t size)
{
    int fd = memfd_create("content", MFD_CLOEXEC);

    if (fd < 0 || write(fd, bytes, size) != (ssize_t) size
        || lseek(fd, 0, SEEK_SET) != 0)
    {
        abort();
    }

    return fd;
}


size_t
double_request(const double_request_t *request)
{
    double_entry_t *entry = double_must(calloc(1, sizeof(*entry)));
    double_entry_t **last;

    double_build(entry, request);
    entry->req = double_must(calloc(1, sizeof(*entry->req)));
    entry->req->request = entry->request;
    entry->req->content_length = request->promised;
    entry->req->content_fd = -1;
    entry->piece = request->piece;

    double_lock();
    if (request->in_file) {
        entry->req->content_fd = double_file(request->body, request->body_size);
        entry->answer.content_open = true;
    } else {
        double_append(&entry->content, request->body, request->body_size);
    }
    the_double.entries = double_must(
        realloc(the_double.entries,
                (the_double.entry_count + 1) * sizeof(*the_double.entries)));
    the_double.entries[the_double.entry_count++] = entry;
    entry->number = the_double.entry_count;

    for (last = &the_double.together; *last != NULL; last = &(*last)->next) {
    }
    *last = entry;
    if (!request->more) {
        double_push_request(the_double.together);
        the_double.together = NULL;
    }
    double_unlock();

    return entry->number;
}


void
double_message(int message)
{
    double_lock();
    double_push(the_double.own, message, NULL);
    double_unlock();
}


void
double_router_gone(void)
{
    double_port_t *port;

    double_lock();
    for (port = the_double.others; port != NULL; port = port->next) {
        if (port->far_fd != -1) {
            (void) close(port->far_fd);
            port->far_fd = -1;
        }
    }
    double_unlock();
}


void
double_close_shared(void)
{
    double_lock();
    the_double.closed = true;
    (void) close(the_double.shared->far_fd);
    the_double.shared->far_fd = -1;
    double_unlock();
}


void
double_coalesce(bool coalesce)
{
    double_lock();
    the_double.coalesce = coalesce;
    double_unlock();
}


void
double_silent(bool silent)
{
    double_lock();
    the_double.silent = silent;
    double_unlock();
}


void
double_shared_memory(long chunks)
{
    double_lock();
    the_double.chunks = chunks;
    double_happened();
    double_unlock();
}


bool
double_ack_wanted(void)
{
    bool wanted;

    double_lock();
    wanted = the_double.ack_wanted;
    double_unlock();

    return wanted;
}


void
double_fail(int function, uint32_t nth)
{
    double_lock();
    the_double.fail_at[function] =
        nth == 0 ? 0 : the_double.calls[function] + nth;
    double_unlock();
}


uint32_t
double_calls(int function)
{
    uint32_t calls;

    double_lock();
    calls = the_double.calls[function];
    double_unlock();

    return calls;
}


bool
double_fails(int function)
{
    bool fails;

    double_lock();
    fails = the_double.fail_at[function] > the_double.calls[function];
    double_unlock();

    return fails;
}


/* ---- What the test sees ---- */

const double_answer_t *
double_answer(size_t number)
{
    double_entry_t *entry = the_double.entries[number - 1];

    double_answer_t *shown = &entry->shown;

    *shown = entry->answer;
    shown->sent = shown->sent && entry->messages_read >= entry->head_at;
    if (entry->messages_read < entry->done_at && !the_double.lost) {
        shown->done = 0;
    }
    shown->fields = (const double_field_t *) entry->fields.data;
    shown->parts = (const size_t *) entry->parts.data;
    shown->part_count = entry->parts.size / sizeof(size_t);
    shown->body = entry->body.data;
    shown->body_size = entry->body.size;

    return shown;
}


static const char *
double_lines(const double_bytes_t *bytes, size_t *size)
{
    *size = bytes->size;

    return bytes->data;
}


const char *
double_log(size_t *size)
{
    return double_lines(&the_double.log, size);
}


const char *
double_faults(size_t *size)
{
    return double_lines(&the_double.faults, size);
}


const char *
double_trace(size_t *size)
{
    return double_lines(&the_double.trace, size);
}


static uint32_t
double_waiting(const double_port_t *port)
{
    uint32_t count = 0;

    if (port != NULL) {
        for (double_message_t *m = port->first; m != NULL; m = m->next) {
            count++;
        }
    }

    return count;
}


void
double_numbers(double_numbers_t *numbers)
{
    double_lock();
    *numbers = (double_numbers_t) {
        .turns = the_double.turns,
        .naps = the_double.naps,
        .blocked = the_double.blocked,
        .lingered = the_double.lingered,
        .sends = the_double.sends,
        .notices = the_double.notices,
        .datagrams = the_double.datagrams,
        .asked = the_double.asked,
        .running = the_double.running,
        .all_requests = (uint32_t) the_double.entry_count,
        .waiting = double_waiting(the_double.own) + double_requests_waiting(),
    };
    for (double_port_t *port = the_double.others; port != NULL;
         port = port->next)
    {
        numbers->ports++;
    }
    numbers->ports += (the_double.own != NULL) + (the_double.shared != NULL);
    for (size_t i = 0; i < the_double.entry_count; i++) {
        numbers->requests += the_double.entries[i]->answer.done == 0;
    }
    double_unlock();
}


uint64_t
double_wait(uint64_t seen, uint32_t milliseconds)
{
    struct timespec until;
    uint64_t events;
    int status = 0;

    (void) clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += milliseconds / 1000;
    until.tv_nsec += (long) (milliseconds % 1000) * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }

    double_lock();
    while (the_double.events <= seen && status == 0) {
        status = pthread_cond_timedwait(&the_double.changed, &the_double.mutex,
                                        &until);
    }
    events = the_double.events;
    double_unlock();

    return events;
}
