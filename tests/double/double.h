/*
 * Our double of libunit and of the router, as a test sees it.  Plain
 * declarations: tests/double/build.py gives this file to CFFI.
 *
 * The module runs in a thread, inside double_start().  Everything else is
 * called by the test, at the same time, and plays the router: it puts messages
 * into the module's ports and looks at what the module has sent.
 */

#ifndef DOUBLE_H
#define DOUBLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "python/host_calls.h"
#include "python/outgoing_client.h"
#include "unit/component.h"
#include "unit/question.h"

/* ---- The application's configuration, as the nxt_conf_* functions show it.
 * Types are those of nxt_conf.h. ---- */

typedef struct nxt_conf_value_s double_conf_t;

double_conf_t *double_conf_new(int type, const char *text, size_t size,
                               double number);
void double_conf_add(double_conf_t *parent, const char *name, size_t size,
                     double_conf_t *child);

/* ---- The life of a module ---- */

/* Forgets everything about the last one. */
void double_reset(void);

/* What setup() finds of unitd: the file of its configuration, that of its log,
 * and its control socket; "" is none.  Not forgotten by a reset. */
void double_unitd(const char *state, const char *log, const char *control);

/* Of nxt_app_module. */
const char *double_module_type(size_t *size);
const char *double_module_version(void);
bool double_module_fits(uint32_t vernum, uint32_t debug);

/* Calls the module's setup(); the document belongs to the double. */
int double_setup(const char *name, size_t size, double_conf_t *self);

enum {
    DOUBLE_REFUSED = -1, /* start() has returned */
    DOUBLE_STUCK = -2    /* double_abort() was needed */
};

/* Calls start(), and returns the status of its exit() or one of these. */
int double_start(void);

/* Ends a module that does not end by itself; what it holds is leaked. */
void double_abort(void);

/* ---- The router ---- */

/* Name and value of a field. */
typedef struct {
    const char *name;
    size_t name_size;
    const char *value;
    size_t value_size;
} double_field_t;

typedef struct {
    const char *method;
    size_t method_size;
    const char *target;
    size_t target_size;
    const char *server_name;
    size_t server_name_size;
    const char *remote;
    size_t remote_size;
    const char *local;
    size_t local_size;
    bool tls;
    const double_field_t *fields;
    size_t field_count;
    const char *body;
    size_t body_size;
    uint64_t promised; /* the content length; a liar's differs from body_size */
    size_t piece;      /* a body in memory comes in pieces of that size */
    bool in_file;      /* the body is in content_fd */
    bool more;         /* delivered together with the next request */
} double_request_t;

/* Puts a request into the shared port.  Returns its number, from 1. */
size_t double_request(const double_request_t *request);

enum {
    DOUBLE_READY,      /* the router knows the process */
    DOUBLE_ACK,        /* shared memory was freed */
    DOUBLE_NEW_PORT,   /* the port of another thread of the router */
    DOUBLE_ASK,        /* libunit asks the router for the next such port */
    DOUBLE_BAD,        /* what process_port_msg() answers with an error */
    DOUBLE_QUIT,       /* at once, as NGINX Unit sends it */
    DOUBLE_QUIT_LATER, /* when the last request is done, as FreeUnit does */
    DOUBLE_CLOSED      /* the other end of the port has gone */
};

/* Puts a message into the module's own port. */
void double_message(int message);

/* Closes the router's ends of its ports. */
void double_router_gone(void);

/* Unit restarts the application: the shared port is closed, and what is in its
 * queue stays there. */
void double_close_shared(void);

/* Another worker of the application, beside the module: whether it is there, and
 * takes requests. */
void double_sibling(bool there, bool room);

/* It takes the first request that waits: its number, or 0. */
size_t double_steal(void);

/* Unit takes a request back; false: somebody has it. */
bool double_take_back(size_t number);

/* From the next start on a process ends after so many requests; 0: never. */
void double_request_limit(uint32_t limit);

/*
 * As if another process took every announcement that there is a moment for: what
 * has come into a port while there was something in it makes no noise.
 */
void double_coalesce(bool coalesce);

/* As if another process had read the announcement, and not cleared the flag yet:
 * requests make no noise. */
void double_silent(bool silent);

/* That process has no room for what it finds, and calls the module. */
void double_ring(void);

