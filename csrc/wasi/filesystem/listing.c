/*
 * wasi:filesystem/types: the entries of a directory, as many at a time as the
 * kernel gives with one call.
 */

#include "wasi/filesystem/common.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/utf8.h"

#define UW_LISTING_SIZE (16 * 1024)

/* As the kernel has it: struct linux_dirent64. */
typedef struct {
    uint64_t inode;
    int64_t offset;
    uint16_t size;
    uint8_t type; /* DT_... */
    char name[];  /* zero-terminated */
} uw_kernel_entry_t;

/* wasi:filesystem/types.directory-entry-stream */
typedef struct {
    uw_file_t *file;  /* held: the directory, open for this stream alone */
    bool charged;     /* UW_LISTING_SIZE, for what follows */
    uint8_t *entries; /* owned; or NULL */
    size_t at;
    size_t size;
    bool end;
} uw_listing_t;

UW_RESOURCE_AS(listing, uw_listing_t)


void
uw_filesystem_directory_entry_stream_drop(uw_instance_t *instance,
                                          uw_resource_t *resource)
{
    uw_listing_t *listing = uw_as_listing(resource);

    uw_file_drop(listing->file);
    free(listing->entries);
    if (listing->charged) {
        uw_account_give(&instance->account, UW_LISTING_SIZE);
    }
    *listing = (uw_listing_t) { 0 };
}


/* ---- read-directory ---- */

static uw_file_error_t
uw_listing_run_open(uw_file_work_t *work)
{
    const uw_path_open_t how = { .path = ".", .flags = O_RDONLY | O_DIRECTORY };
    uw_file_error_t error = uw_path_open(work->file->fd, &how, &work->fd);

    return error != 0 ? error : uw_file_outcome(fstat(work->fd, &work->found));
}


static uw_step_t
uw_listing_finish_open(uw_call_t *call, uw_file_work_t *work)
{
    const uw_opened_t opened = { .fd = work->fd, .found = work->found };
    uw_resource_t *resource =
        uw_make(call, &uw_filesystem_directory_entry_stream_type, 0);
    uw_file_t *file;

    if (resource == NULL) {
        return UW_TRAP;
    }
    file = uw_file_new(&opened, call->instance);
    if (file == NULL) {
        return uw_trap(call, "out of memory");
    }
    work->fd = -1;
    uw_as_listing(resource)->file = file;

    return uw_return_ok_handle(call, resource);
}


static const uw_file_task_t uw_listing_open = { uw_listing_run_open,
                                                uw_listing_finish_open };


uw_step_t
uw_filesystem_descriptor_read_directory(uw_call_t *call, uw_resource_t *self)
{
    uw_file_work_t work =
        uw_file_work(&uw_listing_open, uw_as_descriptor(self)->file);

    work.error = uw_as_directory(self) == NULL
                     ? UW_FILE_ERROR(NOT_DIRECTORY)
                     : uw_file_no_room(call->instance);

    return uw_file_work_do(call, &work);
}


/* ---- read-directory-entry ---- */

static const uw_kernel_entry_t *
uw_listing_entry(const uint8_t *entries, size_t at)
{
    return (const uw_kernel_entry_t *) (const void *) (entries + at);
}


/* Those that every directory has are left out. */
static bool
uw_listing_counts(const uw_kernel_entry_t *entry)
{
    return strcmp(entry->name, ".") != 0 && strcmp(entry->name, "..") != 0;
}


/* Some file systems do not say what an entry is. */
static void
uw_listing_add_types(const uw_file_work_t *work)
{
    struct stat found;

    for (size_t at = 0; at < work->bytes_size;) {
        uw_kernel_entry_t *entry = (void *) (work->bytes + at);

        if (entry->type == DT_UNKNOWN
            && fstatat(work->file->fd, entry->name, &found, AT_SYMLINK_NOFOLLOW)
                   == 0)
        {
            entry->type = (uint8_t) IFTODT(found.st_mode);
        }
        at += entry->size;
    }
}


