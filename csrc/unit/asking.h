/*
 * Ports of the router's threads that libunit has asked for.
 *
 * A request comes from a thread of the router, and is answered to that thread's
 * port.  libunit asks the router for it, once, and keeps what comes from there
 * until it has it.  A thread takes requests from the moment on in which it has
 * been started; the router's main thread knows its port a moment later, and says
 * nothing where it does not (only its log has "get_port_handler: port N:M not
 * found").  Requests that come right after a start would wait for ever then, and
 * with them all that this worker gets from that thread.
 *
 * So a question that stays without an answer is asked again.
 */

#ifndef UW_UNIT_ASKING_H
#define UW_UNIT_ASKING_H

#include "base/executor.h"
#include "unit/response.h"

/* Threads that are asked for at once; for others it is as without this. */
#define UW_NXT_ASKED 32

/* A question is Unit's header, and the port. */
#define UW_NXT_QUESTION 64

typedef struct {
    uw_nxt_port_id_t id;
    int fd; /* of the router's port */
    size_t size;
    uint8_t bytes[UW_NXT_QUESTION];
    uint64_t delay; /* between the last question and the next one */
    uint64_t next;
} uw_nxt_question_t;

typedef struct {
    uw_timer_t timer; /* first: the timer is all of it */
    uw_executor_t *executor;
    uw_nxt_outbox_t *outbox;
    size_t count;
    uw_nxt_question_t questions[UW_NXT_ASKED];
} uw_nxt_asking_t;

void uw_nxt_asking_init(uw_nxt_asking_t *asking, uw_nxt_waiting_t *waiting);

/* libunit asks for that port, by this message. */
void uw_nxt_asking_begin(uw_nxt_asking_t *asking, uw_nxt_port_id_t id,
                         const uw_nxt_message_t *message);

/* It has come. */
void uw_nxt_asking_end(uw_nxt_asking_t *asking, uw_nxt_port_id_t id);

/* Nobody is asked any more. */
void uw_nxt_asking_stop(uw_nxt_asking_t *asking);

#endif /* UW_UNIT_ASKING_H */
