#include "unit/prepare.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the child may write at most: its settings are a few hundred bytes. */
#define UW_OUTPUT_MAX (1u << 20)

#define UW_OUTPUT_STEP 4096

/* A line of its standard error; a longer one comes in pieces. */
#define UW_SAID_MAX 8192

#define UW_LEVEL_ERROR 3

/* The ends of three pipes: for standard input, output and error. */
enum {
    UW_IN_CHILD,
    UW_IN,
    UW_OUT,
    UW_OUT_CHILD,
    UW_ERR,
    UW_ERR_CHILD,
    UW_ENDS_OF_PIPES
};

typedef struct {
    const uw_prepare_t *prepare;
    char bytes[UW_SAID_MAX];
    size_t size;
} uw_said_t;

extern char **environ;


static void
uw_close_end(int *fd)
{
    if (*fd >= 0) {
        (void) close(*fd);
        *fd = -1;
    }
}


static int
uw_open_pipes(int fds[UW_ENDS_OF_PIPES])
{
    for (size_t i = 0; i < UW_ENDS_OF_PIPES; i++) {
        fds[i] = -1;
    }
    for (size_t i = 0; i < UW_ENDS_OF_PIPES; i += 2) {
        if (pipe2(&fds[i], O_CLOEXEC) != 0) {
            return -1;
        }
    }

    return 0;
}


/* Unit blocks signals that a Python program expects to get. */
static int
uw_spawn_signals(posix_spawnattr_t *attributes)
{
    sigset_t none;

    (void) sigemptyset(&none);

    if (posix_spawnattr_setsigmask(attributes, &none) != 0) {
        return -1;
    }

    return posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGMASK);
}


static int
uw_spawn_descriptors(posix_spawn_file_actions_t *actions,
                     const int fds[UW_ENDS_OF_PIPES], int code_fd)
{
    int status = posix_spawn_file_actions_adddup2(actions, fds[UW_IN_CHILD], 0);

    if (status == 0) {
        status =
            posix_spawn_file_actions_adddup2(actions, fds[UW_OUT_CHILD], 1);
    }
    if (status == 0) {
        status =
            posix_spawn_file_actions_adddup2(actions, fds[UW_ERR_CHILD], 2);
    }
    if (status == 0) {
        status = posix_spawn_file_actions_adddup2(actions, code_fd, 3);
    }

    return status;
}


static int
uw_spawn(const uw_prepare_t *prepare, const int fds[UW_ENDS_OF_PIPES],
         pid_t *pid)
{
    /* The environment is unitd's own by now (unit/environ.h).  -I: neither its
     * PYTHON* variables nor the current directory say what runs here.  argv is
     * not const in POSIX, though nobody writes to it. */
    char *argv[] = { (char *) prepare->python,
                     (char *) "-I",
                     (char *) "-m",
                     (char *) "unit_wasm",
                     (char *) "prepare",
                     (char *) "3",
                     NULL };
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    int status;

    status = posix_spawn_file_actions_init(&actions);
    if (status != 0) {
        return status;
    }
    status = posix_spawnattr_init(&attributes);
    if (status != 0) {
        (void) posix_spawn_file_actions_destroy(&actions);
        return status;
    }

    status = uw_spawn_descriptors(&actions, fds, prepare->code_fd);
    if (status == 0) {
        status = uw_spawn_signals(&attributes);
    }
    if (status == 0) {
        status = posix_spawn(pid, prepare->python, &actions, &attributes, argv,
                             environ);
    }

    (void) posix_spawnattr_destroy(&attributes);
    (void) posix_spawn_file_actions_destroy(&actions);

    return status;
}


/* Writes all of it; a child that does not read it has its own reasons. */
static void
uw_write_all(int fd, const uw_buf_t *input)
{
    const uint8_t *bytes = uw_buf_head(input);
    size_t left = uw_buf_size(input);
    ssize_t done;

    while (left != 0) {
        done = write(fd, bytes, left);
        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done <= 0) {
            return;
        }
        bytes += done;
        left -= (size_t) done;
    }
}


/* ---- What it says on standard error ---- */

static void
uw_say_line(const uw_said_t *said, const char *line, size_t size)
{
    int level = UW_LEVEL_ERROR;

    /* As systemd has it. */
    if (size > 3 && line[0] == '<' && line[1] >= '0' && line[1] <= '7'
        && line[2] == '>')
    {
        level = line[1] - '0';
        line += 3;
        size -= 3;
    }
    if (size != 0) {
        said->prepare->say(said->prepare->data, level, line, size);
    }
}


/* Says whole lines; at the end, and where there is no room, what there is. */
static void
uw_say(uw_said_t *said, bool all)
{
    const char *start = said->bytes;
    size_t left = said->size;
    const char *end;

    while ((end = memchr(start, '\n', left)) != NULL) {
        uw_say_line(said, start, (size_t) (end - start));
        left -= (size_t) (end - start) + 1;
        start = end + 1;
    }
    if (all || left == sizeof(said->bytes)) {
        uw_say_line(said, start, left);
        left = 0;
    }

    memmove(said->bytes, start, left);
    said->size = left;
}


