#include "unit/loop.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "unit/lines.h"
#include "unit/python.h"

/* Messages taken from one port before the guests get their turn: more where they
 * give way soon, so that fewer turns and fewer notices are needed. */
#define UW_NXT_TAKE 8
#define UW_NXT_TAKE_SHORT 16

/* After quit: time for what runs. */
#define UW_NXT_GRACE 5000000000u

/* libunit closes the port of the acknowledgements at quit: then what waits for
 * shared memory tries again after so many milliseconds. */
#define UW_NXT_RETRY 5

/* After the shared port was closed: time for requests that are on their way, and
 * how often to look, in milliseconds. */
#define UW_NXT_LATE 50000000u
#define UW_NXT_LOOK 1

/* Without room for a request: how often to look at those that wait, in
 * milliseconds, and how many are refused before the guests get their turn. */
#define UW_NXT_LOOK_FULL 10
#define UW_NXT_REFUSE 64

/* Microseconds for the router to see the end of the last responses. */
#define UW_NXT_LINGER 20000

#define UW_NXT_EVENTS 8

/* So many messages in a row that cannot be taken: the port is broken. */
#define UW_NXT_ERRORS 10


/* Says in the log which call has failed: -1. */
static int
uw_nxt_failed(uw_nxt_ctx_t *ctx, const char *call)
{
    uw_nxt_say(ctx, UW_NXT_ALERT, "%s failed: %s", call, strerror(errno));

    return -1;
}


/* ---- Ports ---- */

static int
uw_nxt_watch(uw_nxt_loop_t *loop, uw_nxt_port_t *port, bool watch)
{
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = port };

    if (port->port == NULL || port->watched == watch) {
        return 0;
    }
    if (epoll_ctl(loop->epoll, watch ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, port->fd,
                  &event)
        != 0)
    {
        return uw_nxt_failed(loop->ctx, "epoll_ctl()");
    }
    port->watched = watch;
    /* What arrived while nobody looked has no notification of its own. */
    port->hot = watch;
    if (port->shared && !watch) {
        uw_nxt_intake_leave(&loop->intake);
    }

    return 0;
}


int
uw_nxt_loop_add(uw_nxt_loop_t *loop, uw_nxt_unit_port_t *port, int fd,
                bool shared)
{
    uw_nxt_port_t *place = shared ? &loop->shared : &loop->own;
    int nonblocking = 1;

    if (ioctl(fd, FIONBIO, &nonblocking) != 0) {
        return uw_nxt_failed(loop->ctx, "ioctl(FIONBIO)");
    }

    *place = (uw_nxt_port_t) { .port = port, .fd = fd, .shared = shared };

    return shared ? 0 : uw_nxt_watch(loop, place, true);
}


/* Its end is reported whatever is watched for. */
int
uw_nxt_loop_add_router(uw_nxt_loop_t *loop, uw_nxt_unit_port_t *port, int fd)
{
    struct epoll_event event = { .events = 0, .data.ptr = &loop->router };

    if (loop->router.port != NULL) {
        return 0; /* the first is the router's; its threads' ports follow */
    }
    if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event) != 0) {
        return uw_nxt_failed(loop->ctx, "epoll_ctl()");
    }
    loop->router = (uw_nxt_port_t) { .port = port, .fd = fd };

    return 0;
}


void
uw_nxt_loop_remove(uw_nxt_loop_t *loop, const uw_nxt_unit_port_t *port)
{
    uw_nxt_port_t *place = port == loop->shared.port ? &loop->shared
                           : port == loop->own.port  ? &loop->own
                                                     : NULL;

    if (place != NULL) {
        /* Other processes share the description: closing alone does not end
         * the watch. */
        (void) uw_nxt_watch(loop, place, false);
        *place = (uw_nxt_port_t) { 0 };
    }
}


/* ---- Quit ---- */

void
uw_nxt_loop_quit(uw_nxt_loop_t *loop)
{
    if (!loop->quitting) {
        loop->quitting = true;
        loop->quit_at = uw_now() + UW_NXT_GRACE;
    }
}


/*
 * Unit says quit to the processes that it knows.  One that it starts at that
 * moment would stay for ever, and unitd with it.  The router's connections have
 * gone with it, so nobody waits for an answer any more.
 */
static void
uw_nxt_router_gone(uw_nxt_loop_t *loop)
{
    (void) epoll_ctl(loop->epoll, EPOLL_CTL_DEL, loop->router.fd, NULL);
    uw_nxt_loop_quit(loop);
    uw_worker_cancel_unanswered(loop->worker);
}


