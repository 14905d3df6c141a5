/*
 * wasi:filesystem/types: functions that open, and look at, what a path leads to.
 */

#include "wasi/filesystem/common.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/utf8.h"

#define UW_SYNC_FLAGS                                                          \
    (UW_FILESYSTEM_DESCRIPTOR_FLAGS_FILE_INTEGRITY_SYNC                        \
     | UW_FILESYSTEM_DESCRIPTOR_FLAGS_DATA_INTEGRITY_SYNC                      \
     | UW_FILESYSTEM_DESCRIPTOR_FLAGS_REQUESTED_WRITE_SYNC)

#define UW_FILE_MODE 0666
#define UW_PLACE_FLAGS UW_FILESYSTEM_PATH_FLAGS_SYMLINK_FOLLOW


/* Work on a path in a directory. */
static uw_file_work_t
uw_entry_work(const uw_file_task_t *task, const uw_resource_t *self,
              uw_slice_t path, uint32_t path_flags)
{
    uw_file_work_t work = uw_file_work(task, uw_as_descriptor(self)->file);

    if (uw_as_directory(self) == NULL) {
        work.error = UW_FILE_ERROR(NOT_DIRECTORY);
    }
    uw_file_work_path(&work, path, &work.path);
    work.flags = (path_flags & UW_PLACE_FLAGS) != 0 ? 0 : O_NOFOLLOW;

    return work;
}


/* ---- open-at ---- */

static uw_file_error_t
uw_entry_run_open(uw_file_work_t *work)
{
    const uw_path_open_t how = {
        .path = work->path,
        .flags = work->flags,
        .mode = (work->flags & O_CREAT) != 0 ? UW_FILE_MODE : 0,
    };
    uw_file_error_t error = uw_path_open(work->file->fd, &how, &work->fd);

    return error != 0 ? error : uw_file_outcome(fstat(work->fd, &work->found));
}


static uw_step_t
uw_entry_finish_open(uw_call_t *call, uw_file_work_t *work)
{
    uw_opened_t opened = { .fd = work->fd,
                           .found = work->found,
                           .flags = work->opened_as,
                           .may_change = work->file->may_change };
    uw_file_t *file;

    if (S_ISDIR(work->found.st_mode)) {
        opened.flags = work->file->flags;
    }
    file = uw_file_new(&opened, call->instance);
    if (file == NULL) {
        return uw_trap(call, "out of memory");
    }
    work->fd = -1;

    return uw_return_descriptor(call, file);
}


static const uw_file_task_t uw_entry_open = { uw_entry_run_open,
                                              uw_entry_finish_open };


/* Those of open(); truncation needs a file that is open for writing. */
static int
uw_entry_open_flags(uw_filesystem_open_flags_t open_flags,
                    uw_filesystem_descriptor_flags_t flags)
{
    bool reads = (flags & UW_FILESYSTEM_DESCRIPTOR_FLAGS_READ) != 0;
    bool truncates = (open_flags & UW_FILESYSTEM_OPEN_FLAGS_TRUNCATE) != 0;
    bool writes =
        (flags & UW_FILESYSTEM_DESCRIPTOR_FLAGS_WRITE) != 0 || truncates;
    int found = writes ? reads ? O_RDWR : O_WRONLY : O_RDONLY;

    if ((open_flags & UW_FILESYSTEM_OPEN_FLAGS_CREATE) != 0) {
        found |= O_CREAT;
        found |=
            (open_flags & UW_FILESYSTEM_OPEN_FLAGS_EXCLUSIVE) != 0 ? O_EXCL : 0;
    }
    if ((open_flags & UW_FILESYSTEM_OPEN_FLAGS_DIRECTORY) != 0) {
        found |= O_DIRECTORY;
    }
    found |= truncates ? O_TRUNC : 0;
    if ((flags & UW_FILESYSTEM_DESCRIPTOR_FLAGS_FILE_INTEGRITY_SYNC) != 0) {
        found |= O_SYNC;
    }
    if ((flags & UW_FILESYSTEM_DESCRIPTOR_FLAGS_DATA_INTEGRITY_SYNC) != 0) {
        found |= O_DSYNC;
    }
    if ((flags & UW_FILESYSTEM_DESCRIPTOR_FLAGS_REQUESTED_WRITE_SYNC) != 0) {
        found |= O_RSYNC;
    }

    return found;
}


static uw_file_error_t
uw_entry_may_open(const uw_call_t *call, const uw_file_t *directory,
                  uw_filesystem_open_flags_t open_flags,
                  uw_filesystem_descriptor_flags_t flags)
{
    const uint32_t makes =
        UW_FILESYSTEM_OPEN_FLAGS_CREATE | UW_FILESYSTEM_OPEN_FLAGS_TRUNCATE;
    const uint32_t changes = UW_FILESYSTEM_DESCRIPTOR_FLAGS_WRITE
                             | UW_FILESYSTEM_DESCRIPTOR_FLAGS_MUTATE_DIRECTORY;

    if (!directory->may_change
        && ((open_flags & makes) != 0 || (flags & changes) != 0))
    {
        return UW_FILE_ERROR(READ_ONLY);
    }
    if ((open_flags & UW_FILESYSTEM_OPEN_FLAGS_DIRECTORY) != 0
        && (open_flags & (makes | UW_FILESYSTEM_OPEN_FLAGS_EXCLUSIVE)) != 0)
    {
        return UW_FILE_ERROR(INVALID);
    }

    return uw_file_no_room(call->instance);
}


