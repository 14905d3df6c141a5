/*
 * wasi:filesystem/types: a file as an input-stream.
 *
 * What the system has in memory is read at once; else a thread of the crew reads
 * while the stream has nothing, and the guest waits if it wants to.
 */

#include "wasi/filesystem/common.h"

#include <stdlib.h>
#include <sys/uio.h>
#include <unistd.h>

#include "wasi/io/streams.h"

typedef struct {
    uw_file_t *file; /* held */
    uw_job_t *job;   /* that reads; NULL: none does */
    uint64_t offset; /* of what is read next */
    uint8_t *bytes;  /* owned; on the account as UW_READ_MAX; NULL: none yet */
    size_t at;
    size_t size;
    bool end;
    uw_file_error_t error;
} uw_reader_t;


/* Into memory of its own, which takes the place of the reader's. */
static uw_file_error_t
uw_reader_run(uw_file_work_t *work)
{
    return uw_file_work_read(work, UW_READ_MAX);
}


static const uw_file_task_t uw_reader_read = { uw_reader_run, NULL };


static void
uw_reader_got(uw_reader_t *reader, size_t size)
{
    reader->at = 0;
    reader->size = size;
    reader->offset += size;
    reader->end = size == 0;
}


/* Takes what the job has read, if it is done. */
static void
uw_reader_collect(uw_instance_t *instance, uw_reader_t *reader)
{
    uw_file_work_t *work = uw_file_work_done(instance, reader->job);

    if (work == NULL) {
        return;
    }
    if (work->error != 0) {
        reader->error = work->error;

    } else {
        free(reader->bytes);
        reader->bytes = work->bytes;
        work->bytes = NULL;
        uw_reader_got(reader, work->bytes_size);
    }
    uw_job_release(reader->job);
    reader->job = NULL;
}


/* False: it is not in memory, or this cannot be known. */
static bool
uw_reader_read_now(uw_reader_t *reader)
{
    struct iovec place = { .iov_base = reader->bytes, .iov_len = UW_READ_MAX };
    ssize_t size = preadv2(reader->file->fd, &place, 1, (off_t) reader->offset,
                           RWF_NOWAIT);

    if (size < 0) {
        return false;
    }
    uw_reader_got(reader, (size_t) size);

    return true;
}


/* Gets bytes, or begins to. */
static void
uw_reader_fill(uw_instance_t *instance, uw_reader_t *reader)
{
    uw_file_work_t work = uw_file_work(&uw_reader_read, reader->file);

    if (reader->bytes == NULL) {
        if (!uw_account_take(&instance->account, UW_READ_MAX)) {
            reader->error = UW_FILE_ERROR(INSUFFICIENT_MEMORY);
            return;
        }
        reader->bytes = malloc(UW_READ_MAX);
        if (reader->bytes == NULL) {
            uw_account_give(&instance->account, UW_READ_MAX);
            reader->error = UW_FILE_ERROR(INSUFFICIENT_MEMORY);
            return;
        }
    }
    if (uw_reader_read_now(reader)) {
        return;
    }

    work.offset = reader->offset;
    reader->job = uw_file_work_start(instance, &work);
    if (reader->job == NULL) {
        reader->error = UW_FILE_ERROR(INSUFFICIENT_MEMORY);
    }
}


static uw_io_t
uw_reader_peek(uw_instance_t *instance, uw_resource_t *stream,
               uw_slice_t *bytes, uw_failure_t *failure)
{
    uw_reader_t *reader = uw_as_input(stream)->object;

    if (reader->job != NULL) {
        uw_reader_collect(instance, reader);
    }
    if (reader->job == NULL && reader->at == reader->size && !reader->end
        && reader->error == 0)
    {
        uw_reader_fill(instance, reader);
    }

    if (reader->at < reader->size) {
        *bytes = (uw_slice_t) { reader->bytes + reader->at,
                                reader->size - reader->at };
        return UW_IO_READY;
    }
    if (reader->error != 0) {
        uw_file_failure(failure, reader->error);
        return UW_IO_FAILED;
    }

    return reader->end ? UW_IO_CLOSED : UW_IO_WAIT;
}


static void
uw_reader_take(uw_instance_t *instance, uw_resource_t *stream, size_t size)
{
    uw_reader_t *reader = uw_as_input(stream)->object;

    (void) instance;

    reader->at += size;
}


static void
uw_reader_drop(uw_instance_t *instance, uw_resource_t *stream)
{
    uw_reader_t *reader = uw_as_input(stream)->object;

    if (reader == NULL) {
        return;
    }
    if (reader->job != NULL) {
        uw_job_release(reader->job);
    }
    uw_account_free(&instance->account, reader->bytes, UW_READ_MAX);
    uw_file_drop(reader->file);
    uw_account_free(&instance->account, reader, sizeof(*reader));
}


static const uw_input_ops_t uw_reader_ops = {
    .peek = uw_reader_peek,
    .take = uw_reader_take,
    .drop = uw_reader_drop,
};


uw_step_t
uw_filesystem_descriptor_read_via_stream(uw_call_t *call, uw_resource_t *self,
                                         uint64_t offset)
{
    uw_file_t *file = uw_as_file(self);
    uw_resource_t *stream;
    uw_reader_t *reader;

    if (file == NULL) {
        return uw_return_file_error(call, UW_FILE_ERROR(IS_DIRECTORY));
    }
    if ((file->flags & UW_FILESYSTEM_DESCRIPTOR_FLAGS_READ) == 0) {
        return uw_return_file_error(call, UW_FILE_ERROR(BAD_DESCRIPTOR));
    }
    if (offset > INT64_MAX) {
        return uw_return_file_error(call, UW_FILE_ERROR(INVALID));
    }
    stream = uw_input_stream(call, 0, &uw_reader_ops, NULL);
    if (stream == NULL) {
        return UW_TRAP;
    }
    reader = uw_account_alloc(&call->instance->account, sizeof(*reader));
    if (reader == NULL) {
        return uw_trap(call, "out of memory");
    }
    uw_file_hold(file);
    reader->file = file;
    reader->offset = offset;
    uw_as_input(stream)->object = reader;

    return uw_return_ok_handle(call, stream);
}
