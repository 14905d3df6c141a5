/*
 * wasi:filesystem, inside: what the files of this folder share.
 *
 *   package.c      the package, and what it has of each instance
 *   directories.c  the directories that are given, open
 *   errno.c        what the system's errors are in WASI
 *   error.c        how a guest gets one
 *   path.c         where a path leads: what runs beside, and knows nothing of guests
 *   file.c         what is open, and who holds it
 *   work.c         a call that the system may hold up: on the crew's threads
 *   descriptor.c   functions of an open file or directory
 *   bytes.c        those that read and write
 *   entry.c        those that open, and look at, what a path leads to
 *   change.c       those that change a directory
 *   listing.c      the entries of a directory
 *   reader.c       input-streams
 *   writer.c       output-streams
 *
 * Whatever the system may hold up (a disk that is slow, a network that is away) is done on
 * the threads of the worker's crew (base/jobs.h), while the guest is parked.
 */

#ifndef UW_WASI_FILESYSTEM_COMMON_H
#define UW_WASI_FILESYSTEM_COMMON_H

#include <stdatomic.h>
#include <sys/stat.h>
#include <time.h>

#include "base/jobs.h"
#include "http/error_code.h"
#include "wasi/gen/filesystem.h"

/* An `error-code` and 1; 0: it went well. */
typedef int uw_file_error_t;

#define UW_FILE_ERROR(name) (UW_FILESYSTEM_ERROR_CODE_##name + 1)

/* ---- What is open ---- */

/*
 * Held by resources, on the worker's thread, and by jobs on others.  The first
 * count among the open ones of their exchange; all of them keep the descriptor.
 */
typedef struct {
    atomic_uint references; /* all holders together, and each job */
    uint32_t holders;
    uint32_t *open; /* of the exchange, counts it; NULL: the worker's own */
    uint32_t *all;  /* of the worker, counts it, too */
    int fd;
    dev_t device;
    ino_t inode;
    uw_filesystem_descriptor_type_t type;
    uw_filesystem_descriptor_flags_t flags; /* as it was opened */
    bool may_change; /* its tree is given to be changed */
} uw_file_t;

/* wasi:filesystem/types.descriptor */
typedef struct {
    uw_file_t *file; /* held */
} uw_descriptor_t;

UW_RESOURCE_AS(descriptor, uw_descriptor_t)

/* What the package has of each instance. */
typedef struct {
    uw_job_t *job; /* that the guest is parked for; NULL: none */
    uint32_t open; /* files, those that only a stream holds included */
    uint64_t written;
} uw_files_t;

static inline uw_files_t *
uw_files(const uw_instance_t *instance)
{
    return instance->states[UW_PACKAGE_FILESYSTEM];
}

/* ---- errno.c ---- */

/* What `errno` is in WASI; never 0. */
uw_file_error_t uw_file_errno(int number);

/* The same of what a call of the system has returned; 0 where that is 0. */
uw_file_error_t uw_file_outcome(int status);

/* ---- error.c ---- */

uw_step_t uw_return_file_error(uw_call_t *call, uw_file_error_t error);

/* The same for a stream. */
void uw_file_failure(uw_failure_t *failure, uw_file_error_t error);

/* ---- path.c: on any thread ---- */

/* The longest path, its zero included, as in Linux. */
#define UW_PATH_MAX 4096

typedef struct {
    const char *path;
    int flags; /* of open() */
    int mode;  /* of what is made */
} uw_path_open_t;

/* Opens what lies in or below a directory, wherever links lead. */
uw_file_error_t uw_path_open(int directory, const uw_path_open_t *how, int *fd);

/* Where the last name of a path stands. */
typedef struct {
    int directory; /* open; the caller closes it */
    const char
        *name;    /* in it, and no more than a name; NULL: the path ends in one
                       * that every directory has, "." or ".." */
    bool slashes; /* behind it: it has to be a directory */
    char text[UW_PATH_MAX];
} uw_place_t;

uw_file_error_t uw_path_place(int directory, const char *path,
                              uw_place_t *place);

/* ---- file.c ---- */

/* What a thread has opened. */
typedef struct {
    int fd;
    struct stat found;
    uw_filesystem_descriptor_flags_t flags;
    bool may_change;
} uw_opened_t;

/* A file with one holder, which takes the descriptor over; NULL: out of memory.
 * It counts for that instance; NULL: it is the worker's own. */
