/*
 * The loop of one worker process of Unit: its ports, its quit, and whose turn
 * it is.  What arrives, libunit hands to the callbacks in nxt_shim.c.
 *
 *   - A port's queue is read until it is empty: notifications are coalesced.
 *   - The shared port, which brings requests, is watched only while there is
 *     room for one, and only once libunit is ready.  Without room, what waits
 *     there is looked at now and then (unit/intake.h).
 *   - Unit announces requests once.  A process that stops reading while there are
 *     some calls another one (unit/siblings.h).
 *   - Unit's restart closes the shared port: what is in its queue, and what comes
 *     within UW_NXT_LATE, is taken before libunit knows.
 *   - quit is only noted; running exchanges finish within UW_NXT_GRACE.
 *   - A worker that starts while Unit ends is told nothing: it sees that the
 *     router's end of the port has gone.  Then every client has gone too.
 */

#ifndef UW_UNIT_LOOP_H
#define UW_UNIT_LOOP_H

#include "engine/engine.h"
#include "unit/asking.h"
#include "unit/intake.h"
#include "unit/response.h"
#include "unit/uplink.h"
#include "worker/worker.h"

/* A port of libunit. */
typedef struct {
    uw_nxt_unit_port_t *port; /* NULL: none */
    int fd;
    bool shared;
    bool watched;
    bool hot; /* may have more messages without being readable */
} uw_nxt_port_t;

struct uw_nxt_loop {
    uw_worker_t *worker;
    uw_engine_t *engine; /* the worker's */
    uw_nxt_ctx_t *ctx;
    int epoll;
    uw_nxt_port_t own;
    uw_nxt_port_t shared;
    uw_nxt_port_t router; /* only its end is watched */
    uw_nxt_port_t wakeup; /* no port: another process has left requests */
    bool ready;           /* set by libunit: the shared port can be read */
    bool quitting;
    bool broken;    /* nothing can be read any more */
    bool nothing;   /* there was no message, and libunit was not told */
    bool refuses;   /* there may be more to be refused */
    bool python;    /* runs beside it, for something: unit/python.h */
    bool stands_by; /* others take the requests */
    uint32_t errors;
    uint64_t closed_at; /* the shared port; 0: it is open */
    uint64_t quit_at;
    uint64_t end_at; /* without being told: unit/loading.h; 0: never */
    uw_nxt_intake_t intake;
    uw_nxt_asking_t asking;
    uw_nxt_uplink_t *uplinks;
    uw_nxt_waiting_t waiting;
};

/* Takes the engine over.  Returns 0, or -1 with an alert in the log. */
int uw_nxt_loop_init(uw_nxt_loop_t *loop, uw_engine_t *engine) UW_CHECKED;

void uw_nxt_loop_free(uw_nxt_loop_t *loop);

/*
 * Until Unit has said quit and all is done; what is left then is cut.  -1: it could
 * not go on, and the log says why.
 */
int uw_nxt_loop_run(uw_nxt_loop_t *loop) UW_CHECKED;

/* Ports that libunit opens and closes; 0, or -1 with an alert in the log. */
int uw_nxt_loop_add(uw_nxt_loop_t *loop, uw_nxt_unit_port_t *port, int fd,
                    bool shared) UW_CHECKED;
int uw_nxt_loop_add_router(uw_nxt_loop_t *loop, uw_nxt_unit_port_t *port,
                           int fd) UW_CHECKED;
void uw_nxt_loop_remove(uw_nxt_loop_t *loop, const uw_nxt_unit_port_t *port);

/* In the place of libunit's sendmsg(); see uw_nxt_uplink_send(). */
ssize_t uw_nxt_loop_send(uw_nxt_loop_t *loop, uw_nxt_uplink_t *uplink,
                         const uw_nxt_message_t *message, bool notice)
    UW_CHECKED;

/*
 * In the place of libunit's recvmsg(), for a port that does not block.  libunit
 * takes -1 for a failure, of which the log knows then.  So where there is no
 * message, it gets `notice`, after which it looks into the port's queue once
 * more and goes.  At the shared port that would never end: there `notice` is
 * NULL, and the loop knows.
 */
ssize_t uw_nxt_loop_receive(uw_nxt_loop_t *loop, int fd, struct msghdr *message,
                            const void *notice, size_t notice_size) UW_CHECKED;

void uw_nxt_loop_quit(uw_nxt_loop_t *loop);

#endif /* UW_UNIT_LOOP_H */