/* A guest may have ended while its last bytes wait for shared memory. */
static bool
uw_nxt_is_over(const uw_nxt_loop_t *loop)
{
    return loop->quitting
           && ((uw_worker_load(loop->worker) == 0
                && uw_nxt_waiting_is_empty(&loop->waiting))
               || uw_now() >= loop->quit_at);
}


/* ---- Messages ---- */

/*
 * Takes a message out of a port; false when there is none.  One that libunit
 * cannot process is gone too, and libunit has said why; the next one may have no
 * notification of its own.  Where that does not end, this process does, and
 * Unit starts another one.
 */
static bool
uw_nxt_take(uw_nxt_loop_t *loop, uw_nxt_port_t *port)
{
    uw_nxt_result_t result;

    loop->nothing = false;
    if (port->shared) {
        uw_nxt_intake_next(&loop->intake);
    }
    result = uw_nxt_take_message(loop->ctx, port->port);
    if (port->shared) {
        uw_nxt_intake_read(&loop->intake);
    }
    if (loop->nothing || result == UW_NXT_AGAIN) {
        return false;
    }
    if (result == UW_NXT_OK) {
        loop->errors = 0;
        return true;
    }

    loop->errors++;
    if (loop->errors < UW_NXT_ERRORS) {
        return true;
    }

    uw_nxt_say(loop->ctx, UW_NXT_ALERT,
               "%d messages in a row could not be taken: this process ends",
               UW_NXT_ERRORS);
    loop->broken = true;
    uw_nxt_loop_quit(loop);
    (void) uw_nxt_watch(loop, &loop->own, false);

    return false;
}


/*
 * Unit's restart closes the queue of requests, then says quit.  libunit reads
 * that queue no more once it knows of either: what is still in there has to be
 * taken before, whatever the limit, or its clients wait for ever; also what a
 * thread of the router puts in that was stopped on its way there.  So nothing
 * else is read meanwhile.  Returns whether that time is over.
 */
static bool
uw_nxt_closed(uw_nxt_loop_t *loop)
{
    uint64_t now = uw_now();

    if (loop->closed_at == 0) {
        loop->closed_at = now;
        (void) uw_nxt_watch(loop, &loop->own, false);
        (void) uw_nxt_watch(loop, &loop->shared, false);
    }

    return now - loop->closed_at >= UW_NXT_LATE;
}


/* As recvmsg(); -1: none, and `nothing` is set, or a failure. */
static ssize_t
uw_nxt_receive(uw_nxt_loop_t *loop, int fd, struct msghdr *message)
{
    ssize_t received;

    do {
        received = recvmsg(fd, message, 0);
    } while (received < 0 && errno == EINTR);

    if (received < 0 && errno != EAGAIN) {
        return uw_nxt_failed(loop->ctx, "recvmsg()");
    }
    if (received == 0 && fd == loop->shared.fd && !uw_nxt_closed(loop)) {
        received = -1;
    }
    loop->nothing = received < 0;

    return received;
}


ssize_t
uw_nxt_loop_receive(uw_nxt_loop_t *loop, int fd, struct msghdr *message,
                    const void *notice, size_t notice_size)
{
    ssize_t received = uw_nxt_receive(loop, fd, message);

    if (received > 0) {
        return received;
    }
    message->msg_controllen = 0;
    if (loop->nothing && notice != NULL) {
        loop->nothing = false;
        memcpy(message->msg_iov->iov_base, notice, notice_size);
        received = (ssize_t) notice_size;
    }

    return received;
}


ssize_t
uw_nxt_loop_send(uw_nxt_loop_t *loop, uw_nxt_uplink_t *uplink,
                 const uw_nxt_message_t *message, bool notice)
{
    uw_nxt_outbox_t *outbox = &loop->waiting.outbox;
    ssize_t sent = uw_nxt_uplink_send(uplink, outbox, message, notice);
    int error = uw_nxt_outbox_take_error(outbox);

    if (error != 0) {
        uw_nxt_say(loop->ctx, UW_NXT_WARN,
                   "a message to the router cannot be sent: %s",
                   strerror(error));
    }

    return sent;
}


static bool
uw_nxt_is_closing(const uw_nxt_loop_t *loop)
{
    return loop->closed_at != 0 && loop->shared.port != NULL;
}


/* At the end, libunit removes the shared port. */
static void
uw_nxt_drain(uw_nxt_loop_t *loop)
{
    while (uw_nxt_is_closing(loop) && uw_nxt_take(loop, &loop->shared)) {
    }
    if (!uw_nxt_is_closing(loop)) {
        (void) uw_nxt_watch(loop, &loop->own, true);
    }
}