static uw_file_error_t
uw_listing_run_read(uw_file_work_t *work)
{
    long size;

    work->bytes = malloc(UW_LISTING_SIZE);
    if (work->bytes == NULL) {
        return UW_FILE_ERROR(INSUFFICIENT_MEMORY);
    }
    size =
        syscall(SYS_getdents64, work->file->fd, work->bytes, UW_LISTING_SIZE);
    if (size < 0) {
        /* It has been removed meanwhile: nothing is in it. */
        return errno == ENOENT ? 0 : uw_file_errno(errno);
    }
    work->bytes_size = (size_t) size;
    uw_listing_add_types(work);

    return 0;
}


static uw_filesystem_descriptor_type_t
uw_listing_type(uint8_t type)
{
    return type == DT_UNKNOWN ? UW_FILESYSTEM_DESCRIPTOR_TYPE_UNKNOWN
                              : uw_file_type(DTTOIF(type));
}


/* The next of those that are there; UW_WAIT: more have to be read. */
static uw_step_t
uw_listing_next(uw_call_t *call, uw_listing_t *listing)
{
    const uw_kernel_entry_t *entry = NULL;
    uw_filesystem_directory_entry_t found;
    uw_val_t value;

    while (listing->at < listing->size && entry == NULL) {
        entry = uw_listing_entry(listing->entries, listing->at);
        listing->at += entry->size;
        entry = uw_listing_counts(entry) ? entry : NULL;
    }
    if (entry == NULL && !listing->end) {
        return UW_WAIT;
    }
    if (entry == NULL) {
        value = uw_val_option(call->abi, NULL);
        return uw_return_ok(call, &value);
    }

    found.type = uw_listing_type(entry->type);
    found.name = uw_slice_of(entry->name);
    if (!uw_utf8_valid(found.name.data, found.name.size)) {
        return uw_return_file_error(call, UW_FILE_ERROR(ILLEGAL_BYTE_SEQUENCE));
    }
    value = uw_make_filesystem_directory_entry(call, &found);
    value = uw_val_option(call->abi, &value);

    return uw_return_ok(call, &value);
}


static uw_step_t uw_listing_read_more(uw_call_t *call, uw_listing_t *listing);


/* Not even one that counts may have come. */
static uw_step_t
uw_listing_attempt(uw_call_t *call, void *state)
{
    uw_listing_t *listing = state;
    uw_files_t *files = uw_files(call->instance);
    uw_file_work_t *work = uw_file_work_done(call->instance, files->job);
    uw_file_error_t error;
    uw_step_t step;

    if (work == NULL) {
        return UW_WAIT;
    }
    error = work->error;
    free(listing->entries);
    listing->entries = work->bytes;
    listing->size = work->bytes_size;
    listing->at = 0;
    listing->end = error == 0 && work->bytes_size == 0;
    work->bytes = NULL;
    uw_job_release(files->job);
    files->job = NULL;
    if (error != 0) {
        return uw_return_file_error(call, error);
    }

    step = uw_listing_next(call, listing);

    return step == UW_WAIT ? uw_listing_read_more(call, listing) : step;
}


static const uw_file_task_t uw_listing_read = { uw_listing_run_read, NULL };


/* Starts to read; UW_WAIT when that goes on. */
static uw_step_t
uw_listing_read_more(uw_call_t *call, uw_listing_t *listing)
{
    uw_files_t *files = uw_files(call->instance);
    uw_file_work_t work = uw_file_work(&uw_listing_read, listing->file);

    files->job = uw_file_work_start(call->instance, &work);

    return files->job == NULL
               ? uw_return_file_error(call, UW_FILE_ERROR(INSUFFICIENT_MEMORY))
               : UW_WAIT;
}


uw_step_t
uw_filesystem_directory_entry_stream_read_directory_entry(uw_call_t *call,
                                                          uw_resource_t *self)
{
    uw_listing_t *listing = uw_as_listing(self);
    uw_step_t step = uw_listing_next(call, listing);

    if (step != UW_WAIT) {
        return step;
    }
    if (!listing->charged
        && !uw_account_take(&call->instance->account, UW_LISTING_SIZE))
    {
        return uw_trap(call, "out of memory");
    }
    listing->charged = true;
    step = uw_listing_read_more(call, listing);

    return step == UW_WAIT
               ? uw_attempt(call, uw_listing_attempt, listing, UINT64_MAX)
               : step;
}
