/*
 * Invariant: whatever path_open() opens, and wherever path_place() puts a name,
 * lies in the directory or below it, also behind links that the input has made;
 * what it is not able to open is said by an error-code; no descriptor is left.
 */

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "wasi/filesystem/common.h"

#include "fuzz.h"

#define STEPS 24
#define CODES 37

static char root[64];
static char given[80];
static int directory = -1;


static void
remove_below(int parent, const char *name)
{
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    DIR *entries = fd < 0 ? NULL : fdopendir(fd);
    struct dirent *entry;

    if (entries == NULL) {
        return;
    }
    while ((entry = readdir(entries)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
        {
            continue;
        }
        if (unlinkat(fd, entry->d_name, 0) != 0) {
            remove_below(fd, entry->d_name);
            FUZZ_CHECK(unlinkat(fd, entry->d_name, AT_REMOVEDIR) == 0);
        }
    }
    FUZZ_CHECK(closedir(entries) == 0);
}


static void
remove_root(void)
{
    remove_below(AT_FDCWD, root);
    (void) rmdir(root);
}


/* A directory with another one beside it, that nothing may lead to. */
static void
make_root(void)
{
    char outside[80];

    (void) snprintf(root, sizeof(root), "/tmp/uw-fuzz-paths-XXXXXX");
    FUZZ_CHECK(mkdtemp(root) != NULL);
    FUZZ_CHECK(atexit(remove_root) == 0);
    (void) snprintf(given, sizeof(given), "%s/given", root);
    (void) snprintf(outside, sizeof(outside), "%s/outside", root);
    FUZZ_CHECK(mkdir(given, 0700) == 0 && mkdir(outside, 0700) == 0);
    directory = open(given, O_PATH | O_DIRECTORY);
    FUZZ_CHECK(directory >= 0);
}


static void
check_inside(int fd)
{
    char link[64];
    char where[UW_PATH_MAX];
    size_t size = strlen(given);
    ssize_t length;

    (void) snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    length = readlink(link, where, sizeof(where) - 1);
    FUZZ_CHECK(length >= (ssize_t) size);
    where[length] = '\0';
    FUZZ_CHECK(strncmp(where, given, size) == 0);
    FUZZ_CHECK(where[size] == '\0' || where[size] == '/');
}


/* A zero-terminated copy of a piece of the input, in memory of its size. */
static char *
text_of(fuzz_t *fuzz)
{
    size_t size;
    const uint8_t *bytes = fuzz_bytes(fuzz, 200, &size);
    char *text = calloc(1, size + 1);

    FUZZ_CHECK(text != NULL);
    if (size != 0) {
        memcpy(text, bytes, size);
    }

    return text;
}


static void
try_open(const char *path, uint8_t how)
{
    static const int flags[] = {
        O_PATH,   O_RDONLY,           O_RDWR,     O_RDONLY | O_DIRECTORY,
        O_WRONLY, O_WRONLY | O_CREAT, O_NOFOLLOW, O_PATH | O_NOFOLLOW,
    };
    uw_path_open_t wanted = { .path = path, .flags = flags[how % 8] };
    int fd = -1;
    uw_file_error_t error;

    wanted.mode = (wanted.flags & O_CREAT) != 0 ? 0600 : 0;
    error = uw_path_open(directory, &wanted, &fd);
    FUZZ_CHECK(error >= 0 && error <= CODES && (error == 0) == (fd >= 0));
    if (error == 0) {
        check_inside(fd);
        FUZZ_CHECK(close(fd) == 0);
    }
}


static void
try_place(const char *path, const char *target, uint8_t how)
{
    uw_place_t place;
    uw_file_error_t error = uw_path_place(directory, path, &place);

    FUZZ_CHECK(error >= 0 && error <= CODES);
    if (error != 0) {
        return;
    }
    check_inside(place.directory);
    if (place.name != NULL) {
        FUZZ_CHECK(place.name[0] != '\0' && strchr(place.name, '/') == NULL);
        FUZZ_CHECK(strcmp(place.name, ".") != 0
                   && strcmp(place.name, "..") != 0);
        if (how % 2 == 0) {
            (void) !symlinkat(target, place.directory, place.name);
        } else {
            (void) !mkdirat(place.directory, place.name, 0700);
        }
    }
    FUZZ_CHECK(close(place.directory) == 0);
}


int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_t fuzz = { data, size };
    int next;

    if (directory < 0) {
        make_root();
    }
    next = dup(directory);
    FUZZ_CHECK(next >= 0 && close(next) == 0);

    for (unsigned step = 0; step < STEPS && fuzz.size != 0; step++) {
        uint8_t what = fuzz_byte(&fuzz);
        char *path = text_of(&fuzz);
        char *target = what % 4 == 0 ? text_of(&fuzz) : NULL;

        if (what % 2 == 0) {
            try_place(path, target == NULL ? "x" : target, (what >> 1) % 2);
        } else {
            try_open(path, what >> 1);
        }
        free(path);
        free(target);
    }

    remove_below(AT_FDCWD, given);
    size = (size_t) dup(directory);
    FUZZ_CHECK((int) size == next && close((int) size) == 0);

    return 0;
}
