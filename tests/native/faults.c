/*
 * When engine/restore.c asks the kernel what was written to, and when page faults
 * tell that there is nothing new.  Prints what is wrong, and nothing else.
 *
 * Linked with --wrap for ioctl(), pread() and getrusage(), which are counted here.
 */

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "creator.h"

#define SMALL_PAGE 4096u
#define BEGINS (32 * PAGE)
#define IMAGE (24 * PAGE)
#define GROWN (40 * PAGE)
#define LITTLE (8 * PAGE)

int __real_ioctl(int fd, unsigned long request, void *argument);
int __wrap_ioctl(int fd, unsigned long request, void *argument);
ssize_t __real_pread(int fd, void *buffer, size_t size, off_t offset);
ssize_t __wrap_pread(int fd, void *buffer, size_t size, off_t offset);
int __real_getrusage(int who, struct rusage *usage);
int __wrap_getrusage(int who, struct rusage *usage);

typedef enum {
    COUNTS,
    STANDS,
    FAILS
} faults_t;

static uint8_t pattern[IMAGE];
static unsigned asked;
static faults_t faults;


int
__wrap_ioctl(int fd, unsigned long request, void *argument)
{
    asked++;
    return __real_ioctl(fd, request, argument);
}


ssize_t
__wrap_pread(int fd, void *buffer, size_t size, off_t offset)
{
    asked++;
    return __real_pread(fd, buffer, size, offset);
}


int
__wrap_getrusage(int who, struct rusage *usage)
{
    int status = __real_getrusage(who, usage);

    if (faults == STANDS) {
        usage->ru_minflt = 7;
        usage->ru_majflt = 0;
    }

    return faults == FAILS ? -1 : status;
}


/* Whether a byte is the first one still. */
static bool
is_first(const uint8_t *start, size_t at)
{
    return start[at] == (at < IMAGE ? pattern[at] : 0);
}


/*
 * An instance that finds pages as they were at first, and writes to them; these end
 * with 0.  How often the kernel was asked when it ended.
 */
static unsigned
instance(size_t begins, size_t grows, const size_t *pages)
{
    wasmtime_linear_memory_t memory;
    uint8_t *start;
    size_t size;
    size_t capacity;

    CHECK(creator.new_memory(creator.env, NULL, begins, SIZE_MAX, 64 * PAGE,
                             PAGE, &memory)
          == NULL);
    CHECK(grows == 0 || memory.grow_memory(memory.env, grows) == NULL);
    start = memory.get_memory(memory.env, &size, &capacity);
    for (; *pages != 0; pages++) {
        size_t at = *pages * SMALL_PAGE;

        CHECK(at < size);
        for (size_t i = at; i < at + SMALL_PAGE; i += 512) {
            CHECK(begins == LITTLE ? start[i] == 0 : is_first(start, i));
        }
        memset(start + at, 0xEE, SMALL_PAGE);
    }
    asked = 0;
    memory.finalizer(memory.env);

    return asked;
}


/* The same until nothing is new; how often the kernel is asked then. */
static unsigned
settled(size_t begins, size_t grows, const size_t *pages)
{
    unsigned last = 0;

    for (unsigned i = 0; i < 6; i++) {
        last = instance(begins, grows, pages);
    }

    return last;
}


/* Read and written in one: what all of them hold. */
static const size_t one[] = { 3, 4, 200, 395, 500, 0 };
static const size_t two[] = { 3, 4, 200, 395, 396, 500, 0 };
static const size_t few[] = { 3, 200, 0 };
static const size_t grown[] = { 3, 600, 639, 0 };
static const size_t little[] = { 3, 4, 0 };


static void *
touch(void *mapping)
{
    *(volatile uint8_t *) mapping = 1;

    return NULL;
}


