/*
 * wasi:filesystem: a call that the system may hold up.
 */

#include "wasi/filesystem/common.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>


/* Frees what it has of its own. */
static void
uw_file_work_clear(uw_file_work_t *work)
{
    if (work->fd >= 0) {
        (void) close(work->fd);
    }
    free(work->path);
    free(work->new_path);
    free(work->bytes);
}


static void
uw_file_work_free(void *data)
{
    uw_file_work_t *work = data;

    uw_file_work_clear(work);
    uw_file_release(work->file);
    uw_file_release(work->other);
    free(work);
}


uw_file_error_t
uw_file_work_read(uw_file_work_t *work, size_t size)
{
    ssize_t got;

    work->bytes = malloc(size);
    if (work->bytes == NULL) {
        return UW_FILE_ERROR(INSUFFICIENT_MEMORY);
    }
    do {
        got = pread(work->file->fd, work->bytes, size, (off_t) work->offset);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        return uw_file_errno(errno);
    }
    work->bytes_size = (size_t) got;

    return 0;
}


static void
uw_file_work_run(void *data)
{
    uw_file_work_t *work = data;
    uint64_t began = uw_processor_time();

    work->error = work->task->run(work);
    work->used = uw_processor_time() - began;
}


static const uw_work_t uw_file_jobs = { .run = uw_file_work_run,
                                        .free = uw_file_work_free };


uw_file_work_t
uw_file_work(const uw_file_task_t *task, uw_file_t *file)
{
    return (uw_file_work_t) { .task = task, .file = file, .fd = -1 };
}


uw_file_work_t
uw_file_work_on_file(const uw_file_task_t *task, const uw_resource_t *self)
{
    uw_file_work_t work = uw_file_work(task, uw_as_descriptor(self)->file);

    if (uw_as_file(self) == NULL) {
        work.error = UW_FILE_ERROR(BAD_DESCRIPTOR);
    }

    return work;
}


void
uw_file_work_refuse(uw_file_work_t *work, uw_file_error_t error)
{
    if (work->error == 0) {
        work->error = error;
    }
}


void
uw_file_work_path(uw_file_work_t *work, uw_slice_t path, char **place)
{
    if (path.size >= UW_PATH_MAX) {
        uw_file_work_refuse(work, UW_FILE_ERROR(NAME_TOO_LONG));
    } else if (path.size != 0 && memchr(path.data, '\0', path.size) != NULL) {
        uw_file_work_refuse(work, UW_FILE_ERROR(INVALID));
    } else {
        *place =
            strndup(path.size == 0 ? "" : (const char *) path.data, path.size);
        uw_file_work_refuse(
            work, *place == NULL ? UW_FILE_ERROR(INSUFFICIENT_MEMORY) : 0);
    }
}


uw_job_t *
uw_file_work_start(uw_instance_t *instance, uw_file_work_t *work)
{
    uw_host_t *host = instance->host;
    uw_file_work_t *moved = malloc(sizeof(*moved));
    uw_job_t *job;

    if (moved == NULL) {
        uw_file_work_clear(work);
        return NULL;
    }
    *moved = *work;
    uw_file_keep(moved->file);
    if (moved->other != NULL) {
        uw_file_keep(moved->other);
    }

    job = uw_job_start(host->crew, &host->jobs, instance->ticket, &uw_file_jobs,
                       moved);
    if (job == NULL) {
        uw_file_work_free(moved);
    }

    return job;
}


uw_file_work_t *
uw_file_work_done(uw_instance_t *instance, const uw_job_t *job)
{
    uw_file_work_t *work = uw_job_result(job);

    if (work != NULL) {
        instance->beside += work->used;
    }

    return work;
}


static uw_step_t
uw_attempt_work(uw_call_t *call, void *state)
{
    uw_files_t *files = state;
    uw_file_work_t *work = uw_file_work_done(call->instance, files->job);
    uw_step_t step;

    if (work == NULL) {
        return UW_WAIT;
    }

    if (work->error != 0) {
        step = uw_return_file_error(call, work->error);
    } else if (work->task->finish == NULL) {
        step = uw_return_ok(call, NULL);
    } else {
        step = work->task->finish(call, work);
    }
    uw_job_release(files->job);
    files->job = NULL;

    return step;
}


uw_step_t
uw_file_work_do(uw_call_t *call, uw_file_work_t *work)
{
    uw_files_t *files = uw_files(call->instance);

    if (work->error != 0) {
        uw_file_work_clear(work);
        return uw_return_file_error(call, work->error);
    }

    files->job = uw_file_work_start(call->instance, work);

    return files->job == NULL
               ? uw_return_file_error(call, UW_FILE_ERROR(INSUFFICIENT_MEMORY))
               : uw_attempt(call, uw_attempt_work, files, UINT64_MAX);
}
