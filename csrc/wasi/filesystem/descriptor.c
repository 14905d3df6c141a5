/*
 * wasi:filesystem/types: functions of an open file or directory.
 */

#include "wasi/filesystem/common.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>


/* ---- What is known without a question ---- */

uw_step_t
uw_filesystem_descriptor_get_type(uw_call_t *call, uw_resource_t *self)
{
    uw_val_t value = uw_make_filesystem_descriptor_type(
        call, uw_as_descriptor(self)->file->type);

    return uw_return_ok(call, &value);
}


uw_step_t
uw_filesystem_descriptor_get_flags(uw_call_t *call, uw_resource_t *self)
{
    uw_val_t value = uw_make_filesystem_descriptor_flags(
        call, uw_as_descriptor(self)->file->flags);

    return uw_return_ok(call, &value);
}


uw_step_t
uw_filesystem_descriptor_is_same_object(uw_call_t *call, uw_resource_t *self,
                                        uw_resource_t *other)
{
    const uw_file_t *one = uw_as_descriptor(self)->file;
    const uw_file_t *two = uw_as_descriptor(other)->file;

    return uw_return(call, uw_val_bool(one->device == two->device
                                       && one->inode == two->inode));
}


/* ---- stat ---- */

/* A time before 1970 is none: WASI's seconds have no sign. */
static uw_filesystem_option_clocks_wall_clock_datetime_t
uw_file_time(struct timespec time)
{
    return (uw_filesystem_option_clocks_wall_clock_datetime_t) {
        .is_some = time.tv_sec >= 0,
        .value = { (uint64_t) time.tv_sec, (uint32_t) time.tv_nsec },
    };
}


uw_step_t
uw_file_finish_stat(uw_call_t *call, uw_file_work_t *work)
{
    const struct stat *found = &work->found;
    uw_filesystem_descriptor_stat_t stat = {
        .type = uw_file_type(found->st_mode),
        .link_count = found->st_nlink,
        .size = (uint64_t) found->st_size,
        .data_access_timestamp = uw_file_time(found->st_atim),
        .data_modification_timestamp = uw_file_time(found->st_mtim),
        .status_change_timestamp = uw_file_time(found->st_ctim),
    };
    uw_val_t value = uw_make_filesystem_descriptor_stat(call, &stat);

    return uw_return_ok(call, &value);
}


static uw_file_error_t
uw_file_run_stat(uw_file_work_t *work)
{
    return uw_file_outcome(fstat(work->file->fd, &work->found));
}


static const uw_file_task_t uw_file_stat = { uw_file_run_stat,
                                             uw_file_finish_stat };


/* Does something that needs nothing but the file. */
static uw_step_t
uw_file_simple(uw_call_t *call, const uw_resource_t *self,
               const uw_file_task_t *task)
{
    uw_file_work_t work = uw_file_work(task, uw_as_descriptor(self)->file);

    return uw_file_work_do(call, &work);
}


uw_step_t
uw_filesystem_descriptor_stat(uw_call_t *call, uw_resource_t *self)
{
    return uw_file_simple(call, self, &uw_file_stat);
}


/* ---- metadata-hash ---- */

/* Every bit of the number, and of what was there, reaches every bit. */
static uint64_t
uw_hash_mix(uint64_t hash, uint64_t number)
{
    hash = (hash ^ number) + 0x9E3779B97F4A7C15u;
    hash = (hash ^ hash >> 30) * 0xBF58476D1CE4E5B9u;
    hash = (hash ^ hash >> 27) * 0x94D049BB133111EBu;

    return hash ^ hash >> 31;
}


static uint64_t
uw_hash_time(uint64_t hash, struct timespec time)
{
    hash = uw_hash_mix(hash, (uint64_t) time.tv_sec);

    return uw_hash_mix(hash, (uint64_t) time.tv_nsec);
}


/*
 * Another one when the object was changed or replaced.  It is the same in every
 * worker process, so that it may be an ETag, and says nothing that stat does not.
 */
