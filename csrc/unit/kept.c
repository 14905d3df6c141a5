#include "unit/kept.h"

#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <unistd.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "unit/identity.h"
#include "unit/conf.h"

#define UW_KEPT_FORMAT "unit_wasm prepared 1"
#define UW_KEPT_REQUEST "request="
#define UW_KEPT_FILE "file="
#define UW_KEPT_WARNING "warning="
#define UW_KEPT_SIZE "size="

/* An answer is some hundred bytes, with a hundred files before it. */
#define UW_KEPT_MAX (1u << 20)

#define UW_LEVEL_WARNING 4


void
uw_nxt_processor(char text[UW_NXT_PROCESSOR])
{
    unsigned found[8] = { 0 };
    struct rlimit space = { 0 };

#if defined(__x86_64__)
    unsigned ignored[2];

    (void) __get_cpuid(1, &found[0], &ignored[0], &found[1], &found[2]);
    (void) __get_cpuid_count(7, 0, &ignored[0], &found[3], &found[4],
                             &found[5]);
    (void) __get_cpuid_count(7, 1, &found[6], &ignored[0], &ignored[1],
                             &found[7]);
#else
    found[0] = (unsigned) getauxval(AT_HWCAP);
    found[1] = (unsigned) (getauxval(AT_HWCAP) >> 32);
    found[2] = (unsigned) getauxval(AT_HWCAP2);
    found[3] = (unsigned) (getauxval(AT_HWCAP2) >> 32);
#endif

    /* What is compiled depends on it, too. */
    (void) getrlimit(RLIMIT_AS, &space);
    (void) snprintf(text, UW_NXT_PROCESSOR, "%x %x %x %x %x %x %x %x %" PRIx64,
                    found[0], found[1], found[2], found[3], found[4], found[5],
                    found[6], found[7], (uint64_t) space.rlim_cur);
}


/* ---- Where it is: as unit_wasm/options/options.py has it ---- */

/* The folder that this user has where nothing is configured. */
static int
uw_kept_default(char *folder, size_t size)
{
    const char *base = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    struct passwd *user;

    if (base != NULL && base[0] == '/') {
        return snprintf(folder, size, "%s/unit-wasm", base);
    }
    if (home == NULL) {
        user = getpwuid(getuid());
        home = user == NULL ? NULL : user->pw_dir;
    }
    if (home != NULL && home[0] == '/' && home[1] != '\0') {
        return snprintf(folder, size, "%s/.cache/unit-wasm", home);
    }

    return snprintf(folder, size, "/var/tmp/unit-wasm-%u", getuid());
}


static int
uw_kept_folder(const uw_nxt_setup_t *setup, char *folder, size_t size)
{
    uw_slice_t value;

    if (!uw_nxt_conf_option(setup, "UNIT_WASM_CACHE_DIR", &value)) {
        return uw_kept_default(folder, size);
    }
    if (value.size == 0 || value.data[0] != '/') {
        return -1;
    }

    return snprintf(folder, size, "%.*s", (int) value.size,
                    (const char *) value.data);
}


/* FNV-1a: only a name; the request itself is in the file. */
static uint64_t
uw_kept_name(const uw_buf_t *request)
{
    const uint8_t *bytes = uw_buf_head(request);
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    for (size_t i = 0; i < uw_buf_size(request); i++) {
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3);
    }

    return hash;
}


