/*
 * wasi:filesystem: a call that the system may hold up.
 */

#include "wasi/filesystem/common.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>


void
uw_file_work_free(void *data)
{
    uw_file_work_t *work = data;

    if (work->fd >= 0) {
        (void) close(work->fd);
    }
    uw_file_release(work->file);
    uw_file_release(work->other);
    free(work->path);
    free(work->new_path);
    free(work->bytes);
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


/* Nanoseconds of the processor that this thread has had. */
static uint64_t
uw_file_time(void)
{
    struct timespec time;

    (void) clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);

    return (uint64_t) time.tv_sec * 1000000000u + (uint64_t) time.tv_nsec;
}


static void
uw_file_work_run(void *data)
{
    uw_file_work_t *work = data;
    uint64_t began = uw_file_time();

    work->error = work->task->run(work);
    work->used = uw_file_time() - began;
}


static const uw_work_t uw_file_jobs = { .run = uw_file_work_run,
                                        .free = uw_file_work_free };


uw_file_work_t *
uw_file_work_new(const uw_file_task_t *task, uw_file_t *file)
{
    uw_file_work_t *work = calloc(1, sizeof(*work));

    if (work == NULL) {
        return NULL;
    }
    work->task = task;
    work->file = file;
    work->fd = -1;
    uw_file_keep(file);

    return work;
}


uw_file_work_t *
uw_file_work(uw_call_t *call, const uw_file_task_t *task, uw_file_t *file)
{
    uw_file_work_t *work = uw_file_work_new(task, file);

    if (work == NULL) {
        (void) uw_trap(call, "out of memory");
    }

    return work;
}


bool
uw_file_work_path(uw_call_t *call, uw_file_work_t *work, uw_slice_t path,
                  char **place, uw_step_t *step)
{
    uw_file_error_t error = 0;

    if (path.size >= UW_PATH_MAX) {
        error = UW_FILE_ERROR(NAME_TOO_LONG);

    } else if (path.size != 0 && memchr(path.data, '\0', path.size) != NULL) {
        error = UW_FILE_ERROR(INVALID);
    }
    if (error != 0) {
        uw_file_work_free(work);
        *step = uw_return_file_error(call, error);
        return false;
    }

    *place = malloc(path.size + 1);
    if (*place == NULL) {
        uw_file_work_free(work);
        *step = uw_trap(call, "out of memory");
        return false;
    }
    if (path.size != 0) {
        memcpy(*place, path.data, path.size);
    }
    (*place)[path.size] = '\0';

    return true;
}


uw_job_t *
uw_file_work_start(uw_instance_t *instance, uw_file_work_t *work)
{
    uw_host_t *host = instance->host;
    uw_job_t *job = uw_job_start(host->crew, &host->jobs, instance->ticket,
                                 &uw_file_jobs, work);

    if (job == NULL) {
        uw_file_work_free(work);
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

    files->job = uw_file_work_start(call->instance, work);

    return files->job == NULL
               ? uw_return_file_error(call, UW_FILE_ERROR(INSUFFICIENT_MEMORY))
               : uw_attempt(call, uw_attempt_work, files, UINT64_MAX);
}
