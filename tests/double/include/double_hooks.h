/*
 * Part of our nxt_main.h, and so of nxt_shim.c, and of hooked.c: what the module
 * asks of the operating system goes through the double, which can let it fail.
 */

#ifndef DOUBLE_HOOKS_H
#define DOUBLE_HOOKS_H

/* First, so that the macros do not meet the declarations. */
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

_Noreturn void double_exit(int status);
void *double_calloc(size_t count, size_t size);
int double_memfd_create(const char *name, unsigned int flags);
int double_usleep(useconds_t microseconds);
int double_ioctl(int fd, unsigned long request, int *value);
int double_epoll_create1(int flags);
int double_epoll_ctl(int epoll, int operation, int fd,
                     struct epoll_event *event);
int double_epoll_wait(int epoll, struct epoll_event *events, int count,
                      int timeout);

ssize_t double_recvmsg(int fd, struct msghdr *message, int flags);
ssize_t double_sendmsg(int fd, const struct msghdr *message, int flags);
int double_sendmmsg(int fd, struct mmsghdr *messages, unsigned int count,
                    int flags);

#ifndef DOUBLE_IMPLEMENTATION
#define exit double_exit
#define calloc double_calloc
#define memfd_create double_memfd_create
#define usleep double_usleep
#define ioctl double_ioctl
#define epoll_create1 double_epoll_create1
#define epoll_ctl double_epoll_ctl
#define epoll_wait double_epoll_wait
#define recvmsg double_recvmsg
#define sendmsg double_sendmsg
#define sendmmsg double_sendmmsg
#endif

#endif /* DOUBLE_HOOKS_H */
