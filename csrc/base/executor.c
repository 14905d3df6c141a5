#include "base/executor.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

/* Descriptors that uw_executor_clear() takes at once; more come the next time. */
#define UW_EXECUTOR_EVENTS 32

/* Tasks in order of arrival. */
typedef struct {
    uw_task_t *first;
    uw_task_t **last;
    size_t count;
} uw_queue_t;

struct uw_executor {
    int epoll;
    int timer_fd;
    int event_fd;

    uw_queue_t ready;
    uw_queue_t later; /* have used up a quantum; see uw_executor_later() */
    uint64_t debt;    /* by those to what is ready, nanoseconds */
    uint32_t quiet;   /* turns since something was ready */
    bool in_quantum;  /* the task that runs is one of those */
    bool ended;       /* this turn, by a task */

    uw_timer_t **heap; /* binary heap: heap[0] is due first */
    size_t timers;
    size_t heap_capacity;
    uint64_t armed; /* what timer_fd is set to; UINT64_MAX: nothing */
};


uint64_t
uw_now(void)
{
    struct timespec now;

    /* Cannot fail: the clock exists and the pointer is good. */
    (void) clock_gettime(CLOCK_MONOTONIC, &now);

    return (uint64_t) now.tv_sec * 1000000000u + (uint64_t) now.tv_nsec;
}


int
uw_milliseconds(uint64_t until)
{
    uint64_t now = uw_now();

    return now >= until ? 0 : (int) ((until - now) / 1000000u) + 1;
}


/* One of its own descriptors, known by the address of where its number is. */
static int
uw_executor_add(uw_executor_t *executor, int *fd)
{
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = fd };

    return epoll_ctl(executor->epoll, EPOLL_CTL_ADD, *fd, &event);
}


int
uw_executor_watch(uw_executor_t *executor, uw_watch_t *watch, int fd)
{
    struct epoll_event event = { .events =
                                     EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET,
                                 .data.ptr = watch };

    return epoll_ctl(executor->epoll, EPOLL_CTL_ADD, fd, &event);
}


void
uw_executor_unwatch(uw_executor_t *executor, int fd)
{
    /* Fails only for one that was not watched. */
    (void) epoll_ctl(executor->epoll, EPOLL_CTL_DEL, fd, NULL);
}


uw_executor_t *
uw_executor_new(void)
{
    uw_executor_t *executor = calloc(1, sizeof(*executor));

    if (executor == NULL) {
        return NULL;
    }

    executor->ready.last = &executor->ready.first;
    executor->later.last = &executor->later.first;
    executor->armed = UINT64_MAX;
    executor->epoll = epoll_create1(EPOLL_CLOEXEC);
    executor->timer_fd =
        timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
    executor->event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);

    if (executor->epoll < 0 || executor->timer_fd < 0 || executor->event_fd < 0
        || uw_executor_add(executor, &executor->timer_fd) != 0
        || uw_executor_add(executor, &executor->event_fd) != 0)
    {
        uw_executor_delete(executor);
        return NULL;
    }

    return executor;
}


static void
uw_close(int fd)
{
    int saved = errno;

    if (fd >= 0) {
        (void) close(fd);
    }
    errno = saved;
}


void
uw_executor_delete(uw_executor_t *executor)
{
    if (executor == NULL) {
        return;
    }

    uw_close(executor->event_fd);
    uw_close(executor->timer_fd);
    uw_close(executor->epoll);
    free(executor->heap);
    free(executor);
}


int
uw_executor_fd(const uw_executor_t *executor)
{
    return executor->epoll;
}


static void
uw_queue_push(uw_queue_t *queue, uw_task_t *task)
{
    if (task->queued) {
        return;
    }

    task->queued = true;
    task->next = NULL;
    *queue->last = task;
    queue->last = &task->next;
    queue->count++;
}


static uw_task_t *
uw_queue_pop(uw_queue_t *queue)
{
    uw_task_t *task = queue->first;

    queue->first = task->next;
    if (queue->first == NULL) {
        queue->last = &queue->first;
    }
    queue->count--;
    task->queued = false;

    return task;
}


/* Whether the task was in this queue. */
static bool
uw_queue_remove(uw_queue_t *queue, uw_task_t *task)
{
    uw_task_t **link;

    for (link = &queue->first; *link != task; link = &(*link)->next) {
        if (*link == NULL) {
            return false;
        }
    }

    *link = task->next;
    if (queue->last == &task->next) {
        queue->last = link;
    }
    queue->count--;
    task->queued = false;

    return true;
}


