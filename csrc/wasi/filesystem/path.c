/*
 * wasi:filesystem: where a path leads.
 *
 * Nothing here decides by the text of a path.  The kernel resolves it, and
 * refuses whatever would lead out of the directory, by "..", by an absolute path
 * or by a symbolic link, at the moment in which it follows it: there is no time
 * between a check and the use.  Links of /proc, which lead anywhere, are not
 * followed at all.
 *
 * What openat2() cannot do itself (make, remove, rename) is done to the last name
 * of the path, in a directory that it has opened.  These calls follow no link in
 * that name, as long as no slash is behind it.
 */

#include "wasi/filesystem/common.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Linux 5.6; the number is the same on every machine. */
#ifndef SYS_openat2
#define SYS_openat2 437
#endif

#define UW_RESOLVE_NO_MAGICLINKS 0x02u
#define UW_RESOLVE_BENEATH 0x08u

/* How often a path is resolved anew where the kernel saw something being renamed
 * meanwhile, or somebody having a lease of the file. */
#define UW_PATH_ATTEMPTS 64

/* As the kernel has it: struct open_how of linux/openat2.h. */
typedef struct {
    uint64_t flags;
    uint64_t mode;
    uint64_t resolve;
} uw_open_how_t;


static int
uw_openat2(int directory, const uw_path_open_t *path, int flags)
{
    uw_open_how_t how = {
        .flags = (uint64_t) (unsigned) (flags | O_CLOEXEC),
        .mode = (uint64_t) (unsigned) path->mode,
        .resolve = UW_RESOLVE_BENEATH | UW_RESOLVE_NO_MAGICLINKS,
    };

    return (int) syscall(SYS_openat2, directory, path->path, &how, sizeof(how));
}


/*
 * A FIFO must not hold up a thread for ever, so nothing waits for its other end.
 * A file that somebody has a lease of does not open like that: it is waited for.
 */
uw_file_error_t
uw_path_open(int directory, const uw_path_open_t *how, int *fd)
{
    int plain = how->flags | O_NOCTTY;
    int flags = (how->flags & O_PATH) != 0 ? how->flags : plain | O_NONBLOCK;

    for (unsigned i = 0; i < UW_PATH_ATTEMPTS; i++) {
        *fd = uw_openat2(directory, how, flags);
        if (*fd < 0 && errno == EAGAIN && (flags & O_NONBLOCK) != 0) {
            *fd = uw_openat2(directory, how, plain);
        }
        if (*fd >= 0) {
            return 0;
        }
        if (errno != EAGAIN && errno != EINTR) {
            break;
        }
    }

    /* It would have led out of the directory. */
    return errno == EXDEV ? UW_FILE_ERROR(NOT_PERMITTED) : uw_file_errno(errno);
}


static bool
uw_is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}


uw_file_error_t
uw_path_place(int directory, const char *path, uw_place_t *place)
{
    uw_path_open_t how = { .path = place->text, .flags = O_PATH | O_DIRECTORY };
    size_t size = strlen(path);
    char *slash;

    if (size >= sizeof(place->text)) {
        return UW_FILE_ERROR(NAME_TOO_LONG);
    }
    memcpy(place->text, path, size + 1);
    while (size > 1 && place->text[size - 1] == '/') {
        place->text[--size] = '\0';
    }
    place->slashes = path[size] == '/';

    slash = strrchr(place->text, '/');
    place->name = slash == NULL ? place->text : slash + 1;
    if (size == 0) {
        return UW_FILE_ERROR(NO_ENTRY);
    }
    if (uw_is_dots(place->name)) {
        place->name = NULL;

    } else if (slash == NULL) {
        how.path = ".";

    } else if (slash == place->text) {
        /* Absolute: let it be refused as all of these are. */
        how.path = "/";

    } else {
        *slash = '\0';
    }

    return uw_path_open(directory, &how, &place->directory);
}
