/*
 * wasi:filesystem/types: functions that change a directory.
 *
 * Each works on one name, in a directory that was opened below the guest's
 * (uw_path_place()): no link in that name is followed.
 */

#include "wasi/filesystem/common.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define UW_DIRECTORY_MODE 0777


/* Whether, and else why not, something in a directory may be changed. */
static uw_file_error_t
uw_change_may(const uw_resource_t *self)
{
    const uw_file_t *directory = uw_as_directory(self);

    if (directory == NULL) {
        return UW_FILE_ERROR(NOT_DIRECTORY);
    }

    return directory->may_change ? 0 : UW_FILE_ERROR(READ_ONLY);
}


/* Work on a path in a directory that may be changed. */
static uw_file_work_t
uw_change_work(const uw_file_task_t *task, const uw_resource_t *self,
               uw_slice_t path)
{
    uw_file_work_t work = uw_file_work(task, uw_as_descriptor(self)->file);

    work.error = uw_change_may(self);
    uw_file_work_path(&work, path, &work.path);

    return work;
}


/* The same with a second directory and path. */
static uw_file_work_t
uw_change_work_two(const uw_file_task_t *task, const uw_resource_t *self,
                   uw_slice_t path, const uw_resource_t *new_descriptor,
                   uw_slice_t new_path)
{
    uw_file_work_t work = uw_change_work(task, self, path);

    work.other = uw_as_descriptor(new_descriptor)->file;
    uw_file_work_refuse(&work, uw_change_may(new_descriptor));
    uw_file_work_path(&work, new_path, &work.new_path);

    return work;
}


/* Finds the place; `dots` is what is wrong with a path that ends in one. */
static uw_file_error_t
uw_change_place(int directory, const char *path, uw_file_error_t dots,
                uw_place_t *place)
{
    uw_file_error_t error = uw_path_place(directory, path, place);

    if (error == 0 && place->name == NULL) {
        (void) close(place->directory);
        error = dots;
    }

    return error;
}


/* What is there has to be a directory, where slashes are behind the name. */
static uw_file_error_t
uw_change_slashes(const uw_place_t *place)
{
    struct stat found;

    if (!place->slashes) {
        return 0;
    }
    if (fstatat(place->directory, place->name, &found, AT_SYMLINK_NOFOLLOW)
        != 0)
    {
        return uw_file_errno(errno);
    }

    return S_ISDIR(found.st_mode) ? 0 : UW_FILE_ERROR(NOT_DIRECTORY);
}


/* ---- create-directory-at ---- */

static uw_file_error_t
uw_change_run_create(uw_file_work_t *work)
{
    uw_place_t place;
    uw_file_error_t error = uw_change_place(work->file->fd, work->path,
                                            UW_FILE_ERROR(EXIST), &place);

    if (error == 0) {
        error = uw_file_outcome(
            mkdirat(place.directory, place.name, UW_DIRECTORY_MODE));
        (void) close(place.directory);
    }

    return error;
}


static const uw_file_task_t uw_change_create = { uw_change_run_create, NULL };


uw_step_t
uw_filesystem_descriptor_create_directory_at(uw_call_t *call,
                                             uw_resource_t *self,
                                             uw_slice_t path)
{
    uw_file_work_t work = uw_change_work(&uw_change_create, self, path);

    return uw_file_work_do(call, &work);
}


/* ---- remove-directory-at, unlink-file-at ---- */

static uw_file_error_t
uw_change_run_remove(uw_file_work_t *work)
{
    uw_place_t place;
    uw_file_error_t error = uw_change_place(work->file->fd, work->path,
                                            UW_FILE_ERROR(INVALID), &place);

    if (error == 0) {
        error = uw_file_outcome(
            unlinkat(place.directory, place.name, AT_REMOVEDIR));
        (void) close(place.directory);
    }

    return error;
}


static const uw_file_task_t uw_change_remove = { uw_change_run_remove, NULL };


uw_step_t
uw_filesystem_descriptor_remove_directory_at(uw_call_t *call,
                                             uw_resource_t *self,
                                             uw_slice_t path)
{
    uw_file_work_t work = uw_change_work(&uw_change_remove, self, path);

    return uw_file_work_do(call, &work);
}


static uw_file_error_t
uw_change_run_unlink(uw_file_work_t *work)
{
    uw_place_t place;
    uw_file_error_t error = uw_change_place(
        work->file->fd, work->path, UW_FILE_ERROR(IS_DIRECTORY), &place);

    if (error != 0) {
        return error;
    }
    error = uw_change_slashes(&place);
    if (error == 0 && unlinkat(place.directory, place.name, 0) != 0) {
        error = uw_file_errno(errno);
    }
    (void) close(place.directory);

    return error;
}


static const uw_file_task_t uw_change_unlink = { uw_change_run_unlink, NULL };


