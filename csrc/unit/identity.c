#include "unit/identity.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#define UW_SECOND INT64_C(1000000000)


static int64_t
uw_nxt_time(const struct timespec *at)
{
    return at->tv_sec * UW_SECOND + at->tv_nsec;
}


void
uw_nxt_identity(const struct stat *found, char text[UW_NXT_IDENTITY])
{
    (void) snprintf(text, UW_NXT_IDENTITY,
                    "%" PRIu64 ":%" PRIu64 ":%" PRIu64 ":%" PRId64 ":%" PRId64,
                    (uint64_t) found->st_dev, (uint64_t) found->st_ino,
                    (uint64_t) found->st_size, uw_nxt_time(&found->st_mtim),
                    uw_nxt_time(&found->st_ctim));
}


int
uw_nxt_open_trusted(const char *path, struct stat *found)
{
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    int high;

    if (fd < 0) {
        return -1;
    }

    if (fstat(fd, found) != 0) {
        goto failed;
    }
    if (!S_ISREG(found->st_mode) || (found->st_mode & (S_IWGRP | S_IWOTH)) != 0
        || (found->st_uid != 0 && found->st_uid != geteuid()))
    {
        errno = EPERM;
        goto failed;
    }

    /* Not one of the standard three: 0 means "none" to the engine. */
    high = fcntl(fd, F_DUPFD_CLOEXEC, 3);
    (void) close(fd);

    return high;

failed:

    high = errno;
    (void) close(fd);
    errno = high;

    return -1;
}