uw_step_t
uw_file_finish_hash(uw_call_t *call, uw_file_work_t *work)
{
    const struct stat *found = &work->found;
    uw_filesystem_metadata_hash_value_t hash = { 0 };
    uint64_t state = uw_hash_mix(0, found->st_dev);
    uw_val_t value;

    state = uw_hash_mix(state, found->st_ino);
    state = uw_hash_mix(state, (uint64_t) found->st_size);
    state = uw_hash_time(state, found->st_mtim);
    state = uw_hash_time(state, found->st_ctim);
    hash.lower = uw_hash_mix(state, 1);
    hash.upper = uw_hash_mix(state, 2);
    value = uw_make_filesystem_metadata_hash_value(call, &hash);

    return uw_return_ok(call, &value);
}


static const uw_file_task_t uw_file_hash = { uw_file_run_stat,
                                             uw_file_finish_hash };


uw_step_t
uw_filesystem_descriptor_metadata_hash(uw_call_t *call, uw_resource_t *self)
{
    return uw_file_simple(call, self, &uw_file_hash);
}


/* ---- sync ---- */

/* A directory of the settings is open for its path alone, and cannot be synced. */
static uw_file_error_t
uw_file_sync_directory(int directory)
{
    const uw_path_open_t how = { .path = ".", .flags = O_RDONLY | O_DIRECTORY };
    int fd;
    uw_file_error_t error = uw_path_open(directory, &how, &fd);

    if (error == 0) {
        error = uw_file_outcome(fsync(fd));
        (void) close(fd);
    }

    return error;
}


static uw_file_error_t
uw_file_run_sync(uw_file_work_t *work)
{
    if (work->file->type == UW_FILESYSTEM_DESCRIPTOR_TYPE_DIRECTORY) {
        return uw_file_sync_directory(work->file->fd);
    }

    return uw_file_outcome(fsync(work->file->fd));
}


static uw_file_error_t
uw_file_run_sync_data(uw_file_work_t *work)
{
    if (work->file->type == UW_FILESYSTEM_DESCRIPTOR_TYPE_DIRECTORY) {
        return uw_file_sync_directory(work->file->fd);
    }

    return uw_file_outcome(fdatasync(work->file->fd));
}


static const uw_file_task_t uw_file_sync = { uw_file_run_sync, NULL };
static const uw_file_task_t uw_file_sync_data = { uw_file_run_sync_data, NULL };


uw_step_t
uw_filesystem_descriptor_sync(uw_call_t *call, uw_resource_t *self)
{
    return uw_file_simple(call, self, &uw_file_sync);
}


uw_step_t
uw_filesystem_descriptor_sync_data(uw_call_t *call, uw_resource_t *self)
{
    return uw_file_simple(call, self, &uw_file_sync_data);
}


/* ---- advise ---- */

static const int uw_advices[] = {
    [UW_FILESYSTEM_ADVICE_NORMAL] = POSIX_FADV_NORMAL,
    [UW_FILESYSTEM_ADVICE_SEQUENTIAL] = POSIX_FADV_SEQUENTIAL,
    [UW_FILESYSTEM_ADVICE_RANDOM] = POSIX_FADV_RANDOM,
    [UW_FILESYSTEM_ADVICE_WILL_NEED] = POSIX_FADV_WILLNEED,
    [UW_FILESYSTEM_ADVICE_DONT_NEED] = POSIX_FADV_DONTNEED,
    [UW_FILESYSTEM_ADVICE_NO_REUSE] = POSIX_FADV_NOREUSE,
};


static uw_file_error_t
uw_file_run_advise(uw_file_work_t *work)
{
    int number = posix_fadvise(work->file->fd, (off_t) work->offset,
                               (off_t) work->size, work->flags);

    return number == 0 ? 0 : uw_file_errno(number);
}


static const uw_file_task_t uw_file_advise = { uw_file_run_advise, NULL };


uw_step_t
uw_filesystem_descriptor_advise(uw_call_t *call, uw_resource_t *self,
                                uint64_t offset, uint64_t length,
                                uw_filesystem_advice_t advice)
{
    uw_file_work_t work = uw_file_work_on_file(&uw_file_advise, self);

    if (offset > INT64_MAX || length > INT64_MAX) {
        uw_file_work_refuse(&work, UW_FILE_ERROR(INVALID));
    }
    work.offset = offset;
    work.size = length;
    work.flags = uw_advices[advice];

    return uw_file_work_do(call, &work);
}