/* Before libunit reads of quit in its own port. */
static void
uw_nxt_look_for_close(uw_nxt_loop_t *loop)
{
    struct pollfd fd = { .fd = loop->shared.fd, .events = POLLIN };

    if (loop->shared.port != NULL && loop->ready && !loop->quitting
        && poll(&fd, 1, 0) == 1 && (fd.revents & POLLHUP) != 0)
    {
        (void) uw_nxt_closed(loop);
    }
}


/* libunit may have requests that it has not handed over yet. */
static bool
uw_nxt_has_room(uw_nxt_loop_t *loop)
{
    return uw_worker_load(loop->worker) + uw_nxt_intake_deferred(&loop->intake)
           < uw_worker_settings(loop->worker)->max_exchanges;
}


/* Whether it takes requests, if there is room for one. */
static bool
uw_nxt_is_open(const uw_nxt_loop_t *loop)
{
    return loop->shared.port != NULL && loop->ready && !loop->quitting
           && !loop->stands_by && loop->closed_at == 0;
}


static void
uw_nxt_read_port(uw_nxt_loop_t *loop, uw_nxt_port_t *port)
{
    int limit =
        loop->waiting.batch.backoff == 0 ? UW_NXT_TAKE_SHORT : UW_NXT_TAKE;

    for (int i = 0; i < limit && port->hot; i++) {
        if (!port->shared) {
            uw_nxt_look_for_close(loop);
        }
        /* A message may remove the port, or leave no room for another. */
        if (port->port == NULL || !port->watched || !uw_nxt_take(loop, port)) {
            port->hot = false;
        }
        if (port->shared && !uw_nxt_has_room(loop)) {
            break;
        }
    }
}


/* Without room.  Where what was refused fills Unit's queue behind others that
 * wait, these have to leave it, and wait here. */
static void
uw_nxt_refuse_waiting(uw_nxt_loop_t *loop)
{
    uw_nxt_intake_t *intake = &loop->intake;
    uint64_t now = uw_now();
    uw_nxt_patience_t patience;
    int count = 0;

    if (!uw_nxt_intake_is_due(intake, now)) {
        return;
    }
    patience = uw_nxt_intake_patience(intake, uw_worker_settings(loop->worker),
                                      uw_worker_queued(loop->worker));
    uw_nxt_intake_look(intake, now);
    while (count < UW_NXT_REFUSE && uw_nxt_is_open(loop)
           && (uw_nxt_intake_shorten(intake)
               || uw_nxt_intake_refuse(intake, &patience, now)))
    {
        (void) uw_nxt_take(loop, &loop->shared);
        count++;
    }
    loop->refuses = count == UW_NXT_REFUSE;
}


/* ---- Turns ---- */

/* Takes requests only while there is room, so that others get them. */
static int
uw_nxt_admit(uw_nxt_loop_t *loop)
{
    bool takes = uw_nxt_is_open(loop) && uw_nxt_has_room(loop);

    uw_nxt_siblings_say(loop->intake.siblings, loop->intake.self, takes);

    return uw_nxt_watch(loop, &loop->shared, takes);
}


static int
uw_nxt_timeout(const uw_nxt_loop_t *loop, bool more)
{
    if (more || loop->own.hot || loop->shared.hot
        || loop->waiting.kept.first != NULL)
    {
        return 0;
    }
    if (uw_nxt_is_closing(loop)) {
        return UW_NXT_LOOK;
    }
    if (uw_nxt_is_open(loop) && !loop->shared.watched) {
        return loop->refuses ? UW_NXT_LOOK : UW_NXT_LOOK_FULL;
    }
    if (!loop->quitting) {
        /* The worker's descriptor knows its timers. */
        return loop->end_at == 0 ? -1 : uw_milliseconds(loop->end_at);
    }
    if (loop->waiting.queue.first != NULL) {
        return UW_NXT_RETRY;
    }

    return uw_milliseconds(loop->quit_at);
}


/* Waits until something happens, and notes where. */
static int
uw_nxt_wait_for_events(uw_nxt_loop_t *loop, int timeout)
{
    struct epoll_event events[UW_NXT_EVENTS];
    uw_nxt_port_t *port;
    int count = epoll_wait(loop->epoll, events, UW_NXT_EVENTS, timeout);

    if (count < 0 && errno != EINTR) {
        return uw_nxt_failed(loop->ctx, "epoll_wait()");
    }

    for (int i = 0; i < count; i++) {
        port = events[i].data.ptr;
        if (port == &loop->router) {
            uw_nxt_router_gone(loop);
        } else if (port == &loop->wakeup) {
            loop->shared.hot = loop->shared.watched;
        } else if (port != NULL) {
            port->hot = true;
        }
    }

    return 0;
}


