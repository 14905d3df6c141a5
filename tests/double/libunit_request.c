/* libunit's functions for one request: its body, its response, its end. */

#include "state.h"


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


static bool
double_has_to_wait(size_t chunks)
{
    return the_double.chunks >= 0 && (size_t) the_double.chunks < chunks;
}


/* What libunit does when it must have shared memory: it waits, and takes the
 * acknowledgement for itself. */
static void
double_wait_for_chunks(size_t wanted)
{
    if (!double_has_to_wait(wanted)) {
        return;
    }
    the_double.blocked++;
    if (the_double.ack_wanted) {
        double_fault("nxt_unit_response_init: waits for shared memory that is "
                     "known to be used up");
    }
    the_double.ack_wanted = true;
    double_happened();
    while (double_has_to_wait(wanted) && !the_double.aborting) {
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
        if (double_has_to_wait(double_chunks_for(size))) {
            double_unlock();
            double_tell_out_of_memory();
            double_lock();
            double_check_told("nxt_unit_response_init");
        }
        double_wait_for_chunks(double_chunks_for(size));
        (void) double_take_chunks(double_chunks_for(size));
        entry->answer.head_shared = true;
    }
    entry->state = DOUBLE_STATE_INIT;
    entry->max_fields = max_fields_count;
    entry->buffer_size = size;
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


/* The head is on its way; returns the bytes of its message. */
static size_t
double_send_head(double_entry_t *entry)
{
    entry->answer.sent = true;
    entry->head_at = entry->messages + 1;
    double_append(&entry->parts, &entry->answer.head_content, sizeof(size_t));
    double_note("send %zu %zu", entry->number, entry->answer.head_content);

    return entry->answer.head_shared ? DOUBLE_SHARED
                                     : entry->buffer_size - entry->buffer_left;
}


int
nxt_unit_response_send(nxt_unit_request_info_t *req)
{
    double_entry_t *entry;
    int result = NXT_UNIT_ERROR;
    size_t size = 0;

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
    size = double_send_head(entry);
    result = NXT_UNIT_OK;

done:

    double_unlock();
    if (result == NXT_UNIT_OK) {
        double_tell_router(entry, size);
    }

    return result;
}


static void
double_tell_parts(double_entry_t *entry, size_t first)
{
    size_t count = entry->parts.size / sizeof(size_t);
    size_t part;

    for (size_t i = first; i < count; i++) {
        part = ((size_t *) entry->parts.data)[i];
        double_tell_router(entry, part > DOUBLE_PLAIN ? DOUBLE_SHARED : part);
    }
}


ssize_t
nxt_unit_response_write_nb(nxt_unit_request_info_t *req, const void *start,
                           size_t size, size_t min_size)
{
    const char *bytes = start;
    double_entry_t *entry;
    ssize_t result = -NXT_UNIT_ERROR;
    size_t sent = 0;
    size_t first = 0;
    size_t part;
    bool wanted;

    double_lock();
    wanted = the_double.ack_wanted;
    entry = double_entry_of(req, "nxt_unit_response_write_nb");
    if (entry == NULL || double_call(DOUBLE_WRITE)) {
        goto done;
    }
    if (entry->state != DOUBLE_STATE_SENT || min_size != 0) {
        double_fault("nxt_unit_response_write_nb: request %zu cannot write",
                     entry->number);
        goto done;
    }

    first = entry->parts.size / sizeof(part);
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

    wanted = the_double.ack_wanted && !wanted;
    double_unlock();
    if (result > 0) {
        double_tell_parts(entry, first);
    }
    if (wanted) {
        double_tell_out_of_memory();
    }

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
    size_t size = 0;

    double_lock();
    entry = double_entry_of(req, "nxt_unit_request_done");
    if (entry == NULL) {
        double_unlock();
        return;
    }
    if (rc == NXT_UNIT_OK && entry->state == DOUBLE_STATE_START) {
        double_fault("nxt_unit_request_done: request %zu has no response",
                     entry->number);
    }
    if (rc == NXT_UNIT_OK && entry->state == DOUBLE_STATE_INIT) {
        if (double_call(DOUBLE_SEND)) {
            rc = NXT_UNIT_ERROR;
        } else {
            size = double_send_head(entry); /* the end is in the same message */
        }
    }
    if (entry->answer.done++ == 0) {
        entry->answer.result = rc;
    }
    entry->done_at = entry->messages + 1;
    double_note("done %zu %d", entry->number, rc);
    double_release(entry);
    double_unlock();
    double_tell_router(entry, size);

    if (the_double.leaving || !the_double.ready) {
        double_quit(false);
    }
}
