/* wasi:filesystem/types: read and write of a descriptor. */

#include "wasi/filesystem/common.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
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
    uw_file_t *file = uw_as_file(self);
    uw_file_work_t *work;

    if (file == NULL
        || (file->flags & UW_FILESYSTEM_DESCRIPTOR_FLAGS_READ) == 0)
    {
        return uw_return_file_error(call, UW_FILE_ERROR(BAD_DESCRIPTOR));
    }
    work = uw_file_work(call, &uw_bytes_read, file);
    if (work == NULL) {
        return UW_TRAP;
    }
    work->size = length < UW_BYTES_MAX ? length : UW_BYTES_MAX;
    work->offset = offset;

    return uw_file_work_do(call, work);
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
    uw_file_t *file = uw_as_file(self);
    uw_file_error_t error =
        file == NULL ? UW_FILE_ERROR(BAD_DESCRIPTOR) : uw_file_unwritable(file);
    size_t size = buffer.size < UW_BYTES_MAX ? buffer.size : UW_BYTES_MAX;
    uw_file_work_t *work;

    if (uw_is_announced(buffer)) {
        return uw_trap(call, "bytes of a file are to come in pieces");
    }
    if (error == 0 && !uw_file_may_write(call->instance, size)) {
        error = UW_FILE_ERROR(QUOTA);
    }
    if (error != 0) {
        return uw_return_file_error(call, error);
    }
    work = uw_file_work(call, &uw_bytes_write, file);
    if (work == NULL) {
        return UW_TRAP;
    }
    work->bytes = malloc(size + 1);
    if (work->bytes == NULL) {
        uw_file_work_free(work);
        return uw_trap(call, "out of memory");
    }
    if (size != 0) {
        memcpy(work->bytes, buffer.data, size);
    }
    work->bytes_size = size;
    work->offset = offset;

    return uw_file_work_do(call, work);
}