void
uw_executor_ready(uw_executor_t *executor, uw_task_t *task)
{
    uw_queue_push(&executor->ready, task);
}


void
uw_executor_later(uw_executor_t *executor, uw_task_t *task)
{
    uw_queue_push(&executor->later, task);
}


void
uw_executor_end_turn(uw_executor_t *executor)
{
    executor->ended = true;
}


void
uw_executor_forget(uw_executor_t *executor, uw_task_t *task)
{
    if (task->queued && !uw_queue_remove(&executor->ready, task)) {
        (void) uw_queue_remove(&executor->later, task);
    }
}


static void
uw_heap_put(uw_executor_t *executor, size_t index, uw_timer_t *timer)
{
    executor->heap[index] = timer;
    timer->index = index;
}


static void
uw_heap_up(uw_executor_t *executor, size_t index)
{
    uw_timer_t *timer = executor->heap[index];

    while (index > 0 && executor->heap[(index - 1) / 2]->at > timer->at) {
        uw_heap_put(executor, index, executor->heap[(index - 1) / 2]);
        index = (index - 1) / 2;
    }
    uw_heap_put(executor, index, timer);
}


static void
uw_heap_down(uw_executor_t *executor, size_t index)
{
    uw_timer_t *timer = executor->heap[index];

    for (;;) {
        size_t child = 2 * index + 1;

        if (child + 1 < executor->timers
            && executor->heap[child + 1]->at < executor->heap[child]->at)
        {
            child++;
        }
        if (child >= executor->timers || executor->heap[child]->at >= timer->at)
        {
            break;
        }
        uw_heap_put(executor, index, executor->heap[child]);
        index = child;
    }
    uw_heap_put(executor, index, timer);
}


static int
uw_heap_grow(uw_executor_t *executor)
{
    size_t capacity =
        executor->heap_capacity == 0 ? 64 : executor->heap_capacity * 2;
    uw_timer_t **heap = realloc(executor->heap, capacity * sizeof(*heap));

    if (heap == NULL) {
        return -1;
    }
    executor->heap = heap;
    executor->heap_capacity = capacity;

    return 0;
}


/*
 * The descriptor is only ever moved forward in time here.  A timer that was
 * stopped may let it fire for nothing once; that is cheaper than a system call
 * for every exchange, whose deadlines are all far away and in order.
 */
static void
uw_executor_arm(uw_executor_t *executor)
{
    struct itimerspec spec = { { 0, 0 }, { 0, 0 } };
    uint64_t at;

    if (executor->timers == 0 || executor->heap[0]->at >= executor->armed) {
        return;
    }

    at = executor->heap[0]->at;
    spec.it_value.tv_sec = (time_t) (at / 1000000000u);
    spec.it_value.tv_nsec = (long) (at % 1000000000u);
    if (spec.it_value.tv_sec == 0 && spec.it_value.tv_nsec == 0) {
        spec.it_value.tv_nsec = 1; /* all zero would disarm it */
    }

    if (timerfd_settime(executor->timer_fd, TFD_TIMER_ABSTIME, &spec, NULL)
        == 0)
    {
        executor->armed = at;
    }
}


int
uw_timer_set(uw_executor_t *executor, uw_timer_t *timer, uint64_t at)
{
    if (at == UINT64_MAX) {
        uw_timer_stop(executor, timer);
        return 0;
    }

    timer->at = at;
    if (timer->index == UW_TIMER_IDLE) {
        if (executor->timers == executor->heap_capacity
            && uw_heap_grow(executor) != 0)
        {
            return -1;
        }
        uw_heap_put(executor, executor->timers++, timer);
    }
    uw_heap_up(executor, timer->index);
    uw_heap_down(executor, timer->index);
    uw_executor_arm(executor);

    return 0;
}


void
uw_timer_stop(uw_executor_t *executor, uw_timer_t *timer)
{
    size_t index = timer->index;

    if (index == UW_TIMER_IDLE) {
        return;
    }

    timer->index = UW_TIMER_IDLE;
    executor->timers--;
    if (index != executor->timers) {
        uw_heap_put(executor, index, executor->heap[executor->timers]);
        uw_heap_up(executor, index);
        uw_heap_down(executor, executor->heap[index]->index);
    }
}


