/*
 * What the parts of the double share, under one lock.  libunit*.c and system.c
 * are called by the module, router.c, module.c and conf.c by the test.
 */

#ifndef DOUBLE_STATE_H
#define DOUBLE_STATE_H

#define DOUBLE_IMPLEMENTATION

#include <nxt_main.h>

#include <nxt_app_queue.h>
#include <nxt_application.h>
#include <nxt_conf.h>
#include <nxt_port.h>
#include <nxt_port_queue.h>
#include <nxt_runtime.h>
#include <nxt_unit.h>
#include <nxt_unit_request.h>
#include <nxt_unit_response.h>

#include <pthread.h>
#include <setjmp.h>

#include "double.h"

/* libunit's numbers. */
#define DOUBLE_PLAIN 1024
#define DOUBLE_CHUNK 16384
#define DOUBLE_BUFFER_MAX (10u << 20)

/* What says where in shared memory the bytes of a message are. */
#define DOUBLE_SHARED 12

typedef struct {
    char *data;
    size_t size;
    size_t capacity;
} double_bytes_t;

typedef enum {
    DOUBLE_STATE_START,
    DOUBLE_STATE_INIT,
    DOUBLE_STATE_SENT,
    DOUBLE_STATE_DONE
} double_state_t;

/* A request, from double_request() to double_reset(). */
typedef struct double_entry {
    struct double_entry *next; /* delivered together with this one */
    size_t number;
    bool together;
    double_state_t state;
    nxt_unit_request_info_t *req; /* NULL: not delivered yet, or done */
    nxt_unit_request_t *request;
    size_t request_size;

    double_bytes_t content; /* of the request, in memory */
    size_t content_read;
    size_t piece;

    /* The response that is being built. */
    uint32_t max_fields;
    size_t buffer_size;
    size_t buffer_left;

    /* Its messages to the router: all, what it has read, and which are which. */
    struct double_port *port;
    uint32_t messages;
    uint32_t messages_read;
    uint32_t head_at;
    uint32_t done_at;

    double_answer_t answer;
    double_answer_t shown; /* what the router knows of it */
    double_bytes_t fields; /* of double_field_t */
    double_bytes_t parts;  /* of size_t */
    double_bytes_t body;
} double_entry_t;

typedef struct double_message_s {
    struct double_message_s *next;
    int kind; /* a message, or DOUBLE_REQUEST */
    double_entry_t *entry;
} double_message_t;

#define DOUBLE_REQUEST 100

/* A message in the socket of a thread of the router. */
typedef struct double_datagram {
    struct double_datagram *next;
    double_entry_t *entry;
} double_datagram_t;

/* A port of libunit; one that is not read has no descriptors. */
typedef struct double_port {
    nxt_unit_port_t port;
    struct double_port *next;
    double_message_t *first;
    double_message_t **last;
    int far_fd;
    bool notified;

    /* Of a thread of the router: the queue that it reads, the one that libunit
     * was given for it, how many messages the first says are in the socket, and
     * what is there. */
    nxt_port_queue_t *read;
    nxt_port_queue_t *written;
    int queue_fd;
    bool shared; /* they are one and the same */
    uint32_t from_socket;
    double_datagram_t *datagrams;
    double_datagram_t **datagrams_end;
} double_port_t;

typedef struct {
    nxt_unit_t unit;
    nxt_unit_ctx_t ctx;
    nxt_unit_callbacks_t callbacks;
    nxt_app_queue_t *queue; /* the one that it was given to read */
    uint32_t requests;      /* taken out of it */
    uint32_t request_limit; /* 0: none */
} double_lib_t;