/* How often the module has called others, since the last time. */
uint64_t double_rung(void);

/* The descriptor by which they do that, which all modules of this process have;
 * -1: none was started. */
int double_wakeup(void);

/* Chunks of shared memory that are free; negative: as many as wanted. */
void double_shared_memory(long chunks);

/* Whether libunit owes the module an acknowledgement. */
bool double_ack_wanted(void);

/* ---- Outgoing requests ---- */

/*
 * The worker whose client runs, for the functions of python/outgoing_client.h; NULL
 * before that has started and after it was stopped.  The test is the client: it
 * lets the module end only when it is done with the worker.
 */
uw_worker_t *double_client(void);

/* Who is asked where functions are services; the test keeps them. */
void double_service(int (*ask)(uw_question_t *question),
                    int (*returned)(const uw_ended_t *ended),
                    int (*count)(void *text));

/* ---- Failures ---- */

enum {
    DOUBLE_DEFAULT_INIT,
    DOUBLE_INIT,
    DOUBLE_PROCESS_MSG,
    DOUBLE_RESPONSE_INIT,
    DOUBLE_ADD_FIELD,
    DOUBLE_ADD_CONTENT,
    DOUBLE_SEND,
    DOUBLE_WRITE,
    DOUBLE_READ,
    DOUBLE_CALLOC,
    DOUBLE_MEMFD,
    DOUBLE_IOCTL,
    DOUBLE_EPOLL_CREATE,
    DOUBLE_EPOLL_CTL,
    DOUBLE_EPOLL_WAIT,
    DOUBLE_SENDMSG, /* each message of sendmmsg() too */
    DOUBLE_RECVMSG,
    DOUBLE_LOAD, /* importing what users have written */
    DOUBLE_FUNCTIONS
};

/* The nth call from now fails, counted from 1; 0: none does. */
void double_fail(int function, uint32_t nth);

/* How often it was called, and whether the failure is still to come. */
uint32_t double_calls(int function);
bool double_fails(int function);

/* ---- What the module has done ---- */

typedef struct {
    bool taken;  /* it has been given to request_handler */
    bool closed; /* close_handler was called */
    bool sent;   /* the router has read the head */
    uint16_t status;
    uint32_t done; /* how often it was done, once the router has read that */
    int result;    /* what it was done with first */
    bool content_open; /* content_fd is open */
    size_t field_count;
    const double_field_t *fields;
    size_t part_count; /* messages with body bytes, that with the head first */
    const size_t *parts;
    size_t head_content; /* body bytes that came with the head */
    bool head_shared;    /* the head took shared memory */
    const char *body;
    size_t body_size;
} double_answer_t;

/* Between lock and unlock, what an answer points to does not change. */
void double_lock(void);
void double_unlock(void);
const double_answer_t *double_answer(size_t number);

/* Lines of the log, and of faults: what no module may do. */
const char *double_log(size_t *size);
const char *double_faults(size_t *size);

/* What happened, in order: "send 1", "write 1 16384", "done 1 0". */
const char *double_trace(size_t *size);

typedef struct {
    uint32_t turns;    /* calls of epoll_wait */
    uint32_t naps;     /* times that it has found nothing for 50 ms */
    uint32_t blocked;  /* calls that had to wait for shared memory */
    uint32_t lingered; /* microseconds of usleep */
    uint32_t ports;    /* that the module was told of and that still exist */
    uint32_t requests; /* that are not done */
    uint32_t all_requests;
    uint32_t waiting; /* messages that nobody has read */
    uint32_t sends;   /* calls that wrote to the router */
    uint32_t notices; /* messages in them that only announced others */
    uint32_t datagrams;
    uint32_t asked; /* times that the router was asked for a port */
    bool running;
} double_numbers_t;

void double_numbers(double_numbers_t *numbers);

/*
 * Asks the module which answers it would keep (unit/batch.h).  `times` are
 * nanoseconds: the turn's begin, then when each guest gives way; 0: at this point
 * those that are kept leave.
 */
void double_keeps(const uint64_t *times, size_t count, bool *kept);

/* Waits until something has happened after event `seen`; returns the latest. */
uint64_t double_wait(uint64_t seen, uint32_t milliseconds);

#endif /* DOUBLE_H */
