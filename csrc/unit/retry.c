#include "unit/retry.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/executor.h"
#include "unit/control.h"
#include "unit/setup.h"

#define UW_SECOND UINT64_C(1000000000)

/* Between two attempts: at first, and at most. */
#define UW_RETRY_FIRST (1 * UW_SECOND)
#define UW_RETRY_MOST (30 * UW_SECOND)

#define UW_RETRY_LINE 2560

typedef struct {
    const uw_nxt_setup_t *setup;
    uw_nxt_absent_t *absent;
    uw_nxt_unitd_t unitd;
    pid_t prototype;
    bool follows; /* the log is the file of that name */
} uw_retry_t;


static void uw_retry_say(const uw_retry_t *retry, int level, const char *format,
                         ...) __attribute__((format(printf, 3, 4)));


static void
uw_retry_say(const uw_retry_t *retry, int level, const char *format, ...)
{
    char line[UW_RETRY_LINE];
    va_list arguments;

    va_start(arguments, format);
    (void) vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    uw_nxt_setup_log(retry->setup->task, level, retry->setup->name, "",
                     uw_slice_of(line));
}


/* ---- The log: unitd tells its own processes when it is another file ---- */

/* 1: it is that file; 0: it is not; -1: there is none of that name. */
static int
uw_retry_log_is(const char *path)
{
    struct stat used;
    struct stat named;

    if (path == NULL || fstat(STDERR_FILENO, &used) != 0
        || !S_ISREG(used.st_mode) || stat(path, &named) != 0)
    {
        return -1;
    }

    return used.st_dev == named.st_dev && used.st_ino == named.st_ino;
}


static void
uw_retry_follow_log(const uw_retry_t *retry)
{
    int fd;

    if (!retry->follows || uw_retry_log_is(retry->unitd.log) != 0) {
        return;
    }
    fd = open(retry->unitd.log, O_WRONLY | O_APPEND | O_CLOEXEC);
    if (fd >= 0) {
        (void) dup2(fd, STDERR_FILENO);
        (void) close(fd);
    }
}


/* ---- What it has of Unit ---- */

/* All but the standard ones: a port that somebody holds never closes. */
static int
uw_retry_close_all(void)
{
    DIR *open_ones = opendir("/proc/self/fd");
    const struct dirent *entry;
    long fd;

    if (open_ones == NULL) {
        return -1;
    }
    while ((entry = readdir(open_ones)) != NULL) {
        fd = strtol(entry->d_name, NULL, 10);
        if (fd > STDERR_FILENO && fd != dirfd(open_ones)) {
            (void) close((int) fd);
        }
    }
    (void) closedir(open_ones);

    return 0;
}


/* The prototype has ended, and all of this group go with it. */
static void
uw_retry_end(int number)
{
    (void) number;
    (void) signal(SIGTERM, SIG_IGN);
    (void) kill(0, SIGTERM);
    _exit(EXIT_SUCCESS);
}


/* Unit blocks signals, and handles some. */
static int
uw_retry_signals(void)
{
    static const int usual[] = { SIGHUP,  SIGINT,  SIGQUIT,
                                 SIGUSR1, SIGUSR2, SIGCHLD };
    struct sigaction action = { .sa_handler = uw_retry_end };
    sigset_t none;

    if (sigaction(SIGTERM, &action, NULL) != 0) {
        return -1;
    }
    action.sa_handler = SIG_DFL;
    for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++) {
        if (sigaction(usual[i], &action, NULL) != 0) {
            return -1;
        }
    }
    (void) sigemptyset(&none);

    return sigprocmask(SIG_SETMASK, &none, NULL);
}


static bool
uw_retry_is_orphan(const uw_retry_t *retry)
{
    return getppid() != retry->prototype;
}


/* ---- An attempt ---- */

/* Whatever becomes of it, what was loaded and reserved for it goes with it. */
static _Noreturn void
uw_retry_try(const uw_retry_t *retry, pid_t parent)
{
    char error[2048];
    struct sigaction usual = { .sa_handler = SIG_DFL };
    bool good = prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent
                && sigaction(SIGTERM, &usual, NULL) == 0;

    if (good) {
        good = uw_nxt_setup_engine(retry->setup, error, sizeof(error)) != NULL;
        if (!good) {
            uw_retry_say(retry, 3, "%s", error);
        }
    }

    _exit(good ? EXIT_SUCCESS : EXIT_FAILURE);
}


static bool
uw_retry_succeeds(const uw_retry_t *retry)
{
    pid_t self = getpid();
    pid_t child = fork();
    int status = 0;

    if (child == 0) {
        uw_retry_try(retry, self);
    }
    if (child < 0) {
        uw_retry_say(retry, 3, "no process to prepare it in: %s",
                     strerror(errno));
        return false;
    }
    while (waitpid(child, &status, 0) < 0) {
        if (errno != EINTR) {
            return false;
        }
    }
    if (WIFSIGNALED(status)) {
        uw_retry_say(retry, 3, "preparing it was ended by signal %d%s",
                     WTERMSIG(status),
                     WTERMSIG(status) == SIGKILL ? " (out of memory?)" : "");
    }

    return WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS;
}


static void
uw_retry_sleep(uint64_t time)
{
    struct timespec left = { .tv_sec = (time_t) (time / UW_SECOND),
                             .tv_nsec = (long) (time % UW_SECOND) };

    while (nanosleep(&left, &left) != 0 && errno == EINTR) {
    }
}


static _Noreturn void
uw_retry_run(const uw_retry_t *retry)
{
    uint64_t delay = UW_RETRY_FIRST;
    char why[512];

    for (;; delay = delay * 2 < UW_RETRY_MOST ? delay * 2 : UW_RETRY_MOST) {
        atomic_store(&retry->absent->next, uw_now() + delay);
        uw_retry_sleep(delay);
        if (uw_retry_is_orphan(retry)) {
            break;
        }
        uw_retry_follow_log(retry);
        if (!uw_retry_succeeds(retry)) {
            continue;
        }
        if (uw_nxt_control_restart(&retry->unitd, retry->setup->name, why,
                                   sizeof(why))
            == 0)
        {
            uw_retry_say(retry, 5, "it can be prepared again, and is started");
            break;
        }
        uw_retry_say(retry, 3,
                     "it can be prepared again, and Unit cannot be asked to "
                     "restart it: %s",
                     why);
    }

    _exit(EXIT_SUCCESS);
}


int
uw_nxt_retry_start(const uw_nxt_setup_t *setup, uw_nxt_absent_t *absent)
{
    uw_retry_t retry = { .setup = setup,
                         .absent = absent,
                         .unitd = uw_nxt_unitd(setup->task),
                         .prototype = getpid() };
    pid_t child;

    retry.follows = uw_retry_log_is(retry.unitd.log) == 1;
    atomic_store(&absent->next, uw_now() + UW_RETRY_FIRST);
    child = fork();
    if (child != 0) {
        return child < 0 ? -1 : 0;
    }

    if (uw_retry_signals() != 0 || setpgid(0, 0) != 0
        || prctl(PR_SET_PDEATHSIG, SIGTERM) != 0 || uw_retry_is_orphan(&retry)
        || uw_retry_close_all() != 0)
    {
        _exit(EXIT_SUCCESS);
    }
    uw_nxt_setup_forked(setup->task, setup->name, "preparation");
    uw_retry_run(&retry);
}
