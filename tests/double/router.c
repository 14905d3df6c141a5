/*
 * The test's side: a router that sends what it is told to, and keeps what the
 * module answers.
 */

#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>
#include <time.h>

extern nxt_app_module_t nxt_app_module;

struct nxt_task_s {
    int unused;
};

struct nxt_process_s {
    int unused;
};

double_state_of_all_t the_double = {
    .mutex = PTHREAD_MUTEX_INITIALIZER,
    .changed = PTHREAD_COND_INITIALIZER,
};


/* ---- What all parts use ---- */

void *
double_must(void *pointer)
{
    if (pointer == NULL) {
        abort();
    }

    return pointer;
}


void
double_happened(void)
{
    the_double.events++;
    (void) pthread_cond_broadcast(&the_double.changed);
}


void
double_append(double_bytes_t *bytes, const void *data, size_t size)
{
    if (bytes->size + size > bytes->capacity) {
        bytes->capacity = (bytes->size + size) * 2;
        bytes->data = double_must(realloc(bytes->data, bytes->capacity));
    }
    if (size != 0) {
        memcpy(bytes->data + bytes->size, data, size);
    }
    bytes->size += size;
    double_happened();
}


void
double_free_bytes(double_bytes_t *bytes)
{
    free(bytes->data);
    *bytes = (double_bytes_t) { 0 };
}


/* One line. */
void
double_print(double_bytes_t *bytes, const char *format, ...)
{
    char line[512];
    va_list arguments;
    int size;

    va_start(arguments, format);
    size = vsnprintf(line, sizeof(line) - 1, format, arguments);
    va_end(arguments);

    size = size < (int) sizeof(line) - 1 ? size : (int) sizeof(line) - 2;
    line[size++] = '\n';
    double_append(bytes, line, (size_t) size);
}


void
double_lock(void)
{
    (void) pthread_mutex_lock(&the_double.mutex);
}


void
double_unlock(void)
{
    (void) pthread_mutex_unlock(&the_double.mutex);
}


bool
double_call(int function)
{
    the_double.calls[function]++;

    return the_double.calls[function] == the_double.fail_at[function];
}


/* ---- Ports ---- */

double_port_t *
double_new_port(uint16_t id, bool readable)
{
    double_port_t *port = double_must(calloc(1, sizeof(*port)));
    int ends[2] = { -1, -1 };

    if (pipe2(ends, O_CLOEXEC) != 0) {
        abort();
    }

    port->port.id.id = id;
    port->port.in_fd = readable ? ends[0] : -1;
    port->port.out_fd = readable ? -1 : ends[1];
    port->far_fd = ends[readable];
    port->last = &port->first;

    return port;
}


void
double_free_port(double_port_t *port)
{
    double_message_t *message;

    if (port == NULL) {
        return;
    }
    while (port->first != NULL) {
        message = port->first;
        port->first = message->next;
        free(message);
    }
    if (port->port.in_fd != -1) {
        (void) close(port->port.in_fd);
    }
    if (port->port.out_fd != -1) {
        (void) close(port->port.out_fd);
    }
    if (port->far_fd != -1) {
        (void) close(port->far_fd);
    }
    memset(&port->port, 0xDD, sizeof(port->port));
    free(port);
}


void
double_push(double_port_t *port, int kind, double_entry_t *entry)
{
    double_message_t *message;

    if (port == NULL) {
        return;
    }

    message = double_must(calloc(1, sizeof(*message)));
    message->kind = kind;
    message->entry = entry;
    *port->last = message;
    port->last = &message->next;

    if (!port->notified) {
        port->notified = true;
        if (write(port->far_fd, "", 1) != 1) {
            abort();
        }
    }
    double_happened();
}


/* ---- Life ---- */

static void
double_free_entry(double_entry_t *entry)
{
    double_field_t *field;

    for (size_t i = 0; i < entry->answer.field_count; i++) {
        field = (double_field_t *) entry->fields.data + i;
        free((char *) field->name);
        free((char *) field->value);
    }
    free(entry->req);
    free(entry->request);
    double_free_bytes(&entry->content);
    double_free_bytes(&entry->fields);
    double_free_bytes(&entry->parts);
    double_free_bytes(&entry->body);
    free(entry);
}


/* Closes what a test may count after the module. */
static void
double_close_all(void)
{
    nxt_unit_request_info_t *req;
    double_port_t *port;

    for (size_t i = 0; i < the_double.entry_count; i++) {
        req = the_double.entries[i]->req;
        if (req != NULL && the_double.entries[i]->state != DOUBLE_STATE_DONE
            && req->content_fd != -1)
        {
            (void) close(req->content_fd);
            req->content_fd = -1;
        }
    }

    double_free_port(the_double.own);
    double_free_port(the_double.shared);
    the_double.own = NULL;
    the_double.shared = NULL;
    while (the_double.others != NULL) {
        port = the_double.others;
        the_double.others = port->next;
        double_free_port(port);
    }
    for (size_t i = 0; i < 2; i++) {
        if (the_double.descriptions[i] > 0) {
            (void) close(the_double.descriptions[i]);
            the_double.descriptions[i] = 0;
        }
    }
    if (the_double.queue_fd > 0) {
        (void) close(the_double.queue_fd);
        the_double.queue_fd = 0;
    }
}