/* ---- set-size ---- */

static uw_file_error_t
uw_file_run_set_size(uw_file_work_t *work)
{
    if (fstat(work->file->fd, &work->found) != 0) {
        return uw_file_errno(errno);
    }
    if (work->size > (uint64_t) work->found.st_size
        && work->size - (uint64_t) work->found.st_size > work->left)
    {
        return UW_FILE_ERROR(QUOTA);
    }

    return uw_file_outcome(ftruncate(work->file->fd, (off_t) work->size));
}


/* What it has grown by counts as written. */
static uw_step_t
uw_file_finish_set_size(uw_call_t *call, uw_file_work_t *work)
{
    uint64_t before = (uint64_t) work->found.st_size;

    if (work->size > before
        && !uw_file_may_write(call->instance, work->size - before))
    {
        return uw_return_file_error(call, UW_FILE_ERROR(QUOTA));
    }

    return uw_return_ok(call, NULL);
}


static const uw_file_task_t uw_file_set_size = { uw_file_run_set_size,
                                                 uw_file_finish_set_size };


uw_step_t
uw_filesystem_descriptor_set_size(uw_call_t *call, uw_resource_t *self,
                                  uint64_t size)
{
    const uw_settings_t *settings = &call->instance->engine->settings;
    uw_file_work_t work = uw_file_work_on_file(&uw_file_set_size, self);

    uw_file_work_refuse(&work, uw_file_unwritable(work.file));
    if (size > INT64_MAX) {
        uw_file_work_refuse(&work, UW_FILE_ERROR(INVALID));
    }
    work.size = size;
    work.left = settings->max_file_bytes - uw_files(call->instance)->written;

    return uw_file_work_do(call, &work);
}


/* ---- set-times ---- */

static uw_file_error_t
uw_file_new_time(const uw_filesystem_new_timestamp_t *given,
                 struct timespec *time)
{
    *time = (struct timespec) { .tv_nsec = UTIME_OMIT };

    if (given->tag == UW_FILESYSTEM_NEW_TIMESTAMP_NOW) {
        time->tv_nsec = UTIME_NOW;
    }
    if (given->tag != UW_FILESYSTEM_NEW_TIMESTAMP_TIMESTAMP) {
        return 0;
    }

    if (given->of.timestamp.seconds > INT64_MAX) {
        return UW_FILE_ERROR(OVERFLOW);
    }
    if (given->of.timestamp.nanoseconds >= 1000000000u) {
        return UW_FILE_ERROR(INVALID);
    }
    time->tv_sec = (time_t) given->of.timestamp.seconds;
    time->tv_nsec = (long) given->of.timestamp.nanoseconds;

    return 0;
}


uw_file_error_t
uw_file_new_times(const uw_filesystem_new_timestamp_t *access,
                  const uw_filesystem_new_timestamp_t *modification,
                  struct timespec times[2])
{
    uw_file_error_t error = uw_file_new_time(access, &times[0]);

    return error != 0 ? error : uw_file_new_time(modification, &times[1]);
}


/* Of whatever is open, be it for its path alone, or a symbolic link. */
uw_file_error_t
uw_file_set_times(int fd, const struct timespec times[2])
{
    return uw_file_outcome(utimensat(fd, "", times, AT_EMPTY_PATH));
}


static uw_file_error_t
uw_file_run_set_times(uw_file_work_t *work)
{
    return uw_file_set_times(work->file->fd, work->times);
}


static const uw_file_task_t uw_file_times = { uw_file_run_set_times, NULL };


uw_step_t
uw_filesystem_descriptor_set_times(
    uw_call_t *call, uw_resource_t *self,
    const uw_filesystem_new_timestamp_t *data_access_timestamp,
    const uw_filesystem_new_timestamp_t *data_modification_timestamp)
{
    uw_file_work_t work =
        uw_file_work(&uw_file_times, uw_as_descriptor(self)->file);

    if (!work.file->may_change) {
        work.error = UW_FILE_ERROR(READ_ONLY);
    }
    uw_file_work_refuse(&work, uw_file_new_times(data_access_timestamp,
                                                 data_modification_timestamp,
                                                 work.times));

    return uw_file_work_do(call, &work);
}
