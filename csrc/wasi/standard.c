#include "wasi/standard.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wasi/filesystem/common.h"
#include "wasi/gen/cli.h"

/* So much can be written at once without waiting where there is room for a byte,
 * into a pipe or a terminal, and into a file. */
#define UW_STDIO_PIECE 4096u
#define UW_STDIO_FILE (64u << 10)

/* What is read at once. */
#define UW_STDIO_READ (32u << 10)


static uw_stdio_t *
uw_stdio_of(uw_instance_t *instance)
{
    return instance->stdio;
}


/* Whether the descriptor is ready; else the guest waits for it. */
static bool
uw_stdio_is_ready(uw_stdio_t *stdio, size_t number, short events)
{
    struct pollfd fd = { .fd = stdio->fds[number], .events = events };

    /* What has gone wrong is said by reading, or writing. */
    stdio->waits[number] = poll(&fd, 1, 0) == 0;

    return !stdio->waits[number];
}


/* It may be a file, and has the code of one's error. */
static uw_io_t
uw_stdio_failed(uw_failure_t *failure)
{
    int number = errno;

    uw_file_failure(failure, uw_file_errno(number));
    (void) snprintf(failure->text, sizeof(failure->text), "%s",
                    strerror(number));

    return UW_IO_FAILED;
}


/* ---- stdin ---- */

static uw_io_t
uw_stdio_fill(uw_stdio_t *stdio, uw_failure_t *failure)
{
    uint8_t *room = uw_buf_reserve(&stdio->input, UW_STDIO_READ);
    ssize_t size;

    if (room == NULL) {
        errno = ENOMEM;
        return uw_stdio_failed(failure);
    }
    size = read(stdio->fds[0], room, UW_STDIO_READ);
    if (size > 0) {
        uw_buf_grew(&stdio->input, (size_t) size);
        return UW_IO_READY;
    }
    if (size == 0) {
        stdio->input_ended = true;
        return UW_IO_CLOSED;
    }
    if (errno == EINTR || errno == EAGAIN) {
        stdio->waits[0] = true;
        return UW_IO_WAIT;
    }

    return uw_stdio_failed(failure);
}


static uw_io_t
uw_stdio_peek(uw_instance_t *instance, uw_resource_t *stream, uw_slice_t *bytes,
              uw_failure_t *failure)
{
    uw_stdio_t *stdio = uw_stdio_of(instance);
    uw_io_t io;

    (void) stream;
    if (uw_buf_size(&stdio->input) == 0) {
        if (stdio->input_ended) {
            return UW_IO_CLOSED;
        }
        if (!uw_stdio_is_ready(stdio, 0, POLLIN)) {
            return UW_IO_WAIT;
        }
        io = uw_stdio_fill(stdio, failure);
        if (io != UW_IO_READY) {
            return io;
        }
    }
    *bytes = uw_buf_slice(&stdio->input);

    return UW_IO_READY;
}


static void
uw_stdio_take(uw_instance_t *instance, uw_resource_t *stream, size_t size)
{
    (void) stream;
    uw_buf_consume(&uw_stdio_of(instance)->input, size);
}


static const uw_input_ops_t uw_stdio_input = {
    .peek = uw_stdio_peek,
    .take = uw_stdio_take,
};


/* ---- stdout and stderr: the object of a stream is its number ---- */

static size_t
uw_stdio_number(const uw_resource_t *stream)
{
    return (size_t) (uintptr_t) uw_as_output(stream)->object;
}


static uw_io_t
uw_stdio_check(uw_instance_t *instance, uw_resource_t *stream, uint64_t *budget,
               uw_failure_t *failure)
{
    uw_stdio_t *stdio = uw_stdio_of(instance);
    size_t number = uw_stdio_number(stream);
    struct stat found;

    (void) failure;
    if (!uw_stdio_is_ready(stdio, number, POLLOUT)) {
        return UW_IO_WAIT;
    }
    *budget = fstat(stdio->fds[number], &found) == 0 && S_ISREG(found.st_mode)
                  ? UW_STDIO_FILE
                  : UW_STDIO_PIECE;

    return UW_IO_READY;
}


static uw_io_t
uw_stdio_write(uw_instance_t *instance, uw_resource_t *stream,
               const uint8_t *bytes, size_t size, uw_failure_t *failure)
{
    int fd = uw_stdio_of(instance)->fds[uw_stdio_number(stream)];
    ssize_t written;

    while (size != 0) {
        written = write(fd, bytes, size);
        if (written >= 0) {
            bytes += written;
            size -= (size_t) written;

        } else if (errno == EAGAIN) {
            /* Somebody has made it so, and less had room than check() said. */
            struct pollfd room = { .fd = fd, .events = POLLOUT };

            (void) poll(&room, 1, -1);

        } else if (errno == EPIPE) {
            return UW_IO_CLOSED;

        } else if (errno != EINTR) {
            return uw_stdio_failed(failure);
        }
    }

    return UW_IO_READY;
}


static const uw_output_ops_t uw_stdio_output = {
    .check = uw_stdio_check,
    .write = uw_stdio_write,
};


/* ---- What the guest is given ---- */

uw_step_t
uw_stdio_stream(uw_call_t *call, size_t number)
{
    return uw_return_handle(
        call, number == 0 ? uw_input_stream(call, 0, &uw_stdio_input, NULL)
                          : uw_output_stream(call, 0, &uw_stdio_output,
                                             (void *) (uintptr_t) number));
}


uw_step_t
uw_stdio_terminal(uw_call_t *call, size_t number)
{
    const uw_stdio_t *stdio = uw_stdio_of(call->instance);
    uw_resource_t *terminal;
    uw_val_t handle;

    if (stdio == NULL || !isatty(stdio->fds[number])) {
        return uw_return(call, uw_val_option(call->abi, NULL));
    }
    terminal = uw_make(call,
                       number == 0 ? &uw_cli_terminal_input_type
                                   : &uw_cli_terminal_output_type,
                       0);
    if (!uw_handle(call, terminal, &handle)) {
        return UW_TRAP;
    }

    return uw_return(call, uw_val_option(call->abi, &handle));
}


uw_step_t
uw_stdio_arguments(uw_call_t *call)
{
    const uw_stdio_t *stdio = uw_stdio_of(call->instance);
    size_t count = stdio == NULL ? 0 : stdio->argument_count;
    uw_val_t list = uw_val_list(call->abi, count);

    for (size_t i = 0; i < count; i++) {
        uw_slice_t text = uw_slice_of(stdio->arguments[i]);

        list.of.list.data[i] = uw_val_string(call->abi, text.data, text.size);
    }

    return uw_return(call, list);
}


void
uw_stdio_end(uw_stdio_t *stdio)
{
    uw_buf_free(&stdio->input);
}
