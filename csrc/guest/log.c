#include "guest/log.h"

#include <stdio.h>
#include <string.h>

#include "http/log.h"

/* What is kept of a stream's memory for the next exchange. */
#define UW_LOG_KEEP 4096

/* Bytes of a sentence of ours. */
#define UW_LOG_WARNING_MAX 160

/* Bytes of one character. */
#define UW_UTF8_MAX 4

/* Of a message: what it has to do with is shorter than that in honest ones. */
#define UW_LOG_CONTEXT 256


void
uw_guest_log_begin(uw_guest_log_t *log, const uw_settings_t *settings,
                   const uw_exchange_t *exchange)
{
    log->settings = settings;
    log->exchange = exchange;
    log->out.name = "stdout";
    log->err.name = "stderr";
    log->log.name = "log";
    log->log.leveled = true;
    log->left = settings->max_log_bytes;
    log->over = false;
    log->turn = UW_LOG_TURN;
}


static void
uw_guest_log_line(uw_guest_log_t *log, const uw_log_stream_t *stream,
                  const uw_buf_t *bytes, size_t size)
{
    uw_slice_t line = { uw_buf_head(bytes), size };
    int level = UW_LOG_INFO;

    if (stream->leveled && size != 0) {
        level = line.data[0];
        line = (uw_slice_t) { line.data + 1, size - 1 };
    }
    uw_exchange_log(log->settings, log->exchange,
                    &(uw_record_t) { .level = level,
                                     .stream = stream->name,
                                     .message = line });
}


static void
uw_guest_log_warn(uw_guest_log_t *log, const char *text)
{
    uw_exchange_log(log->settings, log->exchange,
                    &(uw_record_t) { .level = UW_LOG_WARNING,
                                     .message = uw_slice_of(text) });
}


/* So many of the text's bytes end with a whole character, where it has more. */
static size_t
uw_guest_log_cut(const uint8_t *text, size_t size, size_t most)
{
    size_t cut = most;

    if (size <= most) {
        return size;
    }
    while (cut > most - UW_UTF8_MAX && (text[cut] & 0xC0) == 0x80) {
        cut--;
    }

    return cut;
}


/*
 * The first line that waits, or a piece of a long one: how many bytes of it are
 * to be logged, and with its end how many are done with.  0 of these: none.
 */
static size_t
uw_guest_log_next(const uw_buf_t *bytes, size_t *line)
{
    const uint8_t *head = uw_buf_head(bytes);
    size_t size = uw_buf_size(bytes);
    size_t most = size > UW_LOG_PIECE ? UW_LOG_PIECE + 1 : size;
    const uint8_t *end = most == 0 ? NULL : memchr(head, '\n', most);

    if (end != NULL) {
        *line = (size_t) (end - head);
        return *line + 1;
    }
    if (size <= UW_LOG_PIECE) {
        return 0;
    }

    *line = uw_guest_log_cut(head, size, UW_LOG_PIECE);

    return *line;
}


/* Logs what is left of a stream that gets no more. */
static void
uw_guest_log_last(uw_guest_log_t *log, uw_log_stream_t *stream)
{
    size_t size = uw_buf_size(&stream->bytes);
    char text[UW_LOG_WARNING_MAX];

    if (size != 0) {
        uw_guest_log_line(log, stream, &stream->bytes, size);
        uw_buf_consume(&stream->bytes, size);
    }
    if (stream->cut) {
        stream->cut = false;
        (void) snprintf(text, sizeof(text),
                        "what the component prints from here on is left out: "
                        "UNIT_WASM_MAX_LOG_BYTES is %llu",
                        (unsigned long long) log->settings->max_log_bytes);
        uw_guest_log_warn(log, text);
    }
}


static void
uw_guest_log_lines(uw_guest_log_t *log, uw_log_stream_t *stream)
{
    size_t line;
    size_t done;

    while ((done = uw_guest_log_next(&stream->bytes, &line)) != 0) {
        if (log->turn == 0) {
            stream->waiting = true;
            return;
        }
        log->turn--;
        uw_guest_log_line(log, stream, &stream->bytes, line);
        uw_buf_consume(&stream->bytes, done);
    }

    stream->waiting = false;
    if (stream->cut) {
        uw_guest_log_last(log, stream);
    }
}


void
uw_guest_log_go_on(uw_guest_log_t *log)
{
    if (log->out.waiting) {
        uw_guest_log_lines(log, &log->out);
    }
    if (log->err.waiting) {
        uw_guest_log_lines(log, &log->err);
    }
    if (log->log.waiting) {
        uw_guest_log_lines(log, &log->log);
    }
}


