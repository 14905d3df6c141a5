#include "worker/metrics_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "worker/metrics.h"

#define UW_SUFFIX ".prom"
#define UW_SUFFIX_SIZE (sizeof(UW_SUFFIX) - 1)

/* ".PID.prom.new" and the zero. */
#define UW_PATH_REST 32

/* Of the application's name a byte may become "%XX". */
#define UW_ESCAPED 3

struct uw_metrics_file {
    uw_timer_t timer; /* first: the timer is its file */
    uw_executor_t *executor;
    const uw_settings_t *settings;
    uw_metrics_source_t source;
    const void *data;
    char *path;
    char *fresh;         /* the name under which it is written */
    size_t stem;         /* bytes of path before ".PID.prom" */
    int last_error;      /* of the last write, 0: it was good */
    struct stat written; /* the file as it was written last */
    bool wrote;
};


/* The pid in "STEM.PID.prom", or 0 when the name is another one. */
static pid_t
uw_metrics_pid(const char *name, const char *stem, size_t stem_size)
{
    unsigned long pid;
    char *end;

    if (strncmp(name, stem, stem_size) != 0 || name[stem_size] != '.'
        || name[stem_size + 1] < '1' || name[stem_size + 1] > '9')
    {
        return 0;
    }

    errno = 0;
    pid = strtoul(name + stem_size + 1, &end, 10);

    return errno == 0 && pid <= INT32_MAX && strcmp(end, UW_SUFFIX) == 0
               ? (pid_t) pid
               : 0;
}


/* Removes what killed processes have left. */
static void
uw_metrics_sweep(const uw_metrics_file_t *file)
{
    const char *slash = strrchr(file->path, '/');
    size_t folder = slash == NULL ? 0 : (size_t) (slash - file->path) + 1;
    const struct dirent *entry;
    char *name;
    pid_t pid;
    DIR *dir;

    name = strndup(file->path, folder);
    dir = name == NULL ? NULL : opendir(folder == 0 ? "." : name);
    free(name);
    if (dir == NULL) {
        return; /* the write says why */
    }

    for (entry = readdir(dir); entry != NULL; entry = readdir(dir)) {
        pid = uw_metrics_pid(entry->d_name, file->path + folder,
                             file->stem - folder);
        if (pid != 0 && kill(pid, 0) != 0 && errno == ESRCH) {
            (void) unlinkat(dirfd(dir), entry->d_name, 0);
        }
    }
    (void) closedir(dir);
}


static int
uw_metrics_write_all(int fd, const char *text, size_t size)
{
    ssize_t done;

    while (size != 0) {
        done = write(fd, text, size);
        if (done < 0 && errno == EINTR) {
            continue;
        }
        if (done <= 0) {
            return -1;
        }
        text += done;
        size -= (size_t) done;
    }

    return 0;
}


/* Whether no other worker has put its own file there meanwhile. */
static bool
uw_metrics_is_ours(const uw_metrics_file_t *file)
{
    struct stat found;

    if (!file->wrote || stat(file->path, &found) != 0) {
        return true;
    }

    return found.st_dev == file->written.st_dev
           && found.st_ino == file->written.st_ino
           && found.st_mtim.tv_sec == file->written.st_mtim.tv_sec
           && found.st_mtim.tv_nsec == file->written.st_mtim.tv_nsec;
}


/* Others read it: the exporter runs as a user of its own. */
static int
uw_metrics_replace(uw_metrics_file_t *file, const char *text, size_t size)
{
    int saved;
    int fd;

    /* Whatever has this name, a link of somebody else's too, is not ours. */
    (void) unlink(file->fresh);
    fd = open(file->fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0) {
        return -1;
    }

    if (uw_metrics_write_all(fd, text, size) != 0
        || fstat(fd, &file->written) != 0)
    {
        goto failed;
    }
    if (close(fd) != 0) {
        fd = -1;
        goto failed;
    }
    fd = -1;
    if (rename(file->fresh, file->path) == 0) {
        file->wrote = true;
        return 0;
    }

failed:

    saved = errno;
    if (fd >= 0) {
        (void) close(fd);
    }
    (void) unlink(file->fresh);
    errno = saved;

    return -1;
}


