/* What the module asks of unitd itself, as the test has set it. */

#include "state.h"

#include <stdio.h>

pid_t nxt_pid;

/* Of this process alone: those that the module forks have none of its log. */
bool double_is_forked;

static struct {
    char state[4096];
    char log[4096];
    nxt_sockaddr_t control;
    nxt_runtime_t runtime;
    nxt_thread_t thread;
} double_unitd_state;


void
double_unitd(const char *state, const char *log, const char *control)
{
    nxt_runtime_t *runtime = &double_unitd_state.runtime;
    struct sockaddr_un *name = &double_unitd_state.control.u.sockaddr_un;

    *runtime = (nxt_runtime_t) { .conf = double_unitd_state.state,
                                 .log = double_unitd_state.log };
    (void) snprintf(double_unitd_state.state, sizeof(double_unitd_state.state),
                    "%s", state);
    (void) snprintf(double_unitd_state.log, sizeof(double_unitd_state.log),
                    "%s", log);
    if (control[0] != '\0') {
        *name = (struct sockaddr_un) { .sun_family = AF_UNIX };
        (void) snprintf(name->sun_path, sizeof(name->sun_path), "%s", control);
        double_unitd_state.control.socklen = sizeof(*name);
        runtime->controller_listen = &double_unitd_state.control;
    }
}


nxt_thread_t *
double_thread(void)
{
    double_unitd_state.thread.runtime = &double_unitd_state.runtime;

    return &double_unitd_state.thread;
}


void
nxt_thread_time_update(nxt_thread_t *thread)
{
    (void) thread;
}


void
nxt_process_title(nxt_task_t *task, const char *format, ...)
{
    (void) task;
    (void) format;
    double_is_forked = true;
}
