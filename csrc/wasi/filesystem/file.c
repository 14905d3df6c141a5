/*
 * wasi:filesystem: what is open, and who holds it.
 */

#include "wasi/filesystem/common.h"

#include <stdlib.h>
#include <unistd.h>

#include "wasi/filesystem/directories.h"


uw_filesystem_descriptor_type_t
uw_file_type(mode_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFREG:
        return UW_FILESYSTEM_DESCRIPTOR_TYPE_REGULAR_FILE;
    case S_IFDIR:
        return UW_FILESYSTEM_DESCRIPTOR_TYPE_DIRECTORY;
    case S_IFLNK:
        return UW_FILESYSTEM_DESCRIPTOR_TYPE_SYMBOLIC_LINK;
    case S_IFCHR:
        return UW_FILESYSTEM_DESCRIPTOR_TYPE_CHARACTER_DEVICE;
    case S_IFBLK:
        return UW_FILESYSTEM_DESCRIPTOR_TYPE_BLOCK_DEVICE;
    case S_IFIFO:
        return UW_FILESYSTEM_DESCRIPTOR_TYPE_FIFO;
    case S_IFSOCK:
        return UW_FILESYSTEM_DESCRIPTOR_TYPE_SOCKET;
    default:
        return UW_FILESYSTEM_DESCRIPTOR_TYPE_UNKNOWN;
    }
}


uw_file_t *
uw_file_new(const uw_opened_t *opened, const uw_instance_t *instance)
{
    uw_file_t *file = calloc(1, sizeof(*file));

    if (file == NULL) {
        return NULL;
    }
    atomic_init(&file->references, 1);
    file->holders = 1;
    file->fd = opened->fd;
    file->device = opened->found.st_dev;
    file->inode = opened->found.st_ino;
    file->type = uw_file_type(opened->found.st_mode);
    file->flags = opened->flags;
    file->may_change = opened->may_change;
    if (instance != NULL) {
        file->open = &uw_files(instance)->open;
        file->all = &uw_directories_files(instance->host->directories)->open;
        (*file->open)++;
        (*file->all)++;
    }

    return file;
}


void
uw_file_keep(uw_file_t *file)
{
    (void) atomic_fetch_add(&file->references, 1);
}


void
uw_file_release(uw_file_t *file)
{
    if (file != NULL && atomic_fetch_sub(&file->references, 1) == 1) {
        (void) close(file->fd);
        free(file);
    }
}


void
uw_file_hold(uw_file_t *file)
{
    file->holders++;
}


void
uw_file_drop(uw_file_t *file)
{
    if (file == NULL || --file->holders != 0) {
        return;
    }

    if (file->open != NULL) {
        (*file->open)--;
        (*file->all)--;
    }
    uw_file_release(file);
}


void
uw_filesystem_descriptor_drop(uw_instance_t *instance, uw_resource_t *resource)
{
    (void) instance;

    uw_file_drop(uw_as_descriptor(resource)->file);
    uw_as_descriptor(resource)->file = NULL;
}


uw_file_error_t
uw_file_no_room(const uw_instance_t *instance)
{
    const uw_all_files_t *all =
        uw_directories_files(instance->host->directories);

    if (uw_files(instance)->open >= instance->engine->settings.max_files) {
        return UW_FILE_ERROR(QUOTA);
    }

    return all->open < all->most ? 0 : UW_FILE_ERROR(INSUFFICIENT_MEMORY);
}


bool
uw_file_may_write(uw_instance_t *instance, uint64_t size)
{
    uw_files_t *files = uw_files(instance);
    uint64_t most = instance->engine->settings.max_file_bytes;

    if (size > most - files->written) {
        return false;
    }
    files->written += size;

    return true;
}


uw_file_t *
uw_as_directory(const uw_resource_t *descriptor)
{
    uw_file_t *file = uw_as_descriptor(descriptor)->file;

    return file->type == UW_FILESYSTEM_DESCRIPTOR_TYPE_DIRECTORY ? file : NULL;
}


uw_file_t *
uw_as_file(const uw_resource_t *descriptor)
{
    uw_file_t *file = uw_as_descriptor(descriptor)->file;

    return file->type == UW_FILESYSTEM_DESCRIPTOR_TYPE_DIRECTORY ? NULL : file;
}


uw_file_error_t
uw_file_unwritable(const uw_file_t *file)
{
    if (!file->may_change) {
        return UW_FILE_ERROR(READ_ONLY);
    }

    return (file->flags & UW_FILESYSTEM_DESCRIPTOR_FLAGS_WRITE) != 0
               ? 0
               : UW_FILE_ERROR(BAD_DESCRIPTOR);
}


uw_step_t
uw_return_descriptor(uw_call_t *call, uw_file_t *file)
{
    uw_resource_t *resource = uw_make(call, &uw_filesystem_descriptor_type, 0);

    if (resource == NULL) {
        uw_file_drop(file);
        return UW_TRAP;
    }
    uw_as_descriptor(resource)->file = file;

    return uw_return_ok_handle(call, resource);
}
