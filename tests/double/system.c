/* The operating system, as double_hooks.h gives it to the module. */

#include "state.h"

#include <errno.h>
#include <sys/mman.h>


/* -1 with that error when the call has to fail. */
static int
double_system(int function, int error)
{
    bool fails;

    double_lock();
    fails = double_call(function);
    double_unlock();
    errno = fails ? error : 0;

    return fails ? -1 : 0;
}


void *
double_calloc(size_t count, size_t size)
{
    return double_system(DOUBLE_CALLOC, ENOMEM) != 0 ? NULL
                                                     : calloc(count, size);
}


int
double_memfd_create(const char *name, unsigned int flags)
{
    return double_system(DOUBLE_MEMFD, EMFILE) != 0 ? -1
                                                    : memfd_create(name, flags);
}


int
double_usleep(useconds_t microseconds)
{
    double_lock();
    the_double.lingered += microseconds;
    double_note("linger");
    double_unlock();

    return 0;
}


int
double_ioctl(int fd, unsigned long request, int *value)
{
    return double_system(DOUBLE_IOCTL, EBADF) != 0 ? -1
                                                   : ioctl(fd, request, value);
}


int
double_epoll_create1(int flags)
{
    return double_system(DOUBLE_EPOLL_CREATE, EMFILE) != 0
               ? -1
               : epoll_create1(flags);
}


int
double_epoll_ctl(int epoll, int operation, int fd, struct epoll_event *event)
{
    return double_system(DOUBLE_EPOLL_CTL, ENOSPC) != 0
               ? -1
               : epoll_ctl(epoll, operation, fd, event);
}


/* In quanta, so that double_abort() is noticed. */
int
double_epoll_wait(int epoll, struct epoll_event *events, int count, int timeout)
{
    const int quantum = 50;
    int found;

    double_lock();
    the_double.turns++;
    double_happened();
    if (timeout != 0) {
        double_check_told("epoll_wait");
    }
    double_unlock();
    if (double_system(DOUBLE_EPOLL_WAIT, EINTR) != 0) {
        return -1;
    }

    for (;;) {
        double_check_abort();
        found =
            epoll_wait(epoll, events, count,
                       timeout >= 0 && timeout < quantum ? timeout : quantum);
        if (found != 0 || (timeout >= 0 && timeout <= quantum)) {
            return found;
        }
        double_lock();
        the_double.naps++;
        double_happened();
        double_unlock();
        if (timeout > 0) {
            timeout -= quantum;
        }
    }
}
