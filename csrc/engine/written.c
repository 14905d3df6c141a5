#include "engine/written.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

/* Of <linux/fs.h>, which may be older than the kernel. */
typedef struct {
    uint64_t size;
    uint64_t flags;
    uint64_t start;
    uint64_t end;
    uint64_t walk_end; /* where it has stopped */
    uint64_t ranges;
    uint64_t range_count;
    uint64_t max_pages;
    uint64_t inverted; /* categories that a page must lack, of `all` */
    uint64_t all;      /* categories that count */
    uint64_t any;      /* a page has one of these */
    uint64_t told;     /* those that ranges are told apart by */
} uw_scan_t;

#define UW_SCAN _IOWR('f', 16, uw_scan_t)
#define UW_OF_FILE (1u << 2)
#define UW_PRESENT (1u << 3)
#define UW_SWAPPED (1u << 4)
#define UW_ALL_ZERO (1u << 5) /* the one page that all processes have */

/* What a mapping is to have, to be tried with. */
#define UW_TRIED_PAGES 4


void
uw_written_init(uw_written_t *written)
{
    *written = (uw_written_t) { .fd = -1 };
}


void
uw_written_close(uw_written_t *written)
{
    if (written->fd >= 0) {
        (void) close(written->fd);
    }
    uw_written_init(written);
}


/* A page that is neither the file's nor the zero page, be it swapped out, has
 * been written to. */
ssize_t
uw_written_find(const uw_written_t *written, uint8_t **start,
                const uint8_t *end,
                uw_written_range_t ranges[UW_WRITTEN_RANGES])
{
    uw_scan_t scan = {
        .size = sizeof(scan),
        .start = (uintptr_t) *start,
        .end = (uintptr_t) end,
        .ranges = (uintptr_t) ranges,
        .range_count = UW_WRITTEN_RANGES,
        .inverted = UW_OF_FILE | UW_ALL_ZERO,
        .all = UW_OF_FILE | UW_ALL_ZERO,
        .any = UW_PRESENT | UW_SWAPPED,
        .told = UW_OF_FILE,
    };
    int count = ioctl(written->fd, UW_SCAN, &scan);

    if (count < 0 || count > UW_WRITTEN_RANGES || scan.walk_end <= scan.start
        || scan.walk_end > scan.end)
    {
        return -1;
    }
    *start += scan.walk_end - scan.start;

    return count;
}


/* In a mapping of four pages one is read and one written to: only that is told. */
static bool
uw_written_is_right(const uw_written_t *written, uint8_t *mapping, size_t page)
{
    uw_written_range_t ranges[UW_WRITTEN_RANGES];
    uint8_t *at = mapping;
    const uint8_t *end = mapping + UW_TRIED_PAGES * page;
    volatile uint8_t *bytes = mapping;

    (void) bytes[page];
    bytes[2 * page] = 1;
    if (uw_written_find(written, &at, end, ranges) != 1 || at != end
        || ranges[0].from != (uintptr_t) mapping + 2 * page
        || ranges[0].to != (uintptr_t) mapping + 3 * page)
    {
        return false;
    }

    at = mapping;

    return madvise(mapping, UW_TRIED_PAGES * page, MADV_DONTNEED) == 0
           && uw_written_find(written, &at, end, ranges) == 0 && at == end;
}


/* In private mappings of a file (-1: of none). */
static bool
uw_written_try(const uw_written_t *written, int fd, size_t page)
{
    int flags = MAP_PRIVATE | (fd < 0 ? MAP_ANONYMOUS : 0);
    uint8_t *mapping =
        mmap(NULL, UW_TRIED_PAGES * page, PROT_READ | PROT_WRITE, flags, fd, 0);
    bool right;

    if (mapping == MAP_FAILED) {
        return false;
    }
    right = uw_written_is_right(written, mapping, page);

    return munmap(mapping, UW_TRIED_PAGES * page) == 0 && right;
}


/* The kernel may be older, or say something else than it is taken to. */
static bool
uw_written_works(const uw_written_t *written)
{
    size_t page = (size_t) sysconf(_SC_PAGESIZE);
    int fd = memfd_create("unit-wasm-try", MFD_CLOEXEC);
    bool works;

    if (fd < 0) {
        return false;
    }
    works = ftruncate(fd, (off_t) (UW_TRIED_PAGES * page)) == 0
            && uw_written_try(written, fd, page)
            && uw_written_try(written, -1, page);

    return close(fd) == 0 && works;
}


bool
uw_written_is_told(uw_written_t *written)
{
    pid_t process = getpid();

    if (written->process != process && !written->refused) {
        uw_written_close(written);
        written->process = process;
        written->fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
        if (written->fd >= 0 && !uw_written_works(written)) {
            (void) close(written->fd);
            written->fd = -1;
        }
    }

    return written->fd >= 0;
}