static void
uw_metrics_write(uw_metrics_file_t *file)
{
    size_t size;
    char *text = file->source(file->data, (uint32_t) getpid(), &size);
    int error;

    if (text == NULL) {
        return; /* the next time */
    }

    error = uw_metrics_replace(file, text, size) == 0 ? 0 : errno;
    uw_metrics_text_delete(text);

    if (error != 0 && error != file->last_error) {
        uw_log(file->settings, UW_LOG_WARNING,
               "the metrics file %s cannot be written: %s", file->path,
               strerror(error));
    }
    file->last_error = error;
}


static void
uw_metrics_due(uw_timer_t *timer)
{
    uw_metrics_file_t *file = (uw_metrics_file_t *) timer;

    if (!uw_metrics_is_ours(file)) {
        return; /* for ever: a newer worker counts now */
    }
    uw_metrics_write(file);
    /* It has had its place in the heap before: this cannot fail. */
    (void) !uw_timer_set(file->executor, timer,
                         uw_now() + file->settings->metrics_interval);
}


/* What is no letter, digit, "-" or "_" becomes "%XX"; returns the end. */
static char *
uw_metrics_escape(char *text, const char *name)
{
    static const char digits[] = "0123456789ABCDEF";

    for (; *name != '\0'; name++) {
        uint8_t byte = (uint8_t) *name;

        bool plain =
            (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z')
            || (byte >= '0' && byte <= '9') || byte == '-' || byte == '_';

        if (plain) {
            *text++ = *name;
            continue;
        }
        *text++ = '%';
        *text++ = digits[byte >> 4];
        *text++ = digits[byte & 0xF];
    }

    return text;
}


static int
uw_metrics_names(uw_metrics_file_t *file, const uw_settings_t *settings)
{
    const char *configured = settings->metrics_file;
    size_t given = strlen(configured);
    size_t room = given + UW_ESCAPED * strlen(settings->name) + UW_PATH_REST;
    char *end;

    file->path = malloc(room);
    file->fresh = malloc(room);
    if (file->path == NULL || file->fresh == NULL) {
        return -1;
    }

    if (given > UW_SUFFIX_SIZE
        && strcmp(configured + given - UW_SUFFIX_SIZE, UW_SUFFIX) == 0)
    {
        given -= UW_SUFFIX_SIZE;
    }
    memcpy(file->path, configured, given);
    file->path[given] = '.';
    end = uw_metrics_escape(file->path + given + 1, settings->name);
    file->stem = (size_t) (end - file->path);
    (void) snprintf(end, room - file->stem, ".%d%s", (int) getpid(), UW_SUFFIX);
    (void) snprintf(file->fresh, room, "%s.new", file->path);

    return 0;
}


uw_metrics_file_t *
uw_metrics_file_new(uw_executor_t *executor, const uw_settings_t *settings,
                    uw_metrics_source_t source, const void *data)
{
    uw_metrics_file_t *file = calloc(1, sizeof(*file));

    if (file == NULL) {
        return NULL;
    }
    file->executor = executor;
    file->settings = settings;
    file->source = source;
    file->data = data;
    uw_timer_init(&file->timer, uw_metrics_due);

    if (uw_metrics_names(file, settings) != 0
        || uw_timer_set(executor, &file->timer, uw_now()) != 0)
    {
        free(file->path);
        free(file->fresh);
        free(file);
        return NULL;
    }

    uw_metrics_sweep(file);

    return file;
}


void
uw_metrics_file_delete(uw_metrics_file_t *file)
{
    if (file == NULL) {
        return;
    }

    uw_timer_stop(file->executor, &file->timer);
    if (file->wrote && uw_metrics_is_ours(file)) {
        (void) unlink(file->path);
    }
    free(file->path);
    free(file->fresh);
    free(file);
}


char *
uw_metrics_join(char *text, size_t *size, uw_metrics_more_t more)
{
    uw_buf_t others = { 0 };
    char *joined = NULL;

    if (more(&others) == 0 && uw_buf_size(&others) != 0) {
        joined = realloc(text, *size + uw_buf_size(&others));
    }
    if (joined != NULL) {
        memcpy(joined + *size, uw_buf_head(&others), uw_buf_size(&others));
        *size += uw_buf_size(&others);
        text = joined;
    }
    uw_buf_free(&others);

    return text;
}
