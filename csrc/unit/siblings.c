#include "unit/siblings.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>


/* What a process says of itself. */
#define UW_SIBLING_ROOM 1u
#define UW_SIBLING_FAILS 2u


uw_nxt_siblings_t *
uw_nxt_siblings_new(void)
{
    uw_nxt_siblings_t *siblings =
        mmap(NULL, sizeof(*siblings), PROT_READ | PROT_WRITE,
             MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (siblings == MAP_FAILED) {
        return NULL;
    }
    siblings->wakeup = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (siblings->wakeup < 0) {
        (void) munmap(siblings, sizeof(*siblings));
        return NULL;
    }

    return siblings;
}


/* One that was killed has not left. */
static bool
uw_nxt_sibling_is_gone(int32_t pid)
{
    return pid == 0 || pid == getpid() || (kill(pid, 0) != 0 && errno == ESRCH);
}


uint32_t
uw_nxt_siblings_join(uw_nxt_siblings_t *siblings)
{
    int32_t pid;

    if (siblings == NULL) {
        return UW_NXT_SIBLINGS;
    }
    for (uint32_t i = 0; i < UW_NXT_SIBLINGS; i++) {
        pid = __atomic_load_n(&siblings->of[i].pid, __ATOMIC_ACQUIRE);
        if (uw_nxt_sibling_is_gone(pid)
            && __atomic_compare_exchange_n(&siblings->of[i].pid, &pid, getpid(),
                                           false, __ATOMIC_ACQ_REL,
                                           __ATOMIC_RELAXED))
        {
            __atomic_store_n(&siblings->of[i].state, 0, __ATOMIC_RELEASE);
            return i;
        }
    }

    return UW_NXT_SIBLINGS;
}


void
uw_nxt_siblings_leave(uw_nxt_siblings_t *siblings, uint32_t self)
{
    if (siblings != NULL && self < UW_NXT_SIBLINGS) {
        uw_nxt_siblings_say(siblings, self, false);
        __atomic_store_n(&siblings->of[self].pid, 0, __ATOMIC_RELEASE);
    }
}


void
uw_nxt_siblings_say(uw_nxt_siblings_t *siblings, uint32_t self, bool room)
{
    uint32_t before;
    uint32_t now;

    if (siblings == NULL || self >= UW_NXT_SIBLINGS) {
        return;
    }
    before = __atomic_load_n(&siblings->of[self].state, __ATOMIC_RELAXED);
    now = (before & ~UW_SIBLING_ROOM) | (room ? UW_SIBLING_ROOM : 0);
    if (now != before) {
        __atomic_store_n(&siblings->of[self].state, now, __ATOMIC_RELEASE);
    }
}


void
uw_nxt_siblings_fail(uw_nxt_siblings_t *siblings, uint32_t self)
{
    if (siblings != NULL && self < UW_NXT_SIBLINGS) {
        __atomic_store_n(&siblings->of[self].state, UW_SIBLING_FAILS,
                         __ATOMIC_RELEASE);
    }
}


bool
uw_nxt_siblings_serve(const uw_nxt_siblings_t *siblings, uint32_t self)
{
    for (uint32_t i = 0; siblings != NULL && i < UW_NXT_SIBLINGS; i++) {
        if (i != self
            && (__atomic_load_n(&siblings->of[i].state, __ATOMIC_ACQUIRE)
                & UW_SIBLING_FAILS)
                   == 0
            && !uw_nxt_sibling_is_gone(
                __atomic_load_n(&siblings->of[i].pid, __ATOMIC_RELAXED)))
        {
            return true;
        }
    }

    return false;
}


bool
uw_nxt_siblings_have_room(const uw_nxt_siblings_t *siblings, uint32_t self)
{
    for (uint32_t i = 0; siblings != NULL && i < UW_NXT_SIBLINGS; i++) {
        if (i != self
            && (__atomic_load_n(&siblings->of[i].state, __ATOMIC_ACQUIRE)
                & UW_SIBLING_ROOM)
                   != 0
            && __atomic_load_n(&siblings->of[i].pid, __ATOMIC_RELAXED) != 0)
        {
            return true;
        }
    }

    return false;
}


void
uw_nxt_siblings_call(const uw_nxt_siblings_t *siblings, uint32_t self)
{
    uint64_t one = 1;

    if (uw_nxt_siblings_have_room(siblings, self)
        && write(siblings->wakeup, &one, sizeof(one)) != sizeof(one))
    {
        return; /* the counter is full: after 2^64 calls */
    }
}


int
uw_nxt_siblings_listen(const uw_nxt_siblings_t *siblings, int epoll, void *data)
{
    struct epoll_event event = { .events = EPOLLIN | EPOLLET,
                                 .data.ptr = data };

    return siblings == NULL
               ? 0
               : epoll_ctl(epoll, EPOLL_CTL_ADD, siblings->wakeup, &event);
}


uint32_t
uw_nxt_siblings_count(const uw_nxt_siblings_t *siblings, uint32_t self)
{
    uint32_t count = 1;

    for (uint32_t i = 0; siblings != NULL && i < UW_NXT_SIBLINGS; i++) {
        count +=
            i != self
            && __atomic_load_n(&siblings->of[i].pid, __ATOMIC_RELAXED) != 0;
    }

    return count;
}