uw_step_t
uw_filesystem_descriptor_open_at(uw_call_t *call, uw_resource_t *self,
                                 uw_filesystem_path_flags_t path_flags,
                                 uw_slice_t path,
                                 uw_filesystem_open_flags_t open_flags,
                                 uw_filesystem_descriptor_flags_t flags)
{
    uw_file_work_t work = uw_entry_work(&uw_entry_open, self, path, path_flags);

    uw_file_work_refuse(&work,
                        uw_entry_may_open(call, work.file, open_flags, flags));
    work.flags |= uw_entry_open_flags(open_flags, flags);
    work.opened_as = flags
                     & (UW_FILESYSTEM_DESCRIPTOR_FLAGS_READ
                        | UW_FILESYSTEM_DESCRIPTOR_FLAGS_WRITE | UW_SYNC_FLAGS);

    return uw_file_work_do(call, &work);
}


/* ---- stat-at, metadata-hash-at, set-times-at ---- */

/* Opens what the path leads to, for that alone. */
static uw_file_error_t
uw_entry_look(uw_file_work_t *work)
{
    const uw_path_open_t how = { .path = work->path,
                                 .flags = work->flags | O_PATH };

    return uw_path_open(work->file->fd, &how, &work->fd);
}


static uw_file_error_t
uw_entry_run_stat(uw_file_work_t *work)
{
    uw_file_error_t error = uw_entry_look(work);

    return error != 0 ? error : uw_file_outcome(fstat(work->fd, &work->found));
}


static const uw_file_task_t uw_entry_stat = { uw_entry_run_stat,
                                              uw_file_finish_stat };
static const uw_file_task_t uw_entry_hash = { uw_entry_run_stat,
                                              uw_file_finish_hash };


uw_step_t
uw_filesystem_descriptor_stat_at(uw_call_t *call, uw_resource_t *self,
                                 uw_filesystem_path_flags_t path_flags,
                                 uw_slice_t path)
{
    uw_file_work_t work = uw_entry_work(&uw_entry_stat, self, path, path_flags);

    return uw_file_work_do(call, &work);
}


uw_step_t
uw_filesystem_descriptor_metadata_hash_at(uw_call_t *call, uw_resource_t *self,
                                          uw_filesystem_path_flags_t path_flags,
                                          uw_slice_t path)
{
    uw_file_work_t work = uw_entry_work(&uw_entry_hash, self, path, path_flags);

    return uw_file_work_do(call, &work);
}


static uw_file_error_t
uw_entry_run_set_times(uw_file_work_t *work)
{
    uw_file_error_t error = uw_entry_look(work);

    return error != 0 ? error : uw_file_set_times(work->fd, work->times);
}


static const uw_file_task_t uw_entry_times = { uw_entry_run_set_times, NULL };


uw_step_t
uw_filesystem_descriptor_set_times_at(
    uw_call_t *call, uw_resource_t *self, uw_filesystem_path_flags_t path_flags,
    uw_slice_t path, const uw_filesystem_new_timestamp_t *data_access_timestamp,
    const uw_filesystem_new_timestamp_t *data_modification_timestamp)
{
    uw_file_work_t work =
        uw_entry_work(&uw_entry_times, self, path, path_flags);

    if (!work.file->may_change) {
        uw_file_work_refuse(&work, UW_FILE_ERROR(READ_ONLY));
    }
    uw_file_work_refuse(&work, uw_file_new_times(data_access_timestamp,
                                                 data_modification_timestamp,
                                                 work.times));

    return uw_file_work_do(call, &work);
}


/* ---- readlink-at ---- */

static uw_file_error_t
uw_entry_run_readlink(uw_file_work_t *work)
{
    uw_place_t place;
    uw_file_error_t error = uw_path_place(work->file->fd, work->path, &place);
    ssize_t size;

    if (error != 0) {
        return error;
    }
    work->fd = place.directory;
    if (place.name == NULL || place.slashes) {
        return UW_FILE_ERROR(INVALID); /* a directory is no link */
    }
    work->bytes = malloc(UW_PATH_MAX);
    if (work->bytes == NULL) {
        return UW_FILE_ERROR(INSUFFICIENT_MEMORY);
    }
    size = readlinkat(place.directory, place.name, (char *) work->bytes,
                      UW_PATH_MAX);
    if (size < 0) {
        return uw_file_errno(errno);
    }
    work->bytes_size = (size_t) size;

    /* It names a place that the guest knows nothing of. */
    return size > 0 && work->bytes[0] == '/' ? UW_FILE_ERROR(NOT_PERMITTED) : 0;
}


static uw_step_t
uw_entry_finish_readlink(uw_call_t *call, uw_file_work_t *work)
{
    uw_val_t value;

    if (!uw_utf8_valid(work->bytes, work->bytes_size)) {
        return uw_return_file_error(call, UW_FILE_ERROR(ILLEGAL_BYTE_SEQUENCE));
    }
    value = uw_val_string(call->abi, work->bytes, work->bytes_size);

    return uw_return_ok(call, &value);
}


static const uw_file_task_t uw_entry_readlink = { uw_entry_run_readlink,
                                                  uw_entry_finish_readlink };


uw_step_t
uw_filesystem_descriptor_readlink_at(uw_call_t *call, uw_resource_t *self,
                                     uw_slice_t path)
{
    uw_file_work_t work = uw_entry_work(&uw_entry_readlink, self, path, 0);

    return uw_file_work_do(call, &work);
}