/* How many of these bytes are within the limit; they are counted. */
static size_t
uw_guest_log_admit(uw_guest_log_t *log, const uint8_t *bytes, size_t size)
{
    size_t admitted = 0;
    const uint8_t *end;
    uint64_t cost;
    size_t part;

    while (admitted < size) {
        end = memchr(bytes + admitted, '\n', size - admitted);
        part = end == NULL ? size - admitted
                           : (size_t) (end - bytes) + 1 - admitted;
        cost = part + (end == NULL ? 0 : UW_LOG_LINE_COST);
        if (cost > log->left) {
            part = part < log->left ? part : (size_t) log->left;
            log->over = true;
            return admitted + part;
        }
        log->left -= cost;
        admitted += part;
    }

    return admitted;
}


int
uw_guest_log_write(uw_guest_log_t *log, uw_log_stream_t *stream,
                   const uint8_t *bytes, size_t size)
{
    size_t admitted;

    if (log->over) {
        return 0;
    }

    admitted = uw_guest_log_admit(log, bytes, size);
    if (uw_buf_append(&stream->bytes, bytes, admitted) != 0) {
        return -1;
    }
    stream->cut = log->over;
    uw_guest_log_lines(log, stream);

    return 0;
}


/* The first line of the message, or a piece of it that `room` is enough for. */
static size_t
uw_message_line(uw_slice_t message, size_t room, size_t *line)
{
    const uint8_t *end =
        message.size == 0 ? NULL : memchr(message.data, '\n', message.size);

    *line = end == NULL ? message.size : (size_t) (end - message.data);
    if (*line > room) {
        *line = uw_guest_log_cut(message.data, message.size, room);
        return *line;
    }

    return *line + (end == NULL ? 0 : 1);
}


int
uw_guest_log_message(uw_guest_log_t *log, int level, const char *level_name,
                     uw_slice_t context, uw_slice_t message)
{
    uint8_t text[UW_LOG_PIECE];
    size_t shown = uw_guest_log_cut(context.data, context.size, UW_LOG_CONTEXT);
    size_t start;
    size_t done;
    size_t line;

    text[0] = (uint8_t) level;
    start = 1 + (size_t) snprintf((char *) text + 1, 32, "%.20s: ", level_name);
    for (size_t i = 0; i < shown; i++) {
        text[start++] = context.data[i] == '\n' ? ' ' : context.data[i];
    }
    if (shown != 0) {
        text[start++] = ':';
        text[start++] = ' ';
    }

    do {
        done = uw_message_line(message, sizeof(text) - start - 1, &line);
        if (line != 0) {
            memcpy(text + start, message.data, line);
        }
        text[start + line] = '\n';
        if (uw_guest_log_write(log, &log->log, text, start + line + 1) != 0) {
            return -1;
        }
        message.data += done;
        message.size -= done;
    } while (message.size != 0 && !log->over);

    return 0;
}


bool
uw_guest_log_has_room(const uw_log_stream_t *stream)
{
    return !stream->waiting || uw_buf_size(&stream->bytes) < UW_LOG_WAITING;
}


static void
uw_guest_log_end_stream(uw_guest_log_t *log, uw_log_stream_t *stream)
{
    char text[UW_LOG_WARNING_MAX];

    log->turn = UW_LOG_TURN;
    if (uw_buf_size(&stream->bytes) != 0) {
        uw_guest_log_lines(log, stream);
    }
    if (stream->waiting) {
        (void) snprintf(text, sizeof(text),
                        "%s: %zu bytes more are left out: the component was "
                        "ended before they were logged",
                        stream->name, uw_buf_size(&stream->bytes));
        uw_guest_log_warn(log, text);
    } else {
        uw_guest_log_last(log, stream);
    }

    stream->waiting = false;
    stream->cut = false;
    uw_buf_reset(&stream->bytes, UW_LOG_KEEP);
}


void
uw_guest_log_end(uw_guest_log_t *log)
{
    uw_guest_log_end_stream(log, &log->out);
    uw_guest_log_end_stream(log, &log->err);
    uw_guest_log_end_stream(log, &log->log);
}


void
uw_guest_log_free(uw_guest_log_t *log)
{
    uw_buf_free(&log->out.bytes);
    uw_buf_free(&log->err.bytes);
    uw_buf_free(&log->log.bytes);
}
