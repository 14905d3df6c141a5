#include "engine/written.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "engine/faults.h"

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

/* Of an entry, which each page has in the file. */
#define UW_ENTRY_PRESENT ((uint64_t) 1 << 63)
#define UW_ENTRY_SWAPPED ((uint64_t) 1 << 62)
#define UW_ENTRY_OF_FILE ((uint64_t) 1 << 61)

/* That are read at once: no more than ranges of every second page can tell. */
#define UW_ENTRIES (2 * UW_WRITTEN_RANGES)

/* What a mapping is to have, to be tried with; which page is read, which written to. */
#define UW_TRIED_PAGES 4
#define UW_TRIED_READ 1
#define UW_TRIED_WRITTEN 2


void
uw_written_init(uw_written_t *written)
{
    *written =
        (uw_written_t) { .fd = -1, .page = (size_t) sysconf(_SC_PAGESIZE) };
}


void
uw_written_close(uw_written_t *written)
{
    if (written->fd >= 0) {
        (void) close(written->fd);
        written->fd = -1;
    }
}


/* ---- By asking for them: from Linux 6.7 on ---- */

/* A page that is neither the file's nor the zero page, be it swapped out, has
 * been written to. */
static ssize_t
uw_written_scan(const uw_written_t *written, uint8_t **start,
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


/* ---- By reading what the file has of each page ---- */

/* The zero page looks like one that was written to: it is cleared for nothing. */
static bool
uw_written_is(uint64_t entry)
{
    return (entry & (UW_ENTRY_PRESENT | UW_ENTRY_SWAPPED)) != 0
           && (entry & UW_ENTRY_OF_FILE) == 0;
}


static ssize_t
uw_written_read(const uw_written_t *written, uint8_t **start,
                const uint8_t *end,
                uw_written_range_t ranges[UW_WRITTEN_RANGES])
{
    uint64_t entries[UW_ENTRIES];
    uintptr_t from = (uintptr_t) *start;
    size_t pages = (size_t) (end - *start) / written->page;
    ssize_t count = 0;
    ssize_t size;

    if (pages > UW_ENTRIES) {
        pages = UW_ENTRIES;
    }
    size = pread(written->fd, entries, pages * sizeof(entries[0]),
                 (off_t) (from / written->page * sizeof(entries[0])));
    if (size <= 0 || (size_t) size % sizeof(entries[0]) != 0) {
        return -1;
    }

    pages = (size_t) size / sizeof(entries[0]);
    for (size_t i = 0; i < pages; i++) {
        if (!uw_written_is(entries[i])) {
            continue;
        }
        if (i == 0 || !uw_written_is(entries[i - 1])) {
            ranges[count++].from = from + i * written->page;
        }
        ranges[count - 1].to = from + (i + 1) * written->page;
    }
    *start += pages * written->page;

    return count;
}


/* ---- Either ---- */

ssize_t
uw_written_find(const uw_written_t *written, uint8_t **start,
                const uint8_t *end,
                uw_written_range_t ranges[UW_WRITTEN_RANGES])
{
    return written->reads ? uw_written_read(written, start, end, ranges)
                          : uw_written_scan(written, start, end, ranges);
}


/* The pages of the tried mapping that are told, a bit for each; -1 where that fails. */
static int
uw_written_told(const uw_written_t *written, uint8_t *mapping)
{
    uw_written_range_t ranges[UW_WRITTEN_RANGES];
    uint8_t *at = mapping;
    const uint8_t *end = mapping + UW_TRIED_PAGES * written->page;
    ssize_t count = uw_written_find(written, &at, end, ranges);
    int told = 0;

    if (count < 0 || at != end) {
        return -1;
    }
    for (ssize_t i = 0; i < count; i++) {
        for (uint64_t from = ranges[i].from; from < ranges[i].to;
             from += written->page)
        {
            told |= 1 << (from - (uintptr_t) mapping) / written->page;
        }
    }

    return told;
}


/* Writes to a page for the first time.  Whether that was counted as a page fault. */
static bool
uw_written_counts(volatile uint8_t *page)
{
    uint64_t before;
    uint64_t after;
    bool counted = uw_faults(&before);

    *page = 1;

    return uw_faults(&after) && counted && after > before;
}


/*
 * In a mapping of four pages one is read and one written to: only that is told,
 * and after it was given back none.  Notes whether page faults are counted.
 *
 *   also: a page beside it that may be told.
 */
static bool
uw_written_is_right(uw_written_t *written, uint8_t *mapping, int also)
{
    volatile uint8_t *bytes = mapping;
    int told;

    (void) bytes[UW_TRIED_READ * written->page];
    written->counted =
        uw_written_counts(bytes + UW_TRIED_WRITTEN * written->page)
        && written->counted;
    told = uw_written_told(written, mapping);

    return told >= 0 && (told & ~also) == 1 << UW_TRIED_WRITTEN
           && madvise(mapping, UW_TRIED_PAGES * written->page, MADV_DONTNEED)
                  == 0
           && uw_written_told(written, mapping) == 0;
}


/* In private mappings of a file (-1: of none). */
static bool
uw_written_try(uw_written_t *written, int fd)
{
    size_t size = UW_TRIED_PAGES * written->page;
    int flags = MAP_PRIVATE | (fd < 0 ? MAP_ANONYMOUS : 0);
    uint8_t *mapping = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, fd, 0);
    int also = fd < 0 && written->reads ? 1 << UW_TRIED_READ : 0;
    bool right;

    if (mapping == MAP_FAILED) {
        return false;
    }
    right = uw_written_is_right(written, mapping, also);

    return munmap(mapping, size) == 0 && right;
}


/* The kernel may be older, or say something else than it is taken to. */
static bool
uw_written_works(uw_written_t *written)
{
    int fd = memfd_create("unit-wasm-try", MFD_CLOEXEC);
    bool works;

    written->counted = !written->always;

    if (fd < 0) {
        return false;
    }
    works = ftruncate(fd, (off_t) (UW_TRIED_PAGES * written->page)) == 0
            && uw_written_try(written, fd) && uw_written_try(written, -1);

    return close(fd) == 0 && works;
}


/* Whether one of both ways works, of which the first is quicker. */
static bool
uw_written_choose(uw_written_t *written)
{
    written->reads = false;
    if (!written->no_scan && uw_written_works(written)) {
        return true;
    }
    written->reads = true;

    return uw_written_works(written);
}


/*
 * A process that has changed its user, as those of Unit do that was started by
 * root, may not be dumped, and files of it in /proc are root's.  So it may be until
 * this one is open: before any guest runs, and for some microseconds.  What it may
 * not be afterwards is what it might not be before (or less: 2, by root alone,
 * cannot be set again).  Returns a descriptor, or -1.
 */
static int
uw_written_open(void)
{
    const char *path = "/proc/self/pagemap";
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd >= 0 || errno != EACCES || prctl(PR_GET_DUMPABLE) == 1
        || prctl(PR_SET_DUMPABLE, 1) != 0)
    {
        return fd;
    }
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (prctl(PR_SET_DUMPABLE, 0) != 0 && fd >= 0) {
        (void) close(fd);
        fd = -1;
    }

    return fd;
}


bool
uw_written_is_told(uw_written_t *written)
{
    pid_t process = getpid();

    if (written->process != process && !written->refused) {
        uw_written_close(written);
        written->process = process;
        written->fd = uw_written_open();
        if (written->fd >= 0 && !uw_written_choose(written)) {
            uw_written_close(written);
        }
    }

    return written->fd >= 0;
}
