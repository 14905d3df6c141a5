#include "wasi/filesystem/directories.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "wasi/filesystem/common.h"

typedef struct {
    uw_slice_t name; /* that guests see; in the settings */
    uw_file_t *file; /* held */
} uw_given_t;

struct uw_directories {
    uw_all_files_t files;
    size_t count;
    uw_given_t given[];
};


/* "w5:/dataHOST": whether it may be changed, and what it is called by guests. */
static int
uw_directory_read(const char *text, uw_given_t *given, const char **host)
{
    char *end;
    unsigned long size = text[0] == '\0' ? 0 : strtoul(text + 1, &end, 10);

    if (text[0] == '\0' || *end != ':' || size > strlen(end + 1)) {
        return -1;
    }
    given->name = (uw_slice_t) { (const uint8_t *) end + 1, size };
    *host = end + 1 + size;

    return 0;
}


/* Whether the kernel does for it what keeps guests within it. */
static uw_file_error_t
uw_directory_try(int fd)
{
    const uw_path_open_t how = { .path = ".", .flags = O_PATH | O_DIRECTORY };
    int again;
    uw_file_error_t error = uw_path_open(fd, &how, &again);

    if (error == 0) {
        (void) close(again);
    }

    return error;
}


static int
uw_directory_open(const char *text, uw_given_t *given, char *error,
                  size_t error_size)
{
    uw_opened_t opened = { .flags = UW_FILESYSTEM_DESCRIPTOR_FLAGS_READ };
    const char *host;

    if (uw_directory_read(text, given, &host) != 0) {
        (void) snprintf(error, error_size, "a directory cannot be read");
        return -1;
    }

    /* What is behind it is looked at when it is used, and may be looked up only. */
    opened.fd = open(host, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (opened.fd < 0 || fstat(opened.fd, &opened.found) != 0) {
        (void) snprintf(error, error_size,
                        "the directory %s cannot be opened: %s", host,
                        strerror(errno));
        goto failed;
    }
    if (uw_directory_try(opened.fd) != 0) {
        (void) snprintf(error, error_size,
                        "this system has no openat2 (Linux 5.6), without "
                        "which components are given no directory");
        goto failed;
    }

    opened.may_change = text[0] == 'w';
    if (opened.may_change) {
        opened.flags |= UW_FILESYSTEM_DESCRIPTOR_FLAGS_MUTATE_DIRECTORY;
    }
    given->file = uw_file_new(&opened, NULL);
    if (given->file == NULL) {
        (void) snprintf(error, error_size, "out of memory");
        goto failed;
    }

    return 0;

failed:

    if (opened.fd >= 0) {
        (void) close(opened.fd);
    }

    return -1;
}


static uint32_t
uw_directories_most(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) != 0
        || limit.rlim_cur / 2 >= UINT32_MAX)
    {
        return UINT32_MAX;
    }

    return (uint32_t) (limit.rlim_cur / 2);
}


uw_all_files_t *
uw_directories_files(uw_directories_t *directories)
{
    return &directories->files;
}


uw_directories_t *
uw_directories_open(const uw_settings_t *settings, char *error,
                    size_t error_size)
{
    size_t count = settings->directory_count;
    uw_directories_t *directories =
        calloc(1, sizeof(*directories) + count * sizeof(uw_given_t));

    if (directories == NULL) {
        (void) snprintf(error, error_size, "out of memory");
        return NULL;
    }
    directories->files.most = uw_directories_most();

    for (; directories->count < count; directories->count++) {
        if (uw_directory_open(settings->directories[directories->count],
                              &directories->given[directories->count], error,
                              error_size)
            != 0)
        {
            uw_directories_close(directories);
            return NULL;
        }
    }

    return directories;
}


void
uw_directories_close(uw_directories_t *directories)
{
    if (directories == NULL) {
        return;
    }

    for (size_t i = 0; i < directories->count; i++) {
        uw_file_drop(directories->given[i].file);
    }
    free(directories);
}


static bool
uw_directory_make(uw_call_t *call, const uw_given_t *given, uw_val_t *value)
{
    uw_filesystem_tuple_descriptor_string_t pair = { .f1 = given->name };

    pair.f0 = uw_make(call, &uw_filesystem_descriptor_type, 0);
    if (pair.f0 == NULL) {
        return false;
    }
    uw_file_hold(given->file);
    uw_as_descriptor(pair.f0)->file = given->file;

    return uw_make_filesystem_tuple_descriptor_string(call, &pair, value);
}


uw_step_t
uw_filesystem_preopens_get_directories(uw_call_t *call)
{
    const uw_directories_t *directories = call->instance->host->directories;
    size_t count = directories == NULL ? 0 : directories->count;
    uw_val_t list = uw_val_list(call->abi, count);

    for (size_t i = 0; i < count; i++) {
        if (!uw_directory_make(call, &directories->given[i],
                               &list.of.list.data[i]))
        {
            uw_unmake(call, &list);
            return UW_TRAP;
        }
    }

    return uw_return(call, list);
}
