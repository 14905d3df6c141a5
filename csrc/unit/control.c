#include "unit/control.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/buf.h"

/* Unit answers when it is done with what came before: a configuration in which
 * another application is compiled. */
#define UW_CONTROL_PATIENCE 600

/* Of the answer the first line is read. */
#define UW_CONTROL_LINE 256


static int
uw_control_put(uw_buf_t *text, const char *words)
{
    return uw_buf_append(text, words, strlen(words));
}


/* What is no letter, digit, "-", "_" or "~" becomes "%XX"; the router's "." and
 * "/" have a meaning in a path. */
static int
uw_control_put_name(uw_buf_t *text, uw_slice_t name)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_~";
    char escaped[4];

    for (size_t i = 0; i < name.size; i++) {
        if (name.data[i] != '\0' && strchr(plain, name.data[i]) != NULL) {
            (void) snprintf(escaped, sizeof(escaped), "%c", name.data[i]);
        } else {
            (void) snprintf(escaped, sizeof(escaped), "%%%02X", name.data[i]);
        }
        if (uw_control_put(text, escaped) != 0) {
            return -1;
        }
    }

    return 0;
}


static int
uw_control_connect(const uw_nxt_unitd_t *unitd)
{
    struct timeval patience = { .tv_sec = UW_CONTROL_PATIENCE };
    int fd;

    if (unitd->control == NULL) {
        errno = EDESTADDRREQ;
        return -1;
    }
    fd = socket(unitd->control->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return -1;
    }
    if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience))
            == 0
        && setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience))
               == 0
        && connect(fd, unitd->control, unitd->control_size) == 0)
    {
        return fd;
    }
    (void) close(fd);

    return -1;
}


static int
uw_control_send(int fd, const uw_buf_t *text)
{
    const uint8_t *bytes = uw_buf_head(text);
    size_t left = uw_buf_size(text);
    ssize_t done;

    while (left != 0) {
        done = send(fd, bytes, left, MSG_NOSIGNAL);
        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done <= 0) {
            return -1;
        }
        bytes += done;
        left -= (size_t) done;
    }

    return 0;
}


/* The first line of the answer, without its end. */
static int
uw_control_receive(int fd, char line[UW_CONTROL_LINE])
{
    size_t size = 0;
    ssize_t done;
    char *end;

    memset(line, 0, UW_CONTROL_LINE);
    while (size < UW_CONTROL_LINE - 1 && memchr(line, '\r', size) == NULL) {
        done = recv(fd, line + size, UW_CONTROL_LINE - 1 - size, 0);
        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done <= 0) {
            errno = done == 0 ? EPIPE : errno;
            return -1;
        }
        size += (size_t) done;
    }
    end = strpbrk(line, "\r\n");
    if (end != NULL) {
        *end = '\0';
    }

    return 0;
}


int
uw_nxt_control_restart(const uw_nxt_unitd_t *unitd, uw_slice_t application,
                       char *why, size_t why_size)
{
    uw_buf_t text = { 0 };
    char line[UW_CONTROL_LINE];
    int fd = -1;
    int result = -1;

    if (uw_control_put(&text, "GET /control/applications/") != 0
        || uw_control_put_name(&text, application) != 0
        || uw_control_put(&text, "/restart HTTP/1.1\r\nHost: localhost\r\n"
                                 "Connection: close\r\n\r\n")
               != 0)
    {
        errno = ENOMEM;
        goto failed;
    }

    fd = uw_control_connect(unitd);
    if (fd < 0 || uw_control_send(fd, &text) != 0
        || uw_control_receive(fd, line) != 0)
    {
        goto failed;
    }
    result = strncmp(line, "HTTP/1.1 200", 12) == 0 ? 0 : -1;
    if (result != 0) {
        (void) snprintf(why, why_size, "it answers %s", line);
    }
    goto done;

failed:

    (void) snprintf(why, why_size, "%s", strerror(errno));

done:

    if (fd >= 0) {
        (void) close(fd);
    }
    uw_buf_free(&text);

    return result;
}
