/*
 * wasi:filesystem/types: a file as an output-stream.
 *
 * What a guest writes is copied, and a thread of the crew writes it: one piece at
 * a time, in order.  Meanwhile there is room for as much again.  What a guest has
 * not flushed when it drops the stream may be lost, as the WIT says.
 */

#include "wasi/filesystem/common.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "wasi/io/streams.h"

/* Bytes that wait to be written; the same again is being written. */
#define UW_WRITER_ROOM (64 * 1024)

typedef struct {
    uw_file_t *file; /* held */
    uw_job_t *job;   /* that writes; NULL: none does */
    size_t writing;  /* bytes of it, on the account */
    uint64_t offset; /* of what is written next */
    bool append;
    uw_file_error_t error;
    uw_buf_t waiting;
} uw_writer_t;


static uw_file_error_t
uw_writer_run(uw_file_work_t *work)
{
    size_t done = 0;
    ssize_t size;

    while (done < work->bytes_size) {
        struct iovec rest = { .iov_base = work->bytes + done,
                              .iov_len = work->bytes_size - done };

        size = work->append
                   ? pwritev2(work->file->fd, &rest, 1, -1, RWF_APPEND)
                   : pwrite(work->file->fd, rest.iov_base, rest.iov_len,
                            (off_t) (work->offset + done));
        if (size < 0 && errno != EINTR) {
            return uw_file_errno(errno);
        }
        done += size > 0 ? (size_t) size : 0;
    }

    return 0;
}


static const uw_file_task_t uw_writer_write = { uw_writer_run, NULL };


/* Gives what waits to a thread. */
static void
uw_writer_start(uw_instance_t *instance, uw_writer_t *writer)
{
    size_t size = uw_buf_size(&writer->waiting);
    uw_file_work_t work = uw_file_work(&uw_writer_write, writer->file);

    work.bytes = malloc(size);
    if (work.bytes == NULL || !uw_account_take(&instance->account, size)) {
        writer->error = UW_FILE_ERROR(INSUFFICIENT_MEMORY);
        free(work.bytes);
        return;
    }
    memcpy(work.bytes, uw_buf_head(&writer->waiting), size);
    work.bytes_size = size;
    work.offset = writer->offset;
    work.append = writer->append;

    writer->job = uw_file_work_start(instance, &work);
    if (writer->job == NULL) {
        uw_account_give(&instance->account, size);
        writer->error = UW_FILE_ERROR(INSUFFICIENT_MEMORY);
        return;
    }
    writer->writing = size;
    writer->offset += size;
    uw_buf_consume(&writer->waiting, size);
}


/* Sees whether the thread is done, and gives it what waits. */
static void
uw_writer_go_on(uw_instance_t *instance, uw_writer_t *writer)
{
    const uw_file_work_t *work =
        writer->job == NULL ? NULL : uw_file_work_done(instance, writer->job);

    if (work != NULL) {
        writer->error = work->error;
        uw_job_release(writer->job);
        writer->job = NULL;
        uw_account_give(&instance->account, writer->writing);
        writer->writing = 0;
    }
    if (writer->job == NULL && writer->error == 0
        && uw_buf_size(&writer->waiting) != 0)
    {
        uw_writer_start(instance, writer);
    }
}


/* READY, or what went wrong. */
static uw_io_t
uw_writer_state(const uw_writer_t *writer, uw_failure_t *failure)
{
    if (writer->error == 0) {
        return UW_IO_READY;
    }
    uw_file_failure(failure, writer->error);

    return UW_IO_FAILED;
}


static uw_io_t
uw_writer_check(uw_instance_t *instance, uw_resource_t *stream,
                uint64_t *budget, uw_failure_t *failure)
{
    uw_writer_t *writer = uw_as_output(stream)->object;

    uw_writer_go_on(instance, writer);
    if (writer->error != 0) {
        return uw_writer_state(writer, failure);
    }
    *budget = UW_WRITER_ROOM - uw_buf_size(&writer->waiting);

    return *budget == 0 ? UW_IO_WAIT : UW_IO_READY;
}


static uw_io_t
uw_writer_write_bytes(uw_instance_t *instance, uw_resource_t *stream,
                      const uint8_t *bytes, size_t size, uw_failure_t *failure)
{
    uw_writer_t *writer = uw_as_output(stream)->object;

    if (!uw_file_may_write(instance, size)) {
        writer->error = UW_FILE_ERROR(QUOTA);

    } else if (uw_buf_append(&writer->waiting, bytes, size) != 0) {
        writer->error = UW_FILE_ERROR(INSUFFICIENT_MEMORY);

    } else {
        uw_writer_go_on(instance, writer);
    }

    return uw_writer_state(writer, failure);
}


static uw_io_t
uw_writer_flushed(uw_instance_t *instance, uw_resource_t *stream,
                  uw_failure_t *failure)
{
    uw_writer_t *writer = uw_as_output(stream)->object;

    uw_writer_go_on(instance, writer);

    return writer->error == 0 && writer->job != NULL
               ? UW_IO_WAIT
               : uw_writer_state(writer, failure);
}


static void
uw_writer_drop(uw_instance_t *instance, uw_resource_t *stream)
{
    uw_writer_t *writer = uw_as_output(stream)->object;

    if (writer == NULL) {
        return;
    }
    if (writer->job != NULL) {
        uw_job_release(writer->job);
        uw_account_give(&instance->account, writer->writing);
    }
    uw_buf_free(&writer->waiting);
    uw_file_drop(writer->file);
    uw_account_free(&instance->account, writer, sizeof(*writer));
}


static const uw_output_ops_t uw_writer_ops = {
    .check = uw_writer_check,
    .write = uw_writer_write_bytes,
    .flushed = uw_writer_flushed,
    .drop = uw_writer_drop,
};


static uw_step_t
uw_writer_return(uw_call_t *call, const uw_resource_t *self, uint64_t offset,
                 bool append)
{
    uw_file_t *file = uw_as_file(self);
    uw_file_error_t error =
        file == NULL ? UW_FILE_ERROR(BAD_DESCRIPTOR) : uw_file_unwritable(file);
    uw_resource_t *stream;
    uw_writer_t *writer;

    if (error == 0 && offset > INT64_MAX) {
        error = UW_FILE_ERROR(INVALID);
    }
    if (error != 0) {
        return uw_return_file_error(call, error);
    }
    stream = uw_output_stream(call, 0, &uw_writer_ops, NULL);
    if (stream == NULL) {
        return UW_TRAP;
    }
    writer = uw_account_alloc(&call->instance->account, sizeof(*writer));
    if (writer == NULL) {
        return uw_trap(call, "out of memory");
    }
    uw_file_hold(file);
    writer->file = file;
    writer->offset = offset;
    writer->append = append;
    writer->waiting.account = &call->instance->account;
    uw_as_output(stream)->object = writer;

    return uw_return_ok_handle(call, stream);
}


uw_step_t
uw_filesystem_descriptor_write_via_stream(uw_call_t *call, uw_resource_t *self,
                                          uint64_t offset)
{
    return uw_writer_return(call, self, offset, false);
}


uw_step_t
uw_filesystem_descriptor_append_via_stream(uw_call_t *call, uw_resource_t *self)
{
    return uw_writer_return(call, self, 0, true);
}
