/*
 * The double's version of Unit's nxt_runtime.h, with what the module asks of
 * unitd itself, whatever header of Unit's it is in; see nxt_main.h.
 */

#ifndef DOUBLE_NXT_RUNTIME_H
#define DOUBLE_NXT_RUNTIME_H

#include <nxt_main.h>

#include <sys/socket.h>
#include <sys/un.h>

typedef struct {
    uint8_t socklen;
    union {
        struct sockaddr sockaddr;
        struct sockaddr_un sockaddr_un;
    } u;
} nxt_sockaddr_t;

typedef struct {
    const char *conf;
    const char *log;
    nxt_sockaddr_t *controller_listen;
} nxt_runtime_t;

typedef struct {
    pid_t tid;
    nxt_runtime_t *runtime;
} nxt_thread_t;

struct nxt_task_s {
    nxt_thread_t *thread;
};

extern pid_t nxt_pid;

void nxt_thread_time_update(nxt_thread_t *thread);

void nxt_process_title(nxt_task_t *task, const char *format, ...);

#endif /* DOUBLE_NXT_RUNTIME_H */