/* ---- Reading ---- */

/* 1 while there may be more, 0 at the end, -1. */
static int
uw_read_output(int fd, uw_buf_t *output)
{
    uint8_t *tail = uw_buf_reserve(output, UW_OUTPUT_STEP);
    ssize_t done;

    if (tail == NULL || uw_buf_size(output) > UW_OUTPUT_MAX) {
        errno = ENOMEM;
        return -1;
    }

    done = read(fd, tail, UW_OUTPUT_STEP);
    if (done > 0) {
        uw_buf_grew(output, (size_t) done);
    }

    return done > 0 || (done < 0 && errno == EINTR) ? 1 : (int) done;
}


static int
uw_read_said(int fd, uw_said_t *said)
{
    ssize_t done =
        read(fd, said->bytes + said->size, sizeof(said->bytes) - said->size);

    if (done > 0) {
        said->size += (size_t) done;
        uw_say(said, false);
    }

    return done > 0 || (done < 0 && errno == EINTR) ? 1 : (int) done;
}


/* Until the child has closed both. */
static int
uw_read_all(int fds[UW_ENDS_OF_PIPES], uw_buf_t *output, uw_said_t *said)
{
    struct pollfd polled[] = {
        { .fd = fds[UW_OUT], .events = POLLIN },
        { .fd = fds[UW_ERR], .events = POLLIN },
    };
    int result;

    while (polled[0].fd >= 0 || polled[1].fd >= 0) {
        if (poll(polled, 2, -1) < 0) {
            if (errno == EINTR) {
                continue;
            }
            return -1;
        }
        for (size_t i = 0; i < 2; i++) {
            if (polled[i].fd < 0 || polled[i].revents == 0) {
                continue;
            }
            result = i == 0 ? uw_read_output(polled[i].fd, output)
                            : uw_read_said(polled[i].fd, said);
            if (result < 0) {
                return -1;
            }
            if (result == 0) {
                polled[i].fd = -1;
            }
        }
    }
    uw_say(said, true);

    return 0;
}


/* ---- Its end ---- */

static int
uw_wait_child(pid_t pid, char *why, size_t why_size)
{
    int status;

    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR) {
            (void) snprintf(why, why_size, "its end is not known: %s",
                            strerror(errno));
            return -1;
        }
    }

    if (WIFSIGNALED(status)) {
        (void) snprintf(why, why_size, "killed by signal %d%s",
                        WTERMSIG(status),
                        WTERMSIG(status) == SIGKILL ? " (out of memory?)" : "");
        return -1;
    }
    if (WEXITSTATUS(status) != 0) {
        (void) snprintf(why, why_size, "see above");
        return -1;
    }

    return 0;
}


static int
uw_run(const uw_prepare_t *prepare, uw_buf_t *output, char *why,
       size_t why_size)
{
    uw_said_t said = { .prepare = prepare };
    int fds[UW_ENDS_OF_PIPES];
    int result = -1;
    pid_t pid;

    if (uw_open_pipes(fds) != 0) {
        (void) snprintf(why, why_size, "%s", strerror(errno));
        goto done;
    }

    result = uw_spawn(prepare, fds, &pid);
    if (result != 0) {
        (void) snprintf(why, why_size, "%s", strerror(result));
        result = -1;
        goto done;
    }
    uw_close_end(&fds[UW_IN_CHILD]);
    uw_close_end(&fds[UW_OUT_CHILD]);
    uw_close_end(&fds[UW_ERR_CHILD]);

    uw_write_all(fds[UW_IN], prepare->input);
    uw_close_end(&fds[UW_IN]);

    result = uw_read_all(fds, output, &said);
    if (result != 0) {
        (void) snprintf(why, why_size, "its answer cannot be read: %s",
                        strerror(errno));
        /* It may still write: without a reader it ends. */
        uw_close_end(&fds[UW_OUT]);
        uw_close_end(&fds[UW_ERR]);
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
        }
        goto done;
    }
    result = uw_wait_child(pid, why, why_size);

done:

    for (size_t i = 0; i < UW_ENDS_OF_PIPES; i++) {
        uw_close_end(&fds[i]);
    }

    return result;
}


int
uw_prepare(const uw_prepare_t *prepare, uw_buf_t *output, char *why,
           size_t why_size)
{
    struct sigaction usual = { .sa_handler = SIG_DFL };
    struct sigaction before;
    int result;

    /* Where it is ignored, as it is below some shells and supervisors, nobody
     * is told how a child has ended. */
    if (sigaction(SIGCHLD, &usual, &before) != 0) {
        (void) snprintf(why, why_size, "%s", strerror(errno));
        return -1;
    }

    result = uw_run(prepare, output, why, why_size);
    (void) sigaction(SIGCHLD, &before, NULL);

    return result;
}