uw_step_t
uw_filesystem_descriptor_unlink_file_at(uw_call_t *call, uw_resource_t *self,
                                        uw_slice_t path)
{
    uw_file_work_t work = uw_change_work(&uw_change_unlink, self, path);

    return uw_file_work_do(call, &work);
}


/* ---- symlink-at ---- */

/* path is what the link says, new_path where it is made. */
static uw_file_error_t
uw_change_run_symlink(uw_file_work_t *work)
{
    uw_place_t place;
    uw_file_error_t error;

    if (work->path[0] == '/') {
        return UW_FILE_ERROR(NOT_PERMITTED);
    }
    error = uw_change_place(work->file->fd, work->new_path,
                            UW_FILE_ERROR(EXIST), &place);
    if (error != 0) {
        return error;
    }
    if (place.slashes) {
        error = uw_change_slashes(&place);
        error = error == 0 ? UW_FILE_ERROR(EXIST) : error;

    } else if (symlinkat(work->path, place.directory, place.name) != 0) {
        error = uw_file_errno(errno);
    }
    (void) close(place.directory);

    return error;
}


static const uw_file_task_t uw_change_symlink = { uw_change_run_symlink, NULL };


uw_step_t
uw_filesystem_descriptor_symlink_at(uw_call_t *call, uw_resource_t *self,
                                    uw_slice_t old_path, uw_slice_t new_path)
{
    uw_file_work_t work = uw_change_work(&uw_change_symlink, self, old_path);

    uw_file_work_path(&work, new_path, &work.new_path);

    return uw_file_work_do(call, &work);
}


/* ---- link-at, rename-at ---- */

/* Calls `change` with both places. */
static uw_file_error_t
uw_change_both(uw_file_work_t *work, uw_file_error_t dots,
               uw_file_error_t (*change)(const uw_place_t *from,
                                         const uw_place_t *to))
{
    uw_place_t from;
    uw_place_t to;
    uw_file_error_t error =
        uw_change_place(work->file->fd, work->path, dots, &from);

    if (error != 0) {
        return error;
    }
    error = uw_change_place(work->other->fd, work->new_path, dots, &to);
    if (error == 0) {
        error = change(&from, &to);
        (void) close(to.directory);
    }
    (void) close(from.directory);

    return error;
}


static uw_file_error_t
uw_change_link_now(const uw_place_t *from, const uw_place_t *to)
{
    uw_file_error_t error = uw_change_slashes(from);

    if (error == 0) {
        error = uw_change_slashes(to);
    }
    if (error == 0
        && linkat(from->directory, from->name, to->directory, to->name, 0) != 0)
    {
        error = uw_file_errno(errno);
    }

    return error;
}


static uw_file_error_t
uw_change_run_link(uw_file_work_t *work)
{
    return uw_change_both(work, UW_FILE_ERROR(NOT_PERMITTED),
                          uw_change_link_now);
}


static const uw_file_task_t uw_change_link = { uw_change_run_link, NULL };


uw_step_t
uw_filesystem_descriptor_link_at(uw_call_t *call, uw_resource_t *self,
                                 uw_filesystem_path_flags_t old_path_flags,
                                 uw_slice_t old_path,
                                 uw_resource_t *new_descriptor,
                                 uw_slice_t new_path)
{
    uw_file_work_t work = uw_change_work_two(&uw_change_link, self, old_path,
                                             new_descriptor, new_path);

    /* As in wasmtime: what a link leads to gets no second name. */
    if ((old_path_flags & UW_FILESYSTEM_PATH_FLAGS_SYMLINK_FOLLOW) != 0) {
        uw_file_work_refuse(&work, UW_FILE_ERROR(INVALID));
    }

    return uw_file_work_do(call, &work);
}


/* Slashes may be behind both names where a directory gets another one. */
static uw_file_error_t
uw_change_rename_now(const uw_place_t *from, const uw_place_t *to)
{
    uw_place_t old = *from;
    uw_file_error_t error;

    old.slashes = from->slashes || to->slashes;
    error = uw_change_slashes(&old);
    if (error == 0
        && renameat(from->directory, from->name, to->directory, to->name) != 0)
    {
        error = uw_file_errno(errno);
    }

    return error;
}


static uw_file_error_t
uw_change_run_rename(uw_file_work_t *work)
{
    return uw_change_both(work, UW_FILE_ERROR(BUSY), uw_change_rename_now);
}


static const uw_file_task_t uw_change_rename = { uw_change_run_rename, NULL };


uw_step_t
uw_filesystem_descriptor_rename_at(uw_call_t *call, uw_resource_t *self,
                                   uw_slice_t old_path,
                                   uw_resource_t *new_descriptor,
                                   uw_slice_t new_path)
{
    uw_file_work_t work = uw_change_work_two(&uw_change_rename, self, old_path,
                                             new_descriptor, new_path);

    return uw_file_work_do(call, &work);
}