static void
uw_executor_fire(uw_executor_t *executor)
{
    uint64_t now;
    uw_timer_t *timer;

    if (executor->timers == 0) {
        return;
    }

    for (now = uw_now(); executor->timers != 0 && executor->heap[0]->at <= now;)
    {
        timer = executor->heap[0];
        uw_timer_stop(executor, timer);
        timer->fire(timer);
    }
}


/* Fails with EAGAIN at worst: then there was nothing to clear. */
static void
uw_executor_drain(uw_executor_t *executor, const int *fd)
{
    uint64_t count;

    if (read(*fd, &count, sizeof(count)) == sizeof(count)
        && fd == &executor->timer_fd)
    {
        executor->armed = UINT64_MAX;
    }
}


void
uw_executor_clear(uw_executor_t *executor)
{
    struct epoll_event events[UW_EXECUTOR_EVENTS];
    int ready = epoll_wait(executor->epoll, events, UW_EXECUTOR_EVENTS, 0);
    uw_watch_t *watch;

    for (int i = 0; i < ready; i++) {
        if (events[i].data.ptr == &executor->timer_fd
            || events[i].data.ptr == &executor->event_fd)
        {
            uw_executor_drain(executor, events[i].data.ptr);
        } else {
            watch = events[i].data.ptr;
            watch->fire(watch);
        }
    }
}


void
uw_executor_spent(uw_executor_t *executor, uint64_t nanoseconds)
{
    if (executor->in_quantum) {
        /* The task itself counts, wherever it goes now. */
        executor->debt +=
            nanoseconds * UW_EXECUTOR_SHARE / (executor->later.count + 1);
    } else {
        executor->debt -=
            nanoseconds < executor->debt ? nanoseconds : executor->debt;
    }
}


/*
 * Runs what is ready now, at least one task; not what becomes ready by it.
 * Returns whether there was anything.
 */
static bool
uw_executor_run_ready(uw_executor_t *executor, uint64_t budget)
{
    uint64_t stop = 0;
    size_t tasks;
    uw_task_t *task;

    if (executor->ready.count == 0) {
        return false;
    }

    for (tasks = executor->ready.count;
         tasks != 0 && executor->ready.count != 0; tasks--)
    {
        task = uw_queue_pop(&executor->ready);
        task->run(task);

        if (tasks == 1 || executor->ended) {
            break;
        }
        if (stop == 0) {
            stop = uw_now() + budget;
        } else if (uw_now() >= stop) {
            break;
        }
    }

    return true;
}


/* Runs one of those that have used up a quantum, if it may. */
static void
uw_executor_run_later(uw_executor_t *executor)
{
    uw_task_t *task;

    if (executor->quiet == UW_EXECUTOR_QUIET) {
        executor->debt = 0; /* nobody is there to be paid */
    }
    if (executor->later.count == 0 || executor->debt != 0) {
        return;
    }

    task = uw_queue_pop(&executor->later);
    executor->in_quantum = true;
    task->run(task);
    executor->in_quantum = false;
    executor->quiet = 0;
}


bool
uw_executor_turn(uw_executor_t *executor, uint64_t budget)
{
    uw_executor_fire(executor);
    executor->ended = false;
    if (uw_executor_run_ready(executor, budget)) {
        executor->quiet = 0;
    } else if (executor->quiet < UW_EXECUTOR_QUIET) {
        executor->quiet++;
    }
    if (!executor->ended) {
        uw_executor_run_later(executor);
    }

    uw_executor_arm(executor);

    return executor->ready.count != 0 || executor->later.count != 0;
}


uint64_t
uw_executor_next(const uw_executor_t *executor)
{
    uint64_t now;

    if (executor->ready.count != 0 || executor->later.count != 0) {
        return 0;
    }
    if (executor->timers == 0) {
        return UINT64_MAX;
    }

    now = uw_now();

    return executor->heap[0]->at <= now ? 0 : executor->heap[0]->at - now;
}


void
uw_executor_notify(uw_executor_t *executor)
{
    uint64_t one = 1;

    /* Fails only when the counter is full: then it is readable anyway. */
    if (write(executor->event_fd, &one, sizeof(one)) != sizeof(one)) {
        return;
    }
}
