/* wasi:filesystem/types: read and write of a descriptor. */

#include "wasi/filesystem/common.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The most of one call: what crosses at once in a rewritten component; in others
 * each byte is a value of its own in the host, so these take some 3 ms, in which
 * nobody else goes on.  A guest asks again for more. */
#define UW_BYTES_MAX UW_READ_MAX


/* ---- read ---- */

static uw_file_error_t
uw_bytes_run_read(uw_file_work_t *work)
{
    /* One of them tells whether the file ends behind what was asked for. */
    return uw_file_work_read(work, (size_t) work->size + 1);
}


static uw_step_t
uw_bytes_finish_read(uw_call_t *call, uw_file_work_t *work)
{
    bool end = work->bytes_size <= work->size;
    uw_val_t value = uw_val_tuple(call->abi, 2);

    value.of.tuple.data[0] = uw_val_stream_bytes(
        call->abi, work->bytes, end ? work->bytes_size : (size_t) work->size);
    value.of.tuple.data[1] = uw_val_bool(end);

    return uw_return_ok(call, &value);
}


static const uw_file_task_t uw_bytes_read = { uw_bytes_run_read,
                                              uw_bytes_finish_read };


uw_step_t
uw_filesystem_descriptor_read(uw_call_t *call, uw_resource_t *self,
                              uint64_t length, uint64_t offset)
{
    uw_file_work_t work = uw_file_work_on_file(&uw_bytes_read, self);

    if ((work.file->flags & UW_FILESYSTEM_DESCRIPTOR_FLAGS_READ) == 0) {
        uw_file_work_refuse(&work, UW_FILE_ERROR(BAD_DESCRIPTOR));
    }
    work.size = length < UW_BYTES_MAX ? length : UW_BYTES_MAX;
    work.offset = offset;

    return uw_file_work_do(call, &work);
}


/* ---- write ---- */

static uw_file_error_t
uw_bytes_run_write(uw_file_work_t *work)
{
    ssize_t size;

    do {
        size = pwrite(work->file->fd, work->bytes, work->bytes_size,
                      (off_t) work->offset);
    } while (size < 0 && errno == EINTR);
    if (size < 0) {
        return uw_file_errno(errno);
    }
    work->size = (uint64_t) size;

    return 0;
}


static uw_step_t
uw_bytes_finish_write(uw_call_t *call, uw_file_work_t *work)
{
    uw_val_t value = uw_val_u64(work->size);

    return uw_return_ok(call, &value);
}


static const uw_file_task_t uw_bytes_write = { uw_bytes_run_write,
                                               uw_bytes_finish_write };


uw_step_t
uw_filesystem_descriptor_write(uw_call_t *call, uw_resource_t *self,
                               uw_slice_t buffer, uint64_t offset)
{
    uw_file_work_t work = uw_file_work_on_file(&uw_bytes_write, self);

    if (uw_is_announced(buffer)) {
        return uw_trap(call, "bytes of a file are to come in pieces");
    }

    uw_file_work_refuse(&work, uw_file_unwritable(work.file));
    work.bytes_size = buffer.size < UW_BYTES_MAX ? buffer.size : UW_BYTES_MAX;
    work.offset = offset;
    if (work.error == 0 && !uw_file_may_write(call->instance, work.bytes_size))
    {
        work.error = UW_FILE_ERROR(QUOTA);
    }
    if (work.error == 0) {
        work.bytes = malloc(work.bytes_size + 1);
        uw_file_work_refuse(
            &work, work.bytes == NULL ? UW_FILE_ERROR(INSUFFICIENT_MEMORY) : 0);
    }
    if (work.bytes != NULL && work.bytes_size != 0) {
        memcpy(work.bytes, buffer.data, work.bytes_size);
    }

    return uw_file_work_do(call, &work);
}