/*
 * What the last turn has made, and what libunit acknowledges, leave together.
 * The answers go first: where the router shares our processor it takes it over
 * while we send, and less often when there is more for it to do each time.
 */
static void
uw_nxt_exchange_messages(uw_nxt_loop_t *loop)
{
    uw_nxt_waiting_t *waiting = &loop->waiting;

    uw_nxt_outbox_hold(&waiting->outbox);
    uw_nxt_waiting_send_kept(waiting);
    if (uw_nxt_is_closing(loop)) {
        uw_nxt_drain(loop);
    } else {
        uw_nxt_read_port(loop, &loop->own);
        uw_nxt_read_port(loop, &loop->shared);
        if (uw_nxt_is_open(loop) && !uw_nxt_has_room(loop)) {
            uw_nxt_refuse_waiting(loop);
        }
    }
    if (loop->quitting && waiting->queue.first != NULL) {
        uw_nxt_waiting_resume(waiting);
    }
    uw_nxt_outbox_release(&waiting->outbox);
}


static int
uw_nxt_turns(uw_nxt_loop_t *loop)
{
    bool more = false;

    while (!uw_nxt_is_over(loop)) {
        if (uw_nxt_admit(loop) != 0
            || uw_nxt_wait_for_events(loop, uw_nxt_timeout(loop, more)) != 0)
        {
            return -1;
        }

        uw_nxt_exchange_messages(loop);
        uw_nxt_batch_begin(&loop->waiting.batch, uw_now());
        more = uw_nxt_waiting_turn(&loop->waiting);
        if (loop->end_at != 0 && uw_now() >= loop->end_at) {
            uw_nxt_loop_quit(loop);
        }
    }

    return loop->broken ? -1 : 0;
}


/* Ends what still runs, and tells libunit. */
static void
uw_nxt_cut_rest(uw_nxt_loop_t *loop)
{
    uw_nxt_waiting_send_kept(&loop->waiting);
    uw_nxt_asking_stop(&loop->asking);
    uw_worker_delete(loop->worker);
    loop->worker = NULL;
}


int
uw_nxt_loop_run(uw_nxt_loop_t *loop)
{
    uw_nxt_siblings_t *siblings = loop->intake.siblings;
    int rc;

    if (uw_nxt_siblings_listen(siblings, loop->epoll, &loop->wakeup) != 0) {
        (void) uw_nxt_failed(loop->ctx, "epoll_ctl()");
        uw_nxt_cut_rest(loop);
        return -1;
    }
    if (loop->python && uw_client_start(loop->worker) != 0) {
        uw_nxt_say(loop->ctx, UW_NXT_ALERT, "Python cannot be started");
        uw_nxt_cut_rest(loop);
        return -1;
    }

    rc = uw_nxt_turns(loop);

    if (loop->python) {
        uw_client_stop();
    }
    uw_nxt_cut_rest(loop);
    /* The router has to read the last responses before this process ends. */
    (void) usleep(UW_NXT_LINGER);

    return rc;
}


/* ---- Its life ---- */

int
uw_nxt_loop_init(uw_nxt_loop_t *loop, uw_engine_t *engine)
{
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = NULL };
    char error[512];
    int fd;

    *loop = (uw_nxt_loop_t) { .engine = engine, .epoll = -1 };
    loop->worker = uw_worker_from_engine(engine, error, sizeof(error));
    if (loop->worker == NULL) {
        uw_nxt_say(NULL, UW_NXT_ALERT, "%s", error);
        return -1;
    }
    uw_nxt_waiting_init(&loop->waiting, loop->worker);
    uw_nxt_asking_init(&loop->asking, &loop->waiting);

    loop->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (loop->epoll < 0) {
        return uw_nxt_failed(NULL, "epoll_create1()");
    }
    fd = uw_worker_fd(loop->worker);
    if (epoll_ctl(loop->epoll, EPOLL_CTL_ADD, fd, &event) != 0) {
        return uw_nxt_failed(NULL, "epoll_ctl()");
    }

    return 0;
}


void
uw_nxt_loop_free(uw_nxt_loop_t *loop)
{
    uw_worker_delete(loop->worker);
    uw_nxt_intake_close(&loop->intake);
    if (loop->epoll >= 0) {
        (void) close(loop->epoll);
    }
}