typedef struct {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    uint64_t events;

    /* The module. */
    pthread_t thread;
    jmp_buf end;
    bool running;
    bool aborting;
    nxt_str_t name;
    double_conf_t *conf;

    uw_worker_t *client; /* whose client of outgoing requests runs, or NULL */
    int (*ask)(uw_question_t *question);
    int (*returned)(const uw_ended_t *ended);
    int (*count)(void *text);

    double_lib_t *lib; /* from nxt_unit_init() to nxt_unit_done() */
    bool ready;
    bool online;
    bool leaving; /* quit when the last request is done */

    /* Ports: the first two are there before the module is. */
    double_port_t *own;
    double_port_t *shared;
    double_port_t *others;
    double_port_t *arriving; /* its message is in the socket of the own one */
    int descriptions[2];     /* keep the ends open, as other processes do */
    nxt_app_queue_t *queue;  /* of the shared port */
    int queue_fd;
    bool announced;  /* a request has been, since double_reset() */
    int queue_given; /* the descriptor of it that start() got */
    uint32_t request_limit;
    bool coalesce;
    bool silent; /* requests are not announced */

    double_entry_t **entries;
    size_t entry_count;
    double_entry_t *together;

    long chunks;
    bool ack_wanted;

    uint32_t calls[DOUBLE_FUNCTIONS];
    uint32_t fail_at[DOUBLE_FUNCTIONS];

    double_bytes_t log;
    double_bytes_t faults;
    double_bytes_t trace;
    uint32_t turns;
    uint32_t naps;
    uint32_t blocked;
    uint32_t lingered;
    bool closed; /* the shared port */
    bool lost;   /* a message to the router: what follows is not in order */
    uint32_t sends;
    uint32_t notices;
    uint32_t datagrams;
    uint32_t asked;
    uint16_t next_thread; /* the port of the router's thread that comes next */
} double_state_of_all_t;

extern double_state_of_all_t the_double;

/* All of these want the lock. */
void double_happened(void);
void double_append(double_bytes_t *bytes, const void *data, size_t size);
void double_print(double_bytes_t *bytes, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
#define double_fault(...) double_print(&the_double.faults, __VA_ARGS__)
#define double_note(...) double_print(&the_double.trace, __VA_ARGS__)

/* A test cannot go on without memory: NULL ends the process. */
void *double_must(void *pointer);

/* Counts a call; true when this one has to fail. */
bool double_call(int function);

void double_push(double_port_t *port, int kind, double_entry_t *entry);
void double_push_request(double_entry_t *entry);
uint32_t double_requests_waiting(void);
double_port_t *double_new_port(uint16_t id, bool readable);
void double_free_port(double_port_t *port);
void double_free_conf(double_conf_t *conf);
void double_free_bytes(double_bytes_t *bytes);

/* For libunit*.c: the entry of a request that may be used; NULL, and a fault,
 * for others.  `what` is the function that was called. */
double_entry_t *double_entry_of(const nxt_unit_request_info_t *req,
                                const char *what);
void double_check_ctx(const nxt_unit_ctx_t *ctx, const char *what);

/* Without the lock: quits, unless requests are active and it is not for now. */
void double_quit(bool now);

/* A fault when the router does not know of all that libunit has written. */
void double_check_told(const char *what);

/* Remembers what the workers know of each other. */
void double_find_siblings(const nxt_unit_init_t *init);

/* The port of a thread of the router, with its queue. */
double_port_t *double_new_thread(uint16_t id);
void double_free_thread(double_port_t *port);

/* Whether two descriptors are of one file. */
bool double_is_same(int one, int other);

/* Without the lock: libunit gets the message of such a port, by the module's
 * recvmsg(), and maps the queue that comes with it. */
void double_receive_thread(double_port_t *port);

/* Without the lock: a message of so many bytes after libunit's header. */
void double_tell_router(double_entry_t *entry, size_t size);
void double_tell_out_of_memory(void);
void double_ask_for_thread(void);

/* The thread that is Unit's in setup() and start(). */
nxt_thread_t *double_thread(void);

/* This is a process that the module has made: its lines go to standard error. */
extern bool double_is_forked;

/* Without the lock: takes the module out of whatever it does. */
void double_check_abort(void);

#endif /* DOUBLE_STATE_H */