uw_file_t *uw_file_new(const uw_opened_t *opened,
                       const uw_instance_t *instance);
void uw_file_hold(uw_file_t *file);
void uw_file_drop(uw_file_t *file); /* NULL: nothing */

/* For a job. */
void uw_file_keep(uw_file_t *file);
void uw_file_release(uw_file_t *file);

/* Why an exchange may not open one more; 0: it may. */
uw_file_error_t uw_file_no_room(const uw_instance_t *instance);

uw_filesystem_descriptor_type_t uw_file_type(mode_t mode);

/* The file of a descriptor; NULL when it is no directory, or one. */
uw_file_t *uw_as_directory(const uw_resource_t *descriptor);
uw_file_t *uw_as_file(const uw_resource_t *descriptor);

/* Why nothing may be written to a file; 0: it may be. */
uw_file_error_t uw_file_unwritable(const uw_file_t *file);

/* ok(own<descriptor>), which holds the file from now on. */
uw_step_t uw_return_descriptor(uw_call_t *call, uw_file_t *file);

/* Takes bytes off what the exchange may still write; false: it is too much. */
bool uw_file_may_write(uw_instance_t *instance, uint64_t size);

/* ---- work.c ---- */

typedef struct uw_file_work uw_file_work_t;

/*
 * A call that the system may hold up.  A function describes it in a variable, with
 * what is wrong as its error, and has it done, or started; that moves it.
 */
typedef struct {
    uw_file_error_t (*run)(uw_file_work_t *work); /* beside */
    /* Its result, on the worker's thread; NULL: ok without a value. */
    uw_step_t (*finish)(uw_call_t *call, uw_file_work_t *work);
} uw_file_task_t;

struct uw_file_work {
    const uw_file_task_t *task;
    uw_file_t *file;  /* kept once it is started */
    uw_file_t *other; /* the same; or NULL */

    char *path; /* owned, and so the next; or NULL */
    char *new_path;
    uint64_t offset;
    uint64_t size;
    int flags; /* of open(), or an advice */
    bool append;
    uint64_t left; /* set-size: by how much the file may grow */
    uw_filesystem_descriptor_flags_t opened_as;
    struct timespec times[2];

    uint64_t used;         /* nanoseconds of a processor that it took */
    uw_file_error_t error; /* why it is not done, or has failed; 0: neither */
    int fd;                /* -1: none; closed with it */
    struct stat found;
    uint8_t *bytes; /* owned: read, or to be written */
    size_t bytes_size;
};

/* With nothing but a file. */
uw_file_work_t uw_file_work(const uw_file_task_t *task, uw_file_t *file);

/* The same of a descriptor that has to be one of a file: bad-descriptor. */
uw_file_work_t uw_file_work_on_file(const uw_file_task_t *task,
                                    const uw_resource_t *self);

/* Notes what is wrong with it, 0: nothing.  The first error counts. */
void uw_file_work_refuse(uw_file_work_t *work, uw_file_error_t error);

/* Gives it a path. */
void uw_file_work_path(uw_file_work_t *work, uw_slice_t path, char **place);

/* Does it, and parks the guest meanwhile; or answers with its error. */
uw_step_t uw_file_work_do(uw_call_t *call, uw_file_work_t *work);

/* Starts what has no error: the job, or NULL where memory is out. */
uw_job_t *uw_file_work_start(uw_instance_t *instance, uw_file_work_t *work);

/* The work of a job that is done, whose time is now the guest's; else NULL. */
uw_file_work_t *uw_file_work_done(uw_instance_t *instance, const uw_job_t *job);

/* Beside: reads at most `size` bytes at its offset, into memory of its own. */
uw_file_error_t uw_file_work_read(uw_file_work_t *work, size_t size);

/* ---- descriptor.c: what functions of a path do as well ---- */

/* Results that are made of work->found. */
uw_step_t uw_file_finish_stat(uw_call_t *call, uw_file_work_t *work);
uw_step_t uw_file_finish_hash(uw_call_t *call, uw_file_work_t *work);

/* As utimensat() wants them. */
uw_file_error_t uw_file_new_times(
    const uw_filesystem_new_timestamp_t *access,
    const uw_filesystem_new_timestamp_t *modification,
    struct timespec times[2]);
uw_file_error_t uw_file_set_times(int fd, const struct timespec times[2]);

#endif /* UW_WASI_FILESYSTEM_COMMON_H */