static void
double_free_all(void)
{
    double_close_all();
    for (size_t i = 0; i < the_double.entry_count; i++) {
        double_free_entry(the_double.entries[i]);
    }
    free(the_double.entries);

    free(the_double.lib);
    free(the_double.name.start);
    if (the_double.conf != NULL) {
        double_free_conf(the_double.conf);
    }
    double_free_bytes(&the_double.log);
    double_free_bytes(&the_double.faults);
    double_free_bytes(&the_double.trace);
}


/* Another process holds the same end, so that closing ours ends nothing. */
static int
double_other_holder(const double_port_t *port)
{
    int fd = fcntl(port->port.in_fd, F_DUPFD_CLOEXEC, 0);

    if (fd < 0) {
        abort();
    }

    return fd;
}


/* A queue that a worker has left behind which was killed: the flag is set. */
static int
double_new_queue(void)
{
    const nxt_app_queue_t queue = { .notified = 1 };
    int fd = memfd_create("double", MFD_CLOEXEC);

    if (fd < 0 || write(fd, &queue, sizeof(queue)) != sizeof(queue)) {
        abort();
    }

    return fd;
}


void
double_reset(void)
{
    double_free_all();
    the_double = (double_state_of_all_t) {
        .mutex = PTHREAD_MUTEX_INITIALIZER,
        .changed = PTHREAD_COND_INITIALIZER,
        .chunks = -1,
    };
    the_double.own = double_new_port(0, true);
    the_double.shared = double_new_port(NXT_UNIT_SHARED_PORT_ID, true);
    the_double.descriptions[0] = double_other_holder(the_double.own);
    the_double.descriptions[1] = double_other_holder(the_double.shared);
    the_double.queue_fd = double_new_queue();
}


const char *
double_module_type(size_t *size)
{
    *size = nxt_app_module.type.length;

    return (const char *) nxt_app_module.type.start;
}


const char *
double_module_version(void)
{
    return nxt_app_module.version;
}


bool
double_module_fits(uint32_t vernum, uint32_t debug)
{
    return nxt_app_module.compat_length == 2 * sizeof(uint32_t)
           && nxt_app_module.compat[0] == vernum
           && nxt_app_module.compat[1] == debug;
}


static nxt_common_app_conf_t
double_app_conf(void)
{
    return (nxt_common_app_conf_t) { .name = the_double.name,
                                     .self = the_double.conf };
}


int
double_setup(const char *name, size_t size, double_conf_t *self)
{
    nxt_task_t task = { 0 };
    nxt_process_t process = { 0 };
    nxt_common_app_conf_t conf;

    the_double.name.start = double_must(malloc(size + 1));
    the_double.name.length = size;
    memcpy(the_double.name.start, name, size);
    the_double.conf = self;
    conf = double_app_conf();

    return nxt_app_module.setup(&task, &process, &conf);
}


/* What setjmp() returns: one more than the status, and far from it. */
#define DOUBLE_JUMP_ABORT 1
#define DOUBLE_JUMP_EXIT 2

int
double_start(void)
{
    nxt_task_t task = { 0 };
    nxt_common_app_conf_t conf = double_app_conf();
    nxt_process_data_t data = { .app = &conf };
    int result;
    int jump;

    double_lock();
    the_double.thread = pthread_self();
    the_double.running = true;
    double_unlock();

    jump = setjmp(the_double.end);
    if (jump == 0) {
        (void) nxt_app_module.start(&task, &data);
        result = DOUBLE_REFUSED;
    } else {
        result =
            jump == DOUBLE_JUMP_ABORT ? DOUBLE_STUCK : jump - DOUBLE_JUMP_EXIT;
    }

    double_lock();
    the_double.running = false;
    double_note("end %d", result);
    double_close_all();
    double_unlock();

    return result;
}


void
double_exit(int status)
{
    longjmp(the_double.end, DOUBLE_JUMP_EXIT + (status & 0xFF));
}


void
double_abort(void)
{
    double_lock();
    the_double.aborting = true;
    double_happened();
    double_unlock();
}


void
double_check_abort(void)
{
    bool aborting;

    double_lock();
    aborting = the_double.aborting;
    double_unlock();

    if (aborting) {
        longjmp(the_double.end, DOUBLE_JUMP_ABORT);
    }
}


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
                          + request->server_name_size + request->remote_size;
    for (size_t i = 0; i < request->field_count; i++) {
        entry->request_size +=
            request->fields[i].name_size + request->fields[i].value_size;
    }

    r = entry->request = double_must(calloc(1, entry->request_size));
    text = (char *) r + size;
    r->method_length = (uint8_t) request->method_size;
    r->remote_length = (uint8_t) request->remote_size;
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
        double_push(the_double.shared, DOUBLE_REQUEST, the_double.together);
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
double_coalesce(bool coalesce)
{
    double_lock();
    the_double.coalesce = coalesce;
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

    entry->answer.fields = (const double_field_t *) entry->fields.data;
    entry->answer.parts = (const size_t *) entry->parts.data;
    entry->answer.part_count = entry->parts.size / sizeof(size_t);
    entry->answer.body = entry->body.data;
    entry->answer.body_size = entry->body.size;

    return &entry->answer;
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
        .blocked = the_double.blocked,
        .lingered = the_double.lingered,
        .running = the_double.running,
        .all_requests = (uint32_t) the_double.entry_count,
        .waiting =
            double_waiting(the_double.own) + double_waiting(the_double.shared),
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
