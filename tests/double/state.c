#include "state.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>

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
    port->queue_fd = -1;
    port->datagrams_end = &port->datagrams;

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
    double_free_thread(port);
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

    if (!port->notified && port->far_fd != -1) {
        port->notified = true;
        if (write(port->far_fd, "", 1) != 1) {
            abort();
        }
    }
    double_happened();
}


/* ---- The queue of requests ---- */

/* Into the queue that all workers share; the socket says so once. */
void
double_push_request(double_entry_t *entry)
{
    const nxt_port_msg_t message = { .stream = (uint32_t) entry->number };
    double_port_t *port = the_double.shared;
    uint32_t cookie;
    int notify;

    if (the_double.queue == NULL) {
        return;
    }
    if (nxt_app_queue_send(the_double.queue, &message, sizeof(message),
                           message.stream, &notify, &cookie)
        != NXT_OK)
    {
        double_fault("the queue of requests is full");
        return;
    }
    if (notify && port->far_fd != -1 && !the_double.silent) {
        the_double.announced = true;
        if (write(port->far_fd, "", 1) != 1) {
            abort();
        }
    }
    double_happened();
}


uint32_t
double_requests_waiting(void)
{
    const nxt_app_queue_t *queue = the_double.queue;
    uint32_t count = 0;
    uint32_t index;

    for (uint32_t i = queue == NULL ? 0 : queue->queue.head;
         queue != NULL && i != queue->queue.tail; i++)
    {
        index = queue->queue.entries[i % NXT_APP_NNCQ_SIZE] % NXT_APP_NNCQ_SIZE;
        count += queue->items[index].tracking != 0;
    }

    return count;
}