static void
fault_elsewhere(void)
{
    pthread_t thread;
    void *mapping = mmap(NULL, SMALL_PAGE, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    CHECK(mapping != MAP_FAILED);
    CHECK(pthread_create(&thread, NULL, touch, mapping) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(munmap(mapping, SMALL_PAGE) == 0);
}


static void
test_counted(uw_memories_t *memories)
{
    CHECK(settled(BEGINS, 0, one) == 0);
    CHECK(instance(BEGINS, 0, few) == 0);
    CHECK(instance(BEGINS, 0, one) == 0);

    /* One page more, which the next one finds as it was. */
    CHECK(instance(BEGINS, 0, two) > 0);
    CHECK(settled(BEGINS, 0, two) == 0);

    /* In another thread. */
    fault_elsewhere();
    CHECK(instance(BEGINS, 0, two) > 0);
    CHECK(settled(BEGINS, 0, two) == 0);

    /* What was given back is new again. */
    (void) !uw_areas_rest(memories);
    (void) !uw_areas_rest(memories);
    CHECK(instance(BEGINS, 0, two) > 0);
    CHECK(settled(BEGINS, 0, two) == 0);

    /* Of other sizes. */
    CHECK(instance(BEGINS, GROWN, grown) > 0);
    CHECK(settled(BEGINS, GROWN, grown) == 0);
    CHECK(instance(BEGINS, 0, few) > 0);
    CHECK(instance(BEGINS, GROWN, few) > 0);
    CHECK(settled(BEGINS, GROWN, grown) == 0);
    CHECK(instance(BEGINS, 38 * PAGE, grown + 3) > 0);
    CHECK(instance(BEGINS, GROWN, grown) > 0);

    /* To ask of a little one is quicker. */
    CHECK(settled(LITTLE, 0, little) > 0);
}


/* Nothing is known, so that the kernel is asked each time. */
static void
test_not_counted(uw_memories_t *memories)
{
    (void) memories;
    CHECK(settled(BEGINS, 0, one) > 0);
    CHECK(instance(BEGINS, 0, two) > 0);
    CHECK(settled(BEGINS, GROWN, grown) > 0);
    CHECK(settled(LITTLE, 0, little) > 0);
}


static int
image_file(void)
{
    int fd = memfd_create("images", MFD_CLOEXEC);
    uint64_t head[] = { 1, BEGINS, IMAGE };

    for (size_t i = 0; i < sizeof(pattern); i++) {
        pattern[i] = (uint8_t) (i * 7 + i / 4096 + 1);
    }
    CHECK(pwrite(fd, head, sizeof(head), 0) == (ssize_t) sizeof(head));
    CHECK(pwrite(fd, pattern, IMAGE, PAGE) == (ssize_t) IMAGE);

    return fd;
}


static void
run(int fd, faults_t how, bool always, bool each,
    void (*test)(uw_memories_t *memories))
{
    const uw_settings_t settings = { .pooling = true,
                                     .keep_slots = 4,
                                     .memories = 1,
                                     .keep_memory = 8u << 20,
                                     .max_memory = UINT64_MAX,
                                     .written = true,
                                     .scan = !each,
                                     .faults = !always };
    uw_memories_t *memories = uw_memories_new(&wasmtime, &settings);

    faults = how;
    CHECK(uw_memories_begin_with(memories, fd, 0) == 0);
    uw_memories_serve(memories, NULL);
    uw_memories_enter(memories, NULL);
    test(memories);
    uw_memories_delete(memories);
}


/* As a process of Unit that has changed its user. */
static void
give_up(void)
{
    CHECK(geteuid() != 0 || setuid(65534) == 0);
    CHECK(prctl(PR_SET_DUMPABLE, 0) == 0);
    CHECK(open("/proc/self/pagemap", O_RDONLY) == -1 && errno == EACCES);
}


int
main(void)
{
    int fd = image_file();

    for (unsigned each = 0; each < 2; each++) {
        run(fd, COUNTS, false, each != 0, test_counted);
        run(fd, COUNTS, true, each != 0, test_not_counted);
        run(fd, STANDS, false, each != 0, test_not_counted);
        run(fd, FAILS, false, each != 0, test_not_counted);
    }

    CHECK(prctl(PR_GET_DUMPABLE) == 1);
    give_up();
    run(fd, COUNTS, false, false, test_counted);
    CHECK(prctl(PR_GET_DUMPABLE) == 0);

    return close(fd);
}
