#include "prepare.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the child may write at most: its settings are a few hundred bytes. */
#define UW_OUTPUT_MAX (1u << 20)

#define UW_OUTPUT_STEP 4096

extern char **environ;


static void
uw_close_pipe(int fds[2])
{
    for (size_t i = 0; i < 2; i++) {
        if (fds[i] >= 0) {
            (void) close(fds[i]);
            fds[i] = -1;
        }
    }
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
uw_spawn(const char *python, const int in[2], const int out[2], pid_t *pid)
{
    /* The environment is unitd's own by now (nxt_environ.h).  -I: neither its
     * PYTHON* variables nor the current directory say what runs here.  argv is
     * not const in POSIX, though nobody writes to it. */
    char *argv[] = { (char *) python,      (char *) "-I",      (char *) "-m",
                     (char *) "unit_wasm", (char *) "prepare", NULL };
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

    status = posix_spawn_file_actions_adddup2(&actions, in[0], 0);
    if (status == 0) {
        status = posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    }
    if (status == 0) {
        status = uw_spawn_signals(&attributes);
    }
    if (status == 0) {
        status = posix_spawn(pid, python, &actions, &attributes, argv, environ);
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


static int
uw_read_all(int fd, uw_buf_t *output)
{
    uint8_t *tail;
    ssize_t done;

    for (;;) {
        tail = uw_buf_reserve(output, UW_OUTPUT_STEP);
        if (tail == NULL || uw_buf_size(output) > UW_OUTPUT_MAX) {
            errno = ENOMEM;
            return -1;
        }

        done = read(fd, tail, UW_OUTPUT_STEP);
        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done <= 0) {
            return done == 0 ? 0 : -1;
        }
        uw_buf_grew(output, (size_t) done);
    }
}


static int
uw_wait_child(pid_t pid)
{
    int status;

    while (waitpid(pid, &status, 0) < 0) {
        if (errno != EINTR) {
            return -1;
        }
    }

    if (WIFEXITED(status)) {
        return WEXITSTATUS(status);
    }

    errno = ECHILD;

    return -1;
}


int
uw_prepare(const char *python, const uw_buf_t *input, uw_buf_t *output)
{
    int in[2] = { -1, -1 };
    int out[2] = { -1, -1 };
    int result = -1;
    pid_t pid;

    if (pipe2(in, O_CLOEXEC) != 0 || pipe2(out, O_CLOEXEC) != 0) {
        goto done;
    }

    errno = uw_spawn(python, in, out, &pid);
    if (errno != 0) {
        goto done;
    }
    (void) close(in[0]);
    (void) close(out[1]);
    in[0] = -1;
    out[1] = -1;

    uw_write_all(in[1], input);
    (void) close(in[1]);
    in[1] = -1;

    result = uw_read_all(out[0], output);
    if (result != 0) {
        /* It may still write: without a reader it ends. */
        (void) close(out[0]);
        out[0] = -1;
        (void) uw_wait_child(pid);
        goto done;
    }
    result = uw_wait_child(pid);

done:

    uw_close_pipe(in);
    uw_close_pipe(out);

    return result;
}