int
uw_nxt_kept_path(const uw_nxt_setup_t *setup, const uw_buf_t *request,
                 char path[UW_NXT_KEPT_PATH])
{
    int size = uw_kept_folder(setup, path, UW_NXT_KEPT_PATH);
    struct stat found;
    int more;

    if (size <= 0 || size >= UW_NXT_KEPT_PATH || stat(path, &found) != 0) {
        return -1;
    }
    /* What is in there decides what is run as this user. */
    if ((found.st_uid != 0 && found.st_uid != geteuid())
        || (found.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    {
        return -1;
    }

    more = snprintf(path + size, (size_t) (UW_NXT_KEPT_PATH - size),
                    "/%016" PRIx64 ".prepared", uw_kept_name(request));

    return more < UW_NXT_KEPT_PATH - size ? 0 : -1;
}


/* ---- Whether it is still right ---- */

static int
uw_kept_load(const char *path, uw_buf_t *text)
{
    struct stat found;
    uint8_t *tail;
    ssize_t done = -1;
    int fd = uw_nxt_open_trusted(path, &found);

    if (fd < 0) {
        return -1;
    }
    if (found.st_size > 0 && found.st_size <= UW_KEPT_MAX) {
        tail = uw_buf_reserve(text, (size_t) found.st_size);
        if (tail != NULL) {
            done = read(fd, tail, (size_t) found.st_size);
        }
    }
    (void) close(fd);
    if (done <= 0 || done != found.st_size) {
        return -1;
    }
    uw_buf_grew(text, (size_t) done);

    /* Whatever it is, each entry ends in it. */
    return tail[done - 1] == '\0' ? 0 : -1;
}


/* "IDENTITY PATH" */
static bool
uw_kept_is_same(const char *entry)
{
    const char *path = strchr(entry, ' ');
    char identity[UW_NXT_IDENTITY];
    struct stat found;
    size_t size;

    if (path == NULL || stat(path + 1, &found) != 0) {
        return false;
    }
    uw_nxt_identity(&found, identity);
    size = (size_t) (path - entry);

    return strlen(identity) == size && memcmp(identity, entry, size) == 0;
}


/* The entry behind `mark`, or NULL where it is another one. */
static const char *
uw_kept_value(const char *entry, const char *mark)
{
    size_t size = strlen(mark);

    return strncmp(entry, mark, size) == 0 ? entry + size : NULL;
}


/* Where the answer begins; NULL: something is not as it was. */
static const char *
uw_kept_check(const char *entry, const char *end, const uw_buf_t *request)
{
    const char *value;
    uint64_t size = 0;
    bool asked = false;

    if (strcmp(entry, UW_KEPT_FORMAT) != 0) {
        return NULL;
    }
    for (entry += strlen(entry) + 1; entry < end && *entry != '\0';
         entry += strlen(entry) + 1)
    {
        if ((value = uw_kept_value(entry, UW_KEPT_REQUEST)) != NULL) {
            asked = strlen(value) == uw_buf_size(request)
                    && memcmp(value, uw_buf_head(request), strlen(value)) == 0;
        } else if ((value = uw_kept_value(entry, UW_KEPT_SIZE)) != NULL) {
            size = strtoull(value, NULL, 10);
        } else if ((value = uw_kept_value(entry, UW_KEPT_FILE)) != NULL) {
            if (!uw_kept_is_same(value)) {
                return NULL;
            }
        }
    }

    /* All of it, too: a machine that lost its power may have kept a part. */
    return asked && entry < end && size != 0
                   && size == (uint64_t) (end - entry - 1)
               ? entry + 1
               : NULL;
}


int
uw_nxt_kept_read(const char *path, const uw_buf_t *request, uw_buf_t *answer,
                 void (*say)(void *data, int level, const char *line,
                             size_t size),
                 void *data)
{
    uw_buf_t text = { 0 };
    const char *start, *entry, *end, *value;
    int result = -1;

    if (uw_kept_load(path, &text) != 0) {
        goto done;
    }
    entry = (const char *) uw_buf_head(&text);
    end = entry + uw_buf_size(&text);
    start = uw_kept_check(entry, end, request);
    if (start == NULL
        || uw_buf_append(answer, start, (size_t) (end - start)) != 0)
    {
        goto done;
    }
    for (; entry < start; entry += strlen(entry) + 1) {
        value = uw_kept_value(entry, UW_KEPT_WARNING);
        if (value != NULL) {
            say(data, UW_LEVEL_WARNING, value, strlen(value));
        }
    }
    result = 0;

done:

    uw_buf_free(&text);

    return result;
}
